/**
 * What type parameters stand for. A generic function is lowered once for each choice of types that it is called with,
 * and a class for each of its instances: types are never looked at without what the type parameters in them mean.
 */
import { ts } from "ts-morph";
import { extendedBy } from "./members.ts";
import type { Lowering } from "./state.ts";

/** A type as it is meant in some function. */
export interface Meaning {
  readonly type: ts.Type;
  /** What the type parameters in it stand for. */
  readonly types: Meanings | undefined;
  /** Whether the user wrote the type down: an inferred `int` is a number. */
  readonly isWritten: boolean;
}

/** By the symbols of the type parameters. */
export type Meanings = ReadonlyMap<ts.Symbol, Meaning>;

/** What a type parameter stands for; undefined for other types, and for parameters that stand for nothing here. */
export function meaningOf({ types }: Lowering, type: ts.Type): Meaning | undefined {
  return type.flags & ts.TypeFlags.TypeParameter ? types?.get(type.symbol) : undefined;
}

/** The type itself, or what it stands for if it is a type parameter; with what the type parameters in it mean. */
export function meant(all: Lowering, type: ts.Type): { readonly type: ts.Type; readonly all: Lowering } {
  const meaning = meaningOf(all, type);
  if (meaning) return meant({ ...all, types: meaning.types }, meaning.type);
  // The type `this` goes by the symbol of its class.
  const isThis = (type.flags & ts.TypeFlags.TypeParameter) !== 0 && (type.symbol.flags & ts.SymbolFlags.Class) !== 0;
  return { type: (isThis ? all.checker.getBaseConstraintOfType(type) : undefined) ?? type, all };
}

/**
 * The keys that a type is one of, as `K` or `keyof T` is where the type parameters mean something; undefined where it is no
 * such type.
 */
export function keysMeant(all: Lowering, type: ts.Type): readonly ts.Type[] | undefined {
  if (type.flags & ts.TypeFlags.Index) {
    const owner = meant(all, (type as ts.IndexType).type).type;
    return owner.getProperties().map(({ name }) => all.checker.getStringLiteralType(name));
  }
  // `keyof T & string`, `Extract<keyof T, string>`
  if (type.isIntersection()) return type.types.map((part) => keysMeant(all, part)).find((keys) => keys !== undefined);
  if (type.flags & ts.TypeFlags.Conditional && type.aliasSymbol?.name === "Extract")
    return keysMeant(all, (type as ts.ConditionalType).checkType);
  const meaning = meaningOf(all, type);
  if (!meaning) return undefined;
  const inner = { ...all, types: meaning.types };
  return keysMeant(inner, meaning.type) ?? (meaning.type.isUnion() ? meaning.type.types : [meaning.type]);
}

/** What the checker finds out as it resolves a call, and does not tell in public. */
type Resolving = ts.TypeChecker & {
  readonly getTypeArgumentsForResolvedSignature: (signature: ts.Signature) => readonly ts.Type[] | undefined;
};

/** What the type parameters of a function stand for in a call. */
export function meaningsOfCall(all: Lowering, node: ts.CallExpression, func: ts.SignatureDeclaration): Meanings {
  const signature = all.checker.getResolvedSignature(node);
  const given =
    signature?.declaration === func
      ? (all.checker as Resolving).getTypeArgumentsForResolvedSignature(signature)
      : undefined;
  return meaningsOf(all, func.typeParameters, given ?? [], node.typeArguments !== undefined);
}

/** `norm<number[]>` */
export function meaningsWritten(
  all: Lowering,
  node: ts.ExpressionWithTypeArguments,
  func: ts.SignatureDeclaration,
): Meanings {
  const given = (node.typeArguments ?? []).map((argument) => all.checker.getTypeFromTypeNode(argument));
  return meaningsOf(all, func.typeParameters, given, true);
}

/** What the type parameters of a class, and of those that it extends, stand for in an instance of that type; so does `this` in those. */
export function meaningsOfInstance(all: Lowering, owner: ts.ClassDeclaration, type: ts.Type): Meanings | undefined {
  const self = owner.typeParameters ? undefined : { type, types: undefined, isWritten: true };
  return withBases(all, owner, meaningsOf(all, owner.typeParameters, argumentsOf(all, type), true), self);
}

function withBases(
  all: Lowering,
  owner: ts.ClassDeclaration,
  own: Meanings,
  self: Meaning | undefined,
): Meanings | undefined {
  const found = new Map(own);
  for (let [at, types] = [owner, own]; ;) {
    const base = extendedBy(at);
    if (!base) break;
    const type = all.checker.getTypeAtLocation(base.parent);
    const declaration = (type as { readonly symbol?: ts.Symbol }).symbol?.declarations?.find(ts.isClassDeclaration);
    if (!declaration) break;
    types = meaningsOf({ ...all, types }, declaration.typeParameters, argumentsOf(all, type), true);
    for (const [symbol, meaning] of types) found.set(symbol, meaning);
    // The type `this` goes by the symbol of the class that it is written in.
    if (self) found.set(type.symbol, self);
    at = declaration;
  }
  return found.size > 0 ? found : undefined;
}

const argumentsOf = ({ checker }: Lowering, type: ts.Type): readonly ts.Type[] =>
  isInstance(type) ? checker.getTypeArguments(type) : [];

function meaningsOf(
  all: Lowering,
  parameters: readonly ts.TypeParameterDeclaration[] | undefined,
  given: readonly ts.Type[],
  isWritten: boolean,
): Meanings {
  const found = new Map<ts.Symbol, Meaning>();
  parameters?.forEach((parameter, i) => {
    const symbol = all.checker.getSymbolAtLocation(parameter.name);
    const type = given[i];
    if (!symbol || !type) return;
    const handedOn = meaningOf(all, type);
    found.set(symbol, handedOn ?? { type, types: isClosed(all.checker, type) ? undefined : all.types, isWritten });
  });
  return found;
}

/** Whether a type can be seen to have no type parameters in it. */
function isClosed(checker: ts.TypeChecker, type: ts.Type): boolean {
  if (type.isUnionOrIntersection()) return type.types.every((part) => isClosed(checker, part));
  if (type.flags & ts.TypeFlags.Instantiable) return false;
  if (!(type.flags & ts.TypeFlags.Object)) return true;
  if (isInstance(type)) return checker.getTypeArguments(type).every((part) => isClosed(checker, part));
  return ((type as ts.ObjectType).objectFlags & ts.ObjectFlags.ClassOrInterface) !== 0;
}

/** Whether a type is a generic one with its type arguments. */
function isInstance(type: ts.Type): type is ts.TypeReference {
  return ((type as ts.ObjectType).objectFlags & ts.ObjectFlags.Reference) !== 0;
}

const numbers = new WeakMap<ts.Type, number>();
let count = 0;

function numberOf(type: ts.Type): number {
  const known = numbers.get(type);
  if (known !== undefined) return known;
  numbers.set(type, ++count);
  return count;
}

/** The same text for what means the same. */
export function keyOf(types: Meanings | undefined): string {
  if (!types) return "";
  const parts = [...types.values()].map(
    ({ type, types: inner, isWritten }) => `${String(numberOf(type))}${isWritten ? "w" : ""}(${keyOf(inner)})`,
  );
  return parts.join();
}

/** How often types that are given stand in types that are given: a function that calls itself with other types each time has no end of it. */
export function depthOf(types: Meanings | undefined): number {
  return types ? 1 + Math.max(0, ...[...types.values()].map((meaning) => depthOf(meaning.types))) : 0;
}
