/** TG2xxx: what can be wrong with a project, its files and its annotations. */
import type { Diagnostic } from "./table.ts";

export const projectTable = {
  TG2001: {
    severity: "error",
    message: "TypeScript: {0}",
    hint: "A derivative is only built from files that type-check; fix this first.",
  },
  TG2002: {
    severity: "error",
    message: "No file matches '{0}'.",
    hint: "Paths and globs are relative to the folder that tsgrad runs in.",
  },
  TG2003: {
    severity: "error",
    message: "The project file cannot be read: {0}",
    hint: "Name another one with --project, or repair this one.",
  },
  TG2004: {
    severity: "error",
    message: "This comment contains @differentiable but belongs to no function.",
    hint: "Write `/** @differentiable */` directly above a function declaration, a `const f = (…) => …` or a method; `//` and `/* */` comments do not count.",
  },
  TG2005: {
    severity: "error",
    message: "'{0}' is not a mode of @differentiable.",
    hint: "{1} Put prose after ` - `.",
  },
  TG2006: {
    severity: "error",
    message: "@{0} names '{1}', but {2} has no such parameter.",
    hint: "{3}",
  },
  TG2007: {
    severity: "error",
    message: "@wrt names '{0}', whose type '{1}' cannot be differentiated.",
    hint: "Only number, Float64Array, Float32Array, number[] and structures of them carry derivatives; leave '{0}' out of @wrt.",
  },
  TG2008: {
    severity: "error",
    message: "'{0}' has no input to differentiate with respect to.",
    hint: "{1}",
  },
  TG2009: {
    severity: "error",
    message: "'{0}' has no output that can be differentiated.",
    hint: "{1}",
  },
  TG2010: {
    severity: "error",
    message: "@of names '{0}', which is not an output of {1}.",
    hint: "Outputs are `return` and the parameters that the function writes into: {2}.",
  },
  TG2011: {
    severity: "error",
    message: "@of names '{0}', whose type '{1}' cannot be differentiated.",
    hint: "Name only outputs that are numbers or arrays of numbers.",
  },
  TG2012: {
    severity: "error",
    message: "@{0} names '{1}', but there is no function of that name here.",
    hint: "{2}",
  },
  TG2013: {
    severity: "error",
    message: "The derivative rule '{0}' is not exported.",
    hint: "Generated code imports it: write `export` in front of it.",
  },
  TG2014: {
    severity: "error",
    message: "The derivative rule '{0}' does not have the signature of the {1} that it replaces.",
    hint: "Its type must be assignable to `{2}`, with all parameters.",
  },
  TG2015: {
    severity: "error",
    message: "Two functions would both give the generated name '{0}'.",
    hint: "Rename one of them, or leave one of the modes out.",
  },
  TG2016: {
    severity: "error",
    message: "@wrt names the local '{0}', which the mode '{1}' cannot give.",
    hint: "Gradients of locals come from the reverse modes: vjp, vjpInto, pullback, grad and valueAndGrad.",
  },
  TG2017: {
    severity: "error",
    message: "@wrt names the local '{0}', which is not a `const` at the top level of the function's body.",
    hint: "Declare it there with `const`, or leave it out of @wrt.",
  },
  TG2018: {
    severity: "error",
    message: "'{0}' cannot be selected: {1}.",
    hint: "{2}",
  },
  TG2019: {
    severity: "error",
    message: "'{0}' {1} and so cannot be differentiated.",
    hint: "{2}",
  },
  TG2020: {
    severity: "error",
    message: "'{0}' is declared inside {1}; generated code cannot reach it.",
    hint: "Move it to the top level of the file, or annotate a method of a class that stands there.",
  },
  TG2021: {
    severity: "error",
    message: "The mode '{0}' is not part of this version of tsgrad yet.",
    hint: "Available: {1}.",
  },
  TG2022: {
    severity: "error",
    message: "@{0} needs a name.",
    hint: "Write it on the tag's own line, as in `@{0} {1}`.",
  },
  TG2023: {
    severity: "error",
    message: "'{0}' is not a TypeScript source that tsgrad can build from.",
    hint: "Name .ts, .tsx, .mts or .cts files; declarations and generated *.grad.ts files have no sources of derivatives in them.",
  },
  TG2024: {
    severity: "error",
    message: "'{0}' has a second @{1}.",
    hint: "Keep one of them.",
  },
  TG2025: {
    severity: "error",
    message: "The mode '{0}' needs one output that is a single number; '{1}' has {2}.",
    hint: "{3}",
  },
  TG2026: {
    severity: "error",
    message: "'{0}' has the private field {1}, so there is no gradient of it that others may see.",
    hint: "Make the field readonly instead of private, or name with @wrt what else the derivative is of.",
  },
  TG2027: {
    severity: "error",
    message: "'{1}' takes or returns objects of the class {0}, and generated code cannot {2}.",
    hint: "{3}",
  },
  TG2030: {
    severity: "warning",
    message: "The project's prettier settings could not be read ({0}); generated files have prettier's default layout.",
    hint: "Run `npx prettier --check .` to see what is wrong with them.",
  },
  TG2031: {
    severity: "error",
    message: "'{0}' exists and was not written by tsgrad, so it is left alone.",
    hint: "Rename or remove it; generated files begin with tsgrad's header.",
  },
  TG2032: {
    severity: "error",
    message: "'{0}' is {1}.",
    hint: "Run `npx tsgrad build`.",
  },
  TG2033: {
    severity: "error",
    message: "'{0}' cannot be written: {1}",
    hint: "Look at the folder's permissions and free space.",
  },
  TG2034: {
    severity: "warning",
    message: "{0} lists the tsgrad plugin, but TypeScript {1} ignores plugins.",
    hint: "Use `tsgrad build` and generated files, or TypeScript 5.9 to 6.0 with ts-patch.",
  },
  TG2035: {
    severity: "error",
    message: "There is no function '{0}' with a @differentiable annotation in {1}.",
    hint: "{2}",
  },
  TG2036: {
    severity: "warning",
    message: "This comment silences nothing: it names {0}, and not a warning.",
    hint: "Write // tsgrad-ignore and the code of a warning: {1}. Errors cannot be silenced.",
  },
  TG2040: {
    severity: "error",
    message: "The derivative rule '{0}' comes back to itself: it asks for the derivative of '{1}' that it replaces.",
    hint: "Compute the derivative in the rule, or differentiate another function that has no such rule.",
  },
  TG2041: {
    severity: "error",
    message: "A transform takes a function that tsgrad can find as it builds, but {0}.",
    hint: "{1}",
  },
  TG2042: {
    severity: "error",
    message: "'{0}' is replaced where it is called with a function, and here it is not called.",
    hint: "Write {0}(f) where the derivative is needed, or pass {0}(f) on.",
  },
  TG2043: {
    severity: "error",
    message: "'{0}' writes into its parameter '{1}', which {2}({0}) has no place for.",
    hint: "Return what it writes. Or annotate it with @differentiable and import the generated function, whose outputs have what is written.",
  },
  TG2044: {
    severity: "error",
    message: "'{0}' over a batch: {1}.",
    hint: "{2}",
  },
  TG9001: {
    severity: "error",
    message: "tsgrad failed on '{0}' by a mistake of its own: {1}",
    hint: "Please report it with the function's source. The other functions were still built.",
  },
} as const satisfies Record<string, Diagnostic>;
