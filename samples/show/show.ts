import { mkdirSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import Table from "cli-table3";
import pc from "picocolors";
import { page } from "./page.ts";
import { checked, holds, type Figures, type Study } from "./study.ts";
import { digits } from "./text.ts";

/**
 * Prints a study, and writes it with its plots to a page, `out/index.html` beside the sample's `main.ts`, whose
 * `import.meta.url` is `main`. The exit status is 1 when a check fails.
 */
export function show(main: string, study: Study): void {
  console.log(pc.bold(study.title));
  for (const figures of study.tables) console.log(tableText(figures));

  console.log(tableText(checked(study.checks)));
  if (!study.checks.every(holds)) process.exitCode = 1;

  const folder = new URL("out/", main);
  mkdirSync(folder, { recursive: true });
  const file = new URL("index.html", folder);
  writeFileSync(file, page(study));
  console.log(`page: ${fileURLToPath(file)}`);
}

function tableText({ head, rows }: Figures): string {
  const colour = pc.isColorSupported;
  const table = new Table({
    head: [...head],
    colAligns: head.map((_, j) => (rows.every((row) => typeof row[j] === "number") ? "right" : "left")),
    style: { head: colour ? ["bold"] : [], border: colour ? ["grey"] : [], compact: true },
  });
  for (const row of rows) table.push(row.map(cellText));
  return table.toString();
}

function cellText(cell: string | number): string {
  if (typeof cell === "number") return digits(cell);
  return cell === "✓" ? pc.green(cell) : cell === "✗" ? pc.red(cell) : cell;
}
