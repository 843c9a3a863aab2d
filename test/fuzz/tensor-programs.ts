/**
 * Random programs over tensors: elementwise functions with broadcasting, reductions, shapes, products, loops and branches,
 * numbers beside tensors. Every value has a shape that is known as the program is made, so that operations fit, and a size
 * that stays moderate, so that differences can be trusted.
 */
import { seeded, type Random } from "../support/random.ts";

/** The source of one program: a function that gives a tensor, and its weighted sum for derivatives of second order. */
export interface TensorProgram {
  readonly text: string;
  /** The shapes of the parameters `x`, `y` and `z`; `s` is a number. */
  readonly shapes: readonly (readonly number[])[];
}

interface Value {
  readonly name: string;
  readonly shape: readonly number[];
}

/** The operations that programs use: what they import. */
export const operations =
  "abs add atan2 broadcastTo concat cos cumsum div einsum erf exp expandDims flip gelu greater index layerNorm linear " +
  "logSoftmax logsumexp matmul max maximum mean min mul norm outer permuteDims prod reshape sigmoid silu sin slice softmax " +
  "softplus sqrt square stack sub sum take tanh tensor transpose variance where";

export function tensorProgram(seed: number, index: number): TensorProgram {
  return new Maker(seeded(seed * 1000003 + index)).program(index);
}

class Maker {
  readonly #random: Random;
  readonly #lines: string[] = [];
  #values: Value[] = [];
  #names = 0;

  constructor(random: Random) {
    this.#random = random;
  }

  program(index: number): TensorProgram {
    const [n, m] = [1 + this.#below(3), 2 + this.#below(2)];
    const shapes = [[n, m], [m, 2], this.#pick<number[]>([[m], [n, 1], [1, m], [], [2, n, m]])];
    this.#values = ["x", "y", "z"].map((name, k) => ({ name, shape: shapes[k]! }));
    const steps = 3 + this.#below(5);
    for (let step = 0; step < steps; step++) this.#statement();
    // All that was made counts.
    const last = this.#values.at(-1)!;
    const others = this.#values.slice(3, -1).map((value) => `mean(${value.name})`);
    const result = others.reduce((sum, term) => `add(${sum}, mul(${term}, 0.3))`, last.name);
    const params = "x: Tensor, y: Tensor, z: Tensor, s: number";
    const name = `program${String(index)}`;
    const text = [
      `/** @differentiable vjp pullback jvp */`,
      `export function ${name}(${params}): Tensor {`,
      ...this.#lines.map((line) => `  ${line}`),
      `  return ${result};`,
      `}`,
      `/** @differentiable grad hvp */`,
      `export function ${name}Sum(${params}): number {`,
      `  const made = ${name}(x, y, z, s);`,
      `  return sum(mul(made, sin(made))).item();`,
      `}`,
    ].join("\n");
    return { text, shapes };
  }

  #statement(): void {
    const kind = this.#random.uniform();
    const value = this.#pick(this.#values);
    if (kind < 0.1) {
      const name = this.#fresh();
      const times = 1 + this.#below(3);
      this.#lines.push(
        `let ${name} = ${value.name};`,
        `for (let i = 0; i < ${String(times)}; i++) ${name} = ${this.#loopStep(name)};`,
      );
      this.#values.push({ name, shape: value.shape });
    } else if (kind < 0.18) {
      const name = this.#fresh();
      const test = this.#pick(["s > 0.2", `mean(${value.name}).item() < 0.1`, "x.shape[0]! > 1"]);
      this.#lines.push(
        `let ${name} = ${value.name};`,
        `if (${test}) ${name} = ${this.#unary(name)};`,
        `else ${name} = mul(${name}, s);`,
      );
      this.#values.push({ name, shape: value.shape });
    } else {
      const made = this.#operation();
      const name = this.#fresh();
      this.#lines.push(`const ${name} = ${made.name};`);
      this.#values.push({ name, shape: made.shape });
    }
  }

  #loopStep(name: string): string {
    return this.#pick([
      `add(mul(${name}, 0.5), sin(${name}))`,
      `mul(tanh(${name}), add(s, i))`,
      `sub(${name}, mul(square(${name}), 0.1))`,
    ]);
  }

  #unary(name: string): string {
    return this.#pick([
      `sin(${name})`,
      `cos(${name})`,
      `tanh(${name})`,
      `sigmoid(${name})`,
      `softplus(${name})`,
      `gelu(${name})`,
      `silu(${name})`,
      `erf(${name})`,
      `exp(tanh(${name}))`,
      `sqrt(add(square(${name}), 1))`,
      `${name}.square().mul(0.3)`,
      `abs(add(square(${name}), -0.013))`,
    ]);
  }

  #operation(): Value {
    const a = this.#pick(this.#values);
    switch (this.#below(9)) {
      case 0:
        return { ...a, name: this.#unary(a.name) };
      case 1:
      case 2:
        return this.#binary(a);
      case 3:
        return this.#reduction(a);
      case 4:
      case 5:
        return this.#shaped(a);
      case 6:
        return this.#product(a);
      case 7:
        return this.#alongLast(a);
      default:
        return this.#joined(a);
    }
  }

  #binary(a: Value): Value {
    const numbers = ["s", "0.7", "mul(s, 2)"];
    const fitting = this.#values.filter((other) => broadcast(a.shape, other.shape) !== undefined);
    const b = this.#pick(fitting);
    const other = this.#random.uniform() < 0.2 ? this.#pick(numbers.slice(0, 2)) : b.name;
    const shape = other === b.name ? broadcast(a.shape, b.shape)! : a.shape;
    const [p, q] = this.#random.uniform() < 0.5 ? [a.name, other] : [other, a.name];
    const name = this.#pick([
      `add(${p}, ${q})`,
      `sub(${p}, ${q})`,
      `mul(${p}, ${q})`,
      `div(${p}, add(square(${q === other && other !== b.name ? a.name : q}), 1.3))`,
      `atan2(${p}, add(square(${a.name}), 0.8))`,
      `maximum(${p}, mul(${q}, 1.017))`,
      `where(greater(${p}, 0.05), ${p}, mul(${q}, 0.5))`,
    ]);
    // What is left of an operand that did not make it into the text has its shape.
    const used = [a, b].filter((value) => new RegExp(`\\b${value.name}\\b`).test(name));
    return { name, shape: used.length === 2 ? shape : (used[0] ?? a).shape };
  }

  #reduction(a: Value): Value {
    const op = this.#pick(["sum", "mean", "max", "min", "norm", "prod", "logsumexp", "variance"]);
    if (a.shape.length === 0 || this.#random.uniform() < 0.2) return { name: `${op}(${a.name})`, shape: [] };
    const axis = this.#below(a.shape.length);
    const text = this.#random.uniform() < 0.5 ? axis : axis - a.shape.length;
    const keepdims = this.#random.uniform() < 0.5;
    const shape = a.shape.flatMap((length, k) => (k === axis ? (keepdims ? [1] : []) : [length]));
    return { name: `${op}(${a.name}, { axis: ${String(text)}${keepdims ? ", keepdims: true" : ""} })`, shape };
  }

  #shaped(a: Value): Value {
    const { name, shape } = a;
    const rank = shape.length;
    const size = shape.reduce((x, y) => x * y, 1);
    const choices: Value[] = [
      { name: `reshape(${name}, [${String(size)}])`, shape: [size] },
      { name: `expandDims(${name}, { axis: 0 })`, shape: [1, ...shape] },
      { name: `reshape(${name}, [-1, 1])`, shape: [size, 1] },
    ];
    if (rank >= 1) {
      const axis = this.#below(rank);
      const rest = shape.filter((_, k) => k !== axis);
      choices.push(
        { name: `index(${name}, -1, { axis: ${String(axis)} })`, shape: rest },
        { name: `flip(${name}, { axis: ${String(axis)} })`, shape },
        { name: `cumsum(${name}, { axis: ${String(axis)} })`, shape },
        {
          name: `take(${name}, tensor([0, ${String(shape[axis]! - 1)}, 0], [3], "int32"), { axis: ${String(axis)} })`,
          shape: shape.map((length, k) => (k === axis ? 3 : length)),
        },
        {
          name: `slice(${name}, [${shape.map(() => "0").join(", ")}], [${shape.map((length, k) => String(k === axis ? Math.max(1, length - 1) : length)).join(", ")}])`,
          shape: shape.map((length, k) => (k === axis ? Math.max(1, length - 1) : length)),
        },
      );
    }
    if (rank >= 2)
      choices.push(
        { name: `transpose(${name})`, shape: [...shape.slice(0, -2), shape.at(-1)!, shape.at(-2)!] },
        {
          name: `permuteDims(${name}, [${shape.map((_, k) => rank - 1 - k).join(", ")}])`,
          shape: [...shape].reverse(),
        },
      );
    if (rank <= 2) choices.push({ name: `broadcastTo(${name}, [2, ${shape.join(", ")}])`, shape: [2, ...shape] });
    return this.#pick(
      choices.filter((value) => value.shape.length <= 4 && value.shape.reduce((x, y) => x * y, 1) <= 48),
    );
  }

  #product(a: Value): Value {
    const fits = this.#values.filter(
      (b) => a.shape.length >= 1 && b.shape.length === 2 && b.shape[0] === a.shape.at(-1),
    );
    if (fits.length > 0 && this.#random.uniform() < 0.7) {
      const b = this.#pick(fits);
      const shape = [...a.shape.slice(0, -1), b.shape[1]!];
      const transposed = `linear(${a.name}, transpose(${b.name}))`;
      const isMatrix = a.shape.length === 2;
      return {
        name: this.#pick([
          `matmul(${a.name}, ${b.name})`,
          `${a.name}.matmul(${b.name})`,
          transposed,
          ...(isMatrix ? [`einsum("ij,jk->ik", ${a.name}, ${b.name})`] : []),
        ]),
        shape,
      };
    }
    const vectors = this.#values.filter((value) => value.shape.length === 1);
    if (vectors.length === 0) return { name: `mul(${a.name}, tensor([s, s * s]).sum())`, shape: a.shape };
    const [p, q] = [this.#pick(vectors), this.#pick(vectors)];
    return { name: `outer(${p.name}, ${q.name})`, shape: [p.shape[0]!, q.shape[0]!] };
  }

  #alongLast(a: Value): Value {
    if (a.shape.length === 0) return { ...a, name: this.#unary(a.name) };
    const axis = this.#below(a.shape.length);
    return {
      ...a,
      name: this.#pick([
        `softmax(${a.name}, { axis: ${String(axis)} })`,
        `logSoftmax(${a.name})`,
        ...(a.shape.at(-1)! > 1 ? [`layerNorm(${a.name}, { axes: -1, eps: 0.1 })`] : []),
      ]),
    };
  }

  #joined(a: Value): Value {
    const alike = this.#values.filter(
      (b) => b.shape.length === a.shape.length && b.shape.every((length, k) => k === 0 || length === a.shape[k]),
    );
    const b = this.#pick(alike);
    const isSame = a.shape[0] === b.shape[0];
    if (a.shape.length === 0 || (isSame && this.#random.uniform() < 0.5 && a.shape.length < 3))
      return { name: `stack([${a.name}, ${b.name}], { axis: ${String(a.shape.length)} })`, shape: [...a.shape, 2] };
    const shape = [a.shape[0]! + b.shape[0]!, ...a.shape.slice(1)];
    return { name: `concat([${a.name}, ${b.name}])`, shape };
  }

  #fresh(): string {
    return `t${String(this.#names++)}`;
  }

  #below(n: number): number {
    return Math.floor(this.#random.uniform() * n);
  }

  #pick<T>(list: readonly T[]): T {
    return list[this.#below(list.length)]!;
  }
}

function broadcast(a: readonly number[], b: readonly number[]): readonly number[] | undefined {
  const rank = Math.max(a.length, b.length);
  const shape: number[] = [];
  for (let axis = 0; axis < rank; axis++) {
    const p = a[axis - rank + a.length] ?? 1;
    const q = b[axis - rank + b.length] ?? 1;
    if (p !== q && p !== 1 && q !== 1) return undefined;
    shape.push(p === 1 ? q : p);
  }
  return shape;
}
