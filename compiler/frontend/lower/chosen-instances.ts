/**
 * `const shape = isRound ? new Circle(r) : new Square(a)`, of which class the object is shows when the program runs: there
 * is a variable for each class, and calls of methods choose between those of the classes.
 */
import { realParameters } from "../annotations.ts";
import { ts } from "ts-morph";
import type { Expr } from "../../ir/types.ts";
import { isTarget } from "./assigned.ts";
import { condition, isGiven } from "./choices.ts";
import { type Arm, armOf, declareInstances, giveInstance, instanceIn } from "./made-instances.ts";
import { madeIn } from "./members.ts";
import { outermost, skipOuter } from "./resolve.ts";
import { negated } from "./scalars.ts";
import { broken, emit, freshName, inBlock, type Binding, type Body, type Lowering } from "./state.ts";
import { leavesClassOpen } from "./types.ts";
import { arrayOperand, steady, value } from "./values.ts";

interface Side extends Arm {
  /** What makes the object, or the name of one. */
  readonly node: ts.NewExpression | ts.Identifier;
}

/** Undefined where the initialiser is nothing of that kind, or the object is used as a whole. */
export function chosenInstances(
  body: Body,
  name: ts.Identifier,
  symbol: ts.Symbol,
  initializer: ts.Expression,
): Binding | undefined {
  const node = skipOuter(initializer);
  if (!ts.isConditionalExpression(node) || (body.assignments.get(symbol) ?? 0) > 0) return undefined;
  if (!isOnlyAsked(body, name, symbol)) return undefined;
  return chosenOf(body, name.text, { test: node.condition, yes: node.whenTrue, no: node.whenFalse });
}

/** `(isRound ? new Circle(r) : new Square(a)).area()` */
export function chosenDirectly(body: Body, expression: ts.Expression): Binding | undefined {
  const node = skipOuter(expression);
  if (!ts.isConditionalExpression(node)) return undefined;
  return chosenOf(body, "object", { test: node.condition, yes: node.whenTrue, no: node.whenFalse });
}

/** The `if` behind `let shape: Shape;` whose sides make the object, and nothing else does. */
export function choiceBehind(body: Body, name: ts.Identifier, symbol: ts.Symbol): ts.IfStatement | undefined {
  const statement = name.parent.parent.parent;
  if (!ts.isVariableStatement(statement) || !ts.isBlock(statement.parent)) return undefined;
  const { statements } = statement.parent;
  const next = statements[statements.indexOf(statement) + 1];
  if (!next || !ts.isIfStatement(next) || body.assignments.get(symbol) !== 2) return undefined;
  const sides = sidesOf(next);
  if (!sides || sides.name !== name.text || isGiven(body, next.expression) !== undefined) return undefined;
  const [yes, no] = [sideOf(body, sides.yes), sideOf(body, sides.no)];
  if (!yes || !no || yes.owner === no.owner) return undefined;
  return isOnlyAsked(body, name, symbol) ? next : undefined;
}

/** Binds the variable in front of an `if` that chooses its object; false where that is another `if`. */
export function chosenByIf(body: Body, node: ts.IfStatement): boolean {
  const sides = sidesOf(node);
  const symbol = sides && body.checker.getSymbolAtLocation(sides.target);
  const declaration = symbol?.valueDeclaration;
  if (!sides || !symbol || !declaration || !ts.isVariableDeclaration(declaration)) return false;
  if (declaration.initializer || !ts.isIdentifier(declaration.name)) return false;
  if (choiceBehind(body, declaration.name, symbol) !== node) return false;
  const chosen = chosenOf(body, sides.name, { test: node.expression, yes: sides.yes, no: sides.no });
  if (chosen) body.bindings.set(symbol, chosen);
  return chosen !== undefined;
}

interface Sides {
  readonly target: ts.Identifier;
  readonly name: string;
  readonly yes: ts.Expression;
  readonly no: ts.Expression;
}

/** `if (…) x = a; else x = b;` */
function sidesOf({ thenStatement, elseStatement }: ts.IfStatement): Sides | undefined {
  const [yes, no] = [assignmentIn(thenStatement), assignmentIn(elseStatement)];
  if (!yes || !no || yes.target.text !== no.target.text) return undefined;
  return { target: yes.target, name: yes.target.text, yes: yes.value, no: no.value };
}

function assignmentIn(
  node: ts.Statement | undefined,
): { readonly target: ts.Identifier; readonly value: ts.Expression } | undefined {
  if (node && ts.isBlock(node)) return node.statements.length === 1 ? assignmentIn(node.statements[0]) : undefined;
  if (!node || !ts.isExpressionStatement(node) || !ts.isBinaryExpression(node.expression)) return undefined;
  const { left, right, operatorToken } = node.expression;
  if (operatorToken.kind !== ts.SyntaxKind.EqualsToken || !ts.isIdentifier(left)) return undefined;
  return { target: left, value: right };
}

interface Choice {
  readonly test: ts.Expression;
  readonly yes: ts.Expression;
  readonly no: ts.Expression;
}

function chosenOf(body: Body, name: string, choice: Choice): Binding | undefined {
  const [yes, no] = [sideOf(body, choice.yes), sideOf(body, choice.no)];
  if (isGiven(body, choice.test) !== undefined) return undefined;
  if (!yes || !no) return chosenAmong(body, name, choice);
  if (yes.owner === no.owner) return undefined;
  const test = steady(body, condition(body, choice.test), "chosen");
  if (test === broken) return { kind: "broken" };
  const [left, right] = [holderOf(body, name, yes), holderOf(body, name, no)];
  const [then, otherwise] = [making(body, yes, left), making(body, no, right)];
  if (then.length + otherwise.length > 0) emit(body, { kind: "if", test, then, else: otherwise });
  const arms = [
    { ...yes, self: left, is: test },
    { ...no, self: right, is: negated(test) },
  ];
  return instanceIn(body, { kind: "instances", arms, tag: undefined });
}

/** `isRound ? new Circle(r) : isFlat ? new Line(a) : new Square(a)` */
function chosenAmong(body: Body, name: string, { test, yes, no }: Choice): Binding | undefined {
  const [left, right] = [madeIn(yes), madeIn(no)];
  const made = left && right && [...left, ...right];
  if (!made || new Set(made.map((node) => armOf(body.all, node)?.owner)).size < 2) return undefined;
  const slot = declareInstances(body, name, made);
  if (!slot) return undefined;
  giveInstance(body, slot, test.parent as ts.Expression);
  return instanceIn(body, slot);
}

function sideOf(body: Body, expression: ts.Expression): Side | undefined {
  const node = skipOuter(expression);
  if (!ts.isNewExpression(node) && !ts.isIdentifier(node)) return undefined;
  // One of a class that others override is not known by its type.
  if (ts.isIdentifier(node) && leavesClassOpen(body.all, body.checker.getTypeAtLocation(node))) return undefined;
  const arm = armOf(body.all, node);
  return arm && { ...arm, node };
}

/** Whether a variable only stands in front of a dot, and that of a method or getter somewhere, or is handed to what asks it. */
export const isOnlyAsked = ({ all, checker }: Body, name: ts.Identifier, symbol: ts.Symbol): boolean =>
  methodsAsked(all, checker, name, symbol, new Set()) === true;

/** Whether methods or getters are asked of a variable; undefined where something else is done with it than to ask it. */
function methodsAsked(
  all: Lowering,
  checker: ts.TypeChecker,
  name: ts.Identifier,
  symbol: ts.Symbol,
  seen: Set<ts.Symbol>,
): boolean | undefined {
  if (seen.has(symbol)) return false;
  seen.add(symbol);
  const home = ts.findAncestor(name, ts.isFunctionLike) ?? name.getSourceFile();
  let callsMethod = false;
  const isFineArgument = (call: ts.CallExpression, node: ts.Identifier): boolean => {
    if (!leavesClassOpen(all, checker.getTypeAtLocation(node))) return false;
    const callee = checker.getResolvedSignature(call)?.declaration;
    const parameter =
      callee && !ts.isJSDocSignature(callee) ? realParameters(callee)[call.arguments.indexOf(node)]?.name : undefined;
    const given = parameter && checker.getSymbolAtLocation(parameter);
    const asked =
      given && ts.isIdentifier(parameter) && callee && "body" in callee && callee.body
        ? methodsAsked(all, checker, parameter, given, seen)
        : true;
    callsMethod ||= asked === true;
    return asked !== undefined;
  };
  const isFine = (node: ts.Node): boolean => {
    if (
      ts.isIdentifier(node) &&
      node !== name &&
      node.text === name.text &&
      checker.getSymbolAtLocation(node) === symbol
    ) {
      const { parent } = outermost(node);
      // Where it is given its object.
      if (ts.isBinaryExpression(parent) && skipOuter(parent.left) === node) {
        callsMethod ||= parent.operatorToken.kind === ts.SyntaxKind.InstanceOfKeyword;
        return true;
      }
      if (ts.isCallExpression(parent) && parent.arguments.includes(node)) return isFineArgument(parent, node);
      if (!ts.isPropertyAccessExpression(parent) || skipOuter(parent.expression) !== node) return false;
      const isCall = ts.isCallExpression(parent.parent) && parent.parent.expression === parent;
      callsMethod ||= isCall || isAccessor(checker, parent);
      if (!isCall && isTarget(parent)) return false;
    }
    return ts.forEachChild(node, (child) => (isFine(child) ? undefined : true)) === undefined;
  };
  return isFine(home) ? callsMethod : undefined;
}

const isAccessor = (checker: ts.TypeChecker, node: ts.PropertyAccessExpression): boolean =>
  ((checker.getSymbolAtLocation(node.name)?.flags ?? 0) & ts.SymbolFlags.Accessor) !== 0;

/** A variable for what is made; an object that has a name goes by that. */
function holderOf(body: Body, base: string, { record, node }: Side): Expr {
  if (ts.isIdentifier(node)) return arrayOperand(body, node);
  const name = freshName(body, base);
  emit(body, { kind: "let", name, type: record, mutable: true });
  return { kind: "var", name, type: record };
}

const making = (body: Body, { node }: Side, holder: Expr): ReturnType<typeof inBlock> =>
  inBlock(body, () => {
    if (ts.isIdentifier(node) || holder.kind !== "var") return;
    const made: Expr = value(body, node);
    if (made !== broken) emit(body, { kind: "assign", name: holder.name, value: made });
  });
