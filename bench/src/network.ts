/** out = weights · x + bias, with the weights row by row. */
function affine(weights: Float64Array, bias: Float64Array, x: Float64Array, out: Float64Array): void {
  const inputs = x.length;
  for (let i = 0; i < out.length; i++) {
    let sum = bias[i];
    for (let j = 0; j < inputs; j++) sum += weights[i * inputs + j] * x[j];
    out[i] = sum;
  }
}

function tanhInPlace(x: Float64Array): void {
  for (let i = 0; i < x.length; i++) x[i] = Math.tanh(x[i]);
}

/**
 * Squared loss of a network with one hidden layer, tanh after both.
 * @differentiable grad
 * @wrt w1, b1, w2, b2
 */
export function networkLoss(
  w1: Float64Array,
  b1: Float64Array,
  w2: Float64Array,
  b2: Float64Array,
  x: Float64Array,
  target: Float64Array,
): number {
  const hidden = new Float64Array(b1.length);
  const output = new Float64Array(b2.length);
  affine(w1, b1, x, hidden);
  tanhInPlace(hidden);
  affine(w2, b2, hidden, output);
  tanhInPlace(output);
  let loss = 0;
  for (let i = 0; i < output.length; i++) {
    const error = output[i] - target[i];
    loss += error * error;
  }
  return loss;
}
