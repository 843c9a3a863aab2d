/**
 * The intermediate representation: a small structured language of scalars, array references and
 * statements. Every pass takes IR and returns new IR; `jvp` and `vjp` return IR of this same
 * language, which is why derivatives can be differentiated again.
 *
 * Invariants (checked by `verify`):
 *  - Every variable name is declared once in a function (names are unique, no shadowing).
 *  - Expressions have no side effects. Writes, calls, allocations and throws are statements;
 *    `Alloc` expressions stand only as the whole right-hand side of a `let` or an `assign`.
 *  - After `normalise` there are no `block`, `exit` or early `return` statements left.
 */

import type { TensorOp } from "./tensor-ops.ts";

export type TypedArrayName =
  | "Float64Array"
  | "Float32Array"
  | "Int8Array"
  | "Uint8Array"
  | "Uint8ClampedArray"
  | "Int16Array"
  | "Uint16Array"
  | "Int32Array"
  | "Uint32Array";

export type Type =
  /** A differentiable float64. */
  | { readonly kind: "number" }
  /** A number that the user wrote as `int`, or that we know to be a count or an index: never differentiable. */
  | { readonly kind: "int" }
  | { readonly kind: "boolean" }
  /**
   * A text. `among`: the literals, as they are written, and the keys of the enums of which it is one; `alias`: the key of
   * what the user calls these.
   */
  | { readonly kind: "string"; readonly among?: readonly string[]; readonly alias?: string }
  | { readonly kind: "void" }
  | { readonly kind: "typed"; readonly name: TypedArrayName }
  /** A JavaScript array: `number[]`, `number[][]`, `Float64Array[]`. */
  | { readonly kind: "list"; readonly element: Type }
  /**
   * An object with a fixed set of fields, or a tuple that holds data. It is memory like an array's: an `index` into
   * it has the field's name as a literal string.
   */
  | RecordType
  /** `T | undefined`: optional parameters, and absent gradients; or `T | null`. */
  | MaybeType
  | { readonly kind: "tuple"; readonly items: readonly Type[]; readonly labels?: readonly string[] }
  /** A function value: only the pullback that `fPullback` returns. */
  | { readonly kind: "function"; readonly params: readonly Param[]; readonly result: Type }
  /** A `Map` or `Set` of plain values without a derivative; calls of `ir/keepers` make and change it. */
  | {
      readonly kind: "keeper";
      readonly name: "Map" | "Set";
      readonly key: Type;
      readonly value?: Type;
      /** A `ReadonlyMap` or `ReadonlySet` by the user's type. */
      readonly readOnly?: true;
    }
  /** A stack of values of one type; see `push` and `pop`. */
  | { readonly kind: "tape"; readonly element: Type }
  /** A `Tensor` of the runtime: a value, as numbers are, which nothing writes into. */
  | { readonly kind: "tensor" };

export interface MaybeType {
  readonly kind: "maybe";
  readonly type: Type;
  /** What stands there instead, if not `undefined`; gradients and tangents know nothing but that. */
  readonly absence?: "null" | "either";
}

export interface RecordType {
  readonly kind: "record";
  readonly fields: readonly Field[];
  /** A tuple: its fields are "0", "1" and so on, and it is written with brackets. */
  readonly isTuple?: true;
  /** A union of object types, read as one record with the fields of all: those that not all have are optional. */
  readonly members?: readonly RecordType[];
  /** Of instances of a class that generated code can import: the key of the class. */
  readonly className?: string;
  /**
   * Of instances of a class that generated code can make: the field that each parameter of the constructor gives, or
   * "fields" where the constructor does more than keep its parameters.
   */
  readonly made?: readonly string[] | "fields";
  /** Of instances of a class that generated code cannot name: its name in the source. */
  readonly unnamed?: string;
}

export interface Field {
  readonly name: string;
  readonly type: Type;
  /** `k?: T`: the field itself may be missing; its type is then `maybe`. */
  readonly optional?: true;
  /** Of a field that holds one of a few literals: which. */
  readonly values?: readonly (string | number | boolean)[];
  /** Private in the user's class: TypeScript lets others read it between brackets only. */
  readonly hidden?: true;
  /** The user's type lets nobody assign to it. */
  readonly readOnly?: true;
}

/** Where in the user's text something comes from; `start` and `end` are UTF-16 offsets. */
export interface Origin {
  readonly file: string;
  readonly start: number;
  readonly end: number;
}

/** Arithmetic and `Math` functions that have non-trivial derivatives. */
export type SmoothOp =
  | "add"
  | "sub"
  | "mul"
  | "div"
  | "mod"
  | "pow"
  | "neg"
  | "pos"
  | "abs"
  | "acos"
  | "acosh"
  | "asin"
  | "asinh"
  | "atan"
  | "atan2"
  | "atanh"
  | "cbrt"
  | "cos"
  | "cosh"
  | "exp"
  | "expm1"
  | "fround"
  | "hypot"
  | "log"
  | "log10"
  | "log1p"
  | "log2"
  | "max"
  | "min"
  | "sin"
  | "sinh"
  | "sqrt"
  | "tan"
  | "tanh"
  /** `carry(value, source)`: the value of the first, the derivative of the second; emitted as the first. */
  | "carry";

/** Operations whose result is passive: derivative zero, or not a number at all. */
export type PassiveOp =
  | "ceil"
  | "floor"
  | "round"
  | "sign"
  | "trunc"
  | "clz32"
  | "imul"
  | "bitand"
  | "bitor"
  | "bitxor"
  | "bitnot"
  | "shl"
  | "shr"
  | "ushr"
  | "lt"
  | "le"
  | "gt"
  | "ge"
  | "eq"
  | "ne"
  | "not"
  | "isNaN"
  | "isFinite"
  | "isInteger"
  /**
   * `stopGradient(x)`: the identity with derivative zero; emitted as `x`. Of an array or object, with the place of the
   * call as `origin`, it becomes copies (`copy(stop(x))`) and stops of numbers.
   */
  | "stop"
  /** `Number(b)` of a boolean. */
  | "toNumber";

export type OpName = SmoothOp | PassiveOp;

export type Expr =
  | Literal
  | Var
  | {
      readonly kind: "op";
      readonly op: OpName;
      readonly args: readonly Expr[];
      readonly type: Type;
      /** Of a comparison that the user wrote, of a stop of memory, and, in emission, of a sum of tensors. */
      readonly origin?: Origin;
    }
  /** `test ? yes : no`; only the chosen side is evaluated. */
  | { readonly kind: "select"; readonly test: Expr; readonly yes: Expr; readonly no: Expr; readonly type: Type }
  /** Boolean `&&` and `||`; number-valued ones are lowered to `select`. */
  | { readonly kind: "logic"; readonly op: "&&" | "||"; readonly left: Expr; readonly right: Expr; readonly type: Type }
  /** `left ?? right`. */
  | { readonly kind: "nullish"; readonly left: Expr; readonly right: Expr; readonly type: Type }
  /** `array[index]`; `array` is a variable or itself an `index` into nested lists. `record.field` has a literal string as index. */
  | { readonly kind: "index"; readonly array: Expr; readonly index: Expr; readonly type: Type }
  | { readonly kind: "length"; readonly array: Expr; readonly type: Type }
  /**
   * What a module holds, by the name that the function's file knows it under. It does not change while the function
   * runs. `value` is there when the frontend could evaluate a numeric constant.
   */
  | {
      readonly kind: "constant";
      readonly name: string;
      readonly value?: number;
      readonly type: Type;
      /** The module may change it between one call and another; an optional one may also have no value. */
      readonly mayChange?: "present" | "optional";
      /** Of a tuple of one kind, which is read like an array: nothing writes into it, so its items are as good as it. */
      readonly asItems?: true;
    }
  /** Passive text that only passes through (messages of `throw`, arguments of `console`): texts[0] args[0] texts[1] … */
  | {
      readonly kind: "foreign";
      readonly texts: readonly string[];
      readonly args: readonly Expr[];
      readonly type: Type;
      /** Of what the user asks a text: the expression, and what it says. */
      readonly origin?: Origin & { readonly text: string };
    }
  /** The identity whose cotangent goes through the program function `tap` (`tapGradient`). */
  | { readonly kind: "tap"; readonly value: Expr; readonly tap: string; readonly type: Type }
  /** Several results at once; stands only in `return`, `let` and call arguments. */
  | { readonly kind: "tuple"; readonly items: readonly Expr[]; readonly type: Type }
  | Alloc;

export interface Literal {
  readonly kind: "literal";
  readonly value: number | boolean | string | undefined;
  readonly type: Type;
  /** A zero that derivatives are added to: with e it is e, where a zero of the user's and -0 are 0. */
  readonly empty?: true;
  /** The key of the enum of texts that has it as a member: TypeScript takes no other text for one. */
  readonly member?: string;
}

export interface Var {
  readonly kind: "var";
  readonly name: string;
  readonly type: Type;
}

/** Makes a new array object, or a view of one. */
export type Alloc =
  /** `new Float64Array(length)`; for lists `new Array<number>(length).fill(0)`. */
  | { readonly kind: "zeros"; readonly length: Expr; readonly type: Type }
  /** `new Array<number>(length)`: every element undefined. */
  | { readonly kind: "holes"; readonly length: Expr; readonly type: Type }
  /** `[a, b]`, `Float64Array.of(a, b)`; of a record, the values of its fields in the order of the type. */
  | {
      readonly kind: "items";
      readonly items: readonly Expr[];
      readonly type: Type;
      /** Of an object that the user writes out: the names of its fields in the order in which JavaScript lists them. */
      readonly order?: readonly string[];
    }
  /** A shallow copy with conversion of elements to `type`: `slice`, `from`, `new Float64Array(other)`, `[...xs]`. */
  | { readonly kind: "copy"; readonly array: Expr; readonly start?: Expr; readonly end?: Expr; readonly type: Type }
  /** `array.subarray(start, end)`: shares memory with `array`. */
  | { readonly kind: "view"; readonly array: Expr; readonly start?: Expr; readonly end?: Expr; readonly type: Type }
  /** Zeros with the structure of `array`, nested lists included; of a record, of its differentiable fields. */
  | { readonly kind: "zerosLike"; readonly array: Expr; readonly type: Type }
  /** A copy of `array`, nested lists included. */
  | {
      readonly kind: "deepCopy";
      readonly array: Expr;
      readonly type: Type;
      /** Of a `structuredClone` of the user's: where it is called. */
      readonly clonedAt?: Origin;
    }
  /** A new empty tape. `capacity` is the greatest number of values held at once, where it is known. */
  | { readonly kind: "newTape"; readonly capacity?: Expr; readonly type: Type }
  /** `new Tensor(data, shape)`. */
  | { readonly kind: "tensor"; readonly data: Expr; readonly shape: readonly Expr[]; readonly type: Type }
  /**
   * An operation on tensors. There is one argument for each slot of the operation (see `tensor-ops`), `undefined`
   * where none was given. A list that was written out is a tuple.
   */
  | {
      readonly kind: "tensorOp";
      readonly op: TensorOp;
      readonly args: readonly Expr[];
      readonly type: Type;
      /** Of a call that the user wrote, whose error names its line. */
      readonly origin?: Origin;
    };

export type Block = readonly Stmt[];

export interface StmtBase {
  /** One-line text of the source statement that this one comes from, for comments such as `// adjoint of: …`. */
  readonly quote?: string;
  readonly origin?: Origin;
  /** Of a statement that a transform made: the place of what it was made for. Source maps lead there. */
  readonly madeFor?: Origin;
  /** What the statement is for, printed as a comment above the first of a run of statements with the same note. */
  readonly note?: string;
}

export type Stmt = StmtBase &
  (
    | {
        readonly kind: "let";
        readonly name: string;
        readonly type: Type;
        readonly mutable: boolean;
        readonly init?: Expr;
        /** An exit code made by `normalise/exits`: 0, then at most once another literal, and then its loop or block is left. */
        readonly exit?: true;
        /** Holds an operand of an expression of the user's: the source has no name for it. */
        readonly held?: true;
      }
    | { readonly kind: "assign"; readonly name: string; readonly value: Expr }
    /** `array[index] = value`; a list may grow by it. */
    | {
        readonly kind: "store";
        readonly array: Expr;
        readonly index: Expr;
        readonly value: Expr;
        /** An optional field that may not be there before. */
        readonly mayAdd?: true;
      }
    /** `array[index] += value`, where the order of additions is free: only transforms make it. */
    | { readonly kind: "accumulate"; readonly array: Expr; readonly index: Expr; readonly value: Expr }
    /** `array.fill(value)` over the whole array. */
    | { readonly kind: "fill"; readonly array: Expr; readonly value: Expr }
    /** `target.set(source, offset)`. */
    | { readonly kind: "set"; readonly target: Expr; readonly source: Expr; readonly offset?: Expr }
    /** `list.push(value)`. */
    | { readonly kind: "append"; readonly array: Expr; readonly value: Expr }
    /**
     * `list.pop()`, the popped element going to `target` if there is one (declared by this statement). After
     * normalisation there is an element to take.
     */
    | {
        readonly kind: "shrink";
        readonly array: Expr;
        readonly target?: string;
        readonly type?: Type;
        /** The program does not say that the list has an element. */
        readonly mayBeEmpty?: true;
      }
    | { readonly kind: "if"; readonly test: Expr; readonly then: Block; readonly else: Block }
    | ForStmt
    | WhileStmt
    /** A call of another function of the program. `target` declares fresh variables (`const [a, b] = …`). */
    | { readonly kind: "call"; readonly target: Pattern; readonly callee: string; readonly args: readonly Expr[] }
    /** A call of a function-valued variable (a pullback). */
    | { readonly kind: "apply"; readonly target: Pattern; readonly callee: string; readonly args: readonly Expr[] }
    /** A local function that captures (`pullback`); `func.params` and `func.body` as of a function. */
    | { readonly kind: "closure"; readonly name: string; readonly func: Func }
    /** Passive effect that passes through, e.g. `console.log(…)`. */
    | { readonly kind: "effect"; readonly call: Expr }
    | { readonly kind: "throw"; readonly value: Expr }
    | { readonly kind: "push"; readonly tape: string; readonly value: Expr }
    /** Takes the last value off `tape` into `target`: declares it if `declare`, else assigns. */
    | {
        readonly kind: "pop";
        readonly tape: string;
        readonly target: string;
        readonly declare: boolean;
        readonly type: Type;
      }
    | { readonly kind: "return"; readonly value?: Expr }
    /** `heads`: the places that the statements under it are for. */
    | { readonly kind: "comment"; readonly text: string; readonly heads?: readonly (Origin | undefined)[] }
    // The two below are gone after normalisation.
    /** A labelled block: `exit` with its label leaves it. `break`, `continue` and `switch` are lowered to it. */
    | { readonly kind: "block"; readonly label: string; readonly body: Block }
    | { readonly kind: "exit"; readonly label: string }
  );

/**
 * `for (let name = start; name <compare> bound; name += step)`. `name` is not assigned in the body;
 * `bound` is evaluated before each iteration, as in JavaScript. After `normalise`, a `for` is counted:
 * the bound does not change, start and step are integers.
 */
export interface ForStmt {
  readonly kind: "for";
  readonly name: string;
  readonly start: Expr;
  readonly compare: "lt" | "le" | "gt" | "ge";
  readonly bound: Expr;
  /** A literal, not zero. */
  readonly step: number;
  /** The name of an exit code (see `normalise/exits`): the loop goes on only while it is 0. */
  readonly exit?: string;
  readonly body: Block;
  readonly checkpoint?: Checkpoint;
}

/** A comment `// @checkpoint n` above a loop. */
export interface Checkpoint {
  /** "auto" without a number. */
  readonly snapshots: number | "auto";
  readonly origin?: Origin;
}

export interface WhileStmt {
  readonly kind: "while";
  readonly test: Expr;
  readonly exit?: string;
  readonly body: Block;
  readonly checkpoint?: Checkpoint;
}

/** Names that a call declares: nothing, one name, or a nested tuple of them. */
export type Pattern =
  | { readonly kind: "none" }
  | { readonly kind: "name"; readonly name: string; readonly type: Type }
  | { readonly kind: "tuple"; readonly items: readonly Pattern[] };

export interface Param {
  readonly name: string;
  readonly type: Type;
  /** The type as the user wrote it, where that is more telling than ours; types of module scope by their keys. */
  readonly typeText?: string;
  /** `x?: T`; its type is then `maybe`. */
  readonly optional?: boolean;
  /** `x = e`, with e a literal or constant. Other defaults are lowered to a statement. */
  readonly defaultValue?: Expr;
  /** Optional because of a default that is not a constant: the body starts with `const x2 = x ?? e`. */
  readonly defaulted?: true;
  /** A variable around a function that was made inside of another one: nothing is differentiated towards it by default. */
  readonly captured?: true;
  /** The types of generated modules say that it is written into. What is done with it may turn out to be less. */
  readonly toldWritten?: true;
  readonly origin?: Origin;
}

export interface Func {
  /** The name under which it is emitted; unique in the program. */
  readonly name: string;
  readonly params: readonly Param[];
  readonly result: Type;
  readonly body: Block;
  readonly origin?: Origin;
  /** What the user calls it, where that is not its name: `new Box`. */
  readonly shown?: string;
}

/** Functions by name. A transform adds functions and never changes one. */
export type Program = ReadonlyMap<string, Func>;
