/**
 * Activity: which variables and which memory carry a derivative. Varied: depends on an input that is
 * differentiated. Useful: an output that is differentiated depends on it. Active: both.
 * (L. Hascoët and V. Pascual, "The Tapenade automatic differentiation tool", ACM TOMS 39(3), 2013, section 3.)
 * One answer for a variable in the whole function: scalar renaming before it makes that sharp enough.
 */
import { isFlat } from "../ir/tensor-ops.ts";
import { at, fieldName, fieldOf, holdsReferences, int, isDifferentiable, isReference } from "../ir/build.ts";
import { keeperMethod } from "../ir/keepers.ts";
import type { Block, Expr, Func, Stmt, Type } from "../ir/types.ts";
import { copyTogether } from "../ir/runtime.ts";
import { patternVariables, variablesDeclaredBy } from "../ir/visit.ts";
import { isSmooth } from "../ir/ops.ts";
import { presentType } from "../ir/presence.ts";
import type { Aliasing } from "./alias.ts";
import type { Callees } from "./callees.ts";

export interface Activity {
  /** Whether the value of an expression carries a derivative. For a reference: whether its memory does. */
  active(expr: Expr): boolean;
  activeName(name: string, type: Type): boolean;
  /** The one half of it: whether the value depends on an input that is differentiated. */
  varied(expr: Expr): boolean;
  /** The other half: whether an output that is differentiated depends on it. */
  useful(expr: Expr): boolean;
  /** The inputs that the value of an expression depends on. */
  inputsOf(expr: Expr): readonly string[];
}

export interface ActivityInput {
  /** Names of the variables that are differentiated with respect to: parameters, and local constants. */
  readonly inputs: readonly string[];
  /** Differentiated outputs: expressions at the end of the body, and names of written parameters. */
  readonly outputs: readonly Expr[];
}

/** A key for what a variable or an expression's memory is, in the sets of varied and useful things. */
type Key = string;

/** The type of a place: a count that is read there may go where any number does. */
function heldType({ array, index, type }: Extract<Expr, { kind: "index" }>): Type {
  const owner = presentType(array.type);
  return fieldOf(owner, index)?.type ?? (owner.kind === "list" ? owner.element : type);
}

export function analyseActivity(func: Func, aliasing: Aliasing, input: ActivityInput, callees?: Callees): Activity {
  const keyOfName = (name: string, type: Type): Key => (type.kind === "tape" ? `tape ${name}` : name);
  const keysOfMemory = (expr: Expr): Key[] => aliasing.cellsOf(expr).map((cell) => `memory ${cell}`);

  const elementKey = (array: Expr, index: Expr): Key => `memory ${aliasing.cellOf(array, index)}`;

  /** What the derivative of an expression can come from. */
  const sources = (expr: Expr, keys: Key[] = []): Key[] => {
    switch (expr.kind) {
      case "var":
        if (!isDifferentiable(expr.type.kind === "tape" ? expr.type.element : expr.type)) return keys;
        if (isReference(expr.type)) keys.push(...keysOfMemory(expr));
        else keys.push(keyOfName(expr.name, expr.type));
        // Of a tape of arrays, also what is in the arrays.
        if (expr.type.kind === "tape" && isReference(expr.type.element)) keys.push(...keysOfMemory(expr));
        return keys;
      case "op":
        if (isSmooth(expr.op)) for (const arg of expr.args) sources(arg, keys);
        return keys;
      case "select":
        sources(expr.yes, keys);
        return sources(expr.no, keys);
      case "nullish":
        sources(expr.left, keys);
        return sources(expr.right, keys);
      case "index":
        if (isDifferentiable(expr.type) && isDifferentiable(heldType(expr)))
          keys.push(...(isReference(expr.type) ? keysOfMemory(expr) : [elementKey(expr.array, expr.index)]));
        return keys;
      case "tap":
        return sources(expr.value, keys);
      case "tuple":
      case "items":
        for (const item of expr.items) sources(item, keys);
        return keys;
      case "copy":
      case "view":
      case "deepCopy":
        return sources(expr.array, keys);
      case "tensor":
        return sources(expr.data, keys);
      case "tensorOp":
        if (isFlat(expr.op)) return keys;
        for (const arg of expr.args) sources(arg, keys);
        return keys;
      default:
        return keys;
    }
  };

  // Edges: target gets its derivative from source.
  const edges: { readonly target: Key; readonly source: Key }[] = [];
  const link = (targets: readonly Key[], value: Expr): void => {
    for (const target of targets)
      for (const source of sources(value)) if (source !== target) edges.push({ target, source });
  };
  const elementKeys = (array: Expr): Key[] => aliasing.ownCells(array).map((cell) => `memory ${cell}`);
  /** What a call may change of an argument. */
  const keysOfArgument = (arg: Expr): Key[] =>
    arg.type.kind === "tape"
      ? sources(arg)
      : isReference(arg.type) && isDifferentiable(arg.type)
        ? keysOfMemory(arg)
        : [];
  const keysOfValue = (value: Expr): Key[] => (isDifferentiable(value.type) ? sources(value) : []);
  /** Calls with what they declare and what they may change. */
  const handedDown: { readonly declared: readonly Key[]; readonly memory: readonly Key[] }[] = [];
  const visit = (block: Block): void => {
    for (const stmt of block) visitStmt(stmt);
  };
  const visitStmt = (stmt: Stmt): void => {
    switch (stmt.kind) {
      case "let":
        if (stmt.init !== undefined && isDifferentiable(stmt.type)) linkValue(stmt.name, stmt.type, stmt.init);
        break;
      case "assign":
        linkValue(stmt.name, stmt.value.type, stmt.value);
        break;
      case "store":
      case "accumulate":
        if (isDifferentiable(stmt.array.type) && !isReference(stmt.value.type))
          link([elementKey(stmt.array, stmt.index)], stmt.value);
        break;
      case "append":
      case "fill":
        if (isDifferentiable(stmt.array.type) && !isReference(stmt.value.type))
          link(elementKeys(stmt.array), stmt.value);
        break;
      case "set":
        if (isDifferentiable(stmt.target.type)) link(elementKeys(stmt.target), stmt.source);
        break;
      case "shrink":
        if (stmt.target !== undefined && stmt.type !== undefined && !isReference(stmt.type)) {
          for (const source of elementKeys(stmt.array)) edges.push({ target: stmt.target, source });
        }
        break;
      case "push":
        if (isDifferentiable(stmt.value.type)) {
          for (const source of sources(stmt.value)) edges.push({ target: `tape ${stmt.tape}`, source });
        }
        break;
      case "pop":
        if (isDifferentiable(stmt.type)) {
          const target: Expr = { kind: "var", name: stmt.target, type: stmt.type };
          // Of an array of arrays, the numbers are in the inner ones.
          for (const key of isReference(stmt.type) ? keysOfMemory(target) : [stmt.target])
            edges.push({ target: key, source: `tape ${stmt.tape}` });
        }
        break;
      case "call":
      case "apply": {
        if (stmt.kind === "call" && stmt.callee === copyTogether) {
          linkCopies(stmt);
          break;
        }
        if (stmt.kind === "call" && keeperMethod(stmt.callee) !== undefined) break;
        const facts = stmt.kind === "call" ? callees?.(stmt.callee) : undefined;
        const declared = variablesDeclaredBy(stmt).flatMap(({ name, type }) =>
          keysOfValue({ kind: "var", name, type }),
        );
        const every = stmt.args.flatMap(keysOfArgument);
        stmt.args.forEach((arg, i) => {
          // Of an unknown callee, everything that goes in may reach everything that comes out or is written.
          const flow = facts?.flows[i];
          const out =
            flow === undefined
              ? [...declared, ...every]
              : [
                  ...(flow.result ? declared : []),
                  ...flow.params.flatMap((k) => (stmt.args[k] === undefined ? [] : keysOfArgument(stmt.args[k]))),
                ];
          for (const source of sources(arg))
            for (const target of out) if (source !== target) edges.push({ target, source });
        });
        if (every.length > 0) handedDown.push({ declared, memory: every });
        break;
      }
      case "if":
        visit(stmt.then);
        visit(stmt.else);
        break;
      case "for":
      case "while":
      case "block":
        visit(stmt.body);
        break;
      default:
        break;
    }
  };
  /** Copies that share what their originals share have tangents beside them where those have, and the other way round. */
  const linkCopies = (stmt: Extract<Stmt, { kind: "call" }>): void => {
    patternVariables(stmt.target).forEach(({ name, type }, i) => {
      const copy = sources({ kind: "var", name, type });
      const original = sources(stmt.args[i]!);
      for (const a of copy)
        for (const b of original) if (a !== b) edges.push({ target: a, source: b }, { target: b, source: a });
    });
  };
  /** Memory that an expression makes: what its cells hold from the start. Another name for memory adds nothing. */
  const linkFresh = (made: Expr, value: Expr): void => {
    switch (value.kind) {
      case "items": {
        const { type } = value;
        value.items.forEach((item, i) => {
          if (isReference(item.type)) return;
          const index: Expr = type.kind === "record" ? fieldName(type.fields[i]!.name) : int(i);
          link([elementKey(made, index)], item);
        });
        break;
      }
      case "copy":
        if (!holdsReferences(value.type)) link(elementKeys(made), value);
        else linkCopy(made, value.array, value.type, false);
        break;
      case "deepCopy":
        if (value.array.kind !== "op") linkCopy(made, value.array, value.type, true);
        break;
      case "tensorOp":
        link(keysOfMemory(made), value);
        break;
      case "select":
        linkFresh(made, value.yes);
        linkFresh(made, value.no);
        break;
      case "nullish":
        linkFresh(made, value.left);
        linkFresh(made, value.right);
        break;
      default:
        break;
    }
  };
  /** Cell by cell. A shallow copy has the same arrays in it. */
  const linkCopy = (to: Expr, from: Expr, type: Type, deep: boolean): void => {
    const indices: Expr[] =
      type.kind === "record" ? type.fields.map((f) => fieldName(f.name)) : type.kind === "list" ? [int(0)] : [];
    if (type.kind === "typed") link([elementKey(to, int(0))], at(from, int(0)));
    for (const index of indices) {
      const element = at(from, index);
      if (!isDifferentiable(element.type)) continue;
      if (!isReference(element.type)) link([elementKey(to, index)], element);
      else if (deep) linkCopy(at(to, index), element, presentType(element.type), deep);
    }
  };
  const linkValue = (name: string, type: Type, value: Expr): void => {
    if (!isDifferentiable(type)) return;
    if (isReference(type)) linkFresh({ kind: "var", name, type }, value);
    else link([keyOfName(name, type)], value);
  };
  visit(func.body);

  const spread = (start: readonly Key[], from: "source" | "target"): Set<Key> => {
    const next = new Map<Key, Key[]>();
    for (const edge of edges) {
      const key = edge[from];
      const to = from === "source" ? edge.target : edge.source;
      const list = next.get(key);
      if (list === undefined) next.set(key, [to]);
      else list.push(to);
    }
    const reached = new Set<Key>(start);
    const queue = [...start];
    for (let key = queue.pop(); key !== undefined; key = queue.pop()) {
      for (const to of next.get(key) ?? []) {
        if (reached.has(to)) continue;
        reached.add(to);
        queue.push(to);
      }
    }
    return reached;
  };

  const keysOfInput = (name: string): Key[] => {
    const param = func.params.find((p) => p.name === name);
    const type = param?.type ?? typeOfLocal(func.body, name);
    if (type === undefined) return [];
    return type.kind === "tape" || isReference(type) ? sources({ kind: "var", name, type }) : [keyOfName(name, type)];
  };
  const starts = input.inputs.flatMap(keysOfInput);
  const ends = input.outputs.flatMap((e) => sources(e));
  let varied = spread(starts, "source");
  let useful = spread(ends, "target");
  const active = (key: Key): boolean => varied.has(key) && useful.has(key);
  // A tape that one active call takes has a tape of adjoints or tangents beside it, so every call of it has to serve both.
  for (;;) {
    const idle = handedDown.flatMap(({ declared, memory }) =>
      [...declared, ...memory].some(active) ? memory.filter((key) => key.startsWith("tape ") && !active(key)) : [],
    );
    if (idle.length === 0) break;
    starts.push(...idle);
    ends.push(...idle);
    varied = spread(starts, "source");
    useful = spread(ends, "target");
  }
  return {
    varied: (expr) => sources(expr).some((key) => varied.has(key)),
    useful: (expr) => sources(expr).some((key) => useful.has(key)),
    inputsOf: (expr) => {
      const keys = sources(expr);
      return input.inputs.filter((name) => {
        const reached = spread(keysOfInput(name), "source");
        return keys.some((key) => reached.has(key));
      });
    },
    active: (expr) => sources(expr).some(active),
    activeName: (name, type) =>
      (isDifferentiable(type) &&
        (isReference(type) ? keysOfMemory({ kind: "var", name, type }).some(active) : active(keyOfName(name, type)))) ||
      (type.kind === "tape" && active(`tape ${name}`)),
  };
}

function typeOfLocal(block: Block, name: string): Type | undefined {
  for (const stmt of block) if (stmt.kind === "let" && stmt.name === name) return stmt.type;
  return undefined;
}
