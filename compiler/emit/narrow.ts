/**
 * Where TypeScript would infer a type that is too narrow: `const c = 0` has the type 0, which it does not compare
 * with 2; a `let` that begins as a parameter of the type `1 | 2` takes no 3. Such a variable says its type.
 */
import { choicesOf, isOfModule, isPlace, isUndefined } from "../ir/ask.ts";
import type { Block, Expr, Func, Stmt, Type } from "../ir/types.ts";
import { fieldOf, isNumeric, isReference } from "../ir/build.ts";
import { isChoiceOfTexts } from "../ir/texts.ts";
import { isNarrowed, narrowedElements } from "../ir/narrowed.ts";
import {
  assignedVariables,
  childrenOf,
  collectStmts,
  exprsOf,
  rootName,
  sameExpr,
  type StmtOf,
  walkBlock,
  walkBlockExprs,
  walkExpr,
} from "../ir/visit.ts";

/** The variables that are not undefined where a test is true (`ne`), or where it is false (`eq`). */
export function presentIn(test: Expr, by: "ne" | "eq"): string[] {
  if (test.kind === "logic")
    return test.op === (by === "ne" ? "&&" : "||") ? [...presentIn(test.left, by), ...presentIn(test.right, by)] : [];
  if (test.kind === "var") return by === "ne" ? [test.name] : [];
  if (test.kind === "op" && test.op === "not") return presentIn(test.args[0]!, by === "ne" ? "eq" : "ne");
  if (test.kind !== "op" || test.op !== by) return [];
  const [value, absent] = test.args;
  return value?.kind === "var" && absent !== undefined && isUndefined(absent) ? [value.name] : [];
}

export interface NarrowTypes {
  /** Whether a variable of a few texts has to be told to be one: where it begins, TypeScript would think of others, or of less. */
  isToldChoice(stmt: Extract<Stmt, { kind: "let" }>, init: Expr, assignedLater: boolean): boolean;
  /** Whether the type of an expression is, or may be, one of literals. */
  isNarrow(expr: Expr): boolean;
  /** Whether a variable has to say its type because of what it is compared with, or assigned later. */
  isTooNarrow(stmt: Extract<Stmt, { kind: "let" }>, init: Expr, assignedLater: boolean): boolean;
  /**
   * Whether what a field is given has to be told to be of the field's type: nothing, where what was another function, and
   * copies and zeros of the object, ask for what is in it; one text of a few, where what was another function asks which
   * it is. TypeScript would take both for impossible.
   */
  isToldField(stmt: Extract<Stmt, { kind: "store" }>): boolean;
}

export function narrowTypes(func: Func): NarrowTypes {
  const compared = comparedForEquality(func);
  const handedOn = handedOnIn(func);
  const circular = circularInLoops(func.body);
  const params = new Set(func.params.map((param) => param.name));
  const vanishing = givenWhatMayBeAbsent(func.body);
  const narrow = new Set(func.params.filter(isNarrowed).map((param) => param.name));
  const isNarrowElement = narrowedElements(func.params);
  // Constants of the module may be `as const`, or of an enum.
  const isNarrowLeaf = (leaf: Expr): boolean =>
    leaf.kind === "constant" ||
    narrow.has(rootName(leaf) ?? "") ||
    isNarrowElement(leaf) ||
    (leaf.kind === "index" && fieldOf(leaf.array.type, leaf.index)?.values !== undefined);
  const isNarrow = (expr: Expr): boolean => everyChoice(expr, isNarrowLeaf);
  /** Constants that begin as elements of constants of the module, which may be `as const`. */
  const taken = new Set<string>();
  const isTaken = (leaf: Expr): boolean =>
    isNarrowLeaf(leaf) || isOfModule(leaf) || (leaf.kind === "var" && taken.has(leaf.name));
  const isNumberTaken = (leaf: Expr): boolean =>
    leaf.kind === "index" && leaf.type.kind !== "string" && (isOfModule(leaf) || taken.has(rootName(leaf) ?? ""));
  /** Constants that are one of a few literals; one that is compared says a wider type. */
  const literal = new Set<string>();
  const isLiteral = (leaf: Expr): boolean => isValue(leaf) || (leaf.kind === "var" && literal.has(leaf.name));
  const isNarrowLiteral = (leaf: Expr): boolean => isLiteral(leaf) && !(leaf.kind === "var" && compared.has(leaf.name));
  // What is given nothing else any more is written as a constant.
  const assigned = assignedVariables(func.body);
  for (const stmt of collectStmts(func.body, "let")) {
    if (assigned.has(stmt.name) || stmt.init === undefined) continue;
    if (isNarrow(stmt.init)) narrow.add(stmt.name);
    if (everyChoice(stmt.init, isTaken)) taken.add(stmt.name);
    if (everyChoice(stmt.init, isLiteral)) literal.add(stmt.name);
  }
  const isTooNarrow: NarrowTypes["isTooNarrow"] = ({ name, type }, init, assignedLater) => {
    if (circular.has(name)) return true;
    switch (type.kind) {
      case "number":
      case "int":
      case "string":
        if (assignedLater) return everyChoice(init, isTaken);
        return (
          compared.has(name) &&
          everyChoice(init, (leaf) => isNarrowLiteral(leaf) || isNarrowLeaf(leaf) || isNumberTaken(leaf))
        );
      case "maybe":
        if (assignedLater && someChoice(init, isTaken)) return true;
        // What a variable was given may have told TypeScript that it is there.
        return init.kind === "var" && !params.has(init.name) && vanishing.has(name);
      case "boolean":
        // Inside of `if (b)`, b has the type `true`, and so has a variable that begins as b.
        if (assignedLater && init.kind === "literal") return false;
        return (assignedLater || compared.has(name)) && everyChoice(init, isRead);
      default:
        return false;
    }
  };
  const isToldChoice: NarrowTypes["isToldChoice"] = (stmt, init, assignedLater) => {
    // What is only compared may be any text.
    if (!isChoiceOfTexts(stmt.type) || !handedOn.has(stmt.name)) return false;
    // An element of a list of any texts.
    if (init.kind === "index" && init.type.kind === "string" && !isChoiceOfTexts(init.type)) return true;
    return isTooNarrow(stmt, init, assignedLater) || (assignedLater && someChoice(init, isLiteral));
  };
  const entered = enteredFields(func.body);
  const asked = askedFields(func.body);
  const isToldField: NarrowTypes["isToldField"] = ({ array, index, value }) => {
    const field = fieldOf(array.type, index);
    if (field === undefined) return false;
    if (isUndefined(value)) return isReference(field.type) && entered.has(field.name);
    return isChoiceOfTexts(field.type) && asked.has(field.name) && someChoice(value, isValue);
  };
  return { isNarrow, isTooNarrow, isToldChoice, isToldField };
}

/**
 * The fields of which parts are read, also by copies and zeros of their objects, which are made field by field, and by way
 * of a constant that begins as one.
 */
function enteredFields(block: Block): Set<string> {
  const names = new Set<string>();
  const begun = new Map(
    collectStmts(block, "let").flatMap(({ name, init }) => (init?.kind === "index" ? [[name, init] as const] : [])),
  );
  const add = (type: Type): void => {
    if (type.kind === "maybe") add(type.type);
    else if (type.kind === "list") add(type.element);
    else if (type.kind === "record")
      for (const field of type.fields) {
        names.add(field.name);
        add(field.type);
      }
  };
  walkBlockExprs(block, (e) => {
    if (e.kind === "deepCopy" || e.kind === "zerosLike") add(e.array.type);
    const read = e.kind === "index" || e.kind === "length" ? e.array : undefined;
    const owner = read?.kind === "var" ? begun.get(read.name) : read;
    const field = owner?.kind === "index" ? fieldOf(owner.array.type, owner.index) : undefined;
    if (field) names.add(field.name);
  });
  return names;
}

/** The fields that stand in an equality, also by way of a constant that begins as one. */
function askedFields(block: Block): Set<string> {
  const names = new Set<string>();
  const add = (place: Expr): void => {
    const field = place.kind === "index" ? fieldOf(place.array.type, place.index) : undefined;
    if (field) names.add(field.name);
  };
  walkBlockExprs(block, (e) => {
    if (e.kind === "op" && (e.op === "eq" || e.op === "ne")) e.args.forEach(add);
  });
  for (const { init } of collectStmts(block, "let")) if (init) add(init);
  return names;
}

/** Whether all that an expression chooses from passes a test: its type is then no wider than theirs. */
const everyChoice = (expr: Expr, test: (leaf: Expr) => boolean): boolean => choicesOf(expr).every(test);

/** Whether any of what an expression chooses from passes a test. */
const someChoice = (expr: Expr, test: (leaf: Expr) => boolean): boolean => choicesOf(expr).some(test);

/** A member of an enum is told to be of the enum's type, which has the other members as well. */
function isValue(expr: Expr): boolean {
  return expr.kind === "literal" && expr.value !== undefined && expr.member === undefined;
}

/** What is read from somewhere, not computed. */
const isRead = (expr: Expr): boolean => isPlace(expr) || expr.kind === "literal" || expr.kind === "constant";

/**
 * `const t = a[0] ?? 0; a[0] = 2 * t` in a loop: TypeScript takes a[0] to have the type of what was assigned to it, so
 * it asks for the type of t to find the type of t. The same holds for a variable of which it follows whether it is there, or
 * true, or which of a few texts.
 */
function circularInLoops(block: Block): Set<string> {
  const names = new Set<string>();
  const followed = new Set(
    collectStmts(block, "let")
      .filter(({ type }) => type.kind === "maybe" || type.kind === "boolean" || isChoiceOfTexts(type))
      .map(({ name }) => name),
  );
  for (const { body } of [...collectStmts(block, "for"), ...collectStmts(block, "while")]) {
    for (const name of ofStored(body, block)) names.add(name);
    for (const name of ofFollowed(body, followed)) names.add(name);
  }
  return names;
}

const isElement = (place: Expr): boolean => place.kind === "index" && place.array.type.kind !== "record";

/** The names in a loop; `block` is all around it. Elements are told apart by literals, and by variables that never change. */
function ofStored(body: Block, block: Block): string[] {
  const changing = new Set([...assignedVariables(block), ...collectStmts(block, "for").map(({ name }) => name)]);
  const isSteady = (index: Expr): boolean =>
    index.kind === "literal" || (index.kind === "var" && !changing.has(index.name));
  const stores = collectStmts(body, "store").filter(({ index }) => isSteady(index));
  if (stores.length === 0) return [];
  const lets = collectStmts(body, "let");
  const storesTo = (place: Expr, among = stores): StmtOf<"store">[] =>
    place.kind === "index"
      ? among.filter((store) => sameExpr(store.array, place.array) && sameExpr(store.index, place.index))
      : [];
  // Of numbers it asks only where they may be undefined, as elements may, and the place was assigned to before the loop.
  const around = collectStmts(block, "store").filter((store) => !stores.includes(store));
  const mayAsk = (place: Expr, type: Type): boolean =>
    isReference(type) || (isNumeric(type) && isElement(place) && storesTo(place, around).length > 0);
  /** What TypeScript asks the type of, to know that of an expression. */
  const leadsBack = (expr: Expr, name: string, seen: Set<Stmt>): boolean =>
    choicesOf(expr).some((leaf) => {
      if (leaf.kind === "var" && leaf.name === name) return true;
      if (leaf.kind === "op") return leaf.args.some((arg) => leadsBack(arg, name, seen));
      const next: (StmtOf<"store"> | StmtOf<"let">)[] =
        leaf.kind === "var" ? lets.filter((stmt) => stmt.name === leaf.name) : storesTo(leaf);
      return next.some((stmt) => {
        const value = stmt.kind === "let" ? stmt.init : stmt.value;
        if (seen.has(stmt) || value === undefined) return false;
        seen.add(stmt);
        return leadsBack(value, name, seen);
      });
    });
  return lets.flatMap(({ name, type, init }) => {
    const literal = stores.filter(({ index }) => index.kind === "literal");
    if (init?.kind === "nullish" && storesTo(init.left, literal).length > 0) return [name];
    const parts = init === undefined ? [] : choicesOf(init).flatMap(summands);
    return parts.some((e) => mayAsk(e, type) && leadsBack(e, name, new Set())) ? [name] : [];
  });
}

/** The elements whose types say that of an expression: a sum may be one of numbers or of texts. */
function summands(expr: Expr): Expr[] {
  if (expr.kind === "index") return [expr];
  return expr.kind === "op" && expr.op === "add" ? expr.args.flatMap(summands) : [];
}

/** Constants that are made of a variable which is, by other constants perhaps, assigned what is made of them. */
function ofFollowed(body: Block, followed: ReadonlySet<string>): string[] {
  const madeOf = new Map<string, Set<string>>();
  const add = (name: string, value: Expr): void => {
    const names = madeOf.get(name) ?? new Set();
    walkExpr(value, (part) => {
      if (part.kind === "var") names.add(part.name);
    });
    madeOf.set(name, names);
  };
  const changed = collectStmts(body, "assign").filter(({ name }) => followed.has(name));
  if (changed.length === 0) return [];
  for (const { name, value } of changed) add(name, value);
  const lets = collectStmts(body, "let").filter(({ init }) => init !== undefined);
  for (const { name, init } of lets) if (init) add(name, init);
  const inferred = lets.filter(({ type, init }) => type.kind !== "string" || init?.kind !== "var");
  return inferred.map(({ name }) => name).filter((name) => leadsTo(madeOf, name, name));
}

function leadsTo(edges: ReadonlyMap<string, ReadonlySet<string>>, from: string, to: string): boolean {
  const seen = new Set<string>();
  const visit = (name: string): boolean => {
    for (const next of edges.get(name) ?? []) {
      if (next === to) return true;
      if (seen.has(next)) continue;
      seen.add(next);
      if (visit(next)) return true;
    }
    return false;
  };
  return visit(from);
}

/** Variables that are given what may be absent after they were declared. */
function givenWhatMayBeAbsent(block: Block): Set<string> {
  const assigned = collectStmts(block, "assign").filter(
    ({ value }) => value.type.kind === "maybe" || isUndefined(value),
  );
  const popped = collectStmts(block, "pop").filter(({ type, declare }) => type.kind === "maybe" && !declare);
  return new Set([...assigned.map(({ name }) => name), ...popped.map(({ target }) => target)]);
}

/** Variables that stand elsewhere than in an equality. */
function handedOnIn(func: Func): Set<string> {
  const names = new Set<string>();
  const visit = (e: Expr): void => {
    const isEquality = e.kind === "op" && (e.op === "eq" || e.op === "ne");
    if (e.kind === "var") names.add(e.name);
    for (const part of childrenOf(e)) if (!isEquality || part.kind !== "var") visit(part);
  };
  walkBlock(func.body, (stmt) => {
    exprsOf(stmt).forEach(visit);
  });
  return names;
}

/** Variables that stand in an equality, by themselves or to be chosen from, but for one with `undefined`. */
function comparedForEquality(func: Func): Set<string> {
  const names = new Set<string>();
  walkBlockExprs(func.body, (e) => {
    if (e.kind !== "op" || (e.op !== "eq" && e.op !== "ne")) return;
    if (e.args.some(isUndefined)) return;
    for (const arg of e.args) {
      for (const leaf of choicesOf(arg)) if (leaf.kind === "var") names.add(leaf.name);
    }
  });
  return names;
}
