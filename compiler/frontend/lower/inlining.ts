/**
 * Calls of functions that are known as the program is compiled: their bodies go where they are called. So they read
 * and write the variables around them as they are at the call, as JavaScript's closures do, and the functions that
 * they are given are called directly.
 */
import { realParameters } from "../annotations.ts";
import { ts } from "ts-morph";
import { compare, numberType, placeOf, voidType } from "../../ir/build.ts";
import { absenceOf, maybe } from "../../ir/presence.ts";
import type { Block, Expr, Stmt, StmtBase, Type } from "../../ir/types.ts";
import { collectStmts, mapBlock } from "../../ir/visit.ts";
import { originOf } from "../positions.ts";
import { takesDefault } from "./absence.ts";
import { bindKnown } from "./known-fields.ts";
import { gather, isSpread, withTuplesApart, type Given } from "./spreads.ts";
import { calleeOf, type Closure } from "./callees.ts";
import { returnsFunction } from "./closures.ts";
import { chosenDirectly } from "./chosen-instances.ts";
import { instanceGiven } from "./classes.ts";
import { functionOr } from "./function-defaults.ts";
import { typeOfReturned } from "./handed-on.ts";
import { instancesIn } from "./instance-lists.ts";
import { declareInstances, instanceIn, type InstanceSlot } from "./made-instances.ts";
import { madeBy, parameterSymbol } from "./members.ts";
import { isSameKnown } from "./same.ts";
import { arm, choose } from "./choices.ts";

import { lowerInOrder } from "./order.ts";
import { isAmbientMember, isUnusable, nameOutside, refuseCall } from "./outside.ts";
import { bindPatternTo } from "./patterns.ts";
import { quoteOf } from "./quote.ts";
import { isGlobal, skipOuter } from "./resolve.ts";
import { Scope } from "./scope.ts";
import { assignSlot, declareSlot, type FunctionSlot } from "./slots.ts";
import {
  absent,
  broken,
  emit,
  freshName,
  inBlock,
  refuse,
  runAll,
  shortText,
  type Binding,
  type Body,
  type Lowering,
  type OpenCall,
  type Use,
} from "./state.ts";
import { takenFor } from "./texts.ts";
import { declareParts, heldBy, type PartSlot } from "./part-slots.ts";
import { reachEnd, returnValue } from "./returns.ts";
import {
  asData,
  givesFunctions,
  holdsFunctions,
  isMixed,
  isPairOfBoth,
  isRefused,
  leavesClassOpen,
  leavesInstanceOpen,
  readType,
} from "./types.ts";
import { asOperand, isSteady, narrowed, steady, value } from "./values.ts";
import { asItStands, declareName, valueOfBinding } from "./variables.ts";
import { wantedResult } from "./wanted.ts";

const brokenBinding: Binding = { kind: "broken" };

/** Functions that call each other without end are not told from those that stop; this deep no program of a person goes. */
const deepest = 100;

/** The call with the function's body in its place; gives what it returns. */
export function callClosure(body: Body, node: ts.CallExpression, closure: Closure, use: Use): Binding {
  const args = argumentsOf(body, node, realParameters(closure.node));
  return args ? inlineClosure(body, node, closure, args, use) : brokenBinding;
}

/** What a call gives as a value; a function is none. */
export function asValue(body: Body, node: ts.Node, result: Binding): Expr {
  if (result.kind === "value") return result.value;
  return result.kind === "broken" ? broken : refuse(body, node, "TG1009", shortText(node));
}

/** What a call gives, if that goes anywhere: `unit.scaled(2);` gives its object to nobody. */
export function taken(body: Body, node: ts.Node, result: Binding, use: Use): Expr {
  const isLeft = use === "nothing" && result.kind !== "value" && result.kind !== "broken";
  return isLeft ? absent : asValue(body, node, result);
}

export function argumentsOf(
  body: Body,
  node: ts.CallExpression | ts.NewExpression,
  parameters: readonly ts.ParameterDeclaration[],
): Binding[] | undefined {
  const given = withTuplesApart(body, node.arguments ?? []);
  const rest = parameters.findIndex((parameter) => parameter.dotDotDotToken);
  const count = rest === -1 ? given.length : rest;
  const early = given.slice(0, count).find(isSpread);
  if (early) {
    refuse(body, early, "TG1001", "A spread here", "Pass the arguments one by one.");
    return undefined;
  }
  const known = new Map<number, Binding>();
  const last = parameters[rest];
  if (last && holdsFunctions(body.all, body.checker.getTypeAtLocation(last)))
    return withFunctions(body, node.arguments ?? [], rest);
  const lowered = lowerInOrder(body, [
    ...given.slice(0, count).map((argument, i) => () => {
      if (typeof argument === "function") return argument();
      const type = body.checker.getTypeAtLocation(argument);
      const own = givesFunctions(body, argument)
        ? (body.known(argument) ?? refusedFunction(body, argument))
        : leavesClassOpen(body.all, type)
          ? body.known(argument)
          : undefined;
      const parameter = parameters[i];
      const found = own ?? (parameter && instancesGiven(body, body.checker.getTypeAtLocation(parameter), argument));
      if (found) known.set(i, found);
      return found ? absent : value(body, argument);
    }),
    ...(last ? [() => gathered(body, given.slice(rest), last)] : []),
  ]);
  if (lowered.includes(broken) || [...known.values()].some((binding) => binding.kind === "broken")) return undefined;
  const args = lowered.map((part, i): Binding => {
    const found = known.get(i);
    if (found) return found;
    const argument = i < count ? given[i] : undefined;
    const instance =
      argument && typeof argument !== "function" && part.type.kind === "record"
        ? instanceGiven(body, argument)
        : undefined;
    return { kind: "value", value: part, ...(instance ? { instance } : {}) };
  });
  if (rest === -1) return args;
  const list = args.pop();
  while (args.length < rest) args.push({ kind: "value", value: absent });
  return list ? [...args, list] : args;
}

/** Instances whose class shows here, where a parameter takes any. */
function instancesGiven(body: Body, wanted: ts.Type, argument: ts.Expression): Binding | undefined {
  const chosen = leavesClassOpen(body.all, wanted) ? chosenDirectly(body, argument) : undefined;
  return chosen ?? instancesIn(body, wanted, argument);
}

/** The arguments where the rest parameter takes functions. */
function withFunctions(body: Body, given: readonly ts.Expression[], rest: number): Binding[] | undefined {
  const args = given.map((argument): readonly Binding[] => {
    const isSpread = ts.isSpreadElement(argument);
    const inner = isSpread ? argument.expression : argument;
    const known = body.known(inner) ?? refusedFunction(body, inner);
    if (isSpread && known?.kind === "list") return known.items.map((item) => asItStands(body, item));
    return [known ?? { kind: "value", value: steady(body, value(body, inner), "given") }];
  });
  const all = args.flat();
  if (all.some(({ kind }) => kind === "broken")) return undefined;
  const fixed = Array.from({ length: rest }, (_, i): Binding => all[i] ?? { kind: "value", value: absent });
  return [...fixed, { kind: "list", items: all.slice(rest) }];
}

function refusedFunction(body: Body, node: ts.Expression): Binding | undefined {
  const inner = skipOuter(node);
  const symbol = ts.isIdentifier(inner) ? body.checker.getSymbolAtLocation(inner) : undefined;
  const binding = symbol && body.bindings.get(symbol);
  // An optional function that is absent is handed on as such; other objects are data.
  if (binding || isGlobal(body.checker, inner, "undefined")) return undefined;
  if (body.checker.getTypeAtLocation(inner).getCallSignatures().length === 0) return undefined;
  const callee = calleeOf(body.all, body.entry, inner);
  const meant = callee.kind === "external" ? callee.node : inner;
  const name = nameOutside(body, meant);
  if (isUnusable(name) || isAmbientMember(body, meant)) refuseCall(body, node, name);
  else refuse(body, node, "TG1009", shortText(node));
  return brokenBinding;
}

function gathered(body: Body, given: readonly Given[], parameter: ts.ParameterDeclaration): Expr {
  const type = typeOf(body, parameter);
  return type ? gather(body, given, type) : refuse(body, parameter, "TG1012", "This function");
}

/** Lowers the body with the parameters standing for `args`. `at` is the call, or what stands for it. */
export function inlineClosure(body: Body, at: ts.Node, closure: Closure, args: readonly Binding[], use: Use): Binding {
  const { node: func } = closure;
  const self = closure.around?.known;
  const call: OpenCall = { node: func, scope: closure.scope, functions: self ? [...args, self] : args };
  if (!mayInline(body, at, closure, call)) return brokenBinding;
  const overload =
    isMixed(body.all, func) && ts.isCallExpression(at) ? body.checker.getResolvedSignature(at) : undefined;
  const scope = new Scope(func, closure.scope, closure.around);
  const signature = overload ?? body.checker.getSignatureFromDeclaration(func);
  const returned = wantedResult(body, func) ?? (signature && body.checker.getReturnTypeOfSignature(signature));
  // What the function says of its result, it says of its own type parameters.
  const all = overload ? body.all : { ...body.all, types: scope.surroundings.types };
  // To a hand-written rule a value beside a function is a value.
  const isValue = returned !== undefined && returnsFunction(body) && isPairOfBoth(all, returned);
  const givesFunctions = returned !== undefined && !isValue && holdsFunctions(all, returned);
  const read = returned && !givesFunctions ? resultType(all, func, returned) : undefined;
  // Several returns share variables; what a sum is given goes into those of the sum.
  const isShared = !isGivenToReduce(at) && returnsIn(func) > 1;
  const result = read && isShared ? typeOfReturned(body.checker, func, read) : read;
  const made = returned && leavesInstanceOpen(all, returned) ? madeBy(func) : undefined;
  const instances = made && declareInstances(body, "returned", made);
  if (instances) {
    const found = returnedTo(body, closure, args, scope, call, instances);
    return found ? instanceIn(body, instances) : brokenBinding;
  }
  if (givesFunctions && returnsIn(func) > 1) return returnedSlot(body, at, closure, args, scope, call);
  const inner = body.inlined(scope, result ?? numberType, call);
  let known: Binding | undefined;
  const block = inBlock(inner, () => {
    for (const [i, parameter] of realParameters(func).entries()) bindParameter(inner, parameter, args[i]);
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

function isGivenToReduce({ parent }: ts.Node): boolean {
  const called = ts.isCallExpression(parent) ? skipOuter(parent.expression) : undefined;
  return called !== undefined && ts.isPropertyAccessExpression(called) && called.name.text.startsWith("reduce");
}

/** A call of a function that returns one function here and another one there: variables take what it returns. */
function returnedSlot(
  body: Body,
  at: ts.Node,
  closure: Closure,
  args: readonly Binding[],
  scope: Scope,
  call: OpenCall,
): Binding {
  const signature = body.checker.getSignatureFromDeclaration(closure.node);
  const parts = signature && declareParts(body, at, body.checker.getReturnTypeOfSignature(signature), "returned");
  const slot = parts ?? declareSlot(body, at, "returned", false);
  const found = returnedTo(body, closure, args, scope, call, slot);
  return found ? heldBy(slot) : brokenBinding;
}

/** Lowers a call whose result a slot takes; false where something in it was refused. */
function returnedTo(
  body: Body,
  { node: func }: Closure,
  args: readonly Binding[],
  scope: Scope,
  call: OpenCall,
  slot: FunctionSlot | InstanceSlot | PartSlot,
): boolean {
  const inner = body.inlined(scope, voidType, call, slot);
  const block = inBlock(inner, () => {
    for (const [i, parameter] of realParameters(func).entries()) bindParameter(inner, parameter, args[i]);
    lowerBody(inner, func);
  });
  if (body.entry.failed) return false;
  placeResult(body, func, block, voidType, "nothing");
  return true;
}

function lowerBody(inner: Body, func: Closure["node"]): void {
  if (!func.body) return;
  if (ts.isBlock(func.body)) {
    runAll(inner, func.body.statements);
    reachEnd(inner, func);
  } else {
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
  for (const statement of statements) inner.statement(statement);
  const known = returned && inner.known(returned);
  if (known) return known;
  refuse(inner, returned ?? last ?? func, "TG1009", returned ? shortText(returned) : "What this function returns");
  return brokenBinding;
}

/** How often a function returns; a return that is not its last statement counts as several. */
function returnsIn({ body }: Closure["node"]): number {
  if (!body || !ts.isBlock(body)) return 1;
  const count = (node: ts.Node): number => {
    if (ts.isFunctionLike(node)) return 0;
    if (ts.isReturnStatement(node)) return node.parent === body ? 1 : 2;
    let sum = 0;
    ts.forEachChild(node, (child) => {
      sum += count(child);
    });
    return sum;
  };
  return count(body);
}

/** Refuses what cannot be put in the place of a call. */
function mayInline(body: Body, at: ts.Node, { node: func }: Closure, call: OpenCall): boolean {
  const name = shortText(ts.isCallExpression(at) ? at.expression : at);
  const where = ts.isCallExpression(at) ? at.expression : at;
  const isAsync = func.modifiers?.some((modifier) => modifier.kind === ts.SyntaxKind.AsyncKeyword) === true;
  if (isAsync || func.asteriskToken) refuse(body, where, "TG1013", name, isAsync ? "async" : "a generator");
  else if (body.entry.failed && body.open.length > 8) return false;
  else if (body.open.some((other) => isSameCall(other, call)) || body.open.length > deepest)
    refuse(body, where, "TG1008", name, "calls itself and gives itself another function each time");
  else return true;
  return false;
}

const isSameCall = (a: OpenCall, b: OpenCall): boolean =>
  a.node === b.node && a.scope === b.scope && a.functions.every((binding, i) => isSameKnown(binding, b.functions[i]));

/** The type that a parameter is written with, or takes from where the function stands; undefined where that is none of ours. */
function typeOf(body: Body, parameter: ts.ParameterDeclaration): Type | undefined {
  const read = parameter.type
    ? readType(body.all, body.checker.getTypeFromTypeNode(parameter.type), "written")
    : readType(body.all, body.checker.getTypeAtLocation(parameter), "context");
  if (isRefused(read) || read.kind === "void") return undefined;
  return parameter.questionToken ? maybe(read) : read;
}

function resultType(all: Lowering, func: Closure["node"], type: ts.Type): Type | undefined {
  const read = readType(all, type, func.type ? "written" : "context");
  return isRefused(read) ? undefined : read;
}

export function bindParameter(inner: Body, parameter: ts.ParameterDeclaration, arg: Binding | undefined): void {
  const given = valueOf(inner, parameter, arg ?? { kind: "value", value: absent });
  if (!ts.isIdentifier(parameter.name)) {
    if (given.kind === "value") return bindPatternTo(inner, parameter.name, given.value);
    if (given.kind === "object") return bindKnown(inner, parameter.name, given);
    if (given.kind === "var" || given.kind === "tuple")
      return bindPatternTo(inner, parameter.name, valueOfBinding(given));
    if (given.kind === "list") return bindKnown(inner, parameter.name, given);
    refuse(inner, parameter, "TG1012", "This function");
    return;
  }
  const symbol = parameterSymbol(inner.checker, parameter);
  if (!symbol) return;
  const changes = (inner.assignments.get(symbol) ?? 0) > 0;
  if (given.kind === "value" && given.instance && !changes) inner.bindings.setInstance(symbol, given.instance);
  if (given.kind !== "value" && given.kind !== "var") {
    if (!changes) return inner.bindings.set(symbol, given);
    const slot = declareSlot(inner, parameter, parameter.name.text, true);
    inner.bindings.set(symbol, { kind: "function", callee: { kind: "slot", slot } });
    return assignSlot(inner, parameter, slot, given);
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
  const part: Expr = isMissing ? { ...absent, type } : takenFor(given.value, type);
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
  if (fallback && arg.kind === "function") return functionOr(inner, fallback, arg.callee, fallback);
  if (!fallback || arg.kind !== "value") return arg;
  const given = arg.value;
  if (absenceOf(given.type) === "null") return arg;
  if (!takesDefault(inner, given)) return { kind: "broken" };
  const isAbsent = given.kind === "literal" && given.value === undefined;
  const literal = skipOuter(fallback);
  // Options, of which none is given.
  const isEmpty = ts.isObjectLiteralExpression(literal) && literal.properties.length === 0;
  if (isAbsent && isEmpty && holdsFunctions(inner.all, inner.checker.getTypeAtLocation(parameter)))
    return { kind: "object", fields: new Map() };
  const options = isAbsent && isEmpty ? typeOf(inner, parameter) : undefined;
  if (options?.kind === "record" && options.fields.every((field) => field.optional)) {
    const none = { kind: "items" as const, items: options.fields.map(() => absent), type: options };
    return { kind: "value", value: asOperand(inner, none, "options") };
  }
  if (isAbsent) return inner.known(fallback) ?? { kind: "value", value: value(inner, fallback) };
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
  if (returns.some(({ value: given }) => given && isInMemory(target, given))) {
    const hint = "Write its items where it is returned, as in [pair[0], pair[1]].";
    return refuse(body, func, "TG1015", "a tuple that is known by another name, among items", hint);
  }
  const label = body.labels.fresh("call");
  const inner = mapBlock(block, (stmt): Stmt | Block => {
    if (stmt.kind !== "return") return stmt;
    return [...(stmt.value ? assignAll(target, stmt.value, stmt) : []), { kind: "exit", label }];
  });
  emit(body, { kind: "block", label, body: inner });
  return target;
}

/** Whether a tuple that is wanted item by item is an object. */
const isInMemory = (target: Expr, given: Expr): boolean =>
  target.kind === "tuple" &&
  (given.kind !== "tuple" || target.items.some((item, i) => isInMemory(item, given.items[i] ?? absent)));

/** A variable for a result, or one for each item of a tuple. */
export function declareResult(body: Body, type: Type): Expr {
  if (type.kind === "tuple") {
    return { kind: "tuple", items: type.items.map((item) => declareResult(body, item)), type };
  }
  const name = freshName(body, "result");
  emit(body, { kind: "let", name, type, mutable: true });
  return { kind: "var", name, type };
}

export function assignAll(target: Expr, value: Expr, from: StmtBase): Block {
  if (target.kind === "tuple" && value.kind === "tuple") {
    return target.items.flatMap((item, i) => assignAll(item, value.items[i] ?? absent, from));
  }
  if (target.kind === "tuple") throw new Error("inlining: a tuple in memory is returned as items");
  return target.kind === "var" ? [{ ...placeOf(from as Stmt), kind: "assign", name: target.name, value }] : [];
}
