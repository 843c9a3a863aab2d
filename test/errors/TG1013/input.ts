async function load(x: number): Promise<number> {
  return x;
}

/** @differentiable */
export function f(x: number): number {
  void load(x);
  return x;
}
