/** A plain interpreter of the part of the IR that tests of the emitter use: what the text has to compute. */
import { evaluateOp } from "../../compiler/ir/evaluate.ts";
import type { Block, Expr, Func, Stmt } from "../../compiler/ir/types.ts";

type Environment = Map<string, unknown>;

export function evaluate(expr: Expr, env: Environment): unknown {
  const of = (e: Expr): unknown => evaluate(e, env);
  switch (expr.kind) {
    case "literal":
      return expr.value;
    case "var":
      return env.get(expr.name);
    case "op":
      return evaluateOp(expr.op, expr.args.map(of));
    case "select":
      return of(expr.test) === true ? of(expr.yes) : of(expr.no);
    case "logic":
      return expr.op === "&&" ? of(expr.left) === true && of(expr.right) : of(expr.left) === true || of(expr.right);
    case "nullish":
      return of(expr.left) ?? of(expr.right);
    case "index":
      return (of(expr.array) as ArrayLike<unknown>)[of(expr.index) as number];
    case "length":
      return (of(expr.array) as ArrayLike<unknown>).length;
    case "tuple":
    case "items":
      return expr.items.map(of);
    case "zeros":
      return new Float64Array(of(expr.length) as number);
    case "copy":
      return (of(expr.array) as Float64Array).slice();
    case "newTape":
      return [];
    default:
      throw new Error(`interpret: ${expr.kind}`);
  }
}

/** Runs a function of numbers and arrays. Every variable is declared once, so one environment will do. */
export function interpret(func: Func, args: readonly unknown[]): unknown {
  const env: Environment = new Map(func.params.map((param, i) => [param.name, args[i]]));
  return runBlock(func.body, env)?.value;
}

type Returned = { readonly value: unknown } | undefined;

function runBlock(block: Block, env: Environment): Returned {
  for (const stmt of block) {
    const returned = runStmt(stmt, env);
    if (returned !== undefined) return returned;
  }
  return undefined;
}

function runStmt(stmt: Stmt, env: Environment): Returned {
  const of = (e: Expr): unknown => evaluate(e, env);
  switch (stmt.kind) {
    case "let":
      env.set(stmt.name, stmt.init === undefined ? undefined : of(stmt.init));
      return undefined;
    case "assign":
      env.set(stmt.name, of(stmt.value));
      return undefined;
    case "store":
      (of(stmt.array) as number[])[of(stmt.index) as number] = of(stmt.value) as number;
      return undefined;
    case "accumulate": {
      const index = of(stmt.index) as number;
      const array = of(stmt.array) as number[];
      array[index] = array[index]! + (of(stmt.value) as number);
      return undefined;
    }
    case "if":
      return runBlock(of(stmt.test) === true ? stmt.then : stmt.else, env);
    case "for": {
      const goesOn = (): boolean => evaluateOp(stmt.compare, [env.get(stmt.name), of(stmt.bound)]) === true;
      for (
        env.set(stmt.name, of(stmt.start));
        goesOn();
        env.set(stmt.name, (env.get(stmt.name) as number) + stmt.step)
      ) {
        const returned = runBlock(stmt.body, env);
        if (returned !== undefined) return returned;
      }
      return undefined;
    }
    case "while":
      while (of(stmt.test) === true) {
        const returned = runBlock(stmt.body, env);
        if (returned !== undefined) return returned;
      }
      return undefined;
    case "push":
      (env.get(stmt.tape) as unknown[]).push(of(stmt.value));
      return undefined;
    case "pop":
      env.set(stmt.target, (env.get(stmt.tape) as unknown[]).pop());
      return undefined;
    case "return":
      return { value: stmt.value === undefined ? undefined : of(stmt.value) };
    case "comment":
      return undefined;
    default:
      throw new Error(`interpret: ${stmt.kind}`);
  }
}
