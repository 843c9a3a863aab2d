/**
 * Reads `@differentiable` comments from a source text, on its own and not through the compiler: tests
 * know from the source, and not from what was generated, which functions there must be.
 */
import ts from "typescript";

export interface Parameter {
  readonly name: string;
  readonly type: string;
  readonly rest: boolean;
  /** The text of `= …`. */
  readonly initial: string | undefined;
}

export interface Annotated {
  readonly name: string;
  /** Of a method: its class and its own name; `self` is its first parameter unless it is static. */
  readonly method?: { readonly owner: string; readonly name: string; readonly isStatic: boolean };
  readonly modes: readonly string[];
  readonly parameters: readonly Parameter[];
  readonly result: string;
  /** The words of `@wrt`, if it is there. */
  readonly wrt: readonly string[] | undefined;
  /** The words of `@of`, if it is there. */
  readonly of: readonly string[] | undefined;
  /** The words of `@batch`, if it is there. */
  readonly batch: readonly string[] | undefined;
}

export function annotatedFunctions(text: string): Annotated[] {
  const file = ts.createSourceFile("input.ts", text, ts.ScriptTarget.Latest, true);
  const nodes = file.statements.flatMap((statement): ts.Node[] =>
    ts.isClassDeclaration(statement) ? [...statement.members] : [statement],
  );
  return nodes.flatMap((statement) => {
    const tags = ts.getJSDocTags(statement);
    const tag = tags.find((candidate) => candidate.tagName.text === "differentiable");
    const func = functionOf(statement);
    if (tag === undefined || func === undefined) return [];
    const words = wordsOf(tag, file);
    return [
      {
        name: func.name,
        ...(func.method === undefined ? {} : { method: func.method }),
        modes: words.length === 0 ? ["vjp", "jvp"] : words,
        parameters: [
          ...selfOf(func.method),
          ...func.node.parameters.filter(isReal).map((parameter) => ({
            name: parameter.name.getText(file),
            type: parameter.type?.getText(file) ?? "",
            rest: parameter.dotDotDotToken !== undefined,
            initial: parameter.initializer?.getText(file),
          })),
        ],
        result: func.node.type?.getText(file) ?? "",
        wrt: wordsOfTag(tags, "wrt", file),
        of: wordsOfTag(tags, "of", file),
        batch: wordsOfTag(tags, "batch", file),
      },
    ];
  });
}

/** `this: void` is a type, not a parameter. */
function isReal(parameter: ts.ParameterDeclaration): boolean {
  return parameter.name.getText() !== "this";
}

function selfOf(method: Annotated["method"]): Parameter[] {
  if (method === undefined || method.isStatic) return [];
  return [{ name: "self", type: method.owner, rest: false, initial: undefined }];
}

interface Found {
  readonly name: string;
  readonly node: ts.FunctionLikeDeclaration;
  readonly method?: Annotated["method"];
}

function functionOf(statement: ts.Node): Found | undefined {
  if (ts.isMethodDeclaration(statement)) {
    const owner = (ts.isClassDeclaration(statement.parent) ? statement.parent.name?.text : undefined) ?? "default";
    const name = statement.name.getText();
    const isStatic = statement.modifiers?.some((m) => m.kind === ts.SyntaxKind.StaticKeyword) ?? false;
    const stem = owner.charAt(0).toLowerCase() + owner.slice(1) + name.charAt(0).toUpperCase() + name.slice(1);
    return { name: stem, node: statement, method: { owner, name, isStatic } };
  }
  if (ts.isFunctionDeclaration(statement) && statement.body !== undefined) {
    return { name: statement.name?.text ?? "default", node: statement };
  }
  if (!ts.isVariableStatement(statement)) return undefined;
  const [declaration] = statement.declarationList.declarations;
  const value = declaration?.initializer;
  if (declaration === undefined || value === undefined) return undefined;
  if (!ts.isArrowFunction(value) && !ts.isFunctionExpression(value)) return undefined;
  return { name: declaration.name.getText(), node: value };
}

function wordsOfTag(tags: readonly ts.JSDocTag[], name: string, file: ts.SourceFile): string[] | undefined {
  const tag = tags.find((candidate) => candidate.tagName.text === name);
  return tag === undefined ? undefined : wordsOf(tag, file);
}

/** The words on the tag's own line, up to ` - `. */
function wordsOf(tag: ts.JSDocTag, file: ts.SourceFile): string[] {
  const [line = ""] = file.text.slice(tag.tagName.end, tag.end).split("\n");
  const [words = ""] = line.replace("*/", "").split(" - ");
  return words.split(/[\s,]+/).filter((word) => word !== "");
}
