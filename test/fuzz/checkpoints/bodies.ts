/** Objects, lists of them, tuples and instances as the state of a loop: changed in place or made anew, with parts in common. */
import type { World } from "../dense/grammar.ts";

const prelude = [
  `interface Moon {
  p: number;
  v: number;
}`,
  `interface Stage {
  q: number[];
  w: Float64Array;
  e: number;
  more?: number[] | undefined;
}`,
  `type Leg = [at: number, row: number[]];`,
  `class Cell {
  v: number;
  hist: Float64Array;
  constructor(v: number, hist: Float64Array) {
    this.v = v;
    this.hist = hist;
  }
  step(k: number): number {
    this.v = this.v * 0.7 + k * 0.2 * this.hist[0];
    this.hist[1] = this.v;
    return this.v;
  }
  next(k: number): Cell {
    return new Cell(this.v * 0.6 + k * 0.2, this.hist.map((t) => t * 0.8 + this.v * 0.1));
  }
  beside(k: number): Cell {
    return new Cell(this.v * 0.6 + k * 0.2, this.hist);
  }
}`,
  `function advanced(s: Stage, k: number): Stage {
  return { ...s, q: s.q.map((t, i) => t * 0.8 + k * 0.1 * s.w[i % 2]), e: s.e * 0.7 + k * 0.1 };
}`,
  `function driven(s: Stage, k: number): Stage {
  s.e = s.e * 0.6 + k * 0.2;
  s.q[0] = s.q[0] * 0.5 + s.e;
  return s;
}`,
  `function either(s: Stage, k: number): Stage {
  return s.e > k ? advanced(s, k) : driven(s, k);
}`,
  `function copied(s: Stage): Stage {
  return { ...s, q: [...s.q], w: s.w.slice() };
}`,
  `function ticked(all: readonly Moon[], k: number): Moon[] {
  return all.map((b) => ({ p: b.p + 0.1 * b.v * k, v: b.v * 0.9 - 0.1 * b.p }));
}`,
  `function orbited(all: readonly Moon[], k: number, n: int): Moon[] {
  let at: Moon[] = [...all];
  // @checkpoint 2
  for (let i = 0; i < n; i++) at = at.map((b) => ({ p: b.p * 0.9 + 0.1 * b.v * k, v: b.v - 0.1 * Math.sin(b.p) }));
  return at;
}`,
  `function runOn(s: Stage, k: number, n: int): Stage {
  let at = s;
  // @checkpoint
  for (let i = 0; i < n; i++) at = { ...at, q: at.q.map((t) => t * 0.8 + k * 0.1), e: at.e * at.q[0] * 0.5 };
  return at;
}`,
  `function swungBy(k: number, n: int): number {
  let moon: Moon = { p: k, v: 0.3 };
  // @checkpoint 2
  for (let i = 0; i < n; i++) moon = { p: moon.p + 0.2 * moon.v, v: moon.v - 0.2 * Math.sin(moon.p) };
  return moon.p;
}`,
];

export const bodies: World = {
  shapes: [
    {
      name: "Place",
      kind: "interface",
      fields: [
        { name: "p", type: "number" },
        { name: "v", type: "number" },
        { name: "w", type: "f64" },
      ],
    },
  ],
  prelude,
  given: [
    {
      param: { name: "place0", type: "struct Place" },
      link: "stage.w = place0.w",
      copy: "stage = { ...stage, e: place0.p, w: place0.w.slice() }",
    },
    { param: { name: "places", type: "structs Place" }, copy: "moons = places.map(({ p, v }) => ({ p, v }))" },
  ],
  head: [
    [
      "let moons: Moon[] = [{ p: x, v: y }, { p: 0.3, v: x }]",
      "let moons: Moon[] = [0, 1, 2].map((i) => ({ p: x * i, v: y }))",
    ],
    ["let moon: Moon = moons[0]", "let moon: Moon = { p: y, v: x }"],
    [
      "let stage: Stage = { q: [x, y], w: Float64Array.of(y, 0.3), e: x }",
      "let stage: Stage = { q: [...xs], w: new Float64Array([x, y]), e: 0.4, more: [y, x] }",
    ],
    ["let prior: Stage = stage", "let prior: Stage = { ...stage, e: y }", "let prior: Stage = copied(stage)"],
    ["let stages: Stage[] = [stage, prior]", "let stages: Stage[] = [copied(stage), { ...prior, q: [y, x] }]"],
    ["let cell = new Cell(x, stage.w)", "let cell = new Cell(y, Float64Array.of(x, y))"],
    ["let mate = cell", "let mate = new Cell(0.4, Float64Array.of(y, x))", "let mate = cell.next(y)"],
    ["let leg: Leg = [x, [y, 0.2]]", "let leg: Leg = [y, stage.q]"],
  ],
  sorts: {
    num: [
      "moons.reduce((<s>, <b>) => <s> + <b>.p * $atom, #)",
      "(stage.more?.[0] ?? #)",
      "cell.step(#)",
      "$stage.e",
      "driven($stage, #).q[1]",
      "0.5 * runOn($stage, $atom, 3).e",
      "0.5 * orbited(moons, $atom, 3)[1].p",
      "swungBy(#, 4)",
    ],
    atom: [
      "moon.p",
      "moons[0].v",
      "moons[1].p",
      "stage.e",
      "stage.q[0]",
      "stage.w[1]",
      "prior.q[1]",
      "prior.e",
      "stages[0].e",
      "cell.v",
      "cell.hist[0]",
      "mate.v",
      "leg[0]",
      "leg[1][0]",
    ],
    place: ["moon.p", "moon.v", "moons[1].v", "stage.e", "stage.q[0]", "stage.w[0]", "prior.e", "cell.v", "leg[0]"],
    moon: ["moon", "moons[0]", "moons[1]", "(moons.at(-1) ?? moon)", "(@ ? moon : moons[0])"],
    moonmade: [
      "{ p: #, v: # }",
      "{ p: moon.p + 0.1 * moon.v, v: moon.v * 0.9 - 0.1 * moon.p * $atom }",
      "{ ...$moon, v: # }",
    ],
    stage: [
      "stage",
      "prior",
      "stages[0]",
      "stages[1]",
      "(@ ? stage : prior)",
      "either($stage, #)",
      "driven($stage, #)",
    ],
    stagemade: [
      [2, "advanced($stage, #)"],
      "{ ...stage, e: stage.e * 0.6 + # * 0.2 }",
      "{ ...$stage, q: [#, $atom] }",
      "{ ...stage, w: stage.w.map((<t>) => <t> * 0.8 + $atom * 0.1) }",
      "{ q: stage.q.map((<t>) => <t> * 0.7 + $atom * 0.2), w: stage.w, e: # }",
      "{ q: prior.q, w: stage.w.slice(), e: # }",
      "{ q: [...stage.q], w: prior.w, e: stage.e * $small, more: stage.q }",
      "{ ...prior, more: [#, $atom] }",
      "copied($stage)",
      "runOn(stage, #, 3)",
    ],
    cell: ["cell", "mate", "(@ ? cell : mate)"],
    test: [
      "moon.p > 0.2",
      "stage === prior",
      "stage.e > $atom",
      "stage.more === undefined",
      "cell === mate",
      "leg[0] > 0.1",
    ],
  },
  lines: [
    [2, "moons = moons.map((<b>) => ({ p: <b>.p + 0.1 * <b>.v, v: <b>.v * 0.9 - 0.1 * <b>.p * $atom }))"],
    "moons = moons.map((<b>, <i>) => (<i> === 0 ? <b> : { ...<b>, v: <b>.v * 0.8 + # * 0.1 }))",
    "moons = ticked(moons, #)",
    "moons = orbited(moons, $atom, 3)",
    "moons = [...moons.slice(1), $moonmade]",
    "moons = Array.from({ length: 3 }, (_, <i>) => ({ p: moons[<i> % moons.length].v * 0.7, v: # * <i> * 0.3 }))",
    "moons = [$moonmade, moons[0]]",
    "{ const <l>: Moon[] = []; for (const <b> of moons) <l>.push({ p: <b>.v * $small, v: <b>.p + 0.1 * $atom }); moons = <l>; }",
    "{ const <l> = moons.slice(); <l>[0] = $moonmade; moons = <l>; }",
    "moons[$index % 2] = $moonmade",
    "for (const <b> of moons) <b>.p = <b>.p * 0.8 + <b>.v * $small * 0.3",
    "[moons[0], moons[1]] = [moons[1], moons[0]]",
    "moon = $moon",
    [2, "moon = $moonmade"],
    "moon.p += 0.1 * #",
    [3, "stage = $stagemade"],
    "stage = $stage",
    "prior = $stage",
    "prior = $stagemade",
    "[stage, prior] = [prior, stage]",
    "{ const <b> = $stagemade; prior = stage; stage = <b>; }",
    "{ const <b>: Stage = copied(stage); <b>.q[0] += # * 0.2; <b>.w[1] *= $small; stage = <b>; }",
    "driven($stage, #)",
    "stage = either(stage, #)",
    "stage.q = stage.q.map((<t>) => <t> * 0.8 + $atom * 0.1)",
    "stage.w = prior.w",
    "stage.w[0] = stage.w[0] * 0.6 + # * 0.2",
    "stage.more = @ ? [#, $atom] : undefined",
    "stages = stages.map((<b>) => advanced(<b>, #))",
    "stages = stages.map((<b>) => ({ ...<b>, e: <b>.e * 0.7 + $atom * 0.1 }))",
    "stages = [$stagemade, $stage]",
    "stages = [stages[1], stages[0]]",
    "stages[$index % 2] = $stagemade",
    "for (const <b> of stages) <b>.e = <b>.e * 0.7 + # * 0.1",
    "cell = cell.next(#)",
    "cell = cell.beside(#)",
    "cell = $cell",
    "[cell, mate] = [mate, cell]",
    "mate = new Cell(#, cell.hist)",
    "$cell.step(#)",
    "leg = [leg[0] * 0.7 + # * 0.2, leg[1].map((<t>) => <t> * 0.8 + $atom * 0.1)]",
    "leg = [#, leg[1]]",
    "leg = [leg[1][0], [leg[0], #]]",
    "leg[0] = #",
    "leg[1][0] = leg[1][0] * 0.5 + # * 0.3",
    "{ const [<t>, <r>] = leg; leg = [<r>[0] * 0.5, [<t>, <r>[1]]]; }",
    "{ const { q: <r>, e: <t> } = $stage; <r>[0] = <r>[0] * 0.5 + <t> * 0.3; }",
  ],
  outer: [],
  bindings: [
    { text: "const <b> = $moon", gives: { moon: ["<b>"], place: ["<b>.p", "<b>.v"] } },
    { text: "const <b> = $stage", gives: { stage: ["<b>"], place: ["<b>.e", "<b>.q[0]"] } },
    { text: "const <b>: Stage = $stagemade", gives: { stage: ["<b>"], place: ["<b>.e", "<b>.w[0]"] } },
  ],
  loops: [
    { head: "for (const <b> of moons)", gives: { place: ["<b>.p", "<b>.v"], moon: ["<b>"] } },
    { head: "for (const <b> of stages)", gives: { place: ["<b>.e", "<b>.q[1]"], stage: ["<b>"] } },
    { head: "moons.forEach((<b>, <i>) =>", tail: ")", gives: { atom: ["<b>.v"], moon: ["<b>"], index: ["<i>"] } },
  ],
  terms: [
    "moons.reduce((s, b, i) => s + b.p * b.v * (i + 1), 0)",
    "moon.p * moon.v",
    "stage.q[0] * stage.q[1] + stage.w[0] * stage.e",
    "prior.e + prior.q[0] * prior.w[1]",
    "stages.reduce((s, b) => s * 0.5 + b.e * b.q[0] + b.w[1], 0)",
    "cell.v * cell.hist[0] + cell.hist[1]",
    "mate.v + mate.hist[0]",
    "leg[0] * leg[1][0] + leg[1][1]",
    "(stage.more?.[0] ?? 0.3)",
  ],
  results: [
    {
      type: "struct Place",
      fresh: "{ p: moon.p, v: stage.e, w: stage.w.slice() }",
      shared: "{ p: moon.p, v: stage.e, w: stage.w }",
    },
    {
      type: "structs Place",
      fresh: "moons.map((b) => ({ ...b, w: Float64Array.of(b.p) }))",
      shared: "stages.map((b) => ({ p: b.e, v: 0.3, w: b.w }))",
    },
  ],
};
