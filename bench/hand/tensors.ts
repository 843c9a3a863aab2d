/** Networks in plain arrays, row by row. Weights have a row for each output. */

export interface Arrays {
  readonly w1: Float64Array;
  readonly b1: Float64Array;
  readonly w2: Float64Array;
  readonly b2: Float64Array;
}

/** x wᵀ + b */
function affine(x: Float64Array, w: Float64Array, b: Float64Array, rows: number): Float64Array {
  const outputs = b.length;
  const inputs = w.length / outputs;
  const y = new Float64Array(rows * outputs);
  for (let r = 0; r < rows; r++)
    for (let i = 0; i < outputs; i++) {
      let sum = b[i];
      for (let j = 0; j < inputs; j++) sum += x[r * inputs + j] * w[i * inputs + j];
      y[r * outputs + i] = sum;
    }
  return y;
}

/** Adds what a layer's weights and biases get. */
function intoLayer(yBar: Float64Array, x: Float64Array, wBar: Float64Array, bBar: Float64Array, rows: number): void {
  const outputs = bBar.length;
  const inputs = wBar.length / outputs;
  for (let r = 0; r < rows; r++)
    for (let i = 0; i < outputs; i++) {
      const bar = yBar[r * outputs + i];
      bBar[i] += bar;
      for (let j = 0; j < inputs; j++) wBar[i * inputs + j] += bar * x[r * inputs + j];
    }
}

/** yBar w */
function through(yBar: Float64Array, w: Float64Array, outputs: number, rows: number): Float64Array {
  const inputs = w.length / outputs;
  const xBar = new Float64Array(rows * inputs);
  for (let r = 0; r < rows; r++)
    for (let i = 0; i < outputs; i++) {
      const bar = yBar[r * outputs + i];
      for (let j = 0; j < inputs; j++) xBar[r * inputs + j] += bar * w[i * inputs + j];
    }
  return xBar;
}

const zerosLike = ({ w1, b1, w2, b2 }: Arrays): Arrays => ({
  w1: new Float64Array(w1.length),
  b1: new Float64Array(b1.length),
  w2: new Float64Array(w2.length),
  b2: new Float64Array(b2.length),
});

export function classifierLossGrad(
  layers: Arrays,
  x: Float64Array,
  labels: Int32Array,
): [value: number, grads: Arrays] {
  const rows = labels.length;
  const classes = layers.b2.length;
  const hidden = affine(x, layers.w1, layers.b1, rows);
  for (let k = 0; k < hidden.length; k++) hidden[k] = Math.max(0, hidden[k]);
  const logits = affine(hidden, layers.w2, layers.b2, rows);
  let loss = 0;
  for (let r = 0; r < rows; r++) {
    const at = r * classes;
    let most = -Infinity;
    for (let k = at; k < at + classes; k++) most = Math.max(most, logits[k]);
    const own = logits[at + labels[r]] - most;
    let sum = 0;
    for (let k = at; k < at + classes; k++) sum += logits[k] = Math.exp(logits[k] - most);
    loss += Math.log(sum) - own;
    for (let k = at; k < at + classes; k++) logits[k] /= sum * rows;
    logits[at + labels[r]] -= 1 / rows;
  }
  const bars = zerosLike(layers);
  intoLayer(logits, hidden, bars.w2, bars.b2, rows);
  const hiddenBar = through(logits, layers.w2, classes, rows);
  for (let k = 0; k < hidden.length; k++) if (hidden[k] <= 0) hiddenBar[k] = 0;
  intoLayer(hiddenBar, x, bars.w1, bars.b1, rows);
  return [loss / rows, bars];
}

/** The loss, and the product of its Hessian with a direction: tangents beside all values of the gradient. */
export function regressionLossHvp(
  layers: Arrays,
  x: Float64Array,
  y: Float64Array,
  dots: Arrays,
): [value: number, products: Arrays] {
  const width = layers.b1.length;
  const outputs = layers.b2.length;
  const rows = y.length / outputs;
  const hidden = affine(x, layers.w1, layers.b1, rows);
  const hiddenDot = affine(x, dots.w1, dots.b1, rows);
  for (let k = 0; k < hidden.length; k++) {
    const h = 1 / (1 + Math.exp(-hidden[k]));
    hidden[k] = h;
    hiddenDot[k] *= h * (1 - h);
  }
  const bar = affine(hidden, layers.w2, layers.b2, rows);
  const barDot = affine(hidden, dots.w2, dots.b2, rows);
  for (let r = 0; r < rows; r++)
    for (let i = 0; i < outputs; i++)
      for (let j = 0; j < width; j++) barDot[r * outputs + i] += hiddenDot[r * width + j] * layers.w2[i * width + j];
  let loss = 0;
  for (let k = 0; k < bar.length; k++) {
    const apart = bar[k] - y[k];
    loss += apart * apart;
    bar[k] = (2 * apart) / y.length;
    barDot[k] *= 2 / y.length;
  }
  const bars = zerosLike(layers);
  intoLayer(barDot, hidden, bars.w2, bars.b2, rows);
  const none = new Float64Array(outputs);
  intoLayer(bar, hiddenDot, bars.w2, none, rows);
  const hiddenBar = through(bar, layers.w2, outputs, rows);
  const hiddenBarDot = through(barDot, layers.w2, outputs, rows);
  const more = through(bar, dots.w2, outputs, rows);
  for (let k = 0; k < hidden.length; k++) {
    const h = hidden[k];
    const slope = h * (1 - h);
    hiddenBarDot[k] = (hiddenBarDot[k] + more[k]) * slope + hiddenBar[k] * (1 - 2 * h) * hiddenDot[k];
  }
  intoLayer(hiddenBarDot, x, bars.w1, bars.b1, rows);
  return [loss / y.length, bars];
}
