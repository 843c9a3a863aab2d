/**
 * The derivative of an activation with a kink asks on which side of it a number is, and of some the result tells that as well
 * as the operand. Where the result is kept anyway, the operand is not kept for that.
 */
import { visitTensors } from "../ir/shapes-asked.ts";
import type { TensorOp } from "../ir/tensor-ops.ts";
import { slotsOf } from "../ir/tensor-ops.ts";
import type { Block, Stmt, Var } from "../ir/types.ts";
import { exprsOf, renameBlock, walkBlock } from "../ir/visit.ts";
import { innerPlans, withInnerPlans } from "./inner-plans.ts";
import type { BlockPlan, Plan, SimplePlan } from "./plan.ts";

/** The result is on the same side of every kink as the operand. */
const telling = new Set<TensorOp>(["relu", "relu6", "hardtanh", "leakyRelu"]);

export function fromResults(plan: BlockPlan): BlockPlan {
  const told = new Map<SimplePlan, string>();
  const needers = new Map<string, Set<Plan>>();
  const made = new Set<string>();
  /** What variables are given. */
  const given = new Map<string, string>();
  const visit = (block: BlockPlan): void => {
    for (const item of block.items) {
      const { stmt } = item;
      innerPlans(item).forEach(visit);
      for (const name of namesReadBy(item)) needers.set(name, (needers.get(name) ?? new Set()).add(item));
      if (stmt.kind === "let" && stmt.init?.kind === "tensorOp" && !stmt.mutable) made.add(stmt.name);
      if (stmt.kind === "assign" && stmt.value.kind === "var") given.set(stmt.value.name, stmt.name);
      const operand = item.kind === "simple" ? operandOf(item.stmt) : undefined;
      if (item.kind === "simple" && operand !== undefined) told.set(item, operand.name);
    }
  };
  visit(plan);
  const isNeededBeside = (name: string, item: Plan): boolean =>
    [...(needers.get(name) ?? [])].some((other) => other !== item);
  const isTold = (item: SimplePlan, x: string): boolean => {
    const y = item.stmt.kind === "let" ? item.stmt.name : "";
    const isKept = isNeededBeside(y, item) || isNeededBeside(given.get(y) ?? "", item);
    return isKept && made.has(x) && !isNeededBeside(x, item);
  };
  const chosen = new Map([...told].filter(([item, x]) => isTold(item, x)));
  return chosen.size === 0 ? plan : put(plan, chosen);
}

function put(plan: BlockPlan, chosen: ReadonlyMap<SimplePlan, string>): BlockPlan {
  const items = plan.items.map((item): Plan => {
    if (item.kind !== "simple") return withInnerPlans(item, (inner) => put(inner, chosen));
    const x = chosen.get(item);
    const { stmt } = item;
    if (x === undefined || stmt.kind !== "let") return item;
    const reads = new Set([...item.reads].map((name) => (name === x ? stmt.name : name)));
    return { ...item, adjoint: renameBlock(item.adjoint, (name) => (name === x ? stmt.name : name)), reads };
  });
  return { ...plan, items };
}

/** The operand whose side of a kink the result tells. */
function operandOf(stmt: Stmt): Var | undefined {
  if (stmt.kind !== "let" || stmt.mutable || stmt.init?.kind !== "tensorOp" || !telling.has(stmt.init.op))
    return undefined;
  const [x] = stmt.init.args;
  const slope = stmt.init.args[slotsOf(stmt.init.op).all.indexOf("negativeSlope")];
  const isRising =
    slope?.kind !== "literal" ? slope === undefined : slope.value === undefined || Number(slope.value) > 0;
  return x?.kind === "var" && isRising ? x : undefined;
}

function namesReadBy(item: Plan): ReadonlySet<string> {
  const names = new Set<string>();
  const inBlock = (block: Block): void =>
    walkBlock(block, (stmt) => {
      for (const e of exprsOf(stmt)) visitTensors(e, ({ name }, ask) => (ask === "elements" ? names.add(name) : names));
    });
  if (item.kind === "simple") inBlock([...item.adjoint, ...(item.takingBack?.adjoint ?? [])]);
  if (item.kind === "checkpoint")
    walkBlock([item.stmt], (stmt) => exprsOf(stmt).forEach((e) => visitTensors(e, ({ name }) => names.add(name))));
  return names;
}
