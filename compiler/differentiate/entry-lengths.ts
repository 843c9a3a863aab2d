/**
 * Lists that may change their length, also in objects, have gradients of the lengths at entry, and so have arrays that
 * are exchanged. Objects that are given fields have gradients with the fields at entry.
 */
import { isPresent } from "../ir/ask.ts";
import { anyElement } from "../ir/memory.ts";
import { memoryOfType, type Way } from "../analyse/callees.ts";
import { mayResize } from "../analyse/ranges.ts";
import {
  at,
  booleanType,
  fieldAt,
  holdsReferences,
  ifThen,
  int,
  intType,
  isReference,
  lengthOf,
  shadowFields,
  shadowType,
  variable,
  zerosLike,
} from "../ir/build.ts";
import type { Names } from "../ir/names.ts";
import { presentType } from "../ir/presence.ts";
import type { Block, Expr, Stmt, Type } from "../ir/types.ts";
import type { Bars, Planner } from "./planner.ts";
import { collectStmts, someExpr, someStmt } from "../ir/visit.ts";
import { leavesOf, type Prepared } from "./prepare.ts";
import { gives } from "./defaults.ts";
import type { Sweeps } from "./reverse.ts";
import { asIn, mayBeFilled } from "./missing-fields.ts";
import { countTo, cutTo } from "./shadows.ts";

interface Pieces {
  readonly prepared: Prepared;
  readonly planner: Planner;
  readonly bars: Bars;
  readonly sweeps: Pick<Sweeps, "forward">;
}

export interface EntryLengths {
  /** What is kept of the lengths, ahead of the forward sweep. */
  readonly before: Block;
  /** The forward sweep, which keeps them of what is used where a parameter is absent as soon as that is there. */
  readonly forward: Block;
  /** Brings gradients to those lengths, at the end. */
  readonly after: Block;
  /** Gradients under names of their own, by the parameters. */
  readonly gradients: ReadonlyMap<string, Expr>;
}

export function lengthsAtEntry(pieces: Pieces): EntryLengths {
  const { inputs, names, filled } = pieces.prepared;
  const ahead: Stmt[] = [];
  const behind = new Map<string, Stmt[]>();
  const after: Stmt[] = [];
  const gradients = new Map<string, Expr>();
  const declare = (block: Stmt[], base: string, type: Type, init: Expr): Expr => {
    const made = variable(names.fresh(base), type);
    block.push({ kind: "let", name: made.name, type, mutable: false, init });
    return made;
  };
  for (const input of inputs) {
    for (const { name, type, expr } of leavesOf(input.structure)) {
      if (input.isLocal) continue;
      const isActive = pieces.planner.active(expr);
      const resized = resizedLists(pieces, expr);
      // Where no shadows move along, other arrays stand in an object in the end than at entry.
      const isFilled = isActive && mayBeFilled(type, filled);
      if (resized.length === 0 && !isFilled && (isActive || !changesArrays(pieces, expr))) continue;
      const shadow = shadowType(type);
      const given = input.place ?? placeAtEntry(pieces.prepared, name) ?? expr;
      const bar = pieces.bars.of(name, type);
      const before = input.isDefaulted && given === expr ? keptBehind(behind, name) : ahead;
      if (isFilled) {
        const model = declare(before, `${name}Zeros`, shadow, zerosLike(given));
        after.push(...cutToLengths(names, resized, bar, model));
        const cut = asIn(model, bar, filled, names);
        after.push(...cut.before);
        gradients.set(name, cut.value);
        continue;
      }
      const isFlat = type.kind === "list" && !isReference(type.element);
      if (type.kind === "list" && resized.every((way) => way.length === 0) && (isActive || isFlat)) {
        const length = declare(before, `${name}Length`, intType, lengthOf(given));
        const cut: Expr = { kind: "copy", array: bar, start: int(0), end: length, type: shadow };
        const value: Expr = isActive ? cut : { kind: "zeros", length, type: shadow };
        gradients.set(name, declare(after, `${name}Gradient`, shadow, value));
        continue;
      }
      const zeros = declare(before, `${name}Zeros`, shadow, zerosLike(given));
      if (isActive) after.push(...cutToLengths(names, resized, bar, zeros));
      else {
        const copy: Expr = { kind: "deepCopy", array: zeros, type: shadow };
        gradients.set(name, declare(after, `${name}Gradient`, shadow, copy));
      }
    }
  }
  const forward = pieces.sweeps.forward.flatMap((stmt) => [
    stmt,
    ...[...behind].flatMap(([name, kept]) => (gives(stmt, name) ? kept : [])),
  ]);
  return { before: ahead, forward, after, gradients };
}

/** What is kept behind the statement that gives a variable its value. */
function keptBehind(behind: Map<string, Stmt[]>, name: string): Stmt[] {
  const kept = behind.get(name) ?? [];
  behind.set(name, kept);
  return kept;
}

/** Where the caller has what a part of a parameter is a name for: the name stands behind what is kept. */
function placeAtEntry({ entry }: Prepared, name: string): Expr | undefined {
  const declared = entry.find((stmt) => stmt.kind === "let" && stmt.name === name);
  return declared?.kind === "let" ? declared.init : undefined;
}

/** Whether a list, or one that an array or object leads to, may change its length. */
export function changesLength(pieces: Pieces, memory: Expr): boolean {
  return resizedLists(pieces, memory).length > 0;
}

/** The ways to lists that may change their length. */
function resizedLists({ prepared, planner }: Pieces, memory: Expr): Way[] {
  const { aliasing, body } = prepared;
  if (!isReference(memory.type)) return [];
  return memoryOfType(memory.type).flatMap(({ way, type }) => {
    if (type.kind !== "list") return [];
    const list = aliasing.classAt(memory, way);
    const isMeant = (array: Expr): boolean => aliasing.classOf(array) === list;
    // Stores into rows are what matrices live by: of those only one at the end is taken to make a row longer.
    const resizes = way.includes(anyElement) ? growsAtEnd(body, isMeant) : mayResize(planner.ranges, body, isMeant);
    return resizes ? [way] : [];
  });
}

function growsAtEnd(body: Block, isMeant: (array: Expr) => boolean): boolean {
  const constants = new Map(
    collectStmts(body, "let").map(({ name, init, mutable }) => [name, mutable ? undefined : init]),
  );
  const asksForLength = (expr: Expr): boolean =>
    someExpr(expr, (e) => {
      if (e.kind === "length") return isReference(e.array.type) && isMeant(e.array);
      const value = e.kind === "var" ? constants.get(e.name) : undefined;
      return value !== undefined && asksForLength(value);
    });
  return someStmt(body, (stmt) => {
    if (stmt.kind === "append" || stmt.kind === "shrink") return isMeant(stmt.array);
    if (stmt.kind !== "store" || stmt.array.type.kind !== "list" || !isMeant(stmt.array)) return false;
    return asksForLength(stmt.index);
  });
}

/** Whether other arrays may come to stand in a list or an object. */
function changesArrays({ prepared: { aliasing } }: Pieces, memory: Expr): boolean {
  const type = presentType(memory.type);
  return isReference(type) && holdsReferences(type) && aliasing.isDynamic(aliasing.classOf(memory));
}

/** Cuts lists in a shadow that has grown, as `cutLists` does; not where there are none, as an argument is absent. */
function cutToLengths(names: Names, ways: readonly Way[], grown: Expr, model: Expr): Stmt[] {
  const cut = cutLists(names, ways, grown, { ...model, type: presentType(model.type) });
  return model.type.kind === "maybe" && cut.length > 0 ? [ifThen(isPresent(model), cut)] : cut;
}

/** Cuts lists in a shadow that has grown to the lengths of those in another of the same structure. */
function cutLists(names: Names, ways: readonly Way[], grown: Expr, model: Expr): Stmt[] {
  const type = presentType(grown.type);
  const own = ways.some((way) => way.length === 0) ? [cutTo(grown, lengthOf(model))] : [];
  const inside = (key: string): Way[] => ways.flatMap(([first, ...rest]) => (first === key ? [rest] : []));
  switch (type.kind) {
    case "list": {
      const inner = inside(anyElement);
      if (inner.length === 0) return own;
      return [...own, countTo(names, lengthOf(model), (i) => cutLists(names, inner, at(grown, i), at(model, i)))];
    }
    case "record":
      return shadowFields(type).flatMap((field) => {
        const inner = inside(field.name);
        const [own, wanted] = [fieldAt(grown, field.name), fieldAt(model, field.name)];
        return field.type.kind === "maybe"
          ? cutPresent(names, inner, own, wanted)
          : cutLists(names, inner, own, wanted);
      });
    default:
      return own;
  }
}

/** The same of a field that may be absent. */
function cutPresent(names: Names, ways: readonly Way[], grown: Expr, model: Expr): Stmt[] {
  const [own, wanted] = [grown, model].map((expr): Expr => ({ ...expr, type: presentType(expr.type) }));
  const cut = cutLists(names, ways, own!, wanted!);
  const test: Expr = { kind: "logic", op: "&&", left: isPresent(grown), right: isPresent(model), type: booleanType };
  return cut.length === 0 ? [] : [ifThen(test, cut)];
}
