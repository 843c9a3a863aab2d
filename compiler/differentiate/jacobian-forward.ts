/**
 * Jacobians by forward mode. Directions go together: a sweep runs the function once with the tangents along
 * several of them beside it, so that what the directions share (the primal, its partial derivatives) is
 * computed once.
 *
 * - Numbers, and arrays of which only elements at literal places are read, are seeded with literals: one sweep
 *   for all of them, in which each direction has just the tangents that depend on its input.
 * - Any other array is run through in strips of `stripWidth` directions, seeded with unit vectors. In the last
 *   strip, directions past the end have zero tangents and are left out when the columns are written.
 *
 * The function's effects happen once: all sweeps but the first are silent and work on copies of what the
 * function writes into.
 */
import { plus } from "./trips.ts";
import {
  countedLoop,
  assign,
  compare,
  float64Array,
  int,
  intType,
  isReference,
  lengthOf,
  num,
  op,
  variable,
} from "../ir/build.ts";
import { presentType } from "../ir/presence.ts";
import type { Block, Expr, Func, Stmt, Type } from "../ir/types.ts";
import { countStmts, declaredNames, mapBlock, renameBlock, renameExpr, someStmt } from "../ir/visit.ts";
import type { CallTable } from "./calls.ts";
import type { Element } from "./elements.ts";
import { sweepAlong, type Seeds } from "./forward.ts";
import { interleave } from "./interleave.ts";
import { leavesOf, type Output, type Prepared, type Structure } from "./prepare.ts";
import { zerosFor } from "./shadows.ts";
import { bareOrTuple, bareOrTupleExpr, bindAllocations, structured, unlessAbsent } from "./signature.ts";
import { eachNumber, elementAt, shapeOf, sizeOf, tensorOf, zerosOf } from "./tensors.ts";
import { checkDistinct } from "./distinct.ts";

const stripWidth = 4;
/** A function of more statements than this is run along one direction at a time: engines give up on huge functions. */
const largest = 250;
/** Directions with literal seeds in one sweep. */
const mostTogether = 16;

interface PartBase {
  readonly label: string;
  /** The parameter, where the caller may leave it out: then there is nothing to be the derivative towards. */
  readonly optional?: Expr;
}

/** One input: what is seeded for it. */
export type Part = PartBase &
  (
    | { readonly kind: "number"; readonly name: string }
    | { readonly kind: "elements"; readonly array: Expr; readonly elements: readonly Element[] }
    | { readonly kind: "array"; readonly array: Expr }
  );

/** A parameter: one part, or an object or tuple of them. Places that carry no derivative have none. */
export interface Whole {
  readonly label: string;
  readonly structure: Structure;
  readonly parts: readonly Part[];
}

export interface ForwardSource {
  readonly name: string;
  /** The function, with respect to the variables of the parts. */
  readonly prepared: Prepared;
  readonly wholes: readonly Whole[];
  readonly calls: CallTable;
  /** The function is a gradient towards the parts; an entry of it is absent with its parameter. */
  readonly isGradient?: true;
}

interface Leaf {
  readonly expr: Expr;
  readonly label: string;
}

export function forwardJacobian(source: ForwardSource): Func {
  const { name, prepared, wholes } = source;
  const { func, outputs } = prepared;
  const parts = wholes.flatMap((whole) => whole.parts);
  const jacobian = new ForwardJacobian(source, parts);
  const columns = new Map(parts.map((part, i) => [part, jacobian.entries(i)]));
  const active = outputs.filter((o) => o.active);
  const leaves = active.flatMap(leavesOfOutput);
  const entryOf = (leaf: Expr): Expr => {
    const output = source.isGradient === true ? leaves.findIndex((l) => sameVariable(l.expr, leaf)) : -1;
    const entries = wholes.map(({ structure, parts: own }) => {
      let next = 0;
      return structured(structure, () => {
        const part = own[next++]!;
        const { value } = columns.get(part)!.find((e) => sameVariable(e.leaf, leaf))!;
        const owners = [part.optional, part === parts[output] ? undefined : parts[output]?.optional];
        return owners.reduce<Expr>((made, owner) => (owner === undefined ? made : unlessAbsent(owner, made)), value);
      });
    });
    return bareOrTupleExpr(
      entries,
      bareOrTuple(
        entries.map((e) => e.type),
        wholes.map((whole) => whole.label),
      ),
    );
  };
  const values = active.map((o) => structured(o.structure, entryOf));
  const value = bareOrTupleExpr(
    values,
    bareOrTuple(
      values.map((v) => v.type),
      active.map((o) => o.label),
    ),
  );
  const made = bindAllocations(prepared.names, value);
  const body: Block = [
    ...checkDistinct({ prepared }, name),
    ...jacobian.body,
    ...made.before,
    { kind: "return", value: made.value },
  ];
  return {
    name,
    params: func.params,
    result: value.type,
    body,
    ...(func.origin === undefined ? {} : { origin: func.origin }),
  };
}

function sameVariable(a: Expr, b: Expr): boolean {
  return a.kind === "var" && b.kind === "var" && a.name === b.name;
}

interface Entry {
  readonly leaf: Expr;
  readonly value: Expr;
}

/** Tangents of output leaves in a run that has been written. */
type Tangents = (leaf: Expr, k: number) => Expr | undefined;

/** The body of a Jacobian function as it is put together. */
class ForwardJacobian {
  readonly body: Stmt[] = [];
  readonly #source: ForwardSource;
  readonly #parts: readonly Part[];
  readonly #leaves: readonly Leaf[];
  readonly #kept = new Map<string, string>();
  readonly #inputShapes: readonly (readonly Expr[])[];
  readonly #outputShapes = new Map<Leaf, readonly Expr[]>();
  readonly #entries: Entry[][];
  readonly #taken = new Set<string>();
  #runs = 0;

  constructor(source: ForwardSource, parts: readonly Part[]) {
    this.#source = source;
    this.#parts = parts;
    const { prepared } = source;
    this.#leaves = prepared.outputs.filter((o) => o.active).flatMap(leavesOfOutput);
    this.#entries = parts.map(() => []);
    this.body.push(...prepared.entry);
    const fixed = prepared.written.size === 0;
    for (const leaf of this.#leaves) {
      const shape = fixed ? knownShape(prepared, leaf.expr) : undefined;
      if (shape !== undefined) this.#outputShapes.set(leaf, shape);
    }
    const seeds = parts.flatMap(literalSeeds);
    const sweeps = chunks(seeds, this.#calls() ? 1 : mostTogether);
    const arrays = parts.some((p) => p.kind === "array");
    if (prepared.written.size > 0 && (arrays || sweeps.length > 1)) this.#keepArguments();
    this.#inputShapes = parts.map((part) => (part.kind === "number" ? [] : this.#shapeOfInput(part.array, part.label)));

    const needsFirst = sweeps.length === 0 && (!arrays || !this.#canStartInLoop());
    if (needsFirst) this.#run([], this.body);
    const tangents = sweeps.map((sweep) =>
      this.#run(
        sweep.map((seed) => new Map([[seed, num(1)]])),
        this.body,
      ),
    );
    const along = (seed: string, leaf: Leaf): Expr | undefined => {
      const sweep = sweeps.findIndex((s) => s.includes(seed));
      return tangents[sweep]!(leaf.expr, sweeps[sweep]!.indexOf(seed));
    };
    if (this.#runs > 0) this.#settleShapes((leaf) => firstDefined(seeds, (seed) => along(seed, leaf)));
    parts.forEach((part, i) => {
      if (part.kind === "number") this.#numberColumn(i, (leaf) => along(part.name, leaf));
      if (part.kind === "elements") this.#elementColumns(i, part.elements, along);
    });
    parts.forEach((part, i) => {
      if (part.kind === "array") this.#arrayColumns(i, part);
    });
  }

  entries(i: number): readonly Entry[] {
    return this.#entries[i]!;
  }

  // -------------------------------------------------------------------------------------------
  // Running the function
  // -------------------------------------------------------------------------------------------

  #calls(): boolean {
    return someStmt(this.#source.prepared.body, (s) => s.kind === "call");
  }

  /** Nothing that a second run would repeat for the caller to see. */
  #isPure(): boolean {
    const { prepared } = this.#source;
    return prepared.written.size === 0 && !someStmt(prepared.body, (s) => s.kind === "effect" || s.kind === "call");
  }

  /** Whether the first run of all can be that of the first strip, which then tells the lengths of the outputs. */
  #canStartInLoop(): boolean {
    const i = this.#parts.findIndex((p) => p.kind === "array");
    const known = this.#leaves.every((leaf) => this.#outputShapes.has(leaf));
    const flat = this.#leaves.every((leaf) => this.#outputShapes.has(leaf) || !isNested(leaf.expr.type));
    if (!this.#isPure()) return false;
    return this.#inputShapes[i]!.length === 1 ? flat : known && !this.#mayThrow();
  }

  #mayThrow(): boolean {
    return someStmt(this.#source.prepared.body, (s) => s.kind === "throw");
  }

  #keepArguments(): void {
    const { prepared } = this.#source;
    for (const param of prepared.func.params) {
      if (!prepared.written.has(param.name)) continue;
      const keep = prepared.names.fresh(`${param.name}Kept`);
      this.#kept.set(param.name, keep);
      const init: Expr = { kind: "deepCopy", array: variable(param.name, param.type), type: param.type };
      this.body.push({ kind: "let", name: keep, type: param.type, mutable: false, init });
    }
  }

  /** An input as it was at entry: the copy of it, if the function writes into it. */
  #atEntry(array: Expr): Expr {
    const kept = array.kind === "var" ? this.#kept.get(array.name) : undefined;
    return kept === undefined ? array : variable(kept, array.type);
  }

  /** The lengths of an input at entry. */
  #shapeOfInput(array: Expr, label: string): Expr[] {
    const { names, written } = this.#source.prepared;
    const entry = this.#atEntry(array);
    const fixed = entry !== array || array.kind !== "var" || !written.has(array.name);
    return shapeOf(names, entry, label, this.body, fixed);
  }

  /** Writes a run along some directions. All but the first have no effects and leave the arguments alone. */
  #run(directions: readonly Seeds[], into: Stmt[]): Tangents {
    const { prepared, calls } = this.#source;
    const { names, func } = prepared;
    const sweep = sweepAlong(prepared, directions, calls);
    if (this.#runs++ === 0) {
      into.push(...sweep.body);
      return sweep.tangentOf;
    }
    const fresh = new Map<string, string>();
    for (const param of func.params) {
      const keep = this.#kept.get(param.name);
      if (keep === undefined) continue;
      const own = names.fresh(`${param.name}Own`);
      fresh.set(param.name, own);
      into.push({
        kind: "let",
        name: own,
        type: param.type,
        mutable: false,
        init: { kind: "deepCopy", array: variable(keep, param.type), type: param.type },
      });
    }
    for (const declared of declaredNames(sweep.body)) fresh.set(declared, names.fresh(`${declared}$r`));
    const rename = (name: string): string => fresh.get(name) ?? name;
    const silent = mapBlock(sweep.body, (stmt) => (stmt.kind === "effect" ? [] : stmt));
    into.push(...renameBlock(silent, rename));
    return (leaf, k) => {
      const tangent = sweep.tangentOf(leaf, k);
      return tangent === undefined ? undefined : renameExpr(tangent, rename);
    };
  }

  /** After the first run the outputs are there, and their tangents, which are as long. */
  #settleShapes(tangentOf: (leaf: Leaf) => Expr | undefined): void {
    for (const leaf of this.#leaves) {
      if (this.#outputShapes.has(leaf)) continue;
      const array = tangentOf(leaf) ?? leaf.expr;
      this.#outputShapes.set(leaf, shapeOf(this.#source.prepared.names, array, leaf.label, this.body, true));
    }
  }

  // -------------------------------------------------------------------------------------------
  // Columns
  // -------------------------------------------------------------------------------------------

  #shape(leaf: Leaf): readonly Expr[] {
    return this.#outputShapes.get(leaf)!;
  }

  #add(i: number, leaf: Leaf, value: Expr): void {
    this.#entries[i]!.push({ leaf: leaf.expr, value });
  }

  #dataName(): string {
    return this.#source.prepared.names.fresh("jacobian");
  }

  #zeros(shape: readonly Expr[]): Expr {
    return zerosOf(this.#source.prepared.names, shape, this.body);
  }

  #tensor(data: Expr, shape: readonly Expr[]): Expr {
    return tensorOf(this.#source.prepared.names, data, shape, this.body);
  }

  /** The tangents are the column. */
  #numberColumn(i: number, along: (leaf: Leaf) => Expr | undefined): void {
    for (const leaf of this.#leaves) {
      const shape = this.#shape(leaf);
      const tangent = along(leaf);
      if (shape.length === 0) this.#add(i, leaf, tangent ?? num(0));
      else {
        const own = tangent?.kind === "var" && !this.#taken.has(tangent.name);
        if (own) this.#taken.add(tangent.name);
        const source: Expr | undefined = own || tangent === undefined ? tangent : this.#copied(tangent);
        this.#add(i, leaf, this.#tensor(source ?? this.#zeros(shape), shape));
      }
    }
  }

  #copied(array: Expr): Expr {
    const name = this.#dataName();
    this.body.push({
      kind: "let",
      name,
      type: array.type,
      mutable: false,
      init: { kind: "deepCopy", array, type: array.type },
    });
    return variable(name, array.type);
  }

  /**
   * Writes row by row, each from its first column to the last that is read: should the array be shorter, what
   * runs over the end of a row is written again by the next, and past the end of the data nothing is written.
   */
  #elementColumns(
    i: number,
    elements: readonly Element[],
    along: (seed: string, leaf: Leaf) => Expr | undefined,
  ): void {
    const { names } = this.#source.prepared;
    const inputShape = this.#inputShapes[i]!;
    const width = inputShape[0]!;
    for (const leaf of this.#leaves) {
      const shape = this.#shape(leaf);
      const tangents = new Map(elements.map((e) => [e.index, along(e.name, leaf)]));
      const last = Math.max(-1, ...elements.flatMap((e) => (tangents.get(e.index) === undefined ? [] : [e.index])));
      const interleaved = this.#interleave(
        leaf,
        Array.from({ length: last + 1 }, (_, k) => tangents.get(k)),
        width,
      );
      if (interleaved !== undefined) {
        this.#add(i, leaf, this.#tensor(interleaved, [...shape, ...inputShape]));
        continue;
      }
      const data = this.#zeros([...shape, width]);
      const store = (place: readonly Expr[], position: Expr): Stmt[] =>
        Array.from({ length: last + 1 }, (_, column) => column).flatMap((column): Stmt[] => {
          const tangent = tangents.get(column);
          if (tangent === undefined && shape.length === 0) return [];
          const value = tangent === undefined ? num(0) : elementAt(tangent, place);
          return [{ kind: "store", array: data, index: plus(rowStart(position, width, shape), int(column)), value }];
        });
      if (last >= 0) this.body.push(...eachNumber(names, shape, store));
      this.#add(i, leaf, this.#tensor(data, [...shape, ...inputShape]));
    }
  }

  /** Rows of the Jacobian written where the function writes the output's elements: see `interleave`. */
  #interleave(leaf: Leaf, tangents: readonly (Expr | undefined)[], width: Expr): Expr | undefined {
    const [length] = this.#shape(leaf);
    if (leaf.expr.type.kind !== "typed" || leaf.expr.type.name !== "Float64Array" || length === undefined)
      return undefined;
    const name = this.#dataName();
    const body = interleave(this.body, { name, length, width, tangents });
    if (body === undefined) return undefined;
    this.body.splice(0, this.body.length, ...body);
    return variable(name, float64Array);
  }

  #arrayColumns(i: number, part: Extract<Part, { kind: "array" }>): void {
    const { prepared } = this.#source;
    const { names } = prepared;
    const inputShape = this.#inputShapes[i]!;
    const across = inputShape.at(-1)!;
    const inLoop = this.#runs === 0;
    const pending = inLoop ? this.#leaves.filter((leaf) => !this.#outputShapes.has(leaf)) : [];
    const data = new Map(
      this.#leaves.map((leaf) => [
        leaf,
        pending.includes(leaf) ? this.#dataToCome(leaf) : this.#zeros([...this.#shape(leaf), ...inputShape]),
      ]),
    );

    const lanes = this.#calls() || countStmts(prepared.body) > largest ? 1 : stripWidth;
    const units = Array.from({ length: lanes }, (_, w) => {
      const type = presentType(part.array.type);
      const unit = variable(names.fresh(lanes === 1 ? `${part.label}Dot` : `${part.label}Dot$${String(w)}`), type);
      this.body.push({ kind: "let", name: unit.name, type, mutable: false, init: zerosFor(this.#atEntry(part.array)) });
      return unit;
    });
    const j = variable(names.fresh("column"), intType);
    const row = inputShape.length === 1 ? undefined : variable(names.fresh("line"), intType);
    // With nothing to run along, the function is still run: it may throw, and its output has a length.
    const atLeastOnce = inLoop && inputShape.length === 1 && (pending.length > 0 || this.#mayThrow());
    const isInside = (w: number): Expr => compare("lt", plus(j, int(w)), across);
    const place = (value: number): Stmt[] =>
      units.map((unit, w): Stmt => {
        const array: Expr = row === undefined ? unit : elementAt(unit, [row]);
        const stmt: Stmt = { kind: "store", array, index: plus(j, int(w)), value: num(value) };
        // A list would grow; a typed array takes no notice.
        const guarded = array.type.kind === "list" && (w > 0 || atLeastOnce);
        return guarded ? { kind: "if", test: isInside(w), then: [stmt], else: [] } : stmt;
      });
    const inside: Stmt[] = place(1);
    const name = part.array.kind === "var" ? part.array.name : "";
    const tangents = this.#run(
      units.map((unit) => new Map([[name, unit]])),
      inside,
    );
    if (pending.length > 0)
      inside.push({
        kind: "if",
        test: compare("eq", j, int(0)),
        then: pending.flatMap((leaf) => this.#makeData(leaf, data.get(leaf)!, across)),
        else: [],
      });
    const column = row === undefined ? j : op("add", [op("mul", [row, across], intType), j], intType);
    const width = sizeOf(inputShape);
    for (const leaf of this.#leaves) {
      const shape = this.#shape(leaf);
      const store = (at: readonly Expr[], position: Expr): Stmt[] =>
        units.flatMap((_, w): Stmt[] => {
          const tangent = tangents(leaf.expr, w);
          if (tangent === undefined) return [];
          const index =
            shape.length === 0
              ? plus(column, int(w))
              : plus(op("add", [rowStart(position, width, shape), column], intType), int(w));
          const stmt: Stmt = { kind: "store", array: data.get(leaf)!, index, value: elementAt(tangent, at) };
          const isFree = w === 0 || (shape.length === 0 && row === undefined);
          return [isFree ? stmt : { kind: "if", test: isInside(w), then: [stmt], else: [] }];
        });
      if (tangents(leaf.expr, 0) !== undefined) inside.push(...eachNumber(names, shape, store));
    }
    inside.push(...place(0));
    const bound = atLeastOnce ? op("max", [across, int(1)], intType) : across;
    const loop: Stmt = { kind: "for", name: j.name, start: int(0), compare: "lt", bound, step: lanes, body: inside };
    this.body.push(row === undefined ? loop : countedLoop(row.name, inputShape[0]!, [loop]));
    for (const leaf of this.#leaves) {
      const shape = [...this.#shape(leaf), ...inputShape];
      this.#add(i, leaf, this.#tensor(data.get(leaf)!, shape));
    }
  }

  /** Data whose size the first run tells. */
  #dataToCome(leaf: Leaf): Expr {
    const { names } = this.#source.prepared;
    const length = variable(names.fresh(`${leaf.label}Length`), intType);
    const data = variable(this.#dataName(), float64Array);
    this.body.push({ kind: "let", name: length.name, type: intType, mutable: true, init: int(0) });
    this.body.push({
      kind: "let",
      name: data.name,
      type: float64Array,
      mutable: true,
      init: { kind: "zeros", length: int(0), type: float64Array },
    });
    this.#outputShapes.set(leaf, [length]);
    return data;
  }

  #makeData(leaf: Leaf, data: Expr, across: Expr): Stmt[] {
    const [length] = this.#shape(leaf);
    if (data.kind !== "var" || length?.kind !== "var") throw new Error("jacobian: variables were expected");
    return [
      assign(length.name, lengthOf(leaf.expr)),
      assign(data.name, { kind: "zeros", length: sizeOf([length, across]), type: float64Array }),
    ];
  }
}

function leavesOfOutput(output: Output): Leaf[] {
  const label = output.label === "value" ? "output" : output.label;
  return leavesOf(output.structure).map((leaf) => ({ expr: leaf.expr, label }));
}

function literalSeeds(part: Part): string[] {
  if (part.kind === "number") return [part.name];
  return part.kind === "elements" ? part.elements.map((e) => e.name) : [];
}

function firstDefined<T, R>(items: readonly T[], f: (item: T) => R | undefined): R | undefined {
  for (const item of items) {
    const found = f(item);
    if (found !== undefined) return found;
  }
  return undefined;
}

function chunks<T>(items: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, k) => items.slice(k * size, (k + 1) * size));
}

function isNested(type: Type): boolean {
  return type.kind === "list" && isReference(type.element);
}

/** The place of a row's first number; of the only row, 0. */
function rowStart(position: Expr, width: Expr, shape: readonly Expr[]): Expr {
  return shape.length === 0 ? int(0) : op("mul", [position, width], intType);
}

/** How many numbers an array output has, where that is a literal. */
export function literalLength(prepared: Prepared, leaf: Expr): number | undefined {
  const [length] = knownShape(prepared, leaf) ?? [];
  return length?.kind === "literal" && typeof length.value === "number" ? length.value : undefined;
}

/** The shape of an output that is a fresh typed array of a length that is known at entry. */
function knownShape({ func, body }: Prepared, leaf: Expr): readonly Expr[] | undefined {
  if (!isReference(leaf.type)) return [];
  const constantOf = (name: string): Expr | undefined => {
    const stmt = body.find((s) => s.kind === "let" && s.name === name);
    return stmt?.kind === "let" && !stmt.mutable ? stmt.init : undefined;
  };
  const isParam = (e: Expr): boolean =>
    e.kind === "var" && func.params.some((p) => p.name === e.name && p.type.kind !== "maybe");
  /** A length that is no error: that of a parameter, or a literal. */
  const known = (length: Expr): Expr | undefined => {
    if (length.kind === "literal")
      return typeof length.value === "number" && Number.isInteger(length.value) && length.value >= 0
        ? length
        : undefined;
    if (length.kind === "length") return isParam(length.array) ? length : lengthOfArray(length.array);
    const init = length.kind === "var" ? constantOf(length.name) : undefined;
    return init === undefined ? undefined : known(init);
  };
  const lengthOfArray = (array: Expr): Expr | undefined => {
    if (isParam(array)) return lengthOf(array);
    const init = array.kind === "var" && array.type.kind === "typed" ? constantOf(array.name) : undefined;
    switch (init?.kind) {
      case "zeros":
        return known(init.length);
      case "items":
        return int(init.items.length);
      case "zerosLike":
      case "deepCopy":
        return lengthOfArray(init.array);
      case "copy":
        return init.start === undefined && init.end === undefined ? lengthOfArray(init.array) : undefined;
      default:
        return undefined;
    }
  };
  if (leaf.type.kind !== "typed") return undefined;
  const length = lengthOfArray(leaf);
  return length === undefined ? undefined : [length];
}
