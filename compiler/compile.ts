/** From what was read to texts and reports, function by function. It writes nothing. */
import { upperFirst } from "./ir/words.ts";
import path from "node:path";
import { Refusal, reportsOf } from "./differentiate/refusal.ts";
import { askedBy } from "./diagnostics/asked.ts";
import { makeReport } from "./diagnostics/make.ts";
import type { Report } from "./diagnostics/report.ts";
import { emitModule, type EmittedFunction } from "./emit/assemble.ts";
import type { Placed } from "./emit/marks.ts";
import { createLayouts, format } from "./emit/format.ts";
import { readText } from "./emit/read.ts";
import { sourceMapOf, traceOf, type SourceMap, type Trace } from "./emit/source-map.ts";
import { explainFunction } from "./explain.ts";
import { isOverflow, readProject, type ReadOptions } from "./frontend/index.ts";
import type { Frontend, Mode, SourceFile, Target } from "./frontend/types.ts";
import { headerFor } from "./header.ts";
import type { Origin } from "./ir/types.ts";
import { declaredNames } from "./ir/visit.ts";
import { generatedPathOf } from "./paths.ts";
import { Pipeline, type PipelineOptions } from "./pipeline.ts";
import { resultsOf, type Result, type Results, type Said } from "./results.ts";

export interface GeneratedFile {
  /** Absolute path of the generated module. */
  readonly path: string;
  /** Absolute path of the source. */
  readonly source: string;
  /** Undefined where an error was found in the source: the last good version stays. */
  readonly text: string | undefined;
  /** From `text` to the lines of the sources that it was made from; made when it is asked for. */
  readonly sourceMap: () => SourceMap | undefined;
  /** Absolute paths of the files that the source leads to by its imports, itself among them. */
  readonly inputs: readonly string[];
}

/** A generated file with where its text comes from, to be kept. */
interface TracedFile extends GeneratedFile {
  readonly trace: Trace | undefined;
}

/** A call of a transform in ordinary code, and the function of a generated module that it stands for. */
export interface ValueUse {
  readonly call: Origin;
  /** Absolute path of the module. */
  readonly path: string;
  /** The function's name in it. */
  readonly name: string;
  /** The names of variables that the call stands among, and that are the function's first arguments. */
  readonly captured: readonly string[];
  /** Absolute paths of the files that say what the call means. */
  readonly resolvedIn: readonly string[];
}

export interface CompileResult {
  readonly files: readonly GeneratedFile[];
  /** The value forms of the sources, where these were asked for. */
  readonly uses: readonly ValueUse[];
  /** All problems that were found, in all files. */
  readonly reports: readonly Report[];
  /** Absolute paths of the files that were read: another result can only come of a change in one of them, or of a new one. */
  readonly inputs: readonly string[];
  /** How many annotated functions there were. */
  readonly functions: number;
}

export interface CompileOptions extends ReadOptions, PipelineOptions {
  /** Called as each annotated function is done. */
  readonly onProgress?: (done: number, of: number) => void;
  /** What earlier runs gave: sources that nothing has changed for are taken from there. What this one gives is added. */
  readonly results?: Results;
}

/** Compiles the annotated functions of a project, or of the named files of it. */
export async function compile(options: CompileOptions): Promise<CompileResult> {
  const { results = new Map<string, Result>() } = options;
  const layouts = createLayouts();
  const layoutOf = async (source: string): Promise<string> =>
    JSON.stringify((await layouts(generatedPathOf(source))).options);
  const usable = new Map<string, Result>();
  for (const [source, result] of results) if (result.layout === (await layoutOf(source))) usable.set(source, result);
  const isKnown = (source: string, fingerprint: string): boolean => usable.get(source)?.fingerprint === fingerprint;
  const frontend = readProject({ ...options, isKnown });
  const made = await compileRead(frontend, options, async (text, file, report) => {
    const layout = await layouts(file);
    if (layout.report !== undefined) report(layout.report);
    return format(text, layout);
  });
  for (const [source, result] of resultsOf(frontend, made.files, made.said))
    results.set(source, { ...result, layout: await layoutOf(source) });
  return withKnown(made, frontend, usable);
}

/** What was compiled, and what was known, as if all had been compiled. */
function withKnown(made: CompileResult, frontend: Frontend, results: ReadonlyMap<string, Result>): CompileResult {
  const { known } = frontend;
  const files = [...known.values()].map((source) => {
    const { path: file, generatedPath, reached } = source;
    return fileOf({ path: generatedPath, source: file, inputs: reached }, results.get(file), textIn(frontend));
  });
  const found = [...known.keys()].flatMap((source) => results.get(source) ?? []);
  return {
    ...made,
    files: [...made.files, ...files].sort((a, b) => (a.source < b.source ? -1 : 1)),
    reports: [...found.flatMap(({ reports }) => reports), ...made.reports].filter(isFirst()),
    functions: found.reduce((sum, { functions }) => sum + functions, made.functions),
  };
}

/** A generated file with what was made for it; undefined where an error was found. */
function fileOf(
  file: Pick<GeneratedFile, "path" | "source" | "inputs">,
  made: { readonly text: string; readonly trace: Trace } | undefined,
  textOf: (file: string) => string | undefined,
): TracedFile {
  if (made === undefined) return { ...file, text: undefined, sourceMap: () => undefined, trace: undefined };
  const { text, trace } = made;
  // Sources may change before a map is asked for.
  const texts = new Map(trace.sources.map((source) => [source, textOf(source)]));
  return { ...file, text, trace, sourceMap: () => sourceMapOf(text, trace, (source) => texts.get(source)) };
}

/** The texts of sources as they were read. */
const textIn =
  ({ texts }: Frontend) =>
  (file: string): string | undefined =>
    texts.get(file) ?? readText(file);

/** Several derivatives can meet the same problem: whether a report is the first of its kind. */
function isFirst(): (report: Report) => boolean {
  const seen = new Set<string>();
  return ({ code, origin, message }) => {
    const { size } = seen;
    return seen.add(JSON.stringify([code, origin, message])).size > size;
  };
}

/** Lays the text of a generated file out. */
export type LayOut = (text: string, file: string, report: (r: Report) => void) => Promise<string>;

/** Compiles what was read. */
export async function compileRead(
  frontend: Frontend,
  options: Pick<CompileOptions, "ablation" | "onProgress">,
  layOut: LayOut,
): Promise<CompileResult & { readonly files: readonly TracedFile[]; readonly said: readonly Said[] }> {
  const said: Said[] = frontend.reports.map((report) => ({ report }));
  const pipeline = new Pipeline(frontend, options);
  const files: TracedFile[] = [];
  // The same form in several places is one module.
  const forms = new Map(frontend.forms.map((form) => [form.module.generatedPath, form]));
  const all = frontend.targets.length + forms.size;
  const functions = new Set(frontend.targets.map(({ origin }) => `${origin.file}:${String(origin.start)}`)).size;
  let done = 0;
  const make = async (source: SourceFile, targets: readonly Target[], isBroken: boolean): Promise<void> => {
    const emitted: EmittedFunction[] = [];
    let failed = isBroken;
    for (const target of targets) {
      const made = deriveTarget(pipeline, frontend, target, (each) => said.push(each));
      if (made === undefined) failed = true;
      else emitted.push(...made);
      options.onProgress?.(++done, all);
    }
    const report = (each: Report): void => void said.push({ report: each });
    const printed = failed ? undefined : await print({ source, emitted, targets }, frontend, layOut, report);
    const file = { path: source.generatedPath, source: source.path, inputs: source.reached };
    files.push(fileOf(file, printed, textIn(frontend)));
  };
  for (const source of frontend.files.values()) {
    const targets = frontend.targets.filter((t) => t.file === source.path);
    await make(source, targets, frontend.blocked.has(source.path) || hasErrorIn(said, source.path));
  }
  for (const { module, target } of forms.values()) await make(module, target ? [target] : [], target === undefined);
  const loud = said.filter(({ report }) => !isSilenced(frontend, report));
  return {
    files,
    uses: frontend.forms.flatMap(({ call, module, name, captured, resolvedIn }) =>
      call ? [{ call, path: module.generatedPath, name, captured, resolvedIn }] : [],
    ),
    said: loud,
    reports: loud.map(({ report }) => report).filter(isFirst()),
    inputs: [...frontend.inputs],
    functions: functions + forms.size,
  };
}

interface Made {
  readonly source: SourceFile;
  readonly emitted: readonly EmittedFunction[];
  readonly targets: readonly Target[];
}

/** The text of a module; undefined after reporting that we could not print what we made. */
async function print(
  { source, emitted, targets }: Made,
  frontend: Frontend,
  layOut: LayOut,
  report: (r: Report) => void,
): Promise<{ readonly text: string; readonly trace: Trace } | undefined> {
  try {
    const module = emittedModule(source, emitted, frontend);
    const text = await layOut(module.text, source.generatedPath, report);
    return { text, trace: traceOf(module, textIn(frontend)) };
  } catch (error) {
    report(internalError(targets[0], error));
    return undefined;
  }
}

/** Code that nests too deeply, or an error of ours: reported with the function that it happened in, the others are still built. */
function internalError(target: Target | undefined, error: unknown): Report {
  if (isOverflow(error)) return makeReport("TG1034", target?.origin, [`'${target?.name ?? ""}'`]);
  return makeReport("TG9001", target?.origin, [
    target?.name ?? "",
    error instanceof Error ? error.message : String(error),
  ]);
}

function emittedModule(source: SourceFile, functions: readonly EmittedFunction[], frontend: Frontend): Placed {
  return emitModule(
    {
      source,
      header: headerFor(path.basename(source.path)),
      functions: withoutRepeats(functions),
      symbols: frontend.symbols,
    },
    { uncheckedIndexedAccess: source.uncheckedIndexedAccess },
  );
}

/** A private function that several derivatives call is written once. */
function withoutRepeats(functions: readonly EmittedFunction[]): EmittedFunction[] {
  return [...new Map(functions.map((f) => [f.func.name, f])).values()];
}

function hasErrorIn(said: readonly Said[], file: string): boolean {
  return said.some(({ report }) => report.severity === "error" && report.origin?.file === file);
}

/** Whether a comment at its place says that a warning is known. */
function isSilenced({ silences }: Frontend, { code, severity, origin }: Report): boolean {
  if (severity !== "warning" || origin === undefined) return false;
  const { file, start } = origin;
  return silences.get(file)?.some((s) => s.start <= start && start < s.end && s.codes.includes(code)) ?? false;
}

/** All modes of one function; undefined after reporting. */
function deriveTarget(
  pipeline: Pipeline,
  frontend: Frontend,
  target: Target,
  say: (said: Said) => void,
): EmittedFunction[] | undefined {
  const source = frontend.program.get(writtenFor(frontend, target.func));
  if (source === undefined) return undefined;
  const report = (r: Report): void => {
    say({ report: askedBy(target, r), of: target.file });
  };
  const sourceNames = new Set([...source.params.map((p) => p.name), ...declaredNames(source.body)]);
  const found = checked(pipeline, target);
  for (const each of found) report(each);
  if (found.some((each) => each.severity === "error")) return undefined;
  const made = target.modes.map((mode) =>
    deriveMode(pipeline, target, mode, report)?.map((f) => ({ ...f, sourceNames })),
  );
  for (const warning of pipeline.takeWarnings()) say({ report: askedBy(target, warning) });
  return made.some((functions) => functions === undefined) ? undefined : made.flatMap((functions) => functions ?? []);
}

/** The key of the function in the source that a derivative is of, or its own. */
function writtenFor(frontend: Frontend, key: string): string {
  const of = frontend.derived.get(key)?.of;
  return of === undefined ? key : writtenFor(frontend, of);
}

/** What the checks find. What cannot be done at all is reported where it is derived. */
function checked(pipeline: Pipeline, target: Target): Report[] {
  try {
    return pipeline.check(target);
  } catch (error) {
    return error instanceof Refusal ? [] : [internalError(target, error)];
  }
}

/** One mode of a function with the private functions that it calls; undefined after reporting. */
function deriveMode(
  pipeline: Pipeline,
  target: Target,
  mode: Mode,
  report: (r: Report) => void,
): Omit<EmittedFunction, "sourceNames">[] | undefined {
  const name = target.name + upperFirst(mode);
  try {
    const { func, helpers } = pipeline.deriveWithHelpers(target.func, mode, name, target.wrt, target.of);
    return [...helpers.map((helper) => ({ func: helper, exported: false })), { func, exported: true }];
  } catch (error) {
    const { origin } = target;
    if (!(error instanceof Refusal)) report(internalError(target, error));
    else for (const each of reportsOf(error, { name: target.name, mode, origin, related: [] })) report(each);
    return undefined;
  }
}

/** What is active in a function, what is stored and why, as text. */
export function explain(
  options: CompileOptions,
  file: string,
  functionName: string,
): { readonly text: string; readonly reports: readonly Report[] } {
  const frontend = readProject({ ...options, files: [file] });
  const target = frontend.targets.find((t) => t.name === functionName);
  if (target === undefined) return { text: "", reports: frontend.reports };
  const pipeline = new Pipeline(frontend, options);
  const found = checked(pipeline, target).map((r) => askedBy(target, r));
  const reports = [...frontend.reports, ...found].filter((r) => !isSilenced(frontend, r));
  try {
    return { text: explainFunction(pipeline, frontend, target), reports };
  } catch (error) {
    return { text: "", reports: [...reports, internalError(target, error)] };
  }
}
