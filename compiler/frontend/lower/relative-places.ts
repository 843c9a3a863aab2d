/** Places in arrays that are told from their ends, as JavaScript takes them. */
import { int, op } from "../../ir/build.ts";
import type { Expr, Type } from "../../ir/types.ts";
import { isWhole } from "./scalars.ts";
import type { Body } from "./state.ts";
import { steady } from "./values.ts";

/** The position that JavaScript takes for a relative one: negative ones count from the end. */
export function clamped(body: Body, position: Expr, size: Expr): Expr {
  if (position.kind === "literal" && position.value === undefined) return int(0);
  const whole = isWhole(position) ? asInt(position) : truncated(body, position);
  if (whole.kind === "literal" && typeof whole.value === "number") {
    return whole.value < 0
      ? op("max", [op("add", [size, whole], { kind: "int" }), int(0)], { kind: "int" })
      : op("min", [whole, size], { kind: "int" });
  }
  const at = steady(body, whole, "position");
  const back = op("max", [op("add", [size, at], { kind: "int" }), int(0)], { kind: "int" });
  const ahead = op("min", [at, size], { kind: "int" });
  return {
    kind: "select",
    test: op("lt", [at, int(0)], { kind: "boolean" }),
    yes: back,
    no: ahead,
    type: { kind: "int" },
  };
}

export const asInt = (expr: Expr): Expr => ({ ...expr, type: { kind: "int" } });

export function truncated(body: Body, position: Expr): Expr {
  const at = steady(body, position, "position");
  const whole: Type = { kind: "int" };
  return {
    kind: "select",
    test: op("isNaN", [at], { kind: "boolean" }),
    yes: int(0),
    no: op("trunc", [at], whole),
    type: whole,
  };
}

/** The place of one element: from the end where it is negative. It may be outside. */
export function relativePlace(body: Body, given: Expr, size: Expr): Expr {
  const whole = isWhole(given) ? asInt(given) : truncated(body, given);
  if (whole.kind === "literal" && typeof whole.value === "number")
    return whole.value < 0 ? op("sub", [size, int(-whole.value)], { kind: "int" }) : whole;
  const position = steady(body, whole, "position");
  return {
    kind: "select",
    test: op("lt", [position, int(0)], { kind: "boolean" }),
    yes: op("add", [size, position], { kind: "int" }),
    no: position,
    type: { kind: "int" },
  };
}
