/** `?:`, `&&`, `||` and `??`: expressions where nothing but reads happens, else branches. */
import { ts } from "ts-morph";
import { isOfModule } from "../../ir/ask.ts";
import { bool, compare, isReference } from "../../ir/build.ts";
import { presentType } from "../../ir/presence.ts";
import type { Block, Expr, Type } from "../../ir/types.ts";
import { tagTest } from "./known-tags.ts";
import { isLogical } from "./operators.ts";
import { isGlobal, skipOuter } from "./resolve.ts";
import { presence } from "./same.ts";
import { itemsOfTuple } from "./spreads.ts";
import { typeTest } from "./type-tests.ts";
import { negated, truth } from "./scalars.ts";
import {
  absent,
  broken,
  emit,
  freshName,
  inBlock,
  reportAt,
  type Binding,
  type Body,
  type Use,
  type Want,
} from "./state.ts";
import { holdsFunctions, joined } from "./types.ts";
import { fitTo, isWholeOnly, itemsOfConstant, steady, value } from "./values.ts";

/** The condition of an `if`, a loop or `?:`. */
export function condition(body: Body, node: ts.Expression): Expr {
  const inner = skipOuter(node);
  const given = presenceTest(body, inner);
  if (given) return given;
  if (ts.isPrefixUnaryExpression(inner) && inner.operator === ts.SyntaxKind.ExclamationToken)
    return negation(body, inner.operand);
  if (!ts.isBinaryExpression(inner)) return truth(value(body, node));
  if (!isAndOr(inner)) return truth(value(body, node));
  const left = condition(body, inner.left);
  const right = arm(body, () => condition(body, inner.right));
  if (left === broken || right.value === broken) return broken;
  return both(body, isAnd(inner), left, right, undefined);
}

const isAnd = ({ operatorToken }: ts.BinaryExpression): boolean =>
  operatorToken.kind === ts.SyntaxKind.AmpersandAmpersandToken;

const isAndOr = (node: ts.BinaryExpression): boolean =>
  isAnd(node) || node.operatorToken.kind === ts.SyntaxKind.BarBarToken;

/** Whether something is given, where that is asked and is known. */
export function isGiven(body: Body, node: ts.Expression): boolean | undefined {
  const test = presenceTest(body, node);
  return test?.kind === "literal" ? test.value === true : undefined;
}

/** Whether something is given, or an object of some type, where that is what is asked. What is not there is not looked into. */
export function presenceTest(body: Body, node: ts.Expression): Expr | undefined {
  const inner = skipOuter(node);
  const byType = typeTest(body, inner);
  if (byType) return byType;
  if (ts.isBinaryExpression(inner)) {
    const [left, right] = [skipOuter(inner.left), skipOuter(inner.right)];
    if (isAndOr(inner)) {
      const first = presenceTest(body, left);
      if (first?.kind !== "literal") return undefined;
      return first.value === isAnd(inner) ? presenceTest(body, right) : first;
    }
    const byTag = tagTest(body, inner);
    if (byTag !== undefined) return bool(byTag);
    const isNull = right.kind === ts.SyntaxKind.NullKeyword;
    const given = isNull || isGlobal(body.checker, right, "undefined") ? presenceTest(body, left) : undefined;
    const kind = inner.operatorToken.kind;
    const isStrict =
      kind === ts.SyntaxKind.EqualsEqualsEqualsToken || kind === ts.SyntaxKind.ExclamationEqualsEqualsToken;
    if (given && isStrict && isAbsentOtherwise(body, left, isNull))
      return bool(kind === ts.SyntaxKind.ExclamationEqualsEqualsToken);
    if (kind === ts.SyntaxKind.ExclamationEqualsEqualsToken || kind === ts.SyntaxKind.ExclamationEqualsToken)
      return given;
    const isEqual = kind === ts.SyntaxKind.EqualsEqualsEqualsToken || kind === ts.SyntaxKind.EqualsEqualsToken;
    return isEqual && given ? opposite(given) : undefined;
  }
  if (ts.isPrefixUnaryExpression(inner) && inner.operator === ts.SyntaxKind.ExclamationToken) {
    const given = presenceTest(body, inner.operand);
    return given && opposite(given);
  }
  const symbol = ts.isIdentifier(inner) || ts.isPropertyAccessExpression(inner) ? symbolOf(body, inner) : undefined;
  const binding =
    symbol && (ts.isPropertyAccessExpression(inner) ? fieldOfKnown(body, inner) : body.bindings.get(symbol));
  if (!symbol || !binding) return undefined;
  if (binding.kind === "function") return presence(binding.callee);
  if (binding.kind === "object" || binding.kind === "list") return bool(true);
  const isAbsent = binding.kind === "value" && binding.value.kind === "literal" && binding.value.value === undefined;
  return isAbsent ? bool(false) : undefined;
}

/** Whether a value may be undefined but not null, or the other way round: it is not the one, however absent. */
function isAbsentOtherwise({ checker }: Body, node: ts.Expression, isNull: boolean): boolean {
  const symbol = checker.getSymbolAtLocation(ts.isPropertyAccessExpression(node) ? node.name : node);
  const type = symbol ? checker.getTypeOfSymbol(symbol) : checker.getTypeAtLocation(node);
  const has = (flag: ts.TypeFlags): boolean => type.isUnion() && type.types.some((part) => (part.flags & flag) !== 0);
  const [asked, other] = isNull
    ? [ts.TypeFlags.Null, ts.TypeFlags.Undefined]
    : [ts.TypeFlags.Undefined, ts.TypeFlags.Null];
  return has(other) && !has(asked);
}

const symbolOf = ({ checker }: Body, node: ts.Identifier | ts.PropertyAccessExpression): ts.Symbol | undefined =>
  checker.getSymbolAtLocation(ts.isIdentifier(node) ? node : node.name);

/** A field of an object that is known by what it was made of. */
function fieldOfKnown(
  body: Body,
  { expression, name, questionDotToken }: ts.PropertyAccessExpression,
): Binding | undefined {
  const owner = skipOuter(expression);
  const symbol = ts.isIdentifier(owner) ? body.checker.getSymbolAtLocation(owner) : undefined;
  const isThis = owner.kind === ts.SyntaxKind.ThisKeyword;
  const known = isThis ? body.bindings.surroundings.known : symbol && body.bindings.get(symbol);
  const isAbsent = known?.kind === "value" && known.value.kind === "literal" && known.value.value === undefined;
  if (isAbsent && questionDotToken) return { kind: "value", value: absent };
  if (known?.kind !== "object" || known.getters || known.asked) return undefined;
  const field = known.fields.get(name.text);
  // What an instance has no field for may be a method or a getter.
  if (known.instance)
    return field?.kind === "function" || isLeftOut(body, known.instance.type, name.text)
      ? (field ?? { kind: "value", value: absent })
      : undefined;
  return field ?? { kind: "value", value: absent };
}

/** Whether a class has room for a function in a field of this name, which may be left out. */
function isLeftOut({ all, checker }: Body, type: ts.Type, name: string): boolean {
  const field = checker.getPropertyOfType(type, name);
  if (!field || field.flags & (ts.SymbolFlags.Method | ts.SymbolFlags.Accessor)) return false;
  return holdsFunctions(all, checker.getTypeOfSymbol(field));
}

const opposite = (test: Expr): Expr => (test.kind === "literal" ? bool(test.value !== true) : negated(test));

/** `!x`. */
export function negation(body: Body, node: ts.Expression): Expr {
  const inner = skipOuter(node);
  const operand =
    ts.isBinaryExpression(inner) && isLogical(inner.operatorToken.kind) ? condition(body, inner) : value(body, node);
  return negated(operand);
}

/** `&&` and `||` of truth values. */
function both(body: Body, isAnd: boolean, left: Expr, right: Arm, want: Want | undefined): Expr {
  if (isPure(right))
    return { kind: "logic", op: isAnd ? "&&" : "||", left, right: right.value, type: { kind: "boolean" } };
  const decided: Arm = { block: [], value: bool(!isAnd) };
  return isAnd ? choose(body, left, right, decided, want) : choose(body, left, decided, right, want);
}

export interface Arm {
  readonly block: Block;
  readonly value: Expr;
}

export function arm(body: Body, lower: () => Expr): Arm {
  let result: Expr = broken;
  const block = inBlock(body, () => {
    result = lower();
  });
  return { block, value: result };
}

const isPure = ({ block, value: result }: Arm): boolean =>
  block.length === 0 && !isWholeOnly(result) && result.kind !== "tuple";

export function conditional(body: Body, node: ts.ConditionalExpression, use: Use): Expr {
  const given = isGiven(body, node.condition);
  if (given !== undefined) {
    const chosen = given ? node.whenTrue : node.whenFalse;
    if (use !== "nothing") return body.rhs(chosen, use);
    body.effect(chosen);
    return absent;
  }
  const test = condition(body, node.condition);
  if (use === "nothing") {
    const then = inBlock(body, () => {
      body.effect(node.whenTrue);
    });
    const otherwise = inBlock(body, () => {
      body.effect(node.whenFalse);
    });
    if (then.length + otherwise.length > 0) emit(body, { kind: "if", test, then, else: otherwise });
    return absent;
  }
  const yes = arm(body, () => body.rhs(node.whenTrue));
  const no = arm(body, () => body.rhs(node.whenFalse));
  return choose(body, test, yes, no, use);
}

/** `test ? yes : no` of arms that are lowered. */
export function choose(body: Body, test: Expr, first: Arm, second: Arm, want: Want | undefined): Expr {
  if (test === broken || first.value === broken || second.value === broken) return broken;
  const made = { yes: likeOther(body, first, second), no: likeOther(body, second, first) };
  const isTakenApart = want?.kind === "items";
  if (differInLength(made.yes.value.type, made.no.value.type) && !isTakenApart) return refuseLengths(body);
  const { yes, no } = isTakenApart ? ofOneLength(made.yes, made.no) : made;
  const type = joined(yes.value.type, no.value.type);
  if (isTupleBesideList(yes.value.type, no.value.type)) return refuseBoth(body);
  // What a module holds has no adjoint that could be chosen: a new one takes what goes there in vain.
  const isMixed = isReference(type) && isOfModule(yes.value) !== isOfModule(no.value);
  if (isPure(yes) && isPure(no) && !isMixed) return { kind: "select", test, yes: yes.value, no: no.value, type };
  if (yes.value.kind === "tuple" && no.value.kind === "tuple") return chooseTuple(body, test, yes, no, type);
  if (areOtherArrays(yes.value.type, no.value.type)) return refuseOther(body);
  const target = targetFor(body, want, type);
  const end = (choice: Arm): Block => [
    ...choice.block,
    { ...body.place, kind: "assign", name: target.name, value: madeAs(choice.value, target.type) },
  ];
  emit(body, { kind: "if", test, then: end(yes), else: end(no) });
  return target;
}

/** A constant of the module beside a tuple is a tuple itself. */
function likeOther(body: Body, own: Arm, { value: other }: Arm): Arm {
  const items = itemsOfConstant(own.value, presentType(other.type));
  if (!items) return own;
  const made = arm(body, () => fitTo(body, items, other.type));
  return { block: [...own.block, ...made.block], value: made.value };
}

/** How many items a tuple has; undefined for what is none. */
function lengthOfTuple(type: Type): number | undefined {
  const whole = presentType(type);
  if (whole.kind === "tuple") return whole.items.length;
  return whole.kind === "record" && whole.isTuple === true ? whole.fields.length : undefined;
}

function differInLength(a: Type, b: Type): boolean {
  const [first, second] = [lengthOfTuple(a), lengthOfTuple(b)];
  return first !== undefined && second !== undefined && first !== second;
}

function refuseLengths(body: Body): Expr {
  const { origin } = body.place;
  const hint = "Give them one length, or take what is chosen apart at once, as in const [a = 0, b = 1] = …";
  if (origin)
    reportAt(body.all, body.entry, origin, "TG1002", "What is chosen here", "tuples of several lengths", hint);
  return broken;
}

/** Where a pattern takes the items of either, a shorter tuple lacks some. */
function ofOneLength(yes: Arm, no: Arm): { readonly yes: Arm; readonly no: Arm } {
  if (!differInLength(yes.value.type, no.value.type)) return { yes, no };
  const all = [yes, no].map(({ value: { type } }) => lengthOfTuple(type) ?? 0);
  const apart = ({ block, value: given }: Arm): Arm => {
    const own = itemsOfTuple(given) ?? [];
    const items = Array.from({ length: Math.max(...all) }, (_, i) => own[i] ?? absent);
    return { block, value: { kind: "tuple", items, type: { kind: "tuple", items: items.map(({ type }) => type) } } };
  };
  return { yes: apart(yes), no: apart(no) };
}

function isTupleBesideList(a: Type, b: Type): boolean {
  const kinds = [presentType(a), presentType(b)].map((type) =>
    type.kind === "record" && type.isTuple === true ? "tuple" : type.kind,
  );
  return kinds.includes("tuple") && kinds.includes("list");
}

/** Whether one is a typed array, and the other an array of another kind: a variable holds arrays of one kind. */
function areOtherArrays(one: Type, other: Type): boolean {
  const [a, b] = [presentType(one), presentType(other)];
  if (a.kind === "typed" && b.kind === "typed") return a.name !== b.name;
  return (a.kind === "typed" && b.kind === "list") || (a.kind === "list" && b.kind === "typed");
}

function refuseOther(body: Body): Expr {
  const hint = "Make both arrays of one kind, as in v ?? Float64Array.of(1, 2) of a Float64Array v.";
  if (body.place.origin)
    reportAt(body.all, body.entry, body.place.origin, "TG1015", "arrays of two kinds under one name", hint);
  return broken;
}

function refuseBoth(body: Body): Expr {
  const { origin } = body.place;
  const hint = "Write the tuple as one, `[a, b] as const`, or give the variable its type.";
  if (origin) reportAt(body.all, body.entry, origin, "TG1002", "What is chosen here", "a tuple or an array", hint);
  return broken;
}

export interface Case {
  /** The last case has none. */
  readonly test?: Expr | undefined;
  readonly arm: Arm;
}

/** The value of the first case that holds. */
export function chooseAmong(body: Body, cases: readonly Case[], use: Use): Expr {
  const [last, ...before] = cases.toReversed();
  if (!last) return absent;
  if (use === "nothing" || cases.every(({ arm: { value: given } }) => given.type.kind === "void")) {
    chain(body, cases, ({ block }) => block);
    return absent;
  }
  const isSimple =
    cases.every(({ arm: each }) => isPure(each)) || cases.some((each) => each.arm.value.kind === "tuple");
  if (isSimple || before.length < 2) {
    const [first, ...rest] = cases;
    if (!first?.test) return chooseFallback(body, last.arm);
    const other = arm(body, () => chooseAmong(body, rest, undefined));
    return choose(body, first.test, first.arm, other, use);
  }
  const type = before.reduce((sum, { arm: each }) => joined(each.value.type, sum), last.arm.value.type);
  const target = targetFor(body, use, type);
  chain(body, cases, ({ block, value: given }) => [
    ...block,
    { ...body.place, kind: "assign", name: target.name, value: madeAs(given, target.type) },
  ]);
  return target;
}

function chooseFallback(body: Body, { block, value: given }: Arm): Expr {
  body.block.push(...block);
  return given;
}

/** `if … else if … else …`. */
function chain(body: Body, cases: readonly Case[], end: (arm: Arm) => Block): void {
  const whole = cases.reduceRight<Block>((otherwise, { test, arm: each }) => {
    const then = end(each);
    return test ? [{ ...body.place, kind: "if", test, then, else: otherwise }] : then;
  }, []);
  body.block.push(...whole);
}

/** A new object with other fields than the other arm has, or one of what the other arm holds in memory. */
function madeAs(value: Expr, type: Type): Expr {
  const wanted = presentType(type);
  // A tuple that is written out, beside one in memory.
  const isData = wanted.kind === "record" || wanted.kind === "list";
  if (value.kind === "tuple" && isData) return { kind: "items", items: value.items, type: wanted };
  if (value.kind !== "items" || value.type.kind !== "record" || wanted.kind !== "record") return value;
  const { fields } = value.type;
  const items = wanted.fields.map(
    (field) => value.items[fields.findIndex(({ name }) => name === field.name)] ?? absent,
  );
  return { ...value, items, type: wanted };
}

/** One variable for each item. */
function chooseTuple(body: Body, test: Expr, yes: Arm, no: Arm, type: Type): Expr {
  const [left, right] = [yes.value, no.value];
  if (left.kind !== "tuple" || right.kind !== "tuple" || type.kind !== "tuple") return broken;
  const target = targetOf(body, left, right);
  const end = (arm: Arm): Block => [...arm.block, ...given(body, target, arm.value)];
  emit(body, { kind: "if", test, then: end(yes), else: end(no) });
  return target.kind === "tuple" ? { ...target, type } : target;
}

/** Variables for the items of two tuples, and for those of tuples within. */
function targetOf(body: Body, left: Expr, right: Expr): Extract<Expr, { kind: "var" | "tuple" }> {
  if (left.kind !== "tuple" || right.kind !== "tuple") return targetFor(body, undefined, joined(left.type, right.type));
  const items = left.items.map((item, i) => targetOf(body, item, right.items[i] ?? item));
  return { kind: "tuple", items, type: { kind: "tuple", items: items.map((item) => item.type) } };
}

function given(body: Body, target: Expr, value: Expr): Block {
  if (target.kind === "tuple" && value.kind === "tuple")
    return target.items.flatMap((item, i) => given(body, item, value.items[i] ?? absent));
  if (target.kind !== "var") return [];
  return [{ ...body.place, kind: "assign", name: target.name, value: madeAs(value, target.type) }];
}

/** The variable that takes the value: the wanted one, or a temporary. */
function targetFor(body: Body, want: Want | undefined, type: Type): Extract<Expr, { kind: "var" }> {
  if (want?.kind === "name") {
    want.claimed = true;
    // A tuple that may be one in memory is there.
    const isInMemory = type.kind === "record" && want.type?.kind === "tuple";
    const wanted = isInMemory ? type : want.type;
    const declared = wanted ?? (want.as === "let" && type.kind === "int" ? { kind: "number" as const } : type);
    if (want.as !== "assign") emit(body, { kind: "let", name: want.name, type: declared, mutable: true });
    return { kind: "var", name: want.name, type: declared };
  }
  const name = freshName(body, "choice");
  emit(body, { kind: "let", name, type, mutable: true });
  return { kind: "var", name, type };
}

export function logical(body: Body, node: ts.BinaryExpression, use: Use): Expr {
  const kind = node.operatorToken.kind;
  if (use === "nothing") return logicalEffect(body, node);
  const left = value(body, node.left);
  const right = arm(body, () => body.rhs(node.right));
  if (left === broken || right.value === broken) return broken;
  if (kind === ts.SyntaxKind.QuestionQuestionToken) return coalesce(body, left, right, use);
  const isAnd = kind === ts.SyntaxKind.AmpersandAmpersandToken;
  if (left.type.kind === "boolean" && right.value.type.kind === "boolean") return both(body, isAnd, left, right, use);
  if (isReference(left.type) && left.type.kind !== "maybe" && !isAnd) return left;
  const first = isPure(right) && isCheap(left) ? left : steady(body, left, "first");
  // `test && object`: what is asked of it is whether it is there.
  const isObject = isReference(right.value.type) || right.value.kind === "tuple";
  const isAbsent = isAnd && isObject && !isReference(presentType(left.type));
  const keep: Arm = { block: [], value: isAbsent ? absent : isAnd ? first : narrow(first) };
  return isAnd ? choose(body, truth(first), right, keep, use) : choose(body, truth(first), keep, right, use);
}

/** Reading it twice costs nothing. */
const isCheap = (expr: Expr): boolean => expr.kind === "var" || expr.kind === "literal" || expr.kind === "constant";

const narrow = (expr: Expr): Expr => ({ ...expr, type: presentType(expr.type) });

/** `left ?? right`. */
export function coalesce(body: Body, left: Expr, right: Arm, want: Want | undefined): Expr {
  if (isNeverAbsent(left)) return left;
  if (left.kind === "literal" && left.value === undefined) {
    body.block.push(...right.block);
    return right.value;
  }
  const type = joined(presentType(left.type), right.value.type);
  // Of references it has to show which of two they are.
  if (isPure(right) && !isReference(type)) return { kind: "nullish", left, right: right.value, type };
  const first = steady(body, left, "first");
  return choose(body, compare("ne", first, absent), { block: [], value: narrow(first) }, right, want);
}

/** Whether JavaScript itself never gives undefined here: an element of an array may be missing. */
function isNeverAbsent(expr: Expr): boolean {
  return (
    expr.kind === "op" ||
    expr.kind === "length" ||
    expr.kind === "tuple" ||
    expr.kind === "constant" ||
    (expr.kind === "literal" && expr.value !== undefined)
  );
}

function logicalEffect(body: Body, node: ts.BinaryExpression): Expr {
  const kind = node.operatorToken.kind;
  const left = value(body, node.left);
  const then = inBlock(body, () => {
    body.effect(node.right);
  });
  if (then.length === 0 || left === broken) return absent;
  const test =
    kind === ts.SyntaxKind.QuestionQuestionToken
      ? compare("eq", left, absent)
      : kind === ts.SyntaxKind.BarBarToken
        ? negated(left)
        : truth(left);
  emit(body, { kind: "if", test, then, else: [] });
  return absent;
}
