/** One-line texts of statements, for the comments of generated code. */
import { ts } from "ts-morph";

/** The statement on one line: without comments and the closing semicolon; of compound statements, the header. */
export function quoteOf(node: ts.Node): string {
  const text = node.getSourceFile().text;
  if (ts.isDoStatement(node)) return `do … while (${oneLine(node.expression.getText())})`;
  return oneLine(text.slice(node.getStart(), headerEnd(node)));
}

function headerEnd(node: ts.Node): number {
  if (ts.isIfStatement(node)) return closing(node.expression);
  if (ts.isForStatement(node) || ts.isForOfStatement(node) || ts.isForInStatement(node) || ts.isWhileStatement(node))
    return node.statement.getFullStart();
  if (ts.isSwitchStatement(node)) return closing(node.expression);
  if (ts.isLabeledStatement(node)) return headerEnd(node.statement);
  return node.end;
}

/** Just behind the parenthesis that closes the header around `node`. */
function closing(node: ts.Node): number {
  return node.getSourceFile().text.indexOf(")", node.end) + 1;
}

const token = /("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|`(?:[^`\\]|\\[\s\S])*`)|(?:\s|\/\/[^\n]*|\/\*[\s\S]*?\*\/)+/g;

/** Without comments, each gap one space, texts as they are but for line breaks. */
function oneLine(text: string): string {
  const bare = text.replace(token, (_, literal: string | undefined) => literal?.replace(/\n\s*/g, " ") ?? " ");
  return bare.trim().replace(/\s*;$/, "");
}
