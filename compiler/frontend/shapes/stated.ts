/** The shapes that types state. */
import { ts } from "ts-morph";
import type { Dim, Dims } from "../../ir/tensor-dims.ts";
import { declarationOf, skipOuter, symbolOf } from "../lower/resolve.ts";
import { isTensorType } from "../types-of.ts";
import { type Known, tensorOf } from "./known.ts";

/** The shape that a type states; undefined where it is no tensor or states none. */
export function statedDims(checker: ts.TypeChecker, type: ts.Type): Dims | undefined {
  if (!isTensorType(type)) return undefined;
  const [shape] = checker.getTypeArguments(type as ts.TypeReference);
  if (shape === undefined || !checker.isTupleType(shape)) return undefined;
  return checker.getTypeArguments(shape as ts.TypeReference).map((length): Dim => {
    if (length.isNumberLiteral() || length.isStringLiteral()) return length.value;
    return undefined;
  });
}

/** Structures are looked into this deep. */
const deepest = 4;

/** What a type says of its values: of tensors in structures, too. */
export function knownOfType(checker: ts.TypeChecker, type: ts.Type, at: ts.Node, depth = 0): Known | undefined {
  if (isTensorType(type)) return tensorOf(statedDims(checker, type));
  if (depth >= deepest || (type.flags & ts.TypeFlags.Object) === 0) return undefined;
  const inside = (inner: ts.Type): Known | undefined => knownOfType(checker, inner, at, depth + 1);
  if (checker.isTupleType(type))
    return hasOpenEnd(type) ? undefined : someKnown(checker.getTypeArguments(type as ts.TypeReference).map(inside));
  if (checker.isArrayType(type)) {
    const [element] = checker.getTypeArguments(type as ts.TypeReference);
    const each = element && inside(element);
    return each && { kind: "each", each };
  }
  if (type.getCallSignatures().length > 0 || type.symbol?.declarations?.some(isForeign)) return undefined;
  const fields = type
    .getProperties()
    .map((property) => [property.name, inside(checker.getTypeOfSymbolAtLocation(property, at))] as const);
  return fields.some(([, field]) => field !== undefined) ? { kind: "fields", fields: new Map(fields) } : undefined;
}

function hasOpenEnd(type: ts.Type): boolean {
  const { target } = type as ts.TypeReference & { readonly target: ts.TupleType };
  return (target.combinedFlags & ts.ElementFlags.Variable) !== 0 || target.minLength !== target.fixedLength;
}

const isForeign = (declaration: ts.Declaration): boolean => declaration.getSourceFile().isDeclarationFile;

function someKnown(items: readonly (Known | undefined)[]): Known | undefined {
  return items.some((item) => item !== undefined) ? { kind: "items", items } : undefined;
}

/** Whether the type of an expression is written somewhere, and not that of the first value that a variable or field had. */
export function isTypeWritten(checker: ts.TypeChecker, node: ts.Expression): boolean {
  const inner = skipOuter(node);
  if (ts.isElementAccessExpression(inner)) return isTypeWritten(checker, inner.expression);
  const name = ts.isPropertyAccessExpression(inner) ? inner.name : inner;
  if (!ts.isIdentifier(name)) return true;
  const symbol = symbolOf(checker, name);
  const declaration = symbol && declarationOf(symbol);
  if (declaration === undefined) return true;
  if (ts.isPropertyAssignment(declaration) || ts.isShorthandPropertyAssignment(declaration)) return false;
  if (!ts.isVariableDeclaration(declaration) || declaration.type !== undefined) return true;
  const isFixed = (ts.getCombinedNodeFlags(declaration) & ts.NodeFlags.Const) !== 0;
  const init = declaration.initializer && skipOuter(declaration.initializer);
  return isFixed && !(init !== undefined && ts.isArrayLiteralExpression(init));
}
