/** Emitted text as a user meets it: laid out, type-checked under strict options, run. */
import { runInThisContext } from "node:vm";
import { format } from "prettier";
import ts from "typescript";
import { emitFunction, type FunctionOptions } from "../../compiler/emit/typescript.ts";
import type { Func } from "../../compiler/ir/types.ts";

export async function emitted(func: Func, options: Partial<FunctionOptions> = {}): Promise<string> {
  return layout(emitFunction(func, { uncheckedIndexedAccess: false, exported: true, ...options }));
}

export async function layout(text: string): Promise<string> {
  return format(text, { parser: "typescript", printWidth: 120 });
}

/** The exports of a module text that imports nothing. */
export function run(text: string): Record<string, (...args: never[]) => unknown> {
  const { outputText } = ts.transpileModule(text, {
    compilerOptions: { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.CommonJS },
  });
  const exports: Record<string, (...args: never[]) => unknown> = {};
  const module = runInThisContext(`(function (exports) {${outputText}\n})`) as (into: typeof exports) => void;
  module(exports);
  return exports;
}

/** What a JavaScript expression gives, with these variables around it. */
export function evaluateText(text: string, variables: Readonly<Record<string, unknown>> = {}): unknown {
  const names = Object.keys(variables).join(", ");
  const compiled = runInThisContext(`(function (${names}) { return ${text}; })`) as (...values: unknown[]) => unknown;
  return compiled(...Object.values(variables));
}

const options: ts.CompilerOptions = {
  target: ts.ScriptTarget.ES2022,
  lib: ["lib.es2023.d.ts"],
  module: ts.ModuleKind.ESNext,
  moduleResolution: ts.ModuleResolutionKind.Bundler,
  types: [],
  strict: true,
  noUncheckedIndexedAccess: true,
  exactOptionalPropertyTypes: true,
  noUnusedLocals: true,
  noUnusedParameters: true,
  isolatedDeclarations: true,
  declaration: true,
  erasableSyntaxOnly: true,
  verbatimModuleSyntax: true,
  noEmit: true,
};

const libraries = new Map<string, ts.SourceFile | undefined>();

/** What TypeScript says about module texts, by file name. */
export function typeErrors(files: Readonly<Record<string, string>>, more: ts.CompilerOptions = {}): string[] {
  const settings = { ...options, ...more };
  const host = ts.createCompilerHost(settings);
  const texts = new Map(Object.entries(files).map(([name, text]) => [`/virtual/${name}`, text]));
  const readSource = host.getSourceFile.bind(host);
  host.getSourceFile = (name, languageVersion) => {
    const text = texts.get(name);
    if (text !== undefined) return ts.createSourceFile(name, text, languageVersion);
    if (!libraries.has(name)) libraries.set(name, readSource(name, languageVersion));
    return libraries.get(name);
  };
  host.fileExists = (name) => texts.has(name);
  host.directoryExists = () => true;
  const readText = host.readFile.bind(host);
  host.readFile = (name) => texts.get(name) ?? readText(name);
  const program = ts.createProgram([...texts.keys()], settings, host);
  return [...texts.keys()].flatMap((name) => {
    const file = program.getSourceFile(name);
    const diagnostics = [
      ...program.getSyntacticDiagnostics(file),
      ...program.getSemanticDiagnostics(file),
      ...program.getDeclarationDiagnostics(file),
    ];
    return diagnostics.map((d) => {
      const line = file === undefined || d.start === undefined ? 0 : file.getLineAndCharacterOfPosition(d.start).line;
      return `${name}:${String(line + 1)} TS${String(d.code)} ${ts.flattenDiagnosticMessageText(d.messageText, "\n")}`;
    });
  });
}
