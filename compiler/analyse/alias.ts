/**
 * Which references may mean the same memory: Steensgaard's flow-insensitive unification
 * (B. Steensgaard, "Points-to analysis in almost linear time", POPL 1996). Each reference variable
 * belongs to one memory class; each class of a list of arrays has a class for its elements.
 *
 * Distinct parameters are distinct memory: generated code checks that at entry.
 */
import { isReference } from "../ir/build.ts";
import type { Expr, Func, Type } from "../ir/types.ts";
import { variablesDeclaredBy, variableTypes, walkBlock } from "../ir/visit.ts";

export interface Aliasing {
  /** The memory class that a reference expression points into. */
  classOf(expr: Expr): number;
  classOfName(name: string): number;
  /** Classes whose references move: a variable is reassigned, or arrays are put into lists. Their shadows move along. */
  isDynamic(memory: number): boolean;
  /** Of a list of arrays, the class of the arrays. */
  elementsOf(memory: number): number | undefined;
}

interface Node {
  parent: Node | undefined;
  id: number;
  elements: Node | undefined;
  dynamic: boolean;
}

export function analyseAliases(func: Func): Aliasing {
  const nodes: Node[] = [];
  const make = (): Node => {
    const node: Node = { parent: undefined, id: nodes.length, elements: undefined, dynamic: false };
    nodes.push(node);
    return node;
  };
  const find = (node: Node): Node => (node.parent === undefined ? node : (node.parent = find(node.parent)));
  const unify = (a: Node, b: Node): Node => {
    const x = find(a);
    const y = find(b);
    if (x === y) return x;
    y.parent = x;
    x.dynamic ||= y.dynamic;
    if (y.elements !== undefined) {
      if (x.elements === undefined) x.elements = y.elements;
      else unify(x.elements, y.elements);
    }
    return find(x);
  };
  const elements = (node: Node): Node => (find(node).elements ??= make());

  const variables = new Map<string, Node>();
  const ofName = (name: string): Node => {
    let node = variables.get(name);
    if (node === undefined) variables.set(name, (node = make()));
    return find(node);
  };

  /** The class that a reference expression points into; fresh memory for allocations. */
  const ofExpr = (expr: Expr): Node | undefined => {
    switch (expr.kind) {
      case "var":
        return isMemory(expr.type) ? ofName(expr.name) : undefined;
      case "constant":
        return isMemory(expr.type) ? ofName(`constant ${expr.name}`) : undefined;
      case "index": {
        const list = ofExpr(expr.array);
        return isReference(expr.type) && list !== undefined ? elements(list) : undefined;
      }
      case "view":
        return ofExpr(expr.array);
      case "select":
      case "nullish": {
        const [a, b] =
          expr.kind === "select" ? [ofExpr(expr.yes), ofExpr(expr.no)] : [ofExpr(expr.left), ofExpr(expr.right)];
        return a !== undefined && b !== undefined ? unify(a, b) : (a ?? b);
      }
      case "items": {
        if (!isReference(expr.type) || !isReference(elementOrNumber(expr.type))) return make();
        const list = make();
        list.dynamic = true;
        for (const item of expr.items) {
          const node = ofExpr(item);
          if (node !== undefined) unify(elements(list), node);
        }
        return list;
      }
      case "copy": {
        // A copy of a list of arrays holds the same arrays.
        const source = ofExpr(expr.array);
        const fresh = make();
        if (expr.type.kind === "list" && isReference(expr.type.element) && source !== undefined) {
          unify(elements(fresh), elements(source));
          fresh.dynamic = true;
        }
        return fresh;
      }
      case "op":
        return expr.op === "stop" && isReference(expr.type) ? make() : undefined;
      default:
        return isMemory(expr.type) ? make() : undefined;
    }
  };
  const bind = (name: string, value: Expr): void => {
    const node = ofExpr(value);
    if (node !== undefined) unify(ofName(name), node);
  };

  // Every level of nesting has its class from the start, so that all of it can be asked for.
  for (const [name, type] of variableTypes(func)) {
    let node = ofName(name);
    for (let at = inner(type); at !== undefined && isReference(at); at = inner(at)) node = elements(node);
  }

  walkBlock(func.body, (stmt) => {
    switch (stmt.kind) {
      case "let":
        if (stmt.init !== undefined) bind(stmt.name, stmt.init);
        if (isReference(stmt.type) && stmt.mutable) ofName(stmt.name).dynamic = true;
        break;
      case "assign":
        bind(stmt.name, stmt.value);
        break;
      case "store":
      case "append":
      case "fill": {
        const list = ofExpr(stmt.array);
        const value = ofExpr(stmt.value);
        if (list !== undefined && value !== undefined) {
          unify(elements(list), value);
          find(list).dynamic = true;
        }
        break;
      }
      case "shrink": {
        const list = ofExpr(stmt.array);
        if (list !== undefined && stmt.target !== undefined && stmt.type !== undefined && isReference(stmt.type)) {
          unify(ofName(stmt.target), elements(list));
          find(list).dynamic = true;
        }
        break;
      }
      case "push":
        if (isReference(stmt.value.type)) {
          const value = ofExpr(stmt.value);
          if (value !== undefined) unify(elements(ofName(stmt.tape)), value);
        }
        break;
      case "pop":
        if (isReference(stmt.type)) unify(elements(ofName(stmt.tape)), ofName(stmt.target));
        break;
      case "call":
      case "apply":
        // What a call gives back may be any array of the same type that went in.
        for (const { name, type } of variablesDeclaredBy(stmt)) {
          if (!isReference(type)) continue;
          for (const arg of stmt.args) {
            const node =
              isReference(arg.type) && JSON.stringify(arg.type) === JSON.stringify(type) ? ofExpr(arg) : undefined;
            if (node !== undefined) unify(ofName(name), node);
          }
        }
        break;
      default:
        break;
    }
  });

  // A popped reference moves as the variable does that it was saved from.
  walkBlock(func.body, (stmt) => {
    if (stmt.kind === "pop" && isReference(stmt.type)) ofName(stmt.target).dynamic = true;
  });
  // Arrays inside of a list that moves arrays may be anywhere; and where arrays of a list move, the shadows that move
  // beside them are found through the shadow of the list.
  const chains = [...variables.values()].map((node) => levelsOf(find(node), find));
  for (let changed = true; changed;) {
    changed = false;
    for (const chain of chains) {
      if (!chain.some((node) => node.dynamic)) continue;
      for (const node of chain) {
        changed ||= !node.dynamic;
        node.dynamic = true;
      }
    }
  }

  return {
    classOf: (expr) => {
      const node = ofExpr(expr);
      if (node === undefined) throw new Error(`alias: ${expr.kind} is no reference`);
      return find(node).id;
    },
    classOfName: (name) => ofName(name).id,
    isDynamic: (memory) => nodes[memory]?.dynamic ?? false,
    elementsOf: (memory) => {
      const elements = nodes[memory]?.elements;
      return elements && find(elements).id;
    },
  };
}

/** A class, the class of its elements, of theirs, and so on. */
function levelsOf(node: Node, find: (n: Node) => Node): Node[] {
  const levels: Node[] = [];
  for (let at: Node | undefined = node; at !== undefined; at = at.elements && find(at.elements)) levels.push(at);
  return levels;
}

function isMemory(type: Type): boolean {
  return isReference(type) || type.kind === "tape";
}

/** The type of what a list or tape holds. */
function inner(type: Type): Type | undefined {
  if (type.kind === "maybe") return inner(type.type);
  return type.kind === "list" || type.kind === "tape" ? type.element : undefined;
}

function elementOrNumber(type: Type): Type {
  return type.kind === "list" ? type.element : { kind: "number" };
}
