/** The values that the loops of a group compute: which of them are needed, and which stand where they are read. */
import { constant } from "../../ir/build.ts";
import type { Expr, Stmt, Var } from "../../ir/types.ts";
import { childrenOf, mapExpr, walkExpr } from "../../ir/visit.ts";
import type { PlacedMember } from "./groups.ts";

/** Where a value is computed: in front of all loops, in one of them for each element, or behind it. */
export type Phase = "before" | "inside" | "after";

/** A value of the loops: an element of a tensor, or a number. */
export interface Definition {
  readonly name: string;
  readonly value: Expr;
  readonly phase: Phase;
  /** The loop that it is in or behind. */
  readonly pass: number;
  readonly member?: PlacedMember | undefined;
}

/** A number that a loop makes of all elements. */
export interface Total {
  readonly name: string;
  readonly initial: number;
  /** Its value with one more element. */
  readonly next: Expr;
  readonly pass: number;
  readonly member: PlacedMember;
}

/** What a loop puts into an array for each element. */
export interface Stored {
  readonly array: Var;
  readonly index: Var;
  readonly value: Expr;
  readonly pass: number;
  readonly member: PlacedMember;
  /** Whether the array leaves the loops; else it is for later ones. */
  readonly isAsked: boolean;
  /** An array with as many elements: then it is not made in the loop, but behind it in one of its own. */
  readonly beside?: Var;
}

/** All that the loops compute. */
export interface Values {
  readonly definitions: readonly Definition[];
  readonly totals: readonly Total[];
  readonly stored: readonly Stored[];
  /** What is read behind the loops. */
  readonly results: readonly Expr[];
}

/** How often each value is read, of those that the results need. */
export function usesIn({ definitions, totals, stored, results }: Values): ReadonlyMap<string, number> {
  const uses = new Map<string, number>();
  const read = (e: Expr): void => {
    walkExpr(e, (inner) => {
      if (inner.kind === "var") uses.set(inner.name, (uses.get(inner.name) ?? 0) + 1);
    });
  };
  results.forEach(read);
  const backwards = [...definitions].reverse();
  const visit = (phase: Phase, pass: number): void => {
    for (const each of backwards)
      if (each.phase === phase && each.pass === pass && uses.has(each.name)) read(each.value);
  };
  const besides = stored.filter(({ beside }) => beside !== undefined).reverse();
  for (let pass = passesIn({ definitions, totals, stored, results }) - 1; pass >= 0; pass--) {
    for (const { array, value, beside, isAsked, ...each } of besides) {
      if (each.pass !== pass || !(isAsked || uses.has(array.name))) continue;
      read(value);
      read(beside!);
    }
    visit("after", pass);
    for (const total of totals) if (total.pass === pass && uses.has(total.name)) read(total.next);
    for (const each of stored)
      if (each.pass === pass && each.beside === undefined && (each.isAsked || uses.has(each.array.name)))
        read(each.value);
    visit("inside", pass);
  }
  visit("before", 0);
  return uses;
}

/** How many loops there are. */
export function passesIn({ definitions, totals, stored }: Values): number {
  return Math.max(0, ...[...definitions, ...totals, ...stored].map(({ pass }) => pass)) + 1;
}

/** How many operations one expression holds at most. */
const most = 6;

/** Puts what is read once in its place, as long as expressions stay readable. */
export class Inliner {
  readonly kept: Definition[] = [];
  readonly #inlined = new Map<string, Expr>();

  /** `isRounded`: whether the operation only rounds what it is given. */
  constructor(
    { definitions, totals, stored }: Values,
    uses: ReadonlyMap<string, number>,
    isRounded: (e: Expr) => boolean,
  ) {
    const live = definitions.filter(({ name }) => uses.has(name));
    const names = new Set(live.map(({ name }) => name));
    const readers = new Map<
      string,
      { readonly phase: Phase; readonly pass: number; readonly name?: string; readonly value: Expr }
    >();
    const note = (reader: {
      readonly phase: Phase;
      readonly pass: number;
      readonly name?: string;
      readonly value: Expr;
    }): void =>
      walkExpr(reader.value, (e) => {
        if (e.kind === "var" && names.has(e.name)) readers.set(e.name, reader);
      });
    live.forEach(note);
    for (const { next, pass } of totals) note({ phase: "inside", pass, value: next });
    for (const { value, pass } of stored) note({ phase: "inside", pass, value });
    const sizes = new Map<string, number>();
    for (const definition of live) {
      const { name, value, phase, pass } = definition;
      const resolved = this.resolved(value);
      const size = operationsIn(resolved, isRounded);
      const reader = readers.get(name);
      const isInOnePlace = reader === undefined ? phase !== "before" : reader.phase === phase && reader.pass === pass;
      const own = reader?.name;
      const room = own === undefined ? 0 : (sizes.get(own) ?? operationsIn(reader!.value, isRounded));
      if (uses.get(name) !== 1 || !isInOnePlace || size + room > most) {
        this.kept.push(definition);
        continue;
      }
      if (own !== undefined) sizes.set(own, room + size);
      this.#inlined.set(name, resolved);
    }
  }

  constantOf({ name, value }: Definition): Stmt {
    return constant(name, value.type, this.resolved(value));
  }

  resolved(value: Expr): Expr {
    return mapExpr(value, (e) => (e.kind === "var" ? (this.#inlined.get(e.name) ?? e) : e));
  }
}

/** How many operations an expression holds, but for those that only round. */
export function operationsIn(e: Expr, isRounded: (e: Expr) => boolean): number {
  const own = ["op", "foreign", "select", "logic"].includes(e.kind) && !isRounded(e) ? 1 : 0;
  return childrenOf(e).reduce((sum, child) => sum + operationsIn(child, isRounded), own);
}
