/**
 * Calls of functions without source: of a package, of the platform, or declared only. Plain values that carry no
 * derivative may go through them; whether one does shows when the caller is differentiated.
 */
import { ts } from "ts-morph";
import { outsideKey } from "../../ir/runtime.ts";
import type { Expr, Type } from "../../ir/types.ts";
import { isInt } from "../types-of.ts";
import { emitCall } from "./emitted-calls.ts";
import { freshKey } from "./keys.ts";
import { lowerInOrder } from "./order.ts";
import { isAmbientValue, isUnusable, refuseCall } from "./outside.ts";
import { skipOuter } from "./resolve.ts";
import { broken, type Body, type Use } from "./state.ts";
import { value } from "./values.ts";

/** `name` is what the user wrote, as in `special.erf`. */
export function outsideCall(body: Body, node: ts.CallExpression, name: string, use: Use): Expr {
  if (isUnusable(name)) return refuseCall(body, node, name);
  const result = plainType(body.checker.getTypeAtLocation(node));
  const isPlain = node.arguments.every(
    (argument) => !ts.isSpreadElement(argument) && plainType(body.checker.getTypeAtLocation(argument)) !== undefined,
  );
  const from = result && isPlain ? whereOf(body, node.expression) : undefined;
  if (!from || !result) return refuseCall(body, node, name);
  const args = lowerInOrder(
    body,
    node.arguments.map((argument) => () => value(body, argument)),
  );
  if (args.includes(broken)) return broken;
  const key = keyOf(body, node, from);
  const base = from.name.split(".").at(-1) ?? from.name;
  return emitCall(body, node, { kind: "call", callee: key }, args, result, use, base);
}

/** The types that may go in and come out: no memory that others could see. */
function plainType(type: ts.Type): Type | undefined {
  const isAll = (flags: ts.TypeFlags): boolean =>
    type.isUnion() ? type.types.every((part) => (part.flags & flags) !== 0) : (type.flags & flags) !== 0;
  if (isInt(type) || isAll(ts.TypeFlags.NumberLike)) return { kind: "number" };
  if (isAll(ts.TypeFlags.BooleanLike)) return { kind: "boolean" };
  if (isAll(ts.TypeFlags.StringLike)) return { kind: "string" };
  return isAll(ts.TypeFlags.Void | ts.TypeFlags.Undefined) ? { kind: "void" } : undefined;
}

interface Where {
  /** In the package, or on the platform: `Reflect.has`. */
  readonly name: string;
  /** Undefined for what the platform has. */
  readonly specifier?: string;
}

/** Where generated code finds the function; undefined where it could not name it. */
function whereOf(body: Body, callee: ts.Expression): Where | undefined {
  const inner = skipOuter(callee);
  const isMember = ts.isPropertyAccessExpression(inner);
  const root = isMember ? skipOuter(inner.expression) : inner;
  if (!ts.isIdentifier(root)) return undefined;
  const declaration = body.checker.getSymbolAtLocation(root)?.declarations?.[0];
  const imported = declaration && importOf(declaration);
  if (!imported) {
    // What only this file declares, the generated one does not know.
    const known = body.checker.resolveName(root.text, undefined, ts.SymbolFlags.Value, false);
    if (!isAmbientValue(body, root) || known !== body.checker.getSymbolAtLocation(root)) return undefined;
    return { name: isMember ? `${root.text}.${inner.name.text}` : root.text };
  }
  if (/^[./]/.test(imported.specifier)) return undefined;
  if (imported.name === undefined) return isMember ? { ...imported, name: inner.name.text } : undefined;
  return isMember ? undefined : { ...imported, name: imported.name };
}

/** What an import names: `import { erf }`, and with no name of its own `import * as special`. */
function importOf(node: ts.Declaration): { readonly specifier: string; readonly name?: string } | undefined {
  const statement = ts.isImportSpecifier(node)
    ? node.parent.parent.parent
    : ts.isNamespaceImport(node)
      ? node.parent.parent
      : undefined;
  if (!statement || !ts.isImportDeclaration(statement) || !ts.isStringLiteral(statement.moduleSpecifier))
    return undefined;
  const specifier = statement.moduleSpecifier.text;
  return ts.isImportSpecifier(node) ? { specifier, name: (node.propertyName ?? node.name).text } : { specifier };
}

function keyOf({ all }: Body, node: ts.Node, { name, specifier }: Where): string {
  const { symbols } = all.context;
  for (const { key, name: other, outside } of symbols.values())
    if (outside && other === name && outside.specifier === specifier) return key;
  const file = node.getSourceFile().fileName;
  const key = freshKey(all, outsideKey(name), file);
  const outside = specifier === undefined ? {} : { specifier };
  symbols.set(key, { key, name, file, exported: true, text: "", uses: [], type: { kind: "void" }, outside });
  return key;
}
