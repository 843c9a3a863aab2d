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
  numberList,
  numberType,
  op,
  variable,
  zerosLike,
} from "../../compiler/ir/build.ts";
import type { Block, Expr, Func, Param, Stmt, Type } from "../../compiler/ir/types.ts";
import { emitted, run, typeErrors } from "./support.ts";

const x = variable("x", float64Array);
const k = variable("k", numberType);
const i = variable("i", intType);
const s = variable("s", numberType);

function func(params: readonly Param[], result: Type, body: Block, name = "f"): Func {
  return { name, params, result, body };
}

function count(name: string, bound: Expr, body: Block, more: { exit?: string; start?: Expr } = {}): Stmt {
  const exit = more.exit === undefined ? {} : { exit: more.exit };
  return { kind: "for", name, start: more.start ?? int(0), compare: "lt", bound, step: 1, body, ...exit };
}

const give = (value: Expr): Stmt => ({ kind: "return", value });
const tuple = (items: readonly Expr[], labels?: readonly string[]): Expr => ({
  kind: "tuple",
  items,
  type: { kind: "tuple", items: items.map((item) => item.type), ...(labels === undefined ? {} : { labels }) },
});

/** Lines of a body, without the braces of the function. */
async function body(statements: Block, params: readonly Param[] = []): Promise<string> {
  const all: Param[] = [
    { name: "x", type: float64Array },
    { name: "k", type: numberType },
    { name: "n", type: intType },
    { name: "p", type: booleanType },
    ...params,
  ];
  const text = await emitted(func(all, { kind: "void" }, statements));
  return text
    .split("\n")
    .slice(text.startsWith("export function f(\n") ? all.length + 2 : 1, -2)
    .map((line) => line.replace(/^ {2}/, ""))
    .join("\n");
}

const n = variable("n", intType);
const p = variable("p", booleanType);

describe("statements", () => {
  test("declarations", async () => {
    const rows: Type = { kind: "list", element: float64Array };
    expect(
      await body([
        constant("a", numberType, k),
        mutable("b", numberType, num(0)),
        assign("b", k),
        mutable("c", numberType, num(1)),
        mutable("d", numberType),
        assign("d", k),
        constant("e", numberList, { kind: "items", items: [], type: numberList }),
        constant("g", numberList, { kind: "items", items: [k], type: numberList }),
        mutable("u", float64Array, zerosLike(x)),
        assign("u", x),
        constant("v", float64Array, zerosLike(x)),
        constant("w", rows, { kind: "items", items: [x], type: rows }),
        mutable("m", { kind: "maybe", type: numberType }, k),
        assign("m", k),
      ]),
    ).toMatchInlineSnapshot(`
      "const a = k;
      let b = 0;
      b = k;
      const c = 1;
      let d: number;
      d = k;
      const e: number[] = [];
      const g = [k];
      let u: Float64Array = new Float64Array(x.length);
      u = x;
      const v = new Float64Array(x.length);
      const w: Float64Array[] = [x];
      let m: number | undefined = k;
      m = k;"
    `);
  });

  test("a variable that TypeScript could think unassigned gets a value", async () => {
    expect(
      await body([
        mutable("a", numberType),
        mutable("b", float64Array),
        mutable("c", numberType),
        ifThen(p, [assign("a", k), assign("b", x), assign("c", k)], [assign("c", num(2))]),
        ifThen(p, [{ kind: "fill", array: variable("b", float64Array), value: variable("a", numberType) }]),
        ifThen(p, [{ kind: "fill", array: x, value: variable("c", numberType) }]),
      ]),
    ).toMatchInlineSnapshot(`
      "let a = 0;
      let b: Float64Array = new Float64Array(0);
      let c: number;
      if (p) {
        a = k;
        b = x;
        c = k;
      } else {
        c = 2;
      }
      if (p) {
        b.fill(a);
      }
      if (p) {
        x.fill(c);
      }"
    `);
  });

  test("compound assignments", async () => {
    const xi = at(x, i);
    expect(
      await body([
        mutable("s", numberType, num(0)),
        mutable("i", intType, int(0)),
        assign("s", op("add", [s, op("mul", [k, k])])),
        assign("s", op("sub", [s, op("add", [k, num(1)])])),
        assign("s", op("mul", [s, k])),
        assign("s", op("div", [s, k])),
        assign("s", op("pow", [s, num(2)])),
        assign("s", op("add", [k, s])),
        assign("s", op("add", [op("add", [s, k]), k])),
        assign("s", op("add", [s, num(1)])),
        assign("i", op("add", [i, int(1)], intType)),
        assign("i", op("sub", [i, int(1)], intType)),
        { kind: "store", array: x, index: i, value: op("add", [xi, k]) },
        { kind: "store", array: x, index: i, value: op("mul", [at(x, n), k]) },
        { kind: "accumulate", array: x, index: i, value: op("mul", [k, s]) },
        { kind: "accumulate", array: x, index: i, value: op("neg", [op("mul", [k, s])]) },
        { kind: "accumulate", array: x, index: i, value: num(-2) },
      ]),
    ).toMatchInlineSnapshot(`
      "let s = 0;
      let i = 0;
      s += k * k;
      s -= k + 1;
      s *= k;
      s /= k;
      s **= 2;
      s = k + s;
      s = s + k + k;
      s += 1;
      i++;
      i--;
      x[i] += k;
      x[i] = x[n] * k;
      x[i] += k * s;
      x[i] -= k * s;
      x[i] -= 2;"
    `);
  });

  test("arrays", async () => {
    const list = variable("list", numberList);
    expect(
      await body(
        [
          { kind: "fill", array: x, value: num(0) },
          { kind: "set", target: x, source: list },
          { kind: "set", target: x, source: list, offset: int(2) },
          { kind: "append", array: list, value: k },
          { kind: "shrink", array: list },
          { kind: "shrink", array: list, target: "last", type: numberType },
          { kind: "fill", array: x, value: variable("last", numberType) },
          { kind: "shrink", array: list, target: "unused", type: numberType },
        ],
        [{ name: "list", type: numberList }],
      ),
    ).toMatchInlineSnapshot(`
      "x.fill(0);
      x.set(list);
      x.set(list, 2);
      list.push(k);
      list.pop();
      const last = list.pop()!;
      x.fill(last);
      list.pop();"
    `);
  });

  test("branches", async () => {
    const fill = (value: number): Stmt => ({ kind: "fill", array: x, value: num(value) });
    expect(
      await body([
        ifThen(p, [fill(1)], [ifThen(compare("lt", k, num(0)), [fill(2)], [fill(3)])]),
        ifThen(compare("lt", k, num(0)), [], [fill(4)]),
        ifThen(compare("eq", n, int(0)), [], [fill(5)]),
        ifThen(op("not", [p], booleanType), [{ kind: "comment", text: "nothing here" }], [fill(6)]),
        ifThen(p, [], [ifThen(p, [], [])]),
        ifThen(p, [fill(7)], [{ kind: "comment", text: "adjoint of: s += k" }, ifThen(p, [fill(8)])]),
      ]),
    ).toMatchInlineSnapshot(`
      "if (p) {
        x.fill(1);
      } else if (k < 0) {
        x.fill(2);
      } else {
        x.fill(3);
      }
      if (!(k < 0)) {
        x.fill(4);
      }
      if (n !== 0) {
        x.fill(5);
      }
      if (p) {
        x.fill(6);
      }
      if (p) {
        x.fill(7);
      } else {
        // adjoint of: s += k
        if (p) {
          x.fill(8);
        }
      }"
    `);
  });

  test("loops", async () => {
    const rows = variable("rows", { kind: "list", element: float64Array });
    const work: Block = [{ kind: "store", array: x, index: i, value: k }];
    const exit = variable("exit", intType);
    expect(
      await body(
        [
          count("j", n, work),
          { kind: "for", name: "j2", start: op("sub", [n, int(1)]), compare: "ge", bound: int(0), step: -1, body: [] },
          { kind: "for", name: "j3", start: int(0), compare: "le", bound: n, step: 3, body: [] },
          mutable("exit", intType, int(0)),
          count("j4", n, [ifThen(compare("gt", k, num(1)), [assign("exit", int(1))])], { exit: "exit" }),
          { kind: "while", test: { kind: "literal", value: true, type: booleanType }, exit: "exit", body: work },
          {
            kind: "while",
            test: { kind: "logic", op: "||", left: p, right: p, type: booleanType },
            exit: "exit",
            body: [],
          },
          { kind: "while", test: compare("gt", at(at(rows, n), int(0)), k), exit: "exit", body: [] },
          ifThen(compare("eq", exit, int(2)), work),
        ],
        [
          { name: "rows", type: rows.type },
          { name: "i", type: intType },
        ],
      ),
    ).toMatchInlineSnapshot(`
      "for (let j = 0; j < n; j++) {
        x[i] = k;
      }
      for (let j = n - 1; j >= 0; j--) {}
      for (let j = 0; j <= n; j += 3) {}
      let exit = 0;
      for (let j = 0; j < n && exit === 0; j++) {
        if (k > 1) {
          exit = 1;
        }
      }
      while (exit === 0) {
        x[i] = k;
      }
      while ((p || p) && exit === 0) {}
      while (exit === 0 && rows[n][0] > k) {}
      if (exit === 2) {
        x[i] = k;
      }"
    `);
  });

  test("labels, effects and throws", async () => {
    const log: Expr = { kind: "foreign", texts: ['console.log("k", ', ")"], args: [k], type: { kind: "void" } };
    const error: Expr = {
      kind: "foreign",
      texts: ["new RangeError(`k is ${", "}`)"],
      args: [k],
      type: { kind: "string" },
    };
    expect(
      await body([
        {
          kind: "block",
          label: "search",
          body: [ifThen(p, [{ kind: "exit", label: "search" }]), { kind: "effect", call: log }],
        },
        { kind: "throw", value: error },
      ]),
    ).toMatchInlineSnapshot(`
      "search: {
        if (p) {
          break search;
        }
        console.log("k", k);
      }
      throw new RangeError(\`k is \${k}\`);"
    `);
  });
});

describe("signatures", () => {
  test("labelled results, defaults, optional parameters, unused parameters", async () => {
    const maybeNumber: Type = { kind: "maybe", type: numberType };
    const params: Param[] = [
      { name: "x", type: float64Array, typeText: "Float64Array" },
      { name: "k", type: numberType, defaultValue: num(2) },
      { name: "o", type: maybeNumber, optional: true },
      { name: "unused", type: intType },
      { name: "v", type: numberType },
    ];
    const grads = tuple([variable("xBar", float64Array), k], ["x", "k"]);
    const value = tuple([op("mul", [k, variable("v", numberType)]), grads], ["value", "grads"]);
    const f = func(params, value.type, [constant("xBar", float64Array, zerosLike(x)), give(value)]);
    const trailing = func(
      [params[0]!, params[2]!],
      numberType,
      [give({ kind: "nullish", left: variable("o", maybeNumber), right: at(x, int(0)), type: numberType })],
      "g",
    );
    const text =
      (await emitted(f, { doc: "Energy, and its gradient." })) +
      (await emitted(trailing, { exported: false, doc: "One\n\nTwo" }));
    expect(text).toMatchInlineSnapshot(`
      "/** Energy, and its gradient. */
      export function f(
        x: Float64Array,
        k: number | undefined = 2,
        _o: number | undefined,
        _unused: number,
        v: number,
      ): [value: number, grads: [x: Float64Array, k: number]] {
        const xBar = new Float64Array(x.length);
        return [k * v, [xBar, k]];
      }
      /**
       * One
       *
       * Two
       */
      function g(x: Float64Array, o?: number): number {
        return o ?? x[0];
      }
      "
    `);
  });

  test("types", async () => {
    const list = (element: Type): Type => ({ kind: "list", element });
    const maybe = (type: Type): Type => ({ kind: "maybe", type });
    const pullback: Type = { kind: "function", params: [{ name: "v", type: numberType }], result: float64Array };
    const params: Param[] = [
      { name: "a", type: list(maybe(numberType)) },
      { name: "b", type: list(list(intType)) },
      { name: "c", type: list(pullback) },
      { name: "d", type: maybe(pullback) },
      { name: "e", type: { kind: "tape", element: float64Array } },
      { name: "g", type: { kind: "tuple", items: [numberType, booleanType], labels: ["a"] } },
    ];
    expect(await emitted(func(params, { kind: "void" }, []))).toMatchInlineSnapshot(`
      "export function f(
        _a: (number | undefined)[],
        _b: number[][],
        _c: ((v: number) => Float64Array)[],
        _d: ((v: number) => Float64Array) | undefined,
        _e: Float64Array[],
        _g: [number, boolean],
      ): void {}
      "
    `);
  });
});

describe("calls", () => {
  test("patterns leave out what nothing reads", async () => {
    const pattern = (...names: string[]): Stmt => ({
      kind: "call",
      target: { kind: "tuple", items: names.map((name) => namePattern(name, numberType)) },
      callee: "g",
      args: [x, k],
    });
    expect(
      await body([
        pattern("a", "b", "c"),
        pattern("d", "e"),
        { kind: "call", target: { kind: "none" }, callee: "g", args: [] },
        { kind: "call", target: namePattern("r", numberType), callee: "h", args: [variable("b", numberType)] },
        { kind: "fill", array: x, value: variable("r", numberType) },
        assign("a", k),
      ]),
    ).toMatchInlineSnapshot(`
      "let [a, b] = g(x, k);
      g(x, k);
      g();
      const r = h(b);
      x.fill(r);
      a = k;"
    `);
  });

  test("a pullback", async () => {
    const v = variable("v", numberType);
    const grads = tuple([variable("xBar", float64Array), variable("kBar", numberType)], ["x", "k"]);
    const inner = func(
      [{ name: "v", type: numberType }],
      grads.type,
      [
        constant("xBar", float64Array, zerosLike(variable("saved", float64Array))),
        count("j", lengthOf(variable("saved", float64Array)), [
          {
            kind: "accumulate",
            array: variable("xBar", float64Array),
            index: variable("j", intType),
            value: op("mul", [v, k]),
          },
        ]),
        constant("kBar", numberType, v),
        give(grads),
      ],
      "pullback",
    );
    const type: Type = { kind: "function", params: inner.params, result: grads.type };
    const result = tuple([k, variable("pullback", type)], ["value", "pullback"]);
    const f = func(
      [
        { name: "x", type: float64Array },
        { name: "k", type: numberType },
      ],
      result.type,
      [
        constant("saved", float64Array, { kind: "copy", array: x, type: float64Array }),
        { kind: "closure", name: "pullback", func: inner },
        give(result),
      ],
      "fPullback",
    );
    const use = func(
      [{ name: "x", type: float64Array }],
      numberType,
      [
        {
          kind: "call",
          target: { kind: "tuple", items: [namePattern("y", numberType), namePattern("back", type)] },
          callee: "fPullback",
          args: [x, num(2)],
        },
        {
          kind: "apply",
          target: { kind: "tuple", items: [{ kind: "none" }, namePattern("kBar", numberType)] },
          callee: "back",
          args: [variable("y", numberType)],
        },
        give(variable("kBar", numberType)),
      ],
      "g",
    );
    const text = (await emitted(f, { uncheckedIndexedAccess: true })) + (await emitted(use));
    expect(text).toMatchInlineSnapshot(`
      "export function fPullback(
        x: Float64Array,
        k: number,
      ): [value: number, pullback: (v: number) => [x: Float64Array, k: number]] {
        const saved = x.slice();
        const pullback = (v: number): [x: Float64Array, k: number] => {
          const xBar = new Float64Array(saved.length);
          for (let j = 0; j < saved.length; j++) {
            xBar[j]! += v * k;
          }
          const kBar = v;
          return [xBar, kBar];
        };
        return [k, pullback];
      }
      export function g(x: Float64Array): number {
        const [y, back] = fPullback(x, 2);
        const [, kBar] = back(y);
        return kBar;
      }
      "
    `);
    expect(typeErrors({ "f.ts": text })).toEqual([]);
    expect(run(text).g!(new Float64Array(3) as never)).toBe(2);
  });
});

describe("names", () => {
  const nested = (name: string): Stmt =>
    count(name, n, [{ kind: "store", array: x, index: variable(name, intType), value: k }]);

  test("numbers that made names unique go where scopes do not meet", async () => {
    expect(
      await body([
        nested("i"),
        nested("i2"),
        count("i3", n, [count("i4", n, [{ kind: "store", array: x, index: variable("i4", intType), value: k }])]),
        constant("d2", numberType, k),
        { kind: "fill", array: x, value: variable("d2", numberType) },
      ]),
    ).toMatchInlineSnapshot(`
      "for (let i = 0; i < n; i++) {
        x[i] = k;
      }
      for (let i = 0; i < n; i++) {
        x[i] = k;
      }
      for (let i = 0; i < n; i++) {
        for (let i2 = 0; i2 < n; i2++) {
          x[i2] = k;
        }
      }
      const d2 = k;
      x.fill(d2);"
    `);
  });

  test("names of the user's stay", async () => {
    const f = func(
      [
        { name: "x", type: float64Array },
        { name: "n", type: intType },
        { name: "k", type: numberType },
      ],
      { kind: "void" },
      [nested("i"), nested("i2"), nested("i3")],
    );
    expect(await emitted(f, { sourceNames: new Set(["i", "i2"]) })).toMatchInlineSnapshot(`
      "export function f(x: Float64Array, n: number, k: number): void {
        for (let i = 0; i < n; i++) {
          x[i] = k;
        }
        for (let i2 = 0; i2 < n; i2++) {
          x[i2] = k;
        }
        for (let i = 0; i < n; i++) {
          x[i] = k;
        }
      }
      "
    `);
  });

  test("what a reverse sweep declares again has the same name again", async () => {
    expect(
      await body([
        count("i", n, [constant("d2", numberType, k), { kind: "fill", array: x, value: variable("d2", numberType) }]),
        count("i$r", n, [
          constant("d2$r", numberType, k),
          constant("d$r2", numberType, k),
          { kind: "store", array: x, index: variable("i$r", intType), value: variable("d2$r", numberType) },
          { kind: "fill", array: x, value: variable("d$r2", numberType) },
        ]),
      ]),
    ).toMatchInlineSnapshot(`
      "for (let i = 0; i < n; i++) {
        const d2 = k;
        x.fill(d2);
      }
      for (let i = 0; i < n; i++) {
        const d2 = k;
        const d = k;
        x[i] = d2;
        x.fill(d);
      }"
    `);
  });

  test("adjoints, tangents and tapes are called after what is printed; the parts of a tuple keep their numbers", async () => {
    const names = ["sum2", "sum2Bar", "sum2Dot$1", "sum2BarTape", "at0", "at1", "at2", "at1Bar"];
    const f = func([{ name: "k", type: numberType }], numberType, [
      ...names.map((name) => constant(name, numberType, k)),
      give(tuple(names.map((name) => variable(name, numberType)))),
    ]);
    expect(await emitted(f, { sourceNames: new Set(["k"]) })).toMatchInlineSnapshot(`
      "export function f(k: number): number {
        const sum = k;
        const sumBar = k;
        const sumDot1 = k;
        const sumBarTape = k;
        const at0 = k;
        const at1 = k;
        const at2 = k;
        const at1Bar = k;
        return [sum, sumBar, sumDot1, sumBarTape, at0, at1, at2, at1Bar];
      }
      "
    `);
  });

  test("a variable does not hide what the function refers to", async () => {
    const f = func([{ name: "g", type: numberType }], numberType, [
      { kind: "call", target: namePattern("y", numberType), callee: "g", args: [variable("g", numberType)] },
      give(variable("y", numberType)),
    ]);
    expect(await emitted(f)).toMatchInlineSnapshot(`
      "export function f(g2: number): number {
        const y = g(g2);
        return y;
      }
      "
    `);
  });
});

test("deterministic", async () => {
  const f = func([{ name: "x", type: float64Array }], numberType, [
    mutable("s", numberType, num(0)),
    assign("s", op("add", [s, at(x, int(0))])),
    give(s),
  ]);
  expect(await emitted(f)).toBe(await emitted(structuredClone(f)));
});
