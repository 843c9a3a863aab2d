/**
 * Finds out what calls do that stay calls, by going around in their call graph until nothing is added: recursive
 * functions are told in terms of themselves.
 */
import { analyseActivity } from "../analyse/activity.ts";
import { type Aliasing, analyseAliases } from "../analyse/alias.ts";
import {
  type CalleeFacts,
  type Callees,
  isMemory,
  leavesOfValue,
  memoryOfType,
  type Leaf,
  type Place,
} from "../analyse/callees.ts";
import { writtenParameters } from "../analyse/written.ts";
import { type Key, reachableKeys, writesOf } from "../analyse/effects.ts";
import { isDifferentiable, variable } from "../ir/build.ts";
import type { Expr, Func, Program } from "../ir/types.ts";
import { calleesOf } from "../ir/visit.ts";
import { normalise, type Optional } from "../normalise/index.ts";
import { renameVersions } from "../normalise/versions.ts";

export interface FactsSetting {
  readonly program: Program;
  /** Callees that are not inlined. */
  readonly keep: (callee: string) => boolean;
  /** Whether a derivative is written by hand: then nothing is concluded from what the function computes. */
  readonly isRuled: (callee: string) => boolean;
  readonly ablation: Optional;
  /** What was found out before, under the same setting: functions never change. */
  readonly known: WeakMap<Func, CalleeFacts>;
}

export function calleeFacts(setting: FactsSetting): Callees {
  const { program, isRuled, known } = setting;
  return (callee) => {
    const func = program.get(callee);
    if (func === undefined) return undefined;
    if (!known.has(func)) settle(setting, callee);
    return isRuled(callee) ? ruledFacts(known.get(func)!, func, program) : known.get(func);
  };
}

/** What a function does with memory it does by any rule; what depends on what is for the rule to say. */
function ruledFacts({ shared, moving }: CalleeFacts, func: Func, program: Program): CalleeFacts {
  const written = writtenParameters(func, program);
  const positions = func.params.map((_, i) => i);
  const untouched = positions.filter((i) => !written.has(func.params[i]!.name));
  const flow = {
    result: true,
    params: positions.filter((i) => isMemory(func.params[i]!.type) && written.has(func.params[i]!.name)),
  };
  return { shared, moving, flows: func.params.map(({ type }) => (isDifferentiable(type) ? flow : noFlow)), untouched };
}

/** All that a function reaches is looked at again until nothing is added. */
function settle({ program, keep, isRuled, ablation, known }: FactsSetting, key: string): void {
  const group = new Map<string, { readonly func: Func; readonly normal: Func; facts: CalleeFacts }>();
  const visit = (callee: string): void => {
    const func = program.get(callee);
    if (func === undefined || group.has(callee) || known.has(func)) return;
    const normal = renameVersions(normalise(func, program, keep, ablation));
    group.set(callee, { func, normal, facts: { shared: [], moving: [], flows: func.params.map(() => noFlow) } });
    for (const inner of calleesOf(normal.body)) visit(inner);
  };
  visit(key);
  const callees: Callees = (callee) => {
    const func = program.get(callee);
    const facts = group.get(callee)?.facts ?? (func && known.get(func));
    return facts && func && isRuled(callee) ? ruledFacts(facts, func, program) : facts;
  };
  for (let changed = true; changed;) {
    changed = false;
    for (const entry of group.values()) {
      const facts = factsOf(entry.normal, callees);
      if (JSON.stringify(facts) === JSON.stringify(entry.facts)) continue;
      entry.facts = facts;
      changed = true;
    }
  }
  for (const { func, facts } of group.values()) known.set(func, facts);
}

const noFlow = { result: false, params: [] };

function factsOf(func: Func, callees: Callees): CalleeFacts {
  const last = func.body.at(-1);
  const parts = last?.kind === "return" && last.value !== undefined ? leavesOfValue(last.value) : [];
  const returned = parts.map(({ part }) => part);
  const aliasing = analyseAliases(func, { callees, returned });

  const groups = new Map<number, Place[]>();
  const moving: Place[] = [];
  const note = (array: Expr, place: Omit<Place, "way">): void => {
    for (const { way } of memoryOfType(array.type)) {
      const memory = aliasing.classAt(array, way);
      const group = groups.get(memory) ?? [];
      groups.set(memory, group);
      group.push({ ...place, way });
      if (aliasing.isDynamic(memory)) moving.push({ ...place, way });
    }
  };
  func.params.forEach(({ name, type }, arg) => {
    if (isMemory(type)) note(variable(name, type), { arg });
  });
  for (const { way, part } of parts) if (isMemory(part.type) && canBeAsked(part)) note(part, { result: way });

  return {
    shared: [...groups.values()].filter((group) => group.length > 1),
    moving,
    flows: func.params.map((_, i) => flowOf(func, i, parts, callees, aliasing)),
  };
}

/** A literal `undefined` has no memory. */
function canBeAsked(part: Expr): boolean {
  return part.kind !== "literal";
}

function isWritten(aliasing: Aliasing, array: Expr, written: ReadonlySet<Key>): boolean {
  return reachableKeys(aliasing, array).some((key) => written.has(key));
}

function flowOf(
  func: Func,
  position: number,
  parts: readonly Leaf<Expr>[],
  callees: Callees,
  aliasing: Aliasing,
): CalleeFacts["flows"][number] {
  const param = func.params[position]!;
  const carries = param.type.kind === "tape" ? isDifferentiable(param.type.element) : isDifferentiable(param.type);
  if (!carries) return noFlow;
  const activity = analyseActivity(func, aliasing, { inputs: [param.name], outputs: [] }, callees);
  const written = writesOf(aliasing, func.body);
  const params = func.params.flatMap(({ name, type }, i) => {
    if (!isMemory(type)) return [];
    const array = variable(name, type);
    // An array that the function writes into has its contents from itself, too.
    const isTarget = i === position ? isWritten(aliasing, array, written) : activity.varied(array);
    return isTarget ? [i] : [];
  });
  return { result: parts.some(({ part }) => isDifferentiable(part.type) && activity.varied(part)), params };
}
