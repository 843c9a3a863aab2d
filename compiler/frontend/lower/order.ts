/**
 * Keeps JavaScript's order of evaluation while effects move out of expressions. Operands are lowered one
 * after the other; where the statements that a later one needs would change what an earlier one reads,
 * the earlier one goes into a constant first.
 */
import type { Block, Expr, Stmt, Type } from "../../ir/types.ts";
import { isReference } from "../../ir/build.ts";
import { exprsOf, someExpr, walkBlock, writtenArray } from "../../ir/visit.ts";
import { freshName, type Body } from "./state.ts";

export interface Operands {
  /** Lowers one more operand and gives its position. */
  add(lower: () => Expr): number;
  get(position: number): Expr;
  /** As `get`, and from now on the operand need not be kept. */
  take(position: number): Expr;
}

export function operandsIn(body: Body): Operands {
  const pending: (Expr | undefined)[] = [];
  const read = (position: number): Expr => {
    const operand = pending[position];
    if (!operand) throw new Error("lower/order: an operand is read that was taken");
    return operand;
  };
  return {
    add(lower) {
      const start = body.block.length;
      const value = lower();
      keepBefore(body, pending, start);
      return pending.push(value) - 1;
    },
    get: read,
    take(position) {
      const operand = read(position);
      pending[position] = undefined;
      return operand;
    },
  };
}

/** The operands in order, safe from each other's effects. */
export function lowerInOrder(body: Body, operands: readonly (() => Expr)[]): Expr[] {
  const order = operandsIn(body);
  const positions = operands.map((lower) => order.add(lower));
  return positions.map((position) => order.get(position));
}

/** Saves those of `pending` that the statements from `start` on would change. */
function keepBefore(body: Body, pending: (Expr | undefined)[], start: number): void {
  if (body.block.length === start) return;
  const effects = effectsOf(body, body.block.slice(start));
  if (!effects.everything && effects.assigned.size === 0 && effects.memory.size === 0) return;
  const kept: Stmt[] = [];
  const keep = (expr: Expr): Expr => {
    if (expr.kind === "tuple") return { ...expr, items: expr.items.map(keep) };
    if (!isChanged(expr, effects)) return expr;
    const name = freshName(body, keptName(expr));
    kept.push({ ...body.place, kind: "let", name, type: expr.type, mutable: false, init: expr });
    return { kind: "var", name, type: expr.type };
  };
  for (const [i, expr] of pending.entries()) if (expr) pending[i] = keep(expr);
  body.block.splice(start, 0, ...kept);
}

/** The base of a readable name for what an expression holds now. */
export function keptName(expr: Expr): string {
  if (expr.kind === "var") return `${expr.name}Before`;
  if (expr.kind === "index" && expr.array.kind === "var") return `${expr.array.name}Item`;
  return "before";
}

interface Effects {
  readonly assigned: ReadonlySet<string>;
  /** Kinds of arrays whose contents or lengths may change. */
  readonly memory: ReadonlySet<string>;
  /** A function inside of this one ran: it may have changed anything but these constants. */
  readonly everything: boolean;
  readonly isConstant: (name: string) => boolean;
}

function effectsOf(body: Body, block: Block): Effects {
  const assigned = new Set<string>();
  const memory = new Set<string>();
  let everything = false;
  walkBlock(block, (stmt) => {
    if (stmt.kind === "assign") assigned.add(stmt.name);
    const written = writtenArray(stmt);
    if (written) memory.add(memoryOf(written.type));
    // A callee can only write what it is given.
    if (stmt.kind === "apply") everything = true;
    if (stmt.kind === "call") for (const arg of exprsOf(stmt)) reachable(arg.type, memory);
  });
  return { assigned, memory, everything, isConstant: (name) => !body.mutableNames.has(name) };
}

function reachable(type: Type, into: Set<string>): void {
  if (type.kind === "maybe") reachable(type.type, into);
  else if (isReference(type)) {
    into.add(memoryOf(type));
    if (type.kind === "list") reachable(type.element, into);
    if (type.kind === "record") for (const field of type.fields) reachable(field.type, into);
  }
}

/** Arrays of different kinds cannot be the same array. */
function memoryOf(type: Type): string {
  switch (type.kind) {
    case "typed":
      return type.name;
    case "list":
      return `list of ${memoryOf(type.element)}`;
    case "maybe":
      return memoryOf(type.type);
    case "int":
      return "number";
    default:
      return type.kind;
  }
}

function isChanged(expr: Expr, effects: Effects): boolean {
  return someExpr(expr, (part) => {
    switch (part.kind) {
      case "var":
        return effects.everything ? !effects.isConstant(part.name) : effects.assigned.has(part.name);
      case "index":
      case "length":
        return effects.everything || effects.memory.has(memoryOf(part.array.type));
      case "foreign":
        return part.args.some((arg) => isReference(arg.type) && (effects.everything || effects.memory.size > 0));
      default:
        return false;
    }
  });
}
