import { add, concat, crossEntropy, grad, linear, matmul, mul, relu, reshape, softmax, sum, type Tensor, transpose } from "tsgrad";

type Batch = Tensor<["batch", 784]>;

/** @differentiable */
export function scores(x: Batch, w: Tensor<[784, 10]>, b: Tensor<[10]>): Tensor {
  return add(matmul(w, x), b);
}

interface Layer {
  w: Tensor<[64, 784]>;
  b: Tensor<[64]>;
}

/** @differentiable */
export function hidden(x: Batch, { w, b }: Layer, out: Tensor<[10, 32]>, labels: Tensor<["batch"]>): Tensor {
  const h = relu(linear(x, w, b));
  const logits = matmul(h, transpose(out));
  return crossEntropy(logits, labels);
}

const attention = (q: Tensor, k: Tensor): Tensor => softmax(q.matmul(transpose(k)), { axis: 2 });

/** @differentiable */
export function attended(q: Tensor<["n", 8]>, k: Tensor<["m", 8]>): Tensor<["n", 8]> {
  const weights = attention(q, k);
  return mul(sum(q, { axis: 0 }), weights);
}

function centred(x: Tensor<["n", 3]>): Tensor<["n", 3]> {
  return x;
}

/** @differentiable */
export function joined(x: Tensor<[4, 3]>, y: Tensor<[5, 2]>): Tensor<[20]> {
  const both = concat([centred(x), y]);
  const other: Tensor<[6, 2]> = centred(x);
  return reshape(add(centred(y), centred(x)), [20]);
}

function scored(x: Tensor, w: Tensor): number {
  if (x.ndim === 0) return 0;
  return sum(matmul(x, w)).item();
}

function loss(x: Tensor, w: Tensor): number {
  const wide = x.ndim === 3 ? matmul(x, w) : x;
  const product = matmul(relu(x), w);
  return sum(product).item() + sum(wide).item();
}

const lossOf = (x: Tensor, w: Tensor): number => loss(x, w) + 1;

/**
 * In functions that are called, where no condition decides, or one on shapes.
 * @differentiable
 */
export function called(x: Tensor<[2, 3]>, w: Tensor<[4, 4]>, v: Tensor<[3, 4]>): number {
  return loss(x, v) + lossOf(x, w) + scored(x, w);
}

const doubled = (x: Tensor): Tensor => add(x, x);

/**
 * A gradient of more than one number.
 * @differentiable
 */
export function slope(x: Tensor<[2, 3]>): Tensor {
  return grad(doubled)(x);
}
