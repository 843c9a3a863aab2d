/** Unions of object types: which member one is, a tag tells, or a field that the others lack. */
import { form, isStruct, leaf, visitStmt } from "./ast.ts";
import type { Expr, Shape, Stmt, Variant } from "./ast.ts";
import { number } from "./expressions.ts";
import type { Sized } from "./expressions.ts";
import { switchCase } from "./choices.ts";
import { leastOf, read } from "./scope.ts";
import type { Scope, Variable } from "./scope.ts";
import { block } from "./statements.ts";

/** Unions that can be asked for their member; a name that may change, or a path, gets another name first. */
function asked(scope: Scope): { readonly variable: Variable; readonly before: Stmt[] } | undefined {
  const found = scope.variables.filter((v) => isStruct(v.type) && scope.shapeOf(v.type).kind === "union");
  if (found.length === 0) return undefined;
  const one = scope.random.pick(found);
  if (!one.mutable && /^\w+$/.test(one.name) && one.name !== "this") return { variable: one, before: [] };
  const name = scope.fresh("held");
  const variable: Variable = { ...one, name, mutable: false, part: false };
  scope.declare(variable);
  const before: Stmt = {
    kind: "let",
    tag: "alias of a union",
    constant: true,
    name,
    type: one.type,
    annotated: false,
    init: read(one),
  };
  return { variable, before: [before] };
}

/** Makes something where the union is known to be one of its members: as a whole it is not mentioned there. */
function narrowed<T>(scope: Scope, variable: Variable, variant: Variant | undefined, make: () => T): T {
  const { fields } = scope.shapeOf(variable.type);
  return scope.within(() => {
    scope.declare({ name: variable.name, type: "void", mutable: false, least: 0 });
    for (const field of [...fields, ...(variant?.fields ?? [])]) {
      scope.declare({
        name: `${variable.name}.${field.name}`,
        type: field.type,
        mutable: field.readonly !== true && field.type !== "boolean" && field.type !== "int",
        least: leastOf(field.type),
        part: true,
        ...(field.type === "list" ? { grows: true } : {}),
      });
    }
    return make();
  });
}

/** `switch (o.kind) { … }`, `if (o.kind === "disc") … else …`, `if ("r" in o) …`. */
export function memberStatement(scope: Scope): Stmt[] | undefined {
  const one = asked(scope);
  if (one === undefined) return undefined;
  const made = byMember(scope, one.variable);
  // Behind a branch that is left TypeScript takes it for the other member.
  if (leaves(made)) scope.gone.add(one.variable.name);
  return [...one.before, made];
}

function leaves(stmt: Stmt): boolean {
  let found = false;
  const look = ({ kind }: Stmt): void => {
    if (kind === "jump" || kind === "return" || kind === "throw") found = true;
  };
  visitStmt(stmt, look, () => undefined);
  return found;
}

function byMember(scope: Scope, variable: Variable): Stmt {
  const { random } = scope;
  const [first, second] = variantsOf(scope.shapeOf(variable.type));
  if (random.chance(0.5)) {
    scope.targets.push({ label: undefined, loop: false });
    const cases = [
      narrowed(scope, variable, first, () => switchCase(scope, `"${first.tag}"`)),
      narrowed(scope, variable, second, () => switchCase(scope, random.chance(0.6) ? `"${second.tag}"` : undefined)),
    ];
    scope.targets.pop();
    return { kind: "switch", subject: leaf("string", `${variable.name}.kind`, "variable"), cases };
  }
  const then = narrowed(scope, variable, first, () => block(scope, 3));
  const otherwise = random.chance(0.7) ? narrowed(scope, variable, second, () => block(scope, 3)) : undefined;
  return { kind: "if", test: memberTest(scope, variable, first), then, ...(otherwise && { otherwise }) };
}

function variantsOf(shape: Shape): readonly [Variant, Variant] {
  const [first, second] = shape.variants ?? [];
  if (first === undefined || second === undefined) throw new Error(`${shape.name} has no members`);
  return [first, second];
}

function memberTest(scope: Scope, variable: Variable, variant: Variant): Expr {
  const [own] = variant.fields;
  if (own !== undefined && scope.random.chance(0.3)) return form("boolean", "in", `"${own.name}" in #`, read(variable));
  return leaf("boolean", `${variable.name}.kind === "${variant.tag}"`, "test of a tag");
}

/** `(o.kind === "disc" ? o.r * x : y)`. */
export function memberValue(scope: Scope): Sized | undefined {
  const found = scope.variables.filter(
    (v) => isStruct(v.type) && !v.mutable && /^\w+$/.test(v.name) && scope.shapeOf(v.type).kind === "union",
  );
  if (found.length === 0) return undefined;
  const variable = scope.random.pick(found);
  const [first, second] = variantsOf(scope.shapeOf(variable.type));
  const test = memberTest(scope, variable, first);
  const side = (variant: Variant): Expr =>
    narrowed(scope, variable, variant, () => scope.purely(() => number(scope, 2)));
  return { expr: form("number", "choice by member", "(# ? # : #)", test, side(first), side(second)), size: 3 };
}
