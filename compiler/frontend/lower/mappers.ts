/** The functions that methods of arrays and `Array.from` call for each element. */
import { ts } from "ts-morph";
import type { Expr } from "../../ir/types.ts";
import { originOf } from "../positions.ts";
import type { Callee } from "./callees.ts";
import { signatureOf } from "./entries.ts";
import { asValue, inlineClosure } from "./inlining.ts";
import { arity, mathFunctions } from "./operators.ts";
import { nothingAround } from "./scope.ts";
import { valueOfBinding } from "./variables.ts";
import { arithmetic, toNumber, truth } from "./scalars.ts";
import {
  absent,
  broken,
  freshName,
  refuse,
  shortText,
  type Binding,
  type Body,
  type Entry,
  type Use,
} from "./state.ts";

/** What the function gives for the arguments; `at` is where the user passes it. */
export function applied(body: Body, at: ts.Expression, callee: Callee, args: readonly Binding[], use: Use): Expr {
  const rest = callee.kind === "closure" && callee.node.parameters.find((parameter) => parameter.dotDotDotToken);
  if (rest) return refuse(body, rest, "TG1012", "This function");
  if (callee.kind === "generic") {
    // What it is given tells what its type parameters are.
    const closure = { kind: "closure" as const, node: callee.node, scope: undefined, around: nothingAround };
    return applied(body, at, closure, args, use);
  }
  if (callee.kind === "closure") return asValue(body, at, inlineClosure(body, at, callee, args, use));
  const values = args.map(valueOfBinding);
  const [first] = values;
  if (callee.kind === "broken" || !first) return broken;
  if (callee.kind === "function") return callOf(body, at, callee.entry, values, use);
  const operation = callee.kind === "math" ? mathFunctions.get(callee.name) : undefined;
  if (operation) return arithmetic(body, at, operation, values.slice(0, arity(operation) ?? values.length));
  if (callee.kind === "global" && callee.name === "Number") return toNumber(body, at, first);
  if (callee.kind === "global" && callee.name === "Boolean") return truth(first);
  return refuse(body, at, "TG1009", shortText(at));
}

function callOf(body: Body, at: ts.Expression, entry: Entry, values: readonly Expr[], use: Use): Expr {
  const { params, rest, result } = signatureOf(body.all, entry);
  const required = params.filter((param) => !param.optional && !param.defaultValue);
  if (rest || required.length > values.length) return refuse(body, at, "TG1009", shortText(at));
  const args = params.map((param, i) => values[i] ?? param.defaultValue ?? absent);
  const isUnused = result.kind === "void" || use === "nothing";
  const name = isUnused ? "" : freshName(body, `${shortText(at).replace(/^.*\W/, "")}Result`);
  body.block.push({
    ...body.place,
    origin: originOf(at),
    kind: "call",
    callee: entry.key,
    target: isUnused ? { kind: "none" } : { kind: "name", name, type: result },
    args,
  });
  return isUnused ? absent : { kind: "var", name, type: result };
}
