/**
 * Tensors that a function makes on its way are given back where it ends: the runtime takes their memory for others, which costs a
 * small part of new memory. Only those go whose every use is known to leave nothing behind that shares their memory, or nothing
 * that is not named: a sum over no axes is what it is of, and is asked at run time.
 */
import { areAlike, arrayLike, recycleTensors } from "../ir/runtime.ts";
import { isElementwise } from "../ir/tensor-elements.ts";
import type { TensorOp } from "../ir/tensor-ops.ts";
import { tensorType, variable, voidType } from "../ir/build.ts";
import type { Block, Expr, Func, Stmt } from "../ir/types.ts";
import { childrenOf, exprsOf, freeNames, mapStmt, someExpr, someStmt, type StmtOf, walkBlock } from "../ir/visit.ts";

export function recycleIntermediates(func: Func): Func {
  if (!someStmt(func.body, (stmt) => stmt.kind === "let" && stmt.type.kind === "tensor")) return func;
  const uses = new Uses(func.body);
  return { ...func, body: inBlock(func.body, uses) };
}

/** Operations whose results have memory of their own. */
const fresh = new Set<TensorOp>(
  (
    "sum mean prod max min variance std logsumexp norm matmul matmulNT matmulTN matmulLeft matmulRight matmulNTLeft " +
    "matmulNTRight matmulTNLeft matmulTNRight dot linear linearWeight softmax logSoftmax mseLoss l1Loss crossEntropy " +
    "crossEntropySlope meanWeight broadcastTo spreadTo transpose permuteDims concat stack conv conv2d conv1d convInput item seedOf outline"
  ).split(" ") as TensorOp[],
);

/** Operations whose result may be what went into them. */
const mayPass = new Set<TensorOp>(["sumTo", "wholeLike"]);

/** Whether the result of an operation shares no memory with what went into it. */
export const isFresh = (op: TensorOp): boolean => fresh.has(op) || isElementwise(op);

/** How often each variable is used, and which of the uses keep what it holds. */
class Uses {
  readonly #counts = new Map<string, number>();
  readonly #kept = new Set<string>();
  /** Arrays of tensors: what keeps the array keeps the tensor. */
  readonly #arrays: [array: string, tensor: string][] = [];
  /** Arrays that tensors were made over. */
  readonly #over = new Map<string, number>();
  /** What may be the same tensor. */
  readonly #twins = new Map<string, string[]>();
  readonly #assigned = new Map<string, Expr[]>();
  /** Arrays that the function makes. */
  readonly #made = new Set<string>();

  constructor(body: Block) {
    walkBlock(body, (stmt) => this.#inStmt(stmt));
    for (const [array, tensor] of this.#arrays) if (this.#kept.has(array)) this.#kept.add(tensor);
  }

  /** Whether the tensor may go once its block ends. What is used once, and has one value, is written where it is used. */
  mayGo({ name, mutable }: StmtOf<"let">): boolean {
    return (this.#counts.get(name) ?? 0) > (mutable ? 0 : 1) && !this.#kept.has(name);
  }

  /** Whether each value that the variable is given has memory of its own. */
  isOwn(stmt: StmtOf<"let">): boolean {
    if (stmt.type.kind !== "tensor") return false;
    const values = [...(stmt.init === undefined ? [] : [stmt.init]), ...(this.#assigned.get(stmt.name) ?? [])];
    return values.length > 0 && values.every((value) => this.#isNew(value));
  }

  #isNew(value: Expr): boolean {
    if (value.kind !== "tensorOp") return false;
    if (value.op !== "tensorOver") return value.op !== "outline" && isFresh(value.op);
    const [data] = value.args;
    return data?.kind === "var" && this.#made.has(data.name) && this.#over.get(data.name) === 1;
  }

  twinsOf(name: string): readonly string[] {
    return this.#twins.get(name) ?? [];
  }

  #inStmt(stmt: Stmt): void {
    switch (stmt.kind) {
      case "closure":
        for (const name of freeNames([stmt])) this.#kept.add(name);
        return;
      case "let":
        if (stmt.init !== undefined) this.#given(stmt.name, stmt.init);
        return;
      case "assign":
        this.#assigned.set(stmt.name, [...(this.#assigned.get(stmt.name) ?? []), stmt.value]);
        this.#given(stmt.name, stmt.value);
        return;
      case "store":
        this.#look(stmt.index);
        this.#look(stmt.value);
        if (stmt.array.kind !== "var") this.#look(stmt.array);
        return;
      default:
        for (const e of exprsOf(stmt)) this.#look(e);
    }
  }

  #given(name: string, value: Expr): void {
    const [first] = value.kind === "tensorOp" ? value.args : [];
    if (value.kind === "tensorOp" && first?.kind === "var" && value.op === "dataOf") {
      this.#count(first.name);
      this.#arrays.push([name, first.name]);
    } else if (value.kind === "foreign" && value.texts[0]!.startsWith(arrayLike)) this.#made.add(name);
    else if (
      value.kind === "tensorOp" &&
      first?.kind === "var" &&
      value.op === "tensorOver" &&
      this.#made.has(first.name)
    ) {
      this.#over.set(first.name, (this.#over.get(first.name) ?? 0) + 1);
      this.#look(value.args[1]!, true);
    } else if (value.kind === "tensorOp" && first?.kind === "var" && mayPass.has(value.op)) {
      this.#count(first.name);
      this.#twins.set(first.name, [...(this.#twins.get(first.name) ?? []), name]);
      this.#look(value.args[1]!, value.op === "wholeLike");
    } else this.#look(value);
  }

  #count(name: string): void {
    this.#counts.set(name, (this.#counts.get(name) ?? 0) + 1);
  }

  /** `isLent`: the value is only looked at. */
  #look(e: Expr, isLent = false): void {
    if (e.kind === "var") {
      this.#count(e.name);
      if (!isLent) this.#kept.add(e.name);
      return;
    }
    const lends =
      (e.kind === "tensorOp" && isFresh(e.op)) ||
      (e.kind === "tuple" && isLent) ||
      (e.kind === "foreign" && isQuestion(e.texts)) ||
      e.kind === "index" ||
      e.kind === "op";
    for (const child of childrenOf(e)) this.#look(child, lends);
  }
}

/** Whether a text asks a tensor for what it is only, or is of the runtime, where nothing is kept. */
function isQuestion(texts: readonly string[]): boolean {
  const [before, after] = texts;
  return before!.startsWith("runtime$") || (before === "" && /^\.(shape|size|ndim|dtype)\b/.test(after ?? ""));
}

function inBlock(block: Block, uses: Uses): Block {
  const inner = block.map((stmt): Stmt => {
    // What is done one by one where tensors do not fit a loop is slow anyway, and stays short.
    if (isLoop(stmt)) return { ...stmt, then: inBlock(stmt.then, uses) };
    return mapStmt(stmt, { block: (each) => inBlock(each, uses) });
  });
  const going = new Going(uses);
  const isEnd = (stmt: Stmt): boolean => isLoop(stmt) && stmt.then.at(-1)?.kind === "return";
  const end = inner.findIndex(isEnd);
  const out = inner.flatMap((stmt, k): Stmt[] => {
    const before = stmt.kind === "return" ? going.stmts() : [];
    const own = stmt.kind === "if" ? withReturns(stmt, going.stmts()) : stmt;
    going.pass(stmt, end < 0 || k < end);
    return [...before, own];
  });
  const last = inner.at(-1);
  const isLeft = last !== undefined && ["return", "throw"].includes(last.kind);
  return isLeft ? out : [...out, ...going.stmts()];
}

/** The tensors of a block that may go, as its statements are passed. */
class Going {
  readonly #uses: Uses;
  readonly #found: string[] = [];
  /** Those that a branch is to give a value, and whether they may go. */
  #open: { readonly name: string; readonly goes: boolean }[] = [];
  readonly #there = new Set<string>();

  constructor(uses: Uses) {
    this.#uses = uses;
  }

  /** `mayGo`: whether tensors that are made here may go. */
  pass(stmt: Stmt, mayGo: boolean): void {
    if (stmt.kind === "if") {
      const isGiven = (name: string): boolean => [stmt.then, stmt.else].every((branch) => givesTo(branch, name));
      for (const { name, goes } of this.#open) if (isGiven(name)) this.#pass(name, goes);
      this.#open = this.#open.filter(({ name }) => !this.#there.has(name));
    }
    if (stmt.kind !== "let") return;
    const { name, mutable, init } = stmt;
    const goes = mayGo && this.#uses.isOwn(stmt) && this.#uses.mayGo(stmt);
    if (mutable && init === undefined) this.#open.push({ name, goes });
    else this.#pass(name, goes && !mutable);
  }

  #pass(name: string, goes: boolean): void {
    this.#there.add(name);
    if (goes) this.#found.push(name);
  }

  stmts(): Stmt[] {
    const names = this.#found.filter((name) => this.#uses.twinsOf(name).every((twin) => this.#there.has(twin)));
    if (names.length === 0) return [];
    const twins = [...new Set(names.flatMap((name) => this.#uses.twinsOf(name)))];
    const args = [...names, ...twins].map((name) => variable(name, tensorType));
    const list = (count: number): string[] => Array.from({ length: Math.max(0, count - 1) }, () => ", ");
    const texts = [
      `${recycleTensors}([`,
      ...list(names.length),
      ...(twins.length === 0 ? [] : ["], ["]),
      ...list(twins.length),
      "])",
    ];
    return [{ kind: "effect", call: { kind: "foreign", texts, args, type: voidType } }];
  }
}

/** Where a branch leaves the function, what was made before goes too. */
function withReturns(stmt: StmtOf<"if">, going: Block): StmtOf<"if"> {
  const inBranch = (block: Block): Block =>
    block.flatMap((each): Stmt[] => {
      if (each.kind === "return") return [...going, each];
      return [each.kind === "if" ? withReturns(each, going) : each];
    });
  return { ...stmt, then: inBranch(stmt.then), else: inBranch(stmt.else) };
}

const givesTo = (block: Block, name: string): boolean =>
  block.some((stmt) => stmt.kind === "assign" && stmt.name === name);

/** Whether the statement is a loop with operations for other tensors behind it. */
function isLoop(stmt: Stmt): stmt is StmtOf<"if"> {
  const isTest = (e: Expr): boolean =>
    e.kind === "foreign" && (e.texts[0]!.startsWith(areAlike) || e.texts[1] === ".length > 0");
  return stmt.kind === "if" && someExpr(stmt.test, isTest);
}
