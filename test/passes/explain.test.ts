/** What `tsgrad explain` says about a few functions, up to the derivative itself. */
import path from "node:path";
import { expect, test } from "vitest";
import { explain } from "../../compiler/index.ts";

const folder = path.resolve(import.meta.dirname, "../fixtures");
const project = path.join(folder, "tsconfig.json");

function explained(text: string): string {
  const file = path.join(folder, "explained/input.ts");
  const name = /function (\w+)/.exec(text)?.[1] ?? "";
  const { text: told, reports } = explain(
    { cwd: folder, project, files: [file], overlay: new Map([[file, text]]) },
    file,
    name,
  );
  expect(reports.filter((report) => report.severity === "error")).toEqual([]);
  return told.slice(0, told.indexOf(`${name}Vjp\n`));
}

test("a loop that carries a value from one iteration to the next", () => {
  const text = explained(
    `
    import type { int } from "tsgrad";

    /** @differentiable */
    export function logistic(x0: number, r: number, steps: int): number {
      let x = x0;
      let sum = 0;
      for (let i = 0; i < steps; i++) {
        x = r * x * (1 - x);
        sum += Math.sin(x);
      }
      return sum;
    }`.replace("steps: number", 'steps: import("tsgrad").int'),
  );
  expect(text).toMatchInlineSnapshot(`
    "logistic, normalised

      function logistic(x0: number, r: number, steps: int): number {
        let x: number = x0
        let sum: number = 0
        for (let i = 0; i < steps; i += 1) {
          x = r * x * (1 - x)
          sum = sum + sin(x)
        }
        const value: number = sum
      }

    What carries a derivative

      differentiated inputs                                      x0, r
      differentiated outputs                                     the result
      active: depend on an input, and an output depends on them  x0, r, x, sum, value
      passive                                                    steps, i

    Loops

      \`for (let i = 0; i < steps; i++)\` is counted: it runs backwards from its last index, and nothing is stored for that.

    Stored by the forward sweep

      x before \`x = r * x * (1 - x)\` overwrites it: the adjoint of \`x = r * x * (1 - x)\` and the adjoint of \`sum += Math.sin(x)\` read it.

    Tapes

      xTape: number, room for max(steps, 0)

    "
  `);
});

test("independent iterations", () => {
  const text = explained(`
    /** @differentiable */
    export function misfit(t: Float64Array, y: Float64Array, rate: number): number {
      let sum = 0;
      for (let i = 0; i < t.length; i++) {
        const r = y[i]! - Math.exp(-rate * t[i]!);
        sum += r * r;
      }
      return sum;
    }`);
  expect(text).toMatchInlineSnapshot(`
    "misfit, normalised

      function misfit(t: Float64Array, y: Float64Array, rate: number): number {
        let sum: number = 0
        for (let i = 0; i < t.length; i += 1) {
          const exponential: number = exp(-rate * t[i])
          const r: number = y[i] - exponential
          sum = sum + r * r
        }
        const value: number = sum
      }

    What carries a derivative

      differentiated inputs                                      t, y, rate
      differentiated outputs                                     the result
      active: depend on an input, and an output depends on them  t, y, rate, sum, exponential, r, value
      passive                                                    i

    Loops

      \`for (let i = 0; i < t.length; i++)\` has independent iterations: each is taken back next to its own forward part, and no tape grows with their number.

    Stored by the forward sweep

      Nothing.

    Tapes

      None.

    "
  `);
});

test("a loop with an exit, and elements that are overwritten", () => {
  const text = explained(`
    /** @differentiable */
    export function relaxed(x: Float64Array): number {
      const y = x.slice();
      let sweeps = 0;
      while (sweeps < 100) {
        let change = 0;
        for (let i = 1; i < y.length; i++) {
          const step = y[i - 1]! * y[i]! - y[i]!;
          y[i] = y[i]! + 0.5 * step;
          change += Math.abs(step);
        }
        if (change < 1e-6) break;
        sweeps++;
      }
      return y[y.length - 1]!;
    }`);
  expect(text).toMatchInlineSnapshot(`
    "relaxed, normalised

      function relaxed(x: Float64Array): number {
        const y: Float64Array = copy<Float64Array>(x)
        let sweeps: number = 0
        let exit2: int = 0
        @exit(exit2) while (sweeps < 100) {
          let change: number = 0
          for (let i = 1; i < y.length; i += 1) {
            const step: number = y[i - 1] * y[i] - y[i]
            y[i] = y[i] + 0.5 * step
            change = change + abs(step)
          }
          if (change < 0.000001) {
            exit2 = 1
          } else {
            sweeps = sweeps + 1
          }
        }
        const value: number = y[y.length - 1]
      }

    What carries a derivative

      differentiated inputs                                      x
      differentiated outputs                                     the result
      active: depend on an input, and an output depends on them  x, y, step, value
      depend on an input, but no output depends on them          change
      passive                                                    sweeps, exit2, i

    Loops

      \`while (sweeps < 100)\` has no trip count that is known beforehand: the forward sweep counts it in trips.
      \`for (let i = 1; i < y.length; i++)\` is counted: it runs backwards from its last index, and nothing is stored for that.

    Stored by the forward sweep

      y[i] before \`y[i] = y[i]! + 0.5 * step\` overwrites it: the adjoint of \`const step = y[i - 1]! * y[i]! - y[i]!\` reads it.

    Tapes

      yTape: number, grows as needed

    "
  `);
});
