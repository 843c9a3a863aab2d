/**
 * Which tuples have to be objects. One of which only the items are read is the variables that it is made of; one that
 * goes on under another name, into a call or into other memory, or that is written, may change where it is known by
 * that: there is one of it.
 */
import { realParameters } from "../annotations.ts";
import { ts } from "ts-morph";
import { isAssigned, isTarget, usesOf } from "./assigned.ts";
import { comparisons, isAssignment } from "./operators.ts";
import { isOnlyAround, scopeOf, skipOuter, symbolOf } from "./resolve.ts";
import { changesReceiver } from "../array-memory.ts";
import { isFunctionWithBody, returnsOf } from "../points-to.ts";
import type { Type } from "../../ir/types.ts";
import { asData } from "./types.ts";

interface Asking {
  readonly checker: ts.TypeChecker;
  /** Functions whose results are being asked about: one that calls itself says nothing new. */
  readonly around: ReadonlySet<ts.Node>;
  /** The function whose own results the tuple may be. */
  readonly home?: ts.Node;
}

export function isHandedOn(checker: ts.TypeChecker, symbol: ts.Symbol): boolean {
  return isElsewhere({ checker, around: new Set() }, symbol);
}

/**
 * Whether all that a function returns are tuples that come into being as they are returned: then its results are their
 * items. One that returns an object, which may be known by another name too, returns that.
 */
export function returnsItems(checker: ts.TypeChecker, func: ts.SignatureDeclaration): boolean {
  return returnsNew({ checker, around: new Set() }, func);
}

/** In the function that declares it; of a constant of the module, which nothing writes into, in the one that uses it. */
function isElsewhere(asking: Asking, symbol: ts.Symbol, use?: ts.Node): boolean {
  const declared = symbol.valueDeclaration;
  if (!declared) return true;
  const scope = scopeOf(declared);
  const within = use && ts.isSourceFile(scope) ? scopeOf(use) : scope;
  return usesOf(asking.checker, symbol, within).some((name) => goesOn({ ...asking, home: within }, name));
}

function returnsNew({ checker, around }: Asking, func: ts.SignatureDeclaration): boolean {
  if (!(isFunctionWithBody(func) || ts.isGetAccessorDeclaration(func)) || around.has(func)) return true;
  const inside = { checker, around: new Set([...around, func]) };
  return returnsOf(func).every((value) => value === undefined || isNew(inside, value));
}

/** Whether a tuple comes into being where it stands, or has a name that nothing else has. */
function isNew(asking: Asking, node: ts.Expression): boolean {
  const { checker } = asking;
  if (isOnlyAround(node)) return isNew(asking, node.expression);
  if (ts.isConditionalExpression(node)) return isNew(asking, node.whenTrue) && isNew(asking, node.whenFalse);
  if (ts.isCallExpression(node)) {
    const called = checker.getResolvedSignature(node)?.declaration;
    if (called && ts.isMethodSignature(called) && called.getSourceFile().isDeclarationFile)
      return isNewSum(asking, node);
    return !called || ts.isJSDocSignature(called) || returnsNew(asking, called);
  }
  if (!ts.isIdentifier(node)) return ts.isArrayLiteralExpression(node);
  const symbol = checker.getSymbolAtLocation(node);
  const declared = symbol?.valueDeclaration;
  if (!symbol || !declared || !ts.isVariableDeclaration(declared)) return false;
  return (!declared.initializer || isNew(asking, declared.initializer)) && !isElsewhere(asking, symbol, node);
}

/**
 * The type of what a function returns: a tuple that may be known by another name is an object, and so is a tuple within
 * one that is new, where it was there before.
 */
export function typeOfReturned(checker: ts.TypeChecker, func: ts.SignatureDeclaration, type: Type): Type {
  if (type.kind !== "tuple") return type;
  if (!returnsItems(checker, func)) return asData(type);
  const kept = keptItems({ checker, around: new Set() }, func);
  if (kept.size === 0) return type;
  // What is spread may stand at any place.
  const isAny = kept.has(-1);
  return { ...type, items: type.items.map((item, i) => (isAny || kept.has(i) ? asData(item) : item)) };
}

/** Which items of the new tuples that a function returns are tuples that were there before. */
function keptItems(asking: Asking, func: ts.SignatureDeclaration): ReadonlySet<number> {
  if (!(isFunctionWithBody(func) || ts.isGetAccessorDeclaration(func)) || asking.around.has(func)) return new Set();
  const inside = { ...asking, around: new Set([...asking.around, func]) };
  return new Set(returnsOf(func).flatMap((value) => (value ? [...keptIn(inside, value)] : [])));
}

function keptIn(asking: Asking, node: ts.Expression): readonly number[] {
  const { checker } = asking;
  if (isOnlyAround(node)) return keptIn(asking, node.expression);
  if (ts.isConditionalExpression(node)) return [...keptIn(asking, node.whenTrue), ...keptIn(asking, node.whenFalse)];
  if (ts.isCallExpression(node)) {
    const called = checker.getResolvedSignature(node)?.declaration;
    return called && !ts.isJSDocSignature(called) ? [...keptItems(asking, called)] : [];
  }
  if (ts.isArrayLiteralExpression(node))
    return node.elements.flatMap((item, i) => {
      if (ts.isSpreadElement(item))
        return isTuple(checker, item.expression) && holdsTuples(checker, item.expression) ? [-1] : [];
      return isKept(asking, item) ? [i] : [];
    });
  const declared = ts.isIdentifier(node) ? checker.getSymbolAtLocation(node)?.valueDeclaration : undefined;
  return declared && ts.isVariableDeclaration(declared) && declared.initializer
    ? keptIn(asking, declared.initializer)
    : [];
}

/** Whether an item is a tuple that was there before, or that holds one. */
function isKept(asking: Asking, item: ts.Expression): boolean {
  if (isOnlyAround(item)) return isKept(asking, item.expression);
  if (!isTuple(asking.checker, item)) return false;
  if (ts.isArrayLiteralExpression(item)) return item.elements.some((inner) => isKept(asking, inner));
  return !isNew(asking, item);
}

/** What a method of an array gives was there before, but for the sum that `reduce` makes anew each time. */
function isNewSum(asking: Asking, { expression, arguments: [step, start] }: ts.CallExpression): boolean {
  return (
    ts.isPropertyAccessExpression(expression) &&
    expression.name.text.startsWith("reduce") &&
    start !== undefined &&
    isNew(asking, start) &&
    step !== undefined &&
    isFunctionWithBody(step) &&
    returnsNew(asking, step)
  );
}

/**
 * Whether a tuple may be known by another name from where it stands, or changes there. What is not known to only read its
 * items does.
 */
function goesOn(asking: Asking, tuple: ts.Expression): boolean {
  const { checker } = asking;
  const { parent } = tuple;
  if (isOnlyAround(parent)) return goesOn(asking, parent);
  if (ts.isConditionalExpression(parent)) return parent.condition !== tuple && goesOn(asking, parent);
  if (ts.isBinaryExpression(parent)) return goesOnFrom(asking, parent, tuple);
  if (ts.isElementAccessExpression(parent)) {
    if (parent.expression !== tuple) return false;
    if (!ts.isNumericLiteral(parent.argumentExpression) && isReadAnywhere(checker, tuple)) return true;
    // A tuple within goes on with the one that it is in.
    return isTarget(parent) || (isTuple(checker, parent) && goesOn(asking, parent));
  }
  if (ts.isPropertyAccessExpression(parent)) {
    const call = parent.parent;
    if (ts.isCallExpression(call) && call.expression === parent) return goesIntoMethod(asking, call, parent);
    return parent.name.text !== "length";
  }
  if (ts.isCallExpression(parent) || ts.isNewExpression(parent))
    return parent.expression !== tuple && !parent.expression.getText().startsWith("console.");
  if (ts.isVariableDeclaration(parent))
    return parent.initializer === tuple && (ts.isIdentifier(parent.name) || namesGoOn(asking, parent.name));
  if (ts.isForOfStatement(parent) && parent.expression === tuple && ts.isVariableDeclarationList(parent.initializer))
    return parent.initializer.declarations.some(({ name }) => namesGoOn(asking, name));
  if (ts.isSpreadElement(parent)) return holdsTuples(checker, tuple);
  if (ts.isReturnStatement(parent) || ts.isArrowFunction(parent)) return scopeOf(parent) !== asking.home;
  // Where it is declared.
  if (ts.isBindingElement(parent) || ts.isParameter(parent)) return parent.name !== tuple;
  return !onlyLook.has(parent.kind);
}

const isNothing = (checker: ts.TypeChecker, node: ts.Expression): boolean =>
  (checker.getTypeAtLocation(node).flags & (ts.TypeFlags.Undefined | ts.TypeFlags.Null)) !== 0;

/** Whether a place that varies needs the tuple in memory: its items are no numbers, or change with the variable. */
function isReadAnywhere(checker: ts.TypeChecker, tuple: ts.Expression): boolean {
  const name = skipOuter(tuple);
  const symbol = ts.isIdentifier(name) ? symbolOf(checker, name) : undefined;
  const declared = symbol?.valueDeclaration;
  return holdsTuples(checker, tuple) || (declared !== undefined && isAssigned(checker, symbol!, scopeOf(declared)));
}

/** What is around an expression and makes nothing of its value but a truth value, a text or nothing. */
const onlyLook: ReadonlySet<ts.SyntaxKind> = new Set([
  ts.SyntaxKind.ExpressionStatement,
  ts.SyntaxKind.IfStatement,
  ts.SyntaxKind.WhileStatement,
  ts.SyntaxKind.DoStatement,
  ts.SyntaxKind.ForStatement,
  ts.SyntaxKind.PrefixUnaryExpression,
  ts.SyntaxKind.TypeOfExpression,
  ts.SyntaxKind.VoidExpression,
  ts.SyntaxKind.TemplateSpan,
  ts.SyntaxKind.TypeQuery,
]);

function goesOnFrom(asking: Asking, node: ts.BinaryExpression, tuple: ts.Expression): boolean {
  const kind = node.operatorToken.kind;
  if (isAssignment(kind)) {
    if (node.left !== tuple) return !ts.isArrayLiteralExpression(node.left) || holdsTuples(asking.checker, tuple);
    // What a variable is given that is not new, it is another name for; and what it is given is what the assignment is.
    const isGivenNew = kind === ts.SyntaxKind.EqualsToken && isNew(asking, node.right);
    return !isGivenNew || goesOn(asking, node);
  }
  if (comparisons.has(kind)) return !isNothing(asking.checker, node.left) && !isNothing(asking.checker, node.right);
  const isEither = kind === ts.SyntaxKind.BarBarToken || kind === ts.SyntaxKind.QuestionQuestionToken;
  const isRight = kind === ts.SyntaxKind.AmpersandAmpersandToken || kind === ts.SyntaxKind.CommaToken;
  return (isEither || (isRight && node.right === tuple)) && goesOn(asking, node);
}

/** A method may change the tuple, and give all of it, or tuples that it holds, to the function that it calls. */
function goesIntoMethod(
  asking: Asking,
  call: ts.CallExpression,
  { name: { text: name }, expression }: ts.PropertyAccessExpression,
): boolean {
  const { checker } = asking;
  if (changesReceiver(name)) return true;
  const holds = holdsTuples(checker, expression);
  if (holds && mayHold(checker, checker.getTypeAtLocation(call))) return true;
  const first = name.startsWith("reduce") ? 1 : 0;
  return call.arguments.some((argument) => {
    const [signature] = checker.getTypeAtLocation(argument).getCallSignatures();
    if (!signature) return false;
    if (signature.parameters.length > first + 2) return true;
    if (!holds) return false;
    const item = isFunctionWithBody(argument) ? realParameters(argument)[first]?.name : undefined;
    return !item || namesGoOn(asking, item) || mayHold(checker, signature.getReturnType());
  });
}

/** Whether one of the tuples that a pattern takes out goes on. */
function namesGoOn(asking: Asking, name: ts.BindingName): boolean {
  const { checker } = asking;
  if (!ts.isIdentifier(name))
    return name.elements.some((element) => !ts.isOmittedExpression(element) && namesGoOn(asking, element.name));
  const symbol = checker.getSymbolAtLocation(name);
  return symbol !== undefined && isTuple(checker, name) && isElsewhere(asking, symbol);
}

const mayHold = (checker: ts.TypeChecker, type: ts.Type): boolean =>
  type.isUnion() ? type.types.some((part) => mayHold(checker, part)) : (type.flags & ts.TypeFlags.Object) !== 0;

const isTuple = (checker: ts.TypeChecker, node: ts.Node): boolean =>
  isTupleType(checker, checker.getTypeAtLocation(node));

const isTupleType = (checker: ts.TypeChecker, type: ts.Type): boolean =>
  type.isUnion() ? type.types.some((part) => isTupleType(checker, part)) : checker.isTupleType(type);

/** Whether some item of a tuple is a tuple. */
const holdsTuples = (checker: ts.TypeChecker, node: ts.Node): boolean =>
  checker
    .getTypeArguments(checker.getTypeAtLocation(node) as ts.TypeReference)
    .some((item) => isTupleType(checker, item));
