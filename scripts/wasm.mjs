/**
 * Assembles runtime/cpu/gemm.wat into runtime/cpu/gemm-bytes.ts, with the assembler of WABT. It is fetched for this alone: the
 * bytes are checked in, and a test says when they are not those of the source.
 */
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

const source = "runtime/cpu/gemm.wat";
const folder = mkdtempSync(path.join(tmpdir(), "tsgrad-"));
const out = path.join(folder, "gemm.wasm");
execFileSync("npx", ["--yes", "--package=wabt@1.0.39", "wat2wasm", source, "-o", out], { stdio: "inherit" });
const base64 = readFileSync(out).toString("base64");
rmSync(folder, { recursive: true });
const hash = createHash("sha256").update(readFileSync(source)).digest("hex");
writeFileSync(
  "runtime/cpu/gemm-bytes.ts",
  `/** gemm.wat, assembled: written by \`npm run wasm\`. */
export const base64 =
  "${base64}";
/** SHA-256 of the source. */
export const sourceHash = "${hash}";
`,
);
