const { random } = Math;

/** @differentiable */
export function f(x: number): number {
  return x + Math.random() * random();
}

/** @differentiable */
export function g(x: number): number {
  const start = Date.now();
  return x * (new Date().getTime() - start);
}

const { now } = performance;

/** @differentiable */
export function h(x: number): number {
  const today = Date.now;
  return x * (now() - today());
}

/** @differentiable */
export function k(x: number): number {
  const { now: tick } = performance;
  return [x].map(tick)[0]! * x;
}
