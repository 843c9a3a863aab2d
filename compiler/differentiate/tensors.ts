/** Shapes of arrays, and tensors made of their numbers: what Jacobians hand back. */
import {
  at,
  compare,
  float64Array,
  ifThen,
  int,
  intType,
  isReference,
  lengthOf,
  lengthOrZero,
  op,
  tensorType,
  variable,
} from "../ir/build.ts";
import type { Names } from "../ir/names.ts";
import type { Expr, Stmt } from "../ir/types.ts";
import { countTo } from "./shadows.ts";

/** How many numbers a shape holds; factors of one are left out. */
export function sizeOf(shape: readonly Expr[]): Expr {
  return shape.length === 0 ? int(1) : shape.reduce((a, b) => op("mul", [a, b], intType));
}

/** The lengths of an array, level by level; rows of different lengths are no tensor. `fixed` says that the array's own length never changes. */
export function shapeOf(names: Names, array: Expr, label: string, body: Stmt[], fixed: boolean): Expr[] {
  if (!isReference(array.type)) return [];
  const own = lengthOrZero(array);
  const size = fixed && array.type.kind !== "maybe" ? own : constantOf(names, `${label}Length`, own, body);
  const lengths = [size];
  const message: Expr = {
    kind: "foreign",
    texts: [`new RangeError("${label} has rows of different lengths: its Jacobian is no tensor")`],
    args: [],
    type: { kind: "string" },
  };
  let first = array;
  while (first.type.kind === "list" && isReference(first.type.element)) {
    first = at(first, int(0));
    const isEmpty = compare("eq", sizeOf(lengths), int(0));
    const length: Expr = { kind: "select", test: isEmpty, yes: int(0), no: lengthOf(first), type: intType };
    const columns = constantOf(names, `${label}Width`, length, body);
    const check = (row: Expr, [outer, ...inner]: readonly Expr[]): Stmt[] =>
      outer === undefined
        ? [ifThen(compare("ne", lengthOf(row), columns), [{ kind: "throw", value: message }])]
        : [countTo(names, outer, (i) => check(at(row, i), inner))];
    body.push(...check(array, lengths));
    lengths.push(columns);
  }
  return lengths;
}

function constantOf(names: Names, name: string, init: Expr, body: Stmt[]): Expr {
  const bound = variable(names.fresh(name), intType);
  body.push({ kind: "let", name: bound.name, type: intType, mutable: false, init });
  return bound;
}

/** New zeros for the numbers of a shape. */
export function zerosOf(names: Names, shape: readonly Expr[], body: Stmt[]): Expr {
  const data = variable(names.fresh("jacobian"), float64Array);
  const init: Expr = { kind: "zeros", length: sizeOf(shape), type: float64Array };
  body.push({ kind: "let", name: data.name, type: float64Array, mutable: false, init });
  return data;
}

/** A loop over every number of an array of the given shape, with its place in row-major order. */
export function eachNumber(
  names: Names,
  shape: readonly Expr[],
  visit: (place: readonly Expr[], position: Expr) => Stmt[],
): Stmt[] {
  const level = (place: readonly Expr[], position: Expr | undefined): Stmt[] => {
    const length = shape[place.length];
    if (length === undefined) return visit(place, position ?? int(0));
    const base = place.length === 0 ? "row" : "place";
    const next = (i: Expr): Expr =>
      position === undefined ? i : op("add", [op("mul", [position, length], intType), i], intType);
    return [countTo(names, length, (i) => level([...place, i], next(i)), base)];
  };
  return level([], undefined);
}

/** `array[i][j]` */
export function elementAt(array: Expr, place: readonly Expr[]): Expr {
  return place.reduce<Expr>(at, array);
}

/** A tensor of an array's numbers; anything but a `Float64Array` is copied into one. */
export function tensorOf(names: Names, array: Expr, shape: readonly Expr[], body: Stmt[], label = "tensor"): Expr {
  let data = array;
  if (array.type.kind !== "typed" || array.type.name !== "Float64Array") {
    const flat = variable(names.fresh("flat"), float64Array);
    const isPlain = array.type.kind === "typed" || (array.type.kind === "list" && !isReference(array.type.element));
    const init: Expr = isPlain
      ? { kind: "copy", array, type: float64Array }
      : { kind: "zeros", length: sizeOf(shape), type: float64Array };
    body.push({ kind: "let", name: flat.name, type: float64Array, mutable: false, init });
    if (!isPlain) {
      const store = (place: readonly Expr[], index: Expr): Stmt[] => [
        { kind: "store", array: flat, index, value: elementAt(array, place) },
      ];
      body.push(...eachNumber(names, shape, store));
    }
    data = flat;
  }
  const tensor = names.fresh(label);
  body.push({
    kind: "let",
    name: tensor,
    type: tensorType,
    mutable: false,
    init: { kind: "tensor", data, shape, type: tensorType },
  });
  return variable(tensor, tensorType);
}
