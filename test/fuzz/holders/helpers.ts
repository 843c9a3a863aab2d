/** Functions and classes that data of a kind is handed to: they read it, write into it, give it or a part of it back. */
import { form, leaf } from "../ast.ts";
import type { Stmt } from "../ast.ts";
import { statements } from "../dense/blocks.ts";
import { Writer } from "../dense/grammar.ts";
import type { Sorts } from "../dense/grammar.ts";
import { numbers } from "../dense/numbers.ts";
import { printExpr, printStmt } from "../print.ts";
import type { Random } from "../random.ts";
import { nameOf, of, together } from "./grammar.ts";
import type { Kind } from "./grammar.ts";

/** What there is in a function that is given numbers `t` and `u`. */
const given: Sorts = {
  num: numbers.sorts.num ?? [],
  atom: ["t", "t", "0.4", "1.2"],
  small: ["0.8", "1.1", "-0.7"],
  index: ["1", "2"],
  test: ["t > 0.3", "t < 0.6"],
};

/** What stands for data of a kind where there is none. */
const making = (kind: Kind): Sorts => ({
  [kind.sort]: [
    [0.3, `make${nameOf(kind)}(#, $atom)`],
    [0.05, `make${nameOf(kind)}(t, 0.4)`],
  ],
});

/** The declarations for a kind. `parts` are the kinds that its parts are of. */
export function helpersOf(random: Random, kind: Kind, parts: readonly Kind[]): readonly string[] {
  const name = nameOf(kind);
  const { type } = kind;
  const ways = together([kind, ...parts].map((one) => of(one, one)));
  /** A writer where the data goes by the name `it`. */
  const writer = (it: string, isOwn: boolean): Writer =>
    new Writer(
      random,
      [
        given,
        ways.sorts,
        ...[kind, ...parts].map((one) => of(one, { new: [...one.fresh, ...(one.made ?? []), ...one.copies] })),
        { [kind.sort]: [[6, it]], [`slot${kind.sort}`]: isOwn || kind.isFixed === true ? [it] : [] },
        ...parts.map(making),
      ],
      2,
    );
  const print = (stmts: readonly Stmt[], indent: string): string =>
    stmts.map((stmt) => printStmt(stmt, indent)).join("");
  /** Statements over the data, the first of which changes it. */
  const body = (it: string, indent: string, isOwn = false): string => {
    const one = writer(it, isOwn);
    // A function of a function: no early return.
    one.functions = 1;
    const changes = ways.lines.length > 0 && random.chance(0.5) ? ways.lines : ["$place += # * 0.4", "$place = #"];
    const first = one.line(one.pick(changes));
    const world = {
      lines: [...ways.lines, "$place += # * 0.3", "$place *= $small"],
      outer: [],
      bindings: [...ways.bindings, { text: "const <t> = #", gives: { atom: ["<t>"] } }],
      loops: [...ways.loops, { head: "for (let <i> = 0; <i> < 2; <i>++)", gives: { index: ["<i>"] } }],
    };
    const frame = { writer: one, world, result: () => leaf("number", "t") };
    return print([first, ...statements(frame, random.below(3))], indent);
  };
  /** A number that the data is part of. */
  const number = (it: string): string => {
    const one = writer(it, false);
    const [template = `total${name}(${it})`] = random.shuffle(of(kind, kind).sorts?.num ?? []).map(String);
    return printExpr(form("number", "plus", "# + 0.6 * #", one.number(1), one.fill("number", template, 1)));
  };
  const fresh = new Writer(random, [given, { atom: ["u", "u"] }, ...parts.map(making)], 2);
  const made = fresh.fill("void", fresh.pick(of(kind, kind.fresh)), 1);
  const copying = writer("it", false);
  const copy = copying.fill("void", copying.pick(of(kind, kind.copies)), 1);
  const all = [
    `function total${name}(it: ${type}): number {\n  return ${kind.total};\n}`,
    `function read${name}(it: ${type}, t: number): number {\n  return ${number("it")};\n}`,
    `function same${name}(it: ${type}): ${type} {\n  return it;\n}`,
    `function make${name}(t: number, u: number): ${type} {\n  return ${printExpr(made)};\n}`,
    `function copy${name}(it: ${type}, t = 0.3): ${type} {\n  return ${printExpr(copy)};\n}`,
    `function either${name}(a: ${type}, b: ${type}, t: number): ${type} {\n${eitherOf(random, type)}}`,
    `function pick${name}(n: number, a: ${type}, b: ${type}): ${type} {
  switch (n) {
    case 1:
      return a;
    default:
      return b;
  }
}`,
    `function maybe${name}(it: ${type}, t: number): ${type} | undefined {\n  return t > 0.1 ? it : undefined;\n}`,
    `function first${name}<U>(a: U, b: U, test: (one: U) => boolean): U {\n  return test(a) ? a : b;\n}`,
    `function sums${name}(it: ${type}, n: number, t: number): number {
  if (n <= 0) return total${name}(it) * t;
  return sums${name}(${random.pick(["it", `copy${name}(it, t)`, `either${name}(it, copy${name}(it), t)`])}, n - 1, t * 0.6) + read${name}(it, t);
}`,
    boxOf(kind, number("this.it"), kind.isFixed === true ? "" : body("this.it", "    ", true)),
  ];
  if (kind.isFixed === true) return all;
  return [
    ...all,
    `function write${name}(it: ${type}, t: number): void {\n${body("it", "  ")}}`,
    `function touch${name}(it: ${type}, t: number): ${type} {\n${body("it", "  ", random.chance(0.3))}  return it;\n}`,
    `function deep${name}(it: ${type}, n: number, t: number): ${type} {
  if (n <= 0) return it;
${body("it", "  ")}  return deep${name}(${random.pick(["it", "it", `copy${name}(it)`])}, n - 1, t * 0.6);
}`,
  ];
}

function eitherOf(random: Random, type: string): string {
  return random.pick([
    "  if (t > 0.2) return a;\n  return b;\n",
    "  return t > 0.2 ? a : b;\n",
    "  let c = a;\n  if (t > 0.2) c = b;\n  return c;\n",
    "  if (t > 0.2) {\n    return a;\n  } else {\n    return b;\n  }\n",
    "  let c = b;\n  for (let i = 0; i < 3; i++) {\n    if (i * 0.3 > t) return c;\n    [c, a] = [a, c];\n  }\n  return a;\n",
    `  const c: ${type}[] = [a, b];\n  return c[t > 0.2 ? 0 : 1];\n`,
  ]);
}

/** A class whose instances hold one, and one that extends it, whose instances hold two. */
function boxOf(kind: Kind, read: string, change: string): string {
  const name = nameOf(kind);
  const { type } = kind;
  return `export class Box${name} {
  it: ${type};
  n = 0.5;
  constructor(it: ${type}) {
    this.it = it;
  }
  static of(t: number): Box${name} {
    return new Box${name}(make${name}(t, 0.3));
  }
  get own(): ${type} {
    return this.it;
  }
  set own(to: ${type}) {
    this.it = to;
    this.n *= 0.9;
  }
  put(it: ${type}): this {
    this.it = it;
    return this;
  }
  read(t: number): number {
    return ${read};
  }
  change(t: number): number {
${change}    return total${name}(this.it) * this.n;
  }
}
export class Big${name} extends Box${name} {
  constructor(it: ${type}, public more: ${type}) {
    super(it);
  }
  override read(t: number): number {
    return super.read(t) * 0.5 + read${name}(this.more, t);
  }
  swap(to: ${type} = this.more): void {
    [this.it, this.more] = [to, this.it];
  }
}`;
}
