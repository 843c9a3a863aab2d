/** What an editor says of one source: reports with what can be done about them, and stories of its functions. */
import { compileRead } from "../../compile.ts";
import { readProject, type SharedPrograms } from "../../frontend/index.ts";
import { generatedPathOf } from "../../paths.ts";
import { createFixer } from "./fixes.ts";
import type { EditorProject, Finding, Story } from "./messages.ts";
import { storiesOf } from "./stories.ts";

export interface Findings {
  readonly findings: readonly Finding[];
  readonly stories: readonly Story[];
  /** The files that they come from. */
  readonly inputs: readonly string[];
  /** The module that is generated from the source, as it is before layout; undefined after an error. */
  readonly generated: { readonly path: string; readonly text: string | undefined } | undefined;
}

export interface Sight {
  readonly of: EditorProject;
  readonly overlay: ReadonlyMap<string, string>;
  readonly programs?: SharedPrograms;
  readonly readText: (file: string) => string | undefined;
}

export async function findingsIn(source: string, { of, overlay, programs, readText }: Sight): Promise<Findings> {
  const { cwd, project } = of;
  const frontend = readProject({
    ...{ cwd, files: [source], values: "also", overlay },
    ...(project !== undefined && { project }),
    ...(programs && { programs }),
  });
  // People do not read these texts: they need no layout.
  const { files, reports, inputs } = await compileRead(frontend, {}, (text) => Promise.resolve(text));
  const fixesOf = createFixer(readText);
  const generated = files.find(({ path }) => path === generatedPathOf(source));
  return {
    findings: reports.map((report) => ({ report, fixes: fixesOf(report) })),
    stories: storiesOf(frontend, source, generated?.text),
    inputs,
    generated,
  };
}
