/**
 * Of some tensors the reverse sweep asks only the shape: of what was broadcast, or of a product of which a sum took part. Then the
 * tensor is not kept. Another tensor that has the same shape and is there anyway is asked; where there is none, what is kept is an
 * outline, which has no elements.
 */
import { type TensorShapes, tensorShapesOf } from "../analyse/tensor-shapes.ts";
import { constant, tensorType, variable } from "../ir/build.ts";
import { type Ask, isTensorList, visitTensors } from "../ir/shapes-asked.ts";
import type { Block, Expr } from "../ir/types.ts";
import { assignedVariables, collectStmts, exprsOf, referencedNames, renameBlock, walkBlock } from "../ir/visit.ts";
import { fromResults } from "./from-results.ts";
import { innerPlans, withInnerPlans } from "./inner-plans.ts";
import type { BlockPlan, Local, Plan, SimplePlan } from "./plan.ts";
import type { Planner } from "./planner.ts";

export interface Whole {
  /** The statements that the plan is of. */
  readonly body: Block;
  /** They run once, so what they declare is there in their reverse sweep anyway. */
  readonly isOnce: boolean;
  /** Tensors from outside that are there, too. */
  readonly given: readonly string[];
}

export function withOutlines(planner: Planner, planned: BlockPlan, { body, isOnce, given }: Whole): BlockPlan {
  const all = fromResults(planned);
  const found = { elements: new Set<string>(), type: new Set<string>(), shape: new Set<string>() };
  findNeeds(all, (name, ask) => found[ask].add(name));
  // Another name of a tensor is found again by the first one, and what stands in a list by the list.
  for (const { name, init } of collectStmts(body, "let").reverse()) {
    const first = init?.kind === "index" ? init.array : init;
    if (first?.kind === "var") for (const names of Object.values(found)) if (names.has(name)) names.add(first.name);
  }
  const { elements: needed, type: typed } = found;
  const plan = isOnce ? withInnerLists(all, needed) : withLists(all, needed);
  const asked = new Set([...typed, ...found.shape].filter((name) => !needed.has(name)));
  if (asked.size === 0) return plan;
  const shapes = tensorShapesOf(body, (name) => !planner.assigned.has(name));
  const witnesses = given.filter((name) => !planner.assigned.has(name));
  return new Outlining(planner, { needed, asked, typed }, shapes).inBlock(plan, isOnce, { witnesses, put: new Map() });
}

type Visit = (name: string, ask: Ask) => void;

/** Tells which tensors the reverse sweep of a block reads. */
function findNeeds(block: BlockPlan, visit: Visit): void {
  const inExpr = (e: Expr): void => visitTensors(e, ({ name }, ask) => visit(name, ask));
  const inBlock = (stmts: Block): void => walkBlock(stmts, (stmt) => exprsOf(stmt).forEach(inExpr));
  for (const item of block.items) {
    switch (item.kind) {
      case "simple":
        inBlock(item.adjoint);
        inBlock(item.takingBack?.adjoint ?? []);
        break;
      case "if":
        inExpr(item.decision);
        break;
      case "loop":
        if (item.stmt.kind === "for") [item.stmt.start, item.stmt.bound].forEach(inExpr);
        // Its iterations may run again.
        for (const name of item.region?.reads ?? []) visit(name, "elements");
        break;
      case "checkpoint":
        // Its iterations run again.
        for (const name of referencedNames([item.stmt])) visit(name, "elements");
    }
    for (const inner of innerPlans(item)) findNeeds(inner, visit);
  }
}

/** The plan of a block that runs more than once: of lists that operations give and of which no element is read, outlines are kept. */
function withLists(plan: BlockPlan, needed: ReadonlySet<string>): BlockPlan {
  const isMade = ({ stmt }: Local): boolean => stmt.kind === "let" && !stmt.mutable && stmt.init?.kind === "tensorOp";
  const locals = plan.locals.map((local) =>
    isTensorList(local.type) && isMade(local) && !needed.has(local.name) ? { ...local, isOutline: true } : local,
  );
  return withInnerLists({ ...plan, locals }, needed);
}

function withInnerLists(plan: BlockPlan, needed: ReadonlySet<string>): BlockPlan {
  const change = (inner: BlockPlan, isRegion: boolean): BlockPlan =>
    isRegion ? withInnerLists(inner, needed) : withLists(inner, needed);
  return { ...plan, items: plan.items.map((item) => withInnerPlans(item, change)) };
}

/** What is known in a block of the blocks around it. */
interface Around {
  /** Tensors that are there when the block is reversed. */
  readonly witnesses: readonly string[];
  /** What is asked for the shapes of others. */
  readonly put: ReadonlyMap<string, string>;
}

interface Needs {
  /** Tensors of which elements are read, and those of which only the shape is asked, or also the type. */
  readonly needed: ReadonlySet<string>;
  readonly asked: ReadonlySet<string>;
  readonly typed: ReadonlySet<string>;
}

class Outlining {
  readonly #planner: Planner;
  readonly #needed: ReadonlySet<string>;
  readonly #asked: ReadonlySet<string>;
  readonly #typed: ReadonlySet<string>;
  readonly #shapes: TensorShapes;

  constructor(planner: Planner, { needed, asked, typed }: Needs, shapes: TensorShapes) {
    this.#planner = planner;
    this.#needed = needed;
    this.#asked = asked;
    this.#typed = typed;
    this.#shapes = shapes;
  }

  inBlock(plan: BlockPlan, isWhole: boolean, around: Around): BlockPlan {
    const constants = plan.locals.filter(({ name, type }) => type.kind === "tensor" && !this.#changes(name));
    const needed = constants.filter(({ name }) => this.#needed.has(name)).map(({ name }) => name);
    const put = new Map(around.put);
    const behind: SimplePlan[] = [];
    for (const local of isWhole ? [] : constants) {
      if (!this.#asked.has(local.name) || isFoundAgain(local)) continue;
      const witness = this.#witnessFor(local.name, [...needed, ...around.witnesses]);
      const outline = witness === undefined ? this.#outlineOf(local.name) : undefined;
      if (outline !== undefined) behind.push(outline);
      put.set(local.name, witness ?? nameOf(outline!));
    }
    const items: Plan[] = [];
    const locals: Local[] = [];
    const add = (plan: SimplePlan): void => {
      locals.push({ name: nameOf(plan), type: tensorType, mutable: false, stmt: plan.stmt, position: items.length });
      items.push(plan);
    };
    plan.items.forEach((item, k) => {
      const changing = item.kind === "simple" ? this.#changingIn(item, isWhole ? plan.items.slice(k) : undefined) : [];
      const own = new Map(put);
      const declared = plan.locals.filter(({ position }) => position === k);
      const after: SimplePlan[] = [];
      for (const name of changing) {
        const outline = this.#outlineOf(name);
        own.set(name, nameOf(outline));
        // A statement may ask for what it declares itself.
        if (declared.some((local) => local.name === name)) after.push(outline);
        else add(outline);
      }
      locals.push(...declared.map((local) => ({ ...local, position: items.length })));
      const before = constants.filter(({ position }) => position < k).map(({ name }) => name);
      const there = isWhole ? before : before.filter((name) => this.#needed.has(name));
      items.push(this.#inItem(item, { witnesses: [...around.witnesses, ...there], put: own }));
      after.forEach(add);
    });
    // At the end, where they do not stand between operations that could be one loop.
    behind.forEach(add);
    return { ...plan, items, locals };
  }

  #inItem(item: Plan, around: Around): Plan {
    if (item.kind === "simple") return this.#inSimple(item, around.put);
    return withInnerPlans(item, (inner, isRegion) => this.inBlock(inner, isRegion, around));
  }

  #inSimple(item: SimplePlan, put: ReadonlyMap<string, string>): SimplePlan {
    const names = namesAsked(item.adjoint).filter((name) => this.#asked.has(name) && put.has(name));
    if (names.length === 0) return item;
    const reads = new Set(item.reads);
    for (const name of names) {
      reads.delete(name);
      reads.add(put.get(name)!);
    }
    return { ...item, adjoint: renameBlock(item.adjoint, (name) => put.get(name) ?? name), reads };
  }

  /** Variables whose shapes an adjoint asks, and whose values would have to be kept for that: in a block that runs once, only what is changed later on. */
  #changingIn(item: SimplePlan, later: readonly Plan[] | undefined): readonly string[] {
    const names = namesAsked(item.adjoint).filter((name) => this.#asked.has(name) && this.#changes(name));
    if (later === undefined) return names;
    const written = later.flatMap(({ stmt }) => [...assignedVariables([stmt])]);
    return names.filter((name) => written.includes(name));
  }

  #changes(name: string): boolean {
    return this.#planner.assigned.has(name);
  }

  #witnessFor(name: string, witnesses: readonly string[]): string | undefined {
    // It may have another type.
    if (this.#typed.has(name)) return undefined;
    const shapeOf = (each: string): string | undefined => this.#shapes.nameOf(variable(each, tensorType));
    const shape = shapeOf(name);
    return shape === undefined ? undefined : witnesses.find((each) => shapeOf(each) === shape);
  }

  #outlineOf(name: string): SimplePlan {
    const value: Expr = { kind: "tensorOp", op: "outline", args: [variable(name, tensorType)], type: tensorType };
    const stmt = constant(this.#planner.fresh(`${name}Outline`), tensorType, value);
    return { kind: "simple", stmt, adjoint: [], reads: new Set(), writes: [], twins: [], save: false };
  }
}

function nameOf({ stmt }: SimplePlan): string {
  if (stmt.kind !== "let") throw new Error("outlines: an outline is a constant");
  return stmt.name;
}

/** What is there again as soon as what it comes from is. */
function isFoundAgain({ stmt }: Local): boolean {
  return stmt.kind === "let" && (stmt.init?.kind === "var" || stmt.init?.kind === "index");
}

function namesAsked(adjoint: Block): readonly string[] {
  const names = new Set<string>();
  walkBlock(adjoint, (stmt) => {
    for (const e of exprsOf(stmt)) visitTensors(e, ({ name }) => names.add(name));
  });
  return [...names];
}
