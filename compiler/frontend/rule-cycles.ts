/**
 * Rules that would call themselves without end: a rule stands for a derivative, so it must not ask for that derivative,
 * not even inside of what else it differentiates.
 */
import type { Func, Origin, Program } from "../ir/types.ts";
import { calleesOf } from "../ir/visit.ts";
import { reverseModes } from "./requests.ts";
import type { DerivedFunction, Mode, Rules } from "./types.ts";

export interface RuledProgram {
  readonly program: Program;
  readonly derived: ReadonlyMap<string, DerivedFunction>;
  readonly rules: ReadonlyMap<string, Rules>;
}

/** Where a rule comes back to itself: the derivative that it asks for on the way. */
export function cycleOf({ program, derived, rules }: RuledProgram, rule: string): Origin | undefined {
  const seen = new Set<string>();
  /** The function as it is called (no `mode`), or its derivative in a mode. */
  const visit = (key: string, mode: Mode | undefined, asked: Origin | undefined): Origin | undefined => {
    const state = `${key} ${mode ?? ""}`;
    if (seen.has(state)) return undefined;
    seen.add(state);
    const own = mode ? rulesFor(rules.get(key), mode) : [];
    if (own.includes(rule)) return asked;
    const next =
      own.length > 0
        ? own.map((each) => visit(each, undefined, asked))
        : calleesIn(program.get(key)).map((callee) => {
            const wanted = derived.get(callee);
            return wanted ? visit(wanted.of, wanted.mode, asked ?? wanted.origin) : visit(callee, mode, asked);
          });
    return next.find((found) => found !== undefined);
  };
  return visit(rule, undefined, undefined);
}

const calleesIn = (func: Func | undefined): readonly string[] => (func ? [...calleesOf(func.body)] : []);

/** The rules that answer for a function in a mode. Jacobians and second derivatives may meet all that there are. */
function rulesFor(rules: Rules | undefined, mode: Mode): readonly string[] {
  const { jvp, vjp, pullback } = rules ?? {};
  const reverse = pullback ?? vjp;
  const some = mode === "jvp" ? [jvp] : reverseModes.includes(mode) ? [reverse] : [jvp, reverse];
  return some.filter((key) => key !== undefined);
}

/** Whether calls lead from one function to one of the others. */
export function reaches({ program, derived }: RuledProgram, from: string, wanted: ReadonlySet<string>): boolean {
  const seen = new Set([from]);
  for (const key of seen) {
    if (wanted.has(key)) return true;
    for (const callee of calleesIn(program.get(key))) seen.add(derived.get(callee)?.of ?? callee);
  }
  return false;
}
