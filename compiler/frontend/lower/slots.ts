/**
 * Variables that hold functions (Reynolds, _Definitional interpreters for higher-order programming languages_, 1972).
 * The finitely many functions that the text assigns to one are numbered; the variable holds the number, and a call is a
 * choice by it. What an assigned function captures and what is not there where the variable is declared goes into
 * variables beside it. As all assignments have to be known for that, calls are lowered when the whole body is.
 */
import { ts } from "ts-morph";
import { compare, int, intType } from "../../ir/build.ts";
import type { Block, Expr, Stmt, Var } from "../../ir/types.ts";
import { mapBlock } from "../../ir/visit.ts";
import type { Callee } from "./callees.ts";
import { Rebinding, type Captured } from "./captures.ts";
import { isSameCallee } from "./same.ts";
import type { Scope } from "./scope.ts";
import { emit, freshName, hold, refuse, shortText, type Binding, type Body } from "./state.ts";

export interface FunctionSlot {
  readonly kind: "functions";
  /** The number of the function that it holds. */
  readonly tag: Var;
  readonly text: string;
  /** What is assigned to it. */
  readonly options: Callee[];
  readonly scope: Scope;
  /** Where it is declared. */
  readonly node: ts.Node;
  /** Variables for what is captured. */
  readonly captures: Stmt[];
  /** Whether it may hold one function first and another one later. */
  readonly changes: boolean;
}

/** Declares a variable for functions; `node` is where the source does. */
export function declareSlot(body: Body, node: ts.Node, text: string, changes: boolean): FunctionSlot {
  const name = freshName(body, text);
  const captures: Stmt[] = [];
  const label = laterLabel(body);
  const slot: FunctionSlot = {
    kind: "functions",
    tag: { kind: "var", name, type: intType },
    text,
    options: [],
    scope: body.bindings,
    node,
    captures,
    changes,
  };
  body.later.set(label, () => captures);
  emit(body, { kind: "apply", target: { kind: "none" }, callee: label, args: [] });
  emit(body, { kind: "let", name, type: intType, mutable: true });
  return slot;
}

function laterLabel(body: Body): string {
  return `${body.labels.fresh("later")} `;
}

/** What the variable holds at this place. */
export function heldSlot(body: Body, slot: FunctionSlot): FunctionSlot {
  return slot.changes ? { ...slot, tag: hold(body, slot.text, slot.tag), changes: false } : slot;
}

/** Assigns a function to the variable. `at` is the expression that gives it. */
export function assignSlot(body: Body, at: ts.Node, slot: FunctionSlot, known: Binding): void {
  if (known.kind === "broken") return;
  if (known.kind !== "function") {
    refuse(body, at, "TG1009", shortText(at));
    return;
  }
  const { options } = slot;
  const callee = kept(body, at, slot, known.callee);
  const found = options.findIndex((other) => isSameCallee(other, callee));
  if (found === -1) options.push(callee);
  emit(body, { kind: "assign", name: slot.tag.name, value: int(found === -1 ? options.length - 1 : found) });
}

/** The function with what it captures in variables that are there wherever the slot is. */
function kept(body: Body, at: ts.Node, slot: FunctionSlot, callee: Callee): Callee {
  const taken = new Map<string, Binding>();
  let isWhole = true;
  const rebinding = new Rebinding(body, (captured) => {
    const { binding } = captured;
    const known = taken.get(binding.name);
    if (known) return known;
    const isNear = isThere(slot, captured);
    isWhole &&= isNear;
    const made = isNear ? binding : copied(body, at, slot, captured);
    taken.set(binding.name, made);
    return made;
  });
  const made = rebinding.callee(callee);
  return isWhole ? callee : made;
}

function copied(body: Body, at: ts.Node, slot: FunctionSlot, { binding, symbol, slot: inner }: Captured): Binding {
  if (binding.mutable || (!inner && body.mutableNames.has(binding.name))) {
    refuse(body, at, "TG1036", shortText(at), symbol?.name ?? binding.name);
    return { kind: "broken" };
  }
  const { type } = binding;
  const name = body.entry.names.fresh(binding.name);
  slot.captures.push({ ...body.place, kind: "let", name, type, mutable: true });
  body.mutableNames.add(name);
  emit(body, { kind: "assign", name, value: { kind: "var", name: binding.name, type } });
  return { kind: "var", name, type, mutable: false };
}

/** Whether a variable can be seen where the slot is declared. */
function isThere(slot: FunctionSlot, { binding, symbol }: Captured): boolean {
  const declaration = symbol?.valueDeclaration;
  if (!symbol || !declaration) return false;
  const seen = slot.scope.get(symbol);
  const name =
    seen?.kind === "function" && seen.callee.kind === "slot"
      ? seen.callee.slot.tag.name
      : seen?.kind === "var"
        ? seen.name
        : undefined;
  if (name !== binding.name) return false;
  const block = ts.findAncestor(declaration.parent, isBlockLike);
  return block === undefined || ts.findAncestor(slot.node, (outer) => outer === block) !== undefined;
}

const isBlockLike = (node: ts.Node): boolean =>
  ts.isBlock(node) ||
  ts.isCaseBlock(node) ||
  ts.isFunctionLike(node) ||
  ts.isIterationStatement(node, false) ||
  ts.isSourceFile(node);

/** Stands for a call of what the variable holds, until `lower` can choose between all that it may be. */
export function callSlot(body: Body, slot: FunctionSlot, lower: (callee: Callee) => void): void {
  const label = laterLabel(body);
  const { place } = body;
  body.later.set(label, () => {
    body.place = place;
    const outer = body.block;
    const inner: Stmt[] = [];
    body.block = inner;
    lower(choiceOf(slot, slot.tag));
    body.block = outer;
    return inner;
  });
  emit(body, { kind: "apply", target: { kind: "none" }, callee: label, args: [] });
}

/** One of the functions that a variable may hold. */
function choiceOf({ options }: FunctionSlot, tag: Expr): Callee {
  const [last, ...others] = [...options.entries()].toReversed();
  if (!last) return { kind: "missing" };
  return others.reduce<Callee>(
    (no, [i, yes]) => ({ kind: "choice", test: compare("eq", tag, int(i)), yes, no }),
    last[1],
  );
}

/** Puts what had to wait in its places. */
export function withLater(body: Body, block: Block): Block {
  if (body.later.size === 0) return block;
  const waiting = new Map(body.later);
  body.later.clear();
  const filled = mapBlock(block, (stmt): Stmt | Block => {
    const run = stmt.kind === "apply" ? waiting.get(stmt.callee) : undefined;
    return run ? run() : stmt;
  });
  return withLater(body, filled);
}
