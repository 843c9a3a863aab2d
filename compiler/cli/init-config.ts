/** What `tsgrad init` puts into a tsconfig: where types of generated modules are found, and the editor's plugin. */
import fs from "node:fs";
import path from "node:path";
import { entriesIn, withEntries, type Config, type ListOption } from "../frontend/index.ts";
import { readText } from "../emit/read.ts";
import { homeOfTypes, typesFolder } from "../integrations/declarations.ts";
import { toPosix } from "../paths.ts";

const editor = { name: "tsgrad/editor" };

/** Sets a tsconfig up, and says what was done. */
export function setUpConfig(config: Config, cwd: string, shown: string): string {
  const { plugins, typescript = "0" } = config;
  const roots = rootsOf(config);
  const types = roots.map((each) => path.posix.join(cwd, typesFolder, path.posix.relative(cwd, each)));
  const shownRoots = roots.map((each) => relativeTo(config, each));
  const lines = [
    roots.some((each) => homeOfTypes(each) === cwd)
      ? `kept   rootDirs with ${typesFolder} in ${shown}`
      : added(
          config,
          shown,
          "rootDirs",
          shownRoots,
          types.map((each) => relativeTo(config, each)),
        ),
  ];
  if (Number.parseInt(typescript, 10) >= 7)
    lines.push(`note   TypeScript ${typescript} has no plugins: ${editor.name} is for 5.9 and 6`);
  else if (plugins.some(isOurs)) lines.push(`kept   the plugin ${editor.name} in ${shown}`);
  else lines.push(added(config, shown, "plugins", plugins, [editor]));
  return lines.map((line) => `${line}\n`).join("");
}

/** Adds to a list. One in a tsconfig takes the place of that in what it extends, so what stood there goes along. */
function added(
  { path: file }: Config,
  shown: string,
  option: ListOption,
  before: readonly unknown[],
  entries: readonly unknown[],
): string {
  const text = readText(file) ?? "";
  const isOwn = entriesIn(text, option) !== undefined;
  const next = withEntries(text, option, isOwn ? entries : [...before, ...entries]);
  const list = JSON.stringify(entries).slice(1, -1);
  if (next === undefined) return `note   ${shown} could not be changed: put ${list} into its ${option}`;
  fs.writeFileSync(file, next);
  return `added  ${list} to ${option} in ${shown}`;
}

/** The folders that are laid over each other: without any, that of the tsconfig. */
const rootsOf = ({ path: file, rootDirs }: Config): readonly string[] =>
  rootDirs?.map(toPosix) ?? [path.posix.dirname(file)];

function relativeTo({ path: file }: Config, folder: string): string {
  const relative = path.posix.relative(path.posix.dirname(file), folder);
  return relative === "" ? "." : relative;
}

const isOurs = (plugin: unknown): boolean =>
  typeof plugin === "object" && plugin !== null && "name" in plugin && plugin.name === editor.name;
