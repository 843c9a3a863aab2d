class Counter {
  reads = 0;
  readonly x: number;

  constructor(x: number) {
    this.x = x;
  }

  get value(): number {
    this.reads++;
    return this.x * this.reads;
  }
}

/** @differentiable */
export function f(x: number): number {
  const counter = new Counter(x);
  return counter.value * 2;
}
