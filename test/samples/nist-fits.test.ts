import { describe, expect, it } from "vitest";
import { agreement, digitsOfAgreement } from "../../samples/nist/agreement.ts";
import { readTasks } from "../../samples/nist/datasets.ts";
import { withDifferences } from "../../samples/nist/differences.ts";
import { fit } from "../../samples/nist/fit.ts";

const tasks = readTasks().map((task) => ({ name: task.dataset.name, ...task }));

describe("the 27 NIST models", () => {
  it.each(tasks)("$name has the certified sum of squares at the certified parameters", ({ dataset, problem }) => {
    const { parameters, rss } = dataset.certified;
    const values = problem.value(parameters, dataset.predictors);
    const sum = values.reduce((total, value, i) => total + (dataset.response[i] - value) ** 2, 0);
    // The certified parameters of Lanczos1 have too few digits for its sum of 1e-25.
    if (dataset.name === "Lanczos1") expect(sum).toBeLessThan(1e-20);
    else expect(Math.abs(sum / rss - 1)).toBeLessThan(1e-9);
  });

  it.each(tasks)("$name has a Jacobian with a row a point that agrees with differences", ({ dataset, problem }) => {
    const b = dataset.starts[1];
    const exact = problem.jacobian(b, dataset.predictors);
    const rough = withDifferences(problem).jacobian(b, dataset.predictors);
    expect([...exact.shape]).toEqual([dataset.response.length, b.length]);
    expect(exact.data).toHaveLength(rough.data.length);
    for (let j = 0; j < b.length; j++) {
      const column = (data: ArrayLike<number>) => Array.from(dataset.response, (_, i) => data[i * b.length + j]);
      const size = Math.max(...column(exact.data).map(Math.abs));
      const error = Math.max(...column(exact.data).map((value, i) => Math.abs(value - column(rough.data)[i])));
      expect(error / size).toBeLessThan(1e-4);
    }
  });

  it.each(tasks)("$name fits from start 2 to at least 6 digits with the generated Jacobian", ({ dataset, problem }) => {
    const { parameters, converged } = fit(problem, dataset, dataset.starts[1]);
    expect(converged).toBe(true);
    expect(Math.min(...agreement(parameters, dataset.certified.parameters))).toBeGreaterThanOrEqual(6);
  });
});

describe("digits of agreement", () => {
  it("are the log relative error, between none and what NIST certifies", () => {
    expect(digitsOfAgreement(1.001, 1)).toBeCloseTo(3, 6);
    expect(digitsOfAgreement(-2, 1)).toBe(0);
    expect(digitsOfAgreement(NaN, 1)).toBe(0);
    expect(digitsOfAgreement(5, 5)).toBe(11);
  });
});
