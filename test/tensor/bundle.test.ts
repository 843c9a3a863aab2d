/** A small program's bundle has the operations that it uses, the methods of `Tensor`, and no more. */
import { build } from "esbuild";
import { gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { root } from "../support/load.ts";

async function bundle(
  contents: string,
): Promise<{ readonly text: string; readonly size: number; readonly packed: number }> {
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: root, loader: "ts" },
    alias: { tsgrad: "./runtime/index.ts", "tsgrad/runtime": "./runtime/generated.ts" },
    absWorkingDir: root,
    bundle: true,
    minify: true,
    write: false,
    format: "esm",
    target: "es2022",
  });
  const { text, contents: bytes } = outputFiles[0]!;
  return { text, size: bytes.length, packed: gzipSync(bytes).length };
}

test("sum(mul(x, x)) is small", async () => {
  const small = await bundle(
    `import { mul, sum, tensor } from "tsgrad"; console.log(sum(mul(tensor([1]), tensor([1]))).item());`,
  );
  expect(small.text).not.toMatch(/conv|einsum|cholesky|lgamma|softmax/);
  expect(small.size).toBeLessThan(22_400);
  expect(small.packed).toBeLessThan(8_600);
  const whole = await bundle(`import * as tsgrad from "tsgrad"; console.log(tsgrad);`);
  expect(small.size).toBeLessThan(whole.size / 4);
});
