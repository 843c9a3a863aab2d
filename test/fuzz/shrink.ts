/** Smaller programs near a given one. They need not be valid: the judge says whether they are and still fail. */
import { leaf, visitStmt } from "./ast.ts";
import type { Expr, Func, Program, Stmt, Type } from "./ast.ts";
import { memoryOf, rootOf, writesIntoObject } from "./memory.ts";
import { printProgram } from "./print.ts";

/** What shrinking makes less. */
export function sizeOf(program: Program): number {
  return printProgram(program, "p").length * 100 + JSON.stringify(program.inputs.map(plain)).length;
}

function hasUnreachable(stmts: readonly Stmt[]): boolean {
  if (stmts.some((stmt, i) => i + 1 < stmts.length && leaves(stmt))) return true;
  let found = false;
  const inside = (list: readonly Stmt[]): void => {
    if (hasUnreachable(list)) found = true;
  };
  for (const stmt of stmts) {
    if (stmt.kind === "block" || stmt.kind === "loop") inside(stmt.body);
    if (stmt.kind === "closure") inside(stmt.func.body);
    if (stmt.kind === "if") [stmt.then, stmt.otherwise ?? []].forEach(inside);
    if (stmt.kind === "switch")
      stmt.cases.forEach((one) => {
        inside(one.body);
      });
  }
  return found;
}

/** Whether nothing after the statement is reached. */
function leaves(stmt: Stmt): boolean {
  const last = (stmts: readonly Stmt[]): boolean => {
    const end = stmts.at(-1);
    return end !== undefined && leaves(end);
  };
  if (stmt.kind === "return" || stmt.kind === "jump" || stmt.kind === "throw") return true;
  if (stmt.kind === "block") return last(stmt.body);
  if (stmt.kind !== "if") return false;
  const always = stmt.test.parts[0] === "true" && stmt.test.args.length === 0;
  return last(stmt.then) && (always || last(stmt.otherwise ?? []));
}

function plain(values: readonly unknown[]): unknown[] {
  return values.map((value) => (ArrayBuffer.isView(value) ? Array.from(value as unknown as ArrayLike<number>) : value));
}

/** Smaller programs, smallest first. */
export function smaller(program: Program): readonly Program[] {
  const size = sizeOf(program);
  const made = [...variants(program)].filter(isClear).map((variant) => ({ variant, size: sizeOf(variant) }));
  return made
    .filter((one) => one.size < size)
    .sort((a, b) => a.size - b.size)
    .map((one) => one.variant);
}

/** Whether the outputs are beyond doubt: a write that is never reached counts for some and not for others. */
function isClear(program: Program): boolean {
  if ([...program.helpers, program.main].some((func) => hasUnreachable(func.body))) return false;
  const memory = memoryOf(program);
  if (memory === undefined || memory.unclear.length > 0) return false;
  if (program.wrt === undefined && writesIntoObject(program, memory)) return false;
  return memory.returns || memory.written.length > 0;
}

function* variants(program: Program): Iterable<Program> {
  if (program.inputs.length > 1) for (const input of program.inputs) yield { ...program, inputs: [input] };
  if (program.nested) yield { ...program, nested: false };
  for (const mode of program.modes) {
    if (mode !== "vjp" && mode !== "jvp" && !(mode === "grad" && program.nested)) {
      yield { ...program, modes: program.modes.filter((one) => one !== mode) };
    }
  }
  for (const name of program.wrt ?? []) {
    if ((program.wrt?.length ?? 0) > 1) yield { ...program, wrt: (program.wrt ?? []).filter((one) => one !== name) };
  }
  if (program.wrt !== undefined && !program.nested) {
    const { wrt: _, ...rest } = program;
    yield rest;
  }
  for (const [i, constant] of program.constants.entries()) {
    yield { ...program, constants: program.constants.filter((one) => one !== constant) };
    for (const shorter of withoutLines(constant))
      yield { ...program, constants: program.constants.map((one, j) => (i === j ? shorter : one)) };
  }
  yield* withoutParams(program);
  yield* plainer(program);
  for (const [i, helper] of program.helpers.entries()) {
    yield { ...program, helpers: program.helpers.filter((one) => one !== helper) };
    for (const smallerHelper of funcs(helper)) {
      yield { ...program, helpers: program.helpers.map((one, j) => (i === j ? smallerHelper : one)) };
    }
    for (const j of helper.params.keys()) yield withoutHelperParam(program, helper, j);
  }
  for (const main of funcs(program.main)) yield { ...program, main };
  yield { ...program, inputs: program.inputs.map((input) => input.map(rounded) as typeof input) };
}

/** A declaration without one of its lines, or without what stands from a line with an opening brace to the closing one. */
function* withoutLines(text: string): Iterable<string> {
  const lines = text.split("\n");
  const count = (line: string, braces: RegExp): number => (line.match(braces) ?? []).length;
  for (const at of lines.keys()) {
    if (at === 0) continue;
    let open = 0;
    for (let end = at; end + 1 < lines.length; end++) {
      const line = lines[end] ?? "";
      open += count(line, /[{([]/g) - count(line, /[})\]]/g);
      if (open > 0) continue;
      if (open === 0) yield [...lines.slice(0, at), ...lines.slice(end + 1)].join("\n");
      break;
    }
  }
}

/** Types with fewer words to them. */
function* plainer(program: Program): Iterable<Program> {
  for (const [i, shape] of program.shapes.entries()) {
    const { generic, unit, ...rest } = shape;
    const put = (one: typeof shape): Program => ({
      ...program,
      shapes: program.shapes.map((s, j) => (i === j ? one : s)),
    });
    if (generic === true || unit !== undefined) yield put(rest);
    const plain = shape.fields.map(({ readonly: _, ...field }) => field);
    if (shape.fields.some((field) => field.readonly === true)) yield put({ ...shape, fields: plain });
  }
  for (const [i, helper] of program.helpers.entries()) {
    if (!helper.params.some((param) => param.generic === true)) continue;
    const params = helper.params.map(({ generic: _, ...param }) => param);
    yield { ...program, helpers: program.helpers.map((one, j) => (i === j ? { ...helper, params } : one)) };
  }
}

function rounded(value: unknown): unknown {
  const round = (x: number): number => Math.round(x * 10) / 10;
  if (typeof value === "number") return round(value);
  if (value instanceof Float64Array) return value.map(round);
  if (Array.isArray(value)) return value.map(rounded);
  if (typeof value !== "object" || value === null || ArrayBuffer.isView(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, rounded(inner)]));
}

/** Parameters of the main function that nothing mentions. */
function* withoutParams(program: Program): Iterable<Program> {
  const { main } = program;
  for (const [i, param] of main.params.entries()) {
    if (mentions(main, param.name) || program.wrt?.includes(param.name) === true) continue;
    yield {
      ...program,
      main: { ...main, params: main.params.filter((one) => one !== param) },
      inputs: program.inputs.map((input) => input.filter((_, j) => j !== i)),
    };
  }
}

function mentions(func: Func, name: string): boolean {
  let found = false;
  for (const stmt of func.body) {
    visitStmt(
      stmt,
      () => undefined,
      (expr) => {
        if (expr.args.length === 0 && rootOf(expr.parts[0] ?? "") === name) found = true;
      },
    );
  }
  return found;
}

function withoutHelperParam(program: Program, helper: Func, at: number): Program {
  // A method keeps its object, which stands in front.
  if (helper.owner !== undefined && (at === 0 || helper.static === true)) return program;
  const inExpr = (expr: Expr): Expr => {
    const args = expr.args.map(inExpr);
    if (expr.call !== helper.name) return { ...expr, args };
    const left = args.filter((_, i) => i !== at);
    const [object, rest] = helper.owner === undefined ? ["", left] : ["#.", left.slice(1)];
    const list = helper.getter === true ? "" : `(${rest.map(() => "#").join(", ")})`;
    const text = `${object}${helper.name}${list}`;
    return { ...expr, args: left, parts: text.split("#") };
  };
  const inFunc = (func: Func): Func => ({
    ...func,
    params: func.name === helper.name ? func.params.filter((_, i) => i !== at) : func.params,
    body: func.body.map((stmt) => mapStmt(stmt, inExpr)),
  });
  return { ...program, helpers: program.helpers.map(inFunc), main: inFunc(program.main) };
}

/** The statement with every topmost expression mapped. */
function mapStmt(stmt: Stmt, map: (expr: Expr) => Expr): Stmt {
  const body = (stmts: readonly Stmt[]): Stmt[] => stmts.map((inner) => mapStmt(inner, map));
  switch (stmt.kind) {
    case "expr":
      return { ...stmt, expr: map(stmt.expr) };
    case "let":
      return stmt.init === undefined ? stmt : { ...stmt, init: map(stmt.init) };
    case "pattern":
      return { ...stmt, from: map(stmt.from) };
    case "closure":
      return { ...stmt, func: { ...stmt.func, body: body(stmt.func.body) } };
    case "block":
      return { ...stmt, body: body(stmt.body) };
    case "if":
      return {
        ...stmt,
        test: map(stmt.test),
        then: body(stmt.then),
        ...(stmt.otherwise === undefined ? {} : { otherwise: body(stmt.otherwise) }),
      };
    case "loop":
      return {
        ...stmt,
        head: map(stmt.head),
        body: body(stmt.body),
        ...(stmt.tail === undefined ? {} : { tail: map(stmt.tail) }),
      };
    case "switch":
      return {
        ...stmt,
        subject: map(stmt.subject),
        cases: stmt.cases.map((one) => ({ ...one, body: body(one.body) })),
      };
    case "return":
      return stmt.value === undefined ? stmt : { ...stmt, value: map(stmt.value) };
    case "throw":
      return { ...stmt, message: map(stmt.message) };
    case "jump":
      return stmt;
  }
}

function* funcs(func: Func): Iterable<Func> {
  for (const body of lists(func.body)) yield { ...func, body };
}

/** A list with runs of statements left out, or one statement made smaller. */
function* lists(stmts: readonly Stmt[]): Iterable<readonly Stmt[]> {
  for (let length = stmts.length; length >= 1; length = length > 1 ? length >> 1 : 0) {
    for (let at = 0; at + length <= stmts.length; at += length)
      yield [...stmts.slice(0, at), ...stmts.slice(at + length)];
  }
  for (const [i, stmt] of stmts.entries()) {
    const replace = (by: readonly Stmt[]): readonly Stmt[] => [...stmts.slice(0, i), ...by, ...stmts.slice(i + 1)];
    for (const inner of bodies(stmt)) yield replace(inner);
    for (const variant of reduced(stmt)) yield replace([variant]);
  }
}

/** Statement lists that can stand in place of a statement around them. */
function bodies(stmt: Stmt): readonly (readonly Stmt[])[] {
  const open = (body: readonly Stmt[]): readonly Stmt[] => body.filter((inner) => inner.kind !== "jump");
  switch (stmt.kind) {
    case "block":
      return [stmt.body];
    case "if":
      // A guard keeps a list from growing for ever.
      return stmt.test.tag === "guard" ? [] : [stmt.then, stmt.otherwise ?? []];
    case "loop":
      return [open(stmt.body)];
    case "switch":
      return stmt.cases.map((one) => open(one.body));
    default:
      return [];
  }
}

function* reduced(stmt: Stmt): Iterable<Stmt> {
  switch (stmt.kind) {
    case "expr":
      for (const expr of exprs(stmt.expr)) yield { ...stmt, expr };
      break;
    case "let":
      if (stmt.annotated && stmt.init !== undefined) yield { ...stmt, annotated: false };
      if (stmt.init !== undefined) for (const init of exprs(stmt.init)) yield { ...stmt, init };
      break;
    case "pattern":
      break;
    case "closure":
      for (const func of funcs(stmt.func)) yield { ...stmt, func };
      break;
    case "block":
      for (const body of lists(stmt.body)) yield { ...stmt, body };
      break;
    case "if": {
      const { otherwise, ...rest } = stmt;
      if (otherwise !== undefined) {
        yield rest;
        for (const body of lists(otherwise)) yield { ...stmt, otherwise: body };
      }
      for (const test of exprs(stmt.test)) yield { ...stmt, test };
      for (const then of lists(stmt.then)) yield { ...stmt, then };
      break;
    }
    case "loop": {
      if (stmt.label !== undefined) {
        const { label: _, ...rest } = stmt;
        yield rest;
      }
      if (stmt.checkpoint !== undefined) {
        const { checkpoint: _, ...rest } = stmt;
        yield rest;
      }
      for (const body of lists(stmt.body)) yield { ...stmt, body };
      for (const head of exprs(stmt.head)) yield { ...stmt, head };
      if (stmt.tail !== undefined) for (const tail of exprs(stmt.tail)) yield { ...stmt, tail };
      break;
    }
    case "switch":
      for (const [i, one] of stmt.cases.entries()) {
        if (stmt.cases.length > 1) yield { ...stmt, cases: stmt.cases.filter((_, j) => j !== i) };
        for (const body of lists(one.body))
          yield { ...stmt, cases: stmt.cases.map((c, j) => (i === j ? { ...c, body } : c)) };
      }
      for (const subject of exprs(stmt.subject)) yield { ...stmt, subject };
      break;
    case "jump":
      if (stmt.label !== undefined) yield { kind: "jump", word: stmt.word };
      break;
    case "return":
      if (stmt.value !== undefined) for (const value of exprs(stmt.value)) yield { ...stmt, value };
      break;
    case "throw":
      for (const message of exprs(stmt.message)) yield { ...stmt, message };
      break;
  }
}

const simplest: Readonly<Partial<Record<Type, string>>> = { number: "0.5", int: "1", boolean: "true", string: '"up"' };

/** An expression replaced by a literal, by a part of it of the same type, or with one part made smaller. */
function* exprs(expr: Expr): Iterable<Expr> {
  if (expr.tag === "guard") return;
  const text = simplest[expr.type];
  const isTarget = expr.tag === "head" || expr.tag === "tail";
  if (text !== undefined && !isTarget && expr.parts[0] !== text) yield leaf(expr.type, text, "literal");
  for (const part of expr.args) {
    const fits = part.type === expr.type || (expr.type === "number" && part.type === "int");
    if (fits && !isTarget) yield asRead(part);
  }
  if (expr.tag === "compound") yield* simplerAssignment(expr);
  for (const [i, part] of expr.args.entries()) {
    for (const variant of exprs(part)) yield { ...expr, args: expr.args.map((one, j) => (i === j ? variant : one)) };
  }
}

/** A place that was assigned to, alone: it is not written any more. */
function asRead(expr: Expr): Expr {
  if (expr.tag !== "element" || expr.writes === undefined) return expr;
  const { writes: _, ...rest } = expr;
  return rest;
}

/** `a += e` as `a = e`. */
function* simplerAssignment(expr: Expr): Iterable<Expr> {
  const [target, value] = expr.args;
  if (target === undefined || value === undefined) return;
  yield { ...expr, tag: "assign", parts: ["", " = ", ""], args: [target, value] };
}
