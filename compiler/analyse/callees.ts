/**
 * What is known of a function whose calls stay calls (recursive ones, and those with hand-written rules): which
 * references it may mix up, and what its results depend on. Without it, a call may do anything.
 */
import { isDifferentiable, isReference } from "../ir/build.ts";
import { isKeeper } from "../ir/keepers.ts";
import { anyElement } from "../ir/memory.ts";
import type { Expr, Func, Pattern, Type } from "../ir/types.ts";

/** Memory that a call hands over: of an argument or of a part of what comes back, or what that leads to. */
export interface Place {
  /** The position of an argument. */
  readonly arg?: number;
  /** The way through the tuple that comes back; empty for what comes back bare. */
  readonly result?: readonly number[];
  /** The way through lists and fields; empty for the memory itself. */
  readonly way: Way;
}

/** Names of fields, and `anyElement` for what a list or tape holds. */
export type Way = readonly string[];

export interface CalleeFacts {
  /** Places that may be the same memory after a call. */
  readonly shared: readonly (readonly Place[])[];
  /** Places where references move: their shadows have to be known in the forward sweep. */
  readonly moving: readonly Place[];
  /** For each parameter what gets a derivative from it: the result, and the contents of parameters. */
  readonly flows: readonly { readonly result: boolean; readonly params: readonly number[] }[];
  /** Parameters that it leaves as they are; undefined where that is not asked. */
  readonly untouched?: readonly number[];
}

/** Undefined where nothing is known. */
export type Callees = (callee: string) => CalleeFacts | undefined;

/** A part of a result. */
export interface Leaf<T> {
  readonly way: readonly number[];
  readonly part: T;
}

export function leavesOfType(type: Type, way: readonly number[] = []): Leaf<Type>[] {
  if (type.kind !== "tuple") return [{ way, part: type }];
  return type.items.flatMap((item, k) => leavesOfType(item, [...way, k]));
}

export function leavesOfValue(value: Expr, way: readonly number[] = []): Leaf<Expr>[] {
  if (value.kind !== "tuple") return [{ way, part: value }];
  return value.items.flatMap((item, k) => leavesOfValue(item, [...way, k]));
}

/** The name that a part of a result goes to. */
export function patternAt(pattern: Pattern, way: readonly number[]): Extract<Pattern, { kind: "name" }> | undefined {
  let at: Pattern = pattern;
  for (const k of way) {
    if (at.kind !== "tuple") return undefined;
    at = at.items[k] ?? { kind: "none" };
  }
  return at.kind === "name" ? at : undefined;
}

/** What holds a reference, at any depth: an array, a list of arrays, a tape; or what a Map keeps. */
export function isMemory(type: Type): boolean {
  return isReference(type) || type.kind === "tape" || isKeeper(type);
}

/** The types of the memory that a reference leads to, its own first. */
export function memoryOfType(type: Type, way: Way = []): { readonly way: Way; readonly type: Type }[] {
  if (type.kind === "maybe") return memoryOfType(type.type, way);
  const inner =
    type.kind === "list" || type.kind === "tape"
      ? memoryOfType(type.element, [...way, anyElement])
      : type.kind === "record"
        ? type.fields.flatMap((field) => memoryOfType(field.type, [...way, field.name]))
        : [];
  return isMemory(type) ? [{ way, type }, ...inner] : inner;
}

/** Whether the array of a parameter, or what it holds, is among the places where references move. */
export function paramMoves(facts: CalleeFacts | undefined, position: number): boolean {
  return facts?.moving.some((place) => place.arg === position) ?? false;
}

export function resultMoves(facts: CalleeFacts | undefined, way: readonly number[]): boolean {
  return facts?.moving.some((place) => place.result !== undefined && String(place.result) === String(way)) ?? false;
}

/** The parameters through which a derivative goes in or out. Tapes of differentiable values always do. */
export function carriers(func: Func, facts: CalleeFacts | undefined): Set<number> {
  const all = new Set<number>();
  func.params.forEach((param, i) => {
    const { type } = param;
    if (facts === undefined || (type.kind === "tape" && isDifferentiable(type.element))) all.add(i);
  });
  facts?.flows.forEach((flow, i) => {
    if (flow.result || flow.params.length > 0) all.add(i);
    for (const j of flow.params) all.add(j);
  });
  return all;
}
