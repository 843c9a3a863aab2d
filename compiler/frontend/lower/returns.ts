/** What a function returns. */
import { ts } from "ts-morph";
import { num } from "../../ir/build.ts";
import { giveInstance } from "./made-instances.ts";
import { skipOuter } from "./resolve.ts";
import { assignHeld } from "./part-slots.ts";
import { broken, emit, refuse, shortText, type Body } from "./state.ts";
import { asOperand, fitTo } from "./values.ts";

/** `return` of an expression, or the expression body of an arrow function. */
export function returnValue(body: Body, node: ts.Expression): void {
  if (body.returned?.kind === "instances") {
    giveInstance(body, body.returned, node);
    return emit(body, { kind: "return" });
  }
  if (body.returned) {
    const known = body.known(node);
    if (known) assignHeld(body, node, body.returned, known);
    else refuse(body, node, "TG1009", shortText(node));
    return emit(body, { kind: "return" });
  }
  if (body.result.kind === "void") {
    // The result of a function may have been refused; what it returns is looked at all the same.
    if (body.entry.failed) body.rhs(node);
    else body.effect(node);
    return emit(body, { kind: "return" });
  }
  // `const none: never = s; return none;`, where TypeScript knows of no way to it.
  const isNever = (body.checker.getTypeAtLocation(node).flags & ts.TypeFlags.Never) !== 0;
  if (isNever && !ts.isCallExpression(skipOuter(node))) return returnNothing(body);
  const result = asOperand(body, fitTo(body, body.rhs(node), body.result), "result");
  if (result !== broken) emit(body, { kind: "return", value: result });
}

/**
 * The end of a body, where TypeScript knows of no way to it, as after a `switch` over all tags that a type has. With a
 * tag of no such type JavaScript gets there, and gives undefined: a number is NaN then, and for anything else it throws.
 */
export function reachEnd(body: Body, node: ts.FunctionLikeDeclaration): void {
  const { kind } = body.result;
  if (!node.body || !ts.isBlock(node.body) || !(node.flags & ts.NodeFlags.HasImplicitReturn)) return;
  if (body.returned || kind === "void" || kind === "maybe" || body.entry.failed) return;
  returnNothing(body);
}

function returnNothing(body: Body): void {
  if (body.result.kind === "number") return emit(body, { kind: "return", value: num(NaN) });
  const texts = ['new TypeError("No value is returned: a tag or a key is none that its type has")'];
  emit(body, { kind: "throw", value: { kind: "foreign", texts, args: [], type: { kind: "string" } } });
}
