/** The editor's end: it never waits, whatever the thread that compiles does. */
import { Worker } from "node:worker_threads";
import fc from "fast-check";
import { expect, test } from "vitest";
import { createClient, type Client, type OpenFile } from "../../compiler/integrations/editor/client.ts";
import { shifting } from "../../compiler/integrations/editor/shift.ts";

const of = { cwd: "/p", project: "/p/tsconfig.json", files: undefined };
const open = (file: string, text: string): OpenFile => ({ file, version: text, text: () => text });

interface Trial {
  readonly client: Client;
  readonly logged: readonly string[];
  readonly started: () => number;
}

/** A client whose thread runs this when it hears of a look, `look`. */
function clientOf(script: string, patience = 200): Trial {
  const logged: string[] = [];
  let started = 0;
  const body = `const { parentPort } = require("node:worker_threads");
    const say = (answer) => parentPort.postMessage(answer);
    const found = (look, source) => say({ kind: "found", id: look.id, source, findings: [], stories: [{ at: { file: source, start: 0, end: 1 }, text: JSON.stringify(look) }] });
    parentPort.on("message", (look) => { ${script} });`;
  const startWorker = (): Worker => {
    started++;
    return new Worker(body, { eval: true });
  };
  return {
    client: createClient({ startWorker, log: (text) => void logged.push(text), patience }),
    logged,
    started: () => started,
  };
}

const told = (
  client: Client,
  source: string,
): { readonly avoid: readonly string[]; readonly texts: unknown } | undefined => {
  const text = client.known.get(source)?.stories[0]?.text;
  return text === undefined ? undefined : (JSON.parse(text) as { avoid: readonly string[]; texts: unknown });
};

test("a source that takes too long is left alone until its text changes, and the others go on", async () => {
  const slow = `for (const source of look.open.toReversed()) {
      if (look.avoid.includes(source)) continue;
      say({ kind: "begun", id: look.id, source });
      if (source === "/p/slow.ts" && look.texts.some(([, text]) => text === "slow")) for (;;);
      found(look, source);
    } say({ kind: "done", id: look.id });`;
  const { client, logged, started } = clientOf(slow);
  client.look(of, [open("/p/good.ts", "good"), open("/p/slow.ts", "slow")]);
  await expect.poll(() => told(client, "/p/good.ts"), { timeout: 10_000 }).toMatchObject({ avoid: ["/p/slow.ts"] });
  expect(logged).toEqual(["tsgrad: /p/slow.ts takes too long; it is left alone until it changes."]);
  client.look(of, [open("/p/good.ts", "good"), open("/p/slow.ts", "quick")]);
  await expect.poll(() => told(client, "/p/slow.ts"), { timeout: 10_000 }).toMatchObject({ avoid: [] });
  expect(started()).toBe(2);
});

test("a thread that fails is started anew with all texts, but not for ever", async () => {
  const { client, logged, started } = clientOf(`throw new Error("mistake")`);
  for (let n = 1; n <= 5; n++) {
    client.look(of, [open("/p/a.ts", String(n))]);
    await expect.poll(() => logged.length, { timeout: 10_000 }).toBe(Math.min(n, 3));
  }
  expect([started(), logged[0]?.includes("mistake")]).toEqual([3, true]);
});

test("the thread hears of what changed, and of what is open no more", async () => {
  const { client } = clientOf(`for (const source of look.open) found(look, source);`);
  const texts = (source: string): unknown => told(client, source)?.texts;
  client.look(of, [open("/p/a.ts", "1"), open("/p/b.ts", "1")]);
  await expect
    .poll(() => texts("/p/a.ts"), { timeout: 10_000 })
    .toEqual([
      ["/p/a.ts", "1"],
      ["/p/b.ts", "1"],
    ]);
  client.look(of, [open("/p/a.ts", "2")]);
  // As JSON has what is undefined.
  await expect
    .poll(() => texts("/p/a.ts"), { timeout: 10_000 })
    .toEqual([
      ["/p/b.ts", null],
      ["/p/a.ts", "2"],
    ]);
});

test("news have the editor ask again, not for each", async () => {
  const { client } = clientOf(`for (const source of ["/p/a.ts", "/p/b.ts", "/p/c.ts"])
    say({ kind: "found", id: look.id, source, stories: [], findings: [{ report: { code: "TG1014", severity: "error", message: source }, fixes: [] }] });`);
  let closed = 0;
  let asked = 0;
  client.refreshers
    .add(() => (closed++, false))
    .add(() => (asked++, true))
    .add(() => (asked++, true));
  client.look(of, [open("/p/a.ts", "1")]);
  await expect.poll(() => client.known.size, { timeout: 10_000 }).toBe(3);
  await expect.poll(() => asked).toBeGreaterThan(0);
  await new Promise((resolve) => setTimeout(resolve, 400));
  // The first is shown at once, and what came meanwhile is with the next.
  expect(asked).toBeLessThanOrEqual(2);
  expect(closed).toBe(asked);
});

test("places move along with what is typed, or go", () => {
  const [before, now] = ["let a = 1;\nlet b = 2;\nlet c = 3;\n", "let a = 1;\nlet bb = 22;\nlet c = 3;\n"];
  const shift = shifting(before, now);
  expect(
    [
      { start: 4, end: 5 },
      { start: 15, end: 20 },
      { start: 26, end: 27 },
    ].map(shift),
  ).toEqual([{ start: 4, end: 5 }, undefined, { start: 28, end: 29 }]);
  fc.assert(
    fc.property(fc.string(), fc.string(), fc.string(), fc.string(), fc.nat(), (head, cut, put, tail, at) => {
      const [old, text] = [head + cut + tail, head + put + tail];
      const span = { start: at % (old.length + 1), end: Math.min(old.length, (at % (old.length + 1)) + 3) };
      const moved = shifting(old, text)(span);
      if (moved !== undefined) expect(text.slice(moved.start, moved.end)).toBe(old.slice(span.start, span.end));
    }),
  );
});
