/**
 * Which operations on tensors become one loop: those that go element by element through tensors of one shape, and the sums of
 * what they make. A group stands where the first statement needs something of it, so its operations move down, past statements
 * that they have nothing to do with.
 */
import { sourceOf, variable } from "../../ir/build.ts";
import { checkShape } from "../../ir/runtime.ts";
import { mayMisfit } from "../../ir/tensor-elements.ts";
import type { TensorOp } from "../../ir/tensor-ops.ts";
import type { Block, Expr, Origin, Stmt, Var } from "../../ir/types.ts";
import {
  blocksOf,
  childrenOf,
  exprsOf,
  freeNames,
  freeVariables,
  sameExpr,
  walkBlock,
  walkExpr,
  writtenArray,
} from "../../ir/visit.ts";
import { memberOf, type Member, type MemberContext, type Target, tensorsInNumbers, withoutSizes } from "./members.ts";

export interface Group {
  readonly members: PlacedMember[];
  /** The name of the shape that all have in the loop; undefined as long as there are numbers only. */
  shape: string | undefined;
}

export interface PlacedMember extends Member {
  /** Operands, and what it has results for, that may have fewer elements than the loop runs through. */
  readonly narrow: ReadonlySet<string>;
  /** The comment that stands above it. */
  readonly note: Stmt | undefined;
  /** The last comment before it. */
  readonly under: Comment | undefined;
}

/** What a comment says, and the place in the source of what it stands above. */
export interface Comment {
  readonly text: string;
  readonly source: Origin | undefined;
}

/** A statement that stays, a member in its old place, or the place where a group is computed. */
export type Item =
  | { readonly kind: "stmt"; readonly stmt: Stmt }
  | { readonly kind: "member"; readonly member: PlacedMember; readonly group: Group }
  | { readonly kind: "group"; readonly group: Group };

/** The shapes that are taken to be the same, beside those that are known to be: what is not so is found out at run time. */
export interface Guesses {
  readonly find: (shape: string) => string;
  readonly unite: (a: string, b: string) => void;
}

export function newGuesses(): Guesses {
  const parents = new Map<string, string>();
  const find = (shape: string): string => {
    let found = shape;
    for (let next = parents.get(found); next !== undefined; next = parents.get(found)) found = next;
    return found;
  };
  return {
    find,
    unite: (a, b) => {
      const [from, to] = [find(a), find(b)];
      if (from !== to) parents.set(from, to);
    },
  };
}

export interface GroupContext extends MemberContext {
  readonly guesses: Guesses;
  /** What made each tensor. */
  readonly made: ReadonlyMap<string, TensorOp>;
  /** Operations that stay as they are. */
  readonly left: ReadonlySet<string>;
  /** Operations that stay apart from the group that finds what they are made of: its loops do not take them again. */
  readonly apart: ReadonlySet<string>;
  /** What is done again, by what it repeats: in another loop than that. */
  readonly copies: ReadonlyMap<string, string>;
}

/** The statements of a block with their groups, in the order in which they will be done. */
export function groupsIn(context: GroupContext, block: Block): Item[] {
  const grouping = new Grouping(context);
  block.forEach((stmt, k) => {
    const next = block[k + 1];
    // A comment goes with what it stands above.
    if (stmt.kind === "comment" && next !== undefined && next.kind !== "comment") return;
    const before = block[k - 1];
    grouping.add(stmt, before?.kind === "comment" ? before : undefined);
  });
  return grouping.finished();
}

class Grouping {
  readonly #context: GroupContext;
  readonly #items: Item[] = [];
  #open: Group[] = [];
  readonly #groupOf = new Map<string, Group>();
  #under: Comment | undefined;

  constructor(context: GroupContext) {
    this.#context = context;
  }

  add(stmt: Stmt, note: Stmt | undefined): void {
    if (note?.kind === "comment") this.#under = { text: note.text, source: sourceOf(stmt) };
    const member = this.#memberOf(stmt);
    if (member !== undefined && this.#join(member, note)) return;
    const used = namesUsedBy(stmt);
    this.#closeWhere((group) => group.members.some(({ stmt: own }) => used.has(own.name)));
    if (mayWrite(stmt)) this.#closeWhere(() => true);
    if (mayThrow(stmt)) this.#closeWhere((group) => this.#mayThrow(group));
    if (note !== undefined) this.#items.push({ kind: "stmt", stmt: note });
    this.#items.push({ kind: "stmt", stmt });
  }

  finished(): Item[] {
    this.#closeWhere(() => true);
    return this.#items;
  }

  #memberOf(stmt: Stmt): Member | undefined {
    if (stmt.kind === "let" && this.#context.left.has(stmt.name)) return undefined;
    return memberOf(this.#context, stmt);
  }

  #shapeOf(tensor: Var): string {
    const { guesses, shapes } = this.#context;
    return guesses.find(shapes.nameOf(tensor) ?? tensor.name);
  }

  /**
   * Puts what is made of numbers found along axes into the group that finds them: false where it is made of something else. Operations
   * of a group on what has the same shape come along.
   */
  #joinBeside(member: Member, note: Stmt | undefined): boolean {
    if (!isPlain(member) || this.#context.apart.has(member.stmt.name)) return false;
    const found = member.full.flatMap((operand) => {
      const group = this.#groupOf.get(operand.name);
      const made = group?.members.find(({ stmt }) => stmt.name === operand.name);
      return group !== undefined && made?.target?.kind === "axes" && this.#open.includes(group)
        ? [{ group, made }]
        : [];
    });
    const [first] = found;
    if (first === undefined || found.some(({ group, made }) => group !== first.group || !isBesideToo(made, first.made)))
      return false;
    const { group, made } = first;
    const shape = this.#context.shapes.nameOf(variable(made.stmt.name, made.stmt.type));
    // What the loop was taken to go through has all elements.
    const isThrough = ({ name }: Var): boolean =>
      this.#groupOf.get(name) === group && !found.some((each) => each.made.stmt.name === name);
    const isAlike = (operand: Var): boolean => this.#context.shapes.nameOf(operand) === shape && !isThrough(operand);
    if (shape === undefined || !member.full.every(isAlike)) return false;
    const others = new Set([...member.full, ...member.scalars].map(({ name }) => this.#groupOf.get(name)));
    const isOther = (other: Group): boolean => other !== group && others.has(other);
    const along = this.#open.filter(
      (other) => isOther(other) && other.members.every((each) => isPlain(each) && each.full.every(isAlike)),
    );
    const { target } = made;
    const beside = (each: PlacedMember): PlacedMember => asBeside(each, target!);
    for (const other of along) {
      other.members.splice(0, other.members.length, ...other.members.map(beside));
      for (const [k, item] of this.#items.entries())
        if (item.kind === "member" && item.group === other)
          this.#items[k] = { ...item, member: other.members.find(({ stmt }) => stmt === item.member.stmt)! };
      this.#merge(group, other);
    }
    this.#closeWhere(isOther);
    this.#place(group, beside({ ...member, narrow: new Set(), note, under: this.#under }));
    return true;
  }

  #place(group: Group, placed: PlacedMember): void {
    group.members.push(placed);
    this.#groupOf.set(placed.stmt.name, group);
    this.#items.push({ kind: "member", member: placed, group });
  }

  /** Puts the member into the group that it belongs to, or a new one; false where it has to stay by itself. */
  #join(given: Member, note: Stmt | undefined): boolean {
    if (this.#joinBeside(given, note)) return true;
    const { guesses } = this.#context;
    const member = this.#inShapes(given);
    const result = variable(member.stmt.name, member.stmt.type);
    const isNumber = member.target === undefined && result.type.kind === "tensor";
    if (isNumber && member.isFull === this.#context.shapes.isScalar(result)) return false;
    const placing = this.#placing(member);
    if (placing === undefined) return false;
    const { alike, narrow } = placing;
    const shapes = alike.map((tensor) => this.#shapeOf(tensor));
    if (member.full.some((operand) => this.#context.isBool(operand.name) && !this.#isOpen(operand.name))) return false;
    const usesInNumbers = tensorsInNumbers(member);
    if (this.#open.some((group) => group.members.some(({ stmt }) => usesInNumbers.has(stmt.name)))) return false;
    // What has fewer elements is made by another loop, unless it is found along axes that it is spread along again.
    const used = freeVariables(member.stmt.init!);
    const isLater = (other: PlacedMember): boolean =>
      (narrow.has(other.stmt.name) || (other.target !== undefined && used.has(other.stmt.name))) &&
      !isSpreadAgain(member, other, narrow.has(other.stmt.name));
    this.#closeWhere((group) => group.members.some(isLater));
    // What has a type of its own is no number of the loop.
    this.#closeWhere((group) =>
      group.members.some(({ fold, stmt }) => fold?.dtype !== undefined && used.has(stmt.name)),
    );
    const { copies } = this.#context;
    const original = this.#originalOf(member.stmt.name);
    if (copies.has(member.stmt.name))
      this.#closeWhere((group) => group.members.some(({ stmt }) => this.#originalOf(stmt.name) === original));
    for (const shape of shapes.slice(1)) guesses.unite(shape, shapes[0]!);
    const shape = shapes[0] === undefined ? undefined : guesses.find(shapes[0]);
    const operands = new Set([...member.full, ...member.scalars].map(({ name }) => this.#groupOf.get(name)));
    const isMine = (group: Group): boolean => {
      const own = group.shape === undefined ? undefined : guesses.find(group.shape);
      if (own !== undefined && shape !== undefined) return own === shape;
      return operands.has(group);
    };
    this.#closeWhere((group) => operands.has(group) && !isMine(group));
    const found = this.#open.filter(isMine);
    // One by one, the operation may ask others for shapes.
    this.#closeWhere((group) => !found.includes(group) && group.members.some(({ stmt }) => used.has(stmt.name)));
    // Of numbers alone there is one loop at most that they belong to.
    const [first = { members: [], shape }] = found;
    const others = shape === undefined ? [] : found.slice(1);
    if (shape === undefined && found.length > 1) this.#closeWhere((group) => found.includes(group) && group !== first);
    if (found.length === 0) this.#open.push(first);
    for (const group of others) this.#merge(first, group);
    first.shape ??= shape;
    if (member.isFull && shape !== undefined) guesses.unite(this.#context.shapes.nameOf(result) ?? result.name, shape);
    const placed: PlacedMember = { ...member, narrow, note, under: this.#under };
    first.members.push(placed);
    this.#groupOf.set(member.stmt.name, first);
    if (this.#mayThrow(first)) this.#closeWhere((group) => group !== first && this.#mayThrow(group));
    this.#items.push({ kind: "member", member: placed, group: first });
    return true;
  }

  /** What it is where its operand has the shape that it is brought to, or has not. */
  #inShapes(member: Member): Member {
    const { full, witness, otherwise } = member;
    if (witness === undefined || otherwise === undefined) return member;
    const isSame = (tensor: Var): boolean =>
      this.#shapeOf(tensor) === this.#shapeOf(witness) || this.#areLikelySame(tensor, witness);
    if (!full.every(isSame)) return otherwise;
    for (const tensor of full) this.#context.guesses.unite(this.#shapeOf(tensor), this.#shapeOf(witness));
    return member;
  }

  /** Which of its operands have all elements of the loop; undefined where that cannot be told. */
  #placing(member: Member): { readonly alike: readonly Var[]; readonly narrow: ReadonlySet<string> } | undefined {
    const { shapes } = this.#context;
    const { full, witness, target, spread, along, isPair } = member;
    const narrow = new Set<string>();
    if (spread !== undefined) narrow.add(spread.tensor.name);
    for (const { name } of along?.tensors ?? []) narrow.add(name);
    if (target?.kind === "like") narrow.add(target.tensor.name);
    const wide = witness ?? this.#widest(full);
    if (wide === undefined || isPair) return { alike: full, narrow };
    const alike = [wide];
    for (const tensor of full) {
      if (this.#shapeOf(tensor) === this.#shapeOf(wide)) alike.push(tensor);
      else if (shapes.isWithin(wide, tensor)) return undefined;
      else if (witness !== undefined || this.#isNarrower(tensor, wide)) narrow.add(tensor.name);
      else if (this.#isOfLess(tensor)) return undefined;
      else alike.push(tensor);
    }
    return { alike, narrow };
  }

  /** The operand that most likely has the shape of the result. */
  #widest(full: readonly Var[]): Var | undefined {
    const { shapes } = this.#context;
    const holds = full.find((wide) => full.some((tensor) => shapes.isWithin(tensor, wide)));
    const made = full.find((tensor) => this.#isMade(tensor) && !this.#isOfLess(tensor));
    return holds ?? made ?? full.find((tensor) => !this.#isOfLess(tensor)) ?? full[0];
  }

  /** What is computed is seldom broadcast, but for what is made of many elements. */
  #areLikelySame(a: Var, b: Var): boolean {
    const { shapes } = this.#context;
    if (shapes.isWithin(a, b) || shapes.isWithin(b, a)) return false;
    return [a, b].every((tensor) => this.#isMade(tensor) && !this.#isOfLess(tensor));
  }

  /** Known to be broadcast, or likely: what is given, beside what is computed, is often a weight or a bias. */
  #isNarrower(tensor: Var, wide: Var): boolean {
    if (this.#context.shapes.isWithin(tensor, wide)) return true;
    if (this.#isOfLess(wide)) return false;
    return this.#isOfLess(tensor) || (this.#isMade(wide) && !this.#isMade(tensor));
  }

  #isMade({ name }: Var): boolean {
    return this.#context.made.has(name);
  }

  /** Whether it is made by what gives fewer elements, or other axes. */
  #isOfLess({ name }: Var): boolean {
    return isOfOtherShape(this.#context.made.get(name));
  }

  /** What is done again, as it was done first. */
  #originalOf(name: string): string {
    const { copies } = this.#context;
    let found = name;
    for (let next = copies.get(found); next !== undefined; next = copies.get(found)) found = next;
    return found;
  }

  #isOpen(name: string): boolean {
    const group = this.#groupOf.get(name);
    return group !== undefined && this.#open.includes(group);
  }

  #merge(into: Group, from: Group): void {
    into.members.push(...from.members);
    this.#open = this.#open.filter((group) => group !== from);
    for (const [k, item] of this.#items.entries())
      if (item.kind === "member" && item.group === from) this.#items[k] = { ...item, group: into };
    // In the order of the program.
    const places = new Map(this.#items.map((item, k) => [item.kind === "member" ? item.member : undefined, k]));
    into.members.sort((a, b) => places.get(a)! - places.get(b)!);
    for (const { stmt } of from.members) this.#groupOf.set(stmt.name, into);
  }

  #closeWhere(test: (group: Group) => boolean): void {
    for (const group of this.#open.filter(test)) this.#items.push({ kind: "group", group });
    this.#open = this.#open.filter((group) => !test(group));
  }

  /** Whether its operations throw where shapes that are not known to agree do not. */
  #mayThrow(group: Group): boolean {
    const { shapes } = this.#context;
    const through = group.members.filter(({ isBeside }) => !isBeside);
    const own = new Set(through.flatMap(({ full }) => full.map((x) => shapes.nameOf(x) ?? x.name)));
    return own.size > 1 || group.members.some((member) => member.mayRefuse);
  }
}

/** Whether it goes through elements, one by one, and nothing else. */
function isPlain({ isFull, fold, scaling, spread, along, witness, full, mayRefuse, isBeside }: Member): boolean {
  const others = [fold, scaling, spread, along, witness];
  return isFull && !isBeside && !mayRefuse && full.length > 0 && others.every((each) => each === undefined);
}

/** Whether what two members find along axes are of one shape and may be combined. */
function isBesideToo(a: Member, b: Member): boolean {
  if (a.target?.kind !== "axes" || b.target?.kind !== "axes" || a.fold?.dtype !== undefined) return false;
  return sameExpr(a.target.axis, b.target.axis) && a.target.keepdims === b.target.keepdims;
}

function asBeside(member: PlacedMember, target: Target): PlacedMember {
  return { ...member, isBeside: true, isFull: false, target, narrow: new Set(member.full.map(({ name }) => name)) };
}

/** Whether a member takes what another one makes along axes for each element along them, or asks only how many there are. */
function isSpreadAgain(
  { spread, along, stmt }: Member,
  { stmt: { name }, target }: PlacedMember,
  isNarrow: boolean,
): boolean {
  if (target?.kind !== "axes" || along?.tensors.some((tensor) => tensor.name === name)) return false;
  const uses = (e: Expr): number => {
    let found = 0;
    walkExpr(e, (inner) => (found += inner.kind === "var" && inner.name === name ? 1 : 0));
    return found;
  };
  const init = withoutSizes(stmt.init!);
  const operands = childrenOf(init).filter((arg) => arg.kind === "var" && arg.name === name).length;
  if (operands !== uses(init)) return false;
  if (operands === 0) return true;
  return spread?.tensor.name === name ? sameExpr(spread.axis, target.axis) : target.keepdims && isNarrow;
}

/** Operations that give bool. */
export const bools: ReadonlySet<string> = new Set<string>(
  "greater greaterEqual less lessEqual equal notEqual logicalNot isnan isinf isfinite".split(" "),
);

/** Whether the result of an operation most often has fewer elements than what it is combined with. */
function isOfOtherShape(op: TensorOp | undefined): boolean {
  return op !== undefined && reductions.has(op);
}
const folds = "sum mean prod max min variance std logsumexp norm any all countNonzero argmax argmin";
const reductions = new Set<string>(`${folds} expandDims reshape index`.split(" "));

export const isReduction = (op: TensorOp | undefined): boolean => op !== undefined && folds.split(" ").includes(op);

function namesUsedBy(stmt: Stmt): ReadonlySet<string> {
  return freeNames([stmt]);
}

/** Whether the statement may change memory: tensors may have been made over an array. */
function mayWrite(stmt: Stmt): boolean {
  let found = false;
  walkBlock([stmt], (each) => {
    found ||=
      writtenArray(each) !== undefined || each.kind === "apply" || (each.kind === "call" && each.callee !== checkShape);
  });
  return found && stmt.kind !== "closure";
}

/** Whether the statement may throw, or has an effect that a throw comes before or after. */
function mayThrow(stmt: Stmt): boolean {
  if (stmt.kind === "closure") return false;
  if (blocksOf(stmt).some((block) => block.some(mayThrow))) return true;
  if (["call", "apply", "effect", "throw", "return"].includes(stmt.kind)) return true;
  return exprsOf(stmt).some(mayMisfit);
}
