/** Quick fixes: what the hint of a report says, where that is mechanical. */
import { ts } from "ts-morph";
import { meantIn } from "../../diagnostics/closest.ts";
import type { Report } from "../../diagnostics/report.ts";
import { warningCodes, type Code } from "../../diagnostics/table.ts";
import type { Origin } from "../../ir/types.ts";
import { insert, lineAbove, lineStart, nodeAround, nodeAt, remove, replace, wrap, type Source } from "./edits.ts";
import { fixedCodes, type MechanicalCode } from "./fixed-codes.ts";
import { importOf } from "./imports.ts";
import type { Fix } from "./messages.ts";
import { wordAt, withoutWord } from "./words.ts";

/** A report at its place. */
interface Problem {
  readonly source: Source;
  readonly at: Origin;
  readonly report: Report;
  /** Another source, as it is now. */
  readonly sourceOf: (file: string) => Source | undefined;
}

type Fixer = (problem: Problem) => readonly Fix[];

const fixers: Readonly<Record<MechanicalCode, readonly Fixer[]>> = {
  TG1014: [letForVar],
  TG1016: [exported],
  TG1019: [strictComparison],
  TG2004: [documentationComment],
  TG2005: [renamed, wordRemoved],
  TG2006: [renamed, wordRemoved],
  TG2007: [wordRemoved],
  TG2010: [wordRemoved],
  TG2011: [wordRemoved],
  TG2013: [exported],
  TG2016: [wordRemoved],
  TG2017: [wordRemoved],
  TG2018: [wordRemoved],
  TG2021: [wordRemoved],
  TG2022: [tagRemoved],
  TG2024: [tagRemoved],
  TG2036: [commentRemoved],
  TG3101: [stoppedValue],
  TG3102: [writtenInt],
  TG3104: [underscored],
  TG3105: [wordRemoved],
  TG3106: [stoppedOperands],
  TG3107: [stoppedOperands],
};

/** What can be done about each report, in the texts that `readText` gives. */
export function createFixer(readText: (file: string) => string | undefined): (report: Report) => readonly Fix[] {
  const sources = new Map<string, Source | undefined>();
  const sourceOf = (file: string): Source | undefined => {
    if (!sources.has(file)) sources.set(file, parse(file, readText(file)));
    return sources.get(file);
  };
  return (report) => {
    const { origin, code } = report;
    if (origin === undefined || !fixedCodes.includes(code)) return [];
    const source = sourceOf(origin.file);
    if (source === undefined) return [];
    const problem: Problem = { source, at: origin, report, sourceOf };
    return [...(isMechanical(code) ? fixers[code] : []), ignored].flatMap((fixer) => fixer(problem));
  };
}

const isMechanical = (code: Code): code is MechanicalCode => code in fixers;

function parse(file: string, text: string | undefined): Source | undefined {
  if (text === undefined) return undefined;
  return { file, text, parsed: ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true) };
}

const textAt = ({ text }: Source, { start, end }: Pick<Origin, "start" | "end">): string => text.slice(start, end);

function letForVar({ source, at }: Problem): readonly Fix[] {
  if (!/^var\b/.test(textAt(source, at))) return [];
  return [{ title: "Declare it with let", edits: [replace(source, at.start, at.start + "var".length, "let")] }];
}

function strictComparison({ source, at }: Problem): readonly Fix[] {
  const node = nodeAt(source, at, ts.isBinaryExpression);
  const operator = node?.operatorToken.getText(source.parsed);
  if (node === undefined || (operator !== "==" && operator !== "!=")) return [];
  return [{ title: `Compare with ${operator}=`, edits: [insert(source, node.operatorToken.end, "=")] }];
}

/** Exports what is named at the place, or noted to be declared elsewhere. */
function exported({ source, at, report, sourceOf }: Problem): readonly Fix[] {
  const name = textAt(source, at);
  const note = report.related?.find(({ asks }) => asks !== true)?.origin;
  const there = note ? sourceOf(note.file) : source;
  const statement = there?.parsed.statements.find((each) => declaredBy(each).includes(name));
  if (!there || !statement || !ts.canHaveModifiers(statement)) return [];
  if (statement.modifiers?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword) === true) return [];
  return [{ title: `Export '${name}'`, edits: [insert(there, statement.getStart(there.parsed), "export ")] }];
}

function declaredBy(statement: ts.Statement): readonly string[] {
  if (ts.isVariableStatement(statement))
    return statement.declarationList.declarations.flatMap(({ name }) => (ts.isIdentifier(name) ? [name.text] : []));
  const isNamed =
    ts.isFunctionDeclaration(statement) ||
    ts.isClassDeclaration(statement) ||
    ts.isInterfaceDeclaration(statement) ||
    ts.isTypeAliasDeclaration(statement);
  return isNamed && statement.name ? [statement.name.text] : [];
}

/** A comment that is none of documentation becomes one, where it stands right above something. */
function documentationComment({ source, at }: Problem): readonly Fix[] {
  const { text } = source;
  const title = "Make it a documentation comment";
  const line = lineStart(text, at.start);
  const before = text.slice(line, at.start);
  if (/^\s*\/\/[^]*$/.test(before)) {
    const end = /\r?\n|$/.exec(text.slice(at.start))!.index + at.start;
    const slashes = text.indexOf("//", line);
    const written = text.slice(slashes + "//".length, end).trim();
    return [{ title, edits: [replace(source, slashes, end, `/** ${written} */`)] }];
  }
  const start = text.lastIndexOf("/*", at.start);
  const isPlain = start !== -1 && text[start + "/*".length] !== "*" && !text.slice(start, at.start).includes("*/");
  return isPlain ? [{ title, edits: [insert(source, start + "/*".length, "*")] }] : [];
}

/** What the hint takes to be meant. */
function renamed({ source, at, report }: Problem): readonly Fix[] {
  const meant = meantIn(report.hint);
  if (meant === undefined) return [];
  return [{ title: `Change to '${meant}'`, edits: [replace(source, at.start, at.end, meant)] }];
}

/** A word of a tag goes; the only one goes with its tag, but where that says what the derivative is of and may say so. */
function wordRemoved({ source, at, report }: Problem): readonly Fix[] {
  const word = wordAt(source.text, at);
  if (word === undefined) return [];
  const { tag, start } = word;
  if (!word.isOnly || tag === "differentiable")
    return [{ title: `Remove '${textAt(source, at)}' from @${tag}`, edits: [withoutWord(source, word)] }];
  if (report.severity === "warning") return [];
  return [{ title: `Remove @${tag}`, edits: [remove(source, start - `@${tag}`.length, at.end)] }];
}

function tagRemoved({ source, at }: Problem): readonly Fix[] {
  const rest = source.text.slice(at.end);
  // Up to the next tag, or the end of the line or of the comment.
  const end = at.end + /\s*(?:\s@\w|\*\/|\r?\n|$)/.exec(rest)!.index;
  return [{ title: `Remove ${textAt(source, at)}`, edits: [remove(source, at.start, end)] }];
}

function commentRemoved({ source, at }: Problem): readonly Fix[] {
  return [{ title: "Remove the comment", edits: [remove(source, at.start, at.end)] }];
}

/** A parameter that only counts is written `int`. */
function writtenInt({ source, at }: Problem): readonly Fix[] {
  const parameter = nodeAround(source, at.start, ts.isParameter);
  if (parameter?.type?.kind !== ts.SyntaxKind.NumberKeyword) return [];
  const int = importOf(source, "int", true);
  if (int === undefined) return [];
  const { type, name } = parameter;
  return [
    {
      title: `Write int as the type of '${name.getText(source.parsed)}'`,
      edits: [...int.edits, replace(source, type.getStart(source.parsed), type.end, int.name)],
    },
  ];
}

/** A parameter that nothing mentions may say so with its name. */
function underscored({ source, at }: Problem): readonly Fix[] {
  const parameter = nodeAround(source, at.start, ts.isParameter);
  if (parameter === undefined || !ts.isIdentifier(parameter.name)) return [];
  const { text } = parameter.name;
  const mentions = source.text
    .slice(parameter.parent.pos, parameter.parent.end)
    .match(new RegExp(`\\b${text}\\b`, "g"));
  if (mentions?.length !== 1) return [];
  return [{ title: `Rename it to '_${text}'`, edits: [insert(source, parameter.name.getStart(source.parsed), "_")] }];
}

/** What is written as int takes the value without its derivative. */
function stoppedValue({ source, at }: Problem): readonly Fix[] {
  const value = valueAt(source, at);
  // Of several values, which one it is does not show.
  const isOne = value !== undefined && !ts.isArrayLiteralExpression(value) && !ts.isObjectLiteralExpression(value);
  return isOne ? stopped(source, [value]) : [];
}

/** The value that a statement stores or returns, or the only argument of a call. */
function valueAt(source: Source, at: Origin): ts.Expression | undefined {
  const call = nodeAt(source, at, ts.isCallExpression);
  if (call !== undefined) return call.arguments.length === 1 ? call.arguments[0] : undefined;
  const isHolder = (node: ts.Node): node is ts.Statement => ts.isStatement(node);
  const statement = nodeAt(source, at, isHolder) ?? nodeAround(source, at.start, isHolder);
  if (statement === undefined) return undefined;
  if (ts.isReturnStatement(statement)) return statement.expression;
  if (ts.isVariableStatement(statement)) {
    const { declarations } = statement.declarationList;
    return declarations.length === 1 ? declarations[0]?.initializer : undefined;
  }
  if (!ts.isExpressionStatement(statement) || !ts.isBinaryExpression(statement.expression)) return undefined;
  const { operatorToken, right } = statement.expression;
  return operatorToken.kind === ts.SyntaxKind.EqualsToken ? right : undefined;
}

/** A comparison of values without their derivatives: it says that they are meant to have none here. */
function stoppedOperands({ source, at }: Problem): readonly Fix[] {
  const clause = nodeAround(source, at.start, ts.isCaseClause);
  if (clause !== undefined && clause.expression.getStart(source.parsed) === at.start)
    return stopped(source, [clause.parent.parent.expression]);
  const comparison = nodeAt(source, at, ts.isBinaryExpression);
  if (comparison === undefined || !comparisons.has(comparison.operatorToken.kind)) return [];
  return stopped(
    source,
    [comparison.left, comparison.right].filter((operand) => !isLiteral(operand)),
  );
}

const comparisons: ReadonlySet<ts.SyntaxKind> = new Set([
  ts.SyntaxKind.LessThanToken,
  ts.SyntaxKind.LessThanEqualsToken,
  ts.SyntaxKind.GreaterThanToken,
  ts.SyntaxKind.GreaterThanEqualsToken,
  ts.SyntaxKind.EqualsEqualsToken,
  ts.SyntaxKind.EqualsEqualsEqualsToken,
  ts.SyntaxKind.ExclamationEqualsToken,
  ts.SyntaxKind.ExclamationEqualsEqualsToken,
]);

const isLiteral = (node: ts.Expression): boolean =>
  ts.isNumericLiteral(node) || (ts.isPrefixUnaryExpression(node) && ts.isNumericLiteral(node.operand));

function stopped(source: Source, values: readonly ts.Expression[]): readonly Fix[] {
  const imported = importOf(source, "stopGradient", false);
  if (imported === undefined || values.length === 0) return [];
  const { name, edits } = imported;
  const shown = values.map((value) => value.getText(source.parsed));
  return [
    {
      title: `Add stopGradient around ${shown.every((each) => each.length < 30) ? shown.join(" and ") : "the value"}`,
      edits: [...edits, ...values.flatMap((value) => wrap(source, value, `${name}(`, ")"))],
    },
  ];
}

/** A comment that says that a warning is known, above the line or the documentation that it is in. */
function ignored({ source, at, report }: Problem): readonly Fix[] {
  const { code } = report;
  if (!warningCodes.includes(code)) return [];
  const start = source.text.lastIndexOf("/**", at.start);
  const isInside = start !== -1 && !source.text.slice(start, at.start).includes("*/");
  return [
    {
      title: `Ignore ${code} here`,
      edits: [lineAbove(source, isInside ? start : at.start, `// tsgrad-ignore ${code} - `)],
    },
  ];
}
