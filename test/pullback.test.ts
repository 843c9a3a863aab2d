/**
 * What `pullback(v)` does not do again: the forward sweep of functions whose references move runs once, when the
 * value is asked for. And what its calls work on: copies in which is shared what was shared.
 */
import path from "node:path";
import { describe, expect, test, vi } from "vitest";
import { compile } from "../compiler/index.ts";
import { copyTogether } from "../runtime/copies.ts";
import { load, root } from "./support/load.ts";

const folder = path.join(root, "test/fixtures");
const project = path.join(folder, "tsconfig.json");

// The adjoint of sinh is cosh: who asks for sinh again is doing forward work again.
const source = `
import type { int } from "tsgrad";

/** @differentiable pullback */
export function swapped(x: Float64Array): number {
  let now = x.slice();
  let next = new Float64Array(x.length);
  for (let step = 0; step < 3; step++) {
    for (let i = 0; i < x.length; i++) next[i] = 0.5 * Math.sinh(now[i]!);
    [now, next] = [next, now];
  }
  return now[0]! * now[1]!;
}

/** @differentiable pullback */
export function listed(x: Float64Array): number {
  const rows: Float64Array[] = [];
  for (let k = 0; k < 3; k++) rows.push(Float64Array.of(Math.sinh(x[k]!), Math.sinh(x[0]!)));
  const row = rows.pop()!;
  row[0]! *= rows[0]![1]!;
  return row[0]!;
}

/** @differentiable pullback */
export function reassigned(x: Float64Array): number {
  let row = x;
  for (let k = 0; k < 3; k++) row = Float64Array.of(Math.sinh(row[1]!), Math.sinh(row[0]!));
  return row[0]! * row[1]!;
}

function halved(x: Float64Array, depth: int): Float64Array {
  let part = x;
  if (depth > 0) part = halved(x.slice(), depth - 1);
  for (let i = 0; i < part.length; i++) part[i] = 0.5 * Math.sinh(part[i]!);
  return part;
}

/** @differentiable pullback */
export function recursive(x: Float64Array): number {
  const y = halved(x.slice(), 2);
  return y[0]! * y[1]!;
}
`;

const names = ["swapped", "listed", "reassigned", "recursive"];

describe("the forward sweep runs once", async () => {
  const file = path.join(folder, "once.ts");
  const { files, reports } = await compile({ cwd: folder, project, files: [file], overlay: new Map([[file, source]]) });
  const text = files[0]?.text ?? "";
  const memory = new Map([
    [file, source],
    [path.join(folder, "once.grad.ts"), text],
  ]);
  const generated = await load("pullback-once", `export * from "./once.grad.ts";\n`, folder, memory);

  test("without errors", () => {
    expect(reports).toEqual([]);
  });

  test.each(names)("of %s", (name) => {
    const forward = vi.spyOn(Math, "sinh");
    const make = generated[`${name}Pullback`] as (x: Float64Array) => [number, (v: number) => Float64Array];
    const [, pullback] = make(Float64Array.of(0.4, 0.7, 0.2));
    expect(forward).toHaveBeenCalled();
    forward.mockClear();
    const first = pullback(1);
    const second = pullback(1);
    expect(forward).not.toHaveBeenCalled();
    forward.mockRestore();
    expect(second).toEqual(first);
    expect(second).not.toBe(first);
    expect(first.some((slope) => slope !== 0)).toBe(true);
  });
});

describe("copyTogether", () => {
  test("what is one array stays one array, and is another than before", () => {
    const row = [1, 2];
    const [rows, same] = copyTogether([row, row, [3]], row);
    expect(rows).toEqual([[1, 2], [1, 2], [3]]);
    expect(rows[0]).toBe(same);
    expect(rows[1]).toBe(same);
    expect(same).not.toBe(row);
  });

  test("views of one buffer go on sharing it, wherever in it they begin", () => {
    const whole = Float32Array.of(0, 1, 2, 3, 4, 5, 6);
    const [inner, outer] = copyTogether(whole.subarray(3, 5), whole.subarray(1));
    expect([...inner]).toEqual([3, 4]);
    inner[0] = 9;
    expect([...outer]).toEqual([1, 2, 9, 4, 5, 6]);
    expect(whole[3]).toBe(3);
  });

  test("no more of a buffer is copied than they look at", () => {
    const [part] = copyTogether(new Float64Array(1000).subarray(500, 502));
    expect(part.buffer.byteLength).toBe(16);
  });

  test("objects keep their class and what they share; what leads back ends", () => {
    class Point {
      x = 1;
      friends: Point[] = [];
      name = (): string => "p";
    }
    const p = new Point();
    p.friends.push(p);
    const [copy] = copyTogether(p);
    expect(copy).toBeInstanceOf(Point);
    expect(copy).not.toBe(p);
    expect(copy.friends[0]).toBe(copy);
    expect(copy.name).toBe(p.name);
  });

  test("holes, absent values, and what is no memory of numbers stay as they are", () => {
    const map = new Map();
    const [list, absent, nothing, kept] = copyTogether([1, , 3], undefined, null, { map });
    expect(1 in list).toBe(false);
    expect([absent, nothing]).toEqual([undefined, null]);
    expect(kept.map).toBe(map);
  });
});
