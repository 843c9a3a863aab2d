/** `tsgrad build`: compiles, then writes or checks, then says what happened. */
import path from "node:path";
import type { CompileResult, Report } from "../index.ts";
import { compile } from "../index.ts";
import { readText } from "../emit/read.ts";
import { compareFile, removeLeftovers, writeFile } from "../emit/write.ts";
import { makeReport } from "../diagnostics/make.ts";
import { pageOf } from "../diagnostics/table.ts";
import type { Origin } from "../ir/types.ts";
import { createPrinter, type Printer } from "../diagnostics/print.ts";
import { keptResults, type KeptResults } from "./kept-results.ts";
import { createProgress } from "./progress.ts";
import { expandSources } from "./sources.ts";
import type { ExitStatus, Terminal } from "./terminal.ts";

export interface BuildFlags {
  readonly project?: string;
  readonly check?: boolean;
  readonly json?: boolean;
  readonly verbose?: boolean;
}

type Status = "written" | "unchanged" | "kept" | "refused" | "failed" | "missing" | "stale";

interface Outcome {
  readonly path: string;
  readonly source: string;
  readonly status: Status;
}

export async function build(patterns: readonly string[], flags: BuildFlags, terminal: Terminal): Promise<ExitStatus> {
  return (await buildAndTell(patterns, flags, terminal, keptResults(terminal.cwd))).status;
}

export interface Built {
  readonly status: ExitStatus;
  readonly result: CompileResult;
}

/** Builds, and says what happened. */
export async function buildAndTell(
  patterns: readonly string[],
  flags: BuildFlags,
  terminal: Terminal,
  kept: KeptResults,
): Promise<Built> {
  const start = performance.now();
  const { result, reports } = await run(patterns, flags, terminal, kept);
  if (flags.check !== true)
    for (const folder of new Set(result.files.map((file) => path.dirname(file.path)))) removeLeftovers(folder);
  const settled = result.files.map((file) => settle(file, flags.check === true, terminal.cwd));
  const outcomes = settled.map(({ outcome }) => outcome);
  const all = [...reports, ...settled.flatMap(({ report }) => report ?? [])].sort(bySource);
  const printer = createPrinter(terminal.cwd, readText, terminal.colored);
  if (flags.json) terminal.out(`${JSON.stringify(asJson(outcomes, all, result.functions, printer), undefined, 2)}\n`);
  else {
    for (const report of all) terminal.err(`${printer.report(report)}\n\n`);
    if (flags.verbose)
      for (const outcome of outcomes) terminal.out(`${outcome.status.padEnd(9)} ${printer.shown(outcome.path)}\n`);
    terminal.out(
      `${summary(outcomes, all, result.functions, performance.now() - start, flags.check === true, printer)}\n`,
    );
  }
  kept.save();
  return { status: all.some((report) => report.severity === "error") ? 1 : 0, result };
}

async function run(
  patterns: readonly string[],
  flags: BuildFlags,
  terminal: Terminal,
  { results }: KeptResults,
): Promise<{ result: CompileResult; reports: readonly Report[] }> {
  const sources = await expandSources(terminal.cwd, patterns);
  // Names that match nothing must not turn into a build of the whole project.
  if (patterns.length > 0 && sources.files.length === 0)
    return { result: { files: [], uses: [], reports: [], inputs: [], functions: 0 }, reports: sources.reports };
  const progress = createProgress(terminal);
  try {
    const result = await compile({
      cwd: terminal.cwd,
      results,
      ...(patterns.length > 0 && { files: sources.files }),
      ...(flags.project !== undefined && { project: flags.project }),
      onProgress: (done, total) => {
        progress.update(done, total);
      },
    });
    return { result, reports: [...sources.reports, ...result.reports] };
  } finally {
    progress.stop();
  }
}

/** By file and position; what has none comes first. */
function bySource(a: Report, b: Report): number {
  const [left, right] = [a.origin?.file ?? "", b.origin?.file ?? ""];
  return left === right ? (a.origin?.start ?? 0) - (b.origin?.start ?? 0) : left < right ? -1 : 1;
}

/** Writes one file, or compares it. */
function settle(
  file: CompileResult["files"][number],
  check: boolean,
  cwd: string,
): { outcome: Outcome; report?: Report } {
  const { path, source, text } = file;
  const shown = path.startsWith(`${cwd}/`) ? path.slice(cwd.length + 1) : path;
  const as = (status: Status): Outcome => ({ path, source, status });
  // It had errors: the last good version stays.
  if (text === undefined) return { outcome: as("kept") };
  if (check) {
    const status = compareFile(path, text);
    if (status === "current") return { outcome: as("unchanged") };
    if (status === "foreign") return { outcome: as("refused"), report: makeReport("TG2031", undefined, [shown]) };
    const what = status === "missing" ? "missing" : "out of date";
    return { outcome: as(status), report: makeReport("TG2032", undefined, [shown, what]) };
  }
  const written = writeFile(path, text);
  switch (written.kind) {
    case "foreign":
      return { outcome: as("refused"), report: makeReport("TG2031", undefined, [shown]) };
    case "failed":
      return { outcome: as("failed"), report: makeReport("TG2033", undefined, [shown, written.problem]) };
    default:
      return { outcome: as(written.kind) };
  }
}

function summary(
  outcomes: readonly Outcome[],
  reports: readonly Report[],
  functions: number,
  milliseconds: number,
  check: boolean,
  { colors }: Printer,
): string {
  const errors = reports.filter((report) => report.severity === "error").length;
  const warnings = reports.length - errors;
  const counted = [
    ...(errors > 0 ? [colors.red(count(errors, "error"))] : []),
    ...(warnings > 0 ? [colors.yellow(count(warnings, "warning"))] : []),
  ];
  const took = `in ${(milliseconds / 1000).toFixed(1)} s`;
  if (outcomes.length === 0 && counted.length === 0)
    return `No function has a @differentiable annotation (looked ${took}).`;
  const of = (status: Status): number => outcomes.filter((outcome) => outcome.status === status).length;
  const done = check
    ? `${String(of("unchanged"))} of ${count(outcomes.length, "file")} up to date`
    : [
        `${count(of("written"), "file")} written`,
        ...(of("unchanged") > 0 ? [`${String(of("unchanged"))} unchanged`] : []),
        ...(of("kept") > 0 ? [`${String(of("kept"))} kept as before`] : []),
      ].join(", ");
  return `${[...counted, done, count(functions, "function")].join(", ")} ${took}.`;
}

const count = (n: number, what: string): string => `${String(n)} ${what}${n === 1 ? "" : "s"}`;

function asJson(outcomes: readonly Outcome[], reports: readonly Report[], functions: number, printer: Printer): object {
  return {
    files: outcomes.map(({ path, source, status }) => ({
      path: printer.shown(path),
      source: printer.shown(source),
      status,
    })),
    functions,
    diagnostics: reports.map(({ code, severity, message, hint, origin, related = [] }) => ({
      code,
      category: severity,
      message,
      ...(hint !== undefined && { hint }),
      page: pageOf(code),
      ...(origin && span(origin, printer)),
      related: related.map((note) => ({ message: note.message, ...span(note.origin, printer) })),
    })),
  };
}

/** `start` and `length` count UTF-16 units; `line` and `column` begin with 1. */
function span(origin: Origin, printer: Printer): object {
  const { file, start, end } = origin;
  return { file: printer.shown(file), start, length: end - start, ...printer.place(origin, start) };
}
