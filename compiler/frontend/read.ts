/** From files to IR: finds the projects, reads their annotations, and has each annotated function lowered. */
import path from "node:path";
import { ts } from "ts-morph";
import { askedBy } from "../diagnostics/asked.ts";
import { makeReport } from "../diagnostics/make.ts";
import { partName } from "../ir/words.ts";
import type { Report } from "../diagnostics/report.ts";
import type { Func, Origin } from "../ir/types.ts";
import { generatedPathOf, isSourcePath, toPosix } from "../paths.ts";
import { findAnnotations, hasSelf, type Annotation, type FunctionNode } from "./annotations.ts";
import type { GeneratedFunction, LowerContext } from "./context.ts";
import { signatureOf } from "./generated-types.ts";
import { deepestStatement, isOverflow } from "./depth.ts";
import { createFingerprints } from "./fingerprints.ts";
import { createFiles, type Files } from "./host.ts";
import { lightened } from "./libs.ts";
import { originOf } from "./positions.ts";
import { loadProgram, type Loaded } from "./program.ts";
import { findProjects, type Project } from "./project.ts";
import { genericWords } from "./generic-words.ts";
import { batchModes, generatedName, productsOf } from "./products.ts";
import { createReach } from "./reach.ts";
import { checkRequests, outputsOf, overOf, wrtOf } from "./requests.ts";
import { cycleOf, reaches } from "./rule-cycles.ts";
import { obstacleToRule, parametersNamed, resolveRules } from "./rules.ts";
import type { SharedPrograms } from "./shared.ts";
import { findSilences } from "./silences.ts";
import { specifiersFrom } from "./specifiers.ts";
import { findTypeErrors, typeErrorsIn, type TypeErrors } from "./type-errors.ts";
import type {
  AnnotatedSource,
  DerivedFunction,
  Frontend,
  ModuleSymbol,
  Rules,
  Silence,
  SourceFile,
  Step,
  Target,
  ValueForm,
  Wrt,
} from "./types.ts";
import { formNamedIn, formsIn, mayHaveForms, type Finder, type FoundForm } from "./value-forms.ts";
import { formNamed } from "./value-modules.ts";

export interface ReadOptions {
  /** Relative names are relative to this folder. */
  readonly cwd: string;
  /** The sources to build; without it all of the project. */
  readonly files?: readonly string[];
  /** The tsconfig, or its folder. */
  readonly project?: string;
  /** Texts that take the place of what is on disk, by absolute path. */
  readonly overlay?: ReadonlyMap<string, string>;
  /** Also what value forms (`grad(f)` in ordinary code) of the sources stand for, or only that. */
  readonly values?: "also" | "only";
  /** Only these modules of value forms, by the paths that `valueModuleOf` gives them. */
  readonly modules?: readonly string[];
  /** The project by itself, without those that it references; modules of value forms stand beside its own sources only. */
  readonly alone?: boolean;
  /** Programs of earlier runs, which serve this one where nothing has changed, and later ones. */
  readonly programs?: SharedPrograms;
  /** Whether what a source gives is known by its fingerprint: then its annotated functions are not read. */
  readonly isKnown?: (source: string, fingerprint: string) => boolean;
}

/** What the frontend needs of lowering; a seam for tests. */
export interface Lowerer {
  /** Puts a function (and those that it calls) into the context's program; its key, or undefined after reporting. */
  readonly lower: (context: LowerContext, node: FunctionNode) => string | undefined;
  /** The name in the IR of a variable at the top level of a lowered function. */
  readonly localName: (context: LowerContext, node: FunctionNode, name: string) => string | undefined;
  /** As `lower`, of a generic function for types that are written. */
  readonly lowerTyped: (
    context: LowerContext,
    node: FunctionNode,
    typed: ts.ExpressionWithTypeArguments,
  ) => string | undefined;
  /** As `lower`, of a function that uses variables around it: they become its first parameters. */
  readonly lowerCapturing: (
    context: LowerContext,
    node: FunctionNode,
    captured: readonly ts.Identifier[],
  ) => string | undefined;
  /** Registers a derivative that is differentiated again; its key. */
  readonly derive: (context: LowerContext, wanted: Omit<DerivedFunction, "key">) => string;
}

/** Collects the results of all projects of one run. */
interface Results {
  readonly program: Map<string, Func>;
  readonly symbols: Map<string, ModuleSymbol>;
  readonly derived: Map<string, DerivedFunction>;
  readonly rules: Map<string, Rules>;
  readonly targets: Target[];
  readonly forms: ValueForm[];
  readonly files: Map<string, SourceFile>;
  readonly known: Map<string, AnnotatedSource>;
  readonly blocked: Set<string>;
  readonly reports: Report[];
  readonly silences: Map<string, readonly Silence[]>;
  readonly texts: Map<string, string>;
}

export function readWith(lowerer: Lowerer, options: ReadOptions): Frontend {
  const cwd = toPosix(path.resolve(options.cwd));
  const overlay = new Map([...(options.overlay ?? [])].map(([name, text]) => [toPosix(path.resolve(cwd, name)), text]));
  const files = createFiles(cwd, overlay);
  const results: Results = {
    program: new Map(),
    symbols: new Map(),
    derived: new Map(),
    rules: new Map(),
    targets: [],
    forms: [],
    files: new Map(),
    known: new Map(),
    blocked: new Set(),
    reports: [],
    silences: new Map(),
    texts: new Map(),
  };
  const seen = new Set<string>();
  const report = (r: Report): void => {
    const key = JSON.stringify([r.code, r.origin, r.message]);
    if (!seen.has(key)) results.reports.push(r);
    seen.add(key);
  };
  const { isKnown = () => false, programs } = options;
  const inputs = new Set<string>();
  const given: Given = { files, overlay, isKnown, wanted: options, programs, addInput: (name) => inputs.add(name) };
  for (const project of findProjects(files, options, report)) readProjectInto(results, lowerer, given, project, report);
  return { ...results, inputs: new Set([...files.read, ...inputs]) };
}

/** What is at hand when a project is read. */
interface Given {
  readonly files: Files;
  readonly overlay: ReadonlyMap<string, string>;
  readonly wanted: Wanted;
  readonly isKnown: NonNullable<ReadOptions["isKnown"]>;
  readonly programs: SharedPrograms | undefined;
  /** Told of files that a shared program has read for the sources. */
  readonly addInput: (name: string) => void;
}

function readProjectInto(
  results: Results,
  lowerer: Lowerer,
  given: Given,
  project: Project,
  report: (r: Report) => void,
): void {
  const { files, wanted } = given;
  // Programs are costly: where none of the sources says anything to us there is nothing to do.
  if (!project.sources.some((name) => concerns(wanted, files.readFile(name) ?? ""))) return;
  const { loaded, typeErrors, fresh, known, forms } = loadAndCheck(given, project, report);
  for (const source of known) results.known.set(source.path, source);
  const { checker } = loaded;
  const resolveGenerated = createResolver(files, loaded);
  const own = ownFiles(given, loaded, project);
  // Functions are lowered when the first annotation that reaches them is read: problems in them are said to be its.
  let asking: Annotation | undefined;
  const context: LowerContext = {
    checker,
    allFiles: () => own,
    report: (r) => {
      if (!typeErrors.explain(r)) report(asking ? noted(asking, r) : r);
    },
    program: results.program,
    symbols: results.symbols,
    derived: results.derived,
    rules: results.rules,
    isVirtualGradModule: (name) => files.sourceOfGenerated(name) !== undefined,
    resolveGenerated,
  };
  for (const file of own) {
    if (file.isDeclarationFile) continue;
    results.texts.set(file.fileName, file.text);
    if (file.text.includes("tsgrad-ignore")) results.silences.set(file.fileName, findSilences(file, report));
  }
  for (const [file, start] of files.refused)
    report(makeReport("TG1034", { file, start, end: start + 1 }, ["This source"]));
  for (const { file, ...source } of fresh) {
    const name = source.path;
    const before = results.reports.length;
    const annotations = findAnnotations(file, context.report).filter((annotation) => annotation.tag);
    if (results.reports.length > before) results.blocked.add(name);
    if (annotations.length > 0) results.files.set(name, factsOf(loaded, file, source, project));
    const taken = new Map<string, Annotation>();
    for (const annotation of annotations) {
      asking = annotation;
      const targets = readFunction({ loaded, typeErrors }, context, lowerer, annotation, taken, results);
      results.targets.push(...targets);
      if (targets.length === 0 || typeErrors.block(annotation.node)) results.blocked.add(name);
    }
    asking = undefined;
  }
  for (const form of forms) {
    asking = annotationFor(form);
    const target = readForm({ loaded, typeErrors }, context, lowerer, form, asking, results);
    results.forms.push(valueFormOf(loaded, project, form, target));
  }
  asking = undefined;
  readRules(loaded, context, lowerer, results);
}

/** The files of a program that its sources lead to: a shared one has others. */
function ownFiles(
  { programs }: Given,
  { program, reachedFrom }: Loaded,
  { sources }: Project,
): readonly ts.SourceFile[] {
  if (programs === undefined) return program.getSourceFiles();
  const reached = new Set(sources.flatMap(reachedFrom));
  return program.getSourceFiles().filter((file) => reached.has(file.fileName) || file.isDeclarationFile);
}

/** What of a project is asked for. */
type Wanted = Pick<ReadOptions, "values" | "modules" | "alone">;

const all: Wanted = { values: "also" };

const wantsAnnotations = ({ values, modules }: Wanted): boolean => values !== "only" && modules === undefined;

/** Whether a source may have something that is asked for. */
const concerns = (wanted: Wanted, text: string): boolean =>
  wanted.modules !== undefined ||
  (wantsAnnotations(wanted) && text.includes("@differentiable")) ||
  (wanted.values !== undefined && mayHaveForms(text));

/** A report with the note that says whose derivative it stands in the way of. */
function noted({ name, tag }: Annotation, r: Report): Report {
  return tag ? askedBy({ name, annotation: tag }, r) : r;
}

interface Checked {
  readonly loaded: Loaded;
  readonly typeErrors: TypeErrors;
}

interface FreshSource extends AnnotatedSource {
  readonly file: ts.SourceFile;
}

interface Found extends Checked {
  /** The annotated sources to read. */
  readonly fresh: readonly FreshSource[];
  /** Those that need not be read. */
  readonly known: readonly AnnotatedSource[];
  readonly forms: readonly FoundForm[];
}

/** Loads little at first; all that the options ask for only if that leaves type errors. */
function loadAndCheck(given: Given, project: Project, report: (r: Report) => void): Found {
  const light = lightened(project.options, project.roots);
  if (light) {
    let isGood = true;
    const checked = typeCheck(given, load(given, { ...project, ...light }), project, () => {
      isGood = false;
    });
    if (isGood) return checked;
  }
  return typeCheck(given, load(given, project), project, report);
}

function load({ files, overlay, programs, addInput }: Given, project: Project): Loaded {
  if (programs === undefined) return loadProgram(files, overlay, project);
  // What is only looked through is no input.
  const others = createFiles(files.cwd, overlay);
  const mayConcern = (name: string): boolean => isSourcePath(name) && concerns(all, others.readFile(name) ?? "");
  const serving = programs.load(project, { cwd: files.cwd, overlay }, () => project.listed.filter(mayConcern));
  for (const source of project.sources) for (const name of serving.inputsOf(source)) addInput(name);
  const reached = new Set(project.sources.flatMap(serving.loaded.reachedFrom));
  for (const [name, place] of serving.files.refused) if (reached.has(name)) files.refused.set(name, place);
  return serving.loaded;
}

function typeCheck(given: Given, loaded: Loaded, project: Project, report: (r: Report) => void): Found {
  const { files, isKnown, wanted } = given;
  const { program, checker, annotationsOf } = loaded;
  const annotated = wantsAnnotations(wanted) ? annotatedSources(files, loaded, project) : [];
  const fresh = annotated.filter((source) => !isKnown(source.path, source.fingerprint));
  const annotations = fresh.flatMap(({ file }) => annotationsOf(file)).filter(({ tag }) => tag !== undefined);
  const resolveGenerated = createResolver(files, loaded);
  const sources = project.sources.flatMap((name) => program.getSourceFile(name) ?? []);
  const isOwn = (file: ts.SourceFile): boolean => wanted.alone !== true || sources.includes(file);
  const forms = findForms({ checker, resolveGenerated, isOwn, report }, sources, wanted);
  const reach = createReach(program, resolveGenerated);
  const tellError = (annotation: Annotation, r: Report): void => {
    report(noted(annotation, r));
  };
  const typeErrors = findTypeErrors(program, reach, { annotations, forms: forms.map(annotationFor) }, tellError);
  const fitting = forms.filter((form) => {
    const errors = form.call ? typeErrorsIn(program, form.call) : [];
    for (const each of errors) tellError(annotationFor(form), each);
    return errors.length === 0;
  });
  const known = annotated.filter((source) => !fresh.includes(source));
  return { loaded, typeErrors, fresh, known, forms: fitting };
}

function annotatedSources(files: Files, loaded: Loaded, project: Project): readonly FreshSource[] {
  const fingerprintOf = createFingerprints(files, loaded, project);
  return project.sources.flatMap((path): FreshSource[] => {
    const file = loaded.program.getSourceFile(path);
    if (!file?.text.includes("@differentiable")) return [];
    const [reached, fingerprint] = [loaded.reachedFrom(path), fingerprintOf(path)];
    return [{ path, generatedPath: generatedPathOf(path), reached, fingerprint, file }];
  });
}

function findForms(
  finder: Finder,
  sources: readonly ts.SourceFile[],
  { values, modules }: Wanted,
): readonly FoundForm[] {
  if (modules === undefined) return values === undefined ? [] : sources.flatMap((file) => formsIn(finder, file));
  return modules.flatMap((module) => {
    const form = formNamed(module)?.form;
    return form ? sources.flatMap((file) => formNamedIn(finder, file, form) ?? []) : [];
  });
}

/** Checks one annotated function and lowers it. */
function readFunction(
  { loaded, typeErrors }: Checked,
  context: LowerContext,
  lowerer: Lowerer,
  annotation: Annotation,
  taken: Map<string, Annotation>,
  results: Results,
): readonly Target[] {
  const { node, origin, tag } = annotation;
  if (!tag) return [];
  const owner = hasSelf(node) && ts.isClassDeclaration(node.parent) ? node.parent : undefined;
  if (node.typeParameters || owner?.typeParameters) {
    const words = node.typeParameters
      ? genericWords(annotation.name)
      : genericWords(owner?.name?.text ?? "The class", true);
    context.report(makeReport("TG1011", origin, words));
    return [];
  }
  const signature = signatureOf(loaded.checker, loaded.writes, node);
  const errors = (): number => results.reports.filter((each) => each.severity === "error").length;
  const before = errors();
  if (typeErrors.hasSignature(node)) checkRequests(loaded.checker, annotation, signature, context.report);
  for (const { name } of productsOf(annotation.stem, annotation.modes)) {
    const other = taken.get(name);
    if (other)
      context.report(makeReport("TG2015", origin, [name], [{ origin: other.origin, message: "The other one." }]));
    taken.set(name, annotation);
  }
  // What is wrong with the comment does not keep us from looking at the body.
  const func = guarded(context, annotation, () => lowerer.lower(context, node));
  if (func === undefined || !annotation.valid || errors() > before || typeErrors.within(node)) return [];
  const localName = (name: string): string => lowerer.localName(context, node, name) ?? name;
  const wrt = wrtOf(annotation, signature)?.map((each): Wrt =>
    each.kind === "local" ? { kind: "local", name: localName(each.name) } : each,
  );
  const wrtWords = new Map(
    annotation.wrt?.flatMap((word) => {
      const [head = "", ...path] = word.text.split(".");
      return [path.reduce(partName, head), localName(word.text)].map((name) => [name, word]);
    }),
  );
  const of = outputsOf(annotation);
  const common = { file: node.getSourceFile().fileName, origin, annotation: tag };
  const wanted = { ...selected(wrt), ...(annotation.wrt && { wrtWords }), ...(of && { of }) };
  const modes = annotation.modes.filter((mode) => mode !== "batch");
  const written = signature.inputs.flatMap((input, i) => (input.written ? [i] : []));
  const plain: Target = { ...common, func, name: annotation.stem, modes, written, ...wanted };
  if (modes.length === annotation.modes.length) return [plain];
  const over = selected(overOf(annotation));
  const batch = lowerer.derive(context, { of: func, mode: "batch", ...over, origin });
  const name = generatedName(annotation.stem, "batch");
  return [
    ...(modes.length > 0 ? [plain] : []),
    { ...common, func, name: annotation.stem, modes: ["batch"], ...over },
    { ...common, func: batch, name, modes: batchModes, ...wanted },
  ];
}

const selected = (wrt: readonly Wrt[] | undefined): { readonly wrt?: readonly Wrt[] } => (wrt ? { wrt } : {});

/** What a value form asks for, as if it stood above the function. */
function annotationFor({ node, call, stem, steps }: FoundForm): Annotation {
  const tag = originOf(call ?? node.name ?? node);
  const [first] = steps;
  return {
    ...{ node, stem, name: stem, origin: tag, tag, modes: first ? [first.mode] : [] },
    ...{ wrt: undefined, of: undefined, over: undefined, rules: [], valid: true },
  };
}

/** Checks the function of a value form and lowers it. */
function readForm(
  { loaded, typeErrors }: Checked,
  context: LowerContext,
  lowerer: Lowerer,
  { node, typed, call, steps: written, stem, captured }: FoundForm,
  annotation: Annotation,
  results: Results,
): Target | undefined {
  const { origin } = annotation;
  const steps = written.map((step) => shifted(step, captured.length));
  const last = steps.at(-1);
  if (!last) return undefined;
  const owner = ts.isMethodDeclaration(node) && ts.isClassDeclaration(node.parent) ? node.parent : undefined;
  if ((node.typeParameters && !typed) || owner?.typeParameters) {
    context.report(makeReport("TG1011", origin, genericWords(stem, !node.typeParameters)));
    return undefined;
  }
  const errors = (): number => results.reports.filter((each) => each.severity === "error").length;
  const before = errors();
  if (!typed) {
    const signature = signatureOf(loaded.checker, loaded.writes, node);
    const written = signature.inputs.find((input) => input.written);
    if (written) context.report(makeReport("TG2043", origin, [stem, written.name, last.mode]));
    else if (typeErrors.hasSignature(node) && !last.wrt && !last.outputs)
      checkRequests(loaded.checker, annotation, signature, context.report);
  }
  if (errors() > before) return undefined;
  const func = guarded(context, annotation, () =>
    typed
      ? lowerer.lowerTyped(context, node, typed)
      : captured.length > 0
        ? lowerer.lowerCapturing(context, node, captured)
        : lowerer.lower(context, node),
  );
  if (func === undefined || errors() > before || typeErrors.within(node)) return undefined;
  const at = originOf(call ?? node);
  const key = steps.slice(0, -1).reduce((of, step) => lowerer.derive(context, { of, ...step, origin: at }), func);
  return {
    ...{ file: node.getSourceFile().fileName, func: key, origin, name: stem, modes: [last.mode], annotation: origin },
    ...(last.wrt && { wrt: last.wrt }),
    ...(last.outputs && { of: last.outputs }),
  };
}

/** A transform of a function that has other parameters in front of its own. */
function shifted({ wrt, ...step }: Step, by: number): Step {
  if (!wrt) return step;
  return { ...step, wrt: wrt.map((each) => (each.kind === "param" ? { ...each, index: each.index + by } : each)) };
}

function valueFormOf(loaded: Loaded, project: Project, form: FoundForm, target: Target | undefined): ValueForm {
  const { call, path: generatedPath, beside, node, stem, steps, captured } = form;
  const declared = node.getSourceFile().fileName;
  const using = call?.getSourceFile().fileName ?? declared;
  // Modules of forms are compiled when they are asked for: nothing is kept of them.
  const module = { path: beside.fileName, generatedPath, reached: loaded.reachedFrom(declared), fingerprint: "" };
  const leadsThere = (file: string): boolean => loaded.reachedFrom(file).includes(declared);
  return {
    call: call && originOf(call),
    module: factsOf(loaded, beside, module, project),
    name: generatedName(stem, steps.at(-1)?.mode ?? "grad"),
    captured: captured.map(({ text }) => text),
    target,
    resolvedIn: [...new Set([...loaded.reachedFrom(using).filter(leadsThere), declared])],
  };
}

/** A mistake of ours in one function must not stop the others. */
function guarded<T>(context: LowerContext, annotation: Annotation, work: () => T): T | undefined {
  try {
    return work();
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    context.report(
      isOverflow(error)
        ? makeReport("TG1034", lineOf(deepestStatement(annotation.node)), [`'${annotation.name}'`])
        : makeReport("TG9001", annotation.origin, [annotation.name, text]),
    );
    return undefined;
  }
}

/** The first line of a node. */
function lineOf(node: ts.Node): Origin {
  const origin = originOf(node);
  const newline = node.getSourceFile().text.indexOf("\n", origin.start);
  return newline === -1 ? origin : { ...origin, end: Math.min(origin.end, newline) };
}

/** Attaches hand-written derivatives to every function of the program that names some. */
function readRules(loaded: Loaded, context: LowerContext, lowerer: Lowerer, results: Results): void {
  const ruled = loaded.program
    .getSourceFiles()
    .flatMap((file) =>
      file.isDeclarationFile ? [] : loaded.annotationsOf(file).filter((annotation) => annotation.rules.length > 0),
    );
  if (ruled.length === 0) return;
  const done = new Set<Annotation>();
  const annotated = new Map<string, Annotation>();
  const ruleless = new Set<string>();
  // Lowering a rule can bring in functions that have rules of their own: Map iteration sees them too.
  for (const [key, func] of results.program) {
    const annotation = ruled.find((each) => !done.has(each) && isFunctionAt(func, each.node));
    if (!annotation) continue;
    if (annotation.node.typeParameters) {
      const what = `${annotation.name} has type parameters, and a rule is for one choice of them`;
      const hint = "Put the rule on a function for the types that you mean.";
      context.report(noted(annotation, makeReport("TG1011", annotation.origin, [what, hint])));
      ruleless.add(key);
      continue;
    }
    done.add(annotation);
    const obstacle = obstacleToRule(annotation, signatureOf(loaded.checker, loaded.writes, annotation.node));
    if (obstacle) {
      context.report(noted(annotation, makeReport("TG1011", annotation.origin, obstacle)));
      ruleless.add(key);
      continue;
    }
    const usable = resolveRules(loaded, annotation, (r) => {
      context.report(noted(annotation, r));
    });
    const keys = usable.flatMap(({ kind, node }) => {
      const rule = guarded(context, annotation, () => lowerer.lower(context, node));
      return rule === undefined ? [] : [[kind, rule] as const];
    });
    if (keys.length < annotation.rules.length) ruleless.add(key);
    const wrt = annotation.wrt && parametersNamed(annotation);
    if (keys.length > 0) results.rules.set(key, { ...Object.fromEntries(keys), ...(wrt && { wrt }) });
    annotated.set(key, annotation);
  }
  for (const [key, annotation] of annotated) {
    for (const { kind, name } of annotation.rules) {
      const rule = results.rules.get(key)?.[kind];
      const asked = rule === undefined ? undefined : cycleOf(results, rule);
      if (!asked) continue;
      const note = { origin: asked, message: "It asks for that derivative here." };
      context.report(noted(annotation, makeReport("TG2040", name.origin, [name.text, annotation.name], [note])));
      ruleless.add(key);
    }
  }
  // A derivative without the rule that it should go by would be another one.
  for (const { file, func } of results.targets) if (reaches(results, func, ruleless)) results.blocked.add(file);
  for (const [at, form] of results.forms.entries())
    if (form.target && reaches(results, form.target.func, ruleless)) results.forms[at] = { ...form, target: undefined };
}

function isFunctionAt(func: Func, node: FunctionNode): boolean {
  if (func.origin?.file !== node.getSourceFile().fileName) return false;
  const holder = ts.isVariableDeclaration(node.parent) ? node.parent : node;
  return holder.getStart() <= func.origin.start && func.origin.end <= holder.getEnd();
}

/** Looks a name up that is imported from a generated module. */
function createResolver(files: Files, loaded: Loaded): (symbol: ts.Symbol) => GeneratedFunction | undefined {
  const { checker, program } = loaded;
  return (symbol) => {
    const target = symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
    const declaredIn = target.declarations?.[0]?.getSourceFile().fileName;
    const source = declaredIn === undefined ? undefined : files.sourceOfGenerated(declaredIn);
    const file = source === undefined ? undefined : program.getSourceFile(source);
    if (!file) return undefined;
    for (const annotation of loaded.annotationsOf(file)) {
      const product = productsOf(annotation.stem, annotation.modes).find(({ name }) => name === target.name);
      if (!product) continue;
      const { mode, ofBatch } = product;
      const over = { mode: "batch", ...selected(overOf(annotation)) } as const;
      if (mode === "batch") return { of: annotation.node, steps: [over] };
      const wrt = wrtOf(annotation, signatureOf(checker, loaded.writes, annotation.node));
      const outputs = outputsOf(annotation);
      const step = { mode, ...selected(wrt), ...(outputs && { outputs }) };
      return { of: annotation.node, steps: ofBatch ? [over, step] : [step] };
    }
    return undefined;
  };
}

function factsOf(
  { program }: Loaded,
  file: ts.SourceFile,
  source: AnnotatedSource,
  { configured }: Project,
): SourceFile {
  const specifiers = specifiersFrom(program, file, configured);
  return {
    ...source,
    text: file.text,
    selfSpecifier: specifiers.get(file.fileName) ?? `./${path.posix.basename(file.fileName)}`,
    specifiers,
    uncheckedIndexedAccess: program.getCompilerOptions().noUncheckedIndexedAccess ?? false,
  };
}
