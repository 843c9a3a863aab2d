/**
 * Shapes that types state: of `Tensor<[32, 10]>` the lengths, of `Tensor<["batch", 10]>` one of them by a name that means the
 * same length wherever it stands in a function. What is made of them is followed, and what cannot fit is said before the program
 * runs.
 */
import type { ts } from "ts-morph";
import type { OperationOf } from "./shapes/calls.ts";
import { Interpreter } from "./shapes/interpreter.ts";

/** Says what does not fit in a function's body, at the expression that is at fault. */
export function checkTensorShapes(
  checker: ts.TypeChecker,
  operationOf: OperationOf,
  body: ts.ConciseBody,
  say: (at: ts.Node, message: string) => void,
): void {
  new Interpreter(checker, operationOf, say).look(body, new Map());
}
