import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  at,
  bool,
  booleanType,
  compare,
  float64Array,
  int,
  intType,
  lengthOf,
  num,
  numberType,
  op,
  variable,
} from "../../compiler/ir/build.ts";
import { expressionText, type ExpressionContext } from "../../compiler/emit/expressions.ts";
import type { Expr, OpName, Type } from "../../compiler/ir/types.ts";
import { evaluate } from "./interpret.ts";
import { evaluateText, layout, run } from "./support.ts";

const context: ExpressionContext = {
  uncheckedIndexedAccess: false,
  nameOf: (name) => name,
  globalNameOf: (key) => key,
  declaredType: () => undefined,
  membersOf: () => undefined,
  where: (_test, _isTrue, print) => print(),
  instancesLeave: false,
  arrowParameter: (depth) => (depth === 0 ? "row" : `row${String(depth + 1)}`),
};

const a = variable("a", numberType);
const b = variable("b", numberType);
const c = variable("c", numberType);
const p = variable("p", booleanType);
const q = variable("q", booleanType);
const x = variable("x", float64Array);
const i = variable("i", intType);
const rows: Expr = variable("rows", { kind: "list", element: float64Array });
const print = (expr: Expr): string => expressionText(expr, context);

const logic = (name: "&&" | "||", left: Expr, right: Expr): Expr => ({
  kind: "logic",
  op: name,
  left,
  right,
  type: booleanType,
});
const select = (test: Expr, yes: Expr, no: Expr): Expr => ({ kind: "select", test, yes, no, type: numberType });
const nullish = (left: Expr, right: Expr): Expr => ({ kind: "nullish", left, right, type: numberType });

describe("parentheses", () => {
  test.each<[Expr, string]>([
    [op("add", [op("add", [a, b]), c]), "a + b + c"],
    [op("add", [a, op("add", [b, c])]), "a + (b + c)"],
    [op("sub", [a, op("sub", [b, c])]), "a - (b - c)"],
    [op("mul", [op("add", [a, b]), c]), "(a + b) * c"],
    [op("div", [a, op("mul", [b, c])]), "a / (b * c)"],
    [op("neg", [op("mul", [a, b])]), "-(a * b)"],
    [op("mul", [op("neg", [a]), b]), "-a * b"],
    [op("neg", [op("neg", [a])]), "-(-a)"],
    [op("neg", [num(-2)]), "-(-2)"],
    [op("pos", [op("neg", [a])]), "+-a"],
    [op("sub", [a, op("neg", [b])]), "a - -b"],
    [op("sub", [a, num(-1)]), "a - -1"],
    [op("neg", [op("pow", [a, num(2)])]), "-(a ** 2)"],
    [op("pow", [op("neg", [a]), num(2)]), "(-a) ** 2"],
    [op("pow", [num(-2), a]), "(-2) ** a"],
    [op("pow", [num(-0), a]), "(-0) ** a"],
    [op("pow", [a, op("pow", [b, c])]), "a ** b ** c"],
    [op("pow", [op("pow", [a, b]), c]), "(a ** b) ** c"],
    [op("pow", [a, op("neg", [b])]), "a ** -b"],
    [op("not", [compare("lt", a, b)], booleanType), "!(a < b)"],
    [op("not", [p], booleanType), "!p"],
    [logic("||", logic("&&", p, q), p), "p && q || p"],
    [logic("&&", p, logic("||", q, p)), "p && (q || p)"],
    [logic("&&", p, logic("&&", q, p)), "p && (q && p)"],
    [nullish(nullish(a, b), c), "a ?? b ?? c"],
    [nullish(a, nullish(b, c)), "a ?? (b ?? c)"],
    [nullish(a, logic("||", p, q)), "a ?? (p || q)"],
    [logic("||", nullish(p, q), q), "(p ?? q) || q"],
    [op("add", [nullish(a, b), c]), "(a ?? b) + c"],
    [select(p, select(q, a, b), c), "p ? q ? a : b : c"],
    [select(p, a, select(q, b, c)), "p ? a : q ? b : c"],
    [op("mul", [select(p, a, b), c]), "(p ? a : b) * c"],
    [compare("eq", op("bitand", [i, int(1)], intType), int(0)), "(i & 1) === 0"],
    [op("shl", [int(1), op("add", [i, int(1)], intType)], intType), "1 << i + 1"],
    [op("bitnot", [op("neg", [i], intType)], intType), "~-i"],
    [at(x, op("sub", [i, int(1)], intType)), "x[i - 1]"],
    [at(at(rows, i), int(0)), "rows[i][0]"],
    [lengthOf(at(rows, i)), "rows[i].length"],
    [op("stop", [op("add", [a, b])]), "a + b"],
    [op("mul", [op("stop", [op("add", [a, b])]), c]), "(a + b) * c"],
    [op("max", [a, op("add", [b, c]), num(0)]), "Math.max(a, b + c, 0)"],
    [op("isNaN", [a], booleanType), "Number.isNaN(a)"],
    [op("toNumber", [p]), "Number(p)"],
  ])("%#: %j", (expr, text) => {
    expect(print(expr)).toBe(text);
  });

  test("elements that may be absent", () => {
    const strict = (expr: Expr): string => expressionText(expr, { ...context, uncheckedIndexedAccess: true });
    const nothing: Expr = { kind: "literal", value: undefined, type: { kind: "maybe", type: numberType } };
    expect(strict(at(at(rows, i), int(0)))).toBe("rows[i]![0]!");
    expect(strict(op("neg", [at(x, at(x, i))]))).toBe("-x[x[i]!]!");
    expect(strict(nullish(at(x, i), num(1)))).toBe("x[i] ?? 1");
    expect(strict(compare("eq", at(x, i), nothing))).toBe("x[i] === undefined");
    expect(strict(lengthOf(at(rows, i)))).toBe("rows[i]!.length");
  });

  test("a variable that may be undefined", () => {
    const maybe: Type = { kind: "maybe", type: numberType };
    const strict = (expr: Expr): string => expressionText(expr, { ...context, declaredType: () => maybe });
    expect(strict(op("add", [a, num(1)]))).toBe("a! + 1");
    expect(strict(nullish(variable("a", maybe), num(1)))).toBe("a ?? 1");
  });
});

describe("allocations", () => {
  const list: Type = { kind: "list", element: numberType };
  const matrix: Type = { kind: "list", element: list };
  const values = variable("values", list);
  test.each<[Expr, string]>([
    [{ kind: "zeros", length: i, type: float64Array }, "new Float64Array(i)"],
    [{ kind: "zeros", length: i, type: list }, "new Array<number>(i).fill(0)"],
    [{ kind: "zeros", length: i, type: { kind: "list", element: booleanType } }, "new Array<boolean>(i).fill(false)"],
    [{ kind: "holes", length: i, type: list }, "new Array<number>(i)"],
    [{ kind: "items", items: [a, b], type: float64Array }, "Float64Array.of(a, b)"],
    [{ kind: "items", items: [a, b], type: list }, "[a, b]"],
    [{ kind: "copy", array: x, type: float64Array }, "x.slice()"],
    [{ kind: "copy", array: x, start: int(1), type: float64Array }, "x.slice(1)"],
    [{ kind: "copy", array: x, end: i, type: float64Array }, "x.slice(0, i)"],
    [{ kind: "copy", array: values, type: float64Array }, "new Float64Array(values)"],
    [{ kind: "copy", array: x, type: { kind: "typed", name: "Float32Array" } }, "new Float32Array(x)"],
    [{ kind: "copy", array: x, start: int(1), type: list }, "Array.from(x.slice(1))"],
    [
      { kind: "view", array: x, start: i, end: op("add", [i, int(2)], intType), type: float64Array },
      "x.subarray(i, i + 2)",
    ],
    [{ kind: "zerosLike", array: x, type: float64Array }, "new Float64Array(x.length)"],
    [{ kind: "zerosLike", array: values, type: list }, "new Array<number>(values.length).fill(0)"],
    [{ kind: "zerosLike", array: rows, type: rows.type }, "rows.map((row) => new Float64Array(row.length))"],
    [
      {
        kind: "zerosLike",
        array: variable("m", { kind: "list", element: matrix }),
        type: { kind: "list", element: matrix },
      },
      "m.map((row) => row.map((row2) => new Array<number>(row2.length).fill(0)))",
    ],
    [{ kind: "deepCopy", array: values, type: list }, "values.slice()"],
    [{ kind: "deepCopy", array: rows, type: rows.type }, "rows.map((row) => row.slice())"],
    [{ kind: "tensor", data: x, shape: [i, int(2)], type: { kind: "tensor" } }, "new Tensor(x, [i, 2])"],
  ])("%#: %j", (expr, text) => {
    expect(print(expr)).toBe(text);
  });
});

test("foreign text keeps its arguments apart", () => {
  const foreign = (texts: string[], ...args: Expr[]): Expr => ({
    kind: "foreign",
    texts,
    args,
    type: { kind: "string" },
  });
  const sum = op("add", [a, b]);
  expect(print(foreign(["console.log(", ", ", ")"], sum, x))).toBe("console.log(a + b, x)");
  expect(print(foreign(["`sum ${", "}`"], sum))).toBe("`sum ${a + b}`");
  expect(print(foreign(['"sum " + ', ""], sum))).toBe('"sum " + (a + b)');
  expect(print(foreign(["`${", "} of ${limit} limit`"], a))).toBe("`${a} of ${limit} limit`");
});

test("names in foreign text follow the module's", () => {
  const renamed = (...texts: string[]): string =>
    expressionText(
      { kind: "foreign", texts, args: texts.slice(1).map(() => a), type: { kind: "string" } },
      {
        ...context,
        globalNameOf: (key) => (key === "limit" ? "limit2" : key),
      },
    );
  expect(renamed("describe(limit, 'limit', `limit ${limit} ", " limit`, { limit: limit }, it.limit, [...limit])")).toBe(
    "describe(limit2, 'limit', `limit ${limit2} a limit`, { limit: limit2 }, it.limit, [...limit2])",
  );
});

test("numbers come back bit for bit", () => {
  const special = [
    0,
    -0,
    NaN,
    Infinity,
    -Infinity,
    5e-324,
    1.7976931348623157e308,
    1e21,
    1e-7,
    0.1,
    -1.5,
    4294967296.5,
  ];
  fc.assert(
    fc.property(fc.oneof(fc.double(), fc.constantFrom(...special)), (value) => {
      expect(Object.is(evaluateText(print(num(value))), value)).toBe(true);
    }),
  );
});

// ---------------------------------------------------------------------------------------------
// Random trees
// ---------------------------------------------------------------------------------------------

const binary: readonly OpName[] = [
  "add",
  "sub",
  "mul",
  "div",
  "mod",
  "pow",
  "bitand",
  "bitor",
  "bitxor",
  "shl",
  "shr",
  "ushr",
  "atan2",
  "imul",
];
const unary: readonly OpName[] = [
  "neg",
  "pos",
  "bitnot",
  "abs",
  "sin",
  "exp",
  "sqrt",
  "stop",
  "trunc",
  "clz32",
  "fround",
];
const order = ["lt", "le", "gt", "ge", "eq", "ne"] as const;

const leafNumbers = fc.oneof(
  fc.constantFrom<Expr>(a, b, c, at(x, int(0)), lengthOf(x)),
  fc.constantFrom(0, -0, 1, -1, 2, -3, 0.5, 1e21, -Infinity, NaN).map(num),
);

const { numbers: numberTree } = fc.letrec<{ numbers: Expr; booleans: Expr }>((tie) => ({
  numbers: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    leafNumbers,
    fc.tuple(fc.constantFrom(...binary), tie("numbers"), tie("numbers")).map(([name, l, r]) => op(name, [l, r])),
    fc.tuple(fc.constantFrom(...unary), tie("numbers")).map(([name, e]) => op(name, [e])),
    fc.tuple(tie("booleans"), tie("numbers"), tie("numbers")).map(([t, y, n]) => select(t, y, n)),
    fc.tuple(tie("numbers"), tie("numbers")).map(([l, r]) => nullish(l, r)),
    fc.tuple(tie("numbers"), tie("numbers"), tie("numbers")).map((args) => op("max", args)),
    tie("booleans").map((e) => op("toNumber", [e])),
  ),
  booleans: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    fc.constantFrom<Expr>(p, q, bool(true), bool(false)),
    fc.tuple(fc.constantFrom(...order), tie("numbers"), tie("numbers")).map(([name, l, r]) => compare(name, l, r)),
    fc
      .tuple(fc.constantFrom("&&" as const, "||" as const), tie("booleans"), tie("booleans"))
      .map(([name, l, r]) => logic(name, l, r)),
    tie("booleans").map((e) => op("not", [e], booleanType)),
  ),
}));

const values = fc.record({
  a: fc.double(),
  b: fc.double({ min: -50, max: 50 }),
  c: fc.integer({ min: -9, max: 9 }),
  p: fc.boolean(),
  q: fc.boolean(),
});

test("random trees compute the same as text", () => {
  fc.assert(
    fc.property(numberTree, values, (expr, env) => {
      const all = { ...env, x: Float64Array.of(1.25, 2) };
      expect(evaluateText(print(expr), all)).toBe(evaluate(expr, new Map(Object.entries(all))));
    }),
    { numRuns: 2000 },
  );
});

test("prettier changes nothing in what random trees compute", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(numberTree, { minLength: 20, maxLength: 40 }), values, async (exprs, env) => {
      const all = { ...env, x: Float64Array.of(1.25, 2) };
      const text = `export function f(${Object.keys(all).join(", ")}) { return [${exprs.map(print).join(", ")}]; }`;
      const results = run(await layout(text)).f!(...(Object.values(all) as never[]));
      expect(results).toEqual(exprs.map((expr) => evaluate(expr, new Map(Object.entries(all)))));
    }),
    { numRuns: 20 },
  );
});
