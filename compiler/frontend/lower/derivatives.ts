/** Transforms of functions that are made inside of a function: `grad((y) => game(x, y))`, `jvp(loss)` of a parameter. */
import { ts } from "ts-morph";
import { functionName } from "./invocations.ts";
import { originOf } from "../positions.ts";
import type { Expr } from "../../ir/types.ts";
import type { Step, Wrt } from "../types.ts";
import { derivedKey, stepOf, transformMode, type Callee, type Derivative } from "./callees.ts";
import { emitCall } from "./emitted-calls.ts";
import { skipOuter, tsgradName } from "./resolve.ts";
import { lift, type Lifted } from "./specialise.ts";
import { broken, refuse, shortText, type Binding, type Body, type Use } from "./state.ts";
import { typeFor } from "./types.ts";

/** What a transform makes of a function that only shows inside of this one; undefined of all that has a name outside. */
export function derivativeOf(body: Body, node: ts.CallExpression, of: Callee): Callee | undefined {
  const name = tsgradName(body.checker, node.expression) ?? "";
  const mode = transformMode(name);
  if (mode === undefined || !isInside(of)) return undefined;
  return stepped(body, node, of, stepOf(body.all, body.entry, name, mode, node.arguments[1]));
}

function isInside(callee: Callee): boolean {
  if (callee.kind === "choice") return isInside(callee.yes) || isInside(callee.no);
  return callee.kind === "closure" || callee.kind === "derivative" || callee.kind === "slot";
}

function stepped(body: Body, node: ts.CallExpression, of: Callee, step: Step): Callee {
  switch (of.kind) {
    case "choice":
      return { ...of, yes: stepped(body, node, of.yes, step), no: stepped(body, node, of.no, step) };
    case "function":
      return { kind: "derived", key: derivedKey(body.all, { of: of.entry.key, ...step }, originOf(node)) };
    case "derived":
      return { kind: "derived", key: derivedKey(body.all, { of: of.key, ...step }, originOf(node)) };
    case "derivative":
      return { ...of, steps: [...of.steps, step], node };
    case "closure":
    case "slot":
      return { kind: "derivative", of, steps: [step], node };
    case "missing":
    case "broken":
      return of;
    default:
      refuse(body, node.arguments[0] ?? node, "TG1020", shortText(node.expression));
      return { kind: "broken" };
  }
}

/** The same derivative of one of the functions that a variable may hold. */
export const derivativeIn = (body: Body, { steps, node }: Derivative, of: Callee): Callee =>
  steps.reduce((callee, step) => stepped(body, node, callee, step), of);

/** Calls a derivative of a function with what the function captures; `at` is where the user passes or calls it. */
export function applyDerivative(
  body: Body,
  at: ts.Expression,
  { of: closure, steps, node }: Derivative,
  args: readonly Binding[],
  use: Use,
): Expr {
  if (closure.kind !== "closure") return refuse(body, at, "TG1009", shortText(at));
  const [argument] = node.arguments;
  const inner = argument && skipOuter(argument);
  const name = inner && ts.isIdentifier(inner) ? inner.text : "inner";
  const lifted = lift(body, at, closure, taken(body, at, args), { name, why: "is differentiated here" });
  if (!lifted) return broken;
  const origin = originOf(node);
  const key = steps.reduce((of, step) => {
    const wrt = step.wrt?.map((each) => shifted(each, lifted));
    return derivedKey(body.all, { of, ...step, ...(wrt ? { wrt } : {}) }, origin);
  }, lifted.entry.key);
  return callDerived(body, at, key, [...lifted.captured, ...lifted.data], use);
}

/** Calls a derivative of a function of the program. */
export const applyDerived = (body: Body, at: ts.Expression, key: string, args: readonly Expr[], use: Use): Expr =>
  callDerived(body, at, key, taken(body, at, args), use);

function callDerived(body: Body, at: ts.Expression, key: string, args: readonly Expr[], use: Use): Expr {
  const [signature] = body.checker.getTypeAtLocation(at).getCallSignatures();
  const what = { node: at, what: `The result of ${shortText(at)}`, source: "inferred" as const };
  const result = signature && typeFor(body.all, body.entry, signature.getReturnType(), what);
  if (!result) return broken;
  return emitCall(body, at, { kind: "call", callee: key }, args, result, use, functionName(at));
}

/** The arguments that the function takes, of those that a method of arrays hands over. */
function taken<T>(body: Body, at: ts.Expression, args: readonly T[]): readonly T[] {
  const isCalled = ts.isCallExpression(at.parent) && at.parent.expression === at;
  return isCalled ? args : args.slice(0, parameterCount(body.checker, at));
}

/** How many arguments a function takes; those of a transform are typed as a tuple. */
function parameterCount(checker: ts.TypeChecker, at: ts.Expression): number {
  const parameters = checker.getTypeAtLocation(at).getCallSignatures()[0]?.parameters ?? [];
  const last = parameters.at(-1);
  const declaration = last?.valueDeclaration;
  const isRest = declaration !== undefined && ts.isParameter(declaration) && declaration.dotDotDotToken !== undefined;
  if (!last || !isRest) return parameters.length;
  const type = checker.getTypeOfSymbolAtLocation(last, at);
  return checker.isTupleType(type)
    ? parameters.length - 1 + checker.getTypeArguments(type as ts.TypeReference).length
    : Infinity;
}

/** Where a parameter stands once what is captured comes first and functions are gone. */
function shifted(wrt: Wrt, { captured, known }: Lifted): Wrt {
  if (wrt.kind !== "param") return wrt;
  const gone = [...known].filter((place) => place < wrt.index).length;
  return { ...wrt, index: captured.length + wrt.index - gone };
}
