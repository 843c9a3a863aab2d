/** The adjoint of each statement, to run in the state before it. */
import { adjointOfTensorOp } from "./tensor-adjoint.ts";
import { isName, isPresent } from "../ir/ask.ts";
import { contentsKey } from "../analyse/effects.ts";
import {
  assign,
  at,
  compare,
  constant,
  elementType,
  fieldName,
  ifThen,
  int,
  intType,
  isDifferentiable,
  isReference,
  lengthOf,
  num,
  numberType,
  op,
  variable,
  zeroOf,
  zerosLike,
} from "../ir/build.ts";
import { presentType } from "../ir/presence.ts";
import type { Expr, Stmt, Type, Var } from "../ir/types.ts";
import { assignedVariables } from "../ir/visit.ts";
import { accumulateInto, adjointOf, statements } from "./adjoint.ts";
import type { Planner } from "./planner.ts";
import { collectedIn, isFilled } from "./missing-fields.ts";
import { added, addInto, clear, countTo, cutTo, sumOf } from "./shadows.ts";

export function adjointOfStmt(planner: Planner, stmt: Stmt): Stmt[] {
  switch (stmt.kind) {
    case "let":
      return stmt.init === undefined ? [] : adjointOfLet(planner, stmt.name, stmt.type, stmt.init);
    case "assign":
      return adjointOfAssign(planner, stmt.name, stmt.value);
    case "store":
      return adjointOfStore(planner, stmt.array, stmt.index, stmt.value);
    case "accumulate": {
      if (!planner.active(stmt.value) || !planner.active(stmt.array)) return [];
      return statements(planner, adjointOf(planner, stmt.value, at(planner.bar(stmt.array), stmt.index)));
    }
    case "fill": {
      if (!planner.active(stmt.array) || isReference(stmt.value.type)) return [];
      const shadow = planner.bar(stmt.array);
      if (!planner.active(stmt.value)) return clear(planner.context.names, shadow);
      const { statements: summing, sum } = sumOf(planner.context.names, shadow);
      return [
        ...summing,
        ...clear(planner.context.names, shadow),
        ...statements(planner, adjointOf(planner, stmt.value, sum)),
      ];
    }
    case "set":
      return adjointOfSet(planner, stmt);
    case "append": {
      if (!planner.active(stmt.array) || isReference(stmt.value.type)) return [];
      const target = planner.fresh("appendedBar");
      const type = presentType(stmt.value.type);
      const taken: Stmt = { kind: "shrink", array: planner.bar(stmt.array), target, type };
      if (!planner.active(stmt.value)) return [{ kind: "shrink", array: planner.bar(stmt.array) }];
      return [taken, ...statements(planner, adjointOf(planner, stmt.value, variable(target, type)))];
    }
    case "shrink": {
      if (!planner.active(stmt.array) || isReference(elementType(stmt.array.type))) return [];
      const type = elementType(stmt.array.type);
      const taken = stmt.target === undefined ? undefined : variable(stmt.target, type);
      // What was taken may have gone where nothing reads it.
      const isRead = taken !== undefined && planner.active(taken);
      const value = isRead ? planner.bars.of(taken.name, type) : zeroOf(type);
      return [{ kind: "append", array: planner.bar(stmt.array), value }];
    }
    case "push": {
      if (!isActiveTape(planner, stmt.tape, stmt.value.type) || isReference(stmt.value.type)) return [];
      const target = planner.fresh("pushedBar");
      const tapeBar = tapeShadow(planner, stmt.tape, stmt.value.type).name;
      // Of a value that may be absent there is an adjoint all the same.
      const type = presentType(stmt.value.type);
      const pop: Stmt = { kind: "pop", tape: tapeBar, target, declare: true, type };
      if (!planner.active(stmt.value)) return [pop];
      return [pop, ...statements(planner, adjointOf(planner, stmt.value, variable(target, type)))];
    }
    case "pop": {
      if (!isActiveTape(planner, stmt.tape, stmt.type) || isReference(stmt.type)) return [];
      const tapeBar = tapeShadow(planner, stmt.tape, stmt.type).name;
      const target: Expr = variable(stmt.target, stmt.type);
      if (!planner.active(target)) return [{ kind: "push", tape: tapeBar, value: zeroOf(stmt.type) }];
      const bar = planner.bars.of(stmt.target, stmt.type);
      if (bar.kind !== "var") return [];
      const push: Stmt = { kind: "push", tape: tapeBar, value: bar };
      return stmt.declare ? [push] : [push, assign(bar.name, zeroOf(stmt.type))];
    }
    default:
      return [];
  }
}

export function isActiveTape(planner: Planner, tape: string, element: Type): boolean {
  return planner.context.activity.activeName(tape, { kind: "tape", element });
}

export function tapeShadow(planner: Planner, tape: string, element: Type): { name: string } {
  const bar = planner.bars.of(tape, { kind: "tape", element });
  if (bar.kind !== "var") throw new Error("reverse: a tape's shadow is a variable");
  return bar;
}

function adjointOfLet(planner: Planner, name: string, type: Type, init: Expr): Stmt[] {
  if (!planner.active(variable(name, type)) || !isDifferentiable(type)) return [];
  if (!isReference(type)) {
    // What may be absent later is there as it begins.
    const result = variable(name, init.type.kind === "maybe" ? type : presentType(type));
    return planner.active(init) ? adjointOfValue(planner, init, result) : [];
  }
  const shadow = planner.bars.of(name, type);
  const { names } = planner.context;
  switch (init.kind) {
    case "items":
      return init.items.flatMap((item, k) => {
        if (isReference(item.type) || !planner.active(item)) return [];
        const made = presentType(type);
        const index = made.kind === "record" ? fieldName(made.fields[k]!.name) : int(k);
        const part = at({ ...shadow, type: presentType(shadow.type) }, index);
        // An optional field that was given is there in the shadow too.
        const bar = { ...part, type: presentType(part.type) };
        const present = { ...item, type: presentType(item.type) };
        const adjoint = statements(planner, adjointOf(planner, present, bar));
        return item.type.kind === "maybe" ? [ifThen(isPresent(item), adjoint)] : adjoint;
      });
    case "copy":
      return planner.active(init.array) && !elementsAreReferences(type)
        ? adjointOfCopy(planner, variable(name, type), init)
        : [];
    case "tensorOp":
      return adjointOfTensorOp(planner, init, variable(name, type), shadow);
    case "deepCopy":
      return planner.active(init.array) ? addInto(names, planner.bar(init.array), shadow, type) : [];
    default:
      return [];
  }
}

/** The adjoint of a number or tensor that a constant is made of. */
function adjointOfValue(planner: Planner, init: Expr, result: Var): Stmt[] {
  const bar = planner.bars.of(result.name, result.type);
  if (init.kind === "tensorOp") return adjointOfTensorOp(planner, init, result, bar);
  return statements(planner, adjointOf(planner, init, bar, result));
}

function elementsAreReferences(type: Type): boolean {
  return type.kind === "list" && isReference(type.element);
}

/** `const b = a.slice(start, end)`: the shadow of b is added to that part of the shadow of a. */
function adjointOfCopy(planner: Planner, copy: Expr, init: Extract<Expr, { kind: "copy" }>): Stmt[] {
  const { names } = planner.context;
  const shadow = planner.bar(copy);
  const source = planner.bar(init.array);
  const { statements: before, offset } = sliceStart(planner, init);
  const rest = offset === undefined ? lengthOf(source) : op("sub", [lengthOf(source), offset], intType);
  const bound = planner.growsByStores(copy) ? op("min", [lengthOf(shadow), rest], intType) : lengthOf(shadow);
  const loop = countTo(names, bound, (j) => {
    const index = offset === undefined ? j : op("add", [offset, j], intType);
    return added(source, index, at(shadow, j));
  });
  return [...before, loop];
}

/** The start of a slice as JavaScript takes it: negative ones count from the end. */
export function sliceStart(
  planner: Pick<Planner, "fresh">,
  init: Extract<Expr, { kind: "copy" | "view" }>,
): { readonly statements: Stmt[]; readonly offset: Expr | undefined } {
  const start = init.start;
  if (start === undefined) return { statements: [], offset: undefined };
  if (
    start.kind === "literal" &&
    typeof start.value === "number" &&
    Number.isInteger(start.value) &&
    start.value >= 0
  ) {
    return { statements: [], offset: start.value === 0 ? undefined : start };
  }
  const length = lengthOf(init.array);
  const whole = op("trunc", [start], intType);
  const fromEnd = op("max", [op("add", [length, whole], intType), int(0)], intType);
  const value: Expr = { kind: "select", test: compare("lt", start, int(0)), yes: fromEnd, no: whole, type: intType };
  const name = planner.fresh("offset");
  return {
    statements: [{ kind: "let", name, type: intType, mutable: false, init: value }],
    offset: variable(name, intType),
  };
}

function adjointOfAssign(planner: Planner, name: string, value: Expr): Stmt[] {
  const target = variable(name, value.type);
  if (!planner.active(target) || isReference(value.type) || !isDifferentiable(value.type)) return [];
  const bar = planner.bars.of(name, value.type);
  if (bar.kind !== "var") throw new Error("reverse: the adjoint of a scalar is a variable");
  if (!planner.active(value)) return [assign(bar.name, zeroOf(bar.type))];

  const adjoint = adjointOf(planner, value, bar);
  const self = adjoint.contributions.find((c) => c.target.kind === "var" && c.target.name === name);
  const others = adjoint.contributions.filter((c) => c !== self);
  const touched = assignedVariables(adjoint.branches).has(bar.name);
  if (!touched) {
    // The new value's adjoint is read first, and becomes that of the old value last.
    const last: Stmt[] =
      self === undefined
        ? [assign(bar.name, zeroOf(bar.type))]
        : isName(self.value, bar.name)
          ? []
          : [assign(bar.name, self.value)];
    return [...adjoint.bindings, ...others.map((c) => accumulateInto(planner, c)), ...adjoint.branches, ...last];
  }
  const seed = planner.fresh(`${bar.name}Next`);
  return [
    { kind: "let", name: seed, type: bar.type, mutable: false, init: bar },
    assign(bar.name, zeroOf(bar.type)),
    ...statements(planner, adjointOf(planner, value, variable(seed, bar.type))),
  ];
}

function adjointOfStore(planner: Planner, array: Expr, index: Expr, value: Expr): Stmt[] {
  if (isReference(value.type) || !planner.active(at(array, index))) return [];
  if (value.type.kind === "tensor") return adjointOfTensorStore(planner, array, index, value);
  return [...adjointOfElement(planner, array, index, value), ...shortened(planner, array, index)];
}

/** The element's adjoint is taken, and another begins, of what was there before. */
function adjointOfTensorStore(planner: Planner, array: Expr, index: Expr, value: Expr): Stmt[] {
  const { aliasing, scope } = planner.context;
  const shadow = planner.bar(array);
  const seed = seedOf(planner, array, value.type);
  const isLocal = scope !== undefined && !scope.visible.has(aliasing.classOf(array));
  const zeros = variable(planner.fresh("zeros"), value.type);
  // In what the caller sees there was a tensor before, whose shape the gradient has.
  const cleared: Stmt[] = isLocal
    ? [{ kind: "store", array: shadow, index, value: zeroOf(value.type) }]
    : [
        constant(zeros.name, value.type, zerosLike(at(array, index))),
        { kind: "store", array: shadow, index, value: zeros },
      ];
  const adjoint = planner.active(value) ? statements(planner, adjointOf(planner, value, seed.value)) : [];
  return [seed.bind(at(shadow, index)), ...cleared, ...adjoint];
}

/** A store past the end makes a list longer: where other statements count on the length of its shadow, that goes back too. */
function shortened(planner: Planner, array: Expr, index: Expr): Stmt[] {
  if (array.type.kind !== "list" || !planner.resizes(array) || planner.ranges.isInside(array, index, planner.loops))
    return [];
  return [cutTo(planner.bar(array), lengthOf(array))];
}

/** The adjoint of a store inside of its array, or in a list that has grown by it. */
function adjointOfElement(planner: Planner, array: Expr, index: Expr, value: Expr): Stmt[] {
  const { aliasing } = planner.context;
  const shadow = planner.bar(array);
  // A store outside of a typed array is dropped, and so is its adjoint.
  const isInside = array.type.kind !== "typed" || planner.ranges.isInside(array, index, planner.loops);
  const isNew = isFilled(planner.context.filled ?? new Set(), array, index);
  const element: Expr = isNew
    ? collectedIn(shadow, index)
    : isInside
      ? { ...at(shadow, index), type: presentType(value.type) }
      : { kind: "nullish", left: at(shadow, index), right: num(0), type: numberType };
  if (!planner.active(value)) return [{ kind: "store", array: shadow, index, value: num(0) }];

  const place = JSON.stringify(at(array, index));
  const own = contentsKey(aliasing, array, index);
  const trial = adjointOf(planner, value, element);
  const self = trial.contributions.find((c) => JSON.stringify(c.target) === place);
  const others = trial.contributions.filter((c) => c !== self);
  const aliased = others.some(
    (c) => c.target.kind === "index" && contentsKey(aliasing, c.target.array, c.target.index) === own,
  );
  const uses = others.length + trial.bindings.length + (self !== undefined && !sameAs(self.value, element) ? 1 : 0);
  if (self !== undefined && !aliased && trial.branches.length === 0) {
    // `a[i] op= e`: the element's adjoint is scaled in place.
    const last: Stmt[] = sameAs(self.value, element)
      ? []
      : [{ kind: "store", array: shadow, index, value: self.value }];
    if (uses <= 1 && isInside && !isNew)
      return [...trial.bindings, ...others.map((c) => accumulateInto(planner, c)), ...last];
  }
  if (
    self !== undefined &&
    sameAs(self.value, element) &&
    trial.branches.length === 0 &&
    (!aliased || others.length === 1)
  ) {
    const seed = seedOf(planner, array);
    const adjoint = adjointOf(planner, value, seed.value);
    const rest = adjoint.contributions.filter((c) => JSON.stringify(c.target) !== place);
    return [seed.bind(element), ...adjoint.bindings, ...rest.map((c) => accumulateInto(planner, c))];
  }
  // Take the element's adjoint, clear it, and only then add: the value may read the same element.
  const seed = seedOf(planner, array);
  return [
    seed.bind(element),
    { kind: "store", array: shadow, index, value: num(0) },
    ...statements(planner, adjointOf(planner, value, seed.value)),
  ];
}

function sameAs(a: Expr, b: Expr): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

function seedOf(
  planner: Planner,
  array: Expr,
  type: Type = numberType,
): { readonly value: Expr; bind(element: Expr): Stmt } {
  const root = array.kind === "var" ? array.name : "element";
  const name = planner.fresh(`${root}ElementBar`);
  return {
    value: variable(name, type),
    bind: (element) => constant(name, type, element),
  };
}

/** `target.set(source, offset)`: that part of the target's shadow is cleared and added to the source's. */
function adjointOfSet(planner: Planner, stmt: Extract<Stmt, { kind: "set" }>): Stmt[] {
  if (!isDifferentiable(stmt.target.type) || !planner.active(stmt.target)) return [];
  const { names, aliasing } = planner.context;
  const target = planner.bar(stmt.target);
  const place = (j: Expr): Expr => (stmt.offset === undefined ? j : op("add", [stmt.offset, j], intType));
  const source = planner.active(stmt.source) ? planner.bar(stmt.source) : undefined;
  if (source === undefined) {
    return [
      countTo(names, lengthOf(stmt.source), (j) => [{ kind: "store", array: target, index: place(j), value: num(0) }]),
    ];
  }
  if (contentsKey(aliasing, stmt.target) !== contentsKey(aliasing, stmt.source)) {
    return [
      countTo(names, lengthOf(stmt.source), (j) => [
        { kind: "accumulate", array: source, index: j, value: at(target, place(j)) },
        { kind: "store", array: target, index: place(j), value: num(0) },
      ]),
    ];
  }
  // The two may overlap: take everything out first.
  const moved = names.fresh("movedBar");
  const movedBar = variable(moved, stmt.source.type);
  return [
    { kind: "let", name: moved, type: stmt.source.type, mutable: false, init: zerosLike(stmt.source) },
    countTo(names, lengthOf(stmt.source), (j) => [
      { kind: "store", array: movedBar, index: j, value: at(target, place(j)) },
      { kind: "store", array: target, index: place(j), value: num(0) },
    ]),
    countTo(names, lengthOf(stmt.source), (j) => [
      { kind: "accumulate", array: source, index: j, value: at(movedBar, j) },
    ]),
  ];
}
