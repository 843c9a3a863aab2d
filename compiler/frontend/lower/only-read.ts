/**
 * Whether anything changes what a constant of module scope holds. One that is not exported is copied into the
 * generated file, and a copy that nobody changes has to be as good.
 */
import { realParameters } from "../annotations.ts";
import { ts } from "ts-morph";
import { isAccess, isTarget, usesOf, type Access } from "./assigned.ts";
import { hasModifier } from "./members.ts";
import { isAssignment, isLogical } from "./operators.ts";
import { isOnlyAround, scopeOf } from "./resolve.ts";
import { changesReceiver } from "../array-memory.ts";
import { isFunctionWithBody } from "../points-to.ts";

/** Methods of a Map or Set that only read. */
const reading = new Set("get has keys values entries forEach".split(" "));

const plain =
  ts.TypeFlags.NumberLike |
  ts.TypeFlags.BooleanLike |
  ts.TypeFlags.StringLike |
  ts.TypeFlags.BigIntLike |
  ts.TypeFlags.Undefined |
  ts.TypeFlags.Null |
  ts.TypeFlags.Void;

const isPlainType = (type: ts.Type): boolean =>
  type.isUnion() ? type.types.every(isPlainType) : (type.flags & plain) !== 0;

const answers = new WeakMap<ts.TypeChecker, WeakMap<ts.Node, boolean>>();

/** Read-only by its type, or by all that is done with it. Follows the name, other names for the same memory, and parameters that it is handed to. */
export function isOnlyRead(checker: ts.TypeChecker, declaration: ts.VariableDeclaration): boolean {
  const known = answers.get(checker) ?? new WeakMap<ts.Node, boolean>();
  answers.set(checker, known);
  const answer =
    known.get(declaration) ??
    (isReadOnlyType(checker, checker.getTypeAtLocation(declaration.name)) || usesIn(checker).areFine(declaration.name));
  known.set(declaration, answer);
  return answer;
}

/** Whether what stands within a node only reads what a variable or a field holds. */
export function isOnlyReadIn(checker: ts.TypeChecker, symbol: ts.Symbol, within: ts.Node): boolean {
  return usesIn(checker).areFineWithin(within, symbol);
}

/** Whether a type has nothing that writes, down to its numbers. That of an object does not tell: TypeScript lets go of `readonly` there. */
function isReadOnlyType(checker: ts.TypeChecker, type: ts.Type): boolean {
  if (isPlainType(type)) return true;
  const parts = (): boolean =>
    checker.getTypeArguments(type as ts.TypeReference).every((part) => isReadOnlyType(checker, part));
  if (checker.isTupleType(type))
    return (type as ts.TypeReference & { target: ts.TupleType }).target.readonly && parts();
  return /^Readonly(?:Array|Map|Set)$/.test(type.symbol?.name ?? "") && parts();
}

interface Uses {
  /** Whether all uses of a name are fine. */
  areFine(name: ts.BindingName): boolean;
  areFineWithin(node: ts.Node, symbol: ts.Symbol): boolean;
}

function usesIn(checker: ts.TypeChecker): Uses {
  const seen = new Set<ts.Symbol | ts.Node>();
  const isPlain = (node: ts.Node): boolean => isPlainType(checker.getTypeAtLocation(node));

  const areFine = (name: ts.BindingName): boolean => {
    if (!ts.isIdentifier(name))
      return name.elements.every((element) => ts.isOmittedExpression(element) || areFine(element.name));
    const symbol = checker.getSymbolAtLocation(name);
    if (!symbol || seen.has(symbol) || isPlain(name)) return true;
    seen.add(symbol);
    return areFineWithin(scopeOf(name), symbol);
  };

  const areFineWithin = (node: ts.Node, symbol: ts.Symbol): boolean => usesOf(checker, symbol, node).every(isFine);

  /** Whether nothing changes the memory that an expression is, or leads to, where it stands. */
  const isFine = (node: ts.Node): boolean => {
    const { parent } = node;
    if (ts.isTypeQueryNode(parent) || ts.isExportSpecifier(parent)) return true;
    if (ts.isParameter(parent) || ts.isPropertyDeclaration(parent)) return parent.name === node;
    // The name of a variable, or the field that it is taken from.
    if (ts.isBindingElement(parent)) return parent.initializer !== node && areFine(parent.name);
    // Of a namespace.
    if (ts.isPropertyAccessExpression(parent) && parent.name === node) return isFine(parent);
    if (isAccess(parent) && parent.expression === node) {
      if (isTarget(parent)) return false;
      if (ts.isCallExpression(parent.parent) && parent.parent.expression === parent)
        return isFineCall(parent.parent, parent);
      return isPlain(parent) || isFine(parent);
    }
    if (isOnlyAround(parent)) return isFine(parent);
    if (ts.isConditionalExpression(parent)) return parent.condition === node || isFine(parent);
    if (ts.isBinaryExpression(parent)) {
      const { kind } = parent.operatorToken;
      if (isAssignment(kind)) return isFineAssignment(parent, node);
      return isLogical(kind) || kind === ts.SyntaxKind.CommaToken ? isFine(parent) : true;
    }
    if (ts.isVariableDeclaration(parent)) return parent.initializer !== node || areFine(parent.name);
    if (ts.isForOfStatement(parent))
      return (
        parent.expression === node &&
        ts.isVariableDeclarationList(parent.initializer) &&
        parent.initializer.declarations.every(({ name }) => areFine(name))
      );
    if (ts.isSpreadElement(parent)) return holdsPlain(node) || isFine(parent);
    if (ts.isCallExpression(parent) || ts.isNewExpression(parent)) return isFineArgument(parent, node);
    if (ts.isSpreadAssignment(parent)) return hasPlainFields(node) || isFine(parent.parent);
    // In what another constant holds.
    const holder = ts.isArrayLiteralExpression(parent) && ts.isVariableDeclaration(parent.parent) && parent.parent.name;
    if (holder && ts.isIdentifier(holder)) return isFineHolder(holder);
    if (ts.isArrayLiteralExpression(parent) || ts.isObjectLiteralExpression(parent)) return isFine(parent);
    if (ts.isPropertyAssignment(parent) || ts.isShorthandPropertyAssignment(parent)) return isFine(parent.parent);
    if (ts.isReturnStatement(parent)) return isFineResult(ts.findAncestor(parent, ts.isFunctionLike));
    if (ts.isArrowFunction(parent)) return isFineResult(parent);
    return (
      ts.isTemplateSpan(parent) ||
      ts.isExpressionStatement(parent) ||
      ts.isPrefixUnaryExpression(parent) ||
      ts.isIfStatement(parent)
    );
  };

  /** A variable that is given something else is another name for that, and for what it was given before. */
  const isFineAssignment = ({ left, right, parent }: ts.BinaryExpression, node: ts.Node): boolean => {
    if (left === node) return ts.isIdentifier(node);
    const declared = ts.isIdentifier(left) ? checker.getSymbolAtLocation(left)?.valueDeclaration : undefined;
    if (right !== node || !declared || !ts.isVariableDeclaration(declared)) return false;
    return ts.isExpressionStatement(parent) && areFine(declared.name);
  };

  /** Whether nothing changes what a function gives back, where it is called. */
  const isFineResult = (func: ts.Node | undefined): boolean => {
    if (!func || seen.has(func)) return func !== undefined;
    seen.add(func);
    const { parent } = func;
    // What a callback gives is an element of what the method makes, or that itself.
    if (ts.isCallExpression(parent) && isOfLibrary(parent)) return isPlain(parent) || isFine(parent);
    const name = ts.isFunctionDeclaration(func)
      ? func.name
      : ts.isVariableDeclaration(parent)
        ? parent.name
        : undefined;
    const statement = ts.isFunctionDeclaration(func) ? func : parent.parent.parent;
    if (!name || !ts.isIdentifier(name) || hasModifier(statement, ts.SyntaxKind.ExportKeyword)) return false;
    const symbol = checker.getSymbolAtLocation(name);
    const isFineUse = (use: ts.Identifier): boolean =>
      ts.isCallExpression(use.parent) && use.parent.expression === use && isFine(use.parent);
    return (
      symbol !== undefined &&
      usesOf(checker, symbol, name.getSourceFile()).every((use) => use === name || isFineUse(use))
    );
  };

  /** Whether the elements of an array are no memory themselves. */
  const holdsPlain = (node: ts.Node): boolean => {
    const element = checker.getIndexTypeOfType(checker.getTypeAtLocation(node), ts.IndexKind.Number);
    return element !== undefined && isPlainType(element);
  };

  const hasPlainFields = (node: ts.Node): boolean =>
    checker
      .getTypeAtLocation(node)
      .getProperties()
      .every((property) => isPlainType(checker.getTypeOfSymbol(property)));

  const isFineCall = (call: ts.CallExpression, method: Access): boolean => {
    if (!ts.isPropertyAccessExpression(method)) return false;
    const name = method.name.text;
    const owner = checker.getTypeAtLocation(method.expression).symbol?.getName();
    if (owner === "Map" || owner === "Set") return reading.has(name);
    if (changesReceiver(name)) return false;
    // Elements that are memory go to callbacks, and come back out.
    return holdsPlain(method.expression) || (areFineCallbacks(call) && (isPlain(call) || isFine(call)));
  };

  const areFineCallbacks = (call: ts.CallExpression): boolean =>
    call.arguments.every(
      (argument) => !isFunctionWithBody(argument) || realParameters(argument).every((p) => areFine(p.name)),
    );

  const isOfLibrary = (call: ts.CallExpression | ts.NewExpression): boolean =>
    checker.getResolvedSignature(call)?.declaration?.getSourceFile().isDeclarationFile === true;

  const isFineArgument = (call: ts.CallExpression | ts.NewExpression, node: ts.Node): boolean => {
    const index = call.arguments?.findIndex((argument) => argument === node) ?? -1;
    const callee = checker.getResolvedSignature(call)?.declaration;
    if (index < 0 || !callee) return false;
    if (isOfLibrary(call)) return !ts.isCallExpression(call) || isFineForLibrary(call, node);
    if (!isFunctionWithBody(callee)) return false;
    const parameters = realParameters(callee);
    const parameter = parameters[Math.min(index, parameters.length - 1)];
    return parameter !== undefined && areFine(parameter.name);
  };

  /** An argument of a method of arrays and the like, which may go into what that makes or changes. */
  const isFineForLibrary = (call: ts.CallExpression, node: ts.Node): boolean => {
    const { expression: method } = call;
    if (!ts.isPropertyAccessExpression(method)) return true;
    const name = method.name.text;
    const owner = method.expression.getText();
    if (owner === "Object") return name === "keys" || (name !== "assign" && isFine(call));
    if (name.startsWith("reduce")) return areFineCallbacks(call) && isFine(call);
    if (name === "concat" || (owner === "Array" && name === "from")) return holdsPlain(node) || isFine(call);
    if (owner === "Array" && name === "of") return isFine(call);
    const goesIn = changesReceiver(name) || name === "add" || name === "with";
    // What a typed array is given is copied.
    return (
      !goesIn ||
      (name === "set" && holdsPlain(node)) ||
      (ts.isIdentifier(method.expression) && isFine(call) && isFineHolder(method.expression))
    );
  };

  /** The elements of an array may become others, as long as nothing changes what they are. */
  const isFineHolder = (holder: ts.Identifier): boolean => {
    const symbol = checker.getSymbolAtLocation(holder);
    const declared = symbol?.valueDeclaration;
    if (!symbol || !declared || !ts.isVariableDeclaration(declared)) return false;
    if (seen.has(declared)) return true;
    seen.add(declared);
    return usesOf(checker, symbol, scopeOf(declared)).every((use) => isRefilled(use) || isFine(use));
  };

  const isRefilled = ({ parent }: ts.Identifier): boolean => {
    if (!isAccess(parent)) return false;
    if (isTarget(parent)) return true;
    const isMethod = ts.isPropertyAccessExpression(parent) && changesReceiver(parent.name.text);
    return isMethod && ts.isCallExpression(parent.parent) && isFine(parent.parent);
  };

  return { areFine, areFineWithin };
}
