/**
 * Ways that memory goes: lists of values that may be absent, optional fields, tuples and objects under other names, instances
 * that share arrays, loops over structures that are left early, functions that variables held before. Each is a few
 * statements on memory of its own that add up a number.
 */
import { form, leaf } from "./ast.ts";
import type { Expr, Stmt } from "./ast.ts";
import { boolean, number } from "./expressions.ts";
import { some, someOf } from "./flow-writing.ts";
import type { Flow } from "./flow-writing.ts";
import { functionFlows } from "./flows-functions.ts";
import { listFlows } from "./flows-lists.ts";
import { literal, read } from "./scope.ts";
import type { Scope } from "./scope.ts";

const optionalList: Flow = (w) => {
  const { line, sum } = w;
  const m = w.name("marks");
  const e = w.name("mark");
  return [
    line(`const ${m}: (number | undefined)[] = [#, undefined, @ ? # : undefined, #]`),
    ...some(
      w,
      2,
      () => line(`${m}[1] ??= #`),
      () => line(`if (@) ${m}[0] = undefined`),
      () => line(`${m}.push(@ ? undefined : #)`),
      () => line(`for (let i = 0; i < ${m}.length; i++) ${m}[i] ??= # * i`),
      () => line(`if (@) [${m}[0], ${m}[2]] = [${m}[2], ${m}[3]]`),
      () => line(`${m}[3] = (${m}[3] ?? #) * (${m}[0] ?? #)`),
    ),
    ...some(
      w,
      1,
      () => line(`for (const ${e} of ${m}) ${sum} += ${e} ?? #`),
      () => line(`for (const ${e} of ${m}) { if (${e} === undefined) continue; ${sum} += ${e} * (#); }`),
      () => line(`${sum} += ${m}.filter((${e}) => ${e} !== undefined).reduce((so, vv) => so + vv * (#), #)`),
      () => line(`${sum} += ${m}.map((${e}) => ${e} ?? #).reduce((so, one) => so * 0.5 + one)`),
      () => line(`${m}.forEach((${e}, i) => { if (${e} !== undefined && i > 0) ${sum} += ${e} * (#); })`),
      () => line(`${sum} += (${m}.find((${e}) => ${e} !== undefined && @) ?? #) * 0.5`),
      () => line(`${sum} += ${m}.at(-1) ?? #`),
    ),
  ];
};

const optionalFields: Flow = (w) => {
  const { line, sum } = w;
  const [p, q, r] = [w.name("part"), w.name("part"), w.name("part")];
  const type = "{ a?: number | undefined; b: number; v?: Float64Array | undefined }";
  return [
    line(`const ${p}: ${type} = { b: #, a: @ ? # : undefined }`),
    line(`const ${q}: ${type} = { b: #, v: Float64Array.of(#, #) }`),
    ...some(
      w,
      3,
      () => line(`${p}.a ??= #`),
      () => line(`if (@) ${p}.a = undefined`),
      () => line(`[${p}.a, ${q}.a] = [${q}.a, ${p}.a]`),
      () => line(`[${p}.v, ${q}.v] = [${q}.v, ${p}.v]`),
      () => line(`${p}.v ??= Float64Array.of(#, #)`),
      () => line(`${p}.v = @ ? ${q}.v : undefined`),
      () => line(`if (${q}.v !== undefined) ${q}.v[0] = (${q}.v[0] ?? 0) * (#)`),
      () => line(`if (${p}.v) ${p}.v[1] = (${p}.v[1] ?? 0) + ${p}.b`),
      () => line(`${p}.a &&= #`),
      () =>
        line(
          `for (let i = 0; i < 3; i++) { ${q}.a = i === 1 ? undefined : (${q}.a ?? #) * 0.5; ${p}.b += ${q}.a ?? 0.1; }`,
        ),
    ),
    line(`const ${r}: ${type} = { ...(@ ? ${p} : ${q}), b: # }`),
    ...some(
      w,
      1,
      () => line(`${sum} += (${p}.a ?? #) * ${q}.b + ${r}.b * (${r}.a ?? #)`),
      () => line(`${sum} += (${p}.v?.[0] ?? #) + (${q}.v?.[1] ?? #) * ${p}.b`),
      () => line(`for (const one of [${p}, ${q}, ${r}]) ${sum} += one.a === undefined ? one.b : one.a * one.b`),
      () =>
        line(
          `const { a: aa = #, v: [first] = Float64Array.of(#) } = ${r}; ${sum} += aa * (first ?? 0.2)`
            .replaceAll("aa", w.name("a"))
            .replaceAll("first", w.name("first")),
        ),
    ),
  ];
};

const tupleNames: Flow = (w) => {
  const { line, sum, scope } = w;
  const type = "[number, number, Float64Array]";
  const [p, q] = [w.name("pair"), w.name("pair")];
  const names: string[] = [p, q];
  const other = (template: string): (() => Stmt) => {
    return () => {
      const name = w.name("pair");
      const stmt = line(template.replaceAll("NAME", name).replaceAll("FROM", scope.random.pick(names)));
      names.push(name);
      return stmt;
    };
  };
  const write = (): Stmt => {
    const at = scope.random.pick(names);
    return line(
      scope.random.pick([`${at}[0] += #`, `${at}[1] *= #`, `${at}[2][1] = #`, `${at}[2] = Float64Array.of(#, #)`]),
    );
  };
  const take = w.name("take");
  const made: Stmt[] = [
    line(`let ${p}: ${type} = [#, #, Float64Array.of(#, #)]`),
    line(`const ${q}: ${type} = [#, #, ${p}[2]]`),
  ];
  const steps = someOf(w, 3, [
    other(`const NAME: ${type} = @ ? FROM : [#, #, FROM[2]]`),
    other(`const NAME = (${sum} += #, FROM)`),
    other(`const NAME = FROM satisfies ${type}`),
    other(`const { one: NAME = FROM }: { one?: ${type} } = {}`),
    other(`const [NAME = FROM]: ${type}[] = []`),
    () => line(`const ${take} = (vv: ${type} = ${q}, by = #): ${type} => { vv[0] *= by; return vv; }`),
    other(`const NAME = ((one: ${type} = FROM): ${type} => one)()`),
    other(`const NAME = [FROM, ${q}].find((vv) => vv[0] > #) ?? FROM`),
    () => line(`if (@) ${p} = ${q}`),
    other(`const NAME: ${type} = [...FROM]`),
  ]);
  for (const make of steps) made.push(make(), write());
  made.push(
    line(`for (const one of [${names.join(", ")}]) ${sum} += one[0] * one[1] + (one[2][0] ?? 0) * (one[2][1] ?? 0.5)`),
  );
  return made;
};

const sharedBuffers: Flow = (w) => {
  const { line, sum } = w;
  const name = `Store${String(w.scope.style.flows?.length ?? 0)}`;
  const [arr, p, q] = [w.name("cells"), w.name("one"), w.name("one")];
  const text =
    `class ${name} { buf: Float64Array; total = 0; last?: number | undefined; ` +
    `constructor(buf: Float64Array) { this.buf = buf; } ` +
    `view(): Float64Array { return this.buf; } ` +
    `add(k: number): ${name} { this.buf[0] = (this.buf[0] ?? 0) * 0.5 + k; this.total += (this.buf[1] ?? 0) * k; this.last ??= k; return this; } ` +
    `take(from: ${name}): void { this.buf = from.view(); this.last = from.last; } }`;
  w.scope.style.flows?.push(text);
  return [
    line(`const ${arr} = Float64Array.of(#, #, #)`),
    line(`const ${p} = new ${name}(${arr})`),
    line(`const ${q} = new ${name}(@ ? ${p}.view() : ${arr}.slice())`),
    ...some(
      w,
      3,
      () => line(`${p}.view()[1] = #`),
      () => line(`${q}.add(#).add(#).view()[0] = #`),
      () => line(`for (const each of [${p}, ${q}]) each.add(#)`),
      () => line(`${q}.take(${p})`),
      () => line(`for (let i = 0; i < 3; i++) { (i % 2 === 0 ? ${p} : ${q}).add(# * i); if (@) ${p}.take(${q}); }`),
      () => line(`${arr}[0] = ${p}.total * 0.5`),
      () => line(`[${p}.buf, ${q}.buf] = [${q}.buf, ${p}.buf]`),
    ),
    line(`${sum} += ${p}.total * (#) + (${q}.buf[0] ?? 0) - (${p}.buf[0] ?? 0) * (${q}.last ?? #) + (${arr}[1] ?? 0)`),
  ];
};

const structuresInLoops: Flow = (w) => {
  const { line, sum, scope } = w;
  const [parts, label, one, two] = [w.name("parts"), w.name("outer"), w.name("body"), w.name("body")];
  const inner = scope.random.pick([
    `if (${two} === ${one}) continue ${label}; ${two}.x += # * ${one}.x;`,
    `if (${two}.x > #) break ${label}; ${two}.v[0] = (${two}.v[0] ?? 0) * (#);`,
    `if (${two} === ${one}) break; ${one}.v[1] = ${two}.x * (#); if (@) continue; ${two}.x *= #;`,
    `if (${one}.x < #) { ${two}.v = ${one}.v; continue ${label}; } ${one}.v[0] = (${two}.v[1] ?? 0) + 0.1;`,
    `[${one}.v, ${two}.v] = [${two}.v, ${one}.v]; if (${one}.x * ${two}.x < #) continue ${label}; ${one}.x = Math.sin(${two}.x);`,
  ]);
  return [
    line(
      `const ${parts}: { x: number; v: Float64Array }[] = [{ x: #, v: Float64Array.of(#, #) }, { x: #, v: Float64Array.of(#, #) }, { x: #, v: Float64Array.of(#, #) }]`,
    ),
    line(
      `${label}: for (const ${one} of ${parts}) { ${scope.random.pick(["", `if (${one}.x > #) continue; `, `if (@) { ${one}.x *= #; continue; } `, `${one}.v[0] = # * ${one}.x; `])}` +
        `for (const ${two} of ${parts}) { ${inner} } ${sum} += ${one}.x * (${one}.v[0] ?? 0); }`,
    ),
    line(
      `for (const ${one} of ${parts}) { if (${one}.x > # + 1) break; ${sum} += ${one}.x * (${one}.v[1] ?? 0) + (${one}.v[0] ?? 0); }`,
    ),
  ];
};

const heldFunctions: Flow = (w) => {
  const { line, sum, scope } = w;
  const [law, before, k] = [w.name("law"), w.name("before"), w.name("k")];
  const change = scope.random.pick([
    `if (@) ${law} = (t) => ${k} * t`,
    `${law} = ${k} > # ? (t) => t * 0.5 : (t) => ${k} - t`,
    `if (${k} > #) ${law} = Math.sin; else ${law} = (t) => ${k} * t * 0.5`,
  ]);
  return [
    line(`let ${law} = (t: number): number => t * (#)`),
    line(
      `for (const ${k} of [#, #, #]) { const ${before} = ${law}; ${change}; ${sum} += ${before}(#) * 0.5 + ${law}(${k} * 0.5) * 0.5; }`,
    ),
    line(`${sum} += ${law}(#)`),
  ];
};

/** Objects in Maps and Sets by keys that are texts, and the same objects in a list. */
const keptObjects: Flow = (w) => {
  const { line, sum } = w;
  const [p, q, list] = [w.name("item"), w.name("item"), w.name("items")];
  return [
    line(`const ${p} = { x: #, y: [#, #] }`),
    line(`const ${q} = { x: #, y: @ ? ${p}.y : [#, #] }`),
    line(`const ${list} = [${p}, ${q}, @ ? ${p} : { ...${q}, x: # }]`),
    ...some(
      w,
      2,
      () =>
        line(
          `for (const [i, each] of ${list}.entries()) { each.x *= 0.5 + i * 0.1; each.y[i % 2] = (each.y[0] ?? 0) + each.x; }`,
        ),
      () => line(`${list}.reverse(); (${list}[0] ?? ${p}).x += #`),
      () =>
        line(
          `const last = ${list}.pop(); if (last !== undefined) last.y[0] = # * last.x`.replaceAll(
            "last",
            w.name("last"),
          ),
        ),
      () => line(`${list}.unshift(@ ? ${q} : ${p}); (${list}.at(-1) ?? ${q}).x *= #`),
      () =>
        line(
          `const found = ${list}.find((each) => each.x > #); if (found) { found.x = #; found.y = ${q}.y; }`.replaceAll(
            "found",
            w.name("hit"),
          ),
        ),
      () => line(`for (const { y: vv } of ${list}) vv[1] = (vv[1] ?? 0) * 0.5 + #`),
      () => line(`${list}.sort((a, b) => a.x - b.x); (${list}[1] ?? ${p}).y[1] = #`),
    ),
    line(`for (const each of ${list}) ${sum} += each.x * (each.y[0] ?? 0) + (each.y[1] ?? 0)`),
    line(`${sum} += ${p}.x * (${q}.y[1] ?? 0) - (${p}.y[0] ?? 0)`),
  ];
};

const flows: readonly Flow[] = [
  optionalList,
  optionalFields,
  tupleNames,
  sharedBuffers,
  structuresInLoops,
  heldFunctions,
  keptObjects,
  ...listFlows,
  ...functionFlows,
];

function small(scope: Scope): Expr {
  const { random } = scope;
  const known = scope.of("number", (v) => v.optional !== true);
  return random.weighted<() => Expr>([
    [3, () => literal(random.uniform(-1, 1))],
    [
      known.length > 0 ? 3 : 0,
      () => form("number", "math", random.pick(["#", "Math.sin(#)", "0.3 * #"]), read(random.pick(known))),
    ],
    [1, () => number(scope, 0, 1)],
  ])();
}

/** One of the flows, and the number that it adds up. */
export function flow(scope: Scope): Stmt[] | undefined {
  if (scope.budget < 4 || scope.loops > 1 || scope.pure) return undefined;
  const { random } = scope;
  const sum = scope.fresh("flow");
  const init = scope.purely(() => number(scope, 1));
  const line = (template: string): Stmt => {
    const args: Expr[] = [];
    const text = template.replaceAll(/[#@]/g, (hole) => {
      const arg = scope.purely(() => (hole === "@" ? boolean(scope, 0) : small(scope)));
      args.push(arg);
      return "(#)";
    });
    return { kind: "expr", expr: args.length === 0 ? leaf("number", text) : form("number", "flow", text, ...args) };
  };
  const made = random.pick(flows)({ scope, sum, name: (base) => scope.fresh(base), line });
  scope.budget -= 3;
  scope.declare({ name: sum, type: "number", mutable: true, least: 0 });
  return [{ kind: "let", tag: "flow", constant: false, name: sum, type: "number", annotated: true, init }, ...made];
}
