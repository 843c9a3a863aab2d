/** The directions in which folders may import each other, read off their import lines. */
import fs from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";

const root = path.resolve(import.meta.dirname, "..");

interface Import {
  /** The importing file, from the project's root. */
  readonly from: string;
  /** A file from the project's root, or a package. */
  readonly to: string;
  readonly typeOnly: boolean;
}

function sourcesIn(folder: string): readonly string[] {
  return fs
    .readdirSync(path.join(root, folder), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".ts"))
    .map((name) => path.posix.join(folder, name.replaceAll("\\", "/")));
}

function importsOf(file: string): readonly Import[] {
  const text = fs.readFileSync(path.join(root, file), "utf8");
  const lines = text.matchAll(/^(?:import|export)\b(\s+type\b)?[^;"]*?\bfrom\s+"([^"]+)"|\bimport\("([^"]+)"\)/gm);
  return [...lines].map(([, typeOnly, named, dynamic]) => {
    const specifier = named ?? dynamic ?? "";
    const to = specifier.startsWith(".") ? path.posix.join(path.posix.dirname(file), specifier) : specifier;
    return { from: file, to, typeOnly: typeOnly !== undefined };
  });
}

const compilerFiles = sourcesIn("compiler");
const runtimeFiles = sourcesIn("runtime");
const imports = [...compilerFiles, ...runtimeFiles].flatMap(importsOf);

/** The room that a file belongs to: `compiler/ir`, `compiler/pipeline.ts`, `runtime`. */
const roomOf = (file: string): string =>
  file.startsWith("compiler/") ? file.split("/").slice(0, 2).join("/") : (file.split("/", 1)[0] ?? file);

const shown = ({ from, to }: Import): string => `${from} → ${to}`;

/** Files that only say what data looks like: open to all as types. */
const data = ["compiler/frontend/types.ts", "compiler/differentiate/plan.ts"];

/**
 * What each room may import besides itself, as values. The passes stand in one order, `ir`, `analyse`, `normalise`,
 * `differentiate`: a transform normalises the functions that it makes on the way, never the other way round.
 */
const allowed: Readonly<Record<string, readonly string[]>> = {
  "compiler/ir": [],
  "compiler/diagnostics": ["compiler/ir"],
  "compiler/frontend": ["compiler/ir", "compiler/diagnostics", "compiler/header.ts", "compiler/paths.ts"],
  "compiler/normalise": ["compiler/ir", "compiler/diagnostics", "compiler/analyse"],
  "compiler/analyse": ["compiler/ir", "compiler/diagnostics"],
  "compiler/differentiate": ["compiler/ir", "compiler/diagnostics", "compiler/analyse", "compiler/normalise"],
  "compiler/simplify": ["compiler/ir", "compiler/diagnostics", "compiler/analyse"],
  "compiler/emit": ["compiler/ir", "compiler/diagnostics", "compiler/header.ts", "compiler/paths.ts"],
  runtime: [],
};

test.each(Object.entries(allowed))("%s imports only what it may", (room, rooms) => {
  const wrong = imports.filter(({ from, to, typeOnly }) => {
    if (roomOf(from) !== room || !/^(?:compiler|runtime)\//.test(to) || roomOf(to) === room) return false;
    return !rooms.includes(roomOf(to)) && !(typeOnly && data.includes(to));
  });
  expect(wrong.map(shown)).toEqual([]);
});

test("every room of the compiler has a rule, but for those that know several passes", () => {
  const free = [
    "compiler/cli",
    "compiler/integrations",
    "compiler/index.ts",
    "compiler/compile.ts",
    "compiler/pipeline.ts",
    "compiler/header.ts",
    "compiler/paths.ts",
  ];
  const rooms = new Set(compilerFiles.map(roomOf));
  const unknown = [...rooms].filter((room) => !(room in allowed) && !free.includes(room));
  // Files of the root fold passes together, as pipeline.ts does; folders need a rule.
  expect(unknown.filter((room) => !room.endsWith(".ts"))).toEqual([]);
});

const packagesOf: Readonly<Record<string, RegExp>> = {
  "ts-morph": /^compiler\/(?:frontend|integrations)\//,
  "@ts-morph/common": /^compiler\/frontend\/libs\.ts$/,
  prettier: /^compiler\/emit\/format\.ts$/,
  "node:fs": /^compiler\/(?:cli\/|integrations\/|emit\/(?:read|write)\.ts)/,
  "node:fs/promises": /^compiler\/(?:cli\/|emit\/write\.ts)/,
  "node:process": /^compiler\/(?:cli\/|emit\/write\.ts)/,
  unplugin: /^compiler\/integrations\//,
  commander: /^compiler\/cli\//,
};

test.each(Object.entries(packagesOf))("%s is imported only where it belongs", (name, place) => {
  const wrong = imports.filter(({ from, to }) => to === name && !place.test(from));
  expect(wrong.map(shown)).toEqual([]);
});

test("TypeScript itself is reached only through ts-morph", () => {
  expect(imports.filter(({ to }) => /^typescript\b/.test(to)).map(shown)).toEqual([]);
});

test("the process is used only in the command line and in writing", () => {
  const place = /^compiler\/(?:cli\/|emit\/write\.ts)/;
  const users = compilerFiles.filter((file) => {
    const code = fs.readFileSync(path.join(root, file), "utf8").replace(/\/\*[^]*?\*\/|\/\/.*/g, "");
    return /(?<![\w.$"'`])process\./.test(code);
  });
  expect(users.filter((file) => !place.test(file))).toEqual([]);
});

test("there are no import cycles between files", () => {
  const edges = new Map<string, string[]>();
  for (const { from, to, typeOnly } of imports) if (!typeOnly) edges.set(from, [...(edges.get(from) ?? []), to]);
  const done = new Set<string>();
  const cycles: string[] = [];
  const visit = (file: string, trail: readonly string[]): void => {
    if (trail.includes(file)) {
      cycles.push([...trail.slice(trail.indexOf(file)), file].join(" → "));
      return;
    }
    if (done.has(file)) return;
    for (const next of edges.get(file) ?? []) visit(next, [...trail, file]);
    done.add(file);
  };
  for (const file of edges.keys()) visit(file, []);
  expect(cycles).toEqual([]);
});
