/**
 * Functions inside of the function, called directly: their bodies go where they are called. So they read and write
 * the variables around them as they are at the call, as JavaScript's closures do.
 */
import { ts } from "ts-morph";
import { placeOf } from "../../ir/build.ts";
import type { Block, Expr, Param, Stmt, Type } from "../../ir/types.ts";
import { assignedVariables, collectStmts, mapBlock, mapBlockExprs } from "../../ir/visit.ts";
import { lowerInOrder } from "./order.ts";
import { declarationOf, skipOuter } from "./resolve.ts";
import { absent, broken, emit, freshName, refuse, shortText, type Body, type FunctionType, type Use } from "./state.ts";
import { readFunction } from "./types.ts";
import { isSteady, value } from "./values.ts";

type LocalFunction = ts.FunctionDeclaration | ts.ArrowFunction | ts.FunctionExpression;

/** The function inside of this one that a name stands for. */
function localFunction(body: Body, callee: ts.Expression): LocalFunction | undefined {
  const symbol = ts.isIdentifier(callee) ? body.checker.getSymbolAtLocation(callee) : undefined;
  const declaration = symbol && declarationOf(symbol);
  if (!symbol || !declaration || (body.assignments.get(symbol) ?? 0) > 0) return undefined;
  if (ts.isFunctionDeclaration(declaration)) return declaration.body && declaration;
  if (!ts.isVariableDeclaration(declaration) || !declaration.initializer) return undefined;
  const inner = skipOuter(declaration.initializer);
  return ts.isArrowFunction(inner) || ts.isFunctionExpression(inner) ? inner : undefined;
}

/** A call of such a function; undefined if the callee is none. */
export function callLocalFunction(body: Body, node: ts.CallExpression, use: Use): Expr | undefined {
  const callee = skipOuter(node.expression);
  const func = localFunction(body, callee);
  if (!func) return undefined;
  const type = inlinedType(body, func, callee);
  if (!type) return broken;
  const args = lowerInOrder(
    body,
    node.arguments.map(
      (argument) => () =>
        ts.isSpreadElement(argument)
          ? refuse(body, argument, "TG1001", "A spread here", "Pass the arguments one by one.")
          : value(body, argument),
    ),
  );
  if (args.includes(broken)) return broken;
  forgetNames(body, func);
  body.open.push(func);
  const made = body.closure(func, type);
  body.open.pop();
  if (body.entry.failed) return broken;
  return placeResult(body, withArguments(body, made, args), type.result, use === "nothing");
}

/** What the function takes and gives; undefined where it cannot be put in the place of a call. */
function inlinedType(body: Body, func: LocalFunction, callee: ts.Expression): FunctionType | undefined {
  const name = shortText(callee);
  const isAsync = func.modifiers?.some((modifier) => modifier.kind === ts.SyntaxKind.AsyncKeyword) === true;
  if (isAsync || func.asteriskToken) {
    refuse(body, callee, "TG1013", name, isAsync ? "async" : "a generator");
  } else if (body.open.includes(func)) {
    refuse(body, callee, "TG1008", name, "calls itself");
  } else if (func.typeParameters) {
    refuse(body, callee, "TG1011", name);
  } else if (func.parameters.some((parameter) => !ts.isIdentifier(parameter.name) || parameter.dotDotDotToken)) {
    refuse(body, callee, "TG1012", name);
  } else {
    const type = readFunction(body.all, body.checker.getTypeAtLocation(callee), "context");
    if (type?.kind === "function") return type;
    const text = body.checker.typeToString(body.checker.getTypeAtLocation(callee));
    refuse(body, callee, "TG1002", name, text, "Let it take and return numbers, arrays of numbers or tuples of them.");
  }
  return undefined;
}

/** The function's own variables get new names with each call. */
function forgetNames(body: Body, func: LocalFunction): void {
  for (const symbol of body.chosenNames.keys()) {
    const declaration = symbol.valueDeclaration;
    if (!declaration || declaration.getSourceFile() !== func.getSourceFile()) continue;
    if (declaration.pos >= func.pos && declaration.end <= func.end) body.chosenNames.delete(symbol);
  }
}

/** The body with the arguments in the place of the parameters; those that could change meanwhile go to constants. */
function withArguments(
  body: Body,
  { params, body: block }: { readonly params: readonly Param[]; readonly body: Block },
  args: readonly Expr[],
): Block {
  const assigned = assignedVariables(block);
  const values = new Map<string, Expr>();
  params.forEach((param, i) => {
    const given = args[i] ?? absent;
    const loses = param.type.kind === "int" && given.type.kind !== "int";
    if (isSteady(body, given) && !loses && !assigned.has(param.name)) values.set(param.name, given);
    else emit(body, { kind: "let", name: param.name, type: param.type, mutable: false, init: given });
  });
  if (values.size === 0) return block;
  return mapBlockExprs(block, (expr) => {
    const given = expr.kind === "var" ? values.get(expr.name) : undefined;
    // Behind a test for undefined the parameter has a narrower type.
    return given?.kind === "var" && given.type.kind === "maybe" ? { ...given, type: expr.type } : (given ?? expr);
  });
}

/** Emits the body and gives what it returns. */
function placeResult(body: Body, block: Block, result: Type, isUnused: boolean): Expr {
  const last = block.at(-1);
  const returns = collectStmts(block, "return");
  if (returns.length === 0 || (returns.length === 1 && last?.kind === "return")) {
    body.block.push(...(last?.kind === "return" ? block.slice(0, -1) : block));
    return last?.kind === "return" ? (last.value ?? absent) : absent;
  }
  const target = isUnused || result.kind === "void" ? absent : declareResult(body, result);
  const label = body.labels.fresh("call");
  const inner = mapBlock(block, (stmt): Stmt | Block => {
    if (stmt.kind !== "return") return stmt;
    return [...(stmt.value ? assignAll(target, stmt.value, stmt) : []), { kind: "exit", label }];
  });
  emit(body, { kind: "block", label, body: inner });
  return target;
}

/** A variable for the result, or one for each item of a tuple. */
function declareResult(body: Body, type: Type): Expr {
  if (type.kind === "tuple") {
    return { kind: "tuple", items: type.items.map((item) => declareResult(body, item)), type };
  }
  const name = freshName(body, "result");
  emit(body, { kind: "let", name, type, mutable: true });
  return { kind: "var", name, type };
}

function assignAll(target: Expr, value: Expr, from: Stmt): Block {
  if (target.kind === "tuple" && value.kind === "tuple") {
    return target.items.flatMap((item, i) => assignAll(item, value.items[i] ?? absent, from));
  }
  return target.kind === "var" ? [{ ...placeOf(from), kind: "assign", name: target.name, value }] : [];
}
