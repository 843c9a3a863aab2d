/** Values that are differentiated go into texts, for messages and for comparisons, but not out of them again: that would lose the derivative. */
import { isNumeric } from "../ir/build.ts";
import type { Activity } from "../analyse/activity.ts";
import { presentType } from "../ir/presence.ts";
import type { Block, Expr, Stmt, Type } from "../ir/types.ts";
import { exprsOf, type ExprOf, someExpr, walkBlock, walkExpr } from "../ir/visit.ts";
import type { Place } from "./refusal.ts";

/** Where a number (a length, a place, a character's code) is taken off a text that was made of such values. */
export function numbersOffTexts(body: Block, activity: Activity): Place[] {
  const readers: { readonly stmt: Stmt; readonly e: ExprOf<"foreign"> }[] = [];
  walkBlock(body, (stmt) => {
    for (const expr of exprsOf(stmt))
      walkExpr(expr, (e) => {
        if (e.kind === "foreign" && takesNumber(e)) readers.push({ stmt, e });
      });
  });
  if (readers.length === 0) return [];
  const made = madeOfVaried(body, activity);
  return readers
    .filter(({ e }) => e.args.some((arg) => isText(arg.type) && made(arg)))
    .map(({ stmt, e }) => ({ name: e.origin?.text ?? stmt.quote ?? "This", origin: e.origin ?? stmt.origin }));
}

function takesNumber(e: Expr): boolean {
  return e.kind === "foreign" && isNumeric(presentType(e.type)) && e.args.some((arg) => isText(arg.type));
}

function isText(type: Type): boolean {
  const present = presentType(type);
  return present.kind === "string" || (present.kind === "list" && isText(present.element));
}

/** Whether a text is made of values that are differentiated, directly or through other texts. */
function madeOfVaried(body: Block, activity: Activity): (text: Expr) => boolean {
  const names = new Set<string>();
  const isMade = (text: Expr): boolean =>
    someExpr(
      text,
      (e) =>
        (e.kind === "var" && names.has(e.name)) ||
        (e.kind === "foreign" && e.args.some((arg) => !isText(arg.type) && activity.varied(arg))),
    );
  for (let size = -1; size !== names.size;) {
    size = names.size;
    walkBlock(body, (stmt) => {
      if ((stmt.kind === "let" || stmt.kind === "assign") && !names.has(stmt.name)) {
        const value = stmt.kind === "let" ? stmt.init : stmt.value;
        if (value !== undefined && isText(value.type) && isMade(value)) names.add(stmt.name);
      }
      if ((stmt.kind === "store" || stmt.kind === "append") && isText(stmt.value.type) && isMade(stmt.value))
        walkExpr(stmt.array, (e) => {
          if (e.kind === "var") names.add(e.name);
        });
    });
  }
  return isMade;
}
