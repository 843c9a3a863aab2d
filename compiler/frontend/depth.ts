/**
 * Sources that are nested deeper than a call stack goes: parsers, checkers and lowering are recursive. And functions so
 * long that TypeScript's checker would take hours, whose work grows with the square of them. They get a report at the
 * place, and the rest of the project is built.
 */
import { ts } from "ts-morph";

/** Whether an error says that the call stack was used up. */
export const isOverflow = (error: unknown): boolean => error instanceof RangeError && /call stack/i.test(error.message);

/** What TypeScript's checker still goes through, in nodes inside of nodes. */
const deepestSource = 2000;

/** What a function may be made of: compiling takes a minute then. */
const longestFunction = 100_000;

/** A parsed source, or the offset of the place where it nests too deeply, or is too long. */
export function parseSource(
  path: string,
  text: string,
  settings: ts.ScriptTarget | ts.CreateSourceFileOptions,
  setParents = false,
): ts.SourceFile | { readonly refusedAt: number } {
  try {
    const file = ts.createSourceFile(path, text, settings, setParents);
    // Of other sources we walk only what is reached.
    if (!text.includes("@differentiable")) return file;
    const { depth, statement } = deepestIn(file);
    const place = depth > deepestSource ? statement : tooLongIn(file);
    return place ? { refusedAt: place.getStart(file) } : file;
  } catch (error) {
    if (!isOverflow(error)) throw error;
    return { refusedAt: deepestBracket(text) };
  }
}

/** The statement in which nodes stand inside of most others. */
export const deepestStatement = (root: ts.Node): ts.Node => deepestIn(root).statement;

interface Level {
  readonly node: ts.Node;
  readonly depth: number;
  /** The innermost statement around the node. */
  readonly statement: ts.Node;
}

function deepestIn(root: ts.Node): Level {
  let deepest: Level = { node: root, depth: 0, statement: root };
  const pending = [deepest];
  for (let next = pending.pop(); next; next = pending.pop()) {
    const { node, depth, statement } = next;
    if (depth > deepest.depth) deepest = next;
    const around = ts.isStatement(node) && !ts.isBlock(node) ? node : statement;
    ts.forEachChild(node, (child) => void pending.push({ node: child, depth: depth + 1, statement: around }));
  }
  return deepest;
}

/** A statement of the file with a function in it that is too long. */
function tooLongIn(file: ts.SourceFile): ts.Statement | undefined {
  // A node is a letter at least, and something between it and the next.
  if (file.text.length < 2 * longestFunction) return undefined;
  return file.statements.find((statement) => {
    let nodes = 0;
    const count = (node: ts.Node): boolean | undefined => ++nodes > longestFunction || ts.forEachChild(node, count);
    const visit = (node: ts.Node): boolean | undefined => {
      nodes = 0;
      return ts.isFunctionLike(node) ? count(node) : ts.forEachChild(node, visit);
    };
    return visit(statement);
  });
}

/** Where most brackets are open: of a text that cannot be parsed, its tokens are all that there is. */
function deepestBracket(text: string): number {
  const scanner = ts.createScanner(ts.ScriptTarget.Latest, true, ts.LanguageVariant.Standard, text);
  const { OpenParenToken, OpenBracketToken, OpenBraceToken } = ts.SyntaxKind;
  const { CloseParenToken, CloseBracketToken, CloseBraceToken } = ts.SyntaxKind;
  let open = 0;
  let most = 0;
  let place = 0;
  for (let token = scanner.scan(); token !== ts.SyntaxKind.EndOfFileToken; token = scanner.scan()) {
    if (token === OpenParenToken || token === OpenBracketToken || token === OpenBraceToken) open++;
    if (token === CloseParenToken || token === CloseBracketToken || token === CloseBraceToken) open--;
    if (open > most) [most, place] = [open, scanner.getTokenStart()];
  }
  return place;
}
