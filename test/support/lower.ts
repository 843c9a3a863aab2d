/** Lowers TypeScript texts that exist only in memory, for tests of the frontend and of passes. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { ts } from "ts-morph";
import type { LowerContext } from "../../compiler/frontend/context.ts";
import { lowerFunction } from "../../compiler/frontend/lower/index.ts";
import type { Report } from "../../compiler/diagnostics/report.ts";
import { printFunc } from "../../compiler/ir/print.ts";
import { verifyProgram } from "../../compiler/ir/verify.ts";

const libraryFolder = path.join(path.dirname(createRequire(import.meta.url).resolve("typescript")));
const parsed = new Map<string, ts.SourceFile>();

/** What the package "tsgrad" declares, as far as the language knows it. */
const declarations = `
export type int = number & { readonly "~tsgrad.int"?: true };
export declare function stopGradient<T>(x: T): T;
export declare function tapGradient<T>(x: T, through: (g: T) => T): T;
export declare function grad<A extends unknown[]>(f: (...args: A) => number, options?: { wrt: number | number[] }): (...args: A) => A[0];
export declare function valueAndGrad<A extends unknown[]>(f: (...args: A) => number): (...args: A) => [value: number, grads: A[0]];
export declare function vjp<A, R>(f: (x: A) => R): (x: A, v: R) => [value: R, grads: A];
export declare function pullback<A, R>(f: (x: A) => R): (x: A) => [value: R, pullback: (v: R) => A];
export declare function jvp<A, R>(f: (x: A) => R): (x: A, t: A) => [value: R, tangent: R];
export declare function hvp<A>(f: (x: A) => number): (x: A, v: A) => [value: number, products: A];
export declare class Tensor<_S = readonly number[]> { dtype: string; permuteDims(axes: number[]): Tensor; expandDims(): Tensor; }
export declare function add(a: Tensor | number, b: Tensor | number): Tensor;
`;

export interface Lowered extends LowerContext {
  /** The context itself, as lowering knows it. */
  readonly context: LowerContext;
  readonly reports: Report[];
  readonly sources: ReadonlyMap<string, ts.SourceFile>;
  /** Type errors of the sources, which tests should not have. */
  readonly typeErrors: readonly string[];
  /** Lowers the function of that name, in "/main.ts" unless told; gives its key. */
  lower(name: string, file?: string): string | undefined;
  print(name: string): string;
}

export interface LowerOptions {
  readonly strictIndexing?: boolean;
  readonly generated?: LowerContext["resolveGenerated"];
}

/** `text` is the file "/main.ts"; `others` are further files by path. */
export function lowerText(
  text: string,
  others: Readonly<Record<string, string>> = {},
  options: LowerOptions = {},
): Lowered {
  const texts = new Map(
    Object.entries({ "/main.ts": text, "/node_modules/tsgrad/index.d.ts": declarations, ...others }),
  );
  const compilerOptions: ts.CompilerOptions = {
    target: ts.ScriptTarget.ES2023,
    module: ts.ModuleKind.ESNext,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
    allowImportingTsExtensions: true,
    noEmit: true,
    strict: true,
    noUncheckedIndexedAccess: options.strictIndexing ?? false,
    lib: ["lib.es2023.d.ts", "lib.dom.d.ts"],
    types: [],
  };
  const host: ts.CompilerHost = {
    fileExists: (name) => texts.has(name),
    readFile: (name) => texts.get(name),
    getSourceFile: (name, languageVersion) => sourceFile(name, texts, languageVersion),
    getDefaultLibFileName: () => "lib.es2023.d.ts",
    getDefaultLibLocation: () => libraryFolder,
    writeFile: () => undefined,
    getCurrentDirectory: () => "/",
    getCanonicalFileName: (name) => name,
    useCaseSensitiveFileNames: () => true,
    getNewLine: () => "\n",
  };
  const program = ts.createProgram(
    [...texts.keys()].filter((name) => !name.endsWith(".d.ts")),
    compilerOptions,
    host,
  );
  const sources = new Map(
    [...texts.keys()].flatMap((name) => {
      const file = program.getSourceFile(name);
      return file ? [[name, file] as const] : [];
    }),
  );
  const typeErrors = [...sources.values()].flatMap((file) =>
    [...program.getSyntacticDiagnostics(file), ...program.getSemanticDiagnostics(file)].map(
      (d) => `${file.fileName}: ${ts.flattenDiagnosticMessageText(d.messageText, "\n")}`,
    ),
  );
  const reports: Report[] = [];
  const context: LowerContext = {
    checker: program.getTypeChecker(),
    allFiles: () => program.getSourceFiles(),
    program: new Map(),
    symbols: new Map(),
    derived: new Map(),
    rules: new Map(),
    report: (report) => void reports.push(report),
    isVirtualGradModule: (name) => name.endsWith(".grad.ts"),
    resolveGenerated: options.generated ?? (() => undefined),
  };
  const lower = (name: string, file = "/main.ts"): string | undefined => {
    const node = functionNamed(sources.get(file), name);
    if (!node) throw new Error(`There is no function ${name}`);
    return lowerFunction(context, node);
  };
  return {
    ...context,
    context,
    reports,
    sources,
    typeErrors,
    lower,
    print(name) {
      const key = lower(name);
      const func = key === undefined ? undefined : context.program.get(key);
      if (!func) return reports.map((report) => `${report.code} ${report.message}`).join("\n");
      const faults = verifyProgram(context.program);
      return printFunc(func) + faults.map((fault) => `fault: ${fault}\n`).join("");
    },
  };
}

function sourceFile(
  name: string,
  texts: ReadonlyMap<string, string>,
  version: ts.ScriptTarget | ts.CreateSourceFileOptions,
): ts.SourceFile | undefined {
  const own = texts.get(name);
  if (own !== undefined) return ts.createSourceFile(name, own, version, true);
  const known = parsed.get(name);
  if (known) return known;
  if (!path.basename(name).startsWith("lib.")) return undefined;
  const made = ts.createSourceFile(
    name,
    readFileSync(path.join(libraryFolder, path.basename(name)), "utf8"),
    version,
    true,
  );
  parsed.set(name, made);
  return made;
}

/** The function declaration, or the function that a constant holds, of that name at module scope. */
export function functionNamed(file: ts.SourceFile | undefined, name: string): ts.FunctionLikeDeclaration | undefined {
  for (const statement of file?.statements ?? []) {
    if (ts.isFunctionDeclaration(statement) && statement.name?.text === name && statement.body) return statement;
    if (!ts.isVariableStatement(statement)) continue;
    for (const { name: own, initializer } of statement.declarationList.declarations) {
      const isIt = ts.isIdentifier(own) && own.text === name;
      if (isIt && initializer && (ts.isArrowFunction(initializer) || ts.isFunctionExpression(initializer)))
        return initializer;
    }
  }
  return undefined;
}

/** The JavaScript of a text, without types. */
export function javascript(text: string): string {
  return ts.transpileModule(text, {
    compilerOptions: { target: ts.ScriptTarget.ES2023, module: ts.ModuleKind.CommonJS },
  }).outputText;
}
