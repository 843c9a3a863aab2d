/** What generated code imports. Code of numbers and typed arrays alone imports nothing. */
export { copyTogether } from "./copies.ts";
export { Tensor } from "./tensor.ts";
