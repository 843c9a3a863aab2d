/**
 * Shapes that types state: of `Tensor<[32, 10]>` the lengths, of `Tensor<["batch", 10]>` one of them by a name that means the
 * same length wherever it stands in a function. What operations make of them is followed through constants and through calls of
 * functions, as far as they run whatever their arguments are, and what cannot fit is said before the program runs.
 */
import { ts } from "ts-morph";
import { differ, type Dim, type Dims, Misfit, showDims } from "../ir/tensor-dims.ts";
import { slotsOf, type TensorOp } from "../ir/tensor-ops.ts";
import type { Operands } from "../ir/tensor-operands.ts";
import { resultDims } from "../ir/tensor-shape-rules.ts";
import { declarationOf, followed, skipOuter } from "./lower/resolve.ts";
import { isTensorType } from "./types-of.ts";

/** The operation that a call is of, and its arguments with the tensor in front whose method it is. */
export type OperationOf = (
  call: ts.CallExpression,
) => { readonly op: TensorOp; readonly given: readonly ts.Expression[] } | undefined;

/** Says what does not fit in a function's body, at the expression that is at fault. */
export function checkTensorShapes(
  checker: ts.TypeChecker,
  operationOf: OperationOf,
  body: ts.Node,
  say: (at: ts.Node, message: string) => void,
): void {
  const shapes = new Shapes(checker, operationOf, say);
  const visit = (node: ts.Node): void => {
    if (ts.isCallExpression(node)) shapes.of(node);
    if (ts.isExpression(node)) shapes.checkStated(node);
    ts.forEachChild(node, visit);
  };
  visit(body);
}

/** The shape that a type states; undefined where it is no tensor or states none. */
export function statedDims(checker: ts.TypeChecker, type: ts.Type): Dims | undefined {
  if (!isTensorType(type)) return undefined;
  const [shape] = checker.getTypeArguments(type as ts.TypeReference);
  if (shape === undefined || !checker.isTupleType(shape)) return undefined;
  return checker.getTypeArguments(shape as ts.TypeReference).map((length): Dim => {
    if (length.isNumberLiteral() || length.isStringLiteral()) return length.value;
    return undefined;
  });
}

const arithmetic = new Set([
  ts.SyntaxKind.PlusToken,
  ts.SyntaxKind.MinusToken,
  ts.SyntaxKind.AsteriskToken,
  ts.SyntaxKind.SlashToken,
  ts.SyntaxKind.PercentToken,
  ts.SyntaxKind.AsteriskAsteriskToken,
]);

const isArithmetic = (node: ts.Expression): boolean =>
  ts.isBinaryExpression(node) && arithmetic.has(node.operatorToken.kind);

/** The shapes of the parameters of a function, in one call of it. */
type Bound = ReadonlyMap<ts.Symbol, Dims | undefined>;

/** Calls are followed this deep. */
const deepest = 12;

class Shapes {
  readonly #checker: ts.TypeChecker;
  readonly #operationOf: OperationOf;
  readonly #say: (at: ts.Node, message: string) => void;
  readonly #found = new Map<ts.Expression, Dims | undefined>();
  /** Calls that were followed, each by the function and the shapes that it was called with. */
  readonly #followed = new Map<ts.Node, Set<string>>();

  constructor(checker: ts.TypeChecker, operationOf: OperationOf, say: (at: ts.Node, message: string) => void) {
    this.#checker = checker;
    this.#operationOf = operationOf;
    this.#say = say;
  }

  /** The shape of an expression, as far as it is known; of a number, `[]`. */
  of(node: ts.Expression): Dims | undefined {
    if (this.#found.has(node)) return this.#found.get(node);
    this.#found.set(node, undefined);
    const dims = this.#saying(node, () => this.#dimsOf(node, new Map(), 0));
    this.#found.set(node, dims);
    return dims;
  }

  /** A value goes where another shape is stated. */
  checkStated(node: ts.Expression): void {
    if (ts.isCallExpression(node.parent) && node.parent.expression !== node) return;
    // Most expressions are no tensors: that is known, and what is expected of them would have to be found. The type of a
    // long sum is computed from all of its terms, once for each term.
    if (isArithmetic(node) || !isTensorType(this.#checker.getTypeAtLocation(node))) return;
    const wanted = this.#checker.getContextualType(node);
    const stated = wanted && statedDims(this.#checker, wanted);
    if (stated === undefined) return;
    const dims = this.of(node);
    if (dims !== undefined && doNotFit(stated, dims))
      this.#say(node, `Shape ${showDims(stated)} is stated here, but the value has shape ${showDims(dims)}.`);
  }

  #saying(node: ts.Node, find: () => Dims | undefined): Dims | undefined {
    try {
      return find();
    } catch (error) {
      if (!(error instanceof Misfit)) throw error;
      this.#say(node, `${error.message}.`);
      return undefined;
    }
  }

  /** Throws a `Misfit` for what is wrong in the expression itself; its operands have said theirs. */
  #dimsOf(node: ts.Expression, bound: Bound, depth: number): Dims | undefined {
    const inner = skipOuter(node);
    const isOperation = ts.isCallExpression(inner) && this.#operationOf(inner) !== undefined;
    const type = this.#checker.getTypeAtLocation(node);
    if (ts.isCallExpression(inner) && !isOperation) return this.#ofCall(inner, bound, depth);
    const stated = statedDims(this.#checker, type);
    if (stated !== undefined && !isOperation) return stated;
    if (ts.isCallExpression(inner)) return this.#ofOperation(inner, bound, depth);
    if ((type.flags & ts.TypeFlags.NumberLike) !== 0) return [];
    if (ts.isIdentifier(inner)) return this.#ofName(inner, bound, depth);
    if (!ts.isConditionalExpression(inner)) return undefined;
    const [yes, no] = [inner.whenTrue, inner.whenFalse].map((side) => this.#ofSide(side, bound, depth));
    return yes && no && yes.length === no.length && yes.every((dim, k) => dim === no[k]) ? yes : undefined;
  }

  /** An operand: outside of a call that is followed it says itself what is wrong in it. */
  #inside(node: ts.Expression, bound: Bound, depth: number): Dims | undefined {
    return depth === 0 ? this.of(node) : this.#dimsOf(node, bound, depth);
  }

  /** One side of a condition. In a function that is called the shapes may have decided that it is the other. */
  #ofSide(side: ts.Expression, bound: Bound, depth: number): Dims | undefined {
    try {
      return this.#inside(side, bound, depth);
    } catch (error) {
      if (!(error instanceof Misfit)) throw error;
      return undefined;
    }
  }

  #ofName(name: ts.Identifier, bound: Bound, depth: number): Dims | undefined {
    const symbol = this.#checker.getSymbolAtLocation(name);
    if (symbol === undefined) return undefined;
    if (bound.has(symbol)) return bound.get(symbol);
    const declaration = declarationOf(followed(this.#checker, symbol));
    const isConst =
      declaration !== undefined &&
      ts.isVariableDeclaration(declaration) &&
      ts.isIdentifier(declaration.name) &&
      (ts.getCombinedNodeFlags(declaration) & ts.NodeFlags.Const) !== 0;
    return isConst && declaration.initializer ? this.#inside(declaration.initializer, bound, depth) : undefined;
  }

  #ofOperation(call: ts.CallExpression, bound: Bound, depth: number): Dims | undefined {
    const found = this.#operationOf(call);
    const slots = found && slotsIn(found.op, found.given);
    return slots && resultDims(found.op, this.#operands(slots, bound, depth));
  }

  /** The shape that a function of the user's gives back: as its type states it, or as its only expression makes it. */
  #ofCall(call: ts.CallExpression, bound: Bound, depth: number): Dims | undefined {
    const signature = this.#checker.getResolvedSignature(call);
    const declaration = signature?.declaration;
    if (signature === undefined || declaration === undefined || depth >= deepest) return undefined;
    const lengths = new Map<string, Dim>();
    const own = new Map<ts.Symbol, Dims | undefined>();
    signature.parameters.forEach((parameter, i) => {
      const argument = call.arguments[i];
      if (argument === undefined || ts.isSpreadElement(argument)) return;
      const type = this.#checker.getTypeOfSymbolAtLocation(parameter, call);
      if (!isTensorType(type)) return;
      const dims = this.#inside(argument, bound, depth);
      const stated = statedDims(this.#checker, type);
      if (stated && dims && doNotFit(named(stated, lengths), dims, lengths))
        throw new Misfit(
          `'${parameter.name}' is stated to have shape ${showDims(stated)}, but its argument has shape ${showDims(dims)}`,
        );
      own.set(this.#written(parameter), stated ? named(stated, lengths) : dims);
    });
    const inside = new Map([...bound, ...own]);
    this.#follow(declaration, own, inside, depth + 1);
    const result = this.#checker.getReturnTypeOfSignature(signature);
    const stated = statedDims(this.#checker, result)?.map((dim) => (typeof dim === "string" ? lengths.get(dim) : dim));
    const only = isTensorType(result) ? onlyExpression(declaration) : undefined;
    const made = only && this.#dimsOf(only, inside, depth + 1);
    if (stated && made && doNotFit(stated, made))
      throw new Misfit(
        `Shape ${showDims(stated)} is stated for what is given back, but here it has shape ${showDims(made)}`,
      );
    return stated ?? made;
  }

  /** The parameter as its function has it, which a generic one may have in another type. */
  #written(parameter: ts.Symbol): ts.Symbol {
    const declaration = parameter.valueDeclaration;
    if (declaration === undefined || !ts.isParameter(declaration)) return parameter;
    return this.#checker.getSymbolAtLocation(declaration.name) ?? parameter;
  }

  /** What does not fit in the function that is called, with the shapes that it is called with. */
  #follow(declaration: Declaration, own: Bound, bound: Bound, depth: number): void {
    const body = bodyOf(declaration);
    if (body === undefined || [...own.values()].every((dims) => dims === undefined)) return;
    const key = JSON.stringify([...own.values()].map((dims) => dims?.map((dim) => dim ?? null) ?? null));
    const keys = this.#followed.get(body) ?? new Set();
    if (keys.has(key)) return;
    this.#followed.set(body, keys.add(key));
    for (const call of callsMade(body)) {
      try {
        this.#dimsOf(call, bound, depth);
      } catch (error) {
        // A call that says it is asked again where it stands in another.
        keys.delete(key);
        throw error;
      }
    }
  }

  #operands(slots: ReadonlyMap<string, Slot>, bound: Bound, depth: number): Operands {
    const one = (slot: string): ts.Expression | undefined => {
      const found = slots.get(slot);
      return found === undefined || found === "unknown" || Array.isArray(found) ? undefined : (found as ts.Expression);
    };
    const numberOf = (node: ts.Expression): number | undefined => {
      const length = this.#lengthAt(node, bound, depth);
      if (length !== undefined) return typeof length === "number" ? length : undefined;
      const type = this.#checker.getTypeAtLocation(node);
      return type.isNumberLiteral() ? type.value : undefined;
    };
    return {
      isGiven: (slot) => slots.has(slot),
      dims: (slot) => {
        const node = one(slot);
        if (node === undefined) return undefined;
        const values = skipOuter(node);
        return ts.isArrayLiteralExpression(values) ? nested(values) : this.#inside(node, bound, depth);
      },
      list: (slot) => {
        const found = slots.get(slot);
        const node = one(slot);
        const inner = node && skipOuter(node);
        const items = Array.isArray(found)
          ? (found as readonly ts.Expression[])
          : inner && ts.isArrayLiteralExpression(inner)
            ? inner.elements
            : undefined;
        if (items === undefined || items.some(ts.isSpreadElement)) return undefined;
        return items.map((item) => this.#inside(item, bound, depth));
      },
      number: (slot) => {
        const node = one(slot);
        return node && numberOf(node);
      },
      numbers: (slot) => {
        const node = one(slot);
        const inner = node && skipOuter(node);
        if (inner === undefined) return undefined;
        if (ts.isArrayLiteralExpression(inner))
          return inner.elements.some(ts.isSpreadElement) ? undefined : inner.elements.map(numberOf);
        const shape = this.#shapeOwner(inner);
        if (shape) return this.#inside(shape, bound, depth)?.map((dim) => (typeof dim === "number" ? dim : undefined));
        const alone = numberOf(inner);
        return alone === undefined ? undefined : [alone];
      },
      flag: (slot) => {
        const node = one(slot);
        const text = node && this.#checker.typeToString(this.#checker.getTypeAtLocation(node));
        return text === "true" ? true : text === "false" ? false : undefined;
      },
      text: (slot) => {
        const node = one(slot);
        const type = node && this.#checker.getTypeAtLocation(node);
        return type?.isStringLiteral() ? type.value : undefined;
      },
    };
  }

  /** `x.shape[0]` */
  #lengthAt(node: ts.Expression, bound: Bound, depth: number): Dim {
    const inner = skipOuter(node);
    if (!ts.isElementAccessExpression(inner)) return undefined;
    const owner = this.#shapeOwner(skipOuter(inner.expression));
    const axis = this.#checker.getTypeAtLocation(inner.argumentExpression);
    return owner && axis.isNumberLiteral() ? this.#inside(owner, bound, depth)?.[axis.value] : undefined;
  }

  /** The tensor in `x.shape`. */
  #shapeOwner(node: ts.Expression): ts.Expression | undefined {
    const isShape = ts.isPropertyAccessExpression(node) && node.name.text === "shape";
    return isShape && isTensorType(this.#checker.getTypeAtLocation(node.expression)) ? node.expression : undefined;
  }
}

/** Whether a value of one shape surely is none of the shape that is stated. Names that are met are told their lengths. */
function doNotFit(stated: Dims, dims: Dims, lengths?: Map<string, Dim>): boolean {
  if (stated.length !== dims.length) return true;
  return stated.some((dim, axis) => {
    const given = dims[axis];
    if (lengths === undefined || typeof dim !== "string") return differ(dim, given);
    const before = lengths.get(dim);
    if (before === undefined) lengths.set(dim, given);
    return differ(before, given);
  });
}

/** A stated shape with the lengths that its names have in a call. */
function named(stated: Dims, lengths: ReadonlyMap<string, Dim>): Dims {
  return stated.map((dim) => (typeof dim === "string" ? (lengths.get(dim) ?? dim) : dim));
}

/** One argument, several that a slot gathers, or one that is not known. */
type Slot = ts.Expression | readonly ts.Expression[] | "unknown";

/** The arguments of an operation by their slots; undefined where a spread hides them. */
function slotsIn(op: TensorOp, given: readonly ts.Expression[]): ReadonlyMap<string, Slot> | undefined {
  if (given.some(ts.isSpreadElement)) return undefined;
  const { positional, options, rest } = slotsOf(op);
  const found = new Map<string, Slot>();
  const last = given.at(-1);
  const inner = last && skipOuter(last);
  const written = inner && ts.isObjectLiteralExpression(inner) && options.length > 0 ? inner : undefined;
  const plain = written ? given.slice(0, -1) : given;
  positional.forEach((slot, i) => {
    const argument = plain[i];
    if (rest && i === positional.length - 1) found.set(slot, plain.slice(i));
    else if (argument) found.set(slot, argument);
  });
  // Options in a variable.
  if (!rest && plain.length > positional.length) for (const option of options) found.set(option, "unknown");
  for (const property of written?.properties ?? []) {
    if (ts.isPropertyAssignment(property) && ts.isIdentifier(property.name))
      found.set(property.name.text, property.initializer);
    else if (ts.isShorthandPropertyAssignment(property)) found.set(property.name.text, property.name);
    else for (const option of options) found.set(option, "unknown");
  }
  return found;
}

/** The shape of numbers in lists of lists. */
function nested(list: ts.ArrayLiteralExpression): Dims | undefined {
  const [first] = list.elements;
  if (list.elements.some(ts.isSpreadElement)) return undefined;
  const inner = first && skipOuter(first);
  if (inner === undefined || !ts.isArrayLiteralExpression(inner)) {
    const isNumber = inner === undefined || ts.isNumericLiteral(inner) || ts.isPrefixUnaryExpression(inner);
    return isNumber ? [list.elements.length] : undefined;
  }
  const rest = nested(inner);
  return rest && [list.elements.length, ...rest];
}

type Declaration = ts.SignatureDeclaration | ts.JSDocSignature;

function bodyOf(declaration: Declaration): ts.ConciseBody | undefined {
  const isFunction =
    ts.isFunctionDeclaration(declaration) ||
    ts.isArrowFunction(declaration) ||
    ts.isFunctionExpression(declaration) ||
    ts.isMethodDeclaration(declaration);
  return isFunction ? declaration.body : undefined;
}

/** The calls that are made whenever the function runs, but for those after a statement that may leave it. */
function callsMade(body: ts.ConciseBody): ts.CallExpression[] {
  const calls: ts.CallExpression[] = [];
  const inExpression = (node: ts.Node): void => {
    if (ts.isFunctionLike(node)) return;
    if (ts.isConditionalExpression(node)) return inExpression(node.condition);
    if (ts.isBinaryExpression(node) && shortcuts.has(node.operatorToken.kind)) return inExpression(node.left);
    ts.forEachChild(node, inExpression);
    if (ts.isCallExpression(node)) calls.push(node);
  };
  if (!ts.isBlock(body)) inExpression(body);
  else
    for (const statement of body.statements) {
      if (isPlain(statement)) inExpression(statement);
      if (mayLeave(statement)) break;
    }
  return calls;
}

const shortcuts: ReadonlySet<ts.SyntaxKind> = new Set([
  ts.SyntaxKind.AmpersandAmpersandToken,
  ts.SyntaxKind.BarBarToken,
  ts.SyntaxKind.QuestionQuestionToken,
]);

const isPlain = (statement: ts.Statement): boolean =>
  ts.isVariableStatement(statement) || ts.isExpressionStatement(statement) || ts.isReturnStatement(statement);

function mayLeave(node: ts.Node): boolean {
  if (ts.isFunctionLike(node)) return false;
  return (
    ts.isReturnStatement(node) ||
    ts.isThrowStatement(node) ||
    (ts.forEachChild(node, (child) => mayLeave(child) || undefined) ?? false)
  );
}

/** What a function gives back, where that is one expression. */
function onlyExpression(declaration: Declaration): ts.Expression | undefined {
  const body = bodyOf(declaration);
  if (body === undefined) return undefined;
  if (!ts.isBlock(body)) return body;
  const returns: ts.Expression[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isFunctionLike(node)) return;
    if (ts.isReturnStatement(node) && node.expression) returns.push(node.expression);
    ts.forEachChild(node, visit);
  };
  visit(body);
  return returns.length === 1 ? returns[0] : undefined;
}
