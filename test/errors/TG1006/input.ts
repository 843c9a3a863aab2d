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
