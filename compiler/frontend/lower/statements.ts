/** Statements. */
import { ts } from "ts-morph";
import { chosenByIf } from "./chosen-instances.ts";
import type { Expr } from "../../ir/types.ts";
import { originOf } from "../positions.ts";
import { refusal } from "../check.ts";
import { condition, isGiven } from "./choices.ts";
import { declareAll, declareFunction } from "./declarations.ts";
import { forInLoop } from "./field-names.ts";
import { foreignCall, isError, ownError, text } from "./foreign.ts";
import { breakable, breakTo, continueTo } from "./exits.ts";
import { doLoop, forLoop, forOfLoop, whileLoop } from "./loops.ts";
import { checkpointAbove } from "./checkpoints.ts";
import { quoteOf } from "./quote.ts";
import { skipOuter } from "./resolve.ts";
import { returnValue } from "./returns.ts";
import { absent, broken, emit, inBlock, refuse, runAll, type Body } from "./state.ts";
import { switchStatement } from "./switches.ts";
import { asOperand } from "./values.ts";

export function statement(body: Body, node: ts.Statement): void {
  const outer = body.place;
  if (!ts.isBlock(node) && !ts.isLabeledStatement(node)) body.place = { quote: quoteOf(node), origin: originOf(node) };
  if (!isLoop(node)) checkpointAbove(body, node, false);
  lower(body, node, undefined);
  body.place = outer;
}

function isLoop(node: ts.Statement): boolean {
  return ts.isLabeledStatement(node) ? isLoop(node.statement) : ts.isIterationStatement(node, false);
}

function lower(body: Body, node: ts.Statement, label: string | undefined): void {
  if (ts.isVariableStatement(node)) return declareAll(body, node.declarationList);
  if (ts.isExpressionStatement(node)) return body.effect(node.expression);
  if (ts.isBlock(node)) return runAll(body, node.statements);
  if (ts.isIfStatement(node)) return chosenByIf(body, node) ? undefined : ifStatement(body, node);
  if (ts.isForStatement(node)) return forLoop(body, node, label);
  if (ts.isForOfStatement(node)) return forOfLoop(body, node, label);
  if (ts.isForInStatement(node)) return forInLoop(body, node, label);
  if (ts.isWhileStatement(node)) return whileLoop(body, node, label);
  if (ts.isDoStatement(node)) return doLoop(body, node, label);
  if (ts.isSwitchStatement(node)) return switchStatement(body, node, label);
  if (ts.isReturnStatement(node)) return returnStatement(body, node);
  if (ts.isThrowStatement(node)) return throwStatement(body, node);
  if (ts.isBreakStatement(node)) return breakTo(body, node.label?.text);
  if (ts.isContinueStatement(node)) return continueTo(body, node.label?.text);
  if (ts.isLabeledStatement(node)) return labelled(body, node);
  if (ts.isFunctionDeclaration(node) && node.name) return declareFunction(body, node.name, node);
  if (ts.isEmptyStatement(node) || ts.isTypeAliasDeclaration(node) || ts.isInterfaceDeclaration(node)) return;
  const { what, hint } = refusal(node);
  refuse(body, ts.isTryStatement(node) ? (node.getFirstToken() ?? node) : node, "TG1001", what, hint);
  // What is inside of try still belongs to the language: its own errors show in the same run.
  if (ts.isTryStatement(node))
    node.tryBlock.statements.forEach((inner) => {
      body.statement(inner);
    });
}

function ifStatement(body: Body, node: ts.IfStatement): void {
  const given = isGiven(body, node.expression);
  if (given !== undefined) {
    const taken = given ? node.thenStatement : node.elseStatement;
    if (taken) body.statement(taken);
    return;
  }
  const test = condition(body, node.expression);
  const then = inBlock(body, () => {
    body.statement(node.thenStatement);
  });
  const otherwise = inBlock(body, () => {
    if (node.elseStatement) body.statement(node.elseStatement);
  });
  if (test !== broken) emit(body, { kind: "if", test, then, else: otherwise });
}

function labelled(body: Body, node: ts.LabeledStatement): void {
  const inner = node.statement;
  const label = node.label.text;
  const outer = body.place;
  body.place = { quote: quoteOf(inner), origin: originOf(inner) };
  const takesLabel = ts.isIterationStatement(inner, false) || ts.isSwitchStatement(inner);
  if (takesLabel) lower(body, inner, label);
  else
    breakable(body, { kind: "block", label }, () => {
      body.statement(inner);
    });
  body.place = outer;
}

function returnStatement(body: Body, node: ts.ReturnStatement): void {
  const home = ts.findAncestor(node, ts.isFunctionLike);
  if (home && ts.isConstructorDeclaration(home))
    return void refuse(body, node, "TG1001", "return in a constructor", "Use if and else.");
  if (!node.expression) return emit(body, { kind: "return" });
  returnValue(body, node.expression);
}

function throwStatement(body: Body, node: ts.ThrowStatement): void {
  emit(body, { kind: "throw", value: thrown(body, node.expression) });
}

function thrown(body: Body, node: ts.Expression): Expr {
  const inner = skipOuter(node);
  if (ts.isNewExpression(inner) || ts.isCallExpression(inner)) {
    if (isError(body, inner)) {
      const word = ts.isNewExpression(inner) ? "new " : "";
      return foreignCall(body, `${word}${inner.expression.getText()}(`, inner.arguments ?? [], ")", { kind: "string" });
    }
    const own = ts.isNewExpression(inner) ? ownError(body, inner) : undefined;
    if (own) return own;
    if (ts.isNewExpression(inner)) {
      refuse(
        body,
        inner,
        "TG1001",
        `new ${inner.expression.getText()}`,
        "Throw an Error, a RangeError or another error, or an object of an exported class that extends one.",
      );
      return absent;
    }
  }
  if (ts.isTemplateExpression(inner)) return text(body, inner);
  return asOperand(body, body.rhs(inner));
}
