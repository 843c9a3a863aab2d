/**
 * The residuals of the least-squares test problems of J. J. Moré, B. S. Garbow and K. E. Hillstrom,
 * "Testing Unconstrained Optimization Software", ACM TOMS 7 (1981), in the paper's order. Indices
 * start at 0 here and at 1 in the paper; `t` and `y` are the paper's.
 */

/** @differentiable jacobian vjp jvp */
export function rosenbrock(x: Float64Array): Float64Array {
  return Float64Array.of(10 * (x[1] - x[0] * x[0]), 1 - x[0]);
}

/** @differentiable jacobian vjp jvp */
export function freudensteinRoth(x: Float64Array): Float64Array {
  return Float64Array.of(-13 + x[0] + ((5 - x[1]) * x[1] - 2) * x[1], -29 + x[0] + ((x[1] + 1) * x[1] - 14) * x[1]);
}

/** @differentiable jacobian vjp jvp */
export function powellBadlyScaled(x: Float64Array): Float64Array {
  const f = new Float64Array(2);
  f[0] = 1e4 * x[0] * x[1] - 1;
  f[1] = Math.exp(-x[0]) + Math.exp(-x[1]) - 1.0001;
  return f;
}

/** @differentiable jacobian vjp jvp */
export function brownBadlyScaled(x: Float64Array): Float64Array {
  return Float64Array.of(x[0] - 1e6, x[1] - 2e-6, x[0] * x[1] - 2);
}

const bealeY = [1.5, 2.25, 2.625];

/** @differentiable jacobian vjp jvp */
export function beale(x: Float64Array): Float64Array {
  const f = new Float64Array(3);
  for (let i = 0; i < 3; i++) f[i] = bealeY[i] - x[0] * (1 - x[1] ** (i + 1));
  return f;
}

/** @differentiable jacobian vjp jvp */
export function jennrichSampson(x: Float64Array): Float64Array {
  const f = new Float64Array(10);
  for (let i = 1; i <= 10; i++) f[i - 1] = 2 + 2 * i - (Math.exp(i * x[0]) + Math.exp(i * x[1]));
  return f;
}

/** @differentiable jacobian vjp jvp */
export function helicalValley(x: Float64Array): Float64Array {
  let theta = Math.atan(x[1] / x[0]) / (2 * Math.PI);
  if (x[0] < 0) theta += 0.5;
  return Float64Array.of(10 * (x[2] - 10 * theta), 10 * (Math.hypot(x[0], x[1]) - 1), x[2]);
}

const bardY = [0.14, 0.18, 0.22, 0.25, 0.29, 0.32, 0.35, 0.39, 0.37, 0.58, 0.73, 0.96, 1.34, 2.1, 4.39];

/** @differentiable jacobian vjp jvp */
export function bard(x: Float64Array): Float64Array {
  const f = new Float64Array(15);
  for (let i = 0; i < 15; i++) {
    const u = i + 1;
    const v = 15 - i;
    const w = Math.min(u, v);
    f[i] = bardY[i] - (x[0] + u / (v * x[1] + w * x[2]));
  }
  return f;
}

const gaussianY = [0.0009, 0.0044, 0.0175, 0.054, 0.1295, 0.242, 0.3521, 0.3989];

/** @differentiable jacobian vjp jvp */
export function gaussian(x: Float64Array): Float64Array {
  const f = new Float64Array(15);
  for (let i = 0; i < 15; i++) {
    const t = (7 - i) / 2;
    const y = i < 8 ? gaussianY[i] : gaussianY[14 - i];
    f[i] = x[0] * Math.exp((-x[1] * (t - x[2]) ** 2) / 2) - y;
  }
  return f;
}

const meyerY = [34780, 28610, 23650, 19630, 16370, 13720, 11540, 9744, 8261, 7030, 6005, 5147, 4427, 3820, 3307, 2872];

/** @differentiable jacobian vjp jvp */
export function meyer(x: Float64Array): Float64Array {
  const f = new Float64Array(16);
  for (let i = 0; i < 16; i++) {
    const t = 45 + 5 * (i + 1);
    f[i] = x[0] * Math.exp(x[1] / (t + x[2])) - meyerY[i];
  }
  return f;
}

/**
 * With 10 residuals, and the misprint in the paper's exponent put right.
 * @differentiable jacobian vjp jvp
 */
export function gulf(x: Float64Array): Float64Array {
  const f = new Float64Array(10);
  for (let i = 0; i < 10; i++) {
    const t = (i + 1) / 100;
    const y = 25 + (-50 * Math.log(t)) ** (2 / 3);
    f[i] = Math.exp(-(Math.abs(y - x[1]) ** x[2]) / x[0]) - t;
  }
  return f;
}

/** @differentiable jacobian vjp jvp */
export function box3d(x: Float64Array): Float64Array {
  const f = new Float64Array(10);
  for (let i = 0; i < 10; i++) {
    const t = 0.1 * (i + 1);
    f[i] = Math.exp(-t * x[0]) - Math.exp(-t * x[1]) - x[2] * (Math.exp(-t) - Math.exp(-10 * t));
  }
  return f;
}

/** @differentiable jacobian vjp jvp */
export function powellSingular(x: Float64Array): Float64Array {
  const f: Float64Array = new Float64Array(4);
  f[0] = x[0] + 10 * x[1];
  f[1] = Math.sqrt(5) * (x[2] - x[3]);
  f[2] = (x[1] - 2 * x[2]) ** 2;
  f[3] = Math.sqrt(10) * (x[0] - x[3]) ** 2;
  return f;
}

/** @differentiable jacobian vjp jvp */
export function wood(x: Float64Array): Float64Array {
  return Float64Array.of(
    10 * (x[1] - x[0] ** 2),
    1 - x[0],
    Math.sqrt(90) * (x[3] - x[2] ** 2),
    1 - x[2],
    Math.sqrt(10) * (x[1] + x[3] - 2),
    (x[1] - x[3]) / Math.sqrt(10),
  );
}

const kowalikY = [0.1957, 0.1947, 0.1735, 0.16, 0.0844, 0.0627, 0.0456, 0.0342, 0.0323, 0.0235, 0.0246];
const kowalikU = [4, 2, 1, 0.5, 0.25, 0.167, 0.125, 0.1, 0.0833, 0.0714, 0.0625];

/** @differentiable jacobian vjp jvp */
export function kowalikOsborne(x: Float64Array): Float64Array {
  const f = new Float64Array(11);
  for (let i = 0; i < 11; i++) {
    const u = kowalikU[i];
    const top = x[0] * (u * u + u * x[1]);
    f[i] = kowalikY[i] - top / (u * u + u * x[2] + x[3]);
  }
  return f;
}

/** @differentiable jacobian vjp jvp */
export function brownDennis(x: Float64Array): Float64Array {
  const f = new Float64Array(20);
  for (let i = 0; i < 20; i++) {
    const t = (i + 1) / 5;
    const a = x[0] + t * x[1] - Math.exp(t);
    const b = x[2] + x[3] * Math.sin(t) - Math.cos(t);
    f[i] = a * a + b * b;
  }
  return f;
}

const osborne1Y = [
  0.844, 0.908, 0.932, 0.936, 0.925, 0.908, 0.881, 0.85, 0.818, 0.784, 0.751, 0.718, 0.685, 0.658, 0.628, 0.603, 0.58,
  0.558, 0.538, 0.522, 0.506, 0.49, 0.478, 0.467, 0.457, 0.448, 0.438, 0.431, 0.424, 0.42, 0.414, 0.411, 0.406,
];

/** @differentiable jacobian vjp jvp */
export function osborne1(x: Float64Array): Float64Array {
  const f = new Float64Array(33);
  for (let i = 0; i < 33; i++) {
    const t = 10 * i;
    f[i] = osborne1Y[i] - (x[0] + x[1] * Math.exp(-t * x[3]) + x[2] * Math.exp(-t * x[4]));
  }
  return f;
}

/** @differentiable jacobian vjp jvp */
export function biggsExp6(x: Float64Array): Float64Array {
  const f = new Float64Array(13);
  for (let i = 0; i < 13; i++) {
    const t = 0.1 * (i + 1);
    const y = Math.exp(-t) - 5 * Math.exp(-10 * t) + 3 * Math.exp(-4 * t);
    f[i] = x[2] * Math.exp(-t * x[0]) - x[3] * Math.exp(-t * x[1]) + x[5] * Math.exp(-t * x[4]) - y;
  }
  return f;
}

const osborne2Y = [
  1.366, 1.191, 1.112, 1.013, 0.991, 0.885, 0.831, 0.847, 0.786, 0.725, 0.746, 0.679, 0.608, 0.655, 0.616, 0.606, 0.602,
  0.626, 0.651, 0.724, 0.649, 0.649, 0.694, 0.644, 0.624, 0.661, 0.612, 0.558, 0.533, 0.495, 0.5, 0.423, 0.395, 0.375,
  0.372, 0.391, 0.396, 0.405, 0.428, 0.429, 0.523, 0.562, 0.607, 0.653, 0.672, 0.708, 0.633, 0.668, 0.645, 0.632, 0.591,
  0.559, 0.597, 0.625, 0.739, 0.71, 0.729, 0.72, 0.636, 0.581, 0.428, 0.292, 0.162, 0.098, 0.054,
];

/** @differentiable jacobian vjp jvp */
export function osborne2(x: Float64Array): Float64Array {
  const f = new Float64Array(65);
  for (let i = 0; i < 65; i++) {
    const t = i / 10;
    let model = x[0] * Math.exp(-t * x[4]);
    for (let k = 1; k < 4; k++) model += x[k] * Math.exp(-((t - x[7 + k]) ** 2) * x[4 + k]);
    f[i] = osborne2Y[i] - model;
  }
  return f;
}

/** @differentiable jacobian vjp jvp */
export function watson(x: Float64Array): Float64Array {
  const n = x.length;
  const f = new Float64Array(31);
  for (let i = 0; i < 29; i++) {
    const t = (i + 1) / 29;
    let slope = 0;
    let power = 1;
    for (let j = 1; j < n; j++) {
      slope += j * x[j] * power;
      power *= t;
    }
    let sum = 0;
    power = 1;
    for (let j = 0; j < n; j++) {
      sum += x[j] * power;
      power *= t;
    }
    f[i] = slope - sum * sum - 1;
  }
  f[29] = x[0];
  f[30] = x[1] - x[0] * x[0] - 1;
  return f;
}

/** @differentiable jacobian vjp jvp */
export function extendedRosenbrock(x: Float64Array): Float64Array {
  const f = new Float64Array(x.length);
  for (let i = 0; i < x.length; i += 2) {
    f[i] = 10 * (x[i + 1] - x[i] * x[i]);
    f[i + 1] = 1 - x[i];
  }
  return f;
}

/** @differentiable jacobian vjp jvp */
export function extendedPowell(x: Float64Array): Float64Array {
  const f = new Float64Array(x.length);
  for (let i = 0; i < x.length; i += 4) {
    const a = x.subarray(i, i + 4);
    f[i] = a[0] + 10 * a[1];
    f[i + 1] = Math.sqrt(5) * (a[2] - a[3]);
    f[i + 2] = (a[1] - 2 * a[2]) ** 2;
    f[i + 3] = Math.sqrt(10) * (a[0] - a[3]) ** 2;
  }
  return f;
}

/** @differentiable jacobian vjp jvp */
export function penaltyI(x: Float64Array): Float64Array {
  const n = x.length;
  const f = new Float64Array(n + 1);
  f[n] = -0.25;
  for (let i = 0; i < n; i++) {
    f[i] = Math.sqrt(1e-5) * (x[i] - 1);
    f[n] += x[i] * x[i];
  }
  return f;
}

/** @differentiable jacobian vjp jvp */
export function penaltyII(x: Float64Array): Float64Array {
  const n = x.length;
  const scale = Math.sqrt(1e-5);
  const f = new Float64Array(2 * n);
  f[0] = x[0] - 0.2;
  for (let i = 1; i < n; i++) {
    const y = Math.exp((i + 1) / 10) + Math.exp(i / 10);
    f[i] = scale * (Math.exp(x[i] / 10) + Math.exp(x[i - 1] / 10) - y);
    f[n + i - 1] = scale * (Math.exp(x[i] / 10) - Math.exp(-0.1));
  }
  let sum = -1;
  for (let j = 0; j < n; j++) sum += (n - j) * x[j] * x[j];
  f[2 * n - 1] = sum;
  return f;
}

/** @differentiable jacobian vjp jvp */
export function variablyDimensioned(x: Float64Array): Float64Array {
  const n = x.length;
  const f = new Float64Array(n + 2);
  let sum = 0;
  for (let j = 0; j < n; j++) {
    f[j] = x[j] - 1;
    sum += (j + 1) * f[j];
  }
  f[n] = sum;
  f[n + 1] = sum ** 2;
  return f;
}

/** @differentiable jacobian vjp jvp */
export function trigonometric(x: Float64Array): Float64Array {
  const n = x.length;
  let cosines = 0;
  for (let j = 0; j < n; j++) cosines += Math.cos(x[j]);
  const f = new Float64Array(n);
  for (let i = 0; i < n; i++) f[i] = n - cosines + (i + 1) * (1 - Math.cos(x[i])) - Math.sin(x[i]);
  return f;
}

/** @differentiable jacobian vjp jvp */
export function brownAlmostLinear(x: Float64Array): Float64Array {
  const n = x.length;
  const f = new Float64Array(n);
  let sum = -(n + 1);
  let product = 1;
  for (const t of x) {
    sum += t;
    product *= t;
  }
  for (let i = 0; i < n - 1; i++) f[i] = x[i] + sum;
  f[n - 1] = product - 1;
  return f;
}

/** @differentiable jacobian vjp jvp */
export function discreteBoundaryValue(x: Float64Array): Float64Array {
  const n = x.length;
  const h = 1 / (n + 1);
  const f = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    const left = i > 0 ? x[i - 1] : 0;
    const right = i + 1 < n ? x[i + 1] : 0;
    f[i] = 2 * x[i] - left - right + (h * h * (x[i] + (i + 1) * h + 1) ** 3) / 2;
  }
  return f;
}

/** @differentiable jacobian vjp jvp */
export function discreteIntegralEquation(x: Float64Array): Float64Array {
  const n = x.length;
  const h = 1 / (n + 1);
  const f = x.slice();
  for (let i = 0; i < n; i++) {
    const s = (i + 1) * h;
    for (let j = 0; j < n; j++) {
      const t = (j + 1) * h;
      const cube = (x[j] + t + 1) ** 3;
      f[i] += j <= i ? (h * (1 - s) * t * cube) / 2 : (h * s * (1 - t) * cube) / 2;
    }
  }
  return f;
}

/** @differentiable jacobian vjp jvp */
export function broydenTridiagonal(x: Float64Array): Float64Array {
  const n = x.length;
  const f = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    f[i] = (3 - 2 * x[i]) * x[i] + 1;
    if (i > 0) f[i] -= x[i - 1];
    if (i + 1 < n) f[i] -= 2 * x[i + 1];
  }
  return f;
}

/** @differentiable jacobian vjp jvp */
export function broydenBanded(x: Float64Array): Float64Array {
  const n = x.length;
  const f = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    let sum = x[i] * (2 + 5 * x[i] * x[i]) + 1;
    for (let j = Math.max(0, i - 5); j <= Math.min(n - 1, i + 1); j++) {
      if (j === i) continue;
      sum -= x[j] * (1 + x[j]);
    }
    f[i] = sum;
  }
  return f;
}

/** The three linear problems have 10 residuals. */
const m = 10;

/** @differentiable jacobian vjp jvp */
export function linearFullRank(x: Float64Array): Float64Array {
  let sum = 0;
  for (const t of x) sum += t;
  const f = new Float64Array(m).fill((-2 / m) * sum - 1);
  for (let i = 0; i < x.length; i++) f[i] += x[i];
  return f;
}

/** @differentiable jacobian vjp jvp */
export function linearRankOne(x: Float64Array): Float64Array {
  let sum = 0;
  for (let j = 0; j < x.length; j++) sum += (j + 1) * x[j];
  const f = new Float64Array(m);
  for (let i = 0; i < m; i++) f[i] = (i + 1) * sum - 1;
  return f;
}

/** @differentiable jacobian vjp jvp */
export function linearRankOneZeros(x: Float64Array): Float64Array {
  let sum = 0;
  for (let j = 1; j < x.length - 1; j++) sum += (j + 1) * x[j];
  const f = new Float64Array(m);
  f.fill(-1);
  for (let i = 1; i < m - 1; i++) f[i] = i * sum - 1;
  return f;
}

/**
 * The shifted Chebyshev polynomials by their recurrence, as the paper's own program has it.
 * @differentiable jacobian vjp jvp
 */
export function chebyquad(x: Float64Array): Float64Array {
  const n = x.length;
  const f = new Float64Array(n);
  for (let j = 0; j < n; j++) {
    let before = 1;
    let now = 2 * x[j] - 1;
    const twice = 2 * now;
    for (let i = 0; i < n; i++) {
      f[i] += now;
      const next = twice * now - before;
      before = now;
      now = next;
    }
  }
  let odd = false;
  for (let i = 0; i < n; i++) {
    f[i] /= n;
    if (odd) f[i] += 1 / ((i + 1) ** 2 - 1);
    odd = !odd;
  }
  return f;
}
