/**
 * Turns `exit` (break, continue, early return) into structure, once, so that the transforms meet only
 * sequence, if and loops.
 *
 * What follows an `if` that leaves on one side moves into its other side. Only where both sides can go on,
 * or where a loop is left, an exit code remembers how: an int that is 0, and is set at most once to the
 * number of the exit that was taken. A loop with an exit code goes on only while the code is 0. So one
 * code for a loop, not a flag for each iteration, is all that a reverse sweep has to know.
 */
import { assign, compare, int, intType, variable } from "../ir/build.ts";
import { namesApartFrom, namesOf, type Names } from "../ir/names.ts";
import type { Block, Expr, Func, Stmt } from "../ir/types.ts";
import { blocksOf, mapBlock, readNames, someStmt } from "../ir/visit.ts";

export function structureExits(func: Func): Func {
  if (!someStmt(func.body, (stmt) => stmt.kind === "block" || stmt.kind === "exit")) return func;
  const names = namesApartFrom(namesOf(func));
  const body = sequence(func.body, { names, targets: new Map() });
  return { ...func, body: dropUnreadCodes(body) };
}

/** An exit code and the numbers that have been given out for it, by the label that they lead to. */
interface Code {
  readonly name: string;
  readonly numbers: Map<string, number[]>;
  next: number;
}

interface Context {
  readonly names: Names;
  /** For each label that is open here, the code that an `exit` to it sets. */
  readonly targets: ReadonlyMap<string, Code>;
}

function newCode(context: Context): Code {
  return { name: context.names.fresh("exit"), numbers: new Map(), next: 1 };
}

function declareCode(code: Code): Stmt {
  return { kind: "let", name: code.name, type: intType, mutable: true, init: int(0), exit: true };
}

function sequence(block: Block, context: Context): Stmt[] {
  const out: Stmt[] = [];
  for (let i = 0; i < block.length; i++) {
    const stmt = block[i]!;
    const rest = block.slice(i + 1);
    switch (stmt.kind) {
      case "exit": {
        const code = context.targets.get(stmt.label);
        if (code === undefined) throw new Error(`exit to unknown label ${stmt.label}`);
        const number = code.next++;
        const known = code.numbers.get(stmt.label);
        if (known === undefined) code.numbers.set(stmt.label, [number]);
        else known.push(number);
        out.push(assign(code.name, int(number)));
        return out;
      }
      case "throw":
      case "return":
        out.push(stmt);
        return out;
      case "if": {
        const labels = exitLabels([stmt]);
        // A branch that only throws needs no structure: the throw leaves by itself.
        if (labels.size === 0) {
          out.push(stmtWithBlocks(stmt, context));
          break;
        }
        const thenFalls = fallsThrough(stmt.then);
        const elseFalls = fallsThrough(stmt.else);
        if (!thenFalls || !elseFalls) {
          const then = sequence(thenFalls ? [...stmt.then, ...rest] : stmt.then, context);
          const otherwise = sequence(elseFalls ? [...stmt.else, ...rest] : stmt.else, context);
          out.push({ ...stmt, then, else: otherwise });
          return out;
        }
        out.push(stmtWithBlocks(stmt, context));
        return guardRest(out, labels, rest, context);
      }
      case "block": {
        const outer = exitLabels([stmt]);
        const code = newCode(context);
        const targets = new Map(context.targets).set(stmt.label, code);
        out.push(declareCode(code), ...sequence(stmt.body, { ...context, targets }));
        if (outer.size > 0) return guardRest(out, outer, rest, context);
        break;
      }
      case "for":
      case "while": {
        const labels = exitLabels(stmt.body);
        if (labels.size === 0) {
          out.push(stmtWithBlocks(stmt, context));
          break;
        }
        const code = newCode(context);
        const targets = new Map(context.targets);
        for (const label of labels) targets.set(label, code);
        const body = sequence(stmt.body, { ...context, targets });
        out.push(declareCode(code), { ...stmt, exit: code.name, body });
        // Outside of the loop, go on to wherever the exit leads.
        const dispatch = [...labels].map((label): Stmt => ({
          kind: "if",
          test: codeIs(code, code.numbers.get(label) ?? []),
          then: [{ kind: "exit", label }],
          else: [],
        }));
        out.push(...sequence([...dispatch, ...rest], context));
        return out;
      }
      default:
        out.push(stmt);
    }
  }
  return out;
}

/** The rest of a block, run only where none of the labels was left to. */
function guardRest(out: Stmt[], labels: ReadonlySet<string>, rest: Block, context: Context): Stmt[] {
  if (rest.length === 0) return out;
  const codes = new Set([...labels].map((label) => context.targets.get(label)!.name));
  const clear = [...codes].map((name) => compare("eq", variable(name, intType), int(0)));
  const test = clear.reduce((left, right): Expr => ({
    kind: "logic",
    op: "&&",
    left,
    right,
    type: { kind: "boolean" },
  }));
  out.push({ kind: "if", test, then: sequence(rest, context), else: [] });
  return out;
}

function codeIs(code: Code, numbers: readonly number[]): Expr {
  const name = variable(code.name, intType);
  if (code.numbers.size === 1) return compare("ne", name, int(0));
  const tests = numbers.map((n) => compare("eq", name, int(n)));
  return tests.reduce((left, right): Expr => ({ kind: "logic", op: "||", left, right, type: { kind: "boolean" } }));
}

function stmtWithBlocks(stmt: Stmt, context: Context): Stmt {
  switch (stmt.kind) {
    case "if":
      return { ...stmt, then: sequence(stmt.then, context), else: sequence(stmt.else, context) };
    case "for":
    case "while":
      return { ...stmt, body: sequence(stmt.body, context) };
    default:
      return stmt;
  }
}

/** Labels outside of the block that something in it exits to. */
function exitLabels(block: Block): Set<string> {
  const labels = new Set<string>();
  for (const stmt of block) {
    if (stmt.kind === "exit") labels.add(stmt.label);
    if (stmt.kind === "closure") continue;
    // A block of an inlined function may have the name of one around it.
    const own = stmt.kind === "block" ? stmt.label : undefined;
    for (const inner of blocksOf(stmt)) for (const label of exitLabels(inner)) if (label !== own) labels.add(label);
  }
  return labels;
}

/** Whether control can reach the end of the block. Loops always count as left. */
function fallsThrough(block: Block): boolean {
  for (const stmt of block) {
    switch (stmt.kind) {
      case "exit":
      case "throw":
      case "return":
        return false;
      case "if":
        if (!fallsThrough(stmt.then) && !fallsThrough(stmt.else)) return false;
        break;
      case "block":
        if (!fallsThrough(stmt.body) && !exitsTo(stmt.body, stmt.label)) return false;
        break;
      default:
        break;
    }
  }
  return true;
}

function exitsTo(block: Block, label: string): boolean {
  return someStmt(block, (stmt) => stmt.kind === "exit" && stmt.label === label);
}

/** Removes exit codes that nothing reads, and the `if`s that were left empty. */
function dropUnreadCodes(block: Block): Block {
  const codes = new Set<string>();
  const visit = (stmt: Stmt): Stmt | Block => {
    if (stmt.kind === "let" && stmt.exit) codes.add(stmt.name);
    return stmt;
  };
  mapBlock(block, visit);
  let current = block;
  for (;;) {
    const read = readNames(current);
    const next = mapBlock(current, (stmt) => {
      if ((stmt.kind === "let" || stmt.kind === "assign") && codes.has(stmt.name) && !read.has(stmt.name)) return [];
      if (stmt.kind === "if" && stmt.then.length === 0 && stmt.else.length === 0) return [];
      return stmt;
    });
    if (next === current) return current;
    current = next;
  }
}
