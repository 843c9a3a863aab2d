/**
 * What a rule says of an operation on tensors: for each slot that a derivative can come through, what a tangent in it
 * becomes, and what a cotangent of the result gives back to it. Both are written as operations, so that derivatives
 * of derivatives need no rules of their own.
 */
import { fieldAt, num } from "../../../ir/build.ts";
import type { Expr } from "../../../ir/types.ts";
import type { TensorBuilder } from "../../tensor-build.ts";

export interface Site {
  readonly o: TensorBuilder;
  /** The arguments by slot; those that were not given are undefined. */
  readonly args: Readonly<Record<string, Expr | undefined>>;
  /** The argument of a slot that is always given. */
  readonly arg: (slot: string) => Expr;
  /** The result. */
  readonly y: Expr;
  /** The operation once more, with another value in a slot. */
  readonly again: (slot: string, value: Expr) => Expr;
  /** The site with another value in a slot. */
  readonly with: (slot: string, value: Expr) => Site;
  /** The site for another builder. */
  readonly on: (builder: TensorBuilder) => Site;
  /** The tangent of what a program makes of a value. */
  readonly forward: (program: Program, from: Expr, dot: Expr) => Expr;
  /** The cotangent of a value, of which a program makes something that has a cotangent; of several results, one for each. */
  readonly reverse: (program: Program, from: Expr, bars: readonly Expr[]) => Expr;
  /** Refuses: there is no derivative if what stands in the slot is not known when the code is generated. */
  readonly refuse: (slot: string) => never;
}

/** Operations on a value, one after the other. */
export type Program = (site: Site, value: Expr) => Expr;

export interface SlotRule {
  /**
   * The tangent of the result that comes of the tangent of this slot. `dots`: the tangents that there are in other slots; what
   * one slot gives may have that of another in it, which gives nothing then.
   */
  readonly jvp: (site: Site, dot: Expr, dots: (slot: string) => Expr | undefined) => Expr | undefined;
  /** The cotangent of this slot that comes of the cotangent of the result; `place`: of which tensor of a list. */
  readonly vjp: (site: Site, bar: Expr, place: Expr | undefined) => Expr;
}

/**
 * The rules of an operation by slot. A slot with "none" has derivative zero wherever there is one: an axis, an index.
 * One that is not named has a derivative that nobody has written down: an active value in it is refused.
 */
export type TensorRule = Readonly<Record<string, SlotRule | "none">>;

/** The slot takes part linearly: its tangent goes the same way. */
export function linear(vjp: SlotRule["vjp"], slot = "x"): SlotRule {
  return { jvp: (site, dot) => site.again(slot, dot), vjp };
}

/** Element by element: the result's elements depend on those at the same place, by a partial derivative. */
export function elementwise(slot: string, partial: (site: Site) => Expr): SlotRule {
  return {
    jvp: (site, dot) => {
      const own = partial(site);
      const product = site.o.mul(dot, own);
      return own.kind === "literal" ? site.o.broadcastLike(product, site.y) : product;
    },
    vjp: (site, bar) => site.o.sumTo(site.o.times(bar, partial(site)), site.arg(slot)),
  };
}

/** Element by element, of one operand that has the shape of the result. */
export function unary(partial: (site: Site) => Expr, others: TensorRule = {}): TensorRule {
  return {
    x: {
      jvp: (site, dot) => site.o.mul(dot, partial(site)),
      vjp: (site, bar) => site.o.times(bar, partial(site)),
    },
    ...others,
  };
}

/** The only operand takes part linearly. */
export function linearInX(vjp: SlotRule["vjp"], discrete: readonly string[] = []): TensorRule {
  return { x: linear(vjp), ...none(discrete) };
}

export function none(slots: readonly string[]): TensorRule {
  return Object.fromEntries(slots.map((slot) => [slot, "none" as const]));
}

/**
 * The operation is one call, and its derivative is that of simpler operations with the same value: they are done once
 * more, as far as the derivative needs them.
 */
export function composed(
  program: (site: Site) => Expr,
  slots: readonly string[],
  discrete: readonly string[] = [],
): TensorRule {
  const rule = (slot: string): SlotRule => {
    const towards: Program = (site, value) => program(site.with(slot, value));
    return {
      jvp: (site, dot) => site.forward(towards, site.arg(slot), dot),
      vjp: (site, bar) => site.reverse(towards, site.arg(slot), [bar]),
    };
  };
  return { ...Object.fromEntries(slots.map((slot) => [slot, rule(slot)])), ...none(discrete) };
}

/** The tangent is linear in that of the slot, and its adjoint is the cotangent: of each of `fields` where there are several results. */
export function transposed(tangent: Program, slot = "x", fields?: readonly string[]): SlotRule {
  return {
    jvp: tangent,
    vjp: (site, bar) =>
      site.reverse(
        tangent,
        site.arg(slot),
        fields === undefined ? [bar] : fields.map((name) => barOf(site, bar, name)),
      ),
  };
}

/** The cotangent of one of several results. */
export function barOf({ o, y }: Site, bar: Expr, name: string): Expr {
  return o.wholeLike(fieldAt(bar, name), fieldAt(y, name));
}

/** The value of a slot that has to be known: a number, a text or a boolean; `initial` where it is not given. */
export function known<T extends number | string | boolean>(site: Site, slot: string, initial: T): T {
  const given = site.args[slot];
  if (given === undefined) return initial;
  const value = literalOf(given);
  return typeof value === "number" || typeof value === "string" || typeof value === "boolean"
    ? (value as T)
    : site.refuse(slot);
}

/** The number in a slot, or its default. */
export function numberIn(site: Site, slot: string, initial: number): Expr {
  return site.args[slot] ?? num(initial);
}

function literalOf(e: Expr): unknown {
  if (e.kind === "literal") return e.value;
  if (e.kind !== "op" || e.op !== "neg") return undefined;
  const value = literalOf(e.args[0]!);
  return typeof value === "number" ? -value : undefined;
}
