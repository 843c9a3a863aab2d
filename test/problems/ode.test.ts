import path from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { buildModule, type BuiltModule } from "../support/build.ts";
import { checkModule, type Sample } from "../support/check-module.ts";
import { mismatch } from "../support/differences.ts";
import { root } from "../support/load.ts";
import { numbersIn } from "../support/values.ts";
import * as ode from "./ode.ts";

const file = path.join(root, "test/problems/ode.ts");
const near = { steps: [2 ** -10, 2 ** -12, 2 ** -14] };
const start = Float64Array.of(1, 2, 20);
const q = Float64Array.of(0.3, -0.2, 0.5);
const p = Float64Array.of(0.1, 0.4, -0.3);
const u = Float64Array.of(1, 3, 2, 5, 4, 0.5);

const samples: Record<string, Sample> = {
  pendulumEnergy: { args: () => [0.7, 0.4, 50, 0.02] },
  lorenz: { args: () => [start.slice(), 10, 28, 8 / 3, 0.01, 40] },
  lorenzMiss: { args: () => [start.slice(), 28, Float64Array.of(1, 1, 20), 20] },
  verlet: { args: () => [q.slice(), p.slice(), 0.1, 10] },
  implicitDecay: { args: () => [1.3, 0.8, 0.1, 10], options: near },
  adaptiveGrowth: { args: () => [0.05, 1.3, 4, 1e-5], options: { ...near, difference: 1e-5 } },
  heat: { args: () => [u.slice(), 0.2, 7] },
  warmth: { args: () => [u.slice(), 0.05] },
};

describe("generated derivatives", () => {
  let built: BuiltModule<Record<string, unknown>>;
  let failures: Map<string, string[]>;
  beforeAll(async () => {
    built = await buildModule(file, path.join(root, "test/problems/tsconfig.json"));
    failures = await checkModule(file, built, samples, { outputs: { verlet: ["q", "p"] } });
  }, 60_000);

  test("compile without errors", () => {
    expect(built.errors).toEqual([]);
  });

  test.each(Object.keys(samples))("of %s pass the numeric checks", (name) => {
    expect(failures.get(name)).toEqual([]);
  });

  const agree = (actual: unknown, expected: readonly number[], tolerance = 1e-10): void => {
    expect(mismatch(numbersIn(actual), expected, tolerance, "derivative")).toBeUndefined();
  };

  test("heat with cold ends is a symmetric map: its adjoint is the map itself", () => {
    const v = Float64Array.of(0.3, 1, -2, 0.7, 0.1, 2);
    const [, [uBar]] = built.generated.heatVjp(u.slice(), 0.2, 7, v) as [unknown, [Float64Array, number]];
    agree(uBar, [...ode.heat(v, 0.2, 7)]);
  });

  test("Verlet is symplectic: Jᵀ Ω J = Ω", () => {
    const size = 2 * q.length;
    const columns = Array.from({ length: size }, (_, k) => {
      const unit = Float64Array.from({ length: size }, (_, i) => (i === k ? 1 : 0));
      const result = built.generated.verletJvp(q.slice(), p.slice(), 0.1, 10, unit.slice(0, 3), unit.slice(3));
      return numbersIn((result as unknown[])[1]);
    });
    const form = (x: readonly number[], y: readonly number[]): number =>
      [0, 1, 2].reduce((sum, i) => sum + x[i] * y[i + 3] - x[i + 3] * y[i], 0);
    const products = columns.flatMap((x) => columns.map((y) => form(x, y)));
    agree(
      products,
      columns.flatMap((_, i) => columns.map((_, j) => (j === i + 3 ? 1 : i === j + 3 ? -1 : 0))),
      1e-12,
    );
  });

  test("implicit Euler: the derivative through Newton's method is that of the equation", () => {
    const [dt, k] = [0.1, 0.8];
    let slope = 1;
    let y = 1.3;
    for (let step = 0; step < 10; step++) {
      y = ode.implicitDecay(y, k, dt, 1);
      slope /= 1 + 3 * dt * k * y * y;
    }
    agree((built.generated.implicitDecayGrad(1.3, k, dt, 10) as number[])[0], [slope]);
  });

  test("adaptive steps: close to the sensitivity of the exact solution", () => {
    const [y, r, end] = [0.05, 1.3, 4];
    const e = Math.exp(r * end);
    const bottom = 1 - y + y * e;
    expect(ode.adaptiveGrowth(y, r, end, 1e-9)).toBeCloseTo((y * e) / bottom, 6);
    const exact = [e / bottom ** 2, (y * (1 - y) * end * e) / bottom ** 2];
    agree(built.generated.adaptiveGrowthGrad(y, r, end, 1e-9), exact, 1e-4);
  });
});
