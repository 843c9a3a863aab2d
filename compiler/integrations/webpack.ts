/** `tsgrad/webpack`: the plugin for webpack. */
import type { WebpackPluginInstance } from "webpack";
import { plugin, type PluginOptions } from "./plugin.ts";

export type { PluginOptions } from "./plugin.ts";

/** Serves `./model.grad` modules, generated from the annotated functions of `./model`. */
export default function tsgrad(options?: PluginOptions): WebpackPluginInstance {
  return plugin.webpack(options);
}
