/** Every number of PyTorch's tutorials, through the code that is generated for the samples. */
import { describe, expect, it, test } from "vitest";
import { caseNames, inputsOf, readCase } from "../../samples/tutorials/cases.ts";
import { compare } from "../../samples/tutorials/compare.ts";
import { examples } from "../../samples/tutorials/examples/index.ts";
import { ones, tensor } from "../../runtime/index.ts";

/** Outputs of a case that say something about its numbers or about PyTorch. */
const remarks =
  /^(match|matches_formula|fd_check_max_abs_err|linspace_recipe_max_abs_diff|dpenalty_is_None_in_torch)$|_shape$/;

/**
 * What PyTorch's calls do that have no counterpart: its graph is recorded at run time and consumed, tensors require a
 * gradient or do not and are written into, and cotangents of one element may be left out or converted.
 */
const onlyInTorch = [
  "hidden.grad_after_backward",
  "jvp_in_listed_order",
  "backward_v_int",
  "no_requires_grad",
  "graph_consumed",
  "graph_retained",
  "unused_input",
  "grad_without_create_graph_then_grad",
  "gp_without_create_graph",
  "inplace_modified",
  "inplace_on_leaf",
  "int_requires_grad",
  "functional_vjp_output_not_tensor",
  "functional_vjp_independent_output",
  "functional_vjp_independent_output_strict",
  "functional_vjp_unused_input_strict",
  "functional_jvp_without_v",
  "functional_hvp_nonscalar",
  "functional_hessian_nonscalar",
  "mse_broadcast",
];

describe("PyTorch's tutorials", () => {
  it("has an example for each case", () => {
    expect(Object.keys(examples).sort()).toEqual(caseNames);
  });

  test.each(caseNames)("%s", (name) => {
    const stored = readCase(name);
    const computed = examples[name]!(inputsOf(stored));
    const wanted = Object.keys(stored.outputs).filter((key) => !remarks.test(key) && !onlyInTorch.includes(key));
    expect(Object.keys(computed).sort()).toEqual(wanted.sort());
    const values = Object.entries(computed).flatMap(([key, value]) => compare(key, value, stored.outputs[key]!));
    expect(values.filter(({ difference, allowed }) => !(difference <= allowed))).toEqual([]);
  });

  it("tells with a RangeError that a cotangent or a tangent has the wrong shape", () => {
    const misuse = examples["s0-10-misuse"]!(inputsOf(readCase("s0-10-misuse")));
    const wrong = Object.entries(misuse).filter(
      ([key, value]) =>
        value instanceof Error &&
        /_v_(too|scalar|rank2|column|wrong$|broadcastable)|v_shape1$|without_v$|one_v$|v_list$/.test(key),
    );
    expect(wrong.length).toBe(15);
    for (const [, error] of wrong) {
      expect(error).toBeInstanceOf(RangeError);
      expect((error as Error).message).toMatch(
        /^\w+: (v|xDot)(\[0\])? (has shape \[|has length |is (undefined|an array and not a tensor)).*, (the output|x)(\[0\])? has (shape \[|length )/,
      );
    }
  });
});

describe("comparing values", () => {
  const stored = { shape: [2], data: [1, 1e-9] };
  const difference = (...values: number[]): number => compare("y", tensor(values), stored)[0]!.difference;

  it("is relative to the entry, and to a hundredth of the largest one", () => {
    expect(difference(1, 1e-9)).toBe(0);
    expect(difference(1 + 2e-10, 1e-9)).toBeCloseTo(2e-10, 13);
    expect(difference(1, 2e-9)).toBeCloseTo(1e-7, 13);
  });

  it("sees NaN and other shapes", () => {
    expect(difference(1, NaN)).toBe(Infinity);
    expect(compare("y", ones([1, 2]), stored)[0]!.difference).toBe(Infinity);
    const [nan] = compare("y", tensor([NaN]), { shape: [1], data: ["NaN"] });
    expect(nan!.difference).toBe(0);
  });

  it("sees one wrong number of a large array", () => {
    const data = Float64Array.from({ length: 20 }, (_, i) => i + 1);
    const digest = {
      shape_of: [20],
      sum: 210,
      sumsq: 2870,
      "wsum_i%7-3": data.reduce((sum, value, i) => sum + value * ((i % 7) - 3), 0),
      sample_index: [0],
      sample: { shape: [1], data: [1] },
    };
    expect(compare("y", tensor(data), digest)[0]!.difference).toBe(0);
    data[7] = 8 + 1e-6;
    expect(compare("y", tensor(data), digest)[0]!.difference).toBeGreaterThan(1e-9);
  });

  it("wants an error where PyTorch has one, and zeros for what it has not", () => {
    const refusal = { raises: true, message: "no" } as const;
    expect(compare("y", ones([1]), refusal)[0]!.difference).toBe(Infinity);
    expect(compare("y", new RangeError("wrong"), refusal)[0]!.difference).toBe(0);
    expect(compare("y", ones([1]), null)[0]!.difference).toBe(Infinity);
    expect(() => compare("y", new RangeError("wrong"), stored)).toThrow("wrong");
  });
});
