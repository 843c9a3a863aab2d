/** The thread that looks at sources for the editor. */
import { parentPort } from "node:worker_threads";
import { createLooks } from "./looks.ts";
import type { Look } from "./messages.ts";

const looks = createLooks((answer) => parentPort?.postMessage(answer));

parentPort?.on("message", (look: Look) => {
  // The editor's thread is told, and begins anew.
  looks.look(look).catch((error: unknown) => {
    setImmediate(() => {
      throw error;
    });
  });
});
