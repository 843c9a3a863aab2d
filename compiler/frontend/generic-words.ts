/** What is said of a generic function, or a class, that stands where nothing tells what its type parameters are. */
export function genericWords(name: string, isClass = false): [message: string, hint: string] {
  const example = isClass ? "" : `, as in (x: number[]) => ${name}(x)`;
  return [
    `${name} has type parameters, and nothing says here what they are`,
    `Write a function for the types that you mean and let it use ${name}${example}.`,
  ];
}
