/** Two arguments that share memory, one of them written into, would have two shadows: that is refused at entry. */
import { writesOf, contentsOf } from "../analyse/effects.ts";
import { compare, fieldAt, isDifferentiable, isReference, sameType, variable } from "../ir/build.ts";
import { nameOfRecord } from "../ir/record-names.ts";
import type { Expr, Stmt, Type } from "../ir/types.ts";
import type { Prepared } from "./prepare.ts";

/** An argument, or an array or object that is found under fixed names in one. */
interface Memory {
  readonly expr: Expr;
  readonly label: string;
  readonly written: boolean;
}

export function checkDistinct({ prepared }: { readonly prepared: Prepared }, fname: string): Stmt[] {
  const held = prepared.func.params.map((param) => memoryIn(prepared, param.name, param.type));
  return held.flatMap((own, i) =>
    own.flatMap((a) => held.slice(i + 1).flatMap((later) => later.flatMap((b) => checkPair(a, b, fname)))),
  );
}

function checkPair(a: Memory, b: Memory, fname: string): Stmt[] {
  if (!a.written && !b.written) return [];
  const test = overlap(a.expr, b.expr);
  if (test === undefined) return [];
  const filled = b.written ? b.label : a.label;
  const text = `new RangeError("${fname}: ${a.label} and ${b.label} share memory, and ${filled} is written into")`;
  const message: Expr = { kind: "foreign", texts: [text], args: [], type: { kind: "string" } };
  return [{ kind: "if", test, then: [{ kind: "throw", value: message }], else: [] }];
}

/** What of an argument may be shared with another. What may be absent, or stands in an array, is not looked at. */
function memoryIn(prepared: Prepared, name: string, type: Type): Memory[] {
  const { aliasing, body, written } = prepared;
  if (!isReference(type) || !isDifferentiable(type) || type.kind === "maybe") return [];
  if (type.kind !== "record") return [{ expr: variable(name, type), label: name, written: written.has(name) }];
  const writes = writesOf(aliasing, body);
  const isWritten = (expr: Expr): boolean => aliasing.ownCells(expr).some((cell) => writes.has(contentsOf(cell)));
  const found: Memory[] = [];
  const visit = (expr: Expr, label: string): void => {
    const { type: own } = expr;
    if (!isReference(own) || !isDifferentiable(own) || own.kind === "maybe") return;
    found.push({ expr, label, written: isWritten(expr) });
    if (own.kind !== "record") return;
    for (const field of own.fields)
      visit(fieldAt(expr, field.name), own.isTuple === true ? `${label}[${field.name}]` : `${label}.${field.name}`);
  };
  visit(variable(name, type), name);
  return found;
}

function overlap(x: Expr, y: Expr): Expr | undefined {
  const boolean: Type = { kind: "boolean" };
  if (x.type.kind === "typed" && y.type.kind === "typed") {
    const texts = [
      "",
      ".buffer === ",
      ".buffer && ",
      ".byteOffset < ",
      ".byteOffset + ",
      ".byteLength && ",
      ".byteOffset < ",
      ".byteOffset + ",
      ".byteLength",
    ];
    return { kind: "foreign", texts, args: [x, y, x, y, y, y, x, x], type: boolean };
  }
  if (x.type.kind === "typed" || !sameType(x.type, y.type)) return undefined;
  // TypeScript takes classes with the same fields for types that have nothing in common; one may extend the other.
  if (classIn(x.type) !== classIn(y.type))
    return { kind: "foreign", texts: ["(", " as unknown) === ", ""], args: [x, y], type: boolean };
  return compare("eq", x, y);
}

/** The name of the class or interface of an object, or of those in a list. */
function classIn(type: Type): string | undefined {
  if (type.kind === "list") return classIn(type.element);
  return type.kind === "record" ? nameOfRecord(type) : undefined;
}
