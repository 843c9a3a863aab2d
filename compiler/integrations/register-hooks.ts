/** What `tsgrad/register` has Node ask before it resolves and loads a module. */
import fs from "node:fs";
import type { LoadHook, ResolveHook } from "node:module";
import path from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { createPrinter } from "../diagnostics/print.ts";
import { readText } from "../emit/read.ts";
import type { Report } from "../index.ts";
import { fileMeantBy, stripped, type JavaScript } from "./javascript.ts";
import { unmoved, withInlineMap, withUrls } from "./maps.ts";
import { generatedFor, generatedPath, sourceOf } from "./names.ts";
import { serviceFor } from "./service.ts";

const cwd = path.resolve(".");
const service = serviceFor({ cwd });

const fileOf = (url: string | undefined): string | undefined =>
  url?.startsWith("file:") === true ? fileURLToPath(url) : undefined;

export const resolve: ResolveHook = (specifier, context, next) => {
  const importer = fileOf(context.parentURL);
  const generated = generatedFor(specifier, importer);
  if (generated !== undefined) return { url: pathToFileURL(generated).href, format: "module", shortCircuit: true };
  if (importer !== undefined && /^\.\.?\//.test(specifier)) {
    const meant = fileMeantBy(path.resolve(path.dirname(importer), specifier));
    if (/\.[mc]?tsx?$/.test(meant) && fs.existsSync(meant))
      return { url: pathToFileURL(meant).href, format: formatOf(meant), shortCircuit: true };
  }
  return next(specifier, context);
};

export const load: LoadHook = async (url, context, next) => {
  const file = fileOf(url);
  if (file === undefined) return next(url, context);
  if (sourceOf(file) !== undefined) {
    const { code, map, reports } = await service.serve(generatedPath(file));
    if (code !== undefined) return { format: "module", source: mapped({ code, map }), shortCircuit: true };
    throw failed(`${file} cannot be made`, reports);
  }
  const text = /\.[mc]?tsx?$/.test(file) ? readText(file) : undefined;
  if (text === undefined) return next(url, context);
  const replaced = await service.replace(file, text);
  if (replaced?.reports.some(({ severity }) => severity === "error") === true)
    throw failed(`${file} cannot be built`, replaced.reports);
  const made = stripped(file, replaced?.code ?? text, replaced?.map ?? unmoved(file, text));
  return { format: formatOf(file), source: mapped(made), shortCircuit: true };
};

/** With `--enable-source-maps`, Node names the user's lines in what is thrown; debuggers always do. */
const mapped = ({ code, map }: JavaScript): string => (map === undefined ? code : withInlineMap(code, withUrls(map)));

function failed(what: string, reports: readonly Report[]): Error {
  const printer = createPrinter(cwd, readText, false);
  return new Error(`tsgrad: ${what}.\n\n${reports.map((each) => printer.report(each)).join("\n\n")}`);
}

/** Sources are modules unless their names say otherwise. */
const formatOf = (file: string): "commonjs" | "module" => (file.endsWith(".cts") ? "commonjs" : "module");
