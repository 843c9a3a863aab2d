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
  /** The Jacobian towards, or of, an array of objects, or an object that is handed on as a whole. */
  | "objects"
  /** A Jacobian of what may be undefined. */
  | "absence"
  /** A position of `wrt` where no differentiable parameter is. */
  | "position"
  /** A function that calls its own derivative. */
  | "circular";

/** Who asked for a derivative, and where. */
export interface Asked {
  /** The function that was to be differentiated, as the user knows it. */
  readonly name: string;
  readonly mode: Mode;
  readonly origin: Origin;
  readonly related: NonNullable<Report["related"]>;
}

export class Refusal extends Error {
  readonly reason: Reason;
  /** What the message names besides the function and the mode. */
  readonly details: readonly string[];
  /** Set where the derivative was asked for inside of another function. */
  readonly asked: Asked | undefined;

  constructor(reason: Reason, details: readonly string[] = [], asked?: Asked) {
    super(reason);
    this.reason = reason;
    this.details = details;
    this.asked = asked;
  }

  /** The same refusal at a place; the innermost place stays. */
  at(asked: Asked): Refusal {
    return this.asked === undefined ? new Refusal(this.reason, this.details, asked) : this;
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
];
const wantsInput =
  "Give it a parameter of type number, Float64Array, Float32Array or number[]; `int` is never differentiated.";

/** The report of a refusal; `asked` says where it is reported if the refusal does not know better. */
export function reportOf(refusal: Refusal, asked: Asked): Report {
  const { name, mode, origin, related } = refusal.asked ?? asked;
  const [first = "", second = ""] = refusal.details;
  switch (refusal.reason) {
    case "noInput":
      return makeReport("TG2008", origin, [name, wantsInput], related);
    case "noOutput":
      return makeReport("TG2009", origin, [name], related);
    case "localWrt":
      return makeReport("TG2016", origin, [first, mode], related);
    case "mode":
      return makeReport("TG2021", origin, [mode, available.join(", ")], related);
    case "objects":
      return makeReport("TG3005", origin, [mode, name, first], related);
    case "absence":
      return makeReport("TG3004", origin, [mode, name], related);
    case "position":
      return makeReport("TG3002", origin, [first, name, second], related);
    case "circular":
      return makeReport("TG3003", origin, [name], related);
  }
}
