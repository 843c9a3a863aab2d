/** Programs as they are ported from PyTorch. */
import {
  add,
  cholesky,
  concat,
  conv2d,
  convTranspose2d,
  cosineSimilarity,
  diagonal,
  div,
  exp,
  expandDims,
  eye,
  greater,
  index,
  type int,
  linear,
  log,
  logSoftmax,
  logsumexp,
  maskedFill,
  matmul,
  mean,
  mseLoss,
  mul,
  neg,
  ones,
  permuteDims,
  relu,
  reshape,
  rsqrt,
  sigmoid,
  slogdet,
  softmax,
  softplus,
  solveTriangular,
  split,
  sqrt,
  square,
  stack,
  sub,
  sum,
  swapaxes,
  tanh,
  type Tensor,
  transpose,
  triu,
  unstack,
  where,
  zeros,
} from "tsgrad";

// Attention with masks.
export interface Attention {
  wq: Tensor<[8, 8]>;
  wk: Tensor<[8, 8]>;
  wv: Tensor<[8, 8]>;
  wo: Tensor<[8, 8]>;
  g: Tensor;
  b: Tensor;
}

function layerNorm(x: Tensor, weight: Tensor, bias: Tensor, eps = 1e-5): Tensor {
  const mu = mean(x, { axis: -1, keepdims: true });
  const centred = sub(x, mu);
  const variance = mean(square(centred), { axis: -1, keepdims: true });
  return add(mul(mul(centred, rsqrt(add(variance, eps))), weight), bias);
}

/** @differentiable grad hvp vjp
 * @wrt p */
export function attentionLoss(p: Attention, x: Tensor<["batch", "time", 8]>, padding: Tensor, target: Tensor): Tensor {
  const [batch, time, width] = x.shape;
  const heads = 2;
  const depth = width / heads;
  const h = layerNorm(x, p.g, p.b);
  const apart = (t: Tensor): Tensor => permuteDims(reshape(t, [batch, time, heads, depth]), [0, 2, 1, 3]);
  const q = apart(matmul(h, p.wq));
  const k = apart(matmul(h, p.wk));
  const v = apart(matmul(h, p.wv));
  let scores = div(matmul(q, swapaxes(k, -1, -2)), Math.sqrt(depth));
  const causal = triu(ones([time, time]), { k: 1 });
  scores = where(greater(causal, 0), -1e9, scores);
  scores = maskedFill(scores, reshape(padding, [batch, 1, 1, time]), -1e9);
  const seen = matmul(softmax(scores, { axis: -1 }), v);
  const out = matmul(reshape(permuteDims(seen, [0, 2, 1, 3]), [batch, time, width]), p.wo);
  return mseLoss(add(x, out), target);
}

// Variational autoencoder.
export interface Vae {
  e: Tensor;
  eb: Tensor;
  mu: Tensor;
  lv: Tensor;
  d: Tensor;
  db: Tensor;
  o: Tensor;
}
/** @differentiable grad hvp valueAndGrad
 * @wrt p */
export function vaeLoss(p: Vae, x: Tensor, noise: Tensor, beta: number): Tensor {
  const h = relu(linear(x, p.e, p.eb));
  const mu = linear(h, p.mu);
  const logVariance = linear(h, p.lv);
  const z = add(mu, mul(exp(mul(0.5, logVariance)), noise));
  const logits = linear(tanh(linear(z, p.d, p.db)), p.o);
  const reconstruction = sum(sub(softplus(logits), mul(x, logits)), { axis: -1 });
  const kl = mul(-0.5, sum(sub(sub(add(1, logVariance), square(mu)), exp(logVariance)), { axis: -1 }));
  return mean(add(reconstruction, mul(beta, kl)));
}

// RNN over time with stack.
/** @differentiable grad hvp vjp
 * @wrt wx, wh, b */
export function rnnLoss(wx: Tensor, wh: Tensor, b: Tensor, xs: Tensor<["time", "batch", 3]>, targets: Tensor): Tensor {
  let h: Tensor = zeros([xs.shape[1], wh.shape[0]]);
  const states: Tensor[] = [];
  for (let t = 0; t < xs.shape[0]; t++) {
    h = tanh(add(add(matmul(index(xs, t), wx), matmul(h, wh)), b));
    states.push(h);
  }
  const all = stack(states);
  return mean(square(sub(all, targets)));
}

// Metric learning.
/** @differentiable grad hvp
 * @wrt w */
export function metricLoss(w: Tensor, anchors: Tensor, positives: Tensor, negatives: Tensor, margin: number): Tensor {
  const a = matmul(anchors, w);
  const near = cosineSimilarity(a, matmul(positives, w));
  const far = cosineSimilarity(a, matmul(negatives, w));
  return mean(relu(add(sub(far, near), margin)));
}
/** @differentiable grad hvp
 * @wrt w */
export function infoNce(w: Tensor, x: Tensor, y: Tensor, temperature: number): Tensor {
  const unit = (t: Tensor): Tensor => div(t, sqrt(sum(square(t), { axis: -1, keepdims: true })));
  const a = unit(matmul(x, w));
  const b = unit(matmul(y, w));
  const scores = div(matmul(a, transpose(b)), temperature);
  return neg(mean(diagonal(logSoftmax(scores, { axis: -1 }))));
}

// Convolutional autoencoder.
export interface AutoEncoder {
  down: Tensor<[4, 1, 3, 3]>;
  downBias: Tensor<[4]>;
  up: Tensor<[4, 1, 2, 2]>;
  upBias: Tensor<[1]>;
}
/** @differentiable grad hvp
 * @wrt p */
export function autoencoderLoss(p: AutoEncoder, images: Tensor<["n", 1, 4, 4]>): Tensor {
  const code = relu(conv2d(images, p.down, { bias: p.downBias, stride: 2, padding: 1 }));
  const back = sigmoid(convTranspose2d(code, p.up, { bias: p.upBias, stride: 2 }));
  return mseLoss(back, images);
}

// Gaussian process.
/** @differentiable grad hvp */
export function gaussianProcess(
  x: Tensor<["n", 2]>,
  y: Tensor<["n"]>,
  lengthScale: Tensor,
  logSignal: number,
  logNoise: number,
): number {
  const n = x.shape[0];
  const scaled = div(x, lengthScale);
  const difference = sub(expandDims(scaled, { axis: 1 }), expandDims(scaled, { axis: 0 }));
  const k = mul(Math.exp(2 * logSignal), exp(mul(-0.5, sum(square(difference), { axis: -1 }))));
  const l = cholesky(add(k, mul(Math.exp(2 * logNoise) + 1e-6, eye(n))));
  const a = solveTriangular(l, reshape(y, [n, 1]));
  return 0.5 * sum(square(a)).item() + sum(log(diagonal(l))).item() + 0.5 * n * Math.log(2 * Math.PI);
}

// Normalising flow.
export interface Flow {
  w: Tensor<[2, 2]>;
  s: Tensor;
  t: Tensor;
  bias: Tensor;
}
/** @differentiable grad hvp
 * @wrt flows */
export function flowLoss(flows: Flow[], x: Tensor<["n", 2]>): Tensor {
  let z: Tensor = x;
  let logDet: Tensor = zeros([x.shape[0]]);
  for (const { w, s, t, bias } of flows) {
    z = matmul(z, w);
    logDet = add(logDet, slogdet(w)[1]);
    const [a, b] = split(z, [1, 1], { axis: 1 });
    const scale = tanh(add(mul(a, s), bias));
    z = concat([a, add(mul(b, exp(scale)), mul(a, t))], { axis: 1 });
    logDet = add(logDet, reshape(scale, [-1]));
  }
  const logPrior = mul(-0.5, sum(add(square(z), Math.log(2 * Math.PI)), { axis: 1 }));
  return neg(mean(add(logPrior, logDet)));
}

// Mixture density network.
/** @differentiable grad hvp
 * @wrt w1, w2 */
export function mixtureLoss(w1: Tensor, w2: Tensor, x: Tensor, y: Tensor): Tensor {
  const h = tanh(matmul(x, w1));
  const [logits, means, logScales] = split(matmul(h, w2), [3, 3, 3], { axis: -1 });
  const scaled = mul(sub(y, means), exp(neg(logScales)));
  const logNormal = sub(sub(mul(-0.5, square(scaled)), logScales), 0.5 * Math.log(2 * Math.PI));
  return neg(mean(logsumexp(add(logSoftmax(logits, { axis: -1 }), logNormal), { axis: -1 })));
}

// Sinkhorn.
/** @differentiable grad hvp
 * @wrt x, y */
export function sinkhornLoss(x: Tensor, y: Tensor, epsilon: number, rounds: int): Tensor {
  const cost = sum(square(sub(expandDims(x, { axis: 1 }), expandDims(y, { axis: 0 }))), { axis: -1 });
  const n = x.shape[0];
  const m = y.shape[0];
  let f: Tensor = zeros([n]);
  let g: Tensor = zeros([m]);
  for (let k = 0; k < rounds; k++) {
    f = mul(-epsilon, logsumexp(sub(div(sub(expandDims(g, { axis: 0 }), cost), epsilon), Math.log(m)), { axis: 1 }));
    g = mul(-epsilon, logsumexp(sub(div(sub(expandDims(f, { axis: 1 }), cost), epsilon), Math.log(n)), { axis: 0 }));
  }
  const plan = exp(div(sub(add(expandDims(f, { axis: 1 }), expandDims(g, { axis: 0 })), cost), epsilon));
  return div(sum(mul(plan, cost)), n * m);
}

// What loops and recursion keep.
/** @differentiable grad hvp vjp
 * @wrt w */
export function parts(xs: Tensor, w: Tensor): Tensor {
  let h = index(xs, 0);
  let all = sum(w);
  for (const x of unstack(xs)) {
    const [a, b] = split(matmul(add(h, x), w), [2, 2], { axis: -1 });
    h = mul(concat([a, b], { axis: -1 }), 0.5);
    for (const row of unstack(h)) h = add(h, row);
    const [, size] = slogdet(add(matmul(w, h), eye(4)));
    all = add(all, size);
  }
  return add(all, sum(square(h)));
}

/** @differentiable grad hvp
 * @wrt w */
export function treeLoss(xs: Tensor, left: int[], right: int[], w: Tensor): Tensor {
  return sum(square(tree(xs, left, right, 0, w)));
}
function tree(xs: Tensor, left: int[], right: int[], at: int, w: Tensor): Tensor {
  let h = matmul(index(xs, at), w);
  if (left[at] >= 0) h = add(h, tree(xs, left, right, left[at], w));
  if (right[at] >= 0) h = add(mul(h, 0.5), tree(xs, left, right, right[at], w));
  return h;
}
