/** The thread that compiles for `tsgrad/transformer`. */
import { parentPort, type MessagePort } from "node:worker_threads";
import { createPrinter } from "../diagnostics/print.ts";
import { numberOf } from "../diagnostics/table.ts";
import { readText } from "../emit/read.ts";
import { compile, type Report, type SourceMap } from "../index.ts";

export interface Request {
  readonly cwd: string;
  /** The tsconfig; without one, the sources. */
  readonly project: string | undefined;
  readonly files: readonly string[] | undefined;
  /** Whether source maps are wanted. */
  readonly maps: boolean;
}

/** A value form, and the function that stands for it. */
export interface Use {
  readonly file: string;
  readonly start: number;
  readonly end: number;
  readonly path: string;
  readonly name: string;
  readonly captured: readonly string[];
}

export interface GeneratedText {
  readonly path: string;
  readonly text: string;
  /** Where it was wanted, from the text to the user's sources. */
  readonly map: SourceMap | undefined;
}

export interface Generated {
  readonly files: readonly GeneratedText[];
  readonly uses: readonly Use[];
  readonly errors: readonly { readonly code: number; readonly text: string; readonly origin: Report["origin"] }[];
  /** Ready to be printed: TypeScript takes every diagnostic for a failure. */
  readonly warnings: readonly string[];
}

async function generate({ cwd, project, files, maps }: Request): Promise<Generated> {
  const { uses, reports, ...made } = await compile({
    ...{ cwd, values: "also", alone: true },
    ...(project !== undefined && { project }),
    ...(files && { files }),
  });
  const printer = createPrinter(cwd, readText, false);
  return {
    files: made.files.flatMap(({ path, text, sourceMap }) =>
      text === undefined ? [] : [{ path, text, map: maps ? sourceMap() : undefined }],
    ),
    uses: uses.map(({ call, path, name, captured }) => ({ ...call, path, name, captured })),
    errors: reports
      .filter(({ severity }) => severity === "error")
      .map(({ code, message, hint, origin }) => ({
        code: numberOf(code),
        text: `${code}: ${message}${hint === undefined ? "" : ` ${hint}`}`,
        origin,
      })),
    warnings: reports.filter(({ severity }) => severity === "warning").map((report) => printer.report(report)),
  };
}

interface Call {
  readonly request: Request;
  readonly done: Int32Array<SharedArrayBuffer>;
  readonly port: MessagePort;
}

parentPort?.on("message", ({ request, done, port }: Call) => {
  void generate(request)
    .catch((error: unknown) => (error instanceof Error ? error : new Error(String(error))))
    .then((answer) => {
      port.postMessage(answer);
      Atomics.store(done, 0, 1);
      Atomics.notify(done, 0);
    });
});
