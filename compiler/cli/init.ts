/** `tsgrad init`: scripts, the tsconfig, types of generated modules, and what to write for the bundler. Safe to run again. */
import fs from "node:fs";
import path from "node:path";
import { inspectProject } from "../frontend/index.ts";
import { compile } from "../index.ts";
import { readText } from "../emit/read.ts";
import { createPrinter } from "../diagnostics/print.ts";
import { typesFolder, writeDeclarations } from "../integrations/declarations.ts";
import { adviceFor } from "./init-bundlers.ts";
import { setUpConfig } from "./init-config.ts";
import type { ExitStatus, Terminal } from "./terminal.ts";

const scripts: Readonly<Record<string, string>> = {
  "build:grad": "tsgrad build",
  "check:grad": "tsgrad build --check",
};

export async function init(terminal: Terminal): Promise<ExitStatus> {
  const { cwd } = terminal;
  const file = path.join(cwd, "package.json");
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
  addScripts(file, text, parsed, terminal);
  const { config, configs } = inspectProject({ cwd });
  const printer = createPrinter(cwd, readText, terminal.colored);
  if (config === undefined)
    terminal.out("note   no tsconfig.json was found: strict defaults are used. `npx tsc --init` makes one.\n");
  else terminal.out(`found  ${printer.shown(config)}\n`);
  // One of a solution lists no sources, and one for the configurations of tools has none of ours.
  const concerned = configs.filter(({ files }) => files.some((each) => !/\.config\.[mc]?ts$/.test(each)));
  for (const each of concerned) terminal.out(setUpConfig(each, cwd, printer.shown(each.path)));
  if (concerned.length > 0) terminal.out(await writeTypes(cwd));
  terminal.out(adviceFor(cwd, parsed));
  // As it is now.
  const { reports } = inspectProject({ cwd });
  for (const report of reports) terminal.err(`${printer.report(report)}\n`);
  terminal.out("\nNext: write `/** @differentiable */` above a function and run `npx tsgrad build`.\n");
  return reports.some((report) => report.severity === "error") ? 1 : 0;
}

function addScripts(file: string, text: string, parsed: Readonly<Record<string, unknown>>, terminal: Terminal): void {
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
}

/** Types of the modules that are on no disk, so that imports of them type-check before any tool has run. */
async function writeTypes(cwd: string): Promise<string> {
  const { files } = await compile({ cwd });
  for (const { path: generated, text } of files) if (text !== undefined) writeDeclarations(cwd, generated, text);
  const failed = files.filter(({ text }) => text === undefined).length;
  const rest = failed === 0 ? "" : `, but for ${String(failed)} with errors: run \`npx tsgrad build\` to see them`;
  return files.length === 0
    ? ""
    : `wrote  types of ${String(files.length - failed)} generated modules to ${typesFolder}${rest}\n`;
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
