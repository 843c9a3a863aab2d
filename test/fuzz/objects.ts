/** Random values and statements of objects, tuples and instances, and of arrays of them. */
import { form, isMemory, isStruct, shapeName } from "./ast.ts";
import type { Expr, Field, Shape, Stmt, StructType, Type } from "./ast.ts";
import { boolean, callOf, change, index, number, pickArray } from "./expressions.ts";
import { count, leastOf, literal, read } from "./scope.ts";
import type { Scope, Variable } from "./scope.ts";

/** The types of arrays of objects. */
export function structsTypes(scope: Scope): Type[] {
  return scope.style.shapes.map((shape): Type => `structs ${shape.name}`);
}

/** A new object, a copy with changes, or another name for one that there is. */
export function objectValue(scope: Scope, type: StructType, depth: number): Expr {
  const { random } = scope;
  const shape = scope.shapeOf(type);
  const known = scope.of(type);
  const fresh = (): Expr => literalOf(scope, shape, type, depth);
  const made = random.weighted<() => Expr | undefined>([
    [6, fresh],
    [known.length > 0 ? 2.5 : 0, () => read(random.pick(known))],
    [
      known.length > 0 && shape.kind === "interface" ? 3 : 0,
      () => spreadOf(scope, shape, read(random.pick(known)), type),
    ],
    [known.length > 1 ? 1 : 0, () => choiceOf(scope, type, known)],
    [2, () => elementOf(scope, type)],
    [scope.loops < 2 && !scope.pure ? 3 : 0, () => callGiving(scope, type)],
  ])();
  return made ?? fresh();
}

function literalOf(scope: Scope, shape: Shape, type: StructType, depth: number): Expr {
  const fields = shape.fields.filter((field) => field.optional !== true || scope.random.chance(0.6));
  const args = fields.map((field) => fieldValue(scope, field.type, depth));
  const holes = fields.map((field) => (shape.kind === "interface" ? `${field.name}: #` : "#")).join(", ");
  const template =
    shape.kind === "interface" ? `{ ${holes} }` : shape.kind === "tuple" ? `[${holes}]` : `new ${shape.name}(${holes})`;
  return sharing(form(type, shape.kind === "class" ? "instance" : "object", template, ...args));
}

/** Memory that is put into an object is shared with it. */
function sharing(expr: Expr): Expr {
  const shares = expr.args.flatMap((arg, i) => (isMemory(arg.type) ? [i] : []));
  return shares.length === 0 ? expr : { ...expr, shares };
}

function fieldValue(scope: Scope, type: Type, depth: number): Expr {
  const { random } = scope;
  if (isStruct(type)) {
    const shape = scope.shapeOf(type);
    return depth > 0 ? objectValue(scope, type, depth - 1) : literalOf(scope, shape, type, 0);
  }
  const three = (): Expr[] => [number(scope, depth), number(scope, 1), number(scope, 0)];
  const known = scope.of(type, (v) => v.least >= leastOf(type) && v.fixed !== true);
  if (isMemory(type) && known.length > 0 && random.chance(0.35)) {
    const one = read(random.pick(known));
    return type === "list" || random.chance(0.5) ? one : form(type, "copy", "#.slice()", one);
  }
  switch (type) {
    case "int":
      return count(random.below(4));
    case "boolean":
      return boolean(scope, 0);
    case "f64":
      return random.chance(0.3)
        ? form(type, "zeros", "new Float64Array(#)", count(random.between(3, 4)))
        : form(type, "of", "Float64Array.of(#, #, #)", ...three());
    case "list":
      return form(type, "list literal", "[#, #, #]", ...three());
    default:
      return number(scope, depth);
  }
}

/** `{ ...b, x: e }`. */
function spreadOf(scope: Scope, shape: Shape, from: Expr, type: StructType): Expr {
  const field = scope.random.pick(shape.fields);
  const value = fieldValue(scope, field.type, 1);
  return sharing(form(type, "spread", `{ ...#, ${field.name}: # }`, from, value));
}

function choiceOf(scope: Scope, type: StructType, known: readonly Variable[]): Expr {
  const { random } = scope;
  const sides = [read(random.pick(known)), read(random.pick(known))];
  return { ...form(type, "choice of objects", "# ? # : #", boolean(scope, 1), ...sides), shares: [1, 2] };
}

/** An element of an array of objects, as a reference. */
function elementOf(scope: Scope, type: StructType): Expr | undefined {
  const array = pickArray(scope, [`structs ${shapeName(type)}`]);
  if (array === undefined) return undefined;
  return { ...form(type, "element", "#[#]", read(array), index(scope, array)), shares: [0] };
}

function callGiving(scope: Scope, type: Type): Expr | undefined {
  const fitting = scope.helpers.filter((h) => h.func.result === type && h.cost + scope.loops <= 3);
  return fitting.length === 0 ? undefined : callOf(scope, scope.random.pick(fitting), 2, undefined);
}

/** An array of objects. */
export function objectsValue(scope: Scope, shape: Shape): Expr {
  const type: Type = `structs ${shape.name}`;
  const items = Array.from({ length: scope.random.between(2, 3) }, () => objectValue(scope, `struct ${shape.name}`, 1));
  return sharing(form(type, "array of objects", `[${items.map(() => "#").join(", ")}]`, ...items));
}

export function declareObject(scope: Scope): Stmt[] | undefined {
  const { random } = scope;
  if (scope.style.shapes.length === 0) return undefined;
  const shape = random.pick(scope.style.shapes);
  const isMany = random.chance(0.25);
  const type: Type = isMany ? `structs ${shape.name}` : `struct ${shape.name}`;
  const init = isMany ? objectsValue(scope, shape) : objectValue(scope, `struct ${shape.name}`, 1);
  const constant = isMany || random.chance(0.5);
  const name = scope.fresh(random.pick(isMany ? ["many", "all"] : ["one", "made", "self"]));
  scope.declare({ name, type, mutable: !constant, least: leastOf(type) });
  return [{ kind: "let", tag: init.tag, constant, name, type, annotated: true, init }];
}

/** Another object for a variable, a field or an element. */
export function rebindObject(scope: Scope): Stmt[] | undefined {
  const targets = scope.variables.filter((v) => isStruct(v.type) && v.mutable && v.name !== scope.returned);
  if (targets.length === 0) return undefined;
  const target = scope.random.pick(targets);
  if (!isStruct(target.type)) return undefined;
  const value = objectValue(scope, target.type, 1);
  const expr = { ...form(target.type, "rebind", "# = #", read(target), value), joins: [0, 1] };
  return [{ kind: "expr", expr: change(expr, target.name) }];
}

/** `[a, b] = [b, a]` of two objects. */
export function swapObjects(scope: Scope): Stmt[] | undefined {
  const { random } = scope;
  const targets = scope.variables.filter((v) => isStruct(v.type) && v.mutable && v.name !== scope.returned);
  if (targets.length === 0) return undefined;
  const first = random.pick(targets);
  const others = targets.filter((v) => v.type === first.type && v.name !== first.name);
  if (others.length === 0) return undefined;
  const second = random.pick(others);
  const [a, b] = [read(first), read(second)];
  const expr = { ...form("void", "swap of objects", "[#, #] = [#, #]", a, b, b, a), joins: [0, 1] };
  return [{ kind: "expr", expr: { ...expr, rebinds: [first.name, second.name] } }];
}

/** An array of objects gets one more, up to four. */
export function pushObject(scope: Scope): Stmt[] | undefined {
  const many = pickArray(scope, structsTypes(scope));
  if (many === undefined) return undefined;
  const test = form("boolean", "guard", "# < 4", form("int", "length", "#.length", read(many)));
  const value = objectValue(scope, `struct ${shapeName(many.type)}`, 1);
  const push = { ...form("int", "push", "#.push(#)", read(many), value), writes: [0], joins: [0, 1] };
  return [{ kind: "if", test, then: [{ kind: "expr", expr: push }] }];
}

/** `const { x: a, inner: { y: b } } = o;`, `const [a, b] = pair;`. */
export function objectPattern(scope: Scope): Stmt[] | undefined {
  const known = scope.variables.filter((v) => isStruct(v.type));
  if (known.length === 0) return undefined;
  const from = scope.random.pick(known);
  const bound: Variable[] = [];
  const text = patternOf(scope, from.type, bound);
  for (const variable of bound) scope.declare(variable);
  const names = bound.flatMap(({ name, type }) => (isMemory(type) ? [name] : []));
  return [{ kind: "pattern", text, names, from: read(from) }];
}

function patternOf(scope: Scope, type: Type, bound: Variable[]): string {
  const { random } = scope;
  const shape = scope.shapeOf(type);
  const bind = ({ name, type: of, optional }: Field): string => {
    const before = shape.kind === "tuple" ? "" : `${name}: `;
    if (isStruct(of) && random.chance(0.4)) return before + patternOf(scope, of, bound);
    const own = scope.fresh(shape.kind === "tuple" ? "part" : name);
    bound.push({ name: own, type: of, mutable: false, least: leastOf(of) });
    return `${before}${own}${optional === true ? ` = ${literal(random.uniform(-1, 1)).parts[0] ?? "0"}` : ""}`;
  };
  if (shape.kind === "tuple")
    return `[${shape.fields.slice(0, random.between(1, shape.fields.length)).map(bind).join(", ")}]`;
  const chosen = shape.fields.filter(() => random.chance(0.6));
  const [first] = shape.fields;
  return `{ ${(chosen.length > 0 || first === undefined ? chosen : [first]).map(bind).join(", ")} }`;
}
