import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  assign,
  at,
  booleanType,
  compare,
  constant,
  float64Array,
  ifThen,
  int,
  intType,
  lengthOf,
  mutable,
  namePattern,
  num,
  numberType,
  op,
  variable,
} from "../../compiler/ir/build.ts";
import { lowerTapes } from "../../compiler/emit/tapes.ts";
import { emitFunction } from "../../compiler/emit/typescript.ts";
import type { Block, Expr, Func, Stmt, Type } from "../../compiler/ir/types.ts";
import { verify } from "../../compiler/ir/verify.ts";
import { interpret } from "./interpret.ts";
import { emitted, layout, run, typeErrors } from "./support.ts";

const x = variable("x", float64Array);
const n = variable("n", intType);
const m = variable("m", intType);
const s = variable("s", numberType);

const newTape = (name: string, element: Type, capacity?: Expr): Stmt =>
  constant(
    name,
    { kind: "tape", element },
    {
      kind: "newTape",
      type: { kind: "tape", element },
      ...(capacity === undefined ? {} : { capacity }),
    },
  );
const push = (tape: string, value: Expr): Stmt => ({ kind: "push", tape, value });
const pop = (tape: string, target: string, type: Type = numberType, declare = true): Stmt => ({
  kind: "pop",
  tape,
  target,
  declare,
  type,
});
const up = (name: string, bound: Expr, body: Block): Stmt => ({
  kind: "for",
  name,
  start: int(0),
  compare: "lt",
  bound,
  step: 1,
  body,
});
const down = (name: string, bound: Expr, body: Block): Stmt => ({
  kind: "for",
  name,
  start: op("sub", [bound, int(1)], intType),
  compare: "ge",
  bound: int(0),
  step: -1,
  body,
});
const give = (value: Expr): Stmt => ({ kind: "return", value });
const add = (value: Expr): Stmt => assign("s", op("add", [s, value]));
const old = variable("old", numberType);

async function body(statements: Block, more: { uncheckedIndexedAccess?: boolean } = {}): Promise<string> {
  const f: Func = {
    name: "f",
    params: [
      { name: "x", type: float64Array },
      { name: "n", type: intType },
      { name: "m", type: intType },
      { name: "p", type: booleanType },
    ],
    result: { kind: "void" },
    body: [mutable("s", numberType, num(0)), ...statements],
  };
  const text = await emitted(f, more);
  return text
    .split("\n")
    .slice(2, -2)
    .map((line) => line.replace(/^ {2}/, ""))
    .join("\n");
}

describe("one value is a variable", () => {
  test("taken off once: the popped name from the beginning", async () => {
    expect(await body([newTape("sTape", numberType), push("sTape", s), add(num(2)), pop("sTape", "old"), add(old)]))
      .toMatchInlineSnapshot(`
      "const old = s;
      s += 2;
      s += old;"
    `);
  });

  test("restored: a saved copy", async () => {
    expect(
      await body([newTape("sTape", numberType), push("sTape", s), add(num(2)), pop("sTape", "s", numberType, false)]),
    ).toMatchInlineSnapshot(`
      "const sSaved = s;
      s += 2;
      s = sSaved;"
    `);
  });

  test("pushed in a branch: a variable with a value to begin with", async () => {
    const p = variable("p", booleanType);
    const q = variable("q", booleanType);
    expect(
      await body([
        newTape("sTape", numberType),
        newTape("qTape", booleanType),
        newTape("xTape", float64Array),
        ifThen(p, [push("sTape", s), push("qTape", compare("lt", s, num(1))), push("xTape", x), add(num(2))]),
        ifThen(p, [
          pop("xTape", "y", float64Array),
          pop("qTape", "q", booleanType),
          ifThen(q, [add(at(variable("y", float64Array), int(0)))]),
          pop("sTape", "s", numberType, false),
        ]),
      ]),
    ).toMatchInlineSnapshot(`
      "let sSaved = 0;
      let qSaved = false;
      let xSaved: Float64Array = new Float64Array(0);
      if (p) {
        sSaved = s;
        qSaved = s < 1;
        xSaved = x;
        s += 2;
      }
      if (p) {
        const y = xSaved;
        const q = qSaved;
        if (q) {
          s += y[0];
        }
        s = sSaved;
      }"
    `);
  });
});

describe("a known capacity is a typed array", () => {
  test("indexed where the loops mirror each other", async () => {
    expect(
      await body([
        newTape("sTape", numberType, n),
        up("i", n, [push("sTape", s), add(at(x, variable("i", intType)))]),
        down("i2", n, [pop("sTape", "old"), add(old)]),
      ]),
    ).toMatchInlineSnapshot(`
      "const sTape = new Float64Array(Math.max(0, n));
      for (let i = 0; i < n; i++) {
        sTape[i] = s;
        s += x[i];
      }
      for (let i = n - 1; i >= 0; i--) {
        const old = sTape[i];
        s += old;
      }"
    `);
  });

  test("by row and column in a nest", async () => {
    const cells = op("mul", [lengthOf(x), m], intType);
    expect(
      await body(
        [
          newTape("sTape", numberType, cells),
          newTape("pTape", booleanType, cells),
          up("i", lengthOf(x), [up("j", m, [push("sTape", s), push("pTape", compare("lt", s, num(0))), add(num(1))])]),
          down("i2", lengthOf(x), [
            down("j2", m, [
              pop("pTape", "p2", booleanType),
              pop("sTape", "old"),
              ifThen(variable("p2", booleanType), [add(old)]),
            ]),
          ]),
        ],
        { uncheckedIndexedAccess: true },
      ),
    ).toMatchInlineSnapshot(`
      "const sTape = new Float64Array(Math.max(0, x.length * m));
      const pTape = new Uint8Array(Math.max(0, x.length * m));
      for (let i = 0; i < x.length; i++) {
        for (let j = 0; j < m; j++) {
          sTape[i * m + j] = s;
          pTape[i * m + j] = s < 0 ? 1 : 0;
          s += 1;
        }
      }
      for (let i = x.length - 1; i >= 0; i--) {
        for (let j = m - 1; j >= 0; j--) {
          const p2 = pTape[i * m + j]! !== 0;
          const old = sTape[i * m + j]!;
          if (p2) {
            s += old;
          }
        }
      }"
    `);
  });

  test("a loop that starts at 1 and counts down first", async () => {
    expect(
      await body([
        newTape("sTape", numberType, op("sub", [n, int(1)], intType)),
        {
          kind: "for",
          name: "i",
          start: op("sub", [n, int(1)], intType),
          compare: "gt",
          bound: int(0),
          step: -1,
          body: [push("sTape", s), add(num(1))],
        },
        {
          kind: "for",
          name: "i2",
          start: int(1),
          compare: "lt",
          bound: n,
          step: 1,
          body: [pop("sTape", "s", numberType, false)],
        },
      ]),
    ).toMatchInlineSnapshot(`
      "const sTape = new Float64Array(Math.max(0, n - 1));
      for (let i = n - 1; i > 0; i--) {
        sTape[i - 1] = s;
        s += 1;
      }
      for (let i = 1; i < n; i++) {
        s = sTape[i - 1];
      }"
    `);
  });

  test("else with a top: pushed in a branch, in a triangle, in a while", async () => {
    const p = variable("p", booleanType);
    const i = variable("i", intType);
    const i2 = variable("i2", intType);
    expect(
      await body([
        newTape("sTape", numberType, n),
        newTape("tTape", numberType, op("mul", [n, n], intType)),
        newTape("bTape", booleanType, n),
        up("i", n, [
          ifThen(p, [push("sTape", s), add(num(1))]),
          up("j", i, [push("tTape", s), add(num(2))]),
          ifThen(p, [push("bTape", compare("lt", s, num(9)))]),
        ]),
        down("i2", n, [
          ifThen(p, [pop("bTape", "b", booleanType), ifThen(variable("b", booleanType), [add(num(5))])]),
          down("j2", i2, [pop("tTape", "s", numberType, false)]),
          ifThen(p, [pop("sTape", "old"), add(old)]),
        ]),
      ]),
    ).toMatchInlineSnapshot(`
      "const sTape = new Float64Array(Math.max(0, n));
      let sTop = 0;
      const tTape = new Float64Array(Math.max(0, n * n));
      let tTop = 0;
      const bTape = new Uint8Array(Math.max(0, n));
      let bTop = 0;
      for (let i = 0; i < n; i++) {
        if (p) {
          sTape[sTop++] = s;
          s += 1;
        }
        for (let j = 0; j < i; j++) {
          tTape[tTop++] = s;
          s += 2;
        }
        if (p) {
          bTape[bTop++] = s < 9 ? 1 : 0;
        }
      }
      for (let i = n - 1; i >= 0; i--) {
        if (p) {
          const b = bTape[--bTop] !== 0;
          if (b) {
            s += 5;
          }
        }
        for (let j = i - 1; j >= 0; j--) {
          s = tTape[--tTop];
        }
        if (p) {
          const old = sTape[--sTop];
          s += old;
        }
      }"
    `);
  });
});

describe("anything else is a JavaScript array", () => {
  test("of unknown capacity, of references", async () => {
    const test = compare("lt", s, num(9));
    expect(
      await body([
        newTape("sTape", numberType),
        newTape("xTape", float64Array, n),
        mutable("count", intType, int(0)),
        mutable("y", float64Array, x),
        { kind: "while", test, body: [push("sTape", s), push("xTape", variable("y", float64Array)), add(num(1))] },
        down("i", variable("count", intType), [pop("sTape", "old"), add(old), pop("xTape", "y", float64Array, false)]),
      ]),
    ).toMatchInlineSnapshot(`
      "const sTape: number[] = [];
      const xTape: Float64Array[] = [];
      const count = 0;
      let y = x;
      while (s < 9) {
        sTape.push(s);
        xTape.push(y);
        s += 1;
      }
      for (let i = count - 1; i >= 0; i--) {
        const old = sTape.pop()!;
        s += old;
        y = xTape.pop()!;
      }"
    `);
  });

  test("handed to another function, or coming from one", async () => {
    const tape: Type = { kind: "tape", element: numberType };
    expect(
      await body([
        newTape("gTape", numberType, n),
        { kind: "call", target: { kind: "none" }, callee: "gForward", args: [x, variable("gTape", tape)] },
        up("i", n, [push("gTape", s)]),
        { kind: "call", target: namePattern("hTape", tape), callee: "hForward", args: [x] },
        pop("hTape", "old"),
        add(old),
      ]),
    ).toMatchInlineSnapshot(`
      "const gTape: number[] = [];
      gForward(x, gTape);
      for (let i = 0; i < n; i++) {
        gTape.push(s);
      }
      const hTape = hForward(x);
      const old = hTape.pop()!;
      s += old;"
    `);
  });
});

test("a closure leaves the tapes around it as they are", async () => {
  const tape: Type = { kind: "tape", element: numberType };
  const p = variable("p", booleanType);
  expect(
    await body([
      newTape("aTape", numberType),
      newTape("bTape", numberType, n),
      newTape("cTape", numberType, n),
      newTape("dTape", numberType),
      newTape("eTape", numberType),
      push("eTape", s),
      { kind: "while", test: p, body: [push("aTape", s), push("dTape", s)] },
      up("i", n, [push("bTape", s), ifThen(p, [push("cTape", s)])]),
      {
        kind: "closure",
        name: "pullback",
        func: {
          name: "pullback",
          params: [],
          result: numberType,
          body: [
            mutable("t", numberType, num(0)),
            down("i2", n, [
              pop("bTape", "b"),
              assign("t", variable("b", numberType)),
              ifThen(p, [pop("cTape", "t", numberType, false)]),
            ]),
            { kind: "while", test: p, body: [pop("aTape", "t", numberType, false)] },
            { kind: "call", target: { kind: "none" }, callee: "g", args: [variable("dTape", tape)] },
            pop("eTape", "e"),
            assign("t", variable("e", numberType)),
            give(variable("t", numberType)),
          ],
        },
      },
    ]),
  ).toMatchInlineSnapshot(`
    "const aTape: number[] = [];
    const bTape = new Float64Array(Math.max(0, n));
    const cTape = new Float64Array(Math.max(0, n));
    let cTop = 0;
    const dTape: number[] = [];
    const e = s;
    while (p) {
      aTape.push(s);
      dTape.push(s);
    }
    for (let i = 0; i < n; i++) {
      bTape[i] = s;
      if (p) {
        cTape[cTop++] = s;
      }
    }
    const pullback = (): number => {
      const dTape2 = dTape.slice();
      let cTop2 = cTop;
      let aTop = aTape.length;
      let t = 0;
      for (let i = n - 1; i >= 0; i--) {
        const b = bTape[i];
        t = b;
        if (p) {
          t = cTape[--cTop2];
        }
      }
      while (p) {
        t = aTape[--aTop];
      }
      g(dTape2);
      t = e;
      return t;
    };"
  `);
});

// ---------------------------------------------------------------------------------------------
// Random forward and reverse sweeps
// ---------------------------------------------------------------------------------------------

type Range = "up" | "up1" | "down" | "triangle";

/** What a forward sweep does; the reverse sweep follows from it. */
type Step =
  | { readonly kind: "save"; readonly declare: boolean; readonly known: boolean }
  | { readonly kind: "branch"; readonly known: boolean; readonly then: readonly Step[]; readonly else: readonly Step[] }
  | { readonly kind: "loop"; readonly range: Range; readonly body: readonly Step[] }
  | { readonly kind: "while"; readonly times: number; readonly body: readonly Step[] };

const { steps } = fc.letrec<{ steps: Step[]; step: Step }>((tie) => ({
  steps: fc.array(tie("step"), { minLength: 1, maxLength: 3, depthIdentifier: "sweep" }),
  step: fc.oneof(
    { depthIdentifier: "sweep", maxDepth: 3, withCrossShrink: true },
    fc.record({ kind: fc.constant("save" as const), declare: fc.boolean(), known: fc.boolean() }),
    fc.record({ kind: fc.constant("branch" as const), known: fc.boolean(), then: tie("steps"), else: tie("steps") }),
    fc.record({
      kind: fc.constant("loop" as const),
      range: fc.constantFrom<Range>("up", "up1", "down", "triangle"),
      body: tie("steps"),
    }),
    fc.record({ kind: fc.constant("while" as const), times: fc.integer({ min: 0, max: 2 }), body: tie("steps") }),
  ),
}));

/** A forward sweep over `s`, and a reverse sweep that folds what it finds into `acc`, where the order matters. */
function sweeps(all: readonly Step[]): { declarations: Stmt[]; forward: Stmt[]; reverse: Stmt[] } {
  const declarations: Stmt[] = [];
  let made = 0;
  const acc = variable("acc", numberType);
  const fold = (value: Expr): Stmt => assign("acc", op("add", [op("mul", [acc, num(1.0625)]), value]));
  const change = assign("s", op("add", [op("mul", [s, num(0.75)]), num(1)]));

  const build = (list: readonly Step[], outer: readonly string[], capacity: Expr): [Stmt[], Stmt[]] => {
    const forward: Stmt[] = [];
    const reverse: Stmt[] = [];
    for (const step of list) {
      const id = String(++made);
      const counter = `i_${id}_`;
      switch (step.kind) {
        case "save": {
          const tape = `save${id}Tape`;
          declarations.push(newTape(tape, numberType, step.known ? capacity : undefined));
          forward.push(push(tape, s), change);
          const name = `old${id}_`;
          if (step.declare) reverse.unshift(pop(tape, name), fold(variable(name, numberType)));
          else reverse.unshift(pop(tape, "s", numberType, false), fold(s));
          break;
        }
        case "branch": {
          const tape = `went${id}Tape`;
          const name = `went${id}_`;
          const test = variable(name, booleanType);
          declarations.push(newTape(tape, booleanType, step.known ? capacity : undefined));
          const then = build(step.then, outer, capacity);
          const otherwise = build(step.else, outer, capacity);
          forward.push(
            constant(name, booleanType, compare("lt", s, num(2.5))),
            ifThen(test, then[0], otherwise[0]),
            push(tape, test),
          );
          const back = `back${id}_`;
          reverse.unshift(pop(tape, back, booleanType), ifThen(variable(back, booleanType), then[1], otherwise[1]));
          break;
        }
        case "loop": {
          const triangle = step.range === "triangle" && outer.length > 0;
          const bound = triangle ? outer.at(-1)! : "n";
          const length = step.range === "up1" ? op("sub", [n, int(1)], intType) : n;
          const [inner, back] = build(step.body, [...outer, counter], op("mul", [capacity, length], intType));
          const other = `${counter}b`;
          const first = step.range === "up1" ? 1 : 0;
          const forwardBound = variable(bound, intType);
          const reverseBound = variable(triangle ? `${bound}b` : "n", intType);
          const upward = (name: string, to: Expr, content: Block): Stmt => ({
            kind: "for",
            name,
            start: int(first),
            compare: "lt",
            bound: to,
            step: 1,
            body: content,
          });
          const downward = (name: string, from: Expr, content: Block): Stmt => ({
            kind: "for",
            name,
            start: op("sub", [from, int(1)], intType),
            compare: "ge",
            bound: int(first),
            step: -1,
            body: content,
          });
          if (step.range === "down") {
            forward.push(downward(counter, forwardBound, inner));
            reverse.unshift(upward(other, reverseBound, back));
          } else {
            forward.push(upward(counter, forwardBound, inner));
            reverse.unshift(downward(other, reverseBound, back));
          }
          break;
        }
        case "while": {
          const [inner, back] = build(step.body, [], op("mul", [capacity, int(step.times)], intType));
          const loop = (name: string, content: Block): Stmt[] => [
            mutable(name, intType, int(0)),
            {
              kind: "while",
              test: compare("lt", variable(name, intType), int(step.times)),
              body: [...content, assign(name, op("add", [variable(name, intType), int(1)], intType))],
            },
          ];
          forward.push(...loop(`w${id}_`, inner));
          reverse.unshift(...loop(`v${id}_`, back));
          break;
        }
      }
    }
    return [forward, reverse];
  };
  const [forward, reverse] = build(all, [], int(1));
  return { declarations, forward, reverse };
}

const acc = variable("acc", numberType);
const params = [
  { name: "s0", type: numberType },
  { name: "n", type: intType },
];
const start = mutable("s", numberType, variable("s0", numberType));

function straight(all: readonly Step[]): Func {
  const { declarations, forward, reverse } = sweeps(all);
  const result: Expr = { kind: "tuple", items: [acc, s], type: { kind: "tuple", items: [numberType, numberType] } };
  const body = [start, mutable("acc", numberType, num(0)), ...declarations, ...forward, ...reverse, give(result)];
  return { name: "straight", params, result: result.type, body };
}

function withClosure(all: readonly Step[]): Func {
  const { declarations, forward, reverse } = sweeps(all);
  const inner = [mutable("acc", numberType, num(0)), ...reverse, give(acc)];
  const func: Func = { name: "pullback", params: [], result: numberType, body: inner };
  const type: Type = { kind: "function", params: [], result: numberType };
  const closure: Stmt = { kind: "closure", name: "pullback", func };
  const body = [start, ...declarations, ...forward, closure, give(variable("pullback", type))];
  return { name: "withClosure", params, result: type, body };
}

const print = (func: Func): string =>
  emitFunction(func, { uncheckedIndexedAccess: true, exported: true, sourceNames: new Set() });

test("random sweeps find every value again, in a closure as often as it is called", () => {
  const kinds = { indexed: 0, top: 0, list: 0, variable: 0 };
  const texts: Record<string, string> = {};
  fc.assert(
    fc.property(steps, fc.integer({ min: 0, max: 4 }), (all, length) => {
      const func = straight(all);
      // A closure reads a tape that is an array by index, which is no longer the language of the IR.
      for (const each of [func, withClosure(all), lowerTapes(func).func]) expect(verify(each)).toEqual([]);
      const expected = interpret(func, [1, length]) as [number, number];
      const text = `${print(func)}\n${print(withClosure(all))}`;
      const exports = run(text);
      expect(exports.straight!(1 as never, length as never)).toEqual(expected);
      const pullback = exports.withClosure!(1 as never, length as never) as () => number;
      expect([pullback(), pullback()]).toEqual([expected[0], expected[0]]);
      if (/Tape\[i/.test(text)) kinds.indexed++;
      if (text.includes("Top++")) kinds.top++;
      if (text.includes(".push(")) kinds.list++;
      if (text.includes("Saved")) kinds.variable++;
      if (Object.keys(texts).length < 40) texts[`sweep${String(Object.keys(texts).length)}.ts`] = text;
    }),
    { numRuns: 150 },
  );
  for (const count of Object.values(kinds)) expect(count).toBeGreaterThan(20);
  // `acc` or `s` may come to be unused in a random program.
  expect(typeErrors(texts, { noUnusedLocals: false, noUnusedParameters: false })).toEqual([]);
}, 30_000);

test("random sweeps print the same twice, and prettier agrees that they are TypeScript", async () => {
  const [all] = fc.sample(steps, { numRuns: 1, seed: 7 });
  expect(print(straight(all!))).toBe(print(straight(structuredClone(all!))));
  expect(await layout(print(straight(all!)))).toContain("export function straight");
});
