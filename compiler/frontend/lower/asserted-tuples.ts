/** `v.map(f) as Vec3`: a list that was just made, taken for a tuple. */
import { ts } from "ts-morph";
import { at, compare, int, lengthOf, sameType } from "../../ir/build.ts";
import { presentType } from "../../ir/presence.ts";
import type { Expr } from "../../ir/types.ts";
import { skipOuter } from "./resolve.ts";
import { broken, emit, refuse, shortText, type Body, typeShown } from "./state.ts";
import { asData, isRefused, readType } from "./types.ts";
import { asOperand, steady } from "./values.ts";

/** Methods whose result is an array that nothing else knows. */
const making = new Set("map filter slice concat toSorted toReversed toSpliced with flat flatMap from of".split(" "));

/**
 * The elements of a list as the items of the tuple that it is said to be; undefined where it is said to be something else.
 * Where the list has another length, TypeScript was told what is not so: that throws.
 */
export function assertedTuple(body: Body, node: ts.Expression, type: ts.Type, list: Expr): Expr | undefined {
  if (presentType(list.type).kind !== "list" || !body.checker.isTupleType(type)) return undefined;
  const wanted = readType(body.all, type, "written");
  if (isRefused(wanted) || wanted.kind !== "tuple") return undefined;
  const inner = skipOuter(node);
  const element = list.type.kind === "list" ? list.type.element : undefined;
  const isAlike = element !== undefined && wanted.items.every((item) => sameType(asData(item), element));
  const isNew =
    ts.isCallExpression(inner) && ts.isPropertyAccessExpression(inner.expression)
      ? making.has(inner.expression.name.text)
      : ts.isArrayLiteralExpression(inner);
  if (!isNew || !isAlike) {
    const hint = `Write its items: [${wanted.items.map((_, i) => `xs[${String(i)}]`).join(", ")}].`;
    return refuse(body, inner, "TG1002", shortText(inner), typeShown(body, inner), hint);
  }
  const held = steady(body, asOperand(body, list), "list");
  if (held === broken) return broken;
  const count = wanted.items.length;
  const text = `new RangeError("${shortText(inner).replaceAll(/["\\]/g, "")} has not ${String(count)} elements")`;
  emit(body, {
    kind: "if",
    test: compare("ne", lengthOf(held), int(count)),
    then: [
      { ...body.place, kind: "throw", value: { kind: "foreign", texts: [text], args: [], type: { kind: "string" } } },
    ],
    else: [],
  });
  const items = wanted.items.map((_, i) => steady(body, at(held, int(i)), "item"));
  return { kind: "tuple", items, type: wanted };
}
