/**
 * Loops under a `// @checkpoint` comment. The forward sweep runs the loop as it is and keeps only the state at
 * its start: what an iteration overwrites and a later one, or an adjoint, reads. The reverse sweep takes the
 * iterations from the last to the first. For each it goes back to the nearest snapshot of the state, runs on to
 * the iteration (keeping further snapshots on the way), then runs it once more with recording, and reverses it.
 *
 * The snapshots stand where the fewest iterations run again: the binomial schedule of A. Griewank and
 * A. Walther, "Algorithm 799: revolve", ACM TOMS 26(1), 2000. The memory is that many states and one tape.
 */
import { isPresent, nameOf } from "../ir/ask.ts";
import { isKeeper, keeperMethod } from "../ir/keepers.ts";
import { outsideName } from "../ir/runtime.ts";
import {
  assign,
  at,
  compare,
  constant,
  containsRecord,
  holdsReferences,
  ifThen,
  int,
  intType,
  isReference,
  lengthOf,
  mutable,
  op,
  sameType,
  variable,
} from "../ir/build.ts";
import type { Block, Expr, ForStmt, Stmt, Type, WhileStmt } from "../ir/types.ts";
import {
  assignedVariables,
  calleesOf,
  collectStmts,
  declaredNames,
  mapBlock,
  renameBlock,
  someStmt,
  type StmtOf,
  variablesDeclaredBy,
  walkBlock,
  walkBlockExprs,
} from "../ir/visit.ts";
import type { Aliasing } from "../analyse/alias.ts";
import { isMemory, memoryOfType } from "../analyse/callees.ts";
import { contentsKey, contentsOf, type Key, lengthKey, overwritesOf, reachableKeys } from "../analyse/effects.ts";
import { onlyNeeded, withoutEffects } from "../analyse/replay.ts";
import { changesOfGiven } from "../analyse/written.ts";
import type { CheckpointPlan } from "./plan.ts";
import { type Obstacle, obstacles } from "./obstacles.ts";
import { withOutlines } from "./outlines.ts";
import { boundIsFixed, localTapes, nameAgain, type Planner } from "./planner.ts";
import { planBlock } from "./planning.ts";
import { sweeps } from "./reverse.ts";
import { plus, times } from "./trips.ts";
import { declareTwinTape, isTwinned, twinsOf } from "./twins.ts";
import { addInto, countTo, moveInto, restoreFrom } from "./shadows.ts";
import { tripCount } from "./trips.ts";

type Loop = ForStmt | WhileStmt;

// ---------------------------------------------------------------------------------------------
// Planning
// ---------------------------------------------------------------------------------------------

/** The plan of a checkpointed loop, or why its iterations cannot run again; then it is recorded as any other. */
export function planCheckpoint(planner: Planner, stmt: Loop): CheckpointPlan | Obstacle {
  const { context } = planner;
  const arrays = arraysOf(planner, stmt);
  const inBody = obstacleInBody(planner, stmt.body);
  if (inBody !== undefined) return inBody;
  const changing = changesOfState(planner, stmt, arrays);
  const writes = overwritesOf(context.aliasing, stmt.body, changing);
  const obstacle = obstacleInArrays(planner, stmt, arrays, { changing, writes });
  if (obstacle !== undefined) return obstacle;
  const isCounted =
    stmt.kind === "for" &&
    stmt.exit === undefined &&
    boundIsFixed(planner, stmt) &&
    context.integers.isInteger(stmt.bound);
  // An iteration is recorded and reversed in one go, on tapes of its own.
  const own: Planner = {
    ...planner,
    depth: planner.depth + 1,
    runsAgain: true,
    context: { ...context, repeatable: false, shared: localTapes(context.names) },
  };
  const step = withoutEffects(stmt.body);
  if (stmt.kind === "for") own.loops.push(stmt);
  const body = withOutlines(own, planBlock(own, step), { body: step, isOnce: true, given: [] });
  if (stmt.kind === "for") own.loops.pop();
  const plan: CheckpointPlan = {
    kind: "checkpoint",
    stmt,
    step,
    body,
    planner: own,
    arrays,
    moving: arrays
      .filter(({ name, type, moves }) => moves && isTwinned(planner, variable(name, type)))
      .flatMap(({ name, type }) => [name, nameOf(planner.bar(variable(name, type)))]),
    trips: isCounted ? undefined : context.names.fresh("trips"),
    writes,
    needed: new Set(),
    takenBack: new Set(),
    sweeps: (newTape) => checkpointSweeps(plan, newTape),
  };
  return plan;
}

/** An array from outside that the loop uses. */
export interface LoopArray {
  readonly name: string;
  readonly type: Type;
  /** The type where the loop has not asked whether it is there. */
  readonly declared: Type;
  /** The loop assigns the variable. */
  readonly moves: boolean;
  /** The loop may bind the variable to an array that it made: then each run of an iteration makes another one. */
  readonly renewed: boolean;
}

/** What in the body keeps it from running again, computing the same and doing nothing else. */
function obstacleInBody(planner: Planner, body: Block): Obstacle | undefined {
  const declared = declaredNames(body);
  for (const stmt of everyStmt(body)) {
    switch (stmt.kind) {
      case "push":
      case "pop":
        if (!declared.has(stmt.tape)) return obstacles.tape();
        break;
      case "call": {
        const method = keeperMethod(stmt.callee);
        if (method !== undefined) return obstacles.keeper(variablesIn(stmt).find(({ type }) => isKeeper(type))?.name);
        const talking = talkingCallee(planner, stmt.callee);
        if (talking !== undefined) return obstacles.effects(talking);
        if (variablesDeclaredBy(stmt).some(({ name, type }) => isTwinned(planner, variable(name, type))))
          return obstacles.result(stmt.callee);
        break;
      }
      case "apply":
      case "closure":
        return obstacles.pullback();
      default:
        break;
    }
  }
  return someStmt(withoutEffects(body), (stmt) => stmt.kind === "throw") ? obstacles.throws() : undefined;
}

/** The variables among the arguments and results of a call. */
const variablesIn = (stmt: StmtOf<"call">): { readonly name: string; readonly type: Type }[] => [
  ...stmt.args.flatMap((arg) => (arg.kind === "var" ? [arg] : [])),
  ...variablesDeclaredBy(stmt),
];

function everyStmt(block: Block): Stmt[] {
  const all: Stmt[] = [];
  walkBlock(block, (stmt) => all.push(stmt));
  return all;
}

/** A function that a callee is or calls, and that has effects. */
function talkingCallee(planner: Planner, callee: string, seen = new Set<string>()): string | undefined {
  if (seen.has(callee)) return undefined;
  seen.add(callee);
  const outside = outsideName(callee);
  if (outside !== undefined) return outside;
  const { body } = planner.context.calls.func(callee);
  if (hasEffects(body)) return callee;
  for (const inner of calleesOf(body)) {
    const talking = talkingCallee(planner, inner, seen);
    if (talking !== undefined) return talking;
  }
  return undefined;
}

function hasEffects(body: Block): boolean {
  return someStmt(body, (stmt) => stmt.kind === "effect");
}

/** The arrays from outside that the body uses: what it overwrites in them is part of the state. */
function arraysOf(planner: Planner, stmt: Loop): readonly LoopArray[] {
  const { aliasing } = planner.context;
  const { body } = stmt;
  const inside = declaredNames(body);
  const assigned = assignedVariables(body);
  const types = new Map<string, Type>();
  walkBlockExprs(body, (e) => {
    if (e.kind === "var" && isReference(e.type) && !inside.has(e.name)) types.set(e.name, e.type);
  });
  for (const { name, value } of collectStmts(body, "assign")) {
    if (isReference(value.type) && !inside.has(name) && !types.has(name)) types.set(name, value.type);
  }
  const made = madeIn(planner, body);
  return [...types].map(([name, type]): LoopArray => {
    const memory = aliasing.classOfName(name);
    const declared = planner.context.types.get(name) ?? type;
    return { name, type, declared, moves: assigned.has(name), renewed: made.fresh.has(memory) };
  });
}

/**
 * The statements of the body that may change what was there before the iteration. What writes into memory that the same
 * iteration made does not: when the iteration runs again, it makes and fills other memory, and snapshots hold what earlier
 * iterations made as these left it.
 */
function changesOfState(planner: Planner, { body }: Loop, arrays: readonly LoopArray[]): ReadonlySet<Stmt> {
  const inside = declaredNames(body);
  const given = new Map(arrays.map(({ name, declared }) => [name, declared]));
  walkBlockExprs(body, (e) => {
    if (e.kind === "var" && isMemory(e.type) && !inside.has(e.name) && !given.has(e.name)) given.set(e.name, e.type);
  });
  const params = [...given].map(([name, type]) => ({ name, type }));
  return changesOfGiven(body, params, (callee) =>
    outsideName(callee) === undefined ? planner.context.calls.func(callee) : undefined,
  );
}

/** What an iteration does to memory that it did not make: the statements, and what they may overwrite. */
interface Changes {
  readonly changing: ReadonlySet<Stmt>;
  readonly writes: ReadonlySet<Key>;
}

/** Which of the arrays could not be taken back to a snapshot, or its shadow not follow when iterations run again. */
function obstacleInArrays(
  planner: Planner,
  { body }: Loop,
  arrays: readonly LoopArray[],
  { changing, writes: written }: Changes,
): Obstacle | undefined {
  const { aliasing, shared } = planner.context;
  const resized = resizedIn(planner, body, changing);
  const made = madeIn(planner, body);
  for (const { name, type, declared, moves } of arrays) {
    const array = variable(name, type);
    // In a split function the shadows of moving arrays are on its tapes, with those of its callees in between.
    if (shared.given && isTwinned(planner, array)) return obstacles.split(name);
    const isWritten = written.has(contentsKey(aliasing, array));
    if (declared.kind === "maybe" && moves) return obstacles.absent(name);
    if (type.kind === "maybe" && isWritten) return obstacles.absent(name);
    if (type.kind === "maybe") continue;
    // It may hold no array yet.
    if (moves && planner.unassigned.has(name)) return obstacles.unassigned();
    const reach = aliasing.reach(array);
    if (moves && isTwinned(planner, array) && reach.some((memory) => made.views.has(memory)))
      return obstacles.view(name);
    // What the loop changes in objects is recorded.
    const isChanged = aliasing.cellsOf(array).some((cell) => written.has(contentsOf(cell)));
    if (containsRecord(type)) {
      if (isChanged) return obstacles.objects(name);
      continue;
    }
    // Rows that change places, or come and go.
    const holders = holdersIn(aliasing, array);
    if (holders.length > 0) {
      if (moves ? isChanged : holders.some((list) => written.has(contentsOf(String(list)))))
        return obstacles.rows(name);
      if (moves) continue;
    }
    if (isTwinned(planner, array) && reach.some((memory) => resized.has(memory))) return obstacles.resized(name);
  }
  return undefined;
}

/** The memory classes of lists that hold arrays, at any depth. */
function holdersIn(aliasing: Aliasing, array: Expr): number[] {
  return memoryOfType(array.type).flatMap(({ way, type }) =>
    type.kind === "list" && isReference(type.element) ? [aliasing.classAt(array, way)] : [],
  );
}

/** The memory classes of lists that a block appends to or takes from, where these were there before. */
function resizedIn(planner: Planner, block: Block, changing: ReadonlySet<Stmt>): Set<number> {
  const resized = [...collectStmts(block, "append"), ...collectStmts(block, "shrink")];
  return new Set(
    resized.filter((stmt) => changing.has(stmt)).map((stmt) => planner.context.aliasing.classOf(stmt.array)),
  );
}

/** The memory classes of arrays, and of views of arrays, that a block makes. */
function madeIn(planner: Planner, block: Block): { readonly fresh: Set<number>; readonly views: Set<number> } {
  const fresh = new Set<number>();
  const views = new Set<number>();
  const note = (value: Expr, memory: number): void => {
    if (value.kind === "select") {
      note(value.yes, memory);
      note(value.no, memory);
    } else if (value.kind === "nullish") {
      note(value.left, memory);
      note(value.right, memory);
    } else if (value.kind === "view") views.add(memory);
    else if (value.kind !== "var" && value.kind !== "index") fresh.add(memory);
  };
  walkBlock(block, (stmt) => {
    const value = stmt.kind === "let" ? stmt.init : stmt.kind === "assign" ? stmt.value : undefined;
    if ((stmt.kind === "let" || stmt.kind === "assign") && value !== undefined && isReference(value.type)) {
      note(value, planner.context.aliasing.classOfName(stmt.name));
    }
  });
  return { fresh, views };
}

// ---------------------------------------------------------------------------------------------
// The state
// ---------------------------------------------------------------------------------------------

/** One thing of the state that a snapshot holds. */
interface Part {
  readonly base: string;
  readonly type: Type;
  /** What it stands for: it is in the state where a key of it is. */
  readonly keys: readonly Key[];
  /** The value to keep, perhaps made by a statement before. */
  readonly keep: () => { readonly before: readonly Stmt[]; readonly value: Expr };
  readonly putBack: (value: Expr) => readonly Stmt[];
}

/** The parts of the state that hold one of the keys: references before contents. */
function partsOf(planner: Planner, item: CheckpointPlan, keys: ReadonlySet<Key>): Part[] {
  const { names } = planner.context;
  const parts: Part[] = [];
  for (const [name, type] of scalarsOf(item)) {
    if (!keys.has(name) || planner.exitNames.has(name)) continue;
    parts.push(variablePart(name, type, [name]));
  }
  const held = item.arrays.map(({ name, type, declared, moves }) => {
    const array = variable(name, type);
    const own = reachableKeys(item.planner.context.aliasing, array);
    const isChanged = own.some((key) => item.writes.has(key) && keys.has(key));
    return { name, type, declared, array, own, isChanged, isMoved: moves && (isChanged || keys.has(name)) };
  });
  for (const { name, type, array, own, isChanged, isMoved } of held) {
    if (!isMoved) continue;
    // Contents are put back into the array that they were in.
    const its = isChanged ? [name, ...own] : [name];
    parts.push(variablePart(name, type, its));
    const bar = planner.bar(array);
    if (isTwinned(planner, array)) parts.push(variablePart(nameOf(bar), bar.type, its));
  }
  for (const { name, type, declared, array, own, isChanged, isMoved } of held) {
    if (!isChanged) continue;
    const isWhole = holdsReferences(type) || declared.kind === "maybe";
    const found = variable(name, declared);
    parts.push({
      // Beside the reference itself its contents have a name of their own.
      base: isMoved ? `${name}Contents` : name,
      type: declared,
      keys: own,
      keep: () => {
        const copy = variable(names.fresh(`${name}Copy`), declared);
        return {
          before: [
            constant(copy.name, declared, { kind: isWhole ? "deepCopy" : "copy", array: found, type: declared }),
          ],
          value: copy,
        };
      },
      putBack: (value) => {
        const put = putContents(item, array, { ...value, type });
        return declared.kind === "maybe" ? [ifThen(isPresent(found), put)] : put;
      },
    });
  }
  return parts;
}

function variablePart(name: string, type: Type, keys: readonly Key[]): Part {
  return {
    base: name,
    type,
    keys,
    keep: () => ({ before: [], value: variable(name, type) }),
    putBack: (value) => [assign(name, value)],
  };
}

/** The scalars from outside that the loop assigns, with their types. */
function scalarsOf(item: CheckpointPlan): Map<string, Type> {
  const inside = declaredNames(item.stmt.body);
  const types = new Map<string, Type>();
  for (const { name, value } of collectStmts(item.stmt.body, "assign")) {
    // What is read tells the type of the variable better than what is assigned.
    if (!inside.has(name) && !isReference(value.type)) types.set(name, value.type);
  }
  walkBlockExprs(item.stmt.body, (e) => {
    if (e.kind === "var" && types.has(e.name)) types.set(e.name, e.type);
  });
  return types;
}

function putContents(item: CheckpointPlan, array: Expr, value: Expr): Stmt[] {
  const { aliasing, names } = item.planner.context;
  if (array.type.kind === "list" && isReference(array.type.element)) {
    return [countTo(names, lengthOf(value), (i) => putContents(item, at(array, i), at(value, i)))];
  }
  const shorten: Stmt = {
    kind: "while",
    test: compare("gt", lengthOf(array), lengthOf(value)),
    body: [{ kind: "shrink", array }],
  };
  const isResized = array.type.kind === "list" && item.writes.has(lengthKey(aliasing, array));
  const isChanged = (part: Expr, field?: Expr): boolean => item.writes.has(contentsKey(aliasing, part, field));
  return [...(isResized ? [shorten] : []), ...restoreFrom(names, array, value, { isChanged })];
}

// ---------------------------------------------------------------------------------------------
// The two sweeps
// ---------------------------------------------------------------------------------------------

interface Pair {
  readonly forward: Stmt[];
  readonly reverse: Stmt[];
}

/** The sweeps of a checkpointed loop. `newTape` declares a tape that both of them see. */
function checkpointSweeps(item: CheckpointPlan, newTape: (base: string, type: Type) => string): Pair {
  const { planner, stmt } = item;
  const { names } = planner.context;
  const { checkpoint: _checkpoint, ...plain } = stmt;
  const loop: Loop = { ...plain, body: withTwins(planner, stmt.body) };
  const restored = new Set([...item.needed, ...item.takenBack].filter((key) => item.writes.has(key)));
  if (!item.body.reversed && restored.size === 0) return { forward: [loop], reverse: [] };

  const forward: Stmt[] = [];
  const reverse: Stmt[] = [];
  if (restored.size > 0)
    forward.push({
      kind: "comment",
      text: "the state at the start of the loop, which runs again from it in the reverse sweep",
    });
  const start = partsOf(planner, item, restored).map((part) => {
    const tape = newTape(part.base, part.type);
    const { before, value } = part.keep();
    forward.push(...before, { kind: "push", tape, value });
    const kept = variable(names.fresh(`${part.base}Start`), part.type);
    reverse.unshift({ kind: "pop", tape, target: kept.name, declare: true, type: part.type });
    return { part, kept };
  });
  const takeBack = [
    ...start
      .filter(({ part }) => part.keys.some((key) => item.takenBack.has(key)))
      .flatMap(({ part, kept }) => part.putBack(kept)),
    ...exitsCleared(item, item.takenBack),
  ];
  if (!item.body.reversed) return { forward: [...forward, loop], reverse: [...reverse, ...takeBack] };

  let trips: Expr | undefined;
  if (item.trips === undefined) forward.push(loop);
  else {
    const count = variable(item.trips, intType);
    const counting = assign(count.name, op("add", [count, int(1)], intType));
    const tape = newTape(count.name, intType);
    forward.push(
      mutable(count.name, intType, int(0)),
      { ...loop, body: [counting, ...loop.body] },
      { kind: "push", tape, value: count },
    );
    trips = variable(nameAgain(planner.context, count.name), intType);
    reverse.unshift({ kind: "pop", tape, target: nameOf(trips), declare: true, type: intType });
  }
  const needed = start.filter(({ part }) => part.keys.some((key) => item.needed.has(key)));
  const count = trips ?? tripCount(stmt as ForStmt);
  reverse.push(...schedule(item, declaredNames([loop]), count, needed), ...takeBack);
  return { forward, reverse };
}

/** The block as it runs without recording: shadows follow the references that move. */
function withTwins(planner: Planner, block: Block): Block {
  return mapBlock(block, (stmt) =>
    stmt.kind === "if" || stmt.kind === "for" || stmt.kind === "while"
      ? stmt
      : [stmt, ...declareTwinTape(planner, stmt), ...twinsOf(planner, stmt)],
  );
}

interface StartPart {
  readonly part: Part;
  readonly kept: Expr;
}

/** All iterations backwards, for a trip count and the state at the start. `taken` are names that the forward sweep declares. */
function schedule(item: CheckpointPlan, taken: ReadonlySet<string>, count: Expr, start: readonly StartPart[]): Stmt[] {
  const { planner } = item;
  const { names } = planner.context;
  const remaining = variable(names.fresh("remaining"), intType);
  const less = assign(remaining.name, op("sub", [remaining, int(1)], intType));
  const meeting = shadowsThatMeet(item);
  const step = reversedStep(item, taken, remaining, meeting);
  if (start.length === 0) {
    // No iteration reads what another one wrote: each is reversed where it stands.
    return [
      mutable(remaining.name, intType, count),
      ...meeting.declare,
      {
        kind: "while",
        test: compare("gt", remaining, int(0)),
        body: [less, ...exitsCleared(item, item.needed), ...step],
      },
    ];
  }

  const here = variable(names.fresh("at"), intType);
  const free = variable(names.fresh("free"), intType);
  const stop = variable(names.fresh("stop"), intType);
  const places: Stack = stackOf(planner, "place", intType);
  const stacks = start.map(({ part }) => stackOf(planner, part.base, part.type));
  const keepAll = (place: Expr, values: readonly Expr[]): Stmt[] => [
    { kind: "push", tape: places.tape, value: place },
    ...stacks.map(({ tape }, k): Stmt => ({ kind: "push", tape, value: values[k]! })),
  ];
  const snapshots = start.map(({ part }) => part.keep());
  const was = start.map(({ part }) => variable(names.fresh(`${part.base}Was`), part.type));
  const isBefore = compare("lt", here, remaining);

  const goBack: Stmt[] = [
    { kind: "comment", text: "back to the last snapshot, which stays while earlier iterations need it" },
    { kind: "pop", tape: places.tape, target: here.name, declare: true, type: intType },
    ...stacks.map(({ tape }, k): Stmt => ({
      kind: "pop",
      tape,
      target: was[k]!.name,
      declare: true,
      type: start[k]!.part.type,
    })),
    ifThen(isBefore, keepAll(here, was), [assign(free.name, op("add", [free, int(1)], intType))]),
    ...start.flatMap(({ part }, k) => part.putBack(was[k]!)),
    ...exitsCleared(item, item.needed),
  ];
  const goOn: Stmt = {
    kind: "while",
    test: isBefore,
    body: [
      mutable(stop.name, intType, remaining),
      ifThen(compare("gt", free, int(0)), binomial(planner, here, remaining, free, stop.name)),
      ...runAgain(item, here, stop),
      assign(here.name, stop),
      ifThen(isBefore, [
        ...snapshots.flatMap(({ before }) => before),
        ...keepAll(
          here,
          snapshots.map(({ value }) => value),
        ),
        assign(free.name, op("sub", [free, int(1)], intType)),
      ]),
    ],
  };
  return [
    { kind: "comment", text: `the iterations of the loop from the last to the first, with ${slotsText(item)}` },
    mutable(remaining.name, intType, count),
    ...slotsOf(item, names.fresh("slots"), remaining, free.name),
    places.declaration,
    ...stacks.map(({ declaration }) => declaration),
    // Each snapshot is taken off again, as tapes want it.
    ifThen(
      compare("gt", remaining, int(0)),
      keepAll(
        int(0),
        start.map(({ kept }) => kept),
      ),
    ),
    ...meeting.declare,
    {
      kind: "while",
      test: compare("gt", remaining, int(0)),
      body: [
        less,
        ...goBack,
        goOn,
        { kind: "comment", text: "this iteration with recording, and its reverse" },
        ...step,
      ],
    },
  ];
}

interface Stack {
  readonly tape: string;
  readonly declaration: Stmt;
}

function stackOf(planner: Planner, base: string, element: Type): Stack {
  const tape = planner.context.names.fresh(`${base.replaceAll("$r", "")}Snapshots`);
  const type: Type = { kind: "tape", element };
  return { tape, declaration: constant(tape, type, { kind: "newTape", type }) };
}

function slotsText(item: CheckpointPlan): string {
  const snapshots = item.stmt.checkpoint?.snapshots;
  if (typeof snapshots !== "number") return "log2(n) + 1 snapshots at most";
  return snapshots === 1 ? "one snapshot" : `${String(snapshots)} snapshots at most`;
}

/** Declares how many further snapshots there may be. Without a number: as many as keep both memory and reruns logarithmic. */
function slotsOf(item: CheckpointPlan, slots: string, count: Expr, free: string): Stmt[] {
  const snapshots = item.stmt.checkpoint?.snapshots;
  if (typeof snapshots === "number") return [mutable(free, intType, int(Math.max(snapshots, 1) - 1))];
  const logarithm = op("ceil", [op("log2", [op("max", [count, int(1)], intType)], intType)], intType);
  return [constant(slots, intType, logarithm), mutable(free, intType, variable(slots, intType))];
}

/**
 * How far to go before the next snapshot. With c snapshots (the one at hand is one of them), binomial(c + r, c)
 * iterations can be reversed such that none runs more than r times before it is recorded. For the least such r,
 * the first part of the iterations is as many as r - 1 runs allow, if the rest still takes r.
 */
function binomial(planner: Planner, here: Expr, remaining: Expr, free: Expr, stop: string): Stmt[] {
  const { names } = planner.context;
  const fresh = (base: string): Extract<Expr, { kind: "var" }> => variable(names.fresh(base), intType);
  const left = fresh("left");
  const runs = fresh("runs");
  const reach = fresh("reach");
  const before = fresh("reachBefore");
  const sum = (a: Expr, b: Expr): Expr => op("add", [a, b], intType);
  const product = (a: Expr, b: Expr): Expr => op("mul", [a, b], intType);
  const one = int(1);
  const rest = op("div", [product(before, sum(free, one)), sum(free, runs)], intType);
  return [
    {
      kind: "comment",
      text: "binomial schedule: reach iterations are possible when each runs again at most runs times",
    },
    constant(left.name, intType, sum(op("sub", [remaining, here], intType), one)),
    mutable(runs.name, intType, one),
    mutable(before.name, intType, one),
    mutable(reach.name, intType, sum(free, int(2))),
    {
      kind: "while",
      test: compare("lt", reach, left),
      body: [
        assign(runs.name, sum(runs, one)),
        assign(before.name, reach),
        assign(reach.name, op("div", [product(reach, sum(sum(free, runs), one)), runs], intType)),
      ],
    },
    assign(stop, sum(here, op("min", [before, op("sub", [left, rest], intType)], intType))),
  ];
}

/** The loop's own exit codes are 0 at the start of each iteration. */
function exitsCleared(item: CheckpointPlan, keys: ReadonlySet<Key>): Stmt[] {
  const codes = [...scalarsOf(item).keys()].filter((name) => item.planner.exitNames.has(name) && keys.has(name));
  return codes.map((name) => assign(name, int(0)));
}

function indexAt(stmt: ForStmt, place: Expr): Expr {
  return plus(stmt.start, times(place, stmt.step));
}

/** The iterations from one place up to another, without recording. */
function runAgain(item: CheckpointPlan, from: Expr, to: Expr): Stmt[] {
  const { stmt, planner } = item;
  const { aliasing, names } = planner.context;
  const body = withTwins(planner, onlyNeeded(aliasing, item.step, item.needed));
  const fresh = new Map([...declaredNames(body)].map((name) => [name, nameAgain(planner.context, name)]));
  const index = stmt.kind === "for" ? nameAgain(planner.context, stmt.name) : names.fresh("place");
  if (stmt.kind === "for") fresh.set(stmt.name, index);
  const renamed = renameBlock(body, (name) => fresh.get(name) ?? name);
  if (stmt.kind === "while")
    return [{ kind: "for", name: index, start: from, compare: "lt", bound: to, step: 1, body: renamed }];
  return [
    {
      kind: "for",
      name: index,
      start: indexAt(stmt, from),
      compare: stmt.step > 0 ? "lt" : "gt",
      bound: indexAt(stmt, to),
      step: stmt.step,
      body: renamed,
    },
  ];
}

/** One iteration forward with recording, and back. */
function reversedStep(item: CheckpointPlan, taken: ReadonlySet<string>, place: Expr, meeting: Meeting): Stmt[] {
  const { stmt, planner } = item;
  const { aliasing } = planner.context;
  const pair = sweeps(planner, item.body);
  const block: Stmt[] = [
    ...meeting.before,
    ...onlyNeeded(aliasing, pair.forward, item.needed),
    ...meeting.join,
    ...pair.declarations,
    ...pair.reverse,
    ...meeting.after,
  ];
  const fresh = new Map(
    [...declaredNames(block)].filter((name) => taken.has(name)).map((name) => [name, nameAgain(planner.context, name)]),
  );
  const index: Stmt[] = [];
  if (stmt.kind === "for") {
    const name = nameAgain(planner.context, stmt.name);
    fresh.set(stmt.name, name);
    index.push(constant(name, intType, indexAt(stmt, place)));
  }
  return [...index, ...renameBlock(block, (name) => fresh.get(name) ?? name)];
}

// ---------------------------------------------------------------------------------------------
// Shadows of arrays that iterations make
// ---------------------------------------------------------------------------------------------

/**
 * An array that is made in an iteration is made anew when the iteration runs again, and its shadow with it: what
 * later iterations added to the shadow of the earlier one is handed on.
 */
interface Meeting {
  readonly declare: readonly Stmt[];
  readonly before: readonly Stmt[];
  readonly join: readonly Stmt[];
  readonly after: readonly Stmt[];
}

function shadowsThatMeet(item: CheckpointPlan): Meeting {
  const { planner } = item;
  const { names } = planner.context;
  const shadows = item.arrays
    .filter(({ name, type, moves, renewed }) => moves && renewed && isTwinned(planner, variable(name, type)))
    .map(({ name, type: own }) => {
      const bar = planner.bar(variable(name, own));
      const { type } = bar;
      const base = nameOf(bar);
      return {
        type,
        bar,
        next: variable(names.fresh(`${base}Next`), type),
        first: variable(names.fresh(`${base}First`), type),
      };
    });
  // Parts of objects and rows may be parts of others too, or arrays of variables.
  const handOver = shadows.some(({ type }) => containsRecord(type) || holdsReferences(type)) ? moveInto : addInto;
  return {
    declare: shadows.map(({ type, bar, next }) => mutable(next.name, type, bar)),
    before: shadows.map(({ type, bar, first }) => constant(first.name, type, bar)),
    join: shadows.map(({ type, bar, next }, k) => {
      // Variables that share an array share its shadow; those of another type cannot.
      const before = shadows.slice(0, k).filter((other) => sameType(other.bar.type, bar.type));
      const others = before.map((other) => compare("ne", next, other.next));
      const test = others.reduce(
        (a, b): Expr => ({ kind: "logic", op: "&&", left: a, right: b, type: { kind: "boolean" } }),
        compare("ne", next, bar),
      );
      return ifThen(test, handOver(names, bar, next, type));
    }),
    after: shadows.map(({ next, first }) => assign(next.name, first)),
  };
}
