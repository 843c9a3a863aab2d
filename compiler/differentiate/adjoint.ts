/**
 * The adjoint of one expression: given the cotangent of its value (the seed), the statements that add to
 * the adjoints of the variables and array elements that it reads. Zygote's and Tapenade's scheme: walk down,
 * multiplying the seed by one partial at each operation.
 */
import { presentType } from "../ir/presence.ts";
import { isPresent, isAtom } from "../ir/ask.ts";
import { op, tensorType, variable } from "../ir/build.ts";
import { isSmooth } from "../ir/ops.ts";
import type { Expr, Stmt } from "../ir/types.ts";
import { mapExpr } from "../ir/visit.ts";
import { add, factorsOf, isLiteral, mul, one, sum } from "../ir/algebra.ts";
import { scalarRules } from "./rules/scalar.ts";

export interface AdjointContext {
  /** Whether the value of an expression carries a derivative. */
  active(expr: Expr): boolean;
  /** The adjoint of a scalar variable, or the shadow of an array. */
  bar(target: Expr): Expr;
  /** What must hold for the element to exist, where that is not proved: adjoints of reads outside are dropped. */
  guard(target: Extract<Expr, { kind: "index" }>): Expr | undefined;
  /** The constant that holds the value of an expensive expression already: the cosine of an angle whose sine is differentiated. */
  known?(expr: Expr): Expr | undefined;
  fresh(base: string): string;
  /** Somewhere in the function it is chosen between elements of tensors: see `TensorBuilder`. */
  readonly guarded?: boolean;
}

/** Where a contribution goes: a scalar variable, or one element of an array. */
export interface Contribution {
  readonly target: Expr;
  readonly value: Expr;
}

export interface Adjoint {
  /** Temporaries that the values below refer to, in order. */
  readonly bindings: readonly Stmt[];
  /** One for each target, like terms merged; of tensors one for each term. */
  readonly contributions: readonly Contribution[];
  /** Contributions inside of a lazily evaluated part. */
  readonly branches: readonly Stmt[];
}

/**
 * The adjoint of `expr`; a seed that is more than a name is bound to one where it is used twice.
 * `result` names the value of `expr` where it has a name.
 */
export function adjointOf(context: AdjointContext, expr: Expr, seed: Expr, result: Expr = expr): Adjoint {
  const bindings: Stmt[] = [];
  const terms = new Map<string, { target: Expr; values: Expr[] }>();
  const branches: Stmt[] = [];

  const contribute = (target: Expr, value: Expr): void => {
    const key = JSON.stringify(target);
    const known = terms.get(key);
    if (known === undefined) terms.set(key, { target, values: [value] });
    else known.values.push(value);
  };
  const bind = (value: Expr, base: string): Expr => {
    if (isAtom(value)) return value;
    const name = context.fresh(base);
    bindings.push({ kind: "let", name, type: value.type, mutable: false, init: value });
    return variable(name, value.type);
  };
  const branch = (test: Expr, yes: readonly [Expr, Expr] | undefined, no: readonly [Expr, Expr] | undefined): void => {
    const block = (part: readonly [Expr, Expr] | undefined): Stmt[] =>
      part === undefined || !context.active(part[0]) || isLiteral(part[1], 0)
        ? []
        : statements(context, adjointOf(context, part[0], part[1]));
    const then = block(yes);
    const otherwise = block(no);
    if (then.length + otherwise.length > 0) branches.push({ kind: "if", test, then, else: otherwise });
  };
  const known = (partial: Expr): Expr => mapExpr(partial, (e) => context.known?.(e) ?? e);
  /** Multiplies a seed by a partial and goes on; a partial that is a choice becomes a real branch. */
  const through = (arg: Expr, seedHere: Expr, partial: Expr): void => {
    if (partial.kind === "select") branchOfPartial(arg, seedHere, partial);
    else walk(arg, mul(seedHere, partial));
  };
  const branchOfPartial = (arg: Expr, seedHere: Expr, partial: Extract<Expr, { kind: "select" }>): void => {
    const side = (p: Expr): Stmt[] => {
      if (isLiteral(p, 0)) return [];
      if (p.kind !== "select") return statements(context, adjointOf(context, arg, mul(seedHere, p)));
      const then = side(p.yes);
      const otherwise = side(p.no);
      return then.length + otherwise.length === 0 ? [] : [{ kind: "if", test: p.test, then, else: otherwise }];
    };
    branches.push(...side(partial));
  };
  const walk = (e: Expr, seedHere: Expr): void => {
    if (!context.active(e)) return;
    switch (e.kind) {
      case "var":
      case "index":
        contribute(e, seedHere);
        return;
      case "op": {
        if (!isSmooth(e.op)) return;
        if (e.op === "mul") {
          walkProduct(e, seedHere);
          return;
        }
        const wanted = e.args.map((arg) => context.active(arg));
        const partials = scalarRules[e.op].partials(e.args, e === expr ? result : e, wanted);
        const several = wanted.filter(Boolean).length > 1 && e.op !== "add" && e.op !== "sub";
        const shared = several ? bind(seedHere, nameOfSeed(e.op)) : bindForSum(seedHere, e, wanted);
        e.args.forEach((arg, i) => {
          const partial = partials[i];
          if (wanted[i] && partial !== undefined) through(arg, shared, known(partial));
        });
        return;
      }
      case "select": {
        const shared = bind(seedHere, "chosenBar");
        branch(e.test, [e.yes, shared], [e.no, shared]);
        return;
      }
      case "nullish": {
        const shared = bind(seedHere, "chosenBar");
        branch(isPresent(e.left), [{ ...e.left, type: presentType(e.left.type) }, shared], [e.right, shared]);
        return;
      }
      case "tap": {
        const name = context.fresh("tappedBar");
        bindings.push({
          kind: "call",
          callee: e.tap,
          args: [seedHere],
          target: { kind: "name", name, type: seedHere.type },
        });
        walk(e.value, variable(name, seedHere.type));
        return;
      }
      default:
        throw new Error(`adjoint: no rule for ${e.kind}`);
    }
  };
  /** a·b·c hands each factor the seed times the others. */
  const walkProduct = (e: Expr, seedHere: Expr): void => {
    const factors = factorsOf(e);
    const active = factors.filter((f) => context.active(f)).length;
    const shared = active > 1 ? bind(seedHere, "productBar") : seedHere;
    factors.forEach((factor, i) => {
      if (!context.active(factor)) return;
      const others = factors.filter((_, k) => k !== i);
      walk(factor, mul(shared, others.length === 0 ? one : others.reduce(mul)));
    });
  };
  /** A sum hands its seed to each operand: a product is computed once for all of them. */
  const bindForSum = (seedHere: Expr, e: Extract<Expr, { kind: "op" }>, wanted: readonly boolean[]): Expr =>
    wanted.filter(Boolean).length > 1 && !isAtom(negatedOperand(seedHere))
      ? bind(seedHere, nameOfSeed(e.op))
      : seedHere;

  // What the adjoint of an optional field holds is there where the field is.
  const type = presentType(seed.type);
  walk(expr, type === seed.type ? seed : { ...seed, type });
  const contributions = [...terms.values()].flatMap(({ target, values }) => {
    if (values[0]!.type.kind === "tensor") return values.map((value) => ({ target, value }));
    return [{ target, value: values.length === 1 ? values[0]! : sum(values) }];
  });
  return { bindings, contributions, branches };
}

/** The statements of an adjoint, each contribution added to its target. */
export function statements(context: AdjointContext, adjoint: Adjoint): Stmt[] {
  return [...adjoint.bindings, ...adjoint.contributions.map((c) => accumulateInto(context, c)), ...adjoint.branches];
}

/** `xBar += value`, or `aBar[i] += value`. */
export function accumulateInto(context: AdjointContext, { target, value }: Contribution): Stmt {
  if (target.kind === "index") {
    const stmt: Stmt = { kind: "accumulate", array: context.bar(target.array), index: target.index, value };
    const exists = context.guard(target);
    return exists === undefined ? stmt : { kind: "if", test: exists, then: [stmt], else: [] };
  }
  const bar = context.bar(target);
  if (bar.kind !== "var") throw new Error("adjoint: the adjoint of a scalar is a variable");
  return { kind: "assign", name: bar.name, value: addTo(bar, value) };
}

/** What was collected of a derivative, and more of it. */
export function addTo(bar: Expr, value: Expr): Expr {
  return bar.type.kind === "tensor" ? op("add", [bar, value], tensorType) : add(bar, value);
}

function negatedOperand(e: Expr): Expr {
  return e.kind === "op" && e.op === "neg" ? e.args[0]! : e;
}

/** Temporaries are named after what they are the adjoint of. */
function nameOfSeed(op: string): string {
  const names: Record<string, string> = {
    add: "sumBar",
    sub: "differenceBar",
    mul: "productBar",
    div: "quotientBar",
    pow: "powerBar",
  };
  return names[op] ?? `${op}Bar`;
}
