/** TypeScript's libraries: their texts, and which of them a program can do without at first. */
import { createRequire } from "node:module";
import { ts } from "ts-morph";

// `require` spares Node the search for export names in a file of 3 MB.
const common = createRequire(import.meta.url)("@ts-morph/common") as typeof import("@ts-morph/common");

/** Where the libraries seem to be; ts-morph carries their texts. */
export const libFolder = "/node_modules/typescript/lib";

/** Stands in for what the DOM and Node declare and numeric code may use. */
const console = `${libFolder}/tsgrad.console.d.ts`;
const consoleText = `interface Console { ${["log", "info", "warn", "error", "debug", "trace"]
  .map((name) => `${name}(...data: unknown[]): void;`)
  .join(" ")} assert(condition?: boolean, ...data: unknown[]): void; table(data?: unknown): void;
  time(label?: string): void; timeEnd(label?: string): void; }
declare var console: Console;
`;

export const libTexts: ReadonlyMap<string, string> = new Map([
  ...common.getLibFiles().map(({ fileName, text }) => [`${libFolder}/${fileName}`, text] as const),
  [console, consoleText],
]);

/** Libraries never change: they are parsed once for each target, however many programs are made. */
const parsed = new Map<string, ts.SourceFile>();

export function parsedLib(path: string, text: string, settings: ts.CreateSourceFileOptions): ts.SourceFile {
  const key = `${String(settings.languageVersion)} ${String(settings.impliedNodeFormat)} ${path}`;
  const options = { ...settings, jsDocParsingMode: ts.JSDocParsingMode.ParseNone };
  const found = parsed.get(key) ?? ts.createSourceFile(path, text, options);
  parsed.set(key, found);
  return found;
}

export interface Lightened {
  readonly options: ts.CompilerOptions;
  readonly roots: readonly string[];
}

/**
 * The same program without the DOM and without ambient packages, which take most of the time to load and
 * which numeric code hardly uses; undefined if there is nothing to leave out. Where this gives type errors
 * the program must be made in full.
 */
export function lightened(options: ts.CompilerOptions, roots: readonly string[]): Lightened | undefined {
  const lib = options.lib ?? [ts.getDefaultLibFileName(options)];
  const light = lib.map(withoutDom).filter((name) => !/^lib\.(?:dom|webworker|scripthost)\b/.test(name));
  const isSame = light.join() === lib.join() && (options.types ?? []).length === 0;
  if (isSame || options.noLib) return undefined;
  return { options: { ...options, lib: light, types: [] }, roots: [...roots, console] };
}

/** `lib.es2022.full.d.ts` is ES2022 and the DOM. */
function withoutDom(name: string): string {
  const odd: Readonly<Record<string, string>> = { "lib.d.ts": "lib.es5.d.ts", "lib.es6.d.ts": "lib.es2015.d.ts" };
  return odd[name] ?? name.replace(/\.full\.d\.ts$/, ".d.ts");
}
