/**
 * Every diagnostic has a folder `test/errors/<code>` with an `input.ts` and the `expected.txt` that a
 * build of it prints. An `args.json` may hold other arguments (`replace` prints what plugins say of value forms),
 * `files.json` more files by name.
 * `UPDATE=1` writes the expected texts anew.
 */
import fs from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { table } from "../compiler/diagnostics/table.ts";
import { createPrinter } from "../compiler/diagnostics/print.ts";
import { readText } from "../compiler/emit/read.ts";
import { compile } from "../compiler/index.ts";
import { createFolder } from "./cli/support.ts";

const root = path.join(import.meta.dirname, "errors");
const folders = fs.readdirSync(root).sort();

/**
 * What only a mistake of ours can bring about has a test of its own (test/frontend), and an import that a
 * generated module does not have is a type error (TG2001) first.
 */
const unreachable = new Set(["TG9001", "TG1025"]);

interface Setup {
  readonly files: Readonly<Record<string, string>>;
  readonly args: readonly string[];
}

function setupOf(code: string): Setup {
  const at = (name: string): string => path.join(root, code, name);
  const json = (name: string): unknown =>
    fs.existsSync(at(name)) ? JSON.parse(fs.readFileSync(at(name), "utf8")) : undefined;
  const files: Record<string, string> = { ...(json("files.json") as Record<string, string> | undefined) };
  for (const name of fs.readdirSync(at(".")))
    if (/\.[mc]?tsx?$/.test(name)) files[name] = fs.readFileSync(at(name), "utf8");
  return { files, args: (json("args.json") as string[] | undefined) ?? ["build", "input.ts"] };
}

async function print({ files, args }: Setup): Promise<string> {
  const folder = createFolder(files);
  const [command, ...rest] = args;
  const patterns = rest.filter((arg) => !arg.startsWith("--"));
  const flags = Object.fromEntries(
    rest
      .filter((arg) => arg.startsWith("--"))
      .map((arg) => {
        const [name = "", value] = arg.slice(2).split("=");
        return [name, value ?? true];
      }),
  );
  if (command === "replace") return printForms(folder.path, patterns);
  const ran = command === "explain" ? folder.explain(patterns[0] ?? "") : folder.build(patterns, flags);
  return (await ran).err.replaceAll(folder.path, "<folder>");
}

/** What plugins of bundlers say of the value forms in sources. */
async function printForms(cwd: string, names: readonly string[]): Promise<string> {
  const files = names.map((name) => path.join(cwd, name));
  const { reports } = await compile({ cwd, files, values: "only" });
  const printer = createPrinter(cwd, readText, false);
  return reports.map((report) => `${printer.report(report)}\n\n`).join("");
}

test.each(folders)("%s", async (code) => {
  const printed = await print(setupOf(code));
  const file = path.join(root, code, "expected.txt");
  if (process.env["UPDATE"] === "1") fs.writeFileSync(file, printed);
  expect(printed).toContain(`${code}: `);
  expect(printed).toBe(fs.readFileSync(file, "utf8"));
});

test("every code has a folder, and no folder is without a code", () => {
  const codes = Object.keys(table).filter((code) => !unreachable.has(code));
  expect(folders).toEqual(codes.sort());
});

test("ERRORS.md has every code", () => {
  const page = fs.readFileSync(path.resolve(import.meta.dirname, "../ERRORS.md"), "utf8");
  expect(Object.keys(table).filter((code) => !page.includes(`\n## ${code}\n`))).toEqual([]);
});
