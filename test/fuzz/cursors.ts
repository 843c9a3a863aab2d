/** Elements beside a number that changes in between: `a[at] = e; at++; x = a[at - 1];`, and such numbers in memory. */
import { form, leaf } from "./ast.ts";
import type { Expr, Stmt, Type } from "./ast.ts";
import { boolean, change, number, pickArray } from "./expressions.ts";
import { read } from "./scope.ts";
import type { Scope } from "./scope.ts";

const typed: readonly Type[] = ["f64", "f32"];

export function cursor(scope: Scope): Stmt[] | undefined {
  const { random } = scope;
  const target = pickArray(scope, typed, (v) => v.fixed !== true && v.least >= 3);
  if (target === undefined || scope.budget < 3) return undefined;
  const isKept = random.chance(0.3);
  const name = scope.fresh("at");
  const at = leaf("int", isKept ? `${name}[0]` : name, "variable");
  const element = (): Expr[] => [read(target), form("int", "cursor", random.pick(["#", "# + 1", "# - 1"]), at)];

  const write = (): Stmt[] => {
    const template = random.pick(["#[#] = #", "#[#] += #", "#[#] = #"]);
    const expr = form("number", "beside a cursor", template, ...element(), number(scope, 1));
    return [{ kind: "expr", expr: { ...expr, writes: [0] } }];
  };
  const look = (): Stmt[] => {
    const init = form("number", "read beside a cursor", "(#[#] ?? 0.3) * #", ...element(), number(scope, 1, 1));
    const seen = scope.fresh("seen");
    scope.declare({ name: seen, type: "number", mutable: false, least: 0 });
    return [{ kind: "let", tag: "beside", constant: true, name: seen, type: "number", annotated: false, init }];
  };
  const move = (): Stmt[] => {
    const update = form("int", "cursor moves", random.pick(["#++", "#--", "# += 2", "# -= 2"]), at);
    const stmt: Stmt = { kind: "expr", expr: isKept ? update : change(update, name) };
    return random.chance(0.5) ? [{ kind: "if", test: boolean(scope, 0), then: [stmt] }] : [stmt];
  };

  const init = leaf(isKept ? "indices" : "int", isKept ? "Int32Array.of(1)" : "1", "literal");
  const made: Stmt[] = [
    { kind: "let", tag: "cursor", constant: isKept, name, type: init.type, annotated: !isKept, init },
  ];
  const steps = random.between(3, 7);
  for (let i = 0; i < steps; i++) {
    made.push(
      ...random.weighted<() => Stmt[]>([
        [3, write],
        [2, look],
        [3, move],
      ])(),
    );
  }
  scope.budget -= 2;
  return made;
}
