/**
 * The reverse-mode functions: fVjp, fVjpInto, fGrad, fValueAndGrad and fPullback, all put together from the
 * same two sweeps.
 */
import { keepModuleState } from "./module-state.ts";
import { addTo } from "./adjoint.ts";
import { leadsToMemory, isPresent, nameOf } from "../ir/ask.ts";
import { checkDistinct } from "./distinct.ts";
import { itemOf } from "./structures.ts";
import { analyseAliases, memoryOf } from "../analyse/alias.ts";
import {
  assign,
  constant,
  holdsReferences,
  ifThen,
  int,
  isDifferentiable,
  isReference,
  mutable,
  num,
  numberType,
  op,
  placed,
  tensorType,
  variable,
  zeroOf,
} from "../ir/build.ts";
import { namesApartFrom, namesOf } from "../ir/names.ts";
import { presentType } from "../ir/presence.ts";
import type { Block, Expr, Func, Param, Stmt, Type, Var } from "../ir/types.ts";
import {
  assignedVariables,
  collectStmts,
  declaredNames,
  mapBlock,
  renameBlock,
  renameExpr,
  rootName,
  someStmt,
  variableTypes,
} from "../ir/visit.ts";
import { memoryOfType } from "../analyse/callees.ts";
import { contentsKey, contentsOf, type Key, readsOf } from "../analyse/effects.ts";
import { record, type RecordOptions } from "../analyse/record.ts";
import type { CallTable } from "./calls.ts";
import { planCheckpoint } from "./checkpoint.ts";
import { copiesForCalls, copiesOfVisible } from "./copies.ts";
import type { BlockPlan } from "./plan.ts";
import { fuseSweeps } from "./fuse.ts";
import { leavesOf, type Input, type Output, type Prepared, type Structure } from "./prepare.ts";
import { recordedDespite } from "./obstacles.ts";
import { withOutlines } from "./outlines.ts";
import { type Bars, localTapes, makeBars, makePlanner, type Planner } from "./planner.ts";
import { planBlock } from "./planning.ts";
import { type Sweeps, sweeps } from "./reverse.ts";
import { beginMissing } from "./missing-fields.ts";
import { changesLength, type EntryLengths, lengthsAtEntry } from "./entry-lengths.ts";
import {
  checkLength,
  checkParts,
  checkShapes,
  checkStructure,
  partWord,
  type Told,
  toldByName,
  toldPart,
  type Words,
  wordsOf,
} from "./lengths.ts";
import { addInto, type Restoring, restoreFrom, tensorBar, zerosFor } from "./shadows.ts";
import {
  bareOrTuple,
  bareOrTupleExpr,
  bindAllocations,
  cotangentType,
  gradientType,
  idleTangent,
  inputTangentType,
  ownParams,
  tangentExpr,
  tangentType,
  unlessAbsent,
  valueExpr,
  valueType,
} from "./signature.ts";
import { gradientWithout, leftOut } from "./written-parts.ts";

export type ReverseMode = "vjp" | "vjpInto" | "pullback" | "grad" | "valueAndGrad";

export interface ReverseOptions {
  readonly name: string;
  readonly mode: ReverseMode;
  /** It is differentiated once more: instead of copies of what moves, sweeps run on copies of the arguments. */
  readonly keepsArguments?: boolean | undefined;
  /** The cotangents are ours: they fit. */
  readonly isOwn?: boolean | undefined;
  readonly ablation?: Omit<RecordOptions, "aliasing"> & { readonly fuse?: boolean };
}

type Leaf = ReturnType<typeof leavesOf>[number];

/** The pieces that every mode is put together from. */
interface Pieces {
  readonly prepared: Prepared;
  readonly planner: Planner;
  readonly bars: Bars;
  readonly plan: BlockPlan;
  readonly sweeps: Sweeps;
}

export function reverseMode(prepared: Prepared, calls: CallTable, options: ReverseOptions): Func {
  const isKept = options.mode === "pullback" && options.keepsArguments !== true;
  const repeatable =
    isKept && !shadowsMove(prepared) && !rowsMove(prepared) && !restoresByReference(prepared, calls, options);
  const pieces = makePieces(prepared, calls, repeatable, options);
  const func =
    options.mode === "pullback"
      ? pullbackFunction(pieces, isKept ? (repeatable ? keepAndReverse : keepAndCopy) : keepArguments, options)
      : gradientFunction(pieces, options);
  return { ...func, body: beginMissing(func.body, prepared.filled) };
}

function makePieces(prepared: Prepared, calls: CallTable, repeatable: boolean, options: ReverseOptions): Pieces {
  const { aliasing, activity, integers, names, body } = prepared;
  const bars = makeBars(names);
  const types = variableTypes(prepared.func);
  const scope = options.ablation?.fuse === false ? undefined : { types, body, visible: visibleMemory(prepared) };
  const planner = makePlanner(
    {
      aliasing,
      activity,
      integers,
      types,
      names,
      originals: new Map<string, string>(),
      repeatable,
      calls,
      scope,
      shared: localTapes(names),
      checkpoints: { plan: planCheckpoint },
      filled: prepared.filled,
      givenBack: new Set(prepared.inputs.flatMap((input) => leavesOf(input.structure).map((leaf) => leaf.name))),
      parts: new Set(prepared.entry.flatMap((stmt) => (stmt.kind === "let" ? [stmt.name] : []))),
    },
    bars,
    body,
  );
  const given = prepared.func.params.flatMap(({ name, type }) => (type.kind === "tensor" ? [name] : []));
  const plan = withOutlines(planner, planBlock(planner, body), { body, isOnce: true, given });
  record({ aliasing, readBefore: movedRows(prepared), ...options.ablation }, plan);
  calls.warn(recordedDespite(plan));
  return { prepared, planner, bars, plan, sweeps: sweeps(planner, plan) };
}

/** What the reverse sweep does and what is recorded for it, without making a function of it. */
export function planReverse(prepared: Prepared, calls: CallTable, options: ReverseOptions): BlockPlan {
  return makePieces(prepared, calls, false, options).plan;
}

/** Lists and objects in which references move: a gradient has what stood there at entry. */
function movedRows({ func, aliasing }: Prepared): Set<Key> {
  const keys = new Set<Key>();
  for (const { name, type } of func.params) {
    for (const part of isReference(type) ? memoryOfType(type) : []) {
      const memory = aliasing.classAt(variable(name, type), part.way);
      if (!aliasing.isDynamic(memory)) continue;
      const holder = presentType(part.type);
      if (holder.kind === "list" && isReference(holder.element)) keys.add(contentsOf(String(memory)));
      if (holder.kind !== "record") continue;
      for (const field of holder.fields)
        if (isReference(field.type)) keys.add(contentsOf(`${String(memory)}.${field.name}`));
    }
  }
  return keys;
}

// ---------------------------------------------------------------------------------------------
// Seeds and gradients
// ---------------------------------------------------------------------------------------------

/** Adds the cotangent to the adjoints of the outputs; `v` undefined means 1. */
function seed(pieces: Pieces, v: Expr | undefined, { name, isOwn }: ReverseOptions): Stmt[] {
  const fname = isOwn === true ? undefined : name;
  const active = pieces.prepared.outputs.filter((o) => o.active);
  const seeds = active.flatMap((output, k) => {
    const part = v === undefined ? undefined : toldByName(active.length === 1 ? v : indexTuple(v, k));
    return seedStructure(pieces, output.structure, part, fname, active.length === 1 ? "the output" : output.label);
  });
  const all = active.map((output) => output.label).join(", ");
  const check =
    v === undefined || fname === undefined || active.length === 1 ? [] : checkParts(fname, toldByName(v), [`[${all}]`]);
  return placed(pieces.prepared.func.origin, [...check, ...seeds]);
}

function indexTuple(tuple: Expr, k: number): Expr {
  const type = tuple.type.kind === "tuple" ? tuple.type.items[k]! : numberType;
  return { kind: "index", array: tuple, index: int(k), type };
}

function seedStructure(
  pieces: Pieces,
  structure: Structure,
  given: Told | undefined,
  fname: string | undefined,
  label: string,
): Stmt[] {
  const v = given?.expr;
  if (structure.kind === "tuple") {
    const { type } = structure;
    // An object is memory, which has a name: it is no part of a tuple any more.
    const whole = v !== undefined && type.kind === "record" && v.kind === "index" ? cotangentPart(pieces, label, v) : v;
    const told = given === undefined || whole === undefined ? undefined : { ...given, expr: whole };
    const seeds = structure.items.flatMap((item, k) => {
      if (leavesOf(item).length === 0) return [];
      const part = told && toldPart(told, type, k, itemOf(told.expr, structure, k));
      return seedStructure(pieces, item, part, fname, label + partWord(type, k));
    });
    const checked =
      told === undefined || fname === undefined ? seeds : [...checkParts(fname, told, [label], () => true), ...seeds];
    if (whole === v || whole?.kind !== "var" || v === undefined) return checked;
    return [{ kind: "let", name: whole.name, type: whole.type, mutable: false, init: v }, ...checked];
  }
  const { expr, type } = structure;
  if (expr.kind !== "var" || !isDifferentiable(type)) return [];
  const { names } = pieces.prepared;
  const check = (part: Expr): Stmt[] =>
    given === undefined || fname === undefined
      ? []
      : checkLength(names, fname, { ...given, expr: part }, { expr, words: [label] });
  const isActive = pieces.planner.active(expr);
  // What nothing is collected in still has to fit.
  if (!isActive && (v === undefined || !isReference(type))) return [];
  const bar = pieces.bars.of(expr.name, type);
  if (bar.kind !== "var") return [];
  if (presentType(type).kind === "tensor") return seedTensor(pieces, expr, bar, given, fname, label);
  if (!isReference(type)) {
    const seed = v === undefined ? num(1) : v.type.kind === "maybe" ? orZero(v) : v;
    return [assign(bar.name, op("add", [bar, seed]))];
  }
  if (v === undefined) throw new Error("vjp: an array output needs a cotangent");
  const add = (part: Expr): Stmt[] => [...check(part), ...(isActive ? addInto(names, bar, part, type) : [])];
  const addPresent = (part: Expr): Stmt[] => {
    if (type.kind !== "maybe") return add(part);
    return [ifThen(isPresent(part), add({ ...part, type: presentType(part.type) }))];
  };
  if (v.kind === "var") return addPresent(v);
  const part = variable(names.fresh(`${expr.name}V`), v.type);
  return [{ kind: "let", name: part.name, type: v.type, mutable: false, init: v }, ...addPresent(part)];
}

/** A name for a part of the cotangent. */
function cotangentPart({ prepared }: Pieces, label: string, part: Expr): Expr {
  const word = (/[\p{ID_Start}$_][\p{ID_Continue}$[\]]*$/u.exec(label) ?? ["part"])[0].replaceAll(/[[\]]/g, "");
  return variable(prepared.names.fresh(`${word}V`), part.type);
}

/** The cotangent of a tensor has its shape; that of one with a single element may be left to us. */
function seedTensor(
  pieces: Pieces,
  y: Var,
  bar: Var,
  given: Told | undefined,
  fname: string | undefined,
  label: string,
): Stmt[] {
  const v = given?.expr;
  const { names } = pieces.prepared;
  const present: Var = { ...y, type: tensorType };
  const seed = variable(v?.kind === "var" ? v.name : names.fresh(`${y.name}V`), tensorType);
  const init: Expr = v ?? { kind: "tensorOp", op: "seedOf", args: [present], type: tensorType };
  const add: Stmt[] = [
    ...(given === undefined || fname === undefined
      ? []
      : [
          checkShapes(
            `${fname}: ${given.words.filter((word) => typeof word === "string").join("")}`,
            seed,
            label,
            present,
          ),
        ]),
    assign(bar.name, addTo(bar, seed)),
  ];
  const declared = init.kind === "var" ? [] : [constant(seed.name, init.type, init)];
  return [...declared, ...(y.type.kind === "maybe" ? [ifThen(isPresent(y), add)] : add)];
}

/** The cotangent of a number that may be absent: none counts as zero. */
function orZero(v: Expr): Expr {
  return { kind: "nullish", left: v, right: num(0), type: numberType };
}

/** The gradient of an input, from its adjoints; zero where nothing depends on it. */
function gradientOf(pieces: Pieces, input: Input, cut: ReadonlyMap<string, Expr>): Expr {
  const isCopied = input.isLocal && sharesMemory(pieces.prepared, input);
  return tangentExpr(input.structure, (expr, type) => {
    if (!isDifferentiable(type)) return idleTangent(expr, type);
    if (expr.kind !== "var") throw new Error("vjp: an input is a variable");
    const own = cut.get(expr.name);
    // What was made at entry is absent as the input was then.
    if (own?.type.kind === "maybe") return own;
    const shadow = own ?? pieces.bars.of(expr.name, type);
    const bar: Expr =
      isCopied && isReference(shadow.type) ? { kind: "deepCopy", array: shadow, type: shadow.type } : shadow;
    return type.kind === "maybe" ? unlessAbsent(expr, bar) : bar;
  });
}

/** The gradients of all inputs, and what has to be made for them. */
function gradientsOf(pieces: Pieces, cut: ReadonlyMap<string, Expr>): ReturnType<typeof bindAllocations> {
  const { inputs, names } = pieces.prepared;
  const lists: Stmt[] = [];
  const gradients = inputs.map((input) => {
    const whole = gradientOf(pieces, input, cut);
    return input.structure.kind === "tuple"
      ? whole
      : gradientWithout(names, whole, leftOut(input), lists, `${input.label}Gradient`);
  });
  const { before, value } = bindAllocations(names, bareOrTupleExpr(gradients, gradientType(inputs)));
  return { before: [...lists, ...before], value };
}

/** Whether a local that is an input may be an array of another input, or the other way round: they have one shadow. */
function sharesMemory({ inputs, aliasing }: Prepared, input: Input): boolean {
  const memoryOf = ({ structure }: Input): number[] =>
    leavesOf(structure).flatMap(({ expr, type }) => (isReference(type) ? [...aliasing.reach(expr)] : []));
  const own = new Set(memoryOf(input));
  return inputs.some(
    (other) => other !== input && (other.isLocal || input.isLocal) && memoryOf(other).some((memory) => own.has(memory)),
  );
}

/**
 * Adjoints of the parameters start at zero, active or not: each is a gradient or an input of the reverse sweep.
 * Shadows that move with their references are there from the start; the others get the length that the array has
 * after the forward sweep.
 */
function parameterBars(
  pieces: Pieces,
  into: ReadonlyMap<string, Expr>,
): { readonly moving: Block; readonly others: Block } {
  const { prepared, planner, bars } = pieces;
  const wanted = new Set(prepared.inputs.flatMap((i) => leavesOf(i.structure).map((leaf) => leaf.name)));
  const moving: Stmt[] = [];
  const others: Stmt[] = [];
  const declare = (name: string, type: Type): void => {
    const primal = variable(name, type);
    if (!isDifferentiable(type) || !(wanted.has(name) || planner.active(primal))) return;
    const bar = bars.of(name, type);
    if (bar.kind !== "var" || into.has(name)) return;
    const out = isMoving(pieces, primal) ? moving : others;
    if (isReference(type))
      out.push({ kind: "let", name: bar.name, type: bar.type, mutable: false, init: zerosFor(primal) });
    else {
      const isTensor = presentType(type).kind === "tensor";
      out.push(...(isTensor ? tensorBar(bar.name, primal) : [mutable(bar.name, bar.type, zeroOf(bar.type))]));
    }
  };
  for (const param of prepared.func.params) declare(param.name, param.type);
  // Parts of tuples and locals that are asked for, but carry no derivative, are declared nowhere else.
  for (const input of prepared.inputs) {
    for (const leaf of leavesOf(input.structure)) {
      if (!planner.active(leaf.expr) && !prepared.func.params.some((p) => p.name === leaf.name))
        declare(leaf.name, leaf.type);
    }
  }
  return { moving, others };
}

function isMoving({ prepared }: Pick<Pieces, "prepared">, expr: Expr): boolean {
  const { aliasing, activity } = prepared;
  return isReference(expr.type) && aliasing.isDynamic(aliasing.classOf(expr)) && activity.active(expr);
}

/** Whether any active array is reached through references that move. */
function shadowsMove(prepared: Prepared): boolean {
  return [...variableTypes(prepared.func)].some(([name, type]) => isMoving({ prepared }, variable(name, type)));
}

/** Whether the caller can get at arrays whose references move, with or without a derivative: names tell too little of them. */
function rowsMove(prepared: Prepared): boolean {
  const { aliasing, func } = prepared;
  const visible = visibleMemory(prepared);
  return [...variableTypes(func)].some(([name, type]) => {
    if (!isReference(type)) return false;
    const memory = aliasing.classOfName(name);
    return visible.has(memory) && aliasing.isDynamic(memory);
  });
}

/**
 * Whether earlier contents are taken back into arrays that tapes lead to, and no names: references move, or callees are
 * given shadows in the forward sweep, or tapes of arrays.
 */
function restoresByReference(prepared: Prepared, calls: CallTable, options: ReverseOptions): boolean {
  const { aliasing, body, func } = prepared;
  const moved = [...variableTypes(func)].flatMap(([name, type]) => {
    const cells = isReference(type) ? aliasing.cellsOf(variable(name, type)) : [];
    return cells.filter((cell) => aliasing.isDynamic(memoryOf(cell)));
  });
  if (moved.length === 0 && !someStmt(body, (stmt) => stmt.kind === "call")) return false;
  const trial = { ...prepared, names: namesApartFrom(namesOf(func)) };
  const { bars, sweeps } = makePieces(trial, calls, false, options);
  const isPushed = someStmt(sweeps.forward, (stmt) => stmt.kind === "push" && isReference(stmt.value.type));
  if (isPushed && moved.some((cell) => sweeps.restored.has(contentsOf(cell)))) return true;
  return someStmt(
    sweeps.forward,
    (stmt) =>
      (stmt.kind === "let" && isReference(stmt.type) && bars.arrayOf(stmt.name) !== undefined) ||
      recordsReferences(stmt),
  );
}

// ---------------------------------------------------------------------------------------------
// fVjp and its likes
// ---------------------------------------------------------------------------------------------

/** The pieces, with what the forward sweep keeps of the inputs as they were at entry. */
function withEntry(pieces: Pieces): { readonly pieces: Pieces; readonly entry: EntryLengths } {
  const entry = lengthsAtEntry(pieces);
  return { pieces: { ...pieces, sweeps: { ...pieces.sweeps, forward: entry.forward } }, entry };
}

function gradientFunction(planned: Pieces, options: ReverseOptions): Func {
  const { pieces, entry } = withEntry(planned);
  const { prepared } = pieces;
  const { names, inputs, outputs, func } = prepared;
  const withCotangent = options.mode === "vjp" || options.mode === "vjpInto";
  const vType = cotangentType(outputs);
  const v = withCotangent ? variable(names.fresh("v"), vType) : undefined;

  const buffers =
    options.mode === "vjpInto"
      ? givenBuffers(pieces, entry.gradients, options.isOwn === true ? undefined : options.name)
      : noBuffers;

  const { before: made, value: gradient } = gradientsOf(pieces, entry.gradients);
  const protection = protect(pieces);
  const params: Param[] = [
    ...ownParams(func, withCotangent),
    ...(v === undefined ? [] : [{ name: v.name, type: vType }]),
    ...buffers.params,
  ];
  const bars = parameterBars(pieces, buffers.into);
  const seeds = seed(pieces, v, options);
  // Shadows that are a buffer, or part of one, are there already.
  const given = new Set([...buffers.into.values()].map(nameOf));
  const declarations = pieces.sweeps.declarations.filter((stmt) => stmt.kind !== "let" || !given.has(stmt.name));
  const merged = protection.before.length === 0 && bars.moving.length === 0 && options.ablation?.fuse !== false;
  const finish: Block = [...entry.after, ...(options.mode === "vjpInto" ? [] : made), ...buffers.added];
  const begin = [...declarations, ...seeds];
  const copies = protection.byCopies
    ? (options.keepsArguments === true ? sweptAgain : pastOfVisible)(pieces, bars, begin, { finish, gradient })
    : undefined;
  const result = resultOf(options.mode, inputs, outputs, copies?.gradient ?? gradient, valueExpr(outputs));
  const fused =
    merged && copies === undefined
      ? fuseSweeps(
          prepared.aliasing,
          { ...pieces.sweeps, declarations },
          bars.others,
          seeds,
          options.mode === "vjpInto",
        )
      : undefined;
  const both: Block = fused ??
    copies?.sweeps ?? [
      ...bars.moving,
      ...pieces.sweeps.forward,
      ...bars.others,
      ...protection.before,
      ...protection.rename([...begin, ...pieces.sweeps.reverse]),
      ...protection.after,
    ];
  const body: Block = [
    ...checkDistinct(pieces, options.name),
    ...entry.before,
    ...buffers.opened,
    ...both,
    ...(copies?.finish ?? finish),
    ...(result.value === undefined ? [] : [{ kind: "return", value: result.value } as const]),
  ];
  return { name: options.name, params, result: result.type, body, ...originOf(func) };
}

/** The arrays and objects of the caller that gradients are added to. */
interface Buffers {
  readonly params: readonly Param[];
  /** Shadows that are themselves a buffer or part of one, by the name of the primal. */
  readonly into: ReadonlyMap<string, Expr>;
  /** Takes those out of their buffers. */
  readonly opened: Block;
  /** Adds all others at the end. */
  readonly added: Block;
}

const noBuffers: Buffers = { params: [], into: new Map(), opened: [], added: [] };

function givenBuffers(pieces: Pieces, gradients: ReadonlyMap<string, Expr>, fname: string | undefined): Buffers {
  const { prepared, planner } = pieces;
  const { names } = prepared;
  const parameters = new Set(prepared.func.params.map((param) => param.name));
  const params: Param[] = [];
  const into = new Map<string, Expr>();
  const opened: Stmt[] = [];
  const added: Stmt[] = [];
  for (const input of prepared.inputs) {
    const { structure } = input;
    // Where the shadow does not start at zero's place or is overwritten on the way, it is added at the end.
    const isFresh = (leaf: Leaf): boolean =>
      leftOut(input).length > 0 ||
      isMoving(pieces, leaf.expr) ||
      prepared.written.has(rootName(input.place ?? leaf.expr) ?? leaf.name) ||
      input.isLocal ||
      sharesMemory(prepared, input) ||
      leaf.type.kind === "maybe";
    const made = ({ name, type }: Leaf): Expr => gradients.get(name) ?? pieces.bars.of(name, type);
    /** What has the structure that it had at entry, at the end. */
    const atEntry = (leaf: Leaf): Expr =>
      gradients.has(leaf.name) || (planner.active(leaf.expr) && changesLength(pieces, leaf.expr))
        ? made(leaf)
        : leaf.expr;
    /** Refuses a buffer that is not like what the gradient is of, at entry where that is a part of a parameter. */
    const check = (leaf: Leaf, buffer: Told, place: Expr, words: Words): void => {
      if (fname === undefined) return;
      const { type } = leaf;
      const isThere = !input.isDefaulted && parameters.has(rootName(place) ?? "");
      const own = { ...(isThere ? place : atEntry(leaf)), type: presentType(type) };
      const checks = checkLength(names, fname, buffer, { expr: own, words });
      (isThere ? opened : added).push(
        ...(type.kind === "maybe" ? [ifThen(isPresent({ ...own, type }), checks)] : checks),
      );
    };
    const addAtEnd = (leaf: Leaf, buffer: Expr): void => {
      if (!planner.active(leaf.expr)) return;
      added.push(...whenGiven(leaf, addInto(names, buffer, made(leaf), leaf.type)));
    };
    if (structure.kind === "leaf") {
      for (const leaf of leavesOf(structure)) {
        if (!isReference(leaf.type)) continue;
        const bar = pieces.bars.of(leaf.name, leaf.type);
        const fresh = isFresh(leaf);
        const name =
          fresh || bar.kind !== "var" ? names.fresh(`${input.isDefaulted ? input.label : leaf.name}Into`) : bar.name;
        const type = inputTangentType(input);
        params.push({ name, type });
        check(
          leaf,
          { expr: variable(name, presentType(type)), words: [name] },
          input.place ?? leaf.expr,
          wordsOf(input),
        );
        if (fresh) addAtEnd(leaf, variable(name, presentType(type)));
        else into.set(leaf.name, bar);
      }
      continue;
    }
    const whole = variable(names.fresh(`${input.label}Bar`), tangentType(structure));
    params.push({ name: whole.name, type: whole.type });
    if (fname !== undefined)
      opened.push(...checkStructure(fname, structure, { expr: whole, words: [whole.name] }, wordsOf(input)));
    const open = (part: Structure, buffer: Expr, place: Expr, words = ""): void => {
      if (part.kind === "tuple") {
        part.items.forEach((item, k) => {
          if (leavesOf(item).length > 0) {
            open(item, itemOf(buffer, part, k), itemOf(place, part, k), words + partWord(part.type, k));
          }
        });
        return;
      }
      const [leaf] = leavesOf(part);
      if (leaf === undefined || !planner.active(leaf.expr)) return;
      const bar = pieces.bars.of(leaf.name, leaf.type);
      if (isReference(leaf.type))
        check(leaf, { expr: buffer, words: [whole.name, words] }, place, [...wordsOf(input), words]);
      if (!isReference(leaf.type)) {
        if (buffer.kind !== "index") throw new Error("vjp: a part of a buffer has a place in it");
        const add: Stmt = { kind: "accumulate", array: buffer.array, index: buffer.index, value: bar };
        added.push(...whenGiven(leaf, [add]));
      } else if (isFresh(leaf)) added.push(...whenGiven(leaf, addInto(names, buffer, bar, leaf.type)));
      else if (bar.kind === "var") {
        opened.push({ kind: "let", name: bar.name, type: bar.type, mutable: false, init: buffer });
        into.set(leaf.name, bar);
      }
    };
    const param = prepared.func.params[input.wrt.kind === "param" ? input.wrt.index : -1]!;
    open(structure, whole, variable(param.name, param.type));
  }
  return { params, into, opened, added };
}

/** What is added for a part that may be absent, where it is there. */
function whenGiven(leaf: Leaf, add: Block): Block {
  if (leaf.type.kind !== "maybe") return add;
  return [{ kind: "if", test: isPresent(leaf.expr), then: add, else: [] }];
}

function originOf(func: Func): Pick<Func, "origin"> {
  return func.origin === undefined ? {} : { origin: func.origin };
}

function resultOf(
  mode: ReverseMode,
  inputs: readonly Input[],
  outputs: readonly Output[],
  gradient: Expr,
  value: Expr,
): { readonly type: Type; readonly value: Expr | undefined } {
  const grads = gradientType(inputs);
  switch (mode) {
    case "grad":
      return { type: grads, value: gradient };
    case "vjpInto": {
      const numbers = inputs.flatMap((input, k) => {
        const isNumber = input.structure.kind === "leaf" && !isReference(input.structure.type);
        return isNumber
          ? [{ input, expr: gradient.kind === "tuple" && inputs.length > 1 ? gradient.items[k]! : gradient }]
          : [];
      });
      if (numbers.length === 0) return { type: valueType(outputs), value };
      const type = bareOrTuple(
        numbers.map((n) => tangentType(n.input.structure)),
        numbers.map((n) => n.input.label),
      );
      const tuple: Type = { kind: "tuple", items: [valueType(outputs), type], labels: ["value", "grads"] };
      const items = [
        value,
        bareOrTupleExpr(
          numbers.map((n) => n.expr),
          type,
        ),
      ];
      return { type: tuple, value: { kind: "tuple", items, type: tuple } };
    }
    default: {
      const type: Type = { kind: "tuple", items: [valueType(outputs), grads], labels: ["value", "grads"] };
      return { type, value: { kind: "tuple", items: [value, gradient], type } };
    }
  }
}

// ---------------------------------------------------------------------------------------------
// What the caller can see stays as the function left it
// ---------------------------------------------------------------------------------------------

interface Protection {
  /** The reverse sweep works on copies of all that the caller sees: the rest is empty. */
  readonly byCopies: boolean;
  readonly before: Block;
  readonly rename: (block: Block) => Block;
  readonly after: Block;
}

/**
 * Arrays at the top level of the function, in order: parameters, then locals, with what they are made of in the forward
 * sweep: what decided between two arrays may have changed since, and is kept there.
 */
function topReferences({ prepared, sweeps }: Pieces): {
  readonly name: string;
  readonly type: Type;
  readonly init: Expr | undefined;
  readonly mutable: boolean;
}[] {
  const kept = new Map(collectStmts(sweeps.forward, "let").map((stmt) => [stmt.name, stmt.init] as const));
  return [
    ...prepared.func.params
      .filter((p) => isReference(p.type))
      .map((p) => ({ name: p.name, type: p.type, init: undefined, mutable: false })),
    ...prepared.body.flatMap((stmt) =>
      stmt.kind === "let" && isReference(stmt.type)
        ? [{ name: stmt.name, type: stmt.type, init: kept.get(stmt.name) ?? stmt.init, mutable: stmt.mutable }]
        : [],
    ),
  ];
}

/** The memory that the caller sees: of parameters, and of arrays that are returned. */
function visibleMemory(prepared: Prepared): Set<number> {
  const { aliasing } = prepared;
  const visible = new Set<number>();
  const note = (expr: Expr): void => {
    for (const memory of aliasing.reach(expr)) visible.add(memory);
  };
  for (const param of prepared.func.params) if (isReference(param.type)) note(variable(param.name, param.type));
  for (const output of prepared.outputs)
    for (const leaf of leavesOf(output.structure)) if (isReference(leaf.type)) note(leaf.expr);
  return visible;
}

/** What is left to do after the sweeps, and the gradients that come of it. */
interface End {
  readonly finish: Block;
  readonly gradient: Expr;
}

/** Both sweeps, the reverse one on copies of what the caller sees, made together; gradients are read off the copies too. */
function pastOfVisible(
  pieces: Pieces,
  bars: ReturnType<typeof parameterBars>,
  begin: Block,
  { finish, gradient }: End,
): End & { readonly sweeps: Block } {
  const { prepared, sweeps } = pieces;
  const forward: Block = [...bars.moving, ...sweeps.forward];
  const backward: Block = [...bars.others, ...begin, ...sweeps.reverse];
  const reverse: Block = [...backward, ...finish, { kind: "return", value: gradient }];
  const { own, renamed } = copiesOfVisible(prepared.func, { forward, reverse }, prepared.names, visibleExprs(prepared));
  const rename = (name: string): string => renamed.get(name) ?? name;
  return {
    sweeps: [...forward, ...own, ...renameBlock(backward, rename)],
    finish: renameBlock(finish, rename),
    gradient: renameExpr(gradient, rename),
  };
}

/** The same where the function made is differentiated once more: see `rerun`. */
function sweptAgain(
  pieces: Pieces,
  bars: ReturnType<typeof parameterBars>,
  begin: Block,
  { finish, gradient }: End,
): End & { readonly sweeps: Block } {
  const { before, inside } = rerun(pieces, bars, begin, [...finish, { kind: "return", value: gradient }]);
  const last = inside.at(-1);
  if (last?.kind !== "return" || last.value === undefined) throw new Error("vjp: a gradient was expected");
  return { sweeps: [...before, ...inside.slice(0, -1)], finish: [], gradient: last.value };
}

/** The parameters, and what is given back. */
function visibleExprs({ func, outputs }: Prepared): Expr[] {
  return [
    ...func.params.map(({ name, type }) => variable(name, type)),
    ...outputs.flatMap((output) => leavesOf(output.structure).map((leaf) => leaf.expr)),
  ];
}

/**
 * Where the reverse sweep takes earlier contents back into an array that the caller sees, it works on a
 * private copy. Where references move, names do not tell which array is meant: then the contents at exit
 * are kept and put back at the end, or all of it is copied where references stand in other memory.
 */
function protect(pieces: Pieces): Protection {
  const { prepared } = pieces;
  const { aliasing, names } = prepared;
  const visible = visibleMemory(prepared);
  const isRestored = (expr: Expr): boolean =>
    aliasing.cellsOf(expr).some((cell) => visible.has(memoryOf(cell)) && pieces.sweeps.restored.has(contentsOf(cell)));
  const before: Stmt[] = [];
  const after: Stmt[] = [];
  const fresh = new Map<string, string>();
  const rename = (name: string): string => fresh.get(name) ?? name;
  const references = topReferences(pieces);
  const tops = references.map(({ name, type }) => variable(name, type));
  // A callee recorded which of its arrays it wrote into: that is one of the caller's, and in a copy of theirs another.
  const areRecorded = someStmt(pieces.sweeps.forward, recordsReferences);
  const byCopies = [...visibleExprs(prepared), ...tops].some(
    (expr) =>
      isReference(expr.type) &&
      holdsReferences(presentType(expr.type)) &&
      (areRecorded || aliasing.isDynamic(aliasing.classOf(expr))) &&
      isRestored(expr),
  );
  if (byCopies) return { byCopies, before, rename: (block) => block, after };
  for (const { name, type, init, mutable } of references) {
    const array = variable(name, type);
    if (!isRestored(array)) continue;
    if (!aliasing.isDynamic(aliasing.classOf(array))) {
      const past = names.fresh(`${name}Past`);
      const isView = init !== undefined && leadsToMemory(init);
      const value: Expr = isView ? renameExpr(init, rename) : { kind: "deepCopy", array, type };
      before.push({ kind: "let", name: past, type, mutable: false, init: value });
      fresh.set(name, past);
    } else if (!mutable && isOwnMemory(init)) {
      const pair = keepAtExit(pieces, array);
      before.push(...pair.before);
      after.push(...pair.after);
    }
  }
  // A returned array that was reached through a moving reference.
  for (const output of prepared.outputs) {
    for (const leaf of leavesOf(output.structure)) {
      if (!isReference(leaf.type) || !isRestored(leaf.expr) || !aliasing.isDynamic(aliasing.classOf(leaf.expr)))
        continue;
      const declared = references.find((r) => r.name === leaf.name);
      if (declared !== undefined && isOwnMemory(declared.init)) continue;
      const pair = keepAtExit(pieces, leaf.expr);
      before.push(...pair.before);
      after.push(...pair.after);
    }
  }
  return { byCopies, before, rename: (block) => (fresh.size === 0 ? block : renameBlock(block, rename)), after };
}

/** Whether a call of the forward sweep records references for the reverse sweep. */
function recordsReferences(stmt: Stmt): boolean {
  return stmt.kind === "call" && stmt.args.some(({ type }) => type.kind === "tape" && isReference(type.element));
}

function isOwnMemory(init: Expr | undefined): boolean {
  return init === undefined || !leadsToMemory(init);
}

/** Keeps what an array of numbers holds now, and puts it back at the end. */
function keepAtExit(pieces: Pieces, array: Expr): { readonly before: Stmt[]; readonly after: Stmt[] } {
  const { names, aliasing } = pieces.prepared;
  const { type } = array;
  const name = array.kind === "var" ? array.name : "array";
  const contents = variable(names.fresh(`${name}AtExit`), type);
  const before: Stmt[] = [
    { kind: "let", name: contents.name, type, mutable: false, init: { kind: "deepCopy", array, type } },
  ];
  const how: Restoring = {
    resized: changesLength(pieces, array),
    isChanged: (part, field) => pieces.sweeps.restored.has(contentsKey(aliasing, part, field)),
  };
  if (type.kind !== "maybe") return { before, after: restoreFrom(names, array, contents, how) };
  // Where it is absent, so is what was kept of it.
  const back = restoreFrom(names, { ...array, type: type.type }, { ...contents, type: type.type }, how);
  return { before, after: [ifThen(isPresent(array), back)] };
}

// ---------------------------------------------------------------------------------------------
// fPullback
// ---------------------------------------------------------------------------------------------

/** What there is before the closure, and in it. */
type Keep = (
  pieces: Pieces,
  v: Expr,
  end: Block,
  options: ReverseOptions,
) => { readonly before: Block; readonly inside: Block };

function pullbackFunction(planned: Pieces, keep: Keep, options: ReverseOptions): Func {
  const { pieces, entry } = withEntry(planned);
  const { prepared } = pieces;
  const { names, inputs, outputs, func } = prepared;
  const vType = cotangentType(outputs);
  const v = variable(names.fresh("v"), vType);
  const grads = gradientType(inputs);
  const { before: made, value: gradient } = gradientsOf(pieces, entry.gradients);
  const end: Block = [...entry.after, ...made, { kind: "return", value: gradient }];
  const swept = keep(pieces, v, end, options);
  const state = keepModuleState(prepared, swept.inside);
  const own = { before: [...swept.before, ...state.before], inside: state.block };

  const closureName = names.fresh("pullback");
  const closure: Stmt = {
    kind: "closure",
    name: closureName,
    func: { name: closureName, params: [{ name: v.name, type: vType }], result: grads, body: own.inside },
  };
  const functionType: Type = { kind: "function", params: [{ name: v.name, type: vType }], result: grads };
  const type: Type = { kind: "tuple", items: [valueType(outputs), functionType], labels: ["value", "pullback"] };
  const value: Expr = { kind: "tuple", items: [valueExpr(outputs), variable(closureName, functionType)], type };
  const body: Block = [
    ...checkDistinct(pieces, options.name),
    ...entry.before,
    ...own.before,
    closure,
    { kind: "return", value },
  ];
  return { name: options.name, params: ownParams(func, false), result: type, body, ...originOf(func) };
}

/** The usual pullback: the forward sweep runs once, and what the caller could change is copied. */
function keepAndReverse(
  pieces: Pieces,
  v: Expr,
  end: Block,
  options: ReverseOptions,
): { readonly before: Block; readonly inside: Block } {
  const { prepared } = pieces;
  const { aliasing, names } = prepared;
  const bars = parameterBars(pieces, new Map());
  const reverse: Block = [
    ...bars.moving,
    ...bars.others,
    ...pieces.sweeps.declarations,
    ...seed(pieces, v, options),
    ...pieces.sweeps.reverse,
    ...end,
  ];
  const visible = visibleMemory(prepared);
  // The reverse sweep has names of its own for what the forward sweep knows by others.
  const whole = analyseAliases(
    { ...prepared.func, body: [...pieces.sweeps.forward, ...reverse] },
    { callees: prepared.callees },
  );
  const reads = readsOf(whole, reverse);
  const kept: Stmt[] = [];
  const copies: Stmt[] = [];
  const fresh = new Map<string, string>();
  const rename = (name: string): string => fresh.get(name) ?? name;
  const outside = new Map<string, string>();
  const keptName = (name: string): string => outside.get(name) ?? name;
  for (const { name, type, init } of topReferences(pieces)) {
    const array = variable(name, type);
    const restored = reachesAny(aliasing, array, pieces.sweeps.restored);
    const read = reachesAny(whole, array, reads) || reads.has(`length ${String(whole.classOf(array))}`);
    const seen = visible.has(aliasing.classOf(array)) && read;
    if (!seen && !restored) continue;
    const isView = init !== undefined && leadsToMemory(init);
    if (seen && !(restored && isView)) {
      const keep = names.fresh(`${name}Kept`);
      const value: Expr = isView ? renameExpr(init, keptName) : { kind: "deepCopy", array, type };
      kept.push({ kind: "let", name: keep, type, mutable: false, init: value });
      outside.set(name, keep);
      fresh.set(name, keep);
    }
    if (restored) {
      const past = names.fresh(`${name}Past`);
      const value: Expr = isView
        ? renameExpr(init, rename)
        : { kind: "deepCopy", array: variable(rename(name), type), type };
      copies.push({ kind: "let", name: past, type, mutable: false, init: value });
      fresh.set(name, past);
    }
  }
  const scalars = pastScalars(pieces, reverse);
  for (const [name, past] of scalars.renamed) fresh.set(name, past);
  return {
    before: [...pieces.sweeps.forward, ...kept],
    inside: [...copies, ...scalars.copies, ...renameBlock(reverse, rename)],
  };
}

/** Scalars that the reverse sweep takes back get a copy in each call. Tapes are read from their ends anew by each. */
function pastScalars(
  { prepared, sweeps }: Pieces,
  reverse: Block,
): { readonly copies: Block; readonly renamed: ReadonlyMap<string, string> } {
  const declaredInside = new Set(reverse.flatMap((stmt) => (stmt.kind === "let" ? [stmt.name] : [])));
  const assigned = assignedVariables(reverse);
  const copies: Stmt[] = [];
  const renamed = new Map<string, string>();
  for (const stmt of sweeps.forward) {
    if (stmt.kind !== "let" || isReference(stmt.type) || stmt.type.kind === "tape") continue;
    if (!assigned.has(stmt.name) || declaredInside.has(stmt.name)) continue;
    const past = prepared.names.fresh(`${stmt.name}Past`);
    copies.push({ kind: "let", name: past, type: stmt.type, mutable: true, init: variable(stmt.name, stmt.type) });
    renamed.set(stmt.name, past);
  }
  return { copies, renamed };
}

/**
 * Where references move, the shadows live in the forward sweep: that runs once, and each call of the pullback
 * works on copies of what it left behind.
 */
function keepAndCopy(
  pieces: Pieces,
  v: Expr,
  end: Block,
  options: ReverseOptions,
): { readonly before: Block; readonly inside: Block } {
  const { prepared, sweeps } = pieces;
  const { func, names } = prepared;
  const bars = parameterBars(pieces, new Map());
  const forward: Block = [...bars.moving, ...sweeps.forward];
  const reverse: Block = [
    ...bars.others,
    ...sweeps.declarations,
    ...seed(pieces, v, options),
    ...sweeps.reverse,
    ...end,
  ];
  const visible = visibleExprs(prepared);
  const last = end.at(-1);
  const given = last?.kind === "return" && last.value !== undefined ? [last.value] : [];
  const { kept, own, renamed } = copiesForCalls(func, { forward, reverse }, names, visible, given);
  const scalars = pastScalars(pieces, reverse);
  const rename = (name: string): string => renamed.get(name) ?? scalars.renamed.get(name) ?? name;
  return { before: [...forward, ...kept], inside: [...own, ...scalars.copies, ...renameBlock(reverse, rename)] };
}

/** Whether the contents of an array, or of the arrays in it, are among the keys. */
function reachesAny(aliasing: Prepared["aliasing"], array: Expr, reads: ReadonlySet<string>): boolean {
  return aliasing.cellsOf(array).some((cell) => reads.has(contentsOf(cell)));
}

/**
 * The pullback of a function that is differentiated once more: each call runs both sweeps on copies of the
 * arguments as they were at entry.
 */
function keepArguments(
  pieces: Pieces,
  v: Expr,
  end: Block,
  options: ReverseOptions,
): { readonly before: Block; readonly inside: Block } {
  const bars = parameterBars(pieces, new Map());
  return rerun(pieces, bars, [...pieces.sweeps.declarations, ...seed(pieces, v, options)], end);
}

/** A run that gives the value, and both sweeps on copies of the arguments as they were before it, without its effects. */
function rerun(
  { prepared, sweeps }: Pieces,
  bars: ReturnType<typeof parameterBars>,
  begin: Block,
  end: Block,
): { readonly before: Block; readonly inside: Block } {
  const { names, func } = prepared;
  const kept: Stmt[] = [];
  const copies: Stmt[] = [];
  const own = new Map<string, string>();
  const copyOf = (to: string, from: string, type: Type): Stmt => {
    const init: Expr = { kind: "deepCopy", array: variable(from, type), type };
    return { kind: "let", name: to, type, mutable: false, init };
  };
  for (const { name, type } of func.params) {
    if (!isReference(type)) continue;
    const keep = names.fresh(`${name}Kept`);
    const copy = names.fresh(`${name}Own`);
    kept.push(copyOf(keep, name, type));
    copies.push(copyOf(copy, keep, type));
    own.set(name, copy);
  }
  const silent = mapBlock(sweeps.forward, (stmt) => (stmt.kind === "effect" ? [] : stmt));
  const sweep: Block = [...bars.moving, ...silent, ...bars.others, ...begin, ...sweeps.reverse, ...end];
  // Inside, every variable is another one than in the run that gives the value.
  const inside = renameDeclared(sweep, names, own);
  return { before: [...kept, ...prepared.body], inside: [...copies, ...inside] };
}

function renameDeclared(block: Block, names: Prepared["names"], own: ReadonlyMap<string, string>): Block {
  const fresh = new Map(own);
  for (const name of declaredNames(block)) fresh.set(name, names.fresh(`${name}$r`));
  return renameBlock(block, (name) => fresh.get(name) ?? name);
}
