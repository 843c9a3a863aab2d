/**
 * Which memory references may point to: inclusion-based, field by field (L. O. Andersen, _Program analysis and
 * specialization for the C programming language_, 1994). What parts hold is blind to the order of statements. Each place
 * where memory is made is one memory, and so is each part of a parameter.
 */
import { isReference } from "./build.ts";
import type { Type } from "./types.ts";

export interface Memory {
  /** The position of the parameter that it is part of; undefined for what is made. */
  readonly root: number | undefined;
  /** The steps from its parameter down to it: names of fields, and `anyElement` for the elements of a list. */
  readonly path: readonly string[];
  /** The type of a part of a parameter, where that is known. */
  readonly type: Type | undefined;
  /** What its fields may point to; `anyElement` stands for the elements of a list. */
  readonly parts: Map<string, Set<Memory>>;
  /** What may be anywhere in it. */
  readonly inside: Set<Memory>;
  /** How many parts of its parameter there are, and how many may be told apart; undefined where types say how many. */
  readonly family: Family | undefined;
}

interface Family {
  size: number;
  readonly most: number;
}

export const anyElement = "*";

/** Deeper parts of a parameter, which only types that contain themselves have, are one memory. */
export const deepest = 8;

/** Where no types bound them, so many parts of a parameter are told apart. */
const mostUntyped = 400;

/** Whether it stands for all that is deeper. */
export const isDeepest = ({ path, family }: Memory): boolean =>
  path.length >= deepest || (family !== undefined && family.size >= family.most);

export function given(root: number, type: Type): Memory {
  return { root, path: [], type, parts: new Map(), inside: new Set(), family: undefined };
}

/** A parameter of which no type is at hand. */
export function givenUntyped(root: number): Memory {
  return { ...made(), root, family: { size: 1, most: mostUntyped } };
}

function givenPart(owner: Memory, key: string): Memory {
  const { path, type, family } = owner;
  if (family !== undefined) family.size++;
  return { ...made(), root: owner.root, path: [...path, key], type: partType(type, key), family };
}

export function made(): Memory {
  return { root: undefined, path: [], type: undefined, parts: new Map(), inside: new Set(), family: undefined };
}

/** Whether a part of a parameter came with references in it: an array of numbers leads nowhere. */
function leadsOn(type: Type | undefined): boolean {
  switch (type?.kind) {
    case "typed":
      return false;
    case "list":
    case "tape":
      return isReference(type.element);
    case "maybe":
      return leadsOn(type.type);
    default:
      return true;
  }
}

/** Undefined where the type does not say: an object may have more fields where it is known better. */
function partType(type: Type | undefined, key: string): Type | undefined {
  switch (type?.kind) {
    case "list":
    case "tape":
      return type.element;
    case "record":
      return type.fields.find((field) => field.name === key)?.type;
    case "maybe":
      return partType(type.type, key);
    default:
      return undefined;
  }
}

/** What a part of a memory may point to; adding to it says that something is put there. */
export function slot(memory: Memory, key: string): Set<Memory> {
  let part = memory.parts.get(key);
  if (part === undefined) {
    part = new Set();
    if (memory.root !== undefined && leadsOn(memory.type))
      part.add(isDeepest(memory) ? memory : givenPart(memory, key));
    memory.parts.set(key, part);
  }
  return part;
}

/** What a part of any of the memories may point to. */
export function partOf(memories: Iterable<Memory>, key: string): Set<Memory> {
  const found = new Set<Memory>();
  for (const memory of memories) {
    for (const part of slot(memory, key)) found.add(part);
    if (memory.inside.size > 0) found.add(memory);
    for (const part of memory.inside) found.add(part);
  }
  return found;
}

/** What is put into parts after their memory was made, apart from what it is made with. */
export interface PutLater {
  readonly into: (memory: Memory, key: string) => Set<Memory>;
  /** What a part holds that has surely been given another value. Of a parameter it is told apart no further. */
  readonly partOf: (memories: Iterable<Memory>, key: string) => Set<Memory>;
}

export function createPutLater(): PutLater {
  const parts = new Map<Memory, Map<string, Set<Memory>>>();
  const into = (memory: Memory, key: string): Set<Memory> => {
    const own = parts.get(memory) ?? new Map<string, Set<Memory>>();
    parts.set(memory, own);
    const part = own.get(key) ?? new Set<Memory>();
    own.set(key, part);
    return part;
  };
  const ofOne = (memory: Memory, key: string): Set<Memory> =>
    memory.root === undefined && memory.inside.size === 0 ? into(memory, key) : partOf([memory], key);
  return {
    into,
    partOf: (memories, key) => new Set([...memories].flatMap((memory) => [...ofOne(memory, key)])),
  };
}

/** The memories and all that can be reached from them. */
export function reachable(memories: Iterable<Memory>): Set<Memory> {
  const seen = new Set<Memory>();
  const visit = (memory: Memory): void => {
    if (seen.has(memory)) return;
    seen.add(memory);
    for (const part of memory.parts.values()) part.forEach(visit);
    memory.inside.forEach(visit);
  };
  for (const memory of memories) visit(memory);
  return seen;
}

/** The positions of the parameters that the memories belong to. */
export function rootsOf(memories: Iterable<Memory>): Set<number> {
  const roots = new Set<number>();
  for (const { root } of memories) if (root !== undefined) roots.add(root);
  return roots;
}

/** Adds, and says whether there was anything new. */
export function include<T>(into: Set<T>, from: Iterable<T>): boolean {
  const before = into.size;
  for (const each of [...from]) into.add(each);
  return into.size > before;
}
