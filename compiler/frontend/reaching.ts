/**
 * Which values of a variable a use of it may see: reaching definitions (Aho, Lam, Sethi and Ullman, _Compilers_, 9.2.4), over
 * syntax; and which fields of what it holds were surely assigned to since it got it. Code that a `break` may leave is taken
 * to end with any of its assignments done or not.
 */
import { ts } from "ts-morph";
import { targetsOf } from "./lower/assigned.ts";
import { isAssignment, isLogical } from "./lower/operators.ts";
import { skipOuter, symbolOf } from "./lower/resolve.ts";

/** The name in a declaration, or the target of an assignment. */
export type Definition = ts.Identifier;

export interface Reaching {
  /** The definitions that reach a use of a variable; undefined where any may. */
  readonly definitionsAt: (use: ts.Identifier) => ReadonlySet<Definition> | undefined;
  /** Whether the field of a variable's object was surely assigned to since the variable got the object. */
  readonly isReplacedAt: (use: ts.PropertyAccessExpression) => boolean;
}

interface Found {
  readonly definitions: Map<ts.Identifier, Set<Definition>>;
  readonly replaced: Map<ts.PropertyAccessExpression, boolean>;
}

/** What is known of a variable. */
interface Known {
  readonly definitions: ReadonlySet<Definition>;
  /** The fields of what it holds that were surely assigned to. */
  readonly replaced: ReadonlySet<string>;
}

type State = Map<ts.Symbol, Known>;

const none: ReadonlySet<never> = new Set<never>();

export function createReaching(checker: ts.TypeChecker): Reaching {
  const known = new WeakMap<ts.Node, Found>();
  const around = (use: ts.Node): Found | undefined => {
    const func = ts.findAncestor(use, ts.isFunctionLike);
    if (!func) return undefined;
    let found = known.get(func);
    if (!found) known.set(func, (found = reachingIn(checker, func)));
    return found;
  };
  return {
    definitionsAt: (use) => around(use)?.definitions.get(use),
    isReplacedAt: (use) => around(use)?.replaced.get(use) ?? false,
  };
}

function reachingIn(checker: ts.TypeChecker, func: ts.SignatureDeclaration): Found {
  const found: Found = { definitions: new Map(), replaced: new Map() };
  const body = (func as ts.FunctionLikeDeclaration).body;
  if (!body) return found;
  let state: State = new Map();
  /** Variables that functions within assign to change at any time, as do those of functions around. */
  const others = new Set<ts.Symbol | undefined>();
  const isOwn = ({ valueDeclaration }: ts.Symbol): boolean =>
    ts.findAncestor(valueDeclaration, (node) => node === func) !== undefined;

  function define(name: Definition, isSure: boolean): void {
    const symbol = symbolOf(checker, name);
    if (!symbol || others.has(symbol) || !isOwn(symbol)) return;
    const before = isSure ? none : (state.get(symbol)?.definitions ?? none);
    state.set(symbol, { definitions: new Set([...before, name]), replaced: none });
  }

  /** `variable.field = …` has been done. */
  function replace(target: ts.Expression): void {
    const access = skipOuter(target);
    const symbol = ts.isPropertyAccessExpression(access) && ownerOf(access);
    const known = symbol && state.get(symbol);
    if (known) state.set(symbol, { ...known, replaced: new Set([...known.replaced, access.name.text]) });
  }

  /** The variable whose field it is. */
  function ownerOf(access: ts.PropertyAccessExpression): ts.Symbol | undefined {
    const owner = skipOuter(access.expression);
    return ts.isIdentifier(owner) ? symbolOf(checker, owner) : undefined;
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
    if (ts.isPropertyAccessExpression(node)) useField(node);
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
      if (isPlain) replace(node.left);
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
    const known = symbol && state.get(symbol);
    if (!known) return;
    const before = found.definitions.get(node) ?? none;
    found.definitions.set(node, new Set([...before, ...known.definitions]));
  }

  function useField(node: ts.PropertyAccessExpression): void {
    const symbol = ownerOf(node);
    const isReplaced = (symbol && state.get(symbol)?.replaced.has(node.name.text)) ?? false;
    found.replaced.set(node, isReplaced && (found.replaced.get(node) ?? true));
  }

  for (const name of assignedWithin(body)) others.add(symbolOf(checker, name));
  for (const { name } of func.parameters) declare(name);
  visit(body);
  return found;
}

function joined(a: State, b: State): State {
  const both = new Map(a);
  for (const [symbol, known] of b) {
    const { definitions, replaced } = a.get(symbol) ?? { definitions: none, replaced: known.replaced };
    both.set(symbol, {
      definitions: new Set([...definitions, ...known.definitions]),
      replaced: new Set([...replaced].filter((field) => known.replaced.has(field))),
    });
  }
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
