/** Places that can be assigned to: variables and elements of arrays. */
import { ts } from "ts-morph";
import { isUndefined } from "../../ir/ask.ts";
import { at, fieldName, fieldOf, isNumeric, isReference } from "../../ir/build.ts";
import { fieldIndex, keyedFields, type KeyedFields, noSuchField, readByKey } from "./records.ts";
import { nameInFile } from "../../ir/names.ts";
import type { Expr, Stmt } from "../../ir/types.ts";
import { originOf } from "../positions.ts";
import { isOfThis, isTarget } from "./assigned.ts";
import { isModuleScope } from "./constants.ts";
import { callGetter, callSetter, hasSetter } from "./instances.ts";
import { isPresent, readBinding } from "./names.ts";
import { operandsIn, type Operands } from "./order.ts";
import { outerObject } from "./outside.ts";
import { declarationOf, followed, skipOuter, symbolOf } from "./resolve.ts";
import { broken, emit, inBlock, refuse, shortText, type Binding, type Body, typeShown } from "./state.ts";
import { joined } from "./types.ts";
import { arrayOperand, asOperand, fitTo, narrowed, steady, value } from "./values.ts";

/** Something that can be assigned to. */
export type Place =
  | {
      readonly kind: "variable";
      readonly binding: Extract<Binding, { kind: "var" | "tuple" }>;
      readonly node: ts.Expression;
    }
  | {
      readonly kind: "element";
      readonly array: Expr;
      readonly index: Expr;
      /** TypeScript knows that there is a value already, where it is read. */
      readonly isPresent: boolean;
      /** An optional field. */
      readonly mayAdd: boolean;
    }
  /** A field of one of two objects. */
  | { readonly kind: "either"; readonly test: Expr; readonly yes: Place; readonly no: Place }
  /** A field by a key that is one of a few names. */
  | { readonly kind: "keyed"; readonly record: Expr; readonly keyed: KeyedFields; readonly node: ts.Node }
  /** A property with a setter. */
  | { readonly kind: "setter"; readonly self: Expr; readonly node: ts.PropertyAccessExpression }
  | { readonly kind: "broken" };

const brokenPlace: Place = { kind: "broken" };

/** Evaluates the parts of a target that is not an element. */
export function placeOf(body: Body, target: ts.Expression): Place {
  const node = skipOuter(target);
  const field = fieldInMaking(body, node);
  if (field) return placeOfField(field, node);
  if (isElement(node)) {
    const order = operandsIn(body);
    return elementAt(body, order, elementIn(body, order, node), node);
  }
  if (!ts.isIdentifier(node)) {
    refuse(body, node, "TG1001", `Assigning to ${shortText(node)}`, "Assign to variables and elements of arrays.");
    return brokenPlace;
  }
  const direct = symbolOf(body.checker, node);
  const symbol = direct && followed(body.checker, direct);
  const binding = symbol && body.bindings.get(symbol);
  if (binding?.kind === "var" || binding?.kind === "tuple") return { kind: "variable", binding, node };
  if (binding?.kind === "broken") return brokenPlace;
  const declaration = symbol && declarationOf(symbol);
  const isOuter = declaration && isModuleScope(declaration);
  if (isOuter || !declaration) refuse(body, node, "TG1007", node.text);
  else refuse(body, node, "TG1023", node.text);
  return brokenPlace;
}

/** The variables in which the fields of objects live that hold functions. */
function placeOfField(field: Binding, node: ts.Expression): Place {
  if (field.kind === "var" && field.mutable) return { kind: "variable", binding: field, node };
  if (field.kind !== "value" || !field.either) return brokenPlace;
  const { test, yes, no } = field.either;
  return { kind: "either", test, yes: placeOfField(yes, node), no: placeOfField(no, node) };
}

/** An element of an array or a field of an object. */
export type ElementNode = ts.ElementAccessExpression | ts.PropertyAccessExpression;

export function isElement(node: ts.Expression): node is ElementNode {
  return ts.isElementAccessExpression(node) || ts.isPropertyAccessExpression(node);
}

/**
 * `this.x` in a constructor is a variable until the object is there; and for good in one that holds functions, as are the
 * items of tuples that do.
 */
export function fieldInMaking(body: Body, node: ts.Expression): Binding | undefined {
  if (!isElement(node)) return undefined;
  if (isOfThis(node) && body.making) return body.making.get(node.name.text);
  const known = knownAt(body, node.expression);
  const field = known?.kind === "object" || known?.kind === "list" ? knownAt(body, node) : undefined;
  if (!field || canChange(field)) return field;
  const isData = field.kind === "var" || field.kind === "value";
  return isData && body.entry.special && isTarget(node) ? refuseCaptured(body, node) : undefined;
}

/** A function that calls itself has fields of objects around it as parameters, which stay. */
function refuseCaptured(body: Body, node: ElementNode): Binding {
  const name = nameInFile(body.entry.key, originOf(body.entry.node));
  refuse(body, node, "TG1008", name, `calls itself and changes ${shortText(node)} around it`);
  return { kind: "broken" };
}

const canChange = (field: Binding): boolean =>
  field.kind === "var"
    ? field.mutable
    : field.kind === "value" && field.either !== undefined && canChange(field.either.yes) && canChange(field.either.no);

/** What a name stands for, or `this`, or a field or an element of that. */
export function knownAt(body: Body, expression: ts.Expression): Binding | undefined {
  const node = skipOuter(expression);
  if (node.kind === ts.SyntaxKind.ThisKeyword) return body.bindings.surroundings.known;
  if (ts.isPropertyAccessExpression(node)) {
    const owner = knownAt(body, node.expression);
    return owner?.kind === "object" ? owner.fields.get(node.name.text) : undefined;
  }
  if (ts.isElementAccessExpression(node)) {
    const owner = knownAt(body, node.expression);
    const index = skipOuter(node.argumentExpression);
    return owner?.kind === "list" && ts.isNumericLiteral(index) ? owner.items[Number(index.text)] : undefined;
  }
  const symbol = ts.isIdentifier(node) ? body.checker.getSymbolAtLocation(node) : undefined;
  return symbol && body.bindings.get(symbol);
}

export interface ElementPosition {
  readonly array: number;
  readonly index: number;
}

export function elementIn(body: Body, order: Operands, node: ElementNode): ElementPosition {
  const outer = outerObject(body, node.expression);
  const array = order.add(() => {
    if (outer !== undefined) return refuse(body, node, "TG1007", outer);
    const known = knownAt(body, node.expression)?.kind;
    return known === "object" || known === "list" ? refuseOfKnown(body, node) : arrayOperand(body, node.expression);
  });
  const index = order.add(() =>
    ts.isElementAccessExpression(node) ? value(body, node.argumentExpression) : fieldName(node.name.text),
  );
  return { array, index };
}

/** A field or an item that is no variable: what assigns to it goes by another type or file than the object, or by a key. */
function refuseOfKnown(body: Body, node: ElementNode): Expr {
  const text = shortText(node);
  if (ts.isPropertyAccessExpression(node) && hasSetter(body, node)) {
    const what = `the setter ${text} of an object that holds functions`;
    return refuse(body, node, "TG1015", what, "Write a method that assigns to the fields.");
  }
  const hint =
    "Assign by the name of the field or the number of the item, in the file that makes the object and under the type that it has there, as in o.k = 2 or pair[1] = 2.";
  return refuse(body, node, "TG1015", `assignments to ${text} here: its object holds functions`, hint);
}

export function elementAt(body: Body, order: Operands, position: ElementPosition, node: ElementNode): Place {
  const array = order.get(position.array);
  const index = order.get(position.index);
  if (array === broken || index === broken) return brokenPlace;
  if (array.kind === "tuple") {
    refuse(body, node, "TG1024", shortText(node));
    return brokenPlace;
  }
  if (!mayWrite(body, array, node)) return brokenPlace;
  if (ts.isPropertyAccessExpression(node) && hasSetter(body, node)) return { kind: "setter", self: array, node };
  const field = fieldIndex(array, index);
  if (field && array.type.kind !== "maybe")
    return {
      kind: "element",
      array,
      index: field,
      isPresent: isPresent(body, node),
      mayAdd: isOptional(body, node) && fieldOf(array.type, field)?.optional === true,
    };
  if (ts.isPropertyAccessExpression(node)) {
    const hint =
      node.name.text === "length"
        ? "Write = 0 to empty it, use pop in a loop, or make a new array."
        : "Write to fields that hold data.";
    refuse(body, node, "TG1015", `assignments to ${shortText(node)}`, hint);
    return brokenPlace;
  }
  const keyed = keyedFields(body, node, array, index);
  if (keyed) return { kind: "keyed", record: array, keyed, node };
  if (array.type.kind === "record" && array.type.isTuple) {
    refuse(body, node, "TG1024", shortText(node));
    return brokenPlace;
  }
  if (
    !isReference(array.type) ||
    array.type.kind === "maybe" ||
    array.type.kind === "record" ||
    !isNumeric(index.type)
  ) {
    const type = typeShown(body, node.expression);
    refuse(body, node, "TG1002", shortText(node.expression), type, "Index arrays by numbers.");
    return brokenPlace;
  }
  return { kind: "element", array, index, isPresent: false, mayAdd: false };
}

/** Whether the field may be missing in the very type that its owner has here, which may be one of a union. */
function isOptional(body: Body, node: ElementNode): boolean {
  if (!ts.isPropertyAccessExpression(node)) return true;
  const symbol = body.checker.getSymbolAtLocation(node.name);
  return symbol === undefined || (symbol.flags & ts.SymbolFlags.Optional) !== 0;
}

/** Refuses writing into an array of module scope. */
export function mayWrite(body: Body, array: Expr, node: ts.Expression): boolean {
  let root = array;
  while (root.kind === "index") root = root.array;
  if (root.kind !== "constant") return true;
  refuse(body, node, "TG1007", root.name);
  return false;
}

export function read(body: Body, place: Place): Expr {
  switch (place.kind) {
    case "variable":
      return readBinding(body, place.binding, place.node);
    case "element":
      return place.isPresent ? narrowed(at(place.array, place.index)) : at(place.array, place.index);
    case "either": {
      const [yes, no] = [read(body, place.yes), read(body, place.no)];
      if (yes === broken || no === broken) return broken;
      return { kind: "select", test: place.test, yes, no, type: joined(yes.type, no.type) };
    }
    case "keyed":
      return readByKey(body, place.node, place.record, place.keyed);
    case "setter":
      return callGetter(body, place.node, place.self);
    case "broken":
      return broken;
  }
}

export function write(body: Body, place: Place, result: Expr): void {
  if (result === broken || place.kind === "broken") return;
  if (place.kind === "element") {
    const { type } = at(place.array, place.index);
    const given = fitTo(body, result, type);
    // Nothing has the type of what could be there: shadows of objects go where the objects go.
    const fitted = isUndefined(given) && given !== broken ? { ...given, type } : asOperand(body, given);
    const mayAdd = place.mayAdd ? { mayAdd: place.mayAdd } : {};
    emit(body, { kind: "store", array: place.array, index: place.index, value: fitted, ...mayAdd });
  } else if (place.kind === "keyed") writeByKey(body, place, result);
  else if (place.kind === "either") writeEither(body, place, result);
  else if (place.kind === "setter") callSetter(body, place.node, place.self, asOperand(body, result));
  else writeBinding(body, place.binding, result, place.node);
}

function writeEither(body: Body, { test, yes, no }: Extract<Place, { kind: "either" }>, result: Expr): void {
  const given = steady(body, asOperand(body, result), "value");
  const [then, otherwise] = [yes, no].map((place) =>
    inBlock(body, () => {
      write(body, place, given);
    }),
  );
  emit(body, { kind: "if", test, then: then ?? [], else: otherwise ?? [] });
}

function writeByKey(body: Body, { record, keyed, node }: Extract<Place, { kind: "keyed" }>, result: Expr): void {
  const fitted = asOperand(body, fitTo(body, result, keyed.type));
  const value = keyed.fields.length > 1 ? steady(body, fitted, "value") : fitted;
  const mayAdd = keyed.type.kind === "maybe" ? { mayAdd: true as const } : {};
  const stores = keyed.fields.reduceRight<readonly Stmt[]>(
    (otherwise, { name, test }) => {
      const store: Stmt = { ...body.place, kind: "store", array: record, index: name, value, ...mayAdd };
      return [{ kind: "if", test, then: [store], else: otherwise }];
    },
    [noSuchField(body, node, keyed.key)],
  );
  body.block.push(...stores);
}

function writeBinding(body: Body, binding: Binding, result: Expr, node: ts.Node): void {
  if (binding.kind === "var")
    emit(body, { kind: "assign", name: binding.name, value: fitTo(body, result, binding.type) });
  if (binding.kind !== "tuple") return;
  if (result.kind !== "tuple") {
    refuse(body, node, "TG1024", shortText(node));
    return;
  }
  // Items may be read from the very variables that are assigned.
  const items = result.items.map((item) => steady(body, item, "item"));
  for (const [i, item] of items.entries()) {
    const part = binding.items[i];
    if (part) writeBinding(body, part, item, node);
  }
}

/** The place, with array and index that later effects cannot change. */
export function steadyPlace(body: Body, place: Place): Place {
  if (place.kind === "setter") return { ...place, self: steady(body, place.self, "self") };
  if (place.kind === "keyed") return { ...place, record: steady(body, place.record, "record") };
  if (place.kind !== "element") return place;
  return { ...place, array: steady(body, place.array, "row"), index: steady(body, place.index, "at") };
}
