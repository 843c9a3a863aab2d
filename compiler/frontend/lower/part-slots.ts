/**
 * Variables that hold objects and tuples of functions and data, each part by itself: of a function that returns one here
 * and another one there.
 */
import { ts } from "ts-morph";
import type { Var } from "../../ir/types.ts";
import { nameFrom } from "../../ir/words.ts";
import type { Callee } from "./callees.ts";
import { isChangedSomewhere, isItemChanged } from "./changed-fields.ts";
import { memberOfKnown } from "./known-members.ts";
import { classOf } from "./members.ts";
import { isFromLibrary, skipOuter } from "./resolve.ts";
import { assignSlot, declareSlot, type FunctionSlot } from "./slots.ts";
import { emit, freshName, refuse, shortText, type Binding, type Body } from "./state.ts";
import { asData, holdsFunctions, isRefused, labelsOf, readType } from "./types.ts";
import { usesOf } from "./assigned.ts";
import { asOperand, fitTo, isFixed } from "./values.ts";
import { valueOfBinding } from "./variables.ts";

export interface PartSlot {
  readonly kind: "parts";
  readonly form: "object" | "list";
  readonly parts: ReadonlyMap<string, FunctionSlot | PartSlot | DataSlot>;
}

interface DataSlot {
  readonly kind: "data";
  readonly variable: Var;
  /** Whether something is assigned to it where the object goes. */
  readonly changes: boolean;
}

/** Declares the variables for what has a type; undefined where its parts do not show in that. */
export function declareParts(body: Body, at: ts.Node, type: ts.Type, text: string): PartSlot | undefined {
  const found = partsOf(body, type);
  if (!found) return undefined;
  const parts = new Map<string, FunctionSlot | PartSlot | DataSlot>();
  for (const { name, label, type: own, changes } of found) {
    const slot = declarePart(body, at, own, label ?? text, changes);
    if (!slot) return undefined;
    parts.set(name, slot);
  }
  return { kind: "parts", form: body.checker.isTupleType(type) ? "list" : "object", parts };
}

interface Part {
  readonly name: string;
  /** What a variable for it is called. */
  readonly label: string | undefined;
  readonly type: ts.Type;
  readonly changes: boolean;
}

function partsOf(body: Body, type: ts.Type): readonly Part[] | undefined {
  const { all, checker } = body;
  if (!holdsFunctions(all, type) || type.isUnion() || type.getCallSignatures().length > 0) return undefined;
  if (checker.isTupleType(type)) {
    const { target } = type as ts.TupleTypeReference;
    if (target.elementFlags.some((flag) => flag !== ts.ElementFlags.Required)) return undefined;
    const items = checker.getTypeArguments(type as ts.TypeReference);
    const changes = isItemChanged(body, type);
    const labels = labelsOf(type as ts.TypeReference);
    return items.map((item, i) => ({ name: String(i), label: labels[i], type: item, changes }));
  }
  const symbol = type.symbol as ts.Symbol | undefined;
  const isPlain = symbol !== undefined && !classOf(symbol) && !isFromLibrary(symbol) && !checker.isArrayType(type);
  if (!isPlain || checker.getIndexInfosOfType(type).length > 0) return undefined;
  const properties = type.getProperties();
  if (properties.some(({ flags }) => flags & ts.SymbolFlags.Accessor)) return undefined;
  return properties.map((property) => ({
    name: property.name,
    label: nameFrom(property.name),
    type: checker.getTypeOfSymbol(property),
    changes: isChangedSomewhere(body, type, property.name),
  }));
}

function declarePart(
  body: Body,
  at: ts.Node,
  type: ts.Type,
  text: string,
  changes: boolean,
): FunctionSlot | PartSlot | DataSlot | undefined {
  if (type.getCallSignatures().length > 0 && !type.isUnion()) return declareSlot(body, at, text, false);
  if (holdsFunctions(body.all, type)) return declareParts(body, at, type, text);
  const read = readType(body.all, type, "written");
  if (isRefused(read)) return undefined;
  const name = freshName(body, text);
  const data = asData(read);
  emit(body, { kind: "let", name, type: data, mutable: true });
  return { kind: "data", variable: { kind: "var", name, type: data }, changes };
}

/** Gives the variables what an expression stands for. */
export function assignHeld(body: Body, at: ts.Expression, slot: FunctionSlot | PartSlot, known: Binding): void {
  if (slot.kind === "parts") assignParts(body, at, slot, known);
  else assignSlot(body, at, slot, known);
}

function assignParts(body: Body, at: ts.Expression, slot: PartSlot, known: Binding): void {
  if (known.kind === "broken") return;
  const given = partsGiven(known);
  if (!given || (known.kind === "object" && (known.getters || known.asked || known.instance)))
    return void refuse(body, at, "TG1009", shortText(at));
  const parts = [...slot.parts].map(([name, part]) => {
    return { part, own: known.kind === "object" ? memberOfKnown(body, known, name) : given.get(name) };
  });
  const changes = parts.some(({ part, own }) => part.kind === "data" && own && !isFixed(body, own));
  if (changes && (!isLeftBehind(body, at) || [...given.values()].some(readsThis))) {
    const what = `${shortText(at)} as one of several, as its data changes where it goes by another name`;
    const hint = "Write out what is given, as in [pair[0], pair[1]] or { f: o.f, k: o.k }.";
    return void refuse(body, at, "TG1015", what, hint);
  }
  for (const { part, own } of parts) {
    if (!own) refuse(body, at, "TG1009", shortText(at));
    else if (part.kind !== "data") assignHeld(body, at, part, own);
    else {
      const { name, type } = part.variable;
      emit(body, { kind: "assign", name, value: asOperand(body, fitTo(body, valueOfBinding(own), type)) });
    }
  }
}

const partsGiven = (known: Binding): ReadonlyMap<string, Binding> | undefined =>
  known.kind === "object"
    ? known.fields
    : known.kind === "list"
      ? new Map(known.items.map((item, i) => [String(i), item]))
      : undefined;

/**
 * Whether an object that changes has no other name than that by which it is returned: then what it holds may move. It is
 * written out there, or a constant of this function that no function inside of it uses.
 */
function isLeftBehind({ checker }: Body, at: ts.Expression): boolean {
  const node = skipOuter(at);
  if (ts.isObjectLiteralExpression(node) || ts.isArrayLiteralExpression(node)) return true;
  const symbol = ts.isIdentifier(node) ? checker.getSymbolAtLocation(node) : undefined;
  const declaration = symbol?.valueDeclaration;
  const home = ts.findAncestor(node, ts.isFunctionLike);
  if (!symbol || !declaration || !ts.isVariableDeclaration(declaration) || !declaration.initializer || !home)
    return false;
  const made = skipOuter(declaration.initializer);
  if (!ts.isObjectLiteralExpression(made) && !ts.isArrayLiteralExpression(made)) return false;
  const isOwn = (use: ts.Node): boolean => ts.findAncestor(use, ts.isFunctionLike) === home;
  const isAlone = (use: ts.Identifier): boolean =>
    use === declaration.name || ts.isReturnStatement(use.parent) || (isPartOf(use) && isOwn(use));
  return isOwn(declaration) && usesOf(checker, symbol, home).every(isAlone);
}

/** A method finds its object by `this`. */
const readsThis = (part: Binding): boolean => part.kind === "function" && mayReadThis(part.callee);

function mayReadThis(callee: Callee): boolean {
  if (callee.kind === "choice") return mayReadThis(callee.yes) || mayReadThis(callee.no);
  return callee.kind === "slot" || (callee.kind === "closure" && ts.isMethodDeclaration(callee.node));
}

const isPartOf = (use: ts.Identifier): boolean =>
  (ts.isPropertyAccessExpression(use.parent) || ts.isElementAccessExpression(use.parent)) &&
  use.parent.expression === use;

/** What the variables hold. */
export function heldBy(part: FunctionSlot | PartSlot | DataSlot): Binding {
  switch (part.kind) {
    case "functions":
      return { kind: "function", callee: { kind: "slot", slot: part } };
    case "parts": {
      const held = [...part.parts].map(([name, own]) => [name, heldBy(own)] as const);
      return part.form === "list"
        ? { kind: "list", items: held.map(([, own]) => own) }
        : { kind: "object", fields: new Map(held) };
    }
    case "data":
      return { ...part.variable, mutable: part.changes };
  }
}
