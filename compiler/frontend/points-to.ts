/**
 * Which memory a function changes, with all that it calls: inclusion-based (see `ir/memory.ts`), over syntax. It runs
 * before anything is lowered, since the types of generated modules depend on it.
 */
import { ts } from "ts-morph";
import {
  anyElement,
  createPutLater,
  givenUntyped,
  include,
  made,
  partOf,
  reachable,
  slot,
  type Memory,
} from "../ir/memory.ts";
import { homeOfThis, realParameters, type FunctionNode } from "./annotations.ts";
import { changesReceiver, resultOf } from "./array-memory.ts";
import { createFieldNames } from "./field-names.ts";
import { createReaching } from "./reaching.ts";
import { skipOuter, tsgradName } from "./lower/resolve.ts";
import { isTensorType } from "./types-of.ts";

/** The place of a method's own object among its parameters. */
export const ownObject = -1;

/** What a call runs: a function, or what `new` and getters run. */
type Callee = FunctionNode | ts.ConstructorDeclaration | ts.GetAccessorDeclaration;

/** Values that are copied where they go. */
const plainFlags =
  ts.TypeFlags.NumberLike |
  ts.TypeFlags.BooleanLike |
  ts.TypeFlags.StringLike |
  ts.TypeFlags.BigIntLike |
  ts.TypeFlags.Undefined |
  ts.TypeFlags.Null |
  ts.TypeFlags.Void;

const none: readonly Memory[] = [];

/**
 * The memory that a call of `target` may change, each with the fields that it changes (`anyElement` for elements);
 * that of its parameters has their positions.
 */
export function pointsTo(checker: ts.TypeChecker, target: FunctionNode): ReadonlyMap<Memory, ReadonlySet<string>> {
  const written = new Map<Memory, Set<string>>();
  /** What variables may hold, by the name in a declaration or an assignment; by symbol, what any of those gives them. */
  const variables = new Map<ts.Symbol | ts.Identifier, Set<Memory>>();
  const { definitionsAt, isReplacedAt } = createReaching(checker);
  const later = createPutLater();
  const receivers = new Map<ts.Node, Set<Memory>>();
  const results = new Map<Callee, Set<Memory>>();
  const reached = new Set<Callee>([target]);
  const sites = new Map<ts.Node, Memory>();
  /** The classes of the objects that `new` makes. */
  const classes = new Map<Memory, ts.Type>();
  /** The functions that function values run. */
  const functions = new Map<Memory, Callee>();
  let changed = false;

  const put = (into: Set<Memory>, what: Iterable<Memory>): void => {
    if (include(into, what)) changed = true;
  };
  const site = (node: ts.Node): Memory => {
    let memory = sites.get(node);
    if (!memory) sites.set(node, (memory = made()));
    return memory;
  };
  const symbolOf = (node: ts.Node): ts.Symbol | undefined => {
    const symbol = checker.getSymbolAtLocation(node);
    return symbol && symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
  };
  const { keysOf, accessKeys, keptOf } = createFieldNames(checker);
  const partsOf = (value: Iterable<Memory>, keys: readonly string[]): readonly Memory[] =>
    keys.flatMap((key) => [...partOf(value, key)]);
  const isPlain = (node: ts.Node): boolean => (checker.getTypeAtLocation(node).flags & plainFlags) !== 0;

  /** A variable is given a value where `name` stands. */
  function hold(name: ts.Identifier, symbol: ts.Symbol | undefined, value: Iterable<Memory>): void {
    if (!symbol) return;
    const given = [...value];
    put(ofMap(variables, name), given);
    put(ofMap(variables, symbol), given);
  }

  /** Binds the names of a pattern to the parts of a value. */
  function bind(name: ts.BindingName, value: Iterable<Memory>): void {
    if (ts.isIdentifier(name)) return hold(name, symbolOf(name), value);
    for (const element of name.elements) {
      if (ts.isOmittedExpression(element)) continue;
      const part = ts.isArrayBindingPattern(name) ? [anyElement] : keysOf(element.propertyName ?? element.name);
      bind(element.name, element.dotDotDotToken ? copyOf(element, value) : partsOf(value, part));
      if (element.initializer) bind(element.name, of(element.initializer));
    }
  }

  /** `const [a, b] = [x, y]`, item by item; anything else as a whole. */
  function bindTo(name: ts.BindingName, source: ts.Expression): void {
    const items = ts.isArrayBindingPattern(name) && !name.elements.some(isRest) ? itemsOf(source) : undefined;
    if (!items || !ts.isArrayBindingPattern(name)) return bind(name, of(source));
    for (const [i, element] of name.elements.entries()) {
      if (ts.isOmittedExpression(element)) continue;
      if (items[i]) bindTo(element.name, items[i]);
      if (element.initializer) bind(element.name, of(element.initializer));
    }
  }

  /** `[a, b] = [b, a]` likewise. */
  function assignFrom(to: ts.Expression, source: ts.Expression): void {
    const target = skipOuter(to);
    const items =
      ts.isArrayLiteralExpression(target) && !target.elements.some(ts.isSpreadElement) ? itemsOf(source) : undefined;
    if (!items || !ts.isArrayLiteralExpression(target)) return assign(to, of(source));
    for (const [i, element] of target.elements.entries()) if (items[i]) assignFrom(element, items[i]);
  }

  /** New memory with the same parts. */
  function copyOf(node: ts.Node, value: Iterable<Memory>): readonly Memory[] {
    const copy = site(node);
    for (const memory of [...value]) {
      for (const key of [anyElement, ...memory.parts.keys()]) put(slot(copy, key), partOf([memory], key));
      put(copy.inside, memory.inside);
    }
    // Fields of parameters that nobody has looked at yet.
    const type = checker.getTypeAtLocation(ts.isSpreadAssignment(node) ? node.expression : node);
    if (!checker.isArrayLikeType(type))
      for (const property of type.getProperties())
        if ((checker.getTypeOfSymbol(property).flags & plainFlags) === 0)
          put(slot(copy, property.name), partOf(value, property.name));
    return [copy];
  }

  function write(value: Iterable<Memory>, key: string): void {
    for (const memory of [...value]) if (include(ofMap(written, memory), [key])) changed = true;
  }

  function assign(to: ts.Expression, value: Iterable<Memory>): void {
    const inner = skipOuter(to);
    if (ts.isIdentifier(inner)) hold(inner, symbolOf(inner), value);
    else if (ts.isElementAccessExpression(inner) || ts.isPropertyAccessExpression(inner)) {
      const owner = new Set(of(inner.expression));
      const holds = !isPlain(inner);
      for (const key of accessKeys(inner)) {
        write(owner, key);
        if (!holds) continue;
        for (const memory of owner) {
          put(slot(memory, key), value);
          put(later.into(memory, key), value);
        }
      }
    } else if (ts.isArrayLiteralExpression(inner)) {
      for (const element of inner.elements)
        assign(ts.isSpreadElement(element) ? element.expression : element, partOf(value, anyElement));
    } else if (ts.isObjectLiteralExpression(inner)) {
      for (const property of inner.properties) {
        if (ts.isPropertyAssignment(property)) assign(property.initializer, partsOf(value, keysOf(property.name)));
        else if (ts.isShorthandPropertyAssignment(property)) {
          const symbol = checker.getShorthandAssignmentValueSymbol(property);
          hold(property.name, symbol, partOf(value, property.name.text));
        }
      }
    } else if (ts.isBinaryExpression(inner)) assign(inner.left, value);
  }

  /** What an expression may point to. What it does besides is for `visit`. */
  function of(node: ts.Expression): Iterable<Memory> {
    const value = skipOuter(node);
    if (isPlain(value)) return none;
    if (ts.isIdentifier(value)) return ofName(value, symbolOf(value));
    if (value.kind === ts.SyntaxKind.ThisKeyword || value.kind === ts.SyntaxKind.SuperKeyword)
      return ofMap(receivers, ownerOf(value));
    if (ts.isPropertyAccessExpression(value)) return ofMember(value);
    if (ts.isElementAccessExpression(value)) return partsOf(of(value.expression), accessKeys(value));
    if (ts.isConditionalExpression(value)) return [...of(value.whenTrue), ...of(value.whenFalse)];
    if (ts.isBinaryExpression(value)) {
      const { kind } = value.operatorToken;
      if (kind === ts.SyntaxKind.EqualsToken || kind === ts.SyntaxKind.CommaToken) return of(value.right);
      return [...of(value.left), ...of(value.right)];
    }
    if (ts.isArrayLiteralExpression(value)) {
      const list = site(value);
      for (const element of value.elements) {
        if (ts.isSpreadElement(element)) put(slot(list, anyElement), partOf(of(element.expression), anyElement));
        else put(slot(list, anyElement), of(element));
      }
      return [list];
    }
    if (ts.isObjectLiteralExpression(value)) return ofObject(value);
    if (ts.isArrowFunction(value) || ts.isFunctionExpression(value)) return [functionValue(value)];
    if (ts.isCallExpression(value) || ts.isNewExpression(value)) return ofCall(value);
    return none;
  }

  /** What a variable may hold where it is read. */
  function ofName(use: ts.Identifier, symbol: ts.Symbol | undefined): Iterable<Memory> {
    const definitions = definitionsAt(use);
    return definitions ? [...definitions].flatMap((name) => [...ofMap(variables, name)]) : ofSymbol(symbol);
  }

  function ofSymbol(symbol: ts.Symbol | undefined): Iterable<Memory> {
    if (!symbol) return none;
    const declaration = symbol.valueDeclaration;
    if (declaration && ts.isFunctionDeclaration(declaration) && declaration.body) return [functionValue(declaration)];
    const isOfModule =
      declaration && ts.isVariableDeclaration(declaration) && ts.isSourceFile(declaration.parent.parent.parent);
    // Constants of a module are looked at where they are used: functions stand in them.
    if (isOfModule && declaration.initializer) put(ofMap(variables, symbol), of(declaration.initializer));
    return ofMap(variables, symbol);
  }

  /** What a getter gives, where the member is one. */
  function ofGetter(node: ts.PropertyAccessExpression): Iterable<Memory> | undefined {
    const declaration = symbolOf(node)?.valueDeclaration;
    if (!declaration || !ts.isGetAccessorDeclaration(declaration)) return undefined;
    enter(declaration);
    put(ofMap(receivers, declaration), of(node.expression));
    return ofMap(results, declaration);
  }

  function ofMember(node: ts.PropertyAccessExpression): Iterable<Memory> {
    const got = ofGetter(node);
    if (got) return got;
    const declaration = symbolOf(node)?.valueDeclaration;
    if (declaration && ts.isMethodDeclaration(declaration) && declaration.body) return [functionValue(declaration)];
    const owners = of(node.expression);
    const key = node.name.text;
    return isReplacedAt(node) ? later.partOf(owners, key) : partOf(owners, key);
  }

  function ofObject(node: ts.ObjectLiteralExpression): readonly Memory[] {
    const object = site(node);
    for (const property of node.properties) {
      if (ts.isPropertyAssignment(property))
        for (const key of keysOf(property.name)) put(slot(object, key), of(property.initializer));
      else if (ts.isShorthandPropertyAssignment(property))
        put(
          slot(object, property.name.text),
          ofName(property.name, checker.getShorthandAssignmentValueSymbol(property)),
        );
      else if (ts.isMethodDeclaration(property))
        for (const key of keysOf(property.name)) put(slot(object, key), [functionValue(property)]);
      else if (ts.isSpreadAssignment(property)) {
        const isKept = keptOf(node, property);
        for (const copy of copyOf(property, of(property.expression))) {
          for (const [key, part] of copy.parts) if (isKept(key)) put(slot(object, key), part);
          put(object.inside, copy.inside);
        }
      }
    }
    return [object];
  }

  function functionValue(node: FunctionNode): Memory {
    const memory = site(node);
    functions.set(memory, node);
    return memory;
  }

  function ofCall(node: ts.CallExpression | ts.NewExpression): Iterable<Memory> {
    const args = (node.arguments ?? []).map((argument) =>
      ts.isSpreadElement(argument) ? partOf(of(argument.expression), anyElement) : new Set(of(argument)),
    );
    if (isOurs(node)) return ofForeign(node, args, site(node));
    if (ts.isNewExpression(node)) return ofNew(node, args);
    if (node.expression.kind === ts.SyntaxKind.SuperKeyword) {
      const callee = declared(node);
      return callee ? run(callee, args, ofMap(receivers, ownerOf(node))) : none;
    }
    const member = ts.isPropertyAccessExpression(node.expression) ? node.expression : undefined;
    const receiver = new Set(member ? of(member.expression) : none);
    const callee = declared(node);
    const isSuper = member?.expression.kind === ts.SyntaxKind.SuperKeyword;
    if (member && !isSuper && [...receiver].some((memory) => methodOf(memory, member.name.text)))
      return ofMethods(member.name.text, callee, args, receiver);
    // Where functions are of one type, a call's declaration is that of one of them.
    const known = [...of(node.expression)].flatMap((memory) => functions.get(memory) ?? []);
    const callees = new Set(callee ? [callee, ...known] : known);
    if (callees.size > 0) return [...callees].flatMap((each) => [...run(each, args, receiver)]);
    const callback = (handed: readonly Iterable<Memory>[]): ReadonlySet<Memory> => callAll(args[0] ?? none, handed);
    const fresh = site(node);
    if (member && isValue(member.expression)) {
      if (changesReceiver(member.name.text)) write(receiver, anyElement);
      return resultOf({ name: member.name.text, receiver, args, fresh, entry: site(member), callback, put });
    }
    return ofForeign(node, args, fresh);
  }

  function methodOf(memory: Memory, name: string): Callee | undefined {
    const type = classes.get(memory);
    return type && checker.getPropertyOfType(type, name)?.declarations?.find(isFunctionWithBody);
  }

  /** The methods that the classes of the objects have, which types need not say; `declared` of all other objects. */
  function ofMethods(
    name: string,
    declared: Callee | undefined,
    args: readonly Iterable<Memory>[],
    receiver: ReadonlySet<Memory>,
  ): Iterable<Memory> {
    const found = new Set<Memory>();
    for (const memory of [...receiver]) {
      const callee = methodOf(memory, name) ?? declared;
      if (callee) include(found, run(callee, args, [memory]));
    }
    return found;
  }

  /** `Array.from(xs, f)`, `Object.entries(o)` and all else that the program does not define. */
  function ofForeign(
    node: ts.CallExpression | ts.NewExpression,
    args: readonly ReadonlySet<Memory>[],
    fresh: Memory,
  ): readonly Memory[] {
    const [source, mapper] = args;
    if (source && mapper && ts.isPropertyAccessExpression(node.expression) && node.expression.name.text === "from") {
      put(slot(fresh, anyElement), callAll(mapper, [partOf(source, anyElement)]));
      return [fresh];
    }
    // A clone shares nothing with what it was made of.
    if (node.expression.getText() === "structuredClone") return [fresh];
    for (const arg of args) put(fresh.inside, reachable(arg));
    return [fresh];
  }

  function ofNew(node: ts.NewExpression, args: readonly ReadonlySet<Memory>[]): readonly Memory[] {
    const object = site(node);
    const own = symbolOf(node.expression)?.valueDeclaration;
    if (own && ts.isClassDeclaration(own)) {
      classes.set(object, checker.getTypeAtLocation(node));
      initialise(own, object);
    }
    const callee = declared(node);
    if (callee) run(callee, args, [object]);
    else put(slot(object, anyElement), partOf(args[0] ?? none, anyElement));
    return [object];
  }

  /** The fields that are written with a value, those of base classes too, belong to the object. */
  function initialise(node: ts.ClassDeclaration, object: Memory): void {
    for (const member of node.members) {
      if (!ts.isPropertyDeclaration(member) || !member.initializer) continue;
      const isStatic = member.modifiers?.some(({ kind }) => kind === ts.SyntaxKind.StaticKeyword) ?? false;
      if (!isStatic) put(ofMap(receivers, member), [object]);
    }
    const base = node.heritageClauses?.find((clause) => clause.token === ts.SyntaxKind.ExtendsKeyword)?.types[0];
    const declaration = base && symbolOf(base.expression)?.valueDeclaration;
    if (declaration && ts.isClassDeclaration(declaration)) initialise(declaration, object);
  }

  /** Hands memory to the functions among `values`, and gives what they return. */
  function callAll(values: Iterable<Memory>, handed: readonly Iterable<Memory>[]): ReadonlySet<Memory> {
    const found = new Set<Memory>();
    for (const memory of [...values]) {
      const callee = functions.get(memory);
      if (callee) include(found, run(callee, handed, none));
    }
    return found;
  }

  function run(callee: Callee, args: readonly Iterable<Memory>[], receiver: Iterable<Memory>): Iterable<Memory> {
    enter(callee);
    put(ofMap(receivers, callee), receiver);
    for (const [i, parameter] of realParameters(callee).entries()) {
      if (parameter.dotDotDotToken) {
        const rest = site(parameter);
        for (const arg of args.slice(i)) put(slot(rest, anyElement), arg);
        bind(parameter.name, [rest]);
      } else bind(parameter.name, args[i] ?? none);
      // `constructor(readonly x: number[])`
      if (ts.isConstructorDeclaration(callee) && parameter.modifiers && ts.isIdentifier(parameter.name))
        for (const object of [...receiver]) put(slot(object, parameter.name.text), args[i] ?? none);
    }
    return ofMap(results, callee);
  }

  function enter(callee: Callee): void {
    if (reached.has(callee)) return;
    reached.add(callee);
    changed = true;
  }

  /** Nothing of ours writes into what it is given. */
  function isOurs({ expression }: ts.CallExpression | ts.NewExpression): boolean {
    if (tsgradName(checker, expression) !== undefined) return true;
    return ts.isPropertyAccessExpression(expression) && isTensorType(checker.getTypeAtLocation(expression.expression));
  }

  /** The function that a call runs, where its declaration says so. */
  function declared(call: ts.CallExpression | ts.NewExpression): Callee | undefined {
    const declaration = checker.getResolvedSignature(call)?.declaration;
    if (!declaration || ts.isJSDocSignature(declaration)) return undefined;
    if (ts.isConstructorDeclaration(declaration)) return declaration.body ? declaration : undefined;
    return isFunctionWithBody(declaration) ? declaration : undefined;
  }

  /** Whether it is a value rather than `Math`, `Array` and the like. */
  function isValue(node: ts.Expression): boolean {
    const symbol = symbolOf(skipOuter(node));
    const declaration = symbol?.valueDeclaration;
    return !declaration || !ts.isVariableDeclaration(declaration) || !declaration.getSourceFile().isDeclarationFile;
  }

  /** What statements and expressions do. */
  function visit(node: ts.Node): void {
    if (ts.isVariableDeclaration(node)) {
      if (node.initializer) bindTo(node.name, node.initializer);
    } else if (ts.isBinaryExpression(node) && isAssignment(node.operatorToken.kind)) {
      if (node.operatorToken.kind === ts.SyntaxKind.EqualsToken) assignFrom(node.left, node.right);
      else assign(node.left, of(node));
    } else if (ts.isPrefixUnaryExpression(node) || ts.isPostfixUnaryExpression(node)) {
      if (node.operator === ts.SyntaxKind.PlusPlusToken || node.operator === ts.SyntaxKind.MinusMinusToken)
        assign(node.operand, none);
    } else if (ts.isForOfStatement(node)) {
      const elements = partOf(of(node.expression), anyElement);
      if (!ts.isVariableDeclarationList(node.initializer)) assign(node.initializer, elements);
      else for (const { name } of node.initializer.declarations) bind(name, elements);
    } else if (ts.isCallExpression(node) || ts.isNewExpression(node)) {
      ofCall(node);
    } else if (ts.isPropertyAccessExpression(node)) {
      ofGetter(node);
    } else if (ts.isReturnStatement(node) && node.expression) {
      const callee = functionAround(node);
      if (callee) put(ofMap(results, callee), of(node.expression));
    }
    ts.forEachChild(node, visit);
  }

  for (const [index, parameter] of realParameters(target).entries()) bind(parameter.name, [givenUntyped(index)]);
  put(ofMap(receivers, target), [givenUntyped(ownObject)]);
  do {
    changed = false;
    for (const [member, objects] of [...receivers]) {
      if (!ts.isPropertyDeclaration(member) || !member.initializer) continue;
      for (const object of objects)
        for (const key of keysOf(member.name)) put(slot(object, key), of(member.initializer));
      visit(member.initializer);
    }
    for (const callee of [...reached]) {
      for (const { name, initializer } of callee.parameters) if (initializer) bind(name, of(initializer));
      if (!callee.body) continue;
      if (!ts.isBlock(callee.body)) put(ofMap(results, callee), of(callee.body));
      visit(callee.body);
    }
  } while (changed);
  return written;
}

/** What a map has for a key, which is nothing at first. */
function ofMap<K, V>(map: Map<K, Set<V>>, key: K): Set<V> {
  let found = map.get(key);
  if (!found) map.set(key, (found = new Set()));
  return found;
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

/** What each `return` of the function itself gives; an arrow's expression counts as one. */
export function returnsOf(node: Callee): readonly (ts.Expression | undefined)[] {
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

/** The items of an array that is written out. */
function itemsOf(node: ts.Expression): readonly ts.Expression[] | undefined {
  const list = skipOuter(node);
  return ts.isArrayLiteralExpression(list) && !list.elements.some(ts.isSpreadElement) ? list.elements : undefined;
}

const isRest = (element: ts.ArrayBindingElement): boolean =>
  !ts.isOmittedExpression(element) && element.dotDotDotToken !== undefined;

function functionAround(node: ts.Node): Callee | undefined {
  const found = ts.findAncestor(node, ts.isFunctionLike);
  return found &&
    (isFunctionWithBody(found) || ts.isConstructorDeclaration(found) || ts.isGetAccessorDeclaration(found))
    ? found
    : undefined;
}

/** The function, or the field with a value, whose own object `this` is. */
function ownerOf(node: ts.Node): ts.Node {
  return homeOfThis(node) ?? node.getSourceFile();
}

const isAssignment = (kind: ts.SyntaxKind): boolean =>
  kind >= ts.SyntaxKind.FirstAssignment && kind <= ts.SyntaxKind.LastAssignment;
