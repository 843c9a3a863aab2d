/** Which tensors loops of generated code run through, and how. */
import { expect, test } from "vitest";
import { areAlike, stepsOf, sumsLike } from "../../runtime/generated.ts";
import { zeros } from "../../runtime/index.ts";

const steps = (...args: Parameters<typeof stepsOf>): number[] => [...stepsOf(...args)];

test("tensors of one shape and type are run through in one loop", () => {
  expect(areAlike([zeros([2, 3]), zeros([2, 3])], [zeros([])])).toBe(true);
  expect(areAlike([zeros([2, 3], "float32"), zeros([2, 3], "float32")])).toBe(true);
  expect(areAlike([zeros([2, 3]), zeros([2, 3], "float32")])).toBe(false);
  expect(areAlike([zeros([2, 3])], [zeros([], "float32")])).toBe(false);
  expect(areAlike([zeros([2, 3], "int32")])).toBe(false);
  expect(areAlike([zeros([2, 3]), zeros([3, 2])])).toBe(false);
});

test("what is broadcast has a step for rows and one for columns", () => {
  const x = zeros([4, 3]);
  expect(steps([x], [[zeros([3])]])).toEqual([4, 3, 0, 1]);
  expect(steps([x], [[zeros([4, 1])]])).toEqual([4, 3, 1, 0]);
  expect(steps([x], [[zeros([3])], [zeros([4, 1]), zeros([4, 1])]])).toEqual([4, 3, 0, 1, 1, 0]);
  expect(steps([x], [[x]])).toEqual([1, 12, 0, 1]);
  expect(steps([x], [[zeros([])]])).toEqual([1, 12, 0, 0]);
  expect(steps([zeros([2, 4, 3])], [[zeros([4, 3])]])).toEqual([2, 12, 0, 1]);
  expect(steps([zeros([2, 4, 3])], [[zeros([2, 1, 1])]])).toEqual([2, 12, 1, 0]);
});

test("axes that are left out", () => {
  const x = zeros([4, 3]);
  expect(steps([x], [{ axis: -1, of: [] }])).toEqual([4, 3, 1, 0]);
  expect(steps([x], [{ axis: 0, of: [zeros([3])] }])).toEqual([4, 3, 0, 1]);
  expect(steps([x], [{ axis: 1, of: [zeros([4]), zeros([4, 1])] }])).toEqual([4, 3, 1, 0]);
  expect(steps([x], [{ axis: [0, 1], of: [] }])).toEqual([1, 12, 0, 0]);
  expect(steps([x], [{ axis: 2, of: [] }])).toEqual([]);
  expect(steps([x], [{ axis: 0, of: [zeros([4])] }])).toEqual([]);
});

test("what does not fit goes through the operations one by one", () => {
  const x = zeros([4, 3]);
  expect(steps([x], [[zeros([4])]])).toEqual([]);
  expect(steps([x], [[zeros([2, 4, 3])]])).toEqual([]);
  expect(steps([x], [[zeros([3], "float32")]])).toEqual([]);
  expect(steps([x, zeros([3])], [])).toEqual([]);
  // In three loops.
  expect(steps([zeros([2, 4, 3])], [[zeros([4, 1])]])).toEqual([]);
});

test("a -0 that nothing is added to stays", () => {
  expect(sumsLike(zeros([3]), 3)[0]! + -0).toBe(-0);
  expect(sumsLike(zeros([3]), 6)[0]! + -0).toBe(0);
});
