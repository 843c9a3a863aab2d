import { isNumeric } from "./build.ts";
import type { Expr, Param, Type } from "./types.ts";
import { rootName } from "./visit.ts";

const plain = new Set(["number", "int", "boolean", "string", "bigint"]);
const withLiteral = /(?<![\w$])\d/;

/** Whether a parameter is a scalar of a type that the user wrote more narrowly than ours: `mode: 1 | 2`, an enum. */
export function isNarrowed(param: Param): boolean {
  return plain.has(param.type.kind) && param.typeText !== undefined && !plain.has(param.typeText);
}

/** Whether a parameter is a list, perhaps of lists, of such numbers: `levels: (2 | 5)[]`. */
function holdsNarrowed({ type, typeText }: Param): boolean {
  return type.kind === "list" && holdsNumbers(type.element) && typeText !== undefined && withLiteral.test(typeText);
}

const holdsNumbers = (type: Type): boolean => (type.kind === "list" ? holdsNumbers(type.element) : isNumeric(type));

/** Tells what is read of such parameters: TypeScript may take a comparison of it with another number for a mistake. */
export function narrowedElements(params: readonly Param[]): (expr: Expr) => boolean {
  const names = new Set(params.filter(holdsNarrowed).map((param) => param.name));
  return (expr) => expr.kind === "index" && names.has(rootName(expr) ?? "");
}
