/** A debugger as an editor is one: breakpoints by the lines of sources, places by what the map of the code says. */
import { Session } from "node:inspector";
import { parentPort } from "node:worker_threads";
import {
  allGeneratedPositionsFor,
  LEAST_UPPER_BOUND,
  originalPositionFor,
  sourceContentFor,
  TraceMap,
} from "@jridgewell/trace-mapping";

const stops = [];
parentPort.on("message", () => parentPort.postMessage(stops));
const session = new Session();
session.connectToMainThread();
const ask = (method, parameters) =>
  new Promise((resolve, reject) => {
    session.post(method, parameters, (error, result) => (error ? reject(new Error(error.message)) : resolve(result)));
  });

let script;
session.on("Debugger.scriptParsed", ({ params }) => {
  if (params.url.endsWith("/model.grad.ts")) script = params;
});
await ask("Debugger.enable");
const map = new TraceMap(Buffer.from(script.sourceMapURL.replace(/^.*base64,/, ""), "base64").toString());
const source = map.sources.find((name) => name.endsWith("/model.ts"));
const isLine = (text) => text.trim() === "sum += k * d * d;";
const line = sourceContentFor(map, source).split("\n").findIndex(isLine) + 1;
// A debugger takes the first place on each line of code.
const places = new Map();
for (const place of allGeneratedPositionsFor(map, { source, line, column: 0, bias: LEAST_UPPER_BOUND }))
  if (!(places.get(place.line)?.column <= place.column)) places.set(place.line, place);
for (const { line: at, column } of places.values())
  await ask("Debugger.setBreakpointByUrl", { url: script.url, lineNumber: at - 1, columnNumber: column });

session.on("Debugger.paused", ({ params }) => {
  const [{ functionName, location }] = params.callFrames;
  const found = originalPositionFor(map, { line: location.lineNumber + 1, column: location.columnNumber });
  const text = sourceContentFor(map, found.source).split("\n")[found.line - 1].trim();
  stops.push([functionName, `${found.source.split("/").at(-1)}:${found.line}`, text]);
  session.post("Debugger.resume");
});
parentPort.postMessage("set");
