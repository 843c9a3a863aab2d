/**
 * Chains of elementwise operations on tensors, and the sums of what they make, become one loop over the elements, with no
 * tensor in between. The loop is for float64 and one shape; whatever else comes goes through the operations one by one. Both
 * give the same bits.
 */
import { mutable, operationSourceOf, placed, variable } from "../../ir/build.ts";
import { namesApartFrom, namesOf, type Names } from "../../ir/names.ts";
import { isTensorSum } from "../../ir/ask.ts";
import { isElementwise } from "../../ir/tensor-elements.ts";
import type { TensorOp } from "../../ir/tensor-ops.ts";
import type { Block, Expr, Func, Stmt, Var } from "../../ir/types.ts";
import { assignedVariables, type ExprOf, freeNames, mapExpr, mapStmt, someStmt, walkBlock } from "../../ir/visit.ts";
import { tensorShapesOf } from "../../analyse/tensor-shapes.ts";
import { againInClosures, againInGroups, type Copying } from "./again.ts";
import { bools, isReduction, type Group, type GroupContext, groupsIn, type Item, newGuesses } from "./groups.ts";
import { fusedLoop, type Fused, unfused } from "./loops.ts";
import { memberOf } from "./members.ts";
import { namesRead, withNeededWitnesses } from "./witnesses.ts";

export function fuseTensors(func: Func): Func {
  if (!someStmt(func.body, (stmt) => stmt.kind === "let" && stmt.type.kind === "tensor")) return func;
  const assigned = assignedVariables(func.body);
  const isFixed = (name: string): boolean => !assigned.has(name);
  const made = new Map<string, TensorOp>();
  const note = (name: string, init: Expr | undefined): void => {
    if (init !== undefined && isTensorSum(init)) made.set(name, "add");
    if (init?.kind !== "tensorOp") return;
    const [x] = init.args;
    const like = init.op === "outline" && x?.kind === "var" ? made.get(x.name) : undefined;
    made.set(name, like ?? lessThrough(init) ?? init.op);
  };
  /** What goes element by element through numbers that were found has as few as they are. */
  function lessThrough({ op, args }: ExprOf<"tensorOp">): TensorOp | undefined {
    const operands = args.filter(({ type }) => type.kind === "tensor");
    const found = operands.map((arg) => (arg.kind === "var" ? made.get(arg.name) : undefined));
    return isElementwise(op) && !bools.has(op) && found.every(isReduction) ? found[0] : undefined;
  }
  /** What variables, and what tapes, were given: that is most often of one shape. */
  const given = new Map<string, string>();
  walkBlock(func.body, (stmt) => {
    if (stmt.kind === "let") note(stmt.name, stmt.init);
    if (stmt.kind === "assign" && !made.has(stmt.name)) note(stmt.name, stmt.value);
    if (stmt.kind === "let" && stmt.init?.kind === "var") given.set(stmt.name, stmt.init.name);
    if (stmt.kind === "push" && stmt.value.kind === "var") given.set(stmt.tape, stmt.value.name);
    if (stmt.kind === "pop") given.set(stmt.target, stmt.tape);
  });
  for (const name of given.keys()) {
    let from: string | undefined = name;
    for (
      const seen = new Set<string>();
      from !== undefined && !made.has(from) && !seen.has(from);
      from = given.get(from)
    )
      seen.add(from);
    const op = from === undefined ? undefined : made.get(from);
    if (op !== undefined) made.set(name, op);
  }
  const shapes = tensorShapesOf(func.body, isFixed);
  const learn = (name: string, init: Expr): void => {
    note(name, init);
    shapes.learn(name, init);
  };
  const context = { shapes, isFixed, isBool: (name: string) => bools.has(made.get(name) ?? "") };
  const fusion = new Fusion(
    { ...context, guesses: newGuesses(), made },
    { names: namesApartFrom(namesOf(func)), learn, repeated: new Set() },
  );
  const isMember = (stmt: Stmt): boolean => memberOf(context, stmt) !== undefined;
  return { ...func, body: fusion.inBlock(withNeededWitnesses(func.body, shapes, isMember), true) };
}

class Fusion {
  readonly #context: Omit<GroupContext, "left" | "apart" | "copies">;
  readonly #names: Names;
  readonly #copying: Copying;

  constructor(context: Omit<GroupContext, "left" | "apart" | "copies">, copying: Copying) {
    this.#context = context;
    this.#copying = copying;
    this.#names = copying.names;
  }

  /** `isWhole`: the block is the body of a function, or of a closure. */
  inBlock(given: Block, isWhole: boolean): Block {
    let block = againInClosures(this.#context, withEarlySums(given), this.#copying);
    const left = new Set<string>();
    const apart = new Set<string>();
    const copies = new Map<string, string>();
    for (;;) {
      const items = groupsIn({ ...this.#context, left, apart, copies }, block);
      const users = usersOf(items);
      const before = left.size;
      const loops = this.#loopsOf(items, users, (name) => left.add(name));
      if (left.size > before) continue;
      const idle = items.flatMap((item) =>
        item.kind === "group" ? idleBesides(item.group, loops.has(item.group)) : [],
      );
      for (const name of idle) apart.add(name);
      if (idle.length > 0) continue;
      const isKept = (name: string): boolean => users.get(name)?.has(undefined) === true;
      const unused = items.flatMap((item): Stmt[] => {
        if (item.kind === "member") return users.has(item.member.stmt.name) ? [] : [item.member.stmt];
        const isRepeated =
          item.kind === "stmt" && item.stmt.kind === "let" && this.#copying.repeated.has(item.stmt.name);
        return isRepeated && !users.has(item.stmt.name) ? [item.stmt] : [];
      });
      if (unused.length > 0) {
        block = block.filter((stmt) => !unused.some((each) => each === stmt));
        continue;
      }
      const again = againInGroups(items, (group) => loops.has(group), isKept, this.#copying, copies);
      if (again === undefined) return this.#written(items, loops, isWhole);
      block = again;
    }
  }

  /** The loops of the groups that gain by being one. */
  #loopsOf(items: readonly Item[], users: Users, refused: (name: string) => void): Map<Group, FusedGroup> {
    const readers = usersOf(items, namesRead);
    const loops = new Map<Group, FusedGroup>();
    for (const item of items) {
      if (item.kind !== "group") continue;
      const { group } = item;
      const isOther = (user: Group | undefined): boolean => user !== group;
      const asked = (name: string): boolean => [...(users.get(name) ?? [])].some(isOther);
      const needed = (name: string): boolean => [...(readers.get(name) ?? [])].some(isOther);
      if (!isGain(group, needed)) continue;
      const { guesses, shapes } = this.#context;
      const shapeOf = (tensor: Var): string => guesses.find(shapes.nameOf(tensor) ?? tensor.name);
      const fused = fusedLoop(group, { asked, needed }, this.#names, refused, shapeOf);
      if (fused !== undefined) loops.set(group, { ...fused, asked });
    }
    return loops;
  }

  #written(items: readonly Item[], loops: ReadonlyMap<Group, FusedGroup>, isWhole: boolean): Block {
    const inside = (stmt: Stmt): Stmt =>
      mapStmt(stmt, { block: (inner) => this.inBlock(inner, stmt.kind === "closure") });
    const last = items.at(-1);
    return items.flatMap((item, k): Stmt[] => {
      if (item.kind === "stmt") return [inside(item.stmt)];
      const fused = loops.get(item.group);
      if (item.kind === "member") {
        const { note, stmt } = item.member;
        return fused === undefined ? [...(note === undefined ? [] : [note]), stmt] : [];
      }
      if (fused === undefined) return [];
      const end =
        isWhole && k === items.length - 2 && last?.kind === "stmt" && last.stmt.kind === "return"
          ? last.stmt
          : undefined;
      const made = end === undefined ? oneOrOther(item.group, fused) : this.#returning(item.group, fused, end);
      const [first] = item.group.members;
      return placed(first && operationSourceOf(first.stmt), made);
    });
  }

  /** At the end of a function the loop returns what it has, and the operations follow. */
  #returning(group: Group, { before, test, loop, results }: FusedGroup, end: Stmt): Stmt[] {
    const own = new Map<string, Expr>();
    const put = (e: Expr): Expr =>
      mapExpr(e, (inner) => (inner.kind === "var" ? (own.get(inner.name) ?? inner) : inner));
    const made = [...results].map(([name, init]): Stmt => {
      const value = variable(this.#names.fresh(name), init.type);
      own.set(name, value);
      return { kind: "let", name: value.name, type: init.type, mutable: false, init: put(init) };
    });
    const then = [...loop, ...made, mapStmt(end, { expr: put })];
    return [...before, { kind: "if", test, then, else: [] }, ...unfused(group, () => false)];
  }
}

/**
 * Sums towards what was broadcast stand right behind what they sum, where a loop makes both; operations that cannot be in it stood
 * between.
 */
function withEarlySums(block: Block): Block {
  const out: Stmt[] = [];
  for (const stmt of block) {
    const [x] = stmt.kind === "let" && stmt.init?.kind === "tensorOp" && stmt.init.op === "sumTo" ? stmt.init.args : [];
    const own = x === undefined ? new Set<string>() : freeNames([stmt]);
    const isPassed = (each: Stmt): boolean =>
      each.kind === "let" && !each.mutable && each.init?.kind === "tensorOp" && !own.has(each.name);
    const at = x === undefined ? out.length - 1 : out.findLastIndex((each) => !isPassed(each));
    const isMade = out[at]?.kind === "let" && own.has(out[at].name);
    out.splice(isMade ? at + 1 : out.length, 0, stmt);
  }
  return out;
}

interface FusedGroup extends Fused {
  readonly asked: (name: string) => boolean;
}

/** What needs each tensor: a group, or a statement. */
type Users = ReadonlyMap<string, ReadonlySet<Group | undefined>>;

function usersOf(items: readonly Item[], namesIn = (stmt: Stmt): Iterable<string> => freeNames([stmt])): Users {
  const users = new Map<string, Set<Group | undefined>>();
  for (const item of items) {
    if (item.kind === "group") continue;
    const stmt = item.kind === "stmt" ? item.stmt : item.member.stmt;
    for (const name of namesIn(stmt)) {
      const known = users.get(name) ?? new Set();
      users.set(name, known.add(item.kind === "stmt" ? undefined : item.group));
    }
  }
  return users;
}

/** What a group makes beside its loops although none of them takes it again: it may be part of a later loop. */
function idleBesides({ members }: Group, isLoop: boolean): string[] {
  const taken = new Set<string>();
  return [...members].reverse().flatMap(({ stmt, isBeside }) => {
    const isTaken = isLoop && (!isBeside || taken.has(stmt.name));
    if (!isTaken) return isBeside ? [stmt.name] : [];
    for (const name of freeNames([stmt])) taken.add(name);
    return [];
  });
}

/** Whether the loop saves a tensor, or takes what is found along axes for each element again. */
function isGain(group: Group, asked: (name: string) => boolean): boolean {
  const loops = group.members.filter(({ isFull, fold, isSame }) => (isFull && !isSame) || fold !== undefined);
  return (
    loops.length > 1 &&
    loops.some(({ isFull, target, stmt }) => (isFull || target?.kind === "axes") && !asked(stmt.name))
  );
}

function oneOrOther(group: Group, { before, test, loop, results, asked }: FusedGroup): Stmt[] {
  const declared = group.members.flatMap(({ stmt }) => (results.has(stmt.name) ? [mutable(stmt.name, stmt.type)] : []));
  const then = [...loop, ...[...results].map(([name, value]): Stmt => ({ kind: "assign", name, value }))];
  return [...before, ...declared, { kind: "if", test, then, else: unfused(group, asked) }];
}
