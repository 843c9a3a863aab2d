import type { int } from "tsgrad";

/** @differentiable */
export function f(x: number, rows: Map<string, number[]>): number {
  return x * rows.size;
}

/** @differentiable */
export function g(x: number[], groups: int[]): number {
  const members = new Map<int, int[]>();
  for (const [i, group] of groups.entries()) members.set(group, [...(members.get(group) ?? []), i]);
  return x[0]! * members.size;
}

const isList = (s: number | readonly number[]): s is readonly number[] => Array.isArray(s);

function first(s: number): number;
function first(s: readonly number[]): number;
function first(s: number | readonly number[]): number {
  return isList(s) ? 1 : 2;
}

/** @differentiable */
export function guarded(x: number): number {
  return x * first(x);
}

/** @differentiable */
export function counted(x: number, step?: number): number {
  return x * Number(step);
}
