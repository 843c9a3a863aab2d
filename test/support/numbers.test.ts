/** The checks themselves are checked: a module written by hand passes, and each kind of mistake in it is found. */
import { expect, test } from "vitest";
import { checkFunction } from "./numbers.ts";
import { specsOf } from "./spec.ts";
import type { AnyFunction } from "./values.ts";

type Numbers = Float64Array;

const annotated = `
/** @differentiable vjp vjpInto pullback jvp grad valueAndGrad jacobian hessian hvp */
export function cubes(x: Float64Array, k: number): number {}
`;

function cubes(x: Numbers, k: number): number {
  return x.reduce((sum, t) => sum + k * t ** 3, 0);
}

function gradient(x: Numbers, k: number, v = 1): [Numbers, number] {
  return [x.map((t) => 3 * k * t * t * v), v * x.reduce((sum, t) => sum + t ** 3, 0)];
}

function along(x: Numbers, k: number, dx: Numbers, dk = 0): number {
  if (dx.length !== x.length) throw new RangeError("tangent of x");
  const [xBar, kBar] = gradient(x, k);
  return xBar.reduce((sum, t, i) => sum + t * dx[i], kBar * dk);
}

function vjpInto(x: Numbers, k: number, v: number, xBar: Numbers): [number, number] {
  const [xGrad, kGrad] = gradient(x, k, v);
  for (let i = 0; i < x.length; i++) xBar[i] += xGrad[i];
  return [cubes(x, k), kGrad];
}

function pullback(x: Numbers, k: number): [number, (v: number) => [Numbers, number]] {
  const kept = x.slice();
  return [cubes(x, k), (v) => gradient(kept, k, v)];
}

function hessian(x: Numbers, k: number): unknown[][] {
  const n = x.length;
  const data = Float64Array.from({ length: n * n }, (_, i) => (i % (n + 1) === 0 ? 6 * k * x[i % n] : 0));
  const mixed = { data: x.map((t) => 3 * t * t), shape: [n] };
  return [
    [{ data, shape: [n, n] }, mixed],
    [mixed, 0],
  ];
}

function hvp(x: Numbers, k: number, dx: Numbers, dk: number): [number, [Numbers, number]] {
  const xPart = x.map((t, i) => 6 * k * t * dx[i] + 3 * t * t * dk);
  return [cubes(x, k), [xPart, x.reduce((sum, t, i) => sum + 3 * t * t * dx[i], 0)]];
}

const right = {
  cubesVjp: (x: Numbers, k: number, v: number) => [cubes(x, k), gradient(x, k, v)],
  cubesVjpInto: vjpInto,
  cubesPullback: pullback,
  cubesJvp: (x: Numbers, k: number, dx: Numbers, dk?: number) => [cubes(x, k), along(x, k, dx, dk)],
  cubesGrad: (x: Numbers, k: number) => gradient(x, k),
  cubesValueAndGrad: (x: Numbers, k: number) => [cubes(x, k), gradient(x, k)],
  cubesJacobian: (x: Numbers, k: number) => {
    const [xGrad, kGrad] = gradient(x, k);
    return [{ data: xGrad, shape: [x.length] }, kGrad];
  },
  cubesHessian: hessian,
  cubesHvp: hvp,
};

function check(changed: Readonly<Record<string, unknown>>): string {
  const [spec] = specsOf(annotated, {});
  const args = (): unknown[] => [Float64Array.of(1, 2, 0.5), 1.5];
  return checkFunction(spec, cubes as AnyFunction, { ...right, ...changed }, args).join("\n");
}

test("a right module passes", () => {
  expect(check({})).toBe("");
});

const wrong: [string, Readonly<Record<string, unknown>>, string][] = [
  ["is missing", { cubesVjp: undefined }, "cubesVjp was not generated"],
  [
    "is off in the tenth digit",
    { cubesVjp: (x: Numbers, k: number, v: number) => [cubes(x, k), gradient(x, k, v * (1 + 1e-10))] },
    "Vjp: ⟨Jᵀv, u⟩",
  ],
  [
    "has another value",
    { cubesVjp: (x: Numbers, k: number, v: number) => [cubes(x, k) * (1 + 1e-15), gradient(x, k, v)] },
    "Vjp: value",
  ],
  ["forgets the cotangent", { cubesVjp: (x: Numbers, k: number) => [cubes(x, k), gradient(x, k)] }, "Vjp: ⟨Jᵀv, u⟩"],
  [
    "has gradients of another structure",
    {
      cubesVjp: (x: Numbers, k: number, v: number) => [cubes(x, k), [[...gradient(x, k, v)[0]], gradient(x, k, v)[1]]],
    },
    "gradient of x",
  ],
  [
    "gives back an argument",
    { cubesGrad: (x: Numbers, k: number) => [x, gradient(x, k)[1]] },
    "Grad: a gradient or tangent shares memory",
  ],
  [
    "writes into an argument",
    { cubesGrad: (x: Numbers, k: number) => [gradient(x, k)[0], (x[0] = gradient(x, k)[1])] },
    "Grad: afterwards, args",
  ],
  [
    "reads the caller's array again",
    { cubesPullback: (x: Numbers, k: number) => [cubes(x, k), (v: number) => gradient(x, k, v)] },
    "after the caller changed its arrays",
  ],
  [
    "overwrites what the caller gave",
    { cubesVjpInto: (x: Numbers, k: number, v: number, out: Numbers) => vjpInto(x, k, v, out.fill(0)) },
    "VjpInto: ⟨Jᵀv, u⟩",
  ],
  [
    "differs from differences",
    { cubesJvp: (x: Numbers, k: number, dx: Numbers, dk?: number) => [cubes(x, k), 1.001 * along(x, k, dx, dk)] },
    "Jvp against differences",
  ],
  [
    "prints",
    { cubesVjp: (x: Numbers, k: number, v: number) => (console.log(v), [cubes(x, k), gradient(x, k, v)]) },
    "Vjp: console",
  ],
  [
    "has a wrong shape",
    { cubesJacobian: (x: Numbers, k: number) => [{ data: gradient(x, k)[0], shape: [1, 3] }, gradient(x, k)[1]] },
    "Jacobian: the entry of x",
  ],
  [
    "is not symmetric",
    {
      cubesHessian: (x: Numbers, k: number) => [
        [hessian(x, k)[0][0], hessian(x, k)[0][1]],
        [hessian(x, 0)[0][1], 1],
      ],
    },
    "Hessian against differences",
  ],
  [
    "has a wrong second derivative",
    { cubesHvp: (x: Numbers, k: number, dx: Numbers) => hvp(x, k, dx, 0) },
    "Hvp against differences",
  ],
];

test.each(wrong)("a module that %s does not", (_, changed, message) => {
  expect(check(changed)).toContain(message);
});
