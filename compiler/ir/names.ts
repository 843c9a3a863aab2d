/** Readable names that are new to a function. */
import type { Expr, Func, Origin, Pattern, Type } from "./types.ts";
import { referencedNames, declaredNames } from "./visit.ts";

export interface Names {
  /**
   * `base` itself where it is free, else `base2`, `base3`, … The result counts as taken from then on. A number that is
   * part of the name (`m$4`, the element 4 of an array m, printed `m4`) stays at its end: `m$4Bar` is `mBar$4`, and
   * where that is taken `mBar$4_2`.
   */
  fresh(base: string): string;
  taken(name: string): boolean;
}

/** Words that may not name a variable in strict code, and globals that generated code uses. */
const reserved = new Set(
  (
    "arguments await break case catch class const continue debugger default delete do else enum eval export extends false finally for function if " +
    "implements import in instanceof interface let new null package private protected public return static super switch this throw true try typeof " +
    "undefined var void while with yield Math Number Array NaN Infinity Float64Array Float32Array Int8Array Uint8Array Uint8ClampedArray Int16Array " +
    "Uint16Array Int32Array Uint32Array RangeError Error console Tensor Object String Boolean"
  ).split(" "),
);

export function namesApartFrom(used: Iterable<string>): Names {
  const taken = new Set(used);
  const tried = new Map<string, number>();
  return {
    fresh(base) {
      const name = freshName(base, (text) => taken.has(text), tried);
      taken.add(name);
      return name;
    },
    taken: (name) => taken.has(name) || reserved.has(name),
  };
}

/**
 * `base` where it is free, else with the least number that makes it so. `tried` remembers from where on numbers may be
 * free: what is taken has to stay taken.
 */
export function freshName(base: string, isTaken: (name: string) => boolean, tried: Map<string, number>): string {
  const isFree = (name: string): boolean => !isTaken(name) && !reserved.has(name);
  // The parts of a tuple are named by numbers.
  const first = base.replace(/^(?=\d)/, "item").replace(numberInside, "$2$1");
  if (isFree(first)) return first;
  const stem = ownNumber.test(first) ? `${first.replace(ownNumber, "$$$1")}_` : first.replace(/\d+$/, "");
  let n = tried.get(stem) ?? 2;
  while (!isFree(`${stem}${String(n)}`)) n++;
  tried.set(stem, n);
  return `${stem}${String(n)}`;
}

/** A number that is part of the name, as in `yDot$0`, the first of several tangents, and perhaps a count of versions. */
export const ownNumber = /\$(\d+)(?:_\d+)?$/;
/** The same with more of the name behind it. */
const numberInside = /(\$\d+(?:_\d+)?)([A-Za-z]\w*)/;

/** Every name that occurs in a function. */
export function namesOf(func: Func): Set<string> {
  return new Set([...func.params.map((p) => p.name), ...declaredNames(func.body), ...referencedNames(func.body)]);
}

/**
 * A function's name without what tells it from one of the same name in another file: whether there is one
 * depends on which files are compiled together, and the text of a module may not.
 */
export function nameInFile(name: string, origin: Origin | undefined): string {
  const file = origin?.file.split("/").at(-1);
  if (file === undefined) return name;
  const stem = file.replace(/\.[cm]?tsx?$/, "").replace(/[^\w$]+/g, "_");
  return name.replace(new RegExp(`_${stem.replaceAll("$", "\\$")}\\d*(?=[A-Z]|$)`), "");
}

/** Variables that take what a call gives, each item of a tuple its own, and the value that they make up. */
export function resultsOf(
  names: Names,
  label: string,
  type: Type,
): { readonly pattern: Pattern; readonly value: Expr } {
  if (type.kind === "tuple") {
    const items = type.items.map((item) => resultsOf(names, label, item));
    return {
      pattern: { kind: "tuple", items: items.map(({ pattern }) => pattern) },
      value: { kind: "tuple", items: items.map(({ value }) => value), type },
    };
  }
  const name = names.fresh(label);
  return { pattern: { kind: "name", name, type }, value: { kind: "var", name, type } };
}
