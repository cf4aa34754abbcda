import { expect, test } from "vitest";
import { answerOf, columnScales, compareRows, metricOf } from "./compare-answer.ts";

test("a feature's difference is stated relative to its spread or its own size, a probability's as it is", () => {
  const left = { p: Float64Array.of(0.4, 0.6, 0.7, 0.3), f: Float64Array.of(0, 100, 2, 100) };
  const right = { p: Float64Array.of(0.6, 0.4, 0.7, 0.3), f: Float64Array.of(0.5, 100, 2, 101) };
  const scales = { p: columnScales(left.p, 2), f: columnScales(left.f, 2) };
  expect([...scales.f]).toEqual([1, 0]);
  const answer = answerOf("p", "float32", left.p, 2);
  expect(answer.kind).toBe("classes");
  const [first, second] = compareRows(answer, scales, left, right, 2);
  expect(first).toMatchObject({ feature: 0.5, agreed: false });
  expect(first!.answer).toBeCloseTo(0.2, 12);
  expect(second).toEqual({ answer: 0, feature: 0.01, agreed: true });
  expect(metricOf(answer, right.p, [1, 0])).toBe(0.5);
});

test("an output that is missing or of another length is infinitely far", () => {
  const left = { p: Float64Array.of(1, 2) };
  const answer = answerOf("p", "float32", left.p, 2);
  const wrong: Record<string, Float64Array>[] = [{}, { p: Float64Array.of(1) }];
  for (const right of wrong) expect(compareRows(answer, {}, left, right, 2)[0]!.answer).toBe(Infinity);
});

test.each([
  ["label", "int64", [1, 2]],
  ["yes", "float32", [0.2, 1]],
  ["numbers", "float32", [20, -1]],
])("%s", (kind, type, values) => {
  expect(answerOf("y", type, Float64Array.from(values), 2).kind).toBe(kind);
});

test("where classes are tied either is right; another class with other shares is not", () => {
  const answer = { output: "label", kind: "label", width: 1 } as const;
  const scales = { label: Float64Array.of(1), shares: Float64Array.of(1, 1) };
  const right = { label: Float64Array.of(0, 0), shares: Float64Array.of(0.5, 0.5, 0.9, 0.1) };
  const own = { ...right, label: Float64Array.of(1, 1) };
  const rows = compareRows(answer, scales, right, own, 2);
  expect(rows.map(({ agreed, answer: apart }) => [agreed, apart])).toEqual([
    [true, 0],
    [false, 1],
  ]);
});
