/**
 * What is known of values is followed through expressions: operations on tensors, structures and lists of them, and calls of
 * functions, as far as they run whatever their arguments are.
 */
import { realParameters } from "../annotations.ts";
import { ts } from "ts-morph";
import { type Dims, Misfit, showDims } from "../../ir/tensor-dims.ts";
import { declarationOf, followed, skipOuter, symbolOf } from "../lower/resolve.ts";
import { Calls, type OperationOf } from "./calls.ts";
import {
  doNotFit,
  type Env,
  eachOf,
  type FunctionWithBody,
  isStructure,
  type Known,
  joined,
  memberOf,
  numberOf,
  tensorOf,
} from "./known.ts";
import { ofNumbers } from "./numbers.ts";
import { knownOfType, isTypeWritten, statedDims } from "./stated.ts";
import { runBody } from "./statements.ts";
import { isConst, sharedIn } from "./variables.ts";

/** One run of a function. */
export interface Frame {
  env: Map<ts.Symbol, Known | undefined>;
  /** 0 in the function whose mistakes are said where they are; in those that it calls they are thrown. */
  readonly depth: number;
  /** Whether what comes now is done whenever the function runs. */
  isSure: boolean;
  /** What is known where each loop around is left, or begins again. */
  jumps: Env[][];
  readonly returns: (Known | undefined)[];
}

/** Calls are followed this deep, and so many expressions are looked at for one function. */
const deepest = 12;
const most = 50_000;

/** Longer lists that are written out are tables of numbers. */
const longest = 1000;

export class Interpreter {
  readonly checker: ts.TypeChecker;
  readonly #calls: Calls;
  readonly #say: (at: ts.Node, message: string) => void;
  readonly #said = new Set<ts.Node>();
  readonly #constants = new Map<ts.Node, Known | undefined>();
  readonly #scanned = new Set<ts.Node>();
  /** Variables that inner functions read or write while they change. */
  readonly #shared = new Set<ts.Symbol>();
  /** Grows where a structure is written into. */
  writes = 0;
  #left = most;

  constructor(checker: ts.TypeChecker, operationOf: OperationOf, say: (at: ts.Node, message: string) => void) {
    this.checker = checker;
    this.#calls = new Calls(this, operationOf);
    this.#say = say;
  }

  /** Looks through a body where mistakes are said. */
  look(body: ts.ConciseBody, env: Env): void {
    this.#scan(body);
    const frame: Frame = { env: new Map(env), depth: 0, isSure: false, jumps: [], returns: [] };
    if (ts.isBlock(body)) runBody(this, body, frame);
    else this.of(body, frame);
  }

  /** What is known of the value of an expression; what is wrong in it is said. */
  of(node: ts.Expression, frame: Frame): Known | undefined {
    if (--this.#left < 0) return undefined;
    const known = this.#valueOf(node, frame);
    return frame.depth === 0 ? this.#asStated(node, known) : known;
  }

  /** Says that something cannot fit, or throws it where the function that is looked at was called. */
  wrong(at: ts.Node, message: string, frame: Frame): undefined {
    if (frame.depth > 0) {
      if (frame.isSure) throw new Misfit(message);
    } else if (!this.#said.has(at)) {
      this.#said.add(at);
      this.#say(at, `${message}.`);
    }
    return undefined;
  }

  /** What is known of the members of structures is no longer so. */
  forgetStructures(frame: Frame): void {
    this.writes++;
    for (const [symbol, known] of frame.env) if (isStructure(known)) frame.env.set(symbol, undefined);
  }

  /** Gives a variable, or the names of a pattern, what is known of their value. */
  bind(name: ts.BindingName, known: Known | undefined, frame: Frame): void {
    if (ts.isIdentifier(name)) {
      const symbol = this.checker.getSymbolAtLocation(name);
      if (symbol) this.assign(symbol, known, frame);
      return;
    }
    name.elements.forEach((element, k) => {
      if (ts.isOmittedExpression(element)) return;
      if (element.initializer) this.of(element.initializer, frame);
      const key = element.propertyName ?? element.name;
      const part = ts.isArrayBindingPattern(name)
        ? memberOf(known, k)
        : known?.kind === "fields" && ts.isIdentifier(key)
          ? known.fields.get(key.text)
          : undefined;
      this.bind(element.name, element.dotDotDotToken || element.initializer ? undefined : part, frame);
    });
  }

  assign(symbol: ts.Symbol, known: Known | undefined, frame: Frame): void {
    const declaration = declarationOf(symbol);
    const isCounter =
      (known?.kind === "number" || known?.kind === "truth") &&
      declaration !== undefined &&
      ts.isVariableDeclaration(declaration) &&
      !isConst(declaration);
    frame.env.set(symbol, isCounter || this.#shared.has(symbol) ? undefined : known);
  }

  /** Calls a function whose arguments are known. */
  apply(
    { node, env }: { readonly node: FunctionWithBody; readonly env: Env },
    args: readonly (Known | undefined)[],
    frame: Frame,
  ): Known | undefined {
    if (frame.depth >= deepest) return undefined;
    this.#scan(node.body);
    const inside: Frame = {
      env: new Map([...env, ...frame.env]),
      depth: frame.depth + 1,
      isSure: true,
      jumps: [],
      returns: [],
    };
    for (const [symbol, known] of env) if (known !== undefined) inside.env.set(symbol, known);
    realParameters(node).forEach((parameter, k) => {
      const given = parameter.dotDotDotToken ? ({ kind: "items", items: args.slice(k) } as const) : args[k];
      const otherwise = k >= args.length && parameter.initializer ? this.of(parameter.initializer, inside) : undefined;
      this.bind(parameter.name, given ?? otherwise, inside);
    });
    if (!ts.isBlock(node.body)) return this.of(node.body, inside);
    runBody(this, node.body, inside);
    const [first, ...others] = inside.returns;
    return others.reduce(joined, first);
  }

  /** The function that an expression stands for. */
  functionOf(node: ts.Expression, frame: Frame): { readonly node: FunctionWithBody; readonly env: Env } | undefined {
    const known = this.of(node, frame);
    return known?.kind === "function" ? known : undefined;
  }

  /** Looks into a function that is written here, where mistakes are said. */
  #lookInto(node: FunctionWithBody, frame: Frame): void {
    const env = new Map(frame.env);
    for (const { name } of node.parameters)
      if (ts.isIdentifier(name)) env.delete(this.checker.getSymbolAtLocation(name)!);
    const inside: Frame = { env, depth: 0, isSure: false, jumps: [], returns: [] };
    for (const { initializer } of node.parameters) if (initializer) this.of(initializer, inside);
    if (ts.isBlock(node.body)) runBody(this, node.body, inside);
    else this.of(node.body, inside);
  }

  #scan(body: ts.Node): void {
    if (this.#scanned.has(body)) return;
    this.#scanned.add(body);
    for (const symbol of sharedIn(this.checker, body)) this.#shared.add(symbol);
  }

  /** A value that may go where another shape is stated: that is said, and what is stated is taken to be meant. */
  #asStated(node: ts.Expression, known: Known | undefined): Known | undefined {
    if (known?.kind !== "tensor") return known;
    const { parent } = node;
    if (ts.isCallExpression(parent) && parent.expression !== node) return known;
    if (ts.isBinaryExpression(parent) && parent.right === node && !isTypeWritten(this.checker, parent.left))
      return known;
    return this.#fitted(this.checker.getContextualType(node), node, known.dims);
  }

  #fitted(wanted: ts.Type | undefined, node: ts.Node, dims: Dims): Known {
    const stated = wanted && statedDims(this.checker, wanted);
    if (stated === undefined || !doNotFit(stated, dims)) return { kind: "tensor", dims };
    if (!this.#said.has(node)) {
      this.#said.add(node);
      this.#say(node, `Shape ${showDims(stated)} is stated here, but the value has shape ${showDims(dims)}.`);
    }
    return { kind: "tensor", dims: stated };
  }

  #valueOf(node: ts.Expression, frame: Frame): Known | undefined {
    const inner = skipOuter(node);
    if (ts.isNumericLiteral(inner)) return numberOf(Number(inner.text.replaceAll("_", "")));
    if (inner.kind === ts.SyntaxKind.TrueKeyword || inner.kind === ts.SyntaxKind.FalseKeyword)
      return { kind: "truth", value: inner.kind === ts.SyntaxKind.TrueKeyword };
    if (ts.isArrowFunction(inner) || ts.isFunctionExpression(inner)) return this.functionAt(inner, frame);
    if (ts.isObjectLiteralExpression(inner)) return this.#object(inner, frame);
    if (ts.isArrayLiteralExpression(inner)) return this.#list(inner, frame);
    if (ts.isConditionalExpression(inner)) return this.#conditional(inner, frame);
    if (ts.isBinaryExpression(inner)) return this.#binary(inner, frame);
    if (ts.isPrefixUnaryExpression(inner)) return this.#prefixed(inner, frame);
    const known = this.#named(inner, frame);
    return known ?? (ts.isCallExpression(inner) && !ts.isAsExpression(node) ? undefined : this.typed(node, inner));
  }

  /** What is called, or has a name. */
  #named(inner: ts.Expression, frame: Frame): Known | undefined {
    if (ts.isCallExpression(inner)) return this.#calls.of(inner, frame);
    if (ts.isIdentifier(inner)) return this.#name(inner, frame);
    if (ts.isPropertyAccessExpression(inner)) return this.#property(inner, frame);
    if (ts.isElementAccessExpression(inner)) {
      const owner = this.of(inner.expression, frame);
      const place = this.of(inner.argumentExpression, frame);
      if (place?.kind === "number" && typeof place.value === "number") return memberOf(owner, place.value);
      const each = eachOf(owner);
      return each === "none" ? undefined : each;
    }
    ts.forEachChild(inner, (child) => {
      if (ts.isExpression(child) && !ts.isTypeNode(child)) this.of(child, frame);
      else if (ts.isTemplateSpan(child)) this.of(child.expression, frame);
    });
    return undefined;
  }

  /** What the type of an expression states. */
  typed(node: ts.Expression, inner: ts.Expression): Known | undefined {
    if (ts.isPostfixUnaryExpression(inner)) return undefined;
    const type = this.checker.getTypeAtLocation(node);
    if (type.isNumberLiteral()) return isTypeWritten(this.checker, node) ? numberOf(type.value) : undefined;
    const dims = statedDims(this.checker, type);
    return dims && isTypeWritten(this.checker, node) ? tensorOf(dims) : undefined;
  }

  /** Of a structure, what its type states of its parts. */
  structureOf(node: ts.Expression, known: Known | undefined): Known | undefined {
    const inner = skipOuter(node);
    return known ?? (ts.isFunctionLike(inner) || ts.isCallExpression(inner) ? undefined : this.structureAt(node));
  }

  structureAt(node: ts.Expression): Known | undefined {
    return isTypeWritten(this.checker, node)
      ? knownOfType(this.checker, this.checker.getTypeAtLocation(node), node)
      : undefined;
  }

  functionAt(node: ts.ArrowFunction | ts.FunctionExpression | ts.FunctionDeclaration, frame: Frame): Known | undefined {
    if (node.body === undefined) return undefined;
    const own = node as FunctionWithBody;
    if (frame.depth === 0) this.#lookInto(own, frame);
    return { kind: "function", node: own, env: new Map(frame.env) };
  }

  #object(literal: ts.ObjectLiteralExpression, frame: Frame): Known {
    const fields = new Map<string, Known | undefined>();
    for (const property of literal.properties) {
      if (ts.isSpreadAssignment(property)) {
        const known = this.structureOf(property.expression, this.of(property.expression, frame));
        if (known?.kind === "fields") for (const [name, field] of known.fields) fields.set(name, field);
        else fields.clear();
      } else if (ts.isShorthandPropertyAssignment(property)) {
        const known = this.structureOf(property.name, this.of(property.name, frame));
        const wanted = frame.depth === 0 && this.checker.getContextualType(literal)?.getProperty(property.name.text);
        fields.set(
          property.name.text,
          wanted && known?.kind === "tensor"
            ? this.#fitted(this.checker.getTypeOfSymbolAtLocation(wanted, literal), property.name, known.dims)
            : known,
        );
      } else if (ts.isPropertyAssignment(property)) {
        const known = this.structureOf(property.initializer, this.of(property.initializer, frame));
        if (ts.isIdentifier(property.name) || ts.isStringLiteral(property.name)) fields.set(property.name.text, known);
      } else if (ts.isMethodDeclaration(property) && property.body && frame.depth === 0) {
        this.#lookInto(property as FunctionWithBody, frame);
      }
    }
    return { kind: "fields", fields };
  }

  #list(literal: ts.ArrayLiteralExpression, frame: Frame): Known | undefined {
    if (literal.elements.length > longest) return undefined;
    let list: Known | undefined = { kind: "items", items: [] };
    for (const element of literal.elements) {
      const expression = ts.isSpreadElement(element) ? element.expression : element;
      const known = this.structureOf(expression, this.of(expression, frame));
      const more: Known | undefined = ts.isSpreadElement(element) ? known : { kind: "items", items: [known] };
      list =
        list?.kind === "items" && more?.kind === "items"
          ? { kind: "items", items: [...list.items, ...more.items] }
          : joined(list, more);
    }
    return list;
  }

  #conditional(node: ts.ConditionalExpression, frame: Frame): Known | undefined {
    const test = this.of(node.condition, frame);
    if (test?.kind === "truth") return this.of(test.value ? node.whenTrue : node.whenFalse, frame);
    const { isSure } = frame;
    frame.isSure = false;
    const sides = [node.whenTrue, node.whenFalse].map((side) => this.structureOf(side, this.of(side, frame)));
    frame.isSure = isSure;
    return joined(sides[0], sides[1]);
  }

  #prefixed(node: ts.PrefixUnaryExpression, frame: Frame): Known | undefined {
    const known = this.of(node.operand, frame);
    if (node.operator === ts.SyntaxKind.ExclamationToken)
      return known?.kind === "truth" ? { kind: "truth", value: !known.value } : undefined;
    const isNegated = node.operator === ts.SyntaxKind.MinusToken;
    return isNegated && known?.kind === "number" && typeof known.value === "number"
      ? numberOf(-known.value)
      : undefined;
  }

  #binary(node: ts.BinaryExpression, frame: Frame): Known | undefined {
    const kind = node.operatorToken.kind;
    if (kind === ts.SyntaxKind.EqualsToken) {
      const value = this.structureOf(node.right, this.of(node.right, frame));
      const target = skipOuter(node.left);
      const symbol = ts.isIdentifier(target) ? this.checker.getSymbolAtLocation(target) : undefined;
      if (symbol) this.assign(symbol, value, frame);
      else if (ts.isArrayLiteralExpression(target) || ts.isObjectLiteralExpression(target))
        this.#forgetIn(target, frame);
      else this.forgetStructures(frame);
      return value;
    }
    const left = this.of(node.left, frame);
    const { isSure } = frame;
    if (shortcuts.has(kind)) frame.isSure = false;
    const right = this.of(node.right, frame);
    frame.isSure = isSure;
    if (kind === ts.SyntaxKind.CommaToken) return right;
    if (kind > ts.SyntaxKind.FirstAssignment && kind <= ts.SyntaxKind.LastAssignment) this.#forgetIn(node.left, frame);
    if (left?.kind !== "number" || right?.kind !== "number") return undefined;
    return ofNumbers(kind, left.value, right.value);
  }

  /** Variables that get values of which nothing is known. */
  #forgetIn(target: ts.Node, frame: Frame): void {
    if (ts.isIdentifier(target)) {
      const symbol = symbolOf(this.checker, target);
      if (symbol) frame.env.set(symbol, undefined);
    } else if (ts.isPropertyAccessExpression(target) || ts.isElementAccessExpression(target))
      this.forgetStructures(frame);
    else ts.forEachChild(target, (child) => this.#forgetIn(child, frame));
  }

  #name(name: ts.Identifier, frame: Frame): Known | undefined {
    const found = symbolOf(this.checker, name);
    if (found === undefined) return undefined;
    if (frame.env.has(found)) return frame.env.get(found);
    const declaration = declarationOf(followed(this.checker, found));
    if (declaration === undefined) return undefined;
    if (ts.isFunctionDeclaration(declaration) && declaration.body)
      return { kind: "function", node: declaration as FunctionWithBody, env: frame.env };
    return isConst(declaration) && ts.isSourceFile(declaration.parent.parent.parent)
      ? this.#constant(declaration)
      : undefined;
  }

  /** A constant of a module. */
  #constant(declaration: ts.VariableDeclaration): Known | undefined {
    if (this.#constants.has(declaration)) return this.#constants.get(declaration);
    this.#constants.set(declaration, undefined);
    const frame: Frame = { env: new Map(), depth: 1, isSure: false, jumps: [], returns: [] };
    const { initializer, type } = declaration;
    const stated = type && knownOfType(this.checker, this.checker.getTypeAtLocation(type), type);
    const known = stated ?? (initializer && this.of(initializer, frame));
    this.#constants.set(declaration, known);
    return known;
  }

  #property(node: ts.PropertyAccessExpression, frame: Frame): Known | undefined {
    const owner = this.of(node.expression, frame);
    const name = node.name.text;
    if (owner?.kind === "fields") return owner.fields.get(name);
    if (owner?.kind === "items" && name === "length") return numberOf(owner.items.length);
    if (owner?.kind !== "tensor") return undefined;
    const { dims } = owner;
    if (name === "shape") return { kind: "items", items: dims.map(numberOf) };
    return name === "ndim" ? numberOf(dims.length) : undefined;
  }
}

const shortcuts: ReadonlySet<ts.SyntaxKind> = new Set([
  ts.SyntaxKind.AmpersandAmpersandToken,
  ts.SyntaxKind.BarBarToken,
  ts.SyntaxKind.QuestionQuestionToken,
]);
