/** Arrow functions that a class gives its fields: `this` in them is the object, wherever they are called from. */
import { ts } from "ts-morph";
import { homeOfThis } from "../annotations.ts";
import type { Callee } from "./callees.ts";
import { nothingAround } from "./scope.ts";
import type { Binding, ObjectBinding } from "./state.ts";

/** What a field of an object that holds functions holds. */
export function fieldOfKnown(owner: ObjectBinding, name: string): Binding | undefined {
  const field = owner.fields.get(name);
  return field && owner.instance ? boundTo(owner, field) : field;
}

function boundTo(owner: ObjectBinding, field: Binding): Binding {
  switch (field.kind) {
    case "function":
      return { ...field, callee: calleeBoundTo(owner, field.callee) };
    case "object":
      return { ...field, fields: new Map([...field.fields].map(([name, part]) => [name, boundTo(owner, part)])) };
    case "list":
      return { ...field, items: field.items.map((item) => boundTo(owner, item)) };
    default:
      return field;
  }
}

function calleeBoundTo(owner: ObjectBinding, callee: Callee): Callee {
  if (callee.kind === "choice")
    return { ...callee, yes: calleeBoundTo(owner, callee.yes), no: calleeBoundTo(owner, callee.no) };
  if (callee.kind !== "closure" || !isOfMaker(callee.node)) return callee;
  const around = callee.around ?? callee.scope?.surroundings ?? nothingAround;
  // One that a function in a field made later has found its object.
  if (around.known || around.made === undefined || around.made !== owner.instance?.made) return callee;
  return { ...callee, around: { ...around, known: owner } };
}

/** Whether `this` in a function is that of a class's constructor, or of the initial value of a field. */
function isOfMaker(node: ts.Node): boolean {
  if (!ts.isArrowFunction(node)) return false;
  const maker = homeOfThis(node);
  return maker !== undefined && (ts.isConstructorDeclaration(maker) || ts.isPropertyDeclaration(maker));
}
