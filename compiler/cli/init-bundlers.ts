/** Which tools build a project, and what is to be written for them. */
import fs from "node:fs";
import path from "node:path";
import { readText } from "../emit/read.ts";

interface Tool {
  /** Its package, and the name of our plugin for it. */
  readonly package: string;
  readonly plugin: string;
  /** The stems of its configurations, the usual one first. */
  readonly configs: readonly string[];
  readonly line: string;
}

const named = (name: string): Tool => ({
  ...{ package: name, plugin: name, configs: [`${name}.config`], line: "plugins: [tsgrad()]" },
});

const tools: readonly Tool[] = [
  { ...named("vite"), configs: ["vite.config", "vitest.config"] },
  { ...named("vitest"), plugin: "vite", configs: ["vitest.config", "vite.config"] },
  named("rollup"),
  named("webpack"),
  { ...named("rspack"), package: "@rspack/core" },
  { ...named("esbuild"), configs: [] },
];

/** What to write for the tools that the package names; nothing for those that are set up. */
export function adviceFor(cwd: string, manifest: Readonly<Record<string, unknown>>): string {
  const packages = new Set(["dependencies", "devDependencies"].flatMap((kind) => Object.keys(manifest[kind] ?? {})));
  const found = tools.filter((tool) => packages.has(tool.package));
  const bundlers = found.map((tool) => adviceOn(tool, cwd));
  const patch = packages.has("ts-patch")
    ? `found  ts-patch: for derivatives in what tspc emits, put into the tsconfig's plugins
         { "transform": "tsgrad/transformer", "transformProgram": true }\n`
    : "";
  if (found.length === 0 && patch === "")
    return "note   no bundler was found: `npx tsgrad build` writes generated files, `node --import tsgrad/register` runs scripts\n";
  // Vite's configuration serves vitest too.
  return [...new Set(bundlers)].join("") + patch;
}

function adviceOn({ package: name, plugin, configs, line }: Tool, cwd: string): string {
  const endings = ["ts", "mts", "cts", "js", "mjs", "cjs"];
  const names = configs.flatMap((stem) => endings.map((ending) => `${stem}.${ending}`));
  const there = names.filter((each) => fs.existsSync(path.join(cwd, each)));
  const own = `tsgrad/${plugin}`;
  const done = there.find((each) => readText(path.join(cwd, each))?.includes(own));
  if (done !== undefined) return `kept   ${own} in ${done}\n`;
  const where = there[0] ?? (configs[0] === undefined ? "its options" : `${configs[0]}.ts`);
  return `found  ${name}: for generated modules without files, write into ${where}
         import tsgrad from "${own}";
         ${line}\n`;
}
