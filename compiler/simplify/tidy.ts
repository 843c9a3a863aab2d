/**
 * Makes the code of a transform read as one would write it: an adjoint that starts at zero is declared where
 * it gets its first value, what is assigned once is a constant, a constant that is a name or is used once is
 * put in its place. Only variables that the transform made are touched, never the user's.
 */
import { choicesOf, isName, isPlace, isUndefined, makesMemory, readAs } from "../ir/ask.ts";
import { aimOf, bool, isNumeric, isReference, num } from "../ir/build.ts";
import { evaluateOp } from "../ir/evaluate.ts";
import { isNarrowed, narrowedElements } from "../ir/narrowed.ts";
import { copyTogether } from "../ir/runtime.ts";
import type { Block, Expr, Func, Stmt } from "../ir/types.ts";
import {
  assignedVariables,
  blocksOf,
  declaredNames,
  exprsOf,
  freeVariables,
  implicitReads,
  mapBlock,
  mapStmt,
  mapBlockExprs,
  mapExpr,
  mentions,
  namesDeclaredBy,
  sameExpr,
  variablesDeclaredBy,
  someExpr,
  walkBlock,
  type StmtOf,
  writtenArray,
} from "../ir/visit.ts";
import { neg } from "../ir/algebra.ts";
import { firstAbove, Places } from "./mentions.ts";

export function tidy(func: Func, isMade: (name: string) => boolean): Func {
  let body = func.body;
  const isSubstituted = substituted(func, isMade);
  const isNarrow = narrowedElements(func.params);
  const isPutInPlace = (name: string, value: Expr): boolean => isMade(name) && !isNarrow(value);
  for (let round = 0; round < 4; round++) {
    const next = substituteCopies(inlineOnce(constants(mergeInits(body, isMade), isMade), isPutInPlace), isSubstituted);
    if (next === body) break;
    body = next;
  }
  return { ...func, body };
}

/** Constants that were made as other names of constants, or of literals: the first name stands for both. */
export function dropCopies(func: Func, isMade: (name: string) => boolean): Func {
  const isSubstituted = substituted(func, isMade);
  // A reference keeps the name that it was given: it says which array it is.
  const isPlain = (name: string, value: Expr): boolean => !isReference(value.type) && isSubstituted(name, value);
  return { ...func, body: substituteCopies(func.body, isPlain) };
}

/** Which copies may go. That of a parameter of the type `1 | 2` is compared with what the parameter could not be compared with. */
function substituted(func: Func, isMade: (name: string) => boolean): (name: string, value: Expr) => boolean {
  const narrowed = new Set(func.params.filter(isNarrowed).map((param) => param.name));
  return (name, value) => isMade(name) && !(value.kind === "var" && narrowed.has(value.name));
}

// ---------------------------------------------------------------------------------------------

/**
 * `let x = 0; …; x = x + e` with nothing in between that mentions x is `…; let x = e`, and so are `let x; …; x = e` and
 * `let x = d; …; x = e`.
 */
function mergeInits(block: Block, isMade: (name: string) => boolean): Block {
  const places = new Places(block.map((stmt) => mapStmt(stmt, { block: (inner) => mergeInits(inner, isMade) })));
  for (let i = 0; i < places.length; i++) {
    const stmt = places.own(i);
    if (stmt?.kind !== "let" || !stmt.mutable || stmt.exit) continue;
    if (stmt.init !== undefined && (!isMade(stmt.name) || isReference(stmt.type))) continue;
    const next = places.next(stmt.name, i);
    if (next === undefined) continue;
    const first = next.stmt;
    const value = first.kind === "assign" && first.name === stmt.name ? mergedInto(stmt, first.value) : undefined;
    if (value !== undefined) {
      places.replace(i, stmt);
      places.replace(next.place, first, { ...stmt, ...aimOf(first), init: value });
    } else if (startsEmpty(stmt) && hasBetween(places, i, next.place, (s) => !startsEmpty(s))) {
      // Declared where it is first used.
      places.replace(i, stmt);
      places.replace(next.place, first, stmt, first);
    }
  }
  const out = places.block();
  return sameOrder(out, block) ? block : out;
}

function hasBetween(places: Places, from: number, to: number, test: (stmt: Stmt) => boolean): boolean {
  for (let place = from + 1; place < to; place++) if (places.all(place).some(test)) return true;
  return false;
}

function sameOrder(a: Block, b: Block): boolean {
  return a.length === b.length && a.every((s, i) => s === b[i]);
}

function startsEmpty(stmt: Stmt): boolean {
  return stmt.kind === "let" && (stmt.init === undefined || isZero(stmt.init) || isZeroTensor(stmt.init));
}

function isZeroTensor(e: Expr): boolean {
  return e.kind === "zerosLike" && e.type.kind === "tensor";
}

function isZero(e: Expr | undefined): boolean {
  return e?.kind === "literal" && Object.is(e.value, 0);
}

/** What a variable may start with instead: the first value that it is assigned. */
function mergedInto(stmt: StmtOf<"let">, value: Expr): Expr | undefined {
  if (!mentions(value, stmt.name)) return value;
  return startsEmpty(stmt) ? added(value, stmt.name, stmt.init) : undefined;
}

/** `x + e` or `x - e` for a zero x: e alone (negated) of derivatives, which may come out as -0. */
function added(value: Expr, name: string, zero: Expr | undefined): Expr | undefined {
  if (value.kind !== "op" || (value.op !== "add" && value.op !== "sub")) return undefined;
  const [left, right] = value.args;
  if (left === undefined || right === undefined) return undefined;
  const [isLeft, isRight] = [isName(left, name), isName(right, name)];
  if (isLeft === isRight || mentions(isLeft ? right : left, name)) return undefined;
  const other = isLeft ? right : left;
  // With a number the sum is known.
  if (zero?.kind === "literal" && zero.empty !== true && !(other.kind === "literal" && other.value !== 0))
    return { ...value, args: isLeft ? [zero, right] : [left, zero] };
  if (value.op === "add") return other;
  return isLeft ? neg(right) : undefined;
}

// ---------------------------------------------------------------------------------------------

/** A variable that is never assigned is a constant. */
function constants(block: Block, isMade: (name: string) => boolean): Block {
  const assigned = assignedVariables(block);
  const visit = (b: Block): Block => {
    let changed = false;
    const out = b.map((stmt) => {
      const inner = mapStmt(stmt, { block: visit });
      const next: Stmt =
        inner.kind === "let" &&
        inner.mutable &&
        inner.init !== undefined &&
        !inner.exit &&
        isMade(inner.name) &&
        !assigned.has(inner.name)
          ? { ...inner, mutable: false }
          : inner;
      changed ||= next !== stmt;
      return next;
    });
    return changed ? out : b;
  };
  return visit(block);
}

/** `const a = b` for a name or a number b that never changes: b is used instead. */
function substituteCopies(block: Block, isSubstituted: (name: string, value: Expr) => boolean): Block {
  const assigned = assignedVariables(block);
  const isCopy = (stmt: StmtOf<"let">, value: Expr): boolean => {
    if (stmt.mutable || !isSubstituted(stmt.name, value)) return false;
    const stays =
      (value.kind === "var" && !assigned.has(value.name)) ||
      value.kind === "literal" ||
      (value.kind === "op" && value.op === "neg" && value.args[0]?.kind === "var" && !assigned.has(value.args[0].name));
    return (
      stays &&
      (value.kind === "var" ||
        (stmt.type.kind === "maybe" && isUndefined(value)) ||
        stmt.type.kind === "number" ||
        stmt.type.kind === "int" ||
        stmt.type.kind === "boolean")
    );
  };
  const copies = new Map<string, Expr>();
  // Where statements run again, a name may stand for another value than before.
  const others = new Set<string>();
  walkBlock(block, (stmt) => {
    if (stmt.kind !== "let") {
      for (const { name } of variablesDeclaredBy(stmt)) others.add(name);
      return;
    }
    const before = copies.get(stmt.name);
    if (stmt.init === undefined || !isCopy(stmt, stmt.init) || (before && !sameExpr(before, stmt.init)))
      others.add(stmt.name);
    else copies.set(stmt.name, stmt.init);
  });
  for (const name of others) copies.delete(name);
  if (copies.size === 0) return block;
  const resolve = (e: Expr): Expr => {
    const value = e.kind === "var" ? copies.get(e.name) : undefined;
    if (value === undefined) return e;
    if (value.kind === "op") return { ...value, args: value.args.map(resolve) };
    return readAs(resolve(value), e);
  };
  const visit = (b: Block): Block =>
    b.flatMap((stmt) => (stmt.kind === "let" && copies.has(stmt.name) ? [] : [mapStmt(stmt, { block: visit })]));
  const literals = new Set<Expr>([...copies.values()].filter((value) => value.kind === "literal"));
  const folded = mapBlockExprs(visit(block), (e) => {
    const result = foldLiterals(decidedTies(resolve(e), literals), literals);
    if (result !== e && result.kind === "literal") literals.add(result);
    return result;
  });
  if (literals.size === 0) return folded;
  return mapBlock(folded, (stmt) => {
    if (stmt.kind !== "if" || !literals.has(stmt.test) || stmt.test.kind !== "literal") return stmt;
    return stmt.test.value ? stmt.then : stmt.else;
  });
}

/**
 * `0 === x ? e : f` for a literal that came in as a copy, perhaps as one of those that are chosen from: in e, what x is
 * compared with is decided. TypeScript takes x for the literal there, and refuses to compare it with another.
 */
function decidedTies(e: Expr, literals: Set<Expr>): Expr {
  if (e.kind !== "select" || e.test.kind !== "op" || e.test.op !== "eq") return e;
  const [known, value] = e.test.args;
  const choices = known && choicesOf(known);
  if (value === undefined || !choices?.every(isLiteral) || !choices.some((choice) => literals.has(choice))) return e;
  const yes = mapExpr(e.yes, (inner) => {
    const [other, same] = inner.kind === "op" && inner.op === "eq" ? inner.args : [];
    if (other?.kind === "literal" && same !== undefined && sameExpr(same, value)) {
      const equal = choices.filter((choice) => choice.value === other.value);
      if (equal.length > 0 && equal.length < choices.length) return inner;
      const decided = bool(equal.length > 0);
      literals.add(decided);
      return decided;
    }
    return foldLiterals(inner, literals);
  });
  return yes === e.yes ? e : { ...e, yes };
}

const isLiteral = (e: Expr): e is Extract<Expr, { kind: "literal" }> => e.kind === "literal";

/** A literal that comes in as a copy is folded, as it would have been had it stood there at first. */
function foldLiterals(e: Expr, literals: ReadonlySet<Expr>): Expr {
  if (e.kind === "select") {
    // Of what is absent either way TypeScript would know that, too, and refuse to ask it for more.
    if (literals.has(e.yes) && literals.has(e.no) && isUndefined(e.yes) && isUndefined(e.no)) return e.yes;
    const same = [e.yes, e.no].find((arm) => literals.has(arm));
    if (same && isLiteral(e.yes) && isLiteral(e.no) && isNumeric(e.type) && Object.is(e.yes.value, e.no.value))
      return same;
    return literals.has(e.test) && e.test.kind === "literal" ? (e.test.value ? e.yes : e.no) : e;
  }
  const asksForMemory = e.kind === "length" || e.kind === "zerosLike" || e.kind === "deepCopy";
  if (asksForMemory && literals.has(e.array) && isUndefined(e.array)) return e.array;
  if (e.kind === "logic") {
    const [known, other] = literals.has(e.left) ? [e.left, e.right] : [e.right, e.left];
    if (!literals.has(known) || known.kind !== "literal") return e;
    return Boolean(known.value) === (e.op === "&&") ? other : known;
  }
  if (e.kind === "nullish") return literals.has(e.left) && isUndefined(e.left) ? e.right : e;
  if (e.kind !== "op" || !e.args.some((arg) => literals.has(arg))) return e;
  const [left, right] = e.args;
  if (e.op === "not" && left?.kind === "literal") return bool(!left.value);
  if (left === undefined || right === undefined) return e;
  if (e.type.kind === "boolean" && left.kind === "literal" && right.kind === "literal") {
    return bool(Boolean(evaluateOp(e.op, [left.value, right.value])));
  }
  return e.op === "mul" ? exactProduct(e, left, right) : e;
}

/** The user's own product may be of the copy: what could change a bit, such as another order of factors, is left alone. */
function exactProduct(product: Expr, left: Expr, right: Expr): Expr {
  if (left.kind === "literal" && right.kind === "literal") return num(Number(left.value) * Number(right.value));
  if (left.kind === "literal" && left.value === 1) return right;
  return right.kind === "literal" && right.value === 1 ? left : product;
}

// ---------------------------------------------------------------------------------------------

/** A constant that is used once, later in the same block, with nothing in between that changes it, is put in place. */
function inlineOnce(block: Block, isPutInPlace: (name: string, value: Expr) => boolean): Block {
  const uses = new Map<string, number>();
  walkBlock(block, (stmt) => {
    for (const expr of exprsOf(stmt)) countUses(expr, uses);
    for (const name of implicitReads(stmt)) uses.set(name, (uses.get(name) ?? 0) + 2);
  });
  const apart = memoryApart(block);
  const visit = (b: Block): Block => {
    const inner = b.map((stmt) => mapStmt(stmt, { block: visit }));
    const places = new Places(inner);
    const changes = changesIn(inner);
    for (let i = 0; i < places.length; i++) {
      const stmt = places.own(i);
      if (
        stmt?.kind !== "let" ||
        stmt.mutable ||
        stmt.init === undefined ||
        !isPutInPlace(stmt.name, stmt.init) ||
        uses.get(stmt.name) !== 1
      )
        continue;
      if (!isNumeric(stmt.type) && stmt.type.kind !== "boolean") continue;
      // Nested as it is printed, and not before.
      if (stmt.init.kind === "tensorOp") continue;
      // A choice that is known to be there says so where it gets its name.
      if (stmt.type.kind !== "maybe" && stmt.init.type.kind === "maybe" && !isPlace(stmt.init)) continue;
      const target = places.next(stmt.name, i);
      if (target === undefined) continue;
      const user = target.stmt;
      if (blocksOf(user).length > 0 || user.kind === "push") continue;
      if (!exprsOf(user).some((e) => mentions(e, stmt.name)) || isLazyUse(user, stmt.name)) continue;
      if (interferes(changes, i, target.place, stmt.init, apart)) continue;
      const value = stmt.init;
      places.replace(i, stmt);
      places.replace(target.place, user, mapStmt(user, { expr: (e) => replace(e, stmt.name, value) }));
    }
    const out = places.block();
    return sameOrder(out, b) ? b : out;
  };
  return visit(block);
}

function replace(expr: Expr, name: string, value: Expr): Expr {
  const literals = new Set<Expr>(value.kind === "literal" ? [value] : []);
  // Where a negated value comes in, the sign goes outward: not a bit changes by that.
  const moved = new Set<Expr>(isNegated(value) ? [value] : []);
  const [stmt] = mapBlockExprs([{ kind: "throw", value: expr }], (e) => {
    if (e.kind === "var" && e.name === name) return readAs(value, e);
    if (literals.size > 0) return foldLiterals(e, literals);
    if (e.kind !== "op" || !e.args.some((arg) => moved.has(arg))) return e;
    const lifted = withoutInnerSign(e, moved);
    if (isNegated(lifted)) moved.add(lifted);
    return lifted;
  });
  return stmt?.kind === "throw" ? stmt.value : expr;
}

function isNegated(e: Expr): e is Extract<Expr, { kind: "op" }> {
  return e.kind === "op" && e.op === "neg";
}

/** `a * -b` as `-(a * b)`, `a - -b` as `a + b`, for operands that are in `moved`. */
function withoutInnerSign(e: Extract<Expr, { kind: "op" }>, moved: ReadonlySet<Expr>): Expr {
  const [left, right] = e.args;
  const plain = (arg: Expr): Expr => (moved.has(arg) && isNegated(arg) ? arg.args[0]! : arg);
  if (left === undefined) return e;
  if (e.op === "neg") return plain(left);
  if (right === undefined) return e;
  const signs = [left, right].filter((arg) => moved.has(arg)).length;
  if (e.op === "mul" || e.op === "div") {
    const product: Expr = { ...e, args: [plain(left), plain(right)] };
    return signs === 2 ? product : { kind: "op", op: "neg", args: [product], type: e.type };
  }
  if (e.op !== "add" && e.op !== "sub") return e;
  if (moved.has(right)) return { ...e, op: e.op === "add" ? "sub" : "add", args: [left, plain(right)] };
  return e.op === "add" ? { ...e, op: "sub", args: [right, plain(left)] } : e;
}

function countUses(expr: Expr, uses: Map<string, number>): void {
  someExpr(expr, (e) => {
    if (e.kind === "var") uses.set(e.name, (uses.get(e.name) ?? 0) + 1);
    return false;
  });
}

/** Inside a choice the value would not always be computed; that is fine for cost but not for reading. */
function isLazyUse(stmt: Stmt, name: string): boolean {
  return exprsOf(stmt).some((e) =>
    someExpr(e, (inner) => (inner.kind === "select" || inner.kind === "logic") && mentions(inner, name)),
  );
}

/** The places of a block at which variables are assigned, functions called and arrays written into, each in order. */
interface ChangesAt {
  readonly assigned: ReadonlyMap<string, readonly number[]>;
  readonly called: readonly number[];
  readonly written: readonly number[];
  readonly arraysAt: ReadonlyMap<number, readonly Expr[]>;
}

function changesIn(block: Block): ChangesAt {
  const assigned = new Map<string, number[]>();
  const called: number[] = [];
  const arraysAt = new Map<number, readonly Expr[]>();
  for (const [place, stmt] of block.entries()) {
    const arrays: Expr[] = [];
    const assign = (name: string): void => {
      const all = assigned.get(name);
      if (all === undefined) assigned.set(name, [place]);
      else if (all.at(-1) !== place) all.push(place);
    };
    walkBlock([stmt], (s) => {
      if (s.kind === "assign") assign(s.name);
      if (s.kind === "pop") assign(s.target);
      namesDeclaredBy(s).forEach(assign);
      if ((s.kind === "call" && s.callee !== copyTogether) || s.kind === "apply") called.push(place);
      const array = writtenArray(s);
      if (array !== undefined) arrays.push(array);
    });
    if (arrays.length > 0) arraysAt.set(place, arrays);
  }
  return { assigned, called, written: [...arraysAt.keys()], arraysAt };
}

/** Whether a statement between two places may change what an expression reads. */
function interferes(
  { assigned, called, written, arraysAt }: ChangesAt,
  from: number,
  to: number,
  value: Expr,
  apart: (written: Expr, value: Expr) => boolean,
): boolean {
  const isBetween = (places: readonly number[]): boolean => (places[firstAbove(places, from)] ?? to) < to;
  if (isBetween(called)) return true;
  for (const name of freeVariables(value)) if (isBetween(assigned.get(name) ?? [])) return true;
  if (!someExpr(value, (e) => e.kind === "index" || e.kind === "length")) return false;
  for (let k = firstAbove(written, from); k < written.length && written[k]! < to; k++)
    if (arraysAt.get(written[k]!)!.some((array) => !apart(array, value))) return true;
  return false;
}

/**
 * Tells whether writing into an array leaves what an expression reads alone: the array was made here, and has one
 * name, and so have all that are read, or they are parameters.
 */
function memoryApart(block: Block): (written: Expr, value: Expr) => boolean {
  const assigned = assignedVariables(block);
  const declared = declaredNames(block);
  const made = new Set<string>();
  walkBlock(block, (stmt) => {
    if (stmt.kind !== "let" || stmt.init === undefined || assigned.has(stmt.name)) return;
    const isFlat = stmt.type.kind === "typed" || (stmt.type.kind === "list" && !isReference(stmt.type.element));
    if (isFlat && makesMemory(stmt.init)) made.add(stmt.name);
  });
  const isKnown = (name: string): boolean => made.has(name) || (!declared.has(name) && !assigned.has(name));
  return (written, value) => {
    if (written.kind !== "var" || !made.has(written.name)) return false;
    return !someExpr(value, (e) => {
      if (e.kind !== "index" && e.kind !== "length") return false;
      return e.array.kind !== "var" || e.array.name === written.name || !isKnown(e.array.name);
    });
  };
}
