/**
 * Makes the plan of the reverse mode: for each statement its adjoint, what that reads, and how the reverse sweep
 * finds the way that the forward sweep took. `analyse/record` then decides what is saved.
 */
import { TensorBuilder } from "./tensor-build.ts";
import { isPresent, nameOf, undefinedOf } from "../ir/ask.ts";
import {
  contentsKey,
  type Key,
  reachableKeys,
  readsOf,
  readsOfExpr,
  writesOf,
  writesOfStmt,
} from "../analyse/effects.ts";
import { costOf, costOfSaving } from "../analyse/keep.ts";
import { analyseIndependence, filledBy, type Independence } from "../analyse/independent.ts";
import {
  bool,
  booleanType,
  compare,
  ifThen,
  int,
  intType,
  isDifferentiable,
  isReference,
  zeroOf,
  op,
  shadowType,
  variable,
  typeKey,
} from "../ir/build.ts";
import { nameInFile } from "../ir/names.ts";
import { isCheap } from "../ir/ops.ts";
import { presentType } from "../ir/presence.ts";
import type { Block, Expr, ForStmt, Pattern, Stmt, Type } from "../ir/types.ts";
import {
  declaredNames,
  mapBlock,
  mapChildren,
  mapExpr,
  patternVariables,
  sameExpr,
  variablesDeclaredBy,
  walkBlock,
  walkBlockExprs,
} from "../ir/visit.ts";
import { adjointOf, statements } from "./adjoint.ts";
import { memoryOfType, patternAt } from "../analyse/callees.ts";
import { bareOrTuplePattern, idleShadow, keptOf, refuseUnnamed, type Split } from "./calls.ts";
import type { BlockPlan, CheckpointPlan, IfPlan, Local, LoopPlan, Plan, RegionPlan, SimplePlan } from "./plan.ts";
import { boundIsFixed, type Planner } from "./planner.ts";
import { Refusal } from "./refusal.ts";
import { addInto } from "./shadows.ts";
import { adjointOfStmt, tapeShadow } from "./statements.ts";
import { resizedTwins, twinsOf } from "./twins.ts";

export function planBlock(planner: Planner, block: Block): BlockPlan {
  const items: Plan[] = [];
  const locals: Local[] = [];
  const stable = stabilise(planner, block);
  const added = addKnown(planner, stable);
  for (const stmt of stable) {
    const position = items.length;
    for (const { name, type } of stmt.kind === "for" || stmt.kind === "closure" ? [] : variablesDeclaredBy(stmt)) {
      locals.push({ name, type, mutable: stmt.kind === "let" && stmt.mutable, stmt, position });
    }
    const item = planStmt(planner, stmt);
    items.push(item);
    // A hand-written pullback that the forward sweep got is a local of its own.
    if (item.kind === "simple" && item.stmt.kind === "call") {
      for (const { name, type } of variablesDeclaredBy((item.takingBack ?? item).stmt)) {
        const isShadow = planner.bars.arrayOf(name) !== undefined;
        if (!isShadow && !locals.some((local) => local.name === name))
          locals.push({ name, type, mutable: false, stmt: item.stmt, position });
      }
    }
  }
  for (const value of added) planner.values.delete(value);
  return { items, locals, pushed: [], recomputed: [], late: new Map(), unset: [], reads: new Set(), reversed: false };
}

/** Makes the expensive values known that the block has constants for; gives back which. */
function addKnown(planner: Planner, block: Block): readonly string[] {
  const added: string[] = [];
  for (const stmt of block) {
    if (stmt.kind !== "let" || stmt.mutable || stmt.init?.kind !== "op" || isCheap(stmt.init.op)) continue;
    const stays = stmt.init.args.every(
      (arg) => arg.kind === "literal" || (arg.kind === "var" && !planner.assigned.has(arg.name)),
    );
    const value = JSON.stringify(stmt.init);
    if (!stays || planner.values.has(value)) continue;
    planner.values.set(value, variable(stmt.name, stmt.type));
    added.push(value);
  }
  return added;
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
    const isPath = stmt.kind === "let" && isReference(stmt.type) && isWayToMemory(stmt.init);
    if (stmt.kind !== "if" && stmt.kind !== "for" && !isPath) {
      out.push(...withKnownPlace(planner, stmt));
      return;
    }
    const changed = writesOf(aliasing, block.slice(i));
    const unstable = (expr: Expr): boolean => [...readsOfExpr(aliasing, expr)].some((key) => changed.has(key));
    const isDear = (expr: Expr): boolean => costOf(expr) > costOfSaving;
    const keep = (expr: Expr, base: string): Expr => {
      if (!unstable(expr)) return expr;
      const name = names.fresh(base);
      out.push({ kind: "let", name, type: expr.type, mutable: false, init: expr });
      return variable(name, expr.type);
    };
    if (stmt.kind === "let") {
      // A view, a row or a choice is found again in the reverse sweep, by the same numbers.
      const known = knownPlaces(planner, (number) => unstable(number) || isDear(number));
      const init = stmt.init === undefined ? undefined : known.place(stmt.init);
      out.push(...known.positions, init === undefined || init === stmt.init ? stmt : { ...stmt, init });
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

function isWayToMemory(init: Expr | undefined): boolean {
  return init?.kind === "view" || init?.kind === "index" || init?.kind === "select";
}

interface KnownPlaces {
  /** The constants that were made. */
  readonly positions: Stmt[];
  /** A number or a test as a constant, if it has to be one. */
  readonly position: (number: Expr) => Expr;
  /** A way to memory whose numbers and tests are known wherever they have to be. */
  readonly place: (way: Expr) => Expr;
}

/** Makes constants of what is `unstable` on the ways to memory. */
function knownPlaces(planner: Planner, unstable: (number: Expr) => boolean): KnownPlaces {
  const { names } = planner.context;
  const positions: Stmt[] = [];
  const position = (number: Expr, when: (number: Expr) => Expr = (it) => it): Expr => {
    if (!unstable(number)) return number;
    const name = names.fresh(number.type.kind === "boolean" ? "taken" : "position");
    positions.push({ kind: "let", name, type: number.type, mutable: false, init: when(number) });
    return variable(name, number.type);
  };
  // `when`: a number on one side of a choice is computed where that side is taken only.
  const place = (e: Expr, when?: (number: Expr) => Expr): Expr => {
    if (!isReference(e.type)) return position(e, when);
    if (e.kind === "index" || e.kind === "view") return mapChildren(e, (part) => place(part, when));
    if (e.kind !== "select") return e;
    const test = position(e.test, when);
    const outer = when ?? ((it: Expr): Expr => it);
    const other = (it: Expr): Expr => (it.type.kind === "boolean" ? bool(false) : int(0));
    const yes = place(e.yes, (it) => outer({ kind: "select", test, yes: it, no: other(it), type: it.type }));
    const no = place(e.no, (it) => outer({ kind: "select", test, yes: other(it), no: it, type: it.type }));
    return test === e.test && yes === e.yes && no === e.no ? e : { ...e, test, yes, no };
  };
  return { positions, position: (number) => position(number), place: (way) => place(way) };
}

/**
 * The place of a write that what it overwrites decides on must be known when it is taken back, and that of a reference
 * that it copies when the shadow follows.
 */
function withKnownPlace(planner: Planner, stmt: Stmt): Block {
  const { aliasing } = planner.context;
  const own = new Set(writesOfStmt(aliasing, stmt));
  const isOwn = (number: Expr): boolean => [...readsOfExpr(aliasing, number)].some((key) => own.has(key));
  const { positions, position, place } = knownPlaces(planner, isOwn);
  switch (stmt.kind) {
    case "store":
    case "accumulate": {
      const before: Expr = { kind: "index", array: stmt.array, index: stmt.index, type: stmt.value.type };
      const array = place(stmt.array);
      const index = position(stmt.index);
      // A number that reads its own element reads it at the same place.
      const value = isReference(stmt.value.type)
        ? place(stmt.value)
        : mapExpr(stmt.value, (e) => (sameExpr(e, before) ? { ...before, array, index } : e));
      return positions.length === 0 ? [stmt] : [...positions, { ...stmt, array, index, value }];
    }
    case "append": {
      const array = place(stmt.array);
      const value = isReference(stmt.value.type) ? place(stmt.value) : stmt.value;
      return positions.length === 0 ? [stmt] : [...positions, { ...stmt, array, value }];
    }
    case "assign": {
      const value = isReference(stmt.value.type) ? place(stmt.value) : stmt.value;
      return positions.length === 0 ? [stmt] : [...positions, { ...stmt, value }];
    }
    case "fill":
    case "shrink": {
      const array = place(stmt.array);
      return positions.length === 0 ? [stmt] : [...positions, { ...stmt, array }];
    }
    case "set": {
      const target = place(stmt.target);
      return positions.length === 0 ? [stmt] : [...positions, { ...stmt, target }];
    }
    default:
      return [stmt];
  }
}

/** Whether a reverse sweep can have anything to do in an `if`: active values, or overwritten ones. */
function matters(planner: Planner, stmt: Extract<Stmt, { kind: "if" }>): boolean {
  return writesOf(planner.context.aliasing, [stmt]).size > 0;
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
  if (stmt.kind === "call" && canTakeBack(planner, stmt))
    return { ...planIdleCall(planner, stmt), takingBack: planCall(planner, stmt) };
  return planWith(planner, stmt, adjointOfStmt(planner, stmt));
}

/** Where the rows and objects come from that shadows of are used: `matBar[0]` is the shadow of what `mat[0]` is. */
function rowsOfShadows(planner: Planner, adjoint: Block): readonly string[] {
  const { aliasing } = planner.context;
  const keys: string[] = [];
  walkBlockExprs(adjoint, (e) => {
    if (e.kind !== "index" || !isReference(e.type)) return;
    const array = primalOf(planner, e.array);
    if (array !== undefined) keys.push(contentsKey(aliasing, array, e.index));
  });
  return keys;
}

/** The array or object that a way through shadows stands for. */
function primalOf(planner: Planner, shadow: Expr): Expr | undefined {
  if (shadow.kind === "index") {
    const array = primalOf(planner, shadow.array);
    return array && { ...shadow, array };
  }
  const name = shadow.kind === "var" ? planner.bars.arrayOf(shadow.name) : undefined;
  const type = name === undefined ? undefined : planner.bars.typeOf(name);
  return name === undefined || type === undefined || type.kind === "tape" ? undefined : variable(name, type);
}

function planWith(planner: Planner, stmt: Stmt, adjoint: Block): SimplePlan {
  const { aliasing } = planner.context;
  const reads = readsOf(aliasing, adjoint);
  // A shadow stands for its array: using it needs the reference, and with it where the reference comes from.
  for (const key of [...reads]) {
    const shadowed = planner.bars.arrayOf(key);
    // A tape is not: adjoint tapes are filled and emptied by themselves.
    if (shadowed !== undefined && !isTape(planner, shadowed)) reads.add(shadowed);
  }
  for (const key of rowsOfShadows(planner, adjoint)) reads.add(key);
  return {
    kind: "simple",
    stmt,
    adjoint,
    reads,
    // What a first value overwrites is nothing that an adjoint could read.
    writes: aliasing.isFirst(stmt) ? [] : writesOfStmt(aliasing, stmt),
    twins: twinsOf(planner, stmt),
    save: false,
  };
}

function isTape(planner: Planner, name: string): boolean {
  return planner.bars.typeOf(name)?.kind === "tape";
}

type Call = Extract<Stmt, { kind: "call" }>;

function isActiveCall(planner: Planner, stmt: Call): boolean {
  const isActive =
    variablesDeclaredBy(stmt).some(
      ({ name, type }) => isDifferentiable(type) && planner.active(variable(name, type)),
    ) ||
    stmt.args.some(
      (arg) =>
        (arg.type.kind === "tape" || (isReference(arg.type) && isDifferentiable(arg.type))) && planner.active(arg),
    );
  return isActive && planner.context.calls.carries(stmt.callee);
}

/**
 * Whether a call that no derivative goes through can be split all the same, so that it takes back what it overwrites:
 * only the function itself knows which elements that were, how long a list was and where references led.
 */
function canTakeBack(planner: Planner, stmt: Call): boolean {
  const { aliasing, calls } = planner.context;
  return calls.canSplit(stmt.callee) && writesOfStmt(aliasing, stmt).length > 0;
}

/** A call that no derivative goes through, of which nothing has to be taken back. */
function planIdleCall(planner: Planner, stmt: Call): SimplePlan {
  const plan = planWith(planner, stmt, []);
  return { ...plan, twins: [...plan.twins, ...resizedTwins(planner, stmt)] };
}

/** A call that is not inlined: by its hand-written rule, or split in two. */
function planCall(planner: Planner, stmt: Call): SimplePlan {
  const { calls } = planner.context;
  const rules = calls.rules(stmt.callee);
  if (rules?.pullback !== undefined) return planPullbackRule(planner, stmt, rules.pullback);
  if (rules?.vjp !== undefined) return planVjpRule(planner, stmt, rules.vjp);
  const split = calls.split(stmt.callee);
  return planSplit(planner, { ...stmt, target: namedPattern(planner, stmt.target, split.result) }, split);
}

/**
 * The forward half in the forward sweep, the reverse half in the reverse sweep. Shadows of arrays whose references
 * move, and tapes of shadows, go along in the forward sweep; other shadows and tapes of adjoints in the reverse sweep.
 */
function planSplit(planner: Planner, stmt: Call, split: Split): SimplePlan {
  const { names, shared } = planner.context;
  const { numbers, arrays, moving, numberTapes, arrayTapes } = split.carriers;
  const tapes = split.tapes.map(({ type, isShadow }) => shared.of(type, isShadow));
  const shadowArg = (i: number, idle: Stmt[]): Expr => {
    const arg = stmt.args[i]!;
    return planner.active(arg) ? planner.bar(arg) : idleShadow(names, arg, idle);
  };
  const tapeArg = (i: number): Expr => {
    const arg = stmt.args[i]!;
    if (arg.kind !== "var" || arg.type.kind !== "tape") throw new Error("reverse: a tape is a variable");
    return variable(tapeShadow(planner, arg.name, arg.type.element).name, shadowType(arg.type));
  };

  const before: Stmt[] = [];
  const given = [...moving.map((i) => shadowArg(i, before)), ...arrayTapes.map(tapeArg)];
  const returned = shadowPattern(planner, stmt.target, split);
  const forward: Stmt = {
    ...stmt,
    callee: split.forward.name,
    args: keptOf(split.forward, [...stmt.args, ...given, ...tapes]),
    target: returned.shadows.length === 0 ? stmt.target : { kind: "tuple", items: [stmt.target, returned.pattern] },
  };

  const adjoint: Stmt[] = [];
  const shadows = arrays.map((i) => shadowArg(i, adjoint));
  // What came with its shadow has its cotangent in that.
  const withShadow = split.shadows.flatMap(({ way }) => patternAt(stmt.target, way)?.name ?? []);
  const cotangents = cotangentsOf(planner, stmt.target, adjoint, withShadow);
  const grads = numbers.map((i): Pattern => ({
    kind: "name",
    name: names.fresh(`${split.params[i]!.name}Bar`),
    type: presentType(split.params[i]!.type),
  }));
  const values = stmt.args.filter((arg) => arg.type.kind !== "tape");
  const handed = [...values, ...shadows, ...numberTapes.map(tapeArg), ...cotangents, ...tapes];
  adjoint.push({
    kind: "call",
    callee: split.reverse.name,
    args: keptOf(split.reverse, handed),
    target: bareOrTuplePattern(grads),
  });
  numbers.forEach((i, k) => {
    const grad = grads[k]!;
    const arg = stmt.args[i]!;
    if (grad.kind === "name" && planner.active(arg))
      adjoint.push(...statements(planner, adjointOf(planner, arg, variable(grad.name, grad.type))));
  });
  const plan = planWith(planner, stmt, adjoint);
  const twins = plan.twins.filter(
    (twin) => !returned.shadows.some((name) => twin.kind === "let" && twin.name === name),
  );
  const reads = new Set([...plan.reads, ...foundOnTapes(planner, stmt, split, handed.length - tapes.length)]);
  twins.push(...resizedTwins(planner, stmt, moving));
  return { ...plan, reads, stmt: forward, before, twins, save: plan.writes.length > 0, takesBack: true };
}

/**
 * The contents of what went into a call or came out of it that the reverse half may look at without being handed it:
 * it finds references on tapes. `first` is the position of the first tape among what it is handed.
 */
function foundOnTapes(planner: Planner, stmt: Call, split: Split, first: number): Key[] {
  const { kept } = split.reverse;
  const taped = split.tapes.flatMap(({ type, isShadow }, k) =>
    isReference(type) && !isShadow && (kept?.[first + k] ?? true) ? [typeKey(type)] : [],
  );
  const seen = [...stmt.args, ...patternVariables(stmt.target).map(({ name, type }) => variable(name, type))];
  return seen
    .filter(({ type }) => memoryOfType(type).some((part) => taped.includes(typeKey(part.type))))
    .flatMap((memory) => reachableKeys(planner.context.aliasing, memory));
}

/** A pattern with names for the parts of the result that nobody asked for: each has its place among the cotangents. */
function namedPattern(planner: Planner, target: Pattern, type: Type): Pattern {
  if (target.kind === "name" || !isDifferentiable(type)) return target;
  if (type.kind !== "tuple") return { kind: "name", name: planner.fresh("unused"), type };
  const items = target.kind === "tuple" ? target.items : [];
  return {
    kind: "tuple",
    items: type.items.map((item, k) => namedPattern(planner, items[k] ?? { kind: "none" }, item)),
  };
}

/** Names for the shadows that the forward half gives back. */
function shadowPattern(
  planner: Planner,
  target: Pattern,
  split: Split,
): { readonly pattern: Pattern; readonly shadows: readonly string[] } {
  const shadows: string[] = [];
  const items = split.shadows.map(({ way, part }): Pattern => {
    const primal = patternAt(target, way);
    const isWanted = primal !== undefined && planner.active(variable(primal.name, primal.type));
    const bar = isWanted ? nameOf(planner.bars.of(primal.name, primal.type)) : planner.fresh("idleBar");
    shadows.push(bar);
    return { kind: "name", name: bar, type: shadowType(part) };
  });
  return { pattern: bareOrTuplePattern(items), shadows };
}

/** The adjoints of what a call gave back, one for each differentiable part but those `withShadow`. */
function cotangentsOf(planner: Planner, target: Pattern, idle: Stmt[], withShadow: readonly string[] = []): Expr[] {
  switch (target.kind) {
    case "none":
      return [];
    case "name": {
      const { name, type } = target;
      const value = variable(name, type);
      if (!isDifferentiable(type) || withShadow.includes(name)) return [];
      if (planner.active(value)) {
        const bar = planner.bars.of(name, type);
        if (type.kind !== "tensor") return [bar];
        const o = new TensorBuilder((base) => planner.fresh(base));
        const whole = o.wholeLike(bar, value);
        idle.push(...o.statements);
        return [whole];
      }
      return [type.kind === "number" ? zeroOf(type) : idleShadow(planner.context.names, value, idle)];
    }
    case "tuple":
      return target.items.flatMap((item) => cotangentsOf(planner, item, idle, withShadow));
  }
}

/** `[value, grads] = rule(...args, v)` in the reverse sweep. */
function planVjpRule(planner: Planner, call: Call, rule: string): SimplePlan {
  const { stmt, v, before } = ruledCall(planner, call);
  const grads = ruleGradients(planner, stmt);
  const result: Pattern = { kind: "tuple", items: [{ kind: "none" }, grads.pattern] };
  return planWith(planner, stmt, [
    ...before,
    { kind: "call", callee: rule, args: [...stmt.args, v], target: result },
    ...grads.add,
  ]);
}

/** `[value, pullback] = rule(...args)` in the forward sweep, `pullback(v)` in the reverse sweep. */
function planPullbackRule(planner: Planner, call: Call, rule: string): SimplePlan {
  const { stmt, v, before } = ruledCall(planner, call);
  const grads = ruleGradients(planner, stmt);
  const name = planner.fresh("pullback");
  const type: Type = { kind: "function", params: [{ name: "v", type: v.type }], result: grads.type };
  const target: Pattern = { kind: "tuple", items: [stmt.target, { kind: "name", name, type }] };
  const back: Stmt = { kind: "apply", callee: name, args: [v], target: grads.pattern };
  const plan = planWith(planner, { ...stmt, callee: rule, target }, [...before, back, ...grads.add]);
  return { ...plan, writes: writesOfStmt(planner.context.aliasing, stmt) };
}

interface RuledCall {
  /** The call, all that it gives back with a name. */
  readonly stmt: Call;
  /** The cotangent of what it gives back, of the same structure. */
  readonly v: Expr;
  /** What the cotangent is made of. */
  readonly before: readonly Stmt[];
}

function ruledCall(planner: Planner, stmt: Call): RuledCall {
  const { calls } = planner.context;
  const { result, origin } = calls.func(stmt.callee);
  const name = nameInFile(stmt.callee, origin);
  if (calls.sharesMemory(stmt.callee)) {
    const message = `${name} gives back what it was given, and a rule is for what is new`;
    throw new Refusal("rule", [message, "Return a copy from it."], undefined, [{ name, origin: stmt.origin }]);
  }
  refuseUnnamed(stmt, calls, (arg) => planner.active(arg));
  const target = namedPattern(planner, stmt.target, result);
  const before: Stmt[] = [];
  return { stmt: { ...stmt, target }, v: cotangentIn(planner, target, result, before), before };
}

/** The cotangent of what a call gave back, in one piece. */
function cotangentIn(planner: Planner, target: Pattern, type: Type, before: Stmt[]): Expr {
  if (target.kind !== "tuple" || type.kind !== "tuple")
    return cotangentsOf(planner, target, before)[0] ?? undefinedOf(type);
  const items = type.items.map((item, k) => cotangentIn(planner, target.items[k] ?? { kind: "none" }, item, before));
  return { kind: "tuple", items, type: { ...type, items: items.map((item) => item.type) } };
}

/** Names for the gradients that a rule gives back, and what adds them to the adjoints of the arguments. */
function ruleGradients(
  planner: Planner,
  stmt: Call,
): { readonly pattern: Pattern; readonly type: Type; readonly add: Stmt[] } {
  const { names, calls } = planner.context;
  const { params } = calls.func(stmt.callee);
  const { wrt } = calls.rules(stmt.callee)!;
  const patterns: Pattern[] = [];
  const types: Type[] = [];
  const add: Stmt[] = [];
  params.forEach((param, i) => {
    const arg = stmt.args[i];
    if (!isDifferentiable(param.type) || (wrt && !wrt.includes(i))) return;
    const type = shadowType(param.type);
    types.push(type);
    if (arg === undefined || !planner.active(arg)) {
      patterns.push({ kind: "none" });
      return;
    }
    const name = names.fresh(`${param.name}Bar`);
    patterns.push({ kind: "name", name, type });
    const grad = variable(name, type);
    const present = { ...grad, type: presentType(type) };
    const added = isReference(type)
      ? addInto(names, planner.bar(arg), present, present.type)
      : statements(planner, adjointOf(planner, arg, present));
    add.push(...(type.kind === "maybe" ? [ifThen(isPresent(grad), added)] : added));
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
  if (checkpoint?.kind === "checkpoint") return checkpoint;
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
  return { kind: "loop", stmt, body, trips, region, fills, ...(checkpoint && { obstacle: checkpoint }) };
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
  const plan = planBlock(planner, stmt.body);
  // What keeps a shadow beside its list belongs to the forward sweep alone.
  return keepsShadows(plan) ? undefined : { plan, independence, reads, refused: false };
}

/** Whether the forward sweep of a block changes shadows. */
function keepsShadows(block: BlockPlan): boolean {
  return block.items.some((item): boolean => {
    switch (item.kind) {
      case "simple":
        return item.twins.some((twin) => twin.kind !== "let" && twin.kind !== "assign");
      case "if":
        return keepsShadows(item.then) || keepsShadows(item.otherwise);
      case "loop":
        return keepsShadows(item.body);
      case "checkpoint":
        return true;
    }
  });
}

/** The body of an independent loop when it runs only to be reversed: nothing outside is written again. */
export function withoutOuterWrites(planner: Planner, independence: Independence, body: Block): Block {
  const { aliasing } = planner.context;
  return mapBlock(body, (stmt) => {
    if (stmt.kind === "throw") return [];
    const outside = writesOfStmt(aliasing, stmt).some((key) => independence.outerWrites.has(key));
    return outside ? [] : stmt;
  });
}
