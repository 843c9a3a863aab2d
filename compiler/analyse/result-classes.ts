/** Classes of what a function gives that a declared type hides: an interface, or a class that is extended. */
import { makeReport } from "../diagnostics/make.ts";
import type { Report } from "../diagnostics/report.ts";
import { presentType } from "../ir/presence.ts";
import type { Func, Origin, RecordType, Type } from "../ir/types.ts";

/** What is wrong with the classes of what a function gives; `given` are the types of its outputs as they come out. */
export function classReport(
  { params, result }: Func,
  given: readonly Type[],
  name: string,
  origin: Origin,
): Report | undefined {
  const report = (owner: string, what: string, hint: string): Report =>
    makeReport("TG2027", origin, [owner, name, what, hint]);
  const unnamed = first(given);
  if (unnamed !== undefined) {
    const hint = unnamed.endsWith(">")
      ? `Use an exported class without type parameters that extends it: class Own extends ${unnamed} {}.`
      : "Export the class by its name.";
    return report(unnamed, "name it", hint);
  }
  const types = params.map(({ type }) => type);
  const hidden = hiddenClass(result, given, types);
  return hidden === undefined
    ? undefined
    : report(hidden, "say so in the type of its result", `Declare the result as ${hidden}.`);
}

/** The class of a value of the type, or of a part of it, that generated code cannot name. */
function unnamedClass(type: Type): string | undefined {
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

/** The class of what is returned, where the type that is declared for the result does not say it. */
function hiddenClass(declared: Type, given: readonly Type[], params: readonly Type[]): string | undefined {
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
