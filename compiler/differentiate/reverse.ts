/**
 * The two sweeps of the reverse mode over a normalised function: the forward sweep is the function with
 * what has to be recorded, the reverse sweep takes the statements in opposite order and adds to adjoints.
 *
 * In the reverse sweep, primal names of nested blocks are declared anew with the suffix `$r`; emission
 * gives them their plain names back where the scopes allow it.
 */
import {
  ifThen,
  isDifferentiable,
  isReference,
  num,
  numberType,
  op,
  variable,
  int,
  intType,
  booleanType,
  compare,
  lengthOf,
  at,
  zerosLike,
  assign,
} from "../ir/build.ts";
import type { Names } from "../ir/names.ts";
import type { Block, Expr, ForStmt, Param, Pattern, Stmt, Type } from "../ir/types.ts";
import {
  assignedVariables,
  declaredNames,
  mapBlock,
  mapChildren,
  mapExpr,
  renameBlock,
  sameExpr,
  variablesDeclaredBy,
  walkBlock,
} from "../ir/visit.ts";
import type { Activity } from "../analyse/activity.ts";
import type { Aliasing } from "../analyse/alias.ts";
import { contentsKey, readsOf, readsOfExpr, writesOf, writesOfStmt, type Key } from "../analyse/effects.ts";
import { stepOf, type Integers } from "../analyse/integers.ts";
import { needsReverse } from "../analyse/record.ts";
import { accumulateInto, adjointOf, statements, type AdjointContext } from "./adjoint.ts";
import type { BlockPlan, CheckpointPlan, IfPlan, Local, LoopPlan, Plan, RegionPlan, SimplePlan } from "./plan.ts";
import { analyseIndependence, filledBy, type Independence, type IndependenceInput } from "../analyse/independent.ts";
import { analyseRanges, type Ranges } from "../analyse/ranges.ts";
import { bareOrTuplePattern, idleShadow, tapeFor, tapeName, type CallTable } from "./calls.ts";
import { addInto, clear, countTo, presentType, restoreFrom, shadowOf, sumOf } from "./shadows.ts";
import { tripCount, tripProduct, type LoopHeader } from "./trips.ts";

export interface ReverseContext {
  readonly aliasing: Aliasing;
  readonly activity: Activity;
  readonly integers: Integers;
  readonly names: Names;
  /** The reverse sweep runs any number of times over the same tapes: of a pullback. */
  readonly repeatable: boolean;
  readonly calls: CallTable;
  /** What is known of the whole function; without it no loop is taken for independent. */
  readonly scope?: Omit<IndependenceInput, "aliasing" | "ranges"> | undefined;
  /** Tapes that are handed down to callees; a split function has them as parameters. */
  readonly shared: SharedTapes;
  /** Handed in, so that checkpoints can plan with what is here; without it their loops are recorded as any other. */
  readonly checkpoints?: Checkpoints;
}

/** How loops under a `// @checkpoint` comment are planned. */
export interface Checkpoints {
  /** Undefined where the loop has to be recorded after all. */
  plan(planner: Planner, stmt: Extract<Stmt, { kind: "for" | "while" }>): CheckpointPlan | undefined;
}

/** Tapes of a whole function, one for each kind of value, made when first asked for. */
export interface SharedTapes {
  /** Parameters of a split function: then everything is recorded on them. */
  readonly given: boolean;
  of(element: Type): Expr;
  declarations(): Stmt[];
}

/** Local tapes for the callees of a function. */
export function localTapes(names: Names): SharedTapes {
  const tapes = new Map<string, { readonly name: string; readonly type: Type }>();
  return {
    given: false,
    of(element) {
      const key = JSON.stringify(element);
      let tape = tapes.get(key);
      if (tape === undefined)
        tapes.set(key, (tape = { name: tapeName(names, element), type: { kind: "tape", element } }));
      return variable(tape.name, tape.type);
    },
    declarations: () =>
      [...tapes.values()].map(({ name, type }): Stmt => ({
        kind: "let",
        name,
        type,
        mutable: false,
        init: { kind: "newTape", type },
      })),
  };
}

/** The tapes that a split function takes. */
export function givenTapes(
  names: Names,
  types: readonly Type[],
): { readonly tapes: SharedTapes; readonly params: readonly Param[] } {
  const params = types.map((element): Param => ({ name: tapeName(names, element), type: { kind: "tape", element } }));
  const of = (element: Type): Expr => {
    const param = params[tapeFor(element, types)];
    if (param === undefined) throw new Error(`reverse: no tape for ${element.kind}`);
    return variable(param.name, param.type);
  };
  return { tapes: { given: true, of, declarations: () => [] }, params };
}

/** Adjoint variables and shadows by the name of the primal variable. */
export interface Bars {
  of(name: string, type: Type): Expr;
  /** The name of the array or tape whose shadow a name is. */
  arrayOf(bar: string): string | undefined;
}

export function makeBars(names: Names): Bars {
  const bars = new Map<string, string>();
  const arrays = new Map<string, string>();
  return {
    of(name, type) {
      let bar = bars.get(name);
      if (bar === undefined) {
        bar = names.fresh(`${name}Bar`);
        bars.set(name, bar);
        if (isReference(type) || type.kind === "tape") arrays.set(bar, name);
      }
      return variable(bar, presentType(type));
    },
    arrayOf: (bar) => arrays.get(bar),
  };
}

// ---------------------------------------------------------------------------------------------
// Planning
// ---------------------------------------------------------------------------------------------

export interface Planner extends AdjointContext {
  readonly context: ReverseContext;
  readonly bars: Bars;
  readonly exitNames: ReadonlySet<string>;
  /** Variables that have no value where they are declared. */
  readonly unassigned: ReadonlySet<string>;
  readonly ranges: Ranges;
  /** The loops around the statement that is being planned, outermost first. */
  readonly loops: ForStmt[];
  /** The block runs several times with the same shadows: an iteration of a checkpointed loop. */
  readonly runsAgain?: boolean;
  /** How many loops of any kind there are around it. */
  depth: number;
}

export function makePlanner(context: ReverseContext, bars: Bars, body: Block): Planner {
  const exitNames = new Set<string>();
  const unassigned = new Set<string>();
  walkBlock(body, (stmt) => {
    if (stmt.kind === "let" && stmt.exit) exitNames.add(stmt.name);
    if (stmt.kind === "let" && stmt.init === undefined) unassigned.add(stmt.name);
  });
  const guard = (target: Extract<Expr, { kind: "index" }>): Expr | undefined => {
    if (target.array.type.kind !== "list") return undefined;
    const proved = planner.ranges.sides(target.array, target.index, planner.loops);
    const below = compare("lt", target.index, lengthOf(bar(target.array)));
    const above = compare("ge", target.index, int(0));
    if (proved.low) return proved.high ? undefined : below;
    return proved.high ? above : { kind: "logic", op: "&&", left: above, right: below, type: booleanType };
  };
  const bar = (target: Expr): Expr => {
    switch (target.kind) {
      case "var":
        return bars.of(target.name, target.type);
      default:
        return shadowOf(target, target, (name, type) => bars.of(name, type));
    }
  };
  const planner: Planner = {
    context,
    bars,
    exitNames,
    unassigned,
    ranges: analyseRanges(body),
    loops: [],
    depth: 0,
    active: (e) => context.activity.active(e),
    bar,
    guard,
    fresh: (base) => context.names.fresh(base),
  };
  return planner;
}

export function planBlock(planner: Planner, block: Block): BlockPlan {
  const items: Plan[] = [];
  const locals: Local[] = [];
  const stable = stabilise(planner, block);
  for (const stmt of stable) {
    const position = items.length;
    for (const { name, type } of stmt.kind === "for" || stmt.kind === "closure" ? [] : variablesDeclaredBy(stmt)) {
      locals.push({ name, type, mutable: stmt.kind === "let" && stmt.mutable, stmt, position });
    }
    const item = planStmt(planner, stmt);
    items.push(item);
    // A hand-written pullback that the forward sweep got is a local of its own.
    if (item.kind === "simple" && item.stmt.kind === "call") {
      for (const { name, type } of variablesDeclaredBy(item.stmt)) {
        if (!locals.some((local) => local.name === name))
          locals.push({ name, type, mutable: false, stmt: item.stmt, position });
      }
    }
  }
  return { items, locals, pushed: [], recomputed: [], late: new Map(), unset: [], reads: new Set(), reversed: false };
}

/**
 * Tests, starts and bounds that the reverse sweep evaluates again must still have their values after the
 * statement. Where something that they read changes in it or later in the block, they become constants,
 * which are saved if need be: one byte or int instead of what they were computed from.
 */
function stabilise(planner: Planner, block: Block): Block {
  const { aliasing, names } = planner.context;
  const out: Stmt[] = [];
  block.forEach((stmt, i) => {
    const isPath =
      stmt.kind === "let" && isReference(stmt.type) && (stmt.init?.kind === "view" || stmt.init?.kind === "index");
    if (stmt.kind === "store" || stmt.kind === "accumulate") {
      // The place of a store that its own value decides on must be known when it is taken back.
      const own = new Set(writesOfStmt(aliasing, stmt));
      if ([...readsOfExpr(aliasing, stmt.index)].some((key) => own.has(key))) {
        const name = names.fresh("position");
        out.push({ kind: "let", name, type: stmt.index.type, mutable: false, init: stmt.index });
        out.push({ ...stmt, ...sameElement(stmt, variable(name, stmt.index.type)) });
        return;
      }
    }
    if (stmt.kind !== "if" && stmt.kind !== "for" && !isPath) {
      out.push(stmt);
      return;
    }
    const changed = writesOf(aliasing, block.slice(i));
    const unstable = (expr: Expr): boolean => [...readsOfExpr(aliasing, expr)].some((key) => changed.has(key));
    const keep = (expr: Expr, base: string): Expr => {
      if (!unstable(expr)) return expr;
      const name = names.fresh(base);
      out.push({ kind: "let", name, type: expr.type, mutable: false, init: expr });
      return variable(name, expr.type);
    };
    if (stmt.kind === "let") {
      // A view or a row is found again in the reverse sweep, by the same numbers.
      const numbers = (e: Expr): Expr => (isReference(e.type) ? e : keep(e, "position"));
      out.push(stmt.init === undefined ? stmt : { ...stmt, init: mapChildren(stmt.init, numbers) });
    } else if (stmt.kind === "if") {
      const told = exitDecision(planner, stmt) !== undefined || throwsOnly(stmt.then) || throwsOnly(stmt.else);
      const test = told || !matters(planner, stmt) ? stmt.test : keep(stmt.test, "taken");
      out.push({ ...stmt, test });
    } else {
      const start = keep(stmt.start, "from");
      const isFixed = boundIsFixed(planner, stmt);
      out.push({ ...stmt, start, bound: isFixed && stmt.exit === undefined ? keep(stmt.bound, "to") : stmt.bound });
    }
  });
  return out;
}

/** The store with another index, in its value too where it reads its own element. */
function sameElement<S extends Extract<Stmt, { kind: "store" | "accumulate" }>>(
  stmt: S,
  index: Expr,
): Pick<S, "index" | "value"> {
  const place: Expr = { kind: "index", array: stmt.array, index: stmt.index, type: stmt.value.type };
  const value = mapExpr(stmt.value, (e) => (sameExpr(e, place) ? { ...place, index } : e));
  return { index, value };
}

/** Whether a reverse sweep can have anything to do in an `if`: active values, or overwritten ones. */
function matters(planner: Planner, stmt: Extract<Stmt, { kind: "if" }>): boolean {
  return writesOf(planner.context.aliasing, [stmt]).size > 0;
}

export function boundIsFixed(planner: Planner, stmt: Extract<Stmt, { kind: "for" }>): boolean {
  const { aliasing } = planner.context;
  const written = writesOf(aliasing, stmt.body);
  return [...readsOfExpr(aliasing, stmt.bound)].every((key) => !written.has(key) && key !== stmt.name);
}

function planStmt(planner: Planner, stmt: Stmt): Plan {
  switch (stmt.kind) {
    case "if":
      return planIf(planner, stmt);
    case "for":
    case "while":
      return planLoop(planner, stmt);
    default:
      return planSimple(planner, stmt);
  }
}

function planSimple(planner: Planner, stmt: Stmt): SimplePlan {
  if (stmt.kind === "call" && isActiveCall(planner, stmt)) return planCall(planner, stmt);
  return planWith(planner, stmt, adjointOfStmt(planner, stmt));
}

function planWith(planner: Planner, stmt: Stmt, adjoint: Block): SimplePlan {
  const { aliasing } = planner.context;
  const reads = readsOf(aliasing, adjoint);
  // A shadow stands for its array: using it needs the reference, and with it where the reference comes from.
  for (const key of [...reads]) {
    const shadowed = planner.bars.arrayOf(key);
    if (shadowed !== undefined) reads.add(shadowed);
  }
  return {
    kind: "simple",
    stmt,
    adjoint,
    reads,
    writes: writesOfStmt(aliasing, stmt),
    twins: twinsOf(planner, stmt),
    save: false,
  };
}

type Call = Extract<Stmt, { kind: "call" }>;

function isActiveCall(planner: Planner, stmt: Call): boolean {
  return (
    variablesDeclaredBy(stmt).some(
      ({ name, type }) => isDifferentiable(type) && planner.active(variable(name, type)),
    ) || stmt.args.some((arg) => isReference(arg.type) && isDifferentiable(arg.type) && planner.active(arg))
  );
}

/** A call that is not inlined: by its hand-written rule, or split in two. */
function planCall(planner: Planner, stmt: Call): SimplePlan {
  const { calls } = planner.context;
  const rules = calls.rules(stmt.callee);
  if (rules?.pullback !== undefined) return planPullbackRule(planner, stmt, rules.pullback);
  if (rules?.vjp !== undefined) return planVjpRule(planner, stmt, rules.vjp);
  const split = calls.split(stmt.callee);
  const { names, shared } = planner.context;
  const tapes = split.tapes.map((type) => shared.of(type));
  const forward: Stmt = { ...stmt, callee: split.forward, args: [...stmt.args, ...tapes] };

  const adjoint: Stmt[] = [];
  const shadows = split.arrays.map((i): Expr => {
    const arg = stmt.args[i]!;
    return planner.active(arg) ? planner.bar(arg) : idleShadow(names, arg, adjoint);
  });
  const cotangents = cotangentsOf(planner, stmt.target);
  const grads = split.numbers.map((i): Pattern => ({
    kind: "name",
    name: names.fresh(`${split.params[i]!.name}Bar`),
    type: numberType,
  }));
  adjoint.push({
    kind: "call",
    callee: split.reverse,
    args: [...stmt.args, ...shadows, ...cotangents, ...tapes],
    target: bareOrTuplePattern(grads),
  });
  split.numbers.forEach((i, k) => {
    const grad = grads[k]!;
    const arg = stmt.args[i]!;
    if (grad.kind === "name" && planner.active(arg))
      adjoint.push(...statements(planner, adjointOf(planner, arg, variable(grad.name, numberType))));
  });
  const plan = planWith(planner, stmt, adjoint);
  // What the callee overwrites it takes back itself.
  return { ...plan, stmt: forward, save: plan.writes.length > 0 };
}

/** The adjoints of what a call gave back, one for each differentiable part. */
function cotangentsOf(planner: Planner, target: Pattern): Expr[] {
  switch (target.kind) {
    case "none":
      return [];
    case "name":
      if (!isDifferentiable(target.type)) return [];
      return [planner.active(variable(target.name, target.type)) ? planner.bars.of(target.name, target.type) : num(0)];
    case "tuple":
      return target.items.flatMap((item) => cotangentsOf(planner, item));
  }
}

/** `[value, grads] = rule(...args, v)` in the reverse sweep. */
function planVjpRule(planner: Planner, stmt: Call, rule: string): SimplePlan {
  const adjoint: Stmt[] = [];
  const grads = ruleGradients(planner, stmt);
  const result: Pattern = {
    kind: "tuple",
    items: [{ kind: "name", name: planner.fresh("ruleValue"), type: resultType(stmt.target) }, grads.pattern],
  };
  adjoint.push({
    kind: "call",
    callee: rule,
    args: [...stmt.args, ...cotangentsOf(planner, stmt.target)],
    target: result,
  });
  adjoint.push(...grads.add);
  return planWith(planner, stmt, adjoint);
}

/** `[value, pullback] = rule(...args)` in the forward sweep, `pullback(v)` in the reverse sweep. */
function planPullbackRule(planner: Planner, stmt: Call, rule: string): SimplePlan {
  const grads = ruleGradients(planner, stmt);
  const name = planner.fresh("pullback");
  const type: Type = { kind: "function", params: [{ name: "v", type: resultType(stmt.target) }], result: grads.type };
  const target: Pattern = { kind: "tuple", items: [stmt.target, { kind: "name", name, type }] };
  const forward: Stmt = { ...stmt, callee: rule, target };
  const adjoint: Stmt[] = [
    { kind: "apply", callee: name, args: cotangentsOf(planner, stmt.target), target: grads.pattern },
    ...grads.add,
  ];
  return planWith(planner, forward, adjoint);
}

function resultType(target: Pattern): Type {
  return target.kind === "name" ? target.type : { kind: "void" };
}

/** Names for the gradients that a rule gives back, and what adds them to the adjoints of the arguments. */
function ruleGradients(
  planner: Planner,
  stmt: Call,
): { readonly pattern: Pattern; readonly type: Type; readonly add: Stmt[] } {
  const { names, calls } = planner.context;
  const { params } = calls.func(stmt.callee);
  const patterns: Pattern[] = [];
  const types: Type[] = [];
  const add: Stmt[] = [];
  params.forEach((param, i) => {
    const arg = stmt.args[i];
    if (!isDifferentiable(param.type) || arg === undefined) return;
    const name = names.fresh(`${param.name}Bar`);
    patterns.push({ kind: "name", name, type: param.type });
    types.push(param.type);
    if (!planner.active(arg)) return;
    const grad = variable(name, param.type);
    if (isReference(param.type)) add.push(...addInto(names, planner.bar(arg), grad, param.type));
    else add.push(...statements(planner, adjointOf(planner, arg, grad)));
  });
  const type: Type = types.length === 1 ? types[0]! : { kind: "tuple", items: types };
  return { pattern: bareOrTuplePattern(patterns), type, add };
}

function planIf(planner: Planner, stmt: Extract<Stmt, { kind: "if" }>): IfPlan {
  const then = planBlock(planner, stmt.then);
  const otherwise = planBlock(planner, stmt.else);
  let decision = exitDecision(planner, stmt) ?? stmt.test;
  if (throwsOnly(stmt.then)) decision = { kind: "literal", value: false, type: booleanType };
  else if (throwsOnly(stmt.else)) decision = { kind: "literal", value: true, type: booleanType };
  return { kind: "if", stmt, then, otherwise, decision };
}

/** A branch that ends in a throw is never reversed. */
function throwsOnly(block: Block): boolean {
  return block.at(-1)?.kind === "throw";
}

/** Where the exit code, looked at after the `if`, tells which branch ran. */
function exitDecision(planner: Planner, stmt: Extract<Stmt, { kind: "if" }>): Expr | undefined {
  const test = stmt.test;
  const guarded = guardedCode(test);
  if (guarded !== undefined && planner.exitNames.has(guarded)) {
    // Entered with code 0: then it is still 0, or one of the exits in here was taken.
    return orCodes(test, guarded, exitsIn(stmt.then, guarded));
  }
  for (const [branch, taken] of [
    [stmt.then, true],
    [stmt.else, false],
  ] as const) {
    const code = alwaysExits(branch, planner.exitNames);
    if (code === undefined) continue;
    const numbers = exitsIn(branch, code);
    const is = codes(code, numbers);
    return taken ? is : op("not", [is], booleanType);
  }
  return undefined;
}

/** The code of a guard `exit === 0`. */
function guardedCode(test: Expr): string | undefined {
  if (test.kind !== "op" || test.op !== "eq") return undefined;
  const [left, right] = test.args;
  return left?.kind === "var" && right?.kind === "literal" && right.value === 0 ? left.name : undefined;
}

function orCodes(test: Expr, code: string, numbers: readonly number[]): Expr {
  return numbers.reduce(
    (left, n): Expr => ({
      kind: "logic",
      op: "||",
      left,
      right: compare("eq", variable(code, intType), int(n)),
      type: booleanType,
    }),
    test,
  );
}

function codes(code: string, numbers: readonly number[]): Expr {
  const [first, ...rest] = numbers.map((n) => compare("eq", variable(code, intType), int(n)));
  return rest.reduce((left, right): Expr => ({ kind: "logic", op: "||", left, right, type: booleanType }), first!);
}

/** The exit code that every path through the block sets at its end. */
function alwaysExits(block: Block, exitNames: ReadonlySet<string>): string | undefined {
  const last = block.at(-1);
  if (last?.kind === "assign" && exitNames.has(last.name)) return last.name;
  if (last?.kind === "if") {
    const then = alwaysExits(last.then, exitNames);
    return then !== undefined && then === alwaysExits(last.else, exitNames) ? then : undefined;
  }
  return undefined;
}

function exitsIn(block: Block, code: string): number[] {
  const numbers: number[] = [];
  walkBlock(block, (stmt) => {
    if (stmt.kind === "assign" && stmt.name === code && stmt.value.kind === "literal")
      numbers.push(Number(stmt.value.value));
  });
  return numbers;
}

function planLoop(planner: Planner, stmt: Extract<Stmt, { kind: "for" | "while" }>): LoopPlan | CheckpointPlan {
  const checkpoint = stmt.checkpoint === undefined ? undefined : planner.context.checkpoints?.plan(planner, stmt);
  if (checkpoint !== undefined) return checkpoint;
  const counted = stmt.kind === "for" && stmt.exit === undefined && boundIsFixed(planner, stmt);
  const trips = counted ? undefined : planner.context.names.fresh("trips");
  if (stmt.kind === "for") planner.loops.push(stmt);
  planner.depth++;
  const body = planBlock(planner, stmt.body);
  const region = planner.depth === 1 && counted ? planRegion(planner, stmt) : undefined;
  planner.depth--;
  if (stmt.kind === "for") planner.loops.pop();
  const { aliasing, scope } = planner.context;
  const fills = counted && scope !== undefined ? filledBy({ aliasing, ranges: planner.ranges, ...scope }, stmt) : [];
  return { kind: "loop", stmt, body, trips, region, fills };
}

/** An independent loop's body, planned as a function of its own. */
function planRegion(planner: Planner, stmt: ForStmt): RegionPlan | undefined {
  const { aliasing, scope } = planner.context;
  if (scope === undefined) return undefined;
  const independence = analyseIndependence({ aliasing, ranges: planner.ranges, ...scope }, stmt);
  if (independence === undefined) return undefined;
  const reads = readsOf(aliasing, withoutOuterWrites(planner, independence, stmt.body));
  reads.delete(stmt.name);
  for (const name of declaredNames(stmt.body)) reads.delete(name);
  for (const key of independence.privateContents) reads.delete(key);
  return { plan: planBlock(planner, stmt.body), independence, reads, refused: false };
}

/** The body of an independent loop when it runs only to be reversed: nothing outside is written again. */
function withoutOuterWrites(planner: Planner, independence: Independence, body: Block): Block {
  const { aliasing } = planner.context;
  return mapBlock(body, (stmt) => {
    if (stmt.kind === "throw") return [];
    const outside = writesOfStmt(aliasing, stmt).some((key) => independence.outerWrites.has(key));
    return outside ? [] : stmt;
  });
}

// ---------------------------------------------------------------------------------------------
// Adjoints of single statements
// ---------------------------------------------------------------------------------------------

function adjointOfStmt(planner: Planner, stmt: Stmt): Stmt[] {
  switch (stmt.kind) {
    case "let":
      return stmt.init === undefined ? [] : adjointOfLet(planner, stmt.name, stmt.type, stmt.init);
    case "assign":
      return adjointOfAssign(planner, stmt.name, stmt.value);
    case "store":
      return adjointOfStore(planner, stmt.array, stmt.index, stmt.value);
    case "accumulate": {
      if (!planner.active(stmt.value) || !planner.active(stmt.array)) return [];
      return statements(planner, adjointOf(planner, stmt.value, at(planner.bar(stmt.array), stmt.index)));
    }
    case "fill": {
      if (!planner.active(stmt.array) || isReference(stmt.value.type)) return [];
      const shadow = planner.bar(stmt.array);
      if (!planner.active(stmt.value)) return clear(planner.context.names, shadow);
      const { statements: summing, sum } = sumOf(planner.context.names, shadow);
      return [
        ...summing,
        ...clear(planner.context.names, shadow),
        ...statements(planner, adjointOf(planner, stmt.value, sum)),
      ];
    }
    case "set":
      return adjointOfSet(planner, stmt);
    case "append": {
      if (!planner.active(stmt.array) || isReference(stmt.value.type)) return [];
      const target = planner.fresh("appendedBar");
      const taken: Stmt = { kind: "shrink", array: planner.bar(stmt.array), target, type: numberType };
      if (!planner.active(stmt.value)) return [{ kind: "shrink", array: planner.bar(stmt.array) }];
      return [taken, ...statements(planner, adjointOf(planner, stmt.value, variable(target, numberType)))];
    }
    case "shrink": {
      if (!planner.active(stmt.array) || (stmt.type !== undefined && isReference(stmt.type))) return [];
      const value = stmt.target === undefined ? num(0) : planner.bars.of(stmt.target, numberType);
      return [{ kind: "append", array: planner.bar(stmt.array), value }];
    }
    case "push": {
      if (!isActiveTape(planner, stmt.tape, stmt.value.type) || isReference(stmt.value.type)) return [];
      const target = planner.fresh("pushedBar");
      const tapeBar = tapeShadow(planner, stmt.tape, stmt.value.type).name;
      const pop: Stmt = { kind: "pop", tape: tapeBar, target, declare: true, type: numberType };
      if (!planner.active(stmt.value)) return [pop];
      return [pop, ...statements(planner, adjointOf(planner, stmt.value, variable(target, numberType)))];
    }
    case "pop": {
      if (!isActiveTape(planner, stmt.tape, stmt.type) || isReference(stmt.type)) return [];
      const tapeBar = tapeShadow(planner, stmt.tape, stmt.type).name;
      const target: Expr = variable(stmt.target, stmt.type);
      if (!planner.active(target)) return [{ kind: "push", tape: tapeBar, value: num(0) }];
      const bar = planner.bars.of(stmt.target, stmt.type);
      if (bar.kind !== "var") return [];
      const push: Stmt = { kind: "push", tape: tapeBar, value: bar };
      return stmt.declare ? [push] : [push, assign(bar.name, num(0))];
    }
    default:
      return [];
  }
}

function isActiveTape(planner: Planner, tape: string, element: Type): boolean {
  return planner.context.activity.activeName(tape, { kind: "tape", element });
}

function tapeShadow(planner: Planner, tape: string, element: Type): { name: string } {
  const bar = planner.bars.of(tape, { kind: "tape", element });
  if (bar.kind !== "var") throw new Error("reverse: a tape's shadow is a variable");
  return bar;
}

function adjointOfLet(planner: Planner, name: string, type: Type, init: Expr): Stmt[] {
  if (!planner.active(variable(name, type)) || !isDifferentiable(type)) return [];
  if (!isReference(type))
    return planner.active(init)
      ? statements(planner, adjointOf(planner, init, planner.bars.of(name, type), variable(name, type)))
      : [];
  const shadow = planner.bars.of(name, type);
  const { names } = planner.context;
  switch (init.kind) {
    case "items":
      if (isReference(init.items[0]?.type ?? numberType)) return [];
      return init.items.flatMap((item, k) =>
        planner.active(item) ? statements(planner, adjointOf(planner, item, at(shadow, int(k)))) : [],
      );
    case "copy":
      return planner.active(init.array) && !elementsAreReferences(type) ? adjointOfCopy(planner, shadow, init) : [];
    case "deepCopy":
      return planner.active(init.array) ? addInto(names, planner.bar(init.array), shadow, type) : [];
    default:
      return [];
  }
}

function elementsAreReferences(type: Type): boolean {
  return type.kind === "list" && isReference(type.element);
}

/** `const b = a.slice(start, end)`: the shadow of b is added to that part of the shadow of a. */
function adjointOfCopy(planner: Planner, shadow: Expr, init: Extract<Expr, { kind: "copy" }>): Stmt[] {
  const { names } = planner.context;
  const { statements: before, offset } = sliceStart(planner, init);
  const loop = countTo(names, lengthOf(shadow), (j) => [
    {
      kind: "accumulate",
      array: planner.bar(init.array),
      index: offset === undefined ? j : op("add", [offset, j], intType),
      value: at(shadow, j),
    },
  ]);
  return [...before, loop];
}

/** The start of a slice as JavaScript takes it: negative ones count from the end. */
export function sliceStart(
  planner: Pick<Planner, "fresh">,
  init: Extract<Expr, { kind: "copy" | "view" }>,
): { readonly statements: Stmt[]; readonly offset: Expr | undefined } {
  const start = init.start;
  if (start === undefined) return { statements: [], offset: undefined };
  if (
    start.kind === "literal" &&
    typeof start.value === "number" &&
    Number.isInteger(start.value) &&
    start.value >= 0
  ) {
    return { statements: [], offset: start.value === 0 ? undefined : start };
  }
  const length = lengthOf(init.array);
  const whole = op("trunc", [start], intType);
  const fromEnd = op("max", [op("add", [length, whole], intType), int(0)], intType);
  const value: Expr = { kind: "select", test: compare("lt", start, int(0)), yes: fromEnd, no: whole, type: intType };
  const name = planner.fresh("offset");
  return {
    statements: [{ kind: "let", name, type: intType, mutable: false, init: value }],
    offset: variable(name, intType),
  };
}

function adjointOfAssign(planner: Planner, name: string, value: Expr): Stmt[] {
  const target = variable(name, value.type);
  if (!planner.active(target) || isReference(value.type) || !isDifferentiable(value.type)) return [];
  const bar = planner.bars.of(name, value.type);
  if (bar.kind !== "var") throw new Error("reverse: the adjoint of a scalar is a variable");
  if (!planner.active(value)) return [assign(bar.name, num(0))];

  const adjoint = adjointOf(planner, value, bar);
  const self = adjoint.contributions.find((c) => c.target.kind === "var" && c.target.name === name);
  const others = adjoint.contributions.filter((c) => c !== self);
  const touched = assignedVariables(adjoint.branches).has(bar.name);
  if (!touched) {
    // The new value's adjoint is read first, and becomes that of the old value last.
    const last: Stmt[] =
      self === undefined
        ? [assign(bar.name, num(0))]
        : isName(self.value, bar.name)
          ? []
          : [assign(bar.name, self.value)];
    return [...adjoint.bindings, ...others.map((c) => accumulateInto(planner, c)), ...adjoint.branches, ...last];
  }
  const seed = planner.fresh(`${bar.name}Next`);
  return [
    { kind: "let", name: seed, type: numberType, mutable: false, init: bar },
    assign(bar.name, num(0)),
    ...statements(planner, adjointOf(planner, value, variable(seed, numberType))),
  ];
}

function isName(expr: Expr, name: string): boolean {
  return expr.kind === "var" && expr.name === name;
}

function adjointOfStore(planner: Planner, array: Expr, index: Expr, value: Expr): Stmt[] {
  if (isReference(value.type) || !isDifferentiable(array.type) || !planner.active(array)) return [];
  const { aliasing } = planner.context;
  const shadow = planner.bar(array);
  // A store outside of a typed array is dropped, and so is its adjoint.
  const isInside = array.type.kind === "list" || planner.ranges.isInside(array, index, planner.loops);
  const element: Expr = isInside
    ? at(shadow, index)
    : { kind: "nullish", left: at(shadow, index), right: num(0), type: numberType };
  if (!planner.active(value)) return [{ kind: "store", array: shadow, index, value: num(0) }];

  const place = JSON.stringify(at(array, index));
  const own = contentsKey(aliasing, array);
  const trial = adjointOf(planner, value, element);
  const self = trial.contributions.find((c) => JSON.stringify(c.target) === place);
  const others = trial.contributions.filter((c) => c !== self);
  const aliased = others.some((c) => c.target.kind === "index" && contentsKey(aliasing, c.target.array) === own);
  const uses = others.length + trial.bindings.length + (self !== undefined && !sameAs(self.value, element) ? 1 : 0);
  if (self !== undefined && !aliased && trial.branches.length === 0) {
    // `a[i] op= e`: the element's adjoint is scaled in place.
    const last: Stmt[] = sameAs(self.value, element)
      ? []
      : [{ kind: "store", array: shadow, index, value: self.value }];
    if (uses <= 1 && isInside) return [...trial.bindings, ...others.map((c) => accumulateInto(planner, c)), ...last];
  }
  if (
    self !== undefined &&
    sameAs(self.value, element) &&
    trial.branches.length === 0 &&
    (!aliased || others.length === 1)
  ) {
    const seed = seedOf(planner, array);
    const adjoint = adjointOf(planner, value, seed.value);
    const rest = adjoint.contributions.filter((c) => JSON.stringify(c.target) !== place);
    return [seed.bind(element), ...adjoint.bindings, ...rest.map((c) => accumulateInto(planner, c))];
  }
  // Take the element's adjoint, clear it, and only then add: the value may read the same element.
  const seed = seedOf(planner, array);
  return [
    seed.bind(element),
    { kind: "store", array: shadow, index, value: num(0) },
    ...statements(planner, adjointOf(planner, value, seed.value)),
  ];
}

function sameAs(a: Expr, b: Expr): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

function seedOf(planner: Planner, array: Expr): { readonly value: Expr; bind(element: Expr): Stmt } {
  const root = array.kind === "var" ? array.name : "element";
  const name = planner.fresh(`${root}ElementBar`);
  return {
    value: variable(name, numberType),
    bind: (element) => ({ kind: "let", name, type: numberType, mutable: false, init: element }),
  };
}

/** `target.set(source, offset)`: that part of the target's shadow is cleared and added to the source's. */
function adjointOfSet(planner: Planner, stmt: Extract<Stmt, { kind: "set" }>): Stmt[] {
  if (!isDifferentiable(stmt.target.type) || !planner.active(stmt.target)) return [];
  const { names, aliasing } = planner.context;
  const target = planner.bar(stmt.target);
  const place = (j: Expr): Expr => (stmt.offset === undefined ? j : op("add", [stmt.offset, j], intType));
  const source = planner.active(stmt.source) ? planner.bar(stmt.source) : undefined;
  if (source === undefined) {
    return [
      countTo(names, lengthOf(stmt.source), (j) => [{ kind: "store", array: target, index: place(j), value: num(0) }]),
    ];
  }
  if (contentsKey(aliasing, stmt.target) !== contentsKey(aliasing, stmt.source)) {
    return [
      countTo(names, lengthOf(stmt.source), (j) => [
        { kind: "accumulate", array: source, index: j, value: at(target, place(j)) },
        { kind: "store", array: target, index: place(j), value: num(0) },
      ]),
    ];
  }
  // The two may overlap: take everything out first.
  const moved = names.fresh("movedBar");
  const movedBar = variable(moved, stmt.source.type);
  return [
    { kind: "let", name: moved, type: stmt.source.type, mutable: false, init: zerosLike(stmt.source) },
    countTo(names, lengthOf(stmt.source), (j) => [
      { kind: "store", array: movedBar, index: j, value: at(target, place(j)) },
      { kind: "store", array: target, index: place(j), value: num(0) },
    ]),
    countTo(names, lengthOf(stmt.source), (j) => [
      { kind: "accumulate", array: source, index: j, value: at(movedBar, j) },
    ]),
  ];
}

// ---------------------------------------------------------------------------------------------
// Shadows that move along in the forward sweep
// ---------------------------------------------------------------------------------------------

export function isTwinned(planner: Planner, expr: Expr): boolean {
  const { aliasing } = planner.context;
  return isReference(expr.type) && aliasing.isDynamic(aliasing.classOf(expr)) && planner.active(expr);
}

export function twinsOf(planner: Planner, stmt: Stmt): Stmt[] {
  const barOf = (name: string, type: Type): Expr => planner.bars.of(name, type);
  switch (stmt.kind) {
    case "let": {
      const primal = variable(stmt.name, stmt.type);
      if (!isReference(stmt.type) || !isTwinned(planner, primal)) return [];
      const bar = nameOf(barOf(stmt.name, stmt.type));
      if (stmt.init === undefined) return [{ kind: "let", name: bar, type: stmt.type, mutable: true }];
      return [
        { kind: "let", name: bar, type: stmt.type, mutable: stmt.mutable, init: shadowOf(stmt.init, primal, barOf) },
      ];
    }
    case "assign": {
      const primal = variable(stmt.name, stmt.value.type);
      if (!isReference(stmt.value.type) || !isTwinned(planner, primal)) return [];
      return [assign(nameOf(barOf(stmt.name, stmt.value.type)), shadowOf(stmt.value, primal, barOf))];
    }
    case "store":
      if (!isTwinned(planner, stmt.array)) return [];
      if (!isReference(stmt.value.type)) {
        const grows =
          stmt.array.type.kind === "list" && !planner.ranges.isInside(stmt.array, stmt.index, planner.loops);
        if (!grows) return [];
        const shadow = planner.bar(stmt.array);
        const grow: Stmt = { kind: "store", array: shadow, index: stmt.index, value: num(0) };
        // When it runs again, the shadow may have grown before.
        return planner.runsAgain ? [ifThen(compare("ge", stmt.index, lengthOf(shadow)), [grow])] : [grow];
      }
      return [{ ...bare(stmt), array: planner.bar(stmt.array), value: shadowOf(stmt.value, stmt.value, barOf) }];
    case "append":
      if (!isTwinned(planner, stmt.array)) return [];
      // The shadow grows with its list.
      if (!isReference(stmt.value.type)) return [{ kind: "append", array: planner.bar(stmt.array), value: num(0) }];
      return [{ ...bare(stmt), array: planner.bar(stmt.array), value: shadowOf(stmt.value, stmt.value, barOf) }];
    case "shrink": {
      if (!isTwinned(planner, stmt.array)) return [];
      const shadow = planner.bar(stmt.array);
      if (stmt.target === undefined || stmt.type === undefined || !isReference(stmt.type))
        return [{ kind: "shrink", array: shadow }];
      return [{ kind: "shrink", array: shadow, target: nameOf(barOf(stmt.target, stmt.type)), type: stmt.type }];
    }
    case "push":
      if (!isReference(stmt.value.type) || !isActiveTape(planner, stmt.tape, stmt.value.type)) return [];
      return [
        {
          kind: "push",
          tape: tapeShadow(planner, stmt.tape, stmt.value.type).name,
          value: shadowOf(stmt.value, stmt.value, barOf),
        },
      ];
    case "pop":
      if (!isReference(stmt.type) || !isActiveTape(planner, stmt.tape, stmt.type)) return [];
      return [
        {
          ...stmt,
          tape: tapeShadow(planner, stmt.tape, stmt.type).name,
          target: nameOf(barOf(stmt.target, stmt.type)),
        },
      ];
    default:
      return [];
  }
}

function bare<S extends Stmt>(stmt: S): S {
  const { quote: _quote, ...rest } = stmt;
  return rest as S;
}

export function nameOf(expr: Expr): string {
  if (expr.kind !== "var") throw new Error("reverse: a variable was expected");
  return expr.name;
}

// ---------------------------------------------------------------------------------------------
// Generating the sweeps
// ---------------------------------------------------------------------------------------------

export interface Sweeps {
  /** The parts of both sweeps that each statement at top level gives. */
  readonly items: readonly ItemSweeps[];
  readonly forward: Block;
  /** Declarations of the adjoints and shadows of the function's own locals. */
  readonly declarations: Block;
  readonly reverse: Block;
  /** Keys that the reverse sweep writes into: contents that it takes back. */
  readonly restored: ReadonlySet<Key>;
}

/** The two halves of a split function: its body as a nested block, with the seeds of its results in between. */
export function splitSweeps(
  planner: Planner,
  plan: BlockPlan,
  seeds: readonly Stmt[],
): { readonly forward: Block; readonly reverse: Block } {
  const g = newGeneration(planner, plan);
  return blockSweeps(g, plan, seeds);
}

interface Generation {
  readonly planner: Planner;
  /** Tapes that are declared before the top-level statement at hand. */
  tapes: Stmt[];
  /** Loops around the place at hand, outermost first. */
  readonly loops: LoopHeader[];
  /** The statement at top level that the place at hand is in. */
  top: Stmt | undefined;
  /** All variables that the body declares, and those of them that are declared before `top`. */
  readonly inside: ReadonlySet<string>;
  readonly before: Set<string>;
  /** The values of constants, nested ones too. */
  readonly constants: ReadonlyMap<string, Expr>;
  readonly restored: ReadonlySet<Key>;
}

/** The names of the tapes of a save site. */
interface Site {
  readonly tape: string;
  readonly twin?: string;
}

export function sweeps(planner: Planner, plan: BlockPlan): Sweeps {
  const g = newGeneration(planner, plan);
  const items = plan.items.map((item): ItemSweeps => {
    g.tapes = [];
    g.top = item.stmt;
    const pair = itemSweeps(g, item);
    for (const { name } of item.kind === "loop" ? [] : variablesDeclaredBy(item.stmt)) g.before.add(name);
    return { ...pair, stmt: item.stmt, forward: [...g.tapes, ...pair.forward] };
  });
  const forward = items.flatMap((item) => item.forward);
  const reverse = items.map((item) => item.reverse);
  return {
    items,
    forward: [...planner.context.shared.declarations(), ...forward],
    declarations: plan.locals.flatMap((local) => declareBar(planner, local)),
    reverse: reverse.reverse().flat(),
    restored: g.restored,
  };
}

function newGeneration(planner: Planner, plan: BlockPlan): Generation {
  const inside = new Set<string>();
  const constants = new Map<string, Expr>();
  const visit = (block: BlockPlan): void => {
    for (const item of block.items) {
      for (const { name } of variablesDeclaredBy(item.stmt)) inside.add(name);
      if (item.kind === "simple") {
        const { stmt } = item;
        if (stmt.kind === "let" && !stmt.mutable && stmt.init !== undefined) constants.set(stmt.name, stmt.init);
      } else if (item.kind === "if") {
        visit(item.then);
        visit(item.otherwise);
      } else {
        visit(item.body);
        if (item.kind === "loop" && item.region !== undefined) visit(item.region.plan);
      }
    }
  };
  visit(plan);
  return {
    planner,
    tapes: [],
    loops: [],
    top: undefined,
    inside,
    before: new Set(),
    constants,
    restored: savedKeys(plan),
  };
}

/** Everything that the reverse sweep takes back. */
function savedKeys(plan: BlockPlan, into: Set<Key> = new Set<Key>()): Set<Key> {
  for (const item of plan.items) {
    if (item.kind === "simple") {
      if (item.save) for (const key of item.writes) into.add(key);
    } else if (item.kind === "if") {
      savedKeys(item.then, into);
      savedKeys(item.otherwise, into);
    } else {
      if (item.kind === "checkpoint")
        for (const key of item.writes) if (item.needed.has(key) || item.takenBack.has(key)) into.add(key);
      savedKeys(item.body, into);
    }
  }
  return into;
}

interface Pair {
  readonly forward: Stmt[];
  readonly reverse: Stmt[];
  /** How many statements at the start of `reverse` take earlier values back. */
  readonly restoring?: number;
  /** Of an independent loop: one loop that does both, in the order of the forward sweep. */
  readonly merged?: Merged;
}

export interface ItemSweeps extends Pair {
  readonly stmt: Stmt;
}

export interface Merged {
  readonly block: Block;
  /** Keys that the loop writes. */
  readonly writes: ReadonlySet<Key>;
}

function itemSweeps(g: Generation, item: Plan): Pair {
  switch (item.kind) {
    case "simple":
      return simpleSweeps(g, item);
    case "if": {
      const then = blockSweeps(g, item.then);
      const otherwise = blockSweeps(g, item.otherwise);
      const forward: Stmt = { ...item.stmt, then: then.forward, else: otherwise.forward };
      const reverse = choose(item.decision, then.reverse, otherwise.reverse);
      return { forward: [forward], reverse };
    }
    case "loop":
      return loopSweeps(g, item);
    case "checkpoint":
      return item.sweeps((base, type) => newSite(g, base, type).tape);
  }
}

function choose(test: Expr, then: Stmt[], otherwise: Stmt[]): Stmt[] {
  if (then.length + otherwise.length === 0) return [];
  if (test.kind === "literal") return test.value === true ? then : otherwise;
  return [{ kind: "if", test, then, else: otherwise }];
}

/**
 * An independent loop. Its reverse loop runs each iteration forward once more, without what it writes outside,
 * and takes it back at once; or, where the cotangents are known before, both are done in one loop.
 */
function regionSweeps(g: Generation, stmt: ForStmt, region: RegionPlan): Pair {
  const { planner } = g;
  const inner: Generation = { ...g, tapes: [], loops: [], top: stmt, restored: savedKeys(region.plan) };
  const pairs = region.plan.items.map((item) => itemSweeps(inner, item));
  const forward = pairs.flatMap((pair) => pair.forward);
  const backward = [
    ...region.plan.locals.flatMap((local) => declareBar(planner, local)),
    ...pairs
      .map((pair) => pair.reverse)
      .reverse()
      .flat(),
  ];
  const { independence } = region;
  const writes = new Set([...independence.outerWrites, ...independence.privateContents]);
  const merged: Merged = { block: [...inner.tapes, { ...stmt, body: [...forward, ...backward] }], writes };

  const again = [...withoutOuterWrites(planner, independence, forward), ...backward];
  const fresh = new Map([...declaredNames(forward)].map((name) => [name, planner.fresh(`${name}$r`)]));
  const body = renameBlock(again, (name) => fresh.get(name) ?? name);
  return {
    forward: [stmt],
    reverse: [...inner.tapes, reversedFor(g, stmt, [...body])],
    ...(independence.anyOrder ? { merged } : {}),
  };
}

function loopSweeps(g: Generation, item: LoopPlan): Pair {
  const { stmt, trips } = item;
  if (item.region !== undefined && !item.region.refused && stmt.kind === "for") {
    return item.region.plan.reversed ? regionSweeps(g, stmt, item.region) : { forward: [stmt], reverse: [] };
  }
  g.loops.push({ stmt, counted: trips === undefined });
  const body = blockSweeps(g, item.body);
  g.loops.pop();
  if (body.reverse.length === 0) return { forward: [{ ...stmt, body: body.forward }], reverse: [] };
  if (trips === undefined) {
    if (stmt.kind !== "for") throw new Error("reverse: a while loop has a trip count");
    return { forward: [{ ...stmt, body: body.forward }], reverse: [reversedFor(g, stmt, body.reverse)] };
  }
  const count = variable(trips, intType);
  const counting = assign(trips, op("add", [count, int(1)], intType));
  const forward: Stmt[] = [
    { kind: "let", name: trips, type: intType, mutable: true, init: int(0) },
    { ...stmt, body: [counting, ...body.forward] },
  ];
  if (stmt.kind === "while") {
    const index = g.planner.fresh("trip");
    const reverse: Stmt = {
      kind: "for",
      name: index,
      start: count,
      compare: "gt",
      bound: int(0),
      step: -1,
      body: body.reverse,
    };
    return { forward, reverse: [reverse] };
  }
  const last = plus(stmt.start, times(minusOne(count), stmt.step));
  const index = g.planner.fresh(`${stmt.name}$r`);
  const reverse: Stmt = {
    kind: "for",
    name: index,
    start: last,
    compare: stmt.step > 0 ? "ge" : "le",
    bound: stmt.start,
    step: -stmt.step,
    body: renameBlock(body.reverse, (name) => (name === stmt.name ? index : name)),
  };
  return { forward, reverse: [reverse] };
}

/** A counted loop backwards, from the last index that ran. */
function reversedFor(g: Generation, stmt: Extract<Stmt, { kind: "for" }>, body: Stmt[]): Stmt {
  const index = g.planner.fresh(`${stmt.name}$r`);
  const renamed = renameBlock(body, (name) => (name === stmt.name ? index : name));
  return {
    kind: "for",
    name: index,
    start: lastIndex(stmt, g.planner.context.integers),
    compare: stmt.step > 0 ? "ge" : "le",
    bound: stmt.start,
    step: -stmt.step,
    body: renamed,
  };
}

/** start + (trips - 1) step; for steps of one just the bound, or the number before it. */
function lastIndex(stmt: Extract<Stmt, { kind: "for" }>, integers: Integers): Expr {
  const { start, bound, step, compare: test } = stmt;
  const unit = Math.abs(step) === 1;
  if (unit && integers.isInteger(bound)) {
    if (test === "lt") return plus(bound, int(-1));
    if (test === "gt") return plus(bound, int(1));
    return bound;
  }
  if (unit) {
    if (test === "lt") return plus(op("ceil", [bound], intType), int(-1));
    if (test === "gt") return plus(op("floor", [bound], intType), int(1));
    return op(test === "le" ? "floor" : "ceil", [bound], intType);
  }
  return plus(start, times(minusOne(tripCount(stmt)), step));
}

function minusOne(e: Expr): Expr {
  return plus(e, int(-1));
}

export function plus(a: Expr, b: Expr): Expr {
  const step = b.kind === "literal" ? Number(b.value) : undefined;
  const [base, known] = a.kind === "op" && (a.op === "add" || a.op === "sub") ? a.args : [];
  // n - 1 - 1 is n - 2.
  if (
    step !== undefined &&
    a.kind === "op" &&
    base !== undefined &&
    known?.kind === "literal" &&
    Number.isInteger(known.value)
  ) {
    return plus(base, int(step + (a.op === "add" ? Number(known.value) : -Number(known.value))));
  }
  if (a.kind === "literal" && b.kind === "literal") return int(Number(a.value) + Number(b.value));
  if (a.kind === "literal" && a.value === 0) return b;
  if (b.kind === "literal" && b.value === 0) return a;
  if (b.kind === "literal" && Number(b.value) < 0) return op("sub", [a, int(-Number(b.value))], intType);
  return op("add", [a, b], intType);
}

export function times(a: Expr, step: number): Expr {
  return step === 1 ? a : op("mul", [a, int(step)], intType);
}

/** The two sweeps of a nested block, with its locals saved at its end, and back in place at the start of its reverse. */
function blockSweeps(g: Generation, plan: BlockPlan, seeds: readonly Stmt[] = []): Pair {
  const { planner } = g;
  const pairs = plan.items.map((item) => itemSweeps(g, item));
  const forward = pairs.flatMap((pair) => pair.forward);
  const reverse = pairs
    .map((pair, i): Stmt[] => {
      const late = (plan.late.get(i) ?? []).map((local) => withoutQuote(local.stmt));
      const restored = late.length === 0 ? 0 : (pair.restoring ?? 0);
      return [...pair.reverse.slice(0, restored), ...late, ...pair.reverse.slice(restored)];
    })
    .reverse()
    .flat();
  if (!needsReverse(plan) && seeds.length === 0) return { forward, reverse: [] };

  const pops: Stmt[] = [];
  for (const local of plan.pushed) {
    const site = newSite(g, local.name, local.type);
    forward.push(...pushOf(planner, site, local.name, local.type));
    pops.unshift(...popOf(planner, site, local.name, local.type, true));
    if (planner.context.repeatable && isReference(local.type) && isRestored(g, local)) pops.push(...privateCopy(local));
  }
  const trips = plan.items.filter(
    (item): item is LoopPlan => item.kind === "loop" && item.trips !== undefined && needsReverse(item.body),
  );
  for (const { trips: name } of trips) {
    const site = newSite(g, name!, intType);
    forward.push({ kind: "push", tape: site.tape, value: variable(name!, intType) });
    pops.unshift({ kind: "pop", tape: site.tape, target: name!, declare: true, type: intType });
  }
  // A row that is found again is found with its shadow.
  const again = plan.recomputed.flatMap((local) => [withoutQuote(local.stmt), ...twinsOf(planner, local.stmt)]);
  const unset = plan.unset.map((local): Stmt => ({
    kind: "let",
    name: local.name,
    type: local.type,
    mutable: true,
    ...zeroOf(local.type),
  }));
  const declarations = plan.locals.flatMap((local) => declareBar(planner, local));
  const all = [...pops, ...again, ...unset, ...declarations, ...seeds, ...reverse];

  const fresh = new Map<string, string>();
  for (const local of plan.locals) fresh.set(local.name, planner.fresh(`${local.name}$r`));
  for (const { trips: name } of trips) fresh.set(name!, planner.fresh(`${name!}$r`));
  for (const local of plan.locals) {
    if (isReference(local.type) && isTwinned(planner, variable(local.name, local.type))) {
      const bar = nameOf(planner.bars.of(local.name, local.type));
      fresh.set(bar, planner.fresh(`${bar}$r`));
    }
  }
  return { forward, reverse: [...renameBlock(all, (name) => fresh.get(name) ?? name)] };
}

function zeroOf(type: Type): { init?: Expr } {
  switch (type.kind) {
    case "number":
    case "int":
      return { init: { kind: "literal", value: 0, type } };
    case "boolean":
      return { init: { kind: "literal", value: false, type } };
    default:
      return {};
  }
}

function isRestored(g: Generation, local: Local): boolean {
  return g.restored.has(contentsKey(g.planner.context.aliasing, variable(local.name, local.type)));
}

/** The reverse sweep of a pullback takes contents back in a copy, so that it can run again. */
function privateCopy(local: Local): Stmt[] {
  return [assign(local.name, { kind: "deepCopy", array: variable(local.name, local.type), type: local.type })];
}

function withoutQuote(stmt: Stmt): Stmt {
  const { quote: _quote, ...rest } = stmt;
  return rest;
}

/** The adjoint of a scalar local starts at zero; the shadow of an array is found or made. */
function declareBar(planner: Planner, local: Local): Stmt[] {
  const primal = variable(local.name, local.type);
  if (local.type.kind === "tape") {
    if (
      local.stmt.kind !== "let" ||
      local.stmt.init === undefined ||
      !isActiveTape(planner, local.name, local.type.element)
    )
      return [];
    if (isReference(local.type.element)) return [];
    return [
      {
        kind: "let",
        name: nameOf(planner.bars.of(local.name, local.type)),
        type: local.type,
        mutable: false,
        init: local.stmt.init,
      },
    ];
  }
  if (!isDifferentiable(local.type) || !planner.active(primal)) return [];
  const bar = planner.bars.of(local.name, local.type);
  if (!isReference(local.type))
    return [{ kind: "let", name: nameOf(bar), type: numberType, mutable: true, init: num(0) }];
  if (isTwinned(planner, primal)) return [];
  const init = local.stmt.kind === "let" ? local.stmt.init : undefined;
  const value =
    init === undefined
      ? zerosLike(primal)
      : shadowOf(shadowSource(init, primal), primal, (name, type) => planner.bars.of(name, type));
  return [{ kind: "let", name: nameOf(bar), type: local.type, mutable: false, init: value }];
}

/** A static allocation's shadow is sized by the array itself, whose length the reverse sweep knows. */
function shadowSource(init: Expr, primal: Expr): Expr {
  switch (init.kind) {
    case "var":
    case "index":
    case "select":
    case "view":
      return init;
    default:
      return zerosLike(primal);
  }
}

// ---------------------------------------------------------------------------------------------
// Saving and taking back
// ---------------------------------------------------------------------------------------------

function simpleSweeps(g: Generation, item: SimplePlan): Pair {
  const { planner } = g;
  const { stmt } = item;
  const saving: Stmt[] = [];
  const restoring: Stmt[] = [];
  if (item.save) {
    const pair = saveAndRestore(g, stmt);
    saving.push(...pair.forward);
    restoring.push(...pair.reverse);
  }
  const adjoint = [...restoring, ...item.adjoint];
  const note = item.adjoint.length > 0 && stmt.quote !== undefined ? `adjoint of: ${stmt.quote}` : undefined;
  const reverse = note === undefined ? adjoint : adjoint.map((s): Stmt => ({ ...s, note }));
  const tapes = declareTwinTape(planner, stmt);
  return { forward: [...saving, stmt, ...tapes, ...item.twins], reverse, restoring: restoring.length };
}

/** The tape of shadows beside a tape of references. */
export function declareTwinTape(planner: Planner, stmt: Stmt): Stmt[] {
  if (stmt.kind !== "let" || stmt.type.kind !== "tape" || !isReference(stmt.type.element) || stmt.init === undefined)
    return [];
  if (!isActiveTape(planner, stmt.name, stmt.type.element)) return [];
  return [
    {
      kind: "let",
      name: tapeShadow(planner, stmt.name, stmt.type.element).name,
      type: stmt.type,
      mutable: false,
      init: stmt.init,
    },
  ];
}

function saveAndRestore(g: Generation, stmt: Stmt): Pair {
  const { planner } = g;
  const { names, integers } = planner.context;
  switch (stmt.kind) {
    case "assign": {
      const type = stmt.value.type;
      if (planner.exitNames.has(stmt.name)) return { forward: [], reverse: [assign(stmt.name, int(0))] };
      const step = stepOf(stmt.name, stmt.value);
      if (step !== undefined && integers.isCounter(stmt.name)) {
        // A counter steps back: nothing is saved.
        return {
          forward: [],
          reverse: [
            assign(stmt.name, op(step > 0 ? "sub" : "add", [variable(stmt.name, type), num(Math.abs(step))], type)),
          ],
        };
      }
      const site = newSite(g, stmt.name, type);
      return { forward: pushOf(planner, site, stmt.name, type), reverse: popOf(planner, site, stmt.name, type, false) };
    }
    case "pop": {
      const site = newSite(g, stmt.target, stmt.type);
      return {
        forward: pushOf(planner, site, stmt.target, stmt.type),
        reverse: popOf(planner, site, stmt.target, stmt.type, false),
      };
    }
    case "store":
    case "accumulate":
      return saveElement(g, stmt.array, stmt.index);
    case "fill":
      return saveWhole(g, stmt.array);
    case "set":
      return saveWhole(g, stmt.target);
    case "append": {
      const shadow = isReference(stmt.value.type) && isTwinned(planner, stmt.array) ? [planner.bar(stmt.array)] : [];
      return { forward: [], reverse: [stmt.array, ...shadow].map((array): Stmt => ({ kind: "shrink", array })) };
    }
    case "shrink": {
      const last = at(stmt.array, op("sub", [lengthOf(stmt.array), int(1)], intType));
      const type = last.type;
      const site = newSite(g, "last", type);
      const name = names.fresh("last");
      const forward: Stmt[] = [{ kind: "push", tape: site.tape, value: last }];
      const reverse: Stmt[] = [
        { kind: "pop", tape: site.tape, target: name, declare: true, type },
        { kind: "append", array: stmt.array, value: variable(name, type) },
      ];
      return { forward, reverse };
    }
    case "call": {
      if (planner.context.calls.rules(stmt.callee) === undefined && isSplit(planner, stmt))
        return { forward: [], reverse: [] };
      const pairs = stmt.args.filter((arg) => isReference(arg.type)).map((arg) => saveWhole(g, arg));
      return { forward: pairs.flatMap((p) => p.forward), reverse: pairs.reverse().flatMap((p) => p.reverse) };
    }
    default:
      throw new Error(`reverse: ${stmt.kind} overwrites nothing that can be saved`);
  }
}

/** Whether a call in the forward sweep records by itself. */
function isSplit(planner: Planner, stmt: Call): boolean {
  return stmt.args.some(
    (arg) =>
      arg.kind === "var" &&
      arg.type.kind === "tape" &&
      arg.name === nameOf(planner.context.shared.of(arg.type.element)),
  );
}

function saveElement(g: Generation, array: Expr, index: Expr): Pair {
  const { planner } = g;
  const element = at(array, index);
  const root = array.kind === "var" ? array.name : "element";
  const site = newSite(g, root, element.type);
  const name = planner.fresh(`${root}Was`);
  const forward: Stmt[] = [{ kind: "push", tape: site.tape, value: element }];
  // Taken off in the opposite order: both may be on one tape.
  const reverse: Stmt[] = [
    { kind: "pop", tape: site.tape, target: name, declare: true, type: element.type },
    { kind: "store", array, index, value: variable(name, element.type) },
  ];
  if (isReference(element.type) && isTwinned(planner, array)) {
    const shadow = planner.bar(array);
    const twin = newSite(g, `${root}Bar`, element.type);
    const was = planner.fresh(`${root}BarWas`);
    forward.push({ kind: "push", tape: twin.tape, value: at(shadow, index) });
    reverse.unshift(
      { kind: "pop", tape: twin.tape, target: was, declare: true, type: element.type },
      { kind: "store", array: shadow, index, value: variable(was, element.type) },
    );
  }
  const loops = g.loops.flatMap(({ stmt }) => (stmt.kind === "for" ? [stmt] : []));
  if (array.type.kind !== "list" || planner.ranges.isInside(array, index, loops)) return { forward, reverse };
  // Such a store may have made the list longer.
  const length = newSite(g, `${root}Length`, intType);
  const before = planner.fresh(`${root}LengthWas`);
  const lengthWas = variable(before, intType);
  return {
    forward: [...forward, { kind: "push", tape: length.tape, value: lengthOf(array) }],
    reverse: [
      { kind: "pop", tape: length.tape, target: before, declare: true, type: intType },
      ...reverse,
      { kind: "while", test: compare("gt", lengthOf(array), lengthWas), body: [{ kind: "shrink", array }] },
    ],
  };
}

function saveWhole(g: Generation, array: Expr): Pair {
  const { planner } = g;
  const root = array.kind === "var" ? array.name : "array";
  const site = newSite(g, root, array.type);
  const copied = planner.fresh(`${root}Copy`);
  const was = planner.fresh(`${root}Was`);
  return {
    forward: [
      { kind: "let", name: copied, type: array.type, mutable: false, init: { kind: "copy", array, type: array.type } },
      { kind: "push", tape: site.tape, value: variable(copied, array.type) },
    ],
    reverse: [
      { kind: "pop", tape: site.tape, target: was, declare: true, type: array.type },
      ...restoreFrom(planner.context.names, array, variable(was, array.type)),
    ],
  };
}

function newSite(g: Generation, base: string, type: Type): Site {
  const { planner } = g;
  const element: Type = type;
  if (planner.context.shared.given) {
    const tape = nameOf(planner.context.shared.of(presentType(element)));
    return isReference(type) ? { tape, twin: tape } : { tape };
  }
  const declare = (name: string): void => {
    const isDeclared = (variable: string): boolean => !g.inside.has(variable) || g.before.has(variable);
    const capacity = tripProduct({ ...planner.context, isDeclared, constants: g.constants }, g.loops, g.top);
    const tapeType: Type = { kind: "tape", element };
    g.tapes.push({
      kind: "let",
      name,
      type: tapeType,
      mutable: false,
      init: { kind: "newTape", type: tapeType, ...(capacity === undefined ? {} : { capacity }) },
    });
  };
  const tape = planner.fresh(`${base.replaceAll("$r", "")}Tape`);
  declare(tape);
  if (!isReference(type)) return { tape };
  const twin = planner.fresh(`${base.replaceAll("$r", "")}BarTape`);
  declare(twin);
  return { tape, twin };
}

function pushOf(planner: Planner, site: Site, name: string, type: Type): Stmt[] {
  const primal = variable(name, type);
  const push: Stmt = { kind: "push", tape: site.tape, value: primal };
  if (site.twin === undefined || !isTwinned(planner, primal)) return [push];
  return [push, { kind: "push", tape: site.twin, value: planner.bars.of(name, type) }];
}

function popOf(planner: Planner, site: Site, name: string, type: Type, declare: boolean): Stmt[] {
  const primal = variable(name, type);
  const pop: Stmt = { kind: "pop", tape: site.tape, target: name, declare, type };
  if (site.twin === undefined || !isTwinned(planner, primal)) return [pop];
  return [{ kind: "pop", tape: site.twin, target: nameOf(planner.bars.of(name, type)), declare, type }, pop];
}
