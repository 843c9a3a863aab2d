/** LANGUAGE.md and the fixtures are the same list; so are its refusals and the codes. */
import { existsSync } from "node:fs";
import { readFile, readdir } from "node:fs/promises";
import path from "node:path";
import { expect, test } from "vitest";
import { table } from "../compiler/diagnostics/table.ts";
import { root } from "./support/load.ts";

const text = await readFile(path.join(root, "LANGUAGE.md"), "utf8");
const named = [...text.matchAll(/\]\(test\/fixtures\/([\w-]+)\/input\.ts\)/g)].map(([, name]) => name ?? "");
const entries = await readdir(path.join(root, "test/fixtures"), { withFileTypes: true });
const folders = entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);

test("every row names fixtures that exist", () => {
  expect(named.filter((name) => !existsSync(path.join(root, "test/fixtures", name, "input.ts")))).toEqual([]);
});

test("every fixture stands in one row", () => {
  expect(named.toSorted()).toEqual(folders.toSorted());
});

test("every error of the language fence and of the transforms stands in the table of what is refused", () => {
  const codes = Object.entries(table).filter(([code, { severity }]) => /^TG[134]/.test(code) && severity === "error");
  const refused = [...text.matchAll(/\]\(ERRORS\.md#(tg\d+)\)/g)].map(([, code]) => (code ?? "").toUpperCase());
  expect(refused.toSorted()).toEqual(codes.map(([code]) => code).toSorted());
});
