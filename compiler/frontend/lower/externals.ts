/**
 * Calls of functions without source: of a package, of the platform, or declared only. Plain values that carry no
 * derivative may go through them; whether one does shows when the caller is differentiated.
 */
import path from "node:path";
import { ts } from "ts-morph";
import { outsideKey } from "../../ir/runtime.ts";
import type { Expr, Type } from "../../ir/types.ts";
import { isInt } from "../types-of.ts";
import type { Callee } from "./callees.ts";
import { emitCall } from "./emitted-calls.ts";
import { freshKey } from "./keys.ts";
import { lowerInOrder } from "./order.ts";
import { isConst } from "./constants.ts";
import { isAmbientValue, isUnusable, nameOutside, refuseCall } from "./outside.ts";
import { declarationOf, moduleSymbolOf, skipOuter } from "./resolve.ts";
import { isPlainType } from "./types.ts";
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
  return args.includes(broken) ? broken : emitOutside(body, node, from, name, args, result, use);
}

/**
 * A function without source that is handed on: `xs.map(erf)` gives it as many values as it
 * says that it takes. `meant` is what it is in the end, where an alias of it is handed on.
 */
export function outsideApplied(
  body: Body,
  callee: ts.Expression,
  meant: Extract<Callee, { kind: "external" | "math" | "global" }>,
  values: readonly Expr[],
  use: Use,
): Expr {
  const name =
    meant.kind === "external"
      ? nameOutside(body, meant.node)
      : meant.kind === "math"
        ? `Math.${meant.name}`
        : meant.name;
  const [signature, other] = body.checker.getTypeAtLocation(callee).getCallSignatures();
  const result = signature && !other ? plainType(signature.getReturnType()) : undefined;
  const args = values.slice(0, signature?.parameters.length);
  const from = result && args.every(({ type }) => isPlainType(type)) ? whereOf(body, callee) : undefined;
  if (isUnusable(name) || !from || !result) return refuseCall(body, callee, name);
  return emitOutside(body, callee, from, name, args, result, use);
}

/** A number, truth value or text that a module without source exports as a constant; undefined of all else. */
export function outsideConstant(body: Body, node: ts.Identifier | ts.PropertyAccessExpression): Expr | undefined {
  const symbol = moduleSymbolOf(body.checker, node);
  const type = plainType(body.checker.getTypeAtLocation(node));
  const declaration = symbol && declarationOf(symbol);
  const isConstant = declaration && ts.isVariableDeclaration(declaration) && isConst(declaration);
  const from = isConstant && type && type.kind !== "void" ? whereOf(body, node) : undefined;
  return from && type && { kind: "constant", name: keyOf(body, node, from, from.name), type };
}

function emitOutside(
  body: Body,
  at: ts.Node,
  from: Where,
  name: string,
  args: readonly Expr[],
  result: Type,
  use: Use,
): Expr {
  const base = name.split(".").at(-1) ?? name;
  return emitCall(
    body,
    at,
    { kind: "call", callee: keyOf(body, at, from, outsideKey(from.name)) },
    args,
    result,
    use,
    base,
  );
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
  /** In the module, or on the platform: `Reflect.has`. A default export has the name that the user gives it. */
  readonly name: string;
  /** A package, or the path of a file; undefined for what the platform has. */
  readonly specifier?: string;
  readonly isDefault?: true;
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
  if (imported.name === undefined) return isMember ? { ...imported, name: inner.name.text } : undefined;
  return isMember ? undefined : { ...imported, name: imported.name };
}

/** What an import names: `import { erf }`, `import erf`, and with no name of its own `import * as special`. */
function importOf(node: ts.Declaration): (Omit<Where, "name"> & { readonly name?: string }) | undefined {
  if (!ts.isImportSpecifier(node) && !ts.isNamespaceImport(node) && !ts.isImportClause(node)) return undefined;
  const statement = ts.findAncestor(node, ts.isImportDeclaration);
  if (!statement || !ts.isStringLiteral(statement.moduleSpecifier)) return undefined;
  const { text } = statement.moduleSpecifier;
  const folder = path.posix.dirname(node.getSourceFile().fileName);
  const specifier = /^\.\.?\//.test(text) ? path.posix.join(folder, text) : text;
  if (ts.isNamespaceImport(node)) return { specifier };
  if (!ts.isImportClause(node)) return { specifier, name: (node.propertyName ?? node.name).text };
  return node.name && { specifier, name: node.name.text, isDefault: true };
}

function keyOf({ all }: Body, node: ts.Node, { name, ...outside }: Where, base: string): string {
  const { symbols } = all.context;
  for (const { key, name: other, outside: found } of symbols.values())
    if (found && other === name && found.specifier === outside.specifier && found.isDefault === outside.isDefault)
      return key;
  const file = node.getSourceFile().fileName;
  const key = freshKey(all, base, file);
  symbols.set(key, { key, name, file, exported: true, text: "", uses: [], type: { kind: "void" }, outside });
  return key;
}
