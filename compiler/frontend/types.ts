/** What the frontend hands to the pipeline. Only data: no TypeScript nodes leave this folder. */
import type { Origin, Program, Type } from "../ir/types.ts";
import type { Report } from "../diagnostics/report.ts";

export const modes = [
  "vjp",
  "vjpInto",
  "pullback",
  "jvp",
  "grad",
  "valueAndGrad",
  "jacobian",
  "sparseJacobian",
  "hessian",
  "hvp",
  "batch",
] as const;
export type Mode = (typeof modes)[number];

/** Those that need an output of one number. */
export const scalarModes: readonly Mode[] = ["grad", "valueAndGrad", "hessian", "hvp"];

/** One annotated function. */
export interface Target {
  /** Absolute path of the file that declares it. */
  readonly file: string;
  /** Its key in the program. */
  readonly func: string;
  /** The stem of the generated names: `spring` gives `springVjp`. */
  readonly name: string;
  readonly modes: readonly Mode[];
  /** What to differentiate with respect to, parameters in parameter order and then locals. Undefined: the default of the contract. */
  readonly wrt?: readonly Wrt[];
  /** The words of `@wrt`, by the names that inputs have in the IR. */
  readonly wrtWords?: ReadonlyMap<string, { readonly text: string; readonly origin: Origin }>;
  /** The positions of the parameters that the function writes into, as the types of the generated module say. */
  readonly written?: readonly number[];
  /** Which outputs carry a cotangent. Undefined: all differentiable ones. */
  readonly of?: readonly OutputRef[];
  /** The function's name in its declaration: where reports about the whole function point. */
  readonly origin: Origin;
  /** The annotation tag, for related notes. */
  readonly annotation: Origin;
}

export type Wrt =
  /**
   * A parameter, or with a path a field of it, or the parameter without the parts that some paths lead to (`anyElement`
   * of `ir/memory` stands for the elements of a list).
   */
  | {
      readonly kind: "param";
      readonly index: number;
      readonly path?: readonly string[];
      readonly without?: readonly (readonly string[])[];
    }
  /** A `const` at the top level of the body, by its name in the IR. */
  | { readonly kind: "local"; readonly name: string };

export type OutputRef =
  /** What is returned, or with a path a part of it. */
  | { readonly kind: "return"; readonly path?: readonly string[] }
  /** A parameter that is written into. */
  | { readonly kind: "param"; readonly index: number };

/** One transform of a function. */
export interface Step {
  readonly mode: Mode;
  /** What to differentiate; of `batch`, the parameters with an axis. */
  readonly wrt?: readonly Wrt[];
  readonly outputs?: readonly OutputRef[];
}

/** A comment that silences warnings which begin between `start` and `end`, the offsets of a line. */
export interface Silence {
  readonly codes: readonly string[];
  readonly start: number;
  readonly end: number;
}

/** A call inside differentiable code of a derivative that does not exist yet: `grad(g)(x)` or `gGrad(x)`. */
export interface DerivedFunction {
  /** Key under which IR calls refer to it. */
  readonly key: string;
  /** Key of the function that is differentiated; may itself be derived. */
  readonly of: string;
  readonly mode: Mode;
  readonly wrt?: readonly Wrt[];
  readonly outputs?: readonly OutputRef[];
  readonly origin: Origin;
}

/** Hand-written derivatives by the key of the function that they belong to; the values are keys of functions. */
export interface Rules {
  readonly vjp?: string;
  readonly pullback?: string;
  readonly jvp?: string;
  /** The parameters that the derivatives are towards, where `@wrt` names some. */
  readonly wrt?: readonly number[];
}

/** Something of module scope that generated code refers to by name (an IR `constant`, a function in `foreign` text). */
export interface ModuleSymbol {
  /** The name used in the IR; unique in the whole program. */
  readonly key: string;
  /** Its name in its own file. */
  readonly name: string;
  readonly file: string;
  readonly exported: boolean;
  /** The declaration's text, to copy where it is not exported. */
  readonly text: string;
  /** Keys of the module symbols that `text` refers to. */
  readonly uses: readonly string[];
  readonly type: Type;
  /** A type: it has no value, and `text` names other types by their keys. */
  readonly isType?: true;
  /** A function without source: of the package or of the file that `specifier` names, or of the platform. */
  readonly outside?: { readonly specifier?: string; readonly isDefault?: true };
}

/** `grad(f)` outside of differentiable functions: a module of its own has what it stands for. */
export interface ValueForm {
  /** The call; undefined where the module is asked for by its name. */
  readonly call: Origin | undefined;
  /** The module, as if it stood beside the source that it names. */
  readonly module: SourceFile;
  /** The name of the function in it. */
  readonly name: string;
  /** The variables around the function that is differentiated: the first arguments. */
  readonly captured: readonly string[];
  /** Undefined where something is wrong, which is reported. */
  readonly target: Target | undefined;
  /** The files that say what the call means, that of the function among them. */
  readonly resolvedIn: readonly string[];
}

export interface Frontend {
  readonly program: Program;
  readonly targets: readonly Target[];
  readonly forms: readonly ValueForm[];
  readonly derived: ReadonlyMap<string, DerivedFunction>;
  readonly rules: ReadonlyMap<string, Rules>;
  readonly symbols: ReadonlyMap<string, ModuleSymbol>;
  readonly reports: readonly Report[];
  /** By file. */
  readonly silences: ReadonlyMap<string, readonly Silence[]>;
  /** Sources with an annotated function that could not be read: their generated files keep their last good version. */
  readonly blocked: ReadonlySet<string>;
  /** Facts about each source file with targets that emission needs. */
  readonly files: ReadonlyMap<string, SourceFile>;
  /** Annotated sources that were not read, since what they give is known. */
  readonly known: ReadonlyMap<string, AnnotatedSource>;
  /** The texts of the files that can have functions, by their paths. */
  readonly texts: ReadonlyMap<string, string>;
  /** Every file that was read, configurations among them. */
  readonly inputs: ReadonlySet<string>;
}

export interface AnnotatedSource {
  readonly path: string;
  /** Path of the generated file beside it. */
  readonly generatedPath: string;
  /** The files that it leads to by its imports, itself among them. */
  readonly reached: readonly string[];
  /** A hash of all that its generated file depends on, but for the layout. */
  readonly fingerprint: string;
}

export interface SourceFile extends AnnotatedSource {
  readonly text: string;
  /** The specifier for importing `path` from `generatedPath`, by the project's module resolution. */
  readonly selfSpecifier: string;
  /** Specifiers for importing from other files of the project, by absolute path. */
  readonly specifiers: ReadonlyMap<string, string>;
  /** Whether `noUncheckedIndexedAccess` is on: reads are written `x[i]!`. */
  readonly uncheckedIndexedAccess: boolean;
}
