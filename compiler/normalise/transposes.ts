/**
 * Transposes that are factors of a product of matrices: `matmul(x, transpose(w))` is `matmulNT(x, w)`, which reads the matrix as it
 * stands, and so do its derivatives. Each result is the same sum in the same order.
 */
import type { TensorOp } from "../ir/tensor-ops.ts";
import type { Expr, Func } from "../ir/types.ts";
import { assignedVariables, type ExprOf, mapBlock, mapStmt, walkBlock } from "../ir/visit.ts";

export function foldTransposes(func: Func): Func {
  const assigned = assignedVariables(func.body);
  /** What each transpose is of. */
  const turned = new Map<string, Expr>();
  walkBlock(func.body, (stmt) => {
    if (
      stmt.kind !== "let" ||
      assigned.has(stmt.name) ||
      stmt.init?.kind !== "tensorOp" ||
      stmt.init.op !== "transpose"
    )
      return;
    const [x] = stmt.init.args;
    if (x?.kind === "var" && !assigned.has(x.name)) turned.set(stmt.name, x);
  });
  if (turned.size === 0) return func;
  const fold = (e: Expr): Expr => (e.kind === "tensorOp" && e.op === "matmul" ? folded(e, turned) : e);
  return { ...func, body: mapBlock(func.body, (stmt) => mapStmt(stmt, { expr: fold })) };
}

function folded(product: ExprOf<"tensorOp">, turned: ReadonlyMap<string, Expr>): Expr {
  const [a, b] = product.args.map((arg) => ({ arg, of: arg.kind === "var" ? turned.get(arg.name) : undefined }));
  if (a === undefined || b === undefined) return product;
  const made = (op: TensorOp, args: readonly Expr[]): Expr => ({ ...product, op, args });
  if (b.of !== undefined) return made("matmulNT", [a.arg, b.of]);
  return a.of === undefined ? product : made("matmulTN", [a.of, b.arg]);
}
