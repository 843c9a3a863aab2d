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
    globalSetup: ["test/support/temporary.ts"],
    setupFiles: ["test/support/seed.ts"],
    include: ["test/**/*.test.ts"],
    // All cores: by default one is left idle, which is half of a machine with two.
    maxWorkers: "100%",
    // TypeScript and the compiler are loaded once for a core, not for each file: a minute of six.
    isolate: false,
    testTimeout: 60_000,
    hookTimeout: 120_000,
  },
});
