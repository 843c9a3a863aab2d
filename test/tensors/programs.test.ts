/** Mistakes in programs of several statements are found at their line, and what is right is not refused. */
import path from "node:path";
import { expect, test } from "vitest";
import { readProject } from "../../compiler/frontend/index.ts";
import * as tsgrad from "../../runtime/index.ts";
import { root } from "../support/load.ts";
import { sound } from "./programs-without-mistakes.ts";
import { mistaken } from "./programs-with-mistakes.ts";

const sign = " // ✗";
const pathOf = (k: number, kind: string): string => path.join(root, `test/tensors/${kind}-${String(k)}.ts`);

function sourceOf(text: string): string {
  const used = Object.keys(tsgrad).filter((name) => new RegExp(`(?<![.\\w])${name}\\(`).test(text));
  const annotated = text.replace("export function", "/** @differentiable */ export function");
  return `import { type Tensor, ${used.join(", ")} } from "tsgrad";\n${annotated}`;
}

/** The lines at fault of each program, with what is said of them. */
function found(kind: string, texts: readonly string[]): string[][] {
  const overlay = new Map(texts.map((text, k) => [pathOf(k, kind), sourceOf(text)]));
  const { reports } = readProject({ cwd: root, files: [...overlay.keys()], overlay });
  return texts.map((_, k) =>
    reports.flatMap(({ code, message, origin }) => {
      if (origin?.file !== pathOf(k, kind)) return [];
      const line = overlay.get(origin.file)!.slice(0, origin.start).split("\n").length - 1;
      return [code === "TG1040" ? `line ${String(line)}` : `${code} ${message}`];
    }),
  );
}

test("each is found once, at its line", () => {
  const wanted = mistaken.map(({ name, text }) => [name, `line ${String(text.split(sign)[0]!.split("\n").length)}`]);
  const lines = found(
    "mistaken",
    mistaken.map(({ text }) => text),
  );
  const unlike = mistaken
    .map(({ name }, k) => [name, ...lines[k]!])
    .filter((own, k) => own.join() !== wanted[k]!.join());
  expect(unlike).toEqual([]);
});

test("none is found where it is right", () => {
  const texts = mistaken.map(({ text, right }) =>
    text.replace(new RegExp(`^( *).*${sign}$`, "m"), (_, space) => `${String(space)}${right}`),
  );
  const lines = found("right", texts);
  expect(mistaken.flatMap(({ name }, k) => lines[k]!.map((line) => `${name}: ${line}`))).toEqual([]);
});

test("shapes that change on the way", () => {
  const lines = found("sound", Object.values(sound));
  expect(Object.keys(sound).flatMap((name, k) => lines[k]!.map((line) => `${name}: ${line}`))).toEqual([]);
});
