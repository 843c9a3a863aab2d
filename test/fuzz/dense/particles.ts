/** Objects in lists, each under several names: a variable that is an element, a second list of the same objects. */
import type { Shape } from "../ast.ts";
import type { World } from "./grammar.ts";

const particle: Shape = {
  name: "Particle",
  kind: "interface",
  fields: [
    { name: "v", type: "number" },
    { name: "w", type: "number" },
    { name: "at", type: "f64" },
    { name: "tag", type: "number" },
  ],
};

const prelude = [
  `function touch(p: Particle, by: number): Particle {
  p.v += by;
  p.at[0] += by * p.w;
  return p;
}`,
  `function walk(all: Particle[], i: number, k: number): number {
  if (i >= all.length) return 0;
  const e = all[i];
  e.v += k * i;
  return e.v * k + walk(all, i + 1, k * 0.9);
}`,
  `function build(d: number, k: number): Particle {
  if (d <= 0) return { v: k, w: d, at: Float64Array.of(k, d), tag: 0 };
  const p = build(d - 1, k * 0.7);
  p.v += k;
  p.at[1] += p.v * k;
  return d % 2 === 0 ? p : { ...p, w: p.v * k };
}`,
  `function pick(all: readonly Particle[], i: number): Particle {
  return i <= 0 ? all[0] : pick(all.slice(1), i - 1);
}`,
  `function total(all: readonly Particle[], k: number): number {
  let s = 0;
  for (const p of all) s += p.v * p.w * k + p.at[0];
  return s;
}`,
  `function heaviest(all: readonly Particle[], limit: number): Particle {
  let best = all[0];
  for (const p of all) {
    if (p.w > limit) return p;
    if (p.w > best.w) best = p;
  }
  return best;
}`,
  `function exchange<T>(items: T[], i: number, j: number): T {
  const kept = items[i];
  items[i] = items[j];
  items[j] = kept;
  return kept;
}`,
  `function joined(first: Particle, ...more: Particle[]): Particle {
  for (const p of more) {
    first.v += p.v * 0.3;
    p.w *= 0.9;
  }
  return more[more.length - 1] ?? first;
}`,
];

export const particles: World = {
  shapes: [particle],
  prelude,
  given: [
    {
      param: { name: "p0", type: "struct Particle" },
      link: "ps[1] = p0",
      copy: "ps[1] = { ...p0, at: p0.at.slice() }",
    },
    {
      param: { name: "crowd", type: "structs Particle" },
      copy: "for (const one of crowd) ps.push({ ...one, at: new Float64Array(one.at) })",
    },
  ],
  head: [
    [
      "const ps: Particle[] = [0, 1, 2].map((t) => ({ v: x * t, w: y, at: Float64Array.of(t, x), tag: t }))",
      "const ps: Particle[] = [{ v: x, w: y, at: Float64Array.of(1, y), tag: 0 }, { v: y, w: 0.5, at: new Float64Array(2), tag: 1 }, { v: 0.1, w: x, at: Float64Array.of(x, x), tag: 2 }]",
      "const ps: Particle[] = Array.from({ length: 3 }, (_, t) => ({ v: xs[0] * t, w: x, at: new Float64Array(2).fill(y), tag: t }))",
      "const ps: Particle[] = []; for (const t of xs) ps.push({ v: t, w: x, at: Float64Array.of(y, t * x), tag: ps.length })",
    ],
    ["let q: Particle = ps[1]", "let q = ps[0]", "let q: Particle = { ...ps[2], v: x }"],
    [
      "let some: Particle[] = ps.slice(1)",
      "let some: Particle[] = [q, ps[0]]",
      "let some = ps.filter((e) => e.tag > 0)",
    ],
  ],
  sorts: {
    num: [
      "ps.reduce((<s>, <e>) => <s> + <e>.v * $atom, #)",
      "0.2 * total($crowd, $atom)",
      "some.map((<e>) => <e>.w * #).reduce((<s>, <t>) => <s> + <t>, 0)",
      "touch($body, $atom).v",
      "0.3 * walk(ps, 0, $small)",
    ],
    atom: ["ps[0].v", "ps[2].at[0]", "q.at[1]", "(some[0]?.v ?? 0.3)", "ps.length", "ps[2].tag", "some.length"],
    place: ["q.v", "q.w", "q.at[0]", "ps[0].v", "ps[1].w", "ps[2].at[1]", "q.tag"],
    body: [
      "q",
      "ps[0]",
      "ps[1]",
      "ps[2]",
      "ps[ps.length - 1]",
      "(some[0] ?? q)",
      "(ps.at(-1) ?? q)",
      "(ps.find((<e>) => <e>.v > $atom) ?? q)",
      "heaviest(ps, $small)",
      "pick(ps, $index % 3)",
      "(@ ? q : ps[0])",
      "touch($body, #)",
      "joined(q, ...some)",
    ],
    made: [
      "{ v: #, w: #, at: Float64Array.of(a, $atom), tag: 1 }",
      "{ ...$body, at: $pair }",
      "{ ...q, v: #, tag: $index }",
      "build($index % 4, $small)",
    ],
    crowd: ["ps", "some", "ps.slice(1)", "[q, ps[0]]"],
    pair: ["Float64Array.of(a, $atom)", "q.at.slice()", "q.at", "ps[0].at", "new Float64Array([#, $atom])"],
    test: ["q.v > 0.2", "ps[0].tag > 0", "q === ps[1]", "some.some((<e>) => <e>.w > $atom)"],
  },
  lines: [
    [2, "q = $body"],
    [2, "q = $made"],
    "ps[$index % 3] = $body",
    "ps[0] = $made",
    "[ps[0], ps[1]] = [ps[1], ps[0]]",
    "[q, ps[2]] = [ps[2], q]",
    "exchange(ps, 0, 2).v += $atom",
    "$body.at = $pair",
    [2, "touch($body, #)"],
    "$body.v += #",
    "$body.at[1] = #",
    "ps.sort((<s>, <t>) => <s>.v - <t>.v)",
    "ps.reverse()",
    "some = $crowd.filter((<e>) => <e>.v > $atom)",
    "some = ps.map((<e>) => ({ ...<e>, v: <e>.v * # }))",
    "some = [...ps]",
    "if (some.length > 0) some[0] = $body",
    "ps.splice(1, 1, $made)",
    "{ const { v: <c>, at: <d> } = $body; <d>[0] += <c> * #; }",
    "for (const <e> of $crowd) <e>.w *= $small",
    "ps.forEach((<e>, <i>) => { <e>.v += <i> * #; })",
  ],
  outer: [
    "ps.push($body)",
    "ps.push($made)",
    "ps.unshift($made)",
    "some.push($body)",
    "if (ps.length > 3) q = ps.pop() ?? q",
    "if (ps.length > 3) q = ps.shift() ?? q",
    "if (ps.length > 3) some = ps.splice(1, 1)",
  ],
  bindings: [
    { text: "const <c> = $body", gives: { body: ["<c>"], place: ["<c>.v", "<c>.w", "<c>.at[0]"] } },
    { text: "const <c>: Particle = $made", gives: { body: ["<c>"], place: ["<c>.v", "<c>.at[1]"] } },
    { text: "const { at: <d>, w: <t> } = $body", gives: { pair: ["<d>"], place: ["<d>[0]"], atom: ["<t>"] } },
  ],
  loops: [
    { head: "for (const <e> of ps)", gives: { place: ["<e>.v", "<e>.w", "<e>.at[0]"], body: ["<e>"] } },
    { head: "for (const <e> of $crowd)", gives: { place: ["<e>.v", "<e>.at[1]"], body: ["<e>"], pair: ["<e>.at"] } },
    {
      head: "$crowd.forEach((<e>, <i>) =>",
      tail: ")",
      gives: { place: ["<e>.v", "<e>.w"], body: ["<e>"], index: ["<i>"] },
    },
    {
      head: "for (const [<i>, <e>] of ps.entries())",
      gives: { place: ["<e>.v", "<e>.at[1]", "ps[<i>].w"], body: ["<e>"], index: ["<i>"] },
    },
    {
      head: "for (let <i> = 0; <i> < ps.length; <i>++)",
      gives: { place: ["ps[<i>].v", "ps[<i>].at[0]"], body: ["ps[<i>]"], index: ["<i>"] },
    },
    {
      head: "for (let <i> = ps.length - 1; <i> >= 0; <i>--)",
      gives: { place: ["ps[<i>].v", "ps[<i>].tag"], body: ["ps[<i>]"], index: ["<i>"] },
    },
    {
      head: "for (const { v: <t>, at: <d> } of ps)",
      gives: { atom: ["<t>"], place: ["<d>[0]", "<d>[1]"], pair: ["<d>"] },
    },
  ],
  terms: ["q.v * q.w", "total(ps, x)", "q.at[0] * q.at[1]", "some.reduce((s, e) => s + e.v * e.w, 0) * 0.5"],
  results: [
    { type: "struct Particle", fresh: "{ ...q, at: q.at.slice() }", shared: "q" },
    { type: "structs Particle", fresh: "ps.map((e) => ({ ...e, at: e.at.slice() }))", shared: "ps" },
  ],
};
