/** The words of a tag in a comment, such as `x` and `p.k` of `@wrt x, p.k`. */
import type { Origin } from "../../ir/types.ts";
import { lineStart, replace, type Source } from "./edits.ts";
import type { Edit } from "./messages.ts";

export interface TagWord {
  /** The name of the tag. */
  readonly tag: string;
  /** Whether the tag has no other words. */
  readonly isOnly: boolean;
  /** What goes with the word: it, and a separator. */
  readonly start: number;
  readonly end: number;
}

/** A word that stands between two places; undefined where that is no plain word of a tag. */
export function wordAt(text: string, { start, end }: Pick<Origin, "start" | "end">): TagWord | undefined {
  const before = text.slice(lineStart(text, start), start);
  const [, tag, others] = /@(\w+)((?:[ \t]+[^\s@]*?[^\s@,]?,?)*[ \t,]*)$/.exec(before) ?? [];
  if (tag === undefined || others === undefined || /[{}]/.test(others)) return undefined;
  const after = /^(?:(?!\*\/|[ \t]-[ \t]|[ \t]@\w)[^\r\n])*/.exec(text.slice(end))?.[0] ?? "";
  const isFirst = others.trim() === "";
  const isOnly = isFirst && after.replaceAll(",", "").trim() === "";
  const behind = /^[ \t]*,?[ \t]*(?=\S)/.exec(after)?.[0] ?? "";
  if (isFirst && !isOnly) return { tag, isOnly, start, end: end + behind.length };
  const ahead = /[ \t]*,?[ \t]*$/.exec(before)?.[0] ?? "";
  return { tag, isOnly, start: start - ahead.length, end };
}

export const withoutWord = (source: Source, { start, end }: TagWord): Edit => replace(source, start, end, "");
