/** Adds halves, larger ones first. */
function total(x: Float64Array, depth: number): number {
  let part = x;
  if (depth > 1) part = x.slice(1);
  return depth === 0 ? part[0] : part[0] * total(part, depth - 1);
}

/** @differentiable grad */
export function halves(x: Float64Array): number {
  return total(x, 2);
}
