/** Sets, maps and texts: what they say decides and counts, and carries no derivative. */
import { form, leaf } from "./ast.ts";
import type { Expr, Stmt, Type } from "./ast.ts";
import { boolean, integer } from "./expressions.ts";
import { count, read } from "./scope.ts";
import type { Scope } from "./scope.ts";
import { block } from "./statements.ts";

const makers: Readonly<Partial<Record<Type, string>>> = {
  set: "new Set<number>()",
  map: "new Map<number, number>()",
};

export function declarePassive(scope: Scope): Stmt[] {
  const { random } = scope;
  const type = random.pick<Type>(["set", "map", "string"]);
  const name = scope.fresh({ set: "seen", map: "counts", string: "label" }[type as "set"]);
  const init = type === "string" ? text(scope) : leaf(type, makers[type] ?? "", type);
  scope.declare({ name, type, mutable: false, least: 0 });
  return [{ kind: "let", tag: `passive ${type}`, constant: true, name, type, annotated: type === "string", init }];
}

/** A text, made of others and of whole numbers. */
export function text(scope: Scope): Expr {
  const { random } = scope;
  const known = scope.of("string");
  return random.weighted<() => Expr>([
    [2, () => form("string", "choice", '# ? "up" : "down"', boolean(scope, 1))],
    [2, () => form("string", "template", "`at ${#}`", integer(scope, 1))],
    [known.length > 0 ? 2 : 0, () => form("string", "template", "`${#}, ${#}`", read(random.pick(known)), count(2))],
    [known.length > 0 ? 1 : 0, () => form("string", "text method", "#.toUpperCase()", read(random.pick(known)))],
    [1, () => leaf("string", '"down"', "literal")],
  ])();
}

export function changePassive(scope: Scope): Stmt[] | undefined {
  const { random } = scope;
  const sets = scope.of("set");
  const maps = scope.of("map");
  const run = (expr: Expr): Stmt[] => [{ kind: "expr", expr }];
  if (sets.length > 0 && random.chance(0.5))
    return run(form("void", "add to a set", "#.add(#)", read(random.pick(sets)), integer(scope, 1)));
  if (maps.length === 0) return undefined;
  const map = read(random.pick(maps));
  const key = integer(scope, 0);
  if (random.chance(0.5))
    return run(form("void", "count in a map", "#.set(#, (#.get(#) ?? 0) + 1)", map, key, map, key));
  return run(form("void", "set in a map", "#.set(#, #)", map, key, integer(scope, 1)));
}

/** `seen.has(i)`, `label.startsWith("u")`. */
export function passiveTest(scope: Scope): Expr | undefined {
  const { random } = scope;
  const texts = scope.of("string");
  const keepers = [...scope.of("set"), ...scope.of("map")];
  if (keepers.length > 0 && (texts.length === 0 || random.chance(0.5)))
    return form("boolean", "asked of a set or map", "#.has(#)", read(random.pick(keepers)), integer(scope, 0));
  if (texts.length === 0) return undefined;
  const template = random.pick(['#.startsWith("u")', '#.includes("o")', "#.length > 3", '#.endsWith("1")']);
  return form("boolean", "asked of a text", template, read(random.pick(texts)));
}

/** `counts.get(i) ?? 0`, `seen.size`, `label.length`. */
export function passiveCount(scope: Scope): Expr | undefined {
  const { random } = scope;
  const found = scope.variables.filter(({ type }) => type === "set" || type === "map" || type === "string");
  if (found.length === 0) return undefined;
  const one = random.pick(found);
  if (one.type === "string") return form("int", "length of a text", "#.length", read(one));
  if (one.type === "set" || random.chance(0.4)) return form("int", "size", "#.size", read(one));
  return form("int", "got from a map", "(#.get(#) ?? 0)", read(one), integer(scope, 0));
}

/** `for (const [key, times] of counts)`: what is gone through does not change meanwhile. */
export function overPassive(scope: Scope): Stmt[] | undefined {
  const { random } = scope;
  const found = scope.variables.filter(({ type }) => type === "set" || type === "map");
  if (found.length === 0) return undefined;
  const keeper = random.pick(found);
  const names = keeper.type === "set" ? [scope.fresh("key")] : [scope.fresh("key"), scope.fresh("times")];
  const pattern = keeper.type === "set" ? names.join("") : `[${names.join(", ")}]`;
  const head = form("void", "head", `for (const ${pattern} of #)`, read(keeper));
  const body = scope.within(() => {
    scope.declare({ ...keeper, type: "void" });
    for (const name of names) scope.declare({ name, type: "int", mutable: false, least: 0 });
    scope.loops++;
    scope.targets.push({ label: undefined, loop: true });
    const made = block(scope, 3);
    scope.targets.pop();
    scope.loops--;
    return made;
  });
  return [{ kind: "loop", tag: `for of a ${keeper.type}`, head, body }];
}
