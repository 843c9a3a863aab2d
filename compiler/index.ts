/** The compiler as a library: annotated TypeScript in, generated modules and reports out. It writes nothing. */
export { compile, explain } from "./compile.ts";
export type { CompileOptions, CompileResult, GeneratedFile, ValueUse } from "./compile.ts";
export type { SourceMap, Trace } from "./emit/source-map.ts";
export type { Result, Results } from "./results.ts";
export type { Report } from "./diagnostics/report.ts";
export type { ReadOptions } from "./frontend/index.ts";
