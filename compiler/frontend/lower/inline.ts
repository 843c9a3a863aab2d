/** Arrow functions that are called where they stand: their bodies become statements. */
import { bindPatternTo } from "./patterns.ts";
import { ts } from "ts-morph";
import type { Expr } from "../../ir/types.ts";
import { broken, refuse, shortText, type Body } from "./state.ts";
import { isSteady, value } from "./values.ts";
import { declareName } from "./variables.ts";

/** Lowers the body with the parameters standing for `args`; gives what it returns. */
export function inlineArrow(body: Body, node: ts.ArrowFunction | ts.FunctionExpression, args: readonly Expr[]): Expr {
  for (const [i, parameter] of node.parameters.entries()) {
    if (parameter.dotDotDotToken || parameter.initializer) {
      refuse(body, parameter, "TG1012", "This function");
      return broken;
    }
    if (!ts.isIdentifier(parameter.name)) {
      const argument = args[i];
      if (argument) bindPatternTo(body, parameter.name, argument);
      continue;
    }
    const symbol = body.checker.getSymbolAtLocation(parameter.name);
    const argument = args[i];
    if (!symbol || !argument) continue;
    const changes = (body.assignments.get(symbol) ?? 0) > 0;
    if (isSteady(body, argument) && !changes) body.bindings.set(symbol, { kind: "value", value: argument });
    else declareName(body, parameter.name, argument);
  }
  if (!ts.isBlock(node.body)) return value(body, node.body);
  const statements = [...node.body.statements];
  const last = statements.pop();
  if (!last || !ts.isReturnStatement(last) || !last.expression || statements.some(hasReturn)) {
    return refuse(
      body,
      node,
      "TG1001",
      `${shortText(node)} with a return that is not its last statement`,
      "Write a loop.",
    );
  }
  for (const statement of statements) body.statement(statement);
  return value(body, last.expression);
}

function hasReturn(node: ts.Node): boolean {
  if (ts.isFunctionLike(node)) return false;
  return ts.isReturnStatement(node) || ts.forEachChild(node, (child) => (hasReturn(child) ? true : undefined)) === true;
}
