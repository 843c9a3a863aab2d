/** Names made of other names. */

export const upperFirst = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
export const lowerFirst = (text: string): string => text.charAt(0).toLowerCase() + text.slice(1);

/** The name of a field's own variable: `x` of `p` is `pX`. What no name may hold is written `_`. */
export const partName = (name: string, field: string): string =>
  name + upperFirst(field).replaceAll(/[^\p{ID_Continue}$]/gu, "_");
