/**
 * The value forms of the transforms. A build step (`tsgrad build`, the transformer or a bundler plugin)
 * replaces calls of them by generated code; not replaced, they say so.
 */
import type { Tensor } from "./tensor.ts";
import type { Gradient, IsPassive, Tangent } from "./types.ts";

/** Which parameters to differentiate, by position, as JAX's `argnums`. */
export interface TransformOptions<W extends Selection = number | readonly number[]> {
  readonly wrt: W;
}

type Selection = number | readonly number[] | undefined;
type Args = readonly unknown[];

/** The parameter at one place, if it has a differentiable part. */
type At<A extends Args, I extends string> = I extends keyof A ? (IsPassive<A[I]> extends true ? [] : [A[I]]) : [];
/**
 * The parameters with a differentiable part, in order; a rest parameter becomes one array. Written out
 * for twelve parameters: a recursive type makes TypeScript give up on `grad(grad(f))`.
 */
type Differentiable<A extends Args> = number extends A["length"]
  ? IsPassive<A[number]> extends true
    ? []
    : [A[number][]]
  : [
      ...At<A, "0">,
      ...At<A, "1">,
      ...At<A, "2">,
      ...At<A, "3">,
      ...At<A, "4">,
      ...At<A, "5">,
      ...At<A, "6">,
      ...At<A, "7">,
      ...At<A, "8">,
      ...At<A, "9">,
      ...At<A, "10">,
      ...At<A, "11">,
    ];

type Pick1<A extends Args, I> = I extends number ? (I extends keyof A ? A[I] : never) : never;
type Wanted<A extends Args, W extends Selection> = W extends readonly number[]
  ? { -readonly [K in keyof W]: Pick1<Required<A>, W[K]> }
  : W extends number
    ? [Pick1<Required<A>, W>]
    : Differentiable<A>;

type Each<A> = { -readonly [K in keyof A]: Gradient<A[K]> };
type Directions<A extends Args> = { -readonly [K in keyof A]: Tangent<A[K]> | undefined };
/** A function of the arguments and then a direction for each wanted parameter. */
type WithDirections<A extends Args, D, Result> = D extends Args
  ? (...args: [...InFront<A>, ...Directions<D>]) => Result
  : never;
/** One thing stands for itself, several are a tuple. */
type Bare<A> = A extends readonly [infer Only] ? Only : A;
type Grads<A extends Args, W extends Selection> = GradsOf<Wanted<A, W>>;
type GradsOf<D> = D extends Args ? Bare<Each<D>> : never;
/** The parameters in front of others: optional ones keep their place. */
type InFront<A extends Args> = { [K in keyof Required<A>]: K extends keyof A ? A[K] : never };

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
    `tsgrad: ${transform}(f) was called in code that has not been built. Annotate f with ` +
      `/** @differentiable ${transform} */, run \`npx tsgrad build\`, and import the generated function instead.`,
  );
}

/** `(...args, v) => [value, grads]`. */
export function vjp<A extends Args, R, const W extends Selection = undefined>(
  _f: (...args: A) => R,
  _options?: TransformOptions<W>,
): (...args: [...InFront<A>, v: Gradient<R>]) => [value: R, grads: Grads<A, W>] {
  return notBuilt("vjp");
}

/** `(...args) => [value, pullback]`; `pullback(v)` gives the gradients. */
export function pullback<A extends Args, R, const W extends Selection = undefined>(
  _f: (...args: A) => R,
  _options?: TransformOptions<W>,
): (...args: A) => [value: R, pullback: (v: Gradient<R>) => Grads<A, W>] {
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
): (...args: A) => Grads<A, W> {
  return notBuilt("grad");
}

/** `(...args) => [value, grads]`. */
export function valueAndGrad<A extends Args, R extends Value, const W extends Selection = undefined>(
  _f: (...args: A) => R,
  _options?: TransformOptions<W>,
): (...args: A) => [value: R, grads: Grads<A, W>] {
  return notBuilt("valueAndGrad");
}

/** `(...args) => jacobians`, one of shape `[...outputShape, ...inputShape]` for each parameter. */
export function jacobian<A extends Args, R, const W extends Selection = undefined>(
  _f: (...args: A) => R,
  _options?: TransformOptions<W>,
): (...args: A) => Jacobian<R, Wanted<A, W>> {
  return notBuilt("jacobian");
}

/** `(...args) => hessian`, of shape `[...inputShape, ...inputShape]`; with several parameters a tuple of tuples. */
export function hessian<A extends Args, const W extends Selection = undefined>(
  _f: (...args: A) => Value,
  _options?: TransformOptions<W>,
): (...args: A) => Hessian<Wanted<A, W>> {
  return notBuilt("hessian");
}

/** `(...args, ...vectors) => [value, products]`: the Hessian times the vectors. */
export function hvp<A extends Args, R extends Value, const W extends Selection = undefined>(
  _f: (...args: A) => R,
  _options?: TransformOptions<W>,
): WithDirections<A, Wanted<A, W>, [value: R, products: Grads<A, W>]> {
  return notBuilt("hvp");
}

/** `f` mapped over a leading batch axis. */
export function vmap<A extends Args, R>(_f: (...args: A) => R): (...args: { [K in keyof A]: A[K][] }) => R[] {
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
