/** Taking objects apart whose functions are known as the program is compiled. */
import { ts } from "ts-morph";
import { refuse, shortText, type Body, type ObjectBinding } from "./state.ts";

/** `{ f, k }` of an object that holds functions. */
export function bindKnownFields(body: Body, pattern: ts.ObjectBindingPattern, owner: ObjectBinding): void {
  for (const element of pattern.elements) {
    const named = element.propertyName ?? element.name;
    const symbol = ts.isIdentifier(element.name) ? body.checker.getSymbolAtLocation(element.name) : undefined;
    const field = ts.isIdentifier(named) && !element.dotDotDotToken ? owner.fields.get(named.text) : undefined;
    const changes = symbol !== undefined && (body.assignments.get(symbol) ?? 0) > 0;
    if (!symbol || !field || element.initializer || changes) {
      refuse(body, element, "TG1001", shortText(element), "Read the field in a statement of its own.");
      if (symbol) body.bindings.set(symbol, { kind: "broken" });
    } else body.bindings.set(symbol, field);
  }
}
