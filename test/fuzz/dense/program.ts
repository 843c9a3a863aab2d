/**
 * Dense programs: the memory of one to three worlds, whose variables are other names for each other's parts, then statements
 * over all of it in nested loops, then a result that reads all of it.
 */
import { form, leaf } from "../ast.ts";
import type { Expr, Param, Program, Stmt, Type, Value } from "../ast.ts";
import { plainWrite } from "../annotate.ts";
import type { Random } from "../random.ts";
import { valueOf } from "../shapes.ts";
import type { Types } from "../shapes.ts";
import { statements } from "./blocks.ts";
import type { Frame } from "./blocks.ts";
import { figures } from "./figures.ts";
import { Writer } from "./grammar.ts";
import type { World } from "./grammar.ts";
import { machines } from "./machines.ts";
import { numbers } from "./numbers.ts";
import { particles } from "./particles.ts";
import { tables } from "./tables.ts";
import { trees } from "./trees.ts";

export const worlds: readonly World[] = [particles, tables, machines, figures, trees];

/** What every program is given. */
const always: readonly Param[] = [
  { name: "x", type: "number" },
  { name: "y", type: "number" },
  { name: "xs", type: "list" },
];

/** What the programs of a language of templates are made of. */
export interface Making {
  /** The worlds of a program. */
  readonly choose: (random: Random) => readonly World[];
  /** What it does between its variables and its result. */
  readonly body: (frame: Frame) => readonly Stmt[];
}

const dense: Making = {
  choose: (random) =>
    random.shuffle(worlds).slice(
      0,
      random.weighted([
        [5, 1],
        [4, 2],
        [1, 3],
      ] as const),
    ),
  body: (frame) => statements(frame, frame.writer.random.between(3, 7)),
};

/** A program without its annotation. */
export function denseProgram(random: Random, points: number, making: Making = dense): Program {
  const chosen = making.choose(random);
  const all = [numbers, ...chosen];
  const writer = new Writer(
    random,
    all.map((world) => world.sorts),
  );
  const given = chosen.flatMap((world) => world.given).filter(() => random.chance(0.3));
  const linked = given.filter((one) => one.link !== undefined && random.chance(0.5));
  const params = [...always, ...given.map((one) => one.param)];
  const types: Types = { choices: [], shapes: all.flatMap((world) => world.shapes) };
  const { result, value } = resultOf(random, writer, all, linked.length > 0);

  const body: Stmt[] = [
    // What is written into for certain is an output, whatever comes of it later.
    ...linked.map(({ param }) => plainWrite(types.shapes, param)),
    ...all.flatMap((world) => world.head).map((one) => writer.line(random.pick(one))),
    ...given.map((one) => writer.line(linked.includes(one) ? (one.link ?? one.copy) : one.copy)),
    ...making.body({ writer, world: together(all), result: value }),
    { kind: "return", value: value() },
  ];
  return {
    constants: all.flatMap((world) => world.prelude),
    ...types,
    helpers: [],
    main: { name: "f", params, result, body },
    modes: [],
    nested: false,
    inputs: Array.from({ length: points }, () =>
      params.map((param): Value => valueOf(random, types, param.type, () => random.uniform(-1.2, 1.2))),
    ),
  };
}

function together(all: readonly World[]): Pick<World, "lines" | "outer" | "bindings" | "loops"> {
  return {
    lines: all.flatMap((world) => world.lines),
    outer: all.flatMap((world) => world.outer),
    bindings: all.flatMap((world) => world.bindings),
    loops: all.flatMap((world) => world.loops),
  };
}

/** What is returned: mostly a sum that reads all there is. Memory that is a parameter's is not. */
function resultOf(
  random: Random,
  writer: Writer,
  all: readonly World[],
  isLinked: boolean,
): { readonly result: Type; readonly value: () => Expr } {
  const results = all.flatMap((world) => world.results);
  if (results.length > 0 && random.chance(0.2)) {
    const { type, fresh, shared } = random.pick(results);
    const text = isLinked || random.chance(0.5) ? fresh : shared;
    return { result: type, value: () => leaf(type, text) };
  }
  const terms = all.flatMap((world) => world.terms);
  const value = (): Expr =>
    terms.reduce((sum, text) => form("number", "plus", "# + #", sum, leaf("number", text, "math")), writer.number(1));
  return { result: "number", value };
}
