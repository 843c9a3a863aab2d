/**
 * TensorFlow.js, which computes in float32: its plain backend and the one in WebAssembly. It has no product with a Hessian
 * here: a gradient is made of kept results, which have no derivative, so that of `sigmoid` is not differentiated again.
 */
import "@tensorflow/tfjs-backend-wasm";
import * as tf from "@tensorflow/tfjs";

// Without it, a banner is printed that recommends another package.
tf.env().set("IS_TEST", true);

const waves = (x) => tf.add(tf.square(x), tf.sin(tf.square(x)));
/** Weights have a row for each output. */
const linear = (x, w, b) => tf.add(tf.matMul(x, w, false, true), b);
const tensorOf = ({ data, shape }) => tf.tensor(Float32Array.from(data), shape);
const rowOf = (data) => tensorOf({ data, shape: [data.length] });
const tensorsOf = (network) => ["w1", "b1", "w2", "b2"].map((name) => tensorOf(network[name]));
const numbers = (tensors) => tensors.map((tensor) => tensor.dataSync());

const problems = {
  waves: ({ x, v }) => {
    const [ofX, ofV] = [rowOf(x), rowOf(v)];
    const gradient = tf.grad(waves);
    return () => [gradient(ofX, ofV)];
  },
  waveSum: ({ x }) => {
    const ofX = rowOf(x);
    const gradient = tf.grad((each) => tf.sum(waves(each)));
    return () => [gradient(ofX)];
  },
  classifier: ({ network, x, labels }) => {
    const ofX = tensorOf(x);
    const targets = tf.oneHot(tf.tensor1d(labels.data, "int32"), network.b2.shape[0]);
    const gradient = tf.valueAndGrads((w1, b1, w2, b2) => {
      const logits = linear(tf.relu(linear(ofX, w1, b1)), w2, b2);
      const shifted = tf.sub(logits, tf.logSumExp(logits, 1, true));
      return tf.neg(tf.mean(tf.sum(tf.mul(shifted, targets), 1)));
    });
    const layers = tensorsOf(network);
    return () => {
      const { value, grads } = gradient(layers);
      return [value, ...grads];
    };
  },
};

async function backend(name) {
  await tf.setBackend(name);
  const own = (problem) => (inputs) => {
    tf.setBackend(name);
    const run = problem(inputs);
    // What is read is computed; tensors in between are let go.
    return () => {
      tf.setBackend(name);
      return tf.tidy(() => numbers(run()));
    };
  };
  return {
    name: `tfjs ${tf.version_core}, ${name}`,
    solvers: Object.fromEntries(Object.entries(problems).map(([key, problem]) => [key, own(problem)])),
  };
}

export const libraries = async () => [await backend("cpu"), await backend("wasm")];
