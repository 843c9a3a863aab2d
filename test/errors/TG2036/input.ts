/** @differentiable */
export function smooth(x: Float64Array, width: number): number {
  let sum = 0;
  // tsgrad-ignore TG1001 - errors cannot be silenced
  for (let i = 0; i + width < x.length; i += 1) sum += x[i]! * x[i + width]!;
  return sum; // tsgrad-ignore
}
