/**
 * The value forms of the transforms. A plugin of the bundler's, the transformer or `tsgrad/register` replaces calls of
 * them by generated functions; not replaced, they say how that is done.
 */
import type { Tensor } from "./tensor.ts";
import type { Gradient, IsPassive, Tangent } from "./types.ts";

/** Which parameters to differentiate, by position, as JAX's `argnums`. */
export interface TransformOptions<W extends Selection = number | readonly number[]> {
  readonly wrt: W;
}

type Selection = number | readonly number[] | undefined;
type Args = readonly unknown[];

/** What follows the first parameter. */
type After<A extends Args> = 0 extends 1 & A
  ? []
  : "0" extends keyof A
    ? A extends readonly [unknown?, ...infer T]
      ? T
      : []
    : [];
/** The first parameter as a tuple: slices keep the parameter's name. */
type First<A extends Args> = A extends readonly [...infer H extends readonly [unknown?], ...unknown[]] ? H : never;
/** The first parameter as generated functions take it: one that gathers the rest is one array. */
type Head<A extends Args> = "0" extends keyof A ? First<A> : number extends A["length"] ? [rest: A[number][]] : [];
/** The first parameter if it has a differentiable part. */
type HeadOf<A extends Args, H extends Args = Head<A>> = H extends readonly []
  ? []
  : IsPassive<H[0]> extends true
    ? []
    : H;

type A1<A extends Args> = After<A>;
type A2<A extends Args> = A1<A1<A>>;
type A4<A extends Args> = A2<A2<A>>;
type A8<A extends Args> = A4<A4<A>>;
/** The parameters of a generated function; of one whose types are not known, those that it has. */
type Own<A extends Args> = unknown extends A[number]
  ? A
  : number extends A["length"]
    ? [
        ...Head<A>,
        ...Head<A1<A>>,
        ...Head<A2<A>>,
        ...Head<A2<A1<A>>>,
        ...Head<A4<A>>,
        ...Head<A4<A1<A>>>,
        ...Head<A4<A2<A>>>,
        ...Head<A4<A2<A1<A>>>>,
      ]
    : A;
/**
 * The parameters with a differentiable part, in order. Written out for twelve: a recursive type makes TypeScript give
 * up on `grad(grad(f))`.
 */
type Differentiable<A extends Args> = [
  ...HeadOf<A>,
  ...HeadOf<A1<A>>,
  ...HeadOf<A2<A>>,
  ...HeadOf<A2<A1<A>>>,
  ...HeadOf<A4<A>>,
  ...HeadOf<A4<A1<A>>>,
  ...HeadOf<A4<A2<A>>>,
  ...HeadOf<A4<A2<A1<A>>>>,
  ...HeadOf<A8<A>>,
  ...HeadOf<A8<A1<A>>>,
  ...HeadOf<A8<A2<A>>>,
  ...HeadOf<A8<A2<A1<A>>>>,
];

/** The parameter at one place, as a tuple. */
type At<A extends Args, I> = I extends 0
  ? Head<A>
  : I extends 1
    ? Head<A1<A>>
    : I extends 2
      ? Head<A2<A>>
      : I extends 3
        ? Head<A2<A1<A>>>
        : I extends 4
          ? Head<A4<A>>
          : I extends 5
            ? Head<A4<A1<A>>>
            : I extends 6
              ? Head<A4<A2<A>>>
              : I extends 7
                ? Head<A4<A2<A1<A>>>>
                : never;
type AllAt<A extends Args, W extends readonly unknown[]> = W extends readonly [infer I, ...infer Rest]
  ? [...At<A, I>, ...AllAt<A, Rest>]
  : [];
/** What is differentiated: every parameter keeps its place, if it may be absent too. */
type Wanted<A extends Args, W extends Selection> = unknown extends A[number]
  ? []
  : W extends readonly number[]
    ? AllAt<InFront<A>, W>
    : W extends number
      ? At<InFront<A>, W>
      : Differentiable<InFront<A>>;

type Each<A> = { -readonly [K in keyof A]: Gradient<A[K]> };
type Directions<A extends Args> = { -readonly [K in keyof A]: Tangent<A[K]> | undefined };
/** A function of the arguments and then a direction for each wanted parameter. */
type WithDirections<A extends Args, D, Result> = D extends Args
  ? (...args: [...InFront<Own<A>>, ...Directions<D>]) => Result
  : never;
/** One thing stands for itself, several are a tuple. */
type Bare<A> = A extends readonly [infer Only] ? Only : A;
type Grads<A extends Args, W extends Selection> = GradsOf<Wanted<A, W>>;
type GradsOf<D> = D extends Args ? Bare<Each<D>> : never;
/** The parameters in front of others: optional ones keep their place. */
type InFront<A extends Args> = Unboxed<{ [K in keyof A]-?: [A[K]] }>;
type Unboxed<B> = { -readonly [K in keyof B]: B[K] extends readonly [infer T] ? T : never };

type Leaf = number | Float64Array | Float32Array | readonly number[] | readonly (readonly number[])[] | Tensor;
/** The Jacobian of an output `R` towards one input `T`. */
type JacobianEntry<R, T> = T extends Leaf
  ? [number, number] extends [R, T]
    ? number
    : Tensor
  : T extends readonly unknown[]
    ? { -readonly [K in keyof T]: JacobianEntry<R, T[K]> }
    : T extends object
      ? { [K in keyof T as IsPassive<T[K]> extends true ? never : K]: JacobianEntry<R, T[K]> }
      : undefined;
type JacobianRow<R, D> = D extends Args ? Bare<{ -readonly [K in keyof D]: JacobianEntry<R, D[K]> }> : never;
type Jacobian<R, D> = R extends Leaf
  ? JacobianRow<R, D>
  : R extends readonly unknown[]
    ? { -readonly [K in keyof R]: Jacobian<R[K], D> }
    : R extends object
      ? { [K in keyof R as IsPassive<R[K]> extends true ? never : K]: Jacobian<R[K], D> }
      : undefined;
type Hessian<D> = D extends Args ? Bare<{ -readonly [K in keyof D]: JacobianRow<D[K], D> }> : never;

type Value = number | Tensor;

function notBuilt(transform: string): never {
  throw new Error(
    [
      `tsgrad: ${transform}(f) was called in code that has not been built. Calls of it are replaced by generated functions:`,
      "- Vite and vitest, Rollup, webpack, esbuild, Rspack: add the plugin of tsgrad/vite, /rollup, /webpack, /esbuild or /rspack to the configuration;",
      "- Node: run the script with `node --import tsgrad/register`;",
      `- tsc with ts-patch: write { "transform": "tsgrad/transformer", "transformProgram": true } under "plugins" in tsconfig.json;`,
      `- or without any of these: annotate f with /** @differentiable ${transform} */, run \`npx tsgrad build\`, and import the generated function.`,
    ].join("\n"),
  );
}

/** `(...args, v) => [value, grads]`. */
export function vjp<A extends Args, R, const W extends Selection = undefined>(
  _f: (...args: A) => R,
  _options?: TransformOptions<W>,
): (...args: [...InFront<Own<A>>, v: Gradient<R>]) => [value: R, grads: Grads<A, W>] {
  return notBuilt("vjp");
}

/** `(...args) => [value, pullback]`; `pullback(v)` gives the gradients. */
export function pullback<A extends Args, R, const W extends Selection = undefined>(
  _f: (...args: A) => R,
  _options?: TransformOptions<W>,
): (...args: Own<A>) => [value: R, pullback: (v: Gradient<R>) => Grads<A, W>] {
  return notBuilt("pullback");
}

/** `(...args, ...tangents) => [value, tangent]`. */
export function jvp<A extends Args, R, const W extends Selection = undefined>(
  _f: (...args: A) => R,
  _options?: TransformOptions<W>,
): WithDirections<A, Wanted<A, W>, [value: R, tangent: Tangent<R>]> {
  return notBuilt("jvp");
}

/** `(...args) => grads`, for a function with one real output. */
export function grad<A extends Args, const W extends Selection = undefined>(
  _f: (...args: A) => Value,
  _options?: TransformOptions<W>,
): (...args: Own<A>) => Grads<A, W> {
  return notBuilt("grad");
}

/** `(...args) => [value, grads]`. */
export function valueAndGrad<A extends Args, R extends Value, const W extends Selection = undefined>(
  _f: (...args: A) => R,
  _options?: TransformOptions<W>,
): (...args: Own<A>) => [value: R, grads: Grads<A, W>] {
  return notBuilt("valueAndGrad");
}

/** `(...args) => jacobians`, one of shape `[...outputShape, ...inputShape]` for each parameter. */
export function jacobian<A extends Args, R, const W extends Selection = undefined>(
  _f: (...args: A) => R,
  _options?: TransformOptions<W>,
): (...args: Own<A>) => Jacobian<R, Wanted<A, W>> {
  return notBuilt("jacobian");
}

/** `(...args) => hessian`, of shape `[...inputShape, ...inputShape]`; with several parameters a tuple of tuples. */
export function hessian<A extends Args, const W extends Selection = undefined>(
  _f: (...args: A) => Value,
  _options?: TransformOptions<W>,
): (...args: Own<A>) => Hessian<Wanted<A, W>> {
  return notBuilt("hessian");
}

/** `(...args, ...vectors) => [value, products]`: the Hessian times the vectors. */
export function hvp<A extends Args, R extends Value, const W extends Selection = undefined>(
  _f: (...args: A) => R,
  _options?: TransformOptions<W>,
): WithDirections<A, Wanted<A, W>, [value: R, products: Grads<A, W>]> {
  return notBuilt("hvp");
}

/** Which parameters have an axis in front, as JAX's `in_axes`: 0 for those that have one, null for the others. */
export interface BatchOptions<X extends Axes = readonly (0 | null)[]> {
  readonly inAxes: X;
}

type Axes = readonly (0 | null)[] | undefined;

/**
 * Many values of a type: numbers in a typed array, tensors in a tensor with one more axis in front, anything else in
 * a list.
 */
type Many<T> = T extends undefined
  ? undefined
  : [Gradient<T>] extends [number]
    ? Float64Array
    : "~tsgrad.int" extends keyof T
      ? Int32Array
      : T extends Tensor
        ? Tensor
        : readonly T[];
/** The parameters of the function over a batch; without a selection all that can be differentiated have an axis. */
type BatchArgs<A extends Args, X> = {
  [K in keyof A]: X extends readonly unknown[]
    ? K extends keyof X
      ? X[K] extends 0
        ? Many<A[K]>
        : A[K]
      : A[K]
    : IsPassive<A[K]> extends true
      ? A[K]
      : Many<A[K]>;
};
type ManyResults<R> = [Gradient<R>] extends [number] ? Float64Array : [R] extends [Tensor] ? Tensor : R[];
/** Several results stay apart. */
type Batched<R> = R extends readonly [unknown, ...unknown[]]
  ? { -readonly [K in keyof R]: ManyResults<R[K]> }
  : ManyResults<R>;

/**
 * `f` mapped over a leading batch axis, as JAX's `vmap`. It throws a RangeError where parameters have different numbers
 * of examples.
 */
export function vmap<A extends Args, R, const X extends Axes = undefined>(
  _f: (...args: A) => R,
  _options?: BatchOptions<NonNullable<X>>,
): (...args: BatchArgs<Own<A>, X>) => Batched<R> {
  return notBuilt("vmap");
}

/** The identity with derivative zero. */
export function stopGradient<T>(x: T): T {
  return x;
}

/**
 * The identity whose cotangent goes through `tap`: for clipping or logging gradients. Tangents pass it
 * unchanged.
 */
export function tapGradient<T>(x: T, _tap: (gradient: Gradient<T>) => Gradient<T>): T {
  return x;
}
