/** What statements are to a loop over elements: what each does with one element, or with a number beside the loop. */
import { isTensorSum, isUndefined } from "../../ir/ask.ts";
import { isNumeric, num, numberType } from "../../ir/build.ts";
import { elementOf, isArithmetic, isElementwise, isExact, isSmallPower, mayRefuse } from "../../ir/tensor-elements.ts";
import { slotsOf, type TensorOp } from "../../ir/tensor-ops.ts";
import type { Expr, Stmt, Var } from "../../ir/types.ts";
import { type ExprOf, freeVariables, mapExpr, someExpr, type StmtOf } from "../../ir/visit.ts";
import { shapedLike, type TensorShapes } from "../../analyse/tensor-shapes.ts";
import { adding, type Fold, foldOf } from "./folds.ts";
import { type Pair, pairOf } from "./pairs.ts";
import { type Scaling, scalingOf } from "./scalings.ts";

/** What a fold has a number for: each element of a tensor that was broadcast, or each place along the axes that are left. */
export type Target =
  | { readonly kind: "like"; readonly tensor: Var }
  | { readonly kind: "axes"; readonly axis: Expr; readonly keepdims: boolean };

export interface Member {
  readonly stmt: StmtOf<"let">;
  /** Of what makes one number of many elements: how. */
  readonly fold: Fold | undefined;
  /** What it does with each element by what is found of others. */
  readonly scaling: Scaling | undefined;
  /** Of a fold that has several results. */
  readonly target: Target | undefined;
  /** An operand that lacks the axes that it is spread along. */
  readonly spread: { readonly tensor: Var; readonly axis: Expr } | undefined;
  /** Operands that have some axes only, in the order in which they are named. */
  readonly along: { readonly tensors: readonly Var[]; readonly axes: Expr } | undefined;
  /** Whether the result has all elements, or is one number. */
  readonly isFull: boolean;
  /** Whether it goes through what is found along the axes of its target, element by element, and not through all elements. */
  readonly isBeside: boolean;
  /** Tensors with all elements, and numbers in tensors without axes. */
  readonly full: readonly Var[];
  readonly scalars: readonly Var[];
  /** A tensor of which only the shape is asked: the result has it too. */
  readonly witness: Var | undefined;
  /** What it is where its operand has not the witness's shape. */
  readonly otherwise: Member | undefined;
  /** Whether the tensor is made of another's elements without a change where their shapes agree. */
  readonly isSame: boolean;
  /** Whether its operands tell only its shape, not its value. */
  readonly isConstant: boolean;
  /** Whether computing it again costs no more than keeping it. */
  readonly isCheap: boolean;
  /** Whether it may throw although all shapes agree. */
  readonly mayRefuse: boolean;
  /** Whether it may throw at all. */
  readonly mayThrow: boolean;
  /** Whether it throws where there are no elements. */
  readonly needsElements: boolean;
  /** Whether the value is one of the elements' type without being rounded to it. */
  readonly isExact: boolean;
  /** Whether it is float64 whatever its operands are, or else done in another way. */
  readonly isDouble: boolean;
  /** Whether it refuses tensors that do not have one axis. */
  readonly isVector: boolean;
  /** Whether it refuses operands of two shapes, also where one would be broadcast to the other. */
  readonly isPair: boolean;
  /** The value, from the values of operands; `hold` is given what has the elements' type on the way. */
  readonly value: (valueOf: (tensor: Var) => Expr, hold: (value: Expr) => Expr) => Expr | undefined;
}

export interface MemberContext {
  readonly shapes: TensorShapes;
  readonly isFixed: (name: string) => boolean;
  /** Whether a tensor is surely of bool. */
  readonly isBool: (name: string) => boolean;
}

/** The statement as a part of a loop; undefined where it is none. */
export function memberOf(context: MemberContext, stmt: Stmt): Member | undefined {
  if (stmt.kind !== "let" || stmt.mutable || stmt.init === undefined) return undefined;
  const { init } = stmt;
  if (isTensorSum(init)) {
    const [a, b] = (init as ExprOf<"op">).args;
    return elementwise(
      context,
      stmt,
      "add",
      new Map([
        ["a", a!],
        ["b", b!],
      ]),
    );
  }
  if (init.kind !== "tensorOp") return undefined;
  const slots = new Map<string, Expr>();
  slotsOf(init.op).all.forEach((slot, k) => {
    const arg = init.args[k]!;
    if (!isUndefined(arg)) slots.set(slot, arg);
  });
  if (isElementwise(init.op)) return elementwise(context, stmt, init.op, slots);
  return special(context, stmt, init.op, slots);
}

/** A tensor that is the same wherever the group comes to stand. */
function tensorIn(context: MemberContext, e: Expr | undefined): Var | undefined {
  return e?.kind === "var" && e.type.kind === "tensor" && context.isFixed(e.name) ? e : undefined;
}

/** A number that is the same wherever the group comes to stand: it reads no memory, and no tensors. */
function isNumber(context: MemberContext, e: Expr): boolean {
  if (!isNumeric(e.type) && e.type.kind !== "string") return false;
  const isPlain = (inner: Expr): boolean =>
    inner.kind === "literal" ||
    inner.kind === "constant" ||
    (inner.kind === "var" && context.isFixed(inner.name)) ||
    inner.kind === "op" ||
    (inner.kind === "foreign" && inner.args.length > 0 && inner.args.every((arg) => arg.type.kind === "tensor"));
  return !someExpr(e, (inner) => !isPlain(inner));
}

const none = {
  witness: undefined,
  otherwise: undefined,
  target: undefined,
  spread: undefined,
  along: undefined,
  isSame: false,
  isConstant: false,
  fold: undefined,
  scaling: undefined,
  mayRefuse: false,
  mayThrow: false,
  needsElements: false,
  isExact: false,
  isDouble: false,
  isVector: false,
  isPair: false,
  isBeside: false,
} as const;

function elementwise(
  context: MemberContext,
  stmt: StmtOf<"let">,
  op: TensorOp,
  slots: ReadonlyMap<string, Expr>,
): Member | undefined {
  if (stmt.type.kind !== "tensor") return undefined;
  const operands: Var[] = [];
  for (const arg of slots.values()) {
    if (arg.type.kind !== "tensor") {
      if (!isNumber(context, arg)) return undefined;
      continue;
    }
    const tensor = tensorIn(context, arg);
    if (tensor === undefined) return undefined;
    operands.push(tensor);
  }
  if (operands.length === 0) return undefined;
  const condition = slots.get("condition");
  if (condition?.kind === "var" && !context.isBool(condition.name)) return undefined;
  const full = operands.filter((x) => !context.shapes.isScalar(x));
  const value: Member["value"] = (valueOf) => {
    const values = new Map(
      [...slots].map(([slot, arg]) => [slot, arg.type.kind === "tensor" ? valueOf(arg as Var) : arg]),
    );
    const typed = inOneType(op, values, (slot) => slots.get(slot)!.type.kind === "tensor");
    return typed && elementOf(op, (slot) => typed.get(slot));
  };
  return {
    ...none,
    stmt,
    isFull: full.length > 0,
    full,
    scalars: operands.filter((x) => context.shapes.isScalar(x)),
    isConstant: op === "zerosLike" || op === "onesLike" || op === "fillLike",
    isCheap: isArithmetic(op) || (stmt.init?.kind === "tensorOp" && isSmallPower(stmt.init)),
    mayRefuse: mayRefuse(op),
    isExact: isExact(op) && [...slots.values()].every((arg) => arg.type.kind === "tensor" || isSingle(arg)),
    mayThrow: mayRefuse(op) || new Set(full.map((x) => context.shapes.nameOf(x) ?? x.name)).size > 1,
    value,
  };
}

/**
 * The values in float64, in which all that are no bools are. A bool that meets a tensor of floats is promoted; among themselves,
 * and beside numbers, they make int32, which rounds and wraps: then undefined.
 */
function inOneType(
  op: TensorOp,
  values: ReadonlyMap<string, Expr>,
  isTensor: (slot: string) => boolean,
): ReadonlyMap<string, Expr> | undefined {
  const isBool = (value: Expr): boolean => value.type.kind === "boolean";
  const others = [...values].filter(([slot]) => !(op === "where" && slot === "condition"));
  if (op === "logicalNot" || !others.some(([, value]) => isBool(value))) return values;
  if (!others.some(([slot, value]) => isTensor(slot) && !isBool(value))) return undefined;
  const typed = others.map(([slot, value]) => [slot, isBool(value) ? indicator(value) : value] as const);
  return new Map([...values, ...typed]);
}

/** Whether the argument is a number that float32 has. */
const isSingle = (arg: Expr): boolean =>
  arg.kind === "literal" && (typeof arg.value !== "number" || Object.is(Math.fround(arg.value), arg.value));

export const indicator = (test: Expr): Expr => ({ kind: "select", test, yes: num(1), no: num(0), type: numberType });

/** What only moves elements, adds them up, or makes a tensor of a number. */
function special(
  context: MemberContext,
  stmt: StmtOf<"let">,
  op: TensorOp,
  slots: ReadonlyMap<string, Expr>,
): Member | undefined {
  const x = tensorIn(context, slots.get("x"));
  const shape = slots.get("shape");
  const isScalar = x !== undefined && context.shapes.isScalar(x);
  const value: Member["value"] = (valueOf) => valueOf(x!);
  const asIs = { ...none, stmt, isCheap: true, isExact: true, value } as const;
  const fold = foldOf(op, slots);
  if (fold !== undefined) {
    const [axis, keepdims] = [slots.get("axis"), slots.get("keepdims")];
    const isAlong = axis !== undefined;
    if (x === undefined || isScalar || (isAlong ? !isAxis(axis) : keepdims !== undefined)) return undefined;
    if (keepdims !== undefined && keepdims.kind !== "literal") return undefined;
    const correction = slots.get("correction");
    if (correction !== undefined && !isNumber(context, correction)) return undefined;
    const target: Target | undefined = isAlong ? { kind: "axes", axis, keepdims: keepdims?.value === true } : undefined;
    const { needsElements } = fold;
    const mayRefuse = needsElements || isAlong;
    const throws = { mayRefuse, mayThrow: mayRefuse, needsElements };
    return { ...asIs, ...throws, fold, target, isFull: false, full: [x], scalars: [], isCheap: false };
  }
  const scaling = scalingOf(op, slots);
  if (scaling !== undefined) {
    if (x === undefined || isScalar || !isAxis(scaling.axis)) return undefined;
    const given = [scaling.weight, scaling.bias].filter((each) => each !== undefined);
    const tensors = given.flatMap((each) => tensorIn(context, each) ?? []);
    if (tensors.length < given.length || tensors.some(({ name }) => name === x.name)) return undefined;
    return {
      ...none,
      stmt,
      value,
      scaling,
      along: tensors.length === 0 ? undefined : { tensors, axes: scaling.axis },
      isFull: true,
      full: [x],
      scalars: [],
      isCheap: false,
      mayRefuse: true,
      mayThrow: true,
    };
  }
  const pair = pairOf(op, slots);
  if (pair !== undefined) return ofPair(context, stmt, pair);
  switch (op) {
    case "item":
      return isScalar ? { ...asIs, isFull: false, full: [], scalars: [x], isCheap: false } : undefined;
    case "seedOf":
      // 1, if there is but one element: then the tensor itself is of no matter.
      return isScalar
        ? { ...asIs, isFull: false, full: [], scalars: [x], isConstant: true, value: () => num(1) }
        : undefined;
    case "full": {
      const number = slots.get("value");
      const isOne = shape?.kind === "tuple" && shape.items.length === 0 && !slots.has("dtype");
      if (!isOne || number === undefined || !isNumber(context, number)) return undefined;
      return { ...asIs, isFull: false, full: [], scalars: [], isDouble: true, value: () => number };
    }
    case "broadcastTo":
    case "wholeLike":
    case "spreadTo":
    case "sumTo": {
      const witness = tensorIn(context, op === "wholeLike" ? slots.get("like") : shapedLike(shape));
      if (x === undefined || witness === undefined) return undefined;
      const toScalar = context.shapes.isScalar(witness);
      if (isScalar) {
        if (op === "sumTo" || toScalar) return undefined;
        return { ...asIs, isFull: true, full: [], scalars: [x], witness };
      }
      const own = { ...asIs, isFull: true, full: [x], scalars: [], witness } as const;
      if (op === "spreadTo") {
        const axis = slots.get("axis");
        if (toScalar || axis === undefined || !isAxis(axis)) return undefined;
        return { ...own, full: [], spread: { tensor: x, axis }, mayThrow: true };
      }
      if (!toScalar) {
        const target: Target = { kind: "like", tensor: witness };
        const summed = {
          ...own,
          mayThrow: true,
          fold: adding,
          target,
          isFull: false,
          isCheap: false,
          witness: undefined,
        };
        return {
          ...own,
          isSame: true,
          otherwise: op === "sumTo" ? summed : { ...own, mayThrow: true, mayRefuse: true },
        };
      }
      return op === "sumTo"
        ? { ...asIs, fold: adding, isFull: false, full: [x], scalars: [], isCheap: false }
        : undefined;
    }
    default:
      return undefined;
  }
}

/** One axis or several, by their numbers. */
function isAxis(e: Expr): boolean {
  return e.kind === "tuple" ? e.items.every(isAxis) : e.kind === "literal" && typeof e.value === "number";
}

/** What is made of two elements of tensors of one shape, and then of all: other tensors are refused. */
function ofPair(context: MemberContext, stmt: StmtOf<"let">, pair: Pair): Member | undefined {
  const [x, y] = pair.operands.map((operand) => tensorIn(context, operand));
  if (x === undefined || y === undefined || [x, y].some((each) => context.shapes.isScalar(each))) return undefined;
  const { fold, axis, isVector } = pair;
  return {
    ...none,
    mayRefuse: true,
    mayThrow: true,
    stmt,
    fold,
    target: axis && { kind: "axes", axis, keepdims: false },
    // Products of vectors in float32 may be added up in float32.
    isDouble: isVector,
    isVector,
    isPair: true,
    isFull: fold === undefined,
    full: [x, y],
    scalars: [],
    isCheap: false,
    value: (valueOf, hold) =>
      pair.element(valueOf(x), valueOf(y), (op, given) => hold(elementOf(op, (slot) => given[slot])!)),
  };
}

/** The tensors that numbers among the arguments are told by, but for their sizes. */
export function tensorsInNumbers({ stmt }: Member): ReadonlySet<string> {
  const found = new Set<string>();
  if (stmt.init === undefined || stmt.init.kind !== "tensorOp") return found;
  for (const arg of stmt.init.args)
    if (arg.type.kind !== "tensor" && shapedLike(arg) === undefined)
      for (const name of freeVariables(withoutSizes(arg))) found.add(name);
  return found;
}

/** The expression, with 0 for what only asks how many elements tensors have. */
export function withoutSizes(e: Expr): Expr {
  return mapExpr(e, (inner) => (sizedLike(inner) !== undefined || sizesIn(inner) !== undefined ? num(0) : inner));
}

/** The tensors whose numbers of elements are divided. */
export function sizesIn(e: Expr): readonly [wide: Var, narrow: Var] | undefined {
  if (e.kind !== "foreign" || e.texts[1] !== ".size / ") return undefined;
  const [wide, narrow] = e.args;
  return wide?.kind === "var" && narrow?.kind === "var" ? [wide, narrow] : undefined;
}

/** The tensor whose number of elements is meant. */
export function sizedLike(e: Expr): Var | undefined {
  const isSize = e.kind === "foreign" && e.texts[0] === "" && e.texts[1] === ".size";
  return isSize && e.args[0]?.kind === "var" ? e.args[0] : undefined;
}
