/** Shapes of arrays, and tensors made of their numbers: what Jacobians hand back. */
import {
  at,
  compare,
  float64Array,
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
  if (array.type.kind !== "list" || !isReference(array.type.element)) return [size];
  const first = lengthOf(at(array, int(0)));
  const width: Expr = { kind: "select", test: compare("eq", size, int(0)), yes: int(0), no: first, type: intType };
  const columns = constantOf(names, `${label}Width`, width, body);
  const message: Expr = {
    kind: "foreign",
    texts: [`new RangeError("${label} has rows of different lengths: its Jacobian is no tensor")`],
    args: [],
    type: { kind: "string" },
  };
  body.push(
    countTo(names, size, (i) => [
      {
        kind: "if",
        test: compare("ne", lengthOf(at(array, i)), columns),
        then: [{ kind: "throw", value: message }],
        else: [],
      },
    ]),
  );
  return [size, columns];
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
  const [n, m] = shape;
  if (n === undefined) return visit([], int(0));
  if (m === undefined) return [countTo(names, n, (i) => visit([i], i), "row")];
  const inner = (i: Expr): Stmt =>
    countTo(names, m, (j) => visit([i, j], op("add", [op("mul", [i, m], intType), j], intType)), "place");
  return [countTo(names, n, (i) => [inner(i)], "row")];
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
