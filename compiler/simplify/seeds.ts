/**
 * The adjoint of an output begins as the cotangent that was given: `const yBar = v.slice()` for zeros to which a loop
 * adds it, and the cotangent itself where nobody writes into `yBar`.
 */
import { reachableKeys, writesOfStmt } from "../analyse/effects.ts";
import { constant, isReference, sameType, variable } from "../ir/build.ts";
import type { Block, Expr, Func, Stmt, Var } from "../ir/types.ts";
import { assignedVariables, exprsOf, implicitReads, mapBlockExprs, mapStmt } from "../ir/visit.ts";
import { mentions, sameExpr, someStmt } from "../ir/visit.ts";
import { changesOf, escapedMemory, type Changes } from "./changes.ts";

export function beginWithSeeds(func: Func, isMade: (name: string) => boolean): Func {
  const changes = changesOf(func);
  const escaped = escapedMemory(changes, func);
  const assigned = assignedVariables(func.body);
  const isNeeded = (copy: Copy): boolean => {
    if (escaped.has(changes.aliasing.classOf(copy.bar))) return true;
    // A caller may hand over as cotangent what the function writes into.
    const params = func.params.filter(({ type }) => isReference(type)).map(({ name, type }) => variable(name, type));
    return isWritten(changes, func, [copy.bar, copy.v, ...params]);
  };
  const visit = (block: Block): Block => {
    let out: Block = block.map((stmt) => mapStmt(stmt, { block: visit }));
    for (const stmt of out) {
      const seed = seedOf(stmt);
      if (seed === undefined || assigned.has(seed.bar.name) || assigned.has(seed.v.name)) continue;
      const begun = declarationOf(out, stmt, seed);
      if (begun === undefined) continue;
      const copy = constant(seed.bar.name, seed.bar.type, { kind: "copy", array: seed.v, type: seed.bar.type });
      out = out.flatMap((s) => (s === begun ? [] : s === stmt ? [copy] : [s]));
    }
    // What a closure looks at later may have changed by then.
    if (!someStmt(out, (stmt) => stmt.kind === "closure")) {
      const originals = new Map<string, Var>();
      for (const stmt of out) {
        const copy = copyOf(stmt);
        if (copy === undefined || !isMade(copy.bar.name) || isNeeded(copy)) continue;
        if (assigned.has(copy.bar.name) || assigned.has(copy.v.name)) continue;
        // What is copied may be such a copy itself.
        originals.set(copy.bar.name, originals.get(copy.v.name) ?? copy.v);
      }
      if (originals.size > 0) {
        const rest = out.filter((stmt) => stmt.kind !== "let" || !originals.has(stmt.name));
        out = mapBlockExprs(rest, (e) => (e.kind === "var" ? (originals.get(e.name) ?? e) : e));
      }
    }
    return out.length === block.length && out.every((stmt, i) => stmt === block[i]) ? block : out;
  };
  const body = visit(func.body);
  return body === func.body ? func : { ...func, body };
}

/** `const yBar = v.slice()` */
function copyOf(stmt: Stmt): Copy | undefined {
  if (stmt.kind !== "let" || stmt.init?.kind !== "copy" || stmt.init.array.kind !== "var") return undefined;
  const { array: v, start, end } = stmt.init;
  if (start !== undefined || end !== undefined || !sameType(stmt.type, v.type)) return undefined;
  const isFlat = stmt.type.kind === "typed" || (stmt.type.kind === "list" && !isReference(stmt.type.element));
  return isFlat ? { bar: variable(stmt.name, stmt.type), v } : undefined;
}

interface Copy {
  readonly bar: Var;
  readonly v: Var;
}

/** `for (let j = 0; j < v.length; j++) yBar[j] += v[j]` */
function seedOf(stmt: Stmt): Copy | undefined {
  if (stmt.kind !== "for" || stmt.exit !== undefined || stmt.step !== 1 || stmt.compare !== "lt") return undefined;
  const [adds, ...others] = stmt.body;
  if (adds?.kind !== "accumulate" || others.length > 0 || adds.value.kind !== "index") return undefined;
  const { array: bar, index, value } = adds;
  const { array: v } = value;
  const isCounter = (e: Expr): boolean => e.kind === "var" && e.name === stmt.name;
  if (bar.kind !== "var" || v.kind !== "var" || !isCounter(index) || !isCounter(value.index)) return undefined;
  if (stmt.start.kind !== "literal" || stmt.start.value !== 0) return undefined;
  if (stmt.bound.kind !== "length" || !sameExpr(stmt.bound.array, v)) return undefined;
  return sameType(bar.type, v.type) && !isReference(value.type) ? { bar, v } : undefined;
}

/** Where the zeros are made, if they are known to be as many as the cotangent has, and nobody looked at them before. */
function declarationOf(block: Block, loop: Stmt, { bar, v }: Copy): Stmt | undefined {
  const before = block.slice(0, block.indexOf(loop));
  const begun = before.find((stmt) => stmt.kind === "let" && stmt.name === bar.name);
  if (begun?.kind !== "let" || (begun.init?.kind !== "zerosLike" && begun.init?.kind !== "zeros")) return undefined;
  const { init } = begun;
  const isAsLong = (e: Expr): boolean =>
    e.kind === "length" && (init.kind === "zerosLike" ? sameExpr(init.array, e.array) : sameExpr(init.length, e));
  const isChecked = before.some((stmt) => {
    if (stmt.kind !== "if" || stmt.test.kind !== "op" || stmt.test.op !== "ne") return false;
    const [given, wanted] = stmt.test.args;
    const isThrown = stmt.then.some((s) => s.kind === "throw");
    return isThrown && given?.kind === "length" && sameExpr(given.array, v) && wanted !== undefined && isAsLong(wanted);
  });
  const looksAtIt = (stmt: Stmt): boolean =>
    stmt !== begun &&
    (implicitReads(stmt).includes(bar.name) || exprsOf(stmt).some((expr) => mentions(expr, bar.name)));
  return isChecked && !someStmt(before, looksAtIt) ? begun : undefined;
}

/** Whether anything writes into one of the arrays. */
function isWritten({ aliasing }: Changes, func: Func, arrays: readonly Var[]): boolean {
  const keys = new Set(arrays.flatMap((array) => reachableKeys(aliasing, array)));
  return someStmt(func.body, (stmt) => writesOfStmt(aliasing, stmt).some((key) => keys.has(key)));
}
