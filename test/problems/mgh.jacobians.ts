/**
 * The Jacobians of `mgh.ts`, derived by hand from the paper's formulas: a list of rows each. Nothing here
 * is shared with the residuals but the paper.
 */
type Jacobian = (x: ArrayLike<number>) => number[][];

const rows = (count: number, row: (i: number) => number[]): number[][] =>
  Array.from({ length: count }, (_, i) => row(i));
const diagonal = (n: number, i: number, value: number): number[] =>
  Array.from({ length: n }, (_, j) => (j === i ? value : 0));
const list = (x: ArrayLike<number>): number[] => Array.from(x);

export const rosenbrock: Jacobian = ({ 0: a }) => [
  [-20 * a, 10],
  [-1, 0],
];

export const freudensteinRoth: Jacobian = ({ 1: b }) => [
  [1, 10 * b - 3 * b * b - 2],
  [1, 3 * b * b + 2 * b - 14],
];

export const powellBadlyScaled: Jacobian = ({ 0: a, 1: b }) => [
  [1e4 * b, 1e4 * a],
  [-Math.exp(-a), -Math.exp(-b)],
];

export const brownBadlyScaled: Jacobian = ({ 0: a, 1: b }) => [
  [1, 0],
  [0, 1],
  [b, a],
];

export const beale: Jacobian = ({ 0: a, 1: b }) => [
  [b - 1, a],
  [b * b - 1, 2 * a * b],
  [b * b * b - 1, 3 * a * b * b],
];

export const jennrichSampson: Jacobian = ({ 0: a, 1: b }) =>
  rows(10, (k) => [-(k + 1) * Math.exp((k + 1) * a), -(k + 1) * Math.exp((k + 1) * b)]);

export const helicalValley: Jacobian = ({ 0: a, 1: b }) => {
  const square = a * a + b * b;
  const norm = Math.sqrt(square);
  return [
    [(50 * b) / (Math.PI * square), (-50 * a) / (Math.PI * square), 10],
    [(10 * a) / norm, (10 * b) / norm, 0],
    [0, 0, 1],
  ];
};

export const bard: Jacobian = ({ 1: b, 2: c }) =>
  rows(15, (k) => {
    const u = k + 1;
    const v = 16 - u;
    const w = u < v ? u : v;
    const square = (v * b + w * c) ** 2;
    return [-1, (u * v) / square, (u * w) / square];
  });

export const gaussian: Jacobian = ({ 0: a, 1: b, 2: c }) =>
  rows(15, (k) => {
    const d = (7 - k) / 2 - c;
    const e = Math.exp((-b * d * d) / 2);
    return [e, (-a * e * d * d) / 2, a * e * b * d];
  });

export const meyer: Jacobian = ({ 0: a, 1: b, 2: c }) =>
  rows(16, (k) => {
    const d = 50 + 5 * k + c;
    const e = Math.exp(b / d);
    return [e, (a * e) / d, (-a * b * e) / (d * d)];
  });

export const gulf: Jacobian = ({ 0: a, 1: b, 2: c }) =>
  rows(10, (k) => {
    const t = (k + 1) / 100;
    const d = 25 + Math.pow(-50 * Math.log(t), 2 / 3) - b;
    const p = Math.pow(Math.abs(d), c);
    const e = Math.exp(-p / a);
    return [(e * p) / (a * a), (e * c * p) / (a * d), (-e * p * Math.log(Math.abs(d))) / a];
  });

export const box3d: Jacobian = ({ 0: a, 1: b }) =>
  rows(10, (k) => {
    const t = 0.1 * (k + 1);
    return [-t * Math.exp(-t * a), t * Math.exp(-t * b), Math.exp(-10 * t) - Math.exp(-t)];
  });

export const powellSingular: Jacobian = ({ 0: a, 1: b, 2: c, 3: d }) => [
  [1, 10, 0, 0],
  [0, 0, Math.sqrt(5), -Math.sqrt(5)],
  [0, 2 * (b - 2 * c), -4 * (b - 2 * c), 0],
  [2 * Math.sqrt(10) * (a - d), 0, 0, -2 * Math.sqrt(10) * (a - d)],
];

export const wood: Jacobian = ({ 0: a, 2: c }) => [
  [-20 * a, 10, 0, 0],
  [-1, 0, 0, 0],
  [0, 0, -2 * Math.sqrt(90) * c, Math.sqrt(90)],
  [0, 0, -1, 0],
  [0, Math.sqrt(10), 0, Math.sqrt(10)],
  [0, 1 / Math.sqrt(10), 0, -1 / Math.sqrt(10)],
];

export const kowalikOsborne: Jacobian = ({ 0: a, 1: b, 2: c, 3: d }) =>
  [4, 2, 1, 0.5, 0.25, 0.167, 0.125, 0.1, 0.0833, 0.0714, 0.0625].map((u) => {
    const top = u * u + u * b;
    const bottom = u * u + u * c + d;
    return [-top / bottom, (-a * u) / bottom, (a * top * u) / bottom ** 2, (a * top) / bottom ** 2];
  });

export const brownDennis: Jacobian = ({ 0: a, 1: b, 2: c, 3: d }) =>
  rows(20, (k) => {
    const t = (k + 1) / 5;
    const first = 2 * (a + t * b - Math.exp(t));
    const second = 2 * (c + d * Math.sin(t) - Math.cos(t));
    return [first, first * t, second, second * Math.sin(t)];
  });

export const osborne1: Jacobian = ({ 1: b, 2: c, 3: d, 4: e }) =>
  rows(33, (k) => {
    const t = 10 * k;
    const p = Math.exp(-t * d);
    const q = Math.exp(-t * e);
    return [-1, -p, -q, b * t * p, c * t * q];
  });

export const biggsExp6: Jacobian = (x) =>
  rows(13, (k) => {
    const t = 0.1 * (k + 1);
    const [p, q, r] = [Math.exp(-t * x[0]), Math.exp(-t * x[1]), Math.exp(-t * x[4])];
    return [-t * x[2] * p, t * x[3] * q, p, -q, -t * x[5] * r, r];
  });

export const osborne2: Jacobian = (x) =>
  rows(65, (k) => {
    const t = k / 10;
    const row = new Array<number>(11).fill(0);
    const decay = Math.exp(-t * x[4]);
    row[0] = -decay;
    row[4] = x[0] * t * decay;
    for (const peak of [1, 2, 3]) {
      const d = t - x[7 + peak];
      const bell = Math.exp(-d * d * x[4 + peak]);
      row[peak] = -bell;
      row[4 + peak] = x[peak] * d * d * bell;
      row[7 + peak] = -2 * x[peak] * x[4 + peak] * d * bell;
    }
    return row;
  });

export const watson: Jacobian = (x) => {
  const n = x.length;
  const body = rows(29, (k) => {
    const t = (k + 1) / 29;
    const sum = list(x).reduceRight((value, c) => value * t + c, 0);
    return list(x).map((_, j) => (j === 0 ? 0 : j * t ** (j - 1)) - 2 * sum * t ** j);
  });
  const last = diagonal(n, 1, 1);
  last[0] = -2 * x[0];
  return [...body, diagonal(n, 0, 1), last];
};

export const extendedRosenbrock: Jacobian = (x) =>
  rows(x.length, (i) => {
    if (i % 2 === 1) return diagonal(x.length, i - 1, -1);
    const row = diagonal(x.length, i, -20 * x[i]);
    row[i + 1] = 10;
    return row;
  });

export const extendedPowell: Jacobian = (x) =>
  rows(x.length, (i) => {
    const start = 4 * Math.floor(i / 4);
    const block = powellSingular(list(x).slice(start, start + 4))[i - start];
    return Array.from({ length: x.length }, (_, j) => block[j - start] ?? 0);
  });

export const penaltyI: Jacobian = (x) => [
  ...list(x).map((_, i) => diagonal(x.length, i, Math.sqrt(1e-5))),
  list(x).map((t) => 2 * t),
];

export const penaltyII: Jacobian = (x) => {
  const n = x.length;
  const slope = list(x).map((t) => (Math.sqrt(1e-5) * Math.exp(t / 10)) / 10);
  const pairs = rows(n - 1, (k) => slope.map((s, j) => (j === k || j === k + 1 ? s : 0)));
  const singles = rows(n - 1, (k) => diagonal(n, k + 1, slope[k + 1]));
  return [diagonal(n, 0, 1), ...pairs, ...singles, list(x).map((t, j) => 2 * (n - j) * t)];
};

export const variablyDimensioned: Jacobian = (x) => {
  const sum = list(x).reduce((total, t, j) => total + (j + 1) * (t - 1), 0);
  return [
    ...list(x).map((_, i) => diagonal(x.length, i, 1)),
    list(x).map((_, j) => j + 1),
    list(x).map((_, j) => 2 * sum * (j + 1)),
  ];
};

export const trigonometric: Jacobian = (x) =>
  rows(x.length, (i) => list(x).map((t, j) => Math.sin(t) + (i === j ? (i + 1) * Math.sin(t) - Math.cos(t) : 0)));

export const brownAlmostLinear: Jacobian = (x) =>
  rows(x.length, (i) =>
    list(x).map((_, j) => {
      if (i === x.length - 1) return list(x).reduce((product, t, k) => (k === j ? product : product * t), 1);
      return i === j ? 2 : 1;
    }),
  );

export const discreteBoundaryValue: Jacobian = (x) => {
  const h = 1 / (x.length + 1);
  return rows(x.length, (i) =>
    list(x).map((t, j) => {
      if (i === j) return 2 + 1.5 * h * h * (t + (i + 1) * h + 1) ** 2;
      return Math.abs(i - j) === 1 ? -1 : 0;
    }),
  );
};

export const discreteIntegralEquation: Jacobian = (x) => {
  const h = 1 / (x.length + 1);
  return rows(x.length, (i) =>
    list(x).map((value, j) => {
      const s = (i + 1) * h;
      const t = (j + 1) * h;
      const kernel = j <= i ? (1 - s) * t : s * (1 - t);
      return (i === j ? 1 : 0) + 1.5 * h * kernel * (value + t + 1) ** 2;
    }),
  );
};

export const broydenTridiagonal: Jacobian = (x) =>
  rows(x.length, (i) =>
    list(x).map((t, j) => {
      if (j === i) return 3 - 4 * t;
      if (j === i - 1) return -1;
      return j === i + 1 ? -2 : 0;
    }),
  );

export const broydenBanded: Jacobian = (x) =>
  rows(x.length, (i) =>
    list(x).map((t, j) => {
      if (j === i) return 2 + 15 * t * t;
      return j >= i - 5 && j <= i + 1 ? -1 - 2 * t : 0;
    }),
  );

export const linearFullRank: Jacobian = (x) => rows(10, (i) => list(x).map((_, j) => (i === j ? 1 : 0) - 2 / 10));

export const linearRankOne: Jacobian = (x) => rows(10, (i) => list(x).map((_, j) => (i + 1) * (j + 1)));

export const linearRankOneZeros: Jacobian = (x) => {
  const n = x.length;
  return rows(10, (i) => list(x).map((_, j) => (i === 0 || i === 9 || j === 0 || j === n - 1 ? 0 : i * (j + 1))));
};

/** T*'ᵢ(x) = 2 i U_{i-1}(2x - 1), with U in its trigonometric form inside [-1, 1] and by recurrence outside. */
export const chebyquad: Jacobian = (x) =>
  rows(x.length, (i) => list(x).map((t) => (2 * (i + 1) * secondKind(i, 2 * t - 1)) / x.length));

function secondKind(degree: number, s: number): number {
  if (Math.abs(s) < 0.999) {
    const angle = Math.acos(s);
    return Math.sin((degree + 1) * angle) / Math.sin(angle);
  }
  let [before, now] = [0, 1];
  for (let k = 0; k < degree; k++) [before, now] = [now, 2 * s * now - before];
  return now;
}
