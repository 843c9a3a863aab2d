/** One function in, its derivative in one mode out. */
import { tensorJacobian } from "./jacobian-tensors.ts";
import type { Mode, OutputRef, Wrt } from "../frontend/types.ts";
import type { Expr, Func } from "../ir/types.ts";
import { containsRecord, holdsTensor, isReference, variable } from "../ir/build.ts";
import { rootName, walkBlockExprs } from "../ir/visit.ts";
import { inlined, normalise, type Optional, structure } from "../normalise/index.ts";
import type { Callees } from "../analyse/callees.ts";
import { writtenParameters } from "../analyse/written.ts";
import { nameUsedDefaults } from "./defaults.ts";
import { takeApart, type Element } from "./elements.ts";
import { hvpFunction } from "./hvp.ts";
import { forwardJacobian, type ForwardSource, literalLength, type Part, type Whole } from "./jacobian-forward.ts";
import { gradientAsJacobian, rowByRow, withoutAbsence } from "./jacobian-reverse.ts";
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
import { jvpFunction } from "./forward.ts";
import { leavesOf, prepare, type Prepared, type Structure, outsideCalls, placesOf } from "./prepare.ts";
import { Refusal } from "./refusal.ts";
import { reverseMode } from "./vjp.ts";

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
}

export function differentiate(setting: Setting, wish: Wish): Func {
  switch (wish.mode) {
    case "vjp":
    case "vjpInto":
    case "grad":
    case "valueAndGrad":
    case "pullback":
      return reverseMode(prepared(setting, wish, "reverse"), setting.calls, {
        name: wish.name,
        mode: wish.mode,
        keepsArguments: wish.keepsArguments,
        ablation: setting.ablation,
      });
    case "jvp":
      return jvpFunction(prepared(setting, wish, "forward"), wish.name, setting.calls);
    default:
      return composed(setting, wish);
  }
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
      if (tensors) {
        const of = { func: gradient("grad"), name, wrt: same, outputs: returned };
        return tensorJacobian(differentiate(setting, { ...of, mode: "pullback" }), labels);
      }
      const whole = withoutAbsence(gradient("grad"), labels.length);
      const source = forwardSource(setting, { ...wish, func: whole, wrt: same, outputs: returned }, same);
      return forwardJacobian({ ...source, isGradient: true });
    }
    case "jacobian": {
      if (tensors) return tensorJacobian(gradient("pullback"), labels);
      const forward = forwardSource(setting, wish, same);
      const columns = columnsOf(forward);
      const result = onlyResult(reference);
      const few = result !== undefined && isReverseCheaper(rowCount(result), columns);
      const tapped = hasTap(reference.func);
      if (!few && !tapped) return forwardJacobian(forward);
      // A tap changes cotangents only, so its Jacobian is made of rows.
      if (isNumber(reference)) return gradientAsJacobian(gradient("grad"), labels);
      // Rows are laid out for arrays and numbers.
      const isPlain = reference.inputs.every((input) => input.structure.kind === "leaf");
      if (!isPlain && tapped) throw new Refusal("objects", labels);
      if (!isPlain) return forwardJacobian(forward);
      const made = few ? fewRows(setting, { ...wish, outputs: returned }, result, same) : undefined;
      if (made !== undefined) return made;
      if (tapped && isArray(reference)) return rowByRow(gradient("pullback"), labels);
      return forwardJacobian(forward);
    }
    default:
      throw new Refusal("mode");
  }
}

/** The rows of a short result, all off one forward sweep. */
function fewRows(setting: Setting, wish: Wish, result: RowResult, wanted: readonly Wrt[]): Func | undefined {
  const normalised = normalise(wish.func, setting.program, setting.keep, setting.ablation);
  const numbers = returningNumbers(normalised, result);
  if (numbers === undefined) return undefined;
  const written = writtenParameters(numbers, setting.program);
  const { func, apart, wrt } = withElements(numbers, wanted, written);
  const pullback = differentiate(setting, { ...wish, func, wrt, mode: "pullback" });
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

/** Whether the only output is one array. */
function isArray(reference: Prepared): boolean {
  const [only] = reference.outputs;
  return only?.structure.kind === "leaf" && reference.outputs.length === 1 && isReference(only.structure.type);
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
    const { label, structure, place } = input;
    // Runs on copies of what the function writes into do not begin with a field of the caller's.
    if (isReference(structure.type) && place !== undefined && written.has(rootName(place) ?? ""))
      throw new Refusal("objects", [labelOf(func, each)]);
    return [{ label, structure, parts: leavesOf(structure).map((leaf) => partOf(leaf, label)) }];
  });
  return { name: wish.name, prepared: ready.prepared, wholes, calls: setting.calls };
}

/** What of one variable is seeded. */
function partOf({ name, type, expr }: ReturnType<typeof leavesOf>[number], param: string): Part {
  if (containsRecord(type)) throw new Refusal("objects", [param]);
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
