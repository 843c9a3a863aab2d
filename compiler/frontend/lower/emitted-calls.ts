/** Calls as statements, and the variables that take their results. */
import { upperFirst } from "../../ir/words.ts";
import { ts } from "ts-morph";
import type { Expr, Pattern, Type } from "../../ir/types.ts";
import { originOf } from "../positions.ts";
import { absent, freshName, type Body, type Use, type Want } from "./state.ts";

export function emitCall(
  body: Body,
  node: ts.Node,
  callee: { readonly kind: "call" | "apply"; readonly callee: string },
  args: readonly Expr[],
  result: Type,
  use: Use,
  base: string,
): Expr {
  const origin = originOf(node);
  if (result.kind === "void" || use === "nothing") {
    body.block.push({ ...body.place, origin, ...callee, target: { kind: "none" }, args });
    return absent;
  }
  const { pattern, value: given } = targetOf(body, result, use, `${base}Result`);
  body.block.push({ ...body.place, origin, ...callee, target: pattern, args });
  return given;
}

/** The variables that take the results of a call, and the value that they make up. */
function targetOf(
  body: Body,
  type: Type,
  want: Want | "hole" | undefined,
  base: string,
): { pattern: Pattern; value: Expr } {
  if (want === "hole") return { pattern: { kind: "none" }, value: absent };
  if (type.kind === "tuple") {
    const wants = want?.kind === "items" ? want.items : [];
    const stem = want?.kind === "name" ? want.name : base;
    const parts = type.items.map((item, i) => {
      const label = type.labels?.[i];
      const name = label === undefined ? stem + String(i) : want?.kind === "name" ? stem + upperFirst(label) : label;
      return targetOf(body, item, want?.kind === "items" && i >= wants.length ? "hole" : wants[i], name);
    });
    return {
      pattern: { kind: "tuple", items: parts.map((part) => part.pattern) },
      value: { kind: "tuple", items: parts.map((part) => part.value), type },
    };
  }
  let name: string;
  if (want?.kind === "name" && want.as === "const" && (want.type === undefined || want.type.kind === type.kind)) {
    name = want.name;
    want.claimed = true;
  } else name = freshName(body, base);
  return { pattern: { kind: "name", name, type }, value: { kind: "var", name, type } };
}
