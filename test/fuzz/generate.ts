/** Random programs: a main function, its helpers, its annotation and the points to check it at. */
import { form, isChoice, isDifferentiable, isMemory, isStruct, isStructs, leaf } from "./ast.ts";
import type { Expr, Func, Param, Program, Shape, Stmt, Type, Value } from "./ast.ts";
import { annotated, isWritable, plainWrite } from "./annotate.ts";
import { constantTables, makeChoices } from "./choices.ts";
import { number, place } from "./expressions.ts";
import { checkpoints } from "./checkpoints/program.ts";
import { library } from "./library.ts";
import { denseProgram } from "./dense/program.ts";
import { functions } from "./functions/program.ts";
import { holdersProgram } from "./holders/program.ts";
import { Random } from "./random.ts";
import { namesOfMemory, patternOf } from "./objects.ts";
import { asVariable, read, Scope } from "./scope.ts";
import type { Callable, Style, Variable } from "./scope.ts";
import { makeShapes, numberPaths, valueOf } from "./shapes.ts";
import type { Types } from "./shapes.ts";
import { giveBack, statements } from "./statements.ts";

/** How many points a program is checked at. */
const points = 3;

/**
 * `core`: numbers and arrays. `all`: objects, tuples, classes and functions as values beside them. `flows`: as `all`, with
 * more ways for memory to go. `dense`: statements over memory that is under several names, in nested loops. `checkpoints`:
 * loops under `// @checkpoint` over states of every kind. `functions`: functions as values of every kind, with what they
 * capture, and classes. `holders`: data of every kind in everything that may hold it.
 */
export const languages = ["core", "all", "flows", "dense", "checkpoints", "functions", "holders"] as const;

export type Language = (typeof languages)[number];

/** Program `index` of the run with this seed. */
export function generate(seed: number, index: number, language: Language): Program {
  const random = Random.of(seed, index);
  for (;;) {
    const program = ended(() => {
      if (language === "dense") return annotated(random, denseProgram(random, points));
      if (language === "checkpoints") return annotated(random, denseProgram(random, points, checkpoints));
      if (language === "functions") return annotated(random, denseProgram(random, points, functions));
      if (language === "holders") return annotated(random, holdersProgram(random, points));
      return attempt(random, language);
    });
    if (program !== undefined) return program;
  }
}

/** Undefined where expressions in expressions do not come to an end: hardly ever. */
function ended<T>(make: () => T): T | undefined {
  try {
    return make();
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

function attempt(random: Random, language: Language): Program | undefined {
  const names = new Set(["n", "steps", "depth", "f", ...library.keys()]);
  const all = language !== "core";
  const choices = all && random.chance(0.3) ? makeChoices(random, names) : [];
  const types: Types = { choices, shapes: all && random.chance(0.5) ? makeShapes(random, names, choices) : [] };
  const constants = moduleConstants(random, names, types);
  const style: Style = {
    shapes: types.shapes.filter((shape) => !isExtended(shape, types.shapes)),
    abstracts: types.shapes.filter((shape) => isExtended(shape, types.shapes)),
    choices,
    callbacks: all && random.chance(0.45),
    passives: all && random.chance(0.2),
    library: all && random.chance(0.25),
    ...(language === "flows" && { flows: constants.texts }),
  };
  const helpers: Callable[] = [];
  const frame: Frame = { random, names, style, constants: constants.variables };
  for (const shape of types.shapes.filter((one) => one.kind === "class"))
    helpers.push(...methods(frame, helpers, shape, types.shapes));
  const wanted = random.weighted([
    [3, 0],
    [3, 1],
    [2, 2],
    [1, 3],
  ] as const);
  const own = (): number => helpers.filter(({ func }) => func.owner === undefined).length;
  while (own() < wanted) helpers.push(...helper(frame, helpers));

  const result = random.weighted<Type>([
    [6, "number"],
    [2.5, "f64"],
    [0.7, "f32"],
    [1.5, "list"],
    [0.4, "nested"],
    [3, "void"],
    ...style.shapes.flatMap(({ name }) => [[2, `struct ${name}`] as const, [0.4, `structs ${name}`] as const]),
  ]);
  const params = mainParams(frame);
  const arrays = params.filter((param) => param.type === result && isMemory(result) && isWritable(param));
  const returned = arrays.length > 0 && random.chance(0.4) ? random.pick(arrays).name : undefined;
  const scope = new Scope({ random, style, helpers, result, budget: random.between(2, 22), names, returned });
  for (const variable of constants.variables) scope.declare(variable);
  for (const param of params) scope.declare(asVariable(param));
  const body = statements(scope, 30);
  const main: Func = { name: "f", params, result, body: [...body, ...ending(scope)] };
  const program: Program = {
    constants: constants.texts,
    ...types,
    helpers: helpers.flatMap((one) => (one.func.inherited === true ? [] : [one.func])),
    main,
    modes: [],
    nested: false,
    inputs: Array.from({ length: points }, () => params.map((param) => input(random, types, param))),
  };
  return annotated(random, program);
}

/** Whether objects of other classes may stand for its own: which of their methods are called is told by their own types. */
function isExtended(shape: Shape, shapes: readonly Shape[]): boolean {
  return shape.kind === "class" && shapes.some((one) => one.base === shape.name);
}

/** What the functions of a program have in common. */
interface Frame {
  readonly random: Random;
  readonly names: Set<string>;
  readonly style: Style;
  readonly constants: readonly Variable[];
}

function moduleConstants(
  random: Random,
  names: Set<string>,
  { choices, shapes }: Types,
): { texts: string[]; variables: Variable[] } {
  const { texts, variables } = choices.length > 0 ? constantTables(random, choices) : { texts: [], variables: [] };
  for (const { name, unit } of shapes) {
    if (unit !== undefined)
      variables.push({ name: `${name}.unit`, type: "number", mutable: false, least: 0, part: true });
  }
  if (random.chance(0.35)) {
    const name = names.has("SCALE") ? "SCALE2" : "SCALE";
    names.add(name);
    texts.push(`const ${name} = ${String(Math.round(random.uniform(-2, 2) * 100) / 100)};`);
    variables.push({ name, type: "number", mutable: false, least: 0 });
  }
  if (random.chance(0.12)) {
    names.add("WEIGHTS");
    texts.push("const WEIGHTS: readonly number[] = [0.5, -0.25, 1.5];");
    variables.push({ name: "WEIGHTS", type: "list", mutable: false, least: 3, fixed: true });
  }
  return { texts, variables };
}

function mainParams({ random, names, style }: Frame): Param[] {
  const params: Param[] = [];
  const wanted = random.between(1, 4);
  const bases: Readonly<Partial<Record<Type, string>>> = {
    number: "x",
    f64: "a",
    f32: "h",
    list: "xs",
    nested: "rows",
    int: "n",
    boolean: "on",
    indices: "idx",
    string: "title",
  };
  while (params.length < wanted || !params.some((param) => isDifferentiable(param.type))) {
    const type = random.weighted<Type>([
      [5, "number"],
      [6, "f64"],
      [1, "f32"],
      [3, "list"],
      [1.2, "nested"],
      [2, "int"],
      [0.7, "boolean"],
      [0.7, "indices"],
      [style.passives ? 1 : 0, "string"],
      ...style.choices.map(({ name }) => [2, `choice ${name}`] as const),
      ...style.shapes.flatMap(({ name }) => [[4, `struct ${name}`] as const, [1.5, `structs ${name}`] as const]),
    ]);
    if (type === "int" && params.some((param) => param.type === "int")) continue;
    const base = isStruct(type) ? "o" : isStructs(type) ? "os" : isChoice(type) ? "how" : (bases[type] ?? "p");
    const readonly = type === "list" && random.chance(0.12);
    params.push({ name: type === "int" ? "n" : freshName(names, base), type, ...(readonly && { readonly }) });
  }
  if (random.chance(0.2)) params.push({ name: freshName(names, "e"), type: random.pick(["f64", "list"]), empty: true });
  if (random.chance(0.2))
    params.push({ name: freshName(names, "p"), type: random.pick(["f64", "list"]), optional: true });
  const named = style.shapes.filter(({ kind }) => kind === "interface");
  if (named.length > 0 && random.chance(0.3))
    params.push({ name: freshName(names, "options"), type: `struct ${random.pick(named).name}`, optional: true });
  if (random.chance(0.06)) {
    const name = freshName(names, "y");
    params.push(
      random.chance(0.5) ? { name, type: "number", defaultText: "0.3" } : { name, type: "number", optional: true },
    );
  }
  if (random.chance(0.05)) params.push({ name: freshName(names, "more"), type: "list", rest: true, readonly: true });
  return params;
}

function freshName(names: Set<string>, base: string): string {
  let name = base;
  for (let i = 2; names.has(name); i++) name = `${base}${String(i)}`;
  names.add(name);
  return name;
}

/** The final return: a value that much of what is visible has a part in. */
function ending(scope: Scope): Stmt[] {
  if (scope.result !== "number") return scope.result === "void" ? [] : [giveBack(scope, 3)];
  const { random } = scope;
  const shown = scope.variables.filter(
    (v) => v.type === "number" || (isMemory(v.type) && !isStruct(v.type) && v.type !== "indices" && v.fixed !== true),
  );
  let value: Expr = number(scope, 3);
  for (const variable of shown) {
    if (!random.chance(0.6)) continue;
    const part = variable.type === "number" ? readOr(variable) : place(scope, variable);
    value = form("number", "plus", random.pick(["# + #", "# - #", "# + 0.5 * #", "# + Math.sin(#)"]), value, part);
  }
  return [{ kind: "return", value }];
}

function readOr(variable: Variable): Expr {
  return variable.optional === true ? form("number", "nullish", "(# ?? 0.2)", read(variable)) : read(variable);
}

/** One helper function, or two that call each other. */
function helper(frame: Frame, earlier: readonly Callable[]): Callable[] {
  const { random, names } = frame;
  const kind = random.weighted([
    [7, "plain"],
    [1.5, "recursive"],
    [0.5, "mutual"],
  ] as const);
  const first = signature(frame, kind !== "plain");
  if (kind === "plain") return [{ ...first, ...body(frame, first, earlier, undefined) }];
  const depth = first.func.params.findIndex((param) => param.name === "depth");
  if (kind === "recursive") {
    const self = { ...first, depth };
    return [{ ...self, ...body(frame, self, [], self) }];
  }
  const one = { ...first, depth };
  const two = { ...one, func: { ...one.func, name: freshName(names, "back") } };
  return [
    { ...one, ...body(frame, one, [], two) },
    { ...two, ...body(frame, two, [], one) },
  ];
}

function signature({ random, names, style }: Frame, recursive: boolean): Callable {
  const result = recursive
    ? "number"
    : random.weighted<Type>([
        [5, "number"],
        [3, "void"],
        [1.2, "f64"],
        [0.8, "list"],
        [style.callbacks ? 1.5 : 0, "function"],
        ...style.shapes.map(({ name }) => [2, `struct ${name}`] as const),
      ]);
  const params: Param[] = [];
  const wanted = random.between(1, 3);
  for (let i = 0; i < wanted; i++) {
    const type = random.weighted<Type>([
      [5, "number"],
      [4, "f64"],
      [2, "list"],
      [0.5, "nested"],
      [1, "int"],
      [style.callbacks && !recursive ? 4 : 0, "function"],
      ...style.choices.map(({ name }) => [1.5, `choice ${name}`] as const),
      ...style.abstracts.map(({ name }) => [4, `struct ${name}`] as const),
      ...style.shapes.flatMap(({ name }) => [[4, `struct ${name}`] as const, [1, `structs ${name}`] as const]),
    ]);
    const base = type === "number" ? "b" : type === "int" ? "m" : type === "function" ? "fn" : "v";
    const isGeneric = isStruct(type) && params.every((one) => one.generic !== true) && random.chance(0.15);
    params.push({ name: `${base}${String(i + 1)}`, type, ...(isGeneric && { generic: true }) });
  }
  if (result === "void" && !params.some((param) => isMemory(param.type))) params.push({ name: "out", type: "f64" });
  if (recursive) params.push({ name: "depth", type: "int" });
  else if (random.chance(0.2)) {
    params.push(
      random.chance(0.5)
        ? { name: "gain", type: "number", defaultText: "0.7" }
        : { name: "gain", type: "number", optional: true },
    );
  } else if (random.chance(0.12)) params.push({ name: "rest", type: "list", rest: true });
  const name = freshName(names, recursive ? "deep" : random.pick(["g", "mix", "apply", "inner"]));
  return { func: { name, params, result, body: [] }, cost: 0 };
}

/** The methods of a class: those of its base, one that classes override, and one to three of its own. */
function methods(frame: Frame, earlier: readonly Callable[], shape: Shape, shapes: readonly Shape[]): Callable[] {
  const { random, names } = frame;
  const owner = shape.name;
  const self: Type = `struct ${owner}`;
  const object: Param = { name: "this", type: self };
  const made: Callable[] = earlier
    .filter(({ func }) => func.owner === shape.base && func.static !== true && func.name !== "law")
    .map(({ func, cost }) => ({
      func: { ...func, owner, inherited: true, params: [object, ...func.params.slice(1)] },
      cost,
    }));
  const isFamily = shape.base !== undefined || shapes.some((one) => one.base === owner);
  if (isFamily) made.push(law(frame, shape, shapes));
  const wanted = random.between(1, 2);
  for (let i = 0; i < wanted; i++) {
    const kind = random.weighted([
      [3, "getter"],
      [1.5, "setter"],
      [1.5, "static"],
      [6, "method"],
    ] as const);
    if (kind === "getter") {
      const func: Func = { name: freshName(names, "norm"), params: [object], result: "number", body: [], owner };
      made.push({ func: { ...func, getter: true, body: [pureReturn(frame, [object], 3)] }, cost: 1 });
      continue;
    }
    if (kind === "setter") {
      made.push({ func: setter(frame, object, owner), cost: 1 });
      continue;
    }
    const result = random.weighted<Type>([
      [4, "number"],
      [kind === "static" ? 0 : 2, "void"],
      [shape.abstract === true ? 0 : 2, self],
    ]);
    const params: Param[] = kind === "static" ? [] : [object];
    if (random.chance(0.7)) params.push({ name: "by", type: "number" });
    if (kind === "static" || random.chance(0.3)) params.push({ name: "other", type: self });
    if (frame.style.callbacks && random.chance(0.3)) params.push({ name: "rule", type: "function" });
    const base = result === "void" ? "move" : result === "number" ? "cost" : "scaled";
    const callable: Callable = {
      func: {
        name: freshName(names, kind === "static" ? "of" : base),
        params,
        result,
        body: [],
        owner,
        ...(kind === "static" && { static: true }),
      },
      cost: 0,
    };
    made.push({ ...callable, ...body(frame, callable, [...earlier, ...made], undefined) });
  }
  return made;
}

/** `return …;` of something that changes nothing. */
function pureReturn(frame: Frame, params: readonly Param[], depth: number, wrap = (value: Expr): Expr => value): Stmt {
  const { names } = frame;
  const scope = new Scope({ ...frame, helpers: [], result: "number", budget: 0, names: new Set(names) });
  for (const param of params) scope.declare(asVariable(param));
  return { kind: "return", value: wrap(scope.purely(() => number(scope, depth))) };
}

/** What the classes of a family each have in their own way: abstract in the base, or called by `super`. */
function law(frame: Frame, shape: Shape, shapes: readonly Shape[]): Callable {
  const params: Param[] = [
    { name: "this", type: `struct ${shape.name}` },
    { name: "t", type: "number" },
  ];
  const func: Func = { name: "law", params, result: "number", body: [], owner: shape.name };
  if (shape.abstract === true) return { func: { ...func, abstract: true }, cost: 1 };
  const base = shapes.find((one) => one.name === shape.base);
  const isMore = base !== undefined && base.abstract !== true && frame.random.chance(0.6);
  const wrap = (value: Expr): Expr => (isMore ? form("number", "super call", "super.law(0.5 * t) + #", value) : value);
  return { func: { ...func, body: [pureReturn(frame, params, 3, wrap)] }, cost: 1 };
}

/** `set wide(to: number) { this.x = … }`. */
function setter(frame: Frame, object: Param, owner: string): Func {
  const { random, names, style } = frame;
  const params: Param[] = [object, { name: "to", type: "number" }];
  const scope = new Scope({ ...frame, helpers: [], result: "void", budget: 0, names: new Set(names) });
  for (const param of params) scope.declare(asVariable(param));
  const paths = numberPaths([...style.shapes, ...style.abstracts], object.type);
  const name = `this${random.pick(paths)}`;
  const value = form(
    "number",
    "plus",
    "to * #",
    scope.purely(() => number(scope, 2)),
  );
  const assign = { ...form("number", "assign", "# = #", leaf("number", name, "variable"), value), rebinds: [name] };
  return {
    name: freshName(names, "wide"),
    params,
    result: "void",
    body: [{ kind: "expr", expr: assign }],
    owner,
    setter: true,
  };
}

function body(
  frame: Frame,
  callable: Callable,
  helpers: readonly Callable[],
  recursion: Callable | undefined,
): { func: Func; cost: number } {
  const { random, names, style } = frame;
  const { func } = callable;
  // Names are unique in a function only: helpers may use each other's.
  const own = new Set([...names, ...func.params.map((param) => param.name)]);
  const scope = new Scope({
    random,
    style,
    helpers,
    result: func.result,
    budget: random.between(2, 9),
    names: own,
    recursion,
  });
  for (const variable of frame.constants) scope.declare(variable);
  const isPlain = func.owner === undefined && recursion === undefined;
  const params = func.params.map((param) => (isPlain && random.chance(0.3) ? takenApart(scope, param) : param));
  for (const param of params) if (param.pattern === undefined) scope.declare(asVariable(param));
  const start: Stmt[] = [];
  if (recursion !== undefined) {
    const test = form("boolean", "int test", "# <= 0", leaf("int", "depth", "variable"));
    start.push({
      kind: "if",
      test,
      then: [giveBack(new Scope({ ...frame, helpers: [], result: func.result, budget: 0, names: own }), 1)],
    });
  }
  const stmts = [...start, ...statements(scope, 10), ...ending(scope)];
  const made = { ...func, params };
  if (func.result === "void") stmts.push(...writes(frame, made));
  return { func: { ...made, body: stmts }, cost: depthOf(stmts) };
}

/** The parameter by its parts: `{ x, inner: { y } }: Body`. */
function takenApart(scope: Scope, param: Param): Param {
  if (!isStruct(param.type) || param.optional === true || param.generic === true) return param;
  const bound: Variable[] = [];
  const text = patternOf(scope, param.type, bound);
  for (const variable of bound) scope.declare(variable);
  return { ...param, pattern: { text, names: namesOfMemory(bound) } };
}

/** A void helper writes something for certain. */
function writes({ random, style }: Frame, func: Func): Stmt[] {
  const found = func.params.filter((one) => isMemory(one.type) && one.pattern === undefined);
  const param = func.owner !== undefined ? found[0] : found.length > 0 ? random.pick(found) : undefined;
  return param === undefined ? [] : [plainWrite([...style.shapes, ...style.abstracts], param)];
}

/** Loops inside each other. */
function depthOf(stmts: readonly Stmt[]): number {
  let most = 0;
  for (const stmt of stmts) {
    if (stmt.kind === "loop") most = Math.max(most, 1 + depthOf(stmt.body));
    else if (stmt.kind === "if") most = Math.max(most, depthOf(stmt.then), depthOf(stmt.otherwise ?? []));
    else if (stmt.kind === "closure") most = Math.max(most, depthOf(stmt.func.body));
    else if (stmt.kind === "block") most = Math.max(most, depthOf(stmt.body));
    else if (stmt.kind === "switch") most = Math.max(most, ...stmt.cases.map((one) => depthOf(one.body)));
  }
  return most;
}

function input(random: Random, types: Types, param: Param): Value {
  const isLeftOut = (param.defaultText !== undefined || param.optional === true) && random.chance(0.5);
  if (param.empty === true && random.chance(0.4)) return param.type === "list" ? [] : new Float64Array(0);
  return isLeftOut ? undefined : valueOf(random, types, param.type, () => random.uniform(-1.5, 1.5));
}
