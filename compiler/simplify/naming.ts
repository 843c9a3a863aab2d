/** Names of elements that are kept in variables, after the array and the index: `xi` of `x[i]`, `xNext` of `x[i + 1]`. */
import type { Expr } from "../ir/types.ts";

export function nameOfElement(array: string, index: Expr): string {
  const base = bare(array);
  if (index.kind === "literal") return `${base}$${String(index.value)}`;
  const letters = lettersOf(index);
  if (letters !== undefined) {
    return base.length === 1
      ? `${base}${letters}`
      : `${base}${letters.replace(/./g, (letter) => letter.toUpperCase())}`;
  }
  const [left, right] = index.kind === "op" ? index.args : [];
  if (index.kind === "op" && left?.kind === "var" && right?.kind === "literal" && right.value === 1) {
    if (index.op === "add") return `${base}Next`;
    if (index.op === "sub") return `${base}Previous`;
  }
  return `${base}Element`;
}

/** The adjoint of an element, as statements of adjoints call it. */
export function nameOfElementBar(array: string): string {
  return /Bar\d*$/.test(bare(array)) ? bare(array).replace(/Bar\d*$/, "ElementBar") : `${bare(array)}Sum`;
}

/** What iterations added to an element that the next one adds to as well. */
export function nameOfCarried(array: string): string {
  return `${bare(array)}Carried`;
}

/** Where the rows of a matrix start: `iOffset` of `i * n`. */
export function nameOfOffset(product: Expr): string {
  const factor = product.kind === "op" ? product.args.find((arg) => arg.kind === "var") : undefined;
  return factor?.kind === "var" ? `${withoutNumber(factor.name)}Offset` : "offset";
}

/** A row and a column by their letters: `ij` of `i * n + j` and of `iOffset + j`. */
function lettersOf(index: Expr): string | undefined {
  if (index.kind === "var") {
    const name = withoutNumber(index.name).replace(/Offset$/, "");
    return name.length <= 2 ? name : undefined;
  }
  if (index.kind !== "op") return undefined;
  const [left, right] = index.args;
  if (left === undefined || right === undefined) return undefined;
  if (index.op === "mul") return left.kind === "var" ? lettersOf(left) : undefined;
  const [row, column] = index.op === "add" ? [lettersOf(left), lettersOf(right)] : [];
  return row === undefined || column === undefined ? undefined : `${row}${column}`;
}

/** A name without the marks of passes. */
function bare(name: string): string {
  return name.replace(/\$[^0-9].*$/, "");
}

function withoutNumber(name: string): string {
  return bare(name).replace(/\$?\d+$/, "");
}
