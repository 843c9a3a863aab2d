/** The types of a function over a batch, from those of its source; see `differentiate/batch`. */
import type { Annotation } from "./annotations.ts";
import type { Input, Output, Signature } from "./generated-types.ts";
import { intText, isPassive, parenthesised, type Shape } from "./types-of.ts";

/** Whether a parameter gets an axis, by its name. */
export function batchedIn({ over }: Annotation, { inputs }: Signature): (name: string) => boolean {
  const names = new Set(
    over?.map(({ text }) => text) ?? inputs.filter(({ shape }) => !isPassive(shape)).map(({ name }) => name),
  );
  return (name) => names.has(name);
}

export function batchedSignature({ inputs, outputs }: Signature, isBatched: (name: string) => boolean): Signature {
  return {
    inputs: inputs.map((input) => (isBatched(input.name) ? batchedInput(input) : input)),
    outputs: outputs.map(batchedOutput),
  };
}

function batchedInput(input: Input): Input {
  const shape = manyOf(input.shape);
  const typeText = manyText(input.typeText, input.shape, "readonly ");
  // A default is that of one example.
  return { ...input, typeText, shape, absent: input.optional, unwritten: { shape, without: [] } };
}

/** Several outputs of a function stay apart. */
export function batchedOutput(output: Output): Output {
  const { shape, items } = output;
  if (shape.kind !== "tuple" || items === undefined)
    return { ...output, typeText: manyText(output.typeText, shape), shape: manyOf(shape) };
  return {
    ...output,
    typeText: `[${items.map((item, i) => manyText(item, shape.items[i]!)).join(", ")}]`,
    shape: { kind: "tuple", items: shape.items.map(manyOf) },
  };
}

/** Many of a shape: `batched` in types of the runtime. */
function manyOf(shape: Shape): Shape {
  switch (shape.kind) {
    case "number":
      return { kind: "array", text: "Float64Array" };
    case "tensor":
    case "passive":
      return shape;
    case "array":
      return shape.text.endsWith("[]") ? { kind: "array", text: `${shape.text}[]` } : { kind: "list", element: shape };
    case "maybe":
      return { kind: "maybe", of: manyOf(shape.of) };
    default:
      return { kind: "list", element: shape };
  }
}

function manyText(text: string, shape: Shape, modifier = ""): string {
  const inner = shape.kind === "maybe" ? shape.of : shape;
  const absent = shape.kind === "maybe" && text.endsWith(" | undefined") ? " | undefined" : "";
  const own = text.slice(0, text.length - absent.length);
  if (inner.kind === "tensor") return text;
  if (inner.kind === "number") return `Float64Array${absent}`;
  if (own === intText && modifier !== "") return `Int32Array${absent}`;
  return `${modifier}${parenthesised(own)}[]${absent}`;
}
