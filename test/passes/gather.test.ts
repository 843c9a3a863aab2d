/** Adjoints of variables as one would write them by hand, on statements that lowering does not make. */
import { expect, test } from "vitest";
import { assign, constant, num, numberType, op, variable } from "../../compiler/ir/build.ts";
import { printFunc } from "../../compiler/ir/print.ts";
import type { Func } from "../../compiler/ir/types.ts";
import { gatherAdjoints } from "../../compiler/simplify/gather.ts";

const x = variable("x", numberType);

test("a copy that nothing uses any more goes, and nothing else", () => {
  const func: Func = {
    name: "f",
    params: [{ name: "x", type: numberType }],
    result: numberType,
    body: [
      { kind: "let", name: "y", type: numberType, mutable: true, init: num(1) },
      constant("t", numberType, x),
      assign("y", op("mul", [variable("y", numberType), x])),
      { kind: "return", value: variable("y", numberType) },
    ],
  };
  expect(printFunc(gatherAdjoints(func, () => true))).toMatchInlineSnapshot(`
    "function f(x: number): number {
      let y: number = 1
      y = y * x
      return y
    }
    "
  `);
});
