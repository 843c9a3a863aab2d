/** Classes: what their constructors make, and which method a call runs. */
import { ts } from "ts-morph";
import { fieldAt } from "../../ir/build.ts";
import type { Expr, Param, RecordType, Stmt } from "../../ir/types.ts";
import { walkBlock } from "../../ir/visit.ts";
import { nameFrom } from "../../ir/words.ts";
import { originOf } from "../positions.ts";
import { isAccess, isOfThis, isTarget } from "./assigned.ts";
import { callEntry, type EntryCall } from "./invocations.ts";
import { entryOf, isFunctionNode } from "./entries.ts";
import { isExtended, overriddenIn } from "./extending.ts";
import { meaningsOfInstance, meant, type Meanings } from "./generics.ts";
import {
  baseOf,
  classOf,
  constructorOf,
  declaredFields,
  extendedBy,
  isOpenField,
  isParameterProperty,
  isStaticMember,
  memberKey,
  parameterSymbol,
} from "./members.ts";
import { instanceAt, withoutMarks } from "./instance-at.ts";
import { readName } from "./names.ts";
import { quoteOf } from "./quote.ts";
import { isAmbient, skipOuter } from "./resolve.ts";
import {
  absent,
  broken,
  emit,
  inBlock,
  refuse,
  shortText,
  type Binding,
  type Body,
  type Entry,
  type Lowering,
} from "./state.ts";
import { asOperand, fitTo, isSteady, value } from "./values.ts";

/** The function that stands for a method or a getter. */
export function memberEntry(body: Body, { declaration, owner, exact, types }: Member, own?: Meanings): Entry {
  const all = own ? new Map([...(types ?? []), ...own]) : types;
  // Where no class extends it, every object of the class is.
  const isExact = exact && isExtended(body.all, owner);
  const name = memberKey(owner, declaration);
  const entry = entryOf(body.all, declaration, { name, owner, exact: isExact, types: all });
  body.entry.uses.add(entry);
  return entry;
}

/** The function that makes an instance of a type. */
export function makerEntry(body: Body, owner: ts.ClassDeclaration, types: Meanings | undefined): Entry {
  const name = memberKey(owner, owner);
  const entry = entryOf(body.all, constructorOf(owner) ?? owner, { name, owner, types });
  body.entry.uses.add(entry);
  return entry;
}

type BindParam = (body: Body, node: ts.ParameterDeclaration, param: Param) => void;

/** The body of a constructor: the fields live in variables, and the object is made of them at the end. */
export function makerBlock(
  body: Body,
  node: ts.ConstructorDeclaration | ts.ClassDeclaration,
  params: readonly Param[],
  bindParam: BindParam,
): Stmt[] {
  const { owner } = body.entry;
  const type = body.result;
  if (!owner || type.kind !== "record") return [];
  const base = baseOf(body.checker, owner);
  const extended = extendedBy(owner);
  if (extended && !base)
    refuse(body, extended, "TG1001", `extends ${shortText(extended)}`, "Extend classes of the project.");
  const block = inBlock(body, () => {
    if (ts.isConstructorDeclaration(node))
      for (const [i, parameter] of node.parameters.entries()) if (params[i]) bindParam(body, parameter, params[i]);
    declareFields(body, owner, type);
    if (!base) initialise(body, owner);
    else if (ts.isClassDeclaration(node)) {
      body.place = { quote: quoteOf(node.name ?? node), origin: originOf(node.name ?? node) };
      const given = params.map(({ name, type: own }) => (): Expr => ({ kind: "var", name, type: own }));
      inherit(body, node.name ?? node, base, given);
    }
    if (ts.isConstructorDeclaration(node)) node.body?.statements.forEach((inner) => body.statement(inner));
    body.place = { origin: originOf(owner.name ?? owner) };
    const items = type.fields.map((field): Expr => {
      const binding = body.making?.get(field.name);
      if (binding?.kind === "value") return binding.value;
      return binding?.kind === "var" ? { kind: "var", name: binding.name, type: binding.type } : absent;
    });
    emit(body, { kind: "return", value: asOperand(body, { kind: "items", items, type }, "made") });
  });
  checkGiven(body, owner, type, block);
  return block;
}

/** A variable for each field; one that is given a value just once needs none before that. */
function declareFields(body: Body, owner: ts.ClassDeclaration, type: RecordType): void {
  const base = baseOf(body.checker, owner);
  const inherited = new Set(
    base &&
      body.checker
        .getTypeAtLocation(base)
        .getProperties()
        .map((each) => each.name),
  );
  const times = assignedFields(constructorOf(owner));
  for (const field of type.fields) {
    const name = body.entry.names.fresh(nameFrom(field.name));
    const before = inherited.has(field.name) || isInitialised(owner, field.name) ? 1 : 0;
    const mutable = before + (times.get(field.name) ?? 0) !== 1;
    body.making?.set(field.name, { kind: "var", name, type: field.type, mutable });
    if (!mutable) continue;
    const init = field.type.kind === "maybe" ? { init: absent } : {};
    emit(body, { kind: "let", name, type: field.type, mutable, ...init });
  }
}

export function isInitialised(owner: ts.ClassDeclaration, name: string): boolean {
  const parameters = constructorOf(owner)?.parameters.filter(isParameterProperty) ?? [];
  const fields = declaredFields(owner).filter((field) => field.initializer);
  return [...parameters, ...fields].some((each) => each.name.getText() === name);
}

/** How often a constructor assigns to each field; anywhere but at its top level counts as often. */
export function assignedFields(node: ts.ConstructorDeclaration | undefined): ReadonlyMap<string, number> {
  const times = new Map<string, number>();
  const visit = (child: ts.Node): void => {
    if (isOfThis(child) && isTarget(child)) {
      const { parent } = child;
      const isPlain = ts.isBinaryExpression(parent) && parent.operatorToken.kind === ts.SyntaxKind.EqualsToken;
      const isAlone = isPlain && ts.isExpressionStatement(parent.parent) && parent.parent.parent === node?.body;
      times.set(child.name.text, (times.get(child.name.text) ?? 0) + (isAlone ? 1 : 2));
    }
    ts.forEachChild(child, visit);
  };
  if (node?.body) visit(node.body);
  return times;
}

/** Gives a field of the object that a constructor makes its value. */
export function give(body: Body, name: string, given: Expr): void {
  const binding = body.making?.get(name);
  if (binding?.kind !== "var" || given === broken) return;
  const fitted = fitTo(body, given, binding.type);
  if (binding.mutable) {
    emit(body, { kind: "assign", name: binding.name, value: asOperand(body, fitted, name) });
    return;
  }
  const becomesInt = binding.type.kind === "int" && fitted.type.kind !== "int";
  const isDone = isSteady(body, fitted) && !becomesInt && binding.type.kind !== "maybe";
  if (isDone) body.making?.set(name, { kind: "value", value: fitted });
  else {
    emit(body, { kind: "let", name: binding.name, type: binding.type, mutable: false, init: fitted });
    body.making?.set(name, { kind: "value", value: { kind: "var", name: binding.name, type: binding.type } });
  }
}

/** Gives a field that holds functions what it holds; false where the field is another one. */
export function giveKnown(body: Body, name: string, source: ts.Expression): boolean {
  if (!body.making || body.making.has(name)) return false;
  const known = body.known(source);
  if (known) body.making.set(name, known);
  else refuse(body, source, "TG1009", shortText(source));
  return true;
}

const holdsNoData = ({ kind }: Binding): boolean => kind === "function" || kind === "object" || kind === "list";

/** Parameter properties, and the fields that have a value where they are declared. */
export function initialise(body: Body, owner: ts.ClassDeclaration): void {
  const outer = body.place;
  for (const parameter of constructorOf(owner)?.parameters ?? []) {
    if (!isParameterProperty(parameter) || !ts.isIdentifier(parameter.name)) continue;
    body.place = { origin: originOf(parameter) };
    const symbol = parameterSymbol(body.checker, parameter);
    const known = symbol && body.bindings.get(symbol);
    if (known && holdsNoData(known)) body.making?.set(parameter.name.text, known);
    else give(body, parameter.name.text, readName(body, parameter.name, symbol));
  }
  for (const field of declaredFields(owner)) {
    body.place = { quote: quoteOf(field), origin: originOf(field) };
    if (field.initializer && !giveKnown(body, field.name.getText(), field.initializer))
      give(body, field.name.getText(), value(body, field.initializer));
  }
  body.place = outer;
}

/** `super(x, y)` */
export function superCall(body: Body, node: ts.CallExpression): Expr {
  const { owner } = body.entry;
  const base = owner && baseOf(body.checker, owner);
  if (base) inherit(body, node, base, node.arguments);
  return absent;
}

/** The fields that the base class makes, and then those of the class itself. */
function inherit(body: Body, node: ts.Node, base: ts.ClassDeclaration, given: EntryCall["given"]): void {
  const made = callEntry(body, node, makerEntry(body, base, body.all.types), {
    given,
    use: undefined,
    base: "inherited",
  });
  if (made.type.kind !== "record") return;
  for (const field of made.type.fields) give(body, field.name, fieldAt(made, field.name));
  if (body.entry.owner) initialise(body, body.entry.owner);
}

/** TypeScript may have been told that a field has a value which none of the constructor's statements gives it. */
export function checkGiven(body: Body, owner: ts.ClassDeclaration, type: RecordType, block: readonly Stmt[]): void {
  const given = new Set<string>();
  walkBlock(block, (stmt) => {
    if (stmt.kind === "assign") given.add(stmt.name);
  });
  for (const field of type.fields) {
    const binding = body.making?.get(field.name);
    if (binding?.kind !== "var" || field.type.kind === "maybe" || given.has(binding.name) || body.entry.failed)
      continue;
    const what = `the field ${field.name}, which the constructor of ${owner.name?.text ?? "the class"} gives no value`;
    refuse(body, owner.name ?? owner, "TG1015", what, "Give it a value where it is declared.");
  }
}

// ---------------------------------------------------------------------------------------------
// Which method
// ---------------------------------------------------------------------------------------------

export interface Member {
  readonly declaration: ts.MethodDeclaration | ts.AccessorDeclaration;
  /** The class for which it runs: what `this` is. */
  readonly owner: ts.ClassDeclaration;
  /** Whether the object is of that class itself, and of none that extends it. */
  readonly exact: boolean;
  /** What the type parameters of the class stand for. */
  readonly types: Meanings | undefined;
}

/**
 * The method, getter or setter that `receiver.name` means: undefined where it means none of a class, a text where it
 * cannot be told which one it is.
 */
export function memberOf(
  body: Body,
  access: ts.PropertyAccessExpression,
  isMember: (node: ts.Node) => node is Member["declaration"] = isRead,
): Member | string | undefined {
  const symbol = body.checker.getSymbolAtLocation(access.name);
  const declaration = symbol?.declarations?.[0];
  if (!symbol || !declaration || declaration.getSourceFile().isDeclarationFile || isStaticMember(declaration))
    return undefined;
  const name = access.name.text;
  if (!isComputed(symbol) && !(isOpenField(symbol) && isComputedIn(body, access))) return undefined;
  if (access.expression.kind === ts.SyntaxKind.SuperKeyword) {
    const found = symbol.declarations?.find(isMember);
    const { owner, exact = false, types } = body.bindings.surroundings;
    return found && owner ? { declaration: found, owner, exact, types } : `super.${name}`;
  }
  return memberIn(body, name, receiverType(body, access.expression), isMember);
}

/** The getter that `const { name } = object` runs, as `memberOf` has it. */
export function getterTaken(body: Body, object: ts.Expression, name: string): Member | string | undefined {
  const receiver = receiverType(body, object);
  const symbol = body.checker.getPropertyOfType(receiver.type, name);
  const [declaration] = symbol?.declarations ?? [];
  if (!symbol || !declaration || declaration.getSourceFile().isDeclarationFile) return undefined;
  return symbol.flags & ts.SymbolFlags.Accessor
    ? memberIn(body, name, receiver, ts.isGetAccessorDeclaration)
    : undefined;
}

function memberIn(
  body: Body,
  name: string,
  { type, exact, all }: Receiver,
  isMember: (node: ts.Node) => node is Member["declaration"],
): Member | string | undefined {
  const [first] = (type as { readonly symbol?: ts.Symbol }).symbol?.declarations ?? [];
  const owner = first && ts.isClassDeclaration(first) ? classDeclared(type) : undefined;
  const text = body.checker.typeToString(type);
  if (!owner) return `the method ${name} of ${text}, of which class the object is not known here`;
  const declarations = body.checker.getPropertyOfType(type, name)?.declarations ?? [];
  const found = declarations.find(isMember);
  if (!found && isMember !== isRead) return undefined;
  if (!found && isAmbient(owner)) return `the method ${name} of ${text}${sourceless}`;
  if (!found) return `the method ${name}, which ${text} leaves to the classes that extend it`;
  const overriding = exact ? undefined : overriddenIn(body.all, owner, name);
  if (overriding) return `the method ${name} of ${text}, which may be that of ${overriding} here`;
  return { declaration: found, owner, exact, types: meaningsOfInstance(all, owner, type) };
}

/** What is said of a method of a class that is only declared. */
export const sourceless = ", a class whose source tsgrad cannot see";

const isComputed = ({ flags }: ts.Symbol): boolean => (flags & (ts.SymbolFlags.Method | ts.SymbolFlags.Accessor)) !== 0;

/** Whether the class of the object is known to have a method or a getter of that name. */
function isComputedIn(body: Body, { expression, name }: ts.PropertyAccessExpression): boolean {
  const property = body.checker.getPropertyOfType(receiverType(body, expression).type, name.text);
  return property !== undefined && isComputed(property);
}

function isRead(node: ts.Node): node is Member["declaration"] {
  return (ts.isMethodDeclaration(node) && node.body !== undefined) || ts.isGetAccessorDeclaration(node);
}

function classDeclared(type: ts.Type): ts.ClassDeclaration | undefined {
  return type.symbol.declarations?.find(ts.isClassDeclaration);
}

/** What is known of the class of an object. */
export interface Receiver {
  readonly type: ts.Type;
  /** With what the type parameters in the type mean. */
  readonly all: Lowering;
  /** Whether it is of no class that extends that one. */
  readonly exact: boolean;
}

/** The class that an argument is an instance of, which its parameter need not say. */
export function instanceGiven(body: Body, expression: ts.Expression): Receiver | undefined {
  const found = receiverType(body, expression);
  const { symbol } = found.type as { readonly symbol?: ts.Symbol };
  return classOf(symbol) ? found : undefined;
}

function receiverType(body: Body, expression: ts.Expression): Receiver {
  const node = withoutMarks(expression);
  const { checker, all } = body;
  const { owner, exact = false } = body.bindings.surroundings;
  if (node.kind === ts.SyntaxKind.ThisKeyword && owner) return { type: checker.getTypeAtLocation(owner), all, exact };
  if (ts.isNewExpression(node)) return { type: checker.getTypeAtLocation(node), all, exact: true };
  const symbol = ts.isIdentifier(node) ? checker.getSymbolAtLocation(node) : undefined;
  const given = symbol && body.bindings.instanceOf(symbol);
  if (given) return given;
  const declaration = symbol?.valueDeclaration;
  if (symbol && declaration && ts.isVariableDeclaration(declaration) && (body.assignments.get(symbol) ?? 0) === 0) {
    const made = declaration.initializer && withoutMarks(declaration.initializer);
    if (made && ts.isNewExpression(made)) return { type: checker.getTypeAtLocation(made), all, exact: true };
    const listed = made && ts.isElementAccessExpression(made) ? instanceAt(body, made)?.instance : undefined;
    if (listed) return listed;
  }
  const element = ts.isElementAccessExpression(node) ? instanceAt(body, node)?.instance : undefined;
  if (element) return element;
  // With its `!`, which says that `ps[i]` is there.
  const { type, all: within } = meant(all, checker.getTypeAtLocation(expression));
  const isThis = type.isTypeParameter() && (type.symbol.flags & ts.SymbolFlags.Class) !== 0;
  return { type: isThis ? checker.getDeclaredTypeOfSymbol(type.symbol) : type, all: within, exact: false };
}

/** Whether a getter does more than to compute: it assigns to fields or elements. What it gives may do so when it is called. */
export function writesSomething(node: ts.Node): boolean {
  const isGiven = (child: ts.Node): boolean =>
    ts.isReturnStatement(child) && child.expression !== undefined && isFunctionNode(skipOuter(child.expression));
  const visit = (child: ts.Node): boolean =>
    (isAccess(child) && isTarget(child)) ||
    (!isGiven(child) && (ts.forEachChild(child, (inner) => visit(inner) || undefined) ?? false));
  return visit(node);
}
