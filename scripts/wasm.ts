/**
 * Assembles runtime/cpu/gemm.wat into runtime/cpu/gemm-bytes.ts. Every build does; the bytes are checked in for what runs
 * from source, and a test says when they are not those of the source.
 */
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import makeWabt from "wabt";

const root = fileURLToPath(new URL("..", import.meta.url));
export const bytesFile = path.join(root, "runtime/cpu/gemm-bytes.ts");

/** The text of the module that holds the bytes. */
export async function assembled(): Promise<string> {
  const name = "gemm.wat";
  const wabt = await makeWabt();
  const module = wabt.parseWat(name, readFileSync(path.join(root, "runtime/cpu", name)), { simd: true });
  const { buffer } = module.toBinary({});
  module.destroy();
  return `/** gemm.wat, assembled: written by \`npm run wasm\`, which is part of every build. */
export const base64 =
  "${Buffer.from(buffer).toString("base64")}";
`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) writeFileSync(bytesFile, await assembled());
