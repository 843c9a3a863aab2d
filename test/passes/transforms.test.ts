/** The derivatives of functions of a few lines, as IR. */
import { describe, expect, test } from "vitest";
import { derived } from "./support.ts";

describe("jvp", () => {
  test("a product", () => {
    const text = `function f(x: number, y: number): number {
      return x * y;
    }`;
    expect(derived("jvp", text)).toMatchInlineSnapshot(`
      "function fJvp(x: number, y: number, xDot: number | undefined, yDot: number | undefined): [value: number, tangent: number] {
        return (x * y, (xDot ?? 0) * y + (yDot ?? 0) * x)
      }
      "
    `);
  });

  test("a loop over an array", () => {
    const text = `function f(x: Float64Array): number {
      let sum = 0;
      for (let i = 0; i < x.length; i++) sum += Math.exp(x[i]);
      return sum;
    }`;
    expect(derived("jvp", text)).toMatchInlineSnapshot(`
      "function fJvp(x: Float64Array, xDot: Float64Array | undefined): [value: number, tangent: number] {
        const xDot2: Float64Array = xDot ?? zerosLike(x)
        if (xDot2.length !== x.length) {
          throw new RangeError(\`fJvp: xDot has length \${xDot2.length}, x has length \${x.length}\`)
        }
        let sum: number = 0
        let sumDot: number = 0
        for (let i = 0; i < x.length; i += 1) {
          const exponential: number = exp(x[i])
          sumDot = sumDot + exponential * xDot2[i]
          sum = sum + exponential
        }
        return (sum, sumDot)
      }
      "
    `);
  });
});

describe("vjp", () => {
  test("a result that its derivative is told in", () => {
    const text = `function f(x: number): number {
      return Math.tanh(x);
    }`;
    expect(derived("vjp", text)).toMatchInlineSnapshot(`
      "function fVjp(x: number, v: number): [value: number, grads: number] {
        const value: number = tanh(x)
        return (value, v * (1 - value * value))
      }
      "
    `);
  });

  test("a branch", () => {
    const text = `function f(x: number, y: number): number {
      let z = x;
      if (x > y) z = x * y;
      return z;
    }`;
    expect(derived("vjp", text)).toMatchInlineSnapshot(`
      "function fVjp(x: number, y: number, v: number): [value: number, grads: [x: number, y: number]] {
        let z: number = x
        if (x > y) {
          z = x * y
        }
        // adjoint of: return z
        let zBar: number = v
        let xBar: number = 0
        let yBar: number = 0
        if (x > y) {
          // adjoint of: z = x * y
          xBar = xBar + zBar * y
          yBar = yBar + zBar * x
          zBar = 0
        }
        // adjoint of: let z = x
        xBar = xBar + zBar
        return (z, (xBar, yBar))
      }
      "
    `);
  });

  test("a value that is overwritten in a loop", () => {
    const text = `function f(x: number): number {
      let y = x;
      for (let i = 0; i < 10; i++) y = Math.sin(y);
      return y;
    }`;
    expect(derived("vjp", text)).toMatchInlineSnapshot(`
      "function fVjp(x: number, v: number): [value: number, grads: number] {
        let y: number = x
        const yTape: tape<number> = new tape<number>(10)
        for (let i = 0; i < 10; i += 1) {
          push yTape, y
          y = sin(y)
        }
        const value: number = y
        // adjoint of: return y
        let yBar: number = v
        for (let i$r = 9; i$r >= 0; i$r -= 1) {
          // adjoint of: y = Math.sin(y)
          y = pop yTape
          yBar = yBar * cos(y)
        }
        return (value, yBar)
      }
      "
    `);
  });

  test("elements that are added to", () => {
    const text = `function f(x: Float64Array, out: Float64Array): void {
      for (let i = 1; i < x.length; i++) out[i] = out[i] + x[i] * x[i - 1];
    }`;
    expect(derived("vjp", text)).toMatchInlineSnapshot(`
      "function fVjp(x: Float64Array, out: Float64Array, v: Float64Array): [value: Float64Array, grads: Float64Array] {
        if (x.buffer === out.buffer && x.byteOffset < out.byteOffset + out.byteLength && out.byteOffset < x.byteOffset + x.byteLength) {
          throw new RangeError("fVjp: x and out share memory, and out is written into")
        }
        const xBar: Float64Array = zerosLike(x)
        if (v.length !== out.length) {
          throw new RangeError(\`fVjp: v has length \${v.length}, the output has length \${out.length}\`)
        }
        const outBar: Float64Array = copy<Float64Array>(v)
        for (let i = 1; i < x.length; i += 1) {
          const xi: number = x[i]
          const xPrevious: number = x[i - 1]
          out[i] = out[i] + xi * xPrevious
          // adjoint of: out[i] = out[i] + x[i] * x[i - 1]
          const outElementBar2: number = outBar[i] ?? 0
          xBar[i] += outElementBar2 * xPrevious
          xBar[i - 1] += outElementBar2 * xi
        }
        return (out, xBar)
      }
      "
    `);
  });
});

describe("grad", () => {
  test("of a sum needs no forward sweep", () => {
    const text = `function f(x: Float64Array): number {
      let sum = 0;
      for (let i = 0; i < x.length; i++) sum += 3 * x[i];
      return sum;
    }`;
    expect(derived("grad", text)).toMatchInlineSnapshot(`
      "function fGrad(x: Float64Array): Float64Array {
        const xBar: Float64Array = zerosLike(x)
        for (let i = 0; i < x.length; i += 1) {
          // adjoint of: sum += 3 * x[i]
          xBar[i] += 3
        }
        return xBar
      }
      "
    `);
  });
});
