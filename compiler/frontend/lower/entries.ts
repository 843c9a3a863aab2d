/** The functions of the program: their keys, signatures and the names that their bodies leave alone. */
import { lowerFirst } from "../../ir/words.ts";
import path from "node:path";
import { ts } from "ts-morph";
import { voidType } from "../../ir/build.ts";
import { namesApartFrom, type Names } from "../../ir/names.ts";
import { absenceOf, maybe } from "../../ir/presence.ts";
import type { Param, Type } from "../../ir/types.ts";
import type { Closure } from "./callees.ts";
import type { Special } from "./specialise.ts";
import { genericWords } from "../generic-words.ts";
import { originOf } from "../positions.ts";
import { oneAbsence } from "./absence.ts";
import { constantExpr } from "./module-constants.ts";
import { keyOf, depthOf, type Meanings } from "./generics.ts";
import { typeOfReturned } from "./handed-on.ts";
import { freshKey } from "./keys.ts";
import { report, withoutSource, type Entry, type EntryNode, type Lowering, type Signature } from "./state.ts";
import { isOpenField, isMaker, isStaticMember, parametersOf } from "./members.ts";
import { outermost } from "./resolve.ts";
import { portableText } from "./type-names.ts";
import { asData, holdsFunctions, typeFor, writtenType } from "./types.ts";

export type FunctionNode = ts.FunctionDeclaration | ts.ArrowFunction | ts.FunctionExpression;

export function isFunctionNode(node: ts.Node): node is FunctionNode {
  return ts.isFunctionDeclaration(node) || ts.isArrowFunction(node) || ts.isFunctionExpression(node);
}

export interface EntryOptions {
  /** For functions without a name of their own. */
  readonly name?: string;
  /** The class that a method runs for. */
  readonly owner?: ts.ClassDeclaration;
  /** Whether the object is of that class itself, and of none that extends it. */
  readonly exact?: boolean;
  readonly types?: Meanings | undefined;
}

/** The entry of a declaration, made and queued where it is new. */
export function entryOf(all: Lowering, node: EntryNode, { name, owner, exact, types }: EntryOptions = {}): Entry {
  const entries = all.entries.get(node) ?? new Map<string, Entry>();
  all.entries.set(node, entries);
  const home = owner ? String(owner.pos) + owner.getSourceFile().fileName : "";
  const identity = `${home} ${exact === true ? "exactly " : ""}${keyOf(types)}`;
  const known = entries.get(identity);
  if (known) return known;
  const entry: Entry = {
    ...newEntry(all, node, name ?? nameOf(node)),
    ...(owner ? { owner } : {}),
    ...(exact === true ? { exact } : {}),
    types: types && types.size > 0 ? types : undefined,
  };
  entries.set(identity, entry);
  all.queue.push(entry);
  return entry;
}

/** The entry of a function that is lowered for the functions that it is given. */
export function specialEntry(all: Lowering, node: Closure["node"], special: Special, name: string): Entry {
  const entries = all.entries.get(node) ?? new Map<string, Entry>();
  all.entries.set(node, entries);
  const known = entries.get(special.shape);
  if (known) return known;
  const { types } = special.around;
  const entry: Entry = {
    ...newEntry(all, node, name, special.captured),
    special,
    types: types && types.size > 0 ? types : undefined,
  };
  entries.set(special.shape, entry);
  all.queue.push(entry);
  return entry;
}

/** The entry of a function that is lowered for tuples in memory, which are objects, where it takes any array. */
export function tupleEntry(all: Lowering, entry: Entry, tuples: ReadonlyMap<number, Type>): Entry {
  const entries = all.entries.get(entry.node)!;
  const own = [...entries].find(([, other]) => other === entry)?.[0] ?? "";
  const identity = `${own} ${JSON.stringify([...tuples])}`;
  const known = entries.get(identity);
  if (known) return known;
  const made: Entry = {
    ...entry,
    ...newEntry(all, entry.node, nameOf(entry.node), entry.special?.captured),
    tuples,
  };
  entries.set(identity, made);
  all.queue.push(made);
  return made;
}

/** What an entry begins with. */
function newEntry(all: Lowering, node: EntryNode, name: string, captured: readonly Param[] = []): Omit<Entry, "types"> {
  const { local, outer, texts } = identifiersOf(node);
  return {
    node,
    key: freshKey(all, name, node.getSourceFile().fileName),
    names: namesApartFrom([...[...outer].filter((text) => !local.has(text)), ...captured.map((param) => param.name)]),
    texts,
    uses: new Set(),
    locals: new Map(),
    made: { bindings: new Map(), block: [] },
    signature: undefined,
    failed: false,
    lowered: false,
  };
}

function nameOf(node: EntryNode): string {
  if (node.name && ts.isIdentifier(node.name)) return node.name.text;
  const holder = outermost(node).parent;
  if (ts.isVariableDeclaration(holder) && ts.isIdentifier(holder.name)) return holder.name.text;
  return (
    path
      .basename(node.getSourceFile().fileName)
      .replace(/\..*$/, "")
      .replace(/[^\w$]+/g, "_") || "anonymous"
  );
}

/** Identifier texts of a function: those that it declares, and those that it reads from outside. */
function identifiersOf(node: ts.Node): { local: Set<string>; outer: Set<string>; texts: Set<string> } {
  const local = new Set<string>();
  const texts = new Set<string>();
  const visit = (child: ts.Node): void => {
    if (ts.isIdentifier(child)) texts.add(child.text);
    if (
      (ts.isVariableDeclaration(child) || ts.isParameter(child) || ts.isBindingElement(child)) &&
      ts.isIdentifier(child.name)
    ) {
      local.add(child.name.text);
    }
    if (ts.isFunctionDeclaration(child) && child.name) local.add(child.name.text);
    ts.forEachChild(child, visit);
  };
  ts.forEachChild(node, visit);
  return { local, outer: texts, texts };
}

/** The signature in the IR; problems are reported once, at the declaration. */
export function signatureOf(caller: Lowering, entry: Entry): Signature {
  if (entry.signature) return entry.signature;
  const all: Lowering = { ...caller, types: entry.types };
  const { special } = entry;
  const nodes = parametersOf(all.checker, entry.node).filter((_, i) => !special?.known.has(i));
  if (!checkForm(all, entry)) {
    // Reported; what its types would be depends on the call.
    const names = nodes.map((node) => node.name.getText());
    const own = entry.owner && !isMaker(entry.node) ? ["self", ...names] : names;
    const unknown = own.map((name): Param => ({ name: entry.names.fresh(name), type: voidType }));
    const params = [...(special?.captured ?? []), ...unknown];
    entry.signature = { params, rest: false, result: voidType };
    return entry.signature;
  }
  const self = selfParam(all, entry);
  const params: Param[] = self ? [self] : [...(special?.captured ?? [])];
  let rest = false;
  for (const node of nodes) {
    rest ||= node.dotDotDotToken !== undefined;
    const param = paramOf(all, entry, node, entry.names);
    const tuple = entry.tuples?.get(params.length);
    params.push(tuple ? { name: param.name, type: tuple, origin: originOf(node) } : param);
  }
  // A recursive call meets the signature before the body is lowered.
  entry.signature = { params, rest, result: resultOf(all, entry) };
  return entry.signature;
}

/** The method's own object. */
function selfParam(all: Lowering, entry: Entry): Param | undefined {
  const { node, owner } = entry;
  if (!owner || isMaker(node)) return undefined;
  const name = entry.names.fresh("self");
  const what = { node: node.name ?? node, what: "this", source: "inferred" as const };
  const type = typeFor(all, entry, all.checker.getTypeAtLocation(owner), what);
  return { name, type: type ?? voidType, origin: originOf(node.name ?? node) };
}

/** What a function is that does not run through at once: its result and its body say so too. */
export function suspendsIn(node: ts.FunctionLikeDeclaration): "async" | "a generator" | undefined {
  if (node.asteriskToken) return "a generator";
  return node.modifiers?.some((modifier) => modifier.kind === ts.SyntaxKind.AsyncKeyword) ? "async" : undefined;
}

/** Reports what cannot be a function of the program; whether its types can be read. */
function checkForm(all: Lowering, entry: Entry): boolean {
  const { node, owner } = entry;
  const at = node.name ?? node;
  const name = node.name?.getText() ?? entry.key;
  const generic = [...(node.typeParameters ?? []), ...(owner?.typeParameters ?? [])];
  const isUnknown = generic.length > 0 && (!entry.types || isTooDeep(entry));
  if (isUnknown) {
    const what = node.typeParameters || !owner?.name ? name : owner.name.text;
    if (entry.types)
      report(
        all,
        entry,
        at,
        "TG1011",
        `${what} calls itself with other types each time`,
        "Write it without recursion.",
      );
    else report(all, entry, at, "TG1011", ...genericWords(what, !node.typeParameters));
  }
  if (ts.isClassDeclaration(node)) return !isUnknown;
  const isStatic = ts.isMethodDeclaration(node) && isStaticMember(node);
  if (!isFunctionNode(node) && !owner && !isStatic && !entry.special) {
    report(all, entry, at, "TG1001", `The method ${name}`, "Write a function of module scope.");
  }
  const suspends = suspendsIn(node);
  if (suspends !== undefined) report(all, entry, at, "TG1013", name, suspends);
  if (!node.body) report(all, entry, at, "TG1004", name, withoutSource);
  return !isUnknown && suspends === undefined;
}

/** A function that calls itself with other types each time has no end of them. */
export const isTooDeep = (entry: Entry): boolean => depthOf(entry.types) > 12;

function paramOf(all: Lowering, entry: Entry, node: ts.ParameterDeclaration, names: Names): Param {
  const origin = originOf(node);
  const refused: Param = { name: names.fresh("unknown"), type: voidType, origin };
  const text = ts.isIdentifier(node.name) ? node.name.text : patternName(node);
  const name = names.fresh(text);
  const read = paramType(all, entry, node, text);
  if (!read) return { ...refused, name };
  const type = asData(read);
  if (type.kind === "void") {
    const shown = all.checker.typeToString(all.checker.getTypeAtLocation(node));
    report(
      all,
      entry,
      node.type ?? node,
      "TG1002",
      text,
      shown,
      "Pass each item as a parameter of its own, or use number[].",
    );
    return { ...refused, name };
  }
  const written = node.type && portableText(all, node.type);
  const typeText = written === undefined ? {} : { typeText: written };
  if (node.initializer) {
    const defaultValue = constantExpr(all, entry, node.initializer);
    if (defaultValue) return { name, type, ...typeText, defaultValue, origin };
  }
  // null makes no room for a default, so the two would have to be told apart.
  if ((node.initializer ?? node.questionToken) && absenceOf(type) === "null") {
    const shown = all.checker.typeToString(all.checker.getTypeAtLocation(node));
    report(all, entry, node.type ?? node, "TG1002", text, shown, oneAbsence);
    return { ...refused, name };
  }
  if (node.initializer) return { name, type: maybe(type), ...typeText, optional: true, defaulted: true, origin };
  if (node.questionToken) return { name, type: maybe(type), ...typeText, optional: true, origin };
  return { name, type, ...typeText, origin };
}

/** A name for a parameter that is taken apart where it stands: that of its type, or of what it is. */
function patternName({ type }: ts.ParameterDeclaration): string {
  const named = type && ts.isTypeReferenceNode(type) && ts.isIdentifier(type.typeName) ? type.typeName.text : undefined;
  return named === undefined ? "given" : lowerFirst(named);
}

function paramType(all: Lowering, entry: Entry, node: ts.ParameterDeclaration, what: string): Type | undefined {
  if (node.type) return writtenType(all, entry, node.type, what);
  return typeFor(all, entry, all.checker.getTypeAtLocation(node), { node, what, source: "inferred" });
}

function resultOf(all: Lowering, entry: Entry): Type {
  const { node, owner } = entry;
  if (owner && isMaker(node)) {
    const at = { node: owner.name ?? owner, what: `new ${owner.name?.text ?? "class"}`, source: "inferred" as const };
    const made = all.checker.getTypeAtLocation(owner);
    const type = typeFor(all, entry, made, at) ?? voidType;
    if (type.kind !== "record") return type;
    const fields = type.fields.filter(({ name }) => !isOpenField(all.checker.getPropertyOfType(made, name)));
    return fields.length === type.fields.length ? type : { ...type, fields };
  }
  if (ts.isClassDeclaration(node) || ts.isSetAccessor(node)) return voidType;
  const signature = all.checker.getSignatureFromDeclaration(node);
  const what = `The result of ${node.name?.getText() ?? "this function"}`;
  const at = { node: node.name ?? node, what, source: "inferred" as const };
  const type = node.type
    ? writtenType(all, entry, node.type, what)
    : signature && typeFor(all, entry, signature.getReturnType(), at);
  if (type?.kind !== "tuple" || (signature && holdsFunctions(all, signature.getReturnType()))) return type ?? voidType;
  return typeOfReturned(all.checker, node, type);
}
