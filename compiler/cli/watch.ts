/** `tsgrad build --watch`: builds, and builds again what a change concerns. */
import { watch as watchFiles } from "chokidar";
import type { CompileResult } from "../index.ts";
import { isGeneratedPath, isSourcePath, toPosix } from "../paths.ts";
import { buildAndTell, type BuildFlags } from "./build.ts";
import { keptResults } from "./kept-results.ts";
import type { ExitStatus, Terminal } from "./terminal.ts";

/** Milliseconds. Editors write several files at once, and some of them twice: chokidar tells one of two changes within 50. */
const pause = 60;

/** Goes on until `signal` says that it is enough. */
export async function watch(
  patterns: readonly string[],
  flags: BuildFlags,
  terminal: Terminal,
  signal?: AbortSignal,
): Promise<ExitStatus> {
  const known: Known = { inputs: new Map(), failed: new Set(), settings: new Set() };
  const kept = keptResults(terminal.cwd);
  const build = async (files: readonly string[]): Promise<void> => {
    const { result } = await buildAndTell(files, flags, terminal, kept);
    remember(known, result);
  };
  const changed = new Set<string>();
  let timer: NodeJS.Timeout | undefined;
  let working = Promise.resolve();
  const rebuild = async (): Promise<void> => {
    const concerned = concernedBy(known, changed);
    changed.clear();
    if (concerned === "all") await build(patterns);
    else if (concerned.length > 0) await build(concerned);
  };
  const watcher = watchFiles(terminal.cwd, { ignoreInitial: true, ignored: isIgnored });
  watcher.on("all", (_event, path) => {
    changed.add(toPosix(path));
    clearTimeout(timer);
    timer = setTimeout(() => {
      working = working.then(rebuild);
    }, pause);
  });
  await new Promise<void>((resolve) => watcher.once("ready", () => resolve()));
  working = working.then(() => build(patterns));
  await working;
  watcher.add([...known.settings, ...[...known.inputs.values()].flat()].filter((file) => !isIgnored(file)));
  terminal.out("Watching for changes.\n");
  await new Promise((resolve) => signal?.addEventListener("abort", resolve));
  clearTimeout(timer);
  await watcher.close();
  await working;
  return 0;
}

interface Known {
  /** The files that each annotated source leads to. */
  readonly inputs: Map<string, readonly string[]>;
  /** Sources that could not be built: any change may be the cure. */
  readonly failed: Set<string>;
  /** Files that were read but are no source's: configurations. */
  readonly settings: Set<string>;
}

function remember({ inputs, failed, settings }: Known, result: CompileResult): void {
  for (const file of result.files) {
    inputs.set(file.source, file.inputs);
    if (file.text === undefined) failed.add(file.source);
    else failed.delete(file.source);
  }
  const reached = new Set([...inputs.values()].flat());
  for (const file of result.inputs) if (/\.json$/.test(file) && !reached.has(file)) settings.add(file);
}

/** The sources to build again after changes; a change of settings concerns all. */
function concernedBy({ inputs, failed, settings }: Known, changed: ReadonlySet<string>): readonly string[] | "all" {
  if ([...changed].some((file) => settings.has(file))) return "all";
  const concerned = new Set<string>();
  for (const [source, files] of inputs) if (files.some((file) => changed.has(file))) concerned.add(source);
  const isNew = (file: string): boolean =>
    isSourcePath(file) && ![...inputs.values()].some((files) => files.includes(file));
  // What is new may be annotated, or be what an import was missing.
  for (const file of changed) if (isNew(file)) return "all";
  if (concerned.size > 0) for (const source of failed) concerned.add(source);
  return [...concerned];
}

const isIgnored = (file: string): boolean =>
  /(?:^|[\\/])(?:node_modules|\.git|\.tsgrad)(?:[\\/]|$)|\.tmp$/.test(file) || isGeneratedPath(file);
