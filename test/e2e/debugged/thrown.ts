import { ones, tensor } from "tsgrad";
import { lossVjp, ruledVjp } from "./model.grad.js";

const stackOf = (run: () => unknown): string => {
  try {
    return String(run());
  } catch (error) {
    return (error as Error).stack ?? "";
  }
};
const [x, w, b] = [ones([2, 3]), ones([3, 5]), ones([5])];
// Each on a line of its own.
const stacks = [
  stackOf(() => lossVjp(x, ones([4, 5]), b, b, tensor(1))),
  stackOf(() => lossVjp(x, w, b, ones([4]), tensor(1))),
  stackOf(() => ruledVjp(x, w, tensor(1))),
  stackOf(() => lossVjp(x, w, b, b, ones([2]))),
];
console.log(JSON.stringify(stacks));
