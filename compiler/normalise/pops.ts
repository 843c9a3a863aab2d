/**
 * `pop` takes nothing off an empty list. Where nothing says that there is an element (`xs.pop()!`, a test of the length
 * around it), it becomes a branch, so that what undoes a pop can count on its element.
 */
import { assign, compare, ifThen, int, isReference, lengthOf, variable } from "../ir/build.ts";
import { namesApartFrom, namesOf, type Names } from "../ir/names.ts";
import { presentType } from "../ir/presence.ts";
import type { Block, Expr, Func, Stmt } from "../ir/types.ts";
import { mapStmt, mentions, sameExpr, someStmt, walkBlock } from "../ir/visit.ts";

export function guardPops(func: Func): Func {
  const isUnsure = (stmt: Stmt): boolean => stmt.kind === "shrink" && stmt.mayBeEmpty === true;
  if (!someStmt(func.body, isUnsure)) return func;
  return { ...func, body: inBlock(func.body, [], namesApartFrom(namesOf(func))) };
}

/** `filled` are lists that have an element where the block starts. */
function inBlock(block: Block, filled: readonly Expr[], names: Names): Block {
  let known = filled;
  return block.flatMap((stmt): Block => {
    const made = inStmt(stmt, known, names);
    known = after(stmt, known);
    return made;
  });
}

function inStmt(stmt: Stmt, known: readonly Expr[], names: Names): Block {
  switch (stmt.kind) {
    case "shrink":
      return stmt.mayBeEmpty === true ? guarded(stmt, known, names) : [stmt];
    case "if":
      return [
        {
          ...stmt,
          then: inBlock(stmt.then, [...known, ...filledIf(stmt.test, true)], names),
          else: inBlock(stmt.else, [...known, ...filledIf(stmt.test, false)], names),
        },
      ];
    case "while":
      return [{ ...stmt, body: inBlock(stmt.body, [...lasting(stmt, known), ...filledIf(stmt.test, true)], names) }];
    default:
      return [mapStmt(stmt, { block: (inner) => inBlock(inner, lasting(stmt, known), names) })];
  }
}

type Pop = Extract<Stmt, { kind: "shrink" }>;

function guarded(stmt: Pop, known: readonly Expr[], names: Names): Block {
  const { mayBeEmpty: _mayBeEmpty, target, type, ...pop } = stmt;
  const isFilled = known.some((list) => sameExpr(list, stmt.array));
  const element = type && presentType(type);
  if (target === undefined || type === undefined || element === undefined) {
    return isFilled ? [pop] : [ifThen(compare("gt", lengthOf(stmt.array), int(0)), [pop])];
  }
  // A row that is missing would have to have a shadow.
  if (isFilled || isReference(element)) return [{ ...pop, target, type }];
  const last = names.fresh(target);
  const { quote, origin } = stmt;
  return [
    { kind: "let", name: target, type, mutable: true, ...(origin === undefined ? {} : { origin }) },
    ifThen(compare("gt", lengthOf(stmt.array), int(0)), [
      { ...pop, target: last, type: element },
      { ...assign(target, variable(last, element)), ...(quote === undefined ? {} : { quote }) },
    ]),
  ];
}

/** The lists that have an element after a statement. */
function after(stmt: Stmt, known: readonly Expr[]): readonly Expr[] {
  const still = lasting(stmt, known);
  if (stmt.kind === "append") return [...still, stmt.array];
  // `if (xs.length === 0) return`
  if (stmt.kind === "if" && leaves(stmt.then) && stmt.else.length === 0)
    return [...still, ...filledIf(stmt.test, false)];
  return still;
}

/** Those of the lists that have an element whatever a statement does. */
function lasting(stmt: Stmt, known: readonly Expr[]): readonly Expr[] {
  let still = known;
  walkBlock([stmt], (inner) => {
    switch (inner.kind) {
      case "shrink":
      case "call":
      case "apply":
        still = [];
        break;
      case "assign":
        still = still.filter((list) => !mentions(list, inner.name));
        break;
      case "store":
        if (isReference(inner.value.type)) still = still.filter((list) => list.kind === "var");
        break;
      default:
        break;
    }
  });
  return still;
}

function leaves(block: Block): boolean {
  const last = block.at(-1)?.kind;
  return last === "return" || last === "exit" || last === "throw";
}

/** Lists that have an element where a test comes out as given. */
function filledIf(test: Expr, outcome: boolean): Expr[] {
  if (test.kind === "logic" && test.op === (outcome ? "&&" : "||"))
    return [...filledIf(test.left, outcome), ...filledIf(test.right, outcome)];
  if (test.kind !== "op") return [];
  const [left, right] = test.args;
  if (test.op === "not") return filledIf(left!, !outcome);
  const list = left?.kind === "length" ? left.array : undefined;
  const bound = right?.kind === "literal" && typeof right.value === "number" ? right.value : undefined;
  if (list === undefined || bound === undefined) return [];
  const op = outcome ? test.op : opposite[test.op];
  const holds =
    (op === "gt" && bound >= 0) ||
    (op === "ge" && bound > 0) ||
    (op === "ne" && bound === 0) ||
    (op === "eq" && bound > 0);
  return holds ? [list] : [];
}

const opposite: Readonly<Record<string, string | undefined>> = {
  gt: "le",
  ge: "lt",
  lt: "ge",
  le: "gt",
  eq: "ne",
  ne: "eq",
};
