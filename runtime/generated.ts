/** What generated code imports. Code of numbers and typed arrays imports nothing, but for pullbacks in which references move. */
export { copyTogether } from "./copies.ts";
export { Tensor } from "./tensor.ts";
