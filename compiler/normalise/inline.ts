/**
 * Puts the bodies of called functions in the place of their calls, callees of callees first. Calls of
 * recursive functions and of functions with hand-written rules stay.
 */
import { isAtom, isName, readAs, undefinedOf } from "../ir/ask.ts";
import { variable, placeOf } from "../ir/build.ts";
import { namesApartFrom, namesOf, type Names } from "../ir/names.ts";
import { isNarrowed } from "../ir/narrowed.ts";
import { copyTogether } from "../ir/runtime.ts";
import type { Block, Expr, Func, Param, Pattern, Program, Stmt } from "../ir/types.ts";
import {
  assignedVariables,
  blocksOf,
  calleesOf,
  collectStmts,
  declaredNames,
  mapBlock,
  mapBlockExprs,
  readNames,
  renameBlock,
  renameExpr,
  someStmt,
  variablesDeclaredBy,
} from "../ir/visit.ts";
import { singleReturn } from "./returns.ts";

/** Names of the functions that can reach themselves through calls. */
export function recursiveFunctions(program: Program): Set<string> {
  const recursive = new Set<string>();
  for (const name of program.keys()) {
    const seen = new Set<string>();
    const visit = (at: string): void => {
      const func = program.get(at);
      if (func === undefined) return;
      for (const callee of calleesOf(func.body)) {
        if (callee === name) recursive.add(name);
        if (!seen.has(callee)) {
          seen.add(callee);
          visit(callee);
        }
      }
    };
    visit(name);
  }
  return recursive;
}

/** The function with every call inlined that `keep` does not hold back. */
export function inlineCalls(func: Func, program: Program, keep: (callee: string) => boolean): Func {
  const cannot = (callee: string): boolean => keep(callee) || !program.has(callee);
  if (!someStmt(func.body, (s) => s.kind === "call" && !cannot(s.callee))) return func;
  const names = namesApartFrom(namesOf(func));
  const narrowed = new Map(func.params.filter(isNarrowed).map(({ name, typeText }) => [name, typeText]));
  const body = mapBlock(func.body, (stmt) => {
    if (stmt.kind !== "call" || cannot(stmt.callee)) return stmt;
    const callee = singleReturn(inlineCalls(calleeFor(stmt, func, program), program, keep));
    return bodyOfCall(
      stmt,
      callee,
      names,
      (arg, { typeText }) => arg.kind === "var" && narrowed.has(arg.name) && narrowed.get(arg.name) !== typeText,
    );
  });
  return { ...func, body };
}

/** Under this name a program has the form of a recording pullback that may be called again. */
export function nameForAgain(pullback: string): string {
  return `${pullback}Again`;
}

/** A pullback that records takes its tapes apart: inlined twice, it would find them empty the second time. */
export function takesTapesApart(pullback: Func): boolean {
  return collectStmts(pullback.body, "closure").some((closure) =>
    someStmt(
      closure.func.body,
      (s) => s.kind === "pop" || (s.kind === "call" && s.args.some((arg) => arg.type.kind === "tape")),
    ),
  );
}

/** A pullback that works on copies of what its forward sweep left behind is not differentiated once more. */
export function copiesState(pullback: Func): boolean {
  return someStmt(pullback.body, (s) => s.kind === "call" && s.callee === copyTogether);
}

function calleeFor(call: Extract<Stmt, { kind: "call" }>, caller: Func, program: Program): Func {
  const again = program.get(nameForAgain(call.callee));
  const isCalledAgain = variablesDeclaredBy(call).some(({ name, type }) => {
    return type.kind === "function" && applications(caller.body, name) > 1;
  });
  return isCalledAgain && again !== undefined ? again : program.get(call.callee)!;
}

/** How often a closure is called, in a loop more than once. */
function applications(block: Block, closure: string): number {
  let count = 0;
  for (const stmt of block) {
    if (stmt.kind === "apply" && stmt.callee === closure) count++;
    const weight = stmt.kind === "for" || stmt.kind === "while" ? 2 : 1;
    for (const inner of blocksOf(stmt)) count += weight * applications(inner, closure);
  }
  return count;
}

/** `isNarrower` tells which arguments may have a narrower type than the parameter, and do not stand in its place. */
function bodyOfCall(
  call: Extract<Stmt, { kind: "call" }>,
  callee: Func,
  names: Names,
  isNarrower: (arg: Expr, param: Param) => boolean = () => false,
): Block {
  const assigned = assignedVariables(callee.body);
  const fresh = new Map<string, string>();
  const before: Stmt[] = [];
  const values = new Map<string, Expr>();
  callee.params.forEach((param, i) => {
    const arg = call.args[i] ?? param.defaultValue ?? undefinedOf(param.type);
    if (param.type.kind === "tape" && arg.kind === "var") {
      // Statements name the tape that they push on.
      fresh.set(param.name, arg.name);
      return;
    }
    if (!assigned.has(param.name) && isAtom(arg) && !hasClosure(callee, arg) && !isNarrower(arg, param)) {
      // Under a name that no other variable can have: a renamed local must not be taken for it.
      const placeholder = `${param.name}$argument`;
      fresh.set(param.name, placeholder);
      values.set(placeholder, arg);
      return;
    }
    const name = names.fresh(param.name);
    fresh.set(param.name, name);
    before.push({
      ...placeOf(call),
      kind: "let",
      name,
      type: param.type,
      mutable: assigned.has(param.name),
      init: arg,
    });
  });
  for (const name of [...declaredNames(callee.body), ...labelsOf(callee.body)]) fresh.set(name, names.fresh(name));
  const renamed = renameLabels(
    renameBlock(callee.body, (name) => fresh.get(name) ?? name),
    fresh,
  );
  const body = mapBlockExprs(renamed, (e) => {
    const value = e.kind === "var" ? values.get(e.name) : undefined;
    return value === undefined ? e : readAs(value, e);
  });

  const last = body.at(-1);
  if (last?.kind !== "return" || last.value === undefined)
    return [...before, ...body.filter((s) => s.kind !== "return")];
  return bind([...before, ...body.slice(0, -1)], call.target, last.value, call, names);
}

/** A closure in the callee would see later changes of a variable of the caller. */
function hasClosure(callee: Func, arg: Expr): boolean {
  return arg.kind === "var" && someStmt(callee.body, (s) => s.kind === "closure");
}

/** Declares the names of a call's target with the value that the body returned. */
function bind(body: Block, target: Pattern, value: Expr, call: Stmt, names: Names): Block {
  // A local of the callee that is returned takes the caller's name, wherever it is read.
  const returned = new Map<string, string>();
  const locals = new Set(body.flatMap((s) => (s.kind === "let" || s.kind === "closure" ? [s.name] : [])));
  const pair = (part: Pattern, given: Expr): void => {
    if (part.kind === "tuple" && given.kind === "tuple") part.items.forEach((item, i) => pair(item, given.items[i]!));
    if (part.kind === "name" && given.kind === "var" && locals.delete(given.name)) returned.set(given.name, part.name);
  };
  pair(target, value);
  const rename = (name: string): string => returned.get(name) ?? name;
  return declared(renameBlock(body, rename), target, renameExpr(value, rename), call, names);
}

function declared(body: Block, target: Pattern, value: Expr, call: Stmt, names: Names): Block {
  switch (target.kind) {
    case "none":
      return body;
    case "tuple":
      if (value.kind !== "tuple") throw new Error("inline: a call with several results returns one value");
      return target.items.reduce((done, item, i) => declared(done, item, value.items[i]!, call, names), body);
    case "name": {
      if (isName(value, target.name)) return body;
      if (value.kind === "tuple") return [...body, ...madeOf(value, target, call, names)];
      return [
        ...body,
        { ...placeOf(call), kind: "let", name: target.name, type: target.type, mutable: false, init: value },
      ];
    }
  }
}

/** The object that a function returns in parts, as the caller's variable holds it. */
function madeOf(
  value: Extract<Expr, { kind: "tuple" }>,
  target: Extract<Pattern, { kind: "name" }>,
  call: Stmt,
  names: Names,
): Block {
  const before: Stmt[] = [];
  const make = (expr: Expr, name: string): Expr => {
    if (expr.kind !== "tuple") return expr;
    if (expr.type.kind !== "record") throw new Error("inline: a call with several results has a pattern for them");
    const { fields } = expr.type;
    const items = expr.items.map((item, i) => make(item, names.fresh(`${name}$${fields[i]!.name}`)));
    const type = name === target.name ? target.type : expr.type;
    before.push({
      ...placeOf(call),
      kind: "let",
      name,
      type,
      mutable: false,
      init: { kind: "items", items, type: expr.type },
    });
    return variable(name, type);
  };
  make(value, target.name);
  return before;
}

function labelsOf(block: Block): string[] {
  return collectStmts(block, "block").map((b) => b.label);
}

function renameLabels(block: Block, fresh: ReadonlyMap<string, string>): Block {
  return mapBlock(block, (stmt) =>
    stmt.kind === "block" || stmt.kind === "exit" ? { ...stmt, label: fresh.get(stmt.label) ?? stmt.label } : stmt,
  );
}

/** Calls of closures (`pullback(v)`) that are defined in the same function become their bodies. */
export function inlineClosures(func: Func): Func {
  const closures = new Map(collectStmts(func.body, "closure").map((c) => [c.name, c.func]));
  if (closures.size === 0) return func;
  const names = namesApartFrom(namesOf(func));
  const body = mapBlock(func.body, (stmt) => {
    const callee = stmt.kind === "apply" ? closures.get(stmt.callee) : undefined;
    if (stmt.kind !== "apply" || callee === undefined) return stmt;
    return bodyOfCall({ ...stmt, kind: "call" }, singleReturn(callee), names);
  });
  const read = readNames(body);
  return { ...func, body: mapBlock(body, (stmt) => (stmt.kind === "closure" && !read.has(stmt.name) ? [] : stmt)) };
}

/** Parameters that the body assigns become locals, so that a parameter keeps its value. */
export function constantParameters(func: Func): Func {
  const assigned = assignedVariables(func.body);
  const changed = func.params.filter((p) => assigned.has(p.name));
  if (changed.length === 0) return func;
  const names = namesApartFrom(namesOf(func));
  const fresh = new Map(changed.map((p) => [p.name, names.fresh(p.name)]));
  const copies = changed.map((p): Stmt => {
    const type = p.type;
    return { kind: "let", name: fresh.get(p.name)!, type, mutable: true, init: variable(p.name, type) };
  });
  return { ...func, body: [...copies, ...renameBlock(func.body, (name) => fresh.get(name) ?? name)] };
}
