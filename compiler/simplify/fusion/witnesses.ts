/**
 * A tensor that a loop makes and reads, and of which only the shape is asked beside it, would have to be kept for that. Then one
 * is asked that has the same shape and is needed for its elements later on.
 */
import { isElementwise } from "../../ir/tensor-elements.ts";
import type { Block, Expr, Stmt, Var } from "../../ir/types.ts";
import { collectStmts, exprsOf, mapExpr, mapStmt, walkBlock } from "../../ir/visit.ts";
import { visitTensors } from "../../ir/shapes-asked.ts";
import type { TensorShapes } from "../../analyse/tensor-shapes.ts";

/** `isMember`: whether a statement may be a part of a loop. */
export function withNeededWitnesses(body: Block, shapes: TensorShapes, isMember: (stmt: Stmt) => boolean): Block {
  const places = new Map<Stmt, number>();
  walkBlock(body, (stmt) => places.set(stmt, places.size));
  const needs = needsIn(body);
  const spared = new Set(
    collectStmts(body, "let").flatMap(({ name, init }) => {
      const isInLoops = init?.kind === "tensorOp" && isElementwise(init.op) && (needs.get(name) ?? []).every(isMember);
      return isInLoops ? [name] : [];
    }),
  );
  // What loops are not: a tensor that is needed on both sides of one is kept.
  const between = [...places].flatMap(([stmt, place]) => (isOperation(stmt) && !isMember(stmt) ? [place] : []));
  const isMadeAnyway = (name: string): boolean => {
    if (!spared.has(name)) return true;
    const all = (needs.get(name) ?? []).map((stmt) => places.get(stmt)!);
    const [first, last] = [Math.min(...all), Math.max(...all)];
    return between.some((place) => place > first && place < last);
  };
  const visit = (block: Block, around: readonly string[]): Block => {
    const there = [...around];
    return block.map((stmt): Stmt => {
      const place = places.get(stmt)!;
      const isNeededLater = (name: string): boolean =>
        (needs.get(name) ?? []).some((other) => places.get(other)! > place);
      const isKept = (name: string): boolean => isNeededLater(name) && isMadeAnyway(name);
      const better = (tensor: Var): Var => {
        const shape = shapes.likeOf(tensor);
        if (shape === undefined || !spared.has(tensor.name) || isNeededLater(tensor.name)) return tensor;
        const other = there.find((name) => isKept(name) && shapes.likeOf({ ...tensor, name }) === shape);
        return other === undefined ? tensor : { ...tensor, name: other };
      };
      const asked = (e: Expr): Expr =>
        e.kind === "foreign" && e.texts[0] === "" && /^\.(shape|size)( \/ )?$/.test(e.texts[1] ?? "")
          ? { ...e, args: e.args.map((arg) => (isTensor(arg) ? better(arg) : arg)) }
          : e;
      const told = mapStmt(stmt, { expr: (e) => mapExpr(e, asked), block: (inner) => visit(inner, there) });
      if (stmt.kind === "let" && !stmt.mutable && stmt.init?.kind === "tensorOp") there.push(stmt.name);
      return told;
    });
  };
  return visit(body, []);
}

const isOperation = (stmt: Stmt): boolean => stmt.kind === "let" && stmt.init?.kind === "tensorOp";

const isTensor = (e: Expr): e is Var => e.kind === "var" && e.type.kind === "tensor";

/** The tensors of which a statement needs elements. */
export function namesRead(stmt: Stmt): ReadonlySet<string> {
  const names = new Set<string>();
  walkBlock([stmt], (each) => {
    for (const e of exprsOf(each))
      visitTensors(e, ({ name }, ask) => {
        if (ask === "elements") names.add(name);
      });
  });
  return names;
}

/** The statements that need each tensor for more than its shape. */
function needsIn(body: Block): ReadonlyMap<string, readonly Stmt[]> {
  const needs = new Map<string, Stmt[]>();
  walkBlock(body, (stmt) => {
    for (const e of exprsOf(stmt))
      visitTensors(e, ({ name }, ask) => {
        if (ask !== "shape") needs.set(name, [...(needs.get(name) ?? []), stmt]);
      });
  });
  return needs;
}
