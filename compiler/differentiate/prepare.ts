/** A function ready to be differentiated: normalised, its inputs and outputs named, its activity known. */
import { gives, nameUsedDefaults } from "./defaults.ts";
import { nameFields } from "./fields.ts";
import { filledFields } from "./missing-fields.ts";
import { nameOutputs, takeParametersApart } from "./structures.ts";
import { isName } from "../ir/ask.ts";
import { fieldAt, isDifferentiable, isReference, variable } from "../ir/build.ts";
import { partName } from "../ir/words.ts";
import { namesApartFrom, namesOf, type Names } from "../ir/names.ts";
import { isSmooth } from "../ir/ops.ts";
import type { Block, Expr, Func, Param, Program, Type, Var } from "../ir/types.ts";
import { clonesOfShared } from "../analyse/cloned.ts";
import { stopsOfChanged, withoutPlaces } from "../analyse/stopped.ts";
import { refuseChanged, refuseKept } from "./kept.ts";
import { refuseMixed } from "./mixed.ts";
import { outsideName } from "../ir/runtime.ts";
import { collectStmts, type StmtOf, variableTypes } from "../ir/visit.ts";
import type { OutputRef, Wrt } from "../frontend/types.ts";
import { analyseActivity, type Activity } from "../analyse/activity.ts";
import { analyseAliases, type Aliasing } from "../analyse/alias.ts";
import type { Callees } from "../analyse/callees.ts";
import { analyseIntegers, type Integers } from "../analyse/integers.ts";
import { writesAt, writtenConstants, writtenParameters } from "../analyse/written.ts";
import { inlined, type Optional, structure } from "../normalise/index.ts";
import { nameResults } from "../normalise/temporaries.ts";
import { renameVersions } from "../normalise/versions.ts";
import { type Place, Refusal } from "./refusal.ts";
import { needsResult } from "./rules/scalar.ts";
import { structureWithout } from "./written-parts.ts";
import { numbersOffTexts } from "./texts.ts";

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
  /** It is looked at even where nothing that it gives has a derivative. */
  readonly mayBeIdle?: boolean;
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
  /** What was returned, a part of it that was selected, or a parameter that is written into. */
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
  /** What was asked for. */
  readonly wrt: Wrt;
  /** A field of a parameter: where the caller knows it. */
  readonly place?: Expr;
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
  /** Whether it may write at the end of a way from a parameter. */
  readonly writesAt: (name: string, steps: readonly string[]) => boolean;
  /** Optional fields that may be given a value where they have none. */
  readonly filled: ReadonlySet<string>;
}

export type Preparation =
  { readonly ok: true; readonly prepared: Prepared } | { readonly ok: false; readonly reason: "noInput" | "noOutput" };

export function prepare(request: Request, mode: "forward" | "reverse"): Preparation {
  const found = inlined(request.func, request.program, request.keep);
  const stopped = stopsOfChanged(found, request.program, request.isCallee === true);
  if (stopped.length > 0)
    throw new Refusal(
      "stop",
      [],
      undefined,
      stopped.map((origin) => ({ name: "", origin })),
    );
  // In derivatives of this one, whose tapes hold all there is, they need not be looked at again.
  const whole = withoutPlaces(found);
  const written = request.written ?? writtenParameters(whole, request.program);
  const [held] = writtenConstants(whole, request.program);
  if (held !== undefined) throw new Refusal("moduleState", [], undefined, [{ name: held[0], origin: held[1] }]);
  const shared = clonesOfShared(whole, request.isCallee === true);
  if (shared.length > 0)
    throw new Refusal(
      "clone",
      [],
      undefined,
      shared.map((origin) => ({ name: "", origin })),
    );
  const { func: defaulted, used } = namedDefaults(request, whole, written, mode);
  const { func: source, fields } = namedFields(request.wrt ?? [], defaulted, used, written);
  const locals = (request.wrt ?? []).flatMap((wrt) => (wrt.kind === "local" ? [wrt.name] : []));
  const fixed = new Set([...locals, ...[...used.values(), ...fields.values()].map((value) => value.name)]);
  const plain = structure(source, { ...request.ablation, fixed });
  const structured = mode === "reverse" ? renameVersions(plain) : plain;
  // A function that is split hands its objects on as they are.
  const apart = request.isCallee !== true;
  const exploded = takeParametersApart(structured, apart ? (name) => !written.has(name) : () => false);
  const parts = (request.outputs ?? []).flatMap((ref) => (ref.kind === "return" && ref.path ? [ref.path] : []));
  const named = nameOutputs(exploded.func, written, parts, {
    isCallee: request.isCallee === true,
    objectsApart: apart,
  });
  const structures = exploded.structures.map((s, i): Structure => {
    const value = used.get(named.func.params[i]!.name);
    return value === undefined ? s : { kind: "leaf", expr: value, type: value.type };
  });
  const inputs = selectInputs(request, named.func, structures, fields, written);
  const isCarrying = ({ type }: Param): boolean => type.kind === "tape" && isDifferentiable(type.element);
  const tapes = request.isCallee === true ? named.func.params.filter(isCarrying) : [];
  // A callee without a derivative is split for what it overwrites.
  const mayBeIdle = request.isCallee === true || request.mayBeIdle === true;
  if (inputs.length + tapes.length === 0 && !mayBeIdle) {
    // What is written into is no input by itself.
    refuseChanged({ func: named.func, body: named.func.body, aliasing: analyseAliases(named.func) }, request.program);
    return { ok: false, reason: "noInput" };
  }
  const outputs = selectOutputs(request, named.outputs);
  if (!outputs.some((o) => o.active) && tapes.length === 0 && !mayBeIdle) return { ok: false, reason: "noOutput" };

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
    entry: entryOf(func.body, exploded.entry.length, fields),
    inputs,
    outputs,
    aliasing,
    activity: analyseActivity(func, aliasing, activityInput, callees),
    callees,
    integers: analyseIntegers(func),
    names: namesApartFrom(namesOf(func)),
    written,
    writesAt: writesAt(whole, request.program),
    filled: filledFields(func, request.program),
  };
  refuseOutside(prepared);
  refuseKept(prepared, request);
  refuseMixed(prepared, request.program);
  return { ok: true, prepared };
}

/** A value that is differentiated may not go where nobody knows what becomes of it, nor come back out of a text. */
function refuseOutside({ body, activity }: Prepared): void {
  const lost = outsideCalls(body).filter((stmt) => stmt.args.some((arg) => activity.varied(arg)));
  if (lost.length > 0) throw new Refusal("outside", [], undefined, placesOf(lost));
  const read = numbersOffTexts(body, activity);
  if (read.length > 0) throw new Refusal("text", [], undefined, read);
}

/** Calls of functions without source. */
export const outsideCalls = (body: Block): StmtOf<"call">[] =>
  collectStmts(body, "call").filter((stmt) => outsideName(stmt.callee) !== undefined);

export const placesOf = (calls: readonly StmtOf<"call">[]): Place[] =>
  calls.map(({ callee, origin }) => ({ name: outsideName(callee) ?? callee, origin }));

/** Outputs without those that are parts of others. */
export function wholeOutputs(outputs: readonly Output[]): readonly Output[] {
  return outputs.filter(({ ref }) => ref.kind === "param" || ref.path === undefined);
}

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

type Fields = ReadonlyMap<Wrt, Var>;

/** The fields that are inputs, each a variable that the body starts with, or that follows the default of its parameter. */
function namedFields(
  wanted: readonly Wrt[],
  func: Func,
  used: ReadonlyMap<string, Var>,
  written: ReadonlySet<string>,
): { readonly func: Func; readonly fields: Fields } {
  const fields = new Map<Wrt, Var>();
  let made = func;
  for (const [index, param] of func.params.entries()) {
    const own = wanted.filter((wrt) => wrt.kind === "param" && wrt.index === index && wrt.path !== undefined);
    const owner = used.get(param.name) ?? variable(param.name, param.type);
    const asked = own.map((wrt) => ({ owner, path: wrt.kind === "param" ? (wrt.path ?? []) : [] }));
    const at = used.has(param.name) ? made.body.findIndex((stmt) => gives(stmt, owner.name)) + 1 : 0;
    const named = nameFields(made, asked, at, written.has(param.name));
    made = named.func;
    own.forEach((wrt, k) => fields.set(wrt, named.fields[k]!));
  }
  return { func: made, fields };
}

/** The parts of parameters, and the fields that are inputs. */
function entryOf(body: Block, parts: number, fields: Fields): Block {
  const names = new Set([...fields.values()].map((field) => field.name));
  let end = parts;
  for (let stmt = body[end]; stmt?.kind === "let" && names.has(stmt.name); stmt = body[end]) end++;
  return body.slice(0, end);
}

function wantedOf(request: Request, func: Func, written: ReadonlySet<string>): readonly Wrt[] {
  return (
    request.wrt ??
    func.params.flatMap((param, index): Wrt[] =>
      isDifferentiable(param.type) && param.captured !== true && !written.has(param.name)
        ? [{ kind: "param", index }]
        : [],
    )
  );
}

function selectInputs(
  request: Request,
  func: Func,
  structures: readonly Structure[],
  fields: Fields,
  written: ReadonlySet<string>,
): Input[] {
  const types = variableTypes(func);
  return wantedOf(request, func, written).flatMap((wrt): Input[] => {
    if (wrt.kind === "param") {
      const field = fields.get(wrt);
      const param = func.params[wrt.index]!;
      const { structure, isDefaulted } = paramInput(param, structures[wrt.index]!);
      if (field === undefined) {
        const own = structureWithout(structure, wrt.without ?? []);
        return [{ label: param.name, structure: own, isLocal: false, isDefaulted, wrt }];
      }
      const place = (wrt.path ?? []).reduce<Expr>(fieldAt, variable(param.name, param.type));
      const leaf: Structure = { kind: "leaf", expr: field, type: field.type };
      const label = (wrt.path ?? []).reduce(partName, param.name);
      return [{ label, structure: leaf, isLocal: false, isDefaulted, wrt, place }];
    }
    const type = types.get(wrt.name);
    if (type === undefined) return [];
    return [
      {
        label: wrt.name,
        structure: { kind: "leaf", expr: variable(wrt.name, type), type },
        isLocal: true,
        isDefaulted: false,
        wrt,
      },
    ];
  });
}

function paramInput(param: Param, structure: Structure): Pick<Input, "structure" | "isDefaulted"> {
  const isOwn = structure.kind === "tuple" || isName(structure.expr, param.name);
  return { structure, isDefaulted: !isOwn };
}

function selectOutputs(request: Request, outputs: readonly Omit<Output, "active">[]): Output[] {
  const chosen = request.outputs;
  const isChosen = (ref: OutputRef): boolean =>
    chosen === undefined || chosen.some((c) => JSON.stringify(c) === JSON.stringify(ref));
  return outputs.map(({ label, structure, ref }) => ({
    label,
    structure,
    ref,
    active: leavesOf(structure).length > 0 && isChosen(ref),
  }));
}
