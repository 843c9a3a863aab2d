/** Parameters and results that are made of several values are taken apart, so that each value is a variable. */
import { isUndefined } from "../ir/ask.ts";
import { partName } from "../ir/words.ts";
import { fieldAt, fieldOf, int, isDifferentiable, placeOf, variable } from "../ir/build.ts";
import { namesApartFrom, namesOf } from "../ir/names.ts";
import { presentType } from "../ir/presence.ts";
import type { Block, Expr, Func, RecordType, Stmt, Type } from "../ir/types.ts";
import { assignedVariables, exprsOf, mapBlockExprs, someExpr, walkBlock, walkExpr } from "../ir/visit.ts";
import type { OutputRef } from "../frontend/types.ts";
import type { Output, Structure } from "./prepare.ts";

interface Apart {
  readonly func: Func;
  /** The declarations of the parts, which the body starts with. */
  readonly entry: Block;
  /** Of each parameter. */
  readonly structures: readonly Structure[];
}

/**
 * Tuples that come in as one parameter are taken apart at the start, and objects that the function only reads
 * field by field. `isReadOnly`: parameters that the function does not write into.
 */
export function takeParametersApart(func: Func, isReadOnly: (name: string) => boolean): Apart {
  const refused = new Set<string>();
  for (;;) {
    const apart = attempt(func, (name) => isReadOnly(name) && !refused.has(name));
    const whole = usedWhole(apart);
    if (whole.length === 0) return apart;
    // An object that goes somewhere as it is stays one.
    for (const name of whole) refused.add(name);
  }
}

function attempt(func: Func, mayOpen: (name: string) => boolean): Apart {
  const names = namesApartFrom(namesOf(func));
  const before: Stmt[] = [];
  const parts = new Map<string, Structure>();
  const open = (value: Expr, name: string, objects: boolean): Structure => {
    const { type } = value;
    if (type.kind === "tuple") {
      const items = type.items.map((item, k) =>
        open({ kind: "index", array: value, index: int(k), type: item }, `${name}${String(k)}`, objects),
      );
      return { kind: "tuple", items, type };
    }
    if (type.kind === "record" && objects) {
      const items = type.fields.map((field) => open(fieldAt(value, field.name), partName(name, field.name), objects));
      return { kind: "tuple", items, type };
    }
    if (value.kind === "var") return { kind: "leaf", expr: value, type };
    const part = names.fresh(name);
    before.push({ kind: "let", name: part, type, mutable: false, init: value });
    return { kind: "leaf", expr: variable(part, type), type };
  };
  const structures = func.params.map((param) => {
    const structure = open(variable(param.name, param.type), param.name, mayOpen(param.name));
    if (structure.kind === "tuple") parts.set(param.name, structure);
    return structure;
  });
  if (parts.size === 0) return { func, entry: [], structures };
  const partOf = (expr: Expr): Structure | undefined => {
    if (expr.kind === "var") return parts.get(expr.name);
    if (expr.kind !== "index" || expr.index.kind !== "literal") return undefined;
    const whole = partOf(expr.array);
    // By its own type: a member of a union has fewer fields, in other places.
    return whole?.kind === "tuple" ? whole.items[positionOf(whole.type, expr.index)] : undefined;
  };
  const body = mapBlockExprs(func.body, (expr) => {
    const part = expr.kind === "index" ? partOf(expr) : undefined;
    // Where the part is known to be there, it is read so.
    return part?.kind === "leaf" ? { ...part.expr, type: expr.type } : expr;
  });
  return { func: { ...func, body: [...before, ...body] }, entry: before, structures };
}

function positionOf(type: Type, index: Extract<Expr, { kind: "literal" }>): number {
  if (type.kind !== "record") return Number(index.value);
  return type.fields.findIndex((field) => field.name === fieldOf(type, index)?.name);
}

/** Parameters that were taken apart and are still used as a whole. */
function usedWhole({ func, structures }: Apart): string[] {
  const opened = new Set(
    func.params.flatMap((param, i) =>
      structures[i]!.kind === "tuple" && param.type.kind === "record" ? [param.name] : [],
    ),
  );
  const found = new Set<string>();
  const isPath = (e: Expr): boolean =>
    (e.kind === "var" && opened.has(e.name)) || (e.kind === "index" && isPath(e.array));
  walkBlock(func.body, (stmt) => {
    // The parts themselves.
    if (stmt.kind === "let" && stmt.init !== undefined && isPath(stmt.init) && stmt.type.kind !== "record") return;
    for (const expr of exprsOf(stmt))
      walkExpr(expr, (e) => {
        if (e.kind === "var" && opened.has(e.name)) found.add(e.name);
      });
  });
  return [...found];
}

type NamedOutput = Omit<Output, "active"> & { readonly ref: OutputRef };

/** Binds what is returned, and parts of it, to variables at the end of the body and drops the return. */
export function nameOutputs(
  func: Func,
  written: ReadonlySet<string>,
  parts: readonly (readonly string[])[],
  { isCallee, objectsApart }: { readonly isCallee: boolean; readonly objectsApart: boolean },
): { readonly func: Func; readonly outputs: readonly NamedOutput[] } {
  const names = namesApartFrom(namesOf(func));
  const last = func.body.at(-1);
  const value = last?.kind === "return" ? last.value : undefined;
  let body = last?.kind === "return" ? func.body.slice(0, -1) : [...func.body];
  const assigned = assignedVariables(body);
  // What is returned, and the fields of what has been opened of it.
  const returned: Expr[] = value === undefined ? [] : [value];
  const bind = (expr: Expr, base: string, wanted: Type): Structure => {
    if (expr.kind === "tuple") {
      const { type } = expr;
      const wantedOf = (i: number): Type | undefined =>
        wanted.kind === "tuple" ? wanted.items[i] : wanted.kind === "record" ? wanted.fields[i]?.type : undefined;
      const items = expr.items.map((item, i) => bind(item, base, wantedOf(i) ?? item.type));
      return {
        kind: "tuple",
        items,
        type: type.kind === "tuple" ? { ...type, items: items.map((i) => i.type) } : type,
      };
    }
    const made = objectsApart && expr.kind === "var" ? madeForReturn(body, expr.name, returned) : undefined;
    if (made !== undefined) {
      returned.push(...made.items);
      body = made.rest;
      const items = made.items.map((item, i) => bind(item, made.type.fields[i]!.name, made.type.fields[i]!.type));
      return { kind: "tuple", items, type: made.type };
    }
    const type = wanted.kind === "int" ? wanted : expr.type;
    // A field that is left out.
    if (isUndefined(expr)) return { kind: "leaf", expr, type: expr.type };
    if (expr.kind === "var" && !assigned.has(expr.name)) return { kind: "leaf", expr, type };
    const name = names.fresh(base);
    body.push({ ...placeOf(last), kind: "let", name, type, mutable: false, init: expr });
    return { kind: "leaf", expr: variable(name, type), type };
  };
  const partOf = (whole: Structure, name: string): Structure => {
    const { type } = whole;
    if (whole.kind === "tuple") {
      const place = type.kind === "record" ? type.fields.findIndex((field) => field.name === name) : Number(name);
      return whole.items[place]!;
    }
    const part = fieldAt(whole.expr, name);
    return bind(part, name, part.type);
  };
  const outputs: NamedOutput[] = [];
  // A caller of the function has the parameter, but a callee has to give back what its result names.
  const returnsWritten = !isCallee && value?.kind === "var" && written.has(value.name);
  if (value !== undefined && !returnsWritten) {
    const structure = bind(value, "value", func.result);
    outputs.push({ label: "value", structure, ref: { kind: "return" } });
    for (const path of parts) {
      const [first = "", ...rest] = path;
      const label = rest.reduce(partName, /^\d/.test(first) ? `value${first}` : first);
      outputs.push({ label, structure: path.reduce(partOf, structure), ref: { kind: "return", path } });
    }
  }
  func.params.forEach((param, index) => {
    if (!written.has(param.name) || !isDifferentiable(param.type)) return;
    const expr = variable(param.name, param.type);
    outputs.push({
      label: param.name,
      structure: { kind: "leaf", expr, type: param.type },
      ref: { kind: "param", index },
    });
  });
  return { func: { ...func, body }, outputs };
}

/**
 * An object that is made at the very end, for nothing but to be returned: its fields are outputs. Nothing after it
 * but other allocations can change what they are made of.
 */
function madeForReturn(
  body: Block,
  name: string,
  returned: readonly Expr[],
): { readonly items: readonly Expr[]; readonly type: RecordType; readonly rest: Stmt[] } | undefined {
  const at = body.findIndex((stmt) => stmt.kind === "let" && stmt.name === name);
  const stmt = body[at];
  if (stmt?.kind !== "let" || stmt.mutable || stmt.init?.kind !== "items" || stmt.init.type.kind !== "record")
    return undefined;
  if (stmt.init.type.isTuple === true) return undefined;
  if (!body.slice(at + 1).every((later) => later.kind === "let")) return undefined;
  const mentions = (e: Expr): boolean => someExpr(e, (inner) => inner.kind === "var" && inner.name === name);
  let uses = 0;
  walkBlock(body, (each) => {
    for (const expr of exprsOf(each)) if (mentions(expr)) uses++;
  });
  let results = 0;
  for (const part of returned)
    walkExpr(part, (e) => {
      if (e.kind === "var" && e.name === name) results++;
    });
  if (uses !== 0 || results > 1) return undefined;
  return { items: stmt.init.items, type: stmt.init.type, rest: body.filter((_, i) => i !== at) };
}

/** The part of a value that belongs to the k-th item of a structure. */
export function itemOf(value: Expr, structure: Extract<Structure, { kind: "tuple" }>, k: number): Expr {
  const { type } = structure;
  if (type.kind === "record") return fieldAt(value, type.fields[k]!.name);
  const inner = presentType(value.type);
  const item: Type | undefined = inner.kind === "tuple" ? inner.items[k] : undefined;
  return { kind: "index", array: value, index: int(k), type: item ?? { kind: "number" } };
}
