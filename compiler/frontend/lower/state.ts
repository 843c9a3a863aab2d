/** What lowering knows: of the whole program, and of the function body that it is in. */
import { ts } from "ts-morph";
import { makeReport } from "../../diagnostics/make.ts";
import type { Code } from "../../diagnostics/table.ts";
import type { Names } from "../../ir/names.ts";
import type { Block, Expr, Func, Origin, Param, Stmt, StmtBase, Type, Var } from "../../ir/types.ts";
import type { LowerContext } from "../context.ts";
import { originOf } from "../positions.ts";
import { shownType } from "../types-of.ts";
import type { Callee, Closure } from "./callees.ts";
import type { Receiver } from "./classes.ts";
import type { Meanings } from "./generics.ts";
import type { Scope } from "./scope.ts";
import type { InstanceSlot } from "./made-instances.ts";
import type { PartSlot } from "./part-slots.ts";
import type { FunctionSlot } from "./slots.ts";
import type { Special } from "./specialise.ts";

/** A class without a constructor of its own stands for the one that it inherits. */
export type EntryNode = ts.FunctionLikeDeclaration | ts.ClassDeclaration;

/** A function of the program. */
export interface Entry {
  readonly node: EntryNode;
  /** The class of `this`: of a method, a getter or a constructor. */
  readonly owner?: ts.ClassDeclaration;
  /** Whether the object is of that class itself, and of none that extends it. */
  readonly exact?: boolean;
  /** What its type parameters, and those of its class, stand for. */
  readonly types: Meanings | undefined;
  readonly key: string;
  readonly names: Names;
  /** Names of the function's own text, which temporaries leave alone. */
  readonly texts: ReadonlySet<string>;
  /** Functions that it calls, directly or as derivatives: their errors are its errors. */
  readonly uses: Set<Entry>;
  /** The names in the IR of variables at the top level of the body. */
  readonly locals: Map<string, string>;
  /** Of a function that is lowered for the functions that it is given. */
  readonly special?: Special;
  /** Of a function that is lowered for tuples where it takes any array: their types, by the positions of the parameters. */
  readonly tuples?: ReadonlyMap<number, Type>;
  /** What modules make of functions as they are loaded, and the statements that make it anew where the function starts. */
  readonly made: { readonly bindings: Map<ts.Node, Binding>; readonly block: Stmt[] };
  signature: Signature | undefined;
  failed: boolean;
  lowered: boolean;
}

export interface Signature {
  readonly params: readonly Param[];
  /** The last parameter gathers the remaining arguments. */
  readonly rest: boolean;
  readonly result: Type;
}

/** State of one context, for all functions that are lowered in it. */
export interface Lowering {
  readonly context: LowerContext;
  readonly checker: ts.TypeChecker;
  /** What type parameters stand for in the function that is lowered. */
  readonly types: Meanings | undefined;
  /** By declaration, and then by the class that methods run for and what type parameters stand for. */
  readonly entries: Map<ts.Node, Map<string, Entry>>;
  /** Names of functions and module symbols in use. */
  readonly keys: Set<string>;
  readonly symbolKeys: Map<ts.Symbol, string>;
  /** Keys of named types; undefined for those that generated code cannot name. */
  readonly typeKeys: Map<ts.Symbol, string | undefined>;
  readonly reported: Set<string>;
  /** Functions whose bodies are still to be lowered. */
  readonly queue: Entry[];
}

/** What a name of the source stands for. */
export type Binding =
  | { readonly kind: "var"; readonly name: string; readonly type: Type; readonly mutable: boolean }
  /** A tuple lives as one variable for each item. */
  | { readonly kind: "tuple"; readonly items: readonly Binding[]; readonly type: Type }
  | {
      readonly kind: "value";
      readonly value: Expr;
      /** Of an argument: the class that it is an instance of. */
      readonly instance?: Receiver;
      /** Of a field that changes, of an object of which one is chosen as the program runs: what the objects hold. */
      readonly either?: Either;
    }
  | FunctionBinding
  | ObjectBinding
  | ListBinding
  /** Its declaration was refused; uses say nothing more. */
  | { readonly kind: "broken" };

export interface Either {
  readonly test: Expr;
  readonly yes: Binding;
  readonly no: Binding;
}

/** A function that is known as the program is compiled; at run time there is nothing. */
export interface FunctionBinding {
  readonly kind: "function";
  readonly callee: Callee;
}

/** An object that holds functions: its fields, each by itself. */
export interface ObjectBinding {
  readonly kind: "object";
  readonly fields: ReadonlyMap<string, Binding>;
  /** Fields of an object literal that are computed when they are read. */
  readonly getters?: ReadonlyMap<string, Closure>;
  /** Getters of an instance of one of several classes: what is asked when they are read. */
  readonly asked?: ReadonlyMap<string, Callee>;
  /** Of such an instance: the classes. */
  readonly slot?: InstanceSlot;
  /** Of an instance of a class that holds functions: its type, the class, and what tells it from all others. */
  readonly instance?: {
    readonly type: ts.Type;
    readonly owner: ts.ClassDeclaration;
    readonly types: Meanings | undefined;
    readonly made: object;
  };
}

/** An array of functions, or of objects of functions: its elements, each by itself. */
export interface ListBinding {
  readonly kind: "list";
  readonly items: readonly Binding[];
}

/** Something that `break` or `continue` can leave. */
export interface Exit {
  readonly label: string | undefined;
  readonly kind: "loop" | "switch" | "block";
  /** Labels of the blocks to leave; undefined while nothing leaves them. */
  breakLabel: string | undefined;
  continueLabel: string | undefined;
}

/** Where a value is wanted, so that no temporary is needed on the way. */
export type Want =
  | {
      readonly kind: "name";
      readonly name: string;
      /** `const` and `let` declare the name; `assign` gives a declared one its value. */
      readonly as: "const" | "let" | "assign";
      readonly type: Type | undefined;
      /** Set by whoever emitted the declaration or assignment itself. */
      claimed: boolean;
    }
  | { readonly kind: "items"; readonly items: readonly (Want | "hole" | undefined)[] };

/** `"nothing"`: only the effects are wanted. */
export type Use = Want | "nothing" | undefined;

/** The body that is being lowered. */
export interface Body {
  readonly all: Lowering;
  readonly checker: ts.TypeChecker;
  readonly entry: Entry;
  readonly bindings: Scope;
  /** How many assignments (declarations aside) each variable has in the functions that are lowered. */
  readonly assignments: Map<ts.Symbol, number>;
  /** Names given beforehand to the variables at the top level of the body, so that they keep their own. */
  readonly reservedNames: Map<ts.Symbol, string>;
  readonly chosenNames: Map<ts.Symbol, string>;
  readonly labels: Names;
  readonly exits: Exit[];
  /** The fields of the object that a constructor makes, each in a variable until all are there. */
  readonly making: Map<string, Binding> | undefined;
  /** The calls, from the outside in, in whose place bodies are being put. */
  readonly open: readonly OpenCall[];
  readonly result: Type;
  /** Variables that are assigned to after their declaration. */
  readonly mutableNames: Set<string>;
  /** Constants that are typed number and hold integers, whatever the data. */
  readonly wholeNames: Set<string>;
  /** Expressions whose values are at hand already. */
  readonly given: Map<ts.Node, Expr>;
  /** What goes where variables of functions are declared and called, once all that is assigned to them is known. */
  readonly later: Map<string, () => Block>;
  /** Takes the function that is returned, where a function returns one at several places, or the instance. */
  readonly returned: FunctionSlot | InstanceSlot | PartSlot | undefined;
  /** Where statements go. */
  block: Stmt[];
  /** The source statement that statements are made for. */
  place: StmtBase;
  /** The expression as a right-hand side: it may be an allocation. */
  rhs(node: ts.Expression, want?: Want): Expr;
  /** Only the effects of the expression. */
  effect(node: ts.Expression): void;
  statement(node: ts.Statement): void;
  /** The function, or the object of functions, that the expression stands for; undefined where it is neither. */
  known(node: ts.Expression): Binding | undefined;
  /** For the body of a function that goes where it is called; `scope` is where its names are bound. */
  inlined(
    scope: Scope,
    result: Type,
    call: OpenCall,
    returned?: FunctionSlot | InstanceSlot | PartSlot,
    making?: Map<string, Binding>,
  ): Body;
  /** For a text that is lowered several times, with names of its own each time. */
  repeated(): Body;
  /** The parameters and the body of a function inside of this one, which shares its variables. */
  closure(node: ts.FunctionLikeDeclaration, type: FunctionType): Pick<Func, "params" | "body">;
}

/** A call that is being replaced by the body of what it calls. */
export interface OpenCall {
  readonly node: ts.Node;
  /** Where the function was made; undefined for functions of module scope. */
  readonly scope: Scope | undefined;
  /** The functions that it was given. */
  readonly functions: readonly Binding[];
}

export type FunctionType = Extract<Type, { kind: "function" }>;

/** Stands for what was refused, so that one error does not cause others. */
export const broken: Expr = { kind: "literal", value: undefined, type: { kind: "void" } };

/** The literal `undefined`. */
export const absent: Expr = { kind: "literal", value: undefined, type: { kind: "void" } };

export function emit(body: Body, stmt: Stmt): void {
  if (stmt.kind === "let" && stmt.mutable) body.mutableNames.add(stmt.name);
  body.block.push({ ...body.place, ...stmt });
}

/** Runs with an empty block and gives back what was emitted, up to the first statement that always leaves it. */
export function inBlock(body: Body, run: () => void): Stmt[] {
  const outer = body.block;
  const inner: Stmt[] = [];
  body.block = inner;
  run();
  body.block = outer;
  const end = inner.findIndex((stmt) => stmt.kind === "return" || stmt.kind === "throw" || stmt.kind === "exit");
  if (end !== -1) inner.length = end + 1;
  return inner;
}

/** Lowers statements up to the first one that always leaves: what is behind it never runs. */
export function runAll(body: Body, statements: readonly ts.Statement[]): void {
  const { block } = body;
  for (const statement of statements) {
    body.statement(statement);
    const last = block.at(-1);
    if (last?.kind === "return" || last?.kind === "throw" || last?.kind === "exit") return;
  }
}

/** A name for a temporary: new, and not one that the user's text has. */
export function freshName(body: Body, base: string): string {
  const { names, texts } = body.entry;
  if (!texts.has(base)) return names.fresh(base);
  const stem = base.replace(/\d+$/, "");
  let n = 2;
  while (texts.has(stem + String(n)) || names.taken(stem + String(n))) n++;
  return names.fresh(stem + String(n));
}

/** Puts the value into a constant. */
export function hold(body: Body, base: string, value: Expr): Var {
  const name = freshName(body, base);
  emit(body, { kind: "let", name, type: value.type, mutable: false, init: value, held: true });
  return { kind: "var", name, type: value.type };
}

export function report(all: Lowering, entry: Entry | undefined, node: ts.Node, code: Code, ...values: string[]): void {
  reportAt(all, entry, originOf(node), code, ...values);
}

export function reportAt(
  all: Lowering,
  entry: Entry | undefined,
  origin: Origin,
  code: Code,
  ...values: string[]
): void {
  if (entry) entry.failed = true;
  // A loop header may be lowered twice, as `for` and then as `while`.
  const identity = `${code} ${origin.file} ${String(origin.start)} ${String(origin.end)}`;
  if (all.reported.has(identity)) return;
  all.reported.add(identity);
  all.context.report(makeReport(code, origin, values));
}

/** Reports and gives the placeholder for the refused expression. */
export function refuse(body: Body, node: ts.Node, code: Code, ...values: string[]): Expr {
  report(body.all, body.entry, node, code, ...values);
  return broken;
}

/** The text of a node in one line, cut where it gets long. */
export function shortText(node: ts.Node): string {
  const text = node.getText().replace(/\s+/g, " ");
  return text.length > 40 ? `${text.slice(0, 37)}...` : text;
}

/** The type of an expression as the user knows it. */
export const typeShown = (body: Body, node: ts.Node): string =>
  shownType(body.checker, body.checker.getTypeAtLocation(node));

/** What is wrong with a variable of a module that is read, and what to write instead. */
export const ofModule: readonly [string, string] = [
  "a variable of module scope that can change, and is not exported",
  "Export it, declare it with const, or pass its value as a parameter.",
];

/** What to write instead of something that is only declared here. */
export const withoutSource =
  "Write the function in TypeScript within the project, call it in a function of its own with a derivative by hand (@vjpRule, @jvpRule), or compute the value outside and pass it as a parameter.";
