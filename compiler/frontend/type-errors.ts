/**
 * Errors that TypeScript finds in files that annotated functions reach. They block a build, and hide nothing else: what is
 * ours to say is said in the same run, but for what would only follow from them.
 */
import { ts } from "ts-morph";
import { makeReport } from "../diagnostics/make.ts";
import type { Report } from "../diagnostics/report.ts";
import type { Annotation, FunctionNode } from "./annotations.ts";
import { originAt } from "./positions.ts";
import type { Reach } from "./reach.ts";

export interface TypeErrors {
  /** Whether there are any in the files that the function reaches: then they are not built. */
  block(node: FunctionNode): boolean;
  /** Whether there are any in the function itself or in what it reaches. */
  within(node: FunctionNode): boolean;
  /** Whether the types of its parameters and its result are all known. */
  hasSignature(node: FunctionNode): boolean;
  /** Whether a report only follows from such an error. */
  explain(report: Report): boolean;
}

/**
 * Errors of style, which the user may have asked tsc for, and of where files are emitted, which concern tsc's own output;
 * they say nothing about types.
 */
const styleErrors = new Set([6059, 6133, 6138, 6192, 6196, 6198, 6199, 6205, 6307, 7027, 7028, 7029, 7030]);

interface Span {
  readonly start: number;
  readonly end: number;
}

interface FileErrors {
  readonly diagnostics: readonly ts.Diagnostic[];
  /** What they stand in: statements, or heads of such that hold others. All of the file, where it cannot be read. */
  readonly spans: readonly Span[];
}

/**
 * Checks the files that the annotated functions reach, and reports what is wrong in them; of value forms, which stand in
 * ordinary code, what is wrong in the functions themselves and in what they name.
 */
export function findTypeErrors(
  program: ts.Program,
  reach: (node: FunctionNode) => Reach,
  { annotations, forms }: { readonly annotations: readonly Annotation[]; readonly forms: readonly Annotation[] },
  report: (annotation: Annotation, r: Report) => void,
): TypeErrors {
  const checker = program.getTypeChecker();
  const known = new Map<ts.SourceFile, FileErrors>();
  const blocked = new Set<FunctionNode>();
  const reached = new Map([...annotations, ...forms].map((each) => [each, reach(each.node)]));
  for (const [annotation, { files, nodes }] of reached) {
    const isForm = forms.includes(annotation);
    for (const file of files) {
      const before = known.get(file);
      const errors = before ?? errorsIn(program, file);
      known.set(file, errors);
      for (const each of errors.diagnostics) {
        if (isForm ? isInside(each, nodes) : !before) report(askingFor(each, reached) ?? annotation, asReport(each));
      }
      if (errors.spans.length > 0) blocked.add(annotation.node);
    }
  }
  const meets = (file: ts.SourceFile | undefined, { start, end }: Span): boolean =>
    (file && known.get(file)?.spans.some((span) => span.start < end && start < span.end)) ?? false;
  const isUnknown = (type: ts.Type): boolean =>
    (type as { readonly intrinsicName?: string }).intrinsicName === "error" ||
    type.getCallSignatures().some((signature) => isUnknown(signature.getReturnType()));
  /** Whether anything in a part of a file has a type that TypeScript could not tell. */
  const holdsUnknown = (file: ts.SourceFile, { start, end }: Span): boolean => {
    const visit = (node: ts.Node): boolean => {
      // Literals in types are expressions without a type.
      if (ts.isLiteralTypeNode(node) || node.end <= start || end <= node.getStart(file)) return false;
      const isInside = start <= node.getStart(file) && node.end <= end;
      if (isInside && (ts.isExpression(node) || ts.isBindingName(node)) && isUnknown(checker.getTypeAtLocation(node)))
        return true;
      return ts.forEachChild(node, (child) => visit(child) || undefined) ?? false;
    };
    return visit(file);
  };
  return {
    block: (node) => blocked.has(node),
    within: (node) =>
      blocked.has(node) && [...reach(node).nodes].some((each) => meets(each.getSourceFile(), spanOf(each))),
    hasSignature(node) {
      if (!blocked.has(node)) return true;
      const signature = checker.getSignatureFromDeclaration(node);
      const types = [
        ...(signature?.parameters ?? []).map((parameter) => checker.getTypeOfSymbol(parameter)),
        ...(signature ? [signature.getReturnType()] : []),
      ];
      const head = [...node.parameters, ...(node.type ? [node.type] : [])];
      return !types.some(isUnknown) && !head.some((each) => meets(node.getSourceFile(), spanOf(each)));
    },
    explain({ code, origin }) {
      const file = origin && program.getSourceFile(origin.file);
      if (blocked.size === 0 || !file) return false;
      // A mistake of ours in what is no program says nothing.
      return code === "TG9001" || meets(file, origin) || holdsUnknown(file, origin);
    },
  };
}

/** What TypeScript finds wrong in an expression, in a file that need not be right as a whole. */
export function typeErrorsIn(program: ts.Program, node: ts.Expression): readonly Report[] {
  const file = node.getSourceFile();
  const isIn = ({ start = 0 }: ts.Diagnostic): boolean => node.getStart(file) <= start && start < node.end;
  return program
    .getSemanticDiagnostics(file)
    .filter((each) => each.category === ts.DiagnosticCategory.Error && !styleErrors.has(each.code) && isIn(each))
    .map(asReport);
}

/** The annotation of the first function in which an error is, or in what it reaches. */
function askingFor(diagnostic: ts.Diagnostic, reached: ReadonlyMap<Annotation, Reach>): Annotation | undefined {
  return [...reached].find(([, { nodes }]) => isInside(diagnostic, nodes))?.[0];
}

function isInside({ file, start = 0 }: ts.Diagnostic, nodes: ReadonlySet<ts.Node>): boolean {
  const isIn = (node: ts.Node): boolean =>
    node.getSourceFile() === file && node.getStart() <= start && start < node.end && !ts.isSourceFile(node);
  return [...nodes].some(isIn);
}

const spanOf = (node: ts.Node): Span => ({ start: node.getStart(), end: node.end });

function errorsIn(program: ts.Program, file: ts.SourceFile): FileErrors {
  const syntax = program.getSyntacticDiagnostics(file);
  const diagnostics = (syntax.length > 0 ? syntax : program.getSemanticDiagnostics(file)).filter(
    (each) => each.category === ts.DiagnosticCategory.Error && !styleErrors.has(each.code),
  );
  if (syntax.length > 0) return { diagnostics, spans: [{ start: 0, end: file.end + 1 }] };
  return { diagnostics, spans: diagnostics.map(({ start = 0, length = 0 }) => placeOf(file, start, start + length)) };
}

/** The statement that an error stands in, or the head of one that holds others. */
function placeOf(file: ts.SourceFile, start: number, end: number): Span {
  const path: ts.Node[] = [];
  const visit = (node: ts.Node): void => {
    if (node.getStart(file) > start || end > node.end) return;
    path.push(node);
    ts.forEachChild(node, visit);
  };
  ts.forEachChild(file, visit);
  const at = path.findLastIndex((node) => ts.isStatement(node) || holdsStatements(node));
  const found = path[at];
  const place = found && holdsStatements(found) ? path[at + 1] : found;
  return place ? spanOf(place) : { start, end };
}

const holdsStatements = (node: ts.Node): boolean =>
  ts.isFunctionLike(node) ||
  ts.isClassLike(node) ||
  ts.isCaseOrDefaultClause(node) ||
  (ts.isStatement(node) && !isSimple(node));

/** A statement without statements in it, but for those of functions. */
const isSimple = (node: ts.Statement): boolean =>
  ts.isVariableStatement(node) ||
  ts.isExpressionStatement(node) ||
  ts.isReturnStatement(node) ||
  ts.isThrowStatement(node) ||
  ts.isImportDeclaration(node) ||
  ts.isExportDeclaration(node) ||
  ts.isTypeAliasDeclaration(node);

function asReport(diagnostic: ts.Diagnostic): Report {
  const text = `${ts.flattenDiagnosticMessageText(diagnostic.messageText, "\n")} (TS${String(diagnostic.code)})`;
  const at = (info: ts.DiagnosticRelatedInformation): Report["origin"] =>
    info.file && originAt(info.file, info.start ?? 0, (info.start ?? 0) + (info.length ?? 0));
  const related = (diagnostic.relatedInformation ?? []).flatMap((info) => {
    const origin = at(info);
    return origin ? [{ origin, message: ts.flattenDiagnosticMessageText(info.messageText, "\n") }] : [];
  });
  return makeReport("TG2001", at(diagnostic), [text], related.length > 0 ? related : undefined);
}
