/**
 * A view that stays at home, `const row = a.subarray(start, end)`, is a place in its array: `row[j]` is `a[start + j]`.
 * Making a view costs as much as a few dozen multiplications, and its shadow would be a view as well.
 *
 * Outside of the view there is `undefined`, while the array goes on: so every access has to be proved to lie between
 * the ends of the view. Then its start, if it is not negative, is where the accesses begin, whatever the length of the
 * array: past that there is nothing in either.
 */
import { analyseIntegers } from "../analyse/integers.ts";
import { analysePolynomials, minus, plain, type Polynomial, type Polynomials } from "../analyse/polynomials.ts";
import { constant, int, intType, lengthOf, op, placeOf, variable } from "../ir/build.ts";
import { namesApartFrom, namesOf, type Names } from "../ir/names.ts";
import type { Block, Expr, ForStmt, Func, Stmt } from "../ir/types.ts";
import { assignedVariables, blocksOf, exprsOf, mapBlock, mapExpr, mapStmt, walkBlock, walkExpr } from "../ir/visit.ts";
import type { StmtOf } from "../ir/visit.ts";

/** `fixed`: arrays that somebody asks for by name. */
export function offsets(func: Func, fixed: ReadonlySet<string>): Func {
  const found = findViews(func, fixed);
  if (found.size === 0) return func;
  const names = namesApartFrom(namesOf(func));
  return { ...func, body: withoutViews(func.body, found, names) };
}

interface View {
  readonly stmt: StmtOf<"let">;
  readonly array: Expr;
  readonly start: Expr;
  readonly end: Expr | undefined;
  /** Where it starts, and how long it is unless the array ends before. */
  readonly from: Polynomial;
  readonly width: Polynomial | undefined;
  /** The loops that it is made in. */
  readonly depth: number;
  needsLength: boolean;
}

function findViews(func: Func, fixed: ReadonlySet<string>): Map<string, View> {
  const { body } = func;
  const assigned = assignedVariables(body);
  const polynomials = analysePolynomials(body, analyseIntegers(func));
  const views = new Map<string, View>();
  const refuse = (expr: Expr): void => {
    walkExpr(expr, (e) => {
      if (e.kind === "var") views.delete(e.name);
    });
  };

  const inExpr = (expr: Expr, loops: readonly ForStmt[]): void => {
    walkExpr(expr, (e) => {
      if (e.kind === "var") views.delete(e.name);
      if (e.kind === "length") return !isLength(e.array, loops);
      if (e.kind !== "index" || !isAccess(e.array, e.index, loops)) return true;
      inExpr(e.index, loops);
      return false;
    });
  };
  const isLength = (array: Expr, loops: readonly ForStmt[]): boolean => {
    const view = array.kind === "var" ? views.get(array.name) : undefined;
    if (view === undefined) return false;
    const around = loops.slice(0, view.depth);
    const end = view.end === undefined ? plain(0) : polynomials.of(view.end);
    if (end === undefined || ![view.from, end].every((p) => polynomials.isNeverNegative(p, around))) return false;
    view.needsLength = true;
    return true;
  };
  const isAccess = (array: Expr, index: Expr, loops: readonly ForStmt[]): boolean => {
    const view = array.kind === "var" ? views.get(array.name) : undefined;
    return view !== undefined && isInside(polynomials, view, index, loops);
  };
  const visit = (block: Block, loops: readonly ForStmt[]): void => {
    for (const stmt of block) {
      if (stmt.kind === "closure") {
        walkBlock([stmt], (s) => {
          exprsOf(s).forEach(refuse);
        });
        continue;
      }
      const isPlace = stmt.kind === "store" || stmt.kind === "accumulate";
      for (const expr of exprsOf(stmt)) {
        if (!isPlace || expr !== stmt.array || !isAccess(stmt.array, stmt.index, loops)) inExpr(expr, loops);
      }
      const view = assigned.has(nameOf(stmt)) || fixed.has(nameOf(stmt)) ? undefined : viewOf(stmt, loops.length);
      if (view !== undefined) views.set(view.stmt.name, view);
      const inside = stmt.kind === "for" ? [...loops, stmt] : loops;
      for (const inner of blocksOf(stmt)) visit(inner, inside);
    }
  };
  const viewOf = (stmt: Stmt, depth: number): View | undefined => {
    if (stmt.kind !== "let" || stmt.init?.kind !== "view") return undefined;
    const { array, start = int(0), end } = stmt.init;
    if (array.kind !== "var" || assigned.has(array.name)) return undefined;
    const from = polynomials.of(start);
    const to = end === undefined ? undefined : polynomials.of(end);
    if (from === undefined || (end !== undefined && to === undefined)) return undefined;
    const width = to === undefined ? undefined : minus(to, from);
    return { stmt, array, start, end, from, width, depth, needsLength: false };
  };
  visit(body, []);
  return views;
}

function nameOf(stmt: Stmt): string {
  return stmt.kind === "let" ? stmt.name : "";
}

/** Whether a place lies in a view whenever it is asked for, and the view begins where it says. */
function isInside(polynomials: Polynomials, view: View, index: Expr, loops: readonly ForStmt[]): boolean {
  const place = polynomials.of(index);
  if (place === undefined || !polynomials.isNeverNegative(place, loops)) return false;
  const isBelow = (width: Polynomial): boolean =>
    polynomials.isNeverNegative(minus(minus(width, place), plain(1)), loops);
  const ownLength = polynomials.of(lengthOf(variable(view.stmt.name, view.stmt.type)));
  const bounded = view.width === undefined || isBelow(view.width);
  if (!bounded && !(ownLength !== undefined && isBelow(ownLength))) return false;
  // A view with an element in it has a width of at least 1.
  const positive = new Set(bounded && view.width !== undefined ? atLeastOne(view.width) : []);
  return polynomials.isNeverNegative(view.from, loops, positive);
}

/** The names that are positive if the polynomial is: of n, and of n - 2. */
function atLeastOne(p: Polynomial): readonly string[] {
  const products = [...p.keys()].filter((product) => product !== "");
  const [only] = products;
  if (only === undefined || products.length > 1 || only.includes("*")) return [];
  return p.get(only)! > 0 && (p.get("") ?? 0) <= 0 ? [only] : [];
}

function withoutViews(block: Block, views: ReadonlyMap<string, View>, names: Names): Block {
  const starts = new Map<string, Expr>();
  const lengths = new Map<string, Expr>();
  for (const [name, view] of views) {
    const isAtom = view.start.kind === "literal" || view.start.kind === "var";
    starts.set(name, isAtom ? view.start : variable(names.fresh(`${name}Start`), intType));
    if (view.needsLength) lengths.set(name, variable(names.fresh(`${name}Length`), intType));
  }
  const placed = (array: Expr, index: Expr): { readonly array: Expr; readonly index: Expr } | undefined => {
    const view = array.kind === "var" ? views.get(array.name) : undefined;
    if (view === undefined) return undefined;
    const start = starts.get(view.stmt.name)!;
    if (start.kind === "literal" && start.value === 0) return { array: view.array, index };
    const isFirst = index.kind === "literal" && index.value === 0;
    return { array: view.array, index: isFirst ? start : op("add", [start, index], intType) };
  };
  const inExpr = (expr: Expr): Expr =>
    mapExpr(expr, (e) => {
      if (e.kind === "index") return { ...e, ...placed(e.array, e.index) };
      const length = e.kind === "length" && e.array.kind === "var" ? lengths.get(e.array.name) : undefined;
      return length ?? e;
    });
  return mapBlock(block, (stmt): Stmt | Block => {
    const view = views.get(nameOf(stmt));
    if (view !== undefined && stmt.kind === "let") return declarations(view, starts, lengths);
    const mapped = mapStmt(stmt, { expr: inExpr });
    return mapped.kind === "store" || mapped.kind === "accumulate"
      ? { ...mapped, ...placed(mapped.array, mapped.index) }
      : mapped;
  });
}

function declarations(view: View, starts: ReadonlyMap<string, Expr>, lengths: ReadonlyMap<string, Expr>): Block {
  const { stmt, array, start, end } = view;
  const begin = starts.get(stmt.name)!;
  const length = lengths.get(stmt.name);
  const own: Stmt[] = [];
  if (begin.kind === "var" && begin !== start) own.push({ ...placeOf(stmt), ...constant(begin.name, intType, start) });
  if (length?.kind === "var") {
    const stop = end === undefined ? lengthOf(array) : op("min", [end, lengthOf(array)], intType);
    const long = op("max", [int(0), op("sub", [stop, begin], intType)], intType);
    own.push({ ...placeOf(stmt), ...constant(length.name, intType, long) });
  }
  return own;
}
