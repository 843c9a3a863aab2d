import type { Case } from "./case.ts";

const xs = (): Float64Array => Float64Array.of(1.5, -2, 0.25, 4, -0.5);

export const expressions: readonly Case[] = [
  [
    "arithmetic",
    `function f(x: number, y: number) { return (x + y) * (x - y) / (x * y) - x % y + -x + +y; }`,
    [
      [3, 7],
      [-2.5, 0.3],
      [0, 0],
    ],
  ],
  [
    "powers",
    `function f(x: number, y: number) { return x ** y + (-x) ** 2 + Math.pow(y, x) + 2 ** 3 ** 2; }`,
    [
      [3, 2],
      [0.5, -1],
      [0, 0],
    ],
  ],
  [
    "grouping",
    `function f(x: number, y: number, z: number) { return x - (y - z) + x / (y / z) - (x - y - z) - -(-x); }`,
    [
      [3, 7, 2],
      [1e300, 1e-300, 5],
    ],
  ],
  [
    "math",
    `function f(x: number) {
    return Math.sin(x) + Math.cos(x) * Math.tan(x) - Math.exp(x) / Math.log(x) + Math.sqrt(x) + Math.cbrt(x) + Math.abs(-x)
      + Math.asin(x / 10) + Math.acos(x / 10) + Math.atan(x) + Math.atan2(x, 2) + Math.sinh(x) + Math.cosh(x) + Math.tanh(x) + Math.asinh(x)
      + Math.acosh(x + 1) + Math.atanh(x / 10) + Math.log2(x) + Math.log10(x) + Math.log1p(x) + Math.expm1(x) + Math.fround(x); }`,
    [[1.5], [0.1], [3]],
  ],
  [
    "many operands",
    `function f(x: number, y: number, z: number) {
    return Math.max(x, y, z) + Math.min(x, y, z) * Math.hypot(x, y, z) + Math.max(x) + Math.min() - Math.hypot() + Math.hypot(x) + Math.max(); }`,
    [
      [1, 2, 3],
      [NaN, 1, 2],
      [-0, 0, 0],
    ],
  ],
  [
    "rounding",
    `function f(x: number) { return [Math.floor(x), Math.ceil(x), Math.round(x), Math.trunc(x), Math.sign(x), Math.clz32(x), Math.imul(x, 3)]; }`,
    [[1.5], [-1.5], [-0.4], [NaN]],
  ],
  [
    "constants",
    `function f(x: number) { return x * Math.PI + Math.E - Math.SQRT2 * Math.LN2 + Number.EPSILON + Number.MAX_SAFE_INTEGER + (x > 0 ? Infinity : NaN); }`,
    [[1], [-1]],
  ],
  [
    "bits",
    `function f(a: number, b: number) { return [a & b, a | b, a ^ b, ~a, a << b, a >> b, a >>> b, a | 0]; }`,
    [
      [5, 3],
      [-7, 2],
      [1e10, 1],
      [2.7, 1.2],
    ],
  ],
  [
    "comparisons",
    `function f(x: number, y: number) { return [x < y, x <= y, x > y, x >= y, x === y, x !== y, x == y, x != y, !(x < y)]; }`,
    [
      [1, 2],
      [2, 2],
      [NaN, 1],
      [0, -0],
    ],
  ],
  [
    "logic",
    `function f(x: number, y: number) { let r = 0; if (x > 0 && y > 0) r += 1; if (x > 0 || y > 0) r += 2; if (!(x > 0) || (y > 0 && x < 5)) r += 4; return r; }`,
    [
      [1, 2],
      [-1, 2],
      [1, -2],
      [-1, -2],
    ],
  ],
  [
    "truthiness of numbers",
    `function f(x: number, y: number) { let r = 0; if (x) r += 1; if (!y) r += 2; while (r < 20 && y--) r += 5; return r + (x ? 1 : 2); }`,
    [
      [1, 2],
      [0, 0],
      [NaN, NaN],
      [-0, 3],
    ],
  ],
  [
    "numbers through && and ||",
    `function f(x: number, y: number) { return [x && y, x || y, (x - 1) || (y + 1), (x - 1) && (y + 1)]; }`,
    [
      [1, 2],
      [0, 3],
      [NaN, 0],
      [5, 0],
    ],
  ],
  [
    "conditionals",
    `function f(x: number, y: number) { return x > 0 ? x > 10 ? x * y : x + y : x < -10 ? Math.exp(x) : y ? 1 : 2; }`,
    [
      [1, 2],
      [20, 2],
      [-20, 0],
      [-1, 0],
      [-1, 1],
    ],
  ],
  [
    "?? on elements",
    `function f(x: Float64Array, i: number) { return (x[i] ?? -1) + (x[i + 1] ?? x[0] ?? 0) * 2; }`,
    [
      [xs(), 0],
      [xs(), 4],
      [xs(), 9],
      [xs(), -1],
    ],
  ],
  [
    "compound assignment",
    `function f(x: number, y: number) { let a = x; a += y; a -= 2; a *= y; a /= 3; a %= 5; a **= 2; let b = x | 0; b &= 7; b |= 8; b ^= 3; b <<= 2; b >>= 1; b >>>= 1; return [a, b]; }`,
    [
      [3.5, 2],
      [-7, 4],
    ],
  ],
  [
    "logical assignment",
    `function f(x: number, y?: number) { let a = x; a ||= 5; let b = x; b &&= 7; y ??= 3; return [a, b, y]; }`,
    [[0, 1], [2], [NaN, undefined]],
  ],
  [
    "logical assignment of elements",
    `function f(x: number[], n: number) { let i = 0; x[i++] ||= n; x[i++] &&= n; x[i++] ??= n + i; x[i + 5] ??= i; return [i, x.length]; }`,
    [
      [[0, 1, 2], 9],
      [[5, 0], 3],
    ],
  ],
  [
    "increments",
    `function f(n: number) { let i = n; const a = i++; const b = ++i; const c = i--; const d = --i; return [a, b, c, d, i, i++ + i++, i-- - --i]; }`,
    [[0], [5.5]],
  ],
  [
    "increments of elements",
    `function f(x: Float64Array) { let i = 0; const a = x[i]++; const b = ++x[i++]; const c = x[i++]--; x[i]++; return [a, b, c, i, ...x]; }`,
    [[xs()]],
  ],
  [
    "store through i++",
    `function f(a: Float64Array, i: number, x: Float64Array) { a[i++] = i + x[i--]; return i; }`,
    [
      [xs(), 1, xs()],
      [xs(), 3, xs()],
    ],
  ],
  ["x = (x += 1) * x", `function f(x: number) { x = (x += 1) * x; x = x * (x = x + 2) + x; return x; }`, [[2], [-3]]],
  [
    "reads before writes",
    `function f(x: number) { let y = x; const z = y + (y = 3) + y + (y *= 2) * y++ - y; return [y, z]; }`,
    [[2], [0.1]],
  ],
  [
    "assignments as values",
    `function f(x: number, v: Float32Array) { let a, b: number; let c = 0; a = b = x + 1; const d = (v[0] = x / 3); c = v[1] = a; return [b, c, d, v[0], v[1]]; }`.replace(
      "let a, b: number",
      "let a: number, b: number",
    ),
    [
      [2, new Float32Array(3)],
      [0.1, new Float32Array(2)],
    ],
  ],
  [
    "index is read before the value changes it",
    `function f(a: number[], i: number) { a[i] = (i = 2) + a[i]; a[i] += i++ + a[i]; a[i] *= (a[i] = 3); return [i, ...a]; }`,
    [
      [[1, 2, 3, 4], 0],
      [[5, 6, 7, 8], 1],
    ],
  ],
  [
    "array is read before the value changes it",
    `function f(a: number[], b: number[]) { let c = a; c[0] = (c = b)[1]; c[1] += (c = a).length; return [...a, ...b]; }`,
    [
      [
        [1, 2],
        [3, 4],
      ],
    ],
  ],
  [
    "comma",
    `function f(x: number) { let y = 0; const z = (y = x, y += 1, y * 2); for (y = 0, x = 3; x > 0; x--, y++) ; return [x, y, z]; }`,
    [[2]],
  ],
  ["void", `function f(x: number) { let y = x; void (y += 1); return y; }`, [[2]]],
  [
    "type-only syntax",
    `function f(x: number | undefined, v: readonly number[]) { type N = number; interface I { a: N } const a = x as number; const b = <number>a; const c = (b!) satisfies number; const w = v as unknown as number[]; return a + c + w[0]!; }`,
    [[2, [5]]],
  ],
  [
    "effects in conditionals",
    `function f(x: number, y: number) { let n = 0; const z = x > y ? (n += 1, x) : (n += 10, y++); const w = x > 0 ? n : z; x > 1 ? n++ : n--; return [n, z, w, y]; }`,
    [
      [1, 2],
      [3, 2],
      [-1, -2],
    ],
  ],
  [
    "effects behind && and ||",
    `function f(x: number, y: number) { let n = 0; const a = x > 0 && (n++, y > 0); const b = x > 0 || n++ > 0 || (n += 5) > 5; x > 0 && n++; y > 0 || (n += 100); return [n, a, b] as const; }`,
    [
      [1, 2],
      [-1, 2],
      [1, -2],
      [-1, -2],
    ],
  ],
  [
    "effects behind number && and ||",
    `function f(x: number, y: number) { let n = 0; const a = x && (n++, y); const b = (x = x - 1) || (n++, x + 3); return [n, a, b, x]; }`,
    [
      [1, 2],
      [0, 2],
      [NaN, 2],
    ],
  ],
  [
    "effects behind ??",
    `function f(x: number[], y: number) { let n = 0; const a = x[0] ?? (n++, y); const b = x[n] ?? n++; x[5] ?? n++; return [n, a, b]; }`,
    [
      [[1], 2],
      [[], 2],
    ],
  ],
  [
    "conditional arrays",
    `function f(x: number, a: number[], b: number[]) { const c = x > 0 ? a : b; c[0] = 7; const d = x > 1 ? [...a] : new Array<number>(2).fill(3); d[1] = x; return [...a, ...b, ...d]; }`,
    [
      [1, [1, 2], [3, 4]],
      [-1, [1, 2], [3, 4]],
      [5, [1, 2], [3, 4]],
    ],
  ],
  [
    "Number and Boolean",
    `function f(x: number, b: boolean) { return [Number(x), Number(b), +b, +x, Number.isNaN(x), isNaN(x), Number.isFinite(x), isFinite(x), Number.isInteger(x), Boolean(x)] as const; }`,
    [
      [1, true],
      [NaN, false],
      [Infinity, true],
      [-0, false],
    ],
  ],
  [
    "booleans",
    `function f(p: boolean, q: boolean) { let r = p; r = r === q; const s = !r; const t = s !== p; return [r, s, t, p && q, p || q]; }`,
    [
      [true, false],
      [false, false],
    ],
  ],
  [
    "negative zero and NaN",
    `function f(x: number) { return [-x, 0 * x, x - 0, -0, x / -0, Math.max(-0, x), Math.min(0, -0), !(x >= 0)] as const; }`,
    [[0], [-0], [NaN], [1]],
  ],
  ["numerals", `function f() { return [0x1f, 1_000, 1e-3, .5, 0b101, 0o17, 5e300 * 5e300]; }`, [[]]],
  [
    "nested effects",
    `function f(a: Float64Array, i: number) { return a[i++] * a[i++] + (a[i] = a[i++] + i) * (i > 2 ? a[--i] : a[i--]) + i; }`,
    [
      [xs(), 0],
      [xs(), 1],
    ],
  ],
  [
    "deep reads before writes",
    `function f(m: number[][], i: number) { const r = m[i][0] + (m[i][0] = 5) + (m[i] = [8, 9])[1] + m[i++][0] + m[i][1]; return [r, i, ...m[0], ...m[1]]; }`,
    [
      [
        [
          [1, 2],
          [3, 4],
        ],
        0,
      ],
    ],
  ],
];
