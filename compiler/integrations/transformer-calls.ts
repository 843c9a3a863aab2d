/** TypeScript asks at once, and we format code step by step: a thread of our own does so while the asking one waits. */
import { MessageChannel, receiveMessageOnPort, Worker } from "node:worker_threads";
import type { Generated, Request } from "./transformer-worker.ts";

let worker: Worker | undefined;

/** What is generated for a project, compiled in the other thread. */
export function generate(request: Request): Generated {
  worker ??= new Worker(new URL("./transformer-worker.js", import.meta.url));
  // The thread ends with the process.
  worker.unref();
  const { port1, port2 } = new MessageChannel();
  const done = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
  worker.postMessage({ request, done, port: port2 }, [port2]);
  Atomics.wait(done, 0, 0);
  const answer = receiveMessageOnPort(port1) as { readonly message: Generated | Error } | undefined;
  port1.close();
  if (answer === undefined) throw new Error("tsgrad: the project could not be compiled.");
  if (answer.message instanceof Error) throw answer.message;
  return answer.message;
}
