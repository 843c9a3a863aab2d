/** Judges the programs that it is sent, in a process of its own that can be ended. */
import type { Program } from "./ast.ts";
import { judge } from "./judge.ts";

process.on("message", (programs: readonly Program[]) => {
  void judge(programs).then((verdicts) => process.send?.(verdicts));
});
