/**
 * Calls that are not inlined: of recursive functions, and of functions with hand-written rules.
 *
 * A recursive function is split in two: `gForward` runs it and records on tapes that are handed down,
 * `gReverse` takes its statements back, given the arguments, their shadows and the cotangent of the result.
 * So the forward work of a callee is never done again.
 */
import { undefinedOf } from "../ir/ask.ts";
import { type CalleeFacts, carriers, type Leaf, memoryOfType, paramMoves } from "../analyse/callees.ts";
import {
  constant,
  at,
  booleanType,
  isDifferentiable,
  isReference,
  numberType,
  shadowType,
  variable,
  zerosLike,
  sameType,
  typeKey,
} from "../ir/build.ts";
import type { Report } from "../diagnostics/report.ts";
import { nameInFile, type Names } from "../ir/names.ts";
import type { Expr, Func, Param, Pattern, Stmt, Type } from "../ir/types.ts";
import { calleesOf, collectStmts, type StmtOf, variableTypes } from "../ir/visit.ts";
import type { Rules } from "../frontend/types.ts";
import { normalise, type Optional } from "../normalise/index.ts";
import { Refusal } from "./refusal.ts";

/** The two halves of a recursive function, as a caller sees them. */
export interface Split {
  readonly forward: Half;
  readonly reverse: Half;
  readonly params: readonly Param[];
  readonly carriers: Carriers;
  readonly result: Type;
  /** The parts of the result whose shadows the forward half gives back beside it: references that move. */
  readonly shadows: readonly Leaf<Type>[];
  /** The tapes of their own that both halves take, in order. */
  readonly tapes: readonly TapeKind[];
}

/** A function that was made for calls. */
export interface Half {
  readonly name: string;
  /** The parameters that are left of those that it was planned with. */
  kept?: readonly boolean[];
}

export interface TangentCall extends Half {
  readonly params: readonly Param[];
  /** Parameters that have a tangent, in order. */
  readonly active: readonly number[];
  readonly result: Type;
}

/** What a shared tape holds: values of a type, or the shadows of such. */
export interface TapeKind {
  readonly type: Type;
  readonly isShadow: boolean;
}

/** The arguments that are left. */
export function keptOf<T>(half: Half, args: readonly T[]): T[] {
  return args.filter((_, i) => half.kept?.[i] ?? true);
}

/** How the calls that are kept are differentiated; the functions that this takes are made on demand. */
export interface CallTable {
  split(callee: string): Split;
  tangent(callee: string): TangentCall;
  /** Whether any derivative goes through a call of the function. */
  carries(callee: string): boolean;
  /** Whether memory that it gives back, or that an argument leads to afterwards, may be that of another argument. */
  sharesMemory(callee: string): boolean;
  /** Whether it is a function of the program without a derivative by hand. */
  canSplit(callee: string): boolean;
  rules(callee: string): Rules | undefined;
  /** The primal function. */
  func(callee: string): Func;
  /** Takes what the user should know of the functions that are made. */
  warn(reports: readonly Report[]): void;
}

/** The parameters through which derivatives go, by their positions. */
export interface Carriers {
  /** Numbers, whose adjoints come back. */
  readonly numbers: readonly number[];
  /** Arrays, whose shadows are handed in: to the reverse half, or to the forward half where references move. */
  readonly arrays: readonly number[];
  readonly moving: readonly number[];
  /** Tapes of numbers have tapes of adjoints. */
  readonly numberTapes: readonly number[];
  /** Tapes of arrays have tapes of shadows. */
  readonly arrayTapes: readonly number[];
}

export function carriersOf(func: Func, facts: CalleeFacts | undefined): Carriers {
  const carrying = carriers(func, facts);
  const where = (is: (type: Type, i: number) => boolean): number[] =>
    func.params.flatMap(({ type }, i) => (carrying.has(i) && is(type, i) ? [i] : []));
  const isArray = (type: Type): boolean => isDifferentiable(type) && isReference(type);
  return {
    numbers: where((type) => isDifferentiable(type) && !isReference(type)),
    arrays: where((type, i) => isArray(type) && !paramMoves(facts, i)),
    moving: where((type, i) => isArray(type) && paramMoves(facts, i)),
    numberTapes: where((type) => type.kind === "tape" && isDifferentiable(type.element) && !isReference(type.element)),
    arrayTapes: where((type) => type.kind === "tape" && isArray(type.element)),
  };
}

export function allOf({ numbers, arrays, moving, numberTapes, arrayTapes }: Carriers): number[] {
  return [...numbers, ...arrays, ...moving, ...numberTapes, ...arrayTapes].sort((a, b) => a - b);
}

/** The kinds of values that a function and what it calls may have to record. */
export function tapeKinds(
  func: Func,
  program: ReadonlyMap<string, Func>,
  keep: (callee: string) => boolean,
  ablation: Optional,
): TapeKind[] {
  const types = new Map<string, Type>();
  const seen = new Set<string>();
  const note = (type: Type): void => {
    const held = heldAs(type);
    if (held.kind !== "tape" && held.kind !== "function") types.set(typeKey(held), held);
  };
  // Numbers, and which way a test went.
  note(numberType);
  note(booleanType);
  const visit = (f: Func): void => {
    if (seen.has(f.name)) return;
    seen.add(f.name);
    const normalised = normalise(f, program, keep, ablation);
    for (const type of variableTypes(normalised).values()) {
      note(type);
      for (const part of memoryOfType(type)) note(part.type);
    }
    // What is overwritten: of an optional field it may be nothing.
    for (const { array, index } of collectStmts(normalised.body, "store")) note(at(array, index).type);
    for (const callee of calleesOf(normalised.body)) {
      const next = program.get(callee);
      if (next !== undefined) visit(next);
    }
  };
  visit(func);
  return [...types.values()].flatMap((type): TapeKind[] => [
    { type, isShadow: false },
    ...(isReference(type) && isDifferentiable(type) ? [{ type: shadowType(type), isShadow: true }] : []),
  ]);
}

/** The type that a tape has for values of a type. */
function heldAs(type: Type): Type {
  if (type.kind === "maybe") return { ...type, type: heldAs(type.type) };
  return type.kind === "int" ? numberType : type;
}

/** The tape among a shared set that takes values of a type. */
export function tapeFor(type: Type, isShadow: boolean, tapes: readonly TapeKind[]): number {
  const held = heldAs(type);
  const wanted = isShadow ? shadowType(held) : held;
  const key = typeKey(wanted);
  const exact = tapes.findIndex((tape) => tape.isShadow === isShadow && typeKey(tape.type) === key);
  return exact >= 0 ? exact : tapes.findIndex((tape) => tape.isShadow === isShadow && sameType(tape.type, wanted));
}

/** Names of shared tapes by what they hold. */
export function tapeName(names: Names, { type, isShadow }: TapeKind): string {
  if (type.kind === "boolean") return names.fresh("flags");
  return names.fresh(isReference(type) ? (isShadow ? "arrayBars" : "arrays") : "tape");
}

/** A pattern that names the parts of a tuple, or the one thing. */
export function bareOrTuplePattern(items: readonly Pattern[]): Pattern {
  return items.length === 0 ? { kind: "none" } : items.length === 1 ? items[0]! : { kind: "tuple", items };
}

/** A shadow for an array that carries no derivative: a callee adds to it in vain. */
export function idleShadow(names: Names, array: Expr, into: Stmt[]): Expr {
  // Nothing has no shadow.
  if (array.kind === "literal") return undefinedOf(shadowType(array.type));
  if (array.kind !== "var" && array.kind !== "index") {
    const held = variable(names.fresh("held"), array.type);
    into.push(constant(held.name, held.type, array));
    return idleShadow(names, held, into);
  }
  const name = names.fresh("idleBar");
  const zeros = zerosLike(array);
  into.push(constant(name, zeros.type, zeros));
  return variable(name, zeros.type);
}

/** A rule whose `@wrt` leaves out an argument that carries a derivative would lose it. */
export function refuseUnnamed(stmt: StmtOf<"call">, calls: CallTable, active: (arg: Expr) => boolean): void {
  const { params, origin } = calls.func(stmt.callee);
  const { wrt } = calls.rules(stmt.callee) ?? {};
  const lost = params.find((_, i) => wrt && !wrt.includes(i) && stmt.args[i] && active(stmt.args[i]));
  if (lost === undefined) return;
  const name = nameInFile(stmt.callee, origin);
  const message = `The rule of ${name} says nothing of the derivative towards ${lost.name}`;
  const hint = `Name ${lost.name} in its @wrt too, or say with stopGradient that the derivative is zero.`;
  throw new Refusal("rule", [message, hint], undefined, [{ name, origin: stmt.origin }]);
}
