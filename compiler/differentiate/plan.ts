/**
 * What the reverse sweep does at each statement, and what it reads there. The plan of a block mirrors the
 * block; `record` then decides from it what the forward sweep has to save.
 */
import type { Block, Expr, Stmt, Type } from "../ir/types.ts";
import type { Key } from "../analyse/effects.ts";
import type { Independence } from "../analyse/independent.ts";
import type { LoopArray } from "./checkpoint.ts";
import type { Obstacle } from "./obstacles.ts";
import type { Planner } from "./planner.ts";

export type Plan = SimplePlan | IfPlan | LoopPlan | CheckpointPlan;

export interface SimplePlan {
  readonly kind: "simple";
  readonly stmt: Stmt;
  /** Statements of the reverse sweep, to run in the state before `stmt`. */
  readonly adjoint: Block;
  /** Keys that the adjoint reads. */
  readonly reads: ReadonlySet<Key>;
  readonly writes: readonly Key[];
  /** Statements of the forward sweep ahead of `stmt`: shadows that a callee takes along. */
  readonly before?: Block;
  /** A call that takes back itself what it overwrites. */
  readonly takesBack?: true;
  /** Of a call that no derivative goes through: how it takes back itself what it overwrites, should that be needed. */
  readonly takingBack?: SimplePlan;
  /** Statements that keep the shadows beside moving references, in the forward sweep after `stmt`. */
  readonly twins: Block;
  /** Set by `record`: the overwritten value is read by an earlier adjoint and has to be taken back. */
  save: boolean;
}

export interface IfPlan {
  readonly kind: "if";
  readonly stmt: Extract<Stmt, { kind: "if" }>;
  readonly then: BlockPlan;
  readonly otherwise: BlockPlan;
  /** The branch that ran, told in the state after the statement. */
  readonly decision: Expr;
}

export interface LoopPlan {
  readonly kind: "loop";
  readonly stmt: Extract<Stmt, { kind: "for" | "while" }>;
  readonly body: BlockPlan;
  /** The variable that counts the iterations of a loop whose trip count is not known beforehand. */
  readonly trips: string | undefined;
  /** Set where the iterations are independent: each can be reversed next to its own forward part. */
  readonly region: RegionPlan | undefined;
  /** Why it is recorded although the user asked for checkpoints. */
  readonly obstacle?: Obstacle;
  /** Contents of arrays of which the loop overwrites every element before it reads any. */
  readonly fills: readonly Key[];
}

/** The body of an independent loop as a little function of its own. */
export interface RegionPlan {
  readonly plan: BlockPlan;
  readonly independence: Independence;
  /** Keys from outside that the body itself reads when it runs again. */
  readonly reads: ReadonlySet<Key>;
  /** Set by `record`: an earlier adjoint needs what the loop overwrites, so it has to be recorded after all. */
  refused: boolean;
}

/** A loop that is run again from snapshots of its state, see `checkpoint`. */
export interface CheckpointPlan {
  readonly kind: "checkpoint";
  readonly stmt: Extract<Stmt, { kind: "for" | "while" }>;
  /** The body without its effects, and the plan of it as a little function of its own. */
  readonly step: Block;
  readonly body: BlockPlan;
  /** What plans and records the body. */
  readonly planner: Planner;
  /** The arrays from outside that the body uses. */
  readonly arrays: readonly LoopArray[];
  /** The references that the loop moves and that have shadows, and those shadows. */
  readonly moving: readonly Key[];
  /** The variable that counts the iterations of a loop whose trip count is not known beforehand. */
  readonly trips: string | undefined;
  /** Everything that the loop may overwrite. */
  readonly writes: ReadonlySet<Key>;
  /** The rest is set by `record`. What has to have its value when an iteration runs again. */
  needed: ReadonlySet<Key>;
  /** What the loop overwrites and earlier adjoints read. */
  takenBack: ReadonlySet<Key>;
  /** The statements of both sweeps; `newTape` declares a tape ahead of the loop and gives its name. */
  readonly sweeps: (newTape: (base: string, type: Type) => string) => {
    readonly forward: Stmt[];
    readonly reverse: Stmt[];
  };
}

export interface BlockPlan {
  readonly items: readonly Plan[];
  readonly locals: readonly Local[];
  /** The rest is set by `record`. Locals whose values at the end of the block are saved there. */
  pushed: Local[];
  /** Constants that the reverse sweep computes again. */
  recomputed: Local[];
  /** Constants that it computes again once the item at an index has taken back what they were made of. */
  late: ReadonlyMap<number, readonly Local[]>;
  /** Locals that the reverse sweep needs a place for, but whose last value it does not need. */
  unset: Local[];
  /** Keys from outside of the block that its reverse reads. */
  reads: Set<Key>;
  /** Whether the reverse sweep of the block does anything. */
  reversed: boolean;
}

/** A variable that a block declares. */
export interface Local {
  readonly name: string;
  readonly type: Type;
  readonly mutable: boolean;
  readonly stmt: Stmt;
  /** How far into the block it is declared: index into the items. */
  readonly position: number;
  /** Whether the reverse sweep asks of its tensors only their shapes. */
  readonly isOutline?: boolean;
}
