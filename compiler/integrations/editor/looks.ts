/**
 * Looks at the sources that lead to what is open, each once for every state of what it comes from. Nothing is waited
 * for: what is found out is said, source by source, and a newer look ends an older one.
 */
import fs from "node:fs";
import { createLeads, createSharedPrograms, type Leads } from "../../frontend/index.ts";
import { readText } from "../../emit/read.ts";
import { declarationsFile, homeOfTypes, removeDeclarations, writeDeclarations } from "../declarations.ts";
import { generatedPathOf } from "../../paths.ts";
import { stateOf } from "../states.ts";
import { findingsIn, type Findings } from "./findings.ts";
import type { Answer, EditorProject, Look } from "./messages.ts";

export interface Looks {
  /** Takes a look, and ends when it is done or a newer one has come. */
  look(look: Look): Promise<void>;
  /** How often sources were looked at, and what that took. */
  readonly made: { readonly looked: number; readonly programs: number; readonly parsed: number };
}

/** What a source was said to be, and the state of all that this came from. */
interface Seen {
  readonly of: EditorProject["project"];
  readonly listing: string;
  readonly states: ReadonlyMap<string, string>;
}

export function createLooks(say: (answer: Answer) => void): Looks {
  const texts = new Map<string, string>();
  const versions = new Map<string, number>();
  const stateNow = (file: string): string => (texts.has(file) ? `open ${String(versions.get(file))}` : stateOf(file));
  const programs = createSharedPrograms(stateNow);
  const leadsOf = createLeads(stateNow);
  const seen = new Map<string, Seen>();
  let looked = 0;
  let newest = 0;

  function isCurrent(source: string, { listing }: Leads): boolean {
    const before = seen.get(source);
    if (before?.listing !== listing) return false;
    return [...before.states].every(([file, state]) => stateNow(file) === state);
  }

  async function lookAt(source: string, { of }: Look): Promise<Findings> {
    looked++;
    const overlay = new Map(texts);
    return findingsIn(source, { of, overlay, programs, readText: (file) => overlay.get(file) ?? readText(file) });
  }

  return {
    get made() {
      return { looked, ...programs.made };
    },
    async look(look) {
      newest = look.id;
      for (const [file, text] of look.texts) {
        versions.set(file, (versions.get(file) ?? 0) + 1);
        if (text === undefined) texts.delete(file);
        else texts.set(file, text);
      }
      const { id, of, open, avoid } = look;
      const leads = leadsOf({ ...of, overlay: texts });
      const [home] = leads.rootDirs.flatMap((each) => homeOfTypes(each) ?? []);
      for (const [source, before] of seen) {
        if (before.of !== of.project || leads.sources.has(source)) continue;
        seen.delete(source);
        say({ kind: "found", id, source, findings: [], stories: [] });
        if (home !== undefined) removeDeclarations(home, generatedPathOf(source));
      }
      for (const source of concerned(leads, open, home)) {
        if (avoid.includes(source) || isCurrent(source, leads)) continue;
        // What has come meanwhile is heard.
        await new Promise((resolve) => setImmediate(resolve));
        if (newest !== id) return;
        say({ kind: "begun", id, source });
        const { findings, stories, inputs, generated } = await lookAt(source, look);
        const states = new Map([source, ...inputs].map((file) => [file, stateNow(file)]));
        seen.set(source, { of: of.project, listing: leads.listing, states });
        say({ kind: "found", id, source, findings, stories });
        if (home !== undefined && generated?.text !== undefined)
          writeDeclarations(home, generated.path, generated.text);
      }
      say({ kind: "done", id });
    },
  };
}

/** The sources that lead to open files, these first; and those whose types an open file waits for. */
function concerned(
  { sources, generatedFor }: Leads,
  open: readonly string[],
  home: string | undefined,
): readonly string[] {
  const isOpen = new Set(open);
  const leading = [...sources].flatMap(([source, reached]) =>
    !isOpen.has(source) && reached.some((file) => isOpen.has(file)) ? [source] : [],
  );
  const isMissing = (source: string): boolean => {
    const file = home === undefined ? undefined : declarationsFile(home, generatedPathOf(source));
    return file !== undefined && !fs.existsSync(file) && !fs.existsSync(generatedPathOf(source));
  };
  const missing = open.flatMap((file) => generatedFor(file)).filter(isMissing);
  return [...new Set([...open.filter((file) => sources.has(file)), ...missing, ...leading])];
}
