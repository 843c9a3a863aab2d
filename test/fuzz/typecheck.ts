/** Type checks many small files at once, from memory, keeping the libraries between calls. */
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";

/** Where the fuzzer's programs pretend to lie. Its tsconfig is the project that they are compiled in. */
export const projectFolder = join(dirname(fileURLToPath(import.meta.url)), "project");

const settings = ts.getParsedCommandLineOfConfigFile(
  join(projectFolder, "tsconfig.json"),
  {},
  {
    ...ts.sys,
    onUnRecoverableConfigFileDiagnostic: (diagnostic) => {
      throw new Error(ts.flattenDiagnosticMessageText(diagnostic.messageText, "\n"));
    },
  },
);

const kept = new Map<string, ts.SourceFile | undefined>();

export interface TypeError {
  readonly file: string;
  readonly message: string;
}

/** Errors in the files given. With `strictness`, also what only well-kept code satisfies: nothing unused. */
export function typeErrors(files: ReadonlyMap<string, string>, extra: ts.CompilerOptions = {}): readonly TypeError[] {
  const options: ts.CompilerOptions = { ...settings?.options, ...extra };
  const host = ts.createCompilerHost(options);
  const fromDisk = host.getSourceFile.bind(host);
  host.getSourceFile = (name, language) => {
    const text = files.get(name);
    if (text !== undefined) return ts.createSourceFile(name, text, language);
    if (!kept.has(name)) kept.set(name, fromDisk(name, language));
    return kept.get(name);
  };
  host.fileExists = (name) => files.has(name) || ts.sys.fileExists(name);
  host.readFile = (name) => files.get(name) ?? ts.sys.readFile(name);
  const program = ts.createProgram([...files.keys()], options, host);
  const errors: TypeError[] = [];
  for (const file of files.keys()) {
    const source = program.getSourceFile(file);
    if (source === undefined) continue;
    const diagnostics = [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)];
    for (const diagnostic of diagnostics) {
      const message = ts.flattenDiagnosticMessageText(diagnostic.messageText, "\n");
      const line = diagnostic.start === undefined ? "" : lineAt(source.text, diagnostic.start);
      errors.push({ file, message: `TS${String(diagnostic.code)}: ${message}${line === "" ? "" : ` in \`${line}\``}` });
    }
  }
  return errors;
}

/** Whether the error is only that something is not used. */
export function isIdle(message: string): boolean {
  return /^TS(6133|6192|6196|6198|6199|7027|7028|7029|7030)\b/.test(message);
}

function lineAt(text: string, start: number): string {
  const from = text.lastIndexOf("\n", start - 1) + 1;
  const to = text.indexOf("\n", start);
  return text.slice(from, to === -1 ? undefined : to).trim();
}
