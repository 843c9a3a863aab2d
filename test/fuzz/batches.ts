/** A function over a batch, against what the function and its derivatives give for each of the examples. */
import { isDifferentiable } from "./ast.ts";
import type { Program, Type } from "./ast.ts";
import type { Random } from "./random.ts";
import { tangible } from "./structures.ts";
import { difference, flatten, like, mismatch } from "./values.ts";

type Fn = (...args: unknown[]) => unknown;

export interface Batched {
  readonly program: Program;
  readonly wrt: readonly number[];
  readonly f: Fn;
  readonly generated: (mode: string) => Fn;
  /** Fresh arguments of the values of an input. */
  readonly argumentsOf: (input: readonly unknown[]) => unknown[];
  readonly random: Random;
  readonly tolerance: number;
}

/** Whether a program has functions over batches that can be compared: all that has no axis is given, and stays. */
export function isBatchable({ main, shapes }: Program, isPure: boolean): boolean {
  // The items of a tuple stay apart.
  const isTuple = shapes.some(({ kind, name }) => kind === "tuple" && main.result === `struct ${name}`);
  return (
    isPure &&
    !isTuple &&
    main.params.every((p) => p.optional !== true && p.defaultText === undefined && p.rest !== true)
  );
}

/** What is wrong with it; undefined if nothing is, or where an example throws or has values that are too large. */
export function batchFault(batched: Batched): string | undefined {
  const { program, wrt, f, generated, argumentsOf, random, tolerance } = batched;
  const { params, result } = program.main;
  const [first = []] = program.inputs;
  const typeAt = (i: number): Type => params[i]?.type ?? "void";
  const isOver = (i: number): boolean => isDifferentiable(typeAt(i));
  const inputs = program.inputs.map((input) => input.map((value, i) => (isOver(i) ? value : first[i])));
  /** The arguments of all examples: as one list for each parameter that has an axis. */
  const joined = (): unknown[] => {
    const rows = inputs.map(argumentsOf);
    return first.map((_, i) =>
      isOver(i)
        ? many(
            typeAt(i),
            rows.map((row) => row[i]),
          )
        : rows[0]?.[i],
    );
  };

  const values: unknown[] = [];
  try {
    for (const input of inputs) values.push(f(...argumentsOf(input)));
  } catch {
    return undefined;
  }
  const parts = values.map((value) => tangible(program.shapes, result, value));
  if (flatten(values).some((x) => !(Math.abs(x) < 1e6))) return undefined;
  const value = many(result, values);
  const own = difference(generated("Batch")(...joined()), value);
  if (own !== undefined) return `values ${own}`;

  const each = parts.map((part) => like(part, () => random.uniform(-1, 1)));
  const gradients = inputs.map((input, k) => {
    const [, grads] = generated("Vjp")(...argumentsOf(input), each[k]) as [unknown, unknown];
    return wrt.length === 1 ? [grads] : (grads as unknown[]);
  });
  if (flatten(gradients).some((x) => !(Math.abs(x) < 1e6))) return undefined;
  const near = (what: string, found: unknown, wanted: unknown): string | undefined => {
    const zero = (of: unknown): unknown => like(of, () => 0);
    const fault = difference(zero(found), zero(wanted)) ?? mismatch(found, wanted, tolerance);
    return fault === undefined ? undefined : `${what} ${fault}`;
  };
  const bare = (all: unknown[]): unknown => (all.length === 1 ? all[0] : all);
  const [valueBack, back] = generated("BatchVjp")(...joined(), many(result, each)) as [unknown, unknown];
  const wanted = wrt.map((i, k) =>
    many(
      typeAt(i),
      gradients.map((row) => row[k]),
    ),
  );

  const tangents = inputs.map((input) =>
    wrt.map((i) => like(tangible(program.shapes, typeAt(i), input[i]), () => random.uniform(-1, 1))),
  );
  const pushed = inputs.map(
    (input, k) => (generated("Jvp")(...argumentsOf(input), ...(tangents[k] ?? [])) as unknown[])[1],
  );
  const moved = wrt.map((i, k) =>
    many(
      typeAt(i),
      tangents.map((row) => row[k]),
    ),
  );
  const [valueAhead, ahead] = generated("BatchJvp")(...joined(), ...moved) as [unknown, unknown];
  return (
    [valueBack, valueAhead].map((other) => difference(other, value)).find((fault) => fault !== undefined) ??
    near("gradient", back, bare(wanted)) ??
    near("tangent", ahead, many(result, pushed))
  );
}

/** Numbers of all examples are in a typed array, anything else is in a list. */
function many(type: Type, values: readonly unknown[]): unknown {
  return type === "number" ? Float64Array.from(values as number[]) : [...values];
}
