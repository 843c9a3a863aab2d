/**
 * Which parameters a function writes into: memory that the caller can see, directly, through a view or
 * through another name. Inclusion-based, so that a variable that may be either of two arrays blames both.
 */
import { isReference } from "../ir/build.ts";
import type { Expr, Func } from "../ir/types.ts";
import { walkBlock, writtenArray } from "../ir/visit.ts";

/** The names of the parameters whose memory the (inlined) body may change. */
export function writtenParameters(func: Func): Set<string> {
  const roots = new Map<string, Set<string>>(func.params.filter((p) => isReference(p.type)).map((p) => [p.name, new Set([p.name])]));
  const rootsOf = (expr: Expr): string[] => {
    switch (expr.kind) {
      case "var":
        return [...(roots.get(expr.name) ?? [])];
      case "index":
      case "view":
        return rootsOf(expr.array);
      case "select":
        return [...rootsOf(expr.yes), ...rootsOf(expr.no)];
      case "nullish":
        return [...rootsOf(expr.left), ...rootsOf(expr.right)];
      case "copy":
        // The arrays in a copied list are still the same arrays.
        return expr.type.kind === "list" && isReference(expr.type.element) ? rootsOf(expr.array) : [];
      case "items":
        return expr.items.flatMap((item) => (isReference(item.type) ? rootsOf(item) : []));
      default:
        return [];
    }
  };
  const flow = (name: string, value: Expr): boolean => {
    if (!isReference(value.type)) return false;
    const known = roots.get(name) ?? new Set<string>();
    const size = known.size;
    for (const root of rootsOf(value)) known.add(root);
    roots.set(name, known);
    return known.size !== size;
  };
  for (let changed = true; changed; ) {
    changed = false;
    walkBlock(func.body, (stmt) => {
      if (stmt.kind === "let" && stmt.init !== undefined) changed = flow(stmt.name, stmt.init) || changed;
      else if (stmt.kind === "assign") changed = flow(stmt.name, stmt.value) || changed;
      else if ((stmt.kind === "store" || stmt.kind === "append") && stmt.array.kind === "var") {
        changed = flow(stmt.array.name, stmt.value) || changed;
      }
    });
  }
  const written = new Set<string>();
  walkBlock(func.body, (stmt) => {
    const array = writtenArray(stmt);
    if (array !== undefined) for (const root of rootsOf(array)) written.add(root);
    if (stmt.kind === "call" || stmt.kind === "apply") for (const arg of stmt.args) for (const root of rootsOf(arg)) written.add(root);
  });
  return written;
}
