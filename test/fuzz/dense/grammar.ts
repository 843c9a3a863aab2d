/**
 * What dense programs are written in: templates with holes that are filled at random. The sorts of what fills them, and the
 * templates, are those of the worlds that a program is made of.
 *
 * `#` is a number, `@` a condition, `$body` anything of the sort `body`; `<e>` is a name that nothing else has, the same one
 * throughout a template.
 */
import { form, leaf } from "../ast.ts";
import type { Expr, Param, Shape, Stmt, Type } from "../ast.ts";
import type { Random } from "../random.ts";

export type Template = string | readonly [weight: number, text: string];

/** What fills the holes of a sort. */
export type Sorts = Readonly<Record<string, readonly Template[]>>;

/** What may be read, called or written under new names, by sort. */
export type Names = Readonly<Record<string, readonly string[]>>;

/** A statement that declares something for the rest of its block. */
export interface Binding {
  readonly text: string;
  readonly gives: Names;
}

export interface LoopForm {
  readonly before?: string;
  readonly head: string;
  /** First statement of the body. */
  readonly start?: string;
  /** What closes the call that the body is a callback of. */
  readonly tail?: string;
  readonly gives: Names;
}

/** A parameter that a program may have, and how it gets among the memory of the world. */
export interface Given {
  readonly param: Param;
  /** The memory becomes that of the parameter, so that the function writes into it. Without it, only copies do. */
  readonly link?: string;
  readonly copy: string;
}

/** Memory under several names, and what can be done with it. */
export interface World {
  readonly shapes: readonly Shape[];
  /** Declarations of the module; a program has those that it mentions. */
  readonly prelude: readonly string[];
  readonly given: readonly Given[];
  /** The variables of the world: for each one of the alternatives. */
  readonly head: readonly (readonly string[])[];
  readonly sorts: Sorts;
  readonly lines: readonly Template[];
  /** Statements that change how long lists are: not in loops. */
  readonly outer: readonly Template[];
  readonly bindings: readonly Binding[];
  readonly loops: readonly LoopForm[];
  /** What the returned sum has of the world. */
  readonly terms: readonly string[];
  /** What else may be returned: new memory, and memory of the world. */
  readonly results: readonly Result[];
}

export interface Result {
  readonly type: Type;
  readonly fresh: string;
  readonly shared: string;
}

const types: Readonly<Record<string, Type>> = { num: "number", atom: "number", test: "boolean", fn: "function" };

/** Fills templates, with what is visible where they stand. */
export class Writer {
  readonly random: Random;
  /** Levels of expressions in expressions. */
  private readonly deepest: number;
  /** Loops and branches around the statement being made. */
  nesting = 0;
  loops = 0;
  /** What `break` and `continue` may name; undefined for a loop without a label. */
  targets: readonly { readonly label: string | undefined }[] = [];
  /** Whether a `return` without a value leaves one round of a callback. */
  inCallback = false;
  /** Local functions around the statement being made. */
  functions = 0;
  private readonly sorts = new Map<string, Template[]>();
  private readonly counts = new Map<string, number>();
  private frames: (readonly [sort: string, text: string])[][] = [[]];

  constructor(random: Random, sorts: readonly Sorts[], deepest = 3) {
    this.random = random;
    this.deepest = deepest;
    for (const one of sorts) {
      for (const [sort, templates] of Object.entries(one))
        this.sorts.set(sort, [...(this.sorts.get(sort) ?? []), ...templates]);
    }
  }

  fresh(base: string): string {
    const count = (this.counts.get(base) ?? 0) + 1;
    this.counts.set(base, count);
    return `${base}${String(count)}`;
  }

  /** The same texts with new names in place of `<e>`. */
  named<T extends Readonly<Record<string, unknown>>>(texts: T): T {
    const names = new Map<string, string>();
    const name = (base: string): string => {
      const known = names.get(base) ?? this.fresh(base);
      names.set(base, known);
      return known;
    };
    const inside = (value: unknown): unknown => {
      if (typeof value === "string") return value.replaceAll(/<([a-z]+)>/g, (_, base: string) => name(base));
      if (Array.isArray(value)) return value.map(inside);
      if (typeof value !== "object" || value === null) return value;
      return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, inside(inner)]));
    };
    return inside(texts) as T;
  }

  /** Makes names visible until the end of the block. */
  declare(names: Names): void {
    for (const [sort, texts] of Object.entries(names)) for (const text of texts) this.frames.at(-1)?.push([sort, text]);
  }

  within<T>(make: () => T): T {
    this.frames.push([]);
    const made = make();
    this.frames.pop();
    return made;
  }

  pick(templates: readonly Template[]): string {
    return this.random.weighted(templates.map((one) => (typeof one === "string" ? [1, one] : one)));
  }

  line(template: string): Stmt {
    return { kind: "expr", expr: this.fill("void", template, 0) };
  }

  number(depth = 0): Expr {
    if (depth >= this.deepest || this.random.chance(0.4)) return this.atom(depth);
    return this.fill("number", this.pick(this.templates("num")), depth + 1);
  }

  test(depth = 1): Expr {
    return this.fill("boolean", this.pick(this.templates("test")), depth + 1);
  }

  /** A template with its holes filled. */
  fill(type: Type, template: string, depth: number): Expr {
    const { text } = this.named({ text: template });
    const args: Expr[] = [];
    const parts = text.replaceAll(/#|@|\$[a-z]+/g, (hole) => {
      args.push(hole === "#" ? this.number(depth) : hole === "@" ? this.test(depth) : this.value(hole.slice(1), depth));
      return "#";
    });
    return args.length === 0 ? leaf(type, text) : form(type, "dense", parts, ...args);
  }

  /** Something of a sort. */
  private value(sort: string, depth: number): Expr {
    if (sort === "atom") return this.atom(depth);
    const visible = this.visible(sort);
    const type = types[sort] ?? "void";
    const all = this.templates(sort);
    if (visible.length > 0 && (all.length === 0 || this.random.chance(0.45)))
      return leaf(type, this.random.pick(visible));
    const plain = all.filter((one) => !/[#@$]/.test(typeof one === "string" ? one : one[1]));
    return this.fill(type, this.pick(depth >= this.deepest && plain.length > 0 ? plain : all), depth + 1);
  }

  /** A number that is there: a place, a count, a literal. */
  private atom(depth: number): Expr {
    const visible = [...this.visible("atom"), ...this.visible("place"), ...this.visible("index")];
    if (visible.length > 0 && this.random.chance(0.6)) return leaf("number", this.random.pick(visible));
    return this.fill("number", this.pick([...this.templates("atom"), ...this.templates("place")]), depth + 1);
  }

  private visible(sort: string): readonly string[] {
    return this.frames.flat().flatMap(([of, text]) => (of === sort ? [text] : []));
  }

  private templates(sort: string): readonly Template[] {
    return this.sorts.get(sort) ?? [];
  }
}
