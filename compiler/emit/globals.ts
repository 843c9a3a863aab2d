/** What a function refers to outside of itself. */
import { holdsTensor } from "../ir/build.ts";
import { isTensorSum } from "../ir/ask.ts";
import { type TensorOp } from "../ir/tensor-ops.ts";
import { keeperMethod } from "../ir/keepers.ts";
import { instanceOf, namesOf, tensorKey, zeroTensor } from "../ir/runtime.ts";
import type { Func, Type } from "../ir/types.ts";
import { writtenTexts } from "../ir/texts.ts";
import { nameOfRecord } from "../ir/record-names.ts";
import { exprsOf, variableTypes, walkBlock, walkExpr } from "../ir/visit.ts";
import { identifiersIn } from "./foreign.ts";

export interface Globals {
  /** Keys of functions and constants, and identifiers of foreign text, in the order of first use. */
  readonly values: ReadonlySet<string>;
  /** Identifiers in the types of all that there is. Not every one of them is printed: what no text mentions is not imported. */
  readonly types: ReadonlySet<string>;
}

export function globalsOf(func: Func): Globals {
  const values = new Set<string>();
  const types = new Set<string>();
  const inType = (type: Type): void => {
    for (const name of typeNames(type)) types.add(name);
  };

  for (const param of func.params) {
    if (param.typeText === undefined) inType(param.type);
    else for (const name of identifiersIn([param.typeText])) types.add(name);
    if (param.defaultValue?.kind === "constant") values.add(rootOf(param.defaultValue.name));
  }
  inType(func.result);
  const leave = instancesLeave(func);
  for (const type of variableTypes(func).values()) inType(type);

  walkBlock(func.body, (stmt) => {
    if (stmt.kind === "call") values.add(keeperMethod(stmt.callee) === "namesOf" ? namesOf : stmt.callee);
    if (stmt.kind === "accumulate" && stmt.value.type.kind === "tensor") values.add(tensorKey("add"));
    if (stmt.kind === "closure") {
      const inner = globalsOf({ ...stmt.func, body: [] });
      for (const name of inner.types) types.add(name);
      for (const name of inner.values) values.add(name);
    }
    for (const expr of exprsOf(stmt)) {
      walkExpr(expr, (e) => {
        inType(e.type);
        if (e.kind === "constant") values.add(rootOf(e.name));
        else if (e.kind === "tensor") values.add("Tensor");
        else if (e.kind === "literal" && e.type.kind === "tensor") values.add(zeroTensor);
        else if (e.kind === "literal" && e.member !== undefined) types.add(e.member);
        else if (isTensorSum(e)) values.add(tensorKey("add"));
        else if (e.kind === "tensorOp" && !isMember(e.op)) values.add(tensorKey(e.op));
        else if (e.kind === "items" || e.kind === "tuple") madeIn(e.type, leave, values);
        else if (e.kind === "zerosLike") {
          if (holdsTensor(e.type)) values.add(tensorKey("zerosLike"));
        } else if (e.kind === "foreign") for (const name of identifiersIn(e.texts)) values.add(name);
      });
    }
  });
  return { values, types };
}

/** What makes an object of a class. */
function madeIn(type: Type, leave: boolean, into: Set<string>): void {
  if (type.kind !== "record" || !type.made || type.className === undefined) return;
  if (type.made === "fields" && !leave) return;
  if (type.made === "fields") into.add(instanceOf);
  into.add(type.className);
}

/** Whether objects may leave the function: in what it gives, or put into a parameter. */
export function instancesLeave({ params, result, body }: Func): boolean {
  if (holdsObjects(result)) return true;
  if (!params.some(({ type }) => holdsObjects(type))) return false;
  let puts = false;
  walkBlock(body, (stmt) => {
    if (stmt.kind === "store" || stmt.kind === "append" || stmt.kind === "fill") puts ||= holdsObjects(stmt.value.type);
  });
  return puts;
}

function holdsObjects(type: Type): boolean {
  switch (type.kind) {
    case "record":
    case "function":
      return true;
    case "list":
      return holdsObjects(type.element);
    case "maybe":
      return holdsObjects(type.type);
    case "tuple":
      return type.items.some(holdsObjects);
    default:
      return false;
  }
}

/** Whether it is read off the tensor itself. */
export function isMember(op: TensorOp): boolean {
  return op === "item" || op === "dataOf" || op === "shapeOf";
}

/** `Settings` of `Settings.rate`. */
function rootOf(constant: string): string {
  return constant.split(".")[0]!;
}

const known = new WeakMap<Type, readonly string[]>();

function typeNames(type: Type): readonly string[] {
  const names = known.get(type) ?? [...new Set(namesWithin(type))];
  known.set(type, names);
  return names;
}

function namesWithin(type: Type): readonly string[] {
  switch (type.kind) {
    case "tensor":
      return ["Tensor"];
    case "string":
      return [...identifiersIn([writtenTexts(type)])];
    case "list":
    case "tape":
      return typeNames(type.element);
    case "maybe":
      return typeNames(type.type);
    case "record": {
      const name = nameOfRecord(type);
      // A field may be read or written through a type that has just this one.
      return [
        ...(name === undefined ? [] : identifiersIn([name])),
        ...type.fields.flatMap((field) => typeNames(field.type)),
        ...(type.members ?? []).flatMap(typeNames),
      ];
    }
    case "tuple":
      return type.items.flatMap(typeNames);
    case "function":
      return [
        ...type.params.flatMap((p) =>
          p.typeText === undefined ? typeNames(p.type) : [...identifiersIn([p.typeText])],
        ),
        ...typeNames(type.result),
      ];
    default:
      return [];
  }
}
