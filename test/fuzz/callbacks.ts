/** Random functions as values: local functions, lambdas, and the methods of arrays that take them. */
import { form, isMemory, leaf } from "./ast.ts";
import type { Expr, Func, Param, Stmt, StructType, Type } from "./ast.ts";
import { boolean, callOf, change, number, pickArray } from "./expressions.ts";
import { rootOf } from "./memory.ts";
import { objectValue, structsTypes } from "./objects.ts";
import { count, literal, leastOf, read } from "./scope.ts";
import type { Scope, Variable } from "./scope.ts";
import { giveBack, statements } from "./statements.ts";

const floats: readonly Type[] = ["f64", "f32", "list"];

interface Sized {
  readonly expr: Expr;
  readonly size: number;
}

/** A name for a callback's parameter and what stands for it inside. */
function parameter(scope: Scope, base: string, type: Type): Variable {
  const variable: Variable = { name: scope.fresh(base), type, mutable: false, least: leastOf(type) };
  scope.declare(variable);
  return variable;
}

/** What an array is made of. */
function elementType(array: Variable): Type {
  if (array.type === "nested") return "list";
  return array.type.startsWith("structs ") ? (`struct ${array.type.slice(8)}` as StructType) : "number";
}

/** An expression in which parameters are known, and which changes nothing. */
function lambda(
  scope: Scope,
  parameters: readonly (readonly [base: string, type: Type])[],
  make: (bound: readonly Variable[]) => Expr,
): { readonly names: readonly string[]; readonly body: Expr } {
  return scope.purely(() =>
    scope.within(() => {
      const bound = parameters.map(([base, type]) => parameter(scope, base, type));
      scope.lambdas++;
      const body = make(bound);
      scope.lambdas--;
      return { names: bound.map((v) => v.name), body };
    }),
  );
}

function anyArray(scope: Scope): Variable | undefined {
  return pickArray(scope, [...floats, "nested", ...structsTypes(scope)], (v) => v.optional !== true);
}

/** `xs.reduce((sum, e) => …, 0.5)`. */
export function reduction(scope: Scope): Sized | undefined {
  const array = anyArray(scope);
  if (array === undefined) return undefined;
  const start = literal(scope.random.uniform(-1, 1));
  const made = lambda(
    scope,
    [
      ["sum", "number"],
      ["e", elementType(array)],
    ],
    ([sum]) => form("number", "plus", "0.5 * # + #", read(sum!), number(scope, 2, 1)),
  );
  const text = `#.reduce((${made.names.join(", ")}) => #, #)`;
  return { expr: form("number", "reduce", text, read(array), made.body, start), size: 3 };
}

/** `(xs.find((e) => …) ?? 0.5)`. */
export function searched(scope: Scope): Sized | undefined {
  const array = pickArray(scope, floats);
  if (array === undefined) return undefined;
  const made = lambda(scope, [["e", "number"]], () => boolean(scope, 1));
  const text = `(#.find((${made.names.join(", ")}) => #) ?? #)`;
  return { expr: form("number", "find", text, read(array), made.body, literal(scope.random.uniform(-1, 1))), size: 3 };
}

/** `xs.some((e) => …)`. */
export function anyOrAll(scope: Scope): Expr | undefined {
  const array = anyArray(scope);
  if (array === undefined) return undefined;
  const method = scope.random.pick(["some", "every"]);
  const made = lambda(scope, [["e", elementType(array)]], () => boolean(scope, 1));
  return form("boolean", method, `#.${method}((${made.names.join(", ")}) => #)`, read(array), made.body);
}

/** A call of a local function, or of one that came in as an argument. */
export function functionCall(scope: Scope, depth: number): Sized | undefined {
  const makers = scope.of("maker");
  if (makers.length > 0 && scope.random.chance(0.4)) {
    const maker = scope.random.pick(makers).name;
    const args = [number(scope, 1), number(scope, depth - 1)];
    return { expr: form("number", "call of what is returned", `${maker}(#)(#)`, ...args), size: 3 };
  }
  const known = scope.of("function", (v) => !scope.pure || v.fixed === true);
  if (known.length === 0) return undefined;
  const callee = scope.random.pick(known);
  return { expr: form("number", "call of a value", `${callee.name}(#)`, number(scope, depth - 1)), size: 3 };
}

/** Something to hand to a parameter that is a function. */
export function functionValue(scope: Scope): Expr {
  const { random } = scope;
  const known = scope.of("function", (v) => v.fixed === true);
  if (known.length > 0 && random.chance(0.5)) return read(random.pick(known));
  const makers = scope.of("maker");
  if (makers.length > 0 && random.chance(0.4))
    return form("function", "function returned", `${random.pick(makers).name}(#)`, number(scope, 1));
  const giving = scope.helpers.filter((one) => one.func.result === "function" && scope.loops < 2 && !scope.pure);
  if (giving.length > 0 && random.chance(0.5)) {
    const call = callOf(scope, random.pick(giving), 2, undefined);
    if (call !== undefined) return call;
  }
  if (random.chance(0.15)) return leaf("function", random.pick(["Math.sin", "Math.tanh", "Math.atan"]), "function");
  // Functions that are given functions that are given functions come to an end.
  const made = lambda(scope, [["t", "number"]], () => number(scope, scope.lambdas > 2 ? 0 : 2));
  return form("function", "lambda", `(${made.names.join(", ")}) => #`, made.body);
}

interface Made {
  readonly type: Type;
  readonly init: Expr;
  readonly least: number;
  readonly grows?: boolean;
}

/** An array that a method makes of another. */
export function arrayByCallback(scope: Scope): Made | undefined {
  const { random } = scope;
  return random.weighted<() => Made | undefined>([
    [4, () => mapped(scope)],
    [1.5, () => filtered(scope)],
    [1.5, () => byIndex(scope)],
    [2, () => listByMethod(scope)],
    [1.5, () => mappedByName(scope)],
    [1.5, () => joined(scope)],
    [scope.style.shapes.length > 0 ? 2 : 0, () => mappedToObjects(scope)],
  ])();
}

function mapped(scope: Scope): Made | undefined {
  const array = anyArray(scope);
  if (array === undefined) return undefined;
  const withIndex = scope.random.chance(0.4);
  const made = lambda(scope, [["e", elementType(array)], ...(withIndex ? ([["at", "int"]] as const) : [])], () =>
    number(scope, 2),
  );
  const type: Type = array.type === "f64" || array.type === "f32" ? array.type : "list";
  const init = form(type, "map", `#.map((${made.names.join(", ")}) => #)`, read(array), made.body);
  return { type, least: array.least, init, ...(type === "list" ? { grows: true } : {}) };
}

function mappedToObjects(scope: Scope): Made | undefined {
  const array = anyArray(scope);
  const { random, style } = scope;
  if (array === undefined || array.type === "f64" || array.type === "f32") return undefined;
  const shape = random.pick(style.shapes);
  const made = lambda(scope, [["e", elementType(array)]], () => objectValue(scope, `struct ${shape.name}`, 1));
  // The body may be the element itself, or share memory with it.
  const init = {
    ...form(
      `structs ${shape.name}`,
      "map to objects",
      `#.map((${made.names.join(", ")}): ${shape.name} => (#))`,
      read(array),
      made.body,
    ),
    shares: [0, 1],
  };
  return { type: `structs ${shape.name}`, least: array.least, init };
}

function filtered(scope: Scope): Made | undefined {
  const array = pickArray(scope, floats, (v) => v.least >= 3);
  if (array === undefined) return undefined;
  const made = lambda(
    scope,
    [
      ["e", "number"],
      ["at", "int"],
    ],
    ([, at]) =>
      scope.random.chance(0.6)
        ? form("boolean", "int test", "# !== #", read(at!), count(scope.random.below(3)))
        : form("boolean", "logic", "# < 2 || #", read(at!), boolean(scope, 0)),
  );
  const init = form(array.type, "filter", `#.filter((${made.names.join(", ")}) => #)`, read(array), made.body);
  return { type: array.type, least: 2, init, ...(array.type === "list" ? { grows: true } : {}) };
}

function byIndex(scope: Scope): Made {
  const made = lambda(
    scope,
    [
      ["e", "void"],
      ["at", "int"],
    ],
    () => number(scope, 2),
  );
  const text = `Array.from({ length: # }, (_, ${made.names[1]!}) => #)`;
  const init = form("list", "from length", text, count(scope.random.between(3, 4)), made.body);
  return { type: "list", least: 3, grows: true, init };
}

/** `xs.toSorted(…)`, `Array.from(xs, (e) => …)`, `xs.flatMap((e) => [e, …])` and the like. */
function listByMethod(scope: Scope): Made | undefined {
  const list = pickArray(scope, ["list"], (v) => v.least >= 3);
  if (list === undefined) return undefined;
  const { random } = scope;
  const of = (tag: string, template: string, ...args: readonly Expr[]): Expr =>
    form("list", tag, template, read(list), ...args);
  const each = (): { readonly name: string; readonly body: Expr } => {
    const made = lambda(scope, [["e", "number"]], () => number(scope, 2));
    return { name: made.names[0]!, body: made.body };
  };
  const [init, least] = random.pick([
    (): [Expr, number] => [of("sorted copy", "#.toSorted((p, q) => p - q)"), list.least],
    (): [Expr, number] => [of("reversed copy", "#.toReversed()"), list.least],
    (): [Expr, number] => [of("with", "#.with(#, #)", count(random.below(3)), number(scope, 1)), list.least],
    (): [Expr, number] => [of("slice from the end", "#.slice(-2)"), 2],
    (): [Expr, number] => {
      const { name, body } = each();
      return [of("from with a callback", `Array.from(#, (${name}) => #)`, body), list.least];
    },
    (): [Expr, number] => {
      const { name, body } = each();
      return [of("flat map", `#.slice(0, 3).flatMap((${name}) => [${name}, #])`, body), 4];
    },
  ])();
  return { type: "list", least, grows: true, init };
}

/** `xs.map(law)` of a local function, which may change what is around it. */
function mappedByName(scope: Scope): Made | undefined {
  const list = pickArray(scope, ["list", "f64"], (v) => v.optional !== true && v.fixed !== true);
  const known = scope.of("function", (v) => !scope.pure || v.fixed === true);
  if (list === undefined || known.length === 0) return undefined;
  const init = form(list.type, "map by name", "#.map(#)", read(list), read(scope.random.pick(known)));
  return { type: list.type, least: list.least, init, ...(list.type === "list" ? { grows: true } : {}) };
}

/** `Math.max(...xs)`. */
export function spreadIntoMath(scope: Scope): Sized | undefined {
  const array = pickArray(scope, floats, (v) => v.least >= 2 && v.optional !== true);
  if (array === undefined) return undefined;
  const name = scope.random.pick(["max", "min", "hypot"]);
  return { expr: form("number", "spread into Math", `Math.${name}(...#)`, read(array)), size: 5 };
}

/** `xs.concat(ys)`, `[...xs, e]`: all of at most nine elements is made of at most six. */
function joined(scope: Scope): Made | undefined {
  const list = pickArray(scope, ["list"], (v) => v.least >= 2);
  if (list === undefined) return undefined;
  const { random } = scope;
  const short = (v: Variable): Expr => form("list", "copy", "#.slice(0, 3)", read(v));
  const value = number(scope, 1);
  const init = random.pick([
    (): Expr => form("list", "spread of a list", "[...#, #]", short(list), value),
    (): Expr => form("list", "spread of a list", "[#, ...#]", value, short(list)),
    (): Expr => form("list", "concat", "#.concat(#)", short(list), short(random.pick(scope.of("list")))),
  ])();
  return { type: "list", least: 3, grows: true, init };
}

/** `xs.forEach((e, i) => { … });`, `for (const [i, e] of xs.entries()) { … }`. */
export function eachElement(scope: Scope): Stmt[] | undefined {
  const { random } = scope;
  const array = anyArray(scope);
  if (array === undefined || scope.functions >= 2) return undefined;
  const type = elementType(array);
  const isLoop = random.chance(0.3);
  const withIndex = isLoop || random.chance(0.6);
  const names: string[] = [];
  const inside = (): Stmt[] => {
    const element = parameter(scope, type === "number" ? "e" : type === "list" ? "line" : "each", type);
    names.push(element.name);
    if (withIndex) {
      const at = scope.fresh("at");
      // The walk goes to the length that the array had first, which another one under its name may not have.
      const safe = array.mutable ? {} : { indexes: [array.name] };
      scope.declare({ name: at, type: "int", mutable: false, least: 0, ...safe });
      names.push(at);
    }
    scope.loops++;
    if (isLoop) scope.targets.push({ label: undefined, loop: true });
    const body = scope.within(() => statements(scope, random.between(1, 4)));
    if (isLoop) scope.targets.pop();
    scope.loops--;
    return body;
  };
  const body = isLoop ? scope.within(inside) : scope.inFunction(undefined, inside);
  const [element = "e", at = "at"] = names;
  const row = isMemory(type) ? { row: [element, rootOf(array.name)] as const } : {};
  if (isLoop) {
    const head = form("void", "head", `for (const [${at}, ${element}] of #.entries())`, read(array));
    return [{ kind: "loop", tag: "for of entries", head, body, ...row }];
  }
  const head = form("void", "head", `#.forEach((${names.join(", ")}) =>`, read(array));
  return [{ kind: "loop", tag: "for each", head, body, tail: leaf("void", ");", "tail"), ...row }];
}

/** Orders a list anew where it stands. */
export function rearranged(scope: Scope): Stmt[] | undefined {
  const array = pickArray(scope, floats, (v) => v.fixed !== true);
  if (array === undefined) return undefined;
  const { random } = scope;
  const text = random.weighted([
    [2, "#.sort((p, q) => p - q)"],
    [1, "#.sort((p, q) => q - p)"],
    [1.5, "#.reverse()"],
  ] as const);
  return [{ kind: "expr", expr: { ...form("void", "rearranged", text, read(array)), writes: [0] } }];
}

/** A local function, and a call of it: what it writes is written for certain. */
export function localFunction(scope: Scope): Stmt[] | undefined {
  const { random } = scope;
  if (scope.functions >= 1 || scope.budget < 2) return undefined;
  const name = scope.fresh(random.pick(["law", "rule", "step"]));
  const isPure = random.chance(0.5);
  const body = (): { param: Param; stmts: Stmt[] } => {
    const param = parameter(scope, "t", "number");
    const stmts = isPure ? [] : statements(scope, 3);
    const isLeft = stmts.at(-1)?.kind === "return";
    return { param, stmts: isLeft ? stmts : [...stmts, giveBack(scope, 2)] };
  };
  const made = scope.inFunction("number", () => (isPure ? scope.purely(body) : body()));
  // A function that is declared has a `this` of its own, and does not know what was asked around it.
  const isArrow = scope.variables.some((v) => v.name === "this" || v.asked === true);
  const func: Func = { name, params: [made.param], result: "number", body: made.stmts };
  scope.declare({ name, type: "function", mutable: false, least: 0, ...(isPure ? { fixed: true } : {}) });
  const result = scope.fresh("r");
  const init = form("number", "call of a value", `${name}(#)`, number(scope, 1));
  scope.declare({ name: result, type: "number", mutable: false, least: 0 });
  return [
    { kind: "closure", func, ...(!isArrow && random.chance(0.25) && { declared: true }) },
    { kind: "let", tag: "call result", constant: true, name: result, type: "number", annotated: false, init },
  ];
}

/** `const family = (k: number) => (t: number) => …;` */
export function curried(scope: Scope): Stmt[] {
  const outer = scope.purely(() =>
    scope.within(() => {
      const k = parameter(scope, "k", "number");
      const t = parameter(scope, "t", "number");
      return [k.name, t.name, number(scope, 2)] as const;
    }),
  );
  const name = scope.fresh("family");
  scope.declare({ name, type: "maker", mutable: false, least: 0 });
  const [k, t, body] = outer;
  const init = form("maker", "curried", `(${k}: number) => (${t}: number) => #`, body);
  return [{ kind: "let", tag: "curried", constant: true, name, type: "maker", annotated: false, init }];
}

/** `const laws = { one: (t: number) => …, two: law };` */
export function functionsInObject(scope: Scope): Stmt[] {
  const values = [functionValue(scope), functionValue(scope)];
  const name = scope.fresh("laws");
  const typed = values.map((value) => (value.tag === "lambda" ? typedLambda(value) : value));
  for (const field of ["one", "two"])
    scope.declare({
      name: `${name}.${field}`,
      type: "function",
      mutable: false,
      least: 0,
      fixed: values.every(isKnownPure),
    });
  const init = form("void", "functions in an object", "{ one: #, two: # }", ...typed);
  return [{ kind: "let", tag: init.tag, constant: true, name, type: "void", annotated: false, init }];
}

/** A lambda whose parameter has its type: nothing around it tells. */
function typedLambda(value: Expr): Expr {
  return {
    ...value,
    parts: value.parts.map((part, i) => (i === 0 ? part.replace(/^\((\w+)\)/, "($1: number)") : part)),
  };
}

/** What came of a call may have come in, and change something. */
function isKnownPure(value: Expr): boolean {
  return value.call === undefined;
}

/** `const law = test ? f : (t) => …;`, `let law = f; if (test) law = g;` */
export function chosenFunction(scope: Scope): Stmt[] {
  const { random } = scope;
  const test = boolean(scope, 1);
  const [a, b] = [functionValue(scope), functionValue(scope)];
  const name = scope.fresh("picked");
  const fixed = isKnownPure(a) && isKnownPure(b);
  scope.declare({ name, type: "function", mutable: false, least: 0, fixed });
  const declare = (constant: boolean, tag: string, init: Expr): Stmt => {
    return { kind: "let", tag, constant, name, type: "function", annotated: true, init };
  };
  if (random.chance(0.6))
    return [declare(true, "chosen function", form("function", "choice", "# ? # : #", test, a, b))];
  const assign = form("void", "assign", "# = #", leaf("function", name, "variable"), b);
  return [
    declare(false, "function that changes", a),
    { kind: "if", test, then: [{ kind: "expr", expr: change(assign, name) }] },
  ];
}

/** `for (const f of [law, (t: number) => …])`. */
export function overFunctions(scope: Scope): Stmt[] {
  const values = [functionValue(scope), functionValue(scope)];
  const typed = values.map((value) => (value.tag === "lambda" ? typedLambda(value) : value));
  const name = scope.fresh("each");
  const head = form("void", "head", `for (const ${name} of [#, #])`, ...typed);
  const body = scope.within(() => {
    scope.declare({ name, type: "function", mutable: false, least: 0, fixed: values.every(isKnownPure) });
    scope.loops++;
    scope.targets.push({ label: undefined, loop: true });
    const made = statements(scope, 3);
    scope.targets.pop();
    scope.loops--;
    return made;
  });
  return [{ kind: "loop", tag: "for of functions", head, body }];
}
