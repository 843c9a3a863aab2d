/** The command as a process: exit statuses, and how long it takes. */
import { expect, test } from "vitest";
import { createFolder, tsgrad } from "./support.ts";

const square = "/** @differentiable grad */\nexport function square(x: number): number {\n  return x * x;\n}\n";

test("exit statuses are 0, 1 and 2", () => {
  const { path } = createFolder({ "model.ts": square });
  expect(tsgrad(path, "build", "model.ts")).toMatchObject({ status: 0, err: "" });
  expect(tsgrad(path, "build", "gone.ts").status).toBe(1);
  expect(tsgrad(path, "build", "--nonsense").status).toBe(2);
  expect(tsgrad(path, "explain", "model.ts").status).toBe(2);
  expect(tsgrad(path, "frobnicate").status).toBe(2);
  expect(tsgrad(path).status).toBe(2);
  expect(tsgrad(path, "--help").status).toBe(0);
  expect(tsgrad(path, "--version")).toMatchObject({ status: 0, out: "0.1.0\n" });
});

test("bad input never gives a stack trace", () => {
  const { path } = createFolder({ "model.ts": "export function (", "tsconfig.json": "[", "bad.ts": `${square}}}}` });
  for (const name of ["model.ts", "bad.ts"]) {
    const { out, err } = tsgrad(path, "build", name);
    expect(out + err).not.toMatch(/^\s+at /m);
    expect(err).not.toContain("TG9001");
  }
});
