import { grad, hessian } from "tsgrad";

/** What a function uses of the one around it. */
export function captured(k: number, weights: readonly number[]): unknown {
  const loss = (x: number, y: number): number => k * x * x * y + weights[1]! * y;
  let shift = 1;
  const slope = grad((x: number) => (x - shift) ** 3);
  shift = 2;
  return [grad(loss)(2, 3), grad(loss, { wrt: 1 })(2, 3), hessian((x: number) => k * x ** 3)(1), slope(4)];
}
