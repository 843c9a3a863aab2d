/** `tsgrad/vite`: the plugin for Vite. */
import type { Plugin } from "vite";
import { plugin, type PluginOptions } from "./plugin.ts";

export type { PluginOptions } from "./plugin.ts";

/** Serves `./model.grad` modules, generated from the annotated functions of `./model`. */
export default function tsgrad(options?: PluginOptions): Plugin {
  return plugin.vite(options);
}
