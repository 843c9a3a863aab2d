/** Holders that are variables: constants, variables that change, what functions capture or take by default. */
import type { Holder } from "./grammar.ts";

/** A variable that is given other data. */
export const moved: Holder = {
  head: [
    [
      "let moved~: T = $new; if (@) moved~ = $it",
      "let moved~: T; if (@) moved~ = $new; else moved~ = $it",
      "let moved~: T = $it",
      "let moved~: T; switch (xs.length) { case 3: moved~ = $it; break; default: moved~ = $new; }",
    ],
  ],
  paths: ["moved~"],
  slots: ["moved~"],
  terms: ["total_(moved~)"],
  lines: ["moved~ = $new", "if (@) moved~ = $it; else moved~ = $new"],
};

export const variables: readonly Holder[] = [
  {
    head: [["const kept~: T = $new", "let kept~: T = $new", "const kept~: T = $it"]],
    paths: ["kept~"],
    terms: ["total_(kept~)"],
  },
  moved,
  {
    head: [
      ["let one~: T = $new"],
      ["let two~: T = $new", "let two~: T = $it"],
      ["let three~: T = $new", "let three~: T = one~"],
    ],
    paths: ["one~", "two~", "three~"],
    slots: ["one~", "two~", "three~"],
    lines: [
      "[one~, two~] = [two~, one~]",
      "[one~, two~, three~] = [two~, three~, one~]",
      "{ const <e> = one~; one~ = two~; two~ = three~; three~ = <e>; }",
      "{ const <e> = one~; one~ = two~; two~ = $new; write_(<e>, #); }",
    ],
    terms: ["total_(one~) * 0.4", "total_(two~) * 0.7 - total_(three~)"],
  },
  {
    head: [
      ["let held~: T = $new", "const held~: T = $it"],
      ["const get~ = (): T => held~"],
      ["const change~ = (t: number): number => { write_(held~, t); return read_(held~, t); }"],
    ],
    paths: ["get~()", "held~"],
    sorts: { num: ["change~(#)", "read_(get~(), #)"], atom: ["total_(get~())"] },
    lines: ["change~(#)", "write_(get~(), #)"],
    terms: ["total_(get~())"],
  },
  {
    head: [
      ["let inside~: T = $new"],
      ["const put~ = (it: T, t: number): T => { const old = inside~; if (t > 0.1) inside~ = it; return old; }"],
      ["const seen~ = (t = 0.5, it: T = inside~): number => read_(it, t)"],
    ],
    paths: ["inside~", "put~($it, $atom)"],
    slots: ["inside~"],
    sorts: { num: ["seen~()", "seen~(#)", "seen~(undefined, $it)", "seen~(#, put~($it, $atom))"] },
    lines: ["put~($it, #)", "put~($new, $atom)"],
    terms: ["seen~(x)"],
  },
  {
    head: [
      ["const base~: T = $it", "const base~: T = $new"],
      ["const given~ = ({ it = base~, t = 0.4 }: { it?: T; t?: number }): number => read_(it, t)"],
      ["const kept~ = ({ it, ...rest }: { it: T; t: number; u?: number }): T => (rest.t > (rest.u ?? 0) ? it : base~)"],
    ],
    paths: ["base~", "kept~({ it: $it, t: # })"],
    sorts: { num: ["given~({})", "given~({ it: $it })", "given~({ t: # })", "given~({ it: $it, t: # })"] },
    terms: ["given~({ t: y })"],
  },
  {
    head: [
      [
        "const chosen~: T = @ ? $it : $new",
        "const chosen~: T = either_($it, $new, $atom)",
        "const chosen~: T = pick_($index, $it, $new)",
        "const chosen~: T = maybe_($it, $atom) ?? $new",
        "const chosen~: T = same_($it)",
        "const chosen~: T = copy_($it)",
        "const chosen~: T = ((): T => { if (@) return $new; return $it; })()",
      ],
    ],
    paths: ["chosen~"],
    terms: ["total_(chosen~)"],
  },
  {
    head: [["let maybe~: T | undefined = maybe_($new, $atom)", "let maybe~: T | undefined = maybe_($it, $atom)"]],
    paths: ["(maybe~ ?? $it)"],
    sorts: { test: ["maybe~ !== undefined"], num: ["(maybe~ === undefined ? # : total_(maybe~))"] },
    lines: [
      "maybe~ = maybe_($it, #)",
      "maybe~ ??= $it",
      "if (maybe~ !== undefined) write_(maybe~, #)",
      "maybe~ = @ ? $it : maybe~",
    ],
    terms: ["(maybe~ === undefined ? 0.3 : total_(maybe~))"],
  },
];
