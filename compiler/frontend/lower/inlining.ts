/**
 * Calls of functions that are known as the program is compiled: their bodies go where they are called. So they read
 * and write the variables around them as they are at the call, as JavaScript's closures do, and the functions that
 * they are given are called directly.
 */
import { ts } from "ts-morph";
import { compare, numberType, placeOf } from "../../ir/build.ts";
import type { Block, Expr, Stmt, Type } from "../../ir/types.ts";
import { collectStmts, mapBlock } from "../../ir/visit.ts";
import { originOf } from "../positions.ts";
import { bindKnownFields } from "./known-fields.ts";
import { gather } from "./spreads.ts";
import type { Callee, Closure } from "./callees.ts";
import { arm, choose } from "./choices.ts";

import { lowerInOrder } from "./order.ts";
import { bindPatternTo } from "./patterns.ts";
import { quoteOf } from "./quote.ts";
import { isGlobal, skipOuter } from "./resolve.ts";
import { Scope } from "./scope.ts";
import {
  absent,
  broken,
  emit,
  freshName,
  inBlock,
  refuse,
  shortText,
  type Binding,
  type Body,
  type OpenCall,
  type Use,
} from "./state.ts";
import { returnValue } from "./statements.ts";
import { asData, holdsFunctions, isRefused, maybe, readType } from "./types.ts";
import { isSteady, narrowed, steady, value } from "./values.ts";
import { declareName, valueOfBinding } from "./variables.ts";

const brokenBinding: Binding = { kind: "broken" };

/** Functions that call each other without end are not told from those that stop; this deep no program of a person goes. */
const deepest = 100;

/** The call with the function's body in its place; gives what it returns. */
export function callClosure(body: Body, node: ts.CallExpression, closure: Closure, use: Use): Binding {
  const args = argumentsOf(body, node, closure);
  return args ? inlineClosure(body, node, closure, args, use) : brokenBinding;
}

/** What a call gives as a value; a function is none. */
export function asValue(body: Body, node: ts.Node, result: Binding): Expr {
  if (result.kind === "value") return result.value;
  return result.kind === "broken" ? broken : refuse(body, node, "TG1009", shortText(node));
}

function argumentsOf(body: Body, node: ts.CallExpression, closure: Closure): Binding[] | undefined {
  const parameters = closure.node.parameters;
  const rest = parameters.findIndex((parameter) => parameter.dotDotDotToken);
  const count = rest === -1 ? node.arguments.length : rest;
  const early = node.arguments.slice(0, count).find(ts.isSpreadElement);
  if (early) {
    refuse(body, early, "TG1001", "A spread here", "Pass the arguments one by one.");
    return undefined;
  }
  const known = new Map<number, Binding>();
  const lowered = lowerInOrder(body, [
    ...node.arguments.slice(0, count).map((argument, i) => () => {
      const found = holdsFunctions(body.all, body.checker.getTypeAtLocation(argument))
        ? (body.known(argument) ?? refusedFunction(body, argument))
        : undefined;
      if (found) known.set(i, found);
      return found ? absent : value(body, argument);
    }),
    ...(rest === -1 ? [] : [() => gathered(body, node.arguments.slice(rest), parameters[rest])]),
  ]);
  if (lowered.includes(broken) || [...known.values()].some((binding) => binding.kind === "broken")) return undefined;
  const args = lowered.map((part, i): Binding => known.get(i) ?? { kind: "value", value: part });
  if (rest === -1) return args;
  const list = args.pop();
  while (args.length < rest) args.push({ kind: "value", value: absent });
  return list ? [...args, list] : args;
}

function refusedFunction(body: Body, node: ts.Expression): Binding | undefined {
  const inner = skipOuter(node);
  const symbol = ts.isIdentifier(inner) ? body.checker.getSymbolAtLocation(inner) : undefined;
  const binding = symbol && body.bindings.get(symbol);
  // An optional function that is absent is handed on as such; other objects are data.
  if (binding || isGlobal(body.checker, inner, "undefined")) return undefined;
  if (body.checker.getTypeAtLocation(inner).getCallSignatures().length === 0) return undefined;
  refuse(body, node, "TG1009", shortText(node));
  return brokenBinding;
}

function gathered(body: Body, nodes: readonly ts.Expression[], parameter: ts.ParameterDeclaration | undefined): Expr {
  const type = parameter && typeOf(body, parameter);
  return type ? gather(body, nodes, type) : refuse(body, parameter ?? nodes[0]!, "TG1012", "This function");
}

/** Lowers the body with the parameters standing for `args`. `at` is the call, or what stands for it. */
export function inlineClosure(body: Body, at: ts.Node, closure: Closure, args: readonly Binding[], use: Use): Binding {
  const { node: func } = closure;
  const call: OpenCall = { node: func, scope: closure.scope, functions: args };
  if (!mayInline(body, at, closure, call)) return brokenBinding;
  const signature = body.checker.getSignatureFromDeclaration(func);
  const returned = signature && body.checker.getReturnTypeOfSignature(signature);
  const givesFunctions = returned !== undefined && holdsFunctions(body.all, returned);
  const result = returned && !givesFunctions ? resultType(body, func, returned) : undefined;
  const inner = body.inlined(new Scope(func, closure.scope, closure.around), result ?? numberType, call);
  let known: Binding | undefined;
  const block = inBlock(inner, () => {
    for (const [i, parameter] of func.parameters.entries()) bindParameter(inner, parameter, args[i]);
    if (givesFunctions) known = knownResult(inner, func);
    else lowerBody(inner, func);
  });
  if (body.entry.failed) return brokenBinding;
  if (givesFunctions) {
    body.block.push(...block);
    return known ?? brokenBinding;
  }
  return { kind: "value", value: placeResult(body, func, block, result, use) };
}

function lowerBody(inner: Body, func: Closure["node"]): void {
  if (!func.body) return;
  if (ts.isBlock(func.body)) for (const statement of func.body.statements) inner.statement(statement);
  else {
    inner.place = { quote: `return ${quoteOf(func.body)}`, origin: originOf(func.body) };
    returnValue(inner, func.body);
  }
}

/** The function that a function returns, in its last statement. */
function knownResult(inner: Body, func: Closure["node"]): Binding {
  const statements = func.body && ts.isBlock(func.body) ? [...func.body.statements] : [];
  const last = statements.pop();
  const returned =
    func.body && !ts.isBlock(func.body) ? func.body : last && ts.isReturnStatement(last) ? last.expression : undefined;
  const early = statements.map(returnIn).find((node) => node !== undefined);
  for (const statement of statements) inner.statement(statement);
  if (early || !returned) {
    refuse(inner, early ?? last ?? func, "TG1009", "What this function returns");
    return brokenBinding;
  }
  const known = inner.known(returned);
  if (known) return known;
  refuse(inner, returned, "TG1009", shortText(returned));
  return brokenBinding;
}

function returnIn(node: ts.Node): ts.Node | undefined {
  if (ts.isFunctionLike(node)) return undefined;
  return ts.isReturnStatement(node) ? node : ts.forEachChild(node, returnIn);
}

/** Refuses what cannot be put in the place of a call. */
function mayInline(body: Body, at: ts.Node, { node: func }: Closure, call: OpenCall): boolean {
  const name = shortText(ts.isCallExpression(at) ? at.expression : at);
  const where = ts.isCallExpression(at) ? at.expression : at;
  const isAsync = func.modifiers?.some((modifier) => modifier.kind === ts.SyntaxKind.AsyncKeyword) === true;
  if (isAsync || func.asteriskToken) refuse(body, where, "TG1013", name, isAsync ? "async" : "a generator");
  else if (body.open.some((other) => isSameCall(other, call)) || body.open.length > deepest)
    refuse(body, where, "TG1008", name, "calls itself");
  else return true;
  return false;
}

const isSameCall = (a: OpenCall, b: OpenCall): boolean =>
  a.node === b.node && a.scope === b.scope && a.functions.every((binding, i) => isSameKnown(binding, b.functions[i]));

function isSameKnown(a: Binding, b: Binding | undefined): boolean {
  if (a.kind === "object" && b?.kind === "object")
    return [...a.fields].every(([name, field]) => isSameKnown(field, b.fields.get(name)));
  return a.kind !== "function" || (b?.kind === "function" && isSameCallee(a.callee, b.callee));
}

function isSameCallee(a: Callee, b: Callee): boolean {
  switch (a.kind) {
    case "closure":
      return b.kind === "closure" && a.node === b.node && a.scope === b.scope;
    case "function":
      return b.kind === "function" && a.entry === b.entry;
    case "derived":
      return b.kind === "derived" && a.key === b.key;
    case "generic":
      return b.kind === "generic" && a.node === b.node;
    default:
      return a.kind === b.kind && (!("name" in a) || ("name" in b && a.name === b.name));
  }
}

/** The type that a parameter is written with, or takes from where the function stands; undefined where that is none of ours. */
function typeOf(body: Body, parameter: ts.ParameterDeclaration): Type | undefined {
  const read = parameter.type
    ? readType(body.all, body.checker.getTypeFromTypeNode(parameter.type), "written")
    : readType(body.all, body.checker.getTypeAtLocation(parameter), "context");
  if (isRefused(read) || read.kind === "void") return undefined;
  return parameter.questionToken ? maybe(read) : read;
}

function resultType(body: Body, func: Closure["node"], type: ts.Type): Type | undefined {
  const read = readType(body.all, type, func.type ? "written" : "context");
  return isRefused(read) ? undefined : read;
}

function bindParameter(inner: Body, parameter: ts.ParameterDeclaration, arg: Binding | undefined): void {
  const given = valueOf(inner, parameter, arg ?? { kind: "value", value: absent });
  if (!ts.isIdentifier(parameter.name)) {
    if (given.kind === "value") return bindPatternTo(inner, parameter.name, given.value);
    if (given.kind === "object" && ts.isObjectBindingPattern(parameter.name))
      return bindKnownFields(inner, parameter.name, given);
    if (given.kind === "var" || given.kind === "tuple")
      return bindPatternTo(inner, parameter.name, valueOfBinding(given));
    refuse(inner, parameter, "TG1012", "This function");
    return;
  }
  const symbol = inner.checker.getSymbolAtLocation(parameter.name);
  if (!symbol) return;
  const changes = (inner.assignments.get(symbol) ?? 0) > 0;
  if (given.kind !== "value" && given.kind !== "var") {
    if (changes) refuse(inner, parameter.name, "TG1008", parameter.name.text, "changes");
    inner.bindings.set(symbol, changes ? brokenBinding : given);
    return;
  }
  const written = typeOf(inner, parameter);
  // A tuple that is not known item by item is an object.
  const type = written && (given.kind === "value" && given.value.kind === "tuple" ? written : asData(written));
  if (given.kind === "var") {
    if (!changes) inner.bindings.set(symbol, given);
    else declareName(inner, parameter.name, { kind: "var", name: given.name, type: given.type }, type);
    return;
  }
  const isMissing = given.value.kind === "literal" && given.value.value === undefined && type?.kind === "maybe";
  const part: Expr = isMissing ? { ...absent, type } : given.value;
  const loses = type?.kind === "int" && part.type.kind !== "int";
  if (changes || loses || !isSteady(inner, part) || part === broken) {
    const isOptional = type?.kind === "maybe" && part.type.kind !== "maybe" && !changes;
    return declareName(inner, parameter.name, part, isOptional ? undefined : type);
  }
  inner.bindings.set(symbol, { kind: "value", value: part });
}

/** The argument, or the parameter's default where there is none. */
function valueOf(inner: Body, parameter: ts.ParameterDeclaration, arg: Binding): Binding {
  const fallback = parameter.initializer;
  if (!fallback || arg.kind !== "value") return arg;
  const given = arg.value;
  if (given.kind === "literal" && given.value === undefined)
    return inner.known(fallback) ?? { kind: "value", value: value(inner, fallback) };
  if (given.type.kind !== "maybe") return arg;
  const held = steady(inner, given, ts.isIdentifier(parameter.name) ? parameter.name.text : "given");
  const chosen = choose(
    inner,
    compare("eq", held, absent),
    arm(inner, () => value(inner, fallback)),
    arm(inner, () => narrowed(held)),
    undefined,
  );
  return { kind: "value", value: chosen };
}

/** Emits the body and gives what it returns. */
function placeResult(body: Body, func: ts.Node, block: Block, result: Type | undefined, use: Use): Expr {
  const last = block.at(-1);
  const returns = collectStmts(block, "return");
  if (returns.length === 0 || (returns.length === 1 && last?.kind === "return")) {
    body.block.push(...(last?.kind === "return" ? block.slice(0, -1) : block));
    return last?.kind === "return" ? (last.value ?? absent) : absent;
  }
  if (!result) {
    const text = body.checker.typeToString(body.checker.getTypeAtLocation(func));
    return refuse(body, func, "TG1002", shortText(func), text, "Write the type that it returns.");
  }
  const target = use === "nothing" || result.kind === "void" ? absent : declareResult(body, result);
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
