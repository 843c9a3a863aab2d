/**
 * Lists that are written in place: rows that are made anew, exchanged and shared, states that take each other's place in a
 * loop, views that overlap, callbacks that write, rows of a matrix that change places, stacks and queues.
 */
import type { Stmt } from "./ast.ts";
import { someLines } from "./flow-writing.ts";
import type { Flow } from "./flow-writing.ts";

/** A list of rows under a name that gets other lists of rows. */
const rowsMadeAnew: Flow = (w) => {
  const { line, sum } = w;
  const [g, old, row] = [w.name("table"), w.name("old"), w.name("row")];
  return [
    line(`let ${g}: number[][] = [[#, #], [#, #], [#, #]]`),
    ...someLines(
      w,
      4,
      `${g} = ${g}.map((one) => one.slice())`,
      `${g} = ${g}.map((one, i) => one.map((v, j) => v * # + i * 0.1 - j * 0.2))`,
      `${g} = [...${g}].reverse()`,
      `{ const ${old} = ${g}; ${g} = [${old}[1] ?? [], ${old}[0] ?? [], [#, #]]; ${old}[0][1] = #; }`,
      `{ const ${row} = ${g}[0]; ${row}[1] = #; ${g}[1][0] *= #; }`,
      `for (let i = 0; i < ${g}.length; i++) { const ${row} = ${g}[i]; ${row}[0] = ${row}[0] * 0.5 + ${g}[(i + 1) % ${g}.length][1]; }`,
      `for (const ${row} of ${g}) { if (${row}[0] > # + 1) break; ${row}[1] = # * ${row}[0]; }`,
      `[${g}[0], ${g}[1]] = [${g}[1], ${g}[0]]`,
      `if (@) ${g} = ${g}.slice(1).concat([[#, #]])`,
      `${g}[2] = ${g}[0]`,
      `${g}[1] = ${g}[1].concat(#).slice(1)`,
      `if (${g}.length < 5) ${g}.push(@ ? ${g}[0].slice() : ${g}[1])`,
      `while (${g}.length > 2) { const ${row} = ${g}.pop() ?? [0, 0]; ${g}[0][0] += ${row}[1] * 0.5; }`,
      `${g} = ${g}[0].map((_, j) => ${g}.map((one) => one[j])).concat([[#, #]])`,
      `for (const [i, ${row}] of ${g}.entries()) ${row}[i % 2] = ${g}[0][0] * (#)`,
      `${g}.sort((p, q) => p[0] - q[0]); ${g}[0][1] += #`,
      `${g}.unshift(${g}.pop() ?? [#, #]); ${g}[0][0] = #`,
      `for (let i = 0; i < 3; i++) { const next = ${g}.map((one) => [...one]); next[i % 2][0] = ${g}[1][1] * (#); ${g} = next; }`,
    ),
    line(
      w.scope.random.pick([
        `for (const ${row} of ${g}) for (const v of ${row}) ${sum} += v * (#)`,
        `${sum} += ${g}.flat().reduce((so, v, i) => so * 0.7 + v * (i + 1) * 0.1)`,
        `${sum} += ${g}.reduce((so, [p, q = #]) => so + p * q, #) + ${g}[1][0]`,
        `${g}.forEach(([p, ...others], i) => { for (const v of others) ${sum} += v * p * (i + 0.5); })`,
      ]),
    ),
  ];
};

/** Objects that take each other's place under one name, with those before kept in a list. */
const statesInLoops: Flow = (w) => {
  const { line, sum, scope } = w;
  const { random } = scope;
  const [s, trail, next] = [w.name("state"), w.name("trail"), w.name("next")];
  const type = "{ x: number; v: number[] }";
  const change = (): string =>
    random.pick([
      `${s}.x = ${s}.x * 0.5 + (#);`,
      `${s}.v[0] = ${s}.v[1] * (#);`,
      `${s}.v = [${s}.x, #];`,
      `if (@) ${s}.v[1] = #;`,
      `[${s}.x, ${s}.v[0]] = [${s}.v[0], ${s}.x];`,
      `if (${trail}.length > 1) ${trail}[0].v[1] += ${s}.x * (#);`,
    ]);
  const kept = random.pick([s, `{ ...${s} }`, `{ ...${s}, v: ${s}.v.slice() }`, `{ x: ${s}.v[0], v: ${s}.v }`]);
  const taken = random.pick([
    `${s} = { ...${s}, x: ${s}.x * (#) };`,
    `${s} = { x: #, v: ${s}.v };`,
    `${s} = { ...${s}, v: ${s}.v.map((v) => v * (#)) };`,
    `const ${next}: ${type} = { x: ${s}.x + 0.1 * ${s}.v[0], v: [${s}.v[1], #] }; ${s} = ${next};`,
    `if (@) ${s} = { ...${s} };`,
    `${s} = @ ? { ...${s}, x: # } : (${trail}[0] ?? ${s});`,
    `({ x: ${s}.x, v: ${s}.v } = { x: ${s}.v[1], v: [#, ${s}.x] });`,
  ]);
  const head = random.pick([
    "for (let i = 0; i < 4; i++)",
    "for (const k of [0.5, -0.2, 0.3])",
    `while (${trail}.length < 3)`,
  ]);
  const leave = random.pick(["", "", "if (@) break;", `if (${s}.x > # + 1) break;`]);
  return [
    line(`let ${s}: ${type} = { x: #, v: [#, #] }`),
    line(`const ${trail}: ${type}[] = []`),
    line(`${head} { ${change()} ${trail}.push(${kept}); ${taken} ${change()} ${leave} }`),
    line(
      random.pick([
        `for (const [i, one] of ${trail}.entries()) ${sum} += one.x * one.v[i % 2]`,
        `${sum} += ${trail}.map(({ x, v: [p, q] }) => x * p - q).reduce((so, v) => so * 0.5 + v, #)`,
        `for (let i = 1; i < ${trail}.length; i++) ${sum} += (${trail}[i].x - ${trail}[i - 1].x) ** 2 * ${trail}[i].v[0]`,
        `${sum} += (${trail}.at(-1) ?? ${s}).v[0] * (#)`,
      ]),
    ),
    line(`${sum} += ${s}.x - ${s}.v[0] * ${s}.v[1]`),
  ];
};

/** One of a list, found in a loop, which is written under its new name. */
const bestOfList: Flow = (w) => {
  const { line, sum, scope } = w;
  const { random } = scope;
  const [list, best, prev] = [w.name("bodies"), w.name("best"), w.name("prev")];
  const find = random.pick([
    `let ${best} = ${list}[0]; for (const one of ${list}) if (one.x > ${best}.x) ${best} = one;`,
    `let ${best} = ${list}[0]; for (let i = 1; i < ${list}.length; i++) { if (${list}[i].x < ${best}.x) ${best} = ${list}[i]; ${list}[i].v[0] += 0.1 * ${best}.x; }`,
    `const ${best} = ${list}.reduce((so, one) => (one.x > so.x ? one : so));`,
    `const ${best} = ${list}.find((one) => one.x > #) ?? ${list}[1];`,
    `const ${best} = [...${list}].sort((p, q) => q.x - p.x)[0];`,
    `const ${best} = ${list}.filter((one) => one.v[0] < # + 1).at(-1) ?? ${list}[0];`,
    `let ${best}: { x: number; v: number[] } | undefined; for (const one of ${list}) { if (${best} === undefined || one.x > ${best}.x) ${best} = one; } if (${best} === undefined) throw new Error("none");`,
  ]);
  const [declaration = "", ...rest] = find.split(/(?<=;) (?=for|if)/);
  const more = rest.length === 0 ? [] : [line(rest.join(" "))];
  return [
    line(`const ${list} = [{ x: #, v: [#, #] }, { x: #, v: [#, #] }, { x: #, v: [#, #] }]`),
    line(declaration.slice(0, -1)),
    ...more,
    ...someLines(
      w,
      2,
      `${best}.x *= #`,
      `${best}.v[0] = # * ${list}[1].x`,
      `${best}.v = ${list}[0].v; ${best}.v[1] = #`,
      `{ let ${prev} = ${best}; for (const one of ${list}) { one.x += 0.3 * ${prev}.v[0]; ${prev} = one; } ${prev}.v[1] = #; }`,
      `{ let ${prev} = ${list}[2]; for (const one of ${list}) { if (one === ${best}) continue; [one.v, ${prev}.v] = [${prev}.v, one.v]; one.v[0] *= #; ${prev} = one; } }`,
      `if (${best} !== ${list}[0]) ${list}[0].v[1] = ${best}.x`,
      `${list}[${list}.indexOf(${best})] = { x: #, v: ${best}.v }`,
    ),
    line(`for (const { x, v } of ${list}) ${sum} += x * v[0] + v[1]`),
    line(`${sum} += ${best}.x * ${best}.v[1]`),
  ];
};

/** Views of one buffer that overlap, in a list. */
const viewsInLists: Flow = (w) => {
  const { line, sum } = w;
  const [buf, parts, cur] = [w.name("buffer"), w.name("views"), w.name("view")];
  return [
    line(`const ${buf} = Float64Array.of(#, #, #, #)`),
    line(`const ${parts} = [${buf}.subarray(0, 2), ${buf}.subarray(1, 3), ${buf}.subarray(2)]`),
    ...someLines(
      w,
      3,
      `for (const one of ${parts}) { one[0] = one[0] * (#) + ${buf}[3]; one[1] *= #; }`,
      `for (let i = 0; i + 1 < ${parts}.length; i++) ${parts}[i][1] = ${parts}[i + 1][0] * (#)`,
      `${buf}.set(${parts}[1], 2)`,
      `${parts}[0] = ${parts}[2]; ${parts}[0][0] = #`,
      `${parts}[1].fill(#)`,
      `${parts}[2].set(${parts}[0])`,
      `[${parts}[0], ${parts}[1]] = [${parts}[1], ${parts}[0]]`,
      `{ let ${cur} = ${parts}[0]; for (const one of ${parts}) { one[1] = ${cur}[0] * (#); ${cur} = one.subarray(1); } ${cur}[0] *= #; }`,
      `${buf}.copyWithin(0, 2)`,
      `${parts}.forEach((one, i) => { one[i % 2] += ${buf}[i] * (#); })`,
      `${buf}.sort()`,
      `${parts}[1] = ${parts}[1].slice(); ${parts}[1][0] = #`,
      `for (let i = 0; i < 3; i++) { const ${cur} = ${buf}.subarray(i, i + 2); ${cur}[1] += ${cur}[0] * (#); }`,
    ),
    line(`for (const one of ${parts}) ${sum} += one[0] * one[1]`),
    line(`${sum} += ${buf}[0] * ${buf}[2] - ${buf}[3]`),
  ];
};

/** Callbacks that write into lists around them. */
const callbacksThatWrite: Flow = (w) => {
  const { line, sum } = w;
  const [xs, ys, acc, at] = [w.name("xs"), w.name("ys"), w.name("acc"), w.name("at")];
  const made: Stmt[] = [line(`const ${xs} = [#, #, #]`), line(`const ${ys} = [#, 0, 0]`)];
  return [
    ...made,
    ...someLines(
      w,
      3,
      `if (${xs}.every((v, i) => { ${ys}[i] = v * (#); return v > # - 1; })) ${sum} += ${ys}[1]`,
      `if (${xs}.some((v, i) => { ${ys}[i] += v; return v > #; })) ${ys}[0] *= #`,
      `{ const ${acc} = ${xs}.reduce((so, v, i) => { so[i % 2] += v * (#); return so; }, [0, 0]); ${sum} += ${acc}[0] * ${acc}[1]; }`,
      `{ const ${acc} = ${xs}.reduce((so, v) => ({ n: so.n + 1, mean: so.mean + (v - so.mean) / (so.n + 1) }), { n: 0, mean: 0 }); ${ys}[2] = ${acc}.mean; }`,
      `{ const ${acc} = ${xs}.reduce<{ best: number; all: number[] }>((so, v) => { so.all.push(v * (#)); return v > so.best ? { ...so, best: v } : so; }, { best: -9, all: ${ys} }); ${sum} += ${acc}.best * ${acc}.all[0]; }`,
      `${xs}.forEach((v, i, all) => { all[(i + 1) % 3] = v * (#) + all[i] * 0.5; })`,
      `{ const ${acc} = ${xs}.map((v, i) => (${ys}[i] = v * (#))); ${acc}[0] = #; ${sum} += ${acc}[1]; }`,
      `{ const ${at} = ${xs}.findIndex((v) => v > #); if (${at} >= 0) ${xs}[${at}] = #; }`,
      `${xs}.sort((p, q) => q - p); ${xs}[0] *= #`,
      `{ const ${at} = ${xs}.map((_, i) => i).sort((i, j) => ${xs}[i] - ${xs}[j]); for (const [k, i] of ${at}.entries()) ${ys}[k] = ${xs}[i] * (#); }`,
      `{ const ${acc} = ${xs}.slice(0, 2); ${xs}[0] = #; ${sum} += ${acc}[0] * ${xs}[0]; ${acc}[1] = 0; }`,
      `${xs}.splice(1, 1, #, #); ${xs}.pop(); ${xs}[2] += ${ys}[0]`,
      `${ys}.fill(${xs}[0], 1)`,
      `${xs}.filter((_, i) => i !== 1).forEach((v, i) => { ${xs}[i] = v * (#); })`,
      `{ const [${acc}, ...others] = ${xs}.concat(${ys}); others[0] = #; ${ys}[1] = ${acc} * others[0] + others[1]; }`,
      `for (const [i, v] of ${xs}.entries()) { if (v < # - 1) continue; ${xs}[i] = v * (#); ${ys}[(i + 1) % 3] += ${xs}[i]; }`,
      `{ let ${at} = 0; for (const v of ${xs}) { if (v > #) ${xs}[${at}++] = v * (#); } ${sum} += ${at} * ${xs}[0]; }`,
    ),
    line(`for (let i = 0; i < ${xs}.length; i++) ${sum} += ${xs}[i] * ${ys}[i]`),
  ];
};

/** Elimination in place, with rows that change places. */
const elimination: Flow = (w) => {
  const { line, sum, scope } = w;
  const { random } = scope;
  const [m, k] = [w.name("matrix"), w.name("k")];
  const pivot = random.pick([
    "",
    `let p = ${k}; for (let i = ${k} + 1; i < 3; i++) if (Math.abs(${m}[i][${k}]) > Math.abs(${m}[p][${k}])) p = i; [${m}[${k}], ${m}[p]] = [${m}[p], ${m}[${k}]];`,
    `const p = ${m}.findIndex((one, i) => i >= ${k} && Math.abs(one[${k}]) > 0.2); if (p > ${k}) { const t = ${m}[p]; ${m}[p] = ${m}[${k}]; ${m}[${k}] = t; }`,
    `if (@) { ${m}[${k}] = ${m}[${k}].map((v) => v * (#)); }`,
  ]);
  const rows = random.pick([
    `for (let i = ${k} + 1; i < 3; i++) { const r = ${m}[i]; const c = r[${k}] / (1.5 + ${m}[${k}][${k}] ** 2); for (let j = ${k}; j < 3; j++) r[j] -= c * ${m}[${k}][j]; r[${k}] = c; }`,
    `const top = ${m}[${k}]; for (const r of ${m}) { if (r === top) continue; const c = r[${k}] / (1.5 + top[${k}] ** 2); r.forEach((v, j) => { r[j] = v - c * top[j]; }); }`,
    `for (const r of ${m}.slice(${k} + 1)) { const c = r[${k}] * 0.5; for (let j = 0; j < r.length; j++) { if (j < ${k}) continue; r[j] -= c * ${m}[${k}][j]; } }`,
  ]);
  return [
    line(`const ${m} = [[1.5, #, #], [#, -1.2, #], [#, #, 1.1]]`),
    line(`for (let ${k} = 0; ${k} < 3; ${k}++) { ${pivot} ${rows} }`),
    line(`${sum} += ${m}.reduce((so, r, i) => so * r[i], 1) + ${m}[2][0] * ${m}[0][2]`),
  ];
};

/** What waits in a list that is walked while it grows and shrinks. */
const worklists: Flow = (w) => {
  const { line, sum, scope } = w;
  const [todo, done, top, label] = [w.name("todo"), w.name("done"), w.name("top"), w.name("outer")];
  const step = scope.random.pick([
    `while (${todo}.length > 0) { const ${top} = ${todo}.pop() ?? 0; if (${done}.length > 4) break; ${done}.push(${top} * (#)); if (${top} > # && ${todo}.length < 3) ${todo}.push(${top} * 0.5 - 0.3, #); }`,
    `for (let head = 0; head < ${todo}.length && head < 5; head++) { const ${top} = ${todo}[head]; if (${top} > #) ${todo}.push(${top} * 0.4); else ${todo}[head] = ${top} * (#); ${done}.push(${todo}[head]); }`,
    `do { const ${top} = ${todo}.shift() ?? #; ${done}.unshift(${top}); if (@) continue; ${done}[0] *= #; } while (${todo}.length > 1)`,
    `for (;;) { const ${top} = ${todo}.at(-1); if (${top} === undefined || ${done}.length > 3) break; ${done}.push(${top} * (#)); ${todo}.pop(); }`,
    `${label}: for (let i = 0; i < 3; i++) { for (let j = 0; j < 3; j++) { if (${todo}[i] < ${todo}[j]) { [${todo}[i], ${todo}[j]] = [${todo}[j], ${todo}[i]]; continue ${label}; } if (@) break ${label}; ${done}.push(${todo}[j] * (#)); } }`,
    `for (let i = 0; i < 5; i++) { switch (i % 3) { case 0: ${todo}[0] *= #; case 1: ${done}.push(${todo}[1]); break; default: if (@) continue; ${todo}[1] = ${todo}[0] + (#); } ${todo}[2] += ${done}[0]; }`,
  ]);
  return [
    line(`const ${todo} = [#, #, #]`),
    line(`const ${done}: number[] = []`),
    line(step),
    line(`for (const [i, v] of ${done}.entries()) ${sum} += v * (i + 0.5)`),
    line(`for (const v of ${todo}) ${sum} += v`),
  ];
};

/** Pairs in a list. */
const pairsInLists: Flow = (w) => {
  const { line, sum } = w;
  const [edges, pair] = [w.name("edges"), w.name("pair")];
  return [
    line(`let ${edges}: [number, number][] = [[#, #], [#, #], [#, #]]`),
    ...someLines(
      w,
      3,
      `for (const one of ${edges}) one[1] *= #`,
      `${edges}.forEach((one, i) => { one[0] = one[1] * (#) + i; })`,
      `${edges} = ${edges}.map(([p, q]) => [q, p * (#)])`,
      `${edges}.sort(([p], [q]) => p - q)`,
      `${edges}[0] = [#, ${edges}[1][0]]`,
      `{ const [${pair}] = ${edges}; ${pair}[0] = #; ${edges}[2][1] += ${pair}[0]; }`,
      `{ let ${pair}: [number, number] = [#, #]; for (let i = 0; i < 3; i++) { ${pair} = [${pair}[1], ${pair}[0] * (#)]; ${edges}[i] = ${pair}; } ${pair}[0] += #; }`,
      `[${edges}[0], ${edges}[2]] = [${edges}[2], ${edges}[0]]`,
      `for (const one of ${edges}) [one[0], one[1]] = [one[1], one[0] * (#)]`,
      `${edges}[1] = ${edges}[0]; ${edges}[1][1] = #`,
      `{ const ${pair} = ${edges}.find(([p]) => p > #); if (${pair} !== undefined) ${pair}[1] = #; }`,
      `if (@) ${edges} = [...${edges}.slice(1), [#, #]]`,
      `for (const [i, [p, q]] of ${edges}.entries()) ${edges}[i] = [p * q, q - (#)]`,
    ),
    line(`for (const [p, q] of ${edges}) ${sum} += p * q + p`),
  ];
};

/** Flows of lists. */
export const listFlows: readonly Flow[] = [
  rowsMadeAnew,
  statesInLoops,
  bestOfList,
  viewsInLists,
  callbacksThatWrite,
  elimination,
  worklists,
  pairsInLists,
];
