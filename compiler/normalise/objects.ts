/**
 * Local objects as the variables that they are made of (scalar replacement of aggregates). An object that nobody
 * writes into is a value: a variable that holds it holds its fields, also where it is given another object. An
 * object that is written into becomes variables if it goes by one name only.
 */
import { partName } from "../ir/words.ts";
import {
  fieldAt,
  fieldName,
  fieldOf,
  isDifferentiable,
  isNumeric,
  isReference,
  placeOf,
  sameType,
  variable,
  zeroOf,
} from "../ir/build.ts";
import { presentType } from "../ir/presence.ts";
import { namesApartFrom, namesOf, type Names } from "../ir/names.ts";
import type { Block, Expr, Field, Func, RecordType, Stmt, Type, Var } from "../ir/types.ts";
import {
  assignedVariables,
  exprsOf,
  freeVariables,
  mapBlock,
  mapExpr,
  mapStmt,
  variableTypes,
  walkBlock,
  walkExpr,
} from "../ir/visit.ts";
import { analyseAliases, type Aliasing } from "../analyse/alias.ts";

/** `fixed`: objects that somebody asks for by name. */
export function localObjects(func: Func, fixed: ReadonlySet<string>): Func {
  // Objects in an object come to light when that is gone.
  for (let current = func; ;) {
    const next = oneRound(current, fixed);
    if (next === current) return current;
    current = next;
  }
}

function oneRound(func: Func, fixed: ReadonlySet<string>): Func {
  const chosen = findObjects(func, fixed);
  if (chosen.size === 0) return func;
  const names = namesApartFrom(namesOf(func));
  const parts = new Map([...chosen].map(([name, type]) => [name, partsOf(name, type, names)]));
  return { ...func, body: replaced(func.body, parts, names) };
}

type Parts = ReadonlyMap<string, Var>;

function partsOf(name: string, type: RecordType, names: Names): Parts {
  return new Map(
    type.fields.map((field) => {
      return [field.name, variable(names.fresh(partName(name, field.name)), field.type)];
    }),
  );
}

// ---------------------------------------------------------------------------------------------
// Which
// ---------------------------------------------------------------------------------------------

/** The variables that can be replaced, with their types. */
function findObjects(func: Func, fixed: ReadonlySet<string>): ReadonlyMap<string, RecordType> {
  const chosen = new Map<string, RecordType>();
  walkBlock(func.body, (stmt) => {
    if (stmt.kind === "closure") return false;
    if (stmt.kind === "let" && stmt.type.kind === "record" && !fixed.has(stmt.name)) chosen.set(stmt.name, stmt.type);
    return true;
  });
  if (chosen.size === 0) return chosen;
  const aliasing = analyseAliases(func);
  const types = variableTypes(func);
  const written = writtenClasses(func.body, aliasing);
  for (const [name] of chosen) {
    const memory = aliasing.classOfName(name);
    if (written.has(memory) && !isAlone(name, memory, types, aliasing)) chosen.delete(name);
  }
  // An object within another waits for the next round: then it is a variable of its own.
  for (const name of objectsInside(func.body)) chosen.delete(name);
  // What a variable is given, and where it goes, has to be understood; what is not takes others with it.
  for (let size = -1; size !== chosen.size;) {
    size = chosen.size;
    for (const name of misused(func, chosen, written, aliasing)) chosen.delete(name);
  }
  return chosen;
}

/** The variables that stand for a field of an object that is made. */
function objectsInside(body: Block): Set<string> {
  const inside = new Set<string>();
  walkBlock(body, (stmt) => {
    const value = stmt.kind === "let" ? stmt.init : stmt.kind === "assign" ? stmt.value : undefined;
    if (value?.kind !== "items") return;
    for (const item of value.items) if (item.kind === "var") inside.add(item.name);
  });
  return inside;
}

function writtenClasses(body: Block, aliasing: Aliasing): Set<number> {
  const written = new Set<number>();
  walkBlock(body, (stmt) => {
    if (stmt.kind === "store" || stmt.kind === "accumulate") written.add(aliasing.classOf(stmt.array));
    if (stmt.kind === "call" || stmt.kind === "apply")
      for (const arg of stmt.args)
        if (isReference(arg.type)) for (const memory of aliasing.reach(arg)) written.add(memory);
  });
  return written;
}

/** Whether the memory is known under one name only, and nothing holds a reference to it. */
function isAlone(name: string, memory: number, types: ReadonlyMap<string, Type>, aliasing: Aliasing): boolean {
  return [...types].every(
    ([other, type]) =>
      other === name ||
      !(isReference(type) || type.kind === "tape") ||
      !aliasing.reach(variable(other, type)).includes(memory),
  );
}

/** Variables that are given or used in a way that fields cannot be. */
function misused(
  func: Func,
  chosen: ReadonlyMap<string, RecordType>,
  written: ReadonlySet<number>,
  aliasing: Aliasing,
): Set<string> {
  const out = new Set<string>();
  const isChosen = (e: Expr): boolean => e.kind === "var" && chosen.has(e.name);
  const escape = (expr: Expr): void => {
    walkExpr(expr, (e) => {
      if (e.kind === "index" && isChosen(e.array)) return false;
      if (e.kind === "var" && chosen.has(e.name)) out.add(e.name);
      return true;
    });
  };
  const given = (name: string, value: Expr | undefined, type: RecordType): void => {
    if (value === undefined) return;
    // The object is written into: it has to be a new one.
    const isNew = ["items", "zerosLike", "deepCopy", "copy"].includes(value.kind);
    if ((written.has(aliasing.classOfName(name)) && !isNew) || !isUnderstood(value, type)) {
      out.add(name);
      escape(value);
    } else for (const part of leaves(value)) escape(part);
  };
  const last = func.body.at(-1);
  walkBlock(func.body, (stmt) => {
    switch (stmt.kind) {
      case "let":
      case "assign": {
        const type = chosen.get(stmt.name);
        const value = stmt.kind === "let" ? stmt.init : stmt.value;
        if (type !== undefined) given(stmt.name, value, type);
        else if (value !== undefined) escape(value);
        break;
      }
      case "store":
      case "accumulate":
        if (!isChosen(stmt.array)) escape(stmt.array);
        escape(stmt.index);
        escape(stmt.value);
        break;
      case "closure":
        walkBlock(stmt.func.body, (inner) => {
          for (const expr of exprsOf(inner))
            walkExpr(expr, (e) => {
              if (e.kind === "var" && chosen.has(e.name)) out.add(e.name);
            });
        });
        return false;
      case "return":
        if (stmt === last && stmt.value?.kind === "var" && canLeave(func, stmt.value.name, aliasing)) break;
        for (const expr of exprsOf(stmt)) escape(expr);
        break;
      default:
        for (const expr of exprsOf(stmt)) escape(expr);
    }
    return true;
  });
  return out;
}

/** Whether an object that is returned is one that the function made, so that it may as well be made at the end. */
function canLeave(func: Func, name: string, aliasing: Aliasing): boolean {
  const memory = aliasing.classOfName(name);
  const outside = func.params.some(
    (p) => isReference(p.type) && aliasing.reach(variable(p.name, p.type)).includes(memory),
  );
  let assigned = 0;
  walkBlock(func.body, (stmt) => {
    if (stmt.kind === "assign" && stmt.name === name) assigned++;
    if (stmt.kind === "let" && stmt.name === name && stmt.init?.kind !== "items") assigned++;
  });
  // An object that is made once and returned stays as it is.
  return !outside && assigned > 0;
}

/** Whether each field of a value can be told. */
function isUnderstood(value: Expr, type: RecordType): boolean {
  switch (value.kind) {
    case "index":
      // An array may have no such element: what is not there is not looked into before it is used.
      return value.array.type.kind === "record" && value.type.kind === "record" && sameFields(value.type, type);
    case "var":
    case "items":
      return value.type.kind === "record" && sameFields(value.type, type);
    case "zerosLike":
    case "deepCopy":
      return value.array.type.kind === "record" && type.fields.every((f) => f.type.kind !== "maybe");
    case "select":
      return isUnderstood(value.yes, type) && isUnderstood(value.no, type);
    default:
      return false;
  }
}

function sameFields(given: RecordType, wanted: RecordType): boolean {
  return wanted.fields.every((field) => {
    const own = given.fields.find((f) => f.name === field.name);
    return (
      own !== undefined &&
      (sameType(own.type, field.type) || field.type.kind === "maybe" || isNumber(own.type, field.type))
    );
  });
}

function isNumber(a: Type, b: Type): boolean {
  return isNumeric(a) && isNumeric(b);
}

/** The parts of a value that are used as they stand; names that are read field by field are none. */
function leaves(value: Expr): Expr[] {
  switch (value.kind) {
    case "var":
      return [];
    case "items":
      // An object within the object becomes one of the variables.
      return value.items.filter((item) => item.kind !== "var");
    case "index":
      return [value.array, value.index];
    case "select":
      return [value.test, ...leaves(value.yes), ...leaves(value.no)];
    case "zerosLike":
    case "deepCopy":
      return (value.array.kind === "op" ? value.array.args[0]! : value.array).kind === "var" ? [] : [value.array];
    default:
      return [value];
  }
}

// ---------------------------------------------------------------------------------------------
// How
// ---------------------------------------------------------------------------------------------

function replaced(body: Block, all: ReadonlyMap<string, Parts>, names: Names): Block {
  const assigned = assignedVariables(body);
  const written = new Set<string>();
  walkBlock(body, (stmt) => {
    if ((stmt.kind === "store" || stmt.kind === "accumulate") && stmt.array.kind === "var") {
      const part = partAt(all, stmt.array, stmt.index);
      if (part !== undefined) written.add(part.name);
    }
  });
  const inExpr = (expr: Expr): Expr =>
    mapExpr(expr, (e) => (e.kind === "index" ? (partAt(all, e.array, e.index, e.type) ?? e) : e));

  return mapBlock(body, (stmt): Stmt | Block => {
    switch (stmt.kind) {
      case "let": {
        const parts = all.get(stmt.name);
        if (parts === undefined) break;
        return fieldsOf(stmt.type).map((field): Stmt => {
          const part = parts.get(field.name)!;
          const mutable = assigned.has(stmt.name) || written.has(part.name) || stmt.init === undefined;
          const init = stmt.init === undefined ? undefined : inExpr(fieldOfValue(stmt.init, field, all));
          return {
            ...placeOf(stmt),
            kind: "let",
            name: part.name,
            type: part.type,
            mutable,
            ...(init === undefined ? {} : { init }),
          };
        });
      }
      case "assign": {
        const parts = all.get(stmt.name);
        if (parts === undefined) break;
        return assignAll(stmt, parts, names, (field) => inExpr(fieldOfValue(stmt.value, field, all)));
      }
      case "store":
      case "accumulate": {
        const part = partAt(all, stmt.array, stmt.index);
        if (part === undefined) break;
        const given = inExpr(stmt.value);
        // What is added to is there.
        const type = presentType(part.type);
        const value: Expr =
          stmt.kind === "store" ? given : { kind: "op", op: "add", args: [{ ...part, type }, given], type };
        return { ...placeOf(stmt), kind: "assign", name: part.name, value };
      }
      case "return": {
        const name = stmt.value?.kind === "var" ? stmt.value.name : undefined;
        const parts = name === undefined ? undefined : all.get(name);
        if (stmt.value === undefined || name === undefined || parts === undefined) break;
        const { type } = stmt.value;
        const init: Expr = { kind: "items", items: fieldsOf(type).map((f) => parts.get(f.name)!), type };
        return [{ ...placeOf(stmt), kind: "let", name, type, mutable: false, init }, stmt];
      }
      default:
        break;
    }
    return mapStmt(stmt, { expr: inExpr });
  });
}

function fieldsOf(type: Type): readonly Field[] {
  return type.kind === "record" ? type.fields : [];
}

function partAt(all: ReadonlyMap<string, Parts>, record: Expr, index: Expr, read?: Type): Var | undefined {
  const parts = record.kind === "var" ? all.get(record.name) : undefined;
  const field = parts && fieldOf(record.type, index);
  const part = field && parts.get(field.name);
  // Where the field is known to be there, it is read so.
  return part && read?.kind !== undefined && part.type.kind === "maybe" && read.kind !== "maybe"
    ? { ...part, type: read }
    : part;
}

/** All fields at once: a value that reads a field that would be gone by then is kept first. */
function assignAll(
  stmt: Extract<Stmt, { kind: "assign" }>,
  parts: Parts,
  names: Names,
  fieldValue: (field: Field) => Expr,
): Block {
  const values = fieldsOf(stmt.value.type).flatMap((field) => {
    const part = parts.get(field.name);
    return part === undefined ? [] : [{ part, value: fieldValue(field) }];
  });
  const from = placeOf(stmt);
  const kept: Stmt[] = [];
  const assigns = values.map(({ part, value }, i): Stmt => {
    const gone = new Set(values.slice(0, i).map((earlier) => earlier.part.name));
    if (![...freeVariables(value)].some((name) => gone.has(name)))
      return { ...from, kind: "assign", name: part.name, value };
    const name = names.fresh(`${part.name}Next`);
    kept.push({ ...from, kind: "let", name, type: part.type, mutable: false, init: value });
    return { ...from, kind: "assign", name: part.name, value: variable(name, part.type) };
  });
  return [...kept, ...assigns];
}

/** One field of what a variable is given. */
function fieldOfValue(value: Expr, field: Field, all: ReadonlyMap<string, Parts>): Expr {
  switch (value.kind) {
    case "items": {
      const index = fieldsOf(value.type).findIndex((f) => f.name === field.name);
      return value.items[index]!;
    }
    case "select":
      return {
        kind: "select",
        test: value.test,
        yes: fieldOfValue(value.yes, field, all),
        no: fieldOfValue(value.no, field, all),
        type: field.type,
      };
    case "zerosLike": {
      if (!isReference(field.type)) return zeroOf(field.type);
      return { kind: "zerosLike", array: fieldAt(value.array, field.name), type: field.type };
    }
    case "deepCopy": {
      const part = partOfCopied(value.array, field);
      return isReference(field.type) ? { kind: "deepCopy", array: part, type: field.type } : part;
    }
    default:
      return partAt(all, value, fieldName(field.name)) ?? fieldAt(value, field.name);
  }
}

/** The field of what is copied: of what is stopped it is, too. */
function partOfCopied(array: Expr, { name }: Field): Expr {
  if (array.kind !== "op") return fieldAt(array, name);
  const part = fieldAt(array.args[0]!, name);
  return isDifferentiable(part.type) ? { ...array, args: [part], type: part.type } : part;
}
