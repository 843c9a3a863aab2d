/** `tsgrad explain <file>:<function>`. */
import { makeReport } from "../diagnostics/make.ts";
import { explain as explainFunction, type Report } from "../index.ts";
import { readText } from "../emit/read.ts";
import type { BuildFlags } from "./build.ts";
import { createPrinter } from "../diagnostics/print.ts";
import { expandSources } from "./sources.ts";
import type { ExitStatus, Terminal } from "./terminal.ts";

export async function explain(what: string, flags: BuildFlags, terminal: Terminal): Promise<ExitStatus> {
  const [, file = "", name = ""] = /^(.+):([\w$]+)$/.exec(what) ?? [];
  if (name === "") {
    terminal.err(`error: '${what}' is not of the form <file>:<function>, as in src/model.ts:energy\n`);
    return 2;
  }
  const sources = await expandSources(terminal.cwd, [file]);
  const [source] = sources.files;
  const { text, reports } =
    source === undefined
      ? { text: "", reports: [] }
      : explainFunction(
          { cwd: terminal.cwd, files: [source], ...(flags.project !== undefined && { project: flags.project }) },
          source,
          name,
        );
  const printer = createPrinter(terminal.cwd, readText, terminal.colored);
  const found = [...sources.reports, ...reports];
  const all =
    text === "" && source !== undefined && !found.some(isError) ? [...found, unknownFunction(name, file)] : found;
  for (const report of all) terminal.err(`${printer.report(report)}\n\n`);
  if (text !== "") terminal.out(text.endsWith("\n") ? text : `${text}\n`);
  return all.some(isError) ? 1 : 0;
}

const isError = (report: Report): boolean => report.severity === "error";

const unknownFunction = (name: string, file: string): Report =>
  makeReport("TG2035", undefined, [name, file, "Methods go by both names, as in vec3Norm for norm of Vec3."]);
