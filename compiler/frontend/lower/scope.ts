/**
 * What names stand for. Each body that is put in the place of a call has a scope of its own, inside of the one where
 * its function was made: so a function may be called while another call of it is not yet done, and each finds the
 * variables of its own call.
 */
import { ts } from "ts-morph";
import type { Binding } from "./state.ts";

export class Scope {
  readonly #bindings = new Map<ts.Symbol, Binding>();
  readonly #parent: Scope | undefined;
  /** The function whose variables these are. */
  readonly #owner: ts.Node;

  constructor(owner: ts.Node, parent?: Scope) {
    this.#owner = owner;
    this.#parent = parent;
  }

  get(symbol: ts.Symbol): Binding | undefined {
    return this.#bindings.get(symbol) ?? this.#parent?.get(symbol);
  }

  set(symbol: ts.Symbol, binding: Binding): void {
    this.#bindings.set(symbol, binding);
  }

  delete(symbol: ts.Symbol): void {
    this.#bindings.delete(symbol);
  }

  /** The scope of the function in which a node stands: functions may be called above their declaration. */
  around(node: ts.Node): Scope | undefined {
    return ts.findAncestor(node.parent, (outer) => outer === this.#owner) ? this : this.#parent?.around(node);
  }
}
