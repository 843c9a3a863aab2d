/** jax-js on its WebAssembly backend, in float32, with compiled functions. */
// Node 20 has neither; it asks for both.
globalThis.navigator ??= {};
globalThis.Float16Array ??= class {};
const { defaultDevice, grad, init, jit, jvp, nn, numpy: np, valueAndGrad, vjp } = await import("@jax-js/jax");

const waves = (x) => {
  const square = np.square(x);
  return square.ref.add(np.sin(square));
};
/** Weights have a row for each output. An array is used up by what takes it, but for `ref`. */
const linear = (x, w, b) => np.matmul(x, w.transpose()).add(b);
const arrayOf = ({ data, shape }) => np.array(Float32Array.from(data)).reshape(shape);
const names = ["w1", "b1", "w2", "b2"];
const arraysOf = (network) => names.map((name) => arrayOf(network[name]));
const numbers = (arrays) => arrays.map((each) => each.dataSync());
const refs = (arrays) => arrays.map((each) => each.ref);

const problems = {
  waves: ({ x, v }) => {
    const [ofX, ofV] = [x, v].map((each) => np.array(Float32Array.from(each)));
    const gradient = jit((at, along) => vjp(waves, [at])[1](along)[0]);
    return () => numbers([gradient(ofX.ref, ofV.ref)]);
  },
  waveSum: ({ x }) => {
    const ofX = np.array(Float32Array.from(x));
    const gradient = jit(grad((each) => np.sum(waves(each))));
    return () => numbers([gradient(ofX.ref)]);
  },
  classifier: ({ network, x, labels }) => {
    const ofX = arrayOf(x);
    const targets = nn.oneHot(np.array(Int32Array.from(labels.data)), network.b2.shape[0]);
    const loss = ([w1, b1, w2, b2]) => {
      const logits = linear(nn.relu(linear(ofX.ref, w1, b1)), w2, b2);
      return np.mean(np.sum(nn.logSoftmax(logits, 1).mul(targets.ref), 1)).neg();
    };
    const gradient = jit(valueAndGrad(loss));
    const layers = arraysOf(network);
    return () => {
      const [value, grads] = gradient(refs(layers));
      return numbers([value, ...grads]);
    };
  },
  hessianProduct: ({ network, x, y, along }) => {
    const [ofX, ofY] = [arrayOf(x), arrayOf(y)];
    const loss = ([w1, b1, w2, b2]) =>
      np.mean(np.square(linear(nn.sigmoid(linear(ofX.ref, w1, b1)), w2, b2).sub(ofY.ref)));
    const product = jit((at, dots) => jvp(grad(loss), [at], [dots])[1]);
    const [layers, directions] = [arraysOf(network), arraysOf(along)];
    return () => numbers(product(refs(layers), refs(directions)));
  },
};

export const libraries = async () => {
  await init();
  defaultDevice("wasm");
  return [{ name: "jax-js 0.1.25, wasm", solvers: problems }];
};
