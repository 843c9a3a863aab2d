import { expect, test } from "vitest";
import { createFolder, type Folder, type Ran } from "./support.ts";

/** Runs init twice: the second time changes nothing, and adds nothing. */
async function initTwice(folder: Folder, names: readonly string[]): Promise<Ran> {
  const first = await folder.init();
  const texts = names.map((name) => folder.read(name));
  const second = await folder.init();
  expect(names.map((name) => folder.read(name))).toEqual(texts);
  expect(second.out).not.toContain("added");
  return first;
}

test("init adds its scripts once and keeps what is there", async () => {
  const folder = createFolder({
    "package.json": '{\n    "name": "x",\n    "scripts": { "build:grad": "my own" }\n}\n',
    "tsconfig.json": "{}",
    "model.ts": "export {};",
  });
  const first = await initTwice(folder, ["package.json", "tsconfig.json"]);
  expect([first.status, first.err]).toEqual([0, ""]);
  expect(first.out).toContain('kept   script "build:grad": my own');
  expect(first.out).toContain('added  script "check:grad": tsgrad build --check');
  const text = folder.read("package.json");
  expect(JSON.parse(text)).toEqual({
    name: "x",
    scripts: { "build:grad": "my own", "check:grad": "tsgrad build --check" },
  });
  expect(text).toContain('\n    "name"');
});

test("init says what is missing", async () => {
  expect(await createFolder().init()).toMatchObject({ status: 1, out: "" });
  expect((await createFolder({ "package.json": "[1" }).init()).err).toContain("not valid JSON");
  expect((await createFolder({ "package.json": "{}" }).init()).out).toContain("no tsconfig.json");
});

/** What becomes of a tsconfig. */
async function configured(tsconfig: string, more: Readonly<Record<string, string>> = {}): Promise<string> {
  const folder = createFolder({ "package.json": "{}", "tsconfig.json": tsconfig, "model.ts": "export {};", ...more });
  const { err } = await initTwice(folder, ["tsconfig.json"]);
  expect(err).toBe("");
  return folder.read("tsconfig.json");
}

const ours = (indent: string, newline = "\n"): string =>
  `"rootDirs": [".", ".tsgrad/types"],${newline}${indent}"plugins": [{ "name": "tsgrad/editor" }]`;

test("init finds types of generated modules and the editor's plugin a place, and all else stays as it is", async () => {
  expect(await configured("{}")).toBe(
    '{\n  "compilerOptions": {\n    "rootDirs": [".", ".tsgrad/types"],\n    "plugins": [{ "name": "tsgrad/editor" }]\n  }\n}',
  );
  expect(await configured('{ "compilerOptions": { "strict": true } }\n')).toBe(
    '{ "compilerOptions": { "strict": true, "rootDirs": [".", ".tsgrad/types"], "plugins": [{ "name": "tsgrad/editor" }] } }\n',
  );
  const commented = (options: string): string =>
    `// Ours.\n{\n\t"compilerOptions": {\n\t\t/* All of it. */\n\t\t"strict": true${options} // as it should be\n\t\t// "noEmit": true\n\t},\n\t"include": ["*.ts"], // sources\n}\n`;
  expect(await configured(commented(","))).toBe(commented(",").replace("be\n", `be\n\t\t${ours("\t\t")},\n`));
  expect(await configured(commented(""))).toBe(commented(",").replace("be\n", `be\n\t\t${ours("\t\t")}\n`));
  const windows = '{\r\n    "compilerOptions": {\r\n        "strict": true\r\n    }\r\n}\r\n';
  expect(await configured(windows)).toBe(windows.replace("true", `true,\r\n        ${ours("        ", "\r\n")}`));
  expect(await configured('{\n  "files": ["model.ts"]\n}')).toBe(
    `{\n  "files": ["model.ts"],\n  "compilerOptions": {\n    ${ours("    ")}\n  }\n}`,
  );
});

test("init adds to lists, and to those of what is extended", async () => {
  expect(
    await configured(
      '{\n  "compilerOptions": {\n    "rootDirs": ["src", "made"],\n    "plugins": [\n      { "name": "other" } // theirs\n    ]\n  }\n}',
    ),
  ).toBe(
    '{\n  "compilerOptions": {\n    "rootDirs": ["src", "made", ".tsgrad/types/src", ".tsgrad/types/made"],\n    "plugins": [\n      { "name": "other" }, // theirs\n      { "name": "tsgrad/editor" }\n    ]\n  }\n}',
  );
  const base = '{ "compilerOptions": { "rootDirs": ["../src"], "plugins": [{ "name": "other" }] } }';
  const extended = JSON.parse(
    await configured('{ "extends": "./base/tsconfig.json" }', { "base/tsconfig.json": base }),
  ) as unknown;
  expect(extended).toEqual({
    extends: "./base/tsconfig.json",
    compilerOptions: {
      rootDirs: ["src", ".tsgrad/types/src"],
      plugins: [{ name: "other" }, { name: "tsgrad/editor" }],
    },
  });
});

test("of a solution, init sets up the projects that have sources", async () => {
  const solution =
    '{ "files": [], "references": [{ "path": "./tsconfig.app.json" }, { "path": "./tsconfig.node.json" }] }';
  const node = '{ "include": ["vite.config.ts"] }';
  const folder = createFolder({
    "package.json": "{}",
    "tsconfig.json": solution,
    "tsconfig.app.json": '{ "include": ["src"] }',
    "tsconfig.node.json": node,
    "src/model.ts": "export {};",
    "vite.config.ts": "export default {};",
  });
  await initTwice(folder, ["tsconfig.json", "tsconfig.app.json", "tsconfig.node.json"]);
  expect([folder.read("tsconfig.json"), folder.read("tsconfig.node.json")]).toEqual([solution, node]);
  expect(folder.read("tsconfig.app.json")).toContain('"rootDirs": [".", ".tsgrad/types"]');
});

test("init writes the types of generated modules, so that what imports them type-checks at once", async () => {
  const folder = createFolder({
    "package.json": "{}",
    "tsconfig.json": "{}",
    "src/model.ts": "/** @differentiable grad */\nexport const square = (x: number): number => x * x;\n",
    "src/broken.ts":
      "/** @differentiable grad */\nexport const lost = (x: number): number => Number(JSON.stringify(x));\n",
  });
  const { out } = await initTwice(folder, [".tsgrad/types/src/model.grad.d.ts"]);
  expect(out).toContain("wrote  types of 1 generated modules to .tsgrad/types, but for 1 with errors");
  expect(folder.read(".tsgrad/types/src/model.grad.d.ts")).toContain("squareGrad(x: number): number");
});

test("init says what to write for the tools that build, until it is written", async () => {
  const devDependencies = { vite: "8", vitest: "4", webpack: "5", "ts-patch": "3" };
  const folder = createFolder({
    "package.json": JSON.stringify({ devDependencies }),
    "tsconfig.json": "{}",
    "model.ts": "export {};",
    "vite.config.ts": "export default {};",
    "webpack.config.js": 'import tsgrad from "tsgrad/webpack";\n',
  });
  const { out } = await folder.init();
  expect(out).toContain('write into vite.config.ts\n         import tsgrad from "tsgrad/vite";');
  expect(out).toContain("kept   tsgrad/webpack in webpack.config.js");
  expect(out).toContain('{ "transform": "tsgrad/transformer", "transformProgram": true }');
  folder.write("vite.config.ts", 'import tsgrad from "tsgrad/vite";\n');
  expect((await folder.init()).out).toMatch(/^kept {3}tsgrad\/vite in vite\.config\.ts$/m);
  expect((await createFolder({ "package.json": "{}" }).init()).out).toContain("no bundler was found");
});

test("init reports a plugin that TypeScript 7 passes over, and adds none", async () => {
  const seven = {
    "package.json": "{}",
    "node_modules/typescript/package.json": '{ "version": "7.0.2" }',
    "model.ts": "export {};",
  };
  const listed = createFolder({
    ...seven,
    "tsconfig.json": '{ "compilerOptions": { "plugins": [{ "name": "tsgrad/editor" }] } }',
  });
  expect((await listed.init()).err).toContain("warning TG2034: tsconfig.json lists the tsgrad plugin");
  const folder = createFolder({ ...seven, "tsconfig.json": "{}" });
  const { out, err } = await initTwice(folder, ["tsconfig.json"]);
  expect([out.includes("TypeScript 7.0.2 has no plugins"), err]).toEqual([true, ""]);
  expect(folder.read("tsconfig.json")).not.toContain("plugins");
});
