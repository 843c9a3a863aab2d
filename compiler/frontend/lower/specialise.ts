/**
 * Functions that call themselves and that are given functions, or use variables of a function around them. Such a
 * function is lowered once for each choice of the functions that it is given; what they all capture becomes parameters
 * of it (Johnsson, _Lambda lifting_, 1985). A call of itself with the same functions is then a call of the same one.
 */
import { ts } from "ts-morph";
import { realParameters } from "../annotations.ts";
import type { Expr, Param, Type } from "../../ir/types.ts";
import { namesApartFrom } from "../../ir/names.ts";
import { assignmentsIn } from "./assigned.ts";
import type { Callee, Closure } from "./callees.ts";
import type { Receiver } from "./classes.ts";
import { freeSymbols, Rebinding, type Captured } from "./captures.ts";
import { specialEntry } from "./entries.ts";
import { argumentsOf } from "./inlining.ts";
import { callEntry, calledName } from "./invocations.ts";
import { declarationOf, followed, skipOuter } from "./resolve.ts";
import { nothingAround, Scope, type Around } from "./scope.ts";
import { absent, broken, refuse, shortText, type Binding, type Body, type Entry, type Use } from "./state.ts";
import { holdsFunctions } from "./types.ts";
import { valueOfBinding } from "./variables.ts";

/** How a function is lowered for the functions that it is given. */
export interface Special {
  /** What it is lowered for: the same for calls that may share it. */
  readonly shape: string;
  /** The functions that it is given, by the positions of their parameters. */
  readonly known: ReadonlyMap<number, Binding>;
  /** The variables around it. */
  readonly captured: readonly Param[];
  readonly scope: Scope | undefined;
  readonly around: Around;
}

/** More than these are made of functions that take larger functions each time. */
const most = 40;

/** Whether a function's text leads back to itself. */
export function isRecursive(body: Body, node: ts.Node): boolean {
  const known = recursive.get(node);
  if (known !== undefined) return known;
  const seen = new Set<ts.Node>();
  const leads = (from: ts.Node): boolean => {
    for (const symbol of freeSymbols(body.checker, from)) {
      const next = functionBehind(body, symbol);
      if (next === node) return true;
      if (!next || seen.has(next)) continue;
      seen.add(next);
      if (leads(next)) return true;
    }
    return false;
  };
  const found = leads(node);
  recursive.set(node, found);
  return found;
}

const recursive = new WeakMap<ts.Node, boolean>();

/** The function that a name is declared as. */
function functionBehind({ checker }: Body, symbol: ts.Symbol): ts.Node | undefined {
  const declaration = declarationOf(followed(checker, symbol));
  if (!declaration || declaration.getSourceFile().isDeclarationFile) return undefined;
  if (ts.isFunctionDeclaration(declaration) || ts.isMethodDeclaration(declaration)) return declaration;
  if (!ts.isVariableDeclaration(declaration) || !declaration.initializer) return undefined;
  const inner = skipOuter(declaration.initializer);
  return ts.isArrowFunction(inner) || ts.isFunctionExpression(inner) ? inner : undefined;
}

/** A call of a function that calls itself. */
export function callSpecial(body: Body, node: ts.CallExpression, closure: Closure, use: Use): Expr {
  const args = argumentsOf(body, node, realParameters(closure.node));
  return args ? applySpecial(body, node, closure, args, use) : broken;
}

export function applySpecial(body: Body, at: ts.Node, closure: Closure, args: readonly Binding[], use: Use): Expr {
  const name = calledText(at);
  const lifted = lift(body, calledNode(at), closure, args, { name, why: "calls itself" });
  if (!lifted) return broken;
  const { entry, data, captured } = lifted;
  const given = [...captured, ...data].map((each) => (): Expr => each);
  return callEntry(body, at, entry, { given, use, base: ts.isCallExpression(at) ? calledName(at) : name });
}

/** A function of the program that was made of one inside of another function. */
export interface Lifted {
  readonly entry: Entry;
  /** What it captures: its first arguments. */
  readonly captured: readonly Expr[];
  /** The arguments that are no functions. */
  readonly data: readonly Expr[];
  /** The positions of the parameters that are functions: nothing is left of these. */
  readonly known: ReadonlySet<number>;
}

/** Makes a function of the program of a function and of the functions among its arguments; undefined where it is refused. */
export function lift(
  body: Body,
  at: ts.Node,
  closure: Closure,
  args: readonly Binding[],
  { name, why }: { readonly name: string; readonly why: string },
): Lifted | undefined {
  const { node } = closure;
  const captures = new Captures(body);
  const lifted = captures.rebinding.closure(closure);
  const known = new Map<number, Binding>();
  for (const [i, parameter] of realParameters(node).entries()) {
    const arg = args[i] ?? { kind: "value" as const, value: absent };
    const isData = arg.kind === "var" || arg.kind === "tuple" || arg.kind === "value";
    const takes = holdsFunctions(body.all, body.checker.getTypeAtLocation(parameter));
    if (!isData || takes) known.set(i, captures.rebinding.binding(arg));
  }
  const changed = captures.changed();
  if (changed !== undefined) {
    refuse(body, at, "TG1008", name, `${why} and changes ${changed} around it`);
    return undefined;
  }
  const [slot] = captures.slots;
  if (slot !== undefined) {
    refuse(body, at, "TG1008", name, `${why} and is given ${slot}, which changes`);
    return undefined;
  }
  const around = lifted.around ?? lifted.scope?.surroundings ?? nothingAround;
  const shape = shapeOf(body, lifted, known, captures.names);
  const special: Special = { shape, known, captured: captures.params, scope: lifted.scope, around };
  const entry = specialEntry(body.all, node, special, name);
  if ((body.all.entries.get(node)?.size ?? 0) > most) {
    refuse(body, at, "TG1008", name, "calls itself and gives itself another function each time");
    return undefined;
  }
  body.entry.uses.add(entry);
  const data = args.filter((_, i) => !known.has(i)).map(valueOfBinding);
  return { entry, captured: captures.given, data, known: new Set(known.keys()) };
}

const calledNode = (at: ts.Node): ts.Node => (ts.isCallExpression(at) ? at.expression : at);
const calledText = (at: ts.Node): string => shortText(calledNode(at)).replace(/^.*\W/, "") || "inner";

/** What the functions capture, as parameters of the function that is made for them. */
class Captures {
  readonly params: Param[] = [];
  readonly given: Expr[] = [];
  /** The parameters by what they are called in the caller. */
  readonly names = new Map<string, string>();
  /** Variables of functions, of which it shows too late what they may hold. */
  readonly slots: string[] = [];
  readonly rebinding: Rebinding;
  readonly #body: Body;
  readonly #symbols = new Set<ts.Symbol>();
  readonly #fresh = namesApartFrom([]);

  constructor(body: Body) {
    this.#body = body;
    this.rebinding = new Rebinding(body, (captured) => this.#param(captured));
  }

  #param({ binding: { name, type }, symbol, slot }: Captured): Binding {
    if (slot) this.slots.push(slot.text);
    if (symbol) this.#symbols.add(symbol);
    const known = this.names.get(name) ?? this.#fresh.fresh(name);
    if (!this.names.has(name)) {
      this.names.set(name, known);
      this.params.push({ name: known, type, captured: true });
      this.given.push({ kind: "var", name, type });
    }
    return { kind: "var", name: known, type, mutable: false };
  }

  /** A variable that one of the functions assigns to: its value cannot be handed down. */
  changed(): string | undefined {
    for (const node of this.rebinding.nodes) {
      const assigned = assignmentsIn(this.#body.checker, node);
      for (const symbol of this.#symbols) if (assigned.has(symbol)) return symbol.name;
    }
    return undefined;
  }
}

/** The class of an instance, by where it is declared and what its type parameters stand for. */
function typeShownOf({ checker }: Body, { type }: Receiver): string {
  const declaration = type.symbol.declarations?.[0];
  const place = declaration ? `${declaration.getSourceFile().fileName}:${String(declaration.pos)}` : "";
  return `${place} ${checker.typeToString(type)}`;
}

/** A text that tells apart what a function is lowered for. */
function shapeOf(
  body: Body,
  closure: Closure,
  known: ReadonlyMap<number, Binding>,
  captured: ReadonlyMap<string, string>,
): string {
  const scopes = new Map<Scope, number>();
  const places = [...captured.values()];
  const ofType = (type: Type): string => JSON.stringify(type);
  const ofExpr = (expr: Expr): string =>
    expr.kind === "var" ? `#${String(places.indexOf(expr.name))} ${ofType(expr.type)}` : JSON.stringify(expr);
  const ofNode = (node: ts.Node): string => `${node.getSourceFile().fileName}:${String(node.pos)}`;
  const ofClosure = ({ node, scope, around }: Closure): string => {
    const object = around?.known;
    const self = (around?.self ? ofExpr(around.self) : "") + (object ? ofBinding(object) : "");
    if (!scope) return `${ofNode(node)} ${self}`;
    const seen = scopes.get(scope);
    const place = seen ?? scopes.size;
    if (seen === undefined) scopes.set(scope, place);
    const key = `${ofNode(node)} ${self} ${String(place)}`;
    if (written.has(key)) return key;
    written.add(key);
    const parts = freeSymbols(body.checker, node).map((symbol) => {
      const found = scope.get(symbol);
      return found ? ofBinding(found) : "";
    });
    return `${key} {${parts.join(";")}}`;
  };
  const written = new Set<string>();
  const ofCallee = (callee: Callee): string => {
    switch (callee.kind) {
      case "closure":
        return ofClosure(callee);
      case "choice":
        return `(${ofExpr(callee.test)} ? ${ofCallee(callee.yes)} : ${ofCallee(callee.no)})`;
      case "function":
        return callee.entry.key;
      case "derived":
        return callee.key;
      case "derivative":
        return `${JSON.stringify(callee.steps)}(${ofCallee(callee.of)})`;
      case "generic":
        return ofNode(callee.node);
      case "slot":
        return `slot ${callee.slot.tag.name}`;
      default:
        return callee.kind + ("name" in callee ? callee.name : "");
    }
  };
  const ofBinding = (binding: Binding): string => {
    switch (binding.kind) {
      case "function":
        return ofCallee(binding.callee);
      case "object":
        return `{${[...binding.fields].map(([name, field]) => `${name}: ${ofBinding(field)}`).join(", ")}}`;
      case "list":
      case "tuple":
        return `[${binding.items.map(ofBinding).join(", ")}]`;
      case "value":
        return `${ofExpr(binding.value)} ${binding.instance ? typeShownOf(body, binding.instance) : ""}`;
      case "var":
        return `#${String(places.indexOf(binding.name))} ${ofType(binding.type)}`;
      case "broken":
        return "";
    }
  };
  return [ofClosure(closure), ...[...known].map(([i, binding]) => `${String(i)} ${ofBinding(binding)}`)].join(" ");
}
