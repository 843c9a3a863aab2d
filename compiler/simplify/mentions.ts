/** Which statements of a block read or assign a variable, found without going through all of the block for each. */
import type { Block, Stmt } from "../ir/types.ts";
import { exprsOf, implicitReads, walkBlock, walkExpr } from "../ir/visit.ts";

const known = new WeakMap<Stmt, ReadonlySet<string>>();

/** The variables that a statement, or one in it, reads, assigns or takes off a tape. */
export function mentionedNames(stmt: Stmt): ReadonlySet<string> {
  const found = known.get(stmt);
  if (found !== undefined) return found;
  const names = new Set<string>();
  walkBlock([stmt], (s) => {
    if (s.kind === "assign") names.add(s.name);
    else if (s.kind === "pop") names.add(s.target);
    for (const name of implicitReads(s)) names.add(name);
    for (const expr of exprsOf(s)) {
      walkExpr(expr, (e) => {
        if (e.kind === "var") names.add(e.name);
      });
    }
  });
  known.set(stmt, names);
  return names;
}

/** Whether a statement, or one in it, reads or assigns a variable. */
export function mentionsInStmt(stmt: Stmt, name: string): boolean {
  return mentionedNames(stmt).has(name);
}

/**
 * The statements of a block while a pass drops, moves and replaces some: each place of the block as it was holds what
 * stands there now.
 */
export class Places {
  readonly #held: Block[];
  /** The places that mentioned a name at some time, in order. */
  readonly #mentions = new Map<string, number[]>();

  constructor(block: Block) {
    this.#held = block.map((stmt) => [stmt]);
    for (const [place, stmt] of block.entries()) this.#note(stmt, place);
  }

  get length(): number {
    return this.#held.length;
  }

  /** The statement that was at a place, or what it was replaced by, unless it was dropped. */
  own(place: number): Stmt | undefined {
    return this.#held[place]?.at(-1);
  }

  /** Everything at a place: what was moved there, and its own statement. */
  all(place: number): Block {
    return this.#held[place] ?? [];
  }

  /** The first statement at a place after `place` that mentions the name. */
  next(name: string, place: number): { readonly place: number; readonly stmt: Stmt } | undefined {
    const all = this.#mentions.get(name) ?? [];
    for (let k = firstAbove(all, place); k < all.length; k++) {
      const stmt = this.all(all[k]!).find((each) => mentionsInStmt(each, name));
      if (stmt !== undefined) return { place: all[k]!, stmt };
    }
    return undefined;
  }

  /** Puts statements, or none, where one stands. */
  replace(place: number, old: Stmt, ...stmts: readonly Stmt[]): void {
    this.#held[place] = this.all(place).flatMap((stmt) => (stmt === old ? stmts : [stmt]));
    for (const stmt of stmts) this.#note(stmt, place);
  }

  block(): Block {
    return this.#held.flat();
  }

  #note(stmt: Stmt, place: number): void {
    for (const name of mentionedNames(stmt)) {
      const all = this.#mentions.get(name);
      if (all === undefined) this.#mentions.set(name, [place]);
      else if (all.at(-1)! < place) all.push(place);
      else if (!all.includes(place)) all.splice(firstAbove(all, place), 0, place);
    }
  }
}

/** Where numbers above `bound` begin in a sorted list. */
export function firstAbove(sorted: readonly number[], bound: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle]! > bound) high = middle;
    else low = middle + 1;
  }
  return low;
}
