/** What functions inside of functions find around them, and what it becomes where they go on. */
import { ts } from "ts-morph";
import { symbolOf } from "./resolve.ts";
import type { Expr, Var } from "../../ir/types.ts";
import { mapExpr } from "../../ir/visit.ts";
import type { Callee, Closure } from "./callees.ts";
import type { Around, Scope } from "./scope.ts";
import type { FunctionSlot } from "./slots.ts";
import type { Binding, Body } from "./state.ts";

/** A variable that a function captures, and what the user knows it as. */
export interface Captured {
  readonly binding: Extract<Binding, { kind: "var" }>;
  /** Undefined for what no name of the source stands for alone, such as `this`. */
  readonly symbol: ts.Symbol | undefined;
  readonly scope: Scope | undefined;
  /** Whose number the variable is. */
  readonly slot?: FunctionSlot;
}

/** Makes functions anew in which every variable that they capture is another one. */
export class Rebinding {
  readonly #checker: ts.TypeChecker;
  readonly #change: (captured: Captured) => Binding;
  readonly #slot: (slot: FunctionSlot, tag: Var) => FunctionSlot;
  readonly #scopes = new Map<Scope, Scope>();
  readonly #done = new Map<Scope, Set<ts.Symbol>>();
  /** The texts of the functions that were made anew. */
  readonly nodes: Set<ts.Node>;

  /** `slot` makes the variable of functions that has another one for its number. */
  constructor(
    body: Body,
    change: (captured: Captured) => Binding,
    slot = (held: FunctionSlot, tag: Var): FunctionSlot => ({ ...held, tag }),
  ) {
    this.#checker = body.checker;
    this.#change = change;
    this.#slot = slot;
    this.nodes = new Set();
  }

  binding(binding: Binding, symbol?: ts.Symbol, scope?: Scope): Binding {
    switch (binding.kind) {
      case "broken":
        return binding;
      case "var":
        return this.#change({ binding, symbol, scope });
      case "value": {
        const { either: _either, ...kept } = binding;
        return { ...kept, value: this.#expr(binding.value, symbol, scope) };
      }
      case "tuple":
        return { ...binding, items: binding.items.map((item) => this.binding(item, symbol, scope)) };
      case "list":
        return { kind: "list", items: binding.items.map((item) => this.binding(item, symbol, scope)) };
      case "object": {
        const fields = [...binding.fields].map(([name, field]) => [name, this.binding(field, symbol, scope)] as const);
        return { ...binding, fields: new Map(fields) };
      }
      case "function":
        return { kind: "function", callee: this.callee(binding.callee, symbol, scope) };
    }
  }

  callee(callee: Callee, symbol?: ts.Symbol, scope?: Scope): Callee {
    switch (callee.kind) {
      case "slot": {
        const { slot } = callee;
        const tag = this.#change({
          binding: { kind: "var", name: slot.tag.name, type: slot.tag.type, mutable: slot.changes },
          symbol,
          scope,
          slot,
        });
        if (tag.kind !== "var" || tag.name === slot.tag.name) return callee;
        return { kind: "slot", slot: this.#slot(slot, { ...slot.tag, name: tag.name }) };
      }
      case "closure":
        return this.closure(callee);
      case "derivative":
        return { ...callee, of: this.callee(callee.of, symbol, scope) };
      case "choice":
        return {
          kind: "choice",
          test: this.#expr(callee.test),
          yes: this.callee(callee.yes),
          no: this.callee(callee.no),
        };
      default:
        return callee;
    }
  }

  closure(closure: Closure): Closure {
    const { node, around } = closure;
    this.nodes.add(node);
    const kept = around && { around: this.#around(around) };
    if (!closure.scope) return { ...closure, ...kept };
    return { ...closure, ...kept, scope: this.#scope(closure.scope, node) };
  }

  #scope(scope: Scope, node: ts.Node): Scope {
    const made = this.#scopes.get(scope) ?? scope.emptied(this.#around(scope.surroundings));
    this.#scopes.set(scope, made);
    const done = this.#done.get(scope) ?? new Set();
    this.#done.set(scope, done);
    for (const symbol of freeSymbols(this.#checker, node)) {
      if (done.has(symbol)) continue;
      done.add(symbol);
      const found = boundIn(scope, symbol);
      if (found) made.set(symbol, this.binding(found, symbol, scope));
    }
    return made;
  }

  #around(around: Around): Around {
    const self = around.self && this.#expr(around.self);
    const known = around.known && this.binding(around.known);
    return { ...around, self, ...(known?.kind === "object" ? { known } : {}) };
  }

  #expr(expr: Expr, symbol?: ts.Symbol, scope?: Scope): Expr {
    return mapExpr(expr, (part) => {
      if (part.kind !== "var") return part;
      const changed = this.#change({
        binding: { kind: "var", name: part.name, type: part.type, mutable: false },
        symbol,
        scope,
      });
      return changed.kind === "var" ? { ...part, name: changed.name } : part;
    });
  }
}

/** What a name means in a scope; a function declaration is there before its statement is reached. */
export function boundIn(scope: Scope, symbol: ts.Symbol): Binding | undefined {
  const binding = scope.get(symbol);
  if (binding) return binding;
  const declaration = symbol.valueDeclaration;
  if (!declaration || !ts.isFunctionDeclaration(declaration) || !declaration.body) return undefined;
  const home = scope.around(declaration);
  return home && { kind: "function", callee: { kind: "closure", node: declaration, scope: home } };
}

const free = new WeakMap<ts.Node, readonly ts.Symbol[]>();

/** The symbols that a function uses and that are declared outside of it, in the order of the text. */
export function freeSymbols(checker: ts.TypeChecker, node: ts.Node): readonly ts.Symbol[] {
  const known = free.get(node);
  if (known) return known;
  const found = new Set<ts.Symbol>();
  const own = ts.isFunctionLike(node) ? node.name : undefined;
  const visit = (child: ts.Node): void => {
    if (ts.isIdentifier(child) && child !== own) {
      const symbol = symbolOf(checker, child);
      const declaration = symbol?.valueDeclaration;
      const isInside = declaration !== undefined && ts.findAncestor(declaration.parent, (outer) => outer === node);
      if (symbol && !isInside) found.add(symbol);
    }
    ts.forEachChild(child, visit);
  };
  ts.forEachChild(node, visit);
  const symbols = [...found];
  free.set(node, symbols);
  return symbols;
}
