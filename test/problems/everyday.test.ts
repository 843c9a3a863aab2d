/**
 * Programs as people write them, with no thought of what is differentiated: records by age group and optional fields, a
 * generic solver with a metric and options that may hold a callback, splines of classes behind an interface.
 */
import path from "node:path";
import { describe, expect, test } from "vitest";
import { buildModule } from "../support/build.ts";
import { checkModule, type Sample } from "../support/check-module.ts";
import { root } from "../support/load.ts";

const gamma = { child: 0.2, adult: 0.25, senior: 0.15 };
const knots = [0, 0.7, 1.5, 2, 3];
const heights = [1, 0.5, -0.2, 0.4, 1.2];
const seen = [
  { x: 0.2, y: 1 },
  { x: 0.9, y: 2, w: 0.5 },
  { x: 1.4, y: 0.3 },
  { x: 2.6, y: -1 },
];
const target = {
  points: [
    [0.2, 0.9],
    [0.7, 0.1],
    [1.4, 1],
  ],
  weights: [0.3, 0.3, 0.4],
};

const programs: Record<string, readonly Record<string, Sample>[]> = {
  epidemic: [
    { misfit: { args: () => [{ beta: 0.03, sigma: 0.3, gamma }, [0.002, 0.004, 0.01], undefined] } },
    {
      misfit: { args: () => [{ beta: 0.03, sigma: 0.3, gamma, vaccination: { senior: 0.02 } }, [0.002, 0.004], 0.01] },
    },
  ],
  sinkhorn: [
    {
      divergence: {
        args: () => [
          [
            [0.1, 0.3],
            [1.1, 0.4],
          ],
          target,
          undefined,
        ],
      },
      shift: { args: () => [0.45] },
    },
  ],
  spline: [
    { roughness: { args: () => ["cubic", knots, heights, seen] } },
    { roughness: { args: () => ["linear", knots, heights, seen] } },
  ],
};

describe.each(Object.entries(programs))("%s", (name, samples) => {
  test("value, gradient, tangent and Hessian-vector product", async () => {
    const file = path.join(root, `test/problems/everyday/${name}.ts`);
    const built = await buildModule<Record<string, unknown>>(file, path.join(root, "test/problems/tsconfig.json"));
    expect(built.errors).toEqual([]);
    for (const sample of samples) {
      const failures = await checkModule(file, built, sample, {});
      expect([...failures.values()].flat()).toEqual([]);
    }
  }, 60_000);
});
