/** A title, a text that declares the function `f`, and argument lists to try. */
export type Case = readonly [title: string, text: string, calls: readonly (readonly unknown[])[]];
