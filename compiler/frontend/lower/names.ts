/** What a name in an expression means. */
import { ts } from "ts-morph";
import { at, fieldAt, fieldName, fieldOf, int, num, numberType } from "../../ir/build.ts";
import { presentType } from "../../ir/presence.ts";
import type { Expr } from "../../ir/types.ts";
import { isModuleVariable, isModuleScope, type ModuleVariable } from "./constants.ts";
import { constantExpr, moduleConstant } from "./module-constants.ts";
import { isOnlyRead } from "./only-read.ts";
import { outsideConstant } from "./externals.ts";
import { isOpen } from "./open-objects.ts";
import { mathConstant } from "./operators.ts";
import { declarationOf, followed, isFromLibrary, isGlobal, moduleSymbolOf, tsgradName } from "./resolve.ts";
import { absent, broken, ofModule, refuse, shortText, type Binding, type Body } from "./state.ts";
import { takenApart } from "./taken-apart.ts";
import { isRefused, readType } from "./types.ts";

/** The value of an identifier, or of a constant in an imported namespace. `known`: what it means, where its place does not tell. */
export function readName(
  body: Body,
  node: ts.Identifier | ts.PropertyAccessExpression,
  known = body.checker.getSymbolAtLocation(ts.isIdentifier(node) ? node : node.name),
): Expr {
  if (ts.isIdentifier(node)) {
    if (isGlobal(body.checker, node, "undefined")) return absent;
    if (isGlobal(body.checker, node, "NaN")) return num(NaN);
    if (isGlobal(body.checker, node, "Infinity")) return num(Infinity);
  }
  const symbol = known && followed(body.checker, known);
  if (!symbol) return refuse(body, node, "TG1001", shortText(node), "Declare it with its type.");
  const binding = body.bindings.get(symbol);
  if (binding) return readBinding(body, binding, node);
  return readOuter(body, node, symbol);
}

export function readBinding(body: Body, binding: Binding, node: ts.Expression): Expr {
  switch (binding.kind) {
    case "broken":
      return broken;
    case "function":
    case "object":
    case "list":
      return refuse(body, node, "TG1009", shortText(node));
    case "value": {
      const value = isAbsent(binding.value) ? absentAt(body, node) : binding.value;
      return value.type.kind === "maybe" && isPresent(body, node) ? { ...value, type: value.type.type } : value;
    }
    case "tuple":
      return { kind: "tuple", items: binding.items.map((item) => readBinding(body, item, node)), type: binding.type };
    case "var": {
      const { name, type } = binding;
      return { kind: "var", name, type: type.kind === "maybe" && isPresent(body, node) ? presentType(type) : type };
    }
  }
}

const isAbsent = ({ kind, type }: Expr): boolean => kind === "literal" && type.kind === "void";

/** A field that an object was made without. */
function absentAt(body: Body, node: ts.Expression): Expr {
  const symbol = body.checker.getSymbolAtLocation(ts.isPropertyAccessExpression(node) ? node.name : node);
  return symbol ? absentOf(body, body.checker.getTypeOfSymbol(symbol)) : absent;
}

/** undefined in the place of what might have been there: its type says how it is read behind a test that never holds. */
export function absentOf(body: Body, declared: ts.Type): Expr {
  const type = readType(body.all, declared, "context");
  return type.kind === "maybe" ? { ...absent, type } : absent;
}

/** Whether TypeScript knows at this place that the value is there. */
export function isPresent(body: Body, node: ts.Expression): boolean {
  const own = body.checker.getTypeAtLocation(node);
  // TypeScript takes the place for one that is never reached: behind `o.k = undefined; if (o.k !== undefined)`.
  if (own.flags & ts.TypeFlags.Never) return true;
  const type = readType(body.all, own, "context");
  return !isRefused(type) && type.kind !== "maybe" && type.kind !== "void";
}

function readOuter(body: Body, node: ts.Identifier | ts.PropertyAccessExpression, symbol: ts.Symbol): Expr {
  const text = shortText(node);
  const declaration = declarationOf(symbol);
  if (tsgradName(body.checker, node) !== undefined) return refuse(body, node, "TG1009", text);
  if (!declaration && text === "arguments") return refuse(body, node, "TG1001", text, "Use a rest parameter.");
  if (!declaration) return refuse(body, node, "TG1006", text, ...ofModule);
  if (isFromLibrary(symbol)) return outsideConstant(body, node) ?? refuse(body, node, "TG1006", text, ...ofOutside);
  if (ts.isFunctionLike(declaration) || isFunctionConst(declaration)) return refuse(body, node, "TG1009", text);
  if (ts.isBindingElement(declaration)) {
    const known = destructuredConstant(body, declaration) ?? partOfConstant(body, declaration);
    if (known) return known;
    if (isModuleScope(patternOf(declaration))) return refuse(body, node, "TG1006", text, ...ofPattern);
  }
  if (isModuleVariable(declaration)) {
    const held = moduleConstant(body.all, body.entry, symbol, declaration, node);
    if (held === undefined) return brokenOf(body);
    return held.type.kind === "maybe" && isPresent(body, node) ? { ...held, type: held.type.type } : held;
  }
  if (ts.isVariableDeclaration(declaration) && isModuleScope(declaration))
    return refuse(body, node, "TG1006", text, ...ofModule);
  if (ts.isVariableDeclaration(declaration) || ts.isParameter(declaration) || ts.isBindingElement(declaration)) {
    return refuse(body, node, "TG1023", text);
  }
  const hint = ts.isSourceFile(declaration)
    ? "Take out what is needed of the file outside and pass it as a parameter, or write it as a constant of a module."
    : "Only numbers, arrays and functions are used in differentiated code.";
  return refuse(body, node, "TG1001", text, hint);
}

const ofOutside: readonly [string, string] = [
  "only declared where tsgrad sees it",
  "Pass what is needed of it as a parameter, or write it in TypeScript within the project.",
];

/** `const { PI } = Math;` */
function destructuredConstant(body: Body, element: ts.BindingElement): Expr | undefined {
  if (!ts.isIdentifier(element.name) || !isPatternOfMath(body.checker, element.parent.parent)) return undefined;
  const name = element.propertyName ? element.propertyName.getText() : element.name.text;
  const value = mathConstant(name);
  return value === undefined ? undefined : { kind: "constant", name: `Math.${name}`, value, type: numberType };
}

/** A part of a constant, or of what the pattern takes apart. */
function partOfConstant(body: Body, element: ts.BindingElement): Expr | undefined {
  const taken = takenApart(element);
  const owner = taken && moduleSymbolOf(body.checker, taken.source);
  const declared = owner && declarationOf(owner);
  if (!taken || (declared && isModuleVariable(declared) && !staysAsItWas(body.checker, declared))) return undefined;
  let part = constantExpr(body.all, body.entry, taken.source);
  for (const name of taken.path) {
    if (!part) return undefined;
    const isField = part.type.kind === "record" && fieldOf(part.type, fieldName(name)) !== undefined;
    if (part.type.kind === "list") part = at(part, int(Number(name)));
    else part = isField ? fieldAt(part, name) : undefined;
  }
  return part;
}

/** What is taken out of a constant is what was there as the module was loaded. */
const staysAsItWas = (checker: ts.TypeChecker, declaration: ModuleVariable): boolean =>
  isOnlyRead(checker, declaration) && !isOpen(checker, declaration);

function patternOf(element: ts.BindingElement): ts.Node {
  let node: ts.Node = element;
  while (ts.isBindingElement(node)) node = node.parent.parent;
  return node;
}

const ofPattern: readonly [string, string] = [
  "a part of something at module scope that tsgrad does not follow",
  "Give it a declaration of its own, as in const dt = settings.dt, or take it apart inside of the function.",
];

/** `const { … } = Math` */
export function isPatternOfMath(checker: ts.TypeChecker, node: ts.Node): boolean {
  if (!ts.isVariableDeclaration(node) || !ts.isObjectBindingPattern(node.name) || !node.initializer) return false;
  return isGlobal(checker, node.initializer, "Math") && (node.parent.flags & ts.NodeFlags.Const) !== 0;
}

function brokenOf(body: Body): Expr {
  body.entry.failed = true;
  return broken;
}

function isFunctionConst(node: ts.Node): boolean {
  return ts.isVariableDeclaration(node) && node.initializer !== undefined && ts.isFunctionLike(node.initializer);
}
