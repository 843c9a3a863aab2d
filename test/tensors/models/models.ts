import {
  add,
  avgPool2d,
  cholesky,
  concat,
  conv2d,
  crossEntropy,
  diag,
  div,
  exp,
  eye,
  expandDims,
  flatten,
  gelu,
  index,
  type int,
  inv,
  layerNorm,
  linear,
  log,
  matmul,
  maxPool2d,
  mean,
  mul,
  neg,
  permuteDims,
  relu,
  reshape,
  sigmoid,
  slogdet,
  softmax,
  solve,
  solveTriangular,
  split,
  sqrt,
  square,
  stack,
  std,
  sub,
  sum,
  swapaxes,
  tanh,
  tensor,
  type Tensor,
  transpose,
  tril,
  variance,
  where,
  zeros,
} from "tsgrad";

/** One block of a transformer. */
export interface Block {
  query: Tensor;
  key: Tensor;
  value: Tensor;
  out: Tensor;
  norm: { weight: Tensor; bias: Tensor };
  up: { w: Tensor; b: Tensor };
  down: { w: Tensor; b: Tensor };
}

/**
 * Attention with several heads and a causal mask, layer normalisation before each part, and what goes around them.
 * @differentiable vjp jvp
 * @wrt block, x
 */
export function transformerBlock(block: Block, x: Tensor, heads: int): Tensor {
  const [batch, steps, width] = [x.shape[0]!, x.shape[1]!, x.shape[2]!];
  const size = width / heads;
  const normed = layerNorm(x, { axes: [-1], weight: block.norm.weight, bias: block.norm.bias });
  const parted = (t: Tensor): Tensor => permuteDims(reshape(t, [batch, steps, heads, size]), [0, 2, 1, 3]);
  const q = parted(matmul(normed, block.query));
  const k = parted(matmul(normed, block.key));
  const v = parted(matmul(normed, block.value));
  const scores = div(matmul(q, swapaxes(k, -1, -2)), Math.sqrt(size));
  const seen = tril(zeros([steps, steps]).add(1));
  const masked = where(seen, scores, -1e9);
  const mixed = matmul(softmax(masked, { axis: -1 }), v);
  const joined = reshape(permuteDims(mixed, [0, 2, 1, 3]), [batch, steps, width]);
  const attended = add(x, matmul(joined, block.out));
  const again = layerNorm(attended, { axes: [-1] });
  return add(attended, linear(gelu(linear(again, block.up.w, block.up.b)), block.down.w, block.down.b));
}

/**
 * @differentiable grad hvp
 * @wrt block, x
 */
export function transformerLoss(block: Block, x: Tensor, y: Tensor): Tensor {
  return mean(square(sub(transformerBlock(block, x, 2), y)));
}

/**
 * Two convolutions with pooling, and a dense layer.
 * @differentiable grad hvp
 * @wrt kernels, dense
 */
export function imageLoss(kernels: Tensor[], biases: Tensor[], dense: Tensor, images: Tensor, labels: Tensor): Tensor {
  let x = images;
  for (let k = 0; k < kernels.length; k++) {
    x = gelu(conv2d(x, kernels[k]!, { bias: biases[k]!, padding: 1 }));
    x = k === 0 ? avgPool2d(x, { kernel: 2 }) : maxPool2d(x, { kernel: 2 });
  }
  return crossEntropy(linear(flatten(x, { startAxis: 1 }), dense), labels);
}

/** A gated recurrent unit: the gates of all kinds side by side. */
export interface Gates {
  input: Tensor;
  hidden: Tensor;
  bias: Tensor;
}

/**
 * A recurrent network over the steps of a sequence, whose states are stacked.
 * @differentiable vjp jvp
 * @wrt gates, xs
 */
export function recurrentStates(gates: Gates, xs: Tensor, start: Tensor): Tensor {
  const states: Tensor[] = [];
  let h = start;
  const width = start.shape[1]!;
  for (let t = 0; t < xs.shape[0]!; t++) {
    const fromInput = add(matmul(index(xs, t), gates.input), gates.bias);
    const fromState = matmul(h, gates.hidden);
    const [ri, zi, ni] = split(fromInput, [width, width, width], { axis: 1 });
    const [rh, zh, nh] = split(fromState, [width, width, width], { axis: 1 });
    const reset = sigmoid(add(ri!, rh!));
    const keep = sigmoid(add(zi!, zh!));
    const next = tanh(add(ni!, mul(reset, nh!)));
    h = add(mul(keep, h), mul(sub(1, keep), next));
    states.push(h);
  }
  return stack(states);
}

/**
 * @differentiable grad hvp
 * @wrt gates
 */
export function recurrentLoss(gates: Gates, xs: Tensor, start: Tensor): Tensor {
  return mean(square(recurrentStates(gates, xs, start)));
}

/**
 * Layer normalisation written out, with what is learned for each column.
 * @differentiable vjp pullback jvp jacobian
 */
export function normalisedRows(x: Tensor, weight: Tensor, bias: Tensor): Tensor {
  const centred = sub(x, mean(x, { axis: -1, keepdims: true }));
  const scale = sqrt(add(variance(x, { axis: -1, keepdims: true }), 1e-5));
  return add(mul(div(centred, scale), weight), bias);
}

/** @differentiable grad hessian hvp */
export function normalisedLoss(x: Tensor): Tensor {
  const made = div(sub(x, mean(x, { axis: 1, keepdims: true })), add(std(x, { axis: 1, keepdims: true }), 0.1));
  return sum(mul(made, square(made)));
}

/**
 * The negative logarithm of the likelihood of a Gaussian process.
 * @differentiable grad hvp
 * @wrt lengths, noise, signal
 */
export function processLoss(x: Tensor, y: Tensor, lengths: Tensor, signal: number, noise: number): Tensor {
  const n = x.shape[0]!;
  const scaled = div(x, exp(lengths));
  const squares = sum(square(scaled), { axis: 1, keepdims: true });
  const distances = sub(add(squares, transpose(squares)), mul(matmul(scaled, transpose(scaled)), 2));
  const kernel = add(mul(exp(mul(distances, -0.5)), signal * signal), mul(eye(n), noise * noise + 1e-6));
  const root = cholesky(kernel);
  const white = solveTriangular(root, y);
  const fit = mul(sum(square(white)), 0.5);
  const logs = sum(log(diag(root)));
  return add(add(fit, logs), 0.5 * n * Math.log(2 * Math.PI));
}

/** A linear state with noise, and what is seen of it. */
export interface StateSpace {
  step: Tensor;
  look: Tensor;
  stepNoise: Tensor;
  lookNoise: Tensor;
}

/**
 * The likelihood of observations by Kalman's filter.
 * @differentiable grad hvp
 * @wrt model, start
 */
export function filterLoss(model: StateSpace, start: Tensor, observations: Tensor): number {
  let state = start;
  let spread = eye(start.shape[0]!);
  let total = 0;
  for (let t = 0; t < observations.shape[0]!; t++) {
    state = matmul(model.step, state);
    spread = add(
      matmul(matmul(model.step, spread), transpose(model.step)),
      matmul(model.stepNoise, transpose(model.stepNoise)),
    );
    const missed = sub(index(observations, t), matmul(model.look, state));
    const seen = matmul(model.look, spread);
    const own = add(matmul(seen, transpose(model.look)), matmul(model.lookNoise, transpose(model.lookNoise)));
    const gain = transpose(solve(own, seen));
    const [, size] = slogdet(own);
    total += sum(mul(missed, solve(own, missed))).item() + size.item();
    state = add(state, matmul(gain, missed));
    spread = sub(spread, matmul(gain, seen));
  }
  return total / 2;
}

/**
 * Numbers, typed arrays and tensors, with a branch on shapes.
 * @differentiable vjp jvp jacobian
 */
export function mixedKinds(scale: number, weights: Float64Array, x: Tensor): Tensor {
  const w = tensor(weights, [1, weights.length]);
  let total = 0;
  for (let i = 0; i < weights.length; i++) total += weights[i]! * x.data[i]!;
  const both = x.ndim === 2 && x.shape[1] === weights.length ? mul(x, w) : mul(x, total);
  const first = tensor([scale, total, both.data[0]! * scale]);
  return concat([reshape(both, [-1]), first]);
}

/**
 * Of a structure of tensors another structure, with lists in it.
 * @differentiable vjp jvp
 */
export function structured(
  model: { layers: { w: Tensor; b: Tensor }[]; scale: number },
  x: Tensor,
): { outs: Tensor[]; loss: number } {
  const outs: Tensor[] = [];
  let h = x;
  for (const { w, b } of model.layers) {
    h = relu(add(matmul(h, w), b));
    outs.push(mul(h, model.scale));
  }
  return { outs, loss: mean(h).item() * model.scale };
}

/**
 * The gradient of a gradient, and one that is asked for inside.
 * @differentiable vjp jvp
 */
export function whitened(a: Tensor, b: Tensor): Tensor {
  const both = inv(add(matmul(a, transpose(a)), eye(a.shape[0]!)));
  return expandDims(neg(matmul(both, b)), { axis: 0 });
}
