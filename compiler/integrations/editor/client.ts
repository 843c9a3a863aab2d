/**
 * The editor's end of the thread that compiles for it. Nothing here waits: looks are asked for, and what was found out last
 * is at hand. A thread that fails is started anew, and a source that takes too long is left alone until its text changes.
 */
import type { Worker } from "node:worker_threads";
import type { Answer, EditorProject, Finding, Look, Story } from "./messages.ts";

/** What was last said of a source. */
export interface Known {
  readonly findings: readonly Finding[];
  readonly stories: readonly Story[];
  /** The texts of open files that places count in. */
  readonly texts: ReadonlyMap<string, string>;
}

export interface OpenFile {
  readonly file: string;
  /** Another one whenever the text is. */
  readonly version: string;
  readonly text: () => string;
}

export interface Client {
  /** What is known of all sources, by their paths. */
  readonly known: ReadonlyMap<string, Known>;
  /** Has the sources looked at that lead to open files; the first is that which is asked for. */
  look(of: EditorProject, open: readonly OpenFile[]): void;
  /** A project is closed. */
  forget(of: EditorProject): void;
  /** Each has the editor ask for all open files again, if it still can; one does when something else than before is known. */
  readonly refreshers: Set<() => boolean>;
}

export interface ClientOptions {
  readonly startWorker: () => Worker;
  readonly log: (text: string) => void;
  /** Milliseconds that a source may take. */
  readonly patience?: number;
}

/** Milliseconds between two times that the editor is asked to ask again. */
const refreshPause = 250;

/** A thread that fails as often as this with nothing done is not started again. */
const mostFailures = 3;

export function createClient({ startWorker, log, patience = 20_000 }: ClientOptions): Client {
  const known = new Map<string, Known>();
  const refreshers = new Set<() => boolean>();
  /** The open files as the thread knows them, and those of each project. */
  const sent = new Map<string, { readonly version: string; readonly text: string }>();
  const openIn = new Map<string, ReadonlySet<string>>();
  /** The texts of each look, until it is done. */
  const looks = new Map<number, ReadonlyMap<string, string>>();
  /** Sources that took too long, with the texts that they had. */
  const hung = new Map<string, string | undefined>();
  let last: Omit<Look, "id" | "texts" | "avoid"> | undefined;
  let worker: Worker | undefined;
  let failures = 0;
  let ids = 0;
  let timer: NodeJS.Timeout | undefined;
  let begun: string | undefined;
  let refreshing: NodeJS.Timeout | undefined;
  let refreshed = -refreshPause;

  function hear(answer: Answer): void {
    clearTimeout(timer);
    begun = undefined;
    failures = 0;
    switch (answer.kind) {
      case "begun":
        begun = answer.source;
        timer = setTimeout(giveUp, patience);
        timer.unref();
        break;
      case "found": {
        const { source, findings, stories } = answer;
        const before = known.get(source);
        const texts = looks.get(answer.id) ?? new Map<string, string>();
        known.set(source, { findings, stories, texts });
        const isNews = JSON.stringify([before?.findings ?? []]) !== JSON.stringify([findings]);
        if (isNews) refreshSoon();
        break;
      }
      case "done":
        for (const id of looks.keys()) if (id <= answer.id) looks.delete(id);
    }
  }

  /** News come source by source: the first is shown at once, and others together. */
  function refreshSoon(): void {
    if (refreshing !== undefined) return;
    const since = performance.now() - refreshed;
    refreshing = setTimeout(
      () => {
        refreshing = undefined;
        refreshed = performance.now();
        for (const refresh of refreshers) if (refresh()) break;
      },
      Math.max(0, refreshPause - since),
    );
    refreshing.unref();
  }

  function giveUp(): void {
    if (begun !== undefined) {
      log(`tsgrad: ${begun} takes too long; it is left alone until it changes.`);
      hung.set(begun, sent.get(begun)?.text);
    }
    end();
    if (last !== undefined) post(last, []);
  }

  function end(): void {
    clearTimeout(timer);
    const old = worker;
    worker = undefined;
    begun = undefined;
    looks.clear();
    old?.removeAllListeners();
    // A thread that is ended says so with an error.
    old?.on("error", () => undefined);
    void old?.terminate();
  }

  function fail(error: unknown): void {
    failures++;
    log(`tsgrad: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
    if (begun !== undefined) hung.set(begun, sent.get(begun)?.text);
    end();
  }

  function running(): Worker | undefined {
    if (worker !== undefined || failures >= mostFailures) return worker;
    worker = startWorker();
    worker.unref();
    worker.on("message", hear);
    worker.on("error", fail);
    return worker;
  }

  function post(asked: Omit<Look, "id" | "texts" | "avoid">, changed: Look["texts"]): void {
    const isNew = worker === undefined;
    const thread = running();
    if (thread === undefined) return;
    const id = ++ids;
    const all = [...sent].map(([file, { text }]) => [file, text] as const);
    looks.set(id, new Map(all));
    const avoid = [...hung].flatMap(([file, text]) => (sent.get(file)?.text === text ? [file] : []));
    const look: Look = { ...asked, id, texts: isNew ? all : changed, avoid };
    thread.postMessage(look);
  }

  /** Notes which files of a project are open; those that are so in none have the text on disk again. */
  function closedBy(of: EditorProject, open: readonly OpenFile[]): Look["texts"] {
    const key = of.project ?? JSON.stringify(of.files);
    const before = openIn.get(key) ?? new Set<string>();
    openIn.set(key, new Set(open.map(({ file }) => file)));
    const isOpen = (file: string): boolean => [...openIn.values()].some((files) => files.has(file));
    const closed = [...before].filter((file) => !isOpen(file));
    for (const file of closed) sent.delete(file);
    return closed.map((file) => [file, undefined]);
  }

  function changedIn(open: readonly OpenFile[]): Look["texts"] {
    return open.flatMap(({ file, version, text }) => {
      if (sent.get(file)?.version === version) return [];
      const now = text();
      sent.set(file, { version, text: now });
      return [[file, now]];
    });
  }

  return {
    known,
    refreshers,
    look(of, open) {
      last = { of, open: open.map(({ file }) => file) };
      post(last, [...closedBy(of, open), ...changedIn(open)]);
    },
    forget(of) {
      const closed = closedBy(of, []);
      if (worker !== undefined) post({ of, open: [] }, closed);
    },
  };
}
