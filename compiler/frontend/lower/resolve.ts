/** From names in the source to what they were declared as. */
import { ts } from "ts-morph";

type OnlyAround =
  ts.ParenthesizedExpression | ts.NonNullExpression | ts.AsExpression | ts.SatisfiesExpression | ts.TypeAssertion;

/** Parentheses or type-only syntax: what is inside has the same value. */
export const isOnlyAround = (node: ts.Node): node is OnlyAround =>
  ts.isParenthesizedExpression(node) ||
  ts.isNonNullExpression(node) ||
  ts.isAsExpression(node) ||
  ts.isSatisfiesExpression(node) ||
  ts.isTypeAssertionExpression(node);

/** The expression without parentheses, type-only syntax and `Object.freeze` around it. */
export function skipOuter(node: ts.Expression): ts.Expression {
  let inner = node;
  for (;;) {
    if (isOnlyAround(inner)) inner = inner.expression;
    else if (isFreeze(inner)) inner = inner.arguments[0]!;
    // globalThis.Math is Math.
    else if (ts.isPropertyAccessExpression(inner) && isGlobalThis(inner.expression) && ts.isIdentifier(inner.name))
      return inner.name;
    else return inner;
  }
}

/** The expression with the parentheses and type-only syntax around it. */
export function outermost(node: ts.Node): ts.Node {
  let outer = node;
  while (isOnlyAround(outer.parent)) outer = outer.parent;
  return outer;
}

/** The function, or the file, that a declaration is in. */
export const scopeOf = (name: ts.Node): ts.Node => ts.findAncestor(name, ts.isFunctionLike) ?? name.getSourceFile();

/** No variable of another meaning can have this name: TypeScript refuses it. */
const isGlobalThis = (node: ts.Expression): boolean => ts.isIdentifier(node) && node.text === "globalThis";

/** `Object.freeze(x)` is x, which nothing writes into. */
export function isFreeze(node: ts.Expression): node is ts.CallExpression {
  if (!ts.isCallExpression(node) || node.arguments.length !== 1 || ts.isSpreadElement(node.arguments[0]!)) return false;
  const { expression: callee } = node;
  if (!ts.isPropertyAccessExpression(callee) || callee.name.text !== "freeze") return false;
  return ts.isIdentifier(callee.expression) && callee.expression.text === "Object";
}

/** Whether an expression is the global of that name, not something of the user's that shadows it. */
export function isGlobal(checker: ts.TypeChecker, node: ts.Expression, name: string): boolean {
  const inner = skipOuter(node);
  if (!ts.isIdentifier(inner) || inner.text !== name) return false;
  const symbol = checker.getSymbolAtLocation(inner);
  return (
    name === "undefined" ||
    (symbol !== undefined && (symbol.flags & ts.SymbolFlags.Alias) === 0 && isFromLibrary(symbol))
  );
}

/** What a name or a member of an imported namespace stands for, imports followed. */
export function moduleSymbolOf(checker: ts.TypeChecker, node: ts.Expression): ts.Symbol | undefined {
  const inner = skipOuter(node);
  const name = ts.isPropertyAccessExpression(inner) ? inner.name : inner;
  if (!ts.isIdentifier(name)) return undefined;
  const symbol = checker.getSymbolAtLocation(name);
  return symbol && followed(checker, symbol);
}

/** The variable, function or member that a name stands for; of `{ x }`, the x that is put there. */
export function symbolOf(checker: ts.TypeChecker, name: ts.Identifier): ts.Symbol | undefined {
  return ts.isShorthandPropertyAssignment(name.parent)
    ? checker.getShorthandAssignmentValueSymbol(name.parent)
    : checker.getSymbolAtLocation(name);
}

export function followed(checker: ts.TypeChecker, symbol: ts.Symbol): ts.Symbol {
  return symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
}

export function declarationOf(symbol: ts.Symbol): ts.Declaration | undefined {
  return symbol.valueDeclaration ?? symbol.declarations?.[0];
}

/** The name that something has in the module "tsgrad", if it is imported from there. */
export function tsgradName(checker: ts.TypeChecker, node: ts.Expression): string | undefined {
  const inner = skipOuter(node);
  if (ts.isPropertyAccessExpression(inner)) {
    const owner = skipOuter(inner.expression);
    const symbol = ts.isIdentifier(owner) ? checker.getSymbolAtLocation(owner) : undefined;
    const isNamespace =
      symbol?.declarations?.some((d) => ts.isNamespaceImport(d) && isFromTsgrad(d.parent.parent)) ?? false;
    return isNamespace ? inner.name.text : undefined;
  }
  if (!ts.isIdentifier(inner)) return undefined;
  for (const declaration of checker.getSymbolAtLocation(inner)?.declarations ?? []) {
    if (ts.isImportSpecifier(declaration) && isFromTsgrad(declaration.parent.parent.parent)) {
      return (declaration.propertyName ?? declaration.name).text;
    }
  }
  return undefined;
}

function isFromTsgrad(node: ts.Node): boolean {
  return (
    ts.isImportDeclaration(node) && ts.isStringLiteral(node.moduleSpecifier) && node.moduleSpecifier.text === "tsgrad"
  );
}

/** Whether a symbol comes from declaration files only, such as TypeScript's own library. */
export function isFromLibrary(symbol: ts.Symbol | undefined): boolean {
  const declarations = symbol?.declarations;
  return (
    declarations !== undefined && declarations.every((declaration) => declaration.getSourceFile().isDeclarationFile)
  );
}

/** Whether something is only declared: in a file of declarations, or with `declare`. */
export function isAmbient(node: ts.Declaration): boolean {
  if (node.getSourceFile().isDeclarationFile) return true;
  if ((ts.getCombinedModifierFlags(node) & ts.ModifierFlags.Ambient) !== 0) return true;
  // `declare global { … }`
  const around = ts.findAncestor(node.parent, ts.isModuleDeclaration);
  return around !== undefined && isAmbient(around);
}

/** Whether a declaration is exported under its own name. */
export function isExported(
  checker: ts.TypeChecker,
  symbol: ts.Symbol,
  statement: ts.Node,
  file: ts.SourceFile,
): boolean {
  if (
    ts.canHaveModifiers(statement) &&
    ts.getModifiers(statement)?.some((m) => m.kind === ts.SyntaxKind.ExportKeyword)
  ) {
    return ts.isSourceFile(statement.parent);
  }
  const module = checker.getSymbolAtLocation(file);
  if (!module) return false;
  return checker
    .getExportsOfModule(module)
    .some((other) => other.name === symbol.name && resolvesTo(checker, other, symbol));
}

function resolvesTo(checker: ts.TypeChecker, from: ts.Symbol, to: ts.Symbol): boolean {
  return from === to || ((from.flags & ts.SymbolFlags.Alias) !== 0 && checker.getAliasedSymbol(from) === to);
}
