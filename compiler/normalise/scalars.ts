/** Makes variables of the elements of small arrays that `small-arrays.ts` found. */
import { assign, elementType, int, num, op, placeOf, variable } from "../ir/build.ts";
import { isNumericOp } from "../ir/evaluate.ts";
import type { Names } from "../ir/names.ts";
import type { Block, Expr, Func, Stmt, Type, Var } from "../ir/types.ts";
import { assignedVariables, mapBlock, mapExpr, mapStmt, walkBlock } from "../ir/visit.ts";
import { declareLate } from "./late-declarations.ts";
import type { Whole } from "./unroll.ts";

export interface SmallArray {
  readonly name: string;
  readonly type: Type;
  readonly length: number;
  /** The arrays that it holds, if it holds arrays: they are never exchanged. */
  readonly rows?: readonly Var[];
}

/** Elements of a small array that go by a name: all of them, or those of a view. */
export interface Part {
  /** The array. */
  readonly of: string;
  /** Where the part begins. Undefined while that hangs on the counter of a loop. */
  readonly start: number | undefined;
  readonly length: number | undefined;
}

export interface SmallArrays {
  readonly arrays: ReadonlyMap<string, SmallArray>;
  /** The arrays and their views by name. */
  readonly parts: ReadonlyMap<string, Part>;
  readonly whole: Whole;
}

export function toScalars(func: Func, small: SmallArrays, names: Names): Func {
  const elements = new Map<string, readonly Var[]>(
    [...small.arrays.values()].map(({ name, type, length, rows }) => {
      if (rows !== undefined) return [name, rows] as const;
      const own = Array.from({ length }, (_, k) => variable(names.fresh(`${name}$${String(k)}`), elementType(type)));
      return [name, own] as const;
    }),
  );
  const body = withElements(func, small, elements);
  const scalars = new Set([...elements.values()].flat().map((element) => element.name));
  return { ...func, body: constants(declareLate(body, scalars), scalars) };
}

type Elements = ReadonlyMap<string, readonly Var[]>;

function withElements(func: Func, { arrays, parts, whole }: SmallArrays, elements: Elements): Block {
  /** The elements that a name stands for. */
  const all = (e: Expr): readonly Var[] | undefined => {
    const part = e.kind === "var" ? parts.get(e.name) : undefined;
    if (part?.start === undefined || part.length === undefined) return undefined;
    return elements.get(part.of)?.slice(part.start, part.start + part.length);
  };
  const typed = [...arrays.values()].filter(({ type }) => type.kind === "typed");
  const stored = conversions(func, new Set(typed.flatMap(({ name }) => elements.get(name)!.map((e) => e.name))));
  const inExpr = (expr: Expr): Expr =>
    mapExpr(expr, (e) => {
      if (e.kind === "index") return all(e.array)?.[whole(e.index) ?? -1] ?? e;
      if (e.kind === "length") {
        const own = all(e.array);
        return own === undefined ? e : int(own.length);
      }
      if (e.kind === "zerosLike") {
        const own = all(e.array);
        return own === undefined ? e : { kind: "zeros", length: int(own.length), type: e.type };
      }
      if (e.kind === "copy" || e.kind === "deepCopy") {
        const own = all(e.array);
        if (own === undefined) return e;
        const places =
          e.kind === "copy" ? [e.start, e.end].map((at) => (at === undefined ? undefined : whole(at))) : [];
        return { kind: "items", items: own.slice(...places), type: e.type };
      }
      return e;
    });

  const declare = (stmt: Extract<Stmt, { kind: "let" }>): Block | undefined => {
    const array = arrays.get(stmt.name);
    if (array === undefined) return parts.has(stmt.name) ? [] : undefined;
    if (array.rows !== undefined) return [];
    const init = stmt.init === undefined ? undefined : inExpr(stmt.init);
    return elements.get(stmt.name)!.map((element, k): Stmt => {
      const value = init?.kind === "items" ? stored(init.items[k]!, array.type) : zeroOf(element.type);
      return { ...placeOf(stmt), kind: "let", name: element.name, type: element.type, mutable: true, init: value };
    });
  };
  const body = mapBlock(func.body, (stmt): Stmt | Block => {
    const from = { ...placeOf(stmt), ...(stmt.note === undefined ? {} : { note: stmt.note }) };
    switch (stmt.kind) {
      case "let":
        return declare(stmt) ?? mapStmt(stmt, { expr: inExpr });
      case "store":
      case "accumulate": {
        const element = all(stmt.array)?.[whole(stmt.index) ?? -1];
        if (element === undefined) break;
        const given = inExpr(stmt.value);
        const value = stmt.kind === "store" ? given : op("add", [element, given]);
        return { ...from, ...assign(element.name, stored(value, stmt.array.type)) };
      }
      case "fill": {
        const [first, ...rest] = all(stmt.array) ?? [];
        if (first === undefined) break;
        const value = stored(inExpr(stmt.value), stmt.array.type);
        const again = value.kind === "literal" || value.kind === "var" ? value : first;
        return [first, ...rest].map((e) => ({ ...from, ...assign(e.name, e === first ? value : again) }));
      }
      case "set": {
        const [target, source] = [all(stmt.target), all(stmt.source)];
        if (target === undefined || source === undefined) break;
        const offset = stmt.offset === undefined ? 0 : whole(stmt.offset)!;
        return source.map((value, k) => ({
          ...from,
          ...assign(target[offset + k]!.name, stored(value, stmt.target.type)),
        }));
      }
      case "return": {
        const made = returned(stmt.value, arrays);
        const arraysMade = made.map((array): Stmt => {
          const items = elements.get(array.name)!;
          const init: Expr = { kind: "items", items, type: array.type };
          return { ...from, kind: "let", name: array.name, type: array.type, mutable: false, init };
        });
        return [...arraysMade, mapStmt(stmt, { expr: inExpr })];
      }
      default:
        break;
    }
    return mapStmt(stmt, { expr: inExpr });
  });
  return body;
}

function zeroOf(type: Type): Expr {
  return type.kind === "int" ? int(0) : num(0);
}

/** The small arrays that leave with a result, each once. */
function returned(value: Expr | undefined, arrays: ReadonlyMap<string, SmallArray>): readonly SmallArray[] {
  const found = new Set<SmallArray>();
  const visit = (e: Expr): void => {
    if (e.kind === "tuple") e.items.forEach(visit);
    const array = e.kind === "var" ? arrays.get(e.name) : undefined;
    if (array !== undefined) found.add(array);
  };
  if (value !== undefined) visit(value);
  return [...found];
}

/** What an array makes of a value that is stored in it: one of float32 rounds it, and a typed array holds no `undefined`. */
function conversions(func: Func, elements: ReadonlySet<string>): (value: Expr, array: Type) => Expr {
  const values = new Map<string, Expr[]>();
  const given = new Set([...elements, ...func.params.flatMap((p) => (p.type.kind === "maybe" ? [] : [p.name]))]);
  walkBlock(func.body, (stmt) => {
    if (stmt.kind === "for") given.add(stmt.name);
    const value = stmt.kind === "let" ? stmt.init : stmt.kind === "assign" ? stmt.value : undefined;
    if ((stmt.kind === "let" || stmt.kind === "assign") && value !== undefined)
      values.set(stmt.name, [...(values.get(stmt.name) ?? []), value]);
  });
  const isNumber = (e: Expr, asked: ReadonlySet<string>): boolean => {
    switch (e.kind) {
      case "literal":
        return typeof e.value === "number";
      case "constant":
        return e.value !== undefined;
      case "op":
        return e.op === "stop" ? e.args.every((arg) => isNumber(arg, asked)) : isNumericOp(e.op);
      case "select":
        return isNumber(e.yes, asked) && isNumber(e.no, asked);
      case "nullish":
        return isNumber(e.right, asked);
      case "length":
        return true;
      case "tap":
        return isNumber(e.value, asked);
      case "var": {
        if (given.has(e.name) || asked.has(e.name)) return true;
        const own = values.get(e.name);
        return own !== undefined && own.every((value) => isNumber(value, new Set([...asked, e.name])));
      }
      default:
        return false;
    }
  };
  return (value, array) => {
    if (array.kind !== "typed") return value;
    if (array.name === "Float32Array") return op("fround", [value]);
    return isNumber(value, new Set()) ? value : op("pos", [value]);
  };
}

/** An element that is never assigned is a constant, if it has more than a literal to be. */
function constants(block: Block, scalars: ReadonlySet<string>): Block {
  const assigned = assignedVariables(block);
  return mapBlock(block, (stmt) => {
    if (stmt.kind !== "let" || !scalars.has(stmt.name) || assigned.has(stmt.name)) return stmt;
    return stmt.init === undefined || stmt.init.kind === "literal" ? stmt : { ...stmt, mutable: false };
  });
}
