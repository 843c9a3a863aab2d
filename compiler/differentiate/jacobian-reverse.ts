/**
 * Jacobians by reverse mode: a row for each number of the output. The rows of a short output all come off one
 * forward sweep: the reverse sweep is written once for each, with literal seeds, and what is zero for a row is
 * left out of it.
 */
import { isAbsent } from "../ir/ask.ts";
import {
  at,
  booleanType,
  containsRecord,
  float64Array,
  ifThen,
  int,
  intType,
  isReference,
  num,
  op,
  variable,
  zerosLike,
} from "../ir/build.ts";
import { Refusal } from "./refusal.ts";
import { namesApartFrom, namesOf, type Names } from "../ir/names.ts";
import type { Block, Expr, Func, Stmt, Type } from "../ir/types.ts";
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
import type { Element } from "./elements.ts";
import { bareOrTuple, bareOrTupleExpr, undefinedIf, unlessAbsent, withItems } from "./signature.ts";
import { eachNumber, elementAt, shapeOf, sizeOf, tensorOf } from "./tensors.ts";
import { dropZeros, seedOfZero } from "./zeros.ts";

/** The Jacobian of one number: its gradient (a function that returns just that), as tensors. */
export function gradientAsJacobian(gradient: Func, labels: readonly string[]): Func {
  const names = namesApartFrom(namesOf(gradient));
  const { body, value } = endOf(gradient);
  const entryOf = (grad: Expr, label: string): Expr => {
    if (grad.kind === "tuple")
      return withItems(
        grad,
        grad.items.map((item) => entryOf(item, label)),
      );
    const { present, whole } = presence(grad);
    if (containsRecord(present.type)) throw new Refusal("objects", [label]);
    if (!isReference(present.type)) return grad;
    const shape = shapeOf(names, present, label, body, true);
    return whole(tensorOf(names, present, shape, body));
  };
  const parts = partsOf(value, labels.length).map((grad, k) => entryOf(grad, labels[k]!));
  return withResult(gradient, body, parts, labels);
}

/** The function with the numbers of its array result returned one by one, so that each is an output of its own. */
export function returningNumbers(func: Func, count: number): Func | undefined {
  const last = func.body.at(-1);
  if (last?.kind !== "return" || last.value?.kind !== "var") return undefined;
  const array = last.value;
  const made = func.body.at(-2);
  const before = func.body.slice(0, -1);
  const isJustMade = made?.kind === "let" && made.name === array.name && made.init?.kind === "items";
  const items =
    isJustMade && made.init?.kind === "items"
      ? made.init.items
      : Array.from({ length: count }, (_, k) => at(array, int(k)));
  const type: Type = { kind: "tuple", items: items.map(() => ({ kind: "number" })) };
  const value: Expr = { kind: "tuple", items, type };
  return { ...func, result: type, body: [...(isJustMade ? before.slice(0, -1) : before), { ...last, value }] };
}

/** An input: towards its elements one by one, where it was taken apart, else towards it. */
export interface RowInput {
  readonly label: string;
  readonly apart?: { readonly array: Expr; readonly elements: readonly Element[] };
}

/**
 * The Jacobian of a few numbers, from the pullback of the function that returns them one by one. Undefined where
 * tapes are handed to other functions: those cannot be read once more for each row.
 */
export function rowsOffOneSweep(pullback: Func, count: number, inputs: readonly RowInput[]): Func | undefined {
  const names = namesApartFrom(namesOf(pullback));
  const at = pullback.body.findIndex((stmt) => stmt.kind === "closure");
  const closure = pullback.body[at];
  if (closure?.kind !== "closure") throw new Error("jacobian: a pullback was expected");
  const { before, rename } = withoutCopies(pullback.body.slice(0, at));
  const tapes = new Set(collectStmts(before, "let").flatMap((s) => (s.type.kind === "tape" ? [s.name] : [])));
  if (
    someStmt(pullback.body, (s) =>
      exprsOf(s).some((e) => someExpr(e, (inner) => inner.kind === "var" && tapes.has(inner.name))),
    )
  )
    return undefined;
  // Each row takes its values off tapes of its own, which are pushed to together.
  const copies = [...tapes].map(
    (tape) => [tape, Array.from({ length: count }, (_, row) => (row === 0 ? tape : names.fresh(tape)))] as const,
  );
  const tapeOf = new Map(copies);
  const body: Stmt[] = [...withTapes(before, tapeOf)];
  const v = closure.func.params[0]!.name;
  const own = declaredNames(closure.func.body);
  let made: readonly Rows[] = [];
  let parts: readonly ((tensor: Expr) => Expr)[] = [];
  for (let row = 0; row < count; row++) {
    const fresh = new Map([...tapeOf].map(([tape, rows]) => [tape, rows[row]!]));
    if (row > 0) for (const name of own) fresh.set(name, names.fresh(`${name}$r`));
    const seeded = mapBlockExprs(renameBlock(closure.func.body, rename), (e) => seedAt(e, v, row));
    const sweep = dropZeros(
      renameBlock(seeded, (name) => fresh.get(name) ?? name),
      new Set([...own].map((name) => fresh.get(name) ?? name)),
    );
    const last = sweep.at(-1);
    if (last?.kind !== "return" || last.value === undefined) throw new Error("jacobian: a gradient was expected");
    body.push(...sweep.slice(0, -1));
    const grads = gradientsOf(last.value, inputs);
    if (row === 0) {
      made = grads.map(({ present }, k) => rowsFor(names, present, count, inputs[k]!.label, body));
      parts = grads.map(({ whole }) => whole);
    }
    grads.forEach(({ present }, k) => body.push(...copyRow(names, present, made[k]!, row)));
  }
  const tensors = made.map(({ data, shape }, k) => parts[k]!(tensorOf(names, data, [int(count), ...shape], body)));
  const labels = inputs.map((input) => input.label);
  return withResult(pullback, body, tensors, labels);
}

/** A gradient whose parts are there even where their parameters are absent. */
export function withoutAbsence(gradient: Func, count: number): Func {
  const { body, value } = endOf(gradient);
  const parts = partsOf(value, count).map((grad) => presence(grad).present);
  const result = value.type.kind === "tuple" ? { ...value.type, items: parts.map((p) => p.type) } : parts[0]!.type;
  return { ...gradient, result, body: [...body, { kind: "return", value: bareOrTupleExpr(parts, result) }] };
}

/** A gradient where it is there, and what to make of a part for it: of an absent parameter there is none. */
function presence(grad: Expr): { readonly present: Expr; readonly whole: (part: Expr) => Expr } {
  if (grad.kind !== "select" || grad.type.kind !== "maybe") return { present: grad, whole: (part) => part };
  const { test, no } = grad;
  return { present: no, whole: (part) => undefinedIf(test, part) };
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
  const name = names.fresh("jacobian");
  body.push({
    kind: "let",
    name,
    type: float64Array,
    mutable: false,
    init: { kind: "zeros", length: sizeOf([int(count), ...shape]), type: float64Array },
  });
  return { data: variable(name, float64Array), shape };
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

/** The Jacobian of an array of any length, row by row from the pullback. */
export function rowByRow(pullback: Func, labels: readonly string[]): Func {
  const names = namesApartFrom(namesOf(pullback));
  const end = endOf(pullback);
  const { body } = end;
  const [value, closure] = end.value.kind === "tuple" ? end.value.items : [];
  if (value === undefined || closure?.kind !== "var" || closure.type.kind !== "function")
    throw new Error("jacobian: a pullback was expected");
  const rows = shapeOf(names, value, "output", body, true);
  const seed = variable(names.fresh("seed"), value.type);
  body.push({ kind: "let", name: seed.name, type: value.type, mutable: false, init: zerosLike(value) });
  const result = closure.type.result;
  const types = labels.length > 1 && result.kind === "tuple" ? result.items : [result];
  const inputs = types.map((type, k) => {
    const label = labels[k]!;
    const param = pullback.params.find((p) => p.name === label);
    if (param === undefined) throw new Refusal("objects", [label]);
    const array = variable(param.name, param.type);
    return { label, type, array, shape: shapeOf(names, array, label, body, true) };
  });
  const data = inputs.map(({ shape }) => {
    const made = variable(names.fresh("jacobian"), float64Array);
    body.push({
      kind: "let",
      name: made.name,
      type: float64Array,
      mutable: false,
      init: { kind: "zeros", length: sizeOf([...rows, ...shape]), type: float64Array },
    });
    return made;
  });
  const oneRow = (place: readonly Expr[], row: Expr): Stmt[] => {
    const grads = inputs.map((input) => variable(names.fresh(`${input.label}Row`), input.type));
    const patterns = grads.map((g) => ({ kind: "name", name: g.name, type: g.type }) as const);
    const array = place.length === 1 ? seed : at(seed, place[0]!);
    const set = (x: number): Stmt => ({ kind: "store", array, index: place.at(-1)!, value: num(x) });
    return [
      set(1),
      {
        kind: "apply",
        callee: closure.name,
        args: [seed],
        target: patterns.length === 1 ? patterns[0]! : { kind: "tuple", items: patterns },
      },
      ...grads.flatMap((grad, k): Stmt[] => {
        const { shape, type, array } = inputs[k]!;
        const start = op("mul", [row, sizeOf(shape)], intType);
        const copied: Stmt[] = eachNumber(names, shape, (p, position) => {
          const index = shape.length === 0 ? row : op("add", [start, position], intType);
          return [{ kind: "store", array: data[k]!, index, value: elementAt(grad, p) }];
        });
        return type.kind === "maybe" ? [ifThen(op("not", [isAbsent(array)], booleanType), copied)] : copied;
      }),
      set(0),
    ];
  };
  body.push(...eachNumber(names, rows, oneRow));
  const parts = data.map((d, k) => {
    const { shape, type, array } = inputs[k]!;
    const tensor = tensorOf(names, d, [...rows, ...shape], body);
    return type.kind === "maybe" ? unlessAbsent(array, tensor) : tensor;
  });
  return withResult(pullback, body, parts, labels);
}

/** The body of a made function without its return, and what it returns. */
function endOf(func: Func): { readonly body: Stmt[]; readonly value: Expr } {
  const last = func.body.at(-1);
  if (last?.kind !== "return" || last.value === undefined) throw new Error("jacobian: a value was expected");
  return { body: func.body.slice(0, -1), value: last.value };
}

function partsOf(value: Expr, count: number): readonly Expr[] {
  return count > 1 && value.kind === "tuple" ? value.items : [value];
}

function withResult(func: Func, body: Block, parts: readonly Expr[], labels: readonly string[]): Func {
  const value = bareOrTupleExpr(
    parts,
    bareOrTuple(
      parts.map((p) => p.type),
      labels,
    ),
  );
  return { ...func, result: value.type, body: [...body, { kind: "return", value }] };
}
