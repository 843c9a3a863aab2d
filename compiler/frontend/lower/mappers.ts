/** The functions that `Array.from` and the like call for each element: written where they stand, or by their name. */
import { ts } from "ts-morph";
import type { Expr } from "../../ir/types.ts";
import { originOf } from "../positions.ts";
import { calleeOf } from "./callees.ts";
import { signatureOf } from "./entries.ts";
import { inlineArrow } from "./inline.ts";
import { arity, mathFunctions } from "./operators.ts";
import { skipOuter } from "./resolve.ts";
import { arithmetic } from "./scalars.ts";
import { broken, freshName, refuse, shortText, type Body, type Entry } from "./state.ts";

/** What the function gives for an element and its index. */
export function mapped(body: Body, mapper: ts.Expression, args: readonly Expr[]): Expr {
  const inner = skipOuter(mapper);
  if (ts.isArrowFunction(inner) || ts.isFunctionExpression(inner)) return inlineArrow(body, inner, args);
  const callee = calleeOf(body.all, body.entry, inner);
  if (callee.kind === "broken") return broken;
  if (callee.kind === "function") return callOf(body, mapper, callee.entry, args);
  const operation = callee.kind === "math" ? mathFunctions.get(callee.name) : undefined;
  if (operation) return arithmetic(body, mapper, operation, args.slice(0, arity(operation) ?? args.length));
  return refuse(body, mapper, "TG1009", shortText(mapper));
}

function callOf(body: Body, mapper: ts.Expression, entry: Entry, args: readonly Expr[]): Expr {
  const { params, rest, result } = signatureOf(body.all, entry);
  if (rest || params.length > args.length) return refuse(body, mapper, "TG1009", shortText(mapper));
  const name = freshName(body, `${shortText(mapper).replace(/^.*\./, "")}Result`);
  body.block.push({
    ...body.place,
    origin: originOf(mapper),
    kind: "call",
    callee: entry.key,
    target: { kind: "name", name, type: result },
    args: args.slice(0, params.length),
  });
  return { kind: "var", name, type: result };
}
