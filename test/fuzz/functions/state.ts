/** What functions capture: numbers, a list, an object, a tuple, a log that grows, options that may have a function. */
import type { Shape } from "../ast.ts";
import type { World } from "../dense/grammar.ts";

const pair: Shape = {
  name: "Pair",
  kind: "interface",
  fields: [
    { name: "p", type: "number" },
    { name: "q", type: "number" },
  ],
};

export const state: World = {
  shapes: [pair],
  prelude: [],
  given: [{ param: { name: "o0", type: "struct Pair" }, link: "o = o0", copy: "o = { ...o0, q: o0.p }" }],
  head: [
    ["const ks: number[] = [x, 0.4, y]", "let ks = [y, x * y, 0.2]", "const ks = xs.map((t) => t * 0.7 + x)"],
    ["let o: Pair = { p: x, q: 0.5 }", "let o: Pair = { p: 0.3, q: y * x }"],
    ["let pair: [number, number] = [x, 0.3]", "const pair: [number, number] = [y, x]"],
    ["const log: number[] = []", "const log = [x]"],
    ["let count = 0", "let count = 1"],
    [
      "const opts: Options = {}",
      "const opts: Options = { fn: (t) => t * a }",
      "const opts: Options = { fn: Math.sin, gain: y }",
      "const opts: Options = x > 0.2 ? { fn: Math.tanh } : { gain: x }",
    ],
  ],
  sorts: {
    place: ["o.p", "o.q", "ks[0]", "ks[1]", "pair[0]", "pair[1]"],
    atom: ["count", "log.length", "(log[0] ?? 0.1)", "ks[2]", "(log.at(-1) ?? 0.2)", "(opts.gain ?? 0.6)"],
    list: ["ks", "xs", "[...ks]", "[#, $atom, #]", "ks.slice(0, 2)"],
    test: ["count > 1", "log.length > 2", "o.p > o.q"],
    record: ["o", "{ p: #, q: $atom }", "{ ...o, q: # }"],
  },
  lines: [
    "count++",
    "count += 1",
    "log.push(#)",
    "o = $record",
    "o = { ...o, p: # }",
    "ks[$index % 3] = #",
    "ks.fill($atom, 1)",
    "[pair[0], pair[1]] = [pair[1], #]",
    "ks.reverse()",
  ],
  outer: [],
  bindings: [{ text: "const { p: <s>, q: <t> } = $record", gives: { atom: ["<s>", "<t>"] } }],
  loops: [
    { head: "for (const <t> of ks)", gives: { atom: ["<t>"] } },
    { head: "for (let <i> = 0; <i> < ks.length; <i>++)", gives: { place: ["ks[<i>]"], index: ["<i>"] } },
    { head: "for (const [<i>, <t>] of xs.entries())", gives: { atom: ["<t>"], index: ["<i>"] } },
  ],
  terms: [
    "o.p * o.q",
    "ks.reduce((s, t, i) => s + t * (i + 1), 0)",
    "(pair[0] - pair[1])",
    "log.reduce((s, t) => s * 0.5 + t, 0)",
    "count * 0.1",
  ],
  results: [
    { type: "list", fresh: "[...ks, a, log.length]", shared: "ks" },
    { type: "struct Pair", fresh: "{ ...o, p: a }", shared: "o" },
  ],
};
