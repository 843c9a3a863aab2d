export { energy as chain, power } from "./model.ts";
