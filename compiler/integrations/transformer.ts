/**
 * `tsgrad/transformer`: a program transformer for ts-patch. The program gets the generated modules as sources of its own,
 * whose texts stand for all that they came from: what builds incrementally sees them change. Value forms are replaced
 * as files are emitted; types are checked as they are written.
 */
import { createHash } from "node:crypto";
import path from "node:path";
import type { ts as TypeScript } from "ts-morph";
import { toPosix } from "../paths.ts";
import { generate } from "./transformer-calls.ts";
import { ledFurther } from "./transformer-maps.ts";
import type { Generated, GeneratedText, Use } from "./transformer-worker.ts";

type TS = typeof TypeScript;

interface Extras {
  /** The TypeScript that builds. */
  readonly ts: TS;
}

/** Sources that come from us carry their version, as those of incremental programs do. */
type Versioned = TypeScript.SourceFile & { version?: string };

/** Called by ts-patch for every program that it makes. */
export default function transformProgram(
  program: TypeScript.Program,
  host: TypeScript.CompilerHost | undefined,
  _config: unknown,
  { ts }: Extras,
): TypeScript.Program {
  const options = program.getCompilerOptions();
  const config = typeof options["configFilePath"] === "string" ? options["configFilePath"] : undefined;
  const cwd = config === undefined ? program.getCurrentDirectory() : path.posix.dirname(toPosix(config));
  const rootNames = program.getRootFileNames();
  const maps = options.sourceMap === true || options.inlineSourceMap === true || options.declarationMap === true;
  const generated = generate({ cwd, project: config, files: config === undefined ? rootNames : undefined, maps });
  for (const warning of generated.warnings) ts.sys.write(`${warning}\n`);
  const texts = new Map(generated.files.map(({ path: name, text }) => [name, text]));
  if (texts.size === 0 && generated.errors.length === 0) return replacing(ts, program, []);
  const own = hostWith(ts, host ?? ts.createCompilerHost(options), program, texts);
  const made = ts.createProgram({
    rootNames: [...new Set([...rootNames.map(toPosix), ...texts.keys()])],
    options,
    host: own,
    configFileParsingDiagnostics: program.getConfigFileParsingDiagnostics(),
    ...(program.getProjectReferences() && { projectReferences: program.getProjectReferences()! }),
  });
  if (maps) mapping(made, own, generated.files);
  return telling(ts, replacing(ts, made, generated.uses), generated);
}

/** The program with maps of generated modules that lead through these to the user's sources. */
function mapping(program: TypeScript.Program, host: TypeScript.CompilerHost, files: readonly GeneratedText[]): void {
  const maps = new Map(files.map(({ path: name, map }) => [name, map]));
  const emit = program.emit.bind(program);
  program.emit = (target, write = host.writeFile, ...rest) =>
    emit(
      target,
      (name, text, byteOrderMark, onError, sources, data) => {
        const source = sources?.length === 1 ? toPosix(sources[0]!.fileName) : undefined;
        const map = source === undefined ? undefined : maps.get(source);
        const led = source !== undefined && map ? ledFurther(name, text, source, map) : text;
        write(name, led, byteOrderMark, onError, sources, data);
      },
      ...rest,
    );
}

/** A host that has the generated modules, and the sources of a program that are read already. */
function hostWith(
  ts: TS,
  host: TypeScript.CompilerHost,
  program: TypeScript.Program,
  texts: ReadonlyMap<string, string>,
): TypeScript.CompilerHost {
  const folders = new Set([...texts.keys()].map((name) => path.posix.dirname(name)));
  const own: TypeScript.CompilerHost = {
    ...bound(host),
    fileExists: (name) => texts.has(toPosix(name)) || host.fileExists(name),
    readFile: (name) => texts.get(toPosix(name)) ?? host.readFile(name),
    directoryExists: (name) =>
      folders.has(toPosix(name)) || (host.directoryExists?.(name) ?? ts.sys.directoryExists(name)),
    getSourceFile(name, languageOptions, onError, shouldCreate) {
      const text = texts.get(toPosix(name));
      if (text === undefined)
        return program.getSourceFile(name) ?? host.getSourceFile(name, languageOptions, onError, shouldCreate);
      const file: Versioned = ts.createSourceFile(name, text, languageOptions);
      file.version = createHash("sha256").update(text).digest("hex");
      return file;
    },
  };
  const options = program.getCompilerOptions();
  const cache = ts.createModuleResolutionCache(
    own.getCurrentDirectory(),
    (name) => own.getCanonicalFileName(name),
    options,
  );
  const before = host.resolveModuleNameLiterals?.bind(host);
  // A build of several projects resolves with a cache of its own, which knows nothing of our modules.
  own.resolveModuleNameLiterals = (literals, containing, redirected, settings, file, reused) => {
    const known = before?.(literals, containing, redirected, settings, file, reused);
    return literals.map((literal, at) => {
      const mode = ts.getModeForUsageLocation(file, literal, settings);
      const base = known?.[at];
      const isOurs = /\.grad(?:\.[mc]?[jt]s)?$/.test(literal.text);
      if (base !== undefined && !isOurs) return base;
      const found = ts.resolveModuleName(literal.text, containing, settings, own, cache, redirected, mode);
      if (isOurs && found.resolvedModule === undefined) {
        const emitted = emittedFor(ts, program, literal.text, containing);
        if (emitted !== undefined && host.fileExists(emitted)) return declaredIn(emitted);
      }
      return base === undefined || texts.has(toPosix(found.resolvedModule?.resolvedFileName ?? "")) ? found : base;
    });
  };
  return own;
}

/** The declarations that a referenced project has emitted of a generated module that it has. */
function emittedFor(ts: TS, program: TypeScript.Program, specifier: string, containing: string): string | undefined {
  const [, stem, kind = ""] = /^(.*)\.grad(?:\.([mc]?)[jt]s)?$/.exec(specifier) ?? [];
  if (stem === undefined || !/^\.\.?\//.test(specifier)) return undefined;
  const source = `${path.posix.resolve(path.posix.dirname(toPosix(containing)), stem)}.${kind}ts`;
  for (const reference of program.getResolvedProjectReferences() ?? []) {
    const owner = reference?.commandLine;
    const name = owner?.fileNames.find((each) => toPosix(each) === source || toPosix(each) === `${source}x`);
    if (owner === undefined || name === undefined) continue;
    const declared = ts.getOutputFileNames(owner, name, false).find((output) => /\.d\.[mc]?ts$/.test(output));
    return declared?.replace(/\.d\.([mc]?)ts$/, ".grad.d.$1ts");
  }
  return undefined;
}

function declaredIn(resolvedFileName: string): TypeScript.ResolvedModuleWithFailedLookupLocations {
  const extension = /\.d\.[mc]?ts$/.exec(resolvedFileName)?.[0] ?? ".d.ts";
  return { resolvedModule: { resolvedFileName, extension, isExternalLibraryImport: false } };
}

/** What a host has, but for what would pass over our modules. */
function bound(host: TypeScript.CompilerHost): TypeScript.CompilerHost {
  const methods: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(host) as [string, unknown][])
    methods[name] = typeof value === "function" ? (value.bind(host) as unknown) : value;
  delete methods["getSourceFileByPath"];
  return methods as unknown as TypeScript.CompilerHost;
}

/** The program with value forms replaced in what it emits. */
function replacing(ts: TS, program: TypeScript.Program, uses: readonly Use[]): TypeScript.Program {
  const byFile = new Map<string, Use[]>();
  for (const use of uses) byFile.set(use.file, [...(byFile.get(use.file) ?? []), use]);
  const emit = program.emit.bind(program);
  program.emit = (target, write, token, onlyDeclarations, custom, ...rest) =>
    emit(
      target,
      write,
      token,
      onlyDeclarations,
      {
        ...custom,
        ...(program.getCompilerOptions().composite === true && {
          afterDeclarations: [marking(ts), ...(custom?.afterDeclarations ?? [])],
        }),
        before: [
          (context) => (file) => replaced(ts, context, file, byFile.get(toPosix(file.fileName)) ?? []),
          ...(custom?.before ?? []),
        ],
      },
      ...rest,
    );
  return program;
}

function replaced(
  ts: TS,
  context: TypeScript.TransformationContext,
  file: TypeScript.SourceFile,
  uses: readonly Use[],
): TypeScript.SourceFile {
  if (uses.length === 0) return file;
  const { factory } = context;
  const names = new Map<string, string>();
  for (const use of uses) names.set(keyOf(use), names.get(keyOf(use)) ?? freshName(use.name, file.text, names));
  const nameOf = (use: Use): TypeScript.Identifier => factory.createIdentifier(names.get(keyOf(use)) ?? use.name);
  const visit = (node: TypeScript.Node): TypeScript.Node => {
    const use = ts.isCallExpression(node)
      ? uses.find(({ start, end }) => node.getStart(file) === start && node.end === end)
      : undefined;
    if (!use) return ts.visitEachChild(node, visit, context);
    return ts.setTextRange(ts.setOriginalNode(functionFor(ts, factory, nameOf(use), use.captured), node), node);
  };
  const changed = ts.visitEachChild(file, visit, context);
  const imports = [...new Map(uses.map((use) => [keyOf(use), use])).values()].map((use) =>
    imported(ts, factory, isCommonJs(ts, context.getCompilerOptions(), file), use, nameOf(use), file.fileName),
  );
  const start = changed.statements.findIndex(
    (each) => !(ts.isExpressionStatement(each) && ts.isStringLiteral(each.expression)),
  );
  const at = start === -1 ? changed.statements.length : start;
  return factory.updateSourceFile(changed, [
    ...changed.statements.slice(0, at),
    ...imports,
    ...changed.statements.slice(at),
  ]);
}

/** The generated function, or `(...given) => $lossGrad(k, ...given)` where what it is of captures. */
function functionFor(
  ts: TS,
  factory: TypeScript.NodeFactory,
  name: TypeScript.Identifier,
  captured: readonly string[],
): TypeScript.Expression {
  if (captured.length === 0) return name;
  const given = factory.createIdentifier(`${name.text}Given`);
  const rest = factory.createParameterDeclaration(undefined, factory.createToken(ts.SyntaxKind.DotDotDotToken), given);
  const args = [...captured.map((each) => factory.createIdentifier(each)), factory.createSpreadElement(given)];
  const arrow = factory.createArrowFunction(
    undefined,
    undefined,
    [rest],
    undefined,
    undefined,
    factory.createCallExpression(name, undefined, args),
  );
  return factory.createParenthesizedExpression(arrow);
}

/**
 * Marks the declarations of a project that others reference with the state of their source. What is derived from a function
 * depends on its body, and a build of several projects passes over those whose references declare what they did before.
 */
function marking(ts: TS): TypeScript.TransformerFactory<TypeScript.SourceFile | TypeScript.Bundle> {
  return ({ factory }) =>
    (node) => {
      if (!ts.isSourceFile(node)) return node;
      const mark = factory.createNotEmittedStatement(node);
      const state = createHash("sha256").update(node.text).digest("hex").slice(0, 16);
      ts.addSyntheticTrailingComment(mark, ts.SyntaxKind.SingleLineCommentTrivia, ` tsgrad: ${state}`, true);
      return factory.updateSourceFile(node, [...node.statements, mark]);
    };
}

const keyOf = ({ path: module, name }: Use): string => `${module} ${name}`;

/** `$lossGrad`, with a number where the source or another form has that. */
function freshName(name: string, text: string, names: ReadonlyMap<string, string>): string {
  const taken = new Set(names.values());
  for (let n = 1; ; n++) {
    const candidate = `$${name}${n === 1 ? "" : String(n)}`;
    if (!taken.has(candidate) && !text.includes(candidate)) return candidate;
  }
}

function isCommonJs(ts: TS, { module }: TypeScript.CompilerOptions, file: TypeScript.SourceFile): boolean {
  if (module !== undefined && module >= ts.ModuleKind.Node16 && module <= ts.ModuleKind.NodeNext)
    return file.impliedNodeFormat === ts.ModuleKind.CommonJS;
  return module === ts.ModuleKind.CommonJS;
}

function imported(
  ts: TS,
  factory: TypeScript.NodeFactory,
  isCommonJsFile: boolean,
  { path: module, name }: Use,
  local: TypeScript.Identifier,
  from: string,
): TypeScript.Statement {
  const relative = path.posix.relative(path.posix.dirname(toPosix(from)), module).replace(/\.([mc]?)ts$/, ".$1js");
  const specifier = factory.createStringLiteral(relative.startsWith(".") ? relative : `./${relative}`);
  const exported = factory.createIdentifier(name);
  if (!isCommonJsFile) {
    const clause = factory.createNamedImports([factory.createImportSpecifier(false, exported, local)]);
    return factory.createImportDeclaration(
      undefined,
      factory.createImportClause(undefined, undefined, clause),
      specifier,
    );
  }
  const required = factory.createCallExpression(factory.createIdentifier("require"), undefined, [specifier]);
  const binding = factory.createObjectBindingPattern([factory.createBindingElement(undefined, exported, local)]);
  const declaration = factory.createVariableDeclaration(binding, undefined, undefined, required);
  return factory.createVariableStatement(
    undefined,
    factory.createVariableDeclarationList([declaration], ts.NodeFlags.Const),
  );
}

/** The program with our errors among those that concern all of it, which no incremental build keeps. */
function telling(ts: TS, program: TypeScript.Program, { errors }: Generated): TypeScript.Program {
  if (errors.length === 0) return program;
  const found = errors.map(({ code, text, origin }): TypeScript.Diagnostic => {
    const file = origin && program.getSourceFile(origin.file);
    return {
      category: ts.DiagnosticCategory.Error,
      code,
      messageText: text,
      file,
      start: file && origin.start,
      length: file && origin.end - origin.start,
      source: "tsgrad",
    };
  });
  const own = program.getGlobalDiagnostics.bind(program);
  program.getGlobalDiagnostics = (token) => [...own(token), ...found];
  return program;
}
