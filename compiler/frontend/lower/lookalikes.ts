/**
 * Objects under the type of a class that they are no instance of. TypeScript compares structures and lets them be; what is
 * called by the type is the methods of the class, and theirs are others.
 */
import { ts } from "ts-morph";
import { sameType } from "../../ir/build.ts";
import { presentType } from "../../ir/presence.ts";
import type { RecordType, Type } from "../../ir/types.ts";
import type { LowerContext } from "../context.ts";
import { isA } from "./members.ts";
import { reportAt, type Body, type Lowering } from "./state.ts";

const known = new WeakMap<LowerContext, Map<string, Set<ts.ClassDeclaration>>>();

/** The record that is read from a class goes by this name. */
export function noteClass(all: Lowering, name: string, owner: ts.ClassDeclaration): void {
  let names = known.get(all.context);
  if (!names) known.set(all.context, (names = new Map<string, Set<ts.ClassDeclaration>>()));
  const owners = names.get(name);
  if (owners) owners.add(owner);
  else names.set(name, new Set([owner]));
}

/** Refuses a value of the one type under the other where a class in it is taken for another one. */
export function refuseLookalike(body: Body, given: Type, wanted: Type, origin = body.place.origin): boolean {
  const found = given === wanted ? undefined : lookalike(body.all, given, wanted);
  if (!found || !origin) return false;
  const what = `${found.given} under the type ${found.wanted}, by which its methods and getters are looked up`;
  reportAt(body.all, body.entry, origin, "TG1015", what, found.isChosen ? ofChosen : hint);
  return true;
}

const hint = "Take its own class as the type, or let one class extend the other, or an abstract class both.";

/** What is one instance or another has no class of its own. */
const ofChosen = "Choose with if where the object is used, so that each is used under its own name.";

interface Lookalike {
  readonly given: string;
  readonly wanted: string;
  readonly isChosen: boolean;
}

function lookalike(all: Lowering, one: Type, other: Type): Lookalike | undefined {
  const [given, wanted] = [presentType(one), presentType(other)];
  if (given === wanted) return undefined;
  if (given.kind === "list" && wanted.kind === "list") return lookalike(all, given.element, wanted.element);
  if (given.kind === "tuple" && wanted.kind === "tuple")
    return first(wanted.items, (item, i) => given.items[i] && lookalike(all, given.items[i], item));
  if (given.kind !== "record" || wanted.kind !== "record") return undefined;
  // One of several classes: which, is asked of the object.
  if (wanted.members) return undefined;
  // TypeScript knows better which member it is, or takes any of them.
  if (given.members)
    return first(
      given.members.filter((member) => fits(member, wanted)),
      (member) => lookalike(all, member, wanted),
    );
  const owner = nameOf(wanted);
  if (owner !== undefined && !mayBe(all, nameOf(given), owner)) {
    const own = nameOf(given);
    return {
      given: own === undefined ? "an instance of one class or another" : `an instance of ${shown(all, own)}`,
      wanted: shown(all, owner),
      isChosen: own === undefined,
    };
  }
  return first(wanted.fields, (field) => {
    const own = given.fields.find(({ name }) => name === field.name);
    return own && lookalike(all, own.type, field.type);
  });
}

function first<T>(items: readonly T[], find: (item: T, i: number) => Lookalike | undefined): Lookalike | undefined {
  for (const [i, item] of items.entries()) {
    const found = find(item, i);
    if (found) return found;
  }
  return undefined;
}

/** Whether an object of the one type has what the other asks for. */
function fits(given: RecordType, wanted: RecordType): boolean {
  return wanted.fields.every(({ name, type, values, optional }) => {
    const own = given.fields.find((field) => field.name === name);
    if (!own) return optional === true;
    const isAmong = values === undefined || own.values?.every((value) => values.includes(value)) === true;
    return isAmong && sameType(presentType(own.type), presentType(type));
  });
}

const nameOf = ({ className, unnamed }: RecordType): string | undefined => className ?? unnamed;

/** Whether what is called of the class is what the object has. */
function mayBe(all: Lowering, given: string | undefined, wanted: string): boolean {
  if (given === wanted) return true;
  const owners = [...ownersOf(all, wanted)].filter((owner) => hasMembers(all.checker, owner));
  if (owners.length === 0) return true;
  if (given === undefined) return false;
  return [...ownersOf(all, given)].some((own) =>
    owners.some((owner) => isA(all.checker, own, owner) || isKnownToBe(all.checker, own, owner)),
  );
}

/** Whether only what TypeScript knows of an object of the first class lets it stand under the second, which extends it. */
function isKnownToBe(checker: ts.TypeChecker, own: ts.ClassDeclaration, owner: ts.ClassDeclaration): boolean {
  const [given, wanted] = [own, owner].map((each) => checker.getTypeAtLocation(each));
  return isA(checker, owner, own) && !checker.isTypeAssignableTo(given!, wanted!);
}

const ownersOf = (all: Lowering, name: string): ReadonlySet<ts.ClassDeclaration> =>
  known.get(all.context)?.get(name) ?? new Set();

const shown = (all: Lowering, name: string): string => [...ownersOf(all, name)][0]?.name?.text ?? name;

/** Whether a class has methods or getters, or inherits some. */
function hasMembers(checker: ts.TypeChecker, owner: ts.ClassDeclaration): boolean {
  const called = ts.SymbolFlags.Method | ts.SymbolFlags.Accessor;
  return checker
    .getTypeAtLocation(owner)
    .getProperties()
    .some(({ flags }) => (flags & called) !== 0);
}
