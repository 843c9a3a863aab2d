/** The loop of a group: where all tensors are float64 and have one shape it is run through, else the operations are done one by one. */
import {
  assign,
  booleanType,
  constant,
  float64Array,
  at,
  int,
  intType,
  mutable,
  num,
  numberType,
  op,
  variable,
} from "../../ir/build.ts";
import type { Names } from "../../ir/names.ts";
import { areAlike } from "../../ir/runtime.ts";
import type { Block, Expr, Stmt, Var } from "../../ir/types.ts";
import { childrenOf, freeVariables, mapExpr, walkExpr } from "../../ir/visit.ts";
import { isAtom, withoutQuote } from "../../ir/ask.ts";
import type { Group, PlacedMember } from "./groups.ts";
import { type Phase, sizedLike } from "./members.ts";

/** A value of the loop: an element of a tensor, or a number. */
interface Definition {
  readonly name: string;
  readonly value: Expr;
  readonly phase: Phase;
  readonly member?: PlacedMember | undefined;
}

/** A number to which the loop adds for each element. */
interface Total {
  readonly name: string;
  readonly of: Expr;
  readonly member: PlacedMember;
}

/** A value that leaves the loop. */
interface Result {
  readonly member: PlacedMember;
  readonly value: Expr;
}

export interface Fused {
  /** Whether the loop may run over the tensors. */
  readonly test: Expr;
  /** The statements that the loop is, and the name that each result has at their end. */
  readonly loop: Block;
  readonly results: ReadonlyMap<string, Expr>;
}

/** How many operations one expression holds at most. */
const most = 6;

/**
 * The loop of a group, for those of its tensors and numbers that are asked for. Undefined where a member has no formula; then
 * `refused` is told its name.
 */
export function fusedLoop(
  group: Group,
  asked: (name: string) => boolean,
  names: Names,
  refused: (name: string) => void,
): Fused | undefined {
  const inputs = inputsOf(group);
  const definitions: Definition[] = [];
  const values = new Map<string, Expr>();
  const index = variable(names.fresh("i"), intType);
  const arrays = new Map<string, Var>();
  for (const { name } of inputs.full) {
    const data = variable(names.fresh(`${stemOf(name)}Data`), float64Array);
    arrays.set(name, data);
    const element = variable(names.fresh(`${stemOf(name)}At`), numberType);
    definitions.push({ name: element.name, value: at(data, index), phase: "inside" });
    values.set(name, element);
  }
  for (const { name, type } of inputs.scalars) {
    const number = variable(names.fresh(`${stemOf(name)}Value`), numberType);
    const value: Expr = { kind: "tensorOp", op: "item", args: [variable(name, type)], type: numberType };
    definitions.push({ name: number.name, value, phase: "before" });
    values.set(name, number);
  }
  const totals: Total[] = [];
  const size = variable(names.fresh("size"), intType);
  const isSized = ({ name }: Var): boolean => inside.has(name) || inputs.full.some((input) => input.name === name);
  const inside = new Set<string>();
  const moving = new Set([...arrays.keys()].map((name) => (values.get(name) as Var).name));
  for (const member of group.members) {
    const { stmt, kind } = member;
    if (member.isFull) inside.add(stmt.name);
    const raw = member.value((tensor) => values.get(tensor.name)!);
    const value = raw === undefined ? undefined : withoutOnes(inSizes(raw, isSized, size));
    if (value === undefined || (value.type.kind === "boolean" && (kind !== "element" || asked(stmt.name)))) {
      refused(stmt.name);
      return undefined;
    }
    const stem = stemOf(stmt.name);
    if (kind !== "element") {
      const total = variable(names.fresh(`${stem}Sum`), numberType);
      totals.push({ name: total.name, of: value, member });
      values.set(stmt.name, total);
    }
    if (isAtom(value) && kind === "element") values.set(stmt.name, value);
    else if (kind !== "sum") {
      // What is the same for all elements is computed once.
      const isMoving = [...freeVariables(value)].some((name) => moving.has(name));
      const phase = member.phase === "inside" && !isMoving ? "before" : member.phase;
      const own = variable(names.fresh(`${stem}${phase === "inside" ? "At" : "Value"}`), value.type);
      if (phase === "inside") moving.add(own.name);
      const result = kind === "mean" ? op("div", [values.get(stmt.name)!, size]) : value;
      definitions.push({ name: own.name, value: result, phase, member });
      values.set(stmt.name, own);
    }
  }
  const results = group.members
    .filter(({ stmt }) => asked(stmt.name))
    .map((member): Result => ({ member, value: values.get(member.stmt.name)! }));
  const live = liveDefinitions(definitions, totals, results);
  const inliner = new Inliner(live.definitions, live.uses);
  const like = inputs.full[0] ?? inputs.witnesses[0]!;
  const given = new Map<string, Expr>();
  const before: Stmt[] = [];
  const body: Step[] = inliner.kept
    .filter(({ phase }) => phase === "inside")
    .map((each) => ({ member: each.member, stmt: inliner.constantOf(each) }));
  for (const { member, value } of results) {
    const { name, type } = member.stmt;
    const resolved = inliner.resolved(value);
    if (member.phase === "inside") {
      const data = variable(names.fresh(`${stemOf(name)}Data`), float64Array);
      before.push(constant(data.name, float64Array, { kind: "zeros", length: size, type: float64Array }));
      body.push({ member, stmt: { kind: "store", array: data, index, value: resolved } });
      given.set(name, { kind: "tensorOp", op: "tensorOver", args: [data, like], type });
    } else {
      const data: Expr = { kind: "items", items: [resolved], type: float64Array };
      given.set(name, type.kind === "tensor" ? { kind: "tensor", data, shape: [], type } : resolved);
    }
  }
  for (const { name, of, member } of totals.filter((total) => live.uses.has(total.name))) {
    before.push(mutable(name, numberType, num(0)));
    const sum = op("add", [variable(name, numberType), inliner.resolved(of)]);
    body.push({ member, stmt: assign(name, sum) });
  }
  if (body.length === 0) return undefined;
  const loads = [...arrays].flatMap(([name, data]) => {
    if (!live.uses.has((values.get(name) as Var).name)) return [];
    const init: Expr = { kind: "tensorOp", op: "dataOf", args: [variable(name, like.type)], type: float64Array };
    return [constant(data.name, float64Array, init)];
  });
  const inPhase = (phase: Phase): Stmt[] =>
    inliner.kept.filter((each) => each.phase === phase).map((each) => inliner.constantOf(each));
  const sizeOf: Expr = { kind: "foreign", texts: ["", ".size"], args: [like], type: intType };
  const loop: Stmt = {
    kind: "for",
    name: index.name,
    start: int(0),
    compare: "lt",
    bound: size,
    step: 1,
    body: inOrder(body, group),
  };
  return {
    test: testOf([...inputs.full, ...inputs.witnesses], inputs.scalars),
    loop: [...loads, constant(size.name, intType, sizeOf), ...inPhase("before"), ...before, loop, ...inPhase("after")],
    results: given,
  };
}

/** A statement of the loop, and the operation that it is for; none of what loads an element. */
interface Step {
  readonly member: PlacedMember | undefined;
  readonly stmt: Stmt;
}

/** The statements in the order of the program, under the comments that it has there. */
function inOrder(steps: readonly Step[], group: Group): Block {
  const loads = steps.filter(({ member }) => member === undefined).map(({ stmt }) => stmt);
  let last: string | undefined;
  let note: Stmt | undefined;
  const own = group.members.flatMap((member) => {
    const found = steps.filter((step) => step.member === member).map(({ stmt }) => stmt);
    note = member.note ?? note;
    if (found.length === 0 || note?.kind !== "comment" || note.text === last) return found;
    last = note.text;
    return [note, ...found];
  });
  return [...loads, ...own];
}

/** The tensors that a group takes from outside. */
export function inputsOf(group: Group): { readonly full: Var[]; readonly scalars: Var[]; readonly witnesses: Var[] } {
  const own = new Set(group.members.map(({ stmt }) => stmt.name));
  const seen = new Set<string>();
  const from = (list: readonly Var[]): Var[] =>
    list.filter(({ name }) => !own.has(name) && !seen.has(name) && seen.add(name) !== undefined);
  const full = from(group.members.flatMap((member) => member.full));
  const scalars = from(group.members.flatMap((member) => member.scalars));
  const witnesses = from(group.members.flatMap(({ witness }) => (witness === undefined ? [] : [witness])));
  return { full, scalars, witnesses };
}

function testOf(tensors: readonly Var[], scalars: readonly Var[]): Expr {
  const list = (items: readonly Var[]): string[] => items.map((_, k) => (k === 0 ? "" : ", "));
  const args = [...tensors, ...scalars];
  const pieces = [...list(tensors), ...list(scalars).map((text, k) => (k === 0 ? "], [" : text))];
  const texts = [`${areAlike}([${pieces[0] ?? ""}`, ...pieces.slice(1), "])"];
  return { kind: "foreign", texts, args, type: booleanType };
}

/** All tensors of the loop have one number of elements. */
function inSizes(value: Expr, isSized: (tensor: Var) => boolean, size: Expr): Expr {
  return mapExpr(value, (e) => {
    const tensor = sizedLike(e);
    return tensor !== undefined && isSized(tensor) ? size : e;
  });
}

/** `1 * x` is x, in every bit. */
function withoutOnes(value: Expr): Expr {
  return mapExpr(value, (e) => {
    if (e.kind !== "op" || e.op !== "mul") return e;
    const [a, b] = e.args;
    if (a?.kind === "literal" && a.value === 1) return b!;
    return b?.kind === "literal" && b.value === 1 ? a! : e;
  });
}

const stemOf = (name: string): string => name.replace(/(\$r\d*)+$/, "").replace(/\d+$/, "");

interface Live {
  readonly definitions: readonly Definition[];
  /** How often each is read. */
  readonly uses: ReadonlyMap<string, number>;
}

/** What the results need. */
function liveDefinitions(
  definitions: readonly Definition[],
  totals: readonly Total[],
  results: readonly Result[],
): Live {
  const uses = new Map<string, number>();
  const read = (e: Expr): void => {
    walkExpr(e, (inner) => {
      if (inner.kind === "var") uses.set(inner.name, (uses.get(inner.name) ?? 0) + 1);
    });
  };
  for (const { value } of results) read(value);
  const visit = (phases: readonly Phase[]): void => {
    for (const { name, value, phase } of [...definitions].reverse())
      if (phases.includes(phase) && uses.has(name)) read(value);
  };
  visit(["after"]);
  for (const { name, of } of totals) if (uses.has(name)) read(of);
  visit(["inside"]);
  visit(["before"]);
  return { definitions: definitions.filter(({ name }) => uses.has(name)), uses };
}

/** Puts what is read once in its place, as long as expressions stay readable. */
class Inliner {
  readonly kept: Definition[] = [];
  readonly #inlined = new Map<string, Expr>();

  constructor(definitions: readonly Definition[], uses: ReadonlyMap<string, number>) {
    const phases = new Map(definitions.map(({ name, phase }) => [name, phase]));
    const readers = new Map<string, Definition>();
    for (const definition of definitions)
      walkExpr(definition.value, (e) => {
        if (e.kind === "var" && phases.has(e.name)) readers.set(e.name, definition);
      });
    const sizes = new Map<string, number>();
    for (const definition of definitions) {
      const { name, value, phase } = definition;
      const resolved = this.resolved(value);
      const size = operationsIn(resolved);
      const reader = readers.get(name);
      const isInOnePhase = reader === undefined ? phase !== "before" : reader.phase === phase;
      const room = reader === undefined ? 0 : (sizes.get(reader.name) ?? operationsIn(reader.value));
      const mayGo = uses.get(name) === 1 && isInOnePhase && size + room <= most;
      if (!mayGo) {
        this.kept.push(definition);
        continue;
      }
      if (reader !== undefined) sizes.set(reader.name, room + size);
      this.#inlined.set(name, resolved);
    }
  }

  constantOf({ name, value }: Definition): Stmt {
    return constant(name, value.type, this.resolved(value));
  }

  resolved(value: Expr): Expr {
    return mapExpr(value, (e) => (e.kind === "var" ? (this.#inlined.get(e.name) ?? e) : e));
  }
}

function operationsIn(e: Expr): number {
  const own = ["op", "foreign", "select", "logic"].includes(e.kind) ? 1 : 0;
  return childrenOf(e).reduce((sum, child) => sum + operationsIn(child), own);
}

/** The operations of a group one by one; results go into variables that were declared before. */
export function unfused(group: Group, isResult: (name: string) => boolean): Block {
  return group.members.flatMap(({ stmt, note }): Stmt[] => {
    const own: Stmt = isResult(stmt.name) ? assign(stmt.name, stmt.init!) : withoutQuote(stmt);
    return [...(note === undefined ? [] : [note]), own];
  });
}
