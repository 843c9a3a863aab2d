/**
 * Instances of one of several classes: of a function that returns `new Circle(r)` here and `new Square(a)` there, of nested
 * `?:`. There is a variable for each class and, where they are several, one that tells of which the object is; calls of
 * methods choose between those of the classes.
 */
import { ts } from "ts-morph";
import { bool, compare, fieldAt, int, intType, sameType } from "../../ir/build.ts";
import type { Expr, RecordType, Var } from "../../ir/types.ts";
import type { Callee, Closure } from "./callees.ts";
import { condition } from "./choices.ts";
import { writesSomething } from "./classes.ts";
import { meaningsOfInstance } from "./generics.ts";
import { classOf, isA } from "./members.ts";
import { skipOuter } from "./resolve.ts";
import {
  broken,
  emit,
  freshName,
  inBlock,
  type Binding,
  type Body,
  type Lowering,
  type ObjectBinding,
} from "./state.ts";
import { holdsFunctions, isRefused, readType } from "./types.ts";
import { value } from "./values.ts";

/** A class of which the object may be. */
export interface Arm {
  readonly type: ts.Type;
  readonly owner: ts.ClassDeclaration;
  readonly record: RecordType;
}

/** Takes an instance of one of a few classes. */
export interface InstanceSlot {
  readonly kind: "instances";
  readonly arms: readonly HeldArm[];
  /** The number of the class; undefined where it is only one, or where something else tells. */
  readonly tag: Var | undefined;
}

/** The instance of one of the classes, and whether it is that one. */
interface HeldArm extends Arm {
  readonly self: Expr;
  readonly is: Expr;
}

/** The class of an object, where that is data with methods. */
export function armOf(all: Lowering, node: ts.Expression): Arm | undefined {
  const type = all.checker.getTypeAtLocation(node);
  const owner = classOf((type as { readonly symbol?: ts.Symbol }).symbol);
  if (!owner || holdsFunctions(all, type)) return undefined;
  const record = readType(all, type, "inferred");
  return isRefused(record) || record.kind !== "record" ? undefined : { type, owner, record };
}

/** Variables for the objects that are made, one for each class; undefined where they are no such instances. */
export function declareInstances(
  body: Body,
  base: string,
  made: readonly (ts.NewExpression | ts.Identifier)[],
): InstanceSlot | undefined {
  const arms: Arm[] = [];
  for (const node of made) {
    const arm = armOf(body.all, node);
    if (!arm) return undefined;
    const same = arms.find(({ owner }) => owner === arm.owner);
    // One generic class, for two types.
    if (same && !sameType(same.record, arm.record)) return undefined;
    if (!same) arms.push(arm);
  }
  const declared = arms.map((arm) => ({ ...arm, self: variableFor(body, base, arm.record) }));
  const tag = arms.length > 1 ? variableFor(body, `${base}Class`, intType) : undefined;
  const isOf = (k: number): Expr => (tag ? compare("eq", tag, int(k)) : bool(true));
  return { kind: "instances", arms: declared.map((arm, k) => ({ ...arm, is: isOf(k) })), tag };
}

function variableFor(body: Body, base: string, type: Var["type"]): Var {
  const name = freshName(body, base);
  emit(body, { kind: "let", name, type, mutable: true });
  return { kind: "var", name, type };
}

/** Gives the slot the object that an expression makes. */
export function giveInstance(body: Body, slot: InstanceSlot, expression: ts.Expression): void {
  const node = skipOuter(expression);
  if (ts.isConditionalExpression(node)) {
    const test = condition(body, node.condition);
    if (test === broken) return;
    const [yes, no] = [node.whenTrue, node.whenFalse].map((side) =>
      inBlock(body, () => {
        giveInstance(body, slot, side);
      }),
    );
    return emit(body, { kind: "if", test, then: yes ?? [], else: no ?? [] });
  }
  if (!ts.isNewExpression(node) && !ts.isIdentifier(node)) return;
  const owner = armOf(body.all, node)?.owner;
  const k = slot.arms.findIndex((arm) => arm.owner === owner);
  const made: Expr = value(body, node);
  const self = slot.arms[k]?.self;
  if (self?.kind !== "var" || made === broken) return;
  emit(body, { kind: "assign", name: self.name, value: made });
  if (slot.tag) emit(body, { kind: "assign", name: slot.tag.name, value: int(k) });
}

/** The object, by what can be asked of it whatever its class. */
export function instanceIn(body: Body, slot: InstanceSlot): Binding {
  const { arms } = slot;
  const [first] = arms;
  if (!first) return { kind: "broken" };
  const isOf = (k: number): Expr => arms[k]!.is;
  const fields = new Map<string, Binding>();
  for (const { name, type } of first.record.fields) {
    const own = arms.map(
      ({ record, self }) => record.fields.some((field) => field.name === name) && fieldAt(self, name),
    );
    if (!own.every((part): part is Expr => part !== false && sameType(part.type, type))) continue;
    const chosen = own.reduceRight((no, yes, k): Expr => ({ kind: "select", test: isOf(k), yes, no, type }));
    fields.set(name, { kind: "value", value: chosen });
  }
  const asked = new Map<string, Callee>();
  for (const { name } of first.type.getProperties()) {
    const members = arms.map((arm) => memberFor(body, arm, name, arm.self));
    if (!members.every((member) => member !== undefined)) continue;
    const areMethods = members.map(({ node }) => ts.isMethodDeclaration(node));
    if (new Set(areMethods).size !== 1) continue;
    const callee = choiceAmong(members, isOf);
    if (!callee) continue;
    if (areMethods[0] === true) fields.set(name, { kind: "function", callee });
    else asked.set(name, callee);
  }
  return { kind: "object", fields, asked, slot };
}

/** Which of the members is called: the first of which the test holds, else the last. */
export const choiceAmong = (members: readonly Closure[], isOf: (k: number) => Expr): Callee | undefined =>
  members.reduceRight<Callee | undefined>(
    (no, yes, k) => (no ? { kind: "choice", test: isOf(k), yes, no } : yes),
    undefined,
  );

/** A method or a getter that does nothing but compute. */
export function memberFor(body: Body, { type, owner }: Arm, name: string, self: Expr): Closure | undefined {
  const declarations = body.checker.getPropertyOfType(type, name)?.declarations ?? [];
  const node =
    declarations.filter(ts.isMethodDeclaration).find((each) => each.body !== undefined) ??
    declarations.find((each) => ts.isGetAccessorDeclaration(each) && !writesSomething(each));
  if (!node || !(ts.isMethodDeclaration(node) || ts.isGetAccessorDeclaration(node))) return undefined;
  return {
    kind: "closure",
    node,
    scope: undefined,
    around: { types: meaningsOfInstance(body.all, owner, type), self, owner, exact: true },
  };
}

/** An instance of one of several classes, where TypeScript knows that it is of some of them. */
export function narrowedInstance(body: Body, known: ObjectBinding, node: ts.Expression): Binding {
  const { slot } = known;
  if (!slot) return known;
  const type = body.checker.getTypeAtLocation(node);
  const owners = (type.isUnion() ? type.types : [type]).map((part) => classOf(part.symbol));
  const arms = slot.arms.filter((arm) =>
    owners.some((owner) => owner === undefined || isA(body.checker, arm.owner, owner)),
  );
  return arms.length === 0 || arms.length === slot.arms.length ? known : instanceIn(body, { ...slot, arms });
}
