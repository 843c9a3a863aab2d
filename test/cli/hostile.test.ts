/** Bad input gives reports with codes, never a stack trace, and does not stop the other files of the project. */
import fs from "node:fs";
import path from "node:path";
import { ts } from "ts-morph";
import { expect, test } from "vitest";
import { createFolder } from "./support.ts";

const body = (text: string): string =>
  `/** @differentiable vjp */\nexport function f(x: number): number {\n  ${text}\n}\n`;
const around = (n: number, open: string, inner: string, close: string): string =>
  open.repeat(n) + inner + close.repeat(n);

/** Sources with the codes that they give; "" stands for a build that succeeds. */
const sources: Readonly<Record<string, readonly [codes: string, text: string | Uint8Array]>> = {
  "an empty file": ["", ""],
  "a byte order mark": ["TG1005", `\uFEFF${body("return x * Math.random();")}`],
  "a comment alone": ["TG2004", "/** @differentiable */"],
  "a comment without an end": ["TG2001", "/** @differentiable\nexport function f(x: number): number { return x; }"],
  "a function without an end": [
    "TG2001",
    "/** @differentiable */\nexport function f(x: number): number { return x * (",
  ],
  "a text without an end": ["TG2001", body('return "abc;')],
  "a template without an end": ["TG2001", body("return `${x;")],
  "5,000 parentheses": ["TG1034", body(`return ${around(5000, "(", "x", ")")};`)],
  "5,000 signs": ["TG1034", body(`return ${"- ".repeat(5000)}x;`)],
  "5,000 terms": ["TG1034", body(`return ${Array(5000).fill("x").join(" + ")};`)],
  "2,000 blocks": ["TG1034", body(`${around(2000, "if (x > 0) { ", "return x;", "}")} return 0;`)],
  "600 blocks": ["TG1034", body(`${around(600, "if (x > 0) { ", "return x;", "}")} return 0;`)],
  "3,000 calls": ["TG1034", body(`return ${around(3000, "Math.sin(", "x", ")")};`)],
  "3,000 arrays": ["TG1034", body(`const a = ${around(3000, "[", "x", "]")}; return a.length;`)],
  "a keyword as name of a function": [
    "TG2001",
    "/** @differentiable */\nexport function default(x: number): number { return x; }",
  ],
  "a keyword as name of a parameter": [
    "TG2001",
    "/** @differentiable */\nexport function f(class: number): number { return class; }",
  ],
  "words that are keywords elsewhere": [
    "",
    "/** @differentiable */\nexport function of(async: number, type: number, get: number): number { return async * type * get; }",
  ],
  "names of the prototype": [
    "",
    "/** @differentiable */\nexport function __proto__(constructor: number, toString: number): number { const valueOf = constructor * toString; return valueOf * toString; }",
  ],
  "names of the prototype in annotations": [
    "TG2005 TG2006",
    "/** @differentiable constructor\n * @wrt __proto__ */\nexport function f(x: number): number { return x; }",
  ],
  "a field that would set the prototype": [
    "TG1002",
    "/** @differentiable */\nexport function f(p: { __proto__: number }): number { return p.__proto__; }",
  ],
  "methods of the prototype": ["TG1004 TG1015", body('[x].valueOf(); return Math.hasOwnProperty("x") ? x : 0;')],
  "modules named like the prototype": ["TG2001", `import { a } from "constructor";\n${body("return a(x);")}`],
  "the end of a comment in texts": [
    "",
    body('console.log(`*/ // ${x} /*`, "*/"); const y = x * x; const s = "*/"; return s === "*/" ? y : 0;'),
  ],
  "a line separator in a text": ["", body('const y = x * x; if (y < 0) throw new Error("a\u2028b"); return y;')],
  "letters of all kinds": [
    "",
    "/** @differentiable */\nexport function größe(θ: number, $_1: number): number { const 変数 = θ * $_1; return 変数 * 変数; }",
  ],
  "parameters of one name": [
    "TG2001",
    "/** @differentiable */\nexport function f(x: number, x: number): number { return x; }",
  ],
  "functions of one name": ["TG2019", body("return x;").repeat(2)],
  "a type that is itself": ["TG2001", "type A = A;\n/** @differentiable */\nexport function f(x: A): A { return x; }"],
  "a loop without an end": ["TG2009", body("for (;;) {}")],
  "no text but bytes": ["TG2001", new Uint8Array([...new TextEncoder().encode(body("return x")), 0, 255, 254, 200])],
  "another language": ["", "<html></html>"],
  "10 MB of numbers": ["", `export const data = [${"0.25, ".repeat(1.7e6)}];\n${body("return x * data[0];")}`],
  "a function of 10 MB": ["TG1034", body(`let s = x;\n${"s = s * 1.01 + x;\n".repeat(6e5)}return s;`)],
};

const good = "/** @differentiable grad */\nexport function square(x: number): number {\n  return x * x;\n}\n";

test.each(Object.entries(sources))("%s", async (_, [codes, text]) => {
  const folder = createFolder({ "input.ts": "", "good.ts": good });
  fs.writeFileSync(path.join(folder.path, "input.ts"), text);
  const ran = await folder.build();
  const told = [...new Set(ran.err.match(/TG\d+(?=:)/g))].sort();
  expect(told.join(" ")).toBe(codes);
  expect(ran.status).toBe(codes === "" ? 0 : 1);
  expect(ran.err).not.toMatch(/^\s+at /m);
  expect(folder.has("good.grad.ts")).toBe(true);
  if (!folder.has("input.grad.ts")) return;
  const { diagnostics } = ts.transpileModule(folder.read("input.grad.ts"), { reportDiagnostics: true });
  expect(diagnostics).toEqual([]);
});

test("problems of a tsconfig are shown where they stand", async () => {
  const config = '{ "compilerOptions": { "strict": "yes" }, "files": ["good.ts", "gone.ts", "good.grad.ts"] }';
  const ran = await createFolder({ "good.ts": good, "tsconfig.json": config }).build();
  expect(ran.err.match(/^.* - error TG.*$/gm)).toEqual([
    "tsconfig.json:1:34 - error TG2003: The project file cannot be read: Compiler option 'strict' requires a value of type boolean.",
    "tsconfig.json:1:64 - error TG2003: The project file cannot be read: 'gone.ts' does not exist",
  ]);
});

test("a circle of links is no file", async () => {
  const folder = createFolder({ "good.ts": good });
  fs.symlinkSync("loop.ts", path.join(folder.path, "loop.ts"));
  const ran = await folder.build(["loop.ts"]);
  expect(ran.err).toContain("error TG2002: No file matches 'loop.ts'.");
});
