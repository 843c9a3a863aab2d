/**
 * Adjoint and tangent of one operation on tensors, by its rule. What a rule says of a slot goes to the tensor, the
 * number, or the tensors of a list that stand in it.
 */
import { at, int, isReference, lengthOf } from "../ir/build.ts";
import { slotsOf } from "../ir/tensor-ops.ts";
import type { Expr, Stmt } from "../ir/types.ts";
import type { ExprOf } from "../ir/visit.ts";
import { accumulateInto, adjointOf, type AdjointContext, statements } from "./adjoint.ts";
import { Refusal } from "./refusal.ts";
import { tensorRules } from "./rules/tensor/index.ts";
import type { Site, SlotRule } from "./rules/tensor/rule.ts";
import { countTo } from "./shadows.ts";
import { isNumber, TensorBuilder } from "./tensor-build.ts";

type TensorOpExpr = ExprOf<"tensorOp">;

/** Adds to the adjoints of the arguments what comes of `bar`, the adjoint of the result `y`. */
export function adjointOfTensorOp(context: AdjointContext, init: TensorOpExpr, y: Expr, bar: Expr): Stmt[] {
  const builder = (): TensorBuilder => new TensorBuilder((base) => context.fresh(base));
  const dense = builder();
  // What was collected may be the zero that has no shape yet.
  const whole = y.type.kind === "tensor" ? dense.broadcastLike(bar, y) : bar;
  const contributions = activeSlots(init, (e) => context.active(e)).flatMap(({ arg, rule }) => {
    const into = (target: Expr, place?: Expr): Stmt[] => {
      if (!context.active(target)) return [];
      const o = builder();
      const value = rule.vjp(siteOf(o, init, y), whole, place);
      return [...o.statements, ...addTo(context, target, value)];
    };
    if (arg.kind === "tuple") return arg.items.flatMap((item, k) => into(item, int(k)));
    return isReference(arg.type) ? [countTo(context, lengthOf(arg), (k) => into(at(arg, k), k))] : into(arg);
  });
  return contributions.length === 0 ? [] : [...dense.statements, ...contributions];
}

function addTo(context: AdjointContext, target: Expr, value: Expr): Stmt[] {
  const isPlace = target.kind === "var" || target.kind === "index";
  return isPlace && !isNumber(target)
    ? [accumulateInto(context, { target, value })]
    : statements(context, adjointOf(context, target, value));
}

/** The tangent of the result, from those of the arguments; undefined where none has any. */
export function tangentOfTensorOp(
  o: TensorBuilder,
  init: TensorOpExpr,
  y: Expr,
  active: (e: Expr) => boolean,
  tangentOf: (arg: Expr) => Expr | undefined,
): Expr | undefined {
  const site = siteOf(o, init, y);
  return activeSlots(init, active).reduce<Expr | undefined>((sum, { arg, rule }) => {
    const dot = tangentOf(arg);
    if (dot === undefined) return sum;
    const part = rule.jvp(site, dot);
    return sum === undefined ? part : o.add(sum, part);
  }, undefined);
}

interface ActiveSlot {
  readonly arg: Expr;
  readonly rule: SlotRule;
}

function activeSlots(init: TensorOpExpr, active: (e: Expr) => boolean): ActiveSlot[] {
  return slotsOf(init.op).all.flatMap((slot, i): ActiveSlot[] => {
    const arg = init.args[i]!;
    if (!(arg.kind === "tuple" ? arg.items : [arg]).some(active)) return [];
    const rule = tensorRules[init.op]?.[slot];
    if (rule === undefined) throw new Refusal("tensorSlot", [init.op, slot]);
    return rule === "none" ? [] : [{ arg, rule }];
  });
}

function siteOf(o: TensorBuilder, init: TensorOpExpr, y: Expr): Site {
  const given = slotsOf(init.op).all.flatMap((slot, i) => {
    const arg = init.args[i]!;
    return arg.kind === "literal" && arg.value === undefined ? [] : [[slot, arg] as const];
  });
  const args: Readonly<Record<string, Expr | undefined>> = Object.fromEntries(given);
  return {
    o,
    args,
    arg: (slot) => {
      const value = args[slot];
      if (value === undefined) throw new Error(`tensor rules: ${init.op} has no ${slot}`);
      return value;
    },
    y,
    again: (slot, value) => o.op(init.op, { ...args, [slot]: value }, init.type),
  };
}
