/** The printer and the verifier of the IR. */
import { describe, expect, test } from "vitest";
import * as b from "../../compiler/ir/build.ts";
import { printExpr, printFunc } from "../../compiler/ir/print.ts";
import type { Block, Expr, Func, Stmt } from "../../compiler/ir/types.ts";
import { verify } from "../../compiler/ir/verify.ts";
import { lowerText } from "../support/lower.ts";

const x = b.variable("x", b.numberType);
const n = b.variable("n", b.intType);
const v = b.variable("v", b.float64Array);

function func(body: Block, result = b.voidType): Func {
  const params = [
    { name: "x", type: b.numberType },
    { name: "n", type: b.intType },
    { name: "v", type: b.float64Array },
  ];
  return { name: "f", params, result, body };
}

describe("verify", () => {
  const zeros: Expr = { kind: "zeros", length: n, type: b.float64Array };
  const faults: readonly (readonly [title: string, body: Block, fault: string])[] = [
    ["two declarations", [b.constant("y", b.numberType, x), b.constant("y", b.numberType, x)], "y is declared twice"],
    ["a parameter's name again", [b.constant("x", b.numberType, b.num(1))], "x is declared twice"],
    ["use before declaration", [b.constant("y", b.numberType, b.variable("z", b.numberType))], "z is used before"],
    [
      "use outside of the scope",
      [
        b.ifThen(b.bool(true), [b.constant("y", b.numberType, x)]),
        b.constant("z", b.numberType, b.variable("y", b.numberType)),
      ],
      "y is used outside of its scope",
    ],
    ["an assigned constant", [b.constant("y", b.numberType, x), b.assign("y", x)], "y is constant and assigned"],
    ["an assigned parameter", [b.assign("x", b.num(1))], "x is constant and assigned"],
    ["an allocation as an operand", [b.constant("y", b.intType, b.lengthOf(zeros))], "is not a whole right-hand side"],
    [
      "an index of what is no array",
      [b.constant("y", b.numberType, { kind: "index", array: x, index: n, type: b.numberType })],
      "x in x[n] is number, not an array",
    ],
    ["a condition that is a number", [b.ifThen(x, [])], "x in x is number, not boolean"],
    [
      "arithmetic on arrays",
      [b.constant("y", b.numberType, b.op("add", [x, v]))],
      "v in x + v is Float64Array, not numeric",
    ],
    ["a missing operand", [b.constant("y", b.numberType, b.op("add", [x]))], "has 1 operands"],
    ["a wrong type", [b.constant("y", b.float64Array, x)], "const y is Float64Array and gets number"],
    ["an exit from nowhere", [{ kind: "exit", label: "out" }], "exit leaves out"],
    ["a pop of no tape", [{ kind: "pop", tape: "v", target: "y", declare: true, type: b.numberType }], "v is no tape"],
    [
      "a constant without a value",
      [{ kind: "let", name: "y", type: b.numberType, mutable: false }],
      "y is constant and has no value",
    ],
    [
      "an unknown callee",
      [{ kind: "call", target: { kind: "none" }, callee: "g", args: [] }],
      "g is no function of the program",
    ],
    [
      "too few arguments",
      [{ kind: "call", target: { kind: "none" }, callee: "f", args: [] }],
      "f is called with 0 arguments and has 3 parameters",
    ],
  ];
  test.each(faults)("%s", (_, body, fault) => {
    const f = func(body);
    expect(verify(f, new Map([["f", f]])).join("\n")).toContain(fault);
  });

  test("a missing result", () => {
    expect(verify(func([{ kind: "return" }], b.numberType))).toEqual(["f: a return has no value"]);
  });
});

describe("print", () => {
  test("statements that only transforms make", () => {
    const tape: Stmt = {
      kind: "let",
      name: "t",
      type: { kind: "tape", element: b.numberType },
      mutable: false,
      init: { kind: "newTape", capacity: n, type: { kind: "tape", element: b.numberType } },
    };
    const inner: Func = {
      name: "pullback",
      params: [{ name: "w", type: b.numberType }],
      result: b.numberType,
      body: [{ kind: "return", value: b.op("mul", [x, b.variable("w", b.numberType)]) }],
    };
    const body: Block = [
      tape,
      { kind: "push", tape: "t", value: x },
      { kind: "pop", tape: "t", target: "y", declare: true, type: b.numberType },
      { kind: "accumulate", array: v, index: n, value: x },
      b.constant("w2", b.float64Array, b.zerosLike(v)),
      { kind: "closure", name: "pullback", func: inner },
      { kind: "apply", target: b.namePattern("z", b.numberType), callee: "pullback", args: [x] },
      { kind: "comment", text: "a remark" },
      {
        kind: "for",
        name: "i",
        start: n,
        compare: "ge",
        bound: b.int(0),
        step: -1,
        body: [],
        checkpoint: { snapshots: 10 },
      },
    ];
    expect(verify(func(body))).toEqual([]);
    expect(printFunc(func(body))).toMatchInlineSnapshot(`
      "function f(x: number, n: int, v: Float64Array): void {
        const t: tape<number> = new tape<number>(n)
        push t, x
        const y: number = pop t
        v[n] += x
        const w2: Float64Array = zerosLike(v)
        const pullback = (w: number): number => {
          return x * w
        }
        const z: number = apply pullback(x)
        // a remark
        @checkpoint(10) for (let i = n; i >= 0; i -= 1) {
        }
      }
      "
    `);
  });

  test.each([
    "x - (y - z)",
    "x - y - z",
    "(x ** y) ** z",
    "x ** y ** z",
    "(-x) ** y",
    "-x * y",
    "-(-x)",
    "!(x < y)",
    "x % (y * z)",
    "(x | y) & z",
    "x << y + z",
    "(x < y ? x : y) + z",
    "x < y ? x : y < z ? y : z",
    "x < y || y < z && z < x",
    "(x < y || y < z) && z < x",
    "-1 - -x",
  ])("%s keeps its grouping", (text) => {
    const lowered = lowerText(`function f(x: number, y: number, z: number) { return ${text}; }`);
    expect(lowered.print("f")).toContain(`return ${text}\n`);
  });

  test("negative zero", () => {
    expect(printExpr(b.num(-0))).toBe("-0");
  });
});
