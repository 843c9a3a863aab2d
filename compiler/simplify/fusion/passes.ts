/**
 * Loops one after the other, where elements are needed after something has been made of all of them. What a later loop takes
 * from an earlier one it computes again where that is cheap; else it is kept in an array.
 */
import { at } from "../../ir/build.ts";
import { isCheap } from "../../ir/ops.ts";
import type { Expr, Var } from "../../ir/types.ts";
import { freeVariables, mapExpr, someExpr } from "../../ir/visit.ts";
import { type Definition, operationsIn, passesIn, type Stored, usesIn, type Values } from "./live.ts";

/** So many operations are done again for one value at most, and so many elements loaded. */
const mostOperations = 4;
const mostLoads = 2;

export interface Passes {
  /** The values, each in the loop that reads it. */
  readonly values: Values;
  /** Arrays that keep elements from one loop to a later one. */
  readonly kept: readonly Var[];
}

export interface Naming {
  readonly index: Var;
  /** A variable of that type, with a name like that of another. */
  readonly like: (name: string, type: Expr["type"]) => Var;
  readonly array: (stem: string) => Var;
  readonly isRounded: (e: Expr) => boolean;
}

export function inPasses(possible: Values, naming: Naming): Passes {
  const passes = passesIn(possible);
  const given = whereNeeded(possible);
  const uses = usesIn(given);
  const inside = new Map(given.definitions.flatMap((each) => (each.phase === "inside" ? [[each.name, each]] : [])));
  const needed = given.stored.filter(({ isAsked, array }) => isAsked || uses.has(array.name));
  const stored: Stored[] = [...needed];
  const kept: Var[] = [];
  const repeated: Definition[] = [];
  const own = Array.from({ length: passes }, () => new Map<string, Var>());

  /** The array that has the value for each element. */
  const arrayOf = ({ name, value, pass, member }: Definition): Var => {
    const isIt = ({ index, value: own }: Stored): boolean =>
      index === naming.index && own.kind === "var" && own.name === name;
    const found = stored.find(isIt);
    if (found !== undefined) return found.array;
    const array = naming.array(name);
    kept.push(array);
    stored.push({
      array,
      index: naming.index,
      value: { kind: "var", name, type: value.type },
      pass,
      member: member!,
      isAsked: false,
    });
    return array;
  };

  const taken = (definition: Definition, pass: number): Var => {
    const known = own[pass]!.get(definition.name);
    if (known !== undefined) return known;
    const isAgain = isCheaper(definition, inside, naming.isRounded);
    const value = isAgain ? inPass(definition.value, pass) : at(arrayOf(definition), naming.index);
    const copy = naming.like(definition.name, value.type);
    own[pass]!.set(definition.name, copy);
    repeated.push({ ...definition, name: copy.name, value, pass, member: isAgain ? definition.member : undefined });
    return copy;
  };

  const inPass = (value: Expr, pass: number): Expr =>
    mapExpr(value, (e) => {
      const made = e.kind === "var" ? inside.get(e.name) : undefined;
      return made !== undefined && made.pass < pass ? taken(made, pass) : e;
    });

  // What is not needed is not kept for later.
  const definitions = given.definitions
    .filter(({ name }) => uses.has(name))
    .map((each) => (each.phase === "inside" ? { ...each, value: inPass(each.value, each.pass) } : each));
  const totals = given.totals
    .filter(({ name }) => uses.has(name))
    .map((each) => ({ ...each, next: inPass(each.next, each.pass) }));
  const ready = needed.map((each) => ({ ...each, value: inPass(each.value, each.pass) }));
  return {
    values: {
      ...given,
      definitions: [...repeated, ...definitions],
      totals,
      stored: [...ready, ...stored.slice(needed.length)],
    },
    kept,
  };
}

/** What only a later loop reads is not computed before. */
function whereNeeded(given: Values): Values {
  const needed = new Map<string, number>();
  const need = (e: Expr, pass: number): void => {
    for (const name of freeVariables(e)) needed.set(name, Math.min(pass, needed.get(name) ?? pass));
  };
  for (const { value, pass } of given.stored) need(value, pass);
  for (const { next, pass } of given.totals) need(next, pass);
  const backwards = [...given.definitions].reverse().map((each): Definition => {
    if (each.phase !== "inside") return each;
    const pass = needed.get(each.name) ?? each.pass;
    need(each.value, pass);
    return { ...each, pass };
  });
  return { ...given, definitions: backwards.reverse() };
}

/**
 * Whether it takes a few simple operations on a few elements to have the value once more, of which one at most is kept for it;
 * truth is never kept.
 */
function isCheaper(
  { value }: Definition,
  inside: ReadonlyMap<string, Definition>,
  isRounded: (e: Expr) => boolean,
): boolean {
  if (value.type.kind === "boolean") return true;
  let [operations, kept] = [0, 0];
  const loaded = new Set<string>();
  const visit = (of: Expr): void => {
    operations += operationsIn(of, isRounded);
    for (const name of freeVariables(of)) {
      const made = inside.get(name);
      if (made === undefined || loaded.has(name)) continue;
      const isLoad = made.value.kind === "index";
      if (!isLoad && isSimple(made.value, isRounded)) visit(made.value);
      else loaded.add(name);
      if (!isLoad && loaded.has(name)) kept++;
    }
  };
  visit(value);
  return isSimple(value, isRounded) && operations <= mostOperations && kept <= 1 && loaded.size <= mostLoads;
}

const isSimple = (value: Expr, isRounded: (e: Expr) => boolean): boolean =>
  !someExpr(value, (e) => (e.kind === "op" ? !isCheap(e.op) : e.kind === "foreign" && !isRounded(e)));
