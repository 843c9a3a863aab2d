/** Constants of module scope: their values where they can be told, and their texts for the generated file. */
import { ts } from "ts-morph";
import { bool, isReference, num, numberType, sameType, voidType } from "../../ir/build.ts";
import { evaluateNumeric, type NumericOp } from "../../ir/evaluate.ts";
import type { Expr, Type } from "../../ir/types.ts";
import { copiedText } from "./copied-constants.ts";
import { freshKey } from "./keys.ts";
import { hasModifier, isStaticMember } from "./members.ts";
import { isOnlyRead } from "./only-read.ts";
import { infixOps, mathFunctions, mathConstant, numberConstant } from "./operators.ts";
import { declarationOf, isExported, isGlobal, moduleSymbolOf, skipOuter } from "./resolve.ts";
import { ofModule, report, withoutSource, type Entry, type Lowering } from "./state.ts";
import { asData, readType, isRefused, typeFor } from "./types.ts";

/** The value of an expression that is made of literals, constants and pure functions of `Math`. */
export function evaluate(all: Lowering, expression: ts.Expression): number | boolean | string | undefined {
  const node = skipOuter(expression);
  if (ts.isNumericLiteral(node)) return Number(node.text);
  if (ts.isStringLiteralLike(node)) return node.text;
  if (node.kind === ts.SyntaxKind.TrueKeyword) return true;
  if (node.kind === ts.SyntaxKind.FalseKeyword) return false;
  if (ts.isPrefixUnaryExpression(node)) return evaluatePrefix(all, node);
  if (ts.isBinaryExpression(node)) return evaluateBinary(all, node);
  if (ts.isPropertyAccessExpression(node)) {
    const member = all.checker.getSymbolAtLocation(node.name)?.valueDeclaration;
    if (member && ts.isEnumMember(member)) return all.checker.getConstantValue(member);
    if (isGlobal(all.checker, node.expression, "Math")) return mathConstant(node.name.text);
    if (isGlobal(all.checker, node.expression, "Number")) return numberConstant(node.name.text);
  }
  if (ts.isCallExpression(node)) return evaluateCall(all, node);
  if (ts.isIdentifier(node) || ts.isPropertyAccessExpression(node)) return evaluateName(all, node);
  return undefined;
}

function evaluatePrefix(all: Lowering, node: ts.PrefixUnaryExpression): number | boolean | undefined {
  const operand = evaluate(all, node.operand);
  if (typeof operand !== "number") return undefined;
  switch (node.operator) {
    case ts.SyntaxKind.MinusToken:
      return -operand;
    case ts.SyntaxKind.PlusToken:
      return operand;
    case ts.SyntaxKind.TildeToken:
      return ~operand;
    default:
      return undefined;
  }
}

function evaluateBinary(all: Lowering, node: ts.BinaryExpression): number | undefined {
  const op = infixOps.get(node.operatorToken.kind);
  if (!op) return undefined;
  const left = evaluate(all, node.left);
  const right = left === undefined ? undefined : evaluate(all, node.right);
  return typeof left === "number" && typeof right === "number" ? evaluateNumeric(op, [left, right]) : undefined;
}

function evaluateCall(all: Lowering, node: ts.CallExpression): number | undefined {
  const callee = skipOuter(node.expression);
  if (!ts.isPropertyAccessExpression(callee) || !isGlobal(all.checker, callee.expression, "Math")) return undefined;
  const op = mathFunctions.get(callee.name.text);
  const args = node.arguments.map((argument) => (ts.isSpreadElement(argument) ? undefined : evaluate(all, argument)));
  const numbers = args.filter((arg) => typeof arg === "number");
  return op && numbers.length === args.length ? evaluateNumeric(op as NumericOp, numbers) : undefined;
}

function evaluateName(
  all: Lowering,
  node: ts.Identifier | ts.PropertyAccessExpression,
): number | boolean | string | undefined {
  if (ts.isIdentifier(node) && isGlobal(all.checker, node, "Infinity")) return Infinity;
  if (ts.isIdentifier(node) && isGlobal(all.checker, node, "NaN")) return NaN;
  const symbol = moduleSymbolOf(all.checker, node);
  const declaration = symbol && declarationOf(symbol);
  if (!declaration || !(isModuleConst(declaration) || isStaticConst(declaration)) || !declaration.initializer)
    return undefined;
  return evaluate(all, declaration.initializer);
}

type ModuleVariable = ts.VariableDeclaration & { readonly name: ts.Identifier };

export function isModuleConst(node: ts.Node): node is ModuleVariable {
  return isModuleVariable(node) && isConst(node);
}

/** `const` or `let`. */
export function isModuleVariable(node: ts.Node): node is ModuleVariable {
  return ts.isVariableDeclaration(node) && ts.isIdentifier(node.name) && isModuleScope(node);
}

const isConst = (node: ts.VariableDeclaration): boolean => (node.parent.flags & ts.NodeFlags.Const) !== 0;

/** `static readonly x = …` */
function isStaticConst(node: ts.Node): node is ts.PropertyDeclaration {
  return ts.isPropertyDeclaration(node) && isStaticMember(node) && hasModifier(node, ts.SyntaxKind.ReadonlyKeyword);
}

/** Whether a declaration stands in a file or a namespace, not in a function. */
export function isModuleScope(node: ts.Node): boolean {
  const statement = ts.isVariableDeclaration(node) ? node.parent.parent : node;
  return ts.isVariableStatement(statement) || ts.isFunctionDeclaration(statement)
    ? ts.isSourceFile(statement.parent) || ts.isModuleBlock(statement.parent)
    : false;
}

/** A default value that can be written down anywhere: a literal, or a constant of module scope. */
export function constantExpr(all: Lowering, entry: Entry, expression: ts.Expression): Expr | undefined {
  const node = skipOuter(expression);
  if (ts.isIdentifier(node) || ts.isPropertyAccessExpression(node)) {
    const symbol = moduleSymbolOf(all.checker, node);
    const declaration = symbol && declarationOf(symbol);
    if (symbol && declaration && isModuleConst(declaration))
      return moduleConstant(all, entry, symbol, declaration, node);
  }
  const value = evaluate(all, node);
  if (typeof value === "number") return num(value);
  if (typeof value === "boolean") return bool(value);
  return typeof value === "string" ? { kind: "literal", value, type: { kind: "string" } } : undefined;
}

/** The IR of what a module holds, registering its text. */
export function moduleConstant(
  all: Lowering,
  entry: Entry | undefined,
  symbol: ts.Symbol,
  declaration: ModuleVariable,
  use: ts.Node,
): Expr | undefined {
  const type = constantType(all, entry, declaration, use);
  if (!type) return undefined;
  const key = registerConstant(all, entry, symbol, declaration, type, use);
  if (key === undefined) return undefined;
  if (!isConst(declaration) || (isReference(type) && !isFixed(all, key, declaration)))
    return { kind: "constant", name: key, type, mayChange: type.kind === "maybe" ? "optional" : "present" };
  const value = declaration.initializer ? evaluate(all, declaration.initializer) : undefined;
  return { kind: "constant", name: key, type, ...(typeof value === "number" ? { value } : {}) };
}

/** Whether nothing changes what a constant holds: its copy in the generated file, or what is read-only and stays so. */
function isFixed({ checker, context }: Lowering, key: string, declaration: ModuleVariable): boolean {
  const [root = key] = key.split(".");
  if (context.symbols.get(root)?.exported !== true) return true;
  const { initializer } = declaration;
  const isFrozen =
    initializer !== undefined && ts.isAsExpression(initializer) && ts.isConstTypeReference(initializer.type);
  return isFrozen && isOnlyRead(checker, declaration);
}

function constantType(
  all: Lowering,
  entry: Entry | undefined,
  declaration: ts.VariableDeclaration,
  use: ts.Node,
): Type | undefined {
  const type = declaration.type
    ? all.checker.getTypeFromTypeNode(declaration.type)
    : all.checker.getTypeAtLocation(declaration.name);
  // A tuple of one kind, such as [1, 2, 3] as const, is read like an array.
  const read = readType(all, type, declaration.type ? "written" : "inferred");
  if (!isRefused(read) && read.kind === "tuple") {
    const [first = numberType] = read.items;
    if (read.items.every((item) => sameType(asData(item), asData(first))))
      return { kind: "list", element: asData(first) };
  }
  return typeFor(all, entry, type, {
    node: use,
    what: declaration.name.getText(),
    source: declaration.type ? "written" : "inferred",
  });
}

export const notSimple = "its value is not simple enough to copy into the generated file";

/** Registers the text of a constant for the generated file; gives its key. */
export function registerConstant(
  all: Lowering,
  entry: Entry | undefined,
  symbol: ts.Symbol,
  declaration: ModuleVariable,
  type: Type,
  use: ts.Node,
): string | undefined {
  const known = all.symbolKeys.get(symbol);
  if (known !== undefined) return known;
  const file = declaration.getSourceFile();
  const statement = declaration.parent.parent;
  const name = declaration.name.text;
  if (file.isDeclarationFile) {
    report(all, entry, use, "TG1004", name, withoutSource);
    return undefined;
  }
  const inNamespace = namespaceMember(all, statement);
  if (inNamespace !== undefined) {
    const key = `${inNamespace}.${name}`;
    all.symbolKeys.set(symbol, key);
    return key;
  }
  const exported = isExported(all.checker, symbol, statement, file);
  if (!exported && !isConst(declaration)) {
    report(all, entry, use, "TG1006", name, ...ofModule);
    return undefined;
  }
  const copied = exported ? undefined : copiedText(all, entry, declaration);
  const problem = exported
    ? undefined
    : copied === undefined
      ? notSimple
      : !isOnlyRead(all.checker, declaration)
        ? "what it holds may change, which a copy in the generated file would not show"
        : undefined;
  if (problem !== undefined) {
    report(all, entry, use, "TG1016", name, problem);
    return undefined;
  }
  const key = freshKey(all, name, file.fileName);
  all.symbolKeys.set(symbol, key);
  const { text = `const ${declaration.getText(file)};`, uses = [] } = copied ?? {};
  all.context.symbols.set(key, { key, name, file: file.fileName, exported, text, uses, type });
  return key;
}

/** What generated code calls an exported namespace, whose exported statement this is; undefined for other statements. */
function namespaceMember(all: Lowering, statement: ts.Node): string | undefined {
  if (!ts.isModuleBlock(statement.parent) || !hasModifier(statement, ts.SyntaxKind.ExportKeyword)) return undefined;
  const declared = statement.parent.parent;
  if (!ts.isIdentifier(declared.name)) return undefined;
  const outer = namespaceMember(all, declared);
  if (outer !== undefined) return `${outer}.${declared.name.text}`;
  const symbol = all.checker.getSymbolAtLocation(declared.name);
  const file = declared.getSourceFile();
  if (!symbol || !ts.isSourceFile(declared.parent) || !isExported(all.checker, symbol, declared, file))
    return undefined;
  const known = all.symbolKeys.get(symbol);
  if (known !== undefined) return known;
  const name = declared.name.text;
  const key = freshKey(all, name, file.fileName);
  all.symbolKeys.set(symbol, key);
  all.context.symbols.set(key, {
    key,
    name,
    file: file.fileName,
    exported: true,
    text: `namespace ${name}`,
    uses: [],
    type: voidType,
  });
  return key;
}
