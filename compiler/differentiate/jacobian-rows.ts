/**
 * Jacobians of few numbers: all rows come off one forward sweep. The reverse sweep is written once for each, with
 * literal seeds, and what is zero for a row is left out of it; of more rows than that is worth, each is a call of the
 * pullback.
 */
import { at, int, intType, isDifferentiable, isReference, num, numberType, op, variable } from "../ir/build.ts";
import { namesApartFrom, namesOf, type Names } from "../ir/names.ts";
import type { Block, Expr, Func, Pattern, Stmt, Type } from "../ir/types.ts";
import {
  collectStmts,
  declaredNames,
  exprsOf,
  mapBlock,
  mapBlockExprs,
  renameBlock,
  someExpr,
  someStmt,
} from "../ir/visit.ts";
import { bareOrTuplePattern } from "./calls.ts";
import type { Element } from "./elements.ts";
import { partsOf, presence, withValue } from "./jacobian-reverse.ts";
import { leavesOf, type Structure } from "./prepare.ts";
import { bareOrTuple, bareOrTupleExpr, bindAllocations, structured } from "./signature.ts";
import { itemOf } from "./structures.ts";
import { eachNumber, elementAt, shapeOf, sizeOf, tensorOf, zerosOf } from "./tensors.ts";
import { dropZeros, seedOfZero } from "./zeros.ts";

/** A part of the result: a number, or an array of a known number of them. */
export interface RowPart {
  readonly leaf: Expr;
  /** Of an array. */
  readonly length?: number;
}

/** What is returned, and the differentiable parts of it in order. */
export interface RowResult {
  readonly structure: Structure;
  readonly parts: readonly RowPart[];
}

/** An input: towards its elements one by one, where it was taken apart, else towards it. */
export interface RowInput {
  readonly label: string;
  readonly apart?: { readonly array: Expr; readonly elements: readonly Element[] };
}

/** How many rows a result has; undefined where that is not known. */
export function rowResult(structure: Structure, lengthOf: (leaf: Expr) => number | undefined): RowResult | undefined {
  // What stands in for a passive part may be read off it: that is for those who have it.
  if (passiveLeaves(structure).some((type) => type.kind === "record" || type.kind === "maybe")) return undefined;
  const parts: RowPart[] = [];
  for (const { expr, type } of leavesOf(structure)) {
    const length = isReference(type) ? lengthOf(expr) : undefined;
    if (isReference(type) && length === undefined) return undefined;
    parts.push(length === undefined ? { leaf: expr } : { leaf: expr, length });
  }
  return { structure, parts };
}

export function rowCount({ parts }: RowResult): number {
  return parts.reduce((n, { length }) => n + (length ?? 1), 0);
}

function passiveLeaves(structure: Structure): Type[] {
  if (structure.kind === "tuple") return structure.items.flatMap(passiveLeaves);
  return isDifferentiable(structure.type) ? [] : [structure.type];
}

/** The function with the numbers of its result returned one by one, so that each is an output of its own. */
export function returningNumbers(func: Func, { structure, parts }: RowResult): Func | undefined {
  const last = func.body.at(-1);
  if (last?.kind !== "return" || last.value === undefined) return undefined;
  let body = func.body.slice(0, -1);
  let next = 0;
  const numbersOf = (value: Expr, of: Structure): readonly Expr[] => {
    if (of.kind === "tuple")
      return of.items.flatMap((item, k) =>
        numbersOf(value.kind === "tuple" ? value.items[k]! : itemOf(value, of, k), item),
      );
    if (!isDifferentiable(of.type)) return [];
    const { length } = parts[next++]!;
    if (length === undefined) return [value];
    // An array that was made just to be returned is not made.
    const made = body.at(-1);
    if (made?.kind === "let" && value.kind === "var" && made.name === value.name && made.init?.kind === "items") {
      body = body.slice(0, -1);
      return made.init.items;
    }
    return Array.from({ length }, (_, k) => at(value, int(k)));
  };
  const items = numbersOf(last.value, structure);
  const type: Type = { kind: "tuple", items: items.map(() => numberType) };
  return { ...func, result: type, body: [...body, { ...last, value: { kind: "tuple", items, type } }] };
}

/**
 * The Jacobian from the pullback of the function that returns its numbers one by one, the reverse sweep written out
 * for each. Undefined where tapes are handed to other functions: those cannot be read once more for each row.
 */
export function rowsWrittenOut(pullback: Func, result: RowResult, inputs: readonly RowInput[]): Func | undefined {
  const { before: whole, closure } = partsOfPullback(pullback);
  const { before, rename } = withoutCopies(whole);
  const tapes = new Set(collectStmts(before, "let").flatMap((s) => (s.type.kind === "tape" ? [s.name] : [])));
  const isTape = (e: Expr): boolean => someExpr(e, (inner) => inner.kind === "var" && tapes.has(inner.name));
  if (someStmt(pullback.body, (s) => exprsOf(s).some(isTape))) return undefined;
  const names = namesApartFrom(namesOf(pullback));
  const count = rowCount(result);
  // Each row takes its values off tapes of its own, which are pushed to together.
  const tapeOf = new Map(
    [...tapes].map(
      (tape) => [tape, Array.from({ length: count }, (_, row) => (row === 0 ? tape : names.fresh(tape)))] as const,
    ),
  );
  const v = closure.func.params[0]!.name;
  const own = declaredNames(closure.func.body);
  const sweepOf = (row: number): Sweep => {
    const fresh = new Map([...tapeOf].map(([tape, rows]) => [tape, rows[row]!]));
    if (row > 0) for (const name of own) fresh.set(name, names.fresh(`${name}$r`));
    const seeded = mapBlockExprs(renameBlock(closure.func.body, rename), (e) => seedAt(e, v, row));
    const sweep = dropZeros(
      renameBlock(seeded, (name) => fresh.get(name) ?? name),
      new Set([...own].map((name) => fresh.get(name) ?? name)),
    );
    const last = sweep.at(-1);
    if (last?.kind !== "return" || last.value === undefined) throw new Error("jacobian: a gradient was expected");
    return { block: sweep.slice(0, -1), value: last.value };
  };
  return collected(pullback, withTapes(before, tapeOf), names, result, inputs, sweepOf);
}

/** The Jacobian from the same pullback, which is called for each row. Undefined where an input may be absent. */
export function rowsByCalls(pullback: Func, result: RowResult, inputs: readonly RowInput[]): Func | undefined {
  const { before: whole, closure } = partsOfPullback(pullback);
  const { before, rename } = withoutCopies(whole);
  const again: Closure = { ...closure, func: { ...closure.func, body: renameBlock(closure.func.body, rename) } };
  const names = namesApartFrom(namesOf(pullback));
  const count = rowCount(result);
  const labels = inputs.flatMap(({ label, apart }) => apart?.elements.map(({ name }) => name) ?? [label]);
  const { result: gradient, params } = closure.func;
  const types = labels.length > 1 && gradient.kind === "tuple" ? gradient.items : [gradient];
  if (types.some(({ kind }) => kind === "maybe")) return undefined;
  const sweepOf = (row: number): Sweep => {
    const grads = types.map((type, k) => variable(names.fresh(`${labels[k]!}Bar`), type));
    const seeds = Array.from({ length: count }, (_, k) => num(k === row ? 1 : 0));
    const patterns = grads.map(({ name, type }): Pattern => ({ kind: "name", name, type }));
    const call: Stmt = {
      kind: "apply",
      callee: closure.name,
      args: [{ kind: "tuple", items: seeds, type: params[0]!.type }],
      target: bareOrTuplePattern(patterns),
    };
    return { block: [call], value: bareOrTupleExpr(grads, gradient) };
  };
  return collected(pullback, [...before, again], names, result, inputs, sweepOf);
}

type Closure = Extract<Stmt, { kind: "closure" }>;

function partsOfPullback({ body }: Func): { readonly before: Block; readonly closure: Closure } {
  const at = body.findIndex((stmt) => stmt.kind === "closure");
  const closure = body[at];
  if (closure?.kind !== "closure") throw new Error("jacobian: a pullback was expected");
  return { before: body.slice(0, at), closure };
}

/** The statements that give a row, and the gradients that it consists of. */
interface Sweep {
  readonly block: Block;
  readonly value: Expr;
}

/** The rows of all parts of the result, put together. */
function collected(
  pullback: Func,
  before: Block,
  names: Names,
  { structure, parts }: RowResult,
  inputs: readonly RowInput[],
  sweepOf: (row: number) => Sweep,
): Func {
  const body: Stmt[] = [...before];
  let first = 0;
  const entries = parts.map(({ length }) => {
    const start = first;
    first += length ?? 1;
    return length === undefined
      ? numberEntries(names, sweepOf(start), inputs, body)
      : arrayEntries(names, length, (row) => sweepOf(start + row), inputs, body);
  });
  const labels = inputs.map((input) => input.label);
  const entryOf = (leaf: Expr): Expr => {
    const own = entries[parts.findIndex((part) => part.leaf === leaf)]!;
    const types = own.map((entry) => entry.type);
    return bareOrTupleExpr(own, bareOrTuple(types, labels));
  };
  const made = bindAllocations(names, structured(structure, entryOf));
  return withValue(pullback, [...body, ...made.before], made.value);
}

/** The derivatives of a number: its gradients are the entries. */
function numberEntries(names: Names, sweep: Sweep, inputs: readonly RowInput[], body: Stmt[]): Expr[] {
  body.push(...sweep.block);
  return gradientsOf(sweep.value, inputs).map(({ present, whole }, k): Expr => {
    const label = inputs[k]!.label;
    if (!("columns" in present)) {
      if (!isReference(present.type)) return whole(present);
      return whole(tensorOf(names, present, shapeOf(names, present, label, body, true), body));
    }
    const shape = shapeOf(names, present.array, label, body, true);
    const data = zerosOf(names, shape, body);
    body.push(...storeColumns(present.columns, data, undefined));
    return whole(tensorOf(names, data, shape, body));
  });
}

/** The derivatives of an array: a row for each of its numbers. */
function arrayEntries(
  names: Names,
  length: number,
  sweepOf: (row: number) => Sweep,
  inputs: readonly RowInput[],
  body: Stmt[],
): Expr[] {
  let rows: readonly Rows[] = [];
  let wholes: readonly ((tensor: Expr) => Expr)[] = [];
  for (let row = 0; row < length; row++) {
    const sweep = sweepOf(row);
    body.push(...sweep.block);
    const grads = gradientsOf(sweep.value, inputs);
    if (row === 0) {
      rows = grads.map(({ present }, k) => rowsFor(names, present, length, inputs[k]!.label, body));
      wholes = grads.map(({ whole }) => whole);
    }
    grads.forEach(({ present }, k) => body.push(...copyRow(names, present, rows[k]!, row)));
  }
  return rows.map(({ data, shape }, k) => wholes[k]!(tensorOf(names, data, [int(length), ...shape], body)));
}

function withTapes(block: Block, tapeOf: ReadonlyMap<string, readonly string[]>): Block {
  return mapBlock(block, (stmt): Stmt | Stmt[] => {
    if (stmt.kind === "let" && stmt.type.kind === "tape")
      return (tapeOf.get(stmt.name) ?? [stmt.name]).map((name) => ({ ...stmt, name }));
    if (stmt.kind === "push") return (tapeOf.get(stmt.tape) ?? [stmt.tape]).map((tape) => ({ ...stmt, tape }));
    return stmt;
  });
}

/** The rows towards one input, of the given shape. */
interface Rows {
  readonly data: Expr;
  readonly shape: readonly Expr[];
}

/** What one reverse sweep gives towards an input: its gradient, or that of each of its elements that is read. */
type Gradient = Expr | { readonly array: Expr; readonly columns: ReadonlyMap<number, Expr> };

function gradientsOf(
  value: Expr,
  inputs: readonly RowInput[],
): readonly { readonly present: Gradient; readonly whole: (part: Expr) => Expr }[] {
  const total = inputs.reduce((n, { apart }) => n + (apart === undefined ? 1 : apart.elements.length), 0);
  const parts = partsOf(value, total);
  let next = 0;
  return inputs.map(({ apart }) => {
    if (apart === undefined) return presence(parts[next++]!);
    const columns = new Map(apart.elements.map(({ index }) => [index, parts[next++]!]));
    return { present: { array: apart.array, columns }, whole: (part) => part };
  });
}

function rowsFor(names: Names, grad: Gradient, count: number, label: string, body: Stmt[]): Rows {
  const shape = shapeOf(names, "columns" in grad ? grad.array : grad, label, body, true);
  return { data: zerosOf(names, [int(count), ...shape], body), shape };
}

function seedAt(e: Expr, v: string, row: number): Expr {
  const isSeed = e.kind === "index" && e.array.kind === "var" && e.array.name === v && e.index.kind === "literal";
  return isSeed && e.index.kind === "literal" ? (e.index.value === row ? num(1) : seedOfZero) : e;
}

/** A pullback keeps copies of what its caller could change before it is called; here nothing comes between. */
function withoutCopies(block: Block): { readonly before: Block; readonly rename: (name: string) => string } {
  const kept = new Map<string, string>();
  let end = block.length;
  for (; end > 0; end--) {
    const stmt = block[end - 1]!;
    if (stmt.kind !== "let" || stmt.init?.kind !== "deepCopy" || stmt.init.array.kind !== "var") break;
    kept.set(stmt.name, stmt.init.array.name);
  }
  return { before: block.slice(0, end), rename: (name) => kept.get(name) ?? name };
}

/** `data[row, …] = grad[…]` */
function copyRow(names: Names, grad: Gradient, { data, shape }: Rows, row: number): Stmt[] {
  const size = sizeOf(shape);
  const offset = row === 0 ? undefined : row === 1 ? size : op("mul", [int(row), size], intType);
  if ("columns" in grad) return storeColumns(grad.columns, data, offset);
  if (shape.length === 0) return [{ kind: "store", array: data, index: int(row), value: grad }];
  if (shape.length === 1)
    return [{ kind: "set", target: data, source: grad, ...(offset === undefined ? {} : { offset }) }];
  return eachNumber(names, shape, (place, position) => [
    {
      kind: "store",
      array: data,
      index: offset === undefined ? position : op("add", [offset, position], intType),
      value: elementAt(grad, place),
    },
  ]);
}

/**
 * A row from its first column to the last that is read: should the array be shorter, what runs over the end of a
 * row is written again by the next, and past the end of the data nothing is written.
 */
function storeColumns(columns: ReadonlyMap<number, Expr>, data: Expr, offset: Expr | undefined): Stmt[] {
  const last = Math.max(...columns.keys());
  return Array.from({ length: last + 1 }, (_, column) => column).flatMap((column): Stmt[] => {
    const value = columns.get(column) ?? (offset === undefined ? undefined : num(0));
    if (value === undefined) return [];
    const index =
      offset === undefined ? int(column) : column === 0 ? offset : op("add", [offset, int(column)], intType);
    return [{ kind: "store", array: data, index, value }];
  });
}
