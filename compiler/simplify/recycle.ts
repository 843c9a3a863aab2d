/**
 * Tensors that a function makes on its way are given back where it ends: the runtime takes their memory for others, which costs a
 * small part of new memory. Only those go whose every use is known to leave nothing behind that shares their memory.
 */
import { areAlike, arrayLike, recycleTensors } from "../ir/runtime.ts";
import { isElementwise } from "../ir/tensor-elements.ts";
import type { TensorOp } from "../ir/tensor-ops.ts";
import { tensorType, variable, voidType } from "../ir/build.ts";
import type { Block, Expr, Func, Stmt } from "../ir/types.ts";
import {
  blocksOf,
  childrenOf,
  exprsOf,
  freeNames,
  mapStmt,
  someExpr,
  someStmt,
  type StmtOf,
  walkBlock,
} from "../ir/visit.ts";

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
    "crossEntropySlope meanWeight broadcastTo spreadTo transpose permuteDims concat stack conv conv2d conv1d convInput item seedOf"
  ).split(" ") as TensorOp[],
);

const isFresh = (op: TensorOp): boolean => fresh.has(op) || isElementwise(op);

/** How often each variable is used, and which of the uses keep what it holds. */
class Uses {
  readonly #counts = new Map<string, number>();
  readonly #kept = new Set<string>();
  /** Arrays of tensors: what keeps the array keeps the tensor. */
  readonly #arrays: [array: string, tensor: string][] = [];
  /** Arrays that tensors were made over. */
  readonly #over = new Map<string, number>();
  readonly #assigned = new Map<string, Expr[]>();
  /** Arrays that the function makes. */
  readonly #made = new Set<string>();

  constructor(body: Block) {
    walkBlock(body, (stmt) => this.#inStmt(stmt));
    for (const [array, tensor] of this.#arrays) if (this.#kept.has(array)) this.#kept.add(tensor);
  }

  /** Whether the tensor may go once its block ends. */
  mayGo(name: string): boolean {
    return (this.#counts.get(name) ?? 0) > 1 && !this.#kept.has(name);
  }

  /** Whether each value that the variable is given has memory of its own. */
  isOwn(stmt: StmtOf<"let">): boolean {
    if (stmt.type.kind !== "tensor") return false;
    const values = [...(stmt.init === undefined ? [] : [stmt.init]), ...(this.#assigned.get(stmt.name) ?? [])];
    return values.length > 0 && values.every((value) => this.#isNew(value));
  }

  #isNew(value: Expr): boolean {
    if (value.kind !== "tensorOp") return false;
    if (value.op !== "tensorOver") return isFresh(value.op);
    const [data] = value.args;
    return data?.kind === "var" && this.#made.has(data.name) && this.#over.get(data.name) === 1;
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
  const found: string[] = [];
  /** Those that a branch is to give a value. */
  let open: string[] = [];
  const isEnd = (stmt: Stmt): boolean => isLoop(stmt) && stmt.then.at(-1)?.kind === "return";
  const end = inner.findIndex(isEnd);
  const out = inner.flatMap((stmt, k): Stmt[] => {
    const before = stmt.kind === "return" ? goingOf(found) : [];
    const own = stmt.kind === "if" ? withReturns(stmt, found) : stmt;
    if (stmt.kind === "if") {
      const given = open.filter((name) => [stmt.then, stmt.else].every((branch) => givesTo(branch, name)));
      found.push(...given);
      open = open.filter((name) => !given.includes(name));
    }
    if (stmt.kind === "let" && (end < 0 || k < end) && uses.isOwn(stmt) && uses.mayGo(stmt.name)) {
      if (!stmt.mutable) found.push(stmt.name);
      else if (stmt.init === undefined) open.push(stmt.name);
    }
    return [...before, own];
  });
  const last = inner.at(-1);
  const isLeft = last !== undefined && ["return", "throw"].includes(last.kind);
  return isLeft ? out : [...out, ...goingOf(found)];
}

/** Whether the statement is a loop with operations for other tensors behind it. */
function isLoop(stmt: Stmt): stmt is StmtOf<"if"> {
  return stmt.kind === "if" && someExpr(stmt.test, (e) => e.kind === "foreign" && e.texts[0]!.startsWith(areAlike));
}

const givesTo = (block: Block, name: string): boolean =>
  block.some((stmt) => stmt.kind === "assign" && stmt.name === name);

/** Where a branch leaves the function, what was made before goes too. */
function withReturns(stmt: Stmt, names: readonly string[]): Stmt {
  return mapStmt(stmt, {
    block: (block) =>
      block.flatMap((each): Stmt[] => {
        if (each.kind === "return") return [...goingOf(names), each];
        return [blocksOf(each).length > 0 && each.kind === "if" ? withReturns(each, names) : each];
      }),
  });
}

function goingOf(names: readonly string[]): Stmt[] {
  if (names.length === 0) return [];
  const texts = [`${recycleTensors}(`, ...names.slice(1).map(() => ", "), ")"];
  const args = names.map((name) => variable(name, tensorType));
  return [{ kind: "effect", call: { kind: "foreign", texts, args, type: voidType } }];
}
