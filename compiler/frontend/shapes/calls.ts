/** What calls give: operations on tensors by their rules, functions of the user's by what their bodies do. */
import { ts } from "ts-morph";
import { type Dim, Misfit, showDims } from "../../ir/tensor-dims.ts";
import type { TensorOp } from "../../ir/tensor-ops.ts";
import { resultDims, resultsOf } from "../../ir/tensor-shape-rules.ts";
import { skipOuter } from "../lower/resolve.ts";
import { isTensorType } from "../types-of.ts";
import { ofDerivative } from "./derivatives.ts";
import type { Frame, Interpreter } from "./interpreter.ts";
import { doNotFit, type Env, type FunctionWithBody, type Known, named, nameless, tensorOf, told } from "./known.ts";
import { ofListMethod } from "./lists.ts";
import { operandsOf, slotsIn } from "./operands.ts";
import { statedDims } from "./stated.ts";

/** The operation that a call is of, and its arguments with the tensor in front whose method it is. */
export type OperationOf = (
  call: ts.CallExpression,
) => { readonly op: TensorOp; readonly given: readonly ts.Expression[] } | undefined;

interface Outcome {
  readonly known: Known | undefined;
  readonly writes: boolean;
  readonly misfit?: Misfit;
}

export class Calls {
  readonly #on: Interpreter;
  readonly #operationOf: OperationOf;
  readonly #outcomes = new Map<ts.Node, Map<string, Outcome>>();

  constructor(on: Interpreter, operationOf: OperationOf) {
    this.#on = on;
    this.#operationOf = operationOf;
  }

  of(call: ts.CallExpression, frame: Frame): Known | undefined {
    const found = this.#operationOf(call);
    if (found) return this.#operation(call, found.op, found.given, frame);
    try {
      const known =
        ofDerivative(this.#on, call, frame) ?? ofListMethod(this.#on, call, frame) ?? this.#called(call, frame);
      // Lengths have their names in the function that is called.
      return known ?? nameless(this.#on.typed(call, call) ?? this.#on.structureAt(call));
    } catch (error) {
      if (!(error instanceof Misfit)) throw error;
      this.#on.wrong(call, error.message, frame);
      return;
    }
  }

  #operation(call: ts.CallExpression, op: TensorOp, given: readonly ts.Expression[], frame: Frame): Known | undefined {
    const values = new Map<ts.Expression, Known | undefined>();
    const slots = slotsIn(op, given);
    const evaluate = (node: ts.Expression): void => {
      values.set(node, this.#on.structureOf(node, this.#on.of(node, frame)));
    };
    if (slots === undefined) for (const node of given) evaluate(ts.isSpreadElement(node) ? node.expression : node);
    for (const slot of slots?.values() ?? []) {
      if (slot === "unknown") continue;
      for (const node of Array.isArray(slot) ? (slot as readonly ts.Expression[]) : [slot as ts.Expression])
        evaluate(node);
    }
    if (slots === undefined) return undefined;
    const operands = operandsOf(this.#on.checker, slots, (node) => values.get(node));
    try {
      const results = resultsOf(op, operands);
      if (results === undefined) return tensorOf(resultDims(op, operands));
      if ("each" in results) return { kind: "each", each: { kind: "tensor", dims: results.each } };
      return { kind: "items", items: results.items.map(tensorOf) };
    } catch (error) {
      if (!(error instanceof Misfit)) throw error;
      this.#on.wrong(call, error.message, frame);
      return;
    }
  }

  /** What a function of the user's gives back: as its type states it, or as its body makes it. */
  #called(call: ts.CallExpression, frame: Frame): Known | undefined {
    const callee = skipOuter(call.expression);
    const own = this.#on.of(callee, frame);
    const args = call.arguments.map((argument) =>
      ts.isSpreadElement(argument)
        ? (this.#on.of(argument.expression, frame), undefined)
        : this.#on.structureOf(argument, this.#on.of(argument, frame)),
    );
    const signature = this.#on.checker.getResolvedSignature(call);
    const declaration = signature?.declaration;
    if (signature === undefined || declaration === undefined) return undefined;
    const func =
      own?.kind === "function" ? own : hasBody(declaration) ? { node: declaration, env: new Map() } : undefined;
    const isSpread = call.arguments.some(ts.isSpreadElement);
    if (isSpread || isForeign(declaration)) return undefined;
    const lengths = new Map<string, Dim>();
    const bound = args.map((known, i): Known | undefined => {
      const parameter = signature.parameters[i];
      const type = parameter && this.#on.checker.getTypeOfSymbolAtLocation(parameter, call);
      if (type === undefined || !isTensorType(type)) return known;
      const stated = statedDims(this.#on.checker, type);
      const dims = known?.kind === "tensor" ? known.dims : undefined;
      if (stated && dims && doNotFit(named(stated, lengths), dims, lengths))
        throw new Misfit(
          `'${parameter!.name}' is stated to have shape ${showDims(stated)}, but its argument has shape ${showDims(dims)}`,
        );
      return stated ? tensorOf(named(stated, lengths)) : known;
    });
    const made = func && this.#outcome(func, bound, frame);
    const result = this.#on.checker.getReturnTypeOfSignature(signature);
    const stated = statedDims(this.#on.checker, result)?.map((dim) =>
      typeof dim === "string" ? lengths.get(dim) : dim,
    );
    if (stated && made?.kind === "tensor" && doNotFit(stated, made.dims))
      throw new Misfit(
        `Shape ${showDims(stated)} is stated for what is given back, but here it has shape ${showDims(made.dims)}`,
      );
    return stated ? tensorOf(stated) : made;
  }

  /** What a call does, found once for the same function and arguments. */
  #outcome(
    func: { readonly node: FunctionWithBody; readonly env: Env },
    args: readonly (Known | undefined)[],
    frame: Frame,
  ): Known | undefined {
    const known = this.#outcomes.get(func.node) ?? new Map<string, Outcome>();
    this.#outcomes.set(func.node, known);
    const isOfModule = ts.isSourceFile(func.node.parent) || func.env.size === 0;
    const key = isOfModule ? JSON.stringify(args.map(told)) : "";
    let outcome = isOfModule ? known.get(key) : undefined;
    if (outcome === undefined) {
      // A call of itself inside is not followed.
      if (isOfModule) known.set(key, { known: undefined, writes: true });
      const writes = this.#on.writes;
      const ended = (value: Known | undefined, misfit?: Misfit): Outcome => ({
        known: value,
        writes: this.#on.writes !== writes,
        ...(misfit && { misfit }),
      });
      try {
        outcome = ended(this.#on.apply(isOfModule ? { ...func, env: new Map() } : func, args, frame));
      } catch (error) {
        if (!(error instanceof Misfit)) throw error;
        outcome = ended(undefined, error);
      }
      if (isOfModule) known.set(key, outcome);
    }
    if (outcome.writes) this.#on.forgetStructures(frame);
    if (outcome.misfit) throw outcome.misfit;
    return outcome.known;
  }
}

const isForeign = (declaration: ts.Node): boolean => {
  const file = declaration.getSourceFile();
  return file.isDeclarationFile && /[/\\]lib\.[\w.]+\.d\.ts$/.test(file.fileName);
};

function hasBody(declaration: ts.SignatureDeclaration | ts.JSDocSignature): declaration is FunctionWithBody {
  const isFunction =
    ts.isFunctionDeclaration(declaration) ||
    ts.isArrowFunction(declaration) ||
    ts.isFunctionExpression(declaration) ||
    ts.isMethodDeclaration(declaration);
  return isFunction && declaration.body !== undefined;
}
