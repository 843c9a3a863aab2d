/** What every function goes through before it is analysed and differentiated. */
import type { Func, Program } from "../ir/types.ts";
import { nameAllocations } from "./allocations.ts";
import { nameArguments } from "./arguments.ts";
import { countedWhiles } from "./counters.ts";
import { decideConditions } from "./decided.ts";
import { decideTypes } from "./exact-types.ts";
import { knownFieldNames } from "./field-names.ts";
import { structureExits } from "./exits.ts";
import { constantParameters, inlineCalls, inlineClosures } from "./inline.ts";
import { integerLoops } from "./loops.ts";
import { madeTensors } from "./made-tensors.ts";
import { localObjects } from "./objects.ts";
import { otherNames } from "./other-names.ts";
import { presentElements } from "./present-elements.ts";
import { guardPops } from "./pops.ts";
import { offsets } from "./offsets.ts";
import { singleReturn } from "./returns.ts";
import { stoppedReferences } from "./stopped.ts";
import { smallArrays } from "./small-arrays.ts";
import { foldTransposes } from "./transposes.ts";
import { uniqueNames } from "./unique.ts";
import { widened } from "./widened.ts";

/** Normalisations that only make derivatives cheaper; tests switch them off. */
export interface Optional {
  /** Small local arrays become variables. */
  readonly smallArrays?: boolean;
  /** Places in their arrays stand for views. */
  readonly offsets?: boolean;
  /** Local objects become the variables that they are made of. */
  readonly localObjects?: boolean;
  /** Products of matrices read a factor that is transposed as it stands. */
  readonly transposes?: boolean;
}

export interface NormaliseOptions extends Optional {
  /** Variables that are asked for by name afterwards. */
  readonly fixed?: ReadonlySet<string>;
}

/** One exit, structured loops, no calls but those that `keep` holds back, parameters that keep their values. */
export function normalise(
  func: Func,
  program: Program,
  keep: (callee: string) => boolean,
  options: NormaliseOptions = {},
): Func {
  return structure(inlined(func, program, keep), options);
}

/** All that the function does itself, as its source says it: no branch of it is decided yet. */
export function inlined(func: Func, program: Program, keep: (callee: string) => boolean): Func {
  return inPasses(func, [
    uniqueNames,
    guardPops,
    (f) => inlineCalls(f, program, keep),
    madeTensors,
    inlineClosures,
    constantParameters,
    stoppedReferences,
  ]);
}

/** The rest of `normalise`, for an inlined function. */
export function structure(func: Func, options: NormaliseOptions): Func {
  return inPasses(func, [
    presentElements,
    decideConditions,
    singleReturn,
    structureExits,
    integerLoops,
    countedWhiles,
    nameAllocations,
    knownFieldNames,
    (f) => (options.transposes === false ? f : foldTransposes(f)),
    (f) => (options.localObjects === false ? f : otherNames(f, options.fixed ?? new Set())),
    (f) => (options.localObjects === false ? f : localObjects(f, options.fixed ?? new Set())),
    (f) => (options.localObjects === false ? f : otherNames(f, options.fixed ?? new Set())),
    (f) => (options.smallArrays === false ? f : smallArrays(f, options.fixed ?? new Set())),
    (f) => (options.smallArrays === false ? f : otherNames(f, options.fixed ?? new Set())),
    decideTypes,
    // Fields and elements that are variables by now may be known where a test has asked for them.
    decideConditions,
    (f) => (options.offsets === false ? f : offsets(f, options.fixed ?? new Set())),
    nameArguments,
    widened,
  ]);
}

function inPasses(func: Func, passes: readonly ((f: Func) => Func)[]): Func {
  return passes.reduce((f, pass) => pass(f), func);
}
