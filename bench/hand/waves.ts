export function waveSumGrad(x: Float64Array): Float64Array {
  const n = x.length;
  const xBar = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    const xi = x[i];
    xBar[i] = 2 * xi * (1 + Math.cos(xi * xi));
  }
  return xBar;
}

/** The value and the gradient share each square. */
export function wavesVjp(x: Float64Array, v: Float64Array): [value: Float64Array, xBar: Float64Array] {
  const n = x.length;
  const y = new Float64Array(n);
  const xBar = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    const xi = x[i];
    const square = xi * xi;
    y[i] = square + Math.sin(square);
    xBar[i] = 2 * v[i] * xi * (1 + Math.cos(square));
  }
  return [y, xBar];
}
