/**
 * The loop of a group: where all tensors are float64, or all float32, and their shapes fit it is run through, else the operations are
 * done one by one. What an operation gives is rounded to the type of the elements.
 *
 * Where all tensors have one shape there is one loop over the elements. Else there are two, over rows and columns: the tensors with
 * all elements are run through in order, and each of the others has a step for a row and one for a column, which is 0 where
 * it is repeated. The steps are found at run time (`stepsOf`).
 *
 * What is found of all elements may be needed for each of them: then there is one such loop after the other (`passes.ts`).
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
  placed,
  sourceOf,
  stringType,
  tensorType,
  variable,
  voidType,
} from "../../ir/build.ts";
import type { Names } from "../../ir/names.ts";
import {
  arrayLike,
  isDouble,
  keepSpare,
  reducedOver,
  roundingOf,
  scalarLike,
  stepsOf,
  sumsLike,
  totalsAlong,
} from "../../ir/runtime.ts";
import type { Block, Expr, Stmt, Var } from "../../ir/types.ts";
import { type ExprOf, freeNames, freeVariables, mapExpr, renameBlock, sameExpr } from "../../ir/visit.ts";
import { isAtom, withoutQuote } from "../../ir/ask.ts";
import type { Group, PlacedMember } from "./groups.ts";
import { type Inputs, inputsOf } from "./inputs.ts";
import { axesOf, calling, isRounded, rounding, sizeOf, stemOf, testOf, withoutOnes } from "./pieces.ts";
import { inOrder, type Step } from "./steps.ts";
import type { Fold, Pass } from "./folds.ts";
import type { Scaling } from "./scalings.ts";
import {
  type Definition,
  Inliner,
  passesIn,
  type Phase,
  type Stored,
  type Total,
  usesIn,
  type Values,
} from "./live.ts";
import { indicator, sizedLike, sizesIn, type Target } from "./members.ts";
import { inPasses, type Passes } from "./passes.ts";

/** A loop, or a place around it. */
type Where = Pick<Definition, "phase" | "pass">;

/** Numbers that the loop makes of elements that belong together. */
interface Totals {
  readonly member: PlacedMember;
  readonly array: Var;
  readonly target: Target;
  readonly step: Pass;
  /** The loop that makes them, and what earlier ones have made of the same elements. */
  readonly pass: number;
  readonly found: readonly Var[];
  /** Whether they are the result. */
  readonly isLast: boolean;
}

/** Tensors of one shape that may have fewer elements than the loop runs through. */
interface Narrow {
  readonly tensors: Var[];
  /** The axes that they lack, or that totals are made along; then there may be no tensor. */
  readonly axis: Expr | undefined;
  /** The axes that they have. */
  readonly along: Expr | undefined;
  readonly rowStep: Var;
  readonly columnStep: Var;
  readonly place: Var;
}

export interface Fused {
  /** What is found out before, and whether the loop may run over the tensors. */
  readonly before: Block;
  readonly test: Expr;
  /** The statements that the loop is, and the name that each result has at their end. */
  readonly loop: Block;
  readonly results: ReadonlyMap<string, Expr>;
}

/** Whether something else asks for a tensor, and whether for more than its shape. */
export interface Asking {
  readonly asked: (name: string) => boolean;
  readonly needed: (name: string) => boolean;
}

/**
 * The loop of a group, for those of its tensors and numbers that are asked for. Undefined where a member has no formula; then
 * `refused` is told its name.
 */
export function fusedLoop(
  group: Group,
  { asked, needed }: Asking,
  names: Names,
  refused: (name: string) => void,
  shapeOf: (tensor: Var) => string,
): Fused | undefined {
  const maker = new LoopMaker(group, names, shapeOf, needed);
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
  /** Numbers that are made of all elements. */
  readonly #sums: Total[] = [];
  readonly #firstSums: { readonly step: Pass; readonly element: Expr; readonly total: Var }[] = [];
  readonly #manyTotals: Totals[] = [];
  readonly #narrow: Narrow[] = [];
  /** The axes that operands lack. */
  readonly #spreadAlong = new Map<string, Expr | undefined>();
  /** The axes that operands have, and no others. */
  readonly #hasOnly = new Map<string, Expr | undefined>();
  readonly #steps: Var;
  readonly #rows: Var;
  readonly #columns: Var;
  readonly #shapeOf: (tensor: Var) => string;
  readonly #needed: (name: string) => boolean;
  /** What stands for an element, or the number, of each tensor. */
  readonly #values = new Map<string, Expr>();
  /** The array of each tensor that is taken from outside. */
  readonly #arrays = new Map<string, Var>();
  /** Where each value, and each array of totals, is made. */
  readonly #madeIn = new Map<string, Where>();
  /** What is stored for each element. */
  readonly #stored: Stored[] = [];
  /** Tensors that have the shape of all. */
  readonly #shaped = new Set<string>();

  constructor(group: Group, names: Names, shapeOf: (tensor: Var) => string, needed: (name: string) => boolean) {
    this.#needed = needed;
    this.#group = group;
    this.#names = names;
    this.#shapeOf = shapeOf;
    this.#inputs = inputsOf(group);
    this.#like = this.#inputs.full[0] ?? this.#inputs.witnesses[0]!;
    this.#index = variable(names.fresh("i"), intType);
    this.#madeIn.set(this.#index.name, { phase: "inside", pass: 0 });
    for (const { name } of this.#inputs.full) {
      const data = this.#arrayFor(name);
      this.#arrays.set(name, data);
      this.#shaped.add(name);
      this.#values.set(name, this.#bind(name, at(data, this.#index)));
    }
    this.#steps = variable(names.fresh("steps"), { kind: "list", element: intType });
    this.#rows = variable(names.fresh("rows"), intType);
    this.#columns = variable(names.fresh("columns"), intType);
    for (const { tensor, axis, along } of this.#inputs.narrow) {
      const data = this.#arrayFor(tensor.name);
      this.#arrays.set(tensor.name, data);
      this.#spreadAlong.set(tensor.name, axis);
      this.#hasOnly.set(tensor.name, along);
      const { place } = this.#narrowFor(tensor, axis, tensor.name, along);
      this.#values.set(tensor.name, this.#bind(tensor.name, at(data, place)));
    }
    for (const tensor of this.#inputs.scalars) {
      const value: Expr = { kind: "tensorOp", op: "item", args: [tensor], type: numberType };
      this.#values.set(tensor.name, this.#bind(tensor.name, value));
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
  #unrounded(value: Expr): Expr {
    return isRounded(value) ? value.args[1]! : value;
  }

  /** The steps for tensors of a shape, with those that have it gathered. */
  #narrowFor(tensor: Var | undefined, axis: Expr | undefined, stem: string, along?: Expr): Narrow {
    const found = this.#narrow.find(
      (each) =>
        (tensor === undefined
          ? each.tensors.length === 0
          : along !== undefined || each.tensors.some((other) => this.#shapeOf(other) === this.#shapeOf(tensor))) &&
        areOne(axis, each.axis) &&
        areOne(along, each.along),
    );
    if (found !== undefined) {
      if (tensor !== undefined && !found.tensors.some(({ name }) => name === tensor.name)) found.tensors.push(tensor);
      return found;
    }
    const fresh = (word: string): Var => variable(this.#names.fresh(`${stemOf(stem)}${word}`), intType);
    const made: Narrow = {
      tensors: tensor === undefined ? [] : [tensor],
      axis,
      along,
      rowStep: fresh("Row"),
      columnStep: fresh("Column"),
      place: fresh("Place"),
    };
    this.#narrow.push(made);
    this.#madeIn.set(made.place.name, { phase: "inside", pass: 0 });
    return made;
  }

  /** Puts a value into a constant, where it belongs. */
  #bind(stem: string, value: Expr, member?: PlacedMember): Var {
    const where = this.#placeOf(value);
    const own = variable(this.#names.fresh(`${stemOf(stem)}${where.phase === "inside" ? "At" : "Value"}`), value.type);
    this.#madeIn.set(own.name, where);
    this.#definitions.push({ name: own.name, value, ...where, member });
    return own;
  }

  #placeOf(value: Expr): Where {
    const made = this.#madeBy([value]);
    if (made.some(({ phase }) => phase === "inside")) return { phase: "inside", pass: this.#passFor([value]) };
    const isLate = made.some(({ phase }) => phase === "after");
    return { phase: isLate ? "after" : "before", pass: Math.max(0, ...made.map(({ pass }) => pass)) };
  }

  /** The first loop that has all values: what is made of all elements is there for the next one. */
  #passFor(values: readonly Expr[]): number {
    return Math.max(0, ...this.#madeBy(values).map(({ phase, pass }) => (phase === "after" ? pass + 1 : pass)));
  }

  #madeBy(values: readonly Expr[]): Where[] {
    return values.flatMap((value) => [...freeVariables(value)].flatMap((name) => this.#madeIn.get(name) ?? []));
  }

  /** Says whether the member can be told for one element; what is asked for has to be a number. */
  define(member: PlacedMember, isAsked: boolean): boolean {
    const { stmt, fold, spread, target } = member;
    if (member.isFull) this.#shaped.add(stmt.name);
    // A tensor has one place in the loop.
    if (spread !== undefined) {
      const axis = this.#totalsOf(spread.tensor.name)?.axis ?? this.#spreadAlong.get(spread.tensor.name);
      if (axis === undefined || !sameExpr(axis, spread.axis)) return false;
    }
    if (member.full.some(({ name }) => this.#spreadAlong.get(name) !== undefined)) return false;
    const axes = member.along?.axes;
    if (member.along?.tensors.some(({ name }) => !areOne(this.#hasOnly.get(name), axes))) return false;
    if (member.full.some(({ name }) => this.#hasOnly.get(name) !== undefined)) return false;
    const raw = member.value(
      (tensor) => this.#values.get(tensor.name)!,
      (value) => this.#bind("difference", this.#rounded(value), member),
    );
    const found = raw === undefined ? undefined : withoutOnes(this.#inSizes(raw));
    const isTruth = found?.type.kind === "boolean";
    const isAnswer = fold?.dtype !== undefined;
    if (found === undefined || (isTruth && (fold === undefined ? isAsked : !isAnswer))) return false;
    const exact = isTruth && isAnswer ? indicator(found) : found;
    const value = member.isExact || member.scaling || stmt.type.kind !== "tensor" ? exact : this.#rounded(exact);
    // What is the same for all elements is computed once; a step of a fold may read its element more than once.
    const element = isAtom(value) ? value : this.#bind(stmt.name, value, member);
    if (member.scaling !== undefined) this.#scaled(member, member.scaling, element);
    else if (fold === undefined) this.#values.set(stmt.name, element);
    else if (target === undefined) this.#total(member, fold, element);
    else this.#totals(member, fold, element, target, isAsked);
    return true;
  }

  /** A number made of all elements, pass by pass. */
  #total(member: PlacedMember, fold: Fold, element: Expr): void {
    const { name: stem } = member.stmt;
    const hold = (value: Expr): Expr => this.#bind("distance", value, member);
    const found: Expr[] = [];
    fold.passes.forEach((step, k) => {
      const total =
        this.#sumOf(step, element, found) ?? variable(this.#names.fresh(`${stemOf(stem)}${step.word}`), numberType);
      if (!this.#madeIn.has(total.name)) {
        const next = step.step(total, element, found, hold);
        const pass = this.#passFor([next, element]);
        this.#madeIn.set(total.name, { phase: "after", pass });
        this.#sums.push({ name: total.name, initial: step.initial, next, pass, member });
        if (found.length === 0) this.#firstSums.push({ step, element, total });
      }
      const end = step.end?.(total, this.#size, found, (each) => this.#asElement(each)) ?? total;
      if (k < fold.passes.length - 1) found.push(isAtom(end) ? end : this.#bind(stem, end, member));
      else this.#values.set(stem, this.#bind(stem, fold.isExact ? end : this.#asElement(end), member));
    });
  }

  /** The same made of the same elements before. */
  #sumOf({ step, initial }: Pass, element: Expr, found: readonly Expr[]): Var | undefined {
    if (found.length > 0) return undefined;
    const isIt = (each: { readonly step: Pass; readonly element: Expr }): boolean =>
      each.step.step === step && each.step.initial === initial && sameExpr(each.element, element);
    return this.#firstSums.find(isIt)?.total;
  }

  /** Numbers made of the elements along axes, or of what was broadcast, pass by pass. */
  #totals(member: PlacedMember, fold: Fold, element: Expr, target: Target, isAsked: boolean): void {
    const { name: stem } = member.stmt;
    const { place } =
      target.kind === "like"
        ? this.#narrowFor(target.tensor, undefined, target.tensor.name)
        : this.#narrowFor(undefined, target.axis, stem);
    const found: Var[] = [];
    fold.passes.forEach((step, k) => {
      const isLast = k === fold.passes.length - 1;
      found.push(
        this.#gathered({ member, target, step, found: [...found], isLast }, place, element, isLast && isAsked),
      );
    });
    // For members that spread them along the axes again.
    const own = at(found.at(-1)!, place);
    this.#values.set(stem, this.#bind(stem, fold.isExact ? own : this.#asElement(own)));
  }

  /** The array of what one pass makes of elements along axes. */
  #gathered(
    given: Pick<Totals, "member" | "target" | "step" | "found" | "isLast">,
    place: Var,
    element: Expr,
    isAsked: boolean,
  ): Var {
    const { member, step, found, isLast } = given;
    const { name } = member.stmt;
    const array = isLast
      ? this.#arrayFor(name)
      : variable(this.#names.fresh(`${stemOf(name)}${step.word}`), float64Array);
    const known = found.map((each) => at(each, place));
    const value = step.step(at(array, place), element, known, (each) => this.#bind("distance", each, member));
    const pass = this.#passFor([value, element]);
    this.#madeIn.set(array.name, { phase: "after", pass });
    this.#stored.push({ array, index: place, value, pass, member, isAsked });
    this.#manyTotals.push({ ...given, array, pass });
    return array;
  }

  /** What each element becomes by what is found along axes. */
  #scaled(member: PlacedMember, scaling: Scaling, element: Expr): void {
    const { name: stem } = member.stmt;
    const { place } = this.#narrowFor(undefined, scaling.axis, stem);
    const target: Target = { kind: "axes", axis: scaling.axis, keepdims: false };
    const value = scaling.value(element, {
      gather: (step, each, found = []) => {
        const arrays = found.map((one) => (one as ExprOf<"index">).array as Var);
        return at(this.#gathered({ member, target, step, found: arrays, isLast: false }, place, each, false), place);
      },
      hold: (name, each) => this.#bind(name, each, member),
      round: (each) => this.#asElement(each),
    });
    // What is multiplied and added is rounded each time, as by operations of their own.
    const along = (given: Expr): Expr => this.#values.get((given as Var).name)!;
    const { weight, bias } = scaling;
    const own = weight === undefined ? value : op("mul", [this.#rounded(value), along(weight)]);
    const shifted = bias === undefined ? own : op("add", [this.#rounded(own), along(bias)]);
    this.#values.set(stem, this.#bind(stem, this.#rounded(shifted), member));
  }

  /** All tensors of the loop have one number of elements, and totals are as many as their array has. */
  #inSizes(value: Expr): Expr {
    return mapExpr(value, (e) => {
      const tensor = sizedLike(e);
      if (tensor !== undefined && this.#shaped.has(tensor.name)) return this.#size;
      const ratio = sizesIn(e);
      if (ratio === undefined) return e;
      const [wide, narrow] = ratio;
      const array = this.#totalsOf(narrow.name)?.array;
      const count: Expr = array === undefined ? sizeOf(narrow) : { kind: "length", array, type: intType };
      return this.#bind("count", op("div", [this.#shaped.has(wide.name) ? this.#size : sizeOf(wide), count]));
    });
  }

  /** What a member of the group makes along axes. */
  #totalsOf(name: string): { readonly axis: Expr; readonly array: Var } | undefined {
    const found = this.#manyTotals.find(({ member, isLast }) => isLast && member.stmt.name === name);
    return found?.target.kind === "axes" ? { axis: found.target.axis, array: found.array } : undefined;
  }

  /** Undefined where nothing is left to be done for each element. */
  fused(asked: readonly PlacedMember[]): Fused | undefined {
    const { values, kept } = this.#inPasses(asked);
    const inliner = new Inliner(values, usesIn(values), isRounded);
    const written = (phase: Phase, pass: number): Step[] =>
      inliner.kept
        .filter((each) => each.phase === phase && each.pass === pass)
        .map((each) => ({ member: each.member, stmt: inliner.constantOf(each) }));
    const stmtsOf = (found: readonly Step[]): Stmt[] => found.map(({ stmt }) => stmt);
    const steps = stmtsOf(written("before", 0));
    let isIdle = true;
    for (let pass = 0; pass < passesIn(values); pass++) {
      const body = written("inside", pass);
      const stored = values.stored.filter((each) => each.pass === pass);
      const isElement = ({ index }: Stored): boolean => index === this.#index;
      for (const each of stored.filter(isElement)) {
        steps.push(constant(each.array.name, float64Array, calling(arrayLike, [this.#like], float64Array)));
        body.push(this.#storing({ ...each, value: this.#unrounded(inliner.resolved(each.value)) }));
      }
      for (const { name, initial, next, member } of values.totals.filter((total) => total.pass === pass)) {
        steps.push(mutable(name, numberType, num(initial)));
        body.push({ member, stmt: assign(name, inliner.resolved(next)) });
      }
      const ends: Stmt[] = [];
      for (const each of stored.filter((one) => !isElement(one))) {
        const totals = this.#manyTotals.find(({ array }) => array === each.array)!;
        steps.push(constant(each.array.name, float64Array, this.#beginningOf(totals)));
        body.push(this.#storing({ ...each, value: inliner.resolved(each.value) }));
        if (totals.step.end !== undefined) ends.push(this.#endOf(totals, totals.step.end));
      }
      isIdle &&= body.length === 0;
      steps.push(
        ...(body.length === 0 ? [] : [this.#loopOver(body, pass)]),
        ...ends,
        ...stmtsOf(written("after", pass)),
      );
    }
    if (isIdle) return undefined;
    for (const array of kept) steps.push({ kind: "effect", call: calling(keepSpare, [array], voidType) });
    const results = new Map(asked.map((member) => [member.stmt.name, this.#resultOf(member, asked, values, inliner)]));
    const round = constant(this.#round.name, rounding, calling(roundingOf, [this.#like], rounding));
    const read = new Set([...freeNames(steps), ...[...results.values()].flatMap((value) => [...freeVariables(value)])]);
    const loop = [...this.#loads(read), ...(read.has(this.#round.name) ? [round] : []), ...steps];
    return { ...this.#question(), loop, results };
  }

  /** What is asked for, with all that it needs, in the loops that need it. */
  #inPasses(asked: readonly PlacedMember[]): Passes {
    const elements = asked.flatMap((member): Stored[] => {
      if (!member.isFull || !this.#needed(member.stmt.name) || this.#firstOf(member, asked) !== member) return [];
      const value = this.#values.get(member.stmt.name)!;
      const array = this.#arrayFor(member.stmt.name);
      return [{ array, index: this.#index, value, pass: this.#passFor([value, this.#index]), member, isAsked: true }];
    });
    const numbers = asked.filter(({ isFull, target }) => !isFull && target === undefined);
    const given: Values = {
      definitions: this.#definitions,
      totals: this.#sums,
      stored: [...elements, ...this.#stored],
      results: numbers.map(({ stmt }) => this.#values.get(stmt.name)!),
    };
    return inPasses(given, {
      index: this.#index,
      like: (name, type) => variable(this.#names.fresh(stemOf(name)), type),
      array: (name) => this.#arrayFor(stemOf(name).replace(/At$/, "")),
      isRounded,
    });
  }

  /** The first member that is asked for the same elements. */
  #firstOf(member: PlacedMember, asked: readonly PlacedMember[]): PlacedMember {
    const value = this.#values.get(member.stmt.name)!;
    const isIt = ({ isFull, stmt: { name } }: PlacedMember): boolean =>
      isFull && this.#needed(name) && sameExpr(this.#values.get(name)!, value);
    return asked.find(isIt) ?? member;
  }

  #arrayFor(name: string): Var {
    return variable(this.#names.fresh(`${stemOf(name)}Data`), float64Array);
  }

  #storing({ array, index, value, member }: Stored): Step {
    const isSum =
      value.kind === "op" && value.op === "add" && value.args[0]!.kind === "index" && value.args[0].array === array;
    const stmt: Stmt = isSum
      ? { kind: "accumulate", array, index, value: value.args[1]! }
      : { kind: "store", array, index, value };
    return { member, stmt };
  }

  /** What a member gives when the loops are done. */
  #resultOf(member: PlacedMember, asked: readonly PlacedMember[], { stored }: Values, inliner: Inliner): Expr {
    const { target, fold } = member;
    const { name, type } = member.stmt;
    const typed = fold?.dtype === undefined ? [] : [{ kind: "literal", value: fold.dtype, type: stringType } as const];
    if (target !== undefined) {
      const { array } = this.#manyTotals.find((totals) => totals.member === member && totals.isLast)!;
      if (target.kind === "like") return { kind: "tensorOp", op: "tensorOver", args: [array, target.tensor], type };
      return calling(reducedOver, [array, this.#like, target.axis, bool(target.keepdims), ...typed], type);
    }
    // Of what is asked for its shape alone, any tensor of that shape will do.
    if (member.isFull && !this.#needed(name)) return this.#like;
    const first = this.#firstOf(member, asked);
    if (member.isFull && first !== member) return variable(first.stmt.name, type);
    if (member.isFull) {
      const { array } = stored.find((each) => each.member === member && each.index === this.#index)!;
      return { kind: "tensorOp", op: "tensorOver", args: [array, this.#like], type };
    }
    const value = inliner.resolved(this.#values.get(name)!);
    return type.kind === "tensor" ? calling(scalarLike, [this.#unrounded(value), this.#like, ...typed], type) : value;
  }

  /** Whether the loops may run over the tensors, and what is found out before that is asked. */
  #question(): Pick<Fused, "before" | "test"> {
    const { full, witnesses, scalars } = this.#inputs;
    const isNest = this.#narrow.length > 0;
    const found = constant(this.#steps.name, this.#steps.type, this.#stepsFor([...full, ...witnesses], scalars));
    const areFound: Expr = { kind: "foreign", texts: ["", ".length > 0"], args: [this.#steps], type: booleanType };
    const tests = [
      isNest ? areFound : testOf([...full, ...witnesses], scalars),
      ...(this.#group.members.some((member) => member.isDouble) ? [calling(isDouble, [this.#like], booleanType)] : []),
      ...(this.#group.members.some((member) => member.isVector) ? [compare("eq", axesOf(this.#like), int(1))] : []),
      ...(this.#group.members.some((member) => member.needsElements) ? [compare("gt", this.#sizeOfAll(), int(0))] : []),
    ];
    const test = tests.reduce((left, right): Expr => ({ kind: "logic", op: "&&", left, right, type: booleanType }));
    return { before: isNest ? [found] : [], test };
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
    this.#narrow.forEach(({ tensors, axis, along }, k) => {
      if (k > 0) say(", ");
      const axes = axis ?? along;
      if (axes !== undefined) {
        say(axis === undefined ? "{ along: " : "{ axis: ");
        list([axes]);
        say(", of: ");
      }
      say("[");
      list(tensors);
      say(axes === undefined ? "]" : "] }");
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
  #beginningOf({ target, step }: Totals): Expr {
    if (target.kind === "like") return calling(sumsLike, [target.tensor, this.#size], float64Array);
    return calling(totalsAlong, [target.axis, this.#like, num(step.initial)], float64Array);
  }

  /** Each total becomes what is made of it at the end. */
  #endOf({ array, found }: Totals, end: NonNullable<Pass["end"]>): Stmt {
    const k = variable(this.#names.fresh("k"), intType);
    const length: Expr = { kind: "length", array, type: intType };
    const count = op("div", [this.#size, length]);
    const value = end(
      at(array, k),
      count,
      found.map((each) => at(each, k)),
      (each) => this.#asElement(each),
    );
    const body: Block = [{ kind: "store", array, index: k, value }];
    return { kind: "for", name: k.name, start: int(0), compare: "lt", bound: length, step: 1, body };
  }

  /** The arrays that are read, and their length. */
  #loads(read: ReadonlySet<string>): Stmt[] {
    const loads = [...this.#arrays].flatMap(([name, data]) => {
      if (!read.has(data.name)) return [];
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
    return sizeOf(this.#like);
  }

  #loopOver(steps: readonly Step[], pass: number): Stmt {
    const own = new Map<string, string>();
    const named = ({ name }: Var): string => {
      if (pass > 0 && !own.has(name)) own.set(name, this.#names.fresh(name));
      return own.get(name) ?? name;
    };
    [this.#index, ...this.#narrow.map(({ place }) => place)].forEach(named);
    const body = renameBlock(inOrder(steps, this.#group), (name) => own.get(name) ?? name);
    const read = freeNames(body);
    const loop = (name: string, bound: Expr, block: Block): Stmt => ({
      kind: "for",
      name,
      start: int(0),
      compare: "lt",
      bound,
      step: 1,
      body: block,
    });
    if (!this.#narrow.some(({ place }) => read.has(named(place)))) return loop(named(this.#index), this.#size, body);
    const row = variable(this.#names.fresh("row"), intType);
    const column = variable(this.#names.fresh("column"), intType);
    const place = (name: string, rowStep: Expr, along: Expr): Stmt[] =>
      read.has(name) ? [constant(name, intType, op("add", [op("mul", [row, rowStep], intType), along], intType))] : [];
    const places = [
      ...place(named(this.#index), this.#columns, column),
      ...this.#narrow.flatMap((each) =>
        place(named(each.place), each.rowStep, op("mul", [column, each.columnStep], intType)),
      ),
    ];
    return loop(row.name, this.#rows, [loop(column.name, this.#columns, [...places, ...body])]);
  }
}

/** The operations of a group one by one; results go into variables that were declared before. */
export function unfused(group: Group, isResult: (name: string) => boolean): Block {
  return group.members.flatMap(({ stmt, note }): Stmt[] => {
    const own: Stmt = isResult(stmt.name) ? assign(stmt.name, stmt.init!) : withoutQuote(stmt);
    return [...(note === undefined ? [] : [note]), ...placed(sourceOf(stmt), [own])];
  });
}

/** Whether two expressions are the same, or neither is there. */
const areOne = (a: Expr | undefined, b: Expr | undefined): boolean =>
  a === undefined || b === undefined ? a === b : sameExpr(a, b);
