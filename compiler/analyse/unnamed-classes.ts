/** Classes of what a function gives that generated code cannot name, which a declared type may hide: an interface. */
import { makeReport } from "../diagnostics/make.ts";
import type { Report } from "../diagnostics/report.ts";
import type { Origin, Type } from "../ir/types.ts";

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
