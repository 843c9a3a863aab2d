/**
 * Where the course of a function hangs on values that are differentiated, in ways that its derivative does not show:
 * loops that run until a value is small enough, and formulas that are picked where two values are exactly equal.
 */
import { isDifferentiable } from "../ir/build.ts";
import type { Block, Expr, Origin, Stmt, Type } from "../ir/types.ts";
import {
  blocksOf,
  collectStmts,
  exprsOf,
  patternVariables,
  sameExpr,
  someStmt,
  walkBlock,
  walkExpr,
} from "../ir/visit.ts";
import { makeReport } from "../diagnostics/make.ts";
import type { Report } from "../diagnostics/report.ts";
import type { Activity } from "./activity.ts";
import type { CheckedFunction } from "./check.ts";

/** Loops whose trip count, and choices whose outcome, depend on what is differentiated. */
export function checkDecisions({ func, activity, inputs }: CheckedFunction): Report[] {
  const active = inputs.flatMap(({ leaves }) => leaves.filter((leaf) => activity.active(leaf)));
  const names = new Set(active.flatMap((leaf) => (leaf.kind === "var" ? [leaf.name] : [])));
  // An input that only counts has no derivative that could miss anything.
  const matters = (e: Expr): boolean => activity.varied(e) && activity.inputsOf(e).some((name) => names.has(name));
  const context: Context = { matters, comparisons: orderAndEquality, decided: new Map() };
  spread(context, func.body);
  const equal: Context = { matters, comparisons: equality, decided: new Map() };
  spread(equal, func.body);
  const reports: Report[] = [];
  const say = (code: "TG3106" | "TG3107", origin: Origin | undefined): void => {
    if (origin !== undefined) reports.push(makeReport(code, origin));
  };
  walkBlock(func.body, (stmt) => {
    if (
      (stmt.kind === "while" || stmt.kind === "for") &&
      (touchesActive(activity, stmt.body) || countsFor(activity, stmt.body))
    )
      say("TG3106", decidingLoop(context, stmt));
    const picks = stmt.kind === "if" && [stmt.then, stmt.else].some((block) => touchesActive(activity, block));
    if (picks) say("TG3107", deciding(equal, stmt.test));
    for (const expr of exprsOf(stmt))
      walkExpr(expr, (e) => {
        if (e.kind === "select" && activity.active(e)) say("TG3107", deciding(equal, e.test));
      });
  });
  return reports;
}

interface Context {
  /** Whether a number depends on an input that has a derivative. */
  readonly matters: (e: Expr) => boolean;
  readonly comparisons: ReadonlySet<string>;
  /** Truth values and exit codes that hang on such a comparison, with the place of it. */
  readonly decided: Map<string, Origin>;
}

const equality: ReadonlySet<string> = new Set(["eq", "ne"]);
const orderAndEquality: ReadonlySet<string> = new Set([...equality, "lt", "le", "gt", "ge"]);

/** The comparison of differentiated values on which a truth value hangs, if there is one; ours stand `around`. */
function deciding({ matters, comparisons, decided }: Context, test: Expr, around?: Origin): Origin | undefined {
  let found: Origin | undefined;
  walkExpr(test, (e) => {
    if (e.kind === "var") found ??= decided.get(e.name);
    else if (e.kind === "op" && comparisons.has(e.op) && comparesActive(matters, e.args)) found ??= e.origin ?? around;
    return found === undefined;
  });
  return found;
}

function comparesActive(matters: Context["matters"], args: readonly Expr[]): boolean {
  const [left, right] = args;
  // x !== x asks for NaN, and nothing is near Infinity.
  if (left === undefined || right === undefined || sameExpr(left, right)) return false;
  const isFarAway = (e: Expr): boolean =>
    (e.kind === "literal" && !Number.isFinite(e.value)) ||
    (e.kind === "op" && e.op === "neg" && e.args.every(isFarAway));
  const isPoint = (e: Expr): boolean => e.type.kind === "void" || isFarAway(e);
  return !args.some(isPoint) && args.some((e) => isNumber(e.type) && matters(e));
}

const isNumber = (type: Type): boolean => type.kind === "number" && isDifferentiable(type);

/** Finds what hangs on a comparison by way of variables. */
function spread(context: Context, body: Block): void {
  const { decided } = context;
  const codes = new Set(collectStmts(body, "let").flatMap((stmt) => (stmt.exit === true ? [stmt.name] : [])));
  const visit = (block: Block, under: Origin | undefined): void => {
    for (const stmt of block) {
      const given = stmt.kind === "let" ? stmt.init : stmt.kind === "assign" ? stmt.value : undefined;
      if (stmt.kind === "if") {
        const inside = deciding(context, stmt.test) ?? under;
        visit(stmt.then, inside);
        visit(stmt.else, inside);
      } else if ((stmt.kind === "let" || stmt.kind === "assign") && given !== undefined) {
        const isTruth = given.type.kind === "boolean" || codes.has(stmt.name);
        const origin = deciding(context, given) ?? (stmt.kind === "assign" ? under : undefined);
        if (isTruth && origin !== undefined && !decided.has(stmt.name)) decided.set(stmt.name, origin);
      } else {
        // What a loop stands in does not decide how often it runs.
        for (const inner of blocksOf(stmt)) visit(inner, undefined);
      }
    }
  };
  for (let size = -1; size !== decided.size;) {
    size = decided.size;
    visit(body, undefined);
  }
}

function decidingLoop(context: Context, stmt: Extract<Stmt, { kind: "for" | "while" }>): Origin | undefined {
  const byTest = stmt.kind === "while" ? deciding(context, stmt.test, stmt.origin) : undefined;
  return byTest ?? (stmt.exit === undefined ? undefined : context.decided.get(stmt.exit));
}

/** Whether a loop counts its turns, or adds up steps, in a number that an output is computed from. */
function countsFor(activity: Activity, block: Block): boolean {
  return someStmt(
    block,
    (stmt) =>
      stmt.kind === "assign" &&
      isNumber(stmt.value.type) &&
      activity.useful({ kind: "var", name: stmt.name, type: stmt.value.type }),
  );
}

/** Whether a block changes something that carries a derivative. */
function touchesActive(activity: Activity, block: Block): boolean {
  return someStmt(block, (stmt) => {
    switch (stmt.kind) {
      case "let":
        return activity.activeName(stmt.name, stmt.type);
      case "assign":
        return activity.activeName(stmt.name, stmt.value.type);
      case "store":
      case "append":
      case "fill":
        return activity.active(stmt.array);
      case "set":
        return activity.active(stmt.target);
      case "call":
      case "apply":
        return (
          stmt.args.some((arg) => activity.active(arg)) ||
          patternVariables(stmt.target).some(({ name, type }) => activity.activeName(name, type))
        );
      default:
        return false;
    }
  });
}
