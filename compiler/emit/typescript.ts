/**
 * Functions of the IR as TypeScript text. The layout is left to prettier; the choice of forms (`+=`,
 * `else if`, `const`, a missing type) is made here.
 */
import { nestTensors } from "./nest-tensors.ts";
import { isTensorSum } from "../ir/ask.ts";
import { asOneObject, isUnionOfEqual, membersWhere, type KnownMembers } from "./members.ts";
import {
  booleanType,
  compare,
  fieldOf,
  int,
  intType,
  op,
  sourceOf,
  stringType,
  tensorType,
  variable,
  withPresentOwners,
} from "../ir/build.ts";
import { keeperMethod, type KeeperType } from "../ir/keepers.ts";
import { namesApartFrom } from "../ir/names.ts";
import { copyTogether, namesOf } from "../ir/runtime.ts";
import { absenceOf, presentType } from "../ir/presence.ts";
import { nameOfRecord } from "../ir/record-names.ts";
import { asNew } from "../ir/read-only.ts";
import type { Block, Expr, Func, Origin, Pattern, Stmt, Type } from "../ir/types.ts";
import {
  assignedVariables,
  collectStmts,
  patternVariables,
  referencedNames,
  sameExpr,
  someExpr,
  substitute,
  variableTypes,
  type StmtOf,
} from "../ir/visit.ts";
import {
  asCondition,
  assertedText,
  binarySign,
  expressionText,
  expressionTextAs,
  mayBeAbsent,
  targetText,
  type ExpressionContext,
} from "./expressions.ts";
import { readBeforeAssigned } from "../ir/definite.ts";
import { globalsOf, instancesLeave } from "./globals.ts";
import { withoutIdleArrays } from "./idle-arrays.ts";
import type { Marker } from "./marks.ts";
import { printedNames } from "./names.ts";
import { withReadOnlyTapes } from "./read-only-tapes.ts";
import { lowerTapes } from "./tapes.ts";
import { narrowTypes, presentIn, type NarrowTypes } from "./narrow.ts";
import { initialValue, isAllocation, needsAnnotation, parameterTexts, typeText } from "./types.ts";

export interface EmitOptions {
  /** The project's `noUncheckedIndexedAccess`: reads are written `x[i]!`. */
  readonly uncheckedIndexedAccess: boolean;
}

export interface FunctionOptions extends EmitOptions {
  readonly exported: boolean;
  /** What its doc comment says, without the comment signs. */
  readonly doc?: string | undefined;
  /** The names that the user gave to variables; they are kept. See `printedNames`. */
  readonly sourceNames?: ReadonlySet<string> | undefined;
  /** How functions and constants are called in the module, by key, where that is not the key itself. */
  readonly globalNames?: ReadonlyMap<string, string> | undefined;
  /** Marks in the text which part of the source each part of it is for. */
  readonly marker?: Marker | undefined;
}

/** The text of one function declaration. Prettier has still to lay it out. */
export function emitFunction(func: Func, options: FunctionOptions): string {
  const written = nestTensors(withoutIdleArrays(func), options.sourceNames);
  const lowered = lowerTapes(withReadOnlyTapes(written));
  const printer = new StatementPrinter(lowered.func, lowered.tops, options);
  const marked = options.marker ?? unmarked;
  return [...docLines(options.doc), marked(printer.declaration(options.exported), func.origin)].join("\n");
}

const unmarked: Marker = (text) => text;

function docLines(doc: string | undefined): string[] {
  if (doc === undefined || doc.trim() === "") return [];
  const lines = doc.trim().replaceAll("*/", "*\\/").split(/\r?\n/);
  if (lines.length === 1) return [`/** ${lines[0]!} */`];
  return ["/**", ...lines.map((line) => ` * ${line}`.trimEnd()), " */"];
}

class StatementPrinter {
  readonly #func: Func;
  readonly #tops: ReadonlySet<string>;
  readonly #context: ExpressionContext;
  readonly #assigned: ReadonlySet<string>;
  readonly #referenced: ReadonlySet<string>;
  readonly #narrow: NarrowTypes;
  readonly #early: ReadonlySet<string>;
  /** Variables that may be absent, and are there in the branch that is printed. */
  #there: ReadonlySet<string> = new Set();
  /** The members of their unions that variables are known to be in the branch that is printed. */
  #members: KnownMembers = new Map();
  readonly #params: ReadonlyMap<string, Type>;
  readonly #globalNameOf: (key: string) => string;
  readonly #typeOf: (name: string) => Type | undefined;
  readonly #marked: Marker;
  /** Of the function, or the closure, that is printed. */
  #result: Type;

  constructor(func: Func, tops: ReadonlySet<string>, options: FunctionOptions) {
    this.#func = func;
    this.#marked = options.marker ?? unmarked;
    this.#result = func.result;
    this.#tops = tops;
    this.#assigned = assignedVariables(func.body);
    this.#referenced = referencedNames(func.body);
    this.#narrow = narrowTypes(func);
    this.#early = readBeforeAssigned(func.body);
    this.#params = new Map(func.params.map((param) => [param.name, param.type]));
    const globalNames = options.globalNames;
    this.#globalNameOf = (key) => globalNames?.get(key) ?? key;
    const taken = new Set([...globalsOf(func).values].map(this.#globalNameOf));
    const names = printedNames(func, taken, options.sourceNames);
    markUnused(parametersOf(func), names, this.#referenced);
    const types = shownTypes(func);
    this.#typeOf = (name) => types.get(name);
    this.#context = {
      uncheckedIndexedAccess: options.uncheckedIndexedAccess,
      nameOf: (name) => names.get(name) ?? name,
      globalNameOf: this.#globalNameOf,
      declaredType: (name) => {
        const type = types.get(name);
        return type?.kind === "maybe" && this.#there.has(name) ? type.type : type;
      },
      membersOf: (name) => this.#members.get(name),
      where: (test, isTrue, print) => this.#where(test, isTrue, print),
      arrowParameter: arrowParameters([...names.values(), ...taken]),
      instancesLeave: instancesLeave(func),
      marked: this.#marked,
    };
  }

  declaration(exported: boolean): string {
    const { name, params, result, body } = this.#func;
    const head = `${exported ? "export " : ""}function ${this.#globalNameOf(name)}`;
    return `${head}(${this.#parameters(params)}): ${typeText(result, this.#globalNameOf)} {\n${this.#block(body)}\n}`;
  }

  #parameters(params: Func["params"]): string {
    return parameterTexts(params, this.#globalNameOf, {
      name: this.#context.nameOf,
      value: (value) => this.#text(value),
    }).join(", ");
  }

  #text(expr: Expr): string {
    return expressionText(expr, this.#context);
  }

  #textAs(expr: Expr, type: Type | undefined): string {
    return type === undefined ? this.#text(expr) : expressionTextAs(expr, type, this.#context);
  }

  #target(expr: Expr): string {
    return targetText(expr, this.#context);
  }

  #name(variable: string): string {
    return this.#context.nameOf(variable);
  }

  #block(given: Block): string {
    const block = returningTensors(given);
    const sources = sourcesIn(block, given === this.#func.body);
    const lines: string[] = [];
    for (let i = 0; i < block.length; i++) {
      const merged = this.#withTop(block[i]!, block[i + 1]);
      // A mark in a comment would not be found again.
      const source = block[i]!.kind === "comment" ? undefined : sources[i];
      if (merged !== undefined) i++;
      const text = merged ?? this.#stmt(block[i]!);
      if (text !== "") lines.push(this.#marked(text, source));
    }
    return lines.join("\n");
  }

  /** A store or read and the step of the tape's top beside it are one statement: `xTape[xTop++] = x`, `x = xTape[--xTop]`. */
  #withTop(stmt: Stmt, next: Stmt | undefined): string | undefined {
    if (next === undefined) return undefined;
    if (stmt.kind === "store" && stmt.index.kind === "var" && this.#isStep(next, stmt.index.name, "add")) {
      return this.#stmt({ ...stmt, index: this.#raw(`${this.#name(stmt.index.name)}++`, stmt.index.type) });
    }
    const top = stmt.kind === "assign" ? stmt.name : undefined;
    if (top === undefined || !this.#isStep(stmt, top, "sub")) return undefined;
    const value = next.kind === "let" ? next.init : next.kind === "assign" ? next.value : undefined;
    const read = value === undefined ? undefined : this.#readWithStep(value, top);
    if (read === undefined) return undefined;
    if (next.kind === "let") {
      // Nothing reads what was taken off: only the top moves.
      if (!this.#referenced.has(next.name)) return this.#stmt(stmt);
      return this.#stmt({ ...next, init: read });
    }
    return next.kind === "assign" ? this.#stmt({ ...next, value: read }) : undefined;
  }

  #isStep(stmt: Stmt, top: string, by: "add" | "sub"): boolean {
    if (stmt.kind !== "assign" || stmt.name !== top || !this.#tops.has(top)) return false;
    return stmt.value.kind === "op" && stmt.value.op === by;
  }

  /** The read of a tape at its top, alone or compared (`bits[top] !== 0`), with the step put in. */
  #readWithStep(value: Expr, top: string): Expr | undefined {
    if (value.kind === "index" && value.index.kind === "var" && value.index.name === top) {
      return { ...value, index: this.#raw(`--${this.#name(top)}`, value.index.type) };
    }
    if (value.kind !== "op" || value.op !== "ne") return undefined;
    const read = this.#readWithStep(value.args[0]!, top);
    return read === undefined ? undefined : { ...value, args: [read, value.args[1]!] };
  }

  #raw(text: string, type: Type): Expr {
    return { kind: "foreign", texts: [text], args: [], type };
  }

  #stmt(stmt: Stmt): string {
    switch (stmt.kind) {
      case "let":
        return this.#let(stmt);
      case "assign":
        return this.#assign(
          this.#name(stmt.name),
          stmt.value,
          (left) => left.kind === "var" && left.name === stmt.name,
          this.#typeOf(stmt.name),
          this.#text({ kind: "var", name: stmt.name, type: stmt.value.type }),
        );
      case "store": {
        const target: Expr = { kind: "index", array: stmt.array, index: stmt.index, type: stmt.value.type };
        const field = fieldOf(stmt.array.type, stmt.index);
        const told = field && this.#narrow.isToldField(stmt) ? field.type : undefined;
        const text = told ? assertedText(stmt.value, told, this.#context) : this.#text(stmt.value);
        if (field?.optional === true && isRefusedAsMissing(stmt))
          return `${this.#target(target)} = ${told === undefined && isPlain(stmt.value) ? text : `(${text})`}!;`;
        if (told) return `${this.#target(target)} = ${text};`;
        return this.#assign(
          this.#target(target),
          stmt.value,
          (left) => sameExpr(left, target),
          field?.type ?? elementOf(stmt.array.type),
          targetText(target, this.#context, true),
        );
      }
      case "accumulate": {
        const element: Expr = { kind: "index", array: stmt.array, index: stmt.index, type: stmt.value.type };
        if (stmt.value.type.kind === "tensor") {
          const sum = op("add", [withPresentOwners(element), stmt.value], tensorType);
          return `${this.#target(element)} = ${this.#text(sum)};`;
        }
        return this.#accumulate(this.#text(withPresentOwners(element)), stmt.value);
      }
      case "fill":
        return `${this.#text(stmt.array)}.fill(${this.#text(stmt.value)});`;
      case "set": {
        const offset = stmt.offset === undefined ? "" : `, ${this.#text(stmt.offset)}`;
        return `${this.#text(stmt.target)}.set(${this.#text(stmt.source)}${offset});`;
      }
      case "append":
        return `${this.#text(stmt.array)}.push(${this.#textAs(stmt.value, elementOf(stmt.array.type))});`;
      case "shrink": {
        const taken = `${this.#text(stmt.array)}.pop()`;
        if (stmt.target === undefined || !this.#referenced.has(stmt.target)) return `${taken};`;
        const value = stmt.type ? this.#taken(taken, stmt.type) : `${taken}!`;
        return `${this.#keyword([stmt.target])} ${this.#name(stmt.target)} = ${value};`;
      }
      case "if":
        return this.#if(stmt);
      case "for": {
        const index: Expr = { kind: "var", name: stmt.name, type: { kind: "int" } };
        const inRange: Expr = { kind: "op", op: stmt.compare, args: [index, stmt.bound], type: { kind: "boolean" } };
        const name = this.#name(stmt.name);
        const type = this.#narrow.isNarrow(stmt.start) ? ": number" : "";
        const head = `let ${name}${type} = ${this.#text(stmt.start)}; ${this.#text(goesOn(inRange, stmt.exit))}; ${stepText(name, stmt.step)}`;
        return `for (${head}) {\n${this.#block(stmt.body)}\n}`;
      }
      case "while":
        return `while (${this.#text(asCondition(goesOn(stmt.test, stmt.exit)))}) {\n${this.#block(stmt.body)}\n}`;
      case "call":
        if (keeperMethod(stmt.callee) !== undefined) return this.#keep(stmt);
        return this.#call(stmt.target, this.#globalNameOf(stmt.callee), stmt.args, this.#copiedTypes(stmt));
      case "apply":
        return this.#call(stmt.target, this.#name(stmt.callee), stmt.args);
      case "closure": {
        const { params, result, body } = stmt.func;
        const head = `const ${this.#name(stmt.name)} = (${this.#parameters(params)}): ${typeText(result, this.#globalNameOf)}`;
        const outer = this.#result;
        this.#result = result;
        const text = `${head} => {\n${this.#block(body)}\n};`;
        this.#result = outer;
        return text;
      }
      case "effect":
        return `${this.#text(stmt.call)};`;
      case "throw":
        return `throw ${this.#text(stmt.value)};`;
      case "push":
        return `${this.#name(stmt.tape)}.push(${this.#pushed(stmt.tape, stmt.value)});`;
      case "pop":
        return this.#pop(stmt);
      case "return":
        return stmt.value === undefined ? "return;" : `return ${this.#textAs(stmt.value, this.#result)};`;
      case "comment":
        return stmt.text
          .split(/\r?\n/)
          .map((line) => `// ${line}`.trimEnd())
          .join("\n");
      case "block":
        return `${this.#name(stmt.label)}: {\n${this.#block(stmt.body)}\n}`;
      case "exit":
        return `break ${this.#name(stmt.label)};`;
    }
  }

  /** Tapes that functions share are of numbers, also where one may be missing. */
  #pushed(tape: string, value: Expr): string {
    const text = this.#textAs(value, value.type);
    const type = this.#typeOf(tape);
    const isPlace = value.kind === "var" || value.kind === "index";
    return isPlace && value.type.kind === "maybe" && type?.kind === "tape" && type.element.kind !== "maybe"
      ? `${text}!`
      : text;
  }

  #keyword(names: readonly string[]): string {
    return names.some((name) => this.#assigned.has(name)) ? "let" : "const";
  }

  #let(stmt: Extract<Stmt, { kind: "let" }>): string {
    const name = this.#name(stmt.name);
    const init = stmt.init ?? (this.#early.has(stmt.name) ? initialValue(stmt.type) : undefined);
    const type = this.#typeOf(stmt.name) ?? stmt.type;
    if (init === undefined) {
      // Of what nothing could stand there, TypeScript is told that it will be assigned.
      const assured = this.#early.has(stmt.name) && stmt.type.kind !== "maybe" ? "!" : "";
      return `let ${name}${assured}: ${typeText(type, this.#globalNameOf)};`;
    }
    const assignedLater = this.#assigned.has(stmt.name);
    const isTooNarrow = this.#narrow.isTooNarrow(stmt, init, assignedLater);
    if (this.#narrow.isToldChoice(stmt, init, assignedLater))
      return `${this.#keyword([stmt.name])} ${name} = ${assertedText(init, type, this.#context)};`;
    const annotated =
      isTooNarrow ||
      type !== stmt.type ||
      (!this.#repeatsParameter(stmt.type, init) && needsAnnotation(stmt.type, init, assignedLater));
    const wide: Type = isTooNarrow && type.kind === "string" ? stringType : type;
    const shown = isAllocation(init) && !assignedLater ? asNew(type) : wide;
    return `${this.#keyword([stmt.name])} ${name}${annotated ? `: ${typeText(shown, this.#globalNameOf)}` : ""} = ${this.#present(type, init)};`;
  }

  /** The initial value of a variable that is declared as being there. */
  #present(type: Type, init: Expr): string {
    const made: Expr =
      init.kind !== "var" && isAllocation(init) && type.kind === "record" && !type.members ? { ...init, type } : init;
    const text = this.#textAs(made, type);
    if (type.kind === "maybe") return text;
    if (init.kind === "index" && init.type.kind === "maybe") return `${text}!`;
    return mayBeAbsent(init) ? `(${text})!` : text;
  }

  /** A variable that begins as a parameter gets its type, and also what the user wrote of it, such as `readonly`. */
  #repeatsParameter(type: Type, init: Expr): boolean {
    const param = init.kind === "var" ? this.#params.get(init.name) : undefined;
    return param !== undefined && param.kind === type.kind;
  }

  /** `x = x + e` is `x += e`, if the left operand is what is assigned; `x = x + 1` of an int is `x++`. */
  #assign(
    target: string,
    value: Expr,
    isTarget: (expr: Expr) => boolean,
    type: Type | undefined,
    compoundTarget = target,
  ): string {
    const sign = value.kind === "op" && !isTensorSum(value) ? binarySign(value.op) : undefined;
    if (value.kind !== "op" || sign === undefined || value.type.kind === "boolean" || !isTarget(value.args[0]!)) {
      return `${target} = ${this.#textAs(value, type)};`;
    }
    const operand = value.args[1]!;
    const one = operand.kind === "literal" && operand.value === 1 && value.type.kind === "int";
    if (one && (value.op === "add" || value.op === "sub")) return `${compoundTarget}${sign}${sign};`;
    return `${compoundTarget} ${sign}= ${this.#text(operand)};`;
  }

  /** Adding `-e` is subtracting `e`, bit for bit. */
  #accumulate(element: string, value: Expr): string {
    if (value.kind === "op" && value.op === "neg") return `${element} -= ${this.#text(value.args[0]!)};`;
    if (value.kind === "literal" && typeof value.value === "number" && value.value < 0) {
      return `${element} -= ${this.#text({ ...value, value: -value.value })};`;
    }
    return `${element} += ${this.#text(value)};`;
  }

  #if(stmt: Extract<Stmt, { kind: "if" }>): string {
    const thenEmpty = isEmpty(stmt.then);
    const elseEmpty = isEmpty(stmt.else);
    if (thenEmpty && elseEmpty) return "";
    if (thenEmpty) return this.#if({ ...stmt, test: negated(stmt.test), then: stmt.else, else: [] });
    const then = this.#where(stmt.test, true, () => this.#block(stmt.then));
    const head = `if (${this.#text(asCondition(stmt.test))}) {\n${then}\n}`;
    if (elseEmpty) return head;
    const only = stmt.else.length === 1 ? stmt.else.at(0) : undefined;
    return this.#where(stmt.test, false, () =>
      only?.kind === "if"
        ? `${head} else ${this.#marked(this.#if(only), sourceOf(only))}`
        : `${head} else {\n${this.#block(stmt.else)}\n}`,
    );
  }

  /** Prints where TypeScript knows what a test says of variables: those that are never assigned to. */
  #where(test: Expr, isTrue: boolean, print: () => string): string {
    const before = [this.#there, this.#members] as const;
    const present = presentIn(test, isTrue ? "ne" : "eq").filter((name) => !this.#assigned.has(name));
    this.#there = new Set([...this.#there, ...present]);
    this.#members = membersWhere(test, isTrue, this.#members, (name) =>
      this.#assigned.has(name) ? undefined : this.#typeOf(name),
    );
    try {
      return print();
    } finally {
      [this.#there, this.#members] = before;
    }
  }

  /** What makes, changes or asks a Map or Set, or asks an object for its names. */
  #keep({ target, callee, args }: Extract<Stmt, { kind: "call" }>): string {
    const method = keeperMethod(callee);
    if (method === "new" || method === "of") {
      const [type] = patternVariables(target).map((variable) => variable.type);
      if (type?.kind !== "keeper") return "";
      const { readOnly: _readOnly, ...own } = type;
      const made = `new ${typeText(own, this.#globalNameOf)}`;
      if (method === "new") return this.#call(target, made, args);
      return this.#declared(target, `${made}(${this.#entries(type, args)})`);
    }
    if (method === "namesOf") return this.#call(target, this.#globalNameOf(namesOf), args);
    const [keeper, ...others] = args;
    const made = `${this.#text(keeper!)}.${method!}`;
    if (method === "size") return this.#declared(target, made);
    if (method === "entries") return this.#declared(target, `[...${this.#text(keeper!)}]`);
    if (method === "keys" || method === "values" || method === "visit") {
      const list = method === "values" ? "values" : "keys";
      return this.#declared(target, `[...${this.#text(keeper!)}.${list}()]`);
    }
    const call = `${made}(${others.map((arg) => this.#textAs(arg, arg.type)).join(", ")})`;
    // The program says that it is there.
    const isSure = method === "get" && patternVariables(target).every(({ type }) => type.kind !== "maybe");
    return this.#declared(target, isSure ? `${call}!` : call);
  }

  /** What a new Map or Set begins with. */
  #entries({ value }: KeeperType, args: readonly Expr[]): string {
    const parts = args.map((arg) => this.#textAs(arg, arg.type));
    if (value === undefined) return `[${parts.join(", ")}]`;
    return `[${parts.flatMap((key, i) => (i % 2 === 0 ? [`[${key}, ${parts[i + 1]!}]`] : [])).join(", ")}]`;
  }

  #call(target: Pattern, callee: string, args: readonly Expr[], types = ""): string {
    return this.#declared(target, `${callee}(${args.map((arg) => this.#textAs(arg, arg.type)).join(", ")})`, types);
  }

  /**
   * A copy has the type of what was copied, an array that was just made, or what is known not to be there: the variable
   * takes another one as well.
   */
  #copiedTypes({ target, callee, args }: Extract<Stmt, { kind: "call" }>): string {
    const copies = callee === copyTogether ? patternVariables(target) : [];
    const isNew = (copied: Expr | undefined): boolean =>
      copied?.kind === "var" && !this.#assigned.has(copied.name) && !this.#params.has(copied.name);
    const isWider = ({ name, type }: (typeof copies)[number], k: number): boolean =>
      this.#assigned.has(name) && (type.kind === "maybe" || (type.kind === "typed" && isNew(args[k])));
    if (!copies.some(isWider)) return "";
    return `: [${copies.map(({ type }) => typeText(type, this.#globalNameOf)).join(", ")}]`;
  }

  #declared(target: Pattern, value: string, types = ""): string {
    const pattern = this.#pattern(target);
    if (pattern === "") return `${value};`;
    return `${this.#keyword(patternVariables(target).map((variable) => variable.name))} ${pattern}${types} = ${value};`;
  }

  /** Names that nothing reads leave a hole; a pattern without names is empty. */
  #pattern(pattern: Pattern): string {
    switch (pattern.kind) {
      case "none":
        return "";
      case "name":
        return this.#referenced.has(pattern.name) ? this.#name(pattern.name) : "";
      case "tuple": {
        const items = pattern.items.map((item) => this.#pattern(item));
        const last = items.findLastIndex((item) => item !== "");
        return last < 0 ? "" : `[${items.slice(0, last + 1).join(", ")}]`;
      }
    }
  }

  /** What `pop()` gives: TypeScript thinks that nothing may have been left. */
  #taken(text: string, type: Type): string {
    if (type.kind !== "maybe") return `${text}!`;
    return absenceOf(type) === "null" ? `${text} as ${typeText(type, this.#globalNameOf)}` : text;
  }

  #pop(stmt: Extract<Stmt, { kind: "pop" }>): string {
    const taken = `${this.#name(stmt.tape)}.pop()`;
    if (!this.#referenced.has(stmt.target)) return `${taken};`;
    const value = this.#taken(taken, stmt.type);
    if (!stmt.declare) return `${this.#name(stmt.target)} = ${value};`;
    return `${this.#keyword([stmt.target])} ${this.#name(stmt.target)} = ${value};`;
  }
}

/**
 * The types of variables as they are declared. A constant that holds part of a gradient of a union has no tag that
 * says which member it is: it is an object with fields that may be absent.
 */
function shownTypes(func: Func): Map<string, Type> {
  const types = variableTypes(func);
  const assigned = assignedVariables(func.body);
  for (const { name, type, init } of collectStmts(func.body, "let")) {
    if (assigned.has(name) || type.kind !== "record" || !type.members) continue;
    if (init === undefined) continue;
    if (!type.fields.some((field) => field.values) && !isUnionOfEqual(type)) types.set(name, asOneObject(type));
  }
  return types;
}

/**
 * The place in the source that each statement of a block has to do with. One of our own making is for the next that
 * has a place: it makes a shadow or loads an element. At the start of a function it prepares or checks what was given.
 */
function sourcesIn(block: Block, isWhole: boolean): readonly (Origin | undefined)[] {
  const sources = block.map(sourceOf);
  const first = isWhole ? sources.findIndex((source) => source !== undefined) : 0;
  for (let i = sources.length - 2; i >= first; i--) sources[i] ??= sources[i + 1];
  return sources;
}

/** What the elements of a list are. */
function elementOf(type: Type): Type | undefined {
  return type.kind === "list" ? type.element : type.kind === "maybe" ? elementOf(type.type) : undefined;
}

/** Tensors that are made only to be returned are made in the `return`. */
function returningTensors(block: Block): Block {
  const last = block.at(-1);
  if (last?.kind !== "return" || last.value === undefined) return block;
  const made = new Map<string, Expr>();
  let end = block.length - 1;
  for (; end > 0; end--) {
    const stmt = block[end - 1]!;
    if (stmt.kind !== "let" || stmt.init?.kind !== "tensor") break;
    made.set(stmt.name, stmt.init);
  }
  return made.size === 0 ? block : [...block.slice(0, end), { ...last, value: substitute(last.value, made) }];
}

/** Parameters of a function and of the closures in it. */
function parametersOf(func: Func): string[] {
  const closures = collectStmts(func.body, "closure").map((stmt) => stmt.func);
  return [func, ...closures].flatMap((f) => f.params.map((param) => param.name));
}

/** A parameter that is not used has an underscore before its name: TypeScript and linters ask for that. */
function markUnused(params: readonly string[], names: Map<string, string>, referenced: ReadonlySet<string>): void {
  for (const param of params) {
    const name = names.get(param) ?? param;
    if (referenced.has(param) || name.startsWith("_")) continue;
    names.set(param, namesApartFrom(names.values()).fresh(`_${name}`));
  }
}

/** Names for parameters of arrow functions, one for each depth of nesting. */
function arrowParameters(used: readonly string[]): (depth: number) => string {
  const names = namesApartFrom(used);
  const given: string[] = [];
  return (depth) => {
    while (given.length <= depth) given.push(names.fresh("row"));
    return given[depth]!;
  };
}

/** The condition of a loop that may also be left by an exit code. */
function goesOn(test: Expr, exit: string | undefined): Expr {
  if (exit === undefined) return test;
  const open: Expr = compare("eq", variable(exit, intType), int(0));
  if (test.kind === "literal" && test.value === true) return open;
  // After an exit the test is not to be evaluated where it could throw: an array of arrays may have no such row.
  const throws = someExpr(test, (e) => (e.kind === "index" || e.kind === "length") && e.array.kind === "index");
  const [left, right] = throws ? [open, test] : [test, open];
  return { kind: "logic", op: "&&", left, right, type: booleanType };
}

function stepText(name: string, step: number): string {
  if (Math.abs(step) === 1) return step > 0 ? `${name}++` : `${name}--`;
  return step > 0 ? `${name} += ${String(step)}` : `${name} -= ${String(-step)}`;
}

/** The opposite of a condition. An order cannot be turned around: with NaN both ways are false. */
function negated(test: Expr): Expr {
  if (test.kind === "op" && test.op === "not") return test.args[0]!;
  if (test.kind === "op" && test.op === "eq") return { ...test, op: "ne" };
  if (test.kind === "op" && test.op === "ne") return { ...test, op: "eq" };
  return op("not", [test], booleanType);
}

/** Whether nothing of a block would do anything. */
function isEmpty(block: Block): boolean {
  return block.every(
    (stmt) => stmt.kind === "comment" || (stmt.kind === "if" && isEmpty(stmt.then) && isEmpty(stmt.else)),
  );
}

/**
 * Whether exactOptionalPropertyTypes refuses what an optional field is given: what was missing is put back as undefined, and
 * a type without a name is written down without the `undefined` that the user's may have had.
 */
function isRefusedAsMissing({ array, value }: StmtOf<"store">): boolean {
  if (value.kind === "var" && value.type.kind === "maybe") return true;
  const type = presentType(array.type);
  return absenceOf(value.type) === "undefined" && type.kind === "record" && nameOfRecord(type) === undefined;
}

const isPlain = ({ kind }: Expr): boolean => kind === "var" || kind === "index" || kind === "literal";
