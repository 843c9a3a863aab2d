/** What planning and writing the reverse mode share: the facts about a function, its adjoint variables and its tapes. */
import { isPresent } from "../ir/ask.ts";
import type { Activity } from "../analyse/activity.ts";
import type { Aliasing } from "../analyse/alias.ts";
import { readsOfExpr, writesOf } from "../analyse/effects.ts";
import type { IndependenceInput } from "../analyse/independent.ts";
import type { Integers } from "../analyse/integers.ts";
import { analyseRanges, growsByStores, type Ranges } from "../analyse/ranges.ts";
import {
  at,
  booleanType,
  compare,
  fieldOf,
  int,
  isReference,
  lengthOf,
  shadowType,
  typeKey,
  variable,
} from "../ir/build.ts";
import { readBeforeAssigned } from "../ir/definite.ts";
import type { Names } from "../ir/names.ts";
import { isCheap } from "../ir/ops.ts";
import { presentType } from "../ir/presence.ts";
import type { TensorOp } from "../ir/tensor-ops.ts";
import type { Block, Expr, ForStmt, Param, Stmt, Type } from "../ir/types.ts";
import { assignedVariables, calleesOf, walkBlock, walkBlockExprs } from "../ir/visit.ts";
import type { AdjointContext } from "./adjoint.ts";
import { type CallTable, tapeFor, type TapeKind, tapeName } from "./calls.ts";
import type { Obstacle } from "./obstacles.ts";
import type { CheckpointPlan } from "./plan.ts";
import { shadowOf } from "./shadows.ts";

export interface ReverseContext {
  readonly aliasing: Aliasing;
  readonly activity: Activity;
  readonly integers: Integers;
  /** The types that variables are declared with. */
  readonly types: ReadonlyMap<string, Type>;
  readonly names: Names;
  /** What the variables of the primal that the reverse sweep declares once more are called in the primal. */
  readonly originals: Map<string, string>;
  /** The reverse sweep runs any number of times over the same tapes: of a pullback. */
  readonly repeatable: boolean;
  readonly calls: CallTable;
  /** What is known of the whole function; without it no loop is taken for independent. */
  readonly scope?: Omit<IndependenceInput, "aliasing" | "ranges"> | undefined;
  /** Tapes that are handed down to callees; a split function has them as parameters. */
  readonly shared: SharedTapes;
  /** Handed in, so that checkpoints can plan with what is here; without it their loops are recorded as any other. */
  readonly checkpoints?: Checkpoints;
  /** Optional fields that may be given a value where they have none. */
  readonly filled?: ReadonlySet<string>;
  /** Variables that hold parts of parameters: their shadows are their own. */
  readonly parts?: ReadonlySet<string>;
  /** Variables whose adjoints are given back: a tensor's has its shape, also where nothing is added to it. */
  readonly givenBack?: ReadonlySet<string>;
}

/** A name for a variable of the primal that the reverse sweep declares once more. */
export function nameAgain({ names, originals }: ReverseContext, name: string): string {
  const fresh = names.fresh(`${name}$r`);
  originals.set(fresh, originals.get(name) ?? name);
  return fresh;
}

/** How loops under a `// @checkpoint` comment are planned. */
export interface Checkpoints {
  /** Where there is an obstacle, the loop has to be recorded after all. */
  plan(planner: Planner, stmt: Extract<Stmt, { kind: "for" | "while" }>): CheckpointPlan | Obstacle;
}

/** Tapes of a whole function, one for each kind of value, made when first asked for. */
export interface SharedTapes {
  /** Parameters of a split function: then everything is recorded on them. */
  readonly given: boolean;
  of(element: Type, isShadow?: boolean): Expr;
  declarations(): Stmt[];
}

/** Local tapes for the callees of a function. */
export function localTapes(names: Names): SharedTapes {
  const tapes = new Map<string, { readonly name: string; readonly type: Type }>();
  return {
    given: false,
    of(element, isShadow = false) {
      const key = `${typeKey(element)}${isShadow ? " shadow" : ""}`;
      let tape = tapes.get(key);
      if (tape === undefined) {
        tape = { name: tapeName(names, { type: element, isShadow }), type: { kind: "tape", element } };
        tapes.set(key, tape);
      }
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
  kinds: readonly TapeKind[],
): { readonly tapes: SharedTapes; readonly params: readonly Param[] } {
  const params = kinds.map((kind): Param => ({
    name: tapeName(names, kind),
    type: { kind: "tape", element: kind.type },
  }));
  const of = (element: Type, isShadow = false): Expr => {
    const param = params[tapeFor(element, isShadow, kinds)];
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
  /** The type of an array or tape that has a shadow. */
  typeOf(name: string): Type | undefined;
}

export function makeBars(names: Names): Bars {
  const bars = new Map<string, string>();
  const arrays = new Map<string, string>();
  const types = new Map<string, Type>();
  return {
    of(name, type) {
      let bar = bars.get(name);
      if (bar === undefined) {
        bar = names.fresh(`${name}Bar`);
        bars.set(name, bar);
        if (isReference(type) || type.kind === "tape") {
          arrays.set(bar, name);
          types.set(name, type);
        }
      }
      return variable(bar, shadowType(presentType(type)));
    },
    arrayOf: (bar) => arrays.get(bar),
    typeOf: (name) => types.get(name),
  };
}

export interface Planner extends AdjointContext {
  readonly context: ReverseContext;
  readonly bars: Bars;
  readonly exitNames: ReadonlySet<string>;
  /** Variables that have no value where they are declared. */
  readonly unassigned: ReadonlySet<string>;
  /** Those of them that some path reads all the same, where what it reads is never used. */
  readonly readEarly: ReadonlySet<string>;
  readonly ranges: Ranges;
  /** Whether `push` or `pop` may change the length of a list: then its shadow has to follow its length back. */
  readonly resizes: (list: Expr) => boolean;
  /** Whether stores may make a list longer, so that its shadow may be longer than the list was. */
  readonly growsByStores: (list: Expr) => boolean;
  /** The loops around the statement that is being planned, outermost first. */
  readonly loops: ForStmt[];
  /** The block runs several times with the same shadows: an iteration of a checkpointed loop. */
  readonly runsAgain?: boolean;
  /** How many loops of any kind there are around it. */
  depth: number;
  /** Variables that change. */
  readonly assigned: ReadonlySet<string>;
  /** Constants of the blocks around it with expensive values, by these. */
  readonly values: Map<string, Expr>;
}

export function makePlanner(context: ReverseContext, bars: Bars, body: Block): Planner {
  const exitNames = exitCodes(body);
  const unassigned = new Set<string>();
  const resized = new Set<number>();
  const { aliasing } = context;
  walkBlock(body, (stmt) => {
    if (stmt.kind === "let" && stmt.init === undefined) unassigned.add(stmt.name);
    if (stmt.kind === "append" || stmt.kind === "shrink") resized.add(aliasing.classOf(stmt.array));
    // What a callee does is not looked into.
    if (stmt.kind === "call")
      for (const arg of stmt.args)
        if (isReference(arg.type)) for (const memory of aliasing.reach(arg)) resized.add(memory);
  });
  const resizes = (list: Expr): boolean => context.shared.given || resized.has(aliasing.classOf(list));
  const ranges = analyseRanges(body, resizes);
  const guard = (target: Extract<Expr, { kind: "index" }>): Expr | undefined => {
    const field = fieldOf(target.array.type, target.index);
    if (field?.type.kind === "maybe") {
      return isPresent({ ...target, type: field.type });
    }
    if (target.array.type.kind !== "list") return undefined;
    // The gradient of what is not there is not there; past the end nothing is either.
    if (target.array.type.element.kind === "maybe")
      return target.type.kind === "maybe" ? isPresent(at(bar(target.array), target.index)) : undefined;
    const proved = ranges.sides(target.array, target.index, planner.loops);
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
    readEarly: readBeforeAssigned(body),
    ranges,
    growsByStores: (list) => growsByStores(ranges, body, (array) => aliasing.classOf(array) === aliasing.classOf(list)),
    resizes,
    loops: [],
    depth: 0,
    assigned: assignedVariables(body),
    values: new Map(),
    known: (e) => (e.kind === "op" && !isCheap(e.op) ? planner.values.get(JSON.stringify(e)) : undefined),
    active: (e) => context.activity.active(e),
    bar,
    guard,
    fresh: (base) => context.names.fresh(base),
    // Who calls a function that is split is not known: it may choose between elements of what that gives.
    guarded:
      context.shared.given ||
      choosesElements(body, (e) => context.activity.active(e)) ||
      calleesChoose(body, context.calls, new Set()),
  };
  return planner;
}

/** Whether a tensor is made of elements of others by a condition. */
function choosesElements(body: Block, active: (e: Expr) => boolean): boolean {
  let found = false;
  walkBlockExprs(body, (e) => {
    found ||= e.kind === "tensorOp" && choosing.has(e.op) && e.args.some(active);
  });
  return found;
}
const choosing: ReadonlySet<TensorOp> = new Set<TensorOp>(["where", "maskedFill", "mulOrZero"]);

/** Whether a function that stays a call does so, or one that it calls. */
function calleesChoose(body: Block, calls: CallTable, seen: Set<string>): boolean {
  return [...calleesOf(body)].some((callee) => {
    if (seen.has(callee) || !calls.canSplit(callee)) return false;
    seen.add(callee);
    const own = calls.func(callee).body;
    return choosesElements(own, () => true) || calleesChoose(own, calls, seen);
  });
}

/** The codes that go from 0 to another number once and stay there. A reverse sweep sets them back: then they do not. */
function exitCodes(body: Block): Set<string> {
  const codes = new Set<string>();
  const cleared = new Set<string>();
  walkBlock(body, (stmt) => {
    if (stmt.kind === "let" && stmt.exit) codes.add(stmt.name);
    if (stmt.kind === "assign" && stmt.value.kind === "literal" && stmt.value.value === 0) cleared.add(stmt.name);
  });
  for (const name of cleared) codes.delete(name);
  return codes;
}

export function boundIsFixed(planner: Planner, stmt: Extract<Stmt, { kind: "for" }>): boolean {
  const { aliasing } = planner.context;
  const written = writesOf(aliasing, stmt.body);
  return [...readsOfExpr(aliasing, stmt.bound)].every((key) => !written.has(key) && key !== stmt.name);
}
