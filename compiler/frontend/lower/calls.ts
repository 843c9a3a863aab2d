/** Calls: of `Math`, of arrays' methods, of functions of the program and of their derivatives. */
import { tensorOpOf } from "../../ir/tensor-ops.ts";
import { memberOfTagged } from "./tagged-classes.ts";
import { isTensor, tensorCall, tensorMethod } from "./tensors.ts";
import { ts } from "ts-morph";
import { originOf } from "../positions.ts";
import { chosenDirectly } from "./chosen-instances.ts";
import { at, bool, fieldAt, int, isNumeric, isReference, num, op } from "../../ir/build.ts";
import type { Expr, OpName } from "../../ir/types.ts";
import { newList, staticArrayCall } from "./arrays.ts";
import { calleeOf, transformMode, type Callee } from "./callees.ts";
import { entryOf } from "./entries.ts";
import { arm, choose, presenceTest } from "./choices.ts";
import { cloned } from "./clones.ts";
import { partsOfObject } from "./field-names.ts";
import { foreignCall, isTextCall, text } from "./foreign.ts";
import { extreme, hypotenuse } from "./extremes.ts";
import { functionOf, givenByGetter, instanceOf, isOfFunction, knownOf } from "./functions.ts";
import { getterOfKnown, memberOfKnown, superMethodOfKnown } from "./known-members.ts";
import { callClosure, inlineClosure, taken } from "./inlining.ts";
import { applied } from "./mappers.ts";
import { arrayMethod, isMethodCall } from "./methods.ts";
import { superOfKnown } from "./known-instances.ts";
import { listMethod } from "./known-lists.ts";
import { arity, mathFunctions } from "./operators.ts";
import { outsideCall } from "./externals.ts";
import { isAmbientValue, nameOutside, refuseCall } from "./outside.ts";
import { superCall } from "./classes.ts";
import { calledMethod, methodCall } from "./instances.ts";
import { emitCall } from "./emitted-calls.ts";
import { callEntry, calledName } from "./invocations.ts";
import { forEachKept } from "./keeper-loops.ts";
import { keeperCall } from "./keepers.ts";
import { lowerInOrder } from "./order.ts";
import { numberOfText, stringMethod } from "./strings.ts";
import { typeTest } from "./type-tests.ts";
import { isGlobal, skipOuter } from "./resolve.ts";
import { callSpecial, isRecursive } from "./specialise.ts";
import { arithmetic, toNumber, truth } from "./scalars.ts";
import { withTuplesApart } from "./spreads.ts";
import {
  absent,
  broken,
  emit,
  hold,
  inBlock,
  refuse,
  shortText,
  type Binding,
  type Body,
  type Entry,
  type ObjectBinding,
  type Use,
  withoutSource,
} from "./state.ts";
import { holdsFunctions, isTypedArrayName, typeFor } from "./types.ts";
import { asArray, steady, value } from "./values.ts";

export function call(body: Body, node: ts.CallExpression, use: Use): Expr {
  if (!node.questionDotToken) return callGiven(body, node, use);
  const given = presenceTest(body, node.expression);
  if (!given) return body.entry.failed ? broken : refuse(body, node, "TG1001", "?.() here", askedFirst);
  if (given.kind === "literal") return given.value === true ? callGiven(body, node, use) : absent;
  // A function that may be missing.
  const test = steady(body, given, "isGiven");
  if (use !== "nothing") {
    const made = arm(body, () => callGiven(body, node, undefined));
    return choose(body, test, made, { block: [], value: absent }, use);
  }
  const then = inBlock(body, () => void callGiven(body, node, use));
  emit(body, { kind: "if", test, then, else: [] });
  return absent;
}

const askedFirst = "Keep the function in a constant, and test that for undefined with if or ?: first.";

/** A call of a function that is there. */
function callGiven(body: Body, node: ts.CallExpression, use: Use): Expr {
  if (isTextCall(body, node)) return text(body, node);
  const callee = skipOuter(node.expression);
  if (callee.kind === ts.SyntaxKind.SuperKeyword && body.making)
    return superOfKnown(body, node) ? absent : superCall(body, node);
  if (callee.kind === ts.SyntaxKind.SuperKeyword || callee.kind === ts.SyntaxKind.ImportKeyword) {
    return refuse(body, node, "TG1001", shortText(node), "Call functions of module scope.");
  }
  if (isOfFunction(body, node, ["call", "apply"]))
    return refuse(
      body,
      node,
      "TG1001",
      shortText(node.expression),
      "Call the function itself, or the method of its object.",
    );
  if (ts.isPropertyAccessExpression(callee)) {
    const inherited = superMethodOfKnown(body, callee);
    if (inherited) return callOf(body, node, inherited.callee, use);
    const owner = knownOf(body, callee.expression) ?? chosenDirectly(body, callee.expression);
    if (owner?.kind === "broken") return broken;
    if (owner?.kind === "object") return callMember(body, node, owner, callee.name.text, use);
    if (owner?.kind === "list") return listMethod(body, node, owner, callee.name.text, use);
    if (isTensor(body, callee.expression)) return tensorMethod(body, node, callee);
    if (isForeignObject(body, callee.expression)) return outsideCall(body, node, shortText(callee), use);
    const ofText =
      stringMethod(body, node, callee) ?? forEachKept(body, node, callee) ?? keeperCall(body, node, callee, use);
    if (ofText) return ofText;
    const method = memberOfTagged(body, callee, ts.isMethodDeclaration) ?? calledMethod(body, node);
    if (method) return callOf(body, node, method, use);
    const given = givenByGetter(body, callee);
    if (given) return given.kind === "function" ? callOf(body, node, given.callee, use) : broken;
    const member = methodCall(body, node, callee, use) ?? globalMember(body, node, callee, use);
    if (member) return member;
  }
  return callOf(body, node, functionOf(body, callee), use);
}

/** `model.f(x)` of an object whose functions are known. */
function callMember(body: Body, node: ts.CallExpression, owner: ObjectBinding, name: string, use: Use): Expr {
  const getter = getterOfKnown(body, owner, name);
  const member = getter
    ? inlineClosure(body, node.expression, getter, [], undefined)
    : memberOfKnown(body, owner, name);
  if (member?.kind === "function") return callOf(body, node, member.callee, use);
  return member?.kind === "broken" ? broken : refuse(body, node.expression, "TG1009", shortText(node.expression));
}

/** `console.log`, `Number.isNaN`, `Array.from` and the like; methods of values. */
function globalMember(
  body: Body,
  node: ts.CallExpression,
  callee: ts.PropertyAccessExpression,
  use: Use,
): Expr | undefined {
  const owner = skipOuter(callee.expression);
  const method = callee.name.text;
  const isKnown = ts.isIdentifier(owner) && isGlobal(body.checker, owner, owner.text);
  if (!isKnown) return isValueMethod(body, callee) && isMethodCall(node) ? arrayMethod(body, node, use) : undefined;
  if (owner.text === "console") return consoleCall(body, node, callee);
  if (owner.text === "Number") return numberCall(body, node, method);
  if (isTypedArrayName(owner.text) || (owner.text === "Array" && method !== "isArray")) {
    return staticArrayCall(body, node, owner.text, method, use);
  }
  if (owner.text === "Math") return undefined;
  if (owner.text === "Object") {
    const parts = partsOfObject(body, node, use);
    if (parts) return parts;
  }
  const byType = typeTest(body, node);
  if (byType) return byType;
  return outsideCall(body, node, `${owner.text}.${method}`, use);
}

/** `declare const lib: Lib`, `process`, what a package without sources exports: objects that are no data. */
function isForeignObject(body: Body, node: ts.Expression): boolean {
  const owner = skipOuter(node);
  if (isGlobal(body.checker, owner, shortText(owner)) || !isAmbientValue(body, owner)) return false;
  return body.checker.getIndexTypeOfType(body.checker.getTypeAtLocation(owner), ts.IndexKind.Number) === undefined;
}

/** Whether the receiver is a value rather than a module or a class. */
function isValueMethod(body: Body, callee: ts.PropertyAccessExpression): boolean {
  const symbol = body.checker.getSymbolAtLocation(skipOuter(callee.expression));
  if (!symbol) return true;
  const target = symbol.flags & ts.SymbolFlags.Alias ? body.checker.getAliasedSymbol(symbol) : symbol;
  return (target.flags & (ts.SymbolFlags.Module | ts.SymbolFlags.Class)) === 0;
}

function consoleCall(body: Body, node: ts.CallExpression, callee: ts.PropertyAccessExpression): Expr {
  const message = foreignCall(body, `console.${callee.name.text}(`, node.arguments, ")", { kind: "void" });
  if (message !== broken) emit(body, { kind: "effect", call: message });
  return absent;
}

function operands(body: Body, node: ts.CallExpression): Expr[] | undefined {
  const spread = node.arguments.find((argument) => ts.isSpreadElement(argument) && !isOfTuple(body, argument));
  if (spread) {
    refuse(body, spread, "TG1001", "A spread here", "Write a loop, or pass the arguments one by one.");
    return undefined;
  }
  const args = lowerInOrder(
    body,
    node.arguments.map((argument) => () => value(body, ts.isSpreadElement(argument) ? argument.expression : argument)),
  );
  if (args.includes(broken)) return undefined;
  return args.flatMap((arg, i) => {
    const given = node.arguments[i]!;
    return ts.isSpreadElement(given) ? itemsOf(asArray(body, arg), tupleFlags(body, given)?.length ?? 0) : [arg];
  });
}

/** Whether what is spread is a tuple, of which we know how many items it has. */
function isOfTuple(body: Body, node: ts.SpreadElement): boolean {
  return tupleFlags(body, node)?.every((flags) => (flags & ts.ElementFlags.Required) !== 0) ?? false;
}

function tupleFlags(body: Body, node: ts.SpreadElement): readonly ts.ElementFlags[] | undefined {
  const type = body.checker.getTypeAtLocation(node.expression);
  return body.checker.isTupleType(type) ? (type as ts.TupleTypeReference).target.elementFlags : undefined;
}

function itemsOf(tuple: Expr, count: number): readonly Expr[] {
  if (tuple.kind === "tuple") return tuple.items;
  if (tuple.type.kind === "record") return tuple.type.fields.map(({ name }) => fieldAt(tuple, name));
  return Array.from({ length: count }, (_, i) => at(tuple, int(i)));
}

function numberCall(body: Body, node: ts.CallExpression, method: string): Expr {
  if (readsNumber(method)) return readNumber(body, node, `Number.${method}`);
  if (method !== "isNaN" && method !== "isFinite" && method !== "isInteger")
    return refuseCall(body, node, `Number.${method}`);
  const args = operands(body, node);
  const [first] = args ?? [];
  return first ? op(method, [first], { kind: "boolean" }) : broken;
}

function callOf(body: Body, node: ts.CallExpression, callee: Callee, use: Use): Expr {
  switch (callee.kind) {
    case "function":
      return callFunction(body, node, callee.entry, use);
    case "derived":
      return callDerived(body, node, callee.key, use);
    case "math":
      return mathCall(body, node, callee.name);
    case "tsgrad":
      return intrinsicCall(body, node, callee.name);
    case "global":
      return globalCall(body, node, callee.name, use);
    case "generic":
      return callOf(body, node, instanceOf(body, node, callee), use);
    case "closure":
      if (isRecursive(body, callee.node)) return callSpecial(body, node, callee, use);
      return taken(body, node, callClosure(body, node, callee, use), use);
    case "choice":
    case "slot":
    case "missing":
    case "derivative":
      return callChosen(body, node, callee, use);
    case "local":
      return applyLocal(body, node, use) ?? refuse(body, node.expression, "TG1009", shortText(node.expression));
    case "external":
      return outsideCall(body, node, nameOutside(body, callee.node), use);
    case "broken":
      operands(body, node);
      return broken;
  }
}

/** A call of a function of which one of several is chosen as the program runs. */
function callChosen(body: Body, node: ts.CallExpression, callee: Callee, use: Use): Expr {
  const known = new Map<number, Binding>();
  const lowered = lowerInOrder(
    body,
    withTuplesApart(body, node.arguments).map((argument, i) => () => {
      if (typeof argument === "function") return argument();
      if (ts.isSpreadElement(argument))
        return refuse(body, argument, "TG1001", "A spread here", "Pass the arguments one by one.");
      const found = holdsFunctions(body.all, body.checker.getTypeAtLocation(argument))
        ? body.known(argument)
        : undefined;
      if (found) known.set(i, found);
      return found ? absent : value(body, argument);
    }),
  );
  if (lowered.includes(broken) || [...known.values()].some(({ kind }) => kind === "broken")) return broken;
  const args = lowered.map((part, i): Binding => {
    // Each of the functions reads the argument.
    return known.get(i) ?? { kind: "value", value: part.kind === "tuple" ? part : steady(body, part, "given") };
  });
  return applied(body, node.expression, callee, args, use);
}

function mathCall(body: Body, node: ts.CallExpression, name: string): Expr {
  const operation = mathFunctions.get(name);
  if (!operation) return refuseCall(body, node, `Math.${name}`);
  const spread = node.arguments.find((argument) => ts.isSpreadElement(argument) && !isOfTuple(body, argument));
  if (spread && (operation === "max" || operation === "min")) return extreme(body, node, operation);
  if (spread && operation === "hypot") return hypotenuse(body, node);
  if (spread) return refuse(body, spread, "TG1001", `A spread in Math.${name}`, "Write a loop over the elements.");
  const args = operands(body, node);
  if (!args) return broken;
  return mathOf(body, node, operation, args);
}

function mathOf(body: Body, node: ts.CallExpression, operation: OpName, args: readonly Expr[]): Expr {
  const [first] = args;
  const wanted = arity(operation);
  if (wanted !== undefined && args.length < wanted) return num(NaN);
  if (wanted === undefined && !first)
    return num(operation === "hypot" ? 0 : operation === "max" ? -Infinity : Infinity);
  if (first && args.length === 1 && (operation === "max" || operation === "min"))
    return arithmetic(body, node, "pos", [first]);
  return arithmetic(body, node, operation, args.slice(0, wanted ?? args.length));
}

const readsNumber = (name: string): boolean => name === "parseFloat" || name === "parseInt";

/** `parseInt(text, 10)` */
function readNumber(body: Body, node: ts.CallExpression, name: string): Expr {
  const args = operands(body, node);
  const [first] = args ?? [];
  if (!args || first?.type.kind === "string") return numberOfText(body, node, name, args ?? [broken]);
  return refuseCall(body, node, name);
}

function globalCall(body: Body, node: ts.CallExpression, name: string, use: Use): Expr {
  if (name === "Array") return newList(body, node, node.arguments);
  if (readsNumber(name)) return readNumber(body, node, name);
  if (name === "structuredClone") return cloned(body, node);
  if (name !== "Number" && name !== "Boolean" && name !== "isNaN" && name !== "isFinite")
    return outsideCall(body, node, name, use);
  const args = operands(body, node);
  const [first] = args ?? [];
  if (!args) return broken;
  if (name === "Number") return first ? toNumber(body, node, first) : num(0);
  if (name === "Boolean") return first ? truth(first) : bool(false);
  return first ? op(name, [first], { kind: "boolean" }) : broken;
}

function intrinsicCall(body: Body, node: ts.CallExpression, name: string): Expr {
  const [subject, through] = node.arguments;
  if (name === "stopGradient" && subject) {
    const stopped = value(body, subject);
    return stopped === broken ? broken : stop(body, node, stopped);
  }
  if (name === "tapGradient" && subject && through) return tap(body, subject, through);
  if (transformMode(name)) return refuse(body, node, "TG1009", shortText(node));
  const operation = tensorOpOf(name);
  if (operation) return tensorCall(body, node, operation);
  return refuse(body, node, "TG1004", name, withoutSource);
}

/** What stands for memory that is stopped has a name, through which it is read. */
function stop(body: Body, node: ts.CallExpression, stopped: Expr): Expr {
  const { type } = stopped;
  if (stopped.kind === "tuple") return { ...stopped, items: stopped.items.map((item) => stop(body, node, item)) };
  if (!isReference(type)) return op("stop", [stopped], type);
  const array = asArray(body, stopped);
  return hold(body, "stopped", { kind: "op", op: "stop", args: [array], type, origin: originOf(node) });
}

/** `tapGradient(x, g)`: `g` becomes a function of the program. */
function tap(body: Body, subject: ts.Expression, through: ts.Expression): Expr {
  const tapped = value(body, subject);
  const inner = skipOuter(through);
  const isInline = ts.isArrowFunction(inner) || ts.isFunctionExpression(inner);
  const callee: Callee = isInline
    ? { kind: "function", entry: entryOf(body.all, inner, { name: `${body.entry.key}Tap` }) }
    : calleeOf(body.all, body.entry, inner);
  if (callee.kind === "broken") return broken;
  if (callee.kind !== "function") return refuse(body, through, "TG1020", "tapGradient");
  body.entry.uses.add(callee.entry);
  if (tapped === broken) return broken;
  if (!isNumeric(tapped.type)) {
    const type = body.checker.typeToString(body.checker.getTypeAtLocation(subject));
    return refuse(body, subject, "TG1002", shortText(subject), type, "Tap numbers: an array element by element.");
  }
  return { kind: "tap", value: tapped, tap: callee.entry.key, type: { kind: "number" } };
}

function callFunction(body: Body, node: ts.CallExpression, entry: Entry, use: Use): Expr {
  return callEntry(body, node, entry, { given: node.arguments, use, base: calledName(node) });
}

function callDerived(body: Body, node: ts.CallExpression, key: string, use: Use): Expr {
  const args = operands(body, node);
  const result = typeFor(body.all, body.entry, body.checker.getTypeAtLocation(node), {
    node,
    what: shortText(node),
    source: "inferred",
  });
  if (!args || !result) return broken;
  return emitCall(body, node, { kind: "call", callee: key }, args, result, use, calledName(node));
}

/** A call of a pullback that a variable holds; undefined if the callee is no such variable. */
function applyLocal(body: Body, node: ts.CallExpression, use: Use): Expr | undefined {
  const callee = skipOuter(node.expression);
  const symbol = ts.isIdentifier(callee) ? body.checker.getSymbolAtLocation(callee) : undefined;
  const binding = symbol && body.bindings.get(symbol);
  if (binding?.kind === "broken") return broken;
  if (binding?.kind !== "var" || binding.type.kind !== "function") return undefined;
  const args = operands(body, node);
  return (
    args &&
    emitCall(body, node, { kind: "apply", callee: binding.name }, args, binding.type.result, use, calledName(node))
  );
}
