/** Stable, readable text of the IR, near to TypeScript: for `tsgrad explain`, fixtures and snapshots. */
import { fieldOf } from "./build.ts";
import { presentType } from "./presence.ts";
import type { Block, Checkpoint, Expr, Func, OpName, Param, Pattern, Program, Stmt, Type } from "./types.ts";

export function printProgram(program: Program): string {
  return [...program.values()].map(printFunc).join("\n");
}

export function printFunc(func: Func): string {
  return `function ${signature(func)} {\n${printBlock(func.body, "  ")}}\n`;
}

export function printBlock(block: Block, indent = ""): string {
  return block.map((stmt) => printStmt(stmt, indent)).join("");
}

export function printType(type: Type): string {
  switch (type.kind) {
    case "typed":
      return type.name;
    case "list":
      return `${within(type.element)}[]`;
    case "maybe":
      return `${within(type.type)} | undefined`;
    case "record":
      return (
        type.className ??
        `{ ${type.fields.map((f) => `${f.name}${f.optional ? "?" : ""}: ${printType(f.type)}`).join("; ")} }`
      );
    case "tuple":
      return `[${type.items.map((item, i) => label(type.labels?.[i]) + printType(item)).join(", ")}]`;
    case "function":
      return `(${type.params.map(printParam).join(", ")}) => ${printType(type.result)}`;
    case "keeper":
      return `${type.name}<${[type.key, ...(type.value ? [type.value] : [])].map(printType).join(", ")}>`;
    case "tape":
      return `tape<${printType(type.element)}>`;
    default:
      return type.kind;
  }
}

const label = (text: string | undefined): string => (text === undefined ? "" : `${text}: `);

function within(type: Type): string {
  return type.kind === "maybe" || type.kind === "function" ? `(${printType(type)})` : printType(type);
}

function signature(func: Func): string {
  return `${func.name}(${func.params.map(printParam).join(", ")}): ${printType(func.result)}`;
}

function printParam(param: Param): string {
  const type = param.optional ? presentType(param.type) : param.type;
  const initial = param.defaultValue === undefined ? "" : ` = ${printExpr(param.defaultValue)}`;
  return `${param.name}${param.optional ? "?" : ""}: ${printType(type)}${initial}`;
}

function printStmt(stmt: Stmt, indent: string): string {
  const inner = (block: Block): string => `{\n${printBlock(block, indent + "  ")}${indent}}`;
  const line = (text: string): string => `${indent}${text}\n`;
  const expr = printExpr;
  switch (stmt.kind) {
    case "let": {
      const word = stmt.mutable ? "let" : "const";
      const init = stmt.init === undefined ? "" : ` = ${expr(stmt.init)}`;
      return line(`${word} ${stmt.name}: ${printType(stmt.type)}${init}`);
    }
    case "assign":
      return line(`${stmt.name} = ${expr(stmt.value)}`);
    case "store":
      return line(`${place(stmt)} = ${expr(stmt.value)}`);
    case "accumulate":
      return line(`${place(stmt)} += ${expr(stmt.value)}`);
    case "fill":
      return line(`${primary(stmt.array)}.fill(${expr(stmt.value)})`);
    case "set":
      return line(`${primary(stmt.target)}.set(${list([stmt.source, stmt.offset])})`);
    case "append":
      return line(`${primary(stmt.array)}.push(${expr(stmt.value)})`);
    case "shrink": {
      const target =
        stmt.target === undefined ? "" : `const ${stmt.target}: ${printType(stmt.type ?? { kind: "number" })} = `;
      return line(`${target}${primary(stmt.array)}.pop()`);
    }
    case "if":
      return printIf(stmt, indent);
    case "for":
      return line(`${loopNotes(stmt)}for (let ${stmt.name} = ${forHeader(stmt)}) ${inner(stmt.body)}`);
    case "while":
      return line(`${loopNotes(stmt)}while (${expr(stmt.test)}) ${inner(stmt.body)}`);
    case "call":
    case "apply":
      return line(
        `${printPattern(stmt.target)}${stmt.kind === "apply" ? "apply " : ""}${stmt.callee}(${list(stmt.args)})`,
      );
    case "closure":
      return line(`const ${stmt.name} = ${signature({ ...stmt.func, name: "" })} => ${inner(stmt.func.body)}`);
    case "effect":
      return line(expr(stmt.call));
    case "throw":
      return line(`throw ${expr(stmt.value)}`);
    case "push":
      return line(`push ${stmt.tape}, ${expr(stmt.value)}`);
    case "pop":
      return line(`${stmt.declare ? `const ${stmt.target}: ${printType(stmt.type)}` : stmt.target} = pop ${stmt.tape}`);
    case "return":
      return line(stmt.value === undefined ? "return" : `return ${expr(stmt.value)}`);
    case "comment":
      return line(`// ${stmt.text}`);
    case "block":
      return line(`${stmt.label}: ${inner(stmt.body)}`);
    case "exit":
      return line(`exit ${stmt.label}`);
  }
}

function printIf(stmt: Extract<Stmt, { kind: "if" }>, indent: string): string {
  let text = `${indent}if (${printExpr(stmt.test)}) {\n${printBlock(stmt.then, indent + "  ")}${indent}}`;
  let otherwise = stmt.else;
  for (;;) {
    const only = otherwise.length === 1 ? otherwise[0] : undefined;
    if (only?.kind !== "if") break;
    text += ` else if (${printExpr(only.test)}) {\n${printBlock(only.then, indent + "  ")}${indent}}`;
    otherwise = only.else;
  }
  if (otherwise.length > 0) text += ` else {\n${printBlock(otherwise, indent + "  ")}${indent}}`;
  return `${text}\n`;
}

const symbols: Partial<Record<OpName, string>> = {
  add: "+",
  sub: "-",
  mul: "*",
  div: "/",
  mod: "%",
  pow: "**",
  bitand: "&",
  bitor: "|",
  bitxor: "^",
  shl: "<<",
  shr: ">>",
  ushr: ">>>",
  lt: "<",
  le: "<=",
  gt: ">",
  ge: ">=",
  eq: "===",
  ne: "!==",
};

const unary: Partial<Record<OpName, string>> = { neg: "-", pos: "+", not: "!", bitnot: "~" };

function forHeader(stmt: Extract<Stmt, { kind: "for" }>): string {
  const step = stmt.step < 0 ? `-= ${String(-stmt.step)}` : `+= ${String(stmt.step)}`;
  const test = `${stmt.name} ${symbols[stmt.compare] ?? ""} ${printAt(stmt.bound, binding.relational + 1)}`;
  return `${printExpr(stmt.start)}; ${test}; ${stmt.name} ${step}`;
}

function loopNotes(stmt: { readonly exit?: string; readonly checkpoint?: Checkpoint }): string {
  const checkpoint = stmt.checkpoint === undefined ? "" : `@checkpoint(${String(stmt.checkpoint.snapshots)}) `;
  return checkpoint + (stmt.exit === undefined ? "" : `@exit(${stmt.exit}) `);
}

function printPattern(pattern: Pattern): string {
  const text = (part: Pattern): string => {
    switch (part.kind) {
      case "none":
        return "";
      case "name":
        return `${part.name}: ${printType(part.type)}`;
      case "tuple":
        return `[${part.items.map(text).join(", ")}]`;
    }
  };
  return pattern.kind === "none" ? "" : `const ${text(pattern)} = `;
}

/** How tightly operators bind, as in JavaScript. */
const binding = {
  conditional: 1,
  nullish: 2,
  or: 3,
  and: 4,
  bitor: 5,
  bitxor: 6,
  bitand: 7,
  equality: 8,
  relational: 9,
  shift: 10,
  additive: 11,
  multiplicative: 12,
  power: 13,
  unary: 14,
  primary: 15,
} as const;

function strength(expr: Expr): number {
  switch (expr.kind) {
    case "literal":
      return typeof expr.value === "number" && (expr.value < 0 || Object.is(expr.value, -0))
        ? binding.unary
        : binding.primary;
    case "select":
      return binding.conditional;
    case "nullish":
      return binding.nullish;
    case "logic":
      return expr.op === "&&" ? binding.and : binding.or;
    case "op":
      return opStrength(expr.op);
    default:
      return binding.primary;
  }
}

function opStrength(op: OpName): number {
  switch (op) {
    case "add":
    case "sub":
      return binding.additive;
    case "mul":
    case "div":
    case "mod":
      return binding.multiplicative;
    case "pow":
      return binding.power;
    case "shl":
    case "shr":
    case "ushr":
      return binding.shift;
    case "lt":
    case "le":
    case "gt":
    case "ge":
      return binding.relational;
    case "eq":
    case "ne":
      return binding.equality;
    case "bitand":
    case "bitor":
    case "bitxor":
      return binding[op];
    case "neg":
    case "pos":
    case "not":
    case "bitnot":
      return binding.unary;
    default:
      return binding.primary;
  }
}

function printAt(expr: Expr, least: number): string {
  return strength(expr) < least ? `(${printExpr(expr)})` : printExpr(expr);
}

const primary = (expr: Expr): string => printAt(expr, binding.primary);

function list(exprs: readonly (Expr | undefined)[]): string {
  return exprs.flatMap((expr) => (expr === undefined ? [] : [printExpr(expr)])).join(", ");
}

export function printExpr(expr: Expr): string {
  switch (expr.kind) {
    case "literal":
      return printLiteral(expr.value);
    case "var":
    case "constant":
      return expr.name;
    case "op":
      return printOp(expr.op, expr.args);
    case "select": {
      const side = binding.conditional;
      return `${printAt(expr.test, side + 1)} ? ${printAt(expr.yes, side)} : ${printAt(expr.no, side)}`;
    }
    case "logic": {
      const own = strength(expr);
      return `${printAt(expr.left, own)} ${expr.op} ${printAt(expr.right, own + 1)}`;
    }
    case "nullish":
      // JavaScript wants parentheses where ?? meets && or ||.
      return `${printAt(expr.left, binding.bitor)} ?? ${printAt(expr.right, binding.bitor)}`;
    case "index":
      return place(expr);
    case "length":
      return `${primary(expr.array)}.length`;
    case "foreign":
      return expr.texts.map((text, i) => text + list([expr.args[i]])).join("");
    case "tap":
      return `tap(${printExpr(expr.value)}, ${expr.tap})`;
    case "tuple":
      return `(${list(expr.items)})`;
    case "zeros":
      return expr.type.kind === "typed"
        ? `new ${printType(expr.type)}(${printExpr(expr.length)})`
        : made("zeros", expr.type, [expr.length]);
    case "holes":
      return made("holes", expr.type, [expr.length]);
    case "items":
      if (expr.type.kind === "record") {
        const { fields } = expr.type;
        return `{ ${expr.items.map((item, i) => `${fields[i]?.name ?? "?"}: ${printExpr(item)}`).join(", ")} }`;
      }
      return expr.type.kind === "list" ? `[${list(expr.items)}]` : `${printType(expr.type)}.of(${list(expr.items)})`;
    case "copy":
      return made("copy", expr.type, [
        expr.array,
        expr.start ?? (expr.end && { kind: "literal", value: 0, type: { kind: "int" } }),
        expr.end,
      ]);
    case "view":
      return `${primary(expr.array)}.subarray(${list([expr.start, expr.end])})`;
    case "zerosLike":
    case "deepCopy":
      return `${expr.kind}(${printExpr(expr.array)})`;
    case "newTape":
      return `new ${printType(expr.type)}(${list([expr.capacity])})`;
    case "tensorOp":
      return `${expr.op}(${list(expr.args)})`;
    case "tensor":
      return `new Tensor(${printExpr(expr.data)}, [${list(expr.shape)}])`;
  }
}

function place({ array, index }: { readonly array: Expr; readonly index: Expr }): string {
  const field = fieldOf(array.type, index);
  return field === undefined ? `${primary(array)}[${printExpr(index)}]` : `${primary(array)}.${field.name}`;
}

function made(word: string, type: Type, args: readonly (Expr | undefined)[]): string {
  return `${word}<${printType(type)}>(${list(args)})`;
}

function printLiteral(value: number | boolean | string | undefined): string {
  if (typeof value === "string") return JSON.stringify(value);
  return Object.is(value, -0) ? "-0" : String(value);
}

function printOp(op: OpName, args: readonly Expr[]): string {
  const [left, right] = args;
  const sign = unary[op];
  const infix = symbols[op];
  const own = opStrength(op);
  if (left && sign !== undefined) {
    const operand = printAt(left, binding.unary);
    return operand.startsWith(sign) && op !== "not" ? `${sign}(${operand})` : sign + operand;
  }
  if (left && right && infix !== undefined) {
    // ** groups to the right, and takes no sign on its left.
    if (op === "pow") return `${printAt(left, binding.primary)} ** ${printAt(right, own)}`;
    return `${printAt(left, own)} ${infix} ${printAt(right, own + 1)}`;
  }
  return `${op}(${list(args)})`;
}
