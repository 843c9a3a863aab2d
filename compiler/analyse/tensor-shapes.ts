/** Shapes of tensors, as far as the operations tell them: which are the same, and what they make needless. */
import { isTensorSum } from "../ir/ask.ts";
import { bool, isNumeric, tensorType, zeroOf } from "../ir/build.ts";
import { checkShape } from "../ir/runtime.ts";
import { slotsOf, type TensorOp } from "../ir/tensor-ops.ts";
import type { Block, Expr } from "../ir/types.ts";
import { type ExprOf, mapExpr, walkBlock } from "../ir/visit.ts";

const words = (text: string): ReadonlySet<TensorOp> => new Set(text.split(" ") as TensorOp[]);

/** Operations whose result has the shape of x. */
const keepsShape = words(
  "exp exp2 expm1 log log2 log10 log1p sin cos tan asin acos atan sinh cosh tanh asinh acosh atanh sqrt rsqrt abs sign " +
    "floor ceil round trunc square reciprocal neg sigmoid logit softplus relu relu6 selu gelu silu mish hardsigmoid " +
    "hardswish softsign tanhshrink logSigmoid erf erfc erfinv lgamma digamma sinc leakyRelu elu celu hardtanh " +
    "nanToNum isnan isinf isfinite logicalNot cumsum cumprod logcumsumexp flip tril triu softmax logSoftmax zerosLike " +
    "onesLike outline seedOf shift sort argsort layerNorm groupNorm instanceNorm rmsNorm batchNorm inv cholesky matrixPower " +
    "cofactor halfTril triangleOf crossEntropySlope",
);

/** Operations whose result has the broadcast shape of their operands. */
const broadcasts = words(
  "add sub mul div pow atan2 hypot maximum minimum fmod remainder copysign logaddexp xlogy floorDivide where greater " +
    "greaterEqual less lessEqual equal notEqual mulOrZero clip",
);

/** Operations that do nothing where x has the shape already. */
const toShape = words("broadcastTo wholeLike sumTo reshape");

/** Operations that bring a tensor to a larger shape. */
const brings = words("broadcastTo wholeLike spreadTo");

/** Operations whose result has no axes. */
const alwaysScalar = words("dot meanWeight");

/** Operations that want two operands of one shape. */
const samePairs = words(
  "dot mseLoss l1Loss smoothL1Loss huberLoss binaryCrossEntropy binaryCrossEntropyWithLogits klDiv cosineSimilarity",
);

/** The shapes of all tensors of a function, for passes that ask and change nothing. */
export function tensorShapesOf(body: Block, isFixed: (name: string) => boolean): TensorShapes {
  const shapes = new TensorShapes(isFixed);
  walkBlock(body, (stmt) => {
    if (stmt.kind === "call" && stmt.callee === checkShape) shapes.learnCheck(stmt.args[1], stmt.args[3]);
    if (stmt.kind === "let" && stmt.init !== undefined) shapes.learn(stmt.name, stmt.init);
  });
  return shapes;
}

export class TensorShapes {
  readonly #isFixed: (name: string) => boolean;
  /** Names of tensors by the name of one that has the same shape, and is there wherever they are. */
  readonly #likes = new Map<string, string>();
  /** By the name of one that has the same shape, but may be elsewhere. */
  readonly #twins = new Map<string, string>();
  /** Tensors without axes, and tensors that are broadcast to the shape of another without making it larger. */
  readonly #scalars = new Set<string>();
  readonly #within = new Map<string, Set<string>>();
  /** What a tensor has the shape of after a reduction that keeps its axes, by the names of shapes. */
  readonly #reduced = new Map<string, { readonly wide: string; readonly axis: Expr }>();
  /** The first result of each operation on operands of the same shapes. */
  readonly #firsts = new Map<string, string>();
  /** Results of operations. */
  readonly #made = new Set<string>();
  /** What was brought to a shape, by the name of the result. */
  readonly #spread = new Map<string, Expr>();
  /** What was summed to a shape that it was broadcast from, by the name of the result. */
  readonly #summed = new Map<string, Expr>();

  constructor(isFixed: (name: string) => boolean) {
    this.#isFixed = isFixed;
  }

  /** A name that stands for the shape of a tensor: where two have one name, they have one shape. */
  nameOf(e: Expr): string | undefined {
    return this.#of(e);
  }

  /** A name for the shape of a tensor: two that have one name have one shape wherever both are there. */
  likeOf(e: Expr): string | undefined {
    return this.#asked(e);
  }

  /** Whether a tensor is known to have no axes. */
  isScalar(e: Expr): boolean {
    const name = this.#of(e);
    return name !== undefined && this.#scalars.has(name);
  }

  /** Whether the first is known to be broadcast to the second without having its shape. */
  isWithin(e: Expr, wide: Expr): boolean {
    const [name, target] = [this.#of(e), this.#of(wide)];
    return name !== undefined && target !== undefined && this.#within.get(name)?.has(target) === true;
  }

  /** What tells the shape of a tensor without it: one that is there before, or 0 for no axes. */
  told(e: Expr): Expr {
    if (this.isScalar(e)) return zeroOf(tensorType);
    const name = this.#asked(e);
    return e.kind === "var" && name !== undefined && !this.#made.has(name) ? { ...e, name } : e;
  }

  #of(e: Expr | undefined): string | undefined {
    const name = this.#asked(e);
    return name === undefined ? undefined : this.#rootOf(name);
  }

  #rootOf(name: string): string {
    let found = name;
    for (;;) {
      const next = this.#likes.get(found) ?? this.#twins.get(found);
      if (next === undefined) return found;
      found = next;
    }
  }

  #asked(e: Expr | undefined): string | undefined {
    if (e?.kind !== "var" || e.type.kind !== "tensor" || !this.#isFixed(e.name)) return undefined;
    let { name } = e;
    for (let next = this.#likes.get(name); next !== undefined; next = this.#likes.get(name)) name = next;
    return name;
  }

  /** The expression, with shapes and sizes of the first tensors that have them. */
  asked(e: Expr): Expr {
    return mapExpr(e, (inner) => {
      // The size of a tensor without axes is 1.
      if (inner.kind === "foreign" && inner.texts[1] === ".size / " && this.isScalar(inner.args[1]!))
        return this.asked({ ...inner, texts: ["", ".size"], args: inner.args.slice(0, 1) });
      if (inner.kind === "foreign" && inner.texts[1] === ".size / ")
        return { ...inner, args: inner.args.map((arg) => this.#askedFirst(arg)) };
      const of = inner.kind === "foreign" ? shapeOwner(inner) : undefined;
      const name = this.#asked(of);
      if (inner.kind !== "foreign" || of?.kind !== "var" || name === undefined || name === of.name) return inner;
      return { ...inner, args: [{ ...of, name }] };
    });
  }

  /** The first tensor that has the shape. */
  #askedFirst(e: Expr): Expr {
    const name = this.#asked(e);
    return e.kind === "var" && name !== undefined ? { ...e, name } : e;
  }

  /** A check says that two tensors have one shape. */
  learnCheck(given: Expr | undefined, against: Expr | undefined): void {
    const name = this.#of(given);
    if (against?.kind === "literal" && name !== undefined) this.#scalars.add(name);
    else this.#learnSame(given, against);
  }

  #learnSame(given: Expr | undefined, against: Expr | undefined): void {
    const [a, b] = [this.#of(given), this.#of(against)];
    if (a !== undefined && b !== undefined && a !== b) this.#twins.set(a, b);
  }

  learn(name: string, init: Expr): void {
    if (!this.#isFixed(name)) return;
    if (init.kind === "tensorOp" || isTensorSum(init)) this.#made.add(name);
    const like = this.#resultLike(init);
    if (like !== undefined) {
      if (like !== name) this.#likes.set(name, like);
    } else if (init.kind === "tensorOp") this.#learnResult(name, init);
    if (init.kind === "tensorOp" && brings.has(init.op)) this.#spread.set(name, init);
    if (init.kind === "tensorOp" && init.op === "sumTo") this.#summed.set(name, init.args[0]!);
  }

  #learnResult(name: string, init: ExprOf<"tensorOp">): void {
    const { all } = slotsOf(init.op);
    const arg = (slot: string): Expr | undefined => init.args[all.indexOf(slot)];
    const isGiven = (slot: string): boolean => !isNothing(arg(slot));
    const isReduction = all.includes("keepdims");
    const reduction = arg("reduction");
    if (isReduction && !isGiven("axis") && !isGiven("keepdims")) this.#scalars.add(name);
    if (all.includes("reduction") && !(reduction?.kind === "literal" && reduction.value === "none")) {
      if (isNothing(reduction) || reduction?.kind === "literal") this.#scalars.add(name);
    }
    const shape = arg("shape");
    if (alwaysScalar.has(init.op) || (init.op === "full" && shape?.kind === "tuple" && shape.items.length === 0))
      this.#scalars.add(name);
    if (samePairs.has(init.op)) this.#learnSame(init.args[1], init.args[0]);
    const key = this.#key(isReduction ? "reduction" : init.op, all, init.args);
    if (key === undefined) return;
    if (isReduction) this.#learnReduction(name, arg);
    const first = this.#firsts.get(key);
    if (first !== undefined) {
      this.#twins.set(name, first);
      return;
    }
    this.#firsts.set(key, name);
    const keepdims = arg("keepdims");
    const wide = isReduction ? arg("x") : init.op === "alongAxes" ? shapedLike(arg("within")) : undefined;
    if (wide !== undefined && (!isReduction || (keepdims?.kind === "literal" && keepdims.value === true)))
      this.#learnWithin(name, wide);
    if (init.op !== "linear") return;
    // Back through the weight there is the shape of x again; the bias is broadcast.
    const [x, w, b] = init.args;
    const back = this.#key("matmul", ["a", "b"], [{ ...x!, name } as Expr, w!]);
    const of = this.#of(x);
    if (back !== undefined && of !== undefined) this.#firsts.set(back, of);
    const bias = this.#of(b);
    if (bias !== undefined) this.#within.set(bias, new Set([...(this.#within.get(bias) ?? []), name]));
  }

  #learnReduction(name: string, arg: (slot: string) => Expr | undefined): void {
    const [x, axis, keepdims] = [arg("x"), arg("axis"), arg("keepdims")];
    const wide = this.#of(x);
    if (wide === undefined || axis === undefined || !isNumbers(axis)) return;
    if (keepdims?.kind === "literal" && keepdims.value === true) this.#reduced.set(name, { wide, axis });
  }

  #learnWithin(name: string, wide: Expr): void {
    const of = this.#of(wide);
    if (of === undefined) return;
    if (this.#scalars.has(of)) this.#scalars.add(name);
    else this.#within.set(name, new Set([of]));
  }

  /** Operations with one key have results of one shape. Undefined where something in it may change. */
  #key(op: string, slots: readonly string[], args: readonly Expr[]): string | undefined {
    let isKnown = true;
    const named = (e: Expr): Expr => {
      if (e.kind !== "var") return e;
      const isTensor = e.type.kind === "tensor";
      const name = isTensor ? this.#of(e) : this.#isFixed(e.name) ? e.name : undefined;
      isKnown &&= name !== undefined && (isTensor || isNumeric(e.type));
      return { ...e, name: name ?? e.name };
    };
    const told = args.flatMap((arg, k): unknown[] => {
      // What is added to a product decides nothing of its shape.
      const isAddend = slots[k] === "bias" || (op === "linear" && slots[k] === "b");
      // Nor does the place of what is picked out.
      const isPlace = op === "index" && slots[k] === "i";
      return isAddend || isPlace || isNothing(arg) ? [] : [[slots[k], mapExpr(arg, named)]];
    });
    return isKnown ? JSON.stringify([/^conv\dd$/.test(op) ? "conv" : op, told]) : undefined;
  }

  #fits(name: string | undefined, target: string): boolean {
    if (name === undefined) return false;
    return name === target || this.#scalars.has(name) || this.#within.get(name)?.has(target) === true;
  }

  /** The one to whose shape all are broadcast. */
  #common(exprs: readonly Expr[]): string | undefined {
    const tensors = exprs.filter((e) => e.type.kind === "tensor" && e.kind !== "literal");
    const all = tensors.map((e) => this.#of(e));
    const place = all.findIndex((target) => target !== undefined && all.every((name) => this.#fits(name, target)));
    return place < 0 ? undefined : this.#asked(tensors[place]);
  }

  #resultLike(e: Expr): string | undefined {
    if (e.kind === "zerosLike") return this.#asked(e.array);
    if (isTensorSum(e)) return this.#common((e as ExprOf<"op">).args);
    if (e.kind !== "tensorOp") return this.#asked(e);
    if (e.op === "fillLike" || e.op === "tensorOver" || e.op === "wholeLike") return this.#asked(e.args[1]);
    const known = shapedLike(e.args[slotsOf(e.op).all.indexOf("shape")]);
    if (known !== undefined) return this.#asked(known);
    const isUnmasked = e.op === "seenScores" && isNothing(e.args[1]);
    if (keepsShape.has(e.op) || isUnmasked) return this.#asked(e.args[0]);
    return broadcasts.has(e.op) ? this.#common(e.args) : undefined;
  }

  /** The operation without what the shapes at hand make needless. */
  slim(init: ExprOf<"tensorOp">): Expr {
    if (toShape.has(init.op)) {
      const [x] = init.args;
      const target = init.op === "wholeLike" ? init.args[1] : shapedLike(init.args[1]);
      const of = this.#of(x);
      if (target !== undefined && this.isScalar(x!) && this.isScalar(target)) return x!;
      if (of !== undefined && of === this.#of(target)) return x!;
      const reduced = init.op === "sumTo" ? this.#reduced.get(this.#of(target) ?? "") : undefined;
      if (reduced !== undefined && of !== undefined && of === this.#rootOf(reduced.wide))
        return { ...init, op: "sum", args: [x!, reduced.axis, bool(true)] };
      // In one step what was to be summed in two.
      const whole = init.op === "sumTo" && x?.kind === "var" ? this.#summed.get(x.name) : undefined;
      if (whole?.kind !== "var" || !this.#isFixed(whole.name)) return init;
      return this.slim({ ...init, args: [whole, ...init.args.slice(1)] });
    }
    if (!broadcasts.has(init.op)) return init;
    // What is broadcast by the operation itself need not be before, as long as one operand has the whole shape.
    const args = [...init.args];
    init.args.forEach((arg, k) => {
      const others = args.filter((_, i) => i !== k);
      args[k] = this.#narrow(arg, others) ?? arg;
    });
    return { ...init, args };
  }

  /** What an operand was broadcast from, if the others have the shape that it was brought to. */
  #narrow(arg: Expr, others: readonly Expr[]): Expr | undefined {
    const made = arg.kind === "var" ? this.#spread.get(arg.name) : undefined;
    if (made?.kind !== "tensorOp") return undefined;
    const from = made.args[0]!;
    const own = this.#of(arg);
    const name = this.#of(from);
    if (own === undefined || from.kind !== "var" || !this.#isFixed(from.name)) return undefined;
    const isBroadcast = made.op !== "spreadTo" || this.#fits(name, own);
    return isBroadcast && others.some((other) => this.#of(other) === own) ? from : undefined;
  }
}

/** The tensor whose shape, size or number of axes an expression is. */
function shapeOwner(e: ExprOf<"foreign">): Expr | undefined {
  const [before, after] = e.texts;
  return e.args.length === 1 && before === "" && (after === ".shape" || after === ".size") ? e.args[0] : undefined;
}

/** The tensor whose shape is meant. */
export function shapedLike(shape: Expr | undefined): Expr | undefined {
  return shape?.kind === "foreign" && shape.texts[1] === ".shape" ? shape.args[0] : undefined;
}

/** Numbers that are written out. */
function isNumbers(e: Expr): boolean {
  return e.kind === "tuple" ? e.items.every(isNumbers) : e.kind === "literal" && typeof e.value === "number";
}

function isNothing(e: Expr | undefined): boolean {
  return e === undefined || (e.kind === "literal" && e.value === undefined);
}
