/** What each normalisation does, on functions of a few lines. */
import { expect, test } from "vitest";
import { nameAllocations } from "../../compiler/normalise/allocations.ts";
import { structureExits } from "../../compiler/normalise/exits.ts";
import { constantParameters, inlineCalls } from "../../compiler/normalise/inline.ts";
import { integerLoops } from "../../compiler/normalise/loops.ts";
import { normalise } from "../../compiler/normalise/index.ts";
import { offsets } from "../../compiler/normalise/offsets.ts";
import { singleReturn } from "../../compiler/normalise/returns.ts";
import { nameResults } from "../../compiler/normalise/temporaries.ts";
import { smallArrays } from "../../compiler/normalise/small-arrays.ts";
import { renameVersions } from "../../compiler/normalise/versions.ts";
import { after } from "./support.ts";

test("returns: early returns become one", () => {
  const text = `function f(x: number): number {
    if (x < 0) return 0;
    const y = x * x;
    if (y > 10) return 10;
    return y;
  }`;
  expect(after(singleReturn, text)).toMatchInlineSnapshot(`
    "function f(x: number): number {
      let result: number
      return2: {
        if (x < 0) {
          result = 0
          exit return2
        }
        const y: number = x * x
        if (y > 10) {
          result = 10
          exit return2
        }
        result = y
        exit return2
      }
      return result
    }
    "
  `);
  expect(after((f) => structureExits(singleReturn(f)), text)).toMatchInlineSnapshot(`
    "function f(x: number): number {
      let result: number
      if (x < 0) {
        result = 0
      } else {
        const y: number = x * x
        if (y > 10) {
          result = 10
        } else {
          result = y
        }
      }
      return result
    }
    "
  `);
});

test("exits: break and continue become one code for the loop", () => {
  const text = `function f(x: Float64Array): number {
    let sum = 0;
    for (let i = 0; i < x.length; i++) {
      if (x[i] === 0) continue;
      if (sum > 100) break;
      sum += x[i];
    }
    return sum;
  }`;
  expect(after(structureExits, text)).toMatchInlineSnapshot(`
    "function f(x: Float64Array): number {
      let sum: number = 0
      let exit2: int = 0
      @exit(exit2) for (let i = 0; i < x.length; i += 1) {
        if (x[i] === 0) {
        } else if (sum > 100) {
          exit2 = 1
        } else {
          sum = sum + x[i]
        }
      }
      return sum
    }
    "
  `);
});

test("loops: only those that are proved to count in whole steps stay counted", () => {
  const text = `function f(x: Float64Array, start: number): number {
    let sum = 0;
    for (let i = 1; i < x.length; i += 2) sum += x[i];
    for (let t = start; t < 1; t += 1) sum += t;
    return sum;
  }`;
  expect(after(integerLoops, text)).toMatchInlineSnapshot(`
    "function f(x: Float64Array, start: number): number {
      let sum: number = 0
      for (let i = 1; i < x.length; i += 2) {
        sum = sum + x[i]
      }
      let t: number = start
      while (t < 1) {
        sum = sum + t
        t = t + 1
      }
      return sum
    }
    "
  `);
});

test("inline: the bodies of callees, with names of their own", () => {
  const text = `function square(x: number): number {
    const y = x * x;
    return y;
  }
  function f(x: number, y: number): number {
    return square(x) + square(x + y);
  }`;
  expect(after((f, program) => inlineCalls(f, program, () => false), text)).toMatchInlineSnapshot(`
    "function f(x: number, y: number): number {
      const squareResult: number = x * x
      const x2: number = x + y
      const squareResult2: number = x2 * x2
      return squareResult + squareResult2
    }
    "
  `);
});

test("inline: parameters keep their values", () => {
  const text = `function f(x: number): number {
    x = x * x;
    return x;
  }`;
  expect(after(constantParameters, text)).toMatchInlineSnapshot(`
    "function f(x: number): number {
      let x2: number = x
      x2 = x2 * x2
      return x2
    }
    "
  `);
});

test("other names: what does not change has one name, the user's; what they named twice has both", () => {
  const text = `type Pair = [number, number];
  const times = (a: Pair, by: number): Pair => [a[0] * by, a[1] * by];
  const norm = (a: Pair): number => Math.hypot(a[0], a[1]);
  function f(p: Pair, q: Pair): number {
    const d: Pair = [p[0] - q[0], p[1] - q[1]];
    const unit = times(d, 1 / norm(d));
    const first = unit[0];
    return first * unit[1];
  }`;
  expect(after((f, program) => inlineCalls(f, program, () => false), text)).toMatchInlineSnapshot(`
    "function f(p: { 0: number; 1: number }, q: { 0: number; 1: number }): number {
      const items: { 0: number; 1: number } = { 0: p.0 - q.0, 1: p.1 - q.1 }
      const d: { 0: number; 1: number } = items
      const normResult: number = hypot(d.0, d.1)
      const by: number = 1 / normResult
      const unit0: number = d.0 * by
      const unit1: number = d.1 * by
      const first: number = unit0
      return first * unit1
    }
    "
  `);
  expect(after((f, program) => normalise(f, program, () => false), text)).toMatchInlineSnapshot(`
    "function f(p: { 0: number; 1: number }, q: { 0: number; 1: number }): number {
      const d0: number = p.0 - q.0
      const d1: number = p.1 - q.1
      const normResult: number = hypot(d0, d1)
      const by: number = 1 / normResult
      const unit0: number = d0 * by
      const unit1: number = d1 * by
      const first: number = unit0
      return first * unit1
    }
    "
  `);
});

test("versions: each value of a variable that lives in one block has a name", () => {
  const text = `function f(x: number): number {
    let y = x * x;
    y = Math.sin(y);
    y = y * x;
    return y;
  }`;
  expect(after(renameVersions, text)).toMatchInlineSnapshot(`
    "function f(x: number): number {
      const y: number = x * x
      const y2: number = sin(y)
      const y3: number = y2 * x
      return y3
    }
    "
  `);
});

test("versions: not across the iterations of a loop", () => {
  const text = `function f(x: number): number {
    let y = x;
    for (let i = 0; i < 3; i++) {
      y = y * x;
      y = y + 1;
    }
    return y;
  }`;
  expect(after(renameVersions, text)).toMatchInlineSnapshot(`
    "function f(x: number): number {
      let y: number = x
      for (let i = 0; i < 3; i += 1) {
        const y2: number = y * x
        y = y2 + 1
      }
      return y
    }
    "
  `);
});

test("temporaries: results that derivatives are told in, and real branches for choices between them", () => {
  const text = `function f(x: number): number {
    const y = x * Math.exp(-x);
    return x > 0 ? Math.sqrt(y) : y;
  }`;
  const needed = new Set(["exp", "sqrt"]);
  expect(after((f) => nameResults(f, (e) => needed.has(e.op)), text)).toMatchInlineSnapshot(`
    "function f(x: number): number {
      const exponential: number = exp(-x)
      const y: number = x * exponential
      let chosen: number
      if (x > 0) {
        const root: number = sqrt(y)
        chosen = root
      } else {
        chosen = y
      }
      return chosen
    }
    "
  `);
});

test("allocations: arrays that are made in passing get names", () => {
  const text = `function f(x: Float64Array): Float64Array {
    return x.slice(1);
  }`;
  expect(after(nameAllocations, text)).toMatchInlineSnapshot(`
    "function f(x: Float64Array): Float64Array {
      const result: Float64Array = copy<Float64Array>(x, 1)
      return result
    }
    "
  `);
});

test("small arrays: elements become variables, short loops over them are written out", () => {
  const text = `function f(x: Float64Array, n: number): Float64Array {
    const p = new Float64Array(3);
    const q = Float64Array.of(1, 2);
    for (let t = 0; t < n; t++) {
      for (let i = 0; i < p.length; i++) p[i] = x[t + i] * q[i % 2];
      q.set(p.subarray(1));
    }
    const out = q.slice();
    return out;
  }`;
  expect(after((f) => smallArrays(f, new Set()), text)).toMatchInlineSnapshot(`
    "function f(x: Float64Array, n: number): Float64Array {
      let q$0: number = 1
      let q$1: number = 2
      for (let t = 0; t < n; t += 1) {
        const p$0: number = x[t] * q$0
        const p$1: number = x[t + 1] * q$1
        const p$2: number = x[t + 2] * q$0
        q$0 = p$1
        q$1 = p$2
      }
      const out: Float64Array = Float64Array.of(q$0, q$1)
      return out
    }
    "
  `);
});

test("small arrays: what is read outside, grown or handed on stays an array", () => {
  const text = `function f(x: number, i: number): number {
    const outside = [x, 1];
    const grown = [x];
    grown.push(2);
    const somewhere = [x, 3];
    return outside[2] + grown[0] + somewhere[i];
  }`;
  expect(after((f) => smallArrays(f, new Set()), text)).toMatchInlineSnapshot(`
    "function f(x: number, i: number): number {
      const outside: number[] = [x, 1]
      const grown: number[] = [x]
      grown.push(2)
      const somewhere: number[] = [x, 3]
      return outside[2] + grown[0] + somewhere[i]
    }
    "
  `);
});

test("offsets: a view is a place in its array, where every access is proved to be inside", () => {
  const text = `function f(x: Float64Array, k: number): number {
    const n = x.length >> 2;
    let sum = 0;
    for (let i = 0; i < 4; i++) {
      const row = x.subarray(i * n, (i + 1) * n);
      const beyond = x.subarray(i * n, (i + 1) * n);
      const somewhere = x.subarray(k);
      for (let j = 0; j < row.length; j++) row[j] = 2 * row[j];
      for (let j = 0; j <= n; j++) sum += beyond[j] * somewhere[j];
    }
    return sum;
  }`;
  expect(after((f) => offsets(f, new Set()), text)).toMatchInlineSnapshot(`
    "function f(x: Float64Array, k: number): number {
      const n: int = x.length >> 2
      let sum: number = 0
      for (let i = 0; i < 4; i += 1) {
        const rowStart: int = i * n
        const rowLength: int = max(0, min((i + 1) * n, x.length) - rowStart)
        const beyond: Float64Array = x.subarray(i * n, (i + 1) * n)
        const somewhere: Float64Array = x.subarray(k)
        for (let j = 0; j < rowLength; j += 1) {
          x[rowStart + j] = 2 * x[rowStart + j]
        }
        for (let j2 = 0; j2 <= n; j2 += 1) {
          sum = sum + beyond[j2] * somewhere[j2]
        }
      }
      return sum
    }
    "
  `);
});
