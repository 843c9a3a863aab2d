/**
 * Operations on tensors that derivatives are written with to be right for all shapes, and that the shapes at hand make
 * needless; the same operation on the same operands twice; and what is collected in steps where one would do.
 */
import { isTensorSum } from "../ir/ask.ts";
import { op, tensorType, variable } from "../ir/build.ts";
import { namesApartFrom, namesOf, type Names } from "../ir/names.ts";
import { checkShape } from "../ir/runtime.ts";
import { slotsOf, type TensorOp } from "../ir/tensor-ops.ts";
import type { Block, Expr, Func, Stmt } from "../ir/types.ts";
import {
  assignedVariables,
  type ExprOf,
  exprsOf,
  freeVariables,
  mapBlock,
  mapBlockExprs,
  mapExpr,
  mapStmt,
  someStmt,
  walkBlock,
} from "../ir/visit.ts";

/** `isMade`: whether a transform made the variable. */
export function simplifyTensors(func: Func, isMade: (name: string) => boolean): Func {
  if (!hasTensors(func.body)) return func;
  const names = namesApartFrom(namesOf(func));
  const assigned = assignedVariables(func.body);
  const isFixed = (name: string): boolean => !assigned.has(name);
  const sized = inShapes(func.body, isFixed);
  const shared = sharedIn(sized, isFixed, new Map());
  return { ...func, body: collected(withoutOtherNames(shared, isFixed, isMade), names) };
}

function hasTensors(block: Block): boolean {
  return someStmt(block, (stmt) => stmt.kind === "let" && stmt.type.kind === "tensor");
}

// ---------------------------------------------------------------------------------------------
// Shapes
// ---------------------------------------------------------------------------------------------

/** Operations whose result has the shape of x. */
const keepsShape = new Set<TensorOp>(
  (
    "exp exp2 expm1 log log2 log10 log1p sin cos tan asin acos atan sinh cosh tanh asinh acosh atanh sqrt rsqrt abs sign " +
    "floor ceil round trunc square reciprocal neg sigmoid logit softplus relu relu6 selu gelu silu mish hardsigmoid " +
    "hardswish softsign tanhshrink logSigmoid erf erfc erfinv lgamma digamma sinc leakyRelu elu celu hardtanh " +
    "nanToNum isnan isinf isfinite logicalNot cumsum cumprod logcumsumexp flip tril triu softmax logSoftmax zerosLike " +
    "onesLike seedOf shift sort argsort layerNorm groupNorm instanceNorm rmsNorm batchNorm inv cholesky matrixPower " +
    "cofactor halfTril triangleOf crossEntropySlope"
  ).split(" ") as TensorOp[],
);
/** Operations whose result has the broadcast shape of their operands. */
const broadcasts = new Set<TensorOp>(
  (
    "add sub mul div pow atan2 hypot maximum minimum fmod remainder copysign logaddexp xlogy floorDivide where greater " +
    "greaterEqual less lessEqual equal notEqual mulOrZero"
  ).split(" ") as TensorOp[],
);
/** Operations that do nothing where x has the shape already. */
const toShape = new Set<TensorOp>(["broadcastTo", "sumTo", "reshape"]);

/** Leaves out what would bring a tensor to a shape that it is known to have. */
function inShapes(body: Block, isFixed: (name: string) => boolean): Block {
  /** Names of tensors by the name of one that has the same shape. */
  const likes = new Map<string, string>();
  const likeOf = (e: Expr | undefined): string | undefined => {
    if (e?.kind !== "var" || e.type.kind !== "tensor" || !isFixed(e.name)) return undefined;
    let name = e.name;
    for (let next = likes.get(name); next !== undefined; next = likes.get(name)) name = next;
    return name;
  };
  /** Tensors without axes, and tensors that are broadcast to the shape of another without making it larger. */
  const scalars = new Set<string>();
  const within = new Map<string, string>();
  const fits = (name: string | undefined, target: string | undefined): boolean =>
    name === target || (name !== undefined && (scalars.has(name) || within.get(name) === target));
  const common = (exprs: readonly Expr[]): string | undefined => {
    const all = exprs.filter((e) => e.type.kind === "tensor" && e.kind !== "literal").map((e) => likeOf(e));
    return all.find((target) => target !== undefined && all.every((name) => fits(name, target)));
  };
  /** Tensors that were reduced over the same axes, or stand along them, have one shape: the first of each. */
  const reduced = new Map<string, string>();
  const learnAxes = (name: string, e: Expr): void => {
    if (e.kind !== "tensorOp") return;
    const { all } = slotsOf(e.op);
    const arg = (slot: string): Expr | undefined => e.args[all.indexOf(slot)];
    const isGiven = (slot: string): boolean => !isNothingGiven(arg(slot));
    const isReduction = all.includes("keepdims");
    if (isReduction && !isGiven("axis") && !isGiven("keepdims")) scalars.add(name);
    if (!isReduction && e.op !== "alongAxes") return;
    const place = isReduction ? arg("axis") : arg("axes");
    const of = isReduction ? arg("x") : shapedLike(arg("within"));
    const wide = likeOf(of);
    if (place === undefined || wide === undefined || ![...freeVariables(place)].every(isFixed)) return;
    const keepdims = arg("keepdims");
    const key = JSON.stringify([isReduction, wide, place, keepdims]);
    const first = reduced.get(key);
    if (first !== undefined) likes.set(name, first);
    else reduced.set(key, name);
    const isKept = !isReduction || (keepdims?.kind === "literal" && keepdims.value === true);
    if (isKept && first === undefined) within.set(name, wide);
  };
  const resultLike = (e: Expr): string | undefined => {
    if (e.kind === "zerosLike") return likeOf(e.array);
    if (isTensorSum(e)) return common((e as ExprOf<"op">).args);
    if (e.kind !== "tensorOp") return likeOf(e);
    if (e.op === "fillLike" || e.op === "tensorOver") return likeOf(e.args[1]);
    const shape = e.args[slotsOf(e.op).all.indexOf("shape")];
    const known = shapedLike(shape);
    if (known !== undefined) return likeOf(known);
    if (keepsShape.has(e.op)) return likeOf(e.args[0]);
    return broadcasts.has(e.op) ? common(e.args) : undefined;
  };
  const visit = (block: Block): Block =>
    block.map((stmt): Stmt => {
      if (stmt.kind === "call" && stmt.callee === checkShape) {
        const [given, against] = [likeOf(stmt.args[1]), likeOf(stmt.args[3])];
        if (given !== undefined && against !== undefined && given !== against) likes.set(given, against);
      }
      const after =
        stmt.kind === "let" && stmt.init?.kind === "tensorOp" && isNeedless(stmt.init)
          ? { ...stmt, init: stmt.init.args[0]! }
          : mapStmt(stmt, { block: visit });
      if (after.kind === "let" && after.init !== undefined && after.type.kind === "tensor" && isFixed(after.name)) {
        const like = resultLike(after.init);
        if (like === undefined) learnAxes(after.name, after.init);
        else if (like !== after.name) likes.set(after.name, like);
      }
      return after;
    });
  const isNeedless = (e: ExprOf<"tensorOp">): boolean => {
    const like = likeOf(e.args[0]);
    return toShape.has(e.op) && like !== undefined && like === resultLike(e);
  };
  return visit(body);
}

/** The tensor whose shape is meant. */
function shapedLike(shape: Expr | undefined): Expr | undefined {
  return shape?.kind === "foreign" && shape.texts[1] === ".shape" ? shape.args[0] : undefined;
}

function isNothingGiven(e: Expr | undefined): boolean {
  return e === undefined || (e.kind === "literal" && e.value === undefined);
}

// ---------------------------------------------------------------------------------------------
// Common operations
// ---------------------------------------------------------------------------------------------

/** An operation on constants that has been done before, here or in a block around, is not done again. */
function sharedIn(
  block: Block,
  isFixed: (name: string) => boolean,
  known: ReadonlyMap<string, string>,
  names: ReadonlyMap<string, string> = new Map(),
): Block {
  const here = new Map(known);
  /** The first name of each tensor that has several. */
  const firsts = new Map(names);
  return block.map((stmt): Stmt => {
    if (stmt.kind !== "let" || stmt.init?.kind !== "tensorOp" || stmt.type.kind !== "tensor" || stmt.mutable) {
      if (
        stmt.kind === "let" &&
        !stmt.mutable &&
        stmt.type.kind === "tensor" &&
        stmt.init?.kind === "var" &&
        isFixed(stmt.init.name)
      )
        firsts.set(stmt.name, firsts.get(stmt.init.name) ?? stmt.init.name);
      return mapStmt(stmt, { block: (inner) => sharedIn(inner, isFixed, here, firsts) });
    }
    const { init } = stmt;
    if (
      ![...freeVariables(init)].every(isFixed) ||
      init.args.some((arg) => arg.type.kind === "list" && arg.kind === "var")
    )
      return stmt;
    const named = mapExpr(init, (e) =>
      e.kind === "var" && firsts.has(e.name) ? { ...e, name: firsts.get(e.name)! } : e,
    );
    const key = JSON.stringify(named.kind === "tensorOp" ? [named.op, named.args] : named);
    const first = here.get(key);
    if (first !== undefined) {
      firsts.set(stmt.name, first);
      return { ...stmt, init: variable(first, tensorType) };
    }
    here.set(key, stmt.name);
    return stmt;
  });
}

/** Other names of constants, of which the source has none, go. */
function withoutOtherNames(block: Block, isFixed: (name: string) => boolean, isMade: (name: string) => boolean): Block {
  const firsts = new Map<string, Expr>();
  walkBlock(block, (stmt) => {
    if (stmt.kind !== "let" || stmt.mutable || stmt.type.kind !== "tensor" || stmt.init?.kind !== "var") return;
    if (!isFixed(stmt.init.name) || stmt.init.type.kind !== "tensor" || !(stmt.held === true || isMade(stmt.name)))
      return;
    firsts.set(stmt.name, firsts.get(stmt.init.name) ?? stmt.init);
  });
  if (firsts.size === 0) return block;
  const rest = mapBlock(block, (stmt) => (stmt.kind === "let" && firsts.has(stmt.name) ? [] : stmt));
  return mapBlockExprs(rest, (e) => (e.kind === "var" ? (firsts.get(e.name) ?? e) : e));
}

// ---------------------------------------------------------------------------------------------
// Collecting
// ---------------------------------------------------------------------------------------------

/** `let x = a; x = x + b` is `let x = a + b`, and so is an assignment that is added to: where nothing looks at x in between. */
function collected(block: Block, names: Names): Block {
  let out: Block = block.map((stmt) => mapStmt(stmt, { block: (inner) => collected(inner, names) }));
  for (let i = 0; i < out.length; i++) {
    const stmt = out[i]!;
    const begun = beginningOf(stmt);
    if (begun === undefined) continue;
    const at = out.findIndex((later, k) => k > i && mentions(later, begun.name));
    const next = out[at];
    if (next?.kind !== "assign" || next.name !== begun.name || !addsTo(next.value, begun.name)) continue;
    const start = startOf(begun.value, names, out.slice(i + 1, at));
    if (start === undefined) continue;
    const more = (next.value as ExprOf<"op">).args[1]!;
    const value = isNothing(start.value) ? more : op("add", [start.value, more], tensorType);
    const note = next.note === undefined ? {} : { note: next.note };
    const joined: Stmt = stmt.kind === "let" ? { ...stmt, ...note, init: value } : { ...next, value };
    out = [...out.slice(0, i), ...start.before, ...out.slice(i + 1, at), joined, ...out.slice(at + 1)];
    i--;
  }
  return out;
}

function beginningOf(stmt: Stmt): { readonly name: string; readonly value: Expr } | undefined {
  if (stmt.kind === "let" && stmt.mutable && stmt.type.kind === "tensor" && stmt.init !== undefined)
    return { name: stmt.name, value: stmt.init };
  if (stmt.kind === "assign" && stmt.value.type.kind === "tensor" && !addsTo(stmt.value, stmt.name))
    return { name: stmt.name, value: stmt.value };
  return undefined;
}

/** The value as an operand of a later statement, if nothing in between changes it. */
function startOf(
  value: Expr,
  names: Names,
  between: Block,
): { readonly before: readonly Stmt[]; readonly value: Expr } | undefined {
  if (isNothing(value)) return { before: [], value };
  if (value.kind === "var" && !assignedVariables(between).has(value.name)) return { before: [], value };
  const name = names.fresh("part");
  return {
    before: [{ kind: "let", name, type: tensorType, mutable: false, init: value }],
    value: variable(name, tensorType),
  };
}

function isNothing(value: Expr): boolean {
  return (value.kind === "literal" && value.value === 0) || value.kind === "zerosLike";
}

function addsTo(value: Expr, name: string): boolean {
  if (!isTensorSum(value) || value.kind !== "op") return false;
  const [left, right] = value.args;
  return left?.kind === "var" && left.name === name && !freeVariables(right!).has(name);
}

function mentions(stmt: Stmt, name: string): boolean {
  let found = false;
  walkBlock([stmt], (each) => {
    found ||= (each.kind === "assign" && each.name === name) || exprsOf(each).some((e) => freeVariables(e).has(name));
  });
  return found;
}
