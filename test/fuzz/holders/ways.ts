/** What can be done with data of any kind that is there: handing it to functions, putting it elsewhere, going through it. */
import type { Ways } from "./grammar.ts";

export const handedOn: Ways = {
  sorts: {
    num: [
      "read_($it, #)",
      "0.3 * total_($it)",
      "sums_($it, $index, $atom)",
      "[$it, $it].reduce((<s>: number, <e>) => <s> + total_(<e>) * 0.3, #)",
      "total_(touch_($it, #))",
      "new Box_($it).read(#)",
      "[$it, $it].map((<e>) => read_(<e>, $atom))[1]",
    ],
    it: [
      [0.3, "make_(#, $atom)"],
      // Without a hole, so that expressions in expressions come to an end.
      [0.05, "make_(0.7, 0.4)"],
      [0.5, "copy_($it, $atom)"],
      "same_($it)",
      "either_($it, $it, $atom)",
      "(@ ? $it : $it)",
      "pick_($index, $it, $it)",
      "touch_($it, #)",
      "deep_($it, $index, $atom)",
      "first_($it, $it, (<e>) => total_(<e>) > $atom)",
      "(maybe_($it, $atom) ?? $it)",
      "new Box_($it).own",
    ],
    test: ["total_($it) > $atom"],
  },
  lines: [
    [3, "write_($it, #)"],
    "touch_($it, $atom)",
    "deep_($it, 2, #)",
    [3, "$slot = $it"],
    "$slot = $new",
    "[$slot, $slot] = [$it, $it]",
    "[$slot, $place] = [$it, #]",
    "({ it: $slot, n: $place } = { it: $it, n: # })",
    "{ const <e> = $slot; $slot = $it; write_(<e>, #); }",
    "if (@) $slot = $it; else write_($it, $atom)",
    "switch ($index % 3) { case 0: write_($it, #); break; case 1: $place = #; default: $slot = $it; }",
    "[$it, $it].forEach((<e>, <i>) => { write_(<e>, # * <i>); })",
    "new Box_($it).change(#)",
  ],
  bindings: [
    { text: "const <e> = $it", gives: { it: ["<e>"] } },
    { text: "let <e>: T = $it", gives: { it: ["<e>"], slot: ["<e>"] } },
    { text: "const <e>: T = $new", gives: { it: ["<e>"] } },
    { text: "const <f> = (<t>: number): number => read_($it, <t>)", gives: { atom: ["<f>(0.4)", "<f>(x)"] } },
    { text: "const <f> = (<t>: number): T => touch_($it, <t>)", gives: { it: ["<f>(0.4)", "<f>(y)"] } },
    { text: "const <f> = (<e>: T = $it): T => { $slot = <e>; return <e>; }", gives: { it: ["<f>()"] } },
  ],
  loops: [
    { head: "for (const <e> of [$it, $it])", gives: { it: ["<e>"] } },
    { head: "[$it, $it].forEach((<e>, <i>) =>", tail: ")", gives: { it: ["<e>"], index: ["<i>"] } },
  ],
};
