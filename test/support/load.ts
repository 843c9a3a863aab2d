/** Runs TypeScript texts, of which some exist only in memory: the source, what was generated, the cases. */
import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build, type Plugin } from "esbuild";

export const root: string = fileURLToPath(new URL("../../", import.meta.url));
export const scratch: string = path.join(root, "node_modules/.cache/tsgrad-tests");

const runtime = {
  tsgrad: path.join(root, "runtime/index.ts"),
  "tsgrad/runtime": path.join(root, "runtime/generated.ts"),
};

/**
 * Bundles `entry`, a module text whose relative imports start at `folder`, and imports it. Files named in
 * `memory` (absolute path to text) are read from there.
 */
export async function load(
  name: string,
  entry: string,
  folder: string,
  memory: ReadonlyMap<string, string>,
): Promise<Record<string, unknown>> {
  const { outputFiles } = await build({
    stdin: { contents: entry, resolveDir: folder, loader: "ts", sourcefile: "entry.ts" },
    bundle: true,
    write: false,
    format: "esm",
    platform: "node",
    target: "node20",
    alias: runtime,
    external: ["typescript", "ts-morph", "prettier", "esbuild"],
    logLevel: "silent",
    plugins: [fromMemory(memory)],
    // The fixtures' tsconfig is for tsc; nothing in it changes what the code does.
    tsconfigRaw: { compilerOptions: { target: "ES2022", verbatimModuleSyntax: true } },
  });
  const file = path.join(scratch, "bundles", `${name}.mjs`);
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(file, outputFiles[0]?.contents ?? "");
  // The query keeps Node from giving back the module of an earlier run in watch mode.
  return (await import(/* @vite-ignore */ `${pathToFileURL(file).href}?${String(++runs)}`)) as Record<string, unknown>;
}

let runs = Date.now();

function fromMemory(memory: ReadonlyMap<string, string>): Plugin {
  return {
    name: "from-memory",
    setup(esbuild) {
      esbuild.onResolve({ filter: /^\.{1,2}\// }, ({ path: specifier, resolveDir }) => {
        const asked = path.resolve(resolveDir, specifier);
        const found = [asked, asked.replace(/\.js$/, ".ts"), `${asked}.ts`].find((file) => memory.has(file));
        return found === undefined ? undefined : { path: found };
      });
      esbuild.onLoad({ filter: /\.ts$/ }, ({ path: file }) => {
        const contents = memory.get(file);
        return contents === undefined ? undefined : { contents, loader: "ts", resolveDir: path.dirname(file) };
      });
    },
  };
}
