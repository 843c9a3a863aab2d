/** Classes of the module: methods that write into `this`, getters, static methods, functions in fields, one base for two. */
import { printStmt } from "../print.ts";
import type { Stmt } from "../ast.ts";
import type { Random } from "../random.ts";
import type { Names, World } from "../dense/grammar.ts";
import { around, bodyOf, numberParam, plain, results } from "./bodies.ts";
import type { Site, Result } from "./bodies.ts";
import { siteOf } from "./in-module.ts";

const fields: Names = { place: ["this.k", "this.k", "this.w", "this.ks[0]", "this.ks[1]"] };

/** A method with names that are visible beside its parameter. */
function method(site: Site, head: string, names: Names, result: Result): Stmt {
  const t = numberParam(site.writer);
  const inside = { ...names, atom: [t.name, ...(names.atom ?? [])] };
  return around(`${head}(${t.text}): ${result.type}`, bodyOf(site, inside, result), "");
}

function getter(site: Site, name: string, names: Names): Stmt {
  const { writer } = site;
  const atoms = [...(names.place ?? []), ...(names.atom ?? [])];
  const sum = [writer.random.pick(atoms), writer.random.pick(atoms)].join(writer.random.pick([" * ", " + 0.3 * "]));
  return around(`get ${name}(): number`, [{ kind: "return", value: writer.fill("number", sum, 3) }], "");
}

const text = (stmts: readonly Stmt[]): string => stmts.map((stmt) => printStmt(stmt, "  ")).join("");

const start = `  k: number;
  w = 0.4;
  ks: number[];
  constructor(k: number) {
    this.k = k;
    this.ks = [k, 0.3];
  }
`;

const startWithFunction = `  k: number;
  w = 0.4;
  ks: number[];
  readonly fn: Fn;
  constructor(k: number, fn: Fn = Math.sin) {
    this.k = k;
    this.ks = [k, 0.3];
    this.fn = fn;
  }
`;

/** One class, perhaps with a function in a field: each method may call those before it. */
function alone(site: Site): { readonly prelude: readonly string[]; readonly bindings: World["bindings"] } {
  const { writer } = site;
  const name = writer.fresh("Box");
  const second = writer.random.weighted(results.slice(1));
  const hasFunction = writer.random.chance(0.5);
  const held = hasFunction ? ["this.fn"] : [];
  const known: Names = { ...fields, atom: ["this.norm"] };
  const methods = [
    getter(site, "norm", fields),
    method(site, "run", { ...fields, callee: held }, plain),
    method(site, "also", { ...known, callee: ["this.run", ...held] }, second),
    around(
      "total(ts: readonly number[]): number",
      [
        {
          kind: "return",
          value: writer.fill("number", "ts.reduce((<s>, <t>) => <s> + this.run(<t>) * this.k, 0.2)", 3),
        },
      ],
      "",
    ),
    around(
      `static of(t: number): ${name}`,
      [
        {
          kind: "return",
          value: writer.fill("void", `new ${name}(t * 0.5${hasFunction ? ", (<t>) => <t> * t" : ""})`, 3),
        },
      ],
      "",
    ),
  ];
  const gives: Names = {
    callee: ["<w>.run", ...(hasFunction ? ["<w>.fn"] : [])],
    fn: ["<w>.run.bind(<w>)", ...(hasFunction ? ["<w>.fn"] : [])],
    arg: ["(t9: number) => <w>.run(t9)", ...(hasFunction ? ["(t9: number) => <w>.fn(t9) * <w>.k"] : [])],
    place: ["<w>.k", "<w>.ks[0]", "<w>.w"],
    atom: ["<w>.norm"],
    effect: ["<w>.total(xs)"],
    ...(second.sort !== plain.sort && { [second.sort]: ["<w>.also"] }),
  };
  return {
    prelude: [`class ${name} {\n${hasFunction ? startWithFunction : start}${text(methods)}}`],
    bindings: [
      { text: `const <w> = new ${name}(#)`, gives },
      { text: `const <w> = ${name}.of(#)`, gives },
      hasFunction
        ? { text: `const <w> = new ${name}(#, $arg)`, gives }
        : { text: `let <w> = new ${name}(#); if (@) <w> = ${name}.of($atom)`, gives },
    ],
  };
}

/** A base with a method that two classes write, and one that calls it. */
function family(site: Site): { readonly prelude: readonly string[]; readonly bindings: World["bindings"] } {
  const { writer } = site;
  const [base, one, two] = [writer.fresh("Law"), writer.fresh("One"), writer.fresh("Two")];
  const own: Names = { place: ["this.k"] };
  const calls: Names = { ...own, callee: ["this.law"] };
  const first = [
    "  abstract law(t: number): number;\n",
    text([method(site, "run", calls, plain), getter(site, "norm", own)]),
  ];
  const over = method(site, "run", { ...calls, callee: ["super.run", "this.law"] }, plain);
  const classes = [
    `abstract class ${base} {\n  k: number;\n  constructor(k: number) {\n    this.k = k;\n  }\n${first.join("")}}`,
    `class ${one} extends ${base} {\n${text([method(site, "law", own, plain)])}}`,
    `class ${two} extends ${base} {\n  w = 0.3;\n${text([method(site, "law", { place: ["this.k", "this.w"] }, plain), over])}}`,
    `function ${base.toLowerCase()}Of(law: ${base}, t: number): number {\n  return law.run(t) + law.norm;\n}`,
  ];
  const gives: Names = {
    callee: ["<w>.run", "<w>.law"],
    fn: ["<w>.law.bind(<w>)"],
    arg: ["(t9: number) => <w>.run(t9)"],
    place: ["<w>.k"],
    atom: ["<w>.norm"],
    effect: [`${base.toLowerCase()}Of(<w>, y)`],
  };
  return {
    prelude: classes,
    bindings: [
      { text: `const <w> = @ ? new ${one}(#) : new ${two}(#)`, gives },
      { text: `const <w> = new ${two}(#)`, gives },
      { text: `let <w>: ${base} = new ${one}(#); if (@) <w> = new ${two}(#)`, gives },
      {
        text: `const <ws> = [new ${one}(#), new ${two}($atom)]`,
        gives: { callee: ["<ws>[0].run", "<ws>[1].run", "<ws>[1].law"], place: ["<ws>[0].k", "<ws>[1].k"] },
      },
    ],
  };
}

/** The classes of a program: one alone, one family, or both. */
export function classes(random: Random): World {
  const site = siteOf(random);
  const made = random.pick([[alone], [family], [alone, family]]).map((make) => make(site));
  return {
    shapes: [],
    prelude: made.flatMap((one) => one.prelude),
    given: [],
    head: [],
    sorts: {},
    lines: [],
    outer: [],
    bindings: made.flatMap((one) => [...one.bindings, ...one.bindings]),
    loops: [],
    terms: [],
    results: [],
  };
}
