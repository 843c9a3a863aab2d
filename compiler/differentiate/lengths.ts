/** Cotangents and tangents of another shape than what they belong to are refused before anything is read from them. */
import { checkShape } from "../ir/runtime.ts";
import {
  at,
  compare,
  fieldAt,
  fieldOf,
  isReference,
  lengthOf,
  lengthOrZero,
  shadowFields,
  stringType,
  withPresentOwners,
} from "../ir/build.ts";
import type { Names } from "../ir/names.ts";
import { presentType } from "../ir/presence.ts";
import type { Expr, RecordType, Stmt } from "../ir/types.ts";
import { countTo, whenPresent } from "./shadows.ts";

/** An array, and the words for it in a message: pieces of text, and numbers such as the index of a row. */
export interface Told {
  readonly expr: Expr;
  readonly words: readonly (string | Expr)[];
}

/** An argument, or an element of one: `v` and `v[1]`. */
export function toldByName(expr: Expr): Told {
  const words = (part: Expr): (string | Expr)[] => {
    if (part.kind === "var") return [part.name];
    if (part.kind !== "index") return ["v"];
    const field = fieldOf(part.array.type, part.index);
    const whole = presentType(part.array.type);
    if (field !== undefined && whole.kind === "record") return [...words(part.array), memberWord(whole, field.name)];
    const index = part.index.kind === "literal" ? `[${String(part.index.value)}]` : "";
    return [...words(part.array), index];
  };
  return { expr, words: words(expr) };
}

/** How a field is written behind its object or tuple. */
export function memberWord(type: RecordType, name: string): string {
  return type.isTuple === true ? `[${name}]` : `.${name}`;
}

/** Throws a RangeError that names both where `given` has another length than `against`, in the rows as well. */
export function checkLength(names: Names, fname: string, given: Told, against: Told): Stmt[] {
  const shape = presentType(given.expr.type);
  if (shape.kind === "record") {
    return shadowFields(shape).flatMap((field) => {
      if (!isReference(field.type)) return [];
      const word = memberWord(shape, field.name);
      return whenPresent(against.expr, field.name, (part) =>
        checkLength(
          names,
          fname,
          { expr: fieldAt(given.expr, field.name), words: [...given.words, word] },
          { expr: part, words: [...against.words, word] },
        ),
      );
    });
  }
  const [own, wanted] = [lengthOf(given.expr), lengthOrZero(against.expr)];
  const pieces = [`${fname}: `, ...given.words, " has length ", own, ", ", ...against.words, " has length ", wanted];
  const check: Stmt = {
    kind: "if",
    test: compare("ne", own, wanted),
    then: [{ kind: "throw", value: rangeError(pieces) }],
    else: [],
  };
  const type = presentType(against.expr.type);
  if (type.kind !== "list" || !isReference(type.element)) return [check];
  // Behind the check, both are there.
  const found = (told: Told): Expr => withPresentOwners({ ...told.expr, type: presentType(told.expr.type) });
  const row = (told: Told, index: Expr): Told => ({
    expr: at(found(told), index),
    words: [...told.words, "[", index, "]"],
  });
  const rows = countTo(names, lengthOf(found(given)), (i) => checkLength(names, fname, row(given, i), row(against, i)));
  return rows.kind === "for" && rows.body.length === 0 ? [check] : [check, rows];
}

/** Throws a RangeError that names both where a cotangent or tangent has another shape than the tensor it is of. */
export function checkShapes(told: string, given: Expr, label: string, against: Expr): Stmt {
  const text = (value: string): Expr => ({ kind: "literal", value, type: stringType });
  const args = [text(told), given, text(label), against];
  return { kind: "call", target: { kind: "none" }, callee: checkShape, args };
}

/** `new RangeError(…)` with a template of the pieces. */
export function rangeError(pieces: readonly (string | Expr)[]): Expr {
  const texts: string[] = [];
  const args: Expr[] = [];
  let text = "new RangeError(`";
  for (const piece of pieces) {
    if (typeof piece === "string") text += piece;
    else {
      texts.push(`${text}\${`);
      args.push(piece);
      text = "}";
    }
  }
  return { kind: "foreign", texts: [...texts, `${text}\`)`], args, type: { kind: "string" } };
}
