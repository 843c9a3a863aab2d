/** What editors show of the value forms, with each TypeScript: gradients and tangents have the names of the parameters. */
import { execFileSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { temporaryFolder } from "../support/temporary.ts";

const root = path.resolve(import.meta.dirname, "../..");
const folder = temporaryFolder("labels");

const source = `import { grad, hessian, hvp, jvp, valueAndGrad, vjp, type int } from "tsgrad";

declare function loss(w: Float64Array, n: int, rate: number): number;
declare function defaulted(x: number, k?: number): number;

export const gradForm = grad(loss);
export const picked = grad(loss, { wrt: [2, 0] });
export const vjpForm = vjp(loss);
export const jvpForm = jvp(loss);
export const hvpForm = hvp(loss);
export const valueForm = valueAndGrad(defaulted);
export const hessianForm = hessian(defaulted);
`;

const shown = `(w: F, n: int, rate: number) => [w: F, rate: number]
(w: F, n: int, rate: number) => [rate: number, w: F]
(w: F, n: int, rate: number, v: number) => [value: number, grads: [w: F, rate: number]]
(w: F, n: int, rate: number, w_1: F | undefined, rate_1: number | undefined) => [value: number, tangent: number]
(w: F, n: int, rate: number, w_1: F | undefined, rate_1: number | undefined) => [value: number, products: [w: F, rate: number]]
(x: number, k?: number | undefined) => [value: number, grads: [x: number, k: number | undefined]]
(x: number, k?: number | undefined) => [x: [x: number, k: number | undefined], k: [x: number, k: number | undefined]]
`;

test.each(["typescript-5.9", "typescript", "typescript-7"])("%s", (compiler) => {
  fs.writeFileSync(path.join(folder, "forms.ts"), source);
  const outDir = path.join(folder, compiler);
  const compilerOptions = {
    ...{
      target: "ES2022",
      lib: ["ES2022"],
      skipLibCheck: true,
      module: "ESNext",
      moduleResolution: "Bundler",
      strict: true,
      types: [],
    },
    ...{
      declaration: true,
      emitDeclarationOnly: true,
      noCheck: true,
      allowImportingTsExtensions: true,
      rootDir: "/",
      outDir,
    },
    paths: { tsgrad: [path.join(root, "runtime/index.ts")] },
  };
  fs.writeFileSync(path.join(folder, "tsconfig.json"), JSON.stringify({ compilerOptions, files: ["forms.ts"] }));
  execFileSync(process.execPath, [path.join(root, "node_modules", compiler, "bin/tsc"), "-p", folder]);
  const declared = fs.readFileSync(path.join(outDir, folder, "forms.d.ts"), "utf8");
  const types = [...declared.matchAll(/^export declare const \w+: (.*);$/gm)].map(([, type]) => `${type ?? ""}\n`);
  expect(types.join("").replaceAll("Float64Array<ArrayBufferLike>", "F")).toBe(shown);
});
