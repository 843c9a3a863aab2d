/**
 * Jacobians and Hessians where tensors take part, whose shapes are only known as the function runs: a row for each
 * number of the output, all off the forward sweep of one pullback.
 */
import { isLiteral } from "../ir/algebra.ts";
import {
  at,
  constant,
  float64Array,
  int,
  intType,
  isReference,
  lengthOf,
  num,
  op,
  tensorType,
  variable,
} from "../ir/build.ts";
import { namesApartFrom, namesOf, type Names } from "../ir/names.ts";
import { presentType } from "../ir/presence.ts";
import type { Expr, Func, Pattern, Stmt, Type } from "../ir/types.ts";
import { countTo } from "./shadows.ts";
import { bareOrTuple, bareOrTupleExpr } from "./signature.ts";
import { shapeOf } from "./tensor-build.ts";

interface Input {
  readonly label: string;
  readonly type: Type;
  readonly primal: Expr;
}

/** From the function's pullback; `labels` are its differentiated parameters. */
export function tensorJacobian(pullback: Func, labels: readonly string[]): Func {
  const names = namesApartFrom(namesOf(pullback));
  const last = pullback.body.at(-1);
  const [value, closure] = last?.kind === "return" && last.value?.kind === "tuple" ? last.value.items : [];
  if (value === undefined || closure?.kind !== "var" || closure.type.kind !== "function")
    throw new Error("jacobian: a pullback was expected");
  const body: Stmt[] = pullback.body.slice(0, -1);
  const { result } = closure.type;
  const types = labels.length > 1 && result.kind === "tuple" ? result.items : [result];
  const inputs = labels.map((label, k): Input => {
    const param = pullback.params.find((p) => p.name === label);
    if (param === undefined) throw new Error(`jacobian: ${label} is no parameter`);
    return { label, type: types[k]!, primal: variable(label, presentType(param.type)) };
  });
  const seedType = closure.type.params[0]!.type;
  const outputs = value.kind === "tuple" ? value.items : [value];
  const zeros = outputs.map((output) => zeroOf(names, output, body));
  const parts = outputs.map((output, k) => {
    const seeded = (seed: Expr): Expr =>
      value.kind === "tuple"
        ? { kind: "tuple", items: zeros.map((zero, i) => (i === k ? seed : zero)), type: seedType }
        : seed;
    const entries = rows(names, { output, inputs, callee: closure.name, seeded }, body);
    return bareOrTupleExpr(
      entries,
      bareOrTuple(
        entries.map((e) => e.type),
        labels,
      ),
    );
  });
  const outputLabels = value.type.kind === "tuple" ? (value.type.labels ?? []) : [];
  const whole = bareOrTupleExpr(
    parts,
    bareOrTuple(
      parts.map((part) => part.type),
      outputLabels,
    ),
  );
  return { ...pullback, result: whole.type, body: [...body, { kind: "return", value: whole }] };
}

interface Wanted {
  readonly output: Expr;
  readonly inputs: readonly Input[];
  readonly callee: string;
  /** The cotangent of all outputs, from that of this one. */
  readonly seeded: (seed: Expr) => Expr;
}

/** The rows of one output, towards each input. */
function rows(names: Names, { output, inputs, callee, seeded }: Wanted, body: Stmt[]): Expr[] {
  const data = inputs.map(({ primal }) => {
    const made = variable(names.fresh("jacobian"), float64Array);
    const counts = [countOf(output), countOf(primal)].filter((count) => !isLiteral(count, 1));
    const length = counts.length === 0 ? int(1) : counts.reduce((a, b) => op("mul", [a, b], intType));
    body.push(constant(made.name, float64Array, { kind: "zeros", length, type: float64Array }));
    return made;
  });
  const oneRow = (row: Expr): Stmt[] => {
    const { before, seed } = unitOf(names, output, row);
    const grads = inputs.map(({ label, type }) => variable(names.fresh(`${label}Row`), type));
    const patterns = grads.map((grad): Pattern => ({ kind: "name", name: grad.name, type: grad.type }));
    const target: Pattern = patterns.length === 1 ? patterns[0]! : { kind: "tuple", items: patterns };
    return [
      ...before,
      { kind: "apply", callee, args: [seeded(seed)], target },
      ...grads.flatMap((grad, k) => copied(names, grad, inputs[k]!.primal, data[k]!, row)),
    ];
  };
  const isOne = output.type.kind === "number";
  body.push(...(isOne ? oneRow(int(0)) : [countTo(names, countOf(output), oneRow, "row")]));
  return inputs.map(({ primal, label }, k) => {
    if (isOne && primal.type.kind === "number") return at(data[k]!, int(0));
    const args = [data[k]!, shapeTaken(output), shapeTaken(primal)];
    const made = variable(names.fresh(`${label}Jacobian`), tensorType);
    body.push(constant(made.name, tensorType, { kind: "tensorOp", op: "tensorOfShapes", args, type: tensorType }));
    return made;
  });
}

/** One row of the data, from a gradient. */
function copied(names: Names, grad: Expr, primal: Expr, data: Expr, row: Expr): Stmt[] {
  if (grad.type.kind === "number") return [{ kind: "store", array: data, index: row, value: grad }];
  const offset = isLiteral(row, 0) ? row : op("mul", [row, countOf(primal)], intType);
  if (grad.type.kind !== "tensor") return [{ kind: "set", target: data, source: grad, offset }];
  const own = variable(names.fresh("rowData"), float64Array);
  return [
    constant(own.name, float64Array, { kind: "tensorOp", op: "dataOf", args: [grad], type: float64Array }),
    { kind: "set", target: data, source: own, offset },
  ];
}

/** The cotangent that picks one number of the output. */
function unitOf(names: Names, output: Expr, row: Expr): { readonly before: Stmt[]; readonly seed: Expr } {
  const { type } = output;
  if (type.kind === "number") return { before: [], seed: num(1) };
  const seed = variable(names.fresh("unit"), type);
  if (type.kind === "tensor") {
    const init: Expr = { kind: "tensorOp", op: "placeAt", args: [num(1), row, shapeOf(output)], type };
    return { before: [constant(seed.name, type, init)], seed };
  }
  const before: Stmt[] = [
    constant(seed.name, type, { kind: "zerosLike", array: output, type }),
    { kind: "store", array: seed, index: row, value: num(1) },
  ];
  return { before, seed };
}

function zeroOf(names: Names, output: Expr, body: Stmt[]): Expr {
  if (output.type.kind === "number") return num(0);
  const zeros = variable(names.fresh("zeros"), output.type);
  body.push(constant(zeros.name, output.type, { kind: "zerosLike", array: output, type: output.type }));
  return zeros;
}

/** How many numbers a leaf has. */
export function countOf(leaf: Expr): Expr {
  if (leaf.type.kind === "number") return int(1);
  if (isReference(leaf.type)) return lengthOf(leaf);
  return { kind: "foreign", texts: ["", ".size"], args: [leaf], type: intType };
}

/** The shape of a leaf, as an argument. */
export function shapeTaken(
  leaf: Expr,
  lengths: readonly Expr[] = isReference(leaf.type) ? [lengthOf(leaf)] : [],
): Expr {
  if (leaf.type.kind === "tensor") return shapeOf(leaf);
  const items = lengths;
  return { kind: "tuple", items, type: { kind: "tuple", items: items.map(() => intType) } };
}
