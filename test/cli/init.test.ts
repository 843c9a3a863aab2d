import { expect, test } from "vitest";
import { createFolder } from "./support.ts";

test("init adds its scripts once and keeps what is there", async () => {
  const folder = createFolder({
    "package.json": '{\n    "name": "x",\n    "scripts": { "build:grad": "my own" }\n}\n',
    "tsconfig.json": "{}",
    "model.ts": "export {};",
  });
  const first = await folder.init();
  expect([first.status, first.err]).toEqual([0, ""]);
  expect(first.out).toContain('kept   script "build:grad": my own');
  expect(first.out).toContain('added  script "check:grad": tsgrad build --check');
  const text = folder.read("package.json");
  expect(JSON.parse(text)).toEqual({
    name: "x",
    scripts: { "build:grad": "my own", "check:grad": "tsgrad build --check" },
  });
  expect(text).toContain('\n    "name"');
  const second = await folder.init();
  expect(second.out).not.toContain("added");
  expect(folder.read("package.json")).toBe(text);
});

test("init says what is missing", async () => {
  expect(await createFolder().init()).toMatchObject({ status: 1, out: "" });
  expect((await createFolder({ "package.json": "[1" }).init()).err).toContain("not valid JSON");
  expect((await createFolder({ "package.json": "{}" }).init()).out).toContain("no tsconfig.json");
});

test("init reports a plugin that TypeScript 7 passes over", async () => {
  const folder = createFolder({
    "package.json": "{}",
    "tsconfig.json": '{ "compilerOptions": { "plugins": [{ "name": "tsgrad/editor" }] } }',
    "node_modules/typescript/package.json": '{ "version": "7.0.2" }',
  });
  expect((await folder.init()).err).toContain("warning TG2034: tsconfig.json lists the tsgrad plugin");
});
