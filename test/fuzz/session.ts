/** A run of the fuzzer: programs in batches, what became of them, findings made small. */
import type { Program } from "./ast.ts";
import type { Checked } from "./check.ts";
import { generate } from "./generate.ts";
import type { Language } from "./generate.ts";
import type { Verdict } from "./judge.ts";
import { printProgram } from "./print.ts";
import { smaller } from "./shrink.ts";
import { isIdle, projectFolder, typeErrors } from "./typecheck.ts";

export interface FoundProgram {
  readonly index: number;
  /** The kind of finding, `refused` or `invalid`. */
  readonly kind: string;
  readonly message: string;
  readonly program: Program;
}

export interface Summary {
  ran: number;
  fine: number;
  /** Programs refused by a diagnostic, by its code. */
  readonly refused: Map<string, FoundProgram[]>;
  readonly found: FoundProgram[];
  readonly checked: Checked;
  /** Why loops were recorded that ask for checkpoints, and how often. */
  readonly recorded: Map<string, number>;
}

export function emptySummary(): Summary {
  const checked: Checked = { points: 0, differences: 0, wild: 0, threw: 0, flat: 0, second: 0 };
  return { ran: 0, fine: 0, refused: new Map(), found: [], checked, recorded: new Map() };
}

/** How many programs were refused. */
export function refusals(summary: Summary): number {
  return new Set([...summary.refused.values()].flat().map((one) => one.index)).size;
}

/** Compiles and checks programs, here or in another process. */
export type Judge = (programs: readonly Program[]) => Promise<readonly Verdict[]>;

/** Judges programs `from` to `from + count - 1` of a seed in a language and adds what it saw to the summary. */
export async function runBatch(
  judge: Judge,
  language: Language,
  seed: number,
  from: number,
  count: number,
  summary: Summary,
): Promise<readonly FoundProgram[]> {
  const programs = Array.from({ length: count }, (_, i) => generate(seed, from + i, language));
  const verdicts = await judge(programs);
  const fresh: FoundProgram[] = [];
  programs.forEach((program, i) => {
    const verdict = verdicts[i];
    if (verdict === undefined) return;
    summary.ran++;
    if (verdict.kind === "fine") {
      summary.fine++;
      for (const key of Object.keys(summary.checked) as (keyof Checked)[]) summary.checked[key] += verdict.checked[key];
      for (const message of verdict.recorded) {
        const reason = withoutNames(message);
        summary.recorded.set(reason, (summary.recorded.get(reason) ?? 0) + 1);
      }
      return;
    }
    const entry: FoundProgram = { index: from + i, kind: kindOf(verdict), message: verdict.message, program };
    if (verdict.kind !== "refused") {
      summary.found.push(entry);
      fresh.push(entry);
      return;
    }
    for (const code of verdict.codes) summary.refused.set(code, [...(summary.refused.get(code) ?? []), entry]);
  });
  return fresh;
}

function kindOf(verdict: Verdict): string {
  if (verdict.kind === "found") return verdict.finding;
  return verdict.kind === "refused" ? `refused ${verdict.codes.join(" ")}` : verdict.kind;
}

/** What findings have in common that are probably one and the same mistake. */
export function keyOf(found: { readonly kind: string; readonly message: string }): string {
  const exact =
    found.kind === "internal" || found.kind === "types" || found.kind === "invalid" || found.kind === "throws";
  const message = withoutNames(found.message).replaceAll(/(?<!TS\d*)\d+(\.\d+)?/g, "0");
  const nan = /NaN/.test(found.message) ? " NaN" : "";
  return exact ? `${found.kind}: ${message.slice(0, 60)}` : found.kind + nan;
}

const withoutNames = (message: string): string => message.replaceAll(/['"`][^'"`]*['"`]/g, "'…'");

/** The smallest program that greedy steps reach from one and that shows the same. */
export async function shrink(judge: Judge, found: FoundProgram, limitMs: number): Promise<FoundProgram> {
  const end = performance.now() + limitMs;
  const key = keyOf(found);
  let best = found;
  // What does not end costs its time limit each time.
  const width = found.kind === "hangs" ? 4 : 24;
  for (;;) {
    const candidates = smaller(best.program);
    let next: FoundProgram | undefined;
    for (let at = 0; at < candidates.length && next === undefined && performance.now() < end; at += width) {
      const few = candidates.slice(at, at + width);
      const some = found.kind === "invalid" ? few : validOnes(few);
      if (some.length === 0) continue;
      const verdicts = await judge(some);
      for (const [i, program] of some.entries()) {
        const verdict = verdicts[i];
        if (verdict === undefined || verdict.kind === "fine") continue;
        const candidate: FoundProgram = {
          index: found.index,
          kind: kindOf(verdict),
          message: verdict.message,
          program,
        };
        if (keyOf(candidate) !== key) continue;
        next = candidate;
        break;
      }
    }
    if (next === undefined) return best;
    best = next;
  }
}

/** The programs that are TypeScript. Most of what shrinking leaves out is still in use, and compiling takes longer. */
function validOnes(programs: readonly Program[]): readonly Program[] {
  const path = (i: number): string => `${projectFolder}/p${String(i)}.ts`;
  const texts = programs.map((program, i) => [path(i), printProgram({ ...program, nested: false }, "p")] as const);
  const errors = typeErrors(new Map(texts)).filter((error) => !isIdle(error.message));
  return programs.filter((_, i) => !errors.some((error) => error.file === path(i)));
}

/** A finding as text: the source, the point and what is wrong there. */
export function describe(found: FoundProgram, seed: number): string {
  const { program } = found;
  const names = program.main.params.map((param) => param.name).join(", ");
  const points = program.inputs.map((input) => `// f(${names}) at ${JSON.stringify(input.map(shown))}`);
  const head = [
    `// seed ${String(seed)}, program ${String(found.index)}: ${found.kind}`,
    ...found.message.split("\n").map((line) => `// ${line}`),
  ];
  return [...head, ...points, printProgram(program, "p")].join("\n");
}

function shown(value: unknown): unknown {
  return ArrayBuffer.isView(value) ? Array.from(value as unknown as ArrayLike<number>) : value;
}
