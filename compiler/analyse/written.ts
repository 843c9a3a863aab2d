/**
 * Which parameters a function writes into: memory that the caller can see, directly, through a view, through another
 * name, or through a list or an object that it was put into. And which statements of a block change what was there before.
 */
import { fieldOf, isReference } from "../ir/build.ts";
import { changesKeeper, keeperMethod } from "../ir/keepers.ts";
import {
  anyElement,
  createPutLater,
  deepest,
  given,
  include,
  made,
  partOf,
  reachable,
  rootsOf,
  slot,
  type Memory,
} from "../ir/memory.ts";
import type { Block, Expr, Func, Origin, Param, Program, Stmt, Type } from "../ir/types.ts";
import { collectStmts, someStmt, variablesDeclaredBy, writtenArray } from "../ir/visit.ts";
import { isMemory } from "./callees.ts";

/** The names of the parameters whose memory the function may change, itself or in what it calls, or is said to change. */
export function writtenParameters(func: Func, program: Program): Set<string> {
  const { written } = settledSummary(func, inProgram(program));
  return new Set(func.params.flatMap((param, i) => (written.has(i) || param.toldWritten ? [param.name] : [])));
}

/**
 * What modules hold that the function may change, itself or in what it calls: the names of the constants, and where
 * that happens first.
 */
export function writtenConstants(func: Func, program: Program): ReadonlyMap<string, Origin | undefined> {
  return settledSummary(func, inProgram(program)).constants;
}

/**
 * Whether the function may change what stands at the end of a way from a parameter: of a parameter itself, a field, or
 * (`anyElement`) the elements of a list.
 */
export function writesAt(func: Func, program: Program): (name: string, steps: readonly string[]) => boolean {
  const { written, places } = settledSummary(func, inProgram(program));
  // What a call gives back may be any part of what it was given.
  const isPlain = !someStmt(func.body, (stmt) => stmt.kind === "call" || stmt.kind === "apply");
  return (name, steps) => {
    const root = func.params.findIndex((param) => param.name === name);
    if (!isPlain || steps.length >= deepest) return written.has(root);
    return places.has(placeKey(root, steps));
  };
}

/**
 * The statements of a block that may change memory that was there before the block ran: not those that only write into what
 * the same run of the block made. `given` are the variables from outside; `funcOf` gives the functions that it calls.
 */
export function changesOfGiven(block: Block, given: readonly Param[], funcOf: FuncOf): ReadonlySet<Stmt> {
  return settledSummary({ params: given, body: block }, funcOf).changing;
}

/** The function of a name; undefined for one that has no source. */
type FuncOf = (callee: string) => Unit | undefined;

/** What is summarised: a function, or a block with the variables from outside as its parameters. */
type Unit = Pick<Func, "params" | "body">;

const inProgram =
  (program: Program): FuncOf =>
  (callee) =>
    program.get(callee);

function settledSummary(func: Unit, funcOf: FuncOf): Summary {
  // Functions may call each other: all that are reached are looked at again until nothing is added.
  const settled = new Map<string, Summary>();
  const summaryOf = (callee: string): Summary | undefined => {
    const method = keeperMethod(callee);
    if (method !== undefined) return changesKeeper(method) ? changingFirst : nothing;
    if (funcOf(callee) === undefined) return undefined;
    if (!settled.has(callee)) settled.set(callee, nothing);
    return settled.get(callee);
  };
  for (;;) {
    const known = settled.size;
    const found = summarise(func, summaryOf);
    let changed = false;
    for (const [callee, before] of [...settled]) {
      const now = summarise(funcOf(callee)!, summaryOf);
      if (size(now) !== size(before)) changed = true;
      settled.set(callee, now);
    }
    // A round that met new callees had not looked into them yet.
    if (!changed && settled.size === known) return found;
  }
}

/** What a function does with the memory of its parameters, which are told by their positions. */
interface Summary {
  readonly written: ReadonlySet<number>;
  /** Where in them, as `placeKey` has it. */
  readonly places: ReadonlySet<string>;
  /** Those that a result may be part of, or lead to. */
  readonly returned: ReadonlySet<number>;
  /** What modules hold that it changes, by name, and where. */
  readonly constants: ReadonlyMap<string, Origin | undefined>;
  /** Those that are put into a parameter, by that parameter. */
  readonly stored: ReadonlyMap<number, ReadonlySet<number>>;
  /** The statements that may change what it did not make itself. */
  readonly changing: ReadonlySet<Stmt>;
}

const placeKey = (root: number, path: readonly string[]): string => JSON.stringify([root, ...path]);

const nothing: Summary = {
  written: new Set(),
  places: new Set(),
  returned: new Set(),
  constants: new Map(),
  stored: new Map(),
  changing: new Set(),
};

const changingFirst: Summary = { ...nothing, written: new Set([0]) };

function size({ written, returned, constants, stored }: Summary): number {
  return [...stored.values()].reduce((sum, into) => sum + into.size, written.size + returned.size + constants.size);
}

/** `summaryOf` gives what is known of a callee so far; undefined where it may do anything. */
function summarise(func: Unit, summaryOf: (callee: string) => Summary | undefined): Summary {
  /** What variables hold where a statement stands, and what they may hold besides. */
  let held: Held = new Map();
  const variables = new Map<string, Set<Memory>>();
  const ofName = (name: string): Set<Memory> => {
    let memories = variables.get(name);
    if (memories === undefined) variables.set(name, (memories = new Set()));
    return memories;
  };
  const ofVariable = (name: string): readonly Memory[] => [...(held.get(name)?.memories ?? []), ...ofName(name)];
  const later = createPutLater();
  const parameters = func.params.map((param, i) => given(i, param.type));
  const atEntry: Held = new Map(
    func.params.flatMap(({ name, type }, i) => (isMemory(type) ? [[name, holding([parameters[i]!])] as const] : [])),
  );

  /** Memory that an expression or a call makes is the same each time that it is looked at. */
  const sites = new Map<object, Memory>();
  const at = (site: object): Memory => {
    let memory = sites.get(site);
    if (memory === undefined) sites.set(site, (memory = made()));
    return memory;
  };
  /** The memory of what modules hold has negative roots. */
  const ofModule: string[] = [];
  const ofConstant = ({ name, type }: Extract<Expr, { kind: "constant" }>): Set<Memory> => {
    const memories = ofName(`constant ${name}`);
    if (memories.size === 0) memories.add(given(-ofModule.push(name), type));
    return memories;
  };
  let changed = false;
  const put = (into: Set<Memory>, what: Iterable<Memory>): void => {
    if (include(into, what)) changed = true;
  };

  const of = (expr: Expr): Iterable<Memory> => {
    if (!isMemory(expr.type)) return [];
    switch (expr.kind) {
      case "var":
        return ofVariable(expr.name);
      case "index": {
        const owners = of(expr.array);
        const key = keyOf(expr.array, expr.index);
        const isReplaced = expr.array.kind === "var" && held.get(expr.array.name)?.replaced.has(key) === true;
        return isReplaced ? later.partOf(owners, key) : partOf(owners, key);
      }
      case "view":
        return of(expr.array);
      case "select":
        return [...of(expr.yes), ...of(expr.no)];
      case "nullish":
        return [...of(expr.left), ...of(expr.right)];
      case "op":
        return expr.args.flatMap((arg) => [...of(arg)]);
      case "items": {
        const memory = at(expr);
        const fields = expr.type.kind === "record" ? expr.type.fields : undefined;
        expr.items.forEach((item, i) => put(slot(memory, fields?.[i]?.name ?? anyElement), of(item)));
        return [memory];
      }
      case "copy": {
        // The arrays in a copied list are still the same arrays.
        const memory = at(expr);
        for (const key of referenceKeys(expr.type)) put(slot(memory, key), partOf(of(expr.array), key));
        return [memory];
      }
      case "constant":
        return ofConstant(expr);
      default:
        return [at(expr)];
    }
  };

  const call = (stmt: Extract<Stmt, { kind: "call" | "apply" }>): void => {
    const summary = stmt.kind === "call" ? summaryOf(stmt.callee) : undefined;
    const args = stmt.args.map((arg) => reachable(of(arg)));
    for (const [into, from] of summary?.stored ?? [])
      for (const memory of args[into] ?? []) for (const i of from) put(memory.inside, args[i] ?? []);
    // A pullback knows nothing of its caller's memory.
    const returned = summary?.returned ?? (stmt.kind === "call" ? stmt.args.keys() : []);
    const result = at(stmt);
    for (const i of returned) put(result.inside, args[i] ?? []);
    for (const { name, type } of variablesDeclaredBy(stmt))
      if (isMemory(type)) put(ofName(name), [result, ...result.inside]);
  };

  /** A closure may run at any time. */
  const isPlain = collectStmts(func.body, "closure").length === 0;

  /** What a statement puts where. */
  const puts = (stmt: Stmt): void => {
    switch (stmt.kind) {
      case "let":
        if (stmt.init !== undefined) hold(stmt.name, of(stmt.init));
        break;
      case "assign":
        hold(stmt.name, of(stmt.value));
        break;
      case "store":
      case "append":
      case "fill":
        if (isReference(stmt.value.type)) {
          const key = stmt.kind === "store" ? keyOf(stmt.array, stmt.index) : anyElement;
          for (const memory of [...of(stmt.array)]) {
            put(slot(memory, key), of(stmt.value));
            put(later.into(memory, key), of(stmt.value));
          }
          if (stmt.array.kind === "var" && key !== anyElement) replace(stmt.array.name, key);
        }
        break;
      case "set":
        for (const memory of [...of(stmt.target)]) put(slot(memory, anyElement), partOf(of(stmt.source), anyElement));
        break;
      case "shrink":
        if (stmt.target !== undefined && stmt.type !== undefined && isReference(stmt.type))
          put(ofName(stmt.target), partOf(of(stmt.array), anyElement));
        break;
      case "push":
        for (const memory of ofVariable(stmt.tape)) put(slot(memory, anyElement), of(stmt.value));
        break;
      case "pop":
        if (isReference(stmt.type)) put(ofName(stmt.target), partOf(ofVariable(stmt.tape), anyElement));
        break;
      case "call":
      case "apply":
        call(stmt);
        break;
      default:
        break;
    }
  };
  const hold = (name: string, what: Iterable<Memory>): void => {
    if (isPlain) held.set(name, holding(what));
    else put(ofName(name), what);
  };
  /** The field of what a variable holds has been given another value. */
  const replace = (name: string, key: string): void => {
    const known = held.get(name);
    if (known) held.set(name, { ...known, replaced: new Set([...known.replaced, key]) });
  };

  const written = new Set<number>();
  const places = new Set<string>();
  const returned = new Set<number>();
  const constants = new Map<string, Origin | undefined>();
  const changeConstant = (name: string, origin: Origin | undefined): void => {
    if (!constants.has(name)) constants.set(name, origin);
  };
  const changing = new Set<Stmt>();
  const change = (roots: Iterable<number>, stmt: Stmt): void => {
    for (const root of roots) {
      changing.add(stmt);
      if (root < 0) changeConstant(ofModule[-root - 1]!, stmt.origin);
      else written.add(root);
    }
  };
  /** What a statement changes and gives back. */
  const changes = (stmt: Stmt): void => {
    const array = writtenArray(stmt);
    if (array !== undefined) {
      const memories = [...of(array)];
      change(rootsOf(memories), stmt);
      // It is not known what this is.
      if (memories.length === 0) changing.add(stmt);
      for (const { root, path } of memories) if (root !== undefined) places.add(placeKey(root, path));
    }
    if (stmt.kind === "return" && stmt.value !== undefined)
      for (const part of stmt.value.kind === "tuple" ? stmt.value.items : [stmt.value])
        include(returned, rootsOf(reachable(of(part))));
    if (stmt.kind !== "call" && stmt.kind !== "apply") return;
    const summary = stmt.kind === "call" ? summaryOf(stmt.callee) : undefined;
    summary?.constants.forEach((origin, name) => {
      changeConstant(name, origin);
    });
    stmt.args.forEach((arg, i) => {
      const roots = rootsOf(reachable(of(arg)));
      // What has no source is taken to leave alone what modules hold.
      if (summary === undefined) change(parametersOnly(roots), stmt);
      else if (summary.written.has(i)) change(roots, stmt);
    });
  };
  /** What variables hold where a block is left, by its label. */
  const left = new Map<string, Held>();
  const run = (block: Block): void => {
    for (const stmt of block) {
      changes(stmt);
      puts(stmt);
      switch (stmt.kind) {
        case "if": {
          const before = new Map(held);
          run(stmt.then);
          const after = held;
          held = before;
          run(stmt.else);
          held = either(after, held);
          break;
        }
        case "block":
          left.delete(stmt.label);
          run(stmt.body);
          held = either(held, left.get(stmt.label) ?? held);
          break;
        case "exit":
          left.set(stmt.label, either(held, left.get(stmt.label) ?? held));
          break;
        case "for":
        case "while":
          for (let start: Held = new Map(held); ;) {
            run(stmt.body);
            held = either(start, held);
            if (sizeOf(held) === sizeOf(start)) break;
            start = new Map(held);
          }
          break;
        case "closure":
          run(stmt.func.body);
          break;
        default:
          break;
      }
    }
  };

  do {
    changed = false;
    changing.clear();
    held = new Map(atEntry);
    run(func.body);
  } while (changed);

  const stored = new Map(
    parameters.map((memory, i) => {
      const inside = rootsOf(reachable([memory]));
      inside.delete(i);
      return [i, parametersOnly(inside)];
    }),
  );
  return { written, places, returned: parametersOnly(returned), constants, stored, changing };
}

/** What each variable holds, and which fields of that have surely been given another value since. */
type Held = Map<string, { readonly memories: readonly Memory[]; readonly replaced: ReadonlySet<string> }>;

const holding = (memories: Iterable<Memory>): { memories: readonly Memory[]; replaced: ReadonlySet<string> } => ({
  memories: [...new Set(memories)],
  replaced: new Set(),
});

function either(a: Held, b: Held): Held {
  const both = new Map(a);
  for (const [name, { memories, replaced }] of b) {
    const other = a.get(name) ?? { memories: [], replaced };
    both.set(name, {
      memories: [...new Set([...other.memories, ...memories])],
      replaced: new Set([...replaced].filter((key) => other.replaced.has(key))),
    });
  }
  return both;
}

/** Grows with what may be. */
const sizeOf = (held: Held): number =>
  [...held.values()].reduce((sum, { memories, replaced }) => sum + memories.length - replaced.size, held.size);

const parametersOnly = (roots: ReadonlySet<number>): Set<number> => new Set([...roots].filter((root) => root >= 0));

function referenceKeys(type: Type): readonly string[] {
  switch (type.kind) {
    case "list":
      return isReference(type.element) ? [anyElement] : [];
    case "record":
      return type.fields.filter((field) => isReference(field.type)).map((field) => field.name);
    case "maybe":
      return referenceKeys(type.type);
    default:
      return [];
  }
}

/** Under which key a memory has what `array[index]` points to. */
function keyOf(array: Expr, index: Expr): string {
  return fieldOf(array.type, index)?.name ?? anyElement;
}
