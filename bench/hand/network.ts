function layer(weights: Float64Array, bias: Float64Array, x: Float64Array): Float64Array {
  const outputs = bias.length;
  const inputs = x.length;
  const out = new Float64Array(outputs);
  for (let i = 0, at = 0; i < outputs; i++, at += inputs) {
    let sum = bias[i];
    for (let j = 0; j < inputs; j++) sum += weights[at + j] * x[j];
    out[i] = Math.tanh(sum);
  }
  return out;
}

export function networkLossGrad(
  w1: Float64Array,
  b1: Float64Array,
  w2: Float64Array,
  b2: Float64Array,
  x: Float64Array,
  target: Float64Array,
): [w1: Float64Array, b1: Float64Array, w2: Float64Array, b2: Float64Array] {
  const hidden = layer(w1, b1, x);
  const output = layer(w2, b2, hidden);
  const width = hidden.length;
  const inputs = x.length;
  const w1Bar = new Float64Array(w1.length);
  const b1Bar = new Float64Array(width);
  const w2Bar = new Float64Array(w2.length);
  const b2Bar = new Float64Array(output.length);
  const hiddenBar = new Float64Array(width);
  for (let i = 0, at = 0; i < output.length; i++, at += width) {
    const y = output[i];
    const bar = 2 * (y - target[i]) * (1 - y * y);
    b2Bar[i] = bar;
    for (let j = 0; j < width; j++) {
      w2Bar[at + j] = bar * hidden[j];
      hiddenBar[j] += bar * w2[at + j];
    }
  }
  for (let i = 0, at = 0; i < width; i++, at += inputs) {
    const y = hidden[i];
    const bar = hiddenBar[i] * (1 - y * y);
    b1Bar[i] = bar;
    for (let j = 0; j < inputs; j++) w1Bar[at + j] = bar * x[j];
  }
  return [w1Bar, b1Bar, w2Bar, b2Bar];
}
