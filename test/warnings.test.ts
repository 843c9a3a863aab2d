/** What is no cause for a warning: the other side of the examples in test/errors/TG310x. */
import path from "node:path";
import { describe, expect, test } from "vitest";
import { compile } from "../compiler/index.ts";
import { warningCodes } from "../compiler/diagnostics/table.ts";

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

test("a loop whose turns are counted in a number that the result is computed from is warned of", async () => {
  const counting = (type: string): string => `
    /** @differentiable grad */ export function f(x: number): number {
      let n${type} = 0;
      let y = x;
      while (y > 1) { y /= 2; n++; }
      return n * x; }`;
  expect(await codesOf(counting(""))).toEqual(["TG3106"]);
  expect(await codesOf(counting(": int"))).toEqual([]);
});

/** What each warning says that one can write instead: the text that it warns of, and what is silent. */
const ways: Readonly<Record<string, { readonly warned: string; readonly silent: Readonly<Record<string, string>> }>> = {
  TG3102: {
    warned: `/** @differentiable vjp */
      export function f(x: number, n: number): number { return n > 2 ? x * x : x; }`,
    silent: {
      "int as its type": `/** @differentiable vjp */
        export function f(x: number, n: int): number { return n > 2 ? x * x : x; }`,
      "what to differentiate, named": `/** @differentiable vjp
        @wrt x */
        export function f(x: number, n: number): number { return n > 2 ? x * x : x; }`,
      "a comment": `/** @differentiable vjp */
        // tsgrad-ignore TG3102
        export function f(x: number, n: number): number { return n > 2 ? x * x : x; }`,
    },
  },
  TG3103: {
    warned: `function talk(x: number): number { console.log(x); return x > 9 ? 1 : talk(x + 9); }
      /** @differentiable vjp */
      export function f(x: number): number {
        let y = x;
        // @checkpoint
        for (let i = 0; i < 9; i++) y = Math.sin(y) * talk(y);
        return y; }`,
    silent: {
      "the effects in the loop itself": `function count(x: number): number { return x > 9 ? 1 : count(x + 9); }
      /** @differentiable vjp */
      export function f(x: number): number {
        let y = x;
        // @checkpoint
        for (let i = 0; i < 9; i++) { console.log(y); y = Math.sin(y) * count(y); }
        return y; }`,
      "a comment": `function talk(x: number): number { console.log(x); return x > 9 ? 1 : talk(x + 9); }
      /** @differentiable vjp */
      export function f(x: number): number {
        let y = x;
        // tsgrad-ignore TG3103
        // @checkpoint
        for (let i = 0; i < 9; i++) y = Math.sin(y) * talk(y);
        return y; }`,
    },
  },
  TG3104: {
    warned: `/** @differentiable vjp */ export function f(x: number, y: number): number { return x * x; }`,
    silent: {
      "it is gone": `/** @differentiable vjp */ export function f(x: number): number { return x * x; }`,
      "a name that begins with _": `/** @differentiable vjp */ export function f(x: number, _y: number): number { return x * x; }`,
      "what to differentiate, named": `/** @differentiable vjp
        @wrt x */ export function f(x: number, y: number): number { return x * x; }`,
      "a comment": `/** @differentiable vjp */ export function f(x: number, y: number): number { return x * x; } // tsgrad-ignore TG3104`,
    },
  },
  TG3105: {
    warned: `/** @differentiable vjp
      @wrt x, y */
      export function f(x: number, y: number): number { return y > 0 ? x * x : x; }`,
    silent: {
      "left out of @wrt": `/** @differentiable vjp
        @wrt x */ export function f(x: number, y: number): number { return y > 0 ? x * x : x; }`,
      "a comment": `/** @differentiable vjp
      // tsgrad-ignore TG3105
      @wrt x, y */
      export function f(x: number, y: number): number { return y > 0 ? x * x : x; }`,
    },
  },
  TG3106: {
    warned: `/** @differentiable grad */
      export function f(x: number): number { let y = x; while (y * y > 1e-3) y = y / 2; return y; }`,
    silent: {
      "stopGradient of the value": `/** @differentiable grad */
        export function f(x: number): number { let y = x; while (stopGradient(y * y) > 1e-3) y = y / 2; return y; }`,
      "turns that are counted": `/** @differentiable grad */
        export function f(x: number, n: int): number { let y = x; for (let i = 0; i < n; i++) y = y / 2; return y; }`,
      "a comment": `/** @differentiable grad */
        export function f(x: number): number { let y = x;
          // tsgrad-ignore TG3106
          while (y * y > 1e-3) y = y / 2;
          return y; }`,
    },
  },
  TG3107: {
    warned: `/** @differentiable vjp */
      export function f(x: number): number { switch (x) { case 0: return 1; default: return Math.sin(x) / x; } }`,
    silent: {
      "an order": `/** @differentiable vjp */
        export function f(x: number): number { return Math.abs(x) < 1e-8 ? 1 : Math.sin(x) / x; }`,
      "stopGradient of the value": `/** @differentiable vjp */
        export function f(x: number): number { switch (stopGradient(x)) { case 0: return 1; default: return Math.sin(x) / x; } }`,
      "a comment": `/** @differentiable vjp */
        export function f(x: number): number { return x === 0 ? 1 : Math.sin(x) / x; } // tsgrad-ignore TG3107`,
    },
  },
};

test("every warning at a place in a source has its ways to be silent here", () => {
  expect(Object.keys(ways).sort()).toEqual([...warningCodes].sort());
});

describe.each(Object.entries(ways))("%s is silenced by", (code, { warned, silent: variants }) => {
  test.each(Object.entries(variants))("%s", async (_, text) => {
    expect(await codesOf(warned)).toEqual([code]);
    expect(await codesOf(text)).toEqual([]);
  });
});
