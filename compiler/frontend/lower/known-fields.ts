/** Names for what is known as the program is compiled: functions, objects and arrays of functions, and their parts. */
import { ts } from "ts-morph";
import { fieldOfKnown } from "./arrow-fields.ts";
import { functionOr } from "./function-defaults.ts";
import { bindPatternTo, orDefault } from "./patterns.ts";
import { absent, broken, refuse, shortText, type Binding, type Body, type ObjectBinding } from "./state.ts";
import { isFixed } from "./values.ts";
import { declareName, valueOfBinding } from "./variables.ts";

/** Binds a name, or the names of a pattern. */
export function bindKnown(body: Body, name: ts.BindingName, known: Binding): void {
  if (ts.isIdentifier(name)) {
    const symbol = body.checker.getSymbolAtLocation(name);
    const changes = symbol !== undefined && (body.assignments.get(symbol) ?? 0) > 0;
    if (known.kind === "value" && known.instance && symbol && !changes)
      body.bindings.setInstance(symbol, known.instance);
    const isNothing = known.kind === "value" && known.value.kind === "literal" && known.value.value === undefined;
    if (isNothing && symbol && !changes) return body.bindings.set(symbol, known);
    if (known.kind === "value" || known.kind === "var" || known.kind === "tuple")
      return declareName(body, name, valueOfBinding(known));
    if (changes) refuse(body, name, "TG1009", name.text);
    if (symbol) body.bindings.set(symbol, changes ? { kind: "broken" } : known);
    return;
  }
  if (known.kind === "object" && ts.isObjectBindingPattern(name)) return bindKnownFields(body, name, known);
  if (known.kind === "list" && ts.isArrayBindingPattern(name)) {
    for (const [i, element] of name.elements.entries()) {
      if (ts.isOmittedExpression(element)) continue;
      const item = element.dotDotDotToken ? undefined : itemOf(body, element, known.items[i]);
      if (item) bindKnown(body, element.name, item);
      else refuse(body, element, "TG1001", shortText(element), "Read the element in a statement of its own.");
    }
    return;
  }
  if (known.kind !== "broken" && known.kind !== "function" && known.kind !== "object" && known.kind !== "list")
    return bindPatternTo(body, name, valueOfBinding(known));
  if (known.kind !== "broken") refuse(body, name, "TG1009", shortText(name));
  if (known.kind === "broken") bindPatternTo(body, name, broken);
}

/** An item of a list that holds functions, or what stands for it where there is none; undefined where that is not known. */
function itemOf(body: Body, { initializer }: ts.BindingElement, item: Binding | undefined): Binding | undefined {
  if (!initializer) return item;
  if (item?.kind === "function") return functionOr(body, initializer, item.callee, initializer);
  return item ? undefined : body.known(initializer);
}

/** `{ f, k }` of an object that holds functions. */
function bindKnownFields(body: Body, pattern: ts.ObjectBindingPattern, owner: ObjectBinding): void {
  for (const element of pattern.elements) {
    const named = element.propertyName ?? element.name;
    const field = ts.isIdentifier(named) && !element.dotDotDotToken ? fieldOfKnown(owner, named.text) : undefined;
    const symbol = ts.isIdentifier(element.name) ? body.checker.getSymbolAtLocation(element.name) : undefined;
    const changes = symbol !== undefined && (body.assignments.get(symbol) ?? 0) > 0;
    const isAbsent = field?.kind === "value" && field.value.kind === "literal" && field.value.value === undefined;
    const isMissing = !field && !element.dotDotDotToken;
    const mayBeAbsent = field?.kind === "value" && field.value.type.kind === "maybe";
    if (element.initializer && (isMissing || isAbsent)) {
      const known = body.known(element.initializer);
      bindKnown(body, element.name, known ?? { kind: "value", value: body.rhs(element.initializer) });
    } else if (element.initializer && field?.kind === "function")
      bindKnown(body, element.name, functionOr(body, element, field.callee, element.initializer));
    else if (isMissing && symbol && !changes) body.bindings.set(symbol, { kind: "value", value: absent });
    else if (element.initializer && mayBeAbsent)
      bindKnown(body, element.name, { kind: "value", value: orDefault(body, element.initializer, field.value) });
    else if (!field || changes) {
      refuse(body, element, "TG1001", shortText(element), "Read the field in a statement of its own.");
      if (symbol) body.bindings.set(symbol, { kind: "broken" });
    } else if (symbol && isFixed(body, field)) body.bindings.set(symbol, field);
    else bindKnown(body, element.name, field);
  }
}
