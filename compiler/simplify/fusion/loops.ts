/**
 * The loop of a group: where all tensors are float64, or all float32, and their shapes fit it is run through, else the operations are
 * done one by one. What an operation gives is rounded to the type of the elements.
 *
 * Where all tensors have one shape there is one loop over the elements. Else there are two, over rows and columns: the tensors with
 * all elements are run through in order, and each of the others has a step for a row and one for a column, which is 0 where
 * it is repeated. The steps are found at run time (`stepsOf`).
 */
import {
  assign,
  booleanType,
  compare,
  constant,
  float64Array,
  at,
  bool,
  int,
  intType,
  mutable,
  num,
  numberType,
  op,
  operationSourceOf,
  placed,
  sourceOf,
  tensorType,
  variable,
} from "../../ir/build.ts";
import type { Names } from "../../ir/names.ts";
import {
  areAlike,
  arrayLike,
  isDouble,
  reducedOver,
  roundingOf,
  scalarLike,
  stepsOf,
  sumsLike,
  totalsAlong,
} from "../../ir/runtime.ts";
import type { Block, Expr, Stmt, Type, Var } from "../../ir/types.ts";
import { childrenOf, type ExprOf, freeNames, freeVariables, mapExpr, sameExpr, walkExpr } from "../../ir/visit.ts";
import { isAtom, withoutQuote } from "../../ir/ask.ts";
import type { Group, PlacedMember } from "./groups.ts";
import type { Fold } from "./folds.ts";
import { type Phase, sizedLike, type Target } from "./members.ts";

/** A value of the loop: an element of a tensor, or a number. */
interface Definition {
  readonly name: string;
  readonly value: Expr;
  readonly phase: Phase;
  readonly member?: PlacedMember | undefined;
}

/** A number that the loop makes of all elements. */
interface Total {
  readonly name: string;
  readonly initial: number;
  /** Its value with one more element. */
  readonly next: Expr;
  readonly member: PlacedMember;
}

/** Numbers that the loop makes of elements that belong together. */
interface Totals {
  readonly member: PlacedMember;
  readonly array: Var;
  readonly target: Target;
  readonly fold: Fold;
  /** The place of the number that has one more element, and that. */
  readonly place: Var;
  readonly element: Expr;
}

/** Tensors of one shape that may have fewer elements than the loop runs through. */
interface Narrow {
  readonly tensors: Var[];
  /** The axes that they lack, or that totals are made along; then there may be no tensor. */
  readonly axis: Expr | undefined;
  readonly rowStep: Var;
  readonly columnStep: Var;
  readonly place: Var;
}

/** A value that leaves the loop. */
interface Result {
  readonly member: PlacedMember;
  readonly value: Expr;
}

export interface Fused {
  /** What is found out before, and whether the loop may run over the tensors. */
  readonly before: Block;
  readonly test: Expr;
  /** The statements that the loop is, and the name that each result has at their end. */
  readonly loop: Block;
  readonly results: ReadonlyMap<string, Expr>;
}

/** How many operations one expression holds at most. */
const most = 6;

/**
 * The loop of a group, for those of its tensors and numbers that are asked for. Undefined where a member has no formula; then
 * `refused` is told its name.
 */
export function fusedLoop(
  group: Group,
  asked: (name: string) => boolean,
  names: Names,
  refused: (name: string) => void,
  shapeOf: (tensor: Var) => string,
): Fused | undefined {
  const maker = new LoopMaker(group, names, shapeOf);
  for (const member of group.members) {
    if (maker.define(member, asked(member.stmt.name))) continue;
    refused(member.stmt.name);
    return undefined;
  }
  return maker.fused(group.members.filter(({ stmt }) => asked(stmt.name)));
}

class LoopMaker {
  readonly #group: Group;
  readonly #names: Names;
  readonly #inputs: Inputs;
  /** The tensor that has the shape of all. */
  readonly #like: Var;
  readonly #index: Var;
  readonly #size: Var;
  /** Rounds to the type of the elements. */
  readonly #round: Var;
  readonly #definitions: Definition[] = [];
  readonly #totals: Total[] = [];
  readonly #manyTotals: Totals[] = [];
  readonly #narrow: Narrow[] = [];
  /** The axes that operands lack. */
  readonly #spreadAlong = new Map<string, Expr | undefined>();
  readonly #steps: Var;
  readonly #rows: Var;
  readonly #columns: Var;
  readonly #shapeOf: (tensor: Var) => string;
  /** What stands for an element, or the number, of each tensor. */
  readonly #values = new Map<string, Expr>();
  /** The array of each tensor that is taken from outside. */
  readonly #arrays = new Map<string, Var>();
  /** Values that are others for each element. */
  readonly #moving = new Set<string>();
  /** Tensors that have the shape of all. */
  readonly #shaped = new Set<string>();

  constructor(group: Group, names: Names, shapeOf: (tensor: Var) => string) {
    this.#group = group;
    this.#names = names;
    this.#shapeOf = shapeOf;
    this.#inputs = inputsOf(group);
    this.#like = this.#inputs.full[0] ?? this.#inputs.witnesses[0]!;
    this.#index = variable(names.fresh("i"), intType);
    for (const { name } of this.#inputs.full) {
      const data = variable(names.fresh(`${stemOf(name)}Data`), float64Array);
      this.#arrays.set(name, data);
      this.#shaped.add(name);
      this.#bind(name, "inside", at(data, this.#index));
    }
    this.#steps = variable(names.fresh("steps"), { kind: "typed", name: "Int32Array" });
    this.#rows = variable(names.fresh("rows"), intType);
    this.#columns = variable(names.fresh("columns"), intType);
    for (const { tensor, axis } of this.#inputs.narrow) {
      const data = variable(names.fresh(`${stemOf(tensor.name)}Data`), float64Array);
      this.#arrays.set(tensor.name, data);
      this.#spreadAlong.set(tensor.name, axis);
      this.#bind(tensor.name, "inside", at(data, this.#narrowFor(tensor, axis, tensor.name).place));
    }
    for (const tensor of this.#inputs.scalars) {
      const value: Expr = { kind: "tensorOp", op: "item", args: [tensor], type: numberType };
      this.#bind(tensor.name, "before", value);
    }
    this.#size = variable(names.fresh("size"), intType);
    this.#round = variable(names.fresh("round"), rounding);
  }

  /** As one of the elements' type; a variable that a value is taken from is so already. */
  #rounded(value: Expr): Expr {
    return value.kind === "var" || value.type.kind === "boolean" ? value : this.#asElement(value);
  }

  #asElement(value: Expr): Expr {
    return { kind: "foreign", texts: ["", "(", ")"], args: [this.#round, value], type: numberType };
  }

  /** What is stored into an array is rounded by that. */
  #stored(value: Expr): Expr {
    return isRounded(value) ? value.args[1]! : value;
  }

  /** The steps for tensors of a shape, with those that have it gathered. */
  #narrowFor(tensor: Var | undefined, axis: Expr | undefined, stem: string): Narrow {
    const found = this.#narrow.find(
      (each) =>
        (tensor === undefined
          ? each.tensors.length === 0
          : each.tensors.some((other) => this.#shapeOf(other) === this.#shapeOf(tensor))) &&
        (axis === undefined ? each.axis === undefined : each.axis !== undefined && sameExpr(axis, each.axis)),
    );
    if (found !== undefined) {
      if (tensor !== undefined && !found.tensors.some(({ name }) => name === tensor.name)) found.tensors.push(tensor);
      return found;
    }
    const fresh = (word: string): Var => variable(this.#names.fresh(`${stemOf(stem)}${word}`), intType);
    const made: Narrow = {
      tensors: tensor === undefined ? [] : [tensor],
      axis,
      rowStep: fresh("Row"),
      columnStep: fresh("Column"),
      place: fresh("Place"),
    };
    this.#narrow.push(made);
    return made;
  }

  /** Puts the value of a tensor into a constant. */
  #bind(tensor: string, phase: Phase, value: Expr, member?: PlacedMember): Expr {
    const own = variable(this.#names.fresh(`${stemOf(tensor)}${phase === "inside" ? "At" : "Value"}`), value.type);
    if (phase === "inside") this.#moving.add(own.name);
    this.#definitions.push({ name: own.name, value, phase, member });
    this.#values.set(tensor, own);
    return own;
  }

  /** Says whether the member can be told for one element; what is asked for has to be a number. */
  define(member: PlacedMember, isAsked: boolean): boolean {
    const { stmt, fold, spread } = member;
    if (member.isFull) this.#shaped.add(stmt.name);
    // A tensor has one place in the loop.
    if (spread !== undefined) {
      const axis = this.#spreadAlong.get(spread.tensor.name);
      if (axis === undefined || !sameExpr(axis, spread.axis)) return false;
    }
    if (member.full.some(({ name }) => this.#spreadAlong.get(name) !== undefined)) return false;
    const raw = member.value(
      (tensor) => this.#values.get(tensor.name)!,
      (value) => this.#bind("difference", "inside", this.#rounded(value), member),
    );
    const exact = raw === undefined ? undefined : withoutOnes(this.#inSizes(raw));
    if (exact === undefined || (exact.type.kind === "boolean" && (fold !== undefined || isAsked))) return false;
    const value = member.isExact || stmt.type.kind !== "tensor" ? exact : this.#rounded(exact);
    if (fold === undefined) {
      // What is the same for all elements is computed once.
      const isMoving = [...freeVariables(value)].some((name) => this.#moving.has(name));
      if (isAtom(value)) this.#values.set(stmt.name, value);
      else this.#bind(stmt.name, member.phase === "inside" && !isMoving ? "before" : member.phase, value, member);
      return true;
    }
    // The step may read it more than once.
    if (!isAtom(value)) this.#bind(stmt.name, "inside", value, member);
    const element = isAtom(value) ? value : this.#values.get(stmt.name)!;
    const { target } = member;
    if (target !== undefined) {
      const array = variable(this.#names.fresh(`${stemOf(stmt.name)}Data`), float64Array);
      const { place } =
        target.kind === "like"
          ? this.#narrowFor(target.tensor, undefined, target.tensor.name)
          : this.#narrowFor(undefined, target.axis, stmt.name);
      this.#manyTotals.push({ member, array, target, fold, place, element });
      return true;
    }
    const total = variable(this.#names.fresh(`${stemOf(stmt.name)}${fold.word}`), numberType);
    this.#totals.push({ name: total.name, initial: fold.initial, next: fold.step(total, element), member });
    const end = fold.end?.(total, this.#size) ?? total;
    this.#bind(stmt.name, "after", fold.isExact ? end : this.#asElement(end), member);
    return true;
  }

  /** All tensors of the loop have one number of elements. */
  #inSizes(value: Expr): Expr {
    return mapExpr(value, (e) => {
      const tensor = sizedLike(e);
      return tensor !== undefined && this.#shaped.has(tensor.name) ? this.#size : e;
    });
  }

  /** Undefined where nothing is left to be done for each element. */
  fused(asked: readonly PlacedMember[]): Fused | undefined {
    const results = asked.flatMap((member): Result[] =>
      member.target === undefined ? [{ member, value: this.#values.get(member.stmt.name)! }] : [],
    );
    const many = this.#manyTotals.filter(({ member }) => asked.includes(member));
    const live = liveDefinitions(this.#definitions, this.#totals, results, many);
    const inliner = new Inliner(live.definitions, live.uses);
    const constants = (phase: Phase): Definition[] => inliner.kept.filter((each) => each.phase === phase);
    const before: Stmt[] = [];
    const body: Step[] = constants("inside").map((each) => ({ member: each.member, stmt: inliner.constantOf(each) }));
    const given = new Map<string, Expr>();
    for (const { member, value } of results) {
      const { name, type } = member.stmt;
      const resolved = inliner.resolved(value);
      if (member.phase === "inside") {
        const data = variable(this.#names.fresh(`${stemOf(name)}Data`), float64Array);
        before.push(constant(data.name, float64Array, calling(arrayLike, [this.#like], float64Array)));
        const value = this.#stored(resolved);
        body.push({ member, stmt: { kind: "store", array: data, index: this.#index, value } });
        given.set(name, { kind: "tensorOp", op: "tensorOver", args: [data, this.#like], type });
      } else {
        const isTensor = type.kind === "tensor";
        given.set(name, isTensor ? calling(scalarLike, [this.#stored(resolved), this.#like], type) : resolved);
      }
    }
    for (const { name, initial, next, member } of this.#totals.filter((total) => live.uses.has(total.name))) {
      before.push(mutable(name, numberType, num(initial)));
      body.push({ member, stmt: assign(name, inliner.resolved(next)) });
    }
    const after: Stmt[] = [];
    for (const totals of many) {
      const { member, array, fold, place, element } = totals;
      before.push(constant(array.name, float64Array, this.#beginningOf(totals)));
      const value = fold.step(at(array, place), inliner.resolved(element));
      const isSum = value.kind === "op" && value.op === "add";
      const stmt: Stmt = isSum
        ? { kind: "accumulate", array, index: place, value: value.args[1]! }
        : { kind: "store", array, index: place, value };
      body.push({ member, stmt });
      if (fold.end !== undefined) after.push(this.#endOf(array, fold.end));
      given.set(member.stmt.name, this.#resultOf(totals));
    }
    if (body.length === 0) return undefined;
    const written = (phase: Phase): Stmt[] => constants(phase).map((each) => inliner.constantOf(each));
    const steps = [...written("before"), ...before, this.#loopOver(body), ...after, ...written("after")];
    const round = constant(this.#round.name, rounding, calling(roundingOf, [this.#like], rounding));
    const read = new Set([...freeNames(steps), ...[...given.values()].flatMap((value) => [...freeVariables(value)])]);
    const loop = [...this.#loads(live, read), ...(read.has(this.#round.name) ? [round] : []), ...steps];
    const { full, witnesses, scalars } = this.#inputs;
    const isNest = this.#narrow.length > 0;
    const found = constant(this.#steps.name, this.#steps.type, this.#stepsFor([...full, ...witnesses], scalars));
    const areFound: Expr = { kind: "foreign", texts: ["", ".length > 0"], args: [this.#steps], type: booleanType };
    const tests = [
      isNest ? areFound : testOf([...full, ...witnesses], scalars),
      ...(this.#group.members.some((member) => member.isDouble) ? [calling(isDouble, [this.#like], booleanType)] : []),
      ...(this.#group.members.some((member) => member.needsElements) ? [compare("gt", this.#sizeOfAll(), int(0))] : []),
    ];
    const test = tests.reduce((left, right): Expr => ({ kind: "logic", op: "&&", left, right, type: booleanType }));
    return { before: isNest ? [found] : [], test, loop, results: given };
  }

  #stepsFor(full: readonly Var[], scalars: readonly Var[]): Expr {
    const texts = [`${stepsOf}([`];
    const args: Expr[] = [];
    const say = (text: string): void => {
      texts.push(`${texts.pop() ?? ""}${text}`);
    };
    const list = (items: readonly Expr[]): void =>
      items.forEach((item, k) => {
        if (k > 0) say(", ");
        args.push(item);
        texts.push("");
      });
    list(full);
    say("], [");
    this.#narrow.forEach(({ tensors, axis }, k) => {
      if (k > 0) say(", ");
      if (axis !== undefined) {
        say("{ axis: ");
        list([axis]);
        say(", of: ");
      }
      say("[");
      list(tensors);
      say(axis === undefined ? "]" : "] }");
    });
    say("]");
    if (scalars.length > 0) {
      say(", [");
      list(scalars);
      say("]");
    }
    say(")");
    return { kind: "foreign", texts, args, type: this.#steps.type };
  }

  /** What there is before the first elements. */
  #beginningOf({ target, fold }: Totals): Expr {
    if (target.kind === "like") return calling(sumsLike, [target.tensor, this.#size], float64Array);
    return calling(totalsAlong, [target.axis, this.#like, num(fold.initial)], float64Array);
  }

  /** Each total becomes what is made of it at the end. */
  #endOf(array: Var, end: NonNullable<Fold["end"]>): Stmt {
    const k = variable(this.#names.fresh("k"), intType);
    const length: Expr = { kind: "length", array, type: intType };
    const count = op("div", [this.#size, length]);
    const value = end(at(array, k), count);
    const body: Block = [{ kind: "store", array, index: k, value }];
    return { kind: "for", name: k.name, start: int(0), compare: "lt", bound: length, step: 1, body };
  }

  #resultOf({ target, array, member }: Totals): Expr {
    const { type } = member.stmt;
    if (target.kind === "like") return { kind: "tensorOp", op: "tensorOver", args: [array, target.tensor], type };
    return calling(reducedOver, [array, this.#like, target.axis, bool(target.keepdims)], type);
  }

  /** The arrays that are read, and their length. */
  #loads(live: Live, read: ReadonlySet<string>): Stmt[] {
    const loads = [...this.#arrays].flatMap(([name, data]) => {
      if (!live.uses.has((this.#values.get(name) as Var).name)) return [];
      const tensor = variable(name, tensorType);
      return [
        constant(data.name, float64Array, { kind: "tensorOp", op: "dataOf", args: [tensor], type: float64Array }),
      ];
    });
    const numbers = [
      constant(this.#size.name, intType, this.#sizeOfAll()),
      ...[this.#rows, this.#columns, ...this.#narrow.flatMap(({ rowStep, columnStep }) => [rowStep, columnStep])].map(
        ({ name }, k) => constant(name, intType, at(this.#steps, int(k))),
      ),
    ];
    return [...loads, ...numbers.filter((stmt) => stmt.kind === "let" && read.has(stmt.name))];
  }

  #sizeOfAll(): Expr {
    return { kind: "foreign", texts: ["", ".size"], args: [this.#like], type: intType };
  }

  #loopOver(steps: readonly Step[]): Stmt {
    const body = inOrder(steps, this.#group);
    const loop = (name: string, bound: Expr, block: Block): Stmt => ({
      kind: "for",
      name,
      start: int(0),
      compare: "lt",
      bound,
      step: 1,
      body: block,
    });
    if (this.#narrow.length === 0) return loop(this.#index.name, this.#size, body);
    const row = variable(this.#names.fresh("row"), intType);
    const column = variable(this.#names.fresh("column"), intType);
    const read = freeNames(body);
    const place = (name: string, rowStep: Expr, along: Expr): Stmt[] =>
      read.has(name) ? [constant(name, intType, op("add", [op("mul", [row, rowStep], intType), along], intType))] : [];
    const places = [
      ...place(this.#index.name, this.#columns, column),
      ...this.#narrow.flatMap((each) =>
        place(each.place.name, each.rowStep, op("mul", [column, each.columnStep], intType)),
      ),
    ];
    return loop(row.name, this.#rows, [loop(column.name, this.#columns, [...places, ...body])]);
  }
}

/** A statement of the loop, and the operation that it is for; none of what loads an element. */
interface Step {
  readonly member: PlacedMember | undefined;
  readonly stmt: Stmt;
}

/** The statements in the order of the program, under the comments that it has there. */
function inOrder(steps: readonly Step[], group: Group): Block {
  const loads = steps.filter(({ member }) => member === undefined).map(({ stmt }) => stmt);
  let last: string | undefined;
  let note: Stmt | undefined;
  const own = group.members.flatMap((member) => {
    const found = placed(
      operationSourceOf(member.stmt),
      steps.filter((step) => step.member === member).map(({ stmt }) => stmt),
    );
    note = member.note ?? note;
    if (found.length === 0 || note?.kind !== "comment" || note.text === last || note.text !== member.under)
      return found;
    last = note.text;
    return [note, ...found];
  });
  return [...loads, ...own];
}

/** The tensors that a group takes from outside. */
interface Inputs {
  readonly full: readonly Var[];
  /** That may have fewer elements, with the axes that they lack. */
  readonly narrow: readonly { readonly tensor: Var; readonly axis: Expr | undefined }[];
  readonly scalars: readonly Var[];
  /** Of which only the shape is asked. */
  readonly witnesses: readonly Var[];
}

function inputsOf(group: Group): Inputs {
  const own = new Set(group.members.map(({ stmt }) => stmt.name));
  const seen = new Set<string>();
  const from = (list: readonly Var[]): Var[] =>
    list.filter(({ name }) => !own.has(name) && !seen.has(name) && seen.add(name) !== undefined);
  const full = from(group.members.flatMap((member) => member.full.filter(({ name }) => !member.narrow.has(name))));
  const narrow = group.members.flatMap((member) => {
    const repeated = from(member.full.filter(({ name }) => member.narrow.has(name)));
    const spread = from(member.spread === undefined ? [] : [member.spread.tensor]);
    return [
      ...repeated.map((tensor) => ({ tensor, axis: undefined })),
      ...spread.map((tensor) => ({ tensor, axis: member.spread?.axis })),
    ];
  });
  const scalars = from(group.members.flatMap((member) => member.scalars));
  const isFull = new Set(full.map(({ name }) => name));
  const witnesses = group.members.flatMap(({ witness }) =>
    witness === undefined || own.has(witness.name) || isFull.has(witness.name) ? [] : [witness],
  );
  return {
    full,
    narrow,
    scalars,
    witnesses: witnesses.filter(({ name }, k) => witnesses.findIndex((each) => each.name === name) === k),
  };
}

function testOf(tensors: readonly Var[], scalars: readonly Var[]): Expr {
  const list = (items: readonly Var[]): string[] => items.map((_, k) => (k === 0 ? "" : ", "));
  const args = [...tensors, ...scalars];
  const pieces = [...list(tensors), ...list(scalars).map((text, k) => (k === 0 ? "], [" : text))];
  const texts = [`${areAlike}([${pieces[0] ?? ""}`, ...pieces.slice(1), "])"];
  return { kind: "foreign", texts, args, type: booleanType };
}

/** A function of numbers. */
const rounding: Type = { kind: "function", params: [{ name: "value", type: numberType }], result: numberType };

function isRounded(e: Expr): e is ExprOf<"foreign"> {
  return e.kind === "foreign" && e.args[0]?.type.kind === "function";
}

/** A call of a function of the runtime. */
function calling(name: string, args: readonly Expr[], type: Type): Expr {
  const between = args.slice(1).map(() => ", ");
  return { kind: "foreign", texts: [`${name}(`, ...between, ")"], args, type };
}

/** `1 * x` is x, in every bit. */
function withoutOnes(value: Expr): Expr {
  return mapExpr(value, (e) => {
    if (e.kind !== "op" || e.op !== "mul") return e;
    const [a, b] = e.args;
    if (a?.kind === "literal" && a.value === 1) return b!;
    return b?.kind === "literal" && b.value === 1 ? a! : e;
  });
}

const stemOf = (name: string): string => name.replace(/(\$r\d*)+$/, "").replace(/\d+$/, "");

interface Live {
  readonly definitions: readonly Definition[];
  /** How often each is read. */
  readonly uses: ReadonlyMap<string, number>;
}

/** What the results need. */
function liveDefinitions(
  definitions: readonly Definition[],
  totals: readonly Total[],
  results: readonly Result[],
  many: readonly Totals[],
): Live {
  const uses = new Map<string, number>();
  const read = (e: Expr): void => {
    walkExpr(e, (inner) => {
      if (inner.kind === "var") uses.set(inner.name, (uses.get(inner.name) ?? 0) + 1);
    });
  };
  for (const { value } of results) read(value);
  for (const { fold, element } of many) read(fold.step(num(fold.initial), element));
  const visit = (phases: readonly Phase[]): void => {
    for (const { name, value, phase } of [...definitions].reverse())
      if (phases.includes(phase) && uses.has(name)) read(value);
  };
  visit(["after"]);
  for (const { name, next } of totals) if (uses.has(name)) read(next);
  visit(["inside"]);
  visit(["before"]);
  return { definitions: definitions.filter(({ name }) => uses.has(name)), uses };
}

/** Puts what is read once in its place, as long as expressions stay readable. */
class Inliner {
  readonly kept: Definition[] = [];
  readonly #inlined = new Map<string, Expr>();

  constructor(definitions: readonly Definition[], uses: ReadonlyMap<string, number>) {
    const phases = new Map(definitions.map(({ name, phase }) => [name, phase]));
    const readers = new Map<string, Definition>();
    for (const definition of definitions)
      walkExpr(definition.value, (e) => {
        if (e.kind === "var" && phases.has(e.name)) readers.set(e.name, definition);
      });
    const sizes = new Map<string, number>();
    for (const definition of definitions) {
      const { name, value, phase } = definition;
      const resolved = this.resolved(value);
      const size = operationsIn(resolved);
      const reader = readers.get(name);
      const isInOnePhase = reader === undefined ? phase !== "before" : reader.phase === phase;
      const room = reader === undefined ? 0 : (sizes.get(reader.name) ?? operationsIn(reader.value));
      const mayGo = uses.get(name) === 1 && isInOnePhase && size + room <= most;
      if (!mayGo) {
        this.kept.push(definition);
        continue;
      }
      if (reader !== undefined) sizes.set(reader.name, room + size);
      this.#inlined.set(name, resolved);
    }
  }

  constantOf({ name, value }: Definition): Stmt {
    return constant(name, value.type, this.resolved(value));
  }

  resolved(value: Expr): Expr {
    return mapExpr(value, (e) => (e.kind === "var" ? (this.#inlined.get(e.name) ?? e) : e));
  }
}

function operationsIn(e: Expr): number {
  const own = ["op", "foreign", "select", "logic"].includes(e.kind) && !isRounded(e) ? 1 : 0;
  return childrenOf(e).reduce((sum, child) => sum + operationsIn(child), own);
}

/** The operations of a group one by one; results go into variables that were declared before. */
export function unfused(group: Group, isResult: (name: string) => boolean): Block {
  return group.members.flatMap(({ stmt, note }): Stmt[] => {
    const own: Stmt = isResult(stmt.name) ? assign(stmt.name, stmt.init!) : withoutQuote(stmt);
    return [...(note === undefined ? [] : [note]), ...placed(sourceOf(stmt), [own])];
  });
}
