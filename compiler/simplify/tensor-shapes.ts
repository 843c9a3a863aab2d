/** What would bring a tensor to a shape that it has goes, and where only a shape is asked for, the first tensor that has it is asked. */
import { TensorShapes } from "../analyse/tensor-shapes.ts";
import { checkShape } from "../ir/runtime.ts";
import type { Block, Stmt } from "../ir/types.ts";
import { mapStmt } from "../ir/visit.ts";

export function inShapes(body: Block, isFixed: (name: string) => boolean): Block {
  const shapes = new TensorShapes(isFixed);
  const visit = (block: Block): Block =>
    block.map((stmt): Stmt => {
      if (stmt.kind === "call" && stmt.callee === checkShape) {
        shapes.learnCheck(stmt.args[1], stmt.args[3]);
        return { ...stmt, args: [...stmt.args.slice(0, 3), shapes.told(stmt.args[3]!)] };
      }
      const told = mapStmt(stmt, { expr: (e) => shapes.asked(e), block: visit });
      if (told.kind !== "let" || told.init?.kind !== "tensorOp") {
        if (told.kind === "let" && told.init !== undefined) shapes.learn(told.name, told.init);
        return told;
      }
      const slim = { ...told, init: shapes.slim(told.init) };
      shapes.learn(slim.name, slim.init);
      return slim;
    });
  return visit(body);
}
