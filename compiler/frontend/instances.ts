/** Instances of classes that come into an annotated function and leave it: what generated code can name and make. */
import { ts } from "ts-morph";
import { makeReport } from "../diagnostics/make.ts";
import type { Report } from "../diagnostics/report.ts";
import { hasSelf, realParameters, type Annotation } from "./annotations.ts";
import { defaultWrt, type Signature } from "./generated-types.ts";
import { classOf, hasModifier, isHiddenMember, isMakeable } from "./lower/members.ts";
import { isPassive, isTensorType, shapeOf } from "./types-of.ts";

/** Reports private fields that a gradient would show, and classes that the generated file can do nothing with. */
export function checkInstances(
  checker: ts.TypeChecker,
  annotation: Annotation,
  signature: Signature,
  report: (r: Report) => void,
): void {
  const { node, name, origin } = annotation;
  const types = realParameters(node).map((parameter) => checker.getTypeAtLocation(parameter));
  if (hasSelf(node)) types.unshift(checker.getTypeAtLocation(node.parent));
  const words = annotation.wrt?.map((word) => word.text);
  const wrt = words ? [] : defaultWrt(signature);
  signature.inputs.forEach((input, index) => {
    const type = types[index];
    if (!type || !(words?.includes(input.name) ?? wrt.includes(index))) return;
    const leftOut = new Set(words ? [] : input.unwritten.without.map((path) => path.at(-1)));
    const hidden = partsOf(checker, type)
      .flatMap((part) => hiddenFields(checker, part, node))
      .find((each) => !leftOut.has(each));
    if (hidden !== undefined) report(makeReport("TG2026", origin, [input.name, hidden]));
  });
  const say = (owner: ts.ClassDeclaration, what: string, hint: string): void => {
    report(makeReport("TG2027", origin, [owner.name?.text ?? "default", name, what, hint]));
  };
  for (const type of types)
    for (const part of partsOf(checker, type)) {
      const owner = classOf(part.symbol);
      const hidden = part
        .getProperties()
        .some((each) => each.valueDeclaration && isHiddenMember(each.valueDeclaration));
      if (owner && hidden && !isNamed(checker, owner)) say(owner, "name it", "Export the class by its name.");
    }
  for (const type of leaving(checker, node, types, signature)) {
    for (const part of partsOf(checker, type)) {
      const owner = classOf(part.symbol);
      if (!owner) continue;
      if (!isNamed(checker, owner)) say(owner, "name it", "Export the class by its name.");
      else if (!isMakeable(checker, owner)) say(owner, "make one of its fields", makeHint);
    }
  }
}

const makeHint =
  "Return an object of a class that is not abstract, has no type parameters and extends classes of the project only, or one without a class.";

/** The types of what is made in the function and goes to the caller. */
function leaving(
  checker: ts.TypeChecker,
  node: Annotation["node"],
  types: readonly ts.Type[],
  signature: Signature,
): readonly ts.Type[] {
  const own = checker.getSignatureFromDeclaration(node);
  const result = own && signature.outputs.some((output) => output.name === "return") ? [own.getReturnType()] : [];
  // What is in a parameter that is written may have been exchanged for something new.
  const inside = signature.inputs.flatMap((input, index) => {
    const type = input.written ? types[index] : undefined;
    return type ? partsOf(checker, type).filter((part) => part !== type) : [];
  });
  return [...result, ...inside];
}

/** A type and those of its elements and fields. */
function partsOf(checker: ts.TypeChecker, type: ts.Type, seen = new Set<ts.Type>()): readonly ts.Type[] {
  if (seen.has(type)) return [];
  seen.add(type);
  if (isTensorType(type)) return [type];
  const inner = (other: ts.Type): readonly ts.Type[] => partsOf(checker, other, seen);
  if (type.isUnion()) return type.types.flatMap(inner);
  if (type.isTypeParameter() && type.symbol.flags & ts.SymbolFlags.Class)
    return inner(checker.getDeclaredTypeOfSymbol(type.symbol));
  if (!(type.flags & ts.TypeFlags.Object) || !type.symbol) return [type];
  if (checker.isTupleType(type) || checker.isArrayType(type))
    return [type, ...checker.getTypeArguments(type as ts.TypeReference).flatMap(inner)];
  if (type.symbol.declarations?.every((declaration) => declaration.getSourceFile().isDeclarationFile)) return [type];
  return [
    type,
    ...type
      .getProperties()
      .filter(isData)
      .flatMap((each) => inner(checker.getTypeOfSymbol(each))),
  ];
}

const isData = ({ flags }: ts.Symbol): boolean => !(flags & (ts.SymbolFlags.Method | ts.SymbolFlags.Accessor));

/** The private fields that carry a derivative. */
function hiddenFields(checker: ts.TypeChecker, type: ts.Type, at: ts.Node): readonly string[] {
  return type.getProperties().flatMap((each) => {
    const declaration = each.valueDeclaration;
    if (!declaration || !isData(each) || !isHiddenMember(declaration)) return [];
    return isPassive(shapeOf(checker, checker.getTypeOfSymbol(each), at)) ? [] : [each.name];
  });
}

function isNamed(checker: ts.TypeChecker, owner: ts.ClassDeclaration): boolean {
  const module = checker.getSymbolAtLocation(owner.getSourceFile());
  const symbol = owner.name && checker.getSymbolAtLocation(owner.name);
  if (!module || !symbol || hasModifier(owner, ts.SyntaxKind.DefaultKeyword)) return false;
  return checker.getExportsOfModule(module).some((other) => {
    const target = other.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(other) : other;
    return other.name === owner.name?.text && (target === symbol || target === checker.getExportSymbolOfSymbol(symbol));
  });
}
