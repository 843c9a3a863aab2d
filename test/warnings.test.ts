/** What is no cause for a warning: the other side of the examples in test/errors/TG310x. */
import path from "node:path";
import { expect, test } from "vitest";
import { compile } from "../compiler/index.ts";

const folder = "/tsgrad-warnings";

async function codesOf(body: string): Promise<readonly string[]> {
  const overlay = new Map([
    [path.join(folder, "input.ts"), `import { stopGradient, type int } from "tsgrad";\n${body}`],
  ]);
  const { reports } = await compile({ cwd: folder, files: ["input.ts"], overlay });
  return reports.map((report) => report.code);
}

const silent: Readonly<Record<string, string>> = {
  "a guard that throws": `/** @differentiable grad */
    export function f(x: number): number { if (x === 0) throw new Error("zero"); return 1 / x; }`,
  "a test for NaN": `/** @differentiable grad */
    export function f(x: number): number { return x !== x || x === Infinity ? 0 : 1 / x; }`,
  "choices by what has no derivative": `/** @differentiable grad */
    export function f(x: number, mode: string, i: int): number {
      if (mode === "a") return x;
      return i === 2 || Math.floor(x) === 3 ? x * x : x * x * x; }`,
  "a parameter that may be left out": `/** @differentiable vjp */
    export function f(x: number, y?: number): number { return y === undefined ? x : x * y; }`,
  "choices by order": `/** @differentiable grad */
    export function f(x: number): number { return x > 1 ? 1 : x < 0 ? 0 : x * x; }`,
  "a search, whose loop changes nothing that has a derivative": `/** @differentiable vjp */
    export function f(x: Float64Array, t: number): number {
      let k = 0;
      while (k + 1 < x.length && x[k]! < t) k++;
      return x[k]! * t; }`,
  "a loop that stands behind an early return": `/** @differentiable grad */
    export function f(x: number): number {
      if (x <= 0) return 0;
      let sum = 0;
      for (let i = 0; i < 10; i++) { if (i === 7) break; sum += x * i; }
      return sum; }`,
  "a bound that is rounded": `/** @differentiable grad */
    export function f(x: number): number {
      let y = x;
      for (let i = 0; i < Math.floor(x); i++) y *= x;
      return y; }`,
  "stopGradient in the condition": `/** @differentiable grad */
    export function f(x: number): number {
      let y = x;
      while (stopGradient(y) > 1) y /= 2;
      return stopGradient(y) === 1 ? y : y * y; }`,
  "a parameter whose name says that it is not used": `/** @differentiable grad */
    export function f(x: number, _y: number): number { return x * x; }`,
};

test.each(Object.entries(silent))("%s", async (_, text) => {
  expect(await codesOf(text)).toEqual([]);
});

test("a helper is warned of once, for all functions that call it", async () => {
  const text = `
    function root(a: number): number {
      let x = a;
      while (Math.abs(x * x - a) > 1e-12) x = 0.5 * (x + a / x);
      return x; }
    /** @differentiable grad */ export function f(a: number): number { return root(a); }
    /** @differentiable grad hvp */ export function g(a: number, b: number): number { return root(a) * root(b); }`;
  expect(await codesOf(text)).toEqual(["TG3106"]);
});

test("a recursive function is warned of where it is not inlined", async () => {
  const text = `
    function halve(x: number, n: int): number {
      if (n === 0) return x;
      let y = x;
      while (y > 1) y /= 2;
      return halve(y, n - 1); }
    /** @differentiable vjp */ export function f(x: number): number { return halve(x, 3); }`;
  expect(await codesOf(text)).toEqual(["TG3106"]);
});
