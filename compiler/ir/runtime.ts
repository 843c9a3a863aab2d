/** Functions of the runtime that generated code calls. They are no functions of the program: nothing is derived of them. */
import type { TensorOp } from "./tensor-ops.ts";

const prefix = "runtime.";

/** Copies of values that belong together; see `copyTogether` of the runtime. */
export const copyTogether = `${prefix}copyTogether`;

const outside = "outside.";

/** The key of a function that has no source: of a package, or of the platform. */
export const outsideKey = (name: string): string => outside + name;

/** What a function without source is called, as far as its key tells; undefined for all others. */
export const outsideName = (key: string): string | undefined =>
  key.startsWith(outside) ? key.slice(outside.length) : undefined;

/** Makes an instance of its fields; see `instanceOf` of the runtime. */
export const instanceOf = `${prefix}instanceOf`;

/** The names of an object's fields; see `namesOf` of the runtime. */
export const namesOf = `${prefix}namesOf`;

/** Refuses a cotangent or tangent of another shape; see `checkShape` of the runtime. */
export const checkShape = `${prefix}checkShape`;

/** The tensor 0, which is broadcast to whatever is added to it. */
export const zeroTensor = `${prefix}zero`;

/** The key of the function of the runtime that does an operation on tensors. */
export const tensorKey = (op: TensorOp): string => prefix + op;

/**
 * Functions of the runtime that stand in text that passes through, where a key has to be one identifier: those of one number,
 * and what asks whether tensors can be run through in one loop.
 */
export const scalarFunctions = "runtime$scalar";
export const areAlike = "runtime$areAlike";
/** Whether what comes in shares memory; see `shareMemory` of the runtime. */
export const shareMemory = "runtime$shareMemory";
/** What a loop over elements needs beside them: how results are rounded, and where they go. */
/** How a loop runs through tensors that are broadcast, and the arrays for sums over what is. */
export const stepsOf = "runtime$stepsOf";
export const sumsLike = "runtime$sumsLike";
export const totalsAlong = "runtime$totalsAlong";
export const reducedOver = "runtime$reducedOver";
export const roundingOf = "runtime$roundingOf";
export const arrayLike = "runtime$arrayLike";
export const scalarLike = "runtime$scalarLike";
export const isDouble = "runtime$isDouble";
/** Takes an array that nobody looks at any more. */
export const keepSpare = "runtime$keepSpare";
/** Takes tensors that nobody looks at any more. */
export const recycleTensors = "runtime$recycle";

/** What the function that a key stands for is called in "tsgrad/runtime", if it is one of the runtime. */
export function runtimeName(key: string): string | undefined {
  return /^runtime[.$](.*)$/.exec(key)?.[1];
}
