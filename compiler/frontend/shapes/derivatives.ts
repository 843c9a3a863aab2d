/** Calls of derivatives, `vjp(f)(x, v)`: cotangents have the shape of the result, tangents and gradients that of an argument. */
import { realParameters } from "../annotations.ts";
import { ts } from "ts-morph";
import { type Dims, isSeveral, Misfit, showDims } from "../../ir/tensor-dims.ts";
import { skipOuter, tsgradName } from "../lower/resolve.ts";
import { isPassive, shapeOf } from "../types-of.ts";
import { scalarModes } from "../types.ts";
import type { Frame, Interpreter } from "./interpreter.ts";
import { doNotFit, type Known, tensorOf } from "./known.ts";

const modes = new Set(["vjp", "jvp", "grad", "valueAndGrad", "hvp", "jacobian", "hessian"]);

/** Undefined where it is no such call, or its function is not known. */
export function ofDerivative(on: Interpreter, call: ts.CallExpression, frame: Frame): Known | undefined {
  const form = skipOuter(call.expression);
  if (!ts.isCallExpression(form) || form.arguments.length !== 1) return undefined;
  const mode = tsgradName(on.checker, form.expression);
  if (mode === undefined || !modes.has(mode)) return undefined;
  const func = on.functionOf(form.arguments[0]!, frame);
  if (func === undefined || call.arguments.some(ts.isSpreadElement)) return undefined;
  const args = call.arguments.map((argument) => on.structureOf(argument, on.of(argument, frame)));
  const parameters = realParameters(func.node);
  const count = parameters.length;
  const own = args.slice(0, count);
  const value = on.apply(func, own, frame);
  const moving = parameters.flatMap((parameter, k) =>
    isPassive(shapeOf(on.checker, on.checker.getTypeAtLocation(parameter), parameter)) ? [] : [k],
  );
  const given = args.slice(count);
  if (mode === "vjp") agree("cotangent", "a result", given.at(-1), value);
  if (mode === "jvp" || mode === "hvp")
    moving.forEach((k, at) => agree(mode === "jvp" ? "tangent" : "vector", "an argument", given[at], own[k]));
  if (scalarModes.some((each) => each === mode) && value?.kind === "tensor" && isSeveral(value.dims))
    throw new Misfit(
      `${mode} needs a function of one number, and what this one gives has shape ${showDims(value.dims)}`,
    );
  const parts = moving.map((k) => own[k]);
  const gradient: Known | undefined = parts.length === 1 ? parts[0] : { kind: "items", items: parts };
  return resultOf(mode, value, gradient);
}

function resultOf(mode: string, value: Known | undefined, gradient: Known | undefined): Known | undefined {
  const [ofValue, ofX] = [value, gradient].map((known) => (known?.kind === "tensor" ? known.dims : undefined));
  switch (mode) {
    case "grad":
      return gradient;
    case "jacobian":
      return both(ofValue, ofX);
    case "hessian":
      return both(ofX, ofX);
    default:
      return { kind: "items", items: [value, mode === "jvp" ? value : gradient] };
  }
}

const both = (a: Dims | undefined, b: Dims | undefined): Known | undefined => tensorOf(a && b && [...a, ...b]);

function agree(word: string, of: string, given: Known | undefined, wanted: Known | undefined): void {
  if (given?.kind !== "tensor" || wanted?.kind !== "tensor" || !doNotFit(wanted.dims, given.dims)) return;
  throw new Misfit(`The ${word} of ${of} of shape ${showDims(wanted.dims)} has shape ${showDims(given.dims)}`);
}
