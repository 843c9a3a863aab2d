import Table from "cli-table3";
import pc from "picocolors";
import { caseNames, inputsOf, readCase } from "./cases.ts";
import { compare, type Comparison } from "./compare.ts";
import { examples } from "./examples/index.ts";

const all = caseNames.map((name) => {
  const stored = readCase(name);
  const computed = Object.entries(examples[name](inputsOf(stored)));
  const comparisons = computed.flatMap(([label, value]) => compare(label, value, stored.outputs[label]));
  console.log(`\n${pc.bold(name)}\n${stored.description}`);
  console.log(tableOf(comparisons));
  return comparisons;
});

const values = all.flat();
const right = values.filter(({ difference, allowed }) => difference <= allowed);
console.log(`\n${right.length} of ${values.length} values are PyTorch's.`);
if (right.length < values.length) process.exitCode = 1;

function tableOf(comparisons: readonly Comparison[]): string {
  const table = new Table({
    head: ["", "tsgrad", "PyTorch", "rel. difference"],
    colWidths: [38, 48, 48, 17],
    wordWrap: true,
    style: { head: [], border: pc.isColorSupported ? ["grey"] : [], compact: true },
  });
  for (const { label, computed, stored, difference, allowed } of comparisons) {
    const paint = difference <= allowed ? pc.green : pc.red;
    table.push([label, computed, stored, paint(difference === 0 ? "0" : difference.toExponential(1))]);
  }
  return table.toString();
}
