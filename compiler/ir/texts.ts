/**
 * Texts that are one of a few: TypeScript takes no other text for one. Which they are is a remark about a type and not a
 * part of it, as names of records are: generated code keeps it where it has to write the type down.
 */
import type { Type } from "./types.ts";

export type TextType = Extract<Type, { kind: "string" }>;

/** The type of one of a few texts that the user may have a name for: literals as they are written, and enums by their keys. */
export function textAmong(among: readonly string[], alias?: string): TextType {
  return { kind: "string", among, ...(alias === undefined ? {} : { alias }) };
}

/** The type of either of two texts. */
export function joinedTexts(a: TextType, b: TextType): TextType {
  if (!a.among || !b.among) return { kind: "string" };
  const [left, right] = [new Set(a.among), new Set(b.among)];
  if (b.among.every((text) => left.has(text))) return a;
  if (a.among.every((text) => right.has(text))) return b;
  return textAmong([...new Set([...left, ...right])].toSorted());
}

/** Whether no text is of both types, which are written as literals. */
export function areApart(a: TextType, b: TextType): boolean {
  const [one, other] = [a, b].map(({ among }) => (among?.every((text) => text.startsWith('"')) ? among : undefined));
  return one !== undefined && other !== undefined && !one.some((text) => other.includes(text));
}

/** How a type of texts is written, with types and enums by their keys. */
export function writtenTexts({ alias, among }: TextType): string {
  return alias ?? among?.join(" | ") ?? "string";
}

/** Whether a value may be several texts, and others not. */
export function isChoiceOfTexts(type: Type): type is TextType {
  if (type.kind !== "string" || !type.among) return false;
  return type.among.length > 1 || type.among.some((text) => !text.startsWith('"'));
}
