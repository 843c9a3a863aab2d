/** Lowered functions, interpreted, do bit for bit what the TypeScript does. */
import { describe, expect, test } from "vitest";
import { verify } from "../../compiler/ir/verify.ts";
import { interpret } from "../support/interpret.ts";
import { javascript, lowerText } from "../support/lower.ts";
import { arrays } from "./cases/arrays.ts";
import { calls } from "./cases/calls.ts";
import { expressions } from "./cases/expressions.ts";
import { statements } from "./cases/statements.ts";

interface Outcome {
  readonly result: unknown;
  readonly args: readonly unknown[];
  readonly printed: readonly string[];
}

/** Runs `call` on copies of the arguments and keeps everything that can be seen from outside. */
function observe(args: readonly unknown[], call: (args: readonly unknown[], console: Console) => unknown): Outcome {
  const own = structuredClone(args);
  const printed: string[] = [];
  const print =
    (word: string) =>
    (...words: unknown[]) =>
      void printed.push([word, ...words].map((w) => JSON.stringify(w)).join(" "));
  const quiet = { log: print("log"), info: print("info"), warn: print("warn") } as unknown as Console;
  try {
    return { result: call(own, quiet), args: own, printed };
  } catch (error) {
    return { result: `throws ${String(error)}`, args: own, printed };
  }
}

const groups = { expressions, statements, arrays, calls };
const files = Object.fromEntries(
  Object.entries(groups).flatMap(([group, cases]) =>
    cases.map(([, text], i) => [`/${group}${String(i)}.ts`, `${text}\nexport {};`]),
  ),
);
const lowered = lowerText("", files);
const tsgrad = { stopGradient: <T>(x: T) => x, tapGradient: <T>(x: T) => x };

function original(text: string): (...args: readonly unknown[]) => unknown {
  const source = `${javascript(text.replaceAll("export const", "const"))}\nreturn f;`;

  const make = new Function("exports", "require", "console", source) as (
    ...values: unknown[]
  ) => (...args: readonly unknown[]) => unknown;
  return (...args) => {
    const console = args.at(-1);
    return make({}, () => tsgrad, console)(...args.slice(0, -1));
  };
}

test("the cases type-check", () => {
  expect(lowered.typeErrors).toEqual([]);
});

for (const [group, cases] of Object.entries(groups)) {
  describe(group, () => {
    test.each(cases.map((one, i) => [one[0], i] as const))("%s", (_, i) => {
      const [, text, argumentLists] = cases[i]!;
      const key = lowered.lower("f", `/${group}${String(i)}.ts`);
      expect(lowered.reports.splice(0).map((report) => `${report.code} ${report.message}`)).toEqual([]);
      const own = [...lowered.program.values()].filter((func) => func.origin?.file === `/${group}${String(i)}.ts`);
      expect(own.flatMap((func) => verify(func, lowered.program))).toEqual([]);
      const constants = new Map(
        [...lowered.symbols.values()]
          .filter((symbol) => symbol.file === `/${group}${String(i)}.ts`)
          .map((symbol) => [symbol.key, constantValue(symbol.file, symbol.name)]),
      );
      for (const args of argumentLists) {
        const wanted = observe(args, (own, console) => original(text)(...own, console));
        const got = observe(args, (own, console) => interpret(lowered.program, key!, own, { console, constants }));
        expect(got).toEqual(wanted);
      }
    });
  });
}

function constantValue(file: string, name: string): unknown {
  const source = `${javascript((files[file] ?? "").replaceAll("export const", "const"))}\nreturn ${name};`;

  return (new Function("exports", "require", source) as (...values: unknown[]) => unknown)({}, () => tsgrad);
}
