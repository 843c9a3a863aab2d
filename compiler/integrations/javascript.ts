/** Generated TypeScript as the JavaScript that tools run: without types, with imports that do not depend on where it stands. */
import fs from "node:fs";
import path from "node:path";
import { ts } from "ts-morph";
import type { SourceMap } from "../index.ts";
import { toPosix } from "../paths.ts";
import { chained } from "./maps.ts";
import { sourceOf } from "./names.ts";

export interface JavaScript {
  readonly code: string;
  readonly map: SourceMap | undefined;
}

/** `map` leads from the text to what it was made from. Imports have no part in it: only their lines are changed. */
export function asJavaScript(file: string, text: string, map: SourceMap | undefined): JavaScript {
  return stripped(file, withAbsoluteImports(file, text), map);
}

/** A TypeScript source without its types, which are not checked. */
export function stripped(file: string, text: string, map: SourceMap | undefined): JavaScript {
  const module = file.endsWith(".cts") ? ts.ModuleKind.CommonJS : ts.ModuleKind.ESNext;
  const { outputText, sourceMapText = "" } = ts.transpileModule(text, {
    fileName: file,
    compilerOptions: {
      target: ts.ScriptTarget.ES2022,
      module,
      verbatimModuleSyntax: module === ts.ModuleKind.ESNext,
      sourceMap: true,
    },
  });
  const code = outputText.replace(/\/\/# sourceMappingURL=.*\s*$/, "");
  return { code, map: map && chained(sourceMapText, map) };
}

/** Relative specifiers become the absolute paths of the files that they mean. */
function withAbsoluteImports(file: string, text: string): string {
  const parsed = ts.createSourceFile(file, text, ts.ScriptTarget.Latest);
  let out = "";
  let end = 0;
  for (const statement of parsed.statements) {
    if (!ts.isImportDeclaration(statement) && !ts.isExportDeclaration(statement)) continue;
    const { moduleSpecifier } = statement;
    if (moduleSpecifier === undefined || !ts.isStringLiteral(moduleSpecifier)) continue;
    if (!/^\.\.?\//.test(moduleSpecifier.text)) continue;
    const meant = fileMeantBy(path.posix.join(path.posix.dirname(file), moduleSpecifier.text));
    out += text.slice(end, moduleSpecifier.getStart(parsed)) + JSON.stringify(meant);
    end = moduleSpecifier.end;
  }
  return out + text.slice(end);
}

const sourceExtension: Readonly<Record<string, readonly string[]>> = {
  ".js": [".ts", ".tsx"],
  ".mjs": [".mts"],
  ".cjs": [".cts"],
};

/** The file that an absolute specifier means: TypeScript lets one write `model.js` or `model` for `model.ts`. */
export function fileMeantBy(name: string): string {
  const extension = path.posix.extname(name);
  const base = name.slice(0, name.length - extension.length);
  const candidates = [
    name,
    ...(sourceExtension[extension] ?? []).map((each) => base + each),
    ...[".ts", ".tsx", ".mts", ".cts", "/index.ts", "/index.tsx"].map((each) => name + each),
  ];
  const isThere = (candidate: string): boolean =>
    sourceOf(candidate) !== undefined || fs.statSync(candidate, { throwIfNoEntry: false })?.isFile() === true;
  return toPosix(candidates.find(isThere) ?? name);
}
