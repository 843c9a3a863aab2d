/** Calls a function and writes down everything that a caller could notice about the call. */
import { clone, type AnyFunction } from "./values.ts";

export interface Outcome {
  /** What came back; `undefined` when it threw. */
  readonly result: unknown;
  readonly thrown: unknown;
  /** The arguments as the call left them. */
  readonly args: unknown[];
  /** Every `console` call, with its arguments as they were. */
  readonly printed: readonly unknown[][];
}

/** Calls `f` with fresh arguments. */
export function run(f: AnyFunction, args: unknown[]): Outcome {
  const printed: unknown[][] = [];
  const restore = listen(printed);
  try {
    return { result: f(...args), thrown: undefined, args, printed };
  } catch (error) {
    return { result: undefined, thrown: error ?? "nothing", args, printed };
  } finally {
    restore();
  }
}

const listened = ["log", "info", "warn", "error", "debug"] as const;

function listen(printed: unknown[][]): () => void {
  const originals = listened.map((method): unknown => Reflect.get(console, method));
  for (const method of listened) {
    console[method] = (...words: unknown[]) => {
      printed.push([method, ...clone(words)]);
    };
  }
  return () => {
    listened.forEach((method, i) => {
      Reflect.set(console, method, originals[i]);
    });
  };
}
