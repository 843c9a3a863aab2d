/**
 * Which parameters a program writes into and so which outputs it has. The contract's answer depends
 * on how sharp the compiler's alias analysis is; here a program is accepted only where every sound
 * analysis gives the same answer: what may be written is written plainly.
 */
import { isDifferentiable, isMemory, isStruct, isStructs, visitExpr, visitStmt } from "./ast.ts";
import type { Expr, Func, Program, Stmt } from "./ast.ts";

interface Summary {
  /** Positions of parameters that may be written. */
  readonly may: ReadonlySet<number>;
  /** Positions of parameters that are written for certain, under their own name. */
  readonly plainly: ReadonlySet<number>;
  /** Positions of parameters whose memory the result may share. */
  readonly shared: ReadonlySet<number>;
}

/** Union-find over variable names, ignoring the order of statements. */
class Classes {
  private readonly parent = new Map<string, string>();

  find(name: string): string {
    const up = this.parent.get(name);
    if (up === undefined || up === name) return name;
    const root = this.find(up);
    this.parent.set(name, root);
    return root;
  }

  join(names: readonly string[]): void {
    const [first, ...rest] = names;
    if (first === undefined) return;
    for (const name of rest) this.parent.set(this.find(name), this.find(first));
  }
}

function summarise(func: Func, summaries: ReadonlyMap<string, Summary>): Summary {
  const classes = new Classes();
  const written: string[] = [];
  const plain = new Set<string>();
  const rebound = new Set<string>();
  const returned: string[] = [];

  /** Names of the variables whose memory an array expression may share. */
  const roots = (expr: Expr): readonly string[] => {
    if (!isMemory(expr.type)) return [];
    if (expr.args.length === 0) return expr.tag === "variable" ? [rootOf(expr.parts[0] ?? "")] : [];
    if (expr.call !== undefined) {
      const shared = summaries.get(expr.call)?.shared ?? new Set<number>();
      return expr.args.flatMap((arg, i) => (shared.has(i) ? roots(arg) : []));
    }
    return (expr.shares ?? []).flatMap((i) => roots(argument(expr, i)));
  };
  const onExpr = (expr: Expr): void => {
    for (const i of expr.writes ?? []) {
      const target = argument(expr, i);
      written.push(...roots(target));
      const name = ownName(target);
      if (name !== undefined) plain.add(name);
    }
    if (expr.joins !== undefined) classes.join(expr.joins.flatMap((i) => roots(argument(expr, i))));
    // What is put into a nested list or an object shares memory with it from then on.
    if (isMemory(expr.type)) classes.join(roots(expr));
    for (const name of expr.rebinds ?? []) {
      const root = rootOf(name);
      if (root === name) rebound.add(name);
      else {
        // A field is memory of its object.
        written.push(root);
        plain.add(root);
      }
    }
    if (expr.call !== undefined) {
      const summary = summaries.get(expr.call);
      for (const i of summary?.may ?? []) {
        const arg = argument(expr, i);
        written.push(...roots(arg));
        if (isMemory(arg.type) && arg.args.length === 0 && summary?.plainly.has(i) === true)
          plain.add(rootOf(arg.parts[0] ?? ""));
      }
    }
  };
  const onStmt = (stmt: Stmt): void => {
    if (stmt.kind === "pattern") classes.join([...stmt.names, ...roots(stmt.from)]);
    if (stmt.kind === "let" && stmt.init !== undefined && isMemory(stmt.type)) {
      classes.join([stmt.name, ...roots(stmt.init)]);
    }
    if (stmt.kind === "loop" && stmt.row !== undefined) classes.join(stmt.row);
  };
  for (const { name, pattern } of func.params) if (pattern !== undefined) classes.join([name, ...pattern.names]);
  for (const stmt of func.body) visitStmt(stmt, onStmt, onExpr);
  for (const value of returnsOf(func.body)) if (value !== undefined) returned.push(...roots(value));

  const writtenClasses = new Set(written.map((name) => classes.find(name)));
  const returnedClasses = new Set(returned.map((name) => classes.find(name)));
  const may = new Set<number>();
  const plainly = new Set<number>();
  const shared = new Set<number>();
  func.params.forEach((param, i) => {
    if (!isMemory(param.type)) return;
    if (writtenClasses.has(classes.find(param.name))) may.add(i);
    if (plain.has(param.name) && (!rebound.has(param.name) || writtenFirst(func, param.name))) plainly.add(i);
    if (returnedClasses.has(classes.find(param.name))) shared.add(i);
  });
  return { may, plainly, shared };
}

/** The variable of `a`, of a row `a[i]` and of a field `a.x`. */
function ownName(target: Expr): string | undefined {
  if (target.tag === "element") return ownName(argument(target, 0));
  return target.args.length === 0 ? rootOf(target.parts[0] ?? "") : undefined;
}

/** The variable that a path begins with: `b` of `b.pos` and `b[0].x`. */
export function rootOf(path: string): string {
  return /^[\w$]*/.exec(path)?.[0] ?? path;
}

function argument(expr: Expr, i: number): Expr {
  const arg = expr.args[i];
  if (arg === undefined) throw new Error(`${expr.tag} has no argument ${String(i)}`);
  return arg;
}

/** Whether a leading run of plain writes to parameters contains one to `name`. */
function writtenFirst(func: Func, name: string): boolean {
  for (const stmt of func.body) {
    if (stmt.kind !== "expr" || stmt.expr.writes === undefined || stmt.expr.rebinds !== undefined) return false;
    const [target] = stmt.expr.writes;
    if (target !== undefined && ownName(argument(stmt.expr, target)) === name) return true;
  }
  return false;
}

export interface Memory {
  /** Parameters that may be written without being so plainly: the program is refused while there are any. */
  readonly unclear: readonly string[];
  /** Differentiable parameters that are outputs, by position. */
  readonly written: readonly number[];
  /** Whether the value returned is an output of its own. */
  readonly returns: boolean;
}

/** The outputs of a program's main function, or undefined where analyses could differ. */
export function memoryOf(program: Program): Memory | undefined {
  const summaries = new Map<string, Summary>();
  // Helpers call themselves and each other: three rounds reach the fixed point of so few functions.
  for (let round = 0; round < 3; round++) {
    for (const helper of program.helpers) summaries.set(helper.name, summarise(helper, summaries));
  }
  const { main } = program;
  const summary = summarise(main, summaries);
  const nameAt = (i: number): string => main.params[i]?.name ?? "";
  const unclear = [...summary.may].filter((i) => !summary.plainly.has(i)).map(nameAt);
  const written = [...summary.may]
    .filter((i) => isDifferentiable(main.params[i]?.type ?? "void"))
    .sort((a, b) => a - b);
  const own = returnedParam(main);
  if (own !== undefined && written.some((i) => nameAt(i) === own)) return { unclear, written, returns: false };
  if ([...summary.shared].some((i) => summary.may.has(i))) return undefined;
  return { unclear, written, returns: main.result !== "void" };
}

/** Whether an object is written: without the tag, the fields of it that are not written would be differentiated. */
export function writesIntoObject({ main }: Program, { written }: Memory): boolean {
  return written.some((i) => {
    const type = main.params[i]?.type ?? "void";
    return isStruct(type) || isStructs(type);
  });
}

/** The parameter that every return gives, if there is one. */
function returnedParam(main: Func): string | undefined {
  const names = new Set<string | undefined>();
  for (const value of returnsOf(main.body))
    names.add(value?.args.length === 0 && isMemory(value.type) ? value.parts[0] : undefined);
  let rebound = false;
  const onExpr = (expr: Expr): void => {
    if (expr.rebinds?.some((name) => names.has(name)) === true) rebound = true;
  };
  for (const stmt of main.body) visitStmt(stmt, () => undefined, onExpr);
  const [only] = names;
  if (names.size !== 1 || rebound || !main.params.some((param) => param.name === only)) return undefined;
  return only;
}

/** What the returns of a function give, those of the functions in it left out. */
function returnsOf(stmts: readonly Stmt[]): (Expr | undefined)[] {
  return stmts.flatMap((stmt) => {
    switch (stmt.kind) {
      case "return":
        return [stmt.value];
      case "if":
        return [...returnsOf(stmt.then), ...returnsOf(stmt.otherwise ?? [])];
      case "block":
      case "loop":
        return returnsOf(stmt.body);
      case "switch":
        return stmt.cases.flatMap((one) => returnsOf(one.body));
      default:
        return [];
    }
  });
}

/** Whether an expression may be evaluated twice: it changes nothing. */
export function isPure(expr: Expr): boolean {
  let pure = true;
  visitExpr(expr, (e) => {
    if (e.rebinds !== undefined || e.writes !== undefined || e.call !== undefined || e.tag === "update") pure = false;
  });
  return pure;
}
