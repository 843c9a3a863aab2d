/** Statements of a loop, in the order of the program. */
import { operationSourceOf, placed } from "../../ir/build.ts";
import type { Block, Origin, Stmt } from "../../ir/types.ts";
import type { Group, PlacedMember } from "./groups.ts";

/** A statement of the loop, and the operation that it is for; none of what loads an element. */
export interface Step {
  readonly member: PlacedMember | undefined;
  readonly stmt: Stmt;
}

/** The statements in the order of the program, under the comments that it has there. */
export function inOrder(steps: readonly Step[], group: Group): Block {
  const loads = steps.filter(({ member }) => member === undefined).map(({ stmt }) => stmt);
  const [first] = group.members;
  let last: string | undefined;
  let note: Stmt | undefined;
  const own = group.members.flatMap((member) => {
    const source = operationSourceOf(member.stmt);
    const found = placed(
      source,
      steps.filter((step) => step.member === member).map(({ stmt }) => stmt),
    );
    note = member.note ?? note;
    const isUnder =
      note?.kind === "comment" &&
      note.text === member.under?.text &&
      // What has no place gets that of the loop.
      (source !== undefined || mayOverlap(first && operationSourceOf(first.stmt), member.under.source));
    if (found.length === 0 || note?.kind !== "comment" || note.text === last || !isUnder) return found;
    last = note.text;
    return [note, ...found];
  });
  return [...loads, ...own];
}

/** Whether two places may be in one statement of the source. */
function mayOverlap(a: Origin | undefined, b: Origin | undefined): boolean {
  return a === undefined || b === undefined || (a.file === b.file && a.start < b.end && b.start < a.end);
}
