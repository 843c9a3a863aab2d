/** What a call calls. */
import { upperFirst } from "../../ir/words.ts";
import { ts } from "ts-morph";
import type { Expr, Origin } from "../../ir/types.ts";
import type { GeneratedFunction } from "../context.ts";
import { genericWords } from "../generic-words.ts";
import { originOf } from "../positions.ts";
import { modes, type DerivedFunction, type Mode, type Wrt } from "../types.ts";
import { isModuleScope } from "./constants.ts";
import { entryOf, isFunctionNode, type FunctionNode } from "./entries.ts";
import { meaningsWritten, type Meanings } from "./generics.ts";
import { freshKey } from "./keys.ts";
import { isStaticMember, memberKey } from "./members.ts";
import { declarationOf, followed, isFromLibrary, isGlobal, skipOuter, tsgradName } from "./resolve.ts";
import { nothingAround, type Around, type Scope } from "./scope.ts";
import type { FunctionSlot } from "./slots.ts";
import { type Entry, type Lowering, report } from "./state.ts";
import { holdsFunctions, isMixed, takesFunctions } from "./types.ts";

export type Callee =
  | { readonly kind: "function"; readonly entry: Entry }
  /** A derivative: the key under which it is registered. */
  | { readonly kind: "derived"; readonly key: string }
  | { readonly kind: "tsgrad"; readonly name: string }
  | { readonly kind: "math"; readonly name: string }
  | { readonly kind: "global"; readonly name: string }
  /** Reported already. */
  | { readonly kind: "broken" }
  /** A function whose body goes where it is called: one made inside of a function, or one that takes or gives functions. */
  | Closure
  /** A generic function: what it is called with tells which one. */
  | { readonly kind: "generic"; readonly node: FunctionNode | ts.MethodDeclaration; readonly name: string }
  /** One of two functions: which one shows as the program runs. */
  | { readonly kind: "choice"; readonly test: Expr; readonly yes: Callee; readonly no: Callee }
  /** None: calling it throws. */
  | { readonly kind: "missing" }
  /** The function that a variable holds. */
  | { readonly kind: "slot"; readonly slot: FunctionSlot }
  | { readonly kind: "local" }
  | { readonly kind: "external" };

export interface Closure {
  readonly kind: "closure";
  readonly node: FunctionNode | ts.MethodDeclaration | ts.GetAccessorDeclaration;
  /** Where it was made; undefined for functions of module scope. */
  readonly scope: Scope | undefined;
  /** What it finds around it, where that is not what its scope has: of methods and of generic functions. */
  readonly around?: Around;
}

const transforms = new Set<string>(
  modes.filter((mode) => mode !== "vjpInto" && mode !== "batch" && mode !== "sparseJacobian"),
);

export const isTransform = (name: string): name is Mode => transforms.has(name);

/** Finds the function that an expression stands for. `user` is the function in which it stands. */
export function calleeOf(all: Lowering, user: Entry, expression: ts.Expression): Callee {
  const node = skipOuter(expression);
  if (ts.isCallExpression(node)) return transformed(all, user, node);
  if (ts.isExpressionWithTypeArguments(node)) {
    const callee = calleeOf(all, user, node.expression);
    return callee.kind === "generic" ? instance(all, user, callee, meaningsWritten(all, node, callee.node)) : callee;
  }
  if (ts.isPropertyAccessExpression(node) && isGlobal(all.checker, node.expression, "Math"))
    return { kind: "math", name: node.name.text };
  if (ts.isPropertyAccessExpression(node) && isGlobal(all.checker, node.expression, "Number"))
    return { kind: "global", name: `Number.${node.name.text}` };
  const intrinsic = tsgradName(all.checker, node);
  if (intrinsic !== undefined) return { kind: "tsgrad", name: intrinsic };
  if (ts.isIdentifier(node) && isGlobal(all.checker, node, node.text)) return { kind: "global", name: node.text };
  const name = ts.isPropertyAccessExpression(node) ? node.name : node;
  const symbol = ts.isIdentifier(name) ? all.checker.getSymbolAtLocation(name) : undefined;
  return symbol ? calleeOfSymbol(all, user, symbol, node) : { kind: "external" };
}

/** The function that a symbol stands for; `node` is where it is named. */
export function calleeOfSymbol(all: Lowering, user: Entry, direct: ts.Symbol, node: ts.Expression): Callee {
  const symbol = followed(all.checker, direct);
  const generated = all.context.resolveGenerated(direct) ?? all.context.resolveGenerated(symbol);
  if (generated) return generatedCallee(all, user, generated, node);
  const declaration = declarationOf(symbol);
  if (!declaration) return { kind: "external" };
  if (all.context.isVirtualGradModule(declaration.getSourceFile().fileName)) {
    report(all, user, node, "TG1025", node.getText());
    return { kind: "broken" };
  }
  if (ts.isFunctionDeclaration(declaration)) return declaredFunction(all, user, symbol, declaration);
  if (isFromLibrary(symbol)) return { kind: "external" };
  if (ts.isMethodDeclaration(declaration) && isStaticMember(declaration)) return staticMethod(all, user, symbol);
  if (ts.isBindingElement(declaration)) return destructuredMath(all, declaration);
  // export default (x: number) => x * x
  const exported = ts.isExportAssignment(declaration) ? skipOuter(declaration.expression) : undefined;
  if (exported) {
    if (isFunctionNode(exported)) return functionOf(all, user, exported, "default");
    return isNamed(exported) ? calleeOf(all, user, exported) : { kind: "external" };
  }
  if (!ts.isVariableDeclaration(declaration) || !declaration.initializer) return { kind: "local" };
  if (!isModuleScope(declaration) || !(declaration.parent.flags & ts.NodeFlags.Const)) return { kind: "local" };
  const value = skipOuter(declaration.initializer);
  if (isFunctionNode(value)) return functionOf(all, user, value, symbol.name);
  // const f = g; const sin = Math.sin; const dg = grad(g);
  return isNamed(value) ? calleeOf(all, user, value) : { kind: "external" };
}

/** Whether an expression names a function, or makes one of another. */
function isNamed(node: ts.Expression): boolean {
  return (
    ts.isIdentifier(node) ||
    ts.isPropertyAccessExpression(node) ||
    ts.isCallExpression(node) ||
    ts.isExpressionWithTypeArguments(node)
  );
}

function staticMethod(all: Lowering, user: Entry, symbol: ts.Symbol): Callee {
  const found = symbol.declarations?.filter(ts.isMethodDeclaration).find((method) => method.body !== undefined);
  if (!found || !ts.isClassDeclaration(found.parent)) return { kind: "external" };
  return functionOf(all, user, found, memberKey(found.parent, found));
}

function functionOf(all: Lowering, user: Entry, node: FunctionNode | ts.MethodDeclaration, name: string): Callee {
  if (node.typeParameters) return { kind: "generic", node, name };
  if (takesFunctions(all, node) || isMixed(all, node))
    return { kind: "closure", node, scope: undefined, around: nothingAround };
  return used(user, entryOf(all, node, ts.isMethodDeclaration(node) ? { name } : {}));
}

/** A generic function for given types. */
export function instance(
  all: Lowering,
  user: Entry,
  { node, name }: Extract<Callee, { kind: "generic" }>,
  types: Meanings,
): Callee {
  const around = { ...nothingAround, types };
  const isKnown = [...types.values()].some(({ type }) => type.isStringLiteral() || holdsFunctions(all, type));
  if (isKnown || takesFunctions({ ...all, types }, node)) return { kind: "closure", node, scope: undefined, around };
  return used(user, entryOf(all, node, { types, ...(ts.isMethodDeclaration(node) ? { name } : {}) }));
}

function used(user: Entry, entry: Entry): Callee {
  user.uses.add(entry);
  return { kind: "function", entry };
}

function declaredFunction(all: Lowering, user: Entry, symbol: ts.Symbol, declaration: ts.FunctionDeclaration): Callee {
  const declarations = (symbol.declarations ?? []).filter(ts.isFunctionDeclaration);
  const implementation = declarations.find((candidate) => candidate.body !== undefined);
  if (!implementation) return { kind: "external" };
  if (!ts.isSourceFile(declaration.parent) && !ts.isModuleBlock(declaration.parent)) return { kind: "local" };
  return functionOf(all, user, implementation, symbol.name);
}

/** `const { sin, cos } = Math;` */
function destructuredMath(all: Lowering, element: ts.BindingElement): Callee {
  const declaration = element.parent.parent;
  const source = ts.isVariableDeclaration(declaration) ? declaration.initializer : undefined;
  if (!source || !isGlobal(all.checker, source, "Math") || !ts.isIdentifier(element.name)) return { kind: "local" };
  const name = element.propertyName ? element.propertyName.getText() : element.name.text;
  return { kind: "math", name };
}

function generatedCallee(all: Lowering, user: Entry, generated: GeneratedFunction, node: ts.Expression): Callee {
  if (!isFunctionNode(generated.of)) {
    report(all, user, node, "TG1020", node.getText());
    return { kind: "broken" };
  }
  const entry = entryOf(all, generated.of);
  user.uses.add(entry);
  return { kind: "derived", key: derivedKey(all, { ...generated, of: entry.key }, originOf(node)) };
}

/** `grad(g)`, `jvp(g, { wrt: 0 })`, `grad(grad(g))`. */
function transformed(all: Lowering, user: Entry, node: ts.CallExpression): Callee {
  const transform = tsgradName(all.checker, node.expression);
  if (transform === undefined || !isTransform(transform)) return { kind: "external" };
  const [argument, options] = node.arguments;
  const of = argument && calleeOf(all, user, argument);
  if (argument && all.checker.getTypeAtLocation(argument).getCallSignatures().length > 1) {
    report(all, user, argument, "TG1010", argument.getText());
    return { kind: "broken" };
  }
  if (of?.kind === "broken") return of;
  if (of?.kind === "generic") {
    report(all, user, argument ?? node, "TG1011", ...genericWords(of.name));
    return { kind: "broken" };
  }
  if (of?.kind !== "function" && of?.kind !== "derived") {
    report(all, user, argument ?? node, "TG1020", transform);
    return { kind: "broken" };
  }
  const wrt = options && wrtOption(all, user, transform, options);
  const key = of.kind === "function" ? of.entry.key : of.key;
  return {
    kind: "derived",
    key: derivedKey(all, { of: key, mode: transform, ...(wrt ? { wrt } : {}) }, originOf(node)),
  };
}

function wrtOption(all: Lowering, user: Entry, transform: string, options: ts.Expression): readonly Wrt[] | undefined {
  const { wrt, unknown } = positionsIn(options);
  for (const node of unknown) report(all, user, node, "TG1021", node.getText(), transform);
  return wrt;
}

/** The positions of `{ wrt: 0 }` or `{ wrt: [2, 0] }`, in the order in which gradients come; and what says nothing to us. */
export function positionsIn(options: ts.Expression): {
  readonly wrt: readonly Wrt[] | undefined;
  readonly unknown: readonly ts.Node[];
} {
  const node = skipOuter(options);
  const wrt: Wrt[] = [];
  const take = (value: ts.Expression): boolean => {
    const inner = skipOuter(value);
    if (ts.isArrayLiteralExpression(inner)) return inner.elements.length > 0 && inner.elements.every(take);
    const index = ts.isNumericLiteral(inner) ? Number(inner.text) : undefined;
    if (index === undefined || wrt.some((place) => place.kind === "param" && place.index === index)) return false;
    wrt.push({ kind: "param", index });
    return true;
  };
  if (!ts.isObjectLiteralExpression(node)) return { wrt: undefined, unknown: [node] };
  const unknown = node.properties.filter((property) => {
    const isWrt = ts.isPropertyAssignment(property) && property.name.getText() === "wrt";
    return !(isWrt && take(property.initializer));
  });
  return { wrt: wrt.length > 0 ? wrt : undefined, unknown };
}

/** The key of a derivative, registered once. */
export function derivedKey(all: Lowering, wanted: Omit<DerivedFunction, "key" | "origin">, origin: Origin): string {
  const { derived } = all.context;
  const { of, mode, wrt, outputs } = wanted;
  const same = JSON.stringify([wrt, outputs]);
  for (const known of derived.values()) {
    if (known.of === of && known.mode === mode && JSON.stringify([known.wrt, known.outputs]) === same) return known.key;
  }
  const places = (wrt ?? [])
    .map((place) => (place.kind === "param" ? [place.index, ...(place.path ?? [])].join("") : place.name))
    .join("And");
  const name = of + upperFirst(mode) + (places === "" ? "" : `Wrt${places}`);
  const key = freshKey(all, name, origin.file);
  derived.set(key, { key, of, mode, ...(wrt ? { wrt } : {}), ...(outputs ? { outputs } : {}), origin });
  return key;
}
