/** `Math.max(...xs)`, `Math.min(...xs)`: those elements that attain the extreme share its derivative; `Math.hypot(...xs)`. */
import { ts } from "ts-morph";
import { countedLoop, at, compare, int, intType, isNumeric, lengthOf, num, numberType, op } from "../../ir/build.ts";
import type { Expr, Var } from "../../ir/types.ts";
import { gather, spreadOperand } from "./spreads.ts";
import { broken, emit, freshName, hold, inBlock, refuse, shortText, type Body } from "./state.ts";
import { steady } from "./values.ts";

export function extreme(body: Body, node: ts.CallExpression, name: "max" | "min"): Expr {
  const [only] = node.arguments;
  const isOne = only && node.arguments.length === 1 && ts.isSpreadElement(only);
  const given = isOne ? spreadOperand(body, only) : gather(body, node.arguments, { kind: "list", element: numberType });
  if (given === broken) return broken;
  const isOfNumbers = given.type.kind === "typed" || (given.type.kind === "list" && isNumeric(given.type.element));
  if (!isOfNumbers) return refuse(body, node, "TG1001", shortText(node), "Spread arrays of numbers.");
  const list = steady(body, given, "values");

  const most = variable(body, name === "max" ? "largest" : "smallest", num(name === "max" ? -Infinity : Infinity));
  overAll(body, list, (item) => {
    emit(body, { kind: "assign", name: most.name, value: op(name, [most, op("stop", [item])]) });
  });
  const ties = variable(body, "ties", int(0));
  const sum = variable(body, "tied", num(0));
  overAll(body, list, (item) => {
    const then = inBlock(body, () => {
      emit(body, { kind: "assign", name: ties.name, value: op("add", [ties, int(1)], intType) });
      emit(body, { kind: "assign", name: sum.name, value: op("add", [sum, item]) });
    });
    emit(body, { kind: "if", test: compare("eq", item, most), then, else: [] });
  });
  // None is equal to NaN, and of no elements there is none.
  return op("carry", [most, op("div", [sum, op("max", [ties, int(1)], intType)])]);
}

/** `Math.hypot(...xs)`: its own value, with the derivative of taking in one after the other. */
export function hypotenuse(body: Body, node: ts.CallExpression): Expr {
  const given = gather(body, node.arguments, { kind: "list", element: numberType });
  if (given === broken) return broken;
  const length = variable(body, "length", num(0));
  overAll(body, given, (item) => {
    emit(body, { kind: "assign", name: length.name, value: op("hypot", [length, item]) });
  });
  const value: Expr = { kind: "foreign", texts: ["Math.hypot(...", ")"], args: [given], type: numberType };
  return op("carry", [hold(body, "hypotenuse", value), length]);
}

function variable(body: Body, base: string, init: Expr): Var {
  const name = freshName(body, base);
  emit(body, { kind: "let", name, type: init.type, mutable: true, init });
  return { kind: "var", name, type: init.type };
}

function overAll(body: Body, list: Expr, run: (item: Expr) => void): void {
  const name = freshName(body, "k");
  const inner = inBlock(body, () => {
    run(at(list, { kind: "var", name, type: intType }));
  });
  emit(body, countedLoop(name, lengthOf(list), inner));
}
