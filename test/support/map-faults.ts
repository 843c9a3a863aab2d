/** What a source map says of generated code, held against the comments in it and against the sources. */
import { decodedMappings, originalPositionFor, TraceMap } from "@jridgewell/trace-mapping";
import { ts } from "ts-morph";
import type { SourceMap } from "../../compiler/index.ts";
import { isAssignment } from "../../compiler/frontend/lower/operators.ts";
import { quoteOf } from "../../compiler/frontend/lower/quote.ts";

/**
 * The lines of functions that lead nowhere, or to another place than they should: what stands under a comment leads to
 * a statement that the comment quotes, and what is as the user wrote it to the line where they did.
 */
export function mapFaults(text: string, map: SourceMap): string[] {
  const trace = new TraceMap(map);
  const files = new Map(
    map.sources.map((name, k) => [
      name,
      ts.createSourceFile(name, map.sourcesContent[k]!, ts.ScriptTarget.Latest, true),
    ]),
  );
  const around = (source: string | null, line: number, column: number): ts.Node[] => {
    const file = files.get(source ?? "");
    return file ? nodesAround(file, file.getPositionOfLineAndCharacter(line, column)) : [];
  };
  const faults: string[] = [];
  const lines = text.split("\n");
  const segments = decodedMappings(trace);
  const nesting = [...files.values()].flatMap(functionsOfDerivatives);
  let [inFunction, isNesting, quoted] = [false, false, ""];
  for (const [k, line] of lines.entries()) {
    const made = /^(?:export )?function ([\p{ID_Continue}$]+)/u.exec(line)?.[1];
    if (made !== undefined) [inFunction, isNesting] = [true, nesting.some((name) => made.startsWith(name))];
    if (!inFunction || line.trim() === "") continue;
    if (/^\s*\/\//.test(line)) {
      quoted = /^\s*\/\/ adjoint of: (.*)$/.exec(line)?.[1] ?? "";
      continue;
    }
    const fault = (what: string): void => void faults.push(`${String(k + 1)}: ${line.trim()} ${what}`);
    const found = originalPositionFor(trace, { line: k + 1, column: line.search(/\S/) });
    const nodes = found.line === null ? [] : around(found.source, found.line - 1, found.column);
    if (nodes.length === 0) fault("leads nowhere");
    // Memory is given back among the statements of whatever came last.
    if (/^\s*recycle\(/.test(line)) continue;
    // Of a derivative that is differentiated once more, statements may be one by now under the comment of the first.
    if (quoted !== "" && !isNesting) {
      const end = lines.findIndex((each, i) => i >= k && /[;{]$/.test(each));
      const parts = segments.slice(k, end + 1).flat();
      const quotes = parts.flatMap(([, source, at, column]) =>
        source === undefined ? [] : around(map.sources[source]!, at!, column!).map(quotesOf).flat(),
      );
      if (!quotes.some((quote) => `; ${quoted}; `.includes(`; ${quote}; `))) fault(`does not lead to ${quoted}`);
    }
    const own = nodes.find(ts.isFunctionLike);
    // A parameter that changes later has a variable at entry, which may be called as one of the user's that begins as it.
    const isEntry = own !== undefined && isRenaming(line.trim(), own) && found.line === lineOf(own.name ?? own);
    const isApart =
      isTakenApart(line.trim(), nodes) ||
      isOfCopy(line.trim(), nodes) ||
      isRenumbered(line.trim(), nodes) ||
      isAfterAssignment(line.trim(), nodes);
    const same = own && !isEntry && !isApart && isTelling(line.trim()) ? linesLike(line, own) : [];
    if (same.length === 1 && same[0] !== found.line) fault(`leads to ${String(found.line)}, not to ${String(same[0])}`);
    quoted = "";
    if (line.startsWith("}")) inFunction = false;
  }
  return faults;
}

/**
 * A statement that says enough to be that of the user's which reads the same; a variable that begins as 0 may be anything,
 * and so may one that is given undefined; `k -= 2` may be what takes `k += 2` back.
 */
const isTelling = (line: string): boolean =>
  /^(?:const|let|return|throw|[\w.[\]]+ [-+*/]?=) /.test(line) &&
  !/^(?:let \w+ |\w+ [-+]?)= (?:[\d.-]+|undefined|null);$/.test(line);

/** Whether a line gives a variable what a parameter of a function is, or has in a field. */
function isRenaming(line: string, own: ts.SignatureDeclaration): boolean {
  const given = /^(?:const|let) \w+(?:: [^=]+)? = (\w+)(?:\.\w+)*;$/.exec(line)?.[1];
  return own.parameters.some(({ name }) => name.getText() === given);
}

/** Whether a line is one of those that a destructuring around the place is printed as: `[a, b] = [b, a]` has `a = b` in it. */
function isTakenApart(line: string, nodes: readonly ts.Node[]): boolean {
  const words = (text: string): string[] => text.match(/[\p{ID_Continue}$]+/gu) ?? [];
  const destructuring = nodes.find(
    (node) =>
      (ts.isVariableDeclaration(node) && !ts.isIdentifier(node.name)) ||
      (ts.isBinaryExpression(node) &&
        node.operatorToken.kind === ts.SyntaxKind.EqualsToken &&
        (ts.isArrayLiteralExpression(node.left) || ts.isObjectLiteralExpression(node.left))),
  );
  if (destructuring === undefined) return false;
  const own = new Set([...words(destructuring.getText()), "const", "let"]);
  return words(line).every((word) => own.has(word));
}

/** Whether a line gives a variable what the variable was given that the user gave it: `w = S; t = w` has `t = S` in it. */
function isOfCopy(line: string, nodes: readonly ts.Node[]): boolean {
  const target = /^([\w$]+) = /.exec(line)?.[1];
  const around = nodes.find((node) => ts.isBinaryExpression(node));
  const isAssigned = around?.operatorToken.kind === ts.SyntaxKind.EqualsToken;
  return isAssigned && around.left.getText() === target && ts.isIdentifier(around.right);
}

/** Whether a line declares what the user did by another number: where one `late` is dropped, a `late1` may have its name. */
function isRenumbered(line: string, nodes: readonly ts.Node[]): boolean {
  const stemOf = (name: string): string => name.replace(/\d+$/, "");
  const name = /^(?:const|let) ([\p{ID_Continue}$]+)/u.exec(line)?.[1];
  const own = nodes.map(declaredBy).find((found) => found !== undefined);
  return name !== undefined && own !== undefined && own !== name && stemOf(own) === stemOf(name);
}

/** Whether a line is what is left of a statement when assignments in it stand in front: `y += (u -= 1)` has `y += u` in it. */
function isAfterAssignment(line: string, nodes: readonly ts.Node[]): boolean {
  const stmt = nodes.find(ts.isExpressionStatement);
  const left = (node: ts.Node): string => {
    if (ts.isParenthesizedExpression(node) && ts.isBinaryExpression(node.expression)) {
      const { operatorToken, left: target } = node.expression;
      if (isAssignment(operatorToken.kind)) return target.getText();
    }
    const children = node.getChildren();
    return children.length === 0 ? node.getText() : children.map(left).join("");
  };
  const bare = (text: string): string => text.replaceAll(/[\s()]/g, "");
  return stmt !== undefined && bare(left(stmt)) === bare(line) && bare(stmt.getText()) !== bare(line);
}

/** The name of a declaration of one variable. */
function declaredBy(node: ts.Node): string | undefined {
  if (ts.isVariableStatement(node)) return declaredBy(node.declarationList);
  const of = ts.isVariableDeclarationList(node) && node.declarations.length === 1 ? node.declarations[0]! : node;
  return ts.isVariableDeclaration(of) && ts.isIdentifier(of.name) ? of.name.text : undefined;
}

/** The names of functions that ask for derivatives of others. */
function functionsOfDerivatives(file: ts.SourceFile): string[] {
  const asks =
    /(?:Grad|Vjp|VjpInto|Pullback|Jvp|Hvp|Jacobian|Hessian|\b(?:grad|vjp|pullback|jvp|hvp|valueAndGrad|jacobian|hessian))\(/;
  return file.statements.flatMap((stmt) =>
    ts.isFunctionDeclaration(stmt) && stmt.name && asks.test(stmt.getText()) ? [stmt.name.text] : [],
  );
}

const lineOf = (node: ts.Node): number => node.getSourceFile().getLineAndCharacterOfPosition(node.getStart()).line + 1;

/** The lines of a function that have the text of a line. */
function linesLike(line: string, own: ts.Node): number[] {
  const file = own.getSourceFile();
  const first = file.getLineAndCharacterOfPosition(own.getStart()).line;
  const inside = own.getText().split("\n");
  return inside.flatMap((each, k) => (each.trim() === line.trim() ? [first + k + 1] : []));
}

/** The nodes around a place, innermost first. */
function nodesAround(file: ts.SourceFile, at: number): ts.Node[] {
  const nodes: ts.Node[] = [];
  const visit = (node: ts.Node): void => {
    if (at < node.getStart() || at >= node.end) return;
    nodes.unshift(node);
    ts.forEachChild(node, visit);
  };
  visit(file);
  return nodes;
}

/** What a comment may call a node: a value that is given back is quoted as a statement. */
function quotesOf(node: ts.Node): string[] {
  const quote = quoteOf(node);
  return ts.isExpression(node) ? [quote, `return ${quote}`] : [quote];
}
