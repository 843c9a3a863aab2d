/**
 * `let policy: Policy = new Greedy(); if (isEager) policy = new Eager(rate);`: a variable that is given instances of one
 * class first and of another one later. There is a variable for each class, and one that tells of which the object is now.
 */
import { ts } from "ts-morph";
import { usesOf } from "./assigned.ts";
import { isOnlyAsked } from "./chosen-instances.ts";
import { armOf, declareInstances, giveInstance, instanceIn, type InstanceSlot } from "./made-instances.ts";
import { skipOuter } from "./resolve.ts";
import type { Binding, Body } from "./state.ts";
import { leavesClassOpen } from "./types.ts";

/** Undefined where the variable is given anything else, or is used as a whole. */
export function changingInstances(body: Body, { name, initializer }: ts.VariableDeclaration): Binding | undefined {
  const symbol = ts.isIdentifier(name) ? body.checker.getSymbolAtLocation(name) : undefined;
  if (!symbol || !ts.isIdentifier(name) || (body.assignments.get(symbol) ?? 0) === 0) return undefined;
  const type = body.checker.getTypeAtLocation(name);
  if (!type.isUnion() && !leavesClassOpen(body.all, type)) return undefined;
  const given = assignedTo(body, name, symbol);
  const made = given && [...(initializer ? [initializer] : []), ...given].map((each) => instancesOf(body, each));
  if (!made?.every((each) => each !== undefined)) return undefined;
  const all = made.flat();
  if (new Set(all.map((node) => armOf(body.all, node)?.owner)).size < 2) return undefined;
  if (!isOnlyAsked(body, name, symbol)) return undefined;
  const slot = declareInstances(body, name.text, all);
  if (slot && initializer) giveInstance(body, slot, initializer);
  return slot && instanceIn(body, slot);
}

/** Gives the variable another object; false where it is no such variable. */
export function changesInstance(body: Body, held: Binding | undefined, source: ts.Expression): boolean {
  const slot = held?.kind === "object" ? held.slot : undefined;
  if (!slot || !isChanging(slot)) return false;
  giveInstance(body, slot, source);
  return true;
}

const isChanging = ({ tag }: InstanceSlot): boolean => tag !== undefined;

/** All that is assigned to a variable, where each is a statement of its own. */
function assignedTo({ checker }: Body, name: ts.Identifier, symbol: ts.Symbol): readonly ts.Expression[] | undefined {
  const home = ts.findAncestor(name, ts.isFunctionLike) ?? name.getSourceFile();
  const targets = usesOf(checker, symbol, home).filter(
    ({ parent }) => ts.isBinaryExpression(parent) && parent.operatorToken.kind === ts.SyntaxKind.EqualsToken,
  );
  const given: ts.Expression[] = [];
  for (const { parent } of targets) {
    if (!ts.isBinaryExpression(parent) || !ts.isExpressionStatement(parent.parent)) return undefined;
    given.push(parent.right);
  }
  return given;
}

/** What makes the objects that an expression gives, or the names of those that it takes. */
function instancesOf(body: Body, expression: ts.Expression): readonly (ts.NewExpression | ts.Identifier)[] | undefined {
  const node = skipOuter(expression);
  if (ts.isConditionalExpression(node)) {
    const [yes, no] = [instancesOf(body, node.whenTrue), instancesOf(body, node.whenFalse)];
    return yes && no && [...yes, ...no];
  }
  if (ts.isNewExpression(node)) return [node];
  const isNamed = ts.isIdentifier(node) && !leavesClassOpen(body.all, body.checker.getTypeAtLocation(node));
  return isNamed && armOf(body.all, node) ? [node] : undefined;
}
