/**
 * Programs of the language `holders`: data of one or two kinds, each in one to three holders, handed to functions, changed,
 * read, in loops and branches. Kinds, holders, ways and contexts are picked at random, so that all pairs of them occur.
 */
import { form, leaf } from "../ast.ts";
import type { Expr, Param, Program, Stmt, Type, Value } from "../ast.ts";
import { plainWrite } from "../annotate.ts";
import { statements } from "../dense/blocks.ts";
import { Writer } from "../dense/grammar.ts";
import type { Sorts, Template } from "../dense/grammar.ts";
import { numbers } from "../dense/numbers.ts";
import type { Random } from "../random.ts";
import { valueOf } from "../shapes.ts";
import type { Types } from "../shapes.ts";
import { arrays } from "./arrays.ts";
import { choices } from "./choices.ts";
import { containers } from "./containers.ts";
import { of, together } from "./grammar.ts";
import type { Holder, Kind, Ways } from "./grammar.ts";
import { helpersOf } from "./helpers.ts";
import { objects } from "./objects.ts";
import { moved, variables } from "./variables.ts";
import { handedOn } from "./ways.ts";

const kinds: readonly Kind[] = [...objects, ...arrays, ...choices];

/** Levels of expressions in expressions: programs say much by what they are made of, and are to be read when they fail. */
const deepest = 2;

/** What every program is given. */
const always: readonly Param[] = [
  { name: "x", type: "number" },
  { name: "y", type: "number" },
  { name: "xs", type: "list" },
];

/** A holder of data of a kind: its own templates, with what stands for the kind put in. */
interface Held {
  readonly kind: Kind;
  readonly holder: Holder;
}

/** A program without its annotation. */
export function holdersProgram(random: Random, points: number): Program {
  const main = random.shuffle(kinds).slice(0, random.chance(0.65) ? 1 : 2);
  const all = withParts(main);
  const held = heldOf(random, main, all);
  const given = all.filter((kind) => kind.given !== undefined && random.chance(0.2)).map(paramOf);
  const linked = given.filter(() => random.chance(0.4));
  const params = [...always, ...given.map(({ param }) => param)];
  const types: Types = { choices: [], shapes: [...new Set(all.flatMap((kind) => kind.given?.shapes ?? []))] };

  const basis = together([numbers, ...all.map(basisOf)]);
  const sorts = [basis.sorts];
  const filled = (one: readonly Template[]): Stmt => {
    const writer = new Writer(random, sorts, deepest);
    return writer.line(writer.pick(one));
  };
  const head = numbers.head.map(filled);
  for (const { kind, holder } of held) {
    head.push(...holder.head.filter((one) => one.length > 0).map(filled));
    sorts.push(reading(kind, holder));
  }
  const world = together([basis, ...held.map(({ holder }) => holder)]);
  const writer = new Writer(random, sorts, deepest);
  const { result, value } = resultOf(random, writer, held, linked.length > 0);
  const body: Stmt[] = [
    // What is written into for certain is an output, whatever comes of it later.
    ...linked.map(({ param }) => plainWrite(types.shapes, param)),
    ...head,
    ...given.map((one) => writer.line(`$slot${one.kind.sort} = ${linked.includes(one) ? one.param.name : one.copy}`)),
    ...statements({ writer, world, result: value }, random.between(1, 4)),
    { kind: "return", value: value() },
  ];
  return {
    constants: [
      ...new Set(world.prelude),
      ...all.flatMap((kind) => helpersOf(random, kind, withParts([kind]).slice(1))),
    ],
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

/** Kinds, and those that their parts are of. */
function withParts(some: readonly Kind[]): readonly Kind[] {
  const named = (sort: string): Kind[] => kinds.filter((one) => one.sort === sort);
  return [...new Set([...some, ...some.flatMap((kind) => withParts((kind.uses ?? []).flatMap(named)))])];
}

/** One to three holders of each kind; parts may have one of their own. Each kind has a place to put something into. */
function heldOf(random: Random, main: readonly Kind[], all: readonly Kind[]): readonly Held[] {
  const holders = [...variables, ...containers];
  let number = 0;
  return all.flatMap((kind) => {
    const count = main.includes(kind) ? random.between(1, 3) : random.below(2);
    const some = random.shuffle(holders).slice(0, count);
    const isMovable = some.some(({ slots }) => slots !== undefined);
    return [...some, ...(isMovable ? [] : [moved])].map((one) => ({ kind, holder: of(kind, one, ++number) }));
  });
}

/** What every program has of a kind. */
function basisOf(kind: Kind): Ways {
  const made: Sorts = { new: [...kind.fresh, ...(kind.made ?? []), ...kind.copies] };
  return together([of(kind, kind), of(kind, { sorts: made }), of(kind, handedOn)]);
}

/** What a holder is read and written by. */
function reading(kind: Kind, { paths, slots, sorts }: Holder): Sorts {
  return together([{ sorts: sorts ?? {} }, { sorts: { [kind.sort]: paths, [`slot${kind.sort}`]: slots ?? [] } }]).sorts;
}

/** The parameter for data of a kind, and the text of a copy. */
function paramOf(kind: Kind): { readonly kind: Kind; readonly param: Param; readonly copy: string } {
  const name = `${kind.sort}0`;
  const { type, copy } = kind.given ?? { type: "void", copy: "it" };
  return { kind, param: { name, type }, copy: inPlace(copy, name) };
}

function inPlace(text: string, path: string): string {
  return text.replaceAll(/\bit\b/g, path);
}

/** What is returned: mostly a sum that reads all there is. Memory that is a parameter's is not. */
function resultOf(
  random: Random,
  writer: Writer,
  held: readonly Held[],
  isLinked: boolean,
): { readonly result: Type; readonly value: () => Expr } {
  const whole = held.flatMap(({ kind: { given }, holder }) => {
    const path = holder.paths.map(String).find((one) => !/[#@$]/.test(one));
    return given === undefined || path === undefined ? [] : [{ ...given, path }];
  });
  if (whole.length > 0 && random.chance(0.15)) {
    const { type, copy, path } = random.pick(whole);
    const text = isLinked || random.chance(0.5) ? inPlace(copy, path) : path;
    return { result: type, value: () => leaf(type, text) };
  }
  const terms = [...numbers.terms, ...held.flatMap(({ holder }) => holder.terms)];
  const value = (): Expr =>
    terms.reduce((sum, text) => form("number", "plus", "# + #", sum, leaf("number", text, "math")), writer.number(1));
  return { result: "number", value };
}
