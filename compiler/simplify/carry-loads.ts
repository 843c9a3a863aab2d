/**
 * Where the next iteration of a loop of adjoints loads an element that this one has loaded, it is handed on in a
 * variable: `x[i]` is what `x[i + 1]` was. Only in arrays that the loop does not write into. (Scalar replacement:
 * Callahan, Carr and Kennedy, _Improving register allocation for subscripted variables_, 1990.)
 */
import { analyseRanges, type Ranges } from "../analyse/ranges.ts";
import { assign, constant, isReference, mutable, variable } from "../ir/build.ts";
import { namesApartFrom, namesOf, type Names } from "../ir/names.ts";
import type { Block, Expr, ForStmt, Func, Stmt, Type } from "../ir/types.ts";
import { assignedVariables, childrenOf, collectStmts, exprsOf, mapBlockExprs } from "../ir/visit.ts";
import { sameExpr, someExpr, someStmt, variableTypes, type StmtOf } from "../ir/visit.ts";
import { changesOf, type Changes } from "./changes.ts";
import { isLoad, isSafe, type Load } from "./hoist.ts";
import { replaceLoops } from "./loops.ts";
import { nameOfElement } from "./naming.ts";
import { isAlwaysThere } from "./present.ts";
import { chainsOf, indexAt, longestChain, runningIndex, type Running } from "./running.ts";

export function carryLoads(func: Func): Func {
  if (collectStmts(func.body, "accumulate").length === 0) return func;
  const context: Context = {
    changes: changesOf(func),
    ranges: analyseRanges(func.body),
    types: variableTypes(func),
    names: namesApartFrom(namesOf(func)),
    assigned: assignedVariables(func.body),
  };
  return replaceLoops(func, (loop, loops) => carry(context, loop, loops));
}

interface Context {
  readonly changes: Changes;
  readonly ranges: Ranges;
  readonly types: ReadonlyMap<string, Type>;
  readonly names: Names;
  readonly assigned: ReadonlySet<string>;
}

interface Visit {
  readonly load: Load;
  readonly at: Running;
}

function carry(context: Context, loop: ForStmt, loops: readonly ForStmt[]): Stmt[] {
  // The user's own loops stay as they are written.
  if (!loop.body.some((stmt) => stmt.kind === "accumulate")) return [loop];
  const before: Stmt[] = [];
  let { body } = loop;
  for (const loads of byArray(context, loop)) {
    for (const chain of chainsOf(loop.step, loads)) {
      const starts = chain.slice(0, -1).map(({ load }) => ({ ...load, index: indexAt(load.index, loop, loop.start) }));
      const isThere = starts.every(
        (load) => isSafe(context.ranges, load, loop, loops) && isAlwaysThere(load, context.types),
      );
      if (chain.length > longestChain || !isThere) continue;
      const names = chain.map(({ load }) => heldBy(context, loop.body, load) ?? freshName(context.names, load));
      before.push(...starts.map((load, k) => mutable(names[k]!, load.type, load)));
      body = handedOn(
        body,
        chain.map(({ load }) => load),
        names,
      );
    }
  }
  return body === loop.body ? [loop] : [...before, { ...loop, body }];
}

const freshName = (names: Names, { array, index }: Load): string =>
  names.fresh(nameOfElement(array.kind === "var" ? array.name : "", index));

/** The constant that holds an element already. */
function heldBy({ assigned }: Context, body: Block, load: Load): string | undefined {
  return body.find((stmt): stmt is StmtOf<"let"> => holds(stmt, load) && !assigned.has(stmt.name))?.name;
}

function holds(stmt: Stmt, load: Load): stmt is StmtOf<"let"> {
  return stmt.kind === "let" && stmt.init !== undefined && sameExpr(stmt.init, load);
}

/** The elements that every iteration loads and none changes, by their arrays. */
function byArray({ changes }: Context, loop: ForStmt): Visit[][] {
  const found = new Map<string, Visit[]>();
  const visit = (e: Expr): void => {
    if (isLoad(e) && !isReference(e.type) && e.array.kind === "var" && !changes.changedIn(loop.body, e)) {
      const at = runningIndex(changes, loop, e.index);
      if (at !== undefined) found.set(e.array.name, [...(found.get(e.array.name) ?? []), { load: e, at }]);
    }
    const isLazy = e.kind === "select" || e.kind === "logic" || e.kind === "nullish";
    // What may be missing is asked for where it stands.
    const certain = e.kind === "nullish" ? childrenOf(e.left) : isLazy ? childrenOf(e).slice(0, 1) : childrenOf(e);
    certain.forEach(visit);
  };
  for (const stmt of loop.body) if (stmt.kind !== "while") exprsOf(stmt).forEach(visit);
  return [...found.values()];
}

/** The body with variables for the elements, each of which gets the next one's value at its end. */
function handedOn(body: Block, loads: readonly Load[], names: readonly string[]): Block {
  const last = loads.at(-1)!;
  const held = names.at(-1)!;
  const isMentioned = (stmt: Stmt): boolean => exprsOf(stmt).some((expr) => someExpr(expr, (e) => sameExpr(e, last)));
  const first = body.find((stmt) => someStmt([stmt], isMentioned));
  const out = body.flatMap((stmt): Stmt[] => {
    // The variables are declared in front of the loop, the newest of them here.
    const k = loads.findIndex((load, n) => holds(stmt, load) && stmt.name === names[n]);
    if (k !== -1) return stmt === first ? [stmt] : [];
    return stmt === first ? [constant(held, last.type, last), stmt] : [stmt];
  });
  return [
    ...out.flatMap((stmt) => (holds(stmt, last) && stmt.name === held ? [stmt] : inVariables([stmt], loads, names))),
    ...loads.slice(1).map((load, k) => assign(names[k]!, variable(names[k + 1]!, load.type))),
  ];
}

function inVariables(block: Block, loads: readonly Load[], names: readonly string[]): Block {
  return mapBlockExprs(block, (e) => {
    const k = loads.findIndex((load) => sameExpr(load, e));
    return k === -1 ? e : variable(names[k]!, e.type);
  });
}
