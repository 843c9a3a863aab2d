/** Softmax of `values` into `out`. */
function softmax(values: Float64Array, out: Float64Array): void {
  const n = values.length;
  let max = values[0];
  for (let i = 1; i < n; i++) if (values[i] > max) max = values[i];
  let sum = 0;
  for (let i = 0; i < n; i++) {
    const e = Math.exp(values[i] - max);
    out[i] = e;
    sum += e;
  }
  const inverse = 1 / sum;
  for (let i = 0; i < n; i++) out[i] *= inverse;
}

/** Forward and reverse run point by point, so that only k·d numbers are kept. */
export function gmmGrad(
  alpha: Float64Array,
  mu: Float64Array,
  q: Float64Array,
  l: Float64Array,
  x: Float64Array,
  m: number,
  gamma: number,
): [alpha: Float64Array, mu: Float64Array, q: Float64Array, l: Float64Array] {
  const k = alpha.length;
  const d = mu.length / k;
  const n = x.length / d;
  const triangle = (d * (d - 1)) / 2;
  const diagonal = new Float64Array(k * d);
  const offset = new Float64Array(k);
  for (let c = 0; c < k; c++) {
    let sum = alpha[c];
    for (let j = 0; j < d; j++) {
      const value = q[c * d + j];
      diagonal[c * d + j] = Math.exp(value);
      sum += value;
    }
    offset[c] = sum;
  }

  const alphaBar = new Float64Array(k);
  const muBar = new Float64Array(k * d);
  const diagonalBar = new Float64Array(k * d);
  const qBar = new Float64Array(k * d);
  const lBar = new Float64Array(k * triangle);
  const centered = new Float64Array(k * d);
  const product = new Float64Array(k * d);
  const beta = new Float64Array(k);
  const weight = new Float64Array(k);
  for (let i = 0; i < n; i++) {
    for (let c = 0; c < k; c++) {
      const base = c * d;
      for (let j = 0; j < d; j++) {
        const value = x[i * d + j] - mu[base + j];
        centered[base + j] = value;
        product[base + j] = diagonal[base + j] * value;
      }
      let at = c * triangle;
      for (let column = 0; column < d; column++) {
        const value = centered[base + column];
        for (let row = column + 1; row < d; row++) product[base + row] += l[at++] * value;
      }
      let norm = 0;
      for (let j = 0; j < d; j++) {
        const value = product[base + j];
        norm += value * value;
      }
      beta[c] = offset[c] - 0.5 * norm;
    }
    softmax(beta, weight);
    for (let c = 0; c < k; c++) {
      const base = c * d;
      const w = weight[c];
      alphaBar[c] += w;
      let at = c * triangle;
      for (let column = 0; column < d; column++) {
        const value = centered[base + column];
        const own = product[base + column];
        const scaled = w * value;
        let bar = diagonal[base + column] * own;
        diagonalBar[base + column] -= scaled * own;
        for (let row = column + 1; row < d; row++) {
          const p = product[base + row];
          lBar[at] -= scaled * p;
          bar += l[at] * p;
          at++;
        }
        muBar[base + column] += w * bar;
      }
    }
  }

  softmax(alpha, weight);
  const squared = gamma * gamma;
  for (let c = 0; c < k; c++) {
    const sum = alphaBar[c] + m;
    for (let j = 0; j < d; j++) {
      const value = diagonal[c * d + j];
      qBar[c * d + j] = sum + (diagonalBar[c * d + j] - squared * value) * value;
    }
    alphaBar[c] -= n * weight[c];
  }
  for (let j = 0; j < lBar.length; j++) lBar[j] -= squared * l[j];
  return [alphaBar, muBar, qBar, lBar];
}
