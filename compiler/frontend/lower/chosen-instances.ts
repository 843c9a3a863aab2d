/**
 * `const shape = isRound ? new Circle(r) : new Square(a)`, of which class the object is shows when the program runs: there
 * is a variable for each class, and calls of methods choose between those of the classes.
 */
import { ts } from "ts-morph";
import { fieldAt, sameType } from "../../ir/build.ts";
import type { Expr, RecordType, Var } from "../../ir/types.ts";
import type { Closure } from "./callees.ts";
import { condition, isGiven } from "./choices.ts";
import { meaningsOfInstance } from "./generics.ts";
import { classOf } from "./members.ts";
import { skipOuter } from "./resolve.ts";
import { broken, emit, freshName, inBlock, type Binding, type Body } from "./state.ts";
import { isRefused, readType } from "./types.ts";
import { steady, value } from "./values.ts";

interface Arm {
  readonly node: ts.NewExpression;
  readonly type: ts.Type;
  readonly owner: ts.ClassDeclaration;
  readonly record: RecordType;
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
  const arms = [armOf(body, node.whenTrue), armOf(body, node.whenFalse)];
  const [yes, no] = arms;
  if (!yes || !no || yes.owner === no.owner || !isOnlyAsked(body, name, symbol)) return undefined;
  if (isGiven(body, node.condition) !== undefined) return undefined;
  const test = steady(body, condition(body, node.condition), "chosen");
  if (test === broken) return { kind: "broken" };
  const [left, right] = [variableFor(body, name, yes), variableFor(body, name, no)];
  emit(body, { kind: "if", test, then: making(body, yes, left), else: making(body, no, right) });
  const fields = new Map<string, Binding>();
  for (const field of yes.record.fields) {
    const other = no.record.fields.find((each) => each.name === field.name);
    if (!other || !sameType(field.type, other.type)) continue;
    const [a, b] = [fieldAt(left, field.name), fieldAt(right, field.name)];
    fields.set(field.name, { kind: "value", value: { kind: "select", test, yes: a, no: b, type: field.type } });
  }
  for (const { name: method } of yes.type.getProperties()) {
    const [a, b] = [methodOf(body, yes, method, left), methodOf(body, no, method, right)];
    if (a && b) fields.set(method, { kind: "function", callee: { kind: "choice", test, yes: a, no: b } });
  }
  return { kind: "object", fields };
}

function armOf(body: Body, expression: ts.Expression): Arm | undefined {
  const node = skipOuter(expression);
  if (!ts.isNewExpression(node)) return undefined;
  const type = body.checker.getTypeAtLocation(node);
  const owner = classOf((type as { readonly symbol?: ts.Symbol }).symbol);
  const record = readType(body.all, type, "inferred");
  // A getter would have to be asked each time.
  const hasAccessors = type.getProperties().some(({ flags }) => (flags & ts.SymbolFlags.Accessor) !== 0);
  if (!owner || hasAccessors || isRefused(record) || record.kind !== "record") return undefined;
  return { node, type, owner, record };
}

/** Whether a variable only stands in front of a dot, and that of a method somewhere. */
function isOnlyAsked({ checker }: Body, name: ts.Identifier, symbol: ts.Symbol): boolean {
  const home = ts.findAncestor(name, ts.isFunctionLike) ?? name.getSourceFile();
  let callsMethod = false;
  const isFine = (node: ts.Node): boolean => {
    if (
      ts.isIdentifier(node) &&
      node !== name &&
      node.text === name.text &&
      checker.getSymbolAtLocation(node) === symbol
    ) {
      const { parent } = node;
      if (!ts.isPropertyAccessExpression(parent) || parent.expression !== node) return false;
      const isCall = ts.isCallExpression(parent.parent) && parent.parent.expression === parent;
      callsMethod ||= isCall;
      if (!isCall && isTarget(parent)) return false;
    }
    return ts.forEachChild(node, (child) => (isFine(child) ? undefined : true)) === undefined;
  };
  return isFine(home) && callsMethod;
}

/** Whether something is assigned to a field. */
function isTarget({ parent }: ts.Node): boolean {
  if (ts.isPrefixUnaryExpression(parent) || ts.isPostfixUnaryExpression(parent)) return true;
  return ts.isBinaryExpression(parent) && parent.operatorToken.kind >= ts.SyntaxKind.FirstAssignment
    ? parent.operatorToken.kind <= ts.SyntaxKind.LastAssignment
    : false;
}

function variableFor(body: Body, { text }: ts.Identifier, { record }: Arm): Var {
  const name = freshName(body, text);
  emit(body, { kind: "let", name, type: record, mutable: true });
  return { kind: "var", name, type: record };
}

const making = (body: Body, { node }: Arm, { name }: Var): ReturnType<typeof inBlock> =>
  inBlock(body, () => {
    const made: Expr = value(body, node);
    if (made !== broken) emit(body, { kind: "assign", name, value: made });
  });

function methodOf(body: Body, { type, owner }: Arm, name: string, self: Var): Closure | undefined {
  const declarations = body.checker.getPropertyOfType(type, name)?.declarations ?? [];
  const node = declarations.filter(ts.isMethodDeclaration).find((each) => each.body !== undefined);
  if (!node) return undefined;
  return {
    kind: "closure",
    node,
    scope: undefined,
    around: { types: meaningsOfInstance(body.all, owner, type), self, owner },
  };
}
