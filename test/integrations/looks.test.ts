/** What the editor is told of sources, as they are typed. */
import { beforeEach, describe, expect, test } from "vitest";
import { createLooks } from "../../compiler/integrations/editor/looks.ts";
import type { Answer, Found } from "../../compiler/integrations/editor/messages.ts";
import { createFolder, type Folder } from "../cli/support.ts";

const config = { compilerOptions: { module: "esnext", moduleResolution: "bundler", strict: true, noEmit: true } };
const rootDirs = { compilerOptions: { ...config.compilerOptions, rootDirs: [".", ".tsgrad/types"] } };
const lossy = "export const text = (x: number): number => Number(JSON.stringify(x));\n";
const model = `import { text } from "./helper";\n\n/** @differentiable grad */\nexport const loss = (x: number, k: number): number => k * text(x);\n`;

let folder: Folder;
let answers: Answer[];
let looks: ReturnType<typeof createLooks>;
let id: number;

beforeEach(() => {
  folder = createFolder({
    "tsconfig.json": JSON.stringify(config),
    "helper.ts": lossy,
    "model.ts": model,
    "other.ts": "/** @differentiable grad */\nexport const other = (x: number): number => x * x;\n",
  });
  answers = [];
  looks = createLooks((answer) => answers.push(answer));
  id = 0;
});

const at = (name: string): string => `${folder.path}/${name}`;

/** Looks, and gives what is said of each source. */
async function look(
  open: readonly string[],
  texts: Readonly<Record<string, string | undefined>> = {},
): Promise<Found[]> {
  const from = answers.length;
  const of = { cwd: folder.path, project: at("tsconfig.json"), files: undefined };
  await looks.look({
    ...{ id: ++id, of, avoid: [], open: open.map(at) },
    texts: Object.entries(texts).map(([name, text]) => [at(name), text] as const),
  });
  return answers.slice(from).filter((answer) => answer.kind === "found");
}

const codesOf = (found: readonly Found[]): readonly string[] =>
  found.flatMap(({ findings }) =>
    findings.map(({ report }) => `${report.code} ${report.origin?.file.slice(folder.path.length + 1) ?? ""}`),
  );

test("an open file has what is found in it through any source that leads to it, and in unsaved texts", async () => {
  expect(codesOf(await look(["helper.ts"]))).toEqual(["TG1031 helper.ts"]);
  const cured = { "helper.ts": "export const text = (x: number): number => x * x;\n" };
  const found = await look(["helper.ts"], cured);
  expect(found.map(({ source }) => source)).toEqual([at("model.ts")]);
  expect(codesOf(found)).toEqual([]);
  // The text on disk counts again.
  expect(codesOf(await look(["helper.ts"], { "helper.ts": undefined }))).toEqual(["TG1031 helper.ts"]);
});

test("a source is looked at again when something that it leads to has changed, and only then", async () => {
  await look(["model.ts", "other.ts"]);
  expect(looks.made.looked).toBe(2);
  await look(["model.ts", "other.ts"]);
  expect(looks.made.looked).toBe(2);
  await look(["model.ts", "other.ts"], { "helper.ts": `${lossy}// more` });
  const { looked, parsed } = looks.made;
  expect(looked).toBe(3);
  // On disk, by another tool.
  folder.write("other.ts", "/** @differentiable hessian */\nexport const other = (x: number): number => x ** 4;\n");
  const [found] = await look(["model.ts", "other.ts"]);
  expect(found?.stories[0]?.text).toContain("otherHessian");
  expect([looks.made.looked, looks.made.parsed]).toEqual([looked + 1, parsed + 1]);
});

test("a newer look ends an older one", async () => {
  const first = look(["model.ts", "other.ts"]);
  const second = look(["other.ts", "model.ts"]);
  await Promise.all([first, second]);
  expect(answers.filter(({ kind }) => kind === "done")).toEqual([{ kind: "done", id: 2 }]);
});

test("a source that has nothing of ours any more is taken back", async () => {
  await look(["model.ts"]);
  const [found] = await look(["model.ts"], { "model.ts": model.replace("/** @differentiable grad */", "") });
  expect([found?.source, found?.findings]).toEqual([at("model.ts"), []]);
});

test("what is generated from an annotated function, and what is active in it", async () => {
  const text = `import type { int } from "tsgrad";
/** @differentiable vjp grad */
export function spring(x: Float64Array, k: number, n: int): number {
  let energy = 0;
  for (let i = 0; i < n; i++) {
    const d = x[i + 1]! - x[i]!;
    energy += k * d * d;
  }
  return energy;
}
`;
  const [found] = await look(["model.ts"], { "model.ts": text });
  expect(found?.stories.map(({ text: story }) => story)).toMatchInlineSnapshot(`
    [
      "tsgrad generates in \`./model.grad\`:

    \`\`\`ts
    function springVjp(x: Float64Array, k: number, n: int, v: number): [value: number, grads: [x: Float64Array, k: number]]
    function springGrad(x: Float64Array, k: number, n: int): [x: Float64Array, k: number]
    \`\`\`

    Differentiated: \`x\`, \`k\`; given: the result.

    Active: \`energy\`, \`d\`.

    Without a derivative: \`n\`, \`i\`.",
    ]
  `);
  const [broken] = await look(["model.ts"], { "model.ts": text.replace("= 0;", "= Number(JSON.stringify(k));") });
  expect(broken?.stories.map(({ text: story }) => story)).toMatchInlineSnapshot(`
    [
      "tsgrad generates \`springVjp\`, \`springGrad\` in \`./model.grad\` once the errors are gone.",
    ]
  `);
});

describe("types of generated modules", () => {
  const main = `import { lossGrad } from "./model.grad";\nexport const slope = lossGrad(1, 2);\n`;

  test("are written where rootDirs looks for them, as soon as an open file waits for them, and follow the text", async () => {
    folder.write("tsconfig.json", JSON.stringify(rootDirs));
    folder.write("helper.ts", "export const text = (x: number): number => x * x;\n");
    folder.write("main.ts", main);
    await look(["main.ts"]);
    const types = ".tsgrad/types/model.grad.d.ts";
    expect(folder.read(types)).toContain("lossGrad(x: number, k: number): [x: number, k: number]");
    await look(["model.ts"], { "model.ts": model.replace("k: number", "factor: number").replace("k *", "factor *") });
    expect(folder.read(types)).toContain("lossGrad(x: number, factor: number)");
    await look(["model.ts"], { "model.ts": "export {};\n" });
    expect(folder.has(types)).toBe(false);
  });

  test("are not written where nobody looks for them", async () => {
    folder.write("main.ts", main);
    await look(["main.ts", "other.ts"]);
    expect(folder.has(".tsgrad")).toBe(false);
  });
});
