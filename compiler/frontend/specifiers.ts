/** How generated files import: as the source's own relative imports are written, else as the options ask. */
import path from "node:path";
import { ts } from "ts-morph";
import { isRulesPath } from "./program.ts";

type Style = "ts" | "js" | "none";

/** The specifier of each file that `source` may have to import, and of `source` itself under its own path. */
export function specifiersFrom(
  program: ts.Program,
  source: ts.SourceFile,
  configured: boolean,
): ReadonlyMap<string, string> {
  const own = ownSpecifiers(program, source);
  const style = styleOf([...own.values()]) ?? styleByOptions(program.getCompilerOptions(), configured);
  const specifiers = new Map<string, string>();
  const isForeign = (file: ts.SourceFile): boolean => program.isSourceFileFromExternalLibrary(file);
  for (const file of program.getSourceFiles()) {
    if (file.isDeclarationFile || (isForeign(file) && !isForeign(source))) continue;
    if (isRulesPath(file.fileName)) continue;
    specifiers.set(file.fileName, relativeSpecifier(source.fileName, file.fileName, style));
  }
  for (const [file, specifier] of own) specifiers.set(file, specifier);
  return specifiers;
}

/** What the source itself imports, by the resolved path. */
function ownSpecifiers(program: ts.Program, source: ts.SourceFile): ReadonlyMap<string, string> {
  const checker = program.getTypeChecker();
  const found = new Map<string, string>();
  for (const statement of source.statements) {
    const specifier = specifierOf(statement);
    if (!specifier) continue;
    const symbol = checker.getSymbolAtLocation(specifier);
    const file = symbol?.declarations?.find(ts.isSourceFile);
    if (file) found.set(file.fileName, specifier.text);
  }
  return found;
}

function specifierOf(statement: ts.Statement): ts.StringLiteral | undefined {
  if (ts.isImportEqualsDeclaration(statement)) {
    const reference = statement.moduleReference;
    return ts.isExternalModuleReference(reference) && ts.isStringLiteral(reference.expression)
      ? reference.expression
      : undefined;
  }
  if (!ts.isImportDeclaration(statement) && !ts.isExportDeclaration(statement)) return undefined;
  const specifier = statement.moduleSpecifier;
  return specifier && ts.isStringLiteral(specifier) ? specifier : undefined;
}

function styleOf(specifiers: readonly string[]): Style | undefined {
  for (const specifier of specifiers) {
    if (!specifier.startsWith("./") && !specifier.startsWith("../")) continue;
    if (/\.[mc]?tsx?$/.test(specifier)) return "ts";
    if (/\.[mc]?jsx?$/.test(specifier)) return "js";
    if (!/\.(?:json|css|node|wasm)$/.test(specifier)) return "none";
  }
  return undefined;
}

function styleByOptions(options: ts.CompilerOptions, configured: boolean): Style {
  // Without a tsconfig we cannot know who runs the file; `.js` works with tsc, bundlers and tsx.
  if (!configured) return "js";
  if (options.allowImportingTsExtensions || options.rewriteRelativeImportExtensions) return "ts";
  const resolution = resolutionOf(options);
  return resolution >= ts.ModuleResolutionKind.Node16 && resolution <= ts.ModuleResolutionKind.NodeNext ? "js" : "none";
}

function resolutionOf(options: ts.CompilerOptions): ts.ModuleResolutionKind {
  if (options.moduleResolution !== undefined) return options.moduleResolution;
  const kind = options.module ?? ts.ModuleKind.ESNext;
  return kind >= ts.ModuleKind.Node16 && kind <= ts.ModuleKind.NodeNext
    ? ts.ModuleResolutionKind.NodeNext
    : ts.ModuleResolutionKind.Bundler;
}

function relativeSpecifier(from: string, to: string, style: Style): string {
  const relative = path.posix.relative(path.posix.dirname(from), to);
  return withExtension(relative.startsWith(".") ? relative : `./${relative}`, style);
}

/** `.mts` and `.cts` files are only found with their extension. */
function withExtension(name: string, style: Style): string {
  const [, stem = name, kind = "", jsx = ""] = /^(.*)\.([mc]?)ts(x?)$/.exec(name) ?? [];
  if (style === "ts") return name;
  if (style === "js" || kind !== "") return `${stem}.${kind}js`;
  return jsx || stem ? stem : name;
}
