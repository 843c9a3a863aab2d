/** JavaScript's operators, `Math` and `Number`, by name. */
import { ts } from "ts-morph";
import type { NumericOp } from "../../ir/evaluate.ts";
import type { OpName } from "../../ir/types.ts";

const kinds = ts.SyntaxKind;

export const infixOps: ReadonlyMap<ts.SyntaxKind, NumericOp> = new Map<ts.SyntaxKind, NumericOp>([
  [kinds.PlusToken, "add"],
  [kinds.MinusToken, "sub"],
  [kinds.AsteriskToken, "mul"],
  [kinds.SlashToken, "div"],
  [kinds.PercentToken, "mod"],
  [kinds.AsteriskAsteriskToken, "pow"],
  [kinds.AmpersandToken, "bitand"],
  [kinds.BarToken, "bitor"],
  [kinds.CaretToken, "bitxor"],
  [kinds.LessThanLessThanToken, "shl"],
  [kinds.GreaterThanGreaterThanToken, "shr"],
  [kinds.GreaterThanGreaterThanGreaterThanToken, "ushr"],
]);

export const compoundOps: ReadonlyMap<ts.SyntaxKind, NumericOp> = new Map<ts.SyntaxKind, NumericOp>([
  [kinds.PlusEqualsToken, "add"],
  [kinds.MinusEqualsToken, "sub"],
  [kinds.AsteriskEqualsToken, "mul"],
  [kinds.SlashEqualsToken, "div"],
  [kinds.PercentEqualsToken, "mod"],
  [kinds.AsteriskAsteriskEqualsToken, "pow"],
  [kinds.AmpersandEqualsToken, "bitand"],
  [kinds.BarEqualsToken, "bitor"],
  [kinds.CaretEqualsToken, "bitxor"],
  [kinds.LessThanLessThanEqualsToken, "shl"],
  [kinds.GreaterThanGreaterThanEqualsToken, "shr"],
  [kinds.GreaterThanGreaterThanGreaterThanEqualsToken, "ushr"],
]);

export type Comparison = "lt" | "le" | "gt" | "ge" | "eq" | "ne";

export const comparisons: ReadonlyMap<ts.SyntaxKind, Comparison> = new Map<ts.SyntaxKind, Comparison>([
  [kinds.LessThanToken, "lt"],
  [kinds.LessThanEqualsToken, "le"],
  [kinds.GreaterThanToken, "gt"],
  [kinds.GreaterThanEqualsToken, "ge"],
  [kinds.EqualsEqualsEqualsToken, "eq"],
  [kinds.ExclamationEqualsEqualsToken, "ne"],
  [kinds.EqualsEqualsToken, "eq"],
  [kinds.ExclamationEqualsToken, "ne"],
]);

export function isAssignment(kind: ts.SyntaxKind): boolean {
  return kind >= kinds.FirstAssignment && kind <= kinds.LastAssignment;
}

const sameNames =
  "abs acos acosh asin asinh atan atan2 atanh cbrt ceil clz32 cos cosh exp expm1 floor fround hypot imul log log10 log1p log2 max min pow round " +
  "sign sin sinh sqrt tan tanh trunc";

/** The operation of each function of `Math`. */
export const mathFunctions: ReadonlyMap<string, OpName> = new Map(
  sameNames.split(" ").map((name) => [name, name as OpName]),
);

const mathConstants = new Set("E LN10 LN2 LOG10E LOG2E PI SQRT1_2 SQRT2".split(" "));
const numberConstants = new Set(
  "EPSILON MAX_SAFE_INTEGER MAX_VALUE MIN_SAFE_INTEGER MIN_VALUE NaN NEGATIVE_INFINITY POSITIVE_INFINITY".split(" "),
);

export function mathConstant(name: string): number | undefined {
  return mathConstants.has(name) ? (Math as unknown as Record<string, number>)[name] : undefined;
}

export function numberConstant(name: string): number | undefined {
  return numberConstants.has(name) ? (Number as unknown as Record<string, number>)[name] : undefined;
}

const integral = new Set<OpName>(["bitand", "bitor", "bitxor", "bitnot", "shl", "shr", "ushr", "clz32", "imul"]);
const keepsInt = new Set<OpName>(["add", "sub", "mul", "neg", "max", "min"]);

/** Operations that always give an integer of 32 bits. */
export const isIntegral = (op: OpName): boolean => integral.has(op);

/** Operations that give an integer where all operands are. */
export const keepsIntegers = (op: OpName): boolean => keepsInt.has(op);

/** How many operands an operation has; undefined where it takes any number. */
export function arity(op: OpName): number | undefined {
  if (op === "max" || op === "min" || op === "hypot") return undefined;
  return op === "pow" || op === "atan2" || op === "imul" ? 2 : 1;
}

export const isLogical = (kind: ts.SyntaxKind): boolean =>
  kind === kinds.AmpersandAmpersandToken || kind === kinds.BarBarToken || kind === kinds.QuestionQuestionToken;
