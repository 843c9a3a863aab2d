/** How the forward sweep saves what a statement overwrites or a block leaves behind, and how the reverse sweep takes it back. */
import { nameOf } from "../ir/ask.ts";
import { stepOf } from "../analyse/integers.ts";
import {
  assign,
  at,
  constant,
  int,
  intType,
  isDifferentiable,
  isReference,
  lengthOf,
  num,
  op,
  shadowType,
  variable,
} from "../ir/build.ts";
import { presentType } from "../ir/presence.ts";
import type { Expr, Stmt, Type } from "../ir/types.ts";
import type { Generation, Pair } from "./generation.ts";
import type { Planner } from "./planner.ts";
import { cutTo, restoreFrom } from "./shadows.ts";
import { tripProduct } from "./trips.ts";
import { isTwinned } from "./twins.ts";

/** The names of the tapes of a save site. */
interface Site {
  readonly tape: string;
  readonly twin?: string;
}

/** Saves what a statement overwrites before it runs. */
export function saveAndRestore(g: Generation, stmt: Stmt): Pair {
  const { planner } = g;
  const { names, integers } = planner.context;
  switch (stmt.kind) {
    case "assign": {
      // What the variable was before may be what its new value cannot be: undefined, another text.
      const type = planner.context.types.get(stmt.name) ?? stmt.value.type;
      if (planner.exitNames.has(stmt.name)) return { forward: [], reverse: [assign(stmt.name, int(0))] };
      const step = stepOf(stmt.name, stmt.value);
      if (step !== undefined && integers.isCounter(stmt.name)) {
        // A counter steps back: nothing is saved.
        return {
          forward: [],
          reverse: [
            assign(stmt.name, op(step > 0 ? "sub" : "add", [variable(stmt.name, type), num(Math.abs(step))], type)),
          ],
        };
      }
      const site = newSite(g, stmt.name, type);
      return { forward: pushOf(planner, site, stmt.name, type), reverse: popOf(planner, site, stmt.name, type, false) };
    }
    case "pop": {
      const site = newSite(g, stmt.target, stmt.type);
      return {
        forward: pushOf(planner, site, stmt.target, stmt.type),
        reverse: popOf(planner, site, stmt.target, stmt.type, false),
      };
    }
    case "store":
    case "accumulate":
      return saveElement(g, stmt.array, stmt.index);
    case "fill":
      return saveWhole(g, stmt.array);
    case "set":
      return saveWhole(g, stmt.target);
    case "append": {
      const shadow = isReference(stmt.value.type) && isTwinned(planner, stmt.array) ? [planner.bar(stmt.array)] : [];
      return { forward: [], reverse: [stmt.array, ...shadow].map((array): Stmt => ({ kind: "shrink", array })) };
    }
    case "shrink": {
      const index = op("sub", [lengthOf(stmt.array), int(1)], intType);
      const last = at(stmt.array, index);
      const type = last.type;
      const site = newSite(g, "last", type);
      const name = names.fresh("last");
      const forward: Stmt[] = [{ kind: "push", tape: site.tape, value: last }];
      const reverse: Stmt[] = [
        { kind: "pop", tape: site.tape, target: name, declare: true, type },
        { kind: "append", array: stmt.array, value: variable(name, type) },
      ];
      if (site.twin !== undefined && isTwinned(planner, stmt.array)) {
        const shadow = planner.bar(stmt.array);
        const lastBar = variable(names.fresh("lastBar"), shadowType(type));
        forward.push({ kind: "push", tape: site.twin, value: at(shadow, index) });
        reverse.unshift(
          { kind: "pop", tape: site.twin, target: lastBar.name, declare: true, type: lastBar.type },
          { kind: "append", array: shadow, value: lastBar },
        );
      }
      return { forward, reverse };
    }
    case "call": {
      const pairs = stmt.args.filter((arg) => isReference(arg.type)).map((arg) => saveWhole(g, arg));
      return { forward: pairs.flatMap((p) => p.forward), reverse: pairs.reverse().flatMap((p) => p.reverse) };
    }
    default:
      throw new Error(`reverse: ${stmt.kind} overwrites nothing that can be saved`);
  }
}

function saveElement(g: Generation, array: Expr, index: Expr): Pair {
  const { planner } = g;
  const element = at(array, index);
  const root = array.kind === "var" ? array.name : "element";
  const lists = [array];
  const site = newSite(g, root, element.type);
  const name = planner.fresh(`${root}Was`);
  const forward: Stmt[] = [{ kind: "push", tape: site.tape, value: element }];
  // Taken off in the opposite order: both may be on one tape.
  const reverse: Stmt[] = [
    { kind: "pop", tape: site.tape, target: name, declare: true, type: element.type },
    { kind: "store", array, index, value: variable(name, element.type) },
  ];
  if (site.twin !== undefined && isTwinned(planner, array)) {
    const shadow = planner.bar(array);
    const elementBar = at(shadow, index);
    const was = planner.fresh(`${root}BarWas`);
    forward.push({ kind: "push", tape: site.twin, value: elementBar });
    reverse.unshift(
      { kind: "pop", tape: site.twin, target: was, declare: true, type: elementBar.type },
      { kind: "store", array: shadow, index, value: variable(was, elementBar.type) },
    );
    lists.push(shadow);
  }
  const loops = g.loops.flatMap(({ stmt }) => (stmt.kind === "for" ? [stmt] : []));
  if (array.type.kind !== "list" || planner.ranges.isInside(array, index, loops)) return { forward, reverse };
  // Such a store may have made the list longer.
  const length = newSite(g, `${root}Length`, intType);
  const before = planner.fresh(`${root}LengthWas`);
  const lengthWas = variable(before, intType);
  return {
    forward: [...forward, { kind: "push", tape: length.tape, value: lengthOf(array) }],
    reverse: [
      { kind: "pop", tape: length.tape, target: before, declare: true, type: intType },
      ...reverse,
      ...lists.map((list) => cutTo(list, lengthWas)),
    ],
  };
}

function saveWhole(g: Generation, array: Expr): Pair {
  const { planner } = g;
  const root = array.kind === "var" ? array.name : "array";
  const site = newSite(g, root, array.type);
  const copied = planner.fresh(`${root}Copy`);
  const was = planner.fresh(`${root}Was`);
  // A shallow copy of an object is one of all its numbers.
  const isRow = presentType(array.type).kind !== "record";
  const init: Expr = { kind: isRow ? "copy" : "deepCopy", array, type: array.type };
  return {
    forward: [
      { kind: "let", name: copied, type: array.type, mutable: false, init },
      { kind: "push", tape: site.tape, value: variable(copied, array.type) },
    ],
    reverse: [
      { kind: "pop", tape: site.tape, target: was, declare: true, type: array.type },
      ...restoreFrom(planner.context.names, array, variable(was, array.type)),
    ],
  };
}

export function newSite(g: Generation, base: string, type: Type): Site {
  const { planner } = g;
  const element: Type = type;
  if (planner.context.shared.given) {
    const { shared } = planner.context;
    const tape = nameOf(shared.of(element));
    return isReference(type) && isDifferentiable(type) ? { tape, twin: nameOf(shared.of(element, true)) } : { tape };
  }
  const declare = (name: string, held: Type): void => {
    const isDeclared = (variable: string): boolean => !g.inside.has(variable) || g.before.has(variable);
    const capacity = tripProduct({ ...planner.context, isDeclared, constants: g.constants }, g.loops, g.top);
    const tapeType: Type = { kind: "tape", element: held };
    g.tapes.push({
      kind: "let",
      name,
      type: tapeType,
      mutable: false,
      init: { kind: "newTape", type: tapeType, ...(capacity === undefined ? {} : { capacity }) },
    });
  };
  const tape = planner.fresh(`${base.replaceAll("$r", "")}Tape`);
  declare(tape, element);
  if (!isReference(type) || !isDifferentiable(type)) return { tape };
  const twin = planner.fresh(`${base.replaceAll("$r", "")}BarTape`);
  declare(twin, shadowType(element));
  return { tape, twin };
}

/** `isOutline`: of a list of tensors that are asked for their shapes alone. */
export function pushOf(planner: Planner, site: Site, name: string, type: Type, isOutline = false): Stmt[] {
  const primal = variable(name, type);
  const outlines = variable(planner.fresh(`${name}Outlines`), type);
  const init: Expr = { kind: "tensorOp", op: "outlines", args: [primal], type };
  const made = isOutline ? [constant(outlines.name, type, init)] : [];
  const push: Stmt[] = [...made, { kind: "push", tape: site.tape, value: isOutline ? outlines : primal }];
  if (site.twin === undefined || !isTwinned(planner, primal)) return push;
  return [...push, { kind: "push", tape: site.twin, value: planner.bars.of(name, type) }];
}

export function popOf(planner: Planner, site: Site, name: string, type: Type, declare: boolean): Stmt[] {
  const primal = variable(name, type);
  const pop: Stmt = { kind: "pop", tape: site.tape, target: name, declare, type };
  if (site.twin === undefined || !isTwinned(planner, primal)) return [pop];
  const target = nameOf(planner.bars.of(name, type));
  return [{ kind: "pop", tape: site.twin, target, declare, type: shadowType(type) }, pop];
}
