/** Names of tsgrad in a source: as they are imported there, or with the edits that import them. */
import { ts } from "ts-morph";
import { insert, newlineOf, type Source } from "./edits.ts";
import type { Edit } from "./messages.ts";

export interface Imported {
  /** What the name is in the source. */
  readonly name: string;
  readonly edits: readonly Edit[];
}

/** `int` or `stopGradient` of tsgrad; undefined where the source calls something else so. */
export function importOf(source: Source, name: string, isType: boolean): Imported | undefined {
  const ours = source.parsed.statements.filter(ts.isImportDeclaration).filter(isFromTsgrad);
  for (const { importClause } of ours) {
    const bindings = importClause?.namedBindings;
    if (bindings === undefined || (isTypeOnly(importClause) && !isType)) continue;
    if (ts.isNamespaceImport(bindings)) return { name: `${bindings.name.text}.${name}`, edits: [] };
    const known = bindings.elements.find((each) => (each.propertyName ?? each.name).text === name);
    if (known && (isType || !known.isTypeOnly)) return { name: known.name.text, edits: [] };
  }
  if (declares(source.parsed, name)) return undefined;
  for (const { importClause } of ours) {
    const bindings = importClause?.namedBindings;
    if (bindings === undefined || !ts.isNamedImports(bindings) || (isTypeOnly(importClause) && !isType)) continue;
    const last = bindings.elements.at(-1);
    if (last === undefined) continue;
    const word = isType && !isTypeOnly(importClause) ? `type ${name}` : name;
    return { name, edits: [insert(source, last.end, `, ${word}`)] };
  }
  return { name, edits: [newImport(source, name, isType)] };
}

const isTypeOnly = (clause: ts.ImportClause | undefined): boolean =>
  clause?.phaseModifier === ts.SyntaxKind.TypeKeyword;

const isFromTsgrad = ({ moduleSpecifier }: ts.ImportDeclaration): boolean =>
  ts.isStringLiteral(moduleSpecifier) && moduleSpecifier.text === "tsgrad";

/** Whether a name means something of the source's own anywhere in it. */
function declares(file: ts.SourceFile, name: string): boolean {
  const visit = (node: ts.Node): boolean =>
    (isDeclaration(node) && node.name !== undefined && ts.isIdentifier(node.name) && node.name.text === name) ||
    (ts.forEachChild(node, (child) => visit(child) || undefined) ?? false);
  return visit(file);
}

const isDeclaration = (node: ts.Node): node is ts.Node & { readonly name?: ts.Node } =>
  ts.isVariableDeclaration(node) ||
  ts.isParameter(node) ||
  ts.isBindingElement(node) ||
  ts.isFunctionDeclaration(node) ||
  ts.isTypeAliasDeclaration(node) ||
  ts.isInterfaceDeclaration(node) ||
  ts.isClassDeclaration(node) ||
  ts.isImportSpecifier(node) ||
  ts.isTypeParameterDeclaration(node);

/** A line of its own, written as the other imports are; behind what has to stand at the very beginning. */
function newImport(source: Source, name: string, isType: boolean): Edit {
  const { parsed, text } = source;
  const other = parsed.statements.find(ts.isImportDeclaration);
  const quote = other?.moduleSpecifier.getText(parsed).startsWith("'") === true ? "'" : '"';
  const end = other && !other.getText(parsed).endsWith(";") ? "" : ";";
  const line = `import ${isType ? "type " : ""}{ ${name} } from ${quote}tsgrad${quote}${end}${newlineOf(text)}`;
  if (other) return insert(source, other.getStart(parsed), line);
  const shebang = /^#!.*\r?\n/.exec(text)?.[0] ?? "";
  return insert(source, shebang.length, line + newlineOf(text));
}
