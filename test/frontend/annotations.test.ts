import { expect, test } from "vitest";
import { read, readOne, told } from "./support.ts";

const modesOf = (comment: string): unknown =>
  readOne(`${comment}\nexport function f(x: number, k: number): number { return x * k; }`).targets[0]?.modes;

test("@differentiable alone means vjp and jvp", () => {
  expect(modesOf("/** @differentiable */")).toEqual(["vjp", "jvp"]);
  expect(modesOf("/** @differentiable - prose grad */")).toEqual(["vjp", "jvp"]);
});

test("modes stand on the tag's own line, prose follows a dash", () => {
  expect(modesOf("/** @differentiable grad hvp */")).toEqual(["grad", "hvp"]);
  expect(modesOf("/** @differentiable grad,hvp, vjpInto */")).toEqual(["grad", "hvp", "vjpInto"]);
  expect(modesOf("/**\n * Text.\n * @differentiable grad - for the optimiser\n * more jvp prose\n */")).toEqual([
    "grad",
  ]);
  expect(modesOf("/** @differentiable grad @wrt x */")).toEqual(["grad"]);
  expect(modesOf("/**\n * @differentiable\n * grad jvp\n */")).toEqual(["vjp", "jvp"]);
});

test("@wrt gives parameters in parameter order", () => {
  const source =
    "/** @differentiable grad\n * @wrt k, x */\nexport function f(x: number, k: number): number { return x * k; }";
  expect(readOne(source).targets[0]?.wrt).toEqual([
    { kind: "param", index: 0 },
    { kind: "param", index: 1 },
  ]);
});

test("@wrt may name a local const at the top level, for reverse modes", () => {
  const f = (tag: string): string =>
    `/** @differentiable ${tag}\n * @wrt y, x */\nexport function f(x: number): number { const y = x * x; if (x > 0) { const z = y; return z; } return y; }`;
  expect(readOne(f("grad")).targets[0]?.wrt).toEqual([
    { kind: "param", index: 0 },
    { kind: "local", name: "y" },
  ]);
  expect(told(readOne(f("vjp jvp")), f("vjp jvp"))).toEqual(["TG2016 y"]);
  const nested = f("grad").replace("@wrt y", "@wrt z");
  expect(told(readOne(nested), nested)).toEqual(["TG2017 z"]);
});

test("functions, consts with arrows, methods and default exports are annotated", () => {
  const source = `
/** @differentiable grad */ export function a(x: number): number { return x; }
/** @differentiable grad */ export const b = (x: number): number => x;
/** @differentiable grad */ export const c = function (x: number): number { return x; };
export class Vec3 {
  constructor(public x: number) {}
  /** @differentiable grad */ norm(k: number): number { return k; } }
/** @differentiable grad */ export default function (x: number): number { return x; }
`;
  const frontend = readOne(source);
  expect(frontend.reports).toEqual([]);
  expect(frontend.targets.map((target) => target.name)).toEqual(["a", "b", "c", "vec3Norm", "default"]);
});

test.each([
  ["// @differentiable\nexport function f(x: number) { return x; }"],
  ["/* @differentiable */\nexport function f(x: number) { return x; }"],
  ["/** @differentiable */\nexport const k = 1;"],
  ["/** @differentiable */\nexport let f = (x: number) => x;"],
  ["/** @differentiable */\ninterface P { x: number }"],
  ["/** @differentiable */\n/** Doc. */\nexport function f(x: number) { return x; }"],
  ["export function f(x: number) { /** @differentiable */\n return x; }"],
  ["export function f(x: number) { return x; }\n/** @differentiable */"],
])("a comment that belongs to no function is an error: %s", (source) => {
  expect(told(readOne(source), source)).toEqual(["TG2004 @differentiable"]);
});

test("a comment without an end is a mistake of syntax", () => {
  const source = "/* a */\n/** @differentiable\nexport const f = (x: number) => x * x;\n";
  expect(told(readOne(source), source)).toEqual(["TG2001 @differentiable"]);
});

test("texts, decorators and quoted mentions are no annotations", () => {
  const source =
    "export const a = '@differentiable', b = `x @differentiable ${1} // @differentiable`;\n// says `@differentiable`\n";
  expect(readOne(source).reports).toEqual([]);
});

test("unknown modes, names and passive ones are all reported in one run", () => {
  const source = `import type { int } from "tsgrad";
/**
 * @differentiable Grad foo
 * @wrt z, n
 * @of w
 */
export function f(x: number, n: int): number { return x * n; }
/** @differentiable sparseJacobian */
export function g(x: number): number { return x; }
/** @differentiable */
export function h(n: int): number { return n; }
/** @differentiable */
export function i(x: number): boolean { return x > 0; }
`;
  expect(told(readOne(source), source)).toEqual([
    "TG2005 Grad",
    "TG2005 foo",
    "TG2021 sparseJacobian",
    "TG2006 z",
    "TG2007 n",
    "TG2010 w",
    "TG2008 h",
    "TG2009 i",
  ]);
});

test("written parameters are outputs, not inputs, however they are written", () => {
  const body = {
    directly: "o[0] = x[0]!;",
    "through a view": "const w = o.subarray(1); w[0] = x[0]!;",
    "in a callee": "put(o, x);",
    "by a method": "o.fill(x[0]!);",
    "by destructuring": "[o[0]] = [x[0]!];",
  };
  for (const [how, text] of Object.entries(body)) {
    const source = `function put(p: Float64Array, q: Float64Array): void { p[0]! += q[0]!; }
/** @differentiable vjp
 * @of o */
export function f(x: Float64Array, o: Float64Array): void { ${text} }`.replace("p[0]! +=", "p[0] =");
    const frontend = readOne(source);
    expect([how, frontend.reports]).toEqual([how, []]);
    expect(frontend.targets[0]?.of).toEqual([{ kind: "param", index: 1 }]);
  }
  const rebound =
    "/** @differentiable\n * @of x */\nexport function f(x: Float64Array): number { x = new Float64Array(2); return x[0]!; }";
  expect(told(readOne(rebound), rebound)).toEqual(["TG2010 x"]);
});

test("parts that are put into each other in every way are still told of soon", () => {
  const source = `interface In { p: number[]; q: number[] }
interface Part { r: In; s: In; t: number[][] }
/** @differentiable vjp
 * @of h */
export function f(x: number, h: Part[]): void {
  const lists = { a: h, b: h };
  const [b] = Object.values(lists);
  b![1] = b![0]!;
  b![1]!.r = b![0]!.s;
  b![1]!.r.p = b![0]!.s.q;
  b![1]!.t[0] = b![0]!.s.q;
  b![0]!.r.p[0]! *= x;
}`;
  const frontend = readOne(source);
  expect(frontend.reports).toEqual([]);
  expect(frontend.targets[0]?.of).toEqual([{ kind: "param", index: 1 }]);
});

test("modes of scalar functions want one number", () => {
  const source = "/** @differentiable grad vjp */\nexport function f(x: Float64Array): Float64Array { return x; }";
  expect(told(readOne(source), source)).toEqual(["TG2025 f"]);
});

test("nested, overloaded and generator functions are refused", () => {
  const source = `export function outer(): void {
  /** @differentiable */ function inner(x: number): number { return x; } void inner; }
/** @differentiable */
export function over(x: number): number;
export function over(x: number): number { return x; }
/** @differentiable */
export function* gen(x: number): Generator<number> { yield x; }
`;
  expect(told(readOne(source), source)).toEqual(["TG2020 inner", "TG2019 over", "TG2019 gen"]);
});

test("two functions may not give the same generated name", () => {
  const source = `class Vec3 {
  /** @differentiable */ norm(x: number): number { return x; } }
/** @differentiable vjp */
export function vec3Norm(x: number): number { return x; }
void Vec3;`;
  expect(told(readOne(source), source)).toEqual(["TG2015 vec3Norm"]);
});

test("rules are found, exported, and have the right type", () => {
  const source = `
/** @differentiable vjp jvp
 * @vjpRule {@link fVjpByHand}
 * @jvpRule fJvpByHand */
export function f(x: number, y: Float64Array): number { return x * y[0]!; }
export function fVjpByHand(x: number, y: Float64Array, v: number): [number, [number, Float64Array]] { return [x, [v, y]]; }
export function fJvpByHand(x: number, y: Float64Array, dx: number, dy: Float64Array): [number, number] { return [x + y[0]!, dx + dy[0]!]; }
/** @differentiable
 * @vjpRule missing
 * @pullbackRule hidden
 * @jvpRule wrong */
export function g(x: number): number { return x; }
function hidden(x: number): [number, (v: number) => number] { return [x, (v) => v]; }
export function wrong(x: number): number { return x; }
`;
  const frontend = readOne(source);
  expect([...frontend.rules]).toEqual([["f", { vjp: "fVjpByHand", jvp: "fJvpByHand" }]]);
  expect(told(frontend, source)).toEqual(["TG2012 missing", "TG2013 hidden", "TG2014 wrong"]);
});

test("only files that annotated functions reach are asked for type errors", () => {
  const sources = {
    "model.ts": `import { helper } from "./helper.js";\nimport { other } from "./other.js";
/** @differentiable */ export function f(x: number): number { return helper(x); }
/** @differentiable */ export function g(x: number): number { return x; }
export const unrelated = other;`,
    "helper.ts": `export function helper(x: number): number { const s: string = 1; return x; }`,
    "other.ts": `export const other: string = 1;`,
  };
  const frontend = read(sources, { files: ["model.ts"] });
  expect(frontend.reports.map(({ code, origin }) => [code, origin?.file])).toEqual([
    ["TG2001", "/tsgrad-test/helper.ts"],
  ]);
  expect(frontend.targets.map((target) => target.name)).toEqual(["g"]);
  expect([...frontend.blocked]).toEqual(["/tsgrad-test/model.ts"]);
});

test("a mistake of ours is reported at the function, and the others are read", () => {
  const source =
    "/** @differentiable */ export function f(x: number): number { return x; }\n/** @differentiable */ export function g(x: number): number { return x; }";
  const frontend = read({ "model.ts": source }, { files: ["model.ts"] }, (_, node) => {
    if (node.name?.getText() === "f") throw new Error("boom");
    return "g";
  });
  expect(told(frontend, source)).toEqual(["TG9001 f"]);
  expect(frontend.targets.map((target) => target.name)).toEqual(["g"]);
});
