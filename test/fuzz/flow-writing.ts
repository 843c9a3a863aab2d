/** What the statements of flows are written with. */
import type { Stmt } from "./ast.ts";
import type { Scope } from "./scope.ts";

export interface Writing {
  readonly scope: Scope;
  /** The variable that it adds to. */
  readonly sum: string;
  /** A name that nothing else has. */
  readonly name: (base: string) => string;
  /** A statement; a number stands for each `#`, a condition for each `@`. */
  readonly line: (template: string) => Stmt;
}

/** A few statements on memory of their own that add up a number. */
export type Flow = (writing: Writing) => Stmt[];

/** Some of the lines, in their order. */
export function some(writing: Writing, least: number, ...makers: readonly (() => Stmt)[]): Stmt[] {
  return someOf(writing, least, makers).map((make) => make());
}

export function someOf({ scope }: Writing, least: number, makers: readonly (() => Stmt)[]): readonly (() => Stmt)[] {
  const kept = makers.filter(() => scope.random.chance(0.6));
  return kept.length < least ? makers.slice(0, least) : kept;
}

/** Some of the templates as lines, at least so many; any order will do. */
export function someLines(writing: Writing, least: number, ...templates: readonly string[]): Stmt[] {
  const makers = templates.map((template) => () => writing.line(template));
  return writing.scope.random.shuffle(someOf(writing, least, makers)).map((make) => make());
}

/** Adds a declaration to the module; its text is made for a name that nothing else there has. */
export function declared({ scope }: Writing, base: string, text: (name: string) => string): string {
  const name = `${base}${String(scope.style.flows?.length ?? 0)}`;
  scope.style.flows?.push(text(name));
  return name;
}
