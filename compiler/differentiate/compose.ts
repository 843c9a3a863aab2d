/**
 * Modes that are programs over others: a Jacobian is a loop over directions of the JVP (or over rows of the
 * pullback), a Hessian the Jacobian of the gradient, and a Hessian-vector product the tangent of the gradient
 * (B. A. Pearlmutter, "Fast exact multiplication by the Hessian", Neural Computation 6, 1994).
 */
import { at, compare, constant, int, intType, isDifferentiable, isReference, lengthOf, num, numberType, op, variable, zerosLike } from "../ir/build.ts";
import { namesApartFrom, type Names } from "../ir/names.ts";
import type { Block, Expr, Func, Param, Pattern, Stmt, Type } from "../ir/types.ts";
import { countTo } from "./shadows.ts";
import { bareOrTuple, bareOrTupleExpr, withoutOptional } from "./signature.ts";

/** The wrt parameters of a function, by position. */
export interface Directions {
  readonly func: Func;
  readonly wrt: readonly number[];
  /** Parameters that a run of the function changes: repeated runs get copies. */
  readonly written: ReadonlySet<string>;
}

const tensorType: Type = { kind: "tensor" };

/** [value, products]: the value of the gradient function's call, and the tangent of its gradient. */
export function hvpFunction(name: string, { func, wrt }: Directions, gradientJvp: Func): Func {
  const names = namesApartFrom(func.params.map((p) => p.name));
  const vectors = wrt.map((index): Param => {
    const param = func.params[index]!;
    return { name: names.fresh(`${param.name}Dot`), type: { kind: "maybe", type: param.type } };
  });
  const args = [...func.params.map((p) => variable(p.name, p.type)), ...vectors.map((p) => variable(p.name, p.type))];
  const { pattern, expr } = patternOf(names, gradientJvp.result, "made");
  if (expr.kind !== "tuple") throw new Error("hvp: a JVP returns a value and a tangent");
  const [primal, tangent] = expr.items;
  if (primal?.kind !== "tuple" || tangent?.kind !== "tuple") throw new Error("hvp: the gradient function returns a value and gradients");
  const items = [primal.items[0]!, tangent.items[1]!];
  const result: Type = { kind: "tuple", items: items.map((e) => e.type), labels: ["value", "products"] };
  const body: Block = [
    { kind: "call", callee: gradientJvp.name, args, target: pattern },
    { kind: "return", value: { kind: "tuple", items, type: result } },
  ];
  return { name, params: [...func.params.map(withoutOptional), ...vectors], result, body };
}

/** Names for every part of a result. */
function patternOf(names: Names, type: Type, base: string): { readonly pattern: Pattern; readonly expr: Expr } {
  if (type.kind !== "tuple") {
    const name = names.fresh(base);
    return { pattern: { kind: "name", name, type }, expr: variable(name, type) };
  }
  const items = type.items.map((item, k) => patternOf(names, item, type.labels?.[k] ?? base));
  return {
    pattern: { kind: "tuple", items: items.map((i) => i.pattern) },
    expr: { kind: "tuple", items: items.map((i) => i.expr), type },
  };
}

// ---------------------------------------------------------------------------------------------
// Forward Jacobians
// ---------------------------------------------------------------------------------------------

/**
 * The Jacobian by forward mode: one direction for each number of the inputs. `primal` gives what is
 * differentiated (for Hessians the gradient), `tangentOf[i]` its JVP towards the i-th input alone.
 */
export function forwardJacobian(name: string, { func, wrt, written }: Directions, primal: Func, tangentOf: readonly Func[]): Func {
  const names = namesApartFrom(func.params.map((p) => p.name));
  const body: Stmt[] = [];
  // A run changes what it writes into, so all runs but the first work on copies of the arguments at entry.
  const kept = new Map<string, string>();
  for (const param of func.params) {
    if (!written.has(param.name)) continue;
    const keep = names.fresh(`${param.name}Kept`);
    kept.set(param.name, keep);
    body.push(constant(keep, param.type, { kind: "deepCopy", array: variable(param.name, param.type), type: param.type }));
  }
  const inputs = wrt.map((index) => inputLeaf(names, func.params[index]!, kept, body));
  const tangentType = tangentOf[0]?.result;
  const outputType = tangentType?.kind === "tuple" ? tangentType.items[1]! : numberType;

  // The primal runs once, with its effects; it tells how long array outputs are.
  const first = patternOf(names, primal.result, "value");
  body.push({ kind: "call", callee: primal.name, args: func.params.map((p) => variable(p.name, p.type)), target: first.pattern });
  const returned = primal.result.kind === "void" ? [] : [first.expr];
  const filled = func.params.filter((p) => written.has(p.name) && isDifferentiable(p.type)).map((p) => variable(p.name, p.type));
  const results = [...returned.filter((e) => !filled.some((f) => e.kind === "var" && f.name === e.name)), ...filled];
  const outputs = outputLeaves(names, primalResults(outputType, results), body);

  const collected = new Map<string, Expr>();
  inputs.forEach((input, i) => {
    for (const output of outputs) {
      if (output.shape.length + input.shape.length === 0) continue;
      const data = names.fresh("jacobian");
      const size = [...output.shape, ...input.shape].reduce((a, b) => op("mul", [a, b], intType));
      const type: Type = { kind: "typed", name: "Float64Array" };
      body.push(constant(data, type, { kind: "zeros", length: size, type }));
      collected.set(`${String(i)} ${output.key}`, variable(data, type));
    }
    body.push(...columnsOf(names, { func, wrt, written }, tangentOf[i]!, inputs, i, outputs, collected, kept));
  });

  const valueOf = (output: OutputLeaf): Expr => {
    const parts = inputs.map((input, i): Expr => {
      const data = collected.get(`${String(i)} ${output.key}`)!;
      if (output.shape.length + input.shape.length === 0) return data;
      const shaped = names.fresh("tensor");
      const tensor: Expr = { kind: "tensor", data, shape: [...output.shape, ...input.shape], type: tensorType };
      body.push(constant(shaped, tensorType, tensor));
      return variable(shaped, tensorType);
    });
    return bareOrTupleExpr(parts, bareOrTuple(parts.map((p) => p.type), inputs.map((p) => p.label)));
  };
  const value = structured(outputType, outputs, valueOf);
  body.push({ kind: "return", value });
  return { name, params: func.params, result: value.type, body };
}

interface InputLeaf {
  readonly label: string;
  readonly type: Type;
  /** The array itself (its copy at entry where runs change it). */
  readonly array: Expr;
  readonly shape: readonly Expr[];
}

interface OutputLeaf {
  readonly key: string;
  readonly type: Type;
  readonly shape: readonly Expr[];
}

function inputLeaf(names: Names, param: Param, kept: ReadonlyMap<string, string>, body: Stmt[]): InputLeaf {
  const array = variable(kept.get(param.name) ?? param.name, param.type);
  return { label: param.name, type: param.type, array, shape: shapeOf(names, array, param.name, body) };
}

/** The lengths of an array, level by level; rows of different lengths are no tensor. */
function shapeOf(names: Names, array: Expr, label: string, body: Stmt[]): Expr[] {
  if (!isReference(array.type)) return [];
  const length = names.fresh(`${label}Length`);
  body.push(constant(length, intType, lengthOf(array)));
  const size = variable(length, intType);
  if (array.type.kind !== "list" || !isReference(array.type.element)) return [size];
  const none = compare("eq", size, int(0));
  const width = names.fresh(`${label}Width`);
  const first = lengthOf(at(array, int(0)));
  body.push(constant(width, intType, { kind: "select", test: none, yes: int(0), no: first, type: intType }));
  const columns = variable(width, intType);
  const message: Expr = { kind: "foreign", texts: [`new RangeError("${label} has rows of different lengths: its Jacobian is no tensor")`], args: [], type: { kind: "string" } };
  body.push(
    countTo(names, size, (i) => [
      { kind: "if", test: compare("ne", lengthOf(at(array, i)), columns), then: [{ kind: "throw", value: message }], else: [] },
    ]),
  );
  return [size, columns];
}

interface Run {
  readonly statements: Stmt[];
  readonly tangent: Expr;
}

/** One call of the JVP along a direction. */
function runOnce(
  names: Names,
  { func }: Directions,
  tangentFunction: Func,
  direction: Expr,
  kept: ReadonlyMap<string, string> | undefined,
): Run {
  const statements: Stmt[] = [];
  const args = func.params.map((param): Expr => {
    const keep = kept?.get(param.name);
    if (keep === undefined) return variable(param.name, param.type);
    const own = names.fresh(`${param.name}Own`);
    statements.push(constant(own, param.type, { kind: "deepCopy", array: variable(keep, param.type), type: param.type }));
    return variable(own, param.type);
  });
  const { pattern, expr } = patternOf(names, tangentFunction.result, "run");
  statements.push({ kind: "call", callee: tangentFunction.name, args: [...args, direction], target: pattern });
  if (expr.kind !== "tuple") throw new Error("jacobian: a JVP returns a value and a tangent");
  return { statements, tangent: expr.items[1]! };
}

/** What of the primal results the tangent's parts stand beside: in one structure with them. */
function primalResults(type: Type, results: readonly Expr[]): Expr {
  if (results.length === 1) return results[0]!;
  return { kind: "tuple", items: results, type };
}

/** The arrays and numbers of a tangent, with their shapes. */
function outputLeaves(names: Names, tangent: Expr, body: Stmt[], key = "o"): OutputLeaf[] {
  if (tangent.kind === "tuple") return tangent.items.flatMap((item, k) => outputLeaves(names, item, body, `${key}.${String(k)}`));
  if (tangent.type.kind === "maybe") return [];
  return [{ key, type: tangent.type, shape: shapeOf(names, tangent, "output", body) }];
}

function structured(type: Type, outputs: readonly OutputLeaf[], valueOf: (output: OutputLeaf) => Expr, key = "o"): Expr {
  if (type.kind === "tuple") {
    const items = type.items.map((item, k) => structured(item, outputs, valueOf, `${key}.${String(k)}`));
    return { kind: "tuple", items, type: { ...type, items: items.map((item) => item.type) } };
  }
  const output = outputs.find((o) => o.key === key);
  return output === undefined ? { kind: "literal", value: undefined, type } : valueOf(output);
}

/** Runs the JVP along each unit vector of one input and writes the columns. */
function columnsOf(
  names: Names,
  directions: Directions,
  tangentFunction: Func,
  inputs: readonly InputLeaf[],
  i: number,
  outputs: readonly OutputLeaf[],
  collected: Map<string, Expr>,
  kept: ReadonlyMap<string, string>,
): Stmt[] {
  const input = inputs[i]!;
  const along = (direction: Expr): Run => runOnce(names, directions, tangentFunction, direction, kept);
  if (input.shape.length === 0) {
    const run = along(num(1));
    const statements = [...run.statements];
    for (const output of outputs) {
      const part = partAt(run.tangent, output.key);
      const key = `${String(i)} ${output.key}`;
      if (output.shape.length === 0) collected.set(key, part);
      else statements.push(...copyOut(names, output, part, collected.get(key)!, int(0), int(1)));
    }
    return statements;
  }
  const unit = names.fresh(`${input.label}Unit`);
  const e = variable(unit, input.type);
  const width = input.shape.reduce((a, b) => op("mul", [a, b], intType));
  const step = (place: (value: number) => Stmt, column: Expr): Stmt[] => {
    const run = along(e);
    return [
      place(1),
      ...run.statements,
      ...outputs.flatMap((output) => copyOut(names, output, partAt(run.tangent, output.key), collected.get(`${String(i)} ${output.key}`)!, column, width)),
      place(0),
    ];
  };
  const store = (array: Expr, index: Expr, value: number): Stmt => ({ kind: "store", array, index, value: num(value) });
  const loop =
    input.shape.length === 1
      ? countTo(names, input.shape[0]!, (k) => step((value) => store(e, k, value), k))
      : countTo(names, input.shape[0]!, (r) => [
          countTo(names, input.shape[1]!, (c) => {
            const column = op("add", [op("mul", [r, input.shape[1]!], intType), c], intType);
            return step((value) => store(at(e, r), c, value), column);
          }),
        ]);
  return [constant(unit, input.type, zerosLike(input.array)), loop];
}

function partAt(tangent: Expr, key: string): Expr {
  return key
    .split(".")
    .slice(1)
    .reduce((e, k) => (e.kind === "tuple" ? e.items[Number(k)]! : e), tangent);
}

/** data[row, column] = tangent[row] for each number of an output. */
function copyOut(names: Names, output: OutputLeaf, tangent: Expr, data: Expr, column: Expr, width: Expr): Stmt[] {
  const place = (row: Expr): Expr => {
    const start = width.kind === "literal" && width.value === 1 ? row : op("mul", [row, width], intType);
    return column.kind === "literal" && column.value === 0 ? start : op("add", [start, column], intType);
  };
  const put = (row: Expr, value: Expr): Stmt => ({ kind: "store", array: data, index: place(row), value });
  if (output.shape.length === 0) return [{ kind: "store", array: data, index: column, value: tangent }];
  if (output.shape.length === 1) return [countTo(names, output.shape[0]!, (j) => [put(j, at(tangent, j))])];
  return [
    countTo(names, output.shape[0]!, (r) => [
      countTo(names, output.shape[1]!, (c) => [
        put(op("add", [op("mul", [r, output.shape[1]!], intType), c], intType), at(at(tangent, r), c)),
      ]),
    ]),
  ];
}

// ---------------------------------------------------------------------------------------------
// Reverse Jacobians
// ---------------------------------------------------------------------------------------------

/** The Jacobian of one number: its gradient, as tensors. */
export function gradientAsJacobian(name: string, { func, wrt }: Directions, gradient: Func): Func {
  const names = namesApartFrom(func.params.map((p) => p.name));
  const { pattern, expr } = patternOf(names, gradient.result, "gradient");
  const body: Stmt[] = [{ kind: "call", callee: gradient.name, args: func.params.map((p) => variable(p.name, p.type)), target: pattern }];
  const grads = wrt.length > 1 && expr.kind === "tuple" ? expr.items : [expr];
  const parts = grads.map((grad, k): Expr => {
    if (!isReference(grad.type)) return grad;
    const shape = shapeOf(names, grad, func.params[wrt[k]!]!.name, body);
    return tensorOf(names, grad, shape, body);
  });
  const value = bareOrTupleExpr(parts, bareOrTuple(parts.map((p) => p.type), wrt.map((index) => func.params[index]!.name)));
  body.push({ kind: "return", value });
  return { name, params: func.params, result: value.type, body };
}

/** The Jacobian of an array by reverse mode: one row for each of its numbers. */
export function reverseJacobian(name: string, { func, wrt }: Directions, pullback: Func): Func {
  const names = namesApartFrom(func.params.map((p) => p.name));
  const { pattern, expr } = patternOf(names, pullback.result, "run");
  if (expr.kind !== "tuple" || expr.items[1]?.kind !== "var" || expr.items[1].type.kind !== "function") throw new Error("jacobian: a pullback was expected");
  const closure = expr.items[1];
  const value = expr.items[0]!;
  const gradType = expr.items[1].type.result;
  const body: Stmt[] = [{ kind: "call", callee: pullback.name, args: func.params.map((p) => variable(p.name, p.type)), target: pattern }];
  const rows = shapeOf(names, value, "output", body);
  const height = rows.reduce((a, b) => op("mul", [a, b], intType));
  const inputs = wrt.map((index) => inputLeaf(names, func.params[index]!, new Map(), body));
  const arrayType: Type = { kind: "typed", name: "Float64Array" };
  const data = inputs.map((input) => {
    const made = names.fresh("jacobian");
    body.push(constant(made, arrayType, { kind: "zeros", length: [height, ...input.shape].reduce((a, b) => op("mul", [a, b], intType)), type: arrayType }));
    return variable(made, arrayType);
  });
  const seed = names.fresh("seed");
  const e = variable(seed, value.type);
  body.push(constant(seed, value.type, zerosLike(value)));
  body.push(
    countTo(names, rows[0]!, (row) => {
      const grads = patternOf(names, gradType, "grads");
      const parts = wrt.length > 1 && grads.expr.kind === "tuple" ? grads.expr.items : [grads.expr];
      return [
        { kind: "store", array: e, index: row, value: num(1) },
        { kind: "apply", callee: closure.name, args: [e], target: grads.pattern },
        ...parts.flatMap((part, k) => copyRow(names, inputs[k]!, part, data[k]!, row)),
        { kind: "store", array: e, index: row, value: num(0) },
      ];
    }),
  );
  const parts = data.map((d, k) => tensorOf(names, d, [...rows, ...inputs[k]!.shape], body));
  const result = bareOrTupleExpr(parts, bareOrTuple(parts.map((p) => p.type), inputs.map((i) => i.label)));
  body.push({ kind: "return", value: result });
  return { name, params: func.params, result: result.type, body };
}

function copyRow(names: Names, input: InputLeaf, grad: Expr, data: Expr, row: Expr): Stmt[] {
  if (input.shape.length === 0) return [{ kind: "store", array: data, index: row, value: grad }];
  const [n, m] = input.shape;
  const start = op("mul", [row, input.shape.reduce((a, b) => op("mul", [a, b], intType))], intType);
  if (m === undefined) return [countTo(names, n!, (k) => [{ kind: "store", array: data, index: op("add", [start, k], intType), value: at(grad, k) }])];
  return [
    countTo(names, n!, (r) => [
      countTo(names, m, (c) => [
        { kind: "store", array: data, index: op("add", [start, op("add", [op("mul", [r, m], intType), c], intType)], intType), value: at(at(grad, r), c) },
      ]),
    ]),
  ];
}

/** A tensor of an array's numbers in row-major order; nested lists are flattened. */
function tensorOf(names: Names, array: Expr, shape: readonly Expr[], body: Stmt[]): Expr {
  const arrayType: Type = { kind: "typed", name: "Float64Array" };
  let data = array;
  if (array.type.kind === "list") {
    const flat = names.fresh("flat");
    const size = shape.reduce((a, b) => op("mul", [a, b], intType));
    body.push(constant(flat, arrayType, { kind: "zeros", length: size, type: arrayType }));
    data = variable(flat, arrayType);
    const [n, m] = shape;
    body.push(
      countTo(names, n!, (r) =>
        m === undefined
          ? [{ kind: "store", array: data, index: r, value: at(array, r) }]
          : [countTo(names, m, (c) => [{ kind: "store", array: data, index: op("add", [op("mul", [r, m], intType), c], intType), value: at(at(array, r), c) }])],
      ),
    );
  }
  const tensor = names.fresh("tensor");
  body.push(constant(tensor, tensorType, { kind: "tensor", data, shape, type: tensorType }));
  return variable(tensor, tensorType);
}
