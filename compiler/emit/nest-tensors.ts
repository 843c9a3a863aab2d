/**
 * Operations on tensors as one would write them: what is used once, further down in the same block, stands where it is
 * used. In the IR each operation has a name.
 */
import { isTensorSum } from "../ir/ask.ts";
import { sourceOf } from "../ir/build.ts";
import { recycleTensors } from "../ir/runtime.ts";
import { mayMisfit } from "../ir/tensor-elements.ts";
import type { Block, Expr, Func, Origin, Stmt } from "../ir/types.ts";
import {
  assignedVariables,
  blocksOf,
  childrenOf,
  exprsOf,
  freeVariables,
  mapExpr,
  mapStmt,
  someExpr,
  type StmtOf,
  walkBlock,
  walkExpr,
} from "../ir/visit.ts";

/** How many operations one expression holds at most. */
const most = 4;

/** `sourceNames`: what the user has names for keeps them. */
export function nestTensors(func: Func, sourceNames: ReadonlySet<string> | undefined): Func {
  const uses = new Map<string, number>();
  let any = false;
  walkBlock(func.body, (stmt) => {
    if (stmt.kind === "let" && stmt.init?.kind === "tensorOp") any = true;
    for (const expr of exprsOf(stmt))
      walkExpr(expr, (e) => {
        if (e.kind === "var") uses.set(e.name, (uses.get(e.name) ?? 0) + 1);
      });
  });
  if (!any) return func;
  return {
    ...func,
    body: nested(
      func.body,
      ({ name, held }) => uses.get(name) === 1 && (held === true || sourceNames?.has(name) === false),
    ),
  };
}

function nested(block: Block, mayGo: (stmt: StmtOf<"let">) => boolean): Block {
  let out: Block = block.map((stmt) => mapStmt(stmt, { block: (inner) => nested(inner, mayGo) }));
  for (let i = out.length - 1; i >= 0; i--) {
    const stmt = out[i]!;
    if (stmt.kind !== "let" || stmt.mutable || stmt.init === undefined || !isOperation(stmt.init)) continue;
    if (!mayGo(stmt)) continue;
    const at = out.findIndex((later, k) => k > i && exprsOf(later).some((e) => freeVariables(e).has(stmt.name)));
    const user = out[at];
    if (user === undefined || blocksOf(user).length > 0 || user.kind === "push" || !takes(user, stmt.name)) continue;
    if (sizeOf(user) + operationsIn(stmt.init) > most) continue;
    const between = out.slice(i + 1, at);
    if (someExpr(stmt.init, mayMisfit) && between.some(isBoundary)) continue;
    const changed = new Set([...assignedVariables(between), ...between.flatMap(recycledBy)]);
    if ([...freeVariables(stmt.init)].some((name) => changed.has(name))) continue;
    const init = withOrigin(stmt.init, sourceOf(stmt));
    const put = (e: Expr): Expr =>
      mapExpr(e, (inner) => (inner.kind === "var" && inner.name === stmt.name ? init : inner));
    out = [...out.slice(0, i), ...out.slice(i + 1, at), mapStmt(user, { expr: put }), ...out.slice(at + 1)];
  }
  return out;
}

/** The operation keeps the place in the source of the statement that it was. */
function withOrigin(init: Expr, origin: Origin | undefined): Expr {
  if ((init.kind !== "tensorOp" && init.kind !== "op") || origin === undefined) return init;
  return { ...init, origin: init.origin ?? origin };
}

/**
 * Where what threw before has to go on doing so: at a check, where the adjoint begins, which would throw something else, and at
 * weights that a derivative brings along axes.
 */
function isBoundary(stmt: Stmt): boolean {
  const isAlong = stmt.kind === "let" && stmt.init?.kind === "tensorOp" && stmt.init.op === "alongAxes";
  return (
    isAlong ||
    ["call", "apply", "throw"].includes(stmt.kind) ||
    (stmt.kind === "comment" && stmt.text.startsWith("adjoint of"))
  );
}

/** Tensors that are gone behind the statement. */
function recycledBy(stmt: Stmt): string[] {
  const call = stmt.kind === "effect" && stmt.call.kind === "foreign" ? stmt.call : undefined;
  return call?.texts[0]?.startsWith(recycleTensors) === true ? [...freeVariables(call)] : [];
}

function isOperation(e: Expr): boolean {
  if (isTensorSum(e)) return true;
  return e.kind === "tensorOp" && (e.type.kind === "tensor" || e.type.kind === "number" || e.op === "dataOf");
}

/** Whether the name stands where an operation may stand: as an operand of one, or as the whole value. */
function takes(stmt: Stmt, name: string): boolean {
  const isIt = (e: Expr): boolean => e.kind === "var" && e.name === name;
  const mayHold = (e: Expr): boolean => isOperation(e) || e.kind === "tuple" || e.kind === "op";
  const inside = (e: Expr): boolean => isIt(e) || (mayHold(e) && childrenOf(e).some(inside));
  return exprsOf(stmt).some(inside);
}

function sizeOf(stmt: Stmt): number {
  return exprsOf(stmt).reduce((sum, e) => sum + operationsIn(e), 0);
}

function operationsIn(expr: Expr): number {
  let count = 0;
  walkExpr(expr, (e) => {
    if (isOperation(e)) count++;
  });
  return count;
}
