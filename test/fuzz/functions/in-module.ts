/** What functions of the module are written with: nothing of the main function. */
import type { Random } from "../random.ts";
import { numbers } from "../dense/numbers.ts";
import { Writer } from "../dense/grammar.ts";
import type { Sorts } from "../dense/grammar.ts";
import type { Site } from "./bodies.ts";
import { uses } from "./library.ts";

const sorts: Sorts = {
  num: numbers.sorts.num ?? [],
  atom: ["0.5", "1.3", "0.2"],
  small: ["0.8", "1.1", "-0.7"],
  index: ["1", "2"],
  test: ["$atom > 0.2", "$atom < $atom"],
};

const lines = ["$place += # * 0.3", "$place *= $small", "$place = #", "$place -= $atom", "$place = Math.tanh(#)"];

const loops = [{ head: "for (let <i> = 0; <i> < 3; <i>++)", gives: { index: ["<i>"] } }];

/** What methods of classes are made with: names that can be written into have to be declared. */
export function siteOf(random: Random): Site {
  const writer = new Writer(random, [sorts, { ...uses, free: ["Math.sin", "scaleBy($atom)"] }]);
  return { writer, world: { lines, outer: [], bindings: numbers.bindings.slice(0, 2), loops } };
}

/** What functions are made with that change nothing. */
export function pureSite(random: Random): Site {
  const num = [
    ...(sorts.num ?? []),
    "$callee(#)",
    "twice($pure)(#)",
    "relay($pure, #)",
    "fold([#, $atom], $puretwo, #)",
  ];
  const callee = ["Math.atan", "scaled", "scaleBy($atom)"];
  const { pure = [], puretwo = [] } = uses;
  const writer = new Writer(random, [{ ...sorts, num, callee, pure, puretwo }]);
  const lines = ["let <t> = #", "const <t> = #"];
  return { writer, world: { lines, outer: [], bindings: numbers.bindings.slice(0, 1), loops } };
}
