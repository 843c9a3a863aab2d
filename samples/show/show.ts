import { mkdirSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import Table from "cli-table3";
import pc from "picocolors";
import { holds, type Figures, type Study } from "./study.ts";

/**
 * Prints a study, and writes its plots to `out/` beside the sample's `main.ts`, whose `import.meta.url` is `main`.
 * The exit status is 1 when a check fails.
 */
export function show(main: string, { title, tables, checks, plots = {} }: Study): void {
  console.log(pc.bold(title));
  for (const figures of tables) console.log(tableText(figures));

  const rows = checks.map((check) => [
    holds(check) ? pc.green("✓") : pc.red("✗"),
    check.what,
    check.value,
    check.expected,
    check.within.toExponential(0),
  ]);
  console.log(tableText({ head: ["", "check", "here", "known", "within"], rows }));
  if (!checks.every(holds)) process.exitCode = 1;

  const folder = new URL("out/", main);
  mkdirSync(folder, { recursive: true });
  for (const [name, svg] of Object.entries(plots)) {
    const file = new URL(`${name}.svg`, folder);
    writeFileSync(file, svg);
    console.log(`plot: ${fileURLToPath(file)}`);
  }
}

function tableText({ head, rows }: Figures): string {
  const colour = pc.isColorSupported;
  const table = new Table({
    head: [...head],
    colAligns: head.map((_, j) => (rows.every((row) => typeof row[j] === "number") ? "right" : "left")),
    style: { head: colour ? ["bold"] : [], border: colour ? ["grey"] : [], compact: true },
  });
  for (const row of rows) table.push(row.map((cell) => (typeof cell === "number" ? digits(cell) : cell)));
  return table.toString();
}

/** Six digits, without the zeros behind them. */
function digits(value: number): string {
  return String(Number(value.toPrecision(6)));
}
