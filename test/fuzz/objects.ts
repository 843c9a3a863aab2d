/** Random values and statements of objects, tuples and instances, and of arrays of them. */
import { form, isChoice, isMemory, isStruct, leaf, shapeName } from "./ast.ts";
import type { Expr, Field, Shape, Stmt, StructType, Type } from "./ast.ts";
import { choiceValue } from "./choices.ts";
import { boolean, callOf, change, index, number, pickArray } from "./expressions.ts";
import { objectByLibrary } from "./library.ts";
import { rootOf } from "./memory.ts";
import { count, leastOf, literal, read } from "./scope.ts";
import { numberPaths } from "./shapes.ts";
import { block } from "./statements.ts";
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
  // Of which class an object is, is told by the name that it has.
  if (scope.style.abstracts.includes(shape) && known.length > 0) return read(random.pick(known));
  const fresh = (): Expr => literalOf(scope, shape, type, depth);
  const made = random.weighted<() => Expr | undefined>([
    [6, fresh],
    [known.length > 0 ? 2.5 : 0, () => read(random.pick(known))],
    [
      known.length > 0 && shape.kind !== "tuple" && shape.kind !== "class" ? 3 : 0,
      () => spreadOf(scope, shape, read(random.pick(known)), type),
    ],
    [known.length > 1 ? 1 : 0, () => choiceOf(scope, type, known)],
    [2, () => elementOf(scope, type)],
    [scope.loops < 2 && !scope.pure ? 3 : 0, () => callGiving(scope, type)],
    [scope.style.callbacks && depth > 0 && scope.loops < 2 ? 1 : 0, () => reducedTo(scope, type)],
    [scope.style.library && depth > 0 && scope.loops < 2 ? 1.5 : 0, () => objectByLibrary(scope, type, depth)],
  ])();
  return made ?? fresh();
}

/** `xs.reduce<Body>((one, e) => …, o)`. */
function reducedTo(scope: Scope, type: StructType): Expr | undefined {
  const array = pickArray(scope, ["f64", "list"], (v) => v.optional !== true);
  if (array === undefined) return undefined;
  const start = objectValue(scope, type, 0);
  const names = [scope.fresh("one"), scope.fresh("e")] as const;
  const body = scope.purely(() =>
    scope.within(() => {
      scope.declare({ name: names[0], type, mutable: false, least: 0 });
      scope.declare({ name: names[1], type: "number", mutable: false, least: 0 });
      return objectValue(scope, type, 1);
    }),
  );
  const text = `#.reduce<${shapeName(type)}>((${names.join(", ")}) => (#), #)`;
  return { ...form(type, "reduce to an object", text, read(array), body, start), shares: [1, 2] };
}

function literalOf(scope: Scope, shape: Shape, type: StructType, depth: number): Expr {
  const { random, style } = scope;
  if (shape.abstract === true)
    return literalOf(scope, random.pick(style.shapes.filter((one) => one.base === shape.name)), type, depth);
  const variant = shape.variants === undefined ? undefined : random.pick(shape.variants);
  const fields = [...shape.fields, ...(variant?.fields ?? [])].filter((field) =>
    shape.kind === "class" ? field.initial === undefined : field.optional !== true || random.chance(0.6),
  );
  const args = fields.map((field) => fieldValue(scope, field.type, depth));
  const places = fields.map(() => "#").join(", ");
  if (shape.kind === "class") return sharing(form(type, "instance", `new ${shape.name}(${places})`, ...args));
  if (shape.kind === "tuple") return sharing(form(type, "object", `[${places}]`, ...args));
  const named = fields.map((field) => `${field.name}: #`).join(", ");
  if (variant === undefined)
    return sharing(form(type, shape.kind === "record" ? "record" : "object", `{ ${named} }`, ...args));
  // The assertion keeps TypeScript from taking a variable for this member.
  return sharing(form(type, "member of a union", `({ kind: "${variant.tag}", ${named} } as ${shape.name})`, ...args));
}

/** Memory that is put into an object is shared with it. */
function sharing(expr: Expr): Expr {
  const shares = expr.args.flatMap((arg, i) => (isMemory(arg.type) ? [i] : []));
  return shares.length === 0 ? expr : { ...expr, shares };
}

function fieldValue(scope: Scope, type: Type, depth: number): Expr {
  const { random } = scope;
  if (isChoice(type)) return choiceValue(scope, type);
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
  return [{ kind: "pattern", text, names: namesOfMemory(bound), from: read(from) }];
}

/** The variables of a pattern that hold memory, or have it in a field as what is left of an object does. */
export function namesOfMemory(bound: readonly Variable[]): readonly string[] {
  return [...new Set(bound.flatMap(({ name, type }) => (isMemory(type) ? [rootOf(name)] : [])))];
}

export function patternOf(scope: Scope, type: Type, bound: Variable[]): string {
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
  const some = shape.fields.filter(() => random.chance(0.6));
  const [first] = shape.fields;
  const chosen = some.length > 0 || first === undefined ? some : [first];
  const left = shape.fields.filter((field) => !chosen.includes(field));
  const texts = chosen.map(bind);
  if (left.length > 0 && shape.kind === "interface" && random.chance(0.4)) {
    const rest = scope.fresh("others");
    texts.push(`...${rest}`);
    bound.push({ name: rest, type: "void", mutable: false, least: 0 });
    for (const { name, type: of, optional, readonly } of left) {
      bound.push({
        name: `${rest}.${name}`,
        type: of,
        mutable: of === "number" && readonly !== true,
        least: leastOf(of),
        part: true,
        ...(optional === true ? { optional } : {}),
      });
    }
  }
  return `{ ${texts.join(", ")} }`;
}

/** `const [first, , ...tail] = xs;`. */
export function listPattern(scope: Scope): Stmt[] | undefined {
  const source = pickArray(scope, ["list"], (v) => v.least >= 3);
  if (source === undefined) return undefined;
  const names = [scope.fresh("head"), scope.fresh("tail")] as const;
  const isSkipping = scope.random.chance(0.3);
  scope.declare({ name: names[0], type: "number", mutable: false, least: 0 });
  scope.declare({
    name: names[1],
    type: "list",
    mutable: false,
    least: source.least - (isSkipping ? 2 : 1),
    grows: true,
  });
  const text = isSkipping ? `[${names[0]}, , ...${names[1]}]` : `[${names[0]}, ...${names[1]}]`;
  return [{ kind: "pattern", text, names: [], from: read(source), tag: "pattern of a list" }];
}

/** `for (const key of ["x", "y"] as const) o[key] *= …`. */
export function overKeys(scope: Scope): Stmt[] | undefined {
  const records = scope.variables.filter((v) => isStruct(v.type) && scope.shapeOf(v.type).kind === "record");
  if (records.length === 0) return undefined;
  const one = scope.random.pick(records);
  const { fields } = scope.shapeOf(one.type);
  const key = scope.fresh("key");
  const keys = fields.map(({ name }) => `"${name}"`).join(", ");
  const head = leaf("void", `for (const ${key} of [${keys}] as const)`, "head");
  const body = scope.within(() => {
    const isWritten = one.fixed !== true;
    scope.declare({ name: `${one.name}[${key}]`, type: "number", mutable: isWritten, least: 0, part: true });
    scope.loops++;
    scope.targets.push({ label: undefined, loop: true });
    const made = block(scope, 3);
    scope.targets.pop();
    scope.loops--;
    return made;
  });
  return [{ kind: "loop", tag: "for of keys", head, body }];
}

/** `os.sort((p, q) => p.x - q.x)`: the objects change places. */
export function sortObjects(scope: Scope): Stmt[] | undefined {
  const many = pickArray(scope, structsTypes(scope), (v) => v.fixed !== true);
  if (many === undefined) return undefined;
  const [path] = numberPaths(scope.style.shapes, many.type);
  if (path === undefined) return undefined;
  const text = scope.random.pick([`#.sort((p, q) => p${path} - q${path})`, "#.reverse()"]);
  return [{ kind: "expr", expr: { ...form("void", "objects rearranged", text, read(many)), writes: [0] } }];
}

/** `o.wide = e;` */
export function setterCall(scope: Scope): Stmt[] | undefined {
  const found = scope.setters.flatMap(({ func }) =>
    scope.of(func.params[0]?.type ?? "void", (v) => v.fixed !== true).map((object) => [func, object] as const),
  );
  if (found.length === 0) return undefined;
  const [func, object] = scope.random.pick(found);
  const expr = form("number", "setter", `#.${func.name} = #`, read(object), number(scope, 2));
  return [{ kind: "expr", expr: { ...expr, writes: [0] } }];
}

/** `const one = test ? new Line(…) : new Bend(…);` of classes that extend one. */
export function chosenInstance(scope: Scope): Stmt[] | undefined {
  const { random, style } = scope;
  if (style.abstracts.length === 0) return undefined;
  const base = random.pick(style.abstracts);
  const [first, second] = style.shapes.filter((shape) => shape.base === base.name);
  if (first === undefined || second === undefined) return undefined;
  const made = (shape: Shape): Expr => literalOf(scope, shape, `struct ${shape.name}`, 1);
  const type: StructType = `struct ${base.name}`;
  const init = form(type, "chosen instance", "# ? # : #", boolean(scope, 1), made(first), made(second));
  const name = scope.fresh("curve");
  scope.declare({ name, type, mutable: false, least: 0 });
  return [
    {
      kind: "let",
      tag: init.tag,
      constant: true,
      name,
      type,
      annotated: random.chance(0.5),
      init: { ...init, shares: [1, 2] },
    },
  ];
}
