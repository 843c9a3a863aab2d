/**
 * Fields of objects that hold functions, to which something is assigned somewhere: each is a variable. All others are what
 * they are given as the object is made.
 */
import { ts } from "ts-morph";
import { maybe } from "../../ir/presence.ts";
import { nameFrom } from "../../ir/words.ts";
import { homeOfThis } from "../annotations.ts";
import { fieldsAssigned, isOfThis, itemsAssigned } from "./assigned.ts";
import { absent, emit, type Binding, type Body } from "./state.ts";
import { asData, holdsFunctions, isRefused, labelsOf, readType } from "./types.ts";
import { asOperand, fitTo } from "./values.ts";
import { valueOfBinding } from "./variables.ts";

/**
 * Whether any text assigns to a field of an object of a type. By another type that it goes by this is only asked of the file
 * that is compiled: where else it is done so, it is refused.
 */
export function isChangedSomewhere({ all, checker, entry }: Body, type: ts.Type, name: string): boolean {
  const field = checker.getPropertyOfType(type, name)?.valueDeclaration;
  const own = entry.node.getSourceFile();
  const isMeant = (target: ts.PropertyAccessExpression): boolean => {
    // What a class does with its own fields is for itself to say.
    if (isOfThis(target) && ts.isClassLike(homeOfThis(target)?.parent ?? target)) return false;
    if (field && checker.getSymbolAtLocation(target.name)?.valueDeclaration === field) return true;
    if (target.getSourceFile() !== own) return false;
    const owner = checker.getTypeAtLocation(target.expression);
    return holdsFunctions(all, owner) && checker.isTypeAssignableTo(type, owner);
  };
  const files = all.context.allFiles().filter((file) => !file.isDeclarationFile && file.text.includes(name));
  return files.some((file) => fieldsAssigned(file, name).some(isMeant));
}

/**
 * Whether anything in the file that is compiled assigns to an item of a tuple of a type that holds functions. What other files
 * assign is refused there.
 */
export function isItemChanged({ all, checker, entry }: Body, type: ts.Type): boolean {
  return itemsAssigned(entry.node.getSourceFile()).some((target) => {
    const owner = checker.getTypeAtLocation(target.expression);
    return checker.isTupleType(owner) && holdsFunctions(all, owner) && checker.isTypeAssignableTo(type, owner);
  });
}

/** The items of a tuple that holds functions, with a variable for each that is data, if any of them changes. */
export function itemsWithVariables(
  body: Body,
  node: ts.ArrayLiteralExpression,
  items: readonly Binding[],
): readonly Binding[] {
  const own = body.checker.getTypeAtLocation(node);
  const type = [own, body.checker.getContextualType(node)].find((each) => each && body.checker.isTupleType(each));
  if (!type || !isItemChanged(body, type)) return items;
  const types = body.checker.getTypeArguments(type as ts.TypeReference);
  const labels = labelsOf(type as ts.TypeReference);
  return items.map((item, i) => {
    const wanted = types[i];
    return (item.kind === "value" && wanted && variableOf(body, wanted, labels[i] ?? "item", item)) || item;
  });
}

/** The fields of an object literal that holds functions, with a variable for each that changes. */
export function withVariables(
  body: Body,
  node: ts.ObjectLiteralExpression,
  fields: ReadonlyMap<string, Binding>,
): Map<string, Binding> {
  const own = body.checker.getTypeAtLocation(node);
  const wanted = body.checker.getContextualType(node);
  const held = new Map(fields);
  for (const property of [...own.getProperties(), ...(wanted ? wanted.getProperties() : [])]) {
    const { name } = property;
    const given = fields.get(name);
    if (given ? given.kind !== "value" : (property.flags & ts.SymbolFlags.Optional) === 0) continue;
    if (property.flags & (ts.SymbolFlags.Method | ts.SymbolFlags.Accessor)) continue;
    if (![own, wanted].some((type) => type && isChangedSomewhere(body, type, name))) continue;
    const written = wanted && body.checker.getPropertyOfType(wanted, name);
    const variable = variableFor(body, written ?? property, given);
    if (variable) held.set(name, variable);
  }
  return held;
}

function variableFor(body: Body, property: ts.Symbol, given: Binding | undefined): Binding | undefined {
  const declared = body.checker.getTypeOfSymbol(property);
  const isOptional = (property.flags & ts.SymbolFlags.Optional) !== 0;
  return variableOf(body, declared, nameFrom(property.name), given, isOptional);
}

function variableOf(
  body: Body,
  declared: ts.Type,
  text: string,
  given: Binding | undefined,
  isOptional = false,
): Binding | undefined {
  if (holdsFunctions(body.all, declared)) return undefined;
  const read = readType(body.all, declared, "written");
  if (isRefused(read)) return undefined;
  const data = asData(read);
  const type = isOptional ? maybe(data) : data;
  const name = body.entry.names.fresh(text);
  const init = given ? asOperand(body, fitTo(body, valueOfBinding(given), type)) : { ...absent, type };
  emit(body, { kind: "let", name, type, mutable: true, init });
  return { kind: "var", name, type, mutable: true };
}
