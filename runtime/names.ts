/**
 * The names of an object's fields, in the order in which JavaScript lists them. One that the type of the object does not have
 * would be part of what the program computes, and of no gradient: a RangeError is thrown that names it.
 */
export function namesOf(object: object, ...known: readonly string[]): string[] {
  const names: string[] = [];
  for (const name in object) {
    if (!known.includes(name) || !Object.hasOwn(object, name))
      throw new RangeError(`an object has a field ${name} that is not among those of its type: ${known.join(", ")}`);
    names.push(name);
  }
  return names;
}
