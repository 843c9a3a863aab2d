/** What a call calls. */
import { upperFirst } from "../../ir/words.ts";
import { ts } from "ts-morph";
import type { Expr, Origin } from "../../ir/types.ts";
import type { GeneratedFunction } from "../context.ts";
import { genericWords } from "../generic-words.ts";
import { originOf } from "../positions.ts";
import { modes, type DerivedFunction, type Mode, type Step, type Wrt } from "../types.ts";
import { isWithFunction } from "./closures.ts";
import { isModuleScope } from "./constants.ts";
import { entryOf, isFunctionNode, type FunctionNode } from "./entries.ts";
import { meaningsWritten, type Meanings } from "./generics.ts";
import { freshKey } from "./keys.ts";
import { isStaticMember, memberKey } from "./members.ts";
import { unusableElement, unusableMember } from "./outside.ts";
import { declarationOf, followed, isAmbient, isFromLibrary, isGlobal, skipOuter, tsgradName } from "./resolve.ts";
import { nothingAround, type Around, type Scope } from "./scope.ts";
import type { FunctionSlot } from "./slots.ts";
import { type Entry, type Lowering, report } from "./state.ts";
import { holdsFunctions, isMixed, isPairOfBoth, takesFunctions } from "./types.ts";

export type Callee =
  | { readonly kind: "function"; readonly entry: Entry }
  /** A derivative: the key under which it is registered. */
  | { readonly kind: "derived"; readonly key: string }
  /** A derivative of a function made inside of a function, which takes along what that captures. */
  | Derivative
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
  /** What has no source; `node` names it, where an alias of it is followed to what it stands for. */
  | { readonly kind: "external"; readonly node: ts.Expression };

export interface Closure {
  readonly kind: "closure";
  readonly node: FunctionNode | ts.MethodDeclaration | ts.GetAccessorDeclaration;
  /** Where it was made; undefined for functions of module scope. */
  readonly scope: Scope | undefined;
  /** What it finds around it, where that is not what its scope has: of methods and of generic functions. */
  readonly around?: Around;
}

export interface Derivative {
  readonly kind: "derivative";
  readonly of: Callee;
  readonly steps: readonly Step[];
  /** The last of the transforms. */
  readonly node: ts.CallExpression;
}

/** The transforms that code calls, by their names. */
const transforms: ReadonlyMap<string, Mode> = new Map<string, Mode>([
  ...modes
    .filter((mode) => mode !== "vjpInto" && mode !== "batch" && mode !== "sparseJacobian")
    .map((mode) => [mode, mode] as const),
  ["vmap", "batch"],
]);

export const transformNames = [...transforms.keys()];

/** The mode that a transform stands for; undefined of other names. */
export const transformMode = (name: string): Mode | undefined => transforms.get(name);

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
  const refused = ts.isPropertyAccessExpression(node) ? unusableMember(all.checker, node) : undefined;
  if (refused !== undefined) return { kind: "global", name: refused };
  const intrinsic = tsgradName(all.checker, node);
  if (intrinsic !== undefined) return { kind: "tsgrad", name: intrinsic };
  if (ts.isIdentifier(node) && isGlobal(all.checker, node, node.text)) return { kind: "global", name: node.text };
  const name = ts.isPropertyAccessExpression(node) ? node.name : node;
  const symbol = ts.isIdentifier(name) ? all.checker.getSymbolAtLocation(name) : undefined;
  return symbol ? calleeOfSymbol(all, user, symbol, node) : { kind: "external", node };
}

/** The function that a symbol stands for; `node` is where it is named. */
export function calleeOfSymbol(all: Lowering, user: Entry, direct: ts.Symbol, node: ts.Expression): Callee {
  const symbol = followed(all.checker, direct);
  const generated = all.context.resolveGenerated(direct) ?? all.context.resolveGenerated(symbol);
  if (generated) return generatedCallee(all, user, generated, node);
  const declaration = declarationOf(symbol);
  if (!declaration) return { kind: "external", node };
  if (all.context.isVirtualGradModule(declaration.getSourceFile().fileName)) {
    report(all, user, node, "TG1025", node.getText());
    return { kind: "broken" };
  }
  if (ts.isFunctionDeclaration(declaration)) return declaredFunction(all, user, symbol, declaration, node);
  if (isFromLibrary(symbol)) return { kind: "external", node };
  if (ts.isMethodDeclaration(declaration) && isStaticMember(declaration)) return staticMethod(all, user, symbol, node);
  if (ts.isBindingElement(declaration)) return destructuredGlobal(all, declaration);
  // export default (x: number) => x * x
  const exported = ts.isExportAssignment(declaration) ? skipOuter(declaration.expression) : undefined;
  if (exported) {
    if (isFunctionNode(exported)) return functionOf(all, user, exported, "default");
    return isNamed(exported) ? calleeOf(all, user, exported) : { kind: "external", node };
  }
  // declare const erf: (x: number) => number
  if (ts.isVariableDeclaration(declaration) && isAmbient(declaration)) return { kind: "external", node };
  if (!ts.isVariableDeclaration(declaration) || !declaration.initializer) return { kind: "local" };
  if (!isModuleScope(declaration) || !(declaration.parent.flags & ts.NodeFlags.Const)) return { kind: "local" };
  const value = skipOuter(declaration.initializer);
  if (isFunctionNode(value)) return functionOf(all, user, value, symbol.name);
  // const f = g; const sin = Math.sin; const dg = grad(g);
  return isNamed(value) ? calleeOf(all, user, value) : { kind: "external", node };
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

function staticMethod(all: Lowering, user: Entry, symbol: ts.Symbol, node: ts.Expression): Callee {
  const found = symbol.declarations?.filter(ts.isMethodDeclaration).find((method) => method.body !== undefined);
  if (!found || !ts.isClassDeclaration(found.parent)) return { kind: "external", node };
  return functionOf(all, user, found, memberKey(found.parent, found));
}

function functionOf(all: Lowering, user: Entry, node: FunctionNode | ts.MethodDeclaration, name: string): Callee {
  if (node.typeParameters) return { kind: "generic", node, name };
  const isValue = user.signature !== undefined && isWithFunction(user.signature.result) && givesPair(all, node);
  if ((!isValue && takesFunctions(all, node)) || isMixed(all, node))
    return { kind: "closure", node, scope: undefined, around: nothingAround };
  return used(user, entryOf(all, node, ts.isMethodDeclaration(node) ? { name } : {}));
}

/** Whether a function gives values beside functions, as a hand-written rule does, to which that is a value. */
function givesPair(all: Lowering, node: ts.SignatureDeclaration): boolean {
  const signature = all.checker.getSignatureFromDeclaration(node);
  return signature !== undefined && isPairOfBoth(all, signature.getReturnType());
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

function declaredFunction(
  all: Lowering,
  user: Entry,
  symbol: ts.Symbol,
  declaration: ts.FunctionDeclaration,
  node: ts.Expression,
): Callee {
  const declarations = (symbol.declarations ?? []).filter(ts.isFunctionDeclaration);
  const implementation = declarations.find((candidate) => candidate.body !== undefined);
  if (!implementation) return { kind: "external", node };
  if (!ts.isSourceFile(declaration.parent) && !ts.isModuleBlock(declaration.parent)) return { kind: "local" };
  return functionOf(all, user, implementation, symbol.name);
}

/** `const { sin, cos } = Math;` */
function destructuredGlobal(all: Lowering, element: ts.BindingElement): Callee {
  const refused = unusableElement(all.checker, element);
  if (refused !== undefined) return { kind: "global", name: refused };
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
  const origin = originOf(node);
  const key = generated.steps.reduce((of, step) => derivedKey(all, { of, ...step }, origin), entry.key);
  return { kind: "derived", key };
}

/** `grad(g)`, `jvp(g, { wrt: 0 })`, `grad(grad(g))`. */
function transformed(all: Lowering, user: Entry, node: ts.CallExpression): Callee {
  const transform = tsgradName(all.checker, node.expression);
  const mode = transform === undefined ? undefined : transformMode(transform);
  if (transform === undefined || mode === undefined) return { kind: "external", node };
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
  const key = of.kind === "function" ? of.entry.key : of.key;
  return {
    kind: "derived",
    key: derivedKey(all, { of: key, ...stepOf(all, user, transform, mode, options) }, originOf(node)),
  };
}

/** What a transform does, with its options. */
export function stepOf(
  all: Lowering,
  user: Entry,
  transform: string,
  mode: Mode,
  options: ts.Expression | undefined,
): Step {
  if (!options) return { mode };
  const { wrt, unknown } = placesIn(options, transform);
  for (const node of unknown) report(all, user, node, "TG1021", node.getText(), transform, optionsOf(transform));
  return { mode, ...(wrt ? { wrt } : {}) };
}

/** How the options of a transform are written. */
export const optionsOf = (transform: string): string =>
  transform === "vmap"
    ? "{ inAxes: [0, null] }: 0 for each parameter with an axis in front, null for the others"
    : "{ wrt: 0 } or { wrt: [0, 2] } with literal positions";

interface PlacesRead {
  readonly wrt: readonly Wrt[] | undefined;
  /** What says nothing to us. */
  readonly unknown: readonly ts.Node[];
}

/** The parameters that the options of a transform select. */
export function placesIn(options: ts.Expression, transform: string): PlacesRead {
  const node = skipOuter(options);
  if (!ts.isObjectLiteralExpression(node)) return { wrt: undefined, unknown: [node] };
  const [name, read] = transform === "vmap" ? ["inAxes", axesIn] : ["wrt", positionsIn];
  const places: Wrt[] = [];
  const unknown = node.properties.filter((property) => {
    const value = ts.isPropertyAssignment(property) && property.name.getText() === name && property.initializer;
    const found = value ? read(value) : undefined;
    for (const index of found ?? []) places.push({ kind: "param", index });
    return found === undefined;
  });
  return { wrt: places.length > 0 ? places : undefined, unknown };
}

/** The positions of `0` or `[2, 0]`, in the order in which gradients come. */
function positionsIn(value: ts.Expression): readonly number[] | undefined {
  const inner = skipOuter(value);
  const items = ts.isArrayLiteralExpression(inner) ? inner.elements.map(skipOuter) : [inner];
  const positions = items.flatMap((item) => (ts.isNumericLiteral(item) ? [Number(item.text)] : []));
  const isGood = positions.length === items.length && new Set(positions).size === items.length && items.length > 0;
  return isGood ? positions : undefined;
}

/** The places of the zeros in `[0, null, 0]`. */
function axesIn(value: ts.Expression): readonly number[] | undefined {
  const inner = skipOuter(value);
  if (!ts.isArrayLiteralExpression(inner)) return undefined;
  const items = inner.elements.map(skipOuter);
  const isZero = (item: ts.Expression): boolean => ts.isNumericLiteral(item) && Number(item.text) === 0;
  if (!items.some(isZero) || !items.every((item) => isZero(item) || item.kind === ts.SyntaxKind.NullKeyword))
    return undefined;
  return items.flatMap((item, index) => (isZero(item) ? [index] : []));
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
