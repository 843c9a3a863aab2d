/** Calls of methods of arrays, as those see them who lower one. */
import type { ts } from "ts-morph";
import type { Expr } from "../../ir/types.ts";
import type { Use } from "./state.ts";

export type Call = ts.CallExpression & { readonly expression: ts.PropertyAccessExpression };

export interface Receiver {
  readonly array: Expr;
  readonly args: readonly Expr[];
  readonly node: Call;
  readonly use: Use;
}
