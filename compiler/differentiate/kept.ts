/** What may not go into a Map or Set, which of them may not be changed, and which objects have their fields in an order that is known. */
import type { Activity } from "../analyse/activity.ts";
import type { Aliasing } from "../analyse/alias.ts";
import { memoryOfType } from "../analyse/callees.ts";
import { fieldOrders, namesAsked } from "../analyse/field-orders.ts";
import { changedBy, isKeeper, keeperMethod, keptBy } from "../ir/keepers.ts";
import type { Block, Expr, Func, Program } from "../ir/types.ts";
import {
  assignedVariables,
  blocksOf,
  calleesOf,
  collectStmts,
  referencedNames,
  type StmtOf,
  walkBlockExprs,
} from "../ir/visit.ts";
import { variable } from "../ir/build.ts";
import { Refusal, type Place } from "./refusal.ts";

interface Kept {
  readonly func: Func;
  readonly body: Block;
  readonly aliasing: Aliasing;
  readonly activity: Activity;
}

interface Request {
  readonly program: Program;
  readonly isCallee?: boolean;
}

/**
 * A value that is differentiated would lose its derivative in a Map. And a Map of the caller's, or of the module, may be
 * asked only: some modes run the function more than once.
 */
export function refuseKept({ func, body, aliasing, activity }: Kept, { program, isCallee }: Request): void {
  const calls = collectStmts(body, "call");
  const lost = calls.filter((stmt) => {
    const method = keeperMethod(stmt.callee);
    return method !== undefined && keptBy(stmt, method).some((arg) => activity.varied(arg));
  });
  if (lost.length > 0) throw new Refusal("kept", [], undefined, lost.map(placeOf));
  const visiting = changedOnTheWay({ body, aliasing, program });
  if (visiting.length > 0) throw new Refusal("visited", [], undefined, visiting.map(placeOf));
  const listed = unknownOrders({ func, body, aliasing }, { program, isCallee: isCallee === true });
  if (listed.length > 0) throw new Refusal("order", [], undefined, listed);
  if (isCallee) return;
  refuseChanged({ func, body, aliasing }, program);
}

/** A Map or Set of the caller's, or of the module, that is changed. */
export function refuseChanged({ func, body, aliasing }: Omit<Kept, "activity">, program: Program): void {
  const given = new Set(func.params.flatMap(({ name, type }) => keepersIn(variable(name, type), aliasing)));
  walkBlockExprs(body, (e) => {
    if (e.kind === "constant") for (const keeper of keepersIn(e, aliasing)) given.add(keeper);
  });
  const isGiven = (expr: Expr): boolean => keepersIn(expr, aliasing).some((keeper) => given.has(keeper));
  const changing = collectStmts(body, "call").filter((stmt) => changedIn(stmt, program).some(isGiven));
  if (changing.length > 0) throw new Refusal("keeper", [], undefined, changing.map(placeOf));
}

/** Where an object is asked for the names of its fields, and what is generated may have them in another order than the user's code. */
function unknownOrders({ func, body, aliasing }: Omit<Kept, "activity">, { program, isCallee }: Request): Place[] {
  const asked = namesAsked(body);
  const ordersOf = asked.length > 0 ? fieldOrders(func, body, aliasing) : undefined;
  const isKnown = ({ args: [record, ...known] }: StmtOf<"call">): boolean => {
    const names = known.map((name) => (name.kind === "literal" ? name.value : undefined));
    return ordersOf?.(record!).made?.every((order) => order.every((name) => names.includes(name))) === true;
  };
  // What its callers give a function that stays one is not looked for.
  const inCallees = isCallee === true ? [] : reachedFrom(body, program).flatMap((callee) => namesAsked(callee.body));
  return [...asked.filter((stmt) => isCallee === true || !isKnown(stmt)), ...inCallees].map(
    ({ args: [record], origin }) => ({ name: record?.kind === "var" ? `'${record.name}'` : "an object", origin }),
  );
}

/** The functions of the program that stay calls, and those that they call. */
function reachedFrom(body: Block, program: Program): readonly Func[] {
  const found = new Set<Func>();
  const visit = (block: Block): void => {
    for (const callee of calleesOf(block)) {
      const func = program.get(callee);
      if (func === undefined || found.has(func)) continue;
      found.add(func);
      visit(func.body);
    }
  };
  visit(body);
  return [...found];
}

interface Visited {
  readonly body: Block;
  readonly aliasing: Aliasing;
  readonly program: Program;
}

/**
 * What changes a Map or Set while a loop goes through it, but for the entry whose turn it is: the loop has the keys that
 * were there when it began.
 */
function changedOnTheWay({ body, aliasing, program }: Visited): StmtOf<"call">[] {
  const found: StmtOf<"call">[] = [];
  const visit = (block: Block): void => {
    for (const [i, stmt] of block.entries()) {
      blocksOf(stmt).forEach(visit);
      const keeper = stmt.kind === "call" && keeperMethod(stmt.callee) === "visit" ? stmt.args[0] : undefined;
      const keys = stmt.kind === "call" && stmt.target.kind === "name" ? stmt.target.name : undefined;
      if (keeper === undefined || keys === undefined) continue;
      const isSame = (expr: Expr): boolean => keepersIn(expr, aliasing).includes(aliasing.classOf(keeper));
      const loop = block.slice(i + 1).filter((s) => blocksOf(s).length > 0 && referencedNames([s]).has(keys));
      const ownKeys = currentKeys(loop, keys);
      for (const call of collectStmts(loop, "call")) {
        const method = keeperMethod(call.callee);
        const [, key] = call.args;
        const isOwn = (method === "set" || method === "delete") && key !== undefined && ownKeys(key);
        if (!isOwn && changedIn(call, program).some(isSame)) found.push(call);
      }
    }
  };
  visit(body);
  return found;
}

/** Whether an expression is the key whose turn it is. */
function currentKeys(loop: Block, keys: string): (key: Expr) => boolean {
  const assigned = assignedVariables(loop);
  const isElement = (e: Expr | undefined): boolean =>
    e?.kind === "index" && e.array.kind === "var" && e.array.name === keys;
  const names = new Set(
    collectStmts(loop, "let").flatMap(({ name, init }) => (isElement(init) && !assigned.has(name) ? [name] : [])),
  );
  return (key) => isElement(key) || (key.kind === "var" && names.has(key.name));
}

/** What a call may change of its arguments. */
function changedIn(stmt: StmtOf<"call">, program: Program): readonly Expr[] {
  const method = keeperMethod(stmt.callee);
  if (method !== undefined) return changedBy(stmt, method);
  return changesSome(stmt.callee, program, new Set()) ? stmt.args : [];
}

/** Whether a function, or one that it calls, changes any Map or Set. */
function changesSome(callee: string, program: Program, seen: Set<string>): boolean {
  const func = program.get(callee);
  if (func === undefined || seen.has(callee)) return false;
  seen.add(callee);
  const changes = collectStmts(func.body, "call").some((stmt) => {
    const method = keeperMethod(stmt.callee);
    return method !== undefined && changedBy(stmt, method).length > 0;
  });
  return changes || [...calleesOf(func.body)].some((inner) => changesSome(inner, program, seen));
}

/** The Maps and Sets that an expression is or leads to, by their classes. */
function keepersIn(expr: Expr, aliasing: Aliasing): readonly number[] {
  return memoryOfType(expr.type).flatMap(({ way, type }) => (isKeeper(type) ? [aliasing.classAt(expr, way)] : []));
}

/** Under the name of what is put somewhere, or changed. */
function placeOf({ args, callee, origin }: StmtOf<"call">): Place {
  const method = keeperMethod(callee);
  const [keeper] = args;
  const own = method !== "new" && method !== "of" && keeper?.kind === "var" ? `'${keeper.name}'` : "A Map or Set";
  return { name: own, origin };
}
