/** `tsgrad explain`: what the compiler knows about one function, for people. */
import { readsOfExpr, type Key } from "./analyse/effects.ts";
import { stepOf } from "./analyse/integers.ts";
import type { BlockPlan, Local, LoopPlan, Plan, SimplePlan } from "./differentiate/plan.ts";
import type { Prepared } from "./differentiate/prepare.ts";
import { Refusal } from "./differentiate/refusal.ts";
import type { Frontend, Target } from "./frontend/types.ts";
import { isDifferentiable, isReference } from "./ir/build.ts";
import { printBlock, printExpr, printFunc, printType } from "./ir/print.ts";
import type { Expr, Func, Stmt } from "./ir/types.ts";
import { freeVariables, variableTypes, walkBlock } from "./ir/visit.ts";
import type { Pipeline, Planned } from "./pipeline.ts";

export function explainFunction(pipeline: Pipeline, frontend: Frontend, target: Target): string {
  const source = frontend.program.get(target.func);
  if (source === undefined) return "";
  const planned = plannedOf(pipeline, target);
  if (planned === undefined) return sections([[`${target.name} as it was read`, printFunc(source)]]);
  const { prepared, plan, vjp } = planned;
  const story = tell(prepared, plan);
  return sections([
    [`${target.name}, normalised`, printFunc(prepared.func)],
    ["What carries a derivative", lines(activity(prepared))],
    ["Loops", lines(story.loops)],
    ["Stored by the forward sweep", lines(story.stored, "Nothing.")],
    ["Not stored", lines(story.spared)],
    ["Tapes", lines(tapesOf(vjp), "None.")],
    [`${target.name}Vjp`, printFunc(vjp)],
  ]);
}

/** Undefined where the reverse mode refuses the function: its other modes are reported when they are built. */
function plannedOf(pipeline: Pipeline, target: Target): Planned | undefined {
  try {
    return pipeline.planned(target);
  } catch (error) {
    if (error instanceof Refusal) return undefined;
    throw error;
  }
}

function sections(parts: readonly (readonly [title: string, text: string])[]): string {
  const shown = parts.filter(([, text]) => text !== "");
  return shown.map(([title, text]) => `${title}\n\n${indent(text.trimEnd())}\n`).join("\n");
}

const indent = (text: string): string => text.replace(/^(?=.)/gm, "  ");

const lines = (entries: readonly string[], none = ""): string => (entries.length === 0 ? none : entries.join("\n"));

// ---------------------------------------------------------------------------------------------
// Activity
// ---------------------------------------------------------------------------------------------

/** What carries a derivative in a function, by name. */
export interface ActivityGroups {
  /** The differentiated inputs, and the outputs. */
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly active: readonly string[];
  /** What depends on an input while no output depends on it, and the other way round. */
  readonly varied: readonly string[];
  readonly useful: readonly string[];
  readonly passive: readonly string[];
}

export function activityIn({ func, inputs, outputs, activity: facts }: Prepared): ActivityGroups {
  const groups = { active: [] as string[], varied: [] as string[], useful: [] as string[], passive: [] as string[] };
  for (const [name, type] of variableTypes(func)) {
    const expr: Expr = { kind: "var", name, type };
    if (!isDifferentiable(type)) groups.passive.push(name);
    else if (facts.active(expr)) groups.active.push(name);
    else if (facts.varied(expr)) groups.varied.push(name);
    else groups[facts.useful(expr) ? "useful" : "passive"].push(name);
  }
  return {
    inputs: inputs.map(({ label }) => label),
    outputs: outputs.flatMap((o) => (o.active ? [o.label === "value" ? "the result" : o.label] : [])),
    ...groups,
  };
}

function activity(prepared: Prepared): string[] {
  const groups = activityIn(prepared);
  const meanings: readonly (readonly [group: keyof ActivityGroups, meaning: string])[] = [
    ["inputs", "differentiated inputs"],
    ["outputs", "differentiated outputs"],
    ["active", "active: depend on an input, and an output depends on them"],
    ["varied", "depend on an input, but no output depends on them"],
    ["useful", "an output depends on them, but they depend on no input"],
    ["passive", "passive"],
  ];
  const width = Math.max(...meanings.map(([, meaning]) => meaning.length)) + 2;
  return meanings.flatMap(([group, meaning]) => {
    const names = groups[group];
    const isAlwaysTold = group === "inputs" || group === "outputs";
    return names.length === 0 && !isAlwaysTold ? [] : [`${meaning.padEnd(width)}${names.join(", ")}`];
  });
}

// ---------------------------------------------------------------------------------------------
// What is stored and why
// ---------------------------------------------------------------------------------------------

interface Story {
  readonly loops: string[];
  readonly stored: string[];
  readonly spared: string[];
}

/** Something in the reverse sweep that reads a value. */
interface Reader {
  readonly what: string;
  readonly keys: ReadonlySet<Key>;
  readonly order: number;
  /** The loop at top level that it is in. */
  readonly loop: Stmt | undefined;
}

interface Visited {
  readonly item: Plan;
  readonly order: number;
  readonly loop: Stmt | undefined;
}

function tell(prepared: Prepared, plan: BlockPlan): Story {
  const story: Story = { loops: [], stored: [], spared: [] };
  const visited: Visited[] = [];
  const blocks: { readonly block: BlockPlan; readonly place: Omit<Visited, "item"> }[] = [];
  const walk = (block: BlockPlan, loop: Stmt | undefined): void => {
    blocks.push({ block, place: { order: visited.length, loop } });
    for (const item of block.items) {
      visited.push({ item, order: visited.length, loop });
      for (const inner of blocksIn(item)) walk(inner, isLoop(item) ? (loop ?? item.stmt) : loop);
    }
  };
  walk(plan, undefined);
  const readers = [
    ...visited.flatMap((each) => readersOf(prepared, each)),
    ...blocks.flatMap(({ block, place }) =>
      block.recomputed.flatMap((local): Reader[] => {
        const keys =
          local.stmt.kind === "let" && local.stmt.init ? readsOfExpr(prepared.aliasing, local.stmt.init) : undefined;
        return keys === undefined
          ? []
          : [{ what: `${quoteOf(local.stmt)}, when it is computed again`, keys, ...place }];
      }),
    ),
  ];
  const exits = new Set<string>();
  walkBlock(prepared.body, (stmt) => {
    if (stmt.kind === "let" && stmt.exit) exits.add(stmt.name);
  });
  for (const each of visited) {
    if (each.item.kind === "simple" && each.item.save)
      tellSaved(prepared, each.item, readersFor(readers, each.item.writes, each), exits, story);
    else if (isLoop(each.item)) story.loops.push(loopText(each.item));
  }
  for (const { block, place } of blocks) {
    if (!block.reversed && block.pushed.length === 0) continue;
    for (const local of block.pushed) {
      const why = readersFor(readers, [local.name], { ...place, order: Infinity });
      story.stored.push(`${local.name} at the end of the block that declares it: ${reason(why)}`);
    }
    for (const local of block.recomputed) story.spared.push(recomputedText(local));
  }
  return story;
}

function blocksIn(item: Plan): readonly BlockPlan[] {
  switch (item.kind) {
    case "simple":
      return [];
    case "if":
      return [item.then, item.otherwise];
    case "loop":
      return [item.region === undefined || item.region.refused ? item.body : item.region.plan];
    case "checkpoint":
      return [item.body];
  }
}

type AnyLoop = Exclude<Plan, { kind: "simple" | "if" }>;

function isLoop(item: Plan): item is AnyLoop {
  return item.kind !== "simple" && item.kind !== "if";
}

function readersOf({ aliasing }: Prepared, { item, order, loop }: Visited): Reader[] {
  const quote = quoteOf(item.stmt);
  switch (item.kind) {
    case "simple":
      return item.adjoint.length === 0 ? [] : [{ what: `the adjoint of ${quote}`, keys: item.reads, order, loop }];
    case "if":
      if (!item.then.reversed && !item.otherwise.reversed) return [];
      return [{ what: `the choice at ${quote}`, keys: readsOfExpr(aliasing, item.decision), order, loop }];
    default: {
      const { stmt } = item;
      if (stmt.kind === "while") return [];
      const keys = readsOfExpr(aliasing, stmt.start);
      if (item.trips === undefined) readsOfExpr(aliasing, stmt.bound, keys);
      return [{ what: `the way back through ${quote}`, keys, order, loop }];
    }
  }
}

/** What runs later in the reverse sweep than the place does: what stands before it, or in the same loop. */
function readersFor(readers: readonly Reader[], keys: readonly Key[], place: Omit<Visited, "item">): string[] {
  const found = readers.filter(
    (reader) =>
      keys.some((key) => reader.keys.has(key)) &&
      (reader.order < place.order || (place.loop !== undefined && reader.loop === place.loop)),
  );
  return [...new Set(found.map(({ what }) => what))];
}

function reason(why: readonly string[]): string {
  const [first, second, ...rest] = why;
  if (first === undefined) return "what follows reads it.";
  const more = rest.length > 0 ? `, and ${String(rest.length)} more` : "";
  return `${[first, ...(second === undefined ? [] : [second])].join(rest.length > 0 ? ", " : " and ")}${more} ${second === undefined ? "reads" : "read"} it.`;
}

function tellSaved(
  prepared: Prepared,
  { stmt }: SimplePlan,
  why: readonly string[],
  exits: ReadonlySet<string>,
  story: Story,
): void {
  const before = `before ${quoteOf(stmt)} overwrites it`;
  switch (stmt.kind) {
    case "assign":
      if (exits.has(stmt.name)) story.spared.push(`${stmt.name}: it was 0 before ${quoteOf(stmt)}.`);
      else if (stepOf(stmt.name, stmt.value) !== undefined && prepared.integers.isCounter(stmt.name)) {
        story.spared.push(`${stmt.name}: ${quoteOf(stmt)} is undone by stepping back.`);
      } else story.stored.push(`${stmt.name} ${before}: ${reason(why)}`);
      return;
    case "store":
    case "accumulate":
      story.stored.push(`${printExpr(stmt.array)}[${printExpr(stmt.index)}] ${before}: ${reason(why)}`);
      return;
    case "fill":
      story.stored.push(`all of ${printExpr(stmt.array)} ${before}: ${reason(why)}`);
      return;
    case "set":
      story.stored.push(`all of ${printExpr(stmt.target)} ${before}: ${reason(why)}`);
      return;
    case "append":
      story.spared.push(`${printExpr(stmt.array)}: ${quoteOf(stmt)} is undone by taking the element off again.`);
      return;
    case "shrink":
      story.stored.push(`the last element of ${printExpr(stmt.array)} ${before}: ${reason(why)}`);
      return;
    case "call":
      story.stored.push(`what ${stmt.callee} overwrites, by itself.`);
      return;
    default:
      story.stored.push(`what ${quoteOf(stmt)} overwrites: ${reason(why)}`);
  }
}

function recomputedText(local: Local): string {
  const init = local.stmt.kind === "let" ? local.stmt.init : undefined;
  const reads = init === undefined ? [] : [...freeVariables(init)];
  const how = init !== undefined && isReference(init.type) ? "is found again" : "is cheap to compute again";
  const keeps =
    reads.length === 0
      ? ""
      : `: ${reads.join(", ")} still ${reads.length === 1 ? "has its value" : "have their values"}`;
  return `${local.name} of ${quoteOf(local.stmt)} ${how}${keeps}.`;
}

function loopText(item: AnyLoop): string {
  const quote = quoteOf(item.stmt);
  if (item.kind === "checkpoint")
    return `${quote} is checkpointed: its iterations run again from snapshots of its state.`;
  if (!isReversed(item)) return `${quote} has nothing to take back.`;
  if (item.obstacle !== undefined)
    return `${quote} is recorded in spite of its @checkpoint: ${item.obstacle.reason}. ${item.obstacle.hint}`;
  if (item.region !== undefined && !item.region.refused) {
    return `${quote} has independent iterations: each is taken back next to its own forward part, and no tape grows with their number.`;
  }
  if (item.trips === undefined)
    return `${quote} is counted: it runs backwards from its last index, and nothing is stored for that.`;
  return `${quote} has no trip count that is known beforehand: the forward sweep counts it in ${item.trips}.`;
}

function isReversed({ body, region }: LoopPlan): boolean {
  return region !== undefined && !region.refused ? region.plan.reversed : body.reversed || body.pushed.length > 0;
}

/** The source of a statement, else its IR, on one line. */
function quoteOf(stmt: Stmt): string {
  const text = stmt.quote ?? printBlock([stmt]).split("\n", 1)[0] ?? "";
  return `\`${text.replace(/ \{$/, "")}\``;
}

// ---------------------------------------------------------------------------------------------
// Tapes
// ---------------------------------------------------------------------------------------------

function tapesOf(vjp: Func): string[] {
  const tapes: string[] = [];
  walkBlock(vjp.body, (stmt) => {
    if (stmt.kind !== "let" || stmt.init?.kind !== "newTape" || stmt.type.kind !== "tape") return;
    const { capacity } = stmt.init;
    const room = capacity === undefined ? "grows as needed" : `room for ${printExpr(capacity)}`;
    tapes.push(`${stmt.name}: ${printType(stmt.type.element)}, ${room}`);
  });
  return tapes;
}
