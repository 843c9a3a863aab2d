import { defineConfig, globalIgnores } from "eslint/config";
import tseslint from "typescript-eslint";

export default defineConfig(
  // Inputs of fixtures show what users write, not what we would; generated files are the emitter's business.
  globalIgnores([
    "dist/",
    "coverage/",
    "out/",
    "test/errors/",
    "test/fixtures/",
    "test/integrations/project/",
    "test/integrations/values/",
    "test/e2e/debugged/",
    "**/*.grad.ts",
  ]),
  {
    files: ["**/*.ts"],
    extends: [tseslint.configs.strictTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      // `x[i]!` is how code reads an array whose bounds it knows.
      "@typescript-eslint/no-non-null-assertion": "off",
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
      // It takes every `x[i]` and `const [x] = …` to be there, which is what such conditions ask.
      "@typescript-eslint/no-unnecessary-condition": "off",
      // TypeScript's own flags are combined with `|`.
      "@typescript-eslint/no-unsafe-enum-assignment": "off",
      "@typescript-eslint/no-unused-vars": ["error", { argsIgnorePattern: "^_", varsIgnorePattern: "^_" }],
      "@typescript-eslint/no-confusing-void-expression": [
        "error",
        { ignoreArrowShorthand: true, ignoreVoidReturningFunctions: true },
      ],
      "@typescript-eslint/switch-exhaustiveness-check": ["error", { considerDefaultExhaustiveForUnions: true }],
    },
  },
  {
    // Numeric code reads better without `!`; where an index is not plain it may stand all the same.
    files: ["test/**/*.ts", "bench/**/*.ts", "samples/**/*.ts"],
    rules: {
      "@typescript-eslint/no-unnecessary-type-assertion": "off",
      // Tests run generated text, and throw what it throws.
      "@typescript-eslint/no-implied-eval": "off",
      "@typescript-eslint/only-throw-error": "off",
    },
  },
);
