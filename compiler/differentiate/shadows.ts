/** Expressions and statements on shadows: every active array has one, of the same structure, that holds its adjoint. */
import { isOfModule, isPresent, isUndefined, undefinedOf } from "../ir/ask.ts";
import {
  assign,
  at,
  compare,
  countedLoop,
  fieldAt,
  fieldName,
  fieldOf,
  holdsReferences,
  ifThen,
  intType,
  isReference,
  lengthOf,
  lengthOrZero,
  mutable,
  numberType,
  op,
  shadowFields,
  shadowType,
  tensorType,
  variable,
  voidType,
  withPresentOwners,
  zeroOf,
  zerosLike,
} from "../ir/build.ts";
import type { Names } from "../ir/names.ts";
import { presentType } from "../ir/presence.ts";
import type { Expr, Field, RecordType, Stmt, Type } from "../ir/types.ts";

/** Zeros with the structure of an array; none of an array that is absent. */
export function zerosFor(array: Expr): Expr {
  if (array.type.kind !== "maybe") return zerosLike(array);
  if (isUndefined(array)) return undefinedOf(shadowType(array.type));
  // An object that is absent has a shadow all the same, which nothing is added to.
  if (array.type.type.kind === "record" || holdsReferences(array.type))
    return { kind: "zerosLike", array, type: shadowType(array.type.type) };
  return { kind: "zeros", length: lengthOrZero(array), type: array.type.type };
}

/** The adjoint of a tensor begins as zeros of its shape; of one that is absent, as nothing to add. */
export function tensorBar(name: string, primal: Expr): Stmt[] {
  if (primal.type.kind !== "maybe") return [mutable(name, tensorType, zerosLike(primal))];
  const present = { ...primal, type: primal.type.type };
  return [mutable(name, tensorType, zeroOf(tensorType)), ifThen(isPresent(primal), [assign(name, zerosLike(present))])];
}

/** `for (let i = 0; i < bound; i++) body(i)` with a fresh index. */
export function countTo(names: Pick<Names, "fresh">, bound: Expr, body: (index: Expr) => Stmt[], base = "j"): Stmt {
  const name = names.fresh(base);
  return countedLoop(name, bound, body(variable(name, intType)));
}

/** Adds one structure of arrays to another, element by element; objects where both have a field. */
export function addInto(names: Names, target: Expr, source: Expr, type: Type): Stmt[] {
  return combine(names, target, source, type, { number: (add) => [add], part: (_target, _from, inner) => inner });
}

/**
 * Adds one structure of arrays to another and leaves zeros in its place: what is reached by two ways counts once. Parts
 * that both have in common stay.
 */
export function moveInto(names: Names, target: Expr, source: Expr, type: Type): Stmt[] {
  return combine(names, target, source, type, {
    number: (add, array, index, type) => [add, { kind: "store", array, index, value: zeroOf(type) }],
    part: (own, from, inner) => [ifThen(compare("ne", from, own), inner)],
  });
}

interface Combining {
  /** What is done for a number at a place of the source, given what adds it. */
  readonly number: (add: Stmt, source: Expr, index: Expr, type: Type) => Stmt[];
  /** What is done for a part that is a structure of its own. */
  readonly part: (target: Expr, source: Expr, inner: Stmt[]) => Stmt[];
}

function combine(names: Names, target: Expr, source: Expr, type: Type, how: Combining): Stmt[] {
  if (type.kind === "maybe") return combine(names, target, source, type.type, how);
  if (!isReference(type)) throw new Error("combine: arrays only");
  const onPart = (own: Expr, from: Expr): Stmt[] => how.part(own, from, combine(names, own, from, from.type, how));
  const onNumber = (index: Expr, from: Expr, isOptional = false): Stmt[] =>
    added(target, index, from, isOptional).flatMap((add) => how.number(add, source, index, presentType(from.type)));
  if (type.kind === "record") {
    const isThere = ({ name }: Field): boolean =>
      [target, source].every((each) => fieldOf(each.type, fieldName(name)) !== undefined);
    return shadowFields(type)
      .filter(isThere)
      .flatMap((field) =>
        whenPresent(source, field.name, (from) =>
          isReference(from.type)
            ? onPart(fieldAt(target, field.name), from)
            : onNumber(fieldName(field.name), from, field.optional === true),
        ),
      );
  }
  return [
    countTo(names, lengthOf(source), (i) => {
      const element = at(source, i);
      return isReference(element.type) ? onPart(at(target, i), element) : onNumber(i, element);
    }),
  ];
}

/** Adds to a number of a shadow, which is not there where there was none. Those of optional fields may begin here. */
export function added(target: Expr, index: Expr, value: Expr, isOptional = false): Stmt[] {
  const own = at(target, index);
  const add: Stmt = { kind: "accumulate", array: target, index, value: { ...value, type: presentType(value.type) } };
  return [own.type.kind === "maybe" && !isOptional ? ifThen(isPresent(own), [add]) : add];
}

/** Sets every number of a structure of arrays to zero. */
export function clear(names: Names, target: Expr): Stmt[] {
  const type = target.type;
  if (type.kind === "record") {
    return shadowFields(type).flatMap((field) =>
      whenPresent(target, field.name, (part) =>
        isReference(part.type)
          ? clear(names, part)
          : [{ kind: "store", array: target, index: fieldName(field.name), value: zeroOf(numberType) }],
      ),
    );
  }
  if (type.kind === "list" && isReference(type.element))
    return [countTo(names, lengthOf(target), (i) => clear(names, at(target, i)))];
  return [{ kind: "fill", array: target, value: zeroOf(numberType) }];
}

/** What is done with a field of a record, if it is there. */
export function whenPresent(record: Expr, name: string, act: (part: Expr) => Stmt[]): Stmt[] {
  const part = fieldAt(record, name);
  if (part.type.kind !== "maybe") return act(part);
  const done = act({ ...withPresentOwners(part), type: part.type.type });
  return done.length === 0 ? [] : [ifThen(isPresent(part), done)];
}

export interface Restoring {
  /** The lengths may differ. */
  readonly resized?: boolean;
  /** Whether an array or a field of an object may have changed; others stay, which may be read-only. */
  readonly isChanged?: (array: Expr, field?: Expr) => boolean;
}

/** Writes the contents of one array back into another of the same kind. */
export function restoreFrom(names: Names, target: Expr, source: Expr, how: Restoring = {}): Stmt[] {
  const { resized = false, isChanged = () => true } = how;
  if (target.type.kind === "record") {
    return target.type.fields.flatMap((field) => {
      const part = fieldAt(source, field.name);
      if (isReference(field.type))
        return whenPresent(target, field.name, (inner) =>
          restoreFrom(names, inner, { ...part, type: inner.type }, { isChanged }),
        );
      if (!isChanged(target, fieldName(field.name))) return [];
      // A field that is absent does not become one that is undefined.
      return whenPresent(source, field.name, (value) => [
        { kind: "store", array: target, index: fieldName(field.name), value },
      ]);
    });
  }
  if (!isChanged(target) && !resized) return [];
  if (target.type.kind === "typed") return [{ kind: "set", target, source }];
  return [
    ...(resized ? [cutTo(target, lengthOf(source))] : []),
    countTo(names, lengthOf(source), (i) => [{ kind: "store", array: target, index: i, value: at(source, i) }]),
  ];
}

/** Makes a list no longer than that. */
export function cutTo(list: Expr, length: Expr): Stmt {
  return { kind: "while", test: compare("gt", lengthOf(list), length), body: [{ kind: "shrink", array: list }] };
}

/** The sum of an array's elements, in a new variable. */
export function sumOf(names: Names, array: Expr): { readonly statements: Stmt[]; readonly sum: Expr } {
  const name = names.fresh("filledBar");
  const total = variable(name, numberType);
  return {
    statements: [
      { kind: "let", name, type: numberType, mutable: true, init: zeroOf(numberType) },
      countTo(names, lengthOf(array), (i) => [assign(name, op("add", [total, at(array, i)]))]),
    ],
    sum: total,
  };
}

/**
 * The shadow of a reference expression, given the shadows of its variables: the same path through the shadows.
 * A fresh allocation has a fresh shadow, made from the primal `of` that it was bound to.
 */
export function shadowOf(expr: Expr, of: Expr, barOf: (name: string, type: Type) => Expr): Expr {
  switch (expr.kind) {
    case "var":
      return barOf(expr.name, expr.type);
    case "literal":
      // Of what is absent.
      return undefinedOf(shadowType(expr.type));
    case "index":
      // Of what a module holds there is no shadow.
      if (isOfModule(expr)) return zerosFor(expr);
      return { ...expr, type: shadowType(expr.type), array: shadowOf(expr.array, expr.array, barOf) };
    case "select":
      return {
        ...expr,
        type: shadowType(expr.type),
        yes: shadowOf(expr.yes, expr.yes, barOf),
        no: shadowOf(expr.no, expr.no, barOf),
      };
    case "view":
      return { ...expr, array: shadowOf(expr.array, expr.array, barOf) };
    case "items":
      if (expr.type.kind === "list" && holdsReferences(expr.type)) {
        return { ...expr, type: shadowType(expr.type), items: expr.items.map((item) => shadowOf(item, item, barOf)) };
      }
      return zerosLike(of);
    case "copy":
      if (expr.type.kind === "list" && isReference(expr.type.element)) {
        return { ...expr, type: shadowType(expr.type), array: shadowOf(expr.array, expr.array, barOf) };
      }
      return zerosLike(of);
    case "zeros":
      return expr;
    case "holes":
      return holdsReferences(expr.type)
        ? { ...expr, type: shadowType(expr.type) }
        : expr.type.kind === "list" && expr.type.element.kind === "tensor"
          ? expr
          : { kind: "zeros", length: expr.length, type: expr.type };
    default:
      return zerosFor(of);
  }
}

/** What belongs to an optional field of an object that is made: undefined where the field is left out. */
export function whereGiven(item: Expr, type: Type, value: Expr): Expr {
  if (isUndefined(item)) return undefinedOf(type);
  if (item.type.kind !== "maybe") return value;
  return { kind: "select", test: isPresent(item), yes: value, no: undefinedOf(type), type };
}

/** The shadow of an object that is made: zeros for its numbers, the shadows of what it refers to. */
export function recordShadow(
  expr: Extract<Expr, { kind: "items" }>,
  type: RecordType,
  shadowOfItem: (item: Expr) => Expr,
): Expr {
  const shadow = shadowType(type);
  if (shadow.kind !== "record") throw new Error("shadow: of a record a record");
  const items = shadow.fields.map((field): Expr => {
    const item = expr.items[type.fields.findIndex((f) => f.name === field.name)]!;
    if (isReference(item.type)) return shadowOfItem(item);
    // The place of a passive part of a tuple.
    if (presentType(field.type).kind === "void") return { kind: "literal", value: undefined, type: voidType };
    const zero = zeroOf(presentType(field.type));
    return field.type.kind === "maybe" ? whereGiven(item, field.type, zero) : zero;
  });
  return { kind: "items", items, type: shadow };
}
