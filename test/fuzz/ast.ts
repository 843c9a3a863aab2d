/**
 * The programs that the fuzzer makes. Expressions are text with holes, so that printing is trivial
 * and shrinking needs to know nothing but types; what matters to the checks (memory that is shared
 * or written, calls) stands beside the text.
 */
export type Type =
  | "number"
  | "int"
  | "boolean"
  | "f64"
  | "f32"
  | "list"
  | "nested"
  | "indices"
  | "void"
  | "string"
  /** `Set<number>` and `Map<number, number>` of whole numbers. */
  | "set"
  | "map"
  /** A table of numbers that a module holds `as const`. */
  | "table"
  /** `(t: number) => number`: a parameter of a helper, or a local function. */
  | "function"
  /** `(k: number) => (t: number) => number`. */
  | "maker"
  /** An enum, or one of a few texts, of this name. */
  | ChoiceType
  | StructType
  /** An array of objects. */
  | `structs ${string}`;

/** An object, a tuple or an instance of the shape of this name. */
export type StructType = `struct ${string}`;

export type ChoiceType = `choice ${string}`;

export const arrayTypes: readonly Type[] = ["f64", "f32", "list", "nested", "indices"];

export function isArray(type: Type): boolean {
  return arrayTypes.includes(type);
}

export function isStruct(type: Type): type is StructType {
  return type.startsWith("struct ");
}

export function isStructs(type: Type): boolean {
  return type.startsWith("structs ");
}

export function isChoice(type: Type): type is ChoiceType {
  return type.startsWith("choice ");
}

/** The name of the shape in the type of an object or an array of objects, or of a choice. */
export function shapeName(type: Type): string {
  return type.slice(type.indexOf(" ") + 1);
}

/** What may be one memory under several names. */
export function isMemory(type: Type): boolean {
  return isArray(type) || isStruct(type) || isStructs(type);
}

/** Whether a parameter or result of the type carries a derivative: every shape has a number. */
export function isDifferentiable(type: Type): boolean {
  if (isStruct(type) || isStructs(type)) return true;
  return type === "number" || type === "f64" || type === "f32" || type === "list" || type === "nested";
}

export interface Field {
  readonly name: string;
  readonly type: Type;
  /** `name?: number`. */
  readonly optional?: boolean;
  readonly readonly?: boolean;
  /** Text of the value that a class gives the field itself: its constructor does not take it. */
  readonly initial?: string;
}

/** A member of a union: its tag, and the fields that the others lack. */
export interface Variant {
  readonly tag: string;
  readonly fields: readonly Field[];
}

/** A type of objects that the program declares. The fields of a tuple are named by their positions. */
export interface Shape {
  readonly name: string;
  /** A record is one of numbers by fixed keys. */
  readonly kind: "interface" | "tuple" | "class" | "record" | "union";
  /** All of them, those of the base included; of a union those that all members have. */
  readonly fields: readonly Field[];
  /** What it extends. */
  readonly base?: string;
  readonly abstract?: boolean;
  /** An instance of a generic interface. */
  readonly generic?: boolean;
  readonly variants?: readonly Variant[];
  /** Of a class: the number that is its `static readonly unit`. */
  readonly unit?: string;
}

/** A type of a few values without a derivative. */
export interface Choice {
  readonly name: string;
  readonly kind: "texts" | "enum" | "text enum";
  readonly members: readonly ChoiceMember[];
}

export interface ChoiceMember {
  /** As it stands in code. */
  readonly text: string;
  readonly value: number | string;
}

/** parts[0] args[0] parts[1] … */
export interface Expr {
  readonly type: Type;
  /** What it is, for statistics. */
  readonly tag: string;
  readonly parts: readonly string[];
  readonly args: readonly Expr[];
  /** Arguments whose memory the value may share. */
  readonly shares?: readonly number[];
  /** Arguments whose memory is written: the array of a store, the receiver of `fill`. */
  readonly writes?: readonly number[];
  /** Arguments that may share memory with each other afterwards: both sides of an assignment of references. */
  readonly joins?: readonly number[];
  /** The helper that is called with `args`. */
  readonly call?: string;
  /** The variable that is given a new value. */
  readonly rebinds?: readonly string[];
}

export interface Case {
  /** As it stands in code; undefined: the default. */
  readonly value: string | undefined;
  readonly body: readonly Stmt[];
}

export type Stmt =
  | { readonly kind: "expr"; readonly expr: Expr }
  | {
      readonly kind: "let";
      readonly tag: string;
      readonly constant: boolean;
      readonly name: string;
      readonly type: Type;
      readonly annotated: boolean;
      /** `name: type | undefined`. */
      readonly optional?: boolean;
      readonly init?: Expr;
    }
  /** `const { x: a, pos: b } = from;`, `const [a, b] = from;`: `text` is the pattern, `names` are those of arrays and objects in it. */
  | {
      readonly kind: "pattern";
      readonly tag?: string;
      readonly text: string;
      readonly names: readonly string[];
      readonly from: Expr;
    }
  /** `const name = (params) => { body };` */
  | { readonly kind: "closure"; readonly func: Func; readonly declared?: boolean }
  | { readonly kind: "block"; readonly body: readonly Stmt[] }
  | { readonly kind: "if"; readonly test: Expr; readonly then: readonly Stmt[]; readonly otherwise?: readonly Stmt[] }
  | Loop
  | { readonly kind: "switch"; readonly subject: Expr; readonly cases: readonly Case[]; readonly label?: string }
  /** `return` without a value leaves one round of a callback. */
  | { readonly kind: "jump"; readonly word: "break" | "continue" | "return"; readonly label?: string }
  | { readonly kind: "return"; readonly value?: Expr }
  | { readonly kind: "throw"; readonly message: Expr };

export interface Loop {
  readonly kind: "loop";
  readonly tag: string;
  /** What stands behind `// @checkpoint` above it. */
  readonly checkpoint?: string;
  readonly label?: string;
  /** Declares the counter that bounds a while loop. */
  readonly before?: string;
  readonly head: Expr;
  /** First statement of the body; never removed, since it bounds the loop. */
  readonly start?: string;
  readonly body: readonly Stmt[];
  /** The `while (…);` of a do loop, the `)` behind a callback. */
  readonly tail?: Expr;
  /** The row variable of a `for (const row of m)` or `m.forEach((row) => …)` and the array it walks: they share memory. */
  readonly row?: readonly [row: string, array: string];
}

export interface Param {
  readonly name: string;
  readonly type: Type;
  /** Text of the default value. */
  readonly defaultText?: string;
  /** `name?: type`. */
  readonly optional?: boolean;
  /** An array that may have no elements. */
  readonly empty?: boolean;
  /** `readonly number[]`. */
  readonly readonly?: boolean;
  /** `...name: number[]`. */
  readonly rest?: boolean;
  /** The type stands behind `T extends`. */
  readonly generic?: boolean;
  /** `{ x, inner: { y } }: type` stands for the name; `names` are those of arrays and objects in it. */
  readonly pattern?: { readonly text: string; readonly names: readonly string[] };
}

export interface Func {
  readonly name: string;
  readonly params: readonly Param[];
  readonly result: Type;
  readonly body: readonly Stmt[];
  /** The class whose method it is; its first parameter is then `this`. */
  readonly owner?: string;
  readonly getter?: boolean;
  readonly setter?: boolean;
  /** A method of the class itself: it has no `this`. */
  readonly static?: boolean;
  /** A method that classes that extend the owner have to write. */
  readonly abstract?: boolean;
  /** The class that a method is called on where that has it from its base: nothing is printed. */
  readonly inherited?: boolean;
}

/** An argument of the main function, as data that can be cloned and changed. */
export type Value =
  | number
  | boolean
  | string
  | Float64Array
  | Float32Array
  | Int32Array
  | readonly Value[]
  | { readonly [field: string]: Value }
  | undefined;

export interface Program {
  readonly constants: readonly string[];
  readonly shapes: readonly Shape[];
  readonly choices: readonly Choice[];
  readonly helpers: readonly Func[];
  readonly main: Func;
  readonly modes: readonly string[];
  /** Names in `@wrt`; undefined leaves the tag out. */
  readonly wrt?: readonly string[];
  /** Whether a second annotated function calls the generated gradient of the first. */
  readonly nested: boolean;
  /** The points at which it is checked. */
  readonly inputs: readonly (readonly Value[])[];
}

export function leaf(type: Type, text: string, tag = "leaf"): Expr {
  return { type, tag, parts: [text], args: [] };
}

/** An expression of text with a hole at each `#`. */
export function form(type: Type, tag: string, template: string, ...args: readonly Expr[]): Expr {
  const parts = template.split("#");
  if (parts.length !== args.length + 1) throw new Error(`template ${template} has not ${args.length} holes`);
  return { type, tag, parts, args };
}

/** Every statement list and expression below a statement, handed to the two functions. */
export function visitStmt(stmt: Stmt, onStmt: (stmt: Stmt) => void, onExpr: (expr: Expr) => void): void {
  onStmt(stmt);
  const body = (stmts: readonly Stmt[]): void => {
    for (const inner of stmts) visitStmt(inner, onStmt, onExpr);
  };
  const expr = (e: Expr | undefined): void => {
    if (e !== undefined) visitExpr(e, onExpr);
  };
  switch (stmt.kind) {
    case "expr":
      expr(stmt.expr);
      break;
    case "let":
      expr(stmt.init);
      break;
    case "pattern":
      expr(stmt.from);
      break;
    case "closure":
      body(stmt.func.body);
      break;
    case "block":
      body(stmt.body);
      break;
    case "if":
      expr(stmt.test);
      body(stmt.then);
      body(stmt.otherwise ?? []);
      break;
    case "loop":
      expr(stmt.head);
      body(stmt.body);
      expr(stmt.tail);
      break;
    case "switch":
      expr(stmt.subject);
      for (const one of stmt.cases) body(one.body);
      break;
    case "return":
      expr(stmt.value);
      break;
    case "throw":
      expr(stmt.message);
      break;
    case "jump":
      break;
  }
}

export function visitExpr(expr: Expr, onExpr: (expr: Expr) => void): void {
  onExpr(expr);
  for (const arg of expr.args) visitExpr(arg, onExpr);
}
