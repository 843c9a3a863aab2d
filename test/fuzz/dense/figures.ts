/** Members of unions, what may be absent, tuples, tables by key, texts and Maps that decide. */
import type { Shape } from "../ast.ts";
import type { World } from "./grammar.ts";

const figure: Shape = {
  name: "Figure",
  kind: "union",
  fields: [{ name: "size", type: "number" }],
  variants: [
    { tag: "disc", fields: [{ name: "r", type: "number" }] },
    {
      tag: "bar",
      fields: [
        { name: "path", type: "list" },
        { name: "h", type: "number" },
      ],
    },
  ],
};

const options: Shape = {
  name: "Options",
  kind: "interface",
  fields: [
    { name: "bias", type: "number" },
    { name: "gain", type: "number", optional: true },
    { name: "taps", type: "f64" },
  ],
};

const prelude = [
  `type Mode = "soft" | "hard" | "none";`,
  `type Link = [from: number, to: number, path: number[]];`,
  `interface Extra {
  bias: number;
  gain?: number | undefined;
  taps?: Float64Array | undefined;
}`,
  `function disc(r: number): Figure {
  return { kind: "disc", size: r * 0.5, r };
}`,
  `function bar(h: number, path: number[]): Figure {
  return { kind: "bar", size: path[0], path, h };
}`,
  `function area(one: Figure): number {
  switch (one.kind) {
    case "disc":
      return one.r * one.r * one.size;
    case "bar":
      return one.h * one.path[0] + one.size;
  }
}`,
  `function enlarge(one: Figure, by: number): Figure {
  one.size += by;
  if (one.kind === "disc") {
    one.r *= by;
    return one;
  }
  one.path[1] = one.h * by;
  return by > 0.5 ? one : { ...one, path: [...one.path], size: by };
}`,
  `function turned(one: Figure): Figure {
  return one.kind === "disc" ? bar(one.r, [one.size, 0.5]) : disc(one.h);
}`,
  `function tuned(t: number, { bias, gain = 0.7, taps }: Extra): number {
  return t * gain + bias * (taps?.[0] ?? 0.2);
}`,
  `function completed(one: Extra, with_?: Extra): Extra {
  if (with_ === undefined) return one;
  one.gain ??= with_.gain;
  return { ...with_, ...one };
}`,
  `function firstOf<T>(items: readonly T[], test: (one: T) => boolean, other: T): T {
  for (const one of items) if (test(one)) return one;
  return other;
}`,
  `export class Dial {
  static readonly unit = new Float64Array([0.5, 0.25]);
  private turns: number;
  marks?: number[];
  constructor(turns: number) {
    this.turns = turns;
  }
  get angle(): number {
    return this.turns * Dial.unit[0];
  }
  set angle(to: number) {
    this.marks ??= [];
    this.marks.push(this.turns);
    this.turns = to * 0.8;
  }
  static between(a: Dial, b: Dial): Dial {
    const made = new Dial(0.5 * (a.angle + b.angle));
    if (a.marks !== undefined) made.marks = a.marks;
    return made;
  }
  mean(): number {
    if (!this.marks?.length) return this.turns;
    let s = 0;
    for (const t of this.marks) s += t;
    return s / this.marks.length;
  }
}`,
];

export const figures: World = {
  shapes: [figure, options],
  prelude,
  given: [
    {
      param: { name: "fig0", type: "struct Figure" },
      copy: 'figs.push(fig0.kind === "bar" ? bar(fig0.h, [...fig0.path]) : disc(fig0.r))',
    },
    {
      param: { name: "opt0", type: "struct Options" },
      copy: "extra = { ...opt0, taps: opt0.taps.slice() }",
    },
  ],
  head: [
    [
      "const figs: Figure[] = [disc(x), bar(y, [x, 0.3]), disc(0.6)]",
      "const figs: Figure[] = xs.map((t, i) => (i % 2 === 0 ? disc(t) : bar(x, [t, y])))",
    ],
    ["let fig = figs[1]", "let fig = turned(figs[0])"],
    [
      "let extra: Extra = { bias: x, gain: y }",
      "let extra: Extra = { bias: y }",
      "let extra: Extra = { bias: 0.3, gain: undefined, taps: Float64Array.of(x, y) }",
    ],
    ["const more = x > 0 ? { ...extra, bias: y } : extra"],
    ["let link: Link = [x, y, [0.2, x]]"],
    ["const links: Link[] = [link, [y, 0.4, link[2]]]", "const links: Link[] = [[0.5, x, [y, y]], link]"],
    ["const gains: Record<Mode, number> = { soft: x, hard: y, none: 0.2 }"],
    ['let mode = (x > y ? "soft" : "hard") as Mode'],
    ['const seen = new Map<string, number>([["disc", 1], ["bar", 2]])'],
    ["const dial = new Dial(y)"],
    ["let other = Dial.between(dial, new Dial(x))", "let other = dial"],
    ["let maybe: number | undefined = x > 0 ? y : undefined"],
  ],
  sorts: {
    num: [
      "0.3 * area($fig)",
      "enlarge($fig, $atom).size",
      "tuned(#, $extra)",
      "# * (seen.get(fig.kind) ?? 0.5)",
      "figs.reduce((<s>, <e>) => <s> + <e>.size * $atom, #)",
      'figs.reduce((<s>, <e>) => (<e>.kind === "disc" ? <s> + <e>.r * $atom : <s> * 0.5), #)',
      "links.map(([<s>, <t>]) => <s> * <t> + #).reduce((<s>, <t>) => <s> + <t> * 0.5, 0)",
      "(maybe ?? #)",
      "dial.mean()",
      "firstOf(figs, (<e>) => <e>.size > $atom, fig).size",
      "firstOf(links, ([<t>]) => <t> > $atom, link)[1]",
    ],
    atom: [
      "fig.size",
      "figs[0].size",
      "(extra.gain ?? 0.4)",
      "(extra.taps?.[1] ?? x)",
      "more.bias",
      "other.angle",
      "(dial.marks?.length ?? 0)",
      '(seen.get("bar") ?? 1)',
      "(maybe ?? 0.3)",
      '(fig.kind === "bar" ? fig.path[1] : fig.r)',
    ],
    place: [
      "fig.size",
      "figs[1].size",
      "extra.bias",
      "link[0]",
      "link[1]",
      "link[2][0]",
      "links[1][0]",
      "links[1][2][1]",
      "gains[mode]",
      "gains.soft",
      "dial.angle",
    ],
    fig: [
      "fig",
      "figs[0]",
      "figs[1]",
      "(figs.at(-1) ?? fig)",
      "(figs.find((<e>) => <e>.size > $atom) ?? fig)",
      "enlarge($fig, #)",
      "(@ ? fig : figs[0])",
    ],
    newfig: ["disc(#)", "bar(#, link[2])", "bar(#, [#, $atom])", "turned($fig)", "{ ...$fig, size: # }"],
    extra: [
      "extra",
      "more",
      "completed(extra, more)",
      "{ bias: # }",
      "{ ...extra, gain: # }",
      "{ ...more, taps: $taps }",
    ],
    taps: ["Float64Array.of(#, $atom)", "extra.taps", "undefined"],
    link: ["link", "links[0]", "links[1]", "(links.find(([<t>]) => <t> > $atom) ?? link)"],
    newlink: ["[#, #, [#, #]]", "[link[1], link[0], links[0][2]]", "[#, links[1][1], link[2]]"],
    mode: ['"soft"', '"hard"', '(@ ? "none" : mode)'],
    test: [
      "fig.size > 0.3",
      'mode === ("soft" as Mode)',
      '(seen.get("disc") ?? 0) > 1',
      "extra.gain !== undefined",
      "maybe === undefined",
      "seen.has(mode)",
      "extra === more",
    ],
  },
  lines: [
    "fig = $fig",
    [2, "fig = $newfig"],
    "figs[$index % 2] = $fig",
    "figs[0] = $newfig",
    "enlarge($fig, #)",
    "figs.reverse()",
    "figs.sort((<s>, <t>) => <s>.size - <t>.size)",
    '{ const <e> = $fig; if (<e>.kind === "bar") { <e>.path[0] += #; <e>.h *= $small; } else <e>.r = #; }',
    '{ const <e> = $fig; if (<e>.kind === "bar") link[2] = <e>.path; }',
    "extra.gain = @ ? # : undefined",
    "extra.gain ??= #",
    "extra.taps = $taps",
    "if (extra.taps !== undefined) extra.taps[0] += #",
    "extra = $extra",
    "link = $link",
    "link = $newlink",
    "links[$index % 2] = $newlink",
    "[links[0], links[1]] = [links[1], links[0]]",
    "[link[0], link[1]] = [link[1], link[0]]",
    "link[2] = $link[2]",
    "mode = $mode as Mode",
    "gains[$mode as Mode] = #",
    "seen.set(fig.kind, (seen.get(fig.kind) ?? 0) + 1)",
    'if (@) seen.delete("bar")',
    "dial.angle = #",
    "other = Dial.between(dial, other)",
    "maybe = @ ? undefined : #",
    "if (maybe !== undefined) $place += maybe * #",
    'switch (mode) { case "soft": $place *= $small; break; case "hard": $place = #; default: $place += $atom; }',
    "const [<s>, , [<t>]] = $link; $place = <s> * <t>",
    "const <c>: Extra = $extra; const { bias: <s>, gain: <t> = # } = <c>; $place += <s> * <t>",
  ],
  outer: [
    "figs.push($newfig)",
    "links.push($newlink)",
    "if (figs.length > 2) fig = figs.pop() ?? fig",
    "if (figs.length > 2) figs.splice(0, 1)",
    "link[2].push(#)",
  ],
  bindings: [
    { text: "const <e> = $fig", gives: { fig: ["<e>"], place: ["<e>.size"] } },
    { text: "const [<s>, <t>, <r>] = $link", gives: { atom: ["<s>", "<t>"], place: ["<r>[0]"] } },
    { text: "const <c> = new Dial(#)", gives: { place: ["<c>.angle"], atom: ["<c>.mean()"] } },
    { text: "const <c>: Extra = $extra", gives: { extra: ["<c>"], place: ["<c>.bias"], atom: ["(<c>.gain ?? 0.6)"] } },
  ],
  loops: [
    { head: "for (const <e> of figs)", gives: { place: ["<e>.size"], fig: ["<e>"], atom: ["area(<e>)"] } },
    { head: "figs.forEach((<e>, <i>) =>", tail: ")", gives: { place: ["<e>.size"], fig: ["<e>"], index: ["<i>"] } },
    { head: "for (const <e> of links)", gives: { place: ["<e>[0]", "<e>[1]", "<e>[2][0]"], link: ["<e>"] } },
    { head: "for (const [<s>, <t>, <r>] of links)", gives: { atom: ["<s>", "<t>"], place: ["<r>[1]"] } },
    { head: 'for (const <k> of ["soft", "none", mode] as const)', gives: { place: ["gains[<k>]"] } },
    { head: "for (const [, <n>] of seen)", gives: { index: ["<n>"] } },
    {
      head: "for (const <e> of [extra, more])",
      gives: { extra: ["<e>"], place: ["<e>.bias"], atom: ["(<e>.gain ?? 0.1)"] },
    },
  ],
  terms: [
    "figs.reduce((s, e) => s + area(e), 0)",
    "fig.size",
    "tuned(x, extra) * 0.5 + tuned(0.3, more)",
    "link[0] * link[1] + link[2][0] * links[0][2][1]",
    "gains.soft * gains.hard + gains[mode]",
    "dial.angle * other.mean()",
    "(maybe ?? 0.2) * x",
  ],
  results: [
    { type: "struct Figure", fresh: "disc(fig.size)", shared: "fig" },
    { type: "structs Figure", fresh: "figs.map((e) => disc(area(e)))", shared: "figs" },
  ],
};
