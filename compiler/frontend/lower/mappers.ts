/** The functions that methods of arrays and `Array.from` call for each element. */
import { realParameters } from "../annotations.ts";
import { ts } from "ts-morph";
import type { Expr, Type } from "../../ir/types.ts";
import { originOf } from "../positions.ts";
import type { Callee } from "./callees.ts";
import { applyDerivative, applyDerived, derivativeIn } from "./derivatives.ts";
import { emitCall } from "./emitted-calls.ts";
import { signatureOf } from "./entries.ts";
import { outsideApplied } from "./externals.ts";
import { applySpecial, isRecursive } from "./specialise.ts";
import { asValue, assignAll, declareResult, inlineClosure } from "./inlining.ts";
import { arm, chooseAmong } from "./choices.ts";
import { callSlot, type FunctionSlot } from "./slots.ts";
import { typeFor } from "./types.ts";
import { fitTo } from "./values.ts";
import { nameInFile } from "../../ir/names.ts";
import { booleanType, isNumeric, numberType, op, stringType } from "../../ir/build.ts";
import { arity, mathFunctions } from "./operators.ts";
import { nothingAround } from "./scope.ts";
import { valueOfBinding } from "./variables.ts";
import { arithmetic, negated, toNumber, truth } from "./scalars.ts";
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
  type Use,
} from "./state.ts";

/** What the function gives for the arguments; `at` is where the user passes or calls it. */
export function applied(body: Body, at: ts.Expression, callee: Callee, args: readonly Binding[], use: Use): Expr {
  if (callee.kind === "choice") return chosen(body, at, callee, args, use);
  if (callee.kind === "missing") return missing(body, at);
  if (callee.kind === "slot") return ofSlot(body, at, callee.slot, args);
  if (callee.kind === "derivative" && callee.of.kind === "slot")
    return ofSlot(body, at, callee.of.slot, args, (of) => derivativeIn(body, callee, of));
  if (callee.kind === "derivative") return applyDerivative(body, at, callee, args, use);
  if (callee.kind === "generic") {
    // What it is given tells what its type parameters are.
    const closure = { kind: "closure" as const, node: callee.node, scope: undefined, around: nothingAround };
    return applied(body, at, closure, args, use);
  }
  if (callee.kind === "closure") {
    if (isRecursive(body, callee.node)) return applySpecial(body, at, callee, args, use);
    const parameters = realParameters(callee.node);
    const rest = parameters.findIndex((parameter) => parameter.dotDotDotToken);
    const given = rest === -1 ? args : gathered(body, args, rest);
    if (!given) return refuse(body, parameters[rest] ?? at, "TG1012", "This function");
    return asValue(body, at, inlineClosure(body, at, callee, given, use));
  }
  const values = args.map(valueOfBinding);
  const [first] = values;
  if (callee.kind === "broken" || !first) return broken;
  if (callee.kind === "function") return callOf(body, at, callee.entry, values, use);
  if (callee.kind === "derived") return applyDerived(body, at, callee.key, values, use);
  const operation = callee.kind === "math" ? mathFunctions.get(callee.name) : undefined;
  if (operation) return arithmetic(body, at, operation, values.slice(0, arity(operation) ?? values.length));
  if (callee.kind === "global" && callee.name === "Number") return toNumber(body, at, first);
  if (callee.kind === "global" && callee.name === "Boolean") return truth(first);
  if (callee.kind === "global" && callee.name === "String")
    return { kind: "foreign", texts: ["String(", ")"], args: [first], type: stringType };
  const test =
    callee.kind === "global" ? /^(?:Number\.)?(isNaN|isFinite|isInteger)$/.exec(callee.name)?.[1] : undefined;
  if (test === "isNaN" || test === "isFinite" || test === "isInteger") return op(test, [first], booleanType);
  if (callee.kind === "external" || callee.kind === "math" || callee.kind === "global")
    return outsideApplied(body, at, callee, values, use);
  return refuse(body, at, "TG1009", shortText(at));
}

function callOf(body: Body, at: ts.Expression, entry: Entry, values: readonly Expr[], use: Use): Expr {
  const { params, rest, result } = signatureOf(body.all, entry);
  const required = params.filter((param) => !param.optional && !param.defaultValue);
  if (rest || required.length > values.length) return refuse(body, at, "TG1009", shortText(at));
  const args = params.map((param, i) => {
    const given = values[i];
    return given ? fitTo(body, given, param.type) : (param.defaultValue ?? absent);
  });
  const base = shortText(at).replace(/^.*\W/, "") || nameInFile(entry.key, originOf(entry.node));
  const only = use === "nothing" ? use : undefined;
  return emitCall(body, at, { kind: "call", callee: entry.key }, args, result, only, base);
}

/** The arguments of a function with a rest parameter, which gets those that are left in an array. */
function gathered(body: Body, args: readonly Binding[], rest: number): readonly Binding[] | undefined {
  const items = args.slice(rest).map(valueOfBinding);
  if (!items.every((item) => isNumeric(item.type))) return undefined;
  const type: Type = { kind: "list", element: numberType };
  const list = hold(body, "rest", { kind: "items", items, type });
  const fixed = Array.from({ length: rest }, (_, i): Binding => args[i] ?? { kind: "value", value: absent });
  return [...fixed, { kind: "value", value: list }];
}

/** A call of one of two functions. */
function chosen(
  body: Body,
  at: ts.Expression,
  { test, yes, no }: Extract<Callee, { kind: "choice" }>,
  args: readonly Binding[],
  use: Use,
): Expr {
  if (no.kind === "missing") {
    const then = isSurelyThere(body, at) ? [] : inBlock(body, () => void missing(body, at));
    if (then.length > 0) emit(body, { kind: "if", test: negated(test), then, else: [] });
    return applied(body, at, yes, args, use);
  }
  const nothing: Use = use === "nothing" ? use : undefined;
  const left = arm(body, () => applied(body, at, yes, args, nothing));
  const others = chainOf(no).map(({ test: other, callee }) => ({
    test: other,
    arm: arm(body, () => applied(body, at, callee, args, nothing)),
  }));
  if ([left, ...others.map((other) => other.arm)].some(({ value }) => value === broken)) return broken;
  return chooseAmong(body, [{ test, arm: left }, ...others], use);
}

/** The functions of a choice, each with the condition under which it is the one; the last one has none. */
function chainOf(callee: Callee): readonly { readonly test?: Expr; readonly callee: Callee }[] {
  if (callee.kind !== "choice" || callee.no.kind === "missing") return [{ callee }];
  return [{ test: callee.test, callee: callee.yes }, ...chainOf(callee.no)];
}

/** Whether a function that may be absent was asked for: by `?.`, or by a test that TypeScript follows. */
function isSurelyThere({ checker }: Body, at: ts.Expression): boolean {
  if (ts.isCallExpression(at.parent) && at.parent.expression === at && at.parent.questionDotToken) return true;
  const symbol = ts.isIdentifier(at) ? checker.getSymbolAtLocation(at) : undefined;
  const mayBeAbsent = (type: ts.Type): boolean => checker.getNonNullableType(type) !== type;
  return (
    symbol !== undefined && mayBeAbsent(checker.getTypeOfSymbol(symbol)) && !mayBeAbsent(checker.getTypeAtLocation(at))
  );
}

/** Calling what is not there. */
function missing(body: Body, at: ts.Expression): Expr {
  const text = at.getText().replace(/\s+/g, " ").replaceAll("!", "");
  const error = `new TypeError(${JSON.stringify(`${text} is not a function`)})`;
  emit(body, { kind: "throw", value: { kind: "foreign", texts: [error], args: [], type: { kind: "string" } } });
  return absent;
}

/** A call of the function that a variable holds. */
function ofSlot(
  body: Body,
  at: ts.Expression,
  slot: FunctionSlot,
  args: readonly Binding[],
  made = (callee: Callee): Callee => callee,
): Expr {
  const [signature] = body.checker.getTypeAtLocation(at).getCallSignatures();
  if (!signature) return refuse(body, at, "TG1009", shortText(at));
  const what = { node: at, what: `The result of ${shortText(at)}`, source: "inferred" as const };
  const type = typeFor(body.all, body.entry, signature.getReturnType(), what);
  if (!type) return broken;
  const isVoid = type.kind === "void";
  const target = isVoid ? absent : declareResult(body, type);
  callSlot(body, slot, (callee) => {
    const given = applied(body, at, made(callee), args, isVoid ? "nothing" : undefined);
    if (given !== broken && !isVoid) body.block.push(...assignAll(target, fitTo(body, given, type), body.place));
  });
  return target;
}
