/**
 * Drops what is decided before the function runs: a choice by a literal (often an argument of an inlined call),
 * or by a condition that one around it has answered already. Each is gone to the bit, and TypeScript would refuse
 * some of what is left else: to it, a `k` inside of `if (k === 1)` cannot be 2.
 */
import { makesArray } from "../ir/ask.ts";
import { bool, fieldOf } from "../ir/build.ts";
import { evaluateOp } from "../ir/evaluate.ts";
import type { Block, Expr, Func, OpName, Stmt } from "../ir/types.ts";
import {
  assignedVariables,
  declaredNames,
  mapChildren,
  mapStmt,
  namesDeclaredBy,
  sameExpr,
  someExpr,
  someStmt,
  writtenArray,
} from "../ir/visit.ts";

export function decideConditions(func: Func): Func {
  // What the caller passes is there, unless the parameter says otherwise.
  const known = func.params.flatMap((param): Fact[] => {
    const place: Expr = { kind: "var", name: param.name, type: param.type };
    return param.type.kind === "maybe" ? [] : [{ place, is: false, value: undefined }];
  });
  const { block } = decideBlock(func.body, known);
  return block === func.body ? func : { ...func, body: block };
}

type Value = number | boolean | string | undefined;

/** What a variable, an element or a length is, or is not. */
interface Fact {
  readonly place: Expr;
  readonly is: boolean;
  readonly value: Value;
}

type Facts = readonly Fact[];

interface Decided {
  readonly block: Block;
  /** What is known behind the block; undefined where control does not get there. */
  readonly facts: Facts | undefined;
}

// ---------------------------------------------------------------------------------------------
// Statements
// ---------------------------------------------------------------------------------------------

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
      return { block: [mapStmt(stmt, { block: (body) => decideBlock(body, []).block })], facts };
    case "exit":
    case "return":
    case "throw":
      return { block: [mapStmt(stmt, { expr: (e) => decide(e, facts) })], facts: undefined };
    default: {
      const next = withPresentType(mapStmt(stmt, { expr: (e) => decide(e, facts) }), facts);
      const value = next.kind === "let" ? next.init : next.kind === "assign" ? next.value : undefined;
      const learned =
        value !== undefined && (next.kind === "let" || next.kind === "assign")
          ? factsOfValue({ kind: "var", name: next.name, type: value.type }, value, facts)
          : [];
      return { block: [next], facts: [...forget(facts, [stmt]), ...learned] };
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
  const then = decideBlock(stmt.then, [...facts, ...assume(test, true, facts)]);
  const otherwise = decideBlock(stmt.else, [...facts, ...assume(test, false, facts)]);
  const same = test === stmt.test && then.block === stmt.then && otherwise.block === stmt.else;
  const next = same ? stmt : { ...stmt, test, then: then.block, else: otherwise.block };
  const after =
    then.facts === undefined || otherwise.facts === undefined ? (then.facts ?? otherwise.facts) : forget(facts, [stmt]);
  return { block: [next], facts: after };
}

/** Loops and labelled blocks: what they change is not known in them, nor behind them. */
function decideNested(stmt: Extract<Stmt, { kind: "for" | "while" | "block" }>, facts: Facts): Decided {
  const steady = forget(facts, [stmt]);
  switch (stmt.kind) {
    case "block":
      return { block: [mapStmt(stmt, { block: (body) => decideBlock(body, facts).block })], facts: steady };
    case "for": {
      const start = decide(stmt.start, facts);
      const mapped = mapStmt(stmt, {
        expr: (e) => (e === stmt.start ? start : decide(e, steady)),
        block: (body) => decideBlock(body, steady).block,
      });
      return { block: [mapped], facts: steady };
    }
    case "while": {
      const test = decide(stmt.test, steady);
      if (truth(test) === false) return { block: [], facts };
      const inside = [...steady, ...assume(test, true, steady)];
      const mapped = mapStmt(stmt, { expr: () => test, block: (body) => decideBlock(body, inside).block });
      return { block: [mapped], facts: steady };
    }
  }
}

/** The facts that hold whatever the statements do. */
function forget(facts: Facts, stmts: Block): Facts {
  if (facts.length === 0) return facts;
  const changed = assignedVariables(stmts);
  for (const name of declaredNames(stmts)) changed.add(name);
  for (const stmt of stmts) for (const name of namesDeclaredBy(stmt)) changed.add(name);
  const writes = someStmt(stmts, (s) => s.kind === "call" || s.kind === "apply" || writtenArray(s) !== undefined);
  if (changed.size === 0 && !writes) return facts;
  return facts.filter(
    ({ place }) => !someExpr(place, (e) => (e.kind === "var" && changed.has(e.name)) || (writes && canBeWritten(e))),
  );
}

/** Memory that a write may change; the length of a typed array stays. */
function canBeWritten(e: Expr): boolean {
  return e.kind === "index" || (e.kind === "length" && e.array.type.kind !== "typed");
}

// ---------------------------------------------------------------------------------------------
// Expressions
// ---------------------------------------------------------------------------------------------

function decide(expr: Expr, facts: Facts): Expr {
  switch (expr.kind) {
    case "var":
      if (expr.type.kind === "boolean") return literalOr(expr, valueOf(expr, facts));
      return expr.type.kind === "maybe" && isPresent(expr, facts) ? { ...expr, type: expr.type.type } : expr;
    case "select": {
      const test = decide(expr.test, facts);
      const answer = truth(test);
      if (answer !== undefined) return decide(answer ? expr.yes : expr.no, facts);
      const yes = decide(expr.yes, [...facts, ...assume(test, true, facts)]);
      const no = decide(expr.no, [...facts, ...assume(test, false, facts)]);
      return test === expr.test && yes === expr.yes && no === expr.no ? expr : { ...expr, test, yes, no };
    }
    case "logic": {
      const left = decide(expr.left, facts);
      const answer = truth(left);
      const goesOn = expr.op === "&&";
      if (answer !== undefined) return answer === goesOn ? decide(expr.right, facts) : bool(answer);
      const right = decide(expr.right, [...facts, ...assume(left, goesOn, facts)]);
      const last = truth(right);
      if (last !== undefined) return last === goesOn ? left : bool(last);
      return left === expr.left && right === expr.right ? expr : { ...expr, left, right };
    }
    case "nullish": {
      const left = decide(expr.left, facts);
      const known = valueOf(left, facts);
      if (known !== undefined && known.value === undefined) return decide(expr.right, facts);
      if (isPresent(left, facts)) return left;
      const right = decide(expr.right, facts);
      return left === expr.left && right === expr.right ? expr : { ...expr, left, right };
    }
    default: {
      const mapped = mapChildren(expr, (child) => decide(child, facts));
      return mapped.kind === "op" ? decideOp(mapped, facts) : mapped;
    }
  }
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
    facts.some((fact) => !fact.is && fact.value === value.value && sameExpr(fact.place, place));
  return excluded ? bool(expr.op === "ne") : expr;
}

/** The condition under which a chain such as `a?.b` gives something: that there is an a. */
function presentWhere(expr: Expr, facts: Facts): Expr | undefined {
  if (expr.kind !== "select" || expr.no.kind !== "literal" || expr.no.value !== undefined) return undefined;
  return isPresent(expr.yes, [...facts, ...assume(expr.test, true, facts)]) ? expr.test : undefined;
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
  if (expr.kind === "literal") return expr;
  if (expr.kind === "constant") return expr.value === undefined ? undefined : { value: expr.value };
  return facts.find((fact) => fact.is && sameExpr(fact.place, expr));
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
      return facts.some((fact) => fact.is === (fact.value !== undefined) && sameExpr(fact.place, expr));
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

/** What is known of a variable from the value that it gets. */
function factsOfValue(place: Expr, value: Expr, facts: Facts): Facts {
  if (value.kind === "literal") return [{ place, is: true, value: value.value }];
  const copied = facts.filter((fact) => sameExpr(fact.place, value)).map((fact) => ({ ...fact, place }));
  if (copied.length > 0) return copied;
  return isPresent(value, facts) ? [{ place, is: false, value: undefined }] : [];
}

/** What is known where a condition has the given answer. */
function assume(test: Expr, answer: boolean, facts: Facts): Facts {
  switch (test.kind) {
    case "var":
      if (test.type.kind !== "boolean" || (!answer && !isPresent(test, facts))) return [];
      return [{ place: test, is: true, value: answer }];
    case "logic":
      if ((test.op === "&&") !== answer) return [];
      return [...assume(test.left, answer, facts), ...assume(test.right, answer, facts)];
    case "op": {
      if (test.op === "not") return assume(test.args[0]!, !answer, facts);
      if (test.op !== "eq" && test.op !== "ne") return [];
      const [left, right] = test.args;
      const [place, other] = valueOf(right!, []) === undefined ? [right!, left!] : [left!, right!];
      const value = valueOf(other, []);
      if (value === undefined || !isPlace(place)) return [];
      return [{ place, is: (test.op === "eq") === answer, value: value.value }];
    }
    default:
      return [];
  }
}

/** A variable, or an element or length at places. */
function isPlace(expr: Expr): boolean {
  if (expr.kind === "index") return isPlace(expr.array) && (isPlace(expr.index) || expr.index.kind === "literal");
  return expr.kind === "length" ? isPlace(expr.array) : expr.kind === "var";
}
