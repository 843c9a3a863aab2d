/** What makes derivatives fast, each where it applies and where it must not. */
import { describe, expect, test } from "vitest";
import { derived, finished } from "./support.ts";

describe("loads", () => {
  test("an element is loaded once in a loop, and anew where a store may have changed it", () => {
    const text = `function f(x: Float64Array): number {
      const y = x.slice();
      let sum = 0;
      for (let i = 0; i < x.length; i++) {
        sum += y[i] * y[i];
        y[i] = sum;
        sum += y[i] * y[i];
      }
      return sum;
    }`;
    expect(derived("jvp", text).match(/ = y\[i\]/g)).toHaveLength(2);
  });

  test("a view may be the same memory", () => {
    const text = `function f(x: Float64Array): number {
      const y = x.slice();
      const part = y.subarray(1);
      let sum = 0;
      for (let i = 0; i + 1 < x.length; i++) {
        sum += y[i + 1] * y[i + 1];
        part[i] = 3 * sum;
        sum += y[i + 1] * y[i + 1];
      }
      return sum;
    }`;
    expect(derived("jvp", text).match(/ = y\[i \+ 1\]/g)).toHaveLength(2);
  });

  test("what does not change in a loop stands in front of it", () => {
    const text = `function f(a: Float64Array, x: Float64Array): number {
      const n = x.length;
      let sum = 0;
      for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) sum += x[i] * a[i * n + j] * x[j];
      return sum;
    }`;
    expect(derived("grad", text)).toMatchInlineSnapshot(`
      "function fGrad(a: Float64Array, x: Float64Array): [a: Float64Array, x: Float64Array] {
        const n: int = x.length
        const aBar: Float64Array = zerosLike(a)
        const xBar: Float64Array = zerosLike(x)
        for (let i = 0; i < n; i += 1) {
          const iOffset: int = i * n
          const xi: number = x[i]
          for (let j$r = n - 1; j$r >= 0; j$r -= 1) {
            // adjoint of: sum += x[i] * a[i * n + j] * x[j]
            const aij: number = a[iOffset + j$r]
            const xj: number = x[j$r]
            xBar[i] += aij * xj
            aBar[iOffset + j$r] += xi * xj
            xBar[j$r] += xi * aij
          }
        }
        return (aBar, xBar)
      }
      "
    `);
  });

  test("a load that the loop may overwrite stays inside", () => {
    const text = `function f(x: Float64Array): number {
      const y = x.slice();
      for (let i = 0; i < x.length; i++) y[i] = y[i] * y[3];
      return y[0];
    }`;
    const [, body] = derived("jvp", text).split("for (");
    expect(body).toContain("= y[3]");
  });
});

describe("adjoints", () => {
  test("several accumulations into an element are one", () => {
    const text = `function f(x: Float64Array): number {
      let sum = 0;
      for (let i = 0; i + 1 < x.length; i++) {
        const a = x[i + 1] - x[i] * x[i];
        const b = 1 - x[i];
        sum += a * a + b * b;
      }
      return sum;
    }`;
    expect(derived("grad", text)).toMatchInlineSnapshot(`
      "function fGrad(x: Float64Array): Float64Array {
        const xBar: Float64Array = zerosLike(x)
        const end: int = x.length - 1
        for (let i = 0; i < end; i += 1) {
          const xi: number = x[i]
          const a: number = x[i + 1] - xi * xi
          const b: number = 1 - xi
          // adjoint of: sum += a * a + b * b
          const aBar: number = 2 * a
          // adjoint of: const a = x[i + 1] - x[i] * x[i]; const b = 1 - x[i]
          xBar[i + 1] += aBar
          xBar[i] += -(2 * aBar * xi + 2 * b)
        }
        return xBar
      }
      "
    `);
  });

  test("an element that was left behind is neither taken back nor cleared", () => {
    const text = `function f(x: Float64Array): number {
      const y = x.slice();
      for (let i = 1; i < x.length; i++) y[i] = x[i] * y[i - 1];
      return y[x.length - 1];
    }`;
    expect(derived("grad", text)).toMatchInlineSnapshot(`
      "function fGrad(x: Float64Array): Float64Array {
        const y: Float64Array = copy<Float64Array>(x)
        for (let i = 1; i < x.length; i += 1) {
          y[i] = x[i] * y[i - 1]
        }
        const xBar: Float64Array = zerosLike(x)
        const yBar: Float64Array = zerosLike(y)
        // adjoint of: return y[x.length - 1]
        yBar[x.length - 1] += 1
        for (let i$r = x.length - 1; i$r >= 1; i$r -= 1) {
          // adjoint of: y[i] = x[i] * y[i - 1]
          const yElementBar: number = yBar[i$r]
          yBar[i$r] = 0
          xBar[i$r] += yElementBar * y[i$r - 1]
          yBar[i$r - 1] += yElementBar * x[i$r]
        }
        // adjoint of: const y = x.slice()
        for (let j = 0; j < yBar.length; j += 1) {
          xBar[j] += yBar[j]
        }
        return xBar
      }
      "
    `);
  });

  test("what others can see is stored", () => {
    const text = `function f(rows: number[][], k: number): void {
      const fresh = [k, k];
      rows.push(fresh);
      for (let i = 0; i < fresh.length; i++) fresh[i] = 2 * k;
    }`;
    expect(derived("jvp", text)).toContain("fresh[i] = 2 * k");
  });

  test("an adjoint that is a factor of every term is multiplied once", () => {
    const text = `function f(rate: number): number {
      let x = 0.5;
      for (let i = 0; i < 100; i++) x = rate * x * (1 - x);
      return x;
    }`;
    expect(derived("grad", text)).toContain("xBar = xBar * (rate * (1 - x - x))");
  });
});

describe("what iterations hand on", () => {
  test("an element that the next iteration comes to again stays in a variable", () => {
    const text = `function f(x: Float64Array): number {
      let sum = 0;
      for (let i = 0; i + 1 < x.length; i++) sum += x[i] * x[i + 1];
      return sum;
    }`;
    expect(finished("grad", text)).toMatchInlineSnapshot(`
      "function fGrad(x: Float64Array): Float64Array {
        const xBar: Float64Array = zerosLike(x)
        const end: int = x.length - 1
        let xi: number = x[0]
        let xBarCarried: number = 0
        for (let i = 0; i < end; i += 1) {
          // adjoint of: sum += x[i] * x[i + 1]
          const xNext: number = x[i + 1]
          xBar[i] = xNext + xBarCarried
          xBarCarried = xi
          xi = xNext
        }
        xBar[end] += xBarCarried
        return xBar
      }
      "
    `);
  });

  test("not where the loop looks at the sums", () => {
    const written = `function f(x: Float64Array): number {
      const y = x.slice();
      for (let i = 0; i + 1 < y.length; i++) y[i + 1] = y[i] * y[i + 1];
      return y[y.length - 1];
    }`;
    expect(finished("grad", written)).not.toContain("Carried");
  });

  test("a sum that comes first to an element of a new array is stored, others are added", () => {
    const text = `function f(w: Float64Array, x: Float64Array): number {
      const n = x.length / 2 | 0;
      let sum = 0;
      for (let i = 0; i < n; i++) {
        for (let j = 0; j < n; j++) sum += Math.sin(w[i * n + j] * x[i + j]);
      }
      return sum;
    }`;
    const made = finished("grad", text);
    expect(made).toContain("wBar[iOffset + j$r] = ");
    expect(made).toContain("xBar[i + j$r] += ");
  });
});
