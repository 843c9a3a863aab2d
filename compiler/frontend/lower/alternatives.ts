/** Functions of which one is chosen as the program runs: by a condition, by a key, by a place in an array. */
import { ts } from "ts-morph";
import { compare, int, isNumeric, num } from "../../ir/build.ts";
import type { Expr, Literal } from "../../ir/types.ts";
import { fieldOfKnown } from "./arrow-fields.ts";
import type { Callee } from "./callees.ts";
import { arm, choose } from "./choices.ts";
import { isSameCallee } from "./same.ts";
import { negated } from "./scalars.ts";
import { absent, broken, emit, refuse, shortText, type Binding, type Body, type ObjectBinding } from "./state.ts";
import { valueOfBinding } from "./variables.ts";
import { isFixed, steady } from "./values.ts";

const brokenBinding: Binding = { kind: "broken" };

/** `test ? yes : no` of functions, objects of functions and arrays of functions, and of the values in them. */
export function eitherOf(body: Body, at: ts.Node, test: Expr, yes: Binding, no: Binding): Binding {
  if (yes.kind === "broken" || no.kind === "broken" || test === broken) return brokenBinding;
  if (isAbsent(yes) && no.kind === "function") return eitherOf(body, at, opposite(test), no, yes);
  if (yes.kind === "function" && isAbsent(no)) return eitherOf(body, at, test, yes, none);
  if (yes.kind === "function" && no.kind === "function")
    return { kind: "function", callee: eitherCallee(test, yes.callee, no.callee) };
  if (yes.kind === "object" && no.kind === "object") {
    const names = [...new Set([...yes.fields.keys(), ...no.fields.keys()])];
    const fields = names.map((name) => {
      const [left, right] = [fieldOfKnown(yes, name) ?? missing, fieldOfKnown(no, name) ?? missing];
      return [name, eitherField(body, at, test, left, right)] as const;
    });
    if (yes.instance?.owner !== no.instance?.owner || !hasSameGetters(yes, no)) {
      refuse(body, at, "TG1009", shortText(at));
      return brokenBinding;
    }
    return { ...yes, fields: new Map(fields) };
  }
  if (yes.kind === "list" && no.kind === "list" && yes.items.length === no.items.length) {
    const items = yes.items.map((item, i) => eitherField(body, at, test, item, no.items[i] ?? missing));
    return { kind: "list", items };
  }
  if (isValue(yes) && isValue(no)) {
    const arms = [yes, no].map((side) => ({ block: [], value: valueOfBinding(side) }));
    const [left, right] = arms;
    if (left && right)
      return { kind: "value", value: steady(body, choose(body, test, left, right, undefined), "chosen") };
  }
  refuse(body, at, "TG1009", shortText(at));
  return brokenBinding;
}

const opposite = (test: Expr): Expr => (test.kind === "op" && test.op === "eq" ? { ...test, op: "ne" } : negated(test));

/** A field of one of two objects, or an item of one of two tuples: what changes is read where it stands. */
function eitherField(body: Body, at: ts.Node, test: Expr, yes: Binding, no: Binding): Binding {
  if (!isValue(yes) || !isValue(no) || (isFixed(body, yes) && isFixed(body, no)))
    return eitherOf(body, at, test, yes, no);
  const [left, right] = [valueOfBinding(yes), valueOfBinding(no)];
  const chosen = arm(body, () =>
    choose(body, test, { block: [], value: left }, { block: [], value: right }, undefined),
  );
  if (chosen.block.length === 0 && chosen.value !== broken)
    return { kind: "value", value: chosen.value, either: { test, yes, no } };
  refuse(body, at, "TG1009", shortText(at));
  return brokenBinding;
}

/** Getters of both are those of the same text. */
function hasSameGetters({ getters: left }: ObjectBinding, { getters: right }: ObjectBinding): boolean {
  if (left?.size !== right?.size) return false;
  return [...(left ?? [])].every(([name, { node, scope }]) => {
    const other = right?.get(name);
    return other?.node === node && other.scope === scope;
  });
}

const missing: Binding = { kind: "value", value: absent };

/** Where a function may be: one that throws as it is called. */
const none: Binding = { kind: "function", callee: { kind: "missing" } };

const isAbsent = (binding: Binding): boolean =>
  binding.kind === "value" && binding.value.kind === "literal" && binding.value.value === undefined;

const isValue = ({ kind }: Binding): boolean => kind === "value" || kind === "var" || kind === "tuple";

const eitherCallee = (test: Expr, yes: Callee, no: Callee): Callee =>
  isSameCallee(yes, no) ? yes : { kind: "choice", test, yes, no };

/** `table[key]`, `functions[i]`. */
export function elementOf(body: Body, node: ts.ElementAccessExpression, owner: Binding, index: Expr): Binding {
  if (owner.kind === "broken" || index === broken) return brokenBinding;
  const entries =
    owner.kind === "list"
      ? owner.items.map((item, i) => [int(i), item] as const)
      : owner.kind === "object"
        ? [...owner.fields].map(([name, field]) => [keyOf(name, index), field] as const)
        : [];
  if (index.kind === "literal") return entries.find(([key]) => key.value === index.value)?.[1] ?? absentOf(entries);
  const key = steady(body, index, "key");
  const isText = key.type.kind === "string";
  if (isNumeric(key.type) ? !entries.every(([at]) => isNumeric(at.type)) : owner.kind === "list" || !isText) {
    refuse(body, node, "TG1009", shortText(node));
    return brokenBinding;
  }
  const known = namesOf(body, node.argumentExpression);
  const asked = entries.filter(([at]) => known === undefined || known.includes(String(at.value)));
  const isWhole = known?.every((name) => entries.some(([at]) => String(at.value) === name)) ?? false;
  const [last, ...others] = asked.toReversed();
  if (!last) return absentOf(entries);
  const isOnly = isWhole && others.length === 0;
  if (!isOnly && last[1].kind !== "function") throwWhereNone(body, node, key, asked);
  const isSure = isOnly || last[1].kind !== "function";
  const end = isSure ? last[1] : eitherOf(body, node, compare("eq", key, last[0]), last[1], absentOf(entries));
  return others.reduce((no, [at, yes]) => eitherOf(body, node, compare("eq", key, at), yes, no), end);
}

/** The name of a field as a key that may be a number: a member of an enum. */
function keyOf(name: string, index: Expr): Literal {
  if (isNumeric(index.type) && String(Number(name)) === name) return num(Number(name));
  return { kind: "literal", value: name, type: { kind: "string" } };
}

/** What stands where nothing does. */
const absentOf = ([first]: readonly (readonly [unknown, Binding])[]): Binding =>
  first?.[1].kind === "function" ? none : missing;

/** What is read of an object is read at once here, so nothing is gained by waiting for that. */
function throwWhereNone(
  body: Body,
  node: ts.Expression,
  key: Expr,
  entries: readonly (readonly [Expr, Binding])[],
): void {
  let outer: ts.Node = node.parent;
  while (ts.isNonNullExpression(outer) || ts.isParenthesizedExpression(outer)) outer = outer.parent;
  const part =
    ts.isElementAccessExpression(outer) && ts.isNumericLiteral(outer.argumentExpression)
      ? outer.argumentExpression.text
      : ts.isPropertyAccessExpression(outer)
        ? outer.name.text
        : undefined;
  const what = part === undefined ? "" : ` (reading '${part}')`;
  const error: Expr = {
    kind: "foreign",
    texts: [`new TypeError("Cannot read properties of undefined${what}")`],
    args: [],
    type: { kind: "string" },
  };
  const none = entries
    .map(([at]) => compare("ne", key, at))
    .reduce((left, right) => ({ kind: "logic", op: "&&", left, right, type: { kind: "boolean" } }));
  emit(body, { kind: "if", test: none, then: [{ ...body.place, kind: "throw", value: error }], else: [] });
}

/** The literals that a key may be, by its type; undefined where it may be anything. */
function namesOf({ checker }: Body, node: ts.Expression): readonly string[] | undefined {
  const type = checker.getTypeAtLocation(node);
  const parts = type.isUnion() ? type.types : [type];
  const names = parts.map((part) =>
    part.isStringLiteral() || part.isNumberLiteral() ? String(part.value) : undefined,
  );
  const known = names.filter((name) => name !== undefined);
  return known.length === names.length ? known : undefined;
}
