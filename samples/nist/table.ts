import Table from "cli-table3";
import pc from "picocolors";
import { wantedDigits } from "./agreement.ts";
import { agrees, type Outcome, type Result } from "./results.ts";

/** The table of all fits, for a terminal. */
export function resultTable(results: readonly Result[]): string {
  const table = new Table({
    head: [
      "data set",
      "start",
      "iter.",
      "digits of agreement, b1, b2, …",
      "RSS",
      "gen. ms",
      "diff. ms",
      "diff. digits",
    ],
    colAligns: ["left", "right", "right", "left", "right", "right", "right", "right"],
    style: { head: pc.isColorSupported ? ["bold"] : [], border: pc.isColorSupported ? ["grey"] : [], compact: true },
  });
  for (const result of results) table.push(row(result));
  return table.toString();
}

function row({ dataset, start, generated, differences }: Result): string[] {
  return [
    start === 1 ? dataset.name : "",
    String(start),
    iterations(generated),
    generated.digits.map(paintedDigits).join(" "),
    generated.rss.toExponential(6),
    generated.milliseconds.toFixed(1),
    differences.milliseconds.toFixed(1),
    paintedDigits(Math.min(...differences.digits)),
  ];
}

/** A search that was ended before it came to rest is marked. */
function iterations(outcome: Outcome): string {
  return outcome.converged ? String(outcome.iterations) : pc.yellow(`> ${outcome.iterations}`);
}

function paintedDigits(digits: number): string {
  const text = digits.toFixed(1).padStart(4);
  if (digits >= wantedDigits) return pc.green(text);
  return digits >= wantedDigits / 2 ? pc.yellow(text) : pc.red(text);
}

/** What the table amounts to, in a few lines. */
export function summary(results: readonly Result[]): string[] {
  const lines = ([1, 2] as const).map((start) =>
    startLine(
      results.filter((result) => result.start === start),
      start,
    ),
  );
  const speed = speedUp(results);
  return [
    ...lines,
    `Time of a fit: finite differences take ${speed.toFixed(2)} times as long as generated Jacobians (geometric mean).`,
  ];
}

function startLine(results: readonly Result[], start: number): string {
  const count = (pick: (result: Result) => Outcome) => results.filter((result) => agrees(pick(result))).length;
  const failed = results.filter((result) => !agrees(result.generated)).map(({ dataset }) => dataset.name);
  return (
    `From start ${start}, ${String(count((result) => result.generated))} of ${results.length} agree with NIST ` +
    `to at least ${wantedDigits} digits${failed.length > 0 ? ` (not ${failed.join(", ")})` : ""}; ` +
    `with finite differences ${String(count((result) => result.differences))}.`
  );
}

/** Geometric mean of the ratios of times, over the fits in which both agree with the certified values. */
export function speedUp(results: readonly Result[]): number {
  const ratios = results
    .filter(({ generated, differences }) => agrees(generated) && agrees(differences))
    .map(({ generated, differences }) => differences.milliseconds / generated.milliseconds);
  return Math.exp(ratios.reduce((sum, ratio) => sum + Math.log(ratio), 0) / ratios.length);
}
