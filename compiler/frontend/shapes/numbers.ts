/** Numbers that lengths are made of, and comparisons of them. */
import { ts } from "ts-morph";
import type { Dim } from "../../ir/tensor-dims.ts";
import { type Known, numberOf } from "./known.ts";

/** What an operator makes of two numbers. */
export function ofNumbers(kind: ts.SyntaxKind, a: Dim, b: Dim): Known | undefined {
  if (typeof a !== "number" || typeof b !== "number") return undefined;
  const number = arithmetic.get(kind)?.(a, b);
  if (number !== undefined) return numberOf(number);
  const truth = comparisons.get(kind)?.(a, b);
  return truth === undefined ? undefined : { kind: "truth", value: truth };
}

const arithmetic = new Map<ts.SyntaxKind, (a: number, b: number) => number>([
  [ts.SyntaxKind.PlusToken, (a, b) => a + b],
  [ts.SyntaxKind.MinusToken, (a, b) => a - b],
  [ts.SyntaxKind.AsteriskToken, (a, b) => a * b],
  [ts.SyntaxKind.SlashToken, (a, b) => a / b],
]);

const comparisons = new Map<ts.SyntaxKind, (a: number, b: number) => boolean>([
  [ts.SyntaxKind.EqualsEqualsEqualsToken, (a, b) => a === b],
  [ts.SyntaxKind.ExclamationEqualsEqualsToken, (a, b) => a !== b],
  [ts.SyntaxKind.LessThanToken, (a, b) => a < b],
  [ts.SyntaxKind.LessThanEqualsToken, (a, b) => a <= b],
  [ts.SyntaxKind.GreaterThanToken, (a, b) => a > b],
  [ts.SyntaxKind.GreaterThanEqualsToken, (a, b) => a >= b],
]);
