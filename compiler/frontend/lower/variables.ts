/** The variables of a body: their names, types and values. */
import { upperFirst } from "../../ir/words.ts";
import { ts } from "ts-morph";
import { numberType } from "../../ir/build.ts";
import { absenceOf, maybe, presentType } from "../../ir/presence.ts";
import type { Expr, Field, Type } from "../../ir/types.ts";
import { isCount } from "./scalars.ts";
import { broken, emit, type Binding, type Body } from "./state.ts";
import { isHandedOn } from "./handed-on.ts";
import { parameterSymbol } from "./members.ts";
import { asData, isRefused, readType } from "./types.ts";
import { asOperand, differInTuples, fitTo, isFixed, isSteady, itemsOfConstant, steady } from "./values.ts";

/** What a field or an item holds now, whatever it holds later. */
export function asItStands(body: Body, part: Binding, name = "item"): Binding {
  if (isFixed(body, part)) return part;
  return { kind: "value", value: steady(body, asOperand(body, valueOfBinding(part)), name) };
}

/** Declares the variable of an identifier with a value that is lowered already. */
export function declareName(body: Body, node: ts.Identifier, given: Expr, written?: Type): void {
  const value = (written && itemsOfConstant(given, written)) ?? given;
  const symbol = ts.isParameter(node.parent)
    ? parameterSymbol(body.checker, node.parent)
    : body.checker.getSymbolAtLocation(node);
  if (!symbol) return;
  const name = nameFor(body, symbol, node.text);
  if (value === broken) {
    body.bindings.set(symbol, { kind: "broken" });
    return;
  }
  const mutable = (body.assignments.get(symbol) ?? 0) > 0;
  if (value.kind === "var" && value.name === name) {
    // The call declared it.
    return bind(body, symbol, { kind: "var", name, type: value.type, mutable }, node.text);
  }
  const own =
    (written && knownBetter(written, value.type, mutable)) ?? inferredType(body, symbol, node, value.type, mutable);
  const isObject = value.kind === "tuple" && own.kind === "tuple" && isHandedOn(body.checker, symbol);
  const type = isObject ? asData(own) : own;
  const binding = declareValue(body, name, fitTo(body, value, type), type, mutable);
  bind(body, symbol, binding, node.text);
}

/** An object under a constant name keeps fields that the type that is written leaves out: its methods use them. */
export function knownBetter(written: Type, own: Type, mutable: boolean): Type {
  if (!mutable && differInTuples(own, written)) return own;
  if (mutable || written.kind !== "record" || own.kind !== "record" || written.isTuple || own.isTuple) return written;
  // What an instance has no field for, its class computes.
  const isInstance = own.className !== undefined || own.unnamed !== undefined;
  const isLeft = ({ name, optional }: Field): boolean =>
    !(isInstance && optional !== true) && !own.fields.some((field) => field.name === name);
  if (written.fields.some(isLeft)) return written;
  const hasMore = own.fields.some(({ name }) => !written.fields.some((field) => field.name === name));
  if (!isInstance && !hasMore) return written;
  return { ...own, fields: own.fields.map((field) => written.fields.find(({ name }) => name === field.name) ?? field) };
}

function declareValue(body: Body, name: string, value: Expr, type: Type, mutable: boolean): Binding {
  if (value.kind === "tuple") {
    const types = type.kind === "tuple" ? type.items : value.items.map((item) => item.type);
    const labels = type.kind === "tuple" ? type.labels : undefined;
    const items = value.items.map((item, i) => {
      // What a call declared, or a constant, needs no second name.
      const becomesInt = types[i]?.kind === "int" && item.type.kind !== "int";
      if (!mutable && item.kind === "var" && isSteady(body, item) && !becomesInt)
        return { kind: "var" as const, name: item.name, type: item.type, mutable };
      const part = body.entry.names.fresh(name + (labels ? upperFirst(labels[i] ?? "") : String(i)));
      return declareValue(body, part, item, types[i] ?? item.type, mutable);
    });
    return { kind: "tuple", items, type: { kind: "tuple", items: types, ...(labels ? { labels } : {}) } };
  }
  if (!mutable && type.kind === "number" && isCount(body, value)) body.wholeNames.add(name);
  // A tuple that was in memory already, as an item of another one is.
  const held = value.type.kind === "record" ? asData(type) : type;
  emit(body, { kind: "let", name, type: held, mutable, init: held.kind === "tuple" ? asOperand(body, value) : value });
  return { kind: "var", name, type: held, mutable };
}

/** An inferred `int` of something that changes is a number; a name may hold undefined where TypeScript says so. */
function inferredType(body: Body, symbol: ts.Symbol, node: ts.Identifier, type: Type, mutable: boolean): Type {
  const own = mutable && type.kind === "int" ? numberType : type;
  const known = readType(body.all, body.checker.getTypeOfSymbolAtLocation(symbol, node), "inferred");
  if (isRefused(known)) return own;
  // What a variable may be after it has changed, its value does not say.
  const text = presentType(known);
  const shown = own.kind === "string" && text.kind === "string" ? text : own;
  return known.kind === "maybe" ? maybe(presentType(shown), absenceOf(known)) : shown;
}

export function bind(body: Body, symbol: ts.Symbol, binding: Binding, text: string): void {
  body.bindings.set(symbol, binding);
  if (body.reservedNames.has(symbol) && binding.kind === "var") body.entry.locals.set(text, binding.name);
}

/** The name in the IR of a variable of the source: its own, with a number where that is taken. */
export function nameFor(body: Body, symbol: ts.Symbol, text: string): string {
  const known = body.chosenNames.get(symbol) ?? body.reservedNames.get(symbol);
  if (known !== undefined) return known;
  const name = body.entry.names.fresh(text);
  body.chosenNames.set(symbol, name);
  return name;
}

/** The value of a variable, or of the variables of a tuple. */
export function valueOfBinding(binding: Binding): Expr {
  if (binding.kind === "tuple") return { kind: "tuple", items: binding.items.map(valueOfBinding), type: binding.type };
  if (binding.kind === "var") return { kind: "var", name: binding.name, type: binding.type };
  return binding.kind === "value" ? binding.value : broken;
}
