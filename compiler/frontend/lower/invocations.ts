/** Calls of functions of the program: their arguments, and the variables that take their results. */
import { upperFirst } from "../../ir/words.ts";
import { ts } from "ts-morph";
import type { Expr, Type } from "../../ir/types.ts";
import { isRuleTag } from "../annotations.ts";
import { takesDefault } from "./absence.ts";
import { emitCall } from "./emitted-calls.ts";
import { signatureOf, tupleEntry } from "./entries.ts";
import { lowerInOrder } from "./order.ts";
import { skipOuter } from "./resolve.ts";
import { gather, withTuplesApart, type Given } from "./spreads.ts";
import { absenceOf } from "../../ir/presence.ts";
import { absent, broken, refuse, type Body, type Entry, type Signature, type Use } from "./state.ts";
import { fitTo, differInTuples, value } from "./values.ts";

export interface EntryCall {
  /** The arguments, as they are written or as they are lowered; that of a method begin with its object. */
  readonly given: readonly Given[];
  readonly use: Use;
  /** What a result without a name of its own is called after. */
  readonly base: string;
}

/** A call of a function of the program. */
export function callEntry(body: Body, node: ts.Node, entry: Entry, { given, use, base }: EntryCall): Expr {
  const signature = signatureOf(body.all, entry);
  const args = argumentsFor(body, given, signature, !hasRules(entry));
  const tuples = args && tuplesAmong(args, signature);
  if (args && tuples && tuples.size > 0) {
    const own = tupleEntry(body.all, entry, tuples);
    body.entry.uses.add(own);
    const { result } = signatureOf(body.all, own);
    return emitCall(body, node, { kind: "call", callee: own.key }, args, result, use, base);
  }
  if (entry.failed && signature.result.kind === "void") {
    const type = body.checker.getTypeAtLocation(node);
    // The callee's result was refused there.
    if (!(type.flags & (ts.TypeFlags.Void | ts.TypeFlags.Undefined | ts.TypeFlags.Never))) return broken;
  }
  if (!args) return broken;
  return emitCall(body, node, { kind: "call", callee: entry.key }, args, signature.result, use, base);
}

/** The types of arguments that are tuples in memory where any array is taken, by position. */
function tuplesAmong(args: readonly Expr[], { params }: Signature): ReadonlyMap<number, Type> {
  return new Map(
    args.flatMap(({ type }, i) => {
      const wanted = params[i]?.type;
      return wanted && differInTuples(type, wanted) ? [[i, type] as const] : [];
    }),
  );
}

/** A derivative by hand is for the parameters as they are written. */
function hasRules({ node }: Entry): boolean {
  return ts.getJSDocTags(node).some(({ tagName }) => isRuleTag(tagName.text));
}

/** The arguments in the order of the parameters, with defaults filled in. */
function argumentsFor(
  body: Body,
  given: readonly Given[],
  { params, rest }: Signature,
  takesTuples: boolean,
): Expr[] | undefined {
  const fixed = rest ? params.slice(0, -1) : params;
  const all = withTuplesApart(body, given);
  const lower = (each: Given): Expr => (typeof each === "function" ? each() : value(body, each));
  const early = all.slice(0, fixed.length).find((each) => typeof each !== "function" && ts.isSpreadElement(each));
  if (early && typeof early !== "function") {
    refuse(body, early, "TG1001", "A spread before the rest parameter", "Pass the arguments one by one, or a tuple.");
    return undefined;
  }
  const gathered = rest ? all.slice(fixed.length) : [];
  // What the rest parameter of a class without a constructor of its own got is handed on as it is.
  const own = given[fixed.length];
  const handed = typeof own === "function" && own === all[fixed.length] ? own : undefined;
  const last = params.at(-1);
  const ordered = [
    ...all.slice(0, fixed.length).map((argument, i) => () => {
      const type = fixed[i]?.type;
      const lowered = lower(argument);
      return type && !(takesTuples && differInTuples(lowered.type, type)) ? fitTo(body, lowered, type) : lowered;
    }),
    ...(rest && last ? [() => (handed ? handed() : gather(body, gathered, last.type))] : []),
  ];
  const lowered = lowerInOrder(body, ordered);
  if (lowered.includes(broken)) return undefined;
  const args = fixed.map((param, i): Expr => {
    const given = i < all.length ? lowered[i] : undefined;
    if (!param.defaultValue || (given && absenceOf(given.type) === "null")) return given ?? absent;
    if (given && !takesDefault(body, given)) return broken;
    if (!given || (given.kind === "literal" && given.value === undefined)) return param.defaultValue;
    return given.type.kind === "maybe"
      ? { kind: "nullish", left: given, right: param.defaultValue, type: param.type }
      : given;
  });
  const list = rest ? lowered.at(-1) : undefined;
  return list ? [...args, list] : args;
}

/** `dot` of `dot(a, b)`, `gGrad` of `grad(g)(x)`. */
export const calledName = (node: ts.CallExpression): string => functionName(node.expression);

/** `dot` of `dot`, `gGrad` of `grad(g)`. */
export function functionName(node: ts.Expression): string {
  const callee = skipOuter(node);
  if (ts.isIdentifier(callee)) return callee.text;
  if (ts.isPropertyAccessExpression(callee)) return callee.name.text;
  if (ts.isCallExpression(callee)) {
    const [of] = callee.arguments;
    const inner = of && ts.isIdentifier(skipOuter(of)) ? (skipOuter(of) as ts.Identifier).text : "";
    const word = calledName(callee);
    return inner === "" ? word : inner + upperFirst(word);
  }
  return "call";
}
