/** Functions of the runtime that generated code calls. They are no functions of the program: nothing is derived of them. */

/** Copies of values that belong together; see `copyTogether` of the runtime. */
export const copyTogether = "runtime.copyTogether";

/** What they are called in "tsgrad/runtime". */
export const runtimeNames: ReadonlyMap<string, string> = new Map([[copyTogether, "copyTogether"]]);
