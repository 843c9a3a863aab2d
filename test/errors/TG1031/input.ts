/** @differentiable */
export function f(x: number): number {
  const shown = x.toFixed(3);
  console.log(shown);
  return Number(shown) * 2 + parseFloat(`${x}`);
}

/** @differentiable */
export function g(x: number): number {
  const copy = JSON.parse(JSON.stringify({ x })) as { x: number };
  return copy.x * 2;
}

/** @differentiable */
export function h(x: number): number {
  const shown = x.toFixed(3);
  const padded = `${shown}!`;
  return x * padded.length + shown.charCodeAt(0);
}
