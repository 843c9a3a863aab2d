/**
 * What a rule says of an operation on tensors: for each slot that a derivative can come through, what a tangent in it
 * becomes, and what a cotangent of the result gives back to it. Both are written as operations, so that derivatives
 * of derivatives need no rules of their own.
 */
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
}

export interface SlotRule {
  /** The tangent of the result that comes of the tangent of this slot. */
  readonly jvp: (site: Site, dot: Expr) => Expr;
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
    vjp: (site, bar) => site.o.sumTo(site.o.mul(bar, partial(site)), site.arg(slot)),
  };
}

/** Element by element, of one operand that has the shape of the result. */
export function unary(partial: (site: Site) => Expr): TensorRule {
  const times = (site: Site, seed: Expr): Expr => site.o.mul(seed, partial(site));
  return { x: { jvp: times, vjp: times } };
}

/** The only operand takes part linearly. */
export function linearInX(vjp: SlotRule["vjp"], discrete: readonly string[] = []): TensorRule {
  return { x: linear(vjp), ...none(discrete) };
}

export function none(slots: readonly string[]): TensorRule {
  return Object.fromEntries(slots.map((slot) => [slot, "none" as const]));
}
