/** Gives every declaration of a function a name of its own; scopes that do not meet may have shared one. */
import { namesApartFrom } from "../ir/names.ts";
import type { Block, Func, Stmt } from "../ir/types.ts";
import { mapStmt, namesDeclaredBy, renameBlock } from "../ir/visit.ts";

export function uniqueNames(func: Func): Func {
  const names = namesApartFrom(func.params.map((p) => p.name));
  const inBlock = (block: Block): Block => {
    let rest = block;
    const out: Stmt[] = [];
    while (rest.length > 0) {
      const [stmt, ...after] = rest;
      const renamed = new Map<string, string>();
      for (const name of namesDeclaredBy(stmt!)) {
        const fresh = names.fresh(name);
        if (fresh !== name) renamed.set(name, fresh);
      }
      const rename = (name: string): string => renamed.get(name) ?? name;
      const own = renamed.size === 0 ? stmt! : renameBlock([stmt!], rename)[0]!;
      out.push(mapStmt(own, { block: inBlock }));
      // A loop's index and a closure's parameters mean nothing after it.
      const visible = stmt!.kind !== "for" && renamed.size > 0;
      rest = visible ? renameBlock(after, rename) : after;
    }
    return out;
  };
  return { ...func, body: inBlock(func.body) };
}
