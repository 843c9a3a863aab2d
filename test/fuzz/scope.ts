import { isArray, isChoice, isStruct, isStructs, leaf, shapeName } from "./ast.ts";
import type { Choice, Expr, Func, Param, Shape, Type } from "./ast.ts";
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
  /** A field or an element of an object's: its name is a path. */
  readonly part?: boolean;
  /** The test that something has to pass before it can be used: an array may be absent, or empty. */
  readonly guard?: string;
  /** It has passed it. */
  readonly asked?: boolean;
  /** A parameter. */
  readonly given?: boolean;
}

/** Parts of the language that a program makes use of beside numbers and arrays. */
export interface Style {
  readonly shapes: readonly Shape[];
  /** Classes of which there are no instances but those of classes that extend them. */
  readonly abstracts: readonly Shape[];
  readonly choices: readonly Choice[];
  /** Functions as values, and the methods of arrays that take them. */
  readonly callbacks: boolean;
  /** Sets, maps and texts. */
  readonly passives: boolean;
  /** The generic functions and classes of `library.ts`. */
  readonly library: boolean;
  /** For the statements of `flows.ts`: what stands at module scope, to which they add classes. */
  readonly flows?: string[];
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
  readonly style: Style;
  readonly helpers: readonly Callable[];
  readonly setters: readonly Callable[];
  /** Of the function whose body is made, or of the local function in it. */
  result: Type;
  /** Always `name`, where every return gives this parameter. */
  readonly returned: string | undefined;
  /** The function to call for recursion, with the depth that is left in `depth`. */
  readonly recursion: Callable | undefined;
  recursions = 0;
  /** Nested loops around the statement being made. */
  loops = 0;
  /** Functions that are written as arguments around the expression being made. */
  lambdas = 0;
  /** Calls of the library around the expression being made. */
  libraryCalls = 0;
  /** What `break` and `continue` may name; undefined for a loop without a label. */
  targets: { readonly label: string | undefined; readonly loop: boolean }[] = [];
  /** Inside of a callback, that a `return` leaves one round of. */
  inCallback = false;
  /** Statements that may still be made. */
  budget: number;
  /** Whether impure expressions are allowed where the next expression is made. */
  effects = true;
  /** Whether nothing that is made may change anything, nor call what does. */
  pure = false;
  /** Variables that were compared with a literal by `!==`. */
  readonly told = new Set<string>();
  /** Unions that TypeScript takes for one of their members from here on. */
  readonly gone = new Set<string>();
  /** Local functions and callbacks around the statement being made. */
  functions = 0;
  private readonly frames: Variable[][] = [[]];
  private readonly names: Set<string>;

  constructor(options: {
    random: Random;
    style: Style;
    helpers: readonly Callable[];
    result: Type;
    budget: number;
    names: Set<string>;
    returned?: string | undefined;
    recursion?: Callable | undefined;
  }) {
    this.random = options.random;
    this.style = options.style;
    this.helpers = options.helpers.filter(({ func }) => func.setter !== true);
    this.setters = options.helpers.filter(({ func }) => func.setter === true);
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

  /** An object is declared with its fields, which are variables under their paths. */
  declare(variable: Variable): void {
    this.frames.at(-1)?.push(this.isFixed(variable) ? { ...variable, mutable: false } : variable);
    for (const part of this.partsOf(variable)) this.declare(part);
  }

  /** Whether a name keeps its object: which member of a union a parameter is, or of which class, is asked of its name. */
  private isFixed({ type, given }: Variable): boolean {
    if (!isStruct(type)) return false;
    const shape = this.shapeOf(type);
    return this.style.abstracts.includes(shape) || (shape.kind === "union" && given === true);
  }

  shapeOf(type: Type): Shape {
    const { shapes, abstracts } = this.style;
    const shape = [...shapes, ...abstracts].find((one) => one.name === shapeName(type));
    if (shape === undefined) throw new Error(`no shape ${type}`);
    return shape;
  }

  private partsOf({ name, type, part, given, guard, fixed }: Variable): Variable[] {
    // The first element stands for all in place of a name.
    if (isStructs(type))
      return [{ name: `${name}[0]`, type: `struct ${shapeName(type)}`, mutable: true, least: 0, part: true }];
    if (!isStruct(type)) return [];
    const shape = this.shapeOf(type);
    // What may be absent is asked by `p?.x ?? 0.5`.
    if (guard !== undefined) {
      return shape.fields
        .filter((field) => field.type === "number" && shape.kind !== "tuple")
        .map((field) => ({
          name: `${name}?.${field.name}`,
          type: field.type,
          mutable: false,
          least: 0,
          part: true,
          optional: true,
        }));
    }
    // The items of a local tuple are read at places that are known; they are not written.
    const isWritten = shape.kind !== "tuple" || part === true || given === true;
    return shape.fields.map((field) => ({
      name: pathOf(shape, name, field.name),
      type: field.type,
      mutable: isWritten && fixed !== true && field.readonly !== true && !isPassive(field.type),
      least: leastOf(field.type),
      part: true,
      ...(field.optional === true ? { optional: true } : {}),
      ...(field.type === "list" ? { grows: true } : {}),
      ...(fixed === true ? { fixed } : {}),
    }));
  }

  /** Makes something that changes nothing where it is evaluated, which may be never. */
  purely<T>(make: () => T): T {
    const { pure, effects } = this;
    this.pure = true;
    this.effects = false;
    const made = make();
    this.pure = pure;
    this.effects = effects;
    return made;
  }

  /** Makes the body of a local function or a callback: no jump leaves it. */
  inFunction<T>(result: Type | undefined, make: () => T): T {
    const { targets, inCallback, effects } = this;
    const outer = this.result;
    this.targets = [];
    this.inCallback = result === undefined;
    if (result !== undefined) this.result = result;
    this.functions++;
    const made = this.within(make);
    this.functions--;
    this.targets = targets;
    this.inCallback = inCallback;
    this.result = outer;
    this.effects = effects;
    return made;
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
    return this.all.filter((variable) => variable.guard === undefined && !this.gone.has(variable.name));
  }

  /** Variables that nothing has been asked of yet. */
  get guarded(): readonly Variable[] {
    return this.all.filter((variable) => variable.guard !== undefined);
  }

  private get all(): readonly Variable[] {
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

/** Whether a field is left alone: what it holds decides and counts. */
function isPassive(type: Type): boolean {
  return type === "int" || type === "boolean" || isChoice(type);
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

/** The path to a field. */
export function pathOf(shape: Shape, object: string, field: string): string {
  return shape.kind === "tuple" ? `${object}[${field}]` : `${object}.${field}`;
}

/** How many elements there are at least. */
export function leastOf(type: Type): number {
  if (type === "f64" || type === "f32" || type === "list" || type === "indices") return 3;
  return type === "nested" || isStructs(type) ? 2 : 0;
}

/** What a parameter is in the body. */
export function asVariable(param: Param): Variable {
  const { name, type } = param;
  if (isArray(type) && (param.optional === true || param.empty === true)) {
    const guard = param.optional === true ? `${name} !== undefined` : `${name}.length > 2`;
    return { name, type, mutable: false, least: 3, given: true, fixed: true, guard };
  }
  if (isStruct(type) && param.optional === true)
    return { name, type, mutable: false, least: 0, given: true, fixed: true, guard: `${name} !== undefined` };
  if (param.readonly === true) return { name, type, mutable: false, least: 3, given: true, fixed: true };
  const grows = param.type === "list" ? { grows: true } : {};
  const optional = param.optional === true ? { optional: true } : {};
  // Int parameters bound loops: they are left alone.
  const isLeft = param.type === "int" || param.type === "function" || param.type === "string" || param.generic === true;
  const mutable = !isLeft && !isChoice(param.type) && param.name !== "this";
  return {
    name,
    type,
    mutable,
    least: leastOf(param.type),
    given: true,
    ...grows,
    ...optional,
  };
}
