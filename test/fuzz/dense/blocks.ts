/** Statements of dense programs: lines of their worlds, in loops, branches, local functions and callbacks, that jumps leave. */
import { leaf } from "../ast.ts";
import type { Expr, Loop, Stmt } from "../ast.ts";
import type { Binding, LoopForm, Template, World, Writer } from "./grammar.ts";

/** What statements are made with. */
export interface Frame {
  readonly writer: Writer;
  readonly world: Pick<World, "lines" | "outer" | "bindings" | "loops">;
  /** What an early `return` gives. */
  readonly result: () => Expr;
  /** Statements that declare a function and make it visible, where a language has ways of its own to do so. */
  readonly functions?: () => readonly Stmt[];
}

export function statements(frame: Frame, count: number): Stmt[] {
  return Array.from({ length: count }, () => some(frame)).flat();
}

function some(frame: Frame): readonly Stmt[] {
  const { writer, functions } = frame;
  const isFunction = functions !== undefined && writer.nesting < 2 && writer.random.chance(0.2);
  return isFunction ? functions() : [statement(frame)];
}

function statement(frame: Frame): Stmt {
  const { writer, world } = frame;
  const { random } = writer;
  const nest = writer.nesting < 2;
  const isOuter = writer.loops === 0 && writer.functions === 0;
  return random.weighted<() => Stmt>([
    [14, () => oneOf(writer, world.lines)],
    [isOuter && world.outer.length > 0 ? 2.5 : 0, () => oneOf(writer, world.outer)],
    [2, () => binding(writer, random.pick(world.bindings))],
    [nest ? 7 : 0, () => loop(frame, random.pick(world.loops))],
    [nest ? 2 : 0, () => branch(frame)],
    [nest && writer.functions === 0 ? 1 : 0, () => localFunction(frame)],
    [writer.targets.length > 0 || writer.inCallback ? 1 : 0, () => jump(writer)],
    [writer.functions === 0 && !writer.inCallback ? 0.5 : 0, () => earlyReturn(frame)],
  ])();
}

function oneOf(writer: Writer, templates: readonly Template[]): Stmt {
  return writer.line(writer.pick(templates));
}

function binding(writer: Writer, one: Binding): Stmt {
  const { text, gives } = writer.named({ ...one });
  const stmt = writer.line(text);
  writer.declare(gives);
  return stmt;
}

export function loop(frame: Frame, one: LoopForm, count = frame.writer.random.between(1, 3)): Loop {
  const { writer } = frame;
  const { before, head, start, tail, gives } = writer.named({ ...one });
  const isCallback = tail !== undefined;
  const label = !isCallback && writer.random.chance(0.25) ? writer.fresh("outer") : undefined;
  const opened = { ...writer.fill("void", head, 1), tag: "head" };
  const { targets, inCallback } = writer;
  writer.targets = isCallback ? [] : [...targets, { label }];
  writer.inCallback = isCallback;
  writer.loops++;
  const body = inner(frame, () => {
    writer.declare(gives);
    return statements(frame, count);
  });
  writer.loops--;
  writer.targets = targets;
  writer.inCallback = inCallback;
  return {
    kind: "loop",
    tag: "dense",
    head: opened,
    body,
    ...(before !== undefined && { before }),
    ...(start !== undefined && { start }),
    ...(label !== undefined && { label }),
    ...(isCallback && { tail: leaf("void", `${tail};`, "tail") }),
  };
}

function inner(frame: Frame, make: () => Stmt[]): Stmt[] {
  const { writer } = frame;
  writer.nesting++;
  const made = writer.within(make);
  writer.nesting--;
  return made;
}

function branch(frame: Frame): Stmt {
  const { random } = frame.writer;
  const test = frame.writer.test();
  const then = inner(frame, () => statements(frame, random.between(1, 3)));
  if (random.chance(0.4)) return { kind: "if", test, then };
  return { kind: "if", test, then, otherwise: inner(frame, () => statements(frame, random.between(1, 2))) };
}

/** `const h = (t: number): number => { … };`, which later statements of the block call. */
function localFunction(frame: Frame): Stmt {
  const { writer } = frame;
  const [name, t] = [writer.fresh("h"), writer.fresh("t")];
  const { targets, inCallback } = writer;
  writer.targets = [];
  writer.inCallback = false;
  writer.functions++;
  const body = inner(frame, () => {
    writer.declare({ atom: [t] });
    const made = statements(frame, writer.random.between(0, 2));
    return [...made, { kind: "return", value: writer.number(1) }];
  });
  writer.functions--;
  writer.targets = targets;
  writer.inCallback = inCallback;
  writer.declare({ fn: [name] });
  return { kind: "closure", func: { name, params: [{ name: t, type: "number" }], result: "number", body } };
}

/** `if (…) continue outer;` */
function jump(writer: Writer): Stmt {
  const { random } = writer;
  const test = writer.test();
  if (writer.targets.length === 0) return { kind: "if", test, then: [{ kind: "jump", word: "return" }] };
  const { label } = random.pick(writer.targets);
  const word = random.pick(["break", "continue"] as const);
  return { kind: "if", test, then: [{ kind: "jump", word, ...(label !== undefined && { label }) }] };
}

function earlyReturn({ writer, result }: Frame): Stmt {
  return { kind: "if", test: writer.test(), then: [{ kind: "return", value: result() }] };
}
