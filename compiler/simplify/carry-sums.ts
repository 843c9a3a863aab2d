/**
 * Where each iteration adds to an element that the next one adds to again, what it adds waits in a variable: `xBar[i + 1]
 * += a; xBar[i] += b` is `xBar[i] += carried + b; carried = a`. An element is then read and written once, and not
 * right after it was written, which would make an engine wait. (Scalar replacement: Callahan, Carr and Kennedy,
 * _Improving register allocation for subscripted variables_, 1990, for sums, whose order is free.)
 */
import { analyseIntegers, type Integers } from "../analyse/integers.ts";
import { analyseRanges, type Ranges } from "../analyse/ranges.ts";
import { add } from "../ir/algebra.ts";
import { aimOf, assign, intType, mutable, numberType, variable, zeroOf } from "../ir/build.ts";
import { namesApartFrom, namesOf, type Names } from "../ir/names.ts";
import type { Block, Expr, ForStmt, Func, Stmt, Type } from "../ir/types.ts";
import { collectStmts, exprsOf, someStmt, variableTypes, type StmtOf } from "../ir/visit.ts";
import { changesOf, type Changes } from "./changes.ts";
import { isSafe } from "./hoist.ts";
import { replaceLoops } from "./loops.ts";
import { nameOfCarried } from "./naming.ts";
import { isAlwaysThere } from "./present.ts";
import { chainsOf, indexAt, longestChain, moved, runningIndex, type Running } from "./running.ts";

export function carrySums(func: Func): Func {
  if (collectStmts(func.body, "accumulate").length < 2) return func;
  const context: Context = {
    changes: changesOf(func),
    ranges: analyseRanges(func.body),
    types: variableTypes(func),
    integers: analyseIntegers(func),
    names: namesApartFrom(namesOf(func)),
  };
  return replaceLoops(func, (loop, loops) => carry(context, loop, loops));
}

interface Context {
  readonly changes: Changes;
  readonly ranges: Ranges;
  readonly types: ReadonlyMap<string, Type>;
  readonly integers: Integers;
  readonly names: Names;
}

type Sum = StmtOf<"accumulate">;

interface Member {
  readonly stmt: Sum;
  readonly at: Running;
  /** Holds what the iterations before added to the element. */
  readonly carried: string | undefined;
}

function carry(context: Context, loop: ForStmt, loops: readonly ForStmt[]): Stmt[] {
  const { changes, integers, names } = context;
  if (loop.exit !== undefined || Math.abs(loop.step) !== 1 || !integers.isInteger(loop.bound)) return [loop];
  const end = moved(loop.bound, loop.compare === "le" ? 1 : loop.compare === "ge" ? -1 : 0);
  const before: Stmt[] = [];
  const after: Stmt[] = [];
  let { body } = loop;
  for (const sums of byArray(loop.body)) {
    const { array } = sums[0]!;
    if (isUsedOtherwise(changes, loop, array)) continue;
    const members = sums.flatMap((stmt): Member[] => {
      const at = runningIndex(changes, loop, stmt.index);
      return at === undefined ? [] : [{ stmt, at, carried: undefined }];
    });
    for (const chain of chainsOf(loop.step, members)) {
      if (chain.length > longestChain) continue;
      const named = chain.map((member, k) =>
        k + 1 === chain.length ? member : { ...member, carried: names.fresh(nameOfCarried(nameOf(array))) },
      );
      const rests = named.flatMap(({ stmt, carried }): Sum[] => {
        if (carried === undefined) return [];
        const { note: _note, quote: _quote, ...bare } = stmt;
        return [{ ...bare, index: indexAt(stmt.index, loop, end), value: variable(carried, numberType) }];
      });
      const isThere = rests.every(({ index }) => {
        const element = { kind: "index", array, index, type: numberType } as const;
        return isSafe(context.ranges, element, loop, loops) && isAlwaysThere(element, context.types);
      });
      const together = isThere ? withChain(changes, body, named) : undefined;
      if (together === undefined) continue;
      body = together;
      before.push(
        ...named.flatMap(({ carried }) =>
          carried === undefined ? [] : [mutable(carried, numberType, zeroOf(numberType))],
        ),
      );
      after.push(...rests);
    }
  }
  return body === loop.body ? [loop] : [...before, { ...loop, body }, ...after];
}

const nameOf = (array: Expr): string => (array.kind === "var" ? array.name : "");

/** The sums that every iteration makes, by their arrays. */
function byArray(body: Block): Sum[][] {
  const found = new Map<string, Sum[]>();
  for (const stmt of body) {
    if (stmt.kind !== "accumulate" || stmt.array.kind !== "var" || stmt.array.type.kind !== "typed") continue;
    const { name } = stmt.array;
    found.set(name, [...(found.get(name) ?? []), stmt]);
  }
  return [...found.values()];
}

/** Whether the loop reads or writes any element of the array in another way than adding to it. */
function isUsedOtherwise(changes: Changes, loop: ForStmt, array: Expr): boolean {
  const anywhere = { array, index: variable("*", intType) };
  const looks = (value: Expr): boolean => changes.touches({ kind: "throw", value }, anywhere);
  return (
    exprsOf(loop).some(looks) ||
    someStmt(loop.body, (stmt) => {
      if (stmt.kind === "accumulate") return looks(stmt.value) || looks(stmt.index);
      if (stmt.kind === "for" || stmt.kind === "if" || stmt.kind === "while") return exprsOf(stmt).some(looks);
      return changes.touches(stmt, anywhere);
    })
  );
}

/** The body with the sums of a chain where the last of them stands, if what they add is the same there. */
function withChain(changes: Changes, body: Block, chain: readonly Member[]): Block | undefined {
  const places = chain.map(({ stmt }) => body.indexOf(stmt));
  const last = Math.max(...places);
  const isLate = chain.some(({ stmt }, k) =>
    body.slice(places[k]! + 1, last).some((between) => changes.changed(between, stmt.value)),
  );
  if (isLate) return undefined;
  const steps = chain.map(({ stmt, carried }, k): Stmt => {
    const value = carried === undefined ? stmt.value : add(stmt.value, variable(carried, numberType));
    return k === 0 ? { ...stmt, value } : { ...assign(chain[k - 1]!.carried!, value), ...aimOf(stmt) };
  });
  return body.flatMap((stmt, k) => (k === last ? steps : places.includes(k) ? [] : [stmt]));
}
