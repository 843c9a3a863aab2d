/** The texts of constants of module scope that are not exported: copies for the generated file. */
import { ts } from "ts-morph";
import type { Expr } from "../../ir/types.ts";
import { computedName, isModuleConst, type ModuleVariable } from "./constants.ts";
import { declarationOf, followed, isFreeze, isGlobal, moduleSymbolOf } from "./resolve.ts";
import type { Lowering } from "./state.ts";
import { portableType } from "./type-names.ts";
import { isRefused, isTypedArrayName, readType } from "./types.ts";

/** Text in the place of a node. */
interface Change {
  readonly node: ts.Node;
  readonly text: string;
}

export interface CopiedText {
  readonly text: string;
  /** The keys of the constants and types that the text names. */
  readonly uses: readonly string[];
}

/** Registers a constant that another one names. */
type ConstantOf = (symbol: ts.Symbol, declaration: ModuleVariable, use: ts.Node) => Expr | undefined;

/** A declaration whose initialiser means the same in another file; undefined where it does not. */
export function copiedText(
  all: Lowering,
  declaration: ts.VariableDeclaration,
  constantOf: ConstantOf,
): CopiedText | undefined {
  const uses = new Set<string>();
  const changes: Change[] = [];
  const { initializer, type } = declaration;
  const isWhole = [type, initializer].every((node) => node === undefined || copy(node));
  if (!initializer || !isWhole) return undefined;
  return { text: `const ${changed(declaration, changes)};`, uses: [...uses] };

  function copy(node: ts.Node): boolean {
    if (ts.isTypeNode(node)) return copyType(node);
    if (ts.isIdentifier(node)) return copyName(node);
    if (ts.isPropertyAccessExpression(node)) return copyMember(node);
    if (ts.isComputedPropertyName(node)) {
      // Of an enum, or a constant.
      const value = computedName(all, node);
      if (value !== undefined) changes.push({ node, text: JSON.stringify(value) });
      return value !== undefined && !(typeof value === "number" && value < 0);
    }
    if (ts.isPropertyAssignment(node))
      return (!ts.isComputedPropertyName(node.name) || copy(node.name)) && copy(node.initializer);
    if (ts.isShorthandPropertyAssignment(node)) {
      const symbol = all.checker.getShorthandAssignmentValueSymbol(node);
      const key = symbol && constantKey(followed(all.checker, symbol), node.name);
      if (key !== undefined) changes.push({ node, text: `${node.name.text}: ${node.name.text}` });
      return key !== undefined;
    }
    if (ts.isFunctionLike(node) || ts.isAwaitExpression(node)) return false;
    if (ts.isCallExpression(node) && !isPureGlobalCall(all, node)) return false;
    if (ts.isNewExpression(node) && !isCopyableNew(all, node)) return false;
    return ts.forEachChild(node, (child) => (copy(child) ? undefined : true)) === undefined;
  }

  function copyType(node: ts.TypeNode): boolean {
    if (ts.isTypeReferenceNode(node) && ts.isConstTypeReference(node)) return true;
    const portable = portableType(all, node);
    if (portable === undefined) return false;
    for (const key of portable.uses) uses.add(key);
    if (portable.uses.length > 0) changes.push({ node, text: portable.text });
    return true;
  }

  function copyName(node: ts.Identifier): boolean {
    if (node.text === "undefined" || isGlobal(all.checker, node, node.text)) return true;
    const symbol = moduleSymbolOf(all.checker, node);
    return symbol !== undefined && constantKey(symbol, node) !== undefined;
  }

  function copyMember(node: ts.PropertyAccessExpression): boolean {
    const member = all.checker.getSymbolAtLocation(node.name)?.valueDeclaration;
    if (!member || !ts.isEnumMember(member)) {
      const symbol = moduleSymbolOf(all.checker, node);
      const key = symbol && constantKey(symbol, node.name);
      if (key !== undefined) changes.push({ node, text: key });
      return key !== undefined || copy(node.expression);
    }
    const value = all.checker.getConstantValue(member);
    if (value !== undefined) changes.push({ node, text: JSON.stringify(value) });
    return value !== undefined;
  }

  function constantKey(symbol: ts.Symbol, node: ts.MemberName): string | undefined {
    const used = declarationOf(symbol);
    if (!used || !isModuleConst(used)) return undefined;
    if (isRefused(readType(all, all.checker.getTypeOfSymbolAtLocation(symbol, node), "inferred"))) return undefined;
    const constant = constantOf(symbol, used, node);
    if (constant?.kind !== "constant") return undefined;
    uses.add(constant.name.replace(/\..*/, ""));
    return constant.name;
  }
}

/** The text of a node with some of those within replaced. */
function changed(node: ts.Node, changes: readonly Change[]): string {
  const file = node.getSourceFile();
  const start = node.getStart(file);
  const inOrder = [...changes].sort((a, b) => b.node.getStart(file) - a.node.getStart(file));
  return inOrder.reduce(
    (text, change) =>
      text.slice(0, change.node.getStart(file) - start) + change.text + text.slice(change.node.getEnd() - start),
    node.getText(file),
  );
}

/** A typed array, a Map or a Set. */
function isCopyableNew({ checker }: Lowering, node: ts.NewExpression): boolean {
  if (!ts.isIdentifier(node.expression)) return false;
  const { text } = node.expression;
  if (isTypedArrayName(text)) return true;
  return (text === "Map" || text === "Set") && isGlobal(checker, node.expression, text);
}

function isPureGlobalCall(all: Lowering, node: ts.CallExpression): boolean {
  const callee = node.expression;
  if (isFreeze(node)) return true;
  if (!ts.isPropertyAccessExpression(callee) || !ts.isIdentifier(callee.expression)) return false;
  const owner = callee.expression;
  if (!isGlobal(all.checker, owner, owner.text)) return false;
  return owner.text === "Math" ? callee.name.text !== "random" : isTypedArrayName(owner.text) || owner.text === "Array";
}
