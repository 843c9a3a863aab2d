/** Runs the text of modules: sources and what was generated from them, kept in memory. */
import { transform } from "esbuild";
import * as generated from "../../runtime/generated.ts";
import * as runtime from "../../runtime/index.ts";

export type Exports = Readonly<Record<string, unknown>>;

/** A module's exports, and what it wrote to the console. */
export interface Loaded {
  readonly exports: Exports;
  readonly log: string[];
}

/** The modules of one program by their specifiers, `./p.ts` and `./p.grad.ts`; they may import each other. */
export async function load(texts: ReadonlyMap<string, string>): Promise<(specifier: string) => Loaded> {
  const code = new Map<string, string>();
  for (const [specifier, text] of texts) {
    const result = await transform(text, { loader: "ts", format: "cjs", target: "es2022", sourcefile: specifier });
    code.set(specifier, result.code);
  }
  const log: string[] = [];
  const logger = { debug: (...values: unknown[]) => log.push(values.map(String).join(" ")) };
  const modules = new Map<string, { exports: Record<string, unknown> }>();
  const require = (specifier: string): unknown => {
    if (specifier === "tsgrad") return runtime;
    if (specifier === "tsgrad/runtime") return generated;
    const known = modules.get(specifier);
    if (known !== undefined) return known.exports;
    const text = code.get(specifier);
    if (text === undefined) throw new Error(`no module ${specifier}`);
    const module = { exports: {} };
    modules.set(specifier, module);
    const run = new Function("require", "module", "exports", "console", text) as (...args: unknown[]) => void;
    run(require, module, module.exports, logger);
    return module.exports;
  };
  return (specifier) => ({ exports: require(specifier) as Exports, log });
}
