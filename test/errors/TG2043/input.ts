import { grad } from "tsgrad";

function sumOfSquares(x: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < x.length; i++) {
    x[i] = x[i] ** 2;
    sum += x[i];
  }
  return sum;
}

export const slopes = grad(sumOfSquares)(Float64Array.of(1, 2));
