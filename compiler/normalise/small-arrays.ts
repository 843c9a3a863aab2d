/**
 * Which local arrays are as good as a few numbers: made with a literal length, never handed on, read and written at
 * literal places only. Short loops over them are written out where that makes the places literal, and then each
 * element becomes a variable of its own (`scalars.ts`).
 */
import { elementType, isReference } from "../ir/build.ts";
import { evaluateNumeric, isNumericOp } from "../ir/evaluate.ts";
import { namesApartFrom, namesOf } from "../ir/names.ts";
import type { Block, Expr, Func, Stmt, Type, Var } from "../ir/types.ts";
import { assignedVariables, blocksOf, exprsOf, mapBlockExprs, walkBlock, walkExpr } from "../ir/visit.ts";
import { toScalars, type Part, type SmallArray } from "./scalars.ts";
import { unroll, type Whole } from "./unroll.ts";

/** An array of more elements stays one. */
const mostElements = 16;

/** `fixed`: arrays that somebody asks for by name. */
export function smallArrays(func: Func, fixed: ReadonlySet<string>): Func {
  // The rows of a small matrix come to light when the matrix is gone.
  for (let current = func; ;) {
    const next = oneRound(current, fixed);
    if (next === current) return current;
    current = next;
  }
}

function oneRound(func: Func, fixed: ReadonlySet<string>): Func {
  const refused = new Set(fixed);
  for (;;) {
    const found = findArrays(func, refused, "loops may be written out");
    if (found.arrays.size === 0) return func;
    const names = namesApartFrom(namesOf(func));
    const known = withLengths(func.body, found);
    // Each by itself, so that one that cannot be helped does not keep the others.
    const hopeless = [...found.counters].filter(([, own]) => unroll(known, own, found.whole, names) === undefined);
    if (hopeless.length > 0) {
      for (const [name] of hopeless) refused.add(name);
      continue;
    }
    const counters = new Set([...found.counters.values()].flatMap((own) => [...own]));
    const body = counters.size === 0 ? known : unroll(known, counters, found.whole, names);
    if (body === undefined) {
      for (const name of found.counters.keys()) refused.add(name);
      continue;
    }
    const made = { ...func, body };
    const { arrays, parts, whole } = findArrays(made, refused, "as it stands");
    const lost = [...found.arrays.keys()].filter((name) => !arrays.has(name));
    if (lost.length > 0) {
      for (const name of lost) refused.add(name);
      continue;
    }
    return toScalars(made, { arrays, parts, whole }, names);
  }
}

interface Found {
  /** By name. */
  readonly arrays: ReadonlyMap<string, SmallArray>;
  /** The arrays and views of them by name: which elements each has. */
  readonly parts: ReadonlyMap<string, Part>;
  /** Counters of loops that have to be written out, for each array that needs it. */
  readonly counters: ReadonlyMap<string, ReadonlySet<string>>;
  readonly whole: Whole;
}

/** The lengths of what was found, as literals. */
function withLengths(block: Block, { parts }: Found): Block {
  return mapBlockExprs(block, (e) => {
    if (e.kind !== "length" || e.array.kind !== "var") return e;
    const length = parts.get(e.array.name)?.length;
    return length === undefined ? e : { kind: "literal", value: length, type: e.type };
  });
}

function findArrays(
  func: Func,
  refused: ReadonlySet<string>,
  mode: "loops may be written out" | "as it stands",
): Found {
  const { body } = func;
  const assigned = assignedVariables(body);
  const definitions = new Map<string, Expr>();
  walkBlock(body, (stmt) => {
    if (stmt.kind === "let" && stmt.init !== undefined && !assigned.has(stmt.name))
      definitions.set(stmt.name, stmt.init);
  });
  const arrays = new Map<string, SmallArray>();
  const parts = new Map<string, Part>();
  const whole = wholeNumbers(definitions, (name) => parts.get(name)?.length);

  const partOf = (expr: Expr): Part | undefined => (expr.kind === "var" ? parts.get(expr.name) : undefined);
  walkBlock(body, (stmt) => {
    if (stmt.kind === "closure") return false;
    if (stmt.kind !== "let" || stmt.init === undefined || assigned.has(stmt.name) || refused.has(stmt.name))
      return true;
    const { init } = stmt;
    const rows = init.kind === "items" ? rowsOf(init.items, assigned) : undefined;
    if (!isFlat(stmt.type) && rows === undefined) return true;
    const shared = init.kind === "var" ? partOf(init) : init.kind === "view" ? partOf(init.array) : undefined;
    if (shared !== undefined) {
      const range = init.kind === "view" ? rangeOf(init, shared.length, whole) : { start: 0, end: shared.length };
      const start = shared.start === undefined || range.start === undefined ? undefined : shared.start + range.start;
      parts.set(stmt.name, { of: shared.of, start, length: lengthBetween(range) });
      return true;
    }
    const length = madeLength(init, whole, partOf);
    if (length === undefined || !(length >= 1 && length <= mostElements)) return true;
    arrays.set(stmt.name, { name: stmt.name, type: stmt.type, length, ...(rows === undefined ? {} : { rows }) });
    parts.set(stmt.name, { of: stmt.name, start: 0, length });
    return true;
  });

  const matrices = new Set([...arrays.values()].flatMap(({ name, rows }) => (rows === undefined ? [] : [name])));
  const context = { parts, matrices, whole, definitions, strict: mode === "as it stands" };
  // A place may be known by the length of an array that is not small after all: then the other is looked at again.
  for (;;) {
    const { counters, unfit, needs } = usesOf(func, context);
    // What gets its elements from an array that stays one stays one too.
    for (let size = -1; size !== unfit.size;) {
      size = unfit.size;
      for (const [name, source] of needs) if (unfit.has(source) || !arrays.has(source)) unfit.add(name);
    }
    const before = arrays.size;
    for (const name of unfit) arrays.delete(name);
    for (const [name, part] of parts) if (!arrays.has(part.of)) parts.delete(name);
    if (arrays.size < before) continue;
    const needed = new Map([...counters].filter(([name]) => arrays.has(name)));
    return { arrays, parts, counters: needed, whole };
  }
}

/** Arrays that are the items of another under names that stay theirs. */
function rowsOf(items: readonly Expr[], assigned: ReadonlySet<string>): readonly Var[] | undefined {
  const rows = items.flatMap((e) => (e.kind === "var" && isReference(e.type) && !assigned.has(e.name) ? [e] : []));
  return rows.length === items.length ? rows : undefined;
}

/** Numbers, or booleans, one after the other, that an array keeps as they are, or rounds. */
function isFlat(type: Type): boolean {
  if (type.kind === "typed") return type.name === "Float64Array" || type.name === "Float32Array";
  return type.kind === "list" && ["number", "int", "boolean"].includes(elementType(type).kind);
}

/** How many elements a new array has. */
function madeLength(init: Expr, whole: Whole, partOf: (e: Expr) => Part | undefined): number | undefined {
  switch (init.kind) {
    case "zeros":
      return whole(init.length);
    case "items":
      return init.items.length;
    case "zerosLike":
    case "deepCopy":
      return partOf(init.array)?.length;
    case "copy": {
      const source = partOf(init.array);
      return source === undefined ? undefined : lengthBetween(rangeOf(init, source.length, whole));
    }
    default:
      return undefined;
  }
}

interface Range {
  readonly start: number | undefined;
  readonly end: number | undefined;
}

/** The places that `slice` and `subarray` mean. */
function rangeOf(
  { start, end }: { readonly start?: Expr; readonly end?: Expr },
  length: number | undefined,
  whole: Whole,
): Range {
  if (length === undefined) return { start: undefined, end: undefined };
  const place = (expr: Expr | undefined, otherwise: number): number | undefined => {
    if (expr === undefined) return otherwise;
    const given = whole(expr);
    if (given === undefined) return undefined;
    return given < 0 ? Math.max(0, length + given) : Math.min(given, length);
  };
  return { start: place(start, 0), end: place(end, length) };
}

function lengthBetween({ start, end }: Range): number | undefined {
  return start === undefined || end === undefined ? undefined : Math.max(0, end - start);
}

/** Evaluates lengths, bounds and places. */
function wholeNumbers(definitions: ReadonlyMap<string, Expr>, lengthOf: (name: string) => number | undefined): Whole {
  const whole: Whole = (expr) => {
    switch (expr.kind) {
      case "literal":
        return Number.isInteger(expr.value) ? Number(expr.value) : undefined;
      case "constant":
        return Number.isInteger(expr.value) ? expr.value : undefined;
      case "var": {
        const init = definitions.get(expr.name);
        return init === undefined ? undefined : whole(init);
      }
      case "length":
        return expr.array.kind === "var" ? lengthOf(expr.array.name) : undefined;
      case "op": {
        if (!isNumericOp(expr.op)) return undefined;
        const args = expr.args.map(whole);
        if (!args.every((arg) => arg !== undefined)) return undefined;
        const value = evaluateNumeric(expr.op, args);
        return Number.isInteger(value) ? value : undefined;
      }
      default:
        return undefined;
    }
  };
  return whole;
}

interface Uses {
  /** Counters of the loops that would have to be written out, for each array. */
  readonly counters: ReadonlyMap<string, ReadonlySet<string>>;
  /** Arrays that are used in ways that numbers cannot be. */
  readonly unfit: Set<string>;
  /** Arrays that get elements from another. */
  readonly needs: readonly (readonly [name: string, source: string])[];
}

interface UseContext {
  readonly parts: ReadonlyMap<string, Part>;
  /** Those that hold arrays. */
  readonly matrices: ReadonlySet<string>;
  readonly whole: Whole;
  readonly definitions: ReadonlyMap<string, Expr>;
  /** Every place has to be known as it stands. */
  readonly strict: boolean;
}

/** What is done with the arrays. */
function usesOf(func: Func, { parts, matrices, whole, definitions, strict }: UseContext): Uses {
  const mentioned = new Map<string, number>();
  const understood = new Map<string, number>();
  const counters = new Map<string, Set<string>>();
  const unfit = new Set<string>();
  const sources: (readonly [string, string])[] = [];
  const results = new Map<string, number>();
  const count = (counts: Map<string, number>, name: string): void => {
    counts.set(name, (counts.get(name) ?? 0) + 1);
  };
  const last = func.body.at(-1);

  /** A place in an array: known, or known once the loops around it are written out. */
  const place = (part: Part, index: Expr, loops: ReadonlySet<string>): void => {
    const at = whole(index);
    if (at !== undefined && part.length !== undefined) {
      if (at < 0 || at >= part.length) unfit.add(part.of);
    } else unknown(part, index, loops);
  };
  const unknown = (part: Part, expr: Expr, loops: ReadonlySet<string>): void => {
    const own = strict ? undefined : countersIn(expr, loops, definitions);
    if (own === undefined) unfit.add(part.of);
    else counters.set(part.of, new Set([...(counters.get(part.of) ?? []), ...own]));
  };
  const bounds = (part: Part, { start, end }: { start?: Expr; end?: Expr }, loops: ReadonlySet<string>): void => {
    for (const expr of [start, end]) if (expr !== undefined && whole(expr) === undefined) unknown(part, expr, loops);
  };
  const partOf = (expr: Expr): Part | undefined => (expr.kind === "var" ? parts.get(expr.name) : undefined);
  /** Arrays in an array are only read: what else is done with it is not understood. */
  const use = (expr: Expr, reading = false): Part | undefined => {
    if (expr.kind !== "var" || (matrices.has(expr.name) && !reading)) return undefined;
    const part = parts.get(expr.name);
    if (part !== undefined) count(understood, expr.name);
    return part;
  };

  const inExpr = (expr: Expr, loops: ReadonlySet<string>): void => {
    walkExpr(expr, (e) => {
      if (e.kind === "var" && parts.has(e.name)) count(mentioned, e.name);
      if (e.kind === "length") use(e.array, true);
      if (e.kind === "index") {
        const part = use(e.array, true);
        if (part !== undefined) place(part, e.index, loops);
      }
    });
  };
  const inStmt = (stmt: Stmt, loops: ReadonlySet<string>): void => {
    for (const expr of exprsOf(stmt)) inExpr(expr, loops);
    switch (stmt.kind) {
      case "let":
        inLet(stmt.name, stmt.init, loops);
        break;
      case "store":
      case "accumulate": {
        const part = use(stmt.array);
        if (part !== undefined) place(part, stmt.index, loops);
        break;
      }
      case "fill":
        use(stmt.array);
        break;
      case "set": {
        const [target, source] = [partOf(stmt.target), partOf(stmt.source)];
        if (target === undefined || source === undefined || target.of === source.of) break;
        use(stmt.target);
        use(stmt.source);
        sources.push([target.of, source.of], [source.of, target.of]);
        const offset = stmt.offset === undefined ? 0 : whole(stmt.offset);
        if (offset === undefined || target.length === undefined || source.length === undefined) {
          for (const part of [target, source]) unknown(part, stmt.offset ?? stmt.target, loops);
        } else if (offset < 0 || offset + source.length > target.length) unfit.add(target.of).add(source.of);
        break;
      }
      case "return":
        if (stmt === last && stmt.value !== undefined) returned(stmt.value);
        break;
      default:
        break;
    }
    const around = stmt.kind === "for" ? new Set([...loops, stmt.name]) : loops;
    for (const inner of blocksOf(stmt)) {
      if (stmt.kind === "closure") mentionedIn(inner);
      else for (const each of inner) inStmt(each, around);
    }
  };
  const inLet = (name: string, init: Expr | undefined, loops: ReadonlySet<string>): void => {
    switch (init?.kind) {
      case "var":
        if (parts.has(name)) use(init);
        break;
      case "view": {
        const part = parts.has(name) ? use(init.array) : undefined;
        if (part !== undefined) bounds(part, init, loops);
        break;
      }
      case "copy": {
        const part = use(init.array);
        if (part === undefined) break;
        bounds(part, init, loops);
        sources.push([name, part.of]);
        break;
      }
      case "zerosLike":
      case "deepCopy": {
        const part = use(init.array);
        if (part !== undefined) sources.push([name, part.of]);
        break;
      }
      default:
        break;
    }
  };
  /** What is returned is made of its elements at the very end; a view of it would be memory of its own then. */
  const returned = (value: Expr): void => {
    if (value.kind === "tuple") value.items.forEach(returned);
    else if (value.kind === "var" && parts.get(value.name)?.of === value.name && use(value) !== undefined)
      count(results, value.name);
  };
  const mentionedIn = (block: Block): void => {
    walkBlock(block, (stmt) => {
      for (const expr of exprsOf(stmt))
        walkExpr(expr, (e) => e.kind === "var" && parts.has(e.name) && count(mentioned, e.name));
    });
  };

  for (const stmt of func.body) inStmt(stmt, new Set());
  for (const [name, part] of parts) if (mentioned.get(name) !== understood.get(name)) unfit.add(part.of);
  // What is made of its elements and returned at once is as it should be.
  for (const [name, times] of results) if (mentioned.get(name) === times) unfit.add(name);
  return { counters, unfit, needs: sources };
}

/** The counters of loops that an expression is made of, if it is of nothing else that changes. */
function countersIn(
  expr: Expr,
  loops: ReadonlySet<string>,
  definitions: ReadonlyMap<string, Expr>,
): ReadonlySet<string> | undefined {
  const found = new Set<string>();
  const visit = (e: Expr): boolean => {
    switch (e.kind) {
      case "literal":
      case "constant":
      case "length":
        return true;
      case "var": {
        if (loops.has(e.name)) {
          found.add(e.name);
          return true;
        }
        const init = definitions.get(e.name);
        return init !== undefined && visit(init);
      }
      case "op":
        return isNumericOp(e.op) && e.args.every(visit);
      default:
        return false;
    }
  };
  return visit(expr) && found.size > 0 ? found : undefined;
}
