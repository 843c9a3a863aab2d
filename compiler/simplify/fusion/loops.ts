/**
 * The loop of a group: where all tensors are float64, or all float32, and their shapes fit it is run through, else the operations are
 * done one by one. What an operation gives is rounded to the type of the elements.
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
  sumsLike,
  totalsAlong,
} from "../../ir/runtime.ts";
import type { Block, Expr, Stmt, Var } from "../../ir/types.ts";
import { type ExprOf, freeNames, freeVariables, mapExpr, sameExpr } from "../../ir/visit.ts";
import { isAtom, withoutQuote } from "../../ir/ask.ts";
import { Bindings } from "./bindings.ts";
import type { Group, PlacedMember } from "./groups.ts";
import { type Inputs, inputsOf } from "./inputs.ts";
import { axesOf, calling, isRounded, rounding, sizeOf, stemOf, testOf, withoutOnes } from "./pieces.ts";
import type { Step } from "./steps.ts";
import { behindLoop, type Beside, type Ending, type Setting } from "./behind.ts";
import type { Fold, Pass } from "./folds.ts";
import type { Scaling } from "./scalings.ts";
import { Inliner, passesIn, type Phase, type Stored, type Total, usesIn, type Values } from "./live.ts";
import { indicator, sizedLike, sizesIn, type Target } from "./members.ts";
import { areOne, type Narrow, Nest } from "./nest.ts";
import { inPasses, type Passes } from "./passes.ts";

/** Numbers that the loop makes of elements that belong together. */
interface Totals {
  readonly array: Var;
  readonly target: Target;
  readonly step: Pass;
  readonly element: Expr;
  /** What earlier loops have made of the same elements. */
  readonly found: readonly Var[];
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
  readonly #nest: Nest;
  readonly #index: Var;
  readonly #size: Var;
  /** Rounds to the type of the elements. */
  readonly #round: Var;
  readonly #bindings: Bindings;
  /** Numbers that are made of all elements. */
  readonly #sums: Total[] = [];
  readonly #firstSums: { readonly step: Pass; readonly element: Expr; readonly total: Var }[] = [];
  readonly #manyTotals: Totals[] = [];
  /** The axes that operands lack. */
  readonly #spreadAlong = new Map<string, Expr | undefined>();
  /** The axes that operands have, and no others. */
  readonly #hasOnly = new Map<string, Expr | undefined>();
  readonly #needed: (name: string) => boolean;
  /** What stands for an element, or the number, of each tensor. */
  readonly #values = new Map<string, Expr>();
  /** The array of each tensor that is taken from outside. */
  readonly #arrays = new Map<string, Var>();
  /** What is stored for each element. */
  readonly #stored: Stored[] = [];
  /** Where numbers that belong to elements together stand in their arrays, and which of those have to be rounded. */
  readonly #numbered = new Map<
    string,
    { readonly array: Var; readonly axis: Expr | undefined; readonly isExact: boolean }
  >();
  /** Tensors that have the shape of all. */
  readonly #shaped = new Set<string>();

  constructor(group: Group, names: Names, shapeOf: (tensor: Var) => string, needed: (name: string) => boolean) {
    this.#needed = needed;
    this.#group = group;
    this.#names = names;
    this.#nest = new Nest(names, shapeOf);
    this.#bindings = new Bindings(names);
    this.#inputs = inputsOf(group);
    this.#like = this.#inputs.full[0] ?? this.#inputs.witnesses[0]!;
    this.#index = this.#nest.index;
    this.#size = this.#nest.size;
    this.#bindings.note(this.#index.name, { phase: "inside", pass: 0 });
    for (const { name } of this.#inputs.full) {
      const data = this.#arrayFor(name);
      this.#arrays.set(name, data);
      this.#shaped.add(name);
      this.#values.set(name, this.#bind(name, at(data, this.#index)));
    }
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

  /** The steps for tensors of a shape, or for numbers along axes. */
  #narrowFor(tensor: Var | undefined, axis: Expr | undefined, stem: string, along?: Expr): Narrow {
    const narrow = this.#nest.narrowFor(tensor, axis, stem, along);
    this.#bindings.note(narrow.place.name, { phase: "inside", pass: 0 });
    return narrow;
  }

  #bind(stem: string, value: Expr, member?: PlacedMember): Var {
    return this.#bindings.bind(stem, value, member);
  }

  /** Says whether the member can be told for one element; what is asked for has to be a number. */
  define(member: PlacedMember, isAsked: boolean): boolean {
    const { stmt, fold, spread, target } = member;
    if (member.isBeside) return this.#beside(member, isAsked);
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
      if (!this.#bindings.has(total.name)) {
        const next = step.step(total, element, found, hold);
        const pass = this.#bindings.passFor([next, element]);
        this.#bindings.note(total.name, { phase: "after", pass });
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
        this.#gathered(member, { target, step, found: [...found], element }, place, {
          isLast,
          isAsked: isLast && isAsked,
        }),
      );
    });
    const axis = target.kind === "axes" ? target.axis : undefined;
    this.#numbered.set(stem, { array: found.at(-1)!, axis, isExact: fold.isExact });
    // For members that spread them along the axes again.
    const own = at(found.at(-1)!, place);
    this.#values.set(stem, this.#bind(stem, fold.isExact ? own : this.#asElement(own)));
  }

  /** What is made of such numbers, in a loop of its own behind the one that finds them. */
  #beside(member: PlacedMember, isAsked: boolean): boolean {
    const { stmt, target, full } = member;
    if (target?.kind !== "axes") return false;
    const k = variable(this.#names.fresh("k"), intType);
    const isBeside = (tensor: Var): boolean => full.some(({ name }) => name === tensor.name);
    const arrayOf = ({ name }: Var): Var => this.#numbered.get(name)?.array ?? this.#arrays.get(name)!;
    const elementOf = (tensor: Var): Expr => {
      const element = at(arrayOf(tensor), k);
      return this.#numbered.get(tensor.name)?.isExact === false ? this.#asElement(element) : element;
    };
    const raw = member.value(
      (tensor) => (isBeside(tensor) ? elementOf(tensor) : this.#values.get(tensor.name)!),
      (value) => value,
    );
    const found = raw === undefined ? undefined : withoutOnes(this.#inSizes(raw));
    if (found === undefined || found.type.kind === "boolean") return false;
    const value = member.isExact ? found : this.#rounded(found);
    const array = this.#arrayFor(stmt.name);
    const pass = Math.max(0, ...this.#bindings.madeBy([value]).map((where) => where.pass));
    this.#bindings.note(array.name, { phase: "after", pass });
    this.#stored.push({ array, index: k, value, pass, member, isAsked, beside: arrayOf(full[0]!) });
    this.#numbered.set(stmt.name, { array, axis: target.axis, isExact: true });
    const { place } = this.#narrowFor(undefined, target.axis, stmt.name);
    this.#values.set(stmt.name, this.#bind(stmt.name, at(array, place)));
    return true;
  }

  /** The array of what one pass makes of elements along axes. */
  #gathered(
    member: PlacedMember,
    { target, step, found, element }: Omit<Totals, "array">,
    place: Var,
    /** Whether they are the result, and whether that is asked for. */
    { isLast, isAsked }: { readonly isLast: boolean; readonly isAsked: boolean },
  ): Var {
    const { name } = member.stmt;
    const known = found.length > 0 ? undefined : this.#sameTotals(target, step, element);
    if (known !== undefined) {
      const of = this.#stored.findIndex(({ array }) => array === known);
      if (isAsked) this.#stored[of] = { ...this.#stored[of]!, isAsked };
      return known;
    }
    const array = isLast
      ? this.#arrayFor(name)
      : variable(this.#names.fresh(`${stemOf(name)}${step.word}`), float64Array);
    const earlier = found.map((each) => at(each, place));
    const value = step.step(at(array, place), element, earlier, (each) => this.#bind("distance", each, member));
    const pass = this.#bindings.passFor([value, element]);
    this.#bindings.note(array.name, { phase: "after", pass });
    this.#stored.push({ array, index: place, value, pass, member, isAsked });
    this.#manyTotals.push({ array, target, step, element, found });
    return array;
  }

  /** The same found of the same elements before. */
  #sameTotals(target: Target, { step, initial, end }: Pass, element: Expr): Var | undefined {
    const isIt = (each: Totals): boolean =>
      each.target.kind === "axes" &&
      target.kind === "axes" &&
      sameExpr(each.target.axis, target.axis) &&
      each.found.length === 0 &&
      each.step.step === step &&
      each.step.initial === initial &&
      each.step.end === end &&
      sameExpr(each.element, element);
    return this.#manyTotals.find(isIt)?.array;
  }

  /** What each element becomes by what is found along axes. */
  #scaled(member: PlacedMember, scaling: Scaling, element: Expr): void {
    const { name: stem } = member.stmt;
    const { place } = this.#narrowFor(undefined, scaling.axis, stem);
    const target: Target = { kind: "axes", axis: scaling.axis, keepdims: false };
    const value = scaling.value(element, {
      gather: (step, each, found = []) => {
        const arrays = found.map((one) => (one as ExprOf<"index">).array as Var);
        const totals = { target, step, found: arrays, element: each };
        return at(this.#gathered(member, totals, place, { isLast: false, isAsked: false }), place);
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
    const found = this.#numbered.get(name);
    return found?.axis === undefined ? undefined : { axis: found.axis, array: found.array };
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
      const endings: Ending[] = [];
      for (const each of stored.filter((one) => !isElement(one) && one.beside === undefined)) {
        const totals = this.#manyTotals.find(({ array }) => array === each.array)!;
        steps.push(constant(each.array.name, float64Array, this.#beginningOf(totals)));
        body.push(this.#storing({ ...each, value: inliner.resolved(each.value) }));
        const { step, target, found } = totals;
        if (step.end !== undefined && target.kind === "axes")
          endings.push({ array: each.array, axis: target.axis, end: step.end, found });
      }
      isIdle &&= body.length === 0;
      steps.push(
        ...(body.length === 0 ? [] : [this.#nest.loopOver(body, this.#group, pass)]),
        ...stmtsOf(written("after", pass)),
        ...behindLoop(this.#setting(), endings, this.#besidesOf(stored, values, inliner)),
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

  #setting(): Setting {
    return {
      names: this.#names,
      like: this.#like,
      size: this.#size,
      asElement: (value) => this.#asElement(value),
    };
  }

  /** What is made of numbers that were found, of all that is stored behind one loop. */
  #besidesOf(stored: readonly Stored[], values: Values, inliner: Inliner): Beside[] {
    const own = new Set(stored.filter(({ beside }) => beside !== undefined));
    const others = values.stored.filter((each) => !own.has(each)).map(({ value }) => value);
    const read = new Set(
      [...values.definitions.map(({ value }) => value), ...values.totals.map(({ next }) => next), ...others].flatMap(
        (value) => [...freeVariables(value)],
      ),
    );
    return [...own].flatMap(({ array, index, value, member, isAsked }): Beside[] => {
      if (member.target?.kind !== "axes") return [];
      const { axis } = member.target;
      const isRead = isAsked || read.has(array.name);
      return [{ name: member.stmt.name, array, axis, index, value: inliner.resolved(value), isRead }];
    });
  }

  /** What is asked for, with all that it needs, in the loops that need it. */
  #inPasses(asked: readonly PlacedMember[]): Passes {
    const elements = asked.flatMap((member): Stored[] => {
      if (!member.isFull || !this.#needed(member.stmt.name) || this.#firstOf(member, asked) !== member) return [];
      const value = this.#values.get(member.stmt.name)!;
      const array = this.#arrayFor(member.stmt.name);
      return [
        { array, index: this.#index, value, pass: this.#bindings.passFor([value, this.#index]), member, isAsked: true },
      ];
    });
    const numbers = asked.filter(({ isFull, target }) => !isFull && target === undefined);
    const given: Values = {
      definitions: this.#bindings.definitions,
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
      const { array } = this.#numbered.get(name)!;
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
    const { isNest, steps } = this.#nest;
    const found = constant(steps.name, steps.type, this.#nest.stepsFor([...full, ...witnesses], scalars));
    const areFound: Expr = { kind: "foreign", texts: ["", ".length > 0"], args: [steps], type: booleanType };
    const tests = [
      isNest ? areFound : testOf([...full, ...witnesses], scalars),
      ...(this.#group.members.some((member) => member.isDouble) ? [calling(isDouble, [this.#like], booleanType)] : []),
      ...(this.#group.members.some((member) => member.isVector) ? [compare("eq", axesOf(this.#like), int(1))] : []),
      ...(this.#group.members.some((member) => member.needsElements) ? [compare("gt", this.#sizeOfAll(), int(0))] : []),
    ];
    const test = tests.reduce((left, right): Expr => ({ kind: "logic", op: "&&", left, right, type: booleanType }));
    return { before: isNest ? [found] : [], test };
  }

  /** What there is before the first elements. */
  #beginningOf({ target, step }: Totals): Expr {
    if (target.kind === "like") return calling(sumsLike, [target.tensor, this.#size], float64Array);
    return calling(totalsAlong, [target.axis, this.#like, num(step.initial)], float64Array);
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
    return [...loads, ...this.#nest.numbers(this.#sizeOfAll(), read)];
  }

  #sizeOfAll(): Expr {
    return sizeOf(this.#like);
  }
}

/** The operations of a group one by one; results go into variables that were declared before. */
export function unfused(group: Group, isResult: (name: string) => boolean): Block {
  return group.members.flatMap(({ stmt, note }): Stmt[] => {
    const own: Stmt = isResult(stmt.name) ? assign(stmt.name, stmt.init!) : withoutQuote(stmt);
    return [...(note === undefined ? [] : [note]), ...placed(sourceOf(stmt), [own])];
  });
}
