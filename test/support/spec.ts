/** What a test knows about an annotated function: which parameters and outputs its derivatives are about. */
import { annotatedFunctions, type Annotated } from "./annotations.ts";
import { overBatch, type Batch } from "./batch.ts";
import type { AnyFunction, Known } from "./values.ts";

export interface Spec {
  readonly name: string;
  readonly method?: Annotated["method"];
  readonly modes: readonly string[];
  readonly parameters: readonly string[];
  /** Whether the last parameter is a rest parameter: generated functions take it as one array. */
  readonly rest: boolean;
  /** Places of the parameters to differentiate, in parameter order. */
  readonly wrt: readonly number[];
  /** For each of these the fields that lead to what is differentiated: none for all of the parameter. */
  readonly paths: readonly (readonly string[])[];
  /** For each of these the parts of it that are left out: "*" stands for the elements of an array. */
  readonly without: readonly (readonly (readonly string[])[])[];
  /** How many local constants follow the parameters in `@wrt`. */
  readonly locals: number;
  /** Places of the parameters whose type is `number`, as it is written or by their default. */
  readonly numbers: ReadonlySet<number>;
  /** The outputs: "return", or the place of a parameter that is written. */
  readonly outputs: readonly Output[];
  /** Those of them that have a cotangent. */
  readonly active: readonly Output[];
  /** Values of defaulted parameters, by place. */
  readonly defaults: ReadonlyMap<number, unknown>;
  /** Of a function over a batch. */
  readonly batch?: Batch;
}

/** What is returned, a part of it, or a parameter by its place. */
export type Output = "return" | { readonly part: readonly string[] } | number;

/** What cannot be read from a signature, by function name. */
export interface Hints extends Known {
  /** The outputs by name, "return" first, where a function writes into parameters. */
  readonly outputs?: Readonly<Record<string, readonly string[]>>;
  /** The default `wrt`, where types are aliases. */
  readonly wrt?: Readonly<Record<string, readonly string[]>>;
  readonly defaults?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  /** The parameters with an axis in front where there is no `@batch`, and types are aliases. */
  readonly over?: Readonly<Record<string, readonly string[]>>;
  /** The fields of parameters (`world.bodies.*.x`) that are written into, where the rest is in the default `wrt`. */
  readonly without?: Readonly<Record<string, readonly string[]>>;
}

export function specsOf(text: string, hints: Hints): Spec[] {
  return annotatedFunctions(text).flatMap((annotated) => {
    const spec = specOf(annotated, hints);
    if (!spec.modes.includes("batch")) return [spec];
    const modes = spec.modes.filter((mode) => mode !== "batch");
    return [...(modes.length > 0 ? [{ ...spec, modes }] : []), batchSpec(annotated, spec, hints)];
  });
}

/** The function over a batch, and its derivatives: its own name is what is left of its name without a mode. */
function batchSpec({ parameters, batch, name, result }: Annotated, spec: Spec, hints: Hints): Spec {
  const over = batch ?? hints.over?.[name];
  const isOver = parameters.map(
    (each) => over?.includes(each.name) ?? differentiable.test(each.type === "" ? "number" : each.type),
  );
  const several = result.startsWith("[");
  const numbers = new Set([...spec.numbers].filter((place) => !isOver[place]));
  const defaults = new Map([...spec.defaults].filter(([place]) => !isOver[place]));
  const items = several ? result.split(",") : [result];
  const areCounts = items.map((item) => /\bint\b/.test(item));
  const own = { isOver, several, areCounts, of: { ...spec, modes: [] } };
  return { ...spec, name: `${name}Batch`, modes: ["", "vjp", "jvp"], numbers, defaults, batch: own };
}

const differentiable = /\bnumber\b|\bFloat64Array\b|\bFloat32Array\b|\bTensor\b/;

function specOf(annotated: Annotated, hints: Hints): Spec {
  const { name, parameters } = annotated;
  const names = parameters.map((parameter) => parameter.name);
  const place = (word: string): Output => {
    if (word.startsWith("return.")) return { part: word.split(".").slice(1) };
    return word === "return" ? "return" : names.indexOf(word);
  };
  const outputs = (hints.outputs?.[name] ?? ["return"]).map(place);
  const written = new Set(outputs);
  const left = (hints.without?.[name] ?? []).map((word) => word.split("."));
  const isPartial = (own: string): boolean => left.some(([head]) => head === own);
  const fit = names.filter(
    (own, i) => isPartial(own) || (differentiable.test(parameters[i]?.type ?? "") && !written.has(i)),
  );
  const asked = annotated.wrt ?? hints.wrt?.[name] ?? fit;
  const wanted = asked
    .map((word) => {
      // A parameter that is a pattern has dots of its own.
      const isWhole = names.includes(word);
      return { place: names.indexOf(isWhole ? word : headOf(word)), path: isWhole ? [] : word.split(".").slice(1) };
    })
    .filter(({ place }) => place >= 0)
    .sort((a, b) => a.place - b.place);
  const passiveReturn = /^(int|boolean|string|void|(Int|Uint)\w*Array)?$/.test(annotated.result);
  const candidates = outputs.filter((output) => output !== "return" || !passiveReturn);
  const given = Object.entries(hints.defaults?.[name] ?? {}).map(
    ([word, value]) => [names.indexOf(word), value] as const,
  );
  return {
    name,
    ...(annotated.method === undefined ? {} : { method: annotated.method }),
    modes: annotated.modes,
    parameters: names,
    rest: parameters.at(-1)?.rest ?? false,
    wrt: wanted.map(({ place }) => place),
    paths: wanted.map(({ path }) => path),
    without: wanted.map(({ place }) => left.flatMap(([head, ...path]) => (head === names[place] ? [path] : []))),
    locals: asked.length - wanted.length,
    numbers: new Set(
      parameters.flatMap(({ type, initial }, i) =>
        type === "number" || (type === "" && !Number.isNaN(Number(initial))) ? [i] : [],
      ),
    ),
    outputs,
    active: annotated.of?.map(place) ?? candidates,
    defaults: new Map([...literalDefaults(parameters.map((parameter) => parameter.initial)), ...given]),
  };
}

/** An argument, or the parameter's default in place of undefined. */
export const orDefault = ({ defaults }: Spec, arg: unknown, i: number): unknown =>
  arg === undefined ? defaults.get(i) : arg;

/** The function itself; of a method, one that takes its object first; over a batch, one that goes through it. */
export function primalOf({ name, method, batch }: Spec, source: Readonly<Record<string, unknown>>): AnyFunction {
  if (batch) return overBatch(primalOf(batch.of, source), batch);
  if (method === undefined) return source[name] as AnyFunction;
  const run = (owner: unknown, args: readonly unknown[]): unknown =>
    (owner as Readonly<Record<string, AnyFunction>>)[method.name]!.apply(owner, [...args]);
  return method.isStatic ? (...args) => run(source[method.owner], args) : (self, ...args) => run(self, args);
}

function literalDefaults(initials: readonly (string | undefined)[]): [number, unknown][] {
  return initials.flatMap((text, i): [number, unknown][] =>
    text === undefined || Number.isNaN(Number(text)) ? [] : [[i, Number(text)]],
  );
}

const headOf = (word: string): string => word.split(".")[0] ?? word;
