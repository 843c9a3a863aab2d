/** One function in, its derivative in one mode out. */
import type { Mode, OutputRef, Wrt } from "../frontend/types.ts";
import type { Func } from "../ir/types.ts";
import { isReference } from "../ir/build.ts";
import { walkBlockExprs } from "../ir/visit.ts";
import { inlineCalls, inlineClosures } from "../normalise/inline.ts";
import { structureExits } from "../normalise/exits.ts";
import { forwardJacobian, gradientAsJacobian, hvpFunction, reverseJacobian, type Directions } from "./compose.ts";
import type { CallTable } from "./calls.ts";
import { jvpFunction } from "./forward.ts";
import { prepare, type Prepared } from "./prepare.ts";
import { Refusal } from "./refusal.ts";
import { reverseMode } from "./vjp.ts";

/** Optimisations that tests switch off: the numbers must stay the same. */
export interface Ablation {
  readonly neverRecompute?: boolean;
  readonly recordAll?: boolean;
  readonly simplify?: boolean;
  /** Reverse independent loops iteration by iteration. */
  readonly fuse?: boolean;
}

export interface Setting {
  /** Functions that are made on the way are added to it. */
  readonly program: Map<string, Func>;
  /** Callees that are not inlined. */
  readonly keep: (callee: string) => boolean;
  readonly calls: CallTable;
  readonly ablation: Ablation;
}

export interface Wish {
  readonly func: Func;
  readonly mode: Mode;
  readonly name: string;
  readonly wrt?: readonly Wrt[] | undefined;
  readonly outputs?: readonly OutputRef[] | undefined;
}

export function differentiate(setting: Setting, wish: Wish): Func {
  switch (wish.mode) {
    case "vjp":
    case "vjpInto":
    case "grad":
    case "valueAndGrad":
    case "pullback":
      return reverseMode(prepared(setting, wish, "reverse"), setting.calls, { name: wish.name, mode: wish.mode, ablation: setting.ablation });
    case "jvp":
      return jvpFunction(prepared(setting, wish, "forward"), wish.name, setting.calls);
    default:
      return composed(setting, wish);
  }
}

/** Modes that call other derivatives: those are made first, and inlined. */
function composed(setting: Setting, wish: Wish): Func {
  const { func, wrt, outputs } = wish;
  const reference = prepared(setting, wish, "forward");
  const local = reference.inputs.find((input) => input.isLocal);
  if (local !== undefined) throw new Refusal("localWrt", [local.label]);
  const names = new Map(reference.func.params.map((p, index) => [p.name, index]));
  const positions = reference.inputs.flatMap((input) => names.get(input.label) ?? []);
  const directions: Directions = { func, wrt: positions, written: reference.written };
  const { program } = setting;
  const make = (of: Func, mode: Mode, selection: readonly Wrt[] | undefined, chosen: readonly OutputRef[] | undefined): Func => {
    const name = freshKey(program, `${wish.name}_${mode}`);
    const made = differentiate(setting, { func: of, mode, name, wrt: selection, outputs: chosen });
    program.set(name, made);
    return made;
  };
  const inlined = (made: Func): Func => structureExits(inlineClosures(inlineCalls(made, program, setting.keep)));
  const same = positions.map((index): Wrt => ({ kind: "param", index }));

  switch (wish.mode) {
    case "hvp":
      return inlined(hvpFunction(wish.name, directions, make(make(func, "valueAndGrad", wrt, outputs), "jvp", same, undefined)));
    case "hessian": {
      const gradient = make(func, "grad", wrt, outputs);
      const rows = same.map((one) => make(gradient, "jvp", [one], [{ kind: "return" }]));
      return inlined(forwardJacobian(wish.name, directions, gradient, rows));
    }
    case "jacobian": {
      const active = reference.outputs.filter((o) => o.active);
      const [only] = active;
      const isNumber = active.length === 1 && only?.structure.kind === "leaf" && !isReference(only.structure.type);
      const arrays = reference.inputs.some((i) => i.structure.kind === "leaf" && isReference(i.structure.type));
      const tapped = hasTap(reference.func);
      if (isNumber && (arrays || tapped)) return inlined(gradientAsJacobian(wish.name, directions, make(func, "grad", wrt, outputs)));
      const isArray = active.length === 1 && only?.structure.kind === "leaf" && reference.outputs.length === 1;
      // A tap changes cotangents only, so its Jacobian is made of rows.
      if (isArray && tapped) return inlined(reverseJacobian(wish.name, directions, make(func, "pullback", wrt, outputs)));
      const columns = same.map((one) => make(func, "jvp", [one], outputs));
      return inlined(forwardJacobian(wish.name, directions, func, columns));
    }
    default:
      throw new Refusal("mode");
  }
}

function hasTap(func: Func): boolean {
  let found = false;
  walkBlockExprs(func.body, (e) => {
    if (e.kind === "tap") found = true;
  });
  return found;
}

function freshKey(program: ReadonlyMap<string, Func>, base: string): string {
  let key = base;
  for (let n = 2; program.has(key); n++) key = `${base}${String(n)}`;
  return key;
}

function prepared(setting: Setting, wish: Wish, direction: "forward" | "reverse"): Prepared {
  const result = prepare({ program: setting.program, func: wish.func, keep: setting.keep, wrt: wish.wrt, outputs: wish.outputs }, direction);
  if (!result.ok) throw new Refusal(result.reason);
  return result.prepared;
}
