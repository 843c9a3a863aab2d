/**
 * What stands behind a loop that finds numbers along axes, such as a mean for each row: those numbers are finished, and what is
 * made of them before it is spread along the axes again is made, in one loop over the numbers.
 */
import { at, constant, float64Array, int, intType, num, op, variable } from "../../ir/build.ts";
import type { Names } from "../../ir/names.ts";
import { totalsAlong } from "../../ir/runtime.ts";
import type { Block, Expr, Stmt, Var } from "../../ir/types.ts";
import { mapExpr, walkExpr } from "../../ir/visit.ts";
import type { Pass } from "./folds.ts";
import { calling, stemOf } from "./pieces.ts";

/** What is found by a loop and finished behind it. */
export interface Ending {
  readonly array: Var;
  readonly axis: Expr;
  readonly end: NonNullable<Pass["end"]>;
  /** What earlier loops have found. */
  readonly found: readonly Var[];
}

/** What is made of numbers that were found; `index` stands for the place of each of them. */
export interface Beside {
  readonly name: string;
  readonly array: Var;
  readonly axis: Expr;
  readonly index: Var;
  readonly value: Expr;
  /** Whether something else reads it. */
  readonly isRead: boolean;
}

export interface Setting {
  readonly names: Names;
  readonly like: Var;
  readonly size: Var;
  readonly asElement: (value: Expr) => Expr;
}

export function behindLoop(setting: Setting, endings: readonly Ending[], besides: readonly Beside[]): Stmt[] {
  const kinds = [...new Set([...endings, ...besides].map(({ axis }) => JSON.stringify(axis)))];
  return kinds.flatMap((kind): Stmt[] => {
    const isOne = ({ axis }: { readonly axis: Expr }): boolean => JSON.stringify(axis) === kind;
    return loopAlong(setting, endings.filter(isOne), besides.filter(isOne));
  });
}

function loopAlong(setting: Setting, endings: readonly Ending[], besides: readonly Beside[]): Stmt[] {
  const { names, like, size, asElement } = setting;
  const k = variable(names.fresh("k"), intType);
  const finished = endings.map(({ array, end, found }): Stmt => {
    const count = op("div", [size, lengthOf(array)]);
    const earlier = found.map((each) => at(each, k));
    return { kind: "store", array, index: k, value: end(at(array, k), count, earlier, asElement) };
  });
  const made = new Map<string, Expr>();
  const before: Stmt[] = [];
  const body: Stmt[] = [];
  const inPlace = (e: Expr): Expr =>
    mapExpr(e, (inner) => {
      const own = inner.kind === "index" && inner.array.kind === "var" ? made.get(inner.array.name) : undefined;
      return own ?? (inner.kind === "var" && besides.some(({ index }) => index.name === inner.name) ? k : inner);
    });
  for (const { name, array, axis, value, isRead } of besides) {
    const own = inPlace(value);
    const isShared = usesOf(array, besides) > 1;
    const held = variable(names.fresh(`${stemOf(name)}At`), own.type);
    if (isShared || (isRead && usesOf(array, besides) > 0)) body.push(constant(held.name, held.type, own));
    made.set(array.name, isShared || isRead ? held : own);
    if (!isRead) continue;
    before.push(constant(array.name, float64Array, calling(totalsAlong, [axis, like, num(0)], float64Array)));
    body.push({ kind: "store", array, index: k, value: usesOf(array, besides) > 0 ? held : own });
  }
  const all: Block = [...finished, ...body];
  const bound = lengthOf(endings[0]?.array ?? firstRead(besides[0]!));
  return all.length === 0
    ? []
    : [...before, { kind: "for", name: k.name, start: int(0), compare: "lt", bound, step: 1, body: all }];
}

/** How often what is made beside is read by others of its kind. */
function usesOf({ name }: Var, besides: readonly Beside[]): number {
  let uses = 0;
  for (const { value } of besides)
    walkExpr(value, (e) => (uses += e.kind === "index" && e.array.kind === "var" && e.array.name === name ? 1 : 0));
  return uses;
}

/** An array that something is made of. */
function firstRead({ value, index }: Beside): Var {
  let found: Var | undefined;
  walkExpr(value, (e) => {
    if (e.kind === "index" && e.index.kind === "var" && e.index.name === index.name && e.array.kind === "var")
      found ??= e.array;
  });
  if (found === undefined) throw new Error("fusion: what is made beside a loop is made of numbers that it finds");
  return found;
}

const lengthOf = (array: Expr): Expr => ({ kind: "length", array, type: intType });
