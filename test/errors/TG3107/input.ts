import { stopGradient } from "tsgrad";

/** @differentiable grad */
export function sinc(x: number): number {
  return x === 0 ? 1 : Math.sin(x) / x;
}

/** @differentiable grad */
export function slope(x: number, y: number): number {
  const same = x === y;
  if (same) return 2 * x;
  return (x * x - y * y) / (x - y);
}

/** @differentiable grad */
export function known(x: number): number {
  if (x === 0) return 1; // tsgrad-ignore TG3107 - sinc is flat at 0
  if (stopGradient(x) === 1) return Math.sin(1);
  if (x === Infinity || x === -Infinity) return 0;
  if (x !== x) throw new Error("not a number");
  return Math.sin(x) / x;
}

/** @differentiable */
export function cardinalSine(x: number): number {
  switch (x) {
    case 0:
      return 1;
    default:
      return Math.sin(x) / x;
  }
}
