/** Instances that generated code makes. */

/** An instance of a class, made of its fields: what its constructor does, generated code has done already. */
export function instanceOf<T extends object>(owner: { readonly prototype: T }, fields: object): T {
  return Object.assign(Object.create(owner.prototype) as T, fields);
}
