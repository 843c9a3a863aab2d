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

/** The folder of the project whose types one of `rootDirs` lays over it; undefined for others. */
export const homeOfTypes = (rootDir: string): string | undefined => /^(.*)\/\.tsgrad\/types(?:\/|$)/.exec(rootDir)?.[1];

/** Where the declarations of a generated module stand under the project's folder; undefined for one from elsewhere. */
export function declarationsFile(cwd: string, generated: string): string | undefined {
  const relative = path.relative(cwd, generated);
  if (relative.startsWith("..")) return undefined;
  return path.join(cwd, typesFolder, relative.replace(/\.([mc]?)ts$/, ".d.$1ts"));
}

/** Writes the declarations of a generated module under the project's folder; one that is checked in has its own types. */
export function writeDeclarations(cwd: string, generated: string, text: string): void {
  const file = declarationsFile(cwd, generated);
  if (file === undefined || readText(generated) !== undefined) return;
  fs.mkdirSync(path.dirname(file), { recursive: true });
  // What is made from sources has no place in version control.
  const ignored = path.join(cwd, ".tsgrad/.gitignore");
  if (readText(ignored) === undefined) fs.writeFileSync(ignored, "*\n");
  // By its first lines we know it again, and may write it anew.
  const [header = ""] = text.split(/(?<=eslint-disable \*\/\n)/, 1);
  writeFile(file, header + declarationsOf(generated, text));
}

/** Removes the declarations of a module that is generated no more. */
export function removeDeclarations(cwd: string, generated: string): void {
  const file = declarationsFile(cwd, generated);
  if (file !== undefined) fs.rmSync(file, { force: true });
}

/** The declarations of a generated module. */
export function declarationsOf(file: string, text: string): string {
  const { outputText } = ts.transpileDeclaration(text, {
    fileName: file,
    compilerOptions: { target: ts.ScriptTarget.ES2022, isolatedDeclarations: true, allowImportingTsExtensions: true },
  });
  return outputText;
}
