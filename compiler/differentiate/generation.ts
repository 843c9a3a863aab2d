/** The state of writing both sweeps from a plan: where we are, which tapes are being declared, what is taken back. */
import type { Key } from "../analyse/effects.ts";
import type { Block, Expr, Stmt } from "../ir/types.ts";
import { variablesDeclaredBy } from "../ir/visit.ts";
import type { BlockPlan } from "./plan.ts";
import type { Planner } from "./planner.ts";
import type { LoopHeader } from "./trips.ts";

export interface Generation {
  readonly planner: Planner;
  /** Tapes that are declared before the top-level statement at hand. */
  tapes: Stmt[];
  /** Loops around the place at hand, outermost first. */
  readonly loops: LoopHeader[];
  /** The statement at top level that the place at hand is in. */
  top: Stmt | undefined;
  /** All variables that the body declares, and those of them that are declared before `top`. */
  readonly inside: ReadonlySet<string>;
  readonly before: Set<string>;
  /** The values of constants, nested ones too. */
  readonly constants: ReadonlyMap<string, Expr>;
  readonly restored: ReadonlySet<Key>;
}

export function newGeneration(planner: Planner, plan: BlockPlan): Generation {
  const inside = new Set<string>();
  const constants = new Map<string, Expr>();
  const visit = (block: BlockPlan): void => {
    for (const item of block.items) {
      for (const { name } of variablesDeclaredBy(item.stmt)) inside.add(name);
      if (item.kind === "simple") {
        const { stmt } = item;
        if (stmt.kind === "let" && !stmt.mutable && stmt.init !== undefined) constants.set(stmt.name, stmt.init);
      } else if (item.kind === "if") {
        visit(item.then);
        visit(item.otherwise);
      } else {
        visit(item.body);
        if (item.kind === "loop" && item.region !== undefined) visit(item.region.plan);
      }
    }
  };
  visit(plan);
  return {
    planner,
    tapes: [],
    loops: [],
    top: undefined,
    inside,
    before: new Set(),
    constants,
    restored: savedKeys(plan),
  };
}

/** Everything that the reverse sweep takes back. */
export function savedKeys(plan: BlockPlan, into: Set<Key> = new Set<Key>()): Set<Key> {
  for (const item of plan.items) {
    if (item.kind === "simple") {
      if (item.save) for (const key of item.writes) into.add(key);
    } else if (item.kind === "if") {
      savedKeys(item.then, into);
      savedKeys(item.otherwise, into);
    } else {
      if (item.kind === "checkpoint")
        for (const key of item.writes) if (item.needed.has(key) || item.takenBack.has(key)) into.add(key);
      savedKeys(item.body, into);
    }
  }
  return into;
}

export interface Pair {
  readonly forward: Stmt[];
  readonly reverse: Stmt[];
  /** How many statements at the start of `reverse` take earlier values back. */
  readonly restoring?: number;
  /** Of an independent loop: one loop that does both, in the order of the forward sweep. */
  readonly merged?: Merged;
}

export interface ItemSweeps extends Pair {
  readonly stmt: Stmt;
}

export interface Merged {
  readonly block: Block;
  /** Keys that the loop writes. */
  readonly writes: ReadonlySet<Key>;
}
