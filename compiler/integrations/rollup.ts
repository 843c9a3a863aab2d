/** `tsgrad/rollup`: the plugin for Rollup. */
import type { Plugin } from "rollup";
import { plugin, type PluginOptions } from "./plugin.ts";

export type { PluginOptions } from "./plugin.ts";

/** Serves `./model.grad` modules, generated from the annotated functions of `./model`. */
export default function tsgrad(options?: PluginOptions): Plugin {
  return plugin.rollup(options);
}
