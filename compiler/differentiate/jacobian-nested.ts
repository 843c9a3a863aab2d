/**
 * Jacobians of and towards structures that only the running function knows: arrays of objects, objects that are
 * handed on whole, arrays of arrays of arrays. All numbers of the outputs by all numbers of the inputs make one matrix,
 * which a linear function fills: the tangent along one input after another, or the pullback of one output after
 * another. Its blocks are then put into the structure of the outputs, and in each that of the inputs.
 */
import { isPresent, undefinedOf } from "../ir/ask.ts";
import { isLiteral } from "../ir/algebra.ts";
import {
  assign,
  at,
  constant,
  fieldAt,
  float64Array,
  ifThen,
  int,
  intType,
  isReference,
  lengthOf,
  mutable,
  num,
  op,
  tensorType,
  variable,
  withPresentOwners,
} from "../ir/build.ts";
import { namesApartFrom, namesOf, type Names, resultsOf } from "../ir/names.ts";
import { maybe } from "../ir/presence.ts";
import type { Expr, Func, Stmt, Type, Var } from "../ir/types.ts";
import { declaredNames, mapBlock, renameBlock, renameExpr, type StmtOf } from "../ir/visit.ts";
import type { OutputRef } from "../frontend/types.ts";
import { bareOrTuplePattern } from "./calls.ts";
import { checkDistinct } from "./distinct.ts";
import { countOf, shapeTaken } from "./jacobian-tensors.ts";
import { eachLeaf, isLeaf, mapLeaves, zeroParts } from "./parts.ts";
import { type Output, type Prepared, wholeOutputs } from "./prepare.ts";
import { countTo } from "./shadows.ts";
import { bareOrTuple, bareOrTupleExpr, structureExpr } from "./signature.ts";
import { itemOf } from "./structures.ts";
import { shapeOf as shapeOfTensor } from "./tensor-build.ts";
import { elementAt, shapeOf, sizeOf, tensorOf } from "./tensors.ts";

/** A part of what goes in or comes out. */
interface Part {
  readonly label: string;
  /** A value that has its structure: of what goes in the zeros, of what comes out what they are sent to. */
  readonly value: Expr;
}

/** A linear function that the body declares as a closure. */
interface Linear {
  readonly names: Names;
  readonly body: Stmt[];
  readonly closure: string;
  /** Zeros that are set to 1 one by one, and the arguments that are made of them. */
  readonly from: readonly Part[];
  readonly args: readonly Expr[];
  /** What comes out. */
  readonly to: readonly { readonly label: string; readonly type: Type }[];
}

/** From the JVP whose tangents are ours (see `jvpFunction`), and the function that it was made of. */
export function nestedForward(prepared: Prepared, jvp: Func): Func {
  const { func, inputs, outputs, written } = prepared;
  const names = namesApartFrom([...namesOf(jvp), ...namesOf(func)]);
  const body: Stmt[] = [...checkDistinct({ prepared }, jvp.name)];
  // The function runs once for its effects and what it writes; its tangents are those of silent runs on copies.
  const kept = new Map<string, string>();
  for (const { name, type } of func.params) {
    if (!written.has(name)) continue;
    const keep = names.fresh(`${name}Kept`);
    kept.set(name, keep);
    body.push(constant(keep, type, { kind: "deepCopy", array: variable(name, type), type }));
  }
  body.push(...prepared.body);
  const from = inputs.map(({ label, structure, place }): Part => {
    const entry = renameExpr(place ?? structureExpr(structure, (expr) => expr), (name) => kept.get(name) ?? name);
    return { label, value: zeroParts(names, entry, `${label}Dot`, body) };
  });
  const run = silentRun(prepared, jvp, kept, names);
  body.push(run);
  const { result } = run.func;
  const labels = outputs.filter(({ active }) => active).map(({ label }) => (label === "value" ? "output" : label));
  const to = typesOf(result, labels.length).map((type, k) => ({ label: labels[k]!, type }));
  const linear: Linear = { names, body, closure: run.name, from, args: from.map(({ value }) => value), to };
  const { data, width, like } = filled(linear, "columns");
  return nested(jvp, func.params, linear, { data, width, rows: like, columns: from });
}

/** The tangents, and nothing else, as a function of what goes in. */
function silentRun({ func }: Prepared, jvp: Func, kept: ReadonlyMap<string, string>, names: Names): StmtOf<"closure"> {
  const last = jvp.body.at(-1);
  const tangent = last?.kind === "return" && last.value?.kind === "tuple" ? last.value.items[1] : undefined;
  if (tangent === undefined) throw new Error("jacobian: a JVP returns a value and a tangent");
  const given = jvp.params.slice(func.params.length);
  const inner = [...declaredNames(jvp.body), ...given.map(({ name }) => name), ...kept.keys()];
  const own = new Map(inner.map((name) => [name, names.fresh(`${name}$r`)]));
  const rename = (name: string): string => own.get(name) ?? name;
  const copies = func.params.flatMap(({ name, type }): Stmt[] => {
    const keep = kept.get(name);
    if (keep === undefined) return [];
    return [constant(rename(name), type, { kind: "deepCopy", array: variable(keep, type), type })];
  });
  const silent = mapBlock(jvp.body.slice(0, -1), (stmt) => (stmt.kind === "effect" ? [] : stmt));
  const body = [...copies, ...renameBlock([...silent, { kind: "return", value: tangent }], rename)];
  const params = given.map((param) => ({ ...param, name: rename(param.name) }));
  const name = names.fresh("tangentAlong");
  return { kind: "closure", name, func: { name, params, result: tangent.type, body } };
}

/** From the pullback, whose cotangents are ours. `labels` are those of the inputs; `outputs` those of the function. */
export function nestedReverse(pullback: Func, labels: readonly string[], outputs: readonly Output[]): Func {
  const names = namesApartFrom(namesOf(pullback));
  const last = pullback.body.at(-1);
  const [value, closure] = last?.kind === "return" && last.value?.kind === "tuple" ? last.value.items : [];
  if (value === undefined || closure?.kind !== "var" || closure.type.kind !== "function")
    throw new Error("jacobian: a pullback was expected");
  const body: Stmt[] = pullback.body.slice(0, -1);
  const wholes = wholeOutputs(outputs);
  const values = typesOf(value.type, wholes.length).map((_, k) => (wholes.length > 1 ? memberOf(value, k) : value));
  const from = outputs
    .filter(({ active }) => active)
    .map(({ label, ref }): Part => {
      const whole = values[wholes.findIndex((each) => isWholeOf(each.ref, ref))]!;
      const path = ref.kind === "return" ? (ref.path ?? []) : [];
      const own = label === "value" ? "output" : label;
      return { label: own, value: zeroParts(names, path.reduce(namedPart, whole), `${own}Bar`, body) };
    });
  const { result, params } = closure.type;
  const items = from.map((part) => part.value);
  const args = items.length === 1 ? items : [bareOrTupleExpr(items, params[0]!.type)];
  const to = typesOf(result, labels.length).map((type, k) => ({ label: labels[k]!, type }));
  const linear: Linear = { names, body, closure: closure.name, from, args, to };
  const { data, width, like } = filled(linear, "rows");
  return nested(pullback, pullback.params, linear, { data, width, rows: from, columns: like });
}

function isWholeOf(whole: OutputRef, part: OutputRef): boolean {
  return whole.kind === "param" ? part.kind === "param" && part.index === whole.index : part.kind === "return";
}

function namedPart(whole: Expr, name: string): Expr {
  if (whole.kind !== "tuple") return fieldAt(whole, name);
  const { type } = whole;
  return memberOf(whole, type.kind === "record" ? type.fields.findIndex((field) => field.name === name) : Number(name));
}

function memberOf(whole: Expr, k: number): Expr {
  return whole.kind === "tuple" ? whole.items[k]! : itemOf(whole, { kind: "tuple", items: [], type: whole.type }, k);
}

function typesOf(type: Type, count: number): readonly Type[] {
  return count > 1 && type.kind === "tuple" ? type.items : [type];
}

interface Filled {
  readonly data: Expr;
  /** How many columns there are. */
  readonly width: Expr;
  /** Values with the structure of what comes out. */
  readonly like: readonly Part[];
}

/** The matrix of a linear function. What goes in is its columns or its rows. */
function filled(linear: Linear, direction: "columns" | "rows"): Filled {
  const { names, body, from, to } = linear;
  const call = applied(linear, (label) => (direction === "columns" ? `${label}Dot` : `${label}Bar`));
  body.push(call.stmt);
  const inner = to.map(({ label }, k): Part => ({ label, value: call.results[k]! }));
  const [outerCount, innerCount] = [from, inner].map((parts) =>
    countAll(names, parts, (direction === "columns") === (parts === from) ? "columns" : "rows", body),
  );
  if (outerCount === undefined || innerCount === undefined) throw new Error("jacobian: two counts");
  const width = direction === "columns" ? outerCount : innerCount;
  const data = variable(names.fresh("matrix"), float64Array);
  const size = sizeOf([outerCount, innerCount].filter((count) => !isLiteral(count, 1)));
  body.push(constant(data.name, float64Array, { kind: "zeros", length: size, type: float64Array }));
  const at = variable(names.fresh(direction === "columns" ? "column" : "row"), intType);
  body.push(mutable(at.name, intType, int(0)));
  const line = (): Stmt[] => {
    const { stmt, results } = applied(linear, (label) => (direction === "columns" ? `${label}Column` : `${label}Row`));
    const other = variable(names.fresh(direction === "columns" ? "row" : "column"), intType);
    const position = direction === "columns" ? place(other, width, at) : place(at, width, other);
    const stored = results.flatMap((result) =>
      eachLeaf(names, result, (leaf) =>
        eachNumberOf(names, leaf, (value) => [
          { kind: "store", array: data, index: position, value },
          assign(other.name, op("add", [other, int(1)], intType)),
        ]),
      ),
    );
    return [stmt, mutable(other.name, intType, int(0)), ...stored, assign(at.name, op("add", [at, int(1)], intType))];
  };
  for (const { value } of from) body.push(...eachLeaf(names, value, (leaf) => eachUnit(names, leaf, line)));
  return { data, width, like: inner };
}

/** `row * width + column` */
function place(row: Expr, width: Expr, column: Expr): Expr {
  return op("add", [isLiteral(width, 1) ? row : op("mul", [row, width], intType), column], intType);
}

/** A call, and its results by the names that it declares. */
function applied(
  { names, closure, args, to }: Linear,
  nameOf: (label: string) => string,
): { readonly stmt: Stmt; readonly results: readonly Expr[] } {
  const results = to.map(({ label, type }) => resultsOf(names, nameOf(label), type));
  const target = bareOrTuplePattern(results.map(({ pattern }) => pattern));
  return { stmt: { kind: "apply", callee: closure, args, target }, results: results.map(({ value }) => value) };
}

/** How many numbers there are in all. */
function countAll(names: Names, parts: readonly Part[], base: string, body: Stmt[]): Expr {
  const total = variable(names.fresh(base), intType);
  const counted = parts.flatMap(({ label, value }) =>
    eachLeaf(names, value, (leaf) => {
      const into: Stmt[] = [];
      const { count } = shapeOfLeaf(names, leaf, label, into);
      return [...into, assign(total.name, op("add", [total, count], intType))];
    }),
  );
  const known = counted.map((stmt) =>
    stmt.kind === "assign" && stmt.value.kind === "op" ? stmt.value.args[1] : undefined,
  );
  // Numbers alone.
  if (known.every((count) => count?.kind === "literal")) return int(known.length);
  body.push(mutable(total.name, intType, int(0)), ...counted);
  return total;
}

/** Each number of a leaf, in order. */
function eachNumberOf(names: Names, leaf: Expr, visit: (value: Expr) => Stmt[]): Stmt[] {
  if (leaf.type.kind === "tensor") {
    const data = variable(names.fresh("data"), float64Array);
    const init: Expr = { kind: "tensorOp", op: "dataOf", args: [leaf], type: float64Array };
    return [constant(data.name, float64Array, init), ...eachNumberOf(names, data, visit)];
  }
  if (!isReference(leaf.type)) return visit(leaf);
  return [countTo(names, lengthOf(leaf), (i) => eachNumberOf(names, elementAt(leaf, [i]), visit))];
}

/** Runs statements with each number of a leaf set to 1 and all others 0. */
function eachUnit(names: Names, leaf: Expr, run: () => Stmt[]): Stmt[] {
  if (leaf.type.kind === "tensor") {
    const zeros = variable(names.fresh("zeros"), tensorType);
    const unit = variable(names.fresh("unit"), tensorType);
    const shape = shapeOfTensor(zeros);
    return [
      constant(zeros.name, tensorType, leaf),
      countTo(names, countOf(zeros), (i) => [
        constant(unit.name, tensorType, {
          kind: "tensorOp",
          op: "placeAt",
          args: [num(1), i, shape],
          type: tensorType,
        }),
        setTo(leaf, unit),
        ...run(),
      ]),
      setTo(leaf, zeros),
    ];
  }
  if (!isReference(leaf.type)) return [setTo(leaf, num(1)), ...run(), setTo(leaf, num(0))];
  return [countTo(names, lengthOf(leaf), (i) => eachUnit(names, elementAt(leaf, [i]), run))];
}

function setTo(target: Expr, value: Expr): Stmt {
  if (target.kind === "var") return assign(target.name, value);
  const own = withPresentOwners(target);
  if (own.kind !== "index") throw new Error("jacobian: a variable or a place was expected");
  return { kind: "store", array: own.array, index: own.index, value };
}

/** The lengths of a leaf; those of a tensor are known as the function runs. */
interface Shape {
  readonly leaf: Expr;
  readonly lengths: readonly Expr[];
  readonly count: Expr;
}

function shapeOfLeaf(names: Names, leaf: Expr, label: string, into: Stmt[]): Shape {
  if (leaf.type.kind === "tensor") return { leaf, lengths: [], count: countOf(leaf) };
  const lengths = shapeOf(names, leaf, label, into, true);
  return { leaf, lengths, count: sizeOf(lengths) };
}

interface Matrix {
  readonly data: Expr;
  readonly width: Expr;
  readonly rows: readonly Part[];
  readonly columns: readonly Part[];
}

/** The function that returns the blocks of a matrix, in the structure of its rows, and in each that of its columns. */
function nested(made: Func, params: Func["params"], { names, body }: Linear, matrix: Matrix): Func {
  const row = variable(names.fresh("row"), intType);
  const column = variable(names.fresh("column"), intType);
  const advance = (counter: Var, by: Expr): Stmt => assign(counter.name, op("add", [counter, by], intType));
  const labels = matrix.columns.map(({ label }) => label);
  const together = (entries: readonly Expr[]): Expr => {
    const types = entries.map((entry) => entry.type);
    return bareOrTupleExpr(entries, bareOrTuple(types, labels));
  };
  const entriesOf = (leaf: Expr, label: string, into: Stmt[]): Expr[] => {
    const outer = shapeOfLeaf(names, leaf, label, into);
    into.push(assign(column.name, int(0)));
    const entryOf =
      (part: Part) =>
      (leafOfPart: Expr, within: Stmt[]): Expr => {
        const inner = shapeOfLeaf(names, leafOfPart, part.label, within);
        const entry = block(names, matrix, { row, column, outer, inner }, within);
        within.push(advance(column, inner.count));
        return entry;
      };
    const entries = matrix.columns.map((part) => mapLeaves(names, part.value, entryOf(part), into));
    into.push(advance(row, outer.count));
    return entries;
  };
  /** A parameter that may be absent has its row in a Hessian; then each entry of it is. */
  const optionalRow = (leaf: Expr, owner: Expr, label: string): Expr => {
    const inside: Stmt[] = [];
    const entries = entriesOf(leaf, label, inside).map((entry) => {
      const type = maybe(entry.type);
      const name = names.fresh("entry");
      body.push(mutable(name, type, undefinedOf(type)));
      inside.push(assign(name, entry));
      return variable(name, type);
    });
    body.push(ifThen(isPresent(owner), inside));
    return together(entries);
  };
  body.push(mutable(row.name, intType, int(0)), mutable(column.name, intType, int(0)));
  const rowsOf = (value: Expr, label: string): Expr => {
    const { type } = value;
    if (value.kind === "tuple" && type.kind === "tuple") {
      const items = value.items.map((item) => rowsOf(item, label));
      return { kind: "tuple", items, type: { ...type, items: items.map((item) => item.type) } };
    }
    if (type.kind === "maybe" && isLeaf(type.type)) return optionalRow({ ...value, type: type.type }, value, label);
    const made = (leaf: Expr, into: Stmt[]): Expr => bound(names, together(entriesOf(leaf, label, into)), into);
    return mapLeaves(names, value, made, body);
  };
  const values = matrix.rows.map(({ label, value }) => rowsOf(value, label));
  const types = values.map((value) => value.type);
  const value = bareOrTupleExpr(
    values,
    bareOrTuple(
      types,
      matrix.rows.map((part) => part.label),
    ),
  );
  const { origin } = made;
  const whole: readonly Stmt[] = [...body, { kind: "return", value }];
  return { name: made.name, params, result: value.type, body: whole, ...(origin === undefined ? {} : { origin }) };
}

/** What an object or a list takes is a value: several entries are a tuple in memory. */
function bound(names: Names, entry: Expr, into: Stmt[]): Expr {
  if (entry.kind !== "tuple") return entry;
  const fields = entry.items.map((item, k) => ({ name: String(k), type: item.type }));
  const type: Type = { kind: "record", fields, isTuple: true };
  const name = names.fresh("entries");
  into.push(constant(name, type, { kind: "items", items: entry.items, type }));
  return variable(name, type);
}

interface Where {
  readonly row: Expr;
  readonly column: Expr;
  readonly outer: Shape;
  readonly inner: Shape;
}

/** The entry of one leaf towards another: a number, or a tensor of a block of the matrix. */
function block(names: Names, { data, width }: Matrix, { row, column, outer, inner }: Where, into: Stmt[]): Expr {
  const from = place(row, width, column);
  if (outer.leaf.type.kind === "number" && inner.leaf.type.kind === "number") return held(names, at(data, from), into);
  const own = variable(names.fresh("block"), float64Array);
  if (outer.leaf.type.kind === "number") {
    const start = held(names, from, into, "start");
    const init: Expr = {
      kind: "copy",
      array: data,
      start,
      end: op("add", [start, inner.count], intType),
      type: float64Array,
    };
    into.push(constant(own.name, float64Array, init));
  } else {
    const size = sizeOf([outer.count, inner.count].filter((count) => !isLiteral(count, 1)));
    const line = (i: Expr): Stmt[] => {
      const first = place(op("add", [row, i], intType), width, column);
      if (inner.leaf.type.kind === "number") return [{ kind: "store", array: own, index: i, value: at(data, first) }];
      return [
        countTo(names, inner.count, (j) => {
          const index = op("add", [op("mul", [i, inner.count], intType), j], intType);
          return [{ kind: "store", array: own, index, value: at(data, op("add", [first, j], intType)) }];
        }),
      ];
    };
    into.push(
      constant(own.name, float64Array, { kind: "zeros", length: size, type: float64Array }),
      countTo(names, outer.count, line),
    );
  }
  if (outer.leaf.type.kind !== "tensor" && inner.leaf.type.kind !== "tensor")
    return tensorOf(names, own, [...outer.lengths, ...inner.lengths], into);
  const args = [own, shapeTaken(outer.leaf, outer.lengths), shapeTaken(inner.leaf, inner.lengths)];
  return held(names, { kind: "tensorOp", op: "tensorOfShapes", args, type: tensorType }, into, "tensor");
}

/** A value in a constant: what it is made of goes on changing. */
function held(names: Names, value: Expr, into: Stmt[], base = "entry"): Expr {
  const name = names.fresh(base);
  into.push(constant(name, value.type, value));
  return variable(name, value.type);
}
