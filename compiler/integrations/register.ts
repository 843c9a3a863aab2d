/**
 * `node --import tsgrad/register script.ts`: scripts import `./model.grad` modules as bundlers' users do. TypeScript
 * sources are run too; their types are stripped, not checked.
 */
import { register } from "node:module";

register("./register-hooks.js", import.meta.url);
