/**
 * Parameters with a default that is no constant: `p = e` is computed at entry, and the gradient is towards the value
 * that was used, given or not. That value gets a name that nothing else is assigned to, and memory of its own.
 */
import { isName, isUndefined } from "../ir/ask.ts";
import { isReference, variable } from "../ir/build.ts";
import { namesApartFrom, namesOf } from "../ir/names.ts";
import type { Block, Expr, Func, Param, Stmt, Var } from "../ir/types.ts";
import { assignedVariables, walkBlockExprs } from "../ir/visit.ts";

export interface UsedDefaults {
  readonly func: Func;
  /** What is used of a parameter, by the parameter's name. */
  readonly used: ReadonlyMap<string, Var>;
}

/** `isWanted`: the parameters to look at. Of those that the function writes into, the caller's own memory is used. */
export function nameUsedDefaults(
  func: Func,
  isWanted: (param: Param) => boolean,
  written: ReadonlySet<string>,
): UsedDefaults {
  const used = new Map<string, Var>();
  let made = func;
  for (const param of func.params) {
    if (param.defaulted !== true || !isWanted(param)) continue;
    const found = ownValue(made, param, written.has(param.name));
    if (found === undefined) continue;
    made = found.func;
    used.set(param.name, found.used);
  }
  return { func: made, used };
}

function ownValue(
  func: Func,
  param: Param,
  isWritten: boolean,
): { readonly func: Func; readonly used: Var } | undefined {
  const at = func.body.findIndex((stmt) => usedBy(stmt, param.name) !== undefined);
  const stmt = func.body[at];
  const value = stmt && usedBy(stmt, param.name);
  if (stmt === undefined || value === undefined || value.type.kind === "maybe") return undefined;
  const replaced = (block: readonly Stmt[], used: Var): { func: Func; used: Var } => ({
    func: { ...func, body: [...func.body.slice(0, at), ...block, ...func.body.slice(at + 1)] },
    used,
  });
  const isSteady = !assignedVariables(func.body.slice(at + 1)).has(value.name);
  const own =
    stmt.kind !== "if" || !isReference(value.type) || isWritten || isFresh(stmt.then, value.name)
      ? stmt
      : { ...stmt, then: copied(stmt.then, value) };
  if (isReference(value.type) && isSteady) return replaced([own], value);
  if (stmt.kind === "let" && !stmt.mutable) return { func, used: value };
  const next = func.body[at + 1];
  if (next?.kind === "let" && !next.mutable && next.init?.kind === "var" && next.init.name === value.name)
    return { func, used: variable(next.name, next.type) };
  const names = namesApartFrom(namesOf(func));
  const used = variable(names.fresh(value.name), value.type);
  const keep = (init: Expr): Stmt => ({ kind: "let", name: used.name, type: used.type, mutable: false, init });
  if (stmt.kind !== "let" || stmt.init === undefined) return replaced([own, keep(value)], used);
  return replaced([keep(stmt.init), { ...stmt, init: used }], used);
}

/** The variable that a statement gives the parameter, or what stands for it where it is absent. */
function usedBy(stmt: Stmt, param: string): Var | undefined {
  const isParam = (e: Expr | undefined): boolean => e !== undefined && isName(e, param);
  if (stmt.kind === "let") {
    // `= undefined` gives no value to be the gradient of.
    const isUsed = stmt.init?.kind === "nullish" && isParam(stmt.init.left) && !isUndefined(stmt.init.right);
    return isUsed ? variable(stmt.name, stmt.type) : undefined;
  }
  if (stmt.kind !== "if" || stmt.test.kind !== "op" || stmt.test.op !== "eq" || !isParam(stmt.test.args[0]))
    return undefined;
  const given = stmt.else.find((inner) => inner.kind === "assign" && isParam(inner.value));
  if (given?.kind !== "assign") return undefined;
  const isAbsent = stmt.then.some(
    (inner) => inner.kind === "assign" && inner.name === given.name && isUndefined(inner.value),
  );
  return isAbsent ? undefined : variable(given.name, given.value.type);
}

/** Whether a statement gives a variable its value. */
export function gives(stmt: Stmt, name: string): boolean {
  if (stmt.kind === "let") return stmt.name === name && stmt.init !== undefined;
  return assignedVariables([stmt]).has(name);
}

/** Whether the default is made where it stands, and nothing happens to it before it is used. */
function isFresh(block: Block, name: string): boolean {
  const last = block.find((stmt) => stmt.kind === "assign" && stmt.name === name);
  if (last?.kind !== "assign") return false;
  const isMade = (e: Expr): boolean => {
    switch (e.kind) {
      case "items":
        return e.items.every((item) => !isReference(item.type) || isMade(item));
      case "zeros":
      case "deepCopy":
        return true;
      case "literal":
        return true;
      case "var": {
        let uses = 0;
        walkBlockExprs(block, (inner) => {
          if (inner.kind === "var" && inner.name === e.name) uses++;
          // A shadow takes its structure only.
          if (inner.kind === "zerosLike" && inner.array.kind === "var" && inner.array.name === e.name) uses--;
        });
        const declared = block.find((stmt) => stmt.kind === "let" && stmt.name === e.name);
        return uses === 1 && declared?.kind === "let" && declared.init !== undefined && isMade(declared.init);
      }
      default:
        return false;
    }
  };
  return isMade(last.value);
}

/** The default in memory of its own: that of another parameter, or one that was filled, has a gradient for itself. */
function copied(block: Block, { name, type }: Var): Block {
  return block.map((stmt) =>
    stmt.kind === "assign" && stmt.name === name
      ? { ...stmt, value: { kind: "deepCopy", array: stmt.value, type } }
      : stmt,
  );
}
