/**
 * Adjoint and tangent of one operation on tensors, by its rule. What a rule says of a slot goes to the tensor, the
 * number, or the tensors of a list that stand in it.
 */
import { isUndefined } from "../ir/ask.ts";
import { at, int, isReference, lengthOf, num, variable } from "../ir/build.ts";
import { slotsOf } from "../ir/tensor-ops.ts";
import type { Expr, Stmt, Var } from "../ir/types.ts";
import type { ExprOf } from "../ir/visit.ts";
import { accumulateInto, adjointOf, type AdjointContext, statements } from "./adjoint.ts";
import { Refusal } from "./refusal.ts";
import { tensorRules } from "./rules/tensor/index.ts";
import type { Program, Site, SlotRule } from "./rules/tensor/rule.ts";
import { countTo } from "./shadows.ts";
import { isNumber, TensorBuilder } from "./tensor-build.ts";

type TensorOpExpr = ExprOf<"tensorOp">;

/** Adds to the adjoints of the arguments what comes of `bar`, the adjoint of the result `y`. */
export function adjointOfTensorOp(context: AdjointContext, init: TensorOpExpr, y: Expr, bar: Expr): Stmt[] {
  const builder = (): TensorBuilder => new TensorBuilder((base) => context.fresh(base), context.guarded === true);
  const dense = builder();
  const whole = y.type.kind === "tensor" ? dense.wholeLike(bar, y) : bar;
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
  const given = activeSlots(init, active).flatMap(({ slot, arg, rule }) => {
    const dot = tangentOf(arg);
    return dot === undefined ? [] : [{ slot, dot, rule }];
  });
  const dots = (slot: string): Expr | undefined => given.find((each) => each.slot === slot)?.dot;
  return given.reduce<Expr | undefined>((sum, { dot, rule }) => {
    const part = rule.jvp(site, dot, dots);
    return sum === undefined || part === undefined ? (sum ?? part) : o.add(sum, part);
  }, undefined);
}

interface ActiveSlot {
  readonly slot: string;
  readonly arg: Expr;
  readonly rule: SlotRule;
}

function activeSlots(init: TensorOpExpr, active: (e: Expr) => boolean): ActiveSlot[] {
  return slotsOf(init.op).all.flatMap((slot, i): ActiveSlot[] => {
    const arg = init.args[i]!;
    if (!(arg.kind === "tuple" ? arg.items : [arg]).some(active)) return [];
    const rule = tensorRules[init.op][slot];
    if (rule === undefined) throw new Refusal("tensorSlot", [init.op, slot]);
    return rule === "none" ? [] : [{ slot, arg, rule }];
  });
}

function siteOf(o: TensorBuilder, init: TensorOpExpr, y: Expr): Site {
  const given = slotsOf(init.op).all.flatMap((slot, i) => {
    const arg = init.args[i]!;
    return isUndefined(arg) ? [] : [[slot, arg] as const];
  });
  const site = (on: TensorBuilder, args: Site["args"]): Site => {
    const self: Site = {
      o: on,
      args,
      arg: (slot) => {
        const value = args[slot];
        if (value === undefined) throw new Error(`tensor rules: ${init.op} has no ${slot}`);
        return value;
      },
      y,
      again: (slot, value) => on.op(init.op, { ...args, [slot]: value }, init.type),
      with: (slot, value) => site(on, { ...args, [slot]: value }),
      on: (builder) => site(builder, args),
      forward: (program, from, dot) => tangentOfProgram(self, program, from, dot),
      reverse: (program, from, bars) => adjointOfProgram(self, program, from, bars),
      refuse: (slot) => {
        throw new Refusal("tensorSlot", [init.op, slot]);
      },
    };
    return self;
  };
  return site(o, Object.fromEntries(given));
}

// ---------------------------------------------------------------------------------------------
// Of compositions
// ---------------------------------------------------------------------------------------------

/** What a program does, as operations one after the other, and what depends on the value that it starts from. */
interface Run {
  readonly steps: readonly Stmt[];
  readonly result: Expr;
  /** The operations whose results depend on the value, with their names. */
  readonly active: readonly { readonly y: Var; readonly init: TensorOpExpr }[];
  readonly isActive: (e: Expr) => boolean;
}

function runOf(site: Site, program: Program, from: Expr): Run {
  const o = site.o.apart();
  // Told apart from all else, also where the same variable stands elsewhere. All that is made of it is an operation.
  const own: Expr = isNumber(from) ? o.scalar(from) : { ...from };
  const result = program(site.on(o), own);
  const names = new Set<string>();
  const isActive = (e: Expr): boolean =>
    e === own || (e.kind === "var" && names.has(e.name)) || (e.kind === "tuple" && e.items.some(isActive));
  const active = o.statements.flatMap((stmt) => {
    if (stmt.kind !== "let" || stmt.init?.kind !== "tensorOp" || !stmt.init.args.some(isActive)) return [];
    if (activeSlots(stmt.init, isActive).length === 0) return [];
    names.add(stmt.name);
    return [{ y: variable(stmt.name, stmt.type), init: stmt.init }];
  });
  return { steps: o.statements, result, active, isActive };
}

function tangentOfProgram(site: Site, program: Program, from: Expr, dot: Expr): Expr {
  const { o } = site;
  const { steps, result, active, isActive } = runOf(site, program, from);
  o.statements.push(...steps);
  const dots = new Map<string, Expr>();
  const start = isNumber(dot) ? o.scalar(dot) : dot;
  const dotOf = (arg: Expr): Expr => {
    if (arg.kind === "tuple") return { ...arg, items: arg.items.map((e) => (isActive(e) ? dotOf(e) : o.zerosLike(e))) };
    return (arg.kind === "var" ? dots.get(arg.name) : undefined) ?? start;
  };
  for (const { y, init } of active) {
    const tangent = tangentOfTensorOp(o, init, y, isActive, dotOf);
    if (tangent !== undefined) dots.set(y.name, tangent);
  }
  return isActive(result) ? dotOf(result) : o.zerosLike(result);
}

function adjointOfProgram(site: Site, program: Program, from: Expr, seeds: readonly Expr[]): Expr {
  const { o } = site;
  const { steps, result, active, isActive } = runOf(site, program, from);
  o.statements.push(...steps);
  const bars = new Map<string, Expr>();
  let total: Expr | undefined;
  const collect = (target: Expr, value: Expr): void => {
    if (!isActive(target)) return;
    const known = target.kind === "var" ? bars.get(target.name) : undefined;
    if (target.kind === "var" && active.some(({ y }) => y.name === target.name))
      bars.set(target.name, known === undefined ? value : o.add(known, value));
    else total = total === undefined ? value : o.add(total, value);
  };
  const results = result.kind === "items" ? result.items : [result];
  results.forEach((each, k) => collect(each, seeds[k]!));
  for (const { y, init } of [...active].reverse()) {
    const bar = bars.get(y.name);
    if (bar === undefined) continue;
    const inner = siteOf(o, init, y);
    for (const { arg, rule } of activeSlots(init, isActive)) {
      if (arg.kind === "tuple")
        arg.items.forEach((item, k) => isActive(item) && collect(item, rule.vjp(inner, bar, int(k))));
      else collect(arg, rule.vjp(inner, bar, undefined));
    }
  }
  if (isNumber(from)) return total === undefined ? num(0) : o.item(total);
  return total ?? o.zerosLike(from);
}
