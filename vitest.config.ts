import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

export default defineConfig({
  resolve: {
    alias: [
      { find: /^tsgrad$/, replacement: at("runtime/index.ts") },
      { find: /^tsgrad\/runtime$/, replacement: at("runtime/generated.ts") },
      { find: /^tsgrad\/compiler$/, replacement: at("compiler/index.ts") },
    ],
  },
  test: {
    setupFiles: ["test/support/seed.ts"],
    include: ["test/**/*.test.ts"],
    testTimeout: 60_000,
    hookTimeout: 120_000,
  },
});
