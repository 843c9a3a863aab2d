/** How long the first call of a derivative takes in a process that has just begun, when no engine has seen the code yet. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { buildSync } from "esbuild";
import { spread, type Spread } from "./measure.ts";

const program = `
  import { Tensor } from "tsgrad";
  import { classifierLossValueAndGrad } from "./src/tensors.grad.ts";
  const made = (...shape) => new Tensor(Float64Array.from({ length: shape.reduce((a, b) => a * b) }, (_, i) => Math.sin(i)), shape);
  const layers = { w1: made(64, 10), b1: made(64), w2: made(10, 64), b2: made(10) };
  const x = made(32, 10);
  const labels = new Tensor(Int32Array.from({ length: 32 }, (_, i) => i % 10), [32]);
  const start = performance.now();
  classifierLossValueAndGrad(layers, x, labels);
  console.log(performance.now() - start);
`;

/** Milliseconds of the first call, loss and gradient of the small classifier, over several processes. */
export function firstCall(processes: number): Spread {
  const folder = mkdtempSync(path.join(tmpdir(), "tsgrad-first-call-"));
  try {
    const outfile = path.join(folder, "program.mjs");
    const resolveDir = fileURLToPath(new URL(".", import.meta.url));
    buildSync({ stdin: { contents: program, resolveDir, loader: "ts" }, bundle: true, format: "esm", outfile });
    const once = (): number => Number(execFileSync(process.execPath, [outfile], { encoding: "utf8" }));
    return spread(Array.from({ length: processes }, once));
  } finally {
    rmSync(folder, { recursive: true });
  }
}
