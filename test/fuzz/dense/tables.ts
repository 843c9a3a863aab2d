/** Rows of a matrix, arrays and views of them, lists: each under several names. */
import type { World } from "./grammar.ts";

const prelude = [
  `function rowsOf(m: number[][], n: number): number[] {
  return n <= 0 ? m[0] : rowsOf([m[1], m[0]], n - 1);
}`,
  `function best(all: readonly number[], i: number): number {
  return i >= all.length ? -1 : Math.max(all[i], best(all, i + 1));
}`,
  `function halve(u: Float64Array, lo: number, hi: number, k: number): number {
  if (hi - lo <= 1) {
    const old = u[lo];
    u[lo] = old * k + lo;
    return old;
  }
  const mid = (lo + hi) >> 1;
  const l = halve(u, lo, mid, k);
  return l * halve(u, mid, hi, l) + u[lo];
}`,
  `function grow(all: number[], n: number, k: number): number[] {
  if (n <= 0) return all;
  all.push(all[0] * k);
  return grow(all, n - 1, k * 0.5);
}`,
  `function blend(row: readonly number[], k: number): number[] {
  return row.map((t, i) => t * k + i);
}`,
  `function axpy(into: Float64Array, k: number, from: Float64Array): Float64Array {
  for (let i = 0; i < into.length && i < from.length; i++) into[i] += k * from[i] * 0.5;
  return into;
}`,
  `function smooth(row: number[], rounds: number): void {
  for (let k = 0; k < rounds; k++) {
    let before = row[0];
    for (let i = 1; i < row.length; i++) {
      const here = row[i];
      row[i] = 0.5 * (before + here);
      before = here;
    }
  }
}`,
  `function largest(m: readonly number[][], from = 0): number[] {
  let at = from;
  for (let i = 0; i < m.length; i++) if (m[i][0] > m[at][0]) at = i;
  return m[at];
}`,
];

export const tables: World = {
  shapes: [],
  prelude,
  given: [
    { param: { name: "u0", type: "f64" }, link: "view = u0.subarray(1)", copy: "u = u0.slice()" },
    { param: { name: "u1", type: "f64" }, link: "u = u1", copy: "view = new Float64Array(u1)" },
    {
      param: { name: "rows", type: "nested" },
      link: "m[1] = rows[0]",
      copy: "for (const one of rows) m.push([...one])",
    },
  ],
  head: [
    [
      "const m: number[][] = [[x, 0.4], [y, xs[1]]]",
      "let m: number[][] = Array.from({ length: 2 }, (_, i) => [x * i, y, 0.3])",
      "let m = [[...xs], [y, x]]",
    ],
    ["let row: number[] = m[0]", "let row = m[1]", "let row = [...m[0]]"],
    ["let u: Float64Array = Float64Array.of(x, y, 0.3)", "let u: Float64Array = Float64Array.from(xs)"],
    [
      "let view: Float64Array = u.subarray(1)",
      "let view: Float64Array = u",
      "let view: Float64Array = u.subarray(0, 2)",
      "let view: Float64Array = new Float64Array([y, x])",
    ],
    ["const ns: number[] = [y, x, 0.2]", "let ns: number[] = [0.4, x, ...xs]", "const ns = xs.map((t) => t * y)"],
  ],
  sorts: {
    num: [
      "m.reduce((<s>, <r>) => <s> + <r>[0] * $atom, #)",
      "u.reduce((<s>, <t>, <i>) => <s> + <t> * $atom * <i>, 0)",
      "0.5 * best(ns, 0)",
      "Math.max(...ns)",
      "$row.reduce((<s>, <t>) => <s> * 0.5 + <t>)",
      "Math.hypot(1, $view[0])",
      "0.4 * halve(u, 0, 3, $small)",
      "axpy(u, 0.3, $view)[1]",
    ],
    atom: [
      "m[0][1]",
      "m[1][0]",
      "u[0]",
      "u[2]",
      "row[0]",
      "view[0]",
      "ns[1]",
      "ns.length",
      "row.length",
      "(ns.at(-1) ?? 0.1)",
    ],
    place: ["row[1]", "row[0]", "u[1]", "u[0]", "m[1][1]", "ns[0]", "view[1]", "m[0][0]"],
    row: [
      "row",
      "m[0]",
      "m[1]",
      "[...m[0]]",
      "[a, $atom]",
      "[...row, #]",
      "blend($row, $atom)",
      "largest(m)",
      "rowsOf(m, $index)",
      "(m.find((<r>) => <r>[1] > $atom) ?? row)",
      "(m.at(-1) ?? row)",
      "(@ ? row : m[0])",
      "row.slice(0, 2)",
      "ns",
      "Array.from(view)",
    ],
    whole: [
      "u",
      "u.slice()",
      "u.map((<t>) => <t> * #)",
      "Float64Array.of(#, #, $atom)",
      "Float64Array.from(row.concat(#, $atom))",
      "axpy(u, #, $view)",
      "new Float64Array(u)",
    ],
    view: ["u", "view", "u.subarray(1)", "u.subarray(0, 2)", "$pair"],
    pair: ["view", "u", "u.subarray(1)", "view.slice()", "Float64Array.of($atom, $atom)"],
    test: [
      "u[0] < y",
      "ns.length > 3",
      "row[0] > $atom",
      "ns.includes(0.2)",
      "ns.every((<t>) => <t> > $atom)",
      "row === m[0]",
    ],
  },
  lines: [
    [2, "row = $row"],
    "m[$index % 2] = $row",
    "[m[0], m[1]] = [m[1], m[0]]",
    "[row[0], row[1]] = [row[1], row[0]]",
    "[$place, $place] = row",
    "u = $whole",
    "view = $view",
    "u.fill(#, 0, 1)",
    "u.set($pair.subarray(0, 2), 1)",
    "ns.sort((<s>, <t>) => <s> - <t>)",
    "ns.reverse()",
    "$row[0] = #",
    "$view[1] += #",
    "u.reverse()",
    "row.fill($atom)",
    "smooth($row, $index)",
    "axpy($view, #, u)",
    "m.forEach((<r>, <i>) => { <r>[0] += <i> * #; })",
    "u.forEach((<t>, <i>) => { u[<i>] = <t> * 0.5 + #; })",
    "for (let <i> = 1; <i> < u.length; <i>++) u[<i>] += u[<i> - 1] * $small",
    "u.copyWithin(0, 1)",
    "{ const [<s>, <t>] = $row; $place = <s> * <t>; }",
  ],
  outer: [
    "ns.push(#)",
    "ns.unshift(#, $atom)",
    "ns.splice(1, 1)",
    "$place += grow(ns, 2, $small)[1] * 0.1",
    "if (ns.length > 2) $place = ns.pop() ?? 0.2",
    "if (ns.length > 2) $place += ns.shift() ?? 0.2",
    "m.push($row)",
    "row.push($atom)",
    "ns.push(...row)",
  ],
  bindings: [
    { text: "const <r> = $row", gives: { row: ["<r>"], place: ["<r>[0]", "<r>[1]"] } },
    { text: "const <d> = $view", gives: { view: ["<d>"], pair: ["<d>"], place: ["<d>[0]", "<d>[1]"] } },
    { text: "const [<s>, ...<r>] = m", gives: { row: ["<s>"], place: ["<s>[1]"], atom: ["<r>.length"] } },
  ],
  loops: [
    { head: "for (const <r> of m)", gives: { place: ["<r>[0]", "<r>[1]"], row: ["<r>"] } },
    { head: "m.forEach((<r>, <i>) =>", tail: ")", gives: { place: ["<r>[1]"], row: ["<r>"], index: ["<i>"] } },
    {
      head: "for (const [<i>, <r>] of m.entries())",
      gives: { place: ["<r>[0]"], row: ["<r>", "m[<i>]"], index: ["<i>"] },
    },
    { head: "for (let <i> = 0; <i> < u.length; <i>++)", gives: { place: ["u[<i>]"], index: ["<i>"] } },
    { head: "for (let <i> = u.length - 1; <i> >= 0; <i>--)", gives: { place: ["u[<i>]"], index: ["<i>"] } },
    { head: "for (let <j> = 0; <j> < row.length; <j>++)", gives: { place: ["row[<j>]"], index: ["<j>"] } },
    {
      head: "for (let <j> = 0; <j> < 2; <j>++)",
      gives: { place: ["m[<j>][1]", "m[0][<j>]", "view[<j>]"], row: ["m[<j>]"], index: ["<j>"] },
    },
    { head: "for (const <t> of $row)", gives: { atom: ["<t>"] } },
    { head: "ns.forEach((<t>, <i>) =>", tail: ")", gives: { atom: ["<t>"], place: ["ns[<i>]"], index: ["<i>"] } },
    {
      head: "for (const [<i>, <t>] of view.entries())",
      gives: { atom: ["<t>"], place: ["view[<i>]"], index: ["<i>"] },
    },
  ],
  terms: [
    "m.reduce((s, r, i) => s + r[0] * r[1] * (i + 1), 0)",
    "u.reduce((s, t) => s + t * t, 0)",
    "row[0] * row[1]",
    "ns.reduce((s, t, i) => s + t * i, 0) * 0.5",
    "view[0] * view[1]",
  ],
  results: [
    { type: "f64", fresh: "u.slice()", shared: "u" },
    { type: "list", fresh: "[...ns, a]", shared: "ns" },
    { type: "nested", fresh: "m.map((r) => [...r])", shared: "m" },
  ],
};
