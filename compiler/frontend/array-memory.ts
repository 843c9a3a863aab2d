/** What the methods of arrays do with memory: which they change, what they give back, what they hand to callbacks. */
import { anyElement, partOf, slot, type Memory } from "../ir/memory.ts";

/** A call of a method that the program does not define. */
export interface MethodCall {
  readonly name: string;
  readonly receiver: ReadonlySet<Memory>;
  readonly args: readonly ReadonlySet<Memory>[];
  /** The memory that the call makes, if it makes any. */
  readonly fresh: Memory;
  /** The memory of what is in that, where the call makes it too. */
  readonly entry: Memory;
  /** Runs the functions among the first argument; gives what they return. */
  readonly callback: (given: readonly Iterable<Memory>[]) => ReadonlySet<Memory>;
  readonly put: (into: Set<Memory>, what: Iterable<Memory>) => void;
}

const mutators = new Set([
  ...["fill", "set", "push", "pop", "shift", "unshift", "splice", "sort", "reverse", "copyWithin"],
]);

export const changesReceiver = (name: string): boolean => mutators.has(name);

/** What the call may give back. */
export function resultOf(call: MethodCall): Iterable<Memory> {
  const { name, receiver, args, fresh, put } = call;
  const elements = partOf(receiver, anyElement);
  const into = (targets: Iterable<Memory>, what: Iterable<Memory>): void => {
    for (const target of [...targets]) put(slot(target, anyElement), what);
  };
  const holding = (what: Iterable<Memory>): Iterable<Memory> => {
    into([fresh], what);
    return [fresh];
  };
  const each = (): ReadonlySet<Memory> => call.callback([elements, [], receiver]);
  switch (name) {
    case "push":
    case "unshift":
      for (const arg of args) into(receiver, arg);
      return [];
    case "splice":
      for (const arg of args.slice(2)) into(receiver, arg);
      return holding(elements);
    case "fill":
      into(receiver, args[0] ?? []);
      return receiver;
    case "set":
      into(receiver, partOf(args[0] ?? [], anyElement));
      return [];
    case "subarray":
    case "reverse":
    case "copyWithin":
      return receiver;
    case "sort":
      call.callback([elements, elements]);
      return receiver;
    case "toSorted":
      call.callback([elements, elements]);
      return holding(elements);
    case "at":
    case "pop":
    case "shift":
      return elements;
    case "find":
    case "findLast":
      each();
      return elements;
    case "filter":
      each();
      return holding(elements);
    case "map":
      return holding(each());
    case "flatMap": {
      const given = each();
      return holding([...given, ...partOf(given, anyElement)]);
    }
    case "reduce":
    case "reduceRight": {
      // What the function returns comes back to it as the sum so far.
      const start = args[1] ?? elements;
      const sums = call.callback([
        [...start, ...call.callback([start, elements, [], receiver])],
        elements,
        [],
        receiver,
      ]);
      return [...start, ...sums];
    }
    case "concat":
      return holding([...elements, ...args.flatMap((arg) => [...arg, ...partOf(arg, anyElement)])]);
    case "flat":
      return holding([...elements, ...partOf(elements, anyElement)]);
    case "entries":
      into([call.entry], elements);
      return holding([call.entry]);
    default:
      each();
      return holding([...elements, ...receiver]);
  }
}
