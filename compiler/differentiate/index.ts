/** One function in, its derivative in one mode out. */
import type { Mode, OutputRef, Wrt } from "../frontend/types.ts";
import type { Func, Program } from "../ir/types.ts";
import { jvpFunction } from "./forward.ts";
import { prepare, type Prepared } from "./prepare.ts";
import { reverseMode } from "./vjp.ts";

/** Optimisations that tests switch off: the numbers must stay the same. */
export interface Ablation {
  readonly neverRecompute?: boolean;
  readonly recordAll?: boolean;
  readonly simplify?: boolean;
}

export interface Setting {
  readonly program: Program;
  /** Callees that are not inlined. */
  readonly keep: (callee: string) => boolean;
  readonly ablation: Ablation;
}

export interface Wish {
  readonly func: Func;
  readonly mode: Mode;
  readonly name: string;
  readonly wrt?: readonly Wrt[] | undefined;
  readonly outputs?: readonly OutputRef[] | undefined;
}

/** Why a function has no derivative in a mode; `pipeline` reports it at the function. */
export class Refusal extends Error {
  readonly reason: "noInput" | "noOutput";
  constructor(reason: "noInput" | "noOutput") {
    super(reason);
    this.reason = reason;
  }
}

export function differentiate(setting: Setting, wish: Wish): Func {
  switch (wish.mode) {
    case "vjp":
    case "vjpInto":
    case "grad":
    case "valueAndGrad":
    case "pullback":
      return reverseMode(prepared(setting, wish, "reverse"), { name: wish.name, mode: wish.mode, ablation: setting.ablation });
    case "jvp":
      return jvpFunction(prepared(setting, wish, "forward"), wish.name);
    default:
      throw new Error(`differentiate: ${wish.mode} is not made here`);
  }
}

function prepared(setting: Setting, wish: Wish, direction: "forward" | "reverse"): Prepared {
  const result = prepare({ program: setting.program, func: wish.func, keep: setting.keep, wrt: wish.wrt, outputs: wish.outputs }, direction);
  if (!result.ok) throw new Refusal(result.reason);
  return result.prepared;
}
