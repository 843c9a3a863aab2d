/** What modules hold: constants and variables of module scope as the IR names them, and their texts for the generated file. */
import { ts } from "ts-morph";
import { bool, isReference, num, numberType, sameType, voidType } from "../../ir/build.ts";
import { nullValue } from "../../ir/presence.ts";
import type { Expr, Type } from "../../ir/types.ts";
import { evaluate, isConst, isModuleConst, type ModuleVariable } from "./constants.ts";
import { copiedText } from "./copied-constants.ts";
import { changesReceiver } from "../array-memory.ts";
import { freshKey } from "./keys.ts";
import { hasModifier } from "./members.ts";
import { isOnlyRead, isOnlyReadIn } from "./only-read.ts";
import { declarationOf, isExported, isFromLibrary, moduleSymbolOf, skipOuter } from "./resolve.ts";
import { ofModule, report, withoutSource, type Entry, type Lowering } from "./state.ts";
import { readOnlyList } from "../../ir/read-only.ts";
import { asData, isRefused, readType, typeFor } from "./types.ts";
import { isMember, rowOf } from "./unions.ts";

/** A default value that can be written down anywhere: a literal, or a constant of module scope. */
export function constantExpr(all: Lowering, entry: Entry, expression: ts.Expression): Expr | undefined {
  const node = skipOuter(expression);
  if (ts.isIdentifier(node) || ts.isPropertyAccessExpression(node)) {
    const symbol = moduleSymbolOf(all.checker, node);
    const declaration = symbol && declarationOf(symbol);
    if (symbol && declaration && isModuleConst(declaration))
      return moduleConstant(all, entry, symbol, declaration, node);
  }
  if (node.kind === ts.SyntaxKind.NullKeyword) return nullValue;
  const value = evaluate(all, node);
  if (typeof value === "number") return num(value);
  if (typeof value === "boolean") return bool(value);
  return typeof value === "string" ? { kind: "literal", value, type: { kind: "string" } } : undefined;
}

/** The IR of what a module holds, registering its text. */
export function moduleConstant(
  all: Lowering,
  entry: Entry | undefined,
  symbol: ts.Symbol,
  declaration: ModuleVariable,
  use: ts.Node,
): Expr | undefined {
  const type = constantType(all, entry, declaration, use);
  if (!type) return undefined;
  const key = registerConstant(all, entry, symbol, declaration, type, use);
  if (key === undefined) return undefined;
  const asItems = isTupleOnlyRead(all, declaration, use) ? { asItems: true as const } : {};
  if (!isConst(declaration) || (isReference(type) && !isFixed(all, key, declaration)))
    return { kind: "constant", name: key, type, mayChange: type.kind === "maybe" ? "optional" : "present", ...asItems };
  const value = declaration.initializer ? evaluate(all, declaration.initializer) : undefined;
  return { kind: "constant", name: key, type, ...(typeof value === "number" ? { value } : {}), ...asItems };
}

/** Whether a constant is a tuple that is never written into, neither in its own file nor in that which uses it. */
function isTupleOnlyRead({ checker }: Lowering, declaration: ModuleVariable, use: ts.Node): boolean {
  if (!isConst(declaration) || !checker.isTupleType(checker.getTypeAtLocation(declaration.name))) return false;
  const file = use.getSourceFile();
  const named = declaration.getSourceFile() === file ? undefined : checker.getSymbolAtLocation(use);
  return isOnlyRead(checker, declaration) && (!named || isOnlyReadIn(checker, named, file));
}

/** Whether nothing changes what a constant holds: its copy in the generated file, or what is read-only and stays so. */
function isFixed({ checker, context }: Lowering, key: string, declaration: ModuleVariable): boolean {
  const [root = key] = key.split(".");
  if (context.symbols.get(root)?.exported !== true) return true;
  return isFrozen(declaration) && isOnlyRead(checker, declaration);
}

/** `as const`. */
function isFrozen({ initializer }: ts.VariableDeclaration): boolean {
  return initializer !== undefined && ts.isAsExpression(initializer) && ts.isConstTypeReference(initializer.type);
}

/** Tuples of one kind inside of a table that is `as const`, as the arrays that they are read like. */
function withArrays(type: Type): Type {
  switch (type.kind) {
    case "maybe":
      return { ...type, type: withArrays(type.type) };
    case "list":
      return { ...type, element: withArrays(type.element) };
    case "record": {
      const fields = type.fields.map((field) => ({ ...field, type: withArrays(field.type) }));
      const [first] = fields;
      if (type.isTuple && first && fields.every((field) => sameType(field.type, first.type)))
        return readOnlyList(first.type);
      return { ...type, fields };
    }
    default:
      return type;
  }
}

function constantType(
  all: Lowering,
  entry: Entry | undefined,
  declaration: ts.VariableDeclaration,
  use: ts.Node,
): Type | undefined {
  const type = declaration.type
    ? all.checker.getTypeFromTypeNode(declaration.type)
    : all.checker.getTypeAtLocation(declaration.name);
  // A tuple of one kind, such as [1, 2, 3] as const, is read like an array.
  const read = readType(all, type, declaration.type ? "written" : "inferred");
  if (!isRefused(read) && read.kind === "tuple") {
    const [first = numberType] = read.items;
    if (read.items.every((item) => sameType(asData(item), asData(first))))
      return { kind: "list", element: isFrozen(declaration) ? withArrays(asData(first)) : asData(first) };
    const rows = read.items.map(withArrays).filter(isMember);
    const row = isFrozen(declaration) && rows.length === read.items.length ? rowOf(rows) : undefined;
    if (row) return readOnlyList(row);
  }
  const known = typeFor(all, entry, type, {
    node: use,
    what: declaration.name.getText(),
    source: declaration.type ? "written" : "inferred",
  });
  return known && isFrozen(declaration) ? withArrays(known) : known;
}

export const notSimple = "its value is not simple enough to copy into the generated file";

/** Registers the text of a constant for the generated file; gives its key. */
export function registerConstant(
  all: Lowering,
  entry: Entry | undefined,
  symbol: ts.Symbol,
  declaration: ModuleVariable,
  type: Type,
  use: ts.Node,
): string | undefined {
  const known = all.symbolKeys.get(symbol);
  if (known !== undefined) return known;
  const file = declaration.getSourceFile();
  const statement = declaration.parent.parent;
  const name = declaration.name.text;
  if (file.isDeclarationFile) {
    report(all, entry, use, "TG1004", name, withoutSource);
    return undefined;
  }
  const inNamespace = namespaceMember(all, statement);
  if (inNamespace !== undefined) {
    const key = `${inNamespace}.${name}`;
    all.symbolKeys.set(symbol, key);
    return key;
  }
  const exported = isExported(all.checker, symbol, statement, file);
  if (!exported && !isConst(declaration)) {
    report(all, entry, use, "TG1006", name, ...ofModule);
    return undefined;
  }
  const copied = exported
    ? undefined
    : copiedText(all, declaration, (used, own, at) => moduleConstant(all, entry, used, own, at));
  const problem = exported
    ? undefined
    : copied === undefined
      ? notSimple
      : !isOnlyRead(all.checker, declaration)
        ? "what it holds may change, which a copy in the generated file would not show"
        : undefined;
  if (problem !== undefined) {
    if (isChangedBy(all, use)) report(all, entry, use, "TG1007", name);
    else report(all, entry, use, "TG1016", name, problem, "Export it.");
    return undefined;
  }
  const key = freshKey(all, name, file.fileName);
  all.symbolKeys.set(symbol, key);
  const { text = `const ${declaration.getText(file)};`, uses = [] } = copied ?? {};
  all.context.symbols.set(key, { key, name, file: file.fileName, exported, text, uses, type });
  return key;
}

/** Whether a method of the library is called that changes it: being exported would be no help. */
function isChangedBy({ checker }: Lowering, use: ts.Node): boolean {
  const { parent } = use;
  if (!ts.isPropertyAccessExpression(parent) || parent.expression !== use) return false;
  const method = checker.getSymbolAtLocation(parent.name);
  if (!method || !isFromLibrary(method)) return false;
  const { text } = parent.name;
  return ts.isCallExpression(parent.parent) && (changesReceiver(text) || /^(?:add|set|delete|clear)$/.test(text));
}

/** What generated code calls an exported namespace, whose exported statement this is; undefined for other statements. */
function namespaceMember(all: Lowering, statement: ts.Node): string | undefined {
  if (!ts.isModuleBlock(statement.parent) || !hasModifier(statement, ts.SyntaxKind.ExportKeyword)) return undefined;
  const declared = statement.parent.parent;
  if (!ts.isIdentifier(declared.name)) return undefined;
  const outer = namespaceMember(all, declared);
  if (outer !== undefined) return `${outer}.${declared.name.text}`;
  const symbol = all.checker.getSymbolAtLocation(declared.name);
  const file = declared.getSourceFile();
  if (!symbol || !ts.isSourceFile(declared.parent) || !isExported(all.checker, symbol, declared, file))
    return undefined;
  const known = all.symbolKeys.get(symbol);
  if (known !== undefined) return known;
  const name = declared.name.text;
  const key = freshKey(all, name, file.fileName);
  all.symbolKeys.set(symbol, key);
  all.context.symbols.set(key, {
    key,
    name,
    file: file.fileName,
    exported: true,
    text: `namespace ${name}`,
    uses: [],
    type: voidType,
  });
  return key;
}
