/** Numbers that may be absent: `let m: number | undefined`, given a value, or none again, in branches, loops and local functions. */
import { form, leaf } from "./ast.ts";
import type { Expr, Stmt } from "./ast.ts";
import { boolean, change, number, pickArray } from "./expressions.ts";
import { literal, read } from "./scope.ts";
import type { Scope, Variable } from "./scope.ts";

const none = leaf("number", "undefined", "literal");

/** A number, nothing, or one of them by a test. */
function numberOrNone(scope: Scope): Expr {
  return scope.random.weighted<() => Expr>([
    [2, () => form("number", "number or none", "# ? # : undefined", boolean(scope, 1), number(scope, 1))],
    [1, () => none],
    [1, () => number(scope, 2)],
  ])();
}

export function declareAbsent(scope: Scope): Stmt[] {
  const init = numberOrNone(scope);
  const name = scope.fresh(scope.random.pick(["found", "last", "known"]));
  scope.declare({ name, type: "number", mutable: true, least: 0, optional: true });
  return [{ kind: "let", tag: "absent", constant: false, name, type: "number", annotated: true, optional: true, init }];
}

/** Gives a number that may be absent a value, where it has none or in any case, or none. */
export function assignAbsent(scope: Scope, target: Variable): Stmt[] {
  const to = (template: string, value: Expr): Expr =>
    change(form("number", "assignment of what may be absent", template, read(target), value), target.name);
  const expr = scope.random.weighted<() => Expr>([
    [4, () => to("# ??= #", number(scope, 1))],
    [1, () => to("# ||= #", number(scope, 1))],
    [1, () => to("# &&= #", number(scope, 1))],
    [3, () => to("# = #", numberOrNone(scope))],
    [1, () => to(`# = (${target.name} ?? 0.4) * #`, number(scope, 1, 1))],
  ])();
  return [{ kind: "expr", expr }];
}

/** `if (m !== undefined) s += m * e;`, with m as a number in it. */
export function whereThere(scope: Scope): Stmt[] | undefined {
  const { random } = scope;
  const found = scope.of("number", (v) => v.optional === true && v.part !== true && v.mutable);
  const sums = scope.of("number", (v) => v.optional !== true && v.mutable && v.part !== true);
  if (found.length === 0 || sums.length === 0) return undefined;
  const [maybe, sum] = [random.pick(found), random.pick(sums)];
  const value = form("number", "times", `${maybe.name} * #`, number(scope, 1, 0.3));
  const add = change(form("number", "compound", "# += #", read(sum), value), sum.name);
  const then: Stmt[] = [{ kind: "expr", expr: add }];
  if (random.chance(0.4)) then.push(...assignAbsent(scope, maybe));
  const test = leaf("boolean", `${maybe.name} ${random.pick(["!== undefined", "!= null"])}`, "presence");
  const otherwise = random.chance(0.4) ? { otherwise: assignAbsent(scope, maybe) } : {};
  return [{ kind: "if", test, then, ...otherwise }];
}

/** `const [a, , , d = 0.5] = xs;`: there may be no fourth element. */
export function patternWithDefaults(scope: Scope): Stmt[] | undefined {
  const source = pickArray(scope, ["list"], (v) => v.least >= 3);
  if (source === undefined) return undefined;
  const names = [scope.fresh("start"), scope.fresh("fourth")] as const;
  const value = literal(scope.random.uniform(-1, 1)).parts[0] ?? "0";
  for (const name of names) scope.declare({ name, type: "number", mutable: false, least: 0 });
  const text = `[${names[0]}, , , ${names[1]} = ${value}]`;
  return [{ kind: "pattern", text, names: [], from: read(source), tag: "pattern with a default" }];
}
