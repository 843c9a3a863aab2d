/** `break` and `continue`: exits of labelled blocks, which are made only where something leaves them. */
import { emit, inBlock, type Body, type Exit } from "./state.ts";
import type { Stmt } from "../../ir/types.ts";

/** Runs what `break` may leave; around it goes a block, if something does. */
export function breakable(
  body: Body,
  target: { kind: Exit["kind"]; label: string | undefined },
  run: (exit: Exit) => void,
): void {
  const exit: Exit = { ...target, breakLabel: undefined, continueLabel: undefined };
  body.exits.push(exit);
  const inner = inBlock(body, () => {
    run(exit);
  });
  body.exits.pop();
  if (exit.breakLabel !== undefined) emit(body, { kind: "block", label: exit.breakLabel, body: inner });
  else body.block.push(...inner);
}

/** The label to leave the target by, made when it is first needed. */
export function breakLabel(body: Body, exit: Exit): string {
  exit.breakLabel ??= body.labels.fresh(exit.label ?? (exit.kind === "switch" ? "cases" : exit.kind));
  return exit.breakLabel;
}

function continueLabel(body: Body, exit: Exit): string {
  exit.continueLabel ??= body.labels.fresh(exit.label === undefined ? "next" : `${exit.label}Next`);
  return exit.continueLabel;
}

/** The body of a loop, which `continue` may leave. */
export function loopBody(body: Body, exit: Exit, run: () => void): Stmt[] {
  const inner = inBlock(body, run);
  if (exit.continueLabel === undefined) return inner;
  return [{ ...body.place, kind: "block", label: exit.continueLabel, body: inner }];
}

export function breakTo(body: Body, label: string | undefined): void {
  const exit = body.exits.findLast((candidate) =>
    label === undefined ? candidate.kind !== "block" : candidate.label === label,
  );
  if (exit) emit(body, { kind: "exit", label: breakLabel(body, exit) });
}

export function continueTo(body: Body, label: string | undefined): void {
  const exit = body.exits.findLast(
    (candidate) => candidate.kind === "loop" && (label === undefined || candidate.label === label),
  );
  if (exit) emit(body, { kind: "exit", label: continueLabel(body, exit) });
}
