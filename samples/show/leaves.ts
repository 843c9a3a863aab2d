/** The numbers in a structure of objects and arrays, in the order in which they stand there. */
export function leaves(structure: unknown): number[] {
  if (typeof structure === "number") return [structure];
  return typeof structure === "object" && structure !== null ? Object.values(structure).flatMap(leaves) : [];
}

/** A structure like `structure`, with these numbers in it instead. */
export function withLeaves<T>(structure: T, numbers: Iterable<number>): T {
  const rest = numbers[Symbol.iterator]();
  const filled = (part: unknown): unknown => {
    if (typeof part === "number") return rest.next().value;
    if (Array.isArray(part)) return part.map(filled);
    if (typeof part !== "object" || part === null) return part;
    const fields = Object.entries(part).map(([name, field]) => [name, filled(field)]);
    // An instance stays one of its class.
    return Object.assign(
      Object.create(Object.getPrototypeOf(part) as object | null) as object,
      Object.fromEntries(fields),
    );
  };
  return filled(structure) as T;
}
