/**
 * What a pullback, or a later loop, takes from before and could compute from what is there anyway, it computes itself: then
 * nothing keeps it, and the loop before need not give it.
 */
import type { Names } from "../../ir/names.ts";
import type { Block, Expr, Stmt } from "../../ir/types.ts";
import { freeNames, freeVariables, mapStmt, readNames, renameBlock, renameExpr, type StmtOf } from "../../ir/visit.ts";
import type { Group, Item } from "./groups.ts";
import { memberOf, type Member, type MemberContext } from "./members.ts";

/** So many operations are done again for one value at most. */
const most = 4;

type Members = ReadonlyMap<string, Member>;

/** Where copies of operations go. */
export interface Copying {
  readonly names: Names;
  /** Told of each. */
  readonly learn: (name: string, init: Expr) => void;
  /** Gathers what was done again: where nothing else needs it, it is not done the first time. */
  readonly repeated: Set<string>;
}

/** The block, with closures that do again what is cheap. */
export function againInClosures(context: MemberContext, block: Block, copying: Copying): Block {
  if (!block.some((stmt) => stmt.kind === "closure")) return block;
  const members = new Map<string, Member>();
  const read = readNames(block.filter((stmt) => stmt.kind !== "closure"));
  return block.map((stmt): Stmt => {
    if (stmt.kind === "closure") return withOwn(stmt, members, copying);
    const member = memberOf(context, stmt);
    if (member?.isFull === true && maySpare(member, (name) => read.has(name))) members.set(member.stmt.name, member);
    return stmt;
  });
}

function withOwn(closure: StmtOf<"closure">, members: Members, copying: Copying): Stmt {
  const { body } = closure.func;
  const free = freeNames(body);
  const again = repeated(
    [...members.keys()].filter((name) => free.has(name)),
    free,
    members,
    copying,
  );
  if (again === undefined) return closure;
  const renamed = renameBlock(body, (name) => again.own.get(name) ?? name);
  return { ...closure, func: { ...closure.func, body: [...again.steps, ...renamed] } };
}

/**
 * The block, with groups that do again what they would take from a group before; undefined where there is nothing to change.
 * `isKept`: whether something other than a group needs the tensor. `copies` gathers what was done again: that is not done once more.
 */
export function againInGroups(
  items: readonly Item[],
  isLoop: (group: Group) => boolean,
  isKept: (name: string) => boolean,
  copying: Copying,
  copies: Map<string, string>,
): Block | undefined {
  const earlier = new Map<string, Member>();
  for (const item of items) {
    if (item.kind !== "group") continue;
    const { members } = item.group;
    if (isLoop(item.group)) {
      const own = new Set(members.map(({ stmt }) => stmt.name));
      const taken = new Set(members.flatMap(({ full, scalars }) => [...full, ...scalars].map(({ name }) => name)));
      const free = new Set([...taken].filter((name) => !own.has(name)));
      const isTaken = (name: string): boolean => free.has(name) && !isKept(name) && !copies.has(name);
      const again = repeated([...earlier.keys()].filter(isTaken), free, earlier, copying);
      if (again !== undefined) {
        for (const [name, copy] of again.own) copies.set(copy, name);
        return withSteps(items, item.group, again);
      }
    }
    const read = new Set(members.flatMap(({ full, scalars }) => [...full, ...scalars].map(({ name }) => name)));
    for (const member of members)
      if (member.isFull && !isKept(member.stmt.name) && maySpare(member, (name) => read.has(name)))
        earlier.set(member.stmt.name, member);
  }
  return undefined;
}

/** What is done again may be left out where it was, unless it throws there. */
function maySpare({ stmt, mayThrow }: Member, isRead: (name: string) => boolean): boolean {
  return !mayThrow || isRead(stmt.name);
}

/** The operations of a group take what the steps in front of them make. Not before: what a step takes may not be there yet. */
function withSteps(items: readonly Item[], group: Group, { steps, own }: Again): Block {
  const left = new Map(steps.map((step) => [step.name, step]));
  const stepsTo = (e: Expr): Stmt[] =>
    [...freeVariables(e)].flatMap((name): Stmt[] => {
      const step = left.get(name);
      if (step === undefined) return [];
      left.delete(name);
      return [...stepsTo(step.init!), step];
    });
  const put = (e: Expr): Expr => renameExpr(e, (name) => own.get(name) ?? name);
  return items.flatMap((item): Stmt[] => {
    if (item.kind === "stmt") return [item.stmt];
    if (item.kind === "group") return [];
    const { stmt, note } = item.member;
    const before = note === undefined ? [] : [note];
    if (item.group !== group) return [...before, stmt];
    return [...stepsTo(put(stmt.init!)), ...before, mapStmt(stmt, { expr: put })];
  });
}

interface Again {
  readonly steps: readonly StmtOf<"let">[];
  /** The names that the values have there. */
  readonly own: ReadonlyMap<string, string>;
}

/** The steps to those of the wanted values that are cheap to have; `there` are the values that are there. */
function repeated(
  wanted: readonly string[],
  there: ReadonlySet<string>,
  members: Members,
  { names, learn, repeated: all }: Copying,
): Again | undefined {
  const chosen = new Set(wanted);
  const isThere = (name: string): boolean => !members.has(name) || (there.has(name) && !chosen.has(name));
  // What is not cheap, or would need what is not there, is kept after all; then others may be made of it.
  for (let size = -1; size !== chosen.size;) {
    size = chosen.size;
    for (const name of chosen) if (!isCheap(name, there, members, isThere)) chosen.delete(name);
  }
  if (chosen.size === 0) return undefined;
  const own = new Map<string, string>();
  const steps: StmtOf<"let">[] = [];
  const add = (name: string): void => {
    if (own.has(name) || isThere(name)) return;
    const member = members.get(name)!;
    for (const operand of operandsOf(member)) add(operand);
    const { stmt } = member;
    const copy = { ...stmt, name: names.fresh(name), init: renameExpr(stmt.init!, (each) => own.get(each) ?? each) };
    own.set(name, copy.name);
    learn(copy.name, copy.init);
    all.add(name);
    steps.push(copy);
  };
  for (const name of members.keys()) if (chosen.has(name)) add(name);
  return { steps, own };
}

/** Whether a few operations on what is there give the value, and no more than one other has to be kept for it. */
function isCheap(
  name: string,
  there: ReadonlySet<string>,
  members: Members,
  isThere: (name: string) => boolean,
): boolean {
  const leaves = new Set<string>();
  const visit = (each: string, steps: number): number => {
    const member = members.get(each);
    if (member?.isCheap !== true || steps >= most) return Infinity;
    return operandsOf(member).reduce((sum, operand) => {
      if (!isThere(operand)) return visit(operand, sum);
      if (!there.has(operand) && members.get(each)!.full.some(({ name: full }) => full === operand))
        leaves.add(operand);
      return sum;
    }, steps + 1);
  };
  return visit(name, 0) <= most && leaves.size <= 1;
}

function operandsOf({ full, scalars, witness, spread, along }: Member): string[] {
  const others = [witness, spread?.tensor, ...(along?.tensors ?? [])].filter((each) => each !== undefined);
  return [...full, ...scalars, ...others].map(({ name }) => name);
}
