export type Vector = readonly number[];
export type Matrix = readonly Vector[];

export const dot = (a: Vector, b: Vector): number => a.reduce((sum, value, i) => sum + value * b[i], 0);
export const transpose = (a: Matrix): number[][] => a[0].map((_, j) => a.map((row) => row[j]));
export const apply = (a: Matrix, x: Vector): number[] => a.map((row) => dot(row, x));
export const add = (a: Matrix, b: Matrix): number[][] => a.map((row, i) => row.map((value, j) => value + b[i][j]));
export const outer = (x: Vector, y: Vector): number[][] => x.map((a) => y.map((b) => a * b));
export const scale = (a: Matrix, by: number): number[][] => a.map((row) => row.map((value) => value * by));

export function multiply(a: Matrix, b: Matrix): number[][] {
  const columns = transpose(b);
  return a.map((row) => columns.map((column) => dot(row, column)));
}
