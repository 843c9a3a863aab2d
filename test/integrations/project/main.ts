import { forceGrad } from "./inner.grad.ts";
import { energyValueAndGrad } from "./model.grad.ts";
import { Springs } from "./model.ts";

const at = Float64Array.of(0.1, 1.2, 1.7, 3.1);
const [value, slopes] = energyValueAndGrad(at, new Springs(0.7));

export const found: { value: number; slopes: number[]; forces: number[] } = {
  value,
  slopes: Array.from(slopes),
  forces: Array.from(forceGrad(at)),
};
