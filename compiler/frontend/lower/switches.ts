/** `switch`: a chain of `if` where no clause falls through, else guarded clauses in order. */
import { ts } from "ts-morph";
import { booleanType, int, op } from "../../ir/build.ts";
import type { Expr, Stmt } from "../../ir/types.ts";
import { breakable } from "./exits.ts";
import { tagOf, type Tag } from "./known-tags.ts";
import { broken, emit, freshName, inBlock, refuse, reportAt, shortText, type Body } from "./state.ts";
import { hold } from "./state.ts";
import { originOf } from "../positions.ts";
import { isSteady, value } from "./values.ts";

/** Clauses with one body. */
interface Group {
  readonly cases: readonly Expr[];
  readonly isDefault: boolean;
  readonly statements: readonly ts.Statement[];
}

export function switchStatement(body: Body, node: ts.SwitchStatement, label: string | undefined): void {
  const subject = value(body, node.expression);
  const falls = fallsThrough(node);
  const isPlain = subject.kind === "var" || isSteady(body, subject) || (!falls && isTag(subject));
  const choice = isPlain ? subject : hold(body, "choice", subject);
  const groups = groupsOf(body, node, choice);
  refuseSharedDeclarations(body, node);
  breakable(body, { kind: "switch", label }, () => {
    const only = falls ? undefined : decidedGroup(groups, tagOf(body, node.expression));
    if (falls) fallThrough(body, groups);
    else if (only) body.block.push(...clauseBlock(body, only.statements));
    else chain(body, groups);
  });
}

/** Whether control runs from one clause into the next. */
function fallsThrough(node: ts.SwitchStatement): boolean {
  return node.caseBlock.clauses.slice(0, -1).some(({ statements }) => statements.length > 0 && !leaves(statements));
}

/** A field of a variable: where nothing happens between the tests it is read in each. */
function isTag(subject: Expr): boolean {
  return subject.kind === "index" && subject.array.kind === "var" && subject.array.type.kind === "record";
}

function groupsOf(body: Body, node: ts.SwitchStatement, choice: Expr): Group[] {
  const groups: Group[] = [];
  let cases: Expr[] = [];
  let isDefault = false;
  const clauses = node.caseBlock.clauses;
  for (const [i, clause] of clauses.entries()) {
    if (ts.isDefaultClause(clause)) isDefault = true;
    else {
      const start = body.block.length;
      const candidate = value(body, clause.expression);
      if (body.block.length > start) {
        refuse(body, clause.expression, "TG1001", "A case with effects", "Compute its value before the switch.");
        body.block.length = start;
      }
      const origin = originOf(clause.expression);
      if (candidate !== broken && choice !== broken)
        cases.push({ kind: "op", op: "eq", args: [choice, candidate], type: booleanType, origin });
    }
    if (clause.statements.length === 0 && i < clauses.length - 1) continue;
    groups.push({ cases, isDefault, statements: clause.statements });
    cases = [];
    isDefault = false;
  }
  return groups;
}

/** Whether control never runs off the end of a clause. */
function leaves(statements: readonly ts.Statement[]): boolean {
  const last = statements.at(-1);
  if (!last) return false;
  if (ts.isBlock(last)) return leaves(last.statements);
  if (ts.isIfStatement(last)) {
    return last.elseStatement !== undefined && leaves([last.thenStatement]) && leaves([last.elseStatement]);
  }
  return (
    ts.isBreakStatement(last) || ts.isReturnStatement(last) || ts.isThrowStatement(last) || ts.isContinueStatement(last)
  );
}

/** The clause for the only tag that there can be; undefined where that only shows when the program runs. */
function decidedGroup(groups: readonly Group[], tag: Tag | undefined): Group | undefined {
  if (tag === undefined) return undefined;
  const asked = groups.map(({ cases }) => cases.map((test) => (test.kind === "op" ? test.args[1] : undefined)));
  if (!asked.flat().every((value) => value?.kind === "literal")) return undefined;
  const place = asked.findIndex((values) => values.some((value) => value?.kind === "literal" && value.value === tag));
  return groups[place] ?? groups.find((group) => group.isDefault);
}

const either = (tests: readonly Expr[]): Expr =>
  tests.reduce((left, right) => ({ kind: "logic", op: "||", left, right, type: { kind: "boolean" } }));

function chain(body: Body, groups: readonly Group[]): void {
  const fallback = groups.find((group) => group.isDefault);
  let otherwise = fallback ? clauseBlock(body, fallback.statements) : [];
  for (const group of groups.toReversed()) {
    if (group.isDefault || group.cases.length === 0) continue;
    const stmt: Stmt = {
      ...body.place,
      kind: "if",
      test: either(group.cases),
      then: clauseBlock(body, group.statements),
      else: otherwise,
    };
    otherwise = [stmt];
  }
  body.block.push(...otherwise);
}

/** The statements of a clause without the `break` at its end, which leaves nothing behind it. */
function clauseBlock(body: Body, statements: readonly ts.Statement[]): Stmt[] {
  return inBlock(body, () => {
    lowerClause(body, statements);
  });
}

function lowerClause(body: Body, statements: readonly ts.Statement[]): void {
  for (const [i, statement] of statements.entries()) {
    const isLast = i === statements.length - 1;
    if (isLast && ts.isBreakStatement(statement) && !statement.label) return;
    if (isLast && ts.isBlock(statement)) return lowerClause(body, statement.statements);
    body.statement(statement);
  }
}

function fallThrough(body: Body, groups: readonly Group[]): void {
  const name = freshName(body, "entry");
  const nowhere = groups.length;
  const fallback = groups.findIndex((group) => group.isDefault);
  let init: Expr = int(fallback === -1 ? nowhere : fallback);
  for (const [i, group] of [...groups.entries()].toReversed()) {
    if (group.cases.length === 0) continue;
    init = { kind: "select", test: either(group.cases), yes: int(i), no: init, type: { kind: "int" } };
  }
  emit(body, { kind: "let", name, type: { kind: "int" }, mutable: false, init });
  const entry: Expr = { kind: "var", name, type: { kind: "int" } };
  for (const [i, group] of groups.entries()) {
    const then = inBlock(body, () => {
      if (i === groups.length - 1) lowerClause(body, group.statements);
      else for (const statement of group.statements) body.statement(statement);
    });
    emit(body, { kind: "if", test: op("le", [entry, int(i)], { kind: "boolean" }), then, else: [] });
  }
}

/** A variable of one clause that another clause uses would need a scope that the IR's branches do not share. */
function refuseSharedDeclarations(body: Body, node: ts.SwitchStatement): void {
  for (const clause of node.caseBlock.clauses) {
    for (const statement of clause.statements) {
      if (!ts.isVariableStatement(statement)) continue;
      for (const declaration of statement.declarationList.declarations) refuseShared(body, node, clause, declaration);
    }
  }
}

function refuseShared(
  body: Body,
  node: ts.SwitchStatement,
  home: ts.CaseOrDefaultClause,
  declaration: ts.VariableDeclaration,
): void {
  const symbol = body.checker.getSymbolAtLocation(declaration.name);
  const visit = (child: ts.Node): void => {
    if (child === home) return;
    if (
      symbol &&
      ts.isIdentifier(child) &&
      child.text === symbol.name &&
      body.checker.getSymbolAtLocation(child) === symbol
    ) {
      reportAt(body.all, body.entry, originOf(child), "TG1018", shortText(child));
    }
    ts.forEachChild(child, visit);
  };
  visit(node.caseBlock);
}
