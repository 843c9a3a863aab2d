/**
 * Eight problems of GradBench (https://github.com/gradbench/gradbench) as their users would write them: loops, lists of
 * lists, recursion, a model of structures, and gradients inside of what is differentiated.
 */
import { grad, jvp, type int } from "tsgrad";

/**
 * Least squares fit of a polynomial to the sign function.
 * @differentiable grad
 */
export function llsq(x: Float64Array, n: int): number {
  let total = 0;
  for (let i = 0; i < n; i++) {
    const t = -1 + (2 * i) / (n - 1);
    let power = 1;
    let sum = Math.sign(t);
    for (const xj of x) {
      sum -= xj * power;
      power *= t;
    }
    total += sum * sum;
  }
  return 0.5 * total;
}

/**
 * The logarithm of a sum of exponentials.
 * @differentiable grad
 */
export function lse(x: number[]): number {
  const a = Math.max(...x);
  return a + Math.log(x.map((xi) => Math.exp(xi - a)).reduce((s, e) => s + e, 0));
}

/**
 * The same in loops.
 * @differentiable grad
 */
export function lseLoop(x: Float64Array): number {
  let a = -Infinity;
  for (const xi of x) if (xi > a) a = xi;
  let sum = 0;
  for (const xi of x) sum += Math.exp(xi - a);
  return a + Math.log(sum);
}

function minors(a: Float64Array, ell: int, row: int, next: Int32Array): number {
  let sum = 0;
  let sign = 1;
  let previous = ell;
  for (let j = next[ell]; j < ell; j = next[j]) {
    if (row === ell - 1) return a[row * ell + j];
    next[previous] = next[j];
    sum += sign * a[row * ell + j] * minors(a, ell, row + 1, next);
    next[previous] = j;
    previous = j;
    sign = -sign;
  }
  return sum;
}

/**
 * A determinant by minors, with removed columns marked in a linked list.
 * @differentiable grad
 */
export function det(a: Float64Array, ell: int): number {
  const next = new Int32Array(ell + 1);
  for (let j = 0; j < ell; j++) next[j] = j + 1;
  next[ell] = 0;
  return minors(a, ell, 0, next);
}

function detOf(a: readonly (readonly number[])[]): number {
  if (a.length === 1) return a[0][0];
  return a[0].reduce(
    (sum, entry, j) =>
      sum + (j % 2 === 0 ? 1 : -1) * entry * detOf(a.slice(1).map((row) => row.filter((_, k) => k !== j))),
    0,
  );
}

/**
 * The same with copies of what is left.
 * @differentiable grad
 */
export function detRows(a: number[][]): number {
  return detOf(a);
}

function rk4(y: Float64Array, f: (y: Float64Array) => Float64Array, h: number): Float64Array {
  const shifted = (k: Float64Array, c: number): Float64Array => y.map((yi, i) => yi + c * k[i]);
  const k1 = f(y);
  const k2 = f(shifted(k1, h / 2));
  const k3 = f(shifted(k2, h / 2));
  const k4 = f(shifted(k3, h));
  return y.map((yi, i) => yi + (h * (k1[i] + 2 * k2[i] + 2 * k3[i] + k4[i])) / 6);
}

/** The classical Runge-Kutta method on a chain of linear equations. */
export function ode(x: Float64Array, s: int): Float64Array {
  const f = (y: Float64Array): Float64Array => x.map((xi, i) => (i === 0 ? xi : xi * y[i - 1]));
  let y: Float64Array = new Float64Array(x.length);
  for (let step = 0; step < s; step++) y = rk4(y, f, 2 / s);
  return y;
}

/** @differentiable grad */
export function odeLast(x: Float64Array, s: int): number {
  return ode(x, s)[x.length - 1];
}

/**
 * The squared distances to the nearest centroids.
 * @differentiable grad hvp
 * @wrt centroids
 */
export function kmeans(points: number[][], centroids: number[][]): number {
  let cost = 0;
  for (const p of points) {
    const distances = centroids.map((c) => c.reduce((sum, cl, l) => sum + (cl - p[l]) ** 2, 0));
    cost += Math.min(...distances);
  }
  return cost;
}

type Vec = number[];
const dist = (a: Vec, b: Vec): number => Math.sqrt(a.reduce((s, ai, i) => s + (ai - b[i]) ** 2, 0));

function charges(x: Vec, w: number): number {
  return [
    [10, 10 - w],
    [10, 0],
  ]
    .map((c) => 1 / dist(x, c))
    .reduce((a, b) => a + b);
}

type Force = (x: Vec, w: number) => Vec;
const forceR: Force = (x, w) => grad((at: Vec) => charges(at, w))(x).map((g) => -g);
const forceF: Force = (x, w) => {
  const slope = jvp((at: Vec) => charges(at, w));
  return [-slope(x, [1, 0])[1], -slope(x, [0, 1])[1]];
};

function flight(w: number, force: Force): number {
  const dt = 0.1;
  let x = [0, 8];
  let v = [0.75, 0];
  for (;;) {
    const acc = force(x, w);
    x = x.map((xi, i) => xi + dt * v[i]);
    if (x[1] <= 0) {
      const delta = -x[1] / v[1];
      return (x[0] + delta * v[0]) ** 2;
    }
    v = v.map((vi, i) => vi + dt * acc[i]);
  }
}

/**
 * Where a charged particle comes down, with its force by reverse mode.
 * @differentiable grad jvp
 */
export function flightR(w: number[]): number {
  return flight(w[0], forceR);
}
/**
 * The same with the force by forward mode.
 * @differentiable grad jvp
 */
export function flightF(w: number[]): number {
  return flight(w[0], forceF);
}

const norm = (x: Vec): number => Math.sqrt(x.reduce((s, xi) => s + xi * xi, 0));

/** Gradient descent. */
export function argmin(f: (x: Vec) => number, slope: (x: Vec) => Vec, x0: Vec): Vec {
  let x = x0;
  let fx = f(x);
  let g = slope(x);
  let eta = 1e-5;
  let i = 0;
  for (;;) {
    if (norm(g) <= 1e-5) return x;
    if (i === 10) {
      eta *= 2;
      i = 0;
      continue;
    }
    const next = x.map((xi, k) => xi - eta * g[k]);
    if (norm(x.map((xi, k) => xi - next[k])) <= 1e-5) return x;
    const fNext = f(next);
    if (fNext < fx) {
      x = next;
      fx = fNext;
      g = slope(x);
      i++;
    } else {
      eta /= 2;
      i = 0;
    }
  }
}

const game = (x: Vec, y: Vec): number => x[0] * x[0] + x[1] * x[1] - (y[0] * y[0] + y[1] * y[1]);

/**
 * What is left of a move in a game after the best reply, found by gradient descent.
 * @differentiable grad jvp
 * @wrt x
 */
export function bestReplyR(x: Vec, s: Vec): number {
  const loss = (y: Vec): number => -game(x, y);
  return game(x, argmin(loss, grad(loss), s));
}

/**
 * The same with slopes by forward mode.
 * @differentiable grad jvp
 * @wrt x
 */
export function bestReplyF(x: Vec, s: Vec): number {
  const loss = (y: Vec): number => -game(x, y);
  const slope = (y: Vec): Vec => [jvp(loss)(y, [1, 0])[1], jvp(loss)(y, [0, 1])[1]];
  return game(x, argmin(loss, slope, s));
}

type Matrix = number[][];

interface Model {
  readonly bone_count: int;
  readonly bone_names: readonly string[];
  readonly parents: readonly int[];
  readonly base_relatives: readonly Matrix[];
  readonly inverse_base_absolutes: readonly Matrix[];
  readonly base_positions: readonly (readonly number[])[];
  readonly weights: readonly (readonly number[])[];
  readonly triangles: readonly (readonly int[])[];
  readonly is_mirrored: boolean;
}

interface Data {
  readonly model: Model;
  readonly correspondences: readonly int[];
  readonly points: readonly (readonly number[])[];
}

const times = (a: Matrix, b: Matrix): Matrix =>
  a.map((row) => b[0].map((_, j) => row.reduce((sum, entry, k) => sum + entry * b[k][j], 0)));

function rotation(tx: number, ty: number, tz: number): Matrix {
  const [cx, sx, cy, sy, cz, sz] = [Math.cos(tx), Math.sin(tx), Math.cos(ty), Math.sin(ty), Math.cos(tz), Math.sin(tz)];
  const x = [
    [1, 0, 0],
    [0, cx, -sx],
    [0, sx, cx],
  ];
  const y = [
    [cy, 0, sy],
    [0, 1, 0],
    [-sy, 0, cy],
  ];
  const z = [
    [cz, -sz, 0],
    [sz, cz, 0],
    [0, 0, 1],
  ];
  return times(times(z, y), x);
}

function axisAngle([x, y, z]: [number, number, number]): Matrix {
  const nu = Math.hypot(x, y, z);
  if (nu < 1e-4)
    return [
      [1, 0, 0],
      [0, 1, 0],
      [0, 0, 1],
    ];
  const axis = [x / nu, y / nu, z / nu];
  const [c, s] = [Math.cos(nu), Math.sin(nu)];
  const skew = [
    [0, -axis[2], axis[1]],
    [axis[2], 0, -axis[0]],
    [-axis[1], axis[0], 0],
  ];
  return skew.map((row, i) => row.map((w, j) => (i === j ? c : 0) + s * w + (1 - c) * axis[i] * axis[j]));
}

function angles(theta: Float64Array, bone: int): { tx: number; tz: number } {
  if (bone === 0 || bone > 20) return { tx: 0, tz: 0 };
  const finger = Math.floor((bone - 1) / 4);
  const base = 6 + 4 * finger;
  switch (bone - 4 * finger) {
    case 2:
      return { tx: theta[base], tz: theta[base + 1] };
    case 3:
      return { tx: theta[base + 2], tz: 0 };
    case 4:
      return { tx: theta[base + 3], tz: 0 };
    default:
      return { tx: 0, tz: 0 };
  }
}

function homogeneous(r: Matrix): Matrix {
  return [...r.map((row) => [...row, 0]), [0, 0, 0, 1]];
}

/**
 * How far the points of a hand, posed by `theta`, are from where they were measured.
 * @differentiable jacobian
 * @wrt theta, us
 */
export function hand(theta: Float64Array, { model, correspondences, points }: Data, us: number[][]): number[] {
  const absolutes: Matrix[] = [];
  const transforms: Matrix[] = [];
  for (let i = 0; i < model.bone_count; i++) {
    const { tx, tz } = angles(theta, i);
    const relative = times(model.base_relatives[i], homogeneous(rotation(tx, 0, tz)));
    const parent = model.parents[i];
    const absolute = parent < 0 ? relative : times(absolutes[parent], relative);
    absolutes.push(absolute);
    transforms.push(times(absolute, model.inverse_base_absolutes[i]));
  }
  const turn = axisAngle([theta[0], theta[1], theta[2]]);
  const positions = model.base_positions.map((base, v) => {
    const position = [0, 0, 0];
    model.weights[v].forEach((weight, i) => {
      if (weight === 0) return;
      for (let r = 0; r < 3; r++) position[r] += weight * transforms[i][r].reduce((s, t, k) => s + t * base[k], 0);
    });
    if (model.is_mirrored) position[0] = -position[0];
    return turn.map((row, r) => row.reduce((s, t, k) => s + t * position[k], 0) + theta[3 + r]);
  });
  return correspondences.flatMap((kappa, i) => {
    if (us.length === 0) return points[i].map((p, r) => p - positions[kappa][r]);
    const [a, b, c] = model.triangles[kappa];
    const [u0, u1] = us[i];
    return points[i].map((p, r) => p - (u0 * positions[a][r] + u1 * positions[b][r] + (1 - u0 - u1) * positions[c][r]));
  });
}
