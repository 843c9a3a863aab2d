/**
 * Whether an index is proved to lie inside of its array: bounds of counted loops and lengths are compared as
 * one symbol plus a whole number. What is not proved is checked where it matters.
 */
import { fieldOf } from "../ir/build.ts";
import type { Block, Expr, ForStmt } from "../ir/types.ts";
import { assignedVariables, blocksOf, freeVariables, someStmt, walkBlock } from "../ir/visit.ts";

export interface Ranges {
  /** Whether `array[index]` exists for every run of the statement, which stands in these loops. */
  isInside(array: Expr, index: Expr, loops: readonly ForStmt[]): boolean;
  /** Whether an expression is the length of the array of that name. */
  isLength(expr: Expr, array: string): boolean;
  /** Which of the two, not below 0 and below the length, is proved. */
  sides(array: Expr, index: Expr, loops: readonly ForStmt[]): { readonly low: boolean; readonly high: boolean };
}

/** symbol + offset; the symbol is "" for a plain number. */
interface Linear {
  readonly symbol: string;
  readonly offset: number;
}

/** The length of a list that `resizes` is not taken for fixed; who does not know passes nothing, and no list's is if any changes. */
export function analyseRanges(body: Block, resizes?: (list: Expr) => boolean): Ranges {
  const assigned = assignedVariables(body);
  const definitions = new Map<string, Expr>();
  const anyResized = someStmt(body, (stmt) => stmt.kind === "append" || stmt.kind === "shrink");
  const resized = (array: Expr): boolean => array.type.kind === "list" && (resizes?.(array) ?? anyResized);
  walkBlock(body, (stmt) => {
    if (stmt.kind === "let" && !stmt.mutable && stmt.init !== undefined) definitions.set(stmt.name, stmt.init);
  });

  const linear = (expr: Expr): Linear | undefined => {
    switch (expr.kind) {
      case "literal":
        return typeof expr.value === "number" && Number.isInteger(expr.value)
          ? { symbol: "", offset: expr.value }
          : undefined;
      case "var": {
        if (assigned.has(expr.name)) return undefined;
        const init = definitions.get(expr.name);
        return (init && linear(init)) ?? { symbol: expr.name, offset: 0 };
      }
      case "length":
        return lengthOf(expr.array);
      case "op": {
        if (expr.op !== "add" && expr.op !== "sub") return undefined;
        const a = linear(expr.args[0]!);
        const b = linear(expr.args[1]!);
        if (a === undefined || b === undefined) return undefined;
        if (b.symbol === "") return { symbol: a.symbol, offset: a.offset + (expr.op === "add" ? b.offset : -b.offset) };
        return a.symbol === "" && expr.op === "add" ? { symbol: b.symbol, offset: a.offset + b.offset } : undefined;
      }
      default:
        return undefined;
    }
  };
  const lengthOf = (array: Expr): Linear | undefined => {
    if (array.kind === "index" && !resized(array) && [...freeVariables(array)].every((name) => !assigned.has(name))) {
      return { symbol: JSON.stringify(array), offset: 0 };
    }
    if (array.kind !== "var" || assigned.has(array.name)) return undefined;
    if (resized(array)) return undefined;
    const init = definitions.get(array.name);
    switch (init?.kind) {
      case "var":
        return lengthOf(init) ?? { symbol: `${array.name}.length`, offset: 0 };
      case "zeros":
        return linear(init.length);
      case "items":
        return { symbol: "", offset: init.items.length };
      case "zerosLike":
      case "deepCopy":
        return lengthOf(init.array);
      case "copy":
        return init.start === undefined && init.end === undefined
          ? lengthOf(init.array)
          : { symbol: `${array.name}.length`, offset: 0 };
      default:
        return { symbol: `${array.name}.length`, offset: 0 };
    }
  };

  /** The length that bounds a loop, of an array that is another one after the loop or before, but not while it runs. */
  const lengthIn = ({ bound, body: inner, name }: ForStmt): { array: string; length: Linear } | undefined => {
    if (bound.kind !== "length" || bound.array.kind !== "var" || resized(bound.array)) return undefined;
    const array = bound.array.name;
    if (!assigned.has(array) || assignedVariables(inner).has(array)) return undefined;
    return { array, length: { symbol: `${array}.length for ${name}`, offset: 0 } };
  };

  /** The greatest or the least value of an index, as far as loops bound it. */
  const extreme = (index: Expr, loops: readonly ForStmt[], greatest: boolean): Linear | undefined => {
    if (index.kind === "var") {
      const at = loops.findIndex((loop) => loop.name === index.name);
      const loop = loops[at];
      if (loop === undefined) return linear(index);
      const outer = loops.slice(0, at);
      const atBound = greatest === loop.step > 0;
      if (!atBound) return extreme(loop.start, outer, greatest);
      const bound = extreme(loop.bound, outer, greatest) ?? lengthIn(loop)?.length;
      if (bound === undefined) return undefined;
      const past = loop.compare === "lt" ? -1 : loop.compare === "gt" ? 1 : 0;
      return { symbol: bound.symbol, offset: bound.offset + past };
    }
    if (index.kind === "op" && (index.op === "add" || index.op === "sub")) {
      const a = extreme(index.args[0]!, loops, greatest);
      const b = extreme(index.args[1]!, loops, index.op === "add" ? greatest : !greatest);
      if (a === undefined || b === undefined) return undefined;
      if (b.symbol === "") return { symbol: a.symbol, offset: a.offset + (index.op === "add" ? b.offset : -b.offset) };
      return a.symbol === "" && index.op === "add" ? { symbol: b.symbol, offset: a.offset + b.offset } : undefined;
    }
    return linear(index);
  };

  const sides = (
    array: Expr,
    index: Expr,
    loops: readonly ForStmt[],
  ): { readonly low: boolean; readonly high: boolean } => {
    if (fieldOf(array.type, index) !== undefined) return { low: true, high: true };
    const lengths = [
      lengthOf(array),
      ...loops.map(lengthIn).map((known) => (known?.array === nameOf(array) ? known?.length : undefined)),
    ];
    const greatest = extreme(index, loops, true);
    const least = extreme(index, loops, false);
    const high = lengths.some(
      (length) => length !== undefined && greatest?.symbol === length.symbol && greatest.offset < length.offset,
    );
    return { low: least?.symbol === "" && least.offset >= 0, high };
  };
  return {
    sides,
    isLength(expr, array) {
      const length = lengthOf({ kind: "var", name: array, type: { kind: "typed", name: "Float64Array" } });
      const value = linear(expr);
      return (
        length !== undefined && value !== undefined && value.symbol === length.symbol && value.offset === length.offset
      );
    },
    isInside(array, index, loops) {
      const { low, high } = sides(array, index, loops);
      return low && high;
    },
  };
}

const nameOf = (array: Expr): string | undefined => (array.kind === "var" ? array.name : undefined);

/** Whether a list that is meant may change its length: by `push` or `pop`, or by a store that is not proved inside. */
export function mayResize(ranges: Ranges, body: Block, isMeant: (array: Expr) => boolean): boolean {
  const isPushed = someStmt(body, (s) => (s.kind === "append" || s.kind === "shrink") && isMeant(s.array));
  return isPushed || growsByStores(ranges, body, isMeant);
}

/** Whether a list that is meant may get longer by a store past its end. */
export function growsByStores(ranges: Ranges, body: Block, isMeant: (array: Expr) => boolean): boolean {
  const visit = (block: Block, loops: readonly ForStmt[]): boolean =>
    block.some((stmt) => {
      switch (stmt.kind) {
        case "store":
          return (
            stmt.array.type.kind === "list" && isMeant(stmt.array) && !ranges.isInside(stmt.array, stmt.index, loops)
          );
        case "for":
          return visit(stmt.body, [...loops, stmt]);
        default:
          return blocksOf(stmt).some((inner) => visit(inner, loops));
      }
    });
  return visit(body, []);
}
