/**
 * Programs that the runs of one process share. What was parsed stays for as long as its text does, and a program serves
 * each of its sources until something that this source depends on has changed: a change in one file costs the others nothing.
 */
import { createInputs } from "./fingerprints.ts";
import { createFiles, type Files, type ParsedSource } from "./host.ts";
import { loadProgram, type Loaded } from "./program.ts";
import type { Project } from "./project.ts";

export interface SharedPrograms {
  /** How many programs were made, and how many times a text was parsed for one. */
  readonly made: { programs: number; parsed: number };
  /** A program that has the sources of a project as they are now; `first` are those that the first one begins with. */
  load(project: Project, at: Situation, first: () => readonly string[]): Serving;
}

/** What the files are now. */
export interface Situation {
  readonly cwd: string;
  readonly overlay: ReadonlyMap<string, string>;
}

/** A program, and what is known about the files that it was made from. */
export interface Serving {
  readonly loaded: Loaded;
  readonly files: Files;
  /** What a source of it depends on. */
  readonly inputsOf: (source: string) => readonly string[];
}

interface Entry extends Serving {
  readonly key: string;
  /** Of each file that was read from the disk. */
  readonly states: ReadonlyMap<string, string>;
}

/** Programs are large, though they share what was parsed. */
const mostKept = 6;

/** `stateOf` changes whenever the file of this name does. */
export function createSharedPrograms(stateOf: (file: string) => string): SharedPrograms {
  const made = { programs: 0, parsed: 0 };
  const parsed = new Map<string, Map<string, ParsedSource>>();
  const asked = new Map<string, Set<string>>();
  let entries: readonly Entry[] = [];

  function make(key: string, project: Project, roots: readonly string[], { cwd, overlay }: Situation): Entry {
    const { lib: _, types: __, ...parsing } = project.options;
    const sources = ofKey(parsed, JSON.stringify(parsing), () => new Map<string, ParsedSource>());
    const files = createFiles(cwd, overlay);
    const loaded = loadProgram(
      files,
      overlay,
      { options: project.options, roots },
      {
        known: sources,
        onParsed: () => made.parsed++,
      },
    );
    made.programs++;
    const inputs = createInputs(files, loaded);
    const cache = new Map<string, readonly string[]>();
    return {
      ...{ key, loaded, files },
      inputsOf: (source) =>
        ofKey(cache, source, () => {
          const all = [...inputs.ambient.map(({ fileName }) => fileName), ...inputs.of(source)];
          // Others stand for files, and change with them: libraries, and what is generated.
          return [...new Set(all)].filter((name) => files.read.has(name));
        }),
      states: new Map([...files.read].filter((name) => !overlay.has(name)).map((name) => [name, stateOf(name)])),
    };
  }

  return {
    made,
    load(project, at, first) {
      const key = JSON.stringify([at.cwd, project.options, project.configured]);
      const wanted = ofKey(asked, key, () => new Set<string>());
      const states = new Map<string, string>();
      const isSame = (entry: Entry, name: string): boolean => {
        const text = at.overlay.get(name);
        if (text !== undefined) return entry.loaded.program.getSourceFile(name)?.text === text;
        return ofKey(states, name, () => stateOf(name)) === entry.states.get(name);
      };
      const serves = (entry: Entry, source: string): boolean =>
        entry.key === key &&
        entry.loaded.program.getSourceFile(source) !== undefined &&
        entry.inputsOf(source).every((name) => isSame(entry, name));
      const found = entries.find((entry) => project.sources.every((source) => serves(entry, source)));
      const isFirst = wanted.size === 0;
      for (const source of project.sources) wanted.add(source);
      if (found) {
        entries = [found, ...entries.filter((entry) => entry !== found)];
        return found;
      }
      // Sources that the same change concerns are asked for next.
      const stale = [...wanted].filter((source) => !entries.some((entry) => serves(entry, source)));
      const roots = new Set([...project.sources, ...stale, ...(isFirst ? first() : []), ...project.roots]);
      const entry = make(key, project, [...roots], at);
      entries = [entry, ...entries].slice(0, mostKept);
      return entry;
    },
  };
}

function ofKey<Value>(values: Map<string, Value>, key: string, make: () => Value): Value {
  const found = values.get(key) ?? make();
  values.set(key, found);
  return found;
}
