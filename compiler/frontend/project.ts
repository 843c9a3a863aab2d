/** Finds the TypeScript project (or projects) to build from: files, options, problems with either. */
import { ts } from "ts-morph";
import path from "node:path";
import { makeReport } from "../diagnostics/make.ts";
import type { Report } from "../diagnostics/report.ts";
import type { Origin } from "../ir/types.ts";
import { isGeneratedPath, isSourcePath, toPosix } from "../paths.ts";
import type { Files } from "./host.ts";

/** One tsconfig's worth of sources. */
export interface Project {
  readonly options: ts.CompilerOptions;
  /** Everything that the program starts from. */
  readonly roots: readonly string[];
  /** The files whose annotations are built. */
  readonly sources: readonly string[];
  /** Everything that its tsconfig lists. */
  readonly listed: readonly string[];
  /** Whether the options come from a tsconfig. */
  readonly configured: boolean;
}

export interface ProjectOptions {
  readonly files?: readonly string[] | undefined;
  readonly project?: string | undefined;
  /** Without the projects that it references. */
  readonly alone?: boolean | undefined;
}

/** The projects that `options` ask for. */
export function findProjects(files: Files, options: ProjectOptions, report: (r: Report) => void): readonly Project[] {
  const absolute = (name: string): string => toPosix(path.resolve(files.cwd, name));
  const wanted = options.files && checkFiles(files, options.files.map(absolute), report);
  const config =
    options.project === undefined ? undefined : configAt(files, absolute(options.project), options.project, report);
  if (options.project !== undefined && config === undefined) return [];
  if (!wanted) return wholeProject(files, config ?? nearestConfig(files, files.cwd), options.alone === true, report);
  const groups = new Map<string | undefined, string[]>();
  for (const file of wanted) {
    const owner = config ?? nearestConfig(files, path.posix.dirname(file));
    groups.set(owner, [...(groups.get(owner) ?? []), file]);
  }
  return [...groups].flatMap(([owner, members]) => projectsOfFiles(files, owner, members, report));
}

function checkFiles(files: Files, names: readonly string[], report: (r: Report) => void): readonly string[] {
  return [...new Set(names)].filter((name) => {
    if (!files.fileExists(name)) report(makeReport("TG2002", undefined, [toPosix(path.relative(files.cwd, name))]));
    else if (!isSourcePath(name)) report(makeReport("TG2023", undefined, [toPosix(path.relative(files.cwd, name))]));
    else return true;
    return false;
  });
}

function configAt(files: Files, name: string, shown: string, report: (r: Report) => void): string | undefined {
  const found = [name, `${name}/tsconfig.json`].find((candidate) => files.fileExists(candidate));
  if (found === undefined) report(makeReport("TG2003", undefined, [`'${shown}' does not exist`]));
  return found;
}

function nearestConfig(files: Files, folder: string): string | undefined {
  return ts.findConfigFile(folder, (name) => files.fileExists(name));
}

/** The project of a tsconfig and of those it references, each file once. */
function wholeProject(
  files: Files,
  config: string | undefined,
  alone: boolean,
  report: (r: Report) => void,
): readonly Project[] {
  if (config === undefined) {
    const roots = ts.sys
      .readDirectory(files.cwd, [".ts", ".tsx", ".mts", ".cts"], ["**/node_modules", "**/dist"])
      .map(toPosix);
    const sources = roots.filter(isSourcePath);
    return [{ options: settle(defaultOptions), roots: sources, sources, listed: sources, configured: false }];
  }
  const taken = new Set<string>();
  const configs = configsFrom(files, config, report);
  return (alone ? configs.slice(0, 1) : configs).map((parsed) => {
    const roots = parsed.fileNames.filter((name) => !isGeneratedPath(name));
    const sources = roots.filter((name) => isSourcePath(name) && !taken.has(name));
    for (const name of sources) taken.add(name);
    return { options: settle(parsed.options), roots, sources, listed: roots, configured: true };
  });
}

/** Named files under the options of the tsconfig (or the referenced one) that lists them. */
function projectsOfFiles(
  files: Files,
  config: string | undefined,
  members: readonly string[],
  report: (r: Report) => void,
): readonly Project[] {
  if (config === undefined)
    return [{ options: settle(defaultOptions), roots: members, sources: members, listed: members, configured: false }];
  const configs = configsFrom(files, config, report);
  const first = configs[0];
  if (!first) return [];
  const groups = new Map<ts.ParsedCommandLine, string[]>();
  for (const file of members) {
    const owner = configs.find((parsed) => parsed.fileNames.includes(file)) ?? first;
    groups.set(owner, [...(groups.get(owner) ?? []), file]);
  }
  return [...groups].map(([owner, own]) => {
    // Ambient declarations of the project count for every file of it.
    const ambient = owner.fileNames.filter((name) => /\.d\.[mc]?ts$/.test(name));
    return {
      options: settle(owner.options),
      roots: [...new Set([...own, ...ambient])],
      sources: own,
      listed: owner.fileNames,
      configured: true,
    };
  });
}

/** `config` and the configs that it references, each once. */
function configsFrom(files: Files, config: string, report: (r: Report) => void): readonly ts.ParsedCommandLine[] {
  const found = new Map<string, ts.ParsedCommandLine | undefined>();
  const visit = (name: string): void => {
    if (found.has(name)) return;
    found.set(name, undefined);
    const parsed = readConfig(files, name, report);
    found.set(name, parsed);
    for (const reference of parsed?.projectReferences ?? []) {
      const target = toPosix(ts.resolveProjectReferencePath(reference));
      if (files.fileExists(target)) visit(target);
      else report(makeReport("TG2003", undefined, [`'${toPosix(path.relative(files.cwd, target))}' does not exist`]));
    }
  };
  visit(config);
  return [...found.values()].filter((parsed) => parsed !== undefined);
}

/** Options may be deprecated, and a config may list no files of its own; neither stops a build. */
const harmless = new Set([18002, 18003, 5101, 5102, 5103, 5107, 5108]);

function readConfig(files: Files, name: string, report: (r: Report) => void): ts.ParsedCommandLine | undefined {
  const source = ts.readJsonConfigFile(name, (file) => files.readFile(file));
  const host: ts.ParseConfigHost = { ...ts.sys, fileExists: files.fileExists, readFile: files.readFile };
  const parsed = ts.parseJsonSourceFileConfigFileContent(source, host, path.posix.dirname(name), undefined, name);
  for (const problem of [
    ...((source as { parseDiagnostics?: readonly ts.Diagnostic[] }).parseDiagnostics ?? []),
    ...parsed.errors,
  ]) {
    if (problem.category !== ts.DiagnosticCategory.Error || harmless.has(problem.code)) continue;
    const text = ts.flattenDiagnosticMessageText(problem.messageText, "\n");
    const { file, start = 0, length = 0 } = problem;
    const shown = toPosix(path.relative(files.cwd, name));
    report(
      file
        ? makeReport("TG2003", { file: file.fileName, start, end: start + length }, [text])
        : makeReport("TG2003", undefined, [`${shown}: ${text}`]),
    );
  }
  // Generated modules may be named before the first build.
  for (const missing of parsed.fileNames.filter((file) => !isGeneratedPath(file) && !files.fileExists(file))) {
    const origin = placeOfName(source, missing, path.posix.dirname(name));
    report(makeReport("TG2003", origin, [`'${toPosix(path.relative(files.cwd, missing))}' does not exist`]));
  }
  checkPlugins(files, name, parsed, report);
  return parsed;
}

/** Where a tsconfig names a file. */
function placeOfName(source: ts.TsConfigSourceFile, file: string, folder: string): Origin | undefined {
  let found: Origin | undefined;
  const visit = (node: ts.Node): void => {
    if (ts.isStringLiteral(node) && toPosix(path.resolve(folder, node.text)) === file)
      found ??= { file: source.fileName, start: node.getStart(source), end: node.getEnd() };
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

/** Native TypeScript (7 and later) passes over `plugins` without a word: a tsconfig that lists ours is told. */
function checkPlugins(files: Files, config: string, parsed: ts.ParsedCommandLine, report: (r: Report) => void): void {
  const plugins: unknown = parsed.options["plugins"];
  if (!Array.isArray(plugins) || !plugins.some(isOurPlugin)) return;
  const version = typeScriptVersion(files, path.posix.dirname(config));
  if (version !== undefined && Number.parseInt(version, 10) >= 7)
    report(makeReport("TG2034", undefined, [toPosix(path.relative(files.cwd, config)), version]));
}

function isOurPlugin(plugin: unknown): boolean {
  if (typeof plugin !== "object" || plugin === null) return false;
  return Object.values(plugin).some((value) => typeof value === "string" && /^tsgrad(?:\/|$)/.test(value));
}

/** The version of the TypeScript that the project has installed. */
function typeScriptVersion(files: Files, folder: string): string | undefined {
  const text = files.readFile(`${folder}/node_modules/typescript/package.json`);
  const found = text === undefined ? undefined : /"version"\s*:\s*"([^"]+)"/.exec(text)?.[1];
  const parent = path.posix.dirname(folder);
  return found ?? (parent === folder ? undefined : typeScriptVersion(files, parent));
}

/** A tsconfig as it is read. */
export interface Config {
  readonly path: string;
  /** The files that it lists. */
  readonly files: readonly string[];
  /** Absolute. */
  readonly rootDirs: readonly string[] | undefined;
  readonly plugins: readonly unknown[];
  /** The version of the TypeScript that it is for, if one is installed. */
  readonly typescript: string | undefined;
}

export interface Inspection {
  /** The tsconfig that a build here would use. */
  readonly config: string | undefined;
  /** It and those that it references. */
  readonly configs: readonly Config[];
  readonly reports: readonly Report[];
}

/** What a build would find out about the project before it looks at any source. */
export function inspect(files: Files): Inspection {
  const reports: Report[] = [];
  const config = nearestConfig(files, files.cwd);
  const found = config === undefined ? [] : configsFrom(files, config, (r) => reports.push(r));
  const configs = found.flatMap(({ options, fileNames }): Config[] => {
    const { configFilePath, rootDirs, plugins } = options;
    if (typeof configFilePath !== "string") return [];
    const typescript = typeScriptVersion(files, path.posix.dirname(configFilePath));
    const listed: readonly unknown[] = Array.isArray(plugins) ? plugins : [];
    return [{ path: toPosix(configFilePath), files: fileNames, rootDirs, plugins: listed, typescript }];
  });
  return { config, configs, reports };
}

const defaultOptions: ts.CompilerOptions = {
  strict: true,
  target: ts.ScriptTarget.ES2022,
  module: ts.ModuleKind.Preserve,
  moduleResolution: ts.ModuleResolutionKind.Bundler,
  allowImportingTsExtensions: true,
  types: [],
};

/** The user's options without those that only concern output. */
function settle(options: ts.CompilerOptions): ts.CompilerOptions {
  return {
    ...options,
    noEmit: true,
    skipLibCheck: true,
    composite: false,
    incremental: false,
    declaration: false,
    declarationMap: false,
    isolatedDeclarations: false,
    ignoreDeprecations: "6.0",
    stableTypeOrdering: true,
  };
}
