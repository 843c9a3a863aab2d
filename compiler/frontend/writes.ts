/**
 * Which parameters a function writes into, read off its syntax: directly, through a view or another
 * name for the same memory, or in a function that it calls. Rebinding a parameter is not writing.
 */
import { ts } from "ts-morph";
import { isDeepest } from "../ir/memory.ts";
import { realParameters, type FunctionNode } from "./annotations.ts";
import { ownObject, pointsTo, returnsOf } from "./points-to.ts";

/** Steps from a parameter to a part of it. */
export type Path = readonly string[];

export interface WriteFinder {
  /** The indices of the parameters that `node` writes into, ascending; `ownObject` for a method's own. */
  writtenBy(node: FunctionNode): readonly number[];
  /** The same, with the paths from the parameter to what is changed (`anyElement` for the elements of a list). */
  pathsWrittenBy(node: FunctionNode): ReadonlyMap<number, readonly Path[]>;
  /** The index of the one written parameter that every `return` gives, if there is one. */
  returnedBy(node: FunctionNode): number | undefined;
}

/** The array that JavaScript makes of the remaining arguments for each call: nobody else sees what becomes of it. */
const isRest = (node: FunctionNode, index: number): boolean =>
  realParameters(node)[index]?.dotDotDotToken !== undefined;

export function createWriteFinder(checker: ts.TypeChecker): WriteFinder {
  const known = new Map<FunctionNode, ReadonlyMap<number, readonly Path[]>>();

  function pathsWrittenBy(node: FunctionNode): ReadonlyMap<number, readonly Path[]> {
    const before = known.get(node);
    if (before) return before;
    const found = new Map<number, Path[]>();
    for (const [memory, keys] of pointsTo(checker, node)) {
      const { root, path } = memory;
      if (root === undefined || (path.length === 0 && isRest(node, root))) continue;
      // What stands for all that is deeper does not tell where in it.
      const paths = isDeepest(memory) ? [path] : [...keys].map((key) => [...path, key]);
      found.set(root, [...(found.get(root) ?? []), ...paths]);
    }
    known.set(node, found);
    return found;
  }

  const writtenBy = (node: FunctionNode): readonly number[] => [...pathsWrittenBy(node).keys()].sort((a, b) => a - b);

  function returnedBy(node: FunctionNode): number | undefined {
    const returned = returnsOf(node).map((value) => {
      const inner = value && ts.isParenthesizedExpression(value) ? value.expression : value;
      if (inner?.kind === ts.SyntaxKind.ThisKeyword) return ownObject;
      const symbol = inner && ts.isIdentifier(inner) ? checker.getSymbolAtLocation(inner) : undefined;
      const index = realParameters(node).findIndex((p) => symbol && checker.getSymbolAtLocation(p.name) === symbol);
      return index === -1 || isRest(node, index) ? undefined : index;
    });
    const first = returned[0];
    if (first === undefined || returned.some((index) => index !== first)) return undefined;
    return writtenBy(node).includes(first) ? first : undefined;
  }

  return { writtenBy, pathsWrittenBy, returnedBy };
}
