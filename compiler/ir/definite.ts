/**
 * TypeScript refuses to read a variable that it cannot see assigned on every path. Code that a pass made
 * (an early return turned into an exit code, say) can be right for reasons that TypeScript does not follow;
 * such a variable gets an initial value.
 */
import type { Block, Expr, Stmt } from "./types.ts";
import { collectStmts, exprsOf, implicitReads, walkExpr } from "./visit.ts";

/** The variables without an initial value that may be read before they are assigned. */
export function readBeforeAssigned(body: Block): Set<string> {
  const tracked = new Set(collectStmts(body, "let").flatMap((stmt) => (stmt.init === undefined ? [stmt.name] : [])));
  if (tracked.size === 0) return tracked;
  const early = new Set<string>();
  const checker = new Checker(tracked, early);
  checker.block(body, new Set());
  return early;
}

/** The tracked variables that are surely assigned; undefined where no path leads. */
type State = ReadonlySet<string> | undefined;

class Checker {
  readonly #tracked: ReadonlySet<string>;
  readonly #early: Set<string>;
  /** What is assigned at the exits of the labelled blocks that are open. */
  readonly #exits = new Map<string, State>();

  constructor(tracked: ReadonlySet<string>, early: Set<string>) {
    this.#tracked = tracked;
    this.#early = early;
  }

  block(block: Block, before: State): State {
    return block.reduce<State>((state, stmt) => (state === undefined ? undefined : this.#stmt(stmt, state)), before);
  }

  #stmt(stmt: Stmt, state: ReadonlySet<string>): State {
    for (const expr of exprsOf(stmt)) this.#reads(expr, state);
    for (const name of implicitReads(stmt)) this.#read(name, state);
    switch (stmt.kind) {
      case "let":
        return stmt.init === undefined ? without(state, stmt.name) : state;
      case "assign":
        return new Set(state).add(stmt.name);
      case "pop":
        return new Set(state).add(stmt.target);
      case "if":
        return meet(this.block(stmt.then, state), this.block(stmt.else, state));
      case "for":
      case "while":
        this.block(stmt.body, state);
        return state;
      case "closure":
        // TypeScript takes captured variables for assigned.
        this.block(stmt.func.body, this.#tracked);
        return state;
      case "block": {
        const end = this.block(stmt.body, state);
        const exits = this.#exits.get(stmt.label);
        this.#exits.delete(stmt.label);
        return meet(end, exits);
      }
      case "exit":
        this.#exits.set(stmt.label, meet(this.#exits.get(stmt.label), state));
        return undefined;
      case "return":
      case "throw":
        return undefined;
      default:
        return state;
    }
  }

  #reads(expr: Expr, state: ReadonlySet<string>): void {
    walkExpr(expr, (e) => {
      if (e.kind === "var") this.#read(e.name, state);
    });
  }

  #read(name: string, state: ReadonlySet<string>): void {
    if (this.#tracked.has(name) && !state.has(name)) this.#early.add(name);
  }
}

function without(state: ReadonlySet<string>, name: string): ReadonlySet<string> {
  const rest = new Set(state);
  rest.delete(name);
  return rest;
}

function meet(a: State, b: State): State {
  if (a === undefined || b === undefined) return a ?? b;
  return new Set([...a].filter((name) => b.has(name)));
}
