/** A function ready to be differentiated: normalised, its inputs and outputs named, its activity known. */
import { int, isDifferentiable, variable, placeOf } from "../ir/build.ts";
import { namesApartFrom, namesOf, type Names } from "../ir/names.ts";
import { isSmooth } from "../ir/ops.ts";
import type { Block, Expr, Func, Param, Program, Stmt, Type } from "../ir/types.ts";
import { assignedVariables, mapBlockExprs, variableTypes, walkBlockExprs } from "../ir/visit.ts";
import type { OutputRef, Wrt } from "../frontend/types.ts";
import { analyseActivity, type Activity } from "../analyse/activity.ts";
import { analyseAliases, type Aliasing } from "../analyse/alias.ts";
import type { Callees } from "../analyse/callees.ts";
import { analyseIntegers, type Integers } from "../analyse/integers.ts";
import { writtenParameters } from "../analyse/written.ts";
import { inlined, type Optional, structure } from "../normalise/index.ts";
import { nameResults } from "../normalise/temporaries.ts";
import { renameVersions } from "../normalise/versions.ts";
import { needsResult } from "./rules/scalar.ts";

export interface Request {
  readonly program: Program;
  readonly func: Func;
  /** Callees that are not inlined. */
  readonly keep: (callee: string) => boolean;
  readonly wrt?: readonly Wrt[] | undefined;
  readonly outputs?: readonly OutputRef[] | undefined;
  /** A parameter with a default stands for the value that was used; always so in reverse mode. */
  readonly usedDefaults?: boolean;
  /** What is known of the callees that are not inlined. */
  readonly callees?: Callees | undefined;
  /** Calls of the function are calls of what is made of it; tapes among its parameters carry derivatives in and out. */
  readonly isCallee?: boolean;
  readonly ablation?: Optional;
  /** The parameters that the function writes into, where it does not show any more. */
  readonly written?: ReadonlySet<string>;
}

/** One variable, or a structure of them, as a parameter or a result is made of. */
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
}

export interface Prepared {
  readonly func: Func;
  /** The body without its return. */
  readonly body: Block;
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
  const fixed = new Set((request.wrt ?? []).flatMap((wrt) => (wrt.kind === "local" ? [wrt.name] : [])));
  const source = inlined(request.func, request.program, request.keep);
  const written = request.written ?? writtenParameters(source, request.program);
  const plain = structure(source, { ...request.ablation, fixed });
  const structured = mode === "reverse" ? renameVersions(plain) : plain;
  const exploded = explodeParameters(structured);
  const named = nameOutputs(exploded.func, written, request.isCallee === true);
  const structures =
    mode === "reverse" || request.usedDefaults === true
      ? exploded.structures.map((s, i) => (named.func.params[i]?.defaulted === true ? usedDefault(named.func, s) : s))
      : exploded.structures;
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
    inputs,
    outputs,
    aliasing,
    activity: analyseActivity(func, aliasing, activityInput, callees),
    callees,
    integers: analyseIntegers(func),
    names: namesApartFrom(namesOf(func)),
    written,
  };
  return { ok: true, prepared };
}

/** The variables of a structure, in order. */
export function leavesOf(structure: Structure): { readonly name: string; readonly type: Type; readonly expr: Expr }[] {
  if (structure.kind === "tuple") return structure.items.flatMap(leavesOf);
  if (structure.expr.kind !== "var" || !isDifferentiable(structure.type)) return [];
  return [{ name: structure.expr.name, type: structure.type, expr: structure.expr }];
}

/** Tuples that come in as one parameter are taken apart at the start, so that each part is a variable. */
function explodeParameters(func: Func): { readonly func: Func; readonly structures: readonly Structure[] } {
  const names = namesApartFrom(namesOf(func));
  const before: Stmt[] = [];
  const parts = new Map<string, Structure>();
  const explode = (value: Expr, name: string): Structure => {
    if (value.type.kind !== "tuple") {
      if (value.kind === "var") return { kind: "leaf", expr: value, type: value.type };
      const part = names.fresh(name);
      before.push({ kind: "let", name: part, type: value.type, mutable: false, init: value });
      return { kind: "leaf", expr: variable(part, value.type), type: value.type };
    }
    const items = value.type.items.map((type, k) =>
      explode({ kind: "index", array: value, index: int(k), type }, `${name}${String(k)}`),
    );
    return { kind: "tuple", items, type: value.type };
  };
  const structures = func.params.map((param) => {
    const structure = explode(variable(param.name, param.type), param.name);
    if (structure.kind === "tuple") parts.set(param.name, structure);
    return structure;
  });
  if (parts.size === 0) return { func, structures };
  const partOf = (expr: Expr): Structure | undefined => {
    if (expr.kind === "var") return parts.get(expr.name);
    if (expr.kind !== "index" || expr.index.kind !== "literal") return undefined;
    const whole = partOf(expr.array);
    return whole?.kind === "tuple" ? whole.items[Number(expr.index.value)] : undefined;
  };
  const body = mapBlockExprs(func.body, (expr) => {
    const part = expr.kind === "index" ? partOf(expr) : undefined;
    return part?.kind === "leaf" ? part.expr : expr;
  });
  return { func: { ...func, body: [...before, ...body] }, structures };
}

/** Binds what is returned to variables at the end of the body and drops the return. */
function nameOutputs(
  func: Func,
  written: ReadonlySet<string>,
  isCallee: boolean,
): { readonly func: Func; readonly outputs: readonly Omit<Output, "active">[] } {
  const names = namesApartFrom(namesOf(func));
  const last = func.body.at(-1);
  const value = last?.kind === "return" ? last.value : undefined;
  const body = last?.kind === "return" ? func.body.slice(0, -1) : [...func.body];
  const assigned = assignedVariables(body);
  const bind = (expr: Expr, base: string, written: Type): Structure => {
    if (expr.kind === "tuple") {
      const types = written.kind === "tuple" ? written.items : [];
      const items = expr.items.map((item, i) => bind(item, base, types[i] ?? item.type));
      return {
        kind: "tuple",
        items,
        type: expr.type.kind === "tuple" ? { ...expr.type, items: items.map((item) => item.type) } : expr.type,
      };
    }
    const type = written.kind === "int" ? written : expr.type;
    if (expr.kind === "var" && !assigned.has(expr.name)) return { kind: "leaf", expr, type };
    const name = names.fresh(base);
    body.push({ ...placeOf(last), kind: "let", name, type, mutable: false, init: expr });
    return { kind: "leaf", expr: variable(name, type), type };
  };
  const outputs: Omit<Output, "active">[] = [];
  // A caller of the function has the parameter, but a callee has to give back what its result names.
  const returnsWritten = !isCallee && value?.kind === "var" && written.has(value.name);
  if (value !== undefined && !returnsWritten) {
    outputs.push({ label: "value", structure: bind(value, "value", func.result), ref: { kind: "return" } });
  }
  func.params.forEach((param, index) => {
    if (!written.has(param.name) || !isDifferentiable(param.type)) return;
    const expr = variable(param.name, param.type);
    outputs.push({
      label: param.name,
      structure: { kind: "leaf", expr, type: param.type },
      ref: { kind: "param", index },
    });
  });
  return { func: { ...func, body }, outputs };
}

/**
 * A parameter with a default is only ever read in `const q = p ?? e`: the gradient is towards the q that was
 * used, given or not.
 */
function usedDefault(func: Func, structure: Structure): Structure {
  if (structure.kind !== "leaf" || structure.type.kind !== "maybe" || structure.expr.kind !== "var") return structure;
  const { name } = structure.expr;
  let reads = 0;
  walkBlockExprs(func.body, (e) => {
    if (e.kind === "var" && e.name === name) reads++;
  });
  for (const stmt of func.body) {
    if (stmt.kind !== "let" || stmt.mutable || stmt.init?.kind !== "nullish") continue;
    // `= undefined` gives no value to be the gradient of.
    if (stmt.init.right.kind === "literal" && stmt.init.right.value === undefined) continue;
    if (stmt.type.kind !== "maybe" && stmt.init.left.kind === "var" && stmt.init.left.name === name && reads === 1) {
      return { kind: "leaf", expr: variable(stmt.name, stmt.type), type: stmt.type };
    }
  }
  return structure;
}

function selectInputs(
  request: Request,
  func: Func,
  structures: readonly Structure[],
  written: ReadonlySet<string>,
): Input[] {
  const types = variableTypes(func);
  const wanted: readonly Wrt[] =
    request.wrt ??
    func.params.flatMap((param, index): Wrt[] =>
      isDifferentiable(param.type) && !written.has(param.name) ? [{ kind: "param", index }] : [],
    );
  return wanted.flatMap((wrt): Input[] => {
    if (wrt.kind === "param")
      return [{ label: func.params[wrt.index]!.name, structure: structures[wrt.index]!, isLocal: false }];
    const type = types.get(wrt.name);
    if (type === undefined) return [];
    return [{ label: wrt.name, structure: { kind: "leaf", expr: variable(wrt.name, type), type }, isLocal: true }];
  });
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
