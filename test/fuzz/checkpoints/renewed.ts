/**
 * The state of `bodies` where nothing that was there is changed: each iteration makes objects, lists and rows anew, of parts
 * of those before. Only what it made itself it may change.
 */
import type { World } from "../dense/grammar.ts";
import { bodies } from "./bodies.ts";

const prelude = [
  `function orderedBy(all: readonly Moon[], k: number): Moon[] {
  return [...all].sort((a, b) => a.p * k - b.p * k);
}`,
  `function thinned(all: readonly Moon[], least: number): Moon[] {
  const kept = all.filter((b) => b.p > least);
  return kept.length > 1 ? kept : [{ p: least, v: 0.4 }, all[0]];
}`,
  `function filled(s: Stage, k: number): Stage {
  const made: Stage = { q: [], w: new Float64Array(2), e: s.e * 0.6 };
  for (const t of s.q) made.q.push(t * 0.8 + k * 0.1);
  for (let i = 0; i < 2; i++) made.w[i] = s.w[1 - i] * 0.9 + made.q[0] * 0.1;
  if (k > 0.3) made.more = s.q;
  return made;
}`,
  `function joinedTo(a: Stage, b: Stage, k: number): Stage {
  const made = copied(a);
  made.q[1] = made.q[1] * 0.5 + b.q[0] * k;
  made.e += b.e * 0.3;
  return k > 0 ? made : b;
}`,
];

export const renewed: World = {
  ...bodies,
  prelude: [...bodies.prelude, ...prelude],
  given: bodies.given.map(({ param, copy }) => ({ param, copy })),
  sorts: {
    ...bodies.sorts,
    num: [
      "moons.reduce((<s>, <b>) => <s> + <b>.p * $atom, #)",
      "stages.map((<b>) => <b>.e * #).reduce((<s>, <t>) => <s> + <t>, 0)",
      "(stage.more?.[0] ?? #)",
      "$stage.e",
      "$moon.v",
      "filled($stage, #).q[1]",
      "0.5 * runOn($stage, $atom, 3).e",
      "0.5 * orbited(moons, $atom, 3)[1].p",
      "swungBy(#, 4)",
      "cell.next(#).v",
    ],
    place: [],
    moon: [
      "moon",
      "moons[0]",
      "moons[1]",
      "(moons.at(-1) ?? moon)",
      "(@ ? moon : moons[0])",
      "(moons.find((<b>) => <b>.p > $atom) ?? moon)",
    ],
    stage: ["stage", "prior", "stages[0]", "stages[1]", "(@ ? stage : prior)", "joinedTo($stage, prior, #)"],
    stagemade: [
      ...(bodies.sorts.stagemade ?? []),
      "filled($stage, #)",
      "joinedTo(stage, prior, #)",
      "{ ...stage, q: [...stage.q.slice(1), #] }",
      "{ ...$stage, q: Array.from(stage.q, (<t>, <i>) => <t> * 0.7 + <i> * $atom * 0.1) }",
    ],
  },
  lines: [
    [2, "moons = moons.map((<b>) => ({ p: <b>.p + 0.1 * <b>.v, v: <b>.v * 0.9 - 0.1 * <b>.p * $atom }))"],
    "moons = moons.map((<b>, <i>) => (<i> === 0 ? <b> : { ...<b>, v: <b>.v * 0.8 + # * 0.1 }))",
    "moons = ticked(moons, #)",
    "moons = orbited(moons, $atom, 3)",
    "moons = thinned(moons, #)",
    "moons = orderedBy(moons, $atom)",
    "moons = [...moons.slice(1), $moonmade]",
    "moons = [$moonmade, $moon]",
    "moons = [$moon, $moon]",
    "if (@) moons = moons.concat($moonmade).slice(-3)",
    "moons = Array.from({ length: 3 }, (_, <i>) => ({ p: moons[<i> % moons.length].v * 0.7, v: # * <i> * 0.3 }))",
    "{ const <l>: Moon[] = []; for (const <b> of moons) <l>.push({ p: <b>.v * $small, v: <b>.p + 0.1 * $atom }); moons = <l>; }",
    "{ const <l>: Moon[] = []; for (const <b> of moons) if (<b>.p > -1) <l>.push(<b>); moons = [...<l>, moon, moon]; }",
    "{ const <l> = moons.slice(); <l>[0] = $moonmade; <l>.reverse(); moons = <l>; }",
    "{ const <l> = moons.map((<b>) => ({ ...<b> })); <l>[1].p += # * 0.2; for (const <b> of <l>) <b>.v *= $small; moons = <l>; }",
    "{ const <l> = moons.map((<b>) => ({ ...<b> })); moons = <l>; moon = <l>[0]; <l>[0].v += # * 0.2; }",
    "moon = $moon",
    [2, "moon = $moonmade"],
    "{ const <b> = $moonmade; <b>.p = <b>.p * 0.5 + <b>.v * #; moon = <b>; }",
    [3, "stage = $stagemade"],
    "if (@) stage = $stagemade",
    "stage = $stage",
    "prior = $stage",
    "prior = $stagemade",
    "[stage, prior] = [prior, stage]",
    "{ const <b> = $stagemade; prior = stage; stage = <b>; }",
    "{ const <b> = copied($stage); <b>.q[0] += # * 0.2; <b>.w[1] *= $small; stage = <b>; <b>.e = <b>.q[0] * <b>.e; }",
    "{ const <b>: Stage = { ...$stage, q: [#, $atom] }; <b>.q[1] += <b>.e * 0.2; <b>.more = <b>.q; stage = @ ? <b> : stage; }",
    "{ const <b> = copied(stage); const <r> = <b>.q; <r>[0] = <r>[0] * 0.5 + #; stages = [<b>, stage]; }",
    "{ let <b>: Stage; if (@) { <b> = copied(prior); <b>.e *= $small; } else <b> = filled(stage, #); <b>.w[0] += <b>.e * 0.2; prior = <b>; }",
    "stages = stages.map((<b>) => advanced(<b>, #))",
    "stages = stages.map((<b>) => ({ ...<b>, e: <b>.e * 0.7 + $atom * 0.1 }))",
    "stages = stages.map((<b>, <i>) => (<i> === 0 ? filled(<b>, #) : <b>))",
    "stages = [$stagemade, $stage]",
    "stages = [stages[1], stages[0]]",
    "stages = [...stages.slice(1), stage]",
    "cell = cell.next(#)",
    "cell = cell.beside(#)",
    "cell = $cell",
    "{ const <c> = $cell.next(#); a += <c>.step($atom) * 0.2; cell = <c>; }",
    "[cell, mate] = [mate, cell]",
    "mate = new Cell(#, cell.hist)",
    "mate = new Cell(#, stage.w)",
    "leg = [leg[0] * 0.7 + # * 0.2, leg[1].map((<t>) => <t> * 0.8 + $atom * 0.1)]",
    "leg = [#, leg[1]]",
    "leg = [leg[1][0], [leg[0], #]]",
    "leg = [#, stage.q]",
    "{ const [<t>, <r>] = leg; leg = [<r>[0] * 0.5, [<t>, <r>[1]]]; }",
    "{ const { q: <r>, e: <t> } = $stage; leg = [<t>, <r>]; }",
  ],
  bindings: [
    { text: "const <b> = $moon", gives: { moon: ["<b>"], atom: ["<b>.p", "<b>.v"] } },
    { text: "const <b> = $stage", gives: { stage: ["<b>"], atom: ["<b>.e", "<b>.q[0]"] } },
    { text: "const <b> = copied($stage)", gives: { stage: ["<b>"], place: ["<b>.e", "<b>.w[0]", "<b>.q[1]"] } },
    { text: "const <b>: Moon = { ...$moon }", gives: { moon: ["<b>"], place: ["<b>.p", "<b>.v"] } },
  ],
  loops: [
    { head: "for (const <b> of moons)", gives: { atom: ["<b>.p", "<b>.v"], moon: ["<b>"] } },
    { head: "for (const <b> of stages)", gives: { atom: ["<b>.e", "<b>.q[1]"], stage: ["<b>"] } },
    { head: "moons.forEach((<b>, <i>) =>", tail: ")", gives: { atom: ["<b>.v"], moon: ["<b>"], index: ["<i>"] } },
    {
      head: "for (let <i> = 0; <i> < 2; <i>++)",
      gives: { moon: ["moons[<i>]"], stage: ["stages[<i>]"], index: ["<i>"] },
    },
  ],
};
