// TypeScript's server looks for plugins in folders, and takes a function that it requires.
module.exports = require("../dist/compiler/integrations/editor/plugin.cjs").default;
