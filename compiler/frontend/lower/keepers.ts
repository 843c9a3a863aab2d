/**
 * Maps and Sets of plain values: what they are asked has no derivative. Those of module scope never change, and are asked
 * in place; what is done with all others are calls, each where it stands.
 */
import { ts } from "ts-morph";
import { at, booleanType, intType, stringType, voidType } from "../../ir/build.ts";
import { keeperKey, type KeeperMethod, type KeeperType } from "../../ir/keepers.ts";
import { maybe, presentType } from "../../ir/presence.ts";
import type { Expr, Type } from "../../ir/types.ts";
import { isModuleConst } from "./constants.ts";
import { registerConstant } from "./module-constants.ts";
import { emitCall } from "./emitted-calls.ts";
import { lowerInOrder } from "./order.ts";
import { declarationOf, isFromLibrary, isGlobal, moduleSymbolOf, skipOuter } from "./resolve.ts";
import { absent, broken, freshName, hold, refuse, shortText, type Body, type Use } from "./state.ts";
import { asData, isRefused, readType, typeFor } from "./types.ts";
import { asOperand, fitTo, isAsserted, narrowed, steady, value } from "./values.ts";

interface Keeper {
  readonly type: KeeperType;
  /** The Map or Set itself; as a constant it stands in texts only, and its own type is never asked for. */
  readonly expr: Expr;
  readonly isConstant: boolean;
}

/** The Map or Set that an expression stands for; undefined for anything else. */
function keeperOf(body: Body, expression: ts.Expression): Keeper | "broken" | undefined {
  const node = skipOuter(expression);
  const own = body.checker.getNonNullableType(body.checker.getTypeAtLocation(node));
  if (!isKeeperType(own)) return undefined;
  const read = readType(body.all, own, "context");
  const type = isRefused(read) ? undefined : presentType(read);
  const symbol =
    ts.isIdentifier(node) || ts.isPropertyAccessExpression(node) ? moduleSymbolOf(body.checker, node) : undefined;
  const declaration = symbol && declarationOf(symbol);
  if (symbol && declaration && isModuleConst(declaration) && type?.kind === "keeper") {
    const name = registerConstant(body.all, body.entry, symbol, declaration, stringType, node);
    return name === undefined
      ? "broken"
      : { expr: { kind: "constant", name, type: stringType }, type, isConstant: true };
  }
  const expr = value(body, node);
  if (expr === broken) return "broken";
  const there = narrowed(expr);
  if (there.type.kind === "keeper") return { expr: steady(body, there, "kept"), type: there.type, isConstant: false };
  return undefined;
}

function isKeeperType(type: ts.Type): boolean {
  const { symbol } = type as { readonly symbol?: ts.Symbol };
  const isOne = symbol !== undefined && /^(?:Readonly)?(?:Map|Set)$/.test(symbol.name);
  return isOne && isFromLibrary(symbol);
}

/** `weights.get(key)`, `names.add(key)`; undefined for any other call. */
export function keeperCall(
  body: Body,
  node: ts.CallExpression,
  callee: ts.PropertyAccessExpression,
  use: Use,
): Expr | undefined {
  const keeper = keeperOf(body, callee.expression);
  if (keeper === "broken") return broken;
  if (!keeper) return undefined;
  const method = callee.name.text;
  const { type } = keeper;
  const isMap = type.value !== undefined;
  if (method === "has" || (method === "get" && isMap)) return asked(body, node, keeper, { method, use });
  if (keeper.isConstant && ["set", "add", "delete", "clear"].includes(method))
    return refuse(body, node, "TG1007", shortText(callee.expression));
  if (method === "set" && isMap) return changed(body, node, keeper, "set");
  if (method === "add" && !isMap) return changed(body, node, keeper, "add");
  if (method === "delete" || method === "clear") return changed(body, node, keeper, method);
  const hint = "Ask with get, has and size, change with set, add, delete and clear, loop with for … of or forEach.";
  return refuse(body, node, "TG1015", `the method ${method} of a ${type.name}`, hint);
}

/** What is asked with a key. */
function asked(
  body: Body,
  node: ts.CallExpression,
  { expr, type, isConstant }: Keeper,
  { method, use }: { readonly method: "get" | "has"; readonly use: Use },
): Expr {
  const [key] = node.arguments;
  if (!key || ts.isSpreadElement(key)) return refuse(body, node, "TG1001", shortText(node), "Give the key.");
  const [of, wanted] = lowerInOrder(body, [() => expr, () => asOperand(body, value(body, key))]);
  if (!of || !wanted || wanted === broken) return broken;
  const isSure = method === "has" || isAsserted(node);
  const plain: Type = method === "has" ? booleanType : (type.value ?? voidType);
  const result = isSure ? plain : maybe(plain);
  if (isConstant) {
    const texts = ["", `.${method}(`, method === "get" && isSure ? ")!" : ")"];
    return { kind: "foreign", texts, args: [of, wanted], type: result };
  }
  return kept(body, node, {
    method,
    args: [of, wanted],
    type: result,
    use,
    base: method === "has" ? "isThere" : "found",
  });
}

/** A change; what it gives is there before it. */
function changed(
  body: Body,
  node: ts.CallExpression,
  { expr, type }: Keeper,
  method: "set" | "add" | "delete" | "clear",
): Expr {
  const wanted = method === "set" ? [type.key, type.value ?? type.key] : method === "clear" ? [] : [type.key];
  if (node.arguments.length !== wanted.length || node.arguments.some(ts.isSpreadElement))
    return refuse(body, node, "TG1001", shortText(node), "Give the key, and to set the value.");
  const args = lowerInOrder(
    body,
    node.arguments.map((argument, i) => () => fitTo(body, asOperand(body, value(body, argument)), wanted[i]!)),
  );
  if (args.includes(broken)) return broken;
  const isUsed = !ts.isExpressionStatement(node.parent);
  const [key] = args;
  const was = method === "delete" && isUsed && key;
  const held = key && was ? steady(body, key, "key") : key;
  const answer = was
    ? kept(body, node, { method: "has", args: [expr, held!], type: booleanType, use: undefined, base: "wasThere" })
    : absent;
  emitCall(
    body,
    node,
    { kind: "call", callee: keeperKey(method) },
    [expr, ...(held ? [held, ...args.slice(1)] : [])],
    voidType,
    "nothing",
    "",
  );
  return method === "set" || method === "add" ? expr : answer;
}

interface Asked {
  readonly method: KeeperMethod;
  readonly args: readonly Expr[];
  readonly type: Type;
  readonly use: Use;
  /** What the answer is called where nobody has a name for it. */
  readonly base: string;
}

function kept(body: Body, node: ts.Node, { method, args, type, use, base }: Asked): Expr {
  const own: Use = use === undefined || use === "nothing" ? nameFor(body, base) : use;
  return emitCall(body, node, { kind: "call", callee: keeperKey(method) }, args, type, own, base);
}

const nameFor = (body: Body, base: string): Use => ({
  kind: "name",
  name: freshName(body, base),
  as: "const",
  type: undefined,
  claimed: false,
});

/** `weights.size` */
export function keeperSize(body: Body, node: ts.PropertyAccessExpression): Expr | undefined {
  const keeper = node.name.text === "size" ? keeperOf(body, node.expression) : undefined;
  if (keeper === "broken") return broken;
  if (!keeper) return undefined;
  if (keeper.isConstant) return { kind: "foreign", texts: ["", ".size"], args: [keeper.expr], type: intType };
  return kept(body, node, { method: "size", args: [keeper.expr], type: intType, use: undefined, base: "size" });
}

/** `new Map<string, number>()`, `new Set(xs)`; undefined for any other class. */
export function newKeeper(body: Body, node: ts.NewExpression, use: Use): Expr | undefined {
  const name = node.expression;
  if (!isGlobal(body.checker, name, "Map") && !isGlobal(body.checker, name, "Set")) return undefined;
  const own = typeOfNew(body, node);
  const type = typeFor(body.all, body.entry, own, { node, what: shortText(node), source: "context" });
  if (type?.kind !== "keeper") return broken;
  const [first] = node.arguments ?? [];
  const source = first && skipOuter(first);
  const literal = source && ts.isArrayLiteralExpression(source) ? source : undefined;
  const base = type.name === "Map" ? "map" : "set";
  const entries = literal && !literal.elements.some(ts.isSpreadElement) ? entriesIn(body, literal, type) : undefined;
  if (entries && entries.length > 0)
    return entries.includes(broken) ? broken : kept(body, node, { method: "of", args: entries, type, use, base });
  const given = !source || entries ? [] : [asOperand(body, value(body, source))];
  return given.includes(broken) ? broken : kept(body, node, { method: "new", args: given, type, use, base });
}

/** Without entries and type arguments, only the context tells what it will hold. */
function typeOfNew({ checker }: Body, node: ts.NewExpression): ts.Type {
  const own = checker.getTypeAtLocation(node);
  const isAny = checker.getTypeArguments(own as ts.TypeReference).some(({ flags }) => (flags & ts.TypeFlags.Any) !== 0);
  const context = isAny ? checker.getContextualType(node) : undefined;
  return context && isKeeperType(context) ? context : own;
}

/** What is written between brackets, one after the other. */
function entriesIn(body: Body, literal: ts.ArrayLiteralExpression, type: KeeperType): readonly Expr[] {
  const entries = literal.elements.map((element) => {
    const entry = skipOuter(element);
    if (!type.value) return [entry];
    return ts.isArrayLiteralExpression(entry) && entry.elements.length === 2 ? entry.elements : undefined;
  });
  return lowerInOrder(
    body,
    entries.flatMap((entry, i) => {
      if (!entry)
        return [
          () => refuse(body, literal.elements[i]!, "TG1001", "This entry", "Write [key, value] between the brackets."),
        ];
      return entry.map((part) => () => asOperand(body, value(body, part)));
    }),
  );
}

/** What a loop over a Map or Set goes through. */
export interface Visited {
  /** The keys; the values, where a constant is asked for nothing else. */
  readonly keys: Expr;
  /** The value of a Map at a place among them, as it is when its turn comes. */
  readonly valueAt: ((index: Expr) => Expr) | undefined;
}

/** What a loop goes through over the Map or Set that an expression stands for; undefined for anything else. */
export function visited(
  body: Body,
  node: ts.Expression,
  parts: "keys" | "values" | "entries",
): Visited | "broken" | undefined {
  const keeper = keeperOf(body, node);
  if (!keeper || keeper === "broken") return keeper;
  const { expr, type } = keeper;
  const { key, value: element } = type;
  const listOf = (inner: Type): Type => ({ kind: "list", element: inner });
  if (keeper.isConstant) {
    const list = (method: string, inner: Type): Expr =>
      hold(body, method, { kind: "foreign", texts: ["[...", `.${method}()]`], args: [expr], type: listOf(inner) });
    const keys = parts === "values" && element ? undefined : list("keys", key);
    const values = element && parts !== "keys" ? list("values", element) : undefined;
    return { keys: (keys ?? values)!, valueAt: values && ((index) => at(values, index)) };
  }
  const keys = kept(body, node, { method: "visit", args: [expr], type: listOf(key), use: undefined, base: "keys" });
  const valueAt = (index: Expr): Expr =>
    kept(body, node, { method: "get", args: [expr, at(keys, index)], type: element!, use: undefined, base: "found" });
  return { keys, valueAt: element && parts !== "keys" ? valueAt : undefined };
}

/** `[...weights.keys()]`, `[...weights]`: a list of its own. */
export function keptList(body: Body, node: ts.Expression): Expr | undefined {
  const inner = skipOuter(node);
  const call =
    ts.isCallExpression(inner) && ts.isPropertyAccessExpression(inner.expression) ? inner.expression : undefined;
  const asked = ["keys", "values", "entries"].includes(call?.name.text ?? "") ? call : undefined;
  const keeper = keeperOf(body, asked ? asked.expression : node);
  if (!keeper || keeper === "broken") return keeper && broken;
  const { expr, type } = keeper;
  const { key, value: element } = type;
  const parts = asked?.name.text ?? "entries";
  const of = !element || parts === "keys" ? "keys" : parts === "values" ? "values" : "entries";
  const entry = (inside: Type): Type => asData({ kind: "tuple", items: [key, inside] });
  const item = !element || of === "keys" ? key : of === "values" ? element : entry(element);
  const listType: Type = { kind: "list", element: item };
  if (keeper.isConstant) return { kind: "foreign", texts: ["[...", `.${of}()]`], args: [expr], type: listType };
  return kept(body, node, { method: of, args: [expr], type: listType, use: undefined, base: of });
}
