/**
 * Which files the sources of a project lead to, by their import lines alone: for what has to know whom a change concerns
 * before it makes any program.
 */
import path from "node:path";
import { ts } from "ts-morph";
import { isGeneratedPath, isSourcePath, toPosix } from "../paths.ts";
import { createFiles, createHost } from "./host.ts";
import { findProjects, type Project } from "./project.ts";
import { mayHaveForms } from "./value-forms.ts";

export interface Leads {
  /** The sources that are annotated or ask for derivatives, each with the files that it leads to, itself among them. */
  readonly sources: ReadonlyMap<string, readonly string[]>;
  /** The sources whose generated modules a file imports. */
  readonly generatedFor: (file: string) => readonly string[];
  /** What `rootDirs` lays over the project. */
  readonly rootDirs: readonly string[];
  /** Another one where files have come or gone. */
  readonly listing: string;
}

export interface LeadsAsked {
  readonly cwd: string;
  /** The tsconfig; without one, the sources. */
  readonly project: string | undefined;
  readonly files: readonly string[] | undefined;
  readonly overlay: ReadonlyMap<string, string>;
}

interface Imports {
  readonly state: string;
  readonly files: readonly string[];
  /** Those that stand for generated modules. */
  readonly generated: readonly string[];
}

/** `stateOf` changes whenever the text of the file of this name does. */
export function createLeads(stateOf: (file: string) => string): (asked: LeadsAsked) => Leads {
  let known = new Map<string, Imports>();
  let before = "";
  return ({ cwd, project, files: names, overlay }) => {
    const files = createFiles(toPosix(path.resolve(cwd)), overlay);
    const projects = findProjects(files, { project, files: names, alone: true }, () => undefined);
    const listing = JSON.stringify(projects.map(({ options, listed }) => [options, listed]));
    // What an import means can change where files come or go.
    if (listing !== before) known = new Map();
    before = listing;
    const sources = new Map<string, readonly string[]>();
    const finders = projects.map((each) => importFinder(each, { files, overlay, known, stateOf }));
    for (const [at, { sources: own }] of projects.entries())
      for (const source of own)
        if (concernsUs(files.readFile(source) ?? "")) sources.set(source, reachedFrom(source, finders[at]!));
    return {
      sources,
      listing,
      rootDirs: [...new Set(projects.flatMap(({ options }) => options.rootDirs ?? []))],
      generatedFor: (file) => finders[0]?.(file).generated ?? [],
    };
  };
}

const concernsUs = (text: string): boolean => text.includes("@differentiable") || mayHaveForms(text);

type ImportFinder = (file: string) => Imports;

function reachedFrom(source: string, importsOf: ImportFinder): readonly string[] {
  const reached = new Set([source]);
  for (const file of reached) for (const next of importsOf(file).files) reached.add(next);
  return [...reached];
}

interface At {
  readonly files: ReturnType<typeof createFiles>;
  readonly overlay: ReadonlyMap<string, string>;
  readonly known: Map<string, Imports>;
  readonly stateOf: (file: string) => string;
}

function importFinder({ options }: Project, { files, overlay, known, stateOf }: At): ImportFinder {
  const host = createHost(files, overlay, options, () => "", { known: new Map() });
  const cache = ts.createModuleResolutionCache(files.cwd, (name) => host.getCanonicalFileName(name), options);
  const meantBy = (specifier: string, file: string): string | undefined => {
    const mode = ts.getImpliedNodeFormatForFile(file, cache.getPackageJsonInfoCache(), host, options);
    const { resolvedModule } = ts.resolveModuleName(specifier, file, options, host, cache, undefined, mode);
    return resolvedModule?.resolvedFileName;
  };
  return (file) => {
    const state = stateOf(file);
    const found = known.get(file);
    if (found?.state === state) return found;
    const { importedFiles } = ts.preProcessFile(files.readFile(file) ?? "", true, true);
    const resolved = importedFiles.map(({ fileName }) => meantBy(fileName, file));
    const meant = resolved.filter((name) => name !== undefined);
    const generated = meant.flatMap((name) => (isGeneratedPath(name) ? (files.sourceOfGenerated(name) ?? []) : []));
    const imports = { state, files: [...meant.filter(isSourcePath), ...generated], generated };
    // What is missing may come.
    if (!resolved.includes(undefined)) known.set(file, imports);
    return imports;
  };
}
