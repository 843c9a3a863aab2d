import type { int } from "tsgrad";

function sigmoid(z: number): number {
  return 1 / (1 + Math.exp(-z));
}

/** log(2 + Σ exp(y)). */
function logSumExp(y: Float64Array): number {
  let sum = 2;
  for (let i = 0; i < y.length; i++) sum += Math.exp(y[i]);
  return Math.log(sum);
}

/**
 * Loss of a diagonal LSTM that predicts the bits of the next character. Matrices are stored row by
 * row: `main` has for each layer a row of weights and one of biases (forget, in, out, change),
 * `extra` the input weight, output weight and output bias, `state` for each layer h and s.
 * @differentiable grad
 * @wrt main, extra
 */
export function lstmLoss(
  main: Float64Array,
  extra: Float64Array,
  state: Float64Array,
  sequence: Float64Array,
  layers: int,
  bits: int,
): number {
  const characters = sequence.length / bits;
  const current = state.slice();
  const a = new Float64Array(bits);
  const y = new Float64Array(bits);
  let total = 0;
  for (let t = 0; t + 1 < characters; t++) {
    for (let j = 0; j < bits; j++) a[j] = sequence[t * bits + j] * extra[j];
    for (let layer = 0; layer < layers; layer++) {
      const weights = layer * 8 * bits;
      const biases = weights + 4 * bits;
      const hidden = layer * 2 * bits;
      const cell = hidden + bits;
      for (let j = 0; j < bits; j++) {
        const h = current[hidden + j];
        const forget = sigmoid(a[j] * main[weights + j] + main[biases + j]);
        const input = sigmoid(h * main[weights + bits + j] + main[biases + bits + j]);
        const output = sigmoid(a[j] * main[weights + 2 * bits + j] + main[biases + 2 * bits + j]);
        const change = Math.tanh(h * main[weights + 3 * bits + j] + main[biases + 3 * bits + j]);
        const s = current[cell + j] * forget + input * change;
        current[cell + j] = s;
        current[hidden + j] = output * Math.tanh(s);
        a[j] = current[hidden + j];
      }
    }
    for (let j = 0; j < bits; j++) y[j] = a[j] * extra[bits + j] + extra[2 * bits + j];
    const logarithm = logSumExp(y);
    for (let j = 0; j < bits; j++) total += sequence[(t + 1) * bits + j] * (y[j] - logarithm);
  }
  return -total / (bits * (characters - 1));
}
