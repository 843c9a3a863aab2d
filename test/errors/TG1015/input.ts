/** @differentiable */
export function f(x: number[]): number {
  return x.toLocaleString().length * x[0]!;
}

/** @differentiable */
export function g(x: number[], n: number): number {
  const kept = x.slice();
  kept.length = n;
  return kept.reduce((sum, v) => sum + v, 0);
}

/** @differentiable */
export function h(x: number[]): number {
  const order = x.map((v) => -v).sort();
  return order.lastIndexOf(1, 2) + x[0]! ** 2;
}

class Spring {
  constructor(readonly k: number) {}
  pull(x: number): number {
    return this.k * x;
  }
}

class Cable {
  constructor(readonly k: number) {}
  pull(x: number): number {
    return x > 0 ? this.k * x : 0;
  }
}

function work(spring: Spring, x: number): number {
  return spring.pull(x) * x;
}

/** @differentiable */
export function taut(k: number, x: number): number {
  return work(new Cable(k), x);
}

/** @differentiable */
export function ends(x: number, y: number): number {
  const near = { at: x };
  const far = { at: y };
  const pair = [near, far] as const;
  far.at *= x;
  return pair.at(-1)!.at * near.at;
}

/** @differentiable */
export function tuned(x: number, y: number): number {
  const law = { k: x, force: (t: number) => t * y };
  const softer: { k: number } = law;
  softer.k = x * 0.5;
  return law.force(law.k);
}

type Shaped = [shape: (t: number) => number, gain: number];

/** @differentiable */
export function eitherOne(x: number, y: number): number {
  const own: Shaped = [(t) => t * x, x];
  const chosen = (k: number): Shaped => {
    if (k > 1) return own;
    return [(t) => t + k, k];
  };
  const pair = chosen(y);
  pair[1] *= 2;
  return pair[0](y) * pair[1] + own[1];
}

/** @differentiable */
export function later(x: number, y: number): number {
  let bend: ((t: number) => number) | undefined;
  if (x > 0) bend = (t) => t * x;
  return bend?.(y) ?? y;
}
