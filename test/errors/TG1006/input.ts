let scale = 2;

export function setScale(s: number): void {
  scale = s;
}

/** @differentiable */
export function f(x: number): number {
  return scale * x;
}
