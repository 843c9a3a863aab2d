/** Which fields names in syntax stand for, where types say so. */
import { ts } from "ts-morph";
import { anyElement } from "../ir/memory.ts";

type Access = ts.PropertyAccessExpression | ts.ElementAccessExpression;

export interface FieldNames {
  /** The fields that a name may stand for: `[key]` may be one of several, or any. */
  readonly keysOf: (name: ts.PropertyName | ts.BindingName) => readonly string[];
  /** The fields that `p.x`, `p["x"]` and `p[key]` may mean. */
  readonly accessKeys: (node: Access) => readonly string[];
  /** Which fields of what an object literal spreads it may keep: not what it surely gives anew, nor what the type lacks. */
  readonly keptOf: (node: ts.ObjectLiteralExpression, spread: ts.SpreadAssignment) => (key: string) => boolean;
}

export function createFieldNames(checker: ts.TypeChecker): FieldNames {
  /** The texts that an expression may be; numbers are places of elements. */
  function textsOf(node: ts.Expression): readonly string[] {
    const own = checker.getTypeAtLocation(node);
    const type = checker.getBaseConstraintOfType(own) ?? own;
    const parts = type.isUnion() ? type.types : [type];
    return parts.every((part) => part.isStringLiteral()) ? parts.map((part) => part.value) : [anyElement];
  }

  function keysOf(name: ts.PropertyName | ts.BindingName): readonly string[] {
    if (ts.isIdentifier(name) || ts.isStringLiteralLike(name) || ts.isPrivateIdentifier(name)) return [name.text];
    return ts.isComputedPropertyName(name) ? textsOf(name.expression) : [anyElement];
  }

  const accessKeys = (node: Access): readonly string[] =>
    ts.isPropertyAccessExpression(node) ? [node.name.text] : textsOf(node.argumentExpression);

  function replacedIn(node: ts.ObjectLiteralExpression, spread: ts.SpreadAssignment): ReadonlySet<string> {
    const later = node.properties.slice(node.properties.indexOf(spread) + 1);
    return new Set(
      later.flatMap((property) => {
        if (!ts.isSpreadAssignment(property)) {
          const keys = keysOf(property.name);
          return keys.length === 1 ? keys : [];
        }
        const fields = checker.getTypeAtLocation(property.expression).getProperties();
        return fields.filter(({ flags }) => (flags & ts.SymbolFlags.Optional) === 0).map(({ name }) => name);
      }),
    );
  }

  function keptOf(node: ts.ObjectLiteralExpression, spread: ts.SpreadAssignment): (key: string) => boolean {
    const replaced = replacedIn(node, spread);
    const type = checker.getTypeAtLocation(spread.expression);
    const members = type.isUnion() ? type.types : [type];
    // One member of a union lacks what others have.
    const mayHave = (key: string): boolean =>
      members.some((member) => !(member.flags & ts.TypeFlags.Object) || member.getProperty(key) || isIndexed(member));
    return (key) => !replaced.has(key) && (key === anyElement || mayHave(key));
  }

  const isIndexed = (type: ts.Type): boolean => checker.getIndexInfosOfType(type).length > 0;

  return { keysOf, accessKeys, keptOf };
}
