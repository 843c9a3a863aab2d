/** Tensors: operations on them as functions and as methods, and what is read off them. */
import { ts } from "ts-morph";
import { fieldAt, float64Array, int, intType, isReference, numberType } from "../../ir/build.ts";
import { presentType } from "../../ir/presence.ts";
import { slotsOf, tensorOpOf, type TensorOp } from "../../ir/tensor-ops.ts";
import type { Expr, Origin, Type } from "../../ir/types.ts";
import { originBetween } from "../positions.ts";
import { lowerInOrder } from "./order.ts";
import { shorthand } from "./records.ts";
import { isWhole } from "./scalars.ts";
import { skipOuter, tsgradName } from "./resolve.ts";
import { isTensorType } from "../types-of.ts";
import { absent, broken, refuse, shortText, type Body } from "./state.ts";
import { asData, readType, typeFor } from "./types.ts";
import { value } from "./values.ts";

/** The operations that tensors have as methods, by the names of the methods. */
const methods = new Map<string, TensorOp>(
  (
    "add sub mul div pow neg matmul sum mean max min reshape permuteDims transpose squeeze expandDims slice " +
    "exp log sin cos tanh sqrt square abs sigmoid relu"
  )
    .split(" ")
    .flatMap((name) => {
      const op = tensorOpOf(name);
      return op ? [[name, op] as const] : [];
    }),
);

/** The operation that a call is of, as a function or as a method; undefined where it is of something else. */
export function operationIn(
  checker: ts.TypeChecker,
  call: ts.CallExpression,
): { readonly op: TensorOp; readonly given: readonly ts.Expression[] } | undefined {
  const name = tsgradName(checker, call.expression);
  const op = name === undefined ? undefined : tensorOpOf(name);
  if (op) return { op, given: call.arguments };
  const callee = skipOuter(call.expression);
  if (!ts.isPropertyAccessExpression(callee)) return undefined;
  const own = callee.name.text === "item" ? "item" : methods.get(callee.name.text);
  const isMethod = own !== undefined && isTensorType(checker.getTypeAtLocation(callee.expression));
  return isMethod ? { op: own, given: [callee.expression, ...call.arguments] } : undefined;
}

export function isTensor(body: Body, node: ts.Expression): boolean {
  return readType(body.all, body.checker.getTypeAtLocation(node), "inferred").kind === "tensor";
}

/** `matmul(a, b)`. */
export function tensorCall(body: Body, node: ts.CallExpression, op: TensorOp): Expr {
  return operation(body, node, op, node.arguments);
}

/** `a.matmul(b)`, `a.item()`. */
export function tensorMethod(body: Body, node: ts.CallExpression, callee: ts.PropertyAccessExpression): Expr {
  const name = callee.name.text;
  if (name === "item") {
    const x = value(body, callee.expression);
    if (x === broken) return broken;
    return { kind: "tensorOp", op: "item", args: [x], type: numberType, origin: nameInCall(node) };
  }
  const op = methods.get(name);
  if (op === undefined) return refuse(body, node, "TG1004", `Tensor.${name}`);
  return operation(body, node, op, [callee.expression, ...node.arguments]);
}

/** `x.shape`, `x.size`, `x.data`; undefined where the owner is no tensor. */
export function tensorProperty(body: Body, node: ts.PropertyAccessExpression): Expr | undefined {
  if (!isTensor(body, node.expression)) return undefined;
  const x = value(body, node.expression);
  if (x === broken) return broken;
  const name = node.name.text;
  switch (name) {
    case "data":
      return { kind: "tensorOp", op: "dataOf", args: [x], type: float64Array };
    case "shape":
      return { kind: "tensorOp", op: "shapeOf", args: [x], type: { kind: "list", element: intType } };
    case "size":
    case "ndim":
      return { kind: "foreign", texts: ["", `.${name}`], args: [x], type: intType };
    case "dtype":
    case "device":
      return { kind: "foreign", texts: ["", `.${name}`], args: [x], type: { kind: "string" } };
    default:
      return refuse(body, node, "TG1004", `Tensor.${name}`);
  }
}

/** `x.shape[0]`, which needs no name for the shape: nothing writes into that. */
export function lengthOfAxis(body: Body, node: ts.ElementAccessExpression): Expr | undefined {
  const owner = skipOuter(node.expression);
  if (!ts.isPropertyAccessExpression(owner) || owner.name.text !== "shape") return undefined;
  if (!ts.isIdentifier(skipOuter(owner.expression)) || !isTensor(body, owner.expression)) return undefined;
  const [x, index] = lowerInOrder(body, [
    () => value(body, owner.expression),
    () => value(body, node.argumentExpression),
  ]);
  if (!x || !index || x === broken || index === broken) return broken;
  const array: Expr = { kind: "foreign", texts: ["", ".shape"], args: [x], type: { kind: "list", element: intType } };
  return { kind: "index", array, index: isWhole(index) ? { ...index, type: intType } : index, type: intType };
}

function operation(body: Body, node: ts.CallExpression, op: TensorOp, given: readonly ts.Expression[]): Expr {
  const spread = given.find(ts.isSpreadElement);
  if (spread) return refuse(body, spread, "TG1001", "A spread here", "Pass the arguments one by one.");
  const { positional, options, rest } = slotsOf(op);
  const last = given.at(-1);
  const hasOptions = options.length > 0 && last !== undefined && given.length > requiredBefore(body, last, positional);
  const plain = hasOptions ? given.slice(0, -1) : given;
  const values = lowerInOrder(
    body,
    plain.map((argument) => () => slotValue(body, argument)),
  );
  const fields = hasOptions ? optionValues(body, last, options) : new Map<string, Expr>();
  if (values.includes(broken) || fields === undefined) return broken;
  const own = rest
    ? [...values.slice(0, positional.length - 1), listOf(values.slice(positional.length - 1))]
    : positional.map((_, i) => values[i] ?? absent);
  const type = typeFor(body.all, body.entry, body.checker.getTypeAtLocation(node), {
    node,
    what: shortText(node),
    source: "inferred",
  });
  if (!type) return broken;
  const args = [...own, ...options.map((name) => fields.get(name) ?? absent)];
  const origin = nameInCall(node);
  return { kind: "tensorOp", op, args: op === "tensor" ? flattened(args) : args, type: asData(type), origin };
}

/** The call from the name of what is called: in a chain over several lines, each has a line of its own. */
function nameInCall(node: ts.CallExpression): Origin {
  const callee = skipOuter(node.expression);
  return originBetween(ts.isPropertyAccessExpression(callee) ? callee.name : node, node);
}

/** How many arguments there are before the options: an object, or what is undefined, comes after them. */
function requiredBefore(body: Body, last: ts.Expression, positional: readonly string[]): number {
  const read = readType(body.all, body.checker.getTypeAtLocation(last), "inferred");
  const isObject = ts.isObjectLiteralExpression(skipOuter(last)) || read.kind === "record";
  return isObject ? 0 : positional.length;
}

/** The value of an argument; a list that is written out is a tuple. */
function slotValue(body: Body, node: ts.Expression): Expr {
  const inner = skipOuter(node);
  if (!ts.isArrayLiteralExpression(inner) || inner.elements.some(ts.isSpreadElement)) return value(body, node);
  const items = lowerInOrder(
    body,
    inner.elements.map((element) => () => slotValue(body, element)),
  );
  return items.includes(broken) ? broken : listOf(items);
}

function listOf(items: readonly Expr[]): Expr {
  return { kind: "tuple", items, type: { kind: "tuple", items: items.map((item): Type => item.type) } };
}

function optionValues(body: Body, node: ts.Expression, options: readonly string[]): Map<string, Expr> | undefined {
  const inner = skipOuter(node);
  const result = new Map<string, Expr>();
  if (!ts.isObjectLiteralExpression(inner)) {
    const whole = value(body, node);
    if (whole === broken) return undefined;
    const type = presentType(whole.type);
    if (type.kind !== "record") return result;
    for (const field of type.fields) result.set(field.name, fieldAt(whole, field.name));
    return result;
  }
  for (const property of inner.properties) {
    const isPlain = ts.isPropertyAssignment(property) || ts.isShorthandPropertyAssignment(property);
    const name =
      isPlain && (ts.isIdentifier(property.name) || ts.isStringLiteral(property.name)) ? property.name.text : "";
    if (!isPlain || !options.includes(name)) {
      refuse(body, property, "TG1001", shortText(property), `Write the options out: ${options.join(", ")}.`);
      return undefined;
    }
    const item = ts.isPropertyAssignment(property) ? slotValue(body, property.initializer) : shorthand(body, property);
    if (item === broken) return undefined;
    result.set(name, item);
  }
  return result;
}

/** `tensor([[a, b], [c, d]])` is a list of four numbers with the shape 2 × 2. */
function flattened(args: readonly Expr[]): readonly Expr[] {
  const [values, shape, ...others] = args;
  if (values?.kind !== "tuple" || !values.items.some((item) => item.kind === "tuple")) return args;
  const lengths: number[] = [];
  for (let row: Expr | undefined = values; row?.kind === "tuple"; row = row.items[0]) lengths.push(row.items.length);
  const leaves = (item: Expr): readonly Expr[] => (item.kind === "tuple" ? item.items.flatMap(leaves) : [item]);
  const flat = leaves(values);
  // Ragged, or with variables for rows: the runtime says what is wrong, or copes.
  if (flat.length !== lengths.reduce((a, b) => a * b, 1) || flat.some((item) => isReference(item.type))) return args;
  return [listOf(flat), shape === undefined || shape === absent ? listOf(lengths.map(int)) : shape, ...others];
}
