import { expect, test } from "vitest";
import { agreement } from "./score.ts";

const answers = (values: readonly number[], other: readonly number[] = [0, 0, 0]) => [
  {
    p: { elementType: "float32" as const, dims: [3, 2], values: Float32Array.from(values) },
    z: { elementType: "float32" as const, dims: [3], values: Float32Array.from(other) },
  },
];

test("decisions of rows that the model before has no number for do not count", () => {
  const score = agreement(answers([0.9, 0.1, NaN, NaN, 0.2, 0.8]));
  expect(score(answers([0.6, 0.4, 0.1, 0.9, 0.4, 0.6]))).toBe(1);
  expect(score(answers([0.4, 0.6, 0.1, 0.9, 0.4, 0.6]))).toBe(0.5);
});

test("where no row has a number nothing is held against a model", () => {
  const blank = answers([NaN, NaN, NaN, NaN, NaN, NaN]);
  expect(agreement(blank)(blank)).toBe(1);
});

test("an output that is named agrees alone", () => {
  const before = answers([0.9, 0.1, 0.9, 0.1, 0.2, 0.8], [1, 2, 3]);
  const after = answers([0.9, 0.1, 0.9, 0.1, 0.2, 0.8], [1, 2, 3.5]);
  expect(agreement(before)(after)).toBe(1);
  expect(agreement(before, "z")(after)).toBeCloseTo(1 - 0.25 / 2, 10);
  expect(() => agreement(before, "y")).toThrow(/output: expected p, z, received y/);
});
