/** Judging in another process, so that a compiler or a program that does not end is a finding, not the end of the run. */
import { fork } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import type { Program } from "./ast.ts";
import type { Verdict } from "./judge.ts";

let worker: ChildProcess | undefined;
let patience = 1;

/** All time limits are multiplied by this: where other work takes the machine's time, a slow program is no finding. */
export function setPatience(factor: number): void {
  patience = factor;
}

/** Time that a batch may take: the first one of a worker also starts the compiler. */
function limitFor(programs: number, fresh: boolean): number {
  return patience * ((fresh ? 12_000 : 4000) + 700 * programs);
}

export async function judgeApart(programs: readonly Program[]): Promise<readonly Verdict[]> {
  const verdicts = await attempt(programs);
  if (verdicts !== undefined) return verdicts;
  if (programs.length === 1) return [{ kind: "found", finding: "hangs", message: "does not end, or ends the process" }];
  const each: Verdict[] = [];
  for (const program of programs) each.push(...(await judgeApart([program])));
  return each;
}

/** Undefined where the worker died or took too long. */
function attempt(programs: readonly Program[]): Promise<readonly Verdict[] | undefined> {
  const fresh = worker === undefined;
  const child = worker ?? start();
  return new Promise((resolve) => {
    const finish = (verdicts: readonly Verdict[] | undefined): void => {
      clearTimeout(timer);
      child.removeAllListeners();
      if (verdicts === undefined) stopWorker();
      resolve(verdicts);
    };
    const timer = setTimeout(
      () => {
        finish(undefined);
      },
      limitFor(programs.length, fresh),
    );
    child.once("message", (verdicts) => {
      finish(verdicts as readonly Verdict[]);
    });
    child.once("exit", () => {
      finish(undefined);
    });
    child.send([...programs]);
  });
}

function start(): ChildProcess {
  worker = fork(new URL("worker.ts", import.meta.url), {
    execArgv: ["--import", "tsx"],
    serialization: "advanced",
    env: { ...process.env, FUZZ_PATIENCE: String(patience) },
  });
  return worker;
}

export function stopWorker(): void {
  worker?.removeAllListeners();
  worker?.kill("SIGKILL");
  worker = undefined;
}
