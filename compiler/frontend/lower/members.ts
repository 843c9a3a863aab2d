/** The parts of a class, read off its syntax. */
import { isTensorClass } from "../types-of.ts";
import { lowerFirst, nameFrom, upperFirst } from "../../ir/words.ts";
import { ts } from "ts-morph";
import { realParameters } from "../annotations.ts";
import { isAmbient, skipOuter } from "./resolve.ts";
import type { EntryNode } from "./state.ts";

/** Whether an entry makes an object rather than being called on one. */
export function isMaker(node: EntryNode): node is ts.ConstructorDeclaration | ts.ClassDeclaration {
  return ts.isConstructorDeclaration(node) || ts.isClassDeclaration(node);
}

/** The parameters of a function; of a class, those of the constructor that it inherits. */
export function parametersOf(checker: ts.TypeChecker, node: EntryNode): readonly ts.ParameterDeclaration[] {
  if (!ts.isClassDeclaration(node)) return realParameters(node);
  const base = baseOf(checker, node);
  return base ? parametersOf(checker, constructorOf(base) ?? base) : [];
}

/** A field of an interface, or one that a class leaves to those that extend it: classes may compute it. */
export function isOpenField(property: ts.Symbol | undefined): boolean {
  const declaration = property?.valueDeclaration;
  if (declaration === undefined) return false;
  return ts.isPropertySignature(declaration) || hasModifier(declaration, ts.SyntaxKind.AbstractKeyword);
}

export function constructorOf(owner: ts.ClassDeclaration): ts.ConstructorDeclaration | undefined {
  return owner.members.find((member) => ts.isConstructorDeclaration(member) && member.body !== undefined) as
    ts.ConstructorDeclaration | undefined;
}

/** What a class extends, as it is written. */
export function extendedBy(owner: ts.ClassLikeDeclaration): ts.Expression | undefined {
  const clause = owner.heritageClauses?.find((each) => each.token === ts.SyntaxKind.ExtendsKeyword);
  return clause?.types[0]?.expression;
}

/** The class that a class extends, where it is declared in TypeScript. */
export function baseOf(checker: ts.TypeChecker, owner: ts.ClassLikeDeclaration): ts.ClassDeclaration | undefined {
  const expression = extendedBy(owner);
  const symbol = expression && checker.getSymbolAtLocation(expression);
  return symbol && classOf(symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol);
}

/** The declaration of a class in the user's own sources. */
export function classOf(symbol: ts.Symbol | undefined): ts.ClassDeclaration | undefined {
  // Tensors are values of the language itself.
  if (symbol !== undefined && isTensorClass(symbol)) return undefined;
  const declaration = symbol?.declarations?.find(ts.isClassDeclaration);
  // `declare class` says nothing of what its constructor and its methods do.
  return declaration && !isAmbient(declaration) ? declaration : undefined;
}

export function hasModifier(node: ts.Node, kind: ts.SyntaxKind): boolean {
  return ts.canHaveModifiers(node) && (ts.getModifiers(node)?.some((modifier) => modifier.kind === kind) ?? false);
}

export const isStaticMember = (node: ts.Node): boolean => hasModifier(node, ts.SyntaxKind.StaticKeyword);

/** `private` and `protected`: generated code reads these between brackets. */
export const isHiddenMember = (node: ts.Node): boolean =>
  hasModifier(node, ts.SyntaxKind.PrivateKeyword) || hasModifier(node, ts.SyntaxKind.ProtectedKeyword);

export function isParameterProperty(node: ts.ParameterDeclaration): boolean {
  return ts.isParameterPropertyDeclaration(node, node.parent);
}

/** What the body knows a parameter as: a parameter property is a field too, which goes by another symbol. */
export function parameterSymbol(checker: ts.TypeChecker, node: ts.ParameterDeclaration): ts.Symbol | undefined {
  if (isParameterProperty(node) && ts.isIdentifier(node.name))
    return checker.getSymbolsOfParameterPropertyDeclaration(node, node.name.text)[0];
  return checker.getSymbolAtLocation(node.name);
}

/** The fields that a class itself declares in its body, without static ones. */
export function declaredFields(owner: ts.ClassDeclaration): readonly ts.PropertyDeclaration[] {
  return owner.members.filter(
    (member): member is ts.PropertyDeclaration => ts.isPropertyDeclaration(member) && !isStaticMember(member),
  );
}

/** Whether an instance can be made of the values of its fields: its class is known from top to bottom. */
export function isMakeable(checker: ts.TypeChecker, owner: ts.ClassDeclaration): boolean {
  if (owner.typeParameters || hasModifier(owner, ts.SyntaxKind.AbstractKeyword)) return false;
  for (let each: ts.ClassDeclaration | undefined = owner; each; each = baseOf(checker, each))
    if (extendedBy(each) && !baseOf(checker, each)) return false;
  return true;
}

/**
 * The field that each parameter of the constructor gives, if the constructor does nothing but keep its parameters:
 * then an instance can be made by it. Else undefined.
 */
export function keptParameters(checker: ts.TypeChecker, owner: ts.ClassDeclaration): readonly string[] | undefined {
  const own = constructorOf(owner);
  const base = baseOf(checker, owner);
  if (!base && extendedBy(owner)) return undefined;
  if (declaredFields(owner).some((field) => field.initializer)) return undefined;
  if (!own) return base ? keptParameters(checker, base) : [];
  const kept = new Map<string, string>();
  for (const parameter of own.parameters) {
    if (!ts.isIdentifier(parameter.name) || parameter.dotDotDotToken) return undefined;
    if (isParameterProperty(parameter)) kept.set(parameter.name.text, parameter.name.text);
  }
  for (const statement of own.body?.statements ?? []) {
    const pairs = base ? superPairs(checker, base, statement) : undefined;
    const pair = keptBy(statement);
    for (const [parameter, field] of pairs ?? (pair ? [pair] : [])) {
      if (kept.has(parameter)) return undefined;
      kept.set(parameter, field);
    }
    if (!pairs && !pair) return undefined;
  }
  const fields = own.parameters.map((parameter) => kept.get(parameter.name.getText()));
  const known = fields.filter((field) => field !== undefined);
  return known.length === fields.length && kept.size === fields.length && new Set(known).size === fields.length
    ? known
    : undefined;
}

/** `this.x = x` */
function keptBy(statement: ts.Statement): readonly [parameter: string, field: string] | undefined {
  const assignment = ts.isExpressionStatement(statement) ? statement.expression : undefined;
  if (!assignment || !ts.isBinaryExpression(assignment)) return undefined;
  const { left, right, operatorToken } = assignment;
  if (operatorToken.kind !== ts.SyntaxKind.EqualsToken || !ts.isIdentifier(right)) return undefined;
  if (!ts.isPropertyAccessExpression(left) || left.expression.kind !== ts.SyntaxKind.ThisKeyword) return undefined;
  return [right.text, left.name.text];
}

/** `super(x, y)` */
function superPairs(
  checker: ts.TypeChecker,
  base: ts.ClassDeclaration,
  statement: ts.Statement,
): readonly (readonly [parameter: string, field: string])[] | undefined {
  const call = ts.isExpressionStatement(statement) ? statement.expression : undefined;
  if (!call || !ts.isCallExpression(call) || call.expression.kind !== ts.SyntaxKind.SuperKeyword) return undefined;
  const fields = keptParameters(checker, base);
  if (fields?.length !== call.arguments.length) return undefined;
  const names = call.arguments.map((argument) => (ts.isIdentifier(argument) ? argument.text : undefined));
  const known = names.filter((name) => name !== undefined);
  return known.length === names.length ? known.map((name, i) => [name, fields[i]!] as const) : undefined;
}

/** The name of a method among the functions of the program: `norm` of `Vec3` is `vec3Norm`. */
export function memberKey(owner: ts.ClassDeclaration, member: ts.Node): string {
  const className = owner.name?.text ?? "default";
  if (ts.isConstructorDeclaration(member) || member === owner) return `make${className}`;
  const own = (ts.isClassElement(member) ? member.name?.getText() : undefined) ?? "member";
  const name = ts.isSetAccessor(member) ? `set${upperFirst(own)}` : own;
  return lowerFirst(className) + upperFirst(nameFrom(name));
}

/** The objects that an expression makes, one or another; undefined where it may give anything else. */
export function madeIn(expression: ts.Expression): readonly ts.NewExpression[] | undefined {
  const node = skipOuter(expression);
  if (ts.isNewExpression(node)) return [node];
  if (!ts.isConditionalExpression(node)) return undefined;
  const [yes, no] = [madeIn(node.whenTrue), madeIn(node.whenFalse)];
  return yes && no && [...yes, ...no];
}

/** The objects that a function makes in order to return one of them; undefined where it may return anything else. */
export function madeBy({
  body,
}: ts.SignatureDeclaration & { readonly body?: ts.Node | undefined }): readonly ts.NewExpression[] | undefined {
  if (!body) return undefined;
  if (!ts.isBlock(body)) return madeIn(body as ts.Expression);
  const made: ts.NewExpression[] = [];
  const isFine = (node: ts.Node): boolean => {
    if (ts.isFunctionLike(node) || ts.isClassLike(node)) return true;
    if (ts.isReturnStatement(node)) {
      const own = node.expression && madeIn(node.expression);
      made.push(...(own ?? []));
      return own !== undefined;
    }
    return ts.forEachChild(node, (child) => (isFine(child) ? undefined : true)) === undefined;
  };
  return isFine(body) && made.length > 0 ? made : undefined;
}

/** Whether a class is another one, or extends it, however far. */
export function isA(checker: ts.TypeChecker, owner: ts.ClassDeclaration, asked: ts.ClassDeclaration): boolean {
  for (let each: ts.ClassDeclaration | undefined = owner; each; each = baseOf(checker, each))
    if (each === asked) return true;
  return false;
}
