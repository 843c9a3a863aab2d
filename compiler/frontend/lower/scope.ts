/**
 * What names stand for. Each body that is put in the place of a call has a scope of its own, inside of the one where
 * its function was made: so a function may be called while another call of it is not yet done, and each finds the
 * variables of its own call.
 */
import { ts } from "ts-morph";
import type { Expr } from "../../ir/types.ts";
import type { Receiver } from "./classes.ts";
import type { Meanings } from "./generics.ts";
import type { Binding, ObjectBinding } from "./state.ts";

/** What a function finds around it, apart from variables. */
export interface Around {
  /** What type parameters stand for. */
  readonly types: Meanings | undefined;
  /** What `this` is in a method. */
  readonly self: Expr | undefined;
  /** The class of `this`. */
  readonly owner: ts.ClassDeclaration | undefined;
  /** Whether the object is of that class itself, and of none that extends it. */
  readonly exact?: boolean | undefined;
  /** What `this` is, where that holds functions. */
  readonly known?: ObjectBinding;
  /** In the constructor of an object that holds functions: what tells that object from all others. */
  readonly made?: object;
}

export const nothingAround: Around = { types: undefined, self: undefined, owner: undefined };

export class Scope {
  readonly #bindings = new Map<ts.Symbol, Binding>();
  readonly #instances = new Map<ts.Symbol, Receiver>();
  readonly #parent: Scope | undefined;
  /** The function whose variables these are. */
  readonly #owner: ts.Node;
  readonly surroundings: Around;

  constructor(owner: ts.Node, parent: Scope | undefined, surroundings = parent?.surroundings ?? nothingAround) {
    this.#owner = owner;
    this.#parent = parent;
    this.surroundings = surroundings;
  }

  get(symbol: ts.Symbol): Binding | undefined {
    return this.#bindings.get(symbol) ?? this.#parent?.get(symbol);
  }

  /** The name that stands for something of which the test holds. */
  find(test: (binding: Binding) => boolean): ts.Symbol | undefined {
    for (const [symbol, binding] of this.#bindings) if (test(binding)) return symbol;
    return this.#parent?.find(test);
  }

  /** What a parameter is an instance of in this call. */
  instanceOf(symbol: ts.Symbol): Receiver | undefined {
    return this.#instances.get(symbol) ?? this.#parent?.instanceOf(symbol);
  }

  setInstance(symbol: ts.Symbol, instance: Receiver): void {
    this.#instances.set(symbol, instance);
  }

  set(symbol: ts.Symbol, binding: Binding): void {
    this.#bindings.set(symbol, binding);
  }

  delete(symbol: ts.Symbol): void {
    this.#bindings.delete(symbol);
  }

  /** A scope of the same function inside of this one. */
  inside(): Scope {
    return new Scope(this.#owner, this);
  }

  /** A scope of the same function in which nothing is bound yet. */
  emptied(surroundings: Around): Scope {
    return new Scope(this.#owner, undefined, surroundings);
  }

  /** The scope of the function in which a node stands: functions may be called above their declaration. */
  around(node: ts.Node): Scope | undefined {
    return ts.findAncestor(node.parent, (outer) => outer === this.#owner) ? this : this.#parent?.around(node);
  }
}
