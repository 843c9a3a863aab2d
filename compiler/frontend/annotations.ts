/**
 * Finds `@differentiable` and its companions in comments. Purely syntactic: names are resolved and
 * types are looked at later, so that this also serves files that do not type-check.
 */
import { upperFirst, lowerFirst } from "../ir/words.ts";
import { ts } from "ts-morph";
import { askedBy } from "../diagnostics/asked.ts";
import type { Report } from "../diagnostics/report.ts";
import { closest, didYouMean } from "../diagnostics/closest.ts";
import { makeReport } from "../diagnostics/make.ts";
import type { Origin } from "../ir/types.ts";
import { originAt } from "./positions.ts";
import { modes, type Mode } from "./types.ts";

export type FunctionNode = ts.FunctionDeclaration | ts.ArrowFunction | ts.FunctionExpression | ts.MethodDeclaration;

/** Whether generated functions take the method's own object as their first parameter, `self`. */
export function hasSelf(node: FunctionNode): node is ts.MethodDeclaration {
  return (
    ts.isMethodDeclaration(node) &&
    !(node.modifiers?.some((modifier) => modifier.kind === ts.SyntaxKind.StaticKeyword) ?? false)
  );
}

/** The parameters that are passed: `this: T` is a type only. */
export function realParameters(node: ts.SignatureDeclaration): readonly ts.ParameterDeclaration[] {
  return node.parameters.filter(({ name }) => !ts.isIdentifier(name) || name.text !== "this");
}

/** What says what `this` is within a node: the function around it that is no arrow, or the field of which it is a value. */
export function homeOfThis(node: ts.Node): ts.Node | undefined {
  return ts.findAncestor(
    node,
    (outer) => (ts.isFunctionLike(outer) && !ts.isArrowFunction(outer)) || ts.isPropertyDeclaration(outer),
  );
}

/** The names of what generated functions take, in order; undefined for parameters that are taken apart. */
export function parameterNames(node: FunctionNode): readonly (string | undefined)[] {
  const own = realParameters(node).map(({ name }) => (ts.isIdentifier(name) ? name.text : undefined));
  return hasSelf(node) ? ["self", ...own] : own;
}

/** A word that the user wrote in a tag. */
export interface Word {
  readonly text: string;
  readonly origin: Origin;
}

export type RuleKind = "vjp" | "pullback" | "jvp";

/** What the comment above one function says. */
export interface Annotation {
  readonly node: FunctionNode;
  /** The stem of the generated names: `norm` of class `Vec3` gives `vec3Norm`. */
  readonly stem: string;
  /** The name as the user knows it: `norm`. */
  readonly name: string;
  /** The function's name in its declaration. */
  readonly origin: Origin;
  /** The `@differentiable` tag; undefined where there are only rules. */
  readonly tag: Origin | undefined;
  readonly modes: readonly Mode[];
  readonly wrt: readonly Word[] | undefined;
  readonly of: readonly Word[] | undefined;
  /** The parameters that the mode `batch` gives an axis. */
  readonly over: readonly Word[] | undefined;
  readonly rules: readonly { readonly kind: RuleKind; readonly name: Word }[];
  /** Whether the comment itself was free of errors. */
  readonly valid: boolean;
}

const ruleTags: Readonly<Record<string, RuleKind>> = { vjpRule: "vjp", pullbackRule: "pullback", jvpRule: "jvp" };
const ourTags = new Set(["differentiable", "wrt", "of", "batch", ...Object.keys(ruleTags)]);
/** Whether a tag names a derivative by hand. */
export const isRuleTag = (tag: string): boolean => Object.hasOwn(ruleTags, tag);

const quickTest = /@(?:differentiable|vjpRule|pullbackRule|jvpRule)\b/;
/** Modes of the contract that this version does not build. */
const later: readonly Mode[] = ["sparseJacobian"];
const available = modes.filter((mode) => !later.includes(mode));

/** Everything annotated in `file`, in source order; problems of the annotations themselves go to `report`. */
export function findAnnotations(file: ts.SourceFile, report: (r: Report) => void): readonly Annotation[] {
  if (!quickTest.test(file.text)) return [];
  const found: Annotation[] = [];
  const owned: ts.TextRange[] = [];
  const visit = (node: ts.Node): void => {
    const comment = commentsOf(node).at(-1);
    const site = comment && hasOurTags(comment) ? functionAt(node) : undefined;
    if (comment && site) {
      owned.push(comment);
      const annotation = readComment(file, comment, site, report);
      if (annotation) found.push(annotation);
    }
    ts.forEachChild(node, visit);
  };
  visit(file);
  reportStrayComments(file, owned, report);
  return found;
}

function commentsOf(node: ts.Node): readonly ts.JSDoc[] {
  return (node as ts.Node & { readonly jsDoc?: readonly ts.JSDoc[] }).jsDoc ?? [];
}

function hasOurTags(comment: ts.JSDoc): boolean {
  return (
    comment.tags?.some((tag) => tag.tagName.text === "differentiable" || Object.hasOwn(ruleTags, tag.tagName.text)) ??
    false
  );
}

interface Site {
  readonly node: FunctionNode;
  readonly name: string;
  readonly stem: string;
  readonly nameNode: ts.Node;
  /** What keeps generated code from reaching the function. */
  readonly inside?: string;
}

/** The function that a comment on `node` belongs to. */
function functionAt(node: ts.Node): Site | undefined {
  if (ts.isFunctionDeclaration(node)) {
    const name = node.name?.text ?? "default";
    return { node, name, stem: name, nameNode: node.name ?? firstKeyword(node), ...enclosure(node.parent) };
  }
  if (ts.isMethodDeclaration(node)) {
    if (!ts.isIdentifier(node.name) && !ts.isStringLiteral(node.name)) return undefined;
    const owner = node.parent;
    const className = ts.isClassDeclaration(owner) ? (owner.name?.text ?? "default") : undefined;
    const inside = className === undefined ? { inside: "an expression" } : enclosure(owner.parent);
    const stem = className === undefined ? node.name.text : lowerFirst(className) + upperFirst(node.name.text);
    return { node, name: node.name.text, stem, nameNode: node.name, ...inside };
  }
  if (ts.isVariableStatement(node)) {
    const [declaration, second] = node.declarationList.declarations;
    return declaration && !second ? functionOfConst(declaration) : undefined;
  }
  if (ts.isVariableDeclaration(node)) return functionOfConst(node);
  if (ts.isArrowFunction(node) || ts.isFunctionExpression(node)) {
    let holder = node.parent;
    while (isWrapper(holder)) holder = holder.parent;
    return ts.isVariableDeclaration(holder) ? functionOfConst(holder) : undefined;
  }
  if (ts.isExportAssignment(node) && !node.isExportEquals) {
    const inner = unwrap(node.expression);
    if (!ts.isArrowFunction(inner) && !ts.isFunctionExpression(inner)) return undefined;
    const name = inner.name?.text ?? "default";
    return { node: inner, name, stem: name, nameNode: inner.name ?? firstKeyword(node) };
  }
  return undefined;
}

function functionOfConst(declaration: ts.VariableDeclaration): Site | undefined {
  const list = declaration.parent;
  if (!ts.isVariableDeclarationList(list) || !(list.flags & ts.NodeFlags.Const)) return undefined;
  if (!ts.isIdentifier(declaration.name) || !declaration.initializer) return undefined;
  const node = unwrap(declaration.initializer);
  if (!ts.isArrowFunction(node) && !ts.isFunctionExpression(node)) return undefined;
  const name = declaration.name.text;
  return { node, name, stem: name, nameNode: declaration.name, ...enclosure(list.parent.parent) };
}

const isWrapper = (node: ts.Node): node is ts.ParenthesizedExpression | ts.AsExpression | ts.SatisfiesExpression =>
  ts.isParenthesizedExpression(node) || ts.isAsExpression(node) || ts.isSatisfiesExpression(node);

function unwrap(expression: ts.Expression): ts.Expression {
  let inner = expression;
  while (isWrapper(inner)) inner = inner.expression;
  return inner;
}

function firstKeyword(node: ts.Node): ts.Node {
  return node.getChildren().find((child) => !ts.isJSDoc(child)) ?? node;
}

function enclosure(parent: ts.Node): { inside?: string } {
  if (ts.isSourceFile(parent)) return {};
  return { inside: ts.isModuleBlock(parent) ? "a namespace" : "another function or block" };
}

function readComment(
  file: ts.SourceFile,
  comment: ts.JSDoc,
  site: Site,
  report: (r: Report) => void,
): Annotation | undefined {
  const origin = originAt(file, site.nameNode.getStart(file), firstLineEnd(file, site.nameNode));
  const asked: Mode[] = [];
  const rules: { kind: RuleKind; name: Word }[] = [];
  let tag: Origin | undefined;
  let wrt: Word[] | undefined;
  let of: Word[] | undefined;
  let over: Word[] | undefined;
  const said: Report[] = [];
  const say = (r: Report): void => void said.push(r);
  for (const node of comment.tags ?? []) {
    const name = node.tagName.text;
    if (!ourTags.has(name)) continue;
    const words = wordsOf(file, comment, node);
    const tagOrigin = originAt(file, node.tagName.getStart(file) - 1, node.tagName.getEnd());
    if (name === "differentiable") {
      tag ??= tagOrigin;
      for (const word of words) {
        const mode = modes.find((known) => known === word.text);
        if (mode === undefined) say(makeReport("TG2005", word.origin, [word.text, modeHint(word.text)]));
        else if (later.includes(mode)) say(makeReport("TG2021", word.origin, [mode, available.join(", ")]));
        else if (!asked.includes(mode)) asked.push(mode);
      }
      continue;
    }
    if (words.length === 0) {
      const example =
        name === "wrt" || name === "batch"
          ? "x"
          : name === "of"
            ? "return"
            : `${site.name}${upperFirst(ruleTags[name] ?? "")}`;
      say(makeReport("TG2022", tagOrigin, [name, example]));
    } else if (name === "wrt") (wrt ??= []).push(...words);
    else if (name === "of") (of ??= []).push(...words);
    else if (name === "batch") (over ??= []).push(...words);
    else {
      const kind = ruleTags[name];
      const rule = words[0];
      if (!kind || !rule) continue;
      if (rules.some((other) => other.kind === kind)) say(makeReport("TG2024", tagOrigin, [site.name, name]));
      else rules.push({ kind, name: rule });
    }
  }
  if (site.inside !== undefined) say(makeReport("TG2020", origin, [site.name, site.inside]));
  const flaw = signatureFlaw(site.node);
  if (flaw !== undefined) say(makeReport("TG2019", origin, [site.name, ...flaw]));
  for (const each of said) report(tag ? askedBy({ name: site.name, annotation: tag }, each) : each);
  if (flaw !== undefined || site.inside !== undefined) return undefined;
  return {
    node: site.node,
    stem: site.stem,
    name: site.name,
    origin,
    tag,
    modes: asked.length > 0 || !tag ? asked : ["vjp", "jvp"],
    wrt,
    of,
    over,
    rules,
    valid: said.length === 0,
  };
}

function firstLineEnd(file: ts.SourceFile, node: ts.Node): number {
  const newline = file.text.indexOf("\n", node.getStart(file));
  return newline === -1 ? node.getEnd() : Math.min(node.getEnd(), newline);
}

/** What keeps a function from being differentiated as it is declared, and what to write instead. */
function signatureFlaw(node: FunctionNode): readonly [what: string, hint: string] | undefined {
  const overloads = ts.isFunctionDeclaration(node) || ts.isMethodDeclaration(node) ? siblingsNamed(node) : 1;
  if (overloads > 1) return ["is overloaded", "Annotate one function for each signature."];
  if (!node.body) return ["has no body", "Annotate a function whose body stands here."];
  if (node.asteriskToken) return ["is a generator", "Return an array of the values, or their sum."];
  if (node.modifiers?.some((modifier) => modifier.kind === ts.SyntaxKind.AsyncKeyword))
    return ["is async", "Wait for the data outside and pass it as a parameter."];
  return undefined;
}

function siblingsNamed(node: ts.FunctionDeclaration | ts.MethodDeclaration): number {
  const name = node.name?.getText();
  const siblings: readonly ts.Node[] = ts.isFunctionDeclaration(node)
    ? ts.isSourceFile(node.parent) || ts.isBlock(node.parent)
      ? node.parent.statements
      : []
    : ts.isClassLike(node.parent)
      ? node.parent.members
      : [];
  return siblings.filter(
    (other) => other.kind === node.kind && ts.getNameOfDeclaration(other as ts.Declaration)?.getText() === name,
  ).length;
}

/** The words on the tag's own line, up to ` - `. */
function wordsOf(file: ts.SourceFile, comment: ts.JSDoc, tag: ts.JSDocTag): readonly Word[] {
  const start = tag.tagName.getEnd();
  const text = file.text.slice(start, comment.getEnd() - "*/".length);
  const line = text.split(/\r?\n/, 1)[0] ?? "";
  const own = line.split(/(?:^|\s)-(?:\s|$)|\s@(?=\w)/, 1)[0] ?? "";
  const words: Word[] = [];
  for (const match of own.matchAll(/\{@link(?:code|plain)?\s+([^\s}|]+)[^}]*\}|[^\s,]+/g)) {
    const word = match[1] ?? match[0];
    const at = start + match.index + match[0].indexOf(word);
    words.push({ text: word, origin: originAt(file, at, at + word.length) });
  }
  return words;
}

function modeHint(word: string): string {
  const close = closest(word, modes);
  return close ? didYouMean(close) : `Modes are ${available.join(", ")}.`;
}

/** Comments that say `@differentiable` without belonging to a function. */
function reportStrayComments(file: ts.SourceFile, owned: readonly ts.TextRange[], report: (r: Report) => void): void {
  for (const match of file.text.matchAll(/(?<![\w`])@differentiable\b/g)) {
    const at = match.index;
    if (owned.some((range) => range.pos <= at && at < range.end)) continue;
    if (!isComment(file, at)) continue;
    const origin = originAt(file, at, at + match[0].length);
    // The rest of the file is in the comment, so no function is left in which TypeScript's own report would block.
    const begin = file.text.lastIndexOf("/*", at);
    const isOpen = begin !== -1 && !file.text.includes("*/", begin);
    report(isOpen ? makeReport("TG2001", origin, ["'*/' expected. (TS1010)"]) : makeReport("TG2004", origin));
  }
}

/** Whether `position`, at which `@` or a comment begins, lies in a comment rather than in a text or a decorator. */
export function isComment(file: ts.SourceFile, position: number): boolean {
  let node: ts.Node = file;
  for (;;) {
    const inner: ts.Node | undefined = ts.forEachChild(node, (child) =>
      child.pos <= position && position < child.end ? child : undefined,
    );
    if (!inner || ts.isSourceFile(inner)) break;
    node = inner;
  }
  const within = position >= node.getStart(file);
  if (!within) return true;
  return !(
    ts.isDecorator(node) ||
    ts.isStringLiteralLike(node) ||
    ts.isTemplateHead(node) ||
    ts.isTemplateMiddleOrTemplateTail(node) ||
    ts.isRegularExpressionLiteral(node) ||
    ts.isJsxText(node)
  );
}
