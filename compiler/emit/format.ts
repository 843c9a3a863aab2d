/**
 * Lays generated text out with our own version of prettier and the layout options of the project's
 * settings: nothing else of them, no plugins, always LF. The only place that knows prettier.
 */
import path from "node:path";
import * as prettier from "prettier";
import { makeReport } from "../diagnostics/make.ts";
import type { Report } from "../diagnostics/report.ts";

const layoutOptions = [
  "printWidth",
  "tabWidth",
  "useTabs",
  "semi",
  "singleQuote",
  "quoteProps",
  "trailingComma",
  "bracketSpacing",
  "arrowParens",
  "objectWrap",
  "experimentalTernaries",
  "experimentalOperatorPosition",
] as const satisfies readonly (keyof prettier.Options)[];

/** How the files of one place are laid out. */
export interface Layout {
  readonly options: Readonly<Partial<Pick<prettier.Options, (typeof layoutOptions)[number]>>>;
  /** A warning, where the project's settings could not be used. */
  readonly report?: Report;
}

/** The layout options that the project's settings give to the file at `generatedPath`. */
export async function loadLayout(generatedPath: string): Promise<Layout> {
  try {
    const found = (await prettier.resolveConfig(generatedPath, { editorconfig: true, useCache: false })) ?? {};
    const options = Object.fromEntries(
      layoutOptions.flatMap((name) => (found[name] === undefined ? [] : [[name, found[name]]])),
    );
    // Prettier itself checks values only when it formats.
    await prettier.format("", settled(options));
    return { options };
  } catch (error) {
    const firstLine = (error instanceof Error ? error.message : String(error)).split("\n", 1)[0] ?? "";
    return { options: {}, report: makeReport("TG2030", undefined, [firstLine]) };
  }
}

/** Loads the layout once for each folder and kind of file. */
export function createLayouts(): (generatedPath: string) => Promise<Layout> {
  const known = new Map<string, Promise<Layout>>();
  return (generatedPath) => {
    // Settings may have overrides for names such as `*.grad.ts`, hardly for a single generated file.
    const key = path.dirname(generatedPath) + path.extname(generatedPath);
    const layout = known.get(key) ?? loadLayout(generatedPath);
    known.set(key, layout);
    return layout;
  };
}

/** `text`, laid out. Laid out once more, it is the same. */
export async function format(text: string, layout: Layout = { options: {} }): Promise<string> {
  const options = settled(layout.options);
  const first = await laidOut(text, options);
  return tallResult.test(first) ? laidOut(first, options) : first;
}

/** The parser of Babel takes two thirds of the time, and the layout is the same. It is stricter: what it refuses, TypeScript's may take. */
async function laidOut(text: string, options: prettier.Options): Promise<string> {
  try {
    return await prettier.format(text, { ...options, parser: "babel-ts" });
  } catch {
    return prettier.format(text, { ...options, parser: "typescript" });
  }
}

/**
 * A tuple that is returned, on several lines, with an object type in it on several lines. Prettier keeps an object on
 * several lines that is so already, and with one such lays out the signature around it in another way.
 */
const tallResult = /^\): \[\n(?:[ \t].*\n)*?[ \t].*\{\n/m;

const settled = (options: Layout["options"]): prettier.Options => ({
  ...options,
  parser: "babel-ts",
  // Without a name, the text is searched for JSX, which takes longer than all else where it is long.
  filepath: "generated.ts",
  endOfLine: "lf",
  plugins: [],
  embeddedLanguageFormatting: "off",
});
