/** Generic functions and classes that programs call: their types are told by each call. */
import { form, isMemory, shapeName } from "./ast.ts";
import type { Expr, StructType, Type } from "./ast.ts";
import { functionValue } from "./callbacks.ts";
import { boolean, number, pickArray } from "./expressions.ts";
import type { Sized } from "./expressions.ts";
import { objectValue, structsTypes } from "./objects.ts";
import { count, leastOf, literal, read } from "./scope.ts";
import type { Scope } from "./scope.ts";

/** By name; a program has those that it mentions. */
export const library: ReadonlyMap<string, string> = new Map([
  [
    "sumOf",
    `function sumOf<T>(items: readonly T[], f: (one: T, at: int) => number): number {
  let sum = 0;
  for (let i = 0; i < items.length; i++) sum += f(items[i], i);
  return sum;
}`,
  ],
  ["eitherOf", "const eitherOf = <T>(test: boolean, a: T, b: T): T => (test ? a : b);"],
  [
    "iterate",
    `function iterate<T>(f: (one: T) => T, from: T, times: int): T {
  let now = from;
  for (let i = 0; i < times; i++) now = f(now);
  return now;
}`,
  ],
  [
    "composed",
    `function composed<A, B, C>(f: (a: A) => B, g: (b: B) => C): (a: A) => C {
  return (a) => g(f(a));
}`,
  ],
  [
    "Holder",
    `class Holder<T> {
  readonly held: T;
  constructor(held: T) {
    this.held = held;
  }
  with<U>(f: (held: T) => U): Holder<U> {
    return new Holder(f(this.held));
  }
}`,
  ],
  [
    "Quadrature",
    `class Quadrature {
  readonly f: (t: number) => number;
  scale = 0.5;
  constructor(f: (t: number) => number) {
    this.f = f;
  }
  over(a: number, b: number): number {
    return this.scale * (b - a) * (this.f(a) + this.f(b));
  }
}`,
  ],
  [
    "simpson",
    `const simpson = (f: (t: number) => number, a: number, b: number, n: int): number => {
  const h = (b - a) / n;
  let sum = 0;
  for (let i = 0; i < n; i++) sum += f(a + i * h) + 4 * f(a + (i + 0.5) * h) + f(a + (i + 1) * h);
  return (sum * h) / 6;
};`,
  ],
]);

function withParameter(scope: Scope, base: string, type: Type, make: () => Expr): readonly [string, Expr] {
  return scope.purely(() =>
    scope.within(() => {
      const name = scope.fresh(base);
      scope.declare({ name, type, mutable: false, least: leastOf(type) });
      return [name, make()];
    }),
  );
}

export function numberByLibrary(scope: Scope, depth: number): Sized | undefined {
  const { random } = scope;
  // What functions in their arguments call, and what those call.
  if (scope.libraryCalls > 1) return undefined;
  scope.libraryCalls++;
  const made = (template: string, ...args: readonly Expr[]): Expr => form("number", "generic", template, ...args);
  const some = (): Expr => number(scope, depth - 1, 2);
  const expr = random.weighted<() => Expr | undefined>([
    [3, () => summed(scope)],
    [1, () => made("eitherOf(#, #, #)", boolean(scope, 1), some(), some())],
    [
      2,
      () => {
        const [name, body] = withParameter(scope, "t", "number", () => number(scope, 2));
        return made(`iterate<number>((${name}) => #, #, #)`, body, some(), count(random.between(1, 3)));
      },
    ],
    [1.5, () => made("composed<number, number, number>(#, #)(#)", functionValue(scope), functionValue(scope), some())],
    [1, () => made("new Holder(#).with(#).held", some(), functionValue(scope))],
    [1.5, () => made("new Quadrature(#).over(#, #)", functionValue(scope), some(), some())],
    [1.5, () => made("simpson(#, #, #, 3)", functionValue(scope), literal(random.uniform(-1, 1)), some())],
  ])();
  scope.libraryCalls--;
  return expr === undefined ? undefined : { expr: { ...expr, tag: `generic: ${nameIn(expr)}` }, size: 12 };
}

function nameIn(expr: Expr): string {
  return /\w{5,}/.exec(expr.parts.join(""))?.[0] ?? "";
}

function summed(scope: Scope): Expr | undefined {
  const array = pickArray(scope, ["list", "nested", ...structsTypes(scope)], (v) => v.optional !== true);
  if (array === undefined) return undefined;
  const type: Type =
    array.type === "nested" ? "list" : array.type === "list" ? "number" : `struct ${shapeName(array.type)}`;
  const [name, body] = withParameter(scope, isMemory(type) ? "each" : "e", type, () => number(scope, 2));
  return form("number", "generic", `sumOf(#, (${name}) => #)`, read(array), body);
}

/** An object that generic functions hand on, make again or hold. */
export function objectByLibrary(scope: Scope, type: StructType, depth: number): Expr | undefined {
  const { random } = scope;
  const from = (): Expr => objectValue(scope, type, depth - 1);
  const name = shapeName(type);
  return random.weighted<() => Expr>([
    [
      1,
      () => ({
        ...form(type, "generic: eitherOf", `eitherOf<${name}>(#, #, #)`, boolean(scope, 1), from(), from()),
        shares: [1, 2],
      }),
    ],
    [
      2,
      () => {
        const start = from();
        const [one, body] = withParameter(scope, "one", type, () => objectValue(scope, type, 1));
        const text = `iterate<${name}>((${one}) => (#), #, #)`;
        return { ...form(type, "generic: iterate", text, body, start, count(random.between(1, 3))), shares: [0, 1] };
      },
    ],
    [1, () => ({ ...form(type, "generic: Holder", `new Holder<${name}>(#).held`, from()), shares: [0] })],
  ])();
}
