/** The product in WebAssembly: its bytes are those of its source, and without it the numbers are the same. */
import { readFileSync } from "node:fs";
import { afterEach, expect, test, vi } from "vitest";
import * as t from "../../runtime/index.ts";
import { wasmProducts } from "../../runtime/cpu/wasm.ts";
import { assembled, bytesFile } from "../../scripts/wasm.ts";
import { maker, near, sameBits } from "../support/tensors.ts";

afterEach(() => {
  vi.unstubAllGlobals();
  vi.resetModules();
});

test("the bytes are what the source is assembled to (else: npm run wasm)", async () => {
  expect(readFileSync(bytesFile, "utf8")).toBe(await assembled());
});

const sizes = [
  [16, 16, 16],
  [33, 70, 65],
  [5, 1000, 3],
  [257, 2, 300],
  [600, 40, 601],
  [30, 20_000, 9],
] as const;

const refusals = {
  "no WebAssembly": undefined,
  "no SIMD": {
    Module: function refuse(): never {
      throw new Error("invalid opcode");
    },
  },
};

test.each(Object.entries(refusals))("with %s the plain kernel gives the same bits", async (_, host) => {
  expect(wasmProducts()).toBeDefined();
  vi.resetModules();
  vi.stubGlobal("WebAssembly", host);
  const plain = (await import("../../runtime/index.ts")) as typeof t;
  const { normal } = maker("wasm");
  for (const [m, k, n] of sizes) {
    const [a, b] = [normal(m, k), normal(k, n)];
    const product = plain.matmul(new plain.Tensor(a.data, a.shape), new plain.Tensor(b.data, b.shape));
    expect(sameBits(product, t.matmul(a, b))).toBe(true);
    expect(
      ((await import("../../runtime/cpu/wasm.ts")) as { wasmProducts: () => unknown }).wasmProducts(),
    ).toBeUndefined();
  }
});

test("in float32 sums are float32", () => {
  const { normal } = maker("wasm float32");
  for (const [m, k, n] of sizes) {
    const [a, b] = [t.astype(normal(m, k), "float32"), t.astype(normal(k, n), "float32")];
    const exact = t.matmul(t.astype(a, "float64"), t.astype(b, "float64"));
    const product = t.matmul(a, b);
    expect(product.dtype).toBe("float32");
    near(t.astype(product, "float64"), exact, 1e-7 * Math.sqrt(k) + 1e-7);
    near(t.astype(t.matmul(a, t.astype(b, "float64")), "float64"), exact, 0);
  }
});
