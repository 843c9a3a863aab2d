/** What a function returns. */
import type { ts } from "ts-morph";
import { assignSlot } from "./slots.ts";
import { broken, emit, refuse, shortText, type Body } from "./state.ts";
import { asOperand, fitTo } from "./values.ts";

/** `return` of an expression, or the expression body of an arrow function. */
export function returnValue(body: Body, node: ts.Expression): void {
  if (body.returned) {
    const known = body.known(node);
    if (known) assignSlot(body, node, body.returned, known);
    else refuse(body, node, "TG1009", shortText(node));
    return emit(body, { kind: "return" });
  }
  if (body.result.kind === "void") {
    // The result of a function may have been refused; what it returns is looked at all the same.
    if (body.entry.failed) body.rhs(node);
    else body.effect(node);
    return emit(body, { kind: "return" });
  }
  const result = asOperand(body, fitTo(body, body.rhs(node), body.result), "result");
  if (result !== broken) emit(body, { kind: "return", value: result });
}
