/** Random expressions full of side effects: lowering keeps JavaScript's order of evaluation. */
import { expect, test } from "vitest";
import { printFunc } from "../../compiler/ir/print.ts";
import { verify } from "../../compiler/ir/verify.ts";
import { interpret } from "../support/interpret.ts";
import { javascript, lowerText } from "../support/lower.ts";

/** A small generator with a seed, so that a failure can be had again. */
function generator(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

const helpers = `
function bump(v: number[]): number { v[0]++; return v[0] + v.length; }
function grow(v: number[], x: number): number { v.push(x); return v.length; }
function first(w: Float64Array, k: number): number { w[k] += 1; return w[0] - k; }
function both(x: number, y: number): [number, number] { return [y, x + 1]; }
function plus(x: number, y: number): number { return x + y * 2; }
`;

function expression(pick: (below: number) => number, depth: number): string {
  const e = (): string => expression(pick, depth - 1);
  const name = (): string => ["a", "b", "i"][pick(3)]!;
  const place = (): string => [name(), `v[${small()}]`, `w[${small()}]`, `m[${small()}][${small()}]`][pick(4)]!;
  const small = (): string => ["0", "1", "2", "i", "i++", "i--", "(i = 1)", "++i"][pick(8)]!;
  if (depth <= 0) return ["a", "b", "i", "1", "2.5", "v[0]", "w[1]", "v[i]", "w[i]", "v.length", "m[0][1]"][pick(11)]!;
  switch (pick(20)) {
    case 0:
    case 1:
    case 2:
      return `(${e()} ${["+", "-", "*"][pick(3)]!} ${e()})`;
    case 3:
      return `(${place()} = ${e()})`;
    case 4:
      return `(${place()} ${["+=", "-=", "*="][pick(3)]!} ${e()})`;
    case 5:
      return `(${place()} ${["||=", "&&=", "??="][pick(3)]!} ${e()})`;
    case 6:
      return [`${place()}++`, `++${place()}`, `${place()}--`, `--${place()}`].map((text) => `(${text})`)[pick(4)]!;
    case 7:
      return `(${e()} > ${e()} ? ${e()} : ${e()})`;
    case 8:
      return `(${e()} ${["&&", "||"][pick(2)]!} ${e()})`;
    case 9:
      return `(v[${small()}] ?? ${e()})`;
    case 10:
      return `(${e()}, ${e()})`;
    case 11:
      return `bump(v)`;
    case 12:
      return `grow(v, ${e()})`;
    case 13:
      return `first(w, ${small()})`;
    case 14:
      return `both(${e()}, ${e()})[${String(pick(2))}]`;
    case 15:
      return `plus(${e()}, ${e()})`;
    case 16:
      return `Math.max(${e()}, ${e()}, ${e()})`;
    case 17:
      return `((${e()} < ${e()} && ${e()} > 0) || ${e()} === ${e()} ? ${e()} : ${e()})`;
    case 18:
      return ["(v.pop() ?? 3)", "v.push(a, b)", "[a, b, i].length", "(u = w.slice())[0]", "(v = [a, ...v])[1]"][
        pick(5)
      ]!;
    default:
      return `(${e()} % 3 || ${place()})`;
  }
}

function statement(pick: (below: number) => number): string {
  const e = (): string => expression(pick, 1 + pick(3));
  switch (pick(12)) {
    case 0:
      return `[a, b] = [${e()}, ${e()}];`;
    case 1:
      return `[v[i], w[${String(pick(3))}]] = [${e()}, ${e()}];`;
    case 2:
      return `[a, v[1]] = both(${e()}, ${e()});`;
    case 3:
      return `if (${e()} > ${e()}) a = ${e()}; else ${e()};`;
    case 4:
      return `for (let k = 0, n = ${e()}; k < 2 && n > k; k++) b += ${e()} * k;`;
    case 5:
      return `{ let k = 0; while (k++ < 2 && ${e()}) { a = ${e()}; if (a > 50) break; } }`;
    case 6:
      return `switch (Math.trunc(${e()})) { case 0: a = ${e()}; case 1: b = ${e()}; break; default: ${e()}; }`;
    case 7:
      return `for (const q of [${e()}, ${e()}]) a += q * ${e()};`;
    case 8:
      return `v[${e()} > 0 ? 0 : 1] ${["=", "+=", "*="][pick(3)]!} ${e()};`;
    default:
      return `${["a", "b", "a", "const c" + String(pick(1e6))][pick(4)]!} = ${e()};`;
  }
}

/** `x++` of a variable that holds undefined gives NaN in JavaScript and undefined here. */
function numbers(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(numbers);
  return value instanceof Float64Array ? [...value] : (value ?? NaN);
}

const count = Number(process.env["LOWER_ORDER"] ?? 150);

test("random effects happen in JavaScript's order", { timeout: 600_000 }, () => {
  const pick = generator(Number(process.env["SEED"] ?? 7));
  const bodies = Array.from({ length: count }, () => Array.from({ length: 3 }, () => statement(pick)));
  const functions = bodies.map(
    (lines, i) =>
      `function f${String(i)}(a: number, b: number, v: number[], w: Float64Array, m: number[][]): number[] { let i = 1; let u: Float64Array = w; ${lines.join(" ")} return [a, b, i, u[0], ...v, ...w, ...m[0], ...m[1]]; }`,
  );
  const text = helpers + functions.join("\n");
  const lowered = lowerText(text);
  const names = functions.map((_, i) => `f${String(i)}`);

  const originals = (new Function(`${javascript(text)}\nreturn [${names.join(", ")}];`) as () => unknown)() as ((
    ...args: unknown[]
  ) => unknown)[];
  for (const [i, name] of names.entries()) {
    const key = lowered.lower(name);
    const source = functions[i]!;
    expect(lowered.reports, source).toEqual([]);
    const func = lowered.program.get(key!)!;
    expect(verify(func, lowered.program), source).toEqual([]);
    const args = (): unknown[] => [
      3,
      -2,
      [1, 2, 0.5],
      Float64Array.of(4, 5, 6),
      [
        [1, 2],
        [3, 4],
      ],
    ];
    const run = (call: (args: unknown[]) => unknown): unknown => {
      const own = args();
      try {
        return numbers([call(own), own]);
      } catch (error) {
        // Reading a row that is not there: how far JavaScript came before is not compared.
        if (error instanceof TypeError) return undefined;
        throw error;
      }
    };
    const wanted = run((own) => originals[i]!(...own));
    if (wanted === undefined) continue;
    const got = run((own) => interpret(lowered.program, key!, own));
    expect(got, `${source}\n${printFunc(func)}`).toEqual(wanted);
  }
});
