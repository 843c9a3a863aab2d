/**
 * Traversals of the IR that every pass shares. The `map…` functions give back the very same object
 * when nothing below it changed, so passes can compare with `===` to see whether they did anything.
 */
import type { Block, Expr, Func, Param, Pattern, Stmt, Type } from "./types.ts";

/** A statement of one kind: `StmtOf<"for">`. */
export type StmtOf<K extends Stmt["kind"]> = Extract<Stmt, { readonly kind: K }>;
/** An expression of one kind: `ExprOf<"op">`. */
export type ExprOf<K extends Expr["kind"]> = Extract<Expr, { readonly kind: K }>;

// ---------------------------------------------------------------------------------------------
// Expressions
// ---------------------------------------------------------------------------------------------

/** The operands of an expression, in the order in which they are evaluated. */
export function childrenOf(expr: Expr): readonly Expr[] {
  switch (expr.kind) {
    case "literal":
    case "var":
    case "constant":
      return [];
    case "op":
    case "foreign":
    case "tensorOp":
      return expr.args;
    case "select":
      return [expr.test, expr.yes, expr.no];
    case "logic":
    case "nullish":
      return [expr.left, expr.right];
    case "index":
      return [expr.array, expr.index];
    case "length":
    case "zerosLike":
    case "deepCopy":
      return [expr.array];
    case "tap":
      return [expr.value];
    case "tuple":
    case "items":
      return expr.items;
    case "zeros":
    case "holes":
      return [expr.length];
    case "copy":
    case "view":
      return [expr.array, ...present(expr.start), ...present(expr.end)];
    case "newTape":
      return present(expr.capacity);
    case "tensor":
      return [expr.data, ...expr.shape];
  }
}

/** Replaces the operands of one expression; the expression itself and its type stay. */
export function mapChildren(expr: Expr, f: (child: Expr) => Expr): Expr {
  switch (expr.kind) {
    case "literal":
    case "var":
    case "constant":
      return expr;
    case "op":
    case "foreign":
    case "tensorOp": {
      const args = mapList(expr.args, f);
      return args === expr.args ? expr : { ...expr, args };
    }
    case "select": {
      const test = f(expr.test);
      const yes = f(expr.yes);
      const no = f(expr.no);
      return test === expr.test && yes === expr.yes && no === expr.no ? expr : { ...expr, test, yes, no };
    }
    case "logic":
    case "nullish": {
      const left = f(expr.left);
      const right = f(expr.right);
      return left === expr.left && right === expr.right ? expr : { ...expr, left, right };
    }
    case "index": {
      const array = f(expr.array);
      const index = f(expr.index);
      return array === expr.array && index === expr.index ? expr : { ...expr, array, index };
    }
    case "length":
    case "zerosLike":
    case "deepCopy": {
      const array = f(expr.array);
      return array === expr.array ? expr : { ...expr, array };
    }
    case "tap": {
      const value = f(expr.value);
      return value === expr.value ? expr : { ...expr, value };
    }
    case "tuple":
    case "items": {
      const items = mapList(expr.items, f);
      return items === expr.items ? expr : { ...expr, items };
    }
    case "zeros":
    case "holes": {
      const length = f(expr.length);
      return length === expr.length ? expr : { ...expr, length };
    }
    case "copy":
    case "view": {
      const array = f(expr.array);
      const start = expr.start === undefined ? undefined : f(expr.start);
      const end = expr.end === undefined ? undefined : f(expr.end);
      if (array === expr.array && start === expr.start && end === expr.end) return expr;
      return { ...expr, array, ...(start === undefined ? {} : { start }), ...(end === undefined ? {} : { end }) };
    }
    case "newTape": {
      if (expr.capacity === undefined) return expr;
      const capacity = f(expr.capacity);
      return capacity === expr.capacity ? expr : { ...expr, capacity };
    }
    case "tensor": {
      const data = f(expr.data);
      const shape = mapList(expr.shape, f);
      return data === expr.data && shape === expr.shape ? expr : { ...expr, data, shape };
    }
  }
}

/** Rewrites an expression from the leaves up: `f` sees each expression after its operands were rewritten. */
export function mapExpr(expr: Expr, f: (expr: Expr) => Expr): Expr {
  return f(mapChildren(expr, (child) => mapExpr(child, f)));
}

/** Visits an expression and everything in it, outermost first. A visitor that gives back `false` skips what is inside. */
export function walkExpr(expr: Expr, visit: (expr: Expr) => unknown): void {
  if (visit(expr) === false) return;
  for (const child of childrenOf(expr)) walkExpr(child, visit);
}

/** Whether `test` holds for the expression or for anything in it. */
export function someExpr(expr: Expr, test: (expr: Expr) => boolean): boolean {
  return test(expr) || childrenOf(expr).some((child) => someExpr(child, test));
}

/** The names of the variables that an expression reads. */
export function freeVariables(expr: Expr): Set<string> {
  const names = new Set<string>();
  walkExpr(expr, (e) => {
    if (e.kind === "var") names.add(e.name);
  });
  return names;
}

/** Whether the expression reads the variable. */
export function mentions(expr: Expr, name: string): boolean {
  return someExpr(expr, (e) => e.kind === "var" && e.name === name);
}

/** Puts expressions in the place of variables, all at once: replacements are not searched again. */
export function substitute(expr: Expr, replacements: ReadonlyMap<string, Expr>): Expr {
  return mapExpr(expr, (e) => (e.kind === "var" ? (replacements.get(e.name) ?? e) : e));
}

/** The variable at the bottom of nested `index` expressions: `a` of `a[i][j]`. */
export function rootName(expr: Expr): string | undefined {
  if (expr.kind === "var") return expr.name;
  return expr.kind === "index" ? rootName(expr.array) : undefined;
}

/** Whether two expressions are the same tree (types are not compared; `NaN` equals itself, `-0` differs from `0`). */
export function sameExpr(a: Expr, b: Expr): boolean {
  if (a === b) return true;
  return sameNode(a, b) && sameLists(childrenOf(a), childrenOf(b));
}

/** Whether two expressions agree but for their operands. */
function sameNode(a: Expr, b: Expr): boolean {
  switch (a.kind) {
    case "literal":
      return b.kind === "literal" && Object.is(a.value, b.value);
    case "var":
      return b.kind === "var" && a.name === b.name;
    case "constant":
      return b.kind === "constant" && a.name === b.name;
    case "op":
      return b.kind === "op" && a.op === b.op;
    case "logic":
      return b.kind === "logic" && a.op === b.op;
    case "foreign":
      return b.kind === "foreign" && a.texts.length === b.texts.length && a.texts.every((t, i) => t === b.texts[i]);
    case "tap":
      return b.kind === "tap" && a.tap === b.tap;
    case "copy":
    case "view":
      return (
        a.kind === b.kind &&
        (a.start === undefined) === (b.start === undefined) &&
        (a.end === undefined) === (b.end === undefined) &&
        sameShape(a.type, b.type)
      );
    case "zeros":
    case "holes":
    case "items":
      return a.kind === b.kind && sameShape(a.type, b.type);
    default:
      return a.kind === b.kind;
  }
}

function sameShape(a: Type, b: Type): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

function sameLists(a: readonly Expr[], b: readonly Expr[]): boolean {
  return a.length === b.length && a.every((item, i) => sameExpr(item, b[i]!));
}

// ---------------------------------------------------------------------------------------------
// Statements
// ---------------------------------------------------------------------------------------------

/** The expressions that stand directly in a statement, not those of nested blocks. */
export function exprsOf(stmt: Stmt): readonly Expr[] {
  switch (stmt.kind) {
    case "let":
      return present(stmt.init);
    case "assign":
    case "throw":
    case "push":
      return [stmt.value];
    case "store":
    case "accumulate":
      return [stmt.array, stmt.index, stmt.value];
    case "fill":
    case "append":
      return [stmt.array, stmt.value];
    case "set":
      return [stmt.target, stmt.source, ...present(stmt.offset)];
    case "shrink":
      return [stmt.array];
    case "if":
    case "while":
      return [stmt.test];
    case "for":
      return [stmt.start, stmt.bound];
    case "call":
    case "apply":
      return stmt.args;
    case "closure":
      return stmt.func.params.flatMap((param) => present(param.defaultValue));
    case "effect":
      return [stmt.call];
    case "return":
      return present(stmt.value);
    case "pop":
    case "comment":
    case "block":
    case "exit":
      return [];
  }
}

/** The blocks nested directly in a statement; of a closure, its body. */
export function blocksOf(stmt: Stmt): readonly Block[] {
  switch (stmt.kind) {
    case "if":
      return [stmt.then, stmt.else];
    case "for":
    case "while":
    case "block":
      return [stmt.body];
    case "closure":
      return [stmt.func.body];
    default:
      return [];
  }
}

/** What `mapStmt` puts in the place of the parts of a statement; what is left out stays. */
export interface StmtMapper {
  /** For each expression that stands directly in the statement (call `mapExpr` in it to go deeper). */
  readonly expr?: (expr: Expr) => Expr;
  /** For each nested block; of a closure, its body. */
  readonly block?: (block: Block) => Block;
}

/** Replaces the expressions and blocks directly in a statement. */
export function mapStmt(stmt: Stmt, mapper: StmtMapper): Stmt {
  const onExpr = mapper.expr ?? same;
  const onBlock = mapper.block ?? same;
  switch (stmt.kind) {
    case "let": {
      if (stmt.init === undefined) return stmt;
      const init = onExpr(stmt.init);
      return init === stmt.init ? stmt : { ...stmt, init };
    }
    case "assign":
    case "throw":
    case "push": {
      const value = onExpr(stmt.value);
      return value === stmt.value ? stmt : { ...stmt, value };
    }
    case "store":
    case "accumulate": {
      const array = onExpr(stmt.array);
      const index = onExpr(stmt.index);
      const value = onExpr(stmt.value);
      if (array === stmt.array && index === stmt.index && value === stmt.value) return stmt;
      return { ...stmt, array, index, value };
    }
    case "fill":
    case "append": {
      const array = onExpr(stmt.array);
      const value = onExpr(stmt.value);
      return array === stmt.array && value === stmt.value ? stmt : { ...stmt, array, value };
    }
    case "set": {
      const target = onExpr(stmt.target);
      const source = onExpr(stmt.source);
      const offset = stmt.offset === undefined ? undefined : onExpr(stmt.offset);
      if (target === stmt.target && source === stmt.source && offset === stmt.offset) return stmt;
      return { ...stmt, target, source, ...(offset === undefined ? {} : { offset }) };
    }
    case "shrink": {
      const array = onExpr(stmt.array);
      return array === stmt.array ? stmt : { ...stmt, array };
    }
    case "if": {
      const test = onExpr(stmt.test);
      const then = onBlock(stmt.then);
      const otherwise = onBlock(stmt.else);
      if (test === stmt.test && then === stmt.then && otherwise === stmt.else) return stmt;
      return { ...stmt, test, then, else: otherwise };
    }
    case "for": {
      const start = onExpr(stmt.start);
      const bound = onExpr(stmt.bound);
      const body = onBlock(stmt.body);
      if (start === stmt.start && bound === stmt.bound && body === stmt.body) return stmt;
      return { ...stmt, start, bound, body };
    }
    case "while": {
      const test = onExpr(stmt.test);
      const body = onBlock(stmt.body);
      return test === stmt.test && body === stmt.body ? stmt : { ...stmt, test, body };
    }
    case "call":
    case "apply": {
      const args = mapList(stmt.args, onExpr);
      return args === stmt.args ? stmt : { ...stmt, args };
    }
    case "closure": {
      const params = mapList(stmt.func.params, (param) => mapDefault(param, onExpr));
      const body = onBlock(stmt.func.body);
      if (params === stmt.func.params && body === stmt.func.body) return stmt;
      return { ...stmt, func: { ...stmt.func, params, body } };
    }
    case "effect": {
      const call = onExpr(stmt.call);
      return call === stmt.call ? stmt : { ...stmt, call };
    }
    case "return": {
      if (stmt.value === undefined) return stmt;
      const value = onExpr(stmt.value);
      return value === stmt.value ? stmt : { ...stmt, value };
    }
    case "block": {
      const body = onBlock(stmt.body);
      return body === stmt.body ? stmt : { ...stmt, body };
    }
    case "pop":
    case "comment":
    case "exit":
      return stmt;
  }
}

/**
 * Rewrites a block from the inside out: `f` sees each statement after its nested blocks were rewritten,
 * and gives back what stands in its place: one statement, several, or none.
 */
export function mapBlock(block: Block, f: (stmt: Stmt) => Stmt | Block): Block {
  const deeper = { block: (inner: Block) => mapBlock(inner, f) };
  let changed = false;
  const out: Stmt[] = [];
  for (const stmt of block) {
    const result = f(mapStmt(stmt, deeper));
    if (isBlock(result)) {
      changed ||= result.length !== 1 || result[0] !== stmt;
      out.push(...result);
    } else {
      changed ||= result !== stmt;
      out.push(result);
    }
  }
  return changed ? out : block;
}

/** Rewrites every expression of a block from the leaves up, nested blocks and closures included. */
export function mapBlockExprs(block: Block, f: (expr: Expr) => Expr): Block {
  const onExpr = { expr: (expr: Expr) => mapExpr(expr, f) };
  return mapBlock(block, (stmt) => mapStmt(stmt, onExpr));
}

/** Visits every statement, outermost first and in order. A visitor that gives back `false` skips nested blocks. */
export function walkBlock(block: Block, visit: (stmt: Stmt) => unknown): void {
  for (const stmt of block) {
    if (visit(stmt) === false) continue;
    for (const inner of blocksOf(stmt)) walkBlock(inner, visit);
  }
}

/** Visits every expression of a block, nested blocks and closures included. See `walkExpr`. */
export function walkBlockExprs(block: Block, visit: (expr: Expr) => unknown): void {
  walkBlock(block, (stmt) => {
    for (const expr of exprsOf(stmt)) walkExpr(expr, visit);
  });
}

/** All statements of one kind, nested ones included, in order. */
export function collectStmts<K extends Stmt["kind"]>(block: Block, kind: K): StmtOf<K>[] {
  const found: StmtOf<K>[] = [];
  walkBlock(block, (stmt) => {
    if (isKind(stmt, kind)) found.push(stmt);
  });
  return found;
}

/** Whether `test` holds for any statement, nested ones included. */
export function someStmt(block: Block, test: (stmt: Stmt) => boolean): boolean {
  return block.some((stmt) => test(stmt) || blocksOf(stmt).some((inner) => someStmt(inner, test)));
}

/** How many statements a block has, nested ones included. */
export function countStmts(block: Block): number {
  let count = 0;
  walkBlock(block, () => {
    count++;
  });
  return count;
}

// ---------------------------------------------------------------------------------------------
// Names
// ---------------------------------------------------------------------------------------------

/** Variables that a statement itself declares (a `for` its index, a closure its name and parameters). */
export function namesDeclaredBy(stmt: Stmt): readonly string[] {
  return variablesDeclaredBy(stmt).map((variable) => variable.name);
}

/** As `namesDeclaredBy`, with types. */
export function variablesDeclaredBy(stmt: Stmt): readonly { readonly name: string; readonly type: Type }[] {
  switch (stmt.kind) {
    case "let":
      return [{ name: stmt.name, type: stmt.type }];
    case "for":
      return [{ name: stmt.name, type: { kind: "int" } }];
    case "call":
    case "apply":
      return patternVariables(stmt.target);
    case "pop":
      return stmt.declare ? [{ name: stmt.target, type: stmt.type }] : [];
    case "shrink":
      return stmt.target === undefined ? [] : [{ name: stmt.target, type: stmt.type ?? { kind: "number" } }];
    case "closure":
      return [
        { name: stmt.name, type: { kind: "function", params: stmt.func.params, result: stmt.func.result } },
        ...stmt.func.params.map(({ name, type }) => ({ name, type })),
      ];
    default:
      return [];
  }
}

/** The names in a pattern with their types, left to right. */
export function patternVariables(pattern: Pattern): readonly { readonly name: string; readonly type: Type }[] {
  switch (pattern.kind) {
    case "none":
      return [];
    case "name":
      return [{ name: pattern.name, type: pattern.type }];
    case "tuple":
      return pattern.items.flatMap(patternVariables);
  }
}

/** Every name that a block declares, nested blocks and closures included. */
export function declaredNames(block: Block): Set<string> {
  const names = new Set<string>();
  walkBlock(block, (stmt) => {
    for (const name of namesDeclaredBy(stmt)) names.add(name);
  });
  return names;
}

/** The types of every variable of a function, parameters included. */
export function variableTypes(func: Func): Map<string, Type> {
  const types = new Map<string, Type>(func.params.map((param) => [param.name, param.type]));
  walkBlock(func.body, (stmt) => {
    for (const { name, type } of variablesDeclaredBy(stmt)) types.set(name, type);
  });
  return types;
}

/**
 * The variables that a block gives another value by `assign` or `pop`, nested blocks included.
 * Writing into an array is not assigning (see `mutatedArrays`), nor is a declaration.
 */
export function assignedVariables(block: Block): Set<string> {
  const names = new Set<string>();
  walkBlock(block, (stmt) => {
    if (stmt.kind === "assign") names.add(stmt.name);
    else if (stmt.kind === "pop" && !stmt.declare) names.add(stmt.target);
  });
  return names;
}

/** The variables through which a block itself writes into arrays. Writes of callees and through other names are not seen here. */
export function mutatedArrays(block: Block): Set<string> {
  const names = new Set<string>();
  walkBlock(block, (stmt) => {
    const written = writtenArray(stmt);
    const name = written === undefined ? undefined : rootName(written);
    if (name !== undefined) names.add(name);
  });
  return names;
}

/** The array that a statement writes into. */
export function writtenArray(stmt: Stmt): Expr | undefined {
  switch (stmt.kind) {
    case "store":
    case "accumulate":
    case "fill":
    case "append":
    case "shrink":
      return stmt.array;
    case "set":
      return stmt.target;
    default:
      return undefined;
  }
}

/** The variables that a statement itself uses other than in expressions: tapes, called closures, exit codes. */
export function implicitReads(stmt: Stmt): readonly string[] {
  switch (stmt.kind) {
    case "push":
    case "pop":
      return [stmt.tape];
    case "apply":
      return [stmt.callee];
    case "for":
    case "while":
      return stmt.exit === undefined ? [] : [stmt.exit];
    default:
      return [];
  }
}

/** The variables that a block reads: in expressions, as tapes, as called closures, as exit codes. */
export function readNames(block: Block): Set<string> {
  const names = new Set<string>();
  walkBlock(block, (stmt) => {
    for (const name of implicitReads(stmt)) names.add(name);
    for (const expr of exprsOf(stmt)) {
      walkExpr(expr, (e) => {
        if (e.kind === "var") names.add(e.name);
      });
    }
  });
  return names;
}

/** The variables that a block reads or assigns; a declaration alone does not count. */
export function referencedNames(block: Block): Set<string> {
  const names = readNames(block);
  for (const name of assignedVariables(block)) names.add(name);
  return names;
}

/** The variables that a block reads or assigns and does not declare. */
export function freeNames(block: Block): Set<string> {
  const names = referencedNames(block);
  for (const name of declaredNames(block)) names.delete(name);
  return names;
}

const knownCallees = new WeakMap<Block, ReadonlySet<string>>();

/** The program functions that a block calls, taps included. */
export function calleesOf(block: Block): ReadonlySet<string> {
  const known = knownCallees.get(block);
  if (known !== undefined) return known;
  const names = new Set<string>();
  knownCallees.set(block, names);
  walkBlock(block, (stmt) => {
    if (stmt.kind === "call") names.add(stmt.callee);
    for (const expr of exprsOf(stmt)) {
      walkExpr(expr, (e) => {
        if (e.kind === "tap") names.add(e.tap);
      });
    }
  });
  return names;
}

// ---------------------------------------------------------------------------------------------
// Renaming
// ---------------------------------------------------------------------------------------------

/** Renames variables in an expression. */
export function renameExpr(expr: Expr, rename: (name: string) => string): Expr {
  return mapExpr(expr, (e) => {
    if (e.kind !== "var") return e;
    const name = rename(e.name);
    return name === e.name ? e : { ...e, name };
  });
}

/** Renames variables in a block, declarations included; labels and functions of the program keep their names. */
export function renameBlock(block: Block, rename: (name: string) => string): Block {
  const onExpr = { expr: (expr: Expr) => renameExpr(expr, rename) };
  return mapBlock(block, (stmt) => renameOwn(mapStmt(stmt, onExpr), rename));
}

/** Renames the parameters and variables of a function. */
export function renameFunc(func: Func, rename: (name: string) => string): Func {
  const params = func.params.map((param) => mapDefault(renameParam(param, rename), (e) => renameExpr(e, rename)));
  return { ...func, params, body: renameBlock(func.body, rename) };
}

export function renamePattern(pattern: Pattern, rename: (name: string) => string): Pattern {
  switch (pattern.kind) {
    case "none":
      return pattern;
    case "name":
      return { ...pattern, name: rename(pattern.name) };
    case "tuple":
      return { ...pattern, items: pattern.items.map((item) => renamePattern(item, rename)) };
  }
}

function renameParam(param: Param, rename: (name: string) => string): Param {
  return { ...param, name: rename(param.name) };
}

/** Renames the names that stand in the statement itself, not in its expressions and blocks. */
function renameOwn(stmt: Stmt, rename: (name: string) => string): Stmt {
  switch (stmt.kind) {
    case "let":
    case "assign":
      return { ...stmt, name: rename(stmt.name) };
    case "for":
      return { ...stmt, name: rename(stmt.name), ...(stmt.exit === undefined ? {} : { exit: rename(stmt.exit) }) };
    case "while":
      return stmt.exit === undefined ? stmt : { ...stmt, exit: rename(stmt.exit) };
    case "call":
      return { ...stmt, target: renamePattern(stmt.target, rename) };
    case "apply":
      return { ...stmt, target: renamePattern(stmt.target, rename), callee: rename(stmt.callee) };
    case "closure": {
      const params = stmt.func.params.map((param) => renameParam(param, rename));
      return { ...stmt, name: rename(stmt.name), func: { ...stmt.func, params } };
    }
    case "push":
      return { ...stmt, tape: rename(stmt.tape) };
    case "pop":
      return { ...stmt, tape: rename(stmt.tape), target: rename(stmt.target) };
    case "shrink":
      return stmt.target === undefined ? stmt : { ...stmt, target: rename(stmt.target) };
    default:
      return stmt;
  }
}

// ---------------------------------------------------------------------------------------------

function mapDefault(param: Param, f: (expr: Expr) => Expr): Param {
  if (param.defaultValue === undefined) return param;
  const defaultValue = f(param.defaultValue);
  return defaultValue === param.defaultValue ? param : { ...param, defaultValue };
}

function mapList<T>(items: readonly T[], f: (item: T) => T): readonly T[] {
  const out = items.map(f);
  return out.every((item, i) => item === items[i]) ? items : out;
}

function present<T>(item: T | undefined): readonly T[] {
  return item === undefined ? [] : [item];
}

function same<T>(item: T): T {
  return item;
}

function isBlock(result: Stmt | Block): result is Block {
  return Array.isArray(result);
}

function isKind<K extends Stmt["kind"]>(stmt: Stmt, kind: K): stmt is StmtOf<K> {
  return stmt.kind === kind;
}
