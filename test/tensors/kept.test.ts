/** What is needed in reverse is kept, and nothing else: read off the tapes of generated code. */
import path from "node:path";
import { expect, test } from "vitest";
import { compile } from "../../compiler/index.ts";
import { root } from "../support/load.ts";

const file = path.join(root, "test/tensors/kept.ts");

async function generated(body: string): Promise<string> {
  const names =
    "add conv2d type int rsqrt slogdet unstack variance linear matmul maxPool2d mean mul relu leakyRelu sigmoid softplus split square sub sum tanh concat";
  const imports = names.replaceAll("type int", "type@int").split(" ").join(", ").replaceAll("@", " ");
  const source = `import { type Tensor, ${imports} } from "tsgrad";\n${body}`;
  const { files, reports } = await compile({ cwd: root, files: [file], overlay: new Map([[file, source]]) });
  expect(reports.filter((report) => report.severity === "error")).toEqual([]);
  return files[0]!.text!;
}

/** What is pushed: whole tensors, and outlines that have no elements. */
function kept(text: string): { readonly whole: readonly string[]; readonly outlines: number } {
  const names = [...text.matchAll(/\.push\((\w+)\)/g)].map(([, name]) => name!);
  const isOutline = (name: string): boolean => /Outlines?\d*$/.test(name);
  return { whole: names.filter((name) => !isOutline(name)).sort(), outlines: names.filter(isOutline).length };
}

test("a residual network keeps what each layer begins with, and what it makes before the kink", async () => {
  const text = await generated(`
    /** @differentiable grad
     * @wrt layers */
    export function loss(x: Tensor, layers: { w: Tensor; b: Tensor }[]): Tensor {
      let h = x;
      for (const { w, b } of layers) h = add(h, relu(linear(h, w, b)));
      return mean(square(h));
    }`);
  expect(kept(text)).toEqual({ whole: ["affine", "h"], outlines: 0 });
});

test.each(["relu", "leakyRelu"])(
  "a network of %s layers keeps what each layer gives, and nothing twice",
  async (kink) => {
    const text = await generated(`
    /** @differentiable grad
     * @wrt layers */
    export function loss(x: Tensor, layers: { w: Tensor; b: Tensor }[]): Tensor {
      let h = x;
      for (const { w, b } of layers) h = ${kink}(linear(h, w, b));
      return mean(square(h));
    }`);
    // The second is the first of the next layer.
    expect(kept(text)).toEqual({ whole: ["h", "h2"], outlines: 0 });
  },
);

test("a gated recurrent unit keeps its gates, and of products only their shapes; what is cheap to have of those is not kept", async () => {
  const text = await generated(`
    export interface Cell { wz: Tensor; uz: Tensor; bz: Tensor; wr: Tensor; ur: Tensor; br: Tensor; wh: Tensor; uh: Tensor; bh: Tensor }
    /** @differentiable grad
     * @wrt p */
    export function loss(xs: Tensor[], start: Tensor, p: Cell): Tensor {
      let h = start;
      for (const x of xs) {
        const z = sigmoid(add(add(matmul(x, p.wz), matmul(h, p.uz)), p.bz));
        const r = sigmoid(add(add(matmul(x, p.wr), matmul(h, p.ur)), p.br));
        const n = tanh(add(add(matmul(x, p.wh), matmul(mul(r, h), p.uh)), p.bh));
        h = add(mul(sub(1, z), h), mul(z, n));
      }
      return sum(square(h));
    }`);
  expect(kept(text).whole).toEqual(["h", "n", "r", "z"]);
  expect(kept(text).outlines).toBe(8);
});

test("neither a total of tensors is kept from step to step, nor a product of what is there anyway", async () => {
  const text = await generated(`
    /** @differentiable vjp
     * @wrt x */
    export function total(x: Tensor, parts: Tensor[]): Tensor {
      let all = x;
      for (const part of parts) all = add(all, softplus(mul(part, x)));
      return all;
    }`);
  expect(kept(text).whole).toEqual([]);
});

test("what would have another tensor kept in its place is not computed again", async () => {
  const text = await generated(`
    /** @differentiable grad
     * @wrt x */
    export function iterated(x: Tensor, steps: int): Tensor {
      let y = x;
      for (let i = 0; i < steps; i++) y = sub(y, tanh(mul(y, 2)));
      return sum(y);
    }`);
  expect(kept(text).whole).toEqual(["tanhValue"]);
  const other = await generated(`
    /** @differentiable grad
     * @wrt x */
    export function iterated(x: Tensor, steps: int): Tensor {
      let y = x;
      for (let i = 0; i < steps; i++) y = sub(y, square(mul(y, 2)));
      return sum(y);
    }`);
  expect(kept(other).whole).toEqual(["product"]);
});

test("a total that begins with a sum is not kept", async () => {
  const text = await generated(`
    /** @differentiable grad
     * @wrt w */
    export function loss(xs: Tensor[], w: Tensor): Tensor {
      let all = sum(w);
      for (const x of xs) all = add(all, sum(matmul(x, w)));
      return all;
    }`);
  expect(kept(text).whole).toEqual([]);
});

test("of lists whose tensors are asked for their shapes alone, outlines are kept", async () => {
  const text = await generated(`
    /** @differentiable grad
     * @wrt w */
    export function loss(xs: Tensor[], start: Tensor, w: Tensor): Tensor {
      let h = start;
      for (const x of xs) {
        const [a, b] = split(matmul(add(h, x), w), [2, 2], { axis: -1 });
        h = add(a, b);
        for (const row of unstack(h)) h = add(h, row);
        h = add(h, slogdet(matmul(x, w))[1]);
      }
      return sum(square(h));
    }`);
  // Of h, which is added to x and squared, and of the product that is inverted, elements are read.
  expect(kept(text).whole).toEqual(["h", "product2"]);
  for (const name of ["slogdet", "split", "unstack"]) expect(text).toContain(`outlines(${name}Value)`);
});

test("a recursive function keeps no result for its shape", async () => {
  const text = await generated(`
    /** @differentiable grad
     * @wrt w */
    export function loss(xs: Tensor[], left: int[], right: int[], w: Tensor): Tensor {
      return sum(tree(xs, left, right, 0, w));
    }
    function tree(xs: Tensor[], left: int[], right: int[], at: int, w: Tensor): Tensor {
      let h = matmul(xs[at]!, w);
      if (left[at]! >= 0) h = add(h, tree(xs, left, right, left[at]!, w));
      if (right[at]! >= 0) h = add(h, tree(xs, left, right, right[at]!, w));
      return h;
    }`);
  expect(kept(text)).toEqual({ whole: ["argument", "argument", "taken", "taken2"], outlines: 7 });
});

test("what becomes a part of a longer tensor is not kept for that", async () => {
  const text = await generated(`
    /** @differentiable grad
     * @wrt w */
    export function loss(xs: Tensor[], start: Tensor, w: Tensor): Tensor {
      let h = start;
      for (const x of xs) h = tanh(matmul(concat([matmul(h, w), x], { axis: -1 }), w));
      return sum(h);
    }`);
  expect(kept(text).whole).toEqual(["concatValue", "h", "h2"]);
});

test("one cotangent of two operands is stored once", async () => {
  const text = await generated(`
    /** @differentiable vjp */
    export function gate(x: Tensor, h: Tensor, w: Tensor, u: Tensor, b: Tensor): Tensor {
      return sigmoid(add(add(matmul(x, w), matmul(h, u)), b));
    }`);
  const reverse = text.slice(text.indexOf("adjoint of"));
  expect(reverse.match(/arrayLike\(/g)).toBeNull();
  expect(text.match(/Data\d*\[i\] = productAt/g)).toHaveLength(1);
});

test("a normalisation by hand is one group of loops, with what is made of means and variances in between", async () => {
  const text = await generated(`
    /** @differentiable vjp */
    export function norm(x: Tensor): Tensor {
      const mu = mean(x, { axis: -1, keepdims: true });
      return mul(sub(x, mu), rsqrt(add(variance(x, { axis: -1, keepdims: true }), 1e-5)));
    }`);
  expect(text.match(/stepsOf\(/g)).toHaveLength(2);
  expect(text).not.toContain("areAlike(");
  expect(text).toContain("Data[k] = round(1 / Math.sqrt(");
});

test("a loop to the length of an axis is counted", async () => {
  const text = await generated(`
    /** @differentiable grad
     * @wrt w */
    export function loss(xs: Tensor[], x: Tensor, w: Tensor): Tensor {
      let h = x;
      for (let t = 0; t < w.shape[0]!; t++) h = tanh(matmul(h, w));
      return sum(h);
    }`);
  expect(text).toContain("t < w.shape[0]");
  expect(text).not.toContain("trips");
});

test("a kink is told by what is kept anyway", async () => {
  const text = await generated(`
    /** @differentiable grad
     * @wrt w, k */
    export function loss(x: Tensor, w: Tensor, k: Tensor): Tensor {
      return sum(square(linear(relu(matmul(x, w)), k)));
    }`);
  expect(text).toContain("reluValueData[i] > 0");
});
