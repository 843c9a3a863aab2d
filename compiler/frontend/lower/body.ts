/** The body of one function. */
import { bindPatternTo } from "./patterns.ts";
import { ts } from "ts-morph";
import { realParameters } from "../annotations.ts";
import { namesApartFrom, namesOf } from "../../ir/names.ts";
import { originOf } from "../positions.ts";
import type { Expr, Func, Param, Stmt, Var } from "../../ir/types.ts";
import { calleesOf, renameFunc, walkBlockExprs } from "../../ir/visit.ts";
import { compare, isReference, voidType } from "../../ir/build.ts";
import { presentType } from "../../ir/presence.ts";
import { signatureOf } from "./entries.ts";
import { assignmentsIn } from "./assigned.ts";
import { makerBlock } from "./classes.ts";
import { isOnlyReadIn } from "./only-read.ts";
import { isMaker, parameterSymbol } from "./members.ts";
import { effect, rhs } from "./expressions.ts";
import { knownOf } from "./functions.ts";
import { bindParameter } from "./inlining.ts";
import { quoteOf } from "./quote.ts";
import { Scope } from "./scope.ts";
import type { Special } from "./specialise.ts";
import {
  absent,
  broken,
  emit,
  freshName,
  hold,
  inBlock,
  runAll,
  type Binding,
  type Body,
  type Entry,
  type Lowering,
  type Signature,
} from "./state.ts";
import { withLater } from "./slots.ts";
import { reachEnd, returnValue } from "./returns.ts";
import { statement } from "./statements.ts";
import { fitTo, isWholeOnly } from "./values.ts";

/** Lowers a function; undefined where it was refused. */
export function lowerBody(queue: Lowering, entry: Entry): Func | undefined {
  const all: Lowering = { ...queue, types: entry.types };
  const signature = signatureOf(all, entry);
  const { node } = entry;
  const isMethod = entry.owner !== undefined && !isMaker(node);
  const [own] = signature.params;
  const self: Var | undefined = isMethod && own ? { kind: "var", name: own.name, type: own.type } : undefined;
  const body = makeBody(all, entry, signature.result, self);
  const whole = isMaker(node)
    ? makerBlock(body, node, signature.params, bindParam)
    : bodyBlock(
        body,
        node,
        entry.special
          ? specialParams(entry.special, signature)
          : isMethod
            ? signature.params.slice(1)
            : signature.params,
      );
  const later = withLater(body, whole);
  const block = [...entry.made.block, ...later];
  if (entry.failed) return undefined;
  const origin = originOf(node.name ?? node);
  const { params, result } = signature;
  const shown = isMaker(node) && entry.owner?.name ? { shown: `new ${entry.owner.name.text}` } : {};
  return apart({ name: entry.key, params, result, body: block, origin, ...shown }, entry);
}

/** What the parameters of a function stand for that is lowered for the functions that it is given. */
function specialParams({ known, captured }: Special, { params }: Signature): (Param | Binding | undefined)[] {
  const own = params.slice(captured.length);
  return Array.from({ length: own.length + known.size }, (_, i) => known.get(i) ?? own.shift());
}

function bodyBlock(
  body: Body,
  node: ts.FunctionLikeDeclaration,
  params: readonly (Param | Binding | undefined)[],
): Stmt[] {
  const block = inBlock(body, () => {
    for (const [i, parameter] of realParameters(node).entries()) {
      const param = params[i];
      if (param && "kind" in param) bindParameter(body, parameter, param);
      else if (param) bindParam(body, parameter, param);
    }
    if (!node.body) return;
    if (ts.isBlock(node.body)) {
      if (node === body.entry.node) reserveTopLevel(body, node.body);
      runAll(body, node.body.statements);
      reachEnd(body, node);
    } else {
      body.place = { quote: `return ${quoteOf(node.body)}`, origin: originOf(node.body) };
      returnValue(body, node.body);
    }
  });
  return tidied(block);
}

/** Gives another name to variables that are called like something of module scope that the function uses. */
function apart(func: Func, entry: Entry): Func {
  const outer = new Set(calleesOf(func.body));
  walkBlockExprs(func.body, (expr) => {
    if (expr.kind === "constant") outer.add(expr.name);
    if (expr.kind === "tap") outer.add(expr.tap);
  });
  const renamed = new Map<string, string>();
  for (const name of namesOf(func)) if (outer.has(name)) renamed.set(name, entry.names.fresh(name));
  if (renamed.size === 0) return func;
  for (const [text, name] of entry.locals) entry.locals.set(text, renamed.get(name) ?? name);
  return renameFunc(func, (name) => renamed.get(name) ?? name);
}

/** A `return` without a value at the very end says nothing. */
function tidied(block: Stmt[]): Stmt[] {
  const last = block.at(-1);
  return last?.kind === "return" && last.value === undefined ? block.slice(0, -1) : block;
}

function makeBody(all: Lowering, entry: Entry, result: Body["result"], self: Var | undefined): Body {
  return withMethods({
    all,
    checker: all.checker,
    entry,
    bindings: entry.special
      ? new Scope(entry.node, entry.special.scope, entry.special.around)
      : new Scope(entry.node, undefined, {
          types: entry.types,
          self,
          owner: entry.owner,
          exact: entry.exact,
        }),
    assignments: assignmentsIn(all.checker, textOf(entry.node)),
    reservedNames: new Map(),
    chosenNames: new Map(),
    labels: namesApartFrom([]),
    exits: [],
    making: isMaker(entry.node) ? new Map() : undefined,
    open: [],
    result,
    mutableNames: new Set(),
    wholeNames: new Set(),
    given: new Map(),
    later: new Map(),
    returned: undefined,
    block: [],
    place: {},
  });
}

type BodyState = Omit<Body, "rhs" | "effect" | "statement" | "known" | "inlined" | "repeated" | "closure">;

function withMethods(state: BodyState): Body {
  const body: Body = {
    ...state,
    rhs: (node, want) => rhs(body, node, want),
    effect: (node) => {
      effect(body, node);
    },
    statement: (node) => {
      statement(body, node);
    },
    known: (node) => knownOf(body, node),
    inlined: (scope, result, call, returned, making) => {
      countAssignments(body, call.node);
      const { place } = body;
      const { self, known } = scope.surroundings;
      // A method that a constructor calls has an object of its own.
      const outer = self === undefined && known === undefined ? state.making : undefined;
      const open = [...body.open, call];
      return withMethods({
        ...state,
        all: { ...state.all, types: scope.surroundings.types },
        bindings: scope,
        chosenNames: new Map(),
        exits: [],
        making: making ?? outer,
        open,
        result,
        returned,
        block: [],
        place,
      });
    },
    repeated: () => {
      const bindings = state.bindings.inside();
      return withMethods({ ...state, bindings, chosenNames: new Map(), block: [], place: body.place });
    },
    closure: (node, type) => {
      const inner = withMethods({ ...state, exits: [], result: type.result, block: [], place: body.place });
      const params = realParameters(node).map((parameter, i): Param => {
        const name = ts.isIdentifier(parameter.name) ? parameter.name.text : "argument";
        return {
          name: body.entry.names.fresh(name),
          type: type.params[i]?.type ?? voidType,
          origin: originOf(parameter),
        };
      });
      return { params, body: bodyBlock(inner, node, params) };
    },
  };
  return body;
}

/** Binds a parameter. The IR never assigns to one: what the body assigns to lives in a variable of its own. */
function bindParam(body: Body, node: ts.ParameterDeclaration, param: Param): void {
  body.place = { quote: quoteOf(node), origin: originOf(node) };
  const whole = { kind: "var" as const, name: param.name, type: param.type };
  if (!ts.isIdentifier(node.name)) return bindPatternParam(body, node, param, whole);
  const symbol = parameterSymbol(body.checker, node);
  if (!symbol) return;
  const given = isGathered(body, node, param, symbol)
    ? hold(body, param.name, { kind: "copy", array: whole, type: param.type })
    : whole;
  if (param.type.kind === "void") {
    body.bindings.set(symbol, { kind: "broken" });
    return;
  }
  const mutable = (body.assignments.get(symbol) ?? 0) > 0;
  if (node.initializer && !param.defaultValue) {
    const used = withComputedDefault(body, node.initializer, given, mutable);
    body.bindings.set(symbol, used === broken || used.kind !== "var" ? { kind: "broken" } : { ...used, mutable });
    return;
  }
  if (!mutable) {
    body.bindings.set(symbol, { ...given, mutable: false });
    return;
  }
  const name = freshName(body, param.name);
  emit(body, { kind: "let", name, type: param.type, mutable: true, init: given });
  body.bindings.set(symbol, { kind: "var", name, type: param.type, mutable: true });
}

/**
 * Whether a parameter is an array that JavaScript makes for each call, of the remaining arguments, and the function does more
 * with it than read: a generated function is given the array by its caller, whose it stays.
 */
const isGathered = (body: Body, node: ts.ParameterDeclaration, { type }: Param, symbol: ts.Symbol): boolean =>
  node.dotDotDotToken !== undefined && type.kind === "list" && !isOnlyReadIn(body.checker, symbol, body.entry.node);

/** A parameter that is taken apart where it stands. */
function bindPatternParam(body: Body, node: ts.ParameterDeclaration, param: Param, given: Var): void {
  if (ts.isIdentifier(node.name)) return;
  const whole =
    param.type.kind === "void"
      ? broken
      : node.initializer && !param.defaultValue
        ? withComputedDefault(body, node.initializer, given, false)
        : given;
  bindPatternTo(body, node.name, whole);
}

/** A default that is no constant is computed at entry. */
function withComputedDefault(body: Body, initializer: ts.Expression, given: Var, mutable: boolean): Expr {
  const type = presentType(given.type);
  const name = freshName(body, given.name);
  let fallback = absent;
  const block = inBlock(body, () => {
    fallback = fitTo(body, body.rhs(initializer), type);
  });
  if (fallback === broken) return broken;
  const isPure = block.length === 0 && !isWholeOnly(fallback) && !isReference(type);
  if (isPure)
    emit(body, { kind: "let", name, type, mutable, init: { kind: "nullish", left: given, right: fallback, type } });
  else {
    emit(body, { kind: "let", name, type, mutable: true });
    const then: Stmt[] = [...block, { ...body.place, kind: "assign", name, value: fallback }];
    const otherwise: Stmt = { ...body.place, kind: "assign", name, value: { ...given, type } };
    emit(body, { kind: "if", test: compare("eq", given, absent), then, else: [otherwise] });
  }
  return { kind: "var", name, type };
}

/** Variables at the top level of the body get their names first: annotations refer to them. */
function reserveTopLevel(body: Body, block: ts.Block): void {
  const reserve = (name: ts.BindingName): void => {
    if (!ts.isIdentifier(name)) {
      for (const element of name.elements) if (!ts.isOmittedExpression(element)) reserve(element.name);
      return;
    }
    const symbol = body.checker.getSymbolAtLocation(name);
    if (symbol) body.reservedNames.set(symbol, body.entry.names.fresh(name.text));
  };
  for (const inner of block.statements) {
    if (ts.isVariableStatement(inner))
      for (const declaration of inner.declarationList.declarations) reserve(declaration.name);
  }
}

/**
 * Functions from elsewhere that are put in the place of a call have variables that are not counted yet: those of module
 * scope, and those beside a function that calls itself.
 */
function countAssignments({ checker, entry, assignments }: Body, node: ts.Node): void {
  if (ts.findAncestor(node, (outer) => outer === textOf(entry.node))) return;
  for (const [symbol, count] of assignmentsIn(checker, textOf(node))) assignments.set(symbol, count);
}

/** A constructor runs the initial values of the fields as well. */
const textOf = (node: ts.Node): ts.Node => (ts.isConstructorDeclaration(node) ? node.parent : node);
