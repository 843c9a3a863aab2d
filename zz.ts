import { lowerText } from "./test/support/lower.ts";
const t = lowerText(`
import { type int } from "tsgrad";
const G = 9.81;
function dot(a: Float64Array, b: Float64Array): number { let s = 0; for (let i = 0; i < a.length; i++) s += a[i] * b[i]; return s; }
export function spring(x: Float64Array, k: number, n: int): number {
  let energy = 0;
  for (let i = 0; i + 1 < x.length; i++) {
    const d = x[i + 1] - x[i] - 1;
    if (d > 10) continue;
    if (d < -10) break;
    energy += 0.5 * k * d * d;
  }
  let q = energy, j = 0;
  while (q > 1 && j++ < n) { q *= 0.5; if (q === 3) return q; }
  [x[0], x[1]] = [x[1], x[0]];
  const r = dot(x, x) * G;
  for (let i = n; i > 0; i--) x[i++ % 3] = (q = q + 1) * q + x[i] ;
  return r + Math.max(q, 2 ** q, dot(x, x));
}
`);
console.log(t.typeErrors, t.print("spring"), t.reports);
