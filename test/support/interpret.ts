/**
 * Runs IR directly, one node at a time and without any cleverness: what the IR means, against which the
 * frontend, the transforms and the emitter are tested.
 */
import { evaluateOp } from "../../compiler/ir/evaluate.ts";
import type { Block, Expr, Func, Pattern, Program, Stmt, Type } from "../../compiler/ir/types.ts";

export interface InterpretOptions {
  /** Values of constants of module scope, by the name in the IR; those with a known value need none. */
  readonly constants?: ReadonlyMap<string, unknown>;
  /** Functions that are not in the program: derivatives, runtime functions. */
  readonly functions?: Readonly<Record<string, (...args: never[]) => unknown>>;
  /** What `console` is while effects run. */
  readonly console?: Partial<Console>;
  /** Statements that may run before the interpreter gives up; 10 million unless told. */
  readonly limit?: number;
  /** `new Tensor(data, shape)`. */
  readonly makeTensor?: (data: unknown, shape: readonly number[]) => unknown;
}

/** Runs the function of that key and gives its result; tuples are arrays. */
export function interpret(
  program: Program,
  key: string,
  args: readonly unknown[],
  options: InterpretOptions = {},
): unknown {
  return machine(program, options).call(key, args);
}

/** A function's variables; a closure's own come in front of those that it captures. */
class Frame {
  readonly values = new Map<string, unknown>();
  readonly outer: Frame | undefined;

  constructor(outer?: Frame) {
    this.outer = outer;
  }

  find(name: string): Map<string, unknown> {
    for (let frame: Frame | undefined = this as Frame; frame; frame = frame.outer)
      if (frame.values.has(name)) return frame.values;
    throw new Error(`interpret: ${name} has no value yet`);
  }

  get(name: string): unknown {
    return this.find(name).get(name);
  }

  assign(name: string, value: unknown): void {
    this.find(name).set(name, value);
  }

  declare(name: string, value: unknown): void {
    this.values.set(name, value);
  }
}

/** How a block ended: by running off its end (undefined), by leaving a labelled block, or by returning. */
type Ending = undefined | { readonly exit: string } | { readonly result: unknown };

type AnyArray = Record<number, unknown> & { length: number };

function machine(program: Program, options: InterpretOptions) {
  let budget = options.limit ?? 10_000_000;

  function call(key: string, args: readonly unknown[]): unknown {
    const func = program.get(key);
    if (func) return run(func, args);
    const known = options.functions?.[key];
    if (!known) throw new Error(`interpret: there is no function ${key}`);
    return known(...(args as never[]));
  }

  function run(func: Func, args: readonly unknown[], captured?: Frame): unknown {
    const frame = new Frame(captured);
    for (const [i, param] of func.params.entries()) {
      const given = args[i];
      frame.declare(param.name, given === undefined && param.defaultValue ? value(param.defaultValue, frame) : given);
    }
    const ending = block(func.body, frame);
    return ending && "result" in ending ? ending.result : undefined;
  }

  function block(stmts: Block, frame: Frame): Ending {
    for (const stmt of stmts) {
      const ending = step(stmt, frame);
      if (ending) return ending;
    }
    return undefined;
  }

  function step(stmt: Stmt, frame: Frame): Ending {
    if (--budget < 0) throw new Error("interpret: too many statements");
    const of = (expr: Expr): unknown => value(expr, frame);
    const array = (expr: Expr): AnyArray => of(expr) as AnyArray;
    const number = (expr: Expr): number => of(expr) as number;
    switch (stmt.kind) {
      case "let":
        frame.declare(stmt.name, stmt.init && of(stmt.init));
        return undefined;
      case "assign":
        frame.assign(stmt.name, of(stmt.value));
        return undefined;
      case "store":
        array(stmt.array)[number(stmt.index)] = of(stmt.value);
        return undefined;
      case "accumulate": {
        const target = array(stmt.array);
        const index = number(stmt.index);
        target[index] = (target[index] as number) + number(stmt.value);
        return undefined;
      }
      case "fill":
        (of(stmt.array) as unknown[]).fill(of(stmt.value));
        return undefined;
      case "set":
        (of(stmt.target) as Float64Array).set(of(stmt.source) as number[], stmt.offset && number(stmt.offset));
        return undefined;
      case "append":
        (of(stmt.array) as unknown[]).push(of(stmt.value));
        return undefined;
      case "shrink": {
        const last = (of(stmt.array) as unknown[]).pop();
        if (stmt.target !== undefined) frame.declare(stmt.target, last);
        return undefined;
      }
      case "if":
        return block(of(stmt.test) === true ? stmt.then : stmt.else, frame);
      case "for":
        return forLoop(stmt, frame);
      case "while":
        while (goesOn(stmt.exit, frame) && of(stmt.test) === true) {
          const ending = block(stmt.body, frame);
          if (ending) return ending;
          if (--budget < 0) throw new Error("interpret: too many statements");
        }
        return undefined;
      case "call":
        bind(stmt.target, call(stmt.callee, stmt.args.map(of)), frame);
        return undefined;
      case "apply":
        bind(stmt.target, (frame.get(stmt.callee) as (...args: unknown[]) => unknown)(...stmt.args.map(of)), frame);
        return undefined;
      case "closure":
        frame.declare(stmt.name, (...args: unknown[]) => run(stmt.func, args, frame));
        return undefined;
      case "effect":
        of(stmt.call);
        return undefined;
      case "throw":
        throw of(stmt.value);
      case "push":
        (frame.get(stmt.tape) as unknown[]).push(of(stmt.value));
        return undefined;
      case "pop": {
        const tape = frame.get(stmt.tape) as unknown[];
        if (tape.length === 0) throw new Error(`interpret: the tape ${stmt.tape} is empty`);
        if (stmt.declare) frame.declare(stmt.target, tape.pop());
        else frame.assign(stmt.target, tape.pop());
        return undefined;
      }
      case "return":
        return { result: stmt.value && of(stmt.value) };
      case "comment":
        return undefined;
      case "block": {
        const ending = block(stmt.body, frame);
        return ending && "exit" in ending && ending.exit === stmt.label ? undefined : ending;
      }
      case "exit":
        return { exit: stmt.label };
    }
  }

  function forLoop(stmt: Extract<Stmt, { kind: "for" }>, frame: Frame): Ending {
    let i = value(stmt.start, frame) as number;
    for (;;) {
      frame.declare(stmt.name, i);
      if (!goesOn(stmt.exit, frame)) return undefined;
      if (evaluateOp(stmt.compare, [i, value(stmt.bound, frame)]) !== true) return undefined;
      const ending = block(stmt.body, frame);
      if (ending) return ending;
      if (--budget < 0) throw new Error("interpret: too many statements");
      i += stmt.step;
    }
  }

  function goesOn(exit: string | undefined, frame: Frame): boolean {
    return exit === undefined || frame.get(exit) === 0;
  }

  function bind(pattern: Pattern, result: unknown, frame: Frame): void {
    if (pattern.kind === "name") frame.declare(pattern.name, result);
    else if (pattern.kind === "tuple")
      for (const [i, item] of pattern.items.entries()) bind(item, (result as unknown[])[i], frame);
  }

  function value(expr: Expr, frame: Frame): unknown {
    const of = (inner: Expr): unknown => value(inner, frame);
    const optional = (inner: Expr | undefined): number | undefined => inner && (of(inner) as number);
    switch (expr.kind) {
      case "literal":
        return expr.value;
      case "var":
        return frame.get(expr.name);
      case "op":
        return evaluateOp(expr.op, expr.args.map(of));
      case "select":
        return of(expr.test) === true ? of(expr.yes) : of(expr.no);
      case "logic": {
        const left = of(expr.left);
        return left === (expr.op === "||") ? left : of(expr.right);
      }
      case "nullish":
        return of(expr.left) ?? of(expr.right);
      case "index":
        return (of(expr.array) as AnyArray)[of(expr.index) as number];
      case "length":
        return (of(expr.array) as AnyArray).length;
      case "constant":
        if (expr.value !== undefined) return expr.value;
        if (!options.constants?.has(expr.name)) throw new Error(`interpret: the constant ${expr.name} has no value`);
        return options.constants.get(expr.name);
      case "foreign":
        return foreign(expr.texts, expr.args.map(of));
      case "tap":
        return of(expr.value);
      case "tuple":
        return expr.items.map(of);
      case "zeros":
        return zeros(expr.type, of(expr.length) as number);
      case "holes":
        return Array.from({ length: of(expr.length) as number });
      case "items":
        return expr.type.kind === "typed" ? makeTyped(expr.type, expr.items.map(of) as number[]) : expr.items.map(of);
      case "copy": {
        const part = (of(expr.array) as number[]).slice(optional(expr.start), optional(expr.end));
        return expr.type.kind === "typed" ? makeTyped(expr.type, part) : [...part];
      }
      case "view":
        return (of(expr.array) as Float64Array).subarray(optional(expr.start), optional(expr.end));
      case "zerosLike":
        return deepCopy(of(expr.array), () => 0);
      case "deepCopy":
        return deepCopy(of(expr.array), (item) => item);
      case "newTape":
        return [];
      case "tensorOp":
        throw new Error("interpret: operations on tensors are not interpreted");
      case "tensor":
        if (!options.makeTensor) throw new Error("interpret: no option makeTensor");
        return options.makeTensor(of(expr.data), expr.shape.map(of) as number[]);
    }
  }

  function foreign(texts: readonly string[], args: readonly unknown[]): unknown {
    const names = args.map((_, i) => `$${String(i)}`);
    const source = texts.map((text, i) => text + (names[i] ?? "")).join("");

    const evaluate = new Function("console", ...names, `return (${source});`) as (...values: unknown[]) => unknown;
    return evaluate(options.console ?? console, ...args);
  }

  return { call };
}

const typedArrays = {
  Float64Array,
  Float32Array,
  Int8Array,
  Uint8Array,
  Uint8ClampedArray,
  Int16Array,
  Uint16Array,
  Int32Array,
  Uint32Array,
};

function makeTyped(type: Type, items: ArrayLike<number>): unknown {
  if (type.kind !== "typed") throw new Error("interpret: not a typed array");
  return typedArrays[type.name].from(items);
}

function zeros(type: Type, length: number): unknown {
  if (type.kind === "list") return new Array<number>(length).fill(0);
  if (type.kind !== "typed") throw new Error("interpret: zeros of what is no array");
  return new typedArrays[type.name](length);
}

function deepCopy(array: unknown, leaf: (item: unknown) => unknown): unknown {
  if (Array.isArray(array))
    return array.map((item: unknown) => (typeof item === "object" ? deepCopy(item, leaf) : leaf(item)));
  return (array as Float64Array).map((item) => leaf(item) as number);
}
