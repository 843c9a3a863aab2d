/**
 * Functions that a module makes as it is loaded: `const f = makeF(2)`, `const model = new Model((x) => x * x)`. What
 * makes them runs again where a function that uses them starts. That gives the same, as long as it does nothing but
 * compute and what it makes remembers nothing from call to call.
 */
import { ts } from "ts-morph";
import { voidType } from "../../ir/build.ts";
import { originOf } from "../positions.ts";
import { transformMode } from "./callees.ts";
import { isModuleVariable, type ModuleVariable } from "./constants.ts";
import { isOnlyRead } from "./only-read.ts";
import { isOpen } from "./open-objects.ts";
import { quoteOf } from "./quote.ts";
import { remembers } from "./remembering.ts";
import { declarationOf, followed, isFromLibrary, skipOuter, symbolOf, tsgradName } from "./resolve.ts";
import { nothingAround, Scope } from "./scope.ts";
import { inBlock, refuse, type Binding, type Body } from "./state.ts";
import { holdsFunctions } from "./types.ts";

/** Undefined where the module makes no such thing. `use` is where it is named. */
export function madeInModule(body: Body, declaration: ModuleVariable, use: ts.Node): Binding | undefined {
  const node = declaration.initializer && skipOuter(declaration.initializer);
  if (!node || !(ts.isCallExpression(node) || ts.isNewExpression(node) || ts.isConditionalExpression(node)))
    return undefined;
  const type = body.checker.getTypeAtLocation(node);
  if (!holdsFunctions(body.all, type)) return undefined;
  const transform = ts.isCallExpression(node) ? tsgradName(body.checker, node.expression) : undefined;
  if (transform !== undefined && transformMode(transform)) return undefined;
  const { made } = body.entry;
  const earlier = made.bindings.get(node);
  if (earlier) return earlier;
  const known = making(body, declaration, node, use);
  if (known) made.bindings.set(node, known);
  return known;
}

function making(body: Body, declaration: ModuleVariable, node: ts.Expression, use: ts.Node): Binding | undefined {
  const scope = new Scope(node, undefined, nothingAround);
  const inner = body.inlined(scope, voidType, { node, scope: undefined, functions: [] });
  inner.place = { quote: quoteOf(declaration.parent.parent), origin: originOf(declaration) };
  let known: Binding | undefined;
  const block = inBlock(inner, () => {
    known = inner.known(node);
  });
  if (!known || known.kind === "broken") return known;
  const problem = !computesOnly(body.checker, node)
    ? "made as the module is loaded, of what may be something else later"
    : remembers(body, known)
      ? "made as the module is loaded, and changes what it keeps for its next call"
      : !isKept(body.checker, declaration)
        ? "made as the module is loaded, and its fields may change later"
        : undefined;
  if (problem !== undefined) {
    refuse(body, use, "TG1006", declaration.name.text, problem, "Make it inside of the function that calls it.");
    return { kind: "broken" };
  }
  body.entry.made.block.push(...block);
  return known;
}

/** Whether nothing is put into an object of functions from outside. */
function isKept(checker: ts.TypeChecker, declaration: ModuleVariable): boolean {
  const type = checker.getTypeAtLocation(declaration.name);
  if (type.getCallSignatures().length > 0) return true;
  return isOnlyRead(checker, declaration) && !isOpen(checker, declaration);
}

/** Of the platform: what gives the same for the same, and does nothing else. */
const platform = new Set(
  "Math Number String Boolean Array Object Map Set Error RangeError TypeError Infinity NaN undefined isNaN isFinite".split(
    " ",
  ),
);

/** Whether an expression, with all that it calls, reads nothing that changes and has no effects. */
function computesOnly(checker: ts.TypeChecker, expression: ts.Expression): boolean {
  const seen = new Set<ts.Node>();
  const visit = (node: ts.Node): boolean => {
    if (seen.has(node) || ts.isTypeNode(node)) return true;
    seen.add(node);
    if (ts.isIdentifier(node) && !isFine(node)) return false;
    return ts.forEachChild(node, (child) => (visit(child) ? undefined : true)) === undefined;
  };
  const isFine = (name: ts.Identifier): boolean => {
    const direct = symbolOf(checker, name);
    const symbol = direct && followed(checker, direct);
    const isMember = ts.isPropertyAccessExpression(name.parent) && name.parent.name === name;
    if (!symbol || isFromLibrary(symbol)) return isMember ? name.text !== "random" : isOfPlatform(name.text);
    const declaration = declarationOf(symbol);
    if (!declaration || ts.isSourceFile(declaration)) return true;
    if (isModuleVariable(declaration)) {
      const isConstant = (declaration.parent.flags & ts.NodeFlags.Const) !== 0;
      const isFunction = checker.getTypeAtLocation(declaration.name).getCallSignatures().length > 0;
      return isConstant && (isFunction || isOnlyRead(checker, declaration)) && visit(declaration);
    }
    return ts.isFunctionLike(declaration) || ts.isClassLike(declaration) ? visit(declaration) : true;
  };
  return visit(expression);
}

const isOfPlatform = (name: string): boolean => platform.has(name) || /Array$/.test(name);
