/** What is generated for an annotation: a function for each mode, and for `batch` also the derivatives of that. */
import { upperFirst } from "../ir/words.ts";
import type { RuleKind } from "./annotations.ts";
import type { Mode } from "./types.ts";

export interface Product {
  readonly name: string;
  readonly mode: Mode;
  /** A derivative of the function over a batch. */
  readonly ofBatch: boolean;
}

/** The name of the generated function. */
export const generatedName = (stem: string, mode: Mode | RuleKind): string => stem + upperFirst(mode);

/** The derivatives that come with a function over a batch. */
export const batchModes: readonly Mode[] = ["vjp", "jvp"];

export function productsOf(stem: string, modes: readonly Mode[]): readonly Product[] {
  return modes.flatMap((mode): Product[] => {
    const name = generatedName(stem, mode);
    const own = { name, mode, ofBatch: false };
    if (mode !== "batch") return [own];
    return [own, ...batchModes.map((each) => ({ name: generatedName(name, each), mode: each, ofBatch: true }))];
  });
}
