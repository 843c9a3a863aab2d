/** One function in, its derivative in one mode out. */
import { tensorJacobian } from "./jacobian-tensors.ts";
import type { Mode, OutputRef, Wrt } from "../frontend/types.ts";
import type { Expr, Func, Type } from "../ir/types.ts";
import { holdsTensor, isReference, variable } from "../ir/build.ts";
import { presentType } from "../ir/presence.ts";
import { rootName, walkBlockExprs } from "../ir/visit.ts";
import { inlined, normalise, type Optional, structure } from "../normalise/index.ts";
import type { Callees } from "../analyse/callees.ts";
import { writtenParameters } from "../analyse/written.ts";
import { nameUsedDefaults } from "./defaults.ts";
import { takeApart, type Element } from "./elements.ts";
import { hvpFunction } from "./hvp.ts";
import { forwardJacobian, type ForwardSource, literalLength, type Part, type Whole } from "./jacobian-forward.ts";
import { gradientAsJacobian, withoutAbsence } from "./jacobian-reverse.ts";
import {
  returningNumbers,
  rowCount,
  type RowInput,
  type RowResult,
  rowResult,
  rowsByCalls,
  rowsWrittenOut,
} from "./jacobian-rows.ts";
import type { CallTable } from "./calls.ts";
import { nestedForward, nestedReverse } from "./jacobian-nested.ts";
import { jvpFunction } from "./forward.ts";
import { isLeaf, isPlainLeaf } from "./parts.ts";
import { leavesOf, prepare, type Input, type Prepared, type Structure, outsideCalls, placesOf } from "./prepare.ts";
import { Refusal } from "./refusal.ts";
import { reverseMode } from "./vjp.ts";
import { leftOut } from "./written-parts.ts";

/** Optimisations that tests switch off: the numbers must stay the same. */
export interface Ablation extends Optional {
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
  readonly callees: Callees;
  readonly calls: CallTable;
  readonly ablation: Ablation;
  /** What a transform made, cleaned up before it is differentiated again. */
  readonly simplified: (made: Func, source: Func) => Func;
}

export interface Wish {
  readonly func: Func;
  readonly mode: Mode;
  readonly name: string;
  readonly wrt?: readonly Wrt[] | undefined;
  readonly outputs?: readonly OutputRef[] | undefined;
  /** See `ReverseOptions`. */
  readonly keepsArguments?: boolean;
  readonly isOwn?: boolean;
}

export function differentiate(setting: Setting, wish: Wish): Func {
  switch (wish.mode) {
    case "vjp":
    case "vjpInto":
    case "grad":
    case "valueAndGrad":
    case "pullback":
      return reverseMode(seedable(prepared(setting, wish, "reverse"), wish.mode), setting.calls, {
        name: wish.name,
        mode: wish.mode,
        keepsArguments: wish.keepsArguments,
        isOwn: wish.isOwn,
        ablation: setting.ablation,
      });
    case "jvp":
      return jvpFunction(prepared(setting, wish, "forward"), wish.name, setting.calls);
    default:
      return composed(setting, wish);
  }
}

/** A gradient is that of one number. */
function seedable(ready: Prepared, mode: Mode): Prepared {
  if (mode !== "grad" && mode !== "valueAndGrad") return ready;
  const active = ready.outputs.filter((output) => output.active);
  const isOne = active
    .flatMap(({ structure }) => leavesOf(structure))
    .every(({ type }) => !isReference(presentType(type)));
  if (active.length > 1)
    throw new Refusal("seed", [`${String(active.length)} outputs: ${active.map(({ label }) => label).join(", ")}`]);
  if (!isOne) throw new Refusal("seed", ["one that is more than a number"]);
  return ready;
}

/** A Jacobian may run the function several times, and what a function without source does is not known. */
function refuseRepeated({ body }: Prepared): void {
  const calls = outsideCalls(body);
  if (calls.length > 0) throw new Refusal("repeated", [], undefined, placesOf(calls));
}

/** Modes that are put together from other derivatives. */
function composed(setting: Setting, wish: Wish): Func {
  const { func, name } = wish;
  const reference = prepared(setting, wish, "forward");
  const local = reference.inputs.find((input) => input.isLocal);
  if (local !== undefined) throw new Refusal("localWrt", [local.label]);
  // Outputs that may be absent have cotangents and tangents that may be, but no rows.
  if (reference.outputs.some((o) => o.active && leavesOf(o.structure).some(({ type }) => type.kind === "maybe")))
    throw new Refusal("absence");
  if (wish.mode !== "hvp") refuseRepeated(reference);
  const labels = reference.inputs.map((input) => input.label);
  const same = reference.inputs.map((input) => input.wrt);
  const tensors = [...reference.inputs, ...reference.outputs.filter((o) => o.active)].some(({ structure }) =>
    leavesOf(structure).some((leaf) => holdsTensor(leaf.type)),
  );
  const gradient = (mode: Mode): Func => {
    const made = differentiate(setting, { ...wish, mode });
    return tensors ? setting.simplified(made, func) : made;
  };
  const returned: readonly OutputRef[] = [{ kind: "return" }];

  switch (wish.mode) {
    case "hvp": {
      const both = prepared(
        setting,
        { ...wish, func: gradient("valueAndGrad"), wrt: same, outputs: returned },
        "forward",
      );
      return hvpFunction(jvpFunction(both, name, setting.calls), both.outputs.length);
    }
    case "hessian": {
      const nested = isNested(reference, tensors);
      if (tensors || nested) {
        const of: Wish = { func: gradient("grad"), mode: "pullback", name, wrt: same, outputs: returned };
        if (nested)
          return nestedJacobian(setting, of, tensors || reference.inputs.some(isPartial) ? "reverse" : "forward");
        return tensorJacobian(differentiate(setting, of), labels);
      }
      const whole = withoutAbsence(gradient("grad"), labels.length);
      const source = forwardSource(setting, { ...wish, func: whole, wrt: same, outputs: returned }, same);
      return forwardJacobian({ ...source, isGradient: true });
    }
    case "jacobian": {
      const result = onlyResult(reference);
      // A tap changes cotangents only, so its Jacobian is made of rows.
      const tapped = hasTap(reference.func);
      const isFew = (columns: number): boolean => result !== undefined && isReverseCheaper(rowCount(result), columns);
      const nested = isNested(reference, tensors);
      if (nested && isNumber(reference) && !tensors) return gradientAsJacobian(gradient("grad"), labels);
      if (nested)
        return nestedJacobian(
          setting,
          wish,
          tensors || tapped || reference.inputs.some(isPartial) || isFew(numbersIn(reference)) ? "reverse" : "forward",
        );
      if (tensors) return tensorJacobian(gradient("pullback"), labels);
      const forward = forwardSource(setting, wish, same);
      const few = isFew(columnsOf(forward));
      if (!few && !tapped) return forwardJacobian(forward);
      if (isNumber(reference)) return gradientAsJacobian(gradient("grad"), labels);
      // Rows are laid out for arrays and numbers.
      const isPlain = reference.inputs.every((input) => input.structure.kind === "leaf");
      const made =
        few && isPlain && result !== undefined
          ? fewRows(setting, { ...wish, outputs: returned }, result, same)
          : undefined;
      if (made !== undefined) return made;
      return tapped ? nestedJacobian(setting, wish, "reverse") : forwardJacobian(forward);
    }
    default:
      throw new Refusal("mode");
  }
}

/** Whether an input is a parameter without the parts that are written into: gradients have its structure, sweeps do not. */
const isPartial = (input: Input): boolean => input.structure.kind === "leaf" && leftOut(input).length > 0;

/** Whether leaves of inputs or outputs are in structures that only the running function knows. */
function isNested({ inputs, outputs, written }: Prepared, tensors: boolean): boolean {
  if (inputs.some(isPartial)) return true;
  const structures = [...inputs, ...outputs.filter((o) => o.active)].map(({ structure }) => structure);
  if (tensors)
    return (
      inputs.some(({ place }) => place !== undefined) ||
      !structures.every((structure) => structure.kind === "leaf" && isRow(structure.type))
    );
  if (!structures.every((structure) => leavesOf(structure).every(({ type }) => isPlainLeaf(type)))) return true;
  return inputs.some(({ structure, place, isDefaulted }) => {
    if (!leavesOf(structure).some(({ type }) => isReference(type))) return false;
    // Runs along its elements begin with the array at entry, which is a parameter, or in one that is not changed.
    return isDefaulted || (place !== undefined && written.has(rootName(place) ?? ""));
  });
}

/** A leaf that the rows of a Jacobian with tensors are laid out for. */
function isRow(type: Type): boolean {
  return isLeaf(type) && !(type.kind === "list" && isReference(type.element));
}

/** Jacobians and Hessians whose entries are put into structures as the function runs. */
function nestedJacobian(setting: Setting, wish: Wish, direction: "forward" | "reverse"): Func {
  const ready = prepared(setting, wish, direction);
  const { inputs, outputs } = ready;
  const own: Wish = { ...wish, wrt: inputs.map((input) => input.wrt), isOwn: true };
  if (direction === "forward") return nestedForward(ready, jvpFunction(ready, wish.name, setting.calls, true));
  const labels = inputs.map((input) => input.label);
  return nestedReverse(differentiate(setting, { ...own, mode: "pullback" }), labels, outputs);
}

/** The rows of a short result, all off one forward sweep. */
function fewRows(setting: Setting, wish: Wish, result: RowResult, wanted: readonly Wrt[]): Func | undefined {
  const normalised = normalise(wish.func, setting.program, setting.keep, setting.ablation);
  const numbers = returningNumbers(normalised, result);
  if (numbers === undefined) return undefined;
  const written = writtenParameters(numbers, setting.program);
  const { func, apart, wrt } = withElements(numbers, wanted, written);
  const pullback = differentiate(setting, { ...wish, func, wrt, mode: "pullback", isOwn: true });
  const inputs = wanted.map((each): RowInput => {
    const label = labelOf(func, each);
    const own = apart.get(each);
    return own === undefined ? { label } : { label, apart: own };
  });
  const writtenOut = rowCount(result) <= mostWrittenOut ? rowsWrittenOut(pullback, result, inputs) : undefined;
  return writtenOut ?? rowsByCalls(pullback, result, inputs);
}

/** What a parameter, or a field of one, is called in messages. */
function labelOf(func: Func, wrt: Wrt): string {
  return wrt.kind === "param" ? [func.params[wrt.index]!.name, ...(wrt.path ?? [])].join(".") : wrt.name;
}

/** Arrays of which only a few elements are read are taken apart, and each of these is an input. */
function withElements(
  func: Func,
  wanted: readonly Wrt[],
  written: ReadonlySet<string>,
): {
  readonly func: Func;
  /** Those that were taken apart. */
  readonly apart: ReadonlyMap<Wrt, { readonly array: Expr; readonly elements: readonly Element[] }>;
  readonly wrt: readonly Wrt[];
} {
  let made = func;
  const apart = new Map<Wrt, { readonly array: Expr; readonly elements: readonly Element[] }>();
  for (const each of wanted) {
    const param = each.kind === "param" && each.path === undefined ? func.params[each.index] : undefined;
    const taken = param && !written.has(param.name) ? takeApart(made, param.name) : undefined;
    if (param === undefined || taken === undefined) continue;
    made = taken.func;
    apart.set(each, { array: variable(param.name, param.type), elements: taken.elements });
  }
  const wrt = wanted.flatMap(
    (each): Wrt[] => apart.get(each)?.elements.map((e): Wrt => ({ kind: "local", name: e.name })) ?? [each],
  );
  return { func: made, apart, wrt };
}

/** The reverse sweeps of this many rows are written out; of more, each is a call. */
const mostWrittenOut = 4;
/** A result of more numbers is differentiated forward towards arrays whose lengths we do not know. */
const mostRows = 16;

/** How many directions forward mode would run along. An array whose length we do not know counts as long. */
function columnsOf({ wholes }: ForwardSource): number {
  const widths = wholes.flatMap(({ parts }) =>
    parts.map((part) => (part.kind === "number" ? 1 : part.kind === "elements" ? part.elements.length : Infinity)),
  );
  return widths.reduce((n, width) => n + width, 0);
}

/** A direction costs about as much as the function, less what directions share; a row about three times as much. */
function isReverseCheaper(rows: number, columns: number): boolean {
  return rows <= mostRows && columns > 3 * rows;
}

/** How many numbers there are to be differentiated towards, where there are no arrays. */
function numbersIn({ inputs }: Prepared): number {
  const leaves = inputs.flatMap(({ structure }) => leavesOf(structure));
  return leaves.every(({ type }) => type.kind === "number") ? leaves.length : Infinity;
}

/** What is returned, where that is the only output and the number of its numbers is known. */
function onlyResult(reference: Prepared): RowResult | undefined {
  const [only, ...others] = reference.outputs.filter((o) => o.active);
  if (only?.ref.kind !== "return" || others.length > 0) return undefined;
  return rowResult(only.structure, (leaf) => literalLength(reference, leaf));
}

/** Whether the only output is a number. */
function isNumber({ outputs }: Prepared): boolean {
  const [only, ...others] = outputs.filter((o) => o.active);
  return only?.structure.kind === "leaf" && others.length === 0 && !isReference(only.structure.type);
}

/** The function as forward sweeps run it: arrays of which only a few elements are read are taken apart. */
function forwardSource(setting: Setting, wish: Wish, wanted: readonly Wrt[]): ForwardSource {
  const whole = inlined(wish.func, setting.program, setting.keep);
  const written = writtenParameters(whole, setting.program);
  const indices = new Set(wanted.flatMap((each) => (each.kind === "param" ? [each.index] : [])));
  const { func: source, used } = nameUsedDefaults(whole, (param) => indices.has(whole.params.indexOf(param)), written);
  const fixed = new Set([...used.values()].map((value) => value.name));
  const { func, apart, wrt } = withElements(structure(source, { ...setting.ablation, fixed }), wanted, written);
  const { program, keep, callees, ablation } = setting;
  const { outputs } = wish;
  const request = { program, func, keep, callees, ablation, wrt, outputs, written };
  const ready = prepare(request, "forward");
  if (!ready.ok) throw new Refusal(ready.reason);
  const wholes = wanted.flatMap((each): Whole[] => {
    const own = apart.get(each);
    if (own !== undefined) {
      const { array, elements } = own;
      const label = labelOf(func, each);
      const optional = array.type.kind === "maybe" ? { optional: array } : {};
      const leaf: Structure = { kind: "leaf", expr: array, type: array.type };
      return [{ label, structure: leaf, parts: [{ kind: "elements", label, ...optional, array, elements }] }];
    }
    const input = ready.prepared.inputs.find(({ wrt }) => wrt === each);
    if (input === undefined) throw new Error("jacobian: an input was expected");
    const { label, structure } = input;
    return [{ label, structure, parts: leavesOf(structure).map(partOf) }];
  });
  return { name: wish.name, prepared: ready.prepared, wholes, calls: setting.calls };
}

/** What of one variable is seeded. */
function partOf({ name, type, expr }: ReturnType<typeof leavesOf>[number]): Part {
  // One with a default stands for the value that was used.
  const base = { label: name, ...(type.kind === "maybe" ? { optional: expr } : {}) };
  return isReference(type) ? { kind: "array", ...base, array: expr } : { kind: "number", ...base, name };
}

function hasTap(func: Func): boolean {
  let found = false;
  walkBlockExprs(func.body, (e) => {
    if (e.kind === "tap") found = true;
  });
  return found;
}

function prepared(setting: Setting, wish: Wish, direction: "forward" | "reverse"): Prepared {
  const { program, keep, callees, ablation } = setting;
  const request = { program, func: wish.func, keep, callees, ablation, wrt: wish.wrt, outputs: wish.outputs };
  const result = prepare(request, direction);
  if (!result.ok) throw new Refusal(result.reason);
  return result.prepared;
}
