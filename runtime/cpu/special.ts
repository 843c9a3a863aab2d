/** Special functions of one number. */

/** Coefficients of a rational function, highest power first. */
type Polynomial = readonly number[];

function polynomial(coefficients: Polynomial, x: number): number {
  let value = coefficients[0]!;
  for (let k = 1; k < coefficients.length; k++) value = value * x + coefficients[k]!;
  return value;
}

// W. J. Cody, Rational Chebyshev approximations for the error function, Mathematics of Computation 23, 1969:
// erf on [0, 15/32], then exp(x²) erfc(x) up to 4 and beyond it.
const nearTop: Polynomial = [
  1.85777706184603153e-1, 3.1611237438705656, 1.13864154151050156e2, 3.77485237685302021e2, 3.20937758913846947e3,
];
const nearBottom: Polynomial = [
  1, 2.36012909523441209e1, 2.44024637934444173e2, 1.28261652607737228e3, 2.84423683343917062e3,
];
const middleTop: Polynomial = [
  2.15311535474403846e-8, 5.64188496988670089e-1, 8.88314979438837594, 6.61191906371416295e1, 2.98635138197400131e2,
  8.8195222124176909e2, 1.71204761263407058e3, 2.05107837782607147e3, 1.23033935479799725e3,
];
const middleBottom: Polynomial = [
  1, 1.57449261107098347e1, 1.17693950891312499e2, 5.37181101862009858e2, 1.62138957456669019e3, 3.29079923573345963e3,
  4.36261909014324716e3, 3.43936767414372164e3, 1.23033935480374942e3,
];
const farTop: Polynomial = [
  1.63153871373020978e-2, 3.05326634961232344e-1, 3.60344899949804439e-1, 1.25781726111229246e-1,
  1.60837851487422766e-2, 6.58749161529837803e-4,
];
const farBottom: Polynomial = [
  1, 2.56852019228982242, 1.87295284992346047, 5.27905102951428412e-1, 6.05183413124413191e-2, 2.33520497626869185e-3,
];

/** exp(-x²) for x >= 0: the square is taken of few digits, so that it is exact, and the rest apart. */
function gaussian(x: number): number {
  const head = Math.trunc(x * 16) / 16;
  return Math.exp(-head * head) * Math.exp(-(x - head) * (x + head));
}

/** erfc(x) for x > 15/32. */
function upperTail(x: number): number {
  if (x > 27) return 0;
  if (x <= 4) return (gaussian(x) * polynomial(middleTop, x)) / polynomial(middleBottom, x);
  const z = 1 / (x * x);
  const correction = (z * polynomial(farTop, z)) / polynomial(farBottom, z);
  return (gaussian(x) * (1 / Math.sqrt(Math.PI) - correction)) / x;
}

/** The error function. */
export function erf(x: number): number {
  const size = Math.abs(x);
  if (size <= 0.46875) return (x * polynomial(nearTop, x * x)) / polynomial(nearBottom, x * x);
  const tail = 1 - upperTail(size);
  return x < 0 ? -tail : tail;
}

/** 1 - erf(x), without cancellation. */
export function erfc(x: number): number {
  if (Math.abs(x) <= 0.46875) return 1 - erf(x);
  return x < 0 ? 2 - upperTail(-x) : upperTail(x);
}

/**
 * The inverse of erf; ±Infinity at ±1, NaN beyond. It begins with S. Winitzki's approximation (A handy approximation for
 * the error function and its inverse, 2008), whose error is about 2e-3, and takes three steps of Halley's method.
 */
export function erfinv(y: number): number {
  const size = Math.abs(y);
  if (!(size < 1)) return size === 1 ? y * Infinity : NaN;
  if (y === 0) return y;
  // 1 - y² by factors, and below the tail instead of erf: near ±1 all digits are in the distance from it.
  const log = Math.log((1 - size) * (1 + size));
  const a = 0.147;
  const half = 2 / (Math.PI * a) + log / 2;
  let x = Math.sqrt(Math.sqrt(half * half - log / a) - half);
  for (let step = 0; step < 3; step++) {
    const error = size < 0.5 ? erf(x) - size : 1 - size - erfc(x);
    const newton = error / ((2 / Math.sqrt(Math.PI)) * Math.exp(-x * x));
    x -= newton / (1 + x * newton);
  }
  return y < 0 ? -x : x;
}

/** ζ(k) - 1 for k = 2, 3, …, for the series of lgamma. */
const zetaMinusOne = [
  0.6449340668482264, 0.2020569031595943, 0.08232323371113819, 0.03692775514336993, 0.01734306198444914,
  0.008349277381922827, 0.004077356197944339, 0.002008392826082214, 0.0009945751278180853, 0.0004941886041194646,
  0.0002460865533080483, 0.0001227133475784891, 0.00006124813505870483, 0.00003058823630702049, 0.00001528225940865187,
  0.000007637197637899762, 0.00000381729326499984, 0.000001908212716553939, 9.539620338727962e-7, 4.769329867878065e-7,
  2.384505027277329e-7, 1.192199259653111e-7, 5.960818905125948e-8, 2.980350351465228e-8, 1.490155482836504e-8,
];
const eulerGamma = 0.5772156649015329;

/** log Γ(1 + z) for |z| <= 1/2, also near its zero. Abramowitz and Stegun, Handbook of mathematical functions, 6.1.33. */
function lgammaNearOne(z: number): number {
  let sum = 0;
  for (let k = zetaMinusOne.length + 1; k >= 2; k--)
    sum = (sum + zetaMinusOne[k - 2]! * (k % 2 === 0 ? 1 / k : -1 / k)) * z;
  return -Math.log1p(z) + z * (1 - eulerGamma) + sum * z;
}

/** Bernoulli's numbers B₂, B₄, … */
const bernoulli = [1 / 6, -1 / 30, 1 / 42, -1 / 30, 5 / 66, -691 / 2730, 7 / 6, -3617 / 510];

/**
 * log |Γ(x)|: Stirling's series from 10 on (Abramowitz and Stegun, 6.1.40), reached by the recurrence; a series around
 * the zeros at 1 and 2; reflection below 0. Infinity at 0, -1, -2, …
 */
export function lgamma(x: number): number {
  if (Number.isNaN(x)) return NaN;
  if (x === Infinity || x === -Infinity) return Infinity;
  if (x <= 0) {
    if (Number.isInteger(x)) return Infinity;
    if (x < -0.5) return Math.log(Math.PI / Math.abs(sinPi(x))) - lgamma(1 - x);
    return lgammaNearOne(x) - Math.log(-x);
  }
  if (x < 0.5) return lgammaNearOne(x) - Math.log(x);
  if (x <= 1.5) return lgammaNearOne(x - 1);
  if (x <= 2.5) return lgammaNearOne(x - 2) + Math.log1p(x - 2);
  let factor = 1;
  let z = x;
  for (; z < 10; z++) factor *= z;
  const inverse = 1 / z;
  let series = 0;
  for (let k = bernoulli.length; k >= 1; k--)
    series = series * inverse * inverse + bernoulli[k - 1]! / (2 * k * (2 * k - 1));
  const stirling = (z - 0.5) * Math.log(z) - z + 0.5 * Math.log(2 * Math.PI) + series * inverse;
  return stirling - Math.log(factor);
}

/** sin(πx), exact in its zeros. */
function sinPi(x: number): number {
  const rest = x % 2;
  return Number.isInteger(rest) ? 0 : Math.sin(Math.PI * rest);
}

/**
 * The derivative of log Γ: the asymptotic series from 10 on (Abramowitz and Stegun, 6.3.18), reached by the recurrence,
 * and reflection below 0. At 0 it is ∓Infinity by the sign of the zero, NaN at -1, -2, …, as in PyTorch.
 */
export function digamma(x: number): number {
  if (x === 0) return Object.is(x, -0) ? Infinity : -Infinity;
  if (x < 0) {
    if (Number.isInteger(x) || x === -Infinity) return NaN;
    return digamma(1 - x) - Math.PI / Math.tan(Math.PI * (x % 1));
  }
  if (x === Infinity) return Infinity;
  let shift = 0;
  let z = x;
  for (; z < 10; z++) shift += 1 / z;
  const inverse = 1 / (z * z);
  let series = 0;
  for (let k = bernoulli.length; k >= 1; k--) series = (series + bernoulli[k - 1]! / (2 * k)) * inverse;
  return Math.log(z) - 0.5 / z - series - shift;
}

/**
 * The `order`-th derivative of digamma, which is (-1)ⁿ⁺¹ n! ζ(n + 1, x), by Euler-Maclaurin summation of Hurwitz's zeta
 * (NIST Digital library of mathematical functions, 25.11.28). Infinity at 0, -1, -2, … where the order is odd, else NaN.
 */
export function polygamma(order: number, x: number): number {
  if (order === 0) return digamma(x);
  if (Number.isNaN(x) || x === -Infinity) return NaN;
  if (x <= 0 && Number.isInteger(x)) return order % 2 === 1 ? Infinity : NaN;
  const s = order + 1;
  let sum = 0;
  let z = x;
  for (; z < 10 + order; z++) sum += z ** -s;
  let factorial = 1;
  for (let k = 2; k <= order; k++) factorial *= k;
  // z¹⁻ˢ / (s - 1) + z⁻ˢ / 2 + Σ B₂ₖ / (2k)! · s (s + 1) … (s + 2k - 2) · z⁻ˢ⁻²ᵏ⁺¹
  let term = (s * z ** (-s - 1)) / 2;
  let tail = z ** (1 - s) / (s - 1) + 0.5 * z ** -s;
  for (let k = 1; k <= bernoulli.length; k++) {
    tail += bernoulli[k - 1]! * term;
    term *= ((s + 2 * k - 1) * (s + 2 * k)) / ((2 * k + 1) * (2 * k + 2) * z * z);
  }
  const zeta = sum + tail;
  return (order % 2 === 1 ? factorial : -factorial) * zeta;
}
