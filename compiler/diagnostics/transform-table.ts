/** TG3xxx: what the transforms find when they differentiate a function. See `table.ts`. */
import type { Diagnostic } from "./table.ts";

export const transformTable = {
  TG3002: {
    severity: "error",
    message: "The position {0} of wrt is not that of a differentiable parameter of '{1}'.",
    hint: "Positions count from 0. {2}",
  },
  TG3003: {
    severity: "error",
    message: "The derivative of '{0}' is defined in terms of itself.",
    hint: "Differentiate a function that does not call its own derivative.",
  },
  TG3004: {
    severity: "error",
    message: "The mode '{0}' needs an output that is always there; that of '{1}' may be undefined.",
    hint: "Return NaN or an empty array instead of undefined, or use vjp or jvp.",
  },
  TG3006: {
    severity: "error",
    message: "The mode '{0}' of '{1}' would call {2} more than once, whose source tsgrad cannot see.",
    hint: "Use vjp, jvp or hvp, or compute the value outside and pass it as a parameter.",
  },
  TG3008: {
    severity: "error",
    message: "'{0}' cannot be mapped over a batch: it {1}.",
    hint: "{2}",
  },
  TG3007: {
    severity: "error",
    message: "There is no derivative of '{0}' towards its '{1}', and what it gets there depends on an input.",
    hint: "Write stopGradient(…) around it if it is not to be differentiated.",
  },
  TG3101: {
    severity: "error",
    message: "{0} is written as int, but what it gets here depends on {1}, so its derivative would be lost.",
    hint: "Write number as its type, or int as the type of an input that only counts; or say that the derivative is zero with Math.floor, Math.round, Math.trunc or stopGradient.",
  },
  TG3102: {
    severity: "warning",
    message: "The derivative towards '{0}' is always zero: '{1}' uses it {2}.",
    hint: "{3}",
  },
  TG3104: {
    severity: "warning",
    message: "Nothing that '{1}' gives depends on '{0}', so the derivative towards it is always zero.",
    hint: "{2}, or name with @wrt what to differentiate.",
  },
  TG3105: {
    severity: "warning",
    message: "@wrt names '{0}', but the derivative towards it is always zero: '{1}' {2}.",
    hint: "Leave it out of @wrt.",
  },
  TG3106: {
    severity: "warning",
    message:
      "How often this loop runs depends on values that are differentiated, and the derivative takes that number as fixed.",
    hint: "It is right where one more turn changes little, as in an iteration that has converged: compare stopGradient of the value to say so. Else count the turns with an int.",
  },
  TG3107: {
    severity: "warning",
    message:
      "This comparison picks a formula where differentiated values are equal: there the derivative is that of this formula alone.",
    hint: "Choose with < or with a tolerance where the formulas meet smoothly, or compare stopGradient of the values to say that it is meant.",
  },
  TG3103: {
    severity: "warning",
    message: "The iterations of this loop cannot run again, so it is recorded as if it had no @checkpoint: {0}.",
    hint: "{1}",
  },
} as const satisfies Record<string, Diagnostic>;
