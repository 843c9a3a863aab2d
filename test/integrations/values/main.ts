import { grad, hessian, hvp, jacobian, jvp, pullback, valueAndGrad, vjp, vmap } from "tsgrad";
import * as tsgrad from "tsgrad";
import { far } from "springs";
import { captured } from "./around.ts";
import { chain, power } from "./lib.ts";
import { energy } from "./model.ts";
import { energyGrad } from "./model.grad.ts";

/** Takes any gradient. */
function descend(slope: (x: Float64Array) => Float64Array, from: Float64Array): Float64Array {
  return slope(slope(from));
}

// Ordinary code need not type-check as a whole for what it differentiates.
if (Math.abs(0) > 1) console.log("never");

const forces = grad(chain, { wrt: 0 });
const at = Float64Array.of(0.1, 1.2, 1.7, 3.1);
const square = (x: Float64Array): number => x[0]! ** 2 * x[1]!;
const slope = grad(square);
const pair = <T extends number>(x: T, y: T): number => x * y ** 2;

const [value, [towardsAt, towardsStiffness]] = valueAndGrad(energy)(at, 2);
const [, back] = pullback(energy, { wrt: [1, 0] })(at, 2);
const [again, backAt] = back(3);

export const found: Record<string, unknown> = {
  value,
  towardsAt: Array.from(towardsAt),
  towardsStiffness,
  annotated: energyGrad(at, 2),
  forces: Array.from(forces(at, 2)),
  again: [again, ...backAt],
  twice: Array.from(descend(grad(square), Float64Array.of(1, 2))),
  rows: jacobian(slope)(Float64Array.of(1, 2)).toArray(),
  same: jacobian(
    // the same in one go
    grad(square),
  )(Float64Array.of(1, 2)).toArray(),
  hessian: tsgrad.hessian(square)(Float64Array.of(1, 2)).toArray(),
  product: Array.from(hvp(square)(Float64Array.of(1, 2), Float64Array.of(1, 0))[1]),
  tangent: jvp(power)(2, 1),
  nested: nested(3),
  captured: captured(2, [5, 7]),
  package: grad(far)(3),
  instance: grad(pair<number>)(2, 3),
  inPlace: vjp((x: number, y: number) => x * y)(2, 3, 1),
  hessianOfPower: hessian(power)(2),
  squares: Array.from(vmap((x: number) => x * x)(Float64Array.of(1, 2, 3))),
  slopes: vmap(grad(square))([Float64Array.of(1, 2), Float64Array.of(3, 1)]).map((row) => Array.from(row)),
  values: vmap(valueAndGrad(fitted), { inAxes: [null, 0, 0] })(2, Float64Array.of(1, 3), Float64Array.of(1, 5)).map(
    (each) => (each instanceof Float64Array ? Array.from(each) : each.map((all) => Array.from(all))),
  ),
  summed: grad(allFitted, { wrt: 0 })(2, Float64Array.of(1, 3), Float64Array.of(1, 5)),
  transposed: vjp(vmap(power))(Float64Array.of(2, 3), Float64Array.of(1, 1)).map((all) => Array.from(all)),
};

function fitted(w: number, x: number, y: number): number {
  return (w * x - y) ** 2;
}

function allFitted(w: number, x: Float64Array, y: Float64Array): number {
  return vmap(fitted, { inAxes: [null, 0, 0] })(w, x, y).reduce((a, b) => a + b, 0);
}

function nested(x: number): number {
  const inner = (y: number): number => y ** 4;
  return grad(inner)(x);
}
