/** What an editor tells of annotated functions: what is generated from them, and what carries a derivative. */
import path from "node:path";
import { ts } from "ts-morph";
import { activityIn, type ActivityGroups } from "../../explain.ts";
import type { Frontend, Target } from "../../frontend/types.ts";
import { declaredNames } from "../../ir/visit.ts";
import { upperFirst } from "../../ir/words.ts";
import { generatedPathOf } from "../../paths.ts";
import { Pipeline } from "../../pipeline.ts";
import { declarationsOf } from "../declarations.ts";
import type { Story } from "./messages.ts";

/** Of the annotated functions of a source; `text` is the generated module, undefined after an error. */
export function storiesOf(frontend: Frontend, source: string, text: string | undefined): readonly Story[] {
  const targets = frontend.targets.filter(({ file }) => file === source);
  if (targets.length === 0) return [];
  const generated = generatedPathOf(source);
  const signatures = text === undefined ? undefined : signaturesIn(generated, text);
  const pipeline = new Pipeline(frontend, {});
  const module = path.posix.basename(generated).replace(/\.[mc]?ts$/, "");
  return targets.map((target) => ({
    at: target.origin,
    text: [headOf(target, module, signatures), ...activityLines(frontend, pipeline, target)].join("\n\n"),
  }));
}

function headOf({ name, modes }: Target, module: string, signatures: ReadonlyMap<string, string> | undefined): string {
  const names = modes.map((mode) => name + upperFirst(mode));
  if (signatures === undefined)
    return `tsgrad generates ${names.map(code).join(", ")} in \`./${module}\` once the errors are gone.`;
  const lines = names.map((each) => signatures.get(each) ?? each);
  return `tsgrad generates in \`./${module}\`:\n\n\`\`\`ts\n${lines.join("\n")}\n\`\`\``;
}

/** The signatures of the functions that a module exports, by their names. */
function signaturesIn(generated: string, text: string): ReadonlyMap<string, string> {
  const parsed = ts.createSourceFile(generated, declarationsOf(generated, text), ts.ScriptTarget.Latest, true);
  return new Map(
    parsed.statements.flatMap((each) =>
      ts.isFunctionDeclaration(each) && each.name
        ? [
            [
              each.name.text,
              each
                .getText()
                .replace(/^export declare /, "")
                .replace(/;$/, ""),
            ] as const,
          ]
        : [],
    ),
  );
}

function activityLines(frontend: Frontend, pipeline: Pipeline, target: Target): readonly string[] {
  const groups = groupsOf(pipeline, target);
  const source = frontend.program.get(target.func);
  if (groups === undefined || source === undefined) return [];
  const { inputs, outputs, active, passive } = groups;
  // The transforms have variables of their own.
  const own = new Set([...source.params.map(({ name }) => name), ...declaredNames(source.body)]);
  const inside = active.filter((name) => own.has(name) && !inputs.includes(name));
  const without = passive.filter((name) => own.has(name));
  return [
    `Differentiated: ${inputs.map(code).join(", ")}; given: ${outputs.join(", ")}.`,
    ...(inside.length > 0 ? [`Active: ${inside.map(code).join(", ")}.`] : []),
    ...(without.length > 0 ? [`Without a derivative: ${without.map(code).join(", ")}.`] : []),
  ];
}

/** Undefined where the function is refused: that is reported. */
function groupsOf(pipeline: Pipeline, target: Target): ActivityGroups | undefined {
  try {
    const prepared = pipeline.prepared(target);
    return prepared && activityIn(prepared);
  } catch {
    return undefined;
  }
}

const code = (text: string): string => `\`${text}\``;
