/**
 * Calls that are not inlined: of recursive functions, and of functions with hand-written rules.
 *
 * A recursive function is split in two: `gForward` runs it and records on tapes that are handed down,
 * `gReverse` takes its statements back, given the arguments, their shadows and the cotangent of the result.
 * So the forward work of a callee is never done again.
 */
import { isDifferentiable, isReference, numberType, variable, zerosLike } from "../ir/build.ts";
import type { Names } from "../ir/names.ts";
import type { Expr, Func, Param, Pattern, Stmt, Type } from "../ir/types.ts";
import { calleesOf, variableTypes, walkBlock } from "../ir/visit.ts";
import type { Rules } from "../frontend/types.ts";
import { normalise, type Optional } from "../normalise/index.ts";

/** The two halves of a recursive function, as a caller sees them. */
export interface Split {
  readonly forward: string;
  readonly reverse: string;
  readonly params: readonly Param[];
  /** Of the parameters: numbers, whose adjoints come back, and arrays, whose shadows are handed in. */
  readonly numbers: readonly number[];
  readonly arrays: readonly number[];
  readonly result: Type;
  /** The element types of the tapes that both halves take, in order. */
  readonly tapes: readonly Type[];
}

export interface TangentCall {
  readonly name: string;
  readonly params: readonly Param[];
  /** Parameters that have a tangent, in order. */
  readonly active: readonly number[];
  readonly result: Type;
}

/** How the calls that are kept are differentiated; the functions that this takes are made on demand. */
export interface CallTable {
  split(callee: string): Split;
  tangent(callee: string): TangentCall;
  rules(callee: string): Rules | undefined;
  /** The primal function. */
  func(callee: string): Func;
}

export function differentiableParams(params: readonly Param[]): {
  readonly numbers: number[];
  readonly arrays: number[];
  /** Tapes of differentiable values: what is pushed and popped has tangents too. */
  readonly tapes: number[];
} {
  const numbers: number[] = [];
  const arrays: number[] = [];
  const tapes: number[] = [];
  params.forEach((param, i) => {
    if (param.type.kind === "tape" && isDifferentiable(param.type.element)) tapes.push(i);
    if (!isDifferentiable(param.type)) return;
    (isReference(param.type) ? arrays : numbers).push(i);
  });
  return { numbers, arrays, tapes };
}

/** The kinds of values that a function and what it calls may have to record. */
export function tapeTypes(
  func: Func,
  program: ReadonlyMap<string, Func>,
  keep: (callee: string) => boolean,
  ablation: Optional,
): Type[] {
  const types = new Map<string, Type>([
    ["number", numberType],
    ["boolean", { kind: "boolean" }],
  ]);
  const seen = new Set<string>();
  const visit = (f: Func): void => {
    if (seen.has(f.name)) return;
    seen.add(f.name);
    const normalised = normalise(f, program, keep, ablation);
    const params = new Set(normalised.params.map((p) => p.name));
    for (const [name, type] of variableTypes(normalised)) {
      if (!params.has(name) && isReference(type)) types.set(JSON.stringify(type), type);
    }
    // Arrays that are overwritten whole are saved whole.
    walkBlock(normalised.body, (stmt) => {
      const whole = stmt.kind === "fill" ? stmt.array : stmt.kind === "set" ? stmt.target : undefined;
      if (whole !== undefined) types.set(JSON.stringify(whole.type), whole.type);
    });
    for (const callee of calleesOf(normalised.body)) {
      const next = program.get(callee);
      if (next !== undefined) visit(next);
    }
  };
  visit(func);
  return [...types.values()];
}

/** The tape among a shared set that takes values of a type. */
export function tapeFor(type: Type, tapes: readonly Type[]): number {
  const wanted = type.kind === "int" ? numberType : type;
  return tapes.findIndex((tape) => JSON.stringify(tape) === JSON.stringify(wanted));
}

/** Names of shared tapes by what they hold. */
export function tapeName(names: Names, type: Type): string {
  if (type.kind === "boolean") return names.fresh("flags");
  return names.fresh(isReference(type) ? "arrays" : "tape");
}

/** A pattern that names the parts of a tuple, or the one thing. */
export function bareOrTuplePattern(items: readonly Pattern[]): Pattern {
  return items.length === 0 ? { kind: "none" } : items.length === 1 ? items[0]! : { kind: "tuple", items };
}

/** A shadow for an array that carries no derivative: a callee adds to it in vain. */
export function idleShadow(names: Names, array: Expr, into: Stmt[]): Expr {
  const name = names.fresh("idleBar");
  into.push({ kind: "let", name, type: array.type, mutable: false, init: zerosLike(array) });
  return variable(name, array.type);
}
