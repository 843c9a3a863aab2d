/**
 * The forward mode: each statement is preceded by its tangent. The tangent of a variable or array that
 * carries no derivative is absent, not zero, so that no `0 · ∞` is ever computed for it.
 */
import { tangentOfTensorOp } from "./tensor-adjoint.ts";
import { TensorBuilder } from "./tensor-build.ts";
import { upperFirst } from "../ir/words.ts";
import {
  makesMemory,
  isName,
  isTensorSum,
  nameOf,
  withoutQuote,
  isAtom,
  isPresent,
  isUndefined,
  undefinedOf,
} from "../ir/ask.ts";
import {
  assign,
  at,
  constant,
  intType,
  isDifferentiable,
  isReference,
  lengthOf,
  num,
  numberType,
  op,
  operationSourceOf,
  placed,
  shadowType,
  tensorType,
  variable,
  zeroOf,
  zerosLike,
} from "../ir/build.ts";
import { asTangent } from "../ir/record-names.ts";
import { copyTogether } from "../ir/runtime.ts";
import type { Names } from "../ir/names.ts";
import { isSmooth } from "../ir/ops.ts";
import type { Block, Expr, Param, Pattern, RecordType, Stmt, Type, Var } from "../ir/types.ts";
import { childrenOf, type ExprOf, rootName, sameExpr, variablesDeclaredBy } from "../ir/visit.ts";
import type { Activity } from "../analyse/activity.ts";
import type { Aliasing } from "../analyse/alias.ts";
import { addTo, adjointOf, type AdjointContext } from "./adjoint.ts";
import { idleShadow, keptOf, refuseUnnamed, type CallTable } from "./calls.ts";
import { add, factorsOf, isLiteral, mul, neg, sum } from "../ir/algebra.ts";
import { presentType } from "../ir/presence.ts";
import { scalarRules } from "./rules/scalar.ts";
import { countTo, recordShadow, shadowOf, whereGiven, zerosFor } from "./shadows.ts";

export interface JvpContext {
  readonly activity: Activity;
  readonly aliasing: Aliasing;
  readonly names: Names;
  readonly calls: CallTable;
  /** The tangent variable of a primal variable. */
  readonly dot: (name: string, type: Type) => Expr;
  /**
   * Tangents of constants that are known as we write: seeds, and literals that come of them. Undefined for a
   * number that has none after all. They get no variable.
   */
  readonly known: Map<string, Expr | undefined>;
  /** Tangents of numbers that are added where these are declared: those given for defaults that were used. */
  readonly joining?: ReadonlyMap<string, Expr>;
}

/**
 * The tangents of a block along several directions at once, one context for each: the primal statement stands
 * once, with its tangents before it, or after it where they are told in terms of its result.
 */
export function tangentBlock(contexts: readonly JvpContext[], block: Block): Block {
  return block.flatMap((stmt) => placed(operationSourceOf(stmt), noted(tangentsOfStmt(contexts, stmt), stmt.note)));
}

/** The tangents of a statement are for what it is for. */
function noted(block: Block, note: string | undefined): Block {
  return note === undefined ? block : block.map((stmt) => (stmt.note === undefined ? { ...stmt, note } : stmt));
}

function tangentsOfStmt(contexts: readonly JvpContext[], stmt: Stmt): Block {
  switch (stmt.kind) {
    case "if":
      return [{ ...stmt, then: tangentBlock(contexts, stmt.then), else: tangentBlock(contexts, stmt.else) }];
    case "for":
    case "while":
      return [{ ...stmt, body: tangentBlock(contexts, stmt.body) }];
    default: {
      const shared = sharedPartials(contexts, stmt);
      const parts = contexts.map((context, k) => {
        const block = tangentStmt(context, stmt, shared?.values[k] ?? tangentOf);
        const at = block.indexOf(stmt);
        if (at < 0 && contexts.length > 1) throw new Error(`jvp: ${stmt.kind} along one direction only`);
        return {
          before: at < 0 ? block : block.slice(0, at),
          after: at < 0 ? [] : block.slice(at + 1),
          replaced: at < 0,
        };
      });
      const first = shared?.statements ?? [];
      const before = parts.flatMap((part) => part.before);
      const after = parts.flatMap((part) => part.after);
      if (parts.some((part) => part.replaced)) return before;
      return stmt.kind === "let" ? [...before, stmt, ...first, ...after] : [...first, ...before, stmt, ...after];
    }
  }
}

/** How the tangent of a number is found. */
type TangentOf = (context: JvpContext, expr: Expr, result: Expr | undefined) => Expr | undefined;

/**
 * The partial derivatives of a statement's value, computed once for all the directions that need them: only the
 * products with the tangents are left to each direction.
 */
function sharedPartials(
  contexts: readonly JvpContext[],
  stmt: Stmt,
): { readonly statements: Stmt[]; readonly values: readonly TangentOf[] } | undefined {
  const expr = valueOf(stmt);
  if (contexts.length < 2 || expr?.kind !== "op" || expr.type.kind !== "number") return undefined;
  const active = contexts.filter((context) => context.activity.active(expr) && isTargetActive(context, stmt));
  const [one] = active;
  if (active.length < 2 || one === undefined) return undefined;
  const { names } = one;
  const result = stmt.kind === "let" ? variable(stmt.name, stmt.type) : expr;
  const union: AdjointContext = {
    active: (e) => active.some((context) => context.activity.active(e) && hasTangent(context, e)),
    bar: (target) => target,
    guard: () => undefined,
    fresh: (base) => names.fresh(base.replace(/Bar$/, "Slope")),
  };
  const { bindings, contributions, branches } = adjointOf(union, expr, num(1), result);
  if (branches.length > 0 || bindings.some((b) => b.kind !== "let"))
    return sharedChoices(contexts, active, stmt, expr, result);

  const statements = [...bindings];
  const label = targetName(stmt);
  const isOwn =
    contributions[0] !== undefined && isLiteral(contributions[0].value, 1) && isTarget(stmt, contributions[0].target);
  const terms = contributions.map(({ target, value }) => {
    const users = active.filter((context) => tangentOf(context, target, undefined) !== undefined).length;
    const negative = value.kind === "op" && value.op === "neg";
    const size = negative ? value.args[0]! : value;
    if (users < 2 || isAtom(size)) return { target, value };
    const name = names.fresh(`${label}By${leafName(target)}`);
    statements.push({ kind: "let", name, type: numberType, mutable: false, init: size });
    const bound = variable(name, numberType);
    return { target, value: negative ? neg(bound) : bound };
  });
  const along: TangentOf = (context) => {
    const products = terms.flatMap(({ target, value }) => {
      const dot = context.activity.active(target) ? tangentOf(context, target, undefined) : undefined;
      return dot === undefined ? [] : [mul(dot, value)];
    });
    const [first, ...rest] = products;
    if (first === undefined) return undefined;
    // `x += e`: its tangent has the same form.
    return rest.length > 0 && isOwn && isVarOrElement(first) ? add(first, sum(rest)) : sum(products);
  };
  return { statements, values: contexts.map(() => along) };
}

function isTarget(stmt: Stmt, target: Expr): boolean {
  if (stmt.kind === "assign") return isName(target, stmt.name);
  return (
    stmt.kind === "store" &&
    target.kind === "index" &&
    sameExpr(target.array, stmt.array) &&
    sameExpr(target.index, stmt.index)
  );
}

function isVarOrElement(expr: Expr): boolean {
  return expr.kind === "var" || expr.kind === "index";
}

/** As above where a partial derivative is a choice (`x ** y` at 0): those of the outermost operation are shared. */
function sharedChoices(
  contexts: readonly JvpContext[],
  active: readonly JvpContext[],
  stmt: Stmt,
  expr: Extract<Expr, { kind: "op" }>,
  result: Expr,
): { readonly statements: Stmt[]; readonly values: readonly TangentOf[] } | undefined {
  if (!isSmooth(expr.op) || expr.op === "mul" || linear(expr.op)) return undefined;
  const users = expr.args.map(
    (arg) => active.filter((context) => tangentOf(context, arg, undefined) !== undefined).length,
  );
  const partials = scalarRules[expr.op].partials(
    expr.args,
    result,
    users.map((n) => n > 0),
  );
  const statements: Stmt[] = [];
  const bound = partials.map((partial, i) => {
    if (partial === undefined || users[i]! < 2 || isAtom(partial)) return partial;
    const name = active[0]!.names.fresh(`${targetName(stmt)}By${leafName(expr.args[i]!)}`);
    statements.push({ kind: "let", name, type: numberType, mutable: false, init: partial });
    return variable(name, numberType);
  });
  const along: TangentOf = (context) => {
    const terms = expr.args.flatMap((arg, i) => {
      const dot = tangentOf(context, arg, undefined);
      const partial = bound[i];
      return dot === undefined || partial === undefined ? [] : [times(partial, dot)];
    });
    return terms.length === 0 ? undefined : sum(terms);
  };
  return { statements, values: contexts.map(() => along) };
}

/** The number that a statement puts somewhere. */
function valueOf(stmt: Stmt): Expr | undefined {
  switch (stmt.kind) {
    case "let":
      return stmt.init;
    case "assign":
    case "store":
    case "accumulate":
    case "fill":
    case "append":
    case "push":
      return stmt.value;
    default:
      return undefined;
  }
}

function isTargetActive({ activity }: JvpContext, stmt: Stmt): boolean {
  switch (stmt.kind) {
    case "let":
      return activity.active(variable(stmt.name, stmt.type));
    case "assign":
      return activity.active(variable(stmt.name, stmt.value.type));
    case "push":
      return activity.activeName(stmt.tape, { kind: "tape", element: stmt.value.type });
    case "store":
    case "accumulate":
    case "fill":
    case "append":
      return activity.active(stmt.array);
    default:
      return false;
  }
}

function hasTangent(context: JvpContext, expr: Expr): boolean {
  return expr.kind !== "var" || !context.known.has(expr.name) || context.known.get(expr.name) !== undefined;
}

function targetName(stmt: Stmt): string {
  if (stmt.kind === "let" || stmt.kind === "assign") return plainName(stmt.name);
  if (stmt.kind === "push") return plainName(stmt.tape);
  return plainName("array" in stmt ? (rootName(stmt.array) ?? "value") : "value");
}

/** The variable, or the array, that a partial derivative is towards, as part of a name. */
function leafName(target: Expr): string {
  const name = plainName(rootName(target) ?? "value");
  return upperFirst(name).replace(/(\d+)$/, "$$$1");
}

/** A name without the marks that passes put on it. */
export function plainName(name: string): string {
  return name
    .replaceAll(/\$r\d*/g, "")
    .replaceAll(/(\d)\$(\d)/g, "$1_$2")
    .replaceAll("$", "");
}

function tangentStmt(context: JvpContext, stmt: Stmt, tangentOfNumber: TangentOf = tangentOf): Block {
  const { activity } = context;
  switch (stmt.kind) {
    case "let": {
      if (stmt.type.kind === "tape") {
        if (!activity.activeName(stmt.name, stmt.type)) return [stmt];
        const dot = variable(nameOf(context.dot(stmt.name, stmt.type)), tangentTape(stmt.type));
        const init: Expr | undefined = stmt.init && { ...stmt.init, type: dot.type };
        return [
          stmt,
          { ...withoutQuote(stmt), name: dot.name, type: dot.type, ...(init === undefined ? {} : { init }) },
        ];
      }
      const primal = variable(stmt.name, stmt.type);
      if (!isDifferentiable(stmt.type) || !activity.active(primal)) return [stmt];
      // An input: its tangent is there already.
      if (context.known.has(stmt.name)) return [stmt];
      const dot = (): string => nameOf(context.dot(stmt.name, stmt.type));
      const type = asTangent(shadowType(stmt.type));
      if (stmt.init === undefined) return [stmt, { kind: "let", name: dot(), type, mutable: true }];
      // The tangent may be told in terms of the result, so it comes after.
      if (isReference(stmt.type)) {
        const { before, value } = tangentOfArray(context, stmt.init, primal);
        return [stmt, ...before, { kind: "let", name: dot(), type, mutable: stmt.mutable, init: value }];
      }
      if (stmt.init.kind === "tensorOp") return [stmt, ...tangentOfOperation(context, stmt.init, primal, stmt.mutable)];
      // What may be absent later is there as it begins.
      const result = stmt.init.type.kind === "maybe" ? primal : variable(stmt.name, presentType(stmt.type));
      const value = joined(context, stmt.name, tangentOfNumber(context, stmt.init, result));
      if (!stmt.mutable && (value === undefined || value.kind === "literal")) {
        context.known.set(stmt.name, value);
        return [stmt];
      }
      if (value !== undefined && isSumInPart(context, stmt.init)) {
        const part = variable(context.names.fresh("part"), tensorType);
        const whole = wholeLike(part, primal);
        return [
          stmt,
          constant(part.name, part.type, value),
          { kind: "let", name: dot(), type: stmt.type, mutable: stmt.mutable, init: whole },
        ];
      }
      const init = value ?? zeroLike(primal);
      return [stmt, { kind: "let", name: dot(), type, mutable: stmt.mutable, init }];
    }
    case "assign": {
      const target = variable(stmt.name, stmt.value.type);
      if (!isDifferentiable(stmt.value.type) || !activity.active(target)) return [stmt];
      const dot = nameOf(context.dot(stmt.name, stmt.value.type));
      if (isReference(stmt.value.type)) {
        const { before, value } = tangentOfArray(context, stmt.value, target);
        return makesMemory(stmt.value) ? [stmt, ...before, assign(dot, value)] : [...before, assign(dot, value), stmt];
      }
      const value = tangentOfNumber(context, stmt.value, undefined);
      if (value === undefined && target.type.kind === "tensor") return [stmt, assign(dot, zeroLike(target))];
      const moved = value !== undefined && isName(value, dot) ? [stmt] : [assign(dot, value ?? num(0)), stmt];
      const isInPart = value !== undefined && isSumInPart(context, stmt.value);
      return isInPart ? [...moved, assign(dot, wholeLike(variable(dot, tensorType), target))] : moved;
    }
    case "store":
    case "accumulate": {
      if (!activity.active(at(stmt.array, stmt.index))) return [stmt];
      const array = tangentArray(context, stmt.array);
      if (isReference(stmt.value.type))
        return [{ ...withoutQuote(stmt), array, value: tangentArray(context, stmt.value) }, stmt];
      const value = tangentOfNumber(context, stmt.value, undefined);
      if (value === undefined && stmt.kind === "accumulate") return [stmt];
      const put = orZero(context, value, stmt.value);
      return [...put.before, { ...withoutQuote(stmt), array, value: put.value }, stmt];
    }
    case "fill":
    case "append": {
      if (!activity.active(stmt.array)) return [stmt];
      const array = tangentArray(context, stmt.array);
      const put = isReference(stmt.value.type)
        ? { before: [], value: tangentArray(context, stmt.value) }
        : orZero(context, tangentOfNumber(context, stmt.value, undefined), stmt.value);
      return [...put.before, { ...withoutQuote(stmt), array, value: put.value }, stmt];
    }
    case "set": {
      if (!activity.active(stmt.target)) return [stmt];
      const target = tangentArray(context, stmt.target);
      if (activity.active(stmt.source))
        return [{ ...withoutQuote(stmt), target, source: tangentArray(context, stmt.source) }, stmt];
      const place = (j: Expr): Expr => (stmt.offset === undefined ? j : op("add", [stmt.offset, j], intType));
      return [
        countTo(context.names, lengthOf(stmt.source), (j) => [
          { kind: "store", array: target, index: place(j), value: num(0) },
        ]),
        stmt,
      ];
    }
    case "shrink": {
      if (!activity.active(stmt.array)) return [stmt];
      const array = tangentArray(context, stmt.array);
      if (stmt.target === undefined || stmt.type === undefined || !activity.active(variable(stmt.target, stmt.type))) {
        return [{ kind: "shrink", array }, stmt];
      }
      const target = nameOf(context.dot(stmt.target, stmt.type));
      return [{ ...withoutQuote(stmt), array, target, type: asTangent(shadowType(stmt.type)) }, stmt];
    }
    case "push": {
      const tape: Type = { kind: "tape", element: stmt.value.type };
      if (!activity.activeName(stmt.tape, tape)) return [stmt];
      const put = isReference(stmt.value.type)
        ? { before: [], value: tangentArray(context, stmt.value) }
        : orZero(context, tangentOfNumber(context, stmt.value, undefined), stmt.value);
      return [...put.before, { kind: "push", tape: nameOf(context.dot(stmt.tape, tape)), value: put.value }, stmt];
    }
    case "pop": {
      const tape: Type = { kind: "tape", element: stmt.type };
      if (!activity.activeName(stmt.tape, tape)) return [stmt];
      const dot = nameOf(context.dot(stmt.tape, tape));
      const target = variable(stmt.target, stmt.type);
      if (activity.active(target))
        return [
          {
            ...stmt,
            tape: dot,
            target: nameOf(context.dot(stmt.target, stmt.type)),
            type: asTangent(shadowType(stmt.type)),
          },
          stmt,
        ];
      return [
        {
          kind: "pop",
          tape: dot,
          target: context.names.fresh("unusedDot"),
          declare: true,
          type: asTangent(shadowType(stmt.type)),
        },
        stmt,
      ];
    }
    case "call":
      return stmt.callee === copyTogether ? tangentOfCopies(context, stmt) : tangentOfCall(context, stmt);
    default:
      return [stmt];
  }
}

/**
 * The tangents of copies that belong together are copied together with them: what is shared among the tangents is
 * shared among theirs.
 */
function tangentOfCopies(context: JvpContext, stmt: Extract<Stmt, { kind: "call" }>): Block {
  if (stmt.target.kind !== "tuple") return [stmt];
  const { items } = stmt.target;
  const active = stmt.args.flatMap((arg, i) => {
    const copy = items[i];
    if (copy?.kind !== "name" || !context.activity.activeName(copy.name, copy.type)) return [];
    return [{ arg: tangentMemory(context, arg), copy: dotPattern(context, copy) }];
  });
  const args = [...stmt.args, ...active.map(({ arg }) => arg)];
  return [{ ...stmt, args, target: { kind: "tuple", items: [...items, ...active.map(({ copy }) => copy)] } }];
}

/** The tangents of an array, an object or a tape. */
function tangentMemory(context: JvpContext, arg: Expr): Expr {
  return arg.kind === "var" && arg.type.kind === "tape" ? context.dot(arg.name, arg.type) : tangentArray(context, arg);
}

/** The tangent of a declared number with what else joins it there. */
function joined({ joining }: JvpContext, name: string, flow: Expr | undefined): Expr | undefined {
  const given = joining?.get(name);
  if (given === undefined || flow === undefined) return given ?? flow;
  return add(flow, given);
}

/** A call that is not inlined: of the tangent function of a recursive one, or of a hand-written JVP. */
function tangentOfCall(context: JvpContext, stmt: Extract<Stmt, { kind: "call" }>): Block {
  const { activity, calls, names } = context;
  const declared = variablesDeclaredBy(stmt);
  const isActive =
    declared.some(({ name, type }) => isDifferentiable(type) && activity.active(variable(name, type))) ||
    stmt.args.some((arg) => isReference(arg.type) && isDifferentiable(arg.type) && activity.active(arg)) ||
    stmt.args.some((arg) => arg.kind === "var" && arg.type.kind === "tape" && activity.activeName(arg.name, arg.type));
  if (!isActive || !calls.carries(stmt.callee)) return [stmt];
  const before: Stmt[] = [];
  const rule = calls.rules(stmt.callee)?.jvp;
  const callee = rule === undefined ? calls.tangent(stmt.callee) : undefined;
  if (rule !== undefined) refuseUnnamed(stmt, calls, (arg) => activity.active(arg));
  const { params } = callee ?? calls.func(stmt.callee);
  const tangentArg = (i: number): Expr => {
    const arg = stmt.args[i]!;
    // An array that is not there has no tangent.
    if (isUndefined(arg) && isReference(params[i]!.type)) return undefinedOf(shadowType(arg.type));
    if (arg.kind === "var" && arg.type.kind === "tape")
      return variable(nameOf(context.dot(arg.name, arg.type)), tangentTape(arg.type));
    if (arg.type.kind === "tensor") {
      // The callee asks its shape.
      const o = new TensorBuilder((base) => names.fresh(base));
      const dot = tangentOfArgument(context, o, arg) ?? o.zerosLike(arg);
      before.push(...o.statements);
      return dot;
    }
    if (!isReference(arg.type)) return tangentOf(context, arg, undefined) ?? num(0);
    return activity.active(arg) ? tangentArray(context, arg) : idleShadow(names, arg, before);
  };
  const wrt = calls.rules(stmt.callee)?.wrt;
  const isAsked = (p: Param, i: number): boolean => isDifferentiable(p.type) && wrt?.includes(i) !== false;
  const active = callee?.active ?? params.flatMap((p, i) => (isAsked(p, i) ? [i] : []));
  const args = [...stmt.args, ...active.map(tangentArg)];
  const target: Pattern =
    stmt.target.kind === "none"
      ? stmt.target
      : { kind: "tuple", items: [stmt.target, dotPattern(context, stmt.target)] };
  if (callee === undefined) return [...before, { ...stmt, callee: rule!, args, target }];
  return [...before, { ...stmt, callee: callee.name, args: keptOf(callee, args), target }];
}

/** Names for the tangents of what a call gives back. */
function dotPattern(context: JvpContext, pattern: Pattern): Pattern {
  switch (pattern.kind) {
    case "none":
      return pattern;
    case "name":
      return { ...pattern, name: nameOf(context.dot(pattern.name, pattern.type)) };
    case "tuple":
      return { ...pattern, items: pattern.items.map((item) => dotPattern(context, item)) };
  }
}

/** The tangent of a number, or undefined where it carries none. `result` names the value where it is known. */
export function tangentOf(context: JvpContext, expr: Expr, result: Expr | undefined): Expr | undefined {
  if (!context.activity.active(expr)) return undefined;
  switch (expr.kind) {
    case "var":
      return context.known.has(expr.name) ? context.known.get(expr.name) : context.dot(expr.name, expr.type);
    case "index":
      return { ...expr, type: presentType(expr.type), array: tangentArray(context, expr.array) };
    case "op": {
      if (!isSmooth(expr.op)) return undefined;
      if (expr.op === "mul") return tangentOfProduct(context, expr);
      const dots = expr.args.map((arg) => tangentOf(context, arg, undefined));
      if (isTensorSum(expr))
        return dots.reduce((a, b) => (a === undefined || b === undefined ? (a ?? b) : addTo(a, b)), undefined);
      const partials = scalarRules[expr.op].partials(
        expr.args,
        result ?? expr,
        dots.map((d) => d !== undefined),
      );
      const terms = dots.flatMap((d, i) => {
        const partial = partials[i];
        return d === undefined || partial === undefined ? [] : [times(partial, d)];
      });
      return terms.length === 0 ? undefined : linear(expr.op) ? terms.reduce(add) : sum(terms);
    }
    case "select": {
      const type = presentType(expr.type);
      const yes = tangentOf(context, expr.yes, undefined) ?? zeroOf(type);
      const no = tangentOf(context, expr.no, undefined) ?? zeroOf(type);
      return { ...expr, type, yes, no };
    }
    case "nullish": {
      const yes = tangentOf(context, expr.left, undefined);
      const no = tangentOf(context, expr.right, undefined);
      if (yes === undefined && no === undefined) return undefined;
      const type = shadowType(expr.type);
      return { kind: "select", test: isPresent(expr.left), yes: yes ?? zeroOf(type), no: no ?? zeroOf(type), type };
    }
    case "tap":
      return tangentOf(context, expr.value, undefined);
    default:
      throw new Error(`jvp: no rule for ${expr.kind}`);
  }
}

/** Whether some of what is added up has a tangent and some has none: then that of the sum may be smaller than the sum. */
function isSumInPart(context: JvpContext, sum: Expr): boolean {
  if (!isTensorSum(sum)) return false;
  const hasNone = (term: Expr): boolean => tangentOf(context, term, undefined) === undefined;
  return childrenOf(sum).some((term) => hasNone(term) || isSumInPart(context, term));
}

/** What is added to a tensor's tangent, in the tensor's shape. */
function wholeLike(part: Expr, primal: Expr): Expr {
  return { kind: "tensorOp", op: "wholeLike", args: [part, primal], type: tensorType };
}

/** The statements that declare the tangent of an operation on tensors, behind the operation itself. */
function tangentOfOperation(context: JvpContext, init: ExprOf<"tensorOp">, y: Var, mutable: boolean): Stmt[] {
  const { before, value } = operationAlong(context, init, y);
  if (value === undefined && !mutable) {
    context.known.set(y.name, undefined);
    return [];
  }
  const name = nameOf(context.dot(y.name, y.type));
  const last = before.at(-1);
  // The last operation of the rule has the tangent's own name.
  if (last?.kind === "let" && value !== undefined && isName(value, last.name))
    return [...before.slice(0, -1), { ...last, name, mutable }];
  return [...before, { kind: "let", name, type: y.type, mutable, init: value ?? zeroLike(y) }];
}

/** The tangent of an operation by its rule, and the operations that it is made of; undefined where there is none. */
function operationAlong(
  context: JvpContext,
  init: ExprOf<"tensorOp">,
  result: Expr,
): { readonly before: readonly Stmt[]; readonly value: Expr | undefined } {
  const o = new TensorBuilder((base) => context.names.fresh(base));
  const active = (e: Expr): boolean => context.activity.active(e);
  const value = tangentOfTensorOp(o, init, result, active, (arg) => tangentOfArgument(context, o, arg));
  return { before: o.statements, value };
}

/** The tangent of what stands in a slot: of a list that is written out, a list. */
function tangentOfArgument(context: JvpContext, o: TensorBuilder, arg: Expr): Expr | undefined {
  if (arg.kind === "tuple") {
    const zero = (item: Expr): Expr => (item.type.kind === "tensor" ? o.zerosLike(item) : zeroOf(item.type));
    const items = arg.items.map((item) => tangentOf(context, item, undefined) ?? zero(item));
    return { ...arg, items };
  }
  if (isReference(arg.type)) return tangentArray(context, arg);
  const dot = tangentOf(context, arg, undefined);
  // On one side of a choice there may be the zero that has no shape.
  const isChoice = arg.kind === "select" || arg.kind === "nullish";
  return dot !== undefined && isChoice && arg.type.kind === "tensor" ? o.broadcastLike(dot, arg) : dot;
}

/** Zero, with the shape of a tensor: as a whole right-hand side. */
function zeroLike(primal: Expr): Expr {
  return primal.type.kind === "tensor" ? zerosLike(primal) : zeroOf(primal.type);
}

/** A tangent, or zero as an operand. */
function orZero(
  context: JvpContext,
  tangent: Expr | undefined,
  primal: Expr,
): { readonly before: Stmt[]; readonly value: Expr } {
  if (tangent !== undefined) return { before: [], value: tangent };
  const zero = zeroLike(primal);
  if (zero.kind === "literal") return { before: [], value: zero };
  const name = context.names.fresh("zeros");
  return { before: [constant(name, primal.type, zero)], value: variable(name, primal.type) };
}

/** The sum over the factors of a factor's tangent times the others. */
function tangentOfProduct(context: JvpContext, expr: Expr): Expr | undefined {
  const factors = factorsOf(expr);
  const terms = factors.flatMap((factor, i) => {
    const dot = tangentOf(context, factor, undefined);
    if (dot === undefined) return [];
    return [factors.filter((_, k) => k !== i).reduce(mul, dot)];
  });
  return terms.length === 0 ? undefined : sum(terms);
}

function linear(op: string): boolean {
  return op === "add" || op === "sub";
}

/** A partial times a tangent; a partial that is a choice stays one, so that the other side is not evaluated. */
function times(partial: Expr, tangent: Expr): Expr {
  if (partial.kind === "select")
    return { ...partial, yes: times(partial.yes, tangent), no: times(partial.no, tangent) };
  return isLiteral(partial, 0) ? num(0) : mul(partial, tangent);
}

/** The tangent array of a reference. */
function tangentArray(context: JvpContext, expr: Expr): Expr {
  return shadowOf(expr, expr, (name, type) => context.dot(name, type));
}

/** The tangent of a new array: filled as the array is. */
function tangentOfArray(
  context: JvpContext,
  init: Expr,
  primal: Expr,
): { readonly before: Stmt[]; readonly value: Expr } {
  switch (init.kind) {
    case "items": {
      if (init.type.kind === "record") return tangentOfRecord(context, init, init.type);
      if (isReference(init.items[0]?.type ?? numberType)) return { before: [], value: tangentArray(context, init) };
      const puts = init.items.map((item) => orZero(context, tangentOf(context, item, undefined), item));
      return {
        before: puts.flatMap((put) => put.before),
        value: { ...init, type: asTangent(shadowType(init.type)), items: puts.map((put) => put.value) },
      };
    }
    case "copy":
    case "deepCopy":
      if (!context.activity.active(init.array)) return { before: [], value: zerosLike(primal) };
      return {
        before: [],
        value: { ...init, type: asTangent(shadowType(init.type)), array: tangentArray(context, init.array) },
      };
    case "tensorOp": {
      const { before, value } = operationAlong(context, init, primal);
      return { before: [...before], value: value ?? zerosLike(primal) };
    }
    case "constant":
      // Not of the variable, which has another value before.
      return { before: [], value: zerosFor(init) };
    default:
      return { before: [], value: shadowOf(init, primal, (name, type) => context.dot(name, type)) };
  }
}

/** The tangent of an object: field by field. */
function tangentOfRecord(
  context: JvpContext,
  init: Extract<Expr, { kind: "items" }>,
  type: RecordType,
): { readonly before: Stmt[]; readonly value: Expr } {
  const before: Stmt[] = [];
  const made = recordShadow(init, type, (item) =>
    context.activity.active(item) ? tangentArray(context, item) : idleShadow(context.names, item, before),
  );
  if (made.kind !== "items" || made.type.kind !== "record") throw new Error("jvp: the tangent of a record is one");
  const { fields } = made.type;
  const items = made.items.map((item, k) => {
    const of = init.items[type.fields.findIndex((f) => f.name === fields[k]!.name)]!;
    if (isReference(of.type) || !isDifferentiable(of.type)) return item;
    const present = { ...of, type: presentType(of.type) };
    const put = orZero(context, tangentOf(context, present, undefined), present);
    before.push(...put.before);
    return fields[k]!.type.kind === "maybe" ? whereGiven(of, fields[k]!.type, put.value) : put.value;
  });
  return { before, value: { ...made, items } };
}

/** The type of the tape of tangents beside a tape; other types stay. */
export function tangentTape(type: Type): Type {
  return type.kind === "tape" ? { kind: "tape", element: asTangent(shadowType(type.element)) } : type;
}
