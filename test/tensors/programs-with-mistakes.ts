/**
 * Programs with one mistake in the shapes that they state: the line that ends with the sign is at fault. `right` is what should
 * stand in that line instead.
 */
export interface Mistaken {
  readonly name: string;
  readonly text: string;
  readonly right: string;
}

export const mistaken: readonly Mistaken[] = [
  {
    name: "rows that were taken apart",
    text: `export function f(x: Tensor<[3, 4]>, w: Tensor<[3]>): Tensor {
  const rows = unstack(x);
  return dot(rows[0]!, w); // ✗
}`,
    right: "return dot(index(x, 0, { axis: 1 }), w);",
  },
  {
    name: "rows by a pattern",
    text: `export function f(x: Tensor<[2, 4]>, w: Tensor<[3]>): Tensor {
  const [a, b] = unstack(x);
  return add(a!, mul(b!, w)); // ✗
}`,
    right: "return add(a!, b!);",
  },
  {
    name: "factors of qr",
    text: `export function f(a: Tensor<[5, 3]>, y: Tensor<[5]>): Tensor {
  const [q, r] = qr(a);
  return solveTriangular(r, matmul(q, y), { upper: true }); // ✗
}`,
    right: "return solveTriangular(r, matmul(transpose(q), y), { upper: true });",
  },
  {
    name: "rows that are gone through",
    text: `export function f(x: Tensor<[3, 4]>, w: Tensor<[3, 3]>): Tensor {
  let total = zeros([]);
  for (const row of unstack(x)) {
    total = add(total, sum(matmul(w, row))); // ✗
  }
  return total;
}`,
    right: "total = add(total, sum(matmul(row, transpose(x))));",
  },
  {
    name: "greatest elements",
    text: `export function f(x: Tensor<[8, 10]>, w: Tensor<[10]>): Tensor {
  const [values] = topk(x, 3);
  return sum(mul(values, w)); // ✗
}`,
    right: "return sum(mul(values, slice(w, [0], [3])));",
  },
  {
    name: "a diagonal",
    text: `export function f(x: Tensor<[4, 6]>, w: Tensor<[6]>): Tensor {
  return mul(diagonal(x), w); // ✗
}`,
    right: "return mul(diagonal(x, { offset: 1 }), slice(w, [0], [4]));",
  },
  {
    name: "a diagonal beside the main one",
    text: `export function f(x: Tensor<[4, 4]>, w: Tensor<[4]>): Tensor {
  return mul(diagonal(x, { offset: 1 }), w); // ✗
}`,
    right: "return mul(diagonal(x, { offset: 0 }), w);",
  },
  {
    name: "a transposed convolution's channels",
    text: `export function f(x: Tensor<[2, 3, 8, 8]>, w: Tensor<[4, 3, 2, 2]>): Tensor {
  return convTranspose2d(x, w, { stride: 2 }); // ✗
}`,
    right: "return convTranspose2d(x, swapaxes(w, 0, 1), { stride: 2 });",
  },
  {
    name: "a transposed convolution's result",
    text: `export function f(x: Tensor<[2, 3, 8, 8]>, w: Tensor<[3, 4, 2, 2]>, y: Tensor<[2, 4, 17, 17]>): Tensor {
  return mseLoss(convTranspose2d(x, w, { stride: 2 }), y); // ✗
}`,
    right: "return mseLoss(convTranspose2d(x, w, { stride: 2, outputPadding: 1 }), y);",
  },
  {
    name: "a named length and another length",
    text: `export function f(x: Tensor<["n", 4]>, y: Tensor<["n", 5]>): Tensor {
  return matmul(x, y); // ✗
}`,
    right: "return matmul(transpose(x), y);",
  },
  {
    name: "a named length and a weight",
    text: `export function f(x: Tensor<["batch", 4]>, w: Tensor<[5, 4]>): Tensor {
  return matmul(w, x); // ✗
}`,
    right: "return matmul(x, transpose(w));",
  },
  {
    name: "a bias that is added to named rows",
    text: `export function f(x: Tensor<["batch", 4]>, b: Tensor<[8]>): Tensor {
  return add(transpose(x), b); // ✗
}`,
    right: "return add(matmul(x, zeros([4, 8])), b);",
  },
  {
    name: "one statement after the other",
    text: `export function f(x: Tensor<[8, 3]>, w1: Tensor<[3, 5]>, w2: Tensor<[4, 2]>): Tensor {
  let h: Tensor = x;
  h = relu(matmul(h, w1));
  h = relu(matmul(h, w2)); // ✗
  return sum(h);
}`,
    right: "h = relu(matmul(h, transpose(w1)));",
  },
  {
    name: "layers that do not fit each other",
    text: `export function f(x: Tensor<[8, 3]>, layers: { w: Tensor<[3, 5]>; b: Tensor<[5]> }[]): Tensor {
  let h: Tensor = x;
  for (const { w, b } of layers) {
    h = relu(add(matmul(h, w), b)); // ✗
  }
  return h;
}`,
    right: "h = relu(add(matmul(h, matmul(w, transpose(w))), 1));",
  },
  {
    name: "a recurrent step",
    text: `export function f(xs: Tensor<[7, 2, 3]>, wx: Tensor<[3, 5]>, wh: Tensor<[4, 5]>): Tensor {
  let h: Tensor = zeros([2, 4]);
  for (const x of unstack(xs)) {
    h = tanh(add(matmul(x, wx), matmul(h, wh))); // ✗
  }
  return h;
}`,
    right: "h = tanh(matmul(add(matmul(x, wx), matmul(h, wh)), transpose(wh)));",
  },
  {
    name: "what a loop has made",
    text: `export function f(x: Tensor<[8, 3]>, w: Tensor<[3, 3]>, v: Tensor<[4]>): Tensor {
  let h: Tensor = x;
  for (let i = 0; i < 4; i++) h = matmul(h, w);
  return matmul(h, v); // ✗
}`,
    right: "return matmul(w, transpose(h));",
  },
  {
    name: "in both branches",
    text: `export function f(x: Tensor<[8, 3]>, deep: boolean, w: Tensor<[4]>): Tensor {
  let h: Tensor;
  if (deep) h = tanh(x);
  else h = relu(x);
  return matmul(h, w); // ✗
}`,
    right: "return matmul(h, slice(w, [0], [3]));",
  },
  {
    name: "fields of what was made",
    text: `export function f(x: Tensor<[8, 3]>): Tensor {
  const layer = { w: zeros([4, 2]), b: zeros([2]) };
  return add(matmul(x, layer.w), layer.b); // ✗
}`,
    right: "return sum(layer.w);",
  },
  {
    name: "fields by a pattern",
    text: `export function f(x: Tensor<[8, 3]>): Tensor {
  const { w, b } = { w: ones([3, 2]), b: ones([3]) };
  return add(matmul(x, w), b); // ✗
}`,
    right: "return add(x, b);",
  },
  {
    name: "a structure that a helper makes",
    text: `function heads(x: Tensor, w: Tensor): { q: Tensor; k: Tensor } {
  return { q: matmul(x, w), k: matmul(x, transpose(w)) };
}
export function f(x: Tensor<[8, 4]>, w: Tensor<[4, 4]>): Tensor {
  const { q, k } = heads(x, w);
  return matmul(q, k); // ✗
}`,
    right: "return matmul(q, transpose(k));",
  },
  {
    name: "a tuple that a helper makes",
    text: `function parts(x: Tensor): [Tensor, Tensor] {
  return [sum(x, { axis: 0 }), sum(x, { axis: 1 })];
}
export function f(x: Tensor<[8, 4]>): Tensor {
  const [columns, rows] = parts(x);
  return add(columns, rows); // ✗
}`,
    right: "return add(sum(columns), rows);",
  },
  {
    name: "a list of layers by its numbers",
    text: `export function f(x: Tensor<[8, 3]>): Tensor {
  const ws = [ones([3, 5]), ones([4, 2])];
  return matmul(matmul(x, ws[0]!), ws[1]!); // ✗
}`,
    right: "return matmul(x, ws[0]!);",
  },
  {
    name: "parts of a split",
    text: `export function f(x: Tensor<[8, 6]>, w: Tensor<[3, 2]>): Tensor {
  const [a, b] = split(x, [2, 4], { axis: 1 });
  return add(matmul(a!, transpose(w)), b!); // ✗
}`,
    right: "return add(matmul(a!, transpose(w)), slice(b!, [0, 0], [8, 3]));",
  },
  {
    name: "products of batches",
    text: `export function f(q: Tensor<[4, 2, 8, 16]>, k: Tensor<[3, 2, 8, 16]>): Tensor {
  return matmul(q, transpose(k)); // ✗
}`,
    right: "return matmul(slice(q, [0], [3]), transpose(k));",
  },
  {
    name: "an einsum of another number of axes",
    text: `export function f(a: Tensor<[2, 3]>, b: Tensor<[2, 3, 4]>): Tensor {
  return einsum("bij,bjk->bik", a, b); // ✗
}`,
    right: 'return einsum("bj,bjk->bk", a, b);',
  },
  {
    name: "an einsum of another number of tensors",
    text: `export function f(a: Tensor<[2, 3]>, b: Tensor<[3, 4]>): Tensor {
  return einsum("ij,jk,kl->il", a, b); // ✗
}`,
    right: 'return einsum("ij,jk->ik", a, b);',
  },
  {
    name: "an einsum's result",
    text: `export function f(a: Tensor<[2, 3]>, b: Tensor<[3, 4]>, y: Tensor<[2, 4]>): Tensor {
  return sub(y, einsum("ij,jk->ki", a, b)); // ✗
}`,
    right: 'return sub(y, einsum("ij,jk->ik", a, b));',
  },
  {
    name: "padding by amounts",
    text: `export function f(x: Tensor<[4, 6]>, y: Tensor<[4, 7]>): Tensor {
  return add(pad(x, [[0, 0], [1, 1]]), y); // ✗
}`,
    right: "return add(pad(x, [[0, 0], [1, 0]]), y);",
  },
  {
    name: "a reflection that is too long",
    text: `export function f(x: Tensor<[3]>): Tensor {
  return pad(x, [[3, 0]], { mode: "reflect" }); // ✗
}`,
    right: 'return pad(x, [[2, 0]], { mode: "reflect" });',
  },
  {
    name: "a convolution's stride",
    text: `export function f(x: Tensor<[1, 3, 9, 9]>, w: Tensor<[4, 3, 3, 3]>, y: Tensor<[1, 4, 4, 5]>): Tensor {
  return sub(conv2d(x, w, { stride: 2, padding: 1 }), y); // ✗
}`,
    right: "return sub(conv2d(x, w, { stride: 2, padding: [0, 1] }), y);",
  },
  {
    name: "a convolution in groups",
    text: `export function f(x: Tensor<[1, 6, 9]>, w: Tensor<[4, 6, 3]>): Tensor {
  return conv1d(x, w, { groups: 2 }); // ✗
}`,
    right: "return conv1d(x, w);",
  },
  {
    name: "groups that do not divide the kernels",
    text: `export function f(x: Tensor<[1, 6, 9]>, w: Tensor<[5, 3, 3]>): Tensor {
  return conv1d(x, w, { groups: 2 }); // ✗
}`,
    right: "return conv1d(x, slice(w, [0], [4]), { groups: 2 });",
  },
  {
    name: "what pooling leaves for a dense layer",
    text: `export function f(x: Tensor<["n", 8, 14, 14]>, w: Tensor<[10, 400]>): Tensor {
  const small = maxPool2d(x, { kernel: 2 });
  return linear(flatten(small, { startAxis: 1 }), w); // ✗
}`,
    right: "return linear(slice(flatten(small, { startAxis: 1 }), [0, 0], [9, 300]), slice(w, [0, 0], [10, 300]));",
  },
  {
    name: "tensors that are joined along a wrong axis",
    text: `export function f(x: Tensor<[4, 6]>, y: Tensor<[4, 3]>): Tensor {
  return concat([x, y], { axis: 0 }); // ✗
}`,
    right: "return concat([x, y], { axis: 1 });",
  },
  {
    name: "a list in a variable that is joined",
    text: `export function f(x: Tensor<[4, 6]>, y: Tensor<[4, 3]>): Tensor {
  const all = [x, y];
  return stack(all); // ✗
}`,
    right: "return concat(all, { axis: 1 });",
  },
  {
    name: "an open length",
    text: `export function f(x: Tensor<[6, 5]>): Tensor {
  return reshape(x, [4, -1]); // ✗
}`,
    right: "return reshape(x, [3, -1]);",
  },
  {
    name: "an open length beside a named one",
    text: `export function f(x: Tensor<["n", 12]>, w: Tensor<[5, 3]>): Tensor {
  const grid = reshape(x, [x.shape[0]!, 3, 4]);
  return matmul(grid, w); // ✗
}`,
    right: "return matmul(grid, slice(w, [0], [4]));",
  },
  {
    name: "labels of probabilities",
    text: `export function f(logits: Tensor<[32, 10]>, p: Tensor<[32, 9]>): Tensor {
  return crossEntropy(logits, p); // ✗
}`,
    right: "return crossEntropy(slice(logits, [0, 0], [32, 9]), p);",
  },
  {
    name: "weights of classes",
    text: `export function f(logits: Tensor<[32, 10]>, labels: Tensor<[32]>, w: Tensor<[32]>): Tensor {
  return crossEntropy(logits, labels, { weight: w }); // ✗
}`,
    right: "return crossEntropy(logits, labels, { weight: slice(w, [0], [10]) });",
  },
  {
    name: "a result that is stated otherwise",
    text: `export function f(x: Tensor<[8, 3]>, w: Tensor<[3, 5]>): Tensor<[3, 5]> {
  return matmul(x, w); // ✗
}`,
    right: "return w;",
  },
  {
    name: "fields of a result that are stated otherwise",
    text: `export function f(x: Tensor<[8, 3]>, w: Tensor<[3, 5]>): { y: Tensor<[3, 5]> } {
  const y = matmul(x, w);
  return { y }; // ✗
}`,
    right: "return { y: w };",
  },
  {
    name: "a structure that is handed to a helper",
    text: `interface Layer { w: Tensor<[3, 5]>; b: Tensor<[5]> }
const apply = (x: Tensor, layer: Layer): Tensor => add(matmul(x, layer.w), layer.b);
export function f(x: Tensor<[8, 3]>, w: Tensor<[3, 5]>, b: Tensor<[3]>): Tensor {
  return apply(x, { w, b }); // ✗
}`,
    right: "return apply(x, { w, b: sum(w, { axis: 0 }) });",
  },
  {
    name: "a helper of any structure",
    text: `interface Layer { w: Tensor; b: Tensor }
const apply = (x: Tensor, layer: Layer): Tensor => add(matmul(x, layer.w), layer.b);
export function f(x: Tensor<[8, 3]>, w: Tensor<[3, 5]>, b: Tensor<[3]>): Tensor {
  return apply(x, { w, b }); // ✗
}`,
    right: "return apply(x, { w, b: sum(w, { axis: 0 }) });",
  },
  {
    name: "a helper that is generic in shape",
    text: `function twice<S extends Tensor>(x: S): Tensor { return concat([x, x], { axis: 1 }); }
export function f(x: Tensor<[8, 3]>, w: Tensor<[3, 5]>): Tensor {
  return matmul(twice(x), w); // ✗
}`,
    right: "return matmul(twice(x), concat([w, w]));",
  },
  {
    name: "a helper with statements",
    text: `function normalised(x: Tensor): Tensor {
  let h = sub(x, mean(x, { axis: 0, keepdims: true }));
  h = div(h, std(x, { axis: 0, keepdims: true }));
  return h;
}
export function f(x: Tensor<[8, 3]>, w: Tensor<[4]>): Tensor {
  return matmul(normalised(x), w); // ✗
}`,
    right: "return matmul(normalised(x), slice(w, [0], [3]));",
  },
  {
    name: "a function that is handed over",
    text: `const through = (x: Tensor, activation: (h: Tensor) => Tensor): Tensor => activation(x);
export function f(x: Tensor<[8, 3]>, w: Tensor<[4]>): Tensor {
  return through(x, (h) => matmul(h, w)); // ✗
}`,
    right: "return through(x, (h) => matmul(h, slice(w, [0], [3])));",
  },
  {
    name: "a map over rows",
    text: `export function f(x: Tensor<[8, 3]>, w: Tensor<[4]>): Tensor {
  const scores = unstack(x).map((row) => dot(row, w)); // ✗
  return stack(scores);
}`,
    right: "const scores = unstack(x).map((row) => dot(row, slice(w, [0], [3])));",
  },
  {
    name: "a method",
    text: `class Dense {
  w: Tensor<[3, 5]> = zeros([3, 5]);
  b: Tensor<[3]> = zeros([3]);
  apply(x: Tensor): Tensor {
    return add(matmul(x, this.w), this.b);
  }
}
export function f(x: Tensor<[8, 3]>, dense: Dense): Tensor {
  return dense.apply(x); // ✗
}`,
    right: "return sum(dense.w);",
  },
  {
    name: "an index beyond the end",
    text: `export function f(x: Tensor<[8, 3]>): Tensor {
  const last = index(x, 2);
  return index(last, 3); // ✗
}`,
    right: "return index(last, 2);",
  },
  {
    name: "gathering along an axis",
    text: `export function f(x: Tensor<[8, 3]>, y: Tensor<[8]>): Tensor {
  const i = argmax(x, { axis: 1 });
  return sub(takeAlongAxis(x, i, { axis: 1 }), y); // ✗
}`,
    right: "return sub(squeeze(takeAlongAxis(x, expandDims(i, { axis: 1 }), { axis: 1 }), { axis: 1 }), y);",
  },
  {
    name: "gathering with indices of other rows",
    text: `export function f(x: Tensor<[8, 3]>, y: Tensor<[9, 1]>): Tensor {
  const i = argmax(y, { axis: 1, keepdims: true });
  return takeAlongAxis(x, i, { axis: 1 }); // ✗
}`,
    right: "return takeAlongAxis(x, argmax(x, { axis: 1, keepdims: true }), { axis: 1 });",
  },
  {
    name: "scattering updates of other rows",
    text: `export function f(x: Tensor<[8, 3]>, u: Tensor<[4, 3]>, n: Tensor<[4, 1]>): Tensor {
  return scatterAdd(x, argmax(n, { axis: 1, keepdims: true }), u); // ✗
}`,
    right: "return scatterAdd(x, argsort(u), u);",
  },
  {
    name: "a mask of attention",
    text: `export function f(q: Tensor<[2, 6, 4]>, k: Tensor<[2, 5, 4]>, mask: Tensor<[5, 6]>): Tensor {
  return scaledDotProductAttention(q, k, k, { mask }); // ✗
}`,
    right: "return scaledDotProductAttention(q, k, k, { mask: transpose(mask) });",
  },
  {
    name: "heads of attention",
    text: `export function f(q: Tensor<[2, 3, 6, 4]>, k: Tensor<[2, 2, 5, 4]>): Tensor {
  return scaledDotProductAttention(q, k, k); // ✗
}`,
    right: "return scaledDotProductAttention(slice(q, [0, 0], [2, 2]), k, k);",
  },
  {
    name: "tensordot over pairs of axes",
    text: `export function f(a: Tensor<[2, 3, 4]>, b: Tensor<[3, 5, 4]>): Tensor {
  return tensordot(a, b, [[1, 2], [0, 1]]); // ✗
}`,
    right: "return tensordot(a, b, [[1, 2], [0, 2]]);",
  },
  {
    name: "what tensordot gives",
    text: `export function f(a: Tensor<[2, 3, 4]>, b: Tensor<[3, 5, 4]>, y: Tensor<[5, 2]>): Tensor {
  return add(tensordot(a, b, [[1, 2], [0, 2]]), y); // ✗
}`,
    right: "return add(tensordot(b, a, [[0, 2], [1, 2]]), y);",
  },
  {
    name: "a cotangent of another shape",
    text: `const model = (w: Tensor<[3]>, x: Tensor<[8, 3]>): Tensor => matmul(x, w);
export function f(w: Tensor<[3]>, x: Tensor<[8, 3]>, v: Tensor<[3]>): Tensor {
  const [, [g]] = vjp(model)(w, x, v); // ✗
  return sum(g);
}`,
    right: "const [, [g]] = vjp(model)(w, x, sum(x, { axis: 1 }));",
  },
  {
    name: "a tangent of another shape",
    text: `const model = (w: Tensor<[3]>): Tensor => square(w);
export function f(w: Tensor<[3]>, x: Tensor<[8, 3]>): Tensor {
  const [, dy] = jvp(model)(w, x); // ✗
  return sum(dy);
}`,
    right: "const [, dy] = jvp(model)(w, sum(x, { axis: 0 }));",
  },
  {
    name: "a gradient's shape",
    text: `const loss = (w: Tensor<[3]>, x: Tensor<[8, 3]>): Tensor => sum(square(matmul(x, w)));
export function f(w: Tensor<[3]>, x: Tensor<[8, 3]>): Tensor {
  const [dw, dx] = grad(loss)(w, x);
  return sum(mul(dw, transpose(dx))); // ✗
}`,
    right: "return sum(mul(dw, dx));",
  },
  {
    name: "conditions between shapes",
    text: `export function f(x: Tensor<[8, 3]>, deep: boolean, y: Tensor<[8, 4]>): Tensor {
  return mul(deep ? tanh(x) : x, y); // ✗
}`,
    right: "return mul(deep ? tanh(x) : x, x);",
  },
  {
    name: "a mesh",
    text: `export function f(x: Tensor<[3]>, y: Tensor<[5]>, z: Tensor<[3, 5]>): Tensor {
  const [gx, gy] = meshgrid([x, y]);
  return mul(mul(gx!, gy!), z); // ✗
}`,
    right: "return mul(mul(gx!, gy!), transpose(z));",
  },
  {
    name: "a sum over a batch of solutions",
    text: `export function f(a: Tensor<[6, 3, 3]>, b: Tensor<[6, 4, 1]>): Tensor {
  return solve(a, b); // ✗
}`,
    right: "return solve(a, slice(b, [0, 0, 0], [6, 3, 1]));",
  },
  {
    name: "parts of a larger tensor in place",
    text: `export function f(x: Tensor<[8, 6]>, w: Tensor<[4]>): Tensor {
  const left = slice(x, [0, 0], [8, 3]);
  return mul(left, w); // ✗
}`,
    right: "return mul(left, slice(w, [0], [3]));",
  },
  {
    name: "only the first axis is cut",
    text: `export function f(x: Tensor<[8, 6]>, w: Tensor<[4]>): Tensor {
  return mul(slice(x, [2], [5]), w); // ✗
}`,
    right: "return mul(slice(x, [2, 0], [5, 4]), w);",
  },
  {
    name: "a growing list",
    text: `export function f(x: Tensor<[8, 3]>, w: Tensor<[4]>): Tensor {
  const states: Tensor[] = [];
  for (let i = 0; i < 3; i++) states.push(mul(x, i));
  return mul(stack(states), w); // ✗
}`,
    right: "return mul(stack(states), slice(w, [0], [3]));",
  },
];
