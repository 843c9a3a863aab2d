import type { int } from "tsgrad";

/** log Σ exp(values), with the maximum taken out. */
function logSumExp(values: Float64Array): number {
  let max = values[0];
  for (let i = 1; i < values.length; i++) if (values[i] > max) max = values[i];
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += Math.exp(values[i] - max);
  return max + Math.log(sum);
}

/** log Γ(x) by Lanczos's formula, for x ≥ 1/2. */
function logGamma(x: number): number {
  const t = x + 6.5;
  const series =
    0.99999999999980993 +
    676.5203681218851 / x -
    1259.1392167224028 / (x + 1) +
    771.32342877765313 / (x + 2) -
    176.61502916214059 / (x + 3) +
    12.507343278686905 / (x + 4) -
    0.13857109526572012 / (x + 5) +
    9.9843695780195716e-6 / (x + 6) +
    1.5056327351493116e-7 / (x + 7);
  return 0.5 * Math.log(2 * Math.PI) + (x - 0.5) * Math.log(t) - t + Math.log(series);
}

/** The logarithm of the multivariate gamma function. */
function logGammaOf(a: number, dimension: number): number {
  let sum = ((dimension * (dimension - 1)) / 4) * Math.log(Math.PI);
  for (let j = 1; j <= dimension; j++) sum += logGamma(a + (1 - j) / 2);
  return sum;
}

/** ‖Q c‖² for the lower triangular Q with the given diagonal and `lower` column by column; both start at an offset. */
function squaredNorm(
  diagonal: Float64Array,
  diagonalAt: int,
  lower: Float64Array,
  lowerAt: int,
  c: Float64Array,
  product: Float64Array,
): number {
  const d = c.length;
  for (let i = 0; i < d; i++) product[i] = diagonal[diagonalAt + i] * c[i];
  let at = lowerAt;
  for (let column = 0; column < d; column++) {
    for (let row = column + 1; row < d; row++) {
      product[row] += lower[at] * c[column];
      at++;
    }
  }
  let sum = 0;
  for (let i = 0; i < d; i++) sum += product[i] * product[i];
  return sum;
}

/**
 * Log posterior of a Gaussian mixture with a Wishart prior. Matrices are stored row by row.
 * @differentiable grad
 * @wrt alpha, mu, q, l
 */
export function gmm(
  alpha: Float64Array,
  mu: Float64Array,
  q: Float64Array,
  l: Float64Array,
  x: Float64Array,
  m: int,
  gamma: number,
): number {
  const k = alpha.length;
  const d = mu.length / k;
  const n = x.length / d;
  const triangle = (d * (d - 1)) / 2;

  const diagonal = new Float64Array(k * d);
  const logDeterminant = new Float64Array(k);
  for (let c = 0; c < k; c++) {
    let sum = 0;
    for (let j = 0; j < d; j++) {
      diagonal[c * d + j] = Math.exp(q[c * d + j]);
      sum += q[c * d + j];
    }
    logDeterminant[c] = sum;
  }

  const centered = new Float64Array(d);
  const product = new Float64Array(d);
  const beta = new Float64Array(k);
  let likelihood = 0;
  for (let i = 0; i < n; i++) {
    for (let c = 0; c < k; c++) {
      for (let j = 0; j < d; j++) centered[j] = x[i * d + j] - mu[c * d + j];
      const norm = squaredNorm(diagonal, c * d, l, c * triangle, centered, product);
      beta[c] = alpha[c] + logDeterminant[c] - 0.5 * norm;
    }
    likelihood += logSumExp(beta);
  }
  likelihood -= n * ((d / 2) * Math.log(2 * Math.PI) + logSumExp(alpha));

  const nu = d + m + 1;
  let prior = k * (nu * d * (Math.log(gamma) - 0.5 * Math.log(2)) - logGammaOf(nu / 2, d));
  for (let c = 0; c < k; c++) {
    let frobenius = 0;
    for (let j = 0; j < d; j++) frobenius += diagonal[c * d + j] * diagonal[c * d + j];
    for (let j = 0; j < triangle; j++) frobenius += l[c * triangle + j] * l[c * triangle + j];
    prior += m * logDeterminant[c] - 0.5 * gamma * gamma * frobenius;
  }
  return likelihood + prior;
}
