/** The shadows of references that move: statements that keep them beside their arrays in the forward sweep. */
import { lengthKey, writesOfStmt } from "../analyse/effects.ts";
import { isAbsent, isPresent, isUndefined, nameOf, withoutQuote } from "../ir/ask.ts";
import { idleShadow } from "./calls.ts";
import {
  assign,
  at,
  compare,
  fieldAt,
  holdsReferences,
  fieldOf,
  ifThen,
  isDifferentiable,
  isReference,
  lengthOf,
  num,
  shadowFields,
  shadowType,
  variable,
} from "../ir/build.ts";
import { presentType } from "../ir/presence.ts";
import type { Expr, Stmt, Type } from "../ir/types.ts";
import { sameExpr, type StmtOf, variablesDeclaredBy } from "../ir/visit.ts";
import type { Planner } from "./planner.ts";
import { countTo, cutTo, recordShadow, shadowOf, whenPresent, zerosFor } from "./shadows.ts";
import { isActiveTape, tapeShadow } from "./statements.ts";

export function isTwinned(planner: Planner, expr: Expr): boolean {
  const { aliasing } = planner.context;
  return isReference(expr.type) && aliasing.isDynamic(aliasing.classOf(expr)) && planner.active(expr);
}

export function twinsOf(planner: Planner, stmt: Stmt): Stmt[] {
  const barOf = (name: string, type: Type): Expr => planner.bars.of(name, type);
  switch (stmt.kind) {
    case "let": {
      const primal = variable(stmt.name, stmt.type);
      if (!isReference(stmt.type) || !isTwinned(planner, primal)) return [];
      const bar = nameOf(barOf(stmt.name, stmt.type));
      const type = shadowType(stmt.type);
      if (stmt.init === undefined) return [{ kind: "let", name: bar, type, mutable: true }];
      const { before, value } = shadowOfMade(planner, stmt.init, primal);
      return [...before, { kind: "let", name: bar, type, mutable: stmt.mutable, init: value }];
    }
    case "assign": {
      const primal = variable(stmt.name, stmt.value.type);
      if (!isReference(stmt.value.type) || !isTwinned(planner, primal)) return [];
      const { before, value } = shadowOfMade(planner, stmt.value, primal);
      return [...before, assign(nameOf(barOf(stmt.name, stmt.value.type)), value)];
    }
    case "store":
      if (!isTwinned(planner, stmt.array) || !isDifferentiable(at(stmt.array, stmt.index).type)) return [];
      if (!isReference(stmt.value.type)) {
        const shadow = planner.bar(stmt.array);
        if (comesToBe(stmt)) return begun(planner, shadow, stmt.index);
        const grows =
          stmt.array.type.kind === "list" && !planner.ranges.isInside(stmt.array, stmt.index, planner.loops);
        if (!grows) return [];
        const grow: Stmt = { kind: "store", array: shadow, index: stmt.index, value: num(0) };
        // When it runs again, the shadow may have grown before.
        return planner.runsAgain ? [ifThen(compare("ge", stmt.index, lengthOf(shadow)), [grow])] : [grow];
      }
      return besideStored(planner, stmt.value, (value) => ({
        ...withoutQuote(stmt),
        array: planner.bar(stmt.array),
        value,
      }));
    case "fill":
      if (!isTwinned(planner, stmt.array) || !isOfAbsent(stmt.array) || isUndefined(stmt.value)) return [];
      return [countTo(planner.context.names, lengthOf(stmt.array), (i) => begun(planner, planner.bar(stmt.array), i))];
    case "append":
      if (!isTwinned(planner, stmt.array)) return [];
      // The shadow grows with its list.
      if (!isReference(stmt.value.type)) return [{ kind: "append", array: planner.bar(stmt.array), value: num(0) }];
      return besideStored(planner, stmt.value, (value) => ({
        ...withoutQuote(stmt),
        array: planner.bar(stmt.array),
        value,
      }));
    case "shrink": {
      if (!isTwinned(planner, stmt.array)) return [];
      const shadow = planner.bar(stmt.array);
      if (stmt.target === undefined || stmt.type === undefined || !isReference(stmt.type))
        return [{ kind: "shrink", array: shadow }];
      return [
        { kind: "shrink", array: shadow, target: nameOf(barOf(stmt.target, stmt.type)), type: shadowType(stmt.type) },
      ];
    }
    case "push":
      if (!isReference(stmt.value.type) || !isActiveTape(planner, stmt.tape, stmt.value.type)) return [];
      return besideStored(planner, stmt.value, (value) => ({
        kind: "push",
        tape: tapeShadow(planner, stmt.tape, stmt.value.type).name,
        value,
      }));
    case "pop":
      if (!isReference(stmt.type) || !isActiveTape(planner, stmt.tape, stmt.type)) return [];
      return [
        {
          ...stmt,
          tape: tapeShadow(planner, stmt.tape, stmt.type).name,
          target: nameOf(barOf(stmt.target, stmt.type)),
          type: shadowType(stmt.type),
        },
      ];
    case "call":
    case "apply":
      // What a callee made comes without a shadow, unless the callee says where it is.
      return variablesDeclaredBy(stmt).flatMap(({ name, type }): Stmt[] => {
        const primal = variable(name, type);
        if (!isTwinned(planner, primal)) return [];
        const bar = nameOf(barOf(name, type));
        return [{ kind: "let", name: bar, type: presentType(type), mutable: false, init: zerosFor(primal) }];
      });
    default:
      return [];
  }
}

/** Whether a number is stored where none may have been, so that the shadow may have none there either. */
function comesToBe({ array, index, value, mayAdd }: StmtOf<"store">): boolean {
  if (isUndefined(value) || isReference(value.type)) return false;
  // `o.k *= 2`
  const wasThere = (e: Expr): boolean =>
    e.kind === "op"
      ? e.args.some(wasThere)
      : e.kind === "index" && e.type.kind !== "maybe" && sameExpr(e.array, array) && sameExpr(e.index, index);
  if (wasThere(value)) return false;
  // Optional fields have a way of their own.
  return isOfAbsent(array) || (mayAdd !== true && fieldOf(array.type, index)?.type.kind === "maybe");
}

const isOfAbsent = ({ type }: Expr): boolean => type.kind === "list" && type.element.kind === "maybe";

/** A place in a shadow begins as zero; when it runs again, something may have been added there before. */
function begun(planner: Planner, shadow: Expr, index: Expr): Stmt[] {
  const begin: Stmt = { kind: "store", array: shadow, index, value: num(0) };
  return planner.runsAgain ? [ifThen(isAbsent(at(shadow, index)), [begin])] : [begin];
}

/** What puts the shadow of a reference where the reference itself goes. */
function besideStored(planner: Planner, reference: Expr, put: (shadow: Expr) => Stmt): Stmt[] {
  const before: Stmt[] = [];
  const shadow = ownShadow(planner, reference, before);
  return [...before, put(shadow)];
}

/** The shadow of a reference, or zeros for one that no derivative goes through: memory around it may carry others. */
function ownShadow(planner: Planner, reference: Expr, before: Stmt[]): Expr {
  if (!planner.active(reference)) return idleShadow(planner.context.names, reference, before);
  return shadowOf(reference, reference, (name, type) => planner.bars.of(name, type));
}

/** The shadow of what a variable is given. An object may be made of arrays that carry no derivative. */
function shadowOfMade(planner: Planner, init: Expr, primal: Expr): { readonly before: Stmt[]; readonly value: Expr } {
  const before: Stmt[] = [];
  const barOf = (name: string, type: Type): Expr => planner.bars.of(name, type);
  if (init.kind !== "items" || init.type.kind !== "record" || !holdsReferences(init.type))
    return { before, value: shadowOf(init, primal, barOf) };
  const value = recordShadow(init, init.type, (item) => ownShadow(planner, item, before));
  return { before, value };
}

/**
 * After a call that makes lists longer or shorter: their shadows, which stand beside them in the forward sweep, follow.
 * `follows`: positions of arguments whose shadows the callee takes along.
 */
export function resizedTwins(planner: Planner, stmt: StmtOf<"call">, follows: readonly number[] = []): Stmt[] {
  const { aliasing, names } = planner.context;
  const written = new Set(writesOfStmt(aliasing, stmt));
  const resize = (array: Expr, shadow: Expr): Stmt[] => {
    if (!isReference(array.type) || !planner.active(array)) return [];
    if (array.type.kind === "record")
      return shadowFields(array.type).flatMap((field) =>
        whenPresent(array, field.name, (part) =>
          resize(part, { ...fieldAt(shadow, field.name), type: shadowType(part.type) }),
        ),
      );
    if (array.type.kind !== "list") return [];
    if (isReference(array.type.element)) {
      const rows = countTo(names, lengthOf(array), (i) => resize(at(array, i), at(shadow, i)));
      return rows.kind === "for" && rows.body.length > 0 ? [rows] : [];
    }
    if (!isTwinned(planner, array) || !written.has(lengthKey(aliasing, array))) return [];
    const grow: Stmt = {
      kind: "while",
      test: compare("lt", lengthOf(shadow), lengthOf(array)),
      body: [{ kind: "append", array: shadow, value: num(0) }],
    };
    return [grow, cutTo(shadow, lengthOf(array))];
  };
  return stmt.args.flatMap((arg, i) => {
    if (follows.includes(i) || !isReference(arg.type) || !planner.active(arg)) return [];
    const resized = resize(arg, planner.bar(arg));
    // Of the objects of which one is chosen, the others are never made.
    const isMade = arg.kind !== "var" || !planner.readEarly.has(arg.name) || resized.length === 0;
    return isMade ? resized : [ifThen(isPresent(arg), resized)];
  });
}

/** The tape of shadows beside a tape of references. */
export function declareTwinTape(planner: Planner, stmt: Stmt): Stmt[] {
  if (stmt.kind !== "let" || stmt.type.kind !== "tape" || !isReference(stmt.type.element) || stmt.init === undefined)
    return [];
  const { element } = stmt.type;
  if (!isActiveTape(planner, stmt.name, element)) return [];
  const { name } = tapeShadow(planner, stmt.name, element);
  // The shadow of an object lacks what carries no derivative.
  const type = shadowType(stmt.type);
  return [{ kind: "let", name, type, mutable: false, init: { ...stmt.init, type } as Expr }];
}
