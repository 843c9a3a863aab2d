/** Functions of the runtime that generated code calls. They are no functions of the program: nothing is derived of them. */

/** Copies of values that belong together; see `copyTogether` of the runtime. */
export const copyTogether = "runtime.copyTogether";

/** What they are called in "tsgrad/runtime". */
export const runtimeNames: ReadonlyMap<string, string> = new Map([[copyTogether, "copyTogether"]]);

const outside = "outside.";

/** The key of a function that has no source: of a package, or of the platform. */
export const outsideKey = (name: string): string => outside + name;

/** What a function without source is called, as far as its key tells; undefined for all others. */
export const outsideName = (key: string): string | undefined =>
  key.startsWith(outside) ? key.slice(outside.length) : undefined;
