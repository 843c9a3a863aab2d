/** `// @checkpoint` comments above loops. */
import { ts } from "ts-morph";
import type { Checkpoint } from "../../ir/types.ts";
import { originAt } from "../positions.ts";
import { reportAt, type Body } from "./state.ts";

const comment = /^(?:\/\/|\/\*+)\s*@checkpoint\b(.*?)(?:\*\/)?$/s;

/** What the comments above a statement ask for. A request that is malformed or not above a loop is reported. */
export function checkpointAbove(body: Body, node: ts.Statement, isLoop: boolean): Checkpoint | undefined {
  const first = ts.isLabeledStatement(node.parent) ? node.parent : node;
  const file = node.getSourceFile();
  const ranges = ts.getLeadingCommentRanges(file.text, first.getFullStart()) ?? [];
  let found: Checkpoint | undefined;
  for (const [i, range] of ranges.entries()) {
    const match = comment.exec(file.text.slice(range.pos, range.end));
    if (!match) continue;
    const count = (match[1] ?? "").split(/\s-\s/, 1)[0]?.trim() ?? "";
    const isValid = isLoop && i === ranges.length - 1 && (count === "" || (/^\d+$/.test(count) && Number(count) > 0));
    const origin = originAt(file, range.pos, range.end);
    if (isValid) found = { snapshots: count === "" ? "auto" : Number(count), origin };
    else reportAt(body.all, body.entry, origin, "TG1022");
  }
  return found;
}
