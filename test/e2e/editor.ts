/** Sessions of TypeScript's server with the plugin of the packed package. */
import fs from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startSession, type Diagnostic, type Session } from "./tsserver.ts";

const root = path.resolve(import.meta.dirname, "../..");

const good = "export const cube = (x: number): number => x ** 3;\n";
const lossy = "export const cube = (x: number): number => Number(JSON.stringify(x));\n";
const model = `import { cube } from "./helper";

/**
 * @differentiable grad
 * @wrt x
 */
export function loss(x: number, k: number): number {
  return k * cube(x);
}
`;
const counted = `/** @differentiable grad */
export function power(x: number, n: number): number {
  let y = x;
  for (let i = 0; i < n; i++) y *= x;
  return y;
}
`;
const main = `import { grad } from "tsgrad";
import { loss } from "./model";
import { lossGrad } from "./model.grad";

export const slopes = [lossGrad(1, 2), grad(loss)(1, 2)];
`;
const config = {
  compilerOptions: {
    ...{ strict: true, noEmit: true, module: "esnext", moduleResolution: "bundler", target: "es2022", types: [] },
    ...{ rootDirs: [".", ".tsgrad/types"], plugins: [{ name: "tsgrad/editor" }] },
  },
};

const ours = (found: readonly Diagnostic[]): readonly Diagnostic[] => found.filter(({ source }) => source === "tsgrad");
const codes = (found: readonly Diagnostic[]): readonly number[] => found.map(({ code }) => code);

interface CodeFix {
  readonly description: string;
  readonly changes: readonly {
    readonly fileName: string;
    readonly textChanges: readonly { readonly start: Place; readonly end: Place; readonly newText: string }[];
  }[];
}

interface Place {
  readonly line: number;
  readonly offset: number;
}

/** Tests in a folder in which the package is installed. */
export function testEditor(project: string): void {
  const at = (name: string): string => path.join(project, "editor", name);
  const typescript = (version: string): string => path.join(root, "node_modules", version, "lib/tsserver.js");
  const start = (version: string): Session =>
    startSession(typescript(version), path.join(project, "editor"), ["--allowLocalPluginLoads"]);

  beforeAll(() => {
    fs.mkdirSync(at("."), { recursive: true });
    const files = {
      "tsconfig.json": JSON.stringify(config),
      "helper.ts": good,
      "model.ts": model,
      "main.ts": main,
      "counted.ts": counted,
    };
    for (const [name, text] of Object.entries(files)) fs.writeFileSync(at(name), text);
  });

  describe("tsgrad/editor in TypeScript's server", () => {
    let session: Session;
    beforeAll(() => {
      session = start("typescript");
    });
    afterAll(() => session.end());

    test("diagnostics of unsaved texts, and of what they do to other files", async () => {
      session.open(at("model.ts"), model);
      session.open(at("helper.ts"), lossy);
      const [found] = ours(await session.diagnostics(at("helper.ts"), (all) => ours(all).length > 0));
      expect(found).toMatchObject({ code: 101031, category: "error", start: { line: 1, offset: 44 } });
      expect(found?.text).toMatch(/^TG1031: .*\nhint: /);
      expect(found?.relatedInformation).toMatchObject([
        { message: "The derivative of 'loss' is asked for here.", span: { file: at("model.ts") } },
      ]);
      const [there] = ours(await session.diagnostics(at("model.ts"), (all) => ours(all).length > 0));
      expect(there).toMatchObject({ code: 101031, start: { line: 4, offset: 4 } });
      session.type(at("helper.ts"), "1:44", "1:69", "x * x * x");
      expect(ours(await session.diagnostics(at("model.ts"), (all) => ours(all).length === 0))).toEqual([]);
      expect(ours(await session.diagnostics(at("helper.ts"), (all) => ours(all).length === 0))).toEqual([]);
    });

    test("a quick fix, by which the diagnostic goes", async () => {
      const file = at("counted.ts");
      session.open(file, counted);
      const [found] = ours(await session.diagnostics(file, (all) => ours(all).length > 0));
      expect(found).toMatchObject({ code: 103102, category: "warning" });
      const span = {
        startLine: found!.start.line,
        startOffset: found!.start.offset,
        endLine: found!.end.line,
        endOffset: found!.end.offset,
      };
      const fixes = await session.request<readonly CodeFix[]>("getCodeFixes", { file, ...span, errorCodes: [103102] });
      expect(fixes.map(({ description }) => description)).toEqual([
        "Write int as the type of 'n'",
        "Ignore TG3102 here",
      ]);
      expect(await session.request("getSupportedCodeFixes", { file })).toContain("103102");
      const changes = fixes[0]!.changes[0]!.textChanges;
      for (const { start: from, end: to, newText } of changes.toReversed())
        session.type(
          file,
          `${String(from.line)}:${String(from.offset)}`,
          `${String(to.line)}:${String(to.offset)}`,
          newText,
        );
      expect(await session.diagnostics(file, (all) => all.length === 0)).toEqual([]);
    });

    test("modules on no disk have types; hover and completions are as they were, and hover tells what is generated", async () => {
      const file = at("main.ts");
      session.open(file, main);
      expect(await session.diagnostics(file, (all) => all.length === 0)).toEqual([]);
      const hover = (
        name: string,
        line: number,
        offset: number,
      ): Promise<{ displayString: string; documentation: string }> =>
        session.request("quickinfo", { file: at(name), line, offset });
      expect((await hover("main.ts", 5, 25)).displayString).toBe(
        "(alias) lossGrad(x: number, k: number): number\nimport lossGrad",
      );
      const value = await hover("main.ts", 5, 41);
      expect(value.displayString).toContain("grad");
      expect(value.documentation).not.toContain("tsgrad generates");
      const told = "function lossGrad(x: number, k: number): number";
      expect((await hover("model.ts", 7, 18)).documentation).toContain(told);
      expect((await hover("main.ts", 5, 46)).documentation).toContain(told);
      const { entries } = await session.request<{ entries: readonly { name: string }[] }>("completionInfo", {
        file,
        line: 5,
        offset: 24,
      });
      expect(entries.map(({ name }) => name)).toEqual(expect.arrayContaining(["lossGrad", "loss", "grad"]));
    });
  });

  test("tsgrad/editor with TypeScript 5.9", async () => {
    const session = start("typescript-5.9");
    session.open(at("counted.ts"), counted);
    expect(codes(ours(await session.diagnostics(at("counted.ts"), (all) => ours(all).length > 0)))).toEqual([103102]);
    await session.end();
  });
}
