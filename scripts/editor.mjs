// The editor's end of `tsgrad/editor` in one file that old and new Nodes in editors can require. It has nothing of the compiler.
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const at = (name) => fileURLToPath(new URL(`../dist/compiler/integrations/editor/${name}`, import.meta.url));

await build({
  entryPoints: [at("plugin.js")],
  outfile: at("plugin.cjs"),
  bundle: true,
  platform: "node",
  format: "cjs",
  target: "node20",
  logLevel: "warning",
});
