/** A whole generated module: header, imports, copied constants, private helpers, exported functions. */
import path from "node:path";
import { upperFirst } from "../ir/words.ts";
import { namesApartFrom, nameInFile } from "../ir/names.ts";
import { runtimeName } from "../ir/runtime.ts";
import type { Func } from "../ir/types.ts";
import { walkBlockExprs } from "../ir/visit.ts";
import type { ModuleSymbol, SourceFile } from "../frontend/types.ts";
import { identifiersIn, identifiersReplaced } from "./foreign.ts";
import { globalsOf, type Globals } from "./globals.ts";
import { Marks, withoutMarks, type Placed } from "./marks.ts";
import { emitFunction, type EmitOptions } from "./typescript.ts";

export interface EmittedFunction {
  readonly func: Func;
  readonly exported: boolean;
  /** What its doc comment says. */
  readonly doc?: string | undefined;
  /** The names of the user's variables in it; they are kept. */
  readonly sourceNames?: ReadonlySet<string> | undefined;
}

export interface ModuleInput {
  readonly source: SourceFile;
  /** Comments at the top of the file. */
  readonly header: string;
  readonly functions: readonly EmittedFunction[];
  readonly symbols: ReadonlyMap<string, ModuleSymbol>;
}

/** The text of a module, and where it comes from. Prettier has still to lay it out. */
export function emitModule(input: ModuleInput, options: EmitOptions): Placed {
  const marks = new Marks();
  const used = globalsOfAll(input.functions);
  const possible = planSymbols(input, used);
  const globalNames = nameGlobals(input, possible, used);

  const helpers = input.functions.filter((f) => !f.exported);
  const products = input.functions.filter((f) => f.exported);
  const texts = [...helpers, ...products].map(({ func, exported, doc, sourceNames }) =>
    emitFunction(func, { ...options, exported, doc, sourceNames, globalNames, marker: marks.around }),
  );
  const plan = withoutUnusedTypes(possible, { texts: texts.map(withoutMarks), used, input, globalNames });
  const sections = [
    input.header.trimEnd(),
    [
      ...runtimeImports({ ...used, types: plan.types }, input.symbols, globalNames),
      ...sourceImports(input.source, plan, globalNames),
    ].join("\n"),
    plan.copied.map((symbol) => copyText(symbol, input, globalNames)).join("\n"),
    ...texts,
  ];
  return marks.read(`${sections.filter((section) => section !== "").join("\n\n")}\n`);
}

/** Types that a user imports from "tsgrad", as they may stand in copied annotations. */
const publicTypes = ["Gradient", "Tangent", "int"];

function globalsOfAll(functions: readonly EmittedFunction[]): Globals {
  const all = functions.map(({ func }) => globalsOf(func));
  return { values: new Set(all.flatMap((g) => [...g.values])), types: new Set(all.flatMap((g) => [...g.types])) };
}

/** What becomes of the symbols of the user's modules that the functions use. */
interface SymbolPlan {
  /** Each with the way in which it is used. */
  readonly imported: readonly { readonly symbol: ModuleSymbol; readonly typeOnly: boolean }[];
  /** In an order in which each comes after those that it uses. */
  readonly copied: readonly ModuleSymbol[];
}

function planSymbols({ symbols, functions }: ModuleInput, used: Globals): SymbolPlan {
  const own = new Set(functions.map(({ func }) => func.name));
  const values = new Set<ModuleSymbol>();
  const types = new Set<ModuleSymbol>();
  const copied = new Set<ModuleSymbol>();
  const seen = new Set<string>();
  const visit = (key: string, inType: boolean): void => {
    const symbol = own.has(key) ? undefined : symbols.get(key);
    if (symbol?.outside !== undefined && symbol.outside.specifier === undefined) return;
    // In a type it is the name of a field.
    if (inType && symbol !== undefined && !namesType(symbol)) return;
    if (symbol?.exported === true) {
      // A class or enum that stands only in types is imported as a type.
      (inType || isTypeText(symbol.text) ? types : values).add(symbol);
      return;
    }
    if (symbol === undefined || seen.has(key)) return;
    seen.add(key);
    if (numericValue(symbol, symbols, functions) === undefined)
      for (const used of symbol.uses) visit(used, symbol.isType === true);
    copied.add(symbol);
  };
  for (const key of used.values) visit(key, false);
  for (const key of used.types) visit(key, true);
  const imported = [
    ...[...values].map((symbol) => ({ symbol, typeOnly: false })),
    ...[...types].filter((symbol) => !values.has(symbol)).map((symbol) => ({ symbol, typeOnly: true })),
  ];
  return { imported, copied: [...copied] };
}

interface Printed {
  readonly texts: readonly string[];
  readonly used: Globals;
  readonly input: ModuleInput;
  readonly globalNames: ReadonlyMap<string, string>;
}

/** Types by name stand at variables that need not say their type: what no text mentions in the end is not there. */
function withoutUnusedTypes(
  plan: SymbolPlan,
  { texts, used, input, globalNames }: Printed,
): SymbolPlan & { readonly types: ReadonlySet<string> } {
  const types = new Set(used.types);
  const mentioned = new Set(texts.flatMap((text) => [...identifiersIn([text])]));
  const isUsed = (symbol: ModuleSymbol): boolean => mentioned.has(globalNames.get(symbol.key) ?? symbol.name);
  const copied: ModuleSymbol[] = [];
  for (const symbol of [...plan.copied].reverse()) {
    if (symbol.isType === true && !isUsed(symbol)) continue;
    copied.unshift(symbol);
    for (const name of identifiersIn([copyText(symbol, input, globalNames)])) {
      mentioned.add(name);
      types.add(name);
    }
  }
  const imported = plan.imported.filter(({ symbol, typeOnly }) => !typeOnly || isUsed(symbol));
  return { imported, copied, types: new Set([...types].filter((name) => mentioned.has(name))) };
}

const namesType = ({ text }: ModuleSymbol): boolean => !/^\s*(export\s+)?(const|let)\s/.test(text);

function isTypeText(text: string): boolean {
  return /^\s*(export\s+)?(declare\s+)?(type|interface)\s/.test(text);
}

/**
 * The value to write for a copied constant instead of its text. The text would do, but for constants that
 * it uses and that would have to be imported: the source may import this very module, and then runs after it.
 */
function numericValue(
  symbol: ModuleSymbol,
  symbols: ReadonlyMap<string, ModuleSymbol>,
  functions: readonly EmittedFunction[],
): number | undefined {
  const importsValue = (key: string): boolean => {
    const other = symbols.get(key);
    return other !== undefined && (other.exported ? !isTypeText(other.text) : other.uses.some(importsValue));
  };
  if (!symbol.uses.some(importsValue)) return undefined;
  let value: number | undefined;
  for (const { func } of functions) {
    walkBlockExprs(func.body, (expr) => {
      if (expr.kind === "constant" && expr.name === symbol.key) value ??= expr.value;
    });
  }
  return value;
}

/** Printed names by key: exported functions keep theirs, all else has the name from its own file where that is free. */
function nameGlobals({ functions, symbols }: ModuleInput, plan: SymbolPlan, used: Globals): Map<string, string> {
  const exported = functions.filter((f) => f.exported).map(({ func }) => func.name);
  const ofPlatform = [...used.values].flatMap((key) => {
    const symbol = symbols.get(key);
    return symbol?.outside !== undefined && symbol.outside.specifier === undefined ? [symbol] : [];
  });
  const names = namesApartFrom([...exported, ...ofPlatform.map(({ name }) => name.split(".")[0] ?? name)]);
  const result = new Map(ofPlatform.map(({ key, name }) => [key, name]));
  for (const { func } of functions.filter((f) => !f.exported))
    result.set(func.name, names.fresh(nameInFile(func.name, func.origin)));
  for (const { symbol } of plan.imported) result.set(symbol.key, names.fresh(symbol.name));
  // The user's variables keep their names: `sum` of ours is `tensorSum` beside a `sum` of theirs.
  const own = new Set(
    functions.flatMap(({ func, sourceNames = [] }) => [...func.params.map((p) => p.name), ...sourceNames]),
  );
  for (const key of used.values) {
    const name = runtimeName(key);
    if (name !== undefined) result.set(key, names.fresh(own.has(name) ? `tensor${upperFirst(name)}` : name));
  }
  for (const symbol of plan.copied) result.set(symbol.key, names.fresh(symbol.name));
  return result;
}

function copyText(symbol: ModuleSymbol, input: ModuleInput, globalNames: ReadonlyMap<string, string>): string {
  const name = globalNames.get(symbol.key) ?? symbol.name;
  if (symbol.isType === true) return identifiersReplaced([symbol.text], (key) => globalNames.get(key) ?? key).join("");
  const value = numericValue(symbol, input.symbols, input.functions);
  if (value !== undefined) return `const ${name} = ${Object.is(value, -0) ? "-0" : String(value)};`;
  const renames = new Map(
    // Types, and what an imported namespace holds, stand in the text under their keys.
    [symbol, ...symbol.uses.flatMap((key) => input.symbols.get(key) ?? [])].flatMap((used) => {
      const printed = globalNames.get(used.key) ?? used.name;
      return used.isType === true
        ? [[used.key, printed]]
        : [
            [used.name, printed],
            [used.key, printed],
          ];
    }),
  );
  return identifiersReplaced([symbol.text.trim()], (identifier) => renames.get(identifier) ?? identifier).join("");
}

function runtimeImports(
  used: Globals,
  symbols: ReadonlyMap<string, ModuleSymbol>,
  globalNames: ReadonlyMap<string, string>,
): string[] {
  const types = publicTypes.filter((name) => used.types.has(name) && !symbols.has(name));
  const lines = types.length === 0 ? [] : [importText("tsgrad", types, true)];
  const hasTensor = !symbols.has("Tensor") && (used.values.has("Tensor") || used.types.has("Tensor"));
  const values = [...used.values].flatMap((key) => {
    const name = runtimeName(key);
    const local = globalNames.get(key);
    return name === undefined || local === undefined ? [] : [local === name ? name : `${name} as ${local}`];
  });
  if (hasTensor && used.values.has("Tensor")) values.push("Tensor");
  else if (hasTensor) lines.push(importText("tsgrad/runtime", ["Tensor"], true));
  if (values.length > 0) lines.push(importText("tsgrad/runtime", values, false));
  return lines;
}

function sourceImports(
  source: SourceFile,
  { imported }: SymbolPlan,
  globalNames: ReadonlyMap<string, string>,
): string[] {
  const bySpecifier = new Map<string, Record<"types" | "values" | "defaults", string[]>>();
  for (const { symbol, typeOnly } of imported) {
    const specifier =
      outsideSpecifier(source, symbol) ??
      (symbol.file === source.path ? source.selfSpecifier : source.specifiers.get(symbol.file));
    if (specifier === undefined) throw new Error(`emit: no specifier for ${symbol.file}`);
    const names = bySpecifier.get(specifier) ?? { types: [], values: [], defaults: [] };
    bySpecifier.set(specifier, names);
    const local = globalNames.get(symbol.key) ?? symbol.name;
    if (symbol.outside?.isDefault === true) names.defaults.push(local);
    else (typeOnly ? names.types : names.values).push(local === symbol.name ? local : `${symbol.name} as ${local}`);
  }
  return [...bySpecifier]
    .sort(([a], [b]) => compareText(a, b))
    .flatMap(([specifier, { types, values, defaults }]) => [
      ...(types.length === 0 ? [] : [importText(specifier, types, true)]),
      ...(values.length === 0 && defaults.length === 0 ? [] : [importText(specifier, values, false, defaults)]),
    ]);
}

/** Where a function without source is imported from: a package, or a file as the generated one sees it. */
function outsideSpecifier(source: SourceFile, { outside }: ModuleSymbol): string | undefined {
  const specifier = outside?.specifier;
  if (specifier === undefined || !path.isAbsolute(specifier)) return specifier;
  const relative = path.posix.relative(path.posix.dirname(source.path), specifier);
  return relative.startsWith(".") ? relative : `./${relative}`;
}

function importText(
  specifier: string,
  names: readonly string[],
  typeOnly: boolean,
  defaults: readonly string[] = [],
): string {
  const list = names.length === 0 ? [] : [`{ ${[...names].sort(compareText).join(", ")} }`];
  return `import ${typeOnly ? "type " : ""}${[...defaults, ...list].join(", ")} from ${JSON.stringify(specifier)};`;
}

/** By code units, the same on every machine. */
function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
