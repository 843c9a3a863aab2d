/** Reads sources from memory with a lowering that only takes note of what it was given. */
import { ts } from "ts-morph";
import type { Func } from "../../compiler/ir/types.ts";
import { readWith, type Lowerer, type ReadOptions } from "../../compiler/frontend/read.ts";
import type { Frontend } from "../../compiler/frontend/types.ts";

/** A folder that does not exist: everything in it comes from the overlay. */
export const folder = "/tsgrad-test";

export const noted: Lowerer["lower"] = (context, node) => {
  const name = node.name ?? (ts.isVariableDeclaration(node.parent) ? node.parent.name : undefined);
  const key = name?.getText() ?? "default";
  const origin = { file: node.getSourceFile().fileName, start: node.getStart(), end: node.getStart() + 1 };
  const func: Func = { name: key, params: [], result: { kind: "void" }, body: [], origin };
  context.program.set(key, func);
  return key;
};

export interface Sources {
  readonly [name: string]: string | object;
}

export function read(sources: Sources, options: Partial<ReadOptions> = {}, lower: Lowerer["lower"] = noted): Frontend {
  const overlay = new Map(
    Object.entries(sources).map(([name, text]) => [
      `${folder}/${name}`,
      typeof text === "string" ? text : JSON.stringify(text),
    ]),
  );
  const never = (): never => {
    throw new Error("tests of value forms compile");
  };
  return readWith(
    { lower, localName: (_, __, name) => name, lowerTyped: never, lowerCapturing: never, derive: never },
    { cwd: folder, overlay, ...options },
  );
}

/** Reads one file without a tsconfig. */
export const readOne = (text: string): Frontend => read({ "model.ts": text }, { files: ["model.ts"] });

/** The codes of the reports with the texts that they point at. */
export const told = ({ reports }: Frontend, text: string): readonly string[] =>
  reports.map(({ code, origin }) => `${code} ${origin ? text.slice(origin.start, origin.end) : "-"}`);

/** A tsconfig of all sources with these options. */
export const config = (compilerOptions: object): object => ({ compilerOptions: { strict: true, ...compilerOptions } });
