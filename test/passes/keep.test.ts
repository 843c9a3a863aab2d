/** What is saved for the reverse sweep and what is computed again, and the cut that decides it. */
import { describe, expect, test } from "vitest";
import { Network } from "../../compiler/analyse/min-cut.ts";
import { derived } from "./support.ts";

interface Edge {
  readonly from: number;
  readonly to: number;
  readonly capacity: number;
}

function capacityOf(edges: readonly Edge[], side: ReadonlySet<number>): number {
  return edges
    .filter(({ from, to }) => side.has(from) && !side.has(to))
    .reduce((sum, { capacity }) => sum + capacity, 0);
}

test("no other cut has less capacity", () => {
  let state = 7;
  const random = (bound: number): number => {
    state = (state * 48271) % 2147483647;
    return state % bound;
  };
  for (let round = 0; round < 200; round++) {
    const count = 2 + random(6);
    const edges = Array.from({ length: random(3 * count) }, () => ({
      from: random(count),
      to: random(count),
      capacity: random(4) === 0 ? Infinity : random(20),
    })).filter(({ from, to, capacity }) => from !== to && (capacity < Infinity || from !== 0 || to !== 1));
    const network = new Network();
    for (let i = 0; i < count; i++) network.node();
    for (const { from, to, capacity } of edges) network.edge(from, to, capacity);
    const others = Array.from({ length: 2 ** (count - 2) }, (_, bits) =>
      capacityOf(
        edges,
        new Set([0, ...Array.from({ length: count }, (_, i) => i).filter((i) => (bits << 2) & (1 << i))]),
      ),
    );
    const least = Math.min(...others);
    if (least < Infinity) expect(capacityOf(edges, network.sideOf(0, 1))).toBe(least);
  }
});

describe("the cut of a formula into statements makes no difference", () => {
  const loop = (body: string): string => `function f(x: Float64Array, y: Float64Array): number {
    let sum = 1;
    for (let i = 0; i < x.length; i++) { ${body} }
    return sum;
  }`;
  const tapes = (body: string): number =>
    derived("vjp", loop(body)).match(/new\w*Tape|Tape\w*: [^=]* = /g)?.length ?? 0;

  test("what costs more than to be read from a tape", () => {
    const whole = "const size = Math.sqrt(x[i] * x[i] + y[i] * y[i] + 1); sum *= size;";
    const parts =
      "const a = x[i] * x[i]; const b = y[i] * y[i]; const c = a + b; const size = Math.sqrt(c + 1); sum *= size;";
    expect(tapes(whole)).toBe(2);
    expect(tapes(parts)).toBe(2);
  });

  test("what costs less", () => {
    expect(tapes("const s = x[i] * y[i] + x[i] + 1; sum *= s;")).toBe(1);
    expect(tapes("const a = x[i] * y[i]; const b = x[i] + 1; const s = a + b; sum *= s;")).toBe(1);
  });

  test("what several are made of is saved instead of them", () => {
    const root = "const root = Math.sqrt(x[i] * x[i] + y[i] * y[i] + 3);";
    expect(tapes(`${root} const s = root + 1; const t = root - 1; sum *= s * t;`)).toBe(2);
  });
});
