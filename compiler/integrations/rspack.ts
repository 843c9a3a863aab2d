/** `tsgrad/rspack`: the plugin for Rspack. */
import type { RspackPluginInstance } from "@rspack/core";
import { plugin, type PluginOptions } from "./plugin.ts";

export type { PluginOptions } from "./plugin.ts";

/** Serves `./model.grad` modules, generated from the annotated functions of `./model`. */
export default function tsgrad(options?: PluginOptions): RspackPluginInstance {
  return plugin.rspack(options);
}
