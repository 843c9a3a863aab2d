/** Programs around loops under `// @checkpoint`: a state of many kinds, which each iteration changes or makes anew. */
import type { Loop, Stmt } from "../ast.ts";
import { loop, statements } from "../dense/blocks.ts";
import type { Frame } from "../dense/blocks.ts";
import type { LoopForm, World } from "../dense/grammar.ts";
import { worlds as others } from "../dense/program.ts";
import type { Making } from "../dense/program.ts";
import type { Random } from "../random.ts";
import { bodies } from "./bodies.ts";
import { grids } from "./grids.ts";
import { renewed } from "./renewed.ts";

export const checkpoints: Making = {
  choose: (random) => {
    const chosen = random.weighted<readonly World[]>([
      [4, [grids]],
      [6, [renewed]],
      [2, [bodies]],
      [2, [grids, random.pick([bodies, renewed])]],
      [1, [random.pick([grids, bodies, renewed]), random.pick(others)]],
    ]);
    return chosen.map((world) => ({ ...world, lines: fewer(random, world.lines) }));
  },
  body: (frame) => {
    const { random } = frame.writer;
    const some = (most: number): Stmt[] => statements(frame, random.between(0, most));
    const loops = random.chance(0.3) ? 2 : 1;
    return [...some(1), ...Array.from({ length: loops }, () => checkpointed(frame)), ...some(2)];
  },
};

/** Some of the lines: an iteration that does a little of everything can seldom run again. */
function fewer<T>(random: Random, lines: readonly T[]): readonly T[] {
  return random.shuffle(lines).slice(0, random.between(3, 12));
}

const forms: readonly LoopForm[] = [
  { head: "for (let <i> = 0; <i> < 6; <i>++)", gives: { index: ["(<i> % 3)"] } },
  { head: "for (let <i> = 0; <i> < xs.length + 2; <i>++)", gives: { index: ["(<i> % 3)"] } },
  { head: "for (let <i> = x > 0 ? 7 : 2; <i> > 0; <i>--)", gives: { index: ["(<i> % 3)"] } },
  { head: "for (let <i> = 1; <i> < 8; <i> += 2)", gives: { index: ["(<i> % 3)"] } },
  { head: "for (let <t> = 0.1; <t> < 0.6 + y * 0.2; <t> += 0.15)", gives: { atom: ["<t>"] } },
  { head: "for (const <t> of [x, y, 0.3, ...xs])", gives: { atom: ["<t>"] } },
  { before: "let <k> = 0;", head: "while (<k> < 7 && @)", start: "<k>++;", gives: { index: ["(<k> % 3)"] } },
  { before: "let <k> = 0;", head: "while (<k> < 5)", start: "<k>++;", gives: { index: ["(<k> % 3)"] } },
];

function checkpointed(frame: Frame): Loop {
  const { writer } = frame;
  const { random } = writer;
  const made = loop(frame, random.pick(forms), random.between(1, 5));
  if (random.chance(0.8)) return { ...made, checkpoint: random.pick(["", "", " 1", " 2", " 3"]) };
  // In another loop, which may have a checkpoint itself.
  const around = loop(frame, random.pick(forms), 1);
  const inner: Loop = { ...made, checkpoint: random.pick(["", " 1", " 2"]) };
  return {
    ...around,
    body: random.chance(0.5) ? [...around.body, inner] : [inner, ...around.body],
    ...(random.chance(0.5) && { checkpoint: random.pick(["", " 2"]) }),
  };
}
