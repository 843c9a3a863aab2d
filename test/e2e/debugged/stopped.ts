/** Runs generated code under a debugger, which is another thread, and prints where it stopped. */
import { Worker } from "node:worker_threads";
import { energyVjp } from "./model.grad.js";

const thread = new Worker(new URL("./debugger.mjs", import.meta.url));
thread.on("message", (message: unknown) => {
  if (message === "set") {
    energyVjp(Float64Array.of(1, 2), 3, 1);
    thread.postMessage("done");
    return;
  }
  console.log(JSON.stringify(message));
  void thread.terminate();
});
