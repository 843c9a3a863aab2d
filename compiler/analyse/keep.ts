/**
 * Store or compute again: which constants of a block are cheaper to save in each run of it than to compute again in
 * the reverse sweep, together with all that they are made of. How the user cuts a formula into statements makes no
 * difference to that.
 *
 * It is a closure of least cost in a graph, and so a minimal cut (J.-C. Picard, "Maximal closure of a graph and
 * applications to combinatorial problems", Management Science 22, 1976): a constant is there if it is saved or computed
 * again, and to be computed again takes the operands to be there.
 */
import type { BlockPlan, Local, Plan } from "../differentiate/plan.ts";
import { isReference } from "../ir/build.ts";
import { isCheap } from "../ir/ops.ts";
import { costOfElement } from "../ir/tensor-elements.ts";
import type { Expr } from "../ir/types.ts";
import { exprsOf, freeVariables, referencedNames, walkExpr } from "../ir/visit.ts";
import { Network } from "./min-cut.ts";

/** What it costs to save a number and read it again, in multiplications. It says something about memory, too. */
export const costOfSaving = 9;

interface Constant {
  readonly isTensor: boolean;
  readonly cost: number;
  /** A reference that is found again is never saved: what it led to may be a copy by then. */
  readonly isFound: boolean;
  /** The names that it is made of. */
  readonly operands: ReadonlySet<string>;
}

/**
 * The constants of a block that are not worth computing again; `mayRecompute`: whether that is possible; `isOverwritten`: whether
 * the block overwrites a variable from outside.
 */
export function worthSaving(
  block: BlockPlan,
  mayRecompute: (local: Local) => boolean,
  isOverwritten: (name: string) => boolean,
): ReadonlySet<string> {
  const needed = new Set(block.items.flatMap((item) => [...readsOfPlan(item)]));
  const constants = new Map<string, Constant>();
  for (const local of block.locals) {
    const { stmt } = local;
    if (local.mutable || stmt.kind !== "let" || stmt.init === undefined) continue;
    // What cannot be computed again is saved if it is there at all.
    const cost = mayRecompute(local) ? costOf(stmt.init) : Infinity;
    const isFound = cost < Infinity && isReference(stmt.type);
    const isTensor = stmt.type.kind === "tensor";
    constants.set(local.name, { isTensor, cost, isFound, operands: freeVariables(stmt.init) });
  }
  const network = new Network();
  const source = network.node();
  const sink = network.node();
  const there = new Map<string, number>();
  const again = new Map<string, number>();
  const nodeOf = (nodes: Map<string, number>, name: string): number => {
    const node = nodes.get(name) ?? network.node();
    nodes.set(name, node);
    return node;
  };
  // From the last to the first, so that only what the adjoints need, and what that is made of, takes part.
  for (const [name, { isTensor, cost, isFound, operands }] of [...constants].reverse()) {
    if (!needed.has(name) && !there.has(name)) continue;
    if (!needed.has(name)) network.edge(nodeOf(there, name), sink, weight(costOfSaving));
    if (cost > costOfSaving && !isFound) continue;
    const node = nodeOf(again, name);
    network.edge(source, node, isFound ? Infinity : weight(costOfSaving - cost) + 1);
    if (!needed.has(name)) network.edge(node, nodeOf(there, name), Infinity);
    for (const operand of operands) {
      if (needed.has(operand)) continue;
      if (constants.has(operand)) network.edge(node, nodeOf(there, operand), Infinity);
      else if (isTensor && isOverwritten(operand)) {
        // A tensor that only this needs would be kept in its place.
        if (!there.has(operand)) network.edge(nodeOf(there, operand), sink, weight(costOfSaving));
        network.edge(node, nodeOf(there, operand), Infinity);
      }
    }
  }
  const chosen = network.sideOf(source, sink);
  const saved = new Set<string>();
  for (const name of constants.keys()) {
    const isThere = needed.has(name) || chosen.has(there.get(name) ?? sink);
    if (isThere && !chosen.has(again.get(name) ?? sink)) saved.add(name);
  }
  return saved;
}

/** Whole numbers that leave room to prefer computing again among choices of the same cost. */
function weight(cost: number): number {
  return 1024 * cost;
}

/** What the operations of an expression cost, in multiplications: of tensors for each element, as saving does. */
export function costOf(expr: Expr): number {
  let cost = 0;
  walkExpr(expr, (e) => {
    if (e.kind === "op") cost += isCheap(e.op) ? 1 : e.op === "div" || e.op === "sqrt" || e.op === "mod" ? 4 : 100;
    else if (e.kind === "index" || e.kind === "select") cost += 1;
    else if (e.kind === "tensorOp") cost += costOfElement(e) ?? 100;
    else if (e.kind === "tap" || e.kind === "foreign") cost += 100;
  });
  return cost;
}

/** Names that adjoints of a block read; of constants of nested blocks, what they are made of. */
function neededBy(block: BlockPlan): Set<string> {
  const names = new Set(block.items.flatMap((item) => [...readsOfPlan(item)]));
  for (const { name, stmt } of [...block.locals].reverse()) {
    if (stmt.kind === "let" && stmt.init !== undefined && names.has(name))
      for (const operand of freeVariables(stmt.init)) names.add(operand);
  }
  return names;
}

function readsOfPlan(plan: Plan): Iterable<string> {
  switch (plan.kind) {
    case "simple":
      return plan.takingBack === undefined ? plan.reads : [...plan.reads, ...plan.takingBack.reads];
    case "if":
      return [...freeVariables(plan.decision), ...neededBy(plan.then), ...neededBy(plan.otherwise)];
    case "loop":
      return [...exprsOf(plan.stmt).flatMap((expr) => [...freeVariables(expr)]), ...neededBy(plan.body)];
    case "checkpoint":
      return referencedNames([plan.stmt]);
  }
}
