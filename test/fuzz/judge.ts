/** Compiles, type checks, loads and checks many programs in one go. */
import { join } from "node:path";
import { runInThisContext } from "node:vm";
import { compile } from "../../compiler/index.ts";
import type { SourceMap } from "../../compiler/index.ts";
import { mapFaults } from "../support/map-faults.ts";
import type { Program } from "./ast.ts";
import { check, Finding } from "./check.ts";
import type { Checked, Kind, Modules } from "./check.ts";
import { load } from "./load.ts";
import type { Loaded } from "./load.ts";
import { printProgram } from "./print.ts";
import { isIdle, projectFolder, typeErrors } from "./typecheck.ts";

export type Verdict =
  /** `recorded`: why loops were recorded that ask for checkpoints. */
  | { readonly kind: "fine"; readonly checked: Checked; readonly recorded: readonly string[] }
  /** The program itself is not valid TypeScript: a mistake of the generator, or of a step in shrinking. */
  | { readonly kind: "invalid"; readonly message: string }
  | { readonly kind: "refused"; readonly codes: readonly string[]; readonly message: string }
  | { readonly kind: "found"; readonly finding: Kind; readonly message: string };

/** How long a program may take at one point before it counts as one that does not end. */
const patience = 4000 * Number(process.env.FUZZ_PATIENCE ?? 1);

interface Compiled {
  readonly text?: string;
  readonly map?: SourceMap | undefined;
  readonly refusal?: Verdict;
  readonly recorded?: readonly string[];
}

export async function judge(programs: readonly Program[]): Promise<readonly Verdict[]> {
  const stems = programs.map((_, i) => `p${String(i)}`);
  const texts = programs.map((program, i) => printProgram(program, stems[i] ?? ""));
  const path = (i: number): string => pathOf(stems[i] ?? "");
  const unmarked = programs.flatMap((program, i) => {
    const text = withoutCheckpoints(printProgram(program, unmarkedStem(stems[i] ?? "")));
    return isMarked(texts[i] ?? "") ? [[pathOf(unmarkedStem(stems[i] ?? "")), text] as const] : [];
  });
  const all = [...texts.map((text, i) => [path(i), text] as const), ...unmarked];
  const compiled = await compileAll(all);
  const sources = new Map(all.map(([name, text], i) => [name, { text, generated: compiled[i]?.text }]));

  const files = new Map<string, string>();
  texts.forEach((text, i) => {
    files.set(path(i), text);
    const generated = compiled[i]?.text;
    if (generated !== undefined) files.set(generatedPath(path(i)), generated);
  });
  const errors = typeErrors(files, wellKept);
  const verdicts: Verdict[] = [];
  for (const [i, program] of programs.entries()) {
    const own = errors.filter((error) => error.file === path(i) && !isIdle(error.message));
    const made = errors.filter((error) => error.file === generatedPath(path(i)));
    const { text, map, refusal, recorded = [] } = compiled[i] ?? {};
    // Where there is no generated file, the source's import of it is an error of no interest.
    const [serious] = own.filter((error) => text !== undefined || !error.message.startsWith("TS2307"));
    if (serious !== undefined) verdicts.push({ kind: "invalid", message: serious.message });
    else if (refusal !== undefined) verdicts.push(refusal);
    else if (made[0] !== undefined) verdicts.push({ kind: "found", finding: "types", message: made[0].message });
    else verdicts.push(misled(text, map) ?? (await run(program, stems[i] ?? "", sources, recorded)));
  }
  return verdicts;
}

const pathOf = (stem: string): string => join(projectFolder, `${stem}.ts`);

const unmarkedStem = (stem: string): string => `${stem}unmarked`;

const marks = /^ *\/\/ @checkpoint.*\n/gm;

const isMarked = (text: string): boolean => text.search(marks) >= 0;

const withoutCheckpoints = (text: string): string => text.replaceAll(marks, "");

/** Where the source map leads elsewhere than the text says. */
function misled(text: string | undefined, map: SourceMap | undefined): Verdict | undefined {
  const fault = text === undefined || map === undefined ? "no map" : mapFaults(text, map)[0];
  return fault === undefined ? undefined : { kind: "found", finding: "map", message: fault };
}

function generatedPath(path: string): string {
  return path.replace(/\.ts$/, ".grad.ts");
}

/** What generated code has to satisfy even where the source does not: nothing in it is idle. */
const wellKept = {
  noUnusedLocals: true,
  noUnusedParameters: true,
  noImplicitReturns: true,
  noFallthroughCasesInSwitch: true,
  allowUnreachableCode: false,
  allowUnusedLabels: false,
};

/** One call for all; after an internal error one for each, to find the program that it is about. */
async function compileAll(files: readonly (readonly [path: string, text: string])[]): Promise<readonly Compiled[]> {
  try {
    const result = await compile({ cwd: projectFolder, files: files.map(([path]) => path), overlay: new Map(files) });
    return files.map(([path]) => {
      const errors = result.reports.filter((report) => report.severity === "error" && report.origin?.file === path);
      const generated = result.files.find((file) => file.path === generatedPath(path));
      const text = generated?.text;
      const own = errors.find((report) => report.code === "TG9001");
      if (own !== undefined) return { refusal: { kind: "found", finding: "internal", message: own.message } };
      if (errors[0] !== undefined) {
        const codes = [...new Set(errors.map((report) => report.code))];
        return { refusal: { kind: "refused", codes, message: errors[0].message } };
      }
      if (text === undefined)
        return { refusal: { kind: "found", finding: "internal", message: "no file and no error" } };
      const recorded = result.reports.flatMap(({ code, origin, message }) =>
        code === "TG3103" && origin?.file === path ? [message] : [],
      );
      return { text, map: generated?.sourceMap(), recorded };
    });
  } catch (error) {
    if (files.length > 1) {
      const middle = files.length >> 1;
      return [...(await compileAll(files.slice(0, middle))), ...(await compileAll(files.slice(middle)))];
    }
    const message = error instanceof Error ? `${error.message}\n${placeOf(error)}` : String(error);
    return [{ refusal: { kind: "found", finding: "internal", message } }];
  }
}

/** The innermost frame of our own in a stack. */
function placeOf(error: Error): string {
  const frames = (error.stack ?? "").split("\n").filter((line) => line.includes("/compiler/"));
  return frames
    .slice(0, 2)
    .map((line) => line.trim().replace(/\(.*\/compiler\//, "(compiler/"))
    .join("\n");
}

/** Sources by their paths, with what was generated from them. */
type Sources = ReadonlyMap<string, { readonly text: string; readonly generated: string | undefined }>;

async function run(program: Program, stem: string, sources: Sources, recorded: readonly string[]): Promise<Verdict> {
  try {
    const texts = textsOf(sources, stem) ?? new Map<string, string>();
    const unmarked = textsOf(sources, unmarkedStem(stem));
    const isSingle = [...texts.values()].some((text) => /Float32Array|Math\.fround/.test(text));
    const modules = modulesOf(await load(texts), stem);
    const others = {
      inDouble: isSingle ? modulesOf(await load(inDouble(texts)), stem) : undefined,
      unmarked: unmarked && modulesOf(await load(unmarked), unmarkedStem(stem)),
    };
    const checked = limited(() => check(program, modules, others));
    return { kind: "fine", checked, recorded };
  } catch (error) {
    if (error instanceof Finding) return { kind: "found", finding: error.kind, message: error.message };
    const message = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    if (message.includes("Script execution timed out")) return { kind: "found", finding: "hangs", message };
    return { kind: "found", finding: "throws", message };
  }
}

/** A source and what was generated from it, as modules; undefined where there is no such pair. */
function textsOf(sources: Sources, stem: string): Map<string, string> | undefined {
  const source = sources.get(pathOf(stem));
  if (source?.generated === undefined) return undefined;
  return new Map([
    [`./${stem}.ts`, source.text],
    [`./${stem}.grad.ts`, source.generated],
  ]);
}

function modulesOf(modules: (specifier: string) => Loaded, stem: string): Modules {
  return { source: modules(`./${stem}.ts`), derived: modules(`./${stem}.grad.ts`).exports };
}

function inDouble(texts: ReadonlyMap<string, string>): Map<string, string> {
  const doubled = (text: string): string =>
    text.replaceAll("Float32Array", "Float64Array").replaceAll("Math.fround", "Number");
  return new Map([...texts].map(([path, text]) => [path, doubled(text)]));
}

/** Runs something that may not end. A script's time limit also stops the functions that it calls. */
function limited<T>(task: () => T): T {
  const holder = globalThis as { tsgradFuzzTask?: () => unknown };
  holder.tsgradFuzzTask = task;
  return runInThisContext("tsgradFuzzTask()", { timeout: patience }) as T;
}
