import { leaf } from "./ast.ts";
import type { Expr, Func, Type } from "./ast.ts";
import type { Random } from "./random.ts";

export interface Variable {
  readonly name: string;
  readonly type: Type;
  /** `let`, so that it can be assigned. Parameters count. */
  readonly mutable: boolean;
  /** Arrays have at least so many elements (nested lists: rows, each of at least three). */
  readonly least: number;
  /** A loop counter: arrays that it indexes safely, also at `+ plus` and `- minus`. */
  readonly indexes?: readonly string[];
  readonly plus?: number;
  readonly minus?: number;
  /** Lists: whether it may grow by `push`. */
  readonly grows?: boolean;
  /** May be undefined, so that it is read with `??` only. */
  readonly optional?: boolean;
  /** A list that only reads are allowed for: a module constant. */
  readonly fixed?: boolean;
}

/** A helper function that calls may go to. */
export interface Callable {
  readonly func: Func;
  /** Position of the parameter that bounds its recursion. */
  readonly depth?: number;
  /** Loops inside each other, callees included, to keep programs quick. */
  readonly cost: number;
}

/** What a function body is generated in. */
export class Scope {
  readonly random: Random;
  readonly helpers: readonly Callable[];
  readonly result: Type;
  /** Always `name`, where every return gives this parameter. */
  readonly returned: string | undefined;
  /** The function to call for recursion, with the depth that is left in `depth`. */
  readonly recursion: Callable | undefined;
  recursions = 0;
  /** Nested loops around the statement being made. */
  loops = 0;
  /** What `break` and `continue` may name; undefined for a loop without a label. */
  readonly targets: { readonly label: string | undefined; readonly loop: boolean }[] = [];
  /** Statements that may still be made. */
  budget: number;
  /** Whether impure expressions are allowed where the next expression is made. */
  effects = true;
  /** Variables that were compared with a literal by `!==`. */
  readonly told = new Set<string>();
  private readonly frames: Variable[][] = [[]];
  private readonly names: Set<string>;

  constructor(options: {
    random: Random;
    helpers: readonly Callable[];
    result: Type;
    budget: number;
    names: Set<string>;
    returned?: string | undefined;
    recursion?: Callable | undefined;
  }) {
    this.random = options.random;
    this.helpers = options.helpers;
    this.result = options.result;
    this.budget = options.budget;
    this.names = options.names;
    this.returned = options.returned;
    this.recursion = options.recursion;
  }

  /** A name that nothing else in the program has. */
  fresh(base: string): string {
    for (let i = 0; ; i++) {
      const name = i === 0 ? base : `${base}${String(i)}`;
      if (!this.names.has(name)) {
        this.names.add(name);
        return name;
      }
    }
  }

  declare(variable: Variable): void {
    this.frames.at(-1)?.push(variable);
  }

  /** Runs `make` in a nested block. */
  within<T>(make: () => T): T {
    this.frames.push([]);
    const result = make();
    this.frames.pop();
    return result;
  }

  /** Visible variables; a shadowed one is not. */
  get variables(): readonly Variable[] {
    const seen = new Map<string, Variable>();
    for (const frame of this.frames) for (const variable of frame) seen.set(variable.name, variable);
    return [...seen.values()];
  }

  /** Variables of the frames around the innermost one: a block may shadow their names at its start. */
  get outer(): readonly Variable[] {
    return this.frames.slice(0, -1).flat();
  }

  of(type: Type, also: (variable: Variable) => boolean = () => true): readonly Variable[] {
    return this.variables.filter((variable) => variable.type === type && also(variable));
  }
}

export function read(variable: Variable): Expr {
  return leaf(variable.type, variable.name, "variable");
}

/** A literal with few digits. */
export function literal(value: number): Expr {
  return leaf("number", String(Math.round(value * 1000) / 1000), "literal");
}

export function count(value: number): Expr {
  return leaf("int", String(value), "literal");
}
