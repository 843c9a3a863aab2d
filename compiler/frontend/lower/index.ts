/** From TypeScript's syntax to the IR. */
import { ts } from "ts-morph";
import { holdsTensor } from "../../ir/build.ts";
import type { Func } from "../../ir/types.ts";
import { variableTypes } from "../../ir/visit.ts";
import type { FunctionNode } from "../annotations.ts";
import type { LowerContext } from "../context.ts";
import type { DerivedFunction } from "../types.ts";
import { derivedKey } from "./callees.ts";
import { meaningsWritten } from "./generics.ts";
import { lowerBody } from "./body.ts";
import { capturingEntry } from "./capturing.ts";
import { entryOf, isTooDeep, signatureOf, suspendsIn } from "./entries.ts";
import { isStaticMember, memberKey } from "./members.ts";
import { type Entry, type Lowering, report } from "./state.ts";
import { checkTensorShapes } from "../tensor-shapes.ts";
import { operationIn } from "./tensors.ts";

const lowerings = new WeakMap<LowerContext, Lowering>();

function loweringOf(context: LowerContext): Lowering {
  const known = lowerings.get(context);
  if (known) return known;
  const made: Lowering = {
    context,
    checker: context.checker,
    types: undefined,
    entries: new Map(),
    keys: new Set(),
    symbolKeys: new Map(),
    typeKeys: new Map(),
    reported: new Set(),
    queue: [],
  };
  lowerings.set(context, made);
  return made;
}

/**
 * Lowers a function-like declaration (function declaration, constant arrow or function expression) and, on
 * demand, everything it calls; gives its key in the program, or undefined if errors were reported.
 */
export function lowerFunction(context: LowerContext, node: ts.FunctionLikeDeclaration): string | undefined {
  const all = loweringOf(context);
  return lowered(all, annotatedEntry(all, node));
}

/** The same of a generic function, for the types that are written in `f<number[]>`. */
export function lowerInstance(
  context: LowerContext,
  node: ts.FunctionLikeDeclaration,
  typed: ts.ExpressionWithTypeArguments,
): string | undefined {
  const all = loweringOf(context);
  return lowered(all, entryOf(all, node, { types: meaningsWritten(all, typed, node) }));
}

/** The same of a function that uses variables around it: they become its first parameters. */
export function lowerCapturing(
  context: LowerContext,
  node: FunctionNode,
  captured: readonly ts.Identifier[],
): string | undefined {
  const all = loweringOf(context);
  const entry = capturingEntry(all, node, captured);
  return entry && lowered(all, entry);
}

/** Registers a derivative of a function of the program, to be differentiated again; its key. */
export function derivativeKey(context: LowerContext, wanted: Omit<DerivedFunction, "key">): string {
  return derivedKey(loweringOf(context), wanted, wanted.origin);
}

function lowered(all: Lowering, entry: Entry): string | undefined {
  const { context } = all;
  for (let next = all.queue.shift(); next; next = all.queue.shift()) lowerEntry(all, next);
  const reached = reachedFrom(entry);
  if (![...reached].some((other) => other.failed)) return entry.key;
  // What cannot be called stays out of the program, and so does what calls it.
  for (const other of reached) {
    if ([...reachedFrom(other)].some((inner) => inner.failed)) context.program.delete(other.key);
  }
  return undefined;
}

/** The name in the IR of a variable at the top level of a function's body. */
export function loweredLocal(
  context: LowerContext,
  node: ts.FunctionLikeDeclaration,
  name: string,
): string | undefined {
  return annotatedEntry(loweringOf(context), node).locals.get(name);
}

function annotatedEntry(all: Lowering, node: ts.FunctionLikeDeclaration): Entry {
  const owner = ownerOf(node);
  if (!owner) return entryOf(all, node);
  return entryOf(all, node, { name: memberKey(owner, node), ...(isStaticMember(node) ? {} : { owner }) });
}

/** The class that a method belongs to. */
function ownerOf(node: ts.FunctionLikeDeclaration): ts.ClassDeclaration | undefined {
  return ts.isMethodDeclaration(node) && ts.isClassDeclaration(node.parent) ? node.parent : undefined;
}

function lowerEntry(all: Lowering, entry: Entry): void {
  if (entry.lowered) return;
  entry.lowered = true;
  signatureOf(all, entry);
  if (!ts.isClassDeclaration(entry.node) && suspendsIn(entry.node) !== undefined) return;
  if (isTooDeep(entry)) return;
  const { body } = ts.isClassDeclaration(entry.node) ? { body: undefined } : entry.node;
  const misfit = (at: ts.Node, message: string): void => {
    report(all, entry, at, "TG1040", message);
  };
  const func = lowerBody(all, entry);
  if (body && (func === undefined || usesTensors(func)))
    checkTensorShapes(all.checker, (call) => operationIn(all.checker, call), body, misfit);
  if (func && !entry.failed) all.context.program.set(entry.key, func);
}

const usesTensors = (func: Func): boolean => [func.result, ...variableTypes(func).values()].some(holdsTensor);

function reachedFrom(entry: Entry): Set<Entry> {
  const reached = new Set<Entry>([entry]);
  for (const next of reached) for (const used of next.uses) reached.add(used);
  return reached;
}
