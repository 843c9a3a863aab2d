/** The language fence: each thing outside of the language is reported where it stands, all in one run. */
import { expect, test } from "vitest";
import { table } from "../../compiler/diagnostics/table.ts";
import { lowerText } from "../support/lower.ts";

/** A title, the text, and what is reported: code and the text that it points at. */
type Refusal = readonly [title: string, text: string, reports: readonly string[]];

const refusals: readonly Refusal[] = [
  [
    "any",
    `function f(x: number, y: any) { const z = y + 1; return x as any; }`,
    ["TG1003 any", "TG1003 x as any", "TG1003 f"],
  ],
  ["unions", `function f(x: number | string) { return typeof x === "number" ? x : 0; }`, ["TG1002 number | string"]],
  [
    "optional items",
    `function f(p: readonly [number, number?]) { return p[0]; }`,
    ["TG1002 readonly [number, number?]"],
  ],
  [
    "tuples of several lengths",
    `function f(x: number) { const t = x > 0 ? ([x, 2] as const) : ([x] as const); return t.length * t[0]; }`,
    ["TG1002 const t = x > 0 ? ([x, 2] as const) : ([x] as const);"],
  ],
  [
    "null beside undefined",
    `function f(x: number | null | undefined) { return x ?? 0; }`,
    ["TG1002 number | null | undefined"],
  ],
  [
    "a list in place of a typed array",
    `function f(p: { v?: Float64Array }) { const { v: [first] = [0.5] } = p; return first ?? 1; }`,
    ["TG1015 const { v: [first] = [0.5] } = p;"],
  ],
  ["a default beside null", `function f(y: number, x: number | null = y) { return x ?? 0; }`, ["TG1002 number | null"]],
  [
    "null or undefined, exactly",
    `function f(o: { k: number | null } | null) { const k = o?.k; return k === null ? 0 : k ?? 1; }`,
    ["TG1002 k"],
  ],
  [
    "rows that concat takes apart",
    `function f(m: number[][], row: number[]) { return m.concat(row).length * m.concat([row]).concat(m).length; }`,
    ["TG1001 row"],
  ],
  [
    "constants that are only declared",
    `declare const norm: (x: number[]) => number; function f(x: number) { return norm([x]); }`,
    ["TG1004 norm([x])"],
  ],
  [
    "classes that are only declared",
    `declare class Spline { constructor(x: number); at(x: number): number; } function f(x: number) { return new Spline(x).at(x); }`,
    ["TG1015 at"],
  ],
  ["bigint", `function f(x: number) { const y = 1n; return x; }`, ["TG1001 1n"]],
  [
    "external calls",
    `declare function ext(x: number[]): number; declare function any(x: number): any; function f(x: number) { return ext([x]) + (any(1) as number); }`,
    ["TG1004 ext([x])", "TG1004 any(1)"],
  ],
  [
    "collections of objects",
    `function f(x: number) { const w = new WeakSet<object>(); return x; }`,
    ["TG1032 new WeakSet<object>()"],
  ],
  [
    "impure calls",
    `function f(x: number) { return x * Math.random() + Date.now() + performance.now(); }`,
    ["TG1005 Math.random()", "TG1005 Date.now()", "TG1005 performance.now()"],
  ],
  [
    "impure calls by other names",
    `const now = Date.now; function f(x: number[]) { return x.map(Math.random)[0]! + globalThis.Math.random() + now(); }`,
    ["TG1005 Math.random", "TG1005 globalThis.Math.random()", "TG1005 now()"],
  ],
  [
    "variables of module scope",
    `let k = 1; var m = 2; function f(x: number) { k += x; k++; m = x; return k * x; }`,
    ["TG1007 k", "TG1007 k", "TG1007 m", "TG1006 k"],
  ],
  [
    "arrays of module scope",
    `const W = [1, 2]; function f(x: number) { W[0] = x; W.push(x); W[1] += x; return W[0]; }`,
    ["TG1007 W[0]", "TG1007 W.push(x)", "TG1007 W[1]", "TG1016 W"],
  ],
  [
    "local functions",
    `function f(x: number) { let n = 0; function g(y: number): number { n++; return y < 1 ? x : g(y - 1); } let h = (y: number) => y; for (let i = 0; i < 3; i++) { let k = i; h = (y) => y * k++; } return g(x) + h(x) + n; }`,
    ["TG1036 (y) => y * k++", "TG1008 g"],
  ],
  [
    "functions as values",
    `function g(x: number) { return x; } function f(x: number, h: (x: number) => number) { const k = x > 0 ? h : g; const ks = [g]; ks.push(g); return k(x) + ks.at(x)!(x); }`,
    ["TG1002 (x: number) => number", "TG1009 ks.push(g)", "TG1009 ks.at(x)"],
  ],
  [
    "overloads",
    `import { grad } from "tsgrad"; function g(x: number): number; function g(x: string): number; function g(x: number | string): number { return Number(x); } function f(x: number) { return grad(g)(x); }`,
    ["TG1010 g"],
  ],
  ["type parameters", `function f<T extends number>(x: T): number { return x; }`, ["TG1011 f"]],
  [
    "type parameters without end",
    `function g<T>(x: T, n: number): number { return n <= 0 ? 1 : g([x], n - 1) + 1; } function f(x: number) { return g(x, 3) * x; }`,
    ["TG1011 g"],
  ],
  [
    "a transform of a generic function",
    `import { grad } from "tsgrad"; const square = <T extends number>(x: T): number => x * x; function f(x: number) { return grad(square)(x); }`,
    ["TG1011 square"],
  ],
  [
    "async and generators",
    `async function g(x: number) { return x; } function* h(x: number) { yield x; } function f(x: number) { void g(x); h(x); return x; }`,
    ["TG1013 g", "TG1013 h"],
  ],
  ["var", `function f(x: number) { var y = x; return y; }`, ["TG1014 var y = x"]],
  [
    "methods",
    `function f(x: number[]) { x.sort(); x.length = 2; return x.lastIndexOf(1, 2); }`,
    ["TG1015 x.sort()", "TG1015 x.length", "TG1015 x.lastIndexOf(1, 2)"],
  ],
  [
    "constants that cannot be copied",
    `function make() { return [1, 2]; } const W = make(); const O = { a: 1 }; const A = O.a; export const E = make(); function f(x: number) { return W[0] * x + A + E[1]; }`,
    ["TG1016 W"],
  ],
  [
    "untyped declarations",
    `function f(x: number) { let y; const v = []; y = x; v.push(x); return y + v[0]; }`,
    ["TG1017 y", "TG1017 v"],
  ],
  [
    "declarations shared by clauses",
    `function f(k: number, x: number) { switch (k) { case 0: let y = 1; case 1: y = x; x += y; } return x; }`,
    ["TG1018 y", "TG1018 y"],
  ],
  [
    "loose comparison",
    `function f(x: number, s: string) { return (x as unknown as string) == s ? x : 0; }`,
    ["TG1019 (x as unknown as string) == s"],
  ],
  [
    "transforms of unknown functions",
    `import { grad } from "tsgrad"; declare const h: (x: number) => number; function f(x: number) { return grad(h)(x) + grad((y: number) => y)(x); }`,
    ["TG1020 h"],
  ],
  [
    "options of transforms",
    `import { grad } from "tsgrad"; function g(x: number, y: number) { return x * y; } function f(x: number, k: number) { return grad(g, { wrt: k })(x, x); }`,
    ["TG1021 wrt: k"],
  ],
  [
    "checkpoints",
    `function f(x: number) {\n  // @checkpoint\n  const y = x;\n  // @checkpoint soon\n  for (let i = 0; i < 3; i++) x += y;\n  return x; }`,
    ["TG1022 // @checkpoint", "TG1022 // @checkpoint soon"],
  ],
  [
    "captures of taps",
    `import { tapGradient } from "tsgrad"; function f(x: number, k: number) { return tapGradient(x, (g) => g * k); }`,
    ["TG1023 k"],
  ],
  [
    "tuples by a varying index that may be behind the end",
    `function f(x: number, i: number) { const p: [number, number] = [x, 1]; p[0] = 2; return p[i] ?? x; }`,
    ["TG1024 p[i]"],
  ],
  [
    "try, with classes and the like",
    `function f(x: number) { try { x += delete (x as never); } catch { x = 1; } class A {} for (const k in [1]) x++; debugger; return new A() ? x : 0; }`,
    [
      "TG1001 try",
      "TG1001 delete (x as never)",
      "TG1001 class A {}",
      "TG1001 for (const k in [1]) x++;",
      "TG1001 debugger;",
      "TG1001 new A()",
    ],
  ],
  [
    "static fields that change",
    `class A { static k = 1; static m(x: number) { return this.k * x; } } function f(x: number) { return A.m(x); }`,
    ["TG1006 this.k"],
  ],
  ["spreads", `function f(x: number[]) { return Math.atan2(1, ...x); }`, ["TG1001 ...x"]],
  [
    "numbers read as texts",
    `function f(x: number) { return parseFloat(x as never) + Number.parseInt(x as never); }`,
    ["TG1031 parseFloat(x as never)", "TG1031 Number.parseInt(x as never)"],
  ],
  [
    "what has no source to see",
    `declare const lib: { erf(x: Float64Array): number }; function f(x: Float64Array) { return new Function("x") ? lib.erf(x) : (JSON.parse("1") as number); }`,
    ['TG1030 new Function("x")', "TG1004 lib.erf(x)", 'TG1031 JSON.parse("1")'],
  ],
  [
    "names of the prototype as methods",
    `function f(x: number[]) { x.hasOwnProperty("0"); x.toLocaleString(); return x.valueOf() ? 1 : 0; }`,
    ['TG1015 x.hasOwnProperty("0")', "TG1015 x.toLocaleString()", "TG1015 x.valueOf()"],
  ],
  [
    "memory that may be shared",
    `function f(x: Float64Array) { const y = new Float64Array(x.buffer, 8, 2); const z = x.buffer; return y[0]!; }`,
    ["TG1035 new Float64Array(x.buffer, 8, 2)", "TG1035 x.buffer"],
  ],
  [
    "shapes that do not fit",
    `import { add, type Tensor } from "tsgrad"; function f(x: Tensor<[2, 3]>, y: Tensor<[4]>) { return add(x, y); }`,
    ["TG1040 add(x, y)"],
  ],
  [
    "a getter that counts",
    `class A { n = 0; get next(): number { return ++this.n; } } function f(x: number) { return x * new A().next; }`,
    ["TG1033 new A().next"],
  ],
  [
    "a call that may not happen",
    `function f(x: number, o: { g?: number }) { return x + (Math.sin?.(x) ?? 0); }`,
    ["TG1001 Math.sin?.(x)"],
  ],
  [
    "undefined in arithmetic",
    `function f(x: number[]) { const y = x.pop(); return (y as number) + x.at(0)! * (x.pop() as unknown as number); }`,
    [],
  ],
  [
    "parameters of functions that are run in place",
    `function f(xs: number[]) { return xs.map((...k) => k[0] * k.length); }`,
    ["TG1012 ...k"],
  ],
  [
    "errors in callees",
    `function g(x: number) { return new Map([[x, [x]]]); } function h(x: number) { return g(x) ? x : 0; } function f(x: number) { return h(x); }`,
    ["TG1002 g", "TG1002 new Map([[x, [x]]])"],
  ],
  [
    "all errors of a function",
    `function f(x: number) { const a = Math.random(); if (x > 0) { const b = /r/; } for (let i = 0; i < Date.now(); i++) { x += null!; } return eval("x"); }`,
    ["TG1005 Math.random()", "TG1001 /r/", "TG1005 Date.now()", "TG1002 null!", 'TG1030 eval("x")', "TG1003 f"],
  ],
];

test.each(refusals)("%s", (_, text, wanted) => {
  const lowered = lowerText(text);
  const key = lowered.lower("f");
  const got = lowered.reports.map((report) => `${report.code} ${text.slice(report.origin!.start, report.origin!.end)}`);
  expect(got.toSorted()).toEqual([...wanted].toSorted());
  expect(key === undefined).toBe(wanted.length > 0);
  for (const report of lowered.reports) {
    expect(`${report.message} ${report.hint ?? ""}`).not.toMatch(/\{\d\}/);
    expect(report.severity).toBe("error");
  }
});

// The last two show when a function is differentiated.
test("every code of the fence is reported by some case", () => {
  const known = Object.keys(table).filter((code) => code.startsWith("TG10"));
  const seen = new Set(refusals.flatMap(([, , reports]) => reports.map((report) => report.slice(0, 6))));
  expect(known.filter((code) => !seen.has(code))).toEqual(["TG1025", "TG1034", "TG1037", "TG1038", "TG1039", "TG1041"]);
});
