/**
 * Generated modules on demand, for tools that build: compiled when they are first asked for, and again once a file
 * that they came from has changed.
 */
import fs from "node:fs";
import { compareFile } from "../emit/write.ts";
import { compile, type CompileResult, type Report } from "../index.ts";
import { generatedPathOf, toPosix } from "../paths.ts";
import { asJavaScript } from "./javascript.ts";

/** A generated module as a tool is given it. */
export interface Served {
  /** Absolute path of the generated module. */
  readonly path: string;
  /** What `tsgrad build` would write; undefined where an error was found. */
  readonly text: string | undefined;
  /** The same without types, its relative imports made absolute. */
  readonly code: string | undefined;
  readonly reports: readonly Report[];
  /** Absolute paths of the files that it came from. */
  readonly inputs: readonly string[];
  /** Whether another text stands in the file on disk. */
  readonly isStale: boolean;
}

export interface ServiceOptions {
  /** The folder of the project. */
  readonly cwd: string;
  /** The tsconfig, or its folder; without it the nearest one of each source. */
  readonly project?: string | undefined;
}

export interface Service {
  /** The module generated from a source, by the absolute path of the source. */
  serve(source: string): Promise<Served>;
  /** The generated modules among those served that came from a file. */
  dependents(file: string): readonly string[];
}

interface Known {
  readonly served: Promise<Served>;
  /** The state of each input when it was read. */
  readonly states: Promise<ReadonlyMap<string, string>>;
}

export function createService(options: ServiceOptions): Service {
  const known = new Map<string, Known>();
  const inputs = new Map<string, readonly string[]>();
  const make = (source: string): Known => {
    const served = serve(source, options);
    void served.then(
      (made) => inputs.set(source, made.inputs),
      () => undefined,
    );
    return {
      served,
      states: served.then((made) => new Map(made.inputs.map((file) => [file, stateOf(file)]))),
    };
  };
  return {
    async serve(name) {
      const source = toPosix(name);
      const before = known.get(source);
      if (before !== undefined && (await isCurrent(before))) return before.served;
      const made = make(source);
      known.set(source, made);
      return made.served;
    },
    dependents: (file) =>
      [...inputs].flatMap(([source, files]) => (files.includes(toPosix(file)) ? [generatedPathOf(source)] : [])),
  };
}

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

/** Changes whenever the file does. */
function stateOf(file: string): string {
  const found = fs.statSync(file, { throwIfNoEntry: false });
  return found === undefined ? "gone" : `${String(found.mtimeMs)} ${String(found.size)}`;
}

async function serve(source: string, { cwd, project }: ServiceOptions): Promise<Served> {
  const result = await compile({ cwd, files: [source], ...(project !== undefined && { project }) });
  const file = result.files.find((each) => each.source === source);
  const path = generatedPathOf(source);
  const text = file?.text ?? (hasError(result) ? undefined : "export {};\n");
  return {
    path,
    text,
    code: text === undefined ? undefined : asJavaScript(path, text),
    reports: result.reports,
    inputs: [...new Set([source, ...result.inputs])],
    isStale: text !== undefined && compareFile(path, text) === "stale",
  };
}

const hasError = ({ reports }: CompileResult): boolean => reports.some(({ severity }) => severity === "error");
