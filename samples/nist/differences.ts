import type { Matrix, Problem } from "./problems.ts";

/** The same model, its Jacobian replaced by forward differences: what one does without derivatives. */
export function withDifferences(problem: Problem): Problem {
  return {
    value: problem.value,
    jacobian: (b, predictors) => forwardDifferences((shifted) => problem.value(shifted, predictors), b),
  };
}

/** One more evaluation of the model for each parameter, with the usual step: half of the parameter's digits. */
function forwardDifferences(value: (b: Float64Array) => Float64Array, b: Float64Array): Matrix {
  const base = value(b);
  const shape = [base.length, b.length];
  const data = new Float64Array(base.length * b.length);
  const shifted = b.slice();
  for (const [j, parameter] of b.entries()) {
    shifted[j] = parameter + Math.sqrt(Number.EPSILON) * (Math.abs(parameter) || 1);
    const step = shifted[j] - parameter;
    const moved = value(shifted);
    for (let i = 0; i < base.length; i++) {
      data[i * b.length + j] = (moved[i] - base[i]) / step;
    }
    shifted[j] = parameter;
  }
  return { shape, data };
}
