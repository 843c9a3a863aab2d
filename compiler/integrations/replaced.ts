/** Sources in which value forms are replaced by the names of generated functions. */
import path from "node:path";
import type { ValueUse } from "../index.ts";
import { toPosix } from "../paths.ts";

/**
 * The text with each form replaced. All else keeps its line and its column, so that what maps places of the text need
 * not know of it: the names are no longer than the calls, and their imports, which are hoisted, stand at the end. Only what
 * follows a form of a function that captures, in the same line, may move.
 */
export function withoutForms(source: string, text: string, uses: readonly ValueUse[]): string {
  const taken = new Set<string>();
  const names = new Map<string, string>();
  const imports: string[] = [];
  let out = "";
  let end = 0;
  for (const { call, path: module, name, captured } of uses.toSorted((a, b) => a.call.start - b.call.start)) {
    const written = text.slice(call.start, call.end);
    const key = `${module} ${name}`;
    const known = names.get(key);
    const local = known !== undefined && fits(known, written) ? known : freshName(name, written, text, taken);
    if (local !== known)
      imports.push(`import { ${name} as ${local} } from ${JSON.stringify(specifierOf(source, module))};`);
    names.set(key, known ?? local);
    taken.add(local);
    const made = captured.length === 0 ? local : `((...$$) => ${local}(${captured.join(", ")}, ...$$))`;
    out += text.slice(end, call.start) + padded(made, written);
    end = call.end;
  }
  return imports.length === 0 ? text : `${out}${text.slice(end)}\n${imports.join("\n")}\n`;
}

/** `$lossGrad`, or a shorter one where there is no room for it. */
function freshName(name: string, written: string, text: string, taken: ReadonlySet<string>): string {
  const isFree = (candidate: string): boolean => !taken.has(candidate) && !text.includes(candidate);
  const plain = `$${name}`;
  if (isFree(plain) && fits(plain, written)) return plain;
  for (let n = 1; ; n++) {
    const short = `$${String(n)}`;
    if (isFree(short)) return short;
  }
}

const fits = (name: string, written: string): boolean => written.includes("\n") || name.length <= written.length;

/** The name and then blanks, as many lines and columns as what it stands for. */
function padded(name: string, written: string): string {
  const [first = "", ...lines] = written.split("\n");
  return [name.padEnd(first.length), ...lines.map((line) => line.replaceAll(/[^\r\t]/g, " "))].join("\n");
}

function specifierOf(source: string, module: string): string {
  const relative = toPosix(path.relative(path.dirname(source), module));
  return /^(?:\.|\/|\w+:)/.test(relative) ? relative : `./${relative}`;
}
