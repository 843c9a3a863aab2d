/**
 * Parts of an output that carry no derivative, beside others that do. Their tangents are zeros, which nothing keeps
 * in step while lists grow and fields get other arrays: they are made anew in the end.
 */
import { reachableKeys, type Key, writesOf } from "../analyse/effects.ts";
import { isAbsent, isPresent, isUndefined, undefinedOf } from "../ir/ask.ts";
import {
  at,
  fieldAt,
  fieldName,
  ifThen,
  isReference,
  lengthOf,
  shadowFields,
  shadowType,
  withPresentOwners,
  zerosLike,
} from "../ir/build.ts";
import type { Names } from "../ir/names.ts";
import type { Expr, Stmt, Type } from "../ir/types.ts";
import { someStmt } from "../ir/visit.ts";
import { leavesOf, type Output, type Prepared } from "./prepare.ts";
import { countTo, whenPresent } from "./shadows.ts";

/** `dotOf`: the tangent of a variable. */
export function idlePartsRenewed(
  prepared: Pick<Prepared, "aliasing" | "activity" | "names" | "body">,
  outputs: readonly Output[],
  dotOf: (name: string, type: Type) => Expr,
): Stmt[] {
  const { aliasing, activity, names, body } = prepared;
  let written: ReadonlySet<Key> | undefined;
  const changes = (part: Expr): boolean => {
    if (aliasing.reach(part).some((memory) => aliasing.isDynamic(memory))) return true;
    written ??= writesOf(aliasing, body);
    return reachableKeys(aliasing, part).some((key) => key.startsWith("length") && written?.has(key) === true);
  };
  const vanishes = (field: string): boolean =>
    someStmt(body, (s) => s.kind === "store" && isField(s.index, field) && isUndefined(s.value));
  const renew = (part: Expr, dot: Expr): Stmt[] => {
    if (part.type.kind === "record")
      return shadowFields(part.type).flatMap((field) => {
        if (!isReference(field.type)) return [];
        const own = fieldAt(dot, field.name);
        const isKept = activity.active(withPresentOwners(fieldAt(part, field.name)));
        const renewal = whenPresent(part, field.name, (inner) => {
          if (isKept) return renew(inner, { ...own, type: inner.type });
          return changes(inner) ? renewed(names, inner, dot, field.name) : [];
        });
        return isKept || !vanishes(field.name)
          ? renewal
          : [...renewal, ifThen(isAbsent(fieldAt(part, field.name)), [cleared(dot, field.name, own.type)])];
      });
    if (part.type.kind !== "list" || !isReference(part.type.element)) return [];
    return [countTo(names, lengthOf(part), (i) => renew(at(part, i), at(dot, i)))].filter(
      (loop) => loop.kind === "for" && loop.body.length > 0,
    );
  };
  return outputs.flatMap(({ structure }) =>
    leavesOf(structure).flatMap(({ name, expr }) => {
      if (!isReference(expr.type) || !activity.active(expr)) return [];
      const dot = dotOf(name, expr.type);
      if (expr.type.kind !== "maybe") return renew(expr, dot);
      const { type } = expr.type;
      const inside = renew({ ...expr, type }, { ...dot, type: shadowType(type) });
      return inside.length === 0 ? [] : [ifThen(isPresent(expr), inside)];
    }),
  );
}

const isField = (index: Expr, name: string): boolean => index.kind === "literal" && index.value === name;

function cleared(dot: Expr, field: string, type: Type): Stmt {
  return { kind: "store", array: dot, index: fieldName(field), value: undefinedOf(type) };
}

function renewed(names: Names, part: Expr, dot: Expr, field: string): Stmt[] {
  const zeros = zerosLike(part);
  const name = names.fresh(`${field}Dot`);
  return [
    { kind: "let", name, type: zeros.type, mutable: false, init: zeros },
    {
      kind: "store",
      array: dot,
      index: fieldName(field),
      value: { kind: "var", name, type: zeros.type },
    },
  ];
}
