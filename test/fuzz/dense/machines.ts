/** Instances that hold functions and lists, functions that keep variables, variables of functions that change. */
import type { Shape } from "../ast.ts";
import type { World } from "./grammar.ts";

const box: Shape = {
  name: "Box",
  kind: "interface",
  fields: [
    { name: "v", type: "number" },
    { name: "w", type: "number" },
  ],
};

const prelude = [
  `class Unit {
  static readonly step = 0.3;
  k: number;
  n = 0;
  last: number;
  readonly fn: (t: number) => number;
  hist: number[] = [];
  constructor(k: number, fn: (t: number) => number) {
    this.k = k;
    this.fn = fn;
    this.last = k;
  }
  static of(k: number): Unit {
    const made = new Unit(k, (t) => t * k);
    made.put(k * Unit.step);
    return made;
  }
  f = (t: number): number => this.k * this.fn(t) + this.n;
  readonly add = (by: number): void => {
    this.n += by * 0.5;
    this.last = by;
  };
  put = (by: number): number => {
    this.hist.push(by * this.k);
    return this.hist.length;
  };
  g(t: number): number {
    let s = 0;
    for (let i = 0; i < 2; i++) s += this.f(t + i) * Unit.step;
    return s;
  }
  scale(by: number): this {
    this.k *= by;
    for (let i = 0; i < this.hist.length; i++) this.hist[i] *= by;
    return this;
  }
  get sum(): number {
    return this.hist.reduce((s, t) => s + t, this.n);
  }
  get level(): number {
    return this.k * 0.5;
  }
  set level(to: number) {
    this.last = this.k;
    this.k = to * 0.5;
  }
  made = (): ((t: number) => number) => {
    const own = this.k;
    return (t) => t * own + this.last;
  };
}`,
  `class Twin extends Unit {
  z: number;
  private other: Box;
  constructor(k: number, z: number, other: Box) {
    super(k, (t) => Math.sin(t) * z);
    this.z = z;
    this.other = other;
  }
  twice = (t: number): number => this.f(t) * this.z;
  g(t: number): number {
    return super.g(t) + this.z * this.other.v;
  }
  scale(by: number): this {
    this.z *= 0.9;
    this.other.w += by * 0.2;
    super.scale(by);
    return this;
  }
  swap(other: Box): Box {
    const before = this.other;
    this.other = other;
    return before;
  }
  inner(): Box {
    return this.other;
  }
}`,
  `function bump(b: Box, by: number): Box {
  b.v += by;
  return b;
}`,
  `function make(k: number, fn: (t: number) => number): Unit {
  const made = new Unit(k, fn);
  made.add(k);
  return made;
}`,
  `const apply = (fn: (t: number) => number, t: number): number => fn(fn(t) * 0.5);`,
  `function counter(by: number): { inc: () => number; at: () => number; by: number } {
  let c = by;
  return { inc: () => (c += by), at: () => c, by };
}`,
  `function steps(fn: (t: number, i: number) => number, from: number, n = 3): number {
  let t = from;
  for (let i = 0; i < n; i++) {
    const next = fn(t, i) * 0.5;
    if (next > 4) return t;
    t = next;
  }
  return t;
}`,
  `function updated<T extends Box>(one: T, change: (one: T) => void): T {
  const copy = { ...one };
  change(copy);
  return copy;
}`,
];

export const machines: World = {
  shapes: [box],
  prelude,
  given: [
    { param: { name: "b0", type: "struct Box" }, link: "o = b0", copy: "o = { ...b0 }" },
    { param: { name: "stock", type: "structs Box" }, copy: "for (const one of stock) boxes.push({ ...one })" },
  ],
  head: [
    ["let o: Box = { v: x * y, w: 0.7 }", "let o: Box = { v: xs[0], w: x }"],
    ["let p: Box = { v: 0.2, w: y }", "let p = o"],
    ["const boxes: Box[] = [o, { v: y, w: x }]", "const boxes: Box[] = [{ v: y, w: 0.3 }, p, o]"],
    ["const law0 = (t: number): number => t * 0.5 + x"],
    [
      "const unit = new Unit(x, (t) => t * y)",
      "const unit = make(y, Math.sin)",
      "const unit = new Unit(0.5, law0)",
      "const unit = Unit.of(y)",
    ],
    ["const twin = new Twin(y, x, o)", "const twin = new Twin(0.6, y, boxes[1])"],
    ["const tally = counter(x)"],
    ["let law = law0"],
    ["let turn = (t: number): number => Math.cos(t) * y", "let turn = unit.f"],
    ["const table = { one: law0, two: (t: number): number => t + b }"],
  ],
  sorts: {
    num: [
      "law(#)",
      "turn(#)",
      "unit.f(#)",
      "unit.g(#)",
      "twin.twice(#)",
      "twin.g(#)",
      "apply($fn, #)",
      "steps((<s>, <i>) => <s> * $atom + <i>, #)",
      "steps($fn, #, 2)",
      "boxes.reduce((<s>, <e>) => <s> + <e>.v * $atom, #)",
      "table.one(#)",
      "table.two(#)",
      "xs.map($fn)[0]",
      "bump($box, #).w",
      "tally.inc() * #",
    ],
    atom: [
      "unit.sum",
      "boxes[0].v",
      "boxes[1].w",
      "tally.at()",
      "tally.by",
      "unit.hist.length",
      "twin.inner().v",
      "unit.level",
    ],
    place: ["o.v", "o.w", "p.v", "unit.k", "unit.n", "unit.last", "twin.k", "twin.z", "boxes[0].v"],
    fn: [
      "((<t>: number) => <t> * x)",
      "((<t>: number) => <t> * $place + $atom)",
      "((<t>: number) => { $place += <t> * 0.1; return $atom; })",
      "((<t>: number) => law0(<t> * 0.5) + $atom)",
      "((<t>: number) => unit.f(<t>) * $atom)",
      "unit.f",
      "law",
      "turn",
      "Math.sin",
      "unit.made()",
      "twin.twice",
      "(@ ? law0 : unit.f)",
    ],
    box: ["o", "p", "boxes[0]", "boxes[1]", "twin.inner()", "(boxes.at(-1) ?? o)", "bump(o, #)", "twin.swap($box)"],
    fresh: ["{ v: #, w: # }", "{ ...p, w: # }", "updated($box, (<e>) => { <e>.v *= $atom; })"],
    test: ["unit.k > 0.4", "o.v > 0.2", "unit.n < o.w", "unit.hist.length > 1", "o === p"],
  },
  lines: [
    "p = $box",
    "o = $fresh",
    "o = $box",
    "law = $fn",
    "if (@) turn = $fn",
    "unit.add(#)",
    "unit.scale($small)",
    "twin.scale($small).add(#)",
    "$place += unit.put(#)",
    "bump($box, #)",
    "boxes[0] = $box",
    "boxes[1] = $fresh",
    "[boxes[0], boxes[1]] = [boxes[1], boxes[0]]",
    "tally.inc()",
    "twin.swap($box).v *= $small",
    "boxes.forEach((<e>, <i>) => { <e>.v += <i> * #; })",
    "boxes.sort((<s>, <t>) => <s>.w - <t>.w)",
    "unit.hist[0] = #",
    "unit.hist = twin.hist",
    "twin.hist = [...unit.hist, $atom]",
    "{ const { v: <s>, w: <t> } = $box; $place = <s> * <t> + #; }",
    "[1, 2].map((<t>) => law(<t>)).forEach((<t>) => { $place += <t> * 0.1; })",
  ],
  outer: [
    "boxes.push($fresh)",
    "boxes.push($box)",
    "boxes.unshift($box)",
    "if (boxes.length > 2) p = boxes.pop() ?? p",
  ],
  bindings: [
    { text: "const <h> = $fn", gives: { fn: ["<h>"] } },
    { text: "const <c> = $box", gives: { box: ["<c>"], place: ["<c>.v", "<c>.w"] } },
    { text: "const { f: <h>, k: <t> } = unit", gives: { fn: ["<h>"], atom: ["<t>"] } },
    {
      text: "const <c> = new Twin(#, $atom, $box)",
      gives: { fn: ["<c>.f", "<c>.twice"], place: ["<c>.k", "<c>.z"], box: ["<c>.inner()"] },
    },
  ],
  loops: [
    { head: "for (const <e> of boxes)", gives: { place: ["<e>.v", "<e>.w"], box: ["<e>"] } },
    { head: "boxes.forEach((<e>) =>", tail: ")", gives: { place: ["<e>.v", "<e>.w"], box: ["<e>"] } },
    { head: "for (const <h> of [law, unit.f, $fn])", gives: { fn: ["<h>"] } },
    { head: "for (const <t> of unit.hist)", gives: { atom: ["<t>"] } },
    { head: "for (const <m> of [unit, twin])", gives: { place: ["<m>.k", "<m>.n"], fn: ["<m>.f"], atom: ["<m>.sum"] } },
  ],
  terms: [
    "o.v * p.w",
    "unit.f(0.3)",
    "unit.sum",
    "twin.f(0.2)",
    "law(0.1) * turn(0.2)",
    "boxes.reduce((s, e) => s + e.v * e.w, 0)",
    "tally.at()",
    "table.one(0.1) + table.two(0.2)",
    "twin.g(0.4)",
  ],
  results: [
    { type: "struct Box", fresh: "{ ...o }", shared: "o" },
    { type: "structs Box", fresh: "boxes.map((e) => ({ ...e }))", shared: "boxes" },
  ],
};
