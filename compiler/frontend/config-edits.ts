/**
 * Options put into the text of a tsconfig. All that stands there stays as it is, comments and layout too; what is put in looks
 * like what stands beside it.
 */
import { ts } from "ts-morph";

export type ListOption = "rootDirs" | "plugins";

/** The text with more entries in a list of its `compilerOptions`, which is made where there is none; undefined if it cannot be read. */
export function withEntries(text: string, option: ListOption, entries: readonly unknown[]): string | undefined {
  const root = rootOf(text);
  if (root === undefined) return undefined;
  const values = entries.map(asText);
  const list = `"${option}": [${values.join(", ")}]`;
  const options = valueOf(root, "compilerOptions");
  if (options === undefined) {
    const inner = indentAround(text, root) + unitOf(text) + unitOf(text);
    const [newline, outer] = [newlineOf(text), inner.slice(unitOf(text).length)];
    return withMember(text, root, `"compilerOptions": {${newline}${inner}${list}${newline}${outer}}`);
  }
  if (!ts.isObjectLiteralExpression(options)) return undefined;
  const before = valueOf(options, option);
  if (before === undefined) return withMember(text, options, list);
  return ts.isArrayLiteralExpression(before)
    ? values.reduce<string | undefined>((made, value) => withElement(made, option, value), text)
    : undefined;
}

/** What the text itself lists, without what it extends; undefined where it has no such list. */
export function entriesIn(text: string, option: ListOption): readonly unknown[] | undefined {
  const { config } = ts.parseConfigFileTextToJson("tsconfig.json", text) as {
    config?: { compilerOptions?: Partial<Record<ListOption, unknown>> };
  };
  const list = config?.compilerOptions?.[option];
  return Array.isArray(list) ? (list as readonly unknown[]) : undefined;
}

type List = ts.ObjectLiteralExpression | ts.ArrayLiteralExpression;

function rootOf(text: string): ts.ObjectLiteralExpression | undefined {
  const parsed = ts.createSourceFile("tsconfig.json", text, ts.ScriptTarget.JSON, true, ts.ScriptKind.JSON);
  const file = parsed as ts.JsonSourceFile & { readonly parseDiagnostics?: readonly unknown[] };
  const root = file.statements[0]?.expression;
  const isGood = file.parseDiagnostics === undefined || file.parseDiagnostics.length === 0;
  return isGood && root && ts.isObjectLiteralExpression(root) ? root : undefined;
}

function valueOf(object: ts.ObjectLiteralExpression, name: string): ts.Expression | undefined {
  for (const member of object.properties)
    if (ts.isPropertyAssignment(member) && ts.isStringLiteral(member.name) && member.name.text === name)
      return member.initializer;
  return undefined;
}

function withElement(text: string | undefined, option: ListOption, value: string): string | undefined {
  const root = text === undefined ? undefined : rootOf(text);
  const options = root && valueOf(root, "compilerOptions");
  const list = options && ts.isObjectLiteralExpression(options) ? valueOf(options, option) : undefined;
  return text !== undefined && list && ts.isArrayLiteralExpression(list) ? withMember(text, list, value) : undefined;
}

/** Puts one more member behind the others: on a line of its own if the last one is, behind its comment. */
function withMember(text: string, list: List, member: string): string {
  const members = ts.isArrayLiteralExpression(list) ? list.elements : list.properties;
  const last = members.at(-1);
  const newline = newlineOf(text);
  if (last === undefined) {
    if (ts.isArrayLiteralExpression(list)) return `${text.slice(0, list.end - 1)}${member}${text.slice(list.end - 1)}`;
    const outer = indentAround(text, list);
    const inside = text.slice(list.getStart() + 1, list.end - 1).trimEnd();
    return `${text.slice(0, list.getStart() + 1)}${inside}${newline}${outer}${unitOf(text)}${member}${newline}${outer}${text.slice(list.end - 1)}`;
  }
  const comma = members.hasTrailingComma ? text.indexOf(",", last.end) + 1 : last.end;
  const separator = members.hasTrailingComma ? "" : ",";
  const ending = members.hasTrailingComma ? "," : "";
  const start = last.getStart();
  const indent = text.slice(text.lastIndexOf("\n", start) + 1, start);
  const isOnOwnLine = indent.trim() === "" && text.slice(list.getStart(), start).includes("\n");
  if (!isOnOwnLine) return `${text.slice(0, comma)}${separator} ${member}${ending}${text.slice(comma)}`;
  // What is said behind the last one on its line is said of it.
  const behind = /^[ \t]*(?:\/\/[^\r\n]*|\/\*(?:(?!\*\/)[^\r\n])*\*\/)?/.exec(text.slice(comma))?.[0].trimEnd() ?? "";
  const rest = text.slice(comma + behind.length);
  return `${text.slice(0, comma)}${separator}${behind}${newline}${indent}${member}${ending}${rest}`;
}

const newlineOf = (text: string): string => (text.includes("\r\n") ? "\r\n" : "\n");

/** One step to the right. */
const unitOf = (text: string): string => /^[ \t]+/m.exec(text)?.[0] ?? "  ";

/** How far to the right the line is that a node begins on. */
function indentAround(text: string, node: ts.Node): string {
  return /^[ \t]*/.exec(text.slice(text.lastIndexOf("\n", node.getStart() - 1) + 1))?.[0] ?? "";
}

/** `[".", { "name": "x" }]`, as people write it. */
function asText(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(asText).join(", ")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const members = Object.entries(value).map(([name, each]) => `${JSON.stringify(name)}: ${asText(each)}`);
  return members.length === 0 ? "{}" : `{ ${members.join(", ")} }`;
}
