/** Small functions from text, and the IR of what a pass makes of them. */
import { Pipeline } from "../../compiler/pipeline.ts";
import type { Mode } from "../../compiler/frontend/types.ts";
import { printFunc } from "../../compiler/ir/print.ts";
import type { Func, Program } from "../../compiler/ir/types.ts";
import { verify } from "../../compiler/ir/verify.ts";
import { lowerText, type Lowered } from "../support/lower.ts";

export type Pass = (func: Func, program: Program) => Func;

function lower(text: string, name: string): { readonly func: Func; readonly lowered: Lowered } {
  const lowered = lowerText(text);
  const key = lowered.lower(name);
  const func = key === undefined ? undefined : lowered.program.get(key);
  const problems = [...lowered.typeErrors, ...lowered.reports.map((report) => report.message)];
  if (func === undefined || problems.length > 0) throw new Error(problems.join("\n"));
  return { func, lowered };
}

/** The body of `f` after a pass; what is not valid IR comes first. */
export function after(pass: Pass, text: string): string {
  const { func, lowered } = lower(text, "f");
  const made = pass(func, lowered.program);
  return [...verify(made), printFunc(made)].join("\n");
}

/** The derivative of `f` in one mode, simplified. */
export function derived(mode: Mode, text: string): string {
  const { pipeline, key, name } = asked(mode, text);
  return printFunc(pipeline.derive(key, mode, name));
}

/** The same as it is emitted, which nothing is differentiated of again. */
export function finished(mode: Mode, text: string): string {
  const { pipeline, key, name } = asked(mode, text);
  return printFunc(pipeline.deriveWithHelpers(key, mode, name).func);
}

function asked(mode: Mode, text: string): { pipeline: Pipeline; key: string; name: string } {
  const { func, lowered } = lower(text, "f");
  const frontend = {
    ...lowered.context,
    targets: [],
    forms: [],
    reports: [],
    silences: new Map(),
    texts: new Map(),
    blocked: new Set<string>(),
    files: new Map(),
    inputs: new Set<string>(),
    known: new Map(),
  };
  const name = `f${mode.charAt(0).toUpperCase()}${mode.slice(1)}`;
  return { pipeline: new Pipeline(frontend), key: func.name, name };
}
