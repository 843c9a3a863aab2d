/** What an annotated function reaches: all declarations that it names, those that they name, and so on; and their files. */
import { ts } from "ts-morph";
import type { FunctionNode } from "./annotations.ts";
import { isOwnRuntime } from "./host.ts";

export interface Reach {
  readonly files: ReadonlySet<ts.SourceFile>;
  readonly nodes: ReadonlySet<ts.Node>;
}

export function createReach(
  program: ts.Program,
  resolveGenerated: (symbol: ts.Symbol) => { readonly of: ts.Node } | undefined,
): (node: FunctionNode) => Reach {
  const checker = program.getTypeChecker();
  const named = new Map<ts.Node, readonly ts.Node[]>();

  /** The declarations in the user's files that `node` names. */
  function declarationsIn(node: ts.Node): readonly ts.Node[] {
    const before = named.get(node);
    if (before) return before;
    const found = new Set<ts.Node>();
    const visit = (child: ts.Node): void => {
      if (ts.isIdentifier(child)) for (const declaration of declarationsOf(child)) found.add(declaration);
      ts.forEachChild(child, visit);
    };
    visit(node);
    const list = [...found];
    named.set(node, list);
    return list;
  }

  function declarationsOf(name: ts.Identifier): readonly ts.Node[] {
    const symbol = checker.getSymbolAtLocation(name);
    if (!symbol) return [];
    const generated = resolveGenerated(symbol);
    if (generated) return [generated.of];
    const target = symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
    return (target.declarations ?? []).filter((declaration) => {
      const file = declaration.getSourceFile();
      if (file.isDeclarationFile || program.isSourceFileFromExternalLibrary(file)) return false;
      return !isOwnRuntime(file.fileName) && isTopLevel(declaration);
    });
  }

  return (node) => {
    const seen = new Set<ts.Node>();
    const files = new Set<ts.SourceFile>();
    const pending: ts.Node[] = [node];
    for (let next = pending.pop(); next; next = pending.pop()) {
      if (seen.has(next)) continue;
      seen.add(next);
      files.add(next.getSourceFile());
      if (!ts.isSourceFile(next)) pending.push(...declarationsIn(next));
    }
    return { files, nodes: seen };
  };
}

/** Declarations inside of functions are walked with the function that holds them. */
function isTopLevel(declaration: ts.Node): boolean {
  // What `import * as lib` names is the file itself.
  if (ts.isSourceFile(declaration)) return true;
  let node: ts.Node = declaration.parent;
  while (isOfDeclaration(node) || ts.isModuleBlock(node)) node = node.parent;
  return ts.isSourceFile(node) || ts.isClassLike(node) || ts.isModuleDeclaration(node);
}

function isOfDeclaration(node: ts.Node): boolean {
  return (
    ts.isVariableStatement(node) ||
    ts.isVariableDeclarationList(node) ||
    ts.isVariableDeclaration(node) ||
    ts.isBindingElement(node) ||
    ts.isObjectBindingPattern(node) ||
    ts.isArrayBindingPattern(node)
  );
}
