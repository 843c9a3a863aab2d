/**
 * Writes operations on tensors as statements: each goes into a constant, and the constant stands for it. Rules for
 * derivatives are written with it as formulas would be.
 */
import { undefinedOf } from "../ir/ask.ts";
import { add, div, isLiteral, mul, neg, sub } from "../ir/algebra.ts";
import { bool, intType, isNumeric, num, numberType, tensorType, variable, voidType } from "../ir/build.ts";
import { nounOf, slotsOf, type TensorOp } from "../ir/tensor-ops.ts";
import { childrenOf, type ExprOf } from "../ir/visit.ts";
import type { Expr, OpName, Stmt, Type } from "../ir/types.ts";

export type SlotValues = Readonly<Record<string, Expr | undefined>>;

/** What stands for a slot that was not given. */
export const notGiven: Expr = undefinedOf(voidType);

export class TensorBuilder {
  readonly statements: Stmt[] = [];
  readonly guarded: boolean;
  readonly #fresh: (base: string) => string;

  /**
   * `guarded`: somewhere in the function it is chosen between elements. Then a cotangent that is 0 stays 0, also where
   * a partial derivative is infinite or NaN: it may be one of a side that was not chosen.
   */
  constructor(fresh: (base: string) => string, guarded = false) {
    this.#fresh = fresh;
    this.guarded = guarded;
  }

  /** Another builder with the same names. */
  apart(): TensorBuilder {
    return new TensorBuilder(this.#fresh, this.guarded);
  }

  /** Puts a value into a constant. */
  hold(value: Expr, base: string): Expr {
    if (value.kind === "var" || value.kind === "literal") return value;
    const name = this.#fresh(base);
    this.statements.push({ kind: "let", name, type: value.type, mutable: false, init: value });
    return variable(name, value.type);
  }

  /** The operation with its slots by name. */
  op(op: TensorOp, slots: SlotValues, type: Type = tensorType, base: string = nounOf(op)): Expr {
    const args = slotsOf(op).all.map((slot) => slots[slot] ?? notGiven);
    return this.hold({ kind: "tensorOp", op, args, type }, base);
  }

  unary(op: TensorOp, x: Expr): Expr {
    return this.op(op, { x });
  }

  binary(op: TensorOp, a: Expr, b: Expr): Expr {
    return this.op(op, { a, b });
  }

  add(a: Expr, b: Expr): Expr {
    if (isNumber(a) && isNumber(b)) return add(a, b);
    return isLiteral(a, 0) ? b : isLiteral(b, 0) ? a : this.binary("add", a, b);
  }

  sub(a: Expr, b: Expr): Expr {
    if (isNumber(a) && isNumber(b)) return sub(a, b);
    return isLiteral(b, 0) ? a : isLiteral(a, 0) ? this.neg(b) : this.binary("sub", a, b);
  }

  mul(a: Expr, b: Expr): Expr {
    if (isChoice(b)) return this.#chosen(b, (side) => this.mul(a, side));
    if (isLiteral(a, 0) || isLiteral(b, 0)) return num(0);
    if (isNumber(a) && isNumber(b)) return mul(a, b);
    if (isLiteral(a, 1)) return b;
    if (isLiteral(b, 1)) return a;
    if (isLiteral(a, -1)) return this.neg(b);
    return isLiteral(b, -1) ? this.neg(a) : this.binary("mul", a, b);
  }

  /**
   * A partial derivative that is one or the other by a condition on elements. What is multiplied by it is chosen in the
   * same way, so that the result has the type of the elements, and where one side is 0 nothing is multiplied.
   */
  choose(test: Expr, yes: Expr, no: Expr): Choice {
    return { kind: "select", test, yes, no, type: tensorType };
  }

  #chosen({ test, yes, no }: Choice, side: (partial: Expr) => Expr): Expr {
    return this.where(test, side(yes), side(no));
  }

  /** A cotangent times a partial derivative. */
  times(bar: Expr, partial: Expr): Expr {
    if (isChoice(partial)) return this.#chosen(partial, (side) => this.times(bar, side));
    const isPlain = !this.guarded || partial.kind === "literal" || isNumber(bar);
    return isPlain ? this.mul(bar, partial) : this.binary("mulOrZero", bar, partial);
  }

  div(a: Expr, b: Expr): Expr {
    if (isNumber(a) && isNumber(b)) return div(a, b);
    return isLiteral(b, 1) ? a : this.binary("div", a, b);
  }

  neg(x: Expr): Expr {
    return isNumber(x) ? neg(x) : this.unary("neg", x);
  }

  where(condition: Expr, x: Expr, y: Expr): Expr {
    return this.op("where", { condition, x, y });
  }

  /** 1 where the condition holds, else 0. */
  indicator(condition: Expr): Choice {
    return this.choose(condition, num(1), num(0));
  }

  /** A derivative towards an operand that may have been broadcast: of a number, the sum. */
  sumTo(x: Expr, like: Expr): Expr {
    if (!isNumber(like))
      return isNumber(x) ? this.broadcastLike(x, like) : this.op("sumTo", { x, shape: shapeOf(like) });
    return isNumber(x) ? x : this.item(this.unary("sum", x));
  }

  broadcastLike(x: Expr, like: Expr): Expr {
    if (isNumber(x)) return this.op("fillLike", { value: x, like });
    return this.op("broadcastTo", { x, shape: shapeOf(like) });
  }

  /** What was collected for a tensor: it may be the zero that has no shape yet. */
  wholeLike(x: Expr, like: Expr): Expr {
    return isNumber(x) ? this.broadcastLike(x, like) : this.op("wholeLike", { x, like });
  }

  reshapeLike(x: Expr, like: Expr): Expr {
    return this.op("reshape", { x, shape: shapeOf(like) });
  }

  spreadLike(x: Expr, like: Expr, axis: Expr | undefined): Expr {
    return this.op("spreadTo", { x, shape: shapeOf(like), axis });
  }

  zerosLike(x: Expr): Expr {
    return isNumber(x) ? num(0) : this.unary("zerosLike", x);
  }

  /** A number as a tensor without axes. */
  scalar(value: Expr): Expr {
    return this.op("full", { shape: tupleOf([]), value }, tensorType, "scalar");
  }

  item(x: Expr): Expr {
    return this.op("item", { x }, numberType, "total");
  }

  /** How many elements of the one go into each of the other. */
  ratio(x: Expr, y: Expr): Expr {
    return { kind: "foreign", texts: ["", ".size / ", ".size"], args: [x, y], type: intType };
  }

  /** How many elements there are. */
  sizeOf(x: Expr): Expr {
    return { kind: "foreign", texts: ["", ".size"], args: [x], type: intType };
  }

  shapeOf(x: Expr): Expr {
    return shapeOf(x);
  }

  lengthOfAxis(x: Expr, axis: number): Expr {
    return { kind: "foreign", texts: ["", `.shape[${String(axis)}]!`], args: [x], type: intType };
  }

  /** The lengths of the last axes, as many as the list has. */
  lengthsOfLast(x: Expr, like: Expr): Expr {
    if (like.kind === "tuple")
      return { kind: "foreign", texts: ["", `.shape.slice(-${String(like.items.length)})`], args: [x], type: intList };
    return { kind: "foreign", texts: ["", ".shape.slice(-", ".length)"], args: [x, like], type: intList };
  }

  /** The axis of classes: 1, or 0 of a vector. */
  classAxis(x: Expr): Expr {
    return { kind: "foreign", texts: ["Math.min(1, ", ".ndim - 1)"], args: [x], type: intType };
  }

  /** All axes from one on. */
  axesFrom(x: Expr, from: Expr): Expr {
    return this.op("axesFrom", { x, from }, intList, "axes");
  }

  /** All axes but one. */
  axesBut(x: Expr, axis: Expr): Expr {
    return this.op("axesBut", { x, axis }, intList, "axes");
  }

  /** 1 / √d for the length d of the last axis. */
  inverseRootOfLast(x: Expr): Expr {
    return { kind: "foreign", texts: ["1 / Math.sqrt(", ".shape.at(-1)!)"], args: [x], type: numberType };
  }

  /** A partial derivative that is told for numbers, over tensors: element by element. */
  lift(formula: Expr): Expr {
    if (formula.kind !== "select") return this.#lift(formula);
    const test = truthOf(formula.test);
    if (test !== undefined) return this.lift(test ? formula.yes : formula.no);
    return this.choose(this.#condition(formula.test), this.lift(formula.yes), this.lift(formula.no));
  }

  #lift(formula: Expr): Expr {
    if (!isOfTensors(formula)) return formula;
    switch (formula.kind) {
      case "op": {
        if (formula.op === "stop") return formula;
        const args = formula.args.map((arg) => this.#lift(arg));
        return this.#elementwise(formula.op, args);
      }
      case "select": {
        const test = truthOf(formula.test);
        if (test !== undefined) return this.#lift(test ? formula.yes : formula.no);
        return this.where(this.#condition(formula.test), this.#lift(formula.yes), this.#lift(formula.no));
      }
      case "logic": {
        const left = truthOf(formula.left);
        if (left !== undefined) return left === (formula.op === "&&") ? this.#lift(formula.right) : bool(left);
        return formula.op === "&&"
          ? this.where(this.#condition(formula.left), this.#condition(formula.right), num(0))
          : this.where(this.#condition(formula.left), num(1), this.#condition(formula.right));
      }
      default:
        return formula;
    }
  }

  /** What is chosen by; of numbers alone it is one for all elements. */
  #condition(test: Expr): Expr {
    if (isOfTensors(test)) return this.#lift(test);
    const value: Expr = { kind: "select", test, yes: num(1), no: num(0), type: numberType };
    return this.scalar(value);
  }

  #elementwise(op: OpName, args: readonly Expr[]): Expr {
    const [a, b] = args;
    switch (op) {
      case "add":
        return this.add(a!, b!);
      case "sub":
        return this.sub(a!, b!);
      case "mul":
        return this.mul(a!, b!);
      case "div":
        return this.div(a!, b!);
      case "neg":
        return this.neg(a!);
      default: {
        const tensorOp = elementwise[op];
        if (tensorOp === undefined) throw new Error(`tensor rules: no operation for ${op}`);
        return b === undefined ? this.unary(tensorOp, a!) : this.binary(tensorOp, a!, b);
      }
    }
  }
}

/** See `choose`. */
export type Choice = ExprOf<"select">;

const isChoice = (e: Expr): e is Choice => e.kind === "select" && e.type.kind === "tensor";

/** The shape of a tensor, as an argument. */
export function shapeOf(x: Expr): Expr {
  return { kind: "foreign", texts: ["", ".shape"], args: [x], type: intList };
}

/** A list that is written out. */
export function tupleOf(items: readonly Expr[]): Expr {
  return { kind: "tuple", items, type: { kind: "tuple", items: items.map((item) => item.type) } };
}

export const intList: Type = { kind: "list", element: intType };

const several = (count: number): Type => ({
  kind: "record",
  fields: Array.from({ length: count }, (_, k) => ({ name: String(k), type: tensorType })),
  isTuple: true,
});
/** What an operation gives that has two or three results. */
export const tensorPair: Type = several(2);
export const tensorTriple: Type = several(3);

export function isNumber(expr: Expr): boolean {
  return isNumeric(expr.type);
}

/** Whether a condition on literals holds, or one of which that decides. */
function truthOf(test: Expr): boolean | undefined {
  if (test.kind === "literal") return test.value === true;
  if (test.kind === "logic") {
    const left = truthOf(test.left);
    if (left === undefined) return undefined;
    return left === (test.op === "&&") ? truthOf(test.right) : left;
  }
  if (test.kind !== "op") return undefined;
  const [a, b] = test.args.map((arg) => (arg.kind === "literal" ? Number(arg.value) : undefined));
  if (a === undefined || b === undefined) return undefined;
  if (test.op === "eq") return a === b;
  return test.op === "ge" ? a >= b : undefined;
}

/** Whether a formula has a tensor in it; its operations are told for numbers. */
function isOfTensors(formula: Expr): boolean {
  return formula.type.kind === "tensor" || childrenOf(formula).some(isOfTensors);
}

/** What operations on numbers are called on tensors, where they have another name. */
const elementwise: { readonly [O in OpName]?: TensorOp } = {
  abs: "abs",
  acos: "acos",
  acosh: "acosh",
  asin: "asin",
  asinh: "asinh",
  atan: "atan",
  atan2: "atan2",
  atanh: "atanh",
  cos: "cos",
  cosh: "cosh",
  exp: "exp",
  expm1: "expm1",
  log: "log",
  log10: "log10",
  log1p: "log1p",
  log2: "log2",
  max: "maximum",
  min: "minimum",
  mod: "fmod",
  pow: "pow",
  sign: "sign",
  sin: "sin",
  sinh: "sinh",
  sqrt: "sqrt",
  tan: "tan",
  tanh: "tanh",
  trunc: "trunc",
  eq: "equal",
  ne: "notEqual",
  gt: "greater",
  ge: "greaterEqual",
  lt: "less",
  le: "lessEqual",
};
