/**
 * The user's types by name. Generated code imports them from where they are exported, or has a copy of their
 * declaration. In texts of types, each stands under its key among the module symbols.
 */
import { ts } from "ts-morph";
import { voidType } from "../../ir/build.ts";
import { freshKey } from "./keys.ts";
import { classOf, hasModifier } from "./members.ts";
import { followed, isExported, isGlobal, tsgradName } from "./resolve.ts";
import type { Lowering } from "./state.ts";

/** The key of a type that was declared under a name: an interface or a type alias without parameters. */
export function keyOfType(all: Lowering, type: ts.Type): string | undefined {
  if (type.aliasSymbol) return type.aliasTypeArguments ? undefined : keyOf(all, type.aliasSymbol);
  const { symbol } = type as { readonly symbol?: ts.Symbol };
  if (!symbol || !(symbol.flags & ts.SymbolFlags.Interface)) return undefined;
  if ((type as ts.InterfaceType).typeParameters || (type as ts.TypeReference).typeArguments) return undefined;
  return keyOf(all, symbol);
}

/** A written type as text that means the same in another file; undefined where there is none. */
export function portableText(all: Lowering, node: ts.TypeNode): string | undefined {
  return portableType(all, node)?.text;
}

/** The same, with the keys of the types that the text names. */
export function portableType(
  all: Lowering,
  node: ts.TypeNode,
): { readonly text: string; readonly uses: readonly string[] } | undefined {
  const uses = new Set<string>();
  const text = printer(all, node, uses).type(node);
  return text === undefined ? undefined : { text, uses: [...uses] };
}

type Declaration = ts.InterfaceDeclaration | ts.TypeAliasDeclaration | ts.EnumDeclaration;

/** The key of a type or a class of module scope, registering its declaration. */
function keyOf(all: Lowering, symbol: ts.Symbol): string | undefined {
  const owner = classOf(symbol);
  if (owner) return classKey(all, owner);
  if (all.typeKeys.has(symbol)) return all.typeKeys.get(symbol);
  const [declaration, second] = (symbol.declarations ?? []).filter(isDeclaration);
  if (!declaration || !ts.isSourceFile(declaration.parent)) return undefined;
  const file = declaration.getSourceFile();
  const name = declaration.name.text;
  if (file.isDeclarationFile || reserved.has(name)) return undefined;
  const before = all.typeKeys.size;
  const key = freshKey(all, name, file.fileName);
  all.typeKeys.set(symbol, key);
  const isDefault = ts.getModifiers(declaration)?.some((m) => m.kind === ts.SyntaxKind.DefaultKeyword) ?? false;
  const exported = !isDefault && isExported(all.checker, symbol, declaration, file);
  const uses = new Set<string>();
  const text = exported
    ? `type ${name}`
    : second
      ? undefined
      : printer(all, declaration, uses).declaration(declaration, key);
  if (text === undefined) {
    // Neither this one nor those that were found to use it.
    for (const [other, registered] of [...all.typeKeys].slice(before)) {
      if (registered !== undefined) all.context.symbols.delete(registered);
      all.typeKeys.delete(other);
    }
    all.typeKeys.set(symbol, undefined);
    return undefined;
  }
  uses.delete(key);
  all.context.symbols.set(key, {
    key,
    name,
    file: file.fileName,
    exported,
    text,
    uses: [...uses],
    type: voidType,
    isType: true,
  });
  return key;
}

/** The key of an enum; undefined where generated code can have no name for it. */
export function enumKey(all: Lowering, declaration: ts.EnumDeclaration): string | undefined {
  const symbol = all.checker.getSymbolAtLocation(declaration.name);
  return symbol && keyOf(all, symbol);
}

/** The key of a class that generated code can import; undefined where it cannot. */
export function classKey(all: Lowering, owner: ts.ClassDeclaration): string | undefined {
  const symbol = owner.name && all.checker.getSymbolAtLocation(owner.name);
  if (!symbol || !owner.name || reserved.has(owner.name.text)) return undefined;
  const name = owner.name.text;
  const file = owner.getSourceFile();
  if (!all.symbolKeys.has(symbol)) {
    const isDefault = hasModifier(owner, ts.SyntaxKind.DefaultKeyword);
    if (isDefault || !isExported(all.checker, symbol, owner, file)) return undefined;
    const key = freshKey(all, name, file.fileName);
    all.symbolKeys.set(symbol, key);
    const text = `class ${name}`;
    all.context.symbols.set(key, {
      key,
      name,
      file: file.fileName,
      exported: true,
      text,
      uses: [],
      type: voidType,
    });
  }
  return all.symbolKeys.get(symbol);
}

/** Names that mean something else in generated code already. */
const reserved = new Set(["Gradient", "Tangent", "Tensor", "int"]);

function isDeclaration(node: ts.Declaration): node is Declaration {
  return ts.isInterfaceDeclaration(node) || ts.isTypeAliasDeclaration(node) || ts.isEnumDeclaration(node);
}

interface Printer {
  readonly type: (node: ts.TypeNode) => string | undefined;
  readonly declaration: (node: Declaration, key: string) => string | undefined;
}

/** Prints types inside of `root` with the keys of the types that they name, which go to `uses`. */
function printer(all: Lowering, root: ts.Node, uses: Set<string>): Printer {
  const { checker } = all;

  const reference = (name: ts.EntityName | ts.Expression): string | undefined => {
    if (ts.isQualifiedName(name)) {
      const member = checker.getSymbolAtLocation(name.right);
      const owner = member && member.flags & ts.SymbolFlags.EnumMember ? reference(name.left) : undefined;
      return owner === undefined ? undefined : `${owner}.${name.right.text}`;
    }
    if (!ts.isIdentifier(name)) return undefined;
    const symbol = checker.getSymbolAtLocation(name);
    if (!symbol) return undefined;
    if (symbol.flags & ts.SymbolFlags.TypeParameter)
      return symbol.declarations?.every((d) => isInside(d, root)) === true ? name.text : undefined;
    const own = tsgradName(checker, name);
    if (own !== undefined) return reserved.has(own) ? own : undefined;
    if (isGlobal(checker, name, name.text)) return name.text;
    const key = keyOf(all, followed(checker, symbol));
    if (key !== undefined) uses.add(key);
    return key;
  };

  const list = (nodes: readonly ts.Node[], separator: string, print: (node: never) => string | undefined) => {
    const parts = nodes.map((node) => print(node as never));
    return parts.includes(undefined) ? undefined : parts.join(separator);
  };

  const withArguments = (name: string | undefined, given: readonly ts.TypeNode[] | undefined): string | undefined => {
    if (name === undefined || !given) return name;
    const args = list(given, ", ", type);
    return args === undefined ? undefined : `${name}<${args}>`;
  };

  const around = (before: string, inner: string | undefined, after: string): string | undefined =>
    inner === undefined ? undefined : before + inner + after;

  const member = (node: ts.TypeElement): string | undefined => {
    if (!ts.isPropertySignature(node) || !node.type) return undefined;
    if (ts.isComputedPropertyName(node.name)) return undefined;
    const readonly = node.modifiers ? "readonly " : "";
    return around(`${readonly}${node.name.getText()}${node.questionToken ? "?" : ""}: `, type(node.type), "");
  };

  const members = (nodes: readonly ts.TypeElement[]): string | undefined =>
    around("{ ", list(nodes, "; ", member), " }");

  const parameter = (node: ts.ParameterDeclaration): string | undefined => {
    if (!ts.isIdentifier(node.name) || !node.type) return undefined;
    const rest = node.dotDotDotToken ? "..." : "";
    return around(`${rest}${node.name.text}${node.questionToken ? "?" : ""}: `, type(node.type), "");
  };

  const typeParameter = (node: ts.TypeParameterDeclaration): string | undefined => {
    const limit = node.constraint ? around(" extends ", type(node.constraint), "") : "";
    const standard = node.default ? around(" = ", type(node.default), "") : "";
    return limit === undefined || standard === undefined ? undefined : node.name.text + limit + standard;
  };

  const operand = (node: ts.TypeNode): string | undefined => {
    const text = type(node);
    if (ts.isArrayTypeNode(node) || ts.isTupleTypeNode(node) || ts.isParenthesizedTypeNode(node)) return text;
    const isWhole = !ts.isUnionTypeNode(node) && !ts.isFunctionTypeNode(node) && !ts.isIntersectionTypeNode(node);
    // A name may stand for a union, which is written out.
    return isWhole && text?.includes(" | ") !== true ? text : around("(", text, ")");
  };

  /** What a type comes to that is told by a value, such as `keyof typeof table`: the literals, in one order. */
  const literals = (node: ts.TypeNode): string | undefined => {
    const found = checker.getTypeFromTypeNode(node);
    const parts = found.isUnion() ? found.types : [found];
    const texts = parts.map((part) =>
      part.isStringLiteral() || part.isNumberLiteral() ? JSON.stringify(part.value) : undefined,
    );
    return texts.includes(undefined) ? undefined : texts.toSorted().join(" | ");
  };

  const type = (node: ts.TypeNode): string | undefined => {
    if (plainKeywords.has(node.kind)) return node.getText();
    if (ts.isLiteralTypeNode(node)) return node.getText();
    if (ts.isTypeReferenceNode(node)) return withArguments(reference(node.typeName), node.typeArguments);
    if (ts.isParenthesizedTypeNode(node)) return around("(", type(node.type), ")");
    if (ts.isArrayTypeNode(node)) return around("", operand(node.elementType), "[]");
    if (ts.isTupleTypeNode(node)) return around("[", list(node.elements, ", ", type), "]");
    if (ts.isNamedTupleMember(node)) {
      const rest = node.dotDotDotToken ? "..." : "";
      return around(`${rest}${node.name.text}${node.questionToken ? "?" : ""}: `, type(node.type), "");
    }
    if (ts.isOptionalTypeNode(node)) return around("", operand(node.type), "?");
    if (ts.isTypeOperatorNode(node) && node.operator !== ts.SyntaxKind.UniqueKeyword)
      return around(`${ts.tokenToString(node.operator) ?? ""} `, operand(node.type), "") ?? literals(node);
    if (ts.isUnionTypeNode(node)) return list(node.types, " | ", operand);
    if (ts.isIntersectionTypeNode(node)) return list(node.types, " & ", operand);
    if (ts.isIndexedAccessTypeNode(node)) {
      const index = around("[", type(node.indexType), "]");
      return (index === undefined ? undefined : around("", operand(node.objectType), index)) ?? literals(node);
    }
    if (ts.isMappedTypeNode(node)) return mapped(node);
    if (ts.isTypeLiteralNode(node)) return members(node.members);
    if (ts.isFunctionTypeNode(node) && !node.typeParameters) {
      const params = around("(", list(node.parameters, ", ", parameter), ")");
      return params === undefined ? undefined : around(`${params} => `, type(node.type), "");
    }
    return undefined;
  };

  const mapped = (node: ts.MappedTypeNode): string | undefined => {
    const { constraint } = node.typeParameter;
    if (node.nameType || !constraint || !node.type) return undefined;
    const sign = (token: { readonly kind: ts.SyntaxKind } | undefined, word: string): string =>
      !token
        ? ""
        : token.kind === ts.SyntaxKind.MinusToken
          ? `-${word}`
          : token.kind === ts.SyntaxKind.PlusToken
            ? `+${word}`
            : word;
    const keys = around(
      `{ ${sign(node.readonlyToken, "readonly")} [${node.typeParameter.name.text} in `,
      type(constraint),
      "]",
    );
    return keys === undefined ? undefined : around(`${keys}${sign(node.questionToken, "?")}: `, type(node.type), " }");
  };

  const declaration = (node: Declaration, key: string): string | undefined => {
    if (ts.isEnumDeclaration(node)) return enumText(all, node, key);
    const given = node.typeParameters;
    const head = given ? around(`${key}<`, list(given, ", ", typeParameter), ">") : key;
    if (head === undefined) return undefined;
    if (ts.isTypeAliasDeclaration(node)) return around(`type ${head} = `, type(node.type), ";");
    const bases = node.heritageClauses?.flatMap((clause) => [...clause.types]) ?? [];
    const extended = list(bases, ", ", (base: ts.ExpressionWithTypeArguments) =>
      withArguments(reference(base.expression), base.typeArguments),
    );
    if (extended === undefined) return undefined;
    return around(`interface ${head} ${bases.length > 0 ? `extends ${extended} ` : ""}`, members(node.members), "");
  };

  return { type, declaration };
}

function enumText(all: Lowering, node: ts.EnumDeclaration, key: string): string | undefined {
  const members: string[] = [];
  for (const member of node.members) {
    const value = all.checker.getConstantValue(member);
    if (value === undefined) return undefined;
    members.push(`${member.name.getText()} = ${JSON.stringify(value)}`);
  }
  return `enum ${key} { ${members.join(", ")} }`;
}

function isInside(node: ts.Node, root: ts.Node): boolean {
  for (let at: ts.Node | undefined = node; at as ts.Node | undefined; at = at.parent) if (at === root) return true;
  return false;
}

const plainKeywords = new Set<ts.SyntaxKind>([
  ts.SyntaxKind.NumberKeyword,
  ts.SyntaxKind.BooleanKeyword,
  ts.SyntaxKind.StringKeyword,
  ts.SyntaxKind.UndefinedKeyword,
  ts.SyntaxKind.VoidKeyword,
  ts.SyntaxKind.BigIntKeyword,
  ts.SyntaxKind.UnknownKeyword,
  ts.SyntaxKind.NeverKeyword,
  ts.SyntaxKind.ObjectKeyword,
  ts.SyntaxKind.SymbolKeyword,
]);
