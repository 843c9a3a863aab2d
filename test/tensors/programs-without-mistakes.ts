/** Programs in which shapes change on the way: nothing is to be said of them. */
export const sound: Readonly<Record<string, string>> = {
  "a variable of several shapes": `export function f(x: Tensor<[8, 3]>, w: Tensor<[3, 5]>, v: Tensor<[5]>): Tensor {
  let h = x;
  h = matmul(h, w);
  return matmul(h, v);
}`,
  "a shape that changes in a loop": `export function f(x: Tensor<[8, 8]>): Tensor {
  let h: Tensor = x;
  while (h.shape[0]! > 1) {
    const half = h.shape[0]! / 2;
    h = add(slice(h, [0], [half]), slice(h, [half], [2 * half]));
  }
  return h;
}`,
  "layers with lengths of their own": `interface Layer { w: Tensor<["out", "in"]>; b: Tensor<["out"]> }
export function f(x: Tensor, layers: Layer[]): Tensor {
  let h = x;
  for (const { w, b } of layers) h = relu(linear(h, w, b));
  return h;
}`,
  "layers one after the other": `export function f(x: Tensor<[8, 3]>): Tensor {
  let h: Tensor = x;
  for (const w of [ones([3, 5]), ones([5, 2]), ones([2, 7])]) h = matmul(h, w);
  return mul(h, ones([7]));
}`,
  "a closure that changes a variable": `export function f(x: Tensor<[8, 3]>, w: Tensor<[5]>): Tensor {
  let h: Tensor = x;
  const next = (y: Tensor): void => { h = y; };
  next(ones([8, 5]));
  return mul(h, w);
}`,
  "a list that grows and shrinks": `export function f(x: Tensor<[8, 3]>, y: Tensor<[5]>): Tensor {
  const all: Tensor[] = [x];
  all.push(y);
  all.reverse();
  return add(all[0]!, y);
}`,
  "two names of one structure": `export function f(x: Tensor<[8, 3]>, y: Tensor<[5]>): Tensor {
  const state = { h: x as Tensor };
  const same = state;
  same.h = y;
  return add(state.h, y);
}`,
  "a field that gets another shape": `export function f(x: Tensor<[8, 3]>, y: Tensor<[5]>): Tensor {
  const state = { h: x };
  state.h = y;
  return add(state.h, y);
}`,
  "a helper that writes into a structure": `function put(state: { h: Tensor }, y: Tensor): void { state.h = y; }
export function f(x: Tensor<[8, 3]>, y: Tensor<[5]>): Tensor {
  const state: { h: Tensor } = { h: x };
  put(state, y);
  return add(state.h, y);
}`,
  "a branch that is left": `export function f(x: Tensor<[8, 3]>, w: Tensor<[5]>, early: boolean): Tensor {
  let h: Tensor = ones([5]);
  if (early) {
    h = x;
    return h;
  }
  return add(h, w);
}`,
  "a loop that is left": `export function f(x: Tensor<[8, 3]>, w: Tensor<[5]>, n: number): Tensor {
  let h: Tensor = ones([5]);
  for (let i = 0; i < n; i++) {
    h = x;
    if (i > 2) break;
    h = ones([5]);
  }
  return h.shape[0] === 5 ? add(h, w) : h;
}`,
  "cases that fall through": `export function f(x: Tensor<[8, 3]>, w: Tensor<[3]>, kind: number): Tensor {
  let h: Tensor = ones([5]);
  switch (kind) {
    case 0:
      h = ones([3]);
      break;
    case 1:
      h = x;
      break;
    default:
      return h;
  }
  return add(h, w);
}`,
  "what a condition on shapes decides": `const rows = (x: Tensor): Tensor => (x.ndim === 1 ? expandDims(x, { axis: 0 }) : x);
export function f(x: Tensor<[3]>, w: Tensor<[3, 5]>): Tensor<[1, 5]> {
  return matmul(rows(x), w);
}`,
  "a helper that calls itself": `function halved(x: Tensor): Tensor {
  return x.shape[0]! <= 1 ? x : halved(slice(x, [0], [x.shape[0]! / 2]));
}
export function f(x: Tensor<[8, 3]>, w: Tensor<[1, 3]>): Tensor {
  return add(halved(x), w);
}`,
  "a parameter of another function with the same name": `const scaled = (x: Tensor, w: Tensor): Tensor => mul(x, sum(w));
export function f(x: Tensor<[8, 3]>, w: Tensor<[5]>): Tensor {
  return scaled(scaled(w, x), w);
}`,
  "heads that are taken apart": `export function f(x: Tensor<["batch", "time", 12]>, w: Tensor<[12, 12]>): Tensor {
  const [batch, time] = [x.shape[0]!, x.shape[1]!];
  const q = permuteDims(reshape(matmul(x, w), [batch, time, 3, 4]), [0, 2, 1, 3]);
  const scores = softmax(matmul(q, transpose(q)));
  return reshape(permuteDims(matmul(scores, q), [0, 2, 1, 3]), [batch, time, 12]);
}`,
  "a named length that is counted": `export function f(x: Tensor<["n", 3]>, i: Tensor<["m"]>): Tensor {
  const n = x.shape[0]!;
  const eyes = eye(n);
  return add(matmul(eyes, x), div(zeros([n, 3]), n));
}`,
  "a default that is used": `const shifted = (x: Tensor, by: Tensor = ones([3])): Tensor => add(x, by);
export function f(x: Tensor<[8, 3]>, y: Tensor<[5]>): Tensor {
  return add(sum(shifted(x)), shifted(y, ones([5])));
}`,
  "a reduction over layers": `export function f(x: Tensor<[8, 3]>, ws: Tensor[]): Tensor {
  return ws.reduce((h, w) => matmul(h, w), x as Tensor);
}`,
  "a state of several tensors": `interface State { h: Tensor; c: Tensor }
const step = ({ h, c }: State, x: Tensor, w: Tensor): State => {
  const next = tanh(add(matmul(x, w), h));
  return { h: mul(next, c), c: add(c, next) };
};
export function f(xs: Tensor<[7, 2, 3]>, w: Tensor<[3, 4]>): Tensor {
  let state: State = { h: zeros([2, 4]), c: zeros([2, 4]) };
  for (const x of unstack(xs)) state = step(state, x, w);
  return mul(state.h, zeros([4]));
}`,
};
