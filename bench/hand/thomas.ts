/** Solves the transposed system with the factors of the forward solve: `rightBar = A^-T v`, `ABar = -rightBar xᵀ`. */
export function thomasVjp(
  lower: Float64Array,
  diagonal: Float64Array,
  upper: Float64Array,
  right: Float64Array,
  v: Float64Array,
): [
  value: Float64Array,
  grads: [lower: Float64Array, diagonal: Float64Array, upper: Float64Array, right: Float64Array],
] {
  const n = diagonal.length;
  const c = new Float64Array(n);
  const inverse = new Float64Array(n);
  const x = new Float64Array(n);
  let cLast = upper[0] / diagonal[0];
  let xLast = right[0] / diagonal[0];
  c[0] = cLast;
  x[0] = xLast;
  inverse[0] = 1 / diagonal[0];
  for (let i = 1; i < n; i++) {
    const below = lower[i];
    const pivot = diagonal[i] - below * cLast;
    cLast = upper[i] / pivot;
    xLast = (right[i] - below * xLast) / pivot;
    c[i] = cLast;
    x[i] = xLast;
    inverse[i] = 1 / pivot;
  }
  for (let i = n - 2; i >= 0; i--) {
    xLast = x[i] - c[i] * xLast;
    x[i] = xLast;
  }

  // A = L U with L = [lower, pivot] and U = [1, c]; first Uᵀ w = v, then Lᵀ rightBar = w.
  const lowerBar = new Float64Array(n);
  const diagonalBar = new Float64Array(n);
  const upperBar = new Float64Array(n);
  const rightBar = new Float64Array(n);
  let w = v[0];
  rightBar[0] = w;
  for (let i = 1; i < n; i++) {
    w = v[i] - c[i - 1] * w;
    rightBar[i] = w;
  }
  let next = 0;
  for (let i = n - 1; i >= 0; i--) {
    next = (rightBar[i] - (i + 1 < n ? lower[i + 1] * next : 0)) * inverse[i];
    rightBar[i] = next;
    diagonalBar[i] = -next * x[i];
    if (i > 0) lowerBar[i] = -next * x[i - 1];
    if (i + 1 < n) upperBar[i] = -next * x[i + 1];
  }
  return [x, [lowerBar, diagonalBar, upperBar, rightBar]];
}
