async function load(x: number): Promise<number> {
  return (await Promise.resolve(x)) * 2;
}

function* powers(x: number): Generator<number> {
  yield x;
  yield x * x;
}

/** @differentiable */
export function f(x: number): number {
  void load(x);
  return x;
}

/** @differentiable */
export function g(x: number): number {
  let sum = 0;
  for (const power of powers(x)) sum += power;
  return sum;
}
