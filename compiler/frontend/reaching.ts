/**
 * Which values of a variable a use of it may see: reaching definitions (Aho, Lam, Sethi and Ullman, _Compilers_, 9.2.4), over
 * syntax. Code that a `break` may leave is taken to end with any of its assignments done or not.
 */
import { ts } from "ts-morph";
import { targetsOf } from "./lower/assigned.ts";
import { isAssignment, isLogical } from "./lower/operators.ts";
import { symbolOf } from "./lower/resolve.ts";

/** The name in a declaration, or the target of an assignment. */
export type Definition = ts.Identifier;

type Reaching = ReadonlyMap<ts.Identifier, ReadonlySet<Definition>>;

/** The definitions that reach each variable; of one by symbol. */
type State = Map<ts.Symbol, ReadonlySet<Definition>>;

const none: ReadonlySet<Definition> = new Set();

/** The definitions that reach a use of a variable; undefined where any may. */
export function createReaching(checker: ts.TypeChecker): (use: ts.Identifier) => ReadonlySet<Definition> | undefined {
  const known = new WeakMap<ts.Node, Reaching>();
  return (use) => {
    const func = ts.findAncestor(use, ts.isFunctionLike);
    if (!func) return undefined;
    let reaching = known.get(func);
    if (!reaching) known.set(func, (reaching = reachingIn(checker, func)));
    return reaching.get(use);
  };
}

function reachingIn(checker: ts.TypeChecker, func: ts.SignatureDeclaration): Reaching {
  const found = new Map<ts.Identifier, Set<Definition>>();
  const body = (func as ts.FunctionLikeDeclaration).body;
  if (!body) return found;
  let state: State = new Map();
  /** Variables that functions within assign to change at any time. */
  const others = new Set<ts.Symbol | undefined>();

  function define(name: Definition, isSure: boolean): void {
    const symbol = symbolOf(checker, name);
    if (symbol && !others.has(symbol))
      state.set(symbol, new Set([...(isSure ? none : (state.get(symbol) ?? none)), name]));
  }

  /** Runs what may not happen. */
  function maybe(run: () => void): void {
    const before = new Map(state);
    run();
    state = joined(before, state);
  }

  /** Parts of a statement that may begin, and be left, when any of its assignments are done. */
  function anyhow(node: ts.Node, parts: readonly (ts.Node | undefined)[]): void {
    for (const name of definitionsIn(node)) define(name, false);
    const all = state;
    for (const part of parts) {
      state = new Map(all);
      if (part) visit(part);
    }
    state = all;
  }

  function visit(node: ts.Node): void {
    if (ts.isFunctionLike(node) || ts.isTypeNode(node)) return;
    if (ts.isIdentifier(node)) return use(node);
    if (ts.isBinaryExpression(node) && isAssignment(node.operatorToken.kind)) {
      const isPlain = node.operatorToken.kind === ts.SyntaxKind.EqualsToken;
      const isPattern = isPlain && (ts.isArrayLiteralExpression(node.left) || ts.isObjectLiteralExpression(node.left));
      if (isPlain && !isPattern) visitTarget(node.left);
      else if (!isPattern) visit(node.left);
      visit(node.right);
      if (isPattern) {
        // In `[a, a.x] = pair`, a is the new one; in `[a.x, a] = pair` it is not.
        for (const name of targetsOf(node.left)) define(name, false);
        visitTarget(node.left);
      }
      for (const name of targetsOf(node.left)) define(name, isPlain);
    } else if (ts.isBinaryExpression(node) && isLogical(node.operatorToken.kind)) {
      visit(node.left);
      maybe(() => visit(node.right));
    } else if (ts.isConditionalExpression(node)) {
      visit(node.condition);
      either(node.whenTrue, node.whenFalse);
    } else if (ts.isIfStatement(node)) {
      visit(node.expression);
      either(node.thenStatement, node.elseStatement);
    } else if (ts.isVariableDeclaration(node)) {
      if (node.initializer) visit(node.initializer);
      declare(node.name);
    } else if (ts.isForStatement(node)) {
      if (node.initializer) visit(node.initializer);
      anyhow(node, [node.condition, node.statement, node.incrementor]);
    } else if (ts.isForOfStatement(node)) {
      visit(node.expression);
      anyhow(node, [node.statement]);
    } else if (ts.isWhileStatement(node) || ts.isDoStatement(node)) {
      anyhow(node, [node.expression, node.statement]);
    } else if (ts.isSwitchStatement(node)) {
      visit(node.expression);
      anyhow(node, node.caseBlock.clauses);
    } else if (ts.isLabeledStatement(node)) {
      anyhow(node, [node.statement]);
    } else if (ts.isTryStatement(node) || ts.isForInStatement(node)) {
      anyhow(node, []);
    } else if (ts.isOptionalChain(node)) {
      maybe(() => ts.forEachChild(node, visit));
    } else ts.forEachChild(node, visit);
  }

  /** What is read of a target: `xs` in `xs[i] = y`, also within patterns; and their defaults. */
  function visitTarget(node: ts.Expression): void {
    if (ts.isElementAccessExpression(node) || ts.isPropertyAccessExpression(node)) visit(node);
    else if (ts.isSpreadElement(node)) visitTarget(node.expression);
    else if (ts.isArrayLiteralExpression(node)) node.elements.forEach(visitTarget);
    else if (ts.isBinaryExpression(node)) {
      maybe(() => visit(node.right));
      visitTarget(node.left);
    } else if (ts.isObjectLiteralExpression(node)) {
      for (const property of node.properties) {
        if (property.name && ts.isComputedPropertyName(property.name)) visit(property.name.expression);
        if (ts.isPropertyAssignment(property)) visitTarget(property.initializer);
        else if (ts.isSpreadAssignment(property)) visitTarget(property.expression);
        else if (ts.isShorthandPropertyAssignment(property) && property.objectAssignmentInitializer)
          visit(property.objectAssignmentInitializer);
      }
    }
  }

  function either(yes: ts.Node, no: ts.Node | undefined): void {
    const before = new Map(state);
    visit(yes);
    const after = state;
    state = before;
    if (no) visit(no);
    state = joined(after, state);
  }

  function declare(name: ts.BindingName): void {
    if (ts.isIdentifier(name)) return define(name, true);
    for (const element of name.elements) {
      if (ts.isOmittedExpression(element)) continue;
      if (element.initializer) maybe(() => visit(element.initializer!));
      declare(element.name);
    }
  }

  function use(node: ts.Identifier): void {
    const symbol = symbolOf(checker, node);
    const reaching = symbol && state.get(symbol);
    if (!reaching) return;
    const before = found.get(node);
    if (before) for (const each of reaching) before.add(each);
    else found.set(node, new Set(reaching));
  }

  for (const name of assignedWithin(body)) others.add(symbolOf(checker, name));
  for (const { name } of func.parameters) declare(name);
  visit(body);
  return found;
}

function joined(a: State, b: State): State {
  const both = new Map(a);
  for (const [symbol, definitions] of b) both.set(symbol, new Set([...(a.get(symbol) ?? none), ...definitions]));
  return both;
}

/** What is defined anywhere in a node, but for functions in it. */
function definitionsIn(node: ts.Node): readonly Definition[] {
  const found: Definition[] = [];
  const visit = (child: ts.Node): void => {
    if (ts.isFunctionLike(child)) return;
    found.push(...definedBy(child));
    ts.forEachChild(child, visit);
  };
  visit(node);
  return found;
}

/** What functions in a node assign to. */
function assignedWithin(node: ts.Node): readonly Definition[] {
  const found: Definition[] = [];
  const visit = (child: ts.Node, isInner: boolean): void => {
    if (isInner && !ts.isVariableDeclaration(child)) found.push(...definedBy(child));
    ts.forEachChild(child, (each) => visit(each, isInner || ts.isFunctionLike(child)));
  };
  visit(node, false);
  return found;
}

function definedBy(node: ts.Node): readonly Definition[] {
  if (ts.isVariableDeclaration(node)) return namesIn(node.name);
  if (ts.isBinaryExpression(node) && isAssignment(node.operatorToken.kind)) return targetsOf(node.left);
  return ts.isForOfStatement(node) && !ts.isVariableDeclarationList(node.initializer)
    ? targetsOf(node.initializer)
    : [];
}

function namesIn(name: ts.BindingName): readonly Definition[] {
  if (ts.isIdentifier(name)) return [name];
  return name.elements.flatMap((element) => (ts.isOmittedExpression(element) ? [] : namesIn(element.name)));
}
