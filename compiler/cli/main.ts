#!/usr/bin/env node
/** The `tsgrad` command: arguments in, exit status out. */
import fs from "node:fs";
import module from "node:module";
import { Command, CommanderError, Option } from "commander";
import pico from "picocolors";
import { makeReport } from "../diagnostics/make.ts";
import type { BuildFlags } from "./build.ts";
import { createPrinter } from "../diagnostics/print.ts";
import type { ExitStatus, Terminal } from "./terminal.ts";

const terminal: Terminal = {
  cwd: process.cwd().replaceAll("\\", "/"),
  colored: pico.isColorSupported,
  interactive: process.stderr.isTTY,
  out: (text) => void process.stdout.write(text),
  err: (text) => void process.stderr.write(text),
};

let status: ExitStatus = 0;

// Newer Nodes keep the compiled form of large modules from run to run.
(module as { enableCompileCache?: () => unknown }).enableCompileCache?.();

// The compiler is loaded only by the commands that need it: `--help` answers at once.
const program = new Command("tsgrad")
  .description("Writes readable derivatives of annotated TypeScript functions.")
  .version(version(), "-v, --version")
  .exitOverride()
  .showHelpAfterError("(run `tsgrad --help` for the usage)");

program
  .command("build", { isDefault: false })
  .description("write the generated file beside each source with @differentiable functions")
  .argument("[files...]", "sources, folders or globs; default: the project's tsconfig")
  .option("-p, --project <tsconfig>", "the tsconfig to take sources and options from")
  .option("--check", "write nothing; fail when a generated file is missing or out of date")
  .addOption(new Option("-w, --watch", "build again what a change concerns, until stopped").conflicts("check"))
  .option("--json", "print files and diagnostics as JSON")
  .option("--verbose", "name each file")
  .action(async (files: string[], { watch: isWatching, ...flags }: BuildFlags & { readonly watch?: true }) => {
    if (isWatching) {
      const { watch } = await import("./watch.ts");
      status = await watch(files, flags, terminal);
    } else {
      const { build } = await import("./build.ts");
      status = await build(files, flags, terminal);
    }
  });

program
  .command("explain")
  .description("show the IR of a function, what is active, what is stored where, and why")
  .argument("<file:function>", "as in src/model.ts:energy")
  .option("-p, --project <tsconfig>", "the tsconfig to take options from")
  .action(async (what: string, flags: BuildFlags) => {
    const { explain } = await import("./explain.ts");
    status = await explain(what, flags, terminal);
  });

program
  .command("init")
  .description("set the project up: scripts, tsconfig, types, and what to write for the bundler")
  .action(async () => {
    const { init } = await import("./init.ts");
    status = await init(terminal);
  });

try {
  await program.parseAsync();
  process.exitCode = status;
} catch (error) {
  process.exitCode = error instanceof CommanderError ? (error.exitCode === 0 ? 0 : 2) : internalError(error);
}

function version(): string {
  // From sources the package is two folders up, from dist three.
  for (const up of ["../../package.json", "../../../package.json"]) {
    const file = new URL(up, import.meta.url);
    if (!fs.existsSync(file)) continue;
    const { version: found } = JSON.parse(fs.readFileSync(file, "utf8")) as { version: string };
    return found;
  }
  return "unknown";
}

function internalError(error: unknown): ExitStatus {
  const message = error instanceof Error ? error.message : String(error);
  const report = makeReport("TG9001", undefined, ["the whole build", message]);
  terminal.err(`${createPrinter(terminal.cwd, () => undefined, terminal.colored).report(report)}\n`);
  if (process.argv.includes("--verbose") && error instanceof Error) terminal.err(`${error.stack ?? ""}\n`);
  return 1;
}
