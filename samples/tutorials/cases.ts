/** PyTorch's values for the tutorials' examples: reading them from the files that the tests hold. */
import { readFileSync, readdirSync } from "node:fs";
import { type Tensor, tensor } from "tsgrad";

type Entry = number | "NaN" | "Infinity" | "-Infinity";

/** An array, row by row. */
export interface Stored {
  readonly shape: readonly number[];
  readonly data: readonly Entry[];
  readonly dtype?: "float32" | "int64";
}

/** What is kept of a large array. */
export interface Digest {
  readonly shape_of: readonly number[];
  readonly sum: number;
  readonly sumsq: number;
  /** The sum with weights that go from -3 to 3 again and again. */
  readonly "wsum_i%7-3": number;
  readonly sample_index: readonly number[];
  readonly sample: Stored;
}

/** A call that PyTorch refuses. */
export interface Refusal {
  readonly raises: true;
  readonly message: string;
}

/** A call of PyTorch's that was tried, and came to a value. */
export interface Returned {
  readonly raises: false;
  readonly result: Output;
}

/** Several outputs together; a text, a number or a boolean is a remark. */
export type Output = Stored | Digest | Refusal | Returned | Outputs | string | number | boolean | null;

export interface Outputs {
  readonly [part: string]: Output;
}

interface LargeInput {
  readonly shape: readonly number[];
  readonly recipe: string;
}

export interface Case {
  readonly name: string;
  readonly description: string;
  readonly inputs: Readonly<Record<string, Stored | LargeInput | string>>;
  readonly outputs: Outputs;
}

export type Tensors = Readonly<Record<string, Tensor>>;

const folder = new URL("../../test/oracle/cases/", import.meta.url);

export const caseNames: readonly string[] = readdirSync(folder)
  .map((file) => file.replace(".json", ""))
  .sort();

export function readCase(name: string): Case {
  return JSON.parse(readFileSync(new URL(`${name}.json`, folder), "utf8")) as Case;
}

export function inputsOf({ inputs }: Case): Tensors {
  const tensors: Record<string, Tensor> = {};
  for (const [name, input] of Object.entries(inputs)) {
    if (typeof input === "string") continue;
    tensors[name] = "data" in input ? tensorOf(input) : madeBy(input);
  }
  return tensors;
}

function tensorOf({ shape, data, dtype }: Stored): Tensor {
  return tensor(Float64Array.from(data, Number), [...shape], dtype === "int64" ? "int32" : "float64");
}

const scrambled = (i: number): number => 2 * (((i * 7919) % 10007) / 10007) - 1;
const otherwise = (i: number): number => 2 * (((i * 104729) % 9973) / 9973) - 1;

/** The recipes of large inputs, by how they begin: the element at index `i` of `size`. */
const recipes: Readonly<Record<string, (i: number, size: number) => number>> = {
  "x_i = 2*(((i*7919) % 10007)/10007) - 1 (column 0), y_i": (i) =>
    i % 2 === 0 ? scrambled(i / 2) : otherwise((i - 1) / 2),
  "x_i = ": scrambled,
  "y_i = ": otherwise,
  "v_i = ": (i) => ((i % 5) - 2) / 2,
  "t_i = ": (i) => ((i % 7) - 3) / 3,
  // From either end, as PyTorch does it.
  "linspace(0,5,N)": (i, size) => (i < size / 2 ? (5 / (size - 1)) * i : 5 - (5 / (size - 1)) * (size - 1 - i)),
};

function madeBy({ shape, recipe }: LargeInput): Tensor {
  const size = shape.reduce((product, length) => product * length, 1);
  const made = Object.entries(recipes).find(([start]) => recipe.startsWith(start))?.[1];
  if (made === undefined) throw new Error(`There is no recipe "${recipe}"`);
  return tensor(
    Float64Array.from({ length: size }, (_, i) => made(i, size)),
    [...shape],
  );
}
