/** Code with small structures; "by hand" is the derivative of the same code in plain numbers: structures cost nothing. */
import { chargedFlatGrad, gyroscopeFlatGrad, onCircleFlatGrad } from "../src/flat.grad.ts";
import { chargedGrad, gyroscopeGrad, onCircleGrad } from "../src/structures.grad.ts";
import { charged, gyroscope, onCircle } from "../src/structures.ts";
import { array, numbers, numbersOf } from "./case.ts";
import type { Case, Scale } from "./case.ts";

export function structureCases(scale: Scale): readonly Case[] {
  const small = scale === "small";
  return [
    chargedCase(small ? 20 : 5000),
    onCircleCase(small ? 5 : 40, small ? 6 : 200),
    gyroscopeCase(small ? 5 : 2000),
  ];
}

/** Times differ by some percent from run to run. */
const goalToHand = 1.05;

function chargedCase(steps: number): Case {
  const point = [Float64Array.of(1, 0.1, 0.2), Float64Array.of(0, 1, 0.1), Float64Array.of(0.1, 0.2, 0.3)] as const;
  const h = 0.001;
  return {
    name: "Vec3 orbit",
    size: `${String(steps)} steps`,
    primal: () => charged(...point, h, steps),
    generated: () => chargedGrad(...point, h, steps),
    hand: () => chargedFlatGrad(...point, h, steps),
    gradient: numbersOf,
    check: { point, value: (at) => charged(array(at, 0), array(at, 1), array(at, 2), h, steps) },
    goalToHand,
  };
}

function onCircleCase(degree: number, points: number): Case {
  const point = [numbers(degree, -1, 1, 3), numbers(degree, -1, 1, 4)] as const;
  return {
    name: "Complex Horner",
    size: `degree ${String(degree)}, ${String(points)} points`,
    primal: () => onCircle(...point, points),
    generated: () => onCircleGrad(...point, points),
    hand: () => onCircleFlatGrad(...point, points),
    gradient: numbersOf,
    check: { point, value: (at) => onCircle(array(at, 0), array(at, 1), points) },
    goalToHand,
  };
}

function gyroscopeCase(turns: number): Case {
  const point = [numbers(3 * turns, -1, 1, 5), Float64Array.of(0.1, -0.2, 0.05)] as const;
  const seen = numbers(3 * turns, -1, 1, 6);
  const h = 0.01;
  return {
    name: "quaternion turns",
    size: `${String(turns)} turns`,
    primal: () => gyroscope(...point, seen, h),
    generated: () => gyroscopeGrad(...point, seen, h),
    hand: () => gyroscopeFlatGrad(...point, seen, h),
    gradient: numbersOf,
    check: { point, value: (at) => gyroscope(array(at, 0), array(at, 1), seen, h) },
    goalToHand,
  };
}
