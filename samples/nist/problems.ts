import * as derivatives from "./models.grad.ts";
import * as models from "./models.ts";

/** A model and its Jacobian, which has a row for each data point and a column for each parameter. */
export interface Problem {
  readonly value: (b: Float64Array, predictors: readonly Float64Array[]) => Float64Array;
  readonly jacobian: (b: Float64Array, predictors: readonly Float64Array[]) => Matrix;
}

/** What we need of the `Tensor` that a generated Jacobian returns: its elements, row by row. */
export interface Matrix {
  readonly shape: readonly number[];
  readonly data: ArrayLike<number>;
}

const none = new Float64Array();

/** The model of each data set, from those that NIST calls easy to those it calls hard. */
export const problems: Readonly<Record<string, Problem>> = {
  Misra1a: curve(models.misra1a, derivatives.misra1aJacobian),
  Chwirut2: curve(models.chwirut, derivatives.chwirutJacobian),
  Chwirut1: curve(models.chwirut, derivatives.chwirutJacobian),
  Lanczos3: curve(models.lanczos, derivatives.lanczosJacobian),
  Gauss1: curve(models.gauss, derivatives.gaussJacobian),
  Gauss2: curve(models.gauss, derivatives.gaussJacobian),
  DanWood: curve(models.danWood, derivatives.danWoodJacobian),
  Misra1b: curve(models.misra1b, derivatives.misra1bJacobian),
  Kirby2: curve(models.kirby2, derivatives.kirby2Jacobian),
  Hahn1: curve(models.rationalCubic, derivatives.rationalCubicJacobian),
  Nelson: surface(models.nelson, derivatives.nelsonJacobian),
  MGH17: curve(models.mgh17, derivatives.mgh17Jacobian),
  Lanczos1: curve(models.lanczos, derivatives.lanczosJacobian),
  Lanczos2: curve(models.lanczos, derivatives.lanczosJacobian),
  Gauss3: curve(models.gauss, derivatives.gaussJacobian),
  Misra1c: curve(models.misra1c, derivatives.misra1cJacobian),
  Misra1d: curve(models.misra1d, derivatives.misra1dJacobian),
  Roszman1: curve(models.roszman1, derivatives.roszman1Jacobian),
  ENSO: curve(models.enso, derivatives.ensoJacobian),
  MGH09: curve(models.mgh09, derivatives.mgh09Jacobian),
  Thurber: curve(models.rationalCubic, derivatives.rationalCubicJacobian),
  BoxBOD: curve(models.misra1a, derivatives.misra1aJacobian),
  Rat42: curve(models.rat42, derivatives.rat42Jacobian),
  MGH10: curve(models.mgh10, derivatives.mgh10Jacobian),
  Eckerle4: curve(models.eckerle4, derivatives.eckerle4Jacobian),
  Rat43: curve(models.rat43, derivatives.rat43Jacobian),
  Bennett5: curve(models.bennett5, derivatives.bennett5Jacobian),
};

type Curve<R> = (b: Float64Array, x: Float64Array) => R;
type Surface<R> = (b: Float64Array, x1: Float64Array, x2: Float64Array) => R;

/** A model with one predictor. */
function curve(value: Curve<Float64Array>, jacobian: Curve<Matrix>): Problem {
  return {
    value: (b, [x = none]) => value(b, x),
    jacobian: (b, [x = none]) => jacobian(b, x),
  };
}

/** A model with two predictors. */
function surface(value: Surface<Float64Array>, jacobian: Surface<Matrix>): Problem {
  return {
    value: (b, [x1 = none, x2 = none]) => value(b, x1, x2),
    jacobian: (b, [x1 = none, x2 = none]) => jacobian(b, x1, x2),
  };
}
