/**
 * Second names of what the first name still means give way to the first: an object with one name can become variables, and
 * an array with one name is recorded once, and a number with one name has one adjoint. A method that gives back its own
 * object makes such names, so does what runs through a list whose variable might change while it does, and so do tuples
 * that are variables. Where the first name is one that we made, the user's stays; a second name of theirs for a number too.
 */
import { isNarrowed } from "../ir/narrowed.ts";
import { presentType } from "../ir/presence.ts";
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
  const declared = declarations(func.body);
  const first = secondNames(func, declared, fixed);
  if (first.size === 0) return func;
  const better = userNames(declared, first, fixed);
  const body = mapBlock(func.body, (stmt): Stmt | Block => (stmt.kind === "let" && first.has(stmt.name) ? [] : stmt));
  const single = mapBlockExprs(body, (e) => (e.kind === "var" ? (first.get(e.name) ?? e) : e));
  return { ...func, body: better.size === 0 ? single : renameBlock(single, (name) => better.get(name) ?? name) };
}

/** The variables that are another name for one that does not change while they are there. */
function secondNames({ params, body }: Func, declared: Declarations, fixed: ReadonlySet<string>): Map<string, Var> {
  const assigned = assignedVariables(body);
  const first = new Map<string, Var>();
  const staysIn = (rest: Block, { name, type }: Var): boolean => {
    if (!assigned.has(name)) return type.kind !== "record" || isGiven(declared.get(name));
    return type.kind !== "record" && !isScalar(type) && !assignedVariables(rest).has(name);
  };
  const narrowed = new Set(params.filter(isNarrowed).map((param) => param.name));
  /** What an inlined function compares may be none of the numbers, or members of an enum, that its argument is one of. */
  const isWider = (second: StmtOf<"let">, { name, type }: Var): boolean =>
    narrowed.has(name) && !isUsers(second) && !isLiteralText(type);
  /** The user may have said the same twice for their readers. */
  const isMeant = (second: StmtOf<"let">, { name, type }: Var): boolean => {
    const original = declared.get(name);
    const isOther = stem(second.name) !== stem(name);
    const stays = original === undefined || isUsers(original) || fixed.has(name);
    return isScalar(type) && isUsers(second) && isOther && stays;
  };
  const visit = (block: Block): void => {
    block.forEach((stmt, i) => {
      if (stmt.kind === "let" && !assigned.has(stmt.name) && !fixed.has(stmt.name)) {
        const { type, init } = stmt;
        const isName = init?.kind === "var" && init.type.kind === type.kind && isNamed(type);
        const original = isName ? (first.get(init.name) ?? init) : undefined;
        if (
          original !== undefined &&
          !isMeant(stmt, original) &&
          !hasMoreFields(type, original.type) &&
          !isWider(stmt, original) &&
          staysIn(block.slice(i + 1), original)
        )
          first.set(stmt.name, original);
      }
      blocksOf(stmt).forEach(visit);
    });
  };
  visit(body);
  return first;
}

/** A union's name may be asked for fields that the object, which is of one of its members, does not have. */
function hasMoreFields(second: Type, first: Type): boolean {
  const [wide, own] = [presentType(second), presentType(first)];
  if (wide === own) return false;
  if (wide.kind === "list" && own.kind === "list") return hasMoreFields(wide.element, own.element);
  if (wide.kind !== "record" || own.kind !== "record") return false;
  return wide.fields.some(({ name, type }) => {
    const field = own.fields.find((other) => other.name === name);
    return field === undefined || hasMoreFields(type, field.type);
  });
}

const isScalar = ({ kind }: Type): boolean =>
  kind === "number" || kind === "int" || kind === "boolean" || kind === "string";
/** Texts that are compared as such, whatever their type says. */
const isLiteralText = (type: Type): boolean =>
  type.kind === "string" && type.among?.every((text) => text.startsWith('"')) === true;
const isNamed = (type: Type): boolean =>
  isScalar(type) || type.kind === "record" || type.kind === "list" || type.kind === "typed" || type.kind === "keeper";

type Declarations = ReadonlyMap<string, StmtOf<"let">>;

function declarations(body: Block): Declarations {
  const declared = new Map<string, StmtOf<"let">>();
  walkBlock(body, (stmt) => {
    if (stmt.kind === "let") declared.set(stmt.name, stmt);
  });
  return declared;
}

/** Whether a variable has its value where it is declared; parameters have. */
const isGiven = (declared: StmtOf<"let"> | undefined): boolean => declared === undefined || declared.init !== undefined;

/** For variables with names that we made, the name that the user gave them later, or a clearer one. */
function userNames(
  declared: Declarations,
  first: ReadonlyMap<string, Var>,
  fixed: ReadonlySet<string>,
): Map<string, string> {
  const better = new Map<string, string>();
  for (const [second, { name }] of first) {
    const [original, later] = [declared.get(name), declared.get(second)];
    if (original === undefined || later === undefined || fixed.has(name) || better.has(name)) continue;
    if (!isUsers(original) && (isUsers(later) || isClearer(second, name))) better.set(name, second);
  }
  return better;
}

/** Of two names that we made, whether the second one says more, or the same without a number. */
function isClearer(second: string, first: string): boolean {
  if (isNameless(first)) return !isNameless(second);
  return second.length < first.length && letters(second) === letters(first);
}

const letters = (name: string): string => name.replaceAll(/\d+/g, "");

/** What has the name of what it is: the result of a function without a name, and the like. */
const isNameless = (name: string): boolean => /^(?:result|items|list)(?!\p{Ll})/u.test(name);

/** Whether the user's statement declares a variable of that name; that of an inlined function has a number. */
function isUsers({ name, quote }: StmtOf<"let">): boolean {
  const [, declared] = /\b(?:const|let)\s+([\p{ID_Continue}$]+)/u.exec(quote ?? "") ?? [];
  return declared !== undefined && stem(name) === stem(declared);
}

/** A name without the number of an element, or of a second one of that name. */
const stem = (name: string): string => name.replace(/\$?\d+$/, "");
