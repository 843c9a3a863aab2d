import { isChoice, isStruct, isStructs, shapeName } from "./ast.ts";
import type { Choice, ChoiceType, Expr, Func, Param, Program, Shape, Stmt, StructType, Type } from "./ast.ts";
import { library } from "./library.ts";

type Named = Exclude<Type, StructType | ChoiceType | `structs ${string}`>;

const typeTexts: Readonly<Record<Named, string>> = {
  number: "number",
  int: "int",
  boolean: "boolean",
  f64: "Float64Array",
  f32: "Float32Array",
  list: "number[]",
  nested: "number[][]",
  indices: "Int32Array",
  void: "void",
  string: "string",
  set: "Set<number>",
  map: "Map<number, number>",
  table: "readonly (readonly [number, number])[]",
  function: "(t: number) => number",
  maker: "(k: number) => (t: number) => number",
};

function typeText(type: Type): string {
  if (isStruct(type) || isChoice(type)) return shapeName(type);
  return isStructs(type) ? `${shapeName(type)}[]` : typeTexts[type as Named];
}

export function printExpr(expr: Expr): string {
  let text = expr.parts[0] ?? "";
  expr.args.forEach((arg, i) => {
    const after = expr.parts[i + 1] ?? "";
    text += (needsParentheses(arg, text, after) ? `(${printExpr(arg)})` : printExpr(arg)) + after;
  });
  return text;
}

/** Where brackets or commas stand around an argument it needs no parentheses of its own. */
function needsParentheses(arg: Expr, before: string, after: string): boolean {
  if (arg.args.length === 0 && !arg.parts[0]?.startsWith("-")) return false;
  if (arg.tag === "spread of a list") return false;
  if (arg.tag === "element" || arg.tag === "math" || arg.tag === "call" || arg.tag === "length") return false;
  const opened = /[([]$/.test(before) || before.endsWith(", ") || /[^<>=!]= $/.test(before) || before === "";
  return !(opened && /^($|[)\],;])/.test(after));
}

function printBody(stmts: readonly Stmt[], indent: string): string {
  return stmts.map((stmt) => printStmt(stmt, indent)).join("");
}

export function printStmt(stmt: Stmt, indent: string): string {
  const inner = indent + "  ";
  const block = (stmts: readonly Stmt[], start = ""): string =>
    `{\n${start === "" ? "" : `${inner}${start}\n`}${printBody(stmts, inner)}${indent}}`;
  switch (stmt.kind) {
    case "expr":
      return `${indent}${printExpr(stmt.expr)};\n`;
    case "let": {
      const type = stmt.annotated ? `: ${typeText(stmt.type)}${stmt.optional === true ? " | undefined" : ""}` : "";
      const init = stmt.init === undefined ? "" : ` = ${printExpr(stmt.init)}`;
      return `${indent}${stmt.constant ? "const" : "let"} ${stmt.name}${type}${init};\n`;
    }
    case "pattern":
      return `${indent}const ${stmt.text} = ${printExpr(stmt.from)};\n`;
    case "closure": {
      const { name, params, result, body } = stmt.func;
      const [only] = body;
      const value = body.length === 1 && only?.kind === "return" ? only.value : undefined;
      if (stmt.declared === true)
        return `${indent}function ${name}(${params.map(printParam).join(", ")}): ${typeText(result)} ${block(body)}\n`;
      const text = value === undefined ? block(body) : printExpr(value);
      return `${indent}const ${name} = (${params.map(printParam).join(", ")}): ${typeText(result)} => ${text};\n`;
    }
    case "block":
      return `${indent}${block(stmt.body)}\n`;
    case "if": {
      const otherwise = stmt.otherwise === undefined ? "" : ` else ${block(stmt.otherwise)}`;
      return `${indent}if (${printExpr(stmt.test)}) ${block(stmt.then)}${otherwise}\n`;
    }
    case "loop": {
      const before = stmt.before === undefined ? "" : `${indent}${stmt.before}\n`;
      const checkpoint = stmt.checkpoint === undefined ? "" : `${indent}// @checkpoint${stmt.checkpoint}\n`;
      const label = stmt.label === undefined ? "" : `${stmt.label}: `;
      const tail = stmt.tail === undefined ? "" : ` ${printExpr(stmt.tail)}`;
      return `${before}${checkpoint}${indent}${label}${printExpr(stmt.head)} ${block(stmt.body, stmt.start)}${tail}\n`;
    }
    case "switch": {
      const label = stmt.label === undefined ? "" : `${stmt.label}: `;
      const cases = stmt.cases.map((one) => {
        const head = one.value === undefined ? "default" : `case ${one.value}`;
        return `${inner}${head}: {\n${printBody(one.body, inner + "  ")}${inner}}\n`;
      });
      return `${indent}${label}switch (${printExpr(stmt.subject)}) {\n${cases.join("")}${indent}}\n`;
    }
    case "jump":
      return `${indent}${stmt.word}${stmt.label === undefined ? "" : ` ${stmt.label}`};\n`;
    case "return":
      return `${indent}return${stmt.value === undefined ? "" : ` ${printExpr(stmt.value)}`};\n`;
    case "throw":
      return `${indent}throw new Error(${printExpr(stmt.message)});\n`;
  }
}

function printParam(param: Param): string {
  if (param.defaultText !== undefined) {
    return `${param.name}${param.type === "int" ? ": int" : ""} = ${param.defaultText}`;
  }
  const type =
    param.generic === true
      ? "T"
      : `${param.readonly === true && !param.rest ? "readonly " : ""}${typeText(param.type)}`;
  const name = param.pattern?.text ?? `${param.rest === true ? "..." : ""}${param.name}`;
  return `${name}${param.optional === true ? "?" : ""}: ${type}`;
}

function printFunc(func: Func, exported: boolean): string {
  const generic = func.params.find((param) => param.generic === true);
  const types = generic === undefined ? "" : `<T extends ${typeText(generic.type)}>`;
  const head = `${exported ? "export " : ""}function ${func.name}${types}(${func.params.map(printParam).join(", ")})`;
  return `${head}: ${typeText(func.result)} {\n${printBody(func.body, "  ")}}\n`;
}

function printMethod(func: Func): string {
  const params = (func.static === true ? func.params : func.params.slice(1)).map(printParam).join(", ");
  const word = func.getter === true ? "get " : func.setter === true ? "set " : func.static === true ? "static " : "";
  const result = func.setter === true ? "" : `: ${typeText(func.result)}`;
  const head = `${word}${func.name}(${params})${result}`;
  if (func.abstract === true) return `  abstract ${head};\n`;
  return `  ${head} {\n${printBody(func.body, "    ")}  }\n`;
}

function printFields(fields: Shape["fields"], end: string): string {
  return fields
    .map((f) => {
      const name = `${f.readonly === true ? "readonly " : ""}${f.name}${f.optional === true ? "?" : ""}`;
      return `  ${name}: ${typeText(f.type)}${f.initial === undefined ? "" : ` = ${f.initial}`}${end}\n`;
    })
    .join("");
}

function printShape(shape: Shape, shapes: readonly Shape[], methods: readonly Func[]): string {
  const { name, kind, fields, variants } = shape;
  const base = shapes.find((one) => one.name === shape.base);
  const own = fields.filter((field) => base === undefined || !base.fields.includes(field));
  const heritage = base === undefined ? "" : ` extends ${base.name}`;
  switch (kind) {
    case "interface": {
      if (shape.generic !== true) return `export interface ${name}${heritage} {\n${printFields(own, ";")}}\n`;
      const body = printFields(own, ";").replaceAll(/: number;/g, ": T;");
      return `export interface ${name}Of<T> {\n${body}}\n\nexport type ${name} = ${name}Of<number>;\n`;
    }
    case "tuple":
      return `export type ${name} = [${fields.map((field) => typeText(field.type)).join(", ")}];\n`;
    case "record":
      return `export type ${name} = Record<${fields.map((field) => `"${field.name}"`).join(" | ")}, number>;\n`;
    case "union": {
      const members = (variants ?? []).map(
        (one) => `{ kind: "${one.tag}"; ${printFields([...fields, ...one.fields], ";").replaceAll("\n", " ")}}`,
      );
      return `export type ${name} = ${members.join(" | ")};\n`;
    }
    case "class": {
      const given = fields.filter((field) => field.initial === undefined);
      const params = given.map((field) => `${field.name}: ${typeText(field.type)}`).join(", ");
      const kept = given
        .filter((field) => own.includes(field))
        .map((field) => `    this.${field.name} = ${field.name};\n`);
      const handed = given.filter((field) => !own.includes(field)).map((field) => field.name);
      const start = base === undefined ? "" : `    super(${handed.join(", ")});\n`;
      const constant = shape.unit === undefined ? "" : `  static readonly unit = ${shape.unit};\n`;
      const parts = [`  constructor(${params}) {\n${start}${kept.join("")}  }\n`, ...methods.map(printMethod)];
      const head = `export ${shape.abstract === true ? "abstract " : ""}class ${name}${heritage}`;
      return `${head} {\n${constant}${printFields(own, ";")}\n${parts.join("\n")}}\n`;
    }
  }
}

function printChoice({ name, kind, members }: Choice): string {
  if (kind === "texts") return `export type ${name} = ${members.map(({ text }) => text).join(" | ")};\n`;
  const lines = members.map(({ text, value }) => `${text.slice(name.length + 1)} = ${JSON.stringify(value)}`);
  return `export enum ${name} { ${lines.join(", ")} }\n`;
}

function mentions(text: string, name: string): boolean {
  return new RegExp(`\\b${name}\\b`).test(text);
}

/** The types that a text names, and those that they name. */
function printShapes({ shapes, helpers }: Program, body: string): string[] {
  const texts = shapes.map((shape) => [
    shape.name,
    printShape(
      shape,
      shapes,
      helpers.filter((one) => one.owner === shape.name),
    ),
  ]);
  const named = new Set<string>();
  for (let size = -1; size !== named.size;) {
    size = named.size;
    const known = [body, ...texts.flatMap(([name = "", text = ""]) => (named.has(name) ? [text] : []))].join("\n");
    for (const [name = ""] of texts) if (mentions(known, name)) named.add(name);
  }
  return texts.flatMap(([name = "", text = ""]) => (named.has(name) ? [text] : []));
}

/** The declarations that a text names, and those that they name. */
function declarationsNamed(declarations: readonly string[], text: string): readonly string[] {
  const declared = /^(?:export |abstract )*(?:class|const|enum|function|interface|type) (\w+)/gm;
  const named = (one: string, known: string): boolean =>
    [...one.matchAll(declared)].some(([, name = ""]) => mentions(known, name));
  let kept: readonly string[] = [];
  for (let size = -1; size !== kept.length;) {
    size = kept.length;
    const known = [text, ...kept].join("\n");
    kept = declarations.filter((one) => named(one, known));
  }
  return kept;
}

/** The source file of a program; `stem` is its file name without the ending. */
export function printProgram(program: Program, stem: string): string {
  const wrt = program.wrt === undefined ? "" : `\n * @wrt ${program.wrt.join(", ")}`;
  const tag = `/**\n * @differentiable ${program.modes.join(" ")}${wrt}\n */\n`;
  const functions = [
    ...program.helpers.filter((func) => func.owner === undefined).map((func) => printFunc(func, false)),
    tag + printFunc(program.main, true),
    ...(program.nested ? [printNested(program)] : []),
  ];
  const own = functions.join("\n");
  const classes = printShapes(program, [...declarationsNamed(program.constants, own), own].join("\n"));
  const calling = [...classes, own].join("\n");
  const called = [...library].flatMap(([name, text]) => (mentions(calling, name) ? [`${text}\n`] : []));
  const kept = declarationsNamed(program.constants, calling);
  const used = [...kept, ...classes, own].join("\n");
  const choices = program.choices.filter(({ name }) => mentions(used, name)).map(printChoice);
  const constants = kept.length === 0 ? [] : [`${kept.join("\n")}\n`];
  const body = [...choices, ...constants, ...called, ...classes, own].join("\n");
  const imports = [
    ...(/: int\b/.test(body) ? [`import type { int } from "tsgrad";\n`] : []),
    ...(program.nested ? [`import { ${program.main.name}Grad } from "./${stem}.grad.ts";\n`] : []),
  ].join("");
  return `${imports === "" ? "" : `${imports}\n`}${body}`;
}

/** A function of the same parameters whose value depends on the generated gradient with respect to the first in wrt. */
function printNested(program: Program): string {
  const { main, wrt } = program;
  const of = main.params.find((param) => param.name === wrt?.[0]);
  if (of === undefined) throw new Error("a nested gradient needs a parameter in @wrt");
  const call = `${main.name}Grad(${main.params.map((param) => param.name).join(", ")})`;
  const body =
    of.type === "number"
      ? `  const g = ${call};\n  return g * g + Math.sin(g);\n`
      : `  const g = ${call};\n  let s = 0;\n  for (let i = 0; i < g.length; i++) s += Math.sin(g[i]) * (1 + 0.5 * i);\n  return s;\n`;
  const params = main.params.map(printParam).join(", ");
  return `/**\n * @differentiable vjp jvp\n * @wrt ${of.name}\n */\nexport function ${main.name}Outer(${params}): number {\n${body}}\n`;
}
