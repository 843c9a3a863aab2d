/** Where generated code comes from, however it is laid out. */
import { expect, test } from "vitest";
import { originalPositionFor, TraceMap } from "@jridgewell/trace-mapping";
import { compile } from "../../compiler/index.ts";
import { tokensOf } from "../../compiler/emit/words.ts";
import { createFolder } from "../cli/support.ts";
import { mapFaults } from "../support/map-faults.ts";

const words = (text: string): string[] => {
  const starts: number[] = [];
  tokensOf(text, (at) => starts.push(at));
  return starts.map((at) => text.slice(at, at + 3));
};

test("words are told apart from what stands between them", () => {
  expect(words('a = b / c / d; /* e */ f // g\n\'h\' + "i\\"j" + `k${l + `m${n}o`}p` + q')).toEqual([
    "a =",
    "b /",
    "c /",
    "d; ",
    "f /",
    "'h'",
    '"i\\',
    "`k$",
    "l +",
    "`m$",
    "n}o",
    "q",
  ]);
  expect(words("/'a[/]/g.test(x) / 2; return /b/")).toEqual(["/'a", "tes", "x) ", "2; ", "ret", "/b/"]);
  expect(words("a! / b! / c; d !== /e f/g; !/h/")).toEqual(["a! ", "b! ", "c; ", "d !", "/e ", "/h/"]);
  expect(words("1e+21 + .5 - 0x1F * 1_000n - \\u0061b + \u{1d49c}")).toEqual([
    "1e+",
    ".5 ",
    "0x1",
    "1_0",
    "\\u0",
    "\u{1d49c}",
  ]);
});

/** Text that a scanner can stumble over, in a function that prettier has to break into lines. */
const source = `import { shifted } from "./helper.ts";
const label = "// it's \`quoted\` \\u2028 \u{1f402} /* not \${a} comment */";
const limits = { "lower": 1.50, 'up-per': 1E+3 };

/** @differentiable vjp jvp pullback */
export function energy(x: Float64Array, stiffness: number): number {
  let total = 0;
  for (let i = 0; i + 1 < x.length; i++) {
    const stretch = shifted(x[i + 1]!, x[i]!) / limits.lower;
    if (stretch > limits["up-per"]) throw new RangeError(\`\${label}: \${\`\${i}\`} is "far" / '\${stretch}'\`);
    total += stiffness * stretch * stretch * Math.exp(-stretch) * Math.cos(stiffness * stretch);
  }
  return total;
}
`;
const helper = `// The first line is no statement.
export function shifted(a: number, b: number): number {
  let d = a - b;
  if (d < 0) {
    d = d * d;
  }
  return d - 1;
}
`;

test.each<[string, object]>([
  ["the usual way", {}],
  ["without semicolons, in few columns", { semi: false, printWidth: 30, useTabs: true }],
  ["with other quotes", { singleQuote: true, quoteProps: "consistent", trailingComma: "none", printWidth: 200 }],
  ["with operators in front", { experimentalOperatorPosition: "start", experimentalTernaries: true, printWidth: 40 }],
])("a text that is laid out %s leads to the same places", async (_, options) => {
  const folder = createFolder({
    "tsconfig.json": JSON.stringify({
      compilerOptions: { strict: true, module: "nodenext", allowImportingTsExtensions: true, noEmit: true, types: [] },
    }),
    ".prettierrc": JSON.stringify(options),
    "model.ts": source,
    "helper.ts": helper,
  });
  const { files, reports } = await compile({ cwd: folder.path });
  expect(reports).toEqual([]);
  const { text = "", sourceMap } = files[0]!;
  const map = sourceMap()!;
  expect(map).toMatchObject({
    version: 3,
    sources: ["model.ts", "helper.ts"].map((name) => `${folder.path}/${name}`),
    sourcesContent: [source, helper],
  });
  if (!("semi" in options)) expect(mapFaults(text, map)).toEqual([]);
  const leadTo = text.split("\n").map((line, k) => {
    const { source: file, line: at } = originalPositionFor(new TraceMap(map), {
      line: k + 1,
      column: line.search(/\S|$/),
    });
    return { line: line.trim(), to: `${file?.split("/").at(-1) ?? ""}:${String(at)}` };
  });
  const linesTo = (to: string): string[] => leadTo.flatMap((each) => (each.to === to ? [each.line] : []));
  expect(linesTo("helper.ts:5").some((line) => /^d\d? \*= d/.test(line))).toBe(true);
  expect(linesTo("model.ts:10").some((line) => line.startsWith("throw new RangeError("))).toBe(true);
  expect(linesTo("model.ts:11").filter((line) => line.startsWith("total +="))).not.toEqual([]);
  const ofFunctions = leadTo.slice(leadTo.findIndex(({ line }) => line.startsWith("export function")));
  expect(ofFunctions.filter(({ line, to }) => to === ":null" && /\w/.test(line))).toEqual([]);
});

test("a separator of lines in a string is a line for engines, and none for editors", async () => {
  const body = "  const y = x * x;\n  return y * y;\n}\n";
  const folder = createFolder({
    "tsconfig.json": JSON.stringify({ compilerOptions: { strict: true, module: "nodenext", types: [] } }),
    "model.ts": `const label = "a\u2028b";\r\n/** @differentiable vjp */\r\nexport function f(x: number): number {\r\n  console.log(label);\r\n${body.replaceAll("\n", "\r\n")}`,
  });
  const { files } = await compile({ cwd: folder.path });
  const { text = "", sourceMap } = files[0]!;
  const lines = text.split(/[\n\u2028]/);
  const found = lines.findIndex((line) => line.includes("const y = x * x;"));
  expect(originalPositionFor(new TraceMap(sourceMap()!), { line: found + 1, column: 2 })).toMatchObject({
    line: 5,
    column: 2,
  });
});
