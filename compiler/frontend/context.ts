/** What lowering knows about the whole program, and where it puts what it finds. */
import type { ts } from "ts-morph";
import type { Report } from "../diagnostics/report.ts";
import type { Func } from "../ir/types.ts";
import type { DerivedFunction, ModuleSymbol, Rules, Step } from "./types.ts";

/** A function of a generated module: what the steps make of the function at `of`. */
export interface GeneratedFunction {
  readonly of: ts.Node;
  readonly steps: readonly Step[];
}

export interface LowerContext {
  readonly checker: ts.TypeChecker;
  /** All files that are compiled together. */
  readonly allFiles: () => readonly ts.SourceFile[];
  readonly program: Map<string, Func>;
  readonly symbols: Map<string, ModuleSymbol>;
  readonly derived: Map<string, DerivedFunction>;
  readonly rules: Map<string, Rules>;
  readonly report: (r: Report) => void;
  /** Whether a file is a generated module, which exists only while we compile. */
  readonly isVirtualGradModule: (fileName: string) => boolean;
  /** What a name imported from a generated module stands for. */
  readonly resolveGenerated: (symbol: ts.Symbol) => GeneratedFunction | undefined;
}
