/** Plugins of one process share one service, and its runs share programs of TypeScript: counted. */
import fs from "node:fs";
import path from "node:path";
import { createServer, type ViteDevServer } from "vite";
import { afterAll, expect, test } from "vitest";
import { serviceFor } from "../../compiler/integrations/service.ts";
import vitePlugin from "../../compiler/integrations/vite.ts";
import { temporaryFolder } from "../support/temporary.ts";

const folder = temporaryFolder("shared");

const write = (name: string, text: string): void => {
  fs.writeFileSync(path.join(folder, name), text);
};
const names = ["a", "b", "c"];
const model = (name: string, power: number): string =>
  `import { scale } from "./scale-${name}.ts";\n/** @differentiable grad */\nexport const ${name} = (x: number): number => scale * x ** ${String(power)};\n`;
write(
  "tsconfig.json",
  JSON.stringify({
    compilerOptions: { module: "esnext", strict: true, noEmit: true, allowImportingTsExtensions: true },
  }),
);
for (const name of names) {
  write(`${name}.ts`, model(name, 2));
  write(`scale-${name}.ts`, "export const scale = 1;\n");
}
const imports = names.map((name) => `import { ${name}Grad } from "./${name}.grad";\n`).join("");
write("main.ts", `${imports}export const slopes = [${names.map((name) => `${name}Grad(3)`).join(", ")}];\n`);

const service = serviceFor({ cwd: folder });
const servers: ViteDevServer[] = [];
afterAll(() => Promise.all(servers.map((server) => server.close())));

async function serverWithPlugin(): Promise<ViteDevServer> {
  const server = await createServer({
    ...{ configFile: false, root: folder, logLevel: "silent", optimizeDeps: { noDiscovery: true } },
    server: { middlewareMode: true, ws: false },
    plugins: [vitePlugin({ root: folder })],
  });
  servers.push(server);
  return server;
}

const slopes = async (server: ViteDevServer | undefined): Promise<unknown> =>
  ((await server?.ssrLoadModule(path.join(folder, "main.ts"))) as { slopes: unknown }).slopes;

test("client, server and further servers have each module compiled once, out of one program", async () => {
  for (const server of [await serverWithPlugin(), await serverWithPlugin()]) {
    expect(await slopes(server)).toEqual([6, 6, 6]);
    for (const file of ["main", ...names.map((name) => `${name}.grad`)])
      expect(await server.environments.client.transformRequest(`/${file}.ts`)).not.toBeNull();
  }
  expect(service.made).toMatchObject({ compiled: 3, programs: 1 });
  // The three sources, and what they import.
  expect(service.made.parsed).toBe(6);
});

test("a change parses the changed file, and compiles what comes from it", async () => {
  const before = service.made;
  write("scale-b.ts", "export const scale = 10;\n");
  await expect.poll(() => slopes(servers[0]), { timeout: 10_000 }).toEqual([6, 60, 6]);
  await expect.poll(() => slopes(servers[1]), { timeout: 10_000 }).toEqual([6, 60, 6]);
  const { compiled, programs, parsed } = service.made;
  expect([compiled - before.compiled, programs - before.programs, parsed - before.parsed]).toEqual([1, 1, 1]);
});
