/** A loader for webpack and Rspack: types are stripped from the project's own sources. */
const { transformSync } = require("esbuild");

module.exports = (text) => transformSync(text, { loader: "ts" }).code;
