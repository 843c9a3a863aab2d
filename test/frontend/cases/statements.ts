import type { Case } from "./case.ts";

const xs = (): Float64Array => Float64Array.of(1.5, -2, 0.25, 4, -0.5);

export const statements: readonly Case[] = [
  [
    "counted loops",
    `function f(n: number, x: Float64Array) { let s = 0;
    for (let i = 0; i < x.length; i++) s += x[i] * i;
    for (let i = x.length - 1; i >= 0; i--) s = s * 0.5 + x[i];
    for (let i = 1; i <= n; i += 2) s += i;
    for (let i = 10; i > n; i -= 3) s -= i;
    for (let i = 0; n > i; ++i) s += 0.1;
    for (let i = 0; x.length > i; i = i + 1) s += x[i] ** 2;
    return s; }`,
    [
      [5, xs()],
      [0, xs()],
      [2.5, xs()],
    ],
  ],
  [
    "counted loops with an offset",
    `import type { int } from "tsgrad"; function f(n: int, x: Float64Array) { let s = 0;
    for (let i = 0; i + 1 < x.length; i++) s += x[i + 1] - x[i];
    for (let i = 0; i + 2 <= n; i++) s += i;
    for (let i = n; i - 2 >= 0; i--) s += i * 10;
    for (let i = 0; i < x.length - 1; i++) s += 0.1;
    return s; }`,
    [
      [5, xs()],
      [0, xs()],
      [1, xs()],
    ],
  ],
  [
    "loops that are not counted",
    `function f(n: number, x: Float64Array) { let s = 0;
    for (let i = 0; i !== 4; i++) s += i;
    for (let i = 0; i < 10; i++) { if (i === 3) i += 2; s += i * i; }
    for (let t = 0; t < 1; t += 0.1) s += t;
    for (let i = 0, j = x.length - 1; i < j; i++, j--) s += x[i] * x[j];
    for (let i = n / 2; i < n; i++) s += i;
    for (let k = n; k > 1; k = k / 2) s += k;
    for (let i = 0; i < 10 && s < 50; i++) s += 7;
    let i = 0; for (; i < 3; i++) s += i; for (i = 5; i > 0; ) i -= 2; for (;;) { if (i++ > 4) break; }
    return [s, i]; }`,
    [
      [5, xs()],
      [1, xs()],
      [9.5, xs()],
    ],
  ],
  [
    "the bound changes",
    `function f(x: number[]) { let n = 4; let s = 0; for (let i = 0; i < n; i++) { if (i === 1) n = 6; s += i; } for (let i = 0; i < x.length; i++) if (x[i] > 1) x.push(x[i] - 1); return [s, ...x]; }`,
    [[[3, 1, 2.5]]],
  ],
  [
    "headers with several variables",
    `function f(x: Float64Array) { let s = 0; for (let i = 0, n = x.length; i < n; i++) s += x[i]; for (let n = x.length, i = n - 1; i >= 0; i--) s = s * 2 + x[i]; return s; }`,
    [[xs()]],
  ],
  [
    "break and continue",
    `function f(x: Float64Array) { let s = 0; for (let i = 0; i < x.length; i++) { if (x[i] < 0) continue; if (x[i] > 3) break; s += x[i]; } let k = 0; while (true) { k++; if (k % 2) continue; if (k > 7) break; s += k; } return s; }`,
    [[xs()], [Float64Array.of(-1, 2, -3)]],
  ],
  [
    "labels",
    `function f(n: number) { let s = 0; outer: for (let i = 0; i < n; i++) { inner: for (let j = 0; ; j++) { if (j > i) continue outer; if (i * j === 6) break outer; if (j === 2) { s += 100; break inner; } s += i * 10 + j; } s += 1000; } block: { if (s > 50) break block; s = -s; } return s; }`,
    [[2], [3], [7], [0]],
  ],
  [
    "continue in while with an update",
    `function f(n: number) { let s = 0; for (let i = 0; i !== n; i++) { if (i % 3 === 0) continue; s += i; } let j = 0; do { j++; if (j === 2) continue; s += j * 100; } while (j < n && s < 1000); return [s, j]; }`,
    [[7], [1], [4]],
  ],
  [
    "do while",
    `function f(x: number) { let n = 0; do { x /= 2; n++; if (n > 20) break; } while (x > 1); do x++; while (x < 0); return [x, n]; }`,
    [[100], [0.1], [1e30]],
  ],
  [
    "while with effects in the test",
    `function f(n: number) { let i = 0; let s = 0; while (i++ < n) s += i; let k; while ((k = s - i * 3) > 0) { s -= k / 2; i++; if (i > 100) return [s, i]; } while (--i > 0 && s++ < 100) { if (i === 3) continue; s += 0.5; } return [s, i, k]; }`.replace(
      "let k;",
      "let k: number;",
    ),
    [[5], [0], [12]],
  ],
  [
    "for of",
    `function f(x: Float64Array, m: number[][]) { let s = 0; for (const v of x) { if (v < 0) continue; s += v; } for (let v of x) { v *= 2; s += v; if (s > 20) break; } for (const row of m) for (const v of row) s += v; for (const h of [1, 0.5, 0.25]) s *= h; return s; }`,
    [[xs(), [[1, 2], [3], []]]],
  ],
  [
    "for of entries, keys and pairs",
    `function f(x: Float64Array, m: number[][]) { let s = 0; for (const [i, v] of x.entries()) s += i * v; for (const i of x.keys()) s += i * i; for (const [a, b] of m) s += a * b; for (let [i, v] of x.entries()) { i++; v += 1; s += i * v; } for (const v of x.values()) s -= v; return s; }`,
    [
      [
        xs(),
        [
          [1, 2],
          [3, 4],
        ],
      ],
    ],
  ],
  [
    "for of while the list grows",
    `function f(x: number[]) { let n = 0; for (const v of x) { if (v > 1) x.push(v - 1); n++; } return [n, ...x]; }`,
    [[[3, 0.5]]],
  ],
  [
    "switch without falling through",
    `function f(k: number, x: number) { switch (k) { case 0: return x; case 1: case 2: x *= 2; break; case 3: { const y = x * x; x = y + 1; break; } default: throw new Error("no " + k); case 4: x -= 1; } return -x; }`,
    [
      [0, 3],
      [1, 3],
      [2, 3],
      [3, 3],
      [4, 3],
      [9, 3],
    ],
  ],
  [
    "switch that falls through",
    `function f(k: number, x: number) { switch (k) { case 0: x += 1; case 1: x *= 2; break; default: x = -x; case 2: if (x > 5) break; x += 10; case 3: x += 100; } return x; }`,
    [
      [0, 3],
      [1, 3],
      [2, 3],
      [2, 7],
      [3, 3],
      [9, 3],
      [9, -7],
    ],
  ],
  [
    "switch in a loop",
    `function f(n: number) { let s = 0; for (let i = 0; i < n; i++) { switch (i % 5) { case 0: continue; case 1: s += 1; break; case 2: if (s > 6) break; s += 10; break; case 3: s += 100; default: s += 1000; } s += 0.5; } return s; }`,
    [[1], [5], [12]],
  ],
  [
    "switch on an expression",
    `function f(x: number) { let n = 0; switch (Math.floor(x) + n++) { case 1 + 1: n += 10; break; case 3: n += 20; } switch (true) { case x > 4: n += 100; break; case x > 2: n += 200; break; } return n; }`,
    [[2.5], [3.5], [5], [0]],
  ],
  [
    "switch on text",
    `function f(kind: string, x: number) { switch (kind) { case "sin": return Math.sin(x); case "cos": return Math.cos(x); default: return kind === "" ? 0 : x; } }`,
    [
      ["sin", 1],
      ["cos", 1],
      ["", 1],
      ["x", 1],
    ],
  ],
  [
    "switch with labelled break",
    `function f(n: number) { let s = 0; out: for (let i = 0; i < n; i++) { pick: switch (i) { case 0: s++; break pick; case 3: break out; default: s += 10; } s += 0.5; } return s; }`,
    [[2], [9]],
  ],
  [
    "early return",
    `function f(x: Float64Array, t: number) { for (let i = 0; i < x.length; i++) { if (x[i] > t) return i; let j = 0; while (j < 3) { if (x[i] + j === 0.5) return -j; j++; } } if (t > 100) return t; else if (t > 50) { return t * 2; } return NaN; }`,
    [
      [xs(), 3],
      [xs(), 1.6],
      [xs(), 200],
      [xs(), 60],
    ],
  ],
  [
    "throw",
    `function f(x: number) { if (!(x > 0)) throw new RangeError(\`x is \${x}, not above \${0}\`); if (x > 100) throw new Error("large: " + x.toFixed(2) + (x > 1000 ? " very" : "")); return Math.sqrt(x); }`,
    [[4], [-1], [NaN], [500], [5000]],
  ],
  [
    "console",
    `function f(x: number, v: Float64Array) { console.log("x", x, x * 2 + 1); let n = 0; console.info(\`v: \${v[0]} \${n++}\`, n++, { n, twice: n * 2 }, [x, n]); console.log(); if (x > 0) console.warn("positive", ...v); return n; }`,
    [
      [1, xs()],
      [-1, xs()],
    ],
  ],
  [
    "swaps",
    `function f(x: number, y: number, v: number[]) { [x, y] = [y, x]; [v[0], v[1]] = [v[1], v[0]]; [x, y] = [y + 1, x + y]; let a = 1, b = 2, c = 3; [a, b, c] = [b, c, a]; [a, v[a]] = [v[0], a]; return [x, y, a, b, c, ...v]; }`,
    [[1, 2, [5, 6, 7, 8]]],
  ],
  [
    "patterns with effects",
    `function f(v: number[]) { let i = 0; let a = 0, b = 0; [a, b] = [v[i++], v[i++]]; [v[i++], v[i]] = [i, i * 10]; [i, v[i]] = [3, a]; const [p, , q = 9] = v; const [h, ...t] = v; [a] = v; return [a, b, i, p, q, h, t.length, ...v]; }`,
    [[[5, 6, 7, 8]], [[1]]],
  ],
  [
    "double buffering",
    `function f(n: number) { let cur = new Float64Array(4); let next = new Float64Array(4); cur[1] = 1; for (let k = 0; k < n; k++) { for (let i = 0; i < 4; i++) next[i] = 0.5 * cur[(i + 3) % 4] + 0.25 * cur[i]; [cur, next] = [next, cur]; const t = cur; cur = next; next = t; [cur, next] = [next, cur]; } return cur; }`,
    [[1], [5]],
  ],
  [
    "shadowing",
    `function f(x: number) { let s = x; { const x = s + 1; s += x; { const x = s * 2; s += x; } } for (let i = 0; i < 3; i++) s += i; for (let i = 0; i < 2; i++) { const i2 = i * 3; s += i2; } const i = s; return i + x; }`,
    [[1], [2.5]],
  ],
  [
    "let without a value",
    `function f(x: number) { let y: number; let z: number | undefined; if (x > 0) { y = 1; z = 2; } else y = 3; return z === undefined ? y : y + z; }`,
    [[1], [-1]],
  ],
  [
    "empty and dead statements",
    `function f(x: number) { ; {} if (x > 0) {} else {} if (x > 1) { return 1; x = 5; } for (let i = 0; i < 3; i++) ; x; return x; }`,
    [[1], [2]],
  ],
  [
    "parameters that change",
    `function f(n: number, x: Float64Array, y: Float64Array) { while (n > 1) n /= 2; x = x.slice(); x[0] = 9; y[0] = 8; y = x; y[1] = 7; return [n, ...x]; }`,
    [[9, xs(), xs()]],
  ],
  [
    "nested blocks and exits",
    `function f(n: number) { let s = 0; for (let i = 0; i < n; i++) { { if (i === 2) continue; } for (const j of [1, 2, 3]) { if (j === 2) break; if (i === 4) return s; s += j; } while (true) { s++; if (s % 3 === 0) break; } } return s; }`,
    [[3], [7]],
  ],
  [
    "many returns of booleans",
    `function f(x: number, v: number[]) { for (const a of v) if (a === x) return true; return v.length > 2 && x > 0; }`,
    [
      [1, [1]],
      [2, [1, 3, 5]],
      [-2, []],
    ],
  ],
];
