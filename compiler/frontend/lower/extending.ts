/** The classes of the project that extend others. */
import { ts } from "ts-morph";
import type { LowerContext } from "../context.ts";
import { baseOf, extendedBy, isA, isStaticMember } from "./members.ts";
import type { Lowering } from "./state.ts";

/** Whether any class extends that one. */
export const isExtended = (all: Lowering, owner: ts.ClassDeclaration): boolean =>
  extendingClasses(all).some((other) => baseOf(all.checker, other) === owner);

const extending = new WeakMap<LowerContext, readonly ts.ClassLikeDeclaration[]>();

/** A class that extends `owner`, however far, and has a member of that name. */
export function overriddenIn(all: Lowering, owner: ts.ClassDeclaration, name: string): string | undefined {
  for (const other of extendingClasses(all)) {
    if (!other.members.some((member) => !isStaticMember(member) && member.name?.getText() === name)) continue;
    if (extendsClass(all, other, owner)) return other.name?.text ?? "a class";
  }
  return undefined;
}

/** Whether objects of a class that extends `owner`, however far, have a property of that name. */
export function isAddedIn(all: Lowering, owner: ts.ClassDeclaration, name: string): boolean {
  return extendingClasses(all).some(
    (other) =>
      all.checker.getPropertyOfType(all.checker.getTypeAtLocation(other), name) !== undefined &&
      extendsClass(all, other, owner),
  );
}

function extendsClass(all: Lowering, other: ts.ClassLikeDeclaration, owner: ts.ClassDeclaration): boolean {
  const base = baseOf(all.checker, other);
  return base !== undefined && isA(all.checker, base, owner);
}

function extendingClasses(all: Lowering): readonly ts.ClassLikeDeclaration[] {
  const known = extending.get(all.context);
  if (known) return known;
  const found: ts.ClassLikeDeclaration[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isClassLike(node) && extendedBy(node)) found.push(node);
    ts.forEachChild(node, visit);
  };
  for (const file of all.context.allFiles()) if (!file.isDeclarationFile && file.text.includes("extends")) visit(file);
  extending.set(all.context, found);
  return found;
}

/** Whether a class that extends `owner` has a method or getter of its own in the place of one of its. */
export function isOverridden(all: Lowering, owner: ts.ClassDeclaration): boolean {
  const isShared = (member: ts.ClassElement): boolean =>
    (ts.isMethodDeclaration(member) || ts.isGetAccessorDeclaration(member)) && !isStaticMember(member);
  return all.checker
    .getTypeAtLocation(owner)
    .getProperties()
    .some(
      ({ name, declarations }) =>
        declarations?.some((each) => ts.isClassElement(each) && isShared(each)) === true &&
        overriddenIn(all, owner, name) !== undefined,
    );
}

const withGetters = new WeakMap<LowerContext, readonly ts.ClassDeclaration[]>();
const computed = new WeakMap<LowerContext, Map<ts.Symbol, boolean>>();

/** Whether a class of the project is of a type that is no class, and has a getter for one of its properties. */
export function isComputedSomewhere(all: Lowering, type: ts.Type, symbol: ts.Symbol): boolean {
  let known = computed.get(all.context);
  if (!known) computed.set(all.context, (known = new Map<ts.Symbol, boolean>()));
  let found = known.get(symbol);
  if (found === undefined) {
    const names = new Set(type.getProperties().map(({ name }) => name));
    found = classesWithGetters(all).some(
      (owner) =>
        owner.members.some((member) => isGetter(member) && names.has(member.name.getText())) &&
        all.checker.isTypeAssignableTo(all.checker.getTypeAtLocation(owner), type),
    );
    known.set(symbol, found);
  }
  return found;
}

const isGetter = (member: ts.ClassElement): member is ts.GetAccessorDeclaration =>
  ts.isGetAccessorDeclaration(member) && !isStaticMember(member);

function classesWithGetters(all: Lowering): readonly ts.ClassDeclaration[] {
  const known = withGetters.get(all.context);
  if (known) return known;
  const found: ts.ClassDeclaration[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isClassDeclaration(node) && node.members.some(isGetter)) found.push(node);
    ts.forEachChild(node, visit);
  };
  for (const file of all.context.allFiles()) if (!file.isDeclarationFile && /\bget\s/.test(file.text)) visit(file);
  withGetters.set(all.context, found);
  return found;
}
