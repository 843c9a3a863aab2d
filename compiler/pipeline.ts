/**
 * The passes, in order, for one function and one mode:
 *
 *   lowered IR ─ normalise ─ analyse ─ jvp | vjp ─ simplify ─▶ IR of the same language
 *
 * Derived functions (`grad(g)(x)`, calls of `gGrad`) are made on demand and join the program, which is how
 * derivatives of derivatives come about.
 */
import { checkDecisions } from "./analyse/decisions.ts";
import type { CalleeFacts } from "./analyse/callees.ts";
import { activeCalls, checkInputs, checkInts, type CheckedFunction } from "./analyse/check.ts";
import { classReport } from "./analyse/result-classes.ts";
import { spellOutInts } from "./analyse/written-int.ts";
import type { Report } from "./diagnostics/report.ts";
import type { DerivedFunction, Frontend, Mode, OutputRef, Target, Wrt } from "./frontend/types.ts";
import { batchFunction } from "./differentiate/batch.ts";
import { differentiate, type Ablation, type Setting, type Wish } from "./differentiate/index.ts";
import { Refusal, type Asked } from "./differentiate/refusal.ts";
import type { BlockPlan } from "./differentiate/plan.ts";
import { leavesOf, prepare, type Prepared, type Structure } from "./differentiate/prepare.ts";
import { calleeFacts } from "./differentiate/facts.ts";
import { callTable, type MadeForCalls } from "./differentiate/split.ts";
import { planReverse } from "./differentiate/vjp.ts";
import { isDifferentiable, placed, sourceOf, variable } from "./ir/build.ts";
import { nameInFile, namesApartFrom, resultsOf } from "./ir/names.ts";
import type { Expr, Func, Program, Stmt, Type } from "./ir/types.ts";
import { verify } from "./ir/verify.ts";
import { calleesOf, declaredNames, mapBlock, readNames } from "./ir/visit.ts";
import { decideConditions } from "./normalise/decided.ts";
import { normalise } from "./normalise/index.ts";
import { copiesState, nameForAgain, recursiveFunctions, takesTapesApart } from "./normalise/inline.ts";
import { withoutCarries } from "./simplify/carries.ts";
import { simplify, type SimplifyOptions } from "./simplify/index.ts";
import { finishLoops, type LastOptions } from "./simplify/last.ts";
import { slice } from "./simplify/slice.ts";
import { dropUnreached } from "./simplify/unreached.ts";

/** What is left to the user in functions of theirs that are copied. */
const asWritten: SimplifyOptions = {
  seed: false,
  merge: false,
  gather: false,
  clear: false,
  factor: false,
  sum: false,
  hoist: false,
  share: false,
};

export interface PipelineOptions {
  /** Optimisations that are switched off. */
  readonly ablation?: Ablation & SimplifyOptions & LastOptions;
}

export interface Planned {
  readonly prepared: Prepared;
  readonly plan: BlockPlan;
  readonly vjp: Func;
}

export class Pipeline {
  readonly #frontend: Frontend;
  readonly #options: PipelineOptions;
  readonly #program: Map<string, Func>;
  readonly #pending = new Set<string>();
  readonly #made: MadeForCalls = { splits: new Map(), tangents: new Map() };
  /** Functions as checks read them. */
  readonly #spelled = new Map<Func, Func>();
  /** What is known of functions that stay calls: rules may hold others back in one direction than in the other. */
  readonly #facts = { forward: new WeakMap<Func, CalleeFacts>(), reverse: new WeakMap<Func, CalleeFacts>() };
  /** What functions over a batch were made of. */
  readonly #batchedOf = new WeakMap<Func, Func>();
  readonly #warnings: Report[] = [];
  /** What was warned of, and where: another derivative of the same code has nothing to add. */
  readonly #warned = new Set<string>();
  /** The recursive functions among the `of` functions that there were. */
  #recursive: { readonly of: number; readonly names: ReadonlySet<string> } | undefined;

  constructor(frontend: Frontend, options: PipelineOptions = {}) {
    this.#frontend = frontend;
    this.#options = options;
    this.#program = new Map(frontend.program);
    for (const { func: key, written = [] } of frontend.targets) {
      const func = this.#program.get(key);
      if (func && written.length > 0) this.#program.set(key, tellWritten(func, written));
    }
  }

  get program(): Program {
    return this.#program;
  }

  /** The derivative of a function of the program in one mode, under the name `name`. */
  derive(key: string, mode: Mode, name: string, wrt?: readonly Wrt[], outputs?: readonly OutputRef[]): Func {
    return this.#derive(key, { mode, name, wrt, outputs });
  }

  #derive(key: string, wish: Omit<Wish, "func">): Func {
    const { mode, wrt } = wish;
    this.#completeCallees(key, new Set());
    const func = this.#program.get(key);
    if (func === undefined) throw new Error(`pipeline: no function ${key}`);
    if (mode !== "batch") checkPositions(func, wrt ?? []);
    const forward = mode === "jvp" || mode === "hvp" || mode === "jacobian" || mode === "hessian";
    // What is thrown at run time has the name that the function has in its file.
    const name = nameInFile(wish.name, func.origin);
    if (mode === "batch") {
      const made = { ...batchFunction(this.#program, { func, over: wrt }), name: wish.name };
      this.#batchedOf.set(made, func);
      return made;
    }
    const made = differentiate(this.#setting(forward ? "forward" : "reverse"), {
      ...wish,
      name,
      func: this.#ruled(func, mode),
    });
    return this.#simplified({ ...made, name: wish.name }, func);
  }

  #setting(direction: "forward" | "reverse"): Setting {
    const keep = (callee: string): boolean => this.#keeps(callee, direction);
    const finish = (made: Func, source: Func): Func => this.#simplified(made, source);
    const warn = (reports: readonly Report[]): void => {
      for (const report of reports) {
        const place = JSON.stringify([report.code, report.origin]);
        if (!this.#warned.has(place)) this.#warnings.push(report);
        this.#warned.add(place);
      }
    };
    const ablation = this.#options.ablation ?? {};
    const { rules } = this.#frontend;
    const program = this.#program;
    const isRuled = (callee: string): boolean => rules.has(callee);
    const callees = calleeFacts({ program, keep, isRuled, ablation, known: this.#facts[direction] });
    const calls = callTable({ program, keep, rules, callees, ablation, made: this.#made, finish, warn });
    return { program, keep, callees, calls, ablation, simplified: finish };
  }

  /** What the user should know of the derivatives that were made since this was asked last. */
  takeWarnings(): readonly Report[] {
    return this.#warnings.splice(0);
  }

  /** What the reverse mode plans for a function, and the function that comes of it: for `tsgrad explain`. */
  planned(target: Target): Planned | undefined {
    const options = { name: `${target.name}Vjp`, mode: "vjp" } as const;
    const vjp = this.derive(target.func, options.mode, options.name, target.wrt, target.of);
    const prepared = this.prepared(target);
    if (prepared === undefined) return undefined;
    const setting = this.#setting("reverse");
    const plan = planReverse(prepared, setting.calls, { ...options, ablation: setting.ablation });
    return { prepared, plan, vjp };
  }

  /** A function as reverse mode takes it, with what is known of it; undefined where there is nothing to differentiate. */
  prepared({ func: key, wrt, of }: Pick<Target, "func" | "wrt" | "of">): Prepared | undefined {
    const func = this.#program.get(key);
    if (func === undefined) return undefined;
    const request = { ...this.#setting("reverse"), func: this.#ruled(func, "vjp"), wrt, outputs: of };
    const result = prepare(request, "reverse");
    return result.ok ? result.prepared : undefined;
  }

  /** What a transform made is verified before anything is dropped from it: a slip of ours must not become a wrong number. */
  #simplified(made: Func, source: Func): Func {
    const faults = verify(made);
    if (faults.length > 0) throw new Error(`${made.name} is not valid IR: ${faults[0]!}`);
    if (this.#options.ablation?.simplify === false) return made;
    const own = this.#sourceNames(source);
    return simplify(
      decideConditions(returningWhere(made, source)),
      (variable) => !own.has(variable),
      this.#options.ablation,
    );
  }

  /** A function with a hand-written derivative is differentiated as one call of itself, which the rule answers. */
  #ruled(func: Func, mode: Mode): Func {
    const rules = this.#frontend.rules.get(func.name);
    const applies =
      mode === "jvp" ? rules?.jvp !== undefined : rules?.vjp !== undefined || rules?.pullback !== undefined;
    if (!applies) return func;
    const names = namesApartFrom(func.params.map((p) => p.name));
    const args = func.params.map((p) => variable(p.name, p.type));
    const { pattern, value } = resultsOf(names, "value", func.result);
    const call: Stmt = { kind: "call", callee: func.name, args, target: pattern };
    return { ...func, name: `${func.name} by its rule`, body: [call, { kind: "return", value }] };
  }

  /** As `derive`, with the private functions that the derivative calls. */
  deriveWithHelpers(
    key: string,
    mode: Mode,
    name: string,
    wrt?: readonly Wrt[],
    outputs?: readonly OutputRef[],
  ): { func: Func; helpers: Func[] } {
    const derived = this.derive(key, mode, name, wrt, outputs);
    const func = mode === "batch" ? this.#inlined(derived) : this.#settled(derived);
    const helpers = new Map<string, Func>();
    const visit = (f: Func): void => {
      for (const callee of calleesOf(f.body)) {
        const helper = this.#program.get(callee);
        if (helper === undefined || helpers.has(callee)) continue;
        // A function of the user's is sliced like the rest: what it computes for nothing would be an error there.
        const emitted = this.#frontend.program.has(callee) ? this.#primal(helper) : helper;
        helpers.set(callee, this.#settled(emitted));
        visit(emitted);
      }
    };
    visit(func);
    return { func, helpers: [...helpers.values()] };
  }

  /** A function that calls the user's in a loop, with what it calls put in its place. */
  #inlined(func: Func): Func {
    const { ablation } = this.#options;
    const whole = normalise(func, this.#program, (callee) => this.#keeps(callee, "forward"), ablation);
    return this.#settled(this.#simplified(whole, func));
  }

  /** What is not differentiated again needs no sources of derivatives beside its values, and nothing that is never reached. */
  #settled(func: Func): Func {
    const plain = dropUnreached(withoutCarries(func));
    const { ablation } = this.#options;
    if (ablation?.simplify === false) return plain;
    return finishLoops(plain === func ? plain : simplify(plain, () => true, ablation), ablation);
  }

  /** Of many functions, most are looked at again for every target. */
  #spelledOut(func: Func): Func {
    let spelled = this.#spelled.get(func);
    if (spelled === undefined) this.#spelled.set(func, (spelled = spellOutInts(func, this.#program)));
    return spelled;
  }

  /** A function and all that it leads to, as checks read them. */
  #spelledFrom(key: string): Program {
    const found = new Map<string, Func>();
    const visit = (name: string): void => {
      const func = this.#program.get(name);
      if (func === undefined || found.has(name)) return;
      found.set(name, this.#spelledOut(func));
      for (const callee of calleesOf(func.body)) visit(callee);
    };
    visit(key);
    return found;
  }

  /** What a derivative would lose, and inputs that have none: found before any mode is derived. */
  check(target: Target): Report[] {
    const { func: key, name, wrt, of, origin, wrtWords } = target;
    this.#completeCallees(key, new Set());
    const source = this.#program.get(key);
    if (
      source === undefined ||
      target.modes.includes("batch") ||
      target.modes.every((mode) => this.#ruled(source, mode) !== source)
    )
      return [];
    const program = this.#spelledFrom(key);
    const { callees } = this.#setting("reverse");
    const facts = (
      callee: string,
      wanted: readonly Wrt[] | undefined,
      outputs?: readonly OutputRef[],
    ): (CheckedFunction & { readonly given: readonly Type[] }) | undefined => {
      const func = program.get(callee)!;
      const keep = (other: string): boolean => this.#keeps(other, "reverse");
      // Reports speak of the user's arrays, not of what becomes of them.
      const ablation = { smallArrays: false };
      const request = { program, func, keep, callees, wrt: wanted, outputs, ablation, mayBeIdle: true };
      const result = prepare(request, "reverse");
      if (!result.ok) return undefined;
      const inputs = result.prepared.inputs.map(({ label, structure }) => ({
        label,
        leaves: leavesOf(structure).map((leaf) => leaf.expr),
      }));
      const { func: checked, activity, outputs: given } = result.prepared;
      return {
        func: checked,
        activity,
        inputs,
        results: given.flatMap(({ structure }) => partsOf(structure)),
        given: given.map(({ structure }) => structure.type),
      };
    };
    const own = facts(key, wrt, of);
    if (own === undefined) return [];
    const misplaced = classReport(source, own.given, name, origin);
    if (misplaced !== undefined) return [misplaced];
    const reports = checkInts(own);
    // Where nothing that it gives has a derivative, the transform says so, unless it was lost on the way.
    if (!own.results.some(({ type }) => isDifferentiable(type))) return reports;
    const warnings = checkDecisions(own);
    // Recursive functions are not inlined: they are looked at with all that is active in any call of them.
    const active = new Map<string, Set<number>>();
    const visit = (calls: ReturnType<typeof activeCalls>): void => {
      for (const call of calls) {
        const func = this.#program.get(call.callee);
        if (func === undefined || this.#frontend.rules.has(call.callee)) continue;
        const known = active.get(call.callee) ?? new Set<number>();
        const news = call.active.filter((i) => !known.has(i) && isDifferentiable(func.params[i]!.type));
        if (news.length === 0) continue;
        active.set(call.callee, new Set([...known, ...news]));
        const checked = facts(
          call.callee,
          [...known, ...news].sort((a, b) => a - b).map((index) => ({ kind: "param", index })),
        );
        if (checked === undefined) continue;
        reports.push(...checkInts(checked));
        warnings.push(...checkDecisions(checked));
        visit(activeCalls(checked));
      }
    };
    visit(activeCalls(own));
    if (reports.length > 0) return reports;
    return [...checkInputs(own, { name, chosen: wrtWords, origin, needed: () => neededIn(own) }), ...warnings];
  }

  /** A function of the user's as a private function of the generated module. */
  #primal(func: Func): Func {
    return simplify(
      normalise(func, this.#program, (callee) => this.#keeps(callee, "reverse"), {
        smallArrays: false,
        offsets: false,
      }),
      () => false,
      asWritten,
    );
  }

  /** The names of the user's variables in a function and in all that is inlined into it. */
  #sourceNames(func: Func): Set<string> {
    const source = this.#batchedOf.get(func) ?? func;
    return new Set([...source.params.map((p) => p.name), ...declaredNames(source.body)]);
  }

  #keeps(callee: string, direction: "forward" | "reverse"): boolean {
    if (this.#recursive?.of !== this.#program.size) {
      this.#recursive = { of: this.#program.size, names: recursiveFunctions(this.#program) };
    }
    if (this.#recursive.names.has(callee)) return true;
    const rules = this.#frontend.rules.get(callee);
    return direction === "forward"
      ? rules?.jvp !== undefined
      : rules?.vjp !== undefined || rules?.pullback !== undefined;
  }

  /** Makes the derived functions that a function calls, directly or in a callee. */
  #completeCallees(key: string, seen: Set<string>): void {
    if (seen.has(key)) return;
    seen.add(key);
    const derived = this.#frontend.derived.get(key);
    if (derived !== undefined && !this.#program.has(key)) this.#makeDerived(derived);
    const func = this.#program.get(key);
    if (func === undefined) return;
    for (const callee of calleesOf(func.body)) this.#completeCallees(callee, seen);
  }

  #makeDerived(derived: DerivedFunction): void {
    if (this.#pending.has(derived.key)) throw new Refusal("circular").at(this.#asked(derived));
    this.#pending.add(derived.key);
    try {
      const { key, of, mode, wrt, outputs } = derived;
      const made = this.derive(of, mode, key, wrt, outputs);
      if (copiesState(made)) {
        this.#program.set(key, this.#derive(of, { mode, name: key, wrt, outputs, keepsArguments: true }));
        return;
      }
      this.#program.set(key, made);
      if (!takesTapesApart(made)) return;
      const again = nameForAgain(key);
      this.#program.set(again, this.#derive(of, { mode, name: again, wrt, outputs, keepsArguments: true }));
    } catch (error) {
      throw error instanceof Refusal ? error.at(this.#asked(derived)) : error;
    } finally {
      this.#pending.delete(derived.key);
    }
  }

  /** Where a derivative was asked for inside of another function. */
  #asked({ of, mode, origin }: DerivedFunction): Asked {
    const declared = this.#frontend.program.get(of)?.origin;
    const related = declared === undefined ? [] : [{ origin: declared, message: `'${of}' is declared here.` }];
    return { name: nameInFile(of, declared), mode, origin, related };
  }
}

/** What a transform gives back stands, for source maps, where the source gives back its value. */
function returningWhere(made: Func, { body }: Func): Func {
  const end = body.findLast((stmt) => stmt.kind === "return");
  if (end === undefined) return made;
  return {
    ...made,
    body: mapBlock(made.body, (stmt) => (stmt.kind === "return" ? placed(sourceOf(end), [stmt]) : stmt)),
  };
}

/** The variables that a function reads for what it gives and does. */
function neededIn({ func, results }: CheckedFunction): ReadonlySet<string> {
  const type = { kind: "tuple", items: results.map((result) => result.type) } as const;
  const end: Stmt = { kind: "return", value: { kind: "tuple", items: results, type } };
  return readNames(slice({ ...func, body: [...func.body, end] }).body);
}

const partsOf = (structure: Structure): Expr[] =>
  structure.kind === "tuple" ? structure.items.flatMap(partsOf) : [structure.expr];

/** What comes out of a function has to be what the types of its generated module say. */
function tellWritten(func: Func, written: readonly number[]): Func {
  const params = func.params.map((param, i) =>
    written.includes(i) ? { ...param, toldWritten: true as const } : param,
  );
  return { ...func, params };
}

/** Positions come from the options of `grad(f, { wrt: 0 })`, which TypeScript does not check. */
function checkPositions(func: Func, wrt: readonly Wrt[]): void {
  const good = func.params.flatMap((p, index) => (isDifferentiable(p.type) ? [`${String(index)} (${p.name})`] : []));
  for (const place of wrt) {
    if (place.kind === "local") continue;
    const param = func.params[place.index];
    if (param !== undefined && isDifferentiable(param.type)) continue;
    const hint =
      good.length === 0 ? "It has no such parameter." : `Those that can be differentiated are ${good.join(", ")}.`;
    throw new Refusal("position", [String(place.index), hint]);
  }
}
