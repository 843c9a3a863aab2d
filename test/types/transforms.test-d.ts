/** The exact types of the value forms; checked by tsc, never run. */
import {
  grad,
  hessian,
  hvp,
  jacobian,
  jvp,
  pullback,
  valueAndGrad,
  vjp,
  vmap,
  type Gradient,
  type Tangent,
  type Tensor,
  type int,
} from "tsgrad";

type Same<A, B> = [A, B] extends [B, A] ? true : false;
const same = <A, B>(_: Same<A, B>): void => undefined;

same<Gradient<number>, number>(true);
same<Gradient<int>, undefined>(true);
same<Gradient<1 | 2>, undefined>(true);
same<Gradient<boolean>, undefined>(true);
same<Gradient<Float64Array>, Float64Array>(true);
same<Gradient<number[][]>, number[][]>(true);
same<Gradient<[number, string, Float32Array]>, [number, undefined, Float32Array]>(true);
same<Gradient<{ a: number; b: string; c?: number }>, { a: number; c?: number }>(true);
same<Gradient<{ a: number; m: Map<string, number>; s?: ReadonlySet<number> }>, { a: number }>(true);
same<Gradient<Map<string, number>>, undefined>(true);

// What generated code takes a gradient to be: the fields that carry no derivative are left out, a structure stays.
declare enum Mode {
  A,
  B,
}
interface Vec {
  readonly x: number;
  y: number;
}
interface Everything {
  readonly at: Vec;
  path: readonly Vec[];
  rate?: number;
  either: number | undefined;
  options?: { readonly scale: Float64Array; readonly name?: string };
  n: int;
  counts: int[];
  flag: boolean;
  name: string;
  kind: "a" | "b";
  choice: 1 | 2;
  mode: Mode;
  nothing: null;
  none: undefined;
  order: Int32Array;
  f: (x: number) => number;
  passive: { label: string };
  pair: readonly [weight: number, label: string, values: Float32Array];
  table: number[][];
}
interface GradientOfEverything {
  at: { x: number; y: number };
  path: { x: number; y: number }[];
  rate?: number;
  either: number | undefined;
  options?: { scale: Float64Array };
  // eslint-disable-next-line @typescript-eslint/no-empty-object-type -- a structure stays
  passive: {};
  pair: [number, undefined, Float32Array];
  table: number[][];
}
same<Gradient<Everything>, GradientOfEverything>(true);
same<Tangent<Everything>, GradientOfEverything>(true);
same<Gradient<Gradient<Everything>>, GradientOfEverything>(true);
same<keyof Gradient<Everything>, keyof GradientOfEverything>(true);
same<Gradient<{ kind: "a"; x: number } | { kind: "b"; y: number }>, { x: number } | { y: number }>(true);
declare const writable: Gradient<Everything>;
writable.at.x = 1;
writable.path[0] = writable.at;
same<Gradient<Partial<Vec>>, { x?: number; y?: number }>(true);
same<Gradient<Record<"a" | "b", number>>, { a: number; b: number }>(true);

declare function f(x: Float64Array, n: int, k: number): number;
declare function g(x: number): number;
declare function h(x: Float64Array): [number, Float64Array];
declare function defaulted(x: number, k?: number): number;

export const forms = {
  gradF: grad(f),
  gradG: grad(g),
  picked: grad(f, { wrt: 2 }),
  pickedBoth: grad(f, { wrt: [2, 0] }),
  vjpF: vjp(f),
  jvpG: jvp(g),
  jacobianH: jacobian(h),
  jacobianG: jacobian(g),
  hessianF: hessian(f),
  hvpG: hvp(g),
  valueG: valueAndGrad(g),
  pullbackG: pullback(g),
  gradDefaulted: grad(defaulted),
  twice: grad(grad(g)),
};

same<ReturnType<typeof forms.gradF>, [Float64Array, number]>(true);
same<Parameters<typeof forms.gradF>, [x: Float64Array, n: int, k: number]>(true);
same<ReturnType<typeof forms.gradG>, number>(true);
same<ReturnType<typeof forms.picked>, number>(true);
same<ReturnType<typeof forms.pickedBoth>, [number, Float64Array]>(true);
same<ReturnType<typeof forms.vjpF>, [value: number, grads: [Float64Array, number]]>(true);
same<Parameters<typeof forms.vjpF>, [x: Float64Array, n: int, k: number, v: number]>(true);
same<ReturnType<typeof forms.jvpG>, [value: number, tangent: number]>(true);
same<ReturnType<typeof forms.jacobianH>, [Tensor, Tensor]>(true);
same<ReturnType<typeof forms.jacobianG>, number>(true);
same<ReturnType<typeof forms.hessianF>, [[Tensor, Tensor], [Tensor, number]]>(true);
same<ReturnType<typeof forms.hvpG>, [value: number, products: number]>(true);
same<ReturnType<typeof forms.valueG>, [value: number, grads: number]>(true);
same<ReturnType<ReturnType<typeof forms.pullbackG>[1]>, number>(true);
same<Parameters<typeof forms.gradDefaulted>, [x: number, k?: number | undefined]>(true);
same<ReturnType<typeof forms.gradDefaulted>, [number, number | undefined]>(true);
same<ReturnType<typeof forms.twice>, number>(true);

// Parameters that gather the rest come as one array; what may be absent keeps its place.
declare function gathered(x: number, ...rest: number[]): number;
export const others = {
  gradGathered: grad(gathered),
  jvpGathered: jvp(gathered),
  pickedDefaulted: grad(defaulted, { wrt: 1 }),
  hessianOfPicked: hessian(f, { wrt: [0] }),
  rows: jacobian(grad(f, { wrt: 0 }), { wrt: [0, 2] }),
};
same<Parameters<typeof others.gradGathered>, [x: number, rest: number[]]>(true);
same<ReturnType<typeof others.gradGathered>, [x: number, rest: number[]]>(true);
same<Parameters<typeof others.jvpGathered>, [number, number[], number | undefined, number[] | undefined]>(true);
same<ReturnType<typeof others.pickedDefaulted>, number | undefined>(true);
same<ReturnType<typeof others.hessianOfPicked>, Tensor>(true);
same<ReturnType<typeof others.rows>, [Tensor, Tensor]>(true);

// Over a batch.
declare const oneOf: (model: Vec, x: Float64Array, n: int, rate?: number) => number;
declare const severalOf: (x: number, t: Tensor) => [value: number, rows: Float64Array, at: Vec, count: int, t: Tensor];
export const batches = {
  all: vmap(oneOf),
  chosen: vmap(oneOf, { inAxes: [null, 0, 0, null] }),
  several: vmap(severalOf),
  slopes: vmap(grad(oneOf), { inAxes: [null, 0] }),
};
same<
  typeof batches.all,
  (model: readonly Vec[], x: readonly Float64Array[], n: int, rate?: Float64Array) => Float64Array
>(true);
same<typeof batches.chosen, (model: Vec, x: readonly Float64Array[], n: Int32Array, rate?: number) => Float64Array>(
  true,
);
same<
  typeof batches.several,
  (x: Float64Array, t: Tensor) => [value: Float64Array, rows: Float64Array[], at: Vec[], count: int[], t: Tensor]
>(true);
same<
  ReturnType<typeof batches.slopes>,
  [model: { x: number; y: number }[], x: Float64Array[], rate: (number | undefined)[]]
>(true);
