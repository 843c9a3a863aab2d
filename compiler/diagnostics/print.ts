/** How reports look on a terminal: as tsc's do, with a frame of the source. */
import path from "node:path";
import { codeFrameColumns } from "@babel/code-frame";
import pico from "picocolors";
import type { Report } from "./report.ts";
import type { Origin } from "../ir/types.ts";

export interface Place {
  readonly line: number;
  readonly column: number;
}

export interface Printer {
  report(report: Report): string;
  /** One-based, as editors count. */
  place(origin: Origin, offset: number): Place;
  shown(file: string): string;
  readonly colors: ReturnType<typeof pico.createColors>;
}

/** `readText` gives the text of a file, undefined if it is gone. */
export function createPrinter(cwd: string, readText: (file: string) => string | undefined, colored: boolean): Printer {
  const colors = pico.createColors(colored);
  const texts = new Map<string, string>();
  const textOf = (file: string): string => {
    const text = texts.get(file) ?? readText(file) ?? "";
    texts.set(file, text);
    return text;
  };
  const shown = (file: string): string => {
    const relative = path.relative(cwd, file).replaceAll("\\", "/");
    return relative.startsWith("../../") ? file : relative;
  };
  const place = (origin: Origin, offset: number): Place => {
    const before = textOf(origin.file).slice(0, offset);
    const lineStart = before.lastIndexOf("\n") + 1;
    return { line: before.split("\n").length, column: before.length - lineStart + 1 };
  };
  const at = (origin: Origin): string => {
    const { line, column } = place(origin, origin.start);
    return `${colors.cyan(shown(origin.file))}:${colors.yellow(String(line))}:${colors.yellow(String(column))}`;
  };
  const frame = (origin: Origin, around: number): string => {
    const text = textOf(origin.file);
    if (text === "") return "";
    const start = place(origin, origin.start);
    const end = place(origin, origin.end);
    const shownLines = text.split("\n").slice(Math.max(0, start.line - 1 - around), start.line + around);
    if (shownLines.some((line) => line.length > longestShown)) return "";
    // Only the first line of what is meant is underlined: a function's body is no help.
    const lineEnd = text.indexOf("\n", origin.start);
    const last = end.line === start.line ? end.column : place(origin, lineEnd === -1 ? text.length : lineEnd).column;
    const location = { start, end: { line: start.line, column: Math.max(last, start.column + 1) } };
    return codeFrameColumns(text.replaceAll("\r\n", "\n"), location, {
      linesAbove: around,
      linesBelow: around,
      highlightCode: false,
      forceColor: colored,
    });
  };
  const report = ({ code, severity, origin, message, hint, related }: Report): string => {
    const paint = severity === "error" ? colors.red : colors.yellow;
    const head = `${origin ? `${at(origin)} - ` : ""}${paint(severity)} ${colors.gray(`${code}:`)} ${message}`;
    const notes = (related ?? []).map((note) =>
      [`  ${at(note.origin)} ${note.message}`, indent(frame(note.origin, 0))]
        .filter((part) => part.trim() !== "")
        .join("\n"),
    );
    const parts = [head, origin ? frame(origin, 1) : "", hint ? `  ${colors.bold("hint:")} ${hint}` : "", ...notes];
    return parts.filter((part) => part !== "").join("\n");
  };
  return { report, place, shown, colors };
}

/** Lines that are longer say nothing on a terminal. */
const longestShown = 400;

const indent = (text: string): string => text.replace(/^/gm, "  ");
