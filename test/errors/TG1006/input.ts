let scale = 2;

export function setScale(s: number): void {
  scale = s;
}

/** @differentiable */
export function f(x: number): number {
  return scale * x;
}

class Settings {
  static rate = 0.5;
}

/** @differentiable */
export function scaled(x: number): number {
  return x * Settings.rate;
}

function counter(): (x: number) => number {
  let calls = 0;
  return (x) => {
    calls++;
    return x * calls;
  };
}

const counted = counter();

/** @differentiable */
export function g(x: number): number {
  return counted(x);
}

const table = { square: (x: number): number => x * x, factor: 2 };
table.factor = 3;

/** @differentiable */
export function h(x: number): number {
  return table.square(x) * table.factor;
}

const { rate = 0.5 } = {} as { rate?: number };

/** @differentiable */
export function k(x: number): number {
  return x * rate;
}

export const shared = { cube: (x: number): number => x ** 3, factor: 2 };

/** @differentiable */
export function m(x: number): number {
  return shared.cube(x) * shared.factor;
}
