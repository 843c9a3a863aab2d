/** What is known of a value before the program runs: shapes of tensors, and numbers that lengths are made of. */
import type { ts } from "ts-morph";
import { differ, type Dim, type Dims } from "../../ir/tensor-dims.ts";

export type Known =
  | { readonly kind: "tensor"; readonly dims: Dims }
  /** A number, or a length that has a name. */
  | { readonly kind: "number"; readonly value: Dim }
  | { readonly kind: "truth"; readonly value: boolean }
  /** A tuple, or a list whose length is known. */
  | { readonly kind: "items"; readonly items: readonly (Known | undefined)[] }
  /** A list with any number of such members. */
  | { readonly kind: "each"; readonly each: Known }
  | { readonly kind: "fields"; readonly fields: ReadonlyMap<string, Known | undefined> }
  /** A function, with what is known where it is written. */
  | { readonly kind: "function"; readonly node: FunctionWithBody; readonly env: Env };

export type FunctionWithBody = (
  ts.FunctionDeclaration | ts.FunctionExpression | ts.ArrowFunction | ts.MethodDeclaration
) & { readonly body: ts.ConciseBody };

/** What is known of variables. */
export type Env = ReadonlyMap<ts.Symbol, Known | undefined>;

export const tensorOf = (dims: Dims | undefined): Known | undefined => dims && { kind: "tensor", dims };

export const numberOf = (value: Dim): Known => ({ kind: "number", value });

/** What holds whichever of two values it is. */
export function joined(a: Known | undefined, b: Known | undefined): Known | undefined {
  if (a === undefined || b === undefined || a === b) return a === b ? a : undefined;
  const [listA, listB] = [eachOf(a), eachOf(b)];
  if (a.kind === "items" && b.kind === "items" && a.items.length === b.items.length)
    return { kind: "items", items: a.items.map((item, k) => joined(item, b.items[k])) };
  if (listA !== undefined && listB !== undefined) {
    // Of an empty list every member is whatever one likes.
    if (listA === "none" || listB === "none") return listA === "none" ? asList(b) : asList(a);
    const each = joined(listA, listB);
    return each && { kind: "each", each };
  }
  if (a.kind === "tensor" && b.kind === "tensor")
    return a.dims.length === b.dims.length
      ? { kind: "tensor", dims: a.dims.map((dim, k) => (dim === b.dims[k] ? dim : undefined)) }
      : undefined;
  if (a.kind === "fields" && b.kind === "fields") {
    const names = [...a.fields.keys()].filter((name) => b.fields.has(name));
    return {
      kind: "fields",
      fields: new Map(names.map((name) => [name, joined(a.fields.get(name), b.fields.get(name))])),
    };
  }
  return (a.kind === "number" || a.kind === "truth") && a.kind === b.kind && a.value === b.value ? a : undefined;
}

/** What holds for every member of a list; "none" where there are no members. */
export function eachOf(list: Known | undefined): Known | "none" | undefined {
  if (list?.kind === "each") return list.each;
  if (list?.kind !== "items") return undefined;
  return list.items.length === 0 ? "none" : list.items.reduce(joined);
}

function asList(list: Known): Known | undefined {
  const each = eachOf(list);
  if (each === "none") return list;
  return each && { kind: "each", each };
}

export function joinedEnvs(first: Env, ...others: readonly Env[]): Env {
  return others.reduce<Env>((a, b) => {
    if (a === b) return a;
    const both = new Map<ts.Symbol, Known | undefined>();
    for (const [symbol, known] of a) if (b.has(symbol)) both.set(symbol, joined(known, b.get(symbol)));
    return both;
  }, first);
}

export function sameKnown(a: Known | undefined, b: Known | undefined): boolean {
  return a === b || JSON.stringify(told(a)) === JSON.stringify(told(b));
}

/** As data, to be compared. */
export function told(known: Known | undefined): unknown {
  if (known === undefined) return null;
  switch (known.kind) {
    case "tensor":
      return known.dims.map((dim) => dim ?? null);
    case "items":
      return { items: known.items.map(told) };
    case "each":
      return { each: told(known.each) };
    case "fields":
      return { fields: [...known.fields].map(([name, field]) => [name, told(field)]) };
    case "function":
      return { function: [known.node.getSourceFile().fileName, known.node.pos] };
    default:
      return { value: known.value ?? null };
  }
}

/** Without the names of lengths, which may be other ones the next time. */
export function nameless(known: Known | undefined): Known | undefined {
  switch (known?.kind) {
    case "tensor":
      return { kind: "tensor", dims: known.dims.map((dim) => (typeof dim === "string" ? undefined : dim)) };
    case "items":
      return { kind: "items", items: known.items.map(nameless) };
    case "each":
      return { kind: "each", each: nameless(known.each)! };
    case "fields":
      return { kind: "fields", fields: new Map([...known.fields].map(([name, field]) => [name, nameless(field)])) };
    default:
      return known;
  }
}

export const isStructure = (known: Known | undefined): boolean =>
  known !== undefined && ["items", "each", "fields"].includes(known.kind);

/** Whether a value of one shape surely is none of the shape that is stated. Names that are met are told their lengths. */
export function doNotFit(stated: Dims, dims: Dims, lengths?: Map<string, Dim>): boolean {
  if (stated.length !== dims.length) return true;
  return stated.some((dim, axis) => {
    const given = dims[axis];
    if (lengths === undefined || typeof dim !== "string") return areApart(dim, given);
    const before = lengths.get(dim);
    if (before === undefined) lengths.set(dim, given);
    return areApart(before, given);
  });
}

/** Who states a number where a length has a name, or the other way round, may know that they are the same. */
const areApart = (a: Dim, b: Dim): boolean => typeof a === typeof b && differ(a, b);

/** A stated shape with the lengths that its names have in a call. */
export function named(stated: Dims, lengths: ReadonlyMap<string, Dim>): Dims {
  return stated.map((dim) => (typeof dim === "string" ? (lengths.get(dim) ?? dim) : dim));
}

export function memberOf(list: Known | undefined, place: number): Known | undefined {
  if (list?.kind === "items") return list.items[place];
  return list?.kind === "each" ? list.each : undefined;
}
