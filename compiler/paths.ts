/** The names of sources and of what is generated beside them. */

const sourceName = /(?<!\.d)\.([mc]?)tsx?$/;

/** Whether a name is that of a generated module: `model.grad.ts`. */
export const isGeneratedPath = (path: string): boolean => /\.grad\.[mc]?ts$/.test(path);

/** Whether a name is that of a TypeScript source: no declarations, nothing generated. */
export const isSourcePath = (path: string): boolean => sourceName.test(path) && !isGeneratedPath(path);

/** `model.grad.ts` for `model.ts`, `model.grad.mts` for `model.mts`. */
export const generatedPathOf = (source: string): string => source.replace(sourceName, ".grad.$1ts");

export const toPosix = (name: string): string => name.replaceAll("\\", "/");
