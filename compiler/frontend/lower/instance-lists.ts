/** Arrays that are written out and hold instances of several classes. */
import { ts } from "ts-morph";
import { instanceGiven } from "./classes.ts";
import { lowerInOrder } from "./order.ts";
import { skipOuter } from "./resolve.ts";
import { broken, type Binding, type Body } from "./state.ts";
import { leavesClassOpen } from "./types.ts";
import { steady, value } from "./values.ts";

/** `[new Dense(w), new Relu()]` where a type is wanted that leaves open of which class each is: its elements, each by itself. */
export function instancesIn(body: Body, wanted: ts.Type, expression: ts.Expression): Binding | undefined {
  const literal = skipOuter(expression);
  if (!ts.isArrayLiteralExpression(literal) || !body.checker.isArrayType(wanted)) return undefined;
  const [element] = body.checker.getTypeArguments(wanted as ts.TypeReference);
  if (!element || !leavesClassOpen(body.all, element) || literal.elements.some(ts.isSpreadElement)) return undefined;
  const instances = literal.elements.flatMap((each) => instanceGiven(body, each) ?? []);
  if (instances.length < literal.elements.length) return undefined;
  const given = lowerInOrder(
    body,
    literal.elements.map((each) => () => value(body, each)),
  );
  if (given.includes(broken)) return { kind: "broken" };
  const items = given.map((part, i): Binding => ({
    kind: "value",
    value: steady(body, part, "item"),
    instance: instances[i]!,
  }));
  return { kind: "list", items };
}
