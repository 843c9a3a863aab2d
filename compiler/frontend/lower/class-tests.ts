/** `shape instanceof Circle` of classes of the project: known where the class is, else asked of what the object is. */
import { ts } from "ts-morph";
import { bool, booleanType, compare, fieldAt } from "../../ir/build.ts";
import type { Expr, Field, RecordType } from "../../ir/types.ts";
import { instanceGiven } from "./classes.ts";
import { isAddedIn } from "./extending.ts";
import { classOf, isA } from "./members.ts";
import { followed, skipOuter } from "./resolve.ts";
import { absent, broken, refuse, shortText, type Body } from "./state.ts";
import { isRefused, readType } from "./types.ts";
import { arrayOperand, steady } from "./values.ts";

/** The answer where it shows without looking at the object; undefined for other expressions. */
export function knownClassTest(body: Body, node: ts.BinaryExpression): Expr | undefined {
  const owner = classAsked(body, node);
  const subject = skipOuter(node.left);
  if (!owner) return undefined;
  const symbol = ts.isIdentifier(subject) ? body.checker.getSymbolAtLocation(subject) : undefined;
  const known = symbol && body.bindings.get(symbol);
  if (known?.kind === "object" && known.instance) return bool(isA(body.checker, known.instance.owner, owner));
  if (known?.kind === "object" && known.slot) {
    const { arms } = known.slot;
    const own = arms.filter((arm) => isA(body.checker, arm.owner, owner));
    if (own.length === 0 || own.length === arms.length) return bool(own.length > 0);
    return own.map(({ is }) => is).reduce(either);
  }
  const type = body.checker.getTypeAtLocation(node.left);
  if (known?.kind === "object" || type !== body.checker.getNonNullableType(type)) return undefined;
  const given = instanceGiven(body, node.left);
  const made = classOf((given?.type as { readonly symbol?: ts.Symbol } | undefined)?.symbol);
  if (!given || !made) return undefined;
  if (isA(body.checker, made, owner)) return bool(true);
  return given.exact || !isA(body.checker, owner, made) ? bool(false) : undefined;
}

/** The same of an object of a union of classes: what is different in those that are of the class shows. */
export function classTest(body: Body, node: ts.BinaryExpression): Expr | undefined {
  const owner = classAsked(body, node);
  if (!owner) return undefined;
  const known = knownClassTest(body, node);
  if (known) return known;
  const { checker } = body;
  const whole = checker.getTypeAtLocation(node.left);
  const type = checker.getNonNullableType(whole);
  const parts = type.isUnion() ? type.types : [type];
  const isOf = (part: ts.Type): boolean => {
    const made = classOf(part.symbol);
    return made !== undefined && isA(body.checker, made, owner);
  };
  const yes = parts.filter(isOf);
  const no = parts.filter((part) => !isOf(part));
  const mayBe = no.some((part) => {
    const made = classOf(part.symbol);
    return made ? isA(body.checker, owner, made) : checker.isTypeAssignableTo(checker.getTypeAtLocation(owner), part);
  });
  if (mayBe) return refuse(body, node, "TG1015", shortText(node), ofUnion);
  const object = arrayOperand(body, node.left);
  if (object === broken) return broken;
  const self = steady(body, object, "object");
  const isThere = compare("ne", self, absent);
  if (yes.length === 0) return bool(false);
  if (no.length === 0) return whole === type ? bool(true) : isThere;
  const present: Expr = self.type.kind === "maybe" ? { ...self, type: self.type.type } : self;
  const test = tellsApart(body, yes, no)?.(present);
  if (!test) return refuse(body, node, "TG1015", shortText(node), byField);
  return self.type.kind === "maybe" ? { kind: "logic", op: "&&", left: isThere, right: test, type: booleanType } : test;
}

const ofUnion =
  "Give the object the type of a union of the classes that it may be of, as in shape: Circle | Square, or let a method of the classes compute what differs.";
const byField = 'Give each of the classes a field that tells it from the others, as in readonly kind = "circle".';

/** The class of the project that is asked for. */
function classAsked({ checker }: Body, node: ts.BinaryExpression): ts.ClassDeclaration | undefined {
  if (node.operatorToken.kind !== ts.SyntaxKind.InstanceOfKeyword) return undefined;
  const name = skipOuter(node.right);
  const symbol = checker.getSymbolAtLocation(ts.isPropertyAccessExpression(name) ? name.name : name);
  return classOf(symbol && followed(checker, symbol));
}

const also = (left: Expr, right: Expr): Expr => ({ kind: "logic", op: "&&", left, right, type: booleanType });
const either = (left: Expr, right: Expr): Expr => ({ kind: "logic", op: "||", left, right, type: booleanType });

type Tell = (object: Expr) => Expr;

/** Whether an object is of one of the types in `yes` and not of one in `no`; undefined where nothing tells. */
export function tellsApart(body: Body, yes: readonly ts.Type[], no: readonly ts.Type[]): Tell | undefined {
  const atOnce = tellsAllApart(body, yes, no);
  if (atOnce) return atOnce;
  // Each from each: what tells it from one of the others need not tell it from the next.
  const each = yes.map((own) => no.map((other) => tellsAllApart(body, [own], [other])));
  if (!each.flat().every((tell) => tell !== undefined)) return undefined;
  return (object) => each.map((tells) => tells.map((tell) => tell!(object)).reduce(also)).reduce(either);
}

/** By a field that holds other literals in them, or that only they have. */
function tellsAllApart(body: Body, yes: readonly ts.Type[], no: readonly ts.Type[]): Tell | undefined {
  const [own, other] = [yes, no].map((types) => types.map((type) => recordOf(body, type)));
  if (!areAll(own) || !areAll(other)) return undefined;
  for (const { name } of own[0]?.fields ?? []) {
    const [literals, others] = [literalsIn(own, name), literalsIn(other, name)];
    if (!literals || !others || literals.some((each) => others.includes(each))) continue;
    return (object) => {
      const place = fieldAt(object, name);
      return literals.map((value) => compare("eq", place, { kind: "literal", value, type: place.type })).reduce(either);
    };
  }
  const onlyIn = (having: readonly RecordType[], lacking: readonly ts.Type[]): string | undefined =>
    having[0]?.fields.find(
      ({ name }) =>
        having.every((record) => isSure(fieldIn(record, name))) && lacking.every((type) => !mayHave(body, type, name)),
    )?.name;
  const has = onlyIn(own, no);
  if (has !== undefined) return (object) => compare("ne", fieldAt(object, has), absent);
  const lacks = onlyIn(other, yes);
  return lacks === undefined ? undefined : (object) => compare("eq", fieldAt(object, lacks), absent);
}

/** Whether an object of a type, or of a class that extends that, has a property of that name. */
function mayHave({ all, checker }: Body, type: ts.Type, name: string): boolean {
  const owner = classOf(type.symbol);
  return checker.getPropertyOfType(type, name) !== undefined || (owner !== undefined && isAddedIn(all, owner, name));
}

const areAll = (records: readonly (RecordType | undefined)[] | undefined): records is readonly RecordType[] =>
  records?.every((record) => record !== undefined) === true;

function recordOf(body: Body, type: ts.Type): RecordType | undefined {
  const read = readType(body.all, type, "inferred");
  return isRefused(read) || read.kind !== "record" ? undefined : read;
}

const fieldIn = ({ fields }: RecordType, name: string): Field | undefined =>
  fields.find((field) => field.name === name);

/** Whether a field always holds something. */
const isSure = (field: Field | undefined): boolean =>
  field !== undefined && field.optional !== true && field.type.kind !== "maybe" && field.type.kind !== "void";

function literalsIn(records: readonly RecordType[], name: string): Field["values"] {
  const values = records.map((record) => fieldIn(record, name)?.values);
  return values.every((each) => each !== undefined) ? values.flat() : undefined;
}
