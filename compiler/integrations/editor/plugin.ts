/**
 * `tsgrad/editor`: a plugin of TypeScript's language service. It shows what the compiling thread has found out, and never
 * waits for it; the editor asks again when there is news. Of its TypeScript, texts and the names of files are read.
 */
import path from "node:path";
import { Worker } from "node:worker_threads";
import type { ts as TypeScript } from "ts-morph";
import { numberOf } from "../../diagnostics/table.ts";
import { isSourcePath, toPosix } from "../../paths.ts";
import { createClient, type Client, type OpenFile } from "./client.ts";
import { fixedCodes } from "./fixed-codes.ts";
import type { EditorProject } from "./messages.ts";
import { asCodeFix, asDiagnostic, marksIn, storyAt, type Seen } from "./shown.ts";

type Info = TypeScript.server.PluginCreateInfo;

let client: Client | undefined;

/** Called by TypeScript's server once, with its TypeScript. */
export default function init(): TypeScript.server.PluginModule {
  return { create };
}

function create(info: Info): TypeScript.LanguageService {
  const { languageService: own, project } = info;
  const log = (text: string): void => project.projectService.logger.info(text);
  const compiling = (client ??= createClient({ startWorker, log }));
  /** Mistakes of ours are ours: the editor goes on without us. */
  const safely = <T>(work: () => T, otherwise: T): T => {
    try {
      return work();
    } catch (error) {
      log(`tsgrad: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
      return otherwise;
    }
  };
  const refresh = (): boolean =>
    safely(() => {
      if (project.isClosed()) return false;
      project.refreshDiagnostics();
      return true;
    }, false);
  compiling.refreshers.add(refresh);
  const fileOf = (name: string): TypeScript.SourceFile | undefined => own.getProgram()?.getSourceFile(name);
  const seen: Seen = { known: compiling.known, textOf: (name) => fileOf(name)?.text };
  const looker = createLooker(info, compiling);
  const marks = (name: string): ReturnType<typeof marksIn> => marksIn(toPosix(name), seen);
  const service: Partial<TypeScript.LanguageService> = {
    getSemanticDiagnostics(name) {
      const found = own.getSemanticDiagnostics(name);
      return safely(() => {
        looker.look(name);
        const file = fileOf(name);
        return file ? [...found, ...marks(name).map((mark) => asDiagnostic(mark, file, fileOf))] : found;
      }, found);
    },
    getCodeFixesAtPosition(name, start, end, codes, ...rest) {
      const found = own.getCodeFixesAtPosition(name, start, end, codes, ...rest);
      return safely(() => {
        const meant = marks(name).filter(
          (mark) => mark.start <= end && start <= mark.end && codes.includes(numberOf(mark.report.code)),
        );
        return [...found, ...meant.flatMap(({ fixes }) => fixes.map(asCodeFix))];
      }, found);
    },
    getSupportedCodeFixes: (name) => [
      ...own.getSupportedCodeFixes(name),
      ...fixedCodes.map((code) => String(numberOf(code))),
    ],
    getQuickInfoAtPosition(name, position, ...rest) {
      const found = own.getQuickInfoAtPosition(name, position, ...rest);
      return found && safely(() => withStory(found, told(own, name, position, seen)), found);
    },
    dispose() {
      compiling.refreshers.delete(refresh);
      safely(() => looker.end(), undefined);
      own.dispose();
    },
  };
  return { ...bound(own), ...service };
}

/** All methods of a service, for use without it. */
function bound(service: TypeScript.LanguageService): TypeScript.LanguageService {
  const methods: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(service) as [string, unknown][])
    methods[name] = typeof value === "function" ? (value.bind(service) as unknown) : value;
  return methods as unknown as TypeScript.LanguageService;
}

/** What is told of the function that is named at a place. */
function told(own: TypeScript.LanguageService, name: string, position: number, seen: Seen): string | undefined {
  const here = storyAt(toPosix(name), position, seen);
  if (here !== undefined || ![...seen.known.values()].some(({ stories }) => stories.length > 0)) return here;
  for (const { fileName, textSpan } of own.getDefinitionAtPosition(name, position) ?? []) {
    const there = storyAt(toPosix(fileName), textSpan.start, seen);
    if (there !== undefined) return there;
  }
  return undefined;
}

function withStory(found: TypeScript.QuickInfo, story: string | undefined): TypeScript.QuickInfo {
  if (story === undefined) return found;
  const { documentation = [] } = found;
  const text = documentation.length > 0 ? `\n\n${story}` : story;
  return { ...found, documentation: [...documentation, { kind: "text", text }] };
}

interface Looker {
  /** Has what leads to open files looked at, if anything has changed since the last time. */
  look(asked: string): void;
  end(): void;
}

function createLooker({ languageServiceHost: host, project }: Info, compiling: Client): Looker {
  const asked = new Set<string>();
  let before = "";
  const of = (): EditorProject => {
    const config = host.getCompilationSettings()["configFilePath"];
    const isConfigured = typeof config === "string";
    return {
      cwd: isConfigured ? path.posix.dirname(toPosix(config)) : toPosix(host.getCurrentDirectory()),
      project: isConfigured ? toPosix(config) : undefined,
      files: isConfigured ? undefined : host.getScriptFileNames().map(toPosix).filter(isSourcePath),
    };
  };
  const isOpen = (name: string): boolean => project.getScriptInfo(name)?.isScriptOpen() ?? false;
  const asOpen = (name: string): OpenFile => ({
    file: toPosix(name),
    version: host.getScriptVersion(name),
    text() {
      const snapshot = host.getScriptSnapshot(name);
      return snapshot?.getText(0, snapshot.getLength()) ?? "";
    },
  });
  return {
    look(name) {
      if (!isSourcePath(name) || project.isClosed()) return;
      asked.add(name);
      const names = new Set([name, ...asked, ...host.getScriptFileNames()]);
      const open = [...names].filter((each) => isSourcePath(each) && isOpen(each)).map(asOpen);
      const state = JSON.stringify([
        host.getProjectVersion?.(),
        open.map(({ file, version }) => [file, version]).sort(),
      ]);
      if (state === before) return;
      before = state;
      compiling.look(of(), open);
    },
    end: () => compiling.forget(of()),
  };
}

function startWorker(): Worker {
  // The flags of the editor's process are not for us.
  return new Worker(path.join(__dirname, "worker.js"), {
    execArgv: [],
    resourceLimits: { maxOldGenerationSizeMb: 2048 },
  });
}
