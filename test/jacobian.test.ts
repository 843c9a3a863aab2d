/** What Jacobians promise beyond right numbers: shapes at the edges, effects once, and code that one would write. */
import path from "node:path";
import { afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { buildModule, type BuiltModule } from "./support/build.ts";
import { root } from "./support/load.ts";

type Functions = typeof import("./jacobian/functions.ts");

const folder = path.join(root, "test/jacobian");
let built: BuiltModule<Functions>;
beforeAll(async () => {
  built = await buildModule<Functions>(path.join(folder, "functions.ts"), path.join(folder, "tsconfig.json"));
}, 60_000);

interface Tensor {
  readonly shape: readonly number[];
  readonly data: Float64Array;
}

function entries(name: keyof Functions, ...args: unknown[]): unknown {
  return built.generated[`${name}Jacobian`]?.(...args);
}

/** The Jacobian of one output towards one input. */
function jacobian(name: keyof Functions, ...args: unknown[]): Tensor {
  return entries(name, ...args) as Tensor;
}

/** The text of one generated function. */
function textOf(name: keyof Functions): string {
  const start = built.text.indexOf(`export function ${name}Jacobian`);
  return built.text.slice(start, built.text.indexOf("\n}\n", start));
}

function ramp(n: number): Float64Array {
  return Float64Array.from({ length: n }, (_, i) => 0.5 * i - 1.2);
}

/** Forward differences, column by column, of a function from one array to another. */
function differences(f: (x: Float64Array) => Float64Array, x: Float64Array): number[] {
  const base = f(x.slice());
  const columns = Array.from(x, (_, j) => {
    const at = (h: number): Float64Array => f(x.map((e, k) => (k === j ? e + h : e)));
    const [after, before] = [at(1e-6), at(-1e-6)];
    return Array.from(after, (e, i) => (e - before[i]!) / 2e-6);
  });
  return Array.from(base).flatMap((_, i) => columns.map((column) => column[i]!));
}

function expectClose(actual: Float64Array, expected: readonly number[]): void {
  expect(actual.length).toBe(expected.length);
  expected.forEach((e, i) => {
    expect(actual[i]).toBeCloseTo(e, 6);
  });
}

test("the functions compile", () => {
  expect(built.errors).toEqual([]);
});

describe("shapes", () => {
  test.each([0, 1, 2, 3, 4, 5, 7, 8, 9])("%i directions, whatever the strips", (n) => {
    const made = jacobian("squares", ramp(n));
    expect(made.shape).toEqual([n, n]);
    expectClose(made.data, differences(built.source.squares, ramp(n)));
  });

  test.each([0, 1, 3, 6])("an output whose length is found out, from %i numbers", (n) => {
    const made = jacobian("positive", ramp(n), 1);
    const rows = built.source.positive(ramp(n), 1).length;
    expect(made.shape).toEqual([rows, n]);
    expectClose(
      made.data,
      differences((x) => built.source.positive(x, 1), ramp(n)),
    );
  });

  test("no outputs", () => {
    expect(jacobian("positive", Float64Array.of(-1, -2), 0).shape).toEqual([0, 2]);
  });

  test.each(["line", "backwards"] as const)("%s: fewer parameters than are read", (name) => {
    const x = Float64Array.of(1, 1.5, 0.5, 2);
    for (const b of [
      Float64Array.of(1),
      Float64Array.of(1, 2),
      Float64Array.of(1, 2, 3),
      Float64Array.of(1, 2, 3, 4),
    ]) {
      const made = jacobian(name, b, x);
      expect(made.shape).toEqual([4, b.length]);
      const full = Array.from(x, (e) => [1, e, 0, 0].slice(0, b.length)).flat();
      expect(Array.from(made.data)).toEqual(full);
    }
    expect(jacobian(name, new Float64Array(), x).shape).toEqual([4, 0]);
  });

  test("several outputs nest as they do in the value", () => {
    const [sum, scaled, count] = entries("both", Float64Array.of(1, 2, 3)) as [Tensor, Tensor, undefined];
    expect([sum.shape, scaled.shape, count]).toEqual([[3], [3, 3], undefined]);
    expect(Array.from(sum.data)).toEqual([2, 4, 6]);
    expect(Array.from(scaled.data)).toEqual([3, 0, 0, 0, 3, 0, 0, 0, 3]);
  });

  test("rows of a list", () => {
    const made = jacobian("grid", [
      [1, 2],
      [3, 4],
    ]);
    expect(made.shape).toEqual([2, 2, 2]);
    expect(Array.from(made.data)).toEqual([2, 4, 0, 0, 0, 0, 6, 8]);
    expect(jacobian("grid", []).shape).toEqual([0, 0, 0]);
    expect(jacobian("grid", [[], []]).shape).toEqual([2, 2, 0]);
    expect(() => jacobian("grid", [[1], [2, 3]])).toThrow("rows of different lengths");
  });

  test("rows off one forward sweep", () => {
    const made = jacobian("summary", ramp(5));
    expect(made.shape).toEqual([2, 5]);
    expectClose(made.data, differences(built.source.summary, ramp(5)));
    expect(jacobian("summary", new Float64Array()).shape).toEqual([2, 0]);
  });

  test("a tapped cotangent goes through its function in every row", () => {
    const made = jacobian("tapped", ramp(5));
    const plain = (x: Float64Array): Float64Array => {
      let level = 1;
      return x.map((e) => (level *= Math.cos(e)));
    };
    expectClose(
      made.data,
      differences(plain, ramp(5)).map((e) => 2 * e),
    );
  });

  test("a default counts as the value that was used", () => {
    expect(entries("defaulted", 2)).toEqual([Math.exp(0.5), 2 * Math.exp(0.5)]);
    expect(entries("defaulted", 2, 1)).toEqual([Math.exp(1), 2 * Math.exp(1)]);
  });
});

describe("effects", () => {
  afterEach(() => {
    vi.restoreAllMocks();
  });

  test.each([
    ["told", [Float64Array.of(1, 2, 3, 4, 5, 6), 2]],
    ["toldStrips", [Float64Array.of(1, 2, 3, 4, 5, 6)]],
    ["toldStrips", [new Float64Array()]],
  ] as const)("%s writes to the console what the function does, once", (name, args) => {
    const log = vi.spyOn(console, "log").mockImplementation(() => undefined);
    (built.source[name] as (...args: unknown[]) => unknown)(...args);
    const own = log.mock.calls.splice(0);
    jacobian(name, ...args);
    expect(log.mock.calls).toEqual(own);
  });

  test("arguments are left as the function leaves them", () => {
    const total = Float64Array.of(1, 2);
    const expected = total.slice();
    built.source.accumulated(ramp(5), expected);
    const made = jacobian("accumulated", ramp(5), total);
    expect(total).toEqual(expected);
    expect(made.shape).toEqual([2, 5]);
  });

  test("the function's own errors, also with nothing to run along", () => {
    expect(() => jacobian("guarded", new Float64Array())).toThrow("two at least");
    expect(() => jacobian("guarded", Float64Array.of(1))).toThrow("two at least");
    expect(Array.from(jacobian("guarded", Float64Array.of(1, 2)).data)).toEqual([1, 0, 0, 1]);
    const message = (run: () => unknown): string => {
      try {
        run();
        return "";
      } catch (error) {
        return (error as Error).message;
      }
    };
    expect(message(() => jacobian("sized", 1, -1))).toBe(message(() => built.source.sized(1, -1)));
  });
});

describe("code", () => {
  test("the user's names stay, rows are written in place, and nothing is checked that we made", () => {
    const text = textOf("decay");
    expect(text).toContain("const b1 = b[0];");
    expect(text).toContain("const b2 = b[1];");
    expect(text).toContain("jacobian[i * b.length] = exponential;");
    expect(text.match(/new Float64Array/g)).toHaveLength(1);
    expect(built.text).not.toMatch(/_jvp|_grad|Dot\.length !==/);
  });

  test("a short output runs the function once, and its reverse for each number", () => {
    const text = textOf("summary");
    expect(text.match(/i\+\+/g)).toHaveLength(1);
    expect(text.match(/i--/g)).toHaveLength(2);
    expect(text.match(/Tape\w* = new Float64Array/g)).toHaveLength(1);
  });
});
