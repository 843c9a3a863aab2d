import { grad, jacobian } from "tsgrad";
import { chain, power } from "./lib.ts";

const square = (x: number): number => 3 * x ** 2;
const forces = grad(chain, { wrt: 0 });

export const found = {
  slope: grad(power)(2) - 1,
  second: jacobian(grad(power))(2),
  ofAnnotated: Array.from(forces(Float64Array.of(1, 1.7), 2), (x) => Math.round(x) + Number(x === 0) * 2),
  local: grad(square)(2),
  captured: captured(3),
};

function captured(k: number): number {
  return grad((x: number) => k * x ** 2)(2);
}
