import type { Case } from "./case.ts";

const xs = (): Float64Array => Float64Array.of(1.5, -2, 0.25, 4, -0.5);

export const arrays: readonly Case[] = [
  [
    "new typed arrays",
    `function f(n: number, v: number[]) { const a = new Float64Array(n); const b = new Float32Array(v); const c = new Float64Array([1, n, 3]); const d = new Int32Array(v); const e = new Uint8ClampedArray([300, -5, 1.5]); a[0] = 1 / 3; b[1] = 1 / 3; d[0] = 7.9; return [...a, ...b, ...c, ...d, ...e, new Float64Array().length]; }`,
    [
      [3, [0.1, 0.2, 0.3]],
      [0, [1, 2]],
    ],
  ],
  [
    "from and of",
    `function f(v: number[]) { const a = Float64Array.from(v); const b = Float32Array.of(0.1, v[0]); const c = Array.from(a); const d = Array.of(1, v[1]); const e = Float64Array.from([v[0], 2]); const g = Int16Array.from(a); a[0] = 99; return [...a, ...b, ...c, ...d, ...e, ...g, v[0]]; }`,
    [[[0.1, 2.7, -3.2]]],
  ],
  [
    "from a length",
    `function f(n: number, v: number[]) { let k = 1; const a = Float64Array.from({ length: n }, (_, i) => i * i + k++); const b = Array.from({ length: n }, (_, j) => v[j] * 2); const c = Array.from({ length: 2 }, () => new Float64Array(2)); c[0][1] = 5; const d = Array.from(v, (x, i) => x + i); const length = 3; const e = Array.from({ length }, () => { const t = k * 2; k++; return t; }); return [...a, ...b, ...c[0], ...c[1], ...d, ...e, k]; }`,
    [
      [3, [1, 2, 3]],
      [0, []],
      [2.7, [4, 5]],
      [NaN, [1]],
    ],
  ],
  [
    "rows",
    `function f(n: number) { const m: number[][] = []; for (let i = 0; i < n; i++) { const row: number[] = []; for (let j = 0; j <= i; j++) row.push(i * 10 + j); m.push(row); } const z = Array.from({ length: n }, () => new Array<number>(n).fill(0)); for (let i = 0; i < n; i++) z[i][(i + 1) % n] = m[i][0]; m[n - 1][0] += 5; return [m.length, ...m[n - 1], ...z[0], ...z[n - 1]]; }`,
    [[3], [1]],
  ],
  [
    "filled lists",
    `function f(n: number) { const a = new Array(n).fill(0); const b = new Array<number>(n).fill(2.5); const c: number[] = Array(n).fill(1); const d = new Float64Array(n).fill(3); a[1] = 4; return [a[1] as number, a.length, ...b, ...c, ...d]; }`,
    [[3], [0]],
  ],
  [
    "fill of a part",
    `function f(x: Float64Array, s: number, e: number) { x.fill(7, s, e); x.fill(s, -2); const y = x.slice().fill(0, 1); x.fill(9, 3, -1); return [...x, ...y]; }`,
    [
      [xs(), 1, 3],
      [xs(), -3, -1],
      [xs(), 4, 2],
      [xs(), -99, 99],
      [xs(), 1.7, NaN],
    ],
  ],
  [
    "set",
    `function f(x: Float64Array, v: number[], k: number) { x.set(v); x.set([9, 8], k); x.set(x.subarray(0, 2), 3); return [...x]; }`,
    [[xs(), [1, 2, 3], 2]],
  ],
  [
    "slice copies",
    `function f(x: Float64Array, v: number[]) { const a = x.slice(1, -1); const b = v.slice(); const c = v.slice(-2); a[0] = 50; b[0] = 60; c[0] = 70; return [...x, ...v, ...a, ...b, ...c]; }`,
    [[xs(), [1, 2, 3]]],
  ],
  [
    "subarray is a view",
    `function f(x: Float64Array) { const v = x.subarray(1, 4); v[0] = 100; x[2] = 200; const w = v.subarray(1); w[1] += 5; return [...x, ...v, ...w, v.length]; }`,
    [[xs()]],
  ],
  [
    "push and pop",
    `function f(v: number[], x: number) { const n = v.push(x, x * 2); v.push(v.push(1)); const a = v.pop()!; v.pop(); const b = v.pop(); if (b === undefined) return [n, a]; let s = 0; const stack = [1, 2, 3]; while (stack.length > 0) { const t = stack.pop()!; s += t; if (t === 3) stack.push(10); } return [n, a, b, s, ...v]; }`,
    [
      [[], 1],
      [[5], 2],
    ],
  ],
  [
    "pop of an empty list",
    `function f(v: number[]) { const a = v.pop(); const b = v.pop() ?? -1; return [a === undefined, b] as const; }`,
    [[[]], [[1]], [[1, 2]]],
  ],
  [
    "at",
    `function f(x: Float64Array, i: number) { return [x.at(0)!, x.at(-1)!, x.at(i) ?? 99, x.at(-i) ?? 77, x.at(i + 0.5)!]; }`,
    [
      [xs(), 1],
      [xs(), 4],
      [xs(), 9],
      [xs(), -2],
      [xs(), NaN],
    ],
  ],
  [
    "spreads",
    `function f(v: number[], x: Float64Array) { const a = [...v]; const b = [0, ...v, 5, ...x]; const c = [...x, v[0]]; a[0] = 9; return [...a, ...b, ...c, v[0]]; }`,
    [
      [[1, 2], xs()],
      [[], xs()],
    ],
  ],
  [
    "reads outside",
    `function f(x: Float64Array, v: number[]) { return [x[99], x[-1], v[99], v[0.5], x[x.length], v.length]; }`,
    [[xs(), [1]]],
  ],
  [
    "writes outside",
    `function f(x: Float64Array, v: number[]) { x[99] = 1; x[-1] = 2; v[4] = 3; v[2] ??= 6; return [x.length, v.length, v[3], v[4]]; }`,
    [[xs(), [1]]],
  ],
  [
    "float32 rounds",
    `function f(x: number) { const a = new Float32Array(2); a[0] = x; a[1] += a[0] * x; const b = new Uint8Array(1); b[0] = x * 300; b[0]++; return [a[0], a[1], b[0], x]; }`,
    [[0.1], [1.7]],
  ],
  [
    "arrays of arrays",
    `function f(m: Float64Array[], k: number) { const row = m[k]; row[0] = 5; m[0][1] *= m[k][0]; m[k] = m[0]; m[k][2] = 8; [m[0], m[1]] = [m[1], m[0]]; return [...m[0], ...m[1], m.length, m[0].length]; }`,
    [[[xs(), Float64Array.of(1, 2, 3)], 1]],
  ],
  [
    "aliases",
    `function f(v: number[]) { const a = v; let b = a; b[0] = 5; b = [1, 2]; b[0] = 6; return [...v, ...a, ...b, a === v, b === v]; }`.replace(
      ", a === v, b === v",
      ", a === v ? 1 : 0, b === v ? 1 : 0",
    ),
    [[[1, 2]]],
  ],
  [
    "lists of booleans",
    `function f(n: number) { const seen: boolean[] = new Array(n).fill(false); seen[1] = true; let s = 0; for (const b of seen) if (!b) s++; return s; }`,
    [[3]],
  ],
  [
    "as const",
    `function f(x: number) { const w = [0.5, 0.25, 0.125] as const; let s = 0; for (let i = 0; i < w.length; i++) s += w[i] * x; for (const c of w) s += c; const [a, b] = w; return s + a - b; }`,
    [[2]],
  ],
  [
    "in place LU",
    `function f(a: Float64Array, n: number) { for (let k = 0; k < n; k++) { let p = k; for (let i = k + 1; i < n; i++) if (Math.abs(a[i * n + k]) > Math.abs(a[p * n + k])) p = i; if (p !== k) for (let j = 0; j < n; j++) [a[k * n + j], a[p * n + j]] = [a[p * n + j], a[k * n + j]]; for (let i = k + 1; i < n; i++) { const m = (a[i * n + k] /= a[k * n + k]); for (let j = k + 1; j < n; j++) a[i * n + j] -= m * a[k * n + j]; } } let d = 1; for (let k = 0; k < n; k++) d *= a[k * n + k]; return d; }`,
    [[Float64Array.of(0, 2, 1, 3, 1, 5, -1, 4, 2), 3]],
  ],
  [
    "prefix sums",
    `function f(x: Float64Array) { let acc = 0; for (let i = 0; i < x.length; i++) { acc += x[i]; x[i] = acc; } return acc; }`,
    [[xs()]],
  ],
  [
    "tuples",
    `function f(x: number, y: number): [sum: number, rows: Float64Array] { let p: [number, number] = [x, y]; p = [p[1], p[0]]; const q = p; const [a, b] = q; const r = x > 0 ? ([a, b] as [number, number]) : ([b, a] as [number, number]); return [r[0] - r[1] * 2, Float64Array.of(...[1]).length > 5 ? new Float64Array(1) : Float64Array.of(a, b, p.length)]; }`.replace(
      "Float64Array.of(...[1]).length > 5 ? new Float64Array(1) : ",
      "",
    ),
    [
      [1, 2],
      [-1, 5],
    ],
  ],
];
