/** The kinds of function values that are made where they stand: arrows, declarations, methods of objects, recursive ones, … */
import { leaf } from "../ast.ts";
import type { Stmt } from "../ast.ts";
import { around, arrow, bodyOf, numberParam, plain, results } from "./bodies.ts";
import type { Site, Result } from "./bodies.ts";
import { pureSite } from "./in-module.ts";

type Kind = (site: Site) => readonly Stmt[];

/** Makes the function visible under the names that stand for it. */
function give({ writer }: Site, { sort }: Result, texts: readonly string[], values: readonly string[] = texts): void {
  writer.declare({ [sort]: texts, ...(sort === plain.sort && { fn: values }) });
}

/** The same for one that a variable may be given later: what it uses is there as long as its name. */
function giveFree(site: Site, result: Result, name: string): void {
  give(site, result, [name]);
  if (result.sort === plain.sort) site.writer.declare({ free: [name], chosen: [name] });
}

const resultOf = ({ writer }: Site): Result => writer.random.weighted(results);

const local: Kind = (site) => {
  const { writer } = site;
  const [name, result, t] = [writer.fresh("f"), resultOf(site), numberParam(writer)];
  const made = arrow(`const ${name} = (${t.text}): ${result.type} =>`, bodyOf(site, t.names, result));
  giveFree(site, result, name);
  return [made];
};

const declared: Kind = (site) => {
  const { writer } = site;
  const [name, result, t] = [writer.fresh("f"), resultOf(site), numberParam(writer)];
  const made = around(`function ${name}(${t.text}): ${result.type}`, bodyOf(site, t.names, result), "");
  giveFree(site, result, name);
  return [made];
};

/** By the type of the variable: an alias, an interface with a call signature. */
const typed: Kind = (site) => {
  const { writer } = site;
  const [name, t] = [writer.fresh("f"), numberParam(writer)];
  const type = writer.random.pick(["Fn", "Call", "typeof Math.sin"]);
  const made = arrow(`const ${name}: ${type} = (${t.name}) =>`, bodyOf(site, t.names, plain));
  giveFree(site, plain, name);
  return [made];
};

const curried: Kind = (site) => {
  const { writer } = site;
  const [name, result, k, t] = [writer.fresh("make"), resultOf(site), numberParam(writer), numberParam(writer)];
  const names = { atom: [k.name, t.name] };
  const made = arrow(`const ${name} = (${k.text}) => (${t.text}): ${result.type} =>`, bodyOf(site, names, result));
  give(site, result, [`${name}(0.7)`, `${name}(a)`]);
  return [made];
};

/** A function that has variables of its own, which those that it gives back share. */
const maker: Kind = (site) => {
  const { writer } = site;
  const { random } = writer;
  const [name, state, t] = [writer.fresh("make"), writer.fresh("k"), numberParam(writer)];
  const result = resultOf(site);
  const inner = writer.within(() => {
    writer.declare({ place: [state] });
    return bodyOf(site, t.names, result);
  });
  const [f, k] = [writer.fresh("f"), writer.fresh("n")];
  const start = random.pick(["b", "0.3", "x", "b * y"]);
  const own: Stmt = { kind: "expr", expr: leaf("void", `let ${state} = ${start}`) };
  const head = `const ${name} = (b: number) =>`;
  const back = random.pick(["plain", "object"] as const);
  if (back === "plain") {
    const made = around(head, [own, around(`return (${t.text}): ${result.type} =>`, inner)]);
    const call: Stmt = { kind: "expr", expr: writer.fill("void", `const ${f} = ${name}(#)`, 1) };
    give(site, result, [f]);
    return [made, call];
  }
  const returned = around(`return { f: (${t.text}): ${result.type} =>`, inner, `, k: ${state} * 0.5 };`);
  const pattern = `{ f: ${f}, k: ${k} }`;
  const call: Stmt = { kind: "expr", expr: writer.fill("void", `const ${pattern} = ${name}(#)`, 1) };
  give(site, result, [f]);
  writer.declare({ atom: [k] });
  return [around(head, [own, returned]), call];
};

/** Methods of an object that read and write its data. */
const objectMethod: Kind = (site) => {
  const { writer } = site;
  const [name, result, t] = [writer.fresh("ob"), resultOf(site), numberParam(writer)];
  const isMethod = writer.random.chance(0.7);
  const inside = { ...t.names, ...(isMethod && { place: ["this.k", "this.k", "this.ks[0]"] }) };
  // A function that is declared in a method would have another `this`.
  const body = bodyOf(isMethod ? { writer, world: site.world } : site, inside, result);
  const head = isMethod ? `run(${t.text}): ${result.type}` : `run: (${t.text}): ${result.type} =>`;
  const first = writer.random.pick(["0.3", "x", "a * y"]);
  const made = around(`const ${name} = { k: ${first}, ks: [y, 0.4], ${head}`, body, " };");
  give(site, result, [`${name}.run`], isMethod ? [`${name}.run.bind(${name})`] : [`${name}.run`]);
  writer.declare({
    place: [`${name}.k`, `${name}.ks[0]`],
    ...(result.sort === plain.sort && { arg: [`(t9: number) => ${name}.run(t9)`] }),
  });
  return [made];
};

/** Functions that call themselves assign to no variable around them. */
function withoutEffects(site: Site): Site {
  const pure = pureSite(site.writer.random);
  pure.writer.declare({ atom: ["x", "xs[1]", "a", "o.p", "ks[0]"] });
  return pure;
}

const recursive: Kind = ({ writer: outside, ...rest }) => {
  const site = withoutEffects({ writer: outside, ...rest });
  const { writer } = site;
  const [name, n, t] = [outside.fresh("deep"), writer.fresh("n"), numberParam(writer)];
  const isDeclared = writer.random.chance(0.5);
  const value = writer.random.pick([`# + 0.5 * ${name}(${n} - 1, #)`, `${name}(${n} - 1, #)`]);
  const leave: Stmt = { kind: "if", test: leaf("boolean", `${n} <= 0`, "guard"), then: [end(site)] };
  const body = [leave, ...bodyOf(site, { atom: [t.name, n] }, { ...plain, values: [value] })];
  const params = `(${n}: number, ${t.text}): number`;
  const made = isDeclared
    ? around(`function ${name}${params}`, body, "")
    : around(`const ${name} = ${params} =>`, body);
  outside.declare({ counted: [name], arg: [`(t9: number) => ${name}(2, t9)`] });
  return [made];
};

const end = ({ writer }: Site): Stmt => ({ kind: "return", value: writer.number(2) });

const mutual: Kind = ({ writer: outside, ...rest }) => {
  const site = withoutEffects({ writer: outside, ...rest });
  const { writer } = site;
  const [one, two, t] = [outside.fresh("ping"), outside.fresh("pong"), numberParam(writer)];
  const half = (name: string, other: string): Stmt => {
    const value = `0.6 * ${other}(n - 1, #) + $atom`;
    const leave: Stmt = { kind: "if", test: leaf("boolean", "n <= 0", "guard"), then: [end(site)] };
    const body = [leave, ...bodyOf(site, { atom: [t.name, "n"] }, { ...plain, values: [value] })];
    return around(`function ${name}(n: number, ${t.text}): number`, body, "");
  };
  const made = [half(one, two), half(two, one)];
  outside.declare({ counted: [one, two] });
  return made;
};

/** One of several, by a variable that changes. */
const chosen: Kind = (site) => {
  const { writer } = site;
  const name = writer.fresh("g");
  const set = (): Stmt => writer.line(`${name} = $free`);
  const first = writer.line(`let ${name}: Fn = $free`);
  const change: Stmt = writer.random.chance(0.6)
    ? { kind: "if", test: writer.test(), then: [set()], ...(writer.random.chance(0.3) && { otherwise: [set()] }) }
    : {
        kind: "switch",
        subject: leaf("int", "xs.length"),
        cases: [
          { value: "2", body: [set(), { kind: "jump", word: "break" }] },
          { value: undefined, body: [set()] },
        ],
      };
  const known = ["Math.cos", "scaleBy(a)", "(t9) => t9 * b"].map((text) => `${name} = ${text}`);
  give(site, plain, [name]);
  writer.declare({ swap: known });
  return [first, change];
};

/** Run where it stands. */
const immediate: Kind = (site) => {
  const { writer } = site;
  const [name, t] = [writer.fresh("v"), numberParam(writer)];
  const made = around(`const ${name} = ((${t.text}): number =>`, bodyOf(site, t.names, plain), ")(y);");
  writer.declare({ atom: [name] });
  return [made];
};

/** A second parameter that may be left out, or more of them. */
const longer: Kind = (site) => {
  const { writer } = site;
  const [name, t, by] = [writer.fresh("f"), numberParam(writer), writer.fresh("by")];
  const [text, names] = writer.random.pick([
    [`${by} = 0.5`, [by]],
    [`${by}?: number`, [`(${by} ?? 0.3)`]],
    [`...${by}: number[]`, [`${by}.length`, `(${by}[0] ?? 0.4)`, `${by}.reduce((s, t) => s + t, 0)`]],
  ] as const);
  const body = bodyOf(site, { atom: [t.name, ...names, ...names] }, plain);
  const made = arrow(`const ${name} = (${t.text}, ${text}): number =>`, body);
  // What calls a callback with an index and the list hands these on too.
  writer.declare({ callee: [name], two: [name], arg: [`(t9: number) => ${name}(t9)`] });
  if (text.startsWith("...")) writer.declare({ rest: [name] });
  return [made];
};

const kinds: readonly (readonly [weight: number, kind: Kind])[] = [
  [4, local],
  [2, declared],
  [1, typed],
  [2, curried],
  [3, maker],
  [2.5, objectMethod],
  [1.5, recursive],
  [0.7, mutual],
  [2, chosen],
  [1, immediate],
  [1.5, longer],
];

/** A function of some kind, visible from here to the end of the block. */
export function functionOf(site: Site): readonly Stmt[] {
  return site.writer.random.weighted(kinds)(site);
}
