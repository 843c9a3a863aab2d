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
  type Gradient,
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
same<Gradient<{ a: number; b: string; c?: number }>, { a: number; c?: number | undefined }>(true);

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
