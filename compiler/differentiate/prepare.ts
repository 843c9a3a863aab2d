/** A function ready to be differentiated: normalised, its inputs and outputs named, its activity known. */
import { nameUsedDefaults } from "./defaults.ts";
import { nameOutputs, takeParametersApart } from "./structures.ts";
import { isDifferentiable, isReference, variable } from "../ir/build.ts";
import { namesApartFrom, namesOf, type Names } from "../ir/names.ts";
import { isSmooth } from "../ir/ops.ts";
import type { Block, Expr, Func, Param, Program, Type } from "../ir/types.ts";
import { outsideName } from "../ir/runtime.ts";
import { collectStmts, type StmtOf, variableTypes } from "../ir/visit.ts";
import type { OutputRef, Wrt } from "../frontend/types.ts";
import { analyseActivity, type Activity } from "../analyse/activity.ts";
import { analyseAliases, type Aliasing } from "../analyse/alias.ts";
import type { Callees } from "../analyse/callees.ts";
import { analyseIntegers, type Integers } from "../analyse/integers.ts";
import { writtenParameters } from "../analyse/written.ts";
import { inlined, type Optional, structure } from "../normalise/index.ts";
import { nameResults } from "../normalise/temporaries.ts";
import { renameVersions } from "../normalise/versions.ts";
import { type Place, Refusal } from "./refusal.ts";
import { needsResult } from "./rules/scalar.ts";

export interface Request {
  readonly program: Program;
  readonly func: Func;
  /** Callees that are not inlined. */
  readonly keep: (callee: string) => boolean;
  readonly wrt?: readonly Wrt[] | undefined;
  readonly outputs?: readonly OutputRef[] | undefined;
  /** What is known of the callees that are not inlined. */
  readonly callees?: Callees | undefined;
  /** Calls of the function are calls of what is made of it; tapes among its parameters carry derivatives in and out. */
  readonly isCallee?: boolean;
  readonly ablation?: Optional;
  /** The parameters that the function writes into, where it does not show any more. */
  readonly written?: ReadonlySet<string>;
}

/**
 * One variable, or a structure of them, as a parameter or a result is made of. The items of an object stand in the
 * order of the fields of its type, which is a record.
 */
export type Structure =
  | { readonly kind: "leaf"; readonly expr: Expr; readonly type: Type }
  | { readonly kind: "tuple"; readonly items: readonly Structure[]; readonly type: Type };

export interface Output {
  readonly label: string;
  readonly structure: Structure;
  /** What was returned, or a parameter that is written into. */
  readonly ref: OutputRef;
  /** Whether it carries a cotangent. */
  readonly active: boolean;
}

export interface Input {
  readonly label: string;
  readonly structure: Structure;
  readonly isLocal: boolean;
  /** What is used of a parameter with a default: computed at entry, where a given tangent joins in. */
  readonly isDefaulted: boolean;
}

export interface Prepared {
  readonly func: Func;
  /** The body without its return. */
  readonly body: Block;
  /** The first statements of the body: parts of parameters go to variables of their own. */
  readonly entry: Block;
  readonly inputs: readonly Input[];
  readonly outputs: readonly Output[];
  readonly aliasing: Aliasing;
  readonly activity: Activity;
  readonly integers: Integers;
  readonly names: Names;
  readonly callees: Callees | undefined;
  /** Parameters that the function writes into. */
  readonly written: ReadonlySet<string>;
}

export type Preparation =
  { readonly ok: true; readonly prepared: Prepared } | { readonly ok: false; readonly reason: "noInput" | "noOutput" };

export function prepare(request: Request, mode: "forward" | "reverse"): Preparation {
  const whole = inlined(request.func, request.program, request.keep);
  const written = request.written ?? writtenParameters(whole, request.program);
  const { func: source, used } = namedDefaults(request, whole, written, mode);
  const locals = (request.wrt ?? []).flatMap((wrt) => (wrt.kind === "local" ? [wrt.name] : []));
  const fixed = new Set([...locals, ...[...used.values()].map((value) => value.name)]);
  const plain = structure(source, { ...request.ablation, fixed });
  const structured = mode === "reverse" ? renameVersions(plain) : plain;
  // A function that is split hands its objects on as they are.
  const apart = request.isCallee !== true;
  const exploded = takeParametersApart(structured, apart ? (name) => !written.has(name) : () => false);
  const named = nameOutputs(exploded.func, written, { isCallee: request.isCallee === true, objectsApart: apart });
  const structures = exploded.structures.map((s, i): Structure => {
    const value = used.get(named.func.params[i]!.name);
    return value === undefined ? s : { kind: "leaf", expr: value, type: value.type };
  });
  const inputs = selectInputs(request, named.func, structures, written);
  const isCarrying = ({ type }: Param): boolean => type.kind === "tape" && isDifferentiable(type.element);
  const tapes = request.isCallee === true ? named.func.params.filter(isCarrying) : [];
  if (inputs.length + tapes.length === 0) return { ok: false, reason: "noInput" };
  const outputs = selectOutputs(request, named.outputs);
  if (!outputs.some((o) => o.active) && tapes.length === 0) return { ok: false, reason: "noOutput" };

  const activityInput = {
    inputs: [
      ...inputs.flatMap((input) => leavesOf(input.structure).map((leaf) => leaf.name)),
      ...tapes.map((p) => p.name),
    ],
    outputs: [
      ...outputs.filter((o) => o.active).flatMap((o) => leavesOf(o.structure).map((leaf) => leaf.expr)),
      ...tapes.map((p) => variable(p.name, p.type)),
    ],
  };
  const { callees } = request;
  const returned = outputs.filter((o) => request.isCallee === true && o.ref.kind === "return");
  const aliases = { callees, returned: returned.flatMap((o) => leavesOf(o.structure).map((leaf) => leaf.expr)) };
  const first = analyseActivity(named.func, analyseAliases(named.func, aliases), activityInput, callees);
  const func = nameResults(
    named.func,
    (e) =>
      isSmooth(e.op) &&
      first.active(e) &&
      needsResult(
        e.op,
        e.args.map((arg) => first.active(arg)),
      ),
  );

  const aliasing = analyseAliases(func, aliases);
  const prepared: Prepared = {
    func,
    body: func.body,
    entry: func.body.slice(0, exploded.entry.length),
    inputs,
    outputs,
    aliasing,
    activity: analyseActivity(func, aliasing, activityInput, callees),
    callees,
    integers: analyseIntegers(func),
    names: namesApartFrom(namesOf(func)),
    written,
  };
  refuseOutside(prepared);
  return { ok: true, prepared };
}

/** A value that is differentiated may not go where nobody knows what becomes of it. */
function refuseOutside({ body, activity }: Prepared): void {
  const lost = outsideCalls(body).filter((stmt) => stmt.args.some((arg) => activity.varied(arg)));
  if (lost.length > 0) throw new Refusal("outside", [], undefined, placesOf(lost));
}

/** Calls of functions without source. */
export const outsideCalls = (body: Block): StmtOf<"call">[] =>
  collectStmts(body, "call").filter((stmt) => outsideName(stmt.callee) !== undefined);

export const placesOf = (calls: readonly StmtOf<"call">[]): Place[] =>
  calls.map(({ callee, origin }) => ({ name: outsideName(callee) ?? callee, origin }));

/** The variables of a structure, in order. */
export function leavesOf(structure: Structure): { readonly name: string; readonly type: Type; readonly expr: Expr }[] {
  if (structure.kind === "tuple") return structure.items.flatMap(leavesOf);
  if (structure.expr.kind !== "var" || !isDifferentiable(structure.type)) return [];
  return [{ name: structure.expr.name, type: structure.type, expr: structure.expr }];
}

/** What is used of the parameters with defaults that are inputs. A function that is split is told of its parameters. */
function namedDefaults(
  request: Request,
  func: Func,
  written: ReadonlySet<string>,
  mode: "forward" | "reverse",
): ReturnType<typeof nameUsedDefaults> {
  const wanted = new Set(wantedOf(request, func, written).flatMap((wrt) => (wrt.kind === "param" ? [wrt.index] : [])));
  const isOwn = (type: Type): boolean => request.isCallee !== true || (mode === "reverse" && !isReference(type));
  return nameUsedDefaults(func, (param) => wanted.has(func.params.indexOf(param)) && isOwn(param.type), written);
}

function wantedOf(request: Request, func: Func, written: ReadonlySet<string>): readonly Wrt[] {
  return (
    request.wrt ??
    func.params.flatMap((param, index): Wrt[] =>
      isDifferentiable(param.type) && !written.has(param.name) ? [{ kind: "param", index }] : [],
    )
  );
}

function selectInputs(
  request: Request,
  func: Func,
  structures: readonly Structure[],
  written: ReadonlySet<string>,
): Input[] {
  const types = variableTypes(func);
  return wantedOf(request, func, written).flatMap((wrt): Input[] => {
    if (wrt.kind === "param") return [paramInput(func.params[wrt.index]!, structures[wrt.index]!)];
    const type = types.get(wrt.name);
    if (type === undefined) return [];
    return [
      {
        label: wrt.name,
        structure: { kind: "leaf", expr: variable(wrt.name, type), type },
        isLocal: true,
        isDefaulted: false,
      },
    ];
  });
}

function paramInput(param: Param, structure: Structure): Input {
  const isOwn = structure.kind === "tuple" || (structure.expr.kind === "var" && structure.expr.name === param.name);
  return { label: param.name, structure, isLocal: false, isDefaulted: !isOwn };
}

function selectOutputs(request: Request, outputs: readonly Omit<Output, "active">[]): Output[] {
  const chosen = request.outputs;
  const isChosen = (ref: OutputRef): boolean =>
    chosen === undefined ||
    chosen.some((c) => (c.kind === "param" ? ref.kind === "param" && ref.index === c.index : ref.kind === "return"));
  return outputs.map(({ label, structure, ref }) => ({
    label,
    structure,
    ref,
    active: leavesOf(structure).length > 0 && isChosen(ref),
  }));
}
