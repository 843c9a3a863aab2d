/** Names made of other names. */

export const upperFirst = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
export const lowerFirst = (text: string): string => text.charAt(0).toLowerCase() + text.slice(1);

/** A property as part of a name: what no name may hold is written `_`. */
export const nameFrom = (property: string): string => property.replaceAll(/[^\p{ID_Continue}$]/gu, "_");

/** The name of a field's own variable: `x` of `p` is `pX`. */
export const partName = (name: string, field: string): string => name + nameFrom(upperFirst(field));
