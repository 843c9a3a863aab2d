/** Types of texts: any text, or one of a few that are written down or members of enums. */
import { ts } from "ts-morph";
import { textAmong, type TextType } from "../../ir/texts.ts";
import type { Expr, Type } from "../../ir/types.ts";
import type { Lowering } from "./state.ts";
import { enumKey, keyOfType } from "./type-names.ts";

/** The type of a text; undefined where a value may be anything else. */
export function readText(all: Lowering, type: ts.Type): TextType | undefined {
  const parts = type.isUnion() ? type.types : [type];
  if (!parts.every((part) => part.flags & ts.TypeFlags.StringLike)) return undefined;
  const among = new Set<string>();
  for (const part of parts) {
    const text = choiceText(all, part);
    if (text === undefined) return { kind: "string" };
    among.add(text);
  }
  const [only, second] = among;
  // A table that is as const says of each text that it is no other; what is made of it may be any.
  if (second === undefined && only?.startsWith('"') === true) return { kind: "string" };
  return textAmong([...among].toSorted(), keyOfType(all, type));
}

/** A literal, or the enum that it is a member of by its key; undefined of any text, and where generated code has no name. */
function choiceText(all: Lowering, type: ts.Type): string | undefined {
  if (!type.isStringLiteral()) return undefined;
  if (!(type.flags & ts.TypeFlags.EnumLiteral)) return JSON.stringify(type.value);
  const { symbol } = type as { readonly symbol?: ts.Symbol };
  const declaration = symbol?.valueDeclaration;
  // The type of an enum with one member is that of the enum.
  const owner = declaration && ts.isEnumMember(declaration) ? declaration.parent : declaration;
  return owner && ts.isEnumDeclaration(owner) ? enumKey(all, owner) : undefined;
}

/** A text that is made here is what the user takes it for: TypeScript is not to take it for less. */
export function takenFor(made: Expr, type: Type | undefined): Expr {
  const isMade = made.kind === "literal" || made.kind === "select";
  return isMade && made.type.kind === "string" && type?.kind === "string" ? { ...made, type } : made;
}

/** A member of an enum of texts. */
export function textOfMember(all: Lowering, owner: ts.EnumDeclaration, value: string): Expr {
  const key = enumKey(all, owner);
  if (key === undefined) return { kind: "literal", value, type: { kind: "string" } };
  return { kind: "literal", value, type: textAmong([key]), member: key };
}
