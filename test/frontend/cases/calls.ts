import type { Case } from "./case.ts";

const xs = (): Float64Array => Float64Array.of(1.5, -2, 0.25, 4, -0.5);

export const calls: readonly Case[] = [
  [
    "helpers",
    `function sq(x: number) { return x * x; } const cube = (x: number): number => x * sq(x); const half = function (x: number) { return x / 2; }; function f(x: number) { const y = sq(x); let z = cube(y); z += half(x) + sq(z) * sq(y); return z; }`,
    [[2], [-0.5]],
  ],
  [
    "calls keep their order",
    `let log = 0; function f(v: number[]) { return take(v) * 100 + take(v) * 10 + v.length + (take(v) - v[0]) * v.length; } function take(v: number[]): number { return v.pop() ?? 0; }`.replace(
      "let log = 0; ",
      "",
    ),
    [[[1, 2, 3, 4, 5]]],
  ],
  [
    "calls write into arguments",
    `function scale(x: Float64Array, k: number) { for (let i = 0; i < x.length; i++) x[i] *= k; } function bump(x: Float64Array): number { x[0]++; return x[0]; } function f(x: Float64Array) { scale(x, 2); const r = x[0] + bump(x) * x[0] + bump(x.subarray(1)) + x[1]; return r; }`,
    [[xs()]],
  ],
  [
    "recursion",
    `function fact(n: number): number { return n <= 1 ? 1 : n * fact(n - 1); } function even(n: number): boolean { return n === 0 || odd(n - 1); } function odd(n: number): boolean { return n !== 0 && even(n - 1); } function f(n: number) { return fact(n) + (even(n) ? 0.5 : 0.25); }`,
    [[5], [6]],
  ],
  [
    "tree recursion over an array",
    `function f(x: Float64Array, lo = 0, hi = x.length): number { if (hi - lo < 1) return 0; if (hi - lo === 1) return x[lo]; const mid = (lo + hi) >> 1; return f(x, lo, mid) + f(x, mid, hi); }`,
    [[xs()], [xs(), 1], [xs(), 1, 3]],
  ],
  [
    "tuples from calls",
    `function rot(x: number, y: number): [number, number] { return [y, -x]; } function stats(v: number[]): [mean: number, top: number] { let s = 0; let t = -Infinity; for (const a of v) { s += a; t = Math.max(t, a); } return [s / v.length, t]; } function f(x: number, y: number) { let [a, b] = rot(x, y); [a, b] = rot(a + 1, b); const r = rot(a, b); const [mean, top] = stats([a, b, r[0]]); const [, second] = rot(mean, top); return rot(a, second)[0] + r[1] * mean + stats([x, y])[1]; }`,
    [
      [1, 2],
      [-3, 0.5],
    ],
  ],
  [
    "tuples passed on",
    `function pair(x: number): [number, number] { return [x, x + 1]; } function both(x: number) { return pair(x * 2); } function f(x: number): [number, number] { if (x > 10) return pair(x); return x > 0 ? both(x) : pair(-x); }`,
    [[20], [5], [-5]],
  ],
  [
    "defaults",
    `const K = 2.5; function g(x: number, k = K, s: number = -1, flag = true) { return flag ? x * k + s : 0; } function f(x: number, y?: number) { return [g(x), g(x, 3), g(x, undefined, 4), g(x, y), g(x, y, y, false)]; }`,
    [[2], [2, 7]],
  ],
  [
    "computed defaults",
    `function g(x: number, y = x * 2, v: Float64Array = new Float64Array(2), w: number[] = [x]) { y += 1; v[0] += y; return y + v[0] + w[0]; } function f(x: number, v: Float64Array) { return [g(x), g(x, 3), g(x, undefined, v), g(x, 1, v, [5])]; }`,
    [[2, xs()]],
  ],
  [
    "optional parameters",
    `function g(x: number, y?: number, v?: Float64Array) { let s = x; if (y !== undefined) s += y * 10; if (v) s += v[0]; return s + (y ?? 100); } function f(x: number, v: Float64Array) { return [g(x), g(x, 2), g(x, undefined, v), g(x, 3, v)]; }`,
    [[1, xs()]],
  ],
  [
    "rest parameters",
    `function sum(k: number, ...xs: number[]) { let s = 0; for (const x of xs) s += x * k; xs[0] = 99; return s; } function f(a: number, v: number[]) { return [sum(a), sum(a, 1, 2, a), sum(2, ...v), v[0]]; }`,
    [
      [3, [4, 5]],
      [1, []],
    ],
  ],
  [
    "void functions",
    `function fill(out: Float64Array, x: number): void { if (x < 0) return; for (let i = 0; i < out.length; i++) out[i] = x + i; } function f(x: number, out: Float64Array): void { fill(out, x); return fill(out.subarray(2), x * 10); }`,
    [
      [1, xs()],
      [-1, xs()],
    ],
  ],
  [
    "calls in conditions",
    `function next(v: number[]): number { v[0]++; return v[0]; } function f(v: number[], n: number) { let s = 0; while (next(v) < n) s += v[0]; if (next(v) > 3 && next(v) > 4) s += 100; s += next(v) > 8 ? next(v) : -next(v); for (let i = 0; i < next(v) - 8; i++) s += 1000; return [s, v[0]]; }`.replace(
      "i < next(v) - 8",
      "i < 20 - next(v)",
    ),
    [
      [[0], 5],
      [[0], 1],
    ],
  ],
  [
    "calls in loops' headers and switches",
    `function inc(v: number[]): number { return (v[0] += 1); } function f(v: number[]) { let s = 0; for (let i = inc(v); i < 5; i += 1) s += i; switch (inc(v)) { case 2: s += 10; break; case 3: s += 20; break; default: s += 30; } do { s += 0.5; } while (inc(v) < 6); for (const x of Float64Array.of(inc(v), inc(v))) s += x; return [s, v[0]]; }`,
    [[[0]], [[1]], [[7]]],
  ],
  [
    "calls in returns of arrays",
    `function axpy(a: number, x: Float64Array, y: Float64Array): Float64Array { const r = new Float64Array(x.length); for (let i = 0; i < r.length; i++) r[i] = a * x[i] + y[i]; return r; } function rhs(x: Float64Array) { return Float64Array.of(x[1], -x[0]); } function f(x: Float64Array, h: number, n: number) { let y = x; for (let k = 0; k < n; k++) { const k1 = rhs(y); const k2 = rhs(axpy(h / 2, k1, y)); y = axpy(h, k2, y); } return y; }`,
    [[Float64Array.of(1, 0), 0.1, 5]],
  ],
  [
    "constants",
    `export const G = 9.81; const TWO_PI = 2 * Math.PI; const W = [0.5, 0.25]; const N = W.length; const FLAG = false; const NAME = "abc"; const TABLE = new Float64Array([1, 2, 3]); const D = TWO_PI / 3 + -G; const { sin } = Math; const cosine = Math.cos; function f(x: number) { let s = x * G + TWO_PI - D; for (let i = 0; i < 2; i++) s += W[i] * TABLE[i]; if (FLAG || NAME === "abc") s += N; for (const w of W) s += w; return s + sin(x) + cosine(x); }`,
    [[1], [2]],
  ],
  [
    "enums",
    `enum Kind { A, B = 5, C } const enum Flag { X = 1, Y = X << 3 } const P = { a: 2, b: 3.5 } as const; function f(k: Kind, x: number) { if (k === Kind.B) return x * Flag.Y; switch (k) { case Kind.A: return x; case Kind.C: return -x + P.b; } return P.a; }`,
    [
      [0, 3],
      [5, 3],
      [6, 3],
    ],
  ],
  [
    "stopGradient and tapGradient",
    `import { stopGradient, tapGradient } from "tsgrad"; const clip = (g: number): number => Math.min(1, g); function f(x: number, v: Float64Array) { const s = stopGradient(x * 2); const w = stopGradient(v); w[0] += 1; return s + tapGradient(x, clip) * tapGradient(x * x, (g) => g / 2) + w[0] + v[0]; }`,
    [[1, xs()]],
  ],
  [
    "functions of the same name",
    `function dot(a: number, b: number) { return a * b; } function f(x: number) { const dot2 = dot(x, 2); { const y = dot(dot2, 3); let f2 = y; f2++; return f2; } }`,
    [[1.5]],
  ],
  [
    "mutual writes and reads",
    `function push2(v: number[], x: number): number { v.push(x); return v.length; } function f(v: number[]) { const r = [v.length, push2(v, 1), v.length, push2(v, 2) + v[0], v.length]; v[push2(v, 3) - 1] = v.length; return [...r, ...v]; }`,
    [[[]], [[7, 8]]],
  ],
  [
    "throwing callees",
    `function check(x: number): number { if (x < 0) throw new RangeError("negative: " + x); return Math.sqrt(x); } function fail(m: string): never { throw new Error(m); } function f(x: number, v: number[]) { v[0] = 1; const y = check(x); v[0] = 2; if (y > 10) fail(\`large \${y}\`); return y; }`,
    [
      [4, [0]],
      [-4, [0]],
      [400, [0]],
    ],
  ],
  [
    "int",
    `import type { int } from "tsgrad"; function f(n: int, idx: int[], x: Float64Array): number { let s = n; s += x[idx[0]]; const m: int = Math.floor(s); let k: int = m; k = k + n; for (let i: int = n; i < 4; i++) s += x[i]; return s + k; }`,
    [[1, [2, 1], xs()]],
  ],
];
