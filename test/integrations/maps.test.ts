/** Maps as TypeScript emits them of a generated module, led on to the sources of that. */
import { originalPositionFor, TraceMap } from "@jridgewell/trace-mapping";
import { ts } from "ts-morph";
import { expect, test } from "vitest";
import type { SourceMap } from "../../compiler/index.ts";
import { unmoved } from "../../compiler/integrations/maps.ts";
import { ledFurther } from "../../compiler/integrations/transformer-maps.ts";

const module = "/project/src/model.grad.ts";
const text = "export function fGrad(x: number): number {\n  return 2 * x;\n}\n";
/** From each line of the module to line 7 of a source in another folder. */
const map: SourceMap = {
  version: 3,
  sources: ["/project/lib/model.ts"],
  sourcesContent: ["source"],
  names: [],
  mappings: "AAMA;AAAA;AAAA",
};

function emitted(options: ts.CompilerOptions): ts.TranspileOutput {
  return ts.transpileModule(text, {
    fileName: module,
    compilerOptions: { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext, inlineSources: true, ...options },
  });
}

const leads = (json: string, source: string): void => {
  const found = originalPositionFor(new TraceMap(json), { line: 2, column: 4 });
  expect(found).toMatchObject({ source, line: 7 });
};

test("a map in a file of its own is led on, with the names that its sources have from there", () => {
  const { sourceMapText = "" } = emitted({ sourceMap: true });
  leads(ledFurther("/project/src/model.grad.js.map", sourceMapText, module, map), "../lib/model.ts");
  const elsewhere = sourceMapText.replace('"model.grad.ts"', '"../../src/model.grad.ts"');
  leads(ledFurther("/project/out/src/model.grad.js.map", elsewhere, module, map), "../../lib/model.ts");
  const served = sourceMapText.replace('"model.grad.ts"', '"http://localhost/src/model.grad.ts"');
  leads(ledFurther("/project/out/model.grad.js.map", served, module, map), "http://localhost/lib/model.ts");
  const rooted = sourceMapText.replace('"sourceRoot":""', '"sourceRoot":"https://example.org/"');
  leads(ledFurther("/project/src/model.grad.js.map", rooted, module, map), "https://example.org/lib/model.ts");
  expect(JSON.parse(ledFurther("a.js.map", sourceMapText, module, map))).toMatchObject({
    file: "model.grad.js",
    sourcesContent: ["source"],
  });
});

test("so is one that stands in the code, and all else of the code stays", () => {
  const { outputText } = emitted({ inlineSourceMap: true });
  const led = ledFurther("/project/src/model.grad.js", outputText, module, map);
  const [code, encoded = ""] = led.split(/\/\/# sourceMappingURL=data:application\/json;base64,/);
  expect(code).toBe(outputText.split("//#")[0]);
  leads(Buffer.from(encoded, "base64").toString(), "../lib/model.ts");
  const { outputText: plain } = emitted({});
  expect(ledFurther("/project/src/model.grad.js", plain, module, map)).toBe(plain);
});

test("where nothing is moved, each place leads to itself", () => {
  const source = "const a = 1;\r\n  f(`x`, a.b);\n";
  const trace = new TraceMap(unmoved("/project/a.ts", source));
  for (const [line, column] of [
    [1, 0],
    [1, 6],
    [2, 2],
    [2, 9],
    [2, 10],
    [2, 11],
  ] as const)
    expect(originalPositionFor(trace, { line, column })).toMatchObject({ source: "/project/a.ts", line, column });
});
