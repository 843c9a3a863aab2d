/**
 * What would go wrong, or is of no use, in a function that is to be differentiated: an active value that reaches
 * a written `int`, and inputs that have no derivative. Works on functions as `spellOutInts` leaves them.
 */
import { elementType, isDifferentiable } from "../ir/build.ts";
import { makeReport } from "../diagnostics/make.ts";
import type { Report } from "../diagnostics/report.ts";
import type { Expr, Func, Origin, Stmt } from "../ir/types.ts";
import { variableTypes, walkBlock } from "../ir/visit.ts";
import type { Activity } from "./activity.ts";
import { isWrittenInt, placeOf } from "./written-int.ts";

export interface CheckedFunction {
  readonly func: Func;
  readonly activity: Activity;
  readonly inputs: readonly CheckedInput[];
}

export interface CheckedInput {
  /** Its name in the source. */
  readonly label: string;
  /** The variables that it consists of. */
  readonly leaves: readonly Expr[];
}

/** Active values that are put where the user wrote `int`. */
export function checkInts({ func, activity, inputs }: CheckedFunction): Report[] {
  const types = variableTypes(func);
  const reports: Report[] = [];
  const check = (stmt: Stmt, value: Expr, name: string): void => {
    // A statement without an origin is of our own making.
    if (stmt.origin === undefined || !activity.varied(value)) return;
    const names = activity.inputsOf(value);
    const found = inputs.filter(({ leaves }) =>
      leaves.some((leaf) => leaf.kind === "var" && names.includes(leaf.name)),
    );
    reports.push(
      makeReport("TG3101", stmt.origin, [placeOf(stmt) ?? `'${name}'`, listed(found.map(({ label }) => label))]),
    );
  };
  walkBlock(func.body, (stmt) => {
    switch (stmt.kind) {
      case "let":
        if (stmt.init !== undefined && isWrittenInt(stmt.type)) check(stmt, stmt.init, stmt.name);
        break;
      case "assign": {
        const type = types.get(stmt.name);
        if (type !== undefined && isWrittenInt(type)) check(stmt, stmt.value, stmt.name);
        break;
      }
      case "store":
      case "append":
      case "fill":
        if (stmt.array.type.kind === "list" && isWrittenInt(elementType(stmt.array.type)))
          check(stmt, stmt.value, "list");
        break;
      default:
        break;
    }
  });
  return reports;
}

/** Calls that were not inlined, with the positions of the arguments that are active. */
export function activeCalls({
  func,
  activity,
}: CheckedFunction): { readonly callee: string; readonly active: readonly number[] }[] {
  const calls: { callee: string; active: number[] }[] = [];
  walkBlock(func.body, (stmt) => {
    if (stmt.kind !== "call") return;
    calls.push({ callee: stmt.callee, active: stmt.args.flatMap((arg, i) => (activity.varied(arg) ? [i] : [])) });
  });
  return calls;
}

export interface InputContext {
  /** The function, as the user knows it. */
  readonly name: string;
  /** Whether the user wrote `@wrt`. */
  readonly chosen: boolean;
  readonly origin: Origin;
}

/** Inputs whose derivative is always zero. */
export function checkInputs({ func, activity, inputs }: CheckedFunction, context: InputContext): Report[] {
  return inputs.flatMap(({ label, leaves }) => {
    if (leaves.some((leaf) => activity.active(leaf))) return [];
    const param = func.params.find((p) => p.name === label);
    const declared = func.body.find((stmt) => stmt.kind === "let" && stmt.name === label);
    const origin = param?.origin ?? declared?.origin ?? context.origin;
    return [makeReport("TG3102", origin, [label, context.name, hintFor(leaves, context.chosen, param !== undefined)])];
  });
}

function hintFor(leaves: readonly Expr[], chosen: boolean, isParameter: boolean): string {
  const leaveOut = chosen ? "Leave it out of @wrt" : "Name with @wrt what to differentiate";
  const isNumber = isParameter && leaves.every(({ type }) => type.kind === "number" && isDifferentiable(type));
  return isNumber ? `Write int as its type if it is a count or an index. ${leaveOut} otherwise.` : `${leaveOut}.`;
}

function listed(names: readonly string[]): string {
  const quoted = names.map((name) => `'${name}'`);
  return quoted.length < 2 ? quoted.join("") : `${quoted.slice(0, -1).join(", ")} and ${quoted.at(-1) ?? ""}`;
}
