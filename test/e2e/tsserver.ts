/** A session with TypeScript's server over its protocol, as editors have one. */
import { spawn, type ChildProcess } from "node:child_process";

export interface Diagnostic {
  readonly code: number;
  readonly source?: string;
  readonly category: string;
  readonly text: string;
  readonly start: { readonly line: number; readonly offset: number };
  readonly end: { readonly line: number; readonly offset: number };
  readonly relatedInformation?: readonly { readonly message: string; readonly span: { readonly file: string } }[];
}

interface Message {
  readonly type: "response" | "event";
  readonly request_seq?: number;
  readonly success?: boolean;
  readonly message?: string;
  readonly event?: string;
  readonly body?: unknown;
}

export interface Session {
  open(file: string, text: string): void;
  close(file: string): void;
  /** Types a text in the place of what stands between two places, as `line:offset`, one-based. */
  type(file: string, at: string, to: string, text: string): void;
  request<Body>(command: string, args: object): Promise<Body>;
  /** The diagnostics of a file, once they are as expected; those that came last if that does not happen. */
  diagnostics(
    file: string,
    until: (found: readonly Diagnostic[]) => boolean,
    patience?: number,
  ): Promise<readonly Diagnostic[]>;
  /** How many times the server has been heard to say that something has changed by itself. */
  readonly refreshed: () => number;
  end(): Promise<void>;
}

export function startSession(tsserver: string, cwd: string, args: readonly string[] = []): Session {
  const server: ChildProcess = spawn(process.execPath, [tsserver, "--disableAutomaticTypingAcquisition", ...args], {
    cwd,
    stdio: ["pipe", "pipe", "inherit"],
  });
  const waiting = new Map<number, { resolve: (body: unknown) => void; reject: (error: Error) => void }>();
  const shown = new Map<string, readonly Diagnostic[]>();
  const listeners = new Set<() => void>();
  let sequence = 0;
  let refreshed = 0;

  const hear = ({ type, request_seq: of, success, message, event, body }: Message): void => {
    if (type === "response" && of !== undefined) {
      const asked = waiting.get(of);
      waiting.delete(of);
      if (success === true) asked?.resolve(body);
      else asked?.reject(new Error(message));
    }
    if (event === "projectsUpdatedInBackground") refreshed++;
    if (event !== "semanticDiag") return;
    const { file, diagnostics } = body as { file: string; diagnostics: readonly Diagnostic[] };
    shown.set(file, diagnostics);
    for (const listener of listeners) listener();
  };
  let buffer = Buffer.alloc(0);
  server.stdout!.on("data", (data: Buffer) => {
    buffer = Buffer.concat([buffer, data]);
    for (;;) {
      const head = buffer.indexOf("\r\n\r\n");
      const length = Number(/Content-Length: (\d+)/.exec(buffer.toString("utf8", 0, Math.max(0, head)))?.[1] ?? NaN);
      const from = head + "\r\n\r\n".length;
      if (head === -1 || buffer.length < from + length) return;
      const text = buffer.toString("utf8", from, from + length);
      buffer = buffer.subarray(from + length);
      hear(JSON.parse(text) as Message);
    }
  });

  const send = (command: string, args: object): number => {
    const seq = ++sequence;
    server.stdin!.write(`${JSON.stringify({ seq, type: "request", command, arguments: args })}\n`);
    return seq;
  };
  const ask = (file: string): void => void send("geterr", { files: [file], delay: 0 });
  return {
    open: (file, text) => void send("open", { file, fileContent: text }),
    close: (file) => void send("close", { file }),
    type(file, at, to, text) {
      const [line, offset] = at.split(":").map(Number);
      const [endLine, endOffset] = to.split(":").map(Number);
      send("change", { file, line, offset, endLine, endOffset, insertString: text });
    },
    request: (command, args) =>
      new Promise((resolve, reject) => {
        waiting.set(send(command, args), { resolve: resolve as (body: unknown) => void, reject });
      }),
    diagnostics: (file, until, patience = 20_000) =>
      new Promise((resolve) => {
        const finish = (): void => {
          clearTimeout(timer);
          listeners.delete(listener);
          resolve(shown.get(file) ?? []);
        };
        const timer = setTimeout(finish, patience);
        const listener = (): void => {
          if (until(shown.get(file) ?? [])) finish();
        };
        shown.delete(file);
        listeners.add(listener);
        ask(file);
      }),
    refreshed: () => refreshed,
    async end() {
      const ended = new Promise((resolve) => server.once("exit", resolve));
      send("exit", {});
      await ended;
    },
  };
}
