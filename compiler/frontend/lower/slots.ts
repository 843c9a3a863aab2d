/**
 * Variables that hold functions (Reynolds, _Definitional interpreters for higher-order programming languages_, 1972).
 * The finitely many functions that the text assigns to one are numbered; the variable holds the number, and a call is a
 * choice by it. What an assigned function captures and what is not there where the variable is declared goes into
 * variables beside it. As all assignments have to be known for that, calls are lowered when the whole body is.
 */
import { ts } from "ts-morph";
import { booleanType, compare, int, intType } from "../../ir/build.ts";
import type { Block, Expr, Stmt, Var } from "../../ir/types.ts";
import { mapBlock, renameExpr, sameExpr, type StmtOf } from "../../ir/visit.ts";
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
  readonly captures: Capture[];
  /** What to do with further ones. */
  readonly watchers: ((capture: Capture) => void)[];
  /** Those that functions which are assigned to it are copies of, or capture copies of. */
  readonly within: Set<FunctionSlot>;
  /** The one that it is a copy of, and what the copy calls the variables of that. */
  readonly original?: { readonly slot: FunctionSlot; readonly names: ReadonlyMap<string, string> };
  /** Whether it may hold one function first and another one later. */
  readonly changes: boolean;
}

/** A variable for what a function captures, and when it has a value. */
interface Capture {
  readonly variable: Var;
  readonly test: Expr;
}

/** Declares a variable for functions; `node` is where the source does. */
export function declareSlot(body: Body, node: ts.Node, text: string, changes: boolean): FunctionSlot {
  const name = freshName(body, text);
  const captures: Capture[] = [];
  const label = laterLabel(body);
  const slot: FunctionSlot = {
    kind: "functions",
    tag: { kind: "var", name, type: intType },
    text,
    options: [],
    scope: body.bindings,
    node,
    captures,
    watchers: [],
    within: new Set(),
    changes,
  };
  const { place } = body;
  body.later.set(label, () => captures.map(({ variable }) => declared(place, variable)));
  emit(body, { kind: "apply", target: { kind: "none" }, callee: label, args: [] });
  emit(body, { kind: "let", name, type: intType, mutable: true });
  return slot;
}

function laterLabel(body: Body): string {
  return `${body.labels.fresh("later")} `;
}

const declared = (place: Body["place"], { name, type }: Var): Stmt => ({
  ...place,
  kind: "let",
  name,
  type,
  mutable: true,
});

function addCapture(slot: FunctionSlot, capture: Capture): void {
  slot.captures.push(capture);
  for (const watch of slot.watchers) watch(capture);
}

/** What the variable holds where `at` stands. */
export function heldSlot(body: Body, slot: FunctionSlot, at: ts.Node): FunctionSlot {
  if (!slot.changes) return slot;
  const tag = hold(body, slot.text, slot.tag);
  return isRepeated(slot, at) ? copyOf(body, slot, tag) : { ...slot, tag, changes: false };
}

/** Whether a place may be reached again while the slot is there: what was captured before may change then. */
function isRepeated(slot: FunctionSlot, at: ts.Node): boolean {
  const home = ts.findAncestor(slot.node.parent, isBlockLike);
  const around = ts.findAncestor(
    at,
    (node) => node === home || ts.isFunctionLike(node) || ts.isIterationStatement(node, false),
  );
  return around !== home;
}

/**
 * The same functions under another number, with what they capture in variables of their own. These are declared here, or
 * with those of the slot `within`, which has the functions under one of its numbers.
 */
function copyOf(body: Body, slot: FunctionSlot, tag: Var, within?: { slot: FunctionSlot; test: Expr }): FunctionSlot {
  const names = new Map([[slot.tag.name, tag.name]]);
  const copy: FunctionSlot = { ...slot, tag, changes: false, captures: [], watchers: [], original: { slot, names } };
  const copies: { readonly from: Var; readonly to: Capture }[] = [];
  const { place } = body;
  let isPlaced = false;
  const add = ({ variable, test }: Capture): void => {
    if (isPlaced) {
      refuse(body, slot.node, "TG1036", slot.text, variable.name);
      return;
    }
    const name = body.entry.names.fresh(variable.name);
    names.set(variable.name, name);
    body.mutableNames.add(name);
    const to = { variable: { ...variable, name }, test: renamed(test, names) };
    copies.push({ from: variable, to });
    addCapture(copy, to);
    if (within) addCapture(within.slot, { ...to, test: and(within.test, to.test) });
  };
  slot.captures.forEach(add);
  slot.watchers.push(add);
  const label = laterLabel(body);
  body.later.set(label, () => {
    isPlaced = true;
    return [
      ...(within ? [] : copies.map(({ to }) => declared(place, to.variable))),
      ...copies.reduce<StmtOf<"if">[]>((done, { from, to }) => {
        const assigned: Stmt = { ...place, kind: "assign", name: to.variable.name, value: from };
        const last = done.at(-1);
        return last && sameExpr(last.test, to.test)
          ? [...done.slice(0, -1), { ...last, then: [...last.then, assigned] }]
          : [...done, { ...place, kind: "if", test: to.test, then: [assigned], else: [] }];
      }, []),
    ];
  });
  emit(body, { kind: "apply", target: { kind: "none" }, callee: label, args: [] });
  return copy;
}

/** Whether what a slot holds may be, or capture, what another one holds. */
function leadsTo(slot: FunctionSlot, other: FunctionSlot): boolean {
  const visited = new Set<FunctionSlot["within"]>();
  const visit = ({ within }: FunctionSlot): boolean => {
    if (within === other.within) return true;
    if (visited.has(within)) return false;
    visited.add(within);
    return [...within].some(visit);
  };
  return visit(slot);
}

const and = (left: Expr, right: Expr): Expr => ({ kind: "logic", op: "&&", left, right, type: booleanType });

const renamed = (expr: Expr, names: ReadonlyMap<string, string>): Expr =>
  renameExpr(expr, (name) => names.get(name) ?? name);

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
  const test = compare("eq", slot.tag, int(slot.options.length));
  let isWhole = true;
  const change = (captured: Captured): Binding => {
    const { binding } = captured;
    const known = taken.get(binding.name);
    if (known) return known;
    const isNear = isThere(slot, captured);
    isWhole &&= isNear;
    const made = isNear ? binding : copied(body, at, slot, captured, test);
    taken.set(binding.name, made);
    return made;
  };
  let isEndless = false;
  const rebinding = new Rebinding(body, change, (inner, tag) => {
    isEndless ||= leadsTo(inner, slot);
    if (isEndless) return inner;
    slot.within.add(inner);
    return copyOf(body, inner, tag, { slot, test });
  });
  const made = rebinding.callee(callee);
  if (isEndless) {
    const why = `takes its functions from variables that take theirs from ${slot.text}, as often as a loop runs`;
    refuse(body, at, "TG1008", slot.text, why);
    return { kind: "broken" };
  }
  return isWhole ? callee : made;
}

function copied(
  body: Body,
  at: ts.Node,
  slot: FunctionSlot,
  { binding, symbol, slot: inner }: Captured,
  test: Expr,
): Binding {
  if (binding.mutable || (!inner && body.mutableNames.has(binding.name))) {
    refuse(body, at, "TG1036", shortText(at), symbol?.name ?? binding.name);
    return { kind: "broken" };
  }
  const { type } = binding;
  const name = body.entry.names.fresh(binding.name);
  addCapture(slot, { variable: { kind: "var", name, type }, test });
  body.mutableNames.add(name);
  emit(body, { kind: "assign", name, value: { kind: "var", name: binding.name, type } });
  return { kind: "var", name, type, mutable: false };
}

/** Whether a variable can be seen where the slot is declared: by its own name, or as a part of what has one. */
function isThere(slot: FunctionSlot, { binding, symbol: given }: Captured): boolean {
  const symbol = given ?? slot.scope.find((seen) => holdsVariable(seen, binding.name));
  const declaration = symbol?.valueDeclaration;
  if (!symbol || !declaration) return false;
  const seen = slot.scope.get(symbol);
  if (!seen || !holdsVariable(seen, binding.name)) return false;
  const block = ts.findAncestor(declaration.parent, isBlockLike);
  return block === undefined || ts.findAncestor(slot.node, (outer) => outer === block) !== undefined;
}

function holdsVariable(binding: Binding, name: string): boolean {
  switch (binding.kind) {
    case "var":
      return binding.name === name;
    case "function":
      return binding.callee.kind === "slot" && binding.callee.slot.tag.name === name;
    case "object":
      return [...binding.fields.values()].some((field) => holdsVariable(field, name));
    case "list":
      return binding.items.some((item) => holdsVariable(item, name));
    default:
      return false;
  }
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
    lower(choiceOf(optionsOf(body, slot), slot.tag));
    body.block = outer;
    return inner;
  });
  emit(body, { kind: "apply", target: { kind: "none" }, callee: label, args: [] });
}

/** The functions that a variable may hold; those of a copy capture what it has. */
function optionsOf(body: Body, { options, original }: FunctionSlot): readonly Callee[] {
  if (!original) return options;
  const { slot, names } = original;
  const inner = optionsOf(body, slot);
  // The number alone is nothing that they capture.
  if (names.size === 1) return inner;
  const rebinding = new Rebinding(
    body,
    ({ binding }) => ({ ...binding, name: names.get(binding.name) ?? binding.name }),
    (held, tag) => ({ ...held, tag, original: { slot: held, names } }),
  );
  return inner.map((option) => rebinding.callee(option));
}

/** One of the functions that a variable may hold. */
function choiceOf(options: readonly Callee[], tag: Expr): Callee {
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
