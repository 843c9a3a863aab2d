/**
 * What programs of the language `holders` are made of: kinds of data, and holders that data of any kind may live in. Their
 * templates are those of dense programs, with more that stands for the kind: `T` is its type, `read_` the function `read` for
 * it, `$it` something that is there, `$new` new memory, `$slot` a place that something can be put into. `~` is the number of
 * a holder, so that there may be several of one sort.
 */
import type { Binding, LoopForm, Sorts, Template } from "../dense/grammar.ts";
import type { Shape, Type } from "../ast.ts";

/** Ways to read, change and go through data. */
export interface Ways {
  /** Declarations of the module; a program has those that it mentions. */
  readonly prelude?: readonly string[];
  readonly sorts?: Sorts;
  readonly lines?: readonly Template[];
  /** Statements that change how long lists are: not in loops. */
  readonly outer?: readonly Template[];
  readonly bindings?: readonly Binding[];
  readonly loops?: readonly LoopForm[];
}

export interface Kind extends Ways {
  /** What holes for it are called; in names, with a capital. */
  readonly sort: string;
  readonly type: string;
  /** Kinds that parts of it are of. */
  readonly uses?: readonly string[];
  /** New memory, made of numbers alone. */
  readonly fresh: readonly Template[];
  /** New memory that may have parts of what is there. */
  readonly made?: readonly Template[];
  readonly copies: readonly Template[];
  /** What reads all of `it`. */
  readonly total: string;
  /** Whether nothing can be written into it. */
  readonly isFixed?: boolean;
  /** How it may be a parameter, and what makes a copy of the parameter `it` that shares no memory with it. */
  readonly given?: { readonly type: Type; readonly copy: string; readonly shapes?: readonly Shape[] };
}

export interface Holder extends Ways {
  /** Statements that declare it: of each the alternatives. */
  readonly head: readonly (readonly Template[])[];
  /** How the data in it is read. */
  readonly paths: readonly Template[];
  /** Places in it that other data can be put into. */
  readonly slots?: readonly Template[];
  /** What the returned sum has of it. */
  readonly terms: readonly string[];
}

/** A kind's name as part of other names. */
export function nameOf(kind: Kind): string {
  return kind.sort[0]?.toUpperCase() + kind.sort.slice(1);
}

/** Templates with what stands for the kind, and for the number of a holder. */
export function of<W>(kind: Kind, ways: W, number = 0): W {
  const sorts: Readonly<Record<string, string>> = {
    it: kind.sort,
    new: `new${kind.sort}`,
    slot: `slot${kind.sort}`,
  };
  const text = (template: string): string =>
    template
      .replaceAll(/\$(it|new|slot)\b/g, (_, sort: string) => `$${sorts[sort] ?? sort}`)
      .replaceAll(/\bT\b/g, kind.type)
      .replaceAll(/(?<=[a-z])_(?!\w)/g, nameOf(kind))
      .replaceAll("~", String(number));
  const inside = (value: unknown): unknown => {
    if (typeof value === "string") return text(value);
    if (Array.isArray(value)) return value.filter((one) => !isLost(kind, one)).map(inside);
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [sorts[key] ?? key, inside(inner)]));
  };
  return inside(ways) as W;
}

/** Whether it writes into data of a kind that nothing can be written into. */
function isLost(kind: Kind, one: unknown): boolean {
  const isList = Array.isArray(one) && typeof one[0] !== "number";
  return kind.isFixed === true && !isList && /\b(?:(?:write|touch|deep)_|change~)/.test(JSON.stringify(one));
}

/** All that several have, one behind the other. */
export function together(all: readonly Ways[]): Required<Ways> {
  const sorts: Record<string, Template[]> = {};
  for (const one of all) {
    for (const [sort, templates] of Object.entries(one.sorts ?? {}))
      sorts[sort] = [...(sorts[sort] ?? []), ...templates];
  }
  return {
    prelude: all.flatMap((one) => one.prelude ?? []),
    sorts,
    lines: all.flatMap((one) => one.lines ?? []),
    outer: all.flatMap((one) => one.outer ?? []),
    bindings: all.flatMap((one) => one.bindings ?? []),
    loops: all.flatMap((one) => one.loops ?? []),
  };
}
