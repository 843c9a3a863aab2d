/**
 * Parameters that are differentiated but for the parts that the function writes into: `wrt.without` leads to these. The
 * sweeps go through all of such a parameter; its gradient leaves the parts out, and its tangent does not have them.
 */
import { at, constant, fieldAt, lengthOf, variable } from "../ir/build.ts";
import { anyElement } from "../ir/memory.ts";
import type { Names } from "../ir/names.ts";
import type { Expr, Stmt, Type } from "../ir/types.ts";
import type { Input, Structure } from "./prepare.ts";
import { countTo } from "./shadows.ts";

type Paths = readonly (readonly string[])[];

/** The parts of an input that are left out of its gradient. */
export const leftOut = ({ wrt }: Pick<Input, "wrt">): Paths => (wrt.kind === "param" ? (wrt.without ?? []) : []);

/** The type of an object, or of a list of them, without the fields that the paths lead to. */
export function typeWithout(type: Type, paths: Paths): Type {
  if (paths.length === 0) return type;
  if (type.kind === "list") return { kind: "list", element: typeWithout(type.element, inside(paths, anyElement)) };
  if (type.kind !== "record") throw new Error(`written parts: ${type.kind} has no fields`);
  const fields = type.fields.flatMap((field) => {
    const deeper = inside(paths, field.name);
    return deeper.some(isEnd) ? [] : [{ ...field, type: typeWithout(field.type, deeper) }];
  });
  return { kind: "record", fields };
}

/** A structure without the variables that the paths lead to. */
export function structureWithout(structure: Structure, paths: Paths): Structure {
  const { type } = structure;
  if (paths.length === 0 || structure.kind === "leaf" || type.kind !== "record") return structure;
  const items = type.fields.flatMap(({ name }, k) => {
    const deeper = inside(paths, name);
    return deeper.some(isEnd) ? [] : [structureWithout(structure.items[k]!, deeper)];
  });
  return { kind: "tuple", items, type: typeWithout(type, paths) };
}

/** A gradient without the parts that the paths lead to. Lists are made by statements that go to `into`. */
export function gradientWithout(names: Names, gradient: Expr, paths: Paths, into: Stmt[], label: string): Expr {
  if (paths.length === 0) return gradient;
  const type = typeWithout(gradient.type, paths);
  if (type.kind === "record") {
    const items = type.fields.map(({ name }) =>
      gradientWithout(names, fieldAt(gradient, name), inside(paths, name), into, label),
    );
    return { kind: "tuple", items, type };
  }
  if (type.kind !== "list") throw new Error(`written parts: ${type.kind} has no fields`);
  const list = variable(names.fresh(label), type);
  const length = lengthOf(gradient);
  const loop = countTo(names, length, (i) => {
    const row: Stmt[] = [];
    const element = gradientWithout(names, at(gradient, i), inside(paths, anyElement), row, label);
    const value = bound(names, element, row, label);
    return [...row, { kind: "store", array: list, index: i, value }];
  });
  into.push(constant(list.name, type, { kind: "holes", length, type }), loop);
  return list;
}

/** An object that goes into a list has a name. */
function bound(names: Names, expr: Expr, into: Stmt[], label: string): Expr {
  if (expr.kind !== "tuple") return expr;
  const { type } = expr;
  const value = variable(names.fresh(label), type);
  const items = expr.items.map((item) => bound(names, item, into, label));
  into.push(constant(value.name, type, { kind: "items", items, type }));
  return value;
}

const inside = (paths: Paths, key: string): Paths => paths.flatMap(([k, ...rest]) => (k === key ? [rest] : []));

const isEnd = (path: readonly string[]): boolean => path.length === 0;
