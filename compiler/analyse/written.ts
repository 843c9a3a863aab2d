/**
 * Which parameters a function writes into: memory that the caller can see, directly, through a view or
 * through another name. Inclusion-based, so that a variable that may be either of two arrays blames both.
 */
import { holdsReferences, isReference } from "../ir/build.ts";
import type { Expr, Func, Program } from "../ir/types.ts";
import { walkBlock, writtenArray } from "../ir/visit.ts";

/** The names of the parameters whose memory the function may change, itself or in what it calls. */
export function writtenParameters(func: Func, program: Program): Set<string> {
  // Functions may call each other: all that are reached are looked at again until nothing is added.
  const settled = new Map<string, ReadonlySet<string>>();
  const writes: Writes = (callee, position) => {
    const called = program.get(callee);
    if (called === undefined) return true;
    if (!settled.has(callee)) settled.set(callee, new Set());
    const name = called.params[position]?.name;
    return name !== undefined && settled.get(callee)!.has(name);
  };
  for (;;) {
    const known = settled.size;
    const found = writtenBy(func, writes);
    let changed = false;
    for (const [callee, before] of [...settled]) {
      const now = writtenBy(program.get(callee)!, writes);
      if (now.size !== before.size) changed = true;
      settled.set(callee, now);
    }
    // A round that met new callees had not looked into them yet.
    if (!changed && settled.size === known) return found;
  }
}

/** Whether a function writes into its parameter at a position. */
type Writes = (callee: string, position: number) => boolean;

function writtenBy(func: Func, writes: Writes): Set<string> {
  const roots = new Map<string, Set<string>>(
    func.params.filter((p) => isReference(p.type)).map((p) => [p.name, new Set([p.name])]),
  );
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
        return holdsReferences(expr.type) ? rootsOf(expr.array) : [];
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
  for (let changed = true; changed;) {
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
    if (stmt.kind !== "call" && stmt.kind !== "apply") return;
    stmt.args.forEach((arg, i) => {
      if (stmt.kind === "apply" || writes(stmt.callee, i)) for (const root of rootsOf(arg)) written.add(root);
    });
  });
  return written;
}
