/**
 * Expressions of the IR as TypeScript text, with as few parentheses as the tree allows. Nothing is
 * rewritten: `a + (b + c)` and `a + b + c` are different sums in floating point, and stay so.
 */
import { needsCast } from "./members.ts";
import {
  absenceAt,
  fieldName,
  fieldOf,
  holdsReferences,
  isNumeric,
  isReference,
  withPresentOwners,
} from "../ir/build.ts";
import { constantOf, isTensorSum, isUndefined } from "../ir/ask.ts";
import { absenceOf, askedFor, presentType } from "../ir/presence.ts";
import { instanceOf, tensorKey, zeroTensor } from "../ir/runtime.ts";
import { slotsOf, type TensorOp } from "../ir/tensor-ops.ts";
import { areApart, textAmong, type TextType } from "../ir/texts.ts";
import { sameExpr } from "../ir/visit.ts";
import type { Expr, Field, OpName, Origin, RecordType, Type } from "../ir/types.ts";
import { identifiersIn, identifiersReplaced } from "./foreign.ts";
import { withoutMarks, type Marker } from "./marks.ts";
import { isIdentifier, propertyText, typeText, type TypeNames } from "./types.ts";

export interface ExpressionContext {
  /** `noUncheckedIndexedAccess`: element reads are written `x[i]!`. */
  readonly uncheckedIndexedAccess: boolean;
  /** The printed name of a variable. */
  readonly nameOf: (variable: string) => string;
  /** The printed name of something outside of the function, by its key: a function, a constant. */
  readonly globalNameOf: (key: string) => string;
  /** The type that a variable was declared with. */
  readonly declaredType: (variable: string) => Type | undefined;
  /** The members of a union that a variable is known to be at this place; undefined where it may be any. */
  readonly membersOf: (variable: string) => readonly RecordType[] | undefined;
  /** Prints what is evaluated only where a test is true, or false. */
  readonly where: (test: Expr, isTrue: boolean, print: () => string) => string;
  /** A name that nothing in the function has, for the parameter of an arrow function `depth` arrows deep. */
  readonly arrowParameter: (depth: number) => string;
  /** Whether objects may leave the function, so that instances have to be what the user's constructors make. */
  readonly instancesLeave: boolean;
  /** Marks the text of an operation on tensors with its place in the source. */
  readonly marked?: Marker | undefined;
}

/** How tightly the outermost operator of an expression binds, weakest first. */
const precedence = {
  assignment: 1,
  conditional: 2,
  nullish: 3,
  or: 4,
  and: 5,
  bitor: 6,
  bitxor: 7,
  bitand: 8,
  equality: 9,
  relational: 10,
  shift: 11,
  additive: 12,
  multiplicative: 13,
  power: 14,
  unary: 15,
  postfix: 16,
} as const;

interface Binary {
  readonly sign: string;
  readonly level: number;
}

const binaries: { readonly [O in OpName]?: Binary } = {
  add: { sign: "+", level: precedence.additive },
  sub: { sign: "-", level: precedence.additive },
  mul: { sign: "*", level: precedence.multiplicative },
  div: { sign: "/", level: precedence.multiplicative },
  mod: { sign: "%", level: precedence.multiplicative },
  pow: { sign: "**", level: precedence.power },
  bitand: { sign: "&", level: precedence.bitand },
  bitor: { sign: "|", level: precedence.bitor },
  bitxor: { sign: "^", level: precedence.bitxor },
  shl: { sign: "<<", level: precedence.shift },
  shr: { sign: ">>", level: precedence.shift },
  ushr: { sign: ">>>", level: precedence.shift },
  lt: { sign: "<", level: precedence.relational },
  le: { sign: "<=", level: precedence.relational },
  gt: { sign: ">", level: precedence.relational },
  ge: { sign: ">=", level: precedence.relational },
  eq: { sign: "===", level: precedence.equality },
  ne: { sign: "!==", level: precedence.equality },
};

const unaries: { readonly [O in OpName]?: string } = { neg: "-", pos: "+", not: "!", bitnot: "~" };

const functions: { readonly [O in OpName]?: string } = {
  isNaN: "Number.isNaN",
  isFinite: "Number.isFinite",
  isInteger: "Number.isInteger",
  toNumber: "Number",
};

/** The sign of an operation that is written between its operands. */
export function binarySign(op: OpName): string | undefined {
  return binaries[op]?.sign;
}

export function expressionText(expr: Expr, context: ExpressionContext): string {
  return new ExpressionPrinter(context).print(expr, precedence.assignment);
}

/** The text of a value that goes where a value of the type is wanted. */
export function expressionTextAs(expr: Expr, type: Type, context: ExpressionContext): string {
  return new ExpressionPrinter(context).printAs(expr, type);
}

/** The text of a value that TypeScript is told the type of. */
export function assertedText(expr: Expr, type: Type, context: ExpressionContext): string {
  const text = new ExpressionPrinter(context).print(expr, precedence.relational);
  return `${text} as ${typeText(type, context.globalNameOf)}`;
}

/** The text of an element or variable as the left-hand side of an assignment: without `!` at its end. */
export function targetText(expr: Expr, context: ExpressionContext, isRead = false): string {
  return new ExpressionPrinter(context).printTarget(withPresentOwners(expr), isRead);
}

/** Whether an expression is undefined in one of its cases, so that TypeScript wants to be told where it is not. */
export function mayBeAbsent(expr: Expr): boolean {
  return expr.kind === "select" && [expr.yes, expr.no].some((side) => isUndefined(side) || mayBeAbsent(side));
}

/** Where only the truth of a value is asked for, `!!x` is x. */
export function asCondition(test: Expr): Expr {
  if (test.kind === "logic") return { ...test, left: asCondition(test.left), right: asCondition(test.right) };
  const inner = test.kind === "op" && test.op === "not" ? test.args[0]! : undefined;
  return inner?.kind === "op" && inner.op === "not" ? asCondition(inner.args[0]!) : test;
}

/** A part of a constant of the module that may be `as const`, beside a number that its type may not have. */
const isOfOneValue = (op: OpName, left: Expr, right: Expr): boolean =>
  (op === "eq" || op === "ne") &&
  left.kind === "index" &&
  isNumeric(left.type) &&
  isSettledPart(left) &&
  right.kind === "literal" &&
  typeof right.value === "number";

function textOf(expr: Expr): TextType | undefined {
  const type = presentType(expr.type);
  const isPlain = expr.kind === "literal" && typeof expr.value === "string" && expr.member === undefined;
  return type.kind !== "string" ? undefined : isPlain ? textAmong([JSON.stringify(expr.value)]) : type;
}

/** Two texts that no value can be both of by their types: a function may ask for more than its caller has. */
function areOtherTexts(op: OpName, left: Expr, right: Expr): boolean {
  if (op !== "eq" && op !== "ne") return false;
  const [one, other] = [left, right].map(textOf);
  return one !== undefined && other !== undefined && areApart(one, other);
}

/** Whether it is a part of a constant of which nothing changes. */
function isSettledPart(expr: Expr): boolean {
  const whole = constantOf(expr);
  return whole !== undefined && whole.mayChange === undefined;
}

function asText(expr: Expr): Expr {
  if (expr.kind !== "literal" || expr.member === undefined) return expr;
  const { member: _member, ...text } = expr;
  return text;
}

class ExpressionPrinter {
  readonly #context: ExpressionContext;
  /** How many `<` have their right operand being printed. */
  #afterLess = 0;

  constructor(context: ExpressionContext) {
    this.#context = context;
  }

  /** The text of `expr` where nothing that binds weaker than `least` may stand without parentheses. */
  print(expr: Expr, least: number): string {
    switch (expr.kind) {
      case "literal":
        if (expr.type.kind === "tensor") return this.#context.globalNameOf(zeroTensor);
        if (typeof expr.value === "number") return number(expr.value, least);
        if (expr.value === undefined) return absenceOf(expr.type) === "null" ? "null" : "undefined";
        if (expr.member === undefined) return literal(expr.value);
        return wrap(
          `${literal(expr.value)} as ${this.#context.globalNameOf(expr.member)}`,
          precedence.relational,
          least,
        );
      case "var":
        return this.#context.nameOf(expr.name) + (this.#mayBeUndefined(expr) ? "!" : "");
      case "constant":
        return this.#constant(expr.name);
      case "op":
        if (isTensorSum(expr))
          return this.#marked(`${this.#context.globalNameOf(tensorKey("add"))}(${this.#list(expr.args)})`, expr.origin);
        return this.#operation(expr.op, expr.args, least);
      case "select": {
        const chain = this.#optionalChain(expr);
        // What follows `x?.a!` without parentheses would belong to the chain.
        if (chain !== undefined)
          return expr.type.kind === "maybe" ? chain : least === precedence.postfix ? `(${chain})!` : `${chain}!`;
        const owner = presentWhere(expr.test);
        if (owner !== undefined && isSamePlace(expr.yes, owner) && expr.no.kind !== "select")
          return this.print({ kind: "nullish", left: owner, right: expr.no, type: expr.type }, least);
        const test = this.print(asCondition(expr.test), precedence.nullish);
        const [yes, no] = [expr.yes, expr.no].map((side) =>
          this.#context.where(expr.test, side === expr.yes, () => this.printAs(side, expr.type)),
        );
        return wrap(`${test} ? ${yes} : ${no}`, precedence.conditional, least);
      }
      case "logic": {
        const level = expr.op === "&&" ? precedence.and : precedence.or;
        const right = this.#context.where(expr.left, expr.op === "&&", () => this.print(expr.right, level + 1));
        const text = `${this.print(expr.left, level)} ${expr.op} ${right}`;
        return wrap(text, level, least);
      }
      case "nullish": {
        // `??` next to `||` or `&&` without parentheses is a syntax error.
        const left = this.printUnasserted(
          expr.left,
          expr.left.kind === "nullish" ? precedence.nullish : precedence.bitor,
        );
        const right = this.print(expr.right, precedence.bitor);
        return wrap(`${left} ?? ${right}`, precedence.nullish, least);
      }
      case "index": {
        if (this.#isNullElement(expr)) {
          const type = typeText(expr.type, this.#context.globalNameOf);
          return wrap(`${this.printUnasserted(expr, precedence.postfix)} as ${type}`, precedence.relational, least);
        }
        const text = this.printUnasserted(expr, least);
        return this.#isAsserted(expr) ? `${text}!` : text;
      }
      case "length":
        return `${this.#object(expr.array)}${expr.array.type.kind === "maybe" ? "?" : ""}.length`;
      case "foreign":
        return this.#foreign(expr.texts, expr.args, least);
      case "tap":
        return this.print(expr.value, least);
      case "tuple":
        if (expr.type.kind === "record" && expr.type.isTuple !== true)
          return this.#objectLiteral(expr.type, expr.items);
        return `[${this.#list(expr.items)}]`;
      default:
        return this.#allocation(expr);
    }
  }

  /** A value that goes where `type` is wanted; between a union and its members TypeScript is told. */
  printAs(expr: Expr, type: Type): string {
    const shown = this.#shownType(expr.kind === "copy" ? expr.array : expr);
    const isPlace = expr.kind === "var" || expr.kind === "index" || expr.kind === "copy" || expr.kind === "select";
    if (!isPlace || !needsCast(shown, type)) return this.print(expr, precedence.assignment);
    const wanted: Type = expr.type.kind === "maybe" ? type : presentType(type);
    return `${this.print(expr, precedence.relational)} as ${typeText(wanted, this.#context.globalNameOf)}`;
  }

  /** The type that TypeScript gives a place. */
  #shownType(expr: Expr): Type {
    if (expr.kind === "var") return this.#context.declaredType(expr.name) ?? expr.type;
    if (expr.kind !== "index") return expr.type;
    const owner = presentType(this.#shownType(expr.array));
    const field = fieldOf(owner, expr.index);
    return field?.type ?? (owner.kind === "list" ? owner.element : expr.type);
  }

  /** How a field is read: whether its owner has to be told to have it, and whether it may be absent then. */
  #fieldAccess(array: Expr, field: Field): { readonly cast: boolean; readonly mayBeAbsent: boolean } {
    const shown = presentType(this.#shownType(array));
    if (shown.kind !== "record" || shown.members === undefined) {
      const declared = shown.kind === "record" ? shown.fields.find(({ name }) => name === field.name) : undefined;
      return { cast: false, mayBeAbsent: (declared ?? field).type.kind === "maybe" };
    }
    const known = array.kind === "var" ? this.#context.membersOf(array.name) : undefined;
    const own = commonFields(known ?? shown.members, field.name);
    return own === undefined
      ? { cast: true, mayBeAbsent: true }
      : { cast: false, mayBeAbsent: own.some(({ type }) => type.kind === "maybe") };
  }

  /** The owner of a field that not all members of its union have. */
  #castOwner(object: string, field: Field, mayBeAbsent: boolean): string {
    const type = typeText(presentType(field.type), this.#context.globalNameOf);
    return `(${object} as { ${propertyText(field.name)}?: ${type} }${mayBeAbsent ? " | undefined" : ""})`;
  }

  /** `x?.a.b` of `x !== undefined ? x.a.b : undefined`. */
  #optionalChain({ test, yes, no }: Extract<Expr, { kind: "select" }>): string | undefined {
    const owner = isUndefined(no) && absenceOf(no.type) !== "null" ? presentWhere(test) : undefined;
    if (owner === undefined || !isUnder(yes, owner)) return undefined;
    return this.#context.where(test, true, () => this.#behind(yes, owner));
  }

  /** The members of a chain behind its owner; the last one is not asserted. */
  #behind(expr: Expr, owner: Expr): string {
    if (expr.kind !== "index" && expr.kind !== "length") throw new Error("emit: a chain is made of members");
    const isFirst = isSamePlace(expr.array, owner);
    const asserted = (array: Expr): string => (this.#isAsserted(array) ? "!" : "");
    const before = isFirst
      ? this.printUnasserted(owner, precedence.postfix)
      : this.#behind(expr.array, owner) + asserted(expr.array);
    const chain = isFirst ? "?" : "";
    if (expr.kind === "length") return `${before}${chain}.length`;
    const field = fieldOf(expr.array.type, expr.index);
    if (field !== undefined) {
      if (!this.#fieldAccess(expr.array, field).cast) return before + memberText(field, chain);
      // A cast ends the chain.
      return this.#castOwner(before, field, true) + memberText(field, "?");
    }
    return `${before}${isFirst ? "?." : ""}[${this.print(expr.index, precedence.assignment)}]`;
  }

  /** Whether an element is known to be there and TypeScript does not know it. */
  #isAsserted(expr: Expr): boolean {
    if (expr.kind !== "index" || expr.type.kind === "maybe") return false;
    const field = fieldOf(expr.array.type, expr.index);
    if (field !== undefined) return this.#fieldAccess(expr.array, field).mayBeAbsent;
    const shown = presentType(this.#shownType(expr.array));
    return this.#context.uncheckedIndexedAccess || (shown.kind === "list" && shown.element.kind === "maybe");
  }

  /** Whether an element may be null, and TypeScript thinks of undefined, too: `!` would rule out both. */
  #isNullElement(expr: Extract<Expr, { kind: "index" }>): boolean {
    const isElement = fieldOf(expr.array.type, expr.index) === undefined && expr.array.type.kind !== "maybe";
    return isElement && this.#context.uncheckedIndexedAccess && absenceOf(expr.type) === "null";
  }

  /** As `print`, but an element that may be absent is left as it is: where `undefined` is asked for or written over. */
  printUnasserted(expr: Expr, least: number): string {
    if (expr.kind === "var") return this.#context.nameOf(expr.name);
    if (expr.kind !== "index") return this.print(expr, least);
    const field = fieldOf(expr.array.type, expr.index);
    const object = this.#object(expr.array);
    const chain = expr.array.type.kind === "maybe" ? "?" : "";
    if (field !== undefined) {
      if (!this.#fieldAccess(expr.array, field).cast) return object + memberText(field, chain);
      // A cast ends a chain, which is taken up behind it.
      const mayEnd = chain !== "" || this.#isInChain(expr.array);
      return this.#castOwner(object, field, mayEnd) + memberText(field, mayEnd ? "?" : "");
    }
    if (chain !== "") return `${object}?.[${this.print(expr.index, precedence.assignment)}]`;
    return `${this.#object(expr.array)}[${this.print(expr.index, precedence.assignment)}]`;
  }

  /** A place that is assigned to; `isRead`: also read, by `+=`. */
  printTarget(expr: Expr, isRead: boolean): string {
    const field = expr.kind === "index" ? fieldOf(presentType(this.#shownType(expr.array)), expr.index) : undefined;
    if (expr.kind !== "index" || field?.readOnly !== true)
      return isRead ? this.print(expr, precedence.assignment) : this.printUnasserted(expr, precedence.postfix);
    // What one type makes read-only may be changed under another.
    const type = `{ ${propertyText(field.name)}: ${typeText(field.type, this.#context.globalNameOf)} }`;
    return `(${this.#object(expr.array)} as ${field.hidden ? "unknown as " : ""}${type})${memberText(field)}`;
  }

  /** Whether a `?.` in an expression may have ended it. */
  #isInChain(expr: Expr): boolean {
    if (expr.kind !== "index" || this.#isAsserted(expr)) return false;
    return expr.array.type.kind === "maybe" || this.#isInChain(expr.array);
  }

  /** A variable that was declared as `T | undefined` and is used as a `T`. */
  #mayBeUndefined(expr: Extract<Expr, { kind: "var" }>): boolean {
    return expr.type.kind !== "maybe" && this.#context.declaredType(expr.name)?.kind === "maybe";
  }

  #object(expr: Expr): string {
    return this.print(expr, precedence.postfix);
  }

  #list(exprs: readonly Expr[]): string {
    return exprs.map((expr) => this.printAs(expr, expr.type)).join(", ");
  }

  /** Elements of a list; one that is a union itself is told to be that. */
  #elements(exprs: readonly Expr[], element: Type): string {
    const isUnion = (type: Type): boolean => type.kind === "record" && type.members !== undefined;
    return exprs.map((expr) => this.printAs(expr, isUnion(expr.type) ? expr.type : element)).join(", ");
  }

  /** `Settings.rate` is a property of the constant `Settings`. */
  #constant(name: string): string {
    const [root, ...properties] = name.split(".");
    return [this.#context.globalNameOf(root!), ...properties].join(".");
  }

  #operation(op: OpName, args: readonly Expr[], least: number): string {
    if (op === "stop" || op === "carry") return this.print(args[0]!, least);
    const binary = binaries[op];
    if (binary !== undefined) return this.#binary(op, binary, args[0]!, args[1]!, least);
    const sign = unaries[op];
    if (sign !== undefined) return wrap(`${sign}${this.#unaryOperand(op, args[0]!)}`, precedence.unary, least);
    return `${functions[op] ?? `Math.${op}`}(${this.#list(args)})`;
  }

  #binary(op: OpName, { sign, level }: Binary, left: Expr, right: Expr, least: number): string {
    if ((op === "eq" || op === "ne") && (isUndefined(left) || isUndefined(right))) {
      const [value, nothing] = isUndefined(left) ? [right, left] : [left, right];
      return wrap(
        `${this.printUnasserted(value, level)} ${this.#absence(value, nothing, op === "eq" ? "===" : "!==")}`,
        level,
        least,
      );
    }
    // What is compared with a member of an enum need not be told to be one.
    if (op === "eq" || op === "ne") [left, right] = [left, right].map(asText) as [Expr, Expr];
    // TypeScript takes `a < (b > …` for type arguments. Inside of it b > c stands as c < b, the same to the bit.
    if (this.#afterLess > 0 && (op === "gt" || op === "ge")) {
      return wrap(
        `${this.print(right, level)} ${op === "gt" ? "<" : "<="} ${this.print(left, level + 1)}`,
        level,
        least,
      );
    }
    // `**` groups to the right, and takes no unary operator on its left.
    const wider = isOfOneValue(op, left, right) ? "number" : areOtherTexts(op, left, right) ? "string" : undefined;
    const leftText =
      wider === undefined
        ? this.print(left, op === "pow" ? precedence.postfix : level)
        : `(${this.print(left, precedence.relational)} as ${wider})`;
    const isLess = op === "lt" || op === "shl";
    if (isLess) this.#afterLess++;
    const rightText = this.print(right, op === "pow" ? level : level + 1);
    if (isLess) this.#afterLess--;
    return wrap(`${leftText} ${sign} ${rightText}`, level, least);
  }

  /** What is compared with, where it is asked whether a value is there. */
  #absence(value: Expr, nothing: Expr, sign: "===" | "!=="): string {
    const own = [value.type, this.#shownType(value), nothing.type].find((type) => absenceOf(type) !== undefined);
    return askedFor(absenceAt({ ...value, type: own ?? value.type }), sign);
  }

  /** `-(-x)` keeps its parentheses: `--x` is something else. */
  #unaryOperand(op: OpName, operand: Expr): string {
    const text = this.print(operand, precedence.unary);
    const clash = (op === "neg" && text.startsWith("-")) || (op === "pos" && text.startsWith("+"));
    return clash ? `(${text})` : text;
  }

  #foreign(texts: readonly string[], args: readonly Expr[], least: number): string {
    const inner = args.map((arg, i) => {
      // Between brackets and commas an argument stands by itself; elsewhere an operator may be beside it.
      const alone = /(^|[([{,])\s*$/.test(texts[i] ?? "") && /^\s*([)\]},]|$)/.test(texts[i + 1] ?? "");
      return this.print(arg, alone ? precedence.assignment : precedence.postfix);
    });
    const outer = identifiersReplaced(texts, (name) => this.#context.globalNameOf(name));
    const text = outer.map((part, i) => part + (inner[i] ?? "")).join("");
    return wrap(text, foreignLevel(withoutMarks(text)), least);
  }

  #allocation(expr: Extract<Expr, { kind: AllocKind }>): string {
    switch (expr.kind) {
      case "zeros":
        return this.#zeros(expr.type, this.print(expr.length, precedence.assignment));
      case "holes":
        return `new Array<${elementText(expr.type, this.#context.globalNameOf)}>(${this.print(expr.length, precedence.assignment)})`;
      case "items":
        if (expr.type.kind === "typed") return `${expr.type.name}.of(${this.#list(expr.items)})`;
        if (expr.type.kind === "record" && expr.type.isTuple !== true)
          return this.#objectLiteral(expr.type, expr.items, expr.order);
        if (expr.type.kind === "list") return `[${this.#elements(expr.items, expr.type.element)}]`;
        return `[${this.#list(expr.items)}]`;
      case "copy":
        return this.#copy(expr);
      case "view":
        return `${this.#object(expr.array)}.subarray(${this.#range(expr.start, expr.end)})`;
      case "zerosLike": {
        const mayBeAbsent = expr.array.type.kind === "maybe";
        const array = mayBeAbsent ? this.printUnasserted(expr.array, precedence.postfix) : this.#object(expr.array);
        return this.#zerosLike(array, expr.type, { depth: 0, mayBeAbsent, of: expr.array.type });
      }
      case "deepCopy":
        return this.#deepCopy(this.#object(expr.array), expr.type, 0);
      case "newTape":
        return "[]";
      case "tensorOp":
        return this.#marked(this.#tensorOp(expr.op, expr.args), expr.origin);
      case "tensor":
        return `new ${this.#context.globalNameOf("Tensor")}(${this.print(expr.data, precedence.assignment)}, [${this.#list(expr.shape)}])`;
    }
  }

  #marked(text: string, origin: Origin | undefined): string {
    return this.#context.marked?.(text, origin) ?? text;
  }

  #tensorOp(op: TensorOp, args: readonly Expr[]): string {
    const [first] = args;
    if (op === "item") return `${this.#object(first!)}.item()`;
    if (op === "dataOf") return `${this.#object(first!)}.data`;
    if (op === "shapeOf") return `${this.#object(first!)}.shape`;
    const { positional, options, rest } = slotsOf(op);
    const given = args.slice(0, positional.length);
    while (given.length > 0 && isUndefined(given.at(-1)!)) given.pop();
    const last = rest ? given.at(-1) : undefined;
    const plain = last?.kind === "tuple" ? [...given.slice(0, -1), ...last.items] : given;
    const texts = plain.map((arg) => this.print(arg, precedence.assignment));
    const fields = options.flatMap((name, i) => {
      const value = args[positional.length + i]!;
      if (isUndefined(value)) return [];
      const text = this.print(value, precedence.assignment);
      return [text === name ? name : `${name}: ${text}`];
    });
    if (fields.length > 0) texts.push(`{ ${fields.join(", ")} }`);
    return `${this.#context.globalNameOf(tensorKey(op))}(${texts.join(", ")})`;
  }

  #zeros(type: Type, length: string): string {
    if (type.kind === "typed") return `new ${type.name}(${length})`;
    const element = type.kind === "list" ? presentType(type.element).kind : "void";
    if (element !== "number" && element !== "int" && element !== "boolean") {
      throw new Error(`emit: zeros of ${typeText(type)}; only lists of numbers can be made so`);
    }
    return `new Array<${elementText(type, this.#context.globalNameOf)}>(${length}).fill(${element === "boolean" ? "false" : "0"})`;
  }

  #copy(expr: Extract<Expr, { kind: "copy" }>): string {
    const from = expr.array.type;
    const converted = from.kind !== expr.type.kind || (from.kind === "typed" && typeText(from) !== typeText(expr.type));
    const sliced = !converted || expr.start !== undefined || expr.end !== undefined;
    const text = sliced
      ? `${this.#object(expr.array)}.slice(${this.#range(expr.start, expr.end)})`
      : this.print(expr.array, precedence.assignment);
    if (!converted) return text;
    return expr.type.kind === "typed" ? `new ${expr.type.name}(${text})` : `Array.from(${text})`;
  }

  #range(start: Expr | undefined, end: Expr | undefined): string {
    const from = start === undefined ? "0" : this.print(start, precedence.assignment);
    if (end !== undefined) return `${from}, ${this.print(end, precedence.assignment)}`;
    return start === undefined ? "" : from;
  }

  #objectLiteral(type: RecordType, items: readonly Expr[], order?: readonly string[]): string {
    const { globalNameOf, instancesLeave } = this.#context;
    if (type.made && type.className !== undefined) {
      const owner = globalNameOf(type.className);
      if (type.made !== "fields") {
        const given = type.made.map((name) => items[type.fields.findIndex((field) => field.name === name)]!);
        return `new ${owner}(${this.#list(given)})`;
      }
      if (instancesLeave) return `${globalNameOf(instanceOf)}(${owner}, ${this.#fieldLiteral(type, items)})`;
    }
    return this.#asMember(type, this.#asInstance(type, this.#fieldLiteral(type, items, order)));
  }

  /** Of which member of a union a new object is, TypeScript need not find out: it would forget the others. */
  #asMember(type: RecordType, text: string): string {
    return type.members === undefined ? text : `${text} as ${typeText(type, this.#context.globalNameOf)}`;
  }

  /** Of a class that generated code does not make: an object with the same fields, which only its own statements see. */
  #asInstance({ className }: RecordType, text: string): string {
    return className === undefined ? text : `${text} as unknown as ${this.#context.globalNameOf(className)}`;
  }

  #fieldLiteral(type: RecordType, items: readonly Expr[], order?: readonly string[]): string {
    const places = type.fields.map((_, i) => i);
    const placeOf = (i: number): number => order?.indexOf(type.fields[i]!.name) ?? i;
    const parts = places
      .sort((a, b) => placeOf(a) - placeOf(b))
      .map((i): string => {
        const field = type.fields[i]!;
        const item = items[i]!;
        // Under exactOptionalPropertyTypes a property that is absent must not be there.
        if (field.optional === true && (isUndefined(item) || item.type.kind === "void")) return "";
        const text = this.printAs(item, field.type);
        if (text === field.name && isIdentifier(text) && (field.optional !== true || item.type.kind !== "maybe"))
          return text;
        const pair = `${propertyText(field.name)}: ${text}`;
        if (field.optional !== true || item.type.kind !== "maybe") return pair;
        if (item.kind === "select" && (isUndefined(item.yes) || isUndefined(item.no))) {
          const sides = [item.yes, item.no].map((side) =>
            isUndefined(side) ? "{}" : `{ ${propertyText(field.name)}: ${this.print(side, precedence.assignment)} }`,
          );
          return `...(${this.print(item.test, precedence.assignment)} ? ${sides.join(" : ")})`;
        }
        // TypeScript remembers of a name or a path that it is there.
        const remembered = item.kind === "var" || (item.kind === "index" && !text.includes(" as "));
        const value = remembered ? text : `${this.print(item, precedence.postfix)}!`;
        const test = this.printUnasserted(item, precedence.equality);
        return `...(${test} === undefined ? {} : { ${propertyText(field.name)}: ${value} })`;
      });
    const present = parts.filter((part) => part !== "");
    return present.length === 0 ? "{}" : `{ ${present.join(", ")} }`;
  }

  /** `type` is that of the zeros. Of an object that may be absent, the fields are read with care. */
  #zerosLike(
    array: string,
    type: Type,
    at: { readonly depth: number; readonly mayBeAbsent: boolean; readonly of: Type },
  ): string {
    const { depth, mayBeAbsent } = at;
    const of = presentType(at.of);
    if (isNumeric(type)) return "0";
    if (type.kind === "maybe") {
      const zeros = this.#zerosLike(asPresent(array), type.type, { ...at, mayBeAbsent: false });
      return `${isAbsentText(array, at.of)} ? undefined : ${zeros}`;
    }
    if (type.kind === "tensor") return `${this.#context.globalNameOf(tensorKey("zerosLike"))}(${array})`;
    // A chain that has begun goes on.
    const careful = mayBeAbsent && !array.includes("?.") ? `${array}?` : array;
    if (type.kind === "record")
      return this.#fieldwise(careful, type, of, (part, t, own) => this.#zerosLike(part, t, { ...at, of: own }));
    if (type.kind !== "list" || isNumeric(type.element))
      return this.#zeros(type, mayBeAbsent ? `${careful}.length ?? 0` : `${array}.length`);
    const row = this.#context.arrowParameter(depth);
    const element = of.kind === "list" ? of.element : type.element;
    const inner = this.#zerosLike(row, type.element, { depth: depth + 1, mayBeAbsent: false, of: element });
    return `${mayBeAbsent ? `(${array} ?? [])` : array}.map(${arrowOf(row, inner)})`;
  }

  #deepCopy(array: string, type: Type, depth: number): string {
    if (type.kind === "maybe") {
      if (type.type.kind === "record" || type.absence !== undefined)
        return `${isAbsentText(array, type)} ? ${absenceOf(type)} : ${this.#deepCopy(asPresent(array), type.type, depth)}`;
      return this.#deepCopy(`${array}?`, type.type, depth);
    }
    if (type.kind === "record") {
      const references = type.fields.filter((field) => isReference(field.type));
      const copied = references.map((field) =>
        this.#property(array, field, type, (part, t) => this.#deepCopy(part, t, depth)),
      );
      // TypeScript leaves the private fields of an instance out of a spread.
      const isInstance = type.className !== undefined || type.fields.some((field) => field.hidden);
      if (type.isTuple !== true && !isInstance)
        return this.#asMember(type, `{ ${[`...${array}`, ...copied].join(", ")} }`);
      const copy = this.#fieldwise(array, type, type, (part, t) =>
        isReference(t) ? this.#deepCopy(part, t, depth) : part,
      );
      return this.#asInstance(type, copy);
    }
    if (type.kind !== "list" || !holdsReferences(type)) return `${array}.slice()`;
    const row = this.#context.arrowParameter(depth);
    return `${array}.map(${arrowOf(row, this.#deepCopy(row, type.element, depth + 1))})`;
  }

  /** An object or tuple, each of its fields made from the field of another, which is of the type `of`. */
  #fieldwise(object: string, type: RecordType, of: Type, make: Make): string {
    if (type.isTuple === true) {
      const items = type.fields.map((field) => {
        if (field.type.kind === "maybe" && field.type.type.kind === "void") return "undefined";
        return make(`${object}[${field.name}]`, field.type, ownField(of, field).type);
      });
      return `[${items.join(", ")}]`;
    }
    const parts = type.fields.map((field) => this.#property(object, field, of, make));
    return this.#asMember(type, parts.length === 0 ? "{}" : `{ ${parts.join(", ")} }`);
  }

  #property(object: string, field: Field, of: Type, make: Make): string {
    const isChain = object.endsWith("?");
    const owner = isChain ? object.slice(0, -1) : object;
    const own = ownField(of, field);
    const isPartial = of.kind === "record" && of.members && !commonFields(of.members, field.name);
    // A cast ends a chain, which is taken up behind it.
    const mayEnd = isChain || (isPartial === true && owner.includes("?."));
    const part = (isPartial ? this.#castOwner(owner, own, mayEnd) : owner) + memberText(field, mayEnd ? "?" : "");
    const present = asPresent(part);
    const name = propertyText(field.name);
    if (field.type.kind !== "maybe") return `${name}: ${make(part, field.type, own.type)}`;
    const made = make(present, field.type.type, own.type);
    return field.optional === true
      ? `...(${isAbsentText(part, own.type)} ? {} : { ${name}: ${made} })`
      : `${name}: ${isAbsentText(part, own.type)} ? ${absenceOf(field.type)} : ${made}`;
  }
}

/** The question whether what a text stands for is absent; where a chain ends early there is undefined. */
function isAbsentText(text: string, type: Type): string {
  const absence = absenceOf(type) ?? "undefined";
  return `${text} ${askedFor(absence === "null" && text.includes("?.") ? "either" : absence, "===")}`;
}

/** What is there: TypeScript does not remember of a cast what it found out of another, nor of an element at a place that varies. */
function asPresent(text: string): string {
  const isForgotten = (text.startsWith("(") && text.includes(" as ")) || /\[(?!\d+\]|")/.test(text);
  return isForgotten ? `${text}!` : text;
}

/** Makes a field from a part of another object: its text, the type of the field and that of the part. */
type Make = (part: string, type: Type, of: Type) => string;

/** The field of another type that a field stands for. */
function ownField(of: Type, field: Field): Field {
  return fieldOf(of, fieldName(field.name)) ?? field;
}

/** The field in each of the members; undefined if one of them has none. */
function commonFields(members: readonly RecordType[], name: string): readonly Field[] | undefined {
  const own = members.flatMap((member) => member.fields.filter((field) => field.name === name));
  return own.length === members.length && own.length > 0 ? own : undefined;
}

/** Whether an expression reads a part of what is at another place. */
function isUnder(expr: Expr, owner: Expr): boolean {
  if (expr.kind !== "index" && expr.kind !== "length") return false;
  return isSamePlace(expr.array, owner) || isUnder(expr.array, owner);
}

/** Whether two expressions mean the same variable or element, whatever is known of it. */
function isSamePlace(a: Expr, b: Expr): boolean {
  if (a.kind === "var") return b.kind === "var" && a.name === b.name;
  return a.kind === "index" && b.kind === "index" && isSamePlace(a.array, b.array) && sameExpr(a.index, b.index);
}

/** x of `x !== undefined`. */
function presentWhere(test: Expr): Expr | undefined {
  if (test.kind !== "op" || test.op !== "ne" || !isUndefined(test.args[1]!)) return undefined;
  return test.args[0];
}

/** An arrow function. An object literal that it returns stands in parentheses. */
function arrowOf(parameter: string, text: string): string {
  const body = text.startsWith("{") ? `(${text})` : text;
  return `(${identifiersIn([text]).has(parameter) ? parameter : ""}) => ${body}`;
}

/** `.name`, or with brackets where the name is no identifier or TypeScript hides the field. */
function memberText({ name, hidden }: Field, chain = ""): string {
  if (isIdentifier(name) && hidden !== true) return `${chain}.${name}`;
  const index = /^\d+$/.test(name) ? name : JSON.stringify(name);
  return chain === "" ? `[${index}]` : `?.[${index}]`;
}

type AllocKind =
  "zeros" | "holes" | "items" | "copy" | "view" | "zerosLike" | "deepCopy" | "newTape" | "tensor" | "tensorOp";

function wrap(text: string, level: number, least: number): string {
  return level < least ? `(${text})` : text;
}

function number(value: number, least: number): string {
  // `String(-0)` is "0".
  const text = Object.is(value, -0) ? "-0" : String(value);
  return text.startsWith("-") ? wrap(text, precedence.unary, least) : text;
}

function literal(value: boolean | string): string {
  return typeof value === "string" ? JSON.stringify(value) : String(value);
}

/** Foreign text that is one name, call, string, template or element binds tightly; any other may be an operation. */
function foreignLevel(text: string): number {
  return /^(new\s+)?[\w$.]+(\([^()]*\)|\[[^[\]]*\])*$|^"[^"]*"$|^'[^']*'$|^`[^`]*`$/.test(text)
    ? precedence.postfix
    : precedence.assignment;
}

function elementText(type: Type, names: TypeNames): string {
  return type.kind === "list" ? typeText(type.element, names) : "number";
}
