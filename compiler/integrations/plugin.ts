/** The plugin of all bundlers: imports of `./model.grad` get the module that is generated from `model.ts`. */
import path from "node:path";
import { createUnplugin, type UnpluginContext, type UnpluginInstance, type UnpluginMessage } from "unplugin";
import { createPrinter, type Printer } from "../diagnostics/print.ts";
import type { Report } from "../index.ts";
import { writeDeclarations } from "./declarations.ts";
import { generatedFor, generatedPath, sourceOf, withoutQuery } from "./names.ts";
import { serviceFor, type Service } from "./service.ts";
import { readText } from "../emit/read.ts";
import { toPosix } from "../paths.ts";
import { formNamed } from "../frontend/index.ts";

export interface PluginOptions {
  /** The folder of the project, the current one unless told. */
  readonly root?: string;
  /** The tsconfig, or its folder; without it the nearest one of each source counts. */
  readonly project?: string;
}

const sources = /\.[mc]?tsx?(?:[?#]|$)/;
const generated = /\.grad(?:\.[mc]?[jt]s)?(?:[?#]|$)/;

export const plugin: UnpluginInstance<PluginOptions | undefined, false> = createUnplugin((options = {}) => {
  const cwd = path.resolve(options.root ?? ".");
  const service = serviceFor({ cwd, project: options.project });
  return {
    name: "tsgrad",
    enforce: "pre",
    resolveId: {
      filter: { id: generated },
      handler: (id, importer) => generatedFor(id, importer),
    },
    load: {
      filter: { id: generated },
      async handler(id) {
        if (sourceOf(id) === undefined) return undefined;
        const served = await service.serve(generatedPath(withoutQuery(id)));
        for (const file of served.inputs) this.addWatchFile(file);
        if (served.text !== undefined && formNamed(served.path) === undefined)
          writeDeclarations(cwd, served.path, served.text);
        const printer = createPrinter(cwd, readText, false);
        tell(served.reports, this, printer);
        if (served.isStale)
          this.warn(
            `${printer.shown(served.path)} is out of date: run \`npx tsgrad build\`. What is bundled is fresh.`,
          );
        // esbuild takes an error only along with a module.
        return { code: served.code ?? "export {};", map: served.map ?? null };
      },
    },
    transform: {
      filter: { id: { include: sources, exclude: generated }, code: /\btsgrad\b/ },
      async handler(text, id) {
        const source = withoutQuery(id);
        const replaced = await service.replace(source, text);
        if (replaced === undefined) return undefined;
        for (const file of replaced.inputs) if (file !== toPosix(source)) this.addWatchFile(file);
        tell(
          replaced.reports,
          this,
          createPrinter(cwd, (file) => (file === toPosix(source) ? text : readText(file)), false),
        );
        return { code: replaced.code, map: replaced.map };
      },
    },
    esbuild: { onLoadFilter: sources, loader: (_, id) => (generated.test(id) ? "js" : loaderOf(id)) },
    vite: { handleHotUpdate: ({ file, server, modules }) => [...modules, ...reloaded(service, file, server)] },
  };
});

/** The extension by which esbuild knows what a source is written in. */
const loaderOf = (id: string): "ts" | "tsx" => (/x$/.test(withoutQuery(id)) ? "tsx" : "ts");

/** Tells what was found; an error of the source's stops the build where the tool would have it stopped. */
function tell(reports: readonly Report[], context: UnpluginContext, printer: Printer): void {
  const errors = reports.filter(({ severity }) => severity === "error");
  for (const report of reports.filter(({ severity }) => severity === "warning"))
    context.warn(asMessage(report, printer));
  const [first] = errors;
  if (first === undefined) return;
  context.error({
    ...asMessage(first, printer),
    message: errors.map((report) => printer.report(report)).join("\n\n"),
  });
}

function asMessage(report: Report, printer: Printer): UnpluginMessage {
  const { origin, code } = report;
  const message = { message: printer.report(report), code };
  if (origin === undefined) return message;
  const { line, column } = printer.place(origin, origin.start);
  return { ...message, id: origin.file, loc: { file: origin.file, line, column: column - 1 } };
}

interface Server<Module> {
  readonly moduleGraph: {
    getModulesByFile(file: string): ReadonlySet<Module> | undefined;
    invalidateModule(module: Module): void;
  };
}

/** The modules that Vite has to load again because a file has changed that they were generated from. */
function reloaded<Module>(service: Service, file: string, { moduleGraph }: Server<Module>): Module[] {
  const stale = service
    .dependents(withoutQuery(file))
    .flatMap((generatedPath) => [...(moduleGraph.getModulesByFile(generatedPath) ?? [])]);
  for (const module of stale) moduleGraph.invalidateModule(module);
  return stale;
}
