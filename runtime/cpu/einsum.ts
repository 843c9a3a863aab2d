/** Einstein's summation over labelled axes. */
import { allocate } from "../dtype.ts";
import { type Dense, type Shape, ShapeError, showShape, sizeOf, stridesOf } from "../shape.ts";
import { copyStrided, reshaped } from "./layout.ts";
import { matmul } from "./matmul.ts";
import { sum } from "./reduce.ts";

type Labels = readonly string[];

/** A tensor with a name for each axis, no name twice. */
interface Term {
  readonly value: Dense;
  readonly labels: Labels;
}

export interface Equation {
  readonly operands: readonly Labels[];
  readonly output: Labels;
}

const fault = (equation: string, what: string): ShapeError => new ShapeError(`einsum: "${equation}": ${what}`);

/** The labels of each axis. Axes that "…" stands for get labels of their own, aligned at the last one. */
export function parse(equation: string, shapes: readonly Shape[]): Equation {
  const [left = "", right, ...more] = equation.replaceAll(/\s/g, "").split("->");
  const texts = left.split(",");
  if (more.length > 0) throw fault(equation, "there is more than one ->");
  if (texts.length !== shapes.length)
    throw fault(equation, `it names ${texts.length} operands, but ${shapes.length} are given`);
  let rank = 0;
  const operands = texts.map((text, k) => {
    const shape = shapes[k]!;
    const named = text.replace("...", "").length;
    const hidden = text.includes("...") ? shape.length - named : 0;
    if (named + hidden !== shape.length || hidden < 0)
      throw fault(equation, `"${text}" does not fit shape ${showShape(shape)} of ${shape.length} axes`);
    rank = Math.max(rank, hidden);
    return labelsOf(equation, text, hidden);
  });
  const output = labelsOf(equation, right ?? implicitOutput(texts), rank);
  for (const label of output)
    if (!operands.some((labels) => labels.includes(label)))
      throw fault(equation, `the output has label ${label}, which no operand has`);
  return { operands, output };
}

function labelsOf(equation: string, text: string, hidden: number): string[] {
  const [before = "", after = ""] = text.split("...");
  for (const label of before + after)
    if (!/[a-zA-Z]/.test(label)) throw fault(equation, `${JSON.stringify(label)} is no label; labels are letters`);
  if (!text.includes("...")) return Array.from(before);
  return [...Array.from(before), ...Array.from({ length: hidden }, (_, k) => `…${hidden - k}`), ...Array.from(after)];
}

/** Without "->": what is hidden, then the labels that stand once, in alphabetical order. */
function implicitOutput(texts: readonly string[]): string {
  const all = texts.join("");
  const once = Array.from(all).filter((label) => /[a-zA-Z]/.test(label) && all.split(label).length === 2);
  return (all.includes("...") ? "..." : "") + once.sort().join("");
}

export function einsum(equation: string, values: readonly Dense[]): Dense {
  const { operands, output } = parse(
    equation,
    values.map(({ shape }) => shape),
  );
  const lengths = lengthsOf(equation, operands, values);
  const terms = values.map((value, k) => stretched(withoutRepeats(equation, value, operands[k]!), lengths));
  const [first, ...others] = terms;
  if (first === undefined) throw fault(equation, "no operands are given");
  let result = first;
  for (const [k, term] of others.entries()) {
    const wanted = new Set([...output, ...others.slice(k + 1).flatMap(({ labels }) => labels)]);
    result = contract(result, term, wanted);
  }
  return arranged(summed(result, new Set(output)), output);
}

function lengthsOf(equation: string, operands: readonly Labels[], values: readonly Dense[]): Map<string, number> {
  const lengths = new Map<string, number>();
  for (const [k, labels] of operands.entries())
    for (const [axis, label] of labels.entries()) {
      const length = values[k]!.shape[axis]!;
      const known = lengths.get(label);
      if (known === undefined || known === 1) lengths.set(label, length);
      else if (length !== known && length !== 1)
        throw fault(
          equation,
          `shapes ${values.map(({ shape }) => showShape(shape)).join(" and ")} do not align: ${label} is ${known} ≠ ${length}`,
        );
    }
  return lengths;
}

/** The diagonal along labels that stand more than once. */
function withoutRepeats(equation: string, value: Dense, labels: Labels): Term {
  const distinct = [...new Set(labels)];
  if (distinct.length === labels.length) return { value, labels };
  const strides = stridesOf(value.shape);
  const shape = distinct.map((label) => value.shape[labels.indexOf(label)]!);
  const steps = distinct.map((label, k) =>
    labels.reduce((step, other, axis) => {
      if (other === label && value.shape[axis] !== shape[k])
        throw fault(equation, `label ${label} stands for axes of different lengths in shape ${showShape(value.shape)}`);
      return other === label ? step + strides[axis]! : step;
    }, 0),
  );
  return { value: strided(value, steps, shape), labels: distinct };
}

function strided(value: Dense, strides: readonly number[], shape: Shape): Dense {
  const data = allocate(value.dtype, sizeOf(shape));
  copyStrided(value.data, 0, strides, shape, data);
  return { data, shape, dtype: value.dtype };
}

/** Axes of length 1 repeated where the label is longer elsewhere. */
function stretched({ value, labels }: Term, lengths: ReadonlyMap<string, number>): Term {
  const shape = labels.map((label) => lengths.get(label)!);
  if (shape.every((length, axis) => length === value.shape[axis])) return { value, labels };
  const strides = stridesOf(value.shape).map((stride, axis) => (value.shape[axis] === shape[axis] ? stride : 0));
  return { value: strided(value, strides, shape), labels };
}

/** Summed over the labels that are not wanted. */
function summed({ value, labels }: Term, wanted: ReadonlySet<string>): Term {
  const axes = labels.flatMap((label, axis) => (wanted.has(label) ? [] : [axis]));
  if (axes.length === 0) return { value, labels };
  return { value: sum(value, axes, false), labels: labels.filter((label) => wanted.has(label)) };
}

/** The product of two terms, summed over labels that are not wanted, as one product of matrices. */
function contract(left: Term, right: Term, wanted: ReadonlySet<string>): Term {
  const a = summed(left, new Set([...wanted, ...right.labels]));
  const b = summed(right, new Set([...wanted, ...left.labels]));
  const shared = a.labels.filter((label) => b.labels.includes(label));
  const batch = shared.filter((label) => wanted.has(label));
  const inner = shared.filter((label) => !wanted.has(label));
  const freeA = a.labels.filter((label) => !shared.includes(label));
  const freeB = b.labels.filter((label) => !shared.includes(label));
  const lengthIn = ({ value, labels }: Term, of: Labels): number[] =>
    of.map((label) => value.shape[labels.indexOf(label)]!);
  const [batchShape, innerShape] = [lengthIn(a, batch), lengthIn(a, inner)];
  const [shapeA, shapeB] = [lengthIn(a, freeA), lengthIn(b, freeB)];
  const [count, k, m, n] = [sizeOf(batchShape), sizeOf(innerShape), sizeOf(shapeA), sizeOf(shapeB)];
  const product = matmul(
    reshaped(ordered(a, [...batch, ...freeA, ...inner]), [count, m, k]),
    reshaped(ordered(b, [...batch, ...inner, ...freeB]), [count, k, n]),
    {},
    "einsum",
  );
  return { value: reshaped(product, [...batchShape, ...shapeA, ...shapeB]), labels: [...batch, ...freeA, ...freeB] };
}

function ordered({ value, labels }: Term, order: Labels): Dense {
  if (order.every((label, axis) => label === labels[axis])) return value;
  const strides = stridesOf(value.shape);
  const axes = order.map((label) => labels.indexOf(label));
  return strided(
    value,
    axes.map((axis) => strides[axis]!),
    axes.map((axis) => value.shape[axis]!),
  );
}

/** The axes in the order of the output; a label that stands there more than once is spread along its diagonal. */
function arranged(term: Term, output: Labels): Dense {
  const distinct = [...new Set(output)];
  const value = ordered(term, distinct);
  if (distinct.length === output.length)
    return { ...value, data: value === term.value ? value.data.slice() : value.data };
  const shape = output.map((label) => value.shape[distinct.indexOf(label)]!);
  const strides = stridesOf(shape);
  const steps = distinct.map((label) =>
    output.reduce((step, other, axis) => (other === label ? step + strides[axis]! : step), 0),
  );
  const data = allocate(value.dtype, sizeOf(shape));
  const index = distinct.map(() => 0);
  for (let from = 0, to = 0; from < value.data.length; from++) {
    data[to] = value.data[from]!;
    for (let axis = index.length - 1; axis >= 0; axis--) {
      to += steps[axis]!;
      if (++index[axis]! < value.shape[axis]!) break;
      to -= steps[axis]! * index[axis]!;
      index[axis] = 0;
    }
  }
  return { data, shape, dtype: value.dtype };
}
