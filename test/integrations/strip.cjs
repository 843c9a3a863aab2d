/** A loader for webpack and Rspack: types are stripped from the project's own sources, and what maps they have is kept. */
const { transformSync } = require("esbuild");

module.exports = function strip(text, given) {
  const known = given
    ? `\n//# sourceMappingURL=data:application/json,${encodeURIComponent(typeof given === "string" ? given : JSON.stringify(given))}`
    : "";
  const { code, map } = transformSync(text + known, {
    loader: "ts",
    sourcemap: "external",
    sourcefile: this.resourcePath,
  });
  this.callback(null, code, JSON.parse(map));
};
