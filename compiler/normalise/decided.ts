/**
 * Drops what is decided before the function runs: a choice by a literal (often an argument of an inlined call),
 * or by a condition that one around it has answered already. Each is gone to the bit, and TypeScript would refuse
 * some of what is left else: to it, a `k` inside of `if (k === 1)` cannot be 2.
 */
import { makesArray, undefinedOf } from "../ir/ask.ts";
import { bool, fieldOf } from "../ir/build.ts";
import { evaluateOp } from "../ir/evaluate.ts";
import type { Block, Expr, Func, OpName, Stmt } from "../ir/types.ts";
import { assignedVariables, mapChildren, mapStmt } from "../ir/visit.ts";
import { Facts, type Answers, type Fact, type Value } from "./known-facts.ts";

export function decideConditions(func: Func): Func {
  // What the caller passes is there, unless the parameter says otherwise.
  const known = func.params.flatMap((param): Fact[] => {
    const place: Expr = { kind: "var", name: param.name, type: param.type };
    return param.type.kind === "maybe" ? [] : [{ place, is: false, value: undefined }];
  });
  const { block } = decideBlock(func.body, Facts.of(known));
  return block === func.body ? func : { ...func, body: block };
}

interface Decided {
  readonly block: Block;
  /** What is known behind the block; undefined where control does not get there. */
  readonly facts: Facts | undefined;
}

// ---------------------------------------------------------------------------------------------
// Statements
// ---------------------------------------------------------------------------------------------

/** What the block does to what is known shows in `before`. */
function decideBlock(block: Block, before: Facts): Decided {
  const out: Stmt[] = [];
  let facts: Facts | undefined = before;
  for (const stmt of block) {
    if (facts === undefined) break;
    const decided = decideStmt(stmt, facts);
    out.push(...decided.block);
    facts = decided.facts;
  }
  const unchanged = out.length === block.length && out.every((stmt, i) => stmt === block[i]);
  return { block: unchanged ? block : out, facts };
}

function decideStmt(stmt: Stmt, facts: Facts): Decided {
  switch (stmt.kind) {
    case "if":
      return decideIf(stmt, facts);
    case "for":
    case "while":
    case "block":
      return decideNested(stmt, facts);
    case "closure":
      return { block: [mapStmt(stmt, { block: (body) => decideBlock(body, Facts.of([])).block })], facts };
    case "exit":
    case "return":
    case "throw":
      return { block: [mapStmt(stmt, { expr: (e) => decideValue(e, facts) })], facts: undefined };
    default: {
      const given = stmt.kind === "let" || stmt.kind === "assign" ? decideValue : decide;
      const next = withPresentType(mapStmt(stmt, { expr: (e) => given(e, facts) }), facts);
      const value = next.kind === "let" ? next.init : next.kind === "assign" ? next.value : undefined;
      const learned =
        value !== undefined && (next.kind === "let" || next.kind === "assign")
          ? factsOfValue({ kind: "var", name: next.name, type: value.type }, value, facts)
          : [];
      facts.forget(stmt);
      facts.learn(learned);
      if (value?.type.kind === "boolean" && (next.kind === "let" || next.kind === "assign"))
        facts.learnAnswers(next.name, answersOf(value, facts));
      return { block: [next], facts };
    }
  }
}

/** A constant that is surely there has a type that says so. */
function withPresentType(stmt: Stmt, facts: Facts): Stmt {
  if (stmt.kind !== "let" || stmt.mutable || stmt.type.kind !== "maybe" || stmt.init === undefined) return stmt;
  return isPresent(stmt.init, facts) ? { ...stmt, type: stmt.type.type } : stmt;
}

function decideIf(stmt: Extract<Stmt, { kind: "if" }>, facts: Facts): Decided {
  const test = decide(stmt.test, facts);
  const answer = truth(test);
  if (answer !== undefined) return decideBlock(answer ? stmt.then : stmt.else, facts);
  const then = decideBlock(stmt.then, facts.with(assume(test, true, facts)));
  const otherwise = decideBlock(stmt.else, facts.with(assume(test, false, facts)));
  const same = test === stmt.test && then.block === stmt.then && otherwise.block === stmt.else;
  const next = same ? stmt : { ...stmt, test, then: then.block, else: otherwise.block };
  if (then.facts === undefined || otherwise.facts === undefined)
    return { block: [next], facts: then.facts ?? otherwise.facts };
  const changed = assignedVariables([stmt]);
  const absent = otherwise.facts.absent(changed).filter(({ place }) => isAbsent(place, then.facts!));
  facts.forget(stmt);
  facts.learn(absent);
  return { block: [next], facts };
}

/** Loops and labelled blocks: what they change is not known in them, nor behind them, but for what stays undefined. */
function decideNested(stmt: Extract<Stmt, { kind: "for" | "while" | "block" }>, facts: Facts): Decided {
  const steady = stmt.kind === "block" ? facts.with([]) : throughout(stmt, facts);
  if (stmt.kind === "block") steady.forget(stmt);
  switch (stmt.kind) {
    case "block":
      return { block: [mapStmt(stmt, { block: (body) => decideBlock(body, facts).block })], facts: steady };
    case "for": {
      const start = decide(stmt.start, facts);
      const mapped = mapStmt(stmt, {
        expr: (e) => (e === stmt.start ? start : decide(e, steady)),
        block: (body) => decideBlock(body, steady.with([])).block,
      });
      return { block: [mapped], facts: steady };
    }
    case "while": {
      const test = decide(stmt.test, steady);
      if (truth(test) === false) return { block: [], facts };
      const inside = steady.with(assume(test, true, steady));
      const mapped = mapStmt(stmt, { expr: () => test, block: (body) => decideBlock(body, inside).block });
      return { block: [mapped], facts: steady };
    }
  }
}

/** What holds whenever an iteration begins. What is undefined before the first one may stay so, as TypeScript sees too. */
function throughout(loop: Extract<Stmt, { kind: "for" | "while" }>, facts: Facts): Facts {
  let absent = facts.absent(assignedVariables(loop.body));
  for (;;) {
    const steady = facts.with([]);
    steady.forget(loop);
    steady.learn(absent);
    if (absent.length === 0) return steady;
    const after = decideBlock(loop.body, steady.with([])).facts;
    const left = absent.filter(({ place }) => after === undefined || isAbsent(place, after));
    if (left.length === absent.length) return steady;
    absent = left;
  }
}

// ---------------------------------------------------------------------------------------------
// Expressions
// ---------------------------------------------------------------------------------------------

/** What a statement gives on, whole or in parts: undefined stands for what surely is. */
function decideValue(expr: Expr, facts: Facts): Expr {
  switch (expr.kind) {
    case "var":
    case "select":
      return expr.type.kind === "maybe" && isAbsent(expr, facts) ? undefinedOf(expr.type) : decide(expr, facts);
    case "items":
    case "tuple":
      return mapChildren(expr, (child) => decideValue(child, facts));
    default:
      return decide(expr, facts);
  }
}

function decide(expr: Expr, facts: Facts): Expr {
  switch (expr.kind) {
    case "var":
      if (expr.type.kind === "boolean") return literalOr(expr, valueOf(expr, facts));
      return expr.type.kind === "maybe" && isPresent(expr, facts) ? { ...expr, type: expr.type.type } : expr;
    case "select": {
      const test = decide(expr.test, facts);
      const answer = truth(test);
      if (answer !== undefined) return decide(answer ? expr.yes : expr.no, facts);
      const yes = decide(expr.yes, knowing(facts, assume(test, true, facts)));
      const no = decide(expr.no, knowing(facts, assume(test, false, facts)));
      return test === expr.test && yes === expr.yes && no === expr.no ? expr : { ...expr, test, yes, no };
    }
    case "logic": {
      const left = decide(expr.left, facts);
      const answer = truth(left);
      const goesOn = expr.op === "&&";
      if (answer !== undefined) return answer === goesOn ? decide(expr.right, facts) : bool(answer);
      const right = decide(expr.right, knowing(facts, assume(left, goesOn, facts)));
      const last = truth(right);
      if (last !== undefined) return last === goesOn ? left : bool(last);
      return left === expr.left && right === expr.right ? expr : { ...expr, left, right };
    }
    case "nullish": {
      const left = decide(expr.left, facts);
      if (isAbsent(left, facts)) return decide(expr.right, facts);
      if (isPresent(left, facts)) return left;
      const right = decide(expr.right, facts);
      return left === expr.left && right === expr.right ? expr : { ...expr, left, right };
    }
    default: {
      const mapped = mapChildren(expr, (child) => decide(child, facts));
      if (mapped.kind === "foreign") return decideText(mapped, facts);
      return mapped.kind === "op" ? decideOp(mapped, facts) : mapped;
    }
  }
}

/** A template of texts and numbers that are known is a text: TypeScript sees what it says where it is compared. */
function decideText(expr: Extract<Expr, { kind: "foreign" }>, facts: Facts): Expr {
  if (expr.type.kind !== "string" || !expr.texts.every(isPlainPiece)) return expr;
  const values = expr.args.map((arg) => valueOf(arg, facts)?.value);
  if (values.some((value) => typeof value !== "string" && typeof value !== "number")) return expr;
  const pieces = expr.texts.map((text) => text.replace(/^[`}]/, "").replace(/(?:`|\$\{)$/, ""));
  const value = pieces.map((piece, i) => piece + String(values[i] ?? "")).join("");
  return { kind: "literal", value, type: expr.type };
}

/** What stands between two values of a template, as it is written. */
function isPlainPiece(text: string, i: number, { length }: readonly string[]): boolean {
  const [start, end] = [i === 0 ? "`" : "}", i === length - 1 ? "`" : "${"];
  return text.startsWith(start) && text.endsWith(end) && !/[`\\$\n]/.test(text.slice(start.length, -end.length));
}

const comparisons: ReadonlySet<OpName> = new Set(["lt", "le", "gt", "ge", "eq", "ne"]);

function decideOp(expr: Extract<Expr, { kind: "op" }>, facts: Facts): Expr {
  const [left, right] = expr.args;
  const operand = expr.op === "not" && left !== undefined ? valueOf(left, facts) : undefined;
  if (operand !== undefined) return bool(!operand.value);
  if (!comparisons.has(expr.op) || left === undefined || right === undefined) return expr;
  const [a, b] = [valueOf(left, facts), valueOf(right, facts)];
  if (a !== undefined && b !== undefined) return bool(Boolean(evaluateOp(expr.op, [a.value, b.value])));
  if (expr.op !== "eq" && expr.op !== "ne") return expr;
  const [place, value] = a === undefined ? [left, b] : [right, a];
  if (value === undefined) return expr;
  const asked = value.value === undefined ? presentWhere(place, facts) : undefined;
  if (asked !== undefined) return expr.op === "ne" ? asked : { kind: "op", op: "not", args: [asked], type: expr.type };
  const excluded =
    (value.value === undefined && isPresent(place, facts)) ||
    facts.about(place).some((fact) => !fact.is && fact.value === value.value);
  return excluded ? bool(expr.op === "ne") : expr;
}

/** The condition under which a chain such as `a?.b` gives something: that there is an a. */
function presentWhere(expr: Expr, facts: Facts): Expr | undefined {
  if (expr.kind !== "select" || expr.no.kind !== "literal" || expr.no.value !== undefined) return undefined;
  return isPresent(expr.yes, knowing(facts, assume(expr.test, true, facts))) ? expr.test : undefined;
}

function literalOr(expr: Expr, known: { readonly value: Value } | undefined): Expr {
  return known === undefined ? expr : { kind: "literal", value: known.value, type: expr.type };
}

/** The value of a condition that is known. */
function truth(test: Expr): boolean | undefined {
  return test.kind === "literal" ? Boolean(test.value) : undefined;
}

/** The value of an expression that is known, but for the sign of zero. */
function valueOf(expr: Expr, facts: Facts): { readonly value: Value } | undefined {
  return literalValue(expr) ?? facts.about(expr).find((fact) => fact.is);
}

function literalValue(expr: Expr): { readonly value: Value } | undefined {
  if (expr.kind === "literal") return expr;
  return expr.kind === "constant" && expr.value !== undefined ? { value: expr.value } : undefined;
}

/** Whether an expression is surely undefined, perhaps as a part of what is. */
function isAbsent(expr: Expr, facts: Facts): boolean {
  switch (expr.kind) {
    case "index":
    case "length":
      return expr.array.type.kind === "maybe" && isAbsent(expr.array, facts);
    case "select":
      return isAbsent(expr.yes, facts) && isAbsent(expr.no, facts);
    default: {
      const known = valueOf(expr, facts);
      return known !== undefined && known.value === undefined;
    }
  }
}

/** Whether an expression is surely not undefined: an element outside of an array is, whatever its type says. */
function isPresent(expr: Expr, facts: Facts): boolean {
  switch (expr.kind) {
    case "literal":
      return expr.value !== undefined;
    case "op":
      return expr.op !== "stop" || isPresent(expr.args[0]!, facts);
    case "length":
    case "constant":
      return expr.type.kind !== "maybe";
    case "index": {
      const field = fieldOf(expr.array.type, expr.index);
      return field !== undefined && field.type.kind !== "maybe" && isReached(expr.array);
    }
    case "select":
      return isPresent(expr.yes, facts) && isPresent(expr.no, facts);
    case "nullish":
      return isPresent(expr.right, facts);
    case "var":
      return facts.about(expr).some((fact) => fact.is === (fact.value !== undefined));
    default:
      return expr.type.kind !== "maybe" && makesArray(expr);
  }
}

/** Whether a path leads through nothing that may be absent. */
function isReached(expr: Expr): boolean {
  return expr.type.kind !== "maybe" && (expr.kind !== "index" || isReached(expr.array));
}

// ---------------------------------------------------------------------------------------------
// Facts
// ---------------------------------------------------------------------------------------------

/** The facts with more, where there is more. */
function knowing(facts: Facts, more: readonly Fact[]): Facts {
  return more.length === 0 ? facts : facts.with(more);
}

/** What is known of a variable from the value that it gets. */
function factsOfValue(place: Expr, value: Expr, facts: Facts): readonly Fact[] {
  if (value.kind === "literal") return [{ place, is: true, value: value.value }];
  const copied = facts.about(value).map((fact) => ({ ...fact, place }));
  if (copied.length > 0) return copied;
  return isPresent(value, facts) ? [{ place, is: false, value: undefined }] : [];
}

/** What is known where a condition has the given answer. */
function assume(test: Expr, answer: boolean, facts: Facts): readonly Fact[] {
  switch (test.kind) {
    case "var":
      if (test.type.kind !== "boolean" || (!answer && !isPresent(test, facts))) return [];
      return [{ place: test, is: true, value: answer }, ...facts.behind(test.name, answer)];
    case "logic":
      if ((test.op === "&&") !== answer) return [];
      return [...assume(test.left, answer, facts), ...assume(test.right, answer, facts)];
    case "op": {
      if (test.op === "not") return assume(test.args[0]!, !answer, facts);
      if (test.op !== "eq" && test.op !== "ne") return [];
      const [left, right] = test.args;
      const [place, other] = literalValue(right!) === undefined ? [right!, left!] : [left!, right!];
      const value = literalValue(other);
      if (value === undefined || !isPlace(place)) return [];
      return [{ place, is: (test.op === "eq") === answer, value: value.value }];
    }
    default:
      return [];
  }
}

/**
 * What a condition says of variables. TypeScript knows of a constant what it stands for, and ours may be constants where
 * the user's are not. Of memory, and whether something is there, it knows less.
 */
function answersOf(condition: Expr, facts: Facts): Answers {
  const [yes, no] = [true, false].map((answer) =>
    assume(condition, answer, facts).filter(({ place }) => place.kind === "var" && place.type.kind !== "maybe"),
  );
  return { yes: yes!, no: no! };
}

/** A variable, or an element or length at places. */
function isPlace(expr: Expr): boolean {
  if (expr.kind === "index") return isPlace(expr.array) && (isPlace(expr.index) || expr.index.kind === "literal");
  return expr.kind === "length" ? isPlace(expr.array) : expr.kind === "var";
}
