/** The types of numeric code: what is a count, and what a gradient of something looks like. */
import type { Tensor } from "./tensor.ts";

/**
 * A number that is never differentiated: a count, an index, a flag. Any `number` assigns to it. It
 * counts only where it is written: an inferred `int` means `number`.
 */
export type int = number & { readonly "~tsgrad.int"?: true };

/** TypeScript assigns any number to an enum, so this asks whether the types are the same. */
type IsNumber<T> = (<X>(x: X) => X extends T ? 1 : 2) extends <X>(x: X) => X extends number ? 1 : 2 ? true : false;
type IsInt<T> = "~tsgrad.int" extends keyof T ? true : false;
type PassiveObject =
  | Int8Array
  | Uint8Array
  | Uint8ClampedArray
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array
  | BigInt64Array
  | BigUint64Array
  | ReadonlyMap<unknown, unknown>
  | ReadonlySet<unknown>
  | ((...args: never) => unknown);

/**
 * The gradient of a value of type `T`: the same structure without what carries no derivative. Of a
 * passive value it is `undefined`. A field that may be missing may be missing in the gradient too; `Required` keeps
 * that from becoming one that may be `undefined`, which is another thing under `exactOptionalPropertyTypes`.
 */
export type Gradient<T> = T extends number
  ? IsInt<T> extends true
    ? undefined
    : IsNumber<T> extends true
      ? number
      : undefined
  : T extends Float64Array | Float32Array | Tensor
    ? T
    : T extends string | boolean | bigint | symbol | null | undefined | PassiveObject
      ? undefined
      : T extends readonly unknown[]
        ? { -readonly [K in keyof T]: Gradient<T[K]> }
        : { -readonly [K in keyof T as IsPassive<T[K]> extends true ? never : K]: Gradient<Required<T>[K]> };

/** A direction in which a value of type `T` moves; `undefined` is zero. */
export type Tangent<T> = Gradient<T>;

/**
 * Whether a field of type `T` is left out of a gradient: its own type is passive, or it is an array or a tuple in
 * which nothing carries a derivative. A nested object stays, if only as `{}`.
 */
export type IsPassive<T> = [Gradient<T>] extends [undefined]
  ? true
  : NonNullable<T> extends readonly (infer E)[]
    ? [Carriers<Gradient<E>>] extends [never]
      ? true
      : false
    : false;

/** `true` for each number of a gradient, at any depth; `never` where there is none. */
type Carriers<G> = G extends undefined
  ? never
  : G extends number | Float64Array | Float32Array | Tensor
    ? true
    : G extends readonly (infer E)[]
      ? Carriers<E>
      : { [K in keyof G]: Carriers<G[K]> }[keyof G];
