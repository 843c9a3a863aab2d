import { grad } from "tsgrad";

export function steepest(f: (x: number) => number, rates: readonly number[]): number[] {
  const slope = grad(f);
  return rates.map((rate) => slope(rate) + grad((x: number) => rate * x ** 2)(1));
}
