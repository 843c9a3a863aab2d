/**
 * Maps and Sets of plain values: memory that no derivative goes through. All that is done with them is a call of one of
 * the names below, so that it stays where it is and happens once: the reverse sweep never asks them again. So it is with
 * the names of an object's fields, which are asked for in the order that the object has as the program runs.
 */
import type { Stmt, Type } from "./types.ts";

const prefix = "keeper.";

const changing = ["set", "add", "delete", "clear"] as const;

/**
 * `new` copies what it is given, `of` has keys (and their values) as arguments. `visit` gives the keys that a loop goes through; `keys`, `values` and `entries` are lists for their own sake. `namesOf` is
 * asked of an object, with the names that its type has as the other arguments.
 */
export type KeeperMethod =
  | "new"
  | "of"
  | (typeof changing)[number]
  | "get"
  | "has"
  | "size"
  | "keys"
  | "values"
  | "entries"
  | "visit"
  | "namesOf";

export type KeeperType = Extract<Type, { kind: "keeper" }>;

type Call = Extract<Stmt, { kind: "call" }>;

/** The callee of a call that makes, changes or asks one; it is the first argument, but where it is made. */
export const keeperKey = (method: KeeperMethod): string => prefix + method;

/** What a callee does with a Map or Set; undefined for all others. */
export const keeperMethod = (callee: string): KeeperMethod | undefined =>
  callee.startsWith(prefix) ? (callee.slice(prefix.length) as KeeperMethod) : undefined;

/** Whether it changes its first argument. */
export const changesKeeper = (method: KeeperMethod): boolean => changing.some((each) => each === method);

/** The arguments of such a call whose memory it changes. */
export const changedBy = ({ args }: Call, method: KeeperMethod): Call["args"] =>
  changesKeeper(method) ? args.slice(0, 1) : [];

/** The arguments of such a call that are kept in a Map or Set from then on. */
export const keptBy = ({ args }: Call, method: KeeperMethod): Call["args"] =>
  method === "new" || method === "of" ? args : method === "set" || method === "add" ? args.slice(1) : [];

export function isKeeper(type: Type): boolean {
  return type.kind === "maybe" ? isKeeper(type.type) : type.kind === "keeper";
}
