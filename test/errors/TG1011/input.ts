/** @differentiable */
export function first<T>(items: T[]): T | undefined {
  return items[0];
}

/** @vjpRule scaleRule */
export function scale(x: Float64Array, k: number): void {
  for (let i = 0; i < x.length; i++) x[i] *= k;
}

export function scaleRule(x: Float64Array, k: number, v: Float64Array): [Float64Array, number] {
  scale(x, k);
  return [x, v[0]];
}

/** @differentiable vjp */
export function doubled(x: Float64Array): number {
  const y = x.slice();
  scale(y, 2);
  return y[0];
}

/**
 * @vjpRule priceRule
 * @wrt strike
 */
export function price(strike: number, rate: number): number {
  return strike * Math.exp(-rate);
}

export function priceRule(strike: number, rate: number, v: number): [number, number] {
  return [price(strike, rate), v * Math.exp(-rate)];
}

/** @differentiable vjp */
export function value(rate: number): number {
  return price(100, rate);
}

/** @vjpRule shrunkRule */
export function shrunk(x: number[], k: number): number[] {
  return k < 1 ? x.map((xi) => xi * k) : x;
}

export function shrunkRule(x: number[], k: number, v: number[]): [number[], [number[], number]] {
  return [shrunk(x, k), [v.map((vi) => vi * Math.min(k, 1)), 0]];
}

/** @differentiable vjp */
export function largest(x: number[], k: number): number {
  return shrunk(x, k)[0];
}

export interface Frame {
  width: number;
  height: number;
}

/**
 * @vjpRule areaRule
 * @wrt frame.width
 */
export function area(frame: Frame): number {
  return frame.width * frame.height;
}

export function areaRule(frame: Frame, v: number): [number, number] {
  return [area(frame), v * frame.height];
}

/** @differentiable vjp */
export function cost(frame: Frame): number {
  return area(frame) * 3;
}
