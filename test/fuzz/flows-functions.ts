/**
 * Functions, classes and tables that write: what closures keep, functions that are given arrays to write into and give them
 * back, rest parameters, generic functions and classes, classes that extend another and share an array, records by key,
 * members of unions, patterns, Maps and Sets of places.
 */
import { declared, someLines } from "./flow-writing.ts";
import type { Flow } from "./flow-writing.ts";

/** Functions that write into what they are given, and give it back. */
const writingFunctions: Flow = (w) => {
  const { line, sum } = w;
  const [a, b, axpy, by, times] = [w.name("va"), w.name("vb"), w.name("axpy"), w.name("scaleBy"), w.name("times")];
  const [mix, first] = [w.name("mixRows"), w.name("firstOver")];
  return [
    line(`const ${a} = Float64Array.of(#, #, #)`),
    line(`const ${b} = Float64Array.of(#, #, #)`),
    line(
      `const ${axpy} = (y: Float64Array, k: number, x: Float64Array): Float64Array => { for (let i = 0; i < y.length; i++) y[i] += k * x[i]; return y; }`,
    ),
    line(`const ${by} = (k: number) => (v: Float64Array): void => { v[0] = v[1] * k; }`),
    line(`const ${times} = (n: number, fn: (i: number) => void): void => { for (let i = 0; i < n; i++) fn(i); }`),
    line(
      `const ${mix} = (k: number, ...rows: Float64Array[]): Float64Array => { for (const row of rows) row[0] = row[1] * k; return rows[rows.length - 1] ?? ${a}; }`,
    ),
    line(
      `const ${first} = (limit: number): number => { for (let i = 0; i < ${a}.length; i++) { if (${a}[i] > limit) return i; ${a}[i] *= #; } return -1; }`,
    ),
    ...someLines(
      w,
      3,
      `${axpy}(${b}, #, ${a})`,
      `${axpy}(${b}, #, ${b})`,
      `${axpy}(${axpy}(${a}.slice(), #, ${b}), #, ${a})[0] *= #; ${sum} += ${a}[0]`,
      `${axpy}(@ ? ${a} : ${b}, #, ${b})[1] = #`,
      `${axpy}(${a}.subarray(1), #, ${a})`,
      `for (const op of [${by}(#), ${by}(#)]) op(${b})`,
      `${times}(3, (i) => { ${a}[i] = ${b}[i] * (#); if (@) return; ${b}[2 - i] += ${a}[i]; })`,
      `${times}(2, (i) => { ${axpy}(i === 0 ? ${a} : ${b}, #, ${a}); })`,
      `${mix}(#, ${a}, ${b}, ${a})[2] = #`,
      `${mix}(#, ...[${b}, ${a}.subarray(1)])`,
      `${sum} += ${first}(#) + ${a}[0]`,
      `{ const half = ${by}(0.5); half(${a}); half(${a}.subarray(1)); }`,
    ),
    line(`${sum} += ${a}[0] * ${b}[1] + ${a}[2] - ${b}[0]`),
  ];
};

/** Functions that keep variables and arrays between their calls. */
const keepingFunctions: Flow = (w) => {
  const { line, sum } = w;
  const [make, one, two, count] = [w.name("makeMeter"), w.name("meter"), w.name("meter"), w.name("counter")];
  return [
    line(
      `const ${make} = (k: number, own = [k, #]) => { let total = 0; return { add(by: number): number { total += by * k; own[0] = own[1] * by; return total; }, reset: () => { total = 0; own = [own[0], k]; }, read: () => total * own[0] + own[1], own: () => own }; }`,
    ),
    line(`const ${one} = ${make}(#)`),
    line(`const ${two} = ${make}(#, ${one}.own())`),
    line(`let ${count} = 0`),
    ...someLines(
      w,
      3,
      `${one}.add(#)`,
      `${sum} += ${two}.add(${one}.read())`,
      `${one}.reset()`,
      `${two}.own()[1] = #`,
      `[#, #].forEach((v) => { ${one}.add(v); ${count} += v; })`,
      `for (const m of [${one}, ${two}]) m.add(#)`,
      `if (@) ${two}.reset(); else ${one}.own()[0] *= #`,
      `for (let i = 0; i < 3; i++) { if (${one}.add(0.3 * i) > #) break; ${two}.reset(); }`,
      `{ const bump = (by: number): number => (${count} = ${count} * 0.5 + by); ${sum} += bump(#) * bump(${one}.read()); }`,
    ),
    line(`${sum} += ${one}.read() - ${two}.read() * (#) + ${count}`),
  ];
};

/** Generic functions and a generic class, on numbers, rows and objects. */
const genericMemory: Flow = (w) => {
  const { line, sum } = w;
  const swap = declared(
    w,
    "swapAt",
    (name) =>
      `function ${name}<T>(items: T[], i: number, j: number): T[] { const kept = items[i]; items[i] = items[j]; items[j] = kept; return items; }`,
  );
  const pick = declared(
    w,
    "pickBy",
    (name) =>
      `function ${name}<T>(items: readonly T[], key: (item: T) => number): T { let best = items[0]; for (const one of items) if (key(one) > key(best)) best = one; return best; }`,
  );
  const ring = declared(
    w,
    "Ring",
    (name) =>
      `class ${name}<T> { private items: T[]; constructor(...items: T[]) { this.items = items; } add(item: T): this { if (this.items.length > 2) this.items.shift(); this.items.push(item); return this; } at(i: number): T { return this.items[i % this.items.length]; } each(fn: (item: T, i: number) => void): void { this.items.forEach((item, i) => { fn(item, i); }); } update(i: number, fn: (item: T) => T): void { this.items[i] = fn(this.items[i]); } get size(): number { return this.items.length; } }`,
  );
  const [xs, rows, objects] = [w.name("nums"), w.name("lines"), w.name("things")];
  const [numbers, kept] = [w.name("ring"), w.name("ring")];
  return [
    line(`const ${xs} = [#, #, #]`),
    line(`const ${rows} = [[#, #], [#, #]]`),
    line(`const ${objects} = [{ x: #, v: ${rows}[0] }, { x: #, v: [#, #] }]`),
    line(`const ${numbers} = new ${ring}(#, #)`),
    line(`const ${kept} = new ${ring}(...${rows})`),
    ...someLines(
      w,
      4,
      `${swap}(${xs}, 0, 2)[1] = #`,
      `${swap}(${rows}, 0, 1)[0][1] *= #`,
      `${swap}(${objects}, 1, 0)[0].v[0] = #`,
      `${pick}(${objects}, (one) => one.x * (#)).x += #`,
      `${pick}(${rows}, ([p]) => p)[1] = #`,
      `${sum} += ${pick}(${xs}, (v) => -v * (#))`,
      `${numbers}.add(#).add(${xs}[0]).update(0, (v) => v * (#))`,
      `${kept}.add(${objects}[1].v).at(1)[0] = #`,
      `${kept}.each((one, i) => { one[i % 2] += #; })`,
      `${kept}.update(0, (one) => (@ ? one : [one[1], #]))`,
      `${rows}[0] = ${kept}.at(0); ${rows}[0][0] *= #`,
      `for (let i = 0; i < ${numbers}.size; i++) ${xs}[i % 3] += ${numbers}.at(i) * (#)`,
    ),
    line(`${sum} += ${xs}[0] * ${xs}[1] - ${xs}[2]`),
    line(`for (const { x, v } of ${objects}) ${sum} += x * v[0] + v[1]`),
    line(`${kept}.each((one) => { ${sum} += one[0] * ${numbers}.at(1) + one[1]; })`),
  ];
};

/** Classes that extend one, with an array that they share and write in their own ways. */
const familiesThatWrite: Flow = (w) => {
  const { line, sum } = w;
  const base = declared(
    w,
    "Stage",
    (name) =>
      `abstract class ${name} { static readonly made = 2; buf: number[]; protected gain: number; constructor(buf: number[], gain: number) { this.buf = buf; this.gain = gain; } ` +
      `abstract step(by: number): void; get total(): number { return this.buf.reduce((so, v) => so + v, 0) * this.gain; } ` +
      `run(n: number, by: number): this { for (let i = 0; i < n; i++) { this.step(by * (i + 1)); if (this.total > 2) break; } return this; } ` +
      `static exchange(p: ${name}, q: ${name}): void { [p.buf, q.buf] = [q.buf, p.buf]; } set first(to: number) { this.buf[0] = to * this.gain; } }`,
  );
  const damp = declared(
    w,
    "Damp",
    (name) =>
      `class ${name} extends ${base} { step(by: number): void { this.buf[0] = this.buf[1] * by * 0.5 + this.gain; } }`,
  );
  const fold = declared(
    w,
    "Fold",
    (name) =>
      `class ${name} extends ${base} { seen: number[] = []; constructor(buf: number[], gain: number, readonly rate = 0.3) { super(buf, gain * 0.5); } step(by: number): void { this.seen.push(this.buf[0]); this.buf = [this.buf[1], this.buf[0] * by * this.rate]; } override get total(): number { return super.total + this.seen.length * this.rate; } }`,
  );
  const [p, q, r] = [w.name("stage"), w.name("stage"), w.name("stage")];
  return [
    line(`const ${p} = new ${damp}([#, #], #)`),
    line(`const ${q} = new ${fold}(@ ? ${p}.buf : [#, #], #)`),
    line(`const ${r} = new ${damp}(${p}.buf, ${q}.rate * (#))`),
    ...someLines(
      w,
      3,
      `${p}.run(2, #)`,
      `${q}.run(3, #).buf[0] = #`,
      `${base}.exchange(${p}, ${q})`,
      `${p}.first = #`,
      `{ const stages: ${base}[] = [${p}, ${q}]; for (const one of stages) one.step(#); }`,
      `(@ ? ${p} : ${q}).step(#)`,
      `[${p}, ${r}].forEach((one, i) => { one.step(i * (#)); one.buf[1] += #; })`,
      `${r}.buf = ${q}.buf; ${r}.step(#)`,
      `${sum} += [${p}, ${r}].reduce((so, one) => so * 0.5 + one.run(1, #).total, #)`,
      `${q}.buf = ${q}.buf.concat(#); ${q}.buf.shift()`,
    ),
    line(`${sum} += ${p}.total + ${q}.total * (#) - ${r}.total + ${q}.seen.length * ${base}.made`),
  ];
};

/** Rows by key. */
const rowsByKey: Flow = (w) => {
  const { line, sum, scope } = w;
  const [rec, slot, seen, buf] = [w.name("byKey"), w.name("slots"), w.name("visited"), w.name("places")];
  return [
    line(`const ${rec}: Record<"a" | "b", number[]> = { a: [#, #], b: [#, #] }`),
    line(`const ${slot} = new Map<string, number>([["a", 0], ["b", 1]])`),
    line(`const ${seen} = new Set<number>()`),
    line(`const ${buf} = [#, #, #]`),
    ...someLines(
      w,
      3,
      `for (const key of ["a", "b"] as const) { const row = ${rec}[key]; row[0] = row[1] * (#); }`,
      `${rec}.a = ${rec}.b; ${rec}.a[0] = #`,
      `[${rec}.a, ${rec}.b] = [${rec}.b, ${rec}.a]`,
      `for (const [key, at] of ${slot}) ${buf}[at] = ${buf}[at] * (key === "a" ? # : #)`,
      `for (let i = 0; i < 5; i++) { const k = (i * 2) % 3; if (${seen}.has(k)) continue; ${seen}.add(k); ${buf}[k] += ${rec}.a[i % 2] * (#); }`,
      `${slot}.set("c", 2); ${buf}[${slot}.get("c") ?? 0] = #`,
      `${rec}[@ ? "a" : "b"][1] = #`,
      `for (const row of [${rec}.a, ${rec}.b]) row.push(row[0] * (#))`,
      `{ const { a: [p], ...others } = ${rec}; others.b[0] = p * (#); }`,
      `${buf}.forEach((v, i) => { if (!${seen}.has(i)) ${buf}[i] = v * (#); })`,
      `${rec}.b = ${rec}.b.map((v, i) => v * (${buf}[i] ?? #))`,
    ),
    line(
      scope.random.pick([
        `for (const row of Object.values(${rec})) ${sum} += row[0] * row[1]`,
        `for (const [key, row] of Object.entries(${rec})) ${sum} += row[0] * (key === "a" ? # : #) + row[1]`,
        `${sum} += ${rec}.a[0] * ${rec}.b[1] - ${rec}.a[1]`,
      ]),
    ),
    line(`${sum} += ${buf}[0] * ${buf}[1] - ${buf}[2] + ${seen}.size + ${slot}.size`),
  ];
};

/** Members of a union in a list, written by their tags. */
const membersInLists: Flow = (w) => {
  const { line, sum } = w;
  const type = declared(
    w,
    "Part",
    (name) =>
      `type ${name} = { kind: "disc"; r: number; v: number[] } | { kind: "box"; w: number; h: number; v: number[] };`,
  );
  const area = declared(
    w,
    "areaOf",
    (name) =>
      `function ${name}(part: ${type}): number { switch (part.kind) { case "disc": return part.r * part.r; case "box": { const { w, h } = part; return w * h + part.v[0]; } } }`,
  );
  const [parts, one] = [w.name("pieces"), w.name("piece")];
  return [
    line(
      `const ${parts}: ${type}[] = [{ kind: "disc", r: #, v: [#, #] }, { kind: "box", w: #, h: #, v: [#, #] }, { kind: "disc", r: #, v: [#, #] }]`,
    ),
    ...someLines(
      w,
      3,
      `for (const ${one} of ${parts}) switch (${one}.kind) { case "disc": ${one}.r *= #; break; case "box": ${one}.v[0] = ${one}.w; ${one}.h += #; break; }`,
      `${parts}[0] = { kind: "box", w: #, h: #, v: ${parts}[1].v }`,
      `${parts}[@ ? 1 : 2].v[1] = #`,
      `{ const ${one} = ${parts}.find((each) => each.kind === "box"); if (${one}?.kind === "box") ${one}.w = #; }`,
      `for (const [i, ${one}] of ${parts}.entries()) { if (${one}.kind === "disc") { ${parts}[i] = { ...${one}, r: ${one}.r * (#) }; continue; } ${one}.v = [${one}.h, #]; }`,
      `${parts}.sort((p, q) => ${area}(p) - ${area}(q))`,
      `{ const ${one} = ${parts}[${parts}.length - 2]; if (${one}.kind === "disc") ${one}.r = #; else [${one}.w, ${one}.h] = [${one}.h, ${one}.w]; }`,
      `[${parts}[0], ${parts}[1]] = [${parts}[1], ${parts}[0]]`,
      `{ let ${one} = ${parts}[${parts}.length - 1]; for (const each of ${parts}) if (${area}(each) > ${area}(${one})) ${one} = each; ${one}.v[0] *= #; }`,
    ),
    line(`for (const ${one} of ${parts}) ${sum} += ${area}(${one}) * ${one}.v[0] + ${one}.v[1]`),
  ];
};

/** Patterns that take memory out of objects, and that write into places. */
const patternsThatWrite: Flow = (w) => {
  const { line, sum } = w;
  const [p, q, xs, v] = [w.name("left"), w.name("right"), w.name("ends"), w.name("inner")];
  const type = "{ x: number; y: number; v: number[] }";
  const turned = w.name("turned");
  return [
    line(`const ${p}: ${type} = { x: #, y: #, v: [#, #] }`),
    line(`const ${q}: ${type} = { x: #, y: #, v: @ ? ${p}.v : [#, #] }`),
    line(`const ${xs} = [#, #]`),
    line(`const ${turned} = ({ x, y, v }: ${type}): ${type} => ({ x: y, y: x * (#), v })`),
    ...someLines(
      w,
      3,
      `[${p}.x, ${q}.y] = [${q}.y, ${p}.x]`,
      `({ x: ${p}.y, v: ${p}.v } = ${q})`,
      `[${xs}[0], ${p}.x] = [${p}.x, ${xs}[0]]`,
      `{ const { v: ${v}, ...rest } = ${p}; ${v}[0] = #; rest.x *= #; ${sum} += rest.x * rest.y; }`,
      `{ const { v: ${v} } = @ ? ${p} : ${q}; ${v}[1] = #; }`,
      `{ const copy = { ...${p}, v: [...${p}.v] }; copy.v[0] = #; copy.x += #; ${sum} += copy.x * copy.v[0]; }`,
      `({ x: ${p}.x, y: ${p}.y } = ${turned}(${q}))`,
      `{ const one = ${turned}(${p}); one.v[1] = #; one.x *= #; ${sum} += one.x; }`,
      `[${xs}[1], , ${q}.v[0] = #] = [${q}.x, #, ${xs}[0]]`,
      `for (const { v: [first, second], x } of [${p}, ${q}]) ${sum} += first * x - second`,
      `[${p}.v, ${q}.v] = [${q}.v, ${p}.v]; ${p}.v[1] *= #`,
      `{ const { v: held, ...rest } = { ...${q}, x: #, v: ${p}.v }; held[0] *= #; ${q}.y = rest.x * rest.y; }`,
      `{ const all = structuredClone(${p}); all.v[0] = #; ${sum} += all.v[0] * ${p}.v[0]; }`,
    ),
    line(`${sum} += ${p}.x * ${p}.v[0] + ${q}.y * ${q}.v[1] - ${p}.y * ${xs}[0] + ${xs}[1]`),
  ];
};

/** Flows of functions, classes and tables. */
export const functionFlows: readonly Flow[] = [
  writingFunctions,
  keepingFunctions,
  genericMemory,
  familiesThatWrite,
  rowsByKey,
  membersInLists,
  patternsThatWrite,
];
