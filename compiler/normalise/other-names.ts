/**
 * Second names of what the first name still means give way to the first: an object with one name can become variables, and
 * an array with one name is recorded once. A method that gives back its own object makes such names, and so does what runs
 * through a list whose variable might change while it does. Where the first name is one that we made, the user's stays.
 */
import type { Block, Func, Stmt, Type, Var } from "../ir/types.ts";
import {
  assignedVariables,
  blocksOf,
  mapBlock,
  mapBlockExprs,
  renameBlock,
  type StmtOf,
  walkBlock,
} from "../ir/visit.ts";

/** `fixed`: variables that somebody asks for by name. */
export function otherNames(func: Func, fixed: ReadonlySet<string>): Func {
  const first = secondNames(func.body, fixed);
  if (first.size === 0) return func;
  const better = userNames(func.body, first, fixed);
  const body = mapBlock(func.body, (stmt): Stmt | Block => (stmt.kind === "let" && first.has(stmt.name) ? [] : stmt));
  const single = mapBlockExprs(body, (e) => (e.kind === "var" ? (first.get(e.name) ?? e) : e));
  return { ...func, body: better.size === 0 ? single : renameBlock(single, (name) => better.get(name) ?? name) };
}

/** The variables that are another name for one that does not change while they are there. */
function secondNames(body: Block, fixed: ReadonlySet<string>): Map<string, Var> {
  const assigned = assignedVariables(body);
  const empty = new Set<string>();
  walkBlock(body, (stmt) => {
    if (stmt.kind === "let" && stmt.init === undefined) empty.add(stmt.name);
  });
  const first = new Map<string, Var>();
  const staysIn = (rest: Block, { name, type }: Var): boolean => {
    if (!assigned.has(name)) return type.kind !== "record" || !empty.has(name);
    return type.kind !== "record" && !assignedVariables(rest).has(name);
  };
  const visit = (block: Block): void => {
    block.forEach((stmt, i) => {
      if (stmt.kind === "let" && !assigned.has(stmt.name) && !fixed.has(stmt.name)) {
        const { type, init } = stmt;
        const isName = init?.kind === "var" && init.type.kind === type.kind && isNamed(type);
        const original = isName ? (first.get(init.name) ?? init) : undefined;
        if (original !== undefined && staysIn(block.slice(i + 1), original)) first.set(stmt.name, original);
      }
      blocksOf(stmt).forEach(visit);
    });
  };
  visit(body);
  return first;
}

const isNamed = ({ kind }: Type): boolean =>
  kind === "record" || kind === "list" || kind === "typed" || kind === "keeper";

/** For variables with names that we made, the name that the user gave them later. */
function userNames(body: Block, first: ReadonlyMap<string, Var>, fixed: ReadonlySet<string>): Map<string, string> {
  const declared = new Map<string, StmtOf<"let">>();
  walkBlock(body, (stmt) => {
    if (stmt.kind === "let") declared.set(stmt.name, stmt);
  });
  const better = new Map<string, string>();
  for (const [second, { name }] of first) {
    const [original, later] = [declared.get(name), declared.get(second)];
    if (original === undefined || later === undefined || fixed.has(name) || better.has(name)) continue;
    if (!isUsers(original) && isUsers(later)) better.set(name, second);
  }
  return better;
}

/** Whether the user's statement declares a variable of that name; that of an inlined function has a number. */
function isUsers({ name, quote }: StmtOf<"let">): boolean {
  const [, declared] = /\b(?:const|let)\s+([\p{ID_Continue}$]+)/u.exec(quote ?? "") ?? [];
  return declared !== undefined && name.replace(/\d+$/, "") === declared.replace(/\d+$/, "");
}
