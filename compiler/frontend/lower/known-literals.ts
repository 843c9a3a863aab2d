/** Object and array literals with functions in them: known part by part as the program is compiled. */
import { ts } from "ts-morph";
import { compare, fieldAt } from "../../ir/build.ts";
import { maybe, presentType } from "../../ir/presence.ts";
import type { Expr } from "../../ir/types.ts";
import { fieldOfKnown } from "./arrow-fields.ts";
import { type Closure } from "./callees.ts";
import { itemsWithVariables, withVariables } from "./changed-fields.ts";
import { writesSomething } from "./classes.ts";
import { coalesce } from "./choices.ts";
import { readName } from "./names.ts";
import { lowerInOrder } from "./order.ts";
import { skipOuter } from "./resolve.ts";
import { absent, broken, refuse, shortText, type Binding, type Body, type ObjectBinding } from "./state.ts";
import { nameOf, spreadOperand } from "./records.ts";
import { asData, givesFunctions, holdsFunctions } from "./types.ts";
import { asOperand, fitTo, steady, value } from "./values.ts";
import { asItStands } from "./variables.ts";

/** `{ f: (x) => …, g, k: 2, ...rest }`: functions by what they are, the rest by its value. */
export function knownObject(body: Body, node: ts.ObjectLiteralExpression): Binding | undefined {
  if (!givesFunctions(body, node)) return undefined;
  const getters = new Map<string, Closure>();
  /** What each property gives, once it has its value: of a later one of the same name, that one's. */
  const given: ((part: Expr, before: ReadonlyMap<string, Binding>) => readonly (readonly [string, Binding])[])[] = [];
  const operands = node.properties.map((property, i) => (): Expr => {
    given[i] = () => [];
    if (ts.isSpreadAssignment(property)) {
      const owner = body.known(property.expression);
      const fields = owner?.kind === "object" ? copiedFields(body, owner) : undefined;
      given[i] = fields ? () => fields : (part, before) => fieldsOfData(body, property, part, before);
      return fields || owner?.kind === "broken" ? absent : spreadOperand(body, skipOuter(property.expression));
    }
    const name = property.name && nameOf(body, property.name);
    if (ts.isGetAccessorDeclaration(property) && name !== undefined) {
      if (writesSomething(property)) refuse(body, property.name, "TG1033", name);
      getters.set(name, { kind: "closure", node: property, scope: body.bindings });
      return absent;
    }
    const part = name === undefined ? undefined : partOf(body, property);
    if (name === undefined || !part) {
      refuse(body, property, "TG1001", shortText(property), "Write name: value in an object that holds functions.");
      return absent;
    }
    const { known } = part;
    given[i] = (data) => [[name, known ?? { kind: "value", value: inPlace(body, data, name) }]];
    return known ? absent : part.value();
  });
  const fields = new Map<string, Binding>();
  for (const [i, part] of lowerInOrder(body, operands).entries())
    for (const [name, field] of given[i]?.(part, fields) ?? []) fields.set(name, field);
  return { kind: "object", fields: withVariables(body, node, fields), ...(getters.size > 0 ? { getters } : {}) };
}

/** What stands beside functions: a tuple is memory, as in any object. */
const inPlace = (body: Body, part: Expr, name: string): Expr =>
  part.kind === "tuple" ? asOperand(body, fitTo(body, part, asData(part.type)), name) : steady(body, part, name);

/** The fields of an object that is spread; undefined where some are computed. */
function copiedFields(body: Body, owner: ObjectBinding): (readonly [string, Binding])[] | undefined {
  if (owner.getters || owner.asked) return undefined;
  return [...owner.fields.keys()].map((name) => [name, asItStands(body, fieldOfKnown(owner, name)!, name)]);
}

/** The fields of data that is spread into an object with functions. */
function fieldsOfData(
  body: Body,
  node: ts.SpreadAssignment,
  data: Expr,
  before: ReadonlyMap<string, Binding>,
): readonly (readonly [string, Binding])[] {
  if (data.kind === "literal") return [];
  const type = presentType(data.type);
  const fields = type.kind === "record" && type.isTuple !== true ? type.fields : undefined;
  const held = fields && steady(body, data, "spread");
  const isThere = held && data.type.kind === "maybe" ? compare("ne", held, absent) : undefined;
  const found = fields?.flatMap(({ name, optional }): (readonly [string, Binding])[] => {
    const own = fieldAt({ ...held!, type }, name);
    const part: Expr = isThere ? { kind: "select", test: isThere, yes: own, no: absent, type: maybe(own.type) } : own;
    const other = before.get(name);
    if ((!optional && !isThere) || !other) return [[name, { kind: "value", value: steady(body, part, name) }]];
    if (other.kind !== "value") return [];
    // What is not there leaves what stands before it.
    const chosen = asOperand(body, coalesce(body, part, { block: [], value: other.value }, undefined));
    return [[name, { kind: "value", value: steady(body, chosen, name) }]];
  });
  if (found && found.length === fields?.length) return found;
  refuse(body, node, "TG1001", shortText(node), "Write name: value in an object that holds functions.");
  return [];
}

interface Part {
  readonly known?: Binding | undefined;
  /** Of what is no function. */
  value(): Expr;
}

function partOf(body: Body, property: ts.ObjectLiteralElementLike): Part | undefined {
  if (ts.isPropertyAssignment(property))
    return { known: body.known(property.initializer), value: () => value(body, property.initializer) };
  if (ts.isMethodDeclaration(property)) {
    const callee = { kind: "closure" as const, node: property, scope: body.bindings };
    return { known: { kind: "function", callee }, value: () => absent };
  }
  if (!ts.isShorthandPropertyAssignment(property)) return undefined;
  const symbol = body.checker.getShorthandAssignmentValueSymbol(property);
  return { known: body.known(property.name), value: () => readName(body, property.name, symbol) };
}

/** `[f, Math.tanh, (x) => …]`, and tuples with functions. */
export function knownList(body: Body, node: ts.ArrayLiteralExpression): Binding | undefined {
  if (!holdsFunctions(body.all, body.checker.getTypeAtLocation(node))) return undefined;
  const known = new Map<number, readonly Binding[]>();
  const values = lowerInOrder(
    body,
    node.elements.map((element, i) => () => {
      const isSpread = ts.isSpreadElement(element);
      const found = body.known(isSpread ? element.expression : element);
      if (found) known.set(i, isSpread ? itemsIn(body, element, found) : [found]);
      else if (isSpread) return refuse(body, element, "TG1009", shortText(element));
      return found ? absent : value(body, element);
    }),
  );
  if (values.includes(broken)) return { kind: "broken" };
  const items = values.flatMap((part, i): readonly Binding[] => {
    return known.get(i) ?? [{ kind: "value", value: inPlace(body, part, "item") }];
  });
  return { kind: "list", items: itemsWithVariables(body, node, items) };
}

function itemsIn(body: Body, spread: ts.SpreadElement, known: Binding): readonly Binding[] {
  if (known.kind === "list") return known.items.map((item) => asItStands(body, item));
  if (known.kind !== "broken") refuse(body, spread, "TG1009", shortText(spread));
  return [{ kind: "broken" }];
}
