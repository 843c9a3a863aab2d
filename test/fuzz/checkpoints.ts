/** Comments above loops: `// @checkpoint`, and `// @checkpoint 2`. They change what is kept, never what comes out. */
import type { Func, Loop, Program, Stmt } from "./ast.ts";
import type { Random } from "./random.ts";

/** The program with checkpoints above some of its loops, or as it is. */
export function withCheckpoints(random: Random, program: Program): Program {
  if (random.chance(0.7)) return program;
  const func = (one: Func): Func => ({ ...one, body: inside(random, one.body) });
  return { ...program, helpers: program.helpers.map(func), main: func(program.main) };
}

function inside(random: Random, stmts: readonly Stmt[]): readonly Stmt[] {
  const body = (part: readonly Stmt[]): readonly Stmt[] => inside(random, part);
  return stmts.map((stmt): Stmt => {
    switch (stmt.kind) {
      case "block":
        return { ...stmt, body: body(stmt.body) };
      case "closure":
        return { ...stmt, func: { ...stmt.func, body: body(stmt.func.body) } };
      case "if":
        return { ...stmt, then: body(stmt.then), ...(stmt.otherwise && { otherwise: body(stmt.otherwise) }) };
      case "switch":
        return { ...stmt, cases: stmt.cases.map((one) => ({ ...one, body: body(one.body) })) };
      case "loop": {
        const loop = { ...stmt, body: body(stmt.body) };
        const snapshots = random.pick(["", " 1", " 2", " 5"]);
        return isLoop(stmt) && random.chance(0.6) ? { ...loop, checkpoint: snapshots } : loop;
      }
      default:
        return stmt;
    }
  });
}

/** Whether it is a loop of the language, not a call with a callback. */
const isLoop = ({ head }: Loop): boolean => /^(?:for|while|do)\b/.test(head.parts[0] ?? "");
