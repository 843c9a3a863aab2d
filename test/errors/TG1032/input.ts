/** @differentiable */
export function f(x: number): number {
  const byName = new Map<string, number>();
  byName.set("x", x);
  return byName.get("x")! * 2;
}

/** @differentiable */
export function g(x: number, settings: Map<string, number>): number {
  return x * (settings.get("scale") ?? 1);
}
