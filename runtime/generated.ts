/** What generated code imports. Code of numbers and typed arrays alone imports nothing. */
export { Tensor } from "./tensor.ts";
