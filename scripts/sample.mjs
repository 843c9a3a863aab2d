/** Runs a sample by its name: `npm run sample -- kepler`. Without one, lists them. */
import { spawnSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";

const samples = path.resolve(import.meta.dirname, "../samples");
const names = fs.readdirSync(samples).filter((name) => fs.existsSync(path.join(samples, name, "main.ts")));
const [name, ...rest] = process.argv.slice(2);

if (name === undefined || !names.includes(name)) {
  console.error(`npm run sample -- <name>, where the name is one of ${names.join(", ")}`);
  process.exitCode = 2;
} else {
  const tsx = path.resolve(samples, "../node_modules/tsx/dist/cli.mjs");
  const { status } = spawnSync(process.execPath, [tsx, path.join(samples, name, "main.ts"), ...rest], {
    stdio: "inherit",
  });
  process.exitCode = status ?? 1;
}
