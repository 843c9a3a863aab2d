import { agreement, wantedDigits } from "./agreement.ts";
import type { Task } from "./datasets.ts";
import { withDifferences } from "./differences.ts";
import { fit, type Fit } from "./fit.ts";

/** One fit from one start, done with either Jacobian. */
export interface Result extends Task {
  readonly start: 1 | 2;
  readonly generated: Outcome;
  readonly differences: Outcome;
}

export interface Outcome extends Fit {
  /** Agreement of each parameter with the certified one. */
  readonly digits: readonly number[];
  readonly milliseconds: number;
}

export function solve(task: Task, start: 1 | 2): Result {
  const { dataset, problem } = task;
  const from = dataset.starts[start - 1];
  const [generated, differences] = timePair(
    () => fit(problem, dataset, from),
    () => fit(withDifferences(problem), dataset, from),
  );
  return { ...task, start, generated: judge(task, generated), differences: judge(task, differences) };
}

/** The agreement of the parameter that agrees least. */
export function worstDigits({ digits }: Outcome): number {
  return Math.min(...digits);
}

/** Whether every parameter agrees as well as it should. */
export function agrees(outcome: Outcome): boolean {
  return worstDigits(outcome) >= wantedDigits;
}

type Timed = Fit & { readonly milliseconds: number };

function judge({ dataset }: Task, timed: Timed): Outcome {
  return { ...timed, digits: agreement(timed.parameters, dataset.certified.parameters) };
}

/** Runs both, in turns so that neither has the better weather, and gives what they return with their median times. */
function timePair(a: () => Fit, b: () => Fit): [Timed, Timed] {
  const turns = 7;
  const [fitA, fitB] = [a(), b()];
  const times = Array.from({ length: turns }, () => [timeOf(a), timeOf(b)] as const);
  return [
    { ...fitA, milliseconds: median(times.map(([time]) => time)) },
    { ...fitB, milliseconds: median(times.map(([, time]) => time)) },
  ];
}

function timeOf(run: () => unknown): number {
  const before = performance.now();
  run();
  return performance.now() - before;
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)];
}
