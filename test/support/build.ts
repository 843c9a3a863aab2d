/** Compiles a source file as it stands on disk and loads it together with what was generated from it. */
import path from "node:path";
import { compile } from "../../compiler/index.ts";
import { load } from "./load.ts";

export interface BuiltModule<Source> {
  readonly source: Source;
  /** The exports of the generated module. */
  readonly generated: Readonly<Record<string, (...args: unknown[]) => unknown>>;
  /** Errors, each as one line. */
  readonly errors: readonly string[];
  readonly text: string;
}

export async function buildModule<Source>(file: string, project: string): Promise<BuiltModule<Source>> {
  const { files, reports } = await compile({ cwd: path.dirname(project), project, files: [file] });
  const errors = reports
    .filter((report) => report.severity === "error")
    .map((report) => `${report.code}: ${report.message} (${report.hint ?? ""})`);
  const text = files.find((made) => made.source === file)?.text ?? "export {};";
  const stem = path.basename(file, ".ts");
  const loaded = await load(
    `module-${path.basename(path.dirname(file))}-${stem}`,
    `export * as source from "./${stem}.ts";\nexport * as generated from "./${stem}.grad.ts";\n`,
    path.dirname(file),
    new Map([[path.join(path.dirname(file), `${stem}.grad.ts`), text]]),
  );
  return { ...(loaded as { source: Source; generated: BuiltModule<Source>["generated"] }), errors, text };
}
