/**
 * Makes one accumulation of several into the same element, where nothing reads it in between:
 * `xBar[i] += a; …; xBar[i] += b` is `…; xBar[i] += a + b`, and `xBar[i] = 0; xBar[i] += e` is `xBar[i] = e`.
 * Only statements of adjoints are merged, since the sums come out in another order.
 */
import { aimOf, isReference } from "../ir/build.ts";
import { sum } from "../ir/algebra.ts";
import type { Block, Expr, Func, Stmt } from "../ir/types.ts";
import { assignedVariables, blocksOf, mapStmt, sameExpr, type StmtOf } from "../ir/visit.ts";
import { changesOf, isAnother, type Changes } from "./changes.ts";

export function mergeAccumulations(func: Func): Func {
  const changes = changesOf(func);
  const assigned = assignedVariables(func.body);
  const visit = (block: Block): Block => {
    let out: Block = block.map((stmt) => (blocksOf(stmt).length > 0 ? mapStmt(stmt, { block: visit }) : stmt));
    for (let i = 0; i < out.length; i++) {
      const merged = merge(changes, out, i) ?? withoutReturn(changes, out, i, assigned);
      if (merged === undefined) continue;
      out = merged;
      i--;
    }
    return out.length === block.length && out.every((stmt, i) => stmt === block[i]) ? block : out;
  };
  const body = visit(func.body);
  return body === func.body ? func : { ...func, body };
}

type Writing = StmtOf<"store" | "accumulate">;

/** The block with the statement at `i` and a later one that adds to the same element as one. */
function merge(changes: Changes, block: Block, i: number): Block | undefined {
  const first = block[i]!;
  const isClear = first.kind === "store" && isZero(first.value);
  if ((first.kind !== "accumulate" && !isClear) || first.note === undefined || isReference(first.value.type))
    return undefined;
  const j = partnerOf(changes, block, i, first);
  const second = block[j];
  if (second?.kind !== "accumulate" || second.note === undefined) return undefined;
  const between = block.slice(i + 1, j);
  if (first.kind === "store") {
    const stored: Stmt = { ...first, ...aimOf(second), value: second.value };
    return [...block.slice(0, i), ...between, stored, ...block.slice(j + 1)];
  }
  const stmt: Stmt = { ...second, value: sum([first.value, second.value]) };
  if (!between.some((s) => changes.changed(s, first.value)))
    return quoting(first.note, [...block.slice(0, i), ...between, stmt, ...block.slice(j + 1)], j - 1);
  if (between.some((s) => changes.changed(s, second.value))) return undefined;
  return quoting(
    second.note,
    [...block.slice(0, i), { ...stmt, ...aimOf(first) }, ...between, ...block.slice(j + 1)],
    i,
  );
}

/** The next statement that adds to the element, if nothing before it reads or overwrites it. */
function partnerOf(changes: Changes, block: Block, i: number, first: Writing): number {
  for (let j = i + 1; j < block.length; j++) {
    const stmt = block[j]!;
    if (stmt.kind === "accumulate" && sameExpr(stmt.array, first.array) && sameExpr(stmt.index, first.index)) {
      return changes.touches({ kind: "throw", value: stmt.value }, first) ? -1 : j;
    }
    if (changes.changed(stmt, first.index) || changes.changed(stmt, first.array)) return -1;
    // Sums may be added to in any order, so another one is in the way only of what clears.
    const commutes = first.kind === "accumulate" && stmt.kind === "accumulate";
    const seen: Stmt = commutes ? { kind: "throw", value: stmt.value } : stmt;
    if (changes.touches(seen, first)) return -1;
  }
  return -1;
}

/** `const e = a[i]; …; a[i] = e` puts back what is there. */
function withoutReturn(changes: Changes, block: Block, i: number, assigned: ReadonlySet<string>): Block | undefined {
  const back = block[i]!;
  if (back.kind !== "store" || back.note === undefined || back.value.kind !== "var") return undefined;
  const { name } = back.value;
  if (assigned.has(name)) return undefined;
  for (let k = i - 1; k >= 0; k--) {
    const stmt = block[k]!;
    if (stmt.kind === "let" && stmt.name === name) {
      const read = stmt.init?.kind === "nullish" ? stmt.init.left : stmt.init;
      const isSame = read?.kind === "index" && sameExpr(read.array, back.array) && sameExpr(read.index, back.index);
      return isSame ? [...block.slice(0, i), ...block.slice(i + 1)] : undefined;
    }
    const place: Expr = { kind: "index", array: back.array, index: back.index, type: back.value.type };
    if (changes.changed(stmt, back.index) || (changes.changed(stmt, place) && !isApartFrom(stmt, place)))
      return undefined;
  }
  return undefined;
}

function isApartFrom(stmt: Stmt, place: Expr): boolean {
  return (stmt.kind === "store" || stmt.kind === "accumulate") && place.kind === "index" && isAnother(stmt, place);
}

function isZero(e: Expr): boolean {
  return e.kind === "literal" && e.value === 0;
}

const marker = "adjoint of: ";
const longestNote = 120;

/** The run of statements with one note around `at` quotes the source of another note too, if that leaves it readable. */
export function quoting(note: string, block: Block, at: number): Block {
  const own = block[at]?.note;
  if (own === undefined || own === note) return block;
  const quotes = new Set([own, note].flatMap((each) => each.slice(marker.length).split("; ")));
  const both = `${marker}${[...quotes].join("; ")}`;
  if (both.length > longestNote) return block;
  let from = at;
  while (block[from - 1]?.note === own) from--;
  let to = at + 1;
  while (block[to]?.note === own) to++;
  return block.map((stmt, k) => (k >= from && k < to ? { ...stmt, note: both } : stmt));
}
