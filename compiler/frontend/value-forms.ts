/**
 * Value forms: calls of `grad` and the like in ordinary code. Finds them, and what they differentiate: a function that
 * shows in the source, through imports, constants and other transforms.
 */
import { ts } from "ts-morph";
import { makeReport } from "../diagnostics/make.ts";
import type { Report } from "../diagnostics/report.ts";
import { lowerFirst, upperFirst } from "../ir/words.ts";
import { valueModuleOf, type Form } from "./value-modules.ts";
import type { FunctionNode } from "./annotations.ts";
import type { GeneratedFunction } from "./context.ts";
import { optionsOf, placesIn, transformMode, transformNames } from "./lower/callees.ts";
import { isFunctionNode } from "./lower/entries.ts";
import { isStaticMember } from "./lower/members.ts";
import { declarationOf, followed, isFromLibrary, outermost, skipOuter, symbolOf, tsgradName } from "./lower/resolve.ts";
import { shortText } from "./lower/state.ts";
import { originOf } from "./positions.ts";
import type { Step, Wrt } from "./types.ts";

/** What a file has to say to have value forms: a cheap test of its text. */
export const mayHaveForms = (text: string): boolean => importsTransform.test(text);

const importsTransform = new RegExp(
  `\\bimport\\b(?:[^"';]*\\b(?:${transformNames.join("|")})\\b|\\s*\\*)[^"';]*\\bfrom\\s*["']tsgrad["']`,
);

/** What a form differentiates, and how. */
export interface Meant {
  readonly node: FunctionNode;
  /** `f<number[]>`: the types that a generic function is taken for. */
  readonly typed?: ts.ExpressionWithTypeArguments;
  /** From the inside out. */
  readonly steps: readonly Step[];
  /** The variables around the function that it uses, each by one of the places where it does. */
  readonly captured: readonly ts.Identifier[];
}

export interface FoundForm extends Meant {
  /** Undefined where a module is asked for by its name. */
  readonly call: ts.CallExpression | undefined;
  /** The stem of the function's name: `fGrad` of `jacobian(grad(f))`. */
  readonly stem: string;
  /** The path of the module that has it. */
  readonly path: string;
  /** The file that the module stands beside. */
  readonly beside: ts.SourceFile;
}

export interface Finder {
  readonly checker: ts.TypeChecker;
  readonly resolveGenerated: (symbol: ts.Symbol) => GeneratedFunction | undefined;
  /** Whether a module may stand beside a file: not in what others have built or installed. */
  readonly isOwn: (file: ts.SourceFile) => boolean;
  readonly report: (r: Report) => void;
}

/** The value forms of a file, in source order; what is wrong with them goes to `report`. */
export function formsIn(finder: Finder, file: ts.SourceFile): readonly FoundForm[] {
  if (!mayHaveForms(file.text)) return [];
  const forms: FoundForm[] = [];
  let index = 0;
  const names = namesOfTransforms(file);
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) return;
    if (ts.isTypeNode(node) && !ts.isExpressionWithTypeArguments(node)) return;
    const transform = ts.isCallExpression(node) ? transformOf(finder, node) : undefined;
    if (transform !== undefined && ts.isCallExpression(node)) {
      index++;
      const form = formOf(finder, node, index);
      if (form) forms.push(form);
      return;
    }
    if (ts.isIdentifier(node) && names.has(node.text)) refuseStray(finder, node);
    ts.forEachChild(node, visit);
  };
  visit(file);
  return forms;
}

/** The form that a module of a file is asked for by name. */
export function formNamedIn(finder: Finder, file: ts.SourceFile, form: Form): FoundForm | undefined {
  const path = valueModuleOf(file.fileName, form);
  if (form.kind === "nth") return formsIn(finder, file).find((each) => each.path === path);
  const node = functionNamed(file, form.name);
  if (!node) {
    const why = `there is no function '${form.name}' at the top level of this file`;
    finder.report(makeReport("TG2041", { file: file.fileName, start: 0, end: 0 }, [why, "Build again what uses it."]));
    return undefined;
  }
  const steps = form.steps.map(({ mode, wrt }): Step => {
    return { mode, ...(wrt && { wrt: wrt.map((at): Wrt => ({ kind: "param", index: at })) }) };
  });
  return { call: undefined, node, steps, captured: [], stem: stemOf(node, steps), path, beside: file };
}

/** How the transforms are called in a file, or the names that hold them. */
function namesOfTransforms(file: ts.SourceFile): ReadonlySet<string> {
  const names = new Set<string>();
  for (const statement of file.statements) {
    if (!ts.isImportDeclaration(statement)) continue;
    const bindings = statement.importClause?.namedBindings;
    if (bindings && ts.isNamedImports(bindings))
      for (const { name, propertyName } of bindings.elements)
        if (transformMode((propertyName ?? name).text)) names.add(name.text);
  }
  return names;
}

function transformOf({ checker }: Finder, node: ts.CallExpression): string | undefined {
  const name = tsgradName(checker, node.expression);
  return name !== undefined && transformMode(name) ? name : undefined;
}

/** A transform that is not called: what it would differentiate does not show. */
function refuseStray({ checker, report }: Finder, node: ts.Identifier): void {
  // { grad } names a field too.
  const value = symbolOf(checker, node);
  const imported = value?.declarations?.find(ts.isImportSpecifier);
  const name = imported && tsgradName(checker, imported.name);
  if (name !== undefined && transformMode(name)) report(makeReport("TG2042", originOf(node), [name]));
}

function formOf(finder: Finder, call: ts.CallExpression, index: number): FoundForm | undefined {
  const meant = meantBy(finder, call, 0);
  if (!meant) return undefined;
  const { node, steps, typed, captured } = meant;
  const hidden = captured.find((name) => !isSeen(finder.checker, name, call));
  if (hidden) {
    refuseCaptured(finder, node, hidden);
    return undefined;
  }
  const file = node.getSourceFile();
  const named = typed === undefined && finder.isOwn(file) ? namedForm(file, node, steps) : undefined;
  const beside = named ? file : call.getSourceFile();
  const path = valueModuleOf(beside.fileName, named ?? { kind: "nth", index });
  return { ...meant, call, stem: stemOf(node, steps), path, beside };
}

/** A form of a function that its name leads to. */
function namedForm(file: ts.SourceFile, node: FunctionNode, steps: readonly Step[]): Form | undefined {
  const name = nameOf(node);
  if (name === undefined || functionNamed(file, name) !== node) return undefined;
  const named = steps.map(({ mode, wrt, outputs }) => {
    const positions = wrt?.map((place) =>
      place.kind === "param" && place.path === undefined ? place.index : undefined,
    );
    const isPlain = outputs === undefined && positions?.every((at) => at !== undefined) !== false;
    return isPlain ? { mode, ...(positions && { wrt: positions.filter((at) => at !== undefined) }) } : undefined;
  });
  const plain = named.filter((step) => step !== undefined);
  return plain.length === named.length ? { kind: "named", name, steps: plain } : undefined;
}

/** The function of that name at the top level of a file. */
function functionNamed(file: ts.SourceFile, name: string): FunctionNode | undefined {
  for (const statement of file.statements) {
    if (ts.isFunctionDeclaration(statement) && statement.body && nameOf(statement) === name) return statement;
    if (ts.isExportAssignment(statement)) {
      const value = skipOuter(statement.expression);
      if (isFunctionNode(value) && nameOf(value) === name) return value;
    }
    if (!ts.isVariableStatement(statement)) continue;
    for (const { initializer } of statement.declarationList.declarations) {
      const value = initializer && skipOuter(initializer);
      if (value && isFunctionNode(value) && nameOf(value) === name) return value;
    }
  }
  return undefined;
}

/** The name of a function in its own file. */
function nameOf(node: FunctionNode): string | undefined {
  if (ts.isFunctionDeclaration(node)) return node.name?.text ?? "default";
  const holder = outermost(node).parent;
  if (ts.isVariableDeclaration(holder) && ts.isIdentifier(holder.name)) return holder.name.text;
  if (ts.isExportAssignment(holder)) return node.name && ts.isIdentifier(node.name) ? node.name.text : "default";
  return undefined;
}

/** What generated functions are called after: as an annotated function's are, the inner transforms in front. */
function stemOf(node: FunctionNode, steps: readonly Step[]): string {
  const owner = ts.isMethodDeclaration(node) && ts.isClassDeclaration(node.parent) ? node.parent.name?.text : undefined;
  const own = nameOf(node) ?? (node.name && ts.isIdentifier(node.name) ? node.name.text : "anonymous");
  const stem = owner === undefined ? own : lowerFirst(owner) + upperFirst(own);
  return (
    stem +
    steps
      .slice(0, -1)
      .map(({ mode }) => upperFirst(mode))
      .join("")
  );
}

/** Constants that stand for each other this deep stand for nothing. */
const mostHops = 50;

/** What an expression differentiates; undefined after reporting. */
function meantBy(finder: Finder, expression: ts.Expression, hops: number): Meant | undefined {
  const node = skipOuter(expression);
  const refuse = (why: string, hint: string): Meant | undefined => {
    finder.report(makeReport("TG2041", originOf(node), [why, hint]));
    return undefined;
  };
  const unknown = (): Meant | undefined =>
    refuse(
      `which function ${shortText(node)} stands for only shows when the program runs`,
      "Pass a function by its name, or write it in its place.",
    );
  if (hops > mostHops) return unknown();
  if (ts.isArrowFunction(node) || ts.isFunctionExpression(node)) return plain(finder, node);
  if (ts.isCallExpression(node)) {
    const transform = transformOf(finder, node);
    return transform === undefined ? unknown() : transformed(finder, node, transform, hops);
  }
  if (ts.isExpressionWithTypeArguments(node)) {
    const inner = meantBy(finder, node.expression, hops + 1);
    return inner && { ...inner, typed: inner.typed ?? node };
  }
  const name = ts.isPropertyAccessExpression(node) ? node.name : node;
  const direct = ts.isIdentifier(name) ? finder.checker.getSymbolAtLocation(name) : undefined;
  if (!direct) return unknown();
  const symbol = followed(finder.checker, direct);
  const generated = finder.resolveGenerated(direct) ?? finder.resolveGenerated(symbol);
  if (generated) return generatedMeant(finder, generated);
  const declaration = declarationOf(symbol);
  if (!declaration) return unknown();
  const functions = (symbol.declarations ?? []).filter(ts.isFunctionDeclaration);
  if (functions.length > 1) {
    finder.report(makeReport("TG1010", originOf(node), [node.getText()]));
    return undefined;
  }
  if (isFromLibrary(symbol) || (functions[0] && !functions[0].body))
    return refuse(
      `there is no TypeScript source of ${shortText(node)}`,
      `Write a function in TypeScript that calls it, with a derivative by hand (@vjpRule, @jvpRule).`,
    );
  if (ts.isFunctionDeclaration(declaration)) return plain(finder, declaration);
  if (ts.isMethodDeclaration(declaration)) {
    if (isStaticMember(declaration) && ts.isClassDeclaration(declaration.parent)) return plain(finder, declaration);
    return refuse(
      `${shortText(node)} is a method, and needs its object`,
      `Write a function that calls it: (model: Model, x: number) => model.${symbol.name}(x).`,
    );
  }
  if (ts.isExportAssignment(declaration)) return meantBy(finder, declaration.expression, hops + 1);
  const isConst =
    ts.isVariableDeclaration(declaration) &&
    ts.isVariableDeclarationList(declaration.parent) &&
    (declaration.parent.flags & ts.NodeFlags.Const) !== 0;
  if (!isConst || !declaration.initializer || !ts.isIdentifier(declaration.name)) return unknown();
  return meantBy(finder, declaration.initializer, hops + 1);
}

/** A function without transforms around it, if it stands by itself but for variables that can be handed to it. */
function plain(finder: Finder, node: FunctionNode): Meant | undefined {
  const captured = capturedBy(finder.checker, node);
  const other = captured.find((name) => !isHandedOn(finder.checker, name));
  if (!other) return { node, steps: [], captured };
  refuseCaptured(finder, node, other);
  return undefined;
}

function refuseCaptured(finder: Finder, node: FunctionNode, captured: ts.Identifier): void {
  const what = nameOf(node) ?? node.name?.getText() ?? "the function";
  const why = `${what} uses '${captured.text}' of the function around it`;
  const hint = `Pass '${captured.text}' as a parameter of it, or move both to the top level of the file.`;
  finder.report(makeReport("TG2041", originOf(captured), [why, hint]));
}

/** Whether what a name stands for can be an argument: a variable that holds data. */
function isHandedOn(checker: ts.TypeChecker, name: ts.Identifier): boolean {
  const symbol = symbolOf(checker, name);
  const declaration = symbol?.valueDeclaration;
  if (!symbol || !declaration) return false;
  const isVariable =
    ts.isVariableDeclaration(declaration) || ts.isParameter(declaration) || ts.isBindingElement(declaration);
  return isVariable && checker.getTypeOfSymbol(symbol).getCallSignatures().length === 0;
}

/** Whether a name stands for the same at another place. */
function isSeen(checker: ts.TypeChecker, name: ts.Identifier, at: ts.Node): boolean {
  const seen = checker.getSymbolsInScope(at, ts.SymbolFlags.Variable).find((symbol) => symbol.name === name.text);
  return seen !== undefined && seen === symbolOf(checker, name);
}

function generatedMeant(finder: Finder, { of, steps }: GeneratedFunction): Meant | undefined {
  const inner = isFunctionNode(of) || ts.isMethodDeclaration(of) ? plain(finder, of) : undefined;
  return inner && { ...inner, steps };
}

function transformed(finder: Finder, node: ts.CallExpression, transform: string, hops: number): Meant | undefined {
  const [argument, options] = node.arguments;
  const mode = transformMode(transform);
  if (mode === undefined) return undefined;
  const inner = argument && meantBy(finder, argument, hops + 1);
  if (!inner) return undefined;
  const { wrt, unknown } = options ? placesIn(options, transform) : { wrt: undefined, unknown: [] };
  for (const each of unknown)
    finder.report(makeReport("TG1021", originOf(each), [each.getText(), transform, optionsOf(transform)]));
  if (unknown.length > 0) return undefined;
  return { ...inner, steps: [...inner.steps, { mode, ...(wrt && { wrt }) }] };
}

/** What a function uses of another function around it, each once; types too, which generated code cannot name. */
function capturedBy(checker: ts.TypeChecker, node: FunctionNode): readonly ts.Identifier[] {
  const isAround = (declaration: ts.Declaration): boolean => {
    if (declaration.getSourceFile() !== node.getSourceFile()) return false;
    if (node.pos <= declaration.pos && declaration.end <= node.end) return false;
    for (let at: ts.Node = declaration.parent; !ts.isSourceFile(at); at = at.parent)
      if (ts.isFunctionLike(at) || ts.isBlock(at) || ts.isClassStaticBlockDeclaration(at)) return true;
    return false;
  };
  const found = new Map<ts.Symbol, ts.Identifier>();
  const visit = (child: ts.Node): void => {
    if (ts.isIdentifier(child)) {
      const symbol = symbolOf(checker, child);
      const isMember = symbol && symbol.flags & (ts.SymbolFlags.ClassMember | ts.SymbolFlags.EnumMember);
      if (symbol && !isMember && !found.has(symbol) && symbol.declarations?.some(isAround)) found.set(symbol, child);
    }
    ts.forEachChild(child, visit);
  };
  ts.forEachChild(node, visit);
  return [...found.values()];
}
