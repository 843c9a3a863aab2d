/** The arguments of an operation on tensors, as rules for shapes ask for them. */
import { ts } from "ts-morph";
import type { Dims } from "../../ir/tensor-dims.ts";
import type { Operands } from "../../ir/tensor-operands.ts";
import { slotsOf, type TensorOp } from "../../ir/tensor-ops.ts";
import { skipOuter } from "../lower/resolve.ts";
import type { Known } from "./known.ts";

/** One argument, several that a slot gathers, or one that is not known. */
export type Slot = ts.Expression | readonly ts.Expression[] | "unknown";

/** The arguments of an operation by their slots; undefined where a spread hides them. */
export function slotsIn(op: TensorOp, given: readonly ts.Expression[]): ReadonlyMap<string, Slot> | undefined {
  if (given.some(ts.isSpreadElement)) return undefined;
  const { positional, options, rest } = slotsOf(op);
  const found = new Map<string, Slot>();
  const last = given.at(-1);
  const inner = last && skipOuter(last);
  const written = inner && ts.isObjectLiteralExpression(inner) && options.length > 0 ? inner : undefined;
  const plain = written ? given.slice(0, -1) : given;
  positional.forEach((slot, i) => {
    const argument = plain[i];
    if (rest && i === positional.length - 1) found.set(slot, plain.slice(i));
    else if (argument) found.set(slot, argument);
  });
  // Options in a variable.
  if (!rest && plain.length > positional.length) for (const option of options) found.set(option, "unknown");
  for (const property of written?.properties ?? []) {
    if (ts.isPropertyAssignment(property) && ts.isIdentifier(property.name))
      found.set(property.name.text, property.initializer);
    else if (ts.isShorthandPropertyAssignment(property)) found.set(property.name.text, property.name);
    else for (const option of options) found.set(option, "unknown");
  }
  return found;
}

/** The arguments, with what is known of each expression among them. */
export function operandsOf(
  checker: ts.TypeChecker,
  slots: ReadonlyMap<string, Slot>,
  knownOf: (node: ts.Expression) => Known | undefined,
): Operands {
  const one = (slot: string): ts.Expression | undefined => {
    const found = slots.get(slot);
    return found === undefined || found === "unknown" || Array.isArray(found) ? undefined : (found as ts.Expression);
  };
  const literalAt = (slot: string): ts.Type | undefined => {
    const node = one(slot);
    return node && checker.getTypeAtLocation(node);
  };
  const dimsOf = (node: ts.Expression): Dims | undefined => {
    const known = knownOf(node);
    if (known?.kind === "tensor") return known.dims;
    if (known?.kind === "number") return [];
    const inner = skipOuter(node);
    if (ts.isArrayLiteralExpression(inner)) return nested(inner);
    // The type of a long sum is computed from all of its terms, once for each term.
    const isNumber =
      ts.isBinaryExpression(inner) || (checker.getTypeAtLocation(inner).flags & ts.TypeFlags.NumberLike) !== 0;
    return isNumber ? [] : undefined;
  };
  const numberAt = (known: Known | undefined): number | undefined =>
    known?.kind === "number" && typeof known.value === "number" ? known.value : undefined;
  const lengths = (slot: string): Dims | undefined => {
    const node = one(slot);
    const known = node && knownOf(node);
    if (known?.kind === "items") return known.items.map((item) => (item?.kind === "number" ? item.value : undefined));
    return known?.kind === "number" ? [known.value] : undefined;
  };
  return {
    isGiven: (slot) => slots.has(slot),
    dims: (slot) => {
      const node = one(slot);
      return node && dimsOf(node);
    },
    list: (slot) => {
      const found = slots.get(slot);
      if (Array.isArray(found)) return (found as readonly ts.Expression[]).map(dimsOf);
      const node = one(slot);
      const known = node && knownOf(node);
      if (known?.kind !== "items") return undefined;
      return known.items.map((item) => (item?.kind === "tensor" ? item.dims : undefined));
    },
    each: (slot) => {
      const node = one(slot);
      const known = node && knownOf(node);
      return known?.kind === "each" && known.each.kind === "tensor" ? known.each.dims : undefined;
    },
    number: (slot) => {
      const node = one(slot);
      return node && numberAt(knownOf(node));
    },
    numbers: (slot) => lengths(slot)?.map((length) => (typeof length === "number" ? length : undefined)),
    lengths,
    pairs: (slot) => {
      const node = one(slot);
      const known = node && knownOf(node);
      if (known?.kind !== "items") return undefined;
      return known.items.map((item) => (item?.kind === "items" ? item.items.map(numberAt) : undefined));
    },
    flag: (slot) => {
      const type = literalAt(slot);
      const text = type && checker.typeToString(type);
      return text === "true" ? true : text === "false" ? false : undefined;
    },
    text: (slot) => {
      const type = literalAt(slot);
      return type?.isStringLiteral() ? type.value : undefined;
    },
  };
}

/** The shape of numbers in lists of lists. */
function nested(list: ts.ArrayLiteralExpression): Dims | undefined {
  const [first] = list.elements;
  if (list.elements.some(ts.isSpreadElement)) return undefined;
  const inner = first && skipOuter(first);
  if (inner === undefined || !ts.isArrayLiteralExpression(inner)) {
    const isNumber = inner === undefined || ts.isNumericLiteral(inner) || ts.isPrefixUnaryExpression(inner);
    return isNumber ? [list.elements.length] : undefined;
  }
  const rest = nested(inner);
  return rest && [list.elements.length, ...rest];
}
