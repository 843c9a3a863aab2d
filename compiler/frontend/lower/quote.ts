/** One-line texts of statements, for the comments of generated code. */
import { ts } from "ts-morph";

/** The statement on one line: without comments and the closing semicolon; of compound statements, the header. */
export function quoteOf(node: ts.Node): string {
  const text = node.getSourceFile().text;
  return oneLine(text.slice(node.getStart(), headerEnd(node)));
}

function headerEnd(node: ts.Node): number {
  if (ts.isIfStatement(node)) return closing(node.expression);
  if (ts.isForStatement(node) || ts.isForOfStatement(node) || ts.isWhileStatement(node)) return node.statement.getFullStart();
  if (ts.isSwitchStatement(node)) return closing(node.expression);
  if (ts.isDoStatement(node)) return node.getStart() + "do".length;
  if (ts.isLabeledStatement(node)) return headerEnd(node.statement);
  return node.end;
}

/** Just behind the parenthesis that closes the header around `node`. */
function closing(node: ts.Node): number {
  return node.getSourceFile().text.indexOf(")", node.end) + 1;
}

const token = /\/\/[^\n]*|\/\*[\s\S]*?\*\/|"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|`(?:[^`\\]|\\[\s\S])*`/g;

function oneLine(text: string): string {
  const bare = text.replace(token, (found) => (found.startsWith("/") ? " " : found));
  return bare.replace(/\s+/g, " ").trim().replace(/;$/, "");
}
