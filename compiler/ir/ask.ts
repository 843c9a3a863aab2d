/** Questions that passes ask of a node: what it makes, names, or stands for. */
import { compare } from "./build.ts";
import type { Alloc, Expr, Literal, Stmt, Type } from "./types.ts";

const ownMemory = new Set<Expr["kind"]>(["zeros", "holes", "items", "copy", "zerosLike", "deepCopy"]);
const arrays = new Set<Expr["kind"]>([...ownMemory, "view"]);
const allocations = new Set<Expr["kind"]>([...arrays, "newTape", "tensor", "tensorOp"]);
const references = new Set<Expr["kind"]>(["view", "index", "var", "select"]);

/** Whether the expression makes an array or object with memory of its own. */
export function makesMemory(expr: Expr): expr is Alloc {
  return ownMemory.has(expr.kind);
}

/** Whether the expression is a new array: one with memory of its own, or a view of another's. */
export function makesArray(expr: Expr): expr is Alloc {
  return arrays.has(expr.kind);
}

/** Whether the expression may only be a whole right-hand side: what it makes gets a name. */
export function isAllocation(expr: Expr): expr is Alloc {
  return allocations.has(expr.kind);
}

/** What TypeScript may be told to be there: a variable, an element or a field. */
export const isPlace = (expr: Expr): boolean => expr.kind === "var" || expr.kind === "index";

/** What stands in the place of a variable that is read: where that is known to be there, so is this. */
export function readAs(value: Expr, read: Expr): Expr {
  const isSure = isPlace(value) && value.type.kind === "maybe" && read.type.kind !== "maybe";
  return isSure ? { ...value, type: read.type } : value;
}

/** The constant of the module that the expression is, or is a part of; undefined of all else. */
export function constantOf(expr: Expr): Extract<Expr, { kind: "constant" }> | undefined {
  if (expr.kind === "index") return constantOf(expr.array);
  return expr.kind === "constant" ? expr : undefined;
}

/** Whether the expression is a constant of the module, or a part of one. */
export const isOfModule = (expr: Expr): boolean => constantOf(expr) !== undefined;

/** Whether the expression leads to memory that something else made. */
export function leadsToMemory(expr: Expr): boolean {
  return references.has(expr.kind);
}

/** Whether the expression costs nothing wherever it stands: a name or a number. */
export function isAtom(expr: Expr): boolean {
  return expr.kind === "var" || expr.kind === "literal" || expr.kind === "constant";
}

export function isName(expr: Expr, name: string): boolean {
  return expr.kind === "var" && expr.name === name;
}

/** The name of an expression that can only be a variable. */
export function nameOf(expr: Expr): string {
  if (expr.kind !== "var") throw new Error(`a variable was expected, not ${expr.kind}`);
  return expr.name;
}

/** What stands where a value of the type is not there. */
export function undefinedOf(type: Type): Literal {
  return { kind: "literal", value: undefined, type };
}

export function isUndefined(expr: Expr): boolean {
  return expr.kind === "literal" && expr.value === undefined;
}

export function isAbsent(value: Expr): Expr {
  return compare("eq", value, undefinedOf(value.type));
}

export function isPresent(value: Expr): Expr {
  return compare("ne", value, undefinedOf(value.type));
}

/** A statement that no longer stands for one of the user's. */
export function withoutQuote<S extends Stmt>(stmt: S): S {
  const { quote: _quote, ...rest } = stmt;
  return rest as S;
}

/** Whether the expression adds what was collected of a derivative towards a tensor. */
export function isTensorSum(expr: Expr): boolean {
  return expr.kind === "op" && expr.op === "add" && expr.args.some((arg) => arg.type.kind === "tensor");
}

/** What an expression gives one of: the ends of all its choices. */
export function choicesOf(expr: Expr): readonly Expr[] {
  switch (expr.kind) {
    case "select":
      return [...choicesOf(expr.yes), ...choicesOf(expr.no)];
    case "nullish":
      return [...choicesOf(expr.left), ...choicesOf(expr.right)];
    default:
      return [expr];
  }
}
