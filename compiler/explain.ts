/** `tsgrad explain`: what the compiler knows about one function, for people. */
import { printFunc } from "./ir/print.ts";
import type { Frontend, Target } from "./frontend/types.ts";
import type { Pipeline } from "./pipeline.ts";

export function explainFunction(pipeline: Pipeline, frontend: Frontend, target: Target): string {
  const source = frontend.program.get(target.func);
  if (source === undefined) return "";
  const vjp = pipeline.derive(target.func, "vjp", `${target.name}Vjp`, target.wrt, target.of);
  return [`IR of ${target.name}`, printFunc(source), `IR of its adjoint`, printFunc(vjp)].join("\n\n");
}
