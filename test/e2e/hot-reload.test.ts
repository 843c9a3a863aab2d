/** Vite's development server in a browser: what it serves is built, follows changes, and errors stand over the page. */
import fs from "node:fs";
import path from "node:path";
import { chromium, type Browser, type Page } from "playwright-core";
import { createServer, type ViteDevServer } from "vite";
import { afterAll, beforeAll, expect, test } from "vitest";
import tsgrad from "../../compiler/integrations/vite.ts";
import { installRuntime } from "../integrations/builders.ts";
import { temporaryFolder } from "../support/temporary.ts";

const executablePath = ["/usr/bin/chromium", "/usr/bin/chromium-browser", process.env.CHROMIUM ?? ""].find((file) =>
  fs.existsSync(file),
);

const model = (exponent: number): string => `import { square } from "./square.ts";

/** @differentiable grad */
export function loss(x: number): number {
  return square(x) * x ** ${String(exponent)};
}
`;

const main = `import { jvp } from "tsgrad";
import { lossGrad } from "./model.grad";
import { loss } from "./model.ts";

export function show(slope: (x: number) => number, both: typeof tangent): void {
  document.body.dataset.slope = String(slope(2));
  document.body.dataset.tangent = both(2, 1).join();
}
const tangent = jvp(loss);
show(lossGrad, tangent);
import.meta.hot?.accept();
`;

const folder = temporaryFolder("hot");
const write = (name: string, text: string): void => {
  fs.writeFileSync(path.join(folder, name), text);
};

let server: ViteDevServer;
let browser: Browser;
let page: Page;

beforeAll(async () => {
  if (executablePath === undefined) return;
  await installRuntime(folder);
  write("package.json", JSON.stringify({ type: "module" }));
  write(
    "tsconfig.json",
    JSON.stringify({
      compilerOptions: {
        ...{ strict: true, target: "es2022", module: "esnext", moduleResolution: "bundler", noEmit: true },
        ...{ lib: ["es2023", "dom"], types: [], allowImportingTsExtensions: true },
      },
      include: ["*.ts"],
    }),
  );
  write("vite-env.d.ts", "interface ImportMeta {\n  readonly hot?: { accept(): void };\n}\n");
  write("index.html", '<body><script type="module" src="/main.ts"></script></body>');
  write("square.ts", "export const square = (x: number): number => x * x;\n");
  write("model.ts", model(1));
  write("main.ts", main);
  server = await createServer({ root: folder, logLevel: "silent", plugins: [tsgrad({ root: folder })] });
  await server.listen(0);
  browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });
  page = await browser.newPage();
});

afterAll(async () => {
  await browser?.close();
  await server?.close();
});

/** What the page shows in the end, and the module's that was loaded first. */
const shows = async (slope: number, tangent: string): Promise<void> => {
  await expect
    .poll(() => page.evaluate("[document.body.dataset.slope, document.body.dataset.tangent]"), { timeout: 20_000 })
    .toEqual([String(slope), tangent]);
};

test.skipIf(executablePath === undefined)("a change reaches the page without loading it again", async () => {
  await page.goto(server.resolvedUrls?.local[0] ?? "");
  await shows(12, "8,12");
  await page.evaluate('document.body.dataset.first = "still here"');
  write("model.ts", model(2));
  await shows(32, "16,32");
  // Of a file that the generated code comes from, and does not import.
  write("square.ts", "export const square = (x: number): number => 3 * x * x;\n");
  await shows(96, "48,96");
  expect(await page.evaluate("document.body.dataset.first")).toBe("still here");
});

test.skipIf(executablePath === undefined)(
  "an error stands over the page with its place, until it is mended",
  async () => {
    write("model.ts", model(2).replace("square(x)", "square(x) * Math.random()"));
    const overlay = page.locator("vite-error-overlay");
    await overlay.waitFor({ timeout: 20_000 });
    const told = await overlay.locator(".message").innerText();
    expect(told).toMatch(/model\.ts:5:\d+ - error TG1005/);
    expect(await overlay.locator(".frame").innerText()).toContain("return square(x) * Math.random() * x ** 2;");
    write("model.ts", model(3));
    await shows(240, "96,240");
    await expect.poll(() => overlay.count(), { timeout: 20_000 }).toBe(0);
  },
);
