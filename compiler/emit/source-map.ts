/** Source maps of generated text: from what a laid-out text says to the user's lines. */
import { addSegment, GenMapping, setSourceContent, toEncodedMap } from "@jridgewell/gen-mapping";
import { decodedMappings, TraceMap } from "@jridgewell/trace-mapping";
import type { Placed } from "./marks.ts";
import { tokensOf } from "./words.ts";

/** A source map, version 3, as tools take it. */
export interface SourceMap {
  version: 3;
  /** Absolute paths. */
  sources: string[];
  sourcesContent: string[];
  names: string[];
  mappings: string;
}

/**
 * Where a text comes from, however it is laid out: a source map of one line, whose columns count its words. It is
 * small and cheap, and a real map is made of it when one is asked for.
 */
export interface Trace {
  readonly words: number;
  /** Absolute paths. */
  readonly sources: readonly string[];
  readonly mappings: string;
}

/** `textOf` gives the texts of sources as they were read. */
export function traceOf({ places, words }: Placed, textOf: (file: string) => string | undefined): Trace {
  const map = new GenMapping();
  const starts = new Map<string, readonly number[]>();
  for (const { word, origin } of places) {
    if (origin === undefined) {
      addSegment(map, 0, word);
      continue;
    }
    const { file, start } = origin;
    const lines = starts.get(file) ?? lineStarts(textOf(file) ?? "", editorLine);
    starts.set(file, lines);
    const line = lineAt(lines, start);
    addSegment(map, 0, word, file, line, start - lines[line]!);
  }
  const { sources, mappings } = toEncodedMap(map);
  return { words, sources: sources.map((source) => source ?? ""), mappings };
}

/** The map of a text that was laid out; undefined if it has other words than were traced. */
export function sourceMapOf(
  text: string,
  trace: Trace,
  textOf: (file: string) => string | undefined,
): SourceMap | undefined {
  const words: number[] = [];
  tokensOf(text, (at) => words.push(at));
  if (words.length !== trace.words) return undefined;
  const map = new GenMapping();
  for (const source of trace.sources) setSourceContent(map, source, textOf(source) ?? "");
  const [segments = []] = decodedMappings(
    new TraceMap({ version: 3, names: [], sources: [...trace.sources], mappings: trace.mappings }),
  );
  const lines = lineStarts(text, engineLine);
  let [seen, next] = [0, 0];
  let current: Segment | undefined;
  for (const [line, start] of lines.entries()) {
    const end = lines[line + 1] ?? text.length;
    const put = (segment: Segment | undefined, at: number): void => {
      if (segment === undefined) return;
      const [, source, sourceLine, sourceColumn] = segment;
      if (source === undefined) addSegment(map, line, at - start);
      else addSegment(map, line, at - start, trace.sources[source]!, sourceLine!, sourceColumn!);
    };
    const first = start + text.slice(start, end).search(/\S|$/);
    const opening = words[seen];
    const startsSegment = segments[next]?.[0] === seen;
    if (opening !== undefined && opening < end) {
      // What stands in front of a line's first word, such as a bracket, belongs to it.
      if (startsSegment) current = segments[next++];
      put(current, first);
    } else if (first < end) put(startsSegment && text.startsWith("//", first) ? segments[next] : current, first);
    while (seen < words.length && words[seen]! < end) seen++;
    for (; next < segments.length && segments[next]![0] < seen; next++) {
      current = segments[next];
      put(current, words[segments[next]![0]]!);
    }
  }
  const { sources, sourcesContent = [], names, mappings } = toEncodedMap(map);
  return {
    version: 3,
    sources: sources.map((source) => source ?? ""),
    sourcesContent: sourcesContent.map((content) => content ?? ""),
    names: [...names],
    mappings,
  };
}

/** A place of the trace: a word and, where it is known, a source, a line and a column. */
type Segment = readonly number[];

/** What ends a line of the user's, as editors count them, and one of code that is run. */
const [editorLine, engineLine] = [/\r\n|[\n\r]/g, /\r\n|[\n\r\u2028\u2029]/g];

/** Where the lines of a text begin. */
function lineStarts(text: string, ending: RegExp): readonly number[] {
  const starts = [0];
  for (const { index, 0: end } of text.matchAll(ending)) starts.push(index + end.length);
  return starts;
}

/** The last line that begins at `offset` or before it. */
function lineAt(starts: readonly number[], offset: number): number {
  let [low, high] = [0, starts.length - 1];
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (starts[middle]! <= offset) low = middle;
    else high = middle - 1;
  }
  return low;
}
