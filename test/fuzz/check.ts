/** Runs a program and its generated derivatives, and compares what they say. */
import { Tensor } from "../../runtime/tensor.ts";
import { isDifferentiable } from "./ast.ts";
import type { Program } from "./ast.ts";
import { batchFault } from "./batches.ts";
import type { Exports, Loaded } from "./load.ts";
import { memoryOf } from "./memory.ts";
import type { Memory } from "./memory.ts";
import { Random } from "./random.ts";
import { valueOf } from "./shapes.ts";
import { revived, tangible } from "./structures.ts";
import { along, clone, difference, dot, doubled, flatten, like, mismatch, sharesMemory } from "./values.ts";

export type Kind =
  | "internal"
  | "types"
  | "loads"
  | "map"
  | "primal"
  | "arguments"
  | "structure"
  | "dot"
  | "differences"
  | "checkpoint"
  | "repeat"
  | "pullback"
  | "into"
  | "value and gradient"
  | "jacobian"
  | "second order"
  | "throws"
  | "effects"
  | "aliasing"
  | "batch"
  | "hangs";

/** Something that is wrong with what was generated. */
export class Finding extends Error {
  readonly kind: Kind;

  constructor(kind: Kind, message: string) {
    super(message);
    this.kind = kind;
  }
}

type Fn = (...args: unknown[]) => unknown;

export interface Checked {
  /** Points at which values were compared. */
  points: number;
  /** Points at which derivatives could be compared with differences. */
  differences: number;
  /** Points that were left out: values too large, or not numbers. */
  wild: number;
  /** Points at which the function threw. */
  threw: number;
  /** Points where no derivative was other than zero. */
  flat: number;
  second: number;
}

interface Setting {
  readonly program: Program;
  readonly memory: Memory;
  readonly f: Fn;
  readonly log: string[];
  /** What the program exports: its classes among it. */
  readonly own: Exports;
  readonly derived: Exports;
  /** The same in double precision throughout, where the program has single precision: for differences. */
  readonly doubles: Setting | undefined;
  /** The same without checkpoints, where the program has some. */
  readonly unmarked: Setting | undefined;
  readonly single: boolean;
  /** Positions of the parameters in wrt. */
  readonly wrt: readonly number[];
  readonly random: Random;
}

/** A program and what was generated for it. */
export interface Modules {
  readonly source: Loaded;
  readonly derived: Exports;
}

/** Other modules of a program, which it is compared with. */
export interface Others {
  /** The same texts in double precision, for a program that has single precision: numbers can be compared closely there. */
  readonly inDouble?: Modules | undefined;
  /** The same without comments that ask for checkpoints, for a program that has some: derivatives are the same. */
  readonly unmarked?: Modules | undefined;
}

/** Throws a `Finding` for the first thing that is wrong. */
export function check(program: Program, modules: Modules, others: Others = {}): Checked {
  const { inDouble, unmarked } = others;
  const doubles = inDouble && settingOf({ ...program, inputs: program.inputs.map(doubledValues) }, inDouble);
  const checked = checkAll(settingOf(program, modules, doubles, unmarked && settingOf(program, unmarked)));
  return doubles === undefined ? checked : { ...checked, second: checkAll(doubles).second };
}

const doubledValues = (input: Program["inputs"][number]): Program["inputs"][number] =>
  input.map(doubled) as typeof input;

function settingOf(program: Program, { source, derived }: Modules, doubles?: Setting, unmarked?: Setting): Setting {
  const memory = memoryOf(program);
  if (memory === undefined) throw new Error("a program without clear outputs");
  const { params } = program.main;
  const wrt = params.flatMap((param, i) => {
    if (program.wrt !== undefined) return program.wrt.includes(param.name) ? [i] : [];
    return isDifferentiable(param.type) && !memory.written.includes(i) ? [i] : [];
  });
  return {
    program,
    memory,
    wrt,
    f: source.exports[program.main.name] as Fn,
    log: source.log,
    own: source.exports,
    derived,
    doubles,
    unmarked,
    single: doubles !== undefined,
    random: new Random(99),
  };
}

function checkAll(setting: Setting): Checked {
  const { program } = setting;
  const checked: Checked = { points: 0, differences: 0, wild: 0, threw: 0, flat: 0, second: 0 };
  for (const input of program.inputs) checkPoint(setting, input, checked, setting.own);
  if (program.modes.includes("batch")) checkBatch(setting);
  return checked;
}

function checkBatch(setting: Setting): void {
  const fault = batchFault({
    ...setting,
    generated: (mode) => setting.derived[derivative(setting, mode)] as Fn,
    argumentsOf: (input) => argumentsOf(setting, input),
    tolerance: setting.single ? 1e-4 : 1e-9,
  });
  if (fault !== undefined) throw new Finding("batch", fault);
}

interface Outcome {
  readonly value: unknown;
  /** All outputs, in order. */
  readonly outputs: readonly unknown[];
  /** The arguments afterwards. */
  readonly after: readonly unknown[];
  readonly thrown?: string;
  readonly log: readonly string[];
}

/** Fresh arguments of the values of an input. */
function argumentsOf({ program, own }: Setting, input: readonly unknown[]): unknown[] {
  return clone([...input]).map((value, i) =>
    revived(program.shapes, program.main.params[i]?.type ?? "void", value, own),
  );
}

/** Of outputs what carries a derivative, bare or in a tuple as cotangents are. */
function differentiableParts({ program, memory }: Setting, outputs: readonly unknown[]): unknown[] {
  const { main, shapes } = program;
  const types = [
    ...(memory.returns ? [main.result] : []),
    ...memory.written.map((i) => main.params[i]?.type ?? "void"),
  ] as const;
  return outputs.map((output, k) => tangible(shapes, types[k] ?? "void", output));
}

/** Calls the function itself, giving its outputs as the contract orders them. */
function call(setting: Setting, f: Fn, input: readonly unknown[]): Outcome {
  const after = argumentsOf(setting, input);
  setting.log.length = 0;
  try {
    const returned = f(...asWritten(setting, after));
    const written = setting.memory.written.map((i) => after[i]);
    const outputs = [...(setting.memory.returns ? [returned] : []), ...written];
    return { value: outputs.length === 1 ? outputs[0] : outputs, outputs, after, log: [...setting.log] };
  } catch (error) {
    return { value: undefined, outputs: [], after, thrown: String(error), log: [...setting.log] };
  }
}

/** Calls something generated with the arguments and what follows them. */
function callDerived(
  setting: Setting,
  name: string,
  input: readonly unknown[],
  rest: readonly unknown[],
): { result: unknown; after: unknown[] } {
  const after = argumentsOf(setting, input);
  setting.log.length = 0;
  const f = setting.derived[name];
  if (typeof f !== "function") throw new Finding("structure", `${name} is not exported`);
  const result = (f as Fn)(...after, ...rest);
  return { result, after };
}

const derivative = (setting: Setting, mode: string): string => setting.program.main.name + mode;

function checkPoint(setting: Setting, input: readonly unknown[], checked: Checked, exports: Exports): void {
  const { random, memory, program } = setting;
  const base = call(setting, setting.f, input);
  if (base.thrown?.includes("Maximum call stack") === true) {
    checked.wild++;
    return;
  }
  if (base.thrown !== undefined) {
    checkThrow(setting, input, base);
    checked.threw++;
    return;
  }
  const numbers = flatten(base.outputs);
  if (numbers.some((x) => !(Math.abs(x) < 1e8))) {
    checked.wild++;
    return;
  }
  const parts = differentiableParts(setting, base.outputs);
  const v = like(parts.length === 1 ? parts[0] : parts, () => random.uniform(-1, 1));
  const tangents = setting.wrt.map((i) => like(defaulted(setting, i, input), () => random.uniform(-1, 1)));
  const given = clone([v, ...tangents]);

  const pushed = callDerived(setting, derivative(setting, "Vjp"), input, [v]);
  const [value, grads] = pair(pushed.result, "Vjp");
  same("primal", "value of Vjp", value, base.value);
  same("arguments", "after Vjp", pushed.after, base.after);
  same("effects", "console of Vjp", setting.log, base.log);
  const forward = callDerived(setting, derivative(setting, "Jvp"), input, tangents);
  const [valueAgain, tangent] = pair(forward.result, "Jvp");
  same("primal", "value of Jvp", valueAgain, base.value);
  same("arguments", "after Jvp", forward.after, base.after);
  same("effects", "console of Jvp", setting.log, base.log);
  same("arguments", "v and tangents", [v, ...tangents], given);

  const gradients = setting.wrt.length === 1 ? [grads] : (grads as unknown[]);
  checkStructure(
    "gradient",
    gradients,
    setting.wrt.map((i) => defaulted(setting, i, input)),
  );
  checkStructure(
    "tangent",
    memory.written.length + Number(memory.returns) === 1 ? [tangent] : (tangent as unknown[]),
    parts,
  );
  if (sharesMemory(grads, [pushed.after, v]))
    throw new Finding("aliasing", "a gradient shares memory with an argument or v");
  if (sharesMemory(tangent, [forward.after, tangents]))
    throw new Finding("aliasing", "a tangent shares memory with an argument or a tangent");

  const g = flatten(gradients);
  const ju = flatten(tangent);
  const sizes = [...g, ...ju].map(Math.abs);
  if (sizes.some((x) => x > 1e6)) {
    checked.wild++;
    return;
  }
  const left = dot(flatten(v), ju);
  const right = dot(g, flatten(tangents));
  const scale = Math.max(1, left.size, right.size);
  const tolerance = setting.single ? 1e-4 : 1e-11;
  if (!(Math.abs(left.sum - right.sum) <= tolerance * scale)) {
    throw new Finding("dot", `<v, J u> is ${String(left.sum)} and <J'v, u> is ${String(right.sum)}`);
  }
  checked.points++;
  if (g.every((x) => x === 0)) checked.flat++;

  agreesUnmarked(setting, "Vjp", input, [v], grads);
  const again = callDerived(setting, derivative(setting, "Vjp"), input, [v]);
  same("repeat", "second call of Vjp", again.result, pushed.result);
  if (agreesWithDifferences(setting, input, tangents, ju)) checked.differences++;
  const { modes } = program;
  if (modes.includes("pullback")) checkPullback(setting, input, base, v, grads);
  if (modes.includes("vjpInto")) checkInto(setting, input, base, v, gradients);
  if (modes.includes("valueAndGrad")) checkValueAndGrad(setting, input, base);
  if (modes.includes("grad")) checkGrad(setting, input);
  if (modes.includes("jacobian")) checkJacobian(setting, input, base, tangents, ju);
  if (modes.includes("hvp") && checkSecond(setting, input, tangents, ju)) checked.second++;
  if (program.nested && checkNested(setting, input, exports)) checked.second++;
}

/** Checkpoints change when numbers are computed, not which: sums may have another order. */
function agreesUnmarked(
  { unmarked, single }: Setting,
  mode: string,
  input: readonly unknown[],
  rest: readonly unknown[],
  found: unknown,
): void {
  if (unmarked === undefined) return;
  const [, wanted] = pair(callDerived(unmarked, derivative(unmarked, mode), input, rest).result, mode);
  const wrong = mismatch(found, wanted, single ? 1e-4 : 1e-12);
  if (wrong !== undefined) throw new Finding("checkpoint", `${mode} with and without checkpoints: ${wrong}`);
}

function pair(result: unknown, name: string): [unknown, unknown] {
  if (!Array.isArray(result) || result.length !== 2) throw new Finding("structure", `${name} gives no pair`);
  return [result[0], result[1]];
}

function same(kind: Kind, what: string, a: unknown, b: unknown): void {
  const found = difference(a, b);
  if (found !== undefined) throw new Finding(kind, `${what}: ${found}`);
}

/** Gradients and tangents have the types and lengths of what they belong to. */
function checkStructure(what: string, made: unknown, model: unknown): void {
  const zero = (value: unknown): unknown => like(value, () => 0);
  const found = difference(zero(made), zero(model));
  if (found !== undefined) throw new Finding("structure", `${what}${found}`);
}

function checkThrow(setting: Setting, input: readonly unknown[], base: Outcome): void {
  const after = argumentsOf(setting, input);
  setting.log.length = 0;
  const rest = setting.wrt.map((i) => like(defaulted(setting, i, input), () => 1));
  let thrown: string | undefined;
  try {
    (setting.derived[derivative(setting, "Jvp")] as Fn)(...after, ...rest);
  } catch (error) {
    thrown = String(error);
  }
  if (thrown !== base.thrown) throw new Finding("throws", `f throws ${String(base.thrown)}, Jvp ${String(thrown)}`);
  same("throws", "arguments when Jvp throws", after, base.after);
  // Vjp checks its cotangent once the structure of the outputs is known, which is after the throw.
  const { main } = setting.program;
  const written = setting.memory.written.map((i) => base.after[i]);
  const outputs = setting.memory.returns
    ? [valueOf(new Random(1), setting.program, main.result, () => 1), ...written]
    : written;
  const v = differentiableParts(setting, outputs);
  const afterVjp = argumentsOf(setting, input);
  thrown = undefined;
  try {
    (setting.derived[derivative(setting, "Vjp")] as Fn)(...afterVjp, v.length === 1 ? v[0] : v);
  } catch (error) {
    thrown = String(error);
  }
  if (thrown !== base.thrown) throw new Finding("throws", `f throws ${String(base.thrown)}, Vjp ${String(thrown)}`);
  same("throws", "arguments when Vjp throws", afterVjp, base.after);
}

/** What of the value that a parameter takes carries a derivative: `undefined` stands for its default. */
function defaulted({ program }: Setting, i: number, input: readonly unknown[]): unknown {
  const param = program.main.params[i];
  if (input[i] === undefined && param?.defaultText !== undefined) return Number(param.defaultText);
  return tangible(program.shapes, param?.type ?? "void", input[i]);
}

/** Directional differences at several step sizes; undefined where they cannot be trusted. */
function differences(evaluate: (h: number) => readonly number[] | undefined, scale: number): number[] | undefined {
  const slope = (h: number): number[] | undefined => {
    const up = evaluate(h);
    const down = evaluate(-h);
    if (up === undefined || down === undefined || up.length !== down.length) return undefined;
    return up.map((x, i) => (x - (down[i] ?? NaN)) / (2 * h));
  };
  const side = (h: number): number[] | undefined => {
    const base = evaluate(0);
    const moved = evaluate(h);
    if (base === undefined || moved === undefined || base.length !== moved.length) return undefined;
    return moved.map((x, i) => (x - (base[i] ?? NaN)) / h);
  };
  const near = (a: readonly number[] | undefined, b: readonly number[] | undefined, tolerance: number): boolean =>
    a !== undefined && b?.length === a.length && a.every((x, i) => Math.abs(x - (b[i] ?? NaN)) <= tolerance * scale);
  const coarse = slope(2e-4);
  const fine = slope(1e-4);
  if (coarse === undefined || fine === undefined || !near(coarse, fine, 1e-3)) return undefined;
  const tiny = slope(2e-6);
  if (!near(fine, tiny, 1e-3)) return undefined;
  // A kink at the point itself shows on its two sides.
  if (!near(side(3e-6), side(-3e-6), 2e-3)) return undefined;
  return fine.map((x, i) => (4 * x - (coarse[i] ?? NaN)) / 3);
}

function moved(setting: Setting, input: readonly unknown[], tangents: readonly unknown[], h: number): unknown[] {
  const args = clone([...input]);
  setting.wrt.forEach((i, k) => {
    const text = setting.program.main.params[i]?.defaultText;
    const value = args[i] === undefined && text !== undefined ? Number(text) : args[i];
    args[i] = along(value, tangents[k], h);
  });
  return args;
}

function agreesWithDifferences(
  setting: Setting,
  input: readonly unknown[],
  tangents: readonly unknown[],
  ju: readonly number[],
): boolean {
  const exact = setting.doubles ?? setting;
  const from = input.map(doubled);
  const evaluate = (h: number): readonly number[] | undefined => {
    const outcome = call(exact, exact.f, moved(exact, from, tangents, h));
    return outcome.thrown === undefined ? flatten(differentiableParts(setting, outcome.outputs)) : undefined;
  };
  const scale = Math.max(1, ...ju.filter(Number.isFinite).map(Math.abs));
  const found = differences(evaluate, scale);
  if (found?.length !== ju.length) return false;
  const tolerance = setting.single ? 1e-3 : 1e-5;
  found.forEach((x, i) => {
    if (!(Math.abs(x - (ju[i] ?? NaN)) <= tolerance * scale)) {
      throw new Finding("differences", `tangent[${String(i)}] is ${String(ju[i])}, differences give ${String(x)}`);
    }
  });
  return true;
}

function checkPullback(setting: Setting, input: readonly unknown[], base: Outcome, v: unknown, grads: unknown): void {
  const made = callDerived(setting, derivative(setting, "Pullback"), input, []);
  const [value, pull] = pair(made.result, "Pullback");
  same("primal", "value of Pullback", value, base.value);
  same("arguments", "after Pullback", made.after, base.after);
  same("effects", "console of Pullback", setting.log, base.log);
  const back = pull as (v: unknown) => unknown;
  setting.log.length = 0;
  const first = back(v);
  const other = mismatch(first, grads, setting.single ? 1e-4 : 1e-12);
  if (other !== undefined) throw new Finding("pullback", `first call and Vjp differ: ${other}`);
  const kept = clone(first);
  same("pullback", "second call", back(v), kept);
  spoil(first);
  spoil(value);
  made.after.forEach(spoil);
  same("pullback", "call after the caller changed what it can", back(v), kept);
  if (setting.log.length > 0) throw new Finding("effects", "a pullback writes to the console");
}

/** Fills arrays and objects with what would be noticed. */
function spoil(value: unknown): void {
  if (value instanceof Float64Array || value instanceof Float32Array || value instanceof Int32Array) value.fill(1e3);
  else if (typeof value === "object" && value !== null) {
    const fields = value as Record<string, unknown>;
    for (const key of Object.keys(fields)) {
      if (typeof fields[key] === "number") fields[key] = 1e3;
      else spoil(fields[key]);
    }
  }
}

function checkInto(
  setting: Setting,
  input: readonly unknown[],
  base: Outcome,
  v: unknown,
  gradients: readonly unknown[],
): void {
  const buffers = setting.wrt.map((i) => like(defaulted(setting, i, input), () => 0.5));
  const into = callDerived(setting, derivative(setting, "VjpInto"), input, [
    v,
    ...buffers.filter((_, k) => setting.program.main.params[setting.wrt[k] ?? 0]?.type !== "number"),
  ]);
  const numbers = setting.wrt.some((i) => setting.program.main.params[i]?.type === "number");
  const value = numbers ? pair(into.result, "VjpInto")[0] : into.result;
  same("primal", "value of VjpInto", value, base.value);
  same("arguments", "after VjpInto", into.after, base.after);
  buffers.forEach((buffer, k) => {
    if (typeof buffer === "number" || buffer === undefined) return;
    const wanted = flatten(gradients[k]).map((x) => x + 0.5);
    const found = mismatch(buffer, wanted, setting.single ? 1e-4 : 1e-12);
    if (found !== undefined) throw new Finding("into", `buffer ${String(k)}${found}`);
  });
}

function checkValueAndGrad(setting: Setting, input: readonly unknown[], base: Outcome): void {
  const made = callDerived(setting, derivative(setting, "ValueAndGrad"), input, []);
  const [value, grads] = pair(made.result, "ValueAndGrad");
  same("primal", "value of ValueAndGrad", value, base.value);
  const [, wanted] = pair(callDerived(setting, derivative(setting, "Vjp"), input, [1]).result, "Vjp");
  const found = mismatch(grads, wanted, 1e-12);
  if (found !== undefined) throw new Finding("value and gradient", found);
}

function checkGrad(setting: Setting, input: readonly unknown[]): void {
  const made = callDerived(setting, derivative(setting, "Grad"), input, []);
  const [, wanted] = pair(callDerived(setting, derivative(setting, "Vjp"), input, [1]).result, "Vjp");
  const found = mismatch(made.result, wanted, setting.single ? 1e-4 : 1e-12);
  if (found !== undefined) throw new Finding("value and gradient", `Grad: ${found}`);
}

/** The Jacobian of the only output, times the tangents, is the tangent. */
function checkJacobian(
  setting: Setting,
  input: readonly unknown[],
  base: Outcome,
  tangents: readonly unknown[],
  ju: readonly number[],
): void {
  const made = callDerived(setting, derivative(setting, "Jacobian"), input, []);
  same("arguments", "after Jacobian", made.after, base.after);
  const blocks = setting.wrt.length === 1 ? [made.result] : (made.result as unknown[]);
  const product = ju.map(() => 0);
  blocks.forEach((block, k) => {
    const u = flatten(tangents[k]);
    const shape = [...shapeOf(base.value), ...shapeOf(input[setting.wrt[k] ?? 0])];
    if (shape.length > 0 && !(block instanceof Tensor)) throw new Finding("structure", "Jacobian gives no Tensor");
    if (block instanceof Tensor) same("structure", `shape of Jacobian ${String(k)}`, [...block.shape], shape);
    const data = block instanceof Tensor ? Array.from(block.data) : [block as number];
    product.forEach((_, row) => {
      u.forEach((step, column) => (product[row]! += step * (data[row * u.length + column] ?? Number.NaN)));
    });
  });
  const found = mismatch(product, ju, setting.single ? 1e-4 : 1e-11);
  if (found !== undefined) throw new Finding("jacobian", `Jacobian times tangents: ${found}`);
}

function shapeOf(value: unknown): number[] {
  if (Array.isArray(value)) return [value.length, ...shapeOf(value[0])];
  return value instanceof Float64Array || value instanceof Float32Array ? [value.length] : [];
}

/** Hessian-vector products against differences of gradients. */
function checkSecond(
  setting: Setting,
  input: readonly unknown[],
  tangents: readonly unknown[],
  slope: readonly number[],
): boolean {
  const made = callDerived(setting, derivative(setting, "Hvp"), input, tangents);
  const [value, products] = pair(made.result, "Hvp");
  same("primal", "value of Hvp", value, call(setting, setting.f, input).value);
  agreesUnmarked(setting, "Hvp", input, tangents, products);
  if (setting.doubles !== undefined) {
    // Differences of gradients in single precision would say nothing.
    const closer = callDerived(setting.doubles, derivative(setting, "Hvp"), input.map(doubled), tangents.map(doubled));
    const [, wanted] = pair(closer.result, "Hvp");
    const wrong = mismatch(products, wanted, 1e-3);
    if (wrong !== undefined) throw new Finding("second order", `Hvp in single and double precision: ${wrong}`);
    return false;
  }
  const gradient = (h: number): number[] =>
    flatten(
      pair(callDerived(setting, derivative(setting, "Vjp"), moved(setting, input, tangents, h), [1]).result, "Vjp")[1],
    );
  const found = flatten(products);
  const scale = Math.max(1, ...found.filter(Number.isFinite).map(Math.abs), ...slope.map(Math.abs));
  const expected = differences(gradient, scale);
  if (expected === undefined || scale > 1e6) return false;
  const wrong = mismatch(found, expected, 1e-5);
  if (wrong !== undefined) throw new Finding("second order", `Hvp: ${wrong}`);
  return true;
}

/** The arguments as a caller writes them: those of a rest parameter one by one. */
function asWritten({ program }: Setting, args: readonly unknown[]): readonly unknown[] {
  return program.main.params.at(-1)?.rest === true ? [...args.slice(0, -1), ...(args.at(-1) as unknown[])] : args;
}

/** The gradient of a function of the generated gradient, against differences. */
function checkNested(setting: Setting, input: readonly unknown[], exports: Exports): boolean {
  const name = `${setting.program.main.name}Outer`;
  const outer = exports[name] as Fn;
  const base = outer(...asWritten(setting, argumentsOf(setting, input)));
  const pulled = setting.derived[`${name}Vjp`];
  const pushed = setting.derived[`${name}Jvp`];
  if (typeof pulled !== "function" || typeof pushed !== "function")
    throw new Finding("structure", `${name} has no Vjp or no Jvp`);
  const tangents = setting.wrt.map((i) => like(clone(input[i]), () => setting.random.uniform(-1, 1)));
  const [value, grads] = pair((pulled as Fn)(...argumentsOf(setting, input), 1), "Vjp");
  const [again, tangent] = pair((pushed as Fn)(...argumentsOf(setting, input), ...tangents), "Jvp");
  same("primal", `value of ${name}Vjp`, value, base);
  same("primal", `value of ${name}Jvp`, again, base);
  const ju = flatten(tangent);
  const right = dot(flatten(grads), flatten(tangents));
  const scale = Math.max(1, Math.abs(ju[0] ?? 0), right.size);
  if (!(Math.abs((ju[0] ?? NaN) - right.sum) <= 1e-10 * scale) && !setting.single) {
    throw new Finding("second order", `${name}: <v, J u> is ${String(ju[0])} and <J'v, u> is ${String(right.sum)}`);
  }
  const evaluate = (h: number): number[] => flatten(outer(...argumentsOf(setting, moved(setting, input, tangents, h))));
  const expected = setting.single || scale > 1e6 ? undefined : differences(evaluate, scale);
  if (expected === undefined) return false;
  const wrong = mismatch(ju, expected, 1e-5);
  if (wrong !== undefined) throw new Finding("second order", `${name}: ${wrong}`);
  return true;
}
