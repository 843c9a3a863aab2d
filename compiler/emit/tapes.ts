/**
 * Chooses what holds the values of each tape, and rewrites pushes and pops into plain statements:
 *
 *  1. A tape that is pushed at most once, outside of loops, is a variable.
 *  2. A tape of known capacity is a typed array: indexed by the loop counters where the reverse loops run
 *     through the same ranges, else through a local top.
 *  3. Any other tape (of references, of unknown capacity, or handed to another function) is a JavaScript
 *     array, with its `push` and `pop`.
 *
 * A closure may run more than once, so what it takes off a tape of the function around it is read through a
 * top of its own, or from a copy.
 */
import {
  assign,
  at,
  compare,
  constant,
  int,
  intType,
  isNumeric,
  lengthOf,
  mutable,
  op,
  placed,
  sourceOf,
  variable,
} from "../ir/build.ts";
import { namesApartFrom, namesOf, type Names } from "../ir/names.ts";
import { copyTogether } from "../ir/runtime.ts";
import type { Block, Expr, Func, Stmt, Type, TypedArrayName } from "../ir/types.ts";
import {
  assignedVariables,
  blocksOf,
  childrenOf,
  collectStmts,
  declaredNames,
  exprsOf,
  mapBlock,
  mentions,
  renameBlock,
  sameExpr,
  someStmt,
  type StmtOf,
} from "../ir/visit.ts";
import { withoutRoom } from "./tape-room.ts";
import { initialValue } from "./types.ts";
import { mirrored, positionIn, rangeOf, type Range } from "./nests.ts";

export interface LoweredTapes {
  /** The function, in which only tapes that are JavaScript arrays have pushes and pops left. */
  readonly func: Func;
  /** Tops of tapes: they change by one right after a store, or right before a read. */
  readonly tops: ReadonlySet<string>;
}

export function lowerTapes(func: Func): LoweredTapes {
  const tapes = collectStmts(func.body, "let").filter((stmt) => stmt.init?.kind === "newTape");
  const twins = twinsOf(func.body, new Set(tapes.map((stmt) => stmt.name)));
  const context: Context = {
    names: namesApartFrom(namesOf(func)),
    tops: new Set(),
    twins,
    variables: new Map(),
    arrays: new Map(),
  };
  const lowered = tapes.reduce((block, { name }) => lowerTape(block, func, name, context), func.body);
  const body = withoutRoom(func.body, lowered);
  return { func: body === func.body ? func : { ...func, body }, tops: context.tops };
}

interface Context {
  readonly names: Names;
  readonly tops: Set<string>;
  /** Tapes that are pushed to together with another, which is taken off before them: they can share its array. */
  readonly twins: ReadonlyMap<string, string>;
  /** The variables that hold the value of a tape that is pushed once. */
  readonly variables: Map<string, string>;
  /** What became of the tapes that are typed arrays. */
  readonly arrays: Map<string, "indexed" | "stack">;
}

/** A tape of which every push follows right after a push of the same value to one other. */
function twinsOf(body: Block, tapes: ReadonlySet<string>): Map<string, string> {
  const before = new Map<string, Set<string | undefined>>();
  const visit = (block: Block): void => {
    block.forEach((stmt, i) => {
      if (stmt.kind === "push" && tapes.has(stmt.tape)) {
        const last = block[i - 1];
        const same =
          last?.kind === "push" && last.tape !== stmt.tape && tapes.has(last.tape) && sameExpr(last.value, stmt.value);
        const known = before.get(stmt.tape) ?? new Set();
        before.set(stmt.tape, known.add(same ? last.tape : undefined));
      }
      for (const inner of blocksOf(stmt)) visit(inner);
    });
  };
  visit(body);
  const pushes = (tape: string): number => collectStmts(body, "push").filter((stmt) => stmt.tape === tape).length;
  const twins = new Map<string, string>();
  for (const [tape, [other, ...rest]] of [...before].map(([name, set]) => [name, [...set]] as const)) {
    if (other !== undefined && rest.length === 0 && pushes(other) === pushes(tape))
      twins.set(tape, twins.get(other) ?? other);
  }
  return twins;
}

/** A tape with the statements that can see it, those after its declaration in the same block. */
interface Tape {
  readonly name: string;
  readonly element: Type;
  readonly capacity: Expr | undefined;
  readonly region: Block;
  readonly pushes: readonly Site<"push">[];
  readonly pops: readonly Site<"pop">[];
  /** It is an argument, or part of a result. */
  readonly escapes: boolean;
}

interface Placed {
  /** The statements around it inside the tape's region, outermost first. */
  readonly path: readonly Stmt[];
}

interface Site<K extends "push" | "pop"> extends Placed {
  readonly stmt: StmtOf<K>;
}

function lowerTape(body: Block, func: Func, name: string, context: Context): Block {
  const tape = describe(body, name);
  const assigned = assignedVariables(body);
  if (!tape.escapes) {
    const asVariable = lowerToVariable(body, tape, assigned, context);
    if (asVariable !== undefined) return asVariable;
    const array = arrayOf(tape.element);
    if (tape.capacity !== undefined && array !== undefined) {
      const storage: Storage = { tape, array, capacity: lengthFor(tape.capacity, body), assigned };
      const twin = context.twins.get(name);
      const shared = { ...storage, ...(twin === undefined ? {} : { twin }) };
      const indexed = lowerToIndexed(body, context.arrays.get(twin ?? "") === "indexed" ? shared : storage, func);
      context.arrays.set(name, indexed === undefined ? "stack" : "indexed");
      return indexed ?? lowerToStack(body, context.arrays.get(twin ?? "") === "stack" ? shared : storage, context);
    }
  }
  return mapBlock(body, (stmt) => (stmt.kind === "closure" ? keepFromClosure(stmt, tape, assigned, context) : stmt));
}

function describe(body: Block, name: string): Tape {
  const region = regionAfter(body, name) ?? [];
  const declaration = collectStmts(body, "let").find((stmt) => stmt.name === name);
  const pushes: Site<"push">[] = [];
  const pops: Site<"pop">[] = [];
  const visit = (block: Block, path: readonly Stmt[]): void => {
    for (const stmt of block) {
      if (stmt.kind === "push" && stmt.tape === name) pushes.push({ stmt, path });
      if (stmt.kind === "pop" && stmt.tape === name) pops.push({ stmt, path });
      for (const inner of blocksOf(stmt)) visit(inner, [...path, stmt]);
    }
  };
  visit(region, []);
  return {
    name,
    element: declaration?.type.kind === "tape" ? declaration.type.element : { kind: "void" },
    capacity: declaration?.init?.kind === "newTape" ? declaration.init.capacity : undefined,
    region,
    pushes,
    pops,
    escapes: escapes(region, name),
  };
}

function escapes(block: Block, tape: string): boolean {
  return someStmt(block, (stmt) => exprsOf(stmt).some((expr) => mentions(expr, tape)));
}

/** The statements after the declaration of a name, in its block. */
function regionAfter(block: Block, name: string): Block | undefined {
  const i = block.findIndex((stmt) => stmt.kind === "let" && stmt.name === name);
  if (i >= 0) return block.slice(i + 1);
  for (const stmt of block) {
    for (const inner of blocksOf(stmt)) {
      const found = regionAfter(inner, name);
      if (found !== undefined) return found;
    }
  }
  return undefined;
}

// ---------------------------------------------------------------------------------------------
// One value: a variable
// ---------------------------------------------------------------------------------------------

function lowerToVariable(body: Block, tape: Tape, assigned: ReadonlySet<string>, context: Context): Block | undefined {
  const push = tape.pushes.at(0);
  const repeated = ({ path }: Placed): boolean => path.some(isLoop);
  if (push === undefined || pushesAtMost(tape.region, tape.name) > 1 || tape.pops.some(repeated)) return undefined;
  const always = push.path.length === 0;
  const initial = always ? undefined : initialValue(tape.element);
  if (!always && initial === undefined) return undefined;

  const pop = tape.pops.at(0);
  // One value that is taken off once, under a name that it keeps, has that name from the beginning.
  if (always && tape.pops.length === 1 && pop?.stmt.declare === true && !assigned.has(pop.stmt.target)) {
    const { target } = pop.stmt;
    context.variables.set(tape.name, target);
    return replace(body, tape, {
      declaration: [],
      push: (value) => [constant(target, tape.element, value)],
      pop: () => [],
    });
  }
  const twin = context.variables.get(context.twins.get(tape.name) ?? "");
  if (twin !== undefined) {
    return replace(body, tape, {
      declaration: [],
      push: () => [],
      pop: (stmt) => [take(stmt, variable(twin, tape.element), assigned)],
    });
  }
  const name = context.names.fresh(`${stemOf(tape.name)}Saved`);
  context.variables.set(tape.name, name);
  return replace(body, tape, {
    declaration: initial === undefined ? [] : [mutable(name, tape.element, initial)],
    push: (value) => [always ? constant(name, tape.element, value) : assign(name, value)],
    pop: (stmt) => [take(stmt, variable(name, tape.element), assigned)],
  });
}

/** The greatest number of pushes in one run of the block. */
function pushesAtMost(block: Block, tape: string): number {
  let most = 0;
  for (const stmt of block) {
    const inner = blocksOf(stmt).map((b) => pushesAtMost(b, tape));
    if (stmt.kind === "push" && stmt.tape === tape) most++;
    else if (isLoop(stmt) || stmt.kind === "closure") most += inner.some((n) => n > 0) ? Infinity : 0;
    else most += Math.max(0, ...inner);
  }
  return most;
}

// ---------------------------------------------------------------------------------------------
// A typed array
// ---------------------------------------------------------------------------------------------

interface Storage {
  readonly tape: Tape;
  readonly array: TypedArrayName;
  readonly capacity: Expr;
  readonly assigned: ReadonlySet<string>;
  /** The tape whose array holds the same values at the same places. */
  readonly twin?: string;
}

function arrayOf(element: Type): TypedArrayName | undefined {
  if (isNumeric(element)) return "Float64Array";
  return element.kind === "boolean" ? "Uint8Array" : undefined;
}

/** An array has no negative length: `n - 1` of an empty loop becomes `Math.max(0, n - 1)`. */
function lengthFor(capacity: Expr, body: Block): Expr {
  const constants = new Map(collectStmts(body, "let").map((stmt) => [stmt.name, stmt.mutable ? undefined : stmt.init]));
  const neverNegative = (expr: Expr): boolean => {
    switch (expr.kind) {
      case "literal":
        return typeof expr.value === "number" && expr.value >= 0;
      case "length":
        return true;
      case "var": {
        const init = constants.get(expr.name);
        return init !== undefined && neverNegative(init);
      }
      case "constant":
        return expr.value !== undefined && expr.value >= 0;
      case "op":
        if (expr.op === "max") return expr.args.some(neverNegative);
        return (expr.op === "add" || expr.op === "mul" || expr.op === "min") && expr.args.every(neverNegative);
      case "nullish":
        return neverNegative(expr.left) && neverNegative(expr.right);
      default:
        return false;
    }
  };
  return neverNegative(capacity) ? capacity : op("max", [int(0), capacity], intType);
}

function arrayType(storage: Storage): Type {
  return { kind: "typed", name: storage.array };
}

function declareArray(storage: Storage): Block {
  if (storage.twin !== undefined) return [];
  const type = arrayType(storage);
  return [constant(storage.tape.name, type, { kind: "zeros", length: storage.capacity, type })];
}

function store(storage: Storage, index: Expr, value: Expr): Block {
  if (storage.twin !== undefined) return [];
  const array = variable(storage.tape.name, arrayType(storage));
  const stored = storage.tape.element.kind === "boolean" ? bit(value) : value;
  return [{ kind: "store", array, index, value: stored }];
}

function bit(value: Expr): Expr {
  return { kind: "select", test: value, yes: int(1), no: int(0), type: intType };
}

function load(storage: Storage, index: Expr): Expr {
  const { name, element } = storage.tape;
  const array = variable(storage.twin ?? name, arrayType(storage));
  const read: Expr = { kind: "index", array, index, type: intType };
  return element.kind === "boolean" ? compare("ne", read, int(0)) : { ...read, type: element };
}

/** Each iteration of a nest keeps one value at a place of its own. */
function lowerToIndexed(body: Block, storage: Storage, func: Func): Block | undefined {
  const { tape } = storage;
  const from = nestAround(tape.pushes, (block) =>
    timesOnEveryPath(block, (s) => s.kind === "push" && s.tape === tape.name),
  );
  const to = nestAround(tape.pops, (block) => timesOnEveryPath(block, (s) => s.kind === "pop" && s.tape === tape.name));
  if (from === undefined || to === undefined || !mirrored(from.ranges, to.ranges)) return undefined;
  const inNest = declaredNames([from.outermost]);
  const params = new Set(func.params.map((param) => param.name));
  const declared = declaredNames(body);
  const unchanging = (expr: Expr): boolean => {
    if (expr.kind === "var") {
      return (
        !storage.assigned.has(expr.name) && !inNest.has(expr.name) && (params.has(expr.name) || declared.has(expr.name))
      );
    }
    if (expr.kind === "length")
      return expr.array.kind === "var" && expr.array.type.kind === "typed" && unchanging(expr.array);
    const arithmetic = expr.kind === "op" && (expr.op === "add" || expr.op === "sub" || expr.op === "mul");
    return expr.kind === "literal" || expr.kind === "constant" || (arithmetic && childrenOf(expr).every(unchanging));
  };
  const pushed = positionIn(from.ranges, unchanging);
  const popped = positionIn(to.ranges, unchanging);
  if (pushed === undefined || popped === undefined) return undefined;
  return replace(body, tape, {
    declaration: declareArray(storage),
    push: (value) => store(storage, pushed, value),
    pop: (stmt) => [take(stmt, load(storage, popped), storage.assigned)],
  });
}

interface Nest {
  readonly ranges: readonly Range[];
  readonly outermost: Stmt;
}

/** The one loop nest that all sites stand in, if each iteration of it comes by exactly one of them. */
function nestAround(sites: readonly Placed[], times: (block: Block) => number | undefined): Nest | undefined {
  const first = sites.at(0);
  if (first === undefined) return undefined;
  const begin = first.path.findIndex(isLoop);
  const end = first.path.findLastIndex(isLoop);
  if (begin < 0) return undefined;
  const loops = first.path.slice(begin, end + 1);
  const innermost = loops.at(-1);
  if (innermost?.kind !== "for" || times(innermost.body) !== 1) return undefined;
  if (!sites.every((site) => site.path[end] === innermost)) return undefined;
  const ranges: Range[] = [];
  for (const [i, loop] of loops.entries()) {
    const range = loop.kind === "for" ? rangeOf(loop) : undefined;
    if (range === undefined || loop.kind !== "for") return undefined;
    // Each outer loop has to run the next one exactly once in each of its iterations.
    if (i + 1 < loops.length && !loop.body.includes(loops[i + 1]!)) return undefined;
    ranges.push(range);
  }
  return { ranges, outermost: loops[0]! };
}

/** How many of the statements every run of the block comes by; undefined if runs differ or may. */
function timesOnEveryPath(block: Block, test: (stmt: Stmt) => boolean): number | undefined {
  let times = 0;
  for (const stmt of block) {
    if (test(stmt)) {
      times++;
    } else if (stmt.kind === "if") {
      const then = timesOnEveryPath(stmt.then, test);
      if (then === undefined || then !== timesOnEveryPath(stmt.else, test)) return undefined;
      times += then;
    } else if (someStmt([stmt], test)) {
      return undefined;
    }
  }
  return times;
}

/** One value after the other, with a top that says how many there are. */
function lowerToStack(body: Block, storage: Storage, context: Context): Block {
  const { tape, assigned } = storage;
  const top = freshTop(tape, context);
  const readThrough = (cursor: string) => (stmt: StmtOf<"pop">) => [
    step(cursor, "sub"),
    take(stmt, load(storage, variable(cursor, intType)), assigned),
  ];
  const closuresRead = mapBlock(body, (stmt) => {
    if (stmt.kind !== "closure" || !takesFrom(stmt, tape)) return stmt;
    const cursor = freshTop(tape, context);
    const inner = replace(stmt.func.body, tape, { pop: readThrough(cursor) });
    return withBody(stmt, [mutable(cursor, intType, variable(top, intType)), ...inner]);
  });
  return replace(closuresRead, tape, {
    declaration: [...declareArray(storage), mutable(top, intType, int(0))],
    push: (value) => [...store(storage, variable(top, intType), value), step(top, "add")],
    pop: readThrough(top),
  });
}

function freshTop(tape: Tape, context: Context): string {
  const top = context.names.fresh(`${stemOf(tape.name)}Top`);
  context.tops.add(top);
  return top;
}

function step(top: string, by: "add" | "sub"): Stmt {
  return assign(top, op(by, [variable(top, intType), int(1)], intType));
}

// ---------------------------------------------------------------------------------------------
// A JavaScript array
// ---------------------------------------------------------------------------------------------

/** What a closure takes off an array of the function around it has to be there when it runs again. */
function keepFromClosure(
  closure: StmtOf<"closure">,
  tape: Tape,
  assigned: ReadonlySet<string>,
  context: Context,
): Stmt {
  if (declaredNames(closure.func.body).has(tape.name)) return closure;
  const list = variable(tape.name, { kind: "list", element: tape.element });
  const changed = someStmt(closure.func.body, (stmt) => stmt.kind === "push" && stmt.tape === tape.name);
  const copied = (stmt: Stmt): boolean => stmt.kind === "call" && stmt.callee === copyTogether;
  const handled = mapBlock(closure.func.body, (stmt) => (copied(stmt) ? [] : stmt));
  if (changed || escapes(handled, tape.name)) {
    const copy = context.names.fresh(tape.name);
    const inner = renameBlock(closure.func.body, (name) => (name === tape.name ? copy : name));
    return withBody(closure, [constant(copy, list.type, { kind: "copy", array: list, type: list.type }), ...inner]);
  }
  if (!takesFrom(closure, tape)) return closure;
  const cursor = freshTop(tape, context);
  const inner = replace(closure.func.body, tape, {
    pop: (stmt) => [step(cursor, "sub"), take(stmt, at(list, variable(cursor, intType)), assigned)],
  });
  return withBody(closure, [mutable(cursor, intType, lengthOf(list)), ...inner]);
}

function takesFrom(closure: StmtOf<"closure">, tape: Tape): boolean {
  const { body } = closure.func;
  return (
    !declaredNames(body).has(tape.name) && someStmt(body, (stmt) => stmt.kind === "pop" && stmt.tape === tape.name)
  );
}

function withBody(closure: StmtOf<"closure">, body: Block): Stmt {
  return { ...closure, func: { ...closure.func, body } };
}

// ---------------------------------------------------------------------------------------------

interface Replacement {
  readonly declaration?: Block;
  readonly push?: (value: Expr) => Block;
  readonly pop?: (stmt: StmtOf<"pop">) => Block;
}

/** Puts other statements in the place of a tape's declaration, pushes and pops. */
function replace(block: Block, tape: Tape, { declaration, push, pop }: Replacement): Block {
  return mapBlock(block, (stmt) => {
    if (stmt.kind === "let" && stmt.name === tape.name) return declaration ?? stmt;
    if (stmt.kind === "push" && stmt.tape === tape.name && push) return placed(sourceOf(stmt), push(stmt.value));
    if (stmt.kind === "pop" && stmt.tape === tape.name && pop) return placed(sourceOf(stmt), pop(stmt));
    return stmt;
  });
}

/** What a `pop` does with the value, once there is an expression for it. */
function take(stmt: StmtOf<"pop">, value: Expr, assigned: ReadonlySet<string>): Stmt {
  if (!stmt.declare) return assign(stmt.target, value);
  return assigned.has(stmt.target) ? mutable(stmt.target, stmt.type, value) : constant(stmt.target, stmt.type, value);
}

function isLoop(stmt: Stmt): boolean {
  return stmt.kind === "for" || stmt.kind === "while";
}

function stemOf(tape: string): string {
  return tape.replace(/Tape(\d*|\$[\d_]+)$/, (_, end: string) => (end.startsWith("$") ? end : ""));
}
