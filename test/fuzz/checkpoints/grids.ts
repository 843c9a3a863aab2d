/** Arrays as the state of a loop: changed in place, made anew, changing places, under several names. */
import type { World } from "../dense/grammar.ts";

const prelude = [
  `function relaxed(u: Float64Array, k: number): Float64Array {
  const out = new Float64Array(u.length);
  for (let i = 0; i < u.length; i++) out[i] = u[i] * 0.8 + k * 0.1 * u[(i + 1) % u.length];
  return out;
}`,
  `function relaxInto(from: Float64Array, into: Float64Array, k: number): void {
  for (let i = 0; i < 3; i++) into[i] = from[i] * 0.7 + k * 0.2 * Math.sin(from[(i + 2) % 3]);
}`,
  `function pulled(u: Float64Array, k: number): Float64Array {
  u[0] = u[0] * 0.6 + k * 0.2 * u[1];
  return u;
}`,
  `function further(u: Float64Array, k: number): Float64Array {
  return k > 0.3 ? relaxed(u, k) : pulled(u, k);
}`,
  `function settled(u: Float64Array, k: number, n: int): Float64Array {
  let at: Float64Array = u;
  // @checkpoint 2
  for (let i = 0; i < n; i++) {
    const after = at.slice();
    after[i % 3] = after[i % 3] * 0.5 + 0.3 * Math.sin(at[0] * at[1]) * k;
    at = after;
  }
  return at;
}`,
  `function churned(u: Float64Array, k: number, n: int): void {
  // @checkpoint
  for (let i = 0; i < n; i++) {
    u[i % 3] = Math.sin(u[(i + 1) % 3] * k) + 0.4 * u[i % 3];
    if (u[0] > 1.1) break;
  }
}`,
  `function wandered(t: number, k: number, n: int): number {
  let s = t;
  // @checkpoint 1
  for (let i = 0; i < n; i++) {
    if (s > 0.9) continue;
    s = 0.6 * s + 0.3 * Math.cos(s * k);
  }
  return s;
}`,
  `function turnedOver(rows: number[][], k: number): number[][] {
  return [rows[1], rows[0].map((t) => t * 0.8 + k * 0.1)];
}`,
  `function dampen(row: number[], k: number): number[] {
  for (let j = 0; j < row.length; j++) row[j] = row[j] * 0.7 + k * 0.1 * j;
  return row;
}`,
  `function lengthened(row: readonly number[], t: number): number[] {
  return row.length > 4 ? [...row.slice(1), t] : [...row, t];
}`,
];

export const grids: World = {
  shapes: [],
  prelude,
  given: [
    { param: { name: "g0", type: "f64" }, link: "now = g0", copy: "now = g0.slice()" },
    { param: { name: "grid0", type: "nested" }, link: "grid = grid0", copy: "grid = grid0.map((r) => [...r])" },
  ],
  head: [
    ["let now: Float64Array = Float64Array.of(x, y, 0.3)", "let now: Float64Array = Float64Array.of(xs[0], 0.5, x)"],
    [
      "let next: Float64Array = new Float64Array(3)",
      "let next: Float64Array = now.slice()",
      "let next: Float64Array = now",
    ],
    ["const g: Float64Array = Float64Array.of(y, x, 0.2)", "const g = now"],
    [
      "let part: Float64Array = g.subarray(1)",
      "let part: Float64Array = now.subarray(0, 2)",
      "let part: Float64Array = g",
    ],
    ["let grid: number[][] = [[x, 0.4], [y, xs[1]]]", "let grid: number[][] = [0, 1].map((i) => [x * i, y])"],
    ["let line: number[] = grid[0]", "let line: number[] = [y, x]"],
    ["let queue: number[] = [x, y]", "let queue: number[] = [...xs]"],
    ["let spare: number[] | undefined = x > 0 ? [y, x] : undefined"],
  ],
  sorts: {
    num: [
      "now.reduce((<s>, <t>) => <s> + <t> * $atom, #)",
      "grid.reduce((<s>, <r>) => <s> + <r>[0] * 0.3, #)",
      "(spare?.[1] ?? #)",
      "pulled($buffer, #)[1]",
      "wandered(#, $atom, 3)",
      "0.5 * settled($buffer, $atom, 3)[0]",
    ],
    atom: [
      "now[0]",
      "now[2]",
      "next[1]",
      "g[1]",
      "part[0]",
      "grid[0][1]",
      "line[0]",
      "queue[0]",
      "(queue.at(-1) ?? 0.2)",
      "queue.length",
    ],
    place: ["now[0]", "now[1]", "next[0]", "g[2]", "part[0]", "grid[1][0]", "line[1]", "queue[0]"],
    buffer: ["now", "next", "g", "now.slice()", "relaxed($buffer, $atom)", "further($buffer, #)", "(@ ? now : next)"],
    buffermade: [
      "now.map((<t>, <i>) => <t> * 0.7 + next[<i> % 3] * $atom * 0.1)",
      "Float64Array.of(#, #, $atom)",
      "relaxed(now, #)",
      "new Float64Array(next)",
      "now.slice()",
    ],
    line: ["line", "grid[0]", "grid[1]", "[...line]", "[#, $atom]", "dampen($line, $atom)", "(@ ? line : grid[0])"],
    linemade: ["line.map((<t>) => <t> * 0.8 + $atom * 0.1)", "[#, $atom]", "lengthened(line, #)", "[...grid[0]]"],
    test: ["now[0] > 0.2", "line[0] > $atom", "now === g", "queue.length > 2", "spare === undefined"],
  },
  lines: [
    [2, "[now, next] = [next, now]"],
    "for (let <i> = 0; <i> < 3; <i>++) next[<i>] = now[<i>] * 0.8 + $small * 0.2 * now[(<i> + 1) % 3]",
    "relaxInto(now, next, #); [now, next] = [next, now]",
    "relaxInto($buffer, next, #)",
    "now = relaxed(now, #)",
    "now = further(now, #)",
    [2, "now = $buffermade"],
    "now = $buffer",
    "next = $buffer",
    "{ const <d> = now; now = next; next = <d>; }",
    "{ const <d> = $buffermade; <d>[0] += next[0] * $atom * 0.2; next = now; now = <d>; }",
    "g[$index % 3] += 0.3 * #",
    "g.set(now.subarray(0, 3))",
    "next.set(g)",
    "pulled($buffer, #)",
    "churned($buffer, $atom, 3)",
    "now = settled(now, $atom, 4)",
    "part = now.subarray(1)",
    "part = $buffer.subarray($index % 2)",
    "{ const <d> = now.subarray(1); <d>[0] += # * 0.3; <d>[1] *= $small; }",
    "grid = grid.map((<r>) => <r>.map((<t>) => <t> * 0.8 + $atom * 0.1))",
    "grid = grid.map((<r>, <i>) => (<i> === 0 ? <r> : [<r>[1], $atom]))",
    "grid = [grid[1], grid[0]]",
    "grid = [$line, $linemade]",
    "grid = turnedOver(grid, #)",
    "[grid[0], grid[1]] = [grid[1], grid[0]]",
    "grid[$index % 2] = $linemade",
    "grid[0] = $line",
    "for (const <r> of grid) <r>[0] = <r>[0] * 0.7 + # * 0.2",
    "grid[$index % 2][1] = 0.6 * grid[1][0] + # * 0.3",
    "line = $line",
    [2, "line = $linemade"],
    "dampen($line, #)",
    "queue = lengthened(queue, #)",
    "queue = queue.map((<t>) => Math.sin(<t>) * 0.8 + $atom * 0.2)",
    "queue = [...queue.slice(1), #]",
    "if (queue.length < 6) queue.push(# * 0.5)",
    "if (queue.length > 2) $place += queue.pop() ?? 0",
    "queue.reverse()",
    "spare = @ ? $linemade : undefined",
    "spare ??= $linemade",
    "if (spare !== undefined) spare[0] = spare[0] * 0.6 + #",
    "if (spare !== undefined) line = spare",
    "a = wandered(a, $atom, 3)",
  ],
  outer: ["queue.push(#)"],
  bindings: [
    { text: "const <d> = $buffer", gives: { buffer: ["<d>"], place: ["<d>[0]", "<d>[1]"] } },
    { text: "const <r> = $line", gives: { line: ["<r>"], place: ["<r>[0]"] } },
    { text: "const <d> = now.slice()", gives: { buffer: ["<d>"], place: ["<d>[2]"] } },
  ],
  loops: [
    { head: "for (let <i> = 0; <i> < 3; <i>++)", gives: { place: ["now[<i>]", "g[<i>]"], index: ["<i>"] } },
    { head: "for (const <r> of grid)", gives: { place: ["<r>[0]", "<r>[1]"], line: ["<r>"] } },
    { head: "for (const <t> of queue)", gives: { atom: ["<t>"] } },
  ],
  terms: [
    "now[0] * now[1] + now[2]",
    "next[0] * 0.5 + next[1]",
    "g[0] * g[2]",
    "part[0]",
    "grid.reduce((s, r, i) => s + r[0] * r[1] * (i + 1), 0)",
    "line[0] * 0.7 + line[1]",
    "queue.reduce((s, t, i) => s + t * (i + 1), 0) * 0.4",
    "(spare?.[0] ?? 0.2)",
  ],
  results: [
    { type: "f64", fresh: "now.slice()", shared: "now" },
    { type: "nested", fresh: "grid.map((r) => [...r])", shared: "grid" },
  ],
};
