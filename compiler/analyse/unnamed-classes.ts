/** Classes of what a function gives that a declared type hides: an interface, or a class that is extended. */
import { makeReport } from "../diagnostics/make.ts";
import type { Report } from "../diagnostics/report.ts";
import { presentType } from "../ir/presence.ts";
import type { Origin, RecordType, Type } from "../ir/types.ts";

/** The class of a value of the type, or of a part of it, that generated code cannot name. */
export function unnamedClass(type: Type): string | undefined {
  switch (type.kind) {
    case "record":
      return type.unnamed ?? first([...(type.members ?? []), ...type.fields.map((field) => field.type)]);
    case "list":
      return unnamedClass(type.element);
    case "maybe":
      return unnamedClass(type.type);
    case "tuple":
      return first(type.items);
    default:
      return undefined;
  }
}

const first = (types: readonly Type[]): string | undefined =>
  types.map(unnamedClass).find((name) => name !== undefined);

export function unnamedReport(owner: string, name: string, origin: Origin): Report {
  return makeReport("TG2027", origin, [owner, name, "name it", "Export the class by its name."]);
}

/** The class of what is returned, where the type that is declared for the result does not say it. */
export function hiddenClass(declared: Type, given: readonly Type[], params: readonly Type[]): string | undefined {
  const shown = new Set([declared, ...params].flatMap(classesIn));
  const result = presentType(declared);
  if (result.kind !== "record") return undefined;
  return given.flatMap(classesIn).find((name) => !shown.has(name));
}

/** The classes of a value of the type itself, not of its parts. */
function classesIn(type: Type): readonly string[] {
  const { kind, ...record } = presentType(type) as RecordType;
  if (kind !== "record") return [];
  return [record, ...(record.members ?? [])].flatMap(({ className }) => className ?? []);
}

export function hiddenReport(owner: string, name: string, origin: Origin): Report {
  return makeReport("TG2027", origin, [
    owner,
    name,
    "say so in the type of its result",
    `Declare the result as ${owner}.`,
  ]);
}
