/**
 * Builds the TypeScript program. Generated modules are typed from their sources, whose types may in
 * turn depend on generated modules: the program is built again until their texts stand still.
 */
import { ts } from "ts-morph";
import { findAnnotations, type Annotation } from "./annotations.ts";
import { parseSource } from "./depth.ts";
import { declarationsOf } from "./generated-types.ts";
import { createHost, type Files, type Parsing } from "./host.ts";
import { productsOf } from "./products.ts";
import type { Project } from "./project.ts";
import { createWriteFinder, type WriteFinder } from "./writes.ts";

export interface Loaded {
  readonly program: ts.Program;
  readonly checker: ts.TypeChecker;
  readonly writes: WriteFinder;
  readonly annotationsOf: (file: ts.SourceFile) => readonly Annotation[];
  /** The files that a file leads to by its imports, itself among them. */
  readonly reachedFrom: (path: string) => readonly string[];
  /** The type that the rules of `source` must have, by the generated name that they stand for. */
  expectedRuleType(source: string, name: string): ts.Type | undefined;
}

const silent = (): undefined => undefined;
/** Sources of generated modules that use each other this deep are unheard of. */
const mostRounds = 5;

export function loadProgram(
  files: Files,
  overlay: ReadonlyMap<string, string>,
  project: Pick<Project, "options" | "roots">,
  parsing: Parsing = { known: new Map() },
): Loaded {
  const firstText = (source: string): string => namesOnly(source, files.readFile(source) ?? "");
  const host = createHost(files, overlay, project.options, firstText, parsing);
  const cache = new Map<ts.SourceFile, readonly Annotation[]>();
  const annotationsOf = (file: ts.SourceFile): readonly Annotation[] => {
    const found = cache.get(file) ?? findAnnotations(file, silent);
    cache.set(file, found);
    return found;
  };
  let roots = project.roots;
  let program = ts.createProgram({ rootNames: roots, options: project.options, host });
  for (let round = 0; round < mostRounds; round++) {
    const more = new Set(roots);
    const checker = program.getTypeChecker();
    const writes = createWriteFinder(checker);
    let changed = false;
    const set = (path: string, text: string): void => {
      if (program.getSourceFile(path)?.text === text) return;
      host.setVirtual(path, text);
      changed = true;
    };
    for (const path of program.getSourceFiles().map((file) => file.fileName)) {
      const source = files.sourceOfGenerated(path);
      if (source === undefined) continue;
      const file = program.getSourceFile(source);
      if (file)
        set(
          path,
          declarationsOf(
            checker,
            writes,
            annotationsOf(file).filter((each) => each.tag),
          ),
        );
      else {
        more.add(source);
        changed = true;
      }
    }
    for (const file of program.getSourceFiles()) {
      const ruled = file.isDeclarationFile ? [] : annotationsOf(file).filter((each) => each.rules.length > 0);
      if (ruled.length === 0) continue;
      const path = rulesPathOf(file.fileName);
      more.add(path);
      set(
        path,
        declarationsOf(checker, writes, ruled, (annotation) => annotation.rules.map((rule) => rule.kind), ""),
      );
    }
    if (!changed) break;
    roots = [...more];
    program = ts.createProgram({ rootNames: roots, options: project.options, host, oldProgram: program });
  }
  const checker = program.getTypeChecker();
  return {
    program,
    checker,
    writes: createWriteFinder(checker),
    annotationsOf,
    reachedFrom: (path) => host.reachedFrom(path),
    expectedRuleType(source, name) {
      const file = program.getSourceFile(rulesPathOf(source));
      const symbol = file && checker.getSymbolAtLocation(file)?.exports?.get(name as ts.__String);
      return symbol && checker.getTypeOfSymbol(symbol);
    },
  };
}

/** A module that exists only while we compile: the signatures that hand-written rules must have. */
const rulesPathOf = (source: string): string => source.replace(/\.([mc]?)tsx?$/, ".tsgrad-rules.$1ts");

export const isRulesPath = (path: string): boolean => /\.tsgrad-rules\.[mc]?ts$/.test(path);

/** The generated module as long as nothing is known about types. */
function namesOnly(path: string, text: string): string {
  const file = parseSource(path, text, ts.ScriptTarget.Latest, true);
  if ("refusedAt" in file) return "export {};\n";
  const names = findAnnotations(file, silent).flatMap(({ stem, modes }) =>
    productsOf(stem, modes).map((product) => product.name),
  );
  return `export {};\n${names.map((name) => `export declare const ${name}: any;\n`).join("")}`;
}
