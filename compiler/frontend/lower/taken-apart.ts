/** Constants of module scope that are parts of others: `const { dt, gravity } = settings;`, `const [low, high] = range;`. */
import { ts } from "ts-morph";
import { isModuleScope } from "./constants.ts";
import { skipOuter } from "./resolve.ts";

/** Where the part is found: an expression of module scope, and what leads on from there. */
export interface TakenApart {
  readonly source: ts.Expression;
  readonly path: readonly string[];
}

/** Undefined for elements of other patterns, and for those with a default or a rest. */
export function takenApart(element: ts.BindingElement): TakenApart | undefined {
  const path: string[] = [];
  let at: ts.Node = element;
  while (ts.isBindingElement(at)) {
    const name = nameIn(at);
    if (name === undefined) return undefined;
    path.unshift(name);
    at = at.parent.parent;
  }
  if (!ts.isVariableDeclaration(at) || !at.initializer || !isModuleScope(at)) return undefined;
  return (at.parent.flags & ts.NodeFlags.Const) === 0 ? undefined : within(at.initializer, path);
}

function nameIn(element: ts.BindingElement): string | undefined {
  if (element.initializer || element.dotDotDotToken) return undefined;
  if (ts.isArrayBindingPattern(element.parent)) return String(element.parent.elements.indexOf(element));
  const name = element.propertyName ?? element.name;
  return ts.isIdentifier(name) || ts.isStringLiteralLike(name) ? name.text : undefined;
}

/** Follows the path through literals. */
function within(source: ts.Expression, path: readonly string[]): TakenApart | undefined {
  const node = skipOuter(source);
  const [name, ...rest] = path;
  if (name === undefined) return { source: node, path };
  if (ts.isArrayLiteralExpression(node)) {
    const item = node.elements[Number(name)];
    return item && !node.elements.some(ts.isSpreadElement) ? within(item, rest) : undefined;
  }
  if (!ts.isObjectLiteralExpression(node)) return { source: node, path };
  if (node.properties.some(ts.isSpreadAssignment)) return undefined;
  const property = node.properties.find((each) => each.name && ts.isIdentifier(each.name) && each.name.text === name);
  if (property && ts.isShorthandPropertyAssignment(property)) return { source: property.name, path: rest };
  return property && ts.isPropertyAssignment(property) ? within(property.initializer, rest) : undefined;
}
