/** Levenberg-Marquardt, just good enough to walk from a standard start to the minimum that a paper quotes. */
type Vector = readonly number[];

const squares = (f: Vector): number => f.reduce((sum, r) => sum + r * r, 0);

export function minimise(
  residuals: (x: Vector) => Vector,
  jacobian: (x: Vector) => readonly Vector[],
  start: Vector,
  rounds = 1000,
): number {
  let x = start;
  let f = residuals(x);
  let damping = 1e-3;
  const scale = start.map(() => 0);
  for (let round = 0; round < rounds && damping < 1e20; round++) {
    const rows = jacobian(x);
    x.forEach((_, j) => {
      scale[j] = Math.max(scale[j], Math.sqrt(squares(rows.map((row) => row[j]))));
    });
    for (; damping < 1e20; damping *= 4) {
      const step = solve(
        rows,
        f,
        scale.map((s) => Math.sqrt(damping) * (s === 0 ? 1 : s)),
      );
      const next = x.map((value, j) => value - step[j]);
      const g = residuals(next);
      if (squares(g) < squares(f)) {
        [x, f] = [next, g];
        damping /= 10;
        break;
      }
    }
  }
  return squares(f);
}

/** The least-squares solution of [rows; diag(extra)] p = [f; 0], by Householder reflections. */
function solve(rows: readonly Vector[], f: Vector, extra: Vector): number[] {
  const n = extra.length;
  const a = [...rows.map((row) => [...row]), ...extra.map((d, i) => extra.map((_, j) => (i === j ? d : 0)))];
  const b = [...f, ...extra.map(() => 0)];
  for (let k = 0; k < n; k++) {
    const column = a.map((row, i) => (i < k ? 0 : row[k]));
    const length = Math.sqrt(squares(column));
    if (length === 0) continue;
    column[k] += column[k] > 0 ? length : -length;
    const size = squares(column) / 2;
    const reflect = (get: (i: number) => number, put: (i: number, value: number) => void): void => {
      let dot = 0;
      for (let i = k; i < a.length; i++) dot += column[i] * get(i);
      for (let i = k; i < a.length; i++) put(i, get(i) - (dot / size) * column[i]);
    };
    for (let j = k; j < n; j++) {
      reflect(
        (i) => a[i][j],
        (i, value) => (a[i][j] = value),
      );
    }
    reflect(
      (i) => b[i],
      (i, value) => (b[i] = value),
    );
  }
  const p = new Array<number>(n).fill(0);
  for (let i = n - 1; i >= 0; i--) {
    let sum = b[i];
    for (let j = i + 1; j < n; j++) sum -= a[i][j] * p[j];
    p[i] = a[i][i] === 0 ? 0 : sum / a[i][i];
  }
  return p;
}
