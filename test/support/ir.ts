/** The normalised IR of the annotated functions of several files, as text. */
import { readProject, type ReadOptions } from "../../compiler/frontend/index.ts";
import { printFunc } from "../../compiler/ir/print.ts";
import { normalise } from "../../compiler/normalise/index.ts";
import { recursiveFunctions } from "../../compiler/normalise/inline.ts";

/** One text for each file. */
export function normalisedIr(options: ReadOptions): Map<string, string> {
  const { program, targets, rules } = readProject(options);
  const recursive = recursiveFunctions(program);
  const keep = (callee: string): boolean => !program.has(callee) || recursive.has(callee) || rules.has(callee);
  const texts = new Map<string, string>();
  for (const { file, func } of targets) {
    const lowered = program.get(func);
    if (lowered === undefined) continue;
    // Functions of one name in several files have the file's name in their keys.
    const keyed = printFunc(normalise(lowered, program, keep)).trimEnd();
    const text = `${keyed.replaceAll(/\b(\w+?)_input\d*(?=[A-Z]|\b)/g, "$1")}\n`;
    texts.set(file, texts.has(file) ? `${texts.get(file) ?? ""}\n${text}` : text);
  }
  return texts;
}
