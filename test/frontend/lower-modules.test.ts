/** What lowering makes of modules, names and annotations: keys, constants, derivatives, quotes. */
import { describe, expect, test } from "vitest";
import { loweredLocal } from "../../compiler/frontend/lower/index.ts";
import type { Stmt } from "../../compiler/ir/types.ts";
import { collectStmts, walkBlock } from "../../compiler/ir/visit.ts";
import { interpret } from "../support/interpret.ts";
import { functionNamed, javascript, lowerText } from "../support/lower.ts";

function messages(lowered: ReturnType<typeof lowerText>): string[] {
  return [...lowered.typeErrors, ...lowered.reports.map((report) => `${report.code} ${report.message}`)];
}

describe("modules", () => {
  const helpers = `
    export const G = 9.81;
    const HIDDEN = [1, 2 * G];
    export function dot(a: number, b: number): number { return a * b + HIDDEN[1]; }
    export default function (x: number) { return x + 1; }
    export enum Kind { A = 3 }
  `;

  test("functions and constants of other files", () => {
    const lowered = lowerText(
      `import plus, { dot as product, G, Kind } from "./helpers";
       import * as all from "./helpers";
       function dot(x: number) { return x * 2; }
       export function f(x: number) { return product(x, G) + dot(x) + plus(x) + all.dot(all.G, Kind.A); }`,
      { "/helpers.ts": helpers },
    );
    expect(lowered.print("f")).toMatchInlineSnapshot(`
      "function f(x: number): number {
        const productResult: number = dot(x, G)
        const dotResult: number = dot_main(x)
        const plusResult: number = helpers(x)
        const dotResult2: number = dot(G, 3)
        return productResult + dotResult + plusResult + dotResult2
      }
      "
    `);
    expect(messages(lowered)).toEqual([]);
    expect([...lowered.program.keys()]).toEqual(["f", "dot", "dot_main", "helpers"]);
    expect(
      [...lowered.symbols.values()].map(({ key, file, exported, text, uses }) => ({ key, file, exported, text, uses })),
    ).toMatchInlineSnapshot(`
      [
        {
          "exported": true,
          "file": "/helpers.ts",
          "key": "G",
          "text": "const G = 9.81;",
          "uses": [],
        },
        {
          "exported": false,
          "file": "/helpers.ts",
          "key": "HIDDEN",
          "text": "const HIDDEN = [1, 2 * G];",
          "uses": [
            "G",
          ],
        },
      ]
    `);
  });

  test("recursion across files", () => {
    const lowered = lowerText(
      `import { odd } from "./odd"; export function even(n: number): boolean { return n === 0 ? true : odd(n - 1); }`,
      {
        "/odd.ts": `import { even } from "./main"; export function odd(n: number): boolean { return n === 0 ? false : even(n - 1); }`,
      },
    );
    expect(lowered.lower("even")).toBe("even");
    expect([...lowered.program.keys()]).toEqual(["even", "odd"]);
    expect(messages(lowered)).toEqual([]);
  });

  test("a function is lowered once, and errors in callees concern their callers", () => {
    const lowered = lowerText(
      `function bad(x: number) { return new Map([[x, [x]]]); } function g(x: number) { return bad(x) ? x : 1; } function f(x: number) { return g(x); } function h(x: number) { return x; }`,
    );
    expect([lowered.lower("f"), lowered.lower("g"), lowered.lower("h"), lowered.lower("h")]).toEqual([
      undefined,
      undefined,
      "h",
      "h",
    ]);
    expect(lowered.reports).toHaveLength(2);
    expect([...lowered.program.keys()]).toEqual(["h"]);
  });
});

describe("derivatives in the body", () => {
  test("transforms of named functions", () => {
    const lowered = lowerText(`
      import { grad, hvp, jvp, valueAndGrad, vjp } from "tsgrad";
      import * as tg from "tsgrad";
      function g(x: number, y: number) { return x * x * y; }
      const h = (v: Float64Array): number => v[0] * v[1];
      const slope = grad(g);
      export function f(x: number, v: Float64Array) {
        const a = grad(g)(x, 2) + tg.grad(g)(x, 3) + slope(x, 4);
        const [value, gh] = valueAndGrad(h)(v);
        const b = grad(grad(h as unknown as (x: number) => number))(x);
        const [, t] = jvp(h)(v, v);
        return a + value + gh[0] + b + t + hvp(h)(v, v)[1][0] + vjp(h)(v, 1)[0] + grad(g, { wrt: 1 })(x, 2);
      }`);
    expect(lowered.print("f")).toMatchInlineSnapshot(`
      "function f(x: number, v: Float64Array): number {
        const gGradResult: number = gGrad(x, 2)
        const gGradResult2: number = gGrad(x, 3)
        const slopeResult: number = gGrad(x, 4)
        const a: number = gGradResult + gGradResult2 + slopeResult
        const [value: number, gh: Float64Array] = hValueAndGrad(v)
        const b: number = hGradGrad(x)
        const [, t: number] = hJvp(v, v)
        const before: number = a + value + gh[0] + b + t
        const [value2: number, products: Float64Array] = hHvp(v, v)
        const before2: number = before + products[0]
        const [value3: number, grads: Float64Array] = hVjp(v, 1)
        const gGradResult3: number = gGradWrt1(x, 2)
        return before2 + value3 + gGradResult3
      }
      fault: f: gGrad is no function of the program
      fault: f: gGrad is no function of the program
      fault: f: gGrad is no function of the program
      fault: f: hValueAndGrad is no function of the program
      fault: f: hGradGrad is no function of the program
      fault: f: hJvp is no function of the program
      fault: f: hHvp is no function of the program
      fault: f: hVjp is no function of the program
      fault: f: gGradWrt1 is no function of the program
      "
    `);
    expect([...lowered.derived.values()].map(({ key, of, mode, wrt }) => ({ key, of, mode, wrt })))
      .toMatchInlineSnapshot(`
      [
        {
          "key": "gGrad",
          "mode": "grad",
          "of": "g",
          "wrt": undefined,
        },
        {
          "key": "hValueAndGrad",
          "mode": "valueAndGrad",
          "of": "h",
          "wrt": undefined,
        },
        {
          "key": "hGrad",
          "mode": "grad",
          "of": "h",
          "wrt": undefined,
        },
        {
          "key": "hGradGrad",
          "mode": "grad",
          "of": "hGrad",
          "wrt": undefined,
        },
        {
          "key": "hJvp",
          "mode": "jvp",
          "of": "h",
          "wrt": undefined,
        },
        {
          "key": "hHvp",
          "mode": "hvp",
          "of": "h",
          "wrt": undefined,
        },
        {
          "key": "hVjp",
          "mode": "vjp",
          "of": "h",
          "wrt": undefined,
        },
        {
          "key": "gGradWrt1",
          "mode": "grad",
          "of": "g",
          "wrt": [
            {
              "index": 1,
              "kind": "param",
            },
          ],
        },
      ]
    `);
    expect(messages(lowered)).toEqual([]);
  });

  test("functions of generated modules", () => {
    const files = {
      "/g.ts": `export function g(x: number) { return x * x; }`,
      "/g.grad.ts": `export declare function gGrad(x: number): number; export declare function gOther(x: number): number;`,
    };
    const lowered = lowerText(
      `import { gGrad, gOther } from "./g.grad"; import { grad } from "tsgrad"; export function f(x: number) { return gGrad(x) + grad(gGrad)(x); } export function bad(x: number) { return gOther(x); }`,
      files,
      {
        generated: (symbol) => {
          const of = functionNamed(lowered.sources.get("/g.ts"), "g");
          return symbol.name === "gGrad" && of
            ? { of, steps: [{ mode: "grad", outputs: [{ kind: "return" }] }] }
            : undefined;
        },
      },
    );
    expect(lowered.print("f")).toMatchInlineSnapshot(`
      "function f(x: number): number {
        const gGradResult: number = gGrad(x)
        const gGradGradResult: number = gGradGrad(x)
        return gGradResult + gGradGradResult
      }
      fault: f: gGrad is no function of the program
      fault: f: gGradGrad is no function of the program
      "
    `);
    expect([...lowered.derived.keys()]).toEqual(["gGrad", "gGradGrad"]);
    expect(lowered.lower("bad")).toBeUndefined();
    expect(messages(lowered)).toEqual(["TG1025 gOther is not a function that this build generates."]);
  });
});

describe("pullbacks", () => {
  test("a hand-written rule returns a function", () => {
    const text = `
      export function f(x: number, y: number): [number, (v: number) => [number, number]] {
        let h = Math.sqrt(x * x + y * y);
        const g: [number, (v: number) => [number, number]] = [h, (v) => [(v * x) / h, (v * y) / h]];
        if (x < 0) return g;
        const back = (v: number): [number, number] => { if (v === 0) return [0, 0]; h += 1; const s = v * h; return [s, -s]; };
        if (x < 10) return [h, back];
        function named(v: number): [number, number] { return [v, v + y]; }
        const [p] = back(2);
        return [h + p * h, named];
      }`;
    const lowered = lowerText(text);
    expect(lowered.print("f")).toMatchInlineSnapshot(`
      "function f(x: number, y: number): [number, (v: number) => [number, number]] {
        let h: number = sqrt(x * x + y * y)
        const pullback = (v: number): [number, number] => {
          return (v * x / h, v * y / h)
        }
        const g0: number = h
        if (x < 0) {
          return (g0, pullback)
        }
        const back = (v2: number): [number, number] => {
          if (v2 === 0) {
            return (0, 0)
          }
          h = h + 1
          const s: number = v2 * h
          return (s, -s)
        }
        if (x < 10) {
          return (h, back)
        }
        const named = (v3: number): [number, number] => {
          return (v3, v3 + y)
        }
        const [p: number, ] = apply back(2)
        return (h + p * h, named)
      }
      "
    `);
    expect(messages(lowered)).toEqual([]);

    const original = (new Function("exports", `${javascript(text)}\nreturn f;`) as (e: object) => Rule)({});
    type Rule = (x: number, y: number) => [number, (v: number) => [number, number]];
    for (const x of [-3, 3, 30]) {
      const [wantedValue, wanted] = original(x, 4);
      const [value, pullback] = interpret(lowered.program, "f", [x, 4]) as ReturnType<Rule>;
      expect(value).toBe(wantedValue);
      for (const v of [1, 0, 2]) expect(pullback(v)).toEqual(wanted(v));
    }
  });

  test("pullbacks of other functions are called", () => {
    const lowered = lowerText(`
      import { pullback } from "tsgrad";
      const g = (x: number): number => x * x;
      export function f(x: number): number { const [y, back] = pullback(g)(x); return y * back(1) + back(x); }`);
    expect(lowered.print("f")).toMatchInlineSnapshot(`
      "function f(x: number): number {
        const [y: number, back: (v: number) => number] = gPullback(x)
        const backResult: number = apply back(1)
        const backResult2: number = apply back(x)
        return y * backResult + backResult2
      }
      fault: f: gPullback is no function of the program
      "
    `);
    expect(messages(lowered)).toEqual([]);
  });
});

describe("notes on statements", () => {
  const lowered = lowerText(`
    export function f(x: Float64Array, n: number): number {
      let s = 0; // the sum
      // @checkpoint 100
      for (let i = 0; i < x.length; i++) {
        s += x[i] /* twice */
          * 2;
      }
      // @checkpoint
      while (s > n) s = g(s) + s;
      if (s > 1 &&
          n > 2) { return -s; }
      switch (n) { case 1: s++; }
      do s -= 1; while (s > 0);
      for (const v of x) console.log("a  //  b", v);
      return s;
    }
    function g(x: number) { return x / 2; }`);
  lowered.lower("f");
  const func = lowered.program.get("f")!;

  test("quotes are one line of source", () => {
    const quotes: string[] = [];
    walkBlock(func.body, (stmt: Stmt) => void quotes.push(`${stmt.kind}: ${stmt.quote ?? "-"}`));
    expect(quotes).toMatchInlineSnapshot(`
      [
        "let: let s = 0",
        "for: for (let i = 0; i < x.length; i++)",
        "assign: s += x[i] * 2",
        "while: while (s > n)",
        "call: s = g(s) + s",
        "assign: s = g(s) + s",
        "if: if (s > 1 && n > 2)",
        "return: return -s",
        "if: switch (n)",
        "assign: s++",
        "let: do … while (s > 0)",
        "while: do … while (s > 0)",
        "assign: s -= 1",
        "assign: do … while (s > 0)",
        "for: for (const v of x)",
        "let: for (const v of x)",
        "effect: console.log("a  //  b", v)",
        "return: return s",
      ]
    `);
  });

  test("every statement has an origin", () => {
    walkBlock(func.body, (stmt) => {
      expect(stmt.origin, stmt.kind).toBeDefined();
    });
  });

  test("checkpoints", () => {
    expect(collectStmts(func.body, "for").map((loop) => loop.checkpoint?.snapshots)).toEqual([100, undefined]);
    expect(collectStmts(func.body, "while").map((loop) => loop.checkpoint?.snapshots)).toEqual(["auto", undefined]);
  });
});

describe("names and types", () => {
  test("variables keep their names where they can", () => {
    const lowered = lowerText(`
      const scale = 2;
      function sum(x: number) { return x; }
      export function f(x: number, Math2: number) {
        for (let i = 0; i < 2; i++) { const y = i; x += y; }
        for (let i = 0; i < 2; i++) { const scale = i; const sum = scale; x += sum; }
        const i = x; const y = i; const xBefore = x++; const sumResult = 1;
        return sum(x) * scale + y + xBefore + sumResult + (x++) * x + Math2;
      }`);
    expect(lowered.print("f")).toMatchInlineSnapshot(`
      "function f(x: number, Math2: number): number {
        let x2: number = x
        for (let i2 = 0; i2 < 2; i2 += 1) {
          const y2: int = i2
          x2 = x2 + y2
        }
        for (let i3 = 0; i3 < 2; i3 += 1) {
          const scale2: int = i3
          const sum2: int = scale2
          x2 = x2 + sum2
        }
        const i: number = x2
        const y: number = i
        const x2Before: number = x2
        x2 = x2Before + 1
        const xBefore: number = x2Before
        const sumResult: number = 1
        const sumResult2: number = sum(x2)
        const x2Before2: number = x2
        x2 = x2Before2 + 1
        return sumResult2 * scale + y + xBefore + sumResult + x2Before2 * x2 + Math2
      }
      "
    `);
    expect(messages(lowered)).toEqual([]);
    const node = functionNamed(lowered.sources.get("/main.ts"), "f")!;
    expect(["i", "y", "xBefore", "nothing"].map((name) => loweredLocal(lowered.context, node, name))).toEqual([
      "i",
      "y",
      "xBefore",
      undefined,
    ]);
  });

  test("int counts where it is written, and for counts", () => {
    const lowered = lowerText(`
      import type { int } from "tsgrad";
      type Index = int;
      export function f(n: int, idx: int[], k: Index, m?: int): int {
        const a = n; let b = n; const c: number = n; let d: int = 2.5; b += 0.5; d += b;
        const e = idx.length; const g = idx[0]; const h = n * 2 + 1; const q = n / 2; const r = c | 0;
        for (let i = n - 1; i >= 0; i -= 1) d += i;
        for (let i = c - 1; i >= 0; i -= 1) d += i;
        return a + b + c + e + g + h + q + r + k + (m ?? 0);
      }`);
    expect(lowered.print("f")).toMatchInlineSnapshot(`
      "function f(n: int, idx: int[], k: int, m?: int): int {
        const a: int = n
        let b: number = n
        const c: number = n
        let d: int = 2.5
        b = b + 0.5
        d = d + b
        const e: int = idx.length
        const g: int = idx[0]
        const h: int = n * 2 + 1
        const q: number = n / 2
        const r: int = c | 0
        for (let i = n - 1; i >= 0; i -= 1) {
          d = d + i
        }
        for (let i2 = c - 1; i2 >= 0; i2 -= 1) {
          d = d + i2
        }
        return a + b + c + e + g + h + q + r + k + (m ?? 0)
      }
      "
    `);
    expect(messages(lowered)).toEqual([]);
  });

  test("choices that are written as literals or enums are int", () => {
    const lowered = lowerText(
      `enum Kind { A, B } export function f(x: number, k: 0 | 1, m: Kind, s?: 1 | 2): number { const a = 1; return k === 0 && m === Kind.B ? x * a : (s ?? 1); }`,
    );
    expect(lowered.print("f")).toMatchInlineSnapshot(`
      "function f(x: number, k: int, m: int, s?: int): number {
        const a: number = 1
        return k === 0 && m === 1 ? x * a : s ?? 1
      }
      "
    `);
    const refused = lowerText(`export function f(x: number, k: 0.5 | 1) { return x * k; }`);
    refused.lower("f");
    expect(refused.reports.map((report) => report.code)).toEqual(["TG1002"]);
  });

  test("noUncheckedIndexedAccess", () => {
    const lowered = lowerText(
      `export function f(x: Float64Array, n: number[]) { const a = x[0]!; const b = x[1]; if (b === undefined) return a; let s = 0; for (const v of n) s += v; const [c = 1] = n; return a * b + s + c; }`,
      {},
      { strictIndexing: true },
    );
    expect(lowered.print("f")).toMatchInlineSnapshot(`
      "function f(x: Float64Array, n: number[]): number {
        const a: number = x[0]
        const b: number | undefined = x[1]
        if (b === undefined) {
          return a
        }
        let s: number = 0
        for (let vIndex = 0; vIndex < n.length; vIndex += 1) {
          const v: number = n[vIndex]
          s = s + v
        }
        const c: number = n[0] ?? 1
        return a * b + s + c
      }
      "
    `);
    expect(messages(lowered)).toEqual([]);
  });
});
