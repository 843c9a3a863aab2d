/** The same by generated derivatives. */
import { Tensor } from "tsgrad";
import {
  classifierLossValueAndGrad,
  regressionLossHvp,
  tensorWavesVjp,
  tensorWaveSumGrad,
} from "../src/tensors.grad.ts";
import type { Layers, Library, Numbers } from "./problems.ts";

export function tsgrad(dtype: "float64" | "float32"): Library {
  const type = dtype === "float64" ? Float64Array : Float32Array;
  const tensor = ({ data, shape }: Numbers): Tensor => new Tensor(type.from(data), shape);
  const row = (data: Float64Array): Tensor => tensor({ data, shape: [data.length] });
  const tensors = ({ w1, b1, w2, b2 }: Layers): Layers<Tensor> => ({
    w1: tensor(w1),
    b1: tensor(b1),
    w2: tensor(w2),
    b2: tensor(b2),
  });
  const numbers = (...results: readonly Tensor[]): ArrayLike<number>[] => results.map(({ data }) => data);
  const inOrder = ({ w1, b1, w2, b2 }: Layers<Tensor>): Tensor[] => [w1, b1, w2, b2];
  return {
    name: `tsgrad, ${dtype}`,
    exact: dtype === "float64",
    solvers: {
      waves: ({ x, v }) => {
        const [ofX, ofV] = [row(x), row(v)];
        return () => numbers(tensorWavesVjp(ofX, ofV)[1]);
      },
      waveSum: ({ x }) => {
        const ofX = row(x);
        return () => numbers(tensorWaveSumGrad(ofX));
      },
      classifier: ({ network, x, labels }) => {
        const [layers, ofX, ofLabels] = [tensors(network), tensor(x), new Tensor(labels.data, labels.shape)];
        return () => {
          const [value, gradient] = classifierLossValueAndGrad(layers, ofX, ofLabels);
          return numbers(value, ...inOrder(gradient));
        };
      },
      hessianProduct: ({ network, x, y, along }) => {
        const [layers, ofX, ofY, direction] = [tensors(network), tensor(x), tensor(y), tensors(along)];
        return () => numbers(...inOrder(regressionLossHvp(layers, ofX, ofY, direction)[1]));
      },
    },
  };
}
