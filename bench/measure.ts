/** Times several functions against each other in one run, in turn, so that what disturbs one disturbs all. */

export interface Spread {
  readonly median: number;
  /** Tenth and ninetieth percentile. */
  readonly low: number;
  readonly high: number;
}

export interface MeasureOptions {
  /** Rounds in which every function is timed once. */
  readonly rounds: number;
  /** The least time that one sample takes, in milliseconds. */
  readonly sampleMs: number;
}

/** The times of each function in each round: `samples[function][round]`, milliseconds a call. */
export function alternate(functions: readonly (() => unknown)[], options: MeasureOptions): number[][] {
  const repeats = functions.map((f) => calibrate(f, options.sampleMs));
  const samples: number[][] = functions.map(() => []);
  for (let round = 0; round < options.rounds; round++) {
    // Every other round goes the other way, so that none always follows the same neighbour.
    const order = functions.map((_, i) => (round % 2 === 0 ? i : functions.length - 1 - i));
    for (const i of order) samples[i]!.push(time(functions[i]!, repeats[i]!));
  }
  return samples;
}

/** The pairwise ratios of two rows of samples. */
export function ratio(a: readonly number[], b: readonly number[]): Spread {
  return spread(a.map((x, i) => x / b[i]!));
}

export function spread(values: readonly number[]): Spread {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (share: number): number => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))]!;
  return { median: at(0.5), low: at(0.1), high: at(0.9) };
}

let sink: unknown;

function time(f: () => unknown, repeats: number): number {
  const start = performance.now();
  for (let i = 0; i < repeats; i++) sink = f();
  return (performance.now() - start) / repeats;
}

/** Warms a function up, and says how many calls make a sample. */
function calibrate(f: () => unknown, sampleMs: number): number {
  const end = performance.now() + 20 * sampleMs;
  let repeats = 1;
  let last = time(f, 1);
  while (performance.now() < end) {
    repeats = Math.max(1, Math.ceil(sampleMs / Math.max(last, 1e-6)));
    last = time(f, repeats);
  }
  return repeats;
}

/** The last result of anything timed; it only keeps work from being thought useless. */
export function lastResult(): unknown {
  return sink;
}

/** Bytes of typed arrays that a call makes and of numbers that it pushes on lists: its tape, copies and results. */
export function allocatedBytes(f: () => unknown): number {
  let bytes = 0;
  const restore: (() => void)[] = [];
  const holder = globalThis as unknown as Record<string, unknown>;
  for (const name of ["Float64Array", "Float32Array", "Int32Array", "Uint8Array", "Int8Array", "Uint32Array"]) {
    const original = holder[name] as new (...args: unknown[]) => ArrayBufferView;
    const prototype = original.prototype as { slice: (...args: unknown[]) => ArrayBufferView };
    const { slice } = prototype;
    holder[name] = new Proxy(original, {
      construct(target, args): object {
        const made = new target(...(args as unknown[]));
        // A view of memory that is there already takes none.
        if (!(args[0] instanceof ArrayBuffer)) bytes += made.byteLength;
        return made;
      },
    });
    prototype.slice = function (this: ArrayBufferView, ...args: unknown[]): ArrayBufferView {
      const made = slice.apply(this as never, args);
      bytes += made.byteLength;
      return made;
    };
    restore.push(() => {
      holder[name] = original;
      prototype.slice = slice;
    });
  }
  const lists = Array.prototype as { push: (...items: unknown[]) => number };
  const { push } = lists;
  restore.push(() => {
    lists.push = push;
  });
  lists.push = function (this: unknown[], ...items: unknown[]): number {
    for (const item of items) if (typeof item === "number") bytes += 8;
    return push.apply(this, items);
  };
  try {
    sink = f();
  } finally {
    for (const undo of restore) undo();
  }
  return bytes;
}

export function geometricMean(values: readonly number[]): number {
  return Math.exp(values.reduce((sum, x) => sum + Math.log(x), 0) / values.length);
}
