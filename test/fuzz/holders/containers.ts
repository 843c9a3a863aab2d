/** Holders that are other data: fields, lists, tuples, tables, instances, results of methods of lists. */
import type { Holder } from "./grammar.ts";

export const containers: readonly Holder[] = [
  {
    head: [
      ["const box~: { it: T; n: number } = { it: $new, n: # }", "let box~: { it: T; n: number } = { n: #, it: $it }"],
      ["let also~ = box~", "let also~: { it: T; n: number } = { ...box~ }", "let also~ = { ...box~, n: # }"],
    ],
    paths: ["box~.it", "also~.it"],
    slots: ["box~.it", "also~.it"],
    sorts: { place: ["box~.n", "also~.n"] },
    lines: [
      "also~ = box~",
      "also~ = { ...box~, it: $it }",
      "also~ = { it: $new, n: box~.n }",
      "[box~.it, also~.it] = [also~.it, box~.it]",
      "({ it: box~.it, n: $place } = also~)",
    ],
    bindings: [
      { text: "const { it: <e>, n: <t> } = box~", gives: { it: ["<e>"], atom: ["<t>"] } },
      { text: "const { it: <e>, ...<r> } = also~", gives: { it: ["<e>"], atom: ["<r>.n"] } },
    ],
    terms: ["total_(box~.it) * box~.n", "total_(also~.it) + also~.n"],
  },
  {
    prelude: [
      "interface Opt_ {\n  it?: T | undefined;\n  n: number;\n}",
      "function itOf_(o: Opt_): T | undefined {\n  return o.it;\n}",
      "function orElse_({ it = make_(0.3, 0.7), n }: Opt_): number {\n  return read_(it, n);\n}",
    ],
    head: [
      [
        "const opt~: Opt_ = { n: # }",
        "let opt~: Opt_ = { it: $new, n: # }",
        "const opt~: Opt_ = { it: maybe_($it, #), n: # }",
      ],
    ],
    paths: ["(opt~.it ?? $it)", "(itOf_(opt~) ?? $it)"],
    sorts: { place: ["opt~.n"], num: ["orElse_(opt~)", "orElse_({ ...opt~, n: # })"], test: ["opt~.it === undefined"] },
    lines: [
      "opt~.it = @ ? $it : undefined",
      "opt~.it ??= $new",
      "opt~.it = $it",
      "if (opt~.it !== undefined) write_(opt~.it, #)",
    ],
    terms: ["orElse_(opt~)"],
  },
  {
    head: [
      [
        "let list~: T[] = [$new, $it]",
        "let list~: T[] = Array.from({ length: 2 }, (_, <i>) => make_($atom * <i>, #))",
        "let list~: T[] = xs.map((<t>, <i>) => make_(<t>, $atom * <i>))",
        "let list~: T[] = [$it, make_(#, $atom), $it].slice(1)",
        "let list~: T[] = []; list~.push($new, $it)",
      ],
    ],
    paths: [
      "list~[0]",
      "list~[1]",
      "list~[$index % 2]",
      "(list~.at(-1) ?? $it)",
      "(list~.find((<e>) => total_(<e>) > $atom) ?? $it)",
    ],
    slots: ["list~[0]", "list~[1]", "list~[$index % 2]"],
    sorts: {
      num: [
        "list~.reduce((<s>: number, <e>) => <s> + read_(<e>, $atom), #)",
        "list~.map((<e>) => total_(<e>))[1]",
        "Math.max(...list~.map((<e>) => total_(<e>)))",
      ],
    },
    lines: [
      "list~.reverse()",
      "[list~[0], list~[1]] = [list~[1], list~[0]]",
      "list~.sort((<s>, <t>) => total_(<s>) - total_(<t>))",
      "list~.forEach((<e>) => { write_(<e>, #); })",
      "list~.push(list~.shift() ?? $it)",
      "list~ = [...list~].reverse()",
      "list~ = list~.map((<e>, <i>) => (<i> > 0 ? <e> : copy_(<e>)))",
      "list~ = list~.slice(1).concat([$it])",
      "list~ = [$it, ...list~.slice(0, 1)]",
      "list~.splice(0, 1, $it)",
      "list~.fill($it, 1)",
      "{ const <e> = list~.pop(); if (<e> !== undefined) { write_(<e>, #); list~.unshift(<e>); } }",
      "for (const <e> of list~.filter((<s>) => total_(<s>) > $atom)) write_(<e>, $atom)",
    ],
    outer: [
      "list~.push($it)",
      "list~.push($new)",
      "list~.unshift($it)",
      "list~.splice(1, 0, $new)",
      "if (list~.length > 2) list~.pop()",
    ],
    loops: [
      { head: "for (const <e> of list~)", gives: { it: ["<e>"] } },
      { head: "for (const [<i>, <e>] of list~.entries())", gives: { it: ["<e>"], index: ["<i>"] } },
      {
        head: "for (let <i> = 0; <i> < list~.length; <i>++)",
        gives: { it: ["list~[<i>]"], slot: ["list~[<i>]"], index: ["<i>"] },
      },
      { head: "for (let <i> = list~.length - 1; <i> >= 0; <i>--)", gives: { it: ["list~[<i>]"], index: ["<i>"] } },
      { head: "list~.forEach((<e>, <i>) =>", tail: ")", gives: { it: ["<e>"], slot: ["list~[<i>]"], index: ["<i>"] } },
    ],
    bindings: [{ text: "const [<e>, ...<r>] = list~", gives: { it: ["<e>", "<r>[0]"] } }],
    terms: ["list~.reduce((s: number, e, i) => s + total_(e) * (i + 1), 0)"],
  },
  {
    head: [
      ["let both~: [T, T] = [$new, $it]", "let both~: [T, T] = [$it, $it]"],
      ["let with~: [it: T, n: number] = [both~[1], #]", "let with~: [it: T, n: number] = [$new, #]"],
    ],
    paths: ["both~[0]", "both~[1]", "with~[0]"],
    slots: ["both~[0]", "both~[1]", "with~[0]"],
    sorts: { place: ["with~[1]"] },
    lines: [
      "both~ = [both~[1], both~[0]]",
      "[both~[0], both~[1]] = [both~[1], $it]",
      "with~ = [$it, #]",
      "[with~[0], $place] = with~",
    ],
    bindings: [
      { text: "const [<e>, <t>] = with~", gives: { it: ["<e>"], atom: ["<t>"] } },
      { text: "const [, <e>] = both~", gives: { it: ["<e>"] } },
    ],
    loops: [{ head: "for (const <e> of both~)", gives: { it: ["<e>"] } }],
    terms: ["total_(both~[0]) - total_(both~[1]) * 0.4", "total_(with~[0]) * with~[1]"],
  },
  {
    head: [
      [
        "const box~ = new Box_($new)",
        "let box~ = Box_.of(#)",
        "let box~ = new Box_($it)",
        "const box~ = new Big_($it, $new)",
      ],
      ["const other~ = new Big_($it, $new)", "const other~ = new Box_($it)"],
    ],
    paths: ["box~.it", "box~.own", "other~.it", "box~.put($it).it"],
    slots: ["box~.it", "other~.own"],
    sorts: { num: ["box~.read(#)", "other~.read(#)", "box~.change(#)"], place: ["box~.n", "other~.n"] },
    lines: [
      "box~.put($it)",
      "other~.own = $it",
      "box~.change(#)",
      "other~.put($it).change(#)",
      "box~.put($new).n *= $small",
    ],
    terms: ["box~.read(x) * box~.n", "other~.read(y)"],
  },
  {
    head: [["const far~ = new Big_($it, $new)", "let far~ = new Big_($new, $it)"]],
    paths: ["far~.it", "far~.more", "far~.own"],
    slots: ["far~.it", "far~.more"],
    sorts: { num: ["far~.read(#)"], place: ["far~.n"] },
    lines: ["far~.swap()", "far~.swap($it)", "far~.put(far~.more).change(#)"],
    terms: ["far~.read(x)"],
  },
  {
    head: [
      [
        'const table~: Record<"one" | "two", T> = { one: $new, two: $it }',
        'let table~: { [<k> in "one" | "two"]: T } = { two: $new, one: $it }',
      ],
      ['let key~ = (x > y ? "one" : "two") as "one" | "two"'],
    ],
    paths: ["table~.one", "table~.two", "table~[key~]"],
    slots: ["table~.one", "table~[key~]"],
    sorts: { test: ["key~.length > 3"] },
    lines: [
      'key~ = @ ? "one" : key~',
      "[table~.one, table~.two] = [table~.two, table~.one]",
      'for (const <k> of ["one", "two"] as const) write_(table~[<k>], #)',
    ],
    loops: [
      { head: 'for (const <k> of ["two", "one"] as const)', gives: { it: ["table~[<k>]"], slot: ["table~[<k>]"] } },
    ],
    terms: ["total_(table~.one) - total_(table~.two) * 0.7"],
  },
  {
    prelude: ["enum Slot {\n  Low,\n  High,\n}"],
    head: [
      ["const slots~: Record<Slot, T> = { [Slot.Low]: $new, [Slot.High]: $it }"],
      ["let at~ = (x > 0 ? Slot.Low : Slot.High) as Slot"],
    ],
    paths: ["slots~[Slot.Low]", "slots~[at~]"],
    slots: ["slots~[Slot.High]", "slots~[at~]"],
    lines: ["at~ = @ ? Slot.Low : at~", "slots~[at~] = slots~[Slot.Low]"],
    terms: ["total_(slots~[Slot.Low]) - total_(slots~[Slot.High]) * 0.7"],
  },
  {
    head: [
      [
        "const got~: T[] = [$it, make_(#, $atom)].map((<e>, <i>) => (<i> > 0 ? copy_(<e>) : <e>))",
        "const got~: T[] = [make_(#, $atom), $it].filter((<e>) => total_(<e>) > $atom).concat([$it])",
        "const got~: T[] = [$it].concat([make_(#, $atom), $it]).slice(1)",
        "const got~: T[] = [$it, make_(#, $atom)].reverse()",
        "const got~: T[] = [$it, make_(#, $atom)].sort((<s>, <t>) => total_(<s>) - total_(<t>))",
        "const got~: T[] = [...[$it, make_(#, $atom)], $it]",
        "const got~: T[] = [$it, make_(#, $atom)].flatMap((<e>) => [<e>, copy_(<e>)])",
        "const got~: T[] = Array.from([$it, make_(#, $atom)], (<e>) => same_(<e>))",
        "const got~: T[] = [$it, make_(#, $atom)].with(1, $it)",
      ],
    ],
    paths: ["got~[0]", "(got~[1] ?? $it)", "(got~.at(-1) ?? $it)"],
    slots: ["got~[0]"],
    terms: ["got~.reduce((s: number, e) => s * 0.7 + total_(e), 0)"],
  },
  {
    head: [["const stack~: T[] = [$new]", "const stack~: T[] = []"], ["stack~.push($it)"]],
    paths: ["(stack~.at(-1) ?? $it)", "stack~[0]"],
    outer: [
      "stack~.push($new)",
      "if (stack~.length > 1) write_(stack~.pop() ?? $it, #)",
      "if (stack~.length > 1) stack~.shift()",
    ],
    lines: [
      "stack~.push($it); stack~.pop()",
      "{ const <e> = stack~.pop() ?? $it; write_(<e>, #); stack~.push(<e>); }",
      "stack~.push($new); write_(stack~[0], $atom); stack~.shift()",
    ],
    terms: ["stack~.reduce((s: number, e) => s * 0.7 + total_(e), 0)"],
  },
  {
    head: [
      [
        "const deep~: { mid: { it: T; list: T[] }; n: number } = { mid: { it: $it, list: [$new, $it] }, n: # }",
        "const deep~: { mid: { it: T; list: T[] }; n: number } = { n: #, mid: { list: [$it, $it], it: $new } }",
      ],
      ["let mid~ = deep~.mid", "let mid~ = { ...deep~.mid }", "let mid~ = { ...deep~.mid, list: [...deep~.mid.list] }"],
    ],
    paths: ["deep~.mid.it", "mid~.it", "mid~.list[0]", "deep~.mid.list[$index % 2]"],
    slots: ["deep~.mid.it", "mid~.list[1]", "mid~.it"],
    sorts: { place: ["deep~.n"] },
    lines: [
      "mid~ = deep~.mid",
      "deep~.mid = mid~",
      "deep~.mid = { ...mid~, it: $it }",
      "mid~.it = mid~.list[$index % 2]",
      "mid~.list = [$it, $it]",
      "deep~.mid.list = mid~.list",
      "deep~.mid.list.reverse()",
    ],
    bindings: [
      { text: "const { mid: { it: <e>, list: [<r>] }, n: <t> } = deep~", gives: { it: ["<e>", "<r>"], atom: ["<t>"] } },
    ],
    loops: [{ head: "for (const <e> of mid~.list)", gives: { it: ["<e>"] } }],
    terms: ["total_(deep~.mid.it) * deep~.n + total_(mid~.list[1])", "total_(mid~.it) - total_(deep~.mid.list[0])"],
  },
  {
    head: [
      [
        "const grid~: T[][] = [[$new, $it], [$it, $new]]",
        "const grid~: T[][] = Array.from({ length: 2 }, () => [$new, $it])",
      ],
    ],
    paths: ["grid~[0][1]", "grid~[1][0]", "grid~[$index % 2][1]"],
    slots: ["grid~[0][0]", "grid~[$index % 2][0]"],
    lines: [
      "grid~.reverse()",
      "[grid~[0], grid~[1]] = [grid~[1], grid~[0]]",
      "grid~[0] = grid~[1].slice()",
      "grid~[1] = [...grid~[0]]",
      "for (const <r> of grid~) <r>.reverse()",
      "grid~.push(grid~.shift() ?? [$it, $it])",
    ],
    loops: [
      { head: "for (const <e> of grid~.flat())", gives: { it: ["<e>"] } },
      { head: "for (const [<s>, <t>] of grid~)", gives: { it: ["<s>", "<t>"] } },
    ],
    terms: ["grid~.reduce((s: number, [e, o]) => s * 0.6 + total_(e) - total_(o) * 0.4, 0)"],
  },
  {
    prelude: [
      `type Hold_ = { kind: "some"; it: T } | { kind: "none"; n: number };`,
      `function some_(one: Hold_, other: T): T {\n  return one.kind === "some" ? one.it : other;\n}`,
      `function isSome_(one: Hold_): boolean {\n  return one.kind === "some";\n}`,
      `function size_(one: Hold_): number {
  switch (one.kind) {
    case "some":
      return total_(one.it);
    case "none":
      return one.n;
  }
}`,
    ],
    head: [
      [
        'let hold~ = (@ ? { kind: "some", it: $it } : { kind: "none", n: # }) as Hold_',
        'let hold~ = { kind: "some", it: $new } as Hold_',
      ],
    ],
    paths: ["some_(hold~, $it)"],
    sorts: { num: ["size_(hold~)"], test: ["isSome_(hold~)"] },
    lines: [
      'if (hold~.kind === "some") hold~.it = $it; else hold~.n += #',
      'if (hold~.kind === "some") write_(hold~.it, #)',
      'hold~ = (@ ? { kind: "some", it: some_(hold~, $it) } : hold~) as Hold_',
      'hold~ = { kind: "some", it: $new } as Hold_',
    ],
    terms: ["size_(hold~)"],
  },
  {
    head: [
      [
        "const { it: part~, n: num~ = #, ...rest~ }: { it: T; n?: number; m: number } = { it: $it, m: # }",
        "const { n: num~ = #, ...rest~ }: { it: T; n?: number; m: number } = { it: $new, m: #, n: # }; const part~ = rest~.it",
        "const { it: part~ = $new, m: num~, ...rest~ }: { it?: T; m: number } = { m: #, it: $it }",
      ],
    ],
    paths: ["part~"],
    sorts: { atom: ["num~"] },
    terms: ["total_(part~) * num~"],
  },
  {
    head: [
      ["const [first~, ...others~]: T[] = [$it, $new, $it]", "const [first~ = $new, ...others~]: T[] = [$new, $it]"],
    ],
    paths: ["first~", "others~[0]"],
    slots: ["others~[0]"],
    loops: [{ head: "for (const <e> of others~)", gives: { it: ["<e>"] } }],
    terms: ["total_(first~) - others~.reduce((s: number, e) => s + total_(e) * 0.6, 0)"],
  },
  {
    head: [
      ["const fixed~ = [$it, #, $it] as const", "const fixed~: readonly [T, number, T] = [$it, #, $new]"],
      ["const all~: readonly T[] = [fixed~[0], $it]", "const all~: readonly T[] = Object.freeze([$it, fixed~[2]])"],
    ],
    paths: ["fixed~[0]", "fixed~[2]", "all~[$index % 2]"],
    sorts: { atom: ["fixed~[1]"] },
    terms: ["total_(fixed~[0]) * fixed~[1]", "all~.reduce((s: number, e) => s + total_(e) * 0.6, 0)"],
  },
  {
    head: [
      ["const group~: { items: T[]; best: T } = { items: [$new, $it], best: $it }"],
      ["group~.best = group~.items[0]", "group~.best = group~.items[$index % 2]"],
    ],
    paths: ["group~.best", "group~.items[0]", "group~.items[1]"],
    slots: ["group~.best", "group~.items[0]"],
    lines: [
      "group~.best = group~.items.reduce((<s>, <e>) => (total_(<e>) > total_(<s>) ? <e> : <s>))",
      "for (const <e> of group~.items) if (total_(<e>) < total_(group~.best)) group~.best = <e>",
      "group~.items = group~.items.map((<e>) => (<e> === group~.best ? $it : <e>))",
      "group~.items = [group~.best, $it]",
    ],
    loops: [{ head: "for (const <e> of group~.items)", gives: { it: ["<e>"] } }],
    terms: ["total_(group~.best)", "total_(group~.items[0]) - total_(group~.items[1])"],
  },
];
