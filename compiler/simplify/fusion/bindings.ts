/** The constants of the loops of a group: each in front of the loops, in the first one that has what it is made of, or behind it. */
import { variable } from "../../ir/build.ts";
import type { Names } from "../../ir/names.ts";
import type { Expr, Var } from "../../ir/types.ts";
import { freeVariables } from "../../ir/visit.ts";
import type { PlacedMember } from "./groups.ts";
import type { Definition } from "./live.ts";
import { stemOf } from "./pieces.ts";

/** A loop, or a place around it. */
export type Where = Pick<Definition, "phase" | "pass">;

export class Bindings {
  readonly definitions: Definition[] = [];
  readonly #names: Names;
  /** Where each value, and each array of totals, is made. */
  readonly #madeIn = new Map<string, Where>();

  constructor(names: Names) {
    this.#names = names;
  }

  note(name: string, where: Where): void {
    this.#madeIn.set(name, where);
  }

  has(name: string): boolean {
    return this.#madeIn.has(name);
  }

  /** Puts a value into a constant, where it belongs. */
  bind(stem: string, value: Expr, member?: PlacedMember): Var {
    const where = this.#placeOf(value);
    const own = variable(this.#names.fresh(`${stemOf(stem)}${where.phase === "inside" ? "At" : "Value"}`), value.type);
    this.#madeIn.set(own.name, where);
    this.definitions.push({ name: own.name, value, ...where, member });
    return own;
  }

  #placeOf(value: Expr): Where {
    const made = this.madeBy([value]);
    if (made.some(({ phase }) => phase === "inside")) return { phase: "inside", pass: this.passFor([value]) };
    const isLate = made.some(({ phase }) => phase === "after");
    return { phase: isLate ? "after" : "before", pass: Math.max(0, ...made.map(({ pass }) => pass)) };
  }

  /** The first loop that has all values: what is made of all elements is there for the next one. */
  passFor(values: readonly Expr[]): number {
    return Math.max(0, ...this.madeBy(values).map(({ phase, pass }) => (phase === "after" ? pass + 1 : pass)));
  }

  madeBy(values: readonly Expr[]): Where[] {
    return values.flatMap((value) => [...freeVariables(value)].flatMap((name) => this.#madeIn.get(name) ?? []));
  }
}
