/**
 * What would go wrong, or is of no use, in a function that is to be differentiated: an active value that reaches
 * a written `int`, and inputs that have no derivative. Works on functions as `spellOutInts` leaves them.
 */
import { elementType, fieldOf } from "../ir/build.ts";
import { makeReport } from "../diagnostics/make.ts";
import type { Report } from "../diagnostics/report.ts";
import type { Expr, Field, Func, Origin, Stmt, Type } from "../ir/types.ts";
import { exprsOf, variableTypes, walkBlock, walkExpr } from "../ir/visit.ts";
import type { Activity } from "./activity.ts";
import { isWrittenInt, placeOf } from "./written-int.ts";

export interface CheckedFunction {
  readonly func: Func;
  readonly activity: Activity;
  readonly inputs: readonly CheckedInput[];
  /** All that the function gives: what it returns, and the parameters that it writes into. */
  readonly results: readonly Expr[];
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
  const checkField = (stmt: Stmt, value: Expr, field: Field | undefined): void => {
    if (field === undefined || !isWrittenInt(field.type)) return;
    const { note: _variable, ...own } = stmt;
    check(own, value, field.name);
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
        if (stmt.kind === "store") checkField(stmt, stmt.value, fieldOf(stmt.array.type, stmt.index));
        break;
      default:
        break;
    }
    for (const expr of exprsOf(stmt))
      walkExpr(expr, (e) => {
        if (e.kind !== "items" || e.type.kind !== "record") return;
        const { fields } = e.type;
        e.items.forEach((item, i) => {
          checkField(stmt, item, fields[i]);
        });
      });
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
  /** The words of `@wrt`, by name; undefined without it. */
  readonly chosen: ReadonlyMap<string, { readonly text: string; readonly origin: Origin }> | undefined;
  readonly origin: Origin;
  /** The variables that what the function gives depends on in any way. */
  readonly needed: () => ReadonlySet<string>;
}

/** Inputs whose derivative is always zero. */
export function checkInputs({ func, activity, inputs }: CheckedFunction, context: InputContext): Report[] {
  const { name, chosen, needed } = context;
  return inputs.flatMap(({ label, leaves }) => {
    if (leaves.some((leaf) => activity.active(leaf))) return [];
    const param = func.params.find((p) => p.name === label);
    const declared = func.body.find((stmt) => stmt.kind === "let" && stmt.name === label);
    const origin = param?.origin ?? declared?.origin ?? context.origin;
    const read = needed();
    const isNeeded = read.has(label) || leaves.some((leaf) => leaf.kind === "var" && read.has(leaf.name));
    const word = chosen?.get(label);
    const what = isNeeded ? `uses it ${passively}` : "gives nothing that depends on it";
    if (word) return [makeReport("TG3105", word.origin, [word.text, name, what])];
    if (isNeeded) return [makeReport("TG3102", origin, [label, name, passively, countHint(param?.type)])];
    const own = label === "self" ? "Make the method static" : "Remove it, begin its name with _";
    return label.startsWith("_") ? [] : [makeReport("TG3104", origin, [label, name, own])];
  });
}

const passively = "for indices, bounds, lengths, rounding or comparisons at most";

/** What to write for an input that only counts. */
function countHint(type: Type | undefined): string {
  const leaveOut = "Name with @wrt what to differentiate";
  switch (type?.kind) {
    case "number":
      return `Write int as its type if it is a count or an index. ${leaveOut} otherwise.`;
    case "maybe":
      return countHint(type.type);
    case "record":
      return `Write int as the type of fields that are counts or indices. ${leaveOut} otherwise.`;
    default:
      return `${leaveOut}.`;
  }
}

function listed(names: readonly string[]): string {
  const quoted = names.map((name) => `'${name}'`);
  return quoted.length < 2 ? quoted.join("") : `${quoted.slice(0, -1).join(", ")} and ${quoted.at(-1) ?? ""}`;
}
