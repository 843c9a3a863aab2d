/** What a transform cannot do. It throws a `Refusal`; whoever asked knows where, and makes a report of it. */
import { makeReport } from "../diagnostics/make.ts";
import type { Report } from "../diagnostics/report.ts";
import type { Mode } from "../frontend/types.ts";
import type { Origin } from "../ir/types.ts";

export type Reason =
  | "noInput"
  | "noOutput"
  /** A gradient of a local, in a mode that has none. */
  | "localWrt"
  | "mode"
  /** A gradient of something that is not one number. */
  | "seed"
  /** What a module holds is written into. */
  | "moduleState"
  /** A Jacobian of what may be undefined. */
  | "absence"
  /** A position of `wrt` where no differentiable parameter is. */
  | "position"
  /** A function that calls its own derivative. */
  | "circular"
  /** A value that is differentiated goes into a function without source. */
  | "outside"
  /** A value that is differentiated goes into a Map or Set. */
  | "kept"
  /** A Map or Set is changed while a loop goes through it. */
  | "visited"
  /** An object is asked for the names of its fields, which it may have in another order than in the user's code. */
  | "order"
  /** A structure that may hold the same memory twice is cloned. */
  | "clone"
  /** An array or object without a derivative, or what it is the same as, is changed later. */
  | "stop"
  /** Memory that is int by one type and number by another. */
  | "mixed"
  /** A Map or Set of the caller's is changed. */
  | "keeper"
  /** A number is taken off a text that was made of values that are differentiated. */
  | "text"
  /** A rule that does not say what is needed: the message, and what to do instead. */
  | "rule"
  /** A function without source would be called more than once. */
  | "repeated"
  /** A function that cannot be mapped over a batch: why, and what to do instead. */
  | "batch"
  /** An active value in a slot of a tensor operation for which there is no rule. */
  | "tensorSlot";

/** Who asked for a derivative, and where. */
export interface Asked {
  /** The function that was to be differentiated, as the user knows it. */
  readonly name: string;
  readonly mode: Mode;
  readonly origin: Origin;
  readonly related: NonNullable<Report["related"]>;
}

export interface Place {
  readonly name: string;
  readonly origin: Origin | undefined;
}

export class Refusal extends Error {
  readonly reason: Reason;
  /** What the message names besides the function and the mode. */
  readonly details: readonly string[];
  /** Set where the derivative was asked for inside of another function. */
  readonly asked: Asked | undefined;
  /** The statements that are at fault, where it is not the function as a whole, each with a name for its message. */
  readonly places: readonly Place[];

  constructor(reason: Reason, details: readonly string[] = [], asked?: Asked, places: readonly Place[] = []) {
    super(reason);
    this.reason = reason;
    this.details = details;
    this.asked = asked;
    this.places = places;
  }

  /** The same refusal at a place; the innermost place stays. */
  at(asked: Asked): Refusal {
    return this.asked === undefined ? new Refusal(this.reason, this.details, asked, this.places) : this;
  }
}

const available: readonly Mode[] = [
  "vjp",
  "vjpInto",
  "pullback",
  "jvp",
  "grad",
  "valueAndGrad",
  "jacobian",
  "hessian",
  "hvp",
  "batch",
];
const wantsInput =
  "Give it a parameter of type number, Float64Array, Float32Array or number[]; `int` is never differentiated.";

const wholeOnly =
  "What it gives is always a whole number, or no number: it is counted, rounded or written as int. Return a number that is computed from its inputs.";

const oneNumber = "Use vjp or jacobian, or give it one number to return and nothing else to write into.";

const ruleHint =
  "Call it in a function of its own with a derivative by hand (@vjpRule, @jvpRule), or say with stopGradient that the derivative is zero.";

const clone = "structuredClone of what may hold the same array or object twice";
const cloneHint = "Copy its parts one by one, as in { x: p.x, row: [...p.row] }.";

const stop = "stopGradient of an array or object that is changed later, or compared by ===";
const stopHint =
  "Copy it before, as in stopGradient(structuredClone(p)), or stop the numbers where they are read; compare by an index or a name.";

/** The reports of a refusal; `asked` says where it is reported if the refusal does not know better. */
export function reportsOf(refusal: Refusal, asked: Asked): Report[] {
  return refusal.places.length === 0
    ? [reportOf(refusal, asked, undefined)]
    : refusal.places.map((place) => reportOf(refusal, asked, place));
}

function reportOf(refusal: Refusal, asked: Asked, place: Place | undefined): Report {
  const { name, mode, origin, related } = refusal.asked ?? asked;
  const [first = "", second = ""] = refusal.details;
  switch (refusal.reason) {
    case "noInput":
      return makeReport("TG2008", origin, [name, wantsInput], related);
    case "noOutput":
      return makeReport("TG2009", origin, [name, wholeOnly], related);
    case "localWrt":
      return makeReport("TG2016", origin, [first, mode], related);
    case "mode":
      return makeReport("TG2021", origin, [mode, available.join(", ")], related);
    case "seed":
      return makeReport("TG2025", origin, [mode, name, first, oneNumber], related);
    case "absence":
      return makeReport("TG3004", origin, [mode, name], related);
    case "position":
      return makeReport("TG3002", origin, [first, name, second], related);
    case "tensorSlot":
      return makeReport("TG3007", origin, [first, second], related);
    case "batch":
      return makeReport("TG3008", origin, [name, first, second], related);
    case "circular":
      return makeReport("TG3003", origin, [name], related);
    case "outside":
      return makeReport("TG1004", place?.origin ?? origin, [place?.name ?? "", ruleHint]);
    case "kept":
      return makeReport("TG1037", place?.origin ?? origin, [place?.name ?? ""], related);
    case "visited":
      return makeReport("TG1038", place?.origin ?? origin, [place?.name ?? ""], related);
    case "order":
      return makeReport("TG1041", place?.origin ?? origin, [place?.name ?? ""], related);
    case "clone":
      return makeReport("TG1001", place?.origin ?? origin, [clone, cloneHint], related);
    case "stop":
      return makeReport("TG1001", place?.origin ?? origin, [stop, stopHint], related);
    case "mixed":
      return makeReport("TG1039", place?.origin ?? origin, [], related);
    case "moduleState":
    case "keeper":
      return makeReport("TG1007", place?.origin ?? origin, [place?.name ?? ""], related);
    case "rule":
      return makeReport("TG1011", place?.origin ?? origin, [first, second], related);
    case "text":
      return makeReport("TG1031", place?.origin ?? origin, [place?.name ?? ""], related);
    case "repeated":
      return makeReport("TG3006", place?.origin ?? origin, [mode, name, place?.name ?? ""], related);
  }
}
