/**
 * Instances of classes that hold functions. Nothing is left of the object: its fields are what the constructor gives them,
 * functions by what they are, the rest in variables, which methods may change.
 */
import { ts } from "ts-morph";
import { voidType } from "../../ir/build.ts";
import { maybe } from "../../ir/presence.ts";
import type { Expr, Field, Stmt } from "../../ir/types.ts";
import { lowerFirst, nameFrom } from "../../ir/words.ts";
import { isOfThis, isTarget } from "./assigned.ts";
import { isChangedSomewhere } from "./changed-fields.ts";
import { assignedFields, checkGiven, initialise, isInitialised } from "./classes.ts";
import { meaningsOfInstance, type Meanings } from "./generics.ts";
import { argumentsOf, bindParameter } from "./inlining.ts";
import { baseOf, classOf, constructorOf, extendedBy, isStaticMember } from "./members.ts";
import { Scope } from "./scope.ts";
import { absent, broken, emit, inBlock, refuse, shortText, type Binding, type Body } from "./state.ts";
import { asData, holdsFunctions, isRefused, readType, typeFor, unreadable } from "./types.ts";
import { asOperand } from "./values.ts";
import { valueOfBinding } from "./variables.ts";

const brokenBinding: Binding = { kind: "broken" };

/** `new Solver(rhs, { steps: 10 })`: an object of its fields; undefined where that holds no functions. */
export function knownInstance(body: Body, node: ts.NewExpression): Binding | undefined {
  const type = body.checker.getTypeAtLocation(node);
  if (!holdsFunctions(body.all, type)) return undefined;
  const owner = classOf((type as { readonly symbol?: ts.Symbol }).symbol);
  if (!owner) {
    refuse(body, node, "TG1009", shortText(node));
    return brokenBinding;
  }
  const types = meaningsOfInstance(body.all, owner, type);
  const inner = constructed(body, node, owner, types);
  if (!inner) return brokenBinding;
  const { making } = inner;
  return { kind: "object", fields: new Map([...making].map(asMade)), instance: { type, owner, types, made: making } };
}

/**
 * `new Matrix(3, 3, (i, j) => …)`: an object of data whose constructor is given functions, or gives some to that of the class
 * that it extends. What they do goes where the object is made. Undefined where no constructor takes any.
 */
export function madeWithFunctions(body: Body, node: ts.NewExpression): Expr | undefined {
  const type = body.checker.getTypeAtLocation(node);
  const owner = classOf((type as { readonly symbol?: ts.Symbol }).symbol);
  const takes = (parameter: ts.ParameterDeclaration): boolean =>
    holdsFunctions(body.all, body.checker.getTypeAtLocation(parameter));
  const makers = owner && chainOf(body, owner).map(constructorOf);
  if (!owner || !makers?.some((maker) => maker?.parameters.some(takes))) return undefined;
  const record = typeFor(body.all, body.entry, type, { node, what: shortText(node), source: "inferred" });
  if (record?.kind !== "record") return broken;
  const inner = constructed(body, node, owner, meaningsOfInstance(body.all, owner, type));
  if (!inner) return broken;
  checkGiven(inner.body, owner, record, inner.block);
  const items = record.fields.map(({ name, type: own }) => {
    const field = inner.making.get(name);
    return field ? valueOfBinding(asMade([name, field])[1]) : { ...absent, type: own };
  });
  return asOperand(body, { kind: "items", items, type: record }, nameFrom(lowerFirst(owner.name?.text ?? "made")));
}

interface Constructed {
  readonly body: Body;
  readonly making: Map<string, Binding>;
  readonly block: readonly Stmt[];
}

/** Puts what the constructor does where the object is made; undefined where it was refused. */
function constructed(
  body: Body,
  node: ts.NewExpression,
  owner: ts.ClassDeclaration,
  types: Meanings | undefined,
): Constructed | undefined {
  const args = givenTo(body, node, owner);
  if (!args) return undefined;
  const making = new Map<string, Binding>();
  const inner = inConstructor(body, owner, args, types, making);
  const block = inBlock(inner, () => {
    declare(inner, owner, dataFields(inner, node, body.checker.getTypeAtLocation(node)));
    construct(inner, owner, args);
  });
  if (body.entry.failed) return undefined;
  body.block.push(...block);
  return { body: inner, making, block };
}

/** The arguments of the constructor, which may be that of the class that this one extends. */
function givenTo(
  body: Body,
  node: ts.NewExpression | ts.CallExpression,
  owner: ts.ClassDeclaration,
): readonly Binding[] | undefined {
  const maker = makerOf(body, owner);
  if (!maker) return [];
  if (body.open.some((other) => other.node === maker)) {
    refuse(body, node, "TG1008", shortText(node.expression), "makes itself");
    return undefined;
  }
  return argumentsOf(body, node, maker.parameters);
}

function makerOf(body: Body, owner: ts.ClassDeclaration): ts.ConstructorDeclaration | undefined {
  const own = constructorOf(owner);
  const base = own ? undefined : baseOf(body.checker, owner);
  return base ? makerOf(body, base) : own;
}

function inConstructor(
  body: Body,
  owner: ts.ClassDeclaration,
  functions: readonly Binding[],
  types: Meanings | undefined,
  making: Map<string, Binding>,
): Body {
  const node = constructorOf(owner) ?? owner;
  const scope = new Scope(node, undefined, { types, self: undefined, owner, exact: true, made: making });
  return body.inlined(scope, voidType, { node, scope: undefined, functions }, undefined, making);
}

/** What a constructor does; `inner` is in it. */
function construct(inner: Body, owner: ts.ClassDeclaration, args: readonly Binding[]): void {
  const own = constructorOf(owner);
  const base = baseOf(inner.checker, owner);
  const extended = extendedBy(owner);
  if (extended && !base)
    refuse(inner, extended, "TG1001", `extends ${shortText(extended)}`, "Extend classes of the project.");
  for (const [i, parameter] of (own?.parameters ?? []).entries()) bindParameter(inner, parameter, args[i]);
  if (base && !own) constructBase(inner, base, args);
  if (!base || !own) initialise(inner, owner);
  own?.body?.statements.forEach((statement) => {
    inner.statement(statement);
  });
}

function constructBase(inner: Body, base: ts.ClassDeclaration, args: readonly Binding[]): void {
  if (!inner.making) return;
  const { types } = inner.bindings.surroundings;
  const outer = inConstructor(inner, base, args, types, inner.making);
  inner.block.push(
    ...inBlock(outer, () => {
      construct(outer, base, args);
    }),
  );
}

/** `super(f, x)` in the constructor of a class that holds functions; false in any other. */
export function superOfKnown(inner: Body, node: ts.CallExpression): boolean {
  const { owner, made } = inner.bindings.surroundings;
  if (!owner || made === undefined) return false;
  const base = baseOf(inner.checker, owner);
  const args = base && givenTo(inner, node, base);
  if (base && args) {
    constructBase(inner, base, args);
    initialise(inner, owner);
  }
  return true;
}

/** A class and those that it extends. */
function chainOf({ checker }: Pick<Body, "checker">, owner: ts.ClassDeclaration): readonly ts.ClassDeclaration[] {
  const base = baseOf(checker, owner);
  return [owner, ...(base ? chainOf({ checker }, base) : [])];
}

/** A variable for each field that holds data; one that is given a value just once needs none before that. */
function declare(body: Body, owner: ts.ClassDeclaration, fields: readonly Field[]): void {
  const chain = chainOf(body, owner);
  const assigned = chain.map((each) => assignedFields(constructorOf(each)));
  for (const { name, type } of fields) {
    const times = chain.map((each, i) => (isInitialised(each, name) ? 1 : 0) + (assigned[i]?.get(name) ?? 0));
    const mutable =
      times.reduce((a, b) => a + b, 0) !== 1 ||
      chain.some((each) => isChanged(each, name)) ||
      isChangedSomewhere(body, body.checker.getTypeAtLocation(owner), name);
    const fresh = body.entry.names.fresh(nameFrom(name));
    body.making?.set(name, { kind: "var", name: fresh, type, mutable });
    if (mutable)
      emit(body, { kind: "let", name: fresh, type, mutable, ...(type.kind === "maybe" ? { init: absent } : {}) });
  }
}

/** A field that the constructor gives no value is not there. */
function asMade([name, binding]: readonly [string, Binding]): readonly [string, Binding] {
  const isLeft = binding.kind === "var" && !binding.mutable;
  return [name, isLeft ? { kind: "value", value: { ...absent, type: binding.type } } : binding];
}

/** The fields that hold no functions. */
function dataFields(body: Body, node: ts.NewExpression, type: ts.Type): Field[] {
  const fields: Field[] = [];
  for (const property of type.getProperties()) {
    if (property.flags & (ts.SymbolFlags.Method | ts.SymbolFlags.Accessor)) continue;
    const declaration = property.valueDeclaration;
    if (declaration && ts.isPropertyDeclaration(declaration) && ts.isPrivateIdentifier(declaration.name)) {
      const { text } = declaration.name;
      const shown = body.checker.typeToString(type);
      refuse(body, declaration.name, "TG1002", `An object with ${text}`, shown, unreadable(text));
      continue;
    }
    const own = body.checker.getTypeOfSymbol(property);
    if (holdsFunctions(body.all, own)) continue;
    const read = readType(body.all, own, "written");
    if (isRefused(read))
      refuse(
        body,
        property.valueDeclaration ?? node,
        "TG1002",
        property.name,
        body.checker.typeToString(own),
        read.hint,
      );
    else if (property.flags & ts.SymbolFlags.Optional)
      fields.push({ name: property.name, type: maybe(asData(read)), optional: true });
    else fields.push({ name: property.name, type: asData(read) });
  }
  return fields;
}

/** Whether a method assigns to a field, or a function in the constructor. */
function isChanged(owner: ts.ClassDeclaration, name: string): boolean {
  const changes = (node: ts.Node): boolean =>
    (isOfThis(node) && node.name.text === name && isTarget(node)) ||
    (ts.forEachChild(node, (child) => changes(child) || undefined) ?? false);
  return owner.members.some(
    (member) => !isStaticMember(member) && !ts.isConstructorDeclaration(member) && changes(member),
  );
}
