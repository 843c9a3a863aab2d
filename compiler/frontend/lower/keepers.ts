/** Maps and Sets of module scope that hold plain values: what they are asked has no derivative. */
import { ts } from "ts-morph";
import { booleanType, intType, numberType, stringType } from "../../ir/build.ts";
import type { Expr, Type } from "../../ir/types.ts";
import { isModuleConst, registerConstant } from "./constants.ts";
import { lowerInOrder } from "./order.ts";
import { declarationOf, isFromLibrary, moduleSymbolOf, skipOuter } from "./resolve.ts";
import { broken, hold, refuse, shortText, type Body } from "./state.ts";
import { maybe } from "./types.ts";
import { isAsserted, value } from "./values.ts";

interface Keeper {
  /** It stands in texts only, so its own type is never asked for. */
  readonly constant: Expr;
  readonly keys: Type;
  /** Of a Set undefined. */
  readonly values: Type | undefined;
}

/** The Map or Set that a name stands for. */
function keeperOf(body: Body, expression: ts.Expression): Keeper | undefined {
  const node = skipOuter(expression);
  if (!ts.isIdentifier(node) && !ts.isPropertyAccessExpression(node)) return undefined;
  const type = body.checker.getTypeAtLocation(node);
  const { symbol: of } = type as { readonly symbol?: ts.Symbol };
  const isMap = of?.name === "Map" || of?.name === "ReadonlyMap";
  const isSet = of?.name === "Set" || of?.name === "ReadonlySet";
  if (!(isMap || isSet) || !isFromLibrary(of)) return undefined;
  const symbol = moduleSymbolOf(body.checker, node);
  const declaration = symbol && declarationOf(symbol);
  if (!symbol || !declaration || !isModuleConst(declaration)) return undefined;
  const [keys, values] = body.checker.getTypeArguments(type as ts.TypeReference).map(plainType);
  if (!keys || (isMap && !values)) return undefined;
  const name = registerConstant(body.all, body.entry, symbol, declaration, stringType, node);
  if (name === undefined) return undefined;
  return { constant: { kind: "constant", name, type: stringType }, keys, values: isMap ? values : undefined };
}

function plainType(type: ts.Type): Type | undefined {
  const isAll = (flags: ts.TypeFlags): boolean =>
    (type.isUnion() ? type.types : [type]).every((part) => (part.flags & flags) !== 0);
  if (isAll(ts.TypeFlags.NumberLike)) return numberType;
  if (isAll(ts.TypeFlags.StringLike)) return stringType;
  return isAll(ts.TypeFlags.BooleanLike) ? booleanType : undefined;
}

/** `weights.get(key)`, `names.has(key)`; undefined for any other call. */
export function keeperCall(body: Body, node: ts.CallExpression, callee: ts.PropertyAccessExpression): Expr | undefined {
  const keeper = keeperOf(body, callee.expression);
  if (!keeper) return undefined;
  const name = callee.name.text;
  const [key] = node.arguments;
  if ((name !== "get" && name !== "has") || !key || (name === "get" && !keeper.values)) {
    if (name === "set" || name === "add" || name === "delete" || name === "clear")
      return refuse(body, node, "TG1007", shortText(callee.expression));
    return refuse(body, node, "TG1015", `the method ${name} here`, "Ask with get and has, or loop with for … of.");
  }
  const [asked] = lowerInOrder(body, [() => value(body, key)]);
  if (!asked || asked === broken) return broken;
  const args = [keeper.constant, asked];
  if (name === "has") return { kind: "foreign", texts: ["", ".has(", ")"], args, type: booleanType };
  const type = keeper.values ?? numberType;
  const isSure = isAsserted(node);
  return { kind: "foreign", texts: ["", ".get(", isSure ? ")!" : ")"], args, type: isSure ? type : maybe(type) };
}

/** `weights.size` */
export function keeperSize(body: Body, node: ts.PropertyAccessExpression): Expr | undefined {
  const keeper = node.name.text === "size" ? keeperOf(body, node.expression) : undefined;
  return keeper && { kind: "foreign", texts: ["", ".size"], args: [keeper.constant], type: intType };
}

/** What a loop over a Map or Set goes through: its keys, and the values of a Map. */
export function keptLists(
  body: Body,
  node: ts.Expression,
): { readonly keys: Expr; readonly values: Expr; readonly isMap: boolean } | undefined {
  const keeper = keeperOf(body, node);
  if (!keeper) return undefined;
  const list = (base: string, method: string, element: Type): Expr =>
    hold(body, base, {
      kind: "foreign",
      texts: ["[...", `.${method}()]`],
      args: [keeper.constant],
      type: { kind: "list", element },
    });
  const keys = list("keys", "keys", keeper.keys);
  return keeper.values
    ? { keys, values: list("values", "values", keeper.values), isMap: true }
    : { keys, values: keys, isMap: false };
}
