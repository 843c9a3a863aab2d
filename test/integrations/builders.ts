/** Each bundler with our plugin, for small projects in a folder. */
import fs from "node:fs";
import path from "node:path";
import { rspack, type Configuration as RspackConfiguration } from "@rspack/core";
import * as esbuild from "esbuild";
import { rollup, type Plugin } from "rollup";
import { build as viteBuild } from "vite";
import webpack, { type Configuration } from "webpack";
import esbuildPlugin from "../../compiler/integrations/esbuild.ts";
import rollupPlugin from "../../compiler/integrations/rollup.ts";
import rspackPlugin from "../../compiler/integrations/rspack.ts";
import vitePlugin from "../../compiler/integrations/vite.ts";
import webpackPlugin from "../../compiler/integrations/webpack.ts";

const stripper = path.join(import.meta.dirname, "strip.cjs");

/** Rollup leaves types to plugins. */
export const strip: Plugin = {
  name: "strip",
  transform: (code, id) =>
    id.endsWith(".ts") ? esbuild.transformSync(code, { loader: "ts", sourcemap: true, sourcefile: id }) : null,
};

/** Bundles a source of the folder, with a source map beside it. */
export type Build = (outfile: string, input: string) => Promise<void>;

/** Puts the runtime where the sources of a folder find it as a package. */
export async function installRuntime(folder: string): Promise<void> {
  const outdir = path.join(folder, "node_modules/tsgrad");
  const entryPoints = ["index", "generated"].map((name) => path.join(import.meta.dirname, `../../runtime/${name}.ts`));
  await esbuild.build({ entryPoints, outdir, bundle: true, splitting: true, format: "esm", logLevel: "silent" });
  fs.symlinkSync(path.resolve(import.meta.dirname, "../../runtime"), path.join(outdir, "types"));
  const entry = (name: string): object => ({ types: `./types/${name}.ts`, default: `./${name}.js` });
  const exports = { ".": entry("index"), "./runtime": entry("generated") };
  fs.writeFileSync(
    path.join(outdir, "package.json"),
    JSON.stringify({ name: "tsgrad", type: "module", sideEffects: false, exports }),
  );
}

const ownPlugins = {
  rollup: rollupPlugin,
  esbuild: esbuildPlugin,
  vite: vitePlugin,
  webpack: webpackPlugin,
  rspack: rspackPlugin,
};

/** `plugins`: those of another copy of the package. */
export function bundlersFor(
  folder: string,
  plugins: typeof ownPlugins = ownPlugins,
): Readonly<Record<keyof typeof ownPlugins, Build>> {
  const options = { root: folder };
  return {
    async rollup(outfile, input) {
      const bundle = await rollup({
        input,
        external: /^tsgrad/,
        plugins: [plugins.rollup(options), strip],
        onwarn: fail,
      });
      await bundle.write({ file: outfile, format: "esm", sourcemap: true });
    },
    async esbuild(outfile, input) {
      await esbuild.build({
        entryPoints: [input],
        outfile,
        bundle: true,
        format: "esm",
        sourcemap: true,
        logLevel: "silent",
        plugins: [plugins.esbuild(options)],
      });
    },
    async vite(outfile, input) {
      await viteBuild({
        configFile: false,
        root: folder,
        logLevel: "silent",
        plugins: [plugins.vite(options)],
        build: {
          outDir: path.dirname(outfile),
          emptyOutDir: false,
          minify: false,
          sourcemap: true,
          lib: { entry: input, formats: ["es"], fileName: () => path.basename(outfile) },
        },
      });
    },
    webpack: (outfile, input) =>
      packed((done) => {
        webpack(
          { ...configuration(folder, outfile, input), plugins: [plugins.webpack(options)] } as Configuration,
          done,
        );
      }),
    rspack: (outfile, input) =>
      packed((done) => {
        rspack(
          { ...configuration(folder, outfile, input), plugins: [plugins.rspack(options)] } as RspackConfiguration,
          done,
        );
      }),
  };
}

function fail({ message }: { readonly message: string }): never {
  throw new Error(message);
}

/** What webpack and Rspack have in common. */
function configuration(folder: string, outfile: string, input: string): object {
  return {
    mode: "none",
    devtool: "source-map",
    context: folder,
    entry: input,
    experiments: { outputModule: true },
    output: {
      path: path.dirname(outfile),
      filename: path.basename(outfile),
      library: { type: "module" },
      devtoolModuleFilenameTemplate: "[absolute-resource-path]",
    },
    module: { rules: [{ test: /\.ts$/, use: stripper }] },
  };
}

interface Stats {
  hasErrors(): boolean;
  toString(options: object): string;
}

function packed(run: (done: (error: Error | null, stats?: Stats) => void) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    run((error, stats) => {
      if (error) reject(error);
      else if (stats?.hasErrors() === true) reject(new Error(stats.toString({ all: false, errors: true })));
      else resolve();
    });
  });
}
