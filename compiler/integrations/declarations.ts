/**
 * Types for modules that are on no disk: `.tsgrad/types` mirrors the project, and `rootDirs` in the tsconfig lays it
 * over the sources.
 */
import fs from "node:fs";
import path from "node:path";
import { ts } from "ts-morph";
import { readText } from "../emit/read.ts";
import { writeFile } from "../emit/write.ts";

export const typesFolder = ".tsgrad/types";

/** Writes the declarations of a generated module under the project's folder; one that is checked in has its own types. */
export function writeDeclarations(cwd: string, generated: string, text: string): void {
  const relative = path.relative(cwd, generated);
  if (relative.startsWith("..") || readText(generated) !== undefined) return;
  const folder = path.join(cwd, typesFolder);
  const file = path.join(folder, relative.replace(/\.([mc]?)ts$/, ".d.$1ts"));
  fs.mkdirSync(path.dirname(file), { recursive: true });
  // What is made from sources has no place in version control.
  const ignored = path.join(cwd, ".tsgrad/.gitignore");
  if (readText(ignored) === undefined) fs.writeFileSync(ignored, "*\n");
  writeFile(file, declarationsOf(generated, text));
}

function declarationsOf(file: string, text: string): string {
  const { outputText } = ts.transpileDeclaration(text, {
    fileName: file,
    compilerOptions: { target: ts.ScriptTarget.ES2022, isolatedDeclarations: true, allowImportingTsExtensions: true },
  });
  return outputText;
}
