/** Which tensors, and lists of tensors, an expression asks for elements, and which for shapes alone. */
import { slotsOf, type TensorOp } from "./tensor-ops.ts";
import type { Expr, Type, Var } from "./types.ts";
import { childrenOf } from "./visit.ts";

/** What is asked of a tensor: its elements, its shape and type, or its shape alone. */
export type Ask = "elements" | "type" | "shape";

/** The slots of operations that look at no element of what stands in them. */
const slots: { readonly [O in TensorOp]?: readonly [slot: string, ask: Ask] } = {
  zerosLike: ["x", "type"],
  onesLike: ["x", "type"],
  eyeLike: ["x", "type"],
  outline: ["x", "type"],
  outlines: ["list", "type"],
  seedOf: ["x", "type"],
  fillLike: ["like", "type"],
  tensorOver: ["like", "type"],
  wholeLike: ["like", "shape"],
  shapeOf: ["x", "shape"],
  axesFrom: ["x", "shape"],
  axesBut: ["x", "shape"],
  columnsOf: ["like", "shape"],
  besideZeros: ["like", "shape"],
  partOf: ["list", "shape"],
  placePart: ["list", "shape"],
};

/** Visits all variables that are tensors, or lists of them. */
export function visitTensors(e: Expr, visit: (tensor: Var, ask: Ask) => void, ask: Ask = "elements"): void {
  if (e.kind === "var") {
    if (isShaped(e.type)) visit(e, ask);
    return;
  }
  const of = asksOf(e, ask);
  childrenOf(e).forEach((child, k) => {
    visitTensors(child, visit, of(k));
  });
}

/** Lists of tensors, and tuples of nothing else. */
export function isTensorList(type: Type): boolean {
  if (type.kind === "list") return type.element.kind === "tensor";
  return type.kind === "record" && type.isTuple === true && type.fields.every((field) => field.type.kind === "tensor");
}

const isShaped = (type: Type): boolean => type.kind === "tensor" || isTensorList(type);

/** What an expression asks of its operand number k; `ask`: what is asked of itself. */
function asksOf(e: Expr, ask: Ask): (k: number) => Ask {
  if (e.kind === "tuple") return () => ask;
  if (e.kind === "length" && isTensorList(e.array.type)) return () => "shape";
  if (e.kind === "index" && isTensorList(e.array.type)) return (k) => (k === 0 ? ask : "elements");
  if (e.kind === "zerosLike") return () => (isShaped(e.array.type) ? "type" : "elements");
  if (e.kind === "foreign")
    return (k) => (/^\.(?:shape|size|ndim)\b/.test(e.texts[k + 1] ?? "") ? "shape" : "elements");
  const asked = e.kind === "tensorOp" ? slots[e.op] : undefined;
  if (e.kind !== "tensorOp" || asked === undefined) return () => "elements";
  const at = slotsOf(e.op).all.indexOf(asked[0]);
  return (k) => (k === at ? asked[1] : "elements");
}
