/** Random statements. */
import { assignAbsent, declareAbsent, patternWithDefaults, whereThere } from "./absent.ts";
import { form, isStruct, isStructs, leaf, shapeName } from "./ast.ts";
import type { Case, Expr, Loop, Stmt, Type } from "./ast.ts";
import {
  arrayByCallback,
  chosenFunction,
  curried,
  eachElement,
  functionsInObject,
  functionValue,
  localFunction,
  overFunctions,
  rearranged,
} from "./callbacks.ts";
import { declareChoice, overTable, switchOverChoice } from "./choices.ts";
import { cursor } from "./cursors.ts";
import { bareCount, boolean, callOf, change, integer, number, pickArray, place, row } from "./expressions.ts";
import { rootOf } from "./memory.ts";
import {
  chosenInstance,
  declareObject,
  listPattern,
  objectPattern,
  objectsValue,
  objectValue,
  overKeys,
  pushObject,
  rebindObject,
  setterCall,
  sortObjects,
  structsTypes,
  swapObjects,
} from "./objects.ts";
import { changePassive, declarePassive, overPassive, text } from "./passives.ts";
import { count, literal, read } from "./scope.ts";
import type { Scope, Variable } from "./scope.ts";
import { memberStatement } from "./unions.ts";
import { flow } from "./flows.ts";

const floats: readonly Type[] = ["f64", "f32", "list"];
const typedNames: Readonly<Partial<Record<Type, string>>> = {
  f64: "Float64Array",
  f32: "Float32Array",
  indices: "Int32Array",
};

/** A run of statements, as many as fit the budget. */
export function statements(scope: Scope, most: number): Stmt[] {
  const made: Stmt[] = [];
  for (let i = 0; i < most && scope.budget > 0; i++) {
    const stmts = statement(scope);
    if (stmts === undefined) continue;
    scope.budget -= 1;
    made.push(...stmts);
    // Nothing after a jump is reached.
    const last = made.at(-1)?.kind;
    if (last === "jump" || last === "return" || last === "throw") break;
  }
  return made;
}

/** A nested block, perhaps one that shadows an outer scalar. */
export function block(scope: Scope, most: number): Stmt[] {
  return scope.within(() => {
    const shadow = scope.random.chance(0.06) ? shadowing(scope) : [];
    return [...shadow, ...statements(scope, most)];
  });
}

function shadowing(scope: Scope): Stmt[] {
  const outer = scope.outer.filter((v) => v.type === "number" && v.optional !== true && v.part !== true);
  if (outer.length === 0) return [];
  const { name } = scope.random.pick(outer);
  const init = literal(scope.random.uniform(-1, 1));
  scope.declare({ name, type: "number", mutable: true, least: 0 });
  return [{ kind: "let", tag: "shadowing", constant: false, name, type: "number", annotated: false, init }];
}

type Maker = (scope: Scope) => Stmt[] | undefined;

function statement(scope: Scope): Stmt[] | undefined {
  const nest = scope.loops < 3 && scope.budget > 2;
  const makers: readonly (readonly [number, Maker])[] = [
    [9, declareScalar],
    [8, assignScalar],
    [10, store],
    [2.5, declareInt],
    [2, changeInt],
    [1.5, flag],
    [6, declareArray],
    [2.5, rebind],
    [3, swap],
    [3, bulk],
    [scope.loops < 2 && scope.budget > 3 ? 1.5 : 0, doubleBuffer],
    [1.5, grow],
    [1.5, cursor],
    [nest ? 6 : 0, conditional],
    [nest ? 10 : 0, loop],
    [nest && scope.guarded.length > 0 ? 8 : 0, guardedBlock],
    [nest ? 2.5 : 0, switchStatement],
    [scope.targets.length > 0 ? 6 : 0, jump],
    [2, earlyReturn],
    [3, callStatement],
    [0.7, (s) => (s.budget > 2 ? [{ kind: "block", body: block(s, 3) }] : undefined)],
    [0.6, guard],
    [0.5, logicStatement],
    [0.4, lateInit],
    [1, declareAbsent],
    [1.5, whereThere],
    [0.5, patternWithDefaults],
    [0.3, log],
    [scope.style.flows !== undefined && nest ? 14 : 0, flow],
    [scope.style.shapes.length > 0 ? 5 : 0, declareObject],
    [scope.style.shapes.length > 0 ? 2 : 0, rebindObject],
    [scope.style.shapes.length > 0 ? 1 : 0, swapObjects],
    [scope.style.shapes.length > 0 ? 1 : 0, pushObject],
    [scope.style.shapes.length > 0 ? 2 : 0, objectPattern],
    [scope.style.shapes.length > 0 && nest ? 3 : 0, memberStatement],
    [scope.style.shapes.length > 0 && nest ? 1.5 : 0, overKeys],
    [scope.style.shapes.length > 0 ? 0.7 : 0, sortObjects],
    [scope.setters.length > 0 ? 3 : 0, setterCall],
    [scope.style.abstracts.length > 0 ? 2 : 0, chosenInstance],
    [scope.style.choices.length > 0 ? 3 : 0, declareChoice],
    [scope.style.choices.length > 0 && nest ? 5 : 0, switchOverChoice],
    [scope.style.choices.length > 0 && nest ? 3 : 0, overTable],
    [scope.style.passives ? 4 : 0, declarePassive],
    [scope.style.passives ? 4 : 0, changePassive],
    [scope.style.passives && nest ? 3 : 0, overPassive],
    [scope.style.callbacks ? 0.8 : 0, listPattern],
    [scope.style.callbacks ? 1.2 : 0, curried],
    [scope.style.callbacks ? 1.2 : 0, functionsInObject],
    [scope.style.callbacks ? 1.2 : 0, chosenFunction],
    [scope.style.callbacks && nest ? 1.2 : 0, overFunctions],
    [scope.style.callbacks && nest && scope.returned === undefined ? 3 : 0, eachElement],
    [scope.style.callbacks && scope.returned === undefined ? 2.5 : 0, localFunction],
    [scope.style.callbacks ? 1 : 0, rearranged],
  ];
  return scope.random.weighted(makers)(scope);
}

function run(expr: Expr): Stmt {
  return { kind: "expr", expr };
}

function declareScalar(scope: Scope): Stmt[] {
  const { random } = scope;
  const init = number(scope, random.between(1, 3));
  const constant = random.chance(0.4);
  const name = scope.fresh(random.pick(["s", "t", "u", "w", "z", "q", "acc", "total"]));
  scope.declare({ name, type: "number", mutable: !constant, least: 0 });
  return [
    {
      kind: "let",
      tag: constant ? "const" : "let",
      constant,
      name,
      type: "number",
      // TypeScript knows which numbers stand in a table.
      annotated: random.chance(0.3) || init.tag === "table by choice" || init.tag === "constant table",
      init,
    },
  ];
}

function scalars(scope: Scope): readonly Variable[] {
  return scope.of("number", (v) => v.mutable);
}

function assignScalar(scope: Scope): Stmt[] | undefined {
  const found = scalars(scope);
  if (found.length === 0) return undefined;
  const target = scope.random.pick(found);
  // A gradient has the fields that there were at entry: none comes into being.
  if (target.optional === true && target.part === true) return undefined;
  if (target.optional === true) return assignAbsent(scope, target);
  return [run(change(update(scope, read(target)), target.name))];
}

/** An assignment of some kind to a number; compound ones are kept from growing. */
function update(scope: Scope, target: Expr): Expr {
  const { random } = scope;
  // The target of a store is evaluated before its value: effects in the value are part of the test.
  const small = (size: number): Expr => number(scope, random.between(1, 3), size);
  const limit = scope.loops > 0 ? 0.4 : 2;
  return random.weighted<() => Expr>([
    [8, () => form("number", "assign", "# = #", target, small(3))],
    // What counts has no derivative, and ends that of what it takes the place of.
    [1.5, () => form("number", "assign", "# = #", target, bareCount(scope))],
    [8, () => form("number", "compound", "# += #", target, small(limit))],
    [3, () => form("number", "compound", "# -= #", target, small(limit))],
    [4, () => form("number", "compound", "# *= #", target, small(1))],
    [1.5, () => form("number", "compound", "# /= 1.1 + (#) ** 2", target, small(2))],
    [0.5, () => form("number", "logical assignment", random.pick(["# ||= #", "# &&= #"]), target, small(2))],
    [0.5, () => form("number", "compound", "# %= 2.3 + Math.sin(#)", target, small(2))],
    [scope.loops === 0 ? 0.5 : 0, () => form("number", "compound", "# **= 2", target)],
    [0.7, () => form("number", "update", random.pick(["#++", "++#", "#--", "--#"]), target)],
    [0.7, () => form("number", "chained", "# = # = #", target, chainedTarget(scope, target), small(3))],
  ])();
}

/** Something to assign on the way; the target itself where there is nothing else. */
function chainedTarget(scope: Scope, target: Expr): Expr {
  const array = pickArray(scope, floats, (v) => v.fixed !== true);
  if (array === undefined) return target;
  return markedPlace(form("number", "element", "#[#]", read(array), count(0)));
}

/** Writes of arrays deeper in an expression are marked on the expression itself. */
function store(scope: Scope): Stmt[] | undefined {
  const array = pickArray(scope, ["f64", "f32", "list", "nested", ...structsTypes(scope)], (v) => v.fixed !== true);
  if (array === undefined) return undefined;
  const expr = update(scope, place(scope, array));
  return [run(marked(expr))];
}

/** Adds what is written to an expression whose first argument (and second, in a chain) is a place. */
function marked(expr: Expr): Expr {
  const places = expr.tag === "chained" ? [0, 1] : [0];
  const args = expr.args.map((arg, i) => (places.includes(i) ? markedPlace(arg) : arg));
  return { ...expr, args };
}

/** `a[i]` as a target: its array is written. */
export function markedPlace(expr: Expr): Expr {
  return expr.tag === "element" ? { ...expr, writes: [0] } : expr;
}

function declareInt(scope: Scope): Stmt[] {
  const { random } = scope;
  const init = integer(scope, random.between(0, 2));
  const constant = random.chance(0.3);
  const name = scope.fresh(random.pick(["c", "m", "level", "position"]));
  scope.declare({ name, type: "int", mutable: !constant, least: 0 });
  return [{ kind: "let", tag: "int", constant, name, type: "int", annotated: constant || random.chance(0.4), init }];
}

function changeInt(scope: Scope): Stmt[] | undefined {
  const found = scope.of("int", (v) => v.mutable && v.indexes === undefined);
  if (found.length === 0) return undefined;
  const { random } = scope;
  const target = random.pick(found);
  const template = random.pick(["#++", "++#", "# += 1", "# = (# * 3 + 1) % 5", "# = # % 4"]);
  const holes = template.split("#").length - 1;
  const args = [read(target), ...(holes > 1 ? [integer(scope, 1)] : [])];
  return [run(change(form("int", "int update", template, ...args), target.name))];
}

function flag(scope: Scope): Stmt[] {
  const { random } = scope;
  const found = scope.of("boolean", (v) => v.mutable);
  if (found.length > 0 && random.chance(0.6)) {
    const target = random.pick(found);
    return [run(change(form("boolean", "flag", "# = #", read(target), boolean(scope, 1)), target.name))];
  }
  const constant = random.chance(0.4);
  const init = boolean(scope, 1);
  const name = scope.fresh(random.pick(["done", "ready", "flag"]));
  scope.declare({ name, type: "boolean", mutable: !constant, least: 0 });
  return [{ kind: "let", tag: "flag", constant, name, type: "boolean", annotated: false, init }];
}

interface Made {
  readonly type: Type;
  readonly init: Expr;
  readonly least: number;
  readonly grows?: boolean;
}

/** A new array, a copy, a view or another name for one. */
function arrayValue(scope: Scope): Made | undefined {
  const { random } = scope;
  const source = pickArray(scope, floats);
  const three = (): Expr[] => [number(scope, 2), number(scope, 1), number(scope, 1)];
  const typed = random.weighted<Type>([
    [5, "f64"],
    [1, "f32"],
  ]);
  const name = typedNames[typed] ?? "";
  return random.weighted<() => Made | undefined>([
    [4, () => ({ type: typed, least: 3, init: form(typed, "zeros", `new ${name}(#)`, length(scope)) })],
    [2, () => ({ type: typed, least: 3, init: form(typed, "of", `${name}.of(#, #, #)`, ...three()) })],
    [
      1,
      () => ({
        type: typed,
        least: 3,
        init: form(
          typed,
          "from items",
          `${random.chance(0.5) ? `new ${name}(` : `${name}.from(`}[#, #, #])`,
          ...three(),
        ),
      }),
    ],
    [4, () => ({ type: "list", least: 3, grows: true, init: form("list", "list literal", "[#, #, #]", ...three()) })],
    [
      1,
      () => ({
        type: "list",
        least: 3,
        grows: true,
        init: form("list", "filled list", "new Array<number>(#).fill(#)", length(scope), number(scope, 1)),
      }),
    ],
    [source === undefined ? 0 : 2, () => copyOf(scope, source)],
    [3, () => view(scope)],
    [2.5, () => alias(scope)],
    [1, () => rowAlias(scope)],
    [1.5, () => nestedValue(scope)],
    [scope.style.callbacks ? 5 : 0, () => arrayByCallback(scope)],
    [scope.helpers.length > 0 && scope.loops < 2 ? 2 : 0, () => arrayCall(scope)],
    [0.8, () => choiceOfArrays(scope)],
    [
      0.6,
      () => ({
        type: "indices",
        least: 3,
        init: form(
          "indices",
          "index table",
          "Int32Array.of(#, #, #)",
          count(random.below(3)),
          count(random.below(3)),
          count(random.below(3)),
        ),
      }),
    ],
  ])();
}

/** At least three. */
function length(scope: Scope): Expr {
  const array = pickArray(scope, floats, (v) => v.least >= 3 && v.grows !== true);
  if (array !== undefined && scope.random.chance(0.4)) return form("int", "length", "#.length", read(array));
  return count(scope.random.between(3, 5));
}

function copyOf(scope: Scope, source: Variable | undefined): Made | undefined {
  if (source === undefined) return undefined;
  const { random } = scope;
  const from = read(source);
  const same = (template: string, least: number, type = source.type): Made => ({
    type,
    least,
    init: form(type, "copy", template, from),
    ...(type === "list" ? { grows: true } : {}),
  });
  const choices: (() => Made)[] = [
    (): Made => same("#.slice()", source.least),
    (): Made => same("new Float64Array(#)", source.least, "f64"),
    (): Made => same("Float64Array.from(#)", source.least, "f64"),
    (): Made => same("Array.from(#)", source.least, "list"),
    (): Made => same("[...#]", source.least, "list"),
  ];
  if (source.least >= 3)
    choices.push(
      (): Made => same("#.slice(1)", source.least - 1),
      (): Made => same("#.slice(0, 2)", 2),
    );
  return random.pick(choices)();
}

function view(scope: Scope): Made | undefined {
  const source = pickArray(scope, ["f64", "f32"]);
  if (source === undefined) return undefined;
  const { random } = scope;
  const template =
    source.least >= 3
      ? random.pick(["#.subarray(1)", "#.subarray(0, 2)", "#.subarray(1, 3)", "#.subarray()"])
      : "#.subarray()";
  const least = template === "#.subarray()" ? source.least : 2;
  return { type: source.type, least, init: { ...form(source.type, "view", template, read(source)), shares: [0] } };
}

function alias(scope: Scope): Made | undefined {
  const source = pickArray(scope, ["f64", "f32", "list", "nested"], (v) => v.fixed !== true);
  if (source === undefined) return undefined;
  return { type: source.type, least: source.least, init: read(source) };
}

function rowAlias(scope: Scope): Made | undefined {
  const source = pickArray(scope, ["nested"]);
  if (source === undefined) return undefined;
  return { type: "list", least: 3, init: row(scope, source) };
}

function nestedValue(scope: Scope): Made {
  const { random } = scope;
  const items = (): Expr =>
    form("list", "list literal", "[#, #, #]", number(scope, 1), number(scope, 1), number(scope, 1));
  const lists = scope.of("list", (v) => v.least >= 3 && v.fixed !== true);
  const rows = [items(), lists.length > 0 && random.chance(0.3) ? read(random.pick(lists)) : items()];
  return { type: "nested", least: 2, init: { ...form("nested", "nested literal", "[#, #]", ...rows), shares: [0, 1] } };
}

function arrayCall(scope: Scope): Made | undefined {
  const fitting = scope.helpers.filter((h) => floats.includes(h.func.result) && h.cost + scope.loops <= 3);
  if (fitting.length === 0) return undefined;
  const helper = scope.random.pick(fitting);
  const init = callOf(scope, helper, 2, undefined);
  return init === undefined ? undefined : { type: helper.func.result, least: 2, init };
}

/** `test ? a : b` of two references, or of three. */
function choiceOfArrays(scope: Scope): Made | undefined {
  const { random } = scope;
  const first = pickArray(scope, floats, (v) => v.fixed !== true);
  if (first === undefined) return undefined;
  const chosen = [first];
  for (let more = random.chance(0.4) ? 2 : 1; more > 0; more--) {
    const next = pickArray(scope, [first.type], (v) => v.fixed !== true && !chosen.includes(v));
    if (next !== undefined) chosen.push(next);
  }
  if (chosen.length === 1) return undefined;
  const tests = chosen.slice(1).map(() => boolean(scope, 1));
  const text = chosen.length === 2 ? "# ? # : #" : "# ? (# ? # : #) : #";
  const init = {
    ...form(first.type, "choice of arrays", text, ...tests, ...chosen.map(read)),
    shares: chosen.map((_, i) => tests.length + i),
  };
  return { type: first.type, least: Math.min(...chosen.map((v) => v.least)), init };
}

function declareArray(scope: Scope): Stmt[] | undefined {
  const made = arrayValue(scope);
  if (made === undefined) return undefined;
  const { random } = scope;
  const constant = random.chance(0.5);
  const name = scope.fresh(random.pick(made.type === "nested" ? ["grid", "mat"] : ["p", "buf", "ys", "work"]));
  const grows = made.grows === true && made.type === "list";
  scope.declare({ name, type: made.type, mutable: !constant, least: made.least, ...(grows ? { grows: true } : {}) });
  return [
    {
      kind: "let",
      tag: made.init.tag === "variable" ? "alias" : made.init.tag,
      constant,
      name,
      type: made.type,
      // An inferred `Float64Array<ArrayBuffer>` would take no other kind of buffer later.
      annotated: (!constant && made.type !== "list") || random.chance(0.3),
      init: made.init,
    },
  ];
}

/** Gives a reference another array. */
function rebind(scope: Scope): Stmt[] | undefined {
  const target = pickArray(scope, ["f64", "f32", "list", "nested"], (v) => v.mutable && v.name !== scope.returned);
  if (target === undefined) return undefined;
  for (let attempt = 0; attempt < 4; attempt++) {
    const made = arrayValue(scope);
    // A parameter keeps its promise to loops that index by its length only if the new array is as long.
    if (made?.type !== target.type || made.least < target.least) continue;
    const expr = { ...form(target.type, "rebind", "# = #", read(target), made.init), joins: [0, 1] };
    return [run(change(expr, target.name))];
  }
  return undefined;
}

/** Swaps of scalars, elements, rows and references. */
function swap(scope: Scope): Stmt[] | undefined {
  const { random } = scope;
  const two = (first: Expr, second: Expr, tag: string): Expr =>
    form("void", tag, "[#, #] = [#, #]", first, second, unmarked(second), unmarked(first));
  const kind = random.below(4);
  if (kind === 0) {
    const found = scalars(scope).filter((v) => v.optional !== true);
    if (found.length < 2) return undefined;
    const first = random.pick(found);
    const second = random.pick(found);
    if (first === second) return undefined;
    return [run({ ...two(read(first), read(second), "swap of scalars"), rebinds: [first.name, second.name] })];
  }
  if (kind === 1) {
    const array = pickArray(scope, ["f64", "f32", "list", "nested"], (v) => v.fixed !== true);
    if (array === undefined) return undefined;
    scope.effects = false;
    const places = [place(scope, array), place(scope, array)] as const;
    scope.effects = true;
    return [run(two(markedPlace(places[0]), markedPlace(places[1]), "swap of elements"))];
  }
  if (kind === 2) {
    const array = pickArray(scope, ["nested"]);
    if (array === undefined) return undefined;
    const rows = [row(scope, array), row(scope, array)] as const;
    return [run(two({ ...rows[0], writes: [0] }, { ...rows[1], writes: [0] }, "swap of rows"))];
  }
  const first = pickArray(scope, ["f64", "f32", "list", "nested"], (v) => v.mutable && v.name !== scope.returned);
  if (first === undefined) return undefined;
  const second = pickArray(
    scope,
    [first.type],
    (v) => v.mutable && v.name !== first.name && v.least === first.least && v.name !== scope.returned,
  );
  if (second === undefined) return undefined;
  const names = [first.name, second.name];
  if (random.chance(0.4)) {
    const name = scope.fresh("old");
    const assign = (a: Variable, b: Expr): Stmt =>
      run(change({ ...form(a.type, "rebind", "# = #", read(a), b), joins: [0, 1] }, a.name));
    return [
      {
        kind: "let",
        tag: "swap by a third",
        constant: true,
        name,
        type: first.type,
        annotated: false,
        init: read(first),
      },
      assign(first, read(second)),
      assign(second, leaf(first.type, name, "variable")),
    ];
  }
  return [run({ ...two(read(first), read(second), "swap of references"), joins: [0, 1], rebinds: names })];
}

/** Time stepping between two arrays that change places, by a swap or by a third name. */
function doubleBuffer(scope: Scope): Stmt[] | undefined {
  const source = pickArray(scope, ["f64", "f32"], (v) => v.least >= 3);
  if (source === undefined) return undefined;
  const { random } = scope;
  const { type, least } = source;
  const make = (name: string, init: Expr): Stmt => {
    scope.declare({ name, type, mutable: true, least });
    return { kind: "let", tag: "double buffer", constant: false, name, type, annotated: true, init };
  };
  const [now, next] = [scope.fresh("now"), scope.fresh("next")];
  const copy = random.chance(0.3) ? read(source) : form(type, "copy", "#.slice()", read(source));
  const room = form(type, "zeros", `new ${typedNames[type] ?? ""}(#)`, form("int", "length", "#.length", read(source)));
  const start = [make(now, copy), make(next, room)];
  const [time, i] = [scope.fresh("time"), scope.fresh("i")];
  const [a, b] = [leaf(type, now, "variable"), leaf(type, next, "variable")];
  const inner = scope.within(() => {
    scope.loops += 2;
    scope.declare({ name: time, type: "int", mutable: false, least: 0 });
    scope.declare({ name: i, type: "int", mutable: false, least: 0, indexes: [now, next, source.name] });
    const value = form("number", "plus", "# + 0.3 * #", number(scope, 2, 1), form("number", "element", `#[${i}]`, a));
    scope.loops -= 2;
    return run(form("number", "assign", "# = #", markedPlace(form("number", "element", `#[${i}]`, b)), value));
  });
  const change2 = {
    ...form("void", "swap of references", "[#, #] = [#, #]", a, b, b, a),
    joins: [0, 1],
    rebinds: [now, next],
  };
  const body: Stmt[] = [
    ...made("loop over indices", undefined, form("void", "head", `for (let ${i} = 0; ${i} < #.length; ${i}++)`, a), [
      inner,
    ]),
    run(change2),
  ];
  if (random.chance(0.4))
    body.splice(1, 0, { kind: "if", test: boolean(scope, 1), then: [{ kind: "jump", word: "break" }] });
  const head = form("void", "head", `for (let ${time} = 0; ${time} < #; ${time}++)`, count(random.between(1, 4)));
  return [...start, ...made("counted loop", undefined, head, body)];
}

function unmarked(expr: Expr): Expr {
  if (expr.writes === undefined) return expr;
  return {
    type: expr.type,
    tag: expr.tag,
    parts: expr.parts,
    args: expr.args,
    ...(expr.shares === undefined ? {} : { shares: expr.shares }),
  };
}

/** `.fill`, `.set`. */
function bulk(scope: Scope): Stmt[] | undefined {
  const { random } = scope;
  const target = pickArray(scope, floats, (v) => v.fixed !== true);
  if (target === undefined) return undefined;
  const method = (tag: string, template: string, ...args: Expr[]): Stmt[] => [
    run({ ...form("void", tag, template, read(target), ...args), writes: [0] }),
  ];
  if (target.type === "list" || random.chance(0.35)) return method("fill", "#.fill(#)", number(scope, 2));
  if (random.chance(0.2)) return method("fill of a view", "#.subarray(1).fill(#)", number(scope, 2));
  if (target.least < 3) return undefined;
  const from = pickArray(scope, floats, (v) => v.least >= 2);
  const part = from?.type === "list" ? "#.slice(0, 2)" : "#.subarray(0, 2)";
  return random.weighted<() => Stmt[]>([
    [2, () => method("set", "#.set([#, #])", number(scope, 1), number(scope, 1))],
    [2, () => method("set with offset", "#.set([#, #], 1)", number(scope, 1), number(scope, 1))],
    [
      from === undefined ? 0 : 4,
      () => method("set from array", `#.set(${part}, ${random.pick(["0", "1"])})`, read(from ?? target)),
    ],
    [1, () => method("set from itself", "#.set(#.subarray(1, 3))", read(target))],
  ])();
}

/** `push` and its like, never beyond nine elements. */
function grow(scope: Scope): Stmt[] | undefined {
  const target = pickArray(scope, ["list"], (v) => v.grows === true);
  if (target === undefined) return undefined;
  const { random } = scope;
  const test = form("boolean", "guard", "# < 9", form("int", "length", "#.length", read(target)));
  const template = random.weighted([
    [4, "#.push(#)"],
    [1, "#.push(#, #)"],
    [1.5, "#[#.length] = #"],
  ] as const);
  const values = template === "#.push(#, #)" ? [number(scope, 1), number(scope, 1)] : [number(scope, 2)];
  const expr =
    template === "#[#.length] = #"
      ? form("number", "append", template, read(target), read(target), ...values)
      : form("int", "push", template, read(target), ...values);
  return [{ kind: "if", test, then: [run({ ...expr, writes: [0] })] }];
}

function conditional(scope: Scope): Stmt[] {
  const { random } = scope;
  const test = boolean(scope, random.between(0, 2));
  const then = block(scope, random.between(1, 3));
  if (random.chance(0.45)) return [{ kind: "if", test, then }];
  return [{ kind: "if", test, then, otherwise: block(scope, random.between(1, 3)) }];
}

/** `if (p !== undefined) { … }`, with p in it, in a loop mostly. */
function guardedBlock(scope: Scope): Stmt[] | undefined {
  const { random } = scope;
  const { guard, ...told } = random.pick(scope.guarded);
  if (guard === undefined) return undefined;
  const test = leaf("boolean", guard, "presence");
  const then = scope.within(() => {
    scope.declare({ ...told, asked: true });
    const over =
      !isStruct(told.type) && random.chance(0.6)
        ? random.pick([arrayLoop, overElements])(scope, undefined, told)
        : undefined;
    return over ?? block(scope, random.between(1, 4));
  });
  return [{ kind: "if", test, then }];
}

function loop(scope: Scope): Stmt[] | undefined {
  const { random } = scope;
  const label = random.chance(0.25) ? scope.fresh("outer") : undefined;
  return random.weighted<() => Stmt[] | undefined>([
    [6, () => arrayLoop(scope, label)],
    [3, () => countedLoop(scope, label)],
    [2, () => overElements(scope, label)],
    [3, () => whileLoop(scope, label)],
    [2, () => doLoop(scope, label)],
    [1, () => foreverLoop(scope, label)],
    [1, () => realLoop(scope, label)],
  ])();
}

/** A loop's body with `declare` visible in it. */
function loopBody(scope: Scope, label: string | undefined, declare: readonly Variable[]): Stmt[] {
  const { random } = scope;
  return scope.within(() => {
    for (const variable of declare) scope.declare(variable);
    scope.loops++;
    scope.targets.push({ label, loop: true });
    const body = block(scope, random.between(1, 4));
    scope.targets.pop();
    scope.loops--;
    return body;
  });
}

function made(
  tag: string,
  label: string | undefined,
  head: Expr,
  body: readonly Stmt[],
  rest: Partial<Loop> = {},
): Stmt[] {
  return [{ kind: "loop", tag, head, body, ...(label === undefined ? {} : { label }), ...rest }];
}

const counterNames = ["i", "j", "k", "l", "ii", "jj", "kk"];

function arrayLoop(scope: Scope, label: string | undefined, over?: Variable): Stmt[] | undefined {
  const array = over ?? pickArray(scope, ["f64", "f32", "list", "nested", ...structsTypes(scope)]);
  if (array === undefined) return undefined;
  const { random } = scope;
  const name = scope.fresh(random.pick(counterNames));
  const [template, about] = random.weighted<readonly [string, Partial<Variable>]>([
    [5, [`for (let ${name} = 0; ${name} < #.length; ${name}++)`, {}]],
    [1.5, [`for (let ${name} = 1; ${name} < #.length; ${name}++)`, { minus: 1 }]],
    [1, [`for (let ${name} = 0; ${name} + 1 < #.length; ${name}++)`, { plus: 1 }]],
    [1, [`for (let ${name} = 0; ${name} < #.length - 1; ${name} += 1)`, { plus: 1 }]],
    [1.5, [`for (let ${name} = #.length - 1; ${name} >= 0; ${name}--)`, {}]],
    [0.7, [`for (let ${name} = 0; ${name} < #.length; ${name} += 2)`, {}]],
    [0.5, [`for (let ${name}: int = 0, end = #.length; ${name} < end; ${name}++)`, {}]],
  ]);
  const counter: Variable = { name, type: "int", mutable: false, least: 0, indexes: [array.name], ...about };
  return made(
    "loop over indices",
    label,
    form("void", "head", template, read(array)),
    loopBody(scope, label, [counter]),
  );
}

function countedLoop(scope: Scope, label: string | undefined): Stmt[] {
  const { random } = scope;
  const name = scope.fresh(random.pick(counterNames));
  const counter: Variable = { name, type: "int", mutable: false, least: 0 };
  const params = scope.of("int", (v) => v.name === "n" || v.name === "steps");
  const ints = scope.of("int");
  const bound = random.weighted<() => Expr>([
    [4, () => count(random.between(2, 4))],
    [params.length === 0 ? 0 : 4, () => read(random.pick(params))],
    [ints.length === 0 ? 0 : 2, () => form("int", "remainder", "# % 3 + 1", read(random.pick(ints)))],
  ])();
  const [tag, template] = random.weighted<readonly [string, string]>([
    [6, ["counted loop", `for (let ${name} = 0; ${name} < #; ${name}++)`]],
    [1, ["counted loop", `for (let ${name} = 1; ${name} <= #; ${name}++)`]],
    [1, ["counted down", `for (let ${name} = #; ${name} > 0; ${name}--)`]],
    [0.7, ["two counters", `for (let ${name} = 0, ${name}z = #; ${name} < ${name}z; ${name}++, ${name}z--)`]],
    [0.7, ["doubled counter", `for (let ${name} = 1; ${name} <= 2 * #; ${name} *= 2)`]],
  ]);
  return made(tag, label, form("void", "head", template, bound), loopBody(scope, label, [counter]));
}

function overElements(scope: Scope, label: string | undefined, over?: Variable): Stmt[] | undefined {
  const array = over ?? pickArray(scope, ["f64", "f32", "list", "nested", ...structsTypes(scope)]);
  if (array === undefined) return undefined;
  const type: Type = isStructs(array.type)
    ? `struct ${shapeName(array.type)}`
    : array.type === "nested"
      ? "list"
      : "number";
  const name = scope.fresh(isStruct(type) ? "each" : type === "list" ? "line" : "e");
  const variable: Variable = { name, type, mutable: false, least: type === "list" ? 3 : 0 };
  const head = form("void", "head", `for (const ${name} of #)`, read(array));
  const row = type === "number" ? {} : { row: [name, rootOf(array.name)] as const };
  const tag = type === "number" ? "for of" : type === "list" ? "for of rows" : "for of objects";
  return made(tag, label, head, loopBody(scope, label, [variable]), row);
}

function whileLoop(scope: Scope, label: string | undefined): Stmt[] {
  const { random } = scope;
  const name = scope.fresh("turn");
  const limit = random.between(2, 6);
  const counter: Variable = { name, type: "int", mutable: false, least: 0 };
  scope.declare(counter);
  const test = boolean(scope, 1);
  const before = `let ${name} = 0;`;
  if (random.chance(0.5)) {
    const head = form("void", "head", `while (${name} < ${String(limit)} && (#))`, test);
    return made("while", label, head, loopBody(scope, label, []), { before, start: `${name}++;` });
  }
  const head = form("void", "head", `while (${name}++ < ${String(limit)} && (#))`, test);
  return made("while", label, head, loopBody(scope, label, []), { before });
}

function doLoop(scope: Scope, label: string | undefined): Stmt[] {
  const name = scope.fresh("round");
  scope.declare({ name, type: "int", mutable: false, least: 0 });
  const test = boolean(scope, 1);
  const tail = form("void", "tail", `while (++${name} < ${String(scope.random.between(2, 5))} && (#));`, test);
  return made("do while", label, leaf("void", "do", "head"), loopBody(scope, label, []), {
    before: `let ${name} = 0;`,
    tail,
  });
}

function foreverLoop(scope: Scope, label: string | undefined): Stmt[] {
  const name = scope.fresh("step");
  const limit = String(scope.random.between(2, 5));
  scope.declare({ name, type: "int", mutable: false, least: 0 });
  const head = leaf("void", scope.random.pick(["for (;;)", "while (true)"]), "head");
  const body = loopBody(scope, label, []);
  return made("endless", label, head, body, { before: `let ${name} = 0;`, start: `if (${name}++ >= ${limit}) break;` });
}

/** A loop whose counter is not a whole number, or depends on data. */
function realLoop(scope: Scope, label: string | undefined): Stmt[] {
  const name = scope.fresh("x");
  const variable: Variable = { name, type: "number", mutable: false, least: 0 };
  const head = leaf("void", `for (let ${name} = 0.1; ${name} < 1; ${name} += 0.3)`, "head");
  return made("real counter", label, head, loopBody(scope, label, [variable]));
}

function switchStatement(scope: Scope): Stmt[] {
  const { random } = scope;
  const label = random.chance(0.15) ? scope.fresh("choice") : undefined;
  const subject = form("int", "remainder", "(#) % 4", integer(scope, 1));
  scope.targets.push({ label, loop: false });
  const cases: Case[] = [0, 1, 2].slice(0, random.between(1, 3)).map((value) => switchCase(scope, String(value)));
  if (random.chance(0.7)) cases.splice(random.below(cases.length + 1), 0, switchCase(scope, undefined));
  scope.targets.pop();
  return [{ kind: "switch", subject, cases, ...(label === undefined ? {} : { label }) }];
}

/** Without a jump at its end a case falls through. */
function switchCase(scope: Scope, value: string | undefined): Case {
  const body = scope.random.chance(0.1) ? [] : block(scope, 2);
  const last = body.at(-1)?.kind;
  const ended = last === "jump" || last === "return" || last === "throw";
  if (ended || body.length === 0 || scope.random.chance(0.35)) return { value, body };
  return { value, body: [...body, { kind: "jump", word: "break" }] };
}

function jump(scope: Scope): Stmt[] | undefined {
  const { random, targets } = scope;
  const inner = targets.at(-1);
  if (inner === undefined) return undefined;
  const labelled = targets.filter((t) => t.label !== undefined);
  const target = labelled.length > 0 && random.chance(0.5) ? random.pick(labelled) : undefined;
  const loops = targets.some((t) => t.loop);
  const word = (target === undefined ? loops : target.loop) && random.chance(0.5) ? "continue" : "break";
  const stmt: Stmt = { kind: "jump", word, ...(target?.label === undefined ? {} : { label: target.label }) };
  const test = boolean(scope, 1);
  if (random.chance(0.7)) return [{ kind: "if", test, then: [stmt] }];
  return [
    { kind: "if", test, then: [...block(scope, 2).filter((s) => s.kind !== "jump" && s.kind !== "return"), stmt] },
  ];
}

function earlyReturn(scope: Scope): Stmt[] {
  if (scope.inCallback) return [{ kind: "if", test: boolean(scope, 1), then: [{ kind: "jump", word: "return" }] }];
  return [{ kind: "if", test: boolean(scope, 1), then: [giveBack(scope, 2)] }];
}

/** A return of the function's type. */
export function giveBack(scope: Scope, depth: number): Stmt {
  const { random, result } = scope;
  if (result === "void") return { kind: "return" };
  if (scope.returned !== undefined && scope.functions === 0)
    return { kind: "return", value: leaf(result, scope.returned, "variable") };
  if (result === "number") return { kind: "return", value: number(scope, depth) };
  if (result === "function") return { kind: "return", value: functionValue(scope) };
  if (isStruct(result)) return { kind: "return", value: objectValue(scope, result, depth) };
  const found = scope.of(result, (v) => v.fixed !== true);
  if (isStructs(result)) {
    const isNew = found.length === 0 || random.chance(0.5);
    return { kind: "return", value: isNew ? objectsValue(scope, scope.shapeOf(result)) : read(random.pick(found)) };
  }
  const name = typedNames[result];
  const three = [number(scope, depth), number(scope, 1), number(scope, 1)];
  const items =
    name === undefined
      ? form("list", "list literal", "[#, #, #]", ...three)
      : form(result, "of", `${name}.of(#, #, #)`, ...three);
  if (result === "nested") {
    const value = {
      ...form("nested", "nested literal", "[#]", form("list", "list literal", "[#, #, #]", ...three)),
      shares: [0],
    };
    return { kind: "return", value };
  }
  if (found.length === 0 || random.chance(0.3)) return { kind: "return", value: items };
  const variable = random.pick(found);
  if (random.chance(0.4)) return { kind: "return", value: form(result, "copy", "#.slice()", read(variable)) };
  return { kind: "return", value: read(variable) };
}

/** Calls a helper for what it writes. */
function callStatement(scope: Scope): Stmt[] | undefined {
  const fitting = scope.helpers.filter(
    (h) => h.cost + scope.loops <= 3 && (h.func.result === "void" || h.func.result === "number"),
  );
  if (fitting.length === 0) return undefined;
  const helper = scope.random.pick(fitting);
  const call = callOf(scope, helper, 2, undefined);
  if (call === undefined) return undefined;
  if (helper.func.result === "void") return [run(call)];
  const name = scope.fresh("r");
  scope.declare({ name, type: "number", mutable: false, least: 0 });
  return [{ kind: "let", tag: "call result", constant: true, name, type: "number", annotated: false, init: call }];
}

/** A throw that never happens, or hardly ever. */
function guard(scope: Scope): Stmt[] {
  const value = number(scope, 1, 3);
  const rare = scope.random.chance(0.3) ? "0.8" : "50";
  return [
    {
      kind: "if",
      test: form("boolean", "data test", `!(# < ${rare})`, value),
      then: [
        { kind: "throw", message: scope.style.passives ? text(scope) : leaf("string", '"out of range"', "literal") },
      ],
    },
  ];
}

/** `test && (x = …);` */
function logicStatement(scope: Scope): Stmt[] | undefined {
  const found = scalars(scope).filter((v) => v.optional !== true);
  if (found.length === 0) return undefined;
  const target = scope.random.pick(found);
  const assign = change(form("number", "assignment value", "(# = #)", read(target), number(scope, 2)), target.name);
  return [run(form("void", "logic statement", scope.random.pick(["# && #", "(#) || #"]), boolean(scope, 0), assign))];
}

/** `let x: number;` given its value in both branches. */
function lateInit(scope: Scope): Stmt[] {
  const test = boolean(scope, 1);
  const [yes, no] = [number(scope, 2), number(scope, 2)];
  const name = scope.fresh("late");
  scope.declare({ name, type: "number", mutable: true, least: 0 });
  const assign = (value: Expr): Stmt[] => [
    run(change(form("number", "assign", "# = #", leaf("number", name, "variable"), value), name)),
  ];
  return [
    { kind: "let", tag: "late", constant: false, name, type: "number", annotated: true },
    { kind: "if", test, then: assign(yes), otherwise: assign(no) },
  ];
}

function log(scope: Scope): Stmt[] {
  const label = scope.style.passives ? text(scope) : leaf("string", '"at"', "literal");
  return [run(form("void", "console", "console.debug(#, #)", label, number(scope, 1)))];
}
