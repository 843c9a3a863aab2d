/**
 * Drops the parameters that functions made for calls only hand to each other: a tape that none of them records on, an
 * argument that no adjoint reads. Which those are shows only when all functions that call each other are made.
 */
import type { Block, Func } from "../ir/types.ts";
import { exprsOf, freeVariables, implicitReads, mapBlock, walkBlock } from "../ir/visit.ts";
import { type Half, keptOf } from "./calls.ts";

export interface MadeFunction {
  func: Func;
  readonly source: Func;
  readonly half: Half;
}

/** The functions with what is left of them; each one's `half` is told what its callers have to hand it. */
export function dropIdleParameters(
  group: ReadonlyMap<string, MadeFunction>,
  finish: (made: Func, source: Func) => Func,
): Map<string, Func> {
  const funcs = new Map([...group].map(([name, { func }]) => [name, func]));
  const left = new Map([...funcs].map(([name, { params }]) => [name, params.map(() => true)]));
  for (;;) {
    const used = usedParameters(funcs);
    if ([...used].every(([, flags]) => flags.every(Boolean))) break;
    for (const [name, func] of funcs) {
      const flags = used.get(name)!;
      let next = 0;
      left.set(
        name,
        left.get(name)!.map((is) => is && flags[next++]!),
      );
      const params = func.params.filter((_, i) => flags[i]);
      const body = withoutArguments(func.body, used);
      funcs.set(name, finish({ ...func, params, body }, group.get(name)!.source));
    }
  }
  for (const [name, { half }] of group) half.kept = left.get(name)!;
  return funcs;
}

function withoutArguments(body: Block, used: ReadonlyMap<string, readonly boolean[]>): Block {
  return mapBlock(body, (stmt) => {
    const kept = stmt.kind === "call" ? used.get(stmt.callee) : undefined;
    return stmt.kind === "call" && kept !== undefined
      ? { ...stmt, args: keptOf({ name: stmt.callee, kept }, stmt.args) }
      : stmt;
  });
}

/** For each function and parameter, whether anything but a call that does not use it either mentions it. */
function usedParameters(funcs: ReadonlyMap<string, Func>): Map<string, boolean[]> {
  const used = new Map([...funcs].map(([name, { params }]) => [name, params.map(() => false)]));
  for (let changed = true; changed;) {
    changed = false;
    for (const [name, func] of funcs) {
      const mentioned = new Set<string>();
      walkBlock(func.body, (stmt) => {
        for (const variable of implicitReads(stmt)) mentioned.add(variable);
        const flags = stmt.kind === "call" ? used.get(stmt.callee) : undefined;
        const exprs =
          stmt.kind === "call" && flags !== undefined ? stmt.args.filter((_, i) => flags[i]) : exprsOf(stmt);
        for (const expr of exprs) for (const variable of freeVariables(expr)) mentioned.add(variable);
      });
      const flags = used.get(name)!;
      func.params.forEach((param, i) => {
        if (flags[i] || !mentioned.has(param.name)) return;
        flags[i] = true;
        changed = true;
      });
    }
  }
  return used;
}
