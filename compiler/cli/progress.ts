/** A bar on standard error while a long build runs. */
import { Presets, SingleBar } from "cli-progress";
import type { Terminal } from "./terminal.ts";

export interface Progress {
  update(done: number, total: number): void;
  stop(): void;
}

/** Shorter work than this needs no bar. */
const manyFunctions = 20;

export function createProgress(terminal: Terminal): Progress {
  let bar: SingleBar | undefined;
  return {
    update(done, total) {
      if (!terminal.interactive || total < manyFunctions) return;
      if (!bar) {
        bar = new SingleBar(
          {
            format: "{bar} {value}/{total} functions",
            stream: process.stderr,
            clearOnComplete: true,
            hideCursor: true,
          },
          Presets.shades_classic,
        );
        bar.start(total, done);
      }
      bar.update(done);
    },
    stop() {
      bar?.stop();
    },
  };
}
