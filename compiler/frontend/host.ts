/**
 * Where TypeScript reads files from: an overlay, virtual generated modules, then the disk. Generated
 * files on disk are never read, so the first build works when the source already imports them.
 */
import { fileURLToPath } from "node:url";
import { ts } from "ts-morph";
import { generatedHeaderStart } from "../header.ts";
import { isGeneratedPath } from "../paths.ts";
import { parseSource } from "./depth.ts";
import { libFolder, libTexts, parsedLib } from "./libs.ts";

const generatedName = /\.grad\.([mc]?ts)$/;

export interface Files {
  readonly cwd: string;
  readonly fileExists: (path: string) => boolean;
  readonly readFile: (path: string) => string | undefined;
  /** Every file that was read: what a result came from. */
  readonly read: ReadonlySet<string>;
  /** Sources that nest too deeply or are too long to be read, with the place; they are taken for empty. */
  readonly refused: Map<string, number>;
  /** The source beside which a generated module of this name stands, if it does. */
  sourceOfGenerated(path: string): string | undefined;
}

/** Reads through `overlay`; paths in it are absolute. */
export function createFiles(cwd: string, overlay: ReadonlyMap<string, string>): Files {
  const known = new Map<string, string | undefined>();
  const read = new Set<string>();
  const readFile = (path: string): string | undefined => {
    const text = overlay.get(path) ?? ts.sys.readFile(path);
    if (text !== undefined) read.add(path);
    return text;
  };
  const fileExists = (path: string): boolean => overlay.has(path) || ts.sys.fileExists(path);
  const find = (path: string): string | undefined => {
    if (!isGeneratedPath(path) || path.includes("/node_modules/")) return undefined;
    if (fileExists(path) && !readFile(path)?.startsWith(generatedHeaderStart)) return undefined;
    const source = path.replace(generatedName, ".$1");
    const candidates = source.endsWith(".ts") ? [source, `${source}x`] : [source];
    return candidates.find((name) => fileExists(name) && readFile(name)?.includes("@differentiable"));
  };
  return {
    cwd,
    fileExists,
    readFile,
    read,
    refused: new Map(),
    sourceOfGenerated(path) {
      if (!known.has(path)) known.set(path, find(path));
      return known.get(path);
    },
  };
}

export interface ProgramHost extends ts.CompilerHost {
  /** Gives a module that is not on disk its text, for the next program. */
  setVirtual(path: string, text: string): void;
  /** The generated modules that the program has asked for. */
  virtualPaths(): readonly string[];
  /** The files that a file leads to by its imports, itself among them; a generated module stands for its source. */
  reachedFrom(path: string): readonly string[];
}

/** A source that was parsed, and for what. */
export interface ParsedSource {
  readonly text: string;
  readonly settings: string;
  readonly file: ts.SourceFile;
  readonly refusedAt: number | undefined;
}

/** What was parsed before for programs with the same options. */
export interface Parsing {
  readonly known: Map<string, ParsedSource>;
  readonly onParsed?: () => void;
}

/** A compiler host; `firstText` gives a generated module's text until `setVirtual` changes it. */
export function createHost(
  files: Files,
  overlay: ReadonlyMap<string, string>,
  options: ts.CompilerOptions,
  firstText: (sourcePath: string) => string,
  { known: parsed, onParsed }: Parsing,
): ProgramHost {
  const base = ts.createCompilerHost(options);
  const virtual = new Map<string, string>();
  const folders = new Set([...overlay.keys()].flatMap(foldersAbove));
  const isStale = (path: string): boolean =>
    isGeneratedPath(path) &&
    !path.includes("/node_modules/") &&
    !overlay.has(path) &&
    (ts.sys.readFile(path)?.startsWith(generatedHeaderStart) ?? false);
  const parse = (path: string, text: string, settings: ts.CreateSourceFileOptions): ParsedSource => {
    const made = parseSource(path, text, settings);
    const refusedAt = "refusedAt" in made ? made.refusedAt : undefined;
    const file = "refusedAt" in made ? ts.createSourceFile(path, "export {};", settings) : made;
    const source = { text, settings: settingsOf(settings), file, refusedAt };
    parsed.set(path, source);
    onParsed?.();
    return source;
  };
  const readFile = (path: string): string | undefined => {
    const given = virtual.get(path) ?? libTexts.get(path);
    if (given !== undefined) return given;
    const source = files.sourceOfGenerated(path);
    if (source === undefined) return files.readFile(path);
    const text = firstText(source);
    virtual.set(path, text);
    return text;
  };
  const host: ProgramHost = {
    ...base,
    getCurrentDirectory: () => files.cwd,
    getDefaultLibLocation: () => libFolder,
    getDefaultLibFileName: (settings) => `${libFolder}/${ts.getDefaultLibFileName(settings)}`,
    fileExists: (path) =>
      virtual.has(path) ||
      libTexts.has(path) ||
      files.sourceOfGenerated(path) !== undefined ||
      (files.fileExists(path) && !isStale(path)),
    readFile,
    directoryExists: (path) => folders.has(path) || ts.sys.directoryExists(path),
    writeFile: () => undefined,
    getSourceFile(path, languageOptions) {
      const settings = typeof languageOptions === "object" ? languageOptions : { languageVersion: languageOptions };
      const lib = libTexts.get(path);
      if (lib !== undefined) return parsedLib(path, lib, settings);
      const text = readFile(path);
      if (text === undefined) return undefined;
      // Comments matter to us only in the user's own files.
      const mode = path.endsWith(".d.ts") ? ts.JSDocParsingMode.ParseNone : ts.JSDocParsingMode.ParseAll;
      const before = parsed.get(path);
      const isSame = before?.text === text && before.settings === settingsOf(settings);
      const source = isSame ? before : parse(path, text, { ...settings, jsDocParsingMode: mode });
      if (source.refusedAt !== undefined) files.refused.set(path, source.refusedAt);
      return source.file;
    },
    setVirtual: (path, text) => void virtual.set(path, text),
    virtualPaths: () => [...virtual.keys()],
    reachedFrom(start) {
      const reached = new Set([start]);
      for (const file of reached) for (const next of imported.get(file) ?? []) reached.add(next);
      return [...reached];
    },
  };
  const imported = new Map<string, Set<string>>();
  const cache = ts.createModuleResolutionCache(files.cwd, (name) => host.getCanonicalFileName(name), options);
  host.resolveModuleNameLiterals = (literals, containing, redirected, settings, sourceFile) => {
    const meant = new Set<string>();
    imported.set(containing, meant);
    return literals.map((literal) => {
      const mode = ts.getModeForUsageLocation(sourceFile, literal, settings);
      const own = ts.resolveModuleName(literal.text, containing, settings, host, cache, redirected, mode);
      const found = own.resolvedModule ? own : (ownModule(literal.text) ?? own);
      const file = found.resolvedModule?.resolvedFileName;
      if (file !== undefined) meant.add(files.sourceOfGenerated(file) ?? file);
      return found;
    });
  };
  return host;
}

/** What a source is parsed as depends on, beside the options of its program. */
const settingsOf = ({ languageVersion, impliedNodeFormat }: ts.CreateSourceFileOptions): string =>
  `${languageVersion} ${String(impliedNodeFormat)}`;

function foldersAbove(path: string): readonly string[] {
  const parts = path.split("/");
  return parts.slice(1).map((_, index) => parts.slice(0, index + 1).join("/"));
}

const ownModules: ReadonlyMap<string, string> = new Map([
  ["tsgrad", "index"],
  ["tsgrad/runtime", "generated"],
]);

const runtimeFolder = fileURLToPath(new URL("../../runtime/", import.meta.url)).replaceAll("\\", "/");

/** Whether a file is of our own runtime: as sources, which only we have, it stands under our own options. */
export const isOwnRuntime = (path: string): boolean => path.startsWith(runtimeFolder);

/** Our own runtime, for sources that import `tsgrad` where it is not installed. */
function ownModule(name: string): ts.ResolvedModuleWithFailedLookupLocations | undefined {
  const base = ownModules.get(name);
  if (base === undefined) return undefined;
  const at = (extension: string): string => `${runtimeFolder}${base}${extension}`;
  const extension = [".ts", ".d.ts"].find((candidate) => ts.sys.fileExists(at(candidate)));
  return extension === undefined
    ? undefined
    : { resolvedModule: { resolvedFileName: at(extension), extension, isExternalLibraryImport: false } };
}
