/**
 * The names of modules that hold one value form: `model@loss-grad.grad.ts` is `grad(loss)` of model.ts. A name says all
 * that the module is made from, so that it can be made again whoever asks for it, and in whatever order.
 */
import { modes, type Mode } from "./types.ts";
import { generatedPathOf } from "../paths.ts";

/** One transform, with the positions of its option `wrt`. */
export interface NamedStep {
  readonly mode: Mode;
  readonly wrt?: readonly number[];
}

/** What a value form is of. */
export type Form =
  /** A function at the top level of the file, by its name, and the transforms from the inside out. */
  | { readonly kind: "named"; readonly name: string; readonly steps: readonly NamedStep[] }
  /** What the file itself asks for, as the n-th of its value forms: of functions that no name leads to. */
  | { readonly kind: "nth"; readonly index: number };

/** `model@loss-grad_0_2-jacobian.grad.ts` for `jacobian(grad(loss, { wrt: [0, 2] }))`, `app@3.grad.ts`. */
export function valueModuleOf(source: string, form: Form): string {
  return generatedPathOf(source.replace(/\.[mc]?tsx?$/, (ending) => `@${wordOf(form)}${ending}`));
}

function wordOf(form: Form): string {
  if (form.kind === "nth") return String(form.index);
  return [form.name, ...form.steps.map(({ mode, wrt = [] }) => [mode, ...wrt].join("_"))].join("-");
}

const moduleName = /@([^@/\\]+)\.grad\.([mc]?)[jt]s$/;

/** What a name asks for, and of which source it does, `.tsx` aside; undefined for other names. */
export function formNamed(generated: string): { readonly source: string; readonly form: Form } | undefined {
  const [whole, word = "", kind = ""] = moduleName.exec(generated) ?? [];
  const form = formOf(word);
  if (whole === undefined || form === undefined) return undefined;
  return { source: `${generated.slice(0, -whole.length)}.${kind}ts`, form };
}

function formOf(word: string): Form | undefined {
  if (/^\d+$/.test(word)) return { kind: "nth", index: Number(word) };
  const [name = "", ...rest] = word.split("-");
  const steps = rest.flatMap((step) => stepOf(step) ?? []);
  if (name === "" || steps.length === 0 || steps.length < rest.length) return undefined;
  return { kind: "named", name, steps };
}

function stepOf(word: string): NamedStep | undefined {
  const [name, ...positions] = word.split("_");
  const mode = modes.find((each) => each === name);
  if (mode === undefined || !positions.every((each) => /^\d+$/.test(each))) return undefined;
  return positions.length === 0 ? { mode } : { mode, wrt: positions.map(Number) };
}
