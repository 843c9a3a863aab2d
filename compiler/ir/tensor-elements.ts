/**
 * What elementwise operations on tensors do with one element, as the kernels of the runtime do it: in float64, and rounded once
 * where the tensors are float32. A loop over these gives the same bits.
 */
import { isUndefined } from "./ask.ts";
import { booleanType, compare, num, numberType, op } from "./build.ts";
import { scalarFunctions } from "./runtime.ts";
import type { TensorOp } from "./tensor-ops.ts";
import type { Expr, OpName } from "./types.ts";

type Operation = Extract<Expr, { readonly kind: "tensorOp" }>;

/** The value of an argument of the operation, or undefined where it is not given. */
export type Given = (slot: string) => Expr | undefined;

/** An element of the result; undefined where the operation does not go element by element, or has no such formula. */
export function elementOf(operation: TensorOp, given: Given): Expr | undefined {
  const formula = formulas[operation];
  return formula?.((slot) => {
    const value = given(slot);
    return value === undefined || isUndefined(value) ? undefined : value;
  });
}

/** Whether `elementOf` may know the operation. */
export function isElementwise(operation: TensorOp): boolean {
  return formulas[operation] !== undefined;
}

/** Whether an element costs no more than loading one. */
export function isArithmetic(operation: TensorOp): boolean {
  return arithmetic.has(operation);
}

/** What an element costs in multiplications, where that is little: it takes a few simple operations on numbers. */
export function costOfElement(e: Operation): number | undefined {
  if (isArithmetic(e.op) || isSmallPower(e)) return 1;
  return e.op === "div" || e.op === "reciprocal" || e.op === "sqrt" || e.op === "rsqrt" ? 4 : undefined;
}

/** Whether it is a square or a cube, which is multiplied. */
export function isSmallPower({ op, args }: Operation): boolean {
  const exponent = args[1];
  return op === "pow" && exponent?.kind === "literal" && (exponent.value === 2 || exponent.value === 3);
}

/** Whether the result is one of the values that it is made of, or else one that float32 has if it has those. */
export function isExact(operation: TensorOp): boolean {
  return exact.has(operation);
}

/** Whether the operation refuses some values: of int32, which are not divided by 0. */
export function mayRefuse(operation: TensorOp): boolean {
  return operation === "fmod" || operation === "remainder" || operation === "floorDivide";
}

/** Whether an operation may be given tensors that do not fit it, and throws then. */
export function mayMisfit(e: Expr): boolean {
  if (e.kind !== "tensorOp" || silent.has(e.op)) return false;
  // Of one operand there is no shape that does not fit.
  return !isElementwise(e.op) || e.args.filter((arg) => arg.type.kind === "tensor").length > 1;
}

const silent = new Set<TensorOp>(["dataOf", "shapeOf", "tensorOver", "fillLike", "zerosLike", "onesLike"]);

const arithmetic = new Set<TensorOp>(
  (
    "add sub mul neg abs square relu sign where greater greaterEqual less lessEqual equal notEqual maximum minimum " +
    "zerosLike onesLike fillLike"
  ).split(" ") as TensorOp[],
);

const exact = new Set<TensorOp>(
  (
    "neg abs relu sign floor ceil trunc round where maximum minimum clip hardtanh relu6 copysign fmod zerosLike onesLike " +
    "fillLike"
  ).split(" ") as TensorOp[],
);

/** A function of one number that `Math` has not. */
function scalar(name: string, ...args: readonly Expr[]): Expr {
  const between = args.slice(1).map(() => ", ");
  return { kind: "foreign", texts: [`${scalarFunctions}.${name}(`, ...between, ")"], args, type: numberType };
}

/** The number itself; what is no probability is refused. */
export const probability = (x: Expr): Expr => scalar("probability", x);

type Formula = (given: Given) => Expr | undefined;

const unary =
  (formula: (x: Expr) => Expr): Formula =>
  (given) => {
    const x = given("x");
    return x && formula(x);
  };

const binary =
  (formula: (a: Expr, b: Expr) => Expr): Formula =>
  (given) => {
    const [a, b] = [given("a"), given("b")];
    return a && b && formula(a, b);
  };

const math = (name: OpName): Formula => unary((x) => op(name, [x]));
const named = (name: string): Formula => unary((x) => scalar(name, x));
const math2 = (name: OpName): Formula => binary((a, b) => op(name, [a, b]));
const named2 = (name: string): Formula => binary((a, b) => scalar(name, a, b));
const comparison = (name: "lt" | "le" | "gt" | "ge" | "eq" | "ne"): Formula => binary((a, b) => compare(name, a, b));
/** With a number beside the operand that has a default. */
const beside =
  (name: string, slot: string, value: number): Formula =>
  (given) => {
    const x = given("x");
    return x && scalar(name, x, given(slot) ?? num(value));
  };
const truth = (e: Expr): Expr => (e.type.kind === "boolean" ? e : compare("ne", e, num(0)));

const formulas: { readonly [O in TensorOp]?: Formula } = {
  zerosLike: unary(() => num(0)),
  onesLike: unary(() => num(1)),
  fillLike: (given) => given("value"),
  exp: math("exp"),
  exp2: unary((x) => op("pow", [num(2), x])),
  expm1: math("expm1"),
  log: math("log"),
  log2: math("log2"),
  log10: math("log10"),
  log1p: math("log1p"),
  sin: math("sin"),
  cos: math("cos"),
  tan: math("tan"),
  asin: math("asin"),
  acos: math("acos"),
  atan: math("atan"),
  sinh: math("sinh"),
  cosh: math("cosh"),
  tanh: math("tanh"),
  asinh: math("asinh"),
  acosh: math("acosh"),
  atanh: math("atanh"),
  sqrt: math("sqrt"),
  rsqrt: unary((x) => op("div", [num(1), op("sqrt", [x])])),
  reciprocal: unary((x) => op("div", [num(1), x])),
  abs: math("abs"),
  sign: math("sign"),
  floor: math("floor"),
  ceil: math("ceil"),
  trunc: math("trunc"),
  round: named("round"),
  neg: math("neg"),
  square: unary((x) => op("mul", [x, x])),
  sigmoid: named("sigmoid"),
  logit: named("logit"),
  softplus: beside("softplus", "beta", 1),
  relu: named("relu"),
  relu6: named("relu6"),
  selu: named("selu"),
  gelu: (given) => {
    const [x, approximate] = [given("x"), given("approximate")];
    if (approximate === undefined) return x && scalar("gelu", x);
    if (x === undefined || approximate.kind !== "literal") return undefined;
    return scalar(approximate.value === "tanh" ? "geluTanh" : "gelu", x);
  },
  silu: named("silu"),
  mish: named("mish"),
  hardsigmoid: named("hardsigmoid"),
  hardswish: named("hardswish"),
  softsign: named("softsign"),
  tanhshrink: unary((x) => op("sub", [x, op("tanh", [x])])),
  logSigmoid: named("logSigmoid"),
  erf: named("erf"),
  erfc: named("erfc"),
  erfinv: named("erfinv"),
  lgamma: named("lgamma"),
  digamma: named("digamma"),
  sinc: named("sinc"),
  leakyRelu: beside("leakyRelu", "negativeSlope", 0.01),
  elu: beside("elu", "alpha", 1),
  celu: beside("celu", "alpha", 1),
  hardtanh: unary((x) => scalar("clip", x, num(-1), num(1))),
  clip: (given) => {
    const x = given("x");
    return x && scalar("clip", x, given("min") ?? num(-Infinity), given("max") ?? num(Infinity));
  },
  isnan: unary((x) => op("isNaN", [x], booleanType)),
  isinf: unary((x) => compare("eq", op("abs", [x]), num(Infinity))),
  isfinite: unary((x) => op("isFinite", [x], booleanType)),
  logicalNot: unary((x) => (x.type.kind === "boolean" ? op("not", [x], booleanType) : compare("eq", x, num(0)))),
  add: math2("add"),
  sub: math2("sub"),
  mul: math2("mul"),
  div: math2("div"),
  pow: binary(power),
  atan2: math2("atan2"),
  hypot: math2("hypot"),
  maximum: math2("max"),
  minimum: math2("min"),
  fmod: math2("mod"),
  remainder: named2("remainder"),
  copysign: named2("copysign"),
  logaddexp: named2("logaddexp"),
  xlogy: named2("xlogy"),
  floorDivide: binary((a, b) => op("floor", [op("div", [a, b])])),
  where: (given) => {
    const [condition, x, y] = [given("condition"), given("x"), given("y")];
    if (condition === undefined || x === undefined || y === undefined) return undefined;
    return { kind: "select", test: truth(condition), yes: x, no: y, type: numberType };
  },
  greater: comparison("gt"),
  greaterEqual: comparison("ge"),
  less: comparison("lt"),
  lessEqual: comparison("le"),
  equal: comparison("eq"),
  notEqual: comparison("ne"),
  mulOrZero: binary((a, b) => ({
    kind: "select",
    test: compare("eq", a, num(0)),
    yes: num(0),
    no: op("mul", [a, b]),
    type: numberType,
  })),
};

/** As the runtime, which multiplies for squares and cubes. */
function power(x: Expr, exponent: Expr): Expr {
  if (exponent.kind === "literal" && exponent.value === 2) return op("mul", [x, x]);
  if (exponent.kind === "literal" && exponent.value === 3) return op("mul", [op("mul", [x, x]), x]);
  return scalar("pow", x, exponent);
}
