/** Kinds of data: numbers, unions, tables by keys, what stands beside data without a derivative, instances of classes. */
import type { Kind } from "./grammar.ts";

const cell = `export class Cell {
  v: number;
  private w: number;
  taps?: number[] | undefined;
  constructor(v: number, w: number) {
    this.v = v;
    this.w = w;
  }
  static of(t: number): Cell {
    return new Cell(t, t * 0.4);
  }
  get sum(): number {
    return this.v + this.w * 0.6 + (this.taps?.[0] ?? 0);
  }
  set sum(to: number) {
    this.w = to - this.v;
  }
  step(t: number): this {
    this.v += this.w * t;
    (this.taps ??= []).push(t);
    return this;
  }
  apart(): Cell {
    return new Cell(this.w, this.v);
  }
  less(other: Cell): Cell {
    return this.sum < other.sum ? this : other;
  }
}`;

const wide = `abstract class Base {
  constructor(public v: number) {}
  abstract area(t: number): number;
  twice(t: number): number {
    return this.area(t) * 2 - this.v;
  }
}
export class Wide extends Base {
  rows: number[];
  readonly gain = 0.8;
  constructor(v: number, w: number) {
    super(v * 0.9);
    this.rows = [w, v];
  }
  override area(t: number): number {
    return this.rows[0] * t + this.v * this.gain;
  }
  grow(t: number): void {
    this.rows[1] += t * this.v;
    this.v *= 0.9;
  }
}`;

export const choices: readonly Kind[] = [
  {
    sort: "real",
    type: "number",
    isFixed: true,
    fresh: ["# * 0.9", "# + $atom"],
    copies: ["$it * 1.1"],
    total: "it * 1.2",
    sorts: { num: ["$it * #"], atom: ["$it"] },
    lines: ["$slot += #", "$slot *= $small"],
  },
  {
    sort: "perhaps",
    type: "Perhaps",
    isFixed: true,
    prelude: ["type Perhaps = number | undefined;"],
    fresh: ["(@ ? # : undefined)", "(# * 0.8)"],
    copies: ["($it ?? #)"],
    total: "(it ?? 0.3) * 1.2",
    sorts: { num: ["($it ?? #)"], atom: ["($it ?? 0.2)"], test: ["$it === undefined"] },
  },
  {
    sort: "fig",
    type: "Fig",
    uses: ["row"],
    prelude: [
      `type Fig = { kind: "disc"; r: number } | { kind: "bar"; path: number[]; h: number };`,
      `function areaFig(one: Fig): number {
  switch (one.kind) {
    case "disc":
      return one.r * one.r;
    case "bar":
      return one.h * one.path[0] + one.path[1];
  }
}`,
    ],
    fresh: [
      '{ kind: "disc", r: # }',
      '{ kind: "bar", path: [#, $atom], h: # }',
      '(@ ? { kind: "disc", r: # } : { kind: "bar", path: [$atom, #], h: 0.4 })',
    ],
    made: ['{ kind: "bar", path: $row, h: # }'],
    copies: ["{ ...$it }"],
    total: 'it.kind === "disc" ? it.r * it.r : it.h * it.path[0] + it.path[1]',
    sorts: {
      num: ["areaFig($it)"],
      test: ['$it.kind === "bar"'],
    },
    lines: [
      '{ const <e> = $it; if (<e>.kind === "bar") { <e>.path[0] += #; <e>.h *= $small; } else <e>.r += #; }',
      '{ const <e> = $it; switch (<e>.kind) { case "disc": <e>.r *= $small; break; case "bar": <e>.path = $row; } }',
      '{ const <e> = $it; if (<e>.kind === "bar") <e>.path = [<e>.h, ...<e>.path]; }',
      '{ const <e> = $it; $place += <e>.kind === "disc" ? <e>.r : <e>.path.length * <e>.h; }',
    ],
  },
  {
    sort: "rec",
    type: "Rec",
    fresh: ["{ a: #, b: $atom }", "{ b: #, a: $atom }"],
    copies: ["{ ...$it }", "{ ...$it, b: # }"],
    total: "it.a * 0.8 + it.b * it.a",
    given: {
      type: "struct Rec",
      copy: "{ ...it }",
      shapes: [
        {
          name: "Rec",
          kind: "record",
          fields: [
            { name: "a", type: "number" },
            { name: "b", type: "number" },
          ],
        },
      ],
    },
    sorts: {
      num: ["$it.a * $it.b", '(["a", "b"] as const).reduce((<s>, <k>) => <s> + $it[<k>] * $atom, #)'],
      atom: ["$it.b"],
      place: ["$it.a", '$it["b"]', '$it[@ ? "a" : "b"]'],
    },
    lines: ['for (const <k> of ["a", "b"] as const) $it[<k>] += # * 0.4', "[$it.a, $it.b] = [#, $atom]"],
    bindings: [{ text: "const { a: <s>, b: <t> } = $it", gives: { atom: ["<s>", "<t>"] } }],
  },
  {
    sort: "hue",
    type: "Record<Hue, number>",
    prelude: ["export enum Hue {\n  Red,\n  Green,\n}", "const hues = [Hue.Red, Hue.Green] as const;"],
    fresh: ["{ [Hue.Red]: #, [Hue.Green]: $atom }"],
    copies: ["{ ...$it }", "{ ...$it, [Hue.Green]: # }"],
    total: "it[Hue.Red] * 0.8 + it[Hue.Green] * it[Hue.Red]",
    sorts: {
      num: ["$it[Hue.Red] * $it[Hue.Green]", "hues.map((<k>) => $it[<k>] * $atom)[1]"],
      atom: ["$it[Hue.Green]"],
      place: ["$it[Hue.Red]", "$it[@ ? Hue.Red : Hue.Green]"],
    },
    lines: ["for (const <k> of hues) $it[<k>] *= $small"],
  },
  {
    sort: "tone",
    type: "Tone",
    prelude: [
      "const TABLE = { soft: { gain: 0.5, taps: [0.2, 0.4] }, hard: { gain: 1.5, taps: [0.1, 0.7] } } as const;",
      "interface Tone {\n  key: keyof typeof TABLE;\n  v: number;\n}",
      'function isSoft(one: Tone): boolean {\n  return one.key === "soft";\n}',
    ],
    fresh: ['{ key: "soft", v: # }', '{ key: @ ? "soft" : "hard", v: # }'],
    copies: ["{ ...$it }", '{ ...$it, key: "hard" }'],
    total: "it.v * TABLE[it.key].gain + TABLE[it.key].taps[1]",
    sorts: {
      num: ["$it.v * TABLE[$it.key].gain", "TABLE[$it.key].taps[$index % 2] * #"],
      atom: ["TABLE[$it.key].gain"],
      place: ["$it.v"],
      test: ["isSoft($it)"],
    },
    lines: ['$it.key = @ ? "soft" : "hard"', "for (const <t> of TABLE[$it.key].taps) $place += <t> * #"],
  },
  {
    sort: "note",
    type: "Note",
    prelude: ["interface Note {\n  marks: Map<string, number>;\n  seen: Set<number>;\n  v: number;\n}"],
    fresh: [
      '{ marks: new Map([["a", 1]]), seen: new Set([2]), v: # }',
      '{ marks: new Map([["b", 2], ["a", 3]]), seen: new Set([1]), v: # }',
    ],
    made: ["{ ...$it, v: # }"],
    copies: ["{ ...$it }", "{ marks: new Map($it.marks), seen: $it.seen, v: $it.v }"],
    total: 'it.v * (it.marks.get("a") ?? 2) + it.seen.size',
    sorts: {
      num: ['$it.v * ($it.marks.get("b") ?? 2)', "# * ($it.seen.has(1) ? 2 : 0.5)"],
      atom: ["$it.seen.size"],
      place: ["$it.v"],
      test: ['$it.marks.has("b")'],
    },
    lines: [
      '$it.marks.set("b", $index)',
      "$it.seen.add($index)",
      '{ const <e> = $it; <e>.marks.set("a", (<e>.marks.get("a") ?? 0) + 1); }',
      '$it.marks.delete("a")',
      "{ const <e> = $it; for (const [, <n>] of <e>.marks) <e>.v += <n> * 0.2; }",
    ],
  },
  {
    sort: "cell",
    type: "Cell",
    prelude: [cell],
    fresh: ["new Cell(#, $atom)", "Cell.of(#)"],
    made: ["$it.apart().step(#)"],
    copies: ["$it.apart()", "new Cell($it.v, $it.sum)"],
    total: "it.v * 1.2 + it.sum",
    sorts: {
      num: ["$it.sum * #", "$it.step(#).v"],
      atom: ["$it.sum", "($it.taps?.length ?? 0.5)"],
      place: ["$it.v", "$it.sum"],
      it: ["$it.less($it)", "$it.step($atom)"],
      test: ["$it.sum > $atom"],
    },
    lines: ["$it.step(#)", "$it.taps = @ ? undefined : [#]", "$it.taps = $it.taps"],
  },
  {
    sort: "wide",
    type: "Wide",
    uses: ["row"],
    prelude: [wide],
    fresh: ["new Wide(#, $atom)"],
    copies: ["new Wide($it.v, $it.rows[1])"],
    total: "it.twice(0.6) + it.rows[1]",
    sorts: {
      num: ["$it.area(#)", "$it.twice($atom)"],
      atom: ["$it.v"],
      place: ["$it.v", "$it.rows[0]"],
      row: ["$it.rows"],
      slotrow: ["$it.rows"],
    },
    lines: ["$it.grow(#)", "$it.rows = $row"],
  },
];
