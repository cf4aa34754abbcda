import { isTidelineError } from "@tideline/spec";
import { expect, test } from "vitest";
import { columnOf, matrix, matrixOf, rowOf, selectColumns, selectLabels, selectRows } from "./matrix.ts";

const table = matrixOf([
  [1, 2, 3],
  [4, 5, 6],
]);

test("rows and columns are selected in the order asked for, with repetition", () => {
  expect([...selectRows(table, [1, 0, 1]).values]).toEqual([4, 5, 6, 1, 2, 3, 4, 5, 6]);
  expect([...selectColumns(table, [2, 0]).values]).toEqual([3, 1, 6, 4]);
  expect([...selectLabels([7, 8], [1, 1, 0])]).toEqual([8, 8, 7]);
  expect([...rowOf(table, 1)]).toEqual([4, 5, 6]);
  expect([...columnOf(table, 1)]).toEqual([2, 5]);
});

test("the storage type is kept", () => {
  const single = matrix(1, 2, new Float32Array([1, 2]));
  expect(selectRows(single, [0]).values).toBeInstanceOf(Float32Array);
  expect(selectColumns(table, [0]).values).toBeInstanceOf(Float64Array);
});

test.each([
  () => matrix(2, 2, new Float32Array(3)),
  () => matrix(-1, 0, new Float32Array(0)),
  () => matrixOf([[1], [1, 2]]),
  () => selectRows(table, [2]),
  () => selectColumns(table, [-1]),
  () => selectLabels([1], [0.5]),
])("illegal shapes and indices are refused (%#)", (act) => {
  expect(act).toThrow(expect.objectContaining({ code: "ARGUMENT_INVALID" }));
  try {
    act();
  } catch (error) {
    expect(isTidelineError(error, "ARGUMENT_INVALID")).toBe(true);
  }
});
