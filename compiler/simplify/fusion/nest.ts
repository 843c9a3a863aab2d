/**
 * The loops that go through the tensors of a group. Where all have one shape there is one loop over the elements. Else there are two, over rows
 * and columns: the tensors with all elements are run through in order, and each of the others has a step for a row and one for a
 * column, which is 0 where it is repeated. The steps are found at run time (`stepsOf`).
 */
import { at, constant, int, intType, op, variable } from "../../ir/build.ts";
import type { Names } from "../../ir/names.ts";
import { stepsOf } from "../../ir/runtime.ts";
import type { Block, Expr, Stmt, Var } from "../../ir/types.ts";
import { freeNames, renameBlock, sameExpr } from "../../ir/visit.ts";
import type { Group } from "./groups.ts";
import { stemOf } from "./pieces.ts";
import { inOrder, type Step } from "./steps.ts";

/** Tensors of one shape that may have fewer elements than the loop runs through. */
export interface Narrow {
  readonly tensors: Var[];
  /** The axes that they lack, or that totals are made along; then there may be no tensor. */
  readonly axis: Expr | undefined;
  /** The axes that they have. */
  readonly along: Expr | undefined;
  readonly rowStep: Var;
  readonly columnStep: Var;
  readonly place: Var;
}

export class Nest {
  readonly index: Var;
  readonly size: Var;
  /** Where the steps are found. */
  readonly steps: Var;
  readonly #rows: Var;
  readonly #columns: Var;
  readonly #names: Names;
  readonly #narrow: Narrow[] = [];
  readonly #shapeOf: (tensor: Var) => string;

  constructor(names: Names, shapeOf: (tensor: Var) => string) {
    this.#names = names;
    this.#shapeOf = shapeOf;
    this.index = variable(names.fresh("i"), intType);
    this.steps = variable(names.fresh("steps"), { kind: "list", element: intType });
    this.#rows = variable(names.fresh("rows"), intType);
    this.#columns = variable(names.fresh("columns"), intType);
    this.size = variable(names.fresh("size"), intType);
  }

  /** Whether there are two loops, one in the other. */
  get isNest(): boolean {
    return this.#narrow.length > 0;
  }

  /** The steps for tensors of a shape, with those that have it gathered. */
  narrowFor(tensor: Var | undefined, axis: Expr | undefined, stem: string, along?: Expr): Narrow {
    const found = this.#narrow.find(
      (each) =>
        (tensor === undefined
          ? each.tensors.length === 0
          : along !== undefined || each.tensors.some((other) => this.#shapeOf(other) === this.#shapeOf(tensor))) &&
        areOne(axis, each.axis) &&
        areOne(along, each.along),
    );
    if (found !== undefined) {
      if (tensor !== undefined && !found.tensors.some(({ name }) => name === tensor.name)) found.tensors.push(tensor);
      return found;
    }
    const fresh = (word: string): Var => variable(this.#names.fresh(`${stemOf(stem)}${word}`), intType);
    const made: Narrow = {
      tensors: tensor === undefined ? [] : [tensor],
      axis,
      along,
      rowStep: fresh("Row"),
      columnStep: fresh("Column"),
      place: fresh("Place"),
    };
    this.#narrow.push(made);
    return made;
  }

  /** The steps, found at run time. */
  stepsFor(full: readonly Var[], scalars: readonly Var[]): Expr {
    const texts = [`${stepsOf}([`];
    const args: Expr[] = [];
    const say = (text: string): void => {
      texts.push(`${texts.pop() ?? ""}${text}`);
    };
    const list = (items: readonly Expr[]): void =>
      items.forEach((item, k) => {
        if (k > 0) say(", ");
        args.push(item);
        texts.push("");
      });
    list(full);
    say("], [");
    this.#narrow.forEach(({ tensors, axis, along }, k) => {
      if (k > 0) say(", ");
      const axes = axis ?? along;
      if (axes !== undefined) {
        say(axis === undefined ? "{ along: " : "{ axis: ");
        list([axes]);
        say(", of: ");
      }
      say("[");
      list(tensors);
      say(axes === undefined ? "]" : "] }");
    });
    say("]");
    if (scalars.length > 0) {
      say(", [");
      list(scalars);
      say("]");
    }
    say(")");
    return { kind: "foreign", texts, args, type: this.steps.type };
  }

  /** The size, and the steps of each, as far as they are read. */
  numbers(size: Expr, read: ReadonlySet<string>): Stmt[] {
    const numbers = [
      constant(this.size.name, intType, size),
      ...[this.#rows, this.#columns, ...this.#narrow.flatMap(({ rowStep, columnStep }) => [rowStep, columnStep])].map(
        ({ name }, k) => constant(name, intType, at(this.steps, int(k))),
      ),
    ];
    return numbers.filter((stmt) => stmt.kind === "let" && read.has(stmt.name));
  }

  /** The loop number `pass` over the steps of a group. */
  loopOver(steps: readonly Step[], group: Group, pass: number): Stmt {
    const own = new Map<string, string>();
    const named = ({ name }: Var): string => {
      if (pass > 0 && !own.has(name)) own.set(name, this.#names.fresh(name));
      return own.get(name) ?? name;
    };
    [this.index, ...this.#narrow.map(({ place }) => place)].forEach(named);
    const body = renameBlock(inOrder(steps, group), (name) => own.get(name) ?? name);
    const read = freeNames(body);
    const loop = (name: string, bound: Expr, block: Block): Stmt => ({
      kind: "for",
      name,
      start: int(0),
      compare: "lt",
      bound,
      step: 1,
      body: block,
    });
    if (!this.#narrow.some(({ place }) => read.has(named(place)))) return loop(named(this.index), this.size, body);
    const row = variable(this.#names.fresh("row"), intType);
    const column = variable(this.#names.fresh("column"), intType);
    const place = (name: string, rowStep: Expr, along: Expr): Stmt[] =>
      read.has(name) ? [constant(name, intType, op("add", [op("mul", [row, rowStep], intType), along], intType))] : [];
    const places = [
      ...place(named(this.index), this.#columns, column),
      ...this.#narrow.flatMap((each) =>
        place(named(each.place), each.rowStep, op("mul", [column, each.columnStep], intType)),
      ),
    ];
    return loop(row.name, this.#rows, [loop(column.name, this.#columns, [...places, ...body])]);
  }
}

/** Whether two expressions are the same, or neither is there. */
export const areOne = (a: Expr | undefined, b: Expr | undefined): boolean =>
  a === undefined || b === undefined ? a === b : sameExpr(a, b);
