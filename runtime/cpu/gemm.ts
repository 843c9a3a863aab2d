/**
 * C = A · B for matrices anywhere in memory, with any strides, so that transposed operands need no copy.
 *
 * Operands are packed into float64 panels of 4 rows or 4 columns, and blocks of 4 × 4 results are added up in variables
 * (after Goto and van de Geijn, _Anatomy of high-performance matrix multiplication_, 2008). Packing makes the inner loop see
 * float64 arrays only, whatever the operands are. Each result is the plain sum over k in ascending order.
 *
 * Where the host has WebAssembly with SIMD, larger products are done there, from panels of the same kind. In float64 the bits
 * are the same. Where all is float32, sums are float32 there and float64 here: they differ by float32's rounding.
 */
import type { FloatData } from "../dtype.ts";
import { reserve, wasmProducts } from "./wasm.ts";

/** A matrix in memory: element (i, j) stands at `at + i · row + j · column`. */
export interface Matrix<Data = FloatData> {
  readonly data: Data;
  at: number;
  readonly row: number;
  readonly column: number;
}

/** Elements of packed A and B that are kept at once: they fit the second and third cache. */
const rowsBudget = 1 << 15;
const columnsBudget = 1 << 19;

let packedA = new Float64Array(1 << 10);
let packedB = new Float64Array(1 << 10);

/** Where C is written; its columns stand next to each other. */
export interface Target {
  readonly data: FloatData;
  at: number;
  readonly row: number;
}

/** C = A · B, or C += A · B, where A is m × k and B is k × n. */
export function gemm(m: number, n: number, k: number, a: Matrix, b: Matrix, c: Target, accumulate: boolean): void {
  if (m === 0 || n === 0) return;
  if (n === 1) {
    matrixVector(m, k, a.data, a.at, a.row, a.column, b.data, b.at, b.row, c.data, c.at, c.row, accumulate);
    return;
  }
  if (m === 1) {
    matrixVector(n, k, b.data, b.at, b.column, b.row, a.data, a.at, a.column, c.data, c.at, 1, accumulate);
    return;
  }
  if (m * n * k <= smallProduct) {
    multiplySmall(
      m,
      n,
      k,
      a.data,
      a.at,
      a.row,
      a.column,
      b.data,
      b.at,
      b.column,
      b.row,
      c.data,
      c.at,
      c.row,
      accumulate,
    );
    return;
  }
  if (m * n * k >= largeProduct && multiplyInWasm(m, n, k, a, b, c, accumulate)) return;
  const rows = Math.min(roundUp(m), Math.max(4, roundDown(rowsBudget / Math.max(k, 1))));
  const columns = Math.min(roundUp(n), Math.max(4, roundDown(columnsBudget / Math.max(k, 1))));
  if (packedA.length < rows * k) packedA = new Float64Array(rows * k);
  if (packedB.length < columns * k) packedB = new Float64Array(columns * k);
  for (let j = 0; j < n; j += columns) {
    const width = Math.min(columns, n - j);
    pack(b.data, b.at + j * b.column, b.column, b.row, width, k, packedB, 4);
    for (let i = 0; i < m; i += rows) {
      const height = Math.min(rows, m - i);
      pack(a.data, a.at + i * a.row, a.row, a.column, height, k, packedA, 4);
      multiplyPacked(height, width, k, packedA, packedB, c.data, c.at + i * c.row + j, c.row, accumulate);
    }
  }
}

/** Multiplications from which on the way to the memory of WebAssembly and back is worth it. */
const largeProduct = 1 << 12;
/** Results that are kept there at once. */
const resultsBudget = 1 << 18;

/** Says whether it could. */
function multiplyInWasm(
  m: number,
  n: number,
  k: number,
  a: Matrix,
  b: Matrix,
  c: Target,
  accumulate: boolean,
): boolean {
  const wasm = wasmProducts();
  if (wasm === undefined) return false;
  const isSingle = [a, b, c].every(({ data }) => data instanceof Float32Array);
  const [size, panel] = isSingle ? [4, 8] : [8, 4];
  const columns = Math.min(roundUp(n, panel), Math.max(panel, roundDown(columnsBudget / k, panel)), 4096);
  const rows = Math.min(roundUp(m), Math.max(4, roundDown(Math.min(rowsBudget / k, resultsBudget / columns))));
  const [atB, atC] = [rows * k * size, (rows + columns) * k * size];
  if (!reserve(wasm, atC + rows * columns * size)) return false;
  const view = isSingle ? Float32Array : Float64Array;
  const { buffer } = wasm.memory;
  const packed = { a: new view(buffer, 0, rows * k), b: new view(buffer, atB, columns * k) };
  const results = new view(buffer, atC, rows * columns);
  const multiply = isSingle ? wasm.multiply32 : wasm.multiply64;
  for (let j = 0; j < n; j += columns) {
    const width = Math.min(columns, n - j);
    const padded = roundUp(width, panel);
    pack(b.data, b.at + j * b.column, b.column, b.row, width, k, packed.b, panel);
    for (let i = 0; i < m; i += rows) {
      const height = Math.min(rows, m - i);
      pack(a.data, a.at + i * a.row, a.row, a.column, height, k, packed.a, 4);
      multiply(roundUp(height), padded, k, 0, atB, atC);
      copyOut(results, padded, height, width, c.data, c.at + i * c.row + j, c.row, accumulate);
    }
  }
  return true;
}

function copyOut(
  from: FloatData,
  stride: number,
  rows: number,
  columns: number,
  to: FloatData,
  at: number,
  row: number,
  accumulate: boolean,
): void {
  for (let i = 0; i < rows; i++) {
    const [p, q] = [i * stride, at + i * row];
    if (accumulate) for (let j = 0; j < columns; j++) to[q + j]! += from[p + j]!;
    else for (let j = 0; j < columns; j++) to[q + j] = from[p + j]!;
  }
}

/** Multiplications below which packing costs more than it saves. */
export const smallProduct = 128;

/** Rows of the first factor stand `row` apart, columns of the second `column`; elements along k `step` and `otherStep`. */
export function multiplySmall(
  m: number,
  n: number,
  k: number,
  from: FloatData,
  at: number,
  row: number,
  step: number,
  other: FloatData,
  otherAt: number,
  column: number,
  otherStep: number,
  to: FloatData,
  toAt: number,
  toRow: number,
  accumulate: boolean,
): void {
  for (let i = 0; i < m; i++)
    for (let j = 0; j < n; j++) {
      let sum = 0;
      let p = at + i * row;
      let q = otherAt + j * column;
      for (let l = 0; l < k; l++) {
        sum += from[p]! * other[q]!;
        p += step;
        q += otherStep;
      }
      const place = toAt + i * toRow + j;
      to[place] = accumulate ? to[place]! + sum : sum;
    }
}

const roundUp = (n: number, to = 4): number => Math.ceil(n / to) * to;
const roundDown = (n: number, to = 4): number => Math.floor(n / to) * to;

/** Panels of 4 or 8 lines, interleaved: what belongs to one k stands together. Lines that are missing are 0. */
function pack(
  from: FloatData,
  at: number,
  line: number,
  along: number,
  lines: number,
  k: number,
  to: FloatData,
  panel: number,
): void {
  for (let i = 0; i < lines; i += 4) {
    // The second four of a panel of eight stand behind the first four.
    const start = Math.floor(i / panel) * panel * k + (i % panel);
    packFour(from, at + i * line, line, along, Math.min(4, lines - i), k, to, start, panel);
  }
  const rest = lines % panel;
  if (panel === 8 && rest > 0 && rest <= 4) fillFour(to, Math.floor(lines / 8) * 8 * k + 4, k, panel);
}

function packFour(
  from: FloatData,
  at: number,
  line: number,
  along: number,
  lines: number,
  k: number,
  to: FloatData,
  start: number,
  panel: number,
): void {
  if (lines < 4) {
    for (let l = 0; l < k; l++)
      for (let r = 0; r < 4; r++) to[start + l * panel + r] = r < lines ? from[at + r * line + l * along]! : 0;
    return;
  }
  let q = start;
  let p0 = at;
  let p1 = p0 + line;
  let p2 = p1 + line;
  let p3 = p2 + line;
  for (let l = 0; l < k; l++) {
    to[q] = from[p0]!;
    to[q + 1] = from[p1]!;
    to[q + 2] = from[p2]!;
    to[q + 3] = from[p3]!;
    q += panel;
    p0 += along;
    p1 += along;
    p2 += along;
    p3 += along;
  }
}

function fillFour(to: FloatData, start: number, k: number, panel: number): void {
  for (let l = 0; l < k; l++) to.fill(0, start + l * panel, start + l * panel + 4);
}

/** Sums of a block that sticks out. */
const edge = new Float64Array(16);

function multiplyPacked(
  m: number,
  n: number,
  k: number,
  a: Float64Array,
  b: Float64Array,
  c: FloatData,
  at: number,
  row: number,
  accumulate: boolean,
): void {
  if (accumulate) {
    for (let j = 0; j < n; j += 4)
      for (let i = 0; i < m; i += 4) {
        block(k, a, i * k, b, j * k, edge, 0, 4);
        addEdge(Math.min(4, m - i), Math.min(4, n - j), c, at + i * row + j, row);
      }
    return;
  }
  for (let j = 0; j < n; j += 4)
    for (let i = 0; i < m; i += 4) {
      if (i + 4 <= m && j + 4 <= n) block(k, a, i * k, b, j * k, c, at + i * row + j, row);
      else {
        block(k, a, i * k, b, j * k, edge, 0, 4);
        copyEdge(Math.min(4, m - i), Math.min(4, n - j), c, at + i * row + j, row);
      }
    }
}

function copyEdge(m: number, n: number, c: FloatData, at: number, row: number): void {
  for (let i = 0; i < m; i++) for (let j = 0; j < n; j++) c[at + i * row + j] = edge[4 * i + j]!;
}

function addEdge(m: number, n: number, c: FloatData, at: number, row: number): void {
  for (let i = 0; i < m; i++) for (let j = 0; j < n; j++) c[at + i * row + j]! += edge[4 * i + j]!;
}

/** 4 × 4 results from a panel of each operand. */
function block(
  k: number,
  a: Float64Array,
  p: number,
  b: Float64Array,
  q: number,
  c: FloatData,
  at: number,
  row: number,
): void {
  let c00 = 0;
  let c01 = 0;
  let c02 = 0;
  let c03 = 0;
  let c10 = 0;
  let c11 = 0;
  let c12 = 0;
  let c13 = 0;
  let c20 = 0;
  let c21 = 0;
  let c22 = 0;
  let c23 = 0;
  let c30 = 0;
  let c31 = 0;
  let c32 = 0;
  let c33 = 0;
  for (let l = 0; l < k; l++, p += 4, q += 4) {
    const b0 = b[q]!;
    const b1 = b[q + 1]!;
    const b2 = b[q + 2]!;
    const b3 = b[q + 3]!;
    const a0 = a[p]!;
    c00 += a0 * b0;
    c01 += a0 * b1;
    c02 += a0 * b2;
    c03 += a0 * b3;
    const a1 = a[p + 1]!;
    c10 += a1 * b0;
    c11 += a1 * b1;
    c12 += a1 * b2;
    c13 += a1 * b3;
    const a2 = a[p + 2]!;
    c20 += a2 * b0;
    c21 += a2 * b1;
    c22 += a2 * b2;
    c23 += a2 * b3;
    const a3 = a[p + 3]!;
    c30 += a3 * b0;
    c31 += a3 * b1;
    c32 += a3 * b2;
    c33 += a3 * b3;
  }
  c[at] = c00;
  c[at + 1] = c01;
  c[at + 2] = c02;
  c[at + 3] = c03;
  at += row;
  c[at] = c10;
  c[at + 1] = c11;
  c[at + 2] = c12;
  c[at + 3] = c13;
  at += row;
  c[at] = c20;
  c[at + 1] = c21;
  c[at + 2] = c22;
  c[at + 3] = c23;
  at += row;
  c[at] = c30;
  c[at + 1] = c31;
  c[at + 2] = c32;
  c[at + 3] = c33;
}

let sums = new Float64Array(64);

/** y = A x: by rows where a row stands together, else by columns. Results stand `step` apart. */
function matrixVector(
  m: number,
  k: number,
  a: FloatData,
  at: number,
  row: number,
  column: number,
  x: FloatData,
  xAt: number,
  xStep: number,
  y: FloatData,
  yAt: number,
  yStep: number,
  accumulate: boolean,
): void {
  if (sums.length < m) sums = new Float64Array(m);
  if (row === 1 && column !== 1) {
    sums.fill(0, 0, m);
    for (let l = 0; l < k; l++) {
      const factor = x[xAt + l * xStep]!;
      const p = at + l * column;
      for (let i = 0; i < m; i++) sums[i]! += a[p + i]! * factor;
    }
  } else dotRows(m, k, a, at, row, column, x, xAt, xStep);
  if (accumulate) for (let i = 0; i < m; i++) y[yAt + i * yStep]! += sums[i]!;
  else for (let i = 0; i < m; i++) y[yAt + i * yStep] = sums[i]!;
}

/** Four rows at a time: each element of x is read once for them. */
function dotRows(
  m: number,
  k: number,
  a: FloatData,
  at: number,
  row: number,
  column: number,
  x: FloatData,
  xAt: number,
  xStep: number,
): void {
  let i = 0;
  for (; i + 4 <= m; i += 4) {
    let p0 = at + i * row;
    let p1 = p0 + row;
    let p2 = p1 + row;
    let p3 = p2 + row;
    let s0 = 0;
    let s1 = 0;
    let s2 = 0;
    let s3 = 0;
    for (let l = 0; l < k; l++) {
      const factor = x[xAt + l * xStep]!;
      s0 += a[p0]! * factor;
      s1 += a[p1]! * factor;
      s2 += a[p2]! * factor;
      s3 += a[p3]! * factor;
      p0 += column;
      p1 += column;
      p2 += column;
      p3 += column;
    }
    sums[i] = s0;
    sums[i + 1] = s1;
    sums[i + 2] = s2;
    sums[i + 3] = s3;
  }
  for (; i < m; i++) {
    let sum = 0;
    for (let l = 0, p = at + i * row; l < k; l++, p += column) sum += a[p]! * x[xAt + l * xStep]!;
    sums[i] = sum;
  }
}
