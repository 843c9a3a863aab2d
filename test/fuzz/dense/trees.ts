/** A tree of nodes that know each other by index, walked by recursion and with a stack; rows that recursion takes apart. */
import type { World } from "./grammar.ts";

const prelude = [
  `interface Joint {
  v: number;
  pull: number;
  kids: number[];
  arm: number[];
}`,
  `function reach(all: Joint[], at: number, k: number): number {
  const j = all[at];
  let s = j.v * k;
  for (const kid of j.kids) s += reach(all, kid, k * 0.6);
  j.pull = s;
  return s;
}`,
  `function deepestOf(all: readonly Joint[], at: number): Joint {
  const j = all[at];
  if (j.kids.length === 0) return j;
  let found = j;
  for (const kid of j.kids) {
    const one = deepestOf(all, kid);
    if (one.v > found.v) found = one;
  }
  return found;
}`,
  `function pathTo(all: Joint[], at: number, found: Joint[]): Joint[] {
  found.push(all[at]);
  const first = all[at].kids[0];
  return first === undefined ? found : pathTo(all, first, found);
}`,
  `function stacked(all: Joint[], k: number): number {
  const todo = [0];
  let s = 0;
  while (todo.length > 0) {
    const j = all[todo.pop() ?? 0];
    if (j.v > 3) continue;
    s = s * 0.5 + j.v * k;
    j.arm[0] = s;
    for (const kid of j.kids) todo.push(kid);
  }
  return s;
}`,
  `function merged(a: number[], b: number[]): number[] {
  if (a.length === 0) return b;
  if (b.length === 0) return a;
  return a[0] < b[0] ? [a[0], ...merged(a.slice(1), b)] : [b[0], ...merged(a, b.slice(1))];
}`,
  `function ordered(all: number[]): number[] {
  if (all.length <= 1) return all;
  const mid = all.length >> 1;
  return merged(ordered(all.slice(0, mid)), ordered(all.slice(mid)));
}`,
  `function fold(all: readonly number[], from: number, to: number, f: (a: number, b: number) => number): number {
  if (to - from === 1) return all[from];
  const mid = (from + to) >> 1;
  return f(fold(all, from, mid, f), fold(all, mid, to, f));
}`,
  `function lifted(j: Joint, n: number, by: number): Joint {
  if (n <= 0) return j;
  j.v = j.v * 0.7 + by * n;
  const next: Joint = n % 2 === 0 ? j : { ...j, pull: j.v * by };
  return lifted(next, n - 1, by * 0.8);
}`,
  `function even(arm: number[], i: number, k: number): number {
  if (i >= arm.length) return k;
  arm[i] += k * 0.1;
  return odd(arm, i + 1, k * arm[i]);
}

function odd(arm: number[], i: number, k: number): number {
  if (i >= arm.length) return k * 0.5;
  const kept = arm[i];
  arm[i] = k;
  return even(arm, i + 1, kept) + kept * k;
}`,
];

export const trees: World = {
  shapes: [],
  prelude,
  given: [
    { param: { name: "arm0", type: "list" }, link: "nodes[1].arm = arm0", copy: "nodes[1].arm = [...arm0]" },
    { param: { name: "pulls", type: "f64" }, copy: "pulls.forEach((t, i) => { nodes[i % 3].pull = t; })" },
  ],
  head: [
    [
      "const nodes: Joint[] = [{ v: x, pull: 0, kids: [1, 2], arm: [y, x] }, { v: y, pull: x, kids: [3], arm: [0.2, x] }, { v: 0.4, pull: y, kids: [], arm: [x, 1] }, { v: x * y, pull: 0, kids: [], arm: [0.1, y] }]",
      "const nodes: Joint[] = Array.from({ length: 4 }, (_, i) => ({ v: x * i, pull: y, kids: i < 2 ? [i + 1, i + 2] : [], arm: [y, i] }))",
    ],
    [
      "let root = nodes[0]",
      "let root: Joint = deepestOf(nodes, 0)",
      "let root: Joint = { ...nodes[1], arm: nodes[2].arm }",
    ],
    ["let trail = pathTo(nodes, 0, [])", "let trail: Joint[] = [nodes[1], root]"],
    ["let arm = nodes[2].arm", "let arm = [...root.arm, x]"],
  ],
  sorts: {
    num: [
      "0.5 * reach(nodes, $index % 3, #)",
      "stacked(nodes, #)",
      "fold(arm, 0, arm.length, (<s>, <t>) => <s> * 0.5 + <t> * $atom)",
      "trail.reduce((<s>, <e>) => <s> + <e>.v * $atom, #)",
      "lifted($joint, 2, #).v",
      "0.2 * even($arm, 0, #)",
    ],
    atom: [
      "root.pull",
      "nodes[3].v",
      "nodes[0].pull",
      "arm[1]",
      "trail.length",
      "(trail[1]?.v ?? 0.3)",
      "nodes[2].arm[0]",
      "nodes[0].kids.length",
    ],
    place: [
      "root.v",
      "nodes[0].v",
      "nodes[1].v",
      "nodes[2].pull",
      "arm[0]",
      "nodes[1].arm[0]",
      "root.arm[1]",
      "trail[0].v",
    ],
    joint: [
      "root",
      "nodes[$index]",
      "trail[0]",
      "deepestOf(nodes, $index % 3)",
      "(trail.at(-1) ?? root)",
      "(@ ? root : nodes[2])",
    ],
    newjoint: [
      "lifted($joint, $index % 4, #)",
      "{ ...$joint, v: #, arm: $arm }",
      "{ v: #, pull: $atom, kids: [], arm: [#, #] }",
    ],
    arm: [
      "arm",
      "root.arm",
      "nodes[1].arm",
      "[#, $atom]",
      "[...arm]",
      "ordered(arm)",
      "merged([$atom], arm.slice(0, 3))",
      "arm.map((<t>) => <t> * $atom)",
    ],
    test: ["root.v > 0.3", "arm[0] > arm[1]", "root === nodes[0]", "nodes[1].kids.length > 1"],
  },
  lines: [
    [2, "root = $joint"],
    [2, "root = $newjoint"],
    "arm = $arm",
    "$joint.arm = $arm",
    "nodes[2] = { ...$joint, kids: [] }",
    "nodes[3] = { ...lifted(nodes[2], 1, #), kids: [] }",
    "[nodes[0].arm, nodes[1].arm] = [nodes[1].arm, nodes[0].arm]",
    "[nodes[2], nodes[3]] = [nodes[3], nodes[2]]",
    "$joint.v += #",
    "trail = pathTo(nodes, $index % 3, [])",
    "trail = trail.map((<e>) => lifted(<e>, 1, #))",
    "trail[0] = $joint",
    "$place = 0.3 * reach(nodes, 0, $atom)",
    "$place += 0.3 * odd($arm, 0, $atom)",
    "for (const <e> of trail) <e>.pull *= $small",
    "for (const <n> of nodes[0].kids) nodes[<n>].v += #",
    "trail.reverse()",
  ],
  outer: [
    "nodes[1].kids.push(nodes.length); nodes.push({ ...$joint, kids: [] })",
    "arm.push(#)",
    "trail.push($joint)",
    "if (trail.length > 1) root = trail.pop() ?? root",
  ],
  bindings: [
    { text: "const <c> = $joint", gives: { joint: ["<c>"], place: ["<c>.v", "<c>.arm[0]"] } },
    { text: "const { arm: <r>, pull: <t> } = $joint", gives: { arm: ["<r>"], place: ["<r>[1]"], atom: ["<t>"] } },
  ],
  loops: [
    { head: "for (const <e> of nodes)", gives: { place: ["<e>.v", "<e>.pull", "<e>.arm[0]"], joint: ["<e>"] } },
    { head: "trail.forEach((<e>, <i>) =>", tail: ")", gives: { place: ["<e>.v"], joint: ["<e>"], index: ["<i>"] } },
    {
      head: "for (const <k> of nodes[0].kids)",
      gives: { place: ["nodes[<k>].v", "nodes[<k>].arm[1]"], joint: ["nodes[<k>]"], index: ["<k>"] },
    },
    { head: "for (const [<i>, <t>] of arm.entries())", gives: { place: ["arm[<i>]"], atom: ["<t>"], index: ["<i>"] } },
    {
      before: "let <k> = 0;",
      head: "while (nodes[<k>].kids.length > 0)",
      start: "<k> = nodes[<k>].kids[0];",
      gives: { place: ["nodes[<k>].v"], joint: ["nodes[<k>]"] },
    },
  ],
  terms: [
    "reach(nodes, 0, 0.5)",
    "root.v * root.arm[0]",
    "trail.reduce((s, e) => s + e.v * e.pull, 0)",
    "arm[0] * arm[1]",
    "nodes.reduce((s, e, i) => s + e.arm[0] * (i + 1) * e.v, 0) * 0.3",
  ],
  results: [{ type: "list", fresh: "[...arm]", shared: "arm" }],
};
