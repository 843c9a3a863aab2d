/**
 * The passes, in order, for one function and one mode:
 *
 *   lowered IR ─ normalise ─ analyse ─ jvp | vjp ─ simplify ─▶ IR of the same language
 *
 * Derived functions (`grad(g)(x)`, calls of `gGrad`) are made on demand and join the program, which is how
 * derivatives of derivatives come about.
 */
import type { DerivedFunction, Frontend, Mode, OutputRef, Wrt } from "./frontend/types.ts";
import { differentiate, type Ablation } from "./differentiate/index.ts";
import { callTable } from "./differentiate/split.ts";
import { variable } from "./ir/build.ts";
import { namesApartFrom } from "./ir/names.ts";
import type { Func, Program, Stmt } from "./ir/types.ts";
import { verify } from "./ir/verify.ts";
import { calleesOf, declaredNames } from "./ir/visit.ts";
import { recursiveFunctions } from "./normalise/inline.ts";
import { simplify } from "./simplify/index.ts";

export interface PipelineOptions {
  readonly ablation?: Ablation;
}

export class Pipeline {
  readonly #frontend: Frontend;
  readonly #options: PipelineOptions;
  readonly #program: Map<string, Func>;
  readonly #pending = new Set<string>();
  /** The recursive functions among the `of` functions that there were. */
  #recursive: { readonly of: number; readonly names: ReadonlySet<string> } | undefined;

  constructor(frontend: Frontend, options: PipelineOptions = {}) {
    this.#frontend = frontend;
    this.#options = options;
    this.#program = new Map(frontend.program);
  }

  get program(): Program {
    return this.#program;
  }

  /** The derivative of a function of the program in one mode, under the name `name`. */
  derive(key: string, mode: Mode, name: string, wrt?: readonly Wrt[], outputs?: readonly OutputRef[]): Func {
    this.#completeCallees(key, new Set());
    const func = this.#program.get(key);
    if (func === undefined) throw new Error(`pipeline: no function ${key}`);
    const direction = mode === "jvp" || mode === "hvp" || mode === "jacobian" || mode === "hessian" ? "forward" : "reverse";
    const keep = (callee: string): boolean => this.#keeps(callee, direction);
    const finish = (made: Func, source: Func): Func => this.#simplified(made, source);
    const calls = callTable({ program: this.#program, keep, rules: this.#frontend.rules, finish });
    const setting = { program: this.#program, keep, calls, ablation: this.#options.ablation ?? {} };
    return finish(differentiate(setting, { func: this.#ruled(func, mode), mode, name, wrt, outputs }), func);
  }

  /** What a transform made is verified before anything is dropped from it: a slip of ours must not become a wrong number. */
  #simplified(made: Func, source: Func): Func {
    const faults = verify(made);
    if (faults.length > 0) throw new Error(`${made.name} is not valid IR: ${faults[0]!}`);
    if (this.#options.ablation?.simplify === false) return made;
    const own = this.#sourceNames(source);
    return simplify(made, (variable) => !own.has(variable));
  }

  /** A function with a hand-written derivative is differentiated as one call of itself, which the rule answers. */
  #ruled(func: Func, mode: Mode): Func {
    const rules = this.#frontend.rules.get(func.name);
    const applies = mode === "jvp" ? rules?.jvp !== undefined : rules?.vjp !== undefined || rules?.pullback !== undefined;
    if (!applies) return func;
    const names = namesApartFrom(func.params.map((p) => p.name));
    const args = func.params.map((p) => variable(p.name, p.type));
    const value = variable(names.fresh("value"), func.result);
    const call: Stmt = { kind: "call", callee: func.name, args, target: { kind: "name", name: value.name, type: func.result } };
    return { ...func, name: `${func.name} by its rule`, body: [call, { kind: "return", value }] };
  }

  /** As `derive`, with the private functions that the derivative calls. */
  deriveWithHelpers(key: string, mode: Mode, name: string, wrt?: readonly Wrt[], outputs?: readonly OutputRef[]): { func: Func; helpers: Func[] } {
    const func = this.derive(key, mode, name, wrt, outputs);
    const helpers = new Map<string, Func>();
    const visit = (f: Func): void => {
      for (const callee of calleesOf(f.body)) {
        const helper = this.#program.get(callee);
        if (helper === undefined || helpers.has(callee)) continue;
        helpers.set(callee, helper);
        visit(helper);
      }
    };
    visit(func);
    return { func, helpers: [...helpers.values()] };
  }

  /** The names of the user's variables in a function and in all that is inlined into it. */
  #sourceNames(func: Func): Set<string> {
    return new Set([...func.params.map((p) => p.name), ...declaredNames(func.body)]);
  }

  #keeps(callee: string, direction: "forward" | "reverse"): boolean {
    if (this.#recursive?.of !== this.#program.size) {
      this.#recursive = { of: this.#program.size, names: recursiveFunctions(this.#program) };
    }
    if (this.#recursive.names.has(callee)) return true;
    const rules = this.#frontend.rules.get(callee);
    return direction === "forward" ? rules?.jvp !== undefined : rules?.vjp !== undefined || rules?.pullback !== undefined;
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
    if (this.#pending.has(derived.key)) throw new Error(`pipeline: ${derived.key} is defined in terms of itself`);
    this.#pending.add(derived.key);
    const func = this.derive(derived.of, derived.mode, derived.key, derived.wrt, derived.outputs);
    this.#program.set(derived.key, func);
    this.#pending.delete(derived.key);
  }
}
