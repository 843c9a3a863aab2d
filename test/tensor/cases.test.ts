/** The values of the tutorials' examples, computed with tensors, against PyTorch's. */
import { expect, test } from "vitest";
import * as t from "../../runtime/index.ts";
import { type Stored, expectClose, readCase, tensorOf, tolerance } from "../support/oracle.ts";
import { build } from "../support/tensors.ts";

/** What is kept of a large array. */
interface Digest {
  readonly shape_of: readonly number[];
  readonly sum: number;
  readonly sumsq: number;
  readonly "wsum_i%7-3": number;
  readonly sample_index: readonly number[];
  readonly sample: Stored;
}

function close(actual: t.Tensor, stored: unknown): void {
  if (!("sum" in (stored as object))) {
    expectClose(actual, stored as Stored, tolerance(1e-10, stored as Stored));
    return;
  }
  const digest = stored as Digest;
  expect(actual.shape).toEqual(digest.shape_of);
  const all = Array.from(actual.data);
  const scale = all.reduce((sum, value) => sum + Math.abs(value) + value * value, 0);
  const near = (value: number, wanted: number): void =>
    expect(Math.abs(value - wanted)).toBeLessThanOrEqual(1e-10 * scale);
  near(
    all.reduce((sum, value) => sum + value, 0),
    digest.sum,
  );
  near(
    all.reduce((sum, value) => sum + value * value, 0),
    digest.sumsq,
  );
  near(
    all.reduce((sum, value, i) => sum + value * ((i % 7) - 3), 0),
    digest["wsum_i%7-3"],
  );
  const samples = t.tensor(digest.sample_index.map((i) => all[i]!));
  expectClose(samples, digest.sample, tolerance(1e-10, digest.sample));
}

type Tensors = Readonly<Record<string, t.Tensor>>;

function inputsOf(name: string): Tensors {
  const { inputs } = readCase(name);
  const stored = Object.entries(inputs).filter(([, value]) => typeof value === "object" && "data" in value);
  return Object.fromEntries(stored.map(([key, value]) => [key, tensorOf(value)]));
}

function check(name: string, values: (inputs: Tensors) => Tensors): void {
  const { outputs } = readCase(name);
  for (const [key, value] of Object.entries(values(inputsOf(name)))) close(value, outputs[key]);
}

test("a scalar loss, sines, a product", () => {
  check("s0-01-scalar-loss", ({ x }) => ({ loss: t.sum(t.pow(x!, 2)) }));
  check("s0-02-sin-vjp", ({ x }) => ({ y: t.sin(x!) }));
  check("s0-04-linear-Ax", ({ A, x }) => ({ y: t.matmul(A!, x!) }));
  check("s0-05-jacobian-functional", ({ x }) => {
    const [a, b, c] = t.unstack(x!) as [t.Tensor, t.Tensor, t.Tensor];
    return { y: t.stack([a.mul(b).add(c), a.sin().add(b.pow(2))]) };
  });
  check("s0-07-batched-linear", ({ A, x_batch }) => ({ y_batch: t.matmul(x_batch!, t.transpose(A!)) }));
});

function perceptron({ x, y_true, W1, b1, W2, b2 }: Tensors): Tensors {
  const hidden = t.relu(t.linear(x!, W1!, b1));
  const logits = t.linear(hidden, W2!, b2);
  return { hidden, logits, loss: t.crossEntropy(logits, y_true!) };
}

test("a network of 10, 64 and 10, with batches of 4 and 32", () => {
  check("s0-08a-mlp-10-64-10-b4", perceptron);
  const { W1, b1, W2, b2 } = inputsOf("s0-08a-mlp-10-64-10-b4");
  check("s0-08b-mlp-10-64-10-b32", (inputs) => perceptron({ ...inputs, W1: W1!, b1: b1!, W2: W2!, b2: b2! }));
});

function convolutional(x: t.Tensor, inputs: Tensors, activation: (x: t.Tensor) => t.Tensor): t.Tensor {
  const { conv_w, conv_b, lin_w, lin_b } = inputs;
  const seen = activation(t.conv2d(x, conv_w!, { bias: conv_b, padding: 1 }));
  return t.linear(t.flatten(seen, { startAxis: 1 }), lin_w!, lin_b);
}

function dense(x: t.Tensor, { W1, b1, W2, b2 }: Tensors): t.Tensor {
  return t.linear(t.tanh(t.linear(t.flatten(x, { startAxis: 1 }), W1!, b1)), W2!, b2);
}

test.each([
  ["s0-09a-wgan-gp-conv-leaky", (x, inputs) => convolutional(x, inputs, (y) => t.leakyRelu(y, { negativeSlope: 0.2 }))],
  ["s0-09b-wgan-gp-conv-tanh", (x, inputs) => convolutional(x, inputs, t.tanh)],
  ["s0-09c-wgan-gp-dense-tanh", dense],
] satisfies readonly (readonly [string, (x: t.Tensor, inputs: Tensors) => t.Tensor])[])(
  "the critic %s",
  (name, critic) => {
    check(name, (inputs) => {
      const { real, fake, alpha } = inputs;
      const interpolated = t.add(t.mul(alpha!, real!), t.mul(t.sub(1, alpha!), fake!));
      // The penalty from the gradients that are stored: its own operations.
      const { gradients } = readCase(name).outputs;
      const norms = t.norm(t.flatten(tensorOf(gradients!), { startAxis: 1 }), { axis: 1 });
      return {
        interpolated,
        critic_output: critic(interpolated, inputs),
        norms,
        penalty: t.mean(t.square(t.sub(norms, 1))),
      };
    });
  },
);

test("a network of 3, 5 and 1", () => {
  const network = (x: t.Tensor, { W1, b1, W2, b2 }: Tensors): t.Tensor =>
    t.linear(t.sigmoid(t.linear(x, W1!, b1)), W2!, b2);
  check("s1-01-mlp-3-5-1-gradient", (inputs) => {
    const output = network(inputs.x!, inputs);
    return { output, loss: t.mseLoss(output, inputs.y!) };
  });
  check("s1-03-mlp-3-5-1-jvp-of-outputs", (inputs) => ({ outputs: network(inputs.xb!, inputs) }));
  check("s1-05-mlp-3-5-1-batch4", (inputs) => ({ loss: t.mseLoss(network(inputs.xb!, inputs), inputs.yb!) }));
});

const columnOf = (x: t.Tensor, k: number): t.Tensor => t.index(x, k, { axis: 1 });
/** The recipes of large inputs. */
const firstOf = (n: number): t.Tensor => build([n], (i) => 2 * (((i * 7919) % 10007) / 10007) - 1);
const secondOf = (n: number): t.Tensor => build([n], (i) => 2 * (((i * 104729) % 9973) / 9973) - 1);

test.each([8, 1000])("functions of batches of %i", (n) => {
  const name = (of: string): string => `${of}-n${String(n)}`;
  const given = (of: string, key: string, recipe: t.Tensor): t.Tensor => inputsOf(name(of))[key] ?? recipe;
  const pairs = (of: string): t.Tensor => given(of, "x", t.stack([firstOf(n), secondOf(n)], { axis: 1 }));
  const product = (x: t.Tensor, y: t.Tensor): t.Tensor => t.add(t.mul(x, y), t.sin(t.mul(x, t.pow(y, 2))));
  const three = (x: t.Tensor, y: t.Tensor): t.Tensor =>
    t.stack([t.mul(x, y), t.sin(x.add(y.pow(2))), x.pow(2).sub(y.mul(3))], { axis: 1 });
  check(name("s2-01-x2-sinx2"), () => {
    const square = t.pow(given("s2-01-x2-sinx2", "x", t.linspace(0, 5, n)), 2);
    return { y: t.add(square, t.sin(square)) };
  });
  check(name("s2-02-batch-n-by-2"), () => {
    const x = pairs("s2-02-batch-n-by-2");
    return { y: product(columnOf(x, 0), columnOf(x, 1)) };
  });
  check(name("s2-03-two-inputs"), () => {
    const of = "s2-03-two-inputs";
    return { y: product(given(of, "x", firstOf(n)), given(of, "y", secondOf(n))) };
  });
  check(name("s2-04-jacobian-n-3-2"), () => {
    const x = pairs("s2-04-jacobian-n-3-2");
    return { y: three(columnOf(x, 0), columnOf(x, 1)) };
  });
});
