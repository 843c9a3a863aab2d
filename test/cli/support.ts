/** A folder with sources, and the commands run in it. */
import { spawnSync } from "node:child_process";
import fs from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { build, type BuildFlags } from "../../compiler/cli/build.ts";
import { explain } from "../../compiler/cli/explain.ts";
import { init } from "../../compiler/cli/init.ts";
import type { ExitStatus, Terminal } from "../../compiler/cli/terminal.ts";
import { temporaryFolder } from "../support/temporary.ts";

export interface Ran {
  readonly status: ExitStatus;
  readonly out: string;
  readonly err: string;
}

export interface Folder {
  readonly path: string;
  write(name: string, text: string): void;
  read(name: string): string;
  has(name: string): boolean;
  /** The names of what is in a folder. */
  list(name: string): readonly string[];
  build(patterns?: readonly string[], flags?: BuildFlags): Promise<Ran>;
  explain(what: string): Promise<Ran>;
  init(): Promise<Ran>;
}

export function createFolder(files: Readonly<Record<string, string>> = {}): Folder {
  const root = temporaryFolder("cli");
  const at = (name: string): string => path.join(root, name);
  const run = async (command: (terminal: Terminal) => ExitStatus | Promise<ExitStatus>): Promise<Ran> => {
    const out: string[] = [];
    const err: string[] = [];
    const terminal: Terminal = {
      cwd: root,
      colored: false,
      interactive: false,
      out: (text) => void out.push(text),
      err: (text) => void err.push(text),
    };
    const status = await command(terminal);
    return { status, out: out.join(""), err: err.join("") };
  };
  const folder: Folder = {
    path: root,
    write(name, text) {
      fs.mkdirSync(path.dirname(at(name)), { recursive: true });
      fs.writeFileSync(at(name), text);
    },
    read: (name) => fs.readFileSync(at(name), "utf8"),
    has: (name) => fs.existsSync(at(name)),
    list: (name) => fs.readdirSync(at(name)),
    build: (patterns = [], flags = {}) => run((terminal) => build(patterns, flags, terminal)),
    explain: (what) => run((terminal) => explain(what, {}, terminal)),
    init: () => run(init),
  };
  for (const [name, text] of Object.entries(files)) folder.write(name, text);
  return folder;
}

const tsx = pathToFileURL(createRequire(import.meta.url).resolve("tsx")).href;
const main = path.resolve(import.meta.dirname, "../../compiler/cli/main.ts");

/** The command as a process of its own. */
export function tsgrad(cwd: string, ...args: string[]): { status: number | null; out: string; err: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, ["--import", tsx, main, ...args], {
    cwd,
    encoding: "utf8",
    env: { ...process.env, NO_COLOR: "1" },
  });
  return { status, out: stdout, err: stderr };
}
