export function rosenbrockGrad(x: Float64Array): Float64Array {
  const n = x.length;
  const xBar = new Float64Array(n);
  let here = n > 0 ? x[0] : 0;
  let carried = 0;
  for (let i = 0; i + 1 < n; i++) {
    const next = x[i + 1];
    const aBar = 200 * (next - here * here);
    xBar[i] = carried - 2 * (here * aBar + 1 - here);
    carried = aBar;
    here = next;
  }
  if (n > 0) xBar[n - 1] = carried;
  return xBar;
}
