/**
 * Which parameters a function writes into, read off its syntax: directly, through a view or another
 * name for the same memory, or in a function that it calls. Rebinding a parameter is not writing.
 */
import { tsgradName } from "./lower/resolve.ts";
import { isTensorType } from "./types-of.ts";
import { ts } from "ts-morph";
import type { FunctionNode } from "./annotations.ts";

const mutators = new Set(["fill", "set", "push", "pop", "shift", "unshift", "splice", "sort", "reverse", "copyWithin"]);
/** Methods whose result may share memory with the array that they are called on. */
const sharing = new Set(["subarray", "fill", "sort", "reverse", "copyWithin", "at", "pop", "shift"]);

/** Values that are copied where they go. */
const plainFlags =
  ts.TypeFlags.NumberLike |
  ts.TypeFlags.BooleanLike |
  ts.TypeFlags.StringLike |
  ts.TypeFlags.BigIntLike |
  ts.TypeFlags.Undefined |
  ts.TypeFlags.Null |
  ts.TypeFlags.Void;

/** The place of a method's own object among its parameters. */
export const ownObject = -1;

/** What a call runs: a function, or what `new` and getters run. */
type Callee = FunctionNode | ts.ConstructorDeclaration | ts.GetAccessorDeclaration;

export interface WriteFinder {
  /** The indices of the parameters that `node` writes into, ascending; `ownObject` for a method's own. */
  writtenBy(node: FunctionNode): readonly number[];
  /** The index of the one written parameter that every `return` gives, if there is one. */
  returnedBy(node: FunctionNode): number | undefined;
}

export function createWriteFinder(checker: ts.TypeChecker): WriteFinder {
  const settled = new Map<Callee, readonly number[]>();
  const shared = new Map<Callee, readonly number[] | "anything">();
  let lookUp: (node: Callee) => readonly number[] = () => [];

  /** Functions may call each other: all that are met are looked at again until nothing is added. */
  function writtenBy(node: Callee): readonly number[] {
    const before = settled.get(node);
    if (before) return before;
    const pending = new Map<Callee, readonly number[]>([[node, []]]);
    let changed = true;
    lookUp = (callee) => {
      const found = settled.get(callee) ?? pending.get(callee);
      if (found) return found;
      pending.set(callee, []);
      changed = true;
      return [];
    };
    while (changed) {
      changed = false;
      for (const [each, last] of pending) {
        const found = findWrites(each);
        if (found.length !== last.length) changed = true;
        pending.set(each, found);
      }
    }
    for (const [each, found] of pending) settled.set(each, found);
    return settled.get(node) ?? [];
  }

  function findWrites(node: Callee): readonly number[] {
    const owners = aliasesOf(node);
    const written = new Set<number>();
    const write = (target: ts.Expression): void => {
      for (const index of ownersOf(owners, target)) written.add(index);
    };
    const assignTo = (target: ts.Expression): void => {
      const inner = ts.skipPartiallyEmittedExpressions(target);
      if (ts.isElementAccessExpression(inner) || ts.isPropertyAccessExpression(inner)) write(inner.expression);
      else if (ts.isNonNullExpression(inner) || ts.isParenthesizedExpression(inner)) assignTo(inner.expression);
      else if (ts.isArrayLiteralExpression(inner)) inner.elements.forEach(assignTo);
      else if (ts.isObjectLiteralExpression(inner)) {
        for (const property of inner.properties) if (ts.isPropertyAssignment(property)) assignTo(property.initializer);
      } else if (ts.isBinaryExpression(inner)) assignTo(inner.left);
    };
    const visit = (child: ts.Node): void => {
      if (ts.isBinaryExpression(child) && isAssignment(child.operatorToken.kind)) assignTo(child.left);
      else if (ts.isPrefixUnaryExpression(child) || ts.isPostfixUnaryExpression(child)) {
        if (child.operator === ts.SyntaxKind.PlusPlusToken || child.operator === ts.SyntaxKind.MinusMinusToken)
          assignTo(child.operand);
      } else if (ts.isForOfStatement(child) && !ts.isVariableDeclarationList(child.initializer))
        assignTo(child.initializer);
      else if (ts.isCallExpression(child) || ts.isNewExpression(child)) {
        const method = ts.isPropertyAccessExpression(child.expression) ? child.expression : undefined;
        for (const target of writtenByCallbacks(owners, child)) write(target);
        const callee = calleeOf(child);
        if (callee === undefined && method && mutators.has(method.name.text)) write(method.expression);
        if (callee) {
          const rest = callee.parameters.findIndex((parameter) => parameter.dotDotDotToken);
          const hit = new Set(lookUp(callee));
          if (method && hit.has(ownObject)) write(method.expression);
          child.arguments?.forEach((argument, index) => {
            if (rest !== -1 && index >= rest ? false : hit.has(index)) write(argument);
          });
        }
      }
      ts.forEachChild(child, visit);
    };
    if (node.body) visit(node.body);
    return [...written].sort((a, b) => a - b);
  }

  /** The expressions in a call that the functions among its arguments write into, as what they are given. */
  function writtenByCallbacks(
    owners: ReadonlyMap<ts.Symbol, ReadonlySet<number>>,
    call: ts.CallExpression | ts.NewExpression,
  ): readonly ts.Expression[] {
    const found: ts.Expression[] = [];
    const callee = calleeOf(call);
    call.arguments?.forEach((argument, index) => {
      const callback = functionIn(argument);
      if (!callback) return;
      const hits = lookUp(callback);
      if (callee) {
        for (const { position, from } of handedOn(callee, index, new Set())) {
          const given = hits.includes(position) ? argumentOf(call, from) : undefined;
          if (given) found.push(given);
        }
      } else if (ts.isPropertyAccessExpression(call.expression)) {
        const { expression, name } = call.expression;
        const isReduce = name.text.startsWith("reduce");
        const first = isReduce ? 1 : 0;
        if (hits.some((position) => position >= first && position !== first + 1)) found.push(expression);
        const start = isReduce && hits.includes(0) ? call.arguments?.[1] : undefined;
        if (start) found.push(start);
      }
    });
    return found.filter((expression) => ownersOf(owners, expression).length > 0);
  }

  /** Where a function gives memory of its parameters to a function that it is given: as which argument, from which parameter. */
  function handedOn(
    node: Callee,
    callback: number,
    seen: Set<Callee>,
  ): readonly { readonly position: number; readonly from: number }[] {
    const name = node.parameters[callback]?.name;
    const symbol = name && ts.isIdentifier(name) ? checker.getSymbolAtLocation(name) : undefined;
    if (!symbol || seen.has(node)) return [];
    seen.add(node);
    const owners = aliasesOf(node);
    const isCallback = (expression: ts.Expression): boolean =>
      ts.isIdentifier(expression) && checker.getSymbolAtLocation(expression) === symbol;
    const found: { position: number; from: number }[] = [];
    const give = (position: number, value: ts.Expression): void => {
      for (const from of ownersOf(owners, value)) found.push({ position, from });
    };
    const visit = (child: ts.Node): void => {
      if (ts.isCallExpression(child)) {
        if (isCallback(child.expression)) child.arguments.forEach((argument, position) => give(position, argument));
        const callee = calleeOf(child);
        child.arguments.forEach((argument, index) => {
          if (!callee || !isCallback(argument)) return;
          for (const { position, from } of handedOn(callee, index, seen)) {
            const given = argumentOf(child, from);
            if (given) give(position, given);
          }
        });
      }
      ts.forEachChild(child, visit);
    };
    if (node.body) visit(node.body);
    return found;
  }

  /** The function that an argument is, written there or by its name. */
  function functionIn(argument: ts.Expression): FunctionNode | undefined {
    if (ts.isParenthesizedExpression(argument)) return functionIn(argument.expression);
    if (ts.isArrowFunction(argument) || ts.isFunctionExpression(argument)) return argument;
    if (!ts.isIdentifier(argument)) return undefined;
    const direct = checker.getSymbolAtLocation(argument);
    const symbol = direct && direct.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(direct) : direct;
    const declaration = symbol?.valueDeclaration;
    if (declaration && ts.isVariableDeclaration(declaration) && declaration.initializer)
      return ts.isIdentifier(declaration.initializer) ? undefined : functionIn(declaration.initializer);
    return declaration && isFunctionWithBody(declaration) ? declaration : undefined;
  }

  /** For each variable the parameters whose memory it may share. */
  function aliasesOf(node: Callee): ReadonlyMap<ts.Symbol, ReadonlySet<number>> {
    const owners = new Map<ts.Symbol, Set<number>>();
    node.parameters.forEach((parameter, index) => {
      for (const symbol of namesIn(parameter.name)) owners.set(symbol, new Set([index]));
    });
    let changed = true;
    const share = (symbol: ts.Symbol, value: ts.Expression): void => {
      for (const index of ownersOf(owners, value)) {
        const set = owners.get(symbol) ?? new Set<number>();
        if (!set.has(index)) changed = true;
        owners.set(symbol, set.add(index));
      }
    };
    const visit = (child: ts.Node): void => {
      if (ts.isVariableDeclaration(child) && child.initializer) {
        for (const symbol of namesIn(child.name)) share(symbol, child.initializer);
      } else if (ts.isBinaryExpression(child) && isAssignment(child.operatorToken.kind)) {
        for (const symbol of targetsIn(child.left)) share(symbol, child.right);
      } else if (ts.isForOfStatement(child) && ts.isVariableDeclarationList(child.initializer)) {
        for (const { name } of child.initializer.declarations)
          for (const symbol of namesIn(name)) share(symbol, child.expression);
      } else if (ts.isCallExpression(child) && ts.isPropertyAccessExpression(child.expression) && !calleeOf(child)) {
        // A method of an array gives its elements to the function that it calls.
        const callback = child.arguments[0] && functionIn(child.arguments[0]);
        for (const parameter of callback?.parameters ?? [])
          for (const symbol of namesIn(parameter.name)) share(symbol, child.expression.expression);
      }
      ts.forEachChild(child, visit);
    };
    while (changed) {
      changed = false;
      if (node.body) visit(node.body);
    }
    return owners;
  }

  function ownersOf(owners: ReadonlyMap<ts.Symbol, ReadonlySet<number>>, value: ts.Expression): readonly number[] {
    if (isPlain(value)) return [];
    if (ts.isIdentifier(value)) {
      const symbol = checker.getSymbolAtLocation(value);
      return symbol ? [...(owners.get(symbol) ?? [])] : [];
    }
    if (value.kind === ts.SyntaxKind.ThisKeyword || value.kind === ts.SyntaxKind.SuperKeyword) return [ownObject];
    const of = (...parts: (ts.Expression | undefined)[]): readonly number[] =>
      parts.flatMap((part) => (part ? ownersOf(owners, part) : []));
    if (ts.isParenthesizedExpression(value) || ts.isNonNullExpression(value)) return of(value.expression);
    if (ts.isAsExpression(value) || ts.isSatisfiesExpression(value)) return of(value.expression);
    if (ts.isElementAccessExpression(value) || ts.isPropertyAccessExpression(value)) return of(value.expression);
    if (ts.isConditionalExpression(value)) return of(value.whenTrue, value.whenFalse);
    if (ts.isBinaryExpression(value)) {
      return isAssignment(value.operatorToken.kind) || value.operatorToken.kind === ts.SyntaxKind.CommaToken
        ? of(value.right)
        : of(value.left, value.right);
    }
    if (ts.isArrayLiteralExpression(value)) {
      const copied = (spread: ts.SpreadElement): ts.Expression | undefined =>
        hasPlainElements(spread.expression) ? undefined : spread.expression;
      return of(...value.elements.map((element) => (ts.isSpreadElement(element) ? copied(element) : element)));
    }
    if (ts.isObjectLiteralExpression(value)) {
      return of(...value.properties.map((p) => (ts.isPropertyAssignment(p) ? p.initializer : undefined)));
    }
    const callee = ts.isCallExpression(value) || ts.isNewExpression(value) ? calleeOf(value) : undefined;
    if (ts.isNewExpression(value)) return callee ? of(...(value.arguments ?? [])) : [];
    if (ts.isCallExpression(value) && callee) {
      const given = handedBack(callee);
      const receiver = ts.isPropertyAccessExpression(value.expression) ? value.expression.expression : undefined;
      return given === "anything"
        ? of(receiver, ...value.arguments)
        : of(...given.map((index) => argumentOf(value, index)));
    }
    if (ts.isCallExpression(value)) {
      if (ts.isPropertyAccessExpression(value.expression)) {
        const { expression, name } = value.expression;
        const callback = name.text === "map" && value.arguments[0] ? functionIn(value.arguments[0]) : undefined;
        if (callback) return of(...returnsOf(callback));
        // A copy of an array of arrays still has the same inner ones.
        if (sharing.has(name.text) || (isArray(expression) && !hasPlainElements(expression))) return of(expression);
      }
    }
    return [];
  }

  /** The parameters whose memory the result of a function may share. */
  function handedBack(callee: Callee): readonly number[] | "anything" {
    const known = shared.get(callee);
    if (known !== undefined) return known;
    if (callee.parameters.some((parameter) => parameter.dotDotDotToken)) return "anything";
    // Of a function that calls itself it is not known before it is known.
    shared.set(callee, "anything");
    const owners = aliasesOf(callee);
    const found = [...new Set(returnsOf(callee).flatMap((value) => (value ? ownersOf(owners, value) : [])))];
    shared.set(callee, found);
    return found;
  }

  /** Numbers and other values share no memory. */
  function isPlain(value: ts.Expression): boolean {
    return (checker.getTypeAtLocation(value).flags & plainFlags) !== 0;
  }

  function isArray(value: ts.Expression): boolean {
    return checker.isArrayLikeType(checker.getTypeAtLocation(value));
  }

  function hasPlainElements(array: ts.Expression): boolean {
    const element = checker.getIndexTypeOfType(checker.getTypeAtLocation(array), ts.IndexKind.Number);
    return element !== undefined && (element.flags & plainFlags) !== 0;
  }

  function calleeOf(call: ts.CallExpression | ts.NewExpression): Callee | undefined {
    // Nothing of ours writes into what it is given.
    if (tsgradName(checker, call.expression) !== undefined) return undefined;
    if (
      ts.isPropertyAccessExpression(call.expression) &&
      isTensorType(checker.getTypeAtLocation(call.expression.expression))
    )
      return undefined;
    const declaration = checker.getResolvedSignature(call)?.declaration;
    if (!declaration || ts.isJSDocSignature(declaration)) return undefined;
    if (ts.isConstructorDeclaration(declaration)) return declaration.body ? declaration : undefined;
    return isFunctionWithBody(declaration) ? declaration : undefined;
  }

  function namesIn(name: ts.BindingName): readonly ts.Symbol[] {
    if (ts.isIdentifier(name)) {
      const symbol = checker.getSymbolAtLocation(name);
      return symbol ? [symbol] : [];
    }
    return name.elements.flatMap((element) => (ts.isOmittedExpression(element) ? [] : namesIn(element.name)));
  }

  function targetsIn(target: ts.Expression): readonly ts.Symbol[] {
    if (ts.isIdentifier(target)) {
      const symbol = checker.getSymbolAtLocation(target);
      return symbol ? [symbol] : [];
    }
    if (ts.isParenthesizedExpression(target)) return targetsIn(target.expression);
    return ts.isArrayLiteralExpression(target) ? target.elements.flatMap(targetsIn) : [];
  }

  function returnedBy(node: FunctionNode): number | undefined {
    const returned = returnsOf(node).map((value) => {
      const inner = value && ts.isParenthesizedExpression(value) ? value.expression : value;
      if (inner?.kind === ts.SyntaxKind.ThisKeyword) return ownObject;
      const symbol = inner && ts.isIdentifier(inner) ? checker.getSymbolAtLocation(inner) : undefined;
      const index = node.parameters.findIndex((p) => symbol && checker.getSymbolAtLocation(p.name) === symbol);
      return index === -1 ? undefined : index;
    });
    const first = returned[0];
    if (first === undefined || returned.some((index) => index !== first)) return undefined;
    return writtenBy(node).includes(first) ? first : undefined;
  }

  return { writtenBy, returnedBy };
}

export function isFunctionWithBody(node: ts.Node): node is FunctionNode {
  return (
    (ts.isFunctionDeclaration(node) ||
      ts.isArrowFunction(node) ||
      ts.isFunctionExpression(node) ||
      ts.isMethodDeclaration(node)) &&
    node.body !== undefined
  );
}

/** What a call gives to a parameter; to a method, also its own object. */
function argumentOf(call: ts.CallExpression | ts.NewExpression, index: number): ts.Expression | undefined {
  if (index !== ownObject) return call.arguments?.[index];
  return ts.isPropertyAccessExpression(call.expression) ? call.expression.expression : undefined;
}

/** What each `return` of the function itself gives; an arrow's expression counts as one. */
function returnsOf(node: Callee): readonly (ts.Expression | undefined)[] {
  if (!node.body) return [];
  if (!ts.isBlock(node.body)) return [node.body];
  const found: (ts.Expression | undefined)[] = [];
  const visit = (child: ts.Node): void => {
    if (ts.isFunctionLike(child)) return;
    if (ts.isReturnStatement(child)) found.push(child.expression);
    ts.forEachChild(child, visit);
  };
  visit(node.body);
  return found;
}

const isAssignment = (kind: ts.SyntaxKind): boolean =>
  kind >= ts.SyntaxKind.FirstAssignment && kind <= ts.SyntaxKind.LastAssignment;
