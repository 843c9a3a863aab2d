/**
 * The tangents of an array along several directions as the rows of one Jacobian, without an array for each:
 *
 *     for (let i = 0; i < n; i++) { …; yDot0[i] = a; yDot1[i] = b; }
 *
 * becomes `jacobian[i * width] = a; jacobian[i * width + 1] = b`. That is done where each row is written once, whole
 * and in ascending order. Should the Jacobian have fewer columns than there are directions (the input array is
 * shorter than what is read of it), what runs over the end of a row is then written again by the next, and past the
 * end of the data nothing is written.
 */
import { float64Array, int, intType, num, op } from "../ir/build.ts";
import type { Block, Expr, Stmt } from "../ir/types.ts";
import { exprsOf, sameExpr, someExpr, walkBlock } from "../ir/visit.ts";

export interface Interleaving {
  /** The array that the rows go to. */
  readonly name: string;
  /** How many rows there are, and how long each is. */
  readonly length: Expr;
  readonly width: Expr;
  /** The tangent array of each column; undefined where the column is zero. */
  readonly tangents: readonly (Expr | undefined)[];
}

/** The block with the rows written in place; undefined where that is not as simple as above. */
export function interleave(block: Block, wish: Interleaving): Block | undefined {
  const columns = new Map(wish.tangents.flatMap((t, k) => (t?.kind === "var" ? [[t.name, k] as const] : [])));
  if (columns.size === 0 || columns.size !== wish.tangents.filter((t) => t !== undefined).length) return undefined;
  if (mentionsOf(block, columns) !== columns.size) return undefined;
  const declared = block.filter((s) => isDeclaration(s, columns));
  const fresh = declared.every(
    (s) => s.kind === "let" && s.init?.kind === "zeros" && sameExpr(resolved(s.init.length, block), wish.length),
  );
  const loop = block.find((s) => s.kind === "for" && s.body.some((inner) => columnOf(inner, columns) !== undefined));
  if (declared.length !== columns.size || !fresh || loop?.kind !== "for") return undefined;
  const ascending =
    loop.step === 1 &&
    loop.compare === "lt" &&
    loop.exit === undefined &&
    sameExpr(resolved(loop.bound, block), wish.length);
  const stores = loop.body.filter((s) => columnOf(s, columns) !== undefined);
  const whole =
    stores.length === columns.size &&
    stores.every((s) => s.kind === "store" && s.index.kind === "var" && s.index.name === loop.name);
  if (!ascending || !whole || loop.start.kind !== "literal" || loop.start.value !== 0) return undefined;

  const data: Expr = { kind: "var", name: wish.name, type: float64Array };
  const size = op("mul", [wish.length, wish.width], intType);
  const declaration: Stmt = {
    kind: "let",
    name: wish.name,
    type: float64Array,
    mutable: false,
    init: { kind: "zeros", length: size, type: float64Array },
  };
  const row = op("mul", [{ kind: "var", name: loop.name, type: intType }, wish.width], intType);
  const store = (column: number, value: Expr): Stmt => {
    return { kind: "store", array: data, index: column === 0 ? row : op("add", [row, int(column)], intType), value };
  };
  const zeros = wish.tangents.flatMap((t, k) => (t === undefined ? [store(k, num(0))] : []));
  const body = loop.body.flatMap((s): Stmt[] => {
    const column = columnOf(s, columns);
    if (column === undefined || s.kind !== "store") return [s];
    return [...(s === stores[0] ? zeros : []), store(column, s.value)];
  });
  return block.flatMap((s): Stmt[] => {
    if (s === declared[0]) return [declaration];
    if (declared.includes(s)) return [];
    return s === loop ? [{ ...loop, body }] : [s];
  });
}

function isDeclaration(stmt: Stmt, columns: ReadonlyMap<string, number>): boolean {
  return stmt.kind === "let" && columns.has(stmt.name);
}

function columnOf(stmt: Stmt, columns: ReadonlyMap<string, number>): number | undefined {
  return stmt.kind === "store" && stmt.array.kind === "var" ? columns.get(stmt.array.name) : undefined;
}

/** In how many places the tangents are used. */
function mentionsOf(block: Block, columns: ReadonlyMap<string, number>): number {
  let count = 0;
  walkBlock(block, (stmt) => {
    for (const expr of exprsOf(stmt)) {
      someExpr(expr, (e) => {
        if (e.kind === "var" && columns.has(e.name)) count++;
        return false;
      });
    }
  });
  return count;
}

/** What a constant of the block stands for, or the length of an array that was made with that length. */
function resolved(expr: Expr, block: Block): Expr {
  const name =
    expr.kind === "var" ? expr.name : expr.kind === "length" && expr.array.kind === "var" ? expr.array.name : undefined;
  const stmt = block.find((s) => s.kind === "let" && s.name === name);
  if (stmt?.kind !== "let" || stmt.mutable || stmt.init === undefined) return expr;
  if (expr.kind === "var") return resolved(stmt.init, block);
  if (stmt.type.kind !== "typed" || stmt.init.kind !== "zeros") return expr;
  return resolved(stmt.init.length, block);
}
