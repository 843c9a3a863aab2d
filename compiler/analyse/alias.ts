/**
 * Which references may mean the same memory: Steensgaard's flow-insensitive unification
 * (B. Steensgaard, "Points-to analysis in almost linear time", POPL 1996). Each reference variable
 * belongs to one memory class; each class of a list of arrays has a class for its elements, and each class of
 * records one for each field that holds a reference.
 *
 * Distinct parameters are distinct memory: generated code checks that at entry.
 */
import { fieldOf, isReference } from "../ir/build.ts";
import { keeperMethod } from "../ir/keepers.ts";
import { anyElement } from "../ir/memory.ts";
import { copyTogether } from "../ir/runtime.ts";
import type { Expr, Func, Stmt, Type } from "../ir/types.ts";
import { patternVariables, variablesDeclaredBy, variableTypes, walkBlock } from "../ir/visit.ts";
import { type CalleeFacts, type Callees, isMemory, memoryOfType, patternAt, type Place, type Way } from "./callees.ts";
import { firstStores } from "./first-stores.ts";

export interface Aliasing {
  /** The memory class that a reference expression points into. */
  classOf(expr: Expr): number;
  classOfName(name: string): number;
  /** Classes whose references move: a variable is reassigned, or arrays are put into lists. Their shadows move along. */
  isDynamic(memory: number): boolean;
  /** Whether all references of the variable's class mean the memory that it was made with. */
  isAlone(name: string): boolean;
  /** What `array[index]` reads or writes. */
  cellOf(array: Expr, index: Expr): Cell;
  /** The cells of the array or record itself, without what its references lead to. */
  ownCells(expr: Expr): readonly Cell[];
  /** All cells that can be reached from a reference. */
  cellsOf(expr: Expr): readonly Cell[];
  /** All memory classes that can be reached from a reference, its own first. */
  reach(expr: Expr): readonly number[];
  /** The memory class that a way leads to. */
  classAt(expr: Expr, way: Way): number;
  /** Arguments of a call that it leaves as they are, by their positions. */
  untouchedBy(call: Call): readonly number[];
  /** Whether the statement gives an element of a new array its first value. */
  isFirst(stmt: Stmt): boolean;
}

/** The contents of the arrays of a memory class, or one field of its records: `3`, `3.mass`. */
export type Cell = string;

/** The memory class that a cell is part of. */
export function memoryOf(cell: Cell): number {
  return Number.parseInt(cell, 10);
}

type Call = Extract<Stmt, { kind: "call" | "apply" }>;

interface Node {
  parent: Node | undefined;
  id: number;
  /** By field, for lists and tapes under `anyElement`. */
  elements: Map<string, Node>;
  /** The fields of records that hold no references. */
  fields: Set<string>;
  dynamic: boolean;
}

export interface AliasOptions {
  readonly callees?: Callees | undefined;
  /** Of a function whose calls stay calls: what it gives back. It may be an array that came in. */
  readonly returned?: readonly Expr[] | undefined;
}

export function analyseAliases(func: Func, { callees, returned = [] }: AliasOptions = {}): Aliasing {
  const nodes: Node[] = [];
  const make = (dynamic = false): Node => {
    const node: Node = { parent: undefined, id: nodes.length, elements: new Map(), fields: new Set(), dynamic };
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
    for (const field of y.fields) x.fields.add(field);
    for (const [key, inner] of y.elements) {
      const known = find(x).elements.get(key);
      if (known === undefined) find(x).elements.set(key, inner);
      else unify(known, inner);
    }
    return find(x);
  };
  const elements = (node: Node, key = anyElement): Node => {
    const { elements: known } = find(node);
    let inner = known.get(key);
    if (inner === undefined) known.set(key, (inner = make(find(node).dynamic)));
    return find(inner);
  };
  /** Every level of nesting has its class from the start, so that all of it can be asked for. */
  const shape = (node: Node, type: Type): void => {
    switch (type.kind) {
      case "maybe":
        shape(node, type.type);
        break;
      case "list":
      case "tape":
        if (isMemory(type.element)) shape(elements(node), type.element);
        break;
      case "record":
        for (const field of type.fields) {
          find(node).fields.add(field.name);
          if (isMemory(field.type)) shape(elements(node, field.name), field.type);
        }
        break;
      default:
        break;
    }
  };

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
        return isMemory(expr.type) && list !== undefined ? elements(list, keyOf(expr.array, expr.index)) : undefined;
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
        const list = make();
        if (!holdsMemory(expr.type)) return list;
        list.dynamic = true;
        const fields = expr.type.kind === "record" ? expr.type.fields : undefined;
        expr.items.forEach((item, i) => {
          const node = isMemory(item.type) ? ofExpr(item) : undefined;
          if (node !== undefined) unify(elements(list, fields?.[i]?.name), node);
        });
        return list;
      }
      case "copy": {
        // A copy of a list of arrays holds the same arrays.
        const source = ofExpr(expr.array);
        const fresh = make();
        if (holdsMemory(expr.type) && source !== undefined) {
          shape(source, expr.type);
          for (const key of find(source).elements.keys()) unify(elements(fresh, key), elements(source, key));
          fresh.dynamic = true;
        }
        return fresh;
      }
      case "op":
        return expr.op === "stop" && isReference(expr.type) ? ofExpr(expr.args[0]!) : undefined;
      default:
        return isMemory(expr.type) ? make() : undefined;
    }
  };
  const bind = (name: string, value: Expr): void => {
    const node = ofExpr(value);
    if (node !== undefined) unify(ofName(name), node);
  };

  for (const [name, type] of variableTypes(func)) if (isMemory(type)) shape(ofName(name), type);

  const along = (node: Node, way: Way): Node => way.reduce((at, key) => elements(at, key), find(node));
  /** Mixes up what the callee does, and moves what it moves. */
  const bindCall = (stmt: Call, facts: CalleeFacts): void => {
    const nodeAt = ({ arg, result, way }: Place): Node | undefined => {
      const target = result === undefined ? undefined : patternAt(stmt.target, result);
      const root = arg === undefined ? target && ofName(target.name) : stmt.args[arg] && ofExpr(stmt.args[arg]);
      return root && along(root, way);
    };
    for (const [first, ...others] of facts.shared.map((group) => group.flatMap((place) => nodeAt(place) ?? [])))
      if (first !== undefined) for (const node of others) unify(first, node);
    for (const place of facts.moving) {
      const node = nodeAt(place);
      if (node !== undefined) find(node).dynamic = true;
    }
  };
  /** Copies share memory as what they are copies of does, so each goes with its original. */
  const bindCopies = (stmt: Call): void => {
    patternVariables(stmt.target).forEach(({ name }, i) => {
      bind(name, stmt.args[i]!);
      ofName(name).dynamic = true;
    });
  };
  /** An unknown callee may give back any array of the same type that went in, or put it into a list. */
  const mixAll = (stmt: Call): void => {
    const groups = new Map<string, { readonly nodes: Node[]; isOpen: boolean }>();
    const note = (root: Node | undefined, type: Type, isResult: boolean): void => {
      if (root === undefined) return;
      for (const part of memoryOfType(type)) {
        const key = JSON.stringify(part.type);
        const group = groups.get(key) ?? { nodes: [], isOpen: false };
        groups.set(key, group);
        group.nodes.push(along(root, part.way));
        group.isOpen ||= isResult || part.way.length > 0;
      }
    };
    for (const arg of stmt.args) if (isMemory(arg.type)) note(ofExpr(arg), arg.type, false);
    for (const { name, type } of variablesDeclaredBy(stmt)) if (isMemory(type)) note(ofName(name), type, true);
    for (const { nodes, isOpen } of groups.values()) if (isOpen) for (const node of nodes) unify(nodes[0]!, node);
  };

  /** Variables that may be the first names of their memory. */
  const origins = func.params.map(({ name }) => name);
  walkBlock(func.body, (stmt) => {
    const isOtherName = stmt.kind === "let" && (stmt.init?.kind === "var" || stmt.init?.kind === "view");
    if (!isOtherName)
      origins.push(...variablesDeclaredBy(stmt).flatMap(({ name, type }) => (isMemory(type) ? [name] : [])));
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
          unify(elements(list, stmt.kind === "store" ? keyOf(stmt.array, stmt.index) : anyElement), value);
          find(list).dynamic = true;
        }
        break;
      }
      case "shrink": {
        const list = ofExpr(stmt.array);
        if (list === undefined || !holdsMemory(stmt.array.type)) break;
        if (stmt.target !== undefined) unify(ofName(stmt.target), elements(list));
        find(list).dynamic = true;
        break;
      }
      case "push":
        if (isMemory(stmt.value.type)) {
          const value = ofExpr(stmt.value);
          if (value !== undefined) unify(elements(ofName(stmt.tape)), value);
        }
        break;
      case "pop":
        if (isMemory(stmt.type)) unify(elements(ofName(stmt.tape)), ofName(stmt.target));
        break;
      case "call":
      case "apply": {
        // What comes of a Map is new.
        if (stmt.kind === "call" && keeperMethod(stmt.callee) !== undefined) break;
        const facts = stmt.kind === "call" ? callees?.(stmt.callee) : undefined;
        if (stmt.kind === "call" && stmt.callee === copyTogether) bindCopies(stmt);
        else if (facts === undefined) mixAll(stmt);
        else bindCall(stmt, facts);
        break;
      }
      default:
        break;
    }
  });

  // A popped reference moves as the variable does that it was saved from.
  walkBlock(func.body, (stmt) => {
    if (stmt.kind === "pop" && isReference(stmt.type)) ofName(stmt.target).dynamic = true;
  });
  // So does what is put on a tape that came in, for others to take off.
  for (const { name, type } of func.params)
    if (type.kind === "tape" && isReference(type.element)) elements(ofName(name)).dynamic = true;
  // Which of the arrays that came in it gives back, only the function itself knows.
  const partsOf = (expr: Expr): Node[] => {
    const node = isMemory(expr.type) ? ofExpr(expr) : undefined;
    return node === undefined ? [] : memoryOfType(expr.type).map(({ way }) => find(along(node, way)));
  };
  const entered = new Set(func.params.flatMap(({ name, type }) => partsOf({ kind: "var", name, type })));
  for (const node of returned.flatMap(partsOf)) node.dynamic ||= entered.has(node);
  // Arrays inside of a list that moves arrays may be anywhere; and where arrays of a list move, the shadows that move
  // beside them are found through the shadow of the list.
  for (let changed = true; changed;) {
    changed = false;
    for (const node of nodes.filter((n) => n.parent === undefined)) {
      const inner = [...node.elements.values()].map(find);
      if (![node, ...inner].some((n) => n.dynamic)) continue;
      for (const n of [node, ...inner]) {
        changed ||= !n.dynamic;
        n.dynamic = true;
      }
    }
  }

  const nodeOf = (expr: Expr): Node => {
    const node = ofExpr(expr);
    if (node === undefined) throw new Error(`alias: ${expr.kind} is no reference`);
    const found = find(node);
    if (isMemory(expr.type)) shape(found, expr.type);
    return found;
  };
  const cells = (node: Node): Cell[] =>
    node.fields.size === 0 ? [String(node.id)] : [...node.fields].map((field) => `${String(node.id)}.${field}`);
  const reach = (expr: Expr): Node[] => {
    const seen = new Map<number, Node>();
    const visit = (node: Node): void => {
      const at = find(node);
      if (seen.has(at.id)) return;
      seen.set(at.id, at);
      for (const inner of at.elements.values()) visit(inner);
    };
    visit(nodeOf(expr));
    return [...seen.values()];
  };
  let first: ReadonlySet<Stmt> | undefined;
  return {
    untouchedBy: (call) => (call.kind === "call" ? callees?.(call.callee)?.untouched : undefined) ?? [],
    isFirst: (stmt) => (first ??= firstStores(func.body, (array) => nodeOf(array).id)).has(stmt),
    classOf: (expr) => nodeOf(expr).id,
    classOfName: (name) => ofName(name).id,
    isDynamic: (memory) => nodes[memory]?.dynamic ?? false,
    isAlone: (name) =>
      origins.every(
        (origin) => origin === name || variables.get(origin) === undefined || ofName(origin) !== ofName(name),
      ),
    cellOf(array, index) {
      const key = keyOf(array, index);
      const id = String(nodeOf(array).id);
      return key === anyElement ? id : `${id}.${key}`;
    },
    ownCells: (expr) => cells(nodeOf(expr)),
    cellsOf: (expr) => reach(expr).flatMap(cells),
    reach: (expr) => reach(expr).map((node) => node.id),
    classAt: (expr, way) => find(along(nodeOf(expr), way)).id,
  };
}

/** Whether what the type refers to holds memory itself. */
const holdsMemory = (type: Type): boolean => memoryOfType(type).length > 1;

/** Under which key a class has the class of `array[index]`. */
function keyOf(array: Expr, index: Expr): string {
  return fieldOf(array.type, index)?.name ?? anyElement;
}
