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
  readonly hasFindings: boolean;
}

/** Milliseconds of quiet before sources are looked at that only lead to what is open: there may be many. */
const quiet = 200;

export function createLooks(say: (answer: Answer) => void): Looks {
  const texts = new Map<string, string>();
  const versions = new Map<string, number>();
  /** States of files on disk, as they were when the look began. */
  let states = new Map<string, string>();
  const stateNow = (file: string): string => {
    if (texts.has(file)) return `open ${String(versions.get(file))}`;
    const state = states.get(file) ?? stateOf(file);
    states.set(file, state);
    return state;
  };
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
      states = new Map();
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
      const { first, later } = concerned(leads, open, home);
      const hadFindings = (source: string): boolean => seen.get(source)?.hasFindings === true;
      const inOrder = [...first, ...later.filter(hadFindings), ...later.filter((each) => !hadFindings(each))];
      let isQuiet = false;
      for (const source of inOrder) {
        if (avoid.includes(source) || isCurrent(source, leads)) continue;
        // What has come meanwhile is heard.
        await pause(isQuiet || first.has(source) ? 0 : quiet);
        isQuiet ||= !first.has(source);
        if (newest !== id) return;
        say({ kind: "begun", id, source });
        const { findings, stories, inputs, generated } = await lookAt(source, look);
        const from = new Map([source, ...inputs].map((file) => [file, stateNow(file)]));
        const { listing } = leads;
        seen.set(source, { of: of.project, listing, states: from, hasFindings: findings.length > 0 });
        say({ kind: "found", id, source, findings, stories });
        if (home !== undefined && generated?.text !== undefined)
          writeDeclarations(home, generated.path, generated.text);
      }
      say({ kind: "done", id });
    },
  };
}

const pause = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => {
    if (milliseconds === 0) setImmediate(resolve);
    else setTimeout(resolve, milliseconds);
  });

interface Concerned {
  /** Open sources, and those whose types an open file waits for. */
  readonly first: ReadonlySet<string>;
  /** Others that lead to open files. */
  readonly later: readonly string[];
}

function concerned({ sources, generatedFor }: Leads, open: readonly string[], home: string | undefined): Concerned {
  const isOpen = new Set(open);
  const isMissing = (source: string): boolean => {
    const file = home === undefined ? undefined : declarationsFile(home, generatedPathOf(source));
    return file !== undefined && !fs.existsSync(file) && !fs.existsSync(generatedPathOf(source));
  };
  const missing = open.flatMap((file) => generatedFor(file)).filter(isMissing);
  const first = new Set([...open.filter((file) => sources.has(file)), ...missing]);
  const later = [...sources].flatMap(([source, reached]) =>
    !first.has(source) && reached.some((file) => isOpen.has(file)) ? [source] : [],
  );
  return { first, later };
}
