/**
 * `map`, `forEach` and the like look at the length of their list once, and pass over elements that are gone when their turn
 * comes. What the function does that they call is only seen once its own calls are inlined: where it makes no list shorter,
 * all elements are there, and the loop is a plain one.
 */
import { isNumeric } from "../ir/build.ts";
import { isName } from "../ir/ask.ts";
import type { Block, Expr, ForStmt, Func, Stmt, Type, Var } from "../ir/types.ts";
import { assignedVariables, mapStmt, someStmt, type StmtOf } from "../ir/visit.ts";

export function presentElements(func: Func): Func {
  return { ...func, body: inBlock(func.body) };
}

function inBlock(block: Block): Block {
  const out: Stmt[] = [];
  for (const stmt of block.map((each) => mapStmt(each, { block: inBlock }))) {
    const found = stmt.kind === "for" ? testedLoop(stmt, out.at(-1)) : undefined;
    if (found === undefined) {
      out.push(stmt);
      continue;
    }
    const { loop, length, list } = found;
    const made = out.at(-2);
    if (made !== undefined && isFilled(made, list, loop)) out.splice(-2, 1, withZeros(made));
    // Where the list does not grow either, its length is the bound.
    out.push(changesLength(loop.body, list.type, "append") ? loop : { ...loop, bound: length });
  }
  return out;
}

interface Tested {
  /** Without the test. */
  readonly loop: ForStmt;
  readonly length: Expr;
  readonly list: Var;
}

/** `const count = xs.length; for (k < count) if (k < xs.length) …`, where the test holds. */
function testedLoop(loop: ForStmt, before: Stmt | undefined): Tested | undefined {
  const [only, ...rest] = loop.body;
  if (before?.kind !== "let" || before.mutable || before.init?.kind !== "length" || rest.length > 0) return undefined;
  if (loop.compare !== "lt" || !isName(loop.bound, before.name) || only?.kind !== "if" || only.else.length > 0)
    return undefined;
  const list = before.init.array;
  const isTest = only.test.kind === "op" && only.test.op === "lt" && isName(only.test.args[0]!, loop.name);
  const tested = isTest && only.test.kind === "op" ? only.test.args[1] : undefined;
  if (list.kind !== "var" || tested?.kind !== "length" || !isName(tested.array, list.name)) return undefined;
  if (assignedVariables(only.then).has(list.name) || changesLength(only.then, list.type, "shrink")) return undefined;
  return { loop: { ...loop, body: only.then }, length: before.init, list };
}

/** Whether a list that may be one of the type gets longer or shorter, perhaps by a function that is called. */
function changesLength(block: Block, type: Type, how: "append" | "shrink"): boolean {
  return someStmt(block, (stmt) => {
    if (stmt.kind === "call" || stmt.kind === "apply") return stmt.args.some((arg) => holdsLists(arg.type));
    return stmt.kind === how && mayBeOne(stmt.array.type, type);
  });
}

function holdsLists(type: Type): boolean {
  return !["number", "int", "boolean", "string", "typed", "tensor", "void"].includes(type.kind);
}

/** Whether an object of one type may be one of the other: a list of numbers is no list of rows. */
function mayBeOne(a: Type, b: Type): boolean {
  if (a.kind === "maybe") return mayBeOne(a.type, b);
  if (b.kind === "maybe") return mayBeOne(a, b.type);
  if (a.kind === "list" && b.kind === "list") return mayBeOne(a.element, b.element);
  return a.kind === b.kind || (isNumeric(a) && isNumeric(b));
}

/** `new Array(xs.length)` of which the loop gives every element a value. */
function isFilled(made: Stmt, list: Var, loop: ForStmt): made is StmtOf<"let"> {
  if (made.kind !== "let" || made.init?.kind !== "holes" || made.type.kind !== "list") return false;
  if (!isNumeric(made.type.element)) return false;
  const { length } = made.init;
  const starts = loop.start.kind === "literal" && loop.start.value === 0 && loop.step === 1 && loop.exit === undefined;
  const stores = (stmt: Stmt): boolean =>
    stmt.kind === "store" && isName(stmt.array, made.name) && isName(stmt.index, loop.name);
  return starts && length.kind === "length" && isName(length.array, list.name) && loop.body.some(stores);
}

function withZeros(made: StmtOf<"let">): Stmt {
  return made.init?.kind === "holes" ? { ...made, init: { ...made.init, kind: "zeros" } } : made;
}
