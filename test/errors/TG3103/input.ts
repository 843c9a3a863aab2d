import { type int } from "tsgrad";

/** @differentiable vjp */
export function exchanged(x: Float64Array, steps: int): number {
  const rows = [x.slice(), x.slice()];
  // @checkpoint
  for (let step = 0; step < steps; step++) {
    const first = rows[0]!;
    rows[0] = rows[1]!;
    rows[1] = first;
    first[0]! *= rows[0][0]!;
  }
  return rows[0]![0]!;
}

/** Calls itself, and tells. */
function halved(x: number, depth: int): number {
  console.log(depth);
  return depth === 0 ? x * x : Math.sin(halved(0.5 * x, depth - 1));
}

/** @differentiable grad */
export function told(x: number, steps: int): number {
  let y = x;
  // @checkpoint 3
  for (let step = 0; step < steps; step++) y *= halved(y, 2);
  return y;
}

/** @differentiable pullback */
export function grown(x: number, steps: int): number {
  const list = [x];
  let tail = [x];
  // @checkpoint
  for (let step = 0; step < steps; step++) {
    list.push(list[step]! * tail[0]!);
    tail = list;
  }
  return list[steps]! * tail[1]!;
}

/** @differentiable vjp jvp */
export function windowed(x: Float64Array): number {
  let part = x;
  let sum = 0;
  // @checkpoint
  while (part.length > 0) {
    sum += part[0]! * sum + part[0]!;
    part = part.subarray(1);
  }
  return sum;
}
