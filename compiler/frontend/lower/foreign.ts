/** Texts: what only passes through to `console` and errors is carried as source text around the values in it. */
import { ts } from "ts-morph";
import type { Expr } from "../../ir/types.ts";
import { infixOps } from "./operators.ts";
import { operandsIn, type Operands } from "./order.ts";
import { baseOf, classOf, extendedBy } from "./members.ts";
import { followed, isFromLibrary, isGlobal, skipOuter } from "./resolve.ts";
import { broken, refuse, shortText, type Body } from "./state.ts";
import { classKey } from "./type-names.ts";
import { value } from "./values.ts";

/** The checker looks through all of an expression each time that it is asked for its type, so long sums are told by their terms. */
export function isString(body: Body, node: ts.Expression): boolean {
  for (let rest = node; ;) {
    if (ts.isParenthesizedExpression(rest)) rest = rest.expression;
    else if (ts.isNumericLiteral(rest)) return false;
    else if (ts.isBinaryExpression(rest) && rest.operatorToken.kind === ts.SyntaxKind.PlusToken) {
      if (isString(body, rest.right)) return true;
      rest = rest.left;
    } else if (ts.isBinaryExpression(rest) && infixOps.has(rest.operatorToken.kind)) return false;
    else return (body.checker.getTypeAtLocation(rest).flags & ts.TypeFlags.StringLike) !== 0;
  }
}

/** A text that is put together: a template or a sum of strings. */
export function text(body: Body, node: ts.Expression): Expr {
  return foreign(body, [], [{ node, bare: false }], "", { kind: "string" });
}

/** `new Error(…)` and the like, and calls of `console`: `head` and `tail` stand around the arguments. */
export function foreignCall(
  body: Body,
  head: string,
  args: readonly ts.Expression[],
  tail: string,
  type: Expr["type"],
): Expr {
  return foreign(
    body,
    [head],
    args.map((node) => ({ node, bare: true })),
    tail,
    type,
  );
}

interface Piece {
  readonly node: ts.Expression;
  /** Whether the piece stands between delimiters, where no parentheses are needed. */
  readonly bare: boolean;
}

interface Writer {
  readonly body: Body;
  readonly order: Operands;
  /** Text, and positions of operands. */
  readonly parts: (string | number)[];
}

function foreign(
  body: Body,
  head: readonly string[],
  pieces: readonly Piece[],
  tail: string,
  type: Expr["type"],
): Expr {
  const writer: Writer = { body, order: operandsIn(body), parts: [...head] };
  for (const [i, piece] of pieces.entries()) {
    if (i > 0) writer.parts.push(", ");
    write(writer, piece.node, piece.bare);
  }
  writer.parts.push(tail);
  return written(writer, type);
}

/** The text with its operands. */
function written(writer: Writer, type: Expr["type"]): Expr {
  const texts: string[] = [];
  const args: Expr[] = [];
  let text = "";
  for (const part of writer.parts) {
    if (typeof part === "string") text += part;
    else {
      args.push(writer.order.get(part));
      texts.push(text);
      text = "";
    }
  }
  texts.push(text);
  return args.includes(broken) ? broken : { kind: "foreign", texts, args, type };
}

const textMethods = new Set(
  "toFixed toPrecision toExponential toString toLocaleString join padStart padEnd trim toUpperCase toLowerCase repeat".split(
    " ",
  ),
);
const errors = new Set("Error RangeError TypeError SyntaxError EvalError ReferenceError URIError".split(" "));

function write(writer: Writer, node: ts.Expression, bare: boolean): void {
  const { body, parts } = writer;
  if (ts.isSpreadElement(node)) {
    parts.push("...");
    return write(writer, node.expression, false);
  }
  const inner = skipOuter(node);
  const enclosed = (run: () => void): void => {
    if (!bare) parts.push("(");
    run();
    if (!bare) parts.push(")");
  };
  if (ts.isStringLiteralLike(inner) || ts.isNumericLiteral(inner) || inner.kind === ts.SyntaxKind.NullKeyword)
    parts.push(inner.getText());
  else if (ts.isTemplateExpression(inner)) {
    parts.push(inner.head.getText());
    for (const span of inner.templateSpans) {
      write(writer, span.expression, true);
      parts.push(span.literal.getText());
    }
  } else if (
    ts.isBinaryExpression(inner) &&
    inner.operatorToken.kind === ts.SyntaxKind.PlusToken &&
    isString(body, inner)
  ) {
    enclosed(() => {
      write(writer, inner.left, false);
      parts.push(" + ");
      write(writer, inner.right, false);
    });
  } else if (ts.isConditionalExpression(inner) && isString(body, inner)) {
    enclosed(() => {
      write(writer, inner.condition, false);
      parts.push(" ? ");
      write(writer, inner.whenTrue, false);
      parts.push(" : ");
      write(writer, inner.whenFalse, false);
    });
  } else if (ts.isArrayLiteralExpression(inner)) writeList(writer, "[", inner.elements, "]");
  else if (ts.isObjectLiteralExpression(inner)) writeObject(writer, inner);
  else if (ts.isCallExpression(inner) && writeCall(writer, inner)) return;
  else if (ts.isNewExpression(inner) && isError(body, inner))
    writeList(writer, `new ${inner.expression.getText()}(`, inner.arguments ?? [], ")");
  else {
    const position = writer.order.add(() => whole(body, inner));
    enclosed(() => parts.push(position));
  }
}

/** Whether a method is written in the project. */
const isOwn = (symbol: ts.Symbol | undefined): boolean => symbol !== undefined && !isFromLibrary(symbol);

/** A value in a text; a tuple is written as the array that it is. */
function whole(body: Body, node: ts.Expression): Expr {
  const own = body.checker.getTypeAtLocation(node).getProperty("toString");
  if (isOwn(own))
    return refuse(
      body,
      node,
      "TG1001",
      `${shortText(node)} in a text`,
      "Call its toString, or write the numbers in it.",
    );
  const result = value(body, node);
  if (result.kind !== "tuple") return result;
  const commas = result.items.map((_, i) => (i === 0 ? "[" : ", "));
  return { kind: "foreign", texts: [...commas, "]"], args: result.items, type: { kind: "string" } };
}

export function isError(body: Body, node: ts.NewExpression | ts.CallExpression): boolean {
  return (
    ts.isIdentifier(node.expression) &&
    errors.has(node.expression.text) &&
    isGlobal(body.checker, node.expression, node.expression.text)
  );
}

/** `new NotConverged(steps)` of a class of the user's that extends an error; undefined of other classes. */
export function ownError(body: Body, node: ts.NewExpression): Expr | undefined {
  const direct = body.checker.getSymbolAtLocation(
    ts.isPropertyAccessExpression(node.expression) ? node.expression.name : node.expression,
  );
  const owner = classOf(direct && followed(body.checker, direct));
  if (!owner || !extendsError(body, owner)) return undefined;
  const name = classKey(body.all, owner);
  if (name === undefined) return refuse(body, node, "TG1001", `new ${shortText(node.expression)}`, "Export the class.");
  const writer: Writer = { body, order: operandsIn(body), parts: ["new "] };
  writer.parts.push(writer.order.add(() => ({ kind: "constant", name, type: { kind: "string" } })));
  writeList(writer, "(", node.arguments ?? [], ")");
  return written(writer, { kind: "string" });
}

function extendsError(body: Body, owner: ts.ClassDeclaration): boolean {
  const base = baseOf(body.checker, owner);
  if (base) return extendsError(body, base);
  const extended = extendedBy(owner);
  return (
    extended !== undefined &&
    ts.isIdentifier(extended) &&
    errors.has(extended.text) &&
    isGlobal(body.checker, extended, extended.text)
  );
}

function writeList(writer: Writer, open: string, nodes: readonly ts.Expression[], close: string): void {
  writer.parts.push(open);
  for (const [i, node] of nodes.entries()) {
    if (i > 0) writer.parts.push(", ");
    if (!ts.isOmittedExpression(node)) write(writer, node, true);
  }
  writer.parts.push(close);
}

function writeObject(writer: Writer, node: ts.ObjectLiteralExpression): void {
  const { body, parts } = writer;
  parts.push("{ ");
  for (const [i, property] of node.properties.entries()) {
    if (i > 0) parts.push(", ");
    if (ts.isShorthandPropertyAssignment(property)) {
      parts.push(`${property.name.text}: `);
      const symbol = body.checker.getShorthandAssignmentValueSymbol(property);
      const binding = symbol && body.bindings.get(symbol);
      if (binding?.kind === "var")
        parts.push(writer.order.add(() => ({ kind: "var", name: binding.name, type: binding.type })));
      else refuse(body, property, "TG1001", shortText(property), "Write name: value.");
    } else if (ts.isPropertyAssignment(property) && !ts.isComputedPropertyName(property.name)) {
      parts.push(`${property.name.getText()}: `);
      write(writer, property.initializer, true);
    } else refuse(body, property, "TG1001", shortText(property), "Write name: value.");
  }
  parts.push(" }");
}

/** Whether a call makes a text of plain values: `x.toFixed(3)`, `String(x)`, `JSON.stringify(x)`. */
export function isTextCall(body: Body, node: ts.CallExpression): boolean {
  const callee = skipOuter(node.expression);
  if (!isString(body, node) || node.questionDotToken) return false;
  if (ts.isIdentifier(callee)) return isGlobal(body.checker, callee, "String");
  if (!ts.isPropertyAccessExpression(callee) || callee.questionDotToken) return false;
  if (isGlobal(body.checker, callee.expression, "JSON")) return callee.name.text === "stringify";
  const plain = ts.TypeFlags.NumberLike | ts.TypeFlags.StringLike | ts.TypeFlags.BooleanLike;
  const { flags } = body.checker.getTypeAtLocation(callee.expression);
  return textMethods.has(callee.name.text) && (flags & plain) !== 0;
}

/** Calls that only make texts: methods of numbers and texts, `String(x)`, `JSON.stringify(x)`. */
function writeCall(writer: Writer, node: ts.CallExpression): boolean {
  const { body } = writer;
  const callee = skipOuter(node.expression);
  if (ts.isIdentifier(callee) && callee.text === "String" && isGlobal(body.checker, callee, "String")) {
    writeList(writer, "String(", node.arguments, ")");
    return true;
  }
  if (!ts.isPropertyAccessExpression(callee) || callee.questionDotToken) return false;
  const method = callee.name.text;
  if (isOwn(body.checker.getSymbolAtLocation(callee.name))) return false;
  if (isGlobal(body.checker, callee.expression, "JSON") && method === "stringify") {
    writeList(writer, "JSON.stringify(", node.arguments, ")");
    return true;
  }
  if (!textMethods.has(method)) return false;
  // A receiver that is a literal needs parentheses too: 1.toFixed() is no JavaScript.
  write(writer, callee.expression, false);
  writeList(writer, `.${method}(`, node.arguments, ")");
  return true;
}
