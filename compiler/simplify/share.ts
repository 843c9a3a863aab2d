/**
 * Loads an element once where a loop reads it several times with nothing in between that may write it. Engines
 * load it anew each time. Where a constant holds the element already, it is used.
 */
import { aimOf, constant, isReference, variable } from "../ir/build.ts";
import { namesApartFrom, namesOf } from "../ir/names.ts";
import type { Block, Expr, Func, Stmt } from "../ir/types.ts";
import { assignedVariables, blocksOf, childrenOf, exprsOf, mapChildren, mapStmt, sameExpr } from "../ir/visit.ts";
import { changesOf, type Changes } from "./changes.ts";
import { nameOfElement } from "./naming.ts";

export function shareLoads(func: Func): Func {
  const sharing = new Sharing(func);
  sharing.block(func.body, [], false);
  const body = sharing.rewritten(func.body);
  return body === func.body ? func : { ...func, body };
}

type Load = Extract<Expr, { kind: "index" }>;

/** A value that was loaded and is still the same. */
interface Loaded {
  readonly load: Load;
  /** The statement in front of which it can be loaded; none where a constant holds it. */
  readonly leader: Stmt | undefined;
  readonly uses: Load[];
  name: string | undefined;
}

class Sharing {
  readonly #changes: Changes;
  readonly #assigned: ReadonlySet<string>;
  readonly #all: Loaded[] = [];
  readonly #names;
  /** By place in the text: one expression may stand in several statements. */
  readonly #owner = new Map<Stmt, Map<Load, Loaded>>();

  constructor(func: Func) {
    this.#changes = changesOf(func);
    this.#assigned = assignedVariables(func.body);
    this.#names = namesApartFrom(namesOf(func));
  }

  /** Finds what is loaded several times; gives what is known to be loaded after the block. */
  block(block: Block, before: readonly Loaded[], inLoop: boolean): readonly Loaded[] {
    let known = before;
    for (const stmt of block) known = this.#stmt(stmt, known, inLoop);
    return known;
  }

  #stmt(stmt: Stmt, before: readonly Loaded[], inLoop: boolean): readonly Loaded[] {
    let known = before;
    const read = (expr: Expr, leads: boolean): void => {
      known = this.#read(stmt, expr, known, leads);
    };
    const still = (by: Stmt): void => {
      known = known.filter(({ load }) => !this.#changes.changed(by, load));
    };
    switch (stmt.kind) {
      case "for":
        still(stmt);
        read(stmt.bound, false);
        this.block(stmt.body, known, true);
        return known;
      case "while":
        still(stmt);
        read(stmt.test, false);
        this.block(stmt.body, known, true);
        return known;
      case "if": {
        read(stmt.test, inLoop);
        const inner = known;
        for (const branch of blocksOf(stmt)) this.block(branch, inner, inLoop);
        still(stmt);
        return known;
      }
      case "closure":
        this.block(stmt.func.body, [], false);
        still(stmt);
        return known;
      default: {
        for (const expr of exprsOf(stmt)) read(expr, inLoop);
        still(stmt);
        if (stmt.kind === "let" && stmt.init !== undefined && isLoad(stmt.init) && !this.#assigned.has(stmt.name)) {
          const load = stmt.init;
          // What is loaded here first has its name here, and is not loaded in front of it.
          known = known.filter((each) => !(each.leader === stmt && sameExpr(each.load, load)));
          if (!known.some((each) => sameExpr(each.load, load))) {
            const held: Loaded = { load, leader: undefined, uses: [], name: stmt.name };
            this.#owner.get(stmt)?.delete(load);
            this.#all.push(held);
            known = [...known, held];
          }
        }
        return known;
      }
    }
  }

  /** `leads`: whether the value may be loaded in front of the statement: it is evaluated there, once. */
  #read(stmt: Stmt, expr: Expr, before: readonly Loaded[], leads: boolean): readonly Loaded[] {
    let known = before;
    const visit = (e: Expr, certain: boolean): void => {
      if (isLoad(e)) {
        let found = known.find(({ load }) => sameExpr(load, e));
        if (found === undefined && certain && leads) {
          found = { load: e, leader: stmt, uses: [], name: undefined };
          this.#all.push(found);
          known = [...known, found];
        }
        if (found !== undefined) {
          found.uses.push(e);
          this.#own(stmt).set(e, found);
        }
      }
      const isLazy = e.kind === "select" || e.kind === "logic" || e.kind === "nullish";
      // What may be missing is asked for where it stands.
      const operands = e.kind === "nullish" ? [...childrenOf(e.left), e.right] : childrenOf(e);
      for (const [k, child] of operands.entries()) visit(child, certain && !(isLazy && k > 0));
    };
    visit(expr, true);
    return known;
  }

  #own(stmt: Stmt): Map<Load, Loaded> {
    let own = this.#owner.get(stmt);
    if (own === undefined) this.#owner.set(stmt, (own = new Map<Load, Loaded>()));
    return own;
  }

  rewritten(block: Block): Block {
    let changed = false;
    const out: Stmt[] = [];
    for (const stmt of block) {
      for (const loaded of this.#all) {
        if (loaded.leader !== stmt || loaded.uses.length < 2) continue;
        const { load } = loaded;
        loaded.name = this.#names.fresh(nameOfElement(load.array.kind === "var" ? load.array.name : "", load.index));
        const value = mapChildren(load, (e) => this.#replaced(stmt, e));
        out.push({ ...constant(loaded.name, load.type, value), ...aimOf(stmt) });
        changed = true;
      }
      const next = mapStmt(stmt, {
        expr: (e) => this.#replaced(stmt, e),
        block: (inner) => this.rewritten(inner),
      });
      changed ||= next !== stmt;
      out.push(next);
    }
    return changed ? out : block;
  }

  #replaced(stmt: Stmt, e: Expr): Expr {
    const found = e.kind === "index" ? this.#owner.get(stmt)?.get(e) : undefined;
    if (found?.name !== undefined) return variable(found.name, e.type);
    return mapChildren(e, (child) => this.#replaced(stmt, child));
  }
}

/** A load of a number that cannot throw. */
function isLoad(e: Expr): e is Load {
  if (e.kind !== "index" || isReference(e.type) || e.array.kind !== "var") return false;
  return e.array.type.kind === "typed" || e.array.type.kind === "list";
}
