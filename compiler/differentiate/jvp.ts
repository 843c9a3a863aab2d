/**
 * The forward mode: each statement is preceded by its tangent. The tangent of a variable or array that
 * carries no derivative is absent, not zero, so that no `0 · ∞` is ever computed for it.
 */
import { assign, compare, intType, isDifferentiable, isReference, lengthOf, num, numberType, op, variable, zerosLike } from "../ir/build.ts";
import type { Names } from "../ir/names.ts";
import { isSmooth } from "../ir/ops.ts";
import type { Block, Expr, Pattern, Stmt, Type } from "../ir/types.ts";
import { variablesDeclaredBy } from "../ir/visit.ts";
import type { Activity } from "../analyse/activity.ts";
import type { Aliasing } from "../analyse/alias.ts";
import { idleShadow, type CallTable } from "./calls.ts";
import { add, factorsOf, isLiteral, mul, sum } from "./rules/algebra.ts";
import { scalarRules } from "./rules/scalar.ts";
import { countTo, shadowOf } from "./shadows.ts";

export interface JvpContext {
  readonly activity: Activity;
  readonly aliasing: Aliasing;
  readonly names: Names;
  readonly calls: CallTable;
  /** The tangent variable of a primal variable. */
  readonly dot: (name: string, type: Type) => Expr;
}

export function tangentBlock(context: JvpContext, block: Block): Block {
  return block.flatMap((stmt) => tangentStmt(context, stmt));
}

function tangentStmt(context: JvpContext, stmt: Stmt): Block {
  const { activity } = context;
  switch (stmt.kind) {
    case "let": {
      if (stmt.type.kind === "tape") {
        if (!activity.activeName(stmt.name, stmt.type)) return [stmt];
        return [stmt, { ...bare(stmt), name: nameOf(context.dot(stmt.name, stmt.type)) }];
      }
      const primal = variable(stmt.name, stmt.type);
      if (!isDifferentiable(stmt.type) || !activity.active(primal)) return [stmt];
      const dot = nameOf(context.dot(stmt.name, stmt.type));
      if (stmt.init === undefined) return [stmt, { kind: "let", name: dot, type: stmt.type, mutable: true }];
      // The tangent may be told in terms of the result, so it comes after.
      const { before, value } = isReference(stmt.type) ? tangentOfArray(context, stmt.init, primal) : { before: [], value: tangentOf(context, stmt.init, primal) ?? num(0) };
      return [stmt, ...before, { kind: "let", name: dot, type: stmt.type, mutable: stmt.mutable, init: value }];
    }
    case "assign": {
      const target = variable(stmt.name, stmt.value.type);
      if (!isDifferentiable(stmt.value.type) || !activity.active(target)) return [stmt];
      const dot = nameOf(context.dot(stmt.name, stmt.value.type));
      if (isReference(stmt.value.type)) {
        const { before, value } = tangentOfArray(context, stmt.value, target);
        return isAllocation(stmt.value) ? [stmt, ...before, assign(dot, value)] : [...before, assign(dot, value), stmt];
      }
      const value = tangentOf(context, stmt.value, undefined) ?? num(0);
      return isName(value, dot) ? [stmt] : [assign(dot, value), stmt];
    }
    case "store":
    case "accumulate": {
      if (!activity.active(stmt.array)) return [stmt];
      const array = tangentArray(context, stmt.array);
      if (isReference(stmt.value.type)) return [{ ...bare(stmt), array, value: tangentArray(context, stmt.value) }, stmt];
      const value = tangentOf(context, stmt.value, undefined);
      if (value === undefined && stmt.kind === "accumulate") return [stmt];
      return [{ ...bare(stmt), array, value: value ?? num(0) }, stmt];
    }
    case "fill":
    case "append": {
      if (!activity.active(stmt.array)) return [stmt];
      const array = tangentArray(context, stmt.array);
      const value = isReference(stmt.value.type) ? tangentArray(context, stmt.value) : (tangentOf(context, stmt.value, undefined) ?? num(0));
      return [{ ...bare(stmt), array, value }, stmt];
    }
    case "set": {
      if (!activity.active(stmt.target)) return [stmt];
      const target = tangentArray(context, stmt.target);
      if (activity.active(stmt.source)) return [{ ...bare(stmt), target, source: tangentArray(context, stmt.source) }, stmt];
      const place = (j: Expr): Expr => (stmt.offset === undefined ? j : op("add", [stmt.offset, j], intType));
      return [countTo(context.names, lengthOf(stmt.source), (j) => [{ kind: "store", array: target, index: place(j), value: num(0) }]), stmt];
    }
    case "shrink": {
      if (!activity.active(stmt.array)) return [stmt];
      const array = tangentArray(context, stmt.array);
      if (stmt.target === undefined || stmt.type === undefined || !activity.active(variable(stmt.target, stmt.type))) {
        return [{ kind: "shrink", array }, stmt];
      }
      return [{ ...bare(stmt), array, target: nameOf(context.dot(stmt.target, stmt.type)) }, stmt];
    }
    case "push": {
      const tape: Type = { kind: "tape", element: stmt.value.type };
      if (!activity.activeName(stmt.tape, tape)) return [stmt];
      const value = isReference(stmt.value.type) ? tangentArray(context, stmt.value) : (tangentOf(context, stmt.value, undefined) ?? num(0));
      return [{ kind: "push", tape: nameOf(context.dot(stmt.tape, tape)), value }, stmt];
    }
    case "pop": {
      const tape: Type = { kind: "tape", element: stmt.type };
      if (!activity.activeName(stmt.tape, tape)) return [stmt];
      const dot = nameOf(context.dot(stmt.tape, tape));
      const target = variable(stmt.target, stmt.type);
      if (activity.active(target)) return [{ ...stmt, tape: dot, target: nameOf(context.dot(stmt.target, stmt.type)) }, stmt];
      return [{ kind: "pop", tape: dot, target: context.names.fresh("unusedDot"), declare: true, type: stmt.type }, stmt];
    }
    case "call":
      return tangentOfCall(context, stmt);
    case "if":
      return [{ ...stmt, then: tangentBlock(context, stmt.then), else: tangentBlock(context, stmt.else) }];
    case "for":
    case "while":
      return [{ ...stmt, body: tangentBlock(context, stmt.body) }];
    default:
      return [stmt];
  }
}

/** A call that is not inlined: of the tangent function of a recursive one, or of a hand-written JVP. */
function tangentOfCall(context: JvpContext, stmt: Extract<Stmt, { kind: "call" }>): Block {
  const { activity, calls, names } = context;
  const declared = variablesDeclaredBy(stmt);
  const isActive =
    declared.some(({ name, type }) => isDifferentiable(type) && activity.active(variable(name, type))) ||
    stmt.args.some((arg) => isReference(arg.type) && isDifferentiable(arg.type) && activity.active(arg)) ||
    stmt.args.some((arg) => arg.kind === "var" && arg.type.kind === "tape" && activity.activeName(arg.name, arg.type));
  if (!isActive) return [stmt];
  const rule = calls.rules(stmt.callee)?.jvp;
  const before: Stmt[] = [];
  const tangentArg = (arg: Expr): Expr => {
    if (arg.kind === "var" && arg.type.kind === "tape") return context.dot(arg.name, arg.type);
    if (!isReference(arg.type)) return tangentOf(context, arg, undefined) ?? num(0);
    return activity.active(arg) ? tangentArray(context, arg) : idleShadow(names, arg, before);
  };
  const callee = rule === undefined ? calls.tangent(stmt.callee) : undefined;
  const active = callee?.active ?? calls.func(stmt.callee).params.flatMap((p, i) => (isDifferentiable(p.type) ? [i] : []));
  const args = [...stmt.args, ...active.map((i) => tangentArg(stmt.args[i]!))];
  const target: Pattern = stmt.target.kind === "none" ? stmt.target : { kind: "tuple", items: [stmt.target, dotPattern(context, stmt.target)] };
  return [...before, { ...stmt, callee: rule ?? callee!.name, args, target }];
}

/** Names for the tangents of what a call gives back. */
function dotPattern(context: JvpContext, pattern: Pattern): Pattern {
  switch (pattern.kind) {
    case "none":
      return pattern;
    case "name":
      return { ...pattern, name: nameOf(context.dot(pattern.name, pattern.type)) };
    case "tuple":
      return { ...pattern, items: pattern.items.map((item) => dotPattern(context, item)) };
  }
}

/** The tangent of a number, or undefined where it carries none. `result` names the value where it is known. */
export function tangentOf(context: JvpContext, expr: Expr, result: Expr | undefined): Expr | undefined {
  if (!context.activity.active(expr)) return undefined;
  switch (expr.kind) {
    case "var":
      return context.dot(expr.name, expr.type);
    case "index":
      return { ...expr, array: tangentArray(context, expr.array) };
    case "op": {
      if (!isSmooth(expr.op)) return undefined;
      if (expr.op === "mul") return tangentOfProduct(context, expr);
      const dots = expr.args.map((arg) => tangentOf(context, arg, undefined));
      const partials = scalarRules[expr.op].partials(expr.args, result ?? expr, dots.map((d) => d !== undefined));
      const terms = dots.flatMap((d, i) => {
        const partial = partials[i];
        return d === undefined || partial === undefined ? [] : [times(partial, d)];
      });
      return terms.length === 0 ? undefined : linear(expr.op) ? terms.reduce(add) : sum(terms);
    }
    case "select": {
      const yes = tangentOf(context, expr.yes, undefined) ?? num(0);
      const no = tangentOf(context, expr.no, undefined) ?? num(0);
      return { ...expr, yes, no };
    }
    case "nullish": {
      const absent: Expr = { kind: "literal", value: undefined, type: expr.left.type };
      const yes = tangentOf(context, expr.left, undefined) ?? num(0);
      const no = tangentOf(context, expr.right, undefined) ?? num(0);
      return { kind: "select", test: compare("ne", expr.left, absent), yes, no, type: numberType };
    }
    case "tap":
      return tangentOf(context, expr.value, undefined);
    default:
      throw new Error(`jvp: no rule for ${expr.kind}`);
  }
}

/** The sum over the factors of a factor's tangent times the others. */
function tangentOfProduct(context: JvpContext, expr: Expr): Expr | undefined {
  const factors = factorsOf(expr);
  const terms = factors.flatMap((factor, i) => {
    const dot = tangentOf(context, factor, undefined);
    if (dot === undefined) return [];
    return [factors.filter((_, k) => k !== i).reduce(mul, dot)];
  });
  return terms.length === 0 ? undefined : sum(terms);
}

function linear(op: string): boolean {
  return op === "add" || op === "sub";
}

/** A partial times a tangent; a partial that is a choice stays one, so that the other side is not evaluated. */
function times(partial: Expr, tangent: Expr): Expr {
  if (partial.kind === "select") return { ...partial, yes: times(partial.yes, tangent), no: times(partial.no, tangent) };
  return isLiteral(partial, 0) ? num(0) : mul(partial, tangent);
}

/** The tangent array of a reference. */
function tangentArray(context: JvpContext, expr: Expr): Expr {
  return shadowOf(expr, expr, (name, type) => context.dot(name, type));
}

/** The tangent of a new array: filled as the array is. */
function tangentOfArray(context: JvpContext, init: Expr, primal: Expr): { readonly before: Stmt[]; readonly value: Expr } {
  switch (init.kind) {
    case "items": {
      if (isReference(init.items[0]?.type ?? numberType)) return { before: [], value: tangentArray(context, init) };
      return { before: [], value: { ...init, items: init.items.map((item) => tangentOf(context, item, undefined) ?? num(0)) } };
    }
    case "copy":
    case "deepCopy":
      if (!context.activity.active(init.array)) return { before: [], value: zerosLike(primal) };
      return { before: [], value: { ...init, array: tangentArray(context, init.array) } };
    default:
      return { before: [], value: shadowOf(init, primal, (name, type) => context.dot(name, type)) };
  }
}

function isAllocation(expr: Expr): boolean {
  return ["zeros", "holes", "items", "copy", "zerosLike", "deepCopy"].includes(expr.kind);
}

function isName(expr: Expr, name: string): boolean {
  return expr.kind === "var" && expr.name === name;
}

function nameOf(expr: Expr): string {
  if (expr.kind !== "var") throw new Error("jvp: a variable was expected");
  return expr.name;
}

function bare<S extends Stmt>(stmt: S): S {
  const { quote: _quote, ...rest } = stmt;
  return rest as S;
}

