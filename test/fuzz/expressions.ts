/** Random expressions. Each number carries a bound on its size, so that programs stay tame. */
import { anyOrAll, functionCall, functionValue, reduction, searched, spreadIntoMath } from "./callbacks.ts";
import { form, isArray, isChoice, isMemory, isStruct, isStructs, leaf, shapeName } from "./ast.ts";
import type { Expr, Type } from "./ast.ts";
import { choiceTest, choiceValue, tableValue } from "./choices.ts";
import { numberByLibrary } from "./library.ts";
import { isPure, rootOf } from "./memory.ts";
import { structsTypes } from "./objects.ts";
import { passiveCount, passiveTest } from "./passives.ts";
import { numberPaths } from "./shapes.ts";
import { memberValue } from "./unions.ts";
import { count, literal, read } from "./scope.ts";
import type { Callable, Scope, Variable } from "./scope.ts";

export interface Sized {
  readonly expr: Expr;
  /** A bound on the absolute value, taking variables to be below 3. */
  readonly size: number;
}

const variableSize = 3;

/** Any number, of about the given depth, below `limit` in size. */
export function number(scope: Scope, depth: number, limit = 3): Expr {
  return tame(scope, sized(scope, depth), limit);
}

/** Brings a value under a limit by a bounded function or a small factor. */
function tame(scope: Scope, value: Sized, limit: number): Expr {
  if (value.size <= limit) return value.expr;
  const { random } = scope;
  const factor = Math.floor((limit / value.size) * 100) / 100;
  if (factor >= 0.05 && random.chance(0.5)) return form("number", "scaled", "# * #", literal(factor), value.expr);
  const name = random.pick(["sin", "tanh", "cos", "atan"]);
  const bounded = form("number", "math", `Math.${name}(#)`, value.expr);
  const size = name === "atan" ? 1.6 : 1;
  return size <= limit ? bounded : form("number", "scaled", "# * #", literal(limit / size), bounded);
}

type Maker = (scope: Scope, depth: number) => Sized | undefined;

const math = (template: string, size: (m: number) => number): Maker => {
  return (scope, depth) => {
    const inner = sized(scope, depth - 1);
    return { expr: form("number", "math", template, inner.expr), size: size(inner.size) };
  };
};

/** Unary functions on domains where they are smooth. */
const functions: readonly (readonly [number, Maker])[] = [
  [3, math("Math.sin(#)", () => 1)],
  [3, math("Math.cos(#)", () => 1)],
  [3, math("Math.tanh(#)", () => 1)],
  [2, math("Math.exp(-((#) ** 2))", () => 1)],
  [2, math("Math.exp(Math.sin(#))", () => 2.8)],
  [2, math("Math.log(1 + (#) ** 2)", (m) => Math.log(1 + m * m))],
  [2, math("Math.sqrt(1 + (#) ** 2)", (m) => 1 + m)],
  [1, math("Math.log1p((#) ** 2)", (m) => Math.log(1 + m * m))],
  [1, math("Math.log2(1.5 + (#) ** 2)", (m) => 1 + Math.log2(1.5 + m * m))],
  [1, math("Math.log10(1.5 + (#) ** 2)", (m) => 1 + Math.log10(1.5 + m * m))],
  [1, math("Math.expm1(Math.tanh(#))", () => 1.8)],
  [1, math("Math.sinh(Math.tanh(#))", () => 1.2)],
  [1, math("Math.cosh(Math.sin(#))", () => 1.6)],
  [1, math("Math.tan(Math.tanh(#))", () => 1.6)],
  [1, math("Math.atan(#)", () => 1.6)],
  [1, math("Math.asin(0.9 * Math.sin(#))", () => 1.2)],
  [1, math("Math.acos(0.9 * Math.tanh(#))", () => 3)],
  [1, math("Math.atanh(0.8 * Math.sin(#))", () => 1.1)],
  [1, math("Math.asinh(#)", (m) => m)],
  [1, math("Math.acosh(1.5 + (#) ** 2)", (m) => 1 + m)],
  [1, math("Math.cbrt(2 + Math.sin(#))", () => 1.5)],
  [1, math("(1 + (#) ** 2) ** 0.5", (m) => 1 + m)],
  [1, math("(#) ** 2", (m) => m * m)],
  [1, math("(#) ** 3", (m) => m * m * m)],
  [1, math("Math.pow(#, 2)", (m) => m * m)],
  [1, math("Math.abs(#)", (m) => m)],
  [0.5, math("Math.fround(#)", (m) => m)],
  [0.3, math("Math.floor(#)", (m) => m + 1)],
  [0.3, math("Math.round(#)", (m) => m + 1)],
  [0.3, math("Math.trunc(#)", (m) => m)],
  [0.3, math("Math.ceil(#)", (m) => m + 1)],
  [0.3, math("Math.sign(#)", () => 1)],
  [0.5, math("+(#)", (m) => m)],
];

function two(scope: Scope, depth: number): [Sized, Sized] {
  return [sized(scope, depth - 1), sized(scope, depth - 1)];
}

const several: readonly (readonly [number, Maker])[] = [
  [6, (s, d) => join(s, d, "plus", "# + #", (a, b) => a + b)],
  [5, (s, d) => join(s, d, "minus", "# - #", (a, b) => a + b)],
  [7, (s, d) => join(s, d, "times", "# * #", (a, b) => a * b)],
  [3, (s, d) => join(s, d, "divide", "# / (1.2 + (#) ** 2)", (a) => a)],
  [1, (s, d) => join(s, d, "divide", "1 / (2 + (#) * (#))", () => 1, true)],
  [0.5, (s, d) => join(s, d, "remainder", "(#) % (1.7 + Math.tanh(#))", () => 3)],
  [1, (s, d) => join(s, d, "math", "Math.atan2(#, 1 + (#) ** 2)", () => 1.6)],
  [1, (s, d) => join(s, d, "math", "Math.pow(1.3 + Math.sin(#), Math.cos(#))", () => 4)],
  [1, (s, d) => join(s, d, "math", "Math.max(#, #)", (a, b) => Math.max(a, b))],
  [1, (s, d) => join(s, d, "math", "Math.min(#, #)", (a, b) => Math.max(a, b))],
  [0.5, (s, d) => join(s, d, "math", "Math.max(#, #, 0.123)", (a, b) => Math.max(a, b, 1))],
  [1, (s, d) => join(s, d, "math", "Math.hypot(#, #, 1.1)", (a, b) => a + b + 1.1)],
  [0.5, (s, d) => join(s, d, "math", "Math.hypot(#, 1 + (#) ** 2)", (a, b) => a + 1 + b * b)],
];

function join(
  scope: Scope,
  depth: number,
  tag: string,
  template: string,
  size: (a: number, b: number) => number,
  twice = false,
): Sized | undefined {
  const [a, b] = two(scope, depth);
  // A hole that is printed twice takes an expression without effects.
  if (twice && !isPure(a.expr)) return undefined;
  return { expr: form("number", tag, template, a.expr, twice ? a.expr : b.expr), size: size(a.size, b.size) };
}

function sized(scope: Scope, depth: number): Sized {
  const { random } = scope;
  if (depth <= 0) return atom(scope);
  const makers: (readonly [number, Maker])[] = [
    [14, (s) => atom(s)],
    [12, (s, d) => random.weighted(functions)(s, d)],
    [22, (s, d) => random.weighted(several)(s, d)],
    [1.5, (s, d) => negate(s, d)],
    [3, choose],
    [scope.helpers.length > 0 && scope.loops < 2 ? 5 : 0, (s, d) => helperCall(s, d, "number")],
    [1, orElse],
    [scope.effects ? 1.5 : 0, assignment],
    [scope.recursion !== undefined && scope.recursion.func.result === "number" && !scope.pure ? 6 : 0, recursiveCall],
    [scope.style.callbacks && scope.loops < 3 ? 2 : 0, reduction],
    [scope.style.callbacks ? 0.7 : 0, searched],
    [scope.of("function").length + scope.of("maker").length > 0 ? 5 : 0, functionCall],
    [scope.style.callbacks ? 1.2 : 0, spreadIntoMath],
    [scope.style.library && scope.loops < 2 ? 4 : 0, numberByLibrary],
    [scope.style.choices.length > 0 ? 4 : 0, (s) => tableValue(s)],
    [scope.style.shapes.length > 0 ? 1.5 : 0, (s) => memberValue(s)],
  ];
  for (let attempt = 0; attempt < 4; attempt++) {
    const made = random.weighted(makers)(scope, depth);
    if (made !== undefined && made.size <= 60) return made;
    if (made !== undefined) return { expr: tame(scope, made, 3), size: 3 };
  }
  return atom(scope);
}

function negate(scope: Scope, depth: number): Sized {
  const inner = sized(scope, depth - 1);
  return { expr: form("number", "negate", "-(#)", inner.expr), size: inner.size };
}

function choose(scope: Scope, depth: number): Sized {
  const test = boolean(scope, depth - 1);
  const [a, b] = two(scope, depth);
  return { expr: form("number", "choice", "# ? # : #", test, a.expr, b.expr), size: Math.max(a.size, b.size) };
}

/** `x || 0.3`, `x && y`, `a[i] ?? 0.3`. */
function orElse(scope: Scope, depth: number): Sized | undefined {
  const { random } = scope;
  if (random.chance(0.5)) {
    const array = pickArray(scope, ["f64", "f32", "list"]);
    const [n] = scope.of("int");
    if (array === undefined || n === undefined) return undefined;
    const index = random.chance(0.5) ? form("int", "plus", "# + 2", read(n)) : read(n);
    const element = form("number", "element", "#[#]", read(array), index);
    return { expr: form("number", "nullish", "(# ?? #)", element, literal(random.uniform(-1, 1))), size: variableSize };
  }
  const [a, b] = two(scope, depth);
  if (isLiteral(a.expr)) return undefined;
  const template = random.pick(["(# || #)", "(# && #)"]);
  return { expr: form("number", "logic value", template, a.expr, b.expr), size: Math.max(a.size, b.size) };
}

/** A literal or a choice of literals: TypeScript refuses one on the left of `&&`, where the other side could never matter. */
function isLiteral({ tag, args }: Expr): boolean {
  return tag === "literal" || (tag === "choice" && args.slice(1).every(isLiteral));
}

/** An assignment or `++` inside an expression. */
function assignment(scope: Scope, depth: number): Sized | undefined {
  const { random } = scope;
  const target = scope.of("number", (v) => v.mutable && v.optional !== true);
  if (target.length === 0) return undefined;
  const variable = random.pick(target);
  if (random.chance(0.2)) {
    const template = random.pick(["#++", "--#", "++#", "#--"]);
    return { expr: change(form("number", "update", template, read(variable)), variable.name), size: variableSize + 1 };
  }
  scope.effects = false;
  const value = number(scope, depth - 1, 1);
  scope.effects = true;
  const template = random.pick(["(# = #)", "(# += #)", "(# -= #)", "(# *= #)"]);
  return {
    expr: change(form("number", "assignment value", template, read(variable), value), variable.name),
    size: variableSize,
  };
}

export function change(expr: Expr, name: string): Expr {
  return { ...expr, rebinds: [name] };
}

/** A variable, an element, a literal, a constant. */
function atom(scope: Scope): Sized {
  const { random } = scope;
  const numbers = scope.of("number");
  const made = random.weighted<() => Sized | undefined>([
    [numbers.length === 0 ? 0 : 10, () => ({ expr: readNumber(random.pick(numbers), scope), size: variableSize })],
    [8, () => element(scope)],
    [3, () => ({ expr: literal(random.uniform(-2, 2)), size: 2 })],
    [2, () => counterValue(scope)],
    [0.4, () => ({ expr: leaf("number", random.pick(["Math.E", "Math.SQRT2", "Math.LN2"]), "constant"), size: 2.8 })],
  ])();
  return made ?? { expr: literal(random.uniform(-2, 2)), size: 2 };
}

function readNumber(variable: Variable, scope: Scope): Expr {
  if (variable.optional !== true) return read(variable);
  return form("number", "nullish", "(# ?? #)", read(variable), literal(scope.random.uniform(-1, 1)));
}

/** An element of a visible array, or a number in an object of one, at a safe index. */
function element(scope: Scope): Sized | undefined {
  const array = pickArray(scope, ["f64", "f32", "list", "nested", ...structsTypes(scope)]);
  if (array === undefined) return undefined;
  return { expr: place(scope, array), size: variableSize };
}

/** `a[i]`, `m[i][j]` or `all[i].x` at an index that is in range. */
export function place(scope: Scope, array: Variable): Expr {
  if (isStructs(array.type)) {
    const path = scope.random.pick(numberPaths(scope.style.shapes, array.type));
    return form("number", "element", `#[#]${path}`, read(array), index(scope, array));
  }
  if (array.type === "nested") {
    return form("number", "element", "#[#]", row(scope, array), rowIndex(scope));
  }
  return form("number", "element", "#[#]", read(array), index(scope, array));
}

/** A row of a nested list, as a reference. */
export function row(scope: Scope, array: Variable): Expr {
  return { ...form("list", "element", "#[#]", read(array), index(scope, array)), shares: [0] };
}

/** Within the three elements that every row has. */
function rowIndex(scope: Scope): Expr {
  const ints = scope.of("int");
  const { random } = scope;
  if (ints.length === 0 || random.chance(0.4)) return count(random.below(3));
  return form("int", "remainder", "# % 3", read(random.pick(ints)));
}

export function index(scope: Scope, array: Variable): Expr {
  const { random } = scope;
  const counters = scope.of("int", (v) => v.indexes?.includes(array.name) === true);
  if (counters.length > 0 && random.chance(0.75)) {
    const counter = random.pick(counters);
    if (counter.plus !== undefined && random.chance(0.4))
      return form("int", "plus", `# + ${String(counter.plus)}`, read(counter));
    if (counter.minus !== undefined && random.chance(0.4))
      return form("int", "minus", `# - ${String(counter.minus)}`, read(counter));
    return read(counter);
  }
  const length = form("int", "length", "#.length", read(array));
  return random.weighted<() => Expr>([
    [5, () => count(random.below(array.least))],
    [2, () => form("int", "remainder", "(#) % #", integer(scope, 1), length)],
    [1, () => form("int", "minus", "# - 1", length)],
    [scope.effects ? 0.6 : 0, () => bumpedIndex(scope, array)],
    [0.5, () => form("int", "data index", "Math.floor(Math.abs(#) * 2) % #", number(scope, 1), length)],
    [1, () => indirect(scope, array)],
  ])();
}

/** `c++ % a.length`. */
function bumpedIndex(scope: Scope, array: Variable): Expr {
  const counters = scope.of("int", (v) => v.mutable && v.indexes === undefined);
  if (counters.length === 0) return count(0);
  const counter = scope.random.pick(counters);
  return form(
    "int",
    "remainder",
    "# % #.length",
    change(form("int", "update", "#++", read(counter)), counter.name),
    read(array),
  );
}

/** `table[i] % a.length`, through an integer array. */
function indirect(scope: Scope, array: Variable): Expr {
  const tables = scope.of("indices");
  if (tables.length === 0) return count(0);
  const table = scope.random.pick(tables);
  return form("int", "index table", "#[#] % #.length", read(table), count(scope.random.below(3)), read(array));
}

/** A whole number that is not negative and not large. */
export function integer(scope: Scope, depth: number): Expr {
  const { random } = scope;
  const ints = scope.of("int");
  const base = (): Expr => (ints.length > 0 && random.chance(0.75) ? read(random.pick(ints)) : count(random.below(4)));
  if (depth <= 0) return base();
  const inner = (): Expr => integer(scope, depth - 1);
  return random.weighted<() => Expr>([
    [5, base],
    [2, () => form("int", "plus", "# + #", inner(), inner())],
    [1, () => form("int", "remainder", "(# * 3 + 1) % 5", inner())],
    [0.5, () => form("int", "bits", "# & 3", inner())],
    [0.5, () => form("int", "bits", "# >> 1", inner())],
    [0.5, () => form("int", "bits", "# | 1", inner())],
    [0.5, () => form("int", "bits", "# ^ 1", inner())],
    [1, () => form("int", "choice", "# ? 1 : 0", boolean(scope, 1))],
    [0.5, () => form("int", "rounding", "Math.floor(Math.abs(#))", number(scope, 1))],
    [scope.style.passives ? 3 : 0, () => passiveCount(scope) ?? base()],
  ])();
}

/** A whole number as a value of the arithmetic. */
function counterValue(scope: Scope): Sized | undefined {
  const ints = scope.of("int");
  if (ints.length === 0) return undefined;
  return {
    expr: form(
      "number",
      "int value",
      `${scope.random.pick(["0.1", "0.25", "-0.2"])} * #`,
      read(scope.random.pick(ints)),
    ),
    size: 2,
  };
}

/** The variable of a loop, an int, or a length, as it is. */
export function bareCount(scope: Scope): Expr {
  const { random } = scope;
  const ints = scope.of("int");
  if (ints.length > 0 && random.chance(0.6)) return form("number", "count", "#", read(random.pick(ints)));
  const array = pickArray(scope, ["f64", "f32", "list", "nested"]);
  return array
    ? form("number", "length", "#.length", read(array))
    : form("number", "count", "#", count(random.below(4)));
}

export function boolean(scope: Scope, depth: number): Expr {
  const { random } = scope;
  const flags = scope.of("boolean");
  const ints = scope.of("int");
  return random.weighted<() => Expr>([
    [6, () => dataTest(scope, depth)],
    [
      ints.length > 0 ? 5 : 0,
      () => form("boolean", "int test", `# % 2 === ${String(random.below(2))}`, integer(scope, 1)),
    ],
    [ints.length > 0 ? 3 : 0, () => countTest(scope, ints)],
    [flags.length > 0 ? 4 : 0, () => read(random.pick(flags))],
    [
      depth > 0 ? 1.5 : 0,
      () =>
        form(
          "boolean",
          "logic",
          `# ${random.pick(["&&", "||"])} #`,
          boolean(scope, depth - 1),
          boolean(scope, depth - 1),
        ),
    ],
    [depth > 0 ? 1 : 0, () => form("boolean", "logic", "!(#)", boolean(scope, depth - 1))],
    [scope.style.callbacks && depth > 0 ? 1.5 : 0, () => anyOrAll(scope) ?? dataTest(scope, depth)],
    [scope.style.choices.length > 0 ? 4 : 0, () => choiceTest(scope) ?? dataTest(scope, depth)],
    [scope.style.passives ? 4 : 0, () => passiveTest(scope) ?? dataTest(scope, depth)],
  ])();
}

/** A comparison of a whole number with a small one. */
function countTest(scope: Scope, ints: readonly Variable[]): Expr {
  const { random } = scope;
  const wanted = random.pick(["<", ">", "!==", "<=", ">="]);
  const variable = random.pick(ints);
  // TypeScript takes a variable for the literal that it was found equal to, and refuses to compare it with another.
  const test = wanted === "!==" && scope.told.has(variable.name) ? ">" : wanted;
  if (test === "!==") scope.told.add(variable.name);
  return form("boolean", "int test", `# ${test} #`, read(variable), count(random.between(1, 3)));
}

/** A comparison of a value with a number that it hardly ever equals. */
function dataTest(scope: Scope, depth: number): Expr {
  const { random } = scope;
  const left = number(scope, Math.max(1, depth));
  // The factor also keeps `a < (b > …` from being read as type arguments.
  const right = random.chance(0.7)
    ? literal(random.uniform(-1, 1))
    : form("number", "scaled", "0.5 * #", number(scope, 1));
  return form("boolean", "data test", `# ${random.pick(["<", ">", "<=", ">="])} #`, left, right);
}

export function pickArray(
  scope: Scope,
  types: readonly Type[],
  also: (v: Variable) => boolean = () => true,
): Variable | undefined {
  const found = scope.variables.filter((v) => types.includes(v.type) && also(v));
  return found.length === 0 ? undefined : scope.random.pick(found);
}

/** Whether a function can write nothing that others see. */
function isHarmless({ func }: Callable): boolean {
  return func.getter === true || func.params.every((param) => !isMemory(param.type) && param.type !== "function");
}

/** A call of some helper with a result of the type. */
export function helperCall(scope: Scope, depth: number, result: Type): Sized | undefined {
  const fitting = scope.helpers.filter(
    (h) => h.func.result === result && h.cost + scope.loops <= 3 && (!scope.pure || isHarmless(h)),
  );
  if (fitting.length === 0) return undefined;
  const expr = callOf(scope, scope.random.pick(fitting), depth, undefined);
  return expr === undefined ? undefined : { expr, size: variableSize };
}

function recursiveCall(scope: Scope, depth: number): Sized | undefined {
  if (scope.recursion === undefined || scope.recursions >= 2 || scope.loops > 0) return undefined;
  scope.recursions++;
  const expr = callOf(scope, scope.recursion, depth, form("int", "minus", "# - 1", leaf("int", "depth", "variable")));
  return expr === undefined ? undefined : { expr, size: variableSize };
}

/** Fills in a call; undefined where nothing of a type that it wants is at hand. */
export function callOf(scope: Scope, callable: Callable, depth: number, depthLeft: Expr | undefined): Expr | undefined {
  const { random } = scope;
  const { func } = callable;
  const args: Expr[] = [];
  const used = new Set<string>();
  for (const [i, param] of func.params.entries()) {
    if (i === callable.depth) {
      args.push(depthLeft ?? count(random.between(1, 3)));
      continue;
    }
    const last = i === func.params.length - 1;
    if (last && (param.defaultText !== undefined || param.optional === true) && random.chance(0.5)) continue;
    if (param.type === "number") args.push(number(scope, depth - 2));
    else if (param.type === "int")
      args.push(
        random.chance(0.5) ? count(random.between(1, 4)) : form("int", "remainder", "# % 4 + 1", integer(scope, 0)),
      );
    else if (param.type === "boolean") args.push(boolean(scope, 0));
    else if (param.type === "function") args.push(functionValue(scope));
    else if (isChoice(param.type)) args.push(choiceValue(scope, param.type));
    else if (param.rest === true) args.push(...restOf(scope));
    else {
      // The same memory in two places would be an overlap, which helpers may be told apart by.
      const least = isArray(param.type) ? (param.type === "nested" ? 2 : 3) : 0;
      const memory = pickArray(
        scope,
        [param.type, ...extending(scope, param.type)],
        (v) => v.least >= least && v.fixed !== true && !used.has(rootOf(v.name)),
      );
      if (memory === undefined) return undefined;
      used.add(rootOf(memory.name));
      args.push(read(memory));
    }
  }
  return { ...form(func.result, "call", templateOf(callable, args.length), ...args), call: func.name };
}

/** What goes where a rest parameter is: three numbers, or a list that is spread. */
function restOf(scope: Scope): Expr[] {
  const list = pickArray(scope, ["list"], (v) => v.least >= 3);
  if (list !== undefined && scope.random.chance(0.5)) return [form("list", "spread of a list", "...#", read(list))];
  return [number(scope, 1), number(scope, 0), number(scope, 0)];
}

/** The types of objects that can stand for one of this type. */
function extending({ style }: Scope, type: Type): Type[] {
  if (!isStruct(type)) return [];
  const base = shapeName(type);
  return style.shapes.filter((shape) => shape.base === base).map(({ name }): Type => `struct ${name}`);
}

/** `g(#, #)`, for a method `#.g(#)`. */
function templateOf({ func }: Callable, count: number): string {
  const holes = Array.from({ length: count }, () => "#");
  if (func.owner === undefined) return `${func.name}(${holes.join(", ")})`;
  if (func.static === true) return `${func.owner}.${func.name}(${holes.join(", ")})`;
  return func.getter === true ? `#.${func.name}` : `#.${func.name}(${holes.slice(1).join(", ")})`;
}
