import { describe, expect, test } from "vitest";
import { emitModule, type EmittedFunction } from "../../compiler/emit/assemble.ts";
import {
  at,
  booleanType,
  constant,
  float64Array,
  int,
  namePattern,
  num,
  numberType,
  op,
  variable,
} from "../../compiler/ir/build.ts";
import type { Block, Expr, Func, Param, Type } from "../../compiler/ir/types.ts";
import type { ModuleSymbol, SourceFile } from "../../compiler/frontend/types.ts";
import { layout, typeErrors } from "./support.ts";

const source: SourceFile = {
  path: "/virtual/model.ts",
  text: "",
  generatedPath: "/virtual/model.grad.ts",
  selfSpecifier: "./model.js",
  specifiers: new Map([["/virtual/other.ts", "./other.js"]]),
  reached: [],
  fingerprint: "",
  uncheckedIndexedAccess: true,
};

function symbol(key: string, text: string, more: Partial<ModuleSymbol> = {}): [string, ModuleSymbol] {
  return [key, { key, name: key, file: source.path, exported: false, text, uses: [], type: numberType, ...more }];
}

function func(name: string, value: Expr, params: readonly Param[] = [], before: Block = []): Func {
  return { name, params, result: value.type, body: [...before, { kind: "return", value }] };
}

const shared = (name: string, value?: number, type: Type = numberType): Expr => ({
  kind: "constant",
  name,
  type,
  ...(value === undefined ? {} : { value }),
});
const helper = (f: Func): EmittedFunction => ({ func: f, exported: false });
const product = (f: Func, doc?: string): EmittedFunction => ({ func: f, exported: true, doc });

async function emit(
  functions: readonly EmittedFunction[],
  symbols: readonly [string, ModuleSymbol][] = [],
): Promise<string> {
  const input = { source, header: "/* generated */\n", functions, symbols: new Map(symbols) };
  return layout(emitModule(input, { uncheckedIndexedAccess: true }).text);
}

test("helpers come first, and nothing is imported that is not used", async () => {
  const k = variable("k", numberType);
  const call = { kind: "call", target: namePattern("y", numberType), callee: "square", args: [k] } as const;
  const text = await emit(
    [
      product(func("fGrad", variable("y", numberType), [{ name: "k", type: numberType }], [call]), "Gradient of `f`."),
      helper(func("square", op("mul", [k, k]), [{ name: "k", type: numberType }])),
    ],
    [symbol("rate", "const rate = 2;", { exported: true })],
  );
  expect(text).toMatchInlineSnapshot(`
    "/* generated */

    function square(k: number): number {
      return k * k;
    }

    /** Gradient of \`f\`. */
    export function fGrad(k: number): number {
      const y = square(k);
      return y;
    }
    "
  `);
  expect(typeErrors({ "model.grad.ts": text })).toEqual([]);
});

test("a helper has the name that it would have if no other file had one like it", async () => {
  const k = variable("k", numberType);
  const params: Param[] = [{ name: "k", type: numberType }];
  const call = { kind: "call", target: namePattern("y", numberType), callee: "square_modelVjp", args: [k] } as const;
  const origin = { file: "/virtual/model.ts", start: 0, end: 0 };
  const text = await emit([
    product(func("fGrad", variable("y", numberType), params, [call])),
    helper({ ...func("square_modelVjp", op("mul", [k, k]), params), origin }),
  ]);
  expect(text).toContain("function squareVjp(k: number)");
  expect(text).toContain("const y = squareVjp(k);");
});

describe("symbols of the source", () => {
  const model = "export const rate = 0.5;\nexport interface Settings { k: number }\nexport class Spring { k = 1 }\n";
  const other = "export const rate = 3;\nexport const table: Float64Array = Float64Array.of(1, 2);\n";

  test("exported ones are imported, others copied with what they use, in order", async () => {
    const table = shared("table", undefined, float64Array);
    const value = op("add", [
      op("mul", [shared("rate"), shared("rate2")]),
      op("mul", [shared("c"), at(table, int(0))]),
    ]);
    const text = await emit(
      [product(func("fGrad", value))],
      [
        symbol("rate", "const rate = 0.5;", { exported: true }),
        symbol("rate2", "const rate = 3;", { name: "rate", file: "/virtual/other.ts", exported: true }),
        symbol("table", "const table = Float64Array.of(1, 2);", { file: "/virtual/other.ts", exported: true }),
        symbol("c", "const c = 2 * b;", { uses: ["b"] }),
        symbol("b", "const b = a + a;", { uses: ["a"] }),
        symbol("a", "const a: number = 1;"),
        symbol("unused", "const unused = 1;"),
      ],
    );
    expect(text).toMatchInlineSnapshot(`
      "/* generated */

      import { rate } from "./model.js";
      import { rate as rate2, table } from "./other.js";

      const a: number = 1;
      const b = a + a;
      const c = 2 * b;

      export function fGrad(): number {
        return rate * rate2 + c * table[0]!;
      }
      "
    `);
    expect(typeErrors({ "model.grad.ts": text, "model.ts": model, "other.ts": other })).toEqual([]);
  });

  test("a copied constant that would need an import is written as its value", async () => {
    const text = await emit(
      [product(func("fGrad", op("mul", [shared("twice", 1), num(3)])))],
      [
        symbol("twice", "const twice = 2 * rate;", { uses: ["rate"] }),
        symbol("rate", "const rate = 0.5;", { exported: true }),
      ],
    );
    expect(text).toMatchInlineSnapshot(`
      "/* generated */

      const twice = 1;

      export function fGrad(): number {
        return twice * 3;
      }
      "
    `);
  });

  test("what is copied is renamed with what it uses", async () => {
    const text = await emit(
      [product(func("a", op("mul", [shared("c"), shared("a2")])))],
      [symbol("c", "const c = 2 * a;", { uses: ["a2"] }), symbol("a2", "const a = 1;", { name: "a" })],
    );
    expect(text).toMatchInlineSnapshot(`
      "/* generated */

      const a2 = 1;
      const c = 2 * a2;

      export function a(): number {
        return c * a2;
      }
      "
    `);
    expect(typeErrors({ "model.grad.ts": text })).toEqual([]);
  });

  test("a property of a constant", async () => {
    const text = await emit(
      [product(func("fGrad", shared("settings.k")))],
      [symbol("settings", "const settings = { k: 1 };", { exported: true })],
    );
    expect(text).toMatchInlineSnapshot(`
      "/* generated */

      import { settings } from "./model.js";

      export function fGrad(): number {
        return settings.k;
      }
      "
    `);
  });

  test("what stands only in types is imported as a type", async () => {
    const params: Param[] = [
      { name: "s", type: numberType, typeText: "Settings | Spring" },
      { name: "n", type: numberType, typeText: "int" },
      { name: "g", type: numberType, typeText: "Local" },
    ];
    const sum = op("add", [
      op("add", [variable("s", numberType), variable("n", numberType)]),
      variable("g", numberType),
    ]);
    const text = await emit(
      [product(func("fGrad", sum, params))],
      [
        symbol("Settings", "interface Settings { k: number }", { exported: true }),
        symbol("Spring", "class Spring { k = 1; }", { exported: true }),
        symbol("Local", "type Local = number;"),
      ],
    );
    expect(text).toMatchInlineSnapshot(`
      "/* generated */

      import type { int } from "tsgrad";
      import type { Settings, Spring } from "./model.js";

      type Local = number;

      export function fGrad(s: Settings | Spring, n: int, g: Local): number {
        return s + n + g;
      }
      "
    `);
  });

  test("names in foreign text count", async () => {
    const log: Expr = {
      kind: "foreign",
      texts: ["console.log(`limit ${limit} of ", " `, { limit }, it.rate)"],
      args: [],
      type: numberType,
    };
    const text = await emit(
      [product(func("fGrad", num(1), [], [{ kind: "effect", call: log }]))],
      [symbol("limit", "const limit = 3;"), symbol("rate", "const rate = 1;", { exported: true })],
    );
    expect(text).toMatchInlineSnapshot(`
      "/* generated */

      const limit = 3;

      export function fGrad(): number {
        console.log(\`limit \${limit} of  \`, { limit }, it.rate);
        return 1;
      }
      "
    `);
  });
});

describe("Tensor", () => {
  const data = variable("data", float64Array);
  const tensor: Type = { kind: "tensor" };
  const made: Expr = { kind: "tensor", data, shape: [int(2)], type: tensor };
  const runtime =
    "declare module 'tsgrad/runtime' { export class Tensor { constructor(data: Float64Array, shape: readonly number[]); } }";

  test("made", async () => {
    const text = await emit([
      product(
        func("fJacobian", variable("j", tensor), [{ name: "data", type: float64Array }], [constant("j", tensor, made)]),
      ),
    ]);
    expect(text).toMatchInlineSnapshot(`
      "/* generated */

      import { Tensor } from "tsgrad/runtime";

      export function fJacobian(data: Float64Array): Tensor {
        return new Tensor(data, [2]);
      }
      "
    `);
    expect(typeErrors({ "model.grad.ts": text, "runtime.d.ts": runtime })).toEqual([]);
  });

  test("only named", async () => {
    const t = variable("t", tensor);
    const text = await emit([product(func("f", t, [{ name: "t", type: tensor }]))]);
    expect(text).toContain('import type { Tensor } from "tsgrad/runtime";');
  });
});

test("the same for the same input", async () => {
  const functions = [
    product(func("f", op("not", [variable("p", booleanType)], booleanType), [{ name: "p", type: booleanType }])),
  ];
  expect(await emit(functions)).toBe(await emit(structuredClone(functions)));
});
