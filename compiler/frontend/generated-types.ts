/**
 * The types of generated modules, from the signatures of their sources (contract section 4). Source
 * files that import `./model.grad.js` are checked against these, never against files on disk.
 */
import { ts } from "ts-morph";
import { hasSelf, realParameters, type Annotation, type FunctionNode } from "./annotations.ts";
import type { Dims } from "../ir/tensor-dims.ts";
import { statedDims } from "./shapes/stated.ts";
import {
  bareOrTuple,
  gradientText,
  isPassive,
  jacobianText,
  passive,
  shapeAt,
  shapeOf,
  shapeWithout,
  shownType,
  typeText,
  type Lessened,
  type Shape,
} from "./types-of.ts";
import type { Mode } from "./types.ts";
import { ownObject } from "./points-to.ts";
import { batchedIn, batchedOutput, batchedSignature } from "./batched-types.ts";
import { productsOf } from "./products.ts";
import type { Path, WriteFinder } from "./writes.ts";

/** A parameter of an annotated function. */
export interface Input {
  readonly name: string;
  readonly typeText: string;
  /** The type as the user knows it, for messages. */
  readonly shown: string;
  readonly shape: Shape;
  /** Optional, or with a default: generated functions take `undefined` in its place. */
  readonly optional: boolean;
  /** Optional without a default, or with `undefined` as one: its gradient may be absent too. */
  readonly absent: boolean;
  readonly written: boolean;
  /** What is differentiated where nothing is said: all but what the function writes into. */
  readonly unwritten: Lessened;
}

export interface Output {
  /** `return`, or the name of a written parameter. */
  readonly name: string;
  readonly typeText: string;
  /** The types of the items of a tuple. */
  readonly items?: readonly string[];
  /** The type as the user knows it, for messages. */
  readonly shown: string;
  readonly shape: Shape;
  /** The shape that the type of a tensor states. */
  readonly dims?: Dims | undefined;
}

/** What goes into a function and what comes out, in the contract's order. */
export interface Signature {
  readonly inputs: readonly Input[];
  readonly outputs: readonly Output[];
}

export function signatureOf(checker: ts.TypeChecker, writes: WriteFinder, node: FunctionNode): Signature {
  const written = writes.pathsWrittenBy(node);
  const self = selfOf(checker, node, written.get(ownObject));
  const parameters = realParameters(node).map((parameter, index): Input => {
    const optional = parameter.questionToken !== undefined || parameter.initializer !== undefined;
    const declared = checker.getTypeAtLocation(parameter);
    // Without the `undefined` that an optional parameter takes.
    const type = optional ? checker.getNonNullableType(declared) : declared;
    const shape = shapeOf(checker, type, parameter);
    return {
      name: ts.isIdentifier(parameter.name) ? parameter.name.text : `arg${String(index)}`,
      typeText: typeText(checker, type, parameter),
      shown: shownType(checker, type, parameter),
      shape,
      optional,
      absent: optional && type !== declared,
      ...changesOf(shape, written.get(index), optional),
    };
  });
  const inputs = self ? [self, ...parameters] : parameters;
  const filled = inputs.filter((input) => input.written && !isPassive(input.shape));
  // What was not given is not given back.
  const outputs: Output[] = filled.map(({ name, typeText: text, shown, shape, optional }) => ({
    name,
    typeText: optional ? `${text} | undefined` : text,
    shown,
    shape: optional && shape.kind !== "maybe" ? { kind: "maybe", of: shape } : shape,
  }));
  const signature = checker.getSignatureFromDeclaration(node);
  const result = signature && checker.getReturnTypeOfSignature(signature);
  const empty = ts.TypeFlags.Void | ts.TypeFlags.Undefined | ts.TypeFlags.Never;
  if (result && !(result.flags & empty) && writes.returnedBy(node) === undefined) {
    outputs.unshift({
      name: "return",
      typeText: typeText(checker, result, node),
      shown: shownType(checker, result, node),
      shape: shapeOf(checker, result, node),
      dims: statedDims(checker, result),
      ...(checker.isTupleType(result) && {
        items: checker.getTypeArguments(result as ts.TypeReference).map((item) => typeText(checker, item, node)),
      }),
    });
  }
  return { inputs, outputs };
}

/** The inputs that a function is differentiated towards when it has no `@wrt`. */
export function defaultWrt(signature: Signature): readonly number[] {
  return signature.inputs.flatMap((input, index) => (isPassive(input.unwritten.shape) ? [] : [index]));
}

/** What the paths of a parameter that are written mean for it. What may not be given is told apart no further. */
function changesOf(
  shape: Shape,
  paths: readonly Path[] | undefined,
  optional: boolean,
): Pick<Input, "written" | "unwritten"> {
  if (paths === undefined) return { written: false, unwritten: { shape, without: [] } };
  return { written: true, unwritten: shapeWithout(shape, optional ? [[]] : paths) };
}

/** Something that a gradient is asked for: a parameter or a local. */
interface Wanted {
  readonly name: string;
  readonly shape: Shape;
  readonly absent: boolean;
}

const isLeaf = ({ kind }: Shape): boolean => kind === "number" || kind === "array" || kind === "tensor";

/** Declarations of everything that is generated for `annotations`, or of the modes that `kinds` selects. */
export function declarationsOf(
  checker: ts.TypeChecker,
  writes: WriteFinder,
  annotations: readonly Annotation[],
  kinds: (annotation: Annotation) => readonly Mode[] = (annotation) => annotation.modes,
  /** Generated functions take `undefined` for a tangent that is zero; hand-written ones need not. */
  orUndefined = " | undefined",
): string {
  const lines = annotations.flatMap((annotation) => {
    const signature = signatureOf(checker, writes, annotation.node);
    const wanted = wantedBy(checker, annotation, signature);
    const active = activeOutputs(annotation, signature);
    const own = { signature, wanted, active };
    const isOver = batchedIn(annotation, signature);
    const batched = batchedSignature(signature, isOver);
    const many = {
      signature: batched,
      wanted: wantedBy(checker, annotation, batched),
      active: active.map(batchedOutput),
    };
    return productsOf(annotation.stem, kinds(annotation)).map(({ name, mode, ofBatch }) => {
      const { signature, wanted, active } = ofBatch || mode === "batch" ? many : own;
      return `export declare function ${name}${signatureText(mode, signature, wanted, active, orUndefined)};`;
    });
  });
  return `export {};\n${lines.join("\n")}\n`;
}

/** The object that a method is called on: the first parameter of what is generated. */
function selfOf(checker: ts.TypeChecker, node: FunctionNode, written: readonly Path[] | undefined): Input | undefined {
  if (!hasSelf(node)) return undefined;
  const type = checker.getTypeAtLocation(node.parent);
  const shape = shapeOf(checker, type, node);
  return {
    name: "self",
    typeText: typeText(checker, type, node),
    shown: shownType(checker, type, node),
    shape,
    optional: false,
    absent: false,
    ...changesOf(shape, written, false),
  };
}

function wantedBy(checker: ts.TypeChecker, { node, wrt }: Annotation, signature: Signature): readonly Wanted[] {
  if (!wrt)
    return defaultWrt(signature).map((index): Wanted => {
      const input = signature.inputs[index]!;
      return { ...input, shape: input.unwritten.shape };
    });
  const names = new Set(wrt.map((word) => word.text));
  const inputs = signature.inputs.flatMap((input): readonly Wanted[] =>
    names.has(input.name) ? [input] : [...names].flatMap((name) => wantedField(input, name)),
  );
  const locals = [...names].flatMap((name): readonly Wanted[] => {
    const local = topLevelConst(node, name);
    return local ? [{ name, shape: shapeOf(checker, checker.getTypeAtLocation(local), local), absent: false }] : [];
  });
  return [...inputs, ...locals];
}

/** `p.k` of a parameter p. */
function wantedField(input: Input, name: string): readonly Wanted[] {
  const [head, ...path] = name.split(".");
  if (head !== input.name || path.length === 0) return [];
  const found = shapeAt(input.shape, path);
  if ("stops" in found) return [];
  return [{ name: name.replaceAll(/\W+/g, "_"), shape: found.shape, absent: found.optional }];
}

/** The `const name` at the top level of the body, also as part of what is taken apart there. */
export function topLevelConst(
  node: FunctionNode,
  name: string,
): ts.VariableDeclaration | ts.BindingElement | undefined {
  if (!node.body || !ts.isBlock(node.body)) return undefined;
  for (const statement of node.body.statements) {
    if (!ts.isVariableStatement(statement) || !(statement.declarationList.flags & ts.NodeFlags.Const)) continue;
    for (const declaration of statement.declarationList.declarations) {
      const found = declarationIn(declaration, name);
      if (found) return found;
    }
  }
  return undefined;
}

function declarationIn<T extends ts.VariableDeclaration | ts.BindingElement>(
  declaration: T,
  name: string,
): T | ts.BindingElement | undefined {
  const { name: target } = declaration;
  if (ts.isIdentifier(target)) return target.text === name ? declaration : undefined;
  for (const element of target.elements) {
    const found = ts.isBindingElement(element) ? declarationIn(element, name) : undefined;
    if (found) return found;
  }
  return undefined;
}

/** The outputs, and parts of what is returned, that carry a cotangent. */
export function activeOutputs({ of }: Annotation, signature: Signature): readonly Output[] {
  const words = of?.map((word) => word.text);
  return signature.outputs.flatMap((output): readonly Output[] => {
    if (isPassive(output.shape)) return [];
    if (words?.includes(output.name) ?? true) return [output];
    const parts = words?.filter((word) => word.startsWith(`${output.name}.`)) ?? [];
    return parts.flatMap((part): readonly Output[] => {
      const found = shapeAt(output.shape, part.split(".").slice(1));
      return "stops" in found ? [] : [{ name: part, typeText: part, shown: part, shape: found.shape }];
    });
  });
}

function signatureText(
  mode: Mode,
  { inputs, outputs }: Signature,
  wanted: readonly Wanted[],
  active: readonly Output[],
  orUndefined: string,
): string {
  const value = outputs.length === 0 ? "void" : bareOrTuple(outputs.map((output) => output.typeText));
  const shapeOf = (want: Wanted): Shape => (want.absent ? { kind: "maybe", of: want.shape } : want.shape);
  const gradient = (want: Wanted): string => gradientText(shapeOf(want));
  const grads = bareOrTuple(wanted.map(gradient));
  const cotangent = bareOrTuple(active.map((output) => gradientText(output.shape)));
  const firstOutput =
    active.length === 1
      ? (active[0]?.shape ?? passive)
      : ({ kind: "tuple", items: active.map((o) => o.shape) } as const);
  const args = (trailing: readonly string[]): string => {
    const own = inputs.map((input, index) => {
      const canBeLeftOut = trailing.length === 0 && inputs.slice(index).every((later) => later.optional);
      if (!input.optional) return `${input.name}: ${input.typeText}`;
      return canBeLeftOut ? `${input.name}?: ${input.typeText}` : `${input.name}: ${input.typeText} | undefined`;
    });
    return `(${[...own, ...trailing].join(", ")})`;
  };
  const free = (name: string): string => (inputs.some((input) => input.name === name) ? free(`${name}_`) : name);
  const directions = (suffix: string): string[] =>
    wanted.map((want) => `${free(want.name + suffix)}: ${gradient(want)}${orUndefined}`);
  switch (mode) {
    case "vjp":
      return `${args([`${free("v")}: ${cotangent}`])}: [${value}, ${grads}]`;
    case "vjpInto": {
      const isNumber = ({ shape }: Wanted): boolean => (shape.kind === "maybe" ? shape.of : shape).kind === "number";
      const numbers = wanted.filter(isNumber);
      const buffers = wanted.filter((want) => !isNumber(want));
      const trailing = [
        `${free("v")}: ${cotangent}`,
        ...buffers.map((want) => `${free(`${want.name}Bar`)}: ${gradient(want)}`),
      ];
      return `${args(trailing)}: ${numbers.length === 0 ? value : `[${value}, ${bareOrTuple(numbers.map(gradient))}]`}`;
    }
    case "pullback":
      return `${args([])}: [${value}, (${free("v")}: ${cotangent}) => ${grads}]`;
    case "jvp":
      return `${args(directions("Dot"))}: [${value}, ${cotangent}]`;
    case "grad":
      return `${args([])}: ${grads}`;
    case "valueAndGrad":
      return `${args([])}: [${value}, ${grads}]`;
    case "hvp":
      return `${args(directions("Dot"))}: [${value}, ${grads}]`;
    case "jacobian":
      return `${args([])}: ${jacobianText(firstOutput, wanted.map(shapeOf))}`;
    case "hessian": {
      // The row of a parameter that is one leaf is there; its entries are absent with either parameter.
      const rowOf = (want: Wanted): string =>
        want.absent && isLeaf(want.shape)
          ? jacobianText(
              want.shape,
              wanted.map((other) => ({ kind: "maybe", of: other.shape })),
            )
          : jacobianText(shapeOf(want), wanted.map(shapeOf));
      return `${args([])}: ${bareOrTuple(wanted.map(rowOf))}`;
    }
    case "batch":
      return `${args([])}: ${value}`;
    case "sparseJacobian":
      return "(): never";
  }
}
