/**
 * Puts the two sweeps together around one independent loop that does both at once. That is possible where the
 * cotangents that the loop needs are known before it runs: where the reverse of all that follows it reads
 * nothing that the loop, or what follows, computes. A loop that only adds up a sum is so in most losses.
 */
import type { Block, Stmt } from "../ir/types.ts";
import { collectStmts, declaredNames, renameBlock, someStmt } from "../ir/visit.ts";
import type { Aliasing } from "../analyse/alias.ts";
import { readsOf, writesOf } from "../analyse/effects.ts";
import type { ItemSweeps, Merged } from "./generation.ts";
import type { Sweeps } from "./reverse.ts";

/** Both sweeps in one block, or undefined where no loop can be fused. `bars` declares the adjoints of the parameters. */
export function fuseSweeps(
  aliasing: Aliasing,
  sweeps: Sweeps,
  bars: Block,
  seeds: Block,
  /** Buffers of the caller must not be touched by a call that throws. */
  withBuffers: boolean,
): Block | undefined {
  const candidates = sweeps.items
    .map((item, position) => ({ item, position, depth: depthOf(item.stmt) }))
    .filter(({ item }) => item.merged !== undefined)
    .sort((a, b) => b.depth - a.depth || b.position - a.position);
  for (const { item, position } of candidates) {
    const { merged } = item;
    if (merged === undefined) continue;
    const { moved, after } = splitFollowers(aliasing, merged, sweeps.items.slice(position + 1));
    const early: Block = [...sweeps.declarations, ...seeds, ...reverseOf(after)];
    // Under the names of the primal, of which it is known what memory they lead to.
    const read = renameBlock(early, (name) => sweeps.originals.get(name) ?? name);
    if (!isKnownBefore(aliasing, read, merged, after)) continue;
    if (withBuffers && someStmt([...merged.block, ...after.flatMap((i) => i.forward)], (s) => s.kind === "throw"))
      continue;
    const before = [...sweeps.items.slice(0, position), ...moved];
    // Tapes for callees, declared ahead of everything.
    const shared = sweeps.forward.slice(0, sweeps.forward.length - sweeps.items.flatMap((i) => i.forward).length);
    return [
      ...shared,
      ...before.flatMap((i) => i.forward),
      ...bars,
      ...early,
      ...merged.block,
      ...after.flatMap((i) => i.forward),
      ...reverseOf(before),
    ];
  }
  return undefined;
}

/**
 * What follows the loop without needing it can as well run before it: then its values are known to the reverse
 * of the rest. Only the order of statements that do not touch each other changes.
 */
function splitFollowers(
  aliasing: Aliasing,
  merged: Merged,
  items: readonly ItemSweeps[],
): { readonly moved: readonly ItemSweeps[]; readonly after: readonly ItemSweeps[] } {
  const written = new Set(merged.writes);
  const read = readsOf(aliasing, merged.block);
  const moved: ItemSweeps[] = [];
  const after: ItemSweeps[] = [];
  for (const item of items) {
    const reads = readsOf(aliasing, item.forward);
    const writes = writesOf(aliasing, item.forward);
    const hasEffects = someStmt(item.forward, (s) => ["effect", "throw", "call", "apply"].includes(s.kind));
    const stays =
      hasEffects ||
      [...reads].some((key) => written.has(key)) ||
      [...writes].some((key) => written.has(key) || read.has(key));
    if (!stays) {
      moved.push(item);
      continue;
    }
    after.push(item);
    for (const key of [...writes, ...declaredNames(item.forward)]) written.add(key);
    for (const key of reads) read.add(key);
  }
  return { moved, after };
}

function reverseOf(items: readonly ItemSweeps[]): Block {
  return items
    .map((item) => item.reverse)
    .reverse()
    .flat();
}

/** Whether the reverse of what follows the loop can run before it. */
function isKnownBefore(aliasing: Aliasing, early: Block, merged: Merged, after: readonly ItemSweeps[]): boolean {
  const forward = after.flatMap((item) => item.forward);
  const later = new Set([...merged.writes, ...writesOf(aliasing, forward), ...declaredNames(forward)]);
  const own = declaredNames(early);
  const reads = [...readsOf(aliasing, early)].filter((key) => !own.has(key));
  if (reads.some((key) => later.has(key))) return false;
  return !collectStmts(early, "pop").some((pop) => later.has(pop.tape));
}

/** How deep the loops in a statement go. */
function depthOf(stmt: Stmt): number {
  switch (stmt.kind) {
    case "for":
    case "while":
      return 1 + Math.max(0, ...stmt.body.map(depthOf));
    case "if":
      return Math.max(0, ...stmt.then.map(depthOf), ...stmt.else.map(depthOf));
    default:
      return 0;
  }
}
