/**
 * The models of NIST's 27 nonlinear regression data sets. Each takes the parameters `b` and the predictor at every
 * point, and returns the model's value at every point; its Jacobian has a row for each point and a column for each
 * parameter. Data sets that NIST fits with the same equation share a function. Parameters are named as NIST names them.
 */

/**
 * Bennett5 (superconductivity): b1 (b2 + x)^(-1/b3).
 * @differentiable jacobian
 * @wrt b
 */
export function bennett5(b: Float64Array, x: Float64Array): Float64Array {
  const b1 = b[0];
  const b2 = b[1];
  const b3 = b[2];
  const y = new Float64Array(x.length);
  for (let i = 0; i < x.length; i++) {
    y[i] = b1 * (b2 + x[i]) ** (-1 / b3);
  }
  return y;
}

/**
 * Chwirut1 and Chwirut2 (ultrasonic calibration): exp(-b1 x) / (b2 + b3 x).
 * @differentiable jacobian
 * @wrt b
 */
export function chwirut(b: Float64Array, x: Float64Array): Float64Array {
  const b1 = b[0];
  const b2 = b[1];
  const b3 = b[2];
  const y = new Float64Array(x.length);
  for (let i = 0; i < x.length; i++) {
    y[i] = Math.exp(-b1 * x[i]) / (b2 + b3 * x[i]);
  }
  return y;
}

/**
 * DanWood (radiated energy of a filament): b1 x^b2.
 * @differentiable jacobian
 * @wrt b
 */
export function danWood(b: Float64Array, x: Float64Array): Float64Array {
  const b1 = b[0];
  const b2 = b[1];
  const y = new Float64Array(x.length);
  for (let i = 0; i < x.length; i++) {
    y[i] = b1 * x[i] ** b2;
  }
  return y;
}

/**
 * Eckerle4 (circular interference transmittance): (b1 / b2) exp(-((x - b3) / b2)² / 2).
 * @differentiable jacobian
 * @wrt b
 */
export function eckerle4(b: Float64Array, x: Float64Array): Float64Array {
  const b1 = b[0];
  const b2 = b[1];
  const b3 = b[2];
  const y = new Float64Array(x.length);
  for (let i = 0; i < x.length; i++) {
    const z = (x[i] - b3) / b2;
    y[i] = (b1 / b2) * Math.exp(-0.5 * z * z);
  }
  return y;
}

/**
 * ENSO (monthly air pressure differences): a mean, the yearly cycle, and two cycles of unknown periods b4 and b7.
 * @differentiable jacobian
 * @wrt b
 */
export function enso(b: Float64Array, x: Float64Array): Float64Array {
  const b4 = b[3];
  const b7 = b[6];
  const y = new Float64Array(x.length);
  for (let i = 0; i < x.length; i++) {
    const angle = 2 * Math.PI * x[i];
    const yearly = b[1] * Math.cos(angle / 12) + b[2] * Math.sin(angle / 12);
    const slow = b[4] * Math.cos(angle / b4) + b[5] * Math.sin(angle / b4);
    const fast = b[7] * Math.cos(angle / b7) + b[8] * Math.sin(angle / b7);
    y[i] = b[0] + yearly + slow + fast;
  }
  return y;
}

/**
 * Gauss1, Gauss2 and Gauss3 (generated): two peaks on a decaying background,
 * b1 exp(-b2 x) + b3 exp(-((x - b4) / b5)²) + b6 exp(-((x - b7) / b8)²).
 * @differentiable jacobian
 * @wrt b
 */
export function gauss(b: Float64Array, x: Float64Array): Float64Array {
  const y = new Float64Array(x.length);
  for (let i = 0; i < x.length; i++) {
    y[i] = b[0] * Math.exp(-b[1] * x[i]) + peak(x[i], b[2], b[3], b[4]) + peak(x[i], b[5], b[6], b[7]);
  }
  return y;
}

/** A Gaussian of the given height, centre and width. */
function peak(x: number, height: number, centre: number, width: number): number {
  const z = (x - centre) / width;
  return height * Math.exp(-z * z);
}

/**
 * Kirby2 (scanning electron microscope line widths): a quadratic over a quadratic.
 * @differentiable jacobian
 * @wrt b
 */
export function kirby2(b: Float64Array, x: Float64Array): Float64Array {
  const y = new Float64Array(x.length);
  for (let i = 0; i < x.length; i++) {
    const t = x[i];
    y[i] = (b[0] + b[1] * t + b[2] * t ** 2) / (1 + b[3] * t + b[4] * t ** 2);
  }
  return y;
}

/**
 * Lanczos1, Lanczos2 and Lanczos3 (generated, to 14, 6 and 5 digits): the sum of three exponentials,
 * b1 exp(-b2 x) + b3 exp(-b4 x) + b5 exp(-b6 x).
 * @differentiable jacobian
 * @wrt b
 */
export function lanczos(b: Float64Array, x: Float64Array): Float64Array {
  const y = new Float64Array(x.length);
  for (let i = 0; i < x.length; i++) {
    for (let k = 0; k < 6; k += 2) {
      y[i] += b[k] * Math.exp(-b[k + 1] * x[i]);
    }
  }
  return y;
}

/**
 * MGH09 (Kowalik and Osborne): b1 (x² + x b2) / (x² + x b3 + b4).
 * @differentiable jacobian
 * @wrt b
 */
export function mgh09(b: Float64Array, x: Float64Array): Float64Array {
  const b1 = b[0];
  const b2 = b[1];
  const b3 = b[2];
  const b4 = b[3];
  const y = new Float64Array(x.length);
  for (let i = 0; i < x.length; i++) {
    const square = x[i] ** 2;
    y[i] = (b1 * (square + x[i] * b2)) / (square + x[i] * b3 + b4);
  }
  return y;
}

/**
 * MGH10 (Meyer, the resistance of a thermistor): b1 exp(b2 / (x + b3)).
 * @differentiable jacobian
 * @wrt b
 */
export function mgh10(b: Float64Array, x: Float64Array): Float64Array {
  const b1 = b[0];
  const b2 = b[1];
  const b3 = b[2];
  const y = new Float64Array(x.length);
  for (let i = 0; i < x.length; i++) {
    y[i] = b1 * Math.exp(b2 / (x[i] + b3));
  }
  return y;
}

/**
 * MGH17 (Osborne): b1 + b2 exp(-x b4) + b3 exp(-x b5).
 * @differentiable jacobian
 * @wrt b
 */
export function mgh17(b: Float64Array, x: Float64Array): Float64Array {
  const b1 = b[0];
  const b2 = b[1];
  const b3 = b[2];
  const b4 = b[3];
  const b5 = b[4];
  const y = new Float64Array(x.length);
  for (let i = 0; i < x.length; i++) {
    y[i] = b1 + b2 * Math.exp(-x[i] * b4) + b3 * Math.exp(-x[i] * b5);
  }
  return y;
}

/**
 * Misra1a (monomolecular adsorption) and BoxBOD (biochemical oxygen demand): b1 (1 - exp(-b2 x)).
 * @differentiable jacobian
 * @wrt b
 */
export function misra1a(b: Float64Array, x: Float64Array): Float64Array {
  const b1 = b[0];
  const b2 = b[1];
  const y = new Float64Array(x.length);
  for (let i = 0; i < x.length; i++) {
    y[i] = b1 * (1 - Math.exp(-b2 * x[i]));
  }
  return y;
}

/**
 * Misra1b: b1 (1 - (1 + b2 x / 2)^-2).
 * @differentiable jacobian
 * @wrt b
 */
export function misra1b(b: Float64Array, x: Float64Array): Float64Array {
  const b1 = b[0];
  const b2 = b[1];
  const y = new Float64Array(x.length);
  for (let i = 0; i < x.length; i++) {
    y[i] = b1 * (1 - (1 + (b2 * x[i]) / 2) ** -2);
  }
  return y;
}

/**
 * Misra1c: b1 (1 - (1 + 2 b2 x)^-½).
 * @differentiable jacobian
 * @wrt b
 */
export function misra1c(b: Float64Array, x: Float64Array): Float64Array {
  const b1 = b[0];
  const b2 = b[1];
  const y = new Float64Array(x.length);
  for (let i = 0; i < x.length; i++) {
    y[i] = b1 * (1 - (1 + 2 * b2 * x[i]) ** -0.5);
  }
  return y;
}

/**
 * Misra1d: b1 b2 x / (1 + b2 x).
 * @differentiable jacobian
 * @wrt b
 */
export function misra1d(b: Float64Array, x: Float64Array): Float64Array {
  const b1 = b[0];
  const b2 = b[1];
  const y = new Float64Array(x.length);
  for (let i = 0; i < x.length; i++) {
    y[i] = (b1 * b2 * x[i]) / (1 + b2 * x[i]);
  }
  return y;
}

/**
 * Nelson (dielectric breakdown), the logarithm of the strength after `time` at `temperature`: b1 - b2 x1 exp(-b3 x2).
 * @differentiable jacobian
 * @wrt b
 */
export function nelson(b: Float64Array, time: Float64Array, temperature: Float64Array): Float64Array {
  const b1 = b[0];
  const b2 = b[1];
  const b3 = b[2];
  const y = new Float64Array(time.length);
  for (let i = 0; i < time.length; i++) {
    y[i] = b1 - b2 * time[i] * Math.exp(-b3 * temperature[i]);
  }
  return y;
}

/**
 * Rat42 (growth of a pasture), the logistic curve: b1 / (1 + exp(b2 - b3 x)).
 * @differentiable jacobian
 * @wrt b
 */
export function rat42(b: Float64Array, x: Float64Array): Float64Array {
  const b1 = b[0];
  const b2 = b[1];
  const b3 = b[2];
  const y = new Float64Array(x.length);
  for (let i = 0; i < x.length; i++) {
    y[i] = b1 / (1 + Math.exp(b2 - b3 * x[i]));
  }
  return y;
}

/**
 * Rat43 (growth of onion bulbs), Richards' curve: b1 / (1 + exp(b2 - b3 x))^(1/b4).
 * @differentiable jacobian
 * @wrt b
 */
export function rat43(b: Float64Array, x: Float64Array): Float64Array {
  const b1 = b[0];
  const b2 = b[1];
  const b3 = b[2];
  const b4 = b[3];
  const y = new Float64Array(x.length);
  for (let i = 0; i < x.length; i++) {
    y[i] = b1 / (1 + Math.exp(b2 - b3 * x[i])) ** (1 / b4);
  }
  return y;
}

/**
 * Hahn1 (thermal expansion of copper) and Thurber (electron mobility): a cubic over a cubic.
 * @differentiable jacobian
 * @wrt b
 */
export function rationalCubic(b: Float64Array, x: Float64Array): Float64Array {
  const y = new Float64Array(x.length);
  for (let i = 0; i < x.length; i++) {
    const t = x[i];
    const top = b[0] + b[1] * t + b[2] * t ** 2 + b[3] * t ** 3;
    const bottom = 1 + b[4] * t + b[5] * t ** 2 + b[6] * t ** 3;
    y[i] = top / bottom;
  }
  return y;
}

/**
 * Roszman1 (quantum defects of iodine): b1 - b2 x - arctan(b3 / (x - b4)) / π.
 * @differentiable jacobian
 * @wrt b
 */
export function roszman1(b: Float64Array, x: Float64Array): Float64Array {
  const b1 = b[0];
  const b2 = b[1];
  const b3 = b[2];
  const b4 = b[3];
  const y = new Float64Array(x.length);
  for (let i = 0; i < x.length; i++) {
    y[i] = b1 - b2 * x[i] - Math.atan(b3 / (x[i] - b4)) / Math.PI;
  }
  return y;
}
