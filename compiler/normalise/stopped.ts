/**
 * `stopGradient` of an array or object is the same array or object, whose numbers have no derivative where they are read
 * through it. So the stop moves to where numbers are read. What is handed on whole (into a list, a field, a call, a variable
 * that changes), and what is written into through it, becomes a copy without a derivative; `analyse/stopped.ts` finds where
 * that would not be the same.
 */
import { holdsReferences, isDifferentiable, isReference, op } from "../ir/build.ts";
import { type Names, namesApartFrom, namesOf } from "../ir/names.ts";
import type { Block, Expr, Func, Origin, Stmt } from "../ir/types.ts";
import {
  assignedVariables,
  mapChildren,
  mapStmt,
  rootName,
  walkBlock,
  walkBlockExprs,
  writtenArray,
} from "../ir/visit.ts";

export function stoppedReferences(func: Func): Func {
  let found = false;
  walkBlockExprs(func.body, (e) => {
    found ||= isStop(e);
  });
  if (!found) return func;
  const pass: Pass = { stopped: readThrough(func.body), names: namesApartFrom(namesOf(func)) };
  return { ...func, body: inBlock(func.body, pass) };
}

type Stop = Extract<Expr, { kind: "op" }>;

/** A stop of memory that no copy is made of yet. */
const isStop = (e: Expr): e is Stop => e.kind === "op" && e.op === "stop" && isReference(e.type);

interface Pass {
  /** The constants through which memory is read that is stopped, with the place of the stop. */
  readonly stopped: ReadonlyMap<string, Origin | undefined>;
  readonly names: Names;
}

/** Names of stopped memory, and of parts of it, that are given once and read through only. */
function readThrough(body: Block): Map<string, Origin | undefined> {
  const assigned = assignedVariables(body);
  /** By name, the constant that has the stop itself. */
  const roots = new Map<string, { readonly name: string; readonly origin: Origin | undefined }>();
  const written = new Set<string>();
  walkBlock(body, (stmt) => {
    const target = writtenArray(stmt);
    const root = target && roots.get(rootName(target) ?? "");
    if (root) written.add(root.name);
    if (stmt.kind !== "let" || stmt.init === undefined || assigned.has(stmt.name) || !isReference(stmt.type)) return;
    if (isStop(stmt.init)) roots.set(stmt.name, { name: stmt.name, origin: stmt.init.origin });
    const part = isWay(stmt.init) ? roots.get(rootName(stmt.init)!) : undefined;
    if (part) roots.set(stmt.name, part);
  });
  return new Map([...roots].flatMap(([name, root]) => (written.has(root.name) ? [] : [[name, root.origin] as const])));
}

/** A variable, or a way from one to a part of its memory. */
function isWay(e: Expr): boolean {
  return e.kind === "var" || ((e.kind === "index" || e.kind === "view") && isWay(e.array));
}

function inBlock(block: Block, pass: Pass): Block {
  return block.flatMap((stmt) => {
    const before: Stmt[] = [];
    const inner = mapStmt(stmt, { block: (deeper) => inBlock(deeper, pass) });
    if (inner.kind === "let" && inner.init !== undefined && pass.stopped.has(inner.name))
      return [{ ...inner, init: onWay(isStop(inner.init) ? inner.init.args[0]! : inner.init, pass, before) }];
    const whole = inner.kind === "let" && inner.init !== undefined ? stopIn(inner.init, pass, before) : undefined;
    if (inner.kind === "let" && whole !== undefined) return [...before, { ...inner, init: copyOf(whole) }];
    const outer = mapStmt(inner, { expr: (e) => stoppedIn(e, pass, before) });
    if (before.length > 0 && stmt.kind === "while") throw new Error("stopped memory in the test of a loop");
    return [...before, outer];
  });
}

/** The stop that stands for memory which is handed on whole. */
function stopIn(e: Expr, pass: Pass, before: Stmt[]): Stop | undefined {
  if (isStop(e)) return { ...e, args: [stoppedIn(e.args[0]!, pass, before)] };
  const root = isWay(e) && isReference(e.type) ? rootName(e)! : undefined;
  if (root === undefined || !pass.stopped.has(root)) return undefined;
  return stopOf(onWay(e, pass, before), pass.stopped.get(root));
}

function stopOf(e: Expr, origin: Origin | undefined): Stop {
  return { kind: "op", op: "stop", args: [e], type: e.type, ...(origin && { origin }) };
}

function stoppedIn(e: Expr, pass: Pass, before: Stmt[]): Expr {
  const { stopped, names } = pass;
  const whole = stopIn(e, pass, before);
  if (whole !== undefined) {
    const name = names.fresh("stopped");
    before.push({ kind: "let", name, type: whole.type, mutable: false, init: copyOf(whole), held: true });
    return { kind: "var", name, type: whole.type };
  }
  const isThrough = (array: Expr): boolean => isWay(array) && stopped.has(rootName(array)!);
  switch (e.kind) {
    case "index": {
      if (!isThrough(e)) break;
      const read = onWay(e, pass, before);
      return isDifferentiable(e.type) ? op("stop", [read], e.type) : read;
    }
    case "length":
    case "zerosLike":
      if (isThrough(e.array)) return { ...e, array: onWay(e.array, pass, before) };
      break;
    case "copy":
    case "deepCopy":
      if (isStop(e.array)) return e;
      if (!isThrough(e.array) || (e.kind === "copy" && holdsReferences(e.type))) break;
      return {
        ...mapChildren(e, (child) => (child === e.array ? child : stoppedIn(child, pass, before))),
        array: stopIn(e.array, pass, before)!,
      } as Expr;
    case "foreign":
      return e;
    case "op":
      // Whether it is there.
      if (e.op === "eq" || e.op === "ne")
        return mapChildren(e, (arg) => (isThrough(arg) ? onWay(arg, pass, before) : stoppedIn(arg, pass, before)));
      break;
    default:
      break;
  }
  return mapChildren(e, (child) => stoppedIn(child, pass, before));
}

/** The way itself stays; its indices are numbers as any others. */
function onWay(e: Expr, pass: Pass, before: Stmt[]): Expr {
  if (e.kind !== "index" && e.kind !== "view") return e.kind === "var" ? e : stoppedIn(e, pass, before);
  return mapChildren(e, (child) => (child === e.array ? onWay(child, pass, before) : stoppedIn(child, pass, before)));
}

function copyOf(stop: Stop): Expr {
  const isRow = stop.type.kind === "typed" || (stop.type.kind === "list" && !holdsReferences(stop.type));
  return { kind: isRow ? "copy" : "deepCopy", array: stop, type: stop.type };
}
