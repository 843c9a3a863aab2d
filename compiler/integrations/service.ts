/**
 * Generated modules on demand, for tools that build: compiled when they are first asked for, and again once a file
 * that they came from has changed.
 */
import { compareFile } from "../emit/write.ts";
import { createSharedPrograms, mayHaveForms } from "../frontend/index.ts";
import {
  compile,
  type CompileOptions,
  type CompileResult,
  type GeneratedFile,
  type Report,
  type SourceMap,
} from "../index.ts";
import { generatedPathOf, toPosix } from "../paths.ts";
import { asJavaScript } from "./javascript.ts";
import { unmoved } from "./maps.ts";
import { sourceOf } from "./names.ts";
import { withoutForms } from "./replaced.ts";
import { stateOf } from "./states.ts";

/** A generated module as a tool is given it. */
export interface Served extends Made {
  /** Whether another text stands in the file on disk. */
  readonly isStale: boolean;
}

interface Made {
  /** Absolute path of the generated module. */
  readonly path: string;
  /** What `tsgrad build` would write; undefined where an error was found. */
  readonly text: string | undefined;
  /** The same without types, its relative imports made absolute. */
  readonly code: string | undefined;
  /** From `code` to the user's sources, by their absolute paths. */
  readonly map: SourceMap | undefined;
  readonly reports: readonly Report[];
  /** Absolute paths of the files that it came from. */
  readonly inputs: readonly string[];
}

export interface ServiceOptions {
  /** The folder of the project. */
  readonly cwd: string;
  /** The tsconfig, or its folder; without it the nearest one of each source. */
  readonly project?: string | undefined;
}

/** An ordinary source in which value forms are replaced by what they stand for. */
export interface Replaced {
  /** Each place of the source keeps its line and its column. */
  readonly code: string;
  /** Says so, and what the source was. */
  readonly map: SourceMap;
  readonly reports: readonly Report[];
  /** Absolute paths of the files that say what the forms mean. */
  readonly inputs: readonly string[];
}

export interface Service {
  /** The generated module of this absolute path. */
  serve(generated: string): Promise<Served>;
  /** A source with its value forms replaced; undefined where it has none. */
  replace(source: string, text: string): Promise<Replaced | undefined>;
  /** What was done for all that was asked: compilations, programs of TypeScript, and texts parsed for these. */
  readonly made: { readonly compiled: number; readonly programs: number; readonly parsed: number };
  /** The generated modules among those served that came from a file. */
  dependents(file: string): readonly string[];
}

interface Known {
  readonly served: Promise<Made>;
  /** The state of each input when it was read. */
  readonly states: Promise<ReadonlyMap<string, string>>;
}

const services = new Map<string, Service>();

/**
 * The service of a project. A process has one, for all the plugins that tools make in it: Vite makes one for each
 * environment or build, vitest for each of its projects.
 */
export function serviceFor(options: ServiceOptions): Service {
  const key = JSON.stringify([options.cwd, options.project]);
  const service = services.get(key) ?? createService(options);
  services.set(key, service);
  return service;
}

function createService({ cwd, project }: ServiceOptions): Service {
  const known = new Map<string, Known>();
  const inputs = new Map<string, readonly string[]>();
  const programs = createSharedPrograms(stateOf);
  const options = { cwd, programs, ...(project !== undefined && { project }) };
  const keep = (path: string, served: Promise<Made>): Promise<Made> => {
    const states = served.then((made) => {
      inputs.set(path, made.inputs);
      return new Map(made.inputs.map((file) => [file, stateOf(file)]));
    });
    // Whoever asked is told.
    states.catch(() => undefined);
    known.set(path, { served, states });
    return served;
  };
  let compiled = 0;
  return {
    get made() {
      return { compiled, ...programs.made };
    },
    async serve(name) {
      const path = toPosix(name);
      const before = known.get(path);
      const isGood = before !== undefined && (await isCurrent(before));
      // Somebody else may have asked meanwhile.
      const now = known.get(path);
      if (now !== undefined && (isGood || now !== before)) return compared(await now.served);
      compiled++;
      return compared(await keep(path, serve(path, options)));
    },
    async replace(name, text) {
      if (!mayHaveForms(text)) return undefined;
      const source = toPosix(name);
      const overlay = new Map([[source, text]]);
      compiled++;
      const result = await compile({ ...options, files: [source], values: "only", overlay });
      const { uses, reports } = result;
      const hasErrors = reports.some(({ severity }) => severity === "error");
      // After an error a module says by itself what is wrong with it.
      if (!hasErrors)
        for (const file of result.files) void keep(file.path, Promise.resolve(servedFrom(file, result, file.inputs)));
      if (uses.length === 0 && reports.length === 0) return undefined;
      const files = uses.flatMap(({ resolvedIn }) => resolvedIn);
      return {
        code: withoutForms(source, text, uses),
        map: unmoved(source, text),
        reports,
        inputs: [...new Set([...files, ...settingsIn(result)])],
      };
    },
    dependents: (file) => [...inputs].flatMap(([path, files]) => (files.includes(toPosix(file)) ? [path] : [])),
  };
}

const compared = (made: Made): Served => ({
  ...made,
  isStale: made.text !== undefined && compareFile(made.path, made.text) === "stale",
});

/** After an error a file may be the cure that was not there before: it is tried again each time. */
async function isCurrent({ served, states }: Known): Promise<boolean> {
  try {
    if ((await served).text === undefined) return false;
    for (const [file, state] of await states) if (stateOf(file) !== state) return false;
    return true;
  } catch {
    return false;
  }
}

async function serve(path: string, options: CompileOptions): Promise<Made> {
  const source = sourceOf(path) ?? path;
  const isForm = path !== generatedPathOf(source);
  const result = await compile({
    ...options,
    files: [source],
    ...(isForm && { modules: [path] }),
  });
  const file = result.files.find((each) => each.path === path);
  const made = servedFrom(file ?? nothingAt(path), result, [source, ...result.inputs]);
  return made.text !== undefined || hasError(result) || isForm
    ? made
    : servedFrom({ ...nothingAt(path), text: "export {};\n" }, result, made.inputs);
}

type Text = Pick<GeneratedFile, "path" | "text" | "sourceMap">;

const nothingAt = (path: string): Text => ({ path, text: undefined, sourceMap: () => undefined });

function servedFrom({ path, text, sourceMap }: Text, result: CompileResult, inputs: readonly string[]): Made {
  const javaScript = text === undefined ? undefined : asJavaScript(path, text, sourceMap());
  return {
    path,
    text,
    code: javaScript?.code,
    map: javaScript?.map,
    reports: result.reports,
    inputs: [...new Set([...inputs, ...settingsIn(result)])],
  };
}

/** Configurations, and types that are declared for all files. */
const settingsIn = ({ inputs }: CompileResult): readonly string[] =>
  inputs.filter((file) => /\.json$|\.d\.[mc]?ts$/.test(file) && !file.includes("/node_modules/"));

const hasError = ({ reports }: CompileResult): boolean => reports.some(({ severity }) => severity === "error");
