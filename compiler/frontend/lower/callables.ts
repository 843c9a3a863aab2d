/** Names of module scope that a function uses: its variables leave them alone. */
import { ts } from "ts-morph";
import { isFunctionNode } from "./entries.ts";
import { declarationOf, followed, skipOuter } from "./resolve.ts";
import type { Entry, Lowering } from "./state.ts";

/** Takes the keys of the functions that are called, so that no variable gets the same name. */
export function reservedFor(all: Lowering, entry: Entry): void {
  const visit = (node: ts.Node): void => {
    if (ts.isCallExpression(node)) {
      for (const part of [node.expression, ...node.arguments]) reserve(all, entry, part);
    }
    ts.forEachChild(node, visit);
  };
  if (entry.node.body) visit(entry.node.body);
}

function reserve(all: Lowering, entry: Entry, expression: ts.Expression): void {
  const node = skipOuter(expression);
  if (!ts.isIdentifier(node)) return;
  const direct = all.checker.getSymbolAtLocation(node);
  const declaration = direct && declarationOf(followed(all.checker, direct));
  if (!declaration) return;
  const value = ts.isVariableDeclaration(declaration) && declaration.initializer ? skipOuter(declaration.initializer) : declaration;
  const known = isFunctionNode(value) ? all.entries.get(value) : undefined;
  if (known && !entry.names.taken(known.key)) entry.names.fresh(known.key);
}
