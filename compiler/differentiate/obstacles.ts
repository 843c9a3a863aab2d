/** Why the iterations of a loop under `// @checkpoint` cannot run again, as its user is told. */
import { makeReport } from "../diagnostics/make.ts";
import type { Report } from "../diagnostics/report.ts";
import { needsReverse } from "../analyse/record.ts";
import type { BlockPlan } from "./plan.ts";

export interface Obstacle {
  readonly kind: "obstacle";
  readonly reason: string;
  /** What to write instead. */
  readonly hint: string;
}

const obstacle = (reason: string, hint: string): Obstacle => ({ kind: "obstacle", reason, hint });

export const obstacles = {
  tape: () =>
    obstacle("it takes apart what another derivative recorded", "Let the loop that is differentiated be your own."),
  effects: (callee: string) =>
    obstacle(
      `'${callee}', which it calls, has effects that would happen again`,
      `Take the effects out of '${callee}': they may stand in the loop itself.`,
    ),
  keeper: (name = "a Map") =>
    obstacle(
      `'${name}', which it uses, is a Map or Set`,
      "Keep what the loop needs of it in arrays: a Map is not taken back to what it was.",
    ),
  result: (callee: string) =>
    obstacle(
      `'${callee}' gives back an array that may be known under another name`,
      `Let '${callee}' write into an array that it is given.`,
    ),
  pullback: () =>
    obstacle("it asks for a pullback", "Ask for it ahead of the loop, or use vjp or grad, which need none."),
  throws: () => obstacle("it throws where it cannot be told that it did not", "Throw at the end of an if."),
  absent: (name: string) =>
    obstacle(`'${name}', which it changes, may be absent`, `Give '${name}' a value that it has in any case.`),
  unassigned: () =>
    obstacle(
      "a variable gets its first array in it, or an array is returned from it",
      "Give the variable an array where it is declared, and make what is returned after the loop.",
    ),
  objects: (name: string) =>
    obstacle(
      `it changes objects, in '${name}'`,
      "Make new objects in each iteration, or keep what the loop changes in variables or arrays of numbers.",
    ),
  rows: (name: string) =>
    obstacle(
      `the arrays in '${name}' come and go, or change places`,
      "Make a new list of them in each iteration, write their elements into arrays that stay, or let variables change places: [now, next] = [next, now].",
    ),
  resized: (name: string) =>
    obstacle(
      `'${name}' changes its length beside references that move`,
      `Make '${name}' as long as it gets ahead of the loop, and count how much of it is used.`,
    ),
  view: (name: string) =>
    obstacle(`'${name}' becomes a view of another array in it`, "Use slice in the place of subarray."),
  split: (name: string) =>
    obstacle(
      `'${name}' is one of several references that move, in a function that calls itself`,
      "Put the loop into a function of its own that does not call itself, or copy elements instead of references.",
    ),
};

/** A report for each loop that is recorded although it is under `// @checkpoint`. */
export function recordedDespite(plan: BlockPlan): Report[] {
  return plan.items.flatMap((item): Report[] => {
    switch (item.kind) {
      case "simple":
        return [];
      case "if":
        return [...recordedDespite(item.then), ...recordedDespite(item.otherwise)];
      case "checkpoint":
        return recordedDespite(item.body);
      case "loop": {
        const { obstacle: found, stmt, body } = item;
        const inner = recordedDespite(body);
        const origin = stmt.checkpoint?.origin;
        if (found === undefined || origin === undefined || !needsReverse(body)) return inner;
        return [makeReport("TG3103", origin, [found.reason, found.hint]), ...inner];
      }
    }
  });
}
