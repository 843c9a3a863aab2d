/** Writes ERRORS.md from the table of diagnostics and the examples in test/errors. */
import fs from "node:fs";
import path from "node:path";
import { table, type Code, type Diagnostic } from "../compiler/diagnostics/table.ts";

const root = path.resolve(import.meta.dirname, "..");
const examples = path.join(root, "test/errors");

const groups: readonly (readonly [prefix: string, title: string])[] = [
  ["TG1", "The language"],
  ["TG2", "Projects, files and annotations"],
  ["TG3", "Derivatives"],
  ["TG4", "Derivatives"],
  ["TG9", "Mistakes of tsgrad itself"],
];

function section(code: Code): string {
  const { severity, message, hint }: Diagnostic = table[code];
  const plain = (text: string): string => text.replace(/\{\d\}/g, "…").trim();
  const advice = plain(hint).replace(/^…$/, "");
  const lines = [`## ${code}`, `**${severity}**: ${plain(message)}`, ...(advice === "" ? [] : [advice])];
  return [...lines, ...example(code)].join("\n\n");
}

function example(code: string): readonly string[] {
  const file = path.join(examples, code, "expected.txt");
  if (!fs.existsSync(file)) return [];
  return ["```text\n" + fs.readFileSync(file, "utf8").trim() + "\n```"];
}

const codes = (Object.keys(table) as Code[]).sort();
const titles = [...new Set(groups.map(([, title]) => title))];
const parts = titles.flatMap((title) => {
  const prefixes = groups.filter(([, each]) => each === title).map(([prefix]) => prefix);
  const members = codes.filter((code) => prefixes.some((prefix) => code.startsWith(prefix)));
  return members.length === 0 ? [] : [`# ${title}`, ...members.map(section)];
});
const intro = `# Diagnostics

Every problem that \`tsgrad\` reports has a code that never changes its meaning. Errors stop the file that they are in
(its generated file keeps its last good version); warnings do not. A comment such as \`// tsgrad-ignore TG3106\`, at the end of
a warning's line or on a line of its own above it, says that the warning is known. \`tsgrad build --json\` gives all of this
as data: code, category, message, hint, page, file, start, length, line, column, related. This page is written by \`npm run docs\`.`;
fs.writeFileSync(path.join(root, "ERRORS.md"), `${[intro, ...parts].join("\n\n")}\n`);
