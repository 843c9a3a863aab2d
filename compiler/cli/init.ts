/** `tsgrad init`: scripts for the package, and a look at what stands in the way. Safe to run again. */
import fs from "node:fs";
import path from "node:path";
import { inspectProject } from "../frontend/index.ts";
import { readText } from "../emit/read.ts";
import { createPrinter } from "../diagnostics/print.ts";
import type { ExitStatus, Terminal } from "./terminal.ts";

const scripts: Readonly<Record<string, string>> = {
  "build:grad": "tsgrad build",
  "check:grad": "tsgrad build --check",
};

export function init(terminal: Terminal): ExitStatus {
  const file = path.join(terminal.cwd, "package.json");
  const text = readText(file);
  if (text === undefined) {
    terminal.err("error: there is no package.json here; run `npm init` first.\n");
    return 1;
  }
  const parsed = parse(text);
  if (!parsed) {
    terminal.err("error: package.json is not valid JSON.\n");
    return 1;
  }
  const before = isRecord(parsed["scripts"]) ? parsed["scripts"] : {};
  const added = Object.entries(scripts).filter(([name]) => !(name in before));
  if (added.length > 0) {
    const indent = /^[ \t]+/m.exec(text)?.[0] ?? "  ";
    const next = { ...parsed, scripts: { ...before, ...Object.fromEntries(added) } };
    fs.writeFileSync(file, `${JSON.stringify(next, undefined, indent)}\n`);
  }
  for (const [name, command] of Object.entries(scripts)) {
    const isNew = added.some(([each]) => each === name);
    terminal.out(`${isNew ? "added" : "kept "}  script "${name}": ${String(isNew ? command : before[name])}\n`);
  }
  const { config, reports } = inspectProject({ cwd: terminal.cwd });
  const printer = createPrinter(terminal.cwd, readText, terminal.colored);
  terminal.out(
    config === undefined
      ? "note   no tsconfig.json was found: strict defaults are used. `npx tsc --init` makes one.\n"
      : `found  ${printer.shown(config)}\n`,
  );
  for (const report of reports) terminal.err(`${printer.report(report)}\n`);
  terminal.out("\nNext: write `/** @differentiable */` above a function and run `npx tsgrad build`.\n");
  return reports.some((report) => report.severity === "error") ? 1 : 0;
}

function parse(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isRecord(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null;
