/**
 * `stopGradient` of an array or object that is handed on whole is a copy (see `normalise/stopped.ts`). That is the same to the
 * function as long as neither the original nor the copy changes where the other one is looked at later, and nobody asks
 * whether they are one.
 */
import { isReference } from "../ir/build.ts";
import type { Block, Expr, Func, Origin, Program, Stmt } from "../ir/types.ts";
import {
  blocksOf,
  exprsOf,
  implicitReads,
  mapBlockExprs,
  mentions,
  namesDeclaredBy,
  referencedNames,
  someStmt,
  variablesDeclaredBy,
  walkExpr,
  writtenArray,
} from "../ir/visit.ts";
import { analyseAliases, type Aliasing, type Cell, memoryOf } from "./alias.ts";
import { writtenParameters } from "./written.ts";

/**
 * The places of stops whose original or copy is changed later, or compared with what may be the other. A call that stays
 * a call, `isCallee`, may be followed by changes of both where it gives the copy back.
 */
export function stopsOfChanged(func: Func, program: Program, isCallee: boolean): readonly Origin[] {
  const steps = stepsOf(func);
  const copies = steps.filter((step) => stopOf(step.stmt) !== undefined);
  if (copies.length === 0) return [];
  const aliasing = analyseAliases(func);
  const memoryOfName = memories(func, steps, aliasing);
  const compared = steps.flatMap(({ stmt }) => comparedBy(stmt, aliasing));
  const givenBack = isCallee ? new Set(steps.flatMap(({ stmt }) => returnedBy(stmt, aliasing))) : new Set<number>();
  const writes = steps.map(({ stmt }) => (aliasing.isFirst(stmt) ? [] : writtenBy(stmt, aliasing, program)));
  return copies.flatMap((copy) => {
    const { array, origin } = stopOf(copy.stmt)!;
    const own: Expr = { kind: "var", name: copy.name, type: array.type };
    const [original, copied] = [aliasing.cellsOf(array), aliasing.cellsOf(own)];
    const memory = new Set(original.map(memoryOf));
    const names = [...memoryOfName].filter(([name, of]) => name !== copy.name && of.some((m) => memory.has(m)));
    const isKept = names.some(([name]) => name.startsWith(ofModule) || isReadAfter(func.body, copy.stmt, name));
    const isOutside = func.params.some(({ name }) => names.some(([known]) => known === name));
    const writesInto = (cells: readonly Cell[]): boolean =>
      steps.some((step, i) => mayFollow(step, copy) && writes[i]!.some((cell) => cells.includes(cell)));
    const isAsked = compared.some((classes) => classes.some((m) => copied.map(memoryOf).includes(m)));
    const isGivenBack = isOutside && [...memory].some((m) => givenBack.has(m));
    const isOther =
      isAsked || isGivenBack || (isKept && writesInto(original)) || ((isKept || isOutside) && writesInto(copied));
    return origin && isOther ? [origin] : [];
  });
}

/** The function with stops that were looked at. */
export function withoutPlaces(func: Func): Func {
  const body = mapBlockExprs(func.body, (e) => {
    if (e.kind !== "op" || e.op !== "stop" || e.origin === undefined) return e;
    const { origin: _origin, ...rest } = e;
    return rest;
  });
  return { ...func, body };
}

/** What modules hold is there for good. */
const ofModule = "constant ";

interface Step {
  readonly stmt: Stmt;
  /** Its place in the order of the text. */
  readonly at: number;
  /** The loops that it stands in. */
  readonly loops: readonly Stmt[];
  readonly name: string;
}

function stepsOf(func: Func): Step[] {
  const steps: Step[] = [];
  const visit = (stmt: Stmt, loops: readonly Stmt[]): void => {
    steps.push({ stmt, at: steps.length, loops, name: stmt.kind === "let" ? stmt.name : "" });
    const inner = stmt.kind === "for" || stmt.kind === "while" ? [...loops, stmt] : loops;
    for (const block of blocksOf(stmt)) for (const each of block) visit(each, inner);
  };
  for (const stmt of func.body) visit(stmt, []);
  return steps;
}

/** What a statement makes a copy of that has no derivative. */
function stopOf(stmt: Stmt): { readonly array: Expr; readonly origin: Origin | undefined } | undefined {
  if (stmt.kind !== "let" || (stmt.init?.kind !== "copy" && stmt.init?.kind !== "deepCopy")) return undefined;
  const { array } = stmt.init;
  return array.kind === "op" && array.op === "stop" ? { array: array.args[0]!, origin: array.origin } : undefined;
}

/** What is reached from each variable, and from what modules hold. */
function memories(func: Func, steps: readonly Step[], aliasing: Aliasing): Map<string, readonly number[]> {
  const found = new Map<string, readonly number[]>();
  const add = (name: string, expr: Expr): void => {
    if (isReference(expr.type)) found.set(name, aliasing.reach(expr));
  };
  const declared = [...func.params, ...steps.flatMap(({ stmt }) => variablesDeclaredBy(stmt))];
  for (const { name, type } of declared) add(name, { kind: "var", name, type });
  for (const { stmt } of steps)
    for (const expr of exprsOf(stmt))
      walkExpr(expr, (e) => {
        if (e.kind === "constant") add(ofModule + e.name, e);
      });
  return found;
}

function writtenBy(stmt: Stmt, aliasing: Aliasing, program: Program): readonly Cell[] {
  if (stmt.kind === "store" || stmt.kind === "accumulate") return [aliasing.cellOf(stmt.array, stmt.index)];
  if (stmt.kind === "call" || stmt.kind === "apply") {
    const callee = stmt.kind === "call" ? program.get(stmt.callee) : undefined;
    const written = callee && writtenParameters(callee, program);
    return stmt.args.flatMap((arg, i) =>
      isReference(arg.type) && (callee === undefined || written!.has(callee.params[i]!.name))
        ? aliasing.cellsOf(arg)
        : [],
    );
  }
  const array = writtenArray(stmt);
  return array === undefined ? [] : aliasing.ownCells(array);
}

/** Whether a step may come after another one: it stands behind it, or in a loop with it. */
function mayFollow(step: Step, other: Step): boolean {
  return step.at > other.at || step.loops.some((loop) => other.loops.includes(loop));
}

type Fate = "read" | "gone" | "stays";

/** Whether the value that a variable has behind a statement may be read later. */
function isReadAfter(body: Block, after: Stmt, name: string): boolean {
  /** What becomes of it behind the statement; undefined where that is not in the block. */
  const inside = (block: Block): Fate | undefined => {
    for (const [i, stmt] of block.entries()) {
      if (stmt === after) return fateIn(block.slice(i + 1), name);
      const fates = blocksOf(stmt).map(inside);
      const fate = fates.find((each) => each !== undefined);
      if (fate === undefined) continue;
      if (fate !== "stays") return fate;
      const isLoop = stmt.kind === "for" || stmt.kind === "while";
      return isLoop && fateOf(stmt, name) === "read" ? "read" : fateIn(block.slice(i + 1), name);
    }
    return undefined;
  };
  return inside(body) === "read";
}

function fateIn(block: Block, name: string): Fate {
  for (const stmt of block) {
    const fate = fateOf(stmt, name);
    if (fate !== "stays") return fate;
    // Where it is left early, what comes next is somewhere else.
    if (someStmt([stmt], ({ kind }) => kind === "exit")) return referencedNames(block).has(name) ? "read" : "stays";
  }
  return "stays";
}

function fateOf(stmt: Stmt, name: string): Fate {
  if (exprsOf(stmt).some((expr) => mentions(expr, name)) || implicitReads(stmt).includes(name)) return "read";
  const fates = blocksOf(stmt).map((block) => fateIn(block, name));
  if (fates.includes("read")) return "read";
  if (stmt.kind === "if" && fates.every((fate) => fate === "gone")) return "gone";
  const isGiven = (stmt.kind === "assign" && stmt.name === name) || stmt.kind === "return" || stmt.kind === "throw";
  return isGiven || namesDeclaredBy(stmt).includes(name) ? "gone" : "stays";
}

function returnedBy(stmt: Stmt, aliasing: Aliasing): readonly number[] {
  if (stmt.kind !== "return" || stmt.value === undefined) return [];
  const found: number[] = [];
  walkExpr(stmt.value, (e) => {
    if (e.kind === "var" && isReference(e.type)) found.push(...aliasing.reach(e));
  });
  return found;
}

/** The classes of the memory of which a statement asks whether it is the same. */
function comparedBy(stmt: Stmt, aliasing: Aliasing): (readonly number[])[] {
  const found: (readonly number[])[] = [];
  for (const expr of exprsOf(stmt))
    walkExpr(expr, (e) => {
      if (e.kind !== "op" || (e.op !== "eq" && e.op !== "ne")) return;
      if (e.args.every((arg) => isReference(arg.type) && arg.kind !== "literal"))
        found.push(e.args.map((arg) => aliasing.classOf(arg)));
    });
  return found;
}
