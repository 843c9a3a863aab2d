/** Functions inside of ordinary code that use variables around them: of these, the value forms that plugins replace. */
import { ts } from "ts-morph";
import { symbolOf } from "./resolve.ts";
import type { Param } from "../../ir/types.ts";
import type { FunctionNode } from "../annotations.ts";
import { originOf } from "../positions.ts";
import { specialEntry } from "./entries.ts";
import { nothingAround, Scope } from "./scope.ts";
import type { Entry, Lowering } from "./state.ts";
import { asData, typeFor } from "./types.ts";

/** The function with the variables around it as its first parameters; undefined after reporting. */
export function capturingEntry(
  all: Lowering,
  node: FunctionNode,
  captured: readonly ts.Identifier[],
): Entry | undefined {
  const scope = new Scope(node.parent, undefined, nothingAround);
  const params: Param[] = [];
  for (const name of captured) {
    const symbol = symbolOf(all.checker, name);
    const declaration = symbol?.valueDeclaration;
    if (!symbol || !declaration) return undefined;
    const isWritten = (ts.isParameter(declaration) || ts.isVariableDeclaration(declaration)) && declaration.type;
    const source = isWritten ? "written" : "inferred";
    const type = typeFor(all, undefined, all.checker.getTypeOfSymbol(symbol), { node: name, what: name.text, source });
    if (!type) return undefined;
    const param: Param = { name: name.text, type: asData(type), captured: true, origin: originOf(name) };
    params.push(param);
    scope.set(symbol, { kind: "var", name: param.name, type: param.type, mutable: false });
  }
  const special = { shape: "around", known: new Map(), captured: params, scope, around: nothingAround };
  return specialEntry(all, node, special, node.name && ts.isIdentifier(node.name) ? node.name.text : "inner");
}
